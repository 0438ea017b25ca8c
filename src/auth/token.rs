//! Access tokens (JWT, RFC 7519).
//!
//! A token's `kid` pins both key and algorithm: what the header says about its algorithm chooses nothing. Two keys can
//! live at once, so that keys are changed without signing anybody out: the first one signs.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use aws_lc_rs::digest;
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, crypto};
use quick_cache::sync::Cache;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Viewer;
use crate::domain::identity::{IdentityKind, IdentityKinds};
use crate::error::{Error, Result};
use crate::id::{SessionId, StaffId, VoterId};

/// How long an access token is good: the time a leaked one can be used, and how often clients refresh.
pub const ACCESS_LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// Issuer and audience of our tokens.
const ISSUER: &str = "acclaim";
/// A shorter secret can be guessed.
pub const SECRET_BYTES_MIN: usize = 32;
/// Our tokens have some 300 bytes; nothing longer is worth decoding.
const TOKEN_BYTES_MAX: usize = 2_048;
/// Tokens that have been verified and need not be again, some 150 bytes each.
const VERIFIED_MAX: usize = 65_536;

/// The fields of a token's header that are read (RFC 7515, section 4.1).
#[derive(Debug, Deserialize)]
struct JwtHeader<'a> {
    alg: Algorithm,
    #[serde(borrow)]
    kid: Cow<'a, str>,
    /// Extensions that must be understood: none is.
    crit: Option<IgnoredAny>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims<'a> {
    #[serde(borrow)]
    iss: Cow<'a, str>,
    #[serde(borrow)]
    aud: Cow<'a, str>,
    sub: Uuid,
    role: Role,
    exp: i64,
    iat: i64,
    /// The moment before which a token is not good; ours have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    /// A private claim, on tokens of voters only: their ways in, so that campaigns can admit some without a look at the
    /// database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ways: Option<IdentityKinds>,
    /// A private claim, on tokens of voters only: whether a platform has given them a rank of risk above none, which a
    /// challenge tells them as well. Not the rank: whoever holds the token reads it, and would learn which of its
    /// accounts have votes that will be withheld.
    #[serde(default, skip_serializing_if = "is_false")]
    risk: bool,
    /// The same as `ways` on tokens of programs from before there were several: whether the voter is a guest.
    #[serde(default, skip_serializing)]
    guest: bool,
    /// The session, on tokens of staff only: it may be ended before the token expires (the name is that of `OpenID`
    /// Connect).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_false(claim: &bool) -> bool {
    !claim
}

impl Claims<'_> {
    fn kinds(&self) -> IdentityKinds {
        let before = if self.guest {
            IdentityKind::Guest
        } else {
            IdentityKind::WechatMiniProgram
        };
        self.ways.unwrap_or(before.into())
    }
}

/// An access token that has been verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The viewer.
    pub viewer: Viewer,
    /// The session that it belongs to, where that may be ended.
    pub session_id: Option<SessionId>,
    /// The moment until which it is good.
    pub expires_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Voter,
    Staff,
}

/// One key with its algorithm.
struct Key {
    kid: String,
    algorithm: Algorithm,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Key {
    fn from_secret(secret: &str) -> Self {
        let secret = secret.as_bytes();
        let hash = digest::digest(&digest::SHA256, &[b"kid", secret].concat());
        Self {
            kid: HEXLOWER.encode(&hash.as_ref()[..4]),
            algorithm: Algorithm::HS256,
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        }
    }

    fn from_entry(entry: &KeyFileEntry) -> Result<Self, jsonwebtoken::errors::Error> {
        Ok(Self {
            kid: entry.kid.clone(),
            algorithm: Algorithm::EdDSA,
            encoding: EncodingKey::from_ed_pem(entry.private_pem.as_bytes())?,
            decoding: DecodingKey::from_ed_pem(entry.public_pem.as_bytes())?,
        })
    }
}

/// The keys of access tokens.
pub struct TokenKeys {
    signing: Key,
    verifying: HashMap<String, (Algorithm, DecodingKey)>,
    /// The tokens that have been verified, by their SHA-256.
    verified: Cache<[u8; 32], Access>,
}

impl std::fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKeys")
            .field("kids", &self.verifying.keys())
            .finish_non_exhaustive()
    }
}

/// A key set as its file has it: Ed25519 keys in PKCS#8 PEM; the first signs.
#[derive(Deserialize)]
struct KeyFile {
    keys: Vec<KeyFileEntry>,
}

#[derive(Deserialize)]
struct KeyFileEntry {
    kid: String,
    private_pem: String,
    public_pem: String,
}

