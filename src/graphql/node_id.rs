//! Ids and cursors as clients see them: opaque texts that nobody can make up.
//!
//! A text is base64url of a kind (one byte), the payload, and 56 bits of a keyed hash over both. An id of one kind
//! cannot be passed for one of another, and a cursor only fits the order that it came from.

use std::convert::identity;

use async_graphql::ID;
use chrono::DateTime;
use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use crate::app::likes::Likeable;
use crate::auth::keyed_hash::{HashKey, Purpose};
use crate::domain::story::FeedPosition;
use crate::error::{Error, Result};
use crate::id::{
    AuditEventId, CampaignId, CategoryId, ExportId, ImportId, InvitationId, NomineeId, OfferId,
    OrganisationId, ReportId, SignalCaseId, StaffId, StoryId, UploadId, VoteId, VoterId,
    WithholdingRuleId,
};

/// Bytes of the hash in a text: nobody finds a valid one in 2^56 tries.
const HASH_BYTES: usize = 7;
/// The longest text that we make has 54 characters.
const TEXT_MAX: usize = 64;

/// An id with the kind of the object that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GlobalId {
    /// A campaign.
    Campaign(CampaignId),
    /// A category.
    Category(CategoryId),
    /// A nominee.
    Nominee(NomineeId),
    /// A story.
    Story(StoryId),
    /// A vote, with its campaign.
    Vote(CampaignId, VoteId),
    /// A voter.
    Voter(VoterId),
    /// A member of staff.
    Staff(StaffId),
    /// An organisation.
    Organisation(OrganisationId),
    /// An invitation.
    Invitation(InvitationId),
    /// An entry of the audit log.
    AuditEvent(AuditEventId),
    /// An upload.
    Upload(UploadId),
    /// An import.
    Import(ImportId),
    /// An export.
    Export(ExportId),
    /// A report.
    Report(ReportId),
    /// A rule that withholds votes.
    WithholdingRule(WithholdingRuleId),
    /// A case that the signals have found.
    SignalCase(SignalCaseId),
    /// A rule that a case lets offer, with the case.
    SignalOffer(SignalCaseId, OfferId),
}

/// A position in a list, by the key that the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cursor {
    /// In the list of campaigns: opening (microseconds) and id.
    Campaign(i64, CampaignId),
    /// In a list of nominees by number.
    NomineeByNumber(i64),
    /// In a list of nominees by votes: minus the votes, and number.
    NomineeByVotes(i64, i64),
    /// In a shuffled list of nominees: sort key, number and the seed of the shuffle.
    NomineeShuffled(i64, i64, u64),
    /// In a feed.
    Story(FeedPosition),
    /// In an audit log: time (microseconds) and id.
    AuditEvent(i64, AuditEventId),
    /// In a list of a voter's votes or likes: time (microseconds) and id.
    KeptAct(i64, Uuid),
    /// In a list of imports.
    Import(ImportId),
    /// In a list of a sheet's rows: the number.
    ImportRow(i64),
}

impl GlobalId {
    /// The id as clients see it.
    #[must_use]
    pub fn encode(self, key: &HashKey) -> ID {
        let (kind, first, second) = match self {
            Self::Campaign(id) => (b'c', id.0, None),
            Self::Category(id) => (b'g', id.0, None),
            Self::Nominee(id) => (b'n', id.0, None),
            Self::Story(id) => (b's', id.0, None),
            Self::Vote(campaign, id) => (b'v', campaign.0, Some(id.0)),
            Self::Voter(id) => (b'u', id.0, None),
            Self::Staff(id) => (b'w', id.0, None),
            Self::Organisation(id) => (b'o', id.0, None),
            Self::Invitation(id) => (b'i', id.0, None),
            Self::AuditEvent(id) => (b'e', id.0, None),
            Self::Upload(id) => (b'f', id.0, None),
            Self::Import(id) => (b'm', id.0, None),
            Self::Export(id) => (b'x', id.0, None),
            Self::Report(id) => (b'r', id.0, None),
            Self::WithholdingRule(id) => (b'h', id.0, None),
            Self::SignalCase(id) => (b'k', id.0, None),
            Self::SignalOffer(case, id) => (b'q', case.0, Some(id.0)),
        };
        let mut payload = first.as_bytes().to_vec();
        payload.extend(second.iter().flat_map(|id| *id.as_bytes()));
        ID(seal(key, kind, &payload))
    }

