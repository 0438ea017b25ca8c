//! The reasons why stories are not made or changed, with their texts.

use async_graphql::{Context, Enum, SimpleObject};

use super::user_errors;
use crate::app::desk::Rejection;
use crate::domain::field::FieldFault;
use crate::domain::story::life::StoryRefusal;
use crate::graphql::requester;

/// The reason why a story was not made or changed.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoryErrorCode {
    /// A field is empty, too long, or has characters that cannot be printed: see `path`.
    InvalidField,
    /// The nominee is none of the campaign's.
    NomineeNotFound,
    /// The story has no such picture, film or recording.
    MediaNotFound,
    /// Give the text either as Markdown or as HTML that has text in it.
    InvalidBody,
    /// The text is the viewer's own: somebody else approves and schedules it.
    OwnText,
    /// A reason is missing, or too long.
    ReasonRequired,
    /// The story or the campaign is in a state in which this cannot be done.
    WrongState,
    /// A time of the plan is none, there are none or too many, or it begins in the past: see `path`.
    InvalidSchedule,
    /// A story is none of the campaign's, stands twice, or there are none or too many.
    StoryNotFound,
    /// Somebody else has changed it since: `story` is as it stands now.
    StaleObject,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

impl From<StoryRefusal> for StoryErrorCode {
    fn from(why: StoryRefusal) -> Self {
        match why {
            StoryRefusal::InvalidField(..) => Self::InvalidField,
            StoryRefusal::NomineeNotFound => Self::NomineeNotFound,
            StoryRefusal::MediaNotFound => Self::MediaNotFound,
            StoryRefusal::InvalidBody => Self::InvalidBody,
            StoryRefusal::OwnText => Self::OwnText,
            StoryRefusal::ReasonRequired => Self::ReasonRequired,
            StoryRefusal::WrongState => Self::WrongState,
            StoryRefusal::InvalidSchedule => Self::InvalidSchedule,
            StoryRefusal::StoryNotFound => Self::StoryNotFound,
            StoryRefusal::StaleObject => Self::StaleObject,
            StoryRefusal::IdempotencyKeyReused => Self::IdempotencyKeyReused,
        }
    }
}

/// A refusal of a change of a story.
#[derive(SimpleObject, Clone)]
pub(in crate::graphql) struct StoryUserError {
    /// The reason.
    code: StoryErrorCode,
    /// A text for people, in the language of the request.
    pub(in crate::graphql) message: String,
    /// The part of the input that it is about.
    pub(in crate::graphql) path: Option<Vec<String>>,
}

impl StoryUserError {
    pub(super) fn list(ctx: &Context<'_>, rejections: Vec<Rejection<StoryRefusal>>) -> Vec<Self> {
        let language = requester(ctx).language;
        user_errors(ctx, rejections, |_, _| "")
            .map(|(why, _, path)| {
                let message = match why {
                    StoryRefusal::InvalidField(field, reason) => {
                        language.story_fault(&FieldFault { field, reason })
                    }
                    why => language.story_refusal(why).to_owned(),
                };
                Self {
                    code: why.into(),
                    message,
                    path,
                }
            })
            .collect()
    }
}
