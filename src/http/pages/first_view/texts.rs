//! The texts of the first view. They are those of the program, written out by its build: there is no second copy.

use std::sync::LazyLock;

use serde::Deserialize;

use super::times::count;
use crate::domain::campaign::QuotaPeriod;
use crate::graphql::messages::Language;

static TEXTS: LazyLock<InLanguages> = LazyLock::new(|| {
    let written = include_str!("../../../../web/pages/first_view_texts.json");
    serde_json::from_str(written).expect("the texts as web/pages/first_view_texts.ts has them")
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InLanguages {
    en: Texts,
    zh: Texts,
}

/// The texts in one language; those with something in braces are filled.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Texts {
    pub(super) switch_language: String,
    pub(super) loading: String,
    pub(super) nominees: String,
    pub(super) stories: String,
    pub(super) board: String,
    pub(super) result: String,
    pub(super) categories: String,
    pub(super) open_search: String,
    pub(super) order: String,
    pub(super) order_shuffled: String,
    pub(super) order_number: String,
    pub(super) order_votes: String,
    pub(super) as_list: String,
    pub(super) as_grid: String,
    pub(super) no_nominees: String,
    pub(super) vote: String,
    pub(super) frozen: String,
    pub(super) paused_short: String,
    pub(super) closed_short: String,
    pub(super) not_yet: String,
    pub(super) scan: String,
    pub(super) vote_in_mini_program: String,
    pub(super) like: String,
    pub(super) share: String,
    pub(super) films: String,
    pub(super) watch: String,
    pub(super) listen: String,
    pub(super) all_nominees: String,
    pub(super) kept: String,
    pub(super) per_category: String,
    pub(super) opens_in: String,
    pub(super) closes_in: String,
    pub(super) last_hour: String,
    pub(super) time_units: [String; 4],
    pub(super) about_vote: String,
    pub(super) upcoming_text: String,
    pub(super) remind_me: String,
    pub(super) paused_head: String,
    pub(super) paused_text: String,
    pub(super) closed_head: String,
    pub(super) published_head: String,
    pub(super) published_text: String,
    pub(super) archived_head: String,
    pub(super) show_result: String,
    pub(super) show_figures: String,
    pub(super) read_stories: String,
    pub(super) closed: String,
    pub(super) paused: String,
    pub(super) total_votes: String,
    pub(super) voters: String,
    /// `{n}`.
    pub(super) number: String,
    /// `{n}`.
    pub(super) rank: String,
    /// `{n}`.
    pub(super) amended: String,
    /// `{name}`.
    pub(super) vote_for: String,
    /// `{name}`.
    pub(super) quota_of: String,
    /// `{from}` and `{to}`.
    pub(super) voting_time: String,
    /// `{time}`.
    pub(super) upcoming_head: String,
    /// `{time}`.
    pub(super) closed_text: String,
    pub(super) votes_unit: Counted,
    pub(super) views: Counted,
    pub(super) quota_rule: ByPeriod,
    pub(super) how_to_vote: ByScope,
}

/// A text for one and for another number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Counted {
    one: String,
    other: String,
}

/// A text for an allowance of votes that comes anew each day, or once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ByPeriod {
    day: Counted,
    campaign: Counted,
}

/// A text for an allowance of votes in each category, or in the whole campaign.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ByScope {
    pub(super) category: ByPeriod,
    pub(super) campaign: ByPeriod,
}

impl Texts {
    /// The texts in a language.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &TEXTS.en,
            Language::Chinese => &TEXTS.zh,
        }
    }
}

impl Counted {
    /// The text for a number, in which `{n}` is the number.
    pub(super) fn with(&self, n: i64) -> String {
        let text = if n == 1 { &self.one } else { &self.other };
        fill(text, "{n}", &count(n))
    }
}

impl ByPeriod {
    /// The text for so many votes in a period.
    pub(super) fn with(&self, period: QuotaPeriod, votes: i64) -> String {
        match period {
            QuotaPeriod::Day => self.day.with(votes),
            QuotaPeriod::Campaign => self.campaign.with(votes),
        }
    }
}

/// A text with a value in the place of a name in braces.
pub(super) fn fill(text: &str, name: &str, value: &str) -> String {
    text.replace(name, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_are_there_in_both_languages_and_are_filled() {
        let english = Texts::of(Language::English);
        assert_eq!(english.views.with(1), "1 view");
        assert_eq!(english.views.with(1_234), "1,234 views");
        let rule = |period| english.quota_rule.with(period, 3);
        assert_eq!(rule(QuotaPeriod::Day), "3 votes a day");
        assert_eq!(rule(QuotaPeriod::Campaign), "3 votes");
        let chinese = Texts::of(Language::Chinese);
        assert_eq!(fill(&chinese.number, "{n}", "7"), "7号");
    }
}
