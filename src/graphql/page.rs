//! Pages: what the objects of one list share. The first of them that needs a column from the database loads it for all,
//! so a page costs the same few statements whatever its length, and nothing waits for a timer.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use async_graphql::Context;
use parking_lot::Mutex;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{app, requester};
use crate::app::App;
use crate::app::tallies::RankedTally;
use crate::auth::Viewer;
use crate::domain::roster::Roster;
use crate::domain::story::FeedPosition;
use crate::domain::story::Story;
use crate::error::{Error, Result};
use crate::id::{CampaignId, NomineeId, SubjectId};
use crate::ledger;
use crate::ledger::counters::Counters;

/// Likes and views of the subjects of a page.
pub struct Subjects {
    ids: Vec<Uuid>,
    counters: OnceCell<HashMap<SubjectId, Counters>>,
    liked: OnceCell<HashSet<SubjectId>>,
}

impl Subjects {
    fn new(ids: Vec<Uuid>) -> Self {
        Self {
            ids,
            counters: OnceCell::new(),
            liked: OnceCell::new(),
        }
    }

    /// Likes and views of one of them.
    pub async fn counter(&self, app: &App, subject: SubjectId) -> Result<Counters> {
        let load = || async {
            Ok::<_, Error>(ledger::counters::list(&app.database, self.ids.clone()).await?)
        };
        Ok(self
            .counters
            .get_or_try_init(load)
            .await?
            .get(&subject)
            .copied()
            .unwrap_or_default())
    }

    /// Whether the viewer likes one of them; nothing for who is not a voter.
    pub async fn is_liked(
        &self,
        app: &App,
        viewer: Viewer,
        subject: SubjectId,
    ) -> Result<Option<bool>> {
        let Some(voter) = viewer.voter() else {
            return Ok(None);
        };
        let load = || async {
            Ok::<_, Error>(ledger::like::list_liked(&app.database, voter, self.ids.clone()).await?)
        };
        Ok(Some(
            self.liked.get_or_try_init(load).await?.contains(&subject),
        ))
    }
}

/// The first stories of each nominee of a page, for one set of arguments.
type NomineeStories = HashMap<NomineeId, Arc<StoryPage>>;
type StoriesKey = (usize, Option<(i64, Uuid)>);

/// Nominees of one campaign that are shown together.
pub struct NomineePage {
    /// The process.
    pub app: Arc<App>,
    /// Who looks.
    pub viewer: Viewer,
    /// The campaign.
    pub roster: Arc<Roster>,
    /// Likes and views.
    pub subjects: Subjects,
    nominee_ids: Vec<NomineeId>,
    voted: OnceCell<HashSet<NomineeId>>,
    tally: OnceCell<Option<RankedTally>>,
    stories: Mutex<HashMap<StoriesKey, Arc<OnceCell<NomineeStories>>>>,
}

impl NomineePage {
    /// The nominees at these indexes of the roster.
    #[must_use]
    pub fn new(ctx: &Context<'_>, roster: Arc<Roster>, indexes: &[usize]) -> Arc<Self> {
        Self::of(app(ctx), requester(ctx).viewer, roster, indexes)
    }

    fn of(app: &Arc<App>, viewer: Viewer, roster: Arc<Roster>, indexes: &[usize]) -> Arc<Self> {
        let nominee_ids: Vec<NomineeId> = indexes
            .iter()
            .map(|&index| roster.nominees()[index].id)
            .collect();
        Arc::new(Self {
            app: Arc::clone(app),
            viewer,
            roster,
            subjects: Subjects::new(nominee_ids.iter().map(|id| id.0).collect()),
            nominee_ids,
            voted: OnceCell::new(),
            tally: OnceCell::new(),
            stories: Mutex::new(HashMap::new()),
        })
    }

    /// Whether the viewer has voted for one of them in the current period; nothing for who is not a voter.
    pub async fn has_voted(&self, nominee: NomineeId) -> Result<Option<bool>> {
        let Some(voter) = self.viewer.voter() else {
            return Ok(None);
        };
        let load = || async {
            let (campaign, period) = (
                self.roster.campaign().id,
                self.app.current_period(&self.roster),
            );
            Ok::<_, Error>(
                ledger::vote::list_voted_nominees(&self.app.database, voter, campaign, period)
                    .await?,
            )
        };
        Ok(Some(
            self.voted.get_or_try_init(load).await?.contains(&nominee),
        ))
    }

    /// The tally, where the viewer may see it.
    pub async fn tally(&self) -> Result<Option<&RankedTally>> {
        let load = || self.app.find_tally(&self.roster, self.viewer);
        Ok(self.tally.get_or_try_init(load).await?.as_ref())
    }

