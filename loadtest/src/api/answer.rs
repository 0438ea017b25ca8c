//! Answers, read into small structs that borrow from the bytes: what is not needed is skipped, but checked to be JSON.
//! Data counts before errors: a field beside the vote may fail, and the vote stands.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

/// The meaning of an answer.
#[derive(Debug)]
pub struct Reply<'a, T> {
    /// The data, if there is any.
    pub data: Option<T>,
    /// The code of the first error, if there is one: the server's, or of HTTP as `HTTP 503`.
    pub code: Option<Cow<'a, str>>,
    /// How long to wait before trying again, if the server says so.
    pub retry_after: Option<Duration>,
}

#[derive(Deserialize)]
struct Envelope<'a, T> {
    data: Option<T>,
    #[serde(borrow, default = "Vec::new")]
    errors: Vec<TopError<'a>>,
}

#[derive(Deserialize)]
struct TopError<'a> {
    #[serde(borrow)]
    extensions: Option<Extensions<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extensions<'a> {
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
    retry_after_ms: Option<u64>,
}

/// Codes after which the same is sent again: the server says that it will work later, or does not know what became of
/// it.
const RETRYABLE: [&str; 4] = ["RATE_LIMITED", "OVERLOADED", "UNAVAILABLE", "INTERNAL"];
/// Codes of an operation that was certainly not executed.
const NOT_EXECUTED: [&str; 3] = ["RATE_LIMITED", "OVERLOADED", "PERSISTED_QUERY_NOT_FOUND"];

impl<'a, T: Deserialize<'a>> Reply<'a, T> {
    /// Reads an answer.
    pub fn read(answer: &'a Answer) -> Self {
        let Ok(envelope) = serde_json::from_slice::<Envelope<'a, T>>(&answer.body) else {
            let code = if answer.status == 200 {
                "not understood".into()
            } else {
                format!("HTTP {}", answer.status).into()
            };
            return Self {
                data: None,
                code: Some(code),
                retry_after: None,
            };
        };
        let first = envelope.errors.into_iter().next();
        let has_failed = first.is_some() || envelope.data.is_none();
        let extensions = first.and_then(|error| error.extensions);
        let retry_after = extensions.as_ref().and_then(|e| e.retry_after_ms);
        let code = extensions.and_then(|e| e.code);
        Self {
            data: envelope.data,
            code: has_failed.then(|| code.unwrap_or("no code".into())),
            retry_after: retry_after.map(Duration::from_millis),
        }
    }

    /// Whether the same may be sent again.
    pub fn is_retryable(&self) -> bool {
        let is_retryable = |code: &str| {
            RETRYABLE.contains(&code) || code.starts_with("HTTP 5") || code == "HTTP 429"
        };
        self.code.as_deref().is_some_and(is_retryable)
    }

    /// Whether it is certain that nothing was done.
    pub fn is_not_executed(&self) -> bool {
        let code = self.code.as_deref();
        code.is_some_and(|code| NOT_EXECUTED.contains(&code))
    }

    /// Whether the server does not know the document.
    pub fn misses_document(&self) -> bool {
        self.code.as_deref() == Some("PERSISTED_QUERY_NOT_FOUND")
    }
}

/// A refusal in a payload.
#[derive(Debug, Deserialize)]
pub struct UserError<'a> {
    /// Why.
    #[serde(borrow)]
    pub code: Cow<'a, str>,
}

/// The data of [`super::document::VOTE`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoteData<'a> {
    /// The payload.
    #[serde(borrow)]
    pub cast_vote: Option<VotePayload<'a>>,
}

/// The payload of a vote.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VotePayload<'a> {
    /// The vote that counts.
    #[serde(borrow)]
    pub vote: Option<Vote<'a>>,
    /// The quota after it.
    pub quota: Option<QuotaLine>,
    /// Why it was refused.
    #[serde(borrow)]
    pub user_errors: Vec<UserError<'a>>,
}

/// A vote.
#[derive(Debug, Deserialize)]
pub struct Vote<'a> {
    /// Its id.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
}

/// A quota.
#[derive(Debug, Deserialize)]
pub struct QuotaLine {
    /// Votes used.
    pub used: u32,
    /// Votes granted.
    pub limit: u32,
}

/// The data of [`super::document::LIKE`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LikeData<'a> {
    /// The payload.
    #[serde(borrow)]
    pub set_like: Option<LikePayload<'a>>,
}

/// The payload of a like.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LikePayload<'a> {
    /// The subject that is liked now.
    pub subject: Option<IgnoredAny>,
    /// Why it was refused.
    #[serde(borrow)]
    pub user_errors: Vec<UserError<'a>>,
}

/// The data of [`super::document::VIEWS`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ViewsData {
    /// The payload.
    pub record_views: Option<ViewsPayload>,
}

