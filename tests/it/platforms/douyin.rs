use acclaim::auth::platform::CodeExchangeError::{HighRisk, InvalidCode, Unavailable};

use super::{ADDRESS, CALLS, HOUR, LONG, MINUTE, SHORT, assert_spares_the_platform, misconfigured};
use crate::deadlines::in_time;
use crate::fake_platforms::douyin::FakeDouyin;

#[tokio::test]
async fn each_answer_has_its_meaning_and_one_call() {
    let platform = FakeDouyin::start().await;
    let client = platform.client(CALLS, LONG);
    let exchange = async |code: &str| client.exchange_code(code, ADDRESS).await;
    let lin = exchange("ok-code-of-lin").await.expect("an account");
    assert_eq!(lin.openid.as_str(), "openid-of-code-of-lin");
    let unionid = lin.unionid.expect("there always is one");
    assert_eq!(unionid.as_str(), "unionid-of-code-of-lin");
    for (code, error, calls) in [
        ("ok-code-of-lin", InvalidCode, 1),
        ("bad-code-of-lin", InvalidCode, 1),
        ("refused-code-of-lin", InvalidCode, 1),
        ("err40019-code-of-lin", InvalidCode, 1),
        ("err28001046-code-of-lin", HighRisk, 1),
        ("err28003018-code-of-lin", MINUTE, 1),
        ("err28003017-code-of-lin", HOUR, 1),
        ("err40014-code-of-lin", misconfigured(40014), 1),
        ("err40015-code-of-lin", misconfigured(40015), 1),
        ("err28001016-code-of-lin", misconfigured(28_001_016), 1),
        ("busy-code-of-lin", Unavailable, 1),
        ("err99999-code-of-lin", Unavailable, 1),
        ("anonymous-code-of-lin", Unavailable, 1),
        ("missing-code-of-lin", Unavailable, 1),
        ("wrongtype-code-of-lin", Unavailable, 1),
        ("garbage-code-of-lin", Unavailable, 1),
        ("http500-code-of-lin", Unavailable, 1),
        ("cut-code-of-lin", Unavailable, 1),
        ("long-code-of-lin", Unavailable, 1),
        ("", InvalidCode, 0),
        ("code-of- lin", InvalidCode, 0),
        (&"code-of-".repeat(65), InvalidCode, 0),
    ] {
        let before = platform.stand.calls();
        assert_eq!(exchange(code).await, Err(error), "{code}");
        assert_eq!(platform.stand.calls() - before, calls, "{code}");
    }
    let wrong = platform.client_with_secret("app-secret of yesterday", CALLS, LONG);
    let refused = wrong.exchange_code("ok-code-of-hu", ADDRESS).await;
    assert_eq!(refused, Err(misconfigured(40017)));
}

#[tokio::test]
async fn a_platform_that_hangs_or_is_gone_is_unavailable() {
    let mut platform = FakeDouyin::start().await;
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
}

#[tokio::test]
async fn a_storm_of_sign_ins_reaches_the_platform_bounded() {
    let platform = FakeDouyin::start().await;
    let client = platform.client(CALLS, LONG);
    let codes = (0..60).map(|n| format!("slow-code-of-{n}")).collect();
    let exchange = async |code: &str| client.exchange_code(code, ADDRESS).await;
    assert_spares_the_platform(&platform.stand, codes, exchange).await;
}
