//! Telephone numbers, whose holders get a code by text message.

use std::time::Duration;

use acclaim::clock::Clock;
use acclaim::domain::identity::IdentityKind;
use acclaim::workers::cleaner;
use aws_lc_rs::digest::{SHA256, digest};
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::operation;
use crate::deadlines::until;
use crate::fake_platforms::sms::{FakeSms, Message, SmsFault};
use crate::harness::{Payload, Stores, TestApp, TestClient, noon, on_both};
use crate::raw_sql::RawSql;

on_both!(
    a_number_signs_in_by_its_code,
    a_number_is_written_in_many_ways,
    what_is_no_number_is_told_so,
    a_code_is_good_once_and_for_five_minutes,
    a_code_has_five_tries,
    a_new_code_replaces_the_one_before,
    a_code_is_good_for_its_number_alone,
    two_processes_redeem_a_code_once,
    two_processes_take_five_tries_in_all,
    a_voter_by_number_is_admitted_where_numbers_are,
    a_guest_who_signs_in_by_number_keeps_its_votes,
    a_code_that_is_on_its_way_is_good_though_the_client_has_gone,
    a_server_without_a_webhook_says_so,
    numbers_and_codes_are_kept_as_hashes_for_days,
);

/// A number of nobody.
pub const LIN: &str = "+8613957682401";
/// Another one.
pub const WEN: &str = "+8613957682402";

const REQUEST: &str = "mutation($input: RequestPhoneCodeInput!) { requestPhoneCode(input: $input) {
    expiresAt retryAt userErrors { code message path } } }";

/// A webhook, and the time that it shares with servers.
pub struct Post {
    pub sms: FakeSms,
    pub clock: Clock,
}

impl Post {
    pub async fn start() -> Self {
        let clock = Clock::manual(noon());
        Self {
            sms: FakeSms::start(clock.clone()).await,
            clock,
        }
    }

    /// A server that sends its codes here.
    pub async fn server(&self, stores: &Stores) -> TestApp {
        let sms = self.sms.client(16, Duration::from_secs(10));
        let app = TestApp::builder(stores).with_clock(self.clock.clone());
        app.with_platforms(|platforms| platforms.sms = Some(sms))
            .start()
            .await
    }

    pub fn advance(&self, time: TimeDelta) {
        self.clock.set(self.clock.now() + time);
    }

    /// Asks for a code, which must come, and gives it.
    pub async fn code(&self, app: &TestApp, phone: &str) -> String {
        let payload = app.request_code(phone).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        self.sms.code_of(phone)
    }
}

impl TestApp {
    pub async fn request_code(&self, phone: &str) -> Payload {
        let variables = json!({"input": {"phone": phone}});
        let response = self.anonymous().send(REQUEST, variables).await;
        Payload::of(response, "requestPhoneCode")
    }

    pub async fn sign_in_phone(&self, phone: &str, code: &str) -> Payload {
        let input = json!({"phone": phone, "code": code});
        self.sign_in("signInPhone", input).await
    }
}

pub async fn sign_in_phone_as(client: &TestClient, phone: &str, code: &str) -> Payload {
    let (query, variables) = operation("signInPhone", json!({"phone": phone, "code": code}));
    Payload::of(client.send(&query, variables).await, "signInPhone")
}

/// Another code than this one.
pub fn other_than(code: &str) -> String {
    let number: u32 = code.parse().expect("digits");
    format!("{:06}", (number + 1) % 1_000_000)
}

async fn a_number_signs_in_by_its_code(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    let asked = app.request_code(LIN).await;
    assert_eq!(
        *asked,
        json!({
            "expiresAt": "2022-10-25T04:05:00.000Z",
            "retryAt": "2022-10-25T04:01:00.000Z",
            "userErrors": [],
        })
    );
    let Message {
        phone,
        code,
        template,
    } = &post.sms.messages()[0];
    assert_eq!((phone.as_str(), template.as_str()), (LIN, "sign-in"));
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    let first = app.sign_in_phone(LIN, code).await.expect_session();
    assert_eq!(first["viewer"]["role"], json!("VOTER"));
    assert_eq!(first["viewer"]["isGuest"], json!(false));
    let client = app.client_with(first.access_token());
    assert_eq!(client.read_viewer().await, first["viewer"]);
    // The same number is the same voter, another one is another.
    post.advance(TimeDelta::minutes(1));
    let code = post.code(&app, LIN).await;
    let again = app.sign_in_phone(LIN, &code).await.expect_session();
    assert_eq!(again["viewer"], first["viewer"]);
    let code = post.code(&app, WEN).await;
    let other = app.sign_in_phone(WEN, &code).await.expect_session();
    assert_ne!(other["viewer"]["id"], first["viewer"]["id"]);
    // Whether somebody has signed in with a number is not told to who asks for a code.
    post.advance(TimeDelta::minutes(1));
    let known = app.request_code(LIN).await;
    assert_eq!(app.request_code("+8613957682403").await, known);
}

