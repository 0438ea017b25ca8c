//! Signing in by a telephone number: by a code that is sent to it, or on the word of a platform.
//!
//! The answer to a request for a code says nothing about who has signed in with the number: nobody looks.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::mini_program::MiniProgramPlatform;
use super::sign_in::{SignInAnswer, SignInRefusal, guest_of};
use super::ways_in::HashedPerson;
use super::{App, Client};
use crate::auth::Viewer;
use crate::auth::keyed_hash::Purpose;
use crate::auth::platform::CodeExchangeError;
use crate::auth::platform::sms::Sms;
use crate::auth::secret::new_random_digits;
use crate::domain::identity::IdentityKind;
use crate::domain::phone::{PhoneNumber, plain};
use crate::error::{Error, Result};
use crate::hot::{Action, BucketOwner};
use crate::ledger::phone_code::{self, Bounds, CodeLimits, NewCode, Reservation};
use crate::ledger::voter;
use crate::telemetry::RequestId;

/// Digits of a code. With [`TRIES_MAX`] and [`CODES_PER_DAY_MAX`] a number's code is guessed once in 20,000 days.
const CODE_DIGITS: usize = 6;
/// How long a code is good: messages may take a minute or two.
const CODE_LIFE: TimeDelta = TimeDelta::minutes(5);
/// How often a code may be tried.
const TRIES_MAX: i64 = 5;
/// Codes of a number in a day.
const CODES_PER_DAY_MAX: i64 = 10;
/// The time between two codes of a number.
const BETWEEN_CODES: TimeDelta = TimeDelta::seconds(60);
/// The same where it is not known whether the first is on its way. It is not counted for the day, so that nobody is
/// shut out by a webhook that does not answer; nor is anybody flooded by one that sends and says nothing.
const AFTER_DOUBT: TimeDelta = CODE_LIFE;

/// A code that is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentCode {
    /// When it is good no more.
    pub expires_at: DateTime<Utc>,
    /// When another one may be asked for.
    pub retry_at: DateTime<Utc>,
}

/// A refusal to send a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRefusal {
    /// The reason.
    pub why: SignInRefusal,
    /// When one may be asked for, where that is known.
    pub retry_at: Option<DateTime<Utc>>,
}

/// The answer to a request for a code.
pub type CodeAnswer = std::result::Result<SentCode, CodeRefusal>;

impl App {
    /// Sends a code to a telephone number, in the place of the one before.
    pub async fn request_phone_code(
        self: &Arc<Self>,
        client: &Client,
        phone: &str,
    ) -> Result<CodeAnswer> {
        let refuse = |why| {
            Ok(Err(CodeRefusal {
                why,
                retry_at: None,
            }))
        };
        if self.platforms.sms.is_none() {
            return refuse(SignInRefusal::PlatformNotConfigured);
        }
        let Some(phone) = PhoneNumber::parse(phone) else {
            return refuse(SignInRefusal::InvalidPhone);
        };
        self.admit_address(Action::PhoneCode, client).await?;
        // A message that is on its way has a code that is good, though the client goes away meanwhile.
        let (app, address) = (Arc::clone(self), BucketOwner::Address(client.address).key());
        let sending = async move {
            match &app.platforms.sms {
                Some(sms) => app.send_phone_code(sms, &phone, address).await,
                None => Err(Error::internal("the webhook is gone")),
            }
        };
        let sending = RequestId::current_or_new().scope(sending);
        tokio::spawn(sending).await.map_err(Error::internal)?
    }

