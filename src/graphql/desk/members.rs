//! Organisations, their members and invitations.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use super::user_error;
use crate::app::desk::{MemberRefusal, OrganisationEdit, OrganisationRefusal};
use crate::graphql::messages::Language;
use crate::graphql::types::{Invitation, Long, Membership, Organisation, StaffRole};
use crate::graphql::{app, node_id, requester};
use crate::id::{OrganisationId, StaffId};

/// The reason why a change of an organisation was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "OrganisationRefusal")]
pub(super) enum OrganisationErrorCode {
    /// The name in addresses is none.
    InvalidSlug,
    /// The name in addresses is taken.
    SlugTaken,
    /// The name is empty or too long.
    InvalidName,
    /// Somebody else has changed it since: `organisation` is as it stands now.
    StaleObject,
}

user_error! {
    /// A refusal of a change of an organisation.
    OrganisationUserError, OrganisationErrorCode
}

/// The reason why a change of members was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "MemberRefusal")]
pub(super) enum MemberErrorCode {
    /// It is no e-mail address.
    InvalidEmail,
    /// The name is empty or too long.
    InvalidName,
    /// The password is too short or too long.
    WeakPassword,
    /// An account with this e-mail address exists, and this is not its password.
    InvalidCredentials,
    /// Too many failures: try again in 15 minutes.
    TooManyAttempts,
    /// The person is a member already.
    AlreadyMember,
    /// Too many invitations are open.
    TooManyInvitations,
    /// The invitation is unknown, expired, used or revoked.
    InvitationInvalid,
    /// The organisation would have no owner.
    LastOwner,
}

user_error! {
    /// A refusal of a change of members.
    MemberUserError, MemberErrorCode
}

/// The input of `updateOrganisation`: what is left out stays.
#[derive(InputObject)]
struct UpdateOrganisationInput {
    /// The organisation.
    organisation_id: ID,
    /// The revision that the edit rests on.
    expected_revision: Long,
    /// Its name for people.
    name: Option<String>,
    /// Whether its owners need a second factor.
    requires_second_factor: Option<bool>,
}

/// The answer of `updateOrganisation`.
#[derive(SimpleObject)]
struct UpdateOrganisationPayload {
    /// The organisation as it stands now.
    organisation: Option<Organisation>,
    /// The refusal; empty when there is none.
    user_errors: Vec<OrganisationUserError>,
}

/// The input of `inviteStaff`.
#[derive(InputObject)]
struct InviteStaffInput {
    /// The organisation.
    organisation_id: ID,
    /// The e-mail address that the member will sign in with.
    email: String,
    /// The role that the member will have.
    role: StaffRole,
}

/// The answer of `inviteStaff`.
#[derive(SimpleObject)]
struct InviteStaffPayload {
    /// The invitation; null when it was refused.
    invitation: Option<Invitation>,
    /// The secret of the invitation, for the link that you pass on: good once, for seven days. It is shown this once.
    token: Option<String>,
    /// Whether the link was sent to the e-mail address by this server; if not, pass it on yourself.
    is_mailed: bool,
    /// The refusal; empty when there is none.
    user_errors: Vec<MemberUserError>,
}

/// The input of `acceptInvitation`.
#[derive(InputObject)]
struct AcceptInvitationInput {
    /// The secret of the invitation.
    #[graphql(secret)]
    token: String,
    /// The member's name.
    name: String,
    /// The password to sign in with: at least 12 characters. Where there is an account with the e-mail address, its
    /// password.
    #[graphql(secret)]
    password: String,
}

/// The answer of `acceptInvitation`.
#[derive(SimpleObject)]
struct AcceptInvitationPayload {
    /// Whether it was accepted: sign in with e-mail address and password then.
    accepted: bool,
    /// The e-mail address to sign in with; null when it was refused.
    email: Option<String>,
    /// The refusal; empty when there is none.
    user_errors: Vec<MemberUserError>,
}

/// The input of `revokeInvitation`.
#[derive(InputObject)]
struct RevokeInvitationInput {
    /// The organisation.
    organisation_id: ID,
    /// The invitation.
    invitation_id: ID,
}

/// The input of `grantRole`.
#[derive(InputObject)]
struct GrantRoleInput {
    /// The organisation.
    organisation_id: ID,
    /// The member.
    staff_id: ID,
    /// Its role from now on.
    role: StaffRole,
}

/// The input of `revokeRole`.
#[derive(InputObject)]
struct RevokeRoleInput {
    /// The organisation.
    organisation_id: ID,
    /// The member.
    staff_id: ID,
}

/// The answer of a change of members.
#[derive(SimpleObject)]
struct MembersPayload {
    /// The organisation as it stands now; null for who is no member any more.
    organisation: Option<Organisation>,
    /// The refusal; empty when there is none.
    user_errors: Vec<MemberUserError>,
}

/// The answer of `grantRole`.
#[derive(SimpleObject)]
struct GrantRolePayload {
    /// The membership as it stands now.
    membership: Option<Membership>,
    /// The refusal; empty when there is none.
    user_errors: Vec<MemberUserError>,
}

/// Changes of organisations and their members.
#[derive(Default)]
pub(super) struct MemberMutation;

