//! Invariants, whatever happens: nobody gets more than the quota, nothing is counted twice, nothing acknowledged is
//! lost, tallies equal the recount.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use acclaim::clock::Clock;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRng;
use serde_json::{Value, json};
use sqlx::{Connection as _, Row as _};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::deadlines::until;
use crate::harness::{
    CAST_VOTE, JWT_SECRET, Program, Sample, Signer, Stores, TestApp, TestClient, new_voter,
    on_both, program, refusal,
};

on_both!(
    two_hundred_casts_at_once_spend_a_quota_of_ten,
    ten_thousand_casts_with_retries_equal_the_recount,
    a_killed_server_loses_nothing_acknowledged,
);

/// Votes by nominee, and in all, by SQL of the test's own.
async fn recount(stores: &Stores) -> (HashMap<Vec<u8>, i64>, i64) {
    let statement = "SELECT nominee_id, COUNT(*) AS votes FROM vote GROUP BY nominee_id";
    let counts: Vec<(Vec<u8>, i64)> = if stores.redis_url.is_some() {
        let mut connection = sqlx::PgConnection::connect(&stores.database_url)
            .await
            .expect("connects");
        let rows = sqlx::query(statement)
            .fetch_all(&mut connection)
            .await
            .expect("counts");
        rows.iter()
            .map(|row| (row.get::<Uuid, _>(0).as_bytes().to_vec(), row.get(1)))
            .collect()
    } else {
        let mut connection = sqlx::SqliteConnection::connect(&stores.database_url)
            .await
            .expect("connects");
        let rows = sqlx::query(statement)
            .fetch_all(&mut connection)
            .await
            .expect("counts");
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    };
    let total = counts.iter().map(|(_, votes)| votes).sum();
    (counts.into_iter().collect(), total)
}

