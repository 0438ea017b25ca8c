//! How many codes a number, an address and all together get, and what becomes of codes that cannot be sent.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::operation;
use super::phone::{LIN, Post, WEN, other_than};
use crate::fake_platforms::sms::SmsFault;
use crate::harness::{Stores, TestApp, on_both, refusal};
use crate::limits::{THREE, assert_is_limited};

on_both!(
    a_number_gets_a_code_a_minute,
    a_number_gets_ten_codes_a_day,
    two_processes_send_a_number_one_code,
    all_numbers_together_get_what_is_set,
    two_processes_send_no_more_than_is_set,
    an_address_asks_for_so_many_codes,
    wrong_codes_are_charged_to_their_address,
    a_code_that_was_not_taken_is_not_good_and_not_counted,
    a_code_that_may_be_on_its_way_makes_one_wait,
    a_webhook_that_hangs_is_asked_once,
    a_code_stays_good_until_another_is_there,
    a_webhook_that_is_busy_is_told_apart,
);

const SPENT: &str = "TOO_MANY_CODES";
/// The end of the day of noon in Shanghai, by UTC.
const MIDNIGHT: &str = "2022-10-26T00:00:00.000Z";

impl TestApp {
    /// Asks for a code that is refused with this error, and gives when to come back.
    async fn refused_code(&self, phone: &str, code: &str) -> Value {
        let refused = self.request_code(phone).await.expect_refused(code);
        assert_eq!(refused["expiresAt"], Value::Null);
        assert_eq!(refused["userErrors"][0]["path"], json!(["input", "phone"]));
        refused["retryAt"].clone()
    }
}

async fn a_number_gets_a_code_a_minute(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    post.code(&app, LIN).await;
    post.advance(TimeDelta::seconds(60) - TimeDelta::microseconds(1));
    let retry_at = app.refused_code(LIN, SPENT).await;
    assert_eq!(retry_at, json!("2022-10-25T04:01:00.000Z"));
    // However it is written, wherever it is asked for; another number goes on.
    app.refused_code("139 5768 2401", SPENT).await;
    let other = post.server(&stores.share()).await;
    other.refused_code(LIN, SPENT).await;
    post.code(&app, WEN).await;
    assert_eq!(post.sms.stand.calls(), 2);
    post.advance(TimeDelta::microseconds(1));
    post.code(&other, LIN).await;
}

async fn a_number_gets_ten_codes_a_day(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    for _ in 0..9 {
        post.code(&app, LIN).await;
        post.advance(TimeDelta::minutes(5));
    }
    let tenth = app.request_code(LIN).await;
    assert_eq!(tenth["retryAt"], json!(MIDNIGHT));
    // A process that has just begun knows it, too.
    drop(app);
    let app = post.server(&stores.share()).await;
    post.advance(TimeDelta::hours(1));
    assert_eq!(app.refused_code(LIN, SPENT).await, json!(MIDNIGHT));
    post.code(&app, WEN).await;
    post.clock
        .set("2022-10-25T23:59:59.999999Z".parse().expect("a time"));
    app.refused_code(LIN, SPENT).await;
    post.advance(TimeDelta::microseconds(1));
    let first = app.request_code(LIN).await;
    assert_eq!(first["retryAt"], json!("2022-10-26T00:01:00.000Z"));
    assert_eq!(post.sms.stand.calls(), 12);
}

async fn two_processes_send_a_number_one_code(stores: Stores) {
    let post = Post::start().await;
    let servers = [
        post.server(&stores).await,
        post.server(&stores.share()).await,
    ];
    for number in 10..15 {
        let phone = format!("+86139576824{number}");
        let ask = |n: usize| servers[n % 2].request_code(&phone);
        let asked = join_all((0..6).map(ask)).await;
        let sent = asked.iter().filter(|payload| refusal(payload).is_none());
        assert_eq!(sent.count(), 1, "{asked:?}");
    }
    assert_eq!(post.sms.stand.calls(), 5);
}

/// A server that sends three codes a day.
async fn frugal(post: &Post, stores: &Stores) -> TestApp {
    let sms = post.sms.client_with(|config| config.per_day = 3);
    let app = TestApp::builder(stores).with_clock(post.clock.clone());
    app.with_platforms(|platforms| platforms.sms = Some(sms))
        .start()
        .await
}

