//! Challenges that a client's program solves before a vote is taken.

use async_graphql::{Enum, SimpleObject};

use super::scalars::Timestamp;
use crate::auth::challenge as auth;

/// The kind of a challenge.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(in crate::graphql) enum ChallengeAlgorithm {
    /// ALTCHA's proof of work, version 2, with its algorithm `SHA-256`.
    #[graphql(name = "ALTCHA_SHA_256")]
    AltchaSha256,
}

/// Work for your program before a vote is taken: half a second of a middling phone, a second where many new guests come
/// from one network. Nobody sees a riddle. It slows scripts down, and tells no people from machines.
///
/// `parameters` is JSON: `{"parameters": {"salt", "nonce", "cost", "keyPrefix", ...}, "signature"}`. Count up from 0. A
/// number's key is the SHA-256 hash of the bytes of `salt`, those of `nonce` (both are hexadecimal) and the number as
/// four bytes, the highest first; where `cost` is more than 1, the hash of that hash, and so on, `cost` hashes in all.
/// The number whose key, in hexadecimal, begins with `keyPrefix` is the solution. Send the Base64 of the JSON
/// `{"challenge": <what parameters had>, "solution": {"counter": <the number>, "derivedKey": "<its key>"}}` as
/// `challengeSolution`, with the same `idempotencyKey`; ALTCHA's libraries (version 2) make just that. It is good for
/// this voter, campaign and idempotency key.
#[derive(SimpleObject, Clone)]
pub(in crate::graphql) struct Challenge {
    /// Its kind. Others may come.
    algorithm: ChallengeAlgorithm,
    /// The challenge as JSON.
    parameters: String,
    /// The moment from which on a solution is too late: the vote that is sent then gets a new challenge.
    expires_at: Timestamp,
}

impl From<auth::Challenge> for Challenge {
    fn from(challenge: auth::Challenge) -> Self {
        Self {
            algorithm: ChallengeAlgorithm::AltchaSha256,
            parameters: challenge.parameters,
            expires_at: Timestamp(challenge.expires_at),
        }
    }
}
