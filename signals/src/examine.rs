//! Examines a campaign: all signals over its votes, their behaviours, and the cases that they make.

use crate::alarm::{Alarm, Place, Point, Signal};
use crate::ballot::same_ballots;
use crate::behaviour::behaviours;
use crate::case::{Case, cases};
use crate::drip::night_drips;
use crate::network::{Concentration, ManySmall, Selective};
use crate::settings::{DAY_MS, MINUTE_MS, SignalSettings};
use crate::spike::{Spike, share_spikes, waves};
use crate::statistics::real;
use crate::sums::{MinuteSum, between};
use crate::table::{Day, VoteTable};
use crate::unseen::unseen_excesses;
use crate::vote::{Story, Vote};

/// Milliseconds of a point of a day's chart.
const CHART_STEP_MS: i64 = 30 * MINUTE_MS;

/// The alarms and cases of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct Examination {
    /// Alarms that ring by themselves or have a how, in the order in which they rang.
    pub alarms: Vec<Alarm>,
    /// Concentrations without a how: a list at the desk, no alarm.
    pub listed: Vec<Alarm>,
    /// Alarms put together.
    pub cases: Vec<Case>,
}

/// Examines a campaign as of its last vote: the days that the table has votes of, and spikes and drips of all its
/// sums, which come in the order of time.
#[must_use]
pub fn examine(
    table: &VoteTable,
    sums: &[MinuteSum],
    stories: &[Story],
    settings: &SignalSettings,
) -> Examination {
    let mut found = spikes(table, sums, stories, settings);
    found.extend(drips(table, sums, settings));
    for day in table.days() {
        found.extend(of_day(table, day, sums, settings));
    }
    for alarm in &mut found {
        alarm.findings = behaviours(table, &alarm.cell, alarm.signal, &settings.behaviour);
    }
    found.sort_by_key(|alarm| alarm.rung_at_ms);
    let (alarms, listed): (Vec<Alarm>, Vec<Alarm>) = found
        .into_iter()
        .partition(|alarm| alarm.signal.rings_alone() || alarm.has_how());
    let cases = cases(&alarms, table, &settings.case);
    Examination {
        alarms,
        listed,
        cases,
    }
}

/// The votes of a range that these conditions hold for.
fn cell(
    table: &VoteTable,
    from_ms: i64,
    until_ms: i64,
    is_of_cell: impl Fn(&Vote) -> bool,
) -> Vec<u32> {
    let range = table.between(from_ms, until_ms);
    let places = range.filter(|place| is_of_cell(&table.votes()[*place]));
    places
        .map(|place| u32::try_from(place).unwrap_or(u32::MAX))
        .collect()
}

fn spikes(
    table: &VoteTable,
    sums: &[MinuteSum],
    stories: &[Story],
    settings: &SignalSettings,
) -> Vec<Alarm> {
    let alarm = |signal: Signal, spike: Spike| {
        let is_of_cell = |vote: &Vote| {
            vote.nominee == spike.nominee && (signal == Signal::Wave || !vote.is_own_share())
        };
        Alarm {
            signal,
            nominees: vec![spike.nominee],
            place: Place::Anywhere,
            rung_at_ms: spike.rung_at_ms,
            from_ms: spike.from_ms,
            until_ms: spike.until_ms,
            number: spike.number,
            expected: spike.expected,
            cell: cell(table, spike.from_ms, spike.until_ms, is_of_cell),
            series: spike.series,
            findings: Vec::new(),
            is_whole_network: false,
        }
    };
    let categories = table.categories();
    let found = share_spikes(sums, categories, stories, &settings.spike);
    let found = found
        .into_iter()
        .map(|spike| alarm(Signal::ShareSpike, spike));
    let in_waves = waves(sums, categories, stories, &settings.spike);
    let in_waves = in_waves.into_iter().map(|wave| alarm(Signal::Wave, wave));
    found.chain(in_waves).collect()
}

