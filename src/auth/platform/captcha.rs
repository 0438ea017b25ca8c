//! Tencent Cloud's captcha for mini-programs of `WeChat`: `DescribeCaptchaMiniResult`, version 2019-07-22 of the
//! captcha's interface, signed by `TC3-HMAC-SHA256` (`cloud.tencent.com/document/api/213/30654`).
//!
//! A phone solves the captcha in the platform's plugin, which gives it a text that is good for five minutes. They call
//! it a ticket; here it is a solution, since tickets are something else. It names neither a voter nor a vote, so that
//! the one who first brings it has to be remembered: see `app/captchas`.
//!
//! While the service does not answer, nobody is kept waiting for it: it is not asked for [`PAUSE`], and voters get the
//! challenge that everybody else gets. What a solution alone can bring about must not have that effect.

use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_lc_rs::{digest, hmac};
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::HEXLOWER;
use reqwest::{Url, header};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::failure::Failure;
use super::gate::Gate;
use super::is_code;
use super::outbound::{ANSWER_BYTES_MAX, Outbound, read};
use crate::auth::secret::Secret;
use crate::telemetry::RequestId;

const ACTION: &str = "DescribeCaptchaMiniResult";
const VERSION: &str = "2019-07-22";
/// The service's name in signatures.
const SERVICE: &str = "captcha";
const CONTENT_TYPE: &str = "application/json; charset=utf-8";
/// The one type of captchas that there is.
const CAPTCHA_TYPE: u8 = 9;
/// The time for which the service is not asked once it has not answered: long enough that few voters wait for it in
/// vain, short enough that a script gains little by it.
pub const PAUSE: TimeDelta = TimeDelta::seconds(30);
/// Characters of a solution at most; those that are known have some 200.
const SOLUTION_CHARS_MAX: usize = 1_024;
/// The beginning of what the plugin makes up where it cannot reach its service: no solution of anything.
const MADE_UP: &str = "trerror";

/// The settings of the captcha.
#[derive(Debug, Clone)]
pub struct CaptchaConfig {
    /// The id of the captcha, of the kind for mini-programs.
    pub app_id: u64,
    /// Its own secret.
    pub app_secret_key: Secret,
    /// The id of the account's key, by which calls are signed.
    pub secret_id: String,
    /// The key itself.
    pub secret_key: Secret,
    /// The address of the service.
    pub base_url: String,
    /// Calls under way at once, taken as at least 1 and at most 4,096; four times as many may wait.
    pub concurrency_max: usize,
    /// Time for one call, and the longest wait for its turn.
    pub timeout: Duration,
}

/// The service's answer about a solution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptchaAnswer {
    /// It is good.
    Passed,
    /// It is too late, used up, damaged, or of somebody who is taken for a machine.
    Failed,
    /// It belongs to another captcha, or this server's settings do: the service does not say which.
    Mismatched,
}

/// The reason why there is no answer.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum CaptchaError {
    /// Too many calls are under way here, or too many of this address.
    #[error("too many captchas are being checked")]
    Busy,
    /// The service does not answer, fails, or refuses this server.
    #[error("the captcha service is unavailable")]
    Unavailable,
}

/// The captcha. One for the process: it holds the bound on outbound calls.
pub struct Captcha {
    outbound: Outbound,
    config: CaptchaConfig,
    /// The host as it is signed: with its port where that is not the usual one.
    host: String,
    gate: Gate,
    /// The moment from which on the service is asked again, in milliseconds since 1970.
    paused_until_ms: AtomicI64,
}

impl fmt::Debug for Captcha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.config.app_id;
        f.debug_struct("Captcha")
            .field("app_id", &id)
            .finish_non_exhaustive()
    }
}

