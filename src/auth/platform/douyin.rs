//! The mini-program of Douyin: turns the code of `tt.login`, good for three minutes and one use, into an openid.
//!
//! Protocol: [code2Session]. There is an `anonymous_openid`, too, of the device for whoever has not signed in to the
//! platform: one person has as many as it likes, so nobody signs in by it here.
//!
//! [code2Session]: https://developer.open-douyin.com/docs/resource/zh-CN/mini-app/develop/server/log-in/code-2-session

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::failure::{CodeExchangeError, Failure, report};
use super::gate::Gate;
use super::outbound::{ANSWER_BYTES_MAX, Outbound, read_any};
use super::{Account, PlatformId, is_code};
use crate::auth::secret::Secret;

/// Codes have some 130 characters and are documented without a length.
const CODE_LENGTH_MAX: usize = 512;

/// The settings of the mini-program.
#[derive(Debug, Clone)]
pub struct DouyinConfig {
    /// Its id.
    pub app_id: String,
    /// Its secret.
    pub secret: Secret,
    /// Scheme and host of the platform, `https://developer.toutiao.com` but in tests.
    pub base_url: String,
    /// Calls under way at once, taken as at least 1 and at most 4,096; four times as many sign-ins may wait.
    pub concurrency_max: usize,
    /// Time for one call, and the longest wait for its turn.
    pub timeout: Duration,
}

/// The platform. One for the process: it holds the bound on outbound calls.
#[derive(Debug)]
pub struct Douyin {
    outbound: Outbound,
    app_id: String,
    secret: Secret,
    gate: Gate,
}

impl Douyin {
    /// The mini-program's id: an openid means something only together with it.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// Prepares the client; calls nothing.
    ///
    /// # Errors
    ///
    /// When `base_url` is not a URL, or the TLS roots of this machine cannot be loaded.
    pub fn new(config: DouyinConfig) -> Result<Self, reqwest::Error> {
        Ok(Self {
            outbound: Outbound::new(&config.base_url, config.timeout)?,
            app_id: config.app_id,
            secret: config.secret,
            gate: Gate::new(config.concurrency_max, config.timeout),
        })
    }

    /// Turns the code of `tt.login` into the person's account; with the bounds and the log lines of
    /// [`super::WeChat::exchange_code`], and one call: no answer of this platform says that it did nothing.
    ///
    /// # Errors
    ///
    /// See [`CodeExchangeError`].
    pub async fn exchange_code(
        &self,
        code: &str,
        address: Uuid,
    ) -> Result<Account, CodeExchangeError> {
        if !is_code(code, CODE_LENGTH_MAX) {
            return Err(CodeExchangeError::InvalidCode);
        }
        let _pass = self.gate.enter(address).await?;
        let answered = self.call(code).await;
        answered.map_err(|failure| report("Douyin", &failure, sort(&failure)))
    }

    async fn call(&self, code: &str) -> Result<Account, Failure> {
        let body = json!({
            "appid": self.app_id,
            "secret": self.secret.reveal(),
            "code": code,
        });
        let endpoint = self.outbound.endpoint("/api/apps/v2/jscode2session");
        let request = self.outbound.post(endpoint).json(&body);
        let (status, answer) = read_any(request, ANSWER_BYTES_MAX).await?;
        match parse_answer(&answer) {
            // The reason counts whatever the status; an account does not.
            Err(failure @ Failure::Errcode(_)) => Err(failure),
            _ if status != 200 => Err(Failure::Status(status)),
            answered => answered,
        }
    }
}

/// The meaning of a failure for a sign-in. The first numbers are those of code2Session, the long ones those that all of
/// the platform's calls may answer with.
fn sort(failure: &Failure) -> CodeExchangeError {
    let Failure::Errcode(errcode) = *failure else {
        return CodeExchangeError::Unavailable;
    };
    match errcode {
        // Bad code, and bad anonymous code, which we do not send.
        40018 | 40019 => CodeExchangeError::InvalidCode,
        // "The user is banned": its account at the platform.
        28_001_046 => CodeExchangeError::HighRisk,
        // "Too many requests": the platform names no time.
        28_003_018 => CodeExchangeError::MINUTE_QUOTA,
        // "Quota spent", of the app.
        28_003_017 => CodeExchangeError::DAILY_QUOTA,
        // A parameter is missing; bad app id (two numbers for it), bad secret; the app is banned or offline, or may not
        // make this call.
        40014 | 40015 | 40016 | 40017 | 28_001_007 | 28_001_014 | 28_001_016 | 28_001_018
        | 28_001_019 => CodeExchangeError::Misconfigured { errcode },
        // -1 is "system error", 28001005 "system busy": neither says that the code is still good.
        _ => CodeExchangeError::Unavailable,
    }
}

