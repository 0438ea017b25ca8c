//! Voters, their ways in, and voters that turned out to be one person.
//!
//! A voter has one identity for each way in, and one for each name that several ways of a platform share. Where a
//! sign-in brings identities of different voters, these are linked: one is canonical, and what the others cast from
//! then on is stored as its own. Votes that were stored before stay where they are.

mod join;
mod risk;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

pub use self::join::join;
pub use self::risk::{find_risk, store_risk};
use super::rows::Ids;
use super::statement::{OnPool, Statement, with_ids};
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::identity::{IdentityKind, IdentityKinds};
use crate::id::{CampaignId, VoterId};

/// Rows removed in one statement, so that it holds nobody up.
const PURGE_BATCH: i64 = 1_000;
/// The place of the last row of a full batch.
const PURGE_BATCH_LAST: usize = 999;
/// The time that guests are remembered who have done nothing.
const GUESTS_REMEMBERED: TimeDelta = TimeDelta::days(30);
/// The number of the lock under which voters are linked.
const LINK_LOCK: i64 = 0x6C69_6E6B;

/// The ids under which the votes of the voter of a parameter are stored: the canonical voter's and those linked to it.
macro_rules! ids_of_voter {
    ($voter:literal) => {
        concat!(
            "SELECT COALESCE((SELECT canonical_id FROM voter_link WHERE voter_id = ",
            $voter,
            "), ",
            $voter,
            ") UNION ALL SELECT voter_id FROM voter_link WHERE canonical_id = COALESCE(
                (SELECT canonical_id FROM voter_link WHERE voter_id = ",
            $voter,
            "), ",
            $voter,
            ")"
        )
    };
}
pub(crate) use ids_of_voter;

/// A statement about one voter, linked ones with it: `{head} IN (the ids of the parameter) {tail}`. PostgreSQL gets the
/// ids as an array, and looks them up in the index whatever it believes about a fresh table; of a subquery it may read
/// all votes of the campaign.
macro_rules! with_voter {
    ($name:literal, $head:expr, $voter:literal, $tail:expr $(,)?) => {
        $crate::ledger::statement::sql!(
            $name,
            postgres: concat!($head, " = ANY(ARRAY(", $crate::ledger::voter::ids_of_voter!($voter), ")) ", $tail),
            sqlite: concat!($head, " IN (", $crate::ledger::voter::ids_of_voter!($voter), ") ", $tail),
        )
    };
    // With a list of ids, bound to `$1` as for `with_ids!`: `{head} IN (the ids of the parameter) {and} IN (the list)`.
    ($name:literal, $head:expr, $voter:literal, $and:expr, list $(,)?) => {
        $crate::ledger::statement::sql!(
            $name,
            postgres: concat!($head, " = ANY(ARRAY(", $crate::ledger::voter::ids_of_voter!($voter), ")) ",
                $and, " = ANY($1)"),
            sqlite: concat!($head, " IN (", $crate::ledger::voter::ids_of_voter!($voter), ") ",
                $and, " IN (SELECT unhex(value) FROM json_each($1))"),
        )
    };
}
pub(crate) use with_voter;

/// A keyed hash by which a voter is known.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// The keyed hash.
    pub hash: &'a [u8],
    /// The way in; none for a name that several ways share.
    pub kind: Option<IdentityKind>,
}

/// Finds the canonical voter of an identity.
const FIND_VOTER: Statement = sql!(
    "find_voter",
    "SELECT COALESCE(l.canonical_id, i.voter_id) FROM voter_identity i
    LEFT JOIN voter_link l ON l.voter_id = i.voter_id WHERE i.identity_hash = $1"
);

/// The canonical voter of an identity.
pub async fn find_by_identity(database: &Database, hash: &[u8]) -> sqlx::Result<Option<VoterId>> {
    on_pool!(database.read(FIND_VOTER), (p, text) => sqlx::query_scalar(text).bind(hash).fetch_optional(p).await)
}

/// The ways in of a canonical voter, those of linked ones too.
pub async fn list_kinds(database: &Database, id: VoterId) -> sqlx::Result<IdentityKinds> {
    let statement = with_voter!(
        "list_identity_kinds",
        "SELECT DISTINCT kind FROM voter_identity WHERE voter_id",
        "$1",
        "AND kind IS NOT NULL"
    );
    let kinds: Vec<IdentityKind> = on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text)
        .bind(id).fetch_all(p).await)?;
    Ok(kinds.into_iter().collect())
}

