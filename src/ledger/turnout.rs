//! Turnout, as the votes' own transactions have left it: read for figures and exports. [`super::vote`] stores it.

use std::ops::Range;

use uuid::Uuid;

use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::turnout::{ClientKind, TurnoutSum};
use crate::id::{CampaignId, NomineeId};

/// Votes of a campaign by client, of these minutes, so many of them summed; in the order of time.
pub async fn list_sums(
    database: &Database,
    campaign_id: CampaignId,
    minutes: Range<i64>,
    minutes_summed: i64,
) -> sqlx::Result<Vec<TurnoutSum>> {
    let statement = sql!(
        "list_turnout_sums",
        "SELECT minute - minute % $4, client, CAST(SUM(votes) AS BIGINT), CAST(SUM(guests) AS BIGINT) FROM turnout
        WHERE campaign_id = $1 AND minute >= $2 AND minute < $3 GROUP BY 1, 2 ORDER BY 1, 2"
    );
    let sums: Vec<(i64, i16, i64, i64)> = on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(campaign_id).bind(minutes.start).bind(minutes.end).bind(minutes_summed).fetch_all(p).await)?;
    let sum = |(minute, client, votes, guests)| TurnoutSum {
        minute,
        client: ClientKind::from_code(client),
        votes,
        guests,
    };
    Ok(sums.into_iter().map(sum).collect())
}

/// A row of turnout.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct TurnoutRow {
    /// The minute, counted from 1970 in UTC.
    pub minute: i64,
    /// The nominee.
    pub nominee_id: NomineeId,
    /// The number of the client.
    pub client: i16,
    /// Votes.
    pub votes: i64,
    /// Those of them that guests cast.
    pub guests: i64,
}

impl TurnoutRow {
    /// The position before all rows.
    pub const FIRST: Self = Self {
        minute: i64::MIN,
        nominee_id: NomineeId(Uuid::nil()),
        client: 0,
        votes: 0,
        guests: 0,
    };
}

/// Whether guests have cast votes in a campaign, withheld ones too, as this transaction sees it.
pub async fn has_guests(tx: &mut Transaction, campaign_id: CampaignId) -> sqlx::Result<bool> {
    let statement = sql!(
        "find_turnout_of_guests",
        "SELECT 1 FROM turnout WHERE campaign_id = $1 AND guests > 0 LIMIT 1"
    );
    let found: Option<i32> = in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text)
        .bind(campaign_id).fetch_optional(t).await)?;
    Ok(found.is_some())
}

/// Rows of a campaign behind `after`, at most `limit`, in the order of time, as this transaction sees them.
pub async fn list_page(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    after: TurnoutRow,
    limit: i64,
) -> sqlx::Result<Vec<TurnoutRow>> {
    let statement = sql!(
        "list_turnout_to_export",
        "SELECT minute, nominee_id, client, votes, guests FROM turnout
        WHERE campaign_id = $1 AND (minute, nominee_id, client) > ($2, $3, $4)
        ORDER BY minute, nominee_id, client LIMIT $5"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text)
        .bind(campaign_id).bind(after.minute).bind(after.nominee_id).bind(after.client).bind(limit)
        .fetch_all(t).await)
}
