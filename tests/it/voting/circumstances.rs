//! The circumstances that are stored beside a vote, for signals to read.

use acclaim::id::VoterId;
use chrono::TimeDelta;
use reqwest::header::USER_AGENT;
use serde_json::{Value, json};

use crate::harness::{CAST_VOTE, Sample, Stores, TestApp, TestClient, on_both};

on_both!(
    a_ticket_says_how_long_ago_the_campaign_was_shown,
    a_ticket_of_before_signing_in_stays_good,
    tickets_that_are_forged_old_or_of_others_are_as_good_as_none,
    a_vote_says_by_whose_link_its_voter_came,
    the_network_and_the_model_are_told_by_hashes_alone,
);

const TICKETS: &str =
    "query($id: ID!) { campaign(id: $id) { ticket nominees(first: 1) { nodes { ticket } } } }";

/// The tickets of the campaign and of its first nominee, as this client is shown them.
async fn tickets(client: &TestClient, sample: &Sample) -> [String; 2] {
    let data = client
        .ask(TICKETS, json!({"id": sample.campaign_id()}))
        .await;
    let campaign = &data["campaign"];
    [
        &campaign["ticket"],
        &campaign["nominees"]["nodes"][0]["ticket"],
    ]
    .map(|ticket| ticket.as_str().expect("a ticket").to_owned())
}

/// The columns of the one vote that a voter has, as numbers: -1 for none.
async fn column(stores: &Stores, name: &str, voter: VoterId) -> i64 {
    let voter = voter.0.simple().to_string().to_uppercase();
    let text = format!(
        "SELECT CAST(COALESCE({name}, -1) AS BIGINT) FROM vote
        WHERE upper(replace(CAST({} AS TEXT), '-', '')) = '{voter}'",
        if stores.is_embedded() {
            "hex(voter_id)"
        } else {
            "voter_id"
        }
    );
    stores.count(text).await
}

async fn a_ticket_says_how_long_ago_the_campaign_was_shown(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    for (which, seconds) in [(0, 9), (1, 3_600)] {
        let voter = app.voter();
        let ticket = tickets(&voter, &sample).await[which].clone();
        app.advance(TimeDelta::seconds(seconds));
        let vote = voter.vote(&sample.nominee_id(0)).with("ticket", ticket);
        vote.await.expect_counted();
        let seen_ms = column(&stores, "seen_ms", voter.voter_id()).await;
        let expected = seconds * 1_000;
        assert!(
            (expected - 500..=expected + 500).contains(&seen_ms),
            "{seen_ms}"
        );
    }
    let voter = app.voter();
    let ticket = tickets(&voter, &sample).await[0].clone();
    let ids = [sample.nominee_id(1)];
    let ballot = voter.cast_ballot(&sample.campaign_id(), &ids);
    ballot.with("ticket", ticket).await.expect_counted();
    let seen_ms = column(&stores, "seen_ms", voter.voter_id()).await;
    assert!((0..=500).contains(&seen_ms), "{seen_ms}");
}

async fn a_ticket_of_before_signing_in_stays_good(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let ticket = tickets(app.anonymous(), &sample).await[0].clone();
    app.advance(TimeDelta::seconds(20));
    let (guest, member) = (app.guest(), app.voter());
    for voter in [&guest, &member] {
        let vote = voter.vote(&sample.nominee_id(0));
        vote.with("ticket", ticket.clone()).await.expect_counted();
        let seen_ms = column(&stores, "seen_ms", voter.voter_id()).await;
        assert!((19_500..=20_500).contains(&seen_ms), "{seen_ms}");
    }
    let is_guest = "CASE WHEN is_guest THEN 1 ELSE 0 END";
    assert_eq!(column(&stores, is_guest, guest.voter_id()).await, 1);
    assert_eq!(column(&stores, is_guest, member.voter_id()).await, 0);
}

async fn tickets_that_are_forged_old_or_of_others_are_as_good_as_none(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let other = app
        .sample_with(|campaign| campaign.slug = "other".into())
        .await;
    let late = app.voter();
    let old = tickets(&late, &sample).await[0].clone();
    app.advance(TimeDelta::hours(24) + TimeDelta::seconds(1));
    let [of_other_campaign, _] = tickets(app.anonymous(), &other).await;
    let [of_other_voter, _] = tickets(&app.voter(), &sample).await;
    let [mut forged, _] = tickets(app.anonymous(), &sample).await;
    forged.replace_range(3..4, if &forged[3..4] == "A" { "B" } else { "A" });
    let vote = late.vote(&sample.nominee_id(0)).with("ticket", old);
    vote.await.expect_counted();
    assert_eq!(column(&stores, "seen_ms", late.voter_id()).await, -1);
    for ticket in [
        Value::Null,
        of_other_campaign.into(),
        of_other_voter.into(),
        forged.into(),
        "投票".into(),
        "".into(),
    ] {
        let voter = app.voter();
        let vote = voter.vote(&sample.nominee_id(0));
        vote.with("ticket", ticket).await.expect_counted();
        assert_eq!(column(&stores, "seen_ms", voter.voter_id()).await, -1);
    }
}

async fn a_vote_says_by_whose_link_its_voter_came(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let other = app
        .sample_with(|campaign| campaign.slug = "other".into())
        .await;
    let counts = ["nominee_id", "share_nominee"]
        .map(|column| format!("SELECT COUNT(*) FROM vote WHERE share_nominee = {column}"));
    let count = async || {
        let [same, any] = counts.each_ref().map(|text| stores.count(text.as_str()));
        [same.await, any.await]
    };
    for (shared_by, expected) in [
        (sample.nominee_id(0), [1, 1]),
        (sample.nominee_id(1), [1, 2]),
        (other.nominee_id(0), [1, 2]),
        ("kept from long ago".into(), [1, 2]),
    ] {
        let voter = app.voter();
        let vote = voter.vote(&sample.nominee_id(0));
        vote.with("sharedBy", shared_by).await.expect_counted();
        assert_eq!(count().await, expected);
    }
}

async fn the_network_and_the_model_are_told_by_hashes_alone(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let phone = |model: &str| format!("Mozilla/5.0 (Linux; Android 13; {model} Build/1; wv)");
    for user_agent in [
        phone("M2102J2SC"),
        phone("M2102J2SC"),
        phone("HMA-AL00"),
        "curl".into(),
    ] {
        let voter = app.voter();
        let variables = json!({"input": {"nomineeId": sample.nominee_id(0)}});
        let request = voter.request(CAST_VOTE, &variables);
        let answer = request.header(USER_AGENT, user_agent).send().await;
        assert_eq!(answer.expect("an answer").status(), 200);
    }
    for (figure, expected) in [
        ("COUNT(DISTINCT network_hash)", 1),
        ("COUNT(network_block_hash)", 4),
        ("COUNT(DISTINCT network_block_hash)", 1),
        ("COUNT(device_hash)", 3),
        ("COUNT(DISTINCT device_hash)", 2),
    ] {
        let text = format!("SELECT {figure} FROM vote");
        let counted = stores.count(text).await;
        assert_eq!(counted, expected, "{figure}");
    }
}
