use acclaim::auth::platform::CodeExchangeError::{InvalidCode, Unavailable};
use acclaim::config::SignInSettings;
use chrono::{DateTime, Utc};
use clap::Parser as _;

use super::{ADDRESS, CALLS, LONG, MINUTE, SHORT, assert_spares_the_platform, misconfigured};
use crate::deadlines::in_time;
use crate::fake_platforms::alipay::FakeAlipay;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_750_000_000, 0).expect("a time")
}

#[tokio::test]
async fn each_answer_has_its_meaning_and_one_call() {
    let platform = FakeAlipay::start().await;
    let client = platform.client(CALLS, LONG);
    let exchange = async |code: &str| client.exchange_code(code, ADDRESS, now()).await;
    let lin = exchange("ok-code-of-lin").await.expect("an account");
    assert_eq!(lin.openid.as_str(), "open_id:openid-of-code-of-lin");
    assert_eq!(lin.unionid, None);
    let old = exchange("user-code-of-lin").await.expect("an account");
    assert_eq!(old.openid.as_str(), "user_id:openid-of-code-of-lin");
    for (code, error, calls) in [
        ("ok-code-of-lin", InvalidCode, 1),
        ("bad-code-of-lin", InvalidCode, 1),
        ("other-code-of-lin", InvalidCode, 1),
        ("limited-code-of-lin", MINUTE, 1),
        ("unknown-code-of-lin", Unavailable, 1),
        ("unsigned-code-of-lin", Unavailable, 1),
        ("forged-code-of-lin", Unavailable, 1),
        ("altered-code-of-lin", Unavailable, 1),
        ("missing-code-of-lin", Unavailable, 1),
        ("wrongtype-code-of-lin", Unavailable, 1),
        ("garbage-code-of-lin", Unavailable, 1),
        ("http500-code-of-lin", Unavailable, 1),
        ("cut-code-of-lin", Unavailable, 1),
        ("long-code-of-lin", Unavailable, 1),
        ("", InvalidCode, 0),
        ("code-of- lin", InvalidCode, 0),
        (&"code-of-".repeat(17), InvalidCode, 0),
    ] {
        let before = platform.stand.calls();
        assert_eq!(exchange(code).await, Err(error), "{code}");
        assert_eq!(platform.stand.calls() - before, calls, "{code}");
    }
    // What is sent is encoded as a form, and signed as it is.
    assert!(exchange("ok-code-of-a&b=c+d%20e").await.is_ok());
    let wrong = platform.client_with_other_key();
    let refused = wrong.exchange_code("ok-code-of-hu", ADDRESS, now()).await;
    assert_eq!(refused, Err(misconfigured(40002)));
}

#[tokio::test]
async fn a_platform_that_hangs_or_is_gone_is_unavailable() {
    let mut platform = FakeAlipay::start().await;
    let client = platform.client(CALLS, SHORT);
    let exchange = async |code: &str| {
        let answer = client.exchange_code(code, ADDRESS, now());
        in_time("an answer", answer).await
    };
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
    let platform = FakeAlipay::start().await;
    let client = platform.client(CALLS, LONG);
    let codes = (0..60).map(|n| format!("slow-code-of-{n}")).collect();
    let exchange = async |code: &str| client.exchange_code(code, ADDRESS, now()).await;
    assert_spares_the_platform(&platform.stand, codes, exchange).await;
}

#[tokio::test]
async fn the_settings_name_files_of_keys() {
    #[derive(clap::Parser)]
    struct Program {
        #[command(flatten)]
        settings: SignInSettings,
    }
    let platform = FakeAlipay::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let private = file("private.pem", FakeAlipay::app_private_key());
    let public = file("public.pem", FakeAlipay::public_key());
    let program = Program::parse_from([
        "acclaim".to_owned(),
        format!("--alipay-app-id={}", FakeAlipay::APP_ID),
        format!("--alipay-private-key-file={private}"),
        format!("--alipay-public-key-file={public}"),
        format!("--alipay-gateway-url={}", platform.gateway_url()),
    ]);
    let platforms = program.settings.platforms(None).expect("good settings");
    let client = platforms.alipay.expect("it is set up");
    assert_eq!(client.app_id(), FakeAlipay::APP_ID);
    let account = client.exchange_code("ok-code-of-lin", ADDRESS, now()).await;
    assert!(account.is_ok(), "{account:?}");
}
