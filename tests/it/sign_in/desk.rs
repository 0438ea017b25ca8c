//! The session of the desk: its cookie, and the pages that may use it.

use chrono::TimeDelta;
use reqwest::header::{HeaderMap, SET_COOKIE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use super::PASSWORD;
use crate::harness::{Stores, TestApp, TestAppBuilder, noon, on_both};
use crate::limits::THREE;
use crate::log_watch::{RECEIVED_SECRETS, WATCH};

on_both!(
    a_session_of_the_desk_lives_in_a_cookie,
    behind_tls_the_cookie_says_so,
    pages_of_other_sites_have_no_session,
    whichever_sites_may_use_the_api_none_has_the_session,
    refusals_of_the_desk_are_those_of_the_api,
    a_lost_answer_and_a_second_tab_get_the_same_successor,
    signing_out_of_the_desk_ends_the_session,
    a_browser_has_one_session_and_nobody_elses,
    bodies_of_sign_ins_are_bounded,
    sign_ins_of_the_desk_are_limited_by_address,
);

const EMAIL: &str = "organiser@example.org";
const SESSION: &str = "/desk/session";
const REFRESH: &str = "/desk/session/refresh";

/// A browser tab at the desk, with the cookies that all tabs share.
#[derive(Default)]
struct Browser {
    cookie: Option<String>,
}

/// An answer of the session's paths.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a text");
        let body = serde_json::from_str(&text).unwrap_or_default();
        WATCH.forbid_fields(&body, RECEIVED_SECRETS);
        Self {
            status,
            headers,
            body,
        }
    }

    fn access_token(&self) -> &str {
        let token = self.body["session"]["accessToken"].as_str();
        token.unwrap_or_else(|| panic!("no session: {}", self.body))
    }

    fn cookie(&self) -> &str {
        self.headers[SET_COOKIE].to_str().expect("ASCII")
    }

    #[track_caller]
    fn expect_refused(&self, code: &str) {
        assert_eq!(self.status, 200);
        assert_eq!(self.body["session"], Value::Null);
        assert_eq!(self.body["userErrors"][0]["code"], json!(code));
    }
}

/// A request as the desk's own page sends it.
fn request(app: &TestApp, method: Method, path: &str) -> RequestBuilder {
    let origin = format!("http://{}", app.address);
    let request = app.http().request(method, app.url(path));
    request.header("origin", origin)
}

async fn send(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.expect("an answer")).await
}

fn credentials(password: &str) -> Value {
    let body = json!({"email": EMAIL, "password": password});
    WATCH.forbid_fields(&body, &["email", "password"]);
    body
}

impl Browser {
    async fn send(&mut self, request: RequestBuilder) -> Answer {
        let request = match &self.cookie {
            Some(cookie) => request.header("cookie", format!("theme=dark; {cookie}; a=b")),
            None => request,
        };
        let answer = send(request).await;
        if answer.headers.contains_key(SET_COOKIE) {
            let (pair, attributes) = answer.cookie().split_once(';').expect("attributes");
            let (_, value) = pair.split_once('=').expect("a value");
            WATCH.forbid(value);
            let is_deleted = attributes.contains("Max-Age=0");
            self.cookie = (!is_deleted).then(|| pair.to_owned());
        }
        answer
    }

    async fn sign_in(&mut self, app: &TestApp) -> Answer {
        let request = request(app, Method::POST, SESSION).json(&credentials(PASSWORD));
        self.send(request).await
    }

    async fn refresh(&mut self, app: &TestApp) -> Answer {
        self.send(request(app, Method::POST, REFRESH)).await
    }

    async fn sign_out(&mut self, app: &TestApp) -> Answer {
        self.send(request(app, Method::DELETE, SESSION)).await
    }

    /// The same cookies in another tab, which has not heard the answers of this one.
    fn other_tab(&self) -> Self {
        let cookie = self.cookie.clone();
        Self { cookie }
    }
}