    /// The newest stories of one of them, one more than `limit` if there are more; older than `after`.
    pub async fn stories(
        &self,
        nominee: NomineeId,
        limit: usize,
        after: Option<FeedPosition>,
    ) -> Result<Option<Arc<StoryPage>>> {
        let key = (
            limit,
            after.map(|at| (at.published_at.timestamp_micros(), at.id.0)),
        );
        let cell = {
            let mut stories = self.stories.lock();
            Arc::clone(stories.entry(key).or_default())
        };
        let load = || async {
            let ids = self.nominee_ids.iter().map(|id| id.0).collect();
            let count = i64::try_from(limit + 1).unwrap_or(i64::MAX);
            let now = self.app.clock.now();
            let stories =
                ledger::story::list_of_nominees(&self.app.database, ids, now, after, count).await?;
            let shared = StoryShared::new(&self.app, self.viewer, &stories);
            let mut by_nominee: HashMap<NomineeId, Vec<Story>> = HashMap::new();
            for story in stories {
                if let Some(id) = story.nominee_id {
                    by_nominee.entry(id).or_default().push(story);
                }
            }
            let page = |(id, stories)| {
                (
                    id,
                    Arc::new(StoryPage {
                        shared: Arc::clone(&shared),
                        stories,
                    }),
                )
            };
            Ok::<_, Error>(by_nominee.into_iter().map(page).collect())
        };
        Ok(cell.get_or_try_init(load).await?.get(&nominee).cloned())
    }
}

/// What the stories of a page, or of the nominees of a page, share.
pub struct StoryShared {
    /// The process.
    pub app: Arc<App>,
    /// Who looks.
    pub viewer: Viewer,
    /// Likes and views.
    pub subjects: Subjects,
    nominee_ids: Vec<NomineeId>,
    nominees: OnceLock<NomineePages>,
}

impl StoryShared {
    fn new(app: &Arc<App>, viewer: Viewer, stories: &[Story]) -> Arc<Self> {
        Arc::new(Self {
            app: Arc::clone(app),
            viewer,
            subjects: Subjects::new(stories.iter().map(|story| story.id.0).collect()),
            nominee_ids: stories
                .iter()
                .filter_map(|story| story.nominee_id)
                .collect(),
            nominees: OnceLock::new(),
        })
    }

    /// One of the nominees that the stories are about, if the viewer may see it, on the page that they share.
    pub fn nominee(&self, id: NomineeId) -> Option<(Arc<NomineePage>, usize)> {
        let pages = || NomineePages::of(&self.app, self.viewer, self.nominee_ids.iter().copied());
        self.nominees.get_or_init(pages).find(id)
    }
}

/// Nominees of any campaigns, those of one campaign on one page.
pub struct NomineePages(HashMap<NomineeId, (Arc<NomineePage>, usize)>);

impl NomineePages {
    /// Those of `ids` that the requester may see.
    pub fn new(ctx: &Context<'_>, ids: impl Iterator<Item = NomineeId>) -> Self {
        Self::of(app(ctx), requester(ctx).viewer, ids)
    }

    fn of(app: &Arc<App>, viewer: Viewer, ids: impl Iterator<Item = NomineeId>) -> Self {
        let catalog = app.campaigns.catalog();
        let mut by_campaign: HashMap<CampaignId, (Arc<Roster>, Vec<usize>)> = HashMap::new();
        for (roster, index) in ids.filter_map(|id| catalog.find_by_nominee(id, viewer)) {
            by_campaign
                .entry(roster.campaign().id)
                .or_insert_with(|| (roster, Vec::new()))
                .1
                .push(index);
        }
        let mut pages = HashMap::new();
        for (roster, indexes) in by_campaign.into_values() {
            let page = NomineePage::of(app, viewer, Arc::clone(&roster), &indexes);
            let entry = |index: usize| (roster.nominees()[index].id, (Arc::clone(&page), index));
            pages.extend(indexes.into_iter().map(entry));
        }
        Self(pages)
    }

    /// One of them, with its page.
    #[must_use]
    pub fn find(&self, id: NomineeId) -> Option<(Arc<NomineePage>, usize)> {
        self.0.get(&id).cloned()
    }
}

/// Stories that are shown together.
pub struct StoryPage {
    /// What they share.
    pub shared: Arc<StoryShared>,
    /// The stories.
    pub stories: Vec<Story>,
}

impl StoryPage {
    /// These stories, as the requester sees them.
    #[must_use]
    pub fn new(ctx: &Context<'_>, stories: Vec<Story>) -> Arc<Self> {
        Self::of(app(ctx), requester(ctx).viewer, stories)
    }

    /// The same, without a resolver's own context.
    #[must_use]
    pub fn of(app: &Arc<App>, viewer: Viewer, stories: Vec<Story>) -> Arc<Self> {
        let shared = StoryShared::new(app, viewer, &stories);
        Arc::new(Self { shared, stories })
    }
}
