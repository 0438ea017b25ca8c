//! The traces that are kept of a voter, as it sees them itself.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::statement::Dialects;
use super::voter::{ids_of_voter, with_voter};
use super::{Database, on_pool, sql};
use crate::domain::identity::IdentityKind;
use crate::id::{CampaignId, SubjectId, VoterId};

/// A way in that is kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptIdentity {
    /// Its kind; none for a name that several ways of a platform share.
    pub kind: Option<IdentityKind>,
    /// The time since when it is known.
    pub created_at: DateTime<Utc>,
}

/// A vote or like that is kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptAct {
    /// Its time.
    pub at: DateTime<Utc>,
    /// Its place among those of the same time.
    pub id: Uuid,
    /// The nominee or story.
    pub subject_id: SubjectId,
    /// Its campaign.
    pub campaign_id: CampaignId,
}

/// A position in a list of acts, which has the newest first.
pub type Place = (DateTime<Utc>, Uuid);

/// A time after all acts, in seconds: the end of the year 9999. Later ones have a longer text, which SQLite sorts
/// before.
const AFTER_ALL: i64 = 253_402_300_799;

/// The beginning of a list of acts.
fn beginning() -> Place {
    let at = DateTime::from_timestamp(AFTER_ALL, 0);
    (at.unwrap_or(DateTime::<Utc>::MAX_UTC), Uuid::max())
}

/// The votes of the voter `$1`, one look at the index a campaign: left to itself, either database may read all votes.
pub(super) const LIST_VOTES: Dialects = sql!(
    "list_kept_votes",
    postgres: concat!(
        "SELECT v.* FROM campaign c CROSS JOIN LATERAL (
            SELECT v.cast_at AS at, v.id, v.nominee_id AS subject_id, v.campaign_id FROM vote v
            WHERE v.campaign_id = c.id AND v.voter_id = ANY(ARRAY(", ids_of_voter!("$1"), ")) OFFSET 0) v
        WHERE (v.at, v.id) < ($2, $3) ORDER BY v.at DESC, v.id DESC LIMIT $4"
    ),
    sqlite: concat!(
        "SELECT v.cast_at AS at, v.id, v.nominee_id AS subject_id, v.campaign_id FROM campaign c CROSS JOIN vote v
        WHERE v.campaign_id = c.id AND v.voter_id IN (", ids_of_voter!("$1"), ")
        AND (v.cast_at, v.id) < ($2, $3) ORDER BY v.cast_at DESC, v.id DESC LIMIT $4"
    ),
);

/// The ways in of a voter, the oldest first: a hundred of them, as of a device on which many guests signed in.
pub async fn list_identities(
    database: &Database,
    voter: VoterId,
) -> sqlx::Result<Vec<KeptIdentity>> {
    let statement = with_voter!(
        "list_kept_identities",
        "SELECT kind, created_at FROM voter_identity WHERE voter_id",
        "$1",
        "ORDER BY created_at, kind LIMIT 100"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(voter).fetch_all(p).await)
}

/// The votes of a voter after `after`.
pub async fn list_votes(
    database: &Database,
    voter: VoterId,
    after: Option<Place>,
    limit: i64,
) -> sqlx::Result<Vec<KeptAct>> {
    let (at, id) = after.unwrap_or_else(beginning);
    on_pool!(database.read(LIST_VOTES), (p, text) => sqlx::query_as(text)
        .bind(voter).bind(at).bind(id).bind(limit).fetch_all(p).await)
}

/// The likes of a voter after `after`.
pub async fn list_likes(
    database: &Database,
    voter: VoterId,
    after: Option<Place>,
    limit: i64,
) -> sqlx::Result<Vec<KeptAct>> {
    let statement = with_voter!(
        "list_kept_likes",
        "SELECT liked_at AS at, subject_id AS id, subject_id, campaign_id FROM subject_like WHERE voter_id",
        "$1",
        "AND (liked_at, subject_id) < ($2, $3) ORDER BY liked_at DESC, subject_id DESC LIMIT $4"
    );
    let (at, id) = after.unwrap_or_else(beginning);
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(voter).bind(at).bind(id).bind(limit).fetch_all(p).await)
}
