//! The side of campaigns that their organisation sees.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};

use super::campaign_counts::{NomineeCounts, StoryCounts};
use super::examination::{SignalExamination, find_examination};
use super::export::{Export, list_exports};
use super::import::{ImportConnection, list_imports};
use super::nominee::{NomineeConnection, NomineeStatus, list_all_nominees};
use super::organisation::Organisation;
use super::report::{Report, find_newest_report};
use super::scalars::{Long, Timestamp};
use super::signals::{Signal, SignalCase, count_open_cases, find_case, list_cases, list_signals};
use super::story::{StoryConnection, feed_window};
use super::story_desk::StoryState;
use super::turnout::{TurnoutPoint, TurnoutStep, VotersOfWay};
use super::withholding::{
    VoteGroup, VoteGroupKey, WithholdingRule, find_withholding_rule, list_groups, list_rules,
};
use crate::app::App;
use crate::app::stories::WrittenText;
use crate::domain::access::Action;
use crate::domain::campaign::Lifecycle;
use crate::domain::roster::Roster;
use crate::error::Error;
use crate::graphql::connection::PageArgs;
use crate::graphql::page::StoryPage;
use crate::graphql::{node_id, requester};
use crate::id::CampaignId;
use crate::ledger::story::{DeskPage, count_by_status, list_of_desk, sum_views};
use crate::ledger::withholding::groups::GroupQuery;

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

/// Characters of a search at most.
const SEARCH_CHARS_MAX: usize = 100;

/// A text before it is stored.
#[derive(SimpleObject)]
pub(super) struct StoryPreview {
    /// The text in Markdown, as it will be stored.
    markdown: String,
    /// The text as the page of the story will show it.
    html: String,
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

