//! The platforms that people sign in with. Each turns the login code that a program or a page has got from it into the
//! platform's own name for the person.
//!
//! - Only these names leave the module: session keys and tokens are never read into a value, and no log line or `Debug`
//!   text has code, secret, state, token or name in it; of an answer we log the platform's code for an error at most.
//! - Calls, and the queue before them, are bounded ([`gate`]): a platform's quota is one for the whole app, and a push
//!   to a million phones must not become a login storm. Full means [`CodeExchangeError::Busy`] at once.
//! - A call is repeated only when the platform says it did nothing. After a time-out the code may be used up.
//!
//! `mini_program` and `official_account` are the two of `WeChat` and have `wechat_app` in common; `douyin`, `alipay`
//! and `oidc` are one each. `phone_button` asks `WeChat` for the number of who signed in, `sms` sends codes to numbers
//! through the operator's webhook, `captcha` asks a service whether somebody has solved its captcha. `outbound` makes
//! the calls, `kept` keeps what is fetched once for all, `failure` has the reasons why there is no name.
//!
//! Next: `app/sign_in`, which keeps names as keyed hashes only.

pub mod alipay;
pub mod captcha;
pub mod code_image;
pub mod douyin;
mod failure;
mod gate;
mod kept;
mod mini_program;
pub mod official_account;
pub mod oidc;
mod outbound;
mod phone_button;
mod risk_rank;
pub mod sms;
mod text_check;
mod wechat_app;

use std::fmt;

use serde::Deserialize;

use self::alipay::Alipay;
use self::captcha::Captcha;
use self::douyin::Douyin;
pub use self::failure::CodeExchangeError;
pub use self::mini_program::{WeChat, WeChatConfig};
use self::official_account::OfficialAccount;
use self::oidc::Oidc;
use self::sms::Sms;

/// The platforms that are set up.
#[derive(Debug, Default)]
pub struct Platforms {
    /// The mini-program of `WeChat`.
    pub wechat: Option<WeChat>,
    /// The official account of `WeChat`, for web pages inside it.
    pub official_account: Option<OfficialAccount>,
    /// The mini-program of Douyin.
    pub douyin: Option<Douyin>,
    /// The mini-program of Alipay.
    pub alipay: Option<Alipay>,
    /// An `OpenID` Connect provider.
    pub oidc: Option<Oidc>,
    /// The operator's way to send text messages.
    pub sms: Option<Sms>,
    /// The captcha that voters of the mini-program of `WeChat` are challenged with.
    pub captcha: Option<Captcha>,
}

/// A name that a platform has for a person.
///
/// Personal data: hash it with a key before it is kept, and do not log it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct PlatformId(String);

impl PlatformId {
    /// The name itself, for hashing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PlatformId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlatformId(***)")
    }
}

/// A person as a platform knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name in the app.
    pub openid: PlatformId,
    /// Its name in all apps that are bound together at the platform; none where the app is not bound.
    pub unionid: Option<PlatformId>,
}

/// Whether this can be a code at all; if not, the platform is not troubled with it.
fn is_code(code: &str, length_max: usize) -> bool {
    (1..=length_max).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_short_printable_ascii() {
        assert!(is_code("071AbCdE2f-_3", 128));
        assert!(is_code(&"a".repeat(128), 128));
        for code in ["", " ", "a b", "a\n", "a\u{7f}", "码", &"a".repeat(129)] {
            assert!(!is_code(code, 128), "{code:?}");
        }
    }

    #[test]
    fn names_are_not_shown() {
        let account = Account {
            openid: PlatformId("private".to_owned()),
            unionid: Some(PlatformId("private".to_owned())),
        };
        let shown = format!("{account:?}");
        assert!(!shown.contains("private"), "{shown}");
    }
}
