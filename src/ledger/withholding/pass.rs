//! A chunk of a pass: some votes are held by a rule, or let go, with their tallies and the counted turnout, in one
//! transaction. A chunk that was done already changes nothing, so that two processes at one rule, or one that comes
//! again after a crash, do no harm.
//!
//! Votes are locked before tallies, as the writer does, and tallies in the order of their nominees: nobody waits in a
//! circle. The rules of the campaign are locked before all of it (see [`super::find_locked`]).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};

use crate::id::{CampaignId, NomineeId, VoterId, WithholdingRuleId};
use crate::ledger::rows::JsonRows;
use crate::ledger::statement::Dialects;
use crate::ledger::vote::VotePosition;
use crate::ledger::{Database, Transaction, in_tx, on_pool, sql};

/// The keys of votes bound to `$1` as a table `key`.
const KEYS_POSTGRES: &str = "WITH key AS MATERIALIZED (
    SELECT CAST(value ->> 0 AS uuid) AS voter_id, CAST(value ->> 1 AS bigint) AS period,
        CAST(value ->> 2 AS uuid) AS nominee_id FROM json_array_elements($1::json))";
/// The same on SQLite.
const KEYS_SQLITE: &str = "WITH key AS MATERIALIZED (
    SELECT unhex(value ->> 0) AS voter_id, value ->> 1 AS period, unhex(value ->> 2) AS nominee_id
    FROM json_each($1))";

/// The people of `key` with their voters, linked ones together, and those of them with a vote of `$2` that counts.
const PEOPLE_POSTGRES: &str = ", person AS MATERIALIZED (
    SELECT DISTINCT COALESCE((SELECT l.canonical_id FROM voter_link l WHERE l.voter_id = k.voter_id), k.voter_id) AS id
    FROM key k
), holder AS MATERIALIZED (
    SELECT id, id AS voter_id FROM person
    UNION ALL SELECT p.id, l.voter_id FROM person p JOIN voter_link l ON l.canonical_id = p.id
), kept AS MATERIALIZED (
    SELECT DISTINCT h.id FROM holder h CROSS JOIN LATERAL (
        SELECT 1 FROM vote v WHERE v.campaign_id = $2 AND v.voter_id = h.voter_id AND v.withheld_by = 0 LIMIT 1
    ) v
)";
/// The same on SQLite.
const PEOPLE_SQLITE: &str = ", person AS MATERIALIZED (
    SELECT DISTINCT COALESCE((SELECT l.canonical_id FROM voter_link l WHERE l.voter_id = k.voter_id), k.voter_id) AS id
    FROM key k
), holder AS MATERIALIZED (
    SELECT id, id AS voter_id FROM person
    UNION ALL SELECT p.id, l.voter_id FROM person p CROSS JOIN voter_link l WHERE l.canonical_id = p.id
), kept AS MATERIALIZED (
    SELECT DISTINCT h.id FROM holder h WHERE EXISTS (
        SELECT 1 FROM vote v WHERE v.campaign_id = $2 AND v.voter_id = h.voter_id AND v.withheld_by = 0)
)";

/// A statement that begins with the keys.
fn with_keys(name: &'static str, postgres: &str, sqlite: &str) -> Dialects {
    Dialects::build(
        name,
        &format!("{KEYS_POSTGRES}{postgres}"),
        &format!("{KEYS_SQLITE}{sqlite}"),
    )
}

static INSERT_WITHHOLDINGS: LazyLock<Dialects> = LazyLock::new(|| {
    let text = " INSERT INTO withholding (rule_id, campaign_id, voter_id, period, nominee_id)
        SELECT $3, $2, voter_id, period, nominee_id FROM key WHERE TRUE ON CONFLICT DO NOTHING
        RETURNING voter_id, period, nominee_id";
    with_keys("insert_withholdings", text, text)
});

static DELETE_WITHHOLDINGS: LazyLock<Dialects> = LazyLock::new(|| {
    let text = " DELETE FROM withholding WHERE rule_id = $2
            AND (voter_id, period, nominee_id) IN (SELECT voter_id, period, nominee_id FROM key)
        RETURNING voter_id, period, nominee_id";
    with_keys("delete_withholdings", text, text)
});

