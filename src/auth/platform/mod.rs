//! Mini-program platforms, so far `WeChat`: turns the login code of the program on the phone, good for five minutes
//! and one use, into an openid, which is the same for one person in one mini-program always. Where the mini-program is
//! bound to an Open Platform account there is a unionid, too, the same in all programs and official accounts of it.
//!
//! - Only openid and unionid leave this module: the session key is never read into a value, and no log line or `Debug`
//!   text has code, secret or ids in it; of an answer we log the errcode at most.
//! - Calls, and the queue before them, are bounded: the platform's quota is one for the whole app, and a push to a
//!   million phones must not become a login storm. Full means [`CodeExchangeError::Busy`] at once.
//! - A call is repeated only when the platform says it did nothing (-1). After a time-out the code may be used up.
//!
//! `code_image` asks for pictures that lead into the mini-program when they are scanned, `text_check` for a word on a
//! text; `failure` sorts errcodes.
//!
//! Next: `app/sign_in`, which keeps the openid as a keyed hash only.

pub mod code_image;
mod failure;
mod text_check;

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use parking_lot::Mutex;
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

pub use self::failure::CodeExchangeError;
use self::failure::Failure;
use super::secret::Secret;

/// Codes are 32 characters today and documented without a length: four times that is no code.
const CODE_LENGTH_MAX: usize = 128;

/// An answer has about 200 bytes; whatever is much longer does not come from the platform.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// Calls that may wait for a turn, for each that is under way. With answers in a quarter of the time-out (usual: far
/// less) the last in the queue still gets its turn before its own time-out.
const WAITING_PER_CALL: usize = 4;

/// The share of the places that one address may hold is one in so many: whoever floods leaves the others theirs.
const SHARES: usize = 4;

/// More calls at once than one process ever needs; keeps a mistyped setting from opening sockets without end.
const CONCURRENCY_LIMIT: usize = 4096;

/// "The system is busy, try again later": the one errcode after which the same code is sent again.
const ERRCODE_BUSY: i64 = -1;

/// Pauses before the second and the third try. Short, as someone waits, and the place is kept meanwhile:
/// a platform that is busy is to be called less, not more.
const BUSY_PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

/// A name that the platform has for a person.
///
/// Personal data: hash it with a key before it is kept, and do not log it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct PlatformId(String);

impl PlatformId {
    /// The name itself, for hashing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PlatformId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlatformId(***)")
    }
}

/// A person as the platform knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// Its name in the mini-program.
    pub openid: PlatformId,
    /// Its name in all that is bound to one Open Platform account; none where the mini-program is not bound.
    pub unionid: Option<PlatformId>,
}

/// The settings of a platform: its address, and the mini-program that calls it.
#[derive(Debug, Clone)]
pub struct WeChatConfig {
    /// The mini-program's `AppID`.
    pub app_id: String,
    /// The mini-program's `AppSecret`.
    pub secret: Secret,
    /// Scheme and host of the platform, `https://api.weixin.qq.com` but in tests. The secret travels in the query.
    pub base_url: String,
    /// Calls under way at once, taken as at least 1 and at most 4,096; four times as many sign-ins may wait.
    pub concurrency_max: usize,
    /// Time for one call, and the longest wait for its turn.
    pub timeout: Duration,
    /// The openid that texts are checked with; without one they are not checked.
    pub checker_openid: Option<Secret>,
}

/// The `WeChat` platform. One for the process: it holds the bound on outbound calls.
#[derive(Debug)]
pub struct WeChat {
    http: reqwest::Client,
    /// Scheme, host and the path before those of the platform's calls.
    base: reqwest::Url,
    app_id: String,
    secret: Secret,
    timeout: Duration,
    /// Places of calls that are under way or wait for a turn.
    places: Semaphore,
    /// Places that each address holds.
    held: Mutex<HashMap<Uuid, usize>>,
    /// Places that one address may hold.
    held_max: usize,
    /// Turns of calls that are under way.
    turns: Semaphore,
    /// The openid that texts are checked with.
    checker_openid: Option<Secret>,
    /// The token for the server's own calls.
    server_token: code_image::TokenSlot,
}

impl WeChat {
    /// The mini-program's `AppID`: an openid means something only together with it.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// Prepares the client; calls nothing.
    ///
    /// # Errors
    ///
    /// When `base_url` is not a URL, or the TLS roots of this machine cannot be loaded.
    pub fn new(config: WeChatConfig) -> Result<Self, reqwest::Error> {
        // Only the configured address is called: no proxy out of the environment, no redirect that takes the secret
        // along.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(config.timeout)
            .build()?;
        let base = http.get(config.base_url).build()?.url().clone();
        let concurrency_max = config.concurrency_max.clamp(1, CONCURRENCY_LIMIT);
        Ok(Self {
            http,
            base,
            app_id: config.app_id,
            secret: config.secret,
            timeout: config.timeout,
            places: Semaphore::new(concurrency_max * (1 + WAITING_PER_CALL)),
            held: Mutex::default(),
            held_max: (concurrency_max * (1 + WAITING_PER_CALL) / SHARES).max(1),
            turns: Semaphore::new(concurrency_max),
            checker_openid: config.checker_openid,
            server_token: code_image::TokenSlot::default(),
        })
    }

