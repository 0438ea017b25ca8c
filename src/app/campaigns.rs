//! Campaigns in memory: every process holds the rosters of all of them and looks twice a second for those whose
//! revision has moved, so a freeze holds everywhere within a second and rules cost no I/O.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use parking_lot::RwLock;
use tokio::sync::watch;

use super::App;
use crate::auth::Viewer;
use crate::domain::access::Action;
use crate::domain::campaign::Lifecycle;
use crate::domain::organisation::Directory;
use crate::domain::roster::Roster;
use crate::error::Result;
use crate::id::{CampaignId, CategoryId, NomineeId, OrganisationId};
use crate::ledger::{self, UnreadableRow};

/// Unreadable rows of a campaign that are named in the log: the first few say what kind of fault it is.
const LOGGED_MAX: usize = 20;
/// Campaigns that a statement reads: a server may begin with a thousand, each of which may have thousands of nominees.
const READ_TOGETHER: usize = 20;
/// Such reads at once: they leave connections to others.
const READ_AT_ONCE: usize = 2;

/// All rosters at a moment, with the ways to find one.
#[derive(Debug, Default)]
pub struct Catalog {
    /// The organisations, whose members see what the public does not.
    directory: Arc<Directory>,
    /// Latest opening first.
    rosters: Vec<Arc<Roster>>,
    by_id: HashMap<CampaignId, usize>,
    by_slug: HashMap<String, usize>,
    by_category: HashMap<CategoryId, usize>,
    by_nominee: HashMap<NomineeId, usize>,
    roster_max: usize,
    /// Campaigns with rows that cannot be read. Those whose own row is one are in no roster.
    damaged: HashMap<CampaignId, Damage>,
}

/// The rows of a campaign that could not be read at a revision.
#[derive(Debug, Clone)]
struct Damage {
    revision: i64,
    rows: Vec<UnreadableRow>,
}

impl Catalog {
    fn new(
        directory: Arc<Directory>,
        mut rosters: Vec<Arc<Roster>>,
        damaged: HashMap<CampaignId, Damage>,
    ) -> Self {
        rosters.sort_by_key(|r| std::cmp::Reverse((r.campaign().voting_opens_at, r.campaign().id)));
        let mut catalog = Self {
            directory,
            damaged,
            ..Self::default()
        };
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
        let sizes = rosters.iter().map(|roster| roster.nominees().len());
        catalog.roster_max = sizes.max().unwrap_or(0);
        catalog.rosters = rosters;
        catalog
    }

    /// The organisations and their members.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Whether `viewer` may do this in an organisation.
    #[must_use]
    pub fn may(&self, viewer: Viewer, id: OrganisationId, action: Action) -> bool {
        let staff = viewer.staff();
        staff.is_some_and(|staff_id| self.directory.may(staff_id, id, action))
    }

    /// Whether `viewer` may see a campaign: drafts are their organisation's.
    fn is_visible(&self, roster: &Roster, viewer: Viewer) -> bool {
        let campaign = roster.campaign();
        campaign.lifecycle != Lifecycle::Draft
            || self.may(viewer, campaign.organisation_id, Action::ReadDrafts)
    }

    /// The campaigns that `viewer` may see, latest opening first.
    pub fn visible(&self, viewer: Viewer) -> impl Iterator<Item = &Arc<Roster>> {
        self.rosters
            .iter()
            .filter(move |roster| self.is_visible(roster, viewer))
    }

    fn at(&self, index: Option<&usize>, viewer: Viewer) -> Option<Arc<Roster>> {
        index
            .map(|&index| &self.rosters[index])
            .filter(|roster| self.is_visible(roster, viewer))
            .cloned()
    }

    /// A campaign that `viewer` may see.
    #[must_use]
    pub fn find(&self, id: CampaignId, viewer: Viewer) -> Option<Arc<Roster>> {
        self.at(self.by_id.get(&id), viewer)
    }

