//! A tap that comes before the program: its own little script keeps it until the program is there to answer.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;

/// The script, as it stands in the page.
pub(super) const SCRIPT: &str = include_str!("early_tap.js");

/// Its hash, by which the policy of the page allows it.
pub(super) static SCRIPT_HASH: LazyLock<String> =
    LazyLock::new(|| BASE64.encode(digest(&SHA256, SCRIPT.as_bytes()).as_ref()));
