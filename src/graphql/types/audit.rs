//! The audit log of an organisation.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::change::Change;
use super::scalars::Timestamp;
use super::staff::StaffRole;
use super::{Campaign, Node, find_nodes};
use crate::app::App;
use crate::domain::access::Action;
use crate::error::Error;
use crate::graphql::connection::{Connection, PageArgs, PageInfo, PageSlice, decode_cursor};
use crate::graphql::node_id::{self, Cursor, GlobalId};
use crate::graphql::{Nullable, app, requester};
use crate::id::{
    AuditEventId, CampaignId, CategoryId, ExportId, ImportId, NomineeId, OrganisationId, ReportId,
    StoryId,
};
use crate::ledger::audit::{self as ledger, AuditFilter, AuditPosition, SubjectKind};

/// The kind of an actor.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "ledger::ActorKind")]
pub(super) enum ActorKind {
    /// A member of staff.
    Staff,
    /// An operator, by a command on the server.
    Operator,
    /// The clock.
    Clock,
}

/// An entry of an audit log.
#[derive(Clone)]
pub(in crate::graphql) struct AuditEvent {
    app: Arc<App>,
    event: Arc<ledger::AuditEvent>,
}

/// An entry of an audit log: a change that was made, or an attempt that was refused ("access.refused").
#[Object]
impl AuditEvent {
    /// Its id.
    pub(super) async fn id(&self) -> ID {
        GlobalId::AuditEvent(self.event.id).encode(&self.app.hash_key)
    }

    /// The time of the change.
    async fn at(&self) -> Timestamp {
        Timestamp(self.event.at)
    }

    /// The kind of its actor.
    async fn actor_kind(&self) -> ActorKind {
        self.event.actor_kind.into()
    }

    /// The actor's name then.
    async fn actor_name(&self) -> &str {
        &self.event.actor_name
    }

    /// The actor's role then; null for commands and the clock.
    async fn actor_role(&self) -> Option<StaffRole> {
        self.event.actor_role.map(Into::into)
    }

    /// The action: noun and verb, such as "nominee.freeze".
    async fn action(&self) -> &str {
        &self.event.action
    }

    /// The object that was changed; null where it is gone, or has no page of its own.
    async fn subject(&self, ctx: &Context<'_>) -> Nullable<Node> {
        let id = self.event.subject_id;
        let id = match self.event.subject_kind {
            SubjectKind::Organisation => GlobalId::Organisation(OrganisationId(id)),
            SubjectKind::Campaign => GlobalId::Campaign(CampaignId(id)),
            SubjectKind::Category => GlobalId::Category(CategoryId(id)),
            SubjectKind::Nominee => GlobalId::Nominee(NomineeId(id)),
            SubjectKind::Story => GlobalId::Story(StoryId(id)),
            SubjectKind::Import => GlobalId::Import(ImportId(id)),
            SubjectKind::Export => GlobalId::Export(ExportId(id)),
            SubjectKind::Report => GlobalId::Report(ReportId(id)),
            SubjectKind::Staff
            | SubjectKind::Invitation
            | SubjectKind::WithholdingRule
            | SubjectKind::SignalCase => return None,
        };
        let id = id.encode(&self.app.hash_key);
        let nodes = Box::pin(find_nodes(ctx, &[id])).await;
        nodes.map(|mut nodes| nodes.remove(0)).transpose()
    }

    /// The object's name then.
    async fn subject_label(&self) -> &str {
        &self.event.subject_label
    }

    /// The campaign that the object belongs to; null for the organisation's own, and for a draft that was deleted.
    async fn campaign(&self, ctx: &Context<'_>) -> Option<Campaign> {
        let catalog = self.app.campaigns.catalog();
        let roster = catalog.find(self.event.campaign_id?, requester(ctx).viewer)?;
        Some(Campaign::new(&self.app, roster))
    }

