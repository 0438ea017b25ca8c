//! The codes of errors (`extensions.code`), in one place: [`finish`] looks at every response before it leaves.
//!
//! Resolvers return our own [`crate::error::Error`] with `?`; the library keeps it as the source, and it is read back
//! here. What has no code of ours is masked.

use async_graphql::{ErrorExtensionValues, Response, ServerError};
use uuid::Uuid;

use crate::error::Error;
use crate::telemetry::RequestId;

/// The closed list of codes at the top level of a response.
pub mod code {
    /// Sign in first.
    pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
    /// Signed in, and not allowed.
    pub const FORBIDDEN: &str = "FORBIDDEN";
    /// An argument or variable is wrong; the message says what to change.
    pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
    /// Too often; see `retryAfterMs`.
    pub const RATE_LIMITED: &str = "RATE_LIMITED";
    /// The server is full; see `retryAfterMs`.
    pub const OVERLOADED: &str = "OVERLOADED";
    /// A store is away; see `retryAfterMs`.
    pub const UNAVAILABLE: &str = "UNAVAILABLE";
    /// There is no such thing, or it may not be seen.
    pub const NOT_FOUND: &str = "NOT_FOUND";
    /// The document asks for too much.
    pub const QUERY_TOO_COMPLEX: &str = "QUERY_TOO_COMPLEX";
    /// The document is not GraphQL.
    pub const GRAPHQL_PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";
    /// The document does not fit the schema.
    pub const GRAPHQL_VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
    /// The document of this hash is not known: send its text with the hash.
    pub const PERSISTED_QUERY_NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";
    /// This version of persisted queries is not served.
    pub const PERSISTED_QUERY_NOT_SUPPORTED: &str = "PERSISTED_QUERY_NOT_SUPPORTED";
    /// A fault of the server; the message has an id that is in its log.
    pub const INTERNAL: &str = "INTERNAL";
}

/// The code of `error`.
#[must_use]
pub fn code_of(error: &Error) -> &'static str {
    match error {
        Error::Unauthenticated | Error::NoBearer => code::UNAUTHENTICATED,
        Error::Forbidden(_) => code::FORBIDDEN,
        Error::BadUserInput(_) => code::BAD_USER_INPUT,
        Error::NotFound(_) => code::NOT_FOUND,
        Error::RateLimited { .. } => code::RATE_LIMITED,
        Error::Overloaded => code::OVERLOADED,
        Error::Unavailable | Error::UnavailableForKey => code::UNAVAILABLE,
        Error::Internal(_) => code::INTERNAL,
    }
}

/// The error of a request as a whole: it has no place in the document.
#[must_use]
pub fn request_error(error: &Error) -> ServerError {
    let mut server_error = ServerError::new(error.to_string(), None);
    give_code(&mut server_error, error);
    server_error
}

/// A request error with a code of the library's side: parsing, validation, complexity.
#[must_use]
pub fn document_error(code: &'static str, message: impl Into<String>) -> ServerError {
    let mut error = ServerError::new(message, None);
    extensions(&mut error).set("code", code);
    error
}

/// Gives every error of a response its code and masks those that have none. Returns the code of the first error.
pub(super) fn finish(response: &mut Response) -> Option<&'static str> {
    let mut first = None;
    for error in &mut response.errors {
        let code = finish_error(error);
        first.get_or_insert(code);
    }
    first
}

fn finish_error(error: &mut ServerError) -> &'static str {
    if let Some(ours) = error
        .source
        .clone()
        .and_then(|source| source.downcast::<Error>().ok())
    {
        return give_code(error, &ours);
    }
    if error.source.is_some() {
        return mask(error, "a resolver failed");
    }
    let code = if is_coercion(&error.message) {
        // The library found it in an argument while executing: the text says what is wrong with the value. It quotes
        // the value, which is for the client's eyes only.
        code::BAD_USER_INPUT
    } else if error.path.is_empty() {
        code::GRAPHQL_VALIDATION_FAILED
    } else {
        return mask(error, "a field failed");
    };
    extensions(error).set("code", code);
    code
}

/// Whether the library found a value of another type than an argument's.
fn is_coercion(message: &str) -> bool {
    ["Failed to parse", "Expected input type"]
        .iter()
        .any(|start| message.starts_with(start))
}

fn give_code(error: &mut ServerError, ours: &Error) -> &'static str {
    if let Error::Internal(cause) = ours {
        return mask(error, &cause.to_string());
    }
    let code = code_of(ours);
    let extensions = extensions(error);
    extensions.set("code", code);
    if let Some(retry_after) = ours.retry_after() {
        // Rounded up: a client that waits so long succeeds.
        let ms = u64::try_from(retry_after.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX);
        extensions.set("retryAfterMs", ms);
    }
    if let Error::RateLimited { policy, .. } = ours {
        extensions.set("policy", *policy);
    }
    code
}

/// Takes the inner message out of an error and logs it under an id that the client sees. A path would log the client's
/// own words, its aliases: the place in the document says as much.
fn mask(error: &mut ServerError, cause: &str) -> &'static str {
    let id = Uuid::new_v4().simple().to_string();
    tracing::error!(
        request = RequestId::current(), error_id = id, at = ?error.locations, text = error.message, cause,
        "internal error"
    );
    "Internal error.".clone_into(&mut error.message);
    error.source = None;
    let extensions = extensions(error);
    extensions.set("code", code::INTERNAL);
    extensions.set("id", id);
    code::INTERNAL
}

fn extensions(error: &mut ServerError) -> &mut ErrorExtensionValues {
    error
        .extensions
        .get_or_insert_with(ErrorExtensionValues::default)
}
