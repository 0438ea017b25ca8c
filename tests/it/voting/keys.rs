//! Idempotency keys: the same key gets the same answer, whatever has happened since.

use std::future::IntoFuture as _;

use acclaim::graphql::node_id::GlobalId;
use acclaim::id::VoteId;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::Connection as _;
use uuid::Uuid;

use super::{begin_vote, until_somebody_waits};
use crate::harness::{Stores, TestApp, TestClient, global, on_both};

on_both!(
    the_same_key_gets_the_same_answer,
    a_key_is_remembered_for_the_whole_campaign,
    a_retry_after_a_withdrawal_still_gets_its_answer,
    a_key_belongs_to_one_vote,
    a_retry_after_the_close_still_gets_its_answer,
    a_retry_that_crosses_midnight_on_another_server_counts_once,
);

async fn the_same_key_gets_the_same_answer(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (voter, nominee) = (app.voter(), sample.nominee_id(0));
    let key = Uuid::new_v4();
    let first = voter.vote(&nominee).with_key(key).await;
    app.advance(TimeDelta::seconds(7));
    for _ in 0..3 {
        assert_eq!(voter.vote(&nominee).with_key(key).await, first);
    }
    voter.vote(&nominee).await.expect_refused("ALREADY_VOTED");
    app.publish_tallies().await;
    let tally = app.tally(sample.campaign.id).await.expect("a tally").tally;
    assert_eq!((tally.counted, tally.voters), (1, 1));
}

async fn a_key_is_remembered_for_the_whole_campaign(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (voter, nominee) = (app.voter(), sample.nominee_id(0));
    let key = Uuid::new_v4();
    voter.vote(&sample.nominee_id(1)).await.expect_counted();
    let first = voter.vote(&nominee).with_key(key).await;
    app.advance(TimeDelta::days(3));
    voter.vote(&nominee).await.expect_counted();
    let retry = voter.vote(&nominee).with_key(key).await;
    assert_eq!(retry["vote"], first["vote"]);
    assert_eq!(stores.count("SELECT COUNT(*) FROM vote").await, 3);
}

async fn a_retry_after_a_withdrawal_still_gets_its_answer(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (voter, nominee) = (app.voter(), sample.nominee_id(0));
    let key = Uuid::new_v4();
    let first = voter.vote(&nominee).with_key(key).await;
    stores
        .execute("UPDATE nominee SET status = 'WITHDRAWN' WHERE number = 1")
        .await;
    app.refresh().await;
    let retry = voter.vote(&nominee).with_key(key).await;
    assert_eq!(retry["vote"], first["vote"]);
    let fresh = app.voter().vote(&nominee).with_key(key).await;
    fresh.expect_refused("NOMINEE_NOT_FOUND");
}

async fn a_key_belongs_to_one_vote(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (voter, key) = (app.voter(), Uuid::new_v4());
    voter.vote(&sample.nominee_id(0)).with_key(key).await;
    for index in [1, 13] {
        voter
            .vote(&sample.nominee_id(index))
            .with_key(key)
            .await
            .expect_refused("IDEMPOTENCY_KEY_REUSED");
    }
    // Another voter's key is another key.
    let stranger = app.voter();
    let vote = stranger.vote(&sample.nominee_id(1)).with_key(key);
    vote.await.expect_counted();
}

async fn a_retry_after_the_close_still_gets_its_answer(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app
        .sample_with(|c| c.voting_closes_at = c.voting_opens_at + TimeDelta::hours(25))
        .await;
    let (voter, key) = (app.voter(), Uuid::new_v4());
    app.clock
        .set(sample.campaign.voting_closes_at - TimeDelta::microseconds(1));
    let first = voter
        .vote(&sample.nominee_id(0))
        .with_key(key)
        .await
        .expect_counted();
    app.clock.set(sample.campaign.voting_closes_at);
    let again = voter.vote(&sample.nominee_id(0)).with_key(key).await;
    assert_eq!(again["vote"], first["vote"]);
    voter
        .vote(&sample.nominee_id(1))
        .await
        .expect_refused("VOTING_CLOSED");
}

async fn a_retry_that_crosses_midnight_on_another_server_counts_once(stores: Stores) {
    let (before, after) = (TestApp::start(&stores).await, TestApp::start(&stores).await);
    let midnight: DateTime<Utc> = "2022-10-25T16:00:00Z".parse().expect("a time");
    before.clock.set(midnight - TimeDelta::milliseconds(1));
    after.clock.set(midnight + TimeDelta::milliseconds(1));
    let sample = before.sample().await;
    after.refresh().await;
    let (nominee, other) = (sample.nominee_id(0), sample.nominee_id(1));
    let voters: Vec<TestClient> = (0..200).map(|_| before.voter()).collect();
    // A voter's very first vote is unique by itself; the one that is raced here is the second.
    futures_util::future::join_all(voters.iter().map(|voter| voter.vote(&other).into_future()))
        .await;
    let both = voters.iter().map(|voter| async {
        let (key, elsewhere) = (Uuid::new_v4(), voter.at(&after));
        let (one, two) = tokio::join!(
            voter.vote(&nominee).with_key(key),
            elsewhere.vote(&nominee).with_key(key)
        );
        assert_eq!(one["vote"], two["vote"]);
        assert_ne!(one["vote"], Value::Null);
    });
    futures_util::future::join_all(both).await;
    assert_eq!(before.count_votes().await, 400);
}

/// A first attempt is being stored on another server, a day earlier by its clock, when its retry comes: the retry must
/// wait for it and get its answer. Only the key of the idempotency key can see that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_waits_for_its_first_attempt_that_is_still_being_stored() {
    let stores = Stores::networked().await;
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (voter, key, first) = (app.voter(), Uuid::new_v4(), VoteId::new());
    let id = voter.voter_id();
    let before = voter.vote(&sample.nominee_id(1)).await;
    let period = before["vote"]["period"].as_i64().expect("a period");
    let connect = || sqlx::PgConnection::connect(&stores.database_url);
    let mut storing = connect().await.expect("connects");
    let mut watching = connect().await.expect("connects");
    let vote = (first, Some(key));
    let attempt = begin_vote(&mut storing, &sample, id, 0, (period - 1, 1), vote).await;
    let nominee = sample.nominee_id(0);
    let retry = voter.vote(&nominee).with_key(key);
    let commit = async {
        until_somebody_waits(&mut watching).await;
        attempt.commit().await.expect("it commits");
    };
    let (retry, ()) = tokio::join!(retry, commit);
    let expected = global(GlobalId::Vote(sample.campaign.id, first));
    assert_eq!(retry["vote"]["id"], json!(expected), "{retry}");
}