fn drips(table: &VoteTable, sums: &[MinuteSum], settings: &SignalSettings) -> Vec<Alarm> {
    let Some(last) = table.votes().last() else {
        return Vec::new();
    };
    let (categories, now_ms) = (table.categories(), last.cast_at_ms);
    let found = night_drips(
        sums,
        categories,
        settings.utc_offset_ms,
        now_ms,
        &settings.drip,
    );
    let alarm = |drip: crate::drip::Drip| {
        let is_of_cell = |vote: &Vote| vote.nominee == drip.nominee && !vote.is_own_share();
        let cell = cell(table, drip.from_ms, drip.until_ms, is_of_cell);
        let span = (drip.from_ms, drip.until_ms);
        Alarm {
            signal: Signal::NightDrip,
            nominees: vec![drip.nominee],
            place: Place::Anywhere,
            rung_at_ms: drip.rung_at_ms,
            from_ms: drip.from_ms,
            until_ms: drip.until_ms,
            number: drip.number,
            expected: drip.expected,
            series: series(table, &cell, span, drip.nominee, drip.expected),
            cell,
            findings: Vec::new(),
            is_whole_network: false,
        }
    };
    found.into_iter().map(alarm).collect()
}

/// The alarms of a day's cells.
fn of_day(
    table: &VoteTable,
    day: &Day,
    sums: &[MinuteSum],
    settings: &SignalSettings,
) -> Vec<Alarm> {
    let (votes, categories) = (&table.votes()[day.votes.clone()], table.categories());
    let mut found = networks(table, day, votes, settings);
    for ballot in same_ballots(votes, categories.len(), &settings.ballot) {
        let is_of_cell = |vote: &Vote| ballot.voters.binary_search(&vote.voter).is_ok();
        let number = real(ballot.voters.len());
        let mut alarm = day_alarm(table, day, Signal::SameBallot, Place::Anywhere, is_of_cell);
        alarm.nominees = ballot.nominees;
        found.push(counted(alarm, table, number, ballot.expected));
    }
    let of_day = between(sums, day.from_ms, day.from_ms + DAY_MS);
    for excess in unseen_excesses(of_day, categories, &settings.unseen) {
        let is_of_cell = |vote: &Vote| vote.nominee == excess.nominee && vote.seen_ms.is_none();
        let mut alarm = day_alarm(table, day, Signal::Unseen, Place::Anywhere, is_of_cell);
        alarm.nominees = vec![excess.nominee];
        found.push(counted(alarm, table, excess.number, excess.expected));
    }
    found
}

fn networks(table: &VoteTable, day: &Day, votes: &[Vote], settings: &SignalSettings) -> Vec<Alarm> {
    let (categories, network) = (table.categories(), &settings.network);
    let addresses = Concentration::new(votes, categories, |vote| Some(vote.address));
    let blocks = Concentration::new(votes, categories, |vote| Some(vote.block));
    let models = Concentration::new(votes, categories, |vote| vote.device);
    let of_addresses = addresses.selective(network.odds_ratio, network);
    let mut of_blocks = blocks.selective(network.odds_ratio, network);
    // A block with one address that votes is that address.
    of_blocks.retain(|block| {
        let is_same = |address: &&Selective| {
            address.nominee == block.nominee && address.for_nominee == block.for_nominee
        };
        !of_addresses.iter().any(|address| is_same(&address))
    });
    let mut found = Vec::new();
    let mut add = |signal, selective: &Selective, place, unit: fn(&Vote) -> Option<u32>| {
        let is_of_cell =
            |vote: &Vote| vote.nominee == selective.nominee && unit(vote) == Some(selective.unit);
        let mut alarm = day_alarm(table, day, signal, place, is_of_cell);
        alarm.nominees = vec![selective.nominee];
        let whole = settings.behaviour.network_whole * f64::from(selective.voters);
        alarm.is_whole_network = f64::from(selective.for_nominee) >= whole;
        let number = f64::from(selective.for_nominee);
        found.push(counted(alarm, table, number, selective.expected));
    };
    for found in &of_addresses {
        let place = Place::Address(found.unit);
        add(Signal::SelectiveNetwork, found, place, |vote| {
            Some(vote.address)
        });
    }
    for found in &of_blocks {
        let place = Place::Block(found.unit);
        add(Signal::SelectiveNetwork, found, place, |vote| {
            Some(vote.block)
        });
    }
    for found in &models.selective(network.model_odds_ratio, network) {
        let place = Place::Device(found.unit);
        add(Signal::SelectiveModel, found, place, |vote| vote.device);
    }
    for many in addresses.many_small(network) {
        found.push(many_small(table, day, &many));
    }
    found
}

