//! Honest crowds that look like attacks: whoever withholds their votes has got it wrong.

use super::crowd::moment;
use super::people::{Network, Person, Stage, millis, whole};
use super::{CampaignKind, DAY_MS, HOUR_MS, MINUTE_MS, START_MS, TARGETS};
use crate::schedule::curve::{Curve, DAYS, push_at};
use acclaim_signals::Story;

/// People of a company, or in a hall.
const COMPANY: u32 = 800;
/// The mean time after noon at which a company votes, in minutes.
const LUNCH_MEAN_MINUTES: f64 = 20.0;
/// The part of them who vote for others too, and how many others at most.
const VOTE_FOR_OTHERS: f64 = 0.3;
const OTHERS: u32 = 3;
/// The part who vote again the next day.
const AGAIN: f64 = 0.5;
/// The part of phones that the employer has issued, and the rank of their model.
const ISSUED: f64 = 0.7;
const ISSUED_MODEL: usize = 12;
/// A firm's branches and the people of each.
const BRANCHES: u32 = 40;
const BRANCH_PEOPLE: u32 = 12;
/// The median time from being told to voting in a hall, and its spread; the part who do as they are told.
const HALL_MS: f64 = 60_000.0;
const HALL_SPREAD: f64 = 0.6;
const HALL_OBEY: f64 = 0.9;
/// The median time from page to vote of somebody who was told for whom.
const TOLD_MS: f64 = 7_000.0;
/// Voters of a carrier's address in a city with two nominees of its own, and the part who vote for each of them.
const CITY_CARRIER: u32 = 17_000;
const CITY_TASTE: f64 = 0.10;
/// People whom a push and a story bring, the part who vote for the story's nominee, and the mean delay in minutes.
const STORY_READERS: u32 = 6_000;
const STORY_TASTE: f64 = 0.5;
const STORY_MEAN_MINUTES: f64 = 25.0;
/// People of a city who vote for its list of three, and the part who vote for nobody else.
const LIST_PEOPLE: u32 = 600;
const LIST_ONLY: f64 = 0.85;

/// A company behind one address at lunch, for a colleague; perhaps on the employer's phones.
pub fn lunch(stage: &mut Stage, kind: CampaignKind, on_issued_phones: bool) {
    let network = stage.company();
    let colleague = stage.ranked[TARGETS[0]];
    for _ in 0..COMPANY {
        let mut person = invited(stage, kind, network, colleague);
        if on_issued_phones && stage.chance(ISSUED) {
            person.device = Some(stage.phone_of(ISSUED_MODEL));
        }
        let minutes = stage.exponential(LUNCH_MEAN_MINUTES);
        twice(stage, &person, noon() + minutes_ms(minutes), &[colleague]);
    }
}

/// A firm's branches, each behind an address of its own, for the firm's three.
pub fn branches(stage: &mut Stage, kind: CampaignKind) {
    let three = TARGETS.map(|rank| stage.ranked[rank]);
    for _ in 0..BRANCHES {
        let network = stage.company();
        for _ in 0..BRANCH_PEOPLE {
            let person = invited(stage, kind, network, three[0]);
            let minutes = 90.0 * stage.random.unit() - 30.0;
            twice(stage, &person, noon() + minutes_ms(minutes), &three);
        }
    }
}

/// A hall that is told to vote now, for whoever stands on the stage.
pub fn hall(stage: &mut Stage) {
    let network = stage.carrier();
    let speaker = stage.ranked[TARGETS[0]];
    for _ in 0..COMPANY {
        let mut person = stage.person(network, None);
        person.seen_ms *= TOLD_MS / super::people::SEEN_MS;
        let mut nominees = Vec::new();
        if stage.chance(HALL_OBEY) {
            nominees.push(speaker);
        }
        let others = stage.random.below(OTHERS) as usize;
        let count = (nominees.len() + others).max(1);
        stage.fill(&mut nominees, count);
        let delay = millis(stage.lognormal(HALL_MS, HALL_SPREAD));
        let at_ms = START_MS + DAY_MS + 15 * HOUR_MS + delay;
        stage.visit(&person, at_ms, &nominees, false);
    }
}

