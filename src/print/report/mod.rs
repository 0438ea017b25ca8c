//! A report as one HTML page that needs nothing else: no address, no program. For phones, desktops and paper (A4),
//! light and dark. Every chart has its table below it, and the figures are within, as they were hashed.

mod charts;
mod results;
mod turnout;

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use crate::domain::report::words::{ReportLanguage, Words};
use crate::domain::report::{Group, Snapshot};
use crate::print::markup::Escaped;

use self::charts::{Bar, bars};

const STYLE: &str = include_str!("report.css");
/// Bars of a chart at most.
const BARS_MAX: usize = 12;
/// Rows of a table of cities or employers at most; the rest is one row.
const GROUPS_MAX: usize = 40;
/// Rows of a table of stories at most.
const STORIES_MAX: usize = 100;

/// A page under way.
struct Page<'a> {
    html: String,
    snapshot: &'a Snapshot,
    language: ReportLanguage,
    words: &'static Words,
}

/// The page of a report. `text` is what its snapshot was read from, `sha256` its hash in hexadecimal digits.
#[must_use]
pub fn document(snapshot: &Snapshot, text: &str, sha256: &str, language: ReportLanguage) -> String {
    let mut page = Page {
        html: String::with_capacity(text.len() * 3 + 64 * 1024),
        snapshot,
        language,
        words: language.words(),
    };
    let words = page.words;
    page.push(&format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{} · {}</title>\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
        <meta name=\"robots\" content=\"noindex\"><style>{STYLE}</style></head><body>",
        language.tag(),
        Escaped(&snapshot.campaign.title),
        words.report
    ));
    page.cover();
    page.push("<main>");
    page.results();
    page.turnout();
    page.groups(words.cities, words.city, &snapshot.cities);
    page.groups(words.employers, words.employer, &snapshot.employers);
    page.reach();
    page.withheld();
    page.amendments();
    page.rules();
    page.counting(sha256);
    page.push("</main>");
    // No `<` is in it: see `Snapshot::to_text`.
    page.push("<script type=\"application/json\" id=\"report\">");
    page.push(text);
    page.push("</script></body></html>");
    page.html
}

