//! A local stand-in for the `WeChat` platform: `GET /sns/jscode2session`, `POST /cgi-bin/stable_token`,
//! `POST /wxa/getwxacodeunlimit`, `POST /wxa/msg_sec_check`, in [`phone_button`]
//! `POST /wxa/business/getuserphonenumber` and in [`risk_rank`] `POST /wxa/getuserriskrank` as its documentation
//! describes them.
//!
//! The code of a sign-in tells what happens, by its prefix:
//!
//! | code | answer |
//! | --- | --- |
//! | `ok-<name>` | openid `openid-of-<name>`, once; then 40163 |
//! | `busyonce-<name>` | -1, then as `ok-` |
//! | `busy-*` | -1, always |
//! | `slow-<name>` | none until [`FakeWeChat::answer_slow_calls`], then as `ok-` |
//! | `bad-*` and all others | 40029 |
//! | `risk-*`, `throttled-*`, `quota-*` | 40226, 45011, 45009 |
//! | `garbage-*`, `http500-*` | not JSON; status 500 |
//!
//! A name has a unionid, `unionid-of-<name>`. `<name>~<program>` is the same person with another openid, as in another
//! program of the account; `@<person>` behind it makes the unionid that person's, `!` leaves it out, as where a program
//! is not bound; `#...` makes another code.

mod phone_button;
pub mod risk_rank;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acclaim::auth::platform::{WeChat, WeChatConfig};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The running platform; stops when dropped, also for calls that still wait.
pub struct FakeWeChat {
    /// To be configured as the client's base URL.
    pub base_url: String,
    platform: Arc<Platform>,
    /// Set to true: slow calls are answered. Dropped: they are too, and connections close.
    slow_answers: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl FakeWeChat {
    /// The only app this platform knows.
    pub const APP_ID: &str = "wx-acclaim-test";
    /// The secret of that app; with characters that must be encoded in a query.
    pub const SECRET: &str = "app-secret&of=acclaim test+1%";

    /// The openid that texts are checked with.
    pub const CHECKER: &str = "openid-of-the-editor";

    /// Listens on a free port of 127.0.0.1.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let platform = Arc::new(Platform::default());
        let slow_answers = watch::Sender::new(false);

        let router = Router::new()
            .route("/sns/jscode2session", get(exchange_code))
            .route("/cgi-bin/stable_token", post(stable_token))
            .route("/wxa/getwxacodeunlimit", post(code_image))
            .route("/wxa/msg_sec_check", post(check_text))
            .route(
                "/wxa/business/getuserphonenumber",
                post(phone_button::find_number),
            )
            .route("/wxa/getuserriskrank", post(risk_rank::find_rank))
            .with_state((Arc::clone(&platform), slow_answers.subscribe()));
        let mut stop = slow_answers.subscribe();
        // Aborting the server closes the listener, this signal closes the connections.
        let stopped = async move { while stop.changed().await.is_ok() {} };
        let server = tokio::spawn(async move {
            let serving = axum::serve(listener, router).with_graceful_shutdown(stopped);
            serving.await.expect("the fake platform serves");
        });
        Self {
            base_url: format!("http://{address}"),
            platform,
            slow_answers,
            server,
        }
    }

    /// A client of this platform.
    pub fn client(&self, concurrency_max: usize, timeout: Duration) -> WeChat {
        self.client_with_secret(Self::SECRET, concurrency_max, timeout)
    }

    /// The same with a secret of the app that may be wrong.
    pub fn client_with_secret(
        &self,
        secret: &str,
        concurrency_max: usize,
        timeout: Duration,
    ) -> WeChat {
        let config = self.config(secret, concurrency_max, timeout);
        WeChat::new(config).expect("a good address")
    }

    /// A client that asks for ranks of risk.
    pub fn client_that_ranks(&self, concurrency_max: usize, timeout: Duration) -> WeChat {
        let config = WeChatConfig {
            asks_for_risk: true,
            ..self.config(Self::SECRET, concurrency_max, timeout)
        };
        WeChat::new(config).expect("a good address")
    }

