//! The context of a resolver: the process, the requester, and the type of a field that may fail alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::Context;

use super::messages::Language;
use crate::app::{App, Client};
use crate::auth::Viewer;

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

/// Whether the answer to an operation is its requester's own though nobody has signed in, so that no cache may give it
/// to another: a resolver says so.
#[derive(Debug, Clone, Default)]
pub(super) struct Privacy(Arc<AtomicBool>);

impl Privacy {
    /// Whether a resolver has said so.
    pub(super) fn is_private(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Says that the answer is the requester's own.
pub(super) fn mark_private(ctx: &Context<'_>) {
    ctx.data_unchecked::<Privacy>()
        .0
        .store(true, Ordering::Relaxed);
}

/// The process, from a resolver.
pub(super) fn app<'a>(ctx: &Context<'a>) -> &'a Arc<App> {
    ctx.data_unchecked()
}

/// The requester, from a resolver.
pub(super) fn requester<'a>(ctx: &Context<'a>) -> &'a RequestContext {
    ctx.data_unchecked()
}
