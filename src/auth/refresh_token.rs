//! Refresh tokens: the id of their session, a secret of 256 bits, and a seal.
//!
//! The secret of a successor is derived from the used token: whoever shows that one again, having lost the answer or
//! being another tab, is given the same successor, so that a session has one line of tokens only. The seal tells junk
//! without a look at the database, and a token of ours whose row has been purged from one that never was.

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use super::keyed_hash::{HashKey, Purpose};
use super::secret::random_bytes;
use crate::error::Result;
use crate::id::SessionId;

const ID_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;
const SEAL_BYTES: usize = 16;

/// A refresh token that this installation has issued.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    text: String,
    session_id: SessionId,
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshToken(***)")
    }
}

impl RefreshToken {
    /// The first token of a session.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new(key: &HashKey, session_id: SessionId) -> Result<Self> {
        Ok(Self::seal(key, session_id, random_bytes()?))
    }

    /// The token that follows this one, always the same.
    #[must_use]
    pub fn successor(&self, key: &HashKey) -> Self {
        let secret = key.hash(Purpose::Refresh, &[self.text.as_bytes()]);
        Self::seal(key, self.session_id, secret)
    }

    /// Reads the token of a client; `None` where it is none of ours.
    #[must_use]
    pub fn parse(key: &HashKey, text: &str) -> Option<Self> {
        if text.len() != BASE64URL_NOPAD.encode_len(ID_BYTES + SECRET_BYTES + SEAL_BYTES) {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let id = Uuid::from_slice(&bytes[..ID_BYTES]).ok()?;
        let secret = bytes[ID_BYTES..ID_BYTES + SECRET_BYTES].try_into().ok()?;
        let token = Self::seal(key, SessionId(id), secret);
        // Compared by hashes, so that the time tells nothing of the seal.
        (hash(&token.text) == hash(text)).then_some(token)
    }

    fn seal(key: &HashKey, session_id: SessionId, secret: [u8; SECRET_BYTES]) -> Self {
        let mut bytes = [session_id.0.as_bytes().as_slice(), &secret].concat();
        let seal = key.short_hash(Purpose::RefreshSeal, &bytes);
        bytes.extend_from_slice(&seal);
        Self {
            text: BASE64URL_NOPAD.encode(&bytes),
            session_id,
        }
    }

    /// The session that it belongs to.
    #[must_use]
    pub fn session_id(&self) -> SessionId {
        self.session_id
    }

    /// The token as clients hold it.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// Its hash, as it is stored. The token has a random or derived secret, so a plain hash gives nothing away.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        hash(&self.text)
    }
}

fn hash(text: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, text.as_bytes())
        .as_ref()
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_followed_by_one_token_of_its_session() {
        let key = HashKey::new(&[7; 32]);
        let token = RefreshToken::new(&key, SessionId::new()).expect("randomness");
        let text = token.clone().into_text();
        assert_eq!(RefreshToken::parse(&key, &text), Some(token.clone()));
        let successor = token.successor(&key);
        assert_eq!(successor, token.successor(&key));
        assert_ne!(successor, token);
        assert_ne!(successor.successor(&key), token);
        assert_eq!(successor.session_id(), token.session_id());
        let other_key = HashKey::new(&[8; 32]);
        assert_ne!(token.successor(&other_key), successor);
        assert_eq!(RefreshToken::parse(&other_key, &text), None);
    }

    #[test]
    fn junk_is_no_token() {
        let key = HashKey::new(&[7; 32]);
        let text = RefreshToken::new(&key, SessionId::new())
            .expect("randomness")
            .into_text();
        for position in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let junk = String::from_utf8(bytes).expect("ASCII");
            assert_eq!(RefreshToken::parse(&key, &junk), None, "{position}");
        }
        let long = "a".repeat(1 << 20);
        for junk in ["", "nonsense", &text[1..], &long] {
            assert_eq!(RefreshToken::parse(&key, junk), None);
        }
    }
}
