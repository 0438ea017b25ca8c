//! Voters behind one address, which is a carrier's: a fiftieth of a stadium of 17,000, under a fiftieth of the limits
//! that an address has in production. They sign in, renew and vote as clients do, beside one who sends junk.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use acclaim::hot::Rate;
use serde_json::{Value, json};

use super::{operation, refusal};
use crate::deadlines::until;
use crate::fake_wechat::FakeWeChat;
use crate::harness::{Payload, Sample, Stores, TestApp, on_both};
use crate::limits::{assert_is_limited, default_limits};

on_both!(voters_behind_one_address_are_not_refused,);

const VOTERS: usize = 340;
/// Guests as many as come in a rush; the others sign in through their platform.
const GUESTS: usize = 40;
/// Clients at work at once.
const AT_ONCE: usize = 16;

/// The production server's limits, a fiftieth of those that an address has.
async fn server(stores: &Stores, platform: &FakeWeChat) -> TestApp {
    let part = |rate: Rate| Rate {
        per_second: rate.per_second / 50.0,
        burst: rate.burst.div_ceil(50),
    };
    let wechat = platform.client(16, Duration::from_secs(3));
    let app = TestApp::builder(stores)
        .with_wechat(wechat)
        .with_limits(|limits| {
            *limits = default_limits();
            limits.new_guest = part(limits.new_guest);
            limits.failed_refresh = part(limits.failed_refresh);
            limits.failed_code = part(limits.failed_code);
            limits.staff_sign_in = part(limits.staff_sign_in);
        });
    app.start().await
}

/// Spends what the address has for refresh tokens that are not good.
async fn send_junk(app: &TestApp) {
    let (query, variables) = operation("refreshSession", json!({"refreshToken": "junk"}));
    let answer = until("junk is refused", async || {
        let answer = app.anonymous().post(&query, variables.clone()).await;
        answer
            .headers()
            .contains_key("retry-after")
            .then_some(answer)
    });
    assert_is_limited(answer.await, "failed-refresh").await;
}

/// Asks again where the server is too busy, as clients do; a refusal stays.
async fn ask(app: &TestApp, mutation: &str, input: Value) -> Payload {
    let (query, variables) = operation(mutation, input);
    let response = app.anonymous().send_patiently(&query, &variables).await;
    Payload::of(response, mutation)
}

async fn sign_in(app: &TestApp, number: usize) -> Payload {
    if number < GUESTS {
        let input = json!({"deviceId": format!("device-id-of-guest-{number}")});
        return ask(app, "signInGuest", input).await;
    }
    // Each try has a code of its own: they are good once.
    let mut tries = 0;
    let (document, _) = operation("signInMiniProgram", Value::Null);
    until("the platform has a turn", async || {
        tries += 1;
        let input = json!({"platform": "WECHAT", "code": format!("ok-code-of-{number}-{tries}")});
        let answer = app
            .anonymous()
            .send(&document, json!({"input": input}))
            .await;
        if answer["errors"][0]["extensions"]["code"] == json!("UNAVAILABLE") {
            return None;
        }
        let answer = Payload::of(answer, "signInMiniProgram");
        (refusal(&answer) != Some("PLATFORM_BUSY")).then_some(answer)
    })
    .await
}

async fn sign_in_renew_and_vote(app: &TestApp, sample: &Sample, number: usize) {
    let mut session = sign_in(app, number).await.expect_session();
    if number.is_multiple_of(20) {
        send_junk(app).await;
    }
    for _ in 0..2 {
        let input = json!({"refreshToken": session.refresh_token()});
        let renewed = ask(app, "refreshSession", input).await;
        session = renewed.expect_session();
    }
    let voter = app.client_with(session.access_token());
    let vote = voter.vote(&sample.nominee_id(0)).await;
    assert!(vote["vote"].is_object(), "{vote}");
}

async fn voters_behind_one_address_are_not_refused(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server(&stores, &platform).await;
    let sample = app.sample().await;
    let next = AtomicUsize::new(0);
    let work = async || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= VOTERS {
                return;
            }
            sign_in_renew_and_vote(&app, &sample, number).await;
        }
    };
    futures_util::future::join_all((0..AT_ONCE).map(|_| work())).await;
    assert_eq!(app.count_votes().await, i64::try_from(VOTERS).expect("few"));
}