fn number(last: usize) -> String {
    format!("+86139576824{last:02}")
}

async fn all_numbers_together_get_what_is_set(stores: Stores) {
    let post = Post::start().await;
    let app = frugal(&post, &stores).await;
    for last in 0..3 {
        post.code(&app, &number(last)).await;
    }
    let retry_at = app.refused_code(&number(3), "CODES_SPENT").await;
    assert_eq!(retry_at, json!(MIDNIGHT));
    assert_eq!(post.sms.stand.calls(), 3);
    // What was refused is not the number's: it need not wait for another one.
    assert_eq!(stores.count("SELECT count(*) FROM phone_code").await, 3);
    post.clock.set(MIDNIGHT.parse().expect("a time"));
    post.code(&app, &number(3)).await;
}

async fn two_processes_send_no_more_than_is_set(stores: Stores) {
    let post = Post::start().await;
    let servers = [
        frugal(&post, &stores).await,
        frugal(&post, &stores.share()).await,
    ];
    let numbers: Vec<String> = (0..12).map(number).collect();
    let asked = numbers.iter().enumerate();
    let asked = asked.map(|(n, phone)| servers[n % 2].request_code(phone));
    let asked = join_all(asked).await;
    let sent = asked.iter().filter(|payload| refusal(payload).is_none());
    assert_eq!(sent.count(), 3, "{asked:?}");
    assert_eq!(post.sms.stand.calls(), 3);
}

async fn an_address_asks_for_so_many_codes(stores: Stores) {
    let post = Post::start().await;
    let sms = post.sms.client(16, Duration::from_secs(10));
    let app = TestApp::builder(&stores)
        .with_limits(|limits| limits.phone_code = THREE)
        .with_platforms(|platforms| platforms.sms = Some(sms))
        .start()
        .await;
    // What is no number costs nothing.
    for _ in 0..5 {
        assert_eq!(app.refused_code("1", "INVALID_PHONE").await, Value::Null);
    }
    for last in 0..3 {
        post.code(&app, &number(last)).await;
    }
    let query = "mutation($input: RequestPhoneCodeInput!) { requestPhoneCode(input: $input) { expiresAt } }";
    let variables = json!({"input": {"phone": number(3)}});
    let answer = app.anonymous().post(query, variables).await;
    assert_is_limited(answer, "phone-code").await;
    assert_eq!(post.sms.stand.calls(), 3);
}

async fn wrong_codes_are_charged_to_their_address(stores: Stores) {
    let post = Post::start().await;
    let sms = post.sms.client(16, Duration::from_secs(10));
    let app = TestApp::builder(&stores)
        .with_limits(|limits| limits.failed_code = THREE)
        .with_platforms(|platforms| platforms.sms = Some(sms))
        .start()
        .await;
    let code = post.code(&app, LIN).await;
    for wrong in [other_than(&code), "no code".to_owned(), String::new()] {
        let refused = app.sign_in_phone(LIN, &wrong).await;
        refused.expect_no_session("INVALID_CODE");
    }
    let (query, variables) = operation("signInPhone", json!({"phone": LIN, "code": code}));
    let answer = app.anonymous().post(&query, variables).await;
    assert_is_limited(answer, "failed-code").await;
}

async fn a_code_that_was_not_taken_is_not_good_and_not_counted(stores: Stores) {
    let post = Post::start().await;
    let app = frugal(&post, &stores).await;
    for status in [400, 401, 403, 404, 500, 503, 302, 400, 400, 400, 400] {
        post.sms.set_fault(Some(SmsFault::Status(status)));
        // It may be asked for again at once.
        let retry_at = app.refused_code(LIN, "PLATFORM_UNAVAILABLE").await;
        assert_eq!(retry_at, json!("2022-10-25T04:00:00.000Z"), "{status}");
        let code = post.sms.code_of(LIN);
        let refused = app.sign_in_phone(LIN, &code).await;
        refused.expect_no_session("INVALID_CODE");
    }
    post.sms.set_fault(None);
    // Neither the number's ten nor the day's three were touched.
    for _ in 0..3 {
        let code = post.code(&app, LIN).await;
        app.sign_in_phone(LIN, &code).await.expect_session();
        post.advance(TimeDelta::minutes(1));
    }
    app.refused_code(LIN, "CODES_SPENT").await;
}

