//! The text of a document before it is parsed: its brackets, tokens and longest word, in one pass.

/// The measures of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TextMeasures {
    /// Brackets within brackets.
    pub(super) brackets: usize,
    pub(super) tokens: usize,
    pub(super) longest_word: usize,
}

/// Measures a text in one pass; none when a block string does not end, which the parser reads as an empty string and
/// goes on.
pub(super) fn measure_text(document: &str) -> Option<TextMeasures> {
    let mut measures = TextMeasures::default();
    let mut depth = 0usize;
    let mut rest = document.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        let text = rest;
        rest = match byte {
            b'"' if tail.starts_with(b"\"\"") => after_block_string(&tail[2..])?,
            b'"' => after_string(tail),
            b'#' => after(tail, |b| matches!(b, b'\n' | b'\r')),
            b if is_word(*b) => after(tail, |b| !is_word(b)),
            _ => tail,
        };
        match byte {
            b'{' | b'[' | b'(' => {
                depth += 1;
                measures.brackets = measures.brackets.max(depth);
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if is_word(*byte) {
            let word = &text[..text.len() - rest.len()];
            measures.longest_word = measures.longest_word.max(word.len());
            measures.tokens += tokens_of_word(word);
        } else {
            let is_ignored = byte.is_ascii_whitespace() || matches!(byte, b',' | b'#');
            measures.tokens += usize::from(!is_ignored);
        }
    }
    Some(measures)
}

/// The number of tokens that the parser may read in a word: it goes on after `true`, `false`, `null` and 0, and before
/// a sign.
fn tokens_of_word(mut word: &[u8]) -> usize {
    let mut tokens = 0;
    while !word.is_empty() {
        let ends = [&b"true"[..], b"false", b"null", b"0"];
        let end = ends.iter().find(|end| word.starts_with(end));
        word = &word[end.map_or(word.len(), |end| end.len())..];
        tokens += 1;
    }
    tokens
}

/// Whether a byte continues a name or a number.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The text from the first byte on that `ends` it.
pub(super) fn after(text: &[u8], ends: impl Fn(u8) -> bool) -> &[u8] {
    text.iter()
        .position(|byte| ends(*byte))
        .map_or(&[], |end| &text[end..])
}

/// The text behind a string whose opening quote has been read; a string ends at the end of its line at the latest.
pub(super) fn after_string(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some((byte, tail)) = rest.split_first() {
        match byte {
            b'"' | b'\n' | b'\r' => return tail,
            b'\\' => rest = tail.get(1..).unwrap_or_default(),
            _ => rest = tail,
        }
    }
    &[]
}

/// The text behind a block string whose opening quotes have been read; none if it does not end.
pub(super) fn after_block_string(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text;
    while !rest.is_empty() {
        if rest.starts_with(b"\\\"\"\"") {
            rest = &rest[4..];
        } else if rest.starts_with(b"\"\"\"") {
            return Some(&rest[3..]);
        } else {
            rest = &rest[1..];
        }
    }
    None
}
