//! Signing in through mini-programs, by the login code that their platform gives them.

use super::sign_in::{SignInAnswer, SignInRefusal, guest_of};
use super::ways_in::HashedPerson;
use super::{App, Client};
use crate::auth::Viewer;
use crate::auth::platform::CodeExchangeError;
use crate::domain::identity::IdentityKind;
use crate::error::Result;
use crate::hot::{Action, BucketOwner};

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
        let person = match self.exchange_code(platform, code, client).await {
            Ok(Some(person)) => person,
            Ok(None) => return Ok(Err(SignInRefusal::PlatformNotConfigured)),
            Err(error) => {
                if error == CodeExchangeError::InvalidCode {
                    self.admit_failure(Action::FailedCode, client)?;
                }
                return Ok(Err(error.into()));
            }
        };
        let identities = person.identities(platform.kind());
        self.sign_in_voter(&identities, guest_of(viewer))
            .await
            .map(Ok)
    }

    /// The person of a login code; none where this server is not set up for the platform.
    async fn exchange_code(
        &self,
        platform: MiniProgramPlatform,
        code: &str,
        client: &Client,
    ) -> std::result::Result<Option<HashedPerson>, CodeExchangeError> {
        let address = BucketOwner::Address(client.address).key();
        Ok(match platform {
            MiniProgramPlatform::Wechat => match &self.platforms.wechat {
                Some(wechat) => {
                    let account = wechat.exchange_code(code, address).await?;
                    Some(self.hash_account(b"wechat", wechat.app_id(), b"wechat-union", &account))
                }
                None => None,
            },
            MiniProgramPlatform::Douyin => match &self.platforms.douyin {
                Some(douyin) => {
                    let account = douyin.exchange_code(code, address).await?;
                    Some(self.hash_account(b"douyin", douyin.app_id(), b"douyin-union", &account))
                }
                None => None,
            },
            MiniProgramPlatform::Alipay => match &self.platforms.alipay {
                Some(alipay) => {
                    let account = alipay
                        .exchange_code(code, address, self.clock.now())
                        .await?;
                    Some(self.hash_account(b"alipay", alipay.app_id(), b"alipay-union", &account))
                }
                None => None,
            },
        })
    }
}