/// Reads the body of an answer.
fn parse_answer(answer: &[u8]) -> Result<Account, Failure> {
    /// The fields we want; the session key and the anonymous openid are skipped by the parser.
    #[derive(Deserialize)]
    struct Answer {
        err_no: Option<i64>,
        data: Option<Data>,
    }
    #[derive(Deserialize)]
    struct Data {
        openid: Option<PlatformId>,
        unionid: Option<PlatformId>,
    }

    let answer: Answer = serde_json::from_slice(answer).map_err(|_| Failure::AnswerUnreadable)?;
    match (answer.err_no, answer.data) {
        (Some(0), Some(data)) => {
            let openid = data.openid.filter(|openid| !openid.0.is_empty());
            Ok(Account {
                openid: openid.ok_or(Failure::AnswerIncomplete)?,
                unionid: data.unionid.filter(|unionid| !unionid.0.is_empty()),
            })
        }
        (None | Some(0), _) => Err(Failure::AnswerIncomplete),
        (Some(errcode), _) => Err(Failure::Errcode(errcode)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(answer: &str) -> Result<(String, Option<String>), CodeExchangeError> {
        match parse_answer(answer.as_bytes()) {
            Ok(account) => Ok((
                account.openid.as_str().to_owned(),
                account.unionid.map(|unionid| unionid.as_str().to_owned()),
            )),
            Err(failure) => Err(sort(&failure)),
        }
    }

    #[test]
    fn only_an_openid_signs_in() {
        let full = r#"{"err_no":0,"err_tips":"success","log_id":"1","data":{"session_key":"k","openid":"o",
            "anonymous_openid":"a","unionid":"u","dopenid":""}}"#;
        assert_eq!(outcome(full), Ok(("o".to_owned(), Some("u".to_owned()))));
        for answer in [
            r#"{"err_no":0,"data":{"openid":"o"}}"#,
            r#"{"err_no":0,"data":{"openid":"o","unionid":""}}"#,
            r#"{"err_no":0,"data":{"openid":"o","unionid":null}}"#,
        ] {
            assert_eq!(outcome(answer), Ok(("o".to_owned(), None)), "{answer}");
        }
        for answer in [
            r#"{"err_no":0,"data":{"openid":"","anonymous_openid":"a","unionid":"u"}}"#,
            r#"{"err_no":0,"data":{"anonymous_openid":"a"}}"#,
        ] {
            assert_eq!(
                outcome(answer),
                Err(CodeExchangeError::Unavailable),
                "{answer}"
            );
        }
    }

    #[test]
    fn documented_errors_are_sorted() {
        use CodeExchangeError::{HighRisk, InvalidCode, Misconfigured, Unavailable};
        for (errcode, error) in [
            (-1, Unavailable),
            (40014, Misconfigured { errcode: 40014 }),
            (40015, Misconfigured { errcode: 40015 }),
            (40017, Misconfigured { errcode: 40017 }),
            (40018, InvalidCode),
            (40019, InvalidCode),
            (28_001_005, Unavailable),
            (
                28_001_016,
                Misconfigured {
                    errcode: 28_001_016,
                },
            ),
            (28_001_046, HighRisk),
            (28_003_017, CodeExchangeError::DAILY_QUOTA),
            (28_003_018, CodeExchangeError::MINUTE_QUOTA),
            (7_122_357_061_596_995_000_i64, Unavailable),
        ] {
            for data in ["null", "{}", r#"{"openid":"o"}"#] {
                let answer =
                    format!(r#"{{"err_no":{errcode},"err_tips":"any text","data":{data}}}"#);
                assert_eq!(outcome(&answer), Err(error), "{answer}");
            }
        }
    }

    #[test]
    fn answers_outside_the_documentation_are_unavailable() {
        for answer in [
            "",
            "{}",
            "null",
            "<html>busy</html>",
            r#"{"err_no":0}"#,
            r#"{"err_no":0,"data":null}"#,
            r#"{"err_no":0,"data":[]}"#,
            r#"{"err_no":0,"data":{"openid":7}}"#,
            r#"{"err_no":"0","data":{"openid":"o"}}"#,
            r#"{"data":{"openid":"o"}}"#,
            r#"{"openid":"o","err_no":0}"#,
            r#"{"err_no":0,"data":{"openid":"o""#,
        ] {
            assert_eq!(
                outcome(answer),
                Err(CodeExchangeError::Unavailable),
                "{answer}"
            );
        }
    }

    #[test]
    fn debug_texts_keep_secrets() {
        let config = DouyinConfig {
            app_id: "tt1".to_owned(),
            secret: "private".to_owned().into(),
            base_url: "http://127.0.0.1:1".to_owned(),
            concurrency_max: 1,
            timeout: Duration::from_secs(1),
        };
        let shown = format!(
            "{config:?} {:?}",
            Douyin::new(config.clone()).expect("a client")
        );
        assert!(!shown.contains("private"), "{shown}");
    }
}
