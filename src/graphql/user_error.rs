//! The interface of refusals: every mutation has a type of its own.

use async_graphql::Interface;

use super::desk::{
    AccountUserError, ApplyImportUserError, CampaignUserError, CreateImportUserError,
    ExportUserError, MemberUserError, NomineeUserError, OrganisationUserError, PictureUserError,
    ReportUserError, SignalCaseUserError, StoryUserError, UploadUserError, WithholdingUserError,
};
use super::types::{
    CastBallotUserError, CastVoteUserError, RecordViewsUserError, SetLikeUserError, SignInUserError,
};

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
    /// A refusal of a change of an organisation.
    Organisation(OrganisationUserError),
    /// A refusal of a change of members.
    Member(MemberUserError),
    /// A refusal of a change of an account.
    Account(AccountUserError),
    /// A refusal of a change of a campaign.
    Campaign(CampaignUserError),
    /// A refusal of a change of a nominee.
    Nominee(NomineeUserError),
    /// A refusal of a change of a story.
    Story(StoryUserError),
    /// A refusal of a link for a file.
    Upload(UploadUserError),
    /// A refusal of a picture.
    Picture(PictureUserError),
    /// A refusal of an import.
    CreateImport(CreateImportUserError),
    /// A refusal of a plan.
    ApplyImport(ApplyImportUserError),
    /// A refusal of an export.
    Export(ExportUserError),
    /// A refusal of a report.
    Report(ReportUserError),
    /// A refusal of a rule that withholds votes.
    Withholding(WithholdingUserError),
    /// A refusal of a decision on a case.
    SignalCase(SignalCaseUserError),
}
