//! An `OpenID` Connect provider: discovery, `GET /authorize` for browsers, `POST /token`, `GET /keys`.
//!
//! Codes are given out by `/authorize` only, and tokens for those whose verifier, address and client fit. Names and
//! prefixes are those of all platforms; `err-<error>` is that error of the protocol, with status 401 for
//! `invalid_client` and 400 for others, and `limited-*` is status 429. What is wrong with a document or a token is set
//! by [`FakeOidc::set_fault`].
//!
//! `ok-<name>` is the subject `openid-of-<name>`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use acclaim::auth::platform::oidc::{Oidc, OidcConfig};
use acclaim::clock::Clock;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::alipay::pem;
use super::{Stand, Traffic, lengthened, lock, parts};
use crate::fake_wechat::parse_query;

/// RSA keys take a while to make.
static RSA_KEY: LazyLock<String> = LazyLock::new(|| {
    let key = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let der: Pkcs8V1Der<'_> = key.as_der().expect("PKCS#8");
    pem("PRIVATE KEY", der.as_ref())
});

/// Something that is wrong with what the provider says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OidcFault {
    /// The document is another issuer's.
    DocumentOfAnotherIssuer,
    /// The document has a token endpoint that is not on this machine, and not encrypted.
    PlainTokenEndpoint,
    /// The document has no token endpoint.
    NoTokenEndpoint,
    /// The document does not end.
    DocumentCutOff,
    /// The document is longer than any.
    LongDocument,
    /// The document is somewhere else.
    DocumentMoved,
    /// No document: status 500.
    NoDocument,
    /// The keys are no key set.
    NoKeys,
    /// The document is held back, as slow codes are.
    SlowDocument,
    /// The id token is another issuer's.
    OtherIssuer,
    /// It is for another client.
    OtherAudience,
    /// It is for several clients, and does not say which of them it was made for.
    SeveralAudiences,
    /// It is for several clients, and was made for another one.
    OtherAuthorizedParty,
    /// It has another sign-in's nonce.
    OtherNonce,
    /// It has no nonce.
    NoNonce,
    /// It has expired.
    Expired,
    /// It is of the future.
    OfTheFuture,
    /// It never expires.
    NoExpiry,
    /// It names nobody.
    NoSubject,
    /// Its subject is a number.
    SubjectOfWrongType,
    /// It is not signed, and says so.
    AlgorithmNone,
    /// It is signed with the public key as a secret.
    PublicKeyAsSecret,
    /// It is signed with a key that has the id of the provider's.
    ForgedKey,
    /// It is signed with a key that the provider does not show.
    UnknownKey,
    /// Its claims were changed after it was signed.
    Altered,
    /// It has an extension that must be understood.
    CriticalExtension,
    /// There is none.
    NoIdToken,
    /// It is no token.
    NotAToken,
}

/// The running provider.
pub struct FakeOidc {
    pub stand: Stand,
    provider: Arc<Provider>,
}

struct Provider {
    traffic: Arc<Traffic>,
    clock: Clock,
    issuer: Mutex<String>,
    fault: Mutex<Option<OidcFault>>,
    key: Mutex<SigningKey>,
    /// The ways to send a secret that the document names; none where it does not.
    client_authentication: Mutex<Option<Vec<&'static str>>>,
    /// Whether the client has no secret.
    is_public: Mutex<bool>,
    grants: Mutex<HashMap<String, Grant>>,
    documents: AtomicUsize,
    rotations: AtomicUsize,
}

struct SigningKey {
    id: String,
    algorithm: Algorithm,
    encoding: EncodingKey,
}

/// A code that was given out.
struct Grant {
    redirect_uri: String,
    nonce: String,
    code_challenge: String,
}

impl FakeOidc {
    /// The only client; with characters that must be encoded.
    pub const CLIENT_ID: &str = "vote:app";
    /// Its secret; likewise.
    pub const SECRET: &str = "app-secret&of=acclaim test+1%:";
    /// A page of ours.
    pub const REDIRECT_URI: &str = "https://vote.example.org/signed-in?way=oidc";

    /// Its tokens are of the time of `clock`.
    pub async fn start(clock: Clock) -> Self {
        let provider = Arc::new(Provider {
            traffic: Arc::default(),
            clock,
            issuer: Mutex::default(),
            fault: Mutex::default(),
            key: Mutex::new(SigningKey::new(Algorithm::ES256, "key-0")),
            client_authentication: Mutex::default(),
            is_public: Mutex::default(),
            grants: Mutex::default(),
            documents: AtomicUsize::default(),
            rotations: AtomicUsize::default(),
        });
        let router = Router::new()
            .route("/realm/.well-known/openid-configuration", get(document))
            .route("/realm/elsewhere", get(moved_document))
            .route("/realm/authorize", get(authorize))
            .route("/realm/token", post(token))
            .route("/realm/keys", get(keys))
            .with_state(Arc::clone(&provider));
        let stand = Stand::start(Arc::clone(&provider.traffic), |_| router).await;
        *lock(&provider.issuer) = format!("{}/realm", stand.base_url);
        Self { stand, provider }
    }

