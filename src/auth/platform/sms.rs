//! Codes by text message, through a webhook of the operator's: it knows a provider of messages, this server does not.
//!
//! The call is a POST of JSON, signed as [Standard Webhooks] has it (version 1.0.0, symmetric signatures): the headers
//! are `webhook-id`, `webhook-timestamp` and `webhook-signature`, which is `v1,` and the base64 of HMAC-SHA256 over
//! `{id}.{timestamp}.{body}`. An answer of 2xx means that the message is on its way. A call is never repeated: after a
//! time-out the message may be on its way all the same, and the person asks again.
//!
//! [Standard Webhooks]:
//!     https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

use std::fmt;
use std::time::Duration;

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use reqwest::header;
use serde_json::json;
use uuid::Uuid;

use super::failure::{CodeExchangeError, Failure};
use super::gate::Gate;
use super::outbound::{Outbound, deliver};
use crate::auth::secret::{Secret, new_random_text};
use crate::domain::phone::PhoneNumber;
use crate::telemetry::RequestId;

/// The prefix by which secrets of webhooks are known.
const SECRET_PREFIX: &str = "whsec_";
/// Bytes of a secret, as the specification bounds them.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The settings of the webhook.
#[derive(Debug, Clone)]
pub struct SmsConfig {
    /// The address that messages are handed to.
    pub webhook_url: String,
    /// The secret that calls are signed with: `whsec_` and base64.
    pub secret: Secret,
    /// The text by which the webhook knows what message to write.
    pub template: String,
    /// Codes in a day, of all numbers together.
    pub per_day: u32,
    /// Calls under way at once, taken as at least 1 and at most 4,096; four times as many may wait.
    pub concurrency_max: usize,
    /// Time for one call, and the longest wait for its turn.
    pub timeout: Duration,
}

/// A setting of the webhook that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SmsConfigError {
    /// The secret is not one of webhooks.
    #[error("must be whsec_ and the base64 of 24 to 64 random bytes: openssl rand -base64 32")]
    Secret,
    /// The address is none, or the TLS roots of this machine cannot be loaded.
    #[error("{0}")]
    WebhookUrl(reqwest::Error),
}

/// A message that was not handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmsFailure {
    /// The reason.
    pub error: CodeExchangeError,
    /// Whether it may be on its way all the same: nobody said that it is not.
    pub may_be_sent: bool,
}

/// The webhook. One for the process: it holds the bound on outbound calls.
pub struct Sms {
    outbound: Outbound,
    key: hmac::Key,
    template: String,
    per_day: u32,
    gate: Gate,
}

impl fmt::Debug for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may have a secret of its own in it.
        f.debug_struct("Sms").finish_non_exhaustive()
    }
}

impl Sms {
    /// Prepares the client; calls nothing.
    ///
    /// # Errors
    /// See [`SmsConfigError`].
    pub fn new(config: SmsConfig) -> Result<Self, SmsConfigError> {
        let secret = config.secret.reveal();
        let secret = secret.strip_prefix(SECRET_PREFIX).unwrap_or(secret);
        let secret = BASE64.decode(secret.as_bytes()).ok();
        let secret = secret.filter(|bytes| SECRET_BYTES.contains(&bytes.len()));
        let secret = secret.ok_or(SmsConfigError::Secret)?;
        let outbound = Outbound::new(&config.webhook_url, config.timeout)
            .map_err(|error| SmsConfigError::WebhookUrl(error.without_url()))?;
        Ok(Self {
            outbound,
            key: hmac::Key::new(hmac::HMAC_SHA256, &secret),
            template: config.template,
            per_day: config.per_day,
            gate: Gate::new(config.concurrency_max, config.timeout),
        })
    }

    /// Codes in a day, of all numbers together.
    #[must_use]
    pub fn per_day(&self) -> u32 {
        self.per_day
    }

    /// Hands a message with this code over. A failure is logged here.
    ///
    /// `address` names the network address that asks: one holds a share of the places only.
    ///
    /// # Errors
    /// See [`SmsFailure`].
    pub async fn send(
        &self,
        phone: &PhoneNumber,
        code: &str,
        address: Uuid,
        now: DateTime<Utc>,
    ) -> Result<(), SmsFailure> {
        let not_sent = |error| SmsFailure {
            error,
            may_be_sent: false,
        };
        let _pass = self.gate.enter(address).await.map_err(not_sent)?;
        // No dot is in it: it is what parts are told by.
        let id = new_random_text().map_err(|_| not_sent(CodeExchangeError::Unavailable))?;
        let body = json!({ "phone": phone.as_str(), "code": code, "template": self.template });
        let (timestamp, body) = (now.timestamp(), body.to_string());
        let signature = sign(&self.key, &id, timestamp, &body);
        let request = self
            .outbound
            .post(self.outbound.base().clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(body);
        let delivered = deliver(request).await;
        delivered.map_err(|failure| {
            let request = RequestId::current();
            tracing::warn!(request, %failure, "the SMS webhook did not take a code; nobody gets it");
            sort(&failure)
        })
    }
}

/// The signature of a call.
fn sign(key: &hmac::Key, id: &str, timestamp: i64, body: &str) -> String {
    let signed = hmac::sign(key, format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", BASE64.encode(signed.as_ref()))
}

/// The meaning of a failure.
fn sort(failure: &Failure) -> SmsFailure {
    let error = match failure {
        Failure::Status(429) => CodeExchangeError::MINUTE_QUOTA,
        _ => CodeExchangeError::Unavailable,
    };
    let is_known = match failure {
        // A gateway speaks for somebody whom it has not heard.
        Failure::Status(status) => !matches!(status, 502 | 504),
        // Where there was no connection nothing was sent.
        Failure::Call(error) => error.is_connect(),
        _ => false,
    };
    SmsFailure {
        error,
        may_be_sent: !is_known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(secret: &str) -> SmsConfig {
        SmsConfig {
            webhook_url: "http://127.0.0.1:1/private".to_owned(),
            secret: Secret::from(secret.to_owned()),
            template: "sign-in".to_owned(),
            per_day: 1,
            concurrency_max: 1,
            timeout: Duration::from_secs(1),
        }
    }

    /// The example of the specification's own libraries.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let sms = Sms::new(config("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).expect("a client");
        let signature = sign(
            &sms.key,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_base64_of_enough_bytes() {
        let of = |bytes: usize| BASE64.encode(&vec![7; bytes]);
        for good in [of(24), of(64), format!("whsec_{}", of(32))] {
            assert!(Sms::new(config(&good)).is_ok(), "{good}");
        }
        for bad in [
            of(23),
            of(65),
            "whsec_".to_owned(),
            "a good secret, long enough".to_owned(),
        ] {
            let error = Sms::new(config(&bad)).map(|_| ()).expect_err("it is none");
            assert!(error.to_string().contains("openssl rand"), "{bad}");
        }
    }

    #[test]
    fn debug_texts_keep_secrets() {
        let secret = format!("whsec_{}", BASE64.encode(&[7; 32]));
        let config = config(&secret);
        let shown = format!("{:?}", config.secret);
        assert!(!shown.contains("whsec"), "{shown}");
        let shown = format!("{:?}", Sms::new(config).expect("a client"));
        assert!(
            !shown.contains("private") && !shown.contains('7'),
            "{shown}"
        );
    }
}
