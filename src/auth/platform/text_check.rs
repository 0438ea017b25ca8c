//! The platform's word on a text: `msg_sec_check`, with the server's own token.
//!
//! Protocol: [msgSecCheck], version 2. It wants the openid of a person who was in the mini-program within two hours:
//! an operator names one who looks after the mini-program. A text that could not be checked is not checked; it has not
//! passed.
//!
//! [msgSecCheck]:
//!     https://developers.weixin.qq.com/miniprogram/dev/server/API/sec-center/sec-check/api_msgseccheck.html

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;

use super::failure::Failure;
use super::mini_program::WeChat;
use super::outbound::{ANSWER_BYTES_MAX, read};
use crate::auth::secret::Secret;
use crate::domain::story::life::TextCheck;
use crate::telemetry::RequestId;

/// Characters of one call, as the platform has it.
const CONTENT_CHARS_MAX: usize = 2_500;
/// The kind of text: of those that the platform knows, the nearest to articles is that of a public forum.
const SCENE: u8 = 3;
/// Calls for one text at once. The platform allows 4,000 a minute.
const CALLS_AT_ONCE: usize = 4;
/// The time for a whole text, which is at most some 40 calls: somebody waits.
const TEXT_TIMEOUT: Duration = Duration::from_secs(8);

impl WeChat {
    /// The platform's word on a text, the worst on its pieces; none, and a line in the log, where it has none. Without
    /// an openid to ask with, none is asked for.
    pub async fn check_text(&self, text: &str) -> Option<TextCheck> {
        let openid = self.checker_openid.as_ref()?;
        let characters: Vec<char> = text.chars().collect();
        let mut calls = Vec::new();
        for piece in characters.chunks(CONTENT_CHARS_MAX) {
            calls.push(self.check_piece(openid.reveal(), String::from_iter(piece)));
        }
        let checks = stream::iter(calls).buffer_unordered(CALLS_AT_ONCE);
        let worst = checks.fold(Ok(TextCheck::Passed), |worst, check| async move {
            match (worst, check) {
                // One risky piece is enough, whatever became of the others.
                (Ok(TextCheck::Risky), _) | (_, Ok(TextCheck::Risky)) => Ok(TextCheck::Risky),
                (Err(failure), _) | (_, Err(failure)) => Err(failure),
                (Ok(worst), Ok(check)) => Ok(worst.max(check)),
            }
        });
        let checked = timeout(TEXT_TIMEOUT, worst).await;
        match checked.unwrap_or(Err(Failure::Late)) {
            Ok(check) => Some(check),
            Err(failure) => {
                let request = RequestId::current();
                tracing::warn!(request, %failure, "WeChat did not check a text; it counts as not checked");
                None
            }
        }
    }

    async fn check_piece(&self, openid: &str, content: String) -> Result<TextCheck, Failure> {
        let content = content.as_str();
        let call =
            |token: Secret| async move { self.call_for_check(&token, openid, content).await };
        self.app.with_token(call).await
    }

    async fn call_for_check(
        &self,
        token: &Secret,
        openid: &str,
        content: &str,
    ) -> Result<TextCheck, Failure> {
        let body = json!({ "version": 2, "scene": SCENE, "openid": openid, "content": content });
        let outbound = &self.app.outbound;
        let request = outbound.post(outbound.endpoint("/wxa/msg_sec_check"));
        let request = request.query(&[("access_token", token.reveal())]);
        let request = request.json(&body);
        parse_check(&read(request, ANSWER_BYTES_MAX).await?)
    }
}

/// Reads the answer to a check.
fn parse_check(answer: &[u8]) -> Result<TextCheck, Failure> {
    #[derive(Deserialize)]
    struct Answer {
        errcode: Option<i64>,
        result: Option<Verdict>,
    }
    #[derive(Deserialize)]
    struct Verdict {
        suggest: Option<String>,
    }

    let answer: Answer = serde_json::from_slice(answer).map_err(|_| Failure::AnswerUnreadable)?;
    match answer.errcode {
        None | Some(0) => {}
        Some(errcode) => return Err(Failure::Errcode(errcode)),
    }
    let suggest = answer.result.and_then(|result| result.suggest);
    match suggest.as_deref() {
        Some("pass") => Ok(TextCheck::Passed),
        Some("review") => Ok(TextCheck::Review),
        Some("risky") => Ok(TextCheck::Risky),
        _ => Err(Failure::AnswerIncomplete),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_of_the_platform_counts() {
        let check = |answer: &str| parse_check(answer.as_bytes()).ok();
        for (answer, expected) in [
            (
                r#"{"errcode":0,"errmsg":"ok","result":{"suggest":"pass","label":100},"trace_id":"x"}"#,
                Some(TextCheck::Passed),
            ),
            (
                r#"{"errcode":0,"result":{"suggest":"review","label":20001},"detail":[]}"#,
                Some(TextCheck::Review),
            ),
            (
                r#"{"errcode":0,"result":{"suggest":"risky","label":20006}}"#,
                Some(TextCheck::Risky),
            ),
            (r#"{"errcode":0,"result":{"suggest":"fine"}}"#, None),
            (r#"{"errcode":0,"errmsg":"ok"}"#, None),
            (r#"{"errcode":61010,"errmsg":"code is expired"}"#, None),
            (r#"{"errcode":61010,"result":{"suggest":"pass"}}"#, None),
            (r#"{"errcode":"0","result":{"suggest":"pass"}}"#, None),
            ("", None),
        ] {
            assert_eq!(check(answer), expected, "{answer}");
        }
    }
}
