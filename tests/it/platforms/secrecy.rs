//! Every way to succeed and to fail, under a watch on the logs at their most talkative.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use acclaim::clock::Clock;
use chrono::{DateTime, Utc};

use super::{ADDRESS, CALLS, LONG, SHORT};
use crate::fake_platforms::alipay::FakeAlipay;
use crate::fake_platforms::captcha::FakeCaptcha;
use crate::fake_platforms::douyin::FakeDouyin;
use crate::fake_platforms::official_account::FakeOfficialAccount;
use crate::fake_platforms::oidc::{FakeOidc, OidcFault};
use crate::fake_platforms::visit;
use crate::log_watch::{WATCH, assert_logs_are_clean};

/// The lines that the journey must have left: without them a clean log proves nothing.
const LOGGED: &[&str] = &[
    "WeChat's official account refused a login code",
    "WeChat's official account's quota for sign-ins is spent",
    "WeChat's official account gave no usable answer to a login code",
    "WeChat's official account refuses this app",
    "WeChat's official account gave no ticket",
    "Douyin refused a login code",
    "Douyin's quota for sign-ins is spent",
    "Douyin gave no usable answer to a login code",
    "Douyin refuses this app",
    "Alipay refused a login code",
    "Alipay's quota for sign-ins is spent",
    "Alipay gave no usable answer to a login code",
    "Alipay refuses this app",
    "isv.invalid-signature",
    "The OpenID provider refused a login code",
    "The OpenID provider's quota for sign-ins is spent",
    "The OpenID provider gave no usable answer to a login code",
    "The OpenID provider refuses this app",
    "The OpenID provider does not say where people sign in",
    "the id token has expired",
    "the captcha service refused a solution",
    "the captcha service takes a solution for another captcha's",
    "the captcha service gave no usable answer",
    "AuthFailure.SignatureFailure (200)",
    "a solution of a captcha is not checked",
];

const STATE: &str = "state-of-this-browser";
const NONCE: &str = "nonce-of-this-browser";
const VERIFIER: &str = "verifier-of-this-browser";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_750_000_000, 0).expect("a time")
}

#[tokio::test]
async fn no_sign_in_leaves_a_trace() {
    let listen = |line: &&'static str| (*line, WATCH.listen_for(line));
    let seen: Vec<(&str, Arc<AtomicBool>)> = LOGGED.iter().map(listen).collect();
    for secret in [STATE, NONCE, VERIFIER] {
        WATCH.forbid(secret);
    }
    official_account().await;
    douyin().await;
    alipay().await;
    oidc().await;
    captcha().await;
    assert_logs_are_clean();
    for (line, is_seen) in seen {
        assert!(is_seen.load(Ordering::SeqCst), "never logged: {line}");
    }
}

async fn official_account() {
    let platform = FakeOfficialAccount::start().await;
    let [client, hasty] = [LONG, SHORT].map(|timeout| platform.client(CALLS, timeout));
    let wrong = platform.client_with_secret("app-secret of yesterday", CALLS, LONG);
    for behaviour in [
        "ok",
        "bad",
        "busyonce",
        "snapshot",
        "err45011",
        "busy",
        "wrongtype",
        "garbage",
        "cut",
    ] {
        let code = format!("{behaviour}-code-of-lin");
        let _answer = client.exchange_code(&code, ADDRESS).await;
    }
    let _late = hasty.exchange_code("slow-code-of-lin", ADDRESS).await;
    let _refused = wrong.exchange_code("ok-code-of-lin", ADDRESS).await;
    let page = "https://vote.example.org/?code=ok-code-of-lin";
    let _share = client.sign_share(page, now()).await;
    let _refused = wrong.sign_share(page, now()).await;
}