    async fn send_phone_code(
        &self,
        sms: &Sms,
        phone: &PhoneNumber,
        address: Uuid,
    ) -> Result<CodeAnswer> {
        let now = self.clock.now();
        let phone_hash = self.phone_hash(phone);
        let reserved = NewCode {
            phone_hash: &phone_hash,
            day: day_of(now),
            next_at: now + BETWEEN_CODES,
        };
        let codes = match self.reserve_code(sms, reserved, now).await? {
            Ok(codes) => codes,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let code = new_random_digits(CODE_DIGITS)?;
        let sent = sms.send(phone, &code, address, now).await;
        let now = self.clock.now();
        if let Err(failure) = sent {
            let wait = if failure.may_be_sent {
                AFTER_DOUBT
            } else {
                TimeDelta::zero()
            };
            let retry_at = now + wait;
            phone_code::give_back(&self.database, reserved, retry_at, failure.may_be_sent).await?;
            return Ok(Err(CodeRefusal {
                why: failure.error.into(),
                retry_at: Some(retry_at),
            }));
        }
        let expires_at = now + CODE_LIFE;
        let code_hash = self.code_hash(phone, &code);
        phone_code::activate(&self.database, reserved, &code_hash, expires_at).await?;
        let retry_at = next_code_at(Bounds {
            next_at: reserved.next_at,
            day: reserved.day,
            codes,
        });
        Ok(Ok(SentCode {
            expires_at,
            retry_at,
        }))
    }

    /// Counts a code that is to be sent; gives the number's codes of the day with it.
    async fn reserve_code(
        &self,
        sms: &Sms,
        code: NewCode<'_>,
        now: DateTime<Utc>,
    ) -> Result<std::result::Result<i64, CodeRefusal>> {
        let limits = CodeLimits {
            per_number: CODES_PER_DAY_MAX,
            per_day: sms.per_day().into(),
        };
        let (why, retry_at) = match phone_code::reserve(&self.database, code, limits, now).await? {
            Reservation::Granted { codes } => return Ok(Ok(codes)),
            Reservation::NumberSpent(bounds) => (SignInRefusal::TooManyCodes, next_code_at(bounds)),
            Reservation::DaySpent => {
                tracing::warn!(
                    request = RequestId::current(),
                    per_day = sms.per_day(),
                    "all codes of the day are spent (ACCLAIM_SMS_PER_DAY): nobody gets another one"
                );
                (SignInRefusal::CodesSpent, end_of_day(code.day))
            }
        };
        Ok(Err(CodeRefusal {
            why,
            retry_at: Some(retry_at),
        }))
    }

    /// Signs in the voter of a telephone number by the code that was sent to it; a guest who asks for it is that voter
    /// from then on.
    pub async fn sign_in_phone(
        &self,
        viewer: Viewer,
        client: &Client,
        phone: &str,
        code: &str,
    ) -> Result<SignInAnswer> {
        if self.platforms.sms.is_none() {
            return Ok(Err(SignInRefusal::PlatformNotConfigured));
        }
        let Some(phone) = PhoneNumber::parse(phone) else {
            return Ok(Err(SignInRefusal::InvalidPhone));
        };
        let owner = BucketOwner::Address(client.address);
        self.hot.check_room(Action::FailedCode, owner)?;
        if !self.redeem_phone_code(&phone, code).await? {
            self.admit_failure(Action::FailedCode, client)?;
            return Ok(Err(SignInRefusal::InvalidCode));
        }
        let person = self.hash_phone(&phone);
        self.sign_in_voter(&person.identities(IdentityKind::Phone), guest_of(viewer))
            .await
            .map(Ok)
    }

    /// Tries a code; one that is none by its form takes no try.
    async fn redeem_phone_code(&self, phone: &PhoneNumber, code: &str) -> Result<bool> {
        let code = plain(code);
        if code.len() != CODE_DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(false);
        }
        let (phone_hash, code_hash) = (self.phone_hash(phone), self.code_hash(phone, &code));
        let now = self.clock.now();
        let redeemed =
            phone_code::redeem(&self.database, &phone_hash, &code_hash, TRIES_MAX, now).await;
        Ok(redeemed?)
    }

    /// Joins the number that a mini-program's platform gives for this code with the viewer, a voter. The platform
    /// vouches that both are one account's: voters who had one each are linked. A guest is known by its device alone,
    /// so it signs in with the number as with any other way in.
    pub async fn sign_in_mini_program_phone(
        &self,
        viewer: Viewer,
        client: &Client,
        platform: MiniProgramPlatform,
        code: &str,
    ) -> Result<SignInAnswer> {
        let id = viewer.require_voter()?;
        let (MiniProgramPlatform::Wechat, Some(wechat)) = (platform, &self.platforms.wechat) else {
            return Ok(Err(SignInRefusal::PlatformNotConfigured));
        };
        let owner = BucketOwner::Address(client.address);
        self.hot.check_room(Action::FailedCode, owner)?;
        let phone = match wechat.find_phone_number(code, owner.key()).await {
            Ok(phone) => phone,
            Err(error) => {
                if error == CodeExchangeError::InvalidCode {
                    self.admit_failure(Action::FailedCode, client)?;
                }
                return Ok(Err(error.into()));
            }
        };
        let person = self.hash_phone(&phone);
        let identities = person.identities(IdentityKind::Phone);
        if viewer.is_guest() {
            return self.sign_in_voter(&identities, Some(id)).await.map(Ok);
        }
        let joined = voter::join(&self.database, id, &identities, self.clock.now()).await?;
        // The voter of a token that is still good may be no more.
        let id = self
            .settle_links(joined.ok_or(Error::Unauthenticated)?)
            .await;
        self.open_voter_session(id, false).await.map(Ok)
    }

    fn hash_phone(&self, phone: &PhoneNumber) -> HashedPerson {
        self.hash_person(&[b"phone", phone.as_str().as_bytes()])
    }

    /// The name of a number among those that codes are sent to.
    fn phone_hash(&self, phone: &PhoneNumber) -> [u8; 32] {
        let parts: [&[u8]; 1] = [phone.as_str().as_bytes()];
        self.hash_key.hash(Purpose::PhoneNumber, &parts)
    }

    /// A code as it is kept: good for its number alone.
    fn code_hash(&self, phone: &PhoneNumber, code: &str) -> [u8; 32] {
        let parts: [&[u8]; 2] = [phone.as_str().as_bytes(), code.as_bytes()];
        self.hash_key.hash(Purpose::PhoneCode, &parts)
    }
}

/// The day that codes are counted in, since 1970: of UTC, as one server may serve several time zones.
#[must_use]
pub fn day_of(time: DateTime<Utc>) -> i64 {
    time.timestamp().div_euclid(86_400)
}

fn end_of_day(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp((day + 1) * 86_400, 0).unwrap_or_default()
}

/// When a number may be sent another code.
fn next_code_at(bounds: Bounds) -> DateTime<Utc> {
    if bounds.codes < CODES_PER_DAY_MAX {
        bounds.next_at
    } else {
        bounds.next_at.max(end_of_day(bounds.day))
    }
}