    /// Reads an id.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] for one that this server has not made.
    pub fn decode(key: &HashKey, id: &ID) -> Result<Self> {
        let parse = || {
            let (kind, payload) = open(key, id)?;
            let first = Uuid::from_slice(payload.get(..16)?).ok()?;
            Some(match (kind, payload.len()) {
                (b'c', 16) => Self::Campaign(CampaignId(first)),
                (b'g', 16) => Self::Category(CategoryId(first)),
                (b'n', 16) => Self::Nominee(NomineeId(first)),
                (b's', 16) => Self::Story(StoryId(first)),
                (b'v', 32) => Self::Vote(
                    CampaignId(first),
                    VoteId(Uuid::from_slice(&payload[16..]).ok()?),
                ),
                (b'u', 16) => Self::Voter(VoterId(first)),
                (b'w', 16) => Self::Staff(StaffId(first)),
                (b'o', 16) => Self::Organisation(OrganisationId(first)),
                (b'i', 16) => Self::Invitation(InvitationId(first)),
                (b'e', 16) => Self::AuditEvent(AuditEventId(first)),
                (b'f', 16) => Self::Upload(UploadId(first)),
                (b'm', 16) => Self::Import(ImportId(first)),
                (b'x', 16) => Self::Export(ExportId(first)),
                (b'r', 16) => Self::Report(ReportId(first)),
                (b'h', 16) => Self::WithholdingRule(WithholdingRuleId(first)),
                (b'k', 16) => Self::SignalCase(SignalCaseId(first)),
                (b'q', 32) => Self::SignalOffer(
                    SignalCaseId(first),
                    OfferId(Uuid::from_slice(&payload[16..]).ok()?),
                ),
                _ => return None,
            })
        };
        parse().ok_or_else(|| {
            Error::BadUserInput("This is not an id that this server gave out.".into())
        })
    }
}

/// An id that is passed where only those of its own kind are taken.
pub trait FromGlobalId: Sized {
    /// The kind, as an error names it.
    const KIND: &'static str;

    /// The id, if it is of this kind.
    fn from_global_id(id: GlobalId) -> Option<Self>;
}

macro_rules! from_global_id {
    ($($id:ident is $kind:literal: $($variant:ident => $value:expr),+;)*) => {$(
        impl FromGlobalId for $id {
            const KIND: &'static str = $kind;

            fn from_global_id(id: GlobalId) -> Option<Self> {
                match id {
                    $(GlobalId::$variant(id) => Some($value(id)),)+
                    _ => None,
                }
            }
        }
    )*};
}

from_global_id! {
    CampaignId is "a campaign": Campaign => identity;
    CategoryId is "a category": Category => identity;
    NomineeId is "a nominee": Nominee => identity;
    StoryId is "a story": Story => identity;
    StaffId is "a member of staff": Staff => identity;
    OrganisationId is "an organisation": Organisation => identity;
    InvitationId is "an invitation": Invitation => identity;
    AuditEventId is "an entry of the audit log": AuditEvent => identity;
    UploadId is "an upload": Upload => identity;
    ImportId is "an import": Import => identity;
    SignalCaseId is "a case": SignalCase => identity;
    WithholdingRuleId is "a rule that withholds votes": WithholdingRule => identity;
    ExportId is "an export": Export => identity;
    ReportId is "a report": Report => identity;
    Likeable is "a nominee or a story": Nominee => Likeable::Nominee, Story => Likeable::Story;
}

/// Reads an id of one kind.
///
/// # Errors
/// [`Error::BadUserInput`] for any other.
pub fn decode<T: FromGlobalId>(key: &HashKey, id: &ID) -> Result<T> {
    T::from_global_id(GlobalId::decode(key, id)?)
        .ok_or_else(|| Error::BadUserInput(format!("This is not the id of {}.", T::KIND)))
}

