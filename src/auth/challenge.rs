//! Challenges: work for a client's program, before a vote of its voter is taken. It slows scripts down and tells no
//! people from machines.
//!
//! The protocol is ALTCHA's, version 2 (altcha.org), with its algorithm `SHA-256`: find the number whose hash, with the
//! challenge's salt and nonce, begins as the challenge says. The server draws the number, so that how long it takes has
//! a bound. It is written here on the cryptography that is in use anyway; the `altcha` crate judges it in the tests.
//!
//! Nothing is stored. What was asked comes back with the solution, signed with a key of this voter, campaign and
//! idempotency key: for another cast it is worth nothing, and for the same one a repetition gets its first answer.
//!
//! Where the operator has a captcha, some voters get that instead: its service judges their solutions (see
//! `platform::captcha`), and they come through the same door.

use aws_lc_rs::{constant_time, digest, hmac, rand};
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keyed_hash::{HashKey, Purpose};
use crate::error::{Error, Result};
use crate::id::{CampaignId, VoterId};

/// The name of the algorithm in the protocol.
const ALGORITHM: &str = "SHA-256";
/// How long a challenge can be solved: phones sleep, and a rush of voters waits.
const LIFETIME: TimeDelta = TimeDelta::minutes(5);
/// Hashes that a number takes. One: the verification is one hash, too, and a larger number of tries is as much work.
const COST: u32 = 1;
/// Bytes of the derived key, and how many of them are asked for: half, as the protocol has it. No other number fits.
const KEY_BYTES: u8 = 32;
const PREFIX_BYTES: usize = 16;
/// Characters of a solution at most; one of ours has some 600.
const SOLUTION_CHARS_MAX: usize = 2_048;

/// The work that a challenge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Half a second on a middling phone.
    Usual,
    /// Twice as much.
    Harder,
}

impl Effort {
    /// The numbers that the right one is among. `tests/clients/challenge-budget.js` measures what they take.
    fn numbers(self) -> u32 {
        match self {
            Self::Usual => 150_000,
            Self::Harder => 300_000,
        }
    }
}

/// The kind of a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeAlgorithm {
    /// ALTCHA's proof of work.
    AltchaSha256,
    /// Tencent Cloud's captcha for mini-programs.
    TencentCaptcha,
}

/// A challenge as the client gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Its kind.
    pub algorithm: ChallengeAlgorithm,
    /// The challenge as JSON: what ALTCHA's solvers take, or what the captcha's plugin is shown by.
    pub parameters: String,
    /// The moment from which on it is too late for a solution.
    pub expires_at: DateTime<Utc>,
}

impl Challenge {
    /// A captcha of this id: the same for everybody, since only its service knows one solution from another.
    #[must_use]
    pub fn captcha(app_id: u64, now: DateTime<Utc>) -> Self {
        // A text, as the plugin takes it.
        let parameters = serde_json::json!({ "captchaAppId": app_id.to_string() });
        Self {
            algorithm: ChallengeAlgorithm::TencentCaptcha,
            parameters: parameters.to_string(),
            expires_at: now + LIFETIME,
        }
    }
}

