//! Codes that are sent to telephones. Numbers and codes are keyed hashes.
//!
//! A number has one row: the code that is good, and the bounds of the next one. All decisions are single statements, so
//! that processes at once give out no more codes, and take no more tries, than one would. A code is not good before it
//! has been handed over: one that nobody can have could only be guessed.

use chrono::{DateTime, Utc};

use super::{Database, Transaction, in_tx, on_pool, sql};

/// Rows removed in one statement, so that it holds nobody up.
const PURGE_BATCH: i64 = 1_000;

/// A code that is to be sent.
#[derive(Debug, Clone, Copy)]
pub struct NewCode<'a> {
    /// The keyed hash of the number.
    pub phone_hash: &'a [u8],
    /// The day, since 1970.
    pub day: i64,
    /// When the number may be sent another one; also the name of this one until then.
    pub next_at: DateTime<Utc>,
}

/// The bounds of codes in a day.
#[derive(Debug, Clone, Copy)]
pub struct CodeLimits {
    /// Codes of a number.
    pub per_number: i64,
    /// Codes of all numbers together.
    pub per_day: i64,
}

/// The bounds of a number as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Bounds {
    /// When another code may be sent, as far as its day's codes are not spent.
    pub next_at: DateTime<Utc>,
    /// The day that they are counted in.
    pub day: i64,
    /// The codes that were sent in it.
    pub codes: i64,
}

/// The answer to reserving a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// It may be sent: the so-manieth of its day.
    Granted {
        /// The codes of the number in this day, with this one.
        codes: i64,
    },
    /// The number has had its codes for now.
    NumberSpent(Bounds),
    /// All codes of the day are spent.
    DaySpent,
}

/// Reserves the right to send a code, and counts it; a code that the number has stays good meanwhile.
pub async fn reserve(
    database: &Database,
    code: NewCode<'_>,
    limits: CodeLimits,
    now: DateTime<Utc>,
) -> sqlx::Result<Reservation> {
    let mut tx = database.begin("reserve_phone_code").await?;
    let statement = sql!(
        "count_phone_code",
        "INSERT INTO phone_code (phone_hash, tries, next_at, day, codes) VALUES ($1, 0, $2, $3, 1)
        ON CONFLICT (phone_hash) DO UPDATE SET next_at = excluded.next_at,
            day = CASE WHEN phone_code.day < excluded.day THEN excluded.day ELSE phone_code.day END,
            codes = CASE WHEN phone_code.day < excluded.day THEN 1 ELSE phone_code.codes + 1 END
        WHERE phone_code.next_at <= $4 AND (phone_code.day < excluded.day OR phone_code.codes < $5)
        RETURNING codes"
    );
    let granted: Option<i64> = in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text)
        .bind(code.phone_hash).bind(code.next_at).bind(code.day).bind(now).bind(limits.per_number)
        .fetch_optional(t).await)?;
    let Some(codes) = granted else {
        return Ok(Reservation::NumberSpent(
            find_bounds(&mut tx, code.phone_hash).await?,
        ));
    };
    let statement = sql!(
        "count_codes_of_day",
        "INSERT INTO phone_code_day (day, codes) VALUES ($1, 1)
        ON CONFLICT (day) DO UPDATE SET codes = phone_code_day.codes + 1 WHERE phone_code_day.codes < $2"
    );
    let is_within = in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(code.day).bind(limits.per_day).execute(t).await.map(|done| done.rows_affected() == 1))?;
    if !is_within {
        // The transaction is not committed: the number has not had one.
        return Ok(Reservation::DaySpent);
    }
    tx.commit().await?;
    Ok(Reservation::Granted { codes })
}

async fn find_bounds(tx: &mut Transaction, phone_hash: &[u8]) -> sqlx::Result<Bounds> {
    let statement = sql!(
        "find_phone_code_bounds",
        "SELECT next_at, day, codes FROM phone_code WHERE phone_hash = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(phone_hash).fetch_one(t).await)
}

/// Makes a code good that was reserved and has been handed over, in the place of the one before.
pub async fn activate(
    database: &Database,
    code: NewCode<'_>,
    code_hash: &[u8],
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "activate_phone_code",
        "UPDATE phone_code SET code_hash = $3, expires_at = $4, tries = 0 WHERE phone_hash = $1 AND next_at = $2"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(code.phone_hash).bind(code.next_at).bind(code_hash).bind(expires_at).execute(p).await.map(drop))
}

/// Gives a reservation back whose code was not handed over: the number has not had it, and may be sent another one at
/// `next_at`. One that may be on its way all the same stays counted for the day.
pub async fn give_back(
    database: &Database,
    code: NewCode<'_>,
    next_at: DateTime<Utc>,
    may_be_sent: bool,
) -> sqlx::Result<()> {
    let mut tx = database.begin("give_phone_code_back").await?;
    let statement = sql!(
        "uncount_phone_code",
        "UPDATE phone_code SET codes = codes - 1, next_at = $3 WHERE phone_hash = $1 AND next_at = $2"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(code.phone_hash).bind(code.next_at).bind(next_at).execute(t).await.map(drop))?;
    if !may_be_sent {
        let statement = sql!(
            "uncount_code_of_day",
            "UPDATE phone_code_day SET codes = codes - 1 WHERE day = $1"
        );
        in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
            .bind(code.day).execute(t).await.map(drop))?;
    }
    tx.commit().await
}

/// Tries a code; whether it is the one that is good, which it is no more afterwards. After `tries_max` tries none is.
pub async fn redeem(
    database: &Database,
    phone_hash: &[u8],
    code_hash: &[u8],
    tries_max: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "redeem_phone_code",
        "UPDATE phone_code SET tries = tries + 1,
            code_hash = CASE WHEN code_hash = $2 THEN NULL ELSE code_hash END
        WHERE phone_hash = $1 AND code_hash IS NOT NULL AND expires_at > $3 AND tries < $4
        RETURNING code_hash IS NULL"
    );
    let is_good: Option<bool> = on_pool!(database.write(statement), (p, text) => sqlx::query_scalar(text)
        .bind(phone_hash).bind(code_hash).bind(now).bind(tries_max).fetch_optional(p).await)?;
    Ok(is_good == Some(true))
}

/// Removes some of the numbers that were sent nothing since `day`, and the counts of days before it; whether there may
/// be more.
pub async fn purge(database: &Database, day: i64) -> sqlx::Result<bool> {
    let statement = sql!(
        "purge_phone_code_days",
        "DELETE FROM phone_code_day WHERE day < $1"
    );
    on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(day).execute(p).await.map(drop))?;
    let statement = sql!(
        "purge_phone_codes",
        "DELETE FROM phone_code WHERE phone_hash IN (
            SELECT phone_hash FROM phone_code WHERE day < $1 LIMIT $2)"
    );
    let purged = on_pool!(database.write(statement), (p, text) => sqlx::query(text)
        .bind(day).bind(PURGE_BATCH).execute(p).await.map(|done| done.rows_affected()))?;
    Ok(i64::try_from(purged) == Ok(PURGE_BATCH))
}
