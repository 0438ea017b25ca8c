//! The GraphQL schema: what clients see. The roots are [`query`], [`mutation`] and [`subscription`]; `types/` has one
//! file a noun. Resolvers are thin: writes call `app`, reads come from memory or, a whole page at once, from the ledger
//! (see [`page`]).

#![allow(
    clippy::unused_async,
    clippy::missing_errors_doc,
    reason = "resolvers are async, and their errors are the API's codes"
)]

pub mod cost;
pub mod document;
pub mod error;
pub mod guard;
pub mod manifest;
pub mod messages;
pub mod mutation;
pub mod node_id;
pub mod page;
pub mod query;
pub mod shape;
pub mod subscription;
pub mod types;
pub mod variables;

use std::sync::Arc;

use async_graphql::Context;

use crate::app::{App, Client};
use crate::auth::Viewer;

use self::messages::Language;
use self::mutation::Mutation;
use self::query::Query;
use self::subscription::Subscription;
use self::types::{Likeable, Node, UserError};

/// The whole API.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// A field that may be null: where it fails it is null itself, with its error. A `Result<Option<T>>` is to the library a
/// field that has no null, whose error makes its parent null.
pub type Nullable<T> = Option<async_graphql::Result<T>>;

/// Who asks, from where, in which language: what every resolver may need.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Who.
    pub viewer: Viewer,
    /// From where.
    pub client: Client,
    /// The language of texts for people.
    pub language: Language,
}

/// Prepares a schema on `app`; `is_open` allows introspection and suggestions, for development.
fn schema_builder(app: Arc<App>, is_open: bool) -> Builder {
    let builder = Schema::build(Query, Mutation, Subscription).data(app);
    let builder = with_interfaces(builder);
    if is_open {
        builder
    } else {
        builder.disable_introspection().disable_suggestions()
    }
}

/// The schema as text, which is `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .include_specified_by()
        .prefer_single_line_descriptions();
    let builder = Schema::build(Query, Mutation, Subscription);
    with_interfaces(builder).finish().sdl_with_options(options)
}

type Builder = async_graphql::SchemaBuilder<Query, Mutation, Subscription>;

fn with_interfaces(builder: Builder) -> Builder {
    builder
        .register_output_type::<Node>()
        .register_output_type::<Likeable>()
        .register_output_type::<UserError>()
}

/// The process, from a resolver.
fn app<'a>(ctx: &Context<'a>) -> &'a Arc<App> {
    ctx.data_unchecked()
}

/// Who asks, from a resolver.
fn asker<'a>(ctx: &Context<'a>) -> &'a Asker {
    ctx.data_unchecked()
}
