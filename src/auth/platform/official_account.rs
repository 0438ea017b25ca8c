//! The official account of `WeChat`: signs in people on web pages inside it, and signs pages that are shared as cards.
//!
//! Protocol: the page sends the browser to the platform ([`OfficialAccount::authorize_url`]), which sends it back with
//! a code, good for five minutes and one use; [snsAccessToken] turns it into an openid, that of this account, and where
//! it is bound and the scope allows into a unionid. In the browse-only mode of the platform's, whoever has not tapped
//! "use the full service" is a virtual user: [`WebAccount::is_snapshot`]. That one must never become a voter.
//!
//! A page that is shared is signed with a ticket of the app's, good for two hours and counted by the platform: it is
//! fetched once for everybody ([JS-SDK]).
//!
//! [snsAccessToken]: https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken.html
//! [JS-SDK]: https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html

use std::time::Duration;

use aws_lc_rs::digest;
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use form_urlencoded::byte_serialize;
use reqwest::Url;
use serde::Deserialize;
use uuid::Uuid;

use super::failure::{CodeExchangeError, Failure, report};
use super::gate::Gate;
use super::kept::Kept;
use super::outbound::{ANSWER_BYTES_MAX, below, read};
use super::wechat_app::{CODE_LENGTH_MAX, WeChatApp, lasting, parse_account, sort, until_not_busy};
use super::{Account, is_code};
use crate::auth::secret::{self, Secret};
use crate::telemetry::RequestId;

/// The platform's name in logs.
const PLATFORM: &str = "WeChat's official account";

/// The settings of the official account.
#[derive(Debug, Clone)]
pub struct OfficialAccountConfig {
    /// Its `AppID`.
    pub app_id: String,
    /// Its `AppSecret`.
    pub secret: Secret,
    /// Scheme and host of the platform's API, `https://api.weixin.qq.com` but in tests. The secret travels in the
    /// query.
    pub base_url: String,
    /// Scheme and host that browsers are sent to, `https://open.weixin.qq.com` but in tests.
    pub authorize_url: String,
    /// How much is asked of the platform.
    pub scope: WebScope,
    /// Calls under way at once, taken as at least 1 and at most 4,096; four times as many sign-ins may wait.
    pub concurrency_max: usize,
    /// Time for one call, and the longest wait for its turn.
    pub timeout: Duration,
}

/// How much a sign-in asks of the platform, by the platform's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum WebScope {
    /// The openid, without a question to the person; the unionid of few, such as who follows the account.
    #[value(name = "snsapi_base")]
    Base,
    /// The unionid of everybody, where the account is bound: the person is asked to agree.
    #[value(name = "snsapi_userinfo")]
    UserInfo,
}

impl WebScope {
    fn name(self) -> &'static str {
        match self {
            Self::Base => "snsapi_base",
            Self::UserInfo => "snsapi_userinfo",
        }
    }
}

/// The official account. One for the process: it holds the bound on outbound calls, and the ticket.
#[derive(Debug)]
pub struct OfficialAccount {
    app: WeChatApp,
    gate: Gate,
    authorize_base: Url,
    scope: WebScope,
    ticket: Kept<Secret>,
}

/// A person in a web page, as the platform knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAccount {
    /// The account.
    pub account: Account,
    /// Whether it is a virtual one of the browse-only mode, another one each time.
    pub is_snapshot: bool,
}

/// The signature of a page, with which the platform's script lets it say what is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareSignature {
    /// The `AppID`.
    pub app_id: String,
    /// Random text that is signed, too.
    pub nonce: String,
    /// Seconds since 1970.
    pub timestamp: i64,
    /// SHA-1 in lower-case hexadecimal digits.
    pub signature: String,
}