async fn a_number_is_written_in_many_ways(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    let mut viewers = Vec::new();
    for (asked, signed_in) in [
        ("139 5768 2401", "+86 139-5768-2401"),
        ("１３９５７６８２４０１", "13957682401"),
        (
            "＋８６－１３９－５７６８－２４０１",
            " 139\u{a0}5768\u{2011}2401 ",
        ),
    ] {
        let sent = app.request_code(asked).await;
        assert_eq!(sent["userErrors"], json!([]), "{asked}");
        let code = post.sms.code_of(LIN);
        // So is a code, by the same keyboards.
        let wide: String = code
            .bytes()
            .map(|digit| char::from_u32(0xFF10 + u32::from(digit - b'0')).expect("a digit"))
            .collect();
        let code = format!(" {} {} ", &wide[..9], &code[3..]);
        let payload = app.sign_in_phone(signed_in, &code).await.expect_session();
        viewers.push(payload["viewer"].clone());
        post.advance(TimeDelta::minutes(1));
    }
    assert!(viewers.iter().all(|viewer| *viewer == viewers[0]));
    let code = post.code(&app, "+85291395768").await;
    let payload = app.sign_in_phone("+852 9139-5768", &code).await;
    payload.expect_session();
}

async fn what_is_no_number_is_told_so(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    let path = json!(["input", "phone"]);
    for phone in [
        "",
        "lin",
        "1395768240",
        "139576824011",
        "8613957682401",
        "+86 139576824",
        "+1395768240113957",
        "13957682401\0",
    ] {
        let refused = app.request_code(phone).await;
        assert_eq!(refused["expiresAt"], Value::Null, "{phone}");
        assert_eq!(refused["retryAt"], Value::Null, "{phone}");
        let error = &refused["userErrors"][0];
        assert_eq!(
            (&error["code"], &error["path"]),
            (&json!("INVALID_PHONE"), &path)
        );
        let message = error["message"].as_str().expect("a text");
        assert!(message.contains("write + and the country's code, or 11 digits"));
        let refused = app.sign_in_phone(phone, "123456").await;
        assert_eq!(refused["userErrors"][0]["path"], path);
        refused.expect_no_session("INVALID_PHONE");
    }
    let variables = json!({"input": {"phone": "1"}});
    let request = app.anonymous().request(REQUEST, &variables);
    let chinese = request.header("accept-language", "zh-CN").send().await;
    let chinese: Value = chinese.expect("an answer").json().await.expect("JSON");
    let message = &chinese["data"]["requestPhoneCode"]["userErrors"][0]["message"];
    assert!(
        message.as_str().expect("a text").contains("11位手机号"),
        "{message}"
    );
    assert_eq!(post.sms.stand.calls(), 0);
    assert_eq!(stores.count("SELECT count(*) FROM phone_code").await, 0);
}

async fn a_code_is_good_once_and_for_five_minutes(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    let code = post.code(&app, LIN).await;
    post.advance(TimeDelta::minutes(5) - TimeDelta::microseconds(1));
    app.sign_in_phone(LIN, &code).await.expect_session();
    let again = app.sign_in_phone(LIN, &code).await;
    assert_eq!(again["userErrors"][0]["path"], json!(["input", "code"]));
    again.expect_no_session("INVALID_CODE");
    let code = post.code(&app, LIN).await;
    post.advance(TimeDelta::minutes(5));
    let late = app.sign_in_phone(LIN, &code).await;
    late.expect_no_session("INVALID_CODE");
    // Nor is there a code where none was asked for.
    let none = app.sign_in_phone(WEN, &code).await;
    none.expect_no_session("INVALID_CODE");
}

