//! The first nominees of a list, from memory: what the program's operation `ListNominees` answers, to the letter
//! (`tests/it/first_view.rs` compares), but for any seed without executing it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::app::nominees::{self, NomineeFilter, NomineeOrder, kept_seed, sort_key};
use crate::app::tallies::RankedTally;
use crate::domain::media::PictureSize;
use crate::domain::roster::Roster;
use crate::graphql::node_id::{Cursor, GlobalId};
use crate::http::Server;

/// Nominees of the first view: a page of the program's list.
pub(super) const PAGE_SIZE: usize = 30;

/// The order of a list as its address has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Order {
    Shuffled,
    Number,
    Votes,
}

/// The list that an address asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// The index of its category; none in a campaign without categories.
    pub(super) category: Option<usize>,
    pub(super) order: Order,
}

impl Wanted {
    /// The list of a query string, read as the program reads it; none for a search, which is the program's alone.
    pub(super) fn parse(roster: &Roster, query: &str, has_figures: bool) -> Option<Self> {
        let first = |wanted: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            let (_, value) = pairs.find(|(name, _)| name == wanted)?;
            Some(value)
        };
        if first("search").is_some_and(|text| !text.is_empty()) {
            return None;
        }
        let mut categories = roster.categories().iter();
        let chosen = first("category").and_then(|key| categories.position(|c| c.key == key));
        Some(Self {
            category: chosen.or((!roster.categories().is_empty()).then_some(0)),
            order: match first("order").as_deref() {
                Some("NUMBER") => Order::Number,
                Some("VOTES") if has_figures => Order::Votes,
                _ => Order::Shuffled,
            },
        })
    }
}

/// A category by its id.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CategoryLink {
    pub(super) id: String,
}

/// A nominee as the program's fragment `NomineeCard` has it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Card {
    id: String,
    pub(super) number: i64,
    pub(super) name: String,
    pub(super) employer: String,
    pub(super) city: Option<String>,
    pub(super) title: Option<String>,
    pub(super) portrait_url: Option<String>,
    pub(super) status: String,
    /// None while the rules hide the tally.
    pub(super) votes: Option<i64>,
    rank: Option<i32>,
    /// None: nobody has signed in.
    viewer_has_voted: Option<bool>,
    pub(super) category: CategoryLink,
}

impl Card {
    /// The place to show: one without a vote is shared with all others without, and that is no place.
    pub(super) fn place(&self) -> Option<i32> {
        self.rank.filter(|_| self.votes != Some(0))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// A page of nominees.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct List {
    pub(super) nodes: Vec<Card>,
    page_info: PageInfo,
    total_count: usize,
}

impl List {
    /// Whether there are more.
    pub(super) fn has_more(&self) -> bool {
        self.page_info.has_next_page
    }
}

/// The id of the category at this index, as the API has it.
pub(super) fn category_id(server: &Server, roster: &Roster, index: usize) -> String {
    let id = GlobalId::Category(roster.categories()[index].id);
    id.encode(&server.app.hash_key).0
}

/// The first page of a list; `ranked` is there where everybody may see the tally.
pub(super) async fn list(
    server: &Server,
    roster: &Arc<Roster>,
    ranked: Option<&RankedTally>,
    wanted: Wanted,
    seed: &str,
) -> List {
    let key = &server.app.hash_key;
    let now = server.app.clock.now();
    // The indexes of a tally are those of the roster that it was ranked with.
    let (roster, order, seed) = match (wanted.order, ranked) {
        (Order::Votes, Some(ranked)) => (&ranked.roster, NomineeOrder::Votes(&ranked.tally), 0),
        (Order::Number, _) => (roster, NomineeOrder::Number, 0),
        _ => {
            let seed = kept_seed(roster, seed, now);
            (roster, NomineeOrder::Shuffled(seed), seed)
        }
    };
    let category = wanted.category.and_then(|i| roster.categories().get(i));
    let filter = NomineeFilter {
        category: category.map(|category| category.id),
        search: None,
    };
    let indexes = nominees::list(roster, &filter, order).await;
    let shown = &indexes[..indexes.len().min(PAGE_SIZE)];
    let cursor = |index: &usize| {
        let (first, second) = sort_key(roster, order, *index);
        let cursor = match order {
            NomineeOrder::Number => Cursor::NomineeByNumber(first),
            NomineeOrder::Votes(_) => Cursor::NomineeByVotes(first, second),
            NomineeOrder::Shuffled(_) => Cursor::NomineeShuffled(first, second, seed),
        };
        cursor.encode(key)
    };
    List {
        page_info: PageInfo {
            has_next_page: shown.len() < indexes.len(),
            end_cursor: shown.last().map(cursor),
        },
        total_count: indexes.len(),
        nodes: shown
            .iter()
            .map(|&index| card(server, roster, ranked, index))
            .collect(),
    }
}

fn card(server: &Server, roster: &Roster, ranked: Option<&RankedTally>, index: usize) -> Card {
    let nominee = &roster.nominees()[index];
    let key = &server.app.hash_key;
    let origin = server.app.public_url.as_deref();
    let standing = ranked.and_then(|ranked| {
        let index = ranked.roster.index_of(nominee.id)?;
        ranked.tally.standing(index, 0)
    });
    Card {
        id: GlobalId::Nominee(nominee.id).encode(key).0,
        number: nominee.number,
        name: nominee.name.clone(),
        employer: nominee.employer.clone(),
        city: nominee.city.clone(),
        title: nominee.title.clone(),
        portrait_url: nominee.portrait().address(origin, PictureSize::Small),
        status: nominee.status.name().to_owned(),
        votes: standing.map(|standing| standing.votes),
        rank: standing.map(|standing| standing.rank),
        viewer_has_voted: None,
        category: CategoryLink {
            id: GlobalId::Category(nominee.category_id).encode(key).0,
        },
    }
}
