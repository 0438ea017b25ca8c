//! Several processes on one PostgreSQL and one Redis.

use std::sync::Arc;
use std::time::Duration;

use acclaim::domain::tally::{CampaignTotals, NomineeTotals};
use acclaim::hot::{Hot, Redis};
use acclaim::verify::verify;
use serde_json::json;

use super::{TALLY, server_with_workers, start_with_workers, tally_of, vote};
use crate::deadlines::until;
use crate::harness::{Sample, Stores, TestApp, noon};
use crate::servers;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_on_one_server_reaches_the_watchers_of_another() {
    let stores = Stores::networked().await;
    let (one, sample) = start_with_workers(&stores).await;
    let two = server_with_workers(&stores).await;
    assert_votes_arrive(&one, &two, &sample, async || ()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_loses_everything_is_made_up_for() {
    let mut redis = servers::dedicated_redis().await;
    let stores = Stores {
        redis_url: Some(redis.url()),
        ..Stores::networked().await
    };
    let (one, sample) = start_with_workers(&stores).await;
    let two = server_with_workers(&stores).await;
    assert_votes_arrive(&one, &two, &sample, async || redis.restart().await).await;
}

/// Votes on `one` are seen on `two`, before and after `between`, with versions that only grow.
async fn assert_votes_arrive(
    one: &TestApp,
    two: &TestApp,
    sample: &Sample,
    mut between: impl AsyncFnMut(),
) {
    let mut socket = two.anonymous().socket().await;
    let variables = json!({"id": sample.campaign_id()});
    socket.subscribe("t", TALLY, variables).await;
    socket.data("t").await;
    let mut version = 0;
    for votes in 1..=6 {
        vote(one, sample, 0).await;
        version = tally_of(&mut socket, "t", version, votes).await;
        if votes % 2 == 0 {
            between().await;
        }
    }
    // What was lost is shared again.
    until("the shared tally", async || {
        let totals = one.hot.find_totals(sample.campaign.id).await?;
        (totals.version() == version).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tally_that_is_shared_is_not_read_from_the_database() {
    let stores = Stores::networked().await;
    let one = TestApp::start(&stores).await;
    let two = TestApp::start(&stores).await;
    let sample = one.sample().await;
    two.refresh().await;
    two.publish_tallies().await;
    let mut announcements = two.hot.announcements().expect("there is Redis");
    // Listening begins by itself: announcements before it are lost.
    let (campaign, version) = until("an announcement", async || {
        vote(&one, &sample, 0).await;
        one.publish_tallies().await;
        let within = Duration::from_millis(200);
        tokio::time::timeout(within, announcements.recv())
            .await
            .ok()?
    })
    .await;
    let statements = two.database.statements();
    two.tallies.mark_shared(campaign, version);
    two.publish_tallies().await;
    assert_eq!(two.database.statements(), statements);
    let ranked = two.tally(campaign).await.expect("a tally");
    assert_eq!(
        (campaign, version),
        (sample.campaign.id, ranked.tally.version)
    );
}

/// Programs that know of no votes of guests share totals beside this one while they are replaced.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn totals_without_votes_of_guests_are_read_from_the_database() {
    let stores = Stores::networked().await;
    let one = TestApp::start(&stores).await;
    let two = TestApp::start(&stores).await;
    let sample = one.sample().await;
    two.refresh().await;
    let campaign_id = sample.campaign.id;
    let vote_of_guest = async || {
        let vote = one.guest().vote(&sample.nominee_id(0)).await;
        vote.expect_counted();
    };
    vote_of_guest().await;
    one.publish_tallies().await;
    two.publish_tallies().await;
    assert_eq!(
        two.tally(campaign_id).await.expect("a tally").tally.version,
        1
    );
    vote_of_guest().await;
    // The second vote is shared by a program that writes no more than the totals.
    let instance = one.database.instance().await.expect("it has one").id;
    let url = stores.redis_url.as_deref().expect("there is Redis");
    let client = redis::Client::open(url).expect("an address");
    let connection = client.get_multiplexed_async_connection().await;
    let mut redis = connection.expect("it connects");
    let pattern = format!("acclaim:{}:*:totals", instance.simple());
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg(pattern)
        .query_async(&mut redis)
        .await
        .expect("it answers");
    let key = keys.first().expect("shared totals");
    let mut get = redis::cmd("HGET");
    get.arg(key).arg("totals");
    let mut totals: Vec<u8> = get.query_async(&mut redis).await.expect("it answers");
    // The time, then the one nominee: id, counted, withheld, voters, revision.
    assert_eq!(totals.len(), 8 + 16 + 4 * 8);
    for last in [31, 47, 55] {
        totals[last] += 1;
    }
    let mut set = redis::cmd("HSET");
    set.arg(key).arg("version").arg(2).arg("totals").arg(totals);
    set.exec_async(&mut redis).await.expect("it answers");
    let report = verify(&one.database, Some(redis_of(&one))).await;
    let report = report.expect("the stores answer");
    assert!(report.is_clean(), "{report}");
    assert_eq!(two.hot.find_totals(campaign_id).await, None);
    two.tallies.mark_shared(campaign_id, 2);
    two.publish_tallies().await;
    let tally = two.tally(campaign_id).await.expect("a tally").tally;
    assert_eq!((tally.version, tally.counted, tally.guest_votes), (2, 2, 2));
    // The next ones are whole again.
    vote_of_guest().await;
    one.publish_tallies().await;
    let shared = two.hot.find_totals(campaign_id).await.expect("totals");
    assert_eq!((shared.version(), shared.nominees[0].guest_votes), (3, 3));
}

fn redis_of(app: &TestApp) -> &Redis {
    let Hot::Redis(redis) = &app.hot else {
        panic!("there is Redis");
    };
    redis
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newest_tally_is_the_one_that_is_shared() {
    let stores = Stores::networked().await;
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let campaign_id = sample.campaign.id;
    let totals = |revision: i64, counted: i64| CampaignTotals {
        campaign_id,
        as_of: noon(),
        nominees: vec![NomineeTotals {
            nominee_id: sample.nominees[0],
            counted,
            guest_votes: counted / 10,
            withheld: 0,
            voters: counted,
            revision,
        }],
    };
    for (revision, counted, expected) in [
        (5, 50, 50),
        (4, 40, 50),
        (5, 51, 50),
        (10, 100, 100),
        (9, 90, 100),
    ] {
        app.hot.share_totals(&totals(revision, counted)).await;
        let shared = app.hot.find_totals(campaign_id).await;
        let shared = shared.expect("it is shared").nominees[0].counted;
        assert_eq!(shared, expected, "after {revision}");
    }
    let guests = app.hot.find_totals(campaign_id).await;
    let guests = guests.expect("it is shared").nominees[0].guest_votes;
    assert_eq!(guests, 10);
    // A board that has a newer one keeps it too.
    vote(&app, &sample, 0).await;
    app.publish_tallies().await;
    let board = app.watch_tally(campaign_id).await.expect("a tally");
    let held = Arc::clone(&board.borrow().as_ref().expect("a tally").tally);
    assert_eq!((held.version, held.counted), (1, 1));
}
