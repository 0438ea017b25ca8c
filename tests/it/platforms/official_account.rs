use std::collections::HashSet;
use std::time::Duration;

use acclaim::auth::platform::CodeExchangeError::{HighRisk, InvalidCode, Unavailable};
use acclaim::auth::platform::official_account::OfficialAccount;
use chrono::{DateTime, Utc};
use futures_util::future::join_all;

use super::{ADDRESS, CALLS, HOUR, LONG, MINUTE, SHORT, assert_spares_the_platform, misconfigured};
use crate::deadlines::in_time;
use crate::fake_platforms::official_account::FakeOfficialAccount;
use crate::fake_platforms::visit;

const PAGE: &str = "https://vote.example.org/c/fair?from=a b";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_750_000_000, 0).expect("a time")
}

#[tokio::test]
async fn a_browser_is_sent_to_the_platform_and_comes_back_as_somebody() {
    let platform = FakeOfficialAccount::start().await;
    let client = platform.client(CALLS, LONG);
    let address = client.authorize_url(PAGE, "state+1/2=3");
    let back = visit(&address, "lin").await;
    assert_eq!(back.state, "state+1/2=3");
    let lin = client
        .exchange_code(&back.code, ADDRESS)
        .await
        .expect("an account");
    assert_eq!(lin.account.openid.as_str(), "openid-of-web-code-of-lin");
    let unionid = lin.account.unionid.as_ref().expect("the account is bound");
    assert_eq!(unionid.as_str(), "unionid-of-code-of-lin");
    assert!(!lin.is_snapshot);
    let again = visit(&address, "lin").await;
    assert_ne!(again.code, back.code);
    assert_eq!(client.exchange_code(&again.code, ADDRESS).await, Ok(lin));
    platform.stand.next_person("wen!");
    let wen = visit(&address, "lin").await;
    let wen = client
        .exchange_code(&wen.code, ADDRESS)
        .await
        .expect("an account");
    assert_eq!(wen.account.openid.as_str(), "openid-of-web-code-of-wen");
    assert_eq!(wen.account.unionid, None);
}

#[tokio::test]
async fn a_virtual_user_is_known_for_one() {
    let platform = FakeOfficialAccount::start().await;
    let client = platform.client(CALLS, LONG);
    let address = client.authorize_url(PAGE, "state");
    let back = visit(&address, "snapshot-code-of-lin").await;
    let account = client
        .exchange_code(&back.code, ADDRESS)
        .await
        .expect("an account");
    assert!(account.is_snapshot);
}

#[tokio::test]
async fn each_answer_has_its_meaning_and_its_number_of_calls() {
    let platform = FakeOfficialAccount::start().await;
    let client = platform.client(CALLS, LONG);
    let exchange = async |code: &str| client.exchange_code(code, ADDRESS).await;
    assert!(exchange("busyonce-code-of-wen").await.is_ok());
    assert_eq!(platform.stand.calls(), 2);
    assert!(exchange("ok-code-of-lin").await.is_ok());
    for (code, error, calls) in [
        ("ok-code-of-lin", InvalidCode, 1),
        ("bad-code-of-lin", InvalidCode, 1),
        ("err40029-code-of-lin", InvalidCode, 1),
        ("err42003-code-of-lin", InvalidCode, 1),
        ("err40226-code-of-lin", HighRisk, 1),
        ("err45011-code-of-lin", MINUTE, 1),
        ("err45009-code-of-lin", HOUR, 1),
        ("err41008-code-of-lin", misconfigured(41008), 1),
        ("err40164-code-of-lin", misconfigured(40164), 1),
        ("err48001-code-of-lin", misconfigured(48001), 1),
        ("err99999-code-of-lin", Unavailable, 1),
        ("busy-code-of-lin", Unavailable, 3),
        ("missing-code-of-lin", Unavailable, 1),
        ("wrongtype-code-of-lin", Unavailable, 1),
        ("garbage-code-of-lin", Unavailable, 1),
        ("http500-code-of-lin", Unavailable, 1),
        ("cut-code-of-lin", Unavailable, 1),
        ("long-code-of-lin", Unavailable, 1),
        ("", InvalidCode, 0),
        ("code-of- lin", InvalidCode, 0),
        ("code-of-林", InvalidCode, 0),
        (&"code-of-".repeat(17), InvalidCode, 0),
    ] {
        let before = platform.stand.calls();
        assert_eq!(exchange(code).await, Err(error), "{code}");
        assert_eq!(platform.stand.calls() - before, calls, "{code}");
    }
    let wrong = platform.client_with_secret("app-secret of yesterday", CALLS, LONG);
    let refused = wrong.exchange_code("ok-code-of-hu", ADDRESS).await;
    assert_eq!(refused, Err(misconfigured(40125)));
}

