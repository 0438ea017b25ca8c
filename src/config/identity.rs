//! The setting of the secret that identities are hashed with.

use clap::Args;

use super::{ConfigError, wrong};
use crate::auth::keyed_hash::HashKey;
use crate::auth::secret::Secret;
use crate::auth::token::SECRET_BYTES_MIN;

/// The setting of the secret that identities are hashed with.
#[derive(Debug, Clone, Args)]
pub struct IdentitySettings {
    /// Secret that identities are hashed and ids are sealed with, at least 32 bytes; never change it: voters would
    /// become strangers
    #[arg(long, env = "ACCLAIM_IDENTITY_SECRET", hide_env_values = true)]
    pub identity_secret: Option<Secret>,
}

impl IdentitySettings {
    /// The key of identities and ids.
    ///
    /// # Errors
    /// When there is none, or it is too weak.
    pub fn hash_key(&self) -> Result<HashKey, ConfigError> {
        let secret = self
            .identity_secret
            .as_ref()
            .map(|secret| secret.reveal().as_bytes())
            .unwrap_or_default();
        if secret.len() < SECRET_BYTES_MIN {
            let problem = format!(
                "must be set to at least {SECRET_BYTES_MIN} random bytes, and kept for ever"
            );
            return Err(wrong("ACCLAIM_IDENTITY_SECRET")(problem));
        }
        Ok(HashKey::new(secret))
    }
}
