//! Any `OpenID` Connect provider: an association's own, a university's, a Keycloak.
//!
//! Protocol: [OpenID Connect Core 1.0], the authorization code flow with PKCE ([RFC 7636]). The page sends the browser
//! to the provider, which sends it back with a code; the token endpoint gives an id token for it, whose `sub` is the
//! name that the provider has for the person. Nothing else of it is read.
//!
//! The client is safe by three secrets of one sign-in, which the caller makes at random and binds to the browser:
//! `state` comes back with the code, the verifier of the code challenge proves to the provider that the code is ours,
//! and the nonce in the id token proves that the token is for this sign-in.
//!
//! `provider` reads where everything is and with which keys it signs, `id_token` decides on a token.
//!
//! [OpenID Connect Core 1.0]: https://openid.net/specs/openid-connect-core-1_0.html
//! [RFC 7636]: https://www.rfc-editor.org/rfc/rfc7636

mod id_token;
mod keys;
mod provider;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use form_urlencoded::byte_serialize;
use parking_lot::Mutex;
use serde::Deserialize;
use tokio::time::Instant;
use uuid::Uuid;

use self::id_token::{Expected, IdToken};
use self::provider::{ClientAuthentication, Provider};
use super::failure::{CodeExchangeError, Failure, report};
use super::gate::Gate;
use super::kept::Kept;
use super::outbound::{Outbound, read_any};
use super::{PlatformId, is_code};
use crate::auth::secret::Secret;
use crate::telemetry::RequestId;

/// The provider's name in logs.
const PLATFORM: &str = "The OpenID provider";
/// The longest code: some providers put a whole encrypted session into it.
const CODE_LENGTH_MAX: usize = 4096;
/// The longest answer of the token endpoint, which has tokens with whatever claims the provider likes.
const TOKEN_BYTES_MAX: usize = 64 * 1024;
/// The pause before the provider is asked once more for a key that it does not have: junk must not make us hammer it.
const SEARCH_PAUSE: Duration = Duration::from_secs(30);

/// The settings of a provider.
#[derive(Debug, Clone)]
pub struct OidcConfig {
    /// Its issuer, exactly as its tokens have it: `https://sso.example.org/realms/vote`. By http on this machine only.
    pub issuer: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there; without one we are a public client, and PKCE alone guards the code.
    pub client_secret: Option<Secret>,
    /// The words on the button.
    pub name: String,
    /// Calls under way at once, taken as at least 1 and at most 4,096; four times as many sign-ins may wait.
    pub concurrency_max: usize,
    /// Time for one call, and the longest wait for its turn.
    pub timeout: Duration,
}

/// The client of a provider. One for the process: it holds the bound on outbound calls, and the provider's keys.
#[derive(Debug)]
pub struct Oidc {
    outbound: Outbound,
    issuer: String,
    client_id: String,
    client_secret: Option<Secret>,
    name: String,
    gate: Gate,
    provider: Kept<Arc<Provider>>,
    /// The last time that the provider was read anew for a key that we did not know.
    searched_at: Mutex<Option<Instant>>,
}

impl Oidc {
    /// The issuer: a `sub` means something only together with it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The words on the button.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Prepares the client; calls nothing.
    ///
    /// # Errors
    ///
    /// When the issuer is not a URL, or the TLS roots of this machine cannot be loaded.
    pub fn new(config: OidcConfig) -> Result<Self, reqwest::Error> {
        Ok(Self {
            outbound: Outbound::new(&config.issuer, config.timeout)?,
            issuer: config.issuer,
            client_id: config.client_id,
            client_secret: config.client_secret,
            name: config.name,
            gate: Gate::new(config.concurrency_max, config.timeout),
            provider: Kept::new(config.timeout),
            searched_at: Mutex::default(),
        })
    }