#[tokio::test]
async fn a_platform_that_hangs_or_is_gone_is_unavailable() {
    let mut platform = FakeOfficialAccount::start().await;
    let client = platform.client(CALLS, SHORT);
    let exchange =
        async |code: &str| in_time("an answer", client.exchange_code(code, ADDRESS)).await;
    assert_eq!(exchange("slow-code-of-lin").await, Err(Unavailable));
    assert!(
        platform.stand.calls() <= 1,
        "after a time-out the code may be used"
    );
    platform.stand.stop().await;
    assert_eq!(exchange("ok-code-of-lin").await, Err(Unavailable));
    let share = in_time("an answer", client.sign_share(PAGE, now())).await;
    assert_eq!(share, Err(Unavailable));
}

#[tokio::test]
async fn a_storm_of_sign_ins_reaches_the_platform_bounded() {
    let platform = FakeOfficialAccount::start().await;
    let client = platform.client(CALLS, LONG);
    let codes = (0..60).map(|n| format!("slow-code-of-{n}")).collect();
    let exchange = async |code: &str| client.exchange_code(code, ADDRESS).await;
    assert_spares_the_platform(&platform.stand, codes, exchange).await;
}

async fn sign(client: &OfficialAccount) -> bool {
    let share = client.sign_share(&format!("{PAGE}#comments"), now()).await;
    share.is_ok_and(|share| FakeOfficialAccount::takes(&share, PAGE))
}

#[tokio::test]
async fn a_hundred_pages_are_signed_with_one_ticket() {
    let platform = FakeOfficialAccount::start().await;
    let client = platform.client(CALLS, LONG);
    let shares = (0..100).map(|n| {
        let client = &client;
        async move {
            let url = format!("https://vote.example.org/c/{n}");
            let share = client.sign_share(&url, now()).await.expect("a signature");
            assert!(FakeOfficialAccount::takes(&share, &url), "{share:?}");
            assert_eq!(share.timestamp, 1_750_000_000);
            share.nonce
        }
    });
    let nonces: HashSet<String> = join_all(shares).await.into_iter().collect();
    assert_eq!(nonces.len(), 100);
    assert!(sign(&client).await, "the fragment is not signed");
    assert_eq!((platform.tokens(), platform.tickets()), (1, 1));
}

#[tokio::test]
async fn a_token_that_is_refused_is_fetched_anew_once() {
    let platform = FakeOfficialAccount::start().await;
    platform.end_next_token();
    let client = platform.client(CALLS, LONG);
    let shares = join_all((0..100).map(|_| sign(&client))).await;
    assert!(shares.into_iter().all(|is_good| is_good));
    assert_eq!((platform.tokens(), platform.tickets()), (2, 2));
    // Where a new one does not help, there is no third.
    let platform = FakeOfficialAccount::start().await;
    platform.refuse_tickets(42001);
    let client = platform.client(CALLS, LONG);
    assert_eq!(client.sign_share(PAGE, now()).await, Err(Unavailable));
    assert_eq!((platform.tokens(), platform.tickets()), (2, 2));
}

#[tokio::test]
async fn a_ticket_that_is_refused_is_one_failure_for_all_who_wait() {
    let platform = FakeOfficialAccount::start().await;
    platform.refuse_tickets(48001);
    platform.hold_tickets();
    let client = platform.client(CALLS, LONG);
    let shares = join_all((0..100).map(|_| client.sign_share(PAGE, now())));
    let answer_when_asked = async {
        while platform.tickets() == 0 {
            tokio::task::yield_now().await;
        }
        platform.stand.answer_slow_calls();
    };
    let (shares, ()) = tokio::join!(shares, answer_when_asked);
    assert!(
        shares
            .into_iter()
            .all(|share| share == Err(misconfigured(48001)))
    );
    assert_eq!(platform.tickets(), 1);
    platform.refuse_tickets(0);
    assert!(sign(&client).await, "who comes later asks again");
    let wrong = platform.client_with_secret("app-secret of yesterday", CALLS, LONG);
    assert_eq!(
        wrong.sign_share(PAGE, now()).await,
        Err(misconfigured(40125))
    );
}

#[tokio::test]
async fn nobody_waits_long_for_a_card() {
    let platform = FakeOfficialAccount::start().await;
    platform.hold_tickets();
    let client = platform.client(CALLS, SHORT);
    let shares = join_all((0..10).map(|_| client.sign_share(PAGE, now())));
    let shares = tokio::time::timeout(Duration::from_secs(10), shares);
    let shares = shares.await.expect("all wait at the same time");
    assert!(shares.into_iter().all(|share| share == Err(Unavailable)));
}
