//! Signing in, sessions and the viewer.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use super::Membership;
use super::identity::IdentityKind;
use super::kept::{
    KeptActConnection, KeptIdentity, KeptList, list_kept_acts, list_kept_identities,
};
use super::scalars::{Long, Timestamp};
use crate::app::App;
use crate::app::mini_program;
use crate::app::sign_in::{SessionTokens, SignInAnswer, SignInRefusal};
use crate::app::ways_in::WayIn;
use crate::auth;
use crate::auth::platform::official_account;
use crate::error::Error;
use crate::graphql::connection::PageArgs;
use crate::graphql::node_id::GlobalId;
use crate::graphql::{Nullable, app, requester};
use crate::ledger::{second_factor, staff};
use tokio::sync::OnceCell;

/// A platform that mini-programs run on.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "mini_program::MiniProgramPlatform")]
pub(in crate::graphql) enum MiniProgramPlatform {
    /// WeChat (微信).
    Wechat,
    /// Douyin (抖音).
    Douyin,
    /// Alipay (支付宝).
    Alipay,
}

/// The input of `signInMiniProgram`.
#[derive(InputObject)]
pub(in crate::graphql) struct SignInMiniProgramInput {
    /// The platform.
    pub(in crate::graphql) platform: MiniProgramPlatform,
    /// The login code that the platform gave the mini-program (`wx.login`, `tt.login`, `my.getAuthCode`): good once,
    /// for minutes.
    #[graphql(secret)]
    pub(in crate::graphql) code: String,
}

/// The input of `redeemHandOver`.
#[derive(InputObject)]
pub(in crate::graphql) struct RedeemHandOverInput {
    /// The code.
    #[graphql(secret)]
    pub(in crate::graphql) code: String,
}

/// The answer of `createHandOver`.
#[derive(SimpleObject)]
pub(in crate::graphql) struct CreateHandOverPayload {
    /// For `redeemHandOver` in the page that is opened, behind the `#` of its address: `#hand-over=CODE`. Good once.
    pub(in crate::graphql) code: String,
    /// When it is good no more: in half a minute.
    pub(in crate::graphql) expires_at: Timestamp,
}

/// A way in for voters that this server is set up for.
#[derive(SimpleObject)]
pub(in crate::graphql) struct SignInWay {
    /// The kind of identity that it gives.
    kind: IdentityKind,
    /// The operator's name for the account, where it has a name of its own.
    name: Option<String>,
    /// The path on this server that it begins at, where it leads over another site. Open it with `?back=` and the path
    /// of the page to come back to, which finds `#hand-over=CODE` for `redeemHandOver` there, or `#sign-in=REASON`.
    path: Option<String>,
}

/// A signature for the script of `WeChat` (JS-SDK).
#[derive(SimpleObject)]
pub(in crate::graphql) struct ShareSignature {
    /// The official account's `AppID`.
    app_id: String,
    /// Random text that is signed, too.
    nonce: String,
    /// Seconds since 1970.
    timestamp: Long,
    /// The signature.
    signature: String,
}

impl From<official_account::ShareSignature> for ShareSignature {
    fn from(signed: official_account::ShareSignature) -> Self {
        Self {
            app_id: signed.app_id,
            nonce: signed.nonce,
            timestamp: Long(signed.timestamp),
            signature: signed.signature,
        }
    }
}

impl From<WayIn> for SignInWay {
    fn from(way: WayIn) -> Self {
        Self {
            kind: way.kind.into(),
            name: way.name,
            path: way.path,
        }
    }
}

/// The input of `signInGuest`.
#[derive(InputObject)]
pub(in crate::graphql) struct SignInGuestInput {
    /// A text that the client makes at random once and keeps: 16 to 128 visible ASCII characters.
    #[graphql(secret)]
    pub(in crate::graphql) device_id: String,
}

/// The input of `signInStaff`.
#[derive(InputObject)]
pub(in crate::graphql) struct SignInStaffInput {
    /// The account's e-mail address.
    pub(in crate::graphql) email: String,
    /// Its password.
    #[graphql(secret)]
    pub(in crate::graphql) password: String,
    /// The code that its authenticator shows, or a recovery code: where it is asked for by `SECOND_FACTOR_REQUIRED`.
    #[graphql(secret)]
    pub(in crate::graphql) second_factor_code: Option<String>,
}

