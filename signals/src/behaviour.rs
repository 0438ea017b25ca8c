//! Behaviours: what the visits of a cell show that no crowd of people does, against what is usual in the campaign.

use std::collections::HashMap;

use crate::alarm::{Behaviour, Finding, Signal};
use crate::settings::BehaviourSettings;
use crate::statistics::{mean_and_deviation, median, real};
use crate::table::{Visit, VoteTable};

/// A voter's phone behind an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Phone {
    address: u32,
    device: u32,
    voter: u32,
}

/// The behaviours of a cell, whose votes are in the order of time.
#[must_use]
pub fn behaviours(
    table: &VoteTable,
    cell: &[u32],
    signal: Signal,
    settings: &BehaviourSettings,
) -> Vec<Finding> {
    let visits = visits(table, cell);
    if visits.len() < settings.visits {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = Vec::new();
    findings.extend(times(table, &visits, signal, settings));
    findings.extend(clock(&visits, settings));
    findings.extend(pace(table, &visits, settings));
    findings.extend(phones(table, cell, signal, settings));
    if signal != Signal::NightDrip {
        findings.extend(night(table, cell, &visits, settings));
    }
    findings.extend(repeat(table, cell, settings));
    findings
}

fn finding(behaviour: Behaviour, number: f64, threshold: f64) -> Finding {
    Finding {
        behaviour,
        number,
        threshold,
        voters: Vec::new(),
        device: None,
    }
}

/// The visits that a cell's votes are of, in the order of their first votes.
fn visits(table: &VoteTable, cell: &[u32]) -> Vec<Visit> {
    let mut numbers: Vec<u32> = cell.iter().map(|vote| table.visit_of(*vote)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    // Visits are numbered by their first votes.
    numbers.iter().map(|visit| table.visit(*visit)).collect()
}

/// Unseen and fast visits.
fn times(
    table: &VoteTable,
    visits: &[Visit],
    signal: Signal,
    settings: &BehaviourSettings,
) -> Vec<Finding> {
    let usual = table.usual().unseen;
    let (unseen_min, fast_min) = match signal {
        Signal::ShareSpike | Signal::Wave => (
            settings.unseen_in_spike + 2.0 * usual,
            settings.fast_in_spike,
        ),
        _ => (settings.unseen + usual, settings.fast),
    };
    let part = |count: usize| real(count) / real(visits.len());
    let unseen = part(
        visits
            .iter()
            .filter(|visit| visit.seen_ms.is_none())
            .count(),
    );
    let is_fast = |visit: &&Visit| visit.seen_ms.is_some_and(|seen| seen <= settings.fast_ms);
    let fast = part(visits.iter().filter(is_fast).count());
    let mut found = Vec::new();
    if unseen >= unseen_min {
        found.push(finding(Behaviour::Unseen, unseen, unseen_min));
    }
    if fast >= fast_min {
        found.push(finding(Behaviour::Fast, fast, fast_min));
    }
    found
}

/// Even gaps: of exponential gaps 14% lie within 20% of the median, ln(2), namely exp(-0.8 ln 2) - exp(-1.2 ln 2).
fn clock(visits: &[Visit], settings: &BehaviourSettings) -> Option<Finding> {
    let times: Vec<f64> = visits
        .iter()
        .map(|visit| to_real(visit.first_vote_ms))
        .collect();
    let gaps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let chunks = gaps.chunks_exact(settings.clock_chunk.max(2));
    let total = chunks.len();
    let is_even = |chunk: &&[f64]| {
        let middle = median(&mut chunk.to_vec());
        let near = |gap: &&f64| (**gap - middle).abs() <= settings.clock_near * middle;
        let even = real(chunk.iter().filter(near).count()) / real(chunk.len());
        let (mean, deviation) = mean_and_deviation(chunk);
        middle > 0.0
            && (even >= settings.clock_even || deviation <= settings.clock_variation * mean)
    };
    let even = real(chunks.filter(is_even).count()) / real(total.max(1));
    let rings = total > 0 && even >= settings.clock_chunks;
    rings.then(|| finding(Behaviour::Clock, even, settings.clock_chunks))
}

/// Even times from page to vote.
fn pace(table: &VoteTable, visits: &[Visit], settings: &BehaviourSettings) -> Option<Finding> {
    let seen = visits.iter().filter_map(|visit| visit.seen_ms);
    let logarithms: Vec<f64> = seen.map(|seen| f64::from(seen.max(1)).ln()).collect();
    let usual = table.usual().pace;
    if logarithms.len() < settings.visits || usual <= 0.0 {
        return None;
    }
    let ratio = mean_and_deviation(&logarithms).1 / usual;
    (ratio <= settings.pace).then(|| finding(Behaviour::Pace, ratio, settings.pace))
}

/// Phones of one address that are of one model, and one model everywhere.
fn phones(
    table: &VoteTable,
    cell: &[u32],
    signal: Signal,
    settings: &BehaviourSettings,
) -> Vec<Finding> {
    let votes = cell.iter().map(|vote| table.votes()[*vote as usize]);
    let phone = |vote: crate::Vote| {
        let (address, voter) = (vote.address, vote.voter);
        vote.device.map(|device| Phone {
            address,
            device,
            voter,
        })
    };
    let mut phones: Vec<Phone> = votes.filter_map(phone).collect();
    phones.sort_unstable();
    phones.dedup();
    let mut models: HashMap<u32, usize> = HashMap::new();
    for phone in &phones {
        *models.entry(phone.device).or_default() += 1;
    }
    if real(phones.len()) < f64::from(settings.phones_min) {
        return Vec::new();
    }
    let equal_everywhere = models.values().map(|count| pairs_of(*count)).sum();
    let everywhere = chance(equal_everywhere, pairs_of(phones.len()));
    let mut found: Vec<Finding> = Vec::new();
    found.extend(racks(&phones, everywhere, settings));
    let most = models
        .into_iter()
        .max_by_key(|(device, count)| (*count, *device));
    if let Some((device, most)) = most
        && signal != Signal::SelectiveModel
        && real(most) >= settings.one_model * real(phones.len())
    {
        let part = real(most) / real(phones.len());
        found.push(Finding {
            device: Some(device),
            ..finding(Behaviour::OneModel, part, settings.one_model)
        });
    }
    found
}

/// Phones of one address that are of one model, against the chance of that over the whole cell. It must hold without
/// the address that shows it most: one employer who issues phones, among other voters, is no rack.
fn racks(phones: &[Phone], everywhere: f64, settings: &BehaviourSettings) -> Option<Finding> {
    let (mut pairs, mut equal) = (0, 0);
    // Pairs and equal pairs of the address that has most equal ones.
    let mut foremost = (0, 0);
    let mut voters = Vec::new();
    for of_address in phones.chunk_by(|a, b| a.address == b.address) {
        let mut equal_here = 0;
        for of_model in of_address.chunk_by(|a, b| a.device == b.device) {
            equal_here += pairs_of(of_model.len());
            if of_model.len() > 1 {
                voters.extend(of_model.iter().map(|phone| phone.voter));
            }
        }
        pairs += pairs_of(of_address.len());
        equal += equal_here;
        if equal_here > foremost.1 {
            foremost = (pairs_of(of_address.len()), equal_here);
        }
    }
    let within = chance(equal, pairs);
    let elsewhere = chance(equal - foremost.1, pairs - foremost.0);
    voters.sort_unstable();
    voters.dedup();
    let rings = pairs >= settings.phone_pairs_min
        && within >= settings.phones
        && elsewhere >= settings.phones
        && within >= settings.phones_ratio * everywhere;
    rings.then(|| Finding {
        voters,
        ..finding(Behaviour::Phones, within, settings.phones)
    })
}

/// Visits late at night, from several networks.
fn night(
    table: &VoteTable,
    cell: &[u32],
    visits: &[Visit],
    settings: &BehaviourSettings,
) -> Option<Finding> {
    let mut addresses: Vec<u32> = cell
        .iter()
        .map(|vote| table.votes()[*vote as usize].address)
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    let (from, until) = settings.night_ms;
    let is_late = |visit: &&Visit| {
        let time = table.time_of_day(visit.first_vote_ms);
        (from..until).contains(&time)
    };
    let late = real(visits.iter().filter(is_late).count()) / real(visits.len());
    let rings = addresses.len() >= settings.night_addresses && late >= settings.night;
    rings.then(|| finding(Behaviour::Night, late, settings.night))
}

/// Nearly all voters come again the next day; known when that day is over, or shown already.
fn repeat(table: &VoteTable, cell: &[u32], settings: &BehaviourSettings) -> Option<Finding> {
    let first = table.votes()[*cell.first()? as usize];
    let next = table.day_of(first.cast_at_ms) + 1;
    if next > table.last_day() {
        return None;
    }
    let mut voters: Vec<u32> = cell
        .iter()
        .map(|vote| table.votes()[*vote as usize].voter)
        .collect();
    voters.sort_unstable();
    voters.dedup();
    let again = voters.iter().filter(|voter| table.votes_on(**voter, next));
    let part = real(again.count()) / real(voters.len());
    let rings = voters.len() >= settings.repeat_voters && part >= settings.repeat;
    rings.then(|| finding(Behaviour::Repeat, part, settings.repeat))
}

/// The part of all pairs that are equal.
fn chance(equal: u64, all: u64) -> f64 {
    count(equal) / count(all.max(1))
}

fn pairs_of(count: usize) -> u64 {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    count * count.saturating_sub(1) / 2
}

#[allow(
    clippy::cast_precision_loss,
    reason = "counts and times far below 2^52"
)]
fn count(count: u64) -> f64 {
    count as f64
}