    /// All campaigns, whoever asks: for the program's own needs.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Roster>> {
        self.rosters.iter()
    }

    /// The campaign of a nominee, shown or withdrawn, and the nominee's index in it, for members of its organisation.
    #[must_use]
    pub fn find_nominee_to_edit(
        &self,
        id: NomineeId,
        viewer: Viewer,
    ) -> Option<(Arc<Roster>, usize)> {
        let roster = self.find_of_nominee(id, viewer)?;
        let organisation_id = roster.campaign().organisation_id;
        let index = roster.index_of(id)?;
        self.may(viewer, organisation_id, Action::ReadDrafts)
            .then_some((roster, index))
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

    /// Whether a campaign is held as it is at this revision, as far as it can be read.
    fn is_current(&self, id: CampaignId, revision: i64) -> bool {
        let damage = self.damaged.get(&id);
        self.find_at(id, revision).is_some()
            || damage.is_some_and(|damage| damage.revision == revision)
    }

    /// The number of campaigns that are held, readable or not.
    fn held(&self) -> usize {
        let known = |id: &&CampaignId| !self.by_id.contains_key(id);
        self.rosters.len() + self.damaged.keys().filter(known).count()
    }

    /// The nominees of the largest roster: what the longest way through a list takes.
    #[must_use]
    pub fn roster_max(&self) -> usize {
        self.roster_max
    }

    /// The number of campaigns with rows that cannot be read.
    #[must_use]
    pub fn damaged_count(&self) -> usize {
        self.damaged.len()
    }

    /// The campaigns with rows that cannot be read, and how many these are.
    pub fn damaged(&self) -> impl Iterator<Item = (CampaignId, usize)> {
        let rows = |(id, damage): (&CampaignId, &Damage)| (*id, damage.rows.len());
        self.damaged.iter().map(rows)
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

/// The catalog of a process.
#[derive(Debug)]
pub struct Campaigns {
    catalog: RwLock<Arc<Catalog>>,
    /// The last time that the catalog was seen to be as the database has it.
    checked_at: RwLock<Instant>,
    /// The turn to read what has changed: one reads for all.
    refreshing: tokio::sync::Mutex<()>,
    /// The revision of the memberships that are held, for those who watch what not everybody may.
    access: watch::Sender<i64>,
}

impl Default for Campaigns {
    fn default() -> Self {
        Self {
            catalog: RwLock::default(),
            checked_at: RwLock::new(Instant::now()),
            refreshing: tokio::sync::Mutex::default(),
            access: watch::Sender::new(0),
        }
    }
}

impl Campaigns {
    /// The catalog as it stands.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog.read())
    }

    /// Watches the memberships: whoever was let in by one asks again at each change.
    #[must_use]
    pub fn watch_access(&self) -> watch::Receiver<i64> {
        self.access.subscribe()
    }

    /// The age of the rules: since they were seen to be as the database has them.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.checked_at.read().elapsed()
    }

    /// Replaces the catalog where there is a new one, and notes that it is as the database was at `asked_at`.
    fn note(&self, catalog: Option<Catalog>, asked_at: Instant) {
        if let Some(catalog) = catalog {
            let access = catalog.directory.revision();
            *self.catalog.write() = Arc::new(catalog);
            self.access
                .send_if_modified(|held| std::mem::replace(held, access) != access);
        }
        *self.checked_at.write() = asked_at;
    }
}

impl App {
    /// Loads the campaigns whose revision has moved; their tallies are ranked anew. When the database is away the
    /// campaigns stay as they were. Rows that cannot be read are left out, and named in the log once a change.
    pub async fn refresh_campaigns(&self) -> Result<()> {
        let _turn = self.campaigns.refreshing.lock().await;
        self.read_changed_campaigns().await
    }

    /// A campaign under the rules of this revision, or newer ones. It is read where the process does not have it yet,
    /// by one of those who wait for it.
    pub(super) async fn find_under_rules(
        &self,
        id: CampaignId,
        rules_revision: i64,
    ) -> Result<Option<Arc<Roster>>> {
        let _turn = self.campaigns.refreshing.lock().await;
        let held = self.campaigns.catalog().find_any(id);
        if held.is_none_or(|roster| roster.campaign().rules_revision != rules_revision) {
            self.read_changed_campaigns().await?;
        }
        Ok(self.campaigns.catalog().find_any(id))
    }

