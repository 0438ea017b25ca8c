//! Guests, who are known by their device.

use acclaim::domain::campaign::Lifecycle;
use serde_json::{Value, json};

use super::operation;
use crate::harness::{Payload, Stores, TestApp, on_both};

on_both!(
    a_device_id_is_one_voter,
    unusable_device_ids_are_refused,
    guests_sign_in_only_where_a_campaign_admits_them,
);

async fn a_device_id_is_one_voter(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let first = app.sign_in_guest("device-id-of-lin").await;
    let viewer_of_it = &first["viewer"];
    assert_eq!(
        (&viewer_of_it["role"], &viewer_of_it["isGuest"]),
        (&json!("VOTER"), &json!(true))
    );
    assert_eq!(viewer_of_it["name"], Value::Null);
    assert_eq!(first["userErrors"], json!([]));
    let session = &first["session"];
    assert_eq!(session["accessTokenExpiresAt"], "2022-10-25T04:15:00.000Z");
    assert_eq!(session["refreshTokenExpiresAt"], "2022-11-24T04:00:00.000Z");
    assert_eq!(
        app.client_with(first.access_token()).read_viewer().await,
        *viewer_of_it
    );

    let again = app.sign_in_guest("device-id-of-lin").await;
    assert_eq!(again["viewer"], *viewer_of_it);
    assert_ne!(again.refresh_token(), first.refresh_token());
    let other = app.sign_in_guest("device-id-of-wen").await;
    assert_ne!(other["viewer"]["id"], viewer_of_it["id"]);

    let nominee = sample.nominee_id(0);
    let client = |session: &Payload| app.client_with(session.access_token());
    client(&first).vote(&nominee).await.expect_counted();
    let repeated = client(&again).vote(&nominee).await;
    repeated.expect_refused("ALREADY_VOTED");
    client(&other).vote(&nominee).await.expect_counted();
}

async fn unusable_device_ids_are_refused(stores: Stores) {
    let app = TestApp::start(&stores).await;
    app.sample().await;
    for device_id in [
        String::new(),
        "device-id-of-15".to_owned(),
        format!("device-id-of-{}", "a".repeat(116)),
        "device-id-of-a space".to_owned(),
        "device-id-of-a\nline".to_owned(),
        "device-id-of-a\0null".to_owned(),
        "device-id-of-设备设备".to_owned(),
    ] {
        let (query, variables) = operation("signInGuest", json!({"deviceId": device_id}));
        let code = app.anonymous().fail(&query, variables).await;
        assert_eq!(code, "BAD_USER_INPUT", "{device_id:?}");
    }
    for device_id in [
        "device-id-of-16c".to_owned(),
        format!("device-id-of-{}", "a".repeat(115)),
    ] {
        app.sign_in_guest(&device_id).await.expect_session();
    }
}

async fn guests_sign_in_only_where_a_campaign_admits_them(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let device = "device-id-of-somebody";
    app.sign_in_guest(device)
        .await
        .expect_no_session("GUESTS_NOT_ADMITTED");
    app.sample_with(|c| c.guests_may_vote = false).await;
    app.sample_with(|c| c.lifecycle = Lifecycle::Draft).await;
    app.sign_in_guest(device)
        .await
        .expect_no_session("GUESTS_NOT_ADMITTED");
    app.sample().await;
    app.sign_in_guest(device).await.expect_session();
}
