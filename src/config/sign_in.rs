//! The settings of the platforms that people sign in with. Each is set up by two or three settings that go together.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::address::check_address;
use super::captcha::CaptchaSettings;
use super::given::{given, given_secret, must_be_set, pair};
use super::{ConfigError, wrong};
use crate::auth::platform::alipay::{Alipay, AlipayConfig, AlipayConfigError};
use crate::auth::platform::douyin::{Douyin, DouyinConfig};
use crate::auth::platform::official_account::{OfficialAccount, OfficialAccountConfig, WebScope};
use crate::auth::platform::oidc::{Oidc, OidcConfig};
use crate::auth::platform::sms::{Sms, SmsConfig, SmsConfigError};
use crate::auth::platform::{Platforms, WeChat, WeChatConfig};
use crate::auth::secret::Secret;

/// Calls to a platform at once: at 100 ms each, 160 sign-ins a second.
const PLATFORM_CONCURRENCY_MAX: usize = 16;
/// Time of one call to a platform.
const PLATFORM_TIMEOUT: Duration = Duration::from_secs(3);

/// Settings of the platforms.
#[derive(Debug, Clone, Args)]
pub struct SignInSettings {
    /// The mini-program's `AppID`
    #[arg(long, env = "ACCLAIM_WECHAT_APP_ID", requires = "wechat_secret")]
    pub wechat_app_id: Option<String>,
    /// The mini-program's `AppSecret`
    #[arg(
        long,
        env = "ACCLAIM_WECHAT_SECRET",
        hide_env_values = true,
        requires = "wechat_app_id"
    )]
    pub wechat_secret: Option<Secret>,
    /// Address of the platform
    #[arg(
        long,
        env = "ACCLAIM_WECHAT_BASE_URL",
        default_value = "https://api.weixin.qq.com"
    )]
    pub wechat_base_url: String,
    /// Page of the mini-program that the code on a nominee's poster opens, with `c=` slug `&n=` number as its scene
    #[arg(
        long,
        env = "ACCLAIM_WECHAT_CODE_PAGE",
        default_value = "pages/nominee/nominee"
    )]
    pub wechat_code_page: String,
    /// An openid of the mini-program's, with which the platform checks the texts of stories: of somebody who opens the
    /// mini-program every two hours. Without one they are shown as not checked
    #[arg(
        long,
        env = "ACCLAIM_WECHAT_CHECK_OPENID",
        hide_env_values = true,
        requires = "wechat_app_id"
    )]
    pub wechat_check_openid: Option<Secret>,
    /// Ask the platform at each sign-in in the mini-program, at most once a day for a voter, how likely the account is
    /// abused. It gets the openid and the network address; the mini-program needs its right to `getUserRiskRank`
    #[arg(
        long,
        env = "ACCLAIM_WECHAT_RISK_RANK",
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    wechat_risk_rank: bool,
    /// The `AppID` of the official account that people sign in with on web pages inside WeChat
    #[arg(long, env = "ACCLAIM_WECHAT_WEB_APP_ID")]
    wechat_web_app_id: Option<String>,
    /// Its `AppSecret`
    #[arg(long, env = "ACCLAIM_WECHAT_WEB_APP_SECRET", hide_env_values = true)]
    wechat_web_app_secret: Option<Secret>,
    /// Address of the platform for official accounts
    #[arg(
        long,
        env = "ACCLAIM_WECHAT_WEB_BASE_URL",
        default_value = "https://api.weixin.qq.com"
    )]
    wechat_web_base_url: String,
    /// Address that browsers are sent to for signing in with the official account
    #[arg(
        long,
        env = "ACCLAIM_WECHAT_WEB_AUTHORIZE_URL",
        default_value = "https://open.weixin.qq.com"
    )]
    wechat_web_authorize_url: String,
    /// How much a sign-in with the official account asks: `snsapi_userinfo` gives the name that mini-program and page
    /// share for everybody, and asks people to agree
    #[arg(
        long,
        env = "ACCLAIM_WECHAT_WEB_SCOPE",
        value_enum,
        default_value = "snsapi_base"
    )]
    wechat_web_scope: WebScope,
    /// The id of the Douyin mini-program
    #[arg(long, env = "ACCLAIM_DOUYIN_APP_ID")]
    douyin_app_id: Option<String>,
    /// Its secret
    #[arg(long, env = "ACCLAIM_DOUYIN_APP_SECRET", hide_env_values = true)]
    douyin_app_secret: Option<Secret>,
    /// Address of Douyin
    #[arg(
        long,
        env = "ACCLAIM_DOUYIN_BASE_URL",
        default_value = "https://developer.toutiao.com"
    )]
    douyin_base_url: String,
    /// The id of the Alipay mini-program
    #[arg(long, env = "ACCLAIM_ALIPAY_APP_ID")]
    alipay_app_id: Option<String>,
    /// File with its private key: RSA in PKCS#8, as PEM or base64 alone
    #[arg(long, env = "ACCLAIM_ALIPAY_PRIVATE_KEY_FILE")]
    alipay_private_key_file: Option<PathBuf>,
    /// File with Alipay's public key for it, as PEM or base64 alone
    #[arg(long, env = "ACCLAIM_ALIPAY_PUBLIC_KEY_FILE")]
    alipay_public_key_file: Option<PathBuf>,
    /// Address of Alipay
    #[arg(
        long,
        env = "ACCLAIM_ALIPAY_GATEWAY_URL",
        default_value = "https://openapi.alipay.com/gateway.do"
    )]
    alipay_gateway_url: String,
    /// Issuer of an `OpenID` Connect provider, exactly as it names itself: `https://sso.example.org/realms/vote`
    #[arg(long, env = "ACCLAIM_OIDC_ISSUER")]
    oidc_issuer: Option<String>,
    /// The id that this server has there
    #[arg(long, env = "ACCLAIM_OIDC_CLIENT_ID")]
    oidc_client_id: Option<String>,
    /// The secret that this server has there; leave it out for a public client
    #[arg(long, env = "ACCLAIM_OIDC_CLIENT_SECRET", hide_env_values = true)]
    oidc_client_secret: Option<Secret>,
    /// Words on its button: `Photographers' Association`; without them, the host of the issuer
    #[arg(long, env = "ACCLAIM_OIDC_NAME")]
    oidc_name: Option<String>,
    /// Address that codes for telephones are handed to, to be sent as text messages: `https://sms.example.org/codes`
    #[arg(long, env = "ACCLAIM_SMS_WEBHOOK_URL", hide_env_values = true)]
    sms_webhook_url: Option<String>,
    /// The secret that this is signed with: `whsec_` and the base64 of at least 24 random bytes
    #[arg(long, env = "ACCLAIM_SMS_WEBHOOK_SECRET", hide_env_values = true)]
    sms_webhook_secret: Option<Secret>,
    /// Text that the webhook gets with each code, to know what message to write
    #[arg(long, env = "ACCLAIM_SMS_TEMPLATE", default_value = "sign-in")]
    sms_template: String,
    /// Most codes in a day, of all numbers together; days begin at midnight, UTC
    #[arg(
        long,
        env = "ACCLAIM_SMS_PER_DAY",
        default_value_t = 20_000,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    sms_per_day: u32,
    /// The captcha of the mini-program.
    #[command(flatten)]
    captcha: CaptchaSettings,
}

