//! Signing in and staying signed in.
//!
//! A refresh token is used once and replaced. One that comes back later than [`REUSE_GRACE`] after its use has been
//! copied: its whole session ends. Within the grace it is a client that lost the answer, and gets another successor.

use chrono::{DateTime, TimeDelta, Utc};

use super::{App, Client};
use crate::auth::Viewer;
use crate::auth::keyed_hash::Purpose;
use crate::auth::platform::CodeExchangeError;
use crate::auth::token::{hash_refresh_token, new_refresh_token};
use crate::error::{Error, Result};
use crate::hot::{Action, BucketOwner};
use crate::id::{SessionId, StaffId, VoterId};
use crate::ledger::identity::{self, NewToken, Session, SessionRole, TokenRotation};
use crate::ledger::staff::{self, SignInFailure};
use crate::telemetry::RequestId;

/// How long a refresh token is good; each use starts it anew.
pub const REFRESH_LIFETIME: TimeDelta = TimeDelta::days(30);
/// How long after its use a refresh token may come back: a client that lost the answer tries again within seconds.
const REUSE_GRACE: TimeDelta = TimeDelta::seconds(30);
/// Failures of an account from one network before it is locked there.
const FAILURES_MAX: i64 = 5;
/// Failures of an account from anywhere before it is locked everywhere: high, since anybody can cause them.
const FAILURES_ANYWHERE_MAX: i64 = 50;
/// How long a lock lasts, and how long a failure counts.
const LOCK_TIME: TimeDelta = TimeDelta::minutes(15);
/// Bounds of a device id: shorter ones can be guessed.
const DEVICE_ID_CHARS: std::ops::RangeInclusive<usize> = 16..=128;
/// Longer ones are not e-mail addresses (RFC 5321) and not passwords.
const CREDENTIAL_BYTES_MAX: usize = 254;

/// Tokens of a new or renewed session.
#[derive(Debug)]
pub struct SessionTokens {
    /// Who signed in.
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

/// Why signing in was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInRefusal {
    /// The platform does not know the code, or it was used before.
    InvalidCode,
    /// The platform holds the account for one that is abused.
    HighRisk,
    /// The platform has had too many sign-ins; try again later.
    PlatformBusy,
    /// The platform did not answer.
    PlatformUnavailable,
    /// This server is not set up for the platform.
    PlatformNotConfigured,
    /// No campaign admits guests.
    GuestsNotAdmitted,
    /// E-mail or password is wrong.
    InvalidCredentials,
    /// Too many failures: the account is locked for a while.
    TooManyAttempts,
    /// The refresh token is unknown, expired, revoked or was used before.
    InvalidRefreshToken,
}

/// The answer to signing in.
pub type SignInAnswer = std::result::Result<SessionTokens, SignInRefusal>;

impl App {
    /// Signs in a guest by a device id that the client made up and keeps.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] for an unusable device id, and what is not an outcome.
    pub async fn sign_in_guest(&self, client: &Client, device_id: &str) -> Result<SignInAnswer> {
        self.hot
            .take(Action::SignIn, BucketOwner::Address(client.address))
            .await?;
        if !DEVICE_ID_CHARS.contains(&device_id.len())
            || !device_id.bytes().all(|b| b.is_ascii_graphic())
        {
            return Err(Error::BadUserInput(
                "deviceId must be 16 to 128 visible ASCII characters, made at random.".into(),
            ));
        }
        let catalog = self.campaigns.catalog();
        if !catalog
            .visible(Viewer::Anonymous)
            .any(|roster| roster.campaign().guests_may_vote)
        {
            return Ok(Err(SignInRefusal::GuestsNotAdmitted));
        }
        self.sign_in_voter(&[b"guest", device_id.as_bytes()], true)
            .await
            .map(Ok)
    }

    /// Signs in a voter by the login code of the `WeChat` mini-program.
    ///
    /// # Errors
    /// Whatever is not an outcome.
    pub async fn sign_in_wechat(&self, client: &Client, code: &str) -> Result<SignInAnswer> {
        self.hot
            .take(Action::SignIn, BucketOwner::Address(client.address))
            .await?;
        let Some(wechat) = &self.wechat else {
            return Ok(Err(SignInRefusal::PlatformNotConfigured));
        };
        let openid = match wechat.exchange_code(code).await {
            Ok(openid) => openid,
            Err(error) => {
                return Ok(Err(match error {
                    CodeExchangeError::InvalidCode => SignInRefusal::InvalidCode,
                    CodeExchangeError::HighRisk => SignInRefusal::HighRisk,
                    CodeExchangeError::Throttled { .. } | CodeExchangeError::Busy => {
                        SignInRefusal::PlatformBusy
                    }
                    CodeExchangeError::Unavailable | CodeExchangeError::Misconfigured { .. } => {
                        SignInRefusal::PlatformUnavailable
                    }
                }));
            }
        };
        let identity: [&[u8]; 3] = [
            b"wechat",
            wechat.app_id().as_bytes(),
            openid.as_str().as_bytes(),
        ];
        self.sign_in_voter(&identity, false).await.map(Ok)
    }

