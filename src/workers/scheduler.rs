//! The scheduler: announces stories as they come out. Every process looks for itself and tells its own subscribers, so
//! each of them hears of a story once, whatever happens to Redis or to other processes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::domain::story::{FeedPosition, Story};
use crate::error::Result;
use crate::id::StoryId;
use crate::ledger::story::list_published_between;

/// How late a story can be announced.
const TICK_EVERY: Duration = Duration::from_millis(500);
/// How far back each look goes, before the end of the last one: a story stored with a time just past is still
/// announced.
const OVERLAP: TimeDelta = TimeDelta::seconds(60);
/// Stories of one statement; a look takes as many statements as it needs.
const PAGE: i64 = 256;

/// The stories that have been announced.
#[derive(Debug)]
pub struct Scheduler {
    /// Stories before this time are old.
    started_at: DateTime<Utc>,
    /// How far the last look came: the next one goes on from there, however much later it is.
    looked_until: DateTime<Utc>,
    /// Announced within the overlap.
    announced: HashMap<StoryId, DateTime<Utc>>,
}

impl Scheduler {
    /// A scheduler that announces stories that come out from now on.
    #[must_use]
    pub fn new(app: &App) -> Self {
        let now = app.clock.now();
        Self {
            started_at: now,
            looked_until: now,
            announced: HashMap::new(),
        }
    }

    /// Announces the stories that have come out since the last tick; returns how many stories that were. Those that
    /// cannot be read are looked at again first.
    ///
    /// # Errors
    /// When the database is away: the next tick announces them.
    pub async fn tick(&mut self, app: &App) -> Result<usize> {
        app.review_unreadable_stories().await?;
        let now = app.clock.now();
        let since = (self.looked_until.min(now) - OVERLAP).max(self.started_at);
        let mut after = FeedPosition::end_of(since);
        let mut count = 0;
        loop {
            let read = list_published_between(&app.database, after, now, PAGE).await?;
            let page = app.readable_stories(read);
            let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            for story in page {
                after = FeedPosition {
                    published_at: story.published_at,
                    id: story.id,
                };
                count += usize::from(self.announce(app, story));
            }
            if is_last {
                break;
            }
        }
        self.looked_until = now;
        self.announced
            .retain(|_, published_at| *published_at > since);
        Ok(count)
    }

    /// Tells the subscribers, the first time that a story is seen; returns whether it was.
    fn announce(&mut self, app: &App, story: Story) -> bool {
        let is_new = self
            .announced
            .insert(story.id, story.published_at)
            .is_none();
        if is_new {
            app.public_changes.add(story.campaign_id);
            tracing::info!(story = %story.id, campaign = %story.campaign_id, "a story came out");
            // Nobody may be watching.
            let _ = app.published_stories.send(Arc::new(story));
        }
        is_new
    }
}

/// Runs until it is told to stop.
pub async fn run(app: Arc<App>, stopping: CancellationToken) {
    let mut scheduler = Scheduler::new(&app);
    let mut timer = tokio::time::interval(TICK_EVERY);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            _ = timer.tick() => {}
        }
        if let Err(error) = scheduler.tick(&app).await {
            tracing::warn!(%error, "stories could not be announced");
        }
    }
}
