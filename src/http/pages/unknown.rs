//! Addresses that no route has: one of a page with a slash at its end leads to the page, and a browser gets a page that
//! helps. Other clients get the bare status, as they always did.

use axum::http::header::{ACCEPT, LOCATION, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::headers::headers;
use super::html::{Body, PageHead, document};
use crate::http::cache_control::SHARED;
use crate::http::client::ClientHeaders;
use crate::http::negotiate::accepts_html;

/// The page of an address that leads nowhere: a way on, in both languages.
const NOWHERE: &str = "<main><h1>404</h1><p>这个地址没有内容：链接可能不完整，或者活动已经结束。</p>\
    <p>There is nothing at this address: the link may be incomplete, or the campaign over.</p>\
    <p><a href=\"/\">评选首页 · All campaigns</a></p></main>";

/// Answers an address that no route has.
pub(in crate::http) async fn handle(
    method: Method,
    uri: Uri,
    request_headers: HeaderMap,
    client_headers: ClientHeaders,
) -> Response {
    let is_reading = matches!(method, Method::GET | Method::HEAD);
    if let Some(to) = without_slash(&uri).filter(|_| is_reading) {
        let mut headers = headers("text/plain", SHARED);
        headers.insert(LOCATION, to);
        return (StatusCode::PERMANENT_REDIRECT, headers).into_response();
    }
    if !is_reading || !accepts_html(&request_headers) {
        let vary = [(VARY, HeaderValue::from(ACCEPT))];
        return (StatusCode::NOT_FOUND, vary).into_response();
    }
    let mut response = nowhere(&client_headers, false);
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("accept, accept-language"));
    response
}

/// The page of an address without slashes at its end, if it is one of the pages: others are left as they are, so that
/// nobody is sent to another site.
fn without_slash(uri: &Uri) -> Option<HeaderValue> {
    let path = uri.path();
    let trimmed = path.trim_end_matches('/');
    let is_page = trimmed.starts_with("/c/") || trimmed == "/graphiql";
    if trimmed.len() == path.len() || !is_page {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}"));
    HeaderValue::try_from(format!("{trimmed}{}", query.unwrap_or_default())).ok()
}

/// The page that says so; `has_program` where the program may know more of the address.
pub(in crate::http) fn nowhere(client_headers: &ClientHeaders, has_program: bool) -> Response {
    let head = PageHead {
        title: "404".to_owned(),
        summary: "",
        picture: None,
        path: String::new(),
        kind: "website",
        has_program,
    };
    // Not canonical anywhere: an address that leads nowhere has no other.
    let html = document(None, client_headers.language(), &head, &Body::of(NOWHERE));
    let headers = headers("text/html; charset=utf-8", SHARED);
    (StatusCode::NOT_FOUND, headers, html).into_response()
}