/// The payload of a report of views.
#[derive(Debug, Deserialize)]
pub struct ViewsPayload {
    /// Views that were counted.
    pub recorded: usize,
}

/// The data of a page: one of the fields is there.
#[derive(Debug, Deserialize)]
pub struct PageData<'a> {
    /// A nominee's page.
    pub nominee: Option<IgnoredAny>,
    /// A story's page.
    pub story: Option<IgnoredAny>,
    /// A feed.
    pub stories: Option<IgnoredAny>,
    /// The campaign, beside the feed where a visit begins.
    #[serde(borrow)]
    pub campaign: Option<VisitedCampaign<'a>>,
}

/// A campaign that is visited.
#[derive(Debug, Deserialize)]
pub struct VisitedCampaign<'a> {
    /// The ticket for votes of the visit.
    #[serde(borrow)]
    pub ticket: Cow<'a, str>,
}

impl PageData<'_> {
    /// Whether there is a page.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.nominee.is_some() || self.story.is_some() || self.stories.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    #[test]
    fn a_vote_is_read() {
        let body = r#"{"data":{"castVote":{"vote":{"id":"dg","castAt":"x"},"quota":{"used":1,"limit":10,"remaining":9},"userErrors":[]}}}"#;
        let answer = answer(200, body);
        let reply: Reply<VoteData> = Reply::read(&answer);
        let payload = reply
            .data
            .and_then(|data| data.cast_vote)
            .expect("a payload");
        assert_eq!(payload.vote.expect("a vote").id, "dg");
        assert_eq!(payload.quota.map(|quota| quota.used), Some(1));
        assert_eq!(reply.code, None);
    }

    #[test]
    fn a_vote_stands_when_a_field_beside_it_fails() {
        let body = r#"{"errors":[{"message":"","path":["castVote","quota"],"extensions":{"code":"UNAVAILABLE"}}],"data":{"castVote":{"vote":{"id":"dg"},"quota":null,"userErrors":[]}}}"#;
        let answer = answer(200, body);
        let reply: Reply<VoteData> = Reply::read(&answer);
        assert!(reply.data.and_then(|data| data.cast_vote?.vote).is_some());
        assert_eq!(reply.code.as_deref(), Some("UNAVAILABLE"));
    }

    #[test]
    fn a_refusal_is_read() {
        let body = r#"{"data":{"castVote":{"vote":null,"quota":null,"userErrors":[{"code":"QUOTA_SPENT","message":"\u4f60"}]}}}"#;
        let answer = answer(200, body);
        let reply: Reply<VoteData> = Reply::read(&answer);
        let payload = reply
            .data
            .and_then(|data| data.cast_vote)
            .expect("a payload");
        assert_eq!(payload.user_errors[0].code, "QUOTA_SPENT");
    }

    #[test]
    fn errors_say_whether_to_come_back() {
        let body = r#"{"errors":[{"message":"","extensions":{"code":"RATE_LIMITED","retryAfterMs":200,"policy":"cast"}}]}"#;
        for (answer, code, is_retryable, is_not_executed) in [
            (answer(429, body), "RATE_LIMITED", true, true),
            (answer(503, ""), "HTTP 503", true, false),
            (
                answer(200, "{\"data\":{\"castVote\""),
                "not understood",
                false,
                false,
            ),
            (answer(200, "{\"data\":null}"), "no code", false, false),
            (
                answer(
                    401,
                    r#"{"errors":[{"message":"","extensions":{"code":"UNAUTHENTICATED"}}]}"#,
                ),
                "UNAUTHENTICATED",
                false,
                false,
            ),
        ] {
            let reply: Reply<VoteData> = Reply::read(&answer);
            assert_eq!(reply.code.as_deref(), Some(code));
            assert_eq!(reply.is_retryable(), is_retryable, "{code}");
            assert_eq!(reply.is_not_executed(), is_not_executed, "{code}");
        }
        let answer = answer(429, body);
        let reply: Reply<VoteData> = Reply::read(&answer);
        assert_eq!(reply.retry_after, Some(Duration::from_millis(200)));
    }

    #[test]
    fn a_page_is_there_or_not() {
        let is_there = |body| {
            let answer = answer(200, body);
            let reply: Reply<PageData> = Reply::read(&answer);
            reply.data.is_some_and(|data| data.is_there()) && reply.code.is_none()
        };
        assert!(is_there(r#"{"data":{"stories":{"nodes":[{"id":"x"}]}}}"#));
        assert!(is_there(
            r#"{"data":{"stories":{"nodes":[]},"campaign":{"ticket":"t"}}}"#
        ));
        assert!(is_there(r#"{"data":{"nominee":{"id":"x"}}}"#));
        assert!(!is_there(r#"{"data":{"nominee":null}}"#));
        assert!(!is_there(
            r#"{"errors":[{"message":""}],"data":{"story":{"id":"x"}}}"#
        ));
    }
}
