//! The values of cells as texts: what people see in a spreadsheet program, not how it stores it.

use calamine::{DataRef, ExcelDateTime};
use chrono::{NaiveDate, NaiveTime, TimeDelta, Timelike as _};

use super::apostrophe;
use crate::domain::sheet::{CELL_BYTES_MAX, Cell, CellFault};

/// The least number of which a spreadsheet program does not keep all digits: it keeps 15.
const DIGITS_LOST: f64 = 1e15;

/// The text of a value, or why it has none.
pub(super) fn cell(value: &DataRef<'_>, is_formula: bool) -> Cell {
    match value {
        DataRef::Int(number) => integer(*number),
        DataRef::Float(number) => float(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            self::text(text)
        }
        DataRef::SharedString(text) => self::text(text),
        DataRef::Bool(true) => Cell::Text("TRUE".to_owned()),
        DataRef::Bool(false) => Cell::Text("FALSE".to_owned()),
        DataRef::DateTime(time) => self::time(time),
        DataRef::Error(_) => Cell::Fault(CellFault::ErrorValue),
        DataRef::Empty if is_formula => Cell::Fault(CellFault::FormulaWithoutValue),
        DataRef::Empty => Cell::EMPTY,
    }
}

/// A text without white space around it.
pub(super) fn text(text: &str) -> Cell {
    let text = apostrophe::remove(text).trim();
    if text.len() > CELL_BYTES_MAX {
        Cell::Fault(CellFault::TooLong)
    } else {
        Cell::Text(text.to_owned())
    }
}

fn integer(number: i64) -> Cell {
    if number.unsigned_abs() < 1_000_000_000_000_000 {
        Cell::Text(number.to_string())
    } else {
        Cell::Fault(CellFault::NumberTooLong)
    }
}

/// A number in plain digits, without those that only the binary form has: 0.1 + 0.2 is 0.3.
fn float(number: f64) -> Cell {
    if number.abs() >= DIGITS_LOST {
        return Cell::Fault(CellFault::NumberTooLong);
    }
    match format!("{number:.14e}").parse::<f64>() {
        // `-0` is 0 for people.
        Ok(rounded) if rounded.is_finite() => Cell::Text((rounded + 0.0).to_string()),
        _ => Cell::Fault(CellFault::ErrorValue),
    }
}

/// A time as ISO 8601 without a zone: a date, a time of the day, or both.
fn time(time: &ExcelDateTime) -> Cell {
    const SERIAL_END: f64 = 2_958_466.0;
    let serial = time.as_f64();
    if !(0.0..SERIAL_END).contains(&serial) {
        return Cell::Fault(CellFault::NoDate);
    }
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
    let moment = date.and_then(|date| {
        let (hour, minute, second) = (hour.into(), minute.into(), second.into());
        let moment = date.and_hms_milli_opt(hour, minute, second, milli.into())?;
        // To the next second: minutes are no binary fractions of a day.
        let moment = moment.checked_add_signed(TimeDelta::milliseconds(500))?;
        moment.with_nanosecond(0)
    });
    let Some(moment) = moment else {
        // 29 February 1900, which is in their calendar only.
        return Cell::Fault(CellFault::NoDate);
    };
    let form = if serial < 1.0 {
        "%H:%M:%S"
    } else if moment.time() == NaiveTime::MIN {
        "%Y-%m-%d"
    } else {
        "%Y-%m-%dT%H:%M:%S"
    };
    Cell::Text(moment.format(form).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    fn shown(value: &DataRef<'_>) -> String {
        match cell(value, false) {
            Cell::Text(text) => text,
            Cell::Fault(fault) => format!("{fault:?}"),
        }
    }

    #[test]
    fn numbers_are_plain_digits() {
        for (number, text) in [
            (1.0, "1"),
            (-0.0, "0"),
            (13_800_000_000.0, "13800000000"),
            (0.1 + 0.2, "0.3"),
            (1_234.5, "1234.5"),
            (999_999_999_999_999.0, "999999999999999"),
            (1e15, "NumberTooLong"),
            (1.1e17, "NumberTooLong"),
            (f64::INFINITY, "NumberTooLong"),
            (f64::NAN, "ErrorValue"),
        ] {
            assert_eq!(shown(&DataRef::Float(number)), text);
        }
        assert_eq!(shown(&DataRef::Int(7)), "7");
        assert_eq!(shown(&DataRef::Int(i64::MIN)), "NumberTooLong");
    }

    #[test]
    fn times_are_those_that_people_see_in_both_epochs() {
        let at = |serial, is_1904| {
            let time = ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, is_1904);
            shown(&DataRef::DateTime(time))
        };
        assert_eq!(at(44_859.0, false), "2022-10-25");
        assert_eq!(at(44_859.375, false), "2022-10-25T09:00:00");
        // Minutes are no binary fractions.
        assert_eq!(at(44_859.333_333_3, false), "2022-10-25T08:00:00");
        assert_eq!(at(43_397.375, true), "2022-10-25T09:00:00");
        assert_eq!(at(0.375, false), "09:00:00");
        assert_eq!(at(60.0, false), "NoDate");
        assert_eq!(at(-1.0, false), "NoDate");
        assert_eq!(at(1e12, false), "NoDate");
    }
}
