//! Charts as SVG within HTML. Widths are parts of the place that there is, and texts keep their size, so that one
//! drawing is read on a phone, a desktop and on paper; colours come from the page.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::domain::report::Point;
use crate::print::markup::Escaped;

/// Height of a bar with its label.
const BAR_HEIGHT: usize = 40;
/// Width of a label: columns of Latin letters, of which a Chinese character takes two.
const LABEL_COLUMNS: usize = 34;
/// Height of the area of a chart over time, and of its labels below.
const AREA_HEIGHT: usize = 200;
const AXIS_HEIGHT: usize = 24;
/// Labels of days on an axis, at most.
const DAY_LABELS: i64 = 5;

/// A bar with its label.
pub(super) struct Bar<'a> {
    pub(super) label: String,
    pub(super) value: i64,
    /// The value as it is shown.
    pub(super) shown: String,
    /// The class of its colour.
    pub(super) class: &'a str,
}

/// Horizontal bars, each below its label.
pub(super) fn bars(title: &str, bars: &[Bar<'_>]) -> String {
    let highest = bars
        .iter()
        .map(|bar| bar.value)
        .max()
        .unwrap_or_default()
        .max(1);
    let height = bars.len() * BAR_HEIGHT;
    let mut svg = format!(
        "<svg role=\"img\" aria-label=\"{}\" height=\"{height}\">",
        Escaped(title)
    );
    for (index, bar) in bars.iter().enumerate() {
        let top = index * BAR_HEIGHT;
        let (text, track) = (top + 15, top + 22);
        let label = shortened(&bar.label);
        let width = percent(bar.value, highest);
        // Writing to a text does not fail.
        _ = write!(
            svg,
            "<text x=\"0\" y=\"{text}\">{}</text><text x=\"100%\" y=\"{text}\" text-anchor=\"end\">{}</text>\
            <rect class=\"track\" x=\"0\" y=\"{track}\" width=\"100%\" height=\"10\" rx=\"2\"/>",
            Escaped(&label),
            Escaped(&bar.shown)
        );
        if bar.value > 0 {
            let class = bar.class;
            _ = write!(
                svg,
                "<rect class=\"{class}\" x=\"0\" y=\"{track}\" width=\"{width}%\" height=\"10\" rx=\"2\"/>"
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

/// A label as far as there is room beside its value.
fn shortened(label: &str) -> String {
    let mut columns = 0;
    for (index, character) in label.char_indices() {
        columns += if character.is_ascii() { 1 } else { 2 };
        if columns > LABEL_COLUMNS {
            return format!("{}…", &label[..index]);
        }
    }
    label.to_owned()
}

/// A layer of a chart: its class, and the votes up to it.
type Layer = (&'static str, fn(&Point) -> i64);

/// Votes over time: steps of one length, stacked by client.
pub(super) struct Area<'a> {
    pub(super) title: &'a str,
    pub(super) points: &'a [Point],
    /// The length of a step; days of a zone that changes its clocks are an hour off.
    pub(super) step: TimeDelta,
    /// The time that is shown: it has all points.
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
    pub(super) zone: Tz,
}

impl Area<'_> {
    /// The drawing; `grouped` writes a number for people.
    pub(super) fn draw(&self, grouped: fn(i64) -> String) -> String {
        let highest = self.points.iter().map(|point| point.votes).max();
        let top = round_up(highest.unwrap_or_default());
        let height = AREA_HEIGHT + AXIS_HEIGHT;
        let mut svg = format!(
            "<svg role=\"img\" aria-label=\"{}\" height=\"{height}\">\
            <svg width=\"100%\" height=\"{AREA_HEIGHT}\" viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\">",
            Escaped(self.title)
        );
        // The whole first, what is below it over it.
        let layers: [Layer; 3] = [
            ("other", |point| point.votes),
            ("mini", |point| point.page + point.mini_program),
            ("page", |point| point.page),
        ];
        for (class, votes) in layers {
            _ = write!(
                svg,
                "<path class=\"{class}\" d=\"{}\"/>",
                self.path(votes, top)
            );
        }
        svg.push_str("</svg>");
        mark(&mut svg, 1, &grouped(top));
        // Half a vote is no mark.
        if top % 2 == 0 {
            mark(&mut svg, AREA_HEIGHT / 2, &grouped(top / 2));
        }
        _ = write!(
            svg,
            "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{AREA_HEIGHT}\" y2=\"{AREA_HEIGHT}\"/>"
        );
        self.axis(&mut svg);
        svg.push_str("</svg>");
        svg
    }

    /// The outline of a layer: steps beside each other are one shape.
    fn path(&self, votes: fn(&Point) -> i64, top: i64) -> String {
        let mut path = String::new();
        let mut end: Option<DateTime<Utc>> = None;
        for point in self.points {
            if end != Some(point.at) {
                if end.is_some() {
                    path.push_str("V1000");
                }
                _ = write!(path, "M{:.2} 1000", self.across(point.at));
            }
            let next = point.at + self.step;
            let height = 1_000.0 - ratio(votes(point), top) * 1_000.0;
            _ = write!(path, "V{height:.1}H{:.2}", self.across(next));
            end = Some(next);
        }
        if end.is_some() {
            path.push_str("V1000");
        }
        path
    }

    /// The place of a moment, from 0 to 1,000.
    fn across(&self, at: DateTime<Utc>) -> f64 {
        let whole = (self.to - self.from).num_seconds();
        (ratio((at - self.from).num_seconds(), whole) * 1_000.0).clamp(0.0, 1_000.0)
    }

    /// Labels of time: days where there are several, otherwise beginning, middle and end.
    fn axis(&self, svg: &mut String) {
        let local = |at: DateTime<Utc>| at.with_timezone(&self.zone);
        let days = (self.to - self.from).num_days();
        let y = AREA_HEIGHT + 16;
        if days < 2 {
            let half = (self.to - self.from) / 2;
            let moments = [
                (self.from, "start"),
                (self.from + half, "middle"),
                (self.to, "end"),
            ];
            for (at, anchor) in moments {
                let (x, text) = (self.across(at) / 10.0, local(at).format("%m-%d %H:%M"));
                _ = write!(
                    svg,
                    "<text class=\"axis\" x=\"{x:.2}%\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>"
                );
            }
            return;
        }
        let every = (days + DAY_LABELS) / DAY_LABELS;
        let first = local(self.from).date_naive();
        for number in 1..=days {
            if number % every != 0 && days > DAY_LABELS {
                continue;
            }
            let Some(date) = first.checked_add_signed(TimeDelta::days(number)) else {
                return;
            };
            let midnight = date
                .and_time(chrono::NaiveTime::MIN)
                .and_local_timezone(self.zone);
            let Some(at) = midnight.earliest() else {
                continue;
            };
            let x = self.across(at.to_utc()) / 10.0;
            if at > self.to || x > 96.0 {
                continue;
            }
            _ = write!(
                svg,
                "<line class=\"grid\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"{AREA_HEIGHT}\"/>\
                <text class=\"axis\" x=\"{x:.2}%\" y=\"{y}\" text-anchor=\"middle\">{:02}-{:02}</text>",
                date.month(),
                date.day()
            );
        }
    }
}

/// A line across, with its number.
fn mark(svg: &mut String, y: usize, label: &str) {
    let text = y + 14;
    _ = write!(
        svg,
        "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>\
        <text class=\"axis\" x=\"0\" y=\"{text}\">{label}</text>"
    );
}

/// The next of 1, 2, 5, 10, 20, 50 and so on that is not smaller, and at least 1.
fn round_up(number: i64) -> i64 {
    let mut unit = 1;
    loop {
        for factor in [1, 2, 5] {
            if unit * factor >= number {
                return unit * factor;
            }
        }
        unit *= 10;
    }
}

/// A part of a whole in percent, as an attribute takes it.
fn percent(part: i64, whole: i64) -> String {
    format!("{:.2}", ratio(part, whole) * 100.0)
}

#[allow(clippy::cast_precision_loss, reason = "it is for drawing")]
fn ratio(part: i64, whole: i64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        for (number, expected) in [
            (0, 1),
            (1, 1),
            (2, 2),
            (3, 5),
            (6, 10),
            (99, 100),
            (100, 100),
            (101, 200),
            (330_000, 500_000),
        ] {
            assert_eq!(round_up(number), expected, "{number}");
        }
        assert!(round_up(i64::MAX / 10) >= i64::MAX / 10);
    }

    #[test]
    fn steps_beside_each_other_are_one_shape() {
        let hour = |at: i64, votes: i64| Point {
            at: DateTime::from_timestamp(at * 3_600, 0).expect("a time"),
            votes,
            page: votes,
            mini_program: 0,
            other: 0,
            guests: 0,
        };
        let points = [hour(0, 1), hour(1, 2), hour(5, 2)];
        let area = Area {
            title: "x",
            points: &points,
            step: TimeDelta::hours(1),
            from: points[0].at,
            to: points[0].at + TimeDelta::hours(10),
            zone: Tz::UTC,
        };
        let path = area.path(|point| point.votes, 2);
        let expected = "M0.00 1000V500.0H100.00V0.0H200.00V1000M500.00 1000V0.0H600.00V1000";
        assert_eq!(path, expected);
        let empty = Area {
            points: &[],
            to: area.from,
            ..area
        };
        let svg = empty.draw(|number| number.to_string());
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }

    #[test]
    fn long_labels_leave_room_for_the_value() {
        let long = "宁".repeat(200);
        assert_eq!(shortened(&long), format!("{}…", "宁".repeat(17)));
        assert_eq!(shortened("Yinchuan"), "Yinchuan");
    }
}
