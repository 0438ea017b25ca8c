//! The plan of a schedule: which time of the day each of a list of stories gets.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// Times of a day at most.
pub const TIMES_MAX: usize = 24;
/// Stories of a plan at most.
pub const STORIES_MAX: usize = 500;
/// Days that a plan looks ahead at most: twenty years hold any campaign.
const DAYS_MAX: u64 = 7_305;

/// The first `count` times of the day `times`, in the campaign's zone, that are not before `from` and not `taken`.
/// Times that the clocks skip are left out; of those that they repeat the first one counts. Fewer where the plan would
/// reach too far ahead.
#[must_use]
pub fn slots(
    times: &BTreeSet<NaiveTime>,
    zone: Tz,
    from: DateTime<Utc>,
    taken: &BTreeSet<DateTime<Utc>>,
    count: usize,
) -> Vec<DateTime<Utc>> {
    let first_day = from.with_timezone(&zone).date_naive();
    let days = (0..DAYS_MAX).map_while(|day| first_day.checked_add_days(Days::new(day)));
    let slots = days.flat_map(|day| times.iter().map(move |time| day.and_time(*time)));
    slots
        .filter_map(|local| zone.from_local_datetime(&local).earliest())
        .map(|local| local.with_timezone(&Utc))
        .filter(|at| *at >= from && !taken.contains(at))
        .take(count)
        .collect()
}

/// A time of the day as people write it: hours and minutes, `09:00`.
#[must_use]
pub fn parse_time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn plan(zone: Tz, from: &str, taken: &[&str], count: usize) -> Vec<String> {
        let times = ["15:00", "02:30"].map(|text| parse_time(text).expect("a time"));
        let taken = taken.iter().map(|at| utc(at)).collect();
        let slots = slots(&BTreeSet::from(times), zone, utc(from), &taken, count);
        slots
            .iter()
            .map(|at| at.format("%d %H:%M").to_string())
            .collect()
    }

    #[test]
    fn stories_come_out_at_the_times_of_the_campaigns_zone_in_their_order() {
        // 10:00 in Shanghai: today's first time is past.
        let slots = plan(
            chrono_tz::Asia::Shanghai,
            "2026-11-28T02:00:00Z",
            &["2026-11-28T18:30:00Z"],
            3,
        );
        assert_eq!(slots, ["28 07:00", "29 07:00", "29 18:30"]);
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_left_out_and_the_first_of_two_is_taken() {
        let zone = chrono_tz::Europe::Berlin;
        assert_eq!(
            plan(zone, "2026-03-28T20:00:00Z", &[], 2),
            ["29 13:00", "30 00:30"]
        );
        assert_eq!(plan(zone, "2026-10-24T20:00:00Z", &[], 1), ["25 00:30"]);
    }

    #[test]
    fn times_are_hours_and_minutes() {
        for bad in ["", "9", "24:00", "09:60", "09:00:00", "noon", "٠٩:٠٠"] {
            assert_eq!(parse_time(bad), None, "{bad}");
        }
    }
}
