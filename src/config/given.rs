//! Settings that are there, and those that go together.

use super::{ConfigError, wrong};
use crate::auth::secret::Secret;

/// A text that is there: files of variables have empty ones for what is not set.
pub(super) fn given(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

pub(super) fn given_secret(secret: Option<&Secret>) -> Option<Secret> {
    secret.filter(|secret| !secret.reveal().is_empty()).cloned()
}

pub(super) fn must_be_set(name: &str, other: &str) -> ConfigError {
    wrong(name)(format!("must be set, as {other} is"))
}

/// Two settings that go together: both, or neither.
pub(super) fn pair<A, B>(
    names: [&str; 2],
    first: Option<A>,
    second: Option<B>,
) -> Result<Option<(A, B)>, ConfigError> {
    let [first_name, second_name] = names;
    let missing = |name, other| Err(must_be_set(name, other));
    match (first, second) {
        (Some(first), Some(second)) => Ok(Some((first, second))),
        (None, None) => Ok(None),
        (None, Some(_)) => missing(first_name, second_name),
        (Some(_), None) => missing(second_name, first_name),
    }
}
