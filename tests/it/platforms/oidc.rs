use std::time::Duration;

use acclaim::auth::platform::CodeExchangeError::{self, InvalidCode, Unavailable};
use acclaim::auth::platform::oidc::Oidc;
use acclaim::clock::Clock;
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use jsonwebtoken::Algorithm;

use super::{ADDRESS, CALLS, LONG, MINUTE, SHORT, assert_spares_the_platform, misconfigured};
use crate::deadlines::in_time;
use crate::fake_platforms::oidc::{FakeOidc, OidcFault};
use crate::fake_platforms::visit;

const VERIFIER: &str = "app-secret-verifier-of-43-characters-0123456";
const NONCE: &str = "a nonce";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_750_000_000, 0).expect("a time")
}

async fn provider() -> FakeOidc {
    FakeOidc::start(Clock::manual(now())).await
}

/// The address that a browser is sent to.
async fn authorize_url(client: &Oidc) -> Result<String, CodeExchangeError> {
    let challenge = FakeOidc::challenge(VERIFIER);
    let address = client.authorize_url(FakeOidc::REDIRECT_URI, "state+1/2", NONCE, &challenge);
    address.await
}

/// A code that a browser of `person` comes back with.
async fn code_of(client: &Oidc, person: &str) -> String {
    let address = authorize_url(client).await.expect("it says where");
    let back = visit(&address, person).await;
    assert_eq!(back.state, "state+1/2");
    back.code
}

async fn exchange(client: &Oidc, code: &str) -> Result<String, CodeExchangeError> {
    let address = FakeOidc::REDIRECT_URI;
    let id = client.exchange_code(code, address, VERIFIER, NONCE, ADDRESS, now());
    id.await.map(|id| id.as_str().to_owned())
}

/// A sign-in from the beginning.
async fn sign_in(client: &Oidc, person: &str) -> Result<String, CodeExchangeError> {
    exchange(client, &code_of(client, person).await).await
}

fn lin() -> String {
    "openid-of-code-of-lin".to_owned()
}

#[tokio::test]
async fn a_person_has_the_providers_name_by_each_algorithm() {
    let provider = provider().await;
    for algorithm in [
        Algorithm::RS256,
        Algorithm::PS256,
        Algorithm::ES256,
        Algorithm::EdDSA,
    ] {
        provider.rotate_key(algorithm);
        let client = provider.client(CALLS, LONG);
        assert_eq!(sign_in(&client, "lin").await, Ok(lin()), "{algorithm:?}");
    }
    for algorithm in [Algorithm::RS512, Algorithm::PS384] {
        provider.rotate_key(algorithm);
        let client = provider.client(CALLS, LONG);
        assert_eq!(
            sign_in(&client, "lin").await,
            Err(Unavailable),
            "{algorithm:?}"
        );
    }
}

#[tokio::test]
async fn the_client_proves_itself_as_the_provider_wants() {
    let provider = provider().await;
    for methods in [
        &["client_secret_post"][..],
        &[
            "private_key_jwt",
            "client_secret_basic",
            "client_secret_post",
        ],
    ] {
        provider.set_client_authentication(methods);
        let client = provider.client(CALLS, LONG);
        assert_eq!(sign_in(&client, "lin").await, Ok(lin()), "{methods:?}");
    }
    let wrong = provider.client_with_secret(Some("app-secret of yesterday"), CALLS, LONG);
    assert_eq!(sign_in(&wrong, "lin").await, Err(misconfigured(401)));
    provider.set_client_authentication(&["private_key_jwt"]);
    let client = provider.client(CALLS, LONG);
    assert_eq!(authorize_url(&client).await, Err(Unavailable));
    provider.make_client_public();
    let client = provider.client_with_secret(None, CALLS, LONG);
    assert_eq!(sign_in(&client, "lin").await, Ok(lin()));
}

