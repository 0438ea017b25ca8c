//! Sign-ins that have begun at another site, which leads the browser back: what the browser keeps meanwhile, sealed,
//! and what the other site is given.
//!
//! The state is in the address that the other site leads back to, and in the cookie: who comes back with a state that
//! its browser did not begin with is somebody else's doing (RFC 6749, section 10.12). The cookie goes with the first
//! return, so a state is good once. No row is written for somebody who may never come back.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

use super::keyed_hash::{HashKey, Purpose};
use super::secret::random_bytes;
use crate::error::Result;

/// The time that somebody may take at the other site.
pub const ATTEMPT_LIFE: TimeDelta = TimeDelta::minutes(10);
/// Bytes of a state: hexadecimal, it is within what WeChat hands back (128 letters and digits).
const STATE_BYTES: usize = 16;
/// The longest path to come back to.
const BACK_BYTES_MAX: usize = 512;

/// A sign-in that has begun at another site.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInAttempt {
    /// The name by which the other site's answer is known.
    pub state: String,
    /// The path of our pages to come back to.
    pub back: String,
    ends_at: i64,
}

impl std::fmt::Debug for SignInAttempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInAttempt(***)")
    }
}

impl SignInAttempt {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new(back: String, now: DateTime<Utc>) -> Result<Self> {
        let random: [u8; 32] = random_bytes()?;
        Ok(Self {
            state: HEXLOWER.encode(&random[..STATE_BYTES]),
            back,
            ends_at: (now + ATTEMPT_LIFE).timestamp(),
        })
    }

    /// The text that the browser keeps: characters that a cookie may have.
    #[must_use]
    pub fn seal(&self, key: &HashKey, way: &str) -> String {
        let back = BASE64URL_NOPAD.encode(self.back.as_bytes());
        let text = format!("{}.{}.{back}", self.state, self.ends_at);
        let seal = BASE64URL_NOPAD.encode(&seal(key, way, &text));
        format!("{text}.{seal}")
    }

    /// The attempt that a browser kept, where it is one of ours for this way in, of this state and still good.
    #[must_use]
    pub fn open(
        key: &HashKey,
        way: &str,
        kept: &str,
        state: &str,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let attempt = Self::unseal(key, way, kept)?;
        (attempt.state == state && now.timestamp() < attempt.ends_at).then_some(attempt)
    }

    /// The path to come back to, of an attempt that may be over.
    #[must_use]
    pub fn back_of(key: &HashKey, way: &str, kept: &str) -> Option<String> {
        Self::unseal(key, way, kept).map(|attempt| attempt.back)
    }

    fn unseal(key: &HashKey, way: &str, kept: &str) -> Option<Self> {
        let (text, sealed) = kept.rsplit_once('.')?;
        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        aws_lc_rs::constant_time::verify_slices_are_equal(&seal(key, way, text), &sealed).ok()?;
        let mut parts = text.split('.');
        let (state, ends_at, back) = (parts.next()?, parts.next()?, parts.next()?);
        let back = BASE64URL_NOPAD.decode(back.as_bytes()).ok()?;
        Some(Self {
            state: state.to_owned(),
            ends_at: ends_at.parse().ok()?,
            back: String::from_utf8(back).ok()?,
        })
    }

    /// The verifier of PKCE (RFC 7636): known to who has the key and the state.
    #[must_use]
    pub fn verifier(&self, key: &HashKey) -> String {
        self.derive(key, b"verifier")
    }

    /// The nonce that the id token must repeat (`OpenID` Connect Core 1.0, section 3.1.2.1).
    #[must_use]
    pub fn nonce(&self, key: &HashKey) -> String {
        self.derive(key, b"nonce")
    }

    fn derive(&self, key: &HashKey, use_: &[u8]) -> String {
        let hash = key.hash(Purpose::SignInAttempt, &[use_, self.state.as_bytes()]);
        BASE64URL_NOPAD.encode(&hash)
    }
}