impl TokenKeys {
    /// HS256 with one or more secrets of at least [`SECRET_BYTES_MIN`] bytes each; the first signs.
    ///
    /// # Errors
    /// A sentence that says what is wrong, without the secret.
    pub fn from_secrets(secrets: &[&str]) -> Result<Self, String> {
        if secrets.iter().any(|secret| secret.len() < SECRET_BYTES_MIN) {
            return Err(format!("must have at least {SECRET_BYTES_MIN} bytes"));
        }
        Self::new(secrets.iter().map(|secret| Key::from_secret(secret)))
    }

    /// `EdDSA` with the keys of a file: `{"keys":[{"kid","private_pem","public_pem"}]}`; the first signs.
    ///
    /// # Errors
    /// A sentence that says what is wrong, without the keys.
    pub fn from_file(path: &Path) -> Result<Self, String> {
        let text = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
        let file: KeyFile = serde_json::from_slice(&text).map_err(|error| {
            format!("is not a key set of the form {{\"keys\":[{{kid, private_pem, public_pem}}]}} (line {})", error.line())
        })?;
        let keys: Result<Vec<Key>, _> = file.keys.iter().map(Key::from_entry).collect();
        Self::new(keys.map_err(|_| "has a key that is not Ed25519 in PEM".to_owned())?)
    }

    fn new(keys: impl IntoIterator<Item = Key>) -> Result<Self, String> {
        let mut keys = keys.into_iter();
        let signing = keys.next().ok_or("has no key")?;
        let first = (signing.algorithm, signing.decoding.clone());
        let mut verifying = HashMap::from([(signing.kid.clone(), first)]);
        verifying.extend(keys.map(|key| (key.kid, (key.algorithm, key.decoding))));
        Ok(Self {
            signing,
            verifying,
            verified: Cache::new(VERIFIED_MAX),
        })
    }

    /// Makes an access token for `viewer`, of this session for staff; returns it with its expiry.
    ///
    /// # Errors
    /// [`Error::Internal`] for an anonymous viewer, and when the key cannot sign.
    pub fn issue(
        &self,
        viewer: Viewer,
        session_id: Option<SessionId>,
        now: DateTime<Utc>,
    ) -> Result<(String, DateTime<Utc>)> {
        let (sub, role, ways, sid) = match viewer {
            Viewer::Anonymous => return Err(Error::internal("nobody has no token")),
            Viewer::Voter { id, kinds, .. } => (id.0, Role::Voter, Some(kinds), None),
            Viewer::Staff(id) => (id.0, Role::Staff, None, session_id.map(|id| id.0)),
        };
        let expires_at = now + ACCESS_LIFETIME;
        let claims = Claims {
            iss: ISSUER.into(),
            aud: ISSUER.into(),
            sub,
            role,
            exp: expires_at.timestamp(),
            iat: now.timestamp(),
            nbf: None,
            ways,
            risk: viewer.is_suspicious(),
            guest: false,
            sid,
        };
        let header = Header {
            kid: Some(self.signing.kid.clone()),
            ..Header::new(self.signing.algorithm)
        };
        let token = jsonwebtoken::encode(&header, &claims, &self.signing.encoding)
            .map_err(Error::internal)?;
        Ok((token, expires_at))
    }

