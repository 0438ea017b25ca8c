//! Pages: groups of objects that are shown together, such as those of one list. The first of them that needs a column
//! from the database loads it for all, so a page costs the same few statements whatever its length.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use async_graphql::Context;
use parking_lot::Mutex;
use tokio::sync::OnceCell;

use super::counters::PageCounters;
use super::{Nullable, app, requester};
use crate::app::App;
use crate::app::tallies::RankedTally;
use crate::auth::Viewer;
use crate::domain::roster::Roster;
use crate::domain::story::{FeedSlice, FeedWindow, Story};
use crate::domain::tally::Standing;
use crate::error::Result;
use crate::id::{CampaignId, NomineeId, VoterId};
use crate::ledger;

/// Nominees of one campaign that are shown together.
pub(super) struct NomineePage {
    /// The process.
    pub(super) app: Arc<App>,
    /// The campaign.
    pub(super) roster: Arc<Roster>,
    /// Likes and views.
    pub(super) counters: PageCounters,
    viewer: Viewer,
    voted: OnceCell<HashSet<NomineeId>>,
    tally: OnceCell<Option<RankedTally>>,
    stories: Mutex<HashMap<FeedWindow, Arc<OnceCell<StoriesByNominee>>>>,
    totals: NewerTotals,
}

/// Totals of the nominees of a page that are newer than the tally in memory may be.
enum NewerTotals {
    /// None: the tally in memory is as good as any.
    None,
    /// The totals with the votes that this request has cast.
    Known(Vec<(NomineeId, i64)>),
    /// The database's, which have the votes that an earlier request has cast.
    InDatabase(OnceCell<Vec<(NomineeId, i64)>>),
}

/// The stories of each nominee of a page that has any, within one window.
type StoriesByNominee = HashMap<NomineeId, Arc<StoryPage>>;

impl NomineePage {
    /// The nominees at these indexes of the roster, as the requester sees them.
    pub(super) fn new(
        ctx: &Context<'_>,
        roster: &Arc<Roster>,
        indexes: impl Iterator<Item = usize>,
    ) -> Arc<Self> {
        Self::for_viewer(app(ctx), requester(ctx).viewer, roster, indexes)
    }

    fn for_viewer(
        app: &Arc<App>,
        viewer: Viewer,
        roster: &Arc<Roster>,
        indexes: impl Iterator<Item = usize>,
    ) -> Arc<Self> {
        Self::with_totals(app, viewer, roster, indexes, NewerTotals::None)
    }

    /// The nominees at these indexes, for all of whom the requester has votes that count: with the `totals` right after
    /// they were stored, where it was this request that has stored them. Their votes include the requester's own.
    pub(super) fn after_cast(
        ctx: &Context<'_>,
        roster: &Arc<Roster>,
        indexes: impl Iterator<Item = usize>,
        totals: Vec<(NomineeId, i64)>,
    ) -> Arc<Self> {
        let totals = if totals.is_empty() {
            NewerTotals::InDatabase(OnceCell::new())
        } else {
            NewerTotals::Known(totals)
        };
        Self::with_totals(app(ctx), requester(ctx).viewer, roster, indexes, totals)
    }

    fn with_totals(
        app: &Arc<App>,
        viewer: Viewer,
        roster: &Arc<Roster>,
        indexes: impl Iterator<Item = usize>,
        totals: NewerTotals,
    ) -> Arc<Self> {
        let ids = indexes.map(|index| roster.nominees()[index].id.0).collect();
        Arc::new(Self {
            app: Arc::clone(app),
            roster: Arc::clone(roster),
            counters: PageCounters::new(app, viewer, ids),
            viewer,
            voted: OnceCell::new(),
            tally: OnceCell::new(),
            stories: Mutex::new(HashMap::new()),
            totals,
        })
    }

    /// Whether the viewer has voted for one of them in the current period; null unless it is a voter.
    pub(super) async fn has_voted(&self, nominee: NomineeId) -> Nullable<bool> {
        let voter_id = self.viewer.voter()?;
        let voted = self.voted.get_or_try_init(|| self.load_voted(voter_id));
        Some(match voted.await {
            Ok(voted) => Ok(voted.contains(&nominee)),
            Err(error) => Err(error.into()),
        })
    }

    async fn load_voted(&self, voter_id: VoterId) -> Result<HashSet<NomineeId>> {
        let campaign_id = self.roster.campaign().id;
        let period = self.app.current_period(&self.roster);
        let database = &self.app.database;
        Ok(ledger::vote::list_voted_nominees(database, voter_id, campaign_id, period).await?)
    }

    /// The standing of one of them, where the viewer may see the tally.
    pub(super) async fn standing(&self, nominee: NomineeId) -> Result<Option<Standing>> {
        let load = || self.app.find_tally(&self.roster, self.viewer);
        let Some(ranked) = self.tally.get_or_try_init(load).await? else {
            return Ok(None);
        };
        let newer = self.newer_totals().await?.iter();
        let votes = newer
            .filter(|(id, _)| *id == nominee)
            .map(|(_, votes)| *votes);
        // The tally may have been ranked with a newer roster than the one that this page shows.
        let index = ranked.roster.index_of(nominee);
        Ok(index.and_then(|index| ranked.tally.standing(index, votes.max().unwrap_or(0))))
    }

    async fn newer_totals(&self) -> Result<&[(NomineeId, i64)]> {
        match &self.totals {
            NewerTotals::None => Ok(&[]),
            NewerTotals::Known(totals) => Ok(totals),
            NewerTotals::InDatabase(totals) => {
                let (campaign_id, database) = (self.roster.campaign().id, &self.app.database);
                let ids = || self.counters.subject_ids().to_vec();
                let load = || ledger::tally::list_counted(database, campaign_id, ids());
                Ok(totals.get_or_try_init(load).await?)
            }
        }
    }

