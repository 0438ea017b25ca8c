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

/// The votes that a rule takes for an alarm with a how; none where the how names no votes.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::Finding;
    use crate::settings::SignalSettings;
    use crate::testing::{alarm, vote};
    use crate::vote::Vote;

    const MINUTE_MS: i64 = 60_000;

    fn shown(signal: Signal, behaviours: &[Behaviour]) -> Alarm {
        let finding = |behaviour: &Behaviour| Finding {
            behaviour: *behaviour,
            number: 1.0,
            threshold: 0.5,
            voters: vec![7],
            device: (*behaviour == Behaviour::OneModel).then_some(3),
        };
        Alarm {
            findings: behaviours.iter().map(finding).collect(),
            ..alarm(signal, 0)
        }
    }

    fn table(votes: Vec<Vote>) -> VoteTable {
        VoteTable::new(votes, vec![0; 9], &SignalSettings::default())
    }

    #[test]
    fn two_wheres_are_no_rule() {
        let table = table(vec![vote(7, 0)]);
        let offered =
            |signal, hows: &[Behaviour]| !selections(&shown(signal, hows), &table).is_empty();
        for signal in [
            Signal::SameBallot,
            Signal::SelectiveNetwork,
            Signal::ShareSpike,
        ] {
            assert!(!offered(signal, &[]));
            assert!(!offered(signal, &[Behaviour::Pace]), "one weak how");
        }
        assert!(offered(
            Signal::SameBallot,
            &[Behaviour::Pace, Behaviour::Repeat]
        ));
        assert!(offered(Signal::SelectiveNetwork, &[Behaviour::Clock]));
        assert!(!offered(
            Signal::Unseen,
            &[Behaviour::Unseen, Behaviour::Repeat]
        ));
        assert!(offered(Signal::Unseen, &[Behaviour::OneModel]));
        assert!(
            !offered(Signal::ShareSpike, &[Behaviour::Clock]),
            "it names no votes"
        );
    }

    #[test]
    fn what_is_taken_depends_on_the_where() {
        let table = table(vec![vote(7, 0), vote(8, 0)]);
        let first = |alarm: &Alarm| selections(alarm, &table)[0].clone();
        let network = Alarm {
            place: Place::Address(5),
            is_whole_network: true,
            ..shown(Signal::SelectiveNetwork, &[Behaviour::Unseen])
        };
        let whole = first(&network);
        assert_eq!((whole.addresses, whole.is_unseen), (vec![5], false));
        let carrier = first(&Alarm {
            is_whole_network: false,
            ..network
        });
        assert_eq!((carrier.addresses, carrier.is_unseen), (vec![5], true));
        let both = shown(
            Signal::ManySmallNetworks,
            &[Behaviour::Unseen, Behaviour::Phones],
        );
        let many = selections(&both, &table);
        assert_eq!(many.len(), 2, "whatever either names");
        assert!(many[0].is_whole_visit && many[0].is_unseen && many[0].voters.is_empty());
        assert!(many[1].is_whole_visit && !many[1].is_unseen && many[1].voters == [7]);
        let ballot = first(&Alarm {
            cell: vec![0, 1],
            ..shown(Signal::SameBallot, &[Behaviour::Fast])
        });
        assert_eq!((ballot.voters, ballot.is_fast), (vec![7, 8], false));
        let unseen = first(&shown(Signal::Unseen, &[Behaviour::OneModel]));
        assert_eq!((unseen.devices, unseen.is_unseen), (vec![3], true));
    }

    #[test]
    fn a_vote_is_taken_when_all_of_it_matches() {
        let base = Vote {
            address: 5,
            device: Some(3),
            ..vote(7, 0)
        };
        let vary = |change: fn(&mut Vote)| {
            let mut vote = base;
            change(&mut vote);
            vote
        };
        let table = table(vec![
            base,
            vary(|vote| vote.nominee = 1),
            vary(|vote| vote.address = 6),
            vary(|vote| vote.device = None),
            vary(|vote| vote.voter = 8),
            vary(|vote| vote.seen_ms = None),
            vary(|vote| vote.seen_ms = Some(3_000)),
            vary(|vote| vote.block = 9),
        ]);
        let takes = |change: fn(&mut Selection)| {
            let mut selection = Selection {
                from_ms: base.cast_at_ms,
                until_ms: base.cast_at_ms + 1,
                ..Selection::default()
            };
            change(&mut selection);
            let taken = taken(&table, &[selection], 3_000);
            let places = 0..taken.len();
            places.filter(|place| taken[*place]).collect::<Vec<_>>()
        };
        assert_eq!(takes(|it| it.nominees = vec![1]), [1]);
        assert_eq!(takes(|it| it.addresses = vec![6]), [2]);
        assert_eq!(takes(|it| it.devices = vec![3]), [0, 1, 2, 4, 5, 6, 7]);
        assert_eq!(takes(|it| it.voters = vec![8]), [4]);
        assert_eq!(takes(|it| it.blocks = vec![9]), [7]);
        assert_eq!(takes(|it| it.is_unseen = true), [5]);
        assert_eq!(takes(|it| it.is_fast = true), [6]);
        assert!(takes(|it| it.until_ms = it.from_ms).is_empty());
    }

    #[test]
    fn a_whole_visit_is_half_an_hour_to_both_sides() {
        let at = |minute: i64, nominee, voter| Vote {
            cast_at_ms: minute * MINUTE_MS,
            ..vote(voter, nominee)
        };
        let votes = vec![
            at(69, 1, 7),
            at(70, 1, 7),
            at(100, 0, 7),
            at(101, 1, 8),
            at(130, 2, 7),
            at(131, 2, 7),
        ];
        let selection = Selection {
            nominees: vec![0],
            from_ms: 100 * MINUTE_MS,
            until_ms: 101 * MINUTE_MS,
            is_whole_visit: true,
            ..Selection::default()
        };
        let expected = [false, true, true, false, true, false];
        assert_eq!(taken(&table(votes), &[selection], 0), expected);
    }
}
