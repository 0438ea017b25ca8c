//! Cookies that hold secrets: no script reads them, and they go to their own paths only.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::auth::secret::Secret;

/// The value of a cookie. Of two cookies of the name one was set by a page of a neighbouring domain, which may do so
/// for this one, too: then neither counts, lest somebody works in another's account.
pub(super) fn find(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let values = headers.get_all(COOKIE).into_iter();
    let cookies = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    let mut found = cookies
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(found, value)| *found == name && !value.is_empty())
        .map(|(_, value)| value);
    let first = found.next()?;
    found.next().is_none().then(|| first.to_owned().into())
}

/// A cookie as it is set.
pub(super) struct SetCookie<'a> {
    /// Its name. One that begins with `__Secure-` is sent over TLS only.
    pub(super) name: &'a str,
    /// Its value; empty to delete it.
    pub(super) value: &'a str,
    /// The path below which it is sent.
    pub(super) path: &'a str,
    /// Whether it is sent with requests that other sites cause: `Strict` for never, `Lax` for their links.
    pub(super) same_site: &'a str,
    /// How long it is kept; 0 deletes it.
    pub(super) seconds: i64,
}

impl SetCookie<'_> {
    /// Sets it with a response.
    pub(super) fn add_to(&self, response: &mut Response) {
        let Self {
            name,
            value,
            path,
            same_site,
            seconds,
        } = self;
        let secure = if name.starts_with("__Secure-") {
            "; Secure"
        } else {
            ""
        };
        let cookie = format!(
            "{name}={value}; HttpOnly; SameSite={same_site}; Path={path}; Max-Age={seconds}{secure}"
        );
        if let Ok(mut cookie) = HeaderValue::try_from(cookie) {
            cookie.set_sensitive(true);
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
}
