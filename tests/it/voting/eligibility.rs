//! Voters and nominees that votes are refused for, by phase, status and role.

use acclaim::auth::Viewer;
use acclaim::domain::identity::{IdentityKind, IdentityKinds};
use acclaim::id::{StaffId, VoterId};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{CAST_VOTE, Stores, TestApp, on_both, refusal};

on_both!(
    phases_open_and_close_the_vote,
    frozen_and_withdrawn_nominees_get_no_votes,
    guests_vote_only_where_they_are_admitted,
    a_refusal_names_the_ways_in_that_would_do,
    accounts_vote_only_where_their_way_in_is_admitted,
    staff_and_strangers_do_not_vote,
);

async fn phases_open_and_close_the_vote(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let nominee = sample.nominee_id(0);
    let (opens, closes) = (
        sample.campaign.voting_opens_at,
        sample.campaign.voting_closes_at,
    );
    let moment = TimeDelta::microseconds(1);
    for (at, expected, phase) in [
        (opens - moment, Some("VOTING_NOT_OPEN"), "UPCOMING"),
        (opens, None, "VOTING"),
        (closes - moment, None, "VOTING"),
        (closes, Some("VOTING_CLOSED"), "ENDED"),
    ] {
        app.clock.set(at);
        let payload = app.voter().vote(&nominee).without_key().await;
        assert_eq!(refusal(&payload), expected, "at {at}");
        let query = "query($slug: String) { campaign(slug: $slug) { phase } }";
        let data = app
            .anonymous()
            .ask(query, json!({"slug": sample.campaign.slug}))
            .await;
        assert_eq!(data["campaign"]["phase"], json!(phase));
    }
}

async fn frozen_and_withdrawn_nominees_get_no_votes(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (voter, nominee) = (app.voter(), sample.nominee_id(0));
    let freeze = "UPDATE nominee SET status = 'FROZEN' WHERE number = 1";
    let withdraw = "UPDATE nominee SET status = 'WITHDRAWN' WHERE number = 1";
    for (change, expected) in [(freeze, "NOMINEE_FROZEN"), (withdraw, "NOMINEE_NOT_FOUND")] {
        stores.execute(change).await;
        app.refresh().await;
        voter
            .vote(&nominee)
            .without_key()
            .await
            .expect_refused(expected);
        let query = "query($id: ID!) { nominee(id: $id) { status } }";
        let node = app.anonymous().ask(query, json!({"id": nominee})).await;
        let expected = if change == freeze {
            json!({"status": "FROZEN"})
        } else {
            Value::Null
        };
        assert_eq!(node["nominee"], expected);
    }
}

async fn guests_vote_only_where_they_are_admitted(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let closed = app.sample_with(|c| c.guests_may_vote = false).await;
    let open = app.sample().await;
    let guest = app.guest();
    guest
        .vote(&closed.nominee_id(0))
        .await
        .expect_refused("NOT_ELIGIBLE");
    guest.vote(&open.nominee_id(0)).await.expect_counted();
}

async fn accounts_vote_only_where_their_way_in_is_admitted(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let voter = |kinds: IdentityKinds| {
        let id = VoterId::new();
        app.client_of(Viewer::Voter {
            id,
            kinds,
            is_suspicious: false,
        })
    };
    for admitted in IdentityKinds::ALL.accounts().iter() {
        let sample = app
            .sample_with(|c| (c.guests_may_vote, c.admits) = (false, admitted.into()))
            .await;
        let nominee = sample.nominee_id(0);
        for kind in IdentityKinds::ALL.iter() {
            let vote = voter(kind.into()).vote(&nominee).await;
            let expected = (kind != admitted).then_some("NOT_ELIGIBLE");
            assert_eq!(
                refusal(&vote),
                expected,
                "{kind:?} where {admitted:?} is admitted"
            );
        }
        // One way in of several is enough.
        let both = [IdentityKind::Guest, admitted].into_iter().collect();
        voter(both).vote(&nominee).await.expect_counted();
    }
}

async fn a_refusal_names_the_ways_in_that_would_do(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let admits = [IdentityKind::WechatWeb, IdentityKind::Oidc];
    let sample = app
        .sample_with(|c| (c.guests_may_vote, c.admits) = (false, admits.into_iter().collect()))
        .await;
    let refused = app.guest().vote(&sample.nominee_id(0)).await;
    let message = "To vote here, sign in with WeChat or with the organiser's account.";
    assert_eq!(refused["userErrors"][0]["message"], message);
}

async fn staff_and_strangers_do_not_vote(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let input = json!({"input": {"nomineeId": sample.nominee_id(0)}});
    let stranger = app.client_of(Viewer::Staff(StaffId::new()));
    for (client, code) in [
        (app.anonymous(), "UNAUTHENTICATED"),
        (&stranger, "UNAUTHENTICATED"),
        (&app.staff().await, "FORBIDDEN"),
    ] {
        assert_eq!(client.fail(CAST_VOTE, input.clone()).await, code);
    }
    assert_eq!(app.count_votes().await, 0);
}
