//! Plans the voters: who they are, when they visit, what they look at, whom they vote for.

use super::curve::{CAMPAIGN_MS, Curve, DAY_MS, DAYS, PUSH_HOURS, PUSH_MS, PUSH_SHARE, push_at};
use super::{
    Action, Event, Field, Like, PLAN, Page, PlannedVote, Schedule, Size, Voter, VoterKind,
};
use crate::random::{Random, Weighted};

/// Parts of all voters, in percent.
const COME_BACK_PERCENT: u32 = 70;
const REPEATING_PERCENT: u32 = 5;
const GREEDY_PERCENT: u32 = 2;
const SCRIPTS_PERCENT: u32 = 1;
/// The part of all taps that are likes (assumed).
const LIKES_PERCENT: u32 = 20;
/// The exponent of popularity.
const ZIPF: f64 = 0.9;
/// How often a script taps: more than a voter's limit lets through at once.
const SCRIPT_TAPS: u16 = 30;
/// The place of the nominee whom the scripts push: one whom they would lift.
const SCRIPT_RANK: usize = 40;
/// How often someone who taps again does: once with the key, as an app that retries, and once without.
const REPEATS: u32 = 2;
/// Votes of a voter who is not greedy, at most: with its other requests, within a voter's limit of 20 at once.
const VOTES_MAX: u16 = 12;
/// Likes of a visit, at most, for the same reason.
const LIKES_MAX: u8 = 8;
/// Pages of a visit, at most: one report holds them.
const READS_MAX: u8 = 20;
/// Stories on the feed's first page.
const FEED_PAGE: u16 = 20;
/// Percent of the pages after the first that are of nominees; the others are stories.
const NOMINEE_PAGES_PERCENT: u32 = 75;
/// Percent of likes that are of nominees; the others are of stories.
const NOMINEE_LIKES_PERCENT: u32 = 70;
/// Seconds between two things that a visitor does.
const THINKING_MS: (u32, u32) = (3_000, 20_000);
/// How long a visit that a push has brought takes at most: it is over within the five minutes.
const PUSHED_VISIT_MS: u32 = 150_000;
/// How much later somebody taps again.
const AGAIN_MS: (u32, u32) = (5_000, 60_000);
/// Networks that scripts come from.
const SCRIPT_ADDRESSES: u32 = 6;
/// Percent of people behind the addresses of mobile carriers, each of which stands for at most 20,000 voters.
const CARRIER_PERCENT: u32 = 70;
const CARRIER_VOTERS: u32 = 17_000;

struct Visit {
    voter: u32,
    start_ms: u32,
    is_pushed: bool,
    reads: u8,
    likes: u8,
    votes: u16,
}

enum Step {
    Read,
    Vote,
    Like,
}

pub(super) fn plan(seed: u64, size: Size, field: &Field) -> Schedule {
    let mut planner = Planner::new(seed, size, field);
    let mut visits = planner.visits();
    planner.share_reads(&mut visits);
    let likes = planner.share_votes(&mut visits);
    planner.share_likes(&mut visits, likes);
    let mut rest = visits.as_slice();
    for voter in 0..size.voters {
        let own = rest.partition_point(|visit| visit.voter <= voter);
        let (own, others) = rest.split_at(own);
        rest = others;
        planner.enact(voter, own);
    }
    let mut schedule = planner.schedule;
    // Stable: what happens in the same millisecond stays in the order it was planned in.
    schedule.events.sort_by_key(|event| event.at_ms);
    schedule
}

struct Planner<'a> {
    size: Size,
    field: &'a Field,
    random: Random,
    curve: Curve,
    /// Nominees, the most popular first, and how they are chosen.
    ranked: Vec<u16>,
    nominees: Weighted,
    stories: Weighted,
    newest: Weighted,
    /// The scope with the most nominees: that of the greedy.
    widest: u16,
    schedule: Schedule,
}

