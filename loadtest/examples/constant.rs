//! The yardstick for reading: an axum server that answers every GET with the same bytes, and does nothing else.
//!
//! `cargo run --release -p loadtest --example constant -- 4096` listens on 127.0.0.1:8081 and answers 4,096 bytes.

use std::io::Write as _;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use bytes::Bytes;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let length = std::env::args().nth(1);
    let length: usize = length.and_then(|text| text.parse().ok()).unwrap_or(4_096);
    let body = Bytes::from(vec![b'x'; length]);
    let answer = get(async move || ([(CONTENT_TYPE, "application/json")], body.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8081").await?;
    writeln!(
        std::io::stdout(),
        "{length} bytes on {}",
        listener.local_addr()?
    )?;
    axum::serve(listener, Router::new().route("/", answer)).await
}
