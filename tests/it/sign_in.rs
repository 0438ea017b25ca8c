//! Signing in as guest, through the mini-program and as staff; sessions and their tokens.

mod carrier;
mod desk;
mod forgetting;
mod guests;
mod linking;
mod mini_program;
mod phone;
mod phone_button;
mod phone_limits;
mod redirects;
mod risk_rank;
mod secrecy;
mod sessions;
mod staff;

use std::sync::OnceLock;
use std::time::Duration;

use acclaim::auth::password;
use serde_json::{Value, json};

use crate::fake_wechat::FakeWeChat;
use crate::harness::{Payload, Stores, TestApp, TestClient, refusal};

/// The payload of all sign-ins.
const PAYLOAD: &str =
    "{ session { accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt }
    viewer { id role isGuest name } userErrors { code message path } }";

/// A staff password.
const PASSWORD: &str = "hunter2 has twelve characters";

/// The document and variables of a mutation that signs in.
pub fn operation(mutation: &str, input: Value) -> (String, Value) {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {PAYLOAD} }}");
    let variables = [("input".to_owned(), input)].into_iter().collect();
    (query, Value::Object(variables))
}

impl TestApp {
    /// Runs one of the mutations that sign in.
    async fn sign_in(&self, mutation: &str, input: Value) -> Payload {
        let (query, variables) = operation(mutation, input);
        let response = self.anonymous().send(&query, variables).await;
        Payload::of(response, mutation)
    }

    async fn sign_in_guest(&self, device_id: &str) -> Payload {
        self.sign_in("signInGuest", json!({"deviceId": device_id}))
            .await
    }

    async fn sign_in_wechat(&self, code: &str) -> Payload {
        let input = json!({"platform": "WECHAT", "code": code});
        self.sign_in("signInMiniProgram", input).await
    }

    /// The same by somebody who is signed in.
    async fn sign_in_wechat_as(&self, client: &TestClient, code: &str) -> Payload {
        let input = json!({"platform": "WECHAT", "code": code});
        let (query, variables) = operation("signInMiniProgram", input);
        let response = client.at(self).send(&query, variables).await;
        Payload::of(response, "signInMiniProgram")
    }

    async fn sign_in_staff(&self, email: &str, password: &str) -> Payload {
        let input = json!({"email": email, "password": password});
        self.sign_in("signInStaff", input).await
    }

    /// A guest's session on a server with a campaign that admits guests.
    async fn guest_session(&self) -> Payload {
        self.sample().await;
        self.sign_in_guest("device-id-of-anybody").await
    }

    async fn refresh_session(&self, refresh_token: &str) -> Payload {
        let input = json!({"refreshToken": refresh_token});
        self.sign_in("refreshSession", input).await
    }

    async fn sign_out(&self, refresh_token: &str) {
        let query = "mutation($input: SignOutInput!) { signOut(input: $input) { signedOut } }";
        let variables = json!({"input": {"refreshToken": refresh_token}});
        let data = self.anonymous().ask(query, variables).await;
        assert_eq!(data, json!({"signOut": {"signedOut": true}}));
    }

    /// Makes a member of staff who has [`PASSWORD`].
    async fn add_staff(&self, email: &str) {
        static HASH: OnceLock<String> = OnceLock::new();
        let hash = HASH.get_or_init(|| password::hash(PASSWORD).expect("randomness"));
        let now = self.clock.now();
        let mut tx = self.database.begin("test").await.expect("it answers");
        acclaim::ledger::staff::upsert(&mut tx, email, "Ma Lan", hash, now)
            .await
            .expect("stored");
        tx.commit().await.expect("stored");
    }
}

impl Payload {
    /// The access token of the session that must be there.
    fn access_token(&self) -> &str {
        self.token("accessToken")
    }

    /// The refresh token of the session that must be there.
    fn refresh_token(&self) -> &str {
        self.token("refreshToken")
    }

    fn token(&self, name: &str) -> &str {
        let token = self["session"][name].as_str();
        token.unwrap_or_else(|| panic!("no session: {self}"))
    }

    /// The payload of a sign-in that is not refused.
    #[track_caller]
    fn expect_session(self) -> Self {
        assert_eq!(refusal(&self), None, "{self}");
        self
    }

    /// The payload of a refusal with this code, and nothing else in it.
    #[track_caller]
    fn expect_no_session(self, code: &str) -> Self {
        assert_eq!(refusal(&self), Some(code), "{self}");
        assert_eq!(self["session"], Value::Null);
        assert_eq!(self["viewer"], Value::Null);
        self
    }
}

const VIEWER: &str = "{ viewer { id role isGuest name } }";

impl TestClient {
    /// The viewer as the server sees it.
    async fn read_viewer(&self) -> Value {
        self.ask(VIEWER, json!({})).await["viewer"].take()
    }

    /// Whether the server takes its token.
    async fn is_signed_in(&self) -> bool {
        let response = self.send_patiently(VIEWER, &json!({})).await;
        let code = &response["errors"][0]["extensions"]["code"];
        assert!(*code == Value::Null || *code == json!("UNAUTHENTICATED"));
        response["data"]["viewer"]["id"].is_string()
    }
}

/// A server that is set up for `platform`.
async fn server_of(stores: &Stores, platform: &FakeWeChat) -> TestApp {
    let wechat = platform.client(4, Duration::from_secs(10));
    TestApp::builder(stores).with_wechat(wechat).start().await
}