    /// The content of a token that is ours and good.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] whatever is wrong with it.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Access> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Error::Unauthenticated);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
        let verified = self.verified.get(&hash);
        let access = match verified.or_else(|| self.decode(token, now)) {
            Some(found) if verified.is_none() => {
                self.verified.insert(hash, found);
                found
            }
            Some(found) => found,
            None => return Err(Error::Unauthenticated),
        };
        if now >= access.expires_at {
            return Err(Error::Unauthenticated);
        }
        Ok(access)
    }

    /// Decodes a token, each part once: the library's own `decode` reads the header and the claims twice.
    fn decode(&self, token: &str, now: DateTime<Utc>) -> Option<Access> {
        let (message, signature) = token.rsplit_once('.')?;
        let (head, payload) = message.split_once('.')?;
        let head = BASE64URL_NOPAD.decode(head.as_bytes()).ok()?;
        let head: JwtHeader<'_> = serde_json::from_slice(&head).ok()?;
        let (algorithm, key) = self.verifying.get(&*head.kid)?;
        if head.alg != *algorithm || head.crit.is_some() {
            return None;
        }
        let is_ours = crypto::verify(signature, message.as_bytes(), key, *algorithm);
        // Nothing of the payload is read before its signature is known to be ours.
        if !is_ours.ok()? {
            return None;
        }
        let payload = BASE64URL_NOPAD.decode(payload.as_bytes()).ok()?;
        let claims: Claims<'_> = serde_json::from_slice(&payload).ok()?;
        if claims.iss != ISSUER || claims.aud != ISSUER {
            return None;
        }
        if claims.nbf.is_some_and(|nbf| now.timestamp() < nbf) {
            return None;
        }
        let viewer = match claims.role {
            Role::Voter => Viewer::Voter {
                id: VoterId(claims.sub),
                kinds: claims.kinds(),
                is_suspicious: claims.risk,
            },
            Role::Staff => Viewer::Staff(StaffId(claims.sub)),
        };
        Some(Access {
            viewer,
            session_id: claims.sid.map(SessionId),
            expires_at: DateTime::from_timestamp(claims.exp, 0)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "an old secret of at least 32 bytes";
    const NEW: &str = "the new secret of at least 32 bytes";

    fn keys(secrets: &[&str]) -> TokenKeys {
        TokenKeys::from_secrets(secrets).expect("good secrets")
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_666_666_666, 0).expect("a time")
    }

    fn voter() -> Viewer {
        Viewer::Voter {
            id: VoterId::new(),
            kinds: IdentityKind::Guest.into(),
            is_suspicious: false,
        }
    }

    #[test]
    fn a_token_is_good_until_it_expires() {
        let keys = keys(&[NEW]);
        let viewer = voter();
        let (token, expires_at) = keys.issue(viewer, None, now()).expect("it signs");
        assert_eq!(expires_at, now() + ACCESS_LIFETIME);
        let last = expires_at - TimeDelta::microseconds(1);
        assert_eq!(
            keys.verify(&token, last).expect("still good"),
            Access {
                viewer,
                session_id: None,
                expires_at
            }
        );
        assert!(matches!(
            keys.verify(&token, expires_at),
            Err(Error::Unauthenticated)
        ));
    }

    #[test]
    fn two_keys_live_while_one_replaces_the_other() {
        let (token, _) = keys(&[OLD]).issue(voter(), None, now()).expect("it signs");
        assert!(keys(&[NEW, OLD]).verify(&token, now()).is_ok());
        assert!(keys(&[NEW]).verify(&token, now()).is_err());
        let (token, _) = keys(&[NEW, OLD])
            .issue(voter(), None, now())
            .expect("it signs");
        assert!(keys(&[NEW]).verify(&token, now()).is_ok());
    }

    fn claims(aud: &'static str, iss: &'static str) -> Claims<'static> {
        Claims {
            iss: iss.into(),
            aud: aud.into(),
            sub: Uuid::new_v4(),
            role: Role::Voter,
            exp: now().timestamp() + 60,
            iat: now().timestamp(),
            nbf: None,
            ways: None,
            risk: false,
            guest: false,
            sid: None,
        }
    }

    fn sign(header: &Header, claims: &Claims<'_>, secret: &str) -> String {
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(header, claims, &key).expect("it signs")
    }

    #[test]
    fn tokens_from_before_there_were_several_ways_say_who_is_a_guest() {
        let keys = keys(&[NEW]);
        let header = Header {
            kid: Some(keys.signing.kid.clone()),
            ..Header::new(Algorithm::HS256)
        };
        let key = EncodingKey::from_secret(NEW.as_bytes());
        let is_guest = |guest: Option<bool>| {
            let mut claims = serde_json::to_value(claims("acclaim", "acclaim")).expect("JSON");
            if let Some(guest) = guest {
                claims["guest"] = guest.into();
            }
            let token = jsonwebtoken::encode(&header, &claims, &key).expect("it signs");
            let access = keys.verify(&token, now()).expect("a good token");
            access.viewer.is_guest()
        };
        assert!(is_guest(Some(true)));
        assert!(!is_guest(None));
    }

    #[test]
    fn a_token_says_whether_its_voter_is_suspicious_and_no_more() {
        let keys = keys(&[NEW]);
        let issue = |is_suspicious| {
            let viewer = Viewer::Voter {
                id: VoterId::new(),
                kinds: IdentityKind::WechatMiniProgram.into(),
                is_suspicious,
            };
            let (token, _) = keys.issue(viewer, None, now()).expect("it signs");
            let access = keys.verify(&token, now()).expect("its own");
            assert_eq!(access.viewer, viewer);
            let payload = token.split('.').nth(1).expect("a payload");
            let payload = BASE64URL_NOPAD.decode(payload.as_bytes());
            let claims: serde_json::Value =
                serde_json::from_slice(&payload.expect("base64")).expect("JSON");
            claims["risk"].clone()
        };
        assert_eq!(issue(true), true);
        // Tokens of programs from before have none either.
        assert_eq!(issue(false), serde_json::Value::Null);
    }

    #[test]
    fn a_token_is_not_good_before_its_time() {
        let keys = keys(&[NEW]);
        let header = Header {
            kid: Some(keys.signing.kid.clone()),
            ..Header::new(Algorithm::HS256)
        };
        let token = |nbf| {
            let claims = Claims {
                nbf: Some(nbf),
                ..claims("acclaim", "acclaim")
            };
            sign(&header, &claims, NEW)
        };
        let early = token(now().timestamp() + 30);
        assert!(keys.verify(&early, now()).is_err());
        assert!(keys.verify(&early, now() + TimeDelta::seconds(30)).is_ok());
        assert!(keys.verify(&token(now().timestamp()), now()).is_ok());
    }

    #[test]
    fn the_token_chooses_neither_algorithm_nor_key_nor_audience() {
        let keys = keys(&[NEW]);
        let kid = Some(keys.signing.kid.clone());
        let with = |algorithm| Header {
            kid: kid.clone(),
            ..Header::new(algorithm)
        };
        let good = claims("acclaim", "acclaim");
        assert!(
            keys.verify(&sign(&with(Algorithm::HS256), &good, NEW), now())
                .is_ok()
        );
        for (what, token) in [
            (
                "another algorithm",
                sign(&with(Algorithm::HS512), &good, NEW),
            ),
            ("no kid", sign(&Header::new(Algorithm::HS256), &good, NEW)),
            ("the wrong key", sign(&with(Algorithm::HS256), &good, OLD)),
            (
                "the wrong audience",
                sign(&with(Algorithm::HS256), &claims("other", "acclaim"), NEW),
            ),
            (
                "the wrong issuer",
                sign(&with(Algorithm::HS256), &claims("acclaim", "other"), NEW),
            ),
            ("algorithm none", {
                let json = |text: String| BASE64URL_NOPAD.encode(text.as_bytes());
                let header = json(format!(
                    r#"{{"alg":"none","typ":"JWT","kid":"{}"}}"#,
                    keys.signing.kid
                ));
                format!(
                    "{header}.{}.",
                    json(serde_json::to_string(&good).expect("claims"))
                )
            }),
            ("an extension that must be understood", {
                let mut header = with(Algorithm::HS256);
                header.crit = Some(vec!["b64".to_owned()]);
                sign(&header, &good, NEW)
            }),
            ("no token", "nonsense".to_owned()),
            ("a very long one", "a".repeat(1 << 20)),
        ] {
            assert!(
                matches!(keys.verify(&token, now()), Err(Error::Unauthenticated)),
                "{what} was accepted"
            );
        }
    }

    #[test]
    fn a_tampered_token_is_refused() {
        let keys = keys(&[NEW]);
        let (token, _) = keys.issue(voter(), None, now()).expect("it signs");
        for position in (0..token.len()).step_by(7) {
            let mut bytes = token.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let tampered = String::from_utf8(bytes).expect("ASCII");
            assert!(
                keys.verify(&tampered, now()).is_err(),
                "a change at {position} was accepted"
            );
        }
    }

    #[test]
    fn short_secrets_are_refused() {
        assert!(TokenKeys::from_secrets(&["too short"]).is_err());
        assert!(TokenKeys::from_secrets(&[]).is_err());
    }

    /// A key set file of one new key with this id.
    fn key_file(kid: &str) -> tempfile::NamedTempFile {
        use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
        use data_encoding::BASE64;
        // The head of a SubjectPublicKeyInfo of an Ed25519 key (RFC 8410).
        const SPKI: [u8; 12] = [
            0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
        ];
        let pair = Ed25519KeyPair::generate().expect("randomness");
        let pem = |label: &str, der: &[u8]| {
            format!(
                "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
                BASE64.encode(der)
            )
        };
        let private = pair.to_pkcs8v1().expect("PKCS#8");
        let public = [&SPKI[..], pair.public_key().as_ref()].concat();
        let json = serde_json::json!({"keys": [{
            "kid": kid,
            "private_pem": pem("PRIVATE KEY", private.as_ref()),
            "public_pem": pem("PUBLIC KEY", &public),
        }]});
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::io::Write::write_all(&mut file, json.to_string().as_bytes()).expect("it is written");
        file
    }

    #[test]
    fn ed25519_keys_come_from_a_file() {
        let file = key_file("one");
        let other = key_file("one");
        let keys = TokenKeys::from_file(file.path()).expect("a good key set");
        let viewer = voter();
        let (token, _) = keys.issue(viewer, None, now()).expect("it signs");
        assert_eq!(keys.verify(&token, now()).expect("its own").viewer, viewer);
        let other = TokenKeys::from_file(other.path()).expect("a good key set");
        assert!(
            other.verify(&token, now()).is_err(),
            "another key of the same id"
        );
        // The public key as an HMAC secret: the kid pins the algorithm.
        let header = Header {
            kid: Some("one".into()),
            ..Header::new(Algorithm::HS256)
        };
        let claims = serde_json::json!({"iss": "acclaim", "aud": "acclaim", "sub": Uuid::new_v4(), "role": "staff",
            "exp": now().timestamp() + 60, "iat": now().timestamp()});
        let forged = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(b"public"))
            .expect("it signs");
        assert!(keys.verify(&forged, now()).is_err());
    }
}
