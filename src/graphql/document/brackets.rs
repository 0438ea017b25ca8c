//! The bracket that a document is missing, for a sentence that says so: the parser only knows what it would have taken.

use async_graphql::Pos;

use super::text::{after, after_block_string, after_string};

/// The first bracket without its partner, and a sentence on it.
pub(super) fn fault(document: &str) -> Option<(Pos, String)> {
    let mut open: Vec<(u8, usize)> = Vec::new();
    let bytes = document.as_bytes();
    let mut rest = bytes;
    while let Some((byte, tail)) = rest.split_first() {
        let at = bytes.len() - rest.len();
        rest = match byte {
            b'"' if tail.starts_with(b"\"\"") => after_block_string(&tail[2..])?,
            b'"' => after_string(tail),
            b'#' => after(tail, |b| matches!(b, b'\n' | b'\r')),
            _ => tail,
        };
        let partner = match byte {
            b'{' | b'[' | b'(' => {
                open.push((*byte, at));
                continue;
            }
            b'}' => b'{',
            b']' => b'[',
            b')' => b'(',
            _ => continue,
        };
        let close = char::from(*byte);
        match open.pop() {
            Some((opened, _)) if opened == partner => {}
            Some((opened, since)) => {
                let since = position(document, since);
                let opened = char::from(opened);
                let text = format!(
                    "this {close} comes before the {opened} of line {}, column {} is closed.",
                    since.line, since.column
                );
                return Some((position(document, at), text));
            }
            None => {
                let text = format!("this {close} closes nothing.");
                return Some((position(document, at), text));
            }
        }
    }
    let (opened, at) = open.pop()?;
    let text = format!("this {} is not closed.", char::from(opened));
    Some((position(document, at), text))
}

/// The line and column of an offset, as the parser counts them.
pub(super) fn position(document: &str, offset: usize) -> Pos {
    let before = document.get(..offset).unwrap_or(document);
    let line = before.matches('\n').count() + 1;
    let in_line = before.rsplit('\n').next().unwrap_or_default();
    Pos {
        line,
        column: in_line.chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bracket_without_a_partner_is_named_with_its_place() {
        for (document, expected) in [
            ("{ a }", None),
            ("{ a(b: \"{\") # {\n}", None),
            ("{ a { b }", Some((1, 1, "this { is not closed."))),
            ("{\n  a {", Some((2, 5, "this { is not closed."))),
            ("{ a } }", Some((1, 7, "this } closes nothing."))),
            (
                "{ 号(b: [1) }",
                Some((
                    1,
                    10,
                    "this ) comes before the [ of line 1, column 8 is closed.",
                )),
            ),
            ("{ a(b: \"\"\" { ", None),
        ] {
            let found = fault(document);
            let found = found
                .as_ref()
                .map(|(at, text)| (at.line, at.column, text.as_str()));
            assert_eq!(found, expected, "{document}");
        }
    }
}
