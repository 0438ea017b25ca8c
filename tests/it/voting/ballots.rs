//! Ballots: several votes that are stored together or not at all.

use std::collections::HashSet;
use std::future::IntoFuture as _;

use acclaim::id::VoteId;
use serde_json::{Value, json};
use sqlx::Connection as _;
use uuid::Uuid;

use super::{begin_vote, until_somebody_waits};
use crate::harness::{CAST_BALLOT, Stores, TestApp, on_both, refusal};

on_both!(
    slots_are_taken_in_one_order_whatever_the_client_names_first,
    a_ballot_is_stored_whole_or_not_at_all,
);

/// The nominees of a ballot's votes.
fn nominees_of(payload: &Value) -> Vec<&str> {
    let votes = payload["votes"].as_array().expect("votes").iter();
    votes
        .filter_map(|vote| vote["nominee"]["id"].as_str())
        .collect()
}

async fn slots_are_taken_in_one_order_whatever_the_client_names_first(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let campaign = sample.campaign_id();
    for order in [[0, 1, 2], [2, 1, 0]] {
        let ids = order.map(|index: usize| sample.nominee_id(index));
        let voter = app.voter();
        let payload = voter.cast_ballot(&campaign, &ids).without_key().await;
        assert_eq!(nominees_of(&payload), ids, "in the order of the input");
    }
    let disorder = "SELECT COUNT(*) FROM vote a JOIN vote b ON a.voter_id = b.voter_id
        WHERE a.nominee_id < b.nominee_id AND a.slot > b.slot";
    assert_eq!(stores.count(disorder).await, 0);
}

async fn a_ballot_is_stored_whole_or_not_at_all(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (voter, campaign) = (app.voter(), sample.campaign_id());
    let ids = |indexes: &[usize]| {
        indexes
            .iter()
            .map(|i| sample.nominee_id(*i))
            .collect::<Vec<_>>()
    };
    let cast = |indexes: &[usize]| voter.cast_ballot(&campaign, &ids(indexes));
    let key = Uuid::new_v4();
    let first = cast(&[0, 12, 1]).with_key(key).await.expect_counted();
    let voted = nominees_of(&first);
    assert_eq!(voted, ids(&[0, 12, 1]));
    assert_eq!(
        first["quotas"],
        json!([{"category": {"key": "entrepreneur"}, "used": 2}, {"category": {"key": "researcher"}, "used": 1}])
    );
    let again = cast(&[0, 12, 1]).with_key(key).await;
    assert_eq!(again["votes"], first["votes"]);
    let reused = cast(&[0, 12]).with_key(key).await;
    reused.expect_refused("IDEMPOTENCY_KEY_REUSED");
    let over = cast(&[13, 2, 3]).without_key().await;
    over.expect_refused("QUOTA_SPENT");
    let repeated = cast(&[13, 0]).without_key().await;
    let repeated = repeated.expect_refused("ALREADY_VOTED");
    assert_eq!(
        repeated["userErrors"][0]["path"],
        json!(["input", "nomineeIds", "1"])
    );
    assert_eq!(app.count_votes().await, 3);
    let input = json!({"campaignId": campaign, "nomineeIds": ids(&[4, 4])});
    let code = voter.fail(CAST_BALLOT, json!({"input": input})).await;
    assert_eq!(code, "BAD_USER_INPUT");
    let unique: HashSet<&str> = voted.into_iter().collect();
    assert_eq!(unique.len(), 3);
}

/// A ballot that loses one of its votes to another process is taken back; a like of the same batch is stored all the
/// same, since it is acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn likes_beside_a_ballot_that_is_taken_back_are_stored() {
    let stores = Stores::networked().await;
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (first, second) = (app.voter(), app.voter());
    let mut period = 0;
    for voter in [&first, &second] {
        let vote = voter.vote(&sample.nominee_id(3)).await;
        period = vote["vote"]["period"].as_i64().expect("a period");
    }
    let connect = || async {
        let connection = sqlx::PgConnection::connect(&stores.database_url).await;
        connection.expect("connects")
    };
    let (mut one, mut two, mut watching) = (connect().await, connect().await, connect().await);
    let vote = || (VoteId::new(), None);
    // The first one holds the writer up until ballot and like wait for the next batch together; the second one takes
    // one vote of the ballot, in a slot that the ballot does not need.
    let holding = begin_vote(&mut one, &sample, first.voter_id(), 0, (period, 2), vote()).await;
    let taking = begin_vote(&mut two, &sample, second.voter_id(), 1, (period, 9), vote()).await;
    let nominees = [0, 1].map(|index: usize| sample.nominee_id(index));
    let campaign = sample.campaign_id();
    let held = first.vote(&nominees[0]).into_future();
    let ballot = second.cast_ballot(&campaign, &nominees).into_future();
    let liked = second.set_like(&nominees[0], true);
    let release = async {
        until_somebody_waits(&mut watching).await;
        while app.writer.waiting() < 3 {
            tokio::task::yield_now().await;
        }
        holding.commit().await.expect("it commits");
        until_somebody_waits(&mut watching).await;
        taking.commit().await.expect("it commits");
    };
    let (_, ballot, liked, ()) = tokio::join!(held, ballot, liked, release);
    ballot.expect_refused("ALREADY_VOTED");
    assert_eq!(refusal(&liked), None);
    assert_eq!(stores.count("SELECT COUNT(*) FROM subject_like").await, 1);
    assert_eq!(stores.count("SELECT COUNT(*) FROM vote").await, 4);
}
