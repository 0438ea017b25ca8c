//! Times of a sheet: in the campaign's time zone, unless they name an offset.

use chrono::{
    DateTime, Datelike as _, MappedLocalTime, NaiveDate, NaiveDateTime, TimeZone as _, Utc,
};
use chrono_tz::Tz;

use super::RowFaultReason;

/// The forms that are read, as spreadsheet programs and people write them; the first is that of date cells.
const FORMS: [&str; 8] = [
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H:%M",
];
const DATE_FORMS: [&str; 3] = ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"];

/// The moment of a text in `zone`; of a time that comes twice the first, of a date its midnight.
pub(super) fn parse(text: &str, zone: Tz) -> Result<DateTime<Utc>, RowFaultReason> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return within_years(time.with_timezone(&Utc));
    }
    let local = FORMS
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let local = local.or_else(|| {
        let mut dates = DATE_FORMS.iter();
        let date = dates.find_map(|form| NaiveDate::parse_from_str(text, form).ok())?;
        date.and_hms_opt(0, 0, 0)
    });
    let local = local.ok_or(RowFaultReason::NotATime)?;
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(time) | MappedLocalTime::Ambiguous(time, _) => {
            within_years(time.with_timezone(&Utc))
        }
        MappedLocalTime::None => Err(RowFaultReason::SkippedTime),
    }
}

/// Refuses years that are typing errors, and those that databases cannot hold.
fn within_years(time: DateTime<Utc>) -> Result<DateTime<Utc>, RowFaultReason> {
    if (2000..2200).contains(&time.year()) {
        Ok(time)
    } else {
        Err(RowFaultReason::NotATime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America, Asia};

    #[test]
    fn times_are_of_the_campaigns_zone() {
        let expected: DateTime<Utc> = "2022-10-25T01:00:00Z".parse().expect("a time");
        for text in [
            "2022-10-25T09:00:00",
            "2022-10-25 09:00",
            "2022-10-25 9:00:00",
            "2022/10/25 9:00",
            "2022年10月25日 9:00",
            "2022-10-25T01:00:00Z",
            "2022-10-25T03:00:00+02:00",
        ] {
            assert_eq!(parse(text, Asia::Shanghai), Ok(expected), "{text}");
        }
        let midnight = "2022-10-24T16:00:00Z".parse().expect("a time");
        for text in ["2022-10-25", "2022/10/25", "2022年10月25日"] {
            assert_eq!(parse(text, Asia::Shanghai), Ok(midnight), "{text}");
        }
    }

    #[test]
    fn other_texts_and_skipped_times_are_faults() {
        for text in [
            "tomorrow",
            "25.10.2022",
            "2022-13-01",
            "12022-10-25",
            "0022-10-25",
            "09:00:00",
            "-2022-10-25",
        ] {
            assert_eq!(
                parse(text, Asia::Shanghai),
                Err(RowFaultReason::NotATime),
                "{text}"
            );
        }
        let skipped = parse("2022-03-13 02:30", America::New_York);
        assert_eq!(skipped, Err(RowFaultReason::SkippedTime));
        let twice = parse("2022-11-06 01:30", America::New_York);
        assert_eq!(twice, Ok("2022-11-06T05:30:00Z".parse().expect("a time")));
    }
}
