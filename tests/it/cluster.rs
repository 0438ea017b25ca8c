//! Redis Cluster, and a Redis that is there and does not write: limits are shared as long as somebody keeps them, and
//! votes never wait for it.

use acclaim::clock::Clock;
use acclaim::hot::{Rate, Redis};
use serde_json::{Value, json};

use crate::clients::until;
use crate::harness::{CAST_VOTE, Options, Sample, Stores, TestServer, refusal};
use crate::limits::post;
use crate::servers::{self, RedisCluster};

/// Three at once, and one more every hundred seconds: none comes back while a test runs.
const THREE: Rate = Rate {
    per_second: 0.01,
    burst: 3,
};
/// Voters whose keys lie on all primaries, but for one chance in ten thousand.
const VOTERS: usize = 24;

async fn two_servers(stores: &Stores) -> (TestServer, TestServer, Sample) {
    let limited = || {
        let mut options = Options::default();
        options.limits.cast = THREE;
        options
    };
    let first = TestServer::start_with(stores, limited()).await;
    let second = TestServer::start_with(stores, limited()).await;
    let sample = first.sample().await;
    let refreshed = second.app.refresh_campaigns().await;
    refreshed.expect("the database answers");
    (first, second, sample)
}

/// Casts three votes of a new voter on both servers in turn, which count in any case; returns whether both then refuse the
/// fourth.
async fn is_shared(servers: &[&TestServer; 2], sample: &Sample) -> bool {
    let voter = servers[0].voter();
    for index in 0..3 {
        let nominee = servers[0].nominee_id(sample.nominees[index]);
        let payload = servers[index % 2].cast(&voter, &nominee, None).await;
        assert_eq!(refusal(&payload), None, "{payload}");
        assert!(payload["vote"]["id"].is_string(), "{payload}");
    }
    let input = json!({"nomineeId": servers[0].nominee_id(sample.nominees[3])});
    for server in servers {
        let answer = post(server, Some(&voter), CAST_VOTE, input.clone()).await;
        let answer: Value = answer.json().await.expect("JSON");
        if answer["errors"][0]["extensions"]["code"] != json!("RATE_LIMITED") {
            assert_eq!(refusal(&answer["data"]["castVote"]), Some("QUOTA_SPENT"));
            return false;
        }
    }
    true
}

async fn are_all_shared(servers: &[&TestServer; 2], sample: &Sample) -> bool {
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
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let nominee = server.nominee_id(sample.nominees[0]);
    for _ in 0..VOTERS {
        let voter = server.voter();
        for expected in [None, Some("ALREADY_VOTED")] {
            let payload = server.cast(&voter, &nominee, None).await;
            assert_eq!(refusal(&payload), expected);
        }
    }
    let database = stores.database(&Clock::System).await;
    let instance = database.instance().await.expect("it has one");
    let limits = Options::default().limits;
    let redis = Redis::open(&cluster.url(), instance, limits).expect("addresses");
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
