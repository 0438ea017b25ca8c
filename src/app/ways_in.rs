//! The ways in of voters that lead over another site, and from one program of theirs to another.

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;

use super::sign_in::{SignInAnswer, SignInRefusal, guest_of};
use super::{App, Client};
use crate::auth::Viewer;
use crate::auth::keyed_hash::Purpose;
use crate::auth::platform::Account;
use crate::auth::platform::official_account::ShareSignature;
use crate::auth::secret::new_random_text;
use crate::auth::sign_in_attempt::{SignInAttempt, is_own_path};
use crate::domain::identity::IdentityKind;
use crate::error::{Error, Result};
use crate::hot::{Action, BucketOwner};
use crate::id::VoterId;
use crate::ledger::session;
use crate::ledger::voter::{self, Identity};

/// How long a hand-over code is good: a page opens in that time, even slowly.
const HAND_OVER_LIFE: TimeDelta = TimeDelta::seconds(30);

/// A way in that leads over another site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectWay {
    /// By an official account of `WeChat`.
    Wechat,
    /// By an `OpenID` provider.
    Oidc,
}

impl RedirectWay {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Wechat, Self::Oidc];

    /// Its name in addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wechat => "wechat",
            Self::Oidc => "oidc",
        }
    }

    /// The kind of identity that it gives.
    #[must_use]
    pub fn kind(self) -> IdentityKind {
        match self {
            Self::Wechat => IdentityKind::WechatWeb,
            Self::Oidc => IdentityKind::Oidc,
        }
    }
}

/// A way in that this server is set up for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayIn {
    /// Its kind.
    pub kind: IdentityKind,
    /// The operator's name for it, where it has a name of its own.
    pub name: Option<String>,
    /// The path that it begins at, where it leads over another site.
    pub path: Option<String>,
}

impl WayIn {
    /// Whether a browser has it; the others are for mini-programs.
    #[must_use]
    pub fn is_for_browsers(&self) -> bool {
        self.path.is_some() || matches!(self.kind, IdentityKind::Phone | IdentityKind::Guest)
    }
}

/// The names of a person as they are kept: keyed hashes.
pub(super) struct HashedPerson {
    /// The name in the way in itself.
    own: [u8; 32],
    /// The one that several ways in of a platform share.
    shared: Option<[u8; 32]>,
}

impl HashedPerson {
    /// The identities of a sign-in by `kind`.
    pub(super) fn identities(&self, kind: IdentityKind) -> Vec<Identity<'_>> {
        let own = Identity {
            hash: &self.own,
            kind: Some(kind),
        };
        let shared = self
            .shared
            .as_ref()
            .map(|hash| Identity { hash, kind: None });
        [own].into_iter().chain(shared).collect()
    }
}

/// A code that hands a voter over.
#[derive(Clone)]
pub struct HandOver {
    /// The code.
    pub code: String,
    /// When it is good no more.
    pub expires_at: DateTime<Utc>,
}

impl App {
    /// The ways in that this server is set up for, the best known first.
    #[must_use]
    pub fn ways_in(&self) -> Vec<WayIn> {
        let platforms = &self.platforms;
        let redirect = |way: RedirectWay, name: Option<String>| WayIn {
            kind: way.kind(),
            name,
            path: Some(format!("/sign-in/{}", way.name())),
        };
        let plain = |kind| WayIn {
            kind,
            name: None,
            path: None,
        };
        let has_pages = self.public_url.is_some();
        let official = platforms.official_account.as_ref().filter(|_| has_pages);
        let oidc = platforms.oidc.as_ref().filter(|_| has_pages);
        let all = [
            platforms
                .wechat
                .as_ref()
                .map(|_| plain(IdentityKind::WechatMiniProgram)),
            official.map(|_| redirect(RedirectWay::Wechat, None)),
            platforms
                .douyin
                .as_ref()
                .map(|_| plain(IdentityKind::Douyin)),
            platforms
                .alipay
                .as_ref()
                .map(|_| plain(IdentityKind::Alipay)),
            platforms.sms.as_ref().map(|_| plain(IdentityKind::Phone)),
            oidc.map(|oidc| redirect(RedirectWay::Oidc, Some(oidc.name().to_owned()))),
            Some(plain(IdentityKind::Guest)),
        ];
        all.into_iter().flatten().collect()
    }