    /// The stories of one of them within `window`, which reads towards older ones.
    pub(super) async fn stories(
        &self,
        nominee: NomineeId,
        window: FeedWindow,
    ) -> Result<Arc<StoryPage>> {
        let cell = Arc::clone(self.stories.lock().entry(window).or_default());
        let by_nominee = cell.get_or_try_init(|| self.load_stories(window)).await?;
        let found = by_nominee.get(&nominee).cloned();
        let none = || StoryPage::for_viewer(&self.app, self.viewer, window.cut(Vec::new()));
        Ok(found.unwrap_or_else(none))
    }

    async fn load_stories(&self, window: FeedWindow) -> Result<StoriesByNominee> {
        let ids = self.counters.subject_ids().to_vec();
        let now = self.app.clock.now();
        let (after, limit) = (window.after, window.read_limit());
        let database = &self.app.database;
        let read = ledger::story::list_of_nominees(database, ids, now, after, limit).await?;
        let mut by_nominee: HashMap<NomineeId, Vec<Story>> = HashMap::new();
        for story in self.app.readable_stories(read) {
            if let Some(id) = story.nominee_id {
                by_nominee.entry(id).or_default().push(story);
            }
        }
        let slices: Vec<(NomineeId, FeedSlice)> = by_nominee
            .into_iter()
            .map(|(id, stories)| (id, window.cut(stories)))
            .collect();
        let shown = slices.iter().flat_map(|(_, slice)| &slice.stories);
        let shared = StoryShared::new(&self.app, self.viewer, shown);
        let mut pages = HashMap::with_capacity(slices.len());
        for (id, slice) in slices {
            let shared = Arc::clone(&shared);
            pages.insert(id, Arc::new(StoryPage { shared, slice }));
        }
        Ok(pages)
    }
}

/// Nominees of any campaigns, those of one campaign on one page.
pub(super) struct NomineePages(HashMap<NomineeId, (Arc<NomineePage>, usize)>);

impl NomineePages {
    /// The nominees of these ids that the requester may see.
    pub(super) fn new(ctx: &Context<'_>, ids: impl Iterator<Item = NomineeId>) -> Self {
        Self::for_viewer(app(ctx), requester(ctx).viewer, ids)
    }

    fn for_viewer(app: &Arc<App>, viewer: Viewer, ids: impl Iterator<Item = NomineeId>) -> Self {
        let catalog = app.campaigns.catalog();
        let mut by_campaign: HashMap<CampaignId, (Arc<Roster>, Vec<usize>)> = HashMap::new();
        for (roster, index) in ids.filter_map(|id| catalog.find_by_nominee(id, viewer)) {
            let campaign = by_campaign.entry(roster.campaign().id);
            let (_, indexes) = campaign.or_insert_with(|| (roster, Vec::new()));
            indexes.push(index);
        }
        let mut pages = HashMap::new();
        for (roster, indexes) in by_campaign.into_values() {
            let page = NomineePage::for_viewer(app, viewer, &roster, indexes.iter().copied());
            for index in indexes {
                let id = roster.nominees()[index].id;
                pages.insert(id, (Arc::clone(&page), index));
            }
        }
        Self(pages)
    }

    /// One of them: its page, and its index in the page's roster.
    pub(super) fn find(&self, id: NomineeId) -> Option<(Arc<NomineePage>, usize)> {
        self.0.get(&id).cloned()
    }
}

/// The part that the stories of a page, or of the nominees of a page, share.
pub(super) struct StoryShared {
    /// The process.
    pub(super) app: Arc<App>,
    /// Likes and views.
    pub(super) counters: PageCounters,
    /// The viewer.
    pub(super) viewer: Viewer,
    nominee_ids: Vec<NomineeId>,
    nominees: OnceLock<NomineePages>,
}

impl StoryShared {
    fn new<'a>(
        app: &Arc<App>,
        viewer: Viewer,
        stories: impl Iterator<Item = &'a Story> + Clone,
    ) -> Arc<Self> {
        let ids = stories.clone().map(|story| story.id.0).collect();
        Arc::new(Self {
            app: Arc::clone(app),
            counters: PageCounters::new(app, viewer, ids),
            viewer,
            nominee_ids: stories.filter_map(|story| story.nominee_id).collect(),
            nominees: OnceLock::new(),
        })
    }

    /// One of the nominees that the stories are about, if the viewer may see it, on the page that they share.
    pub(super) fn nominee(&self, id: NomineeId) -> Option<(Arc<NomineePage>, usize)> {
        let ids = self.nominee_ids.iter().copied();
        let pages = || NomineePages::for_viewer(&self.app, self.viewer, ids);
        self.nominees.get_or_init(pages).find(id)
    }
}

/// Stories that are shown together.
pub(super) struct StoryPage {
    /// The part that they share.
    pub(super) shared: Arc<StoryShared>,
    /// The stories, and whether there are more.
    pub(super) slice: FeedSlice,
}

impl StoryPage {
    /// These stories, as the requester sees them.
    pub(super) fn new(ctx: &Context<'_>, stories: impl Into<FeedSlice>) -> Arc<Self> {
        Self::for_viewer(app(ctx), requester(ctx).viewer, stories)
    }

    /// These stories, as a viewer sees them who has no resolver's context.
    pub(super) fn for_viewer(
        app: &Arc<App>,
        viewer: Viewer,
        stories: impl Into<FeedSlice>,
    ) -> Arc<Self> {
        let slice = stories.into();
        let shared = StoryShared::new(app, viewer, slice.stories.iter());
        Arc::new(Self { shared, slice })
    }
}
