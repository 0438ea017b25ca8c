//! Signing in, sessions and the viewer.

use std::sync::Arc;

use async_graphql::{Enum, ID, InputObject, Object, Result, SimpleObject};

use super::scalars::Timestamp;
use crate::app::App;
use crate::app::sign_in::{SessionTokens, SignInAnswer, SignInRefusal};
use crate::auth;
use crate::error::Error;
use crate::graphql::Nullable;
use crate::graphql::messages::Language;
use crate::graphql::node_id::GlobalId;
use crate::ledger::staff;

/// A platform that mini-programs run on.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum MiniProgramPlatform {
    /// WeChat (微信).
    Wechat,
}

/// What `signInMiniProgram` needs.
#[derive(InputObject)]
pub struct SignInMiniProgramInput {
    /// The platform.
    pub platform: MiniProgramPlatform,
    /// The login code that the platform gave the mini-program (`wx.login`): good once, for five minutes.
    #[graphql(secret)]
    pub code: String,
}

/// What `signInGuest` needs.
#[derive(InputObject)]
pub struct SignInGuestInput {
    /// A text that the client makes at random once and keeps: 16 to 128 visible ASCII characters.
    #[graphql(secret)]
    pub device_id: String,
}

/// What `signInStaff` needs.
#[derive(InputObject)]
pub struct SignInStaffInput {
    /// The account's e-mail address.
    pub email: String,
    /// Its password.
    #[graphql(secret)]
    pub password: String,
}

/// What `refreshSession` needs.
#[derive(InputObject)]
pub struct RefreshSessionInput {
    /// The refresh token: good once.
    #[graphql(secret)]
    pub refresh_token: String,
}

/// What `signOut` needs.
#[derive(InputObject)]
pub struct SignOutInput {
    /// The refresh token of the session to end.
    #[graphql(secret)]
    pub refresh_token: String,
}

/// Why signing in was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "SignInRefusal")]
pub enum SignInErrorCode {
    /// The login code is unknown, expired or used: get a new one.
    InvalidCode,
    /// The platform blocks the account.
    HighRisk,
    /// Too many sign-ins for the platform: try again in a minute.
    PlatformBusy,
    /// The platform does not answer: try again shortly, with a new code.
    PlatformUnavailable,
    /// This server is not set up for the platform.
    PlatformNotConfigured,
    /// No campaign admits guests.
    GuestsNotAdmitted,
    /// E-mail or password is wrong.
    InvalidCredentials,
    /// Too many failures: try again in 15 minutes.
    TooManyAttempts,
    /// The refresh token is unknown, expired, revoked or used: sign in again.
    InvalidRefreshToken,
}

/// A refusal of signing in.
#[derive(SimpleObject, Clone)]
pub struct SignInUserError {
    /// Why.
    pub code: SignInErrorCode,
    /// For people, in the language of the request.
    pub message: String,
    /// Which part of the input it is about.
    pub path: Option<Vec<String>>,
}

/// The tokens of a session.
#[derive(SimpleObject)]
pub struct Session {
    /// Send it as `Authorization: Bearer ...`.
    access_token: String,
    /// When the access token expires: refresh before that.
    access_token_expires_at: Timestamp,
    /// For `refreshSession`: good once. Keep it safe.
    refresh_token: String,
    /// When the refresh token expires; each refresh starts its time anew.
    refresh_token_expires_at: Timestamp,
}

/// The answer of all ways to sign in.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// The tokens; null when it was refused.
    session: Option<Session>,
    /// Who is signed in; null when it was refused.
    viewer: Option<Viewer>,
    /// Why it was refused; empty when it was not.
    user_errors: Vec<SignInUserError>,
}

impl SignInPayload {
    /// The payload of an answer; `field` is the part of the input that a refusal is about.
    #[must_use]
    pub fn new(
        app: &Arc<App>,
        language: Language,
        field: Option<&str>,
        answer: SignInAnswer,
    ) -> Self {
        match answer {
            Ok(tokens) => {
                let viewer = Viewer::new(app, tokens.viewer);
                Self {
                    session: Some(Session::from(tokens)),
                    viewer,
                    user_errors: Vec::new(),
                }
            }
            Err(why) => {
                let message = language.sign_in_refusal(why).to_owned();
                let path = field.map(|field| vec!["input".to_owned(), field.to_owned()]);
                let user_errors = vec![SignInUserError {
                    code: why.into(),
                    message,
                    path,
                }];
                Self {
                    session: None,
                    viewer: None,
                    user_errors,
                }
            }
        }
    }
}

impl From<SessionTokens> for Session {
    fn from(tokens: SessionTokens) -> Self {
        Self {
            access_token: tokens.access_token,
            access_token_expires_at: Timestamp(tokens.access_expires_at),
            refresh_token: tokens.refresh_token,
            refresh_token_expires_at: Timestamp(tokens.refresh_expires_at),
        }
    }
}

/// The answer of `signOut`.
#[derive(SimpleObject)]
pub struct SignOutPayload {
    /// Always true: afterwards the refresh token is good for nothing.
    pub signed_out: bool,
}

/// What a viewer is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ViewerRole {
    /// One who votes.
    Voter,
    /// One who works for the organiser.
    Staff,
}

/// Who is signed in.
pub struct Viewer {
    app: Arc<App>,
    viewer: auth::Viewer,
}

impl Viewer {
    /// The viewer, unless it is anonymous.
    #[must_use]
    pub fn new(app: &Arc<App>, viewer: auth::Viewer) -> Option<Self> {
        (viewer != auth::Viewer::Anonymous).then(|| Self {
            app: Arc::clone(app),
            viewer,
        })
    }
}

/// Who is signed in.
#[Object]
impl Viewer {
    /// Its id.
    async fn id(&self) -> Result<ID> {
        let id = match self.viewer {
            auth::Viewer::Anonymous => return Err(Error::Unauthenticated.into()),
            auth::Viewer::Voter { id, .. } => GlobalId::Voter(id),
            auth::Viewer::Staff(id) => GlobalId::Staff(id),
        };
        Ok(id.encode(&self.app.hash_key))
    }

    /// What it is.
    async fn role(&self) -> ViewerRole {
        if self.viewer.is_staff() {
            ViewerRole::Staff
        } else {
            ViewerRole::Voter
        }
    }

    /// Whether it signed in with a device id, not through a platform.
    async fn is_guest(&self) -> bool {
        matches!(self.viewer, auth::Viewer::Voter { is_guest: true, .. })
    }

    /// The name of a member of staff; null for voters, of whom no name is kept.
    async fn name(&self) -> Nullable<String> {
        let auth::Viewer::Staff(id) = self.viewer else {
            return None;
        };
        let staff = staff::find(&self.app.database, id).await;
        let staff = staff.map_err(|error| Error::from(error).into());
        Some(staff.transpose()?.map(|staff| staff.name))
    }
}
