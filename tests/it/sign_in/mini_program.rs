//! The mini-program, whose platform says who a voter is.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::json;

use super::server_of;
use crate::fake_wechat::FakeWeChat;
use crate::harness::{Stores, TestApp, on_both};
use crate::raw_sql::RawSql;

on_both!(
    an_openid_is_one_voter,
    codes_are_good_once,
    each_answer_of_the_platform_has_its_code,
    a_busy_platform_is_asked_again,
    a_platform_that_hangs_or_is_gone_is_unavailable,
    a_platform_that_is_not_set_up_says_so,
    a_storm_of_sign_ins_reaches_the_platform_bounded,
);

async fn an_openid_is_one_voter(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let first = app.sign_in_wechat("ok-code-of-lin").await;
    assert_eq!(first["userErrors"], json!([]), "{first}");
    assert_eq!(first["viewer"]["role"], json!("VOTER"));
    assert_eq!(first["viewer"]["isGuest"], json!(false));
    assert_eq!(
        app.client_with(first.access_token()).read_viewer().await,
        first["viewer"]
    );
    // Another code of the same person.
    let again = app.sign_in_wechat("busyonce-code-of-lin").await;
    assert_eq!(again["viewer"], first["viewer"]);
    let other = app.sign_in_wechat("ok-code-of-wen").await;
    assert_ne!(other["viewer"]["id"], first["viewer"]["id"]);
    // A device id that is like an openid is still another person.
    app.sample().await;
    let guest = app.sign_in_guest("openid-of-code-of-lin").await;
    assert_ne!(guest["viewer"]["id"], first["viewer"]["id"]);
}

async fn codes_are_good_once(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    app.sign_in_wechat("ok-code-of-lin").await.expect_session();
    let used = app
        .sign_in_wechat("ok-code-of-lin")
        .await
        .expect_no_session("INVALID_CODE");
    assert_eq!(used["userErrors"][0]["path"], json!(["input", "code"]));
    assert_eq!(platform.calls(), 2);
    for no_code in ["", "code-of- spaces", "code-of-\n", "code-of-码"] {
        app.sign_in_wechat(no_code)
            .await
            .expect_no_session("INVALID_CODE");
    }
    app.sign_in_wechat(&"code-of-".repeat(17))
        .await
        .expect_no_session("INVALID_CODE");
    assert_eq!(platform.calls(), 2, "what cannot be a code is not sent");
}

async fn each_answer_of_the_platform_has_its_code(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    for (behaviour, code, calls) in [
        ("bad", "INVALID_CODE", 1),
        ("unheard-of", "INVALID_CODE", 1),
        ("risk", "HIGH_RISK", 1),
        ("throttled", "PLATFORM_BUSY", 1),
        ("quota", "PLATFORM_BUSY", 1),
        ("garbage", "PLATFORM_UNAVAILABLE", 1),
        ("http500", "PLATFORM_UNAVAILABLE", 1),
        ("busy", "PLATFORM_UNAVAILABLE", 3),
    ] {
        let before = platform.calls();
        app.sign_in_wechat(&format!("{behaviour}-code-of-lin"))
            .await
            .expect_no_session(code);
        assert_eq!(platform.calls() - before, calls, "{behaviour}");
    }
    let wrong = "app-secret of yesterday";
    let wechat = platform.client_with_secret(wrong, 4, Duration::from_secs(10));
    let misconfigured = TestApp::builder(&stores).with_wechat(wechat);
    let misconfigured = misconfigured.start().await;
    misconfigured
        .sign_in_wechat("ok-code-of-lin")
        .await
        .expect_no_session("PLATFORM_UNAVAILABLE");
    assert_eq!(
        RawSql::connect(&stores).await.cells("voter").await,
        Vec::<Vec<u8>>::new()
    );
}

async fn a_busy_platform_is_asked_again(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    app.sign_in_wechat("busyonce-code-of-lin")
        .await
        .expect_session();
    assert_eq!(platform.calls(), 2);
}

async fn a_platform_that_hangs_or_is_gone_is_unavailable(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let wechat = platform.client(4, Duration::from_millis(200));
    let app = TestApp::builder(&stores).with_wechat(wechat).start().await;
    app.sign_in_wechat("slow-code-of-lin")
        .await
        .expect_no_session("PLATFORM_UNAVAILABLE");
    assert!(
        platform.calls() <= 1,
        "after a time-out the code may be used"
    );
    let _port = platform.stop().await;
    app.sign_in_wechat("ok-code-of-lin")
        .await
        .expect_no_session("PLATFORM_UNAVAILABLE");
}

async fn a_platform_that_is_not_set_up_says_so(stores: Stores) {
    let app = TestApp::start(&stores).await;
    app.sign_in_wechat("ok-code-of-lin")
        .await
        .expect_no_session("PLATFORM_NOT_CONFIGURED");
}

async fn a_storm_of_sign_ins_reaches_the_platform_bounded(stores: Stores) {
    const CALLS: usize = 4;
    // All come from one address, which has a quarter of the places.
    const PLACES: usize = CALLS * 5 / 4;
    const STORM: usize = 60;
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let codes: Vec<String> = (0..STORM).map(|n| format!("slow-code-of-{n}")).collect();
    let attempt = async |code: &String| (code.clone(), app.sign_in_wechat(code).await);
    let mut storm: FuturesUnordered<_> = codes.iter().map(attempt).collect();
    let mut refused = Vec::new();
    while refused.len() < STORM - PLACES {
        let (code, payload) = storm.next().await.expect("some are under way");
        payload.expect_no_session("PLATFORM_BUSY");
        refused.push(code);
    }
    platform.calls_reach(CALLS).await;
    assert_eq!(
        platform.calls(),
        CALLS,
        "those under way, while others wait"
    );
    platform.answer_slow_calls();
    let mut voters = HashSet::new();
    while let Some((_, payload)) = storm.next().await {
        // Whoever had a place gets in.
        let payload = payload.expect_session();
        voters.insert(payload["viewer"]["id"].to_string());
    }
    for code in refused.iter().take(3) {
        // The code was not sent before.
        let payload = app.sign_in_wechat(code).await.expect_session();
        voters.insert(payload["viewer"]["id"].to_string());
    }
    assert_eq!(voters.len(), PLACES + 3);
    assert_eq!(platform.concurrent_max(), CALLS);
    assert_eq!(platform.calls(), PLACES + 3);
}
