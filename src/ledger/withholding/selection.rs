//! The votes that a selector names: counted for its effect, and listed by their keys to be held.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo};
use sqlx::{Encode, Postgres, Sqlite, Type};

use crate::domain::risk::RiskRank;
use crate::domain::withholding::effect::SelectedVotes;
use crate::domain::withholding::selector::FAST_MS;
use crate::domain::withholding::{Behaviour, Selector, ShortHash};
use crate::id::{CampaignId, NomineeId, VoterId};
use crate::ledger::rows::{Ids, JsonRows};
use crate::ledger::statement::Dialects;
use crate::ledger::vote::VotePosition;
use crate::ledger::{Database, on_pool};

/// A list of hashes as one argument: an array on PostgreSQL, a JSON array of hexadecimal texts on SQLite.
#[derive(Debug, Clone)]
struct Hashes(Vec<ShortHash>);

impl Type<Postgres> for Hashes {
    fn type_info() -> PgTypeInfo {
        <Vec<Vec<u8>> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Hashes {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let hashes: Vec<&[u8]> = self.0.iter().map(|hash| &hash.0[..]).collect();
        Encode::<Postgres>::encode(hashes, buffer)
    }
}

impl Type<Sqlite> for Hashes {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Hashes {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        let mut json = JsonRows::default();
        for hash in &self.0 {
            json.value(Some(&hash.0));
        }
        Encode::<Sqlite>::encode(json.finish(), buffer)
    }
}

/// Whether the vote `v` has an entry in each list of the selector that is not empty, was cast in its window, shows one
/// of its behaviours and is of a voter of its ranks. Votes of programs that recorded no circumstances show none. A list
/// is a subquery, which is hashed: an array that the planner does not know is gone through for each vote. Voters of a
/// rank are such a list, too, found once: left to itself, the planner may expect more of them than it hashes, and go
/// through all of them for each vote; a look at each vote's voter takes ten times as long.
fn names_postgres(v: &str) -> String {
    format!(
        "(cardinality($2::uuid[]) = 0 OR {v}.nominee_id IN (SELECT unnest($2::uuid[])))
        AND (cardinality($3::bytea[]) = 0 OR {v}.network_hash IN (SELECT unnest($3::bytea[])))
        AND (cardinality($4::bytea[]) = 0 OR {v}.network_block_hash IN (SELECT unnest($4::bytea[])))
        AND (cardinality($5::bytea[]) = 0 OR {v}.device_hash IN (SELECT unnest($5::bytea[])))
        AND (cardinality($6::uuid[]) = 0 OR {v}.voter_id IN (SELECT unnest($6::uuid[])))
        AND ($7::timestamptz IS NULL OR {v}.cast_at >= $7) AND ($8::timestamptz IS NULL OR {v}.cast_at < $8)
        AND (NOT ($9::boolean OR $10::boolean)
            OR ($9 AND {v}.seen_ms IS NULL AND {v}.network_block_hash IS NOT NULL)
            OR ($10 AND {v}.seen_ms <= {FAST_MS}))
        AND ($12::smallint IS NULL OR {v}.voter_id IN
            (SELECT unnest(ARRAY(SELECT r.id FROM voter r WHERE r.risk_rank >= $12))))"
    )
}

/// The same on SQLite.
fn names_sqlite(v: &str) -> String {
    let is_in = |column: &str, at: usize| {
        format!("(${at} = '[]' OR {v}.{column} IN (SELECT unhex(value) FROM json_each(${at})))")
    };
    format!(
        "{} AND {} AND {} AND {} AND {}
        AND ($7 IS NULL OR {v}.cast_at >= $7) AND ($8 IS NULL OR {v}.cast_at < $8)
        AND (NOT ($9 OR $10) OR ($9 AND {v}.seen_ms IS NULL AND {v}.network_block_hash IS NOT NULL)
            OR ($10 AND {v}.seen_ms <= {FAST_MS}))
        AND ($12 IS NULL OR {v}.voter_id IN (SELECT r.id FROM voter r WHERE r.risk_rank >= $12))",
        is_in("nominee_id", 2),
        is_in("network_hash", 3),
        is_in("network_block_hash", 4),
        is_in("device_hash", 5),
        is_in("voter_id", 6),
    )
}

/// A statement over the votes of the campaign `$1` that a selector (`$2` to `$12`) names, with those of the same visits
/// where it takes them; `{named}` in the texts stands for the condition.
fn over_named(name: &'static str, text: &str) -> Dialects {
    // Who has a named vote is found in one go, before the votes nearby are looked up.
    let postgres = format!(
        "v.campaign_id = $1 AND (({named}) OR ($11::boolean
            AND v.voter_id IN (SELECT m.voter_id FROM vote m WHERE m.campaign_id = $1 AND {other})
            AND EXISTS (SELECT 1 FROM vote m WHERE m.campaign_id = $1 AND m.voter_id = v.voter_id
                AND m.cast_at BETWEEN v.cast_at - interval '30 minutes' AND v.cast_at + interval '30 minutes'
                AND {other})))",
        named = names_postgres("v"),
        other = names_postgres("m")
    );
    let sqlite = format!(
        "v.campaign_id = $1 AND (({named}) OR ($11
            AND v.voter_id IN (SELECT m.voter_id FROM vote m WHERE m.campaign_id = $1 AND {other})
            AND EXISTS (SELECT 1 FROM vote m WHERE m.campaign_id = $1 AND m.voter_id = v.voter_id
                AND abs(unixepoch(m.cast_at) - unixepoch(v.cast_at)) <= 1800 AND {other})))",
        named = names_sqlite("v"),
        other = names_sqlite("m")
    );
    Dialects::build(
        name,
        &text.replace("{named}", &postgres),
        &text.replace("{named}", &sqlite),
    )
}

