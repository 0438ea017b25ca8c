//! Signing in as guest, through the mini-program and as staff; sessions and their tokens.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use acclaim::app::Client;
use acclaim::app::sign_in::SignInRefusal;
use acclaim::auth::password;
use acclaim::domain::campaign::Lifecycle;
use acclaim::hot::Rate;
use chrono::TimeDelta;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};

use crate::fake_wechat::FakeWeChat;
use crate::harness::{JWT_SECRET, Options, Stores, TestServer, noon, on_both, refusal};
use crate::raw_sql::RawSql;

on_both!(
    a_device_id_is_one_voter,
    unusable_device_ids_are_refused,
    guests_sign_in_only_where_a_campaign_admits_them,
    an_openid_is_one_voter,
    codes_are_good_once,
    each_answer_of_the_platform_has_its_code,
    a_busy_platform_is_asked_again,
    a_platform_that_hangs_or_is_gone_is_unavailable,
    a_platform_that_is_not_set_up_says_so,
    a_storm_of_sign_ins_reaches_the_platform_bounded,
    the_database_holds_no_identity_and_no_token,
    staff_sign_in_with_their_password,
    unknown_accounts_and_wrong_passwords_look_alike,
    five_failures_lock_an_account_known_or_not,
    failures_lock_one_network_and_many_lock_all,
    odd_credentials_are_wrong_credentials,
    disabled_staff_are_out_at_once,
);

/// What all sign-ins answer.
const PAYLOAD: &str =
    "{ session { accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt }
    viewer { id role isGuest name } userErrors { code message path } }";

/// A staff password.
const PASSWORD: &str = "hunter2 has twelve characters";

/// Runs one of the mutations that sign in and returns its payload.
async fn run(server: &TestServer, mutation: &str, input: Value) -> Value {
    let (query, variables) = operation(mutation, input);
    server.ask(None, &query, variables).await[mutation].take()
}

/// The document and variables of a mutation that signs in.
pub fn operation(mutation: &str, input: Value) -> (String, Value) {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {PAYLOAD} }}");
    let variables = [("input".to_owned(), input)].into_iter().collect();
    (query, Value::Object(variables))
}

async fn guest(server: &TestServer, device_id: &str) -> Value {
    run(server, "signInGuest", json!({"deviceId": device_id})).await
}

async fn wechat(server: &TestServer, code: &str) -> Value {
    let input = json!({"platform": "WECHAT", "code": code});
    run(server, "signInMiniProgram", input).await
}

async fn staff(server: &TestServer, email: &str, password: &str) -> Value {
    let input = json!({"email": email, "password": password});
    run(server, "signInStaff", input).await
}

async fn refresh(server: &TestServer, token: &str) -> Value {
    run(server, "refreshSession", json!({"refreshToken": token})).await
}

async fn sign_out(server: &TestServer, token: &str) {
    let query = "mutation($input: SignOutInput!) { signOut(input: $input) { signedOut } }";
    let variables = json!({"input": {"refreshToken": token}});
    let data = server.ask(None, query, variables).await;
    assert_eq!(data, json!({"signOut": {"signedOut": true}}));
}

/// A token out of a payload that must have one.
fn token<'a>(payload: &'a Value, name: &str) -> &'a str {
    let token = payload["session"][name].as_str();
    token.unwrap_or_else(|| panic!("no session: {payload}"))
}

fn access(payload: &Value) -> &str {
    token(payload, "accessToken")
}

fn refresh_token(payload: &Value) -> &str {
    token(payload, "refreshToken")
}

/// Asserts a refusal, and that nothing else is in the payload.
#[track_caller]
fn assert_refused(payload: &Value, code: &str) {
    assert_eq!(refusal(payload), Some(code), "{payload}");
    assert_eq!(payload["session"], Value::Null);
    assert_eq!(payload["viewer"], Value::Null);
}

const VIEWER: &str = "{ viewer { id role isGuest name } }";

/// Who an access token says its holder is.
async fn viewer(server: &TestServer, access_token: &str) -> Value {
    server.ask(Some(access_token), VIEWER, json!({})).await["viewer"].take()
}

