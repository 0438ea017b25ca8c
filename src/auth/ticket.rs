//! Tickets: what a query that shows a campaign gives its viewer, and a vote brings back, so that the server knows how
//! long the voter has had the campaign before its eyes. Nothing is stored: the second of the query is in the ticket,
//! under a seal that binds it to the campaign and to the voter, or to nobody where nobody had signed in yet.
//!
//! A ticket proves no person: a script can fetch one and wait. One that fetches none is seen by that.

use aws_lc_rs::constant_time;
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;

use super::keyed_hash::{HashKey, Purpose};
use crate::id::{CampaignId, VoterId};

/// The life of a ticket: a page may be left open overnight.
const TICKET_LIFE: TimeDelta = TimeDelta::hours(24);
/// Clocks of two processes that may differ: a ticket that seems to come from a later time is one of now.
const CLOCK_SKEW_MAX: TimeDelta = TimeDelta::seconds(5);
/// Bytes of the kind with the second, and of the seal: as much as it takes that no ticket is guessed while it lasts.
const HEAD_BYTES: usize = 5;
const SEAL_BYTES: usize = 10;
/// Characters of a ticket.
const TICKET_CHARS: usize = (HEAD_BYTES + SEAL_BYTES) / 3 * 4;

/// A ticket of a campaign for `voter`, or for a viewer who has not signed in.
#[must_use]
pub fn issue(
    key: &HashKey,
    campaign_id: CampaignId,
    voter: Option<VoterId>,
    now: DateTime<Utc>,
) -> String {
    // Good until the year 2106.
    let second = u32::try_from(now.timestamp()).unwrap_or_default();
    let mut bytes = Vec::with_capacity(HEAD_BYTES + SEAL_BYTES);
    bytes.push(u8::from(voter.is_some()));
    bytes.extend_from_slice(&second.to_be_bytes());
    let seal = seal(key, campaign_id, voter, &bytes);
    bytes.extend_from_slice(&seal);
    BASE64URL_NOPAD.encode(&bytes)
}

/// Milliseconds between the query that gave the ticket and `now`; none for a ticket that is forged, too old, of another
/// campaign or of another voter. The query's second is taken to be over half.
#[must_use]
pub fn elapsed_ms(
    key: &HashKey,
    ticket: &str,
    campaign_id: CampaignId,
    voter: VoterId,
    now: DateTime<Utc>,
) -> Option<i64> {
    if ticket.len() != TICKET_CHARS {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(ticket.as_bytes()).ok()?;
    let (head, sealed) = bytes.split_at_checked(HEAD_BYTES)?;
    let holder = match head[0] {
        0 => None,
        1 => Some(voter),
        _ => return None,
    };
    let expected = seal(key, campaign_id, holder, head);
    constant_time::verify_slices_are_equal(&expected, sealed).ok()?;
    let second = u32::from_be_bytes(head[1..].try_into().ok()?);
    let shown_at = DateTime::from_timestamp(i64::from(second), 500_000_000)?;
    let elapsed = now - shown_at;
    let is_good = (-CLOCK_SKEW_MAX..=TICKET_LIFE).contains(&elapsed);
    is_good.then(|| elapsed.num_milliseconds().max(0))
}

fn seal(
    key: &HashKey,
    campaign_id: CampaignId,
    voter: Option<VoterId>,
    head: &[u8],
) -> [u8; SEAL_BYTES] {
    let holder = voter.map(|id| id.0.into_bytes()).unwrap_or_default();
    let hash = key.hash(Purpose::Ticket, &[campaign_id.0.as_bytes(), &holder, head]);
    let mut seal = [0; SEAL_BYTES];
    seal.copy_from_slice(&hash[..SEAL_BYTES]);
    seal
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const CAMPAIGN: CampaignId = CampaignId(Uuid::from_u128(1));
    const VOTER: VoterId = VoterId(Uuid::from_u128(2));

    fn key() -> HashKey {
        HashKey::new(&[7; 32])
    }

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_666_670_400_000 + millis).expect("a time")
    }

    fn elapsed(ticket: &str, millis: i64) -> Option<i64> {
        elapsed_ms(&key(), ticket, CAMPAIGN, VOTER, at(millis))
    }

    #[test]
    fn a_ticket_says_how_long_ago_it_was_given_for_a_day() {
        for holder in [Some(VOTER), None] {
            let ticket = issue(&key(), CAMPAIGN, holder, at(250));
            assert_eq!(ticket.len(), 20);
            assert_eq!(elapsed(&ticket, 300), Some(0));
            assert_eq!(elapsed(&ticket, 8_500), Some(8_000));
            let day = 86_400_000;
            assert_eq!(elapsed(&ticket, day + 500), Some(day));
            assert_eq!(elapsed(&ticket, day + 501), None);
            assert_eq!(
                elapsed(&ticket, -4_500),
                Some(0),
                "clocks may differ a little"
            );
            assert_eq!(elapsed(&ticket, -4_501), None);
        }
    }

    #[test]
    fn a_ticket_is_good_for_its_campaign_and_voter_alone() {
        let (key, now) = (key(), at(0));
        let ticket = issue(&key, CAMPAIGN, Some(VOTER), now);
        let other = Uuid::from_u128(3);
        assert_eq!(
            elapsed_ms(&key, &ticket, CampaignId(other), VOTER, now),
            None
        );
        assert_eq!(
            elapsed_ms(&key, &ticket, CAMPAIGN, VoterId(other), now),
            None
        );
        let unbound = issue(&key, CAMPAIGN, None, now);
        assert_eq!(
            elapsed_ms(&key, &unbound, CAMPAIGN, VoterId(other), now),
            Some(0)
        );
        let foreign = issue(&HashKey::new(&[8; 32]), CAMPAIGN, None, now);
        assert_eq!(elapsed(&foreign, 0), None);
    }

    proptest! {
        #[test]
        fn whatever_a_client_sends_is_no_ticket(text in ".{0,40}", bytes: [u8; 15]) {
            prop_assert_eq!(elapsed(&text, 0), None);
            prop_assert_eq!(elapsed(&BASE64URL_NOPAD.encode(&bytes), 0), None);
        }
    }
}
