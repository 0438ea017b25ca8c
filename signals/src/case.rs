//! Cases: alarms that are about the same, for one person to look at once.

use crate::alarm::{Alarm, Place, Signal};
use crate::settings::CaseSettings;
use crate::statistics::real;
use crate::table::VoteTable;

/// A case: alarms about the same nominee or the same voters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The alarm that it is named after: a ballot or network rather than a nominee.
    pub leading: usize,
    /// Its alarms: places in the list.
    pub alarms: Vec<usize>,
}

/// Puts alarms of one nominee within a day together, those of one ballot or network on several days, and those whose
/// cells share half of the smaller's voters.
///
/// An alarm about several nominees (a ballot) joins others by its voters only: a set that an attack is filled up with
/// must not draw in what else there is about its nominees.
#[must_use]
pub fn cases(alarms: &[Alarm], table: &VoteTable, settings: &CaseSettings) -> Vec<Case> {
    let voters: Vec<Vec<u32>> = alarms.iter().map(|alarm| voters(alarm, table)).collect();
    // Each alarm's first of its case (union-find without ranks: there are dozens).
    let mut first_of: Vec<usize> = (0..alarms.len()).collect();
    for later in 0..alarms.len() {
        for earlier in 0..later {
            let (a, b) = (&alarms[earlier], &alarms[later]);
            let apart_ms = a.rung_at_ms.abs_diff(b.rung_at_ms);
            let is_same_nominee = a.nominees.len() == 1
                && a.nominees == b.nominees
                && apart_ms <= settings.same_nominee_ms.unsigned_abs();
            if is_same_nominee
                || is_same_thing(a, b)
                || are_shared(&voters[earlier], &voters[later], settings.shared_voters)
            {
                let (a, b) = (root(&first_of, earlier), root(&first_of, later));
                first_of[a.max(b)] = a.min(b);
            }
        }
    }
    let mut cases: Vec<Case> = Vec::new();
    for first in 0..alarms.len() {
        let own = (0..alarms.len()).filter(|alarm| root(&first_of, *alarm) == first);
        let own: Vec<usize> = own.collect();
        let leading = own
            .iter()
            .copied()
            .min_by_key(|alarm| alarms[*alarm].signal);
        if let Some(leading) = leading {
            cases.push(Case {
                leading,
                alarms: own,
            });
        }
    }
    cases
}

/// Whether both are about the same ballot, network or model.
fn is_same_thing(a: &Alarm, b: &Alarm) -> bool {
    let is_named = a.place != Place::Anywhere || a.signal == Signal::SameBallot;
    is_named && a.signal == b.signal && a.nominees == b.nominees && a.place == b.place
}

fn root(first_of: &[usize], mut alarm: usize) -> usize {
    while first_of[alarm] != alarm {
        alarm = first_of[alarm];
    }
    alarm
}

fn voters(alarm: &Alarm, table: &VoteTable) -> Vec<u32> {
    let votes = alarm.cell.iter();
    let mut voters: Vec<u32> = votes
        .map(|vote| table.votes()[*vote as usize].voter)
        .collect();
    voters.sort_unstable();
    voters.dedup();
    voters
}

/// Whether two sorted lists share this part of the shorter one.
fn are_shared(a: &[u32], b: &[u32], part: f64) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let shared = short
        .iter()
        .filter(|voter| long.binary_search(voter).is_ok());
    !short.is_empty() && real(shared.count()) >= part * real(short.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{DAY_MS, SignalSettings};
    use crate::testing::{alarm, vote};

    /// The cases of these alarms; their cells are votes of the voters of the same number.
    fn found(alarms: &[Alarm]) -> Vec<Case> {
        let votes = (0..100).map(|voter| vote(voter, 0)).collect();
        let table = VoteTable::new(votes, vec![0; 9], &SignalSettings::default());
        cases(alarms, &table, &CaseSettings::default())
    }

    fn of_cell(signal: Signal, nominee: u16, cell: std::ops::Range<u32>) -> Alarm {
        Alarm {
            cell: cell.collect(),
            ..alarm(signal, nominee)
        }
    }

    #[test]
    fn alarms_of_one_nominee_within_a_day_are_one_case() {
        let at = |days: i64, nominee, cell| Alarm {
            rung_at_ms: days * DAY_MS,
            ..of_cell(Signal::ShareSpike, nominee, cell)
        };
        assert_eq!(found(&[at(0, 1, 0..9), at(1, 1, 10..19)]).len(), 1);
        assert_eq!(found(&[at(0, 1, 0..9), at(2, 1, 10..19)]).len(), 2);
        assert_eq!(found(&[at(0, 1, 0..9), at(0, 2, 10..19)]).len(), 2);
        let chain = found(&[at(0, 1, 0..9), at(2, 1, 20..29), at(1, 1, 10..19)]);
        assert_eq!(chain.len(), 1, "by the one between");
        assert_eq!(chain[0].alarms, [0, 1, 2]);
    }

    #[test]
    fn cells_that_share_half_of_their_voters_are_one_case() {
        let networks = of_cell(Signal::ManySmallNetworks, 1, 0..40);
        let half = of_cell(Signal::Unseen, 2, 30..50);
        let less = of_cell(Signal::Unseen, 2, 31..51);
        assert_eq!(found(&[half.clone(), networks.clone()]).len(), 1);
        assert_eq!(found(&[less, networks.clone()]).len(), 2);
        assert_eq!(
            found(&[half, networks])[0].leading,
            1,
            "named after the networks"
        );
    }

    #[test]
    fn a_ballot_is_one_case_on_all_days_and_draws_no_nominee_in() {
        let ballot = |days: i64, cell| Alarm {
            nominees: vec![1, 2, 3],
            rung_at_ms: days * DAY_MS,
            ..of_cell(Signal::SameBallot, 1, cell)
        };
        assert_eq!(found(&[ballot(1, 0..40), ballot(3, 50..90)]).len(), 1);
        let spike = of_cell(Signal::ShareSpike, 1, 95..99);
        assert_eq!(found(&[ballot(0, 0..40), spike]).len(), 2);
    }
}
