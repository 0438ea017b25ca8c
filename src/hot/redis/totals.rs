//! Totals of a campaign as bytes. Votes of guests are a value of their own beside the others, which programs that know
//! of none read and write as ever; it names its version, since such a program leaves an older one behind.

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

/// Reads the totals back, without the guests' votes; nothing where they are damaged.
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

/// The version of the totals, then the guests' votes of each nominee, in their order.
pub(super) fn encode_guest_votes(totals: &CampaignTotals) -> Vec<u8> {
    let of_nominees = totals.nominees.iter().map(|nominee| nominee.guest_votes);
    let numbers = std::iter::once(totals.version()).chain(of_nominees);
    numbers.flat_map(i64::to_be_bytes).collect()
}

/// Reads the guests' votes back into their totals; nothing where they are of other ones.
pub(super) fn decode_guest_votes(totals: &mut CampaignTotals, bytes: &[u8]) -> Option<()> {
    let is_of_these = decode_number(bytes, 0)? == totals.version();
    if !is_of_these || bytes.len() != 8 * (1 + totals.nominees.len()) {
        return None;
    }
    for (index, nominee) in (1..).zip(&mut totals.nominees) {
        nominee.guest_votes = decode_number(bytes, 8 * index)?;
    }
    Some(())
}

fn decode_nominee(bytes: &[u8]) -> Option<NomineeTotals> {
    Some(NomineeTotals {
        nominee_id: NomineeId(Uuid::from_slice(bytes.get(..16)?).ok()?),
        counted: decode_number(bytes, 16)?,
        guest_votes: 0,
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
            guest_votes: n - 4,
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
        let guests = encode_guest_votes(&totals);
        let mut read = decode_totals(totals.campaign_id, &bytes).expect("totals");
        assert_eq!(decode_guest_votes(&mut read, &guests), Some(()));
        assert_eq!(read, totals);
        assert_eq!(
            decode_totals(totals.campaign_id, &bytes[..bytes.len() - 1]),
            None
        );
        assert_eq!(decode_guest_votes(&mut read, &guests[..16]), None);
        assert_eq!(decode_guest_votes(&mut read, &[]), None);
        // Those that a program left which knows of no guests' votes are newer.
        read.nominees[0].revision += 1;
        assert_eq!(decode_guest_votes(&mut read, &guests), None);
    }

    /// Programs that know of no guests' votes read nothing but this.
    #[test]
    fn totals_have_four_numbers_a_nominee() {
        let nominee = NomineeTotals {
            nominee_id: NomineeId(Uuid::nil()),
            counted: 1,
            guest_votes: 9,
            withheld: 2,
            voters: 3,
            revision: 4,
        };
        let bytes = encode_totals(&CampaignTotals {
            campaign_id: CampaignId::new(),
            as_of: DateTime::UNIX_EPOCH,
            nominees: vec![nominee],
        });
        let numbers = [1_i64, 2, 3, 4].map(i64::to_be_bytes).concat();
        assert_eq!(bytes, [vec![0; 8 + 16], numbers].concat());
    }
}
