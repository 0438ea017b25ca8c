use acclaim::auth::platform::CodeExchangeError::{self, Busy, Unavailable};
use acclaim::auth::platform::sms::{Sms, SmsFailure};
use acclaim::clock::Clock;
use acclaim::domain::phone::PhoneNumber;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{ADDRESS, CALLS, LONG, MINUTE, SHORT, assert_spares_the_platform};
use crate::deadlines::in_time;
use crate::fake_platforms::sms::{FakeSms, Message, SmsFault};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_750_000_000, 0).expect("a time")
}

fn phone() -> PhoneNumber {
    PhoneNumber::parse("13957682401").expect("a number")
}

async fn send(client: &Sms, code: &str) -> Result<(), SmsFailure> {
    let phone = phone();
    let sent = client.send(&phone, code, ADDRESS, now());
    in_time("an answer", sent).await
}

fn failure(error: CodeExchangeError, may_be_sent: bool) -> Result<(), SmsFailure> {
    Err(SmsFailure { error, may_be_sent })
}

#[tokio::test]
async fn a_message_is_signed_and_handed_over_once() {
    let webhook = FakeSms::start(Clock::manual(now())).await;
    let client = webhook.client_with(|config| config.template = "投票".to_owned());
    for code in ["000000", "123456"] {
        assert_eq!(send(&client, code).await, Ok(()));
    }
    let message = |code: &str| Message {
        phone: "+8613957682401".to_owned(),
        code: code.to_owned(),
        template: "投票".to_owned(),
    };
    assert_eq!(webhook.messages(), [message("000000"), message("123456")]);
    // The receiver's part of the specification: another secret, or an old call, is nobody it knows.
    let other = webhook.client_with(|config| {
        config.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned().into();
    });
    assert_eq!(send(&other, "123456").await, failure(Unavailable, false));
    let before = now() - TimeDelta::minutes(6);
    let late = client.send(&phone(), "123456", ADDRESS, before).await;
    assert_eq!(late, failure(Unavailable, false));
    assert_eq!(webhook.messages().len(), 2);
}

#[tokio::test]
async fn each_answer_has_its_meaning_and_one_call() {
    let webhook = FakeSms::start(Clock::manual(now())).await;
    let client = webhook.client(CALLS, LONG);
    let status = |status| Some(SmsFault::Status(status));
    for (fault, expected) in [
        (None, Ok(())),
        (status(200), Ok(())),
        (status(202), Ok(())),
        (status(302), failure(Unavailable, false)),
        (status(400), failure(Unavailable, false)),
        (status(401), failure(Unavailable, false)),
        (status(404), failure(Unavailable, false)),
        (status(429), failure(MINUTE, false)),
        (status(500), failure(Unavailable, false)),
        (status(503), failure(Unavailable, false)),
        (status(502), failure(Unavailable, true)),
        (status(504), failure(Unavailable, true)),
        (Some(SmsFault::HangUp), failure(Unavailable, true)),
    ] {
        webhook.set_fault(fault);
        let before = webhook.stand.calls();
        assert_eq!(send(&client, "123456").await, expected, "{fault:?}");
        assert_eq!(webhook.stand.calls() - before, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_webhook_that_hangs_is_not_called_again() {
    let mut webhook = FakeSms::start(Clock::manual(now())).await;
    let client = webhook.client(CALLS, SHORT);
    webhook.set_fault(Some(SmsFault::Slow));
    assert_eq!(send(&client, "123456").await, failure(Unavailable, true));
    assert!(webhook.stand.calls() <= 1);
    webhook.stand.stop().await;
    // Whoever is not there has sent nothing.
    assert_eq!(send(&client, "123456").await, failure(Unavailable, false));
}

#[tokio::test]
async fn a_storm_of_codes_reaches_the_webhook_bounded() {
    let webhook = FakeSms::start(Clock::manual(now())).await;
    webhook.set_fault(Some(SmsFault::Slow));
    let client = webhook.client(CALLS, LONG);
    let codes = (0..60).map(|n| format!("{n:06}")).collect();
    let send = async |code: &str| {
        let sent = client.send(&phone(), code, ADDRESS, now()).await;
        sent.map_err(|failure| failure.error)
    };
    assert_spares_the_platform(&webhook.stand, codes, send).await;
}

#[tokio::test]
async fn whoever_has_no_place_has_sent_nothing() {
    let webhook = FakeSms::start(Clock::manual(now())).await;
    webhook.set_fault(Some(SmsFault::Slow));
    let client = webhook.client(1, LONG);
    let phone = phone();
    let first = client.send(&phone, "123456", ADDRESS, now());
    let second = async {
        webhook.stand.calls_reach(1).await;
        let refused = client.send(&phone, "123456", ADDRESS, now()).await;
        let other = client.send(&phone, "654321", Uuid::from_u128(2), now());
        webhook.stand.answer_slow_calls();
        (refused, other.await)
    };
    let (first, (refused, other)) = in_time("answers", async { tokio::join!(first, second) }).await;
    assert_eq!(refused, failure(Busy, false));
    assert_eq!((first, other), (Ok(()), Ok(())));
}
