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
    two_lost_answers_in_a_row_are_survived,
    a_thief_and_the_owner_end_their_session,
    a_used_token_that_comes_back_later_ends_the_session,
    a_used_token_that_was_purged_ends_the_session_all_the_same,
    two_processes_give_the_same_successor,
    refreshes_of_one_address_are_refused_for_nobody_else,
    what_sessions_leave_behind_is_purged,
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

async fn two_lost_answers_in_a_row_are_survived(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let first = app.guest_session().await;
    let lost = app.refresh_session(first.refresh_token()).await;
    for seconds in [20, 120] {
        app.clock.set(noon() + TimeDelta::seconds(seconds));
        let again = app.refresh_session(first.refresh_token()).await;
        assert_eq!(again["viewer"], first["viewer"]);
        assert_eq!(again.refresh_token(), lost.refresh_token());
    }
    app.refresh_session(lost.refresh_token())
        .await
        .expect_session();
}

async fn a_thief_and_the_owner_end_their_session(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let stolen = app.guest_session().await;
    let thief = app.refresh_session(stolen.refresh_token()).await;
    let owner = app.refresh_session(stolen.refresh_token()).await;
    assert_eq!(owner.refresh_token(), thief.refresh_token(), "one line");
    // Both use it, long after: the second one shows that there are two of them.
    app.advance(TimeDelta::minutes(14));
    let next = app.refresh_session(thief.refresh_token()).await;
    app.advance(TimeDelta::minutes(3));
    for token in [&owner, &next] {
        app.refresh_session(token.refresh_token())
            .await
            .expect_no_session("INVALID_REFRESH_TOKEN");
    }
    // Within the grace it is the use of the successor that shows it.
    let stolen = app.sign_in_guest("device-id-of-anybody").await;
    let thief = app.refresh_session(stolen.refresh_token()).await;
    let next = app.refresh_session(thief.refresh_token()).await;
    for token in [&stolen, &thief, &next] {
        app.refresh_session(token.refresh_token())
            .await
            .expect_no_session("INVALID_REFRESH_TOKEN");
    }
}

async fn a_used_token_that_comes_back_later_ends_the_session(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let first = app.guest_session().await;
    let other_session = app.sign_in_guest("device-id-of-anybody").await;
    let second = app.refresh_session(first.refresh_token()).await;
    app.clock
        .set(noon() + TimeDelta::minutes(2) + TimeDelta::microseconds(1));
    for token in [&first, &second] {
        app.refresh_session(token.refresh_token())
            .await
            .expect_no_session("INVALID_REFRESH_TOKEN");
    }
    // Another session goes on.
    let payload = app.refresh_session(other_session.refresh_token()).await;
    payload.expect_session();
}

async fn a_used_token_that_was_purged_ends_the_session_all_the_same(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let stolen = app.guest_session().await;
    let thief = app.refresh_session(stolen.refresh_token()).await;
    app.advance(TimeDelta::hours(2));
    purge(&app).await;
    let tokens = stores.count("SELECT count(*) FROM refresh_token").await;
    assert_eq!(tokens, 1, "the used one has gone");
    for token in [&stolen, &thief] {
        app.refresh_session(token.refresh_token())
            .await
            .expect_no_session("INVALID_REFRESH_TOKEN");
    }
}

async fn two_processes_give_the_same_successor(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let first = app.guest_session().await;
    let other = TestApp::start(&stores).await;
    let (here, there) = futures_util::future::join(
        app.refresh_session(first.refresh_token()),
        other.refresh_session(first.refresh_token()),
    )
    .await;
    assert_eq!(here.refresh_token(), there.refresh_token());
    other
        .refresh_session(here.refresh_token())
        .await
        .expect_session();
}

async fn refreshes_of_one_address_are_refused_for_nobody_else(stores: Stores) {
    let app = TestApp::builder(&stores).with_limits(|limits| limits.failed_refresh = THREE);
    let app = app.start().await;
    let mut session = app.guest_session().await;
    for _ in 0..3 {
        app.refresh_session("junk")
            .await
            .expect_no_session("INVALID_REFRESH_TOKEN");
    }
    let before = app.database.statements();
    let (query, variables) = operation("refreshSession", json!({"refreshToken": "junk"}));
    let answer = app.anonymous().post(&query, variables).await;
    assert_is_limited(answer, "failed-refresh").await;
    assert_eq!(
        app.database.statements(),
        before,
        "junk is told by its seal"
    );
    for _ in 0..5 {
        let refreshed = app.refresh_session(session.refresh_token()).await;
        session = refreshed.expect_session();
    }
}

async fn purge(app: &TestApp) {
    acclaim::workers::cleaner::purge_expired(app.inner())
        .await
        .expect("the database answers");
}

async fn what_sessions_leave_behind_is_purged(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    app.sign_in_guest("device-id-of-an-idle-one").await;
    let voted = app.sign_in_guest("device-id-of-one-who-votes").await;
    let client = app.client_with(voted.access_token());
    client.vote(&sample.nominee_id(0)).await;
    app.advance(TimeDelta::days(31));
    let live = app.sign_in_guest("device-id-of-one-who-returns").await;
    app.advance(TimeDelta::days(29));
    app.refresh_session(live.refresh_token())
        .await
        .expect_session();
    app.advance(TimeDelta::days(2));
    purge(&app).await;
    acclaim::workers::cleaner::purge_guests(app.inner())
        .await
        .expect("the database answers");
    let guests = stores.count("SELECT count(*) FROM voter").await;
    assert_eq!(guests, 2, "one has a vote, one a session");
    assert_eq!(stores.count("SELECT count(*) FROM session").await, 1);
    assert_eq!(stores.count("SELECT count(*) FROM refresh_token").await, 1);
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
    purge(&app).await;
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
    assert_eq!(tokens.len(), 1, "all get the same");
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
    let app = TestApp::builder(&stores).with_limits(|limits| limits.new_guest = THREE);
    let app = app.start().await;
    let session = app.guest_session().await;
    for device in ["device-id-of-the-second", "device-id-of-the-third"] {
        app.sign_in_guest(device).await.expect_session();
    }
    let (query, variables) = operation(
        "signInGuest",
        json!({"deviceId": "device-id-of-the-fourth"}),
    );
    let answer = app.anonymous().post(&query, variables).await;
    assert_is_limited(answer, "new-guest").await;
    assert_eq!(stores.count("SELECT count(*) FROM voter").await, 3);
    // Who is known here is not held up, nor who comes through a platform.
    for _ in 0..4 {
        app.sign_in_guest("device-id-of-the-third")
            .await
            .expect_session();
    }
    assert!(app.client_with(session.access_token()).is_signed_in().await);
    app.sign_out(session.refresh_token()).await;
}