/// A city behind one address of its carrier, which likes its own nominees.
pub fn city_carrier(stage: &mut Stage, kind: CampaignKind) {
    let network = stage.carrier();
    let curve = Curve::new();
    let own = [stage.ranked[TARGETS[0]], stage.ranked[TARGETS[1]]];
    for _ in 0..CITY_CARRIER {
        let mut nominees: Vec<u16> = Vec::new();
        for nominee in own {
            if stage.chance(CITY_TASTE) {
                nominees.push(nominee);
            }
        }
        let more = whole(stage.exponential(2.0)) as usize;
        let count = (nominees.len() + more).max(1);
        stage.fill(&mut nominees, count);
        let by_link = stage.chance(kind.by_link()).then_some(nominees[0]);
        let person = stage.person(network, by_link);
        let day = stage.random.below(DAYS);
        let at_ms = moment(stage, &curve, day);
        stage.visit(&person, at_ms, &nominees, false);
    }
}

/// A push and a story that lift one nominee.
pub fn story(stage: &mut Stage, carriers: &[Network]) -> Story {
    let nominee = stage.ranked[TARGETS[0]];
    let published_at_ms = START_MS + DAY_MS + i64::from(push_at(1));
    for _ in 0..STORY_READERS {
        let network = anywhere(stage, carriers);
        let person = stage.person(network, None);
        let mut nominees = Vec::new();
        if stage.chance(STORY_TASTE) {
            nominees.push(nominee);
        }
        let others = stage.random.below(OTHERS) as usize;
        let count = (nominees.len() + others).max(1);
        stage.fill(&mut nominees, count);
        let minutes = stage.exponential(STORY_MEAN_MINUTES);
        let at_ms = published_at_ms + minutes_ms(minutes);
        stage.visit(&person, at_ms, &nominees, false);
    }
    Story {
        nominee,
        published_at_ms,
    }
}

/// People of a city, each from their own network, for its list of three.
pub fn list(stage: &mut Stage, kind: CampaignKind, carriers: &[Network]) {
    let curve = Curve::new();
    let three = TARGETS.map(|rank| stage.ranked[rank]);
    for _ in 0..LIST_PEOPLE {
        let network = anywhere(stage, carriers);
        let person = invited(stage, kind, network, three[0]);
        let mut nominees = three.to_vec();
        if !stage.chance(LIST_ONLY) {
            let others = 1 + stage.random.below(OTHERS) as usize;
            stage.fill(&mut nominees, three.len() + others);
        }
        let day = stage.random.below(DAYS);
        let at_ms = moment(stage, &curve, day);
        stage.visit(&person, at_ms, &nominees, false);
    }
}

/// A carrier's address or a home.
fn anywhere(stage: &mut Stage, carriers: &[Network]) -> Network {
    if stage.chance(0.7) {
        carriers[stage.random.index(carriers.len())]
    } else {
        stage.home()
    }
}

/// Somebody whom colleagues have asked, by a link as often as is usual in the campaign.
fn invited(stage: &mut Stage, kind: CampaignKind, network: Network, nominee: u16) -> Person {
    let by_link = stage.chance(kind.by_link());
    stage.person(network, by_link.then_some(nominee))
}

/// A visit for these and perhaps a few others, and for some the same the next day.
fn twice(stage: &mut Stage, person: &Person, at_ms: i64, wanted: &[u16]) {
    let mut nominees = wanted.to_vec();
    if stage.chance(VOTE_FOR_OTHERS) {
        let others = 1 + stage.random.below(OTHERS) as usize;
        stage.fill(&mut nominees, wanted.len() + others);
    }
    stage.visit(person, at_ms, &nominees, false);
    if stage.chance(AGAIN) {
        let later = minutes_ms(60.0 * stage.random.unit());
        stage.visit(person, at_ms + DAY_MS + later, &nominees, false);
    }
}

fn noon() -> i64 {
    START_MS + 12 * HOUR_MS
}

#[allow(clippy::cast_precision_loss, reason = "a minute")]
fn minutes_ms(minutes: f64) -> i64 {
    millis(minutes * MINUTE_MS as f64)
}
