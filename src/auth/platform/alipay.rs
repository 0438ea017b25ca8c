//! The mini-program of Alipay: turns the code of `my.getAuthCode` into the platform's name for the person.
//!
//! Protocol: [alipay.system.oauth.token]. Requests are signed with the app's key and answers with the platform's (RSA2:
//! SHA-256 with RSA), so that an account is believed only when the platform has signed it.
//!
//! An app gets `open_id`, of the person in this app, or, where it is from before those, `user_id`, of the person in all
//! apps. [`Account::openid`] has the field's name in front: one is never taken for the other.
//!
//! [alipay.system.oauth.token]: https://opendocs.alipay.com/apis/api_9/alipay.system.oauth.token

use std::borrow::Cow;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use chrono::{DateTime, FixedOffset, Utc};
use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::failure::{CodeExchangeError, Failure, report};
use super::gate::Gate;
use super::outbound::{ANSWER_BYTES_MAX, Outbound, read};
use super::{Account, PlatformId, is_code};
use crate::auth::secret::Secret;

/// Codes have 32 characters, and the documentation allows 40.
const CODE_LENGTH_MAX: usize = 128;
/// The call's name.
const METHOD: &str = "alipay.system.oauth.token";
/// The seconds that the platform's time is ahead of UTC: it reads timestamps as Beijing's.
const BEIJING_SECONDS: i32 = 8 * 3600;
/// The number of an answer that is none of an error.
const SUCCESS: &str = "10000";

/// The settings of the mini-program.
#[derive(Debug, Clone)]
pub struct AlipayConfig {
    /// Its id.
    pub app_id: String,
    /// Its private key: PKCS#8 in PEM, or the base64 text alone, as the platform's tool gives it.
    pub private_key: Secret,
    /// The platform's public key for the app, in PEM or as base64 text alone.
    pub public_key: String,
    /// Address of the platform, `https://openapi.alipay.com/gateway.do` but in tests.
    pub gateway_url: String,
    /// Calls under way at once, taken as at least 1 and at most 4,096; four times as many sign-ins may wait.
    pub concurrency_max: usize,
    /// Time for one call, and the longest wait for its turn.
    pub timeout: Duration,
}

/// The setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AlipayConfigError {
    /// The private key.
    #[error("has no RSA key of 2,048 bits or more in PKCS#8")]
    PrivateKey,
    /// The public key.
    #[error("has no RSA key of 2,048 bits or more")]
    PublicKey,
    /// The address.
    #[error("cannot be used: {0}")]
    GatewayUrl(reqwest::Error),
}

/// The platform. One for the process: it holds the bound on outbound calls.
#[derive(Debug)]
pub struct Alipay {
    outbound: Outbound,
    app_id: String,
    private_key: KeyPair,
    public_key: Vec<u8>,
    gate: Gate,
}

impl Alipay {
    /// The mini-program's id: an `open_id` means something only together with it.
    #[must_use]
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// Prepares the client; calls nothing.
    ///
    /// # Errors
    ///
    /// When a key or the address cannot be used.
    pub fn new(config: AlipayConfig) -> Result<Self, AlipayConfigError> {
        let private_key = decode_key(config.private_key.reveal())
            .and_then(|der| KeyPair::from_pkcs8(&der).ok())
            .ok_or(AlipayConfigError::PrivateKey)?;
        let public_key = decode_key(&config.public_key)
            .filter(|der| aws_lc_rs::rsa::PublicKey::from_der(der).is_ok())
            .ok_or(AlipayConfigError::PublicKey)?;
        let outbound = Outbound::new(&config.gateway_url, config.timeout)
            .map_err(|error| AlipayConfigError::GatewayUrl(error.without_url()))?;
        Ok(Self {
            outbound,
            app_id: config.app_id,
            private_key,
            public_key,
            gate: Gate::new(config.concurrency_max, config.timeout),
        })
    }

    /// Turns the code of `my.getAuthCode` into the person's account, which has no unionid; with the bounds and the log
    /// lines of [`super::WeChat::exchange_code`], and one call: no answer of this platform says that it did nothing.
    ///
    /// # Errors
    ///
    /// See [`CodeExchangeError`].
    pub async fn exchange_code(
        &self,
        code: &str,
        address: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Account, CodeExchangeError> {
        if !is_code(code, CODE_LENGTH_MAX) {
            return Err(CodeExchangeError::InvalidCode);
        }
        let _pass = self.gate.enter(address).await?;
        let answered = self.call(code, now).await;
        answered.map_err(|failure| report("Alipay", &failure, sort(&failure)))
    }

    async fn call(&self, code: &str, now: DateTime<Utc>) -> Result<Account, Failure> {
        let timestamp = timestamp(now);
        let fields = fields(&self.app_id, code, &timestamp);
        let signature = self.sign(&fields)?;
        let mut fields = fields.to_vec();
        fields.push(("sign", &signature));
        let request = self
            .outbound
            .post_form(self.outbound.base().clone(), &fields);
        parse_answer(&read(request, ANSWER_BYTES_MAX).await?, &self.public_key)
    }

    /// The signature of a request.
    fn sign(&self, fields: &[(&str, &str)]) -> Result<String, Failure> {
        let mut signature = vec![0; self.private_key.public_modulus_len()];
        let signed = signed_text(fields);
        self.private_key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .map_err(|_| Failure::Untrusted("our own key does not sign"))?;
        Ok(BASE64.encode(&signature))
    }
}

/// The fields of a request but its signature, in alphabetical order.
fn fields<'a>(app_id: &'a str, code: &'a str, timestamp: &'a str) -> [(&'static str, &'a str); 9] {
    [
        ("app_id", app_id),
        ("charset", "utf-8"),
        ("code", code),
        ("format", "JSON"),
        ("grant_type", "authorization_code"),
        ("method", METHOD),
        ("sign_type", "RSA2"),
        ("timestamp", timestamp),
        ("version", "1.0"),
    ]
}

