//! Turnout: votes by time and client, summed by minute as they are stored and shown by minute, hour or day.

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use chrono_tz::Tz;

use super::period;

/// The client that a vote came by, as it says itself: a figure for the organiser, and no ground for anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ClientKind {
    /// Any other, or none that says so.
    #[default]
    Other,
    /// A page of this server.
    Page,
    /// A mini-program.
    MiniProgram,
}

impl ClientKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Other, Self::Page, Self::MiniProgram];

    /// The kind that a client names; what is not known is another one.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Self {
        match name {
            b"page" => Self::Page,
            b"mini-program" => Self::MiniProgram,
            _ => Self::Other,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Page => "page",
            Self::MiniProgram => "mini-program",
        }
    }

    /// Its number in the tables.
    #[must_use]
    pub fn code(self) -> i16 {
        match self {
            Self::Other => 0,
            Self::Page => 1,
            Self::MiniProgram => 2,
        }
    }

    /// The kind with this number.
    #[must_use]
    pub fn from_code(code: i16) -> Self {
        match code {
            1 => Self::Page,
            2 => Self::MiniProgram,
            _ => Self::Other,
        }
    }
}

/// The minute that a moment falls in, counted from 1970 in UTC.
#[must_use]
pub fn minute_of(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(60)
}

/// The first moment of a minute.
#[must_use]
pub fn minute_start(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(minute.saturating_mul(60), 0).unwrap_or(DateTime::UNIX_EPOCH)
}

/// The time that a point of turnout stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TurnoutStep {
    /// A minute.
    Minute,
    /// An hour of the campaign's time zone.
    Hour,
    /// A day of the campaign's time zone.
    Day,
}

impl TurnoutStep {
    /// The time that is shown at once, at most: a few hundred points, or a day of minutes.
    #[must_use]
    pub fn span_max(self) -> TimeDelta {
        match self {
            Self::Minute => TimeDelta::hours(24),
            Self::Hour => TimeDelta::days(31),
            Self::Day => TimeDelta::days(366),
        }
    }

    /// Minutes that may be summed before they are put into hours and days: the clocks of all zones differ by quarters
    /// of an hour at the finest.
    #[must_use]
    pub fn minutes_summed(self) -> i64 {
        match self {
            Self::Minute => 1,
            Self::Hour | Self::Day => 15,
        }
    }

    /// The beginning of the step that `at` falls in.
    fn start(self, zone: Tz, at: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Minute => at,
            Self::Hour => {
                let local = at.with_timezone(&zone);
                let past = i64::from(local.minute()) * 60 + i64::from(local.second());
                at - TimeDelta::seconds(past)
            }
            Self::Day => period::day_start(zone, at),
        }
    }
}

/// Votes of some minutes and a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnoutSum {
    /// The first of the minutes.
    pub minute: i64,
    /// The client.
    pub client: ClientKind,
    /// The votes.
    pub votes: i64,
    /// Those of them that guests cast.
    pub guests: i64,
}

/// Votes of a step of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnoutPoint {
    /// Its beginning.
    pub at: DateTime<Utc>,
    /// Votes by pages of this server.
    pub page: i64,
    /// Votes by mini-programs.
    pub mini_program: i64,
    /// Votes by other clients.
    pub other: i64,
    /// Votes by guests, whatever their clients.
    pub guests: i64,
}

impl TurnoutPoint {
    fn new(at: DateTime<Utc>) -> Self {
        Self {
            at,
            page: 0,
            mini_program: 0,
            other: 0,
            guests: 0,
        }
    }

    /// Votes by all clients.
    #[must_use]
    pub fn votes(&self) -> i64 {
        self.page + self.mini_program + self.other
    }

    fn add(&mut self, sum: &TurnoutSum) {
        self.guests += sum.guests;
        let by_client = match sum.client {
            ClientKind::Page => &mut self.page,
            ClientKind::MiniProgram => &mut self.mini_program,
            ClientKind::Other => &mut self.other,
        };
        *by_client += sum.votes;
    }
}

