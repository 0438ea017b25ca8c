//! Signing in and staying signed in.
//!
//! A refresh token is used once and replaced. Within [`REUSE_GRACE`] of its use it may come back, from a client that
//! lost the answer or from another tab, and gets the same successor again, until that one was used in turn. One that
//! comes back afterwards has been copied: its whole session ends.

use chrono::{DateTime, TimeDelta, Utc};

use super::credentials::{CredentialRefusal, SecondFactorCheck};
use super::{App, Client};
use crate::auth::Viewer;
use crate::auth::keyed_hash::Purpose;
use crate::auth::platform::CodeExchangeError;
use crate::auth::refresh_token::RefreshToken;
use crate::domain::identity::IdentityKind;
use crate::error::{Error, Result};
use crate::hot::{Action, BucketOwner};
use crate::id::{SessionId, StaffId, VoterId};
use crate::ledger::session::{self, NewToken, Session, SessionRole, StoredToken, TokenRotation};
use crate::ledger::voter::{self, Identity, SignedIn};
use crate::telemetry::RequestId;

/// How long a refresh token is good; each use starts it anew.
const REFRESH_LIFETIME: TimeDelta = TimeDelta::days(30);
/// How long after its use a refresh token may come back: clients wait 15 s for an answer and try several times.
const REUSE_GRACE: TimeDelta = TimeDelta::minutes(2);
/// Bounds of a device id: shorter ones can be guessed.
const DEVICE_ID_CHARS: std::ops::RangeInclusive<usize> = 16..=128;
/// Longer ones are not e-mail addresses (RFC 5321) and not passwords.
const CREDENTIAL_BYTES_MAX: usize = 254;

/// Tokens of a new or renewed session.
#[derive(Debug)]
pub struct SessionTokens {
    /// The viewer who signed in.
    pub viewer: Viewer,
    /// The access token.
    pub access_token: String,
    /// When it expires.
    pub access_expires_at: DateTime<Utc>,
    /// The refresh token.
    pub refresh_token: String,
    /// When it expires.
    pub refresh_expires_at: DateTime<Utc>,
}

/// The reason why signing in was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInRefusal {
    /// The platform does not know the code, or it was used before.
    InvalidCode,
    /// The platform holds the account for one that is abused.
    HighRisk,
    /// The platform has had too many sign-ins; try again later.
    PlatformBusy,
    /// This is no telephone number that messages can be sent to.
    InvalidPhone,
    /// The telephone number has had its codes for now.
    TooManyCodes,
    /// The server has sent all its codes of the day.
    CodesSpent,
    /// The platform did not answer.
    PlatformUnavailable,
    /// This server is not set up for the platform.
    PlatformNotConfigured,
    /// The platform's browse-only mode made up a user for the moment.
    SnapshotUser,
    /// The person said no at the other site.
    Declined,
    /// The sign-in at the other site took too long, or began in another browser.
    SignInExpired,
    /// No campaign admits guests.
    GuestsNotAdmitted,
    /// E-mail or password is wrong.
    InvalidCredentials,
    /// The account has a second factor: its code is needed, too.
    SecondFactorRequired,
    /// The code of the second factor is wrong, or was used before.
    InvalidSecondFactor,
    /// Too many failures: the account is locked for a while.
    TooManyAttempts,
    /// The refresh token is unknown, expired, revoked or was used before.
    InvalidRefreshToken,
}

impl From<CodeExchangeError> for SignInRefusal {
    fn from(error: CodeExchangeError) -> Self {
        match error {
            CodeExchangeError::InvalidCode => Self::InvalidCode,
            CodeExchangeError::HighRisk => Self::HighRisk,
            CodeExchangeError::Throttled { .. } | CodeExchangeError::Busy => Self::PlatformBusy,
            CodeExchangeError::Unavailable | CodeExchangeError::Misconfigured { .. } => {
                Self::PlatformUnavailable
            }
        }
    }
}