fn many_small(table: &VoteTable, day: &Day, many: &ManySmall) -> Alarm {
    // Cells come in the order of nominee and address.
    let is_of_cell = |vote: &Vote| {
        vote.nominee == many.nominee && many.addresses.binary_search(&vote.address).is_ok()
    };
    let number = real(many.addresses.len());
    let place = Place::Addresses(many.addresses.clone());
    let mut alarm = day_alarm(table, day, Signal::ManySmallNetworks, place, is_of_cell);
    alarm.nominees = vec![many.nominee];
    counted(alarm, table, number, many.expected)
}

/// An alarm about a day's votes of these conditions.
fn day_alarm(
    table: &VoteTable,
    day: &Day,
    signal: Signal,
    place: Place,
    is_of_cell: impl Fn(&Vote) -> bool,
) -> Alarm {
    let until_ms = day.from_ms + DAY_MS;
    Alarm {
        signal,
        nominees: Vec::new(),
        place,
        rung_at_ms: until_ms,
        from_ms: day.from_ms,
        until_ms,
        number: 0.0,
        expected: 0.0,
        cell: cell(table, day.from_ms, until_ms, is_of_cell),
        series: Vec::new(),
        findings: Vec::new(),
        is_whole_network: false,
    }
}

/// The alarm with its number and chart.
fn counted(mut alarm: Alarm, table: &VoteTable, number: f64, expected: f64) -> Alarm {
    (alarm.number, alarm.expected) = (number, expected);
    // The chart shows votes: as many were expected as the number's ratio says.
    let votes = real(alarm.cell.len()) * (expected / number.max(1.0));
    let span = (alarm.from_ms, alarm.until_ms);
    if let Some(nominee) = alarm.nominees.first() {
        alarm.series = series(table, &alarm.cell, span, *nominee, votes);
    }
    alarm
}

/// A cell's votes by half-hours, with the expected ones spread as the votes of the nominee's category are.
fn series(
    table: &VoteTable,
    cell: &[u32],
    (from_ms, until_ms): (i64, i64),
    nominee: u16,
    expected: f64,
) -> Vec<Point> {
    let category = table.category(nominee);
    let steps = usize::try_from((until_ms - from_ms) / CHART_STEP_MS).unwrap_or_default();
    let step_of = |vote: &Vote| {
        let step = (vote.cast_at_ms - from_ms) / CHART_STEP_MS;
        usize::try_from(step)
            .unwrap_or_default()
            .min(steps.saturating_sub(1))
    };
    let (mut values, mut of_category) = (vec![0.0; steps], vec![0.0; steps]);
    for vote in &table.votes()[table.between(from_ms, until_ms)] {
        if table.category(vote.nominee) == category {
            of_category[step_of(vote)] += 1.0;
        }
    }
    for vote in cell {
        values[step_of(&table.votes()[*vote as usize])] += 1.0;
    }
    let total = of_category.iter().sum::<f64>().max(1.0);
    let mut at_ms = from_ms - CHART_STEP_MS;
    let point = |(value, of_category): (f64, f64)| {
        at_ms += CHART_STEP_MS;
        Point {
            at_ms,
            value,
            expected: expected * of_category / total,
        }
    };
    values.into_iter().zip(of_category).map(point).collect()
}
