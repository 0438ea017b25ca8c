//! A ballot: the nominees that one cast names, in their campaign.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::nominee::{Nominee, NomineeStatus};
use crate::domain::roster::Roster;
use crate::domain::vote::Vote;
use crate::id::{NomineeId, ScopeId};

/// The nominees that a cast names, one or several, looked up in their campaign's roster once.
#[derive(Debug)]
pub struct Ballot {
    roster: Arc<Roster>,
    /// In the voter's order.
    indexes: Vec<usize>,
}

impl Ballot {
    /// Looks the nominees up; unknown ones are left out.
    pub(super) fn new(roster: Arc<Roster>, nominee_ids: &[NomineeId]) -> Self {
        let mut indexes = Vec::with_capacity(nominee_ids.len());
        indexes.extend(nominee_ids.iter().filter_map(|id| roster.index_of(*id)));
        Self { roster, indexes }
    }

    /// The campaign.
    #[must_use]
    pub fn roster(&self) -> &Arc<Roster> {
        &self.roster
    }

    /// The nominees' indexes in the roster, in the voter's order.
    #[must_use]
    pub fn indexes(&self) -> &[usize] {
        &self.indexes
    }

    /// The indexes of those nominees that are shown.
    pub fn shown_indexes(&self) -> impl Iterator<Item = usize> {
        let is_shown = |index: &usize| self.roster.nominees()[*index].is_shown();
        self.indexes.iter().copied().filter(is_shown)
    }

    /// The scopes that the shown nominees count in, one for each of them.
    pub fn scopes(&self) -> impl Iterator<Item = ScopeId> {
        let nominees = self.roster.nominees();
        self.shown_indexes()
            .map(|index| self.roster.campaign().scope(nominees[index].category_id))
    }

    pub(super) fn nominees(&self) -> impl Iterator<Item = &Nominee> {
        self.indexes
            .iter()
            .map(|index| &self.roster.nominees()[*index])
    }

    /// The position in `nominee_ids` of the first that is unknown here.
    pub(super) fn unknown_position(&self, nominee_ids: &[NomineeId]) -> Option<usize> {
        if self.indexes.len() == nominee_ids.len() {
            return None;
        }
        let is_unknown = |id: &NomineeId| self.roster.index_of(*id).is_none();
        nominee_ids.iter().position(is_unknown)
    }

    pub(super) fn position(&self, id: NomineeId) -> Option<usize> {
        self.nominees().position(|nominee| nominee.id == id)
    }

    /// The position of the first nominee with this status.
    pub(super) fn position_of_status(&self, status: NomineeStatus) -> Option<usize> {
        self.nominees().position(|nominee| nominee.status == status)
    }

    /// Votes for its nominees, in the order of these.
    pub(super) fn in_order(&self, mut votes: Vec<Vote>) -> Vec<Vote> {
        if votes.len() > 1 {
            let positions: HashMap<NomineeId, usize> =
                self.nominees().map(|nominee| nominee.id).zip(0..).collect();
            votes.sort_by_key(|vote| positions.get(&vote.nominee_id).copied());
        }
        votes
    }
}
