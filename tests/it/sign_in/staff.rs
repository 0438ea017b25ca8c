//! Staff and their passwords.

use std::net::IpAddr;

use acclaim::app::Client;
use acclaim::app::desk::{Desk, StaffAccount};
use acclaim::app::sign_in::SignInRefusal;
use acclaim::auth::password;
use acclaim::domain::access::StaffRole;
use acclaim::domain::turnout::ClientKind;
use chrono::TimeDelta;
use serde_json::json;

use super::{PASSWORD, operation};
use crate::harness::{Stores, TestApp, noon, on_both, sample_organisation};
use crate::raw_sql::RawSql;

on_both!(
    staff_sign_in_with_their_password,
    unknown_accounts_and_wrong_passwords_look_alike,
    five_failures_lock_an_account_known_or_not,
    failures_lock_one_network_and_many_lock_all,
    odd_credentials_are_wrong_credentials,
    disabled_staff_are_out_at_once,
    a_session_that_was_ended_is_over_at_once,
    networks_that_signed_in_before_are_not_locked_out_by_others,
    a_membership_of_a_moment_ago_is_there_with_the_session,
);

/// Another program has made the account, and this one, whose workers do not run, has not looked since.
async fn a_membership_of_a_moment_ago_is_there_with_the_session(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let organisation = sample_organisation(&app.database).await;
    let desk = Desk::of_operator(&app.database, &app.clock);
    let account = StaffAccount {
        email: "organiser@example.org",
        name: "Ma Lan",
        password_hash: &password::hash(PASSWORD).expect("randomness"),
    };
    let added = desk.add_staff(organisation, account, StaffRole::Editor);
    added.await.expect("it answers").expect("a member");
    let payload = app.sign_in_staff("organiser@example.org", PASSWORD).await;
    let token = app.client_with(payload.access_token());
    let viewer = token
        .ask("{ viewer { memberships { role } } }", json!({}))
        .await;
    assert_eq!(viewer["viewer"]["memberships"], json!([{"role": "EDITOR"}]));
}

async fn staff_sign_in_with_their_password(stores: Stores) {
    let app = TestApp::start(&stores).await;
    app.add_staff("organiser@example.org").await;
    for email in ["organiser@example.org", " Organiser@Example.ORG "] {
        let payload = app.sign_in_staff(email, PASSWORD).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        let viewer_of_it = &payload["viewer"];
        assert_eq!(viewer_of_it["role"], json!("STAFF"));
        assert_eq!(viewer_of_it["name"], json!("Ma Lan"));
        assert_eq!(viewer_of_it["isGuest"], json!(false));
        assert_eq!(
            app.client_with(payload.access_token()).read_viewer().await,
            *viewer_of_it
        );
        let successor = app.refresh_session(payload.refresh_token()).await;
        assert_eq!(successor["viewer"], *viewer_of_it);
    }
}

async fn unknown_accounts_and_wrong_passwords_look_alike(stores: Stores) {
    let app = TestApp::start(&stores).await;
    app.add_staff("organiser@example.org").await;
    let wrong = app
        .sign_in_staff("organiser@example.org", "hunter2 is not it")
        .await
        .expect_no_session("INVALID_CREDENTIALS");
    let unknown = app.sign_in_staff("stranger@example.org", PASSWORD).await;
    assert_eq!(unknown, wrong);
    let nothing = app.sign_in_staff("", "").await;
    assert_eq!(nothing, wrong);
}

async fn five_failures_lock_an_account_known_or_not(stores: Stores) {
    let app = TestApp::start(&stores).await;
    app.add_staff("organiser@example.org").await;
    let emails = ["organiser@example.org", "stranger@example.org"];
    for email in emails {
        for _ in 0..5 {
            app.sign_in_staff(email, "hunter2 is not it")
                .await
                .expect_no_session("INVALID_CREDENTIALS");
        }
        app.sign_in_staff(email, PASSWORD)
            .await
            .expect_no_session("TOO_MANY_ATTEMPTS");
    }
    let minutes = TimeDelta::minutes(15);
    app.clock.set(noon() + minutes - TimeDelta::microseconds(1));
    for email in emails {
        app.sign_in_staff(email, PASSWORD)
            .await
            .expect_no_session("TOO_MANY_ATTEMPTS");
    }
    app.clock.set(noon() + minutes);
    app.sign_in_staff(emails[0], PASSWORD)
        .await
        .expect_session();
    app.sign_in_staff(emails[1], PASSWORD)
        .await
        .expect_no_session("INVALID_CREDENTIALS");
    // A good sign-in forgets the failures before it.
    for _ in 0..4 {
        app.sign_in_staff(emails[0], "hunter2 is not it").await;
    }
    app.sign_in_staff(emails[0], PASSWORD)
        .await
        .expect_session();
}

/// Signs in as staff from an address of the network that documentation has.
async fn staff_from(app: &TestApp, host: u8, password: &str) -> Result<(), SignInRefusal> {
    let client = Client {
        address: IpAddr::from([203, 0, 113, host]),
        user_agent: None,
        device_id: None,
        kind: ClientKind::Other,
    };
    let answer =
        app.inner()
            .sign_in_staff(&client, "organiser@example.org", password.to_owned(), None);
    answer.await.expect("an outcome").map(drop)
}

