//! The journey by all ways in but those of the mini-program of `WeChat`: its phone button, the other mini-programs, the
//! sites that one is led over, and telephone numbers.

use std::path::Path;
use std::time::Duration;

use acclaim::auth::platform::Platforms;
use acclaim::clock::Clock;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::{Value, json};

use super::Journey;
use crate::fake_platforms::alipay::FakeAlipay;
use crate::fake_platforms::douyin::FakeDouyin;
use crate::fake_platforms::official_account::FakeOfficialAccount;
use crate::fake_platforms::oidc::{FakeOidc, OidcFault};
use crate::fake_platforms::sms::{FakeSms, SmsFault};
use crate::fake_platforms::visit;
use crate::harness::refusal;
use crate::log_watch::WATCH;
use crate::sign_in::operation;

/// The messages on the way.
pub const LOGGED: &[&str] = &[
    "Douyin refused a login code",
    "Alipay refused a login code",
    "WeChat's official account refused a login code",
    "The OpenID provider gave no usable answer to a login code",
    "WeChat's phone button refused a login code",
    "the SMS webhook did not take a code",
];

/// The place of the pages that sites lead back to.
pub const PUBLIC_URL: &str = "https://vote.example";

/// The stand-ins.
pub struct Sites {
    douyin: FakeDouyin,
    alipay: FakeAlipay,
    account: FakeOfficialAccount,
    oidc: FakeOidc,
    sms: FakeSms,
}

impl Sites {
    pub async fn start(clock: &Clock) -> Self {
        Self {
            douyin: FakeDouyin::start().await,
            alipay: FakeAlipay::start().await,
            account: FakeOfficialAccount::start().await,
            oidc: FakeOidc::start(clock.clone()).await,
            sms: FakeSms::start(clock.clone()).await,
        }
    }

    /// Sets a server in this process up for them.
    pub fn set_up(&self, platforms: &mut Platforms) {
        let (calls, time) = (4, Duration::from_secs(10));
        platforms.douyin = Some(self.douyin.client(calls, time));
        platforms.alipay = Some(self.alipay.client(calls, time));
        platforms.official_account = Some(self.account.client(calls, time));
        platforms.oidc = Some(self.oidc.client(calls, time));
        platforms.sms = Some(self.sms.client(calls, time));
    }

    /// The settings of the program for them; keys are files of this folder.
    pub fn settings(&self, folder: &Path) -> Vec<(&'static str, String)> {
        let file = |name: &str, text: String| {
            let path = folder.join(name);
            std::fs::write(&path, text).expect("a file");
            path.display().to_string()
        };
        let private = file("alipay-private.pem", FakeAlipay::app_private_key());
        let public = file("alipay-public.pem", FakeAlipay::public_key());
        vec![
            ("ACCLAIM_PUBLIC_URL", PUBLIC_URL.to_owned()),
            ("ACCLAIM_DOUYIN_APP_ID", FakeDouyin::APP_ID.to_owned()),
            ("ACCLAIM_DOUYIN_APP_SECRET", FakeDouyin::SECRET.to_owned()),
            (
                "ACCLAIM_DOUYIN_BASE_URL",
                self.douyin.stand.base_url.clone(),
            ),
            ("ACCLAIM_ALIPAY_APP_ID", FakeAlipay::APP_ID.to_owned()),
            ("ACCLAIM_ALIPAY_PRIVATE_KEY_FILE", private),
            ("ACCLAIM_ALIPAY_PUBLIC_KEY_FILE", public),
            ("ACCLAIM_ALIPAY_GATEWAY_URL", self.alipay.gateway_url()),
            (
                "ACCLAIM_WECHAT_WEB_APP_ID",
                FakeOfficialAccount::APP_ID.to_owned(),
            ),
            (
                "ACCLAIM_WECHAT_WEB_APP_SECRET",
                FakeOfficialAccount::SECRET.to_owned(),
            ),
            (
                "ACCLAIM_WECHAT_WEB_BASE_URL",
                self.account.stand.base_url.clone(),
            ),
            (
                "ACCLAIM_WECHAT_WEB_AUTHORIZE_URL",
                self.account.stand.base_url.clone(),
            ),
            ("ACCLAIM_OIDC_ISSUER", self.oidc.issuer()),
            ("ACCLAIM_OIDC_CLIENT_ID", FakeOidc::CLIENT_ID.to_owned()),
            ("ACCLAIM_OIDC_CLIENT_SECRET", FakeOidc::SECRET.to_owned()),
            ("ACCLAIM_SMS_WEBHOOK_URL", self.sms.url()),
            ("ACCLAIM_SMS_WEBHOOK_SECRET", FakeSms::secret()),
        ]
    }
}

