//! The cost of a vote, counted and not timed: statements, calls of Redis. What each is worth in time, the benchmarks
//! say; that there are no more of them than there need be, these tests do.

use std::collections::BTreeMap;

use acclaim::hot::{Action, BucketOwner, Hot, Redis};
use acclaim::id::VoterId;
use futures_util::future::join_all;
use serde_json::json;
use sqlx::{Connection as _, Executor as _};
use uuid::Uuid;

use crate::deadlines::until;
use crate::harness::{Sample, Stores, TestApp, generous_limits, on_both, refusal};
use crate::servers;

on_both!(
    a_vote_alone_takes_one_batch,
    votes_that_wait_together_are_stored_together,
);

const VOTES: usize = 64;

/// Casts a vote of a new voter with a key, as a mini-program does.
async fn vote(app: &TestApp, sample: &Sample, index: usize) {
    let nominee = sample.nominee_id(index % sample.nominees.len());
    let key = Uuid::new_v4();
    let input = json!({"input": {"nomineeId": nominee, "idempotencyKey": key}});
    let query = "mutation($input: CastVoteInput!) { castVote(input: $input) {
        vote { id castAt } quota { used limit remaining } userErrors { code } } }";
    let data = app.voter().ask(query, input).await;
    assert_eq!(refusal(&data["castVote"]), None, "{data}");
}

/// On PostgreSQL one statement reads and one writes; on SQLite both are in one transaction, which counts as one. The
/// answer with the quota and the vote takes none.
async fn a_vote_alone_takes_one_batch(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let before = app.database.statements();
    for index in 0..VOTES {
        vote(&app, &sample, index).await;
    }
    let statements = app.database.statements() - before;
    let each = if stores.redis_url.is_some() { 2 } else { 1 };
    assert_eq!(statements, each * VOTES as u64);
}

/// While another connection holds the table, all wait: then the first batch goes on, and the others are one.
async fn votes_that_wait_together_are_stored_together(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    vote(&app, &sample, 0).await;
    let before = app.database.statements();
    let url = &stores.database_url;
    let casts = join_all((0..VOTES).map(|index| vote(&app, &sample, index)));
    let waiting = until("all wait", async || {
        (app.writer.waiting() == VOTES).then_some(())
    });
    if stores.redis_url.is_some() {
        let connection = sqlx::PgConnection::connect(url).await;
        let mut holder = connection.expect("it opens");
        let hold = "BEGIN; LOCK TABLE vote IN EXCLUSIVE MODE";
        holder.execute(hold).await.expect("it is held");
        tokio::join!(casts, async {
            waiting.await;
            holder.execute("ROLLBACK").await.expect("it ends");
        });
    } else {
        let connection = sqlx::SqliteConnection::connect(url).await;
        let mut holder = connection.expect("it opens");
        holder.execute("BEGIN IMMEDIATE").await.expect("it is held");
        tokio::join!(casts, async {
            waiting.await;
            holder.execute("ROLLBACK").await.expect("it ends");
        });
    }
    let statements = app.database.statements() - before;
    assert!(statements <= 4, "{statements} statements of two batches");
    assert_eq!(stores.count("SELECT COUNT(*) FROM vote").await, 65);
}

/// How often a Redis has executed each command since the last look.
async fn calls(redis: &mut redis::aio::MultiplexedConnection) -> BTreeMap<String, u64> {
    let info = redis::cmd("INFO").arg("commandstats").to_owned();
    let text: String = info.query_async(redis).await.expect("it answers");
    let reset = redis::cmd("CONFIG").arg("RESETSTAT").to_owned();
    reset.exec_async(redis).await.expect("it answers");
    let calls = text.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        Some((name.to_owned(), rest.split_once(',')?.0.parse().ok()?))
    });
    calls.collect()
}

async fn counted(redis: &servers::RedisProcess) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(redis.url()).expect("an address");
    let connection = client.get_multiplexed_async_connection().await;
    connection.expect("it connects")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_is_one_call_of_redis() {
    let own = servers::dedicated_redis().await;
    let stores = Stores {
        redis_url: Some(own.url()),
        ..Stores::networked().await
    };
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    // The first one brings the script.
    vote(&app, &sample, 0).await;
    let mut redis = counted(&own).await;
    calls(&mut redis).await;
    for index in 0..VOTES {
        vote(&app, &sample, index).await;
    }
    let calls = calls(&mut redis).await;
    assert_eq!(calls.get("evalsha"), Some(&(VOTES as u64)), "{calls:?}");
    // What the script does: the time, and each voter's bucket.
    for name in ["hset", "expire", "eval", "hexists"] {
        assert_eq!(calls.get(name), None, "{calls:?}");
    }
}

/// On one thread all have asked before the first is sent.
#[tokio::test]
async fn who_asks_at_the_same_time_shares_a_call() {
    let own = servers::dedicated_redis().await;
    let limits = generous_limits();
    let hot = Redis::open(&own.url(), Uuid::new_v4(), 0, limits).expect("an address");
    let hot = Hot::Redis(hot);
    let take = async || {
        let voter = BucketOwner::Voter(VoterId::new());
        hot.take(Action::Like, voter).await.expect("admitted");
    };
    take().await;
    let mut redis = counted(&own).await;
    calls(&mut redis).await;
    join_all((0..VOTES).map(|_| take())).await;
    let calls = calls(&mut redis).await;
    assert_eq!(calls.get("evalsha"), Some(&1), "{calls:?}");
    assert_eq!(calls.get("set"), Some(&(VOTES as u64)), "{calls:?}");
}
