//! The answer to a cast includes its votes, though the tally in memory is published later.

use acclaim::domain::campaign::TallyVisibility;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Stores, TestApp, TestClient, on_both};

on_both!(
    the_answer_to_a_vote_includes_it,
    the_answer_to_a_ballot_includes_its_votes,
    a_repeated_cast_reads_the_totals,
    the_answer_shows_no_hidden_tally,
);

const VOTE: &str = "mutation($input: CastVoteInput!) { castVote(input: $input) {
    nominee { votes rank } vote { nominee { votes rank } } userErrors { code } } }";
const BALLOT: &str = "mutation($input: CastBallotInput!) { castBallot(input: $input) {
    votes { nominee { number votes rank } } userErrors { code } } }";

async fn vote(voter: &TestClient, nominee: &str, key: Uuid) -> Value {
    let input = json!({"nomineeId": nominee, "idempotencyKey": key});
    let mut data = voter.ask(VOTE, json!({"input": input})).await;
    let payload = data["castVote"].take();
    assert_eq!(payload["userErrors"], json!([]));
    assert_eq!(payload["vote"]["nominee"], payload["nominee"]);
    payload["nominee"].clone()
}

/// Lets the process have the tally in memory, as it is now.
async fn remember_tally(app: &TestApp, campaign: &str) {
    let query = "query($id: ID!) { campaign(id: $id) { tally { version } } }";
    app.anonymous().ask(query, json!({"id": campaign})).await;
}

async fn the_answer_to_a_vote_includes_it(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    app.voter().vote(&sample.nominee_id(1)).await;
    app.publish_tallies().await;
    remember_tally(&app, &sample.campaign_id()).await;
    let (first, second) = (sample.nominee_id(0), sample.nominee_id(1));
    let mut statements = Vec::new();
    for (nominee, expected) in [
        (&first, json!({"votes": 1, "rank": 1})),
        (&first, json!({"votes": 2, "rank": 1})),
        (&second, json!({"votes": 2, "rank": 1})),
        (&sample.nominee_id(2), json!({"votes": 1, "rank": 1})),
    ] {
        let before = app.database.statements();
        let answer = vote(&app.voter(), nominee, Uuid::new_v4()).await;
        statements.push(app.database.statements() - before);
        assert_eq!(answer, expected);
    }
    let plain = "mutation($input: CastVoteInput!) { castVote(input: $input) { vote { id } } }";
    let before = app.database.statements();
    let input = json!({"nomineeId": first, "idempotencyKey": Uuid::new_v4()});
    app.voter().ask(plain, json!({"input": input})).await;
    let without = app.database.statements() - before;
    assert_eq!(statements, [without; 4]);
    // What has come meanwhile by other votes is never taken back.
    app.publish_tallies().await;
    let answer = vote(&app.voter(), &first, Uuid::new_v4()).await;
    assert_eq!(answer, json!({"votes": 4, "rank": 1}));
    let answer = vote(&app.voter(), &sample.nominee_id(2), Uuid::new_v4()).await;
    assert_eq!(answer, json!({"votes": 2, "rank": 2}));
}

async fn the_answer_to_a_ballot_includes_its_votes(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    app.voter().vote(&sample.nominee_id(1)).await;
    app.publish_tallies().await;
    let campaign = sample.campaign_id();
    remember_tally(&app, &campaign).await;
    let nominees = [13, 1, 0].map(|index| sample.nominee_id(index));
    let line = |number: i64, votes: i64, rank: i64| json!({"nominee": {"number": number, "votes": votes, "rank": rank}});
    let input = |key: Uuid| json!({"input": {"campaignId": campaign, "nomineeIds": nominees, "idempotencyKey": key}});
    let (voter, key) = (app.voter(), Uuid::new_v4());
    let expected = json!([line(14, 1, 1), line(2, 2, 1), line(1, 1, 1)]);
    // The second one is a repetition.
    for _ in 0..2 {
        let data = voter.ask(BALLOT, input(key)).await;
        assert_eq!(data["castBallot"]["votes"], expected);
    }
    let data = app.voter().ask(BALLOT, input(Uuid::new_v4())).await;
    let expected = json!([line(14, 2, 1), line(2, 3, 1), line(1, 2, 1)]);
    assert_eq!(data["castBallot"]["votes"], expected);
}

async fn a_repeated_cast_reads_the_totals(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let other = TestApp::start(&stores.share()).await;
    for app in [&app, &other] {
        remember_tally(app, &sample.campaign_id()).await;
    }
    let (voter, nominee, key) = (app.voter(), sample.nominee_id(0), Uuid::new_v4());
    let first = vote(&voter, &nominee, key).await;
    assert_eq!(first, json!({"votes": 1, "rank": 1}));
    app.voter().vote(&nominee).await.expect_counted();
    for app in [&app, &other] {
        let answer = vote(&voter.at(app), &nominee, key).await;
        assert_eq!(answer, json!({"votes": 2, "rank": 1}));
    }
}

async fn the_answer_shows_no_hidden_tally(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app
        .sample_with(|campaign| campaign.tally_visibility = TallyVisibility::AfterClose)
        .await;
    let (voter, key) = (app.voter(), Uuid::new_v4());
    for _ in 0..2 {
        let answer = vote(&voter, &sample.nominee_id(0), key).await;
        assert_eq!(answer, json!({"votes": null, "rank": null}));
    }
}
