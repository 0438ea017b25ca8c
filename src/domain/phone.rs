//! Telephone numbers, in the one form in which they are compared: E.164, as ITU-T has it.

use std::fmt;

/// The longest number of E.164, without the sign.
const DIGITS_MAX: usize = 15;
/// The shortest that takes text messages: three digits of a country and four in it.
const DIGITS_MIN: usize = 7;
/// The longest text that is looked at: a number with a sign between any two digits.
const TEXT_CHARS_MAX: usize = 64;
/// The country of a number that is written without one.
const CHINA: &str = "86";

/// A telephone number that can take text messages.
///
/// Personal data: it is sent to whoever sends messages, hashed with a key before it is kept, and never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number as people write it: `+` with the country's code, or the eleven digits of one in mainland China;
    /// with spaces and dashes, and with the wide digits of Chinese keyboards. None where it is no such number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.chars().count() > TEXT_CHARS_MAX {
            return None;
        }
        let plain = plain(text);
        let digits = match plain.strip_prefix('+') {
            Some(digits) => digits.to_owned(),
            None if is_mobile_of_china(&plain) => format!("{CHINA}{plain}"),
            None => return None,
        };
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
            && (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len());
        // A digit too few is a slip; elsewhere lengths differ.
        let is_whole = digits.strip_prefix(CHINA).is_none_or(is_mobile_of_china);
        (is_number && is_whole).then(|| Self(format!("+{digits}")))
    }

    /// The number itself, `+` and digits: to send to, and to hash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(***)")
    }
}

/// A text of digits as keyboards and address books give it, without what is not written of it: the spaces, dashes and
/// marks of direction between, and with narrow digits.
#[must_use]
pub fn plain(text: &str) -> String {
    let is_between = |c: &char| {
        c.is_whitespace()
            || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}')
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    let narrow = |c| match c {
        '\u{FF10}'..='\u{FF19}' | '\u{FF0B}' => {
            // The wide forms stand in the order of ASCII.
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
        }
        c => c,
    };
    text.chars()
        .filter(|c| !is_between(c))
        .map(narrow)
        .collect()
}

/// Whether these are the digits of a mobile telephone in mainland China.
fn is_mobile_of_china(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11
        && bytes[0] == b'1'
        && (b'3'..=b'9').contains(&bytes[1])
        && bytes.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        PhoneNumber::parse(text).map(|number| number.as_str().to_owned())
    }

    #[test]
    fn one_number_has_one_form() {
        for text in [
            "13800138000",
            "+8613800138000",
            "138 0013 8000",
            "138-0013-8000",
            " +86 138-0013-8000 ",
            "１３８００１３８０００",
            "＋８６　１３８　００１３　８０００",
            "138\u{a0}0013\u{2011}8000",
            "\u{202d}+86 138 0013 8000\u{202c}",
        ] {
            assert_eq!(read(text).as_deref(), Some("+8613800138000"), "{text:?}");
        }
    }

    #[test]
    fn numbers_of_the_world_have_a_plus() {
        for (text, number) in [
            ("+1 650-253-0000", "+16502530000"),
            ("+852 9123 4567", "+85291234567"),
            ("+6834000", "+6834000"),
            ("+442071838750", "+442071838750"),
            ("+123456789012345", "+123456789012345"),
        ] {
            assert_eq!(read(text).as_deref(), Some(number), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "+",
            "hello",
            "1380013800",
            "138001380000",
            "12800138000",
            "23800138000",
            "8613800138000",
            "008613800138000",
            "+86 1380013800",
            "+86 10 6552 9988",
            "+013800138000",
            "+138",
            "+1234567890123456",
            "++8613800138000",
            "+86+13800138000",
            "13800138000+",
            "+44 (0)20 7183 8750",
            "1380013800x",
            "+86138001380٠٠",
            "13800138000\0",
            "1.3800138e10",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
        assert_eq!(read(&format!("13800138000{}", " ".repeat(64))), None);
    }

    #[test]
    fn a_number_is_not_shown() {
        let number = PhoneNumber::parse("13800138000").expect("a number");
        assert_eq!(format!("{number:?}"), "PhoneNumber(***)");
    }
}
