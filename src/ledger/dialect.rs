//! The statements that the two databases say differently, side by side. Everything else in `ledger` is one text for
//! both, but for lists of ids (`with_ids!`).

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::rows::{column_names, packed_row, with_rows};
use super::statement::{Dialects, Statement, sql};

packed_row! {
    /// A vote request as [`EXISTING_VOTES`] takes it on SQLite.
    RequestRow {
        campaign_id: Uuid,
        voter_id: Uuid,
        period: i64,
        idempotency_key: Option<[u8; 16]>,
    }
}

packed_row! {
    /// A new vote as SQLite takes it.
    VoteRow {
        campaign_id: Uuid,
        scope_id: Uuid,
        voter_id: Uuid,
        period: i64,
        slot: i64,
        nominee_id: Uuid,
        id: Uuid,
        idempotency_key: Option<[u8; 16]>,
        cast_at: DateTime<Utc>,
        is_first: i64,
        network_hash: Option<[u8; 16]>,
        device_hash: Option<[u8; 16]>,
        rules_revision: i64,
        client: i64,
        network_block_hash: Option<[u8; 16]>,
        seen_ms: Option<i64>,
        share_nominee: Option<[u8; 16]>,
        is_guest: i64,
    }
}

/// The minute of a vote (`domain::turnout::minute_of`), on PostgreSQL.
macro_rules! minute_postgres {
    () => {
        "CAST(floor(date_part('epoch', cast_at) / 60) AS BIGINT)"
    };
}

/// The same on SQLite, whose numbers of seconds are rounded: they are cut off as text.
macro_rules! minute_sqlite {
    () => {
        "CAST(strftime('%s', substr(cast_at, 1, 16)) AS INTEGER) / 60"
    };
}

/// The votes that matter for the requests of a batch: of each voter, those of the request's period (0 is the whole
/// campaign: all of them), those with its idempotency key and the first of all; linked voters are one. With them, of
/// the same moment, a row of slot 0 for each of the campaigns, whose period is the revision of its rules, and one of
/// slot -1 for each voter that is linked to one of the requests', whose scope is the canonical voter: one statement for
/// all costs no round trip more. Votes of linked voters may stand there twice.
///
/// PostgreSQL: `$1` campaigns, `$2` voters, `$3` periods, `$4` keys; the lateral form keeps one index probe a voter
/// whatever the planner believes about a fresh table. SQLite: `$1` rows of [`RequestRow`].
pub(crate) static EXISTING_VOTES: LazyLock<Dialects> = LazyLock::new(|| {
    let rows = with_rows::<RequestRow>();
    Dialects::build(
        "list_existing_votes",
        "WITH request AS (
            SELECT r.*, COALESCE((SELECT l.canonical_id FROM voter_link l WHERE l.voter_id = r.voter_id), r.voter_id)
                AS canonical_id
            FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[])
                AS r (campaign_id, voter_id, period, idempotency_key)
        ), holder AS (
            SELECT r.campaign_id, r.period, r.idempotency_key, r.canonical_id, h.voter_id, h.linked_at
            FROM request r CROSS JOIN LATERAL (
                SELECT r.canonical_id AS voter_id, NULL AS linked_at
                UNION ALL SELECT l.voter_id, l.linked_at FROM voter_link l WHERE l.canonical_id = r.canonical_id
                OFFSET 0) h
        )
        SELECT v.* FROM holder r
        CROSS JOIN LATERAL (
            SELECT v.campaign_id, v.voter_id, v.scope_id, v.period, v.slot, v.nominee_id, v.id, v.idempotency_key,
                v.cast_at, v.is_first
            FROM vote v WHERE v.campaign_id = r.campaign_id AND v.voter_id = r.voter_id
                AND (v.period = r.period OR v.idempotency_key = r.idempotency_key OR v.is_first)
            UNION ALL
            SELECT v.campaign_id, v.voter_id, v.scope_id, v.period, v.slot, v.nominee_id, v.id, v.idempotency_key,
                v.cast_at, v.is_first
            FROM vote v WHERE r.period = 0 AND v.campaign_id = r.campaign_id AND v.voter_id = r.voter_id
                AND v.period <> 0 AND NOT v.is_first
                AND (r.idempotency_key IS NULL OR v.idempotency_key IS DISTINCT FROM r.idempotency_key)
            OFFSET 0) v
        UNION ALL SELECT c.id, c.id, c.id, c.rules_revision, 0, c.id, c.id, NULL, c.created_at, FALSE
        FROM campaign c WHERE c.id = ANY($1)
        UNION ALL SELECT voter_id, voter_id, canonical_id, 0, -1, voter_id, voter_id, NULL, linked_at, FALSE
        FROM holder WHERE linked_at IS NOT NULL",
        &format!(
            "{rows}, request AS MATERIALIZED (
                SELECT r.*, COALESCE((SELECT l.canonical_id FROM voter_link l WHERE l.voter_id = r.voter_id),
                    r.voter_id) AS canonical_id
                FROM row r
            ), holder AS MATERIALIZED (
                SELECT campaign_id, period, idempotency_key, canonical_id, canonical_id AS voter_id, NULL AS linked_at
                FROM request
                UNION ALL SELECT r.campaign_id, r.period, r.idempotency_key, r.canonical_id, l.voter_id, l.linked_at
                FROM request r CROSS JOIN voter_link l WHERE l.canonical_id = r.canonical_id
            )
            SELECT v.campaign_id, v.voter_id, v.scope_id, v.period, v.slot, v.nominee_id, v.id,
                v.idempotency_key, v.cast_at, v.is_first
            FROM holder r CROSS JOIN vote v
            WHERE v.campaign_id = r.campaign_id AND v.voter_id = r.voter_id
                AND (v.period = r.period OR r.period = 0 OR v.is_first
                    OR v.idempotency_key = r.idempotency_key)
            UNION ALL SELECT id, id, id, rules_revision, 0, id, id, NULL, created_at, FALSE
            FROM campaign WHERE id IN (SELECT campaign_id FROM request)
            UNION ALL SELECT voter_id, voter_id, canonical_id, 0, -1, voter_id, voter_id, NULL, linked_at, FALSE
            FROM holder WHERE linked_at IS NOT NULL"
        ),
    )
});