impl Captcha {
    /// Prepares the client; calls nothing.
    ///
    /// # Errors
    /// When the address is not a URL, or the TLS roots of this machine cannot be loaded.
    pub fn new(config: CaptchaConfig) -> Result<Self, reqwest::Error> {
        let outbound = Outbound::new(&config.base_url, config.timeout)?;
        Ok(Self {
            host: host_of(outbound.base()),
            gate: Gate::new(config.concurrency_max, config.timeout),
            paused_until_ms: AtomicI64::new(i64::MIN),
            outbound,
            config,
        })
    }

    /// The id that a mini-program shows its captcha by.
    #[must_use]
    pub fn app_id(&self) -> u64 {
        self.config.app_id
    }

    /// Whether a text can be a solution at all; if not, the service is not troubled with it.
    #[must_use]
    pub fn is_solution(text: &str) -> bool {
        is_code(text, SOLUTION_CHARS_MAX) && !text.starts_with(MADE_UP)
    }

    /// Whether the service is asked at `now`: it has not failed lately.
    #[must_use]
    pub fn is_answering(&self, now: DateTime<Utc>) -> bool {
        self.paused_until_ms.load(Ordering::Relaxed) <= now.timestamp_millis()
    }

    /// Asks the service about a solution from this address; `owner` names the address where places are shared out. A
    /// failure is logged here.
    ///
    /// # Errors
    /// See [`CaptchaError`].
    pub async fn check(
        &self,
        solution: &str,
        client_ip: IpAddr,
        owner: Uuid,
        now: DateTime<Utc>,
    ) -> Result<CaptchaAnswer, CaptchaError> {
        if !self.is_answering(now) {
            return Err(CaptchaError::Unavailable);
        }
        let _pass = match self.gate.enter(owner).await {
            Ok(pass) => pass,
            Err(busy) => {
                let request = RequestId::current();
                tracing::debug!(request, %busy, "a solution of a captcha is not checked");
                return Err(CaptchaError::Busy);
            }
        };
        // Those who waited for their turn do not each find out for themselves that the service is away.
        if !self.is_answering(now) {
            return Err(CaptchaError::Unavailable);
        }
        let answer = self.ask(solution, client_ip, now).await;
        answer.map_err(|failure| {
            self.pause(&failure, now);
            CaptchaError::Unavailable
        })
    }

    async fn ask(
        &self,
        solution: &str,
        client_ip: IpAddr,
        now: DateTime<Utc>,
    ) -> Result<CaptchaAnswer, Failure> {
        let config = &self.config;
        let body = json!({
            "CaptchaType": CAPTCHA_TYPE,
            "Ticket": solution,
            "UserIp": client_ip.to_canonical().to_string(),
            "CaptchaAppId": config.app_id,
            "AppSecretKey": config.app_secret_key.reveal(),
        });
        let body = body.to_string();
        let call = Call {
            service: SERVICE,
            host: &self.host,
            action: ACTION,
            body: &body,
        };
        let request = self.outbound.post(self.outbound.base().clone());
        let request = request
            .header(header::CONTENT_TYPE, CONTENT_TYPE)
            .header("x-tc-action", ACTION)
            .header("x-tc-version", VERSION)
            .header("x-tc-timestamp", now.timestamp())
            .header(
                header::AUTHORIZATION,
                call.authorize(&config.secret_id, &config.secret_key, now),
            )
            .body(body);
        let answer = parse_answer(&read(request, ANSWER_BYTES_MAX).await?)?;
        let request = RequestId::current();
        match answer {
            CaptchaAnswer::Passed => {}
            CaptchaAnswer::Failed => {
                tracing::debug!(request, "the captcha service refused a solution");
            }
            // Between somebody and the service, unless every solution is answered so.
            CaptchaAnswer::Mismatched => tracing::warn!(
                request,
                "the captcha service takes a solution for another captcha's: should that go on, check \
                 ACCLAIM_CAPTCHA_APP_ID and ACCLAIM_CAPTCHA_APP_SECRET_KEY"
            ),
        }
        Ok(answer)
    }