impl SignInSettings {
    /// The clients of the platforms that are set up. Those that browsers are led to lead back to `public_url`.
    ///
    /// # Errors
    /// When a setting is missing that goes with one that is there, or one cannot be used.
    pub fn platforms(&self, public_url: Option<&str>) -> Result<Platforms, ConfigError> {
        let platforms = Platforms {
            wechat: self.wechat()?,
            official_account: self.official_account()?,
            douyin: self.douyin()?,
            alipay: self.alipay()?,
            oidc: self.oidc()?,
            sms: self.sms()?,
            captcha: self.captcha.captcha()?,
        };
        let leads_back = if platforms.official_account.is_some() {
            Some("ACCLAIM_WECHAT_WEB_APP_ID")
        } else {
            platforms.oidc.as_ref().map(|_| "ACCLAIM_OIDC_ISSUER")
        };
        match (public_url, leads_back) {
            (None, Some(there)) => Err(must_be_set("ACCLAIM_PUBLIC_URL", there)),
            _ => Ok(platforms),
        }
    }

    fn wechat(&self) -> Result<Option<WeChat>, ConfigError> {
        let (Some(app_id), Some(secret)) = (&self.wechat_app_id, &self.wechat_secret) else {
            return if self.wechat_risk_rank {
                let missing = ["ACCLAIM_WECHAT_APP_ID", "ACCLAIM_WECHAT_RISK_RANK"];
                Err(must_be_set(missing[0], missing[1]))
            } else {
                Ok(None)
            };
        };
        let setting = "ACCLAIM_WECHAT_BASE_URL";
        let config = WeChatConfig {
            app_id: app_id.clone(),
            secret: secret.clone(),
            base_url: check_address(setting, &self.wechat_base_url)?,
            concurrency_max: PLATFORM_CONCURRENCY_MAX,
            timeout: PLATFORM_TIMEOUT,
            checker_openid: self.wechat_check_openid.clone(),
            asks_for_risk: self.wechat_risk_rank,
        };
        WeChat::new(config).map(Some).map_err(no_address(setting))
    }

