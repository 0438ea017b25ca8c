//! The service of Tencent Cloud's captcha for mini-programs: `DescribeCaptchaMiniResult`, by POST, signed by
//! `TC3-HMAC-SHA256`. It verifies each call as its documentation has it.
//!
//! A solution tells the answer by its prefix: `ok-*` is good, as often as it is brought, `code<number>-*` is that
//! `CaptchaCode`, `error-*` an error of theirs, and those of all platforms are what they are elsewhere.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acclaim::auth::platform::captcha::{Captcha, CaptchaConfig};
use acclaim::clock::Clock;
use aws_lc_rs::{digest, hmac};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::DateTime;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use super::{Stand, Traffic, lock, parts};

/// A call whose time is further away is refused.
const TOLERANCE_SECONDS: u64 = 5 * 60;

/// The running service.
pub struct FakeCaptcha {
    pub stand: Stand,
    service: Arc<Service>,
}

struct Service {
    traffic: Arc<Traffic>,
    clock: Clock,
    /// The solutions that were asked about, and the addresses that they came from.
    asked: Mutex<Vec<(String, IpAddr)>>,
}

impl FakeCaptcha {
    /// The only captcha that this service knows.
    pub const APP_ID: u64 = 199_999_164;
    /// Its secret.
    pub const APP_SECRET_KEY: &str = "app-secret key of the captcha";
    /// The account that may ask.
    pub const SECRET_ID: &str = "AKID-acclaim-test";
    /// The account's key.
    pub const SECRET_KEY: &str = "app-secret of the account";

    pub async fn start(clock: Clock) -> Self {
        let service = Arc::new(Service {
            traffic: Arc::default(),
            clock,
            asked: Mutex::default(),
        });
        let router = Router::new()
            .route("/", post(describe))
            .with_state(Arc::clone(&service));
        Self {
            stand: Stand::start(Arc::clone(&service.traffic), |_| router).await,
            service,
        }
    }

    /// A client of this service.
    pub fn client(&self, concurrency_max: usize, timeout: Duration) -> Captcha {
        self.client_with(|config| {
            config.concurrency_max = concurrency_max;
            config.timeout = timeout;
        })
    }

    /// The same with other settings.
    pub fn client_with(&self, change: impl FnOnce(&mut CaptchaConfig)) -> Captcha {
        let mut config = CaptchaConfig {
            app_id: Self::APP_ID,
            app_secret_key: Self::APP_SECRET_KEY.to_owned().into(),
            secret_id: Self::SECRET_ID.to_owned(),
            secret_key: Self::SECRET_KEY.to_owned().into(),
            base_url: self.stand.base_url.clone(),
            concurrency_max: 16,
            timeout: Duration::from_secs(10),
        };
        change(&mut config);
        Captcha::new(config).expect("a good address")
    }

    /// The solutions that were asked about, and the addresses that they came from.
    pub fn asked(&self) -> Vec<(String, IpAddr)> {
        lock(&self.service.asked).clone()
    }
}

impl Service {
    /// The error of a call that is not signed as it has to be.
    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), &'static str> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let missing = "MissingParameter";
        let timestamp = header("x-tc-timestamp").ok_or(missing)?;
        let seconds: i64 = timestamp.parse().map_err(|_| missing)?;
        if seconds.abs_diff(self.clock.now().timestamp()) > TOLERANCE_SECONDS {
            return Err("AuthFailure.SignatureExpire");
        }
        let date = DateTime::from_timestamp(seconds, 0).ok_or(missing)?;
        let scope = format!("{}/captcha/tc3_request", date.format("%Y-%m-%d"));
        let authorization = header("authorization").ok_or(missing)?;
        let parts = authorization.strip_prefix("TC3-HMAC-SHA256 ");
        let parts: Vec<&str> = parts.ok_or(missing)?.split(", ").collect();
        let [credential, names, signature] = parts[..] else {
            return Err(missing);
        };
        if credential != format!("Credential={}/{scope}", FakeCaptcha::SECRET_ID) {
            return Err("AuthFailure.SecretIdNotFound");
        }
        let names = names.strip_prefix("SignedHeaders=").ok_or(missing)?;
        let signed: Vec<&str> = names.split(';').collect();
        if !signed.is_sorted() || !["content-type", "host"].iter().all(|n| signed.contains(n)) {
            return Err("AuthFailure.InvalidAuthorization");
        }
        let values = signed.iter().map(|name| {
            let value = header(name).unwrap_or_default();
            format!("{name}:{}\n", value.trim().to_lowercase())
        });
        let values: String = values.collect();
        let request = format!("POST\n/\n\n{values}\n{names}\n{}", hash_of(body));
        let request = hash_of(request.as_bytes());
        let text = format!("TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{request}");
        let mut key = format!("TC3{}", FakeCaptcha::SECRET_KEY).into_bytes();
        for part in scope.split('/').chain([text.as_str()]) {
            let made = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), part.as_bytes());
            key = made.as_ref().to_vec();
        }
        if signature != format!("Signature={}", HEXLOWER.encode(&key)) {
            return Err("AuthFailure.SignatureFailure");
        }
        let is_known = header("x-tc-action") == Some("DescribeCaptchaMiniResult")
            && header("x-tc-version") == Some("2019-07-22");
        if !is_known {
            return Err("InvalidAction");
        }
        Ok(())
    }
}

fn hash_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest::digest(&digest::SHA256, bytes).as_ref())
}

async fn describe(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(code) = service.verify(&headers, &body) {
        let _refused = service.traffic.enter();
        return error(code);
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let solution = text("Ticket").to_owned();
    let address: Option<IpAddr> = text("UserIp").parse().ok();
    let (Some(address), Some(9)) = (address, body["CaptchaType"].as_i64()) else {
        let _refused = service.traffic.enter();
        return error("MissingParameter");
    };
    lock(&service.asked).push((solution.clone(), address));
    // Whoever waits for the call finds what it asked.
    let _under_way = service.traffic.enter();
    let is_own = body["CaptchaAppId"].as_u64() == Some(FakeCaptcha::APP_ID);
    if !is_own || text("AppSecretKey") != FakeCaptcha::APP_SECRET_KEY {
        return code(100);
    }
    let (behaviour, _) = parts(&solution);
    if let Some(answer) = service.traffic.common_answer(behaviour).await {
        return answer;
    }
    match behaviour {
        "ok" | "slow" => code(1),
        "error" => error("InternalError"),
        _ => {
            let number = behaviour.strip_prefix("code");
            code(number.and_then(|number| number.parse().ok()).unwrap_or(10))
        }
    }
}

fn code(code: i64) -> Response {
    let message = if code == 1 { "OK" } else { "refused" };
    answer(&json!({"CaptchaCode": code, "CaptchaMsg": message, "RequestId": "6ab6c4f"}))
}

fn error(code: &str) -> Response {
    let error = json!({"Code": code, "Message": "any text"});
    answer(&json!({"Error": error, "RequestId": "6ab6c4f"}))
}

fn answer(response: &Value) -> Response {
    let text = json!({"Response": response}).to_string();
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
