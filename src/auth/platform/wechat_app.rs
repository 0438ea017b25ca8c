//! The API of `WeChat` as a mini-program and an official account share it: errcodes, and the server's own token.
//!
//! The documented errcodes are in two public pages of the platform:
//! [code2Session](https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html) and
//! [global return codes](https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html). The token is
//! that of [getStableAccessToken]: one for the app, and the stable one does not end those of other processes.
//!
//! [getStableAccessToken]:
//!     https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-access-token/getStableAccessToken.html

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::time::sleep;

use super::failure::{CodeExchangeError, Failure};
use super::kept::Kept;
use super::outbound::{ANSWER_BYTES_MAX, Outbound, read};
use super::{Account, PlatformId};
use crate::auth::secret::Secret;

/// Codes are 32 characters today and documented without a length: four times that is no code.
pub(super) const CODE_LENGTH_MAX: usize = 128;

/// "The system is busy, try again later": the one errcode after which the same code is sent again.
const ERRCODE_BUSY: i64 = -1;

/// Pauses before the second and the third try. Short, as someone waits, and the place is kept meanwhile:
/// a platform that is busy is to be called less, not more.
const BUSY_PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

/// Tokens and tickets are got anew so long before they expire, as the platform advises.
pub(super) const TOKEN_MARGIN: Duration = Duration::from_mins(5);

/// The token is expired, ended or none.
const TOKEN_ERRCODES: [i64; 3] = [40001, 40014, 42001];

/// An app of the platform, as its API knows it.
#[derive(Debug)]
pub(super) struct WeChatApp {
    pub outbound: Outbound,
    pub id: String,
    pub secret: Secret,
    /// The token for the server's own calls.
    token: Kept<Secret>,
}

impl WeChatApp {
    /// Prepares the client; calls nothing.
    pub fn new(
        base_url: &str,
        id: String,
        secret: Secret,
        timeout: Duration,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            outbound: Outbound::new(base_url, timeout)?,
            id,
            secret,
            token: Kept::new(timeout),
        })
    }

    /// Calls with the server's token; when the platform refuses it, once more with a new one.
    pub async fn with_token<T, F>(&self, call: impl Fn(Secret) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let token = self.token.get(|_| true, self.fetch_token(false)).await?;
        match call(token.clone()).await {
            Err(Failure::Errcode(errcode)) if TOKEN_ERRCODES.contains(&errcode) => {
                let is_other = |held: &Secret| held.reveal() != token.reveal();
                call(self.token.get(is_other, self.fetch_token(true)).await?).await
            }
            answered => answered,
        }
    }

    async fn fetch_token(&self, is_refused: bool) -> Result<(Secret, Duration), Failure> {
        let body = json!({
            "grant_type": "client_credential",
            "appid": self.id,
            "secret": self.secret.reveal(),
            "force_refresh": is_refused,
        });
        let endpoint = self.outbound.endpoint("/cgi-bin/stable_token");
        let request = self.outbound.post(endpoint).json(&body);
        parse_token(&read(request, ANSWER_BYTES_MAX).await?)
    }
}

/// Repeats a call for as long as the platform says that it is busy and did nothing: at most three in all.
pub(super) async fn until_not_busy<T, F>(call: impl Fn() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    for pause in BUSY_PAUSES {
        match call().await {
            Err(Failure::Errcode(ERRCODE_BUSY)) => sleep(pause).await,
            answered => return answered,
        }
    }
    call().await
}

/// The meaning of a failure for a sign-in; by the number only, the text beside it is not stable.
pub(super) fn sort(failure: &Failure) -> CodeExchangeError {
    let Failure::Errcode(errcode) = *failure else {
        return CodeExchangeError::Unavailable;
    };
    match errcode {
        // code2Session: invalid code. Global: code already used, code expired.
        40029 | 40163 | 42003 => CodeExchangeError::InvalidCode,
        // code2Session: "code blocked", a user of high risk.
        40226 => CodeExchangeError::HighRisk,
        // code2Session: quota of the minute, "retry next minute"; older texts say 100 a minute for one user.
        45011 => CodeExchangeError::MINUTE_QUOTA,
        // Global: "reach max api daily quota limit", of the app.
        45009 => CodeExchangeError::DAILY_QUOTA,
        // Global: invalid credential, grant type, app id or secret, secret frozen (40...); app id, secret or code
        // missing (41...: something on the way drops our query); our address is not on the app's list (40164,
        // 61004); the app may not make this call (48...).
        40001 | 40002 | 40013 | 40125 | 40164 | 40243 | 41002 | 41004 | 41008 | 48001 | 48004
        | 61004 => CodeExchangeError::Misconfigured { errcode },
        _ => CodeExchangeError::Unavailable,
    }
}

/// Reads the body of an answer, whatever its content type says: the platform sends JSON as text/plain.
pub(super) fn parse_account(answer: &[u8]) -> Result<Account, Failure> {
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

/// Reads the answer to a call for a token: the token and how long it is to be used.
fn parse_token(answer: &[u8]) -> Result<(Secret, Duration), Failure> {
    #[derive(Deserialize)]
    struct Answer {
        errcode: Option<i64>,
        access_token: Option<String>,
        expires_in: Option<u64>,
    }

    let answer: Answer = serde_json::from_slice(answer).map_err(|_| Failure::AnswerUnreadable)?;
    lasting(answer.errcode, answer.access_token, answer.expires_in)
}

/// A token or ticket of an answer, and how long it is to be used.
pub(super) fn lasting(
    errcode: Option<i64>,
    text: Option<String>,
    expires_in: Option<u64>,
) -> Result<(Secret, Duration), Failure> {
    match (errcode, text, expires_in) {
        (None | Some(0), Some(text), Some(seconds)) if !text.is_empty() => {
            let lifetime = Duration::from_secs(seconds).saturating_sub(TOKEN_MARGIN);
            Ok((text.into(), lifetime))
        }
        (None | Some(0), ..) => Err(Failure::AnswerIncomplete),
        (Some(errcode), ..) => Err(Failure::Errcode(errcode)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(answer: &str) -> Result<String, CodeExchangeError> {
        match parse_account(answer.as_bytes()) {
            Ok(account) => Ok(account.openid.as_str().to_owned()),
            Err(failure) => Err(sort(&failure)),
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
            let account = parse_account(answer.as_bytes()).expect("an account");
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
            let failure = parse_account(answer.as_bytes()).expect_err("not the documented JSON");
            assert!(
                !format!("{failure} {failure:?}").contains("private"),
                "{failure:?}"
            );
        }
    }
}
