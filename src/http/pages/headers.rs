//! The headers of pages and their files.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};

/// Programs, styles and calls from here only; pictures and films are the organiser's own addresses.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Where `WeChat` has its script for cards of pages that are sent on.
const WECHAT_SCRIPTS: &str = "https://res.wx.qq.com";

/// The policy of pages that have a script of their own within, by its hash, or may load that of `WeChat`.
pub(super) fn policy(script_hash: Option<&str>, has_wechat: bool) -> HeaderValue {
    let own = "script-src 'self'";
    let mut scripts = own.to_owned();
    if let Some(hash) = script_hash {
        scripts = format!("{scripts} 'sha256-{hash}'");
    }
    if has_wechat {
        scripts = format!("{scripts} {WECHAT_SCRIPTS}");
    }
    let policy = POLICY.replacen(own, &scripts, 1);
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(POLICY))
}

pub(super) fn headers(content_type: &'static str, cache_control: &'static str) -> HeaderMap {
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CACHE_CONTROL, HeaderValue::from_static(cache_control)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            REFERRER_POLICY,
            HeaderValue::from_static("strict-origin-when-cross-origin"),
        ),
        (VARY, HeaderValue::from_static("accept-language")),
    ])
}
