//! A second factor: codes of an authenticator (TOTP, RFC 6238: SHA-1, six digits, 30 seconds) over a secret that both
//! sides keep, and recovery codes for a lost device. The secret is stored sealed, recovery codes as keyed hashes.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use chrono::{DateTime, Utc};
use data_encoding::{BASE32_NOPAD, Specification};
use totp_rs::Totp;

use super::keyed_hash::{HashKey, Purpose};
use crate::error::{Error, Result};
use crate::id::StaffId;

/// Bytes of a secret: those of the hash, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// Bytes of a nonce of AES-GCM.
const NONCE_BYTES: usize = 12;
/// Recovery codes of a member of staff.
const RECOVERY_CODES: usize = 10;
/// Random bytes of a recovery code: 50 bits of them are used, ten characters.
const RECOVERY_BYTES: usize = 7;
/// Characters of a recovery code.
const RECOVERY_CHARS: usize = 10;

/// The secret of an authenticator.
pub struct TotpSecret([u8; SECRET_BYTES]);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(***)")
    }
}

impl TotpSecret {
    /// A new secret.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new() -> Result<Self> {
        let mut secret = [0; SECRET_BYTES];
        rand::fill(&mut secret).map_err(|_| Error::internal("the system has no randomness"))?;
        Ok(Self(secret))
    }

    /// The secret as it is stored: sealed (AES-256-GCM) for this member of staff.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal(&self, key: &HashKey, owner: StaffId) -> Result<Vec<u8>> {
        let mut sealed = self.0.to_vec();
        let nonce = sealing_key(key)?
            .seal_in_place_append_tag(Aad::from(owner.0.as_bytes()), &mut sealed)
            .map_err(|_| Error::internal("a secret could not be sealed"))?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    /// Opens a stored secret of this member of staff.
    ///
    /// # Errors
    /// When it was sealed for another one, or with another key.
    pub fn open(key: &HashKey, owner: StaffId, stored: &[u8]) -> Result<Self> {
        let cannot = || Error::internal("a stored second factor cannot be opened");
        let (nonce, sealed) = stored.split_at_checked(NONCE_BYTES).ok_or_else(cannot)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| cannot())?;
        let mut sealed = sealed.to_vec();
        let secret = sealing_key(key)?
            .open_in_place(nonce, Aad::from(owner.0.as_bytes()), &mut sealed)
            .map_err(|_| cannot())?;
        Ok(Self(secret.try_into().map_err(|_| cannot())?))
    }

    /// The step of 30 seconds, counted from 1970, that a code is of, if it is good at `now`, or was or will be within a
    /// step. Each step is good once: the caller keeps the last one.
    #[must_use]
    pub fn check(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let time = u64::try_from(now.timestamp()).ok()?;
        let step = self.totp().check(&code, time)?;
        i64::try_from(step).ok()
    }

    /// The code that an authenticator shows at this time.
    #[must_use]
    pub fn code(&self, now: DateTime<Utc>) -> String {
        let time = u64::try_from(now.timestamp()).unwrap_or_default();
        self.totp().generate(time).to_string()
    }

    /// The secret as people type it into an authenticator.
    #[must_use]
    pub fn to_base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// The address that an authenticator reads from a code image.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let encode = |text: &str| {
            let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
            encoded.replace('+', "%20")
        };
        format!(
            "otpauth://totp/{0}:{1}?secret={2}&issuer={0}",
            encode(issuer),
            encode(account),
            self.to_base32()
        )
    }

    fn totp(&self) -> Totp {
        // SHA-1, six digits, 30 seconds, one step of tolerance.
        totp_rs::Builder::new()
            .with_secret(self.0)
            .build_noncompliant()
    }
}

fn sealing_key(key: &HashKey) -> Result<RandomizedNonceKey> {
    let bytes = key.hash(Purpose::SecondFactor, &[]);
    RandomizedNonceKey::new(&AES_256_GCM, &bytes)
        .map_err(|_| Error::internal("a key of 32 bytes is not taken"))
}

/// New recovery codes, each good once: ten characters that are not mixed up, in two groups.
///
/// # Errors
/// When the system has no randomness.
pub fn new_recovery_codes() -> Result<Vec<String>> {
    let mut specification = Specification::new();
    // Crockford's alphabet in lower case: without i, l, o and u.
    specification
        .symbols
        .push_str("0123456789abcdefghjkmnpqrstvwxyz");
    let alphabet = specification
        .encoding()
        .map_err(|error| Error::internal(error.to_string()))?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let mut bytes = [0; RECOVERY_BYTES];
        rand::fill(&mut bytes).map_err(|_| Error::internal("the system has no randomness"))?;
        let code = alphabet.encode(&bytes);
        let (first, second) = code[..RECOVERY_CHARS].split_at(RECOVERY_CHARS / 2);
        codes.push(format!("{first}-{second}"));
    }
    Ok(codes)
}

/// The keyed hash that a recovery code of a member of staff is stored as, however it is typed.
#[must_use]
pub fn recovery_hash(key: &HashKey, owner: StaffId, code: &str) -> [u8; 32] {
    let code: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    key.hash(
        Purpose::RecoveryCode,
        &[owner.0.as_bytes(), code.as_bytes()],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    /// RFC 6238, appendix B: the codes of SHA-1, their last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = TotpSecret(*b"12345678901234567890");
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code(at(time)), code);
            for offset in [-30, 0, 30] {
                assert_eq!(secret.check(code, at(time + offset)), Some(time / 30));
            }
            assert_eq!(secret.check(code, at(time + 61)), None);
        }
        for junk in ["", "28708", "2870822", "abcdef", "２８７０８２"] {
            assert_eq!(secret.check(junk, at(59)), None, "{junk}");
        }
        assert_eq!(secret.check(" 287 082 ", at(59)), Some(1));
    }

    #[test]
    fn a_secret_is_sealed_for_its_owner() {
        let (key, owner) = (HashKey::new(&[7; 32]), StaffId::new());
        let secret = TotpSecret::new().expect("randomness");
        let stored = secret.seal(&key, owner).expect("it is sealed");
        assert!(!stored.windows(8).any(|part| secret.0.starts_with(part)));
        let opened = TotpSecret::open(&key, owner, &stored).expect("it is opened");
        assert_eq!(opened.0, secret.0);
        assert!(TotpSecret::open(&key, StaffId::new(), &stored).is_err());
        assert!(TotpSecret::open(&HashKey::new(&[8; 32]), owner, &stored).is_err());
        assert!(TotpSecret::open(&key, owner, &stored[..5]).is_err());
    }

    #[test]
    fn recovery_codes_are_many_and_typed_in_any_way() {
        let codes = new_recovery_codes().expect("randomness");
        let distinct: std::collections::HashSet<_> = codes.iter().collect();
        assert_eq!(distinct.len(), 10);
        let (key, owner) = (HashKey::new(&[7; 32]), StaffId::new());
        let hash = |code: &str| recovery_hash(&key, owner, code);
        let typed = codes[0].to_uppercase().replace('-', " ");
        assert_eq!(hash(&typed), hash(&codes[0]));
        assert_ne!(hash(&codes[0]), hash(&codes[1]));
    }

    #[test]
    fn the_address_names_issuer_and_account() {
        let secret = TotpSecret(*b"12345678901234567890");
        assert_eq!(
            secret.uri("An Acclaim", "ma@lan.example"),
            "otpauth://totp/An%20Acclaim:ma%40lan.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=An%20Acclaim"
        );
    }
}