/// A statement that stores votes and moves their tallies and turnout, which no reader asks for and so comes last:
/// whoever moves the same turnout has waited for the tally before, and nobody waits in a circle. It returns the ids
/// that were stored, each with the counted votes of its nominee after it.
macro_rules! store_votes {
    ($on_conflict:literal) => {
        concat!(
            "WITH stored AS (
        INSERT INTO vote (campaign_id, scope_id, voter_id, period, slot, nominee_id, id, idempotency_key, cast_at,
            is_first, network_hash, device_hash, rules_revision, client, network_block_hash, seen_ms, share_nominee,
            is_guest)
        SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::uuid[], $7::uuid[],
            $8::uuid[], $9::timestamptz[], $10::boolean[], $11::bytea[], $12::bytea[], $13::bigint[], $14::smallint[],
            $15::bytea[], $16::bigint[], $17::uuid[], $18::boolean[]) ",
            $on_conflict,
            " RETURNING id, campaign_id, nominee_id, is_first, cast_at, client, is_guest
    ), moved AS (
        INSERT INTO tally (campaign_id, nominee_id, counted, guest_votes, voters, revision)
        SELECT campaign_id, nominee_id, count(*), count(*) FILTER (WHERE is_guest),
            count(*) FILTER (WHERE is_first), 1 FROM stored
        GROUP BY campaign_id, nominee_id ORDER BY campaign_id, nominee_id
        ON CONFLICT (campaign_id, nominee_id) DO UPDATE SET counted = tally.counted + excluded.counted,
            guest_votes = tally.guest_votes + excluded.guest_votes,
            voters = tally.voters + excluded.voters, revision = tally.revision + 1
        RETURNING campaign_id, nominee_id, counted
    ), summed AS (
        INSERT INTO turnout (campaign_id, minute, nominee_id, client, votes, guests)
        SELECT campaign_id, ",
            minute_postgres!(),
            " AS minute, nominee_id, client, count(*), count(*) FILTER (WHERE is_guest) FROM stored
        GROUP BY campaign_id, minute, nominee_id, client ORDER BY campaign_id, minute, nominee_id, client
        ON CONFLICT (campaign_id, minute, nominee_id, client) DO UPDATE SET votes = turnout.votes + excluded.votes,
            guests = turnout.guests + excluded.guests
    )
    SELECT s.id, m.counted FROM stored s JOIN moved m USING (campaign_id, nominee_id)"
        )
    };
}

/// Stores those votes whose keys are free. The batch comes in the order of its keys, so that two processes lock in the
/// same order.
pub(crate) const STORE_VOTES_POSTGRES: Statement = sql!(
    "cast_votes_where_free",
    store_votes!("ON CONFLICT DO NOTHING")
);

/// Stores all votes, or none where a key is taken. PostgreSQL looks each key up once and not twice (it is not a
/// speculative insertion).
pub(crate) const STORE_VOTES_UNCONTESTED_POSTGRES: Statement = sql!("cast_votes", store_votes!(""));

