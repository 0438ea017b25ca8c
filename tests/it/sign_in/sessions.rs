//! Sessions after signing in: refreshed, lost, stolen, ended.

use std::collections::HashSet;

use chrono::TimeDelta;
use serde_json::json;

use super::operation;
use crate::harness::{JWT_SECRET, Stores, TestApp, noon, on_both};
use crate::limits::{THREE, assert_is_limited};
use crate::raw_sql::RawSql;

on_both!(
    a_refresh_token_is_exchanged_for_another,
    a_lost_answer_can_be_asked_for_again_for_30_seconds,
    a_used_token_that_comes_back_later_ends_the_session,
    refresh_tokens_last_30_days_from_their_last_use,
    signing_out_ends_the_session,
    refreshes_at_once_all_succeed,
    access_tokens_last_15_minutes,
    two_keys_can_live_at_once,
    sign_ins_are_limited_by_address,
);

async fn a_refresh_token_is_exchanged_for_another(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let first = app.guest_session().await;
    app.clock.set(noon() + TimeDelta::minutes(14));
    let second = app.refresh_session(first.refresh_token()).await;
    assert_eq!(second["viewer"], first["viewer"]);
    assert_eq!(second["userErrors"], json!([]));
    assert_ne!(second.refresh_token(), first.refresh_token());
    assert_eq!(
        second["session"]["accessTokenExpiresAt"],
        "2022-10-25T04:29:00.000Z"
    );
    assert_eq!(
        app.client_with(second.access_token()).read_viewer().await,
        first["viewer"]
    );
    let third = app.refresh_session(second.refresh_token()).await;
    assert_eq!(third["viewer"], first["viewer"]);
    for unknown in [
        "",
        "nonsense",
        third.access_token(),
        &third.refresh_token()[1..],
    ] {
        let payload = app
            .refresh_session(unknown)
            .await
            .expect_no_session("INVALID_REFRESH_TOKEN");
        let path = &payload["userErrors"][0]["path"];
        assert_eq!(*path, json!(["input", "refreshToken"]));
    }
}

async fn a_lost_answer_can_be_asked_for_again_for_30_seconds(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let first = app.guest_session().await;
    let lost = app.refresh_session(first.refresh_token()).await;
    app.clock.set(noon() + TimeDelta::seconds(30));
    let second = app.refresh_session(first.refresh_token()).await;
    assert_eq!(second["viewer"], first["viewer"]);
    assert_ne!(second.refresh_token(), lost.refresh_token());
    // Both successors are good, and trying again did not start the grace anew.
    for successor in [&lost, &second] {
        app.refresh_session(successor.refresh_token())
            .await
            .expect_session();
    }
    app.clock.set(noon() + TimeDelta::microseconds(30_000_001));
    app.refresh_session(first.refresh_token())
        .await
        .expect_no_session("INVALID_REFRESH_TOKEN");
}

async fn a_used_token_that_comes_back_later_ends_the_session(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let first = app.guest_session().await;
    let other_session = app.sign_in_guest("device-id-of-anybody").await;
    let second = app.refresh_session(first.refresh_token()).await;
    let third = app.refresh_session(second.refresh_token()).await;
    app.clock.set(noon() + TimeDelta::seconds(31));
    app.refresh_session(first.refresh_token())
        .await
        .expect_no_session("INVALID_REFRESH_TOKEN");
    for successor in [&second, &third] {
        app.refresh_session(successor.refresh_token())
            .await
            .expect_no_session("INVALID_REFRESH_TOKEN");
    }
    // Another session goes on.
    let payload = app.refresh_session(other_session.refresh_token()).await;
    payload.expect_session();
}

async fn refresh_tokens_last_30_days_from_their_last_use(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let mut session = app.guest_session().await;
    let lifetime = TimeDelta::days(30);
    for _ in 0..3 {
        let last_moment = app.clock.now() + lifetime - TimeDelta::microseconds(1);
        app.clock.set(last_moment);
        let refreshed = app.refresh_session(session.refresh_token()).await;
        session = refreshed.expect_session();
    }
    app.advance(lifetime);
    app.refresh_session(session.refresh_token())
        .await
        .expect_no_session("INVALID_REFRESH_TOKEN");
    // Keeping house forgets what has expired, and nothing else.
    let live = app.guest_session().await;
    app.advance(TimeDelta::microseconds(1));
    acclaim::workers::cleaner::purge_expired(app.inner())
        .await
        .expect("the database answers");
    let mut database = RawSql::connect(&stores).await;
    assert_eq!(
        database.execute("UPDATE session SET is_guest = TRUE").await,
        1
    );
    app.refresh_session(live.refresh_token())
        .await
        .expect_session();
}

