//! HTTP: serving until told to stop.
//!
//! `connection` accepts, `service` answers, `server` has the paths and the state that their handlers share. `params`
//! reads the parameters of a request; `graphql` is GraphQL over HTTP with its `response` and the `response_cache`,
//! `socket` graphql-transport-ws and `stream` graphql-sse with their `shared_subscriptions`; `places` bounds both.
//! `uploads` receives files of staff, `sheets`, `exports` and `reports` give some back; `desk` keeps the session of its
//! pages, `sign_in` leads voters over other sites and back, `cookie` has what both keep in the browser. `tally` is the
//! public tally that millions poll through a CDN, `pages` are those of a campaign, `graphiql` the page for exploring,
//! `health` the paths for load balancers and monitoring. `access` is the access log, and the spans of requests.

mod access;
mod cache_control;
mod client;
mod connection;
mod cookie;
mod desk;
mod exports;
mod graphiql;
mod graphql;
mod health;
mod negotiate;
pub mod pages;
mod params;
mod places;
mod reports;
mod response;
mod response_cache;
mod server;
mod service;
mod shared_subscriptions;
mod sheets;
mod sign_in;
mod socket;
mod stream;
mod tally;
mod unwanted_body;
mod uploads;

pub use self::health::serve_metrics;
pub use self::server::{ConnectionLimits, Server, Timeouts};
pub use self::service::Service;