/// The parameters of a challenge, in the order of their names, in which they are signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    algorithm: String,
    cost: u32,
    expires_at: i64,
    key_length: u8,
    key_prefix: String,
    nonce: String,
    salt: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Signed {
    parameters: Parameters,
    signature: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Solution {
    counter: u32,
    derived_key: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Payload {
    challenge: Signed,
    solution: Solution,
}

impl Payload {
    /// A payload from a client's text, which may be anything.
    fn decode(text: &str) -> Option<Self> {
        if text.len() > SOLUTION_CHARS_MAX {
            return None;
        }
        let json = BASE64.decode(text.as_bytes()).ok()?;
        serde_json::from_slice(&json).ok()
    }
}

impl Parameters {
    fn to_json(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|error| Error::internal(format!("a challenge: {error}")))
    }

    /// The key of a number; none where salt or nonce are none.
    fn derive_key(&self, counter: u32) -> Option<digest::Digest> {
        let mut bytes = HEXLOWER.decode(self.salt.as_bytes()).ok()?;
        bytes.extend(HEXLOWER.decode(self.nonce.as_bytes()).ok()?);
        bytes.extend(counter.to_be_bytes());
        let mut key = digest::digest(&digest::SHA256, &bytes);
        for _ in 1..self.cost {
            key = digest::digest(&digest::SHA256, key.as_ref());
        }
        Some(key)
    }
}

/// The key that signs the challenges of one cast.
#[derive(Debug)]
pub struct ChallengeKey(hmac::Key);

impl ChallengeKey {
    /// The key of a cast: all processes of an installation have the same.
    #[must_use]
    pub fn new(secret: &HashKey, voter: VoterId, campaign: CampaignId, cast: Uuid) -> Self {
        let text = secret_of(secret, voter, campaign, cast);
        Self(hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()))
    }

    /// A new challenge for the cast.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn issue(&self, effort: Effort, now: DateTime<Utc>) -> Result<Challenge> {
        let mut random = [0; 36];
        rand::fill(&mut random).map_err(|_| Error::internal("the system has no randomness"))?;
        let (salt, rest) = random.split_at(16);
        let (nonce, drawn) = rest.split_at(16);
        let drawn = drawn.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        // The drawn one of 2^32 as the number of so many, each as likely as any other but for one part in 14,000.
        let counter = u32::try_from((drawn * u64::from(effort.numbers())) >> 32).unwrap_or(0);
        // Whole seconds, as the protocol counts.
        let expires_at = (now + LIFETIME).timestamp();
        let mut parameters = Parameters {
            algorithm: ALGORITHM.to_owned(),
            cost: COST,
            expires_at,
            key_length: KEY_BYTES,
            key_prefix: String::new(),
            nonce: HEXLOWER.encode(nonce),
            salt: HEXLOWER.encode(salt),
        };
        let key = parameters.derive_key(counter);
        let key = key.ok_or_else(|| Error::internal("a challenge has its own salt and nonce"))?;
        parameters.key_prefix = HEXLOWER.encode(&key.as_ref()[..PREFIX_BYTES]);
        let signature = hmac::sign(&self.0, parameters.to_json()?.as_bytes());
        let signed = Signed {
            parameters,
            signature: HEXLOWER.encode(signature.as_ref()),
        };
        let parameters = serde_json::to_string(&signed)
            .map_err(|error| Error::internal(format!("a challenge: {error}")))?;
        Ok(Challenge {
            algorithm: ChallengeAlgorithm::AltchaSha256,
            parameters,
            expires_at: DateTime::from_timestamp(expires_at, 0).unwrap_or(now),
        })
    }

    /// Whether a client's text is the solution of a challenge of this cast at `now`. It does not say what is wrong.
    #[must_use]
    pub fn accepts(&self, solution: &str, now: DateTime<Utc>) -> bool {
        Payload::decode(solution).is_some_and(|payload| self.is_solved(&payload, now))
    }

    fn is_solved(&self, payload: &Payload, now: DateTime<Utc>) -> bool {
        let Payload {
            challenge: Signed {
                parameters,
                signature,
            },
            solution,
        } = payload;
        let (Ok(json), Ok(signature)) =
            (parameters.to_json(), HEXLOWER.decode(signature.as_bytes()))
        else {
            return false;
        };
        // From here on the parameters are our own.
        if hmac::verify(&self.0, json.as_bytes(), &signature).is_err() {
            return false;
        }
        if now.timestamp() >= parameters.expires_at {
            return false;
        }
        let Some(key) = parameters.derive_key(solution.counter) else {
            return false;
        };
        let key = HEXLOWER.encode(key.as_ref());
        let is_same = constant_time::verify_slices_are_equal;
        is_same(key.as_bytes(), solution.derived_key.as_bytes()).is_ok()
            && key.starts_with(&parameters.key_prefix)
    }
}

/// The secret that ALTCHA's libraries would be given for a cast: a text.
fn secret_of(secret: &HashKey, voter: VoterId, campaign: CampaignId, cast: Uuid) -> String {
    let ids = [voter.0, campaign.0, cast];
    let parts = ids.each_ref().map(|id| id.as_bytes().as_slice());
    HEXLOWER.encode(&secret.hash(Purpose::Challenge, &parts))
}

#[cfg(test)]
mod tests;
