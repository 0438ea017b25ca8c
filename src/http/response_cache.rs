//! Answers to public queries, cached as finished bytes for a moment, so that a crowd that asks for the same costs no more
//! than one who does; those who come while it is executed wait for it.
//!
//! A cached answer is found by the whole query string, without reading it. It is [`CACHED_MS`] old at most, which its figures
//! may be, and no longer cached when a campaign, a nominee or the feed `public_revision`.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Bytes;
use axum::http::HeaderValue;
use data_encoding::BASE64URL_NOPAD;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::negotiate::MediaType;

/// How long an answer is cached, milliseconds: as long as other caches may keep it.
const CACHED_MS: u128 = 1_000;
/// Bytes of all that is cached.
const CACHED_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Answers that are cached, as an estimate for the cache: feeds of 8 KB.
const CACHED_RESPONSES: usize = 4_096;

/// An answer without errors.
#[derive(Debug)]
pub struct CachedResponse {
    /// Names its bytes; weak, since the same may be sent compressed.
    pub etag: HeaderValue,
    /// The body.
    pub body: Bytes,
    /// Its first root field, for metrics.
    pub field: &'static str,
}

impl CachedResponse {
    /// Keeps these bytes.
    #[must_use]
    pub fn new(body: Vec<u8>, field: &'static str) -> Self {
        let hash = digest(&SHA256, &body);
        let tag = format!("W/\"{}\"", BASE64URL_NOPAD.encode(&hash.as_ref()[..16]));
        Self {
            etag: HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\"")),
            body: body.into(),
            field,
        }
    }
}

/// An answer, or that there is none to be cached: whoever asks then has his own executed, and nobody waits for another.
type Value = Option<Arc<CachedResponse>>;

#[derive(Clone)]
struct ByBytes;

impl Weighter<String, Value> for ByBytes {
    fn weight(&self, key: &String, value: &Value) -> u64 {
        const ENTRY_BYTES: usize = 256;
        let body = value.as_ref().map_or(0, |cached| cached.body.len());
        (key.len() + body + ENTRY_BYTES) as u64
    }
}

/// The answers that a process keeps.
pub struct ResponseCache {
    started: Instant,
    answers: Cache<String, Value, ByBytes>,
}

impl ResponseCache {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            answers: Cache::with_weighter(CACHED_RESPONSES, CACHED_BYTES_MAX, ByBytes),
        }
    }

    /// What the answer to a query string is cached by now, after so many `public_revision`. A moment later it is another one, so
    /// nothing has to be thrown away: what is old is not asked for any more, and gives way.
    #[must_use]
    pub fn key(&self, query: &str, media_type: MediaType, public_revision: u64) -> String {
        let moment = self.started.elapsed().as_millis() / CACHED_MS;
        format!("{moment} {public_revision} {media_type:?} {query}")
    }

    /// The answer, if it is cached.
    #[must_use]
    pub fn find(&self, key: &str) -> Value {
        self.answers.get(key)?
    }

    /// The answer that is cached, or that `execute` makes for all who ask meanwhile.
    pub async fn find_or(&self, key: &str, execute: impl Future<Output = Value>) -> Value {
        let execute = async { Ok::<_, std::convert::Infallible>(execute.await) };
        match self.answers.get_or_insert_async(key, execute).await {
            Ok(value) => value,
            Err(never) => match never {},
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn what_many_ask_for_at_once_is_executed_once() {
        let (answers, executed) = (ResponseCache::new(), AtomicUsize::new(0));
        let (open, gate) = tokio::sync::watch::channel(false);
        let ask = || async {
            let execute = async {
                executed.fetch_add(1, Ordering::Relaxed);
                gate.clone()
                    .wait_for(|is_open| *is_open)
                    .await
                    .expect("it opens");
                Some(Arc::new(CachedResponse::new(b"{}".to_vec(), "story")))
            };
            answers.find_or("key", execute).await
        };
        let all = futures_util::future::join_all((0..50).map(|_| ask()));
        let (found, sent) = tokio::join!(all, async { open.send(true) });
        sent.expect("somebody waits");
        let tags: Vec<_> = found
            .iter()
            .flatten()
            .map(|cached| cached.etag.clone())
            .collect();
        assert_eq!((tags.len(), executed.load(Ordering::Relaxed)), (50, 1));
        assert!(tags.iter().all(|tag| *tag == tags[0]));
        assert!(answers.find("key").is_some());
        assert!(answers.find("another").is_none());
    }

    #[tokio::test]
    async fn what_is_not_to_be_kept_makes_nobody_wait() {
        let answers = ResponseCache::new();
        assert!(answers.find_or("key", async { None }).await.is_none());
        let unwanted = async { panic!("it is known that there is nothing to keep") };
        assert!(answers.find_or("key", unwanted).await.is_none());
        assert!(answers.find("key").is_none());
    }

    #[test]
    fn keys_differ_by_media_type_query_and_changes() {
        let answers = ResponseCache::new();
        let key = |query| answers.key(query, MediaType::Json, 0);
        assert_ne!(key("a=1"), key("a=2"));
        let other = MediaType::GraphqlResponse;
        assert_ne!(key("a=1"), answers.key("a=1", other, 0));
        assert_ne!(key("a=1"), answers.key("a=1", MediaType::Json, 1));
    }
}
