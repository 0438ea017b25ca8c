//! Local stand-ins for the platforms that people sign in with, made from their documentation: [`official_account`],
//! [`douyin`], [`alipay`] and [`oidc`]; [`sms`], an operator's webhook, and [`captcha`], a service for
//! challenges. (That of the mini-program of `WeChat` is
//! `fake_wechat`.)
//!
//! The code of a sign-in tells what happens, by its prefix. Of all platforms:
//!
//! | code | answer |
//! | --- | --- |
//! | `ok-<name>` | the person of that name, once |
//! | `slow-<name>` | none until [`Traffic::answer_slow_calls`], then as `ok-` |
//! | `garbage-*`, `http500-*` | not JSON; status 500 |
//! | `cut-*` | a body that breaks off |
//! | `long-<name>` | as `ok-`, in a body that is longer than any documented answer |
//!
//! `#...` makes another code of the same name. The pages that browsers are sent to send them straight back with a code:
//! the one that [`Traffic::next_person`] has been told, else that of the cookie `person` or the parameter `login_hint`,
//! else `lin`. A person `lin` has the code `ok-code-of-lin#<number>`; a text with `code-of-` in it is a whole code.

pub mod alipay;
pub mod captcha;
pub mod douyin;
pub mod official_account;
pub mod oidc;
pub mod sms;

use std::collections::HashMap;
use std::io;
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::fake_wechat::parse_query;
use crate::log_watch::watch_logs;

/// A server on a free port of 127.0.0.1; stops listening when dropped.
pub struct Stand {
    pub base_url: String,
    traffic: Arc<Traffic>,
    server: JoinHandle<()>,
}

impl Stand {
    async fn start(traffic: Arc<Traffic>, router: impl FnOnce(&str) -> Router) -> Self {
        // Before the first line that a client could log.
        watch_logs();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let base_url = format!("http://{address}");
        let router = router(&base_url);
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            base_url,
            traffic,
            server,
        }
    }

    /// Stops listening. Whoever connects from now on is refused.
    pub async fn stop(&mut self) {
        self.server.abort();
        let _aborted = (&mut self.server).await;
    }
}

impl Deref for Stand {
    type Target = Traffic;

