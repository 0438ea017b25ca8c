//! Typed ids. Inside the program every id is a UUID of its own type, so that a voter's cannot be passed for a
//! nominee's; outside it is an opaque text (see `graphql::node_id`).

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type, serde::Serialize, serde::Deserialize)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, UUID version 7: ids made later sort later.
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A body that runs campaigns.
    OrganisationId,
    /// A link that makes a member of staff.
    InvitationId,
    /// An entry of the audit log.
    AuditEventId,
    /// A public selection.
    CampaignId,
    /// A group of nominees that are ranked against each other.
    CategoryId,
    /// A person who stands for selection.
    NomineeId,
    /// An article in the feed.
    StoryId,
    /// An import of a spreadsheet.
    ImportId,
    /// One vote, a row of its table.
    VoteId,
    /// A rule that withholds votes.
    WithholdingRuleId,
    /// A case that the signals have found.
    SignalCaseId,
    /// A rule that a case lets offer.
    OfferId,
    /// A person who votes.
    VoterId,
    /// A person who works for the organiser.
    StaffId,
    /// A sign-in and the refresh tokens that descend from it.
    SessionId,
    /// A file that a member of staff uploads.
    UploadId,
    /// A table of a campaign as a file.
    ExportId,
    /// One of the files of an export, of which the last one is kept.
    ExportFileId,
    /// A report of a campaign.
    ReportId,
    /// The scope that a quota counts in: a category or a whole campaign.
    ScopeId,
    /// A subject that can be liked and viewed: a nominee or a story.
    SubjectId,
}

impl From<CampaignId> for ScopeId {
    fn from(id: CampaignId) -> Self {
        Self(id.0)
    }
}

impl From<CategoryId> for ScopeId {
    fn from(id: CategoryId) -> Self {
        Self(id.0)
    }
}

impl From<NomineeId> for SubjectId {
    fn from(id: NomineeId) -> Self {
        Self(id.0)
    }
}

impl From<StoryId> for SubjectId {
    fn from(id: StoryId) -> Self {
        Self(id.0)
    }
}
