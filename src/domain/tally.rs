//! Totals and ranks.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use super::campaign::Category;
use super::roster::Roster;
use crate::id::{CampaignId, CategoryId, NomineeId};

/// A nominee's totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct NomineeTotals {
    /// The nominee.
    pub nominee_id: NomineeId,
    /// Votes that count.
    pub counted: i64,
    /// Those of them that guests cast.
    pub guest_votes: i64,
    /// Votes that a rule holds back.
    pub withheld: i64,
    /// Voters whose first vote of the campaign this nominee got.
    pub voters: i64,
    /// The number of their changes.
    pub revision: i64,
}

/// A campaign's totals at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignTotals {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The time of reading.
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

/// The entry of a nominee in a tally.
#[derive(Debug, Clone, PartialEq)]
pub struct TallyEntry {
    /// Index into [`Roster::nominees`].
    pub nominee: usize,
    /// The nominee's category.
    pub category_id: CategoryId,
    /// Votes that count.
    pub votes: i64,
    /// Those of them that guests cast.
    pub guest_votes: i64,
    /// Place within the category: 1, 2, 2, 4.
    pub rank: i32,
    /// Part of the category's counted votes, 0 to 1.
    pub share: f64,
}

/// The votes of a nominee and its place by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Votes that count.
    pub votes: i64,
    /// Place within the category: 1, 2, 2, 4.
    pub rank: i32,
}

/// A campaign's totals with ranks, ready to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Moves with every change and never back.
    pub version: i64,
    /// The time of reading from the database.
    pub as_of: DateTime<Utc>,
    /// Votes that count: those of the entries, and the withdrawn ones.
    pub counted: i64,
    /// Counted votes that guests cast: those of the entries, and of nominees that are not shown.
    pub guest_votes: i64,
    /// Votes that count for nominees that are not shown: withdrawn, moved to another campaign, or deleted ones.
    pub withdrawn: i64,
    /// Votes that a rule holds back.
    pub withheld: i64,
    /// Distinct voters.
    pub voters: i64,
    /// Nominees that are shown, best first within their category, equal ones by number.
    pub entries: Vec<TallyEntry>,
    /// Position in `entries` by index into [`Roster::nominees`].
    entry_of: Vec<Option<usize>>,
    /// Indexes of all that are shown, most votes first, equal ones by number.
    ranked: Vec<usize>,
    /// Those of each category, by index.
    ranked_in: Vec<Vec<usize>>,
}

impl Tally {
    /// Ranks `totals` of the nominees that `roster` shows.
    #[must_use]
    pub fn rank(totals: &CampaignTotals, roster: &Roster) -> Self {
        let sum = |number: fn(&NomineeTotals) -> i64| totals.nominees.iter().map(number).sum();
        let mut votes = vec![0; roster.nominees().len()];
        let mut guest_votes = votes.clone();
        for nominee in &totals.nominees {
            if let Some(index) = roster.index_of(nominee.nominee_id) {
                votes[index] = nominee.counted;
                guest_votes[index] = nominee.guest_votes;
            }
        }
        let mut entries = Vec::with_capacity(votes.len());
        let mut ranked_in = Vec::with_capacity(roster.categories().len());
        for (category, Category { id, .. }) in roster.categories().iter().enumerate() {
            let first = entries.len();
            let shown = roster.shown(Some(category));
            rank_category(&mut entries, *id, shown, &votes, &guest_votes);
            ranked_in.push(entries[first..].iter().map(|e| e.nominee).collect());
        }
        let mut ranked = roster.shown(None).to_vec();
        ranked.sort_by_key(|&index| Reverse(votes[index]));
        let counted = sum(|t| t.counted);
        let listed: i64 = entries.iter().map(|entry| entry.votes).sum();
        let mut entry_of = vec![None; votes.len()];
        for (position, entry) in entries.iter().enumerate() {
            entry_of[entry.nominee] = Some(position);
        }
        Self {
            campaign_id: totals.campaign_id,
            version: totals.version(),
            as_of: totals.as_of,
            counted,
            guest_votes: sum(|t| t.guest_votes),
            withdrawn: counted - listed,
            withheld: sum(|t| t.withheld),
            voters: sum(|t| t.voters),
            entries,
            entry_of,
            ranked,
            ranked_in,
        }
    }

