//! Forgetting voters: their ways in, ranks of risk, sessions, likes and the hashes at their votes. The votes stay where
//! they are, and so do the counts of likes; whose they were is known no more.
//!
//! A person is a canonical voter with those linked to it. Whoever may still have an access token could vote under the
//! id that is forgotten, and again as a stranger: it waits until there is none. A sign-in locks the voter's row, and
//! finds it forgotten, or is found.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::rows::Ids;
use super::statement::{Dialects, with_ids};
use super::voter::with_voter;
use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::retention::CampaignEnd;
use crate::id::{CampaignId, VoterId};

/// People that are looked at, and forgotten, at once.
const PAGE: i64 = 200;
/// The place of the last one of a full page.
const PAGE_LAST: usize = 199;

/// A position in a list of voters by time.
pub type Place = (DateTime<Utc>, Uuid);

/// A page of voters, with where to go on, if there may be more.
#[derive(Debug)]
pub struct VoterPage {
    /// The voters, each with its time.
    pub voters: Vec<(DateTime<Utc>, VoterId)>,
    /// The place of the last one of a full page.
    pub next: Option<Place>,
}

impl VoterPage {
    fn new(voters: Vec<(DateTime<Utc>, VoterId)>) -> Self {
        let next = voters.get(PAGE_LAST).map(|(at, id)| (*at, id.0));
        Self { voters, next }
    }
}

/// A person with the ids that anything is stored under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The canonical voter.
    pub id: VoterId,
    /// All voters that are this person.
    pub ids: Vec<VoterId>,
}

/// The campaigns of voters, one look at the index a campaign and voter: left to itself, either database may read all
/// votes.
const LIST_CAMPAIGNS: Dialects = sql!(
    "list_campaigns_of_voters",
    postgres: "SELECT v.voter_id, v.campaign_id FROM campaign c CROSS JOIN LATERAL (
            SELECT v.voter_id, v.campaign_id FROM vote v
            WHERE v.campaign_id = c.id AND v.voter_id = ANY($1) AND v.is_first OFFSET 0) v
        UNION SELECT voter_id, campaign_id FROM subject_like WHERE voter_id = ANY($1)",
    sqlite: "SELECT v.voter_id, v.campaign_id FROM campaign c CROSS JOIN vote v
        WHERE v.campaign_id = c.id AND v.voter_id IN (SELECT unhex(value) FROM json_each($1)) AND v.is_first
        UNION SELECT voter_id, campaign_id FROM subject_like
        WHERE voter_id IN (SELECT unhex(value) FROM json_each($1))",
);

/// Stores that a voter asks to be forgotten, and ends its sessions. Returns when it first asked.
pub async fn insert_request(
    database: &Database,
    voter: VoterId,
    now: DateTime<Utc>,
) -> sqlx::Result<DateTime<Utc>> {
    let mut tx = database.begin("ask_to_be_forgotten").await?;
    let statement = sql!(
        "insert_forget_request",
        "INSERT INTO forget_request (voter_id, requested_at)
        SELECT COALESCE(l.canonical_id, v.id), $2 FROM voter v LEFT JOIN voter_link l ON l.voter_id = v.id
        WHERE v.id = $1 AND v.forgotten_at IS NULL
        ON CONFLICT (voter_id) DO UPDATE SET voter_id = excluded.voter_id RETURNING requested_at"
    );
    let requested_at = in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text)
        .bind(voter).bind(now).fetch_one(t).await)?;
    let statement = with_voter!(
        "end_sessions_of_voter",
        "UPDATE session SET revoked_at = $2 WHERE subject_id",
        "$1",
        "AND role = 'VOTER' AND revoked_at IS NULL"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(voter).bind(now).execute(t).await.map(drop))?;
    tx.commit().await?;
    Ok(requested_at)
}

/// When a voter asked to be forgotten, if it did.
pub async fn find_request(
    database: &Database,
    voter: VoterId,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    let statement = with_voter!(
        "find_forget_request",
        "SELECT MIN(requested_at) FROM forget_request WHERE voter_id",
        "$1",
        ""
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text).bind(voter).fetch_one(p).await)
}

