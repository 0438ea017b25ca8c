//! Secrets of settings.

use std::fmt;

use aws_lc_rs::rand;
use data_encoding::BASE64URL_NOPAD;

use crate::error::{Error, Result};

/// A secret: to be used, never shown. Its `Debug` text has nothing of it.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// 256 random bits.
///
/// # Errors
/// When the system has no randomness.
pub(super) fn random_bytes() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| Error::internal("the system has no randomness"))?;
    Ok(bytes)
}

/// 256 random bits as text.
///
/// # Errors
/// When the system has no randomness.
pub fn new_random_text() -> Result<String> {
    Ok(BASE64URL_NOPAD.encode(&random_bytes()?))
}
