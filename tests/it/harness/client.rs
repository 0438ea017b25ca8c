//! A client of a server, as fluent as a test reads: `app.voter().vote(&nominee).await.expect_counted()`.
//!
//! It does what good clients do: what a server is too busy for is sent again when the server says, with the same
//! idempotency key. [`TestClient::send`], [`TestClient::post`] and [`CastRequest::once`] are for tests that mean the
//! refusal itself.

use std::fmt;
use std::future::IntoFuture;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use acclaim::auth::Viewer;
use acclaim::auth::token::TokenKeys;
use acclaim::clock::Clock;
use acclaim::domain::identity::IdentityKind;
use acclaim::id::{SessionId, VoterId};
use futures_util::future::BoxFuture;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::app::TestApp;
use crate::clients::{Events, Socket};
use crate::deadlines::in_time;
use crate::log_watch::{RECEIVED_SECRETS, SENT_SECRETS, WATCH};

/// A vote with everything that its payload has.
pub const CAST_VOTE: &str = "mutation($input: CastVoteInput!) { castVote(input: $input) {
    vote { id castAt period nominee { id } } nominee { id viewerHasVoted }
    quota { category { key } limit used remaining resetsAt } userErrors { code message path } } }";
/// A ballot with what its payload has of its own.
pub const CAST_BALLOT: &str = "mutation($input: CastBallotInput!) { castBallot(input: $input) {
    votes { id nominee { id } } quotas { category { key } used } userErrors { code path } } }";
/// A like, or the taking back of one.
pub const SET_LIKE: &str =
    "mutation($id: ID!, $liked: Boolean!) { setLike(input: {subjectId: $id, liked: $liked}) {
    subject { __typename id likeCount viewerHasLiked } userErrors { code message path } } }";

/// An HTTP client that keeps to itself.
pub fn http_client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
}

/// A new voter of a platform.
pub fn new_voter() -> Viewer {
    Viewer::Voter {
        id: VoterId::new(),
        kinds: IdentityKind::WechatMiniProgram.into(),
        is_suspicious: false,
    }
}

/// The keys and the clock by which a server under test makes its access tokens.
pub struct Signer {
    tokens: TokenKeys,
    clock: Clock,
}

impl Signer {
    pub fn new(secrets: &[&str], clock: Clock) -> Arc<Self> {
        let tokens = TokenKeys::from_secrets(secrets).expect("good secrets");
        Arc::new(Self { tokens, clock })
    }

    /// A new token of this viewer.
    pub fn token_of(&self, viewer: Viewer) -> String {
        // The session of [`super::TestApp::staff`].
        let session_id = match viewer {
            Viewer::Staff(id) => Some(SessionId(id.0)),
            _ => None,
        };
        let issued = self.tokens.issue(viewer, session_id, self.clock.now());
        let (token, _) = issued.expect("it signs");
        WATCH.forbid(&token);
        token
    }
}

/// The caller that a client's requests say they come from.
#[derive(Clone)]
enum Caller {
    Anonymous,
    Token(String),
    /// Each request has a token of its own: it is good whatever the test does to the clock.
    Viewer(Viewer, Arc<Signer>),
}

/// A client of one server.
#[derive(Clone)]
pub struct TestClient {
    http: reqwest::Client,
    address: SocketAddr,
    caller: Caller,
}

impl TestClient {
    /// A client without a token.
    pub fn anonymous(address: SocketAddr) -> Self {
        Self {
            http: http_client(),
            address,
            caller: Caller::Anonymous,
        }
    }

