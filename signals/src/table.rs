//! The votes of a campaign with what several signals need of them: visits, days, what is usual.

use std::collections::HashMap;
use std::ops::Range;

use crate::settings::{DAY_MS, MINUTE_MS, SignalSettings};
use crate::statistics::{median, real, robust_deviation};
use crate::vote::Vote;

/// Votes of a voter that are further apart belong to two visits.
pub(crate) const VISIT_PAUSE_MS: i64 = 30 * MINUTE_MS;
/// The least votes of a nominee for its rate of unseen votes to count.
const USUAL_VOTES: u32 = 30;

/// A visit: votes of one voter, none of which comes more than half an hour after the one before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit {
    pub(crate) first_vote_ms: i64,
    /// The first vote's time from page to vote; none where it was unseen.
    pub(crate) seen_ms: Option<u32>,
}

/// A day of the campaign's local time.
#[derive(Debug, Clone)]
pub(crate) struct Day {
    pub(crate) from_ms: i64,
    pub(crate) votes: Range<usize>,
}

/// A campaign's usual behaviour, which a cell's is measured against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usual {
    /// The median over nominees of the part of votes that are unseen.
    pub unseen: f64,
    /// The spread of ln(`seen_ms`) over visits, as a standard deviation.
    pub pace: f64,
    /// The chance that the phones of two voters are of one model.
    pub equal_models: f64,
}

/// The votes of a campaign.
#[derive(Debug)]
pub struct VoteTable {
    votes: Vec<Vote>,
    categories: Vec<u16>,
    utc_offset_ms: i64,
    visits: Vec<Visit>,
    visit_of: Vec<u32>,
    days: Vec<Day>,
    voter_days: Vec<(u32, i64)>,
    usual: Usual,
}

impl VoteTable {
    /// The table of these votes; `categories` has each nominee's.
    #[must_use]
    pub fn new(mut votes: Vec<Vote>, categories: Vec<u16>, settings: &SignalSettings) -> Self {
        votes.retain(|vote| usize::from(vote.nominee) < categories.len());
        votes.sort_by_key(|vote| vote.cast_at_ms);
        let utc_offset_ms = settings.utc_offset_ms;
        let day_of = |vote: &Vote| (vote.cast_at_ms + utc_offset_ms).div_euclid(DAY_MS);
        let (visits, visit_of) = visits(&votes);
        let mut voter_days: Vec<(u32, i64)> = votes
            .iter()
            .map(|vote| (vote.voter, day_of(vote)))
            .collect();
        voter_days.sort_unstable();
        voter_days.dedup();
        let mut days: Vec<Day> = Vec::new();
        for chunk in votes.chunk_by(|a, b| day_of(a) == day_of(b)) {
            let start = days.last().map_or(0, |day| day.votes.end);
            days.push(Day {
                from_ms: day_of(&chunk[0]) * DAY_MS - utc_offset_ms,
                votes: start..start + chunk.len(),
            });
        }
        let usual = Usual {
            unseen: usual_unseen(&votes, categories.len()),
            pace: usual_pace(&visits),
            equal_models: equal_models(&votes),
        };
        Self {
            votes,
            categories,
            utc_offset_ms,
            visits,
            visit_of,
            days,
            voter_days,
            usual,
        }
    }

    /// The votes, in the order of time.
    #[must_use]
    pub fn votes(&self) -> &[Vote] {
        &self.votes
    }

    /// The category of each nominee.
    #[must_use]
    pub fn categories(&self) -> &[u16] {
        &self.categories
    }

    /// The campaign's usual behaviour.
    #[must_use]
    pub fn usual(&self) -> Usual {
        self.usual
    }

    pub(crate) fn days(&self) -> &[Day] {
        &self.days
    }

    pub(crate) fn category(&self, nominee: u16) -> u16 {
        self.categories[usize::from(nominee)]
    }

    /// The places of the votes from a time up to another, which is left out.
    pub(crate) fn between(&self, from_ms: i64, until_ms: i64) -> Range<usize> {
        let place = |time| self.votes.partition_point(|vote| vote.cast_at_ms < time);
        place(from_ms)..place(until_ms)
    }

    pub(crate) fn visit_of(&self, vote: u32) -> u32 {
        self.visit_of[vote as usize]
    }

    pub(crate) fn visit(&self, visit: u32) -> Visit {
        self.visits[visit as usize]
    }

    /// The milliseconds of the local day.
    pub(crate) fn time_of_day(&self, time_ms: i64) -> i64 {
        (time_ms + self.utc_offset_ms).rem_euclid(DAY_MS)
    }

    /// The number of the local day.
    pub(crate) fn day_of(&self, time_ms: i64) -> i64 {
        (time_ms + self.utc_offset_ms).div_euclid(DAY_MS)
    }

    /// The number of the local day that the last vote is of.
    pub(crate) fn last_day(&self) -> i64 {
        self.votes
            .last()
            .map_or(i64::MIN, |vote| self.day_of(vote.cast_at_ms))
    }

