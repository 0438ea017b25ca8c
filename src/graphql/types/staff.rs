//! Members of staff and their roles.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object};

use crate::app::App;
use crate::domain::access;
use crate::domain::organisation::Membership;
use crate::graphql::node_id::GlobalId;

/// The role of a member of an organisation.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "access::StaffRole")]
pub(in crate::graphql) enum StaffRole {
    /// Answers for the organisation: everything, its members too.
    Owner,
    /// Runs campaigns.
    Organiser,
    /// Writes stories.
    Editor,
    /// Looks at everything and changes nothing.
    Auditor,
}

/// A right of a member in its organisation.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "access::Action")]
pub(super) enum StaffRight {
    /// Seeing what is not public yet, or no longer: drafts of campaigns, stories before their time, withdrawn nominees.
    ReadDrafts,
    /// Seeing figures that the rules hide from the public: tallies before their time, turnout.
    ReadFigures,
    /// Seeing the organisation's records: its members, invitations and audit log; exports.
    ReadRecords,
    /// Changing campaigns, their rules and nominees; imports.
    EditCampaigns,
    /// Proposing rules that withhold votes, applying those of others, reverting them.
    WithholdVotes,
    /// Writing stories and handing them in.
    WriteStories,
    /// Approving, scheduling and retracting stories that others wrote.
    ReviewStories,
    /// Changing the organisation, its members and invitations.
    ManageOrganisation,
}

/// A member of staff, as fellow members see it.
pub(super) struct Staff {
    app: Arc<App>,
    membership: Membership,
}

impl Staff {
    /// The member of this membership.
    pub(super) fn new(app: &Arc<App>, membership: Membership) -> Self {
        Self {
            app: Arc::clone(app),
            membership,
        }
    }
}

/// A member of staff, as fellow members see it.
#[Object]
impl Staff {
    /// Its id.
    async fn id(&self) -> ID {
        GlobalId::Staff(self.membership.staff_id).encode(&self.app.hash_key)
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.membership.name
    }

    /// The e-mail address that it signs in with.
    async fn email(&self) -> &str {
        &self.membership.email
    }

    /// Whether it has a second factor.
    async fn has_second_factor(&self) -> bool {
        self.membership.has_second_factor
    }

    /// Whether the operator keeps it out.
    async fn is_disabled(&self) -> bool {
        self.membership.is_disabled
    }
}
