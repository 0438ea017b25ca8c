//! The schema: the three roots put together, and the SDL that is committed as `schema.graphql`.

use std::sync::Arc;

use async_graphql::MergedObject;

use super::desk::{DeskMutation, DeskQuery};
use super::mutation::PublicMutation;
use super::query::PublicQuery;
use super::subscription::Subscription;
use super::types::{Likeable, Node};
use super::user_error::UserError;
use crate::app::App;

/// Objects and lists to read. Everything here works without signing in, unless a field says otherwise.
#[derive(MergedObject, Default)]
pub(super) struct Query(PublicQuery, DeskQuery);

/// Changes to make.
#[derive(MergedObject, Default)]
pub(super) struct Mutation(PublicMutation, DeskMutation);

/// The whole API.
pub(super) type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Prepares a schema on `app`; `is_open` allows introspection and suggestions, for development.
pub(super) fn builder(app: Arc<App>, is_open: bool) -> Builder {
    let builder = Schema::build(Query::default(), Mutation::default(), Subscription).data(app);
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
    let builder = Schema::build(Query::default(), Mutation::default(), Subscription);
    with_interfaces(builder).finish().sdl_with_options(options)
}

type Builder = async_graphql::SchemaBuilder<Query, Mutation, Subscription>;

fn with_interfaces(builder: Builder) -> Builder {
    builder
        .register_output_type::<Node>()
        .register_output_type::<Likeable>()
        .register_output_type::<UserError>()
}
