//! Keyed hashes (HMAC-SHA-256): of identities, which are stored in no other form, and of ids and cursors, so that
//! nobody can make them up. The key must stay the same for the life of an installation, unlike the keys of tokens.

use aws_lc_rs::hmac;

/// The purpose of a hash: hashes of one say nothing about another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The account of a platform, or a guest's device.
    Identity,
    /// The network that a vote came from.
    Network,
    /// The block of networks that it came from.
    NetworkBlock,
    /// The model of the device that it came from.
    Device,
    /// The seal of a ticket, by which a vote says when the campaign was shown.
    Ticket,
    /// An account, and an account and network, whose sign-ins failed.
    SignInFailure,
    /// The secret of the refresh token that follows a used one.
    Refresh,
    /// The seal by which a refresh token is known as one of ours.
    RefreshSeal,
    /// An id or a cursor of the API.
    Opaque,
    /// The seal by which the address of an upload is known as one of ours.
    Upload,
    /// The seal by which the address of a sheet with its faults is known as one of ours.
    ImportFile,
    /// The seal of a link to an export.
    ExportLink,
    /// The seal of a link to a report.
    ReportLink,
    /// The name that stands for a voter in an export.
    Pseudonym,
    /// The fingerprint of the secret itself.
    Fingerprint,
    /// The key that seals second factors.
    SecondFactor,
    /// A recovery code of a member of staff.
    RecoveryCode,
    /// The secret of an invitation.
    Invitation,
    /// The texts that belong to a sign-in at another site.
    SignInAttempt,
    /// A code that hands a voter over.
    HandOver,
    /// A telephone number that a code was sent to.
    PhoneNumber,
    /// A code that was sent to a telephone, with its number.
    PhoneCode,
    /// A refused attempt, which is recorded once an hour.
    Attempt,
    /// The key that signs the challenges of a voter, campaign and idempotency key.
    Challenge,
    /// A solution of a captcha.
    CaptchaSolution,
    /// The cast that a solution of a captcha belongs to.
    CaptchaCast,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Identity => b"identity\0",
            Self::Network => b"network\0",
            Self::NetworkBlock => b"network-block\0",
            Self::Device => b"device-model\0",
            Self::Ticket => b"ticket\0",
            Self::SignInFailure => b"sign-in-failure\0",
            Self::Refresh => b"refresh\0",
            Self::RefreshSeal => b"refresh-seal\0",
            Self::Opaque => b"opaque\0",
            Self::Upload => b"upload\0",
            Self::ImportFile => b"import-file\0",
            Self::ExportLink => b"export-link\0",
            Self::ReportLink => b"report-link\0",
            Self::Pseudonym => b"pseudonym\0",
            Self::Fingerprint => b"fingerprint\0",
            Self::SecondFactor => b"second-factor\0",
            Self::RecoveryCode => b"recovery-code\0",
            Self::Invitation => b"invitation\0",
            Self::SignInAttempt => b"sign-in-attempt\0",
            Self::HandOver => b"hand-over\0",
            Self::PhoneNumber => b"phone-number\0",
            Self::PhoneCode => b"phone-code\0",
            Self::Attempt => b"attempt\0",
            Self::Challenge => b"challenge\0",
            Self::CaptchaSolution => b"captcha-solution\0",
            Self::CaptchaCast => b"captcha-cast\0",
        }
    }
}

/// The key of an installation.
pub struct HashKey(hmac::Key);

impl std::fmt::Debug for HashKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashKey(***)")
    }
}

impl HashKey {
    /// The key from its secret, at least 32 bytes.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The hash of `parts`, each delimited by its length, so that no two lists look alike.
    #[must_use]
    pub fn hash(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(purpose.label());
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.sign().as_ref());
        hash
    }

    /// The hash that tells the secret from another one, and nothing else about it.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        self.hash(Purpose::Fingerprint, &[])
    }

    /// The first half of the hash of `part`, for rows that are only to be grouped by it.
    #[must_use]
    pub fn short_hash(&self, purpose: Purpose, part: &[u8]) -> [u8; 16] {
        let mut short = [0; 16];
        short.copy_from_slice(&self.hash(purpose, &[part])[..16]);
        short
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_borders_make_different_hashes() {
        let key = HashKey::new(&[7; 32]);
        let hash = |purpose, parts: &[&[u8]]| key.hash(purpose, parts);
        assert_eq!(
            hash(Purpose::Identity, &[b"ab", b"c"]),
            hash(Purpose::Identity, &[b"ab", b"c"])
        );
        assert_ne!(
            hash(Purpose::Identity, &[b"ab", b"c"]),
            hash(Purpose::Identity, &[b"a", b"bc"])
        );
        assert_ne!(
            hash(Purpose::Identity, &[b"ab"]),
            hash(Purpose::Network, &[b"ab"])
        );
        assert_ne!(
            hash(Purpose::Identity, &[b"ab"]),
            HashKey::new(&[8; 32]).hash(Purpose::Identity, &[b"ab"])
        );
    }
}