    /// The address of the other site to go to, for an attempt that has begun.
    pub async fn begin_redirect(
        &self,
        way: RedirectWay,
        attempt: &SignInAttempt,
    ) -> std::result::Result<String, SignInRefusal> {
        let redirect_uri = self.redirect_uri(way)?;
        match way {
            RedirectWay::Wechat => {
                let account = self.platforms.official_account.as_ref();
                let account = account.ok_or(SignInRefusal::PlatformNotConfigured)?;
                Ok(account.authorize_url(&redirect_uri, &attempt.state))
            }
            RedirectWay::Oidc => {
                let oidc = self
                    .platforms
                    .oidc
                    .as_ref()
                    .ok_or(SignInRefusal::PlatformNotConfigured)?;
                let verifier = attempt.verifier(&self.hash_key);
                let challenge =
                    BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref());
                let nonce = attempt.nonce(&self.hash_key);
                let url = oidc.authorize_url(&redirect_uri, &attempt.state, &nonce, &challenge);
                Ok(url.await?)
            }
        }
    }

    /// Signs in the voter whom the other site led back with this code, and hands it over to the page.
    pub async fn finish_redirect(
        &self,
        client: &Client,
        way: RedirectWay,
        attempt: &SignInAttempt,
        code: &str,
    ) -> Result<std::result::Result<HandOver, SignInRefusal>> {
        let owner = BucketOwner::Address(client.address);
        self.hot.check_room(Action::FailedCode, owner)?;
        let person = match self.exchange_redirect(client, way, attempt, code).await {
            Ok(person) => person,
            Err(refusal) => {
                if refusal == SignInRefusal::InvalidCode {
                    self.admit_failure(Action::FailedCode, client)?;
                }
                return Ok(Err(refusal));
            }
        };
        let identities = person.identities(way.kind());
        let signed_in = voter::sign_in(&self.database, &identities, None, self.clock.now()).await?;
        let id = self.settle_links(signed_in).await;
        self.hand_over(id).await.map(Ok)
    }

    /// The person whom the other site's code is of.
    async fn exchange_redirect(
        &self,
        client: &Client,
        way: RedirectWay,
        attempt: &SignInAttempt,
        code: &str,
    ) -> std::result::Result<HashedPerson, SignInRefusal> {
        let address = BucketOwner::Address(client.address).key();
        match way {
            RedirectWay::Wechat => {
                let official = self.platforms.official_account.as_ref();
                let official = official.ok_or(SignInRefusal::PlatformNotConfigured)?;
                let found = official.exchange_code(code, address).await?;
                if found.is_snapshot {
                    return Err(SignInRefusal::SnapshotUser);
                }
                Ok(self.hash_account(
                    b"wechat-web",
                    official.app_id(),
                    b"wechat-union",
                    &found.account,
                ))
            }
            RedirectWay::Oidc => {
                let oidc = self
                    .platforms
                    .oidc
                    .as_ref()
                    .ok_or(SignInRefusal::PlatformNotConfigured)?;
                let redirect_uri = self.redirect_uri(way)?;
                let (verifier, nonce) = (
                    attempt.verifier(&self.hash_key),
                    attempt.nonce(&self.hash_key),
                );
                let subject = oidc
                    .exchange_code(
                        code,
                        &redirect_uri,
                        &verifier,
                        &nonce,
                        address,
                        self.clock.now(),
                    )
                    .await?;
                let scope = oidc.issuer().as_bytes();
                Ok(self.hash_person(&[b"oidc", scope, subject.as_str().as_bytes()]))
            }
        }
    }

    /// A person of an app of a platform. The unionid is the same in all apps of one account of theirs.
    pub(super) fn hash_account(
        &self,
        scope: &[u8],
        app_id: &str,
        union_scope: &[u8],
        account: &Account,
    ) -> HashedPerson {
        let openid = account.openid.as_str().as_bytes();
        let mut person = self.hash_person(&[scope, app_id.as_bytes(), openid]);
        person.shared = account.unionid.as_ref().map(|unionid| {
            let unionid: [&[u8]; 2] = [union_scope, unionid.as_str().as_bytes()];
            self.hash_key.hash(Purpose::Identity, &unionid)
        });
        person
    }

    /// A person by one name.
    pub(super) fn hash_person(&self, name: &[&[u8]]) -> HashedPerson {
        HashedPerson {
            own: self.hash_key.hash(Purpose::Identity, name),
            shared: None,
        }
    }

    /// The address that the other site leads back to.
    fn redirect_uri(&self, way: RedirectWay) -> std::result::Result<String, SignInRefusal> {
        let origin = self
            .public_url
            .as_deref()
            .ok_or(SignInRefusal::PlatformNotConfigured)?;
        Ok(format!("{origin}/sign-in/{}/callback", way.name()))
    }

    /// Signs a page of a campaign for `WeChat`'s script; none where that cannot be had.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] for an address that is none of ours.
    pub async fn sign_share(&self, url: &str) -> Result<Option<ShareSignature>> {
        let Some(account) = &self.platforms.official_account else {
            return Ok(None);
        };
        let own = self.public_url.as_deref();
        let path = own.and_then(|own| url.strip_prefix(own));
        if !path.is_some_and(is_own_path) {
            return Err(Error::BadUserInput(
                "url must be the address of a campaign's page on this server.".into(),
            ));
        }
        // What went wrong is logged where it did.
        Ok(account.sign_share(url, self.clock.now()).await.ok())
    }

    /// A code by which the viewer, a voter with an account, is the same one in a page that it opens.
    pub async fn create_hand_over(&self, viewer: Viewer) -> Result<HandOver> {
        let id = viewer.require_voter()?;
        if viewer.is_guest() {
            return Err(Error::Forbidden(
                "A guest is known by its device alone: sign in as a guest there, or with an account here.",
            ));
        }
        self.hot
            .take(Action::SignIn, BucketOwner::Voter(id))
            .await?;
        self.hand_over(id).await
    }

    async fn hand_over(&self, id: VoterId) -> Result<HandOver> {
        let code = new_random_text()?;
        let hash = self.hash_key.hash(Purpose::HandOver, &[code.as_bytes()]);
        let expires_at = self.clock.now() + HAND_OVER_LIFE;
        session::insert_hand_over(&self.database, &hash, id, expires_at).await?;
        Ok(HandOver { code, expires_at })
    }

    /// Signs in the voter of a hand-over code; a guest who asks for it is that voter from then on.
    pub async fn redeem_hand_over(
        &self,
        viewer: Viewer,
        client: &Client,
        code: &str,
    ) -> Result<SignInAnswer> {
        let owner = BucketOwner::Address(client.address);
        self.hot.check_room(Action::FailedCode, owner)?;
        let hash = self.hash_key.hash(Purpose::HandOver, &[code.as_bytes()]);
        let now = self.clock.now();
        let Some(id) = session::take_hand_over(&self.database, &hash, now).await? else {
            self.admit_failure(Action::FailedCode, client)?;
            return Ok(Err(SignInRefusal::InvalidCode));
        };
        let signed_in = voter::sign_in_known(&self.database, id, guest_of(viewer), now).await?;
        let id = self.settle_links(signed_in).await;
        self.open_voter_session(id, false).await.map(Ok)
    }
}
