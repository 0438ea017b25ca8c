//! The mini-program platform of Alipay: `alipay.system.oauth.token` at `POST /gateway.do`, with its signatures.
//!
//! Codes beyond those of all platforms: `user-<name>` has a `user_id`, as in apps from before `open_id`; `limited-*`,
//! `unknown-*` and `other-*` are refused with `isv.app-call-limited`, `isp.unknow-error` and `isv.unmatched-app-id`;
//! `unsigned-*`, `forged-*` and `altered-*` are accounts without a signature, with somebody else's, and changed under
//! it; `missing-*` and `wrongtype-*` are signed answers without and with a wrong name.
//!
//! `ok-<name>` has the `open_id` `openid-of-<name>`, `user-<name>` has the same text as its `user_id`: two people.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use acclaim::auth::platform::alipay::{Alipay, AlipayConfig};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
};
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{Stand, Traffic, lengthened, parts};
use crate::fake_wechat::parse_query;

/// The key of the mini-program; keys take a while to make.
static APP_KEY: LazyLock<KeyPair> = LazyLock::new(new_key);
/// The key of the platform.
static PLATFORM_KEY: LazyLock<KeyPair> = LazyLock::new(new_key);

fn new_key() -> KeyPair {
    KeyPair::generate(KeySize::Rsa2048).expect("a key")
}

/// The running platform.
pub struct FakeAlipay {
    pub stand: Stand,
}

impl FakeAlipay {
    /// The only mini-program this platform knows.
    pub const APP_ID: &str = "2021000000000001";

    pub async fn start() -> Self {
        let traffic = Arc::new(Traffic::default());
        let router = Router::new()
            .route("/gateway.do", post(gateway))
            .with_state(Arc::clone(&traffic));
        Self {
            stand: Stand::start(traffic, |_| router).await,
        }
    }

    /// The address that is configured.
    pub fn gateway_url(&self) -> String {
        format!("{}/gateway.do", self.stand.base_url)
    }

    /// The private key of the mini-program, in PEM.
    pub fn app_private_key() -> String {
        private_pem(&APP_KEY)
    }

    /// The public key of the platform, in PEM.
    pub fn public_key() -> String {
        let der: PublicKeyX509Der<'_> = PLATFORM_KEY.public_key().as_der().expect("X.509");
        pem("PUBLIC KEY", der.as_ref())
    }

    /// A client of this platform.
    pub fn client(&self, concurrency_max: usize, timeout: Duration) -> Alipay {
        self.client_with_key(Self::app_private_key(), concurrency_max, timeout)
    }

    /// The same with a private key that is not the mini-program's.
    pub fn client_with_other_key(&self) -> Alipay {
        self.client_with_key(private_pem(&PLATFORM_KEY), 4, Duration::from_secs(10))
    }

    fn client_with_key(&self, key: String, concurrency_max: usize, timeout: Duration) -> Alipay {
        Alipay::new(AlipayConfig {
            app_id: Self::APP_ID.to_owned(),
            private_key: key.into(),
            public_key: Self::public_key(),
            gateway_url: self.gateway_url(),
            concurrency_max,
            timeout,
        })
        .expect("good keys")
    }
}

fn private_pem(key: &KeyPair) -> String {
    let der: Pkcs8V1Der<'_> = key.as_der().expect("PKCS#8");
    pem("PRIVATE KEY", der.as_ref())
}

/// A file as `openssl` writes it.
pub fn pem(label: &str, der: &[u8]) -> String {
    let base64 = BASE64.encode(der);
    let mut lines = vec![format!("-----BEGIN {label}-----")];
    let chars: Vec<char> = base64.chars().collect();
    lines.extend(chars.chunks(64).map(String::from_iter));
    lines.push(format!("-----END {label}-----\n"));
    lines.join("\n")
}

