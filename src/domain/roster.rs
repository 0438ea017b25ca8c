//! A campaign with its categories, nominees and amendments as they stand at one revision: what a process keeps in
//! memory, so that rules and lists cost no I/O. A roster never changes; a new revision is a new roster.

use std::collections::HashMap;

use super::amendment::Amendment;
use super::campaign::{Campaign, Category};
use super::nominee::Nominee;
use super::search::{SearchQuery, SearchText};
use crate::id::{CategoryId, NomineeId};

/// A campaign, its categories in their order and its nominees by number.
#[derive(Debug)]
pub struct Roster {
    campaign: Campaign,
    categories: Vec<Category>,
    nominees: Vec<Nominee>,
    amendments: Vec<Amendment>,
    /// The search text of each nominee, normalised once.
    search_texts: Vec<SearchText>,
    category_index: HashMap<CategoryId, usize>,
    nominee_index: HashMap<NomineeId, usize>,
    /// Indexes of the nominees that are shown, by number.
    shown: Vec<usize>,
    /// Those of each category, by index.
    shown_in: Vec<Vec<usize>>,
}

impl Roster {
    /// Builds the indexes. `nominees` whose category is unknown cannot exist (a foreign key) and are left out.
    #[must_use]
    pub fn new(campaign: Campaign, categories: Vec<Category>, mut nominees: Vec<Nominee>) -> Self {
        let category_index: HashMap<_, _> = categories
            .iter()
            .enumerate()
            .map(|(i, c)| (c.id, i))
            .collect();
        nominees.retain(|n| category_index.contains_key(&n.category_id));
        nominees.sort_by_key(|n| n.number);
        let nominee_index = nominees
            .iter()
            .enumerate()
            .map(|(i, n)| (n.id, i))
            .collect();
        let is_shown = |index: &usize| nominees[*index].is_shown();
        let shown: Vec<usize> = (0..nominees.len()).filter(is_shown).collect();
        let mut shown_in = vec![Vec::new(); categories.len()];
        for &index in &shown {
            shown_in[category_index[&nominees[index].category_id]].push(index);
        }
        Self {
            search_texts: nominees.iter().map(Nominee::search_text).collect(),
            campaign,
            categories,
            nominees,
            amendments: Vec::new(),
            category_index,
            nominee_index,
            shown,
            shown_in,
        }
    }

    /// The same with the campaign's amendments, newest first: for those who show them.
    #[must_use]
    pub fn with_amendments(self, amendments: Vec<Amendment>) -> Self {
        Self { amendments, ..self }
    }

    /// The campaign.
    #[must_use]
    pub fn campaign(&self) -> &Campaign {
        &self.campaign
    }

    /// The categories in the organiser's order.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// All nominees by number, withdrawn ones too.
    #[must_use]
    pub fn nominees(&self) -> &[Nominee] {
        &self.nominees
    }

    /// The newest amendments, newest first.
    #[must_use]
    pub fn amendments(&self) -> &[Amendment] {
        &self.amendments
    }

    /// The indexes of the nominees that are shown, by number: all, or those of the category at this index.
    #[must_use]
    pub fn shown(&self, category: Option<usize>) -> &[usize] {
        category.map_or(&self.shown, |category| &self.shown_in[category])
    }

    /// Whether a query finds the nominee at this index.
    #[must_use]
    pub fn is_found(&self, index: usize, query: &SearchQuery) -> bool {
        query.matches(&self.search_texts[index], self.nominees[index].number)
    }

    /// The index of a nominee in [`Roster::nominees`].
    #[must_use]
    pub fn index_of(&self, id: NomineeId) -> Option<usize> {
        self.nominee_index.get(&id).copied()
    }

    /// The index of a nominee, if it is shown.
    #[must_use]
    pub fn shown_index_of(&self, id: NomineeId) -> Option<usize> {
        self.index_of(id)
            .filter(|&index| self.nominees[index].is_shown())
    }

    /// The index of the nominee with this number, if it is shown.
    #[must_use]
    pub fn shown_index_of_number(&self, number: i64) -> Option<usize> {
        let index = self.nominees.binary_search_by_key(&number, |n| n.number);
        index.ok().filter(|&index| self.nominees[index].is_shown())
    }

    /// The index of a category in [`Roster::categories`].
    #[must_use]
    pub fn category_index(&self, id: CategoryId) -> Option<usize> {
        self.category_index.get(&id).copied()
    }
}