impl<'a> Planner<'a> {
    fn new(seed: u64, size: Size, field: &'a Field) -> Self {
        let mut random = Random::new(seed, PLAN);
        let count = u16::try_from(field.scopes.len()).unwrap_or(u16::MAX);
        let mut ranked: Vec<u16> = (0..count).collect();
        random.shuffle(&mut ranked);
        let members = |scope: &u16| field.scopes.iter().filter(|of| *of == scope).count();
        let widest = field.scopes.iter().copied().max_by_key(members);
        let schedule = Schedule {
            seed,
            events: Vec::new(),
            voters: voters(size.voters, &mut random),
            planned_votes: Vec::new(),
            likes: Vec::new(),
            reports: Vec::new(),
        };
        Self {
            size,
            field,
            curve: Curve::new(),
            ranked,
            nominees: Weighted::zipf(count, ZIPF),
            stories: Weighted::zipf(field.stories, ZIPF),
            newest: Weighted::zipf(field.stories.min(FEED_PAGE), ZIPF),
            widest: widest.unwrap_or_default(),
            random,
            schedule,
        }
    }

    fn kind(&self, voter: u32) -> VoterKind {
        self.schedule.voters[voter as usize].kind
    }

    /// The visits of all people, in the order of the voters; those who come back do on another day.
    fn visits(&mut self) -> Vec<Visit> {
        let is_person = |voter: &u32| self.kind(*voter) != VoterKind::Script;
        let people: Vec<u32> = (0..self.size.voters).filter(is_person).collect();
        let mut comes_back = vec![false; people.len()];
        let back = share(self.size.voters, COME_BACK_PERCENT) as usize;
        comes_back.iter_mut().take(back).for_each(|it| *it = true);
        self.random.shuffle(&mut comes_back);
        let mut visits = Vec::new();
        for (voter, comes_back) in people.into_iter().zip(comes_back) {
            // Each day gets as many first and only visits as the others, and each pair of days as many who come back.
            let odd = self.random.below(DAYS);
            let days = (0..DAYS).filter(|day| (*day == odd) != comes_back);
            for day in days {
                let (moment, is_pushed) = self.moment();
                visits.push(Visit {
                    voter,
                    start_ms: day * DAY_MS + moment,
                    is_pushed,
                    reads: 0,
                    likes: 0,
                    votes: 0,
                });
            }
        }
        visits
    }

    /// A moment of the day at which somebody comes, and whether a push has brought them.
    fn moment(&mut self) -> (u32, bool) {
        let point = self.random.unit() / PUSH_SHARE;
        let push = (0u8..)
            .zip(0..PUSH_HOURS.len())
            .find(|(number, _)| point < f64::from(*number) + 1.0);
        match push {
            Some((_, push)) => {
                let delay = self.random.below(PUSH_MS - PUSHED_VISIT_MS);
                (push_at(push) + delay, true)
            }
            None => (self.curve.pick(&mut self.random), false),
        }
    }

    /// Gives each visit the page it lands on, and the other page views to any.
    fn share_reads(&mut self, visits: &mut [Visit]) {
        let mut left = self.size.page_views;
        for visit in visits.iter_mut().take(left as usize) {
            visit.reads = 1;
            left -= 1;
        }
        spread(&mut self.random, visits, left, |visit| {
            let fits = visit.reads < READS_MAX;
            visit.reads += u8::from(fits);
            fits
        });
    }