    fn deref(&self) -> &Traffic {
        &self.traffic
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The calls with a code that came in.
#[derive(Default)]
pub struct Traffic {
    calls: watch::Sender<usize>,
    concurrent: AtomicUsize,
    concurrent_max: AtomicUsize,
    /// Set to true: slow calls are answered.
    slow_answers: watch::Sender<bool>,
    /// How often each code was presented.
    presented: Mutex<HashMap<String, usize>>,
    next_person: Mutex<Option<String>>,
    codes: AtomicUsize,
}

impl Traffic {
    /// How many calls with a code came in so far.
    pub fn calls(&self) -> usize {
        *self.calls.borrow()
    }

    /// Waits until that many calls with a code came in.
    pub async fn calls_reach(&self, count: usize) {
        let mut calls = self.calls.subscribe();
        calls
            .wait_for(|calls| *calls >= count)
            .await
            .expect("it outlives the wait");
    }

    /// The highest number of these calls under way at once.
    pub fn concurrent_max(&self) -> usize {
        self.concurrent_max.load(Ordering::SeqCst)
    }

    /// Answers the slow calls that wait, and from now on all others at once.
    pub fn answer_slow_calls(&self) {
        self.slow_answers.send_replace(true);
    }

    /// The person that browsers are from now on.
    pub fn next_person(&self, person: &str) {
        *lock(&self.next_person) = Some(person.to_owned());
    }

    fn enter(&self) -> UnderWay<'_> {
        let concurrent = self.concurrent.fetch_add(1, Ordering::SeqCst) + 1;
        self.concurrent_max.fetch_max(concurrent, Ordering::SeqCst);
        self.calls.send_modify(|calls| *calls += 1);
        UnderWay(self)
    }

    /// Counts this time in.
    fn times_presented(&self, code: &str) -> usize {
        let mut presented = lock(&self.presented);
        let times = presented.entry(code.to_owned()).or_default();
        *times += 1;
        *times
    }

    async fn slow_answers(&self) {
        let mut slow_answers = self.slow_answers.subscribe();
        let _ = slow_answers.wait_for(|answer| *answer).await;
    }

    /// The answer that a code asks for by its prefix, where that is the same on all platforms. A slow one waits here.
    async fn common_answer(&self, behaviour: &str) -> Option<Response> {
        match behaviour {
            "slow" => {
                self.slow_answers().await;
                None
            }
            "garbage" => Some("<html>502</html>".into_response()),
            "http500" => Some(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
            "cut" => Some(cut_off(r#"{"errcode":0,"openid":"openid-of-"#)),
            _ => None,
        }
    }

    /// Sends a browser back with a new code and its state; the code is the first of the pair.
    fn send_back(
        &self,
        query: &HashMap<String, String>,
        headers: &HeaderMap,
    ) -> (String, Response) {
        let cookies = headers
            .get(header::COOKIE)
            .and_then(|cookies| cookies.to_str().ok());
        let mut cookies = cookies.unwrap_or_default().split("; ");
        let cookie = cookies.find_map(|cookie| cookie.strip_prefix("person="));
        let person = lock(&self.next_person).clone();
        let person = person.or_else(|| cookie.map(str::to_owned));
        let person = person.or_else(|| query.get("login_hint").cloned());
        let person = person.unwrap_or_else(|| "lin".to_owned());
        let number = self.codes.fetch_add(1, Ordering::SeqCst);
        let code = if person.contains("code-of-") {
            format!("{person}#{number}")
        } else {
            format!("ok-code-of-{person}#{number}")
        };
        let Ok(mut address) = reqwest::Url::parse(&query["redirect_uri"]) else {
            return (code, StatusCode::BAD_REQUEST.into_response());
        };
        address
            .query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &query["state"]);
        let answer = (StatusCode::FOUND, [(header::LOCATION, address.to_string())]);
        (code, answer.into_response())
    }
}

/// One call under way; also ends when the client hangs up and the handler is dropped.
struct UnderWay<'a>(&'a Traffic);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.concurrent.fetch_sub(1, Ordering::SeqCst);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no panic while it is held")
}

/// The prefix of a code, and the name in it.
fn parts(code: &str) -> (&str, &str) {
    let (behaviour, name) = code.split_once('-').unwrap_or_default();
    (behaviour, name.split('#').next().unwrap_or_default())
}

/// A body that breaks off after `beginning`.
fn cut_off(beginning: &'static str) -> Response {
    let parts = [
        Ok(Bytes::from_static(beginning.as_bytes())),
        Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
    ];
    Body::from_stream(stream::iter(parts)).into_response()
}

/// The same answer behind more spaces than any answer has bytes.
fn lengthened(answer: Response) -> Response {
    let spaces = Ok(Bytes::from(" ".repeat(300 * 1024)));
    let body = answer.into_body().into_data_stream();
    Body::from_stream(stream::iter([spaces]).chain(body)).into_response()
}

/// The code and the state that a browser comes back with.
pub struct Visit {
    pub code: String,
    pub state: String,
}

/// Goes to the page at `address` as the browser of `person`, as far as back.
pub async fn visit(address: &str, person: &str) -> Visit {
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a browser");
    let request = browser
        .get(address)
        .header(header::COOKIE, format!("a=b; person={person}"));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::FOUND, "{address}");
    let back = answer.headers()[header::LOCATION]
        .to_str()
        .expect("an address");
    let (_, query) = back.split_once('?').expect("a query");
    let mut query = parse_query(query);
    Visit {
        code: query.remove("code").expect("a code"),
        state: query.remove("state").expect("a state"),
    }
}
