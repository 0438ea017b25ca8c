//! The changes of an edit, field by field, as the audit log keeps them.

use serde::{Deserialize, Serialize};

/// The words that stand for a personal value: an event stays for ever, and nobody's data does.
const PERSONAL: &str = "changed";

/// A field that was changed. Values are texts: numbers in digits, times in RFC 3339, enums by their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The field's name in the API.
    pub field: String,
    /// The value before; none where there was none, or it is personal.
    pub before: Option<String>,
    /// The value after; none where there is none any more.
    pub after: Option<String>,
}

/// The changes of an edit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(Vec<Change>);

#[allow(
    clippy::needless_pass_by_value,
    reason = "numbers and texts alike, as callers have them"
)]
impl Changes {
    /// Adds a field whose values differ.
    pub fn compare(&mut self, field: &str, before: Option<String>, after: Option<String>) {
        if before != after {
            self.0.push(Change {
                field: field.to_owned(),
                before,
                after,
            });
        }
    }

    /// Adds a field that has a value from now on.
    pub fn set(&mut self, field: &str, after: impl ToString) {
        self.compare(field, None, Some(after.to_string()));
    }

    /// Adds a field whose value changes from `before` to `after`.
    pub fn replace(&mut self, field: &str, before: impl ToString, after: impl ToString) {
        self.compare(field, Some(before.to_string()), Some(after.to_string()));
    }

    /// Adds a field with personal values, which are not kept, where they differ.
    pub fn compare_personal<T: PartialEq>(&mut self, field: &str, before: T, after: T) {
        if before != after {
            self.compare(field, None, Some(PERSONAL.to_owned()));
        }
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The changes in the order in which they were added.
    #[must_use]
    pub fn as_slice(&self) -> &[Change] {
        &self.0
    }
}
