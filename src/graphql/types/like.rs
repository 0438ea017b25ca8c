//! Likes and page views, which nominees and stories share.

use async_graphql::{Enum, ID, InputObject, SimpleObject};
use uuid::Uuid;

use super::Likeable;

/// What `setLike` is to do.
#[derive(InputObject)]
pub struct SetLikeInput {
    /// The nominee or story.
    pub subject_id: ID,
    /// Whether the viewer likes it from now on.
    pub liked: bool,
}

/// Why `setLike` was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum SetLikeErrorCode {
    /// There is no such nominee or story.
    SubjectNotFound,
}

/// A refusal of `setLike`.
#[derive(SimpleObject, Clone)]
pub struct SetLikeUserError {
    /// Why.
    pub code: SetLikeErrorCode,
    /// For people, in the language of the request.
    pub message: String,
    /// Which part of the input it is about.
    pub path: Option<Vec<String>>,
}

/// The answer of `setLike`.
#[derive(SimpleObject)]
pub struct SetLikePayload {
    /// What was liked, with its new count.
    pub subject: Option<Likeable>,
    /// Why it was refused; empty when it was not.
    pub user_errors: Vec<SetLikeUserError>,
}

/// What `recordViews` is to count.
#[derive(InputObject)]
pub struct RecordViewsInput {
    /// Nominees and stories that were viewed, 1 to 20; one that is named twice counts twice.
    pub subject_ids: Vec<ID>,
    /// Your name for this report, a fresh UUID. Sent again with the same key within an hour, it counts once: that makes
    /// retries safe.
    pub idempotency_key: Option<Uuid>,
}

/// Why `recordViews` did not count a subject.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum RecordViewsErrorCode {
    /// There is no such nominee or story.
    SubjectNotFound,
}

/// A subject that `recordViews` does not know.
#[derive(SimpleObject, Clone)]
pub struct RecordViewsUserError {
    /// Why.
    pub code: RecordViewsErrorCode,
    /// For people, in the language of the request.
    pub message: String,
    /// Which part of the input it is about.
    pub path: Option<Vec<String>>,
}

/// The answer of `recordViews`.
#[derive(SimpleObject)]
pub struct RecordViewsPayload {
    /// How many views were counted. They show within about a second.
    pub recorded: i32,
    /// Subjects that were not counted; the others were.
    pub user_errors: Vec<RecordViewsUserError>,
}
