//! The settings of the captcha that voters of the mini-program are challenged with: all of them, or none.

use std::time::Duration;

use clap::Args;

use super::address::check_address;
use super::given::{given, given_secret, pair};
use super::{ConfigError, wrong};
use crate::auth::platform::captcha::{Captcha, CaptchaConfig};
use crate::auth::secret::Secret;

/// Calls at once: at 50 ms each, 640 solutions a second.
const CONCURRENCY_MAX: usize = 32;
/// Time of one call, and the longest wait for a turn: a voter waits for both.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Settings of the captcha.
#[derive(Debug, Clone, Args)]
#[allow(
    clippy::struct_field_names,
    reason = "their options are named after them"
)]
pub struct CaptchaSettings {
    /// The `CaptchaAppId` of a captcha of Tencent Cloud, made for mini-programs: voters who have nothing but the
    /// mini-program of `WeChat` solve it where others are challenged. The program needs the platform's plugin
    #[arg(long, env = "ACCLAIM_CAPTCHA_APP_ID")]
    captcha_app_id: Option<String>,
    /// Its `AppSecretKey`
    #[arg(long, env = "ACCLAIM_CAPTCHA_APP_SECRET_KEY", hide_env_values = true)]
    captcha_app_secret_key: Option<Secret>,
    /// The `SecretId` of an account there that may ask about solutions
    #[arg(long, env = "ACCLAIM_CAPTCHA_SECRET_ID")]
    captcha_secret_id: Option<String>,
    /// The account's `SecretKey`
    #[arg(long, env = "ACCLAIM_CAPTCHA_SECRET_KEY", hide_env_values = true)]
    captcha_secret_key: Option<Secret>,
    /// Address of the captcha's service
    #[arg(
        long,
        env = "ACCLAIM_CAPTCHA_BASE_URL",
        default_value = "https://captcha.tencentcloudapi.com"
    )]
    captcha_base_url: String,
}

impl CaptchaSettings {
    /// The client of the service, where it is set up.
    pub(super) fn captcha(&self) -> Result<Option<Captcha>, ConfigError> {
        let [app, app_secret, id, secret] = [
            "ACCLAIM_CAPTCHA_APP_ID",
            "ACCLAIM_CAPTCHA_APP_SECRET_KEY",
            "ACCLAIM_CAPTCHA_SECRET_ID",
            "ACCLAIM_CAPTCHA_SECRET_KEY",
        ];
        let own = pair(
            [app, app_secret],
            given(self.captcha_app_id.as_ref()),
            given_secret(self.captcha_app_secret_key.as_ref()),
        )?;
        let account = pair(
            [id, secret],
            given(self.captcha_secret_id.as_ref()),
            given_secret(self.captcha_secret_key.as_ref()),
        )?;
        let Some((own, (secret_id, secret_key))) = pair([app, id], own, account)? else {
            return Ok(None);
        };
        let (app_id, app_secret_key) = own;
        let app_id = app_id
            .parse()
            .map_err(|_| wrong(app)("must be a number, as the console has it".into()))?;
        let setting = "ACCLAIM_CAPTCHA_BASE_URL";
        let config = CaptchaConfig {
            app_id,
            app_secret_key,
            secret_id,
            secret_key,
            base_url: check_address(setting, &self.captcha_base_url)?,
            concurrency_max: CONCURRENCY_MAX,
            timeout: TIMEOUT,
        };
        let client = Captcha::new(config);
        client
            .map(Some)
            .map_err(|error| wrong(setting)(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Program {
        #[command(flatten)]
        settings: CaptchaSettings,
    }

    const ALL: [&str; 4] = [
        "--captcha-app-id=199999164",
        "--captcha-app-secret-key=hunter2",
        "--captcha-secret-id=AKID1",
        "--captcha-secret-key=hunter2",
    ];

    fn captcha<'a>(options: impl IntoIterator<Item = &'a str>) -> Result<Option<u64>, String> {
        let program = Program::parse_from(["acclaim"].into_iter().chain(options));
        let captcha = program.settings.captcha();
        let captcha = captcha.map_err(|error| error.to_string())?;
        Ok(captcha.map(|captcha| captcha.app_id()))
    }

    #[test]
    fn all_settings_are_there_or_none() {
        assert_eq!(captcha([]), Ok(None));
        assert_eq!(captcha(["--captcha-app-id="]), Ok(None));
        assert_eq!(captcha(ALL), Ok(Some(199_999_164)));
        for some in 1..15 {
            let is_there = |n: usize| some & (1 << n) != 0;
            let options = (0..4).filter(|n| is_there(*n)).map(|n| ALL[n]);
            let said = captcha(options).expect_err("some are missing");
            let names = ["APP_ID", "APP_SECRET_KEY", "SECRET_ID", "SECRET_KEY"];
            let (missing, there) = said
                .split_once(" must be set, as ")
                .expect("what is missing");
            let index = |text: &str| {
                let name = text.strip_prefix("ACCLAIM_CAPTCHA_").unwrap_or_default();
                names.iter().position(|known| *known == name)
            };
            assert!(index(missing).is_some_and(|n| !is_there(n)), "{said}");
            let there = there.strip_suffix(" is").expect("what is there");
            assert!(index(there).is_some_and(is_there), "{said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn an_id_is_a_number_and_secrets_are_sent_encrypted_only() {
        for (option, setting, words) in [
            (
                "--captcha-app-id=wx1",
                "ACCLAIM_CAPTCHA_APP_ID",
                "must be a number",
            ),
            (
                "--captcha-base-url=http://captcha.example",
                "ACCLAIM_CAPTCHA_BASE_URL",
                "https://",
            ),
            (
                "--captcha-base-url=https://",
                "ACCLAIM_CAPTCHA_BASE_URL",
                "https://",
            ),
        ] {
            let others = ALL.into_iter();
            let others = others.filter(|other| {
                other.split_once('=').map(|o| o.0) != option.split_once('=').map(|o| o.0)
            });
            let said = captcha(others.chain([option])).expect_err("it cannot be used");
            assert!(said.starts_with(setting) && said.contains(words), "{said}");
        }
    }
}
