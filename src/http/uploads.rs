//! Files that members of staff send: `PUT /uploads/{token}`, where the link is all that is needed.
//!
//! A file goes to a temporary one first, which has no name and is gone with the process, so that a slow client costs no
//! memory and one that goes away leaves nothing behind. Only a whole file goes into the store.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use http_body_util::BodyDataStream;
use serde_json::json;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use super::Server;
use super::client::ClientHeaders;
use super::unwanted_body::discard;
use crate::app::uploads::UploadRefusal;
use crate::error::Error;
use crate::graphql::messages::Language;
use crate::telemetry::RequestId;

/// Files that are received at once.
pub(super) const RECEIVED_AT_ONCE: usize = 16;
/// The time that a file may take in all: 20 MB at 300 kbit/s.
const FILE_TIME_MAX: Duration = Duration::from_mins(10);

/// The reason why a file was not received.
enum Failure {
    /// The upload is refused.
    Refused(UploadRefusal),
    /// The client sends more than it said.
    TooLong,
    /// The client went away, or was too slow.
    Interrupted,
    /// Too many files are being received.
    Busy,
    /// The server could not take it now.
    Unavailable(Error),
}

impl From<UploadRefusal> for Failure {
    fn from(why: UploadRefusal) -> Self {
        Self::Refused(why)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Unavailable(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        tracing::error!(request = RequestId::current(), %error, "a file could not be put aside");
        Self::Unavailable(Error::Unavailable)
    }
}

/// Answers `PUT /uploads/{token}` with 204 when the file is whole and in the store.
pub(super) async fn receive(
    State(server): State<Server>,
    Path(token): Path<String>,
    client_headers: ClientHeaders,
    request: Request,
) -> Response {
    let (head, mut body) = request.into_parts();
    match try_receive(&server, &token, &head.headers, &mut body).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(failure) => {
            discard(&mut body, server.timeouts.body).await;
            failure.respond(client_headers.language())
        }
    }
}

async fn try_receive(
    server: &Server,
    token: &str,
    headers: &HeaderMap,
    body: &mut Body,
) -> Result<(), Failure> {
    let upload = server.app.find_upload_to_receive(token).await??;
    let length = upload.bytes.unsigned_abs();
    if announced_length(headers).is_some_and(|announced| announced != length) {
        return Err(UploadRefusal::OtherLength.into());
    }
    let place = server.upload_places.try_acquire();
    let _place = place.map_err(|_| Failure::Busy)?;
    let pace = server.timeouts.body;
    let putting_aside = put_aside(body, length, pace);
    let put_aside = tokio::time::timeout(FILE_TIME_MAX, putting_aside).await;
    let mut file = put_aside.map_err(|_| Failure::Interrupted)??;
    Ok(server.app.receive_upload(&upload, &mut file).await??)
}

fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// A temporary file with the body, of at most `length` bytes; each part of it must come within `pace`.
async fn put_aside(body: &mut Body, length: u64, pace: Duration) -> Result<File, Failure> {
    let file = tokio::task::spawn_blocking(tempfile::tempfile).await;
    let mut file = File::from_std(file.map_err(std::io::Error::other)??);
    let mut parts = BodyDataStream::new(body);
    let mut received = 0;
    loop {
        let part = tokio::time::timeout(pace, parts.next()).await;
        let part = match part.map_err(|_| Failure::Interrupted)? {
            None => break,
            Some(part) => part.map_err(|_| Failure::Interrupted)?,
        };
        received += part.len() as u64;
        if received > length {
            return Err(Failure::TooLong);
        }
        file.write_all(&part).await?;
    }
    file.flush().await?;
    Ok(file)
}

impl Failure {
    fn respond(self, language: Language) -> Response {
        let (status, why) = match self {
            Self::Unavailable(error) => {
                return unavailable(&error, language);
            }
            Self::Busy => return unavailable(&Error::Overloaded, language),
            Self::Interrupted => (StatusCode::REQUEST_TIMEOUT, UploadRefusal::OtherLength),
            Self::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, UploadRefusal::OtherLength),
            Self::Refused(why) => (status(why), why),
        };
        let (code, message) = language.upload_refusal(why);
        respond(status, code, message)
    }
}

fn status(why: UploadRefusal) -> StatusCode {
    match why {
        UploadRefusal::NotFound => StatusCode::NOT_FOUND,
        UploadRefusal::Expired | UploadRefusal::Used => StatusCode::GONE,
        UploadRefusal::NoStore => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

pub(super) fn unavailable(error: &Error, language: Language) -> Response {
    if let Error::Internal(cause) = error {
        tracing::error!(request = RequestId::current(), %cause, "a file could not be received or sent");
    }
    let (code, message) = language.try_again();
    let mut response = respond(StatusCode::SERVICE_UNAVAILABLE, code, message);
    let retry = axum::http::HeaderValue::from_static("1");
    response.headers_mut().insert(RETRY_AFTER, retry);
    response
}

pub(super) fn respond(status: StatusCode, code: &str, message: &str) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
    ];
    let body = json!({ "code": code, "message": message }).to_string();
    (status, headers, body).into_response()
}