async fn is_good(server: &TestServer, access_token: &str) -> bool {
    let response = server.send(Some(access_token), VIEWER, json!({})).await;
    let code = &response["errors"][0]["extensions"]["code"];
    assert!(*code == Value::Null || *code == json!("UNAUTHENTICATED"));
    response["data"]["viewer"]["id"].is_string()
}

/// A guest's session on a server with a campaign that admits guests.
async fn guest_session(server: &TestServer) -> Value {
    server.sample().await;
    guest(server, "device-id-of-anybody").await
}

async fn a_device_id_is_one_voter(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let first = guest(&server, "device-id-of-lin").await;
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
    assert_eq!(viewer(&server, access(&first)).await, *viewer_of_it);

    let again = guest(&server, "device-id-of-lin").await;
    assert_eq!(again["viewer"], *viewer_of_it);
    assert_ne!(refresh_token(&again), refresh_token(&first));
    let other = guest(&server, "device-id-of-wen").await;
    assert_ne!(other["viewer"]["id"], viewer_of_it["id"]);

    let nominee = server.nominee_id(sample.nominees[0]);
    let cast = async |payload| server.cast(access(payload), &nominee, None).await;
    assert_eq!(refusal(&cast(&first).await), None);
    assert_eq!(refusal(&cast(&again).await), Some("ALREADY_VOTED"));
    assert_eq!(refusal(&cast(&other).await), None);
}

async fn unusable_device_ids_are_refused(stores: Stores) {
    let server = TestServer::start(&stores).await;
    server.sample().await;
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
        let code = server.fail(None, &query, variables).await;
        assert_eq!(code, "BAD_USER_INPUT", "{device_id:?}");
    }
    for device_id in [
        "device-id-of-16c".to_owned(),
        format!("device-id-of-{}", "a".repeat(115)),
    ] {
        assert_eq!(refusal(&guest(&server, &device_id).await), None);
    }
}

async fn guests_sign_in_only_where_a_campaign_admits_them(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let device = "device-id-of-somebody";
    assert_refused(&guest(&server, device).await, "GUESTS_NOT_ADMITTED");
    server.sample_with(|c| c.guests_may_vote = false).await;
    server.sample_with(|c| c.lifecycle = Lifecycle::Draft).await;
    assert_refused(&guest(&server, device).await, "GUESTS_NOT_ADMITTED");
    server.sample().await;
    assert_eq!(refusal(&guest(&server, device).await), None);
}

/// A server that is set up for `platform`.
async fn server_of(stores: &Stores, platform: &FakeWeChat) -> TestServer {
    let options = Options {
        wechat: Some(platform.client(4, Duration::from_secs(10))),
        ..Options::default()
    };
    TestServer::start_with(stores, options).await
}

async fn an_openid_is_one_voter(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let server = server_of(&stores, &platform).await;
    let first = wechat(&server, "ok-code-of-lin").await;
    assert_eq!(first["userErrors"], json!([]), "{first}");
    assert_eq!(first["viewer"]["role"], json!("VOTER"));
    assert_eq!(first["viewer"]["isGuest"], json!(false));
    assert_eq!(viewer(&server, access(&first)).await, first["viewer"]);
    // Another code of the same person.
    let again = wechat(&server, "busyonce-code-of-lin").await;
    assert_eq!(again["viewer"], first["viewer"]);
    let other = wechat(&server, "ok-code-of-wen").await;
    assert_ne!(other["viewer"]["id"], first["viewer"]["id"]);
    // A device id that is like an openid is still another person.
    server.sample().await;
    let guest = guest(&server, "openid-of-code-of-lin").await;
    assert_ne!(guest["viewer"]["id"], first["viewer"]["id"]);
}

async fn codes_are_good_once(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let server = server_of(&stores, &platform).await;
    assert_eq!(refusal(&wechat(&server, "ok-code-of-lin").await), None);
    let used = wechat(&server, "ok-code-of-lin").await;
    assert_refused(&used, "INVALID_CODE");
    assert_eq!(used["userErrors"][0]["path"], json!(["input", "code"]));
    assert_eq!(platform.calls(), 2);
    for no_code in ["", "code-of- spaces", "code-of-\n", "code-of-码"] {
        assert_refused(&wechat(&server, no_code).await, "INVALID_CODE");
    }
    assert_refused(
        &wechat(&server, &"code-of-".repeat(17)).await,
        "INVALID_CODE",
    );
    assert_eq!(platform.calls(), 2, "what cannot be a code is not sent");
}

