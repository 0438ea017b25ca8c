//! Links to one file each, for whoever holds them, for some minutes: a browser fetches a file by its address alone, and
//! an address gets into histories and logs. The end is in the link, under the seal, so a link needs no row.

use aws_lc_rs::constant_time;
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use super::keyed_hash::{HashKey, Purpose};

/// The life of a link.
pub const LINK_LIFE: TimeDelta = TimeDelta::minutes(10);
/// Bytes of an id and of the time at which the link ends.
const ID_BYTES: usize = 16;
const END_BYTES: usize = 8;
/// Bytes of the seal.
const SEAL_BYTES: usize = 16;
/// Characters of a link's token.
const TOKEN_CHARS: usize = (ID_BYTES + END_BYTES + SEAL_BYTES).div_ceil(3) * 4 - 2;

/// The reason why a link leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkFault {
    /// It is none that was given out for this purpose.
    Forged,
    /// It was good once.
    Expired,
}

/// The token of a link to the file of `id` that is good from `now` on, for [`LINK_LIFE`].
#[must_use]
pub fn sign(key: &HashKey, purpose: Purpose, id: Uuid, now: DateTime<Utc>) -> String {
    let end = (now + LINK_LIFE).timestamp().to_be_bytes();
    let mut token = [id.as_bytes(), &end[..]].concat();
    token.extend_from_slice(&key.short_hash(purpose, &token)[..SEAL_BYTES]);
    BASE64URL_NOPAD.encode(&token)
}

/// The id of the file that a token leads to.
///
/// # Errors
/// It is forged or too old.
pub fn open(
    key: &HashKey,
    purpose: Purpose,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Uuid, LinkFault> {
    let (id, end) = unseal(key, purpose, token).ok_or(LinkFault::Forged)?;
    if now.timestamp() >= end {
        return Err(LinkFault::Expired);
    }
    Ok(id)
}

fn unseal(key: &HashKey, purpose: Purpose, token: &str) -> Option<(Uuid, i64)> {
    if token.len() != TOKEN_CHARS {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    let (signed, seal) = bytes.split_at_checked(ID_BYTES + END_BYTES)?;
    let expected = key.short_hash(purpose, signed);
    constant_time::verify_slices_are_equal(&expected[..SEAL_BYTES], seal).ok()?;
    let (id, end) = signed.split_at_checked(ID_BYTES)?;
    let end = i64::from_be_bytes(end.try_into().ok()?);
    Some((Uuid::from_slice(id).ok()?, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_666_670_400, 0).expect("a time")
    }

    #[test]
    fn a_link_leads_to_its_file_for_ten_minutes() {
        let key = HashKey::new(&[7; 32]);
        let id = Uuid::from_u128(42);
        let token = sign(&key, Purpose::ImportFile, id, noon());
        assert_eq!(token.len(), TOKEN_CHARS);
        let opened = |at| open(&key, Purpose::ImportFile, &token, at);
        assert_eq!(opened(noon()), Ok(id));
        assert_eq!(opened(noon() + LINK_LIFE - TimeDelta::seconds(1)), Ok(id));
        assert_eq!(opened(noon() + LINK_LIFE), Err(LinkFault::Expired));
    }

    #[test]
    fn a_link_cannot_be_made_up() {
        let key = HashKey::new(&[7; 32]);
        let token = sign(&key, Purpose::ImportFile, Uuid::from_u128(42), noon());
        let opened = |key: &HashKey, purpose, token: &str| open(key, purpose, token, noon());
        let forged = Err(LinkFault::Forged);
        assert_eq!(opened(&key, Purpose::Upload, &token), forged);
        let other = HashKey::new(&[8; 32]);
        assert_eq!(opened(&other, Purpose::ImportFile, &token), forged);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("a text");
            assert_eq!(opened(&key, Purpose::ImportFile, &changed), forged);
        }
        for bad in [
            "",
            "AAAA",
            &token[1..],
            &format!("{token}AAAA"),
            "../x",
            "é",
        ] {
            assert_eq!(opened(&key, Purpose::ImportFile, bad), forged, "{bad}");
        }
    }
}
