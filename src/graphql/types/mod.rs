//! The types of the API, one file a noun.

mod campaign;
mod category;
mod like;
mod nominee;
mod scalars;
mod sign_in;
mod story;
mod tally;
mod vote;

use async_graphql::{ID, Interface};

use crate::graphql::Nullable;

pub use self::campaign::{Campaign, CampaignConnection, CampaignEdge, CampaignPhase};
pub use self::category::Category;
pub use self::like::{
    RecordViewsErrorCode, RecordViewsInput, RecordViewsPayload, RecordViewsUserError,
    SetLikeErrorCode, SetLikeInput, SetLikePayload, SetLikeUserError,
};
pub use self::nominee::{Nominee, NomineeConnection, NomineeOrder, NomineeQuery, list_nominees};
pub use self::scalars::{Long, Timestamp};
pub use self::sign_in::{
    RefreshSessionInput, SignInGuestInput, SignInMiniProgramInput, SignInPayload, SignInStaffInput,
    SignInUserError, SignOutInput, SignOutPayload, Viewer,
};
pub use self::story::{Story, StoryConnection, list_stories};
pub use self::tally::Tally;
pub use self::vote::{
    CastBallotInput, CastBallotPayload, CastBallotUserError, CastVoteInput, CastVotePayload,
    CastVoteUserError, Quota, Vote,
};

/// Whatever has an id.
#[derive(Interface, Clone)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Its id: opaque, unique among all objects."
))]
pub enum Node {
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

/// What can be liked and viewed.
#[allow(
    clippy::duplicated_attributes,
    reason = "fields of one type are no repetition"
)]
#[derive(Interface, Clone)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Its id."),
    field(name = "like_count", ty = "Long", desc = "How many voters like it."),
    field(name = "view_count", ty = "Long", desc = "How often it was viewed."),
    field(
        name = "viewer_has_liked",
        ty = "Nullable<bool>",
        desc = "Whether the viewer likes it; null unless it is a voter."
    )
)]
pub enum Likeable {
    /// A nominee.
    Nominee(Nominee),
    /// A story.
    Story(Story),
}

/// Why a mutation was refused: something that the user can act on.
#[derive(Interface, Clone)]
#[graphql(
    field(
        name = "message",
        ty = "&String",
        desc = "For people, in the language of the request."
    ),
    field(
        name = "path",
        ty = "&Option<Vec<String>>",
        desc = "Which part of the input it is about."
    )
)]
pub enum UserError {
    /// Of signing in.
    SignIn(SignInUserError),
    /// Of casting a vote.
    CastVote(CastVoteUserError),
    /// Of casting a ballot.
    CastBallot(CastBallotUserError),
    /// Of liking.
    SetLike(SetLikeUserError),
    /// Of reporting views.
    RecordViews(RecordViewsUserError),
}