async fn each_answer_of_the_platform_has_its_code(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let server = server_of(&stores, &platform).await;
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
        let payload = wechat(&server, &format!("{behaviour}-code-of-lin")).await;
        assert_refused(&payload, code);
        assert_eq!(platform.calls() - before, calls, "{behaviour}");
    }
    let wrong = "app-secret of yesterday";
    let options = Options {
        wechat: Some(platform.client_with_secret(wrong, 4, Duration::from_secs(10))),
        ..Options::default()
    };
    let misconfigured = TestServer::start_with(&stores, options).await;
    let payload = wechat(&misconfigured, "ok-code-of-lin").await;
    assert_refused(&payload, "PLATFORM_UNAVAILABLE");
    assert_eq!(
        RawSql::connect(&stores).await.cells("voter").await,
        Vec::<Vec<u8>>::new()
    );
}

async fn a_busy_platform_is_asked_again(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let server = server_of(&stores, &platform).await;
    let payload = wechat(&server, "busyonce-code-of-lin").await;
    assert_eq!(refusal(&payload), None, "{payload}");
    assert_eq!(platform.calls(), 2);
}

async fn a_platform_that_hangs_or_is_gone_is_unavailable(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let options = Options {
        wechat: Some(platform.client(4, Duration::from_millis(200))),
        ..Options::default()
    };
    let server = TestServer::start_with(&stores, options).await;
    let payload = wechat(&server, "slow-code-of-lin").await;
    assert_refused(&payload, "PLATFORM_UNAVAILABLE");
    assert!(
        platform.calls() <= 1,
        "after a time-out the code may be used"
    );
    drop(platform);
    let payload = wechat(&server, "ok-code-of-lin").await;
    assert_refused(&payload, "PLATFORM_UNAVAILABLE");
}

async fn a_platform_that_is_not_set_up_says_so(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let payload = wechat(&server, "ok-code-of-lin").await;
    assert_refused(&payload, "PLATFORM_NOT_CONFIGURED");
}

async fn a_storm_of_sign_ins_reaches_the_platform_bounded(stores: Stores) {
    const CALLS: usize = 4;
    const PLACES: usize = CALLS * 5;
    const STORM: usize = 60;
    let platform = FakeWeChat::start().await;
    let server = server_of(&stores, &platform).await;
    let codes: Vec<String> = (0..STORM).map(|n| format!("slow-code-of-{n}")).collect();
    let attempt = async |code: &String| (code.clone(), wechat(&server, code).await);
    let mut storm: FuturesUnordered<_> = codes.iter().map(attempt).collect();
    let mut refused = Vec::new();
    while refused.len() < STORM - PLACES {
        let (code, payload) = storm.next().await.expect("some are under way");
        assert_refused(&payload, "PLATFORM_BUSY");
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
        assert_eq!(refusal(&payload), None, "who had a place gets in");
        voters.insert(payload["viewer"]["id"].to_string());
    }
    for code in refused.iter().take(3) {
        let payload = wechat(&server, code).await;
        assert_eq!(refusal(&payload), None, "the code was not sent before");
        voters.insert(payload["viewer"]["id"].to_string());
    }
    assert_eq!(voters.len(), PLACES + 3);
    assert_eq!(platform.concurrent_max(), CALLS);
    assert_eq!(platform.calls(), PLACES + 3);
}