/// The first way in of some identities, by its place in [`IdentityKind::ALL`].
macro_rules! place_of_way {
    () => {
        "MIN(CASE i.kind WHEN 'WECHAT_MINI_PROGRAM' THEN 0 WHEN 'WECHAT_WEB' THEN 1 WHEN 'DOUYIN' THEN 2
            WHEN 'ALIPAY' THEN 3 WHEN 'PHONE' THEN 4 WHEN 'OIDC' THEN 5 WHEN 'GUEST' THEN 6 END) AS place"
    };
}

/// Voters of a campaign by the first of their ways in, as [`IdentityKind::ALL`] has them: each once, with those linked
/// to it as one. None is for voters without a way in. It goes through all voters of the campaign, and may be a second
/// old.
pub async fn count_by_kind(
    database: &Database,
    campaign_id: CampaignId,
) -> sqlx::Result<Vec<(Option<IdentityKind>, i64)>> {
    let statement = sql!(
        "count_voters_by_kind",
        concat!(
            "WITH linked AS (
                SELECT voter_id AS id, canonical_id AS person_id FROM voter_link
                UNION SELECT canonical_id, canonical_id FROM voter_link
            ), linked_person AS (
                SELECT DISTINCT m.person_id FROM linked m CROSS JOIN vote v -- SQLite begins with those linked
                WHERE v.campaign_id = $1 AND v.voter_id = m.id AND v.is_first
            ), way AS (
                SELECT v.voter_id AS id, ",
            place_of_way!(),
            " FROM vote v LEFT JOIN voter_identity i ON i.voter_id = v.voter_id
                WHERE v.campaign_id = $1 AND v.is_first
                AND NOT EXISTS (SELECT 1 FROM voter_link l WHERE l.voter_id = v.voter_id)
                AND NOT EXISTS (SELECT 1 FROM voter_link l WHERE l.canonical_id = v.voter_id)
                GROUP BY v.voter_id
                UNION ALL
                SELECT p.person_id, ",
            place_of_way!(),
            " FROM linked_person p JOIN linked m ON m.person_id = p.person_id
                LEFT JOIN voter_identity i ON i.voter_id = m.id GROUP BY p.person_id
            )
            SELECT CAST(place AS BIGINT), COUNT(*) FROM way GROUP BY place ORDER BY place IS NULL, place"
        )
    );
    let counts = match database.replica(statement) {
        Some(run) => database.replica_answer(fetch_counts(run, campaign_id).await)?,
        None => None,
    };
    let counts = match counts {
        Some(counts) => counts,
        None => fetch_counts(database.read(statement), campaign_id).await?,
    };
    let kind = |place: Option<i64>| {
        let index = usize::try_from(place?).ok()?;
        IdentityKind::ALL.get(index).copied()
    };
    let counts = counts.into_iter();
    Ok(counts
        .map(|(place, voters)| (kind(place), voters))
        .collect())
}

async fn fetch_counts(
    run: OnPool<'_>,
    campaign_id: CampaignId,
) -> sqlx::Result<Vec<(Option<i64>, i64)>> {
    on_pool!(run, (p, text) => sqlx::query_as(text).bind(campaign_id).fetch_all(p).await)
}

/// The voter of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The canonical voter.
    pub id: VoterId,
    /// Voters who were found to be the same and are linked to it from now on.
    pub linked: Vec<VoterId>,
}

