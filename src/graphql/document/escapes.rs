//! The escapes of characters in string literals that the library's parser does not know, as the specification has them
//! (September 2025, section 2.9.4): `\u{1F600}`, and `\uD83D\uDE00`, a pair of surrogates, which stand for nothing each
//! by itself.
//!
//! They are written out before the text is parsed. What a string loses by it is made up by spaces behind it, so that
//! all positions stay what they were.

use std::borrow::Cow;

use super::text::{after, after_block_string};

/// Writes out the escapes in a document; fails with the offset of one that stands for no character.
pub(super) fn write_out(document: &str) -> Result<Cow<'_, str>, usize> {
    if !document.contains("\\u") {
        return Ok(Cow::Borrowed(document));
    }
    let mut written = String::with_capacity(document.len());
    let mut at = 0;
    while let Some(byte) = document.as_bytes().get(at) {
        let text = &document[at..];
        let rest = match byte {
            b'"' if text.starts_with("\"\"\"") => {
                after_block_string(&text.as_bytes()[3..]).unwrap_or_default()
            }
            b'"' => {
                let (literal, length) = string(text).map_err(|offset| at + offset)?;
                written.push_str(&literal);
                at += length;
                continue;
            }
            b'#' => after(text.as_bytes(), |b| matches!(b, b'\n' | b'\r')),
            _ => after(&text.as_bytes()[1..], |b| matches!(b, b'"' | b'#')),
        };
        let length = text.len() - rest.len();
        written.push_str(&text[..length]);
        at += length;
    }
    Ok(Cow::Owned(written))
}

/// The string literal at the beginning of a text, its escapes written out, and its length as it stands there.
fn string(text: &str) -> Result<(String, usize), usize> {
    let mut written = "\"".to_owned();
    let mut lost = 0;
    let mut at = 1;
    loop {
        let rest = &text[at..];
        if rest.starts_with("\\u") {
            let (character, length) = escape(rest).ok_or(at)?;
            // These cannot stand in a string as they are.
            let escaped = match character {
                '"' => Some("\\\""),
                '\\' => Some("\\\\"),
                '\n' => Some("\\n"),
                '\r' => Some("\\r"),
                _ => None,
            };
            match escaped {
                Some(escaped) => written.push_str(escaped),
                None => written.push(character),
            }
            lost += length - escaped.map_or(1, str::len);
            at += length;
            continue;
        }
        let mut characters = rest.chars();
        match characters.next() {
            Some('\\') => {
                let escaped = characters.next();
                written.push('\\');
                written.extend(escaped);
                at += 1 + escaped.map_or(0, char::len_utf8);
            }
            Some('"') => {
                written.push('"');
                written.extend(std::iter::repeat_n(' ', lost));
                return Ok((written, at + 1));
            }
            // Not ended: the parser says so.
            None | Some('\n' | '\r') => return Ok((written, at)),
            Some(character) => {
                written.push(character);
                at += character.len_utf8();
            }
        }
    }
}

/// The character of an escape at the beginning of a text, and the length of the escape; none if there is no such
/// character.
fn escape(text: &str) -> Option<(char, usize)> {
    if let Some(braced) = text.strip_prefix("\\u{") {
        let (digits, _) = braced.split_once('}')?;
        let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let significant = digits.trim_start_matches('0');
        let code = match significant {
            "" => 0,
            significant => u32::from_str_radix(significant, 16).ok()?,
        };
        let character = char::from_u32(code).filter(|_| is_hex)?;
        return Some((character, "\\u{}".len() + digits.len()));
    }
    let first = unit(text)?;
    if let Some(character) = char::from_u32(first.into()) {
        return Some((character, 6));
    }
    let second = unit(&text[6..])?;
    let pair = char::decode_utf16([first, second]).next()?.ok()?;
    Some((pair, 12))
}

/// The number of an escape of four digits.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::parser::types::Selection;
    use async_graphql_value::Value;
    use proptest::prelude::*;

    use super::*;

    /// The value of the argument in `{ a(b: ...) }` as the parser reads it, and the column of what follows.
    fn read(literal: &str) -> (Value, usize) {
        let document = format!("{{ a(b: {literal}) c }}");
        let written = write_out(&document).expect("good escapes");
        let document = parse_query(written.as_ref()).expect("a document");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        let items = &operation.node.selection_set.node.items;
        let Selection::Field(field) = &items[0].node else {
            panic!("a field")
        };
        let value = field.node.arguments[0].1.node.clone();
        (value, items[1].pos.column)
    }

    #[test]
    fn escapes_stand_for_their_characters_and_positions_stay() {
        for (literal, expected) in [
            (r#""\uD83D\uDE00""#, "😀"),
            (r#""\u{1F600}""#, "😀"),
            (r#""\u{00000000001f600}!""#, "😀!"),
            (r#""a\ud83d\ude00\u0041\u{42}b""#, "a😀ABb"),
            (
                r#""\u{22}\u{5C}\u{a}\u{D}\u0022\u005c\n""#,
                "\"\\\n\r\"\\\n",
            ),
            (r#""\u{0}\u{9}\u{10FFFF}""#, "\0\t\u{10ffff}"),
            // No escapes: an escaped backslash, a block string, what a comment has.
            (r#""\\u{1F600}""#, "\\u{1F600}"),
            (r#""\\\u{41}""#, "\\A"),
            (r#""""\u{1F600} \uD83D""""#, r"\u{1F600} \uD83D"),
            ("# \\uD83D \"\n\"\\u{41}\"", "A"),
            (r#""号\u53f7""#, "号号"),
        ] {
            let (value, column) = read(literal);
            assert_eq!(value, Value::String(expected.to_owned()), "{literal}");
            let document = format!("{{ a(b: {literal}) c }}");
            let last_line = document.lines().last().expect("a line");
            assert_eq!(column, last_line.chars().count() - 2, "{literal}");
        }
    }

    #[test]
    fn what_stands_for_no_character_is_refused_at_its_place() {
        for literal in [
            r"\uD83D",
            r"\uDE00",
            r"\uD83D!\uDE00",
            r"\uD83D\u0041",
            r"\uD83D\uD83D",
            r"\uD83D\u{DE00}",
            r"\u{D83D}\u{DE00}",
            r"\u{D800}",
            r"\u{110000}",
            r"\u{100000000}",
            r"\u{}",
            r"\u{1F600",
            r"\u{+41}",
            r"\u12",
            r"\u+123",
            r"\u",
        ] {
            let document = format!("{{ a(b: \"号{literal}\") }}");
            let place = "{ a(b: \"号".len();
            assert_eq!(write_out(&document), Err(place), "{literal}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_all_else_stays(text in r#"[{}"\\u0-9dD a#号\n]{0,40}"#) {
            if let Ok(written) = write_out(&text) && !text.contains("\\u") {
                prop_assert_eq!(written.as_ref(), text.as_str());
            }
        }
    }
}