/// Compares the tallies of every server with the recount, and lets `acclaim verify` look.
async fn assert_tallies_equal_the_recount(stores: &Stores, servers: &[&TestApp], sample: &Sample) {
    let (by_nominee, total) = recount(stores).await;
    for app in servers {
        app.sweep_tallies().await.expect("the database answers");
        app.publish_tallies().await;
        let ranked = app.tally(sample.campaign.id).await.expect("a tally");
        assert_eq!(ranked.tally.counted, total);
        for entry in &ranked.tally.entries {
            let id = ranked.roster.nominees()[entry.nominee].id;
            assert_eq!(
                entry.votes,
                by_nominee
                    .get(id.0.as_bytes().as_slice())
                    .copied()
                    .unwrap_or(0)
            );
        }
    }
    let output = program(stores, &["verify"]).output().expect("it runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

/// One server on embedded stores, two on shared ones.
async fn servers(stores: &Stores) -> Vec<Arc<TestApp>> {
    // A token comes back in a second: so long the hot store holds a voter's bucket.
    let start = async || {
        let builder = TestApp::builder(stores).with_limits(|limits| limits.cast.per_second = 1.0);
        Arc::new(builder.start().await)
    };
    let mut servers = vec![start().await];
    if stores.redis_url.is_some() {
        servers.push(start().await);
    }
    servers
}

async fn sample_for_all(servers: &[Arc<TestApp>], votes_per_period: i64) -> Sample {
    let sample = servers[0]
        .sample_with(|c| c.votes_per_period = votes_per_period)
        .await;
    for app in &servers[1..] {
        app.refresh().await;
    }
    sample
}

pub async fn two_hundred_casts_at_once_spend_a_quota_of_ten(stores: Stores) {
    let servers = servers(&stores).await;
    let sample = sample_for_all(&servers, 10).await;
    let voter = servers[0].voter();
    let mut casts = JoinSet::new();
    for n in 0..200 {
        // The first category has twelve nominees for a quota of ten.
        let nominee = sample.nominee_id(n % 12);
        let voter = voter.at(&servers[n % servers.len()]);
        casts.spawn(async move { voter.vote(&nominee).await });
    }
    let payloads = casts.join_all().await;
    let counted = payloads
        .iter()
        .filter(|payload| refusal(payload).is_none())
        .count();
    assert_eq!(counted, 10);
    for payload in payloads.iter().filter(|payload| refusal(payload).is_some()) {
        assert!(
            matches!(refusal(payload), Some("ALREADY_VOTED" | "QUOTA_SPENT")),
            "{payload}"
        );
    }
    let servers: Vec<&TestApp> = servers.iter().map(Arc::as_ref).collect();
    assert_tallies_equal_the_recount(&stores, &servers, &sample).await;
    assert_eq!(recount(&stores).await.1, 10);
}

/// A cast of the plan, which is sent once or several times, at once or one after the other.
#[derive(Debug, Clone)]
struct PlannedCast {
    voter: usize,
    nominee: usize,
    key: Uuid,
    tries: usize,
    at_once: bool,
}

/// Ten thousand casts by two thousand voters, of whom the first hundred cast ten times as often.
fn plan() -> Vec<PlannedCast> {
    let cast = (
        0usize..4_000,
        0usize..36,
        any::<u128>(),
        1usize..4,
        any::<bool>(),
    );
    let plan = prop::collection::vec(cast, 10_000);
    let rng = TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha);
    let mut runner = prop::test_runner::TestRunner::new_with_rng(ProptestConfig::default(), rng);
    let casts = plan.new_tree(&mut runner).expect("a plan").current();
    casts
        .into_iter()
        .map(|(voter, nominee, key, tries, at_once)| PlannedCast {
            voter: if voter < 2_000 { voter } else { voter % 100 },
            nominee,
            key: Uuid::from_u128(key),
            tries,
            at_once,
        })
        .collect()
}

pub async fn ten_thousand_casts_with_retries_equal_the_recount(stores: Stores) {
    let servers = servers(&stores).await;
    let sample = Arc::new(sample_for_all(&servers, 3).await);
    let voters: Arc<Vec<TestClient>> = Arc::new((0..2_000).map(|_| servers[0].voter()).collect());
    let plan = plan();
    let workers = 64;
    let mut clients = JoinSet::new();
    for chunk in plan.chunks(plan.len().div_ceil(workers)) {
        let (chunk, servers) = (chunk.to_vec(), servers.clone());
        let (sample, voters) = (Arc::clone(&sample), Arc::clone(&voters));
        clients.spawn(async move {
            let mut counted = HashSet::new();
            for (n, cast) in chunk.iter().enumerate() {
                let nominee = sample.nominee_id(cast.nominee);
                counted.extend(
                    cast_with_retries(&servers, &voters[cast.voter], &nominee, cast, n).await,
                );
            }
            counted
        });
    }
    let wipe = wipe_redis_in_the_middle(&stores, &servers);
    let (results, ()) = tokio::join!(clients.join_all(), wipe);
    let acknowledged: HashSet<String> = results.into_iter().flatten().collect();
    let total = recount(&stores).await.1;
    assert_eq!(
        acknowledged.len(),
        usize::try_from(total).expect("a count"),
        "acknowledged and stored"
    );
    let servers: Vec<&TestApp> = servers.iter().map(Arc::as_ref).collect();
    assert_tallies_equal_the_recount(&stores, &servers, &sample).await;
}

/// Sends a cast as often as planned, over changing servers; returns the vote's id if it counts. All answers must agree.
async fn cast_with_retries(
    servers: &[Arc<TestApp>],
    voter: &TestClient,
    nominee: &str,
    cast: &PlannedCast,
    n: usize,
) -> Option<String> {
    let attempt = async |attempt: usize| {
        let voter = voter.at(&servers[(n + attempt) % servers.len()]);
        voter.vote(nominee).with_key(cast.key).await
    };
    let mut answers = Vec::new();
    if cast.at_once {
        answers = futures_util::future::join_all((0..cast.tries).map(attempt)).await;
    } else {
        for number in 0..cast.tries {
            answers.push(attempt(number).await);
        }
    }
    let ids: HashSet<&str> = answers
        .iter()
        .filter_map(|answer| answer["vote"]["id"].as_str())
        .collect();
    assert!(ids.len() <= 1, "one key, several votes: {answers:?}");
    assert!(
        ids.is_empty() || answers.iter().all(|answer| refusal(answer).is_none()),
        "one key, several answers: {answers:?}"
    );
    ids.into_iter().next().map(str::to_owned)
}

/// Removes everything that the hot store knows once a third of the votes is stored.
async fn wipe_redis_in_the_middle(stores: &Stores, servers: &[Arc<TestApp>]) {
    let Some(url) = &stores.redis_url else { return };
    let app = &servers[0];
    until("votes", async || {
        (app.metrics.votes_counted.get() >= 500).then_some(())
    })
    .await;
    let instance = app
        .database
        .instance()
        .await
        .expect("the installation has an id");
    let client = redis::Client::open(url.as_str()).expect("a Redis address");
    let mut connection = client
        .get_multiplexed_async_connection()
        .await
        .expect("Redis answers");
    // The Redis is shared with other tests: what FLUSHALL would remove of this installation goes, key by key.
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg(format!("acclaim:{}:*", instance.id.simple()))
        .query_async(&mut connection)
        .await
        .expect("Redis answers");
    assert!(!keys.is_empty(), "the servers use Redis");
    redis::cmd("DEL")
        .arg(keys)
        .exec_async(&mut connection)
        .await
        .expect("Redis answers");
}

async fn a_killed_server_loses_nothing_acknowledged(stores: Stores) {
    let database = stores.database(&Clock::System).await;
    let now = Clock::System.now();
    let sample = Sample::insert(&database, now, |c| c.votes_per_period = 10).await;
    database.close().await;
    let mut server = Program::start(&stores, &["serve"]).await;
    let watcher = TestApp::start(&stores).await;
    let signer = Signer::new(&[JWT_SECRET], Clock::System);
    let mut clients = JoinSet::new();
    for client in 0..50 {
        let voter = server.anonymous().as_viewer(new_voter(), &signer);
        let casts = (0..100).map(|n| sample.nominee_id((client + n) % 36));
        clients.spawn(cast_until_it_is_gone(voter, casts.collect()));
    }
    until("votes", async || {
        (watcher.count_votes().await >= 400).then_some(())
    })
    .await;
    server.kill();
    let histories = clients.join_all().await;
    let acknowledged: usize = histories.iter().map(|(_, votes)| votes.len()).sum();
    assert!(
        acknowledged >= 300,
        "only {acknowledged} were acknowledged before the kill"
    );
    drop(server);
    let again = Program::start(&stores, &["serve"]).await;
    for (voter, votes) in &histories {
        let voter = again.anonymous().as_viewer(voter.viewer(), &signer);
        assert_are_stored(&voter, votes).await;
    }
    watcher.clock.set(now);
    watcher.refresh().await;
    assert_tallies_equal_the_recount(&stores, &[&watcher], &sample).await;
}

/// Casts a vote for each nominee until the server does not answer; returns the ids of those that were acknowledged.
async fn cast_until_it_is_gone(
    voter: TestClient,
    nominees: Vec<String>,
) -> (TestClient, Vec<String>) {
    let mut acknowledged = Vec::new();
    for nominee in nominees {
        let input = json!({"input": {"nomineeId": nominee, "idempotencyKey": Uuid::new_v4()}});
        let Ok(answer) = voter.try_send(CAST_VOTE, &input).await else {
            break;
        };
        let vote = answer["data"]["castVote"]["vote"]["id"].as_str();
        acknowledged.extend(vote.map(str::to_owned));
    }
    (voter, acknowledged)
}

async fn assert_are_stored(voter: &TestClient, votes: &[String]) {
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let data = voter.ask(query, json!({"ids": votes})).await;
    let found: Vec<&Value> = data["nodes"].as_array().expect("nodes").iter().collect();
    assert!(
        found.iter().all(|node| node["id"].is_string()),
        "an acknowledged vote is gone: {data}"
    );
}
