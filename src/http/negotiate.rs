//! Accept negotiation (RFC 9110, section 12.5.1) between the two media types of GraphQL over HTTP, and the responses
//! that a client has cached (section 13.1.2).

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, HeaderValue};

/// The media type of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status says whether the request was good.
    GraphqlResponse,
    /// `application/json`: for older clients, which take any status but 200 for a broken server.
    Json,
}

impl MediaType {
    /// The `Content-Type` header.
    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }
}

/// The media type that a request accepts best; none if it accepts neither. A request that does not say gets JSON, as
/// the specification asks for.
pub(super) fn accepted(headers: &HeaderMap) -> Option<MediaType> {
    let mut values = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .peekable();
    if values.peek().is_none() {
        return Some(MediaType::Json);
    }
    let mut response = Quality::default();
    let mut json = Quality::default();
    for range in values.flat_map(|value| value.split(',')) {
        response.consider(range, "graphql-response+json");
        json.consider(range, "json");
    }
    if response.thousandths == 0 && json.thousandths == 0 {
        None
    } else if response > json {
        Some(MediaType::GraphqlResponse)
    } else {
        Some(MediaType::Json)
    }
}

/// Whether the list of an `If-None-Match` header names this tag; a weak tag is the same as a strong one here.
pub(super) fn is_known(tags: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(tags), Ok(etag)) = (tags.to_str(), etag.to_str()) else {
        return false;
    };
    let etag = without_weakness(etag);
    tags.split(',')
        .map(without_weakness)
        .any(|tag| tag == "*" || tag == etag)
}

fn without_weakness(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/")
}

/// Whether a client takes events: it says so, or does not say what it takes.
pub(super) fn accepts_events(headers: &HeaderMap) -> bool {
    let mut ranges = headers.get_all(ACCEPT).iter().peekable();
    ranges.peek().is_none()
        || ranges
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.split(',').any(covers_events))
}

/// Whether a client asks for a page, as browsers do and programs do not.
pub(super) fn accepts_html(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(ACCEPT).iter();
    values.any(|value| {
        let names = value.to_str().unwrap_or_default().split(',');
        let mut names = names.map(|range| range.split(';').next().unwrap_or_default().trim());
        names.any(|name| name.eq_ignore_ascii_case("text/html"))
    })
}

fn covers_events(range: &str) -> bool {
    let name = range.split(';').next().unwrap_or_default().trim();
    ["text/event-stream", "text/*", "*/*"]
        .iter()
        .any(|good| name.eq_ignore_ascii_case(good))
}

/// The quality of a media type, by the most specific range that covers it. Ordered: the more specific one of equals is
/// the better one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Quality {
    thousandths: u32,
    specificity: u8,
}

impl Quality {
    /// Looks at a range, which may cover `application/{subtype}`.
    fn consider(&mut self, range: &str, subtype: &str) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let is = |kind: &str, of: &str| {
            let split = name.split_once('/');
            split.is_some_and(|(k, s)| k.eq_ignore_ascii_case(kind) && s.eq_ignore_ascii_case(of))
        };
        let specificity = if is("application", subtype) {
            3
        } else if is("application", "*") {
            2
        } else if is("*", "*") {
            1
        } else {
            return;
        };
        if specificity <= self.specificity {
            return;
        }
        let quality =
            parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is clamped"
        )]
        let thousandths = quality.map_or(1_000, |q| {
            (q.parse::<f64>().unwrap_or(0.0).clamp(0.0, 1.0) * 1_000.0) as u32
        });
        *self = Self {
            thousandths,
            specificity,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cached_responses_are_recognised() {
        let known = |tags: &'static str| {
            is_known(
                &HeaderValue::from_static(tags),
                &HeaderValue::from_static("W/\"a\""),
            )
        };
        for tags in ["\"a\"", "W/\"a\"", "\"b\", W/\"a\"", "*"] {
            assert!(known(tags), "{tags}");
        }
        for tags in ["", "\"b\"", "a"] {
            assert!(!known(tags), "{tags}");
        }
    }

    #[test]
    fn events_are_sent_to_clients_that_take_them() {
        for (accept, is_good) in [
            ("text/event-stream", true),
            ("application/json, Text/Event-Stream;q=0.5", true),
            ("*/*", true),
            ("application/json", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().expect("a header"))]);
            assert_eq!(accepts_events(&headers), is_good, "{accept}");
        }
        assert!(accepts_events(&HeaderMap::new()));
    }

    #[test]
    fn the_best_media_type_is_chosen() {
        let response = Some(MediaType::GraphqlResponse);
        let json = Some(MediaType::Json);
        for (accept, expected) in [
            ("application/graphql-response+json", response),
            ("application/json", json),
            ("*/*", json),
            ("application/*", json),
            (
                "application/graphql-response+json, application/json;q=0.9",
                response,
            ),
            (
                "application/graphql-response+json;q=0.5, application/json",
                json,
            ),
            ("application/json, */*;q=0.1", json),
            ("application/graphql-response+json;charset=utf-8", response),
            ("application/json;q=0, */*", response),
            ("text/html", None),
            ("application/json;q=0", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().expect("a header"))]);
            assert_eq!(accepted(&headers), expected, "{accept}");
        }
        assert_eq!(accepted(&HeaderMap::new()), json);
    }
}
