//! A vote and an alarm for tests to vary.

use crate::alarm::{Alarm, Place, Signal};
use crate::vote::Vote;

/// A vote of nobody special at noon of the first day.
pub(crate) fn vote(voter: u32, nominee: u16) -> Vote {
    Vote {
        nominee,
        voter,
        cast_at_ms: 12 * 3_600_000,
        seen_ms: Some(10_000),
        share_nominee: None,
        address: voter,
        block: voter,
        device: None,
    }
}

/// An alarm of nothing special.
pub(crate) fn alarm(signal: Signal, nominee: u16) -> Alarm {
    Alarm {
        signal,
        nominees: vec![nominee],
        place: Place::Anywhere,
        rung_at_ms: 0,
        from_ms: 0,
        until_ms: 86_400_000,
        number: 0.0,
        expected: 0.0,
        cell: Vec::new(),
        series: Vec::new(),
        findings: Vec::new(),
        is_whole_network: false,
    }
}
