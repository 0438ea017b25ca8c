//! The account of a member of staff: its password and its second factor. Its events stand in the logs of all
//! organisations that it belongs to.

use super::{ActorRecord, Answer, Desk, Edit, Event, Subject, refuse};
use crate::app::credentials::CredentialRefusal;
use crate::app::{App, Client};
use crate::auth::Viewer;
use crate::auth::password;
use crate::auth::second_factor::{TotpSecret, new_recovery_codes, recovery_hash};
use crate::domain::change::Changes;
use crate::error::{Error, Result};
use crate::id::StaffId;
use crate::ledger::audit::{ActorKind, SubjectKind};
use crate::ledger::staff::Staff;
use crate::ledger::{second_factor, staff};

/// The name of this installation in an authenticator.
const ISSUER: &str = "Acclaim";

/// The reason why a change of an account was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountRefusal {
    /// The password is wrong.
    InvalidCredentials,
    /// Too many failures: the account is locked for a while.
    TooManyAttempts,
    /// The new password is too short or too long.
    WeakPassword,
    /// The code is not the one of this moment.
    InvalidCode,
    /// There is no second factor to confirm.
    NotEnrolled,
    /// There is a second factor already.
    AlreadyEnrolled,
}

impl From<CredentialRefusal> for AccountRefusal {
    fn from(refusal: CredentialRefusal) -> Self {
        match refusal {
            CredentialRefusal::Wrong => Self::InvalidCredentials,
            CredentialRefusal::Locked => Self::TooManyAttempts,
        }
    }
}

/// The secret of a new second factor, which is shown once.
#[derive(Debug)]
pub struct Enrolment {
    /// The secret as people type it.
    pub secret: String,
    /// The address that an authenticator reads from a code image.
    pub uri: String,
}

impl App {
    /// Gives a member of staff a new password, and ends all its sessions, this one too.
    pub async fn change_password(
        &self,
        viewer: Viewer,
        client: &Client,
        current: String,
        new: String,
    ) -> Result<Answer<(), AccountRefusal>> {
        let account = self.find_own_account(viewer).await?;
        if !password::is_good(&new) {
            return refuse(AccountRefusal::WeakPassword, "newPassword");
        }
        let checked = self.check_credentials(client, &account.email, current);
        if let Err(refusal) = checked.await? {
            return refuse(refusal.into(), "currentPassword");
        }
        let hash = self.passwords.hash(new).await?;
        let mut edit = self.open_own_account(client, &account).await?;
        let now = edit.now;
        staff::update_password(edit.tx(), &account.email, &hash, now).await?;
        edit.commit_own("account.changePassword", &account, "password")
            .await?;
        Ok(Ok(()))
    }

    /// Makes the secret of a second factor. It is asked for as soon as it has been confirmed.
    pub async fn enrol_second_factor(
        &self,
        viewer: Viewer,
        client: &Client,
        password: String,
    ) -> Result<Answer<Enrolment, AccountRefusal>> {
        let account = self.find_own_account(viewer).await?;
        let checked = self.check_credentials(client, &account.email, password);
        if let Err(refusal) = checked.await? {
            return refuse(refusal.into(), "password");
        }
        let secret = TotpSecret::new()?;
        let sealed = secret.seal(&self.hash_key, account.id)?;
        let mut edit = self.open_own_account(client, &account).await?;
        let now = edit.now;
        if !second_factor::insert_unconfirmed(edit.tx(), account.id, &sealed, now).await? {
            return refuse(AccountRefusal::AlreadyEnrolled, None);
        }
        edit.commit_own("account.enrolSecondFactor", &account, "secondFactor")
            .await?;
        Ok(Ok(Enrolment {
            secret: secret.to_base32(),
            uri: secret.uri(ISSUER, &account.email),
        }))
    }

    /// Confirms a second factor by a code of its authenticator; returns the recovery codes, which are shown once.
    pub async fn confirm_second_factor(
        &self,
        viewer: Viewer,
        client: &Client,
        code: &str,
    ) -> Result<Answer<Vec<String>, AccountRefusal>> {
        let account = self.find_own_account(viewer).await?;
        let Some(stored) = second_factor::find(&self.database, account.id).await? else {
            return refuse(AccountRefusal::NotEnrolled, None);
        };
        if stored.confirmed_at.is_some() {
            return refuse(AccountRefusal::AlreadyEnrolled, None);
        }
        let secret = TotpSecret::open(&self.hash_key, account.id, &stored.sealed_secret)?;
        if self.is_locked(client, &account.email).await? {
            return refuse(AccountRefusal::TooManyAttempts, None);
        }
        let Some(step) = secret.check(code, self.clock.now()) else {
            self.record_failures(client, &account.email).await?;
            return refuse(AccountRefusal::InvalidCode, "code");
        };
        let codes = new_recovery_codes()?;
        let hashes: Vec<[u8; 32]> = codes
            .iter()
            .map(|code| recovery_hash(&self.hash_key, account.id, code))
            .collect();
        let mut edit = self.open_own_account(client, &account).await?;
        let now = edit.now;
        if !second_factor::confirm(edit.tx(), account.id, step, &hashes, now).await? {
            return refuse(AccountRefusal::AlreadyEnrolled, None);
        }
        edit.commit_own("account.confirmSecondFactor", &account, "secondFactor")
            .await?;
        Ok(Ok(codes))
    }

