//! Members of an organisation, their roles and invitations.
//!
//! An invitation is a link that its inviter passes on. Its secret is random and kept as a keyed hash only, so nobody
//! who reads the database can accept it.

use chrono::TimeDelta;

use super::{ActorRecord, Answer, Attempt, Desk, Edit, Event, Subject, refuse};
use crate::app::credentials::CredentialRefusal;
use crate::app::{App, Client};
use crate::auth::Viewer;
use crate::auth::keyed_hash::Purpose;
use crate::auth::password;
use crate::auth::secret::new_random_text;
use crate::domain::access::{Action, StaffRole};
use crate::domain::change::Changes;
use crate::domain::organisation::NAME_CHARS_MAX;
use crate::error::{Error, Result};
use crate::id::{InvitationId, OrganisationId, StaffId};
use crate::ledger::audit::{ActorKind, SubjectKind};
use crate::ledger::organisation::{self, Invitation};
use crate::ledger::staff;
use crate::mail::InvitationLetter;

/// The time for which an invitation is good.
const INVITATION_LIFETIME: TimeDelta = TimeDelta::days(7);
/// Characters of an invitation's secret: 132 bits.
const TOKEN_CHARS: usize = 22;
/// Open invitations of an organisation at most.
pub(crate) const INVITATIONS_MAX: i64 = 100;
/// Longer ones are no e-mail addresses (RFC 5321).
const EMAIL_BYTES_MAX: usize = 254;

/// The reason why a change of members was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberRefusal {
    /// It is no e-mail address.
    InvalidEmail,
    /// The name is empty or too long.
    InvalidName,
    /// The password is too short or too long.
    WeakPassword,
    /// An account with this e-mail address exists, and this is not its password.
    InvalidCredentials,
    /// Too many failures: the account is locked for a while.
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

/// An invitation with its secret, which is shown once.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// The secret: the end of the link.
    pub token: String,
    /// Whether the link was sent to the person; else the inviter passes it on.
    pub is_mailed: bool,
}

/// An account as an operator sets it.
#[derive(Debug, Clone, Copy)]
pub struct StaffAccount<'a> {
    /// The e-mail address (lower case) to sign in with.
    pub email: &'a str,
    /// The name for people.
    pub name: &'a str,
    /// argon2id, as a PHC string.
    pub password_hash: &'a str,
}