impl Journey {
    /// Goes all of these ways, and fails on each.
    pub async fn other_ways(&self, sites: &Sites) {
        self.mini_programs().await;
        self.redirects(sites).await;
        self.phone(sites).await;
        self.phone_button().await;
    }

    async fn mini_programs(&self) {
        for platform in ["DOUYIN", "ALIPAY"] {
            for (behaviour, expected) in [
                ("ok", None),
                ("bad", Some("INVALID_CODE")),
                ("wrongtype", Some("PLATFORM_UNAVAILABLE")),
                ("garbage", Some("PLATFORM_UNAVAILABLE")),
            ] {
                let code = format!("{behaviour}-code-of-lin");
                let input = json!({"platform": platform, "code": code});
                let payload = self.run("signInMiniProgram", input).await;
                assert_eq!(
                    refusal(&payload),
                    expected,
                    "{platform} {behaviour}: {payload}"
                );
            }
        }
    }

    async fn redirects(&self, sites: &Sites) {
        for (way, person, expected) in [
            ("wechat", "ok-code-of-lin", None),
            ("wechat", "bad-code-of-lin", Some("INVALID_CODE")),
            ("wechat", "snapshot-code-of-lin", Some("SNAPSHOT_USER")),
            (
                "wechat",
                "wrongtype-code-of-lin",
                Some("PLATFORM_UNAVAILABLE"),
            ),
            ("oidc", "ok-code-of-lin", None),
            ("oidc", "garbage-code-of-lin", Some("PLATFORM_UNAVAILABLE")),
        ] {
            self.redirect(way, person, expected).await;
        }
        sites.oidc.set_fault(Some(OidcFault::Altered));
        let refused = Some("PLATFORM_UNAVAILABLE");
        self.redirect("oidc", "ok-code-of-wen", refused).await;
    }