    /// Turns the code of `wx.login` into the person's account.
    ///
    /// Takes at most the wait for a turn, three calls and two short pauses. Failures that the organiser should know of
    /// are logged here, the last place that knows the errcode; callers need not log again.
    ///
    /// `address` names the network address that asks: one holds a share of the places only.
    ///
    /// # Errors
    ///
    /// See [`CodeExchangeError`].
    pub(crate) async fn exchange_code(
        &self,
        code: &str,
        address: Uuid,
    ) -> Result<Account, CodeExchangeError> {
        if !is_code(code) {
            return Err(CodeExchangeError::InvalidCode);
        }
        let Some(_share) = self.hold(address) else {
            return Err(CodeExchangeError::Busy);
        };
        let Ok(_place) = self.places.try_acquire() else {
            return Err(CodeExchangeError::Busy);
        };
        let Ok(Ok(_turn)) = timeout(self.timeout, self.turns.acquire()).await else {
            return Err(CodeExchangeError::Busy);
        };
        self.call_until_not_busy(code).await.map_err(|failure| {
            let error = CodeExchangeError::from(&failure);
            failure::log(&failure, error);
            error
        })
    }

    /// Takes one of the places that an address may hold.
    fn hold(&self, address: Uuid) -> Option<Share<'_>> {
        let mut held = self.held.lock();
        let places = held.entry(address).or_default();
        if *places >= self.held_max {
            return None;
        }
        *places += 1;
        Some(Share {
            held: &self.held,
            address,
        })
    }

    async fn call_until_not_busy(&self, code: &str) -> Result<Account, Failure> {
        for pause in BUSY_PAUSES {
            match self.call(code).await {
                Err(Failure::Errcode(ERRCODE_BUSY)) => sleep(pause).await,
                answered => return answered,
            }
        }
        self.call(code).await
    }

    async fn call(&self, code: &str) -> Result<Account, Failure> {
        let query = [
            ("appid", self.app_id.as_str()),
            ("secret", self.secret.reveal()),
            ("js_code", code),
            ("grant_type", "authorization_code"),
        ];
        let request = self.http.get(self.endpoint("/sns/jscode2session"));
        parse_answer(&read(request.query(&query), ANSWER_BYTES_MAX).await?)
    }

    /// The address of a call.
    fn endpoint(&self, path: &str) -> reqwest::Url {
        let mut endpoint = self.base.clone();
        let base_path = endpoint.path().trim_end_matches('/');
        endpoint.set_path(&format!("{base_path}{path}"));
        endpoint
    }
}

/// A place that an address holds until this is dropped.
struct Share<'a> {
    held: &'a Mutex<HashMap<Uuid, usize>>,
    address: Uuid,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut held = self.held.lock();
        if let Some(places) = held.get_mut(&self.address) {
            *places -= 1;
            if *places == 0 {
                held.remove(&self.address);
            }
        }
    }
}

/// The body of the answer to a call, of at most so many bytes.
async fn read(request: reqwest::RequestBuilder, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let mut response = request.send().await?;
    if !response.status().is_success() {
        return Err(Failure::Status(response.status().as_u16()));
    }
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if answer.len() + chunk.len() > bytes_max {
            return Err(Failure::AnswerTooLong);
        }
        answer.extend_from_slice(&chunk);
    }
    Ok(answer)
}

