//! Signals: what a campaign's votes show that no crowd of people makes. Pure functions over votes; no store, no clock.
//!
//! A crate of its own for two reasons: the server and `loadtest attack`, which plays crowds and attacks against it, are
//! to run the same code without the one being built for the other; and it is optimised in debug builds too.
//!
//! Votes are numbered on entry: a campaign's nominees, voters, addresses, blocks and devices are small integers here,
//! and only whoever reads them from a store knows their ids and hashes.

mod vote;

pub use vote::{Story, Vote};