async fn server(builder: TestAppBuilder<'_>) -> TestApp {
    let app = builder.start().await;
    app.add_staff(EMAIL).await;
    app
}

async fn a_session_of_the_desk_lives_in_a_cookie(stores: Stores) {
    let app = server(TestApp::builder(&stores)).await;
    let mut browser = Browser::default();
    browser
        .refresh(&app)
        .await
        .expect_refused("INVALID_REFRESH_TOKEN");
    let answer = browser.sign_in(&app).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.body["userErrors"], json!([]));
    assert_eq!(
        answer.body["session"]["accessTokenExpiresAt"],
        "2022-10-25T04:15:00.000Z"
    );
    let (pair, attributes) = answer.cookie().split_once("; ").expect("attributes");
    assert!(pair.starts_with("acclaim_desk="), "{pair}");
    assert_eq!(
        attributes,
        "HttpOnly; SameSite=Strict; Path=/desk/session; Max-Age=2592000"
    );
    let token = pair.split_once('=').expect("a value").1;
    assert!(
        !answer.body.to_string().contains(token),
        "no script sees it"
    );
    let viewer = app.client_with(answer.access_token()).read_viewer().await;
    assert_eq!(viewer["name"], json!("Ma Lan"));
    // A page that is opened later takes it up, as often as it likes.
    for minutes in [14, 40] {
        app.clock.set(noon() + TimeDelta::minutes(minutes));
        let before = browser.cookie.clone();
        let answer = browser.refresh(&app).await;
        let signed_in = app.client_with(answer.access_token());
        assert_eq!(signed_in.read_viewer().await, viewer);
        assert_ne!(browser.cookie, before);
        assert!(answer.cookie().ends_with("Max-Age=2592000"));
    }
}

async fn behind_tls_the_cookie_says_so(stores: Stores) {
    let builder = TestApp::builder(&stores).with_public_url("https://vote.example.org");
    let app = server(builder).await;
    let own = |method, path| {
        let request = app.http().request(method, app.url(path));
        request.header("origin", "https://vote.example.org")
    };
    let mut browser = Browser::default();
    let sign_in = own(Method::POST, SESSION).json(&credentials(PASSWORD));
    let answer = browser.send(sign_in).await;
    assert!(answer.cookie().starts_with("__Secure-acclaim_desk="));
    assert!(
        answer.cookie().ends_with("; Secure"),
        "with the rest before"
    );
    let answer = browser.send(own(Method::POST, REFRESH)).await;
    assert!(answer.body["session"].is_object(), "{}", answer.body);
    // The host that was asked is this server's, but a page without TLS may be anybody's.
    let answer = browser.refresh(&app).await;
    assert_eq!(answer.status, 403);
    // One that was set without TLS is not looked at.
    let cookie = browser.cookie.expect("a cookie");
    browser.cookie = cookie.strip_prefix("__Secure-").map(str::to_owned);
    let answer = browser.send(own(Method::POST, REFRESH)).await;
    answer.expect_refused("INVALID_REFRESH_TOKEN");
}

async fn pages_of_other_sites_have_no_session(stores: Stores) {
    let app = server(TestApp::builder(&stores)).await;
    let mut browser = Browser::default();
    browser.sign_in(&app).await;
    let cookie = browser.cookie.clone().expect("a cookie");
    let other_port = format!("http://127.0.0.1:{}", app.address.port() ^ 1);
    let strangers = [
        None,
        Some("null"),
        Some(""),
        Some("https://evil.example"),
        Some(other_port.as_str()),
    ];
    for origin in strangers {
        for (method, path) in [
            (Method::POST, SESSION),
            (Method::POST, REFRESH),
            (Method::DELETE, SESSION),
        ] {
            let mut request = app.http().request(method, app.url(path));
            request = request.header("cookie", &cookie);
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            let request = request.header("accept-language", "zh");
            let answer = send(request.json(&credentials(PASSWORD))).await;
            assert_eq!(answer.status, 403, "{origin:?} {path}");
            assert_eq!(answer.body["code"], json!("FOREIGN_ORIGIN"));
            let message = answer.body["message"].as_str().expect("a text");
            assert!(message.contains("本站"), "{message}");
            assert_eq!(answer.headers.get(SET_COOKIE), None);
        }
    }
    let answer = browser.refresh(&app).await;
    assert!(!answer.access_token().is_empty(), "it goes on");
}