/// Whether this can be a code at all; if not, the platform is not troubled with it.
fn is_code(code: &str) -> bool {
    (1..=CODE_LENGTH_MAX).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Reads the body of an answer, whatever its content type says: the platform sends JSON as text/plain.
fn parse_answer(answer: &[u8]) -> Result<Account, Failure> {
    /// The fields we want; the session key is skipped by the parser.
    #[derive(Deserialize)]
    struct Answer {
        errcode: Option<i64>,
        openid: Option<PlatformId>,
        unionid: Option<PlatformId>,
    }

    let answer: Answer = serde_json::from_slice(answer).map_err(|_| Failure::AnswerUnreadable)?;
    match (answer.errcode, answer.openid) {
        (None | Some(0), Some(openid)) if !openid.0.is_empty() => Ok(Account {
            openid,
            unionid: answer.unionid.filter(|unionid| !unionid.0.is_empty()),
        }),
        (None | Some(0), _) => Err(Failure::AnswerIncomplete),
        (Some(errcode), _) => Err(Failure::Errcode(errcode)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(answer: &str) -> Result<String, CodeExchangeError> {
        match parse_answer(answer.as_bytes()) {
            Ok(account) => Ok(account.openid.as_str().to_owned()),
            Err(failure) => Err(CodeExchangeError::from(&failure)),
        }
    }

    #[test]
    fn an_openid_without_errcode_or_with_zero_is_success() {
        let openid = Ok("o6_bmjrPTlm6_2sgVt7hMZOPfL2M".to_owned());
        for answer in [
            r#"{"session_key":"k","openid":"o6_bmjrPTlm6_2sgVt7hMZOPfL2M"}"#,
            r#"{"openid":"o6_bmjrPTlm6_2sgVt7hMZOPfL2M","session_key":"k","unionid":"u","errcode":0,"errmsg":"ok"}"#,
            r#"{"openid":"o6_bmjrPTlm6_2sgVt7hMZOPfL2M","session_key":"k","expires_in":7200,"errcode":null}"#,
        ] {
            assert_eq!(outcome(answer), openid, "{answer}");
        }
    }

    #[test]
    fn a_unionid_is_there_where_the_mini_program_is_bound() {
        let unionid = |answer: &str| {
            let account = parse_answer(answer.as_bytes()).expect("an account");
            account.unionid.map(|unionid| unionid.as_str().to_owned())
        };
        assert_eq!(
            unionid(r#"{"openid":"o","unionid":"u"}"#),
            Some("u".to_owned())
        );
        for answer in [
            r#"{"openid":"o"}"#,
            r#"{"openid":"o","unionid":null}"#,
            r#"{"openid":"o","unionid":""}"#,
        ] {
            assert_eq!(unionid(answer), None, "{answer}");
        }
    }

    #[test]
    fn documented_errcodes_are_sorted() {
        use CodeExchangeError::{HighRisk, InvalidCode, Misconfigured, Throttled, Unavailable};
        let minute = Throttled {
            retry_after: Duration::from_mins(1),
        };
        let hour = Throttled {
            retry_after: Duration::from_hours(1),
        };
        for (errcode, error) in [
            (-1, Unavailable),
            (40029, InvalidCode),
            (40163, InvalidCode),
            (42003, InvalidCode),
            (40226, HighRisk),
            (45011, minute),
            (45009, hour),
            (40013, Misconfigured { errcode: 40013 }),
            (40125, Misconfigured { errcode: 40125 }),
            (40164, Misconfigured { errcode: 40164 }),
            (41002, Misconfigured { errcode: 41002 }),
            (41004, Misconfigured { errcode: 41004 }),
            (41008, Misconfigured { errcode: 41008 }),
            (99999, Unavailable),
        ] {
            let answer = format!(r#"{{"errcode":{errcode},"errmsg":"any text, rid: 1-2-3"}}"#);
            assert_eq!(outcome(&answer), Err(error), "{answer}");
        }
    }

    #[test]
    fn an_errcode_counts_even_beside_an_openid() {
        let answer = r#"{"errcode":40226,"openid":"o"}"#;
        assert_eq!(outcome(answer), Err(CodeExchangeError::HighRisk));
    }

    #[test]
    fn answers_outside_the_documentation_are_unavailable() {
        for answer in [
            "",
            "{}",
            "null",
            "[]",
            "<html>busy</html>",
            r#"{"openid":""}"#,
            r#"{"openid":null}"#,
            r#"{"openid":7}"#,
            r#"{"errcode":0}"#,
            r#"{"errcode":"0","openid":"o"}"#,
            r#"{"openid":"o""#,
        ] {
            assert_eq!(
                outcome(answer),
                Err(CodeExchangeError::Unavailable),
                "{answer}"
            );
        }
    }

    #[test]
    fn failures_do_not_quote_the_answer() {
        for answer in [
            r#"{"openid":["private"]}"#,
            r#"{"errcode":"private"}"#,
            "private",
        ] {
            let failure = parse_answer(answer.as_bytes()).expect_err("not the documented JSON");
            assert!(
                !format!("{failure} {failure:?}").contains("private"),
                "{failure:?}"
            );
        }
    }

    #[test]
    fn a_code_is_short_printable_ascii() {
        assert!(is_code("071AbCdE2f-_3"));
        assert!(is_code(&"a".repeat(CODE_LENGTH_MAX)));
        for code in [
            "",
            " ",
            "a b",
            "a\n",
            "a\u{7f}",
            "码",
            &"a".repeat(CODE_LENGTH_MAX + 1),
        ] {
            assert!(!is_code(code), "{code:?}");
        }
    }

    #[test]
    fn debug_texts_keep_secrets() {
        let config = WeChatConfig {
            app_id: "wx1".to_owned(),
            secret: Secret::from("private".to_owned()),
            base_url: "http://127.0.0.1:1".to_owned(),
            concurrency_max: 1,
            timeout: Duration::from_secs(1),
            checker_openid: Some(Secret::from("private".to_owned())),
        };
        let shown = format!("{config:?} {:?}", PlatformId("private".to_owned()));
        assert!(!shown.contains("private"), "{shown}");
    }
}