async fn the_database_holds_no_identity_and_no_token(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let server = server_of(&stores, &platform).await;
    server.sample().await;
    add_staff(&server, "organiser@example.org").await;
    let sessions = [
        wechat(&server, "ok-code-of-lin").await,
        guest(&server, "device-id-of-wen").await,
        staff(&server, "organiser@example.org", PASSWORD).await,
    ];
    staff(&server, "nobody@example.org", PASSWORD).await;
    let mut secrets: Vec<String> = ["code-of-", "openid-of-", "session-key-of-", "unionid-of-"]
        .map(str::to_owned)
        .to_vec();
    secrets.extend(["device-id-of-", "nobody@example.org", PASSWORD].map(str::to_owned));
    for session in &sessions {
        let successor = refresh(&server, refresh_token(session)).await;
        for payload in [session, &successor] {
            secrets.push(access(payload).to_owned());
            secrets.push(refresh_token(payload).to_owned());
        }
    }
    // The plain hash of an openid is as good as the openid: whoever has a list of them can compare.
    let digest = |text: &str| acclaim::auth::token::hash_refresh_token(text);
    let digests = ["openid-of-code-of-lin", "device-id-of-wen"].map(digest);
    let mut database = RawSql::connect(&stores).await;
    for (table, rows) in [
        ("voter", 2),
        ("session", 3),
        ("refresh_token", 6),
        ("sign_in_failure", 2),
        ("staff", 1),
    ] {
        let cells = database.cells(table).await;
        assert!(cells.len() >= 3 * rows, "{table} has too few values");
        for cell in cells {
            let text = String::from_utf8_lossy(&cell);
            let found = secrets.iter().find(|secret| text.contains(secret.as_str()));
            assert_eq!(found, None, "in {table}");
            assert!(!digests.contains(&cell), "an identity's plain hash");
        }
    }
    let hashes = database.cells("refresh_token").await;
    assert!(hashes.contains(&digest(refresh_token(&sessions[0]))));
}

async fn add_staff(server: &TestServer, email: &str) {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| password::hash(PASSWORD).expect("randomness"));
    let (database, now) = (&server.app.database, server.clock.now());
    acclaim::ledger::staff::upsert(database, email, "Ma Lan", hash, now)
        .await
        .expect("stored");
}

async fn staff_sign_in_with_their_password(stores: Stores) {
    let server = TestServer::start(&stores).await;
    add_staff(&server, "organiser@example.org").await;
    for email in ["organiser@example.org", " Organiser@Example.ORG "] {
        let payload = staff(&server, email, PASSWORD).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        let viewer_of_it = &payload["viewer"];
        assert_eq!(viewer_of_it["role"], json!("STAFF"));
        assert_eq!(viewer_of_it["name"], json!("Ma Lan"));
        assert_eq!(viewer_of_it["isGuest"], json!(false));
        assert_eq!(viewer(&server, access(&payload)).await, *viewer_of_it);
        let successor = refresh(&server, refresh_token(&payload)).await;
        assert_eq!(successor["viewer"], *viewer_of_it);
    }
}

async fn unknown_accounts_and_wrong_passwords_look_alike(stores: Stores) {
    let server = TestServer::start(&stores).await;
    add_staff(&server, "organiser@example.org").await;
    let wrong = staff(&server, "organiser@example.org", "hunter2 is not it").await;
    assert_refused(&wrong, "INVALID_CREDENTIALS");
    let unknown = staff(&server, "stranger@example.org", PASSWORD).await;
    assert_eq!(unknown, wrong);
    let nothing = staff(&server, "", "").await;
    assert_eq!(nothing, wrong);
}

async fn five_failures_lock_an_account_known_or_not(stores: Stores) {
    let server = TestServer::start(&stores).await;
    add_staff(&server, "organiser@example.org").await;
    let emails = ["organiser@example.org", "stranger@example.org"];
    for email in emails {
        for _ in 0..5 {
            let payload = staff(&server, email, "hunter2 is not it").await;
            assert_refused(&payload, "INVALID_CREDENTIALS");
        }
        assert_refused(&staff(&server, email, PASSWORD).await, "TOO_MANY_ATTEMPTS");
    }
    let minutes = TimeDelta::minutes(15);
    server
        .clock
        .set(noon() + minutes - TimeDelta::microseconds(1));
    for email in emails {
        assert_refused(&staff(&server, email, PASSWORD).await, "TOO_MANY_ATTEMPTS");
    }
    server.clock.set(noon() + minutes);
    let payload = staff(&server, emails[0], PASSWORD).await;
    assert_eq!(refusal(&payload), None, "{payload}");
    let payload = staff(&server, emails[1], PASSWORD).await;
    assert_refused(&payload, "INVALID_CREDENTIALS");
    // A good sign-in forgets the failures before it.
    for _ in 0..4 {
        staff(&server, emails[0], "hunter2 is not it").await;
    }
    let payload = staff(&server, emails[0], PASSWORD).await;
    assert_eq!(refusal(&payload), None, "{payload}");
}

