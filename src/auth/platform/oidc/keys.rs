//! The keys that a provider signs id tokens with ([RFC 7517]).
//!
//! A key decides which algorithms it may be used with: what a token says about its own chooses among these. Symmetric
//! keys are none of them, so that a public key is never taken for a secret.
//!
//! [RFC 7517]: https://www.rfc-editor.org/rfc/rfc7517

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::Deserialize;
use serde_json::Value;

use super::super::failure::Failure;

/// Keys of a set that are looked at; providers have two or three.
const KEYS_MAX: usize = 64;

/// A text with its signature, and how it says that it is signed.
pub(super) struct Signed<'a> {
    pub algorithm: Algorithm,
    pub key_id: Option<String>,
    pub message: &'a str,
    /// In the base64 of tokens.
    pub signature: &'a str,
}

/// The keys of a provider that can sign id tokens.
#[derive(Debug)]
pub(super) struct KeySet(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    /// The algorithms that it may be used with.
    algorithms: &'static [Algorithm],
    decoding: DecodingKey,
}

impl KeySet {
    /// Reads a key set. Keys that we cannot use are left out: sets have keys for other purposes, too.
    pub fn parse(set: &[u8]) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }

        let set: Set = serde_json::from_slice(set).map_err(|_| Failure::AnswerUnreadable)?;
        let keys = set.keys.into_iter().take(KEYS_MAX).filter_map(Key::parse);
        Ok(Self(keys.collect()))
    }

    /// Whether a text may be signed with one of these keys.
    pub fn has_key_of(&self, signed: &Signed<'_>) -> bool {
        self.keys_of(signed).next().is_some()
    }

    /// Whether a text is signed with one of these keys.
    pub fn have_signed(&self, signed: &Signed<'_>) -> bool {
        self.keys_of(signed).any(|key| {
            let message = signed.message.as_bytes();
            crypto::verify(signed.signature, message, &key.decoding, signed.algorithm)
                .unwrap_or(false)
        })
    }

    /// The keys that a text may be signed with: those of its key id; where it has none, the only one that fits.
    fn keys_of(&self, signed: &Signed<'_>) -> impl Iterator<Item = &Key> {
        let fits = |key: &&Key| key.algorithms.contains(&signed.algorithm);
        let is_only = self.0.iter().filter(fits).count() == 1;
        self.0.iter().filter(move |key| match &signed.key_id {
            Some(id) => fits(key) && key.id.as_ref() == Some(id),
            None => fits(key) && is_only,
        })
    }
}

