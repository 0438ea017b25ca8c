//! The rules of how many votes: once per nominee and period, and a quota per category or campaign.

use acclaim::domain::campaign::{QuotaPeriod, QuotaScope, TimeZone};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::harness::{Stores, TestApp, on_both, refusal};

on_both!(
    a_vote_counts_once_per_nominee_and_day,
    the_quota_is_per_category_and_says_what_is_left,
    the_quota_can_be_for_the_whole_campaign,
    the_day_turns_at_midnight_in_the_campaigns_time_zone,
    a_day_of_25_hours_is_one_day,
    what_committed_votes_refuse_is_refused_without_the_database,
);

async fn a_vote_counts_once_per_nominee_and_day(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (voter, nominee) = (app.voter(), sample.nominee_id(0));
    let vote = || voter.vote(&nominee).without_key();
    let first = vote().await.expect_counted();
    assert_eq!(first["vote"]["nominee"]["id"], json!(nominee));
    assert_eq!(first["nominee"]["viewerHasVoted"], json!(true));
    assert_eq!(first["vote"]["castAt"], json!("2022-10-25T04:00:00.000Z"));
    let second = vote().await.expect_refused("ALREADY_VOTED");
    assert_eq!(second["vote"], Value::Null);
    assert_eq!(
        second["userErrors"][0]["path"],
        json!(["input", "nomineeId"])
    );
    assert_eq!(second["quota"]["used"], json!(1));
    app.advance(TimeDelta::days(1));
    vote().await.expect_counted();
}

async fn the_quota_is_per_category_and_says_what_is_left(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let voter = app.voter();
    for (used, index) in (1..=3).zip(0..) {
        let payload = voter.vote(&sample.nominee_id(index)).await;
        let quota = &payload["quota"];
        assert_eq!(
            (quota["limit"].as_i64(), quota["used"].as_i64()),
            (Some(3), Some(used))
        );
        assert_eq!(quota["remaining"], json!(3 - used));
        assert_eq!(quota["category"]["key"], json!("entrepreneur"));
        assert_eq!(quota["resetsAt"], json!("2022-10-25T16:00:00.000Z"));
    }
    let spent = voter
        .vote(&sample.nominee_id(3))
        .await
        .expect_refused("QUOTA_SPENT");
    assert_eq!(spent["quota"]["remaining"], json!(0));
    voter.vote(&sample.nominee_id(12)).await.expect_counted();
}

async fn the_quota_can_be_for_the_whole_campaign(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app
        .sample_with(|c| {
            c.quota_scope = QuotaScope::Campaign;
            c.quota_period = QuotaPeriod::Campaign;
            c.votes_per_period = 2;
        })
        .await;
    let voter = app.voter();
    for index in [0, 12] {
        let payload = voter.vote(&sample.nominee_id(index)).await.expect_counted();
        assert_eq!(payload["vote"]["period"], json!(0));
        assert_eq!(payload["quota"]["resetsAt"], Value::Null);
        assert_eq!(payload["quota"]["category"], Value::Null);
    }
    app.advance(TimeDelta::days(3));
    for (index, code) in [(0, "ALREADY_VOTED"), (24, "QUOTA_SPENT")] {
        let payload = voter.vote(&sample.nominee_id(index)).await;
        payload.expect_refused(code);
    }
}

/// Spends a quota of one just before `midnight` and again at it.
async fn assert_the_day_turns_at(stores: Stores, zone: chrono_tz::Tz, midnight: DateTime<Utc>) {
    let app = TestApp::start(&stores).await;
    app.clock.set(midnight - TimeDelta::microseconds(1));
    let sample = app
        .sample_with(|c| {
            c.time_zone = TimeZone(zone);
            c.votes_per_period = 1;
        })
        .await;
    let voter = app.voter();
    let nominee = |index: usize| sample.nominee_id(index);
    voter.vote(&nominee(0)).await.expect_counted();
    voter.vote(&nominee(1)).await.expect_refused("QUOTA_SPENT");
    app.clock.set(midnight);
    voter.vote(&nominee(0)).await.expect_counted();
    voter.vote(&nominee(1)).await.expect_refused("QUOTA_SPENT");
}

async fn the_day_turns_at_midnight_in_the_campaigns_time_zone(stores: Stores) {
    let midnight = "2022-10-25T16:00:00Z".parse().expect("a time");
    assert_the_day_turns_at(stores, chrono_tz::Asia::Shanghai, midnight).await;
}

async fn a_day_of_25_hours_is_one_day(stores: Stores) {
    // New York goes back from 02:00 to 01:00 on 6 November 2022: the day ends 25 hours after it began.
    let midnight = "2022-11-07T05:00:00Z".parse().expect("a time");
    assert_the_day_turns_at(stores, chrono_tz::America::New_York, midnight).await;
}

async fn what_committed_votes_refuse_is_refused_without_the_database(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let query =
        "mutation($input: CastVoteInput!) { castVote(input: $input) { userErrors { code } } }";
    let voter = app.voter();
    let cast = async |index: usize| {
        let before = app.database.statements();
        let input = json!({"input": {"nomineeId": sample.nominee_id(index)}});
        let data = voter.ask(query, input).await;
        let code = refusal(&data["castVote"]).map(str::to_owned);
        (code, app.database.statements() - before)
    };
    for index in 0..3 {
        assert_eq!(cast(index).await.0, None);
    }
    for (index, code) in [(0, "ALREADY_VOTED"), (3, "QUOTA_SPENT")] {
        // Redis is told behind the answer: until then the ledger refuses.
        let mut attempts = 0;
        while cast(index).await != (Some(code.to_owned()), 0) {
            attempts += 1;
            assert!(attempts < 10_000, "{code} always asks the database");
        }
    }
}
