//! The caller's span, as it says in `traceparent` (W3C Trace Context), and whether a trace is one of those that are
//! recorded.

use axum::http::HeaderMap;
use opentelemetry::trace::{SpanId, TraceId};
use uuid::Uuid;

/// A caller's span.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parent {
    pub trace: TraceId,
    pub span: SpanId,
    /// Whether the caller records it.
    pub is_recorded: bool,
}

impl Parent {
    /// The span that the request comes from; none where the header says nothing that can be understood.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all("traceparent").iter();
        let value = values.next()?;
        if values.next().is_some() {
            return None;
        }
        Self::parse(value.to_str().ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let version = parts.next().filter(|part| is_hex(part, 2))?;
        let trace = parts.next().filter(|part| is_hex(part, 32))?;
        let span = parts.next().filter(|part| is_hex(part, 16))?;
        let flags = parts.next().filter(|part| is_hex(part, 2))?;
        // Later versions may add parts; the first has none, and ff is none.
        if version == "ff" || (version == "00" && parts.next().is_some()) {
            return None;
        }
        let trace = TraceId::from_hex(trace).ok()?;
        let span = SpanId::from_hex(span).ok()?;
        if trace == TraceId::INVALID || span == SpanId::INVALID {
            return None;
        }
        let flags = u8::from_str_radix(flags, 16).ok()?;
        Some(Self {
            trace,
            span,
            is_recorded: flags & 1 == 1,
        })
    }
}

fn is_hex(part: &str, digits: usize) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    part.len() == digits && part.bytes().all(is_digit)
}

/// Bits of a trace's id that are random in ids of others (level 2 of Trace Context).
const RANDOM_BITS: u32 = 56;
/// Those at the end of an id of a request: ids of one millisecond count in the bits before.
const OWN_RANDOM_BITS: u32 = 32;

/// The least random part of a trace that is recorded: every process that is told the same ratio chooses the same
/// traces.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a ratio of 0 to 1 of 56 bits"
)]
pub(super) fn threshold(ratio: f64) -> u64 {
    let all = 1u64 << RANDOM_BITS;
    ((1.0 - ratio) * all as f64) as u64
}

/// The random part of a caller's trace.
pub(super) fn random_part(trace: TraceId) -> u64 {
    last_bits(trace, RANDOM_BITS)
}

/// The random part of a trace whose id is a request's, in as many bits.
pub(super) fn own_random_part(trace: TraceId) -> u64 {
    last_bits(trace, OWN_RANDOM_BITS) << (RANDOM_BITS - OWN_RANDOM_BITS)
}

/// The last bits of an id, fewer than 64.
fn last_bits(trace: TraceId, bits: u32) -> u64 {
    let (_, half) = Uuid::from_bytes(trace.to_bytes()).as_u64_pair();
    half & ((1 << bits) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::RequestId;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn a_caller_is_understood_or_ignored() {
        let parent = |flags| Parent {
            trace: TraceId::from_hex(TRACE).expect("an id"),
            span: SpanId::from_hex(SPAN).expect("an id"),
            is_recorded: flags,
        };
        let parse = |text: String| Parent::parse(&text);
        assert_eq!(parse(format!("00-{TRACE}-{SPAN}-01")), Some(parent(true)));
        assert_eq!(parse(format!("00-{TRACE}-{SPAN}-00")), Some(parent(false)));
        assert_eq!(parse(format!("cc-{TRACE}-{SPAN}-03-x")), Some(parent(true)));
        for text in [
            String::new(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-01-x"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{TRACE}-{SPAN}-0é"),
            format!("00-+{}-{SPAN}-01", &TRACE[1..]),
        ] {
            assert_eq!(parse(text.clone()), None, "{text}");
        }
    }

    #[test]
    fn a_ratio_chooses_so_many_of_the_ids_of_requests() {
        let ids: Vec<TraceId> = (0..20_000)
            .map(|_| TraceId::from_bytes(RequestId::new().bytes()))
            .collect();
        let chosen = |ratio: f64| {
            let threshold = threshold(ratio);
            let is_chosen = |id: &&TraceId| own_random_part(**id) >= threshold;
            ids.iter().filter(is_chosen).count()
        };
        assert_eq!((chosen(0.0), chosen(1.0)), (0, ids.len()));
        // Ten times as far from the mean as chance goes in one of three.
        assert!((1_600..2_400).contains(&chosen(0.1)), "{}", chosen(0.1));
    }
}