    /// The organisations and their members at this revision: those of `catalog`, or read anew.
    async fn read_directory(&self, catalog: &Catalog, revision: i64) -> Result<Arc<Directory>> {
        if catalog.directory.revision() == revision {
            return Ok(Arc::clone(&catalog.directory));
        }
        let directory = ledger::organisation::read_directory(&self.database, revision).await?;
        Ok(Arc::new(directory))
    }

    async fn read_changed_campaigns(&self) -> Result<()> {
        let asked_at = Instant::now();
        let catalog = self.campaigns.catalog();
        let revisions = ledger::campaign::list_revisions(&self.database).await?;
        self.hot.note_epoch(revisions.epoch);
        let directory = self.read_directory(&catalog, revisions.access).await?;
        let revisions = revisions.campaigns;
        let is_current = |(id, revision): &(CampaignId, i64)| catalog.is_current(*id, *revision);
        if Arc::ptr_eq(&directory, &catalog.directory)
            && revisions.len() == catalog.held()
            && revisions.iter().all(is_current)
        {
            self.campaigns.note(None, asked_at);
            return Ok(());
        }
        let listed: HashSet<CampaignId> = revisions.iter().map(|(id, _)| *id).collect();
        let mut rosters = Vec::with_capacity(revisions.len());
        let mut damaged = HashMap::new();
        let mut reloaded = Vec::new();
        let (current, changed): (Vec<_>, Vec<_>) = revisions.into_iter().partition(is_current);
        for (id, _) in current {
            rosters.extend(catalog.find_any(id));
            damaged.extend(catalog.damaged.get(&id).map(|damage| (id, damage.clone())));
        }
        let batches: Vec<_> = changed.chunks(READ_TOGETHER).map(<[_]>::to_vec).collect();
        let reads = batches.into_iter().map(async |changed| {
            let ids: Vec<_> = changed.iter().map(|(id, _)| *id).collect();
            let read = ledger::roster::find_rosters(&self.database, &ids).await;
            read.map(|read| changed.into_iter().zip(read))
        });
        let mut reads = stream::iter(reads).buffer_unordered(READ_AT_ONCE);
        while let Some(read) = reads.try_next().await? {
            for ((id, revision), read) in read {
                let rows = read.unreadable;
                if !rows.is_empty() {
                    log_unreadable(id, &rows);
                    damaged.insert(id, Damage { revision, rows });
                }
                rosters.extend(read.roster.map(Arc::new));
                reloaded.push(id);
            }
        }
        let held = catalog.rosters.iter().map(|roster| roster.campaign().id);
        let gone: Vec<CampaignId> = held.filter(|id| !listed.contains(id)).collect();
        let catalog = Catalog::new(directory, rosters, damaged);
        self.campaigns.note(Some(catalog), asked_at);
        // One of their stories may have been taken back.
        self.stories.clear();
        for &id in reloaded.iter().chain(&gone) {
            self.public_changes.add(id);
        }
        // Not before the catalog is there: the publisher would rank them with the old rosters.
        for id in reloaded {
            self.tallies.mark_dirty(id);
        }
        Ok(())
    }
}

/// Names the rows of a campaign that cannot be read.
fn log_unreadable(campaign: CampaignId, rows: &[UnreadableRow]) {
    for row in rows.iter().take(LOGGED_MAX) {
        let cause = &row.cause;
        let campaign = campaign.0;
        tracing::error!(%campaign, %row, cause, "a row cannot be read and is left out until it is mended");
    }
    if rows.len() > LOGGED_MAX {
        let more = rows.len() - LOGGED_MAX;
        tracing::error!(campaign = %campaign.0, more, "more rows of the campaign cannot be read");
    }
}
