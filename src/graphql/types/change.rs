//! Changes, field by field.

use async_graphql::SimpleObject;

use crate::domain::change;

/// A field that was changed. Values are texts: numbers in digits, times in RFC 3339, enums by their names.
#[derive(SimpleObject)]
pub(super) struct Change {
    /// The field's name in the API.
    field: String,
    /// The value before; null where there was none, or it is personal.
    before: Option<String>,
    /// The value after; null where there is none any more; "changed" where it is personal.
    after: Option<String>,
}

impl From<&change::Change> for Change {
    fn from(change: &change::Change) -> Self {
        Self {
            field: change.field.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
        }
    }
}