async fn signing_out_ends_the_session(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let first = app.guest_session().await;
    let other_session = app.sign_in_guest("device-id-of-anybody").await;
    let second = app.refresh_session(first.refresh_token()).await;
    for _ in 0..2 {
        app.sign_out(second.refresh_token()).await;
    }
    app.sign_out("nobody's").await;
    for token in [first.refresh_token(), second.refresh_token()] {
        app.refresh_session(token)
            .await
            .expect_no_session("INVALID_REFRESH_TOKEN");
    }
    assert!(
        app.client_with(second.access_token()).is_signed_in().await,
        "until it expires"
    );
    // Another session goes on.
    let payload = app.refresh_session(other_session.refresh_token()).await;
    payload.expect_session();
}

async fn refreshes_at_once_all_succeed(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let first = app.guest_session().await;
    let at_once = (0..20).map(|_| app.refresh_session(first.refresh_token()));
    let successors = futures_util::future::join_all(at_once).await;
    let mut tokens = HashSet::new();
    for successor in &successors {
        assert_eq!(successor["viewer"], first["viewer"], "{successor}");
        assert!(
            app.client_with(successor.access_token())
                .is_signed_in()
                .await
        );
        tokens.insert(successor.refresh_token());
    }
    assert_eq!(tokens.len(), 20);
    for token in tokens {
        app.refresh_session(token).await.expect_session();
    }
}

async fn access_tokens_last_15_minutes(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let session = app.guest_session().await;
    let end = noon() + TimeDelta::minutes(15);
    app.clock.set(end - TimeDelta::microseconds(1));
    assert!(app.client_with(session.access_token()).is_signed_in().await);
    app.clock.set(end);
    assert!(!app.client_with(session.access_token()).is_signed_in().await);
    // A refresh token is no access token.
    assert!(
        !app.client_with(session.refresh_token())
            .is_signed_in()
            .await
    );
}

async fn two_keys_can_live_at_once(stores: Stores) {
    const NEW_SECRET: &str = "the tests' next secret of access tokens, hunter2";
    let start = async |secrets| {
        let builder = TestApp::builder(&stores).with_jwt_secrets(secrets);
        builder.start().await
    };
    let before = start(vec![JWT_SECRET]).await;
    let during = start(vec![NEW_SECRET, JWT_SECRET]).await;
    let after = start(vec![NEW_SECRET]).await;
    let old = before.guest_session().await;
    let new = during.guest_session().await;
    assert_eq!(new["viewer"], old["viewer"]);
    assert!(during.client_with(old.access_token()).is_signed_in().await);
    assert!(
        !after.client_with(old.access_token()).is_signed_in().await,
        "its key is gone"
    );
    assert!(during.client_with(new.access_token()).is_signed_in().await);
    assert!(after.client_with(new.access_token()).is_signed_in().await);
    assert!(
        !before.client_with(new.access_token()).is_signed_in().await,
        "not known there yet"
    );
    // Refresh tokens have no key: the change signs nobody out.
    let successor = after.refresh_session(old.refresh_token()).await;
    assert_eq!(successor["viewer"], old["viewer"]);
}

async fn sign_ins_are_limited_by_address(stores: Stores) {
    let app = TestApp::builder(&stores).with_limits(|limits| limits.sign_in = THREE);
    let app = app.start().await;
    let session = app.guest_session().await;
    app.refresh_session(session.refresh_token())
        .await
        .expect_session();
    app.sign_in_wechat("ok-code-of-lin").await;
    let (query, variables) = operation(
        "signInGuest",
        json!({"deviceId": "device-id-of-the-fourth"}),
    );
    let answer = app.anonymous().post(&query, variables).await;
    assert_is_limited(answer, "sign-in").await;
    let voters = RawSql::connect(&stores).await.cells("voter").await;
    assert_eq!(voters.len(), 4, "one row of four columns");
    // Who is signed in is not held up.
    assert!(app.client_with(session.access_token()).is_signed_in().await);
    app.sign_out(session.refresh_token()).await;
}
