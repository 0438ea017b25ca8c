//! The root of reading.

use async_graphql::{Context, ID, Object, Result};

use super::connection::PageArgs;
use super::node_id;
use super::types::{
    Campaign, CampaignConnection, CampaignPhase, Node, Nominee, NomineeConnection, NomineeOrder,
    NomineeQuery, ShareSignature, SignInWay, Story, StoryConnection, Timestamp, Viewer, find_nodes,
    list_campaigns, list_nominees, list_stories, to_i32,
};
use super::{Nullable, app, mark_read, requester};
use crate::domain::story::FeedFilter;
use crate::error::Error;
use crate::id::{CampaignId, CategoryId};

/// Ids of one `nodes` at most.
const NODES_MAX: usize = 100;

/// The fields that everybody may read.
#[derive(Default)]
pub(super) struct PublicQuery;

/// Objects and lists to read. Everything here works without signing in, unless a field says otherwise.
#[Object]
impl PublicQuery {
    /// The object with this id; null if there is none, or the viewer may not see it.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Node> {
        let nodes = find_nodes(ctx, &[id]).await;
        nodes.map(|mut nodes| nodes.remove(0)).transpose()
    }

    /// The objects with these ids, in their order; null where there is none.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > NODES_MAX {
            return Err(
                Error::BadUserInput(format!("ids must have at most {NODES_MAX} entries.")).into(),
            );
        }
        find_nodes(ctx, &ids).await
    }

    /// The ways in for voters that this server is set up for, the best known first. A campaign may admit fewer.
    async fn sign_in_ways(&self, ctx: &Context<'_>) -> Vec<SignInWay> {
        app(ctx).ways_in().into_iter().map(Into::into).collect()
    }

    /// Days after the end of the last campaign that a voter took part in, after which nothing is kept of it but its
    /// votes and the numbers of likes, tied to nobody.
    async fn voter_retention_days(&self, ctx: &Context<'_>) -> i32 {
        to_i32(app(ctx).voter_retention.num_days())
    }

    /// The signature by which WeChat's own script shows a card of a page of this server that is sent on; null where no
    /// official account is set up, or WeChat gives none now.
    async fn share_signature(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The page's address, without what is behind its `#`.")] url: String,
    ) -> Result<Option<ShareSignature>> {
        let signature = app(ctx).sign_share(&url).await?;
        Ok(signature.map(Into::into))
    }

    /// A campaign, by id or by slug: give exactly one.
    async fn campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its name in addresses.")] slug: Option<String>,
    ) -> Nullable<Campaign> {
        find_campaign(ctx, id, slug).transpose()
    }

    /// Campaigns, latest opening first.
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "Only those in this phase.")] phase: Option<CampaignPhase>,
    ) -> Result<CampaignConnection> {
        list_campaigns(ctx, &PageArgs::new(first, after, None, None)?, phase, None)
    }

    /// The nominees of a campaign.
    #[allow(clippy::too_many_arguments, reason = "the arguments of the API")]
    async fn nominees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] campaign_id: ID,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those of this category.")] category: Option<ID>,
        #[graphql(
            desc = "Only those whose name, employer or post contains this text, or whose number it is. \
                    Case, accents and width of letters do not matter."
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
        let (app, viewer) = (app(ctx), requester(ctx).viewer);
        let campaign_id = node_id::decode(&app.hash_key, &campaign_id)?;
        let roster = app
            .campaigns
            .catalog()
            .find(campaign_id, viewer)
            .ok_or(Error::NotFound("campaign"))?;
        mark_read(ctx, Some(campaign_id));
        let query = NomineeQuery {
            page: PageArgs::new(first, after, last, before)?,
            category,
            search,
            order_by,
            seed,
        };
        list_nominees(ctx, &roster, query).await
    }

    /// The feed: stories that are out, newest first; of all campaigns without `campaignId`.
    #[allow(clippy::too_many_arguments, reason = "the arguments of the API")]
    async fn stories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this campaign.")] campaign_id: Option<ID>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor: older ones.")] after: Option<String>,
        #[graphql(desc = "The last so many, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor: newer ones.")] before: Option<String>,
        #[graphql(desc = "Only those about nominees of this category.")] category: Option<ID>,
    ) -> Result<StoryConnection> {
        let filter = feed_filter(ctx, campaign_id, category)?;
        list_stories(ctx, filter, PageArgs::new(first, after, last, before)?).await
    }

    /// A nominee; null if there is none.
    async fn nominee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Nullable<Nominee> {
        find_nominee(ctx, &id).transpose()
    }

    /// A story; null if there is none, or it is not out yet.
    async fn story(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Nullable<Story> {
        find_story(ctx, &id).await.transpose()
    }

    /// The viewer who is signed in; null when anonymous.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        Viewer::new(app(ctx), requester(ctx).viewer)
    }

    /// The server's clock: count down to it, not to the phone's.
    async fn server_time(&self, ctx: &Context<'_>) -> Timestamp {
        Timestamp(app(ctx).clock.now())
    }
}

