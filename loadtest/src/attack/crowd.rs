//! The honest crowd: 120,000 people over three days, in some 400,000 votes.
//!
//! Networks: a few carriers' addresses with 17,000 voters each, homes, and companies of which every third has somebody
//! to vote for. Share links travel in groups: a link is posted, and those who read it come within the hour. The days
//! are those of the replay (`schedule::curve`), with their three pushes.

use super::people::{Network, Stage};
use super::{CampaignKind, DAY_MS, HOUR_MS, START_MS};
use crate::schedule::curve::{Curve, DAYS, PUSH_HOURS, PUSH_MS, PUSH_SHARE, push_at};

/// Voters of the reference campaign.
pub const VOTERS: u32 = 120_000;
/// The part of them who come again on a second day.
const COME_BACK: f64 = 0.7;
/// The part of voters behind carriers' addresses, and at companies; the others are at home.
const ON_CARRIERS: f64 = 0.60;
const AT_COMPANIES: f64 = 0.18;
/// Voters of a carrier's address.
const CARRIER_VOTERS: f64 = 17_000.0;
/// Voters of a home, at most.
const HOME_VOTERS: u32 = 4;
/// Voters of a company: median, spread of the logarithm, least and most.
const COMPANY_VOTERS: (f64, f64, f64, f64) = (16.0, 1.0, 3.0, 400.0);
/// The part of companies that have a nominee, and of their people who vote for it.
const COMPANY_HAS_NOMINEE: f64 = 0.30;
const COMPANY_LOYALTY: f64 = 0.70;
/// Readers of a posted link: median, spread of the logarithm, most; the mean time until one comes.
const GROUP_READERS: (f64, f64, f64) = (12.0, 1.0, 400.0);
const GROUP_MEAN_MS: f64 = 45.0 * 60.0 * 1_000.0;
/// The part of readers whose client loses the link's code on the way.
const CODE_LOST: f64 = 0.05;
/// The part of those who came by a link and vote for nobody else.
const ONE_VOTE_BY_LINK: f64 = 0.5;
/// The mean number of votes beyond the first, in a first visit and in a later one.
const MORE_VOTES: f64 = 1.4;
const MORE_VOTES_LATER: f64 = 0.4;
/// The chance that who comes again votes again for the same.
const SAME_AGAIN: f64 = 0.8;

/// A group of people who are brought by the same: a company's announcement, a posted link, or nothing.
#[derive(Clone, Copy)]
struct Call {
    nominee: u16,
    at_ms: i64,
}

/// Adds the crowd, and returns the carriers' addresses.
pub fn add(stage: &mut Stage, kind: CampaignKind, voters: u32) -> Vec<Network> {
    let curve = Curve::new();
    let carriers = (f64::from(voters) * ON_CARRIERS / CARRIER_VOTERS).ceil();
    let carriers: Vec<Network> = (0..super::people::whole(carriers))
        .map(|_| stage.carrier())
        .collect();
    let mut places = places(stage, voters, &carriers);
    // Links travel between friends, not within networks, but for companies.
    stage.random.shuffle(&mut places);
    let mut group: Option<(Call, u32)> = None;
    for (network, company) in places {
        let is_by_link = stage.chance(kind.by_link());
        let company = company.filter(|_| stage.chance(COMPANY_LOYALTY));
        let call = match (company, is_by_link) {
            (Some(call), _) => Some(call),
            (None, true) => Some(next_of_group(stage, &curve, &mut group)),
            (None, false) => None,
        };
        live(stage, &curve, network, call, is_by_link);
    }
    carriers
}