impl OfficialAccount {
    /// The account's `AppID`: an openid means something only together with it.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.app.id
    }

    /// Prepares the client; calls nothing.
    ///
    /// # Errors
    ///
    /// When one of the addresses is not a URL, or the TLS roots of this machine cannot be loaded.
    pub fn new(config: OfficialAccountConfig) -> Result<Self, reqwest::Error> {
        let timeout = config.timeout;
        let app = WeChatApp::new(&config.base_url, config.app_id, config.secret, timeout)?;
        Ok(Self {
            authorize_base: app.outbound.parse_url(&config.authorize_url)?,
            scope: config.scope,
            app,
            gate: Gate::new(config.concurrency_max, timeout),
            ticket: Kept::new(timeout),
        })
    }

    /// The address that a browser is sent to: the platform sends it back to `redirect_uri` with a code and `state`. It
    /// must be a page of the domain that the account is set up for.
    #[must_use]
    pub fn authorize_url(&self, redirect_uri: &str, state: &str) -> String {
        // The platform takes these in this order only, and no plus for a space.
        let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let encode = |text: &str| encode(text).replace('+', "%20");
        format!(
            "{}?appid={}&redirect_uri={}&response_type=code&scope={}&state={}#wechat_redirect",
            below(&self.authorize_base, "/connect/oauth2/authorize"),
            encode(&self.app.id),
            encode(redirect_uri),
            self.scope.name(),
            encode(state),
        )
    }

    /// Turns the code that a browser came back with into the person's account; with the bounds and the log lines of
    /// [`super::WeChat::exchange_code`].
    ///
    /// # Errors
    ///
    /// See [`CodeExchangeError`].
    pub async fn exchange_code(
        &self,
        code: &str,
        address: Uuid,
    ) -> Result<WebAccount, CodeExchangeError> {
        if !is_code(code, CODE_LENGTH_MAX) {
            return Err(CodeExchangeError::InvalidCode);
        }
        let _pass = self.gate.enter(address).await?;
        until_not_busy(|| self.call(code))
            .await
            .map_err(|failure| report(PLATFORM, &failure, sort(&failure)))
    }

    async fn call(&self, code: &str) -> Result<WebAccount, Failure> {
        let query = [
            ("appid", self.app.id.as_str()),
            ("secret", self.app.secret.reveal()),
            ("code", code),
            ("grant_type", "authorization_code"),
        ];
        let outbound = &self.app.outbound;
        let request = outbound.get(outbound.endpoint("/sns/oauth2/access_token"));
        parse_web_account(&read(request.query(&query), ANSWER_BYTES_MAX).await?)
    }

    /// Signs the page at `url`. Whose pages are signed is for the caller to say: with a signature, a page is shown as
    /// the account's.
    ///
    /// All calls together have the time of one: nobody waits long for a card.
    ///
    /// # Errors
    ///
    /// [`CodeExchangeError::Unavailable`], `Throttled` or `Misconfigured`, with a line in the log.
    pub async fn sign_share(
        &self,
        url: &str,
        now: DateTime<Utc>,
    ) -> Result<ShareSignature, CodeExchangeError> {
        let ticket = self.ticket.get(|_| true, self.fetch_ticket()).await;
        let ticket = ticket.map_err(|failure| {
            let request = RequestId::current();
            tracing::warn!(request, %failure, "{PLATFORM} gave no ticket; pages are shared without a card");
            sort(&failure)
        })?;
        let nonce = secret::random_bytes().map_err(|_| CodeExchangeError::Unavailable)?;
        let nonce = HEXLOWER.encode(&nonce[..16]);
        let timestamp = now.timestamp();
        Ok(ShareSignature {
            app_id: self.app.id.clone(),
            signature: share_signature(&ticket, &nonce, timestamp, url),
            nonce,
            timestamp,
        })
    }

    async fn fetch_ticket(&self) -> Result<(Secret, Duration), Failure> {
        let call = |token: Secret| async move { self.call_for_ticket(&token).await };
        self.app.with_token(call).await
    }

    async fn call_for_ticket(&self, token: &Secret) -> Result<(Secret, Duration), Failure> {
        let outbound = &self.app.outbound;
        let request = outbound.get(outbound.endpoint("/cgi-bin/ticket/getticket"));
        let request = request.query(&[("access_token", token.reveal()), ("type", "jsapi")]);
        parse_ticket(&read(request, ANSWER_BYTES_MAX).await?)
    }
}

/// The signature as the platform computes it: of these four in alphabetical order, of the address up to its fragment.
fn share_signature(ticket: &Secret, nonce: &str, timestamp: i64, url: &str) -> String {
    let page = url.split('#').next().unwrap_or_default();
    let ticket = ticket.reveal();
    let signed = format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}");
    // The platform's choice; what it guards is the ticket, for two hours.
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, signed.as_bytes());
    HEXLOWER.encode(hash.as_ref())
}

/// Reads the answer to a code: that of the mini-program, and whether the user is a virtual one.
fn parse_web_account(answer: &[u8]) -> Result<WebAccount, Failure> {
    #[derive(Deserialize)]
    struct Answer {
        is_snapshotuser: Option<i64>,
    }

    let account = parse_account(answer)?;
    // A mark that cannot be read is no sign of a real user: there is no account then.
    let answer: Answer = serde_json::from_slice(answer).map_err(|_| Failure::AnswerUnreadable)?;
    Ok(WebAccount {
        account,
        is_snapshot: answer.is_snapshotuser.is_some_and(|mark| mark != 0),
    })
}

