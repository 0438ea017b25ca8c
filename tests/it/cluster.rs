//! Redis Cluster, and a Redis that is there and does not write: limits are shared as long as somebody keeps them, and
//! votes never wait for it.

use acclaim::clock::Clock;
use acclaim::hot::Redis;
use serde_json::{Value, json};

use crate::deadlines::until;
use crate::harness::{Sample, Stores, TestApp, generous_limits, refusal};
use crate::limits::THREE;
use crate::servers::{self, RedisCluster};

/// Voters whose keys lie on all primaries, but for one chance in ten thousand.
const VOTERS: usize = 24;

async fn two_servers(stores: &Stores) -> (TestApp, TestApp, Sample) {
    let start = || {
        let builder = TestApp::builder(stores);
        builder.with_limits(|limits| limits.cast = THREE).start()
    };
    let (first, second) = (start().await, start().await);
    let sample = first.sample().await;
    second.refresh().await;
    (first, second, sample)
}

/// Casts three votes of a new voter on both servers in turn, which count in any case; returns whether both then refuse
/// the fourth.
async fn is_shared(servers: &[&TestApp; 2], sample: &Sample) -> bool {
    let voter = servers[0].voter();
    for index in 0..3 {
        let voter = voter.at(servers[index % 2]);
        let payload = voter.vote(&sample.nominee_id(index)).await;
        let payload = payload.expect_counted();
        assert!(payload["vote"]["id"].is_string(), "{payload}");
    }
    let nominee = sample.nominee_id(3);
    for server in servers {
        let answer = voter.at(server).vote(&nominee).without_key().once().await;
        let answer: Value = answer.json().await.expect("JSON");
        if answer["errors"][0]["extensions"]["code"] != json!("RATE_LIMITED") {
            assert_eq!(refusal(&answer["data"]["castVote"]), Some("QUOTA_SPENT"));
            return false;
        }
    }
    true
}

async fn are_all_shared(servers: &[&TestApp; 2], sample: &Sample) -> bool {
    for _ in 0..VOTERS {
        if !is_shared(servers, sample).await {
            return false;
        }
    }
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn buckets_are_shared_on_a_cluster_and_again_after_a_failover() {
    let mut cluster = RedisCluster::start().await;
    let stores = Stores {
        redis_url: Some(cluster.url()),
        ..Stores::networked().await
    };
    let (first, second, sample) = two_servers(&stores).await;
    let servers = [&first, &second];
    assert!(are_all_shared(&servers, &sample).await);
    // The first node is also the one that announcements are listened to at.
    cluster.nodes()[0].kill();
    until("the failover", async || {
        is_shared(&servers, &sample).await;
        (cluster.primaries().await.len() == 3).then_some(())
    })
    .await;
    until("shared buckets", async || {
        are_all_shared(&servers, &sample).await.then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn remembered_votes_are_found_on_all_primaries() {
    let cluster = RedisCluster::start().await;
    let stores = Stores {
        redis_url: Some(cluster.url()),
        ..Stores::networked().await
    };
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let nominee = sample.nominee_id(0);
    for _ in 0..VOTERS {
        let voter = app.voter();
        let vote = || voter.vote(&nominee).without_key();
        vote().await.expect_counted();
        vote().await.expect_refused("ALREADY_VOTED");
    }
    let database = stores.database(&Clock::System).await;
    let instance = database.instance().await.expect("it has one");
    let limits = generous_limits();
    let redis =
        Redis::open(&cluster.url(), instance.id, instance.epoch, limits).expect("addresses");
    until("all of them", async || {
        let remembered = redis.list_remembered().await.expect("it answers");
        (remembered.len() == VOTERS).then_some(())
    })
    .await;
}

/// A primary that has become a replica behind the client's back refuses to write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_does_not_write_holds_nobody_up() {
    let redis = servers::dedicated_redis().await;
    let stores = Stores {
        redis_url: Some(redis.url()),
        ..Stores::networked().await
    };
    let (first, second, sample) = two_servers(&stores).await;
    let servers = [&first, &second];
    assert!(is_shared(&servers, &sample).await);
    let client = redis::Client::open(redis.url()).expect("an address");
    let link = client.get_multiplexed_async_connection().await;
    let mut link = link.expect("it connects");
    let mut replica_of = async |host: &str, port: &str| {
        let mut command = redis::cmd("REPLICAOF");
        let done = command.arg(host).arg(port).exec_async(&mut link).await;
        done.expect("it obeys");
    };
    replica_of("127.0.0.1", "1").await;
    // Each server keeps its own buckets, at the same rate.
    assert!(!is_shared(&servers, &sample).await);
    assert!(is_shared(&[&first, &first], &sample).await);
    replica_of("NO", "ONE").await;
    until("shared buckets", async || {
        is_shared(&servers, &sample).await.then_some(())
    })
    .await;
}
