//! Totals of a campaign as bytes.

use chrono::DateTime;
use uuid::Uuid;

use crate::domain::tally::{CampaignTotals, NomineeTotals};
use crate::id::{CampaignId, NomineeId};

/// The time of reading, then 48 bytes a nominee: id and four numbers, big-endian.
pub(super) fn encode_totals(totals: &CampaignTotals) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 + totals.nominees.len() * 48);
    bytes.extend(totals.as_of.timestamp_micros().to_be_bytes());
    for line in &totals.nominees {
        bytes.extend(line.nominee_id.0.as_bytes());
        for number in [line.counted, line.withheld, line.voters, line.revision] {
            bytes.extend(number.to_be_bytes());
        }
    }
    bytes
}

pub(super) fn decode_totals(campaign_id: CampaignId, bytes: &[u8]) -> Option<CampaignTotals> {
    let number =
        |bytes: &[u8], at: usize| Some(i64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let as_of = DateTime::from_timestamp_micros(number(bytes, 0)?)?;
    let line = |line: &[u8]| {
        Some(NomineeTotals {
            nominee_id: NomineeId(Uuid::from_slice(line.get(..16)?).ok()?),
            counted: number(line, 16)?,
            withheld: number(line, 24)?,
            voters: number(line, 32)?,
            revision: number(line, 40)?,
        })
    };
    let nominees = bytes[8..].chunks(48).map(line).collect::<Option<_>>()?;
    Some(CampaignTotals {
        campaign_id,
        as_of,
        nominees,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_read_back_and_damaged_ones_do_not() {
        let line = |n| NomineeTotals {
            nominee_id: NomineeId::new(),
            counted: n,
            withheld: 1,
            voters: 2,
            revision: 3,
        };
        let totals = CampaignTotals {
            campaign_id: CampaignId::new(),
            as_of: DateTime::from_timestamp_micros(1_666_666_666_123_456).expect("a time"),
            nominees: vec![line(5), line(6)],
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