    /// The organisation that runs it.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        let (viewer, id) = (
            requester(ctx).viewer,
            self.roster.campaign().organisation_id,
        );
        let found = Organisation::find(&self.app, viewer, |directory| directory.find(id));
        Ok(found.ok_or(Error::NotFound("organisation"))?)
    }

    /// The numbers of its nominees.
    async fn nominee_counts(&self) -> NomineeCounts {
        NomineeCounts::new(&self.roster)
    }

    /// The numbers of its stories.
    async fn story_counts(&self) -> Result<StoryCounts> {
        let (id, now) = (self.roster.campaign().id, self.app.clock.now());
        let counts = count_by_status(&self.app.database, id, now).await;
        Ok(StoryCounts::new(&counts.map_err(Error::from)?))
    }

    /// The views of all its stories.
    async fn story_views(&self) -> Result<Long> {
        let views = sum_views(&self.app.database, self.roster.campaign().id).await;
        Ok(Long(views.map_err(Error::from)?))
    }

    /// A text of a story before it is stored: give exactly one of both. Needs an owner, organiser or editor, and costs
    /// by its length.
    async fn preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text in Markdown.")] body: Option<String>,
        #[graphql(desc = "The text as it was pasted from a page; it is cut down to Markdown.")]
        body_html: Option<String>,
    ) -> Result<StoryPreview> {
        let text = match (body, body_html) {
            (Some(body), None) => WrittenText::Markdown(body),
            (None, Some(html)) => WrittenText::Pasted(html),
            _ => return Err(Error::BadUserInput("Give either body or bodyHtml.".into()).into()),
        };
        let (requester, campaign) = (requester(ctx), self.roster.campaign());
        let by = (requester.viewer, &requester.client);
        let preview = self.app.preview_story(by, campaign.organisation_id, text);
        let preview = Box::pin(preview).await?;
        Ok(StoryPreview {
            markdown: preview.markdown,
            html: preview.html,
        })
    }

    /// All its stories, out or not, by the time at which they come out, the latest first; those without one by the time
    /// of their creation.
    #[allow(clippy::too_many_arguments, reason = "the arguments of the API")]
    async fn stories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "Only those in this state.")] state: Option<StoryState>,
        #[graphql(desc = "Only those from this time of theirs on.")] from: Option<Timestamp>,
        #[graphql(desc = "Only those before this time of theirs.")] to: Option<Timestamp>,
        #[graphql(
            desc = "Only those whose headline contains this text, at most 100 characters. The case of letters a to z does not matter."
        )]
        search: Option<String>,
    ) -> Result<StoryConnection> {
        let args = PageArgs::new(first, after, None, None)?;
        let query = StoryQuery {
            state,
            from: from.map(|from| from.0),
            to: to.map(|to| to.0),
            title: search.as_deref().map(checked_search).transpose()?,
        };
        list_all_stories(ctx, &self.app, self.roster.campaign().id, &args, query).await
    }

    /// Votes by minute, hour or day, and by client, as they stood at most a second ago: the steps that have votes, in
    /// the order of time. Without `from` and `to`, the last ones that are shown at once, until now or the closing;
    /// empty for members who may not read figures.
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
        Ok(points.iter().map(TurnoutPoint::from).collect())
    }

    /// Voters by way in, as they stood at most a minute ago. Each counts once, by the first that it has of
    /// `WECHAT_MINI_PROGRAM`, `WECHAT_WEB`, `DOUYIN`, `ALIPAY`, `PHONE`, `OIDC` and `GUEST`; those that turned out to
    /// be one person are one. Ways without voters are left out; empty for members who may not read figures. It goes
    /// through all voters of the campaign, and costs by that.
    async fn voters_by_way(&self, ctx: &Context<'_>) -> Result<Vec<VotersOfWay>> {
        let campaign = self.roster.campaign();
        let (viewer, id) = (requester(ctx).viewer, campaign.organisation_id);
        if !self.app.may(viewer, id, Action::ReadFigures) {
            return Ok(Vec::new());
        }
        let counted = self.app.voters_by_way(campaign.id).await?;
        Ok(counted.iter().map(VotersOfWay::from).collect())
    }

    /// Its newest exports, at most 20: those that the viewer may read.
    async fn exports(&self, ctx: &Context<'_>) -> Result<Vec<Export>> {
        list_exports(ctx, self.roster.campaign().id).await
    }

    /// Its newest rules that withhold votes; empty for members who may not read records.
    async fn withholdings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many, at most 100.", default = 20)] first: i32,
    ) -> Result<Vec<WithholdingRule>> {
        let args = PageArgs::new(Some(first), None, None, None)?;
        list_rules(ctx, &self.roster, args.limit).await
    }

    /// The rule with this id; null where there is none, and for members who may not read records.
    async fn withholding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<WithholdingRule>> {
        let id = node_id::decode(&self.app.hash_key, &id)?;
        let found = find_withholding_rule(ctx, id).await?;
        Ok(found.filter(|rule| rule.campaign_id() == self.roster.campaign().id))
    }

    /// Its newest cases: what signals found in its votes, for a person to judge. Empty for members who may not read
    /// records.
    async fn cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many, at most 100.", default = 20)] first: i32,
    ) -> Result<Vec<SignalCase>> {
        let args = PageArgs::new(Some(first), None, None, None)?;
        list_cases(ctx, &self.roster, args.limit).await
    }

    /// The number of its cases that wait for somebody: open, found by the last examination, and without a standing rule
    /// that was proposed from them since a signal joined them last. 0 for members who may not read records.
    async fn open_cases(&self, ctx: &Context<'_>) -> Result<i32> {
        count_open_cases(ctx, &self.roster).await
    }

    /// The case with this id; null where there is none, and for members who may not read records.
    async fn case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<SignalCase>> {
        let id = node_id::decode(&self.app.hash_key, &id)?;
        let found = find_case(ctx, id).await?;
        Ok(found.filter(|case| case.campaign_id() == self.roster.campaign().id))
    }

    /// All signals of the last examination: those of cases, newest case first, and then concentrations that show no
    /// behaviour beside them, strongest first, at most 50. Dozens of honest workplaces are among these, and none is a
    /// case. Empty for members who may not read records.
    async fn signals(&self, ctx: &Context<'_>) -> Result<Vec<Signal>> {
        list_signals(ctx, &self.roster).await
    }

    /// The last examination of its votes; null before the first, and for members who may not read records.
    async fn examination(&self, ctx: &Context<'_>) -> Result<Option<SignalExamination>> {
        find_examination(ctx, &self.roster).await
    }

    /// The largest groups of votes that came from one network, block of networks, or model of phones, for a person who
    /// looks for what is wrong: it goes through the votes. Empty for members who may not read records.
    async fn vote_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the votes of a group have in common.")] by: VoteGroupKey,
        #[graphql(desc = "Only votes for this nominee.")] nominee_id: Option<ID>,
        #[graphql(desc = "Only votes of this time or later.")] from: Option<Timestamp>,
        #[graphql(desc = "Only votes before this time.")] until: Option<Timestamp>,
        #[graphql(desc = "So many, at most 100.", default = 20)] first: i32,
    ) -> Result<Vec<VoteGroup>> {
        let campaign = self.roster.campaign();
        let (viewer, organisation_id) = (requester(ctx).viewer, campaign.organisation_id);
        if !self.app.may(viewer, organisation_id, Action::ReadRecords) {
            return Ok(Vec::new());
        }
        let nominee_id = nominee_id.map(|id| node_id::decode(&self.app.hash_key, &id));
        let args = PageArgs::new(Some(first), None, None, None)?;
        let query = GroupQuery {
            campaign_id: campaign.id,
            nominee_id: nominee_id.transpose()?,
            from: from.map_or(DateTime::UNIX_EPOCH, |from| from.0),
            // Votes of this very moment are before it.
            until: until.map_or_else(
                || self.app.clock.now() + TimeDelta::minutes(1),
                |until| until.0,
            ),
            limit: i64::try_from(args.limit).unwrap_or(i64::MAX),
        };
        list_groups(&self.app, by, query).await
    }

    /// Its newest report; null while there is none, and for members who may not read records.
    async fn report(&self, ctx: &Context<'_>) -> Result<Option<Report>> {
        let campaign = self.roster.campaign();
        find_newest_report(ctx, campaign.organisation_id, campaign.id).await
    }
}

/// The stories of a campaign that are asked for.
struct StoryQuery {
    state: Option<StoryState>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    title: Option<String>,
}

/// The text of a search without white space around it.
fn checked_search(search: &str) -> Result<String, Error> {
    let search = search.trim();
    let is_good = search.chars().count() <= SEARCH_CHARS_MAX && !search.contains(char::is_control);
    if !is_good {
        return Err(Error::BadUserInput(format!(
            "search has at most {SEARCH_CHARS_MAX} characters, all of which can be printed."
        )));
    }
    Ok(search.to_owned())
}

/// A page of a campaign's stories, out or not, latest time first.
async fn list_all_stories(
    ctx: &Context<'_>,
    app: &Arc<App>,
    campaign_id: CampaignId,
    args: &PageArgs,
    query: StoryQuery,
) -> Result<StoryConnection> {
    let window = feed_window(&app.hash_key, args)?;
    let page = DeskPage {
        campaign_id,
        status: query.state.map(Into::into),
        now: app.clock.now(),
        from: query.from,
        to: query.to,
        title: query.title.filter(|title| !title.is_empty()),
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