    /// Asks nothing for a while. Said once: many calls may fail together.
    fn pause(&self, failure: &Failure, now: DateTime<Utc>) {
        let until = (now + PAUSE).timestamp_millis();
        let before = self.paused_until_ms.fetch_max(until, Ordering::Relaxed);
        if before <= now.timestamp_millis() {
            let (request, seconds) = (RequestId::current(), PAUSE.num_seconds());
            tracing::warn!(
                request, %failure, seconds,
                "the captcha service gave no usable answer: voters get the usual challenge for a while; an AuthFailure \
                 means ACCLAIM_CAPTCHA_SECRET_ID or ACCLAIM_CAPTCHA_SECRET_KEY"
            );
        }
    }
}

/// The host of an address as requests name it.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// A call as it is signed.
struct Call<'a> {
    service: &'a str,
    host: &'a str,
    action: &'a str,
    body: &'a str,
}

impl Call<'_> {
    /// The text of the `Authorization` header.
    fn authorize(&self, secret_id: &str, secret_key: &Secret, now: DateTime<Utc>) -> String {
        const SIGNED: &str = "content-type;host;x-tc-action";
        let Self { service, host, .. } = self;
        let (date, timestamp) = (now.format("%Y-%m-%d").to_string(), now.timestamp());
        let action = self.action.to_ascii_lowercase();
        let headers = format!("content-type:{CONTENT_TYPE}\nhost:{host}\nx-tc-action:{action}\n");
        let request = format!("POST\n/\n\n{headers}\n{SIGNED}\n{}", hash_of(self.body));
        let scope = format!("{date}/{service}/tc3_request");
        let text = format!(
            "TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{}",
            hash_of(&request)
        );
        let secret = format!("TC3{}", secret_key.reveal());
        let key = [date.as_str(), service, "tc3_request"]
            .iter()
            .fold(secret.into_bytes(), |key, part| sign(&key, part));
        let signature = HEXLOWER.encode(&sign(&key, &text));
        format!(
            "TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={SIGNED}, Signature={signature}"
        )
    }
}