/// The same on SQLite, where it takes three statements of one transaction: votes, tallies, turnout; `$1` is the batch,
/// rows of [`VoteRow`]. The second one returns the counted votes of the nominees. What fails is rolled back with the
/// transaction: `OR FAIL` spares the journal for taking back the statement alone.
pub(crate) static STORE_VOTES_SQLITE: LazyLock<[Statement; 3]> = LazyLock::new(|| {
    let rows = with_rows::<VoteRow>();
    let columns = column_names::<VoteRow>();
    let votes = format!("{rows} INSERT OR FAIL INTO vote ({columns}) SELECT {columns} FROM row");
    let tallies = format!(
        "{rows} INSERT OR FAIL INTO tally (campaign_id, nominee_id, counted, guest_votes, voters, revision)
        SELECT campaign_id, nominee_id, count(*), sum(is_guest), sum(is_first), 1 FROM row WHERE TRUE
        GROUP BY campaign_id, nominee_id
        ON CONFLICT (campaign_id, nominee_id) DO UPDATE SET counted = counted + excluded.counted,
            guest_votes = guest_votes + excluded.guest_votes, voters = voters + excluded.voters, revision = revision + 1
        RETURNING campaign_id, nominee_id, counted"
    );
    let minute = minute_sqlite!();
    let turnout = format!(
        "{rows} INSERT OR FAIL INTO turnout (campaign_id, minute, nominee_id, client, votes, guests)
        SELECT campaign_id, {minute} AS minute, nominee_id, client, count(*), sum(is_guest) FROM row WHERE TRUE
        GROUP BY campaign_id, minute, nominee_id, client
        ON CONFLICT (campaign_id, minute, nominee_id, client) DO UPDATE SET votes = votes + excluded.votes,
            guests = guests + excluded.guests"
    );
    [
        Statement::build("insert_votes", &votes),
        Statement::build("move_tallies", &tallies),
        Statement::build("move_turnout", &turnout),
    ]
});

/// The differences between turnout and votes.
macro_rules! turnout_differences {
    ($minute:expr) => {
        concat!(
            "WITH counts AS (
                SELECT campaign_id, ",
            $minute,
            " AS minute, nominee_id, CAST(COALESCE(client, 0) AS SMALLINT) AS client, COUNT(*) AS votes,
                    COUNT(*) FILTER (WHERE is_guest) AS guests
                FROM vote GROUP BY 1, 2, 3, 4
            ), both_sides AS (
                SELECT campaign_id, minute, nominee_id, client, votes, guests, 0 AS turnout, 0 AS turnout_guests
                FROM counts
                UNION ALL SELECT campaign_id, minute, nominee_id, client, 0, 0, votes, guests FROM turnout
            )
            SELECT campaign_id, minute, nominee_id, client, CAST(SUM(votes) AS BIGINT) AS votes,
                CAST(SUM(turnout) AS BIGINT) AS turnout, CAST(SUM(guests) AS BIGINT) AS votes_guests,
                CAST(SUM(turnout_guests) AS BIGINT) AS turnout_guests
            FROM both_sides GROUP BY campaign_id, minute, nominee_id, client
            HAVING SUM(votes) <> SUM(turnout) OR SUM(guests) <> SUM(turnout_guests)
            ORDER BY campaign_id, minute, nominee_id, client"
        )
    };
}

/// Turnout that differs from the votes.
pub(crate) const TURNOUT_DIFFERENCES: Dialects = sql!(
    "list_turnout_differences",
    postgres: turnout_differences!(minute_postgres!()),
    sqlite: turnout_differences!(minute_sqlite!()),
);

/// Puts a partitioned table in the place of `vote`, which is empty: the same columns, checks and keys.
pub(crate) const PARTITION_VOTES: Statement = sql!(
    "partition_votes",
    "ALTER TABLE vote RENAME TO vote_whole;
    CREATE TABLE vote (LIKE vote_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY HASH (voter_id);
    DROP TABLE vote_whole;
    ALTER TABLE vote ADD CONSTRAINT vote_pkey PRIMARY KEY (campaign_id, scope_id, voter_id, period, slot);
    CREATE UNIQUE INDEX vote_once_per_nominee ON vote (campaign_id, voter_id, period, nominee_id);
    CREATE UNIQUE INDEX vote_once_per_key ON vote (campaign_id, voter_id, nominee_id, idempotency_key)
        WHERE idempotency_key IS NOT NULL;
    CREATE UNIQUE INDEX vote_first_of_voter ON vote (campaign_id, voter_id) WHERE is_first;
    CREATE INDEX vote_by_time ON vote USING brin (cast_at) WITH (autosummarize = on);
    CREATE TRIGGER vote_without_client_moves_turnout AFTER INSERT ON vote
        FOR EACH ROW WHEN (NEW.client IS NULL) EXECUTE FUNCTION sum_turnout_of_vote();"
);

/// Stores new nominees; `$1` a JSON array of them.
pub(crate) const INSERT_NOMINEES: Dialects = sql!(
    "insert_nominees",
    postgres: "INSERT INTO nominee (id, campaign_id, category_id, number, name, employer, city, title, summary,
            portrait_url, portrait_media, status)
        SELECT * FROM json_to_recordset($1::json) AS n (id uuid, campaign_id uuid, category_id uuid, number bigint,
            name text, employer text, city text, title text, summary text, portrait_url text,
            portrait_media text, status text)",
    sqlite: "INSERT INTO nominee (id, campaign_id, category_id, number, name, employer, city, title, summary,
            portrait_url, portrait_media, status)
        SELECT unhex(value ->> 'id', '-'), unhex(value ->> 'campaign_id', '-'), unhex(value ->> 'category_id', '-'),
            value ->> 'number', value ->> 'name', value ->> 'employer', value ->> 'city', value ->> 'title',
            value ->> 'summary', value ->> 'portrait_url', value ->> 'portrait_media', value ->> 'status'
        FROM json_each($1)",
);

