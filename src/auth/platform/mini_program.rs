//! The mini-program of `WeChat`: turns the login code of the program on the phone, good for five minutes and one use,
//! into an openid, which is the same for one person in one mini-program always. Where the mini-program is bound to an
//! Open Platform account there is a unionid, too, the same in all programs and official accounts of it.
//!
//! Next: `phone_button` asks for a person's telephone number, `code_image` for pictures that lead into the mini-program
//! when they are scanned, `text_check` for a word on a text, `risk_rank` for one on a person.

use std::time::Duration;

use uuid::Uuid;

use super::failure::{CodeExchangeError, Failure, report};
use super::gate::Gate;
use super::outbound::{ANSWER_BYTES_MAX, read};
use super::wechat_app::{CODE_LENGTH_MAX, WeChatApp, parse_account, sort, until_not_busy};
use super::{Account, is_code};
use crate::auth::secret::Secret;

/// The settings of a platform: its address, and the mini-program that calls it.
#[derive(Debug, Clone)]
pub struct WeChatConfig {
    /// The mini-program's `AppID`.
    pub app_id: String,
    /// The mini-program's `AppSecret`.
    pub secret: Secret,
    /// Scheme and host of the platform, `https://api.weixin.qq.com` but in tests. The secret travels in the query.
    pub base_url: String,
    /// Calls under way at once, taken as at least 1 and at most 4,096; four times as many sign-ins may wait.
    pub concurrency_max: usize,
    /// Time for one call, and the longest wait for its turn.
    pub timeout: Duration,
    /// The openid that texts are checked with; without one they are not checked.
    pub checker_openid: Option<Secret>,
    /// Whether the platform is asked for the ranks of risk of those who sign in.
    pub asks_for_risk: bool,
}

/// The `WeChat` platform. One for the process: it holds the bound on outbound calls.
#[derive(Debug)]
pub struct WeChat {
    pub(super) app: WeChatApp,
    pub(super) timeout: Duration,
    pub(super) gate: Gate,
    /// The openid that texts are checked with.
    pub(super) checker_openid: Option<Secret>,
    /// The bounds of the calls for ranks of risk, where they are asked for.
    pub(super) risk_gate: Option<Gate>,
}

impl WeChat {
    /// The mini-program's `AppID`: an openid means something only together with it.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.app.id
    }

    /// Prepares the client; calls nothing.
    ///
    /// # Errors
    ///
    /// When `base_url` is not a URL, or the TLS roots of this machine cannot be loaded.
    pub fn new(config: WeChatConfig) -> Result<Self, reqwest::Error> {
        let timeout = config.timeout;
        Ok(Self {
            app: WeChatApp::new(&config.base_url, config.app_id, config.secret, timeout)?,
            timeout,
            gate: Gate::new(config.concurrency_max, timeout),
            checker_openid: config.checker_openid,
            risk_gate: config
                .asks_for_risk
                .then(|| Gate::new(config.concurrency_max, timeout)),
        })
    }

    /// Turns the code of `wx.login` into the person's account.
    ///
    /// Takes at most the wait for a turn, three calls and two short pauses. Failures that the organiser should know of
    /// are logged here, the last place that knows the errcode; callers need not log again.
    ///
    /// `address` names the network address that asks: one holds a share of the places only.
    ///
    /// # Errors
    ///
    /// See [`CodeExchangeError`].
    pub async fn exchange_code(
        &self,
        code: &str,
        address: Uuid,
    ) -> Result<Account, CodeExchangeError> {
        if !is_code(code, CODE_LENGTH_MAX) {
            return Err(CodeExchangeError::InvalidCode);
        }
        let _pass = self.gate.enter(address).await?;
        until_not_busy(|| self.call(code))
            .await
            .map_err(|failure| report("WeChat", &failure, sort(&failure)))
    }

    async fn call(&self, code: &str) -> Result<Account, Failure> {
        let query = [
            ("appid", self.app.id.as_str()),
            ("secret", self.app.secret.reveal()),
            ("js_code", code),
            ("grant_type", "authorization_code"),
        ];
        let outbound = &self.app.outbound;
        let request = outbound.get(outbound.endpoint("/sns/jscode2session"));
        parse_account(&read(request.query(&query), ANSWER_BYTES_MAX).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_texts_keep_secrets() {
        let config = WeChatConfig {
            app_id: "wx1".to_owned(),
            secret: Secret::from("private".to_owned()),
            base_url: "http://127.0.0.1:1".to_owned(),
            concurrency_max: 1,
            timeout: Duration::from_secs(1),
            checker_openid: Some(Secret::from("private".to_owned())),
            asks_for_risk: true,
        };
        let shown = format!("{config:?}");
        assert!(!shown.contains("private"), "{shown}");
        let shown = format!("{:?}", WeChat::new(config).expect("a client"));
        assert!(!shown.contains("private"), "{shown}");
    }
}
