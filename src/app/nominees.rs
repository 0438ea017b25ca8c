//! Lists of nominees, from memory: filtered, and sorted in one of three orders.

use aws_lc_rs::digest;

use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::domain::search::SearchQuery;
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

/// The nominees that a list has.
#[derive(Debug, Clone, Default)]
pub struct NomineeFilter {
    /// Only nominees of this category.
    pub category: Option<CategoryId>,
    /// Only nominees whose name, employer or post contains this text, or whose number it is.
    pub search: Option<String>,
}

/// The key by which an order sorts a nominee: keys are compared number by number, and no two nominees share one.
pub type NomineeSortKey = (i64, i64);

/// The indexes of the shown nominees of `roster` that pass `filter`, in `order`, with their sort keys.
#[must_use]
pub fn list(
    roster: &Roster,
    filter: &NomineeFilter,
    order: NomineeOrder<'_>,
) -> Vec<(NomineeSortKey, usize)> {
    let query = filter.search.as_deref().and_then(SearchQuery::new);
    let passes = |index: usize, nominee: &Nominee| {
        filter
            .category
            .is_none_or(|category| nominee.category_id == category)
            && query
                .as_ref()
                .is_none_or(|query| roster.is_found(index, query))
    };
    let mut list: Vec<_> = roster
        .shown()
        .filter(|(index, nominee)| passes(*index, nominee))
        .map(|(index, nominee)| (sort_key(order, index, nominee), index))
        .collect();
    list.sort_unstable();
    list
}

fn sort_key(order: NomineeOrder<'_>, index: usize, nominee: &Nominee) -> NomineeSortKey {
    let number = nominee.number;
    match order {
        NomineeOrder::Number => (number, 0),
        NomineeOrder::Votes(tally) => (-tally.entry(index).map_or(0, |entry| entry.votes), number),
        NomineeOrder::Shuffled(seed) => (shuffled(seed, nominee.id), number),
    }
}

/// The sort key of a nominee in the shuffle of `seed`: each nominee is as likely as any other to stand anywhere.
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
