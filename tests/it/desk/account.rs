//! The account of a member: password and second factor.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{CONFIRM, ENROL, PASSWORD, SIGN_IN, change, sign_in, sign_up};
use crate::harness::{Stores, TestApp, on_both};

on_both!(
    a_second_factor_is_asked_for_once_it_is_confirmed,
    recovery_codes_are_good_once,
    wrong_codes_lock_like_wrong_passwords,
    a_new_password_ends_all_sessions,
);

const CHANGE_PASSWORD: &str =
    "mutation($input: ChangePasswordInput!) { changePassword(input: $input) {
    changed userErrors { code path } } }";
const EMAIL: &str = "ma@lan.example";

async fn a_second_factor_is_asked_for_once_it_is_confirmed(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let member = sign_up(&app, "sample", EMAIL, "EDITOR").await;
    let early = change(&member.client, CONFIRM, json!({"code": "000000"})).await;
    early.expect_refused("NOT_ENROLLED");
    let wrong = change(&member.client, ENROL, json!({"password": "wrong hunter2"})).await;
    wrong.expect_refused("INVALID_CREDENTIALS");
    let unconfirmed = change(&member.client, ENROL, json!({"password": PASSWORD})).await;
    unconfirmed.expect_counted();
    // Nobody is shut out by a secret that was not tried.
    sign_in(&app, EMAIL, None).await.expect_counted();
    let (authenticator, codes) = member.enrol(&app).await;
    assert_eq!(codes.len(), 10);
    sign_in(&app, EMAIL, None)
        .await
        .expect_refused("SECOND_FACTOR_REQUIRED");
    // The code that confirmed it was used.
    let used = authenticator.code(&app);
    sign_in(&app, EMAIL, Some(&used))
        .await
        .expect_refused("INVALID_SECOND_FACTOR");
    app.advance(TimeDelta::seconds(30));
    let code = authenticator.code(&app);
    sign_in(&app, EMAIL, Some(&code)).await.expect_counted();
    sign_in(&app, EMAIL, Some(&code))
        .await
        .expect_refused("INVALID_SECOND_FACTOR");
    // A clock that is a step behind is tolerated.
    app.advance(TimeDelta::seconds(30));
    let late = authenticator.code(&app);
    app.advance(TimeDelta::seconds(30));
    sign_in(&app, EMAIL, Some(&late)).await.expect_counted();
    let again = change(&member.client, ENROL, json!({"password": PASSWORD})).await;
    again.expect_refused("ALREADY_ENROLLED");
    // A wrong password is told before the code is looked at.
    let input = json!({"email": EMAIL, "password": "wrong hunter2", "secondFactorCode": "000000"});
    let wrong = change(app.anonymous(), SIGN_IN, input).await;
    wrong.expect_refused("INVALID_CREDENTIALS");
}

async fn recovery_codes_are_good_once(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let member = sign_up(&app, "sample", EMAIL, "EDITOR").await;
    let (_, codes) = member.enrol(&app).await;
    let typed = codes[0].to_uppercase().replace('-', " ");
    sign_in(&app, EMAIL, Some(&typed)).await.expect_counted();
    sign_in(&app, EMAIL, Some(&codes[0]))
        .await
        .expect_refused("INVALID_SECOND_FACTOR");
    sign_in(&app, EMAIL, Some(&codes[1])).await.expect_counted();
    // Nothing of them can be read from the tables.
    let stored = "SELECT COUNT(*) FROM recovery_code WHERE used_at IS NULL";
    assert_eq!(stores.count(stored).await, 8);
}

async fn wrong_codes_lock_like_wrong_passwords(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let member = sign_up(&app, "sample", EMAIL, "EDITOR").await;
    let (authenticator, _) = member.enrol(&app).await;
    for _ in 0..5 {
        let wrong = sign_in(&app, EMAIL, Some("000000")).await;
        wrong.expect_refused("INVALID_SECOND_FACTOR");
    }
    app.advance(TimeDelta::seconds(30));
    let code = authenticator.code(&app);
    sign_in(&app, EMAIL, Some(&code))
        .await
        .expect_refused("TOO_MANY_ATTEMPTS");
    app.advance(TimeDelta::minutes(16));
    let code = authenticator.code(&app);
    sign_in(&app, EMAIL, Some(&code)).await.expect_counted();
}

async fn a_new_password_ends_all_sessions(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let member = sign_up(&app, "sample", EMAIL, "EDITOR").await;
    for (current, new, code) in [
        (PASSWORD, "short", "WEAK_PASSWORD"),
        (
            "wrong hunter2",
            "another hunter2 password",
            "INVALID_CREDENTIALS",
        ),
    ] {
        let input = json!({"currentPassword": current, "newPassword": new});
        let refused = change(&member.client, CHANGE_PASSWORD, input).await;
        refused.expect_refused(code);
    }
    let input = json!({"currentPassword": PASSWORD, "newPassword": "another hunter2 password"});
    let changed = change(&member.client, CHANGE_PASSWORD, input).await;
    assert_eq!(changed["changed"], json!(true), "{changed}");
    let over = member.client.fail("{ viewer { role } }", json!({})).await;
    assert_eq!(over, "UNAUTHENTICATED");
    sign_in(&app, EMAIL, None)
        .await
        .expect_refused("INVALID_CREDENTIALS");
    let input = json!({"email": EMAIL, "password": "another hunter2 password"});
    let session = change(app.anonymous(), SIGN_IN, input)
        .await
        .expect_counted();
    assert_ne!(session["session"], Value::Null);
    // What was done is in the log, without a word of what it was.
    let events = "SELECT COUNT(*) FROM audit_event WHERE action = 'account.changePassword'";
    assert_eq!(stores.count(events).await, 1);
}
