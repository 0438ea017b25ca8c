//! Tallies.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::scalars::{Long, Timestamp};
use super::{Campaign, Nominee};
use crate::app::App;
use crate::app::tallies::RankedTally;
use crate::domain::tally as domain;
use crate::error::Error;
use crate::graphql::node_id;
use crate::graphql::page::NomineePage;
use crate::id::CategoryId;

/// A campaign's totals at a moment.
pub(in crate::graphql) struct Tally {
    app: Arc<App>,
    ranked: RankedTally,
}

impl Tally {
    /// A ranked tally.
    pub(in crate::graphql) fn new(app: &Arc<App>, ranked: RankedTally) -> Self {
        Self {
            app: Arc::clone(app),
            ranked,
        }
    }
}

/// A campaign's totals at a moment.
#[Object]
impl Tally {
    /// The campaign.
    async fn campaign(&self) -> Campaign {
        Campaign::new(&self.app, Arc::clone(&self.ranked.roster))
    }

    /// A number that grows with every change.
    async fn version(&self) -> Long {
        Long(self.ranked.tally.version)
    }

    /// When it was read from the database.
    async fn as_of(&self) -> Timestamp {
        Timestamp(self.ranked.tally.as_of)
    }

    /// All votes, those withheld too.
    async fn raw_votes(&self) -> Long {
        Long(self.ranked.tally.counted + self.ranked.tally.withheld)
    }

    /// Votes that count: the sum of the entries' and `withdrawnVotes`.
    async fn counted_votes(&self) -> Long {
        Long(self.ranked.tally.counted)
    }

    /// Votes that count and were cast by guests, who have no account: those of the entries and of nominees that are
    /// listed no more.
    async fn guest_votes(&self) -> Long {
        Long(self.ranked.tally.guest_votes)
    }

    /// Votes that count for nominees that are listed no more, since they were withdrawn, moved to another campaign or
    /// deleted: votes are not taken back.
    async fn withdrawn_votes(&self) -> Long {
        Long(self.ranked.tally.withdrawn)
    }

    /// Votes that a rule holds back.
    async fn withheld_votes(&self) -> Long {
        Long(self.ranked.tally.withheld)
    }

    /// Distinct voters with a vote that counts.
    async fn voters(&self) -> Long {
        Long(self.ranked.tally.voters)
    }

    /// A line for each nominee, best first within its category, equal ones by number.
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this category.")] category: Option<ID>,
    ) -> Result<Vec<TallyEntry>> {
        let category: Option<CategoryId> = category
            .map(|id| node_id::decode(&self.app.hash_key, &id))
            .transpose()?;
        if category.is_some_and(|id| self.ranked.roster.category_index(id).is_none()) {
            return Err(Error::NotFound("category").into());
        }
        let entries = self.ranked.tally.entries.iter();
        let chosen = entries.filter(|entry| category.is_none_or(|id| entry.category_id == id));
        let indexes = chosen.clone().map(|entry| entry.nominee);
        let page = NomineePage::new(ctx, &self.ranked.roster, indexes);
        let shown = chosen.map(|entry| TallyEntry {
            page: Arc::clone(&page),
            entry: entry.clone(),
        });
        Ok(shown.collect())
    }
}

/// A line of a tally.
pub(super) struct TallyEntry {
    page: Arc<NomineePage>,
    entry: domain::TallyEntry,
}

/// A line of a tally.
#[Object]
impl TallyEntry {
    /// The nominee.
    async fn nominee(&self) -> Nominee {
        Nominee::new(Arc::clone(&self.page), self.entry.nominee)
    }

    /// Votes that count.
    async fn votes(&self) -> Long {
        Long(self.entry.votes)
    }

    /// Those of them that guests cast.
    async fn guest_votes(&self) -> Long {
        Long(self.entry.guest_votes)
    }

    /// Place within the category; ties share one and the next is left out: 1 2 2 4.
    async fn rank(&self) -> i32 {
        self.entry.rank
    }

    /// Part of the category's votes, 0 to 1.
    async fn share(&self) -> f64 {
        self.entry.share
    }
}