/// Whether there is such a voter who has not been forgotten.
pub async fn is_remembered(database: &Database, voter: VoterId) -> sqlx::Result<bool> {
    let statement = sql!(
        "is_voter_remembered",
        "SELECT COUNT(*) FROM voter WHERE id = $1 AND forgotten_at IS NULL"
    );
    let found: i64 = on_pool!(database.read(statement), (p, text) => sqlx::query_scalar(text)
        .bind(voter).fetch_one(p).await)?;
    Ok(found == 1)
}

/// Those who ask to be forgotten, from `after` on by the time of their request.
pub async fn list_requests(database: &Database, after: Place) -> sqlx::Result<VoterPage> {
    let statement = sql!(
        "list_forget_requests",
        "SELECT requested_at, voter_id FROM forget_request WHERE (requested_at, voter_id) > ($1, $2)
        ORDER BY requested_at, voter_id LIMIT $3"
    );
    let voters = on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(after.0).bind(after.1).bind(PAGE).fetch_all(p).await)?;
    Ok(VoterPage::new(voters))
}

/// Canonical voters who came before `until`, from `after` on by their age, and are not forgotten.
pub async fn list_remembered(
    database: &Database,
    after: Place,
    until: DateTime<Utc>,
) -> sqlx::Result<VoterPage> {
    let statement = sql!(
        "list_remembered_voters",
        "SELECT created_at, id FROM voter
        WHERE forgotten_at IS NULL AND created_at < $3 AND (created_at, id) > ($1, $2)
        AND NOT EXISTS (SELECT 1 FROM voter_link l WHERE l.voter_id = voter.id)
        ORDER BY created_at, id LIMIT $4"
    );
    let voters = on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(after.0).bind(after.1).bind(until).bind(PAGE).fetch_all(p).await)?;
    Ok(VoterPage::new(voters))
}

/// The people that these voters are.
pub async fn list_people(database: &Database, voters: &[VoterId]) -> sqlx::Result<Vec<Person>> {
    let statement = with_ids!(
        "list_people",
        "WITH person AS (
            SELECT DISTINCT COALESCE(l.canonical_id, v.id) AS id
            FROM voter v LEFT JOIN voter_link l ON l.voter_id = v.id WHERE v.id",
        ")
        SELECT id, id AS voter_id FROM person
        UNION ALL SELECT l.canonical_id, l.voter_id FROM person p JOIN voter_link l ON l.canonical_id = p.id"
    );
    let voters = ids_of(voters);
    let rows: Vec<(VoterId, VoterId)> = on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(&voters).fetch_all(p).await)?;
    let mut people: BTreeMap<VoterId, Vec<VoterId>> = BTreeMap::new();
    for (person, voter) in rows {
        people.entry(person).or_default().push(voter);
    }
    let people = people.into_iter();
    Ok(people.map(|(id, ids)| Person { id, ids }).collect())
}

/// The campaigns that each of these voters has voted in, or likes somebody or something of.
pub async fn list_campaigns(
    database: &Database,
    voters: &[VoterId],
) -> sqlx::Result<HashMap<VoterId, Vec<CampaignId>>> {
    let voters = ids_of(voters);
    let rows: Vec<(VoterId, CampaignId)> = on_pool!(database.read(LIST_CAMPAIGNS), (p, text) => sqlx::query_as(text)
        .bind(&voters).fetch_all(p).await)?;
    let mut campaigns: HashMap<VoterId, Vec<CampaignId>> = HashMap::new();
    for (voter, campaign) in rows {
        campaigns.entry(voter).or_default().push(campaign);
    }
    Ok(campaigns)
}

/// A campaign's end, with its id.
#[derive(sqlx::FromRow)]
struct EndRow {
    id: CampaignId,
    #[sqlx(flatten)]
    end: CampaignEnd,
}

/// The ends of campaigns.
pub async fn list_ends(
    database: &Database,
    campaigns: &BTreeSet<CampaignId>,
) -> sqlx::Result<HashMap<CampaignId, CampaignEnd>> {
    let statement = with_ids!(
        "list_campaign_ends",
        "SELECT id, lifecycle, voting_closes_at, (SELECT MIN(e.at) FROM audit_event e
            WHERE e.campaign_id = campaign.id AND e.action = 'campaign.publish') AS published_at
        FROM campaign WHERE id",
        ""
    );
    let campaigns = Ids(campaigns.iter().map(|id| id.0).collect());
    let rows: Vec<EndRow> = on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(&campaigns).fetch_all(p).await)?;
    Ok(rows.into_iter().map(|row| (row.id, row.end)).collect())
}