impl Desk<'_> {
    fn attempt_on_member(name: &'static str, id: StaffId) -> Attempt {
        Attempt {
            name,
            right: Action::ManageOrganisation,
            subject: Subject::new(SubjectKind::Staff, id.0, ""),
        }
    }

    /// Gives a member another role.
    pub async fn grant_role(
        &self,
        organisation_id: OrganisationId,
        staff_id: StaffId,
        role: StaffRole,
    ) -> Result<Answer<(), MemberRefusal>> {
        let attempt = Self::attempt_on_member("member.grantRole", staff_id);
        let mut edit = self.open_members(organisation_id, &attempt).await?;
        let (before, name) = edit.find_member(organisation_id, staff_id).await?;
        if before == role {
            return Ok(Ok(()));
        }
        if before == StaffRole::Owner
            && !organisation::has_other_owner(edit.tx(), organisation_id, staff_id).await?
        {
            return refuse(MemberRefusal::LastOwner, "role");
        }
        let now = edit.now;
        organisation::set_role(edit.tx(), organisation_id, staff_id, role, now).await?;
        let mut changes = Changes::default();
        changes.replace("role", before.name(), role.name());
        let subject = Subject::new(SubjectKind::Staff, staff_id.0, name);
        edit.commit(Event::new(attempt.name, subject, changes))
            .await?;
        Ok(Ok(()))
    }

    /// Ends a membership.
    pub async fn revoke_role(
        &self,
        organisation_id: OrganisationId,
        staff_id: StaffId,
    ) -> Result<Answer<(), MemberRefusal>> {
        let attempt = Self::attempt_on_member("member.revokeRole", staff_id);
        let mut edit = self.open_members(organisation_id, &attempt).await?;
        let (before, name) = edit.find_member(organisation_id, staff_id).await?;
        if before == StaffRole::Owner
            && !organisation::has_other_owner(edit.tx(), organisation_id, staff_id).await?
        {
            return refuse(MemberRefusal::LastOwner, "staffId");
        }
        organisation::remove_member(edit.tx(), organisation_id, staff_id).await?;
        let mut changes = Changes::default();
        changes.compare("role", Some(before.name().to_owned()), None);
        let subject = Subject::new(SubjectKind::Staff, staff_id.0, name);
        edit.commit(Event::new(attempt.name, subject, changes))
            .await?;
        Ok(Ok(()))
    }

    /// Makes an account with this e-mail address (lower case), name and password, or gives the one that there is both,
    /// and makes it a member; for operators, who make the first owner. One transaction.
    pub async fn add_staff(
        &self,
        organisation_id: OrganisationId,
        account: StaffAccount<'_>,
        role: StaffRole,
    ) -> Result<Answer<StaffId, MemberRefusal>> {
        let attempt = Self::attempt_on_member("member.grantRole", StaffId::default());
        let mut edit = self.open_members(organisation_id, &attempt).await?;
        let now = edit.now;
        let StaffAccount {
            email,
            name,
            password_hash,
        } = account;
        staff::upsert(edit.tx(), email, name, password_hash, now).await?;
        let id = staff::find_id(edit.tx(), email).await?;
        let id = id.ok_or(Error::NotFound("member"))?;
        let before = organisation::find_role(edit.tx(), organisation_id, id).await?;
        if before == Some(StaffRole::Owner)
            && role != StaffRole::Owner
            && !organisation::has_other_owner(edit.tx(), organisation_id, id).await?
        {
            return refuse(MemberRefusal::LastOwner, "role");
        }
        organisation::set_role(edit.tx(), organisation_id, id, role, now).await?;
        let subject = Subject::new(SubjectKind::Staff, id.0, name);
        let mut changes = Changes::default();
        changes.compare_personal("name", false, true);
        changes.compare_personal("password", false, true);
        edit.note(&Event::new("account.set", subject.clone(), changes))
            .await?;
        let mut changes = Changes::default();
        let before = before.map(|role| role.name().to_owned());
        changes.compare("role", before, Some(role.name().to_owned()));
        edit.commit(Event::new(attempt.name, subject, changes))
            .await?;
        Ok(Ok(id))
    }

    /// Ends an open invitation. To end one that is over changes nothing.
    pub async fn revoke_invitation(
        &self,
        organisation_id: OrganisationId,
        id: InvitationId,
    ) -> Result<Answer<(), MemberRefusal>> {
        let attempt = Attempt {
            name: "invitation.revoke",
            right: Action::ManageOrganisation,
            subject: Subject::new(SubjectKind::Invitation, id.0, ""),
        };
        let mut edit = self.open_members(organisation_id, &attempt).await?;
        let found = organisation::find_invitation(edit.tx(), id).await?;
        let found = found.filter(|found| found.organisation_id == organisation_id);
        let mut invitation = found.ok_or(Error::NotFound("invitation"))?;
        if !invitation.is_open(edit.now) {
            return refuse(MemberRefusal::InvitationInvalid, "invitationId");
        }
        invitation.revoked_at = Some(edit.now);
        organisation::close_invitation(edit.tx(), &invitation).await?;
        let mut changes = Changes::default();
        changes.replace("state", "OPEN", "REVOKED");
        let subject = Subject::new(SubjectKind::Invitation, id.0, invitation.email);
        edit.commit(Event::new(attempt.name, subject, changes))
            .await?;
        Ok(Ok(()))
    }

    /// Opens a change of members; one at a time, so that the last owner stays.
    async fn open_members(
        &self,
        organisation_id: OrganisationId,
        attempt: &Attempt,
    ) -> Result<Edit> {
        let mut edit = self.open(organisation_id, attempt).await?;
        let found = organisation::find_locked(edit.tx(), organisation_id).await?;
        found.ok_or(Error::NotFound("organisation"))?;
        Ok(edit)
    }
}

