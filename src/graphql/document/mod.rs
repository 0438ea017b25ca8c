//! The document engine: from the parameters of a request to an operation that is executed.
//!
//! [`Documents::find`] is the way in. A document is found by its hash or text, or prepared (guarded, parsed, validated,
//! priced) and cached, so that none of it is repeated; then the values of its variables are coerced, and what it costs
//! with them is charged. `documents` has the finding, `prepare` the preparation, `execute` what is executed.
//!
//! Two schemas of the library share the work: the strict one validates a new document and executes nothing, the fast
//! one executes documents that have been validated and looks at little more.

mod brackets;
pub mod cost;
mod documents;
mod escapes;
mod execute;
mod fields;
pub mod guard;
mod heavy;
mod literals;
pub mod manifest;
mod params;
mod prepare;
pub mod schema_index;
mod text;
pub mod variables;

use async_graphql::ServerError;

pub use self::cost::{CostFigures, cost_extension};
pub use self::documents::{Documents, Policy, UntrustedError};
pub use self::execute::Audience;
pub use self::execute::{Executable, SharedKey};
pub use self::params::{Extensions, Params};
use super::error::document_error;

/// The errors of a request that is not executed.
pub type Errors = Vec<ServerError>;

fn rejected(code: &'static str, message: impl Into<String>) -> Errors {
    vec![document_error(code, message)]
}
