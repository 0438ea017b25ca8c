//! The context of a resolver: the process, the requester, and the type of a field that may fail alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::Context;
use parking_lot::Mutex;

use super::messages::Language;
use crate::app::{App, Client};
use crate::auth::Viewer;
use crate::id::CampaignId;

/// A field that may be null: where it fails it is null itself, with its error. A `Result<Option<T>>` is to the library
/// a field that has no null, whose error makes its parent null.
pub(super) type Nullable<T> = Option<async_graphql::Result<T>>;

/// The requester as every resolver may need it: its identity, its client and its language.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// Its identity.
    pub viewer: Viewer,
    /// The client that it uses.
    pub client: Client,
    /// The language of texts for people.
    pub language: Language,
}

/// Fields of the root of reading that say with [`mark_read`] what they read, once for each time that they stand there.
pub(super) const CAMPAIGN_FIELDS: &[&str] =
    &["campaign", "nominee", "nominees", "stories", "story"];

/// The sources of an answer, as its resolvers say.
#[derive(Debug, Clone, Default)]
pub(super) struct Reads(Arc<ReadsInner>);

#[derive(Debug, Default)]
struct ReadsInner {
    /// Whether it is its requester's own though nobody has signed in, so that no cache may give it to another.
    is_private: AtomicBool,
    /// The campaigns that it was read from; none where something was read that is no one campaign's.
    campaigns: Mutex<Vec<Option<CampaignId>>>,
}

impl Reads {
    /// Whether a resolver has said that the answer is the requester's own.
    pub(super) fn is_private(&self) -> bool {
        self.0.is_private.load(Ordering::Relaxed)
    }

    /// The campaigns that everything was read from; none where there is more.
    pub(super) fn campaigns(&self) -> Option<Vec<CampaignId>> {
        self.0.campaigns.lock().iter().copied().collect()
    }
}

/// Says that the answer is the requester's own.
pub(super) fn mark_private(ctx: &Context<'_>) {
    ctx.data_unchecked::<Reads>()
        .0
        .is_private
        .store(true, Ordering::Relaxed);
}

/// Says that a field of [`CAMPAIGN_FIELDS`] is answered from this campaign alone; from none, if there is none.
pub(super) fn mark_read(ctx: &Context<'_>, campaign: Option<CampaignId>) {
    let reads = ctx.data_unchecked::<Reads>();
    reads.0.campaigns.lock().push(campaign);
}

/// The process, from a resolver.
pub(super) fn app<'a>(ctx: &Context<'a>) -> &'a Arc<App> {
    ctx.data_unchecked()
}

/// The requester, from a resolver.
pub(super) fn requester<'a>(ctx: &Context<'a>) -> &'a RequestContext {
    ctx.data_unchecked()
}