fn hash_of(text: &str) -> String {
    HEXLOWER.encode(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

/// Reads the service's answer. Codes are those of the documentation; others are as good as none.
fn parse_answer(answer: &[u8]) -> Result<CaptchaAnswer, Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Envelope {
        response: Response,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Response {
        captcha_code: Option<i64>,
        error: Option<Named>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Named {
        code: String,
    }

    let answer: Envelope = serde_json::from_slice(answer).map_err(|_| Failure::AnswerUnreadable)?;
    let Response {
        captcha_code,
        error,
    } = answer.response;
    match (captcha_code, error) {
        // A text that is no ticket in their eyes: whoever sends such must not turn the captcha off for all.
        (_, Some(error)) if error.code.starts_with("InvalidParameter") => {
            Ok(CaptchaAnswer::Mismatched)
        }
        (_, Some(error)) => Err(Failure::named(200, &error.code)),
        (Some(1), None) => Ok(CaptchaAnswer::Passed),
        // Expired, used, of no known form, not to be decrypted, and the service's doubts about who solved it.
        (Some(8 | 9 | 10 | 15 | 21), None) => Ok(CaptchaAnswer::Failed),
        // The ids or the secret do not fit. A solution of somebody else's captcha is answered just so.
        (Some(7 | 16 | 100), None) => Ok(CaptchaAnswer::Mismatched),
        (Some(code), None) => Err(Failure::named(code, "CaptchaCode")),
        (None, None) => Err(Failure::AnswerIncomplete),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the documentation, whose key is written there as so many asterisks.
    #[test]
    fn a_signature_is_that_of_the_documentation() {
        let call = Call {
            service: "cvm",
            host: "cvm.tencentcloudapi.com",
            action: "DescribeInstances",
            body: r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#,
        };
        let hidden = "*".repeat(32);
        let now = DateTime::from_timestamp(1_551_113_065, 0).expect("a time");
        let authorization = call.authorize(&format!("AKID{hidden}"), &hidden.clone().into(), now);
        let expected = format!(
            "TC3-HMAC-SHA256 Credential=AKID{hidden}/2019-02-25/cvm/tc3_request, \
             SignedHeaders=content-type;host;x-tc-action, \
             Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
        );
        assert_eq!(authorization, expected);
    }

    #[test]
    fn hosts_are_signed_as_they_are_sent() {
        for (url, host) in [
            (
                "https://captcha.tencentcloudapi.com",
                "captcha.tencentcloudapi.com",
            ),
            ("https://proxy.example:443/", "proxy.example"),
            ("http://127.0.0.1:4711", "127.0.0.1:4711"),
            ("http://[::1]:4711", "[::1]:4711"),
        ] {
            assert_eq!(host_of(&Url::parse(url).expect("an address")), host);
        }
    }

    #[test]
    fn each_code_of_the_documentation_has_its_meaning() {
        let answer = |text: &str| parse_answer(text.as_bytes());
        for (code, expected) in [
            (1, Some(CaptchaAnswer::Passed)),
            (7, Some(CaptchaAnswer::Mismatched)),
            (8, Some(CaptchaAnswer::Failed)),
            (9, Some(CaptchaAnswer::Failed)),
            (10, Some(CaptchaAnswer::Failed)),
            (15, Some(CaptchaAnswer::Failed)),
            (16, Some(CaptchaAnswer::Mismatched)),
            (21, Some(CaptchaAnswer::Failed)),
            (26, None),
            (100, Some(CaptchaAnswer::Mismatched)),
            (0, None),
            (4_711, None),
        ] {
            let text = format!(
                r#"{{"Response":{{"CaptchaCode":{code},"CaptchaMsg":"","RequestId":""}}}}"#
            );
            assert_eq!(answer(&text).ok(), expected, "{code}");
        }
        let error = |code: &str| {
            let message = r#""Message":"the ticket is private""#;
            let text = format!(r#"{{"Response":{{"Error":{{"Code":"{code}",{message}}}}}}}"#);
            answer(&text).map_err(|failure| failure.to_string())
        };
        let parameter = error("InvalidParameterValue.Ticket");
        assert_eq!(parameter, Ok(CaptchaAnswer::Mismatched));
        for code in ["AuthFailure.SignatureFailure", "InternalError"] {
            assert_eq!(error(code), Err(format!("{code} (200)")));
        }
        for broken in [
            "",
            "{}",
            r#"{"Response":{"RequestId":""}}"#,
            r#"{"Response":{"CaptchaCode":"1"}}"#,
            r#"{"CaptchaCode":1}"#,
        ] {
            assert!(answer(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_solution_is_short_printable_and_not_made_up_by_the_plugin() {
        let good =
            "tr03XaCUZPAlPdIMqv17yvcfdXCzkqvLE09AbCA4ghlWfD8hkySfbU2TZVCyoOCj-9eEkFQzvrrwsZOTKQ*";
        assert!(Captcha::is_solution(good));
        let long = "a".repeat(SOLUTION_CHARS_MAX + 1);
        for bad in ["", "a b", "票", "trerror_1001_199999164_1600000000", &long] {
            assert!(!Captcha::is_solution(bad), "{bad}");
        }
    }

    #[test]
    fn debug_texts_keep_secrets() {
        let config = CaptchaConfig {
            app_id: 4_711,
            app_secret_key: "private".to_owned().into(),
            secret_id: "AKIDprivate".to_owned(),
            secret_key: "private".to_owned().into(),
            base_url: "http://127.0.0.1:1".to_owned(),
            concurrency_max: 1,
            timeout: Duration::from_secs(1),
        };
        let shown = format!("{:?}", Captcha::new(config).expect("a client"));
        assert!(shown.contains("4711"), "{shown}");
        assert!(!shown.contains("private"), "{shown}");
    }
}
