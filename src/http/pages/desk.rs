//! The page that the desk's program begins with, the same for every path below `/desk`: the program finds the way.

use axum::http::HeaderValue;
use axum::http::header::REFERRER_POLICY;
use axum::response::{IntoResponse, Response};

use super::assets::DESK;
use super::headers::headers;
use super::html::tag;
use crate::http::client::ClientHeaders;

/// Answers `GET /desk` and the paths below it that are no files.
pub(super) async fn shell(client_headers: ClientHeaders) -> Response {
    let lang = tag(client_headers.language());
    let (style, scripts) = (DESK.style, DESK.script_tags());
    let html = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
        <title>Acclaim</title><link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/pages/{style}\">\
        {scripts}</head><body><div id=\"app\"></div>\
        <noscript><p>工作台需要 JavaScript。The desk needs JavaScript.</p></noscript></body></html>"
    );
    let mut headers = headers("text/html; charset=utf-8", "no-cache");
    // Addresses of the desk name what nobody else knows of yet.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    (headers, html).into_response()
}