/// Signs in as staff from an address of the network that documentation has.
async fn staff_from(server: &TestServer, host: u8, password: &str) -> Result<(), SignInRefusal> {
    let client = Client {
        address: IpAddr::from([203, 0, 113, host]),
        user_agent: None,
    };
    let answer = server
        .app
        .sign_in_staff(&client, "organiser@example.org", password.to_owned());
    answer.await.expect("an outcome").map(drop)
}

async fn failures_lock_one_network_and_many_lock_all(stores: Stores) {
    let server = TestServer::start(&stores).await;
    add_staff(&server, "organiser@example.org").await;
    let wrong = Err(SignInRefusal::InvalidCredentials);
    let locked = Err(SignInRefusal::TooManyAttempts);
    for _ in 0..5 {
        assert_eq!(staff_from(&server, 1, "hunter2 is not it").await, wrong);
    }
    assert_eq!(staff_from(&server, 1, PASSWORD).await, locked);
    assert_eq!(staff_from(&server, 2, PASSWORD).await, Ok(()));
    // As if ten more networks had tried five times each, but for one: fifty are too many, wherever they come from.
    let mut database = RawSql::connect(&stores).await;
    assert_eq!(staff_from(&server, 3, "hunter2 is not it").await, wrong);
    let sql = "UPDATE sign_in_failure SET failures = 48 WHERE failures = 6";
    assert_eq!(database.execute(sql).await, 1);
    assert_eq!(staff_from(&server, 4, "hunter2 is not it").await, wrong);
    assert_eq!(staff_from(&server, 5, PASSWORD).await, Ok(()));
    assert_eq!(staff_from(&server, 6, "hunter2 is not it").await, wrong);
    assert_eq!(staff_from(&server, 7, PASSWORD).await, locked);
    server.clock.set(noon() + TimeDelta::minutes(15));
    assert_eq!(staff_from(&server, 7, PASSWORD).await, Ok(()));
}

async fn odd_credentials_are_wrong_credentials(stores: Stores) {
    let server = TestServer::start(&stores).await;
    add_staff(&server, "organiser@example.org").await;
    for (email, password) in [
        ("organiser@example.org", "hunter2\0"),
        ("组织者@example.org", "hunter2 密码"),
        ("' OR 1=1 --", "hunter2"),
    ] {
        let payload = staff(&server, email, password).await;
        assert_refused(&payload, "INVALID_CREDENTIALS");
    }
    let long = "hunter2 ".repeat(32);
    for input in [
        json!({"email": "organiser@example.org\0", "password": PASSWORD}),
        json!({"email": long, "password": PASSWORD}),
        json!({"email": "organiser@example.org", "password": long}),
    ] {
        let (query, variables) = operation("signInStaff", input);
        let code = server.fail(None, &query, variables).await;
        assert_eq!(code, "BAD_USER_INPUT");
    }
}

async fn disabled_staff_are_out_at_once(stores: Stores) {
    let server = TestServer::start(&stores).await;
    add_staff(&server, "organiser@example.org").await;
    let session = staff(&server, "organiser@example.org", PASSWORD).await;
    assert!(is_good(&server, access(&session)).await);
    let mut database = RawSql::connect(&stores).await;
    let sql = "UPDATE staff SET disabled_at = created_at";
    assert_eq!(database.execute(sql).await, 1);
    assert!(!is_good(&server, access(&session)).await);
    let refreshed = refresh(&server, refresh_token(&session)).await;
    assert_refused(&refreshed, "INVALID_REFRESH_TOKEN");
    let again = staff(&server, "organiser@example.org", PASSWORD).await;
    assert_refused(&again, "INVALID_CREDENTIALS");
}

mod sessions {
    //! What becomes of a session after signing in.

