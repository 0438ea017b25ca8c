//! The audit log: what was done, by whom. Events are stored in the transaction of their change and never changed;
//! triggers refuse it.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::rows::Ids;
use super::statement::with_ids;
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::access::StaffRole;
use crate::domain::change::Change;
use crate::id::{AuditEventId, CampaignId, OrganisationId, StaffId};

/// The time for which the key of a creation makes a repetition the same.
const KEYS_REMEMBERED: TimeDelta = TimeDelta::days(7);
/// Rows removed in one statement, so that it holds nobody up.
const PURGE_BATCH: i64 = 1_000;

/// The kind of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActorKind {
    /// A member of staff.
    Staff,
    /// An operator, by a command on the server.
    Operator,
    /// The clock.
    Clock,
}

/// The kind of the object that an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SubjectKind {
    /// An organisation.
    Organisation,
    /// A member of staff.
    Staff,
    /// An invitation.
    Invitation,
    /// A campaign.
    Campaign,
    /// A category.
    Category,
    /// A nominee.
    Nominee,
    /// A story.
    Story,
    /// An import of a spreadsheet.
    Import,
    /// A table of a campaign as a file.
    Export,
    /// A report of a campaign.
    Report,
    /// A rule that withholds votes.
    WithholdingRule,
    /// A case that the signals have found.
    SignalCase,
}

/// An entry of the audit log.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AuditEvent {
    /// Its id.
    pub id: AuditEventId,
    /// The time of the change.
    pub at: DateTime<Utc>,
    /// The organisation whose object was changed.
    pub organisation_id: OrganisationId,
    /// The campaign that the object belongs to; none for the organisation's own.
    pub campaign_id: Option<CampaignId>,
    /// The kind of its actor.
    pub actor_kind: ActorKind,
    /// The actor, if it is a member of staff.
    pub actor_id: Option<StaffId>,
    /// The actor's name then.
    pub actor_name: String,
    /// The actor's role then, if it is a member of staff.
    pub actor_role: Option<StaffRole>,
    /// The action: noun and verb, such as `nominee.freeze`.
    pub action: String,
    /// The kind of the object.
    pub subject_kind: SubjectKind,
    /// The object.
    pub subject_id: Uuid,
    /// The object's name then.
    pub subject_label: String,
    /// The object's edit revision after the change, where it has one.
    pub subject_revision: Option<i64>,
    /// The fields that were changed.
    #[sqlx(json)]
    pub changes: Vec<Change>,
    /// The reason that the actor gave.
    pub reason: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
    /// The keyed hash of the actor's network.
    pub network_hash: Option<Vec<u8>>,
}

/// Stores an event. Of those with the same `once_key` one is stored.
pub async fn insert(
    tx: &mut Transaction,
    event: &AuditEvent,
    once_key: Option<&[u8]>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "insert_audit_event",
        "INSERT INTO audit_event (id, at, organisation_id, campaign_id, actor_kind, actor_id, actor_name, actor_role,
            action, subject_kind, subject_id, subject_label, subject_revision, changes, reason, request_id,
            network_hash, once_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        ON CONFLICT (once_key) DO NOTHING"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(event.id).bind(event.at).bind(event.organisation_id).bind(event.campaign_id).bind(event.actor_kind)
        .bind(event.actor_id).bind(&event.actor_name).bind(event.actor_role).bind(&event.action)
        .bind(event.subject_kind).bind(event.subject_id).bind(&event.subject_label).bind(event.subject_revision)
        .bind(Json(&event.changes)).bind(&event.reason).bind(&event.request_id).bind(&event.network_hash)
        .bind(once_key).execute(t).await.map(drop))
}

/// The events that are listed: those of an organisation for which all that is given holds.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only those of this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Only those of this actor.
    pub actor_id: Option<StaffId>,
    /// Only those with this action.
    pub action: Option<String>,
    /// Only those from this time on.
    pub from: Option<DateTime<Utc>>,
    /// Only those before this time.
    pub to: Option<DateTime<Utc>>,
}

/// A position in the list of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditPosition {
    /// The time.
    pub at: DateTime<Utc>,
    /// The event's id, which orders those of the same time.
    pub id: AuditEventId,
}

/// The statement that lists events, with the types that PostgreSQL wants to be told.
macro_rules! audit_list {
    ($campaign:literal, $actor:literal, $action:literal, $from:literal, $to:literal, $after:literal) => {
        concat!(
            "SELECT id, at, organisation_id, campaign_id, actor_kind, actor_id, actor_name, actor_role, action,
                subject_kind, subject_id, subject_label, subject_revision, changes, reason, request_id, network_hash
            FROM audit_event WHERE organisation_id = $1
                AND (", $campaign, " IS NULL OR campaign_id = $2) AND (", $actor, " IS NULL OR actor_id = $3)
                AND (", $action, " IS NULL OR action = $4) AND (", $from, " IS NULL OR at >= $5)
                AND (", $to, " IS NULL OR at < $6) AND (", $after, " IS NULL OR (at, id) < ($7, $8))
            ORDER BY at DESC, id DESC LIMIT $9"
        )
    };
}

