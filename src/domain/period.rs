//! The periods that quotas are granted for: days in the campaign's time zone, or the whole campaign.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::campaign::QuotaPeriod;

/// The number of the period that a whole campaign is.
pub const WHOLE_CAMPAIGN: i64 = 0;

/// The number of the period that `at` falls in: the days since 1 January of the year 1 in `zone`, or
/// [`WHOLE_CAMPAIGN`]. It grows by one each midnight, whatever the offset from UTC does.
#[must_use]
pub fn number(period: QuotaPeriod, zone: Tz, at: DateTime<Utc>) -> i64 {
    match period {
        QuotaPeriod::Day => i64::from(at.with_timezone(&zone).date_naive().num_days_from_ce()),
        QuotaPeriod::Campaign => WHOLE_CAMPAIGN,
    }
}

/// The end of the period that `at` falls in: the first moment of the next day in `zone`; `None` for a whole campaign.
#[must_use]
pub fn ends_at(period: QuotaPeriod, zone: Tz, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match period {
        QuotaPeriod::Day => {
            let today = at.with_timezone(&zone).date_naive();
            today
                .checked_add_days(Days::new(1))
                .map(|next| first_moment(zone, next))
        }
        QuotaPeriod::Campaign => None,
    }
}

/// The first moment of the day that `at` falls in.
#[must_use]
pub fn day_start(zone: Tz, at: DateTime<Utc>) -> DateTime<Utc> {
    first_moment(zone, at.with_timezone(&zone).date_naive())
}

/// The first moment of `date` in `zone`. Midnight itself is missing where the clocks go forward at midnight (the day
/// starts at 01:00), and comes twice where they go back (the first one starts the day).
fn first_moment(zone: Tz, date: NaiveDate) -> DateTime<Utc> {
    // Offsets change by quarters of an hour at the finest; no gap is longer than a day.
    const STEP_MINUTES: i64 = 15;
    const STEPS_MAX: i64 = 24 * 60 / STEP_MINUTES;
    let midnight = date.and_time(NaiveTime::MIN);
    (0..=STEPS_MAX)
        .filter_map(|step| midnight.checked_add_signed(TimeDelta::minutes(step * STEP_MINUTES)))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map_or_else(|| midnight.and_utc(), |moment| moment.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America, Asia, Pacific};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn the_day_turns_at_local_midnight() {
        let day = |text| number(QuotaPeriod::Day, Asia::Shanghai, at(text));
        assert_eq!(
            day("2022-10-25T15:59:59.999999Z") + 1,
            day("2022-10-25T16:00:00Z")
        );
        assert_eq!(
            ends_at(QuotaPeriod::Day, Asia::Shanghai, at("2022-10-25T15:59:59Z")),
            Some(at("2022-10-25T16:00:00Z"))
        );
    }

    #[test]
    fn a_day_lasts_23_or_25_hours_where_the_clocks_change() {
        let ends = |text| ends_at(QuotaPeriod::Day, America::New_York, at(text));
        assert_eq!(
            ends("2022-03-13T05:00:00Z"),
            Some(at("2022-03-14T04:00:00Z"))
        );
        assert_eq!(
            ends("2022-11-06T04:00:00Z"),
            Some(at("2022-11-07T05:00:00Z"))
        );
        let day = |text| number(QuotaPeriod::Day, America::New_York, at(text));
        assert_eq!(day("2022-11-06T04:00:00Z"), day("2022-11-07T04:59:59Z"));
    }

    #[test]
    fn a_day_without_midnight_starts_at_one() {
        // Santiago went from 24:00 on 10 September 2022 straight to 01:00 on the 11th.
        assert_eq!(
            ends_at(
                QuotaPeriod::Day,
                America::Santiago,
                at("2022-09-10T12:00:00Z")
            ),
            Some(at("2022-09-11T04:00:00Z"))
        );
    }

    #[test]
    fn a_day_that_is_missing_ends_with_the_one_before() {
        // Samoa went from 24:00 on 29 December 2011 straight to the 31st.
        let at = at("2011-12-30T00:00:00Z");
        let ends = "2011-12-30T10:00:00Z".parse().expect("a time");
        assert_eq!(ends_at(QuotaPeriod::Day, Pacific::Apia, at), Some(ends));
    }

    #[test]
    fn a_whole_campaign_is_one_period() {
        assert_eq!(
            number(
                QuotaPeriod::Campaign,
                Asia::Shanghai,
                at("2022-10-25T00:00:00Z")
            ),
            0
        );
        assert_eq!(
            ends_at(
                QuotaPeriod::Campaign,
                Asia::Shanghai,
                at("2022-10-25T00:00:00Z")
            ),
            None
        );
    }
}
