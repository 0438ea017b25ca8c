//! Puts servers together for the tests: in this process with a clock that the test moves, or as the real program; and
//! clients of both.

mod app;
mod client;
mod program;
mod retries;
mod sample;
mod stores;

pub use app::{TestApp, TestAppBuilder, generous_connections, generous_limits, noon};
pub use client::{
    CAST_BALLOT, CAST_VOTE, Payload, SET_LIKE, Signer, TestClient, http_client, new_voter, refusal,
};
pub use program::{Program, assert_refuses, ended, program};
pub use sample::{NOMINEES_EACH, Sample, global, sample_nominee, sample_organisation};
pub use stores::Stores;

/// Runs each test on both pairs of stores: `on_both!(name, ...)` makes a test `embedded::name` and `networked::name` of
/// `async fn name(stores: Stores)`.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::harness::Stores::embedded()).await; })*
        }
        mod networked {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::harness::Stores::networked().await).await; })*
        }
    };
}
pub(crate) use on_both;

/// Secret of the servers' access tokens.
pub const JWT_SECRET: &str = "the tests' secret of access tokens, long enough";
/// Secret of the servers' ids.
pub const IDENTITY_SECRET: &str = "the tests' secret of identities, long enough too";
