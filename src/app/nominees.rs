//! Lists of nominees, from memory: the roster keeps them by number and the tally by votes, so that a page of a list
//! costs the page. Only a search and a shuffle go through all of them.

use std::borrow::Cow;

use aws_lc_rs::digest;
use chrono::{DateTime, Utc};

use crate::domain::campaign::QuotaPeriod;
use crate::domain::period;
use crate::domain::roster::Roster;
use crate::domain::search::SearchQuery;
use crate::domain::tally::Tally;
use crate::id::{CategoryId, NomineeId};

/// Nominees that a list goes through before others have their turn.
const STRETCH: usize = 1_000;

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

/// The indexes of the shown nominees of `roster` that pass `filter`, in `order`.
pub async fn list<'a>(
    roster: &'a Roster,
    filter: &NomineeFilter,
    order: NomineeOrder<'a>,
) -> Cow<'a, [usize]> {
    let category = filter.category.map(|id| roster.category_index(id));
    let category = match category {
        // The category has gone since the filter was checked.
        Some(None) => return Cow::Borrowed(&[]),
        found => found.flatten(),
    };
    let query = filter.search.as_deref().and_then(SearchQuery::new);
    let listed = match order {
        NomineeOrder::Votes(tally) => tally.ranked(category),
        NomineeOrder::Number | NomineeOrder::Shuffled(_) => roster.shown(category),
    };
    let mut list = match query {
        None => Cow::Borrowed(listed),
        Some(query) => Cow::Owned(search(roster, listed, &query).await),
    };
    if let NomineeOrder::Shuffled(_) = order {
        let mut keyed = Vec::with_capacity(list.len());
        for stretch in list.chunks(STRETCH) {
            keyed.extend(
                stretch
                    .iter()
                    .map(|&index| (sort_key(roster, order, index), index)),
            );
            tokio::task::yield_now().await;
        }
        keyed.sort_unstable();
        list = keyed.into_iter().map(|(_, index)| index).collect();
    }
    list
}

/// Those of `listed` that `query` finds.
async fn search(roster: &Roster, listed: &[usize], query: &SearchQuery) -> Vec<usize> {
    let mut found = Vec::new();
    for stretch in listed.chunks(STRETCH) {
        let is_found = |index: &usize| roster.is_found(*index, query);
        found.extend(stretch.iter().copied().filter(is_found));
        tokio::task::yield_now().await;
    }
    found
}

/// The sort key of the nominee at this index in a list in `order`.
#[must_use]
pub fn sort_key(roster: &Roster, order: NomineeOrder<'_>, index: usize) -> NomineeSortKey {
    let nominee = &roster.nominees()[index];
    let number = nominee.number;
    match order {
        NomineeOrder::Number => (number, 0),
        NomineeOrder::Votes(tally) => (-tally.entry(index).map_or(0, |entry| entry.votes), number),
        NomineeOrder::Shuffled(seed) => (shuffled(seed, nominee.id), number),
    }
}

/// The sort key of a nominee in the shuffle of `seed`: each nominee is as likely as any other to stand anywhere.
fn shuffled(seed: u64, id: NomineeId) -> i64 {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes[8..].copy_from_slice(id.0.as_bytes());
    hash64(&bytes)
}

/// The seed of a viewer's shuffle at `now`: another one each day of the campaign.
#[must_use]
#[allow(clippy::cast_sign_loss, reason = "any 64 bits will do")]
pub fn shuffle_seed(roster: &Roster, viewer: &[u8], now: DateTime<Utc>) -> u64 {
    let campaign = roster.campaign().id.0;
    let zone = roster.campaign().time_zone.0;
    let day = period::number(QuotaPeriod::Day, zone, now);
    hash64(&[campaign.as_bytes(), viewer, &day.to_be_bytes()[..]].concat()) as u64
}

/// The seed of the shuffle of someone who keeps `seed`, at `now`: another one each day of the campaign.
#[must_use]
pub fn kept_seed(roster: &Roster, seed: &str, now: DateTime<Utc>) -> u64 {
    // Marked, so that nobody's seed is another's address or id.
    let owner = [b"seed ", seed.as_bytes()].concat();
    shuffle_seed(roster, &owner, now)
}

fn hash64(bytes: &[u8]) -> i64 {
    let hash = digest::digest(&digest::SHA256, bytes);
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_ref()[..8]);
    i64::from_be_bytes(first)
}
