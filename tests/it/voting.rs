//! Casting votes: rules, quotas, idempotency.

mod ballots;
mod captchas;
mod challenges;
mod circumstances;
mod eligibility;
mod keys;
mod own_votes;
mod quotas;
mod rules;

use acclaim::id::{VoteId, VoterId};
use sqlx::Connection as _;
use uuid::Uuid;

use crate::harness::Sample;

/// Stores a vote in a transaction of its own, which stays open.
async fn begin_vote<'c>(
    connection: &'c mut sqlx::PgConnection,
    sample: &Sample,
    voter: VoterId,
    nominee: usize,
    (period, slot): (i64, i64),
    (id, key): (VoteId, Option<Uuid>),
) -> sqlx::Transaction<'c, sqlx::Postgres> {
    let mut attempt = connection.begin().await.expect("it begins");
    sqlx::query("INSERT INTO vote VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now(), FALSE)")
        .bind(sample.campaign.id.0)
        .bind(sample.categories[0].0)
        .bind(voter.0)
        .bind(period)
        .bind(slot)
        .bind(sample.nominees[nominee].0)
        .bind(id.0)
        .bind(key)
        .execute(&mut *attempt)
        .await
        .expect("it is stored");
    attempt
}

/// Waits until somebody waits for a lock, or for a second: what does not wait then is found out by its answer.
async fn until_somebody_waits(watching: &mut sqlx::PgConnection) {
    let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock'";
    for _ in 0..1_000 {
        let count: i64 = sqlx::query_scalar(waits)
            .fetch_one(&mut *watching)
            .await
            .expect("a count");
        if count > 0 {
            return;
        }
        // A pause between looks; there is nothing to be told of a lock.
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}