#[tokio::test]
async fn a_code_is_good_once_and_for_its_own_sign_in() {
    let provider = provider().await;
    let client = provider.client(CALLS, LONG);
    let code = code_of(&client, "lin").await;
    assert_eq!(exchange(&client, &code).await, Ok(lin()));
    assert_eq!(exchange(&client, &code).await, Err(InvalidCode));
    for (redirect_uri, verifier, nonce) in [
        ("https://vote.example.org/", VERIFIER, NONCE),
        (FakeOidc::REDIRECT_URI, "another", NONCE),
        (FakeOidc::REDIRECT_URI, VERIFIER, "another nonce"),
    ] {
        let code = code_of(&client, "lin").await;
        let id = client.exchange_code(&code, redirect_uri, verifier, nonce, ADDRESS, now());
        assert_eq!(
            id.await,
            Err(InvalidCode),
            "{redirect_uri} {verifier} {nonce}"
        );
    }
    let calls = provider.stand.calls();
    for no_code in ["", "code-of- lin", "code-of-林", &"code-of-".repeat(513)] {
        assert_eq!(exchange(&client, no_code).await, Err(InvalidCode));
    }
    assert_eq!(
        provider.stand.calls(),
        calls,
        "what cannot be a code is not sent"
    );
}

#[tokio::test]
async fn each_answer_has_its_meaning_and_one_call() {
    let provider = provider().await;
    let client = provider.client(CALLS, LONG);
    for (person, error) in [
        ("err-invalid_grant-code-of-lin", InvalidCode),
        ("err-invalid_client-code-of-lin", misconfigured(401)),
        ("err-unauthorized_client-code-of-lin", misconfigured(400)),
        ("err-of_another_year-code-of-lin", Unavailable),
        ("limited-code-of-lin", MINUTE),
        ("garbage-code-of-lin", Unavailable),
        ("http500-code-of-lin", Unavailable),
        ("cut-code-of-lin", Unavailable),
        ("long-code-of-lin", Unavailable),
    ] {
        let before = provider.stand.calls();
        assert_eq!(sign_in(&client, person).await, Err(error), "{person}");
        assert_eq!(provider.stand.calls() - before, 1, "{person}");
    }
}

#[tokio::test]
async fn a_token_that_is_wrong_lets_nobody_in() {
    let provider = provider().await;
    let client = provider.client(CALLS, LONG);
    for (fault, error) in [
        (OidcFault::OtherIssuer, Unavailable),
        (OidcFault::OtherAudience, Unavailable),
        (OidcFault::SeveralAudiences, Unavailable),
        (OidcFault::OtherAuthorizedParty, Unavailable),
        (OidcFault::OtherNonce, InvalidCode),
        (OidcFault::NoNonce, InvalidCode),
        (OidcFault::Expired, Unavailable),
        (OidcFault::OfTheFuture, Unavailable),
        (OidcFault::NoExpiry, Unavailable),
        (OidcFault::NoSubject, Unavailable),
        (OidcFault::SubjectOfWrongType, Unavailable),
        (OidcFault::AlgorithmNone, Unavailable),
        (OidcFault::PublicKeyAsSecret, Unavailable),
        (OidcFault::ForgedKey, Unavailable),
        (OidcFault::UnknownKey, Unavailable),
        (OidcFault::Altered, Unavailable),
        (OidcFault::CriticalExtension, Unavailable),
        (OidcFault::NoIdToken, Unavailable),
        (OidcFault::NotAToken, Unavailable),
    ] {
        provider.set_fault(Some(fault));
        assert_eq!(sign_in(&client, "lin").await, Err(error), "{fault:?}");
        provider.set_fault(None);
        assert_eq!(sign_in(&client, "lin").await, Ok(lin()), "after {fault:?}");
    }
}

