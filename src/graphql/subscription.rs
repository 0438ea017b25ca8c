//! The root of watching.

use std::sync::Arc;

use async_graphql::{Context, ID, Result, Subscription as Root};
use futures_util::stream::{self, Stream};
use tokio::sync::broadcast::error::RecvError;

use super::types::{Story, Tally};
use super::{app, node_id, requester};
use crate::app::App;
use crate::auth::Viewer;
use crate::domain::roster::Roster;
use crate::error::Error;
use crate::id::CampaignId;

/// The root of watching.
pub(super) struct Subscription;

/// Events to watch, over graphql-transport-ws or graphql-sse.
#[Root]
impl Subscription {
    /// A campaign's tally: the current one at once, then each newer one, at most five a second. A slow client skips
    /// versions. It ends when the rules hide the tally.
    async fn tally_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] campaign_id: ID,
    ) -> Result<impl Stream<Item = Tally> + use<>> {
        let (app, viewer) = (Arc::clone(app(ctx)), requester(ctx).viewer);
        let roster = find_campaign(ctx, &campaign_id)?;
        if app.find_tally(&roster, viewer).await?.is_none() {
            return Err(Error::Forbidden("The tally is hidden for now.").into());
        }
        let id = roster.campaign().id;
        let mut tallies = app.watch_tally(id).await?;
        // The current one comes first.
        tallies.mark_changed();
        // Whoever is let in by a membership is out when that ends, whether or not there are votes.
        let access = app.campaigns.watch_access();
        Ok(stream::unfold(
            (app, tallies, access),
            move |(app, mut tallies, mut access)| async move {
                loop {
                    tokio::select! {
                        changed = tallies.changed() => changed.ok()?,
                        changed = access.changed(), if viewer.staff().is_some() => {
                            changed.ok()?;
                            if !may_watch(&app, id, viewer) {
                                return None;
                            }
                            continue;
                        }
                    }
                    let ranked = tallies.borrow_and_update().clone()?;
                    let may_watch = may_watch(&app, id, viewer);
                    let tally = Tally::new(&app, ranked);
                    return may_watch.then_some((tally, (app, tallies, access)));
                }
            },
        ))
    }

    /// Stories of a campaign, each as it comes out. For a client that is too slow it ends: read the feed and come back.
    async fn story_published(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] campaign_id: ID,
    ) -> Result<impl Stream<Item = Story> + use<>> {
        let campaign_id = find_campaign(ctx, &campaign_id)?.campaign().id;
        let (app, viewer) = (Arc::clone(app(ctx)), requester(ctx).viewer);
        let stories = app.published_stories.subscribe();
        let access = app.campaigns.watch_access();
        Ok(stream::unfold(
            (app, stories, access),
            move |(app, mut stories, mut access)| async move {
                loop {
                    let received = tokio::select! {
                        received = stories.recv() => received,
                        changed = access.changed(), if viewer.staff().is_some() => {
                            changed.ok()?;
                            app.campaigns.catalog().find(campaign_id, viewer)?;
                            continue;
                        }
                    };
                    match received {
                        Ok(story) if story.campaign_id == campaign_id => {
                            let node = Story::for_viewer(&app, viewer, story.as_ref().clone());
                            return Some((node, (app, stories, access)));
                        }
                        // Another campaign's.
                        Ok(_) => {}
                        // Ended, since it would have a gap: the client reads the feed and comes back.
                        Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
                    }
                }
            },
        ))
    }
}

/// Whether the rules of this moment show a campaign's tally. Those that it was ranked by may be a draft's yet, when the
/// campaign has just been announced.
fn may_watch(app: &App, id: CampaignId, viewer: Viewer) -> bool {
    let roster = app.campaigns.catalog().find(id, viewer);
    roster.is_some_and(|roster| app.may_see_tally(&roster, viewer))
}

fn find_campaign(ctx: &Context<'_>, id: &ID) -> Result<Arc<Roster>> {
    let id = node_id::decode(&app(ctx).hash_key, id)?;
    let found = app(ctx).campaigns.catalog().find(id, requester(ctx).viewer);
    Ok(found.ok_or(Error::NotFound("campaign"))?)
}