    /// Signs in a member of staff. Unknown accounts are refused and locked exactly like known ones.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] for texts that are too long, and what is not an outcome.
    pub async fn sign_in_staff(
        &self,
        client: &Client,
        email: &str,
        password: String,
    ) -> Result<SignInAnswer> {
        self.hot
            .take(Action::StaffSignIn, BucketOwner::Address(client.address))
            .await?;
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
        let now = self.clock.now();
        let anywhere = self
            .hash_key
            .hash(Purpose::SignInFailure, &[email.as_bytes()]);
        let here = self.hash_key.hash(
            Purpose::SignInFailure,
            &[email.as_bytes(), &self.network_hash(client)],
        );
        for key in [&here, &anywhere] {
            if staff::find_lock(&self.database, key, now).await?.is_some() {
                return Ok(Err(SignInRefusal::TooManyAttempts));
            }
        }
        let account = staff::find_by_email(&self.database, &email).await?;
        let account = account.filter(|account| account.disabled_at.is_none());
        let stored = account
            .as_ref()
            .map(|account| account.password_hash.clone());
        let is_good = self.passwords.verify(password, stored).await?;
        let Some(account) = account.filter(|_| is_good) else {
            for (key, max) in [(&here, FAILURES_MAX), (&anywhere, FAILURES_ANYWHERE_MAX)] {
                let failure = SignInFailure {
                    key_hash: key,
                    failures_max: max,
                    lock_time: LOCK_TIME,
                };
                staff::record_failure(&self.database, failure, now).await?;
            }
            tracing::info!(request = RequestId::current(), "a staff sign-in failed");
            return Ok(Err(SignInRefusal::InvalidCredentials));
        };
        staff::clear_failures(&self.database, &here).await?;
        tracing::info!(request = RequestId::current(), staff = %account.id, "a member of staff signed in");
        self.open_session(Viewer::Staff(account.id)).await.map(Ok)
    }

    /// Exchanges a refresh token for new tokens.
    ///
    /// # Errors
    /// Whatever is not an outcome.
    pub async fn refresh_session(
        &self,
        client: &Client,
        refresh_token: &str,
    ) -> Result<SignInAnswer> {
        self.hot
            .take(Action::SignIn, BucketOwner::Address(client.address))
            .await?;
        let refused = Ok(Err(SignInRefusal::InvalidRefreshToken));
        let (now, hash) = (self.clock.now(), hash_refresh_token(refresh_token));
        let Some(token) = identity::find_token(&self.database, &hash).await? else {
            return refused;
        };
        if token.session.revoked_at.is_some() || token.expires_at <= now {
            return refused;
        }
        if token
            .used_at
            .is_some_and(|used_at| now > used_at + REUSE_GRACE)
        {
            tracing::warn!(request = RequestId::current(), session = %token.session.id, "a used refresh token came back: its session is ended");
            identity::revoke_session(&self.database, token.session.id, now).await?;
            return refused;
        }
        let viewer = viewer_of(&token.session);
        if let Viewer::Staff(id) = viewer
            && !self.is_active_staff(id).await?
        {
            return refused;
        }
        let (successor, expires_at) = (new_refresh_token()?, now + REFRESH_LIFETIME);
        let successor_hash = hash_refresh_token(&successor);
        let rotation = TokenRotation {
            used_hash: &hash,
            session_id: token.session.id,
            successor: NewToken {
                hash: &successor_hash,
                expires_at,
            },
        };
        if !identity::rotate_token(&self.database, rotation, now).await? {
            return refused;
        }
        self.tokens_for(viewer, successor, expires_at).map(Ok)
    }

    /// Ends the session of a refresh token. Its access token stays good until it expires. Unknown tokens are no error:
    /// nobody is signed in by them.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn sign_out(&self, refresh_token: &str) -> Result<()> {
        if let Some(token) =
            identity::find_token(&self.database, &hash_refresh_token(refresh_token)).await?
        {
            identity::revoke_session(&self.database, token.session.id, self.clock.now()).await?;
        }
        Ok(())
    }

    async fn sign_in_voter(&self, identity: &[&[u8]], is_guest: bool) -> Result<SessionTokens> {
        let hash = self.hash_key.hash(Purpose::Identity, identity);
        let id = identity::find_or_insert_voter(&self.database, &hash, is_guest, self.clock.now())
            .await?;
        self.open_session(Viewer::Voter { id, is_guest }).await
    }

    async fn open_session(&self, viewer: Viewer) -> Result<SessionTokens> {
        let (subject_id, role, is_guest) = match viewer {
            Viewer::Voter { id, is_guest } => (id.0, SessionRole::Voter, is_guest),
            Viewer::Staff(id) => (id.0, SessionRole::Staff, false),
            Viewer::Anonymous => return Err(Error::internal("nobody has no session")),
        };
        let (now, token) = (self.clock.now(), new_refresh_token()?);
        let session = Session {
            id: SessionId::new(),
            subject_id,
            role,
            is_guest,
            revoked_at: None,
        };
        let expires_at = now + REFRESH_LIFETIME;
        let hash = hash_refresh_token(&token);
        let first = NewToken {
            hash: &hash,
            expires_at,
        };
        identity::insert_session(&self.database, &session, first, now).await?;
        self.tokens_for(viewer, token, expires_at)
    }

    fn tokens_for(
        &self,
        viewer: Viewer,
        refresh_token: String,
        refresh_expires_at: DateTime<Utc>,
    ) -> Result<SessionTokens> {
        let (access_token, access_expires_at) = self.tokens.issue(viewer, self.clock.now())?;
        Ok(SessionTokens {
            viewer,
            access_token,
            access_expires_at,
            refresh_token,
            refresh_expires_at,
        })
    }
}

fn viewer_of(session: &Session) -> Viewer {
    match session.role {
        SessionRole::Voter => Viewer::Voter {
            id: VoterId(session.subject_id),
            is_guest: session.is_guest,
        },
        SessionRole::Staff => Viewer::Staff(StaffId(session.subject_id)),
    }
}