/// Ends the sessions of these people.
pub async fn end_sessions(
    database: &Database,
    people: &[Person],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "end_sessions_of_people",
        postgres: "UPDATE session SET revoked_at = $2
            WHERE subject_id = ANY($1) AND role = 'VOTER' AND revoked_at IS NULL",
        sqlite: "UPDATE session SET revoked_at = $2
            WHERE subject_id IN (SELECT unhex(value) FROM json_each($1)) AND role = 'VOTER' AND revoked_at IS NULL",
    );
    let voters = voters_of(people);
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(&voters).bind(now).execute(p).await.map(drop))
}

/// Forgets those of `people` who have had no session since `idle_since`; `campaigns` are those that they took part in.
/// Returns their number.
pub async fn forget(
    database: &Database,
    people: &[Person],
    campaigns: &BTreeSet<CampaignId>,
    idle_since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<usize> {
    let mut tx = database.begin("forget_voters").await?;
    let remembered = lock(&mut tx, people).await?;
    let active = list_active(&mut tx, people, idle_since).await?;
    let is_ripe = |person: &&Person| {
        remembered.contains(&person.id) && !person.ids.iter().any(|id| active.contains(id))
    };
    let ripe: Vec<Person> = people.iter().filter(is_ripe).cloned().collect();
    if ripe.is_empty() {
        return Ok(0);
    }
    let voters = voters_of(&ripe);
    forget_likes(&mut tx, &voters).await?;
    let campaigns = Ids(campaigns.iter().map(|id| id.0).collect());
    let statement = sql!(
        "forget_hashes_of_votes",
        postgres: "UPDATE vote SET network_hash = NULL, network_block_hash = NULL, device_hash = NULL
            WHERE campaign_id = ANY($2) AND voter_id = ANY($1)",
        sqlite: "UPDATE vote SET network_hash = NULL, network_block_hash = NULL, device_hash = NULL
            WHERE campaign_id IN (SELECT unhex(value) FROM json_each($2))
            AND voter_id IN (SELECT unhex(value) FROM json_each($1))",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(&voters).bind(&campaigns).execute(t).await.map(drop))?;
    for statement in [
        with_ids!(
            "forget_identities",
            "DELETE FROM voter_identity WHERE voter_id",
            ""
        ),
        with_ids!(
            "forget_sessions",
            "DELETE FROM session WHERE subject_id",
            "AND role = 'VOTER'"
        ),
        with_ids!(
            "forget_hand_overs",
            "DELETE FROM hand_over WHERE voter_id",
            ""
        ),
        with_ids!(
            "forget_request",
            "DELETE FROM forget_request WHERE voter_id",
            ""
        ),
    ] {
        in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(&voters).execute(t).await.map(drop))?;
    }
    let statement = sql!(
        "mark_as_forgotten",
        postgres: "UPDATE voter SET forgotten_at = $2, risk_rank = NULL, risk_ranked_at = NULL WHERE id = ANY($1)",
        sqlite: "UPDATE voter SET forgotten_at = $2, risk_rank = NULL, risk_ranked_at = NULL
            WHERE id IN (SELECT unhex(value) FROM json_each($1))",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(&voters).bind(now).execute(t).await.map(drop))?;
    tx.commit().await?;
    Ok(ripe.len())
}

/// Locks the voters of these people, against sign-ins; returns those who are not forgotten.
async fn lock(tx: &mut Transaction, people: &[Person]) -> sqlx::Result<BTreeSet<VoterId>> {
    let statement = sql!(
        "lock_remembered_voters",
        postgres: "SELECT id FROM voter WHERE id = ANY($1) AND forgotten_at IS NULL ORDER BY id FOR UPDATE",
        sqlite: "SELECT id FROM voter WHERE id IN (SELECT unhex(value) FROM json_each($1)) AND forgotten_at IS NULL",
    );
    let voters = voters_of(people);
    let remembered: Vec<VoterId> = in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text)
        .bind(&voters).fetch_all(t).await)?;
    Ok(remembered.into_iter().collect())
}

