//! The id of a request, by which its answer and all that is logged on its way belong together.

use std::fmt;
use std::future::Future;

use tokio::task::futures::TaskLocalFuture;
use uuid::Uuid;

tokio::task_local! {
    static REQUEST: RequestId;
}

/// The id of a request: its answer shows it, and every log event on its way carries it. It costs next to nothing where
/// nothing is logged, unlike a span for each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(Uuid);

impl RequestId {
    /// A new one: ids made later sort later.
    #[must_use]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// Runs `answering` as the request of this id.
    pub fn scope<F: Future>(self, answering: F) -> TaskLocalFuture<Self, F> {
        REQUEST.scope(self, answering)
    }

    /// The request that is being answered, for a field of the log; none outside of one.
    #[must_use]
    pub fn current() -> Option<tracing::field::DisplayValue<Self>> {
        REQUEST.try_get().ok().map(tracing::field::display)
    }

    /// The id of the request that is being answered, to go on with on another thread; a new one outside of any.
    #[must_use]
    pub fn current_or_new() -> Self {
        REQUEST.try_get().unwrap_or_default()
    }

    /// Its 16 bytes.
    #[must_use]
    pub fn bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }

    /// Its 32 hexadecimal digits.
    #[must_use]
    pub fn digits(self) -> [u8; 32] {
        let mut digits = [0; 32];
        self.0.simple().encode_lower(&mut digits);
        digits
    }
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}