    fn config(&self, secret: &str, concurrency_max: usize, timeout: Duration) -> WeChatConfig {
        WeChatConfig {
            app_id: Self::APP_ID.to_owned(),
            secret: secret.to_owned().into(),
            base_url: self.base_url.clone(),
            concurrency_max,
            timeout,
            checker_openid: Some(Self::CHECKER.to_owned().into()),
            asks_for_risk: false,
        }
    }

    /// How many calls came in so far.
    pub fn calls(&self) -> usize {
        *self.platform.calls.borrow()
    }

    /// Waits until that many calls came in.
    pub async fn calls_reach(&self, count: usize) {
        let mut calls = self.platform.calls.subscribe();
        calls
            .wait_for(|calls| *calls >= count)
            .await
            .expect("the platform outlives the wait");
    }

    /// The highest number of calls under way at once.
    pub fn concurrent_max(&self) -> usize {
        self.platform.concurrent_max.load(Ordering::SeqCst)
    }

    /// Ends the server tokens that were given out, as another program of the same app may.
    pub fn end_tokens(&self) {
        self.platform.tokens.fetch_add(1, Ordering::SeqCst);
    }

    /// From now on code images are refused with this errcode; 0 for no more.
    pub fn refuse_images(&self, errcode: i64) {
        self.platform.image_errcode.store(errcode, Ordering::SeqCst);
    }

    /// Code images wait from now on, as slow codes do, until [`FakeWeChat::answer_slow_calls`].
    pub fn hold_images(&self) {
        self.platform.holds_images.store(true, Ordering::SeqCst);
    }

    /// How many server tokens were given out.
    pub fn tokens(&self) -> usize {
        self.platform.tokens_given.load(Ordering::SeqCst)
    }

    /// The pages and scenes of the code images that were drawn.
    pub fn images(&self) -> Vec<(String, String)> {
        self.platform
            .images
            .lock()
            .expect("no panic while images are noted")
            .clone()
    }

    /// From now on texts are refused with this errcode; 0 for no more.
    pub fn refuse_texts(&self, errcode: i64) {
        self.platform.text_errcode.store(errcode, Ordering::SeqCst);
    }

    /// Answers the `slow-` calls that wait, and from now on all others at once.
    pub fn answer_slow_calls(&self) {
        self.slow_answers.send_replace(true);
    }
}

impl FakeWeChat {
    /// Stops listening, and keeps its port from anybody else for as long as the socket is there.
    pub async fn stop(mut self) -> TcpSocket {
        let address = self.base_url.trim_start_matches("http://");
        let address = address.parse().expect("the address it listened at");
        self.platform.is_gone.store(true, Ordering::SeqCst);
        self.server.abort();
        let _aborted = (&mut self.server).await;
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("an option of sockets");
        socket.bind(address).expect("the port is free again");
        socket
    }
}

impl Drop for FakeWeChat {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[derive(Default)]
struct Platform {
    calls: watch::Sender<usize>,
    concurrent: AtomicUsize,
    concurrent_max: AtomicUsize,
    /// How often each code was presented by an app that may.
    presented: Mutex<HashMap<String, usize>>,
    /// The number of the server token that is good.
    tokens: AtomicUsize,
    tokens_given: AtomicUsize,
    image_errcode: AtomicI64,
    holds_images: AtomicBool,
    text_errcode: AtomicI64,
    /// A call that comes by a connection that is just being closed is too late.
    is_gone: AtomicBool,
    images: Mutex<Vec<(String, String)>>,
    ranks: risk_rank::Ranks,
}

impl Platform {
    fn enter(&self) -> UnderWay<'_> {
        let concurrent = self.concurrent.fetch_add(1, Ordering::SeqCst) + 1;
        self.concurrent_max.fetch_max(concurrent, Ordering::SeqCst);
        self.calls.send_modify(|calls| *calls += 1);
        UnderWay(self)
    }