/// Those voters of these people who have a session, or had one after `idle_since`.
async fn list_active(
    tx: &mut Transaction,
    people: &[Person],
    idle_since: DateTime<Utc>,
) -> sqlx::Result<BTreeSet<VoterId>> {
    let statement = sql!(
        "list_active_voters",
        postgres: "SELECT subject_id FROM session WHERE subject_id = ANY($1) AND role = 'VOTER'
            AND (revoked_at IS NULL OR revoked_at > $2)",
        sqlite: "SELECT subject_id FROM session WHERE subject_id IN (SELECT unhex(value) FROM json_each($1))
            AND role = 'VOTER' AND (revoked_at IS NULL OR revoked_at > $2)",
    );
    let voters = voters_of(people);
    let active: Vec<VoterId> = in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text)
        .bind(&voters).bind(idle_since).fetch_all(t).await)?;
    Ok(active.into_iter().collect())
}

/// Removes the likes of these voters; what they are of keeps its count.
async fn forget_likes(tx: &mut Transaction, voters: &Ids) -> sqlx::Result<()> {
    // Locked in the order in which the writer moves counters, so that the two never wait in a circle.
    let statement = sql!(
        "lock_counters_of_likes",
        postgres: "SELECT 1 FROM subject_counter
            WHERE subject_id IN (SELECT subject_id FROM subject_like WHERE voter_id = ANY($1))
            ORDER BY subject_id FOR UPDATE",
        sqlite: "SELECT 1 FROM json_each($1) WHERE FALSE",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(voters).execute(t).await.map(drop))?;
    let statement = sql!(
        "keep_counts_of_likes",
        postgres: "UPDATE subject_counter SET forgotten_likes = forgotten_likes + g.likes FROM (
                SELECT subject_id, COUNT(*) AS likes FROM subject_like WHERE voter_id = ANY($1) GROUP BY subject_id
            ) g WHERE subject_counter.subject_id = g.subject_id",
        sqlite: "UPDATE subject_counter SET forgotten_likes = forgotten_likes + g.likes FROM (
                SELECT subject_id, COUNT(*) AS likes FROM subject_like
                WHERE voter_id IN (SELECT unhex(value) FROM json_each($1)) GROUP BY subject_id
            ) g WHERE subject_counter.subject_id = g.subject_id",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(voters).execute(t).await.map(drop))?;
    let statement = with_ids!(
        "forget_likes",
        "DELETE FROM subject_like WHERE voter_id",
        ""
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(voters).execute(t).await.map(drop))
}

fn ids_of(voters: &[VoterId]) -> Ids {
    Ids(voters.iter().map(|id| id.0).collect())
}

fn voters_of(people: &[Person]) -> Ids {
    let voters = people.iter().flat_map(|person| &person.ids);
    Ids(voters.map(|id| id.0).collect())
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::super::kept::LIST_VOTES;
    use super::super::{Pool, Purpose};
    use super::*;

    /// The steps in which SQLite executes a statement.
    async fn plan(database: &Database, statement: Dialects) -> Vec<String> {
        let Pool::Sqlite(pool) = &database.read else {
            panic!("it is SQLite");
        };
        let explain = format!("EXPLAIN QUERY PLAN {}", statement.sqlite.text);
        let steps = sqlx::query(sqlx::AssertSqlSafe(explain))
            .fetch_all(pool)
            .await;
        let steps = steps.expect("a good statement");
        steps.iter().map(|step| step.get("detail")).collect()
    }

    #[tokio::test]
    async fn votes_of_voters_are_looked_up_and_not_gone_through() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let database = Database::open(&url, 4, Purpose::Maintenance).await;
        let database = database.expect("a new file");
        database.migrate().await.expect("it migrates");
        for statement in [LIST_VOTES, LIST_CAMPAIGNS] {
            let steps = plan(&database, statement).await;
            let of_votes = |step: &&String| step.contains(" v ") || step.ends_with(" v");
            let votes: Vec<&String> = steps.iter().filter(of_votes).collect();
            let is_looked_up =
                |step: &&String| step.starts_with("SEARCH") && step.contains("voter_id=?");
            assert!(
                !votes.is_empty() && votes.iter().all(is_looked_up),
                "{steps:?}"
            );
        }
    }
}
