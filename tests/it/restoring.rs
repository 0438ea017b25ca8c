//! A database that is restored to an earlier state while Redis keeps what it remembers: whoever lost a vote may cast it
//! again, and totals are the database's.

use acclaim::auth::Viewer;
use acclaim::hot::Hot;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::deadlines::until;
use crate::harness::{Payload, Sample, Stores, TestApp, new_voter, refusal};
use crate::servers;

/// A server and a campaign with one vote, which is published, and kept in the backup.
async fn start(stores: &Stores) -> (TestApp, Sample) {
    let app = TestApp::start(stores).await;
    let sample = app.sample().await;
    app.voter()
        .vote(&sample.nominee_id(0))
        .await
        .expect_counted();
    app.publish_tallies().await;
    (app, sample)
}

/// A voter who spends a quota and hammers until it is refused without the ledger; none of it is in the backup.
async fn lose_votes(app: &TestApp, sample: &Sample) -> Viewer {
    let viewer = new_voter();
    let voter = app.client_of(viewer);
    for index in 0..3 {
        let nominee = sample.nominee_id(index);
        voter.vote(&nominee).await.expect_counted();
    }
    for (index, code) in [(0, "ALREADY_VOTED"), (3, "QUOTA_SPENT")] {
        until("an early refusal", async || {
            let statements = app.database.statements();
            // The quota would be read from the ledger.
            let query =
                "mutation($id: ID!) { castVote(input: {nomineeId: $id}) { userErrors { code } } }";
            let variables = json!({"id": sample.nominee_id(index)});
            let response = voter.send_patiently(query, &variables).await;
            Payload::of(response, "castVote").expect_refused(code);
            (app.database.statements() == statements).then_some(())
        })
        .await;
    }
    app.publish_tallies().await;
    viewer
}

/// A vote that was lost, cast until it is stored: at first a connection may turn out to be lost, or the vote be refused
/// by what is still remembered.
async fn vote_again(app: &TestApp, stores: &Stores, sample: &Sample, viewer: Viewer) {
    let voter = app.client_of(viewer);
    until("a vote that is stored", async || {
        voter.vote(&sample.nominee_id(0)).without_key().once().await;
        (stores.count("SELECT COUNT(*) FROM vote").await == 2).then_some(())
    })
    .await;
}