impl Edit {
    /// Role and name of a member.
    async fn find_member(
        &mut self,
        organisation_id: OrganisationId,
        staff_id: StaffId,
    ) -> Result<(StaffRole, String)> {
        let role = organisation::find_role(self.tx(), organisation_id, staff_id).await?;
        let role = role.ok_or(Error::NotFound("member"))?;
        let name = staff::find_name(self.tx(), staff_id).await?;
        Ok((role, name.unwrap_or_default()))
    }
}

impl App {
    /// Invites a person into an organisation.
    pub async fn invite_staff(
        &self,
        desk: &Desk<'_>,
        organisation_id: OrganisationId,
        email: &str,
        role: StaffRole,
    ) -> Result<Answer<NewInvitation, MemberRefusal>> {
        let Some(email) = checked_email(email) else {
            return refuse(MemberRefusal::InvalidEmail, "email");
        };
        let id = InvitationId::new();
        let attempt = Attempt {
            name: "invitation.create",
            right: Action::ManageOrganisation,
            subject: Subject::new(SubjectKind::Invitation, id.0, &email),
        };
        let mut edit = desk.open_members(organisation_id, &attempt).await?;
        let now = edit.now;
        if staff::is_member(edit.tx(), organisation_id, &email).await? {
            return refuse(MemberRefusal::AlreadyMember, "email");
        }
        let open = organisation::count_open_invitations(edit.tx(), organisation_id, now).await?;
        if open >= INVITATIONS_MAX {
            return refuse(MemberRefusal::TooManyInvitations, None);
        }
        let invitation = Invitation {
            id,
            organisation_id,
            email,
            role,
            created_at: now,
            expires_at: now + INVITATION_LIFETIME,
            accepted_at: None,
            revoked_at: None,
        };
        let token = new_random_text()?[..TOKEN_CHARS].to_owned();
        let hash = self.invitation_hash(&token);
        organisation::insert_invitation(edit.tx(), &invitation, &hash).await?;
        let mut changes = Changes::default();
        changes.set("role", role.name());
        let event = Event::new(attempt.name, attempt.subject.clone(), changes);
        let organisation = organisation::find_locked(edit.tx(), organisation_id).await?;
        edit.commit(event).await?;
        let name = organisation.map_or_else(String::new, |found| found.name);
        let is_mailed = self.mail_invitation(&invitation, &name, &token).await;
        Ok(Ok(NewInvitation {
            invitation,
            token,
            is_mailed,
        }))
    }

    /// Whether the link was taken by a mail server, where there is one.
    async fn mail_invitation(&self, made: &Invitation, organisation: &str, token: &str) -> bool {
        let (Some(mailer), Some(public_url)) = (&self.mailer, &self.public_url) else {
            return false;
        };
        let letter = InvitationLetter {
            to: &made.email,
            organisation,
            link: &format!("{public_url}/desk/invitation#{token}"),
            days: INVITATION_LIFETIME.num_days(),
        };
        let sent = mailer.send_invitation(letter).await;
        if let Err(error) = &sent {
            tracing::warn!(%error, "an invitation was not sent: its link must be passed on");
        }
        sent.is_ok()
    }