/// The answer to signing in.
pub type SignInAnswer = std::result::Result<SessionTokens, SignInRefusal>;

impl App {
    /// Signs in a guest by a device id that the client made up and keeps.
    pub async fn sign_in_guest(&self, client: &Client, device_id: &str) -> Result<SignInAnswer> {
        if !is_device_id(device_id) {
            return Err(Error::BadUserInput(
                "deviceId must be 16 to 128 visible ASCII characters, made at random.".into(),
            ));
        }
        let catalog = self.campaigns.catalog();
        let mut visible = catalog.visible(Viewer::Anonymous);
        if !visible.any(|roster| roster.campaign().guests_may_vote) {
            return Ok(Err(SignInRefusal::GuestsNotAdmitted));
        }
        let identity: [&[u8]; 2] = [b"guest", device_id.as_bytes()];
        let hash = self.hash_key.hash(Purpose::Identity, &identity);
        let known = voter::find_by_identity(&self.database, &hash).await?;
        if known.is_none() {
            self.admit_address(Action::NewGuest, client).await?;
        }
        let guest = Identity {
            hash: &hash,
            kind: Some(IdentityKind::Guest),
        };
        self.sign_in_voter(&[guest], None).await.map(Ok)
    }

    /// Signs in a member of staff. Unknown accounts are refused and locked exactly like known ones.
    pub async fn sign_in_staff(
        &self,
        client: &Client,
        email: &str,
        password: String,
        second_factor_code: Option<&str>,
    ) -> Result<SignInAnswer> {
        self.admit_address(Action::StaffSignIn, client).await?;
        let email = normalised_email(email, &password)?;
        let id = match self.check_credentials(client, &email, password).await? {
            Ok(id) => id,
            Err(CredentialRefusal::Wrong) => return Ok(Err(SignInRefusal::InvalidCredentials)),
            Err(CredentialRefusal::Locked) => return Ok(Err(SignInRefusal::TooManyAttempts)),
        };
        let check = self.check_second_factor(client, &email, id, second_factor_code);
        match check.await? {
            SecondFactorCheck::Passed => {}
            SecondFactorCheck::Required => return Ok(Err(SignInRefusal::SecondFactorRequired)),
            SecondFactorCheck::Wrong => return Ok(Err(SignInRefusal::InvalidSecondFactor)),
        }
        self.note_sign_in(client, &email, id).await?;
        // An account that was made a moment ago, by another process, finds its memberships at once.
        self.refresh_campaigns().await?;
        self.open_session(Viewer::Staff(id)).await.map(Ok)
    }

    /// Exchanges a refresh token for new tokens.
    pub async fn refresh_session(
        &self,
        client: &Client,
        refresh_token: &str,
    ) -> Result<SignInAnswer> {
        let now = self.clock.now();
        // Junk is told by its seal, before the database is asked.
        let tokens = match RefreshToken::parse(&self.hash_key, refresh_token) {
            Some(token) => self.exchange_token(&token, now).await?,
            None => None,
        };
        if let Some(tokens) = tokens {
            return Ok(Ok(tokens));
        }
        self.admit_failure(Action::FailedRefresh, client)?;
        Ok(Err(SignInRefusal::InvalidRefreshToken))
    }

