//! The header of a sheet: which column has which field, by its Chinese or English name.

use serde::{Deserialize, Serialize};

use super::super::search::normalise;
use super::super::sheet::{Cell, HEADER_ROWS_MAX, SheetRow};

/// The title of the column that a sheet which was found faulty comes back with: it is ours, and no field's.
pub const FAULTS_TITLE: &str = "问题 / Faults";

/// The cell of a column that a row does not reach.
static EMPTY: Cell = Cell::EMPTY;

/// The names of a field's column: the first is Chinese, the second English, and templates use both.
#[derive(Debug)]
pub struct Header<F> {
    /// The field.
    pub field: F,
    /// Its names.
    pub names: &'static [&'static str],
}

impl<F> Header<F> {
    /// The text over its column in a template.
    #[must_use]
    pub fn title(&self) -> String {
        let names: Vec<&str> = self.names.iter().take(2).copied().collect();
        names.join(" / ")
    }
}

/// The reason why there is no header that can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeaderError<F> {
    /// None of the first rows has the names of the columns that must be there; the best one lacks these.
    Missing(Vec<F>),
    /// Two columns have a name of the same field.
    Twice(F),
}

/// The columns that a header names.
#[derive(Debug)]
pub struct Columns<F> {
    /// The number of the header's row.
    pub row: u32,
    /// Headers that are none of ours.
    pub unknown: Vec<String>,
    fields: Vec<(F, usize)>,
}

impl<F: Copy + Eq> Columns<F> {
    /// The header among the first rows: the one that names most fields, the last of equals, since the cells of a
    /// header that is merged over two rows are in both.
    pub(super) fn find(rows: &[SheetRow], headers: &[Header<F>]) -> Result<Self, HeaderError<F>> {
        let candidates = rows.iter().take(HEADER_ROWS_MAX);
        let candidates = candidates.map(|row| Self::read(row, headers));
        let best = candidates.max_by_key(|columns| columns.fields.len());
        let best = best.unwrap_or_else(|| Self {
            row: 0,
            unknown: Vec::new(),
            fields: Vec::new(),
        });
        for (index, (field, _)) in best.fields.iter().enumerate() {
            if best.fields[..index].iter().any(|(other, _)| other == field) {
                return Err(HeaderError::Twice(*field));
            }
        }
        Ok(best)
    }

    fn read(row: &SheetRow, headers: &[Header<F>]) -> Self {
        let mut columns = Self {
            row: row.number,
            unknown: Vec::new(),
            fields: Vec::new(),
        };
        for (index, cell) in row.cells.iter().enumerate() {
            let Cell::Text(text) = cell else { continue };
            match headers.iter().find(|header| is_named(header, text)) {
                Some(header) => columns.fields.push((header.field, index)),
                None if text.is_empty() || text == FAULTS_TITLE => {}
                None => columns.unknown.push(text.clone()),
            }
        }
        columns
    }

    /// Refuses a header without these fields.
    pub(super) fn require(&self, fields: &[F]) -> Result<(), HeaderError<F>> {
        let missing: Vec<F> = fields.iter().copied().filter(|f| !self.has(*f)).collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(HeaderError::Missing(missing))
        }
    }

    /// Whether a field has a column.
    pub(super) fn has(&self, field: F) -> bool {
        self.fields.iter().any(|(other, _)| *other == field)
    }

    /// The fields that have one, with their indexes.
    pub(super) fn fields(&self) -> &[(F, usize)] {
        &self.fields
    }

    /// The cell of a field; none when it has no column.
    pub(super) fn cell<'a>(&self, row: &'a SheetRow, field: F) -> Option<&'a Cell> {
        let (_, index) = self.fields.iter().find(|(other, _)| *other == field)?;
        Some(row.cells.get(*index).unwrap_or(&EMPTY))
    }
}

/// Whether a header's text is one of a field's names, or two of them with a stroke between. Remarks in brackets and
/// marks of required columns are left out: `姓名（必填）`, `Name *`.
fn is_named<F>(header: &Header<F>, text: &str) -> bool {
    let text = normalise(text);
    let text = text.split(['(', '[', '【']).next().unwrap_or_default();
    let mut parts = text
        .split('/')
        .map(|part| part.trim_matches(['*', ':', '.']));
    let is_name = |part: &str| {
        let mut names = header.names.iter();
        names.any(|name| normalise(name).trim_matches('.') == part)
    };
    parts.all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: [Header<char>; 3] = [
        Header {
            field: 'n',
            names: &["编号", "Number", "No."],
        },
        Header {
            field: 'a',
            names: &["姓名", "Name"],
        },
        Header {
            field: 'e',
            names: &["单位", "Employer"],
        },
    ];

    fn row(number: u32, cells: &[&str]) -> SheetRow {
        let cells = cells.iter().map(|text| Cell::Text((*text).to_owned()));
        let cells = cells.collect();
        SheetRow { number, cells }
    }

    #[test]
    fn names_are_known_in_both_languages_and_with_remarks() {
        for (text, field) in [
            ("编号", 'n'),
            (" number ", 'n'),
            ("NO.", 'n'),
            ("Ｎｏ", 'n'),
            ("编号 / Number", 'n'),
            ("姓名（必填）", 'a'),
            ("姓 名", 'a'),
            ("Name *", 'a'),
            ("Employer:", 'e'),
        ] {
            let named: Vec<char> = HEADERS
                .iter()
                .filter(|h| is_named(h, text))
                .map(|h| h.field)
                .collect();
            assert_eq!(named, [field], "{text}");
        }
        for text in ["", "名", "姓名/单位", "Number of votes", "/"] {
            assert!(
                !HEADERS.iter().any(|header| is_named(header, text)),
                "{text}"
            );
        }
    }

    #[test]
    fn the_header_is_the_row_that_names_most_fields() {
        let rows = [
            row(1, &["2022年度候选人"]),
            row(2, &["编号", "姓名", "单位信息"]),
            row(3, &["编号", "姓名", "单位", "备注", FAULTS_TITLE]),
            row(4, &["1", "李明", "电力公司"]),
        ];
        let columns = Columns::find(&rows, &HEADERS).expect("a header");
        assert_eq!(columns.row, 3);
        assert_eq!(columns.unknown, ["备注"]);
        let cell = columns.cell(&rows[3], 'e');
        assert_eq!(cell, Some(&Cell::Text("电力公司".to_owned())));
        assert_eq!(columns.require(&['n', 'a']), Ok(()));
    }

    #[test]
    fn a_header_that_lacks_fields_or_names_one_twice_is_refused() {
        let columns = Columns::find(&[row(1, &["编号", "x"])], &HEADERS).expect("a header");
        let missing = HeaderError::Missing(vec!['a', 'e']);
        assert_eq!(columns.require(&['n', 'a', 'e']), Err(missing));
        let twice = Columns::find(&[row(1, &["编号", "姓名", "No."])], &HEADERS);
        assert_eq!(twice.err(), Some(HeaderError::Twice('n')));
        let far: Vec<SheetRow> = (1..40)
            .map(|number| row(number, &["x"]))
            .chain([row(40, &["编号"])])
            .collect();
        let columns = Columns::find(&far, &HEADERS).expect("none is found");
        assert!(!columns.has('n'));
    }
}
