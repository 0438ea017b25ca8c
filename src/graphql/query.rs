//! The root of reading.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use uuid::Uuid;

use super::connection::PageArgs;
use super::node_id::{self, FromGlobalId, GlobalId};
use super::page::{NomineePage, NomineePages, StoryPage};
use super::types::{
    Campaign, CampaignConnection, CampaignPhase, Category, Node, Nominee, NomineeConnection,
    NomineeOrder, NomineeQuery, Story, StoryConnection, Timestamp, Viewer, Vote, list_campaigns,
    list_nominees, list_stories,
};
use super::{Nullable, app, mark_read, requester};
use crate::domain::story::FeedFilter;
use crate::error::Error;
use crate::id::{CampaignId, CategoryId, NomineeId, StoryId, VoteId};
use crate::ledger;

/// Ids of one `nodes` at most.
const NODES_MAX: usize = 100;

/// The root of reading.
pub(super) struct Query;

/// Objects and lists to read. Everything here works without signing in, unless a field says otherwise.
#[Object]
impl Query {
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
        list_campaigns(ctx, &PageArgs::new(first, after, None, None)?, phase)
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

/// The viewer's own votes among these ids: one statement for those of a campaign.
async fn find_votes(ctx: &Context<'_>, ids: &[GlobalId]) -> Result<HashMap<VoteId, Vote>> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    let mut found = HashMap::new();
    let Some(voter_id) = viewer.voter() else {
        return Ok(found);
    };
    let mut by_campaign: HashMap<CampaignId, Vec<Uuid>> = HashMap::new();
    for id in ids {
        if let GlobalId::Vote(campaign_id, id) = id {
            by_campaign.entry(*campaign_id).or_default().push(id.0);
        }
    }
    let catalog = app.campaigns.catalog();
    for (campaign_id, ids) in by_campaign {
        let Some(roster) = catalog.find(campaign_id, viewer) else {
            continue;
        };
        let votes = ledger::vote::list_by_ids(&app.database, campaign_id, voter_id, ids)
            .await
            .map_err(Error::from)?;
        // Votes for nominees that are no longer in the roster are left out.
        let votes: Vec<_> = votes
            .into_iter()
            .filter_map(|vote| Some((roster.index_of(vote.nominee_id)?, vote)))
            .collect();
        let page = NomineePage::new(ctx, &roster, votes.iter().map(|(index, _)| *index));
        for (index, vote) in votes {
            found.insert(vote.id, Vote::new(Arc::clone(&page), index, vote));
        }
    }
    Ok(found)
}

/// The objects with these ids: all stories take one statement, so do the votes of a campaign, and nominees of one
/// campaign share a page.
async fn find_nodes(ctx: &Context<'_>, ids: &[ID]) -> Result<Vec<Option<Node>>> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    let ids = ids
        .iter()
        .map(|id| GlobalId::decode(&app.hash_key, id))
        .collect::<Result<Vec<_>, Error>>()?;
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let story_ids: Vec<StoryId> = ids_of(&distinct).collect();
    let stories = StoryPage::new(ctx, app.find_stories(viewer, story_ids).await?);
    let nominees = NomineePages::new(ctx, ids_of::<NomineeId>(&distinct));
    let votes = find_votes(ctx, &distinct).await?;
    let catalog = app.campaigns.catalog();
    let mut nodes = Vec::with_capacity(ids.len());
    for id in ids {
        nodes.push(match id {
            GlobalId::Campaign(id) => catalog
                .find(id, viewer)
                .map(|roster| Node::Campaign(Campaign::new(app, roster))),
            GlobalId::Category(id) => catalog.find_by_category(id, viewer).and_then(|roster| {
                let index = roster.category_index(id)?;
                Some(Node::Category(Category::new(app, roster, index)))
            }),
            GlobalId::Nominee(id) => nominees
                .find(id)
                .map(|(page, index)| Node::Nominee(Nominee::new(page, index))),
            GlobalId::Story(id) => {
                let mut listed = stories.slice.stories.iter();
                let index = listed.position(|story| story.id == id);
                index.map(|index| Node::Story(Story::new(Arc::clone(&stories), index)))
            }
            GlobalId::Vote(_, id) => votes.get(&id).cloned().map(Node::Vote),
            GlobalId::Voter(_) | GlobalId::Staff(_) => None,
        });
    }
    Ok(nodes)
}

/// The ids of one kind among `ids`.
fn ids_of<T: FromGlobalId>(ids: &[GlobalId]) -> impl Iterator<Item = T> {
    ids.iter().copied().filter_map(T::from_global_id)
}