impl Page<'_> {
    fn push(&mut self, html: &str) {
        self.html.push_str(html);
    }

    /// A moment by the clocks of the campaign.
    fn time(&self, at: DateTime<Utc>, format: &str) -> String {
        let local = at.with_timezone(&self.snapshot.campaign.zone());
        local.format(format).to_string()
    }

    fn minute(&self, at: DateTime<Utc>) -> String {
        self.time(at, "%Y-%m-%d %H:%M")
    }

    /// Begins a section.
    fn section(&mut self, title: &str, class: &str) {
        self.push(&format!(
            "<section class=\"{class}\"><h2>{}</h2>",
            Escaped(title)
        ));
    }

    fn end_section(&mut self) {
        self.push("</section>");
    }

    /// Begins a table; titles with a `#` before them are those of numbers.
    fn table(&mut self, class: &str, titles: &[&str]) {
        self.push(&format!("<table class=\"{class}\"><thead><tr>"));
        for title in titles {
            let head = match title.strip_prefix('#') {
                Some(title) => format!("<th class=\"n\" scope=\"col\">{}</th>", Escaped(title)),
                None => format!("<th scope=\"col\">{}</th>", Escaped(title)),
            };
            self.push(&head);
        }
        self.push("</tr></thead><tbody>");
    }

    fn end_table(&mut self) {
        self.push("</tbody></table>");
    }

    fn figure(&mut self, svg: &str) {
        self.push(&format!("<figure>{svg}</figure>"));
    }

    fn cover(&mut self) {
        let (words, snapshot) = (self.words, self.snapshot);
        let (campaign, totals) = (&snapshot.campaign, &snapshot.totals);
        let (opened, closed) = (
            self.minute(campaign.voting_opens_at),
            self.minute(campaign.voting_closes_at),
        );
        let cover = format!(
            "<header class=\"cover\"><p class=\"kind\">{}</p><h1>{}</h1><p class=\"by\">{}</p>\
            <p class=\"when\">{}: {opened} – {closed} ({})</p><dl class=\"big\">\
            <div><dt>{}</dt><dd>{}</dd></div><div><dt>{}</dt><dd>{}</dd></div><div><dt>{}</dt><dd>{}</dd></div></dl>\
            </header>",
            words.report,
            Escaped(&campaign.title),
            Escaped(&campaign.organisation),
            words.voting,
            Escaped(&campaign.time_zone),
            words.votes,
            grouped(totals.votes),
            words.voters,
            grouped(totals.voters),
            words.nominees,
            grouped(totals.nominees),
        );
        self.push(&cover);
    }

    /// A section on groups: a chart of the largest, and their table.
    fn groups(&mut self, title: &str, noun: &str, groups: &[Group]) {
        let words = self.words;
        let name = |group: &Group| {
            if group.name.is_empty() {
                words.none_given.to_owned()
            } else {
                group.name.clone()
            }
        };
        self.section(title, "");
        let shown: Vec<Bar<'_>> = groups
            .iter()
            .take(BARS_MAX)
            .map(|group| Bar {
                label: name(group),
                value: group.votes,
                shown: grouped(group.votes),
                class: "plain",
            })
            .collect();
        self.figure(&bars(title, &shown));
        let heads = [
            noun,
            &format!("#{}", words.nominees),
            &format!("#{}", words.count),
        ];
        self.table("", &heads);
        let (listed, rest) = groups.split_at(groups.len().min(GROUPS_MAX));
        for group in listed {
            self.group_row("", &name(group), group.nominees, group.votes);
        }
        let sums = |groups: &[Group]| -> (i64, i64) {
            let nominees = groups.iter().map(|group| group.nominees).sum();
            (nominees, groups.iter().map(|group| group.votes).sum())
        };
        if !rest.is_empty() {
            let (nominees, votes) = sums(rest);
            self.group_row("", &self.language.others(rest.len()), nominees, votes);
        }
        let (nominees, votes) = sums(groups);
        self.group_row("sum", words.total, nominees, votes);
        self.end_table();
        if !rest.is_empty() {
            self.push(&format!("<p class=\"note\">{}</p>", words.in_workbook));
        }
        self.end_section();
    }

    fn group_row(&mut self, class: &str, name: &str, nominees: i64, votes: i64) {
        self.push(&format!(
            "<tr class=\"{class}\"><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            Escaped(name),
            grouped(nominees),
            grouped(votes)
        ));
    }

    fn reach(&mut self) {
        let (words, snapshot) = (self.words, self.snapshot);
        let totals = &snapshot.totals;
        self.section(words.reach, "");
        self.table(
            "",
            &[
                "",
                &format!("#{}", words.views),
                &format!("#{}", words.likes),
            ],
        );
        let (views, likes) = (totals.nominee_views, totals.nominee_likes);
        self.group_row("", words.nominee_pages, views, likes);
        self.group_row("", words.stories, totals.story_views, totals.story_likes);
        let all = (views + totals.story_views, likes + totals.story_likes);
        self.group_row("sum", words.total, all.0, all.1);
        self.end_table();
        if snapshot.stories.is_empty() {
            self.push(&format!("<p>{}</p>", words.no_stories));
            return self.end_section();
        }
        self.push(&format!(
            "<h3>{} ({})</h3>",
            words.stories,
            grouped(totals.stories)
        ));
        let heads = [
            words.story,
            &format!("#{}", words.views),
            &format!("#{}", words.likes),
        ];
        self.table("", &heads);
        for story in snapshot.stories.iter().take(STORIES_MAX) {
            let about = story.nominee.as_deref().unwrap_or_default();
            let separator = if about.is_empty() { "" } else { " · " };
            let row = format!(
                "<tr><td>{}<small>{}{separator}{}</small></td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                Escaped(&story.title),
                Escaped(about),
                self.minute(story.published_at),
                grouped(story.views),
                grouped(story.likes)
            );
            self.push(&row);
        }
        let rest = snapshot.stories.get(STORIES_MAX..).unwrap_or_default();
        if !rest.is_empty() {
            let views = rest.iter().map(|story| story.views).sum();
            let likes = rest.iter().map(|story| story.likes).sum();
            self.group_row("", &self.language.others(rest.len()), views, likes);
        }
        self.end_table();
        if !rest.is_empty() {
            self.push(&format!("<p class=\"note\">{}</p>", words.in_workbook));
        }
        self.end_section();
    }

    fn withheld(&mut self) {
        let (words, totals) = (self.words, &self.snapshot.totals);
        self.section(words.withheld, "");
        let sentence = if totals.withheld == 0 {
            words.withheld_none
        } else {
            words.withheld_some
        };
        self.push(&format!("<p>{sentence}</p>"));
        self.table("", &[words.figure, &format!("#{}", words.count)]);
        self.number_row("", words.counted, totals.counted);
        if let Some(votes) = self.snapshot.guest_votes() {
            self.number_row("part", words.of_guests, votes);
        }
        self.number_row("", words.withheld, totals.withheld);
        self.number_row("sum", words.total, totals.votes);
        self.end_table();
        self.end_section();
    }

    fn number_row(&mut self, class: &str, name: &str, number: i64) {
        self.push(&format!(
            "<tr class=\"{class}\"><td>{}</td><td class=\"n\">{}</td></tr>",
            Escaped(name),
            grouped(number)
        ));
    }

    fn amendments(&mut self) {
        let (words, snapshot) = (self.words, self.snapshot);
        self.section(words.amendments, "");
        if snapshot.amendments.is_empty() {
            self.push(&format!("<p>{}</p>", words.no_amendments));
            return self.end_section();
        }
        self.table(
            "stack",
            &[words.time, words.subject, words.change, words.reason],
        );
        for amendment in &snapshot.amendments {
            let mut row = format!(
                "<tr><td class=\"time\">{}</td><td>{}</td><td><ul class=\"changes\">",
                self.minute(amendment.at),
                Escaped(&amendment.subject)
            );
            for change in snapshot.changes_in_words(amendment, self.language) {
                _ = write!(row, "<li>{}</li>", Escaped(&change));
            }
            _ = write!(
                row,
                "</ul></td><td>{}</td></tr>",
                Escaped(&amendment.reason)
            );
            self.push(&row);
        }
        self.end_table();
        self.end_section();
    }

    fn rules(&mut self) {
        let (words, language) = (self.words, self.language);
        let campaign = &self.snapshot.campaign;
        let quota = language.quota(
            campaign.votes_per_period,
            &campaign.quota_period,
            &campaign.quota_scope,
        );
        let ways_in = campaign.admitted(language);
        let exact = "%Y-%m-%d %H:%M:%S %:z";
        let (opened, closed) = (
            self.time(campaign.voting_opens_at, exact),
            self.time(campaign.voting_closes_at, exact),
        );
        self.section(words.rules, "");
        self.facts(&[
            (words.opened, &opened),
            (words.closed, &closed),
            (words.time_zone, &campaign.time_zone),
            (words.quota, &quota),
            (words.ways_in, &ways_in),
            (words.visibility, language.value(&campaign.tally_visibility)),
            (words.phase, language.value(&campaign.phase)),
        ]);
        self.end_section();
    }

    fn facts(&mut self, facts: &[(&str, &str)]) {
        self.push("<dl class=\"facts\">");
        for (name, value) in facts {
            let (name, value) = (Escaped(name), Escaped(value));
            self.push(&format!("<dt>{name}</dt><dd>{value}</dd>"));
        }
        self.push("</dl>");
    }

    fn counting(&mut self, sha256: &str) {
        let words = self.words;
        self.section(words.how_counted, "");
        self.push("<ol class=\"counting\">");
        for sentence in words.counting {
            self.push(&format!("<li>{sentence}</li>"));
        }
        self.push("</ol>");
        let taken_at = self.time(self.snapshot.taken_at, "%Y-%m-%d %H:%M:%S %:z");
        let facts = format!(
            "<dl class=\"facts\"><dt>{}</dt><dd>{taken_at}</dd><dt>{}</dt><dd><code>{}</code></dd></dl>\
            <p class=\"note\">{}</p>",
            words.taken_at,
            words.fingerprint,
            Escaped(sha256),
            words.fingerprint_means
        );
        self.push(&facts);
        self.end_section();
    }
}

/// A number with a comma before each three digits.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Hundredths as a decimal number: 417 is 4.17.
fn hundredths(number: i64) -> String {
    format!("{}.{:02}", grouped(number / 100), number % 100)
}

#[cfg(test)]
mod tests;
