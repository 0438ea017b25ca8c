//! The decision on an id token ([OpenID Connect Core 1.0], section 3.1.3.7).
//!
//! The token comes from the provider itself by an encrypted call; its signature is checked all the same, and nothing of
//! its claims is read before.
//!
//! [OpenID Connect Core 1.0]: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation

use std::borrow::Cow;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::PlatformId;
use super::super::failure::Failure;
use super::keys::{KeySet, Signed};

/// Seconds that the provider's clock and ours may differ.
const LEEWAY_SECONDS: f64 = 60.0;
/// The longest name of a person, by the protocol.
const SUBJECT_BYTES_MAX: usize = 255;

/// A token of which only the header has been read.
pub(super) struct IdToken<'a> {
    /// Header and payload, and how they say that they are signed.
    pub signed: Signed<'a>,
    payload: &'a str,
}

/// The claims that a token must have.
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: DateTime<Utc>,
}

/// The fields of a token's header that are read (RFC 7515, section 4.1).
#[derive(Deserialize)]
struct Header<'a> {
    alg: Algorithm,
    #[serde(borrow)]
    kid: Option<Cow<'a, str>>,
    /// Extensions that must be understood: none is.
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    /// The client that the token was made for, where several may read it.
    azp: Option<String>,
    /// Seconds since 1970, which may have a fraction.
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
    nonce: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl<'a> IdToken<'a> {
    /// Reads a token's header.
    pub fn parse(token: &'a str) -> Result<Self, Failure> {
        let no_token = Failure::Untrusted("the id token is none");
        let parts = token.rsplit_once('.').and_then(|(message, signature)| {
            let (header, payload) = message.split_once('.')?;
            Some((message, header, payload, signature))
        });
        let Some((message, header, payload, signature)) = parts else {
            return Err(no_token);
        };
        let Ok(header) = BASE64URL_NOPAD.decode(header.as_bytes()) else {
            return Err(no_token);
        };
        // Algorithms that we do not know are none here: "none" is one of them.
        let Ok(header) = serde_json::from_slice::<Header<'_>>(&header) else {
            return Err(Failure::Untrusted(
                "the id token's header or algorithm is none of ours",
            ));
        };
        if header.crit.is_some() {
            return Err(Failure::Untrusted(
                "the id token has an extension that is none of ours",
            ));
        }
        let signed = Signed {
            algorithm: header.alg,
            key_id: header.kid.map(Cow::into_owned),
            message,
            signature,
        };
        Ok(Self { signed, payload })
    }

    /// The person that the token names, when it is signed with one of these keys and says what it must.
    pub fn verify(&self, keys: &KeySet, expected: &Expected<'_>) -> Result<PlatformId, Failure> {
        if !keys.has_key_of(&self.signed) {
            return Err(Failure::Untrusted(
                "the id token is signed with no key of the provider's",
            ));
        }
        if !keys.have_signed(&self.signed) {
            return Err(Failure::Untrusted(
                "the id token's signature is not the provider's",
            ));
        }
        let payload = BASE64URL_NOPAD.decode(self.payload.as_bytes());
        let claims = payload
            .ok()
            .and_then(|payload| serde_json::from_slice(&payload).ok());
        let Some(claims) = claims else {
            return Err(Failure::Untrusted(
                "a claim of the id token is missing or wrong",
            ));
        };
        check(claims, expected)
    }
}

