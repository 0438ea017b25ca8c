//! Votes by what they have in common, for a person who looks for what is wrong with them.

use chrono::{DateTime, Utc};

use crate::id::{CampaignId, NomineeId};
use crate::ledger::statement::Dialects;
use crate::ledger::{Database, on_pool, sql};

/// The thing that the votes of a group have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupKey {
    /// The network that they came from.
    Network,
    /// The block of that network.
    NetworkBlock,
    /// The model of the phone and its client.
    PhoneModel,
}

/// Votes that have something in common.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct VoteGroup {
    /// The keyed hash of what they have in common.
    pub key: Vec<u8>,
    /// Their number.
    pub votes: i64,
    /// The voters who cast them.
    pub voters: i64,
    /// Those of them that were cast unseen.
    pub unseen: i64,
    /// Those of them that were cast within three seconds.
    pub fast: i64,
    /// Those of guests.
    pub guests: i64,
    /// Those that are withheld.
    pub withheld: i64,
}

/// The votes that are grouped.
#[derive(Debug, Clone, Copy)]
pub struct GroupQuery {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Only votes for this nominee.
    pub nominee_id: Option<NomineeId>,
    /// Only votes of this time or later.
    pub from: DateTime<Utc>,
    /// Only votes before this time.
    pub until: DateTime<Utc>,
    /// So many groups, the largest.
    pub limit: i64,
}

/// The statement that groups votes by a column.
macro_rules! groups {
    ($name:literal, $column:literal) => {
        sql!(
            $name,
            concat!(
                "SELECT ",
                $column,
                " AS key, COUNT(*) AS votes, COUNT(DISTINCT voter_id) AS voters,
                COUNT(*) FILTER (WHERE seen_ms IS NULL AND network_block_hash IS NOT NULL) AS unseen,
                COUNT(*) FILTER (WHERE seen_ms <= 3000) AS fast, COUNT(*) FILTER (WHERE is_guest) AS guests,
                COUNT(*) FILTER (WHERE withheld_by > 0) AS withheld
                FROM vote WHERE campaign_id = $1 AND (CAST($2 AS uuid) IS NULL OR nominee_id = $2)
                    AND cast_at >= $3 AND cast_at < $4 AND ",
                $column,
                " IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $5"
            )
        )
    };
}

/// The largest groups of votes, largest first.
pub async fn list(
    database: &Database,
    key: GroupKey,
    query: GroupQuery,
) -> sqlx::Result<Vec<VoteGroup>> {
    let statement: Dialects = match key {
        GroupKey::Network => groups!("group_votes_by_network", "network_hash"),
        GroupKey::NetworkBlock => groups!("group_votes_by_network_block", "network_block_hash"),
        GroupKey::PhoneModel => groups!("group_votes_by_phone_model", "device_hash"),
    }
    .into();
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(query.campaign_id).bind(query.nominee_id).bind(query.from).bind(query.until).bind(query.limit)
        .fetch_all(p).await)
}
