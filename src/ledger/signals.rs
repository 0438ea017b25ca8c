//! Votes as signals read them, and what an examination has found.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use uuid::Uuid;

use super::readable::read_row;
use super::vote::VotePosition;
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::signals::{Alarm, CaseChanges, Findings, SignalCase, UsualBehaviour};
use crate::id::{CampaignId, NomineeId, SignalCaseId, VoterId};

/// A vote with its circumstances.
#[derive(Debug, Clone, FromRow)]
pub struct ExaminedVote {
    /// The voter.
    pub voter_id: VoterId,
    /// The period that it counts in.
    pub period: i64,
    /// The nominee.
    pub nominee_id: NomineeId,
    /// When it was cast.
    pub cast_at: DateTime<Utc>,
    /// Milliseconds since the campaign was shown to the voter; none is unseen.
    pub seen_ms: Option<i64>,
    /// The nominee by whose shared link the voter first came.
    pub share_nominee: Option<NomineeId>,
    /// The network; forgotten with the voter.
    pub network_hash: Option<Vec<u8>>,
    /// The block of that network.
    pub network_block_hash: Option<Vec<u8>>,
    /// The model of the phone.
    pub device_hash: Option<Vec<u8>>,
}

impl ExaminedVote {
    /// Its place in the order of the list.
    #[must_use]
    pub fn position(&self) -> VotePosition {
        VotePosition {
            voter_id: self.voter_id,
            period: self.period,
            nominee_id: self.nominee_id,
        }
    }
}

/// Votes of a campaign behind `after` that were cast in the window, withheld ones too, at most `limit`, by their keys.
/// Those whose circumstances are not known are left out.
pub async fn list_votes(
    database: &Database,
    campaign_id: CampaignId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    after: VotePosition,
    limit: i64,
) -> sqlx::Result<Vec<ExaminedVote>> {
    let statement = sql!(
        "list_votes_to_examine",
        "SELECT voter_id, period, nominee_id, cast_at, seen_ms, share_nominee, network_hash, network_block_hash,
            device_hash FROM vote
        WHERE campaign_id = $1 AND (voter_id, period, nominee_id) > ($2, $3, $4)
            AND cast_at >= $5 AND cast_at < $6 AND network_block_hash IS NOT NULL
        ORDER BY voter_id, period, nominee_id LIMIT $7"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(campaign_id).bind(after.voter_id).bind(after.period).bind(after.nominee_id)
        .bind(from).bind(to).bind(limit).fetch_all(p).await)
}

/// The nominees of a campaign's stories that came out before a time, with when they did.
pub async fn list_stories(
    database: &Database,
    campaign_id: CampaignId,
    before: DateTime<Utc>,
) -> sqlx::Result<Vec<(NomineeId, DateTime<Utc>)>> {
    let statement = sql!(
        "list_stories_to_examine",
        "SELECT nominee_id, published_at FROM story
        WHERE campaign_id = $1 AND nominee_id IS NOT NULL
            AND (was_out OR (state = 'APPROVED' AND is_scheduled)) AND published_at < $2"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(campaign_id).bind(before).fetch_all(p).await)
}

/// A campaign whose votes may be examined.
#[derive(Debug, Clone, Copy, PartialEq, FromRow)]
pub struct Examinable {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The end of voting.
    pub voting_closes_at: DateTime<Utc>,
    /// The end of the votes that were examined last.
    pub examined_to: Option<DateTime<Utc>>,
    /// Milliseconds that the last examination took.
    pub took_ms: i64,
}

/// The campaigns that vote, or have ended after the votes that were examined last; none that a process is at.
pub async fn list_examinable(
    database: &Database,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Examinable>> {
    let statement = sql!(
        "list_campaigns_to_examine",
        "SELECT c.id AS campaign_id, c.voting_closes_at, e.examined_to, COALESCE(e.took_ms, 0) AS took_ms
        FROM campaign c LEFT JOIN signal_examination e ON e.campaign_id = c.id
        WHERE c.lifecycle IN ('RUNNING', 'PUBLISHED') AND c.voting_opens_at <= $1
            AND (e.examined_to IS NULL OR e.examined_to <= c.voting_closes_at)
            AND (e.leased_until IS NULL OR e.leased_until <= $1)
        ORDER BY e.examined_to, c.id"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(now).fetch_all(p).await)
}

/// Takes a campaign for this process until a time, unless another has it or has examined it since `examined_to`;
/// returns whether it was taken. The lease spares work: what is found does not rest on it.
pub async fn claim(
    database: &Database,
    campaign_id: CampaignId,
    examined_to: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "claim_examination",
        postgres: "INSERT INTO signal_examination (campaign_id, leased_until) VALUES ($1, $4)
        ON CONFLICT (campaign_id) DO UPDATE SET leased_until = $4
        WHERE (signal_examination.leased_until IS NULL OR signal_examination.leased_until <= $3)
            AND signal_examination.examined_to IS NOT DISTINCT FROM $2",
        sqlite: "INSERT INTO signal_examination (campaign_id, leased_until) VALUES ($1, $4)
        ON CONFLICT (campaign_id) DO UPDATE SET leased_until = $4
        WHERE (signal_examination.leased_until IS NULL OR signal_examination.leased_until <= $3)
            AND signal_examination.examined_to IS $2",
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(campaign_id).bind(examined_to).bind(now).bind(until)
        .execute(p).await.map(|done| done.rows_affected() == 1))
}

/// Gives a campaign that this process has taken back, to be taken again at a time.
pub async fn put_off(
    database: &Database,
    campaign_id: CampaignId,
    until: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "put_off_examination",
        "UPDATE signal_examination SET leased_until = $2 WHERE campaign_id = $1"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(campaign_id).bind(until).execute(p).await.map(drop))
}

/// The outcome of a campaign's last examination.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Examination {
    /// The end of the votes.
    pub examined_to: DateTime<Utc>,
    /// Their beginning.
    pub examined_from: DateTime<Utc>,
    /// Their number.
    pub votes: i64,
    /// The usual behaviour.
    #[sqlx(json)]
    pub usual: UsualBehaviour,
    /// Concentrations without a how, the strongest first.
    #[sqlx(json)]
    pub listed: Vec<Alarm>,
}