async fn a_code_that_may_be_on_its_way_makes_one_wait(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    post.sms.set_fault(Some(SmsFault::Status(504)));
    let before = post.clock.now();
    for round in 1..=11 {
        let retry_at = app.refused_code(LIN, "PLATFORM_UNAVAILABLE").await;
        let minutes = round * 5;
        let expected = before + TimeDelta::minutes(minutes);
        assert_eq!(retry_at, json!(expected.format("%FT%T%.3fZ").to_string()));
        let code = post.sms.code_of(LIN);
        let refused = app.sign_in_phone(LIN, &code).await;
        refused.expect_no_session("INVALID_CODE");
        post.advance(TimeDelta::minutes(5) - TimeDelta::microseconds(1));
        assert_eq!(app.refused_code(LIN, SPENT).await, retry_at);
        post.advance(TimeDelta::microseconds(1));
    }
    // Nobody is shut out for the day by it.
    post.sms.set_fault(None);
    let code = post.code(&app, LIN).await;
    app.sign_in_phone(LIN, &code).await.expect_session();
    // What may have cost something stays in the day's count.
    let codes = "SELECT codes FROM phone_code_day";
    assert_eq!(stores.count(codes).await, 12);
}

async fn a_webhook_that_hangs_is_asked_once(stores: Stores) {
    let mut post = Post::start().await;
    let sms = post.sms.client(16, Duration::from_millis(200));
    let app = TestApp::builder(&stores).with_clock(post.clock.clone());
    let app = app.with_platforms(|platforms| platforms.sms = Some(sms));
    let app = app.start().await;
    post.sms.set_fault(Some(SmsFault::Slow));
    let retry_at = app.refused_code(LIN, "PLATFORM_UNAVAILABLE").await;
    assert_eq!(retry_at, json!("2022-10-25T04:05:00.000Z"));
    assert!(post.sms.stand.calls() <= 1);
    // One that is gone has sent nothing.
    post.sms.stand.stop().await;
    let retry_at = app.refused_code(WEN, "PLATFORM_UNAVAILABLE").await;
    assert_eq!(retry_at, json!("2022-10-25T04:00:00.000Z"));
}

async fn a_code_stays_good_until_another_is_there(stores: Stores) {
    let post = Post::start().await;
    let app = post.server(&stores).await;
    let code = post.code(&app, LIN).await;
    for _ in 0..3 {
        let refused = app.sign_in_phone(LIN, &other_than(&code)).await;
        refused.expect_no_session("INVALID_CODE");
    }
    post.advance(TimeDelta::minutes(1));
    post.sms.set_fault(Some(SmsFault::Status(500)));
    app.refused_code(LIN, "PLATFORM_UNAVAILABLE").await;
    // With the tries that it has left.
    let refused = app.sign_in_phone(LIN, &other_than(&code)).await;
    refused.expect_no_session("INVALID_CODE");
    app.sign_in_phone(LIN, &code).await.expect_session();
}

async fn a_webhook_that_is_busy_is_told_apart(stores: Stores) {
    let post = Post::start().await;
    post.sms.set_fault(Some(SmsFault::Status(429)));
    let app = post.server(&stores).await;
    let retry_at = app.refused_code(LIN, "PLATFORM_BUSY").await;
    assert_eq!(retry_at, json!("2022-10-25T04:00:00.000Z"));
    // So is one whose turns are taken: of one turn an address has one place.
    let sms = post.sms.client(1, Duration::from_mins(1));
    let app = TestApp::builder(&stores).with_clock(post.clock.clone());
    let app = app.with_platforms(|platforms| platforms.sms = Some(sms));
    let app = app.start().await;
    post.sms.set_fault(Some(SmsFault::Slow));
    let refused = async {
        post.sms.stand.calls_reach(2).await;
        let retry_at = app.refused_code(WEN, "PLATFORM_BUSY").await;
        post.sms.stand.answer_slow_calls();
        retry_at
    };
    let (first, retry_at) = tokio::join!(app.request_code(LIN), refused);
    assert_eq!(refusal(&first), None, "{first}");
    assert_eq!(retry_at, json!("2022-10-25T04:00:00.000Z"));
    post.code(&app, WEN).await;
}
