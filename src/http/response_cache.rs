//! Responses to public queries, cached as finished bytes for a moment, so that a crowd that asks for the same costs no
//! more than one requester; those who come while it is executed wait for it.
//!
//! A cached response is found by its name: that of a query is the whole query string, unread. It is at most
//! [`CACHED_MS`] old, as its figures may be, and no longer found when a campaign that it was made of changes, or its
//! nominees or its feed.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Bytes;
use axum::http::HeaderValue;
use data_encoding::BASE64URL_NOPAD;
use quick_cache::sync::{Cache, DefaultLifecycle, PlaceholderGuard};
use quick_cache::{DefaultHashBuilder, Weighter};

use crate::app::public_changes::{PublicChanges, Sources};
use crate::id::CampaignId;

/// How long a response is cached, milliseconds: as long as other caches may keep it.
const CACHED_MS: u128 = 1_000;
/// Bytes of all cached responses.
const CACHED_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Cached responses, as an estimate for the cache: feeds of 8 KB.
const CACHED_RESPONSES: usize = 4_096;

/// A response without errors.
#[derive(Debug)]
pub(super) struct CachedResponse {
    /// Names its bytes; weak, since the same may be sent compressed.
    pub etag: HeaderValue,
    /// The body.
    pub body: Bytes,
    /// Its first root field or operation, for metrics.
    pub field: &'static str,
    /// The campaigns that it was made of; none where it may be any.
    pub campaigns: Option<Vec<CampaignId>>,
    /// The number of public changes before it was made.
    pub change_count: u64,
}

impl CachedResponse {
    /// A response of these bytes.
    pub fn new(
        body: Vec<u8>,
        field: &'static str,
        campaigns: Option<Vec<CampaignId>>,
        change_count: u64,
    ) -> Self {
        let hash = digest(&SHA256, &body);
        let tag = format!("W/\"{}\"", BASE64URL_NOPAD.encode(&hash.as_ref()[..16]));
        Self {
            etag: HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\"")),
            body: body.into(),
            field,
            campaigns,
            change_count,
        }
    }

    /// Whether it is as it would be made now, but for figures.
    fn is_current(&self, changes: &PublicChanges) -> bool {
        let sources = match &self.campaigns {
            None => Sources::All,
            Some(campaigns) => Sources::Campaigns(campaigns),
        };
        !changes.has_changed(sources, self.change_count)
    }
}

/// A cached response; none where a query has had one that cannot be cached, so that nobody waits for the next.
type Entry = Option<Arc<CachedResponse>>;

#[derive(Clone)]
struct ByBytes;

impl Weighter<String, Entry> for ByBytes {
    fn weight(&self, key: &String, entry: &Entry) -> u64 {
        const ENTRY_BYTES: usize = 256;
        let body = entry.as_ref().map_or(0, |cached| cached.body.len());
        (key.len() + body + ENTRY_BYTES) as u64
    }
}

/// The response to a query, or whose turn it is to make it.
pub(super) enum Found<'a> {
    /// It is cached.
    Response(Arc<CachedResponse>),
    /// It cannot be cached: each requester's query is executed.
    Uncacheable,
    /// The requester is the first: others wait until the place is filled, or given up by dropping it.
    Reserved(Place<'a>),
}

/// The place of a response that is being made.
pub(super) struct Place<'a>(Guard<'a>);

type Guard<'a> = PlaceholderGuard<
    'a,
    String,
    Entry,
    ByBytes,
    DefaultHashBuilder,
    DefaultLifecycle<String, Entry>,
>;

impl Place<'_> {
    /// Caches the response, and gives it to those who wait.
    pub fn fill(self, response: CachedResponse) -> Arc<CachedResponse> {
        let response = Arc::new(response);
        // Refused where the place has been taken away meanwhile: then it is only not cached.
        let _ = self.0.insert(Some(Arc::clone(&response)));
        response
    }

    /// Tells those who wait that each has to execute its own query.
    pub(super) fn mark_uncacheable(self) {
        let _ = self.0.insert(None);
    }
}

/// The cached responses of a process.
pub(super) struct ResponseCache {
    started: Instant,
    responses: Cache<String, Entry, ByBytes>,
}