fn seal(key: &HashKey, way: &str, text: &str) -> [u8; 32] {
    key.hash(
        Purpose::SignInAttempt,
        &[b"seal", way.as_bytes(), text.as_bytes()],
    )
}

/// Whether one may be led back to this path: it is one of the pages of a campaign.
#[must_use]
pub fn is_own_path(path: &str) -> bool {
    let is_plain =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#' | b'"' | b'<' | b'>');
    path.starts_with("/c/") && path.len() <= BACK_BYTES_MAX && path.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).expect("a time")
    }

    fn attempt() -> SignInAttempt {
        SignInAttempt::new("/c/demo/n/7?order=VOTES".to_owned(), noon()).expect("randomness")
    }

    #[test]
    fn an_attempt_is_known_again_by_its_state_until_its_time_is_over() {
        let key = HashKey::new(&[7; 32]);
        let attempt = attempt();
        let kept = attempt.seal(&key, "oidc");
        let open =
            |way, kept: &str, state: &str, now| SignInAttempt::open(&key, way, kept, state, now);
        let good = open(
            "oidc",
            &kept,
            &attempt.state,
            noon() + TimeDelta::minutes(9),
        );
        assert_eq!(good.as_ref(), Some(&attempt));
        assert_eq!(
            open("oidc", &kept, &attempt.state, noon() + ATTEMPT_LIFE),
            None,
            "too late"
        );
        assert_eq!(
            open("wechat", &kept, &attempt.state, noon()),
            None,
            "another way"
        );
        assert_eq!(
            open("oidc", &kept, &self::attempt().state, noon()),
            None,
            "another state"
        );
        assert_eq!(
            SignInAttempt::back_of(&key, "oidc", &kept),
            Some(attempt.back.clone())
        );
        let other = HashKey::new(&[8; 32]);
        assert_eq!(
            SignInAttempt::open(&other, "oidc", &kept, &attempt.state, noon()),
            None,
            "another key"
        );
    }

    #[test]
    fn whatever_was_changed_is_none_of_ours() {
        let key = HashKey::new(&[7; 32]);
        let attempt = attempt();
        let kept = attempt.seal(&key, "oidc");
        for index in 0..kept.len() {
            let mut changed = kept.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert_eq!(
                SignInAttempt::open(&key, "oidc", &changed, &attempt.state, noon()),
                None,
                "{index}"
            );
        }
        for junk in ["", ".", "...", "a.b.c.d", "\u{e9}.1.2.3"] {
            assert_eq!(SignInAttempt::back_of(&key, "oidc", junk), None, "{junk:?}");
        }
    }

    #[test]
    fn the_verifier_is_as_pkce_wants_it_and_says_nothing_of_the_nonce() {
        let key = HashKey::new(&[7; 32]);
        let attempt = attempt();
        assert_eq!(attempt.verifier(&key).len(), 43);
        assert_ne!(attempt.verifier(&key), attempt.nonce(&key));
        assert_ne!(attempt.verifier(&key), self::attempt().verifier(&key));
        assert!(!format!("{attempt:?}").contains(&attempt.state));
    }

    #[test]
    fn only_pages_of_campaigns_are_led_back_to() {
        for good in [
            "/c/demo",
            "/c/demo/n/7?order=VOTES&q=%E5%BC%A0",
            "/c/demo/stories/x",
        ] {
            assert!(is_own_path(good), "{good}");
        }
        let long = format!("/c/{}", "a".repeat(BACK_BYTES_MAX));
        for bad in [
            "",
            "/",
            "//c/evil.example",
            "/desk",
            "https://evil.example/c/",
            "/c/\\evil",
            "/c/a#b",
            "/c/a b",
            "/c/\n",
            "/c/张",
            &long,
        ] {
            assert!(!is_own_path(bad), "{bad:?}");
        }
    }
}