/// The filter of a feed of stories: of a category, of a campaign, or of all.
fn feed_filter(
    ctx: &Context<'_>,
    campaign_id: Option<ID>,
    category: Option<ID>,
) -> Result<FeedFilter> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    let catalog = app.campaigns.catalog();
    let campaign_id: Option<CampaignId> = campaign_id
        .map(|id| node_id::decode(&app.hash_key, &id))
        .transpose()?;
    let category_id: Option<CategoryId> = category
        .map(|id| node_id::decode(&app.hash_key, &id))
        .transpose()?;
    if let Some(id) = category_id {
        let roster = catalog.find_by_category(id, viewer);
        let roster = roster.filter(|r| campaign_id.is_none_or(|id| r.campaign().id == id));
        let roster = roster.ok_or(Error::NotFound("category"))?;
        mark_read(ctx, Some(roster.campaign().id));
        return Ok(FeedFilter::Category(id));
    }
    mark_read(ctx, campaign_id);
    let Some(id) = campaign_id else {
        return Ok(FeedFilter::All);
    };
    let roster = catalog.find(id, viewer);
    roster.ok_or(Error::NotFound("campaign"))?;
    Ok(FeedFilter::Campaign(id))
}

fn find_campaign(
    ctx: &Context<'_>,
    id: Option<ID>,
    slug: Option<String>,
) -> Result<Option<Campaign>> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    let catalog = app.campaigns.catalog();
    let roster = match (id, slug) {
        (Some(id), None) => catalog.find(node_id::decode(&app.hash_key, &id)?, viewer),
        (None, Some(slug)) => catalog.find_by_slug(&slug, viewer),
        _ => return Err(Error::BadUserInput("Give either id or slug.".into()).into()),
    };
    mark_read(ctx, roster.as_ref().map(|roster| roster.campaign().id));
    Ok(roster.map(|roster| Campaign::new(app, roster)))
}

fn find_nominee(ctx: &Context<'_>, id: &ID) -> Result<Option<Nominee>> {
    let id = node_id::decode(&app(ctx).hash_key, id)?;
    let catalog = app(ctx).campaigns.catalog();
    let found = catalog.find_by_nominee(id, requester(ctx).viewer);
    mark_read(ctx, found.as_ref().map(|(roster, _)| roster.campaign().id));
    Ok(found.map(|(roster, index)| Nominee::on_own_page(ctx, &roster, index)))
}

async fn find_story(ctx: &Context<'_>, id: &ID) -> Result<Option<Story>> {
    let id = node_id::decode(&app(ctx).hash_key, id)?;
    let viewer = requester(ctx).viewer;
    let story = app(ctx).find_stories(viewer, vec![id]).await?.pop();
    mark_read(ctx, story.as_ref().map(|story| story.campaign_id));
    Ok(story.map(|story| Story::on_own_page(ctx, story)))
}
