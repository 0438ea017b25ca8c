//! What the two databases say differently, side by side. Everything else in `ledger` is one text for both.

use std::fmt::Write as _;
use std::io::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo};
use sqlx::{Encode, Postgres, Sqlite, Type};
use uuid::Uuid;

use super::Pool;

/// A statement in both dialects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    pub postgres: &'static str,
    pub sqlite: &'static str,
}

impl Statement {
    /// The text for this pool's database.
    pub(crate) fn of(self, pool: &Pool) -> &'static str {
        match pool {
            Pool::Postgres(_) => self.postgres,
            Pool::Sqlite(_) => self.sqlite,
        }
    }
}

/// A statement with one list of ids, bound as [`Ids`] to `$1`: `{head} IN (the list) {tail}`.
macro_rules! with_ids {
    ($head:literal, $tail:literal) => {
        $crate::ledger::dialect::Statement {
            postgres: concat!($head, " = ANY($1) ", $tail),
            sqlite: concat!(
                $head,
                " IN (SELECT unhex(value) FROM json_each($1)) ",
                $tail
            ),
        }
    };
}
pub(crate) use with_ids;

/// A list of ids as one argument: an array on PostgreSQL, a JSON array of hexadecimal texts on SQLite.
#[derive(Debug, Clone)]
pub(crate) struct Ids(pub Vec<Uuid>);

impl Type<Postgres> for Ids {
    fn type_info() -> PgTypeInfo {
        <Vec<Uuid> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Ids {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.0.encode_by_ref(buffer)
    }
}

impl Type<Sqlite> for Ids {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Ids {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        let mut json = JsonRows::default();
        for id in &self.0 {
            json.value(Some(id.as_bytes()));
        }
        Encode::<Sqlite>::encode(json.finish(), buffer)
    }
}

/// Writes a JSON array, or an array of rows, for SQLite's `json_each`: bytes as hexadecimal texts.
#[derive(Debug, Default)]
pub(crate) struct JsonRows {
    text: String,
}

impl JsonRows {
    fn separate(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('[') {
            self.text.push(',');
        }
    }

    /// Begins a row.
    pub(crate) fn begin(&mut self) {
        self.separate();
        self.text.push('[');
    }

    /// Ends a row.
    pub(crate) fn end(&mut self) {
        self.text.push(']');
    }

    /// Bytes, read back with `unhex(value)`; none is null.
    pub(crate) fn value(&mut self, bytes: Option<&[u8]>) {
        self.separate();
        match bytes {
            Some(bytes) => {
                self.text.push('"');
                data_encoding::HEXUPPER.encode_append(bytes, &mut self.text);
                self.text.push('"');
            }
            None => self.text.push_str("null"),
        }
    }

    /// A whole number.
    pub(crate) fn number(&mut self, number: i64) {
        self.separate();
        let _ = write!(self.text, "{number}");
    }

    /// The whole array.
    pub(crate) fn finish(self) -> String {
        format!("[{}]", self.text)
    }
}

/// Rows of fixed width, one after the other in a blob, for SQLite's `substr`: of a JSON array it parses a row again for
/// each of its columns.
#[derive(Debug, Default)]
pub(crate) struct PackedRows(pub Vec<u8>);

impl PackedRows {
    /// An id: 16 bytes.
    pub(crate) fn id(&mut self, id: Uuid) {
        self.0.extend_from_slice(id.as_bytes());
    }

    /// Bytes that may be missing: whether they are there, 1 byte, and then as many as there are in every row.
    pub(crate) fn optional<const N: usize>(&mut self, bytes: Option<&[u8; N]>) {
        self.0.push(bytes.is_some().into());
        self.0.extend_from_slice(bytes.unwrap_or(&[0; N]));
    }

    /// A whole number in decimal digits, as `CAST` reads it: 20 bytes.
    pub(crate) fn number(&mut self, number: i64) {
        // Writing to a vector does not fail.
        let _ = write!(self.0, "{number:>20}");
    }