/// Checks that the voter has its whole quota again, no less and no more, that totals are the database's and that
/// everything agrees.
async fn assert_restored(app: &TestApp, stores: &Stores, sample: &Sample, viewer: Viewer) {
    let voter = app.client_of(viewer);
    let before = stores.count("SELECT COUNT(*) FROM vote").await;
    for index in 0..3 {
        let vote = voter.vote(&sample.nominee_id(index)).without_key();
        vote.await.expect_counted();
    }
    for (index, code) in [(0, "ALREADY_VOTED"), (3, "QUOTA_SPENT")] {
        let vote = voter.vote(&sample.nominee_id(index)).without_key();
        vote.await.expect_refused(code);
    }
    assert_eq!(app.count_votes().await, before + 3);
    app.publish_tallies().await;
    let ranked = app.tally(sample.campaign.id).await.expect("a tally");
    assert_eq!(ranked.tally.counted, before + 3);
    let Hot::Redis(redis) = &app.hot else {
        return;
    };
    let report = acclaim::verify::verify(&app.database, Some(redis)).await;
    let report = report.expect("the stores answer");
    assert!(report.is_clean(), "{report}");
    let shared = redis.find_totals(sample.campaign.id).await;
    assert_eq!(
        shared.map(|totals| totals.version()),
        Some(ranked.tally.version)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_restored_while_the_server_is_down_gives_lost_votes_back() {
    let stores = Stores::networked().await;
    let dump = stores.directory.path().join("dump");
    let (mut app, sample) = start(&stores).await;
    servers::dump(&stores.database_url, &dump);
    let mut epochs = vec![app.hot.epoch().expect("it is trusted")];
    // The second time the backup does not know the epoch that the first one began.
    for _ in 0..2 {
        let viewer = lose_votes(&app, &sample).await;
        app.stop().await;
        let postgres = servers::postgres().await;
        postgres.replace(&stores.database_url, &dump).await;
        app = TestApp::start(&stores).await;
        let epoch = app.hot.epoch().expect("it is compared");
        assert!(!epochs.contains(&epoch), "{epoch} in {epochs:?}");
        epochs.push(epoch);
        assert_restored(&app, &stores, &sample, viewer).await;
    }
    // Without a restore there is no new epoch.
    app.stop().await;
    let app = TestApp::start(&stores).await;
    assert_eq!(app.hot.epoch(), epochs.last().copied());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_restored_below_running_servers_gives_lost_votes_back() {
    let stores = Stores::networked().await;
    let dump = stores.directory.path().join("dump");
    let (first, sample) = start(&stores).await;
    servers::dump(&stores.database_url, &dump);
    first.stop().await;
    let one = TestApp::builder(&stores).with_workers().start().await;
    let two = TestApp::builder(&stores).with_workers().start().await;
    let viewer = lose_votes(&one, &sample).await;
    let before = until("an epoch", async || one.hot.epoch()).await;
    let postgres = servers::postgres().await;
    postgres.replace(&stores.database_url, &dump).await;
    until("the new epoch of both", async || {
        let epoch = one.hot.epoch().filter(|epoch| *epoch != before)?;
        (two.hot.epoch() == Some(epoch)).then_some(())
    })
    .await;
    vote_again(&two, &stores, &sample, viewer).await;
    for app in [&one, &two] {
        until("the database's totals", async || {
            let ranked = app.tally(sample.campaign.id).await.ok()?;
            (ranked.tally.counted == 2).then_some(())
        })
        .await;
    }
    one.stop().await;
    two.stop().await;
}

/// Between the two halves of a swap there is no database, which is no fault of the server's: it says that votes come
/// again. After it, all connections are dead though none has been unused for long, and the first vote is stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_in_a_swap_come_again_and_the_first_one_after_it_is_stored() {
    let stores = Stores::networked().await;
    let dump = stores.directory.path().join("dump");
    let (app, sample) = start(&stores).await;
    servers::dump(&stores.database_url, &dump);
    let postgres = servers::postgres().await;
    let restored = postgres.restore(&dump).await;
    let nominee = sample.nominee_id(1);
    let vote = async || app.voter().vote(&nominee).await.expect_counted();
    join_all((0..16).map(|_| vote())).await;
    postgres.take_away(&stores.database_url).await;
    let answer = app.voter().vote(&nominee).once().await;
    let answer: Value = answer.json().await.expect("JSON");
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["code"], json!("UNAVAILABLE"), "{answer}");
    assert!(extensions["retryAfterMs"].is_u64(), "{answer}");
    postgres.put_in_place(&restored, &stores.database_url).await;
    let answer = app.voter().vote(&nominee).once().await;
    let answer: Value = answer.json().await.expect("JSON");
    let errors = &answer["data"]["castVote"]["userErrors"];
    assert_eq!(errors, &json!([]), "{answer}");
    assert_eq!(stores.count("SELECT COUNT(*) FROM vote").await, 2);
}

/// Where no connection ends, the tallies tell: they never go back otherwise. The other process has seen nothing, and
/// hears of the epoch by what its refresher reads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_restored_without_a_lost_connection_are_found_out_and_all_processes_follow() {
    let stores = Stores::networked().await;
    let dump = stores.directory.path().join("dump");
    let (one, sample) = start(&stores).await;
    let two = TestApp::start(&stores).await;
    servers::dump(&stores.database_url, &dump);
    let viewer = lose_votes(&one, &sample).await;
    let before = one.hot.epoch();
    assert_eq!(two.hot.epoch(), before);
    // Who compares nothing reads nothing: the epoch comes with the campaigns.
    for app in [&one, &two] {
        let statements = app.database.statements();
        app.refresh().await;
        app.check_hot().await.expect("nothing to do");
        assert_eq!(app.database.statements(), statements + 1);
    }
    servers::restore_over(&stores.database_url, &dump);
    one.sweep_tallies().await.expect("it answers");
    assert_eq!(one.hot.epoch(), None);
    one.check_hot().await.expect("it answers");
    let after = one.hot.epoch();
    assert!(after.is_some() && after != before, "{before:?} {after:?}");
    assert_eq!(two.hot.epoch(), before);
    two.refresh().await;
    assert_eq!(two.hot.epoch(), None);
    two.check_hot().await.expect("it answers");
    assert_eq!(two.hot.epoch(), after);
    assert_restored(&two, &stores, &sample, viewer).await;
    assert_eq!(one.hot.epoch(), after);
}

/// Before the first vote of a campaign there is no tally to be listed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_without_votes_is_found_out() {
    let stores = Stores::networked().await;
    let dump = stores.directory.path().join("dump");
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    servers::dump(&stores.database_url, &dump);
    let viewer = lose_votes(&app, &sample).await;
    servers::restore_over(&stores.database_url, &dump);
    app.sweep_tallies().await.expect("it answers");
    app.check_hot().await.expect("it answers");
    app.publish_tallies().await;
    let ranked = app.tally(sample.campaign.id).await.expect("a tally");
    assert_eq!(ranked.tally.counted, 0);
    assert_restored(&app, &stores, &sample, viewer).await;
}