    /// The indexes of the nominees that are shown, most votes first and equal ones by number: all, or those of the
    /// category at this index.
    #[must_use]
    pub fn ranked(&self, category: Option<usize>) -> &[usize] {
        category.map_or(&self.ranked, |category| &self.ranked_in[category])
    }

    /// The entry of the nominee at this index of the roster; none if it is not shown.
    #[must_use]
    pub fn entry(&self, nominee: usize) -> Option<&TallyEntry> {
        self.entry_of
            .get(nominee)
            .copied()
            .flatten()
            .map(|position| &self.entries[position])
    }

    /// The standing of the nominee at this index of the roster, which has at least `votes`, counted after the tally was
    /// read; none if it is not shown.
    #[must_use]
    pub fn standing(&self, nominee: usize, votes: i64) -> Option<Standing> {
        let position = (*self.entry_of.get(nominee)?)?;
        let TallyEntry {
            category_id,
            votes: held,
            ..
        } = self.entries[position];
        let votes = votes.max(held);
        // Of the entries before, the last ones of its category may have no more votes: it has the first one's place.
        let is_better = |e: &TallyEntry| e.category_id != category_id || e.votes > votes;
        let place = self.entries[..position].partition_point(is_better);
        let rank = self.entries[place].rank;
        Some(Standing { votes, rank })
    }
}