    /// A time, in the very text that sqlx binds for one, behind spaces: 35 bytes.
    pub(crate) fn time(&mut self, at: DateTime<Utc>) {
        let text = at.to_rfc3339_opts(SecondsFormat::AutoSi, false);
        let _ = write!(self.0, "{text:>35}");
    }
}

/// The rows of a [`PackedRows`] of this width bound to `$1`, as a table `row` of their offsets.
macro_rules! with_rows {
    ($width:literal) => {
        concat!(
            "WITH RECURSIVE row (o) AS (SELECT 0 WHERE length($1) > 0
                UNION ALL SELECT o + ",
            $width,
            " FROM row WHERE o + ",
            $width,
            " < length($1)) "
        )
    };
}

/// The votes that matter for the casts of a batch: of each voter, those of the cast's period, those with its
/// idempotency key and the first of all. PostgreSQL: `$1` campaigns, `$2` voters, `$3` periods, `$4` keys; the lateral
/// form keeps one index probe a voter whatever the planner believes about a fresh table. SQLite: `$1` rows of
/// campaign, voter, period and key as [`PackedRows`].
pub(crate) const EXISTING_VOTES: Statement = Statement {
    postgres: "SELECT v.* FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[])
            AS b (campaign_id, voter_id, period, idempotency_key)
        CROSS JOIN LATERAL (
            SELECT v.campaign_id, v.voter_id, v.scope_id, v.period, v.slot, v.nominee_id, v.id, v.idempotency_key,
                v.cast_at, v.is_first
            FROM vote v WHERE v.campaign_id = b.campaign_id AND v.voter_id = b.voter_id
                AND (v.period = b.period OR v.idempotency_key = b.idempotency_key OR v.is_first) OFFSET 0) v",
    sqlite: concat!(
        with_rows!(69),
        "SELECT v.campaign_id, v.voter_id, v.scope_id, v.period, v.slot, v.nominee_id, v.id, v.idempotency_key,
            v.cast_at, v.is_first
        FROM row CROSS JOIN vote v
        WHERE v.campaign_id = substr($1, o + 1, 16) AND v.voter_id = substr($1, o + 17, 16)
            AND (v.period = CAST(substr($1, o + 33, 20) AS INTEGER) OR v.is_first
                OR (substr($1, o + 53, 1) = x'01' AND v.idempotency_key = substr($1, o + 54, 16)))"
    ),
};

/// A statement that stores votes and moves their tallies, and returns the ids that were stored.
macro_rules! store_votes {
    ($on_conflict:literal) => {
        concat!(
            "WITH stored AS (
        INSERT INTO vote (campaign_id, scope_id, voter_id, period, slot, nominee_id, id, idempotency_key, cast_at,
            is_first, network_hash, device_hash)
        SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::uuid[], $7::uuid[],
            $8::uuid[], $9::timestamptz[], $10::boolean[], $11::bytea[], $12::bytea[]) ",
            $on_conflict,
            " RETURNING id, campaign_id, nominee_id, is_first
    ), moved AS (
        INSERT INTO tally (campaign_id, nominee_id, counted, voters, revision)
        SELECT campaign_id, nominee_id, count(*), count(*) FILTER (WHERE is_first), 1 FROM stored
        GROUP BY campaign_id, nominee_id ORDER BY campaign_id, nominee_id
        ON CONFLICT (campaign_id, nominee_id) DO UPDATE SET counted = tally.counted + excluded.counted,
            voters = tally.voters + excluded.voters, revision = tally.revision + 1
    )
    SELECT id FROM stored"
        )
    };
}

/// Stores those votes whose keys are free. The batch comes in the order of its keys, so that two processes lock in the
/// same order.
pub(crate) const STORE_VOTES_POSTGRES: &str = store_votes!("ON CONFLICT DO NOTHING");

/// Stores all votes, or none where a key is taken. PostgreSQL looks each key up once and not twice (it is not a
/// speculative insertion).
pub(crate) const STORE_VOTES_UNCONTESTED_POSTGRES: &str = store_votes!("");

/// The same on SQLite, where it takes two statements of one transaction; `$1` is the batch as [`PackedRows`]. What
/// fails is rolled back with the transaction: `OR FAIL` spares the journal for taking back the statement alone.
pub(crate) const STORE_VOTES_SQLITE: [&str; 2] = [
    concat!(
        with_rows!(226),
        "INSERT OR FAIL INTO vote (campaign_id, scope_id, voter_id, period, slot, nominee_id, id, idempotency_key,
            cast_at, is_first, network_hash, device_hash)
        SELECT substr($1, o + 1, 16), substr($1, o + 17, 16), substr($1, o + 33, 16),
            CAST(substr($1, o + 49, 20) AS INTEGER), CAST(substr($1, o + 69, 20) AS INTEGER),
            substr($1, o + 89, 16), substr($1, o + 105, 16),
            CASE substr($1, o + 121, 1) WHEN x'01' THEN substr($1, o + 122, 16) END,
            ltrim(CAST(substr($1, o + 138, 35) AS TEXT)), CAST(substr($1, o + 173, 20) AS INTEGER),
            CASE substr($1, o + 193, 1) WHEN x'01' THEN substr($1, o + 194, 16) END,
            CASE substr($1, o + 210, 1) WHEN x'01' THEN substr($1, o + 211, 16) END
        FROM row"
    ),
    concat!(
        with_rows!(226),
        "INSERT OR FAIL INTO tally (campaign_id, nominee_id, counted, voters, revision)
        SELECT substr($1, o + 1, 16), substr($1, o + 89, 16), count(*),
            sum(CAST(substr($1, o + 173, 20) AS INTEGER)), 1 FROM row WHERE TRUE
        GROUP BY 1, 2
        ON CONFLICT (campaign_id, nominee_id) DO UPDATE SET counted = counted + excluded.counted,
            voters = voters + excluded.voters, revision = revision + 1"
    ),
];