    /// The address that a browser is sent to: the provider sends it back to `redirect_uri` with a code and `state`.
    /// `code_challenge` is that of the verifier by S256.
    ///
    /// # Errors
    ///
    /// [`CodeExchangeError::Unavailable`], with a line in the log, when the provider does not say where that is.
    pub async fn authorize_url(
        &self,
        redirect_uri: &str,
        state: &str,
        nonce: &str,
        code_challenge: &str,
    ) -> Result<String, CodeExchangeError> {
        let provider = self.provider.get(|_| true, self.fetch_provider()).await;
        let provider = provider.map_err(|failure| {
            let request = RequestId::current();
            tracing::warn!(request, %failure, "{PLATFORM} does not say where people sign in");
            sort(&failure)
        })?;
        let mut address = provider.authorization_endpoint.clone();
        address.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", redirect_uri),
            ("scope", "openid"),
            ("state", state),
            ("nonce", nonce),
            ("code_challenge", code_challenge),
            ("code_challenge_method", "S256"),
        ]);
        Ok(address.into())
    }

    /// Turns the code that a browser came back with into the provider's name for the person; with the bounds and the
    /// log lines of [`super::WeChat::exchange_code`], and one call for the code, which is good once.
    ///
    /// `redirect_uri`, `verifier` and `nonce` are those of the sign-in that the browser's state stands for.
    ///
    /// # Errors
    ///
    /// See [`CodeExchangeError`]. An id token of another sign-in is [`CodeExchangeError::InvalidCode`].
    pub async fn exchange_code(
        &self,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
        nonce: &str,
        address: Uuid,
        now: DateTime<Utc>,
    ) -> Result<PlatformId, CodeExchangeError> {
        if !is_code(code, CODE_LENGTH_MAX) {
            return Err(CodeExchangeError::InvalidCode);
        }
        let _pass = self.gate.enter(address).await?;
        let answered = self.call(code, redirect_uri, verifier, nonce, now).await;
        answered.map_err(|failure| report(PLATFORM, &failure, sort(&failure)))
    }

    async fn call(
        &self,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
        nonce: &str,
        now: DateTime<Utc>,
    ) -> Result<PlatformId, Failure> {
        let provider = self.provider.get(|_| true, self.fetch_provider()).await?;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let secret = self.client_secret.as_ref().map(Secret::reveal);
        match (provider.client_authentication, secret) {
            (ClientAuthentication::Basic, Some(_)) => {}
            (ClientAuthentication::Post, Some(secret)) => {
                fields.extend([
                    ("client_id", self.client_id.as_str()),
                    ("client_secret", secret),
                ]);
            }
            (_, None) => fields.push(("client_id", &self.client_id)),
        }
        let mut request = self
            .outbound
            .post_form(provider.token_endpoint.clone(), &fields);
        if let (ClientAuthentication::Basic, Some(secret)) =
            (provider.client_authentication, secret)
        {
            // Encoded before they are joined (RFC 6749, section 2.3.1): either may have a colon.
            let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            request = request.basic_auth(encode(&self.client_id), Some(encode(secret)));
        }
        let (status, answer) = read_any(request, TOKEN_BYTES_MAX).await?;
        let token = parse_token_answer(status, &answer)?;
        let token = IdToken::parse(&token)?;
        let provider = self.provider_with_key(&token).await?;
        token.verify(
            &provider.keys,
            &Expected {
                issuer: &self.issuer,
                client_id: &self.client_id,
                nonce,
                now,
            },
        )
    }

    /// The provider with the key of a token, as far as it has one: read anew where we do not know the key, which is how
    /// providers change theirs.
    async fn provider_with_key(&self, token: &IdToken<'_>) -> Result<Arc<Provider>, Failure> {
        // Asked while nobody else reads: whoever comes with the same new key finds it, and searches for nothing.
        let is_good = |provider: &Arc<Provider>| {
            provider.keys.has_key_of(&token.signed)
                || !may_search(&self.searched_at, Instant::now())
        };
        self.provider.get(is_good, self.fetch_provider()).await
    }

    async fn fetch_provider(&self) -> Result<(Arc<Provider>, Duration), Failure> {
        let provider = Provider::fetch(&self.outbound, &self.issuer, self.client_secret.is_some());
        Ok((Arc::new(provider.await?), provider::LIFETIME))
    }
}

/// Whether the provider may be read anew for a key that we do not know; notes that it is.
fn may_search(searched_at: &Mutex<Option<Instant>>, now: Instant) -> bool {
    let mut searched_at = searched_at.lock();
    let is_pause = searched_at.is_some_and(|at| now.duration_since(at) < SEARCH_PAUSE);
    if !is_pause {
        *searched_at = Some(now);
    }
    !is_pause
}

