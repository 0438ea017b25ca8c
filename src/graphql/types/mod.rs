//! The types of the API, one file a noun.

mod campaign;
mod category;
mod like;
mod media;
mod nominee;
mod scalars;
mod sign_in;
mod story;
mod tally;
mod vote;

use async_graphql::{ID, Interface};

use crate::graphql::Nullable;

pub(super) use self::campaign::{Campaign, CampaignConnection, CampaignPhase, list_campaigns};
pub(super) use self::category::Category;
pub(super) use self::like::{
    RecordViewsInput, RecordViewsPayload, RecordViewsUserError, SetLikeInput, SetLikePayload,
    SetLikeUserError,
};
pub(super) use self::nominee::{
    Nominee, NomineeConnection, NomineeOrder, NomineeQuery, list_nominees,
};
pub(super) use self::scalars::{Long, Timestamp};
pub(super) use self::sign_in::{
    RefreshSessionInput, SignInGuestInput, SignInMiniProgramInput, SignInPayload, SignInStaffInput,
    SignInUserError, SignOutInput, SignOutPayload, Viewer,
};
pub(super) use self::story::{Story, StoryConnection, list_stories};
pub(super) use self::tally::Tally;
pub(super) use self::vote::{
    CastBallotInput, CastBallotPayload, CastBallotUserError, CastVoteInput, CastVotePayload,
    CastVoteUserError, Quota, Vote,
};

/// A number as the API's `Int`, cut to its largest.
fn to_i32(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

/// An object with an id.
#[derive(Interface, Clone)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Its id: opaque, unique among all objects."
))]
pub(super) enum Node {
    /// A campaign.
    Campaign(Campaign),
    /// A category.
    Category(Category),
    /// A nominee.
    Nominee(Nominee),
    /// A story.
    Story(Story),
    /// A vote.
    Vote(Vote),
}

/// An object that can be liked and viewed.
#[allow(
    clippy::duplicated_attributes,
    reason = "fields of one type are no repetition"
)]
#[derive(Interface, Clone)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Its id."),
    field(
        name = "like_count",
        ty = "Long",
        desc = "The number of voters who like it."
    ),
    field(name = "view_count", ty = "Long", desc = "The number of its views."),
    field(
        name = "viewer_has_liked",
        ty = "Nullable<bool>",
        desc = "Whether the viewer likes it; null unless it is a voter."
    )
)]
pub(super) enum Likeable {
    /// A nominee.
    Nominee(Nominee),
    /// A story.
    Story(Story),
}

/// A refusal of a mutation: something that the user can act on.
#[derive(Interface, Clone)]
#[graphql(
    field(
        name = "message",
        ty = "&String",
        desc = "A text for people, in the language of the request."
    ),
    field(
        name = "path",
        ty = "&Option<Vec<String>>",
        desc = "The part of the input that it is about."
    )
)]
pub(super) enum UserError {
    /// A refusal of signing in.
    SignIn(SignInUserError),
    /// A refusal of a vote.
    CastVote(CastVoteUserError),
    /// A refusal of a ballot.
    CastBallot(CastBallotUserError),
    /// A refusal of a like.
    SetLike(SetLikeUserError),
    /// A subject whose views are not counted.
    RecordViews(RecordViewsUserError),
}
