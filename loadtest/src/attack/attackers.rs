//! Attacks: a script, a farm of accounts, a slow drip at night, votes by the clock.

use super::people::{Network, Person, Stage, categories, millis, whole};
use super::{DAY_MS, Farm, HOUR_MS, MINUTE_MS, START_MS, TARGETS};
use crate::schedule::curve::{Curve, DAYS};

/// Accounts of a farm, its addresses, and honest people behind each of these.
const FARM_ACCOUNTS: u32 = 500;
const FARM_ADDRESSES: u32 = 50;
const FARM_NEIGHBOURS: u32 = 1;
/// Votes of a filling-in account for others, drawn by popularity.
const FILL_INS: usize = 7;
/// The part of a patient farm's accounts that come again on a day.
const PATIENT_COME_AGAIN: f64 = 0.7;
/// Milliseconds between a script's accounts at one address.
const SCRIPT_PAUSE_MS: (u32, u32) = (2_000, 20_000);
/// Milliseconds between two accounts that are opened by hand on one phone.
const RACK_PAUSE_MS: (u32, u32) = (20_000, 90_000);
/// Milliseconds from a script's asking for a page to its vote, and between two votes.
const SCRIPT_SEEN_MS: (u32, u32) = (200, 1_500);
const SCRIPT_NEXT_MS: (u32, u32) = (50, 150);
/// Seconds that a flood of one script takes: as long as the one that was played against the server.
const FLOOD_MS: u32 = 6_000;
/// The model's rank that a script copies which does not name itself.
const COPIED_MODEL: usize = 3;
/// Points of the category's share that a drip adds, and its nights.
const DRIP_SHARE: f64 = 0.03;
const DRIP_NIGHTS: u32 = 2;
/// Votes by the clock, from 10:00 on, and the mean time between them.
const CLOCK_VOTES: u32 = 600;
const CLOCK_GAP_MS: f64 = 60_000.0;
/// The mean time from page to vote of a script that waits, with the same jitter.
const CLOCK_SEEN_MS: f64 = 8_000.0;

/// One script with fresh guests: votes within seconds and without tickets. Scripts of odd seeds name themselves, which
/// is no phone; those of even seeds copy a phone's name.
pub fn flood(stage: &mut Stage, seed: u64, network: Option<Network>, votes: u32) {
    let network = network.unwrap_or_else(|| stage.carrier());
    let device = seed.is_multiple_of(2).then(|| stage.phone_of(COPIED_MODEL));
    let nominee = stage.ranked[TARGETS[0]];
    let start_ms = START_MS + DAY_MS + 10 * HOUR_MS + i64::from(stage.random.below(10_000_000));
    for _ in 0..votes {
        let person = Person {
            device,
            ..stage.person(network, None)
        };
        let at_ms = start_ms + i64::from(stage.random.below(FLOOD_MS));
        stage.vote(&person, at_ms, nominee, None, true);
    }
}

/// A farm of accounts for three nominees, each day of so many.
pub fn farm(stage: &mut Stage, seed: u64, farm: Farm, days: u32) {
    for _ in 0..FARM_ADDRESSES {
        // In blocks far apart: one block of fifty addresses would be found at once.
        let network = stage.company();
        let model = stage.phone();
        let accounts: Vec<Person> = (0..FARM_ACCOUNTS / FARM_ADDRESSES)
            .map(|_| {
                let own = stage.person(network, None);
                // Each address has its one phone, or each account any phone.
                let device = if farm == Farm::Rack {
                    model
                } else {
                    stage.phone()
                };
                Person {
                    device: Some(device),
                    ..own
                }
            })
            .collect();
        for day in 0..days {
            farm_day(stage, seed, farm, &accounts, day);
        }
        for _ in 0..FARM_NEIGHBOURS {
            neighbour(stage, network);
        }
    }
}

/// A day of the accounts of one address.
fn farm_day(stage: &mut Stage, seed: u64, farm: Farm, accounts: &[Person], day: u32) {
    let three = TARGETS.map(|rank| stage.ranked[rank]);
    let curve = Curve::new();
    let midnight_ms = START_MS + i64::from(day) * DAY_MS;
    let mut at_ms = midnight_ms + 9 * HOUR_MS + i64::from(stage.random.below(43_200_000));
    for account in accounts {
        let mut nominees = three.to_vec();
        match farm {
            Farm::Script => script_visit(stage, seed, account, at_ms, nominees),
            Farm::FillIns => {
                stage.fill(&mut nominees, three.len() + FILL_INS);
                script_visit(stage, seed, account, at_ms, nominees);
            }
            Farm::Rack => stage.visit(account, at_ms, &nominees, true),
            Farm::Patient => {
                let moment = midnight_ms + i64::from(curve.pick(&mut stage.random));
                if day == 0 || stage.chance(PATIENT_COME_AGAIN) {
                    stage.visit(account, moment, &nominees, true);
                }
            }
        }
        let (least, most) = match farm {
            Farm::Rack => RACK_PAUSE_MS,
            _ => SCRIPT_PAUSE_MS,
        };
        at_ms += i64::from(stage.random.between(least, most));
    }
}

