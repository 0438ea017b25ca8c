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
const REFRESH_LIFETIME: TimeDelta = TimeDelta::days(30);
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

/// The keyed hashes that failed sign-ins of an account are counted under.
struct FailureKeys {
    /// The account from the network of the request.
    here: [u8; 32],
    /// The account from any network.
    anywhere: [u8; 32],
}

impl App {
    /// Signs in a guest by a device id that the client made up and keeps.
    pub async fn sign_in_guest(&self, client: &Client, device_id: &str) -> Result<SignInAnswer> {
        self.admit_sign_in(Action::SignIn, client).await?;
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
        self.sign_in_voter(&[b"guest", device_id.as_bytes()], true)
            .await
            .map(Ok)
    }

    /// Signs in a voter by the login code of the `WeChat` mini-program.
    pub async fn sign_in_wechat(&self, client: &Client, code: &str) -> Result<SignInAnswer> {
        self.admit_sign_in(Action::SignIn, client).await?;
        let Some(wechat) = &self.wechat else {
            return Ok(Err(SignInRefusal::PlatformNotConfigured));
        };
        let openid = match wechat.exchange_code(code).await {
            Ok(openid) => openid,
            Err(error) => return Ok(Err(error.into())),
        };
        let identity: [&[u8]; 3] = [
            b"wechat",
            wechat.app_id().as_bytes(),
            openid.as_str().as_bytes(),
        ];
        self.sign_in_voter(&identity, false).await.map(Ok)
    }

    /// Signs in a member of staff. Unknown accounts are refused and locked exactly like known ones.
    pub async fn sign_in_staff(
        &self,
        client: &Client,
        email: &str,
        password: String,
    ) -> Result<SignInAnswer> {
        self.admit_sign_in(Action::StaffSignIn, client).await?;
        let email = normalised_email(email, &password)?;
        let now = self.clock.now();
        let keys = self.failure_keys(client, &email);
        if self.is_locked(&keys, now).await? {
            return Ok(Err(SignInRefusal::TooManyAttempts));
        }
        let Some(id) = self.verify_password(&email, password).await? else {
            self.record_failure(&keys.here, FAILURES_MAX, now).await?;
            self.record_failure(&keys.anywhere, FAILURES_ANYWHERE_MAX, now)
                .await?;
            tracing::info!(request = RequestId::current(), "a staff sign-in failed");
            return Ok(Err(SignInRefusal::InvalidCredentials));
        };
        staff::clear_failures(&self.database, &keys.here).await?;
        tracing::info!(request = RequestId::current(), staff = %id, "a member of staff signed in");
        self.open_session(Viewer::Staff(id)).await.map(Ok)
    }

    /// Exchanges a refresh token for new tokens.
    pub async fn refresh_session(
        &self,
        client: &Client,
        refresh_token: &str,
    ) -> Result<SignInAnswer> {
        self.admit_sign_in(Action::SignIn, client).await?;
        let now = self.clock.now();
        let hash = hash_refresh_token(refresh_token);
        let Some(session) = self.find_session(&hash, now).await? else {
            return Ok(Err(SignInRefusal::InvalidRefreshToken));
        };
        let viewer = viewer_of(&session);
        if let Viewer::Staff(id) = viewer
            && !self.is_active_staff(id).await?
        {
            return Ok(Err(SignInRefusal::InvalidRefreshToken));
        }
        let successor = new_refresh_token()?;
        let successor_hash = hash_refresh_token(&successor);
        let expires_at = now + REFRESH_LIFETIME;
        let rotation = TokenRotation {
            used_hash: &hash,
            session_id: session.id,
            successor: NewToken {
                hash: &successor_hash,
                expires_at,
            },
        };
        if !identity::rotate_token(&self.database, rotation, now).await? {
            return Ok(Err(SignInRefusal::InvalidRefreshToken));
        }
        self.tokens_for(viewer, successor, expires_at).map(Ok)
    }

    /// Ends the session of a refresh token. Its access token stays good until it expires. Unknown tokens are no error:
    /// nobody is signed in by them.
    pub async fn sign_out(&self, refresh_token: &str) -> Result<()> {
        if let Some(token) =
            identity::find_token(&self.database, &hash_refresh_token(refresh_token)).await?
        {
            identity::revoke_session(&self.database, token.session.id, self.clock.now()).await?;
        }
        Ok(())
    }

    async fn admit_sign_in(&self, action: Action, client: &Client) -> Result<()> {
        self.hot
            .take(action, BucketOwner::Address(client.address))
            .await
    }

    fn failure_keys(&self, client: &Client, email: &str) -> FailureKeys {
        let email = email.as_bytes();
        let network = self.network_hash(client);
        FailureKeys {
            here: self
                .hash_key
                .hash(Purpose::SignInFailure, &[email, &network]),
            anywhere: self.hash_key.hash(Purpose::SignInFailure, &[email]),
        }
    }

    async fn is_locked(&self, keys: &FailureKeys, now: DateTime<Utc>) -> Result<bool> {
        for key in [&keys.here, &keys.anywhere] {
            if staff::find_lock(&self.database, key, now).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn record_failure(
        &self,
        key: &[u8],
        failures_max: i64,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let failure = SignInFailure {
            key_hash: key,
            failures_max,
            lock_time: LOCK_TIME,
        };
        Ok(staff::record_failure(&self.database, failure, now).await?)
    }

    /// The active member of staff with this e-mail and password. An unknown e-mail takes as long as a wrong password.
    async fn verify_password(&self, email: &str, password: String) -> Result<Option<StaffId>> {
        let account = staff::find_by_email(&self.database, email).await?;
        let account = account.filter(|account| account.disabled_at.is_none());
        let (id, stored) = account
            .map(|account| (account.id, account.password_hash))
            .unzip();
        let is_good = self.passwords.verify(password, stored).await?;
        Ok(id.filter(|_| is_good))
    }

    /// The session of a refresh token that may be exchanged. A token that comes back too late ends its session.
    async fn find_session(&self, hash: &[u8], now: DateTime<Utc>) -> Result<Option<Session>> {
        let Some(token) = identity::find_token(&self.database, hash).await? else {
            return Ok(None);
        };
        let session = token.session;
        if session.revoked_at.is_some() || token.expires_at <= now {
            return Ok(None);
        }
        let used_at = token.used_at;
        if used_at.is_some_and(|used_at| now > used_at + REUSE_GRACE) {
            tracing::warn!(request = RequestId::current(), session = %session.id,
                "a used refresh token came back: its session is ended");
            identity::revoke_session(&self.database, session.id, now).await?;
            return Ok(None);
        }
        Ok(Some(session))
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
        let now = self.clock.now();
        let token = new_refresh_token()?;
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

fn viewer_of(session: &Session) -> Viewer {
    match session.role {
        SessionRole::Voter => Viewer::Voter {
            id: VoterId(session.subject_id),
            is_guest: session.is_guest,
        },
        SessionRole::Staff => Viewer::Staff(StaffId(session.subject_id)),
    }
}
