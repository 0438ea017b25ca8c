//! The effect of a rule before it is applied: how many votes it would withhold, and which places would change.

use std::collections::HashMap;

use crate::domain::roster::Roster;
use crate::domain::tally::{CampaignTotals, Tally};
use crate::id::{CategoryId, NomineeId};

/// The votes of a nominee that a selector names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct SelectedVotes {
    /// The nominee.
    pub nominee_id: NomineeId,
    /// All of them, those that other rules hold too.
    pub votes: i64,
    /// Those of them that count now.
    pub counted: i64,
}

/// The effect on a nominee who loses votes, or another place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NomineeEffect {
    /// The nominee.
    pub nominee_id: NomineeId,
    /// Votes that would be withheld.
    pub votes: i64,
    /// Votes that count now.
    pub counted_before: i64,
    /// The place now.
    pub rank_before: i32,
    /// The place afterwards.
    pub rank_after: i32,
    /// Whether the nominee would cross the cut line of the shortlist.
    pub crosses_cut: bool,
}

/// The effect of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effect {
    /// Votes that count now and would be withheld.
    pub votes: i64,
    /// Distinct voters whose votes the rule names.
    pub voters: i64,
    /// The nominees who would lose votes or change places, in the order of the tally.
    pub nominees: Vec<NomineeEffect>,
    /// Whether it is so much that whoever applies the rule types the number: more than a fifth of the votes of a
    /// category, or all of a nominee.
    pub needs_number: bool,
}

impl Effect {
    /// The effect of withholding `selected` votes of `voters` people, by the totals of the same time.
    #[must_use]
    pub fn new(
        selected: &[SelectedVotes],
        voters: i64,
        totals: &CampaignTotals,
        roster: &Roster,
    ) -> Self {
        let lost: HashMap<NomineeId, i64> = selected
            .iter()
            .map(|selected| (selected.nominee_id, selected.counted))
            .collect();
        let mut after = totals.clone();
        for nominee in &mut after.nominees {
            // The totals may be some votes older than the selection.
            let lost = lost.get(&nominee.nominee_id).copied().unwrap_or_default();
            nominee.counted = (nominee.counted - lost).max(0);
        }
        let (before, after) = (Tally::rank(totals, roster), Tally::rank(&after, roster));
        let effect = |entry: &crate::domain::tally::TallyEntry| {
            let nominee = &roster.nominees()[entry.nominee];
            let votes = lost.get(&nominee.id).copied().unwrap_or_default();
            let rank_after = after.entry(entry.nominee)?.rank;
            let size = shortlist_size(roster, entry.category_id);
            let is_in = |rank: i32| i64::from(rank) <= size;
            (votes > 0 || entry.rank != rank_after).then_some(NomineeEffect {
                nominee_id: nominee.id,
                votes,
                counted_before: entry.votes,
                rank_before: entry.rank,
                rank_after,
                crosses_cut: is_in(entry.rank) != is_in(rank_after),
            })
        };
        Self {
            votes: lost.values().sum(),
            voters,
            nominees: before.entries.iter().filter_map(effect).collect(),
            needs_number: needs_number(&lost, &before, roster),
        }
    }
}

fn shortlist_size(roster: &Roster, id: CategoryId) -> i64 {
    let category = roster.category_index(id);
    category.map_or(0, |index| roster.categories()[index].shortlist_size)
}

fn needs_number(lost: &HashMap<NomineeId, i64>, before: &Tally, roster: &Roster) -> bool {
    let lost_of = |nominee: usize| {
        let id = roster.nominees()[nominee].id;
        lost.get(&id).copied().unwrap_or_default()
    };
    let takes_all = before
        .entries
        .iter()
        .any(|entry| lost_of(entry.nominee) > 0 && lost_of(entry.nominee) >= entry.votes);
    let takes_a_fifth = roster.categories().iter().any(|category| {
        let entries = before
            .entries
            .iter()
            .filter(|e| e.category_id == category.id);
        let (votes, lost) = entries.fold((0, 0), |(votes, lost), entry| {
            (votes + entry.votes, lost + lost_of(entry.nominee))
        });
        lost * 5 > votes
    });
    takes_all || takes_a_fifth
}
