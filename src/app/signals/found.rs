//! The findings of signals, which are numbers, in the words of the domain.

use acclaim_signals::{Alarm, Examination, Place, Selection, VoteTable, selections};
use chrono::{DateTime, Utc};

use super::votes::Names;
use crate::domain::roster::Roster;
use crate::domain::signals as domain;
use crate::domain::withholding::{Behaviour, Selector};
use crate::id::{NomineeId, OfferId};

/// Concentrations without a how that are listed.
const LISTED_MAX: usize = 50;

/// The findings in the votes of a window.
pub(super) fn findings(
    found: &Examination,
    table: &VoteTable,
    names: &Names,
    roster: &Roster,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> domain::Findings {
    let alarm = |alarm: &Alarm| named(alarm, table, names, roster);
    let case = |case: &acclaim_signals::Case| {
        let others = case.alarms.iter().filter(|place| **place != case.leading);
        let places = std::iter::once(&case.leading).chain(others);
        places.map(|place| alarm(&found.alarms[*place])).collect()
    };
    let mut listed: Vec<&Alarm> = found.listed.iter().collect();
    let excess = |alarm: &Alarm| alarm.number - alarm.expected;
    listed.sort_by(|a, b| excess(b).total_cmp(&excess(a)));
    domain::Findings {
        examined_from: from,
        examined_to: to,
        votes: i64::try_from(table.votes().len()).unwrap_or(i64::MAX),
        usual: table.usual().into(),
        cases: found.cases.iter().map(case).collect(),
        listed: listed.into_iter().take(LISTED_MAX).map(alarm).collect(),
    }
}

fn time(at_ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at_ms).unwrap_or_default()
}

fn nominees(numbers: &[u16], roster: &Roster) -> Vec<NomineeId> {
    let nominee = |number: &u16| roster.nominees().get(usize::from(*number));
    numbers
        .iter()
        .filter_map(nominee)
        .map(|nominee| nominee.id)
        .collect()
}

fn named(alarm: &Alarm, table: &VoteTable, names: &Names, roster: &Roster) -> domain::Alarm {
    let place = match &alarm.place {
        Place::Anywhere => Some(domain::Place::Anywhere),
        Place::Address(number) => names.network(*number).map(domain::Place::Network),
        Place::Block(number) => names.block(*number).map(domain::Place::NetworkBlock),
        Place::Addresses(_) => Some(domain::Place::Networks),
        Place::Device(number) => names.device(*number).map(domain::Place::PhoneModel),
    };
    let point = |point: &acclaim_signals::Point| domain::Point {
        at: time(point.at_ms),
        votes: point.value,
        expected: point.expected,
    };
    let finding = |finding: &acclaim_signals::Finding| domain::Finding {
        behaviour: finding.behaviour,
        number: finding.number,
        threshold: finding.threshold,
    };
    let mut voters: Vec<u32> = alarm
        .cell
        .iter()
        .map(|vote| table.votes()[*vote as usize].voter)
        .collect();
    voters.sort_unstable();
    voters.dedup();
    let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    let offers = selections(alarm, table).into_iter();
    domain::Alarm {
        signal: alarm.signal,
        nominee_ids: nominees(&alarm.nominees, roster),
        place: place.unwrap_or(domain::Place::Anywhere),
        from: time(alarm.from_ms),
        until: time(alarm.until_ms),
        rung_at: time(alarm.rung_at_ms),
        number: alarm.number,
        expected: alarm.expected,
        votes: count(alarm.cell.len()),
        voters: count(voters.len()),
        points: alarm.series.iter().map(point).collect(),
        findings: alarm.findings.iter().map(finding).collect(),
        offers: offers
            .flat_map(|selection| selector(&selection, names, roster).in_bounds())
            .map(|selector| domain::Offer {
                id: OfferId::new(),
                selector,
            })
            .collect(),
    }
}

/// The votes of a selection, as a rule names them.
fn selector(selection: &Selection, names: &Names, roster: &Roster) -> Selector {
    let behaviours = [
        (selection.is_unseen, Behaviour::Unseen),
        (selection.is_fast, Behaviour::Fast),
    ];
    let behaviours = behaviours.into_iter().filter(|(is_named, _)| *is_named);
    let addresses = selection.addresses.iter();
    let blocks = selection.blocks.iter();
    let devices = selection.devices.iter();
    let voters = selection.voters.iter();
    Selector {
        nominee_ids: nominees(&selection.nominees, roster),
        addresses: addresses
            .filter_map(|number| names.network(*number))
            .collect(),
        blocks: blocks.filter_map(|number| names.block(*number)).collect(),
        devices: devices.filter_map(|number| names.device(*number)).collect(),
        voters: voters.filter_map(|number| names.voter(*number)).collect(),
        from: Some(time(selection.from_ms)),
        until: Some(time(selection.until_ms)),
        behaviours: behaviours.map(|(_, behaviour)| behaviour).collect(),
        whole_visit: selection.is_whole_visit,
        risk_rank_min: None,
    }
}
