//! A crowd that watches the same tally: it is executed once for all of them, and what is a viewer's own is not shared.

use acclaim::hot::{Limits, Rate};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::clients::Socket;
use crate::deadlines::until;
use crate::harness::{Sample, Stores, TestApp, TestClient, noon, on_both};

on_both!(
    a_crowd_is_charged_for_one_tally,
    what_is_a_voters_own_is_not_shared,
    who_comes_after_all_have_left_is_served_anew,
);

const WATCHERS: usize = 50;

const TALLY: &str = "subscription($id: ID!) { tallyChanged(campaignId: $id) {
    version countedVotes entries { nominee { id name } votes rank share } } }";

async fn start(stores: &Stores, limit: impl FnOnce(&mut Limits)) -> (TestApp, Sample) {
    let database = stores
        .database(&acclaim::clock::Clock::manual(noon()))
        .await;
    let sample = Sample::insert(&database, noon(), |_| ()).await;
    let builder = TestApp::builder(stores).with_workers();
    (builder.with_limits(limit).start().await, sample)
}

async fn watch(client: &TestClient, sample: &Sample, query: &str) -> Socket {
    let mut socket = client.socket().await;
    let variables = json!({"id": sample.campaign_id()});
    socket.subscribe("1", query, variables).await;
    socket
}

/// The first tally with so many votes.
async fn tally_of(socket: &mut Socket, votes: i64) -> Value {
    loop {
        let tally = socket.data("1").await["tallyChanged"].take();
        if tally["countedVotes"] == json!(votes) {
            return tally;
        }
    }
}

async fn vote(voter: &TestClient, sample: &Sample) {
    voter.vote(&sample.nominee_id(0)).await.expect_counted();
}

/// The price of the tally is some 250; fifty times that is more than the bucket holds.
async fn a_crowd_is_charged_for_one_tally(stores: Stores) {
    let (app, sample) = start(&stores, |limits| {
        limits.anonymous_query = Rate {
            per_second: 1.0,
            burst: 2_000,
        };
    })
    .await;
    let watching = (0..WATCHERS).map(|_| watch(app.anonymous(), &sample, TALLY));
    let mut sockets = join_all(watching).await;
    join_all(sockets.iter_mut().map(|socket| tally_of(socket, 0))).await;
    vote(&app.voter(), &sample).await;
    let tallies = join_all(sockets.iter_mut().map(|socket| tally_of(socket, 1))).await;
    assert!(tallies.iter().all(|tally| *tally == tallies[0]));
    assert_eq!(
        tallies[0]["entries"][0]["votes"],
        json!(1),
        "{}",
        tallies[0]
    );
    // One that is another, by its variables or its text, is charged for.
    let other = TALLY.replace("rank share", "rank");
    let mut socket = watch(app.anonymous(), &sample, &other).await;
    for _ in 0..10 {
        let other = other.replace("version", &format!("v{}: version", sockets.len()));
        sockets.push(watch(app.anonymous(), &sample, &other).await);
    }
    tally_of(&mut socket, 1).await;
    let last = sockets.last_mut().expect("it was pushed");
    assert_eq!(last.error("1").await, "RATE_LIMITED");
}

async fn what_is_a_voters_own_is_not_shared(stores: Stores) {
    let (app, sample) = start(&stores, |_| ()).await;
    let query = TALLY.replace("name", "viewerHasVoted");
    let (one, other) = (app.voter(), app.voter());
    let mut of_one = watch(&one, &sample, &query).await;
    let mut of_other = watch(&other, &sample, &query).await;
    vote(&one, &sample).await;
    let nominee = sample.nominee_id(0);
    for (socket, has_voted) in [(&mut of_one, true), (&mut of_other, false)] {
        let tally = tally_of(socket, 1).await;
        let entries = tally["entries"].as_array().expect("a list");
        let entry = entries
            .iter()
            .find(|e| e["nominee"]["id"] == json!(nominee));
        let nominee = &entry.expect("the nominee")["nominee"];
        assert_eq!(nominee["viewerHasVoted"], json!(has_voted), "{tally}");
    }
}

async fn who_comes_after_all_have_left_is_served_anew(stores: Stores) {
    let (app, sample) = start(&stores, |_| ()).await;
    for votes in 0..3 {
        let mut socket = watch(app.anonymous(), &sample, TALLY).await;
        tally_of(&mut socket, votes).await;
        drop(socket);
        let subscribers = &app.metrics.subscribers;
        until("nobody watches", async || {
            (subscribers.get() == 0).then_some(())
        })
        .await;
        vote(&app.voter(), &sample).await;
    }
}