/// Moves the number of rules that hold votes by `$3`; returns nominee, number, and whether a guest cast the vote.
static MARK_VOTES: LazyLock<Dialects> = LazyLock::new(|| {
    with_keys(
        "mark_withheld_votes",
        " UPDATE vote v SET withheld_by = v.withheld_by + $3 FROM key k WHERE v.campaign_id = $2
            AND v.voter_id = k.voter_id AND v.period = k.period AND v.nominee_id = k.nominee_id
        RETURNING v.nominee_id, v.withheld_by, v.is_guest",
        " UPDATE vote SET withheld_by = withheld_by + $3
        WHERE (campaign_id, voter_id, period, nominee_id) IN (SELECT $2, voter_id, period, nominee_id FROM key)
        RETURNING nominee_id, withheld_by, is_guest",
    )
});

/// Voters without a vote that counts leave the counted turnout; returns the nominees of their first votes.
static WITHHOLD_VOTERS: LazyLock<Dialects> = LazyLock::new(|| {
    let end = "AND v.is_first
            AND h.id NOT IN (SELECT id FROM kept)
        ON CONFLICT DO NOTHING RETURNING nominee_id";
    with_keys(
        "insert_withheld_voters",
        &format!(
            "{PEOPLE_POSTGRES} INSERT INTO withheld_voter (campaign_id, voter_id, nominee_id)
            SELECT $2, v.voter_id, v.nominee_id FROM holder h CROSS JOIN LATERAL (
                SELECT v.voter_id, v.nominee_id, v.is_first FROM vote v
                WHERE v.campaign_id = $2 AND v.voter_id = h.voter_id OFFSET 0
            ) v WHERE TRUE {end}"
        ),
        &format!(
            "{PEOPLE_SQLITE} INSERT INTO withheld_voter (campaign_id, voter_id, nominee_id)
            SELECT $2, v.voter_id, v.nominee_id FROM holder h CROSS JOIN vote v
            WHERE v.campaign_id = $2 AND v.voter_id = h.voter_id {end}"
        ),
    )
});

/// Voters with a vote that counts are back in it; returns the nominees of their first votes.
static RETURN_VOTERS: LazyLock<Dialects> = LazyLock::new(|| {
    let text = " DELETE FROM withheld_voter WHERE campaign_id = $2 AND voter_id IN
            (SELECT h.voter_id FROM holder h WHERE h.id IN (SELECT id FROM kept))
        RETURNING nominee_id";
    with_keys(
        "delete_withheld_voters",
        &format!("{PEOPLE_POSTGRES}{text}"),
        &format!("{PEOPLE_SQLITE}{text}"),
    )
});

type Key = (VoterId, i64, NomineeId);

fn json_of(keys: impl Iterator<Item = Key>) -> String {
    let mut json = JsonRows::default();
    for (voter_id, period, nominee_id) in keys {
        json.begin();
        json.value(Some(voter_id.0.as_bytes()));
        json.number(period);
        json.value(Some(nominee_id.0.as_bytes()));
        json.end();
    }
    json.finish()
}

/// The part of a nominee's tally that a chunk moves.
#[derive(Debug, Clone, Copy, Default)]
struct Move {
    /// Votes from counted to withheld; negative ones go back.
    votes: i64,
    /// Those of them that guests cast.
    guest_votes: i64,
    /// Voters who leave the counted turnout; negative ones come back.
    voters: i64,
}

type Moves = BTreeMap<NomineeId, Move>;

/// Holds these votes by a rule; returns those that it did not hold before.
pub async fn hold(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    rule_id: WithholdingRuleId,
    keys: &[VotePosition],
) -> sqlx::Result<i64> {
    let keys = json_of(keys.iter().map(|k| (k.voter_id, k.period, k.nominee_id)));
    let held: Vec<Key> = in_tx!(tx.run(*INSERT_WITHHOLDINGS), (t, text) => sqlx::query_as(text)
        .bind(&keys).bind(campaign_id).bind(rule_id).fetch_all(t).await)?;
    let count = len(&held);
    if count > 0 {
        let keys = json_of(held.into_iter());
        let mut moves = mark(tx, campaign_id, &keys, 1).await?;
        let left: Vec<NomineeId> = in_tx!(tx.run(*WITHHOLD_VOTERS), (t, text) => sqlx::query_scalar(text)
            .bind(&keys).bind(campaign_id).fetch_all(t).await)?;
        for nominee_id in left {
            moves.entry(nominee_id).or_default().voters += 1;
        }
        store_moves(tx, campaign_id, &moves).await?;
    }
    Ok(count)
}