/// The text that is signed: the fields as they are, not encoded.
fn signed_text(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// A moment as the platform writes it.
fn timestamp(now: DateTime<Utc>) -> String {
    let beijing = FixedOffset::east_opt(BEIJING_SECONDS).expect("less than a day");
    let beijing_time = now.with_timezone(&beijing);
    beijing_time.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The bytes of a key in PEM, or of its base64 text alone.
fn decode_key(text: &str) -> Option<Vec<u8>> {
    let lines = text.lines().filter(|line| !line.starts_with("-----"));
    let base64: String = lines.flat_map(str::split_whitespace).collect();
    BASE64.decode(base64.as_bytes()).ok()
}

/// The meaning of a failure for a sign-in: by its name, and where that is none of these by its number.
fn sort(failure: &Failure) -> CodeExchangeError {
    let Failure::Named { number, name } = failure else {
        return CodeExchangeError::Unavailable;
    };
    match (name.as_str(), *number) {
        // "The code is wrong, used or expired"; "the app is not the one that the code is for", which is the program's
        // on the phone.
        ("isv.code-invalid" | "isv.unmatched-app-id", _) => CodeExchangeError::InvalidCode,
        // "Too many calls", of the app.
        ("isv.app-call-limited" | "isp.call-limited", _) | (_, 40005) => {
            CodeExchangeError::MINUTE_QUOTA
        }
        // 20001: not authorised; 40001 and 40002: a parameter is missing or wrong, of which the signature, the app id
        // and the timestamp (this machine's clock) are some; 40003 and 40006: the app may not make this call.
        (_, errcode @ (20001 | 40001 | 40002 | 40003 | 40006)) => {
            CodeExchangeError::Misconfigured { errcode }
        }
        // 20000, isp.unknow-error and aop.unknow-error: try later, which does not say that the code is still good.
        _ => CodeExchangeError::Unavailable,
    }
}

/// Reads the body of an answer that `public_key` has signed.
fn parse_answer(answer: &[u8], public_key: &[u8]) -> Result<Account, Failure> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        /// As text: its very bytes are signed.
        #[serde(borrow)]
        alipay_system_oauth_token_response: Option<&'a RawValue>,
        #[serde(borrow)]
        error_response: Option<&'a RawValue>,
        #[serde(borrow)]
        sign: Option<Cow<'a, str>>,
    }

    let answer: Answer<'_> =
        serde_json::from_slice(answer).map_err(|_| Failure::AnswerUnreadable)?;
    // Errors are not always signed: the platform cannot sign for an app that it does not know. A forged one lets nobody
    // in.
    if let Some(error) = answer.error_response {
        return Err(parse_token(error)?.refusal());
    }
    let Some(response) = answer.alipay_system_oauth_token_response else {
        return Err(Failure::AnswerIncomplete);
    };
    let token = parse_token(response)?;
    if token.is_refusal() {
        return Err(token.refusal());
    }
    let signature = answer.sign.unwrap_or_default();
    let signature = BASE64.decode(signature.as_bytes());
    let signature = signature.map_err(|_| Failure::Untrusted("its signature is none"))?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key)
        .verify(response.get().as_bytes(), &signature)
        .map_err(|_| Failure::Untrusted("its signature is not the platform's"))?;
    token.account()
}

/// The fields we want of a response; tokens are skipped by the parser.
#[derive(Deserialize)]
struct Token {
    code: Option<String>,
    sub_code: Option<String>,
    open_id: Option<PlatformId>,
    user_id: Option<PlatformId>,
}

fn parse_token(response: &RawValue) -> Result<Token, Failure> {
    serde_json::from_str(response.get()).map_err(|_| Failure::AnswerUnreadable)
}

impl Token {
    fn is_refusal(&self) -> bool {
        self.sub_code.is_some() || self.code.as_deref().is_some_and(|code| code != SUCCESS)
    }

    fn refusal(&self) -> Failure {
        let number = self.code.as_deref().and_then(|code| code.parse().ok());
        let name = self.sub_code.as_deref().unwrap_or_default();
        Failure::named(number.unwrap_or_default(), name)
    }

    /// The account, by the newer of the names.
    fn account(self) -> Result<Account, Failure> {
        let named = |field: &str, id: Option<PlatformId>| {
            let id = id.filter(|id| !id.0.is_empty())?;
            Some(PlatformId(format!("{field}:{}", id.0)))
        };
        let openid = named("open_id", self.open_id).or_else(|| named("user_id", self.user_id));
        Ok(Account {
            openid: openid.ok_or(Failure::AnswerIncomplete)?,
            unionid: None,
        })
    }
}

#[cfg(test)]
mod tests;
