//! The traces that are kept of a voter: its ways in, votes and likes.

use std::collections::HashMap;

use async_graphql::{Context, ID, Result, SimpleObject};
use chrono::DateTime;

use super::IdentityKind;
use super::scalars::Timestamp;
use crate::app::App;
use crate::error::Error;
use crate::graphql::connection::{Connection, PageArgs, PageInfo, PageSlice, decode_cursor};
use crate::graphql::node_id::{Cursor, GlobalId};
use crate::graphql::{app, requester};
use crate::id::{NomineeId, StoryId, VoterId};
use crate::ledger::kept;

/// A way in that is kept of a voter, as a hash that only this server can compute.
#[derive(SimpleObject)]
pub(in crate::graphql) struct KeptIdentity {
    /// Its kind; null for the name by which a platform knows the person in all of its apps.
    kind: Option<IdentityKind>,
    /// Since when it is known.
    since: Timestamp,
}

/// A vote or a like that is kept of a voter.
#[derive(SimpleObject, Clone)]
pub(in crate::graphql) struct KeptAct {
    /// When it was given.
    at: Timestamp,
    /// The nominee or story; null where it is not shown any more.
    subject_id: Option<ID>,
    /// The nominee's name or the story's title; null where it is not shown any more.
    subject: Option<String>,
    /// The campaign's title; null where it is not shown any more.
    campaign: Option<String>,
}

/// A vote or like that is kept, with its position.
#[derive(SimpleObject)]
pub(in crate::graphql) struct KeptActEdge {
    /// Its position in the list.
    cursor: String,
    /// The vote or like.
    node: KeptAct,
}

/// A page of the votes or likes that are kept of a voter.
#[derive(SimpleObject)]
pub(in crate::graphql) struct KeptActConnection {
    /// The votes or likes with their positions.
    edges: Vec<KeptActEdge>,
    /// The votes or likes.
    nodes: Vec<KeptAct>,
    /// The bounds of the page.
    page_info: PageInfo,
}

/// The answer of `forgetMe`.
#[derive(SimpleObject)]
pub(in crate::graphql) struct ForgetMePayload {
    /// From when on, within minutes, nothing is kept but votes and numbers of likes, tied to nobody. It waits until the
    /// result of every campaign that the voter took part in is settled: its tokens are good for nothing by then.
    pub(in crate::graphql) due_at: Timestamp,
}

/// The lists of what a voter did.
#[derive(Debug, Clone, Copy)]
pub(super) enum KeptList {
    /// Its votes.
    Votes,
    /// Its likes.
    Likes,
}

/// The ways in that are kept of a voter.
pub(super) async fn list_kept_identities(app: &App, voter: VoterId) -> Result<Vec<KeptIdentity>> {
    let kept = kept::list_identities(&app.database, voter).await;
    let kept = kept.map_err(Error::from)?.into_iter();
    Ok(kept
        .map(|identity| KeptIdentity {
            kind: identity.kind.map(Into::into),
            since: Timestamp(identity.created_at),
        })
        .collect())
}

/// A page of a list of what a voter did, the newest first.
pub(super) async fn list_kept_acts(
    ctx: &Context<'_>,
    list: KeptList,
    voter: Option<VoterId>,
    args: &PageArgs,
) -> Result<KeptActConnection> {
    let app = app(ctx);
    let after = decode_cursor(&app.hash_key, args.after.as_ref(), |cursor| match cursor {
        Cursor::KeptAct(at, id) => Some((DateTime::from_timestamp_micros(at)?, id)),
        _ => None,
    })?;
    // One beyond the page tells whether there are more.
    let limit = i64::try_from(args.limit).unwrap_or(i64::MAX - 1) + 1;
    let acts = match (list, voter) {
        (_, None) => Ok(Vec::new()),
        (KeptList::Votes, Some(voter)) => {
            kept::list_votes(&app.database, voter, after, limit).await
        }
        (KeptList::Likes, Some(voter)) => {
            kept::list_likes(&app.database, voter, after, limit).await
        }
    };
    let mut acts = acts.map_err(Error::from)?;
    let has_next = acts.len() > args.limit;
    acts.truncate(args.limit);
    let entries = shown(ctx, acts).await?;
    let slice = PageSlice {
        entries,
        has_previous: after.is_some(),
        has_next,
    };
    let Connection {
        edges,
        nodes,
        page_info,
    } = Connection::new(
        slice,
        |entry| entry,
        |cursor, node| KeptActEdge { cursor, node },
    );
    Ok(KeptActConnection {
        edges,
        nodes,
        page_info,
    })
}

/// Acts with their cursors, as they are shown: nominees and campaigns from memory, the stories of the page at once.
async fn shown(ctx: &Context<'_>, acts: Vec<kept::KeptAct>) -> Result<Vec<(String, KeptAct)>> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    let catalog = app.campaigns.catalog();
    let nominee = |act: &kept::KeptAct| {
        let (roster, index) = catalog.find_by_nominee(NomineeId(act.subject_id.0), viewer)?;
        Some(roster.nominees()[index].name.clone())
    };
    let nominees: Vec<Option<String>> = acts.iter().map(nominee).collect();
    let others = acts
        .iter()
        .zip(&nominees)
        .filter(|(_, nominee)| nominee.is_none());
    let stories = others.map(|(act, _)| StoryId(act.subject_id.0)).collect();
    let stories = Box::pin(app.find_stories(viewer, stories)).await?;
    let mut titles: HashMap<StoryId, String> = stories
        .into_iter()
        .map(|story| (story.id, story.title))
        .collect();
    let key = &app.hash_key;
    let show = |(act, nominee): (kept::KeptAct, Option<String>)| {
        let title = titles.remove(&StoryId(act.subject_id.0));
        let subject_id = match (&nominee, &title) {
            (Some(_), _) => Some(GlobalId::Nominee(NomineeId(act.subject_id.0))),
            (None, Some(_)) => Some(GlobalId::Story(StoryId(act.subject_id.0))),
            (None, None) => None,
        };
        let campaign = catalog.find(act.campaign_id, viewer);
        let cursor = Cursor::KeptAct(act.at.timestamp_micros(), act.id).encode(key);
        let shown = KeptAct {
            at: Timestamp(act.at),
            subject_id: subject_id.map(|id| id.encode(key)),
            subject: nominee.or(title),
            campaign: campaign.map(|roster| roster.campaign().title.clone()),
        };
        (cursor, shown)
    };
    Ok(acts.into_iter().zip(nominees).map(show).collect())
}