impl ResponseCache {
    /// An empty cache.
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            responses: Cache::with_weighter(CACHED_RESPONSES, CACHED_BYTES_MAX, ByBytes),
        }
    }

    /// The key of a response now, by a name that tells it from all others. It is another one a moment later, so nothing
    /// has to be thrown away: an old response is not asked for any more, and gives way.
    pub fn key(&self, name: fmt::Arguments<'_>) -> String {
        let moment = self.started.elapsed().as_millis() / CACHED_MS;
        format!("{moment} {name}")
    }

    /// The response, if it is cached.
    pub fn find(&self, key: &str, changes: &PublicChanges) -> Option<Arc<CachedResponse>> {
        self.responses
            .get(key)?
            .filter(|cached| cached.is_current(changes))
    }

    /// The response that is cached, waiting for one that is being made, or else the place for it.
    pub(super) async fn find_or_reserve(&self, key: &str, changes: &PublicChanges) -> Found<'_> {
        loop {
            match self.responses.get_value_or_guard_async(key).await {
                Ok(Some(cached)) if cached.is_current(changes) => return Found::Response(cached),
                Ok(Some(_)) => {
                    let is_old = |entry: &Entry| {
                        entry
                            .as_ref()
                            .is_some_and(|cached| !cached.is_current(changes))
                    };
                    self.responses.remove_if(key, is_old);
                }
                Ok(None) => return Found::Uncacheable,
                Err(guard) => return Found::Reserved(Place(guard)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_query_of_many_at_once_is_executed_once() {
        let (cache, changes) = (ResponseCache::new(), PublicChanges::default());
        let executed = AtomicUsize::new(0);
        let (open, gate) = tokio::sync::watch::channel(false);
        let ask = || async {
            let place = match cache.find_or_reserve("key", &changes).await {
                Found::Response(cached) => return cached.etag.clone(),
                Found::Uncacheable => panic!("it is cached"),
                Found::Reserved(place) => place,
            };
            executed.fetch_add(1, Ordering::Relaxed);
            let mut gate = gate.clone();
            gate.wait_for(|is_open| *is_open).await.expect("it opens");
            let response = CachedResponse::new(b"{}".to_vec(), "story", None, 0);
            place.fill(response).etag.clone()
        };
        let all = futures_util::future::join_all((0..50).map(|_| ask()));
        let (tags, sent) = tokio::join!(all, async { open.send(true) });
        sent.expect("somebody waits");
        assert_eq!((tags.len(), executed.load(Ordering::Relaxed)), (50, 1));
        assert!(tags.iter().all(|tag| *tag == tags[0]));
        assert!(cache.find("key", &changes).is_some());
        assert!(cache.find("another", &changes).is_none());
    }

    #[tokio::test]
    async fn an_uncacheable_response_makes_nobody_wait() {
        let (cache, changes) = (ResponseCache::new(), PublicChanges::default());
        match cache.find_or_reserve("key", &changes).await {
            Found::Reserved(place) => place.mark_uncacheable(),
            _ => panic!("nobody was before"),
        }
        let found = cache.find_or_reserve("key", &changes).await;
        assert!(matches!(found, Found::Uncacheable));
        assert!(cache.find("key", &changes).is_none());
    }

    #[tokio::test]
    async fn a_place_that_is_given_up_goes_to_the_next() {
        let (cache, changes) = (ResponseCache::new(), PublicChanges::default());
        drop(cache.find_or_reserve("key", &changes).await);
        let found = cache.find_or_reserve("key", &changes).await;
        assert!(matches!(found, Found::Reserved(_)));
    }

    #[tokio::test]
    async fn a_response_goes_with_a_change_of_what_it_was_made_of() {
        let (cache, changes) = (ResponseCache::new(), PublicChanges::default());
        let [own, other] = [CampaignId::new(), CampaignId::new()];
        for (campaigns, stays) in [(Some(vec![own]), true), (None, false)] {
            let Found::Reserved(place) = cache.find_or_reserve("key", &changes).await else {
                panic!("it is not there");
            };
            let body = b"{}".to_vec();
            place.fill(CachedResponse::new(
                body,
                "campaign",
                campaigns,
                changes.count(),
            ));
            changes.add(other);
            assert_eq!(cache.find("key", &changes).is_some(), stays);
            changes.add(own);
            assert!(cache.find("key", &changes).is_none());
        }
    }
}
