//! A vote for tests to vary.

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