    /// The address that is configured.
    pub fn issuer(&self) -> String {
        lock(&self.provider.issuer).clone()
    }

    /// A client of this provider.
    pub fn client(&self, concurrency_max: usize, timeout: Duration) -> Oidc {
        self.client_with_secret(Some(Self::SECRET), concurrency_max, timeout)
    }

    /// The same with a secret that may be wrong or missing.
    pub fn client_with_secret(
        &self,
        secret: Option<&str>,
        concurrency_max: usize,
        timeout: Duration,
    ) -> Oidc {
        Oidc::new(OidcConfig {
            issuer: self.issuer(),
            client_id: Self::CLIENT_ID.to_owned(),
            client_secret: secret.map(|secret| secret.to_owned().into()),
            name: "Association".to_owned(),
            concurrency_max,
            timeout,
        })
        .expect("a good address")
    }

    /// The code challenge of a verifier, by S256.
    pub fn challenge(verifier: &str) -> String {
        BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref())
    }

    /// From now on this is wrong; none for nothing.
    pub fn set_fault(&self, fault: Option<OidcFault>) {
        *lock(&self.provider.fault) = fault;
    }

    /// The client has no secret from now on.
    pub fn make_client_public(&self) {
        *lock(&self.provider.is_public) = true;
    }

    /// The ways to send a secret that the document names from now on, and the client must keep to.
    pub fn set_client_authentication(&self, methods: &[&'static str]) {
        *lock(&self.provider.client_authentication) = Some(methods.to_vec());
    }

    /// Signs with a new key from now on.
    pub fn rotate_key(&self, algorithm: Algorithm) {
        let number = self.provider.rotations.fetch_add(1, Ordering::SeqCst) + 1;
        *lock(&self.provider.key) = SigningKey::new(algorithm, &format!("key-{number}"));
    }

    /// How often the document was asked for.
    pub fn documents(&self) -> usize {
        self.provider.documents.load(Ordering::SeqCst)
    }
}

impl SigningKey {
    fn new(algorithm: Algorithm, id: &str) -> Self {
        let random = SystemRandom::new();
        let encoding = match algorithm {
            Algorithm::ES256 => {
                let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
                EncodingKey::from_ec_der(key.expect("a key").as_ref())
            }
            Algorithm::EdDSA => {
                let key = Ed25519KeyPair::generate_pkcs8v1(&random);
                EncodingKey::from_ed_der(key.expect("a key").as_ref())
            }
            _ => EncodingKey::from_rsa_pem(RSA_KEY.as_bytes()).expect("a key"),
        };
        Self {
            id: id.to_owned(),
            algorithm,
            encoding,
        }
    }

    /// The public half.
    fn shown(&self) -> Value {
        let key = Jwk::from_encoding_key(&self.encoding, self.algorithm).expect("a key");
        let mut key = serde_json::to_value(key).expect("JSON");
        key["kid"] = json!(self.id);
        key["use"] = json!("sig");
        key
    }

    fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.id.clone());
        jsonwebtoken::encode(&header, claims, &self.encoding).expect("it signs")
    }
}

impl Provider {
    fn has(&self, fault: OidcFault) -> bool {
        *lock(&self.fault) == Some(fault)
    }
}

async fn document(State(provider): State<Arc<Provider>>) -> Response {
    provider.documents.fetch_add(1, Ordering::SeqCst);
    let fault = *lock(&provider.fault);
    described(&provider, fault).await
}

/// The document as it would be right, for whoever follows to where it has moved.
async fn moved_document(State(provider): State<Arc<Provider>>) -> Response {
    described(&provider, None).await
}

