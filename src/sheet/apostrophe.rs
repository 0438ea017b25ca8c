//! The apostrophe before a text that a spreadsheet program would take for a formula. Writing adds it, reading takes it
//! away: `remove(add(text)) == text` for every text.

use std::borrow::Cow;

/// Characters that begin a formula, or hide one that follows.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

fn is_formula_like(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA_STARTS)
}

/// The text, with an apostrophe before it if it would be taken for a formula.
pub(super) fn add(text: &str) -> Cow<'_, str> {
    if is_formula_like(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text without the apostrophe that [`add`] or a person has put before it.
pub(super) fn remove(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula_like(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_that_look_like_formulas_get_one() {
        for text in ["=1+1", "+86", "-x", "@SUM(A1)", "\t=1", "\r=1", "'=1"] {
            assert_eq!(add(text), format!("'{text}"));
        }
        for text in ["", "李明", "1-2", "'", "'tis", " =1"] {
            assert_eq!(add(text), text);
            assert_eq!(remove(text), text);
        }
        assert_eq!(remove("'=1+1"), "=1+1");
    }

    proptest! {
        #[test]
        fn removing_undoes_adding(text in "['=+@\t\r1a-]{0,8}") {
            let added = add(&text);
            prop_assert_eq!(remove(&added), text.as_str());
            prop_assert!(!added.starts_with(FORMULA_STARTS));
        }
    }
}