    /// Exchanges a refresh token that is ours for its successor, unless it is not good any more.
    async fn exchange_token(
        &self,
        token: &RefreshToken,
        now: DateTime<Utc>,
    ) -> Result<Option<SessionTokens>> {
        let successor = token.successor(&self.hash_key);
        let (hash, successor_hash) = (token.hash(), successor.hash());
        let found = session::find_token(&self.database, &hash, &successor_hash).await?;
        let Some(session) = self.find_session(token, found, now).await? else {
            return Ok(None);
        };
        let viewer = match session.role {
            SessionRole::Voter => {
                let id = VoterId(session.subject_id);
                self.voter_of(id, session.is_guest).await?
            }
            SessionRole::Staff => Viewer::Staff(StaffId(session.subject_id)),
        };
        if let Viewer::Staff(id) = viewer
            && !self.is_active_staff(id, session.id).await?
        {
            return Ok(None);
        }
        self.admit_person(viewer).await?;
        let expires_at = now + REFRESH_LIFETIME;
        let rotation = TokenRotation {
            used_hash: &hash,
            session_id: session.id,
            successor: NewToken {
                hash: &successor_hash,
                expires_at,
            },
        };
        if !session::rotate_token(&self.database, rotation, now).await? {
            return Ok(None);
        }
        self.tokens_for(viewer, successor, expires_at).map(Some)
    }

    /// Ends the session of a refresh token. A voter's access token stays good until it expires; a member of staff is
    /// out at once. Unknown tokens are no error: nobody is signed in by them.
    pub async fn sign_out(&self, refresh_token: &str) -> Result<()> {
        if let Some(token) = RefreshToken::parse(&self.hash_key, refresh_token) {
            let now = self.clock.now();
            session::revoke_session(&self.database, token.session_id(), now).await?;
        }
        Ok(())
    }

    pub(super) async fn admit_address(&self, action: Action, client: &Client) -> Result<()> {
        self.hot
            .take(action, BucketOwner::Address(client.address))
            .await
    }

    /// Counts a failure of an address, in this process: it is the one that is spared.
    pub(super) fn admit_failure(&self, action: Action, client: &Client) -> Result<()> {
        self.hot
            .charge(action, BucketOwner::Address(client.address), 1)
    }

    /// Admits one more session or refresh of a person: it costs an address nothing, however many share it.
    async fn admit_person(&self, viewer: Viewer) -> Result<()> {
        let owner = match viewer {
            Viewer::Anonymous => return Err(Error::internal("nobody has no session")),
            Viewer::Voter { id, .. } => BucketOwner::Voter(id),
            Viewer::Staff(id) => BucketOwner::Staff(id),
        };
        self.hot.take(Action::SignIn, owner).await
    }

    /// The session of a refresh token that may be exchanged. A token that comes back too late ends its session; so does
    /// one of ours that was `found` no more: it was used, and purged.
    async fn find_session(
        &self,
        token: &RefreshToken,
        found: Option<StoredToken>,
        now: DateTime<Utc>,
    ) -> Result<Option<Session>> {
        if let Some(stored) = found {
            if stored.session.revoked_at.is_some() || stored.expires_at <= now {
                return Ok(None);
            }
            let is_late = |used_at| now > used_at + REUSE_GRACE || stored.is_successor_used;
            if !stored.used_at.is_some_and(is_late) {
                return Ok(Some(stored.session));
            }
        }
        let id = token.session_id();
        if session::revoke_session(&self.database, id, now).await? {
            tracing::warn!(request = RequestId::current(), session = %id,
                "a used refresh token came back: its session is ended");
        }
        Ok(None)
    }