/// Where each voter is, with what a company's people hear.
fn places(stage: &mut Stage, voters: u32, carriers: &[Network]) -> Vec<(Network, Option<Call>)> {
    let curve = Curve::new();
    let total = voters as usize;
    let mut places = Vec::with_capacity(total);
    let on_carriers = super::people::whole(f64::from(voters) * ON_CARRIERS) as usize;
    let at_companies = super::people::whole(f64::from(voters) * AT_COMPANIES) as usize;
    places.extend((0..on_carriers).map(|number| (carriers[number % carriers.len()], None)));
    while places.len() < on_carriers + at_companies {
        let (median, spread, least, most) = COMPANY_VOTERS;
        let size = stage.lognormal(median, spread).clamp(least, most);
        let network = stage.company();
        let call = if stage.chance(COMPANY_HAS_NOMINEE) {
            Some(posted(stage, &curve))
        } else {
            None
        };
        places.extend((0..super::people::whole(size)).map(|_| (network, call)));
    }
    while places.len() < total {
        let network = stage.home();
        let size = stage.random.between(1, HOME_VOTERS);
        places.extend((0..size).map(|_| (network, None)));
    }
    places.truncate(total);
    places
}

/// A call for a nominee, by popularity, when people are about.
fn posted(stage: &mut Stage, curve: &Curve) -> Call {
    let nominee = stage.nominee();
    let day = stage.random.below(DAYS);
    let moment = curve.pick(&mut stage.random);
    Call {
        nominee,
        at_ms: START_MS + i64::from(day) * DAY_MS + i64::from(moment),
    }
}

/// The call that the next reader of a link follows.
fn next_of_group(stage: &mut Stage, curve: &Curve, group: &mut Option<(Call, u32)>) -> Call {
    let (call, left) = group.filter(|(_, left)| *left > 0).unwrap_or_else(|| {
        let (median, spread, most) = GROUP_READERS;
        let readers = stage.lognormal(median, spread).clamp(1.0, most);
        (posted(stage, curve), super::people::whole(readers))
    });
    *group = Some((call, left.saturating_sub(1)));
    call
}

/// One person's campaign.
fn live(stage: &mut Stage, curve: &Curve, network: Network, call: Option<Call>, by_link: bool) {
    let keeps_code = !stage.chance(CODE_LOST);
    let share_nominee = call
        .filter(|_| by_link && keeps_code)
        .map(|call| call.nominee);
    let person = stage.person(network, share_nominee);
    let first_day = stage.random.below(DAYS);
    let first_ms = match call {
        Some(call) => call.at_ms + super::people::millis(stage.exponential(GROUP_MEAN_MS)),
        None => moment(stage, curve, first_day),
    };
    let mut nominees: Vec<u16> = call.map(|call| call.nominee).into_iter().collect();
    let votes_once = by_link && stage.chance(ONE_VOTE_BY_LINK);
    let more = if votes_once {
        0.0
    } else {
        stage.exponential(MORE_VOTES)
    };
    stage.fill(&mut nominees, 1 + super::people::whole(more) as usize);
    cast(stage, &person, first_ms, &nominees);
    if stage.chance(COME_BACK) {
        let day = u32::try_from((first_ms - START_MS) / DAY_MS).unwrap_or_default();
        let other = (day + stage.random.between(1, DAYS - 1)) % DAYS;
        let at_ms = moment(stage, curve, other);
        nominees.retain(|_| stage.chance(SAME_AGAIN));
        let more = super::people::whole(stage.exponential(MORE_VOTES_LATER)) as usize;
        let count = (nominees.len() + more).max(1);
        stage.fill(&mut nominees, count);
        cast(stage, &person, at_ms, &nominees);
    }
}

/// A visit, if the campaign still runs.
fn cast(stage: &mut Stage, person: &super::people::Person, at_ms: i64, nominees: &[u16]) {
    let end_ms = START_MS + i64::from(DAYS) * DAY_MS;
    if at_ms < end_ms - HOUR_MS / 12 {
        stage.visit(person, at_ms, nominees, false);
    }
}

/// A moment of a day at which somebody comes: by one of the pushes, or by the curve.
pub fn moment(stage: &mut Stage, curve: &Curve, day: u32) -> i64 {
    let point = stage.random.unit() / PUSH_SHARE;
    let mut pushes = (0u8..).zip(0..PUSH_HOURS.len());
    let push = pushes.find(|(number, _)| point < f64::from(*number) + 1.0);
    let of_day = match push {
        Some((_, push)) => push_at(push) + stage.random.below(PUSH_MS),
        None => curve.pick(&mut stage.random),
    };
    START_MS + i64::from(day) * DAY_MS + i64::from(of_day)
}