async fn a_code_has_five_tries(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    let fail = async |code: &str| {
        let refused = app.sign_in_phone(LIN, code).await;
        refused.expect_no_session("INVALID_CODE");
    };
    let code = post.code(&app, LIN).await;
    for _ in 0..4 {
        fail(&other_than(&code)).await;
    }
    // What cannot be a code takes no try.
    for no_code in ["", "12345", "1234567", "12345a", "一二三四五六", "12345\0"] {
        fail(no_code).await;
    }
    app.sign_in_phone(LIN, &code).await.expect_session();
    post.advance(TimeDelta::minutes(1));
    let code = post.code(&app, LIN).await;
    for _ in 0..5 {
        fail(&other_than(&code)).await;
    }
    fail(&code).await;
    // Only a new code helps, which has tries of its own.
    post.advance(TimeDelta::minutes(1));
    let code = post.code(&app, LIN).await;
    for _ in 0..4 {
        fail(&other_than(&code)).await;
    }
    app.sign_in_phone(LIN, &code).await.expect_session();
}

async fn a_new_code_replaces_the_one_before(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    let old = post.code(&app, LIN).await;
    post.advance(TimeDelta::minutes(1));
    let mut new = post.code(&app, LIN).await;
    while new == old {
        post.advance(TimeDelta::minutes(1));
        new = post.code(&app, LIN).await;
    }
    app.sign_in_phone(LIN, &old)
        .await
        .expect_no_session("INVALID_CODE");
    app.sign_in_phone(LIN, &new).await.expect_session();
}

async fn a_code_is_good_for_its_number_alone(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    let lin = post.code(&app, LIN).await;
    let wen = post.code(&app, WEN).await;
    if lin != wen {
        let crossed = app.sign_in_phone(WEN, &lin).await;
        crossed.expect_no_session("INVALID_CODE");
    }
    // Nor does a row of one number make its code another's.
    let mut database = RawSql::connect(&stores).await;
    let copied = "UPDATE phone_code SET code_hash = (SELECT code_hash FROM phone_code ORDER BY phone_hash LIMIT 1)";
    assert_eq!(database.execute(copied).await, 2);
    let payloads = [
        app.sign_in_phone(LIN, &lin).await,
        app.sign_in_phone(WEN, &wen).await,
        app.sign_in_phone(LIN, &wen).await,
        app.sign_in_phone(WEN, &lin).await,
    ];
    let sessions = payloads
        .iter()
        .filter(|payload| payload["session"].is_object());
    assert_eq!(sessions.count(), 1);
}

async fn two_processes_redeem_a_code_once(stores: Stores) {
    let post = Post::start().await;
    let servers = [
        post.server(&stores).await,
        post.server(&stores.share()).await,
    ];
    for number in 10..20 {
        let phone = format!("+86139576824{number}");
        let code = post.code(&servers[0], &phone).await;
        let redeem = |n: usize| servers[n % 2].sign_in_phone(&phone, &code);
        let payloads = join_all((0..5).map(redeem)).await;
        let sessions = payloads
            .iter()
            .filter(|payload| payload["session"].is_object());
        assert_eq!(sessions.count(), 1, "of {number}");
    }
    assert_eq!(stores.count("SELECT count(*) FROM voter").await, 10);
}

async fn two_processes_take_five_tries_in_all(stores: Stores) {
    let post = Post::start().await;
    let servers = [
        post.server(&stores).await,
        post.server(&stores.share()).await,
    ];
    for number in 10..15 {
        let phone = format!("+86139576824{number}");
        let code = post.code(&servers[0], &phone).await;
        let wrong = other_than(&code);
        let guess = |n: usize| servers[n % 2].sign_in_phone(&phone, &wrong);
        for payload in join_all((0..12).map(guess)).await {
            payload.expect_no_session("INVALID_CODE");
        }
        let spent = servers[1].sign_in_phone(&phone, &code).await;
        spent.expect_no_session("INVALID_CODE");
    }
    let tries = "SELECT CAST(SUM(tries) AS BIGINT) FROM phone_code";
    assert_eq!(stores.count(tries).await, 25);
}

async fn a_voter_by_number_is_admitted_where_numbers_are(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    let only = |kind: IdentityKind| {
        move |campaign: &mut acclaim::domain::campaign::Campaign| {
            (campaign.guests_may_vote, campaign.admits) = (false, kind.into());
        }
    };
    let by_number = app.sample_with(only(IdentityKind::Phone)).await;
    let by_wechat = app.sample_with(only(IdentityKind::WechatWeb)).await;
    let code = post.code(&app, LIN).await;
    let voter = app.sign_in_phone(LIN, &code).await.expect_session();
    let voter = app.client_with(voter.access_token());
    let refused = voter.vote(&by_wechat.nominee_id(0)).await;
    refused.expect_refused("NOT_ELIGIBLE");
    let refused = app.voter().vote(&by_number.nominee_id(0)).await;
    let message = refused["userErrors"][0]["message"].clone();
    assert_eq!(message, json!("To vote here, sign in by telephone number."));
    refused.expect_refused("NOT_ELIGIBLE");
    let counted = voter.vote(&by_number.nominee_id(0)).await;
    counted.expect_counted();
    assert_eq!(app.count_votes().await, 1);
}