    /// Plans a vote for everybody, more than the quota for the greedy, and the others for any. Returns how many taps
    /// are left for likes.
    fn share_votes(&mut self, visits: &mut [Visit]) -> u32 {
        let of_kind = |kind| {
            self.schedule
                .voters
                .iter()
                .filter(|v| v.kind == kind)
                .count()
        };
        let scripts = u32::try_from(of_kind(VoterKind::Script)).unwrap_or_default();
        let repeating = u32::try_from(of_kind(VoterKind::Repeating)).unwrap_or_default();
        let fixed = scripts * u32::from(SCRIPT_TAPS) + repeating * REPEATS;
        let likes = share(self.size.taps, LIKES_PERCENT);
        let mut left = self.size.taps.saturating_sub(fixed + likes);
        let capacity = self.capacity().min(VOTES_MAX);
        let mut planned_votes = vec![0u16; self.schedule.voters.len()];
        for own in visits.chunk_by_mut(|a, b| a.voter == b.voter) {
            let voter = own[0].voter;
            let planned = match self.kind(voter) {
                VoterKind::Greedy => self.greed(),
                _ => capacity.min(1),
            };
            own[self.random.index(own.len())].votes = planned;
            planned_votes[voter as usize] = planned;
            left = left.saturating_sub(planned.into());
        }
        let kinds: Vec<VoterKind> = self.schedule.voters.iter().map(|v| v.kind).collect();
        let unplaced = spread(&mut self.random, visits, left, |visit| {
            let planned_count = &mut planned_votes[visit.voter as usize];
            let fits =
                *planned_count < capacity && kinds[visit.voter as usize] != VoterKind::Greedy;
            *planned_count += u16::from(fits);
            visit.votes += u16::from(fits);
            fits
        });
        likes + unplaced
    }

    /// Votes that a voter has in all.
    fn capacity(&self) -> u16 {
        let mut scopes = self.field.scopes.clone();
        scopes.sort_unstable();
        let chunks = scopes.chunk_by(|a, b| a == b);
        let votes = chunks.map(|chunk| {
            let members = u16::try_from(chunk.len()).unwrap_or(u16::MAX);
            members.min(self.field.quota)
        });
        votes.fold(0, u16::saturating_add)
    }

    /// The number of votes that a greedy voter tries in one scope: one to three too many, if there are so many
    /// nominees.
    fn greed(&mut self) -> u16 {
        let members = self
            .field
            .scopes
            .iter()
            .filter(|scope| **scope == self.widest);
        let members = u16::try_from(members.count()).unwrap_or(u16::MAX);
        let extra = u16::try_from(self.random.between(1, 3)).unwrap_or(1);
        members.min(self.field.quota.saturating_add(extra))
    }

    fn share_likes(&mut self, visits: &mut [Visit], likes: u32) {
        let subjects = self.field.scopes.len() + usize::from(self.field.stories);
        // Two visits of a voter never like more than there is.
        let most = u8::try_from(subjects / 2).unwrap_or(u8::MAX).min(LIKES_MAX);
        spread(&mut self.random, visits, likes, |visit| {
            let fits = visit.likes < most;
            visit.likes += u8::from(fits);
            fits
        });
    }

    /// Plans the events of one voter.
    fn enact(&mut self, voter: u32, visits: &[Visit]) {
        if self.kind(voter) == VoterKind::Script {
            return self.hammer(voter);
        }
        let count = visits.iter().map(|visit| visit.votes).sum();
        let first_like = self.schedule.likes.len();
        let chosen = self.choose(voter, count);
        let first_planned = self.schedule.planned_votes.len();
        let planned = |nominee| PlannedVote {
            voter,
            nominee,
            taps: 1,
        };
        self.schedule
            .planned_votes
            .extend(chosen.into_iter().map(planned));
        let mut next_planned = first_planned;
        let mut cast_at: Vec<u32> = Vec::new();
        for visit in visits {
            self.visit(visit, first_like, &mut next_planned, &mut cast_at);
        }
        if self.kind(voter) == VoterKind::Repeating && !cast_at.is_empty() {
            self.tap_again(voter, first_planned, &cast_at, true);
            self.tap_again(voter, first_planned, &cast_at, false);
        }
    }