    /// The same connections with this token.
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        self.with(Caller::Token(token.into()))
    }

    /// The same connections for this viewer, who always has a good token.
    pub fn as_viewer(&self, viewer: Viewer, signer: &Arc<Signer>) -> Self {
        self.with(Caller::Viewer(viewer, Arc::clone(signer)))
    }

    fn with(&self, caller: Caller) -> Self {
        let (http, address) = (self.http.clone(), self.address);
        Self {
            http,
            address,
            caller,
        }
    }

    /// The same caller at another server.
    pub fn at(&self, app: &TestApp) -> Self {
        self.at_address(app.address)
    }

    /// The same caller at the server with this address.
    pub fn at_address(&self, address: SocketAddr) -> Self {
        Self {
            address,
            ..self.clone()
        }
    }

    /// The connections themselves.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The access token of the next request.
    pub fn token(&self) -> Option<String> {
        match &self.caller {
            Caller::Anonymous => None,
            Caller::Token(token) => Some(token.clone()),
            Caller::Viewer(viewer, signer) => Some(signer.token_of(*viewer)),
        }
    }

    /// The viewer that the test made it for.
    pub fn viewer(&self) -> Viewer {
        match self.caller {
            Caller::Viewer(viewer, _) => viewer,
            Caller::Anonymous | Caller::Token(_) => panic!("the test made it for nobody"),
        }
    }

    /// The voter that the test made it for.
    pub fn voter_id(&self) -> VoterId {
        self.viewer().voter().expect("a voter")
    }

    /// A request of this caller.
    pub fn request_of(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        let request = self.http.request(method, url);
        match self.token() {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// An operation as a request that can be changed before it is sent.
    pub fn request(&self, query: &str, variables: &Value) -> reqwest::RequestBuilder {
        WATCH.forbid_fields(variables, SENT_SECRETS);
        let request = self.request_of(Method::POST, "/graphql");
        request.json(&json!({"query": query, "variables": variables}))
    }

    /// Sends an operation once and returns the HTTP response.
    pub async fn post(&self, query: &str, variables: Value) -> reqwest::Response {
        let request = self.request(query, &variables);
        request.send().await.expect("an answer")
    }

    /// Sends an operation once; an error if the server does not answer.
    pub async fn try_send(&self, query: &str, variables: &Value) -> reqwest::Result<Value> {
        let request = self.request(query, variables);
        let request = request.header("accept", "application/graphql-response+json");
        let response = request.send().await?.json().await?;
        WATCH.forbid_fields(&response, RECEIVED_SECRETS);
        Ok(response)
    }

    /// Sends an operation once and returns the whole response.
    pub async fn send(&self, query: &str, variables: Value) -> Value {
        let sent = self.try_send(query, &variables).await;
        sent.expect("an answer")
    }

    /// Sends an operation until the server is not too busy for it. It may be executed more than once.
    pub async fn send_patiently(&self, query: &str, variables: &Value) -> Value {
        self.send_until(query, variables, |code| {
            matches!(code, "OVERLOADED" | "UNAVAILABLE")
        })
        .await
    }

    async fn send_until(
        &self,
        query: &str,
        variables: &Value,
        is_retryable: impl Fn(&str) -> bool,
    ) -> Value {
        let answer = async {
            loop {
                let response = self.send(query, variables.clone()).await;
                match wait_of(&response, &is_retryable) {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return response,
                }
            }
        };
        in_time("an answer to keep", answer).await
    }

    /// Sends an operation that must have no errors and returns its data. A mutation is sent only once.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        let mut response = if query.starts_with("mutation") {
            self.send(query, variables).await
        } else {
            self.send_patiently(query, &variables).await
        };
        assert!(response.get("errors").is_none(), "{query}: {response}");
        response["data"].take()
    }

    /// Sends an operation that must fail at the top level and returns the first error's code.
    pub async fn fail(&self, query: &str, variables: Value) -> String {
        let response = self.send_patiently(query, &variables).await;
        let code = response["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("no error for {query}: {response}"))
            .to_owned()
    }

    /// A vote for this nominee.
    pub fn vote(&self, nominee_id: &str) -> CastRequest<'_> {
        let input = json!({"nomineeId": nominee_id});
        CastRequest::new(self, CAST_VOTE, "castVote", input)
    }

    /// Votes for several nominees of a campaign, all or none.
    pub fn cast_ballot(&self, campaign_id: &str, nominee_ids: &[String]) -> CastRequest<'_> {
        let input = json!({"campaignId": campaign_id, "nomineeIds": nominee_ids});
        CastRequest::new(self, CAST_BALLOT, "castBallot", input)
    }

    /// Likes a nominee or story, or takes the like back. To do that twice is to do it once.
    pub async fn set_like(&self, subject_id: &str, liked: bool) -> Payload {
        let variables = json!({"id": subject_id, "liked": liked});
        let response = self.send_patiently(SET_LIKE, &variables).await;
        Payload::of(response, "setLike")
    }

    /// A socket that has said hello.
    pub async fn socket(&self) -> Socket {
        Socket::open(self.address, self.token().as_deref()).await
    }

    /// The events of an operation, by POST.
    pub async fn events(&self, query: &str, variables: &Value) -> Events {
        let body = json!({"query": query, "variables": variables});
        Events::post(&self.http, self.address, self.token().as_deref(), &body).await
    }
}