impl Cursor {
    /// The cursor as clients see it.
    #[must_use]
    pub fn encode(self, key: &HashKey) -> String {
        let (kind, payload) = match self {
            Self::Campaign(at, id) => (b'C', [&at.to_be_bytes()[..], id.0.as_bytes()].concat()),
            Self::AuditEvent(at, id) => (b'E', [&at.to_be_bytes()[..], id.0.as_bytes()].concat()),
            Self::KeptAct(at, id) => (b'K', [&at.to_be_bytes()[..], id.as_bytes()].concat()),
            Self::Import(id) => (b'I', id.0.as_bytes().to_vec()),
            Self::ImportRow(number) => (b'W', number.to_be_bytes().to_vec()),
            Self::NomineeByNumber(number) => (b'N', number.to_be_bytes().to_vec()),
            Self::NomineeByVotes(votes, number) => {
                (b'V', [votes.to_be_bytes(), number.to_be_bytes()].concat())
            }
            Self::NomineeShuffled(sort_key, number, seed) => (
                b'R',
                [
                    sort_key.to_be_bytes(),
                    number.to_be_bytes(),
                    seed.to_be_bytes(),
                ]
                .concat(),
            ),
            Self::Story(at) => (
                b'S',
                [
                    &at.published_at.timestamp_micros().to_be_bytes()[..],
                    at.id.0.as_bytes(),
                ]
                .concat(),
            ),
        };
        seal(key, kind, &payload)
    }

    /// Reads a cursor.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] for one that this server has not made.
    pub fn decode(key: &HashKey, text: &str) -> Result<Self> {
        let parse = || {
            let (kind, payload) = open(key, text)?;
            let number = |at: usize| {
                Some(i64::from_be_bytes(
                    payload.get(at..at + 8)?.try_into().ok()?,
                ))
            };
            let id = |at: usize| Uuid::from_slice(payload.get(at..)?).ok();
            Some(match kind {
                b'C' => Self::Campaign(number(0)?, CampaignId(id(8)?)),
                b'E' => Self::AuditEvent(number(0)?, AuditEventId(id(8)?)),
                b'K' => Self::KeptAct(number(0)?, id(8)?),
                b'I' => Self::Import(ImportId(id(0)?)),
                b'W' => Self::ImportRow(number(0)?),
                b'N' => Self::NomineeByNumber(number(0)?),
                b'V' => Self::NomineeByVotes(number(0)?, number(8)?),
                b'R' => Self::NomineeShuffled(number(0)?, number(8)?, number(16)?.cast_unsigned()),
                b'S' => Self::Story(FeedPosition {
                    published_at: DateTime::from_timestamp_micros(number(0)?)?,
                    id: StoryId(id(8)?),
                }),
                _ => return None,
            })
        };
        parse().ok_or_else(|| {
            Error::BadUserInput("This is not a cursor that this server gave out.".into())
        })
    }
}

fn seal(key: &HashKey, kind: u8, payload: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(1 + payload.len() + HASH_BYTES);
    bytes.push(kind);
    bytes.extend_from_slice(payload);
    let hash = key.hash(Purpose::Opaque, &[&bytes]);
    bytes.extend_from_slice(&hash[..HASH_BYTES]);
    BASE64URL_NOPAD.encode(&bytes)
}

