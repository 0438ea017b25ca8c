//! Fragments that spread the next one twice: what the library makes of them, and what the server does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use serde_json::json;

use super::documents::doubling;
use crate::harness::{Stores, TestApp};

/// A root that counts how often it is asked.
struct Counting(Arc<AtomicU64>);

#[Object(name = "Query")]
impl Counting {
    async fn visited(&self) -> bool {
        self.0.fetch_add(1, Ordering::SeqCst);
        true
    }
}

/// How often the library, left to itself, visits the one field of a document.
async fn visits(levels: usize) -> u64 {
    let count = Arc::new(AtomicU64::new(0));
    let root = Counting(Arc::clone(&count));
    let schema = Schema::new(root, EmptyMutation, EmptySubscription);
    let response = schema.execute(doubling(levels, "visited")).await;
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    count.load(Ordering::SeqCst)
}

/// Why there is a guard at all. Were this not so any more, it would have less to do.
#[tokio::test]
async fn the_library_visits_twice_as_much_with_each_level() {
    for levels in 8..=10 {
        assert_eq!(visits(levels).await, 1 << levels, "{levels} levels");
    }
}

#[tokio::test]
async fn thirty_levels_are_refused() {
    let stores = Stores::embedded();
    let app = TestApp::start(&stores).await;
    let document = doubling(30, "serverTime");
    assert!(document.len() < 2_048, "{}", document.len());
    let code = app.anonymous().fail(&document, json!({})).await;
    assert_eq!(code, "QUERY_TOO_COMPLEX");
    // Eight, which are 256 fields, are within the limits.
    let data = app
        .anonymous()
        .ask(&doubling(8, "serverTime"), json!({}))
        .await;
    assert_eq!(data, json!({"serverTime": "2022-10-25T04:00:00.000Z"}));
}
