//! The clients of the platforms that people sign in with, against stand-ins: what they send, what they make of each
//! answer, and how they spare the platform. (The mini-program of `WeChat` is tried through the whole server, in
//! `sign_in/mini_program.rs`.)

mod alipay;
mod douyin;
mod official_account;
mod oidc;
mod secrecy;
mod sms;

use std::fmt::Debug;
use std::time::Duration;

use acclaim::auth::platform::CodeExchangeError::{self, Busy};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use uuid::Uuid;

use crate::deadlines::in_time;
use crate::fake_platforms::Traffic;

/// The network address that asks.
const ADDRESS: Uuid = Uuid::from_u128(1);
/// More than any test takes.
const LONG: Duration = Duration::from_mins(1);
/// A time-out to wait for.
const SHORT: Duration = Duration::from_millis(200);

const MINUTE: CodeExchangeError = CodeExchangeError::Throttled {
    retry_after: Duration::from_mins(1),
};
const HOUR: CodeExchangeError = CodeExchangeError::Throttled {
    retry_after: Duration::from_hours(1),
};

fn misconfigured(errcode: i64) -> CodeExchangeError {
    CodeExchangeError::Misconfigured { errcode }
}

/// Calls at once of a client that [`assert_spares_the_platform`] tries.
const CALLS: usize = 4;

/// Asserts that a client of [`CALLS`] calls at once, with these slow codes of [`ADDRESS`], calls so often at most, says
/// at once that it is busy where one address has no more places, and lets in whoever has one.
async fn assert_spares_the_platform<T: Debug>(
    traffic: &Traffic,
    codes: Vec<String>,
    exchange: impl AsyncFn(&str) -> Result<T, CodeExchangeError>,
) {
    // One address has a quarter of the places.
    const PLACES: usize = CALLS * 5 / 4;
    let count = codes.len();
    let attempt = async |code: String| {
        let answer = exchange(&code).await;
        (code, answer)
    };
    let mut storm: FuturesUnordered<_> = codes.into_iter().map(attempt).collect();
    let mut refused = Vec::new();
    while refused.len() < count - PLACES {
        let next = in_time("a refusal", storm.next()).await;
        let (code, answer) = next.expect("some are under way");
        assert_eq!(answer.err(), Some(Busy), "{code}");
        refused.push(code);
    }
    // One more step, so that those with a place have sent what they have to send.
    let called = traffic.calls_reach(CALLS);
    tokio::select! {
        () = called => {}
        next = storm.next() => panic!("nobody is answered yet: {next:?}"),
    }
    assert_eq!(traffic.calls(), CALLS, "those under way, while others wait");
    traffic.answer_slow_calls();
    while let Some((code, answer)) = in_time("an answer", storm.next()).await {
        assert!(
            answer.is_ok(),
            "whoever has a place gets in: {code} {answer:?}"
        );
    }
    // The code of whoever was refused was not sent before.
    let answer = exchange(&refused[0]).await;
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(traffic.calls(), PLACES + 1);
    assert_eq!(traffic.concurrent_max(), CALLS);
}
