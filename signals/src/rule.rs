//! Rules that an alarm with a how lets offer: which votes they take.

use std::collections::HashSet;

use crate::alarm::{Alarm, Behaviour, Place, Signal};
use crate::table::{VISIT_PAUSE_MS, VoteTable};

/// A selection of votes: one matches when every list that is not empty contains it, every bound holds, and one of
/// the behaviours, if there are any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Nominees.
    pub nominees: Vec<u16>,
    /// Addresses.
    pub addresses: Vec<u32>,
    /// Blocks.
    pub blocks: Vec<u32>,
    /// Devices.
    pub devices: Vec<u32>,
    /// Voters.
    pub voters: Vec<u32>,
    /// The first millisecond.
    pub from_ms: i64,
    /// The first millisecond after.
    pub until_ms: i64,
    /// Whether votes without a ticket match.
    pub is_unseen: bool,
    /// Whether votes within seconds of the page match.
    pub is_fast: bool,
    /// Whether these voters' other votes within half an hour of a matching one are taken too.
    pub is_whole_visit: bool,
}

/// What a rule takes for an alarm with a how; nothing where the how names no votes.
#[must_use]
pub fn selections(alarm: &Alarm, table: &VoteTable) -> Vec<Selection> {
    if !alarm.has_how() {
        return Vec::new();
    }
    let base = base(alarm);
    match alarm.signal {
        Signal::SameBallot => vec![of_voters(alarm, table, base)],
        Signal::SelectiveNetwork if alarm.is_whole_network => vec![base],
        Signal::SelectiveNetwork | Signal::SelectiveModel | Signal::Unseen => {
            vec![named_by_all(alarm, base)]
        }
        Signal::ShareSpike | Signal::Wave | Signal::NightDrip => named_by_any(alarm, &base),
        Signal::ManySmallNetworks => {
            let whole_visits = Selection {
                is_whole_visit: true,
                ..base
            };
            named_by_any(alarm, &whole_visits)
        }
    }
}

/// The alarm's nominees, place and time.
fn base(alarm: &Alarm) -> Selection {
    let mut base = Selection {
        nominees: alarm.nominees.clone(),
        from_ms: alarm.from_ms,
        until_ms: alarm.until_ms,
        ..Selection::default()
    };
    match &alarm.place {
        Place::Anywhere => {}
        Place::Address(address) => base.addresses = vec![*address],
        Place::Block(block) => base.blocks = vec![*block],
        Place::Addresses(addresses) => base.addresses.clone_from(addresses),
        Place::Device(device) => base.devices = vec![*device],
    }
    base
}

fn of_voters(alarm: &Alarm, table: &VoteTable, base: Selection) -> Selection {
    let mut voters: Vec<u32> = alarm
        .cell
        .iter()
        .map(|vote| table.votes()[*vote as usize].voter)
        .collect();
    voters.sort_unstable();
    voters.dedup();
    Selection { voters, ..base }
}

/// Votes that all hows name; the clock and the weak ones without a model name the whole cell.
fn named_by_all(alarm: &Alarm, mut selection: Selection) -> Selection {
    selection.is_unseen = alarm.shows(Behaviour::Unseen) || alarm.signal == Signal::Unseen;
    // No vote is both: of two behaviours one is enough.
    selection.is_fast = alarm.shows(Behaviour::Fast);
    for finding in &alarm.findings {
        if finding.behaviour == Behaviour::Phones {
            selection.voters.clone_from(&finding.voters);
        }
        selection.devices.extend(finding.device);
    }
    selection
}

/// Votes that any how names by itself.
fn named_by_any(alarm: &Alarm, base: &Selection) -> Vec<Selection> {
    let mut selections = Vec::new();
    let (is_unseen, is_fast) = (alarm.shows(Behaviour::Unseen), alarm.shows(Behaviour::Fast));
    if is_unseen || is_fast {
        selections.push(Selection {
            is_unseen,
            is_fast,
            ..base.clone()
        });
    }
    for finding in &alarm.findings {
        if finding.behaviour == Behaviour::Phones {
            selections.push(Selection {
                voters: finding.voters.clone(),
                ..base.clone()
            });
        }
    }
    selections
}

/// Marks the votes that any of the selections takes.
#[must_use]
pub fn taken(table: &VoteTable, selections: &[Selection], fast_ms: u32) -> Vec<bool> {
    let mut taken = vec![false; table.votes().len()];
    for selection in selections {
        mark(table, selection, fast_ms, &mut taken);
    }
    taken
}

fn mark(table: &VoteTable, selection: &Selection, fast_ms: u32, taken: &mut [bool]) {
    let set = |list: &[u32]| list.iter().copied().collect::<HashSet<u32>>();
    let (addresses, blocks) = (set(&selection.addresses), set(&selection.blocks));
    let (devices, voters) = (set(&selection.devices), set(&selection.voters));
    let is_in = |set: &HashSet<u32>, value: u32| set.is_empty() || set.contains(&value);
    let needs_behaviour = selection.is_unseen || selection.is_fast;
    let mut matching: Vec<(u32, i64)> = Vec::new();
    let range = table.between(selection.from_ms, selection.until_ms);
    for place in range {
        let vote = &table.votes()[place];
        let behaves = match vote.seen_ms {
            None => selection.is_unseen,
            Some(seen) => selection.is_fast && seen <= fast_ms,
        };
        let matches = (selection.nominees.is_empty() || selection.nominees.contains(&vote.nominee))
            && is_in(&addresses, vote.address)
            && is_in(&blocks, vote.block)
            && is_in(&voters, vote.voter)
            && (devices.is_empty() || vote.device.is_some_and(|device| devices.contains(&device)))
            && (!needs_behaviour || behaves);
        if matches {
            taken[place] = true;
            matching.push((vote.voter, vote.cast_at_ms));
        }
    }
    if selection.is_whole_visit {
        matching.sort_unstable();
        let from_ms = selection.from_ms - VISIT_PAUSE_MS;
        let until_ms = selection.until_ms + VISIT_PAUSE_MS;
        for place in table.between(from_ms, until_ms) {
            let vote = &table.votes()[place];
            let near = (vote.voter, vote.cast_at_ms - VISIT_PAUSE_MS);
            let next = matching.partition_point(|known| *known < near);
            taken[place] |= matching.get(next).is_some_and(|(voter, at_ms)| {
                *voter == vote.voter && at_ms - vote.cast_at_ms <= VISIT_PAUSE_MS
            });
        }
    }
}
