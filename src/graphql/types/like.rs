//! Likes and views, which nominees and stories share.

use async_graphql::{Context, Enum, ID, InputObject, SimpleObject};
use uuid::Uuid;

use super::{Likeable, to_i32};
use crate::graphql::requester;

/// The input of `setLike`.
#[derive(InputObject)]
pub(in crate::graphql) struct SetLikeInput {
    /// The nominee or story.
    pub(in crate::graphql) subject_id: ID,
    /// Whether the viewer likes it from now on.
    pub(in crate::graphql) liked: bool,
}

/// The reason why `setLike` was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum SetLikeErrorCode {
    /// There is no such nominee or story.
    SubjectNotFound,
}

/// A refusal of `setLike`.
#[derive(SimpleObject, Clone)]
pub(in crate::graphql) struct SetLikeUserError {
    /// The reason.
    pub(super) code: SetLikeErrorCode,
    /// A text for people, in the language of the request.
    pub(in crate::graphql) message: String,
    /// The part of the input that it is about.
    pub(in crate::graphql) path: Option<Vec<String>>,
}

/// The answer of `setLike`.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SetLikePayload {
    /// The nominee or story, with its new count.
    subject: Option<Likeable>,
    /// The refusal; empty when there is none.
    user_errors: Vec<SetLikeUserError>,
}

impl SetLikePayload {
    /// The payload with the subject that was found.
    pub(in crate::graphql) fn new(ctx: &Context<'_>, subject: Option<Likeable>) -> Self {
        let error = || SetLikeUserError {
            code: SetLikeErrorCode::SubjectNotFound,
            message: requester(ctx).language.subject_not_found().to_owned(),
            path: Some(vec!["input".into(), "subjectId".into()]),
        };
        let user_errors = match subject {
            Some(_) => Vec::new(),
            None => vec![error()],
        };
        Self {
            subject,
            user_errors,
        }
    }
}

/// The input of `recordViews`.
#[derive(InputObject)]
pub(in crate::graphql) struct RecordViewsInput {
    /// Nominees and stories that were viewed, 1 to 20; one that is named twice counts twice.
    pub(in crate::graphql) subject_ids: Vec<ID>,
    /// Your name for this report, a fresh UUID. Sent again with the same key within an hour, it counts once: that makes
    /// retries safe.
    pub(in crate::graphql) idempotency_key: Option<Uuid>,
}

/// The reason why `recordViews` did not count a subject.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordViewsErrorCode {
    /// There is no such nominee or story.
    SubjectNotFound,
}

/// A subject that `recordViews` does not know.
#[derive(SimpleObject, Clone)]
pub(in crate::graphql) struct RecordViewsUserError {
    /// The reason.
    pub(super) code: RecordViewsErrorCode,
    /// A text for people, in the language of the request.
    pub(in crate::graphql) message: String,
    /// The part of the input that it is about.
    pub(in crate::graphql) path: Option<Vec<String>>,
}

/// The answer of `recordViews`.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RecordViewsPayload {
    /// The number of views that were counted. They show within about a second.
    recorded: i32,
    /// Subjects that were not counted; the others were.
    user_errors: Vec<RecordViewsUserError>,
}

impl RecordViewsPayload {
    /// The payload of a report; `counted` says of each subject whether its view was counted.
    pub(in crate::graphql) fn new(ctx: &Context<'_>, counted: &[bool]) -> Self {
        let error = |position: usize| RecordViewsUserError {
            code: RecordViewsErrorCode::SubjectNotFound,
            message: requester(ctx).language.subject_not_found().to_owned(),
            path: Some(vec![
                "input".into(),
                "subjectIds".into(),
                position.to_string(),
            ]),
        };
        let unknown = (0..counted.len()).filter(|position| !counted[*position]);
        let user_errors: Vec<RecordViewsUserError> = unknown.map(error).collect();
        Self {
            recorded: to_i32(counted.len() - user_errors.len()),
            user_errors,
        }
    }
}
