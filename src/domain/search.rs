//! Searching a list of nominees: both sides are normalised alike, so that a text is found however it was typed.
//!
//! Normalised are compatibility forms (NFKC: full-width digits and letters), case, combining marks, and what has no
//! width of its own; white space is left out, since names of two characters are often set with a space between them.
//! A Chinese name is found by its sound, too: see [`super::pinyin`].

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::pinyin::{SoundQuery, Sounds};

/// The texts that a nominee is found by, normalised once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SearchText {
    text: String,
    sounds: Sounds,
}

impl SearchText {
    /// Normalises a name, which is found by its sound, too, and other texts; a query does not match across two of them.
    #[must_use]
    pub fn new<'a>(name: &str, others: impl IntoIterator<Item = &'a str>) -> Self {
        let mut parts = vec![normalise(name)];
        let sounds = Sounds::new(&parts[0]);
        parts.extend(others.into_iter().map(normalise));
        Self {
            text: parts.join("\n"),
            sounds,
        }
    }
}

/// A query, normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    text: String,
    /// The number that it may be, also as pages print it: `37`, `037`, `37号`, `No. 37`, `#37`.
    number: Option<i64>,
    /// The sound that it may be.
    sound: Option<SoundQuery>,
}

impl SearchQuery {
    /// Normalises a query; none when nothing is left of it, so that it leaves nobody out.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = normalise(text);
        if text.is_empty() {
            return None;
        }
        Some(Self {
            number: number(&text),
            sound: SoundQuery::new(&text),
            text,
        })
    }

    /// Whether it is part of `text` or its sound, or is `number`.
    #[must_use]
    pub(super) fn matches(&self, text: &SearchText, number: i64) -> bool {
        let sounds = |sound| text.sounds.contain(sound);
        self.number == Some(number)
            || text.text.contains(&self.text)
            || self.sound.as_ref().is_some_and(sounds)
    }
}

/// The text as it is compared: two that people take for the same are equal.
pub(super) fn normalise(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_invisible(*c) && !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .flat_map(fold)
        .nfc()
        .collect()
}

/// Characters that take no room: soft hyphens, joiners, marks of direction, variation selectors, byte order marks.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Lower-case letters that full case folding makes others of (the Unicode data file of case folding, statuses C and F).
fn fold(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' => ('s', Some('s')),
        'ς' => ('σ', None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

fn number(normalised: &str) -> Option<i64> {
    let digits = normalised
        .strip_prefix("no.")
        .or_else(|| normalised.strip_prefix("no"))
        .or_else(|| normalised.strip_prefix('#'))
        .or_else(|| normalised.strip_prefix('第'))
        .unwrap_or(normalised);
    let digits = digits.strip_suffix(['号', '號']).unwrap_or(digits);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finds(query: &str) -> bool {
        let text = SearchText::new("李　明", ["Café Zürich GmbH", "总工程师 Straße"]);
        SearchQuery::new(query).is_none_or(|query| query.matches(&text, 37))
    }

    #[test]
    fn a_text_is_found_however_it_was_typed() {
        for query in [
            "李明",
            "李 明",
            "李\u{200b}明",
            "café",
            "CAFE",
            "cafe\u{301}",
            "ｃａｆｅ",
            "zurich",
            "Zu\u{308}rich",
            "工程",
            "STRASSE",
            "straße",
            "37",
            "３７",
            "037",
            "37号",
            "37 号",
            "３７號",
            "No. 37",
            "№37",
            "#37",
            "第37号",
            "",
            " \u{feff}",
        ] {
            assert!(finds(query), "{query:?}");
        }
        for query in [
            "王",
            "38",
            "7",
            "37a",
            "号",
            "明café",
            "gmbh总",
            "99999999999999999999",
        ] {
            assert!(!finds(query), "{query:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_is_found_by_itself_and_hostile_texts_do_not_panic(text in "\\PC{1,30}", other in ".{0,30}") {
            let searched = SearchText::new(&text, [other.as_str()]);
            for query in [&text, &other] {
                prop_assert!(SearchQuery::new(query).is_none_or(|query| query.matches(&searched, 0)), "{query:?}");
            }
        }
    }
}