/// The input of `refreshSession`.
#[derive(InputObject)]
pub(in crate::graphql) struct RefreshSessionInput {
    /// The refresh token: good once.
    #[graphql(secret)]
    pub(in crate::graphql) refresh_token: String,
}

/// The input of `signOut`.
#[derive(InputObject)]
pub(in crate::graphql) struct SignOutInput {
    /// The refresh token of the session to end.
    #[graphql(secret)]
    pub(in crate::graphql) refresh_token: String,
}

/// The reason why signing in was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "SignInRefusal")]
pub(super) enum SignInErrorCode {
    /// The login code is unknown, expired or used: get a new one.
    InvalidCode,
    /// The platform blocks the account.
    HighRisk,
    /// Too many sign-ins for the platform: try again in a minute.
    PlatformBusy,
    /// This is no telephone number that messages can be sent to.
    InvalidPhone,
    /// The telephone number has had its codes for now: wait until `retryAt`.
    TooManyCodes,
    /// The server has sent all its codes of the day: sign in in another way, or wait until `retryAt`.
    CodesSpent,
    /// The platform does not answer: try again shortly, with a new code.
    PlatformUnavailable,
    /// This server is not set up for the platform.
    PlatformNotConfigured,
    /// WeChat's browse-only mode made up a user for the moment: open the full page first.
    SnapshotUser,
    /// The person said no at the other site.
    Declined,
    /// The sign-in at the other site took too long, or began in another browser.
    SignInExpired,
    /// No campaign admits guests.
    GuestsNotAdmitted,
    /// E-mail or password is wrong.
    InvalidCredentials,
    /// The account has a second factor: ask for its code and send it with e-mail and password.
    SecondFactorRequired,
    /// The code of the second factor is wrong, or was used before: wait for the next one.
    InvalidSecondFactor,
    /// Too many failures: try again in 15 minutes.
    TooManyAttempts,
    /// The refresh token is unknown, expired, revoked or used: sign in again.
    InvalidRefreshToken,
}

/// A refusal of signing in.
#[derive(SimpleObject, Clone)]
pub(in crate::graphql) struct SignInUserError {
    /// The reason.
    pub(super) code: SignInErrorCode,
    /// A text for people, in the language of the request.
    pub(in crate::graphql) message: String,
    /// The part of the input that it is about.
    pub(in crate::graphql) path: Option<Vec<String>>,
}

impl SignInUserError {
    /// The refusal; `field` is the part of the input that it is about.
    pub(super) fn new(ctx: &Context<'_>, field: Option<&str>, why: SignInRefusal) -> Self {
        let (_, message) = requester(ctx).language.sign_in_refusal(why);
        Self {
            code: why.into(),
            message: message.to_owned(),
            path: field.map(|field| vec!["input".to_owned(), field.to_owned()]),
        }
    }
}

