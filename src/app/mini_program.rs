//! Signing in through mini-programs, by the login code that their platform gives them. `WeChat` is asked for the rank
//! of risk of whoever signs in, where the operator wants it: here its openid is at hand, which is kept nowhere.

use chrono::TimeDelta;

use super::sign_in::{SignInAnswer, SignInRefusal, guest_of};
use super::ways_in::HashedPerson;
use super::{App, Client};
use crate::auth::Viewer;
use crate::auth::platform::{CodeExchangeError, PlatformId, WeChat};
use crate::domain::identity::IdentityKind;
use crate::error::Result;
use crate::hot::{Action, BucketOwner};
use crate::id::VoterId;
use crate::ledger::voter;
use crate::telemetry::RequestId;

/// How long a rank of risk is good: the platform is asked once a day for a voter, however often it signs in.
const RISK_LIFE: TimeDelta = TimeDelta::days(1);

/// A platform that mini-programs run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MiniProgramPlatform {
    /// `WeChat`.
    Wechat,
    /// Douyin.
    Douyin,
    /// Alipay.
    Alipay,
}

impl MiniProgramPlatform {
    fn kind(self) -> IdentityKind {
        match self {
            Self::Wechat => IdentityKind::WechatMiniProgram,
            Self::Douyin => IdentityKind::Douyin,
            Self::Alipay => IdentityKind::Alipay,
        }
    }
}

impl App {
    /// Signs in a voter by the login code of a mini-program; a guest who asks for it is the same voter.
    pub async fn sign_in_mini_program(
        &self,
        viewer: Viewer,
        client: &Client,
        platform: MiniProgramPlatform,
        code: &str,
    ) -> Result<SignInAnswer> {
        let owner = BucketOwner::Address(client.address);
        // The platform is not asked for an address whose codes have failed too often.
        self.hot.check_room(Action::FailedCode, owner)?;
        let (person, openid) = match self.exchange_code(platform, code, client).await {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(Err(SignInRefusal::PlatformNotConfigured)),
            Err(error) => {
                if error == CodeExchangeError::InvalidCode {
                    self.admit_failure(Action::FailedCode, client)?;
                }
                return Ok(Err(error.into()));
            }
        };
        let identities = person.identities(platform.kind());
        let id = self.find_voter(&identities, guest_of(viewer)).await?;
        if platform == MiniProgramPlatform::Wechat {
            self.rate_risk(id, &openid, client).await;
        }
        self.open_voter_session(id, false).await.map(Ok)
    }

    /// Whether a platform has given this voter a rank of risk above none; not looked at where none is asked for.
    pub(super) async fn is_of_risk(&self, id: VoterId) -> Result<bool> {
        let wechat = self.platforms.wechat.as_ref();
        if !wechat.is_some_and(WeChat::asks_for_risk) {
            return Ok(false);
        }
        let found = voter::find_risk(&self.database, id).await?;
        Ok(found.is_some_and(|(rank, _)| rank.is_suspicious()))
    }

    /// Asks the platform for the rank of risk of a voter who signs in, unless it was asked within a day. A rank that
    /// cannot be had, or stored, holds nobody up: the voter goes on with the one before, or without.
    async fn rate_risk(&self, id: VoterId, openid: &PlatformId, client: &Client) {
        let wechat = self.platforms.wechat.as_ref();
        let Some(wechat) = wechat.filter(|wechat| wechat.asks_for_risk()) else {
            return;
        };
        if let Err(error) = self.find_and_store_risk(wechat, id, openid, client).await {
            let request = RequestId::current();
            tracing::warn!(request, %error, "a rank of risk cannot be read or stored");
        }
    }

    async fn find_and_store_risk(
        &self,
        wechat: &WeChat,
        id: VoterId,
        openid: &PlatformId,
        client: &Client,
    ) -> Result<()> {
        let known = voter::find_risk(&self.database, id).await?;
        if known.is_some_and(|(_, at)| self.clock.now() < at + RISK_LIFE) {
            return Ok(());
        }
        let owner = BucketOwner::Address(client.address).key();
        let found = wechat.find_risk_rank(openid, client.address, owner).await;
        let Some(rank) = found else {
            self.metrics.risk_ranks_missing.inc();
            return Ok(());
        };
        self.metrics.risk_ranks_given.inc();
        let now = self.clock.now();
        Ok(voter::store_risk(&self.database, id, rank, now).await?)
    }

    /// The person of a login code, with its openid; none where this server is not set up for the platform.
    async fn exchange_code(
        &self,
        platform: MiniProgramPlatform,
        code: &str,
        client: &Client,
    ) -> std::result::Result<Option<(HashedPerson, PlatformId)>, CodeExchangeError> {
        let address = BucketOwner::Address(client.address).key();
        Ok(match platform {
            MiniProgramPlatform::Wechat => match &self.platforms.wechat {
                Some(wechat) => {
                    let account = wechat.exchange_code(code, address).await?;
                    let app_id = wechat.app_id();
                    let person = self.hash_account(b"wechat", app_id, b"wechat-union", &account);
                    Some((person, account.openid))
                }
                None => None,
            },
            MiniProgramPlatform::Douyin => match &self.platforms.douyin {
                Some(douyin) => {
                    let account = douyin.exchange_code(code, address).await?;
                    let app_id = douyin.app_id();
                    let person = self.hash_account(b"douyin", app_id, b"douyin-union", &account);
                    Some((person, account.openid))
                }
                None => None,
            },
            MiniProgramPlatform::Alipay => match &self.platforms.alipay {
                Some(alipay) => {
                    let account = alipay
                        .exchange_code(code, address, self.clock.now())
                        .await?;
                    let app_id = alipay.app_id();
                    let person = self.hash_account(b"alipay", app_id, b"alipay-union", &account);
                    Some((person, account.openid))
                }
                None => None,
            },
        })
    }
}
