//! Campaigns with their rules.

use std::cmp::Reverse;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::amendment::Amendment;
use super::campaign_desk::CampaignDesk;
use super::identity::IdentityKind;
use super::media::PictureSize;
use super::nominee::{NomineeConnection, NomineeOrder, NomineeQuery, list_nominees};
use super::scalars::Timestamp;
use super::story::{StoryConnection, list_stories};
use super::withholding::{Withholding, list_public};
use super::{Category, Nominee, Quota, Tally, to_i32};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::campaign as rules;
use crate::domain::roster::Roster;
use crate::domain::story::FeedFilter;
use crate::error::Error;
use crate::graphql::connection::{Connection, PageArgs, PageInfo, decode_cursor};
use crate::graphql::node_id::{self, Cursor, GlobalId};
use crate::graphql::{Nullable, app, requester};
use crate::id::OrganisationId;

/// The phase of a campaign, by the server's clock.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rules::Phase")]
pub(in crate::graphql) enum CampaignPhase {
    /// Being prepared; seen by staff only.
    Draft,
    /// Announced; voting has not opened.
    Upcoming,
    /// Voting is open.
    Voting,
    /// Voting is open, and votes are refused until further notice.
    Paused,
    /// Voting has closed; the result is not out.
    Ended,
    /// The result is out.
    Published,
    /// Kept for the record.
    Archived,
}

/// The time that a quota of votes lasts.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rules::QuotaPeriod")]
pub(in crate::graphql) enum QuotaPeriod {
    /// Granted anew at midnight in the campaign's time zone.
    Day,
    /// Granted once.
    Campaign,
}

/// The part of a campaign that a quota of votes counts in.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rules::QuotaScope")]
pub(in crate::graphql) enum QuotaScope {
    /// One quota for the whole campaign.
    Campaign,
    /// One quota for each category.
    Category,
}

/// The audience of a tally, and from when on.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rules::TallyVisibility")]
pub(in crate::graphql) enum TallyVisibility {
    /// Everybody, at all times.
    Live,
    /// Everybody, once voting has closed.
    AfterClose,
    /// Staff only.
    StaffOnly,
}

/// The voters who have to solve a challenge before a vote of theirs is taken (see `Challenge`).
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rules::ChallengePolicy")]
pub(in crate::graphql) enum ChallengePolicy {
    /// Nobody.
    Never,
    /// Guests.
    Guests,
    /// Guests, and whoever is suspicious.
    Suspicious,
    /// Everybody.
    Always,
}

/// The rules of a campaign's public vote.
#[derive(SimpleObject)]
pub(super) struct VotingRules {
    /// The time that a quota lasts.
    period: QuotaPeriod,
    /// The part of the campaign that a quota counts in.
    scope: QuotaScope,
    /// Votes a voter has in each period and scope.
    votes_per_period: i32,
    /// The audience of the tally, and from when on.
    tally_visibility: TallyVisibility,
    /// Whether voters without an account of a platform may vote.
    guests_may_vote: bool,
    /// The kinds of voters that may vote.
    admits: Vec<IdentityKind>,
    /// The voters who have to solve a challenge before a vote of theirs is taken.
    challenge: ChallengePolicy,
}

/// A public selection.
#[derive(Clone)]
pub(in crate::graphql) struct Campaign {
    app: Arc<App>,
    roster: Arc<Roster>,
}

impl Campaign {
    /// The campaign of a roster.
    pub(in crate::graphql) fn new(app: &Arc<App>, roster: Arc<Roster>) -> Self {
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
    pub(super) async fn id(&self) -> ID {
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

    /// A few sentences on its subject.
    async fn summary(&self) -> &str {
        &self.roster.campaign().summary
    }

    /// Address of a picture; one that is stored here has a path of this server where the server's public address is
    /// not set.
    async fn cover_url(
        &self,
        #[graphql(
            desc = "The size of a picture that is stored here.",
            default_with = "PictureSize::Large"
        )]
        size: PictureSize,
    ) -> Option<String> {
        size.address(&self.app, self.roster.campaign().cover())
    }

    /// IANA name of the time zone whose days its quota follows, such as "Asia/Shanghai".
    async fn time_zone(&self) -> &str {
        self.roster.campaign().time_zone.0.name()
    }

