//! Acclaim: one GraphQL API for public selections.
//!
//! A tour, in the order of a vote: [`http`] receives it, [`graphql`] understands it, [`app::voting`] finds its
//! nominee in memory, [`hot`] takes a token of the voter's bucket, the rules are looked at, [`ledger::writer`]
//! decides and stores it, the database's keys judge the decision, and it leaves the way it came. [`domain`] has the
//! rules as pure functions; [`workers`] publish tallies and flush counters; [`cli`] puts a process together.
//! ARCHITECTURE.md walks a vote and a page view through the files.

pub mod app;
pub mod auth;
pub mod bounded;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod error;
pub mod graphql;
pub mod hot;
pub mod http;
pub mod id;
pub mod ledger;
pub mod mail;
pub mod media;
pub mod print;
pub mod sheet;
pub mod telemetry;
pub mod verify;
pub mod workers;
