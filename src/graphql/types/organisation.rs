//! Organisations, their members and invitations: for members of theirs.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::audit::{AuditEventConnection, AuditEventQuery, list_audit_events};
use super::scalars::{Long, Timestamp};
use super::staff::{Staff, StaffRight, StaffRole};
use super::{CampaignConnection, list_campaigns};
use crate::app::App;
use crate::auth::Viewer;
use crate::domain::access::Action;
use crate::domain::organisation::{self as domain, Directory};
use crate::graphql::connection::PageArgs;
use crate::graphql::node_id::GlobalId;
use crate::graphql::{app, requester};
use crate::ledger::organisation as ledger;

/// A body that runs campaigns.
#[derive(Clone)]
pub(in crate::graphql) struct Organisation {
    app: Arc<App>,
    organisation: domain::Organisation,
}

impl Organisation {
    /// The organisation that `find` finds, if `viewer` is a member of it.
    pub(in crate::graphql) fn find(
        app: &Arc<App>,
        viewer: Viewer,
        find: impl FnOnce(&Directory) -> Option<&domain::Organisation>,
    ) -> Option<Self> {
        let catalog = app.campaigns.catalog();
        let directory = catalog.directory();
        let organisation = find(directory)?;
        directory.find_membership(viewer.staff()?, organisation.id)?;
        Some(Self {
            app: Arc::clone(app),
            organisation: organisation.clone(),
        })
    }

    fn may(&self, ctx: &Context<'_>, action: Action) -> bool {
        let viewer = requester(ctx).viewer;
        self.app.may(viewer, self.organisation.id, action)
    }
}

/// A body that runs campaigns. Its members see it.
#[Object]
impl Organisation {
    /// Its id.
    pub(super) async fn id(&self) -> ID {
        GlobalId::Organisation(self.organisation.id).encode(&self.app.hash_key)
    }

    /// Its name in addresses.
    async fn slug(&self) -> &str {
        &self.organisation.slug
    }

    /// Its name for people.
    async fn name(&self) -> &str {
        &self.organisation.name
    }

    /// Whether its owners need a second factor.
    async fn requires_second_factor(&self) -> bool {
        self.organisation.requires_second_factor
    }

    /// Moves with every edit: send it with the next one.
    async fn edit_revision(&self) -> Long {
        Long(self.organisation.edit_revision)
    }

    /// Its members, oldest first; who may not see its records sees itself.
    async fn members(&self, ctx: &Context<'_>) -> Vec<Membership> {
        let sees_all = self.may(ctx, Action::ReadRecords);
        let viewer = requester(ctx).viewer.staff();
        let catalog = self.app.campaigns.catalog();
        catalog
            .directory()
            .members(self.organisation.id)
            .filter(|member| sees_all || Some(member.staff_id) == viewer)
            .map(|member| Membership::new(&self.app, self.organisation.clone(), member.clone()))
            .collect()
    }

    /// The invitations that can still be accepted, newest first; empty for who may not see its records.
    async fn invitations(&self, ctx: &Context<'_>) -> Result<Vec<Invitation>> {
        let viewer = requester(ctx).viewer;
        let invitations = self.app.list_invitations(viewer, self.organisation.id);
        let invitations = invitations.await?.into_iter();
        Ok(invitations
            .map(|invitation| Invitation::new(&self.app, invitation))
            .collect())
    }

    /// Its campaigns, drafts too, latest opening first.
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
    ) -> Result<CampaignConnection> {
        let args = PageArgs::new(first, after, None, None)?;
        list_campaigns(ctx, &args, None, Some(self.organisation.id))
    }

    /// Its audit log, newest first; empty for who may not see its records.
    #[allow(clippy::too_many_arguments, reason = "the arguments of the API")]
    async fn audit_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor: older ones.")] after: Option<String>,
        #[graphql(desc = "Only those of this campaign.")] campaign_id: Option<ID>,
        #[graphql(desc = "Only what this member of staff did.")] actor_id: Option<ID>,
        #[graphql(desc = "Only those of this action, such as \"campaign.update\".")] action: Option<
            String,
        >,
        #[graphql(desc = "Only those from this time on.")] from: Option<Timestamp>,
        #[graphql(desc = "Only those before this time.")] to: Option<Timestamp>,
    ) -> Result<AuditEventConnection> {
        let args = PageArgs::new(first, after, None, None)?;
        let query = AuditEventQuery {
            campaign_id,
            actor_id,
            action,
            from,
            to,
        };
        list_audit_events(ctx, self.organisation.id, &args, query).await
    }
}

/// A member of staff in an organisation.
#[derive(Clone)]
pub(in crate::graphql) struct Membership {
    app: Arc<App>,
    organisation: domain::Organisation,
    member: domain::Membership,
}

impl Membership {
    /// The membership in this organisation.
    pub(in crate::graphql) fn new(
        app: &Arc<App>,
        organisation: domain::Organisation,
        member: domain::Membership,
    ) -> Self {
        Self {
            app: Arc::clone(app),
            organisation,
            member,
        }
    }
}

/// A member of staff in an organisation.
#[Object]
impl Membership {
    /// The organisation.
    async fn organisation(&self) -> Organisation {
        Organisation {
            app: Arc::clone(&self.app),
            organisation: self.organisation.clone(),
        }
    }

    /// The member.
    async fn staff(&self) -> Staff {
        Staff::new(&self.app, self.member.clone())
    }

    /// Its role.
    async fn role(&self) -> StaffRole {
        self.member.role.into()
    }

    /// The time from which it has been a member.
    async fn since(&self) -> Timestamp {
        Timestamp(self.member.created_at)
    }

    /// Whether it has to set up a second factor before it may do anything here.
    async fn lacks_second_factor(&self) -> bool {
        self.member.lacks_second_factor(&self.organisation)
    }

    /// The rights that it has here now; empty while it lacks a second factor that it needs, or is kept out.
    async fn rights(&self) -> Vec<StaffRight> {
        Action::ALL
            .into_iter()
            .filter(|action| self.member.may(&self.organisation, *action))
            .map(StaffRight::from)
            .collect()
    }
}

/// An invitation that can still be accepted.
pub(in crate::graphql) struct Invitation {
    app: Arc<App>,
    invitation: ledger::Invitation,
}

impl Invitation {
    pub(in crate::graphql) fn new(app: &Arc<App>, invitation: ledger::Invitation) -> Self {
        Self {
            app: Arc::clone(app),
            invitation,
        }
    }
}

/// An invitation into an organisation.
#[Object]
impl Invitation {
    /// Its id.
    async fn id(&self) -> ID {
        GlobalId::Invitation(self.invitation.id).encode(&self.app.hash_key)
    }

    /// The e-mail address that the member will sign in with.
    async fn email(&self) -> &str {
        &self.invitation.email
    }

    /// The role that the member will have.
    async fn role(&self) -> StaffRole {
        self.invitation.role.into()
    }

    /// The time of inviting.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.invitation.created_at)
    }

    /// The time from which it is good for nothing.
    async fn expires_at(&self) -> Timestamp {
        Timestamp(self.invitation.expires_at)
    }
}

/// The organisations of the viewer, by their slugs.
pub(in crate::graphql) fn list_own_organisations(ctx: &Context<'_>) -> Vec<Organisation> {
    let app = app(ctx);
    let Some(id) = requester(ctx).viewer.staff() else {
        return Vec::new();
    };
    let catalog = app.campaigns.catalog();
    let memberships = catalog.directory().memberships_of(id);
    memberships
        .map(|(organisation, _)| Organisation {
            app: Arc::clone(app),
            organisation: organisation.clone(),
        })
        .collect()
}