#[Object]
impl MemberMutation {
    /// Changes name and settings of an organisation. Needs an owner.
    async fn update_organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organisation and its changes.")] input: UpdateOrganisationInput,
    ) -> Result<UpdateOrganisationPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id = node_id::decode(&app.hash_key, &input.organisation_id)?;
        let change = OrganisationEdit {
            name: input.name,
            requires_second_factor: input.requires_second_factor,
        };
        let desk = app.desk(requester.viewer, &requester.client)?;
        let updating = desk.update_organisation(id, input.expected_revision.0, change);
        let user_errors = match Box::pin(updating).await? {
            Ok(()) => Vec::new(),
            Err(rejections) => {
                OrganisationUserError::list(ctx, rejections, Language::organisation_refusal)
            }
        };
        Ok(UpdateOrganisationPayload {
            organisation: find_organisation(ctx, id).await?,
            user_errors,
        })
    }

    /// Invites a person into an organisation: makes a link that you pass on, and sends it where a mail server is set
    /// up. Needs an owner.
    async fn invite_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person and the role.")] input: InviteStaffInput,
    ) -> Result<InviteStaffPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id = node_id::decode(&app.hash_key, &input.organisation_id)?;
        let desk = app.desk(requester.viewer, &requester.client)?;
        let inviting = app.invite_staff(&desk, id, &input.email, input.role.into());
        Ok(match Box::pin(inviting).await? {
            Ok(new) => InviteStaffPayload {
                invitation: Some(Invitation::new(app, new.invitation)),
                token: Some(new.token),
                is_mailed: new.is_mailed,
                user_errors: Vec::new(),
            },
            Err(rejections) => InviteStaffPayload {
                invitation: None,
                token: None,
                is_mailed: false,
                user_errors: MemberUserError::list(ctx, rejections, Language::member_refusal),
            },
        })
    }

    /// Accepts an invitation. Needs no signing in.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation, a name and a password.")] input: AcceptInvitationInput,
    ) -> Result<AcceptInvitationPayload> {
        let (app, client) = (app(ctx), &requester(ctx).client);
        let accepting = app.accept_invitation(client, &input.token, &input.name, input.password);
        Ok(match Box::pin(accepting).await? {
            Ok(email) => {
                // Whoever signs in at once is a member by then. The invitation is used up whether this works or not.
                if let Err(error) = Box::pin(app.refresh_campaigns()).await {
                    tracing::warn!(%error, "a new member is known only with the next refresh");
                }
                AcceptInvitationPayload {
                    accepted: true,
                    email: Some(email),
                    user_errors: Vec::new(),
                }
            }
            Err(rejections) => AcceptInvitationPayload {
                accepted: false,
                email: None,
                user_errors: MemberUserError::list(ctx, rejections, Language::member_refusal),
            },
        })
    }

    /// Ends an invitation that was not accepted. Needs an owner.
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] input: RevokeInvitationInput,
    ) -> Result<MembersPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id = node_id::decode(&app.hash_key, &input.organisation_id)?;
        let invitation_id = node_id::decode(&app.hash_key, &input.invitation_id)?;
        let desk = app.desk(requester.viewer, &requester.client)?;
        let revoking = desk.revoke_invitation(id, invitation_id);
        let user_errors = match Box::pin(revoking).await? {
            Ok(()) => Vec::new(),
            Err(rejections) => MemberUserError::list(ctx, rejections, Language::member_refusal),
        };
        Ok(MembersPayload {
            organisation: find_organisation(ctx, id).await?,
            user_errors,
        })
    }

    /// Gives a member another role. Needs an owner.
    async fn grant_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The member and the role.")] input: GrantRoleInput,
    ) -> Result<GrantRolePayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id = node_id::decode(&app.hash_key, &input.organisation_id)?;
        let staff_id = node_id::decode(&app.hash_key, &input.staff_id)?;
        let desk = app.desk(requester.viewer, &requester.client)?;
        let granting = desk.grant_role(id, staff_id, input.role.into());
        let user_errors = match Box::pin(granting).await? {
            Ok(()) => Vec::new(),
            Err(rejections) => MemberUserError::list(ctx, rejections, Language::member_refusal),
        };
        app.refresh_campaigns().await?;
        Ok(GrantRolePayload {
            membership: find_membership(ctx, id, staff_id),
            user_errors,
        })
    }

    /// Ends a membership: the member is out of the organisation within a second. Needs an owner.
    async fn revoke_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The member.")] input: RevokeRoleInput,
    ) -> Result<MembersPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id = node_id::decode(&app.hash_key, &input.organisation_id)?;
        let staff_id = node_id::decode(&app.hash_key, &input.staff_id)?;
        let desk = app.desk(requester.viewer, &requester.client)?;
        let user_errors = match Box::pin(desk.revoke_role(id, staff_id)).await? {
            Ok(()) => Vec::new(),
            Err(rejections) => MemberUserError::list(ctx, rejections, Language::member_refusal),
        };
        Ok(MembersPayload {
            organisation: find_organisation(ctx, id).await?,
            user_errors,
        })
    }
}

/// The organisation as it stands after a change.
async fn find_organisation(ctx: &Context<'_>, id: OrganisationId) -> Result<Option<Organisation>> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    Box::pin(app.refresh_campaigns()).await?;
    Ok(Organisation::find(app, viewer, |directory| {
        directory.find(id)
    }))
}

fn find_membership(ctx: &Context<'_>, id: OrganisationId, staff_id: StaffId) -> Option<Membership> {
    let app = app(ctx);
    let catalog = app.campaigns.catalog();
    let directory = catalog.directory();
    let organisation = directory.find(id)?;
    let membership = directory.find_membership(staff_id, id)?;
    Some(Membership::new(
        app,
        organisation.clone(),
        membership.clone(),
    ))
}