impl Key {
    fn parse(key: Value) -> Option<Self> {
        let key: Jwk = serde_json::from_value(key).ok()?;
        let algorithms: &[Algorithm] = match (&key.algorithm, key.common.key_algorithm) {
            (AlgorithmParameters::RSA(_), None) => &[Algorithm::RS256, Algorithm::PS256],
            (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::RS256)) => &[Algorithm::RS256],
            (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::PS256)) => &[Algorithm::PS256],
            (AlgorithmParameters::EllipticCurve(curve), None | Some(KeyAlgorithm::ES256))
                if curve.curve == EllipticCurve::P256 =>
            {
                &[Algorithm::ES256]
            }
            (AlgorithmParameters::OctetKeyPair(pair), None | Some(KeyAlgorithm::EdDSA))
                if pair.curve == EllipticCurve::Ed25519 =>
            {
                &[Algorithm::EdDSA]
            }
            _ => return None,
        };
        if !matches!(
            key.common.public_key_use,
            None | Some(PublicKeyUse::Signature)
        ) {
            return None;
        }
        Some(Self {
            decoding: DecodingKey::from_jwk(&key).ok()?,
            id: key.common.key_id,
            algorithms,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn algorithms(key: &Value) -> Vec<Algorithm> {
        let set = json!({ "keys": [key] }).to_string();
        let set = KeySet::parse(set.as_bytes()).expect("a set");
        set.0
            .first()
            .map_or_else(Vec::new, |key| key.algorithms.to_vec())
    }

    #[test]
    fn a_key_decides_on_its_algorithms() {
        let rsa = |alg: Value, key_use: Value| json!({"kty": "RSA", "n": "AQAB", "e": "AQAB", "alg": alg, "use": key_use});
        let ec = |curve: &str| json!({"kty": "EC", "crv": curve, "x": "AQAB", "y": "AQAB"});
        let okp = |curve: &str| json!({"kty": "OKP", "crv": curve, "x": "AQAB"});
        let null = Value::Null;
        for (key, expected) in [
            (
                rsa(null.clone(), null.clone()),
                vec![Algorithm::RS256, Algorithm::PS256],
            ),
            (rsa(json!("RS256"), json!("sig")), vec![Algorithm::RS256]),
            (rsa(json!("PS256"), json!("sig")), vec![Algorithm::PS256]),
            (ec("P-256"), vec![Algorithm::ES256]),
            (okp("Ed25519"), vec![Algorithm::EdDSA]),
            (rsa(null.clone(), json!("enc")), vec![]),
            (rsa(json!("RSA-OAEP"), null.clone()), vec![]),
            (rsa(json!("RS512"), null.clone()), vec![]),
            (rsa(json!("HS256"), null.clone()), vec![]),
            (rsa(json!("ES256"), null), vec![]),
            (ec("P-384"), vec![]),
            (ec("secp256k1"), vec![]),
            (ec("Ed25519"), vec![]),
            (okp("X25519"), vec![]),
            (okp("P-256"), vec![]),
            (json!({"kty": "oct", "k": "AQAB"}), vec![]),
            (json!({"kty": "oct", "k": "AQAB", "alg": "HS256"}), vec![]),
            (json!({"kty": "RSA", "n": "?", "e": "AQAB"}), vec![]),
            (json!({"kty": "RSA"}), vec![]),
            (json!(7), vec![]),
        ] {
            assert_eq!(algorithms(&key), expected, "{key}");
        }
    }

    #[test]
    fn a_token_finds_its_key_by_id_and_algorithm() {
        let rsa = |id: &str, alg: &str| json!({"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": id, "alg": alg});
        let ec = json!({"kty": "EC", "crv": "P-256", "x": "AQAB", "y": "AQAB", "kid": "3"});
        let set = json!({"keys": [rsa("1", "RS256"), rsa("2", "RS256"), ec]}).to_string();
        let set = KeySet::parse(set.as_bytes()).expect("a set");
        for (key_id, algorithm, is_there) in [
            (Some("1"), Algorithm::RS256, true),
            (Some("3"), Algorithm::ES256, true),
            (Some("1"), Algorithm::PS256, false),
            (Some("1"), Algorithm::RS512, false),
            (Some("1"), Algorithm::HS256, false),
            (Some("1"), Algorithm::ES256, false),
            (Some("3"), Algorithm::RS256, false),
            (Some("4"), Algorithm::RS256, false),
            (Some(""), Algorithm::RS256, false),
            // Without an id, the only one that fits.
            (None, Algorithm::ES256, true),
            (None, Algorithm::RS256, false),
            (None, Algorithm::EdDSA, false),
        ] {
            let signed = Signed {
                algorithm,
                key_id: key_id.map(str::to_owned),
                message: "",
                signature: "",
            };
            assert_eq!(
                set.has_key_of(&signed),
                is_there,
                "{key_id:?} {algorithm:?}"
            );
            assert!(!set.have_signed(&signed), "{key_id:?} {algorithm:?}");
        }
    }

    #[test]
    fn a_set_is_read_as_far_as_it_can_be_used() {
        let key = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "1"});
        let parse = |set: Value| KeySet::parse(set.to_string().as_bytes());
        let set = parse(json!({"keys": [7, {"kty": "new"}, key], "other": 1}));
        assert_eq!(set.expect("a set").0.len(), 1);
        let many = parse(json!({ "keys": vec![key; 1_000] })).expect("a set");
        assert_eq!(many.0.len(), KEYS_MAX);
        for bad in [json!({}), json!([]), json!({"keys": {}}), json!("keys")] {
            assert!(parse(bad.clone()).is_err(), "{bad}");
        }
    }
}
