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
    let mut found = Vec::new();
    if real(phones.len()) < f64::from(settings.phones_min) {
        return found;
    }
    let (mut pairs, mut equal) = (0, 0);
    let mut voters = Vec::new();
    for of_address in phones.chunk_by(|a, b| a.address == b.address) {
        pairs += pairs_of(of_address.len());
        for of_model in of_address.chunk_by(|a, b| a.device == b.device) {
            equal += pairs_of(of_model.len());
            if of_model.len() > 1 {
                voters.extend(of_model.iter().map(|phone| phone.voter));
            }
        }
    }
    let equal_everywhere: u64 = models.values().map(|count| pairs_of(*count)).sum();
    let chance = |equal: u64, all: u64| count(equal) / count(all.max(1));
    let (within, over_all) = (
        chance(equal, pairs),
        chance(equal_everywhere, pairs_of(phones.len())),
    );
    if pairs >= settings.phone_pairs_min
        && within >= settings.phones
        && within >= settings.phones_ratio * over_all
    {
        voters.sort_unstable();
        voters.dedup();
        found.push(Finding {
            voters,
            ..finding(Behaviour::Phones, within, settings.phones)
        });
    }
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