    use super::*;

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
        let server = TestServer::start(&stores).await;
        let first = guest_session(&server).await;
        server.clock.set(noon() + TimeDelta::minutes(14));
        let second = refresh(&server, refresh_token(&first)).await;
        assert_eq!(second["viewer"], first["viewer"]);
        assert_eq!(second["userErrors"], json!([]));
        assert_ne!(refresh_token(&second), refresh_token(&first));
        assert_eq!(
            second["session"]["accessTokenExpiresAt"],
            "2022-10-25T04:29:00.000Z"
        );
        assert_eq!(viewer(&server, access(&second)).await, first["viewer"]);
        let third = refresh(&server, refresh_token(&second)).await;
        assert_eq!(third["viewer"], first["viewer"]);
        for unknown in ["", "nonsense", access(&third), &refresh_token(&third)[1..]] {
            let payload = refresh(&server, unknown).await;
            assert_refused(&payload, "INVALID_REFRESH_TOKEN");
            let path = &payload["userErrors"][0]["path"];
            assert_eq!(*path, json!(["input", "refreshToken"]));
        }
    }

    async fn a_lost_answer_can_be_asked_for_again_for_30_seconds(stores: Stores) {
        let server = TestServer::start(&stores).await;
        let first = guest_session(&server).await;
        let lost = refresh(&server, refresh_token(&first)).await;
        server.clock.set(noon() + TimeDelta::seconds(30));
        let second = refresh(&server, refresh_token(&first)).await;
        assert_eq!(second["viewer"], first["viewer"]);
        assert_ne!(refresh_token(&second), refresh_token(&lost));
        // Both successors are good, and trying again did not start the grace anew.
        for successor in [&lost, &second] {
            let payload = refresh(&server, refresh_token(successor)).await;
            assert_eq!(refusal(&payload), None);
        }
        server
            .clock
            .set(noon() + TimeDelta::microseconds(30_000_001));
        let late = refresh(&server, refresh_token(&first)).await;
        assert_refused(&late, "INVALID_REFRESH_TOKEN");
    }

    async fn a_used_token_that_comes_back_later_ends_the_session(stores: Stores) {
        let server = TestServer::start(&stores).await;
        let first = guest_session(&server).await;
        let other_session = guest(&server, "device-id-of-anybody").await;
        let second = refresh(&server, refresh_token(&first)).await;
        let third = refresh(&server, refresh_token(&second)).await;
        server.clock.set(noon() + TimeDelta::seconds(31));
        let stolen = refresh(&server, refresh_token(&first)).await;
        assert_refused(&stolen, "INVALID_REFRESH_TOKEN");
        for successor in [&second, &third] {
            let payload = refresh(&server, refresh_token(successor)).await;
            assert_refused(&payload, "INVALID_REFRESH_TOKEN");
        }
        let payload = refresh(&server, refresh_token(&other_session)).await;
        assert_eq!(refusal(&payload), None, "another session goes on");
    }

    async fn refresh_tokens_last_30_days_from_their_last_use(stores: Stores) {
        let server = TestServer::start(&stores).await;
        let mut session = guest_session(&server).await;
        let lifetime = TimeDelta::days(30);
        for _ in 0..3 {
            let last_moment = server.clock.now() + lifetime - TimeDelta::microseconds(1);
            server.clock.set(last_moment);
            session = refresh(&server, refresh_token(&session)).await;
            assert_eq!(refusal(&session), None, "{session}");
        }
        server.clock.set(server.clock.now() + lifetime);
        let payload = refresh(&server, refresh_token(&session)).await;
        assert_refused(&payload, "INVALID_REFRESH_TOKEN");
        // Keeping house forgets what has expired, and nothing else.
        let live = guest_session(&server).await;
        server
            .clock
            .set(server.clock.now() + TimeDelta::microseconds(1));
        acclaim::workers::cleaner::purge_expired(&server.app)
            .await
            .expect("the database answers");
        let mut database = RawSql::connect(&stores).await;
        assert_eq!(
            database.execute("UPDATE session SET is_guest = TRUE").await,
            1
        );
        let payload = refresh(&server, refresh_token(&live)).await;
        assert_eq!(refusal(&payload), None);
    }

    async fn signing_out_ends_the_session(stores: Stores) {
        let server = TestServer::start(&stores).await;
        let first = guest_session(&server).await;
        let other_session = guest(&server, "device-id-of-anybody").await;
        let second = refresh(&server, refresh_token(&first)).await;
        for _ in 0..2 {
            sign_out(&server, refresh_token(&second)).await;
        }
        sign_out(&server, "nobody's").await;
        for token in [refresh_token(&first), refresh_token(&second)] {
            let payload = refresh(&server, token).await;
            assert_refused(&payload, "INVALID_REFRESH_TOKEN");
        }
        assert!(is_good(&server, access(&second)).await, "until it expires");
        let payload = refresh(&server, refresh_token(&other_session)).await;
        assert_eq!(refusal(&payload), None, "another session goes on");
    }

    async fn refreshes_at_once_all_succeed(stores: Stores) {
        let server = TestServer::start(&stores).await;
        let first = guest_session(&server).await;
        let at_once = (0..20).map(|_| refresh(&server, refresh_token(&first)));
        let successors = futures_util::future::join_all(at_once).await;
        let mut tokens = HashSet::new();
        for successor in &successors {
            assert_eq!(successor["viewer"], first["viewer"], "{successor}");
            assert!(is_good(&server, access(successor)).await);
            tokens.insert(refresh_token(successor));
        }
        assert_eq!(tokens.len(), 20);
        for token in tokens {
            assert_eq!(refusal(&refresh(&server, token).await), None);
        }
    }

    async fn access_tokens_last_15_minutes(stores: Stores) {
        let server = TestServer::start(&stores).await;
        let session = guest_session(&server).await;
        let end = noon() + TimeDelta::minutes(15);
        server.clock.set(end - TimeDelta::microseconds(1));
        assert!(is_good(&server, access(&session)).await);
        server.clock.set(end);
        assert!(!is_good(&server, access(&session)).await);
        // A refresh token is no access token.
        assert!(!is_good(&server, refresh_token(&session)).await);
    }

    async fn two_keys_can_live_at_once(stores: Stores) {
        const NEW_SECRET: &str = "the tests' next secret of access tokens, hunter2";
        let start = async |jwt_secrets| {
            let options = Options {
                jwt_secrets,
                ..Options::default()
            };
            TestServer::start_with(&stores, options).await
        };
        let before = start(vec![JWT_SECRET]).await;
        let during = start(vec![NEW_SECRET, JWT_SECRET]).await;
        let after = start(vec![NEW_SECRET]).await;
        let old = guest_session(&before).await;
        let new = guest_session(&during).await;
        assert_eq!(new["viewer"], old["viewer"]);
        assert!(is_good(&during, access(&old)).await);
        assert!(!is_good(&after, access(&old)).await, "its key is gone");
        assert!(is_good(&during, access(&new)).await);
        assert!(is_good(&after, access(&new)).await);
        assert!(!is_good(&before, access(&new)).await, "not known there yet");
        // Refresh tokens have no key: the change signs nobody out.
        let successor = refresh(&after, refresh_token(&old)).await;
        assert_eq!(successor["viewer"], old["viewer"]);
    }

    async fn sign_ins_are_limited_by_address(stores: Stores) {
        let mut options = Options::default();
        // One comes back every hundred seconds: none while the test runs.
        options.limits.sign_in = Rate {
            per_second: 0.01,
            burst: 3,
        };
        let server = TestServer::start_with(&stores, options).await;
        let session = guest_session(&server).await;
        assert_eq!(
            refusal(&refresh(&server, refresh_token(&session)).await),
            None
        );
        wechat(&server, "ok-code-of-lin").await;
        let (query, variables) = operation(
            "signInGuest",
            json!({"deviceId": "device-id-of-the-fourth"}),
        );
        let answer = server
            .http()
            .post(server.url("/graphql"))
            .json(&json!({"query": query, "variables": variables}))
            .send()
            .await
            .expect("an answer");
        crate::limits::assert_is_limited(answer, "sign-in").await;
        let voters = RawSql::connect(&stores).await.cells("voter").await;
        assert_eq!(voters.len(), 4, "one row of four columns");
        // Who is signed in is not held up.
        assert!(is_good(&server, access(&session)).await);
        sign_out(&server, refresh_token(&session)).await;
    }
}
