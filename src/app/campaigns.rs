//! Campaigns in memory: every process holds the rosters of all of them and looks twice a second for those whose
//! revision has moved, so a freeze holds everywhere within a second and rules cost no I/O.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

use super::App;
use crate::auth::Viewer;
use crate::domain::campaign::Lifecycle;
use crate::domain::roster::Roster;
use crate::error::Result;
use crate::id::{CampaignId, CategoryId, NomineeId};
use crate::ledger;

/// All rosters at a moment, with the ways to find one.
#[derive(Debug, Default)]
pub struct Catalog {
    /// Latest opening first.
    rosters: Vec<Arc<Roster>>,
    by_id: HashMap<CampaignId, usize>,
    by_slug: HashMap<String, usize>,
    by_category: HashMap<CategoryId, usize>,
    by_nominee: HashMap<NomineeId, usize>,
}

impl Catalog {
    fn new(mut rosters: Vec<Arc<Roster>>) -> Self {
        rosters.sort_by_key(|r| std::cmp::Reverse((r.campaign().voting_opens_at, r.campaign().id)));
        let mut catalog = Self::default();
        for (index, roster) in rosters.iter().enumerate() {
            catalog.by_id.insert(roster.campaign().id, index);
            catalog
                .by_slug
                .insert(roster.campaign().slug.clone(), index);
            catalog
                .by_category
                .extend(roster.categories().iter().map(|c| (c.id, index)));
            catalog
                .by_nominee
                .extend(roster.nominees().iter().map(|n| (n.id, index)));
        }
        catalog.rosters = rosters;
        catalog
    }

    /// The campaigns that `viewer` may see, latest opening first.
    pub fn visible(&self, viewer: Viewer) -> impl Iterator<Item = &Arc<Roster>> {
        self.rosters
            .iter()
            .filter(move |roster| is_visible(roster, viewer))
    }

    fn at(&self, index: Option<&usize>, viewer: Viewer) -> Option<Arc<Roster>> {
        index
            .map(|&index| &self.rosters[index])
            .filter(|roster| is_visible(roster, viewer))
            .cloned()
    }

    /// A campaign that `viewer` may see.
    #[must_use]
    pub fn find(&self, id: CampaignId, viewer: Viewer) -> Option<Arc<Roster>> {
        self.at(self.by_id.get(&id), viewer)
    }

    /// A campaign, whoever asks: for the program's own needs.
    pub(super) fn find_any(&self, id: CampaignId) -> Option<Arc<Roster>> {
        self.by_id
            .get(&id)
            .map(|&index| Arc::clone(&self.rosters[index]))
    }

    /// A campaign at this revision, if it is the one that is held.
    fn find_at(&self, id: CampaignId, revision: i64) -> Option<Arc<Roster>> {
        self.find_any(id)
            .filter(|roster| roster.campaign().revision == revision)
    }

    /// A campaign that `viewer` may see, by its slug.
    #[must_use]
    pub fn find_by_slug(&self, slug: &str, viewer: Viewer) -> Option<Arc<Roster>> {
        self.at(self.by_slug.get(slug), viewer)
    }

    /// The campaign of a category that `viewer` may see.
    #[must_use]
    pub fn find_by_category(&self, id: CategoryId, viewer: Viewer) -> Option<Arc<Roster>> {
        self.at(self.by_category.get(&id), viewer)
    }

    /// The campaign of a nominee, shown or withdrawn, that `viewer` may see.
    pub(super) fn find_of_nominee(&self, id: NomineeId, viewer: Viewer) -> Option<Arc<Roster>> {
        self.at(self.by_nominee.get(&id), viewer)
    }

    /// The campaign of a nominee that `viewer` may see, and the nominee's index in it; withdrawn ones are not shown.
    #[must_use]
    pub fn find_by_nominee(&self, id: NomineeId, viewer: Viewer) -> Option<(Arc<Roster>, usize)> {
        let roster = self.find_of_nominee(id, viewer)?;
        let index = roster.shown_index_of(id)?;
        Some((roster, index))
    }
}

/// Whether `viewer` may see a campaign: drafts are for staff only.
fn is_visible(roster: &Roster, viewer: Viewer) -> bool {
    roster.campaign().lifecycle != Lifecycle::Draft || viewer.is_staff()
}

/// The catalog of a process.
#[derive(Debug, Default)]
pub struct Campaigns(RwLock<Arc<Catalog>>);

impl Campaigns {
    /// The catalog as it stands.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.0.read())
    }
}

impl App {
    /// Loads the campaigns whose revision has moved; their tallies are ranked anew. When the database is away the
    /// campaigns stay as they were.
    pub async fn refresh_campaigns(&self) -> Result<()> {
        let catalog = self.campaigns.catalog();
        let revisions = ledger::campaign::list_revisions(&self.database).await?;
        let is_current =
            |(id, revision): &(CampaignId, i64)| catalog.find_at(*id, *revision).is_some();
        if revisions.len() == catalog.rosters.len() && revisions.iter().all(is_current) {
            return Ok(());
        }
        let mut rosters = Vec::with_capacity(revisions.len());
        let mut reloaded = Vec::new();
        for (id, revision) in revisions {
            if let Some(roster) = catalog.find_at(id, revision) {
                rosters.push(roster);
            } else {
                let roster = ledger::campaign::find_roster(&self.database, id).await?;
                rosters.extend(roster.map(Arc::new));
                reloaded.push(id);
            }
        }
        *self.campaigns.0.write() = Arc::new(Catalog::new(rosters));
        self.bump_public_revision();
        // Not before the catalog is there: the publisher would rank them with the old rosters.
        for id in reloaded {
            self.tallies.mark_dirty(id);
        }
        Ok(())
    }
}