    /// The fields that were changed.
    async fn changes(&self) -> Vec<Change> {
        self.event.changes.iter().map(Change::from).collect()
    }

    /// The reason that the actor gave.
    async fn reason(&self) -> Option<&str> {
        self.event.reason.as_deref()
    }
}

/// An entry in a list.
#[derive(SimpleObject)]
pub(super) struct AuditEventEdge {
    /// Its position in the list.
    cursor: String,
    /// The entry.
    node: AuditEvent,
}

/// A page of an audit log.
#[derive(SimpleObject)]
pub(super) struct AuditEventConnection {
    /// The entries with their cursors.
    edges: Vec<AuditEventEdge>,
    /// The entries.
    nodes: Vec<AuditEvent>,
    /// The bounds of the page.
    page_info: PageInfo,
}

/// The filter of a list of entries, as clients send it.
pub(super) struct AuditEventQuery {
    pub(super) campaign_id: Option<ID>,
    pub(super) actor_id: Option<ID>,
    pub(super) action: Option<String>,
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
}

/// A page of the audit log of an organisation; an empty one for viewers who may not see it.
pub(super) async fn list_audit_events(
    ctx: &Context<'_>,
    organisation_id: OrganisationId,
    args: &PageArgs,
    query: AuditEventQuery,
) -> Result<AuditEventConnection> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    let key = &app.hash_key;
    let after = decode_cursor(key, args.after.as_ref(), |cursor| match cursor {
        Cursor::AuditEvent(at, id) => {
            let at = chrono::DateTime::from_timestamp_micros(at)?;
            Some(AuditPosition { at, id })
        }
        _ => None,
    })?;
    let filter = AuditFilter {
        campaign_id: query
            .campaign_id
            .map(|id| node_id::decode(key, &id))
            .transpose()?,
        actor_id: query
            .actor_id
            .map(|id| node_id::decode(key, &id))
            .transpose()?,
        action: query.action,
        from: query.from.map(|from| from.0),
        to: query.to.map(|to| to.0),
    };
    let mut events = if app.may(viewer, organisation_id, Action::ReadRecords) {
        // One beyond the page tells whether there are more.
        let limit = i64::try_from(args.limit).unwrap_or(i64::MAX - 1) + 1;
        ledger::list(&app.database, organisation_id, &filter, after, limit)
            .await
            .map_err(Error::from)?
    } else {
        Vec::new()
    };
    let has_next = events.len() > args.limit;
    events.truncate(args.limit);
    let slice = PageSlice {
        entries: events,
        has_previous: after.is_some(),
        has_next,
    };
    let to_node = |event: ledger::AuditEvent| {
        let cursor = Cursor::AuditEvent(event.at.timestamp_micros(), event.id).encode(key);
        let node = AuditEvent {
            app: Arc::clone(app),
            event: Arc::new(event),
        };
        (cursor, node)
    };
    let Connection {
        edges,
        nodes,
        page_info,
    } = Connection::new(slice, to_node, |cursor, node| AuditEventEdge {
        cursor,
        node,
    });
    Ok(AuditEventConnection {
        edges,
        nodes,
        page_info,
    })
}

/// The entries of `ids` that the requester may see.
pub(in crate::graphql) async fn find_audit_events(
    ctx: &Context<'_>,
    ids: Vec<AuditEventId>,
) -> Result<HashMap<AuditEventId, AuditEvent>> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    if ids.is_empty() || viewer.staff().is_none() {
        return Ok(HashMap::new());
    }
    let ids = ids.into_iter().map(|id| id.0).collect();
    let events = ledger::list_by_ids(&app.database, ids).await;
    let events = events.map_err(Error::from)?.into_iter();
    Ok(events
        .filter(|event| app.may(viewer, event.organisation_id, Action::ReadRecords))
        .map(|event| {
            let id = event.id;
            let event = AuditEvent {
                app: Arc::clone(app),
                event: Arc::new(event),
            };
            (id, event)
        })
        .collect())
}
