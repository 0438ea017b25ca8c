//! The GraphQL schema, as clients see it. The roots are [`query`], [`mutation`] and [`subscription`]; `types/` has one
//! file a noun. Resolvers are thin: writes call `app`, reads come from memory or, a whole page at once, from the ledger
//! (see [`page`] and [`counters`]). [`document`] is the engine that executes requests on it.

#![allow(
    clippy::unused_async,
    clippy::missing_errors_doc,
    reason = "resolvers are async, and their errors are the API's codes"
)]

mod connection;
mod context;
mod counters;
mod desk;
pub mod document;
pub mod error;
pub mod messages;
mod mutation;
pub mod node_id;
mod page;
mod query;
mod schema;
mod subscription;
mod types;
mod user_error;

pub use self::context::RequestContext;
use self::context::{CAMPAIGN_FIELDS, Nullable, Reads, app, mark_private, mark_read, requester};
pub use self::schema::sdl;