    fn visit(
        &mut self,
        visit: &Visit,
        first_like: usize,
        next_planned: &mut usize,
        cast_at: &mut Vec<u32>,
    ) {
        let mut steps: Vec<Step> = Vec::new();
        steps.extend((1..visit.reads).map(|_| Step::Read));
        steps.extend((0..visit.votes).map(|_| Step::Vote));
        steps.extend((0..visit.likes).map(|_| Step::Like));
        self.random.shuffle(&mut steps);
        let (mut least, mut most) = THINKING_MS;
        if visit.is_pushed {
            // The report is one more step.
            let each = PUSHED_VISIT_MS / (u32::try_from(steps.len()).unwrap_or(u32::MAX) + 1);
            (least, most) = (least.min(each / 2), most.min(each));
        }
        let mut now = visit.start_ms;
        let mut viewed: Vec<u16> = Vec::new();
        if visit.reads > 0 {
            self.read(visit.voter, now, true, &mut viewed);
        }
        for step in steps {
            now += self.random.between(least, most);
            match step {
                Step::Read => self.read(visit.voter, now, false, &mut viewed),
                Step::Vote => {
                    let planned = u32::try_from(*next_planned).unwrap_or(u32::MAX);
                    *next_planned += 1;
                    let with_key = true;
                    self.push(visit.voter, now, Action::Vote { planned, with_key });
                    cast_at.push(now);
                }
                Step::Like => self.like(visit.voter, now, first_like),
            }
        }
        if !viewed.is_empty() {
            now += self.random.between(least, most);
            let report = u32::try_from(self.schedule.reports.len()).unwrap_or(u32::MAX);
            self.schedule.reports.push(viewed);
            self.push(visit.voter, now, Action::Report(report));
        }
    }

    /// Looks at a page: first at the feed, where the reader stays with one of the stories, then at nominees and
    /// stories.
    fn read(&mut self, voter: u32, now: u32, is_landing: bool, viewed: &mut Vec<u16>) {
        let nominees = u16::try_from(self.field.scopes.len()).unwrap_or(u16::MAX);
        let is_story = self.field.stories > 0 && self.random.below(100) >= NOMINEE_PAGES_PERCENT;
        let place = |position: usize| u16::try_from(position).unwrap_or_default();
        let (page, subject) = if is_landing {
            let subject = match self.field.stories {
                0 => self.ranked[self.nominees.pick(&mut self.random)],
                _ => nominees + place(self.newest.pick(&mut self.random)),
            };
            (Page::Feed, subject)
        } else if is_story {
            let story = place(self.stories.pick(&mut self.random));
            (Page::Story(story), nominees + story)
        } else {
            let nominee = self.ranked[self.nominees.pick(&mut self.random)];
            (Page::Nominee(nominee), nominee)
        };
        viewed.push(subject);
        self.push(voter, now, Action::Read(page));
    }

    /// Likes what the voter has not liked yet.
    fn like(&mut self, voter: u32, now: u32, first_like: usize) {
        let nominees = u16::try_from(self.field.scopes.len()).unwrap_or(u16::MAX);
        let subject = loop {
            let is_story =
                self.field.stories > 0 && self.random.below(100) >= NOMINEE_LIKES_PERCENT;
            let subject = if is_story {
                let story = self.stories.pick(&mut self.random);
                nominees + u16::try_from(story).unwrap_or_default()
            } else {
                self.ranked[self.nominees.pick(&mut self.random)]
            };
            let own = &self.schedule.likes[first_like..];
            if own.iter().all(|like| like.subject != subject) {
                break subject;
            }
        };
        let like = u32::try_from(self.schedule.likes.len()).unwrap_or(u32::MAX);
        self.schedule.likes.push(Like { voter, subject });
        self.push(voter, now, Action::Like(like));
    }

    /// Different nominees by their popularity: within the quota of every scope, but for the greedy, who stay in one.
    fn choose(&mut self, voter: u32, count: u16) -> Vec<u16> {
        let is_greedy = self.kind(voter) == VoterKind::Greedy;
        let mut chosen: Vec<u16> = Vec::new();
        while chosen.len() < usize::from(count) {
            let nominee = self.ranked[self.nominees.pick(&mut self.random)];
            let scope = |nominee: u16| self.field.scopes[usize::from(nominee)];
            let own = scope(nominee);
            let used = chosen.iter().filter(|other| scope(**other) == own).count();
            let fits = if is_greedy {
                own == self.widest
            } else {
                used < usize::from(self.field.quota)
            };
            if fits && !chosen.contains(&nominee) {
                chosen.push(nominee);
            }
        }
        chosen
    }

