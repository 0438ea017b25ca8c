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

/// So many random digits, each as likely as any other.
///
/// # Errors
/// When the system has no randomness.
pub fn new_random_digits(count: usize) -> Result<String> {
    let mut digits = String::with_capacity(count);
    while digits.len() < count {
        let missing = count - digits.len();
        let bytes = random_bytes()?;
        // Above 249 the first six digits would come once more often.
        let fair = bytes.iter().filter(|byte| **byte < 250).take(missing);
        digits.extend(fair.map(|byte| char::from(b'0' + byte % 10)));
    }
    Ok(digits)
}

/// 256 random bits as text.
///
/// # Errors
/// When the system has no randomness.
pub fn new_random_text() -> Result<String> {
    Ok(BASE64URL_NOPAD.encode(&random_bytes()?))
}

#[cfg(test)]
mod tests {
    use super::new_random_digits;

    #[test]
    fn digits_are_as_many_as_asked_and_each_as_likely() {
        for count in [0, 1, 6, 100] {
            assert_eq!(new_random_digits(count).expect("randomness").len(), count);
        }
        let digits = new_random_digits(100_000).expect("randomness");
        for digit in '0'..='9' {
            // Ten standard deviations, and less than what bytes taken as they are would miss by.
            let times = digits.chars().filter(|found| *found == digit).count();
            assert!(times.abs_diff(10_000) < 950, "{digit}: {times}");
        }
    }
}
