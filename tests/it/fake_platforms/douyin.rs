//! The mini-program platform of Douyin: `POST /api/apps/v2/jscode2session`.
//!
//! Codes beyond those of all platforms: `err<number>-*` is that `err_no`, `busy-*` -1; `refused-*` 40018 with status
//! 400; `anonymous-<name>` somebody who has not signed in to the platform; `missing-*` and `wrongtype-*` answers
//! without and with a wrong openid.
//!
//! `ok-<name>` has the openid `openid-of-<name>` and the unionid `unionid-of-<name>`: the same texts as other
//! platforms, of other people.

use std::sync::Arc;
use std::time::Duration;

use acclaim::auth::platform::douyin::{Douyin, DouyinConfig};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

use super::{Stand, Traffic, lengthened, parts};

/// The running platform.
pub struct FakeDouyin {
    pub stand: Stand,
}

impl FakeDouyin {
    /// The only mini-program this platform knows.
    pub const APP_ID: &str = "tt-acclaim-test";
    /// Its secret.
    pub const SECRET: &str = "app-secret\"of the mini-program";

    pub async fn start() -> Self {
        let traffic = Arc::new(Traffic::default());
        let router = Router::new()
            .route("/api/apps/v2/jscode2session", post(exchange_code))
            .with_state(Arc::clone(&traffic));
        Self {
            stand: Stand::start(traffic, |_| router).await,
        }
    }

    /// A client of this platform.
    pub fn client(&self, concurrency_max: usize, timeout: Duration) -> Douyin {
        self.client_with_secret(Self::SECRET, concurrency_max, timeout)
    }

    /// The same with a secret of the mini-program that may be wrong.
    pub fn client_with_secret(
        &self,
        secret: &str,
        concurrency_max: usize,
        timeout: Duration,
    ) -> Douyin {
        Douyin::new(DouyinConfig {
            app_id: Self::APP_ID.to_owned(),
            secret: secret.to_owned().into(),
            base_url: self.stand.base_url.clone(),
            concurrency_max,
            timeout,
        })
        .expect("a good address")
    }
}

async fn exchange_code(
    State(traffic): State<Arc<Traffic>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let _under_way = traffic.enter();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let is_json = headers[header::CONTENT_TYPE] == "application/json";
    let field = |name: &str| body[name].as_str().unwrap_or_default();
    if !is_json
        || ["appid", "secret", "code"]
            .iter()
            .any(|name| field(name).is_empty())
    {
        return error(40014, "bad params");
    }
    match (field("appid"), field("secret")) {
        (FakeDouyin::APP_ID, FakeDouyin::SECRET) => {}
        (FakeDouyin::APP_ID, _) => return error(40017, "bad secret"),
        _ => return error(40015, "bad appid"),
    }
    let code = field("code");
    let times = traffic.times_presented(code);
    let (behaviour, name) = parts(code);
    if let Some(answer) = traffic.common_answer(behaviour).await {
        return answer;
    }
    let success = |data: Value| {
        answer(&json!({"err_no": 0, "err_tips": "success", "log_id": "2024102117", "data": data}))
    };
    let somebody = json!({
        "session_key": format!("session-key-of-{name}"),
        "openid": format!("openid-of-{name}"),
        "anonymous_openid": "",
        "unionid": format!("unionid-of-{name}"),
        "dopenid": "",
    });
    match behaviour {
        "ok" | "slow" if times == 1 => success(somebody),
        "long" => lengthened(success(somebody)),
        "anonymous" => success(json!({
            "session_key": "",
            "openid": "",
            "anonymous_openid": format!("openid-of-the-device-{name}"),
            "unionid": "",
        })),
        "missing" => success(json!({"session_key": ""})),
        "wrongtype" => success(json!({"openid": {"openid-of-": 1}})),
        "busy" => error(-1, "system error"),
        "refused" => (StatusCode::BAD_REQUEST, error(40018, "bad code")).into_response(),
        _ => match behaviour
            .strip_prefix("err")
            .and_then(|number| number.parse().ok())
        {
            Some(err_no) => error(err_no, "any text"),
            None => error(40018, "bad code"),
        },
    }
}

fn error(err_no: i64, err_tips: &str) -> Response {
    answer(&json!({"err_no": err_no, "err_tips": err_tips, "log_id": "2024102117", "data": null}))
}

fn answer(body: &Value) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}