/// Lets these votes of a rule go; returns those that it held.
pub async fn release(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    rule_id: WithholdingRuleId,
    keys: &[VotePosition],
) -> sqlx::Result<i64> {
    let keys = json_of(keys.iter().map(|k| (k.voter_id, k.period, k.nominee_id)));
    let let_go: Vec<Key> = in_tx!(tx.run(*DELETE_WITHHOLDINGS), (t, text) => sqlx::query_as(text)
        .bind(&keys).bind(rule_id).fetch_all(t).await)?;
    let count = len(&let_go);
    if count > 0 {
        let keys = json_of(let_go.into_iter());
        let mut moves = mark(tx, campaign_id, &keys, -1).await?;
        return_voters(tx, campaign_id, &keys, &mut moves).await?;
        store_moves(tx, campaign_id, &moves).await?;
    }
    Ok(count)
}

/// Puts voters back into the counted turnout who have cast a vote that counts since they left it; returns whether there
/// were any.
pub async fn return_active_voters(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    voters: &[VoterId],
) -> sqlx::Result<bool> {
    let nobody = NomineeId(uuid::Uuid::nil());
    let keys = json_of(voters.iter().map(|id| (*id, 0, nobody)));
    let mut moves = Moves::new();
    return_voters(tx, campaign_id, &keys, &mut moves).await?;
    store_moves(tx, campaign_id, &moves).await?;
    Ok(!moves.is_empty())
}

/// Moves the number of rules of votes; returns what begins to be withheld by it, or to count.
async fn mark(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    keys: &str,
    step: i64,
) -> sqlx::Result<Moves> {
    let marked: Vec<(NomineeId, i64, Option<bool>)> = in_tx!(tx.run(*MARK_VOTES), (t, text) => sqlx::query_as(text)
        .bind(keys).bind(campaign_id).bind(step).fetch_all(t).await)?;
    let turned_at = i64::from(step > 0);
    let mut moves = Moves::new();
    for (nominee_id, withheld_by, is_guest) in marked {
        if withheld_by == turned_at {
            let moved = moves.entry(nominee_id).or_default();
            moved.votes += step;
            if is_guest == Some(true) {
                moved.guest_votes += step;
            }
        }
    }
    Ok(moves)
}

async fn return_voters(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    keys: &str,
    moves: &mut Moves,
) -> sqlx::Result<()> {
    let back: Vec<NomineeId> = in_tx!(tx.run(*RETURN_VOTERS), (t, text) => sqlx::query_scalar(text)
        .bind(keys).bind(campaign_id).fetch_all(t).await)?;
    for nominee_id in back {
        moves.entry(nominee_id).or_default().voters -= 1;
    }
    Ok(())
}

/// Moves tallies, in the order of their nominees. They are there: their votes are.
async fn store_moves(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    moves: &Moves,
) -> sqlx::Result<()> {
    let mut json = JsonRows::default();
    for (nominee_id, moved) in moves {
        json.begin();
        json.value(Some(nominee_id.0.as_bytes()));
        json.number(moved.votes);
        json.number(moved.voters);
        json.number(moved.guest_votes);
        json.end();
    }
    let json = json.finish();
    let statement = sql!(
        "move_withheld",
        postgres: "INSERT INTO tally (campaign_id, nominee_id, counted, withheld, withheld_voters, guest_votes,
                revision)
            SELECT $2, CAST(value ->> 0 AS uuid), -CAST(value ->> 1 AS bigint), CAST(value ->> 1 AS bigint),
                CAST(value ->> 2 AS bigint), -CAST(value ->> 3 AS bigint), 1
            FROM json_array_elements($1::json) ORDER BY 2
            ON CONFLICT (campaign_id, nominee_id) DO UPDATE SET counted = tally.counted + excluded.counted,
                withheld = tally.withheld + excluded.withheld,
                withheld_voters = tally.withheld_voters + excluded.withheld_voters,
                guest_votes = tally.guest_votes + excluded.guest_votes, revision = tally.revision + 1",
        sqlite: "INSERT INTO tally (campaign_id, nominee_id, counted, withheld, withheld_voters, guest_votes, revision)
            SELECT $2, unhex(value ->> 0), -(value ->> 1), value ->> 1, value ->> 2, -(value ->> 3), 1
            FROM json_each($1) WHERE TRUE
            ON CONFLICT (campaign_id, nominee_id) DO UPDATE SET counted = counted + excluded.counted,
                withheld = withheld + excluded.withheld,
                withheld_voters = withheld_voters + excluded.withheld_voters,
                guest_votes = guest_votes + excluded.guest_votes, revision = revision + 1",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(&json).bind(campaign_id).execute(t).await.map(drop))
}

