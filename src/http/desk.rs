//! The session of the desk: its refresh token is in a cookie that no script reads and that goes to these paths only.
//!
//! Pages of this server alone may ask, told by the `Origin` that browsers send with whatever may change something;
//! other clients sign in through the API. The access token is answered, for the page to keep in memory.

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, ORIGIN, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::json;

use super::Server;
use super::client::ClientHeaders;
use super::cookie::{self, SetCookie};
use super::params::{Rejection, read_json};
use super::uploads::respond;
use crate::app::sign_in::{SessionTokens, SignInAnswer, SignInRefusal};
use crate::auth::secret::Secret;
use crate::error::{Error, RETRY_AFTER as RETRY_AFTER_DEFAULT};
use crate::graphql::error::{code, code_of, request_error};

/// The largest body: an address, a password and a code.
const BODY_BYTES_MAX: usize = 8 * 1024;
/// The name of the cookie. Where it is sent over TLS only, its name says so: browsers let no page without TLS set it.
const COOKIE_NAME: &str = "acclaim_desk";
const SECURE_COOKIE_NAME: &str = "__Secure-acclaim_desk";

/// The session's paths.
pub(super) fn router() -> Router<Server> {
    Router::new()
        .route("/desk/session", post(sign_in).delete(sign_out))
        .route("/desk/session/refresh", post(refresh))
}

/// The proof that a page of this server asks.
struct OwnOrigin;

impl FromRequestParts<Server> for OwnOrigin {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Response> {
        let text = |name| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let public_url = server.app.public_url.as_deref();
        if text(ORIGIN).is_some_and(|origin| is_own(origin, public_url, text(HOST))) {
            return Ok(Self);
        }
        let client_headers = ClientHeaders::from_request_parts(parts, server).await;
        let Ok(client_headers) = client_headers;
        let (code, message) = client_headers.language().foreign_origin();
        Err(respond(StatusCode::FORBIDDEN, code, message))
    }
}

/// Whether an origin is this server's: that of its public address, else the host that was asked, which no page of
/// another site can choose. A page without TLS is not one of a server whose address has it.
fn is_own(origin: &str, public_url: Option<&str>, host: Option<&str>) -> bool {
    let origin_of_url = public_url.and_then(|url| {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split('/').next()?;
        Some((scheme, authority))
    });
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    if origin_of_url == Some((scheme, authority)) {
        return true;
    }
    let is_as_safe = match scheme {
        "https" => true,
        "http" => origin_of_url.is_none_or(|(scheme, _)| scheme == "http"),
        _ => false,
    };
    is_as_safe && host == Some(authority)
}

/// The body of a sign-in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Credentials {
    email: String,
    password: String,
    second_factor_code: Option<String>,
}

/// Answers `POST /desk/session`.
async fn sign_in(
    _: OwnOrigin,
    State(server): State<Server>,
    client_headers: ClientHeaders,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let credentials = match read_credentials(&server, &headers, body).await {
        Ok(credentials) => credentials,
        Err(response) => return response,
    };
    let answer = server.app.sign_in_staff(
        client_headers.client(),
        &credentials.email,
        credentials.password,
        credentials.second_factor_code.as_deref(),
    );
    match Box::pin(answer).await {
        Ok(answer) => {
            if answer.is_ok() {
                end_session(&server, &headers).await;
            }
            respond_answer(&server, &client_headers, &answer)
        }
        Err(error) => respond_error(&error),
    }
}

/// Ends the session that a browser had before, whose cookie is replaced.
async fn end_session(server: &Server, headers: &HeaderMap) {
    if let Some(token) = find_cookie(server, headers)
        && let Err(error) = server.app.sign_out(token.reveal()).await
    {
        tracing::warn!(%error, "a session that was replaced could not be ended: it expires by itself");
    }
}

async fn read_credentials(
    server: &Server,
    headers: &HeaderMap,
    body: Body,
) -> Result<Credentials, Response> {
    let timeout = server.timeouts.body;
    let bytes = read_json(headers, body, BODY_BYTES_MAX, timeout)
        .await
        .map_err(|rejection| respond_rejection(&rejection))?;
    // What is wrong may quote the password: only the shape is told.
    serde_json::from_slice(&bytes).map_err(|_| {
        let text =
            "The body must be an object with email and password, and may have secondFactorCode.";
        respond(StatusCode::BAD_REQUEST, code::BAD_USER_INPUT, text)
    })
}

/// Answers `POST /desk/session/refresh`. Tabs share the cookie: each gets the same successor.
async fn refresh(
    _: OwnOrigin,
    State(server): State<Server>,
    client_headers: ClientHeaders,
    headers: HeaderMap,
) -> Response {
    // Nobody is signed in, as at each first visit: no failure to count.
    let Some(token) = find_cookie(&server, &headers) else {
        let refused = Err(SignInRefusal::InvalidRefreshToken);
        return respond_answer(&server, &client_headers, &refused);
    };
    let answer = server
        .app
        .refresh_session(client_headers.client(), token.reveal());
    match Box::pin(answer).await {
        Ok(answer) => respond_answer(&server, &client_headers, &answer),
        Err(error) => respond_error(&error),
    }
}