/// Puts a partitioned table in the place of `vote`, which is empty: the same columns, checks and keys.
pub(crate) const PARTITION_VOTES: &str = "ALTER TABLE vote RENAME TO vote_whole;
    CREATE TABLE vote (LIKE vote_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY HASH (voter_id);
    DROP TABLE vote_whole;
    ALTER TABLE vote ADD CONSTRAINT vote_pkey PRIMARY KEY (campaign_id, scope_id, voter_id, period, slot);
    CREATE UNIQUE INDEX vote_once_per_nominee ON vote (campaign_id, voter_id, period, nominee_id);
    CREATE UNIQUE INDEX vote_once_per_key ON vote (campaign_id, voter_id, nominee_id, idempotency_key)
        WHERE idempotency_key IS NOT NULL;
    CREATE UNIQUE INDEX vote_first_of_voter ON vote (campaign_id, voter_id) WHERE is_first;";

/// Stores and removes likes and moves their counters; returns the pairs that changed. `$1` voters, `$2` subjects,
/// `$3` campaigns, `$4` liked or not, `$5` the time.
pub(crate) const STORE_LIKES_POSTGRES: &str = "WITH wish AS (
        SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::boolean[])
            AS w (voter_id, subject_id, campaign_id, liked)
    ), added AS (
        INSERT INTO subject_like (voter_id, subject_id, campaign_id, liked_at)
        SELECT voter_id, subject_id, campaign_id, $5 FROM wish WHERE liked ORDER BY voter_id, subject_id
        ON CONFLICT DO NOTHING RETURNING subject_id, campaign_id
    ), removed AS (
        DELETE FROM subject_like l USING wish w
        WHERE NOT w.liked AND l.voter_id = w.voter_id AND l.subject_id = w.subject_id
        RETURNING l.subject_id, l.campaign_id
    )
    INSERT INTO subject_counter (subject_id, campaign_id, likes)
    SELECT subject_id, campaign_id, sum(delta)::bigint FROM (
        SELECT subject_id, campaign_id, 1 AS delta FROM added UNION ALL SELECT subject_id, campaign_id, -1 FROM removed
    ) d GROUP BY subject_id, campaign_id ORDER BY subject_id
    ON CONFLICT (subject_id) DO UPDATE SET likes = subject_counter.likes + excluded.likes";

/// The same on SQLite: add (returning subject and campaign), remove (the same), then move a counter.
pub(crate) const STORE_LIKES_SQLITE: [&str; 3] = [
    "INSERT INTO subject_like (voter_id, subject_id, campaign_id, liked_at)
    SELECT unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2), $2 FROM json_each($1) WHERE value ->> 3
    ON CONFLICT DO NOTHING RETURNING subject_id, campaign_id",
    "DELETE FROM subject_like WHERE (voter_id, subject_id) IN (
        SELECT unhex(value ->> 0), unhex(value ->> 1) FROM json_each($1) WHERE NOT value ->> 3)
    RETURNING subject_id, campaign_id",
    "INSERT INTO subject_counter (subject_id, campaign_id, likes)
    SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2 FROM json_each($1) WHERE TRUE
    ON CONFLICT (subject_id) DO UPDATE SET likes = likes + excluded.likes",
];

/// Stores ids of batches of views and returns the new ones; `$1` ids in their order (on SQLite a [`JsonRows`] without rows),
/// `$2` now.
pub(crate) const ADD_COUNTER_BATCHES: Statement = Statement {
    postgres: "INSERT INTO counter_batch (id, applied_at)
        SELECT id, $2 FROM UNNEST($1::uuid[]) WITH ORDINALITY AS b (id, place) ORDER BY place
        ON CONFLICT DO NOTHING RETURNING id",
    sqlite: "INSERT INTO counter_batch (id, applied_at)
        SELECT unhex(value), $2 FROM json_each($1) WHERE TRUE
        ON CONFLICT DO NOTHING RETURNING id",
};

/// Adds views; `$1` subjects, `$2` campaigns, `$3` counts on PostgreSQL, [`JsonRows`] of the three on SQLite.
pub(crate) const ADD_VIEWS: Statement = Statement {
    postgres: "INSERT INTO subject_counter (subject_id, campaign_id, views)
        SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[]) AS v (subject_id, campaign_id, views)
        ORDER BY subject_id
        ON CONFLICT (subject_id) DO UPDATE SET views = subject_counter.views + excluded.views",
    sqlite: "INSERT INTO subject_counter (subject_id, campaign_id, views)
        SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2 FROM json_each($1) WHERE TRUE
        ON CONFLICT (subject_id) DO UPDATE SET views = views + excluded.views",
};
