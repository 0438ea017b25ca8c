//! The rank of risk that a platform has given a voter. All voters who are one person have the same: whoever asks about
//! one of them, or goes through the votes of all, finds it without following their links.

use chrono::{DateTime, Utc};

use super::with_voter;
use crate::domain::risk::RiskRank;
use crate::id::VoterId;
use crate::ledger::{Database, Transaction, in_tx, on_pool, sql};

/// The rank of a voter and when it was given; none where it is not known.
pub async fn find_risk(
    database: &Database,
    id: VoterId,
) -> sqlx::Result<Option<(RiskRank, DateTime<Utc>)>> {
    let statement = sql!(
        "find_risk_of_voter",
        "SELECT CAST(risk_rank AS BIGINT), risk_ranked_at FROM voter
        WHERE id = $1 AND risk_rank IS NOT NULL AND risk_ranked_at IS NOT NULL"
    );
    let found: Option<(i64, DateTime<Utc>)> = on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(id).fetch_optional(p).await)?;
    let Some((rank, at)) = found else {
        return Ok(None);
    };
    let rank = RiskRank::try_from(rank).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(Some((rank, at)))
}

/// Stores the rank that a voter was given, in the place of the one before; of a voter who was forgotten meanwhile
/// nothing.
pub async fn store_risk(
    database: &Database,
    id: VoterId,
    rank: RiskRank,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = with_voter!(
        "store_risk_of_voter",
        "UPDATE voter SET risk_rank = $2, risk_ranked_at = $3 WHERE id",
        "$1",
        "AND forgotten_at IS NULL"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(id).bind(rank.number()).bind(now).execute(p).await.map(drop))
}

/// Gives voters who were linked to this one the worst rank that one of them has, as of the oldest time: the platform is
/// asked again as soon as it is due for one of them.
pub(super) async fn share_risk(tx: &mut Transaction, canonical: VoterId) -> sqlx::Result<()> {
    let statement = sql!(
        "share_risk_of_linked_voters",
        "WITH person AS (
            SELECT id, risk_rank, risk_ranked_at FROM voter
            WHERE id = $1 OR id IN (SELECT voter_id FROM voter_link WHERE canonical_id = $1)
        ), worst AS (
            SELECT MAX(risk_rank) AS risk_rank, MIN(risk_ranked_at) AS risk_ranked_at FROM person
        )
        UPDATE voter SET risk_rank = (SELECT risk_rank FROM worst),
            risk_ranked_at = (SELECT risk_ranked_at FROM worst)
        WHERE id IN (SELECT id FROM person) AND (SELECT risk_rank FROM worst) IS NOT NULL"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(canonical).execute(t).await.map(drop))
}