fn open(key: &HashKey, text: &str) -> Option<(u8, Vec<u8>)> {
    if text.len() > TEXT_MAX {
        return None;
    }
    let mut bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    let hash = bytes.split_off(bytes.len().checked_sub(HASH_BYTES)?);
    let expected = key.hash(Purpose::Opaque, &[&bytes]);
    let is_ours =
        aws_lc_rs::constant_time::verify_slices_are_equal(&expected[..HASH_BYTES], &hash).is_ok();
    let (kind, payload) = bytes.split_first()?;
    is_ours.then(|| (*kind, payload.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> HashKey {
        HashKey::new(&[7; 32])
    }

    fn global_ids(a: u128, b: u128) -> [GlobalId; 17] {
        let (a, b) = (Uuid::from_u128(a), Uuid::from_u128(b));
        [
            GlobalId::Campaign(CampaignId(a)),
            GlobalId::Category(CategoryId(a)),
            GlobalId::Nominee(NomineeId(a)),
            GlobalId::Story(StoryId(a)),
            GlobalId::Vote(CampaignId(a), VoteId(b)),
            GlobalId::Voter(VoterId(a)),
            GlobalId::Staff(StaffId(a)),
            GlobalId::Organisation(OrganisationId(a)),
            GlobalId::Invitation(InvitationId(a)),
            GlobalId::Upload(UploadId(a)),
            GlobalId::Export(ExportId(a)),
            GlobalId::Report(ReportId(a)),
            GlobalId::WithholdingRule(WithholdingRuleId(a)),
            GlobalId::SignalCase(SignalCaseId(a)),
            GlobalId::SignalOffer(SignalCaseId(a), OfferId(b)),
            GlobalId::AuditEvent(AuditEventId(a)),
            GlobalId::Import(ImportId(a)),
        ]
    }

    fn cursors(a: i64, b: i64, id: u128) -> [Cursor; 8] {
        let published_at = DateTime::from_timestamp_micros(a >> 8).unwrap_or_default();
        [
            Cursor::Campaign(a, CampaignId(Uuid::from_u128(id))),
            Cursor::AuditEvent(a, AuditEventId(Uuid::from_u128(id))),
            Cursor::Import(ImportId(Uuid::from_u128(id))),
            Cursor::ImportRow(a),
            Cursor::NomineeByNumber(a),
            Cursor::NomineeByVotes(a, b),
            Cursor::NomineeShuffled(a, b, a.cast_unsigned()),
            Cursor::Story(FeedPosition {
                published_at,
                id: StoryId(Uuid::from_u128(id)),
            }),
        ]
    }

    proptest! {
        #[test]
        fn every_id_and_cursor_reads_back(a: u128, b: u128, x: i64, y: i64) {
            for id in global_ids(a, b) {
                let text = id.encode(&key());
                prop_assert!(text.len() <= TEXT_MAX);
                prop_assert_eq!(GlobalId::decode(&key(), &text).expect("ours"), id);
                prop_assert!(Cursor::decode(&key(), &text).is_err());
            }
            for cursor in cursors(x, y, a) {
                prop_assert_eq!(Cursor::decode(&key(), &cursor.encode(&key())).expect("ours"), cursor);
            }
        }

        #[test]
        fn nothing_made_up_is_accepted(text in ".{0,80}", bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            for text in [text, BASE64URL_NOPAD.encode(&bytes)] {
                prop_assert!(GlobalId::decode(&key(), &ID(text.clone())).is_err());
                prop_assert!(Cursor::decode(&key(), &text).is_err());
            }
        }

        #[test]
        fn a_changed_id_is_refused(a: u128, position in 0usize..32, flip in 1u8..64) {
            let id = GlobalId::Nominee(NomineeId(Uuid::from_u128(a))).encode(&key());
            let mut bytes = BASE64URL_NOPAD.decode(id.as_bytes()).expect("base64");
            let at = position % bytes.len();
            bytes[at] ^= flip;
            prop_assert!(GlobalId::decode(&key(), &ID(BASE64URL_NOPAD.encode(&bytes))).is_err());
        }
    }

    #[test]
    fn an_id_is_taken_for_its_own_kind_only() {
        let ids = global_ids(1, 2).map(|id| (id, id.encode(&key())));
        for (id, text) in &ids {
            let campaign = decode(&key(), text).map(GlobalId::Campaign);
            let category = decode(&key(), text).map(GlobalId::Category);
            let nominee = decode(&key(), text).map(GlobalId::Nominee);
            let story = decode(&key(), text).map(GlobalId::Story);
            let taken: Vec<_> = [campaign, category, nominee, story]
                .into_iter()
                .filter_map(Result::ok)
                .collect();
            let has_reader = matches!(
                id,
                GlobalId::Campaign(_)
                    | GlobalId::Category(_)
                    | GlobalId::Nominee(_)
                    | GlobalId::Story(_)
            );
            assert_eq!(taken, Vec::from_iter(has_reader.then_some(*id)));
            let liked = decode::<Likeable>(&key(), text).ok();
            match id {
                GlobalId::Nominee(id) => assert_eq!(liked, Some(Likeable::Nominee(*id))),
                GlobalId::Story(id) => assert_eq!(liked, Some(Likeable::Story(*id))),
                _ => assert_eq!(liked, None),
            }
        }
    }

    #[test]
    fn a_text_is_read_up_to_the_limit() {
        let payload_max = TEXT_MAX * 3 / 4 - HASH_BYTES - 1;
        let longest = seal(&key(), b'x', &vec![0; payload_max]);
        assert_eq!(longest.len(), TEXT_MAX);
        assert!(open(&key(), &longest).is_some());
        assert!(open(&key(), &seal(&key(), b'x', &vec![0; payload_max + 1])).is_none());
    }

    #[test]
    fn another_installation_s_ids_are_refused() {
        let id = GlobalId::Nominee(NomineeId::new()).encode(&HashKey::new(&[8; 32]));
        assert!(GlobalId::decode(&key(), &id).is_err());
    }
}