/// The last examination of a campaign's votes.
pub async fn find_examination(
    database: &Database,
    campaign_id: CampaignId,
) -> sqlx::Result<Option<Examination>> {
    let statement = sql!(
        "find_examination",
        "SELECT examined_to, examined_from, votes, usual, listed FROM signal_examination
        WHERE campaign_id = $1 AND examined_to IS NOT NULL"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(campaign_id).fetch_optional(p).await)
}

/// Locks a campaign's examination until the end of the transaction.
pub async fn lock(tx: &mut Transaction, campaign_id: CampaignId) -> sqlx::Result<()> {
    let statement = sql!(
        "lock_examination",
        "INSERT INTO signal_examination (campaign_id) VALUES ($1)
        ON CONFLICT (campaign_id) DO UPDATE SET campaign_id = excluded.campaign_id"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(campaign_id).execute(t).await.map(drop))
}

/// Stores an examination that took so many milliseconds, and gives the campaign back.
pub async fn store_examination(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    findings: &Findings,
    took_ms: i64,
) -> sqlx::Result<()> {
    let statement = sql!(
        "store_examination",
        "UPDATE signal_examination SET examined_to = $2, examined_from = $3, votes = $4, usual = $5, listed = $6,
            took_ms = $7, leased_until = NULL WHERE campaign_id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(campaign_id).bind(findings.examined_to).bind(findings.examined_from).bind(findings.votes)
        .bind(Json(&findings.usual)).bind(Json(&findings.listed)).bind(took_ms)
        .execute(t).await.map(drop))
}

/// Stores the changes of a campaign's cases.
pub async fn store_changes(tx: &mut Transaction, changes: &CaseChanges) -> sqlx::Result<()> {
    let insert = sql!(
        "insert_case",
        "INSERT INTO signal_case (id, campaign_id, state, is_current, alarms, found_at, grown_at, edit_revision)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    for case in &changes.new {
        in_tx!(tx.run(insert), (t, text) => sqlx::query(text)
            .bind(case.id).bind(case.campaign_id).bind(case.state).bind(case.is_current).bind(Json(&case.alarms))
            .bind(case.found_at).bind(case.grown_at).bind(case.edit_revision).execute(t).await.map(drop))?;
    }
    let update = sql!(
        "store_found_case",
        "UPDATE signal_case SET state = $2, is_current = TRUE, alarms = $3, grown_at = $4, edit_revision = $5
        WHERE id = $1"
    );
    for case in &changes.found {
        in_tx!(tx.run(update), (t, text) => sqlx::query(text)
            .bind(case.id).bind(case.state).bind(Json(&case.alarms)).bind(case.grown_at).bind(case.edit_revision)
            .execute(t).await.map(drop))?;
    }
    let lose = sql!(
        "store_lost_case",
        "UPDATE signal_case SET is_current = FALSE WHERE id = $1"
    );
    for id in &changes.lost {
        in_tx!(tx.run(lose), (t, text) => sqlx::query(text).bind(*id).execute(t).await.map(drop))?;
    }
    Ok(())
}

/// The columns of a case.
macro_rules! columns {
    () => {
        "SELECT id, campaign_id, state, is_current, alarms, found_at, COALESCE(grown_at, found_at) AS grown_at, note,
            decided_by, decided_at, edit_revision
        FROM signal_case "
    };
}

/// The cases of a campaign that can be read, as they were found, as this transaction sees them.
pub async fn list_cases_in(
    tx: &mut Transaction,
    campaign_id: CampaignId,
) -> sqlx::Result<Vec<SignalCase>> {
    let statement = sql!(
        "list_cases_to_compare",
        concat!(columns!(), "WHERE campaign_id = $1 ORDER BY found_at, id")
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(campaign_id).fetch_all(t).await.map(|rows| readable(&rows)))
}

/// The cases of a campaign that can be read, newest first, at most `limit`.
pub async fn list_cases(
    database: &Database,
    campaign_id: CampaignId,
    limit: i64,
) -> sqlx::Result<Vec<SignalCase>> {
    let statement = sql!(
        "list_cases",
        concat!(
            columns!(),
            "WHERE campaign_id = $1 ORDER BY found_at DESC, id DESC LIMIT $2"
        )
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(campaign_id).bind(limit).fetch_all(p).await.map(|rows| readable(&rows)))
}

/// The number of a campaign's open cases that the last examination found, without those from which a rule was proposed
/// that has not been reverted: that is a decision, too, until another alarm joins the case.
pub async fn count_open(database: &Database, campaign_id: CampaignId) -> sqlx::Result<i64> {
    let statement = sql!(
        "count_open_cases",
        "SELECT COUNT(*) FROM signal_case c WHERE campaign_id = $1 AND state = 'OPEN' AND is_current
            AND NOT EXISTS (SELECT 1 FROM withholding_rule r
                WHERE r.campaign_id = $1 AND r.case_id = c.id AND r.state <> 'REVERTED'
                    AND r.created_at >= COALESCE(c.grown_at, c.found_at))"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text).bind(campaign_id).fetch_one(p).await)
}

/// The open cases that were found last, of campaigns that vote and challenge the suspicious, newest first, at most
/// `limit`.
pub async fn list_suspicious(
    database: &Database,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<SignalCase>> {
    let statement = sql!(
        "list_suspicious_cases",
        concat!(
            columns!(),
            "WHERE state = 'OPEN' AND is_current AND campaign_id IN (SELECT id FROM campaign
                WHERE challenge = 'SUSPICIOUS' AND lifecycle = 'RUNNING' AND voting_closes_at > $1)
            ORDER BY found_at DESC, id DESC LIMIT $2"
        )
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(now).bind(limit).fetch_all(p).await.map(|rows| readable(&rows)))
}

/// The case with this id.
pub async fn find_case(database: &Database, id: SignalCaseId) -> sqlx::Result<Option<SignalCase>> {
    let statement = sql!("find_case", concat!(columns!(), "WHERE id = $1"));
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(id).fetch_all(p).await.map(|rows| readable(&rows).pop()))
}

/// Stores the decision on a case.
pub async fn store_decision(tx: &mut Transaction, case: &SignalCase) -> sqlx::Result<()> {
    let statement = sql!(
        "store_decision_on_case",
        "UPDATE signal_case SET state = $2, note = $3, decided_by = $4, decided_at = $5, edit_revision = $6
        WHERE id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(case.id).bind(case.state).bind(&case.note).bind(case.decided_by).bind(case.decided_at)
        .bind(case.edit_revision).execute(t).await.map(drop))
}

/// The cases that this program can read: of a newer one may be a signal that it does not know.
fn readable<R>(rows: &[R]) -> Vec<SignalCase>
where
    R: Row,
    SignalCase: for<'r> FromRow<'r, R>,
    Uuid: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    &'static str: ColumnIndex<R>,
{
    let read = rows
        .iter()
        .map(|row| read_row::<R, SignalCase>("signal_case", row));
    read.filter_map(|read| {
        read.inspect_err(|row| tracing::warn!(%row, cause = row.cause, "a case cannot be read"))
            .ok()
    })
    .collect()
}
