//! Campaigns with their rules.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::nominee::{NomineeConnection, NomineeOrder, NomineeQuery, list_nominees};
use super::scalars::Timestamp;
use super::story::{StoryConnection, list_stories};
use super::{Category, Nominee, Quota, Tally};
use crate::app::App;
use crate::domain::campaign as rules;
use crate::domain::roster::Roster;
use crate::domain::story::FeedFilter;
use crate::graphql::connection::{PageArgs, PageInfo};
use crate::graphql::node_id::{self, GlobalId};
use crate::graphql::{Nullable, app, requester};

/// Where a campaign stands, by the server's clock.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rules::Phase")]
pub enum CampaignPhase {
    /// Being prepared; seen by staff only.
    Draft,
    /// Announced; voting has not opened.
    Upcoming,
    /// Voting is open.
    Voting,
    /// Voting has closed; the result is not out.
    Ended,
    /// The result is out.
    Published,
    /// Kept for the record.
    Archived,
}

/// How long a quota of votes lasts.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rules::QuotaPeriod")]
pub enum QuotaPeriod {
    /// Granted anew at midnight in the campaign's time zone.
    Day,
    /// Granted once.
    Campaign,
}

/// What a quota of votes counts in.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rules::QuotaScope")]
pub enum QuotaScope {
    /// One quota for the whole campaign.
    Campaign,
    /// One quota for each category.
    Category,
}

/// Who sees the tally when.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rules::TallyVisibility")]
pub enum TallyVisibility {
    /// Everybody, at all times.
    Live,
    /// Everybody, once voting has closed.
    AfterClose,
    /// Staff only.
    StaffOnly,
}

/// The rules of a campaign's public vote.
#[derive(SimpleObject)]
pub struct VotingRules {
    /// How long a quota lasts.
    period: QuotaPeriod,
    /// What a quota counts in.
    scope: QuotaScope,
    /// Votes a voter has in each period and scope.
    votes_per_period: i32,
    /// Who sees the tally when.
    tally_visibility: TallyVisibility,
    /// Whether voters without an account of a platform may vote.
    guests_may_vote: bool,
}

/// A public selection.
#[derive(Clone)]
pub struct Campaign {
    app: Arc<App>,
    roster: Arc<Roster>,
}

impl Campaign {
    /// The campaign of a roster.
    #[must_use]
    pub fn new(app: &Arc<App>, roster: Arc<Roster>) -> Self {
        Self {
            app: Arc::clone(app),
            roster,
        }
    }
}

/// A public selection.
#[Object]
impl Campaign {
    /// Its id.
    pub async fn id(&self) -> ID {
        GlobalId::Campaign(self.roster.campaign().id).encode(&self.app.hash_key)
    }

    /// Its name in addresses.
    async fn slug(&self) -> &str {
        &self.roster.campaign().slug
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.roster.campaign().title
    }

    /// What it is about, a few sentences.
    async fn summary(&self) -> &str {
        &self.roster.campaign().summary
    }

    /// Address of a picture.
    async fn cover_url(&self) -> Option<&str> {
        self.roster.campaign().cover_url.as_deref()
    }

    /// IANA name of the time zone whose days its quota follows, such as "Asia/Shanghai".
    async fn time_zone(&self) -> &str {
        self.roster.campaign().time_zone.0.name()
    }

    /// Where it stands now, by the server's clock.
    async fn phase(&self) -> CampaignPhase {
        self.roster.campaign().phase(self.app.clock.now()).into()
    }

    /// The first moment at which a vote counts.
    async fn voting_opens_at(&self) -> Timestamp {
        Timestamp(self.roster.campaign().voting_opens_at)
    }

    /// The first moment at which a vote counts no more.
    async fn voting_closes_at(&self) -> Timestamp {
        Timestamp(self.roster.campaign().voting_closes_at)
    }