/// The time to wait before a response is asked for again; none where it is to be kept.
fn wait_of(response: &Value, is_retryable: impl Fn(&str) -> bool) -> Option<Duration> {
    let extensions = &response["errors"][0]["extensions"];
    let code = extensions["code"].as_str()?;
    let wait = extensions["retryAfterMs"].as_u64()?;
    is_retryable(code).then(|| Duration::from_millis(wait))
}

/// A vote or ballot that is cast when it is awaited, with an idempotency key of its own unless the test says otherwise.
pub struct CastRequest<'c> {
    client: &'c TestClient,
    query: &'static str,
    field: &'static str,
    input: Value,
}

impl<'c> CastRequest<'c> {
    fn new(client: &'c TestClient, query: &'static str, field: &'static str, input: Value) -> Self {
        let request = Self {
            client,
            query,
            field,
            input,
        };
        request.with_key(Uuid::new_v4())
    }

    /// The same with this idempotency key.
    pub fn with_key(mut self, key: Uuid) -> Self {
        self.input["idempotencyKey"] = json!(key);
        self
    }

    /// The same with another entry of its input.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.input[name] = value.into();
        self
    }

    /// The same without an idempotency key: sent again only where the server has not taken it in.
    pub fn without_key(mut self) -> Self {
        self.input["idempotencyKey"] = Value::Null;
        self
    }

    /// The same with what the client says is the solution of a challenge.
    pub fn with_solution(mut self, solution: Option<&str>) -> Self {
        self.input["challengeSolution"] = json!(solution);
        self
    }

    /// The same, asking for other fields of the payload.
    pub fn asking(mut self, query: &'static str) -> Self {
        self.query = query;
        self
    }

    /// Casts it once: where the first answer is the point of the test.
    pub async fn at_first(self) -> Payload {
        let variables = json!({"input": self.input});
        Payload::of(self.client.send(self.query, variables).await, self.field)
    }

    /// Casts it once and returns the HTTP response, whatever it says.
    pub async fn once(self) -> reqwest::Response {
        let variables = json!({"input": self.input});
        self.client.post(self.query, variables).await
    }
}

impl<'c> IntoFuture for CastRequest<'c> {
    type Output = Payload;
    type IntoFuture = BoxFuture<'c, Payload>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let has_key = self.input["idempotencyKey"] != Value::Null;
            let variables = json!({"input": self.input});
            let is_retryable =
                |code: &str| code == "OVERLOADED" || has_key && code == "UNAVAILABLE";
            let sent = self.client.send_until(self.query, &variables, is_retryable);
            Payload::of(sent.await, self.field)
        })
    }
}

/// The payload of a mutation that has user errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload(Value);

impl Payload {
    /// The payload of this field of a response that must have no errors.
    pub fn of(mut response: Value, field: &str) -> Self {
        assert!(response.get("errors").is_none(), "{field}: {response}");
        Self(response["data"][field].take())
    }

    /// The payload of votes that count.
    #[track_caller]
    pub fn expect_counted(self) -> Self {
        assert_eq!(refusal(&self), None, "{self}");
        self
    }

    /// The payload of a refusal with this code.
    #[track_caller]
    pub fn expect_refused(self, code: &str) -> Self {
        assert_eq!(refusal(&self), Some(code), "{self}");
        self
    }
}

impl Deref for Payload {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The code of the first user error of a payload; none if there is none.
pub fn refusal(payload: &Value) -> Option<&str> {
    payload["userErrors"][0]["code"].as_str()
}
