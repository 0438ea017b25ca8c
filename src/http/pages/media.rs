//! Pictures that are stored here. Their names have a hash of their contents, so they are cached for ever and most
//! repetitions end with 304; one that is not in memory is charged as a statement.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::headers::headers;
use super::refusal::unavailable;
use super::unknown;
use crate::auth::Viewer;
use crate::domain::media::MediaFile;
use crate::http::Server;
use crate::http::cache_control::IMMUTABLE;
use crate::http::client::ClientHeaders;
use crate::http::negotiate::is_known;

/// The cost of a picture that is read from the store, as of an operation with a statement.
const READ_COST: u32 = 50;
/// Nothing runs in a picture, wherever it is opened.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Answers `GET /media/{name}`.
pub(super) async fn picture(
    State(server): State<Server>,
    Path(name): Path<String>,
    client_headers: ClientHeaders,
    uri: Uri,
    request: HeaderMap,
) -> Response {
    let Some(file) = MediaFile::parse(&name) else {
        return unknown::handle(Method::GET, uri, request, client_headers).await;
    };
    let Ok(etag) = HeaderValue::try_from(format!("\"{}\"", file.as_str())) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut headers = headers("image/jpeg", IMMUTABLE);
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.remove(VARY);
    headers.insert(ETAG, etag.clone());
    let tags = request.get(IF_NONE_MATCH);
    if tags.is_some_and(|tags| is_known(tags, &etag)) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    if let Some(bytes) = server.app.find_cached_picture(&file) {
        return (headers, bytes).into_response();
    }
    let client = client_headers.client();
    let charged = server.app.charge(Viewer::Anonymous, client, READ_COST);
    if let Err(error) = charged {
        return unavailable(&error, "a picture");
    }
    match server.app.read_picture(&file).await {
        Ok(Some(bytes)) => (headers, bytes).into_response(),
        Ok(None) => unknown::handle(Method::GET, uri, request, client_headers).await,
        Err(error) => unavailable(&error, "a picture"),
    }
}