    /// Its phase now, by the server's clock.
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
            votes_per_period: to_i32(campaign.votes_per_period),
            tally_visibility: campaign.tally_visibility.into(),
            guests_may_vote: campaign.guests_may_vote,
            admits: campaign.admitted().iter().map(Into::into).collect(),
            challenge: campaign.challenge.into(),
        }
    }

    /// A ticket for a vote: it says when the campaign was shown to you. Send it with `castVote`; it is good for a day,
    /// through signing in too.
    async fn ticket(&self, ctx: &Context<'_>) -> String {
        self.app
            .issue_ticket(requester(ctx).viewer, self.roster.campaign().id)
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
            desc = "Only those whose name, employer or post contains this text, or whose number it is. \
                    Case, accents, width of letters and spaces do not matter. Chinese names are found by pinyin and \
                    its initials, too: `gaomuqing`, `gmq`, `gao mq` and `高mq` find 高沐晴."
        )]
        search: Option<String>,
        #[graphql(desc = "Their order.", default_with = "NomineeOrder::Number")]
        order_by: NomineeOrder,
        #[graphql(
            desc = "The seed of a shuffled order, at most 64 characters: the order is the same for the same seed all \
                    day long. A device that keeps a random one sees one order before and after signing in. Without it \
                    the order is the viewer's, or the address's."
        )]
        seed: Option<String>,
    ) -> Result<NomineeConnection> {
        let query = NomineeQuery {
            page: PageArgs::new(first, after, last, before)?,
            category,
            search,
            order_by,
            seed,
        };
        list_nominees(ctx, &self.roster, query).await
    }

    /// The nominee with this number; null if there is none.
    async fn nominee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its number on the list.")] number: i32,
    ) -> Option<Nominee> {
        let index = self.roster.shown_index_of_number(i64::from(number))?;
        Some(Nominee::on_own_page(ctx, &self.roster, index))
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
        let filter = match category {
            None => FeedFilter::Campaign(self.roster.campaign().id),
            Some(id) => {
                let id = node_id::decode(&self.app.hash_key, &id)?;
                let index = self.roster.category_index(id);
                index.ok_or(Error::NotFound("category"))?;
                FeedFilter::Category(id)
            }
        };
        list_stories(ctx, filter, PageArgs::new(first, after, last, before)?).await
    }

    /// The tally; null while the rules hide it from the viewer.
    async fn tally(&self, ctx: &Context<'_>) -> Nullable<Tally> {
        let viewer = requester(ctx).viewer;
        let ranked = self.app.find_tally(&self.roster, viewer).await;
        let ranked = ranked.transpose()?.map_err(Into::into);
        Some(ranked.map(|ranked| Tally::new(&self.app, ranked)))
    }

    /// The changes that were made after the first vote, with their reasons, newest first.
    async fn amendments(&self) -> Vec<Amendment> {
        let amendments = self.roster.amendments().iter();
        amendments.map(Amendment::from).collect()
    }

    /// Votes that are withheld, rule by rule with its reason, once the result is out; empty before that.
    async fn withholdings(&self) -> Result<Vec<Withholding>> {
        let is_out = matches!(
            self.roster.campaign().lifecycle,
            rules::Lifecycle::Published | rules::Lifecycle::Archived
        );
        if !is_out {
            return Ok(Vec::new());
        }
        list_public(&self.app, &self.roster).await
    }

    /// The side of the campaign that its organisation sees; null for everybody else.
    async fn desk(&self, ctx: &Context<'_>) -> Option<CampaignDesk> {
        let id = self.roster.campaign().organisation_id;
        let is_shown = self.app.may(requester(ctx).viewer, id, Action::ReadDrafts);
        is_shown.then(|| CampaignDesk::new(&self.app, &self.roster))
    }

    /// The viewer's quotas now, in the order of the categories; null unless the viewer is a voter.
    async fn viewer_quotas(&self, ctx: &Context<'_>) -> Nullable<Vec<Quota>> {
        let voter = requester(ctx).viewer.voter()?;
        let quotas = self.app.list_quotas(voter, &self.roster).await;
        let shown = |quota| Quota::new(&self.app, &self.roster, quota);
        Some(match quotas {
            Ok(quotas) => Ok(quotas.into_iter().map(shown).collect()),
            Err(error) => Err(error.into()),
        })
    }
}

/// A campaign in a list.
#[derive(SimpleObject)]
pub(super) struct CampaignEdge {
    /// Its position in the list.
    cursor: String,
    /// The campaign.
    node: Campaign,
}

/// A page of campaigns.
#[derive(SimpleObject)]
pub(in crate::graphql) struct CampaignConnection {
    /// The campaigns with their cursors.
    edges: Vec<CampaignEdge>,
    /// The campaigns.
    nodes: Vec<Campaign>,
    /// The bounds of the page.
    page_info: PageInfo,
    /// The number of campaigns in the whole list.
    total_count: i32,
}

/// A page of the campaigns that the requester may see, latest opening first.
pub(in crate::graphql) fn list_campaigns(
    ctx: &Context<'_>,
    args: &PageArgs,
    phase: Option<CampaignPhase>,
    organisation_id: Option<OrganisationId>,
) -> Result<CampaignConnection> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    let key = &app.hash_key;
    let after = decode_cursor(key, args.after.as_ref(), |cursor| match cursor {
        Cursor::Campaign(opens_at, id) => Some(Reverse((opens_at, id))),
        _ => None,
    })?;
    let now = app.clock.now();
    let is_listed = |roster: &Roster| {
        let campaign = roster.campaign();
        phase.is_none_or(|phase| CampaignPhase::from(campaign.phase(now)) == phase)
            && organisation_id.is_none_or(|id| campaign.organisation_id == id)
    };
    let catalog = app.campaigns.catalog();
    let visible = catalog.visible(viewer);
    let list: Vec<&Arc<Roster>> = visible.filter(|roster| is_listed(roster)).collect();
    let total_count = to_i32(list.len());
    let sort_key = |roster: &&Arc<Roster>| {
        let campaign = roster.campaign();
        Reverse((campaign.voting_opens_at.timestamp_micros(), campaign.id))
    };
    let to_node = |roster| {
        let Reverse((opens_at, id)) = sort_key(&roster);
        let cursor = Cursor::Campaign(opens_at, id).encode(key);
        (cursor, Campaign::new(app, Arc::clone(roster)))
    };
    let slice = args.cut(&list, sort_key, after.as_ref(), None);
    let Connection {
        edges,
        nodes,
        page_info,
    } = Connection::new(slice, to_node, |cursor, node| CampaignEdge { cursor, node });
    Ok(CampaignConnection {
        edges,
        nodes,
        page_info,
        total_count,
    })
}