    /// Counts this time in.
    fn times_presented(&self, code: &str) -> usize {
        let mut presented = self
            .presented
            .lock()
            .expect("no panic while the codes are counted");
        let times = presented.entry(code.to_owned()).or_default();
        *times += 1;
        *times
    }
}

/// One call under way; also ends when the client hangs up and the handler is dropped.
struct UnderWay<'a>(&'a Platform);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.concurrent.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn exchange_code(
    State((platform, mut slow_answers)): State<(Arc<Platform>, watch::Receiver<bool>)>,
    RawQuery(query): RawQuery,
) -> Response {
    let _under_way = platform.enter();
    if platform.is_gone.load(Ordering::SeqCst) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let query = parse_query(&query.unwrap_or_default());
    let parameter = |name: &str| query.get(name).map_or("", String::as_str);

    match (parameter("appid"), parameter("secret")) {
        ("", _) => return error(41002, "appid missing"),
        (_, "") => return error(41004, "appsecret missing"),
        (FakeWeChat::APP_ID, FakeWeChat::SECRET) => {}
        (FakeWeChat::APP_ID, _) => return error(40125, "invalid appsecret"),
        _ => return error(40013, "invalid appid"),
    }
    if parameter("grant_type") != "authorization_code" {
        return error(40002, "invalid grant_type");
    }
    let code = parameter("js_code");
    if code.is_empty() {
        return error(41008, "missing code");
    }

    let (behaviour, name) = code.split_once('-').unwrap_or_default();
    let times = platform.times_presented(code);
    match behaviour {
        "ok" => session(name, times),
        "busyonce" if times == 1 => error(-1, "system error"),
        "busyonce" => session(name, times - 1),
        "busy" => error(-1, "system error"),
        "slow" => {
            // An error means that the platform stops: answering is the quickest way to end the call.
            let _ = slow_answers.wait_for(|answer| *answer).await;
            session(name, times)
        }
        "risk" => error(40226, "code blocked"),
        "throttled" => error(
            45011,
            "api minute-quota reach limit, must slower, retry next minute",
        ),
        "quota" => error(45009, "reach max api daily quota limit"),
        "garbage" => text("<html>502</html>".to_owned()),
        "http500" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => error(40029, "invalid code"),
    }
}

/// A picture of one white point: what a code image is does not matter here.
const IMAGE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsQcyAAAAAABJRU5ErkJggg==";

/// The same token for as long as it is good, which is what makes it stable.
async fn stable_token(
    State((platform, _)): State<(Arc<Platform>, watch::Receiver<bool>)>,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match (body["appid"].as_str(), body["secret"].as_str()) {
        (Some(FakeWeChat::APP_ID), Some(FakeWeChat::SECRET)) => {}
        (Some(FakeWeChat::APP_ID), _) => return error(40125, "invalid appsecret"),
        _ => return error(40013, "invalid appid"),
    }
    if body["grant_type"] != "client_credential" {
        return error(40002, "invalid grant_type");
    }
    platform.tokens_given.fetch_add(1, Ordering::SeqCst);
    let number = platform.tokens.load(Ordering::SeqCst);
    text(
        json!({ "access_token": format!("server-token-{number}"), "expires_in": 7200 }).to_string(),
    )
}