    fn official_account(&self) -> Result<Option<OfficialAccount>, ConfigError> {
        let names = ["ACCLAIM_WECHAT_WEB_APP_ID", "ACCLAIM_WECHAT_WEB_APP_SECRET"];
        let id = given(self.wechat_web_app_id.as_ref());
        let secret = given_secret(self.wechat_web_app_secret.as_ref());
        let Some((app_id, secret)) = pair(names, id, secret)? else {
            return Ok(None);
        };
        let setting = "ACCLAIM_WECHAT_WEB_BASE_URL";
        let config = OfficialAccountConfig {
            app_id,
            secret,
            base_url: check_address(setting, &self.wechat_web_base_url)?,
            authorize_url: check_address(
                "ACCLAIM_WECHAT_WEB_AUTHORIZE_URL",
                &self.wechat_web_authorize_url,
            )?,
            scope: self.wechat_web_scope,
            concurrency_max: PLATFORM_CONCURRENCY_MAX,
            timeout: PLATFORM_TIMEOUT,
        };
        let client = OfficialAccount::new(config);
        client.map(Some).map_err(no_address(setting))
    }

    fn douyin(&self) -> Result<Option<Douyin>, ConfigError> {
        let names = ["ACCLAIM_DOUYIN_APP_ID", "ACCLAIM_DOUYIN_APP_SECRET"];
        let id = given(self.douyin_app_id.as_ref());
        let secret = given_secret(self.douyin_app_secret.as_ref());
        let Some((app_id, secret)) = pair(names, id, secret)? else {
            return Ok(None);
        };
        let setting = "ACCLAIM_DOUYIN_BASE_URL";
        let config = DouyinConfig {
            app_id,
            secret,
            base_url: check_address(setting, &self.douyin_base_url)?,
            concurrency_max: PLATFORM_CONCURRENCY_MAX,
            timeout: PLATFORM_TIMEOUT,
        };
        Douyin::new(config).map(Some).map_err(no_address(setting))
    }

    fn alipay(&self) -> Result<Option<Alipay>, ConfigError> {
        let [app, private, public] = [
            "ACCLAIM_ALIPAY_APP_ID",
            "ACCLAIM_ALIPAY_PRIVATE_KEY_FILE",
            "ACCLAIM_ALIPAY_PUBLIC_KEY_FILE",
        ];
        let id = given(self.alipay_app_id.as_ref());
        let private_file = self.alipay_private_key_file.clone();
        let public_file = self.alipay_public_key_file.clone();
        let keys = pair([private, public], private_file, public_file)?;
        let Some((app_id, (private_file, public_file))) = pair([app, private], id, keys)? else {
            return Ok(None);
        };
        let setting = "ACCLAIM_ALIPAY_GATEWAY_URL";
        let config = AlipayConfig {
            app_id,
            private_key: read_file(private, &private_file)?.into(),
            public_key: read_file(public, &public_file)?,
            gateway_url: check_address(setting, &self.alipay_gateway_url)?,
            concurrency_max: PLATFORM_CONCURRENCY_MAX,
            timeout: PLATFORM_TIMEOUT,
        };
        Alipay::new(config).map(Some).map_err(|error| {
            let setting = match error {
                AlipayConfigError::PrivateKey => private,
                AlipayConfigError::PublicKey => public,
                AlipayConfigError::GatewayUrl(_) => setting,
            };
            wrong(setting)(error.to_string())
        })
    }