async fn a_guest_who_signs_in_by_number_keeps_its_votes(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    let sample = app
        .sample_with(|campaign| campaign.admits = IdentityKind::Phone.into())
        .await;
    let guest = app.sign_in_guest("device-id-of-lin").await;
    let guest = app.client_with(guest.access_token());
    guest.vote(&sample.nominee_id(0)).await.expect_counted();
    let code = post.code(&app, LIN).await;
    let lin = sign_in_phone_as(&guest, LIN, &code).await.expect_session();
    assert_eq!(lin["viewer"]["isGuest"], json!(false));
    let lin = app.client_with(lin.access_token());
    let again = lin.vote(&sample.nominee_id(0)).without_key().await;
    again.expect_refused("ALREADY_VOTED");
    // Whoever comes with the guest's token later is somebody else.
    let code = post.code(&app, WEN).await;
    let wen = sign_in_phone_as(&guest, WEN, &code).await.expect_session();
    let wen = app.client_with(wen.access_token());
    wen.vote(&sample.nominee_id(0)).await.expect_counted();
}

async fn a_code_that_is_on_its_way_is_good_though_the_client_has_gone(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    post.sms.set_fault(Some(SmsFault::Slow));
    let variables = json!({"input": {"phone": LIN}});
    let asking = app.anonymous().request(REQUEST, &variables).send();
    let asking = tokio::spawn(asking);
    post.sms.stand.calls_reach(1).await;
    asking.abort();
    assert!(asking.await.is_err(), "it has gone");
    // Its connection is closed: another request of it is a new one.
    app.anonymous().ask("{ serverTime }", json!({})).await;
    post.sms.stand.answer_slow_calls();
    let code = post.sms.code_of(LIN);
    until("the code is good", async || {
        let payload = app.sign_in_phone(LIN, &code).await;
        payload["session"].is_object().then_some(())
    })
    .await;
}

async fn a_server_without_a_webhook_says_so(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let refused = app.request_code(LIN).await;
    assert_eq!(
        refused["userErrors"][0]["code"],
        json!("PLATFORM_NOT_CONFIGURED")
    );
    app.sign_in_phone(LIN, "123456")
        .await
        .expect_no_session("PLATFORM_NOT_CONFIGURED");
    let query = "{ signInWays { kind name path } }";
    let ways = app.anonymous().ask(query, Value::Null).await;
    let way = |kind: &str| json!({"kind": kind, "name": null, "path": null});
    assert_eq!(ways["signInWays"], json!([way("GUEST")]));
    let post = Post::start().await;
    let app = post.server(&stores.share()).await;
    let ways = app.anonymous().ask(query, Value::Null).await;
    assert_eq!(ways["signInWays"], json!([way("PHONE"), way("GUEST")]));
    assert!(app.ways_in()[0].is_for_browsers());
}

async fn numbers_and_codes_are_kept_as_hashes_for_days(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    let used = post.code(&app, LIN).await;
    app.sign_in_phone(LIN, &used).await.expect_session();
    let live = post.code(&app, WEN).await;
    let plain = [LIN, &LIN[1..], &LIN[3..], WEN, &WEN[3..], &used, &live];
    let hash = |text: &&str| digest(&SHA256, text.as_bytes()).as_ref().to_vec();
    let digests: Vec<_> = plain.iter().map(hash).collect();
    let mut database = RawSql::connect(&stores).await;
    for table in [
        "phone_code",
        "phone_code_day",
        "voter",
        "voter_identity",
        "session",
        "refresh_token",
    ] {
        let cells = database.cells(table).await;
        assert!(!cells.is_empty(), "{table}");
        for cell in cells {
            let text = String::from_utf8_lossy(&cell);
            let found = plain.iter().find(|secret| text.contains(**secret));
            assert_eq!(found, None, "in {table}");
            assert!(!digests.contains(&cell), "a plain hash in {table}");
        }
    }
    // They stay for as long as they bound anything, on processes that do not agree on the day either.
    let count = "SELECT (SELECT count(*) FROM phone_code) + (SELECT count(*) FROM phone_code_day)";
    for (hours, left) in [(0, 3), (24, 3), (24, 0)] {
        post.advance(TimeDelta::hours(hours));
        cleaner::purge_expired(app.inner()).await.expect("purged");
        assert_eq!(stores.count(count).await, left, "after {hours} hours more");
    }
}