    /// Whether the voter votes on this day.
    pub(crate) fn votes_on(&self, voter: u32, day: i64) -> bool {
        self.voter_days.binary_search(&(voter, day)).is_ok()
    }
}

fn visits(votes: &[Vote]) -> (Vec<Visit>, Vec<u32>) {
    // A voter's running visit, with when it was last heard of.
    let mut running: HashMap<u32, (u32, i64)> = HashMap::new();
    let mut visits = Vec::new();
    let mut visit_of = Vec::with_capacity(votes.len());
    for vote in votes {
        let known = running.get(&vote.voter).copied();
        let known = known.filter(|(_, last)| vote.cast_at_ms - last <= VISIT_PAUSE_MS);
        let visit = known.map_or_else(
            || {
                visits.push(Visit {
                    first_vote_ms: vote.cast_at_ms,
                    seen_ms: vote.seen_ms,
                });
                u32::try_from(visits.len() - 1).unwrap_or(u32::MAX)
            },
            |(visit, _)| visit,
        );
        running.insert(vote.voter, (visit, vote.cast_at_ms));
        visit_of.push(visit);
    }
    (visits, visit_of)
}

fn usual_unseen(votes: &[Vote], nominees: usize) -> f64 {
    let mut counts = vec![(0u32, 0u32); nominees];
    for vote in votes {
        let (all, unseen) = &mut counts[usize::from(vote.nominee)];
        *all += 1;
        *unseen += u32::from(vote.seen_ms.is_none());
    }
    let many = counts.iter().filter(|(all, _)| *all >= USUAL_VOTES);
    let mut rates: Vec<f64> = many
        .map(|(all, unseen)| f64::from(*unseen) / f64::from(*all))
        .collect();
    median(&mut rates)
}

fn usual_pace(visits: &[Visit]) -> f64 {
    let seen = visits.iter().filter_map(|visit| visit.seen_ms);
    let mut logarithms: Vec<f64> = seen.map(|seen| f64::from(seen.max(1)).ln()).collect();
    robust_deviation(&mut logarithms)
}

fn equal_models(votes: &[Vote]) -> f64 {
    let phone = |vote: &Vote| vote.device.map(|device| (device, vote.voter));
    let mut phones: Vec<(u32, u32)> = votes.iter().filter_map(phone).collect();
    phones.sort_unstable();
    phones.dedup();
    let total = real(phones.len());
    let chunks = phones.chunk_by(|a, b| a.0 == b.0);
    let pairs: f64 = chunks.map(|c| real(c.len()) * (real(c.len()) - 1.0)).sum();
    pairs / (total * (total - 1.0)).max(1.0)
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "values that are exact")]
mod tests {
    use super::*;
    use crate::testing::vote;

    #[test]
    fn a_visit_ends_after_half_an_hour_without_a_vote() {
        let at = |minute: i64, seen_ms| Vote {
            cast_at_ms: minute * MINUTE_MS,
            seen_ms,
            ..vote(7, 0)
        };
        let votes = vec![at(0, Some(5)), at(29, None), at(58, None), at(89, None)];
        let table = VoteTable::new(votes, vec![0], &SignalSettings::default());
        let visits: Vec<u32> = (0..4).map(|vote| table.visit_of(vote)).collect();
        assert_eq!(visits, [0, 0, 0, 1]);
        assert_eq!(table.visit(0).seen_ms, Some(5));
        assert_eq!(table.visit(1).seen_ms, None);
    }

    #[test]
    fn days_are_those_of_the_local_time() {
        let settings = SignalSettings {
            utc_offset_ms: 8 * 60 * MINUTE_MS,
            ..SignalSettings::default()
        };
        let at = |hour: i64| Vote {
            cast_at_ms: hour * 60 * MINUTE_MS,
            ..vote(7, 0)
        };
        let table = VoteTable::new(vec![at(17), at(0), at(15), at(16)], vec![0], &settings);
        let lengths: Vec<usize> = table.days().iter().map(|day| day.votes.len()).collect();
        assert_eq!(lengths, [2, 2]);
        assert_eq!(table.days()[1].from_ms, 16 * 60 * MINUTE_MS);
        assert!(table.votes_on(7, 1) && !table.votes_on(7, 2));
    }

    #[test]
    fn the_usual_is_that_of_most() {
        let seen = |voter: u32, seen_ms, device| Vote {
            seen_ms,
            device: Some(device),
            nominee: u16::try_from(voter % 3).unwrap(),
            ..vote(voter, 0)
        };
        // Nominee 0 has only unseen votes; two models of equal size.
        let votes = (0..300u32).map(|voter| {
            let seen_ms = (voter % 3 > 0).then_some(1_000 + voter);
            seen(voter, seen_ms, voter % 2)
        });
        let table = VoteTable::new(votes.collect(), vec![0; 3], &SignalSettings::default());
        assert_eq!(table.usual().unseen, 0.0);
        assert!((table.usual().equal_models - 149.0 / 299.0).abs() < 1e-9);
    }
}