    /// Accepts an invitation: makes an account with this name and password, or, where there is one with the e-mail
    /// address, asks for its password. Needs no signing in; the secret is what counts. Returns the e-mail address to
    /// sign in with.
    pub async fn accept_invitation(
        &self,
        client: &Client,
        token: &str,
        name: &str,
        password: String,
    ) -> Result<Answer<String, MemberRefusal>> {
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
            return refuse(MemberRefusal::InvalidName, "name");
        }
        if !password::is_good(&password) {
            return refuse(MemberRefusal::WeakPassword, "password");
        }
        let hash = self.invitation_hash(token);
        let Some(invitation) = self.find_open_invitation(&hash).await? else {
            return refuse(MemberRefusal::InvitationInvalid, "token");
        };
        // Before the transaction: hashing takes a while, and asks for its turn.
        let account = staff::find_by_email(&self.database, &invitation.email).await?;
        let new_hash = match &account {
            Some(_) => match self
                .check_credentials(client, &invitation.email, password)
                .await?
            {
                Ok(_) => None,
                Err(CredentialRefusal::Locked) => {
                    return refuse(MemberRefusal::TooManyAttempts, None);
                }
                Err(CredentialRefusal::Wrong) => {
                    return refuse(MemberRefusal::InvalidCredentials, "password");
                }
            },
            None => Some(self.passwords.hash(password).await?),
        };
        let name = account
            .as_ref()
            .map_or(name, |account| account.name.clone());
        self.store_acceptance(client, &hash, &name, new_hash).await
    }

    async fn store_acceptance(
        &self,
        client: &Client,
        token_hash: &[u8],
        name: &str,
        password_hash: Option<String>,
    ) -> Result<Answer<String, MemberRefusal>> {
        let now = self.clock.now();
        let mut tx = self.database.begin("accept_invitation").await?;
        let found = organisation::find_invitation_by_token(&mut tx, token_hash).await?;
        let Some(mut invitation) = found.filter(|found| found.is_open(now)) else {
            return refuse(MemberRefusal::InvitationInvalid, "token");
        };
        let (organisation_id, role) = (invitation.organisation_id, invitation.role);
        let staff_id = match password_hash {
            Some(hash) => {
                let id = StaffId::new();
                if !staff::insert(&mut tx, id, &invitation.email, name, &hash, now).await? {
                    // An account was made meanwhile: its password is asked for at the next try.
                    return refuse(MemberRefusal::InvalidCredentials, "password");
                }
                id
            }
            None => staff::find_id(&mut tx, &invitation.email)
                .await?
                .ok_or(Error::Unavailable)?,
        };
        if organisation::find_role(&mut tx, organisation_id, staff_id)
            .await?
            .is_some()
        {
            return refuse(MemberRefusal::AlreadyMember, None);
        }
        organisation::set_role(&mut tx, organisation_id, staff_id, role, now).await?;
        invitation.accepted_at = Some(now);
        organisation::close_invitation(&mut tx, &invitation).await?;
        let edit = Edit {
            tx,
            now,
            places: vec![(organisation_id, Some(role))],
            campaign_id: None,
            actor: ActorRecord {
                kind: ActorKind::Staff,
                id: Some(staff_id),
                name: name.to_owned(),
                network_hash: Some(self.network_hash(client)),
            },
        };
        let mut changes = Changes::default();
        changes.set("role", role.name());
        let (id, email) = (invitation.id, invitation.email);
        let subject = Subject::new(SubjectKind::Invitation, id.0, &email);
        edit.commit(Event::new("invitation.accept", subject, changes))
            .await?;
        Ok(Ok(email))
    }

    async fn find_open_invitation(&self, token_hash: &[u8]) -> Result<Option<Invitation>> {
        let found = organisation::find_invitation_of_token(&self.database, token_hash).await?;
        Ok(found.filter(|found| found.is_open(self.clock.now())))
    }

    fn invitation_hash(&self, token: &str) -> [u8; 32] {
        self.hash_key.hash(Purpose::Invitation, &[token.as_bytes()])
    }

    /// The open invitations of an organisation, for those who may see them; none for others.
    pub async fn list_invitations(
        &self,
        viewer: Viewer,
        id: OrganisationId,
    ) -> Result<Vec<Invitation>> {
        if !self.may(viewer, id, Action::ReadRecords) {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        let open = organisation::list_open_invitations(&self.database, id, now, INVITATIONS_MAX);
        Ok(open.await?)
    }
}

/// An e-mail address as it is stored.
fn checked_email(email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    let (user, domain) = email.split_once('@')?;
    let is_good = !user.is_empty()
        && !domain.is_empty()
        && !domain.contains('@')
        && email.len() <= EMAIL_BYTES_MAX
        && !email.chars().any(|c| c.is_control() || c.is_whitespace());
    is_good.then_some(email)
}