async fn gateway(State(traffic): State<Arc<Traffic>>, body: String) -> Response {
    let _under_way = traffic.enter();
    let fields = parse_query(&body);
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    if let Some(refusal) = refusal_of(&fields) {
        return refusal;
    }
    let code = field("code");
    let times = traffic.times_presented(code);
    let (behaviour, name) = parts(code);
    if let Some(answer) = traffic.common_answer(behaviour).await {
        return answer;
    }
    let token = |id: &str| {
        json!({
            "access_token": "session-key-of-alipay",
            "auth_start": "2024-12-31 23:59:59",
            "expires_in": 3600,
            "re_expires_in": 3600,
            "refresh_token": "session-key-of-alipay",
            id: format!("openid-of-{name}"),
        })
    };
    match behaviour {
        "ok" | "slow" if times == 1 => success(&token("open_id").to_string(), &PLATFORM_KEY),
        "long" => lengthened(success(&token("open_id").to_string(), &PLATFORM_KEY)),
        "user" if times == 1 => success(&token("user_id").to_string(), &PLATFORM_KEY),
        "missing" => success(&token("union_id").to_string(), &PLATFORM_KEY),
        "wrongtype" => success(r#"{"open_id":["openid-of-"]}"#, &PLATFORM_KEY),
        "forged" => success(&token("open_id").to_string(), &APP_KEY),
        "unsigned" => {
            let answer = json!({"alipay_system_oauth_token_response": token("open_id")});
            answer.to_string().into_response()
        }
        "altered" => {
            let body = token("open_id").to_string();
            let sign = sign(&PLATFORM_KEY, &body);
            let body = body.replace("openid-of-", "openid-of-another-");
            answer("alipay_system_oauth_token_response", &body, &sign)
        }
        "limited" => refusal("40005", "isv.app-call-limited"),
        "unknown" => refusal("20000", "isp.unknow-error"),
        "other" => refusal("40002", "isv.unmatched-app-id"),
        _ => refusal("40002", "isv.code-invalid"),
    }
}

/// The refusal of a request that is not as documented.
fn refusal_of(fields: &HashMap<String, String>) -> Option<Response> {
    let is = |name: &str, value: &str| fields.get(name).is_some_and(|given| given == value);
    let public_key: PublicKeyX509Der<'_> = APP_KEY.public_key().as_der().expect("X.509");
    let mut pairs: Vec<String> = fields
        .iter()
        .filter(|(name, _)| *name != "sign")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.sort();
    let signature = fields
        .get("sign")
        .map(|sign| BASE64.decode(sign.as_bytes()));
    let is_signed = matches!(signature, Some(Ok(signature))
        if UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key.as_ref())
            .verify(pairs.join("&").as_bytes(), &signature)
            .is_ok());
    let timestamp = fields.get("timestamp").map_or("", String::as_str);
    let is_moment = chrono::NaiveDateTime::parse_from_str(timestamp, "%Y-%m-%d %H:%M:%S").is_ok();
    let sub_code = if !is("app_id", FakeAlipay::APP_ID) {
        "isv.invalid-app-id"
    } else if !is("method", "alipay.system.oauth.token") {
        "isv.invalid-method"
    } else if !is("charset", "utf-8") || !is("version", "1.0") || !is("sign_type", "RSA2") {
        "isv.invalid-parameter"
    } else if !is_moment || timestamp.len() != 19 {
        "isv.invalid-timestamp"
    } else if !is_signed {
        "isv.invalid-signature"
    } else if !is("grant_type", "authorization_code") {
        "isv.grant-type-invalid"
    } else {
        return None;
    };
    Some(refusal("40002", sub_code))
}

fn success(body: &str, key: &KeyPair) -> Response {
    answer("alipay_system_oauth_token_response", body, &sign(key, body))
}

fn refusal(code: &str, sub_code: &str) -> Response {
    let body = json!({"code": code, "msg": "Any Text", "sub_code": sub_code, "sub_msg": "任意"});
    let body = body.to_string();
    answer("error_response", &body, &sign(&PLATFORM_KEY, &body))
}

/// An answer as the platform writes it: what is signed stands in it byte for byte.
fn answer(name: &str, body: &str, sign: &str) -> Response {
    let sign = Value::from(sign);
    let answer = format!(r#"{{"{name}":{body},"sign":{sign}}}"#);
    ([(header::CONTENT_TYPE, "text/html;charset=utf-8")], answer).into_response()
}

fn sign(key: &KeyPair, text: &str) -> String {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .expect("it signs");
    BASE64.encode(&signature)
}