/// Answers `DELETE /desk/session`.
async fn sign_out(_: OwnOrigin, State(server): State<Server>, headers: HeaderMap) -> Response {
    let ended = match find_cookie(&server, &headers) {
        Some(token) => server.app.sign_out(token.reveal()).await,
        None => Ok(()),
    };
    let mut response = match ended {
        Ok(()) => (StatusCode::NO_CONTENT, [(CACHE_CONTROL, "no-store")]).into_response(),
        Err(error) => respond_error(&error),
    };
    // Whatever the store says, this browser is out.
    set_cookie(&server, &mut response, None);
    response
}

fn cookie_name(server: &Server) -> &'static str {
    let public_url = server.app.public_url.as_deref();
    if public_url.is_some_and(|url| url.starts_with("https://")) {
        SECURE_COOKIE_NAME
    } else {
        COOKIE_NAME
    }
}

/// The refresh token that the browser keeps.
fn find_cookie(server: &Server, headers: &HeaderMap) -> Option<Secret> {
    cookie::find(headers, cookie_name(server))
}

/// Sets the cookie to a refresh token, or deletes it.
fn set_cookie(server: &Server, response: &mut Response, tokens: Option<&SessionTokens>) {
    let (value, seconds) = tokens.map_or(("", 0), |tokens| {
        let lifetime = tokens.refresh_expires_at - server.app.clock.now();
        (tokens.refresh_token.as_str(), lifetime.num_seconds())
    });
    let cookie = SetCookie {
        name: cookie_name(server),
        value,
        path: "/desk/session",
        same_site: "Strict",
        seconds,
    };
    cookie.add_to(response);
}

fn respond_answer(
    server: &Server,
    client_headers: &ClientHeaders,
    answer: &SignInAnswer,
) -> Response {
    let timestamp = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Millis, true);
    let body = match answer {
        Ok(tokens) => json!({
            "session": {
                "accessToken": tokens.access_token,
                "accessTokenExpiresAt": timestamp(tokens.access_expires_at),
            },
            "userErrors": [],
        }),
        Err(why) => {
            let (code, message) = client_headers.language().sign_in_refusal(*why);
            json!({"session": null, "userErrors": [{"code": code, "message": message}]})
        }
    };
    let headers = [
        (CONTENT_TYPE, "application/json; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
    ];
    let mut response = (headers, body.to_string()).into_response();
    match answer {
        Ok(tokens) => set_cookie(server, &mut response, Some(tokens)),
        Err(SignInRefusal::InvalidRefreshToken) => set_cookie(server, &mut response, None),
        // A sign-in that failed changes nothing.
        Err(_) => {}
    }
    response
}

fn respond_rejection(rejection: &Rejection) -> Response {
    let reason = rejection.errors.first();
    let message = reason.map_or("", |error| error.message.as_str());
    respond(rejection.status, code::BAD_USER_INPUT, message)
}

fn respond_error(error: &Error) -> Response {
    let status = match error {
        Error::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::BadUserInput(_) => StatusCode::BAD_REQUEST,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    // It masks and logs what is a fault of the program.
    let message = request_error(error).message;
    let mut response = respond(status, code_of(error), &message);
    if status != StatusCode::BAD_REQUEST {
        let wait = error.retry_after().unwrap_or(RETRY_AFTER_DEFAULT);
        let seconds = wait.as_millis().div_ceil(1_000).max(1).to_string();
        if let Ok(seconds) = HeaderValue::try_from(seconds) {
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn own_origins_are_told_from_others() {
        let vote = Some("https://vote.example.org");
        let demo = Some("http://127.0.0.1:8080");
        for (origin, public_url, host, expected) in [
            ("https://vote.example.org", vote, "10.0.0.7:8080", true),
            ("https://vote.example.org", vote, "vote.example.org", true),
            ("http://vote.example.org", vote, "vote.example.org", false),
            (
                "https://vote.example.org:444",
                vote,
                "vote.example.org",
                false,
            ),
            (
                "https://vote.example.org.evil.example",
                vote,
                "vote.example.org",
                false,
            ),
            ("https://evil.example", vote, "vote.example.org", false),
            ("https://other.example.org", vote, "other.example.org", true),
            ("http://127.0.0.1:8080", demo, "127.0.0.1:8080", true),
            ("http://localhost:8080", demo, "localhost:8080", true),
            ("http://localhost:3000", demo, "localhost:8080", false),
            ("http://vote.example.org", None, "vote.example.org", true),
            ("https://vote.example.org", None, "vote.example.org", true),
            ("https://evil.example", None, "vote.example.org", false),
            ("null", None, "vote.example.org", false),
            ("", None, "", false),
            ("://", None, "", false),
            ("file://", None, "", false),
        ] {
            let found = is_own(origin, public_url, Some(host));
            assert_eq!(found, expected, "{origin} {public_url:?} {host}");
        }
        assert!(!is_own("https://", None, None));
        assert!(is_own("https://vote.example.org", vote, None));
    }
}