    /// Signs in the voter of these identities, of one sign-in, and `guest` with it.
    pub(super) async fn sign_in_voter(
        &self,
        identities: &[Identity<'_>],
        guest: Option<VoterId>,
    ) -> Result<SessionTokens> {
        let id = self.find_voter(identities, guest).await?;
        let is_guest = identities
            .iter()
            .all(|identity| identity.kind == Some(IdentityKind::Guest));
        self.open_voter_session(id, is_guest).await
    }

    /// The voter of these identities, of one sign-in, and of `guest` with it; a new one where none is known.
    pub(super) async fn find_voter(
        &self,
        identities: &[Identity<'_>],
        guest: Option<VoterId>,
    ) -> Result<VoterId> {
        let now = self.clock.now();
        let signed_in = voter::sign_in(&self.database, identities, guest, now).await?;
        Ok(self.settle_links(signed_in).await)
    }

    /// The canonical voter of a sign-in, with the likes of those who were linked to it.
    pub(super) async fn settle_links(&self, signed_in: SignedIn) -> VoterId {
        let id = signed_in.id;
        for linked in signed_in.linked {
            tracing::info!(
                request = RequestId::current(),
                "two voters turned out to be one"
            );
            if let Err(error) = self.move_likes(linked, id).await {
                tracing::warn!(request = RequestId::current(), %error, "likes of one stay where they are");
            }
        }
        id
    }

    pub(super) async fn open_voter_session(
        &self,
        id: VoterId,
        is_guest: bool,
    ) -> Result<SessionTokens> {
        let viewer = self.voter_of(id, is_guest).await?;
        self.admit_person(viewer).await?;
        self.open_session(viewer).await
    }

    /// A voter with its ways in. A device id is not a proof of the others: who signs in by it is admitted as a guest.
    async fn voter_of(&self, id: VoterId, is_guest: bool) -> Result<Viewer> {
        if is_guest {
            return Ok(Viewer::Voter {
                id,
                kinds: IdentityKind::Guest.into(),
                is_suspicious: false,
            });
        }
        Ok(Viewer::Voter {
            id,
            kinds: voter::list_kinds(&self.database, id).await?,
            is_suspicious: self.is_of_risk(id).await?,
        })
    }

    async fn open_session(&self, viewer: Viewer) -> Result<SessionTokens> {
        let (subject_id, role, is_guest) = match viewer {
            Viewer::Voter { id, .. } => (id.0, SessionRole::Voter, viewer.is_guest()),
            Viewer::Staff(id) => (id.0, SessionRole::Staff, false),
            Viewer::Anonymous => return Err(Error::internal("nobody has no session")),
        };
        let now = self.clock.now();
        let session_id = SessionId::new();
        let token = RefreshToken::new(&self.hash_key, session_id)?;
        let session = Session {
            id: session_id,
            subject_id,
            role,
            is_guest,
            revoked_at: None,
        };
        let expires_at = now + REFRESH_LIFETIME;
        let hash = token.hash();
        let first = NewToken {
            hash: &hash,
            expires_at,
        };
        session::insert_session(&self.database, &session, first, now).await?;
        self.tokens_for(viewer, token, expires_at)
    }

    fn tokens_for(
        &self,
        viewer: Viewer,
        refresh_token: RefreshToken,
        refresh_expires_at: DateTime<Utc>,
    ) -> Result<SessionTokens> {
        let session_id = Some(refresh_token.session_id());
        let now = self.clock.now();
        let (access_token, access_expires_at) = self.tokens.issue(viewer, session_id, now)?;
        Ok(SessionTokens {
            viewer,
            access_token,
            access_expires_at,
            refresh_token: refresh_token.into_text(),
            refresh_expires_at,
        })
    }
}

/// Whether a client's device id can be one: long enough not to be guessed.
fn is_device_id(text: &str) -> bool {
    DEVICE_ID_CHARS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The e-mail as it is stored; an error where it or the password cannot be one.
fn normalised_email(email: &str, password: &str) -> Result<String> {
    if email.len() > CREDENTIAL_BYTES_MAX || password.len() > CREDENTIAL_BYTES_MAX {
        return Err(Error::BadUserInput(format!(
            "email and password have at most {CREDENTIAL_BYTES_MAX} bytes."
        )));
    }
    let email = email.trim().to_lowercase();
    if email.chars().any(char::is_control) {
        // PostgreSQL has no text with a NUL in it.
        return Err(Error::BadUserInput(
            "email must have no control characters.".into(),
        ));
    }
    Ok(email)
}

/// The guest who signs in otherwise.
pub(super) fn guest_of(viewer: Viewer) -> Option<VoterId> {
    viewer.voter().filter(|_| viewer.is_guest())
}