/// The person that these claims name, when they are what they must be.
fn check(claims: Claims, expected: &Expected<'_>) -> Result<PlatformId, Failure> {
    if claims.iss != expected.issuer {
        return Err(Failure::Untrusted("the id token is another issuer's"));
    }
    let is_several = matches!(&claims.aud, Audience::Several(clients) if clients.len() > 1);
    let is_for_us = match &claims.aud {
        Audience::One(client) => client == expected.client_id,
        Audience::Several(clients) => clients.iter().any(|client| client == expected.client_id),
    };
    let is_made_for_us = match &claims.azp {
        Some(client) => client == expected.client_id,
        None => !is_several,
    };
    if !is_for_us || !is_made_for_us {
        return Err(Failure::Untrusted("the id token is for another client"));
    }
    #[allow(
        clippy::cast_precision_loss,
        reason = "seconds since 1970 are far below 2^52"
    )]
    let now = expected.now.timestamp() as f64;
    if claims.exp + LEEWAY_SECONDS <= now {
        return Err(Failure::Untrusted("the id token has expired"));
    }
    let is_early = |moment: f64| moment - LEEWAY_SECONDS > now;
    if is_early(claims.iat) || claims.nbf.is_some_and(is_early) {
        return Err(Failure::Untrusted(
            "the id token is of the future: compare the clocks",
        ));
    }
    let nonce = claims.nonce.unwrap_or_default();
    if verify_slices_are_equal(nonce.as_bytes(), expected.nonce.as_bytes()).is_err() {
        return Err(Failure::NotOurs);
    }
    if !(1..=SUBJECT_BYTES_MAX).contains(&claims.sub.len()) {
        return Err(Failure::Untrusted("the id token names nobody"));
    }
    Ok(PlatformId(claims.sub))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn claims() -> Value {
        json!({
            "iss": "https://sso.example.org", "sub": "lin", "aud": "vote", "nonce": "n",
            "iat": NOW - 5, "exp": NOW + 300, "email": "lin@example.org",
        })
    }

    fn outcome(claims: &Value) -> Result<String, String> {
        let claims = serde_json::from_value(claims.clone()).map_err(|_| "claims".to_owned())?;
        let expected = Expected {
            issuer: "https://sso.example.org",
            client_id: "vote",
            nonce: "n",
            now: DateTime::from_timestamp(NOW, 0).expect("a time"),
        };
        match check(claims, &expected) {
            Ok(id) => Ok(id.as_str().to_owned()),
            Err(failure) => Err(failure.to_string()),
        }
    }

    #[test]
    fn a_token_that_says_what_it_must_names_a_person() {
        for (name, value) in [
            ("none", json!(1)),
            ("aud", json!(["vote"])),
            ("azp", json!("vote")),
            ("exp", json!(NOW - 59)),
            ("exp", json!(1_700_000_000.5)),
            ("exp", json!(4_000_000_000_u64)),
            ("iat", json!(NOW + 60)),
            ("nbf", json!(NOW + 60)),
            ("nbf", Value::Null),
        ] {
            let mut claims = claims();
            claims[name] = value;
            assert_eq!(outcome(&claims), Ok("lin".to_owned()), "{claims}");
        }
        let mut several = claims();
        several["aud"] = json!(["other", "vote"]);
        several["azp"] = json!("vote");
        assert_eq!(outcome(&several), Ok("lin".to_owned()));
    }

    #[test]
    fn a_token_with_a_wrong_claim_names_nobody() {
        for (name, value, reason) in [
            ("iss", json!("https://sso.example.org/"), "another issuer"),
            ("iss", json!("http://sso.example.org"), "another issuer"),
            ("iss", json!(["https://sso.example.org"]), "claims"),
            ("aud", json!("other"), "another client"),
            ("aud", json!("Vote"), "another client"),
            ("aud", json!([]), "another client"),
            ("aud", json!(["other"]), "another client"),
            ("aud", json!(["other", "vote"]), "another client"),
            ("azp", json!("other"), "another client"),
            ("aud", json!(7), "claims"),
            ("exp", json!(NOW - 60), "expired"),
            ("exp", json!(-1), "expired"),
            ("exp", json!("4000000000"), "claims"),
            ("exp", Value::Null, "claims"),
            ("iat", json!(NOW + 61), "future"),
            ("iat", Value::Null, "claims"),
            ("nbf", json!(NOW + 61), "future"),
            ("nbf", json!("soon"), "claims"),
            ("nonce", json!("m"), "another browser"),
            ("nonce", json!(""), "another browser"),
            ("nonce", Value::Null, "another browser"),
            ("nonce", json!(7), "claims"),
            ("sub", json!(""), "nobody"),
            ("sub", json!("a".repeat(256)), "nobody"),
            ("sub", json!(7), "claims"),
            ("sub", Value::Null, "claims"),
        ] {
            let mut claims = claims();
            claims[name] = value;
            let said = outcome(&claims).expect_err("it is wrong");
            assert!(said.contains(reason), "{claims}: {said}");
        }
    }

    #[test]
    fn a_header_is_read_before_all_else() {
        let header = |header: &str| {
            let header = BASE64URL_NOPAD.encode(header.as_bytes());
            let token = format!("{header}.e30.c2ln");
            IdToken::parse(&token).map(|token| {
                let signed = token.signed;
                (signed.algorithm, signed.key_id)
            })
        };
        let good = header(r#"{"alg":"RS256","kid":"1","typ":"JWT","x5t":"a"}"#);
        assert_eq!(good.ok(), Some((Algorithm::RS256, Some("1".to_owned()))));
        let without = header(r#"{"alg":"ES256"}"#);
        assert_eq!(without.ok(), Some((Algorithm::ES256, None)));
        for bad in [
            "",
            "{}",
            r#"{"alg":"none"}"#,
            r#"{"alg":"None"}"#,
            r#"{"alg":null}"#,
            r#"{"alg":"RS256","kid":7}"#,
            r#"{"alg":"RS256","crit":["b64"],"b64":false}"#,
            r#"{"alg":"RS256","alg":"none"}"#,
        ] {
            assert!(header(bad).is_err(), "{bad}");
        }
        for bad in ["", ".", "..", "a.b", "e30", "e30=.e30.c2ln"] {
            assert!(IdToken::parse(bad).is_err(), "{bad}");
        }
    }
}