    /// Taps once more on a nominee that the voter has voted for.
    fn tap_again(&mut self, voter: u32, first_planned: usize, cast_at: &[u32], with_key: bool) {
        let which = self.random.index(cast_at.len());
        let at = cast_at[which] + self.random.between(AGAIN_MS.0, AGAIN_MS.1);
        let planned = first_planned + which;
        self.schedule.planned_votes[planned].taps += 1;
        let planned = u32::try_from(planned).unwrap_or(u32::MAX);
        self.push(voter, at, Action::Vote { planned, with_key });
    }

    /// A script: the same nominee again and again, without a key.
    fn hammer(&mut self, voter: u32) {
        let planned = u32::try_from(self.schedule.planned_votes.len()).unwrap_or(u32::MAX);
        let nominee = self.ranked[SCRIPT_RANK.min(self.ranked.len() - 1)];
        let taps = SCRIPT_TAPS;
        self.schedule.planned_votes.push(PlannedVote {
            voter,
            nominee,
            taps,
        });
        let day = self.random.below(DAYS);
        let mut now = day * DAY_MS + self.curve.pick(&mut self.random);
        for _ in 0..taps {
            let with_key = false;
            self.push(voter, now, Action::Vote { planned, with_key });
            now += self.random.between(500, 2_000);
        }
    }

    fn push(&mut self, voter: u32, at_ms: u32, action: Action) {
        self.schedule.events.push(Event {
            at_ms: at_ms.min(CAMPAIGN_MS - 1),
            voter,
            action,
        });
    }
}

/// Voters of all kinds, in a random order, with the addresses they come from.
fn voters(count: u32, random: &mut Random) -> Vec<Voter> {
    let limits = [
        (VoterKind::Repeating, share(count, REPEATING_PERCENT)),
        (VoterKind::Greedy, share(count, GREEDY_PERCENT)),
        (VoterKind::Script, share(count, SCRIPTS_PERCENT)),
    ];
    let special = limits
        .into_iter()
        .flat_map(|(kind, count)| (0..count).map(move |_| kind));
    let mut kinds: Vec<VoterKind> = special.collect();
    kinds.resize(count as usize, VoterKind::Ordinary);
    random.shuffle(&mut kinds);
    let carriers = share(count, CARRIER_PERCENT)
        .div_ceil(CARRIER_VOTERS)
        .max(1);
    let voter = |(number, kind): (u32, VoterKind)| Voter {
        kind,
        address: address(number, kind, carriers, random),
    };
    (0u32..).zip(kinds).map(voter).collect()
}

/// An address of the networks that are set aside for carriers' translation (RFC 6598) and for benchmarks (RFC 2544),
/// or, for scripts, for documentation (RFC 5737).
fn address(number: u32, kind: VoterKind, carriers: u32, random: &mut Random) -> [u8; 4] {
    let is_carrier = random.below(100) < CARRIER_PERCENT;
    let network: u32 = match kind {
        VoterKind::Script => 0xcb00_7100 + 1 + number % SCRIPT_ADDRESSES,
        _ if is_carrier => 0x6440_0000 + 1 + number % carriers,
        _ => 0xc612_0000 + number % 0x0002_0000,
    };
    network.to_be_bytes()
}

/// So many percent of a number.
fn share(of: u32, percent: u32) -> u32 {
    let exact = u64::from(of) * u64::from(percent) / 100;
    u32::try_from(exact).unwrap_or(u32::MAX)
}

/// Gives `count` things to random visits that take them; returns how many found no place.
fn spread(
    random: &mut Random,
    visits: &mut [Visit],
    count: u32,
    mut take: impl FnMut(&mut Visit) -> bool,
) -> u32 {
    /// Visits that are asked before nobody is thought to have a place.
    const TRIES: u32 = 1_000;
    for given in 0..count {
        let has_place = (0..TRIES).any(|_| {
            let visit = random.index(visits.len());
            visits.get_mut(visit).is_some_and(&mut take)
        });
        if !has_place {
            return count - given;
        }
    }
    0
}