/// A script's visit: without a ticket for odd seeds, with one and at once for even ones.
fn script_visit(stage: &mut Stage, seed: u64, account: &Person, at_ms: i64, mut order: Vec<u16>) {
    stage.random.shuffle(&mut order);
    let mut seen = stage.random.between(SCRIPT_SEEN_MS.0, SCRIPT_SEEN_MS.1);
    for nominee in order {
        let seen_ms = seed.is_multiple_of(2).then_some(seen);
        stage.vote(account, at_ms + i64::from(seen), nominee, seen_ms, true);
        seen += stage.random.between(SCRIPT_NEXT_MS.0, SCRIPT_NEXT_MS.1);
    }
}

/// An honest neighbour behind a farm's address.
fn neighbour(stage: &mut Stage, network: Network) {
    let person = stage.person(network, None);
    let curve = Curve::new();
    let day = stage.random.below(DAYS);
    let at_ms = START_MS + i64::from(day) * DAY_MS + i64::from(curve.pick(&mut stage.random));
    let mut nominees = Vec::new();
    let count = 1 + stage.random.below(4) as usize;
    stage.fill(&mut nominees, count);
    stage.visit(&person, at_ms, &nominees, false);
}

/// A slow drip: 23:00 to 07:00, two nights, people's pace from anywhere, three points of the category's share.
pub fn drip(stage: &mut Stage, crowd: &[(acclaim_signals::Vote, bool)], carriers: &[Network]) {
    let nominee = stage.ranked[TARGETS[0]];
    let categories = categories();
    let category = categories[usize::from(nominee)];
    for night in 0..DRIP_NIGHTS {
        let from_ms = START_MS + i64::from(night) * DAY_MS + 23 * HOUR_MS;
        let until_ms = from_ms + 8 * HOUR_MS;
        let is_of_night = |vote: &acclaim_signals::Vote| {
            (from_ms..until_ms).contains(&vote.cast_at_ms)
                && categories[usize::from(vote.nominee)] == category
        };
        let usual = crowd.iter().filter(|(vote, _)| is_of_night(vote)).count();
        let usual = f64::from(u32::try_from(usual).unwrap_or(u32::MAX));
        for _ in 0..whole(usual * DRIP_SHARE / (1.0 - DRIP_SHARE)) {
            let network = if stage.chance(0.5) {
                carriers[stage.random.index(carriers.len())]
            } else {
                stage.home()
            };
            let person = stage.person(network, None);
            let at_ms = from_ms + i64::from(stage.random.below(8 * 60)) * MINUTE_MS;
            let at_ms = at_ms + i64::from(stage.random.below(60_000));
            stage.visit(&person, at_ms, &[nominee], true);
        }
    }
}

/// Votes by the clock with a jitter (the standard deviation as a part of the mean), with tickets: from one address, or
/// as one model behind a carrier's.
pub fn clock(stage: &mut Stage, jitter: f64, carrier: Option<Network>) {
    let network = carrier.unwrap_or_else(|| stage.carrier());
    let model = stage.phone_of(COPIED_MODEL);
    let nominee = stage.ranked[TARGETS[0]];
    let mut at = 0.0;
    for _ in 0..CLOCK_VOTES {
        let mut person = stage.person(network, None);
        if carrier.is_some() {
            person.device = Some(model);
        }
        at += CLOCK_GAP_MS * jittered(stage, jitter);
        let seen_ms = whole(CLOCK_SEEN_MS * jittered(stage, jitter));
        let at_ms = START_MS + DAY_MS + 10 * HOUR_MS + millis(at);
        stage.vote(&person, at_ms, nominee, Some(seen_ms), true);
    }
}

/// A factor around 1, never below a twentieth.
fn jittered(stage: &mut Stage, jitter: f64) -> f64 {
    (1.0 + jitter * stage.normal()).max(0.05)
}