/// Stores and removes likes and moves their counters. `$1` voters, `$2` subjects, `$3` campaigns, `$4` liked or not,
/// `$5` the time.
pub(crate) const STORE_LIKES_POSTGRES: Statement = sql!(
    "store_likes",
    "WITH change AS (
        SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::boolean[])
            AS c (voter_id, subject_id, campaign_id, liked)
    ), added AS (
        INSERT INTO subject_like (voter_id, subject_id, campaign_id, liked_at)
        SELECT voter_id, subject_id, campaign_id, $5 FROM change WHERE liked ORDER BY voter_id, subject_id
        ON CONFLICT DO NOTHING RETURNING subject_id, campaign_id
    ), removed AS (
        DELETE FROM subject_like l USING change c
        WHERE NOT c.liked AND l.voter_id = c.voter_id AND l.subject_id = c.subject_id
        RETURNING l.subject_id, l.campaign_id
    )
    INSERT INTO subject_counter (subject_id, campaign_id, likes)
    SELECT subject_id, campaign_id, sum(delta)::bigint FROM (
        SELECT subject_id, campaign_id, 1 AS delta FROM added UNION ALL SELECT subject_id, campaign_id, -1 FROM removed
    ) d GROUP BY subject_id, campaign_id ORDER BY subject_id
    ON CONFLICT (subject_id) DO UPDATE SET likes = subject_counter.likes + excluded.likes"
);

/// The same on SQLite: add (returning subject and campaign), remove (the same), then move a counter.
pub(crate) const STORE_LIKES_SQLITE: [Statement; 3] = [
    sql!("insert_likes", "INSERT INTO subject_like (voter_id, subject_id, campaign_id, liked_at)
    SELECT unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2), $2 FROM json_each($1) WHERE value ->> 3
    ON CONFLICT DO NOTHING RETURNING subject_id, campaign_id"),
    sql!("delete_likes", "DELETE FROM subject_like WHERE (voter_id, subject_id) IN (
        SELECT unhex(value ->> 0), unhex(value ->> 1) FROM json_each($1) WHERE NOT value ->> 3)
    RETURNING subject_id, campaign_id"),
    sql!("move_likes", "INSERT INTO subject_counter (subject_id, campaign_id, likes)
    SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2 FROM json_each($1) WHERE TRUE
    ON CONFLICT (subject_id) DO UPDATE SET likes = likes + excluded.likes"),
];

/// Stores ids of batches of views and returns the new ones; `$1` [`super::rows::Ids`] in their order, `$2` now.
pub(crate) const ADD_COUNTER_BATCHES: Dialects = sql!(
    "insert_counter_batches",
    postgres: "INSERT INTO counter_batch (id, applied_at)
        SELECT id, $2 FROM UNNEST($1::uuid[]) WITH ORDINALITY AS b (id, place) ORDER BY place
        ON CONFLICT DO NOTHING RETURNING id",
    sqlite: "INSERT INTO counter_batch (id, applied_at)
        SELECT unhex(value), $2 FROM json_each($1) WHERE TRUE
        ON CONFLICT DO NOTHING RETURNING id",
);

/// Adds views; `$1` subjects, `$2` campaigns, `$3` counts on PostgreSQL, [`super::rows::JsonRows`] of the three on
/// SQLite.
pub(crate) const ADD_VIEWS: Dialects = sql!(
    "add_views",
    postgres: "INSERT INTO subject_counter (subject_id, campaign_id, views)
        SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[]) AS v (subject_id, campaign_id, views)
        ORDER BY subject_id
        ON CONFLICT (subject_id) DO UPDATE SET views = subject_counter.views + excluded.views",
    sqlite: "INSERT INTO subject_counter (subject_id, campaign_id, views)
        SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2 FROM json_each($1) WHERE TRUE
        ON CONFLICT (subject_id) DO UPDATE SET views = views + excluded.views",
);
