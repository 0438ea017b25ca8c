//! Tokens of many voters: signed here with the server's secret, or had by signing in as guests.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use clap::Args;
use data_encoding::HEXLOWER;
use http::HeaderValue;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::Failure;
use crate::api::Server;
use crate::api::answer::{Answer, Reply, UserError};
use crate::api::connection::Lost;
use crate::api::document::Document;
use crate::api::request::{Ready, Sender, Template};
use crate::measure::Kind;
use crate::player::{Due, Load, Plan, Verdict, play};

const SIGN_IN: &str = "mutation SignIn($input: SignInGuestInput!) { signInGuest(input: $input) { \
    session { accessToken } userErrors { code } } }";
/// Issuer and audience of the server's tokens.
const ISSUER: &str = "acclaim";
/// How much longer than they are needed tokens are good.
const MARGIN: Duration = Duration::from_mins(30);

/// Where tokens come from. Without any of these, voters sign in as guests, as often as the server lets one address.
#[derive(Debug, Clone, Args)]
pub struct TokenArgs {
    /// The server's secret of access tokens: tokens are signed here, and nobody has to sign in
    #[arg(long, env = "ACCLAIM_JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<String>,
    /// The server's data directory, where the demo keeps that secret
    #[arg(long, conflicts_with = "jwt_secret")]
    pub data_dir: Option<PathBuf>,
}

impl TokenArgs {
    /// The secret; none where voters are to sign in.
    fn secret(&self) -> Result<Option<String>, Failure> {
        let Some(folder) = &self.data_dir else {
            return Ok(self.jwt_secret.clone());
        };
        let path = folder.join("jwt-secret");
        let secret = std::fs::read_to_string(&path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        Ok(Some(secret))
    }

    /// The `Authorization` headers of these voters, good for `needed` from `now` on.
    ///
    /// # Errors
    /// When they cannot be signed, or the server does not let them sign in.
    pub async fn authorizations(
        &self,
        server: &Server,
        ids: Vec<Uuid>,
        now: DateTime<Utc>,
        needed: Duration,
    ) -> Result<Vec<HeaderValue>, Failure> {
        match self.secret()? {
            Some(secret) => sign(&secret, &ids, now.timestamp(), needed + MARGIN),
            None => sign_in(server, ids).await,
        }
    }
}

/// The claims of a voter's token.
#[derive(Debug, Serialize)]
struct Claims {
    iss: &'static str,
    aud: &'static str,
    sub: Uuid,
    role: &'static str,
    exp: i64,
    iat: i64,
}

fn bearer(token: &str) -> Result<HeaderValue, Failure> {
    Ok(HeaderValue::from_str(&format!("Bearer {token}"))?)
}

/// Signs a token for each voter, as the server does: HS256, and a `kid` that is made from the secret.
fn sign(
    secret: &str,
    ids: &[Uuid],
    now: i64,
    lifetime: Duration,
) -> Result<Vec<HeaderValue>, Failure> {
    let hash = digest(&SHA256, &[b"kid", secret.as_bytes()].concat());
    let header = Header {
        kid: Some(HEXLOWER.encode(&hash.as_ref()[..4])),
        ..Header::new(Algorithm::HS256)
    };
    let key = EncodingKey::from_secret(secret.as_bytes());
    let exp = now + i64::try_from(lifetime.as_secs())?;
    let token = |id: &Uuid| {
        let claims = Claims {
            iss: ISSUER,
            aud: ISSUER,
            sub: *id,
            role: "voter",
            exp,
            iat: now,
        };
        bearer(&jsonwebtoken::encode(&header, &claims, &key)?)
    };
    ids.iter().map(token).collect()
}

/// Signs voters in as guests, whose device ids are made from their ids.
async fn sign_in(server: &Server, ids: Vec<Uuid>) -> Result<Vec<HeaderValue>, Failure> {
    let count = ids.len();
    let document = Document::new(SIGN_IN);
    let load = Arc::new(SigningIn {
        server: server.clone(),
        template: Template::new(&document, &json!({"input": {"deviceId": Template::GAP}})),
        document,
        tokens: Mutex::new(vec![None; count]),
        ids,
    });
    play(Arc::clone(&load), Plan::unlimited(server, "Signing in")).await;
    let mut tokens = load.tokens.lock().unwrap_or_else(PoisonError::into_inner);
    let tokens: Option<Vec<HeaderValue>> = std::mem::take(&mut *tokens).into_iter().collect();
    tokens.ok_or_else(|| {
        "not all voters could sign in as guests: give the server's secret, or let one address sign in more often \
         (ACCLAIM_LIMIT_NEW_GUEST)"
            .into()
    })
}

struct SigningIn {
    server: Server,
    document: Document,
    template: Template,
    ids: Vec<Uuid>,
    tokens: Mutex<Vec<Option<HeaderValue>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignInData<'a> {
    #[serde(borrow)]
    sign_in_guest: Option<SignInPayload<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignInPayload<'a> {
    session: Option<Session>,
    #[serde(borrow)]
    user_errors: Vec<UserError<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    access_token: String,
}

impl Load for SigningIn {
    fn due(&self, index: usize) -> Due {
        if index < self.ids.len() {
            Due::Now
        } else {
            Due::Never
        }
    }

    fn kind(&self, _: usize) -> Kind {
        Kind::SignIn
    }

    fn request(&self, index: usize) -> Ready {
        let body = self.template.with_uuid(self.ids[index]);
        self.server.requests.post(body, Sender::ANONYMOUS)
    }

    fn judge(&self, index: usize, answer: Result<&Answer, Lost>) -> Verdict {
        let Ok(answer) = answer else {
            return Verdict::again();
        };
        let reply: Reply<SignInData> = Reply::read(answer);
        let payload = reply
            .data
            .as_ref()
            .and_then(|data| data.sign_in_guest.as_ref());
        if let Some(session) = payload.and_then(|payload| payload.session.as_ref()) {
            let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            tokens[index] = bearer(&session.access_token).ok();
            return Verdict::Done { is_good: true };
        }
        let is_refused = payload.is_some_and(|payload| !payload.user_errors.is_empty());
        if is_refused {
            return Verdict::Done { is_good: false };
        }
        Verdict::of_failure(&reply)
    }

    fn documents(&self) -> Vec<&Document> {
        vec![&self.document]
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation};
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_token_is_as_the_server_makes_it() {
        let secret = "a secret of at least thirty-two bytes";
        let id = Uuid::from_u128(7);
        let lifetime = Duration::from_mins(1);
        let headers = sign(secret, &[id], 4_000_000_000, lifetime).expect("it signs");
        let text = headers[0].to_str().expect("ASCII");
        let token = text.strip_prefix("Bearer ").expect("a bearer token");
        let header = jsonwebtoken::decode_header(token).expect("a header");
        assert_eq!(header.alg, Algorithm::HS256);
        let hash = digest(&SHA256, format!("kid{secret}").as_bytes());
        assert_eq!(header.kid, Some(HEXLOWER.encode(&hash.as_ref()[..4])));
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&["acclaim"]);
        validation.set_issuer(&["acclaim"]);
        let key = DecodingKey::from_secret(secret.as_bytes());
        let claims = jsonwebtoken::decode::<Value>(token, &key, &validation)
            .expect("it is good")
            .claims;
        assert_eq!(claims["sub"], id.to_string());
        assert_eq!(claims["role"], "voter");
        assert_eq!(claims["exp"], 4_000_000_060_i64);
    }
}
