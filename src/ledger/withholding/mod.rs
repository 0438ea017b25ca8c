//! Rules that withhold votes, as they are stored. [`groups`] shows what votes have in common, [`selection`] finds the
//! votes that a rule names, [`pass`] holds them and lets them go,
//! [`recount`] compares.

pub mod groups;
pub mod pass;
pub mod recount;
pub mod selection;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use super::readable::read_row;
use super::rows::Ids;
use super::statement::with_ids;
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::withholding::WithholdingRule;
use crate::id::{CampaignId, StaffId, WithholdingRuleId};

/// The columns of a rule.
macro_rules! columns {
    () => {
        "SELECT r.id, r.campaign_id, r.kind, r.selector, r.case_id, r.reason, r.state, r.is_active, r.proposed_votes,
            r.needs_number, r.created_by, r.created_at, r.approved_by, r.approved_at, r.reverted_by, r.reverted_at,
            r.revert_reason, r.edit_revision, r.votes, r.pass_started_at, r.pass_ended_at FROM withholding_rule r "
    };
}

/// Stores a new rule, unless its campaign has `rules_max` of them; returns whether it was stored.
pub async fn insert(
    tx: &mut Transaction,
    rule: &WithholdingRule,
    rules_max: i64,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "insert_withholding_rule",
        "INSERT INTO withholding_rule (id, campaign_id, kind, selector, reason, state, is_active, proposed_votes,
            needs_number, created_by, created_at, case_id)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13
        WHERE (SELECT COUNT(*) FROM withholding_rule WHERE campaign_id = $2) < $12"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(rule.id).bind(rule.campaign_id).bind(rule.kind).bind(Json(&rule.selector)).bind(&rule.reason)
        .bind(rule.state).bind(rule.is_active).bind(rule.proposed_votes).bind(rule.needs_number)
        .bind(rule.created_by).bind(rule.created_at).bind(rules_max).bind(rule.case_id)
        .execute(t).await.map(|done| done.rows_affected() == 1))
}

/// The campaign of a rule.
pub async fn find_campaign(
    database: &Database,
    id: WithholdingRuleId,
) -> sqlx::Result<Option<CampaignId>> {
    let statement = sql!(
        "find_campaign_of_withholding_rule",
        "SELECT campaign_id FROM withholding_rule WHERE id = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text).bind(id).fetch_optional(p).await)
}

/// The rule, locked until the end of the transaction, with all others of its campaign: the votes of two rules may be
/// the same, and are locked by one at a time.
pub async fn find_locked(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    id: WithholdingRuleId,
) -> sqlx::Result<Option<WithholdingRule>> {
    let lock = sql!(
        "lock_withholding_rules",
        postgres: "SELECT id FROM withholding_rule WHERE campaign_id = $1 ORDER BY id FOR UPDATE",
        sqlite: "SELECT id FROM withholding_rule WHERE campaign_id = $1 ORDER BY id",
    );
    let locked: Vec<WithholdingRuleId> = in_tx!(tx.run(lock), (t, text) => sqlx::query_scalar(text)
        .bind(campaign_id).fetch_all(t).await)?;
    if !locked.contains(&id) {
        return Ok(None);
    }
    let statement = sql!(
        "find_withholding_rule",
        concat!(columns!(), "WHERE r.id = $1")
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(id).fetch_optional(t).await)
}

/// Stores the step that `rule` has made.
pub async fn store_step(tx: &mut Transaction, rule: &WithholdingRule) -> sqlx::Result<()> {
    let statement = sql!(
        "store_step_of_withholding_rule",
        "UPDATE withholding_rule SET state = $2, approved_by = $3, approved_at = $4, reverted_by = $5,
            reverted_at = $6, revert_reason = $7, edit_revision = $8, leased_until = NULL WHERE id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(rule.id).bind(rule.state).bind(rule.approved_by).bind(rule.approved_at).bind(rule.reverted_by)
        .bind(rule.reverted_at).bind(&rule.revert_reason).bind(rule.edit_revision)
        .execute(t).await.map(drop))
}

/// The rules of `ids` that exist and can be read.
pub async fn list_by_ids(
    database: &Database,
    ids: Vec<uuid::Uuid>,
) -> sqlx::Result<Vec<WithholdingRule>> {
    let statement = with_ids!(
        "list_withholding_rules_by_ids",
        concat!(columns!(), "WHERE r.id"),
        ""
    );
    let ids = Ids(ids);
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(&ids).fetch_all(p).await.map(|rows| readable(&rows)))
}