    async fn find_own_account(&self, viewer: Viewer) -> Result<Staff> {
        let id = viewer.require_staff()?;
        let account = staff::find(&self.database, id).await?;
        account.ok_or(Error::Unauthenticated)
    }

    /// Opens a change of the actor's own account.
    async fn open_own_account(&self, client: &Client, account: &Staff) -> Result<Edit> {
        let mut tx = self.database.begin("change_account").await?;
        let places = staff::list_roles(&mut tx, account.id).await?;
        let places = places.into_iter().map(|(id, role)| (id, Some(role)));
        Ok(Edit {
            places: places.collect(),
            tx,
            now: self.clock.now(),
            campaign_id: None,
            actor: ActorRecord {
                kind: ActorKind::Staff,
                id: Some(account.id),
                name: account.name.clone(),
                network_hash: Some(self.network_hash(client)),
            },
        })
    }
}

/// Accounts by their e-mail addresses (lower case), for operators.
impl Desk<'_> {
    /// Disables an account, which ends its sessions, or lets it sign in again.
    pub async fn set_staff_disabled(&self, email: &str, is_disabled: bool) -> Result<()> {
        let (mut edit, account) = self.open_account("account.disable", email).await?;
        let disabled_at = is_disabled.then_some(edit.now);
        staff::set_disabled(edit.tx(), email, disabled_at).await?;
        let mut changes = Changes::default();
        changes.replace("isDisabled", account.disabled_at.is_some(), is_disabled);
        let name = if is_disabled {
            "account.disable"
        } else {
            "account.enable"
        };
        edit.commit(Event::new(name, subject_of(&account), changes))
            .await
    }

    /// Ends all sessions of an account.
    pub async fn sign_out_staff(&self, email: &str) -> Result<()> {
        let (mut edit, account) = self.open_account("account.signOut", email).await?;
        let now = edit.now;
        let ended = staff::end_sessions(edit.tx(), email, now).await?;
        let mut changes = Changes::default();
        changes.set("endedSessions", ended);
        edit.commit(Event::new("account.signOut", subject_of(&account), changes))
            .await
    }

    /// Gives an account a new password, which ends its sessions.
    pub async fn set_staff_password(&self, email: &str, password_hash: &str) -> Result<()> {
        let (mut edit, account) = self.open_account("account.changePassword", email).await?;
        let now = edit.now;
        staff::update_password(edit.tx(), email, password_hash, now).await?;
        edit.commit_own("account.changePassword", &account, "password")
            .await
    }

    /// Removes the second factor of an account; whether there was one.
    pub async fn reset_second_factor(&self, email: &str) -> Result<bool> {
        let (mut edit, account) = self
            .open_account("account.resetSecondFactor", email)
            .await?;
        if !second_factor::remove(edit.tx(), account.id).await? {
            return Ok(false);
        }
        edit.commit_own("account.resetSecondFactor", &account, "secondFactor")
            .await?;
        Ok(true)
    }

    async fn open_account(&self, name: &'static str, email: &str) -> Result<(Edit, Staff)> {
        let account = staff::find_by_email(self.database, email).await?;
        let account = account.ok_or(Error::NotFound("member of staff"))?;
        let mut tx = self.database.begin(name).await?;
        let places = staff::list_roles(&mut tx, account.id).await?;
        let edit = Edit {
            places: places.into_iter().map(|(id, _)| (id, None)).collect(),
            tx,
            now: self.clock.now(),
            campaign_id: None,
            actor: ActorRecord::operator(),
        };
        Ok((edit, account))
    }
}

fn subject_of(account: &Staff) -> Subject {
    let StaffId(id) = account.id;
    Subject::new(SubjectKind::Staff, id, &account.name)
}

impl Edit {
    async fn commit_own(self, name: &'static str, account: &Staff, field: &str) -> Result<()> {
        let mut changes = Changes::default();
        changes.compare_personal(field, false, true);
        self.commit(Event::new(name, subject_of(account), changes))
            .await
    }
}
