//! Sums of votes a minute: all that spikes, drips and unseen votes need, so that a worker can feed them from a table.

use crate::settings::MINUTE_MS;
use crate::vote::Vote;

/// The votes of a nominee within a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinuteSum {
    /// The minute of Unix time.
    pub minute: i64,
    /// The nominee.
    pub nominee: u16,
    /// Votes.
    pub votes: u32,
    /// Votes that did not come by the nominee's own share link.
    pub without_own_share: u32,
    /// Votes without a ticket.
    pub unseen: u32,
}

/// Sums votes, which are in the order of time, by minute.
#[must_use]
pub fn minute_sums(votes: &[Vote]) -> Vec<MinuteSum> {
    let minute_of = |vote: &Vote| vote.cast_at_ms.div_euclid(MINUTE_MS);
    let mut sums = Vec::new();
    for chunk in votes.chunk_by(|a, b| minute_of(a) == minute_of(b)) {
        let mut of_minute: Vec<(u16, bool, bool)> = chunk
            .iter()
            .map(|vote| (vote.nominee, vote.is_own_share(), vote.seen_ms.is_none()))
            .collect();
        of_minute.sort_unstable();
        sums.extend(
            of_minute
                .chunk_by(|a, b| a.0 == b.0)
                .map(|votes| MinuteSum {
                    minute: minute_of(&chunk[0]),
                    nominee: votes[0].0,
                    votes: count(votes.len()),
                    without_own_share: count(votes.iter().filter(|(_, is_own, _)| !is_own).count()),
                    unseen: count(votes.iter().filter(|(_, _, is_unseen)| *is_unseen).count()),
                }),
        );
    }
    sums
}

/// The sums from a time up to another, which is left out; whole minutes.
pub(crate) fn between(sums: &[MinuteSum], from_ms: i64, until_ms: i64) -> &[MinuteSum] {
    let place = |time: i64| sums.partition_point(|sum| sum.minute * MINUTE_MS < time);
    &sums[place(from_ms)..place(until_ms).max(place(from_ms))]
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::vote;

    #[test]
    fn a_minute_is_summed_by_nominee() {
        let of = |second: i64, nominee, share_nominee, seen_ms| Vote {
            cast_at_ms: second * 1_000,
            share_nominee,
            seen_ms,
            ..vote(1, nominee)
        };
        let sums = minute_sums(&[
            of(0, 1, Some(1), Some(4)),
            of(58, 0, Some(1), None),
            of(59, 1, None, None),
            of(60, 1, None, Some(1)),
        ]);
        let sum = |minute, nominee, votes, without_own_share, unseen| MinuteSum {
            minute,
            nominee,
            votes,
            without_own_share,
            unseen,
        };
        assert_eq!(
            sums,
            [sum(0, 0, 1, 1, 1), sum(0, 1, 2, 1, 1), sum(1, 1, 1, 1, 0)]
        );
        assert_eq!(between(&sums, 60_000, 120_000), &sums[2..]);
    }
}