async fn douyin() {
    let platform = FakeDouyin::start().await;
    let [client, hasty] = [LONG, SHORT].map(|timeout| platform.client(CALLS, timeout));
    let wrong = platform.client_with_secret("app-secret of yesterday", CALLS, LONG);
    for behaviour in [
        "ok",
        "bad",
        "anonymous",
        "err28003018",
        "busy",
        "wrongtype",
        "garbage",
        "cut",
    ] {
        let code = format!("{behaviour}-code-of-lin");
        let _answer = client.exchange_code(&code, ADDRESS).await;
    }
    let _late = hasty.exchange_code("slow-code-of-lin", ADDRESS).await;
    let _refused = wrong.exchange_code("ok-code-of-lin", ADDRESS).await;
}

async fn alipay() {
    let platform = FakeAlipay::start().await;
    let [client, hasty] = [LONG, SHORT].map(|timeout| platform.client(CALLS, timeout));
    for behaviour in [
        "ok",
        "user",
        "bad",
        "limited",
        "forged",
        "wrongtype",
        "garbage",
        "cut",
    ] {
        let code = format!("{behaviour}-code-of-lin");
        let _answer = client.exchange_code(&code, ADDRESS, now()).await;
    }
    let _late = hasty
        .exchange_code("slow-code-of-lin", ADDRESS, now())
        .await;
    let wrong = platform.client_with_other_key();
    let _refused = wrong.exchange_code("ok-code-of-lin", ADDRESS, now()).await;
}

async fn oidc() {
    let provider = FakeOidc::start(Clock::manual(now())).await;
    let [client, hasty] = [LONG, SHORT].map(|timeout| provider.client(CALLS, timeout));
    let challenge = FakeOidc::challenge(VERIFIER);
    let page = FakeOidc::REDIRECT_URI;
    provider.set_fault(Some(OidcFault::NoDocument));
    let _nowhere = client.authorize_url(page, STATE, NONCE, &challenge).await;
    for fault in [
        None,
        Some(OidcFault::Expired),
        Some(OidcFault::OtherNonce),
        Some(OidcFault::SubjectOfWrongType),
        Some(OidcFault::AlgorithmNone),
        Some(OidcFault::UnknownKey),
        Some(OidcFault::Altered),
        Some(OidcFault::NotAToken),
    ] {
        provider.set_fault(fault);
        for behaviour in [
            "ok",
            "bad",
            "limited",
            "err-invalid_client",
            "garbage",
            "cut",
        ] {
            let person = format!("{behaviour}-code-of-lin");
            let address = client.authorize_url(page, STATE, NONCE, &challenge);
            let back = visit(&address.await.expect("it says where"), &person).await;
            let id = client.exchange_code(&back.code, page, VERIFIER, NONCE, ADDRESS, now());
            let _answer = id.await;
        }
    }
    let id = hasty.exchange_code("slow-code-of-lin", page, VERIFIER, NONCE, ADDRESS, now());
    let _late = id.await;
}

async fn captcha() {
    let service = FakeCaptcha::start(Clock::manual(now())).await;
    let address = "203.0.113.9".parse().expect("an address");
    for behaviour in [
        "ok", "code8", "code21", "code100", "code26", "error", "garbage", "http500", "cut",
    ] {
        let client = service.client(CALLS, LONG);
        let solution = format!("{behaviour}-code-of-lin");
        let _answer = client.check(&solution, address, ADDRESS, now()).await;
    }
    let hasty = service.client(CALLS, SHORT);
    let _late = hasty
        .check("slow-code-of-lin", address, ADDRESS, now())
        .await;
    let wrong = service.client_with(|config| {
        config.secret_key = "app-secret of yesterday".to_owned().into();
    });
    let _refused = wrong.check("ok-code-of-lin", address, ADDRESS, now()).await;
    let narrow = service.client(1, LONG);
    let calls = service.stand.calls();
    let first = narrow.check("slow-code-of-wen", address, ADDRESS, now());
    let second = async {
        service.stand.calls_reach(calls + 1).await;
        let _busy = narrow
            .check("ok-code-of-lin", address, ADDRESS, now())
            .await;
        service.stand.answer_slow_calls();
    };
    let (_answer, ()) = tokio::join!(first, second);
}