#[allow(
    clippy::cast_precision_loss,
    reason = "counts and times far below 2^52"
)]
fn to_real(time_ms: i64) -> f64 {
    time_ms as f64
}

#[cfg(test)]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small positive times"
)]
mod tests {
    use super::*;
    use crate::settings::SignalSettings;
    use crate::testing::vote;
    use crate::vote::Vote;

    /// A number from 0 up to 1 that looks like chance (the golden ratio's multiples, in a scrambled order).
    fn chance(number: u32) -> f64 {
        let scrambled = number.wrapping_mul(2_654_435_769) ^ (number.wrapping_mul(40_503) << 7);
        (f64::from(scrambled.wrapping_mul(2_246_822_519)) / f64::from(u32::MAX)).min(0.999_999)
    }

    /// The findings of a cell of these votes, among 3,000 honest ones of three others.
    fn found(cell: Vec<Vote>, signal: Signal) -> Vec<Behaviour> {
        let honest = (0..3_000u32).map(|number| Vote {
            seen_ms: Some(people_seen(number)),
            cast_at_ms: 3_600_000 * 30 + i64::from(number) * 1_000,
            ..vote(1_000_000 + number, 1 + u16::try_from(number % 3).unwrap())
        });
        let votes = cell.into_iter().chain(honest).collect();
        let table = VoteTable::new(votes, vec![0; 4], &SignalSettings::default());
        let places = (0u32..).zip(table.votes());
        let cell = places.filter(|(_, vote)| vote.nominee == 0);
        let cell: Vec<u32> = cell.map(|(place, _)| place).collect();
        let found = behaviours(&table, &cell, signal, &BehaviourSettings::default());
        found.iter().map(|finding| finding.behaviour).collect()
    }

