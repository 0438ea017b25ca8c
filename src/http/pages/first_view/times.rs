//! Numbers and times as the program says them (`web/shared/format.ts`).

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use chrono_tz::Tz;

use crate::graphql::messages::Language;

/// The months as English pages have them.
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec",
];

/// A number with its thousands apart.
pub(super) fn count(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        text.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A day and time of day in a time zone.
pub(super) fn moment(at: DateTime<Utc>, zone: Tz, language: Language) -> String {
    let local = at.with_timezone(&zone);
    let (day, clock) = (local.day(), clock(at, zone));
    match language {
        Language::English => format!("{day} {}, {clock}", MONTHS[local.month0() as usize]),
        Language::Chinese => format!("{}月{day}日 {clock}", local.month()),
    }
}

/// The same for those who read it at `now`: without the day, where it is today.
pub(super) fn moment_at(
    at: DateTime<Utc>,
    zone: Tz,
    language: Language,
    now: DateTime<Utc>,
) -> String {
    if at.with_timezone(&zone).date_naive() == now.with_timezone(&zone).date_naive() {
        clock(at, zone)
    } else {
        moment(at, zone, language)
    }
}

fn clock(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// A day in a time zone.
pub(super) fn date(at: DateTime<Utc>, zone: Tz, language: Language) -> String {
    let local = at.with_timezone(&zone);
    let (year, day) = (local.year(), local.day());
    match language {
        Language::English => format!("{day} {} {year}", MONTHS[local.month0() as usize]),
        Language::Chinese => format!("{year}年{}月{day}日", local.month()),
    }
}

/// The time that is left until `end`: days, hours, minutes and seconds.
pub(super) fn remaining(end: DateTime<Utc>, now: DateTime<Utc>) -> [i64; 4] {
    let milliseconds = (end - now).num_milliseconds().max(0);
    let seconds = (milliseconds + 999) / 1_000;
    [
        seconds / 86_400,
        seconds / 3_600 % 24,
        seconds / 60 % 60,
        seconds % 60,
    ]
}

/// The same in one line.
pub(super) fn remaining_line(
    [days, hours, minutes, seconds]: [i64; 4],
    language: Language,
) -> String {
    let clock = format!("{hours:02}:{minutes:02}:{seconds:02}");
    match language {
        _ if days == 0 => clock,
        Language::English => format!("{days} d {clock}"),
        Language::Chinese => format!("{days} 天 {clock}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_said_as_the_program_says_them() {
        let counts = [0, 999, 1_000, 1_234_567, -1_000].map(count);
        assert_eq!(counts, ["0", "999", "1,000", "1,234,567", "-1,000"]);
        let zone = Tz::Asia__Shanghai;
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let end = at("2026-09-04T17:05:00Z");
        assert_eq!(moment(end, zone, Language::English), "5 Sept, 01:05");
        assert_eq!(moment(end, zone, Language::Chinese), "9月5日 01:05");
        let now = at("2026-09-05T10:00:00Z");
        assert_eq!(moment_at(end, zone, Language::Chinese, now), "01:05");
        assert_eq!(date(end, zone, Language::English), "5 Sept 2026");
        assert_eq!(date(end, zone, Language::Chinese), "2026年9月5日");
        let left = remaining(end, at("2026-09-03T16:04:59.5Z"));
        assert_eq!(left, [1, 1, 0, 1]);
        assert_eq!(remaining_line(left, Language::English), "1 d 01:00:01");
        assert_eq!(remaining_line(left, Language::Chinese), "1 天 01:00:01");
        assert_eq!(remaining(end, now), [0; 4]);
    }
}
