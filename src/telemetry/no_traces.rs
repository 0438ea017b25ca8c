//! Traces in a program that is built without them: the same names with nothing behind them, which the compiler removes.

#![allow(
    clippy::unused_self,
    clippy::unused_async,
    clippy::missing_const_for_fn,
    reason = "the same as with traces"
)]

use std::convert::Infallible;

use axum::http::HeaderMap;
use prometheus_client::metrics::counter::Counter;

use super::request::RequestId;

/// Whether traces can be sent.
pub const ARE_BUILT_IN: bool = false;

/// Whether traces are sent.
#[must_use]
pub fn are_sent() -> bool {
    false
}

/// The task that sends traces, of which there is none.
#[derive(Debug)]
pub struct Sending(Infallible);

impl Sending {
    /// Starts none.
    ///
    /// # Errors
    /// Always.
    pub fn start(_url: &str, _ratio: f64, _lost: Counter) -> Result<Self, String> {
        Err("this program is built without traces".into())
    }

    /// Stops what was never started.
    pub async fn stop(self) {
        match self.0 {}
    }
}

/// The place of a span in its trace.
#[derive(Debug, Clone, Copy)]
pub struct Context;

impl Context {
    /// The one in whose scope this is.
    #[must_use]
    pub fn current() -> Self {
        Self
    }

    /// Starts a span below it.
    #[must_use]
    pub fn start(self, _name: &'static str) -> Span {
        Span
    }

    /// Runs `work` below it.
    pub fn scope<F: Future>(self, work: F) -> F {
        work
    }
}

/// A span that is under way.
#[derive(Debug)]
pub struct Span;

impl Span {
    /// Starts the span of a request.
    #[must_use]
    pub fn request(_headers: &HeaderMap, _id: RequestId) -> Self {
        Self
    }

    /// Starts a span below the current one.
    #[must_use]
    pub fn start(_name: &'static str) -> Self {
        Self
    }

    /// Starts the span of work that is done for several at once.
    #[must_use]
    pub fn shared(_name: &'static str, _callers: impl IntoIterator<Item = Context>) -> Self {
        Self
    }

    /// Its place in its trace.
    #[must_use]
    pub fn context(&self) -> Context {
        Context
    }

    /// Whether it is recorded.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        false
    }

    /// Gives it another name.
    pub fn rename(&mut self, _name: impl FnOnce() -> String) {}

    /// Notes a word about it.
    pub fn set_word(&mut self, _key: &'static str, _word: &str) {}

    /// Notes a number about it.
    pub fn set_number(&mut self, _key: &'static str, _number: i64) {}

    /// Notes that it has failed.
    pub fn fail(&mut self) {}
}
