//! Ways in that lead over another site: `GET /sign-in/{way}?back=PATH` leads there, and that site leads back to
//! `/sign-in/{way}/callback`, which leads to the page with what came of it behind its `#`, where no server and no log
//! sees it: `#hand-over=CODE` for the page to sign in with, or `#sign-in=REASON`.
//!
//! The attempt that a browser began is in a cookie of its own ([`SignInAttempt`]): a link that somebody else made leads
//! to no sign-in.

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Server;
use super::client::ClientHeaders;
use super::cookie::{self, SetCookie};
use super::pages::nowhere;
use crate::app::sign_in::SignInRefusal;
use crate::app::ways_in::RedirectWay;
use crate::auth::sign_in_attempt::{ATTEMPT_LIFE, SignInAttempt, is_own_path};
use crate::error::Result;
use crate::graphql::error::code_of;
use crate::graphql::messages::Language;

/// The page to go to where nothing says which one it was.
const HOME: &str = "/";

/// The paths.
pub(super) fn router() -> Router<Server> {
    Router::new()
        .route("/sign-in/{way}", get(begin))
        .route("/sign-in/{way}/callback", get(finish))
}

/// Answers `GET /sign-in/{way}`.
async fn begin(
    State(server): State<Server>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    client_headers: ClientHeaders,
) -> Response {
    let back = parameter(query.as_deref(), "back");
    let (Some(way), Some(back)) = (redirect_way(&name), back.filter(|back| is_own_path(back)))
    else {
        return nowhere(&client_headers, false);
    };
    let attempt = match SignInAttempt::new(back, server.app.clock.now()) {
        Ok(attempt) => attempt,
        Err(error) => return lead(HOME, &format!("sign-in={}", code_of(&error))),
    };
    match Box::pin(server.app.begin_redirect(way, &attempt)).await {
        Ok(address) => {
            let mut response = redirect(&address);
            let kept = attempt.seal(&server.app.hash_key, way.name());
            set_cookie(&server, way, &kept, &mut response);
            response
        }
        Err(refusal) => lead(&attempt.back, &reason(refusal)),
    }
}

/// Answers `GET /sign-in/{way}/callback`, where another site leads back with `state` and `code`, or with `error` (RFC
/// 6749, section 4.1.2); `WeChat` with neither where somebody said no.
async fn finish(
    State(server): State<Server>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    client_headers: ClientHeaders,
    headers: HeaderMap,
) -> Response {
    let Some(way) = redirect_way(&name) else {
        return nowhere(&client_headers, false);
    };
    let state = parameter(query.as_deref(), "state").unwrap_or_default();
    let code = parameter(query.as_deref(), "code").filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| match parameter(query.as_deref(), "error").as_deref() {
        None | Some("access_denied") => SignInRefusal::Declined,
        Some(_) => SignInRefusal::PlatformUnavailable,
    });
    let kept = cookie::find(&headers, &cookie_name(&server, way));
    let kept = kept.as_ref().map_or("", |kept| kept.reveal());
    let (key, now) = (&server.app.hash_key, server.app.clock.now());
    let attempt = SignInAttempt::open(key, way.name(), kept, &state, now);
    let mut response = if let Some(attempt) = attempt {
        let outcome = sign_in(&server, &client_headers, way, &attempt, code);
        let outcome = match Box::pin(outcome).await {
            Ok(outcome) => outcome,
            Err(error) => format!("sign-in={}", code_of(&error)),
        };
        lead(&attempt.back, &outcome)
    } else {
        let back = SignInAttempt::back_of(key, way.name(), kept);
        let expired = reason(SignInRefusal::SignInExpired);
        lead(back.as_deref().unwrap_or(HOME), &expired)
    };
    set_cookie(&server, way, "", &mut response);
    response
}

/// The outcome of a sign-in, as the page reads it.
async fn sign_in(
    server: &Server,
    client_headers: &ClientHeaders,
    way: RedirectWay,
    attempt: &SignInAttempt,
    code: std::result::Result<String, SignInRefusal>,
) -> Result<String> {
    let code = match code {
        Ok(code) => code,
        Err(refusal) => return Ok(reason(refusal)),
    };
    let client = client_headers.client();
    let answer = server
        .app
        .finish_redirect(client, way, attempt, &code)
        .await?;
    Ok(match answer {
        Ok(hand_over) => format!("hand-over={}", hand_over.code),
        Err(refusal) => reason(refusal),
    })
}

/// The parameter of a query; none where it is there twice.
fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let mut found = pairs.filter(|(found, _)| found == name);
    let (_, value) = found.next()?;
    found.next().is_none().then(|| value.into_owned())
}

fn redirect_way(name: &str) -> Option<RedirectWay> {
    RedirectWay::ALL.into_iter().find(|way| way.name() == name)
}

fn reason(refusal: SignInRefusal) -> String {
    let (code, _) = Language::default().sign_in_refusal(refusal);
    format!("sign-in={code}")
}

/// Leads to a page of ours, with something for it to read.
fn lead(back: &str, outcome: &str) -> Response {
    redirect(&format!("{back}#{outcome}"))
}

fn redirect(address: &str) -> Response {
    let headers = [
        (LOCATION, address),
        (CACHE_CONTROL, "no-store"),
        // The address that leads back has the code in it.
        (REFERRER_POLICY, "no-referrer"),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

fn cookie_name(server: &Server, way: RedirectWay) -> String {
    let url = server.app.public_url.as_deref().unwrap_or_default();
    let secure = if url.starts_with("https://") {
        "__Secure-"
    } else {
        ""
    };
    format!("{secure}acclaim_sign_in_{}", way.name())
}

/// Keeps an attempt in the browser, or lets it go.
fn set_cookie(server: &Server, way: RedirectWay, kept: &str, response: &mut Response) {
    let cookie = SetCookie {
        name: &cookie_name(server, way),
        value: kept,
        path: &format!("/sign-in/{}", way.name()),
        same_site: "Lax",
        seconds: if kept.is_empty() {
            0
        } else {
            ATTEMPT_LIFE.num_seconds()
        },
    };
    cookie.add_to(response);
}