#[tokio::test]
async fn a_provider_that_does_not_describe_itself_is_unavailable() {
    let provider = provider().await;
    let client = provider.client(CALLS, LONG);
    for fault in [
        OidcFault::DocumentOfAnotherIssuer,
        OidcFault::PlainTokenEndpoint,
        OidcFault::NoTokenEndpoint,
        OidcFault::DocumentCutOff,
        OidcFault::LongDocument,
        OidcFault::DocumentMoved,
        OidcFault::NoDocument,
        OidcFault::NoKeys,
    ] {
        provider.set_fault(Some(fault));
        assert_eq!(authorize_url(&client).await, Err(Unavailable), "{fault:?}");
        assert_eq!(
            exchange(&client, "ok-code-of-lin").await,
            Err(Unavailable),
            "{fault:?}"
        );
    }
    assert_eq!(provider.stand.calls(), 0, "no code was sent anywhere");
    provider.set_fault(None);
    assert_eq!(
        sign_in(&client, "lin").await,
        Ok(lin()),
        "it is asked again"
    );
    // What is known stays known while the provider has a bad hour.
    provider.set_fault(Some(OidcFault::NoDocument));
    assert_eq!(sign_in(&client, "lin").await, Ok(lin()));
}

#[tokio::test]
async fn a_provider_that_hangs_or_is_gone_is_unavailable() {
    let mut provider = provider().await;
    provider.set_fault(Some(OidcFault::SlowDocument));
    let client = provider.client(CALLS, SHORT);
    let addresses = join_all((0..10).map(|_| authorize_url(&client)));
    let addresses = tokio::time::timeout(Duration::from_secs(10), addresses);
    let addresses = addresses.await.expect("all wait at the same time");
    assert!(
        addresses
            .into_iter()
            .all(|address| address == Err(Unavailable))
    );
    provider.set_fault(None);
    let patient = provider.client(CALLS, LONG);
    let code = code_of(&patient, "slow-code-of-lin").await;
    assert!(authorize_url(&client).await.is_ok());
    assert_eq!(
        in_time("an answer", exchange(&client, &code)).await,
        Err(Unavailable)
    );
    assert!(
        provider.stand.calls() <= 1,
        "after a time-out the code may be used"
    );
    provider.stand.stop().await;
    let gone = in_time("an answer", exchange(&client, "ok-code-of-lin")).await;
    assert_eq!(gone, Err(Unavailable));
}

#[tokio::test]
async fn a_provider_is_read_once_however_many_ask() {
    let provider = provider().await;
    let client = provider.client(CALLS, LONG);
    let addresses = join_all((0..100).map(|_| authorize_url(&client))).await;
    assert!(addresses.iter().all(Result::is_ok));
    assert_eq!(sign_in(&client, "lin").await, Ok(lin()));
    assert_eq!(provider.documents(), 1);
}

#[tokio::test]
async fn a_new_key_is_looked_up_once_and_junk_is_not() {
    let provider = provider().await;
    let client = provider.client(16, LONG);
    assert_eq!(sign_in(&client, "lin").await, Ok(lin()));
    provider.rotate_key(Algorithm::EdDSA);
    let together = join_all((0..15).map(|_| sign_in(&client, "lin"))).await;
    assert!(
        together.iter().all(|answer| *answer == Ok(lin())),
        "{together:?}"
    );
    assert_eq!(provider.documents(), 2);
    provider.set_fault(Some(OidcFault::UnknownKey));
    for _ in 0..10 {
        assert_eq!(sign_in(&client, "lin").await, Err(Unavailable));
    }
    assert_eq!(
        provider.documents(),
        2,
        "junk does not make us hammer the provider"
    );
    provider.set_fault(None);
    assert_eq!(sign_in(&client, "lin").await, Ok(lin()));
}

#[tokio::test]
async fn a_storm_of_sign_ins_reaches_the_provider_bounded() {
    let provider = provider().await;
    let client = provider.client(CALLS, LONG);
    let mut codes = Vec::new();
    for n in 0..60 {
        codes.push(code_of(&client, &format!("slow-code-of-{n}")).await);
    }
    let exchange = async |code: &str| exchange(&client, code).await;
    assert_spares_the_platform(&provider.stand, codes, exchange).await;
}