    fn oidc(&self) -> Result<Option<Oidc>, ConfigError> {
        let names = ["ACCLAIM_OIDC_ISSUER", "ACCLAIM_OIDC_CLIENT_ID"];
        let client_id = given(self.oidc_client_id.as_ref());
        let Some((issuer, client_id)) = pair(names, given(self.oidc_issuer.as_ref()), client_id)?
        else {
            let alone = given_secret(self.oidc_client_secret.as_ref());
            return pair([names[0], "ACCLAIM_OIDC_CLIENT_SECRET"], None::<()>, alone)
                .map(|_none| None);
        };
        let setting = names[0];
        let host = || {
            reqwest::Url::parse(&issuer)
                .ok()?
                .host_str()
                .map(str::to_owned)
        };
        let config = OidcConfig {
            name: given(self.oidc_name.as_ref())
                .or_else(host)
                .unwrap_or_default(),
            issuer: check_address(setting, &issuer)?,
            client_id,
            client_secret: given_secret(self.oidc_client_secret.as_ref()),
            concurrency_max: PLATFORM_CONCURRENCY_MAX,
            timeout: PLATFORM_TIMEOUT,
        };
        Oidc::new(config).map(Some).map_err(no_address(setting))
    }

    fn sms(&self) -> Result<Option<Sms>, ConfigError> {
        let names = ["ACCLAIM_SMS_WEBHOOK_URL", "ACCLAIM_SMS_WEBHOOK_SECRET"];
        let url = given(self.sms_webhook_url.as_ref());
        let secret = given_secret(self.sms_webhook_secret.as_ref());
        let Some((url, secret)) = pair(names, url, secret)? else {
            return Ok(None);
        };
        let config = SmsConfig {
            webhook_url: check_address(names[0], &url)?,
            secret,
            template: self.sms_template.clone(),
            per_day: self.sms_per_day,
            concurrency_max: PLATFORM_CONCURRENCY_MAX,
            timeout: PLATFORM_TIMEOUT,
        };
        Sms::new(config).map(Some).map_err(|error| {
            let setting = match error {
                SmsConfigError::WebhookUrl(_) => names[0],
                SmsConfigError::Secret => names[1],
            };
            wrong(setting)(error.to_string())
        })
    }
}

fn no_address(setting: &str) -> impl Fn(reqwest::Error) -> ConfigError {
    move |error| wrong(setting)(error.without_url().to_string())
}

