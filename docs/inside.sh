# A preprocessor of mdBook: gives the book as it came, without links to files outside of docs/. It reads
# [context, book] as JSON on one line and writes the book.
[ "$1" = supports ] && exit 0
sed -E -e 's/^\[.*,(\{"(items|sections)":)/\1/' -e 's/\]$//' -e 's/\[([^][]*)\]\(\.\.\/[^)]*\)/\1/g'