/// The canonical voter whom these identities, of one sign-in, are of. Those that are new become its own; where none is
/// known there is a new voter. Voters that turn out to be one are linked; so is `guest`, who signs in with these and
/// had no other way in.
pub async fn sign_in(
    database: &Database,
    identities: &[Identity<'_>],
    guest: Option<VoterId>,
    now: DateTime<Utc>,
) -> sqlx::Result<SignedIn> {
    if guest.is_none()
        && let Some(id) = find_of_all(database, identities).await?
    {
        let linked = Vec::new();
        return Ok(SignedIn { id, linked });
    }
    let mut tx = database.begin("sign_in_voter").await?;
    let new = insert(&mut tx, identities, now).await?;
    let mut found = list_holders(&mut tx, identities).await?;
    found.retain(|id| *id != new);
    if let Some(guest) = guest
        && claim_guest(&mut tx, guest).await?
    {
        found.push(guest);
    }
    let signed_in = match found.as_slice() {
        [] => SignedIn {
            id: new,
            linked: Vec::new(),
        },
        [id] => SignedIn {
            id: *id,
            linked: Vec::new(),
        },
        _ => link(&mut tx, found, now).await?,
    };
    if signed_in.id != new {
        hand_over(&mut tx, new, signed_in.id).await?;
    }
    tx.commit().await?;
    Ok(signed_in)
}

/// The same for a voter whose way in was proved before.
pub async fn sign_in_known(
    database: &Database,
    id: VoterId,
    guest: Option<VoterId>,
    now: DateTime<Utc>,
) -> sqlx::Result<SignedIn> {
    let mut tx = database.begin("sign_in_known_voter").await?;
    let canonical = find_canonical(&mut tx, id).await?.unwrap_or(id);
    let mut found = vec![canonical];
    if let Some(guest) = guest
        && claim_guest(&mut tx, guest).await?
    {
        found.push(guest);
    }
    let signed_in = if found.len() == 1 {
        SignedIn {
            id: canonical,
            linked: Vec::new(),
        }
    } else {
        link(&mut tx, found, now).await?
    };
    tx.commit().await?;
    Ok(signed_in)
}

/// The canonical voter of a voter; none where there is no such voter.
async fn find_canonical(tx: &mut Transaction, id: VoterId) -> sqlx::Result<Option<VoterId>> {
    let statement = sql!(
        "find_canonical_voter",
        "SELECT COALESCE(l.canonical_id, v.id) FROM voter v
        LEFT JOIN voter_link l ON l.voter_id = v.id WHERE v.id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text).bind(id).fetch_optional(t).await)
}

/// The canonical voter that all of these identities are known to be of.
async fn find_of_all(
    database: &Database,
    identities: &[Identity<'_>],
) -> sqlx::Result<Option<VoterId>> {
    let mut voter = None;
    for identity in identities {
        let found = find_by_identity(database, identity.hash).await?;
        if found.is_none() || voter.is_some_and(|id| Some(id) != found) {
            return Ok(None);
        }
        voter = found;
    }
    Ok(voter)
}

/// Stores a new voter with those of the identities that nobody has.
async fn insert(
    tx: &mut Transaction,
    identities: &[Identity<'_>],
    now: DateTime<Utc>,
) -> sqlx::Result<VoterId> {
    let id = VoterId::new();
    let is_guest = identities
        .iter()
        .all(|identity| identity.kind == Some(IdentityKind::Guest));
    let statement = sql!(
        "insert_voter",
        "INSERT INTO voter (id, is_guest, created_at) VALUES ($1, $2, $3)"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(id).bind(is_guest).bind(now).execute(t).await.map(drop))?;
    insert_identities(tx, id, identities, now).await?;
    Ok(id)
}

/// Gives a voter those of the identities that nobody has; who has them, if anybody, is waited for.
async fn insert_identities(
    tx: &mut Transaction,
    id: VoterId,
    identities: &[Identity<'_>],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "insert_identity",
        "INSERT INTO voter_identity (identity_hash, voter_id, kind, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (identity_hash) DO NOTHING"
    );
    let mut identities = identities.to_vec();
    // Two sign-ins with the same identities do not wait for each other in a circle.
    identities.sort_unstable_by_key(|identity| identity.hash);
    for identity in identities {
        in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
            .bind(identity.hash).bind(id).bind(identity.kind).bind(now).execute(t).await.map(drop))?;
    }
    Ok(())
}

/// The canonical voters of these identities, each once.
async fn list_holders(
    tx: &mut Transaction,
    identities: &[Identity<'_>],
) -> sqlx::Result<Vec<VoterId>> {
    let mut holders = Vec::with_capacity(identities.len());
    for identity in identities {
        let id: VoterId = in_tx!(tx.run(FIND_VOTER), (t, text) => sqlx::query_scalar(text)
            .bind(identity.hash).fetch_one(t).await)?;
        if !holders.contains(&id) {
            holders.push(id);
        }
    }
    Ok(holders)
}

/// Makes a guest with no other way in a voter who has one; false where it has one by now: whoever signs in where
/// somebody else did is somebody else.
async fn claim_guest(tx: &mut Transaction, id: VoterId) -> sqlx::Result<bool> {
    let statement = sql!(
        "claim_guest",
        "UPDATE voter SET is_guest = FALSE WHERE id = $1 AND is_guest"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(id).execute(t).await.map(|done| done.rows_affected() == 1))
}

/// Gives the identities of a voter that was just made to another one; it is no more.
async fn hand_over(tx: &mut Transaction, from: VoterId, to: VoterId) -> sqlx::Result<()> {
    let statement = sql!(
        "hand_over_identities",
        "UPDATE voter_identity SET voter_id = $2 WHERE voter_id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(from).bind(to).execute(t).await.map(drop))?;
    let statement = sql!("delete_unused_voter", "DELETE FROM voter WHERE id = $1");
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(from).execute(t).await.map(drop))
}

/// Links voters that are one person: the oldest is canonical. One links at a time, so that a canonical voter is never
/// linked to another one meanwhile.
async fn link(
    tx: &mut Transaction,
    voters: Vec<VoterId>,
    now: DateTime<Utc>,
) -> sqlx::Result<SignedIn> {
    let statement = sql!(
        "lock_links",
        postgres: "SELECT 1 FROM pg_advisory_xact_lock($1)",
        sqlite: "SELECT $1",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(LINK_LOCK).execute(t).await.map(drop))?;
    let statement = with_ids!(
        "list_canonical_voters",
        "SELECT DISTINCT c.created_at, c.id FROM voter v LEFT JOIN voter_link l ON l.voter_id = v.id
        JOIN voter c ON c.id = COALESCE(l.canonical_id, v.id) WHERE v.id",
        "ORDER BY c.created_at, c.id"
    );
    let voters = Ids(voters.into_iter().map(|id| id.0).collect());
    let voters: Vec<(DateTime<Utc>, VoterId)> = in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text)
        .bind(&voters).fetch_all(t).await)?;
    let mut voters = voters.into_iter().map(|(_, id)| id);
    let canonical = voters.next().ok_or(sqlx::Error::RowNotFound)?;
    let linked: Vec<VoterId> = voters.collect();
    for &id in &linked {
        let statement = sql!(
            "move_links",
            "UPDATE voter_link SET canonical_id = $2 WHERE canonical_id = $1"
        );
        in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
            .bind(id).bind(canonical).execute(t).await.map(drop))?;
        let statement = sql!(
            "insert_link",
            "INSERT INTO voter_link (voter_id, canonical_id, linked_at) VALUES ($1, $2, $3)"
        );
        in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
            .bind(id).bind(canonical).bind(now).execute(t).await.map(drop))?;
    }
    risk::share_risk(tx, canonical).await?;
    let id = canonical;
    Ok(SignedIn { id, linked })
}