/// Reads the answer to a call for a ticket: the ticket and how long it is to be used.
fn parse_ticket(answer: &[u8]) -> Result<(Secret, Duration), Failure> {
    #[derive(Deserialize)]
    struct Answer {
        errcode: Option<i64>,
        ticket: Option<String>,
        expires_in: Option<u64>,
    }

    let answer: Answer = serde_json::from_slice(answer).map_err(|_| Failure::AnswerUnreadable)?;
    lasting(answer.errcode, answer.ticket, answer.expires_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn official_account() -> OfficialAccount {
        OfficialAccount::new(OfficialAccountConfig {
            app_id: "wx1".to_owned(),
            secret: "private".to_owned().into(),
            base_url: "https://api.weixin.qq.com".to_owned(),
            authorize_url: "https://open.weixin.qq.com".to_owned(),
            scope: WebScope::Base,
            concurrency_max: 1,
            timeout: Duration::from_secs(1),
        })
        .expect("a client")
    }

    #[test]
    fn the_address_of_the_platform_is_as_documented() {
        assert_eq!(
            official_account().authorize_url("https://vote.example.org/in?x=1&y=a b", "s/1+2"),
            "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1\
             &redirect_uri=https%3A%2F%2Fvote.example.org%2Fin%3Fx%3D1%26y%3Da%20b\
             &response_type=code&scope=snsapi_base&state=s%2F1%2B2#wechat_redirect"
        );
    }

    #[test]
    fn the_example_of_the_documentation_is_signed_as_there() {
        let ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
        let signature = |url: &str| {
            let ticket = Secret::from(ticket.to_owned());
            share_signature(&ticket, "Wm3WZYTPz0wzccnW", 1_414_587_457, url)
        };
        let expected = "0f9de62fce790f9a083d5c99e95740ceb90c27ed";
        assert_eq!(signature("http://mp.weixin.qq.com?params=value"), expected);
        // What is behind the first number sign is never sent, nor signed.
        for fragment in ["#", "#a", "#a#b"] {
            let url = format!("http://mp.weixin.qq.com?params=value{fragment}");
            assert_eq!(signature(&url), expected, "{url}");
        }
        assert_ne!(signature("http://mp.weixin.qq.com/?params=value"), expected);
    }

    #[test]
    fn a_virtual_user_is_marked() {
        let is_snapshot = |answer: &str| {
            let account = parse_web_account(answer.as_bytes()).ok()?;
            assert_eq!(account.account.openid.as_str(), "o");
            Some(account.is_snapshot)
        };
        for (answer, expected) in [
            (r#"{"openid":"o","scope":"snsapi_base"}"#, Some(false)),
            (r#"{"openid":"o","is_snapshotuser":null}"#, Some(false)),
            (r#"{"openid":"o","is_snapshotuser":0}"#, Some(false)),
            (r#"{"openid":"o","is_snapshotuser":1}"#, Some(true)),
            (r#"{"openid":"o","is_snapshotuser":2}"#, Some(true)),
            (r#"{"openid":"o","is_snapshotuser":"1"}"#, None),
            (r#"{"openid":"o","is_snapshotuser":true}"#, None),
            (r#"{"errcode":40029,"openid":"o"}"#, None),
        ] {
            assert_eq!(is_snapshot(answer), expected, "{answer}");
        }
    }

    #[test]
    fn a_ticket_is_used_until_shortly_before_its_end() {
        let parse = |answer: &str| match parse_ticket(answer.as_bytes()) {
            Ok((ticket, lifetime)) => Ok((ticket.reveal().to_owned(), lifetime.as_secs())),
            Err(failure) => Err(failure.to_string()),
        };
        let ok = r#"{"errcode":0,"errmsg":"ok","ticket":"t","expires_in":7200}"#;
        assert_eq!(parse(ok), Ok(("t".to_owned(), 6900)));
        let huge = r#"{"ticket":"t","expires_in":18446744073709551615}"#;
        assert!(parse(huge).is_ok());
        for (answer, failure) in [
            (
                r#"{"errcode":40001,"ticket":"t","expires_in":1}"#,
                "errcode 40001",
            ),
            (r#"{"errcode":0,"expires_in":7200}"#, "neither"),
            (r#"{"errcode":0,"ticket":"","expires_in":7200}"#, "neither"),
            (r#"{"errcode":0,"ticket":"t"}"#, "neither"),
            (r#"{"ticket":7,"expires_in":7200}"#, "documented JSON"),
            (r#"{"ticket":"t","expires_in":"7200"}"#, "documented JSON"),
            (r#"{"ticket":"t","expires_in":-1}"#, "documented JSON"),
            (r#"{"ticket":"t","#, "documented JSON"),
            ("", "documented JSON"),
        ] {
            let said = parse(answer).expect_err(answer);
            assert!(said.contains(failure), "{answer}: {said}");
        }
    }

    #[test]
    fn debug_texts_keep_secrets() {
        let shown = format!("{:?}", official_account());
        assert!(!shown.contains("private"), "{shown}");
    }
}
