//! The desk: what organisers do, by the API alone.

mod account;
mod campaigns;
mod exports;
mod import_jobs;
mod imports;
mod letters;
mod members;
mod nominees;
mod overview;
mod pictures;
mod reports;
mod signals;
mod stories;
mod withholding;

use acclaim::app::desk::Desk;
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::OrganisationId;
use data_encoding::BASE32_NOPAD;
use serde_json::{Value, json};

use crate::harness::{Payload, TestApp, TestClient, global, sample_organisation};

const INVITE: &str = "mutation($input: InviteStaffInput!) { inviteStaff(input: $input) {
    invitation { id email role expiresAt } token userErrors { code message path } } }";
const ACCEPT: &str = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
    accepted userErrors { code message path } } }";
const SIGN_IN: &str = "mutation($input: SignInStaffInput!) { signInStaff(input: $input) {
    session { accessToken refreshToken } userErrors { code } } }";
const ENROL: &str = "mutation($input: EnrolSecondFactorInput!) { enrolSecondFactor(input: $input) {
    secret uri userErrors { code } } }";
const CONFIRM: &str =
    "mutation($input: ConfirmSecondFactorInput!) { confirmSecondFactor(input: $input) {
    recoveryCodes userErrors { code } } }";
/// The password of the members that tests make.
const PASSWORD: &str = "a long hunter2 password";

/// A new organisation.
pub async fn organisation(app: &TestApp, slug: &str) -> OrganisationId {
    let desk = Desk::of_operator(&app.database, &app.clock);
    let made = desk.create_organisation(slug, slug).await;
    made.expect("the database answers").expect("a good slug").id
}

/// Runs a mutation with this input, as a good client does, and returns its payload.
pub async fn change(client: &TestClient, document: &str, input: Value) -> Payload {
    let field = document.split(['{', '(']).nth(2).expect("a field").trim();
    let response = client
        .send_patiently(document, &json!({"input": input}))
        .await;
    Payload::of(response, field)
}

/// A member who went the whole way: was invited, accepted, and signed in.
pub struct Member {
    pub client: TestClient,
}

/// Invites a person into an organisation, accepts and signs in.
pub async fn sign_up(app: &TestApp, organisation: &str, email: &'static str, role: &str) -> Member {
    assert_eq!(organisation, "sample", "its owner is known");
    let token = invite(app, email, role).await;
    let input = json!({"token": token, "name": "Ma Lan", "password": PASSWORD});
    let accepted = change(app.anonymous(), ACCEPT, input).await;
    assert_eq!(accepted["accepted"], json!(true), "{accepted}");
    // The process that accepted knows the membership at once.
    let session = sign_in(app, email, None).await.expect_counted();
    let token = session["session"]["accessToken"].as_str();
    Member {
        client: app.client_with(token.expect("a token")),
    }
}

/// An invitation's secret.
async fn invite(app: &TestApp, email: &str, role: &str) -> String {
    let owner = app.staff().await;
    let organisation = sample_id(app).await;
    let input = json!({"organisationId": organisation, "email": email, "role": role});
    let invited = change(&owner, INVITE, input).await.expect_counted();
    invited["token"].as_str().expect("a secret").to_owned()
}

async fn sign_in(app: &TestApp, email: &str, code: Option<&str>) -> Payload {
    let input = json!({"email": email, "password": PASSWORD, "secondFactorCode": code});
    change(app.anonymous(), SIGN_IN, input).await
}

/// The id of the organisation that the samples belong to.
async fn sample_id(app: &TestApp) -> String {
    let id = sample_organisation(&app.database).await;
    global(GlobalId::Organisation(id))
}

/// An authenticator, as a telephone has it.
pub struct Authenticator(Vec<u8>);

impl Authenticator {
    fn new(secret: &str) -> Self {
        Self(BASE32_NOPAD.decode(secret.as_bytes()).expect("base32"))
    }

    /// The code that it shows now.
    pub fn code(&self, app: &TestApp) -> String {
        let totp = totp_rs::Builder::new()
            .with_secret(self.0.clone())
            .build()
            .expect("a good secret");
        let time = u64::try_from(app.clock.now().timestamp()).expect("after 1970");
        totp.generate(time).to_string()
    }
}

impl Member {
    /// Sets up a second factor; returns its authenticator and the recovery codes.
    pub async fn enrol(&self, app: &TestApp) -> (Authenticator, Vec<String>) {
        let enrolled = change(&self.client, ENROL, json!({"password": PASSWORD})).await;
        let enrolled = enrolled.expect_counted();
        let secret = enrolled["secret"].as_str().expect("a secret");
        let uri = enrolled["uri"].as_str().expect("an address");
        assert!(uri.contains(secret), "{uri}");
        let authenticator = Authenticator::new(secret);
        let input = json!({"code": authenticator.code(app)});
        let confirmed = change(&self.client, CONFIRM, input).await.expect_counted();
        let codes = confirmed["recoveryCodes"].as_array().expect("codes");
        let codes = codes
            .iter()
            .map(|code| code.as_str().expect("text").to_owned());
        (authenticator, codes.collect())
    }
}