async fn described(provider: &Provider, fault: Option<OidcFault>) -> Response {
    let issuer = lock(&provider.issuer).clone();
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize?theme=plain"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
    });
    if let Some(methods) = &*lock(&provider.client_authentication) {
        document["token_endpoint_auth_methods_supported"] = json!(methods);
    }
    match fault {
        Some(OidcFault::DocumentOfAnotherIssuer) => {
            document["issuer"] = json!(format!("{issuer}/"));
        }
        Some(OidcFault::PlainTokenEndpoint) => {
            document["token_endpoint"] = json!("http://sso.example.org/token");
        }
        Some(OidcFault::NoTokenEndpoint) => document["token_endpoint"] = Value::Null,
        Some(OidcFault::DocumentCutOff) => return super::cut_off(r#"{"issuer":""#),
        Some(OidcFault::LongDocument) => return lengthened(answer(StatusCode::OK, &document)),
        Some(OidcFault::DocumentMoved) => {
            let elsewhere = format!("{issuer}/elsewhere");
            return (StatusCode::FOUND, [(header::LOCATION, elsewhere)]).into_response();
        }
        Some(OidcFault::NoDocument) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(OidcFault::SlowDocument) => provider.traffic.slow_answers().await,
        _ => {}
    }
    answer(StatusCode::OK, &document)
}

async fn keys(State(provider): State<Arc<Provider>>) -> Response {
    if provider.has(OidcFault::NoKeys) {
        return answer(StatusCode::OK, &json!({"error": "none"}));
    }
    let shown = lock(&provider.key).shown();
    let other = json!({"kty": "oct", "k": "AQAB", "alg": "HS256", "kid": "symmetric"});
    answer(StatusCode::OK, &json!({ "keys": [other, shown] }))
}