    /// People's times: from 2 to 60 seconds, even in the logarithm.
    fn people_seen(number: u32) -> u32 {
        (2_000.0 * 30f64.powf(chance(number + 77))) as u32
    }

    /// People who vote in the hour after noon, each on a phone and from an address of their own.
    fn people(count: u32) -> Vec<Vote> {
        let mut at = 12.0 * 3_600_000.0;
        let person = |voter: u32| {
            at -= (1.0 - chance(voter)).ln() * 20_000.0;
            Vote {
                cast_at_ms: at as i64,
                seen_ms: Some(people_seen(voter)),
                device: Some(voter % 97),
                ..vote(voter, 0)
            }
        };
        (0..count).map(person).collect()
    }

    fn changed(count: u32, change: impl Fn(&mut Vote)) -> Vec<Vote> {
        let mut votes = people(count);
        votes.iter_mut().for_each(change);
        votes
    }

    #[test]
    fn people_show_none() {
        for signal in [Signal::ShareSpike, Signal::ManySmallNetworks] {
            assert_eq!(found(people(400), signal), []);
        }
    }

    #[test]
    fn unseen_and_fast_visits_are_counted() {
        let unseen = |part: u32| {
            changed(200, move |v| {
                if v.voter % 100 < part {
                    v.seen_ms = None;
                }
            })
        };
        assert_eq!(
            found(unseen(52), Signal::SelectiveNetwork),
            [Behaviour::Unseen]
        );
        assert_eq!(found(unseen(48), Signal::SelectiveNetwork), []);
        assert_eq!(found(unseen(27), Signal::ShareSpike), [Behaviour::Unseen]);
        assert_eq!(found(unseen(23), Signal::Wave), []);
        let fast = |seen: u32| changed(200, move |v| v.seen_ms = Some(seen - v.voter * 10));
        let shows = |votes| found(votes, Signal::SelectiveNetwork).contains(&Behaviour::Fast);
        assert!(shows(fast(3_000)));
        assert!(!shows(fast(6_000)));
        assert_eq!(
            found(unseen(100)[..29].to_vec(), Signal::Unseen),
            [],
            "too few"
        );
    }

