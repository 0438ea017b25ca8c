//! Lists of nominees, from memory: filtered, in one of three orders, cut by keyset.

use aws_lc_rs::digest;

use crate::domain::roster::Roster;
use crate::domain::tally::Tally;
use crate::id::{CategoryId, NomineeId};

/// The order of a list of nominees.
#[derive(Debug, Clone, Copy)]
pub enum NomineeOrder<'a> {
    /// By number.
    Number,
    /// By votes, most first, equal ones by number.
    Votes(&'a Tally),
    /// At random, the same for the same seed.
    Shuffled(u64),
}

/// Which nominees a list has.
#[derive(Debug, Clone, Default)]
pub struct NomineeFilter {
    /// Only those of this category.
    pub category: Option<CategoryId>,
    /// Only those whose name or employer contains this text, or whose number it is.
    pub search: Option<String>,
}

/// A nominee's place in an order: places are compared number by number, and no two nominees share one.
pub type NomineePlace = (i64, i64);

/// The shown nominees of `roster` that pass `filter`, in `order`, with their places.
#[must_use]
pub fn list(
    roster: &Roster,
    filter: &NomineeFilter,
    order: NomineeOrder<'_>,
) -> Vec<(NomineePlace, usize)> {
    let needle = filter
        .search
        .as_ref()
        .map(|text| text.trim().to_lowercase());
    let passes = |n: &crate::domain::nominee::Nominee| {
        filter
            .category
            .is_none_or(|category| n.category_id == category)
            && needle.as_ref().is_none_or(|needle| n.matches(needle))
    };
    let place = |index: usize, id: NomineeId, number: i64| match order {
        NomineeOrder::Number => (number, 0),
        NomineeOrder::Votes(tally) => (-tally.entry(index).map_or(0, |entry| entry.votes), number),
        NomineeOrder::Shuffled(seed) => (shuffled(seed, id), number),
    };
    let mut list: Vec<_> = roster
        .shown()
        .filter(|(_, n)| passes(n))
        .map(|(index, n)| (place(index, n.id, n.number), index))
        .collect();
    list.sort_unstable();
    list
}

/// The place of a nominee in the shuffle of `seed`: each nominee is as likely as any other to stand anywhere.
fn shuffled(seed: u64, id: NomineeId) -> i64 {
    hash64(&[&seed.to_be_bytes(), id.0.as_bytes()])
}

/// The seed of a viewer's shuffle on a day of a campaign.
#[must_use]
#[allow(clippy::cast_sign_loss, reason = "any 64 bits will do")]
pub fn shuffle_seed(roster: &Roster, viewer: &[u8], day: i64) -> u64 {
    hash64(&[
        roster.campaign().id.0.as_bytes(),
        viewer,
        &day.to_be_bytes(),
    ]) as u64
}

fn hash64(parts: &[&[u8]]) -> i64 {
    let hash = digest::digest(&digest::SHA256, &parts.concat());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash.as_ref()[..8]);
    i64::from_be_bytes(bytes)
}
