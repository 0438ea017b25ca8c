//! The results of a report: categories beside each other, then each with its best, its ties and its whole list.

use std::fmt::Write as _;

use super::charts::{Bar, bars};
use super::{Page, grouped, hundredths};
use crate::domain::report::{CategoryResult, Place, ReportedNominee};
use crate::print::markup::Escaped;

/// Nominees of a chart at most: it fits on a sheet of paper with its heading.
const BARS_MAX: usize = 12;

impl Page<'_> {
    pub(super) fn results(&mut self) {
        let (words, snapshot) = (self.words, self.snapshot);
        self.section(words.results, "");
        let categories: Vec<Bar<'_>> = snapshot
            .categories
            .iter()
            .map(|category| Bar {
                label: category.name.clone(),
                value: category.votes,
                shown: grouped(category.votes),
                class: "plain",
            })
            .collect();
        self.push(&format!("<h3>{}</h3>", words.categories));
        self.figure(&bars(words.categories, &categories));
        self.category_table();
        for category in &snapshot.categories {
            self.category(category);
        }
        if !snapshot.withdrawn.is_empty() {
            let title = format!("{} ({})", words.withdrawn, words.nominees);
            self.push(&format!("<h3>{title}</h3>"));
            self.nominee_head();
            for nominee in &snapshot.withdrawn {
                self.nominee(nominee);
            }
            self.end_table();
        }
        self.end_section();
    }

    fn category_table(&mut self) {
        let (words, snapshot) = (self.words, self.snapshot);
        let heads = [words.nominees, words.shortlist, words.count].map(|title| format!("#{title}"));
        let [nominees, places, votes] = &heads;
        self.table("", &[words.category, nominees, places, votes]);
        for category in &snapshot.categories {
            self.push(&format!(
                "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                Escaped(&category.name),
                category.nominees.len(),
                grouped(category.shortlist_size),
                grouped(category.votes)
            ));
        }
        let totals = &snapshot.totals;
        let mut row = |class: &str, name: &str, nominees: &str, votes: i64| {
            self.push(&format!(
                "<tr class=\"{class}\"><td>{name}</td><td class=\"n\">{nominees}</td><td></td>\
                <td class=\"n\">{}</td></tr>",
                grouped(votes)
            ));
        };
        let apart = [
            (
                words.votes_of_withdrawn,
                totals.withdrawn,
                totals.withdrawn_nominees,
            ),
            (words.votes_elsewhere, totals.elsewhere, 0),
        ];
        for (name, votes, nominees) in apart {
            if votes != 0 || nominees != 0 {
                let nominees = grouped(nominees);
                row(
                    "",
                    name,
                    if nominees == "0" { "" } else { &nominees },
                    votes,
                );
            }
        }
        let nominees = grouped(totals.nominees + totals.withdrawn_nominees);
        row("sum", words.counted, &nominees, totals.counted);
        self.end_table();
    }

    fn category(&mut self, category: &CategoryResult) {
        let words = self.words;
        self.push(&format!("<h3>{}</h3>", Escaped(&category.name)));
        if category.nominees.is_empty() {
            return;
        }
        let shown: Vec<Bar<'_>> = category
            .nominees
            .iter()
            .take(BARS_MAX)
            .map(|nominee| Bar {
                label: format!("{} · {}", nominee.rank.unwrap_or_default(), nominee.name),
                value: nominee.votes,
                shown: grouped(nominee.votes),
                class: match nominee.place {
                    Place::Within => "won",
                    Place::Tied => "tied",
                    Place::Below | Place::Withdrawn => "below",
                },
            })
            .collect();
        let svg = bars(&category.name, &shown);
        let key = self.key(category);
        let cut = self.language.cut_line(category.shortlist_size);
        self.push(&format!(
            "<figure><figcaption>{cut}</figcaption>{key}{svg}</figure>"
        ));
        self.tie(category);
        self.nominee_head();
        let mut before: Option<Place> = None;
        for nominee in &category.nominees {
            let is_past =
                nominee.place == Place::Below && before.is_some_and(|p| p != Place::Below);
            if is_past {
                self.push(&format!(
                    "<tr class=\"cut\"><td colspan=\"6\">{cut}</td></tr>"
                ));
            }
            self.nominee(nominee);
            before = Some(nominee.place);
        }
        self.push(&format!(
            "<tr class=\"sum\"><td></td><td>{}</td><td class=\"n\">{}{}</td><td class=\"n\"></td>\
            <td class=\"wide\"></td><td class=\"wide\"></td></tr>",
            words.total,
            grouped(category.votes),
            self.guests(category.guest_votes)
        ));
        self.end_table();
    }

    /// The meaning of the colours of a category's chart, as far as they are in it.
    fn key(&self, category: &CategoryResult) -> String {
        let words = self.words;
        let mut key = "<ul class=\"key\">".to_owned();
        for (place, class, name) in [
            (Place::Within, "won", words.within),
            (Place::Tied, "tied", words.tied),
            (Place::Below, "below", words.below),
        ] {
            if category
                .nominees
                .iter()
                .any(|nominee| nominee.place == place)
            {
                _ = write!(
                    key,
                    "<li><svg aria-hidden=\"true\"><rect class=\"{class}\" width=\"12\" height=\"12\"/></svg>{name}</li>"
                );
            }
        }
        key.push_str("</ul>");
        key
    }

    fn tie(&mut self, category: &CategoryResult) {
        let tied = || {
            let nominees = category.nominees.iter();
            nominees.filter(|nominee| nominee.place == Place::Tied)
        };
        let Some(rank) = tied().next().and_then(|nominee| nominee.rank) else {
            return;
        };
        let names: Vec<&str> = tied().map(|nominee| nominee.name.as_str()).collect();
        let sentence = self.language.tie(rank, category.open_places, &names);
        self.push(&format!("<p class=\"tie\">{}</p>", Escaped(&sentence)));
    }

    fn nominee_head(&mut self) {
        let words = self.words;
        self.push(&format!(
            "<table><thead><tr><th class=\"rank\" scope=\"col\">{}</th><th scope=\"col\">{}</th>\
            <th class=\"n\" scope=\"col\">{}</th><th class=\"n\" scope=\"col\">{}</th>\
            <th class=\"n wide\" scope=\"col\">{}</th><th class=\"n wide\" scope=\"col\">{}</th></tr></thead><tbody>",
            words.rank,
            words.name,
            words.count,
            words.share,
            words.views,
            words.likes
        ));
    }

    /// The part of a number of votes that guests cast, where they are told apart.
    fn guests(&self, votes: i64) -> String {
        if self.snapshot.guest_votes().is_none() {
            return String::new();
        }
        format!("<small>{} {}</small>", self.words.guests, grouped(votes))
    }

    fn nominee(&mut self, nominee: &ReportedNominee) {
        let words = self.words;
        let rank = nominee.rank.map_or_else(|| "–".to_owned(), grouped);
        let rank = match nominee.place {
            Place::Within => format!("<span class=\"medal\">{rank}</span>"),
            _ => format!("<span class=\"place\">{rank}</span>"),
        };
        let mut tags = String::new();
        for (is_so, tag) in [
            (nominee.place == Place::Tied, words.tied),
            (nominee.is_frozen, words.frozen),
        ] {
            if is_so {
                _ = write!(tags, "<span class=\"tag\">{tag}</span>");
            }
        }
        let city = nominee.city.as_deref().unwrap_or_default();
        let separator = if city.is_empty() { "" } else { " · " };
        let share = if nominee.rank.is_some() {
            format!("{}%", hundredths(nominee.share_basis_points))
        } else {
            String::new()
        };
        let row = format!(
            "<tr><td class=\"rank\">{rank}</td><td>{}{tags}<small>{} {} · {}{separator}{}</small></td>\
            <td class=\"n\">{}{}</td><td class=\"n\">{share}</td><td class=\"n wide\">{}</td>\
            <td class=\"n wide\">{}</td></tr>",
            Escaped(&nominee.name),
            words.number,
            nominee.number,
            Escaped(&nominee.employer),
            Escaped(city),
            grouped(nominee.votes),
            self.guests(nominee.guest_votes),
            grouped(nominee.views),
            grouped(nominee.likes)
        );
        self.push(&row);
    }
}