    #[test]
    fn later_votes_of_a_visit_do_not_count() {
        let mut votes = changed(60, |_| {});
        for vote in votes.clone() {
            votes.extend((1..5).map(|later| Vote {
                cast_at_ms: vote.cast_at_ms + later * 100,
                seen_ms: None,
                ..vote
            }));
        }
        assert_eq!(found(votes, Signal::SelectiveNetwork), []);
    }

    #[test]
    fn even_gaps_are_a_clock() {
        let clock = |jitter: f64, each: u32| {
            let mut votes = people(200);
            let mut at = 12.0 * 3_600_000.0;
            for vote in &mut votes {
                at += 30_000.0 * (1.0 + jitter * (2.0 * chance(vote.voter + 5) - 1.0));
                vote.cast_at_ms = at as i64;
            }
            // Some people in between.
            let strange = (0..200 / each).map(|number| Vote {
                cast_at_ms: votes[(number * each) as usize].cast_at_ms + 7_000,
                ..vote(5_000 + number, 0)
            });
            votes.extend(strange.collect::<Vec<_>>());
            found(votes, Signal::SelectiveModel).contains(&Behaviour::Clock)
        };
        assert!(clock(0.05, 20) && clock(0.4, 20));
        assert!(!clock(1.0, 3));
    }

    #[test]
    fn even_times_from_page_to_vote_are_weak() {
        let even = |ratio: f64| {
            let votes = changed(200, |v| {
                v.seen_ms = Some((8_000.0 * ratio.powf(chance(v.voter))) as u32);
            });
            found(votes, Signal::SelectiveNetwork)
        };
        // The campaign's times are spread by a factor of 30.
        assert_eq!(even(3.0), [Behaviour::Pace]);
        assert_eq!(even(10.0), []);
    }

    #[test]
    fn a_rack_is_one_model_an_address() {
        let phones = |votes: Vec<Vote>| found(votes, Signal::ManySmallNetworks);
        let rack = changed(200, |v| {
            v.address = v.voter / 10;
            v.device = Some(v.voter / 10);
        });
        assert_eq!(phones(rack), [Behaviour::Phones]);
        let mixed = changed(200, |v| v.address = v.voter / 10);
        assert_eq!(phones(mixed), []);
        // An employer who issues phones, among others.
        let among_others = changed(200, |v| {
            v.address = if v.voter < 60 { 1 } else { v.voter / 5 };
            v.device = Some(if v.voter < 60 { 1 } else { v.voter });
        });
        assert_eq!(phones(among_others), []);
        // An employer's phones: one model within each address, and over all.
        let employer = changed(200, |v| {
            v.address = v.voter / 10;
            v.device = Some(1);
        });
        assert_eq!(phones(employer.clone()), [Behaviour::OneModel]);
        assert_eq!(found(employer, Signal::SelectiveModel), []);
    }

    #[test]
    fn night_and_repetition_are_weak() {
        let late = changed(200, |v| {
            if v.voter % 8 == 0 {
                v.cast_at_ms -= 10 * 3_600_000;
            }
        });
        assert_eq!(
            found(late.clone(), Signal::ManySmallNetworks),
            [Behaviour::Night]
        );
        assert_eq!(found(late.clone(), Signal::NightDrip), []);
        let one_hall = late.into_iter().map(|v| Vote { address: 1, ..v }).collect();
        assert_eq!(found(one_hall, Signal::ManySmallNetworks), []);
        let again = |part: u32| {
            let mut votes = people(100);
            let next = votes.iter().filter(|v| v.voter < part).map(|v| Vote {
                cast_at_ms: v.cast_at_ms + 86_400_000,
                nominee: 1,
                ..*v
            });
            votes.extend(next.collect::<Vec<_>>());
            found(votes, Signal::ManySmallNetworks)
        };
        assert_eq!(again(96), [Behaviour::Repeat]);
        assert_eq!(again(90), []);
    }
}
