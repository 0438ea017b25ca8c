//! The credentials of staff: a password and, where one is set up, a second factor. Failures of both are counted by
//! account and network, known accounts and unknown ones alike, and lock them for a while.

use chrono::{DateTime, TimeDelta, Utc};

use super::{App, Client};
use crate::auth::keyed_hash::Purpose;
use crate::auth::second_factor::{TotpSecret, recovery_hash};
use crate::error::Result;
use crate::id::StaffId;
use crate::ledger::second_factor;
use crate::ledger::staff::{self, SignInFailure, SignInLock};
use crate::telemetry::RequestId;

/// Failures of an account from one network before it is locked there.
const FAILURES_MAX: i64 = 5;
/// Failures of an account from anywhere before it is locked everywhere but in networks that it has signed in from:
/// high, since anybody can cause them.
const FAILURES_ANYWHERE_MAX: i64 = 50;
/// How long a lock lasts, and how long a failure counts.
const LOCK_TIME: TimeDelta = TimeDelta::minutes(15);

/// The reason why credentials are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CredentialRefusal {
    /// They are wrong.
    Wrong,
    /// Too many were wrong: none are looked at for a while.
    Locked,
}

/// The state of a second factor at a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecondFactorCheck {
    /// There is none, or its code is good.
    Passed,
    /// There is one, and no code.
    Required,
    /// The code is wrong, or was used.
    Wrong,
}

/// The keyed hashes that failed sign-ins of an account are counted under.
struct FailureKeys {
    /// The account from the network of the request.
    here: [u8; 32],
    /// The account from any network.
    anywhere: [u8; 32],
}

impl App {
    /// The active account with this e-mail address (lower case) and password. An unknown one takes as long as a wrong
    /// password.
    pub(super) async fn check_credentials(
        &self,
        client: &Client,
        email: &str,
        password: String,
    ) -> Result<std::result::Result<StaffId, CredentialRefusal>> {
        if self.is_locked(client, email).await? {
            return Ok(Err(CredentialRefusal::Locked));
        }
        let account = staff::find_by_email(&self.database, email).await?;
        let account = account.filter(|account| account.disabled_at.is_none());
        let (id, stored) = account
            .map(|account| (account.id, account.password_hash))
            .unzip();
        let is_good = self.passwords.verify(password, stored).await?;
        let Some(id) = id.filter(|_| is_good) else {
            self.record_failures(client, email).await?;
            return Ok(Err(CredentialRefusal::Wrong));
        };
        Ok(Ok(id))
    }

    /// Checks the second factor of an account whose password was good.
    pub(super) async fn check_second_factor(
        &self,
        client: &Client,
        email: &str,
        id: StaffId,
        code: Option<&str>,
    ) -> Result<SecondFactorCheck> {
        let stored = second_factor::find(&self.database, id).await?;
        let Some(stored) = stored.filter(|stored| stored.confirmed_at.is_some()) else {
            return Ok(SecondFactorCheck::Passed);
        };
        let Some(code) = code else {
            return Ok(SecondFactorCheck::Required);
        };
        let now = self.clock.now();
        let secret = TotpSecret::open(&self.hash_key, id, &stored.sealed_secret)?;
        let is_good = if let Some(step) = secret.check(code, now) {
            second_factor::use_step(&self.database, id, step).await?
        } else {
            let hash = recovery_hash(&self.hash_key, id, code);
            second_factor::use_recovery_code(&self.database, id, &hash, now).await?
        };
        if is_good {
            return Ok(SecondFactorCheck::Passed);
        }
        self.record_failures(client, email).await?;
        Ok(SecondFactorCheck::Wrong)
    }

    /// Notes a good sign-in: the failures of this network are forgotten, and the network remembered.
    pub(super) async fn note_sign_in(
        &self,
        client: &Client,
        email: &str,
        id: StaffId,
    ) -> Result<()> {
        let keys = self.failure_keys(client, email);
        staff::clear_failures(&self.database, &keys.here).await?;
        let network_hash = self.network_hash(client);
        let now = self.clock.now();
        staff::remember_network(&self.database, id, &network_hash, now).await?;
        tracing::info!(request = RequestId::current(), staff = %id, "a member of staff signed in");
        Ok(())
    }

    /// Whether an account is locked for this client.
    pub(super) async fn is_locked(&self, client: &Client, email: &str) -> Result<bool> {
        let keys = self.failure_keys(client, email);
        let lock = SignInLock {
            here: &keys.here,
            anywhere: &keys.anywhere,
            email,
            network_hash: &self.network_hash(client),
        };
        Ok(staff::is_locked(&self.database, lock, self.clock.now()).await?)
    }

    /// Counts a failure of an account.
    pub(super) async fn record_failures(&self, client: &Client, email: &str) -> Result<()> {
        let keys = self.failure_keys(client, email);
        let now = self.clock.now();
        self.record_failure(&keys.here, FAILURES_MAX, now).await?;
        self.record_failure(&keys.anywhere, FAILURES_ANYWHERE_MAX, now)
            .await?;
        tracing::info!(request = RequestId::current(), "a staff sign-in failed");
        Ok(())
    }

    async fn record_failure(
        &self,
        key: &[u8],
        failures_max: i64,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let failure = SignInFailure {
            key_hash: key,
            failures_max,
            lock_time: LOCK_TIME,
        };
        Ok(staff::record_failure(&self.database, failure, now).await?)
    }

    fn failure_keys(&self, client: &Client, email: &str) -> FailureKeys {
        let email = email.as_bytes();
        let network = self.network_hash(client);
        FailureKeys {
            here: self
                .hash_key
                .hash(Purpose::SignInFailure, &[email, &network]),
            anywhere: self.hash_key.hash(Purpose::SignInFailure, &[email]),
        }
    }
}