/// The points that have votes, from sums in the order of their minutes.
#[must_use]
pub fn points(sums: &[TurnoutSum], step: TurnoutStep, zone: Tz) -> Vec<TurnoutPoint> {
    let mut points: Vec<TurnoutPoint> = Vec::new();
    for sum in sums {
        let at = step.start(zone, minute_start(sum.minute));
        match points.last_mut() {
            Some(point) if point.at == at => point.add(sum),
            _ => {
                let mut point = TurnoutPoint::new(at);
                point.add(sum);
                points.push(point);
            }
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America, Asia};

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn clients_are_what_they_say_or_others() {
        for kind in ClientKind::ALL {
            assert_eq!(ClientKind::from_name(kind.name().as_bytes()), kind);
            assert_eq!(ClientKind::from_code(kind.code()), kind);
        }
        for name in [&b""[..], b"Page", b"page ", b"pages", b"\xff", b"0"] {
            assert_eq!(ClientKind::from_name(name), ClientKind::Other);
        }
    }

    #[test]
    fn a_minute_begins_with_its_first_second_and_ends_before_the_next() {
        for moment in ["2022-10-25T04:00:00Z", "2022-10-25T04:00:59.999999Z"] {
            let minute = minute_of(at(moment));
            assert_eq!(minute_start(minute), at("2022-10-25T04:00:00Z"));
        }
        assert_eq!(minute_of(at("1969-12-31T23:59:59.5Z")), -1);
    }

    fn starts(step: TurnoutStep, zone: Tz, moments: &[&str]) -> Vec<(String, i64)> {
        let sum = |moment: &&str| TurnoutSum {
            minute: minute_of(at(moment)),
            client: ClientKind::Page,
            votes: 1,
            guests: 0,
        };
        let sums: Vec<_> = moments.iter().map(sum).collect();
        let points = points(&sums, step, zone).into_iter();
        points.map(|p| (p.at.to_rfc3339(), p.votes())).collect()
    }

    #[test]
    fn hours_and_days_are_those_of_the_time_zone() {
        let moments = [
            "2022-10-25T15:14:00Z",
            "2022-10-25T15:15:00Z",
            "2022-10-25T15:59:00Z",
            "2022-10-25T16:00:00Z",
        ];
        let of = |text: &str, votes| (text.to_owned(), votes);
        // Nepal's clocks are a quarter of an hour off the others'.
        let nepal = starts(TurnoutStep::Hour, Asia::Kathmandu, &moments);
        let expected = [
            of("2022-10-25T14:15:00+00:00", 1),
            of("2022-10-25T15:15:00+00:00", 3),
        ];
        assert_eq!(nepal, expected);
        let shanghai = starts(TurnoutStep::Day, Asia::Shanghai, &moments);
        let expected = [
            of("2022-10-24T16:00:00+00:00", 3),
            of("2022-10-25T16:00:00+00:00", 1),
        ];
        assert_eq!(shanghai, expected);
        // The hour that comes twice is two, the day of 25 hours one.
        let autumn = ["2022-11-06T05:30:00Z", "2022-11-06T06:30:00Z"];
        let hours = starts(TurnoutStep::Hour, America::New_York, &autumn);
        assert_eq!(hours.len(), 2);
        let days = starts(TurnoutStep::Day, America::New_York, &autumn);
        assert_eq!(days, [of("2022-11-06T04:00:00+00:00", 2)]);
    }

    #[test]
    fn clients_are_kept_apart_in_a_point() {
        let sum = |client, votes, guests| TurnoutSum {
            minute: 60,
            client,
            votes,
            guests,
        };
        let sums = [
            sum(ClientKind::Other, 1, 0),
            sum(ClientKind::Page, 2, 1),
            sum(ClientKind::MiniProgram, 4, 2),
        ];
        let point = points(&sums, TurnoutStep::Minute, chrono_tz::UTC)[0];
        let figures = (point.other, point.page, point.mini_program, point.votes());
        assert_eq!(figures, (1, 2, 4, 7));
        assert_eq!(point.guests, 3);
    }
}
