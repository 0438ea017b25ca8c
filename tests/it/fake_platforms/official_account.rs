//! The official account of `WeChat`: `GET /connect/oauth2/authorize` for browsers, `GET /sns/oauth2/access_token`,
//! `POST /cgi-bin/stable_token` and `GET /cgi-bin/ticket/getticket`.
//!
//! Codes beyond those of all platforms: `busyonce-<name>` is -1, then as `ok-`; `busy-*` always -1; `err<number>-*`
//! that errcode; `snapshot-<name>` a virtual user of the browse-only mode; `missing-*` and `wrongtype-*` answers
//! without and with a wrong openid.
//!
//! `ok-<name>` has the openid `openid-of-web-<name>` and, unless the name ends in `!`, the unionid that `FakeWeChat`
//! has for `<name>`, too: `unionid-of-<name>`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use acclaim::auth::platform::official_account::{
    OfficialAccount, OfficialAccountConfig, ShareSignature, WebScope,
};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use super::{Stand, Traffic, lengthened, parts};
use crate::fake_wechat::parse_query;

/// The running platform.
pub struct FakeOfficialAccount {
    pub stand: Stand,
    platform: Arc<Platform>,
}

#[derive(Default)]
struct Platform {
    traffic: Arc<Traffic>,
    tokens: AtomicUsize,
    /// The next token that is given out is ended already.
    gives_ended_token: AtomicBool,
    tickets: AtomicUsize,
    ticket_errcode: AtomicI64,
    holds_tickets: AtomicBool,
}

impl FakeOfficialAccount {
    /// The only account this platform knows.
    pub const APP_ID: &str = "wx-acclaim-web-test";
    /// Its secret; with characters that must be encoded in a query.
    pub const SECRET: &str = "app-secret&of=the account+1%";

    pub async fn start() -> Self {
        let platform = Arc::new(Platform::default());
        let router = Router::new()
            .route("/connect/oauth2/authorize", get(authorize))
            .route("/sns/oauth2/access_token", get(exchange_code))
            .route("/cgi-bin/stable_token", post(stable_token))
            .route("/cgi-bin/ticket/getticket", get(ticket))
            .with_state(Arc::clone(&platform));
        let stand = Stand::start(Arc::clone(&platform.traffic), |_| router).await;
        Self { stand, platform }
    }

    /// A client of this platform.
    pub fn client(&self, concurrency_max: usize, timeout: Duration) -> OfficialAccount {
        self.client_with_secret(Self::SECRET, concurrency_max, timeout)
    }

    /// The same with a secret of the account that may be wrong.
    pub fn client_with_secret(
        &self,
        secret: &str,
        concurrency_max: usize,
        timeout: Duration,
    ) -> OfficialAccount {
        OfficialAccount::new(OfficialAccountConfig {
            app_id: Self::APP_ID.to_owned(),
            secret: secret.to_owned().into(),
            base_url: self.stand.base_url.clone(),
            authorize_url: self.stand.base_url.clone(),
            scope: WebScope::Base,
            concurrency_max,
            timeout,
        })
        .expect("good addresses")
    }

    /// How many server tokens were given out.
    pub fn tokens(&self) -> usize {
        self.platform.tokens.load(Ordering::SeqCst)
    }

    /// How many calls for a ticket came in.
    pub fn tickets(&self) -> usize {
        self.platform.tickets.load(Ordering::SeqCst)
    }

    /// The next token that is given out is ended already, as another program of the same account may have done.
    pub fn end_next_token(&self) {
        self.platform
            .gives_ended_token
            .store(true, Ordering::SeqCst);
    }

    /// From now on tickets are refused with this errcode; 0 for no more.
    pub fn refuse_tickets(&self, errcode: i64) {
        self.platform
            .ticket_errcode
            .store(errcode, Ordering::SeqCst);
    }

    /// Tickets wait from now on, as slow codes do.
    pub fn hold_tickets(&self) {
        self.platform.holds_tickets.store(true, Ordering::SeqCst);
    }

    /// Whether the platform's script takes this signature on the page at `url`.
    pub fn takes(share: &ShareSignature, url: &str) -> bool {
        let ShareSignature {
            nonce, timestamp, ..
        } = share;
        let signed =
            format!("jsapi_ticket={TICKET}&noncestr={nonce}&timestamp={timestamp}&url={url}");
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, signed.as_bytes());
        share.app_id == Self::APP_ID && share.signature == HEXLOWER.encode(hash.as_ref())
    }
}

/// The ticket, the same for as long as it is good.
const TICKET: &str = "app-secret-ticket";

async fn authorize(
    State(platform): State<Arc<Platform>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    // The platform wants them in this order.
    let names = query.split('&').filter_map(|pair| pair.split('=').next());
    let order = ["appid", "redirect_uri", "response_type", "scope", "state"];
    let is_ordered = names.eq(order);
    let query = parse_query(&query);
    let is = |name: &str, value: &str| query.get(name).is_some_and(|given| given == value);
    let is_good = is("appid", FakeOfficialAccount::APP_ID)
        && is("response_type", "code")
        && is("scope", "snsapi_base");
    if !is_ordered || !is_good {
        return StatusCode::BAD_REQUEST.into_response();
    }
    platform.traffic.send_back(&query, &headers).1
}