/// The rules of a campaign that can be read, newest first, at most `limit`.
pub async fn list_of_campaign(
    database: &Database,
    campaign_id: CampaignId,
    limit: i64,
) -> sqlx::Result<Vec<WithholdingRule>> {
    let statement = sql!(
        "list_withholding_rules",
        concat!(
            columns!(),
            "WHERE r.campaign_id = $1 ORDER BY r.created_at DESC, r.id DESC LIMIT $2"
        )
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(campaign_id).bind(limit).fetch_all(p).await.map(|rows| readable(&rows)))
}

/// The rules of a campaign that can be read, as this transaction sees them.
pub async fn list_in(
    tx: &mut Transaction,
    campaign_id: CampaignId,
) -> sqlx::Result<Vec<WithholdingRule>> {
    let statement = sql!(
        "list_withholding_rules_to_report",
        concat!(columns!(), "WHERE r.campaign_id = $1")
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(campaign_id).fetch_all(t).await.map(|rows| readable(&rows)))
}

/// The rules that this program can read: of a newer one may be a selector that it does not know.
fn readable<R>(rows: &[R]) -> Vec<WithholdingRule>
where
    R: Row,
    WithholdingRule: for<'r> FromRow<'r, R>,
    uuid::Uuid: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    &'static str: ColumnIndex<R>,
{
    let read = rows
        .iter()
        .map(|row| read_row::<R, WithholdingRule>("withholding_rule", row));
    read.filter_map(|read| {
        read.inspect_err(|row| tracing::warn!(%row, cause = row.cause, "a rule cannot be read"))
            .ok()
    })
    .collect()
}

/// The name of a member of staff who took part in a rule.
pub async fn list_names(
    database: &Database,
    ids: Vec<uuid::Uuid>,
) -> sqlx::Result<Vec<(StaffId, String)>> {
    let statement = with_ids!(
        "list_names_for_withholding",
        "SELECT id, name FROM staff WHERE id",
        ""
    );
    let ids = Ids(ids);
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(&ids).fetch_all(p).await)
}

/// The rules that may have work and that nobody is at, of all campaigns, longest at rest first, each with the close of
/// its campaign's voting.
pub async fn list_at_work(
    database: &Database,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<(WithholdingRuleId, DateTime<Utc>)>> {
    let statement = sql!(
        "list_withholding_rules_at_work",
        "SELECT r.id, c.voting_closes_at FROM withholding_rule r JOIN campaign c ON c.id = r.campaign_id
        WHERE (r.state = 'APPLIED' OR (r.state = 'REVERTED' AND r.votes > 0))
            AND (r.leased_until IS NULL OR r.leased_until <= $1)
        ORDER BY r.pass_ended_at, r.id"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(now).fetch_all(p).await)
}

/// Takes a rule for this process until a time; returns whether nobody else had it. The lease spares work; that nothing
/// is counted twice does not rest on it.
pub async fn claim(
    database: &Database,
    id: WithholdingRuleId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "claim_withholding_rule",
        "UPDATE withholding_rule SET leased_until = $3
        WHERE id = $1 AND (leased_until IS NULL OR leased_until <= $2)"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(id).bind(now).bind(until).execute(p).await.map(|done| done.rows_affected() == 1))
}

/// Gives a rule back that this process has taken.
pub async fn release(database: &Database, id: WithholdingRuleId) -> sqlx::Result<()> {
    let statement = sql!(
        "release_withholding_rule",
        "UPDATE withholding_rule SET leased_until = NULL WHERE id = $1"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text).bind(id).execute(p).await.map(drop))
}
