//! The schedule: every tap and page view of the campaign, planned from a seed before the first is sent. The
//! same seed gives the same events with the same keys in the same order.
//!
//! A campaign lasts three days; a replay lasts minutes, and the server counts quotas by its own clock. So the votes of
//! a voter on both its days fit into the quota of one day, but for those who are planned to exceed it: the outcome of
//! every vote is known beforehand. `crowd` plans the voters, `curve` knows when people come.

mod crowd;
pub mod curve;

use std::time::Duration;

use uuid::Uuid;

use crate::random;
use curve::CAMPAIGN_MS;

/// Voters of the reference campaign.
const VOTERS: f64 = 120_000.0;
/// Its page views.
const PAGE_VIEWS: f64 = 330_000.0;
/// Its votes and likes, all taps of the vote button included.
const TAPS: f64 = 500_000.0;

/// Streams of randomness of a seed.
const KEYS: u64 = 1;
const VOTER_IDS: u64 = 2;
const PLAN: u64 = 3;
const REPORT_KEYS: u64 = 4;

/// The size of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Voters.
    pub voters: u32,
    /// Page views.
    pub page_views: u32,
    /// Votes and likes.
    pub taps: u32,
}

impl Size {
    /// A part of the reference campaign, 1 being the whole.
    #[must_use]
    pub fn scaled(scale: f64) -> Self {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small positive numbers"
        )]
        let part = |of: f64| (of * scale).round().max(1.0) as u32;
        Self {
            voters: part(VOTERS),
            page_views: part(PAGE_VIEWS),
            taps: part(TAPS),
        }
    }
}

/// The nominees and stories of a campaign, as far as the plan has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// For each nominee, the number of the scope that its votes count in.
    pub scopes: Vec<u16>,
    /// Stories in the feed.
    pub stories: u16,
    /// Votes that a voter has in each scope.
    pub quota: u16,
}

/// The kind of a voter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoterKind {
    /// Votes once for each whom it likes.
    Ordinary,
    /// Taps again on what it has voted for.
    Repeating,
    /// Tries more votes than the quota.
    Greedy,
    /// Hammers one nominee.
    Script,
}

/// A voter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voter {
    /// Its kind.
    pub kind: VoterKind,
    /// The network address it comes from.
    pub address: [u8; 4],
}

/// A vote of a voter for a nominee, as it is planned. It may be tapped several times and counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedVote {
    /// The voter.
    pub voter: u32,
    /// The nominee.
    pub nominee: u16,
    /// The number of events that are about it.
    pub taps: u16,
}

/// A voter's like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Like {
    /// The voter.
    pub voter: u32,
    /// The subject: a nominee, or behind these a story.
    pub subject: u16,
}

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The newest stories.
    Feed,
    /// A nominee.
    Nominee(u16),
    /// A story, by its place in the feed.
    Story(u16),
}

/// An action of a voter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Looks at a page.
    Read(Page),
    /// Reports the subjects that it has looked at: an entry of `Schedule::reports`.
    Report(u32),
    /// Votes: an entry of `Schedule::planned_votes`. Scripts, and people who come back and tap again, send no key.
    Vote {
        /// The planned vote.
        planned: u32,
        /// Whether its idempotency key is sent.
        with_key: bool,
    },
    /// Likes: an entry of `Schedule::likes`.
    Like(u32),
}

/// An event of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// When: milliseconds of the campaign.
    pub at_ms: u32,
    /// The voter.
    pub voter: u32,
    /// The action.
    pub action: Action,
}

/// The schedule of a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The seed that it was planned from.
    pub seed: u64,
    /// The events, in the order of time.
    pub events: Vec<Event>,
    /// The voters.
    pub voters: Vec<Voter>,
    /// The votes, those of one voter side by side.
    pub planned_votes: Vec<PlannedVote>,
    /// The likes.
    pub likes: Vec<Like>,
    /// Subjects that are reported together as viewed.
    pub reports: Vec<Vec<u16>>,
}

impl Schedule {
    /// Plans a campaign.
    #[must_use]
    pub fn plan(seed: u64, size: Size, field: &Field) -> Self {
        crowd::plan(seed, size, field)
    }

    /// When an event is to be sent if the whole campaign is to take `within`.
    #[must_use]
    pub fn due(&self, event: usize, within: Duration) -> Option<Duration> {
        let at_ms = self.events.get(event)?.at_ms;
        Some(within.mul_f64(f64::from(at_ms) / f64::from(CAMPAIGN_MS)))
    }

    /// The idempotency key of a vote.
    #[must_use]
    pub fn key(&self, planned: u32) -> Uuid {
        random::uuid(self.seed, KEYS, u64::from(planned))
    }

    /// The idempotency key of a report of views.
    #[must_use]
    pub fn report_key(&self, report: u32) -> Uuid {
        random::uuid(self.seed, REPORT_KEYS, u64::from(report))
    }
}