async fn whichever_sites_may_use_the_api_none_has_the_session(stores: Stores) {
    let builder = TestApp::builder(&stores).with_connection_limits(|limits| {
        limits.allowed_origins = vec![axum::http::HeaderValue::from_static("*")];
    });
    let app = server(builder).await;
    let mut browser = Browser::default();
    let answer = browser.sign_in(&app).await;
    assert_eq!(answer.headers.get("access-control-allow-origin"), None);
    for path in [SESSION, REFRESH] {
        let preflight = app.http().request(Method::OPTIONS, app.url(path));
        let preflight = preflight
            .header("origin", "https://evil.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type");
        let answer = send(preflight).await;
        assert_eq!(answer.status, 405, "{path}");
        let allowed: Vec<_> = answer.headers.keys().collect();
        let is_cors =
            |name: &&&reqwest::header::HeaderName| name.as_str().starts_with("access-control");
        assert_eq!(allowed.iter().find(is_cors), None);
        let request = app.http().post(app.url(path));
        let request = request.header("origin", "https://evil.example");
        let answer = browser.send(request.json(&credentials(PASSWORD))).await;
        assert_eq!(answer.status, 403, "{path}");
        assert_eq!(answer.headers.get("access-control-allow-origin"), None);
    }
}

async fn refusals_of_the_desk_are_those_of_the_api(stores: Stores) {
    let app = server(TestApp::builder(&stores)).await;
    let mut browser = Browser::default();
    browser.sign_in(&app).await;
    let cookie = browser.cookie.clone();
    let wrong = "hunter2 is not it at all";
    let api = app.sign_in_staff(EMAIL, wrong).await;
    let request = request(&app, Method::POST, SESSION).json(&credentials(wrong));
    let answer = browser.send(request).await;
    answer.expect_refused("INVALID_CREDENTIALS");
    let (here, there) = (&answer.body["userErrors"][0], &api["userErrors"][0]);
    assert_eq!(here["message"], there["message"]);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(browser.cookie, cookie, "a failure changes nothing");
    // Each failure counts for the account, wherever it was.
    for _ in 0..3 {
        app.sign_in_staff(EMAIL, wrong).await;
    }
    let request = self::request(&app, Method::POST, SESSION).header("accept-language", "zh-CN");
    let answer = browser.send(request.json(&credentials(PASSWORD))).await;
    answer.expect_refused("TOO_MANY_ATTEMPTS");
    let message = &answer.body["userErrors"][0]["message"];
    assert_eq!(*message, json!("失败次数过多，请15分钟后再试。"));
}

async fn a_lost_answer_and_a_second_tab_get_the_same_successor(stores: Stores) {
    let app = server(TestApp::builder(&stores)).await;
    let mut first = Browser::default();
    first.sign_in(&app).await;
    let mut second = first.other_tab();
    let mut late = first.other_tab();
    let lost = first.other_tab().refresh(&app).await;
    app.advance(TimeDelta::seconds(119));
    let (here, there) = futures_util::future::join(first.refresh(&app), second.refresh(&app)).await;
    assert_eq!(first.cookie, second.cookie);
    let lost = lost.cookie().split(';').next().map(str::to_owned);
    assert_eq!(first.cookie, lost);
    for answer in [&here, &there] {
        let client = app.client_with(answer.access_token());
        assert!(client.is_signed_in().await);
    }
    // Later it is no tab but a copy: the session ends for all, and the cookie goes.
    app.advance(TimeDelta::seconds(2));
    let answer = late.refresh(&app).await;
    answer.expect_refused("INVALID_REFRESH_TOKEN");
    assert_eq!(
        answer.cookie(),
        "acclaim_desk=; HttpOnly; SameSite=Strict; Path=/desk/session; Max-Age=0"
    );
    first
        .refresh(&app)
        .await
        .expect_refused("INVALID_REFRESH_TOKEN");
    assert!(!app.client_with(here.access_token()).is_signed_in().await);
}

