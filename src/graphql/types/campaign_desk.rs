//! The side of campaigns that their organisation sees.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result};

use super::export::{Export, list_exports};
use super::import::{ImportConnection, list_imports};
use super::nominee::{NomineeConnection, NomineeStatus, list_all_nominees};
use super::report::{Report, find_newest_report};
use super::scalars::{Long, Timestamp};
use super::story::{StoryConnection, feed_window};
use super::story_desk::StoryState;
use super::turnout::{TurnoutPoint, TurnoutStep};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::campaign::Lifecycle;
use crate::domain::roster::Roster;
use crate::error::Error;
use crate::graphql::connection::PageArgs;
use crate::graphql::page::StoryPage;
use crate::graphql::requester;
use crate::id::CampaignId;
use crate::ledger::story::{DeskPage, list_of_desk};

/// The part of a campaign's state that the organiser moves; the clock does the rest.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Lifecycle")]
pub(super) enum CampaignLifecycle {
    /// Being prepared; seen by its organisation only.
    Draft,
    /// Public; upcoming, voting or ended by the clock.
    Running,
    /// The result is out.
    Published,
    /// Kept for the record.
    Archived,
}

/// The side of a campaign that its organisation sees.
pub(super) struct CampaignDesk {
    app: Arc<App>,
    roster: Arc<Roster>,
}

impl CampaignDesk {
    pub(super) fn new(app: &Arc<App>, roster: &Arc<Roster>) -> Self {
        Self {
            app: Arc::clone(app),
            roster: Arc::clone(roster),
        }
    }
}

/// The side of a campaign that its organisation sees.
#[Object]
impl CampaignDesk {
    /// Moves with every edit of the campaign and its categories: send it with the next one.
    async fn edit_revision(&self) -> Long {
        Long(self.roster.campaign().edit_revision)
    }

    /// The part of its state that the organiser moves.
    async fn lifecycle(&self) -> CampaignLifecycle {
        self.roster.campaign().lifecycle.into()
    }

    /// The time from which votes are refused until further notice; null where they are not.
    async fn paused_at(&self) -> Option<Timestamp> {
        self.roster.campaign().paused_at.map(Timestamp)
    }

    /// Whether there are votes, from which on the rules are fixed.
    async fn has_votes(&self) -> Result<bool> {
        let ranked = self.app.tally(self.roster.campaign().id).await?;
        Ok(ranked.tally.counted + ranked.tally.withheld > 0)
    }

    /// All its nominees by their numbers, withdrawn ones too.
    async fn nominees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "Only those with this status.")] status: Option<NomineeStatus>,
    ) -> Result<NomineeConnection> {
        let args = PageArgs::new(first, after, None, None)?;
        list_all_nominees(ctx, &self.roster, &args, status)
    }

    /// Its imports of spreadsheets, newest first; empty for who may not see records.
    async fn imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor: older ones.")] after: Option<String>,
    ) -> Result<ImportConnection> {
        let args = PageArgs::new(first, after, None, None)?;
        let campaign = self.roster.campaign();
        list_imports(ctx, campaign.organisation_id, campaign.id, &args).await
    }

    /// All its stories, out or not, by the time at which they come out, the latest first; those without one by the time
    /// of their creation.
    async fn stories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "Only those in this state.")] state: Option<StoryState>,
    ) -> Result<StoryConnection> {
        let args = PageArgs::new(first, after, None, None)?;
        list_all_stories(ctx, &self.app, self.roster.campaign().id, &args, state).await
    }

    /// Votes by minute, hour or day, and by client: the steps that have votes, in the order of time. Without `from` and
    /// `to`, the last ones that are shown at once, until now or the closing; empty for members who may not read
    /// figures.
    async fn turnout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The step.", default_with = "TurnoutStep::Hour")] by: TurnoutStep,
        #[graphql(desc = "Only from this minute on.")] from: Option<Timestamp>,
        #[graphql(desc = "Only until this minute, which is included.")] to: Option<Timestamp>,
    ) -> Result<Vec<TurnoutPoint>> {
        let campaign = self.roster.campaign();
        let (viewer, id) = (requester(ctx).viewer, campaign.organisation_id);
        if !self.app.may(viewer, id, Action::ReadFigures) {
            return Ok(Vec::new());
        }
        let (from, to) = (from.map(|from| from.0), to.map(|to| to.0));
        let points = self.app.turnout(campaign, by.into(), from, to).await?;
        Ok(points.into_iter().map(TurnoutPoint::from).collect())
    }

    /// Its newest exports, at most 20: those that the viewer may read.
    async fn exports(&self, ctx: &Context<'_>) -> Result<Vec<Export>> {
        list_exports(ctx, self.roster.campaign().id).await
    }

    /// Its newest report; null while there is none, and for members who may not read records.
    async fn report(&self, ctx: &Context<'_>) -> Result<Option<Report>> {
        let campaign = self.roster.campaign();
        find_newest_report(ctx, campaign.organisation_id, campaign.id).await
    }
}

/// A page of a campaign's stories, out or not, latest time first.
async fn list_all_stories(
    ctx: &Context<'_>,
    app: &Arc<App>,
    campaign_id: CampaignId,
    args: &PageArgs,
    state: Option<StoryState>,
) -> Result<StoryConnection> {
    let window = feed_window(&app.hash_key, args)?;
    let page = DeskPage {
        campaign_id,
        status: state.map(Into::into),
        now: app.clock.now(),
        after: window.start(),
        limit: window.read_limit(),
    };
    let read = list_of_desk(&app.database, page)
        .await
        .map_err(Error::from)?;
    let slice = window.cut(app.readable_stories(read));
    Ok(StoryConnection::new(
        &app.hash_key,
        &StoryPage::new(ctx, slice),
    ))
}