/// Events of an organisation behind `after`, newest first, at most `limit`.
pub async fn list(
    database: &Database,
    organisation_id: OrganisationId,
    filter: &AuditFilter,
    after: Option<AuditPosition>,
    limit: i64,
) -> sqlx::Result<Vec<AuditEvent>> {
    let statement = sql!(
        "list_audit_events",
        postgres: audit_list!(
            "$2::uuid",
            "$3::uuid",
            "$4::text",
            "$5::timestamptz",
            "$6::timestamptz",
            "$7::timestamptz"
        ),
        sqlite: audit_list!("$2", "$3", "$4", "$5", "$6", "$7"),
    );
    let (at, id) = after.map(|after| (after.at, after.id)).unzip();
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(organisation_id).bind(filter.campaign_id).bind(filter.actor_id).bind(&filter.action)
        .bind(filter.from).bind(filter.to).bind(at).bind(id).bind(limit).fetch_all(p).await)
}

/// The events of `ids` that exist.
pub async fn list_by_ids(database: &Database, ids: Vec<Uuid>) -> sqlx::Result<Vec<AuditEvent>> {
    let statement = with_ids!(
        "list_audit_events_by_ids",
        "SELECT id, at, organisation_id, campaign_id, actor_kind, actor_id, actor_name, actor_role, action,
            subject_kind, subject_id, subject_label, subject_revision, changes, reason, request_id, network_hash
        FROM audit_event WHERE id",
        ""
    );
    let ids = Ids(ids);
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(&ids).fetch_all(p).await)
}

/// The events about an object that say at which revision it stood afterwards, in the order of the revisions.
pub async fn list_of_subject(
    database: &Database,
    subject_id: Uuid,
) -> sqlx::Result<Vec<AuditEvent>> {
    let statement = sql!(
        "list_audit_events_of_subject",
        "SELECT id, at, organisation_id, campaign_id, actor_kind, actor_id, actor_name, actor_role, action,
            subject_kind, subject_id, subject_label, subject_revision, changes, reason, request_id, network_hash
        FROM audit_event WHERE subject_id = $1 AND subject_revision IS NOT NULL ORDER BY subject_revision, at, id"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(subject_id).fetch_all(p).await)
}

/// The events of a campaign that say at which revision their subject stood afterwards, in the order of the revisions.
pub async fn list_of_campaign(
    database: &Database,
    campaign_id: CampaignId,
) -> sqlx::Result<Vec<AuditEvent>> {
    let statement = sql!(
        "list_audit_events_of_campaign",
        "SELECT id, at, organisation_id, campaign_id, actor_kind, actor_id, actor_name, actor_role, action,
            subject_kind, subject_id, subject_label, subject_revision, changes, reason, request_id, network_hash
        FROM audit_event WHERE campaign_id = $1 AND subject_revision IS NOT NULL ORDER BY subject_revision, at, id"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(campaign_id).fetch_all(p).await)
}

/// Events of a campaign behind `after`, oldest first, at most `limit`, as this transaction sees them.
pub async fn list_page(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    after: AuditPosition,
    limit: i64,
) -> sqlx::Result<Vec<AuditEvent>> {
    let statement = sql!(
        "list_audit_events_to_export",
        "SELECT id, at, organisation_id, campaign_id, actor_kind, actor_id, actor_name, actor_role, action,
            subject_kind, subject_id, subject_label, subject_revision, changes, reason, request_id, network_hash
        FROM audit_event WHERE campaign_id = $1 AND (at, id) > ($2, $3) ORDER BY at, id LIMIT $4"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text)
        .bind(campaign_id).bind(after.at).bind(after.id).bind(limit).fetch_all(t).await)
}

/// Forgets up to [`PURGE_BATCH`] keys of creations that nobody tries again; returns whether there may be more.
pub async fn purge_creations(database: &Database, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let statement = sql!(
        "purge_creations",
        "DELETE FROM creation WHERE (actor_id, idempotency_key) IN (
            SELECT actor_id, idempotency_key FROM creation WHERE created_at < $1 LIMIT $2)"
    );
    let purged = on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(now - KEYS_REMEMBERED).bind(PURGE_BATCH).execute(p).await.map(|done| done.rows_affected()))?;
    Ok(i64::try_from(purged) == Ok(PURGE_BATCH))
}

/// Notes that this idempotency key of an actor makes this object; returns the object that it made before, if it did.
pub async fn claim_creation(
    tx: &mut Transaction,
    actor_id: StaffId,
    idempotency_key: Uuid,
    subject_id: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    let statement = sql!(
        "claim_creation",
        "INSERT INTO creation (actor_id, idempotency_key, subject_id, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (actor_id, idempotency_key) DO NOTHING"
    );
    let is_new = in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(actor_id).bind(idempotency_key).bind(subject_id).bind(now)
        .execute(t).await.map(|done| done.rows_affected() == 1))?;
    if is_new {
        return Ok(None);
    }
    let statement = sql!(
        "find_creation",
        "SELECT subject_id FROM creation WHERE actor_id = $1 AND idempotency_key = $2"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text)
        .bind(actor_id).bind(idempotency_key).fetch_optional(t).await)
}
