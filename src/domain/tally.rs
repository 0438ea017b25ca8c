//! Totals and ranks.

use chrono::{DateTime, Utc};

use super::roster::Roster;
use crate::id::{CampaignId, CategoryId, NomineeId};

/// A nominee's totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct NomineeTotals {
    /// Whose they are.
    pub nominee_id: NomineeId,
    /// Votes that count.
    pub counted: i64,
    /// Votes that a rule holds back.
    pub withheld: i64,
    /// Voters whose first vote of the campaign this nominee got.
    pub voters: i64,
    /// How often these totals have moved.
    pub revision: i64,
}

/// A campaign's totals at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignTotals {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// When they were read.
    pub as_of: DateTime<Utc>,
    /// Totals of the nominees that have any, by nominee id.
    pub nominees: Vec<NomineeTotals>,
}

impl CampaignTotals {
    /// Moves with every change and never back: the sum of the nominees' revisions.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.nominees.iter().map(|t| t.revision).sum()
    }
}

/// A line of a tally.
#[derive(Debug, Clone, PartialEq)]
pub struct TallyEntry {
    /// Index into [`Roster::nominees`].
    pub nominee: usize,
    /// The nominee's category.
    pub category_id: CategoryId,
    /// Votes that count.
    pub votes: i64,
    /// Place within the category: 1, 2, 2, 4.
    pub rank: i32,
    /// Part of the category's counted votes, 0 to 1.
    pub share: f64,
}

/// A campaign's totals with ranks, ready to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Moves with every change and never back.
    pub version: i64,
    /// When it was read from the database.
    pub as_of: DateTime<Utc>,
    /// Votes that count, of all nominees, withdrawn ones too.
    pub counted: i64,
    /// Votes that a rule holds back.
    pub withheld: i64,
    /// Distinct voters.
    pub voters: i64,
    /// Nominees that are shown, best first within their category, equal ones by number.
    pub entries: Vec<TallyEntry>,
    /// Position in `entries` by index into [`Roster::nominees`].
    entry_of: Vec<Option<usize>>,
}

impl Tally {
    /// Ranks `totals` of the nominees that `roster` shows.
    #[must_use]
    pub fn rank(totals: &CampaignTotals, roster: &Roster) -> Self {
        let sum = |of: fn(&NomineeTotals) -> i64| totals.nominees.iter().map(of).sum();
        let mut votes = vec![0; roster.nominees().len()];
        for line in &totals.nominees {
            if let Some(index) = roster.index_of(line.nominee_id) {
                votes[index] = line.counted;
            }
        }
        let mut entries = Vec::with_capacity(votes.len());
        for category in roster.categories() {
            rank_category(&mut entries, category.id, roster, &votes);
        }
        let mut entry_of = vec![None; votes.len()];
        for (position, entry) in entries.iter().enumerate() {
            entry_of[entry.nominee] = Some(position);
        }
        Self {
            campaign_id: totals.campaign_id,
            version: totals.version(),
            as_of: totals.as_of,
            counted: sum(|t| t.counted),
            withheld: sum(|t| t.withheld),
            voters: sum(|t| t.voters),
            entries,
            entry_of,
        }
    }

    /// The line of the nominee at this index of the roster; none if it is not shown.
    #[must_use]
    pub fn entry(&self, nominee: usize) -> Option<&TallyEntry> {
        self.entry_of
            .get(nominee)
            .copied()
            .flatten()
            .map(|position| &self.entries[position])
    }
}

/// Appends the shown nominees of one category, ranked: equal votes share a rank and the next rank skips (1 2 2 4).
fn rank_category(
    entries: &mut Vec<TallyEntry>,
    category_id: CategoryId,
    roster: &Roster,
    votes: &[i64],
) {
    let first = entries.len();
    entries.extend(
        roster
            .shown()
            .filter(|(_, n)| n.category_id == category_id)
            .map(|(index, _)| TallyEntry {
                nominee: index,
                category_id,
                votes: votes[index],
                rank: 0,
                share: 0.0,
            }),
    );
    let ranked = &mut entries[first..];
    // The roster is in order of numbers and the sort is stable: equal ones stay in that order.
    ranked.sort_by_key(|entry| std::cmp::Reverse(entry.votes));
    let total: i64 = ranked.iter().map(|entry| entry.votes).sum();
    for position in 0..ranked.len() {
        ranked[position].rank =
            if position > 0 && ranked[position - 1].votes == ranked[position].votes {
                ranked[position - 1].rank
            } else {
                i32::try_from(position + 1).unwrap_or(i32::MAX)
            };
        ranked[position].share = share(ranked[position].votes, total);
    }
}

#[allow(clippy::cast_precision_loss, reason = "votes are far below 2^52")]
fn share(votes: i64, total: i64) -> f64 {
    if total == 0 {
        0.0
    } else {
        votes as f64 / total as f64
    }
}