/// The tokens of a session.
#[derive(SimpleObject)]
pub(super) struct Session {
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
pub(in crate::graphql) struct SignInPayload {
    /// The tokens; null when it was refused.
    session: Option<Session>,
    /// The viewer who is signed in; null when it was refused.
    viewer: Option<Viewer>,
    /// The refusal; empty when there is none.
    user_errors: Vec<SignInUserError>,
}

impl SignInPayload {
    /// The payload of an answer; `field` is the part of the input that a refusal is about.
    pub(in crate::graphql) fn new(
        ctx: &Context<'_>,
        field: Option<&str>,
        answer: SignInAnswer,
    ) -> Self {
        match answer {
            Ok(tokens) => {
                let viewer = Viewer::new(app(ctx), tokens.viewer);
                Self {
                    session: Some(Session::from(tokens)),
                    viewer,
                    user_errors: Vec::new(),
                }
            }
            Err(why) => {
                let user_errors = vec![SignInUserError::new(ctx, field, why)];
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
pub(in crate::graphql) struct SignOutPayload {
    /// Always true: afterwards the refresh token is good for nothing.
    pub(in crate::graphql) signed_out: bool,
}

/// The role of a viewer.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum ViewerRole {
    /// A voter.
    Voter,
    /// A member of the organiser's staff.
    Staff,
}

/// A voter or a member of staff who is signed in.
pub(in crate::graphql) struct Viewer {
    app: Arc<App>,
    who: auth::Viewer,
    /// The account of a member of staff, once a field has asked for it.
    account: OnceCell<Option<staff::Staff>>,
}

impl Viewer {
    /// The viewer, unless it is anonymous.
    pub(in crate::graphql) fn new(app: &Arc<App>, viewer: auth::Viewer) -> Option<Self> {
        (viewer != auth::Viewer::Anonymous).then(|| Self {
            app: Arc::clone(app),
            who: viewer,
            account: OnceCell::new(),
        })
    }

    async fn account(&self) -> Result<Option<&staff::Staff>> {
        let Some(id) = self.who.staff() else {
            return Ok(None);
        };
        let load = || staff::find(&self.app.database, id);
        let account = self.account.get_or_try_init(load).await;
        Ok(account.map_err(Error::from)?.as_ref())
    }
}

/// A voter or a member of staff who is signed in.
#[Object]
impl Viewer {
    /// Its id.
    async fn id(&self) -> Result<ID> {
        let id = match self.who {
            auth::Viewer::Anonymous => return Err(Error::Unauthenticated.into()),
            auth::Viewer::Voter { id, .. } => GlobalId::Voter(id),
            auth::Viewer::Staff(id) => GlobalId::Staff(id),
        };
        Ok(id.encode(&self.app.hash_key))
    }

    /// Its role.
    async fn role(&self) -> ViewerRole {
        match self.who.staff() {
            Some(_) => ViewerRole::Staff,
            None => ViewerRole::Voter,
        }
    }

    /// Whether it signed in with a device id, not through a platform.
    async fn is_guest(&self) -> bool {
        self.who.is_guest()
    }

    /// The name of a member of staff; null for voters, of whom no name is kept.
    async fn name(&self) -> Nullable<String> {
        let name = |account: Option<&staff::Staff>| account.map(|account| account.name.clone());
        self.account().await.map(name).transpose()
    }

    /// The e-mail address that a member of staff signs in with; null for voters, of whom none is kept.
    async fn email(&self) -> Nullable<String> {
        let email = |account: Option<&staff::Staff>| account.map(|account| account.email.clone());
        self.account().await.map(email).transpose()
    }

    /// Whether a member of staff has a second factor, which is asked for when it signs in.
    async fn has_second_factor(&self) -> Result<bool> {
        let Some(id) = self.who.staff() else {
            return Ok(false);
        };
        let found = second_factor::find(&self.app.database, id).await;
        let found = found.map_err(Error::from)?;
        Ok(found.is_some_and(|factor| factor.confirmed_at.is_some()))
    }

    /// The ways in that are kept of a voter, the oldest first; empty for staff.
    async fn identities(&self) -> Result<Vec<KeptIdentity>> {
        match self.who.voter() {
            Some(voter) => list_kept_identities(&self.app, voter).await,
            None => Ok(Vec::new()),
        }
    }

    /// The votes that are kept of a voter, the newest first; empty for staff.
    async fn votes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor: older ones.")] after: Option<String>,
    ) -> Result<KeptActConnection> {
        let args = PageArgs::new(first, after, None, None)?;
        list_kept_acts(ctx, KeptList::Votes, self.who.voter(), &args).await
    }

    /// The likes that are kept of a voter, the newest first; empty for staff.
    async fn likes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor: older ones.")] after: Option<String>,
    ) -> Result<KeptActConnection> {
        let args = PageArgs::new(first, after, None, None)?;
        list_kept_acts(ctx, KeptList::Likes, self.who.voter(), &args).await
    }

    /// From when on a voter is forgotten who has asked for it with `forgetMe`; null where it has not.
    async fn forget_due_at(&self) -> Result<Option<Timestamp>> {
        let due = self.app.forget_due_at(self.who).await?;
        Ok(due.map(Timestamp))
    }

    /// The organisations that a member of staff belongs to, with its role in each; empty for voters.
    async fn memberships(&self) -> Vec<Membership> {
        let Some(id) = self.who.staff() else {
            return Vec::new();
        };
        let catalog = self.app.campaigns.catalog();
        let memberships = catalog.directory().memberships_of(id);
        memberships
            .map(|(organisation, membership)| {
                Membership::new(&self.app, organisation.clone(), membership.clone())
            })
            .collect()
    }
}