async fn signing_out_of_the_desk_ends_the_session(stores: Stores) {
    let app = server(TestApp::builder(&stores)).await;
    let mut browser = Browser::default();
    let session = browser.sign_in(&app).await;
    let mut other_tab = browser.other_tab();
    let answer = browser.sign_out(&app).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(answer.cookie().contains("Max-Age=0"), "{}", answer.cookie());
    assert_eq!(browser.cookie, None);
    let client = app.client_with(session.access_token());
    assert!(!client.is_signed_in().await, "at once");
    other_tab
        .refresh(&app)
        .await
        .expect_refused("INVALID_REFRESH_TOKEN");
    // Nobody is signed in: nothing to end.
    assert_eq!(browser.sign_out(&app).await.status, 204);
}

async fn a_browser_has_one_session_and_nobody_elses(stores: Stores) {
    let app = server(TestApp::builder(&stores)).await;
    let mut browser = Browser::default();
    browser.sign_in(&app).await;
    let mut before = browser.other_tab();
    // Signing in anew ends what the cookie stood for.
    browser.sign_in(&app).await;
    before
        .refresh(&app)
        .await
        .expect_refused("INVALID_REFRESH_TOKEN");
    // A neighbouring domain may set a cookie of the same name: two of them are none.
    let own = browser.cookie.clone().expect("a cookie");
    let mut other = Browser::default();
    other.sign_in(&app).await;
    let planted = other.cookie.clone().expect("a cookie");
    let request =
        request(&app, Method::POST, REFRESH).header("cookie", format!("{planted}; {own}"));
    send(request).await.expect_refused("INVALID_REFRESH_TOKEN");
    assert_eq!(browser.refresh(&app).await.status, 200);
    browser.refresh(&app).await.access_token();
}

async fn bodies_of_sign_ins_are_bounded(stores: Stores) {
    let app = server(TestApp::builder(&stores)).await;
    let post = || request(&app, Method::POST, SESSION);
    let with_type = |body: String| post().header("content-type", "application/json").body(body);
    let large = json!({"email": EMAIL, "password": "p".repeat(9_000)}).to_string();
    let long = json!({"email": EMAIL, "password": "p".repeat(1_000)}).to_string();
    for (request, status) in [
        (with_type(large), 413),
        (with_type(long), 400),
        (with_type(String::new()), 400),
        (with_type("[]".to_owned()), 400),
        (with_type("{\"email\":\"hunter2\"}".to_owned()), 400),
        (
            with_type("{\"email\":1,\"password\":\"hunter2\"}".to_owned()),
            400,
        ),
        (post().body(credentials(PASSWORD).to_string()), 415),
    ] {
        let answer = send(request).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert_eq!(answer.body["code"], json!("BAD_USER_INPUT"));
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert!(!answer.body.to_string().contains("hunter2"));
    }
}

async fn sign_ins_of_the_desk_are_limited_by_address(stores: Stores) {
    let builder = TestApp::builder(&stores).with_limits(|limits| limits.staff_sign_in = THREE);
    let app = server(builder).await;
    let mut browser = Browser::default();
    for _ in 0..3 {
        assert_eq!(browser.sign_in(&app).await.status, 200);
    }
    let answer = browser.sign_in(&app).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.body["code"], json!("RATE_LIMITED"));
    let wait = answer.headers["retry-after"].to_str().expect("ASCII");
    assert!(wait.parse::<u32>().is_ok_and(|wait| wait > 0), "{wait}");
    // A session that is there goes on.
    let answer = browser.refresh(&app).await;
    assert!(!answer.access_token().is_empty());
}
