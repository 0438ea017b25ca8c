//! The side of campaigns that their organisation sees.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result};

use super::export::{Export, list_exports};
use super::nominee::{NomineeConnection, NomineeStatus, list_all_nominees};
use super::scalars::{Long, Timestamp};
use super::turnout::{TurnoutPoint, TurnoutStep};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::campaign::Lifecycle;
use crate::domain::roster::Roster;
use crate::graphql::connection::PageArgs;
use crate::graphql::requester;

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
}
