//! The preferences of a device, which it sends in a cookie, so that its first view needs no change: the seed of its
//! order of nominees, and the language and layout that somebody has chosen there. They name nobody: whoever has the
//! same sees the same.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

use crate::graphql::messages::Language;

/// The cookie, as the program writes it: seed, language and layout with dots between them, each of which may be empty.
const NAME: &str = "acclaim_pages";
/// Characters of a seed at most, as in the API.
const SEED_CHARS_MAX: usize = 64;

/// The preferences of a device.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Device {
    /// The seed of its order.
    pub(super) seed: Option<String>,
    /// The language that was chosen.
    pub(super) language: Option<Language>,
    /// Whether nominees are lines of a list.
    pub(super) has_lines: bool,
}

impl Device {
    /// The device of a request; none where it keeps nothing.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let cookies = headers.get_all(COOKIE).iter();
        let mut pairs = cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let (_, kept) = pairs.find(|(name, _)| *name == NAME)?;
        let device = Self::parse(kept);
        (device != Self::default()).then_some(device)
    }

    fn parse(kept: &str) -> Self {
        let mut parts = kept.split('.');
        let mut next = || parts.next().unwrap_or_default();
        let is_of_seed = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let seed = Some(next())
            .filter(|seed| (1..=SEED_CHARS_MAX).contains(&seed.len()))
            .filter(|seed| seed.chars().all(is_of_seed));
        Self {
            seed: seed.map(str::to_owned),
            language: match next() {
                "en" => Some(Language::English),
                "zh" => Some(Language::Chinese),
                _ => None,
            },
            has_lines: next() == "list",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_and_a_strange_one_is_none() {
        let of = |cookie: &'static str| {
            let headers = [(COOKIE, axum::http::HeaderValue::from_static(cookie))];
            Device::of(&HeaderMap::from_iter(headers))
        };
        let whole = of("a=b; acclaim_pages=0f-9.zh.list").expect("a device");
        assert_eq!(whole.seed.as_deref(), Some("0f-9"));
        assert_eq!(whole.language, Some(Language::Chinese));
        assert!(whole.has_lines);
        let seed = of("acclaim_pages=s..").expect("a device");
        assert_eq!((seed.language, seed.has_lines), (None, false));
        for strange in [
            "",
            "acclaim_pages=",
            "acclaim_pages=<b>.fr.x",
            "other=s.zh.list",
        ] {
            assert_eq!(of(strange), None, "{strange}");
        }
        let long = "s".repeat(SEED_CHARS_MAX + 1);
        assert_eq!(Device::parse(&long), Device::default());
    }
}