async fn code_image(
    State((platform, mut slow_answers)): State<(Arc<Platform>, watch::Receiver<bool>)>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let _under_way = platform.enter();
    if platform.holds_images.load(Ordering::SeqCst) {
        // As with slow codes: an error means that the platform stops.
        let _ = slow_answers.wait_for(|answer| *answer).await;
    }
    let query = parse_query(&query.unwrap_or_default());
    let good = format!("server-token-{}", platform.tokens.load(Ordering::SeqCst));
    if query.get("access_token") != Some(&good) {
        return error(
            40001,
            "invalid credential, access_token is invalid or not latest",
        );
    }
    let errcode = platform.image_errcode.load(Ordering::SeqCst);
    if errcode != 0 {
        return error(errcode, "refused");
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (Some(page), Some(scene)) = (body["page"].as_str(), body["scene"].as_str()) else {
        return error(47001, "data format error");
    };
    if scene.is_empty() || scene.len() > 32 {
        return error(40129, "invalid scene");
    }
    let mut images = platform
        .images
        .lock()
        .expect("no panic while images are noted");
    images.push((page.to_owned(), scene.to_owned()));
    let image = data_encoding::BASE64
        .decode(IMAGE.as_bytes())
        .expect("a picture");
    ([(header::CONTENT_TYPE, "image/jpeg")], image).into_response()
}

/// A text is risky or to be looked at where it says so itself.
async fn check_text(
    State((platform, _)): State<(Arc<Platform>, watch::Receiver<bool>)>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let _under_way = platform.enter();
    let query = parse_query(&query.unwrap_or_default());
    let good = format!("server-token-{}", platform.tokens.load(Ordering::SeqCst));
    if query.get("access_token") != Some(&good) {
        return error(42001, "access_token expired");
    }
    let errcode = platform.text_errcode.load(Ordering::SeqCst);
    if errcode != 0 {
        return error(errcode, "refused");
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    if body["openid"] != FakeWeChat::CHECKER {
        return error(40003, "invalid openid");
    }
    if body["version"] != 2 || !matches!(body["scene"].as_i64(), Some(1..=4)) {
        return error(40129, "invalid scene");
    }
    let content = body["content"].as_str().unwrap_or_default();
    let (suggest, label) = match content.chars().count() {
        0 => return error(44002, "empty post data"),
        2_501.. => return error(45002, "content size out of limit"),
        _ if content.contains("risky") => ("risky", 20006),
        _ if content.contains("doubtful") => ("review", 20001),
        _ => ("pass", 100),
    };
    let detail = json!([{ "strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90 }]);
    let result = json!({ "suggest": suggest, "label": label });
    let answer = json!({ "errcode": 0, "errmsg": "ok", "detail": detail, "trace_id": "60ae120f", "result": result });
    text(answer.to_string())
}

/// Success, as the platform sends it: without an errcode.
fn session(name: &str, times: usize) -> Response {
    if times > 1 {
        return error(40163, "code been used");
    }
    let (name, _) = name.split_once('#').unwrap_or((name, ""));
    let unbound = name.strip_suffix('!');
    let (openid, person) = name
        .split_once('@')
        .unwrap_or((unbound.unwrap_or(name), name));
    let mut session = json!({
        "session_key": format!("session-key-of-{openid}"),
        "openid": format!("openid-of-{openid}"),
    });
    if unbound.is_none() {
        let (person, _) = person.split_once('~').unwrap_or((person, ""));
        session["unionid"] = json!(format!("unionid-of-{person}"));
    }
    text(session.to_string())
}

fn error(errcode: i64, errmsg: &str) -> Response {
    let errmsg = format!("{errmsg}, rid: 668f2aa4-51c08c03-3d141241");
    text(json!({ "errcode": errcode, "errmsg": errmsg }).to_string())
}

/// JSON under the content type the platform gives it.
fn text(body: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain")], body).into_response()
}

/// The names and values of a query or form.
pub fn parse_query(query: &str) -> HashMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// Undoes the encoding of a query; axum is built without its `query` feature.
fn decode(encoded: &str) -> String {
    let mut decoded = Vec::new();
    let mut rest = encoded.as_bytes();
    while let [first, tail @ ..] = rest {
        let (byte, after) = match (*first, tail) {
            (b'%', [high, low, after @ ..]) => (hex(*high) << 4 | hex(*low), after),
            (b'+', after) => (b' ', after),
            (byte, after) => (byte, after),
        };
        decoded.push(byte);
        rest = after;
    }
    String::from_utf8(decoded).expect("a query of UTF-8")
}

fn hex(digit: u8) -> u8 {
    let value = char::from(digit).to_digit(16).expect("a hexadecimal digit");
    u8::try_from(value).expect("a digit is below 16")
}