async fn authorize(
    State(provider): State<Arc<Provider>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = parse_query(&query.unwrap_or_default());
    let parameter = |name: &str| query.get(name).map_or("", String::as_str);
    let is_good = parameter("response_type") == "code"
        && parameter("client_id") == FakeOidc::CLIENT_ID
        && parameter("scope") == "openid"
        && parameter("theme") == "plain"
        && parameter("code_challenge_method") == "S256"
        && parameter("code_challenge").len() == 43
        && ["redirect_uri", "state", "nonce"]
            .iter()
            .all(|name| !parameter(name).is_empty());
    if !is_good {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let (code, answer) = provider.traffic.send_back(&query, &headers);
    let grant = Grant {
        redirect_uri: parameter("redirect_uri").to_owned(),
        nonce: parameter("nonce").to_owned(),
        code_challenge: parameter("code_challenge").to_owned(),
    };
    lock(&provider.grants).insert(code, grant);
    answer
}

async fn token(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let _under_way = provider.traffic.enter();
    let fields = parse_query(&body);
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    if !is_our_client(&provider, &headers, &fields) {
        return error(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if field("grant_type") != "authorization_code" {
        return error(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    let code = field("code");
    let (behaviour, name) = parts(code);
    if let Some(answer) = provider.traffic.common_answer(behaviour).await {
        return answer;
    }
    // A code is used up by whoever presents it.
    let grant = lock(&provider.grants).remove(code);
    let verified = FakeOidc::challenge(field("code_verifier"));
    let Some(grant) = grant.filter(|grant| {
        grant.redirect_uri == field("redirect_uri") && grant.code_challenge == verified
    }) else {
        return error(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    match behaviour {
        "ok" | "slow" => tokens(&provider, name, &grant),
        "long" => lengthened(tokens(&provider, name, &grant)),
        "limited" => StatusCode::TOO_MANY_REQUESTS.into_response(),
        "err" => {
            let (name, _) = name.split_once("-code-of-").unwrap_or((name, ""));
            let status = match name {
                "invalid_client" => StatusCode::UNAUTHORIZED,
                _ => StatusCode::BAD_REQUEST,
            };
            error(status, name)
        }
        _ => error(StatusCode::BAD_REQUEST, "invalid_grant"),
    }
}

/// Whether the request proves to be the client's, in one of the ways that the document names.
fn is_our_client(
    provider: &Provider,
    headers: &HeaderMap,
    fields: &HashMap<String, String>,
) -> bool {
    let methods = lock(&provider.client_authentication).clone();
    let methods = methods.unwrap_or_else(|| vec!["client_secret_basic"]);
    let is = |name: &str, value: &str| fields.get(name).is_some_and(|given| given == value);
    let basic = headers.get(header::AUTHORIZATION).map(|basic| {
        let basic = basic.to_str().ok()?.strip_prefix("Basic ")?;
        let basic = String::from_utf8(BASE64.decode(basic.as_bytes()).ok()?).ok()?;
        let (id, secret) = basic.split_once(':')?;
        // As in a form: each is encoded.
        let decoded = parse_query(&format!("id={id}&secret={secret}"));
        let is_ours = decoded["id"] == FakeOidc::CLIENT_ID && decoded["secret"] == FakeOidc::SECRET;
        Some(is_ours)
    });
    if *lock(&provider.is_public) {
        let has_secret = basic.is_some() || fields.contains_key("client_secret");
        return is("client_id", FakeOidc::CLIENT_ID) && !has_secret;
    }
    match basic {
        Some(basic) => {
            methods.contains(&"client_secret_basic")
                && basic == Some(true)
                && !fields.contains_key("client_secret")
        }
        None => {
            methods.contains(&"client_secret_post")
                && is("client_id", FakeOidc::CLIENT_ID)
                && is("client_secret", FakeOidc::SECRET)
        }
    }
}

fn tokens(provider: &Provider, name: &str, grant: &Grant) -> Response {
    let fault = *lock(&provider.fault);
    let mut tokens = json!({
        "access_token": "session-key-of-the-provider",
        "token_type": "Bearer",
        "expires_in": 300,
        "refresh_token": "session-key-of-the-provider",
    });
    tokens["id_token"] = match fault {
        Some(OidcFault::NoIdToken) => Value::Null,
        Some(OidcFault::NotAToken) => json!("openid-of-nobody"),
        _ => json!(id_token(
            provider,
            fault,
            &claims(provider, fault, name, grant)
        )),
    };
    answer(StatusCode::OK, &tokens)
}

fn claims(provider: &Provider, fault: Option<OidcFault>, name: &str, grant: &Grant) -> Value {
    let now = provider.clock.now().timestamp();
    let mut claims = json!({
        "iss": *lock(&provider.issuer),
        "sub": format!("openid-of-{name}"),
        "aud": FakeOidc::CLIENT_ID,
        "nonce": grant.nonce,
        "iat": now,
        "exp": now + 300,
        "auth_time": now,
        "email": "lin@example.org",
    });
    match fault {
        Some(OidcFault::OtherIssuer) => claims["iss"] = json!("https://sso.example.org"),
        Some(OidcFault::OtherAudience) => claims["aud"] = json!("other"),
        Some(OidcFault::SeveralAudiences) => claims["aud"] = json!([FakeOidc::CLIENT_ID, "other"]),
        Some(OidcFault::OtherAuthorizedParty) => {
            claims["aud"] = json!([FakeOidc::CLIENT_ID, "other"]);
            claims["azp"] = json!("other");
        }
        Some(OidcFault::OtherNonce) => claims["nonce"] = json!("another nonce"),
        Some(OidcFault::NoNonce) => claims["nonce"] = Value::Null,
        Some(OidcFault::Expired) => claims["exp"] = json!(now - 300),
        Some(OidcFault::OfTheFuture) => claims["iat"] = json!(now + 300),
        Some(OidcFault::NoExpiry) => claims["exp"] = Value::Null,
        Some(OidcFault::NoSubject) => claims["sub"] = json!(""),
        Some(OidcFault::SubjectOfWrongType) => claims["sub"] = json!(7),
        _ => {}
    }
    claims
}

fn id_token(provider: &Provider, fault: Option<OidcFault>, claims: &Value) -> String {
    let key = lock(&provider.key);
    let encode = |part: &Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
    match fault {
        Some(OidcFault::AlgorithmNone) => {
            let header = json!({"alg": "none", "kid": key.id});
            format!("{}.{}.", encode(&header), encode(claims))
        }
        Some(OidcFault::PublicKeyAsSecret) => {
            let mut header = Header::new(Algorithm::HS256);
            header.kid = Some(key.id.clone());
            let secret = EncodingKey::from_secret(key.shown().to_string().as_bytes());
            jsonwebtoken::encode(&header, claims, &secret).expect("it signs")
        }
        Some(OidcFault::ForgedKey) => SigningKey::new(Algorithm::ES256, &key.id).sign(claims),
        Some(OidcFault::UnknownKey) => SigningKey::new(Algorithm::ES256, "junk").sign(claims),
        Some(OidcFault::Altered) => {
            let token = key.sign(claims);
            let parts: Vec<&str> = token.split('.').collect();
            let mut claims = claims.clone();
            claims["sub"] = json!("openid-of-another");
            format!("{}.{}.{}", parts[0], encode(&claims), parts[2])
        }
        Some(OidcFault::CriticalExtension) => {
            let header = json!({"alg": "ES256", "kid": key.id, "crit": ["b64"], "b64": false});
            let message = format!("{}.{}", encode(&header), encode(claims));
            let signature =
                jsonwebtoken::crypto::sign(message.as_bytes(), &key.encoding, Algorithm::ES256);
            format!("{message}.{}", signature.expect("it signs"))
        }
        _ => key.sign(claims),
    }
}

fn error(status: StatusCode, error: &str) -> Response {
    let body = json!({"error": error, "error_description": "any text"});
    answer(status, &body)
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (status, kind, body.to_string()).into_response()
}