    /// The rules of the vote.
    async fn rules(&self) -> VotingRules {
        let campaign = self.roster.campaign();
        VotingRules {
            period: campaign.quota_period.into(),
            scope: campaign.quota_scope.into(),
            votes_per_period: i32::try_from(campaign.votes_per_period).unwrap_or(i32::MAX),
            tally_visibility: campaign.tally_visibility.into(),
            guests_may_vote: campaign.guests_may_vote,
        }
    }

    /// Its categories, in the organiser's order.
    async fn categories(&self) -> Vec<Category> {
        let category = |index| Category::new(&self.app, Arc::clone(&self.roster), index);
        (0..self.roster.categories().len()).map(category).collect()
    }

    /// Its nominees.
    #[allow(clippy::too_many_arguments, reason = "the arguments of the API")]
    async fn nominees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those of this category.")] category: Option<ID>,
        #[graphql(
            desc = "Only those whose name or employer contains this text, or whose number it is."
        )]
        search: Option<String>,
        #[graphql(desc = "Their order.", default_with = "NomineeOrder::Number")]
        order_by: NomineeOrder,
    ) -> Result<NomineeConnection> {
        let page = PageArgs::new(first, after, last, before)?;
        list_nominees(
            ctx,
            &self.roster,
            NomineeQuery {
                page,
                category,
                search,
                order_by,
            },
        )
        .await
    }

    /// The nominee with this number; null if there is none.
    async fn nominee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its number on the list.")] number: i32,
    ) -> Option<Nominee> {
        let index = self.roster.shown_index_of_number(i64::from(number))?;
        Some(Nominee::standalone(ctx, Arc::clone(&self.roster), index))
    }

    /// Its stories that are out, newest first.
    async fn stories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor: older ones.")] after: Option<String>,
        #[graphql(desc = "The last so many, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor: newer ones.")] before: Option<String>,
        #[graphql(desc = "Only those about nominees of this category.")] category: Option<ID>,
    ) -> Result<StoryConnection> {
        let of = match category {
            None => FeedFilter::Campaign(self.roster.campaign().id),
            Some(id) => {
                let id = node_id::category(&self.app.hash_key, &id)?;
                self.roster
                    .category_index(id)
                    .ok_or(crate::error::Error::NotFound("category"))?;
                FeedFilter::Category(id)
            }
        };
        list_stories(ctx, of, PageArgs::new(first, after, last, before)?).await
    }

    /// The tally; null while the rules hide it from the viewer.
    async fn tally(&self, ctx: &Context<'_>) -> Nullable<Tally> {
        let viewer = requester(ctx).viewer;
        let ranked = self.app.find_tally(&self.roster, viewer).await;
        let ranked = ranked.transpose()?.map_err(Into::into);
        Some(ranked.map(|ranked| Tally::new(ctx, ranked)))
    }

    /// What the viewer may still vote now, in the order of the categories; null unless the viewer is a voter.
    async fn viewer_quotas(&self, ctx: &Context<'_>) -> Nullable<Vec<Quota>> {
        let voter = requester(ctx).viewer.voter()?;
        let quotas = self.app.list_quotas(voter, &self.roster).await;
        let shown = |quota| Quota::new(app(ctx), &self.roster, quota);
        Some(match quotas {
            Ok(quotas) => Ok(quotas.into_iter().map(shown).collect()),
            Err(error) => Err(error.into()),
        })
    }
}

/// A campaign in a list.
#[derive(SimpleObject)]
pub struct CampaignEdge {
    /// Its place in the list.
    pub cursor: String,
    /// The campaign.
    pub node: Campaign,
}

/// A page of campaigns.
#[derive(SimpleObject)]
pub struct CampaignConnection {
    /// The campaigns with their cursors.
    pub edges: Vec<CampaignEdge>,
    /// The campaigns.
    pub nodes: Vec<Campaign>,
    /// Where the page begins and ends.
    pub page_info: PageInfo,
    /// How many campaigns there are in all.
    pub total_count: i32,
}