static COUNT_SELECTED: LazyLock<Dialects> = LazyLock::new(|| {
    over_named(
        "count_selected_votes",
        "SELECT v.nominee_id, COUNT(*) AS votes, COUNT(*) FILTER (WHERE v.withheld_by = 0) AS counted
        FROM vote v WHERE {named} GROUP BY v.nominee_id",
    )
});

static COUNT_SELECTED_VOTERS: LazyLock<Dialects> = LazyLock::new(|| {
    over_named(
        "count_selected_voters",
        "SELECT COUNT(DISTINCT v.voter_id) FROM vote v WHERE {named}",
    )
});

static LIST_SELECTED: LazyLock<Dialects> = LazyLock::new(|| {
    over_named(
        "list_selected_votes",
        "SELECT v.voter_id, v.period, v.nominee_id FROM vote v
        WHERE {named} AND (v.voter_id, v.period, v.nominee_id) > ($13, $14, $15)
            AND v.cast_at >= $16 AND v.cast_at < $17
        ORDER BY v.voter_id, v.period, v.nominee_id LIMIT $18",
    )
});

/// Binds the campaign and the selector.
macro_rules! bind_selector {
    ($query:expr, $campaign_id:expr, $selector:expr) => {{
        let selector: &Selector = $selector;
        $query
            .bind($campaign_id)
            .bind(Ids(selector.nominee_ids.iter().map(|id| id.0).collect()))
            .bind(Hashes(selector.addresses.clone()))
            .bind(Hashes(selector.blocks.clone()))
            .bind(Hashes(selector.devices.clone()))
            .bind(Ids(selector.voters.iter().map(|id| id.0).collect()))
            .bind(selector.from)
            .bind(selector.until)
            .bind(selector.behaviours.contains(&Behaviour::Unseen))
            .bind(selector.behaviours.contains(&Behaviour::Fast))
            .bind(selector.whole_visit)
            .bind(selector.risk_rank_min.map(RiskRank::number))
    }};
}

/// The votes that a selector names, by nominee.
pub async fn count(
    database: &Database,
    campaign_id: CampaignId,
    selector: &Selector,
) -> sqlx::Result<Vec<SelectedVotes>> {
    on_pool!(database.read(*COUNT_SELECTED), (p, text) =>
        bind_selector!(sqlx::query_as(text), campaign_id, selector).fetch_all(p).await)
}

/// The people whose votes a selector names.
pub async fn count_voters(
    database: &Database,
    campaign_id: CampaignId,
    selector: &Selector,
) -> sqlx::Result<i64> {
    on_pool!(database.read(*COUNT_SELECTED_VOTERS), (p, text) =>
        bind_selector!(sqlx::query_scalar(text), campaign_id, selector).fetch_one(p).await)
}

/// The part of a selection that is listed at once.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    /// Only votes behind this one.
    pub after: VotePosition,
    /// Only votes that were cast at this time or later.
    pub since: DateTime<Utc>,
    /// Only votes that were cast before this time.
    pub before: DateTime<Utc>,
    /// So many at most.
    pub limit: i64,
}

/// The keys of votes that a selector names, in their order.
pub async fn list(
    database: &Database,
    campaign_id: CampaignId,
    selector: &Selector,
    slice: Slice,
) -> sqlx::Result<Vec<VotePosition>> {
    let rows: Vec<(VoterId, i64, NomineeId)> = on_pool!(database.read(*LIST_SELECTED), (p, text) =>
        bind_selector!(sqlx::query_as(text), campaign_id, selector)
            .bind(slice.after.voter_id).bind(slice.after.period).bind(slice.after.nominee_id)
            .bind(slice.since).bind(slice.before).bind(slice.limit)
            .fetch_all(p).await)?;
    let position = |(voter_id, period, nominee_id)| VotePosition {
        voter_id,
        period,
        nominee_id,
    };
    Ok(rows.into_iter().map(position).collect())
}