/// Appends the shown nominees of one category, which are in order of numbers, ranked: equal votes share a rank and the
/// next rank skips (1 2 2 4).
fn rank_category(
    entries: &mut Vec<TallyEntry>,
    category_id: CategoryId,
    shown: &[usize],
    votes: &[i64],
    guest_votes: &[i64],
) {
    let first = entries.len();
    entries.extend(shown.iter().map(|&nominee| TallyEntry {
        nominee,
        category_id,
        votes: votes[nominee],
        guest_votes: guest_votes[nominee],
        rank: 0,
        share: 0.0,
    }));
    let ranked = &mut entries[first..];
    // The sort is stable: equal ones stay in the order of their numbers.
    ranked.sort_by_key(|entry| Reverse(entry.votes));
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::campaign::{
        Campaign, ChallengePolicy, Lifecycle, QuotaPeriod, QuotaScope, TallyVisibility, TimeZone,
    };
    use crate::domain::identity::IdentityKind;
    use crate::domain::nominee::{Nominee, NomineeStatus};
    use crate::id::OrganisationId;

    fn nominee(number: u128, category: u128, status: NomineeStatus) -> Nominee {
        Nominee {
            id: NomineeId(Uuid::from_u128(number)),
            campaign_id: CampaignId(Uuid::from_u128(1)),
            category_id: CategoryId(Uuid::from_u128(category)),
            number: i64::try_from(number).expect("it is small"),
            name: format!("Nominee {number}"),
            employer: "Company".to_owned(),
            city: None,
            title: None,
            summary: String::new(),
            portrait_url: None,
            portrait_media: None,
            status,
            edit_revision: 1,
        }
    }

    /// Five nominees in category 1, the last one withdrawn, and one in category 2 without votes.
    fn roster() -> Roster {
        let campaign = Campaign {
            id: CampaignId(Uuid::from_u128(1)),
            organisation_id: OrganisationId(Uuid::from_u128(2)),
            slug: "sample".to_owned(),
            title: "Sample".to_owned(),
            summary: String::new(),
            cover_url: None,
            cover_media: None,
            time_zone: TimeZone(chrono_tz::Asia::Shanghai),
            lifecycle: Lifecycle::Running,
            voting_opens_at: DateTime::UNIX_EPOCH,
            voting_closes_at: DateTime::UNIX_EPOCH,
            quota_period: QuotaPeriod::Day,
            quota_scope: QuotaScope::Category,
            votes_per_period: 3,
            tally_visibility: TallyVisibility::Live,
            guests_may_vote: true,
            admits: IdentityKind::WechatMiniProgram.into(),
            challenge: ChallengePolicy::Guests,
            paused_at: None,
            edit_revision: 1,
            revision: 1,
            rules_revision: 1,
        };
        let category = |id: u128| Category {
            id: CategoryId(Uuid::from_u128(id)),
            campaign_id: campaign.id,
            key: id.to_string(),
            name: id.to_string(),
            shortlist_size: 10,
        };
        let categories = vec![category(1), category(2)];
        let mut nominees: Vec<Nominee> = (1..=4)
            .map(|number| nominee(number, 1, NomineeStatus::Active))
            .collect();
        nominees.push(nominee(5, 1, NomineeStatus::Withdrawn));
        nominees.push(nominee(6, 2, NomineeStatus::Active));
        Roster::new(campaign, categories, nominees)
    }

    fn totals(number: u128, counted: i64) -> NomineeTotals {
        NomineeTotals {
            nominee_id: NomineeId(Uuid::from_u128(number)),
            counted,
            guest_votes: counted / 10,
            withheld: 2,
            voters: 3,
            revision: 5,
        }
    }

    #[test]
    fn equal_votes_share_a_rank_and_the_next_one_skips() {
        let roster = roster();
        let totals = CampaignTotals {
            campaign_id: roster.campaign().id,
            as_of: DateTime::UNIX_EPOCH,
            nominees: vec![
                totals(1, 10),
                totals(2, 20),
                totals(3, 50),
                totals(4, 20),
                totals(5, 900),
            ],
        };
        let tally = Tally::rank(&totals, &roster);
        let summary = |entry: &TallyEntry| {
            let number = roster.nominees()[entry.nominee].number;
            let votes = (entry.votes, entry.guest_votes);
            (number, votes, entry.rank, entry.share)
        };
        let entries: Vec<_> = tally.entries.iter().map(summary).collect();
        let expected = [
            (3, (50, 5), 1, 0.5),
            (2, (20, 2), 2, 0.2),
            (4, (20, 2), 2, 0.2),
            (1, (10, 1), 4, 0.1),
            (6, (0, 0), 1, 0.0),
        ];
        assert_eq!(entries, expected);
        let numbers = |indexes: &[usize]| -> Vec<i64> {
            let number = |&index: &usize| roster.nominees()[index].number;
            indexes.iter().map(number).collect()
        };
        assert_eq!(numbers(tally.ranked(None)), [3, 2, 4, 1, 6]);
        assert_eq!(numbers(tally.ranked(Some(0))), [3, 2, 4, 1]);
        assert_eq!(numbers(tally.ranked(Some(1))), [6]);
        // The withdrawn one is not shown, and its votes stay in the totals.
        assert_eq!(
            (tally.counted, tally.withheld, tally.voters),
            (1_000, 10, 15)
        );
        assert_eq!((tally.withdrawn, tally.guest_votes), (900, 100));
        assert_eq!((totals.version(), tally.version), (25, 25));
        for (index, nominee) in roster.nominees().iter().enumerate() {
            let found = tally.entry(index).map(|entry| entry.nominee);
            let is_shown = nominee.status != NomineeStatus::Withdrawn;
            assert_eq!(found, is_shown.then_some(index));
        }
        assert!(tally.entry(99).is_none());
    }

    #[test]
    fn newer_votes_of_a_nominee_move_its_place_alone() {
        let roster = roster();
        let totals = CampaignTotals {
            campaign_id: roster.campaign().id,
            as_of: DateTime::UNIX_EPOCH,
            nominees: vec![totals(1, 10), totals(2, 20), totals(3, 50), totals(4, 20)],
        };
        let tally = Tally::rank(&totals, &roster);
        // Votes that are not newer change nothing.
        for (index, newer, expected) in [
            (0, 0, (10, 4)),
            (0, 11, (11, 4)),
            (0, 20, (20, 2)),
            (0, 21, (21, 2)),
            (0, 51, (51, 1)),
            (3, 20, (20, 2)),
            (3, 21, (21, 2)),
            (3, 50, (50, 1)),
            (2, 49, (50, 1)),
            (5, 1, (1, 1)),
        ] {
            let standing = tally.standing(index, newer).expect("it is shown");
            assert_eq!((standing.votes, standing.rank), expected, "{index} {newer}");
        }
        assert_eq!(tally.standing(4, 9), None);
        assert_eq!(tally.standing(99, 9), None);
    }
}
