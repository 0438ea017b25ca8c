//! Links to reports, each sealed for a member, a form and a language: one needs no row, and nobody makes one up.

use aws_lc_rs::constant_time;
use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use super::ReportForm;
use crate::auth::keyed_hash::{HashKey, Purpose};
use crate::domain::report::words::ReportLanguage;
use crate::id::{ReportId, StaffId};

/// Bytes of the contents: two ids, a time, form and language.
const CONTENT_BYTES: usize = 16 + 16 + 8 + 2;
/// Bytes of the seal.
const SEAL_BYTES: usize = 16;

/// The reason why a link leads to no report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportLinkRefusal {
    /// There is no such report, or its member may not have it.
    NotFound,
    /// The link is too old.
    Expired,
}

/// The contents of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportLinkTarget {
    /// The report.
    pub report_id: ReportId,
    /// The member that the link is for.
    pub staff_id: StaffId,
    /// The form.
    pub form: ReportForm,
    /// The language of its texts.
    pub language: ReportLanguage,
    /// The end of its life.
    pub expires_at: DateTime<Utc>,
}

impl ReportLinkTarget {
    /// The token of the link.
    pub(super) fn seal(self, key: &HashKey) -> String {
        let form = match self.form {
            ReportForm::Html => b'h',
            ReportForm::Xlsx => b'x',
        };
        let language = match self.language {
            ReportLanguage::English => b'e',
            ReportLanguage::Chinese => b'c',
        };
        let content = [
            &self.report_id.0.as_bytes()[..],
            self.staff_id.0.as_bytes(),
            &self.expires_at.timestamp_micros().to_be_bytes(),
            &[form, language],
        ]
        .concat();
        let seal: [u8; SEAL_BYTES] = key.short_hash(Purpose::ReportLink, &content);
        BASE64URL_NOPAD.encode(&[&content, &seal[..]].concat())
    }

    /// Reads the token of a link; none where it is not one of ours.
    pub(in crate::app) fn open(key: &HashKey, token: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let (content, found) = bytes.split_at_checked(CONTENT_BYTES)?;
        let seal: [u8; SEAL_BYTES] = key.short_hash(Purpose::ReportLink, content);
        constant_time::verify_slices_are_equal(&seal, found).ok()?;
        let expires_at = i64::from_be_bytes(content[32..40].try_into().ok()?);
        Some(Self {
            report_id: ReportId(Uuid::from_slice(&content[..16]).ok()?),
            staff_id: StaffId(Uuid::from_slice(&content[16..32]).ok()?),
            form: match content[40] {
                b'h' => ReportForm::Html,
                b'x' => ReportForm::Xlsx,
                _ => return None,
            },
            language: match content[41] {
                b'e' => ReportLanguage::English,
                b'c' => ReportLanguage::Chinese,
                _ => return None,
            },
            expires_at: DateTime::from_timestamp_micros(expires_at)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_cannot_be_made_up() {
        let key = HashKey::new(&[7; 32]);
        for form in [ReportForm::Html, ReportForm::Xlsx] {
            for language in [ReportLanguage::English, ReportLanguage::Chinese] {
                let target = ReportLinkTarget {
                    report_id: ReportId::new(),
                    staff_id: StaffId::new(),
                    form,
                    language,
                    expires_at: DateTime::from_timestamp_micros(1_666_666_666_123_456)
                        .expect("a time"),
                };
                let token = target.seal(&key);
                assert_eq!(ReportLinkTarget::open(&key, &token), Some(target));
                let other = HashKey::new(&[8; 32]);
                assert_eq!(ReportLinkTarget::open(&other, &token), None);
                for at in 0..token.len() {
                    let mut forged = token.clone().into_bytes();
                    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
                    let forged = String::from_utf8(forged).expect("a text");
                    assert_eq!(ReportLinkTarget::open(&key, &forged), None, "{forged}");
                }
            }
        }
        for bad in ["", "AAAA", "../x", "é", &"A".repeat(78)] {
            assert_eq!(ReportLinkTarget::open(&key, bad), None, "{bad}");
        }
    }
}
