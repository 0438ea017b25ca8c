//! Totals of a campaign as bytes.

use chrono::DateTime;
use uuid::Uuid;

use crate::domain::tally::{CampaignTotals, NomineeTotals};
use crate::id::{CampaignId, NomineeId};

/// Bytes of a nominee: its id and four numbers.
const NOMINEE_BYTES: usize = 16 + 4 * 8;

/// The time of reading, then the nominees; numbers are big-endian.
pub(super) fn encode_totals(totals: &CampaignTotals) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 + totals.nominees.len() * NOMINEE_BYTES);
    bytes.extend(totals.as_of.timestamp_micros().to_be_bytes());
    for nominee in &totals.nominees {
        bytes.extend(nominee.nominee_id.0.as_bytes());
        for number in [
            nominee.counted,
            nominee.withheld,
            nominee.voters,
            nominee.revision,
        ] {
            bytes.extend(number.to_be_bytes());
        }
    }
    bytes
}

/// Reads the totals back; nothing where they are damaged.
pub(super) fn decode_totals(campaign_id: CampaignId, bytes: &[u8]) -> Option<CampaignTotals> {
    let (as_of, nominees) = bytes.split_at_checked(8)?;
    let as_of = DateTime::from_timestamp_micros(decode_number(as_of, 0)?)?;
    let nominees = nominees.chunks(NOMINEE_BYTES).map(decode_nominee);
    Some(CampaignTotals {
        campaign_id,
        as_of,
        nominees: nominees.collect::<Option<_>>()?,
    })
}

fn decode_nominee(bytes: &[u8]) -> Option<NomineeTotals> {
    Some(NomineeTotals {
        nominee_id: NomineeId(Uuid::from_slice(bytes.get(..16)?).ok()?),
        counted: decode_number(bytes, 16)?,
        withheld: decode_number(bytes, 24)?,
        voters: decode_number(bytes, 32)?,
        revision: decode_number(bytes, 40)?,
    })
}

fn decode_number(bytes: &[u8], at: usize) -> Option<i64> {
    let bytes = bytes.get(at..at + 8)?;
    Some(i64::from_be_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_read_back_and_damaged_ones_do_not() {
        let nominee = |n| NomineeTotals {
            nominee_id: NomineeId::new(),
            counted: n,
            withheld: 1,
            voters: 2,
            revision: 3,
        };
        let totals = CampaignTotals {
            campaign_id: CampaignId::new(),
            as_of: DateTime::from_timestamp_micros(1_666_666_666_123_456).expect("a time"),
            nominees: vec![nominee(5), nominee(6)],
        };
        let bytes = encode_totals(&totals);
        assert_eq!(
            decode_totals(totals.campaign_id, &bytes),
            Some(totals.clone())
        );
        assert_eq!(
            decode_totals(totals.campaign_id, &bytes[..bytes.len() - 1]),
            None
        );
    }
}