async fn failures_lock_one_network_and_many_lock_all(stores: Stores) {
    let app = TestApp::start(&stores).await;
    app.add_staff("organiser@example.org").await;
    let wrong = Err(SignInRefusal::InvalidCredentials);
    let locked = Err(SignInRefusal::TooManyAttempts);
    for _ in 0..5 {
        assert_eq!(staff_from(&app, 1, "hunter2 is not it").await, wrong);
    }
    assert_eq!(staff_from(&app, 1, PASSWORD).await, locked);
    assert_eq!(staff_from(&app, 2, PASSWORD).await, Ok(()));
    // As if ten more networks had tried five times each, but for one: fifty are too many, wherever they come from.
    let mut database = RawSql::connect(&stores).await;
    assert_eq!(staff_from(&app, 3, "hunter2 is not it").await, wrong);
    let sql = "UPDATE sign_in_failure SET failures = 48 WHERE failures = 6";
    assert_eq!(database.execute(sql).await, 1);
    assert_eq!(staff_from(&app, 4, "hunter2 is not it").await, wrong);
    assert_eq!(staff_from(&app, 5, PASSWORD).await, Ok(()));
    assert_eq!(staff_from(&app, 6, "hunter2 is not it").await, wrong);
    assert_eq!(staff_from(&app, 7, PASSWORD).await, locked);
    app.clock.set(noon() + TimeDelta::minutes(15));
    assert_eq!(staff_from(&app, 7, PASSWORD).await, Ok(()));
}

async fn odd_credentials_are_wrong_credentials(stores: Stores) {
    let app = TestApp::start(&stores).await;
    app.add_staff("organiser@example.org").await;
    for (email, password) in [
        ("organiser@example.org", "hunter2\0"),
        ("组织者@example.org", "hunter2 密码"),
        ("' OR 1=1 --", "hunter2"),
    ] {
        app.sign_in_staff(email, password)
            .await
            .expect_no_session("INVALID_CREDENTIALS");
    }
    let long = "hunter2 ".repeat(32);
    for input in [
        json!({"email": "organiser@example.org\0", "password": PASSWORD}),
        json!({"email": long, "password": PASSWORD}),
        json!({"email": "organiser@example.org", "password": long}),
    ] {
        let (query, variables) = operation("signInStaff", input);
        let code = app.anonymous().fail(&query, variables).await;
        assert_eq!(code, "BAD_USER_INPUT");
    }
}

async fn disabled_staff_are_out_at_once(stores: Stores) {
    let app = TestApp::start(&stores).await;
    app.add_staff("organiser@example.org").await;
    let session = app.sign_in_staff("organiser@example.org", PASSWORD).await;
    assert!(app.client_with(session.access_token()).is_signed_in().await);
    let mut database = RawSql::connect(&stores).await;
    let sql = "UPDATE staff SET disabled_at = created_at";
    assert_eq!(database.execute(sql).await, 1);
    assert!(!app.client_with(session.access_token()).is_signed_in().await);
    app.refresh_session(session.refresh_token())
        .await
        .expect_no_session("INVALID_REFRESH_TOKEN");
    app.sign_in_staff("organiser@example.org", PASSWORD)
        .await
        .expect_no_session("INVALID_CREDENTIALS");
}

async fn a_session_that_was_ended_is_over_at_once(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let email = "organiser@example.org";
    app.add_staff(email).await;
    let one = app.sign_in_staff(email, PASSWORD).await;
    let other = app.sign_in_staff(email, PASSWORD).await;
    app.sign_out(one.refresh_token()).await;
    assert!(!app.client_with(one.access_token()).is_signed_in().await);
    let client = app.client_with(other.access_token());
    let before = app.database.statements();
    assert!(client.is_signed_in().await);
    assert_eq!(
        app.database.statements(),
        before + 2,
        "one look, and its name"
    );
    // A new password ends all of them.
    app.add_staff(email).await;
    assert!(!client.is_signed_in().await);
    app.refresh_session(other.refresh_token())
        .await
        .expect_no_session("INVALID_REFRESH_TOKEN");
    app.sign_in_staff(email, PASSWORD).await.expect_session();
}

async fn networks_that_signed_in_before_are_not_locked_out_by_others(stores: Stores) {
    let app = TestApp::start(&stores).await;
    app.add_staff("organiser@example.org").await;
    let wrong = Err(SignInRefusal::InvalidCredentials);
    let locked = Err(SignInRefusal::TooManyAttempts);
    assert_eq!(staff_from(&app, 1, PASSWORD).await, Ok(()));
    for host in 10..20 {
        for _ in 0..5 {
            assert_eq!(staff_from(&app, host, "hunter2 is not it").await, wrong);
        }
    }
    assert_eq!(staff_from(&app, 2, PASSWORD).await, locked);
    assert_eq!(staff_from(&app, 1, PASSWORD).await, Ok(()));
    for _ in 0..5 {
        assert_eq!(staff_from(&app, 1, "hunter2 is not it").await, wrong);
    }
    assert_eq!(staff_from(&app, 1, PASSWORD).await, locked, "its own limit");
}