fn read_file(setting: &str, path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| {
        let problem = format!("cannot be read ({}): {error}", path.display());
        wrong(setting)(problem)
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Program {
        #[command(flatten)]
        settings: SignInSettings,
    }

    fn platforms(options: &[&str]) -> Result<Platforms, String> {
        let program = Program::parse_from(["acclaim"].iter().chain(options));
        program
            .settings
            .platforms(Some("https://vote.example.org"))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_set_up_unless_it_is_said() {
        for options in [
            &[][..],
            &["--douyin-app-id=", "--douyin-app-secret="],
            &["--alipay-app-id="],
            &[
                "--oidc-issuer=",
                "--oidc-client-id=",
                "--oidc-client-secret=",
            ],
            &["--oidc-name=Association"],
            &["--sms-webhook-url=", "--sms-webhook-secret="],
            &["--sms-template=x", "--sms-per-day=1"],
        ] {
            let platforms = platforms(options).expect("no platform is fine");
            let is_none = platforms.wechat.is_none()
                && platforms.official_account.is_none()
                && platforms.douyin.is_none()
                && platforms.alipay.is_none()
                && platforms.oidc.is_none()
                && platforms.sms.is_none();
            assert!(is_none, "{options:?}");
        }
    }

    #[test]
    fn platforms_are_set_up_by_what_goes_together() {
        let platforms = platforms(&[
            "--wechat-web-app-id=wx2",
            "--wechat-web-app-secret=hunter2",
            "--douyin-app-id=tt1",
            "--douyin-app-secret=hunter2",
            "--oidc-issuer=https://sso.example.org/realms/vote",
            "--oidc-client-id=vote",
        ])
        .expect("good settings");
        let official_account = platforms
            .official_account
            .as_ref()
            .map(OfficialAccount::app_id);
        assert_eq!(official_account, Some("wx2"));
        assert_eq!(platforms.douyin.as_ref().map(Douyin::app_id), Some("tt1"));
        let oidc = platforms.oidc.as_ref().expect("a provider");
        assert_eq!(oidc.issuer(), "https://sso.example.org/realms/vote");
        assert_eq!(oidc.name(), "sso.example.org");
        let shown = format!("{platforms:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn ranks_of_risk_are_asked_for_where_it_is_said() {
        let app = ["--wechat-app-id=wx1", "--wechat-secret=hunter2"];
        let asks = |options: &[&str]| {
            let wechat = platforms(options)?.wechat;
            Ok(wechat.map(|wechat| wechat.asks_for_risk()))
        };
        assert_eq!(asks(&app), Ok(Some(false)));
        let [id, secret] = app;
        assert_eq!(asks(&[id, secret, "--wechat-risk-rank"]), Ok(Some(true)));
        let missing = "ACCLAIM_WECHAT_APP_ID must be set, as ACCLAIM_WECHAT_RISK_RANK is";
        assert_eq!(asks(&["--wechat-risk-rank"]), Err(missing.to_owned()));
    }

    #[test]
    fn the_missing_half_is_named() {
        for (options, missing, there) in [
            (
                "--wechat-web-app-id=1",
                "WECHAT_WEB_APP_SECRET",
                "WECHAT_WEB_APP_ID",
            ),
            (
                "--wechat-web-app-secret=1",
                "WECHAT_WEB_APP_ID",
                "WECHAT_WEB_APP_SECRET",
            ),
            ("--douyin-app-id=1", "DOUYIN_APP_SECRET", "DOUYIN_APP_ID"),
            (
                "--douyin-app-id=1 --douyin-app-secret=",
                "DOUYIN_APP_SECRET",
                "DOUYIN_APP_ID",
            ),
            (
                "--douyin-app-secret=1",
                "DOUYIN_APP_ID",
                "DOUYIN_APP_SECRET",
            ),
            (
                "--alipay-app-id=1",
                "ALIPAY_PRIVATE_KEY_FILE",
                "ALIPAY_APP_ID",
            ),
            (
                "--alipay-private-key-file=1",
                "ALIPAY_PUBLIC_KEY_FILE",
                "ALIPAY_PRIVATE_KEY_FILE",
            ),
            (
                "--alipay-public-key-file=1",
                "ALIPAY_PRIVATE_KEY_FILE",
                "ALIPAY_PUBLIC_KEY_FILE",
            ),
            (
                "--alipay-private-key-file=1 --alipay-public-key-file=1",
                "ALIPAY_APP_ID",
                "ALIPAY_PRIVATE_KEY_FILE",
            ),
            ("--oidc-issuer=https://a", "OIDC_CLIENT_ID", "OIDC_ISSUER"),
            ("--oidc-client-id=1", "OIDC_ISSUER", "OIDC_CLIENT_ID"),
            (
                "--oidc-client-secret=1",
                "OIDC_ISSUER",
                "OIDC_CLIENT_SECRET",
            ),
        ] {
            let split: Vec<&str> = options.split(' ').collect();
            let said = platforms(&split).expect_err("half a pair");
            let expected = format!("ACCLAIM_{missing} must be set, as ACCLAIM_{there} is");
            assert_eq!(said, expected, "{options}");
        }
    }

    #[test]
    fn a_site_that_leads_back_needs_an_address_to_lead_to() {
        for (options, there) in [
            (
                ["--wechat-web-app-id=1", "--wechat-web-app-secret=1"],
                "WECHAT_WEB_APP_ID",
            ),
            (
                [
                    "--oidc-issuer=https://sso.example.org",
                    "--oidc-client-id=1",
                ],
                "OIDC_ISSUER",
            ),
        ] {
            let program = Program::parse_from(["acclaim"].iter().chain(&options));
            let error = program
                .settings
                .platforms(None)
                .map(|_| ())
                .map_err(|e| e.to_string());
            let expected = format!("ACCLAIM_PUBLIC_URL must be set, as ACCLAIM_{there} is");
            assert_eq!(error, Err(expected));
        }
        let program =
            Program::parse_from(["acclaim", "--douyin-app-id=1", "--douyin-app-secret=1"]);
        assert!(program.settings.platforms(None).is_ok());
    }

    #[test]
    fn secrets_are_sent_encrypted_only() {
        let wechat_web = ["--wechat-web-app-id=1", "--wechat-web-app-secret=1"];
        let douyin = ["--douyin-app-id=1", "--douyin-app-secret=1"];
        for (options, url, setting) in [
            (
                wechat_web,
                "--wechat-web-base-url=http://a",
                "ACCLAIM_WECHAT_WEB_BASE_URL",
            ),
            (
                wechat_web,
                "--wechat-web-authorize-url=http://a",
                "ACCLAIM_WECHAT_WEB_AUTHORIZE_URL",
            ),
            (
                douyin,
                "--douyin-base-url=http://a",
                "ACCLAIM_DOUYIN_BASE_URL",
            ),
            (
                ["--sms-webhook-secret=1", "--sms-per-day=1"],
                "--sms-webhook-url=http://a",
                "ACCLAIM_SMS_WEBHOOK_URL",
            ),
            (
                ["--oidc-client-id=1"; 2],
                "--oidc-issuer=http://a",
                "ACCLAIM_OIDC_ISSUER",
            ),
        ] {
            let options = if setting == "ACCLAIM_OIDC_ISSUER" {
                &options[..1]
            } else {
                &options[..]
            };
            let options: Vec<&str> = options.iter().copied().chain([url]).collect();
            let said = platforms(&options).expect_err("it is not encrypted");
            assert!(
                said.starts_with(setting) && said.contains("https://"),
                "{said}"
            );
        }
    }

    #[test]
    fn messages_are_sent_through_a_webhook_with_a_good_secret() {
        let secret = "--sms-webhook-secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let good = ["--sms-webhook-url=https://sms.example.org/codes", secret];
        let sms = platforms(&good).expect("good settings").sms;
        assert_eq!(sms.map(|sms| sms.per_day()), Some(20_000));
        let said = platforms(&[good[0], "--sms-webhook-secret=hunter2"]);
        let said = said.expect_err("it is too short");
        assert!(
            said.starts_with("ACCLAIM_SMS_WEBHOOK_SECRET must be whsec_"),
            "{said}"
        );
        assert!(!said.contains("hunter2"), "{said}");
        let [url, of_it] = ["ACCLAIM_SMS_WEBHOOK_URL", "ACCLAIM_SMS_WEBHOOK_SECRET"];
        for (option, missing, there) in [(good[0], of_it, url), (secret, url, of_it)] {
            let said = platforms(&[option]).expect_err("half a pair");
            assert_eq!(said, format!("{missing} must be set, as {there} is"));
        }
        let none = ["acclaim", "--sms-per-day=0"];
        assert!(Program::try_parse_from(none).is_err(), "nobody gets a code");
    }

    #[test]
    fn a_key_file_that_cannot_be_used_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("key.pem");
        std::fs::write(&file, "no key").expect("written");
        let file = file.display();
        let said = platforms(&[
            "--alipay-app-id=1",
            &format!("--alipay-private-key-file={file}"),
            &format!("--alipay-public-key-file={file}"),
        ]);
        let said = said.expect_err("it is no key");
        assert!(
            said.starts_with("ACCLAIM_ALIPAY_PRIVATE_KEY_FILE has no RSA key"),
            "{said}"
        );
        let said = platforms(&[
            "--alipay-app-id=1",
            "--alipay-private-key-file=/nowhere/private.pem",
            &format!("--alipay-public-key-file={file}"),
        ]);
        let said = said.expect_err("it is not there");
        assert!(
            said.starts_with("ACCLAIM_ALIPAY_PRIVATE_KEY_FILE cannot be read (/nowhere"),
            "{said}"
        );
    }
}