/// The meaning of a failure for a sign-in, by the names of RFC 6749, section 5.2.
fn sort(failure: &Failure) -> CodeExchangeError {
    match failure {
        Failure::NotOurs => CodeExchangeError::InvalidCode,
        Failure::Status(429) => CodeExchangeError::MINUTE_QUOTA,
        Failure::Named { number, name } => match name.as_str() {
            "invalid_grant" => CodeExchangeError::InvalidCode,
            "invalid_client"
            | "invalid_request"
            | "invalid_scope"
            | "unauthorized_client"
            | "unsupported_grant_type" => CodeExchangeError::Misconfigured { errcode: *number },
            _ => CodeExchangeError::Unavailable,
        },
        _ => CodeExchangeError::Unavailable,
    }
}

/// Reads the body of an answer of the token endpoint: the id token.
fn parse_token_answer(status: u16, answer: &[u8]) -> Result<String, Failure> {
    /// The fields we want; access and refresh tokens are skipped by the parser.
    #[derive(Deserialize)]
    struct Answer {
        id_token: Option<String>,
        error: Option<String>,
    }

    if status == 429 {
        return Err(Failure::Status(status));
    }
    let answer: Result<Answer, _> = serde_json::from_slice(answer);
    match answer {
        Ok(Answer {
            error: Some(error), ..
        }) => Err(Failure::named(status.into(), &error)),
        _ if status != 200 => Err(Failure::Status(status)),
        Err(_) => Err(Failure::AnswerUnreadable),
        Ok(Answer { id_token, .. }) => id_token.ok_or(Failure::AnswerIncomplete),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_of_the_token_endpoint_are_sorted() {
        use CodeExchangeError::{InvalidCode, Misconfigured, Unavailable};
        let outcome = |status: u16, answer: &str| {
            let token = parse_token_answer(status, answer.as_bytes());
            token.map_err(|failure| sort(&failure))
        };
        let ok = r#"{"access_token":"a","token_type":"Bearer","expires_in":60,"id_token":"i"}"#;
        assert_eq!(outcome(200, ok), Ok("i".to_owned()));
        let refused = |errcode| Misconfigured { errcode };
        for (status, answer, error) in [
            (
                400,
                r#"{"error":"invalid_grant","error_description":"x"}"#,
                InvalidCode,
            ),
            (401, r#"{"error":"invalid_client"}"#, refused(401)),
            (400, r#"{"error":"invalid_request"}"#, refused(400)),
            (400, r#"{"error":"invalid_scope"}"#, refused(400)),
            (400, r#"{"error":"unauthorized_client"}"#, refused(400)),
            (400, r#"{"error":"unsupported_grant_type"}"#, refused(400)),
            (400, r#"{"error":"of another year"}"#, Unavailable),
            (503, r#"{"error":"temporarily_unavailable"}"#, Unavailable),
            (
                200,
                r#"{"error":"invalid_grant","id_token":"i"}"#,
                InvalidCode,
            ),
            (429, "slow down", CodeExchangeError::MINUTE_QUOTA),
            (500, ok, Unavailable),
            (302, ok, Unavailable),
            (200, "<html>busy</html>", Unavailable),
            (200, r#"{"access_token":"a"}"#, Unavailable),
            (200, r#"{"id_token":null}"#, Unavailable),
            (200, r#"{"id_token":["i"]}"#, Unavailable),
            (200, &ok[..ok.len() - 1], Unavailable),
        ] {
            assert_eq!(outcome(status, answer), Err(error), "{status} {answer}");
        }
    }

    #[test]
    fn a_key_that_nobody_has_is_searched_for_now_and_then() {
        let (searched_at, now) = (Mutex::default(), Instant::now());
        assert!(may_search(&searched_at, now));
        assert!(!may_search(&searched_at, now + SEARCH_PAUSE / 2));
        assert!(may_search(&searched_at, now + SEARCH_PAUSE));
        assert!(!may_search(&searched_at, now + SEARCH_PAUSE));
    }

    #[test]
    fn debug_texts_keep_secrets() {
        let config = OidcConfig {
            issuer: "http://127.0.0.1:1".to_owned(),
            client_id: "vote".to_owned(),
            client_secret: Some("private".to_owned().into()),
            name: "Association".to_owned(),
            concurrency_max: 1,
            timeout: Duration::from_secs(1),
        };
        let shown = format!(
            "{config:?} {:?}",
            Oidc::new(config.clone()).expect("a client")
        );
        assert!(!shown.contains("private"), "{shown}");
    }
}