/// Votes that a rule holds, in the order of their keys, at most `limit`.
pub async fn list_held(
    tx: &mut Transaction,
    rule_id: WithholdingRuleId,
    limit: i64,
) -> sqlx::Result<Vec<VotePosition>> {
    let statement = sql!(
        "list_withholdings",
        "SELECT voter_id, period, nominee_id FROM withholding WHERE rule_id = $1
        ORDER BY voter_id, period, nominee_id LIMIT $2"
    );
    let rows: Vec<Key> = in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text)
        .bind(rule_id).bind(limit).fetch_all(t).await)?;
    let position = |(voter_id, period, nominee_id)| VotePosition {
        voter_id,
        period,
        nominee_id,
    };
    Ok(rows.into_iter().map(position).collect())
}

/// Progress of a rule's pass.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// The beginning of the pass.
    pub started_at: DateTime<Utc>,
    /// The end of it; none while it goes on.
    pub ended_at: Option<DateTime<Utc>>,
    /// All votes up to this one are done; none at the end.
    pub position: Option<VotePosition>,
    /// The process keeps the rule until then; none when it gives it back.
    pub leased_until: Option<DateTime<Utc>>,
}

/// Stores the progress of a rule that holds `held` votes more.
pub async fn store_progress(
    tx: &mut Transaction,
    rule_id: WithholdingRuleId,
    held: i64,
    progress: Progress,
) -> sqlx::Result<()> {
    let statement = sql!(
        "store_progress_of_withholding",
        "UPDATE withholding_rule SET votes = votes + $2, pass_started_at = $3, pass_ended_at = $4,
            pass_voter_id = $5, pass_period = $6, pass_nominee_id = $7, leased_until = $8 WHERE id = $1"
    );
    let position = progress.position;
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(rule_id).bind(held).bind(progress.started_at).bind(progress.ended_at)
        .bind(position.map(|p| p.voter_id)).bind(position.map(|p| p.period)).bind(position.map(|p| p.nominee_id))
        .bind(progress.leased_until)
        .execute(t).await.map(drop))
}

/// Stores that a reverted rule holds `released` votes less.
pub async fn store_release(
    tx: &mut Transaction,
    rule_id: WithholdingRuleId,
    released: i64,
    leased_until: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "store_release_of_withholding",
        "UPDATE withholding_rule SET votes = votes - $2, leased_until = $3 WHERE id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(rule_id).bind(released).bind(leased_until).execute(t).await.map(drop))
}

/// The position up to which the pass of a rule is done; none where none is under way.
pub async fn find_position(
    database: &Database,
    rule_id: WithholdingRuleId,
) -> sqlx::Result<Option<VotePosition>> {
    let statement = sql!(
        "find_position_of_withholding",
        "SELECT pass_voter_id, pass_period, pass_nominee_id FROM withholding_rule
        WHERE id = $1 AND pass_voter_id IS NOT NULL"
    );
    let found: Option<Key> = on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(rule_id).fetch_optional(p).await)?;
    Ok(found.map(|(voter_id, period, nominee_id)| VotePosition {
        voter_id,
        period,
        nominee_id,
    }))
}

/// Voters of campaigns whose voting closes after `open_at` who have left the counted turnout and have a vote that
/// counts, at most `limit`.
pub async fn list_active_voters(
    database: &Database,
    open_at: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<(CampaignId, VoterId)>> {
    let statement = sql!(
        "list_active_withheld_voters",
        "SELECT w.campaign_id, w.voter_id FROM withheld_voter w JOIN campaign c ON c.id = w.campaign_id
        WHERE c.voting_closes_at > $1 AND EXISTS (SELECT 1 FROM vote v
            WHERE v.campaign_id = w.campaign_id AND v.withheld_by = 0 AND v.voter_id IN (
                SELECT w.voter_id UNION ALL SELECT l.canonical_id FROM voter_link l WHERE l.voter_id = w.voter_id
                UNION ALL SELECT o.voter_id FROM voter_link l JOIN voter_link o ON o.canonical_id = l.canonical_id
                WHERE l.voter_id = w.voter_id
                UNION ALL SELECT l.voter_id FROM voter_link l WHERE l.canonical_id = w.voter_id))
        ORDER BY w.campaign_id, w.voter_id LIMIT $2"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(open_at).bind(limit).fetch_all(p).await)
}

fn len(keys: &[Key]) -> i64 {
    i64::try_from(keys.len()).unwrap_or(i64::MAX)
}
