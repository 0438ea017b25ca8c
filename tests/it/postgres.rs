//! Ways in which PostgreSQL is set up: partitioned votes, a standby for reads, a pooler in between.

use acclaim::clock::Clock;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};

use crate::deadlines::until;
use crate::harness::{Program, Sample, Stores, TestApp, assert_refuses, ended, program};
use crate::properties::{
    ten_thousand_casts_with_retries_equal_the_recount,
    two_hundred_casts_at_once_spend_a_quota_of_ten,
};
use crate::servers::{self, PgBouncer};

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.expect("it connects")
}

async fn partitioned() -> Stores {
    let stores = Stores::networked().await;
    let migrate = ["migrate", "--vote-partitions", "4"];
    for _ in 0..2 {
        let migrated = ended(program(&stores, &migrate), "").await;
        assert!(migrated.status.success(), "{migrated:?}");
    }
    assert_eq!(
        stores
            .count("SELECT COUNT(*) FROM pg_inherits WHERE inhparent = 'vote'::regclass")
            .await,
        4
    );
    stores
}

/// Names and texts of the keys and checks of `vote`.
async fn keys_of_votes(stores: &Stores) -> Vec<(String, String)> {
    let statement = "SELECT indexname, replace(indexdef, ' ONLY ', ' ') FROM pg_indexes WHERE tablename = 'vote'
        UNION SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'vote'::regclass
        UNION SELECT attname, format_type(atttypid, atttypmod) || attnotnull FROM pg_attribute
        WHERE attrelid = 'vote'::regclass AND attnum > 0 ORDER BY 1";
    let rows = sqlx::query_as(statement)
        .fetch_all(&mut connect(&stores.database_url).await)
        .await;
    rows.expect("the keys")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partitioned_votes_have_the_same_keys() {
    let whole = Stores::networked().await;
    whole.database(&Clock::System).await;
    let keys = keys_of_votes(&partitioned().await).await;
    assert_eq!(keys, keys_of_votes(&whole).await);
    assert!(keys.len() >= 20, "{keys:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partitioned_votes_keep_the_quota() {
    two_hundred_casts_at_once_spend_a_quota_of_ten(partitioned().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partitioned_votes_are_counted_once() {
    ten_thousand_casts_with_retries_equal_the_recount(partitioned().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_are_partitioned_before_the_first_vote_only() {
    let stores = Stores::networked().await;
    two_hundred_casts_at_once_spend_a_quota_of_ten(stores.share()).await;
    let migrate = ["migrate", "--vote-partitions", "4"];
    assert_refuses(program(&stores, &migrate), &["before the first vote"]).await;
    let embedded = Stores::embedded();
    assert_refuses(program(&embedded, &migrate), &["PostgreSQL"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feeds_come_from_the_standby_as_long_as_it_answers() {
    let primary = servers::dedicated_postgres().await;
    let stores = Stores {
        database_url: primary.create_database().await,
        ..Stores::networked().await
    };
    let database = stores.database(&Clock::System).await;
    let now = Clock::System.now();
    let sample = Sample::insert(&database, now, |_| ()).await;
    let mut standby = servers::standby_of(&primary).await;
    let standby_url = standby.url_like(&stores.database_url);
    let mut command = program(&stores, &["serve"]);
    command.env("DATABASE_READ_URL", &standby_url);
    let server = Program::launch(command, stores.directory.path()).await;
    let feed = async || {
        let query = "query($slug: String!) { campaign(slug: $slug) { stories(first: 5) { nodes { title } } } }";
        let variables = json!({"slug": sample.campaign.slug});
        // Once: an error of a standby that is gone must not reach a reader.
        let response = server.anonymous().send(query, variables).await;
        let nodes = &response["data"]["campaign"]["stories"]["nodes"];
        nodes.as_array().expect("nodes").len()
    };
    sample.insert_story(&database, None, "First", now).await;
    until("the story on the standby", async || {
        (feed().await == 1).then_some(())
    })
    .await;
    // What the standby does not know yet is not in the feed.
    let mut connection = connect(&standby_url).await;
    sqlx::query("SELECT pg_wal_replay_pause()")
        .execute(&mut connection)
        .await
        .expect("it pauses");
    sample.insert_story(&database, None, "Second", now).await;
    for _ in 0..3 {
        assert_eq!(feed().await, 1);
    }
    standby.kill();
    until("the story of the primary", async || {
        (feed().await == 2).then_some(())
    })
    .await;
    assert_eq!(feed().await, 2, "nobody waits for the standby");
    // It comes back, plays what it has missed, and is read again.
    standby.restart().await;
    sample.insert_story(&database, None, "Third", now).await;
    until("all of them", async || (feed().await == 3).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_by_transactions_stops_every_command() {
    let postgres = servers::dedicated_postgres().await;
    let url = postgres.create_database().await;
    let stores = Stores {
        database_url: url.clone(),
        ..Stores::networked().await
    };
    stores.database(&Clock::System).await;
    for setting in [
        "",
        "ignore_startup_parameters = extra_float_digits",
        "ignore_startup_parameters = extra_float_digits,options",
    ] {
        let pooler = PgBouncer::start(&postgres, setting).await;
        let behind = Stores {
            database_url: pooler.url(&postgres, &url),
            ..Stores::networked().await
        };
        for command in ["serve", "migrate", "verify"] {
            assert_refuses(program(&behind, &[command]), &["pooler", "DATABASE_URL"]).await;
        }
    }
}

/// A failover in short: sessions that began while the database could only be read stay so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_can_only_read_are_closed() {
    let stores = Stores::networked().await;
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let mut database = connect(&stores.database_url).await;
    let name: String = sqlx::query_scalar("SELECT current_database()::text")
        .fetch_one(&mut database)
        .await
        .expect("a name");
    let alter = async |what: &str| {
        let sql = sqlx::AssertSqlSafe(format!("ALTER DATABASE \"{name}\" {what}"));
        let mut connection = connect(&stores.database_url).await;
        // The session itself may be one that can only read.
        let writing =
            sqlx::query("SET default_transaction_read_only = off").execute(&mut connection);
        writing.await.expect("set");
        let altered = sqlx::query(sql).execute(&mut connection).await;
        altered.expect("altered");
    };
    alter("SET default_transaction_read_only = on").await;
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .execute(&mut database)
    .await
    .expect("ended");
    until("it is not ready", async || {
        (!app.database.is_ready().await).then_some(())
    })
    .await;
    let is_refused = async || {
        let input = json!({"nomineeId": sample.nominee_id(0)});
        let query = "mutation($i: CastVoteInput!) { castVote(input: $i) { vote { id } } }";
        let answer = app.voter().send(query, json!({"i": input})).await;
        answer["errors"][0]["extensions"]["code"] == json!("UNAVAILABLE")
    };
    for _ in 0..12 {
        assert!(is_refused().await);
    }
    alter("RESET default_transaction_read_only").await;
    until("it is ready", async || {
        app.database.is_ready().await.then_some(())
    })
    .await;
    until("votes count again", async || {
        (!is_refused().await).then_some(())
    })
    .await;
    for _ in 0..12 {
        assert!(!is_refused().await);
    }
}
