//! The types of the API, one file a noun.

mod amendment;
mod audit;
mod campaign;
mod campaign_counts;
mod campaign_desk;
mod category;
mod challenge;
mod change;
mod examination;
mod export;
mod identity;
mod import;
mod import_code;
mod kept;
mod like;
mod media;
mod node;
mod nominee;
mod organisation;
mod phone;
mod report;
mod scalars;
mod sign_in;
mod signals;
mod staff;
mod story;
mod story_desk;
mod tally;
mod turnout;
mod vote;
mod withholding;

use async_graphql::{ID, Interface};

use crate::graphql::Nullable;

use self::audit::{AuditEvent, find_audit_events};
pub(super) use self::campaign::{
    Campaign, CampaignConnection, CampaignPhase, ChallengePolicy, QuotaPeriod, QuotaScope,
    TallyVisibility, list_campaigns,
};
pub(super) use self::category::Category;
pub(super) use self::export::{Export, ExportFormat, ExportKind, find_export, find_exports};
pub(super) use self::identity::IdentityKind;
use self::import::find_imports;
pub(super) use self::import::{Import, ImportKind};
pub(super) use self::kept::ForgetMePayload;
pub(super) use self::like::{
    RecordViewsInput, RecordViewsPayload, RecordViewsUserError, SetLikeInput, SetLikePayload,
    SetLikeUserError,
};
pub(super) use self::node::{Node, find_nodes};
pub(super) use self::nominee::{
    Nominee, NomineeConnection, NomineeOrder, NomineeQuery, list_nominees,
};
pub(super) use self::organisation::{Invitation, Membership, Organisation, list_own_organisations};
pub(super) use self::phone::{
    RequestPhoneCodeInput, RequestPhoneCodePayload, SignInMiniProgramPhoneInput, SignInPhoneInput,
};
pub(super) use self::report::{Report, find_report, find_reports};
pub(super) use self::scalars::{Long, Timestamp};
pub(super) use self::sign_in::{
    CreateHandOverPayload, RedeemHandOverInput, RefreshSessionInput, ShareSignature,
    SignInGuestInput, SignInMiniProgramInput, SignInPayload, SignInStaffInput, SignInUserError,
    SignInWay, SignOutInput, SignOutPayload, Viewer,
};
pub(super) use self::signals::{SignalCase, find_case};
pub(super) use self::staff::StaffRole;
pub(super) use self::story::{Media, Story, StoryConnection, list_stories};
pub(super) use self::tally::Tally;
pub(super) use self::vote::{
    CastBallotInput, CastBallotPayload, CastBallotUserError, CastVoteInput, CastVotePayload,
    CastVoteUserError, Quota, Vote,
};
pub(super) use self::withholding::{VoteBehaviour, WithholdingRule, find_withholding_rule};

/// A number as the API's `Int`, cut to its largest.
pub(super) fn to_i32(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
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
