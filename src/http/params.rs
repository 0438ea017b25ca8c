//! The parameters of a GraphQL request, from a query string or a body: at most 32 KiB, of staff 1 MiB, within 10 s.

use std::collections::HashMap;
use std::time::Duration;

use async_graphql::{ServerError, Value};
use axum::body::{Body, HttpBody as _};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::Server;
use super::client::ClientHeaders;
use super::unwanted_body::discard;
use crate::error::Error;
use crate::graphql::document::{Errors, Params};
use crate::graphql::error::{code, document_error, request_error};

/// The largest body: a document of 8 KiB with its variables.
const BODY_BYTES_MAX: usize = 32 * 1024;
/// The largest body of a member of staff, who writes articles.
const STAFF_BODY_BYTES_MAX: usize = 1024 * 1024;
/// The smallest piece, chunk or packet, that a body may come in on average: no network cuts it so small.
const PIECE_BYTES_MIN: usize = 128;

/// The rejection of a request before it is executed.
pub(super) struct Rejection {
    /// The status of the response.
    pub status: StatusCode,
    /// The reasons.
    pub errors: Errors,
}

impl Rejection {
    /// A rejection for one reason.
    pub fn new(status: StatusCode, error: ServerError) -> Self {
        Self {
            status,
            errors: vec![error],
        }
    }

    fn bad(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            document_error(code::BAD_USER_INPUT, message),
        )
    }

    /// The rejection of a token, also where the database does not say whether a member of staff is still active.
    pub(super) fn unauthenticated(error: &Error) -> Self {
        let status = if matches!(error, Error::Unauthenticated | Error::NoBearer) {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        Self::new(status, request_error(error))
    }
}

impl From<Errors> for Rejection {
    /// The rejection of a document or its variables, or of a requester who asks for too much.
    fn from(errors: Errors) -> Self {
        let code = errors
            .first()
            .and_then(|error| error.extensions.as_ref()?.get("code"));
        let status = match code {
            Some(Value::String(code)) if code == code::RATE_LIMITED => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Some(Value::String(code)) if code == code::FORBIDDEN => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { status, errors }
    }
}

/// Reads the parameters of a GET.
pub(super) fn from_query(query: &str) -> Result<Params, Rejection> {
    if query.len() > BODY_BYTES_MAX {
        return Err(too_large(BODY_BYTES_MAX));
    }
    let mut fields: HashMap<String, String> = HashMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if let Some(_twice) = fields.insert(name.to_string(), value.into_owned()) {
            return Err(Rejection::bad(format!(
                "The parameter {name} stands twice."
            )));
        }
    }
    let mut take = |name: &str| fields.remove(name).filter(|text| !text.is_empty());
    Ok(Params {
        variables: object("variables", take("variables"))?,
        extensions: object("extensions", take("extensions"))?,
        query: take("query"),
        operation_name: take("operationName"),
        document_id: take("documentId"),
    })
}

/// A parameter that is an object in JSON, or null.
fn object<T: DeserializeOwned>(name: &str, text: Option<String>) -> Result<Option<T>, Rejection> {
    let parsed = text.map(|text| serde_json::from_str(&text));
    parsed
        .transpose()
        .map(Option::flatten)
        .map_err(|_| Rejection::bad(format!("The parameter {name} must be a JSON object.")))
}

/// The largest body that is read of this requester. A token is looked at only where the body is announced to be larger
/// than those of others.
pub(super) fn body_bytes_max(
    client_headers: &ClientHeaders,
    server: &Server,
    body: &Body,
) -> usize {
    let is_large = body.size_hint().lower() > BODY_BYTES_MAX as u64;
    if is_large && client_headers.has_token_of_staff(server) {
        STAFF_BODY_BYTES_MAX
    } else {
        BODY_BYTES_MAX
    }
}

/// Reads the parameters of a POST; its body has to be there within `timeout`.
pub(super) async fn from_body(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
    timeout: Duration,
) -> Result<Params, Rejection> {
    parse_params(&read_json(headers, body, bytes_max, timeout).await?)
}

/// Reads a body that says that it is JSON and has to be there within `timeout`; it is not parsed.
pub(super) async fn read_json(
    headers: &HeaderMap,
    mut body: Body,
    bytes_max: usize,
    timeout: Duration,
) -> Result<Vec<u8>, Rejection> {
    let read = tokio::time::timeout(timeout, read(headers, &mut body, bytes_max)).await;
    let rejection = match read {
        Ok(Ok(bytes)) => return Ok(bytes),
        Ok(Err(rejection)) => rejection,
        Err(_) => {
            let error = document_error(code::BAD_USER_INPUT, "The body came too slowly.");
            return Err(Rejection::new(StatusCode::REQUEST_TIMEOUT, error));
        }
    };
    discard(&mut body, timeout).await;
    Err(rejection)
}

async fn read(
    headers: &HeaderMap,
    body: &mut Body,
    bytes_max: usize,
) -> Result<Vec<u8>, Rejection> {
    if !is_json(headers) {
        let error = document_error(
            code::BAD_USER_INPUT,
            "Send Content-Type: application/json in UTF-8.",
        );
        return Err(Rejection::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
    }
    // Announced, it need not be read to be rejected.
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(too_large(bytes_max));
    }
    collect(body, bytes_max).await
}

/// Puts a body together. Each piece costs a wake-up, however small it is.
async fn collect(body: &mut Body, bytes_max: usize) -> Result<Vec<u8>, Rejection> {
    let mut body = Limited::new(body, bytes_max);
    let mut bytes = Vec::new();
    let mut pieces = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            if error.is::<LengthLimitError>() {
                too_large(bytes_max)
            } else {
                Rejection::bad("The body ended early.")
            }
        })?;
        pieces += 1;
        if pieces > bytes_max / PIECE_BYTES_MIN {
            return Err(too_large(bytes_max));
        }
        bytes.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
    }
    Ok(bytes)
}

/// Whether the body is JSON in UTF-8. Browsers ask before they send that from another site, so no form of another site
/// does anything here.
fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = content_type
        .split(';')
        .map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().as_deref() == Some("application/json");
    let is_utf8 = |part: String| match part.strip_prefix("charset=") {
        // Its own name is utf-8; some clients leave the hyphen out.
        Some(charset) => matches!(charset.trim_matches('"'), "utf-8" | "utf8"),
        None => true,
    };
    is_json && parts.all(is_utf8)
}

/// Reads the parameters of a request from JSON.
pub(super) fn parse_params(bytes: &[u8]) -> Result<Params, Rejection> {
    const SHAPE: &str = "The body must be one object with query, and may have operationName, variables and extensions";
    // A list of the values in order would be read as the struct, too.
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        return Err(Rejection::bad(format!("{SHAPE}.")));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let what = if error.is_data() {
            SHAPE
        } else {
            "The body is not JSON"
        };
        let place = format!("line {}, column {}", error.line(), error.column());
        Rejection::bad(format!("{what} ({place})."))
    })
}

fn too_large(bytes_max: usize) -> Rejection {
    let pieces_max = bytes_max / PIECE_BYTES_MIN;
    let message =
        format!("A request has at most {bytes_max} bytes, in at most {pieces_max} pieces.");
    Rejection::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        document_error(code::BAD_USER_INPUT, message),
    )
}