async fn exchange_code(
    State(platform): State<Arc<Platform>>,
    RawQuery(query): RawQuery,
) -> Response {
    let traffic = &platform.traffic;
    let _under_way = traffic.enter();
    let query = parse_query(&query.unwrap_or_default());
    let parameter = |name: &str| query.get(name).map_or("", String::as_str);
    match (parameter("appid"), parameter("secret")) {
        ("", _) => return error(41002, "appid missing"),
        (_, "") => return error(41004, "appsecret missing"),
        (FakeOfficialAccount::APP_ID, FakeOfficialAccount::SECRET) => {}
        (FakeOfficialAccount::APP_ID, _) => return error(40125, "invalid appsecret"),
        _ => return error(40013, "invalid appid"),
    }
    if parameter("grant_type") != "authorization_code" {
        return error(40002, "invalid grant_type");
    }
    let code = parameter("code");
    if code.is_empty() {
        return error(41008, "missing code");
    }
    let times = traffic.times_presented(code);
    let (behaviour, name) = parts(code);
    if let Some(answer) = traffic.common_answer(behaviour).await {
        return answer;
    }
    match behaviour {
        "ok" | "slow" => session(name, times, false),
        "long" => lengthened(session(name, times, false)),
        "snapshot" => session(name, times, true),
        "busyonce" if times > 1 => session(name, times - 1, false),
        "busyonce" | "busy" => error(-1, "system error"),
        "missing" => text(&json!({"access_token": "x", "scope": "snsapi_base"})),
        "wrongtype" => text(&json!({"openid": ["openid-of-"], "scope": "snsapi_base"})),
        _ => match behaviour
            .strip_prefix("err")
            .and_then(|number| number.parse().ok())
        {
            Some(errcode) => error(errcode, "any text"),
            None => error(40029, "invalid code"),
        },
    }
}

fn session(name: &str, times: usize, is_snapshot: bool) -> Response {
    if times > 1 {
        return error(40163, "code been used");
    }
    let bound = name.strip_suffix('!');
    let mut session = json!({
        "access_token": "session-key-of-the-page",
        "expires_in": 7200,
        "refresh_token": "session-key-of-the-page",
        "openid": format!("openid-of-web-{}", bound.unwrap_or(name)),
        "scope": "snsapi_base",
    });
    if bound.is_none() {
        session["unionid"] = json!(format!("unionid-of-{name}"));
    }
    if is_snapshot {
        session["is_snapshotuser"] = json!(1);
    }
    text(&session)
}

async fn stable_token(State(platform): State<Arc<Platform>>, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match (body["appid"].as_str(), body["secret"].as_str()) {
        (Some(FakeOfficialAccount::APP_ID), Some(FakeOfficialAccount::SECRET)) => {}
        (Some(FakeOfficialAccount::APP_ID), _) => return error(40125, "invalid appsecret"),
        _ => return error(40013, "invalid appid"),
    }
    platform.tokens.fetch_add(1, Ordering::SeqCst);
    let is_ended = platform.gives_ended_token.swap(false, Ordering::SeqCst);
    // Whoever says that the token was refused gets another one.
    let token = match (is_ended, body["force_refresh"].as_bool()) {
        (true, _) => "ended-token",
        (false, Some(true)) => "new-token",
        _ => "token",
    };
    text(&json!({"access_token": token, "expires_in": 7200}))
}

async fn ticket(State(platform): State<Arc<Platform>>, RawQuery(query): RawQuery) -> Response {
    platform.tickets.fetch_add(1, Ordering::SeqCst);
    if platform.holds_tickets.load(Ordering::SeqCst) {
        platform.traffic.slow_answers().await;
    }
    let query = parse_query(&query.unwrap_or_default());
    let parameter = |name: &str| query.get(name).map_or("", String::as_str);
    if !matches!(parameter("access_token"), "token" | "new-token") {
        return error(
            40001,
            "invalid credential, access_token is invalid or not latest",
        );
    }
    if parameter("type") != "jsapi" {
        return error(40097, "invalid args");
    }
    match platform.ticket_errcode.load(Ordering::SeqCst) {
        0 => text(&json!({"errcode": 0, "errmsg": "ok", "ticket": TICKET, "expires_in": 7200})),
        errcode => error(errcode, "refused"),
    }
}

fn error(errcode: i64, errmsg: &str) -> Response {
    text(&json!({"errcode": errcode, "errmsg": format!("{errmsg}, rid: 668f2aa4-51c08c03")}))
}

/// JSON under the content type the platform gives it.
fn text(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, "text/plain")], body.to_string()).into_response()
}
