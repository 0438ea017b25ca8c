//! Global ids and cursors: no text makes their decoding panic, and everything that is encoded reads back.
//!
//! The input is read three times: as a text of a client, as a payload that gets a good hash (so that what lies behind
//! the hash is reached, too), and as the numbers of ids and cursors.

#![no_main]

use std::sync::LazyLock;

use acclaim::app::likes::Likeable;
use acclaim::auth::keyed_hash::{HashKey, Purpose};
use acclaim::domain::story::FeedPosition;
use acclaim::graphql::node_id::{self, Cursor, GlobalId};
use acclaim::id::{CampaignId, CategoryId, NomineeId, StaffId, StoryId, VoteId, VoterId};
use async_graphql::ID;
use chrono::DateTime;
use data_encoding::BASE64URL_NOPAD;
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

/// The key of the seeds.
static KEY: LazyLock<HashKey> = LazyLock::new(|| HashKey::new(&[7; 32]));

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        read(text);
    }
    read(&BASE64URL_NOPAD.encode(data));
    let hash = KEY.hash(Purpose::Opaque, &[data]);
    read(&BASE64URL_NOPAD.encode(&[data, &hash[..7]].concat()));
    let mut rest = Unstructured::new(data);
    round_trips(&mut rest).expect("zeros follow the last byte");
});

/// Reads a text as everything that it could be.
fn read(text: &str) {
    let id = ID(text.to_owned());
    if let Ok(found) = GlobalId::decode(&KEY, &id) {
        assert_eq!(found.encode(&KEY), id, "an id has one text");
        assert!(Cursor::decode(&KEY, text).is_err(), "an id is no cursor");
    }
    let nouns = [
        node_id::decode::<CampaignId>(&KEY, &id).is_ok(),
        node_id::decode::<CategoryId>(&KEY, &id).is_ok(),
        node_id::decode::<NomineeId>(&KEY, &id).is_ok(),
        node_id::decode::<StoryId>(&KEY, &id).is_ok(),
    ];
    assert!(nouns.iter().filter(|is| **is).count() <= 1, "of one kind");
    let is_likeable = node_id::decode::<Likeable>(&KEY, &id).is_ok();
    assert_eq!(is_likeable, nouns[2] || nouns[3]);
    if let Ok(cursor) = Cursor::decode(&KEY, text) {
        read_back(cursor);
    }
}

fn read_back(cursor: Cursor) {
    let text = cursor.encode(&KEY);
    let found = Cursor::decode(&KEY, &text).expect("it is ours");
    assert_eq!(found, cursor);
    assert!(
        GlobalId::decode(&KEY, &ID(text)).is_err(),
        "a cursor is no id"
    );
}

fn round_trips(data: &mut Unstructured) -> Result<()> {
    let (a, b) = (
        Uuid::from_u128(data.arbitrary()?),
        Uuid::from_u128(data.arbitrary()?),
    );
    let (x, y, seed): (i64, i64, u64) = data.arbitrary()?;
    let (position, flip): (usize, u8) = data.arbitrary()?;
    let ids = [
        GlobalId::Campaign(CampaignId(a)),
        GlobalId::Category(CategoryId(a)),
        GlobalId::Nominee(NomineeId(a)),
        GlobalId::Story(StoryId(a)),
        GlobalId::Vote(CampaignId(a), VoteId(b)),
        GlobalId::Voter(VoterId(a)),
        GlobalId::Staff(StaffId(a)),
    ];
    for id in ids {
        let text = id.encode(&KEY);
        assert_eq!(GlobalId::decode(&KEY, &text).expect("it is ours"), id);
        read(&text);
        let mut bytes = text.0.into_bytes();
        let at = position % bytes.len();
        bytes[at] ^= flip & 0x7f;
        if let Ok(changed) = String::from_utf8(bytes)
            && flip & 0x7f != 0
        {
            assert!(GlobalId::decode(&KEY, &ID(changed)).is_err(), "it is not");
        }
    }
    let cursors = [
        Cursor::Campaign(x, CampaignId(a)),
        Cursor::NomineeByNumber(x),
        Cursor::NomineeByVotes(x, y),
        Cursor::NomineeShuffled(x, y, seed),
    ];
    cursors.into_iter().for_each(read_back);
    if let Some(published_at) = DateTime::from_timestamp_micros(x) {
        let id = StoryId(a);
        read_back(Cursor::Story(FeedPosition { published_at, id }));
    }
    Ok(())
}
