//! A webhook of an operator's that sends codes to telephones, by the specification of Standard Webhooks: it verifies
//! each call, and keeps what it would have sent.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acclaim::auth::platform::sms::{Sms, SmsConfig};
use acclaim::clock::Clock;
use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use data_encoding::BASE64;
use serde_json::Value;

use super::{Stand, Traffic, lock};
use crate::log_watch::WATCH;

/// A call that is older was sent by somebody who has listened, as the specification's libraries have it.
const TOLERANCE_SECONDS: i64 = 5 * 60;

/// How the webhook answers from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmsFault {
    /// With this status.
    Status(u16),
    /// Not until [`Traffic::answer_slow_calls`], then as usual.
    Slow,
    /// It closes the connection.
    HangUp,
}

/// A message as it was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub phone: String,
    pub code: String,
    pub template: String,
}

/// The running webhook.
pub struct FakeSms {
    pub stand: Stand,
    inbox: Arc<Inbox>,
}

struct Inbox {
    traffic: Arc<Traffic>,
    clock: Clock,
    fault: Mutex<Option<SmsFault>>,
    messages: Mutex<Vec<Message>>,
    /// The ids of calls that came in.
    ids: Mutex<HashSet<String>>,
}

impl FakeSms {
    /// The key of signatures: see [`Self::secret`].
    const KEY: &[u8] = b"app-secret of the SMS webhook";

    pub async fn start(clock: Clock) -> Self {
        let inbox = Arc::new(Inbox {
            traffic: Arc::default(),
            clock,
            fault: Mutex::default(),
            messages: Mutex::default(),
            ids: Mutex::default(),
        });
        let router = Router::new()
            .route("/codes", post(take))
            .with_state(Arc::clone(&inbox));
        Self {
            stand: Stand::start(Arc::clone(&inbox.traffic), |_| router).await,
            inbox,
        }
    }

    /// The secret as an operator enters it.
    pub fn secret() -> String {
        format!("whsec_{}", BASE64.encode(Self::KEY))
    }

    pub fn url(&self) -> String {
        format!("{}/codes", self.stand.base_url)
    }

    /// A client of this webhook.
    pub fn client(&self, concurrency_max: usize, timeout: Duration) -> Sms {
        self.client_with(|config| {
            config.concurrency_max = concurrency_max;
            config.timeout = timeout;
        })
    }

    /// The same with other settings.
    pub fn client_with(&self, change: impl FnOnce(&mut SmsConfig)) -> Sms {
        let mut config = SmsConfig {
            webhook_url: self.url(),
            secret: Self::secret().into(),
            template: "sign-in".to_owned(),
            per_day: 1_000,
            concurrency_max: 16,
            timeout: Duration::from_secs(10),
        };
        change(&mut config);
        Sms::new(config).expect("good settings")
    }

    pub fn set_fault(&self, fault: Option<SmsFault>) {
        *lock(&self.inbox.fault) = fault;
    }

    /// The messages that were handed over, whatever was answered.
    pub fn messages(&self) -> Vec<Message> {
        lock(&self.inbox.messages).clone()
    }

    /// The last code that was handed over for a number.
    pub fn code_of(&self, phone: &str) -> String {
        let messages = self.messages();
        let last = messages.iter().rfind(|message| message.phone == phone);
        last.expect("a message").code.clone()
    }
}

impl Inbox {
    /// The message of a call, if it is as the specification has it and comes for the first time.
    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Option<Message> {
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let (id, timestamp) = (header("webhook-id")?, header("webhook-timestamp")?);
        let seconds: i64 = timestamp.parse().ok()?;
        if seconds.abs_diff(self.clock.now().timestamp()) > TOLERANCE_SECONDS.unsigned_abs() {
            return None;
        }
        let mut signed = format!("{id}.{timestamp}.").into_bytes();
        signed.extend(body);
        let key = hmac::Key::new(hmac::HMAC_SHA256, FakeSms::KEY);
        let mut signatures = header("webhook-signature")?.split(' ');
        let is_good = |signature: &str| {
            let signature = signature.strip_prefix("v1,");
            let signature = signature.and_then(|text| BASE64.decode(text.as_bytes()).ok());
            signature.is_some_and(|tag| hmac::verify(&key, &signed, &tag).is_ok())
        };
        let is_signed = signatures.any(is_good);
        let is_new = lock(&self.ids).insert(id.to_owned());
        let is_json = header(header::CONTENT_TYPE.as_str())? == "application/json";
        if id.contains('.') || !is_signed || !is_new || !is_json {
            return None;
        }
        let body: Value = serde_json::from_slice(body).ok()?;
        let field = |name: &str| body[name].as_str().map(str::to_owned);
        Some(Message {
            phone: field("phone")?,
            code: field("code")?,
            template: field("template")?,
        })
    }
}

async fn take(State(inbox): State<Arc<Inbox>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(message) = inbox.verify(&headers, &body) else {
        let _refused = inbox.traffic.enter();
        return StatusCode::UNAUTHORIZED.into_response();
    };
    // Six digits come by chance, too: known is the code in what would be around it.
    let code = &message.code;
    for around in [
        format!("\"code\":\"{code}\""),
        format!("code: \"{code}\""),
        format!(" code={code}"),
        format!("\\\"code\\\":\\\"{code}"),
    ] {
        WATCH.forbid(&around);
    }
    lock(&inbox.messages).push(message);
    // Whoever waits for the call finds its message.
    let _under_way = inbox.traffic.enter();
    let fault = *lock(&inbox.fault);
    match fault {
        None => StatusCode::NO_CONTENT.into_response(),
        Some(SmsFault::Status(status)) => StatusCode::from_u16(status)
            .expect("a status")
            .into_response(),
        Some(SmsFault::Slow) => {
            inbox.traffic.slow_answers().await;
            StatusCode::OK.into_response()
        }
        Some(SmsFault::HangUp) => panic!("the connection ends with it"),
    }
}
