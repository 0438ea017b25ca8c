//! The rest of a body that the server does not want.

use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use http_body_util::BodyExt as _;

/// Bytes that are read of it, at most.
const BYTES_MAX: u64 = 1024 * 1024;
/// Pieces that are read of it, at most.
const PIECES_MAX: usize = 256;
/// How long the response waits for it.
const TIMEOUT: Duration = Duration::from_millis(500);

/// Reads on where a body is not wanted, so that its client can finish and reads the response: a connection that is
/// closed while its client sends is reset, and the response is lost. Not for ever, nor longer than `body_timeout`, and
/// not a body that is announced to be too much. The response is the same whatever comes of it.
pub(super) async fn discard(body: &mut Body, body_timeout: Duration) {
    let _ = tokio::time::timeout(TIMEOUT.min(body_timeout), read_on(body)).await;
}

async fn read_on(body: &mut Body) {
    let announced = body.size_hint().lower();
    let mut read = 0;
    let mut pieces = 0;
    while announced.max(read) <= BYTES_MAX && pieces <= PIECES_MAX {
        match body.frame().await {
            Some(Ok(frame)) => read += frame.data_ref().map_or(0, |data| data.len() as u64),
            _ => return,
        }
        pieces += 1;
    }
}
