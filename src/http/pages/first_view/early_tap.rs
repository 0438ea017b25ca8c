//! A tap that comes before the program: its own little script keeps it until the program is there to answer.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::HeaderValue;
use data_encoding::BASE64;

use super::super::headers::POLICY;

/// The script, as it stands in the page.
pub(super) const SCRIPT: &str = include_str!("early_tap.js");

/// The policy of pages that allows this script, by its hash, beside the server's own files.
pub(super) static WITH_SCRIPT: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = BASE64.encode(digest(&SHA256, SCRIPT.as_bytes()).as_ref());
    let own = "script-src 'self'";
    let policy = POLICY.replacen(own, &format!("{own} 'sha256-{hash}'"), 1);
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(POLICY))
});
