//! Passwords of staff: argon2id in a bounded pool of blocking threads, so that a flood of sign-ins takes neither the
//! memory nor the threads of the voters.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// OWASP's recommendation for argon2id: 19 MiB, 2 passes, 1 lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes computed at once: about 40 MiB, and half of a small machine.
const CONCURRENT_MAX: usize = 2;
/// Sign-ins that may wait for their turn.
const WAITING_MAX: usize = 32;

/// Characters of a password at least (NIST SP 800-63B asks for 8, and 15 where it stands alone).
pub const CHARS_MIN: usize = 12;
/// Bytes of a password at most.
pub const BYTES_MAX: usize = 254;

/// Whether a password may be set.
#[must_use]
pub fn is_good(password: &str) -> bool {
    password.chars().count() >= CHARS_MIN && password.len() <= BYTES_MAX
}

/// A pool that checks passwords.
#[derive(Debug, Clone)]
pub struct Passwords {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// A hash of no known password, which unknown accounts are checked against, so that they take as long.
    decoy: Arc<str>,
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Computes the hash of `password` as a PHC string. It takes a while and blocks: for commands, not for requests.
///
/// # Errors
/// When the system has no randomness.
pub fn hash(password: &str) -> Result<String> {
    Ok(argon2()
        .hash_password(password.as_bytes())
        .map_err(|error| Error::internal(error.to_string()))?
        .to_string())
}

impl Passwords {
    /// An idle pool; it computes its decoy at once.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new() -> Result<Self> {
        Ok(Self {
            running: Arc::new(Semaphore::new(CONCURRENT_MAX)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            decoy: hash(&uuid::Uuid::new_v4().to_string())?.into(),
        })
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// [`Error::Overloaded`] when too many wait.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.run(move || hash(&password)).await
    }

    /// Whether `password` is the one of `stored`; without a stored hash it takes as long and is not.
    ///
    /// # Errors
    /// [`Error::Overloaded`] when too many wait.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool> {
        let is_known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.to_string());
        let matches = self.run(move || {
            let hash =
                PasswordHash::new(&stored).map_err(|error| Error::internal(error.to_string()))?;
            Ok(argon2().verify_password(password.as_bytes(), &hash).is_ok())
        });
        Ok(matches.await? && is_known)
    }

    /// Runs `work` on a thread of the pool, in its turn.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = Arc::clone(&self.waiting).try_acquire_owned();
        let place = place.map_err(|_| Error::Overloaded)?;
        let turn = Arc::clone(&self.running).acquire_owned().await;
        let turn = turn.map_err(Error::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            // Held by the thread: it goes on when the caller has gone.
            let _held = (place, turn);
            work()
        });
        done.await.map_err(Error::internal)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_matches() {
        let passwords = Passwords::new().expect("randomness");
        let stored = hash("correct horse").expect("randomness");
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert!(
            passwords
                .verify("correct horse".into(), Some(stored.clone()))
                .await
                .expect("room")
        );
        assert!(
            !passwords
                .verify("correct horses".into(), Some(stored))
                .await
                .expect("room")
        );
        assert!(
            !passwords
                .verify("correct horse".into(), None)
                .await
                .expect("room")
        );
    }

    #[tokio::test]
    async fn a_caller_that_has_gone_frees_no_place() {
        let passwords = Passwords::new().expect("randomness");
        let verify = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.verify("x".into(), None).await }
        });
        while passwords.running.available_permits() == CONCURRENT_MAX {
            tokio::task::yield_now().await;
        }
        verify.abort();
        assert!(verify.await.is_err_and(|error| error.is_cancelled()));
        assert_eq!(passwords.running.available_permits(), CONCURRENT_MAX - 1);
    }

    #[tokio::test]
    async fn more_than_the_pool_holds_are_refused_at_once() {
        let passwords = Passwords::new().expect("randomness");
        let _all = passwords
            .waiting
            .try_acquire_many(u32::try_from(WAITING_MAX).expect("few"))
            .expect("all free");
        assert!(matches!(
            passwords.verify("x".into(), None).await,
            Err(Error::Overloaded)
        ));
    }
}
