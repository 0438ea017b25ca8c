//! The start of every GraphQL operation, whatever it does: its caller's allowance, and the documents that all processes
//! know.

use super::{App, Client};
use crate::auth::Viewer;
use crate::error::Result;
use crate::hot::{Action, BucketOwner};

/// A limit as the `RateLimit-Policy` header has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LimitPolicy {
    /// Tokens of a full bucket.
    pub quota: u32,
    /// Seconds in which an empty one fills.
    pub window_seconds: u64,
}

impl App {
    /// Takes the cost of an operation from its caller's allowance: the viewer's, or the address's where nobody has
    /// signed in; one that costs more than a full bucket takes all of it. [`crate::error::Error::RateLimited`] has the
    /// time to wait.
    pub fn charge(&self, viewer: Viewer, client: &Client, cost: u32) -> Result<()> {
        let (action, owner) = match viewer {
            Viewer::Voter { id, .. } => (Action::Query, BucketOwner::Voter(id)),
            Viewer::Staff(id) => (Action::Staff, BucketOwner::Staff(id)),
            Viewer::Anonymous => (Action::AnonymousQuery, BucketOwner::Address(client.address)),
        };
        let most = self.hot.limits().of(action).burst;
        self.hot.charge(action, owner, cost.min(most))
    }

    /// The limit of this name.
    #[must_use]
    pub(crate) fn limit_policy(&self, name: &str) -> Option<LimitPolicy> {
        let rate = self.hot.limits().find(name)?;
        Some(LimitPolicy {
            quota: rate.burst,
            window_seconds: rate.burst_us().div_ceil(1_000_000),
        })
    }

    /// The text of a document that some process has registered.
    pub async fn find_document(&self, hash: &str) -> Option<String> {
        self.hot.find_document(hash).await
    }

    /// Makes a document known to all processes.
    pub async fn register_document(&self, hash: &str, text: &str) {
        self.hot.register_document(hash, text).await;
    }
}