/// The id of a voter of a seed: `UUIDv7` as the server makes them, of voters who signed in one after the other. Where
/// they lie in an index decides what a vote costs the database.
#[must_use]
pub fn voter_id(seed: u64, voter: u32) -> Uuid {
    /// Since 1970, of 2026.
    const FIRST_MS: u64 = 1_767_225_600_000;
    const YEAR_MS: u64 = 31_536_000_000;
    let (of_seed, _) = random::uuid(seed, VOTER_IDS, 0).as_u64_pair();
    let signed_in_ms = FIRST_MS + of_seed % YEAR_MS + u64::from(voter);
    let (of_voter, rest) = random::uuid(seed, VOTER_IDS, u64::from(voter)).as_u64_pair();
    Uuid::from_u64_pair((signed_in_ms << 16) | 0x7000 | (of_voter & 0x0fff), rest)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};
    use std::sync::LazyLock;

    use super::curve::{DAY_MS, DAYS, PUSH_MS, push_at};
    use super::*;

    /// The field of the demo: three categories, ten votes in each.
    fn field() -> Field {
        let scopes = [(0, 39), (1, 33), (2, 28)];
        Field {
            scopes: scopes
                .into_iter()
                .flat_map(|(scope, count)| std::iter::repeat_n(scope, count))
                .collect(),
            stories: 52,
            quota: 10,
        }
    }

    /// The whole campaign, which takes a while to plan.
    static WHOLE: LazyLock<Schedule> =
        LazyLock::new(|| Schedule::plan(1, Size::scaled(1.0), &field()));

    fn count(schedule: &Schedule, matches: impl Fn(&Event) -> bool) -> usize {
        schedule
            .events
            .iter()
            .filter(|event| matches(event))
            .count()
    }

    #[test]
    fn a_seed_gives_the_same_plan() {
        let plan = |seed| Schedule::plan(seed, Size::scaled(0.01), &field());
        assert_eq!(plan(7), plan(7));
        assert_ne!(plan(7), plan(8));
        assert_eq!(plan(7).key(3), plan(7).key(3));
        assert_ne!(plan(7).key(3), plan(8).key(3));
    }

    #[test]
    fn the_campaign_has_its_numbers() {
        let schedule = &*WHOLE;
        assert_eq!(schedule.voters.len(), 120_000);
        assert_eq!(
            count(schedule, |e| matches!(e.action, Action::Read(_))),
            330_000
        );
        let taps = |e: &Event| matches!(e.action, Action::Vote { .. } | Action::Like(_));
        assert_eq!(count(schedule, taps), 500_000);
        assert_eq!(
            schedule.reports.iter().map(Vec::len).sum::<usize>(),
            330_000
        );
        assert!(schedule.reports.iter().all(|r| (1..=20).contains(&r.len())));
        assert_eq!(schedule.likes.len(), 100_000);
        assert!(schedule.events.is_sorted_by_key(|event| event.at_ms));
        assert!(schedule.events.iter().all(|e| e.at_ms < CAMPAIGN_MS));
    }

    #[test]
    fn voters_have_their_kinds() {
        let schedule = &*WHOLE;
        let kind = |kind| schedule.voters.iter().filter(|v| v.kind == kind).count();
        assert_eq!(kind(VoterKind::Repeating), 6_000);
        assert_eq!(kind(VoterKind::Greedy), 2_400);
        assert_eq!(kind(VoterKind::Script), 1_200);
        let mut addresses: HashMap<[u8; 4], usize> = HashMap::new();
        for voter in &schedule.voters {
            *addresses.entry(voter.address).or_default() += 1;
        }
        assert!(addresses.values().all(|voters| *voters <= 20_000));
        let scripts = schedule
            .voters
            .iter()
            .filter(|v| v.kind == VoterKind::Script);
        assert!(scripts.map(|v| v.address).collect::<HashSet<_>>().len() < 10);
    }

    #[test]
    fn most_voters_come_back_on_a_second_day() {
        let schedule = &*WHOLE;
        let mut days: HashMap<u32, HashSet<u32>> = HashMap::new();
        for event in &schedule.events {
            if matches!(event.action, Action::Read(Page::Feed)) {
                days.entry(event.voter)
                    .or_default()
                    .insert(event.at_ms / DAY_MS);
            }
        }
        assert_eq!(days.len(), 118_800, "all but the scripts");
        let back = days.values().filter(|days| days.len() == 2).count();
        assert_eq!(back, 84_000);
    }

    #[test]
    fn planned_votes_stay_within_a_quota_but_for_the_greedy() {
        let schedule = &*WHOLE;
        let field = field();
        let mut planned_votes: HashMap<(u32, u16), HashSet<u16>> = HashMap::new();
        for planned in &schedule.planned_votes {
            let scope = field.scopes[usize::from(planned.nominee)];
            let nominees = planned_votes.entry((planned.voter, scope)).or_default();
            assert!(
                nominees.insert(planned.nominee),
                "one vote for each nominee"
            );
        }
        let over: HashSet<u32> = planned_votes
            .iter()
            .filter(|(_, nominees)| nominees.len() > 10)
            .map(|((voter, _), _)| *voter)
            .collect();
        assert_eq!(over.len(), 2_400);
        let is_greedy = |voter: &u32| schedule.voters[*voter as usize].kind == VoterKind::Greedy;
        assert!(over.iter().all(is_greedy));
        assert!(
            schedule
                .planned_votes
                .is_sorted_by_key(|planned| planned.voter)
        );
    }

    #[test]
    fn those_who_tap_again_do_it_with_and_without_the_key() {
        let schedule = &*WHOLE;
        let mut taps: HashMap<u32, (u32, u32, u32)> = HashMap::new();
        for event in &schedule.events {
            if let Action::Vote { planned, with_key } = event.action {
                let (with, without, first) = taps.entry(planned).or_insert((0, 0, event.at_ms));
                *if with_key { with } else { without } += 1;
                *first = (*first).min(event.at_ms);
            }
        }
        let mut again = 0;
        let mut without_key = 0;
        for (planned, (with, without, _)) in &taps {
            let planned = schedule.planned_votes[*planned as usize];
            assert_eq!(u32::from(planned.taps), with + without);
            match schedule.voters[planned.voter as usize].kind {
                VoterKind::Repeating => {
                    again += with - 1;
                    without_key += without;
                }
                VoterKind::Script => assert_eq!(*with, 0),
                _ => assert_eq!((*with, *without), (1, 0)),
            }
        }
        assert_eq!((again, without_key), (6_000, 6_000));
        let targets = schedule
            .planned_votes
            .iter()
            .filter(|w| schedule.voters[w.voter as usize].kind == VoterKind::Script);
        assert_eq!(targets.map(|w| w.nominee).collect::<HashSet<_>>().len(), 1);
    }

    #[test]
    fn a_push_brings_a_tenth_of_its_day() {
        let schedule = &*WHOLE;
        for day in 0..DAYS {
            let start = day * DAY_MS;
            let of_day = count(schedule, |e| e.at_ms / DAY_MS == day);
            for push in 0..3 {
                let from = start + push_at(push);
                let of_push = count(schedule, |e| (from..from + PUSH_MS).contains(&e.at_ms));
                let percent = of_push * 1_000 / of_day;
                assert!((95..=120).contains(&percent), "{percent} per mille");
            }
        }
    }

    #[test]
    fn the_days_are_alike_and_their_nights_quiet() {
        let schedule = &*WHOLE;
        let hour = |n: u32| count(schedule, |e| (e.at_ms % DAY_MS) / (DAY_MS / 24) == n);
        assert!(hour(21) > 4 * hour(17) && hour(8) > 2 * hour(10) && hour(12) > 2 * hour(15));
        assert!(hour(3) * 15 < hour(21));
        let days: Vec<usize> = (0..DAYS)
            .map(|day| count(schedule, |e| e.at_ms / DAY_MS == day))
            .collect();
        assert!(days.iter().all(|day| day.abs_diff(days[0]) < days[0] / 50));
    }

    #[test]
    fn popularity_is_zipf_like() {
        let schedule = &*WHOLE;
        let mut votes = vec![0u32; 100];
        for planned in &schedule.planned_votes {
            if schedule.voters[planned.voter as usize].kind == VoterKind::Ordinary {
                votes[usize::from(planned.nominee)] += 1;
            }
        }
        votes.sort_unstable_by(|a, b| b.cmp(a));
        let ratio = f64::from(votes[0]) / f64::from(votes[19]);
        // Nobody votes twice for the first, so it is a little less than 20^0.9 = 14.8.
        assert!((8.0..15.0).contains(&ratio), "{ratio}");
        assert!(votes[99] > 0);
    }

    #[test]
    fn a_small_quota_turns_votes_into_likes() {
        let field = Field {
            scopes: vec![0; 5],
            stories: 0,
            quota: 1,
        };
        let schedule = Schedule::plan(1, Size::scaled(0.01), &field);
        let taps = |e: &Event| matches!(e.action, Action::Vote { .. } | Action::Like(_));
        assert_eq!(count(&schedule, taps), 5_000);
        let planned_votes = |voter: u32| {
            schedule
                .planned_votes
                .iter()
                .filter(|w| w.voter == voter)
                .count()
        };
        let ordinary =
            (0..1_200).filter(|v| schedule.voters[*v as usize].kind == VoterKind::Ordinary);
        assert!(ordinary.into_iter().all(|voter| planned_votes(voter) == 1));
    }

    #[test]
    fn time_is_compressed() {
        let schedule = Schedule::plan(1, Size::scaled(0.01), &field());
        let minute = Duration::from_mins(1);
        for event in [0, 1_000, schedule.events.len() - 1] {
            let at = Duration::from_millis(schedule.events[event].at_ms.into());
            let due = schedule.due(event, minute).expect("an event");
            assert!(due.abs_diff(at / 4_320) < Duration::from_micros(1));
        }
        assert_eq!(schedule.due(schedule.events.len(), minute), None);
    }
}
