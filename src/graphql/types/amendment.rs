//! Amendments: changes after the first vote, which the public reads.

use async_graphql::SimpleObject;

use super::change::Change;
use super::scalars::Timestamp;
use crate::domain::amendment as domain;

/// A change that was made after the first vote, with its reason.
#[derive(SimpleObject)]
pub(super) struct Amendment {
    /// The time of the change.
    at: Timestamp,
    /// The name of what was changed: the campaign's title, a category's or a nominee's name.
    subject_label: String,
    /// The fields that were changed.
    changes: Vec<Change>,
    /// The reason.
    reason: String,
}

impl From<&domain::Amendment> for Amendment {
    fn from(amendment: &domain::Amendment) -> Self {
        Self {
            at: Timestamp(amendment.at),
            subject_label: amendment.subject_label.clone(),
            changes: amendment.changes.iter().map(Change::from).collect(),
            reason: amendment.reason.clone(),
        }
    }
}
