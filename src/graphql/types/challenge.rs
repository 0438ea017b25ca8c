//! Challenges that a client's program solves before a vote is taken.

use async_graphql::{Enum, SimpleObject};

use super::scalars::Timestamp;
use crate::auth::challenge as auth;

/// The kind of a challenge.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "auth::ChallengeAlgorithm")]
pub(in crate::graphql) enum ChallengeAlgorithm {
    /// ALTCHA's proof of work, version 2, with its algorithm `SHA-256`.
    #[graphql(name = "ALTCHA_SHA_256")]
    AltchaSha256,
    /// Tencent Cloud's captcha for mini-programs of `WeChat`: a person solves it in the platform's plugin.
    TencentCaptcha,
}

/// A challenge that stands before a vote. Look at `algorithm`: a program that does not know it says so, and that the
/// vote does not count.
///
/// `ALTCHA_SHA_256` is work for your program: half a second of a middling phone, a second where many new guests come
/// from one network. Nobody sees a riddle. It slows scripts down, and tells no people from machines.
///
/// Its `parameters` are JSON: `{"parameters": {"salt", "nonce", "cost", "keyPrefix", ...}, "signature"}`. Count up from
/// 0. A number's key is the SHA-256 hash of the bytes of `salt`, those of `nonce` (both are hexadecimal) and the number
/// as four bytes, the highest first; where `cost` is more than 1, the hash of that hash, and so on, `cost` hashes in
/// all. The number whose key, in hexadecimal, begins with `keyPrefix` is the solution. Send the Base64 of the JSON
/// `{"challenge": <what parameters had>, "solution": {"counter": <the number>, "derivedKey": "<its key>"}}` as
/// `challengeSolution`, with the same `idempotencyKey`; ALTCHA's libraries (version 2) make just that. It is good for
/// this voter, campaign and idempotency key.
///
/// `TENCENT_CAPTCHA` is for people. Only voters get it whom nothing but the mini-program of `WeChat` lets in, where the
/// server is set up for it. Its `parameters` are JSON: `{"captchaAppId": "<id>"}`. Show the captcha of this id by the
/// platform's plugin, and send what it calls its ticket as `challengeSolution`, with the same `idempotencyKey`: within
/// five minutes, and for this one vote; it is good for no other. While the captcha's service does not answer, the same
/// voters get `ALTCHA_SHA_256`, also for a vote that came with a captcha's solution: be ready for both.
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
            algorithm: challenge.algorithm.into(),
            parameters: challenge.parameters,
            expires_at: Timestamp(challenge.expires_at),
        }
    }
}
