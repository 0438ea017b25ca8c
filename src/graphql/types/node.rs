//! Objects by their ids, whatever kind they are of.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Interface, Result};
use uuid::Uuid;

use super::{
    AuditEvent, Campaign, Category, Export, Import, Nominee, Organisation, Report, Story, Vote,
    find_audit_events, find_exports, find_imports, find_reports,
};
use crate::error::Error;
use crate::graphql::node_id::{FromGlobalId, GlobalId};
use crate::graphql::page::{NomineePage, NomineePages, StoryPage};
use crate::graphql::{app, requester};
use crate::id::{CampaignId, NomineeId, StoryId, VoteId};
use crate::ledger;

/// An object with an id.
#[derive(Interface, Clone)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Its id: opaque, unique among all objects."
))]
pub(in crate::graphql) enum Node {
    /// A campaign.
    Campaign(Campaign),
    /// A category.
    Category(Category),
    /// A nominee.
    Nominee(Nominee),
    /// A story.
    Story(Story),
    /// A vote.
    Vote(Vote),
    /// An organisation.
    Organisation(Organisation),
    /// An entry of an audit log.
    AuditEvent(AuditEvent),
    /// An import of a spreadsheet.
    Import(Import),
    /// An export.
    Export(Export),
    /// A report.
    Report(Report),
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
pub(in crate::graphql) async fn find_nodes(
    ctx: &Context<'_>,
    ids: &[ID],
) -> Result<Vec<Option<Node>>> {
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
    let events = find_audit_events(ctx, ids_of(&distinct).collect()).await?;
    let imports = find_imports(ctx, ids_of(&distinct).collect()).await?;
    let exports = find_exports(ctx, ids_of(&distinct).collect()).await?;
    let reports = find_reports(ctx, ids_of(&distinct).collect()).await?;
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
            GlobalId::Organisation(id) => {
                Organisation::find(app, viewer, |directory| directory.find(id))
                    .map(Node::Organisation)
            }
            GlobalId::AuditEvent(id) => events.get(&id).cloned().map(Node::AuditEvent),
            GlobalId::Import(id) => imports.get(&id).cloned().map(Node::Import),
            GlobalId::Export(id) => exports.get(&id).cloned().map(Node::Export),
            GlobalId::Report(id) => reports.get(&id).cloned().map(Node::Report),
            GlobalId::Voter(_)
            | GlobalId::Staff(_)
            | GlobalId::Invitation(_)
            | GlobalId::Upload(_)
            | GlobalId::WithholdingRule(_)
            | GlobalId::SignalCase(_)
            | GlobalId::SignalOffer(..) => None,
        });
    }
    Ok(nodes)
}

/// The ids of one kind among `ids`.
fn ids_of<T: FromGlobalId>(ids: &[GlobalId]) -> impl Iterator<Item = T> {
    ids.iter().copied().filter_map(T::from_global_id)
}
