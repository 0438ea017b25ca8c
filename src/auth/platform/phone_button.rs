//! The mini-program's phone button: turns the code that it gives, good for five minutes and one use, into the telephone
//! number that the person has chosen, with the server's own token.
//!
//! Protocol: [getPhoneNumber]. The platform vouches that the number is of the account that the program runs under.
//!
//! [getPhoneNumber]:
//!     https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-info/phone-number/getPhoneNumber.html

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::failure::{CodeExchangeError, Failure, report};
use super::is_code;
use super::mini_program::WeChat;
use super::outbound::{ANSWER_BYTES_MAX, read};
use super::wechat_app::{CODE_LENGTH_MAX, sort, until_not_busy};
use crate::auth::secret::Secret;
use crate::domain::phone::PhoneNumber;

impl WeChat {
    /// Turns the code of the phone button into the person's number.
    ///
    /// Bounded and logged as [`WeChat::exchange_code`] is.
    ///
    /// # Errors
    /// See [`CodeExchangeError`].
    pub async fn find_phone_number(
        &self,
        code: &str,
        address: Uuid,
    ) -> Result<PhoneNumber, CodeExchangeError> {
        if !is_code(code, CODE_LENGTH_MAX) {
            return Err(CodeExchangeError::InvalidCode);
        }
        let _pass = self.gate.enter(address).await?;
        let call = |token: Secret| async move { self.call_for_number(&token, code).await };
        until_not_busy(|| self.app.with_token(call))
            .await
            .map_err(|failure| report("WeChat's phone button", &failure, sort(&failure)))
    }

    async fn call_for_number(&self, token: &Secret, code: &str) -> Result<PhoneNumber, Failure> {
        let outbound = &self.app.outbound;
        let request = outbound.post(outbound.endpoint("/wxa/business/getuserphonenumber"));
        let request = request.query(&[("access_token", token.reveal())]);
        let request = request.json(&json!({ "code": code }));
        parse_number(&read(request, ANSWER_BYTES_MAX).await?, &self.app.id)
    }
}

/// The answer, as far as it is of use.
#[derive(Deserialize)]
struct Answer {
    errcode: Option<i64>,
    phone_info: Option<PhoneInfo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneInfo {
    /// Without the country's code.
    pure_phone_number: String,
    country_code: CountryCode,
    watermark: Watermark,
}

/// A text in the documentation, a number in its example.
#[derive(Deserialize)]
#[serde(untagged)]
enum CountryCode {
    Text(String),
    Number(u32),
}

#[derive(Deserialize)]
struct Watermark {
    appid: String,
}

/// Reads the answer to a call for a number of a person in this app.
fn parse_number(answer: &[u8], app_id: &str) -> Result<PhoneNumber, Failure> {
    let answer: Answer = serde_json::from_slice(answer).map_err(|_| Failure::AnswerUnreadable)?;
    let info = match (answer.errcode, answer.phone_info) {
        (None | Some(0), Some(info)) => info,
        (None | Some(0), None) => return Err(Failure::AnswerIncomplete),
        (Some(errcode), _) => return Err(Failure::Errcode(errcode)),
    };
    if info.watermark.appid != app_id {
        return Err(Failure::Untrusted("the number is of another app's person"));
    }
    let country = match info.country_code {
        CountryCode::Text(code) => code,
        CountryCode::Number(code) => code.to_string(),
    };
    let number = format!("+{country}{}", info.pure_phone_number);
    PhoneNumber::parse(&number).ok_or(Failure::AnswerIncomplete)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_answer(answer: &str) -> Result<String, CodeExchangeError> {
        match parse_number(answer.as_bytes(), "wx1") {
            Ok(number) => Ok(number.as_str().to_owned()),
            Err(failure) => Err(sort(&failure)),
        }
    }

    fn with(info: &str) -> String {
        format!(r#"{{"errcode":0,"errmsg":"ok","phone_info":{info}}}"#)
    }

    const MARK: &str = r#""watermark":{"timestamp":1637744274,"appid":"wx1"}"#;

    #[test]
    fn a_country_is_a_text_or_a_number() {
        for (country, number, expected) in [
            (r#""86""#, "13800138000", "+8613800138000"),
            ("86", "13800138000", "+8613800138000"),
            (r#""852""#, "91234567", "+85291234567"),
            ("1", "6502530000", "+16502530000"),
        ] {
            let info = format!(
                r#"{{"phoneNumber":"x","purePhoneNumber":"{number}","countryCode":{country},{MARK}}}"#
            );
            assert_eq!(read_answer(&with(&info)).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn an_answer_outside_the_documentation_is_unavailable() {
        let other = MARK.replace("wx1", "wx2");
        for answer in [
            String::new(),
            "{}".to_owned(),
            "null".to_owned(),
            r#"{"errcode":"0"}"#.to_owned(),
            r#"{"errcode":0}"#.to_owned(),
            with("null"),
            with("[]"),
            with(&format!(
                r#"{{"purePhoneNumber":"13800138000","countryCode":"86",{other}}}"#
            )),
            with(r#"{"purePhoneNumber":"13800138000","countryCode":"86"}"#),
            with(r#"{"purePhoneNumber":"13800138000","countryCode":"86","watermark":{}}"#),
            with(&format!(
                r#"{{"purePhoneNumber":13800138000,"countryCode":"86",{MARK}}}"#
            )),
            with(&format!(
                r#"{{"purePhoneNumber":"1380013800","countryCode":"86",{MARK}}}"#
            )),
            with(&format!(
                r#"{{"purePhoneNumber":"13800138000","countryCode":-86,{MARK}}}"#
            )),
            with(&format!(
                r#"{{"purePhoneNumber":"13800138000","countryCode":null,{MARK}}}"#
            )),
            with(&format!(r#"{{"countryCode":"86",{MARK}}}"#)),
        ] {
            let found = read_answer(&answer);
            assert_eq!(found, Err(CodeExchangeError::Unavailable), "{answer}");
        }
        let refused = r#"{"errcode":40029,"errmsg":"invalid code","phone_info":null}"#;
        assert_eq!(read_answer(refused), Err(CodeExchangeError::InvalidCode));
    }

    #[test]
    fn failures_do_not_quote_the_answer() {
        for info in [
            r#"{"purePhoneNumber":["private"]}"#.to_owned(),
            format!(r#"{{"purePhoneNumber":"private","countryCode":"86",{MARK}}}"#),
            MARK.replace("wx1", "private"),
        ] {
            let answer = with(&info);
            let failure = parse_number(answer.as_bytes(), "wx1").expect_err("no number");
            let shown = format!("{failure} {failure:?}");
            assert!(!shown.contains("private"), "{shown}");
        }
    }
}
