//! Turnout in a report: the peaks, then votes by client, day and hour.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};

use super::charts::{Area, Bar, bars};
use super::{Page, grouped, hundredths};
use crate::domain::report::{Peak, Point};

/// Hours that are written out on the page, at most: those of a week. The workbook has all.
const HOURS_MAX: usize = 168;
/// Days that are written out.
const DAYS_MAX: usize = 62;

impl Page<'_> {
    pub(super) fn turnout(&mut self) {
        let (words, snapshot) = (self.words, self.snapshot);
        let turnout = &snapshot.turnout;
        self.section(words.turnout, "new");
        self.peaks();
        if turnout.votes == 0 {
            self.push(&format!("<p>{}</p>", words.no_votes));
            return self.end_section();
        }
        self.clients();
        self.push(&format!("<h3>{}</h3>", words.by_day));
        self.area(words.by_day, &turnout.days, TimeDelta::days(1));
        let is_short = turnout.days.len() <= DAYS_MAX;
        if is_short {
            self.steps(words.day, "%Y-%m-%d", &turnout.days);
        }
        self.push(&format!("<h3>{}</h3>", words.by_hour));
        self.area(words.by_hour, &turnout.hours, TimeDelta::hours(1));
        if turnout.hours.len() <= HOURS_MAX {
            self.hours();
        } else {
            self.push(&format!("<p class=\"note\">{}</p>", words.in_workbook));
        }
        self.end_section();
    }

    fn peaks(&mut self) {
        let (words, snapshot) = (self.words, self.snapshot);
        let turnout = &snapshot.turnout;
        let at = |peak: Option<Peak>| {
            peak.map_or_else(
                || "<dd>–</dd>".to_owned(),
                |peak| {
                    format!(
                        "<dd>{}<small>{}</small></dd>",
                        grouped(peak.votes),
                        self.minute(peak.at)
                    )
                },
            )
        };
        let tiles = format!(
            "<dl class=\"tiles\"><div><dt>{}</dt>{}</div><div><dt>{}</dt>{}</div>\
            <div><dt>{}</dt><dd>{}</dd></div></dl>",
            words.peak_minute,
            at(turnout.peak_minute),
            words.peak_hour,
            at(turnout.peak_hour),
            words.votes_per_voter,
            hundredths(snapshot.totals.votes_per_voter_hundredths)
        );
        self.push(&tiles);
    }

    fn clients(&mut self) {
        let (words, turnout) = (self.words, &self.snapshot.turnout);
        let clients = [
            (words.page, turnout.page, "page"),
            (words.mini_program, turnout.mini_program, "mini"),
            (words.other, turnout.other, "other"),
        ];
        self.push(&format!("<h3>{}</h3>", words.clients));
        let shown = clients.map(|(name, votes, class)| Bar {
            label: name.to_owned(),
            value: votes,
            shown: grouped(votes),
            class,
        });
        self.figure(&bars(words.clients, &shown));
        self.table("", &[words.client, &format!("#{}", words.count)]);
        for (name, votes, _) in clients {
            self.number_row("", name, votes);
        }
        self.number_row("sum", words.total, turnout.votes);
        if self.snapshot.guest_votes().is_some() {
            self.number_row("part", words.of_guests, turnout.guests);
        }
        self.end_table();
    }

    /// A chart over the time of voting.
    fn area(&mut self, title: &str, points: &[Point], step: TimeDelta) {
        let campaign = &self.snapshot.campaign;
        let words = self.words;
        let zone = campaign.zone();
        let first = points
            .first()
            .map_or(campaign.voting_opens_at, |point| point.at);
        let last = points
            .last()
            .map_or(campaign.voting_closes_at, |point| point.at + step);
        let area = Area {
            title,
            points,
            step,
            from: first.min(campaign.voting_opens_at),
            to: last.max(campaign.voting_closes_at),
            zone,
        };
        let mut key = String::new();
        for (class, name) in [
            ("page", words.page),
            ("mini", words.mini_program),
            ("other", words.other),
        ] {
            // Writing to a text does not fail.
            _ = write!(
                key,
                "<li><svg aria-hidden=\"true\"><rect class=\"{class}\" width=\"12\" height=\"12\"/></svg>{name}</li>"
            );
        }
        let svg = area.draw(grouped);
        self.push(&format!(
            "<figure><ul class=\"key\">{key}</ul>{svg}</figure>"
        ));
    }

    /// A table of steps with their clients.
    fn steps(&mut self, noun: &str, format: &str, points: &[Point]) {
        let words = self.words;
        let shows_guests = self.snapshot.guest_votes().is_some();
        let guests = shows_guests.then_some(words.of_guests);
        let titles = [words.count, words.page, words.mini_program, words.other];
        let titles = titles.into_iter().chain(guests);
        let titles: Vec<String> = titles.map(|title| format!("#{title}")).collect();
        let heads: Vec<&str> = std::iter::once(noun)
            .chain(titles.iter().map(String::as_str))
            .collect();
        self.table("", &heads);
        for point in points {
            let at = self.time(point.at, format);
            self.step(&at, point, shows_guests.then_some(point.guests));
        }
        self.end_table();
    }

    fn step(&mut self, at: &str, point: &Point, guests: Option<i64>) {
        let mut row = format!("<tr><td class=\"time\">{at}</td>");
        let numbers = [point.votes, point.page, point.mini_program, point.other];
        for number in numbers.into_iter().chain(guests) {
            // Writing to a text does not fail.
            _ = write!(row, "<td class=\"n\">{}</td>", grouped(number));
        }
        row.push_str("</tr>");
        self.push(&row);
    }

    /// Hours, a table for each day. They are narrow: the workbook has the votes of guests.
    fn hours(&mut self) {
        let (words, snapshot) = (self.words, self.snapshot);
        let zone = snapshot.campaign.zone();
        let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        self.push("<div class=\"days\">");
        let hours = &snapshot.turnout.hours;
        for of_day in hours.chunk_by(|a, b| day(a.at) == day(b.at)) {
            let Some(first) = of_day.first() else {
                continue;
            };
            let date = day(first.at).format("%Y-%m-%d");
            self.push(&format!(
                "<table><caption>{date}</caption><thead><tr><th scope=\"col\">{}</th>\
                <th class=\"n\" scope=\"col\">{}</th><th class=\"n\" scope=\"col\">{}</th>\
                <th class=\"n\" scope=\"col\">{}</th><th class=\"n\" scope=\"col\">{}</th></tr></thead><tbody>",
                words.hour, words.count, words.page, words.mini_program, words.other
            ));
            for hour in of_day {
                let at = self.time(hour.at, "%H:%M");
                self.step(&at, hour, None);
            }
            self.end_table();
        }
        self.push("</div>");
    }
}
