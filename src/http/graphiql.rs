//! GraphiQL, the page for exploring the API: built by `web/graphiql`, served from the binary, with no other address.

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::IntoResponse;
use axum::routing::get;

use super::Server;

const PAGE: &[u8] = include_bytes!("../../web/graphiql/dist/index.html");
const SCRIPT: &[u8] = include_bytes!("../../web/graphiql/dist/graphiql.js.gz");
const STYLE: &[u8] = include_bytes!("../../web/graphiql/dist/graphiql.css.gz");
const LICENSES: &[u8] = include_bytes!("../../web/graphiql/dist/LICENSES.txt");
/// Everything only from here; the editor sets styles of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; \
    img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The page and its files.
pub(super) fn router() -> Router<Server> {
    let html = "text/html; charset=utf-8";
    Router::new()
        .route("/graphiql", get(async move || file(html, None, PAGE)))
        .route(
            "/graphiql/graphiql.js",
            get(async || file("text/javascript; charset=utf-8", Some("gzip"), SCRIPT)),
        )
        .route(
            "/graphiql/graphiql.css",
            get(async || file("text/css; charset=utf-8", Some("gzip"), STYLE)),
        )
        .route(
            "/graphiql/LICENSES.txt",
            get(async || file("text/plain; charset=utf-8", None, LICENSES)),
        )
}

/// A file of the page. Compressed ones stay so: every browser takes gzip.
fn file(
    content_type: &'static str,
    encoding: Option<&'static str>,
    bytes: &'static [u8],
) -> impl IntoResponse {
    let mut headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ]);
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    (headers, bytes)
}