/// Others have voted before the comparison: the tally is as new as the one that Redis has, or newer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_before_the_comparison_do_not_hide_a_restore() {
    let stores = Stores::networked().await;
    let dump = stores.directory.path().join("dump");
    let (app, sample) = start(&stores).await;
    servers::dump(&stores.database_url, &dump);
    let viewer = lose_votes(&app, &sample).await;
    app.stop().await;
    let postgres = servers::postgres().await;
    postgres.replace(&stores.database_url, &dump).await;
    let alone = Stores {
        redis_url: None,
        ..stores.share()
    };
    let other = TestApp::start(&alone).await;
    for _ in 0..8 {
        let vote = other.voter().vote(&sample.nominee_id(0)).at_first().await;
        vote.expect_counted();
    }
    other.stop().await;
    let app = TestApp::start(&stores).await;
    assert_restored(&app, &stores, &sample, viewer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_begin_one_epoch() {
    let stores = Stores::networked().await;
    let dump = stores.directory.path().join("dump");
    let (app, sample) = start(&stores).await;
    servers::dump(&stores.database_url, &dump);
    let viewer = lose_votes(&app, &sample).await;
    app.stop().await;
    let postgres = servers::postgres().await;
    postgres.replace(&stores.database_url, &dump).await;
    for statement in [
        "CREATE TABLE epoch_begun (epoch BIGINT)",
        "CREATE FUNCTION note_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO epoch_begun VALUES (NEW.epoch); RETURN NULL; END $$",
        "CREATE TRIGGER note_epoch AFTER UPDATE OF epoch ON instance FOR EACH ROW EXECUTE FUNCTION note_epoch()",
    ] {
        stores.execute(statement).await;
    }
    let servers = join_all((0..4).map(|_| TestApp::start(&stores))).await;
    let epoch = stores.count("SELECT epoch FROM epoch_begun").await;
    for server in &servers {
        // Who looked in the moment of the change looks again.
        server.check_hot().await.expect("it answers");
        server.refresh().await;
        assert_eq!(server.hot.epoch(), Some(epoch));
    }
    assert_eq!(stores.count("SELECT COUNT(*) FROM epoch_begun").await, 1);
    assert_restored(&servers[0], &stores, &sample, viewer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_was_away_at_the_start_is_compared_before_it_is_used() {
    let mut redis = servers::dedicated_redis().await;
    let stores = Stores {
        redis_url: Some(redis.url()),
        ..Stores::networked().await
    };
    let dump = stores.directory.path().join("dump");
    let (app, sample) = start(&stores).await;
    servers::dump(&stores.database_url, &dump);
    let viewer = lose_votes(&app, &sample).await;
    let before = app.hot.epoch();
    app.stop().await;
    let postgres = servers::postgres().await;
    postgres.replace(&stores.database_url, &dump).await;
    redis.pause();
    let app = TestApp::start(&stores).await;
    assert_eq!(app.hot.epoch(), None);
    redis.resume();
    // It answers again, and is not used yet but for limits.
    let voter = app.client_of(viewer);
    let vote = voter.vote(&sample.nominee_id(5)).without_key().await;
    vote.expect_counted();
    assert_eq!(app.hot.epoch(), None);
    let after = until("the comparison", async || {
        app.check_hot().await.expect("the database answers");
        app.hot.epoch()
    })
    .await;
    assert_ne!(Some(after), before);
    for (index, code) in [(0, None), (1, None), (2, Some("QUOTA_SPENT"))] {
        let vote = voter.vote(&sample.nominee_id(index)).without_key().await;
        assert_eq!(refusal(&vote), code);
    }
}

/// A process alone remembers for itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_a_restore_below_the_server_gives_lost_votes_back() {
    let stores = Stores {
        redis_url: None,
        ..Stores::networked().await
    };
    let dump = stores.directory.path().join("dump");
    let (first, sample) = start(&stores).await;
    servers::dump(&stores.database_url, &dump);
    first.stop().await;
    let app = TestApp::builder(&stores).with_workers().start().await;
    let viewer = lose_votes(&app, &sample).await;
    let postgres = servers::postgres().await;
    postgres.replace(&stores.database_url, &dump).await;
    vote_again(&app, &stores, &sample, viewer).await;
    until("the database's totals", async || {
        let ranked = app.tally(sample.campaign.id).await.ok()?;
        (ranked.tally.counted == 2).then_some(())
    })
    .await;
    app.stop().await;
}

/// SQLite may have a Redis beside it, for the other things that it remembers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_file_put_back_gives_lost_votes_back() {
    let stores = Stores {
        redis_url: Some(servers::redis().await.url()),
        ..Stores::embedded()
    };
    let copy = stores.directory.path().join("copy.db");
    let (app, sample) = start(&stores).await;
    app.database.back_up(&copy).await.expect("it is copied");
    let before = app.hot.epoch();
    let viewer = lose_votes(&app, &sample).await;
    app.database.close().await;
    app.stop().await;
    let file = stores.directory.path().join("acclaim.db");
    std::fs::copy(&copy, &file).expect("it is put back");
    for log in ["acclaim.db-wal", "acclaim.db-shm"] {
        // They are gone where the database was closed in order.
        let _ = std::fs::remove_file(stores.directory.path().join(log));
    }
    let app = TestApp::start(&stores).await;
    let epoch = app.hot.epoch();
    assert!(epoch.is_some() && epoch != before, "{epoch:?}");
    assert_restored(&app, &stores, &sample, viewer).await;
    let query = "query($slug: String!) { campaign(slug: $slug) { tally { countedVotes } } }";
    let variables = json!({"slug": sample.campaign.slug});
    let data = app.anonymous().ask(query, variables).await;
    assert_eq!(
        data["campaign"]["tally"]["countedVotes"],
        json!(4),
        "{data}"
    );
}