/// Looks at the [`PURGE_BATCH`] guests that follow `after` by age, of those made long ago, and removes those who left
/// nothing behind: no session, no vote, no like. Returns where to go on, if there may be more.
pub async fn purge_guests(
    database: &Database,
    after: (DateTime<Utc>, Uuid),
    now: DateTime<Utc>,
) -> sqlx::Result<Option<(DateTime<Utc>, Uuid)>> {
    let mut tx = database.begin("purge_guests").await?;
    // Locked against sign-ins (`lock_voter`): a session is there before the removal looks, or finds no guest.
    let statement = sql!(
        "list_old_guests",
        postgres: "SELECT created_at, id FROM voter
            WHERE is_guest AND created_at < $3 AND (created_at, id) > ($1, $2)
            ORDER BY created_at, id LIMIT $4 FOR UPDATE",
        sqlite: "SELECT created_at, id FROM voter
            WHERE is_guest AND created_at < $3 AND (created_at, id) > ($1, $2)
            ORDER BY created_at, id LIMIT $4",
    );
    let guests: Vec<(DateTime<Utc>, Uuid)> = in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text)
        .bind(after.0).bind(after.1).bind(now - GUESTS_REMEMBERED).bind(PURGE_BATCH).fetch_all(t).await)?;
    let next = guests.get(PURGE_BATCH_LAST).copied();
    let statement = with_ids!(
        "delete_idle_guests",
        "DELETE FROM voter WHERE id",
        "AND NOT EXISTS (SELECT 1 FROM session s WHERE s.subject_id = voter.id)
        AND NOT EXISTS (SELECT 1 FROM subject_like l WHERE l.voter_id = voter.id)
        AND NOT EXISTS (SELECT 1 FROM campaign c JOIN vote b ON b.campaign_id = c.id
            WHERE b.voter_id = voter.id AND b.is_first)"
    );
    let ids = Ids(guests.into_iter().map(|(_, id)| id).collect());
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(&ids).execute(t).await.map(drop))?;
    tx.commit().await?;
    Ok(next)
}