    /// Goes to a site as this person and comes back, without the cookie at first.
    async fn redirect(&self, way: &str, person: &str, expected: Option<&str>) {
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let browser = browser.build().expect("a browser");
        let get = async |path: &str, cookie: &str| {
            let request = browser.get(format!("http://{}{path}", self.address));
            let answer = request.header(COOKIE, cookie).send().await;
            let answer = answer.expect("an answer");
            let header = |name| {
                let value = answer.headers().get(name)?;
                value.to_str().ok().map(str::to_owned)
            };
            (header(LOCATION).expect("an address"), header(SET_COOKIE))
        };
        let (site, cookie) = get(&format!("/sign-in/{way}?back=%2Fc%2Ffair"), "").await;
        let cookie = cookie.expect("a cookie");
        let cookie = cookie.split(';').next().expect("its value");
        let back = visit(&site, person).await;
        for secret in [cookie, &back.state] {
            WATCH.forbid(secret);
        }
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &back.code)
            .append_pair("state", &back.state)
            .finish();
        let path = format!("/sign-in/{way}/callback?{query}");
        get(&path, "").await;
        let (location, _) = get(&path, cookie).await;
        let (_, outcome) = location.split_once('#').expect("an outcome");
        if let Some(code) = outcome.strip_prefix("hand-over=") {
            assert_eq!(expected, None, "{way} {person}");
            WATCH.forbid(code);
            let payload = self.run("redeemHandOver", json!({"code": code})).await;
            assert_eq!(refusal(&payload), None);
        } else {
            assert_eq!(outcome.strip_prefix("sign-in="), expected, "{way} {person}");
        }
    }

    async fn request_code(&self, phone: &str) -> Value {
        let query = "mutation($input: RequestPhoneCodeInput!) { requestPhoneCode(input: $input) {
            expiresAt userErrors { code message } } }";
        let variables = json!({"input": {"phone": phone}});
        let mut answer = self.client.send(query, variables).await;
        answer["data"]["requestPhoneCode"].take()
    }

    async fn phone(&self, sites: &Sites) {
        for (number, fault, expected) in [
            ("139 5768 2401", None, None),
            ("+8613957682401", None, Some("TOO_MANY_CODES")),
            ("+8613957682401395", None, Some("INVALID_PHONE")),
            (
                "13957682402",
                Some(SmsFault::Status(500)),
                Some("PLATFORM_UNAVAILABLE"),
            ),
            (
                "13957682403",
                Some(SmsFault::Status(429)),
                Some("PLATFORM_BUSY"),
            ),
            (
                "13957682404",
                Some(SmsFault::HangUp),
                Some("PLATFORM_UNAVAILABLE"),
            ),
        ] {
            sites.sms.set_fault(fault);
            let payload = self.request_code(number).await;
            assert_eq!(refusal(&payload), expected, "{number}: {payload}");
        }
        sites.sms.set_fault(None);
        let code = sites.sms.code_of("+8613957682401");
        for (number, code, expected) in [
            ("13957682401", "code-of-lin", Some("INVALID_CODE")),
            ("13957682402", &code, Some("INVALID_CODE")),
            ("13957682401", &code, None),
            ("13957682401", &code, Some("INVALID_CODE")),
        ] {
            let input = json!({"phone": number, "code": code});
            let payload = self.run("signInPhone", input).await;
            assert_eq!(refusal(&payload), expected, "{payload}");
        }
        // Where they do not belong.
        for phone in ["\"13957682405\"", "[\"13957682405\"]", "\"13957682405\" x"] {
            let query = format!(
                "mutation {{ requestPhoneCode(input: {{phone: {phone}}}) {{ expiresAt }} }}"
            );
            self.client.send(&query, json!({})).await;
        }
        let (query, _) = operation("signInPhone", json!({}));
        let variables = json!({"input": {"phone": ["13957682405"], "code": {"a": "code-of-lin"}}});
        self.client.send(&query, variables).await;
    }

    async fn phone_button(&self) {
        let voter = self.wechat("ok-code-of-mo").await;
        let token = voter["session"]["accessToken"].as_str().expect("a token");
        let voter = self.client.with_token(token);
        for (behaviour, expected) in [
            ("ok", None),
            ("bad", Some("INVALID_CODE")),
            ("otherapp", Some("PLATFORM_UNAVAILABLE")),
            ("wrongtype", Some("PLATFORM_UNAVAILABLE")),
            ("errcode40013", Some("PLATFORM_UNAVAILABLE")),
            ("garbage", Some("PLATFORM_UNAVAILABLE")),
        ] {
            let code = format!("{behaviour}-13957682406");
            let input = json!({"platform": "WECHAT", "code": code});
            let (query, variables) = operation("signInMiniProgramPhone", input);
            let answer = voter.send(&query, variables).await;
            let payload = &answer["data"]["signInMiniProgramPhone"];
            assert_eq!(refusal(payload), expected, "{behaviour}: {answer}");
        }
    }

    /// The same while a table is away; gives what failed as a whole.
    pub async fn phone_of_faults(&self) -> Value {
        self.request_code("13957682407").await;
        let input = json!({"phone": "13957682407", "code": "123456"});
        self.run("signInPhone", input).await
    }
}
