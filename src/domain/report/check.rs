//! The sums of a report that must agree. One that does not is made by no error of the reader's: then there is no
//! report, rather than a false one.

use std::fmt;

use super::{CategoryResult, Group, Point, ReportedNominee, Snapshot};

/// Two figures that should be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// The figures, for operators.
    pub what: String,
    /// The one.
    pub one: i64,
    /// The other.
    pub other: i64,
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} and {}", self.what, self.one, self.other)
    }
}

/// The discrepancies that were found.
#[derive(Default)]
struct Checks(Vec<Discrepancy>);

impl Checks {
    fn same(&mut self, what: impl Into<String>, one: i64, other: i64) {
        if one != other {
            let what = what.into();
            self.0.push(Discrepancy { what, one, other });
        }
    }

    /// A part is not negative, and not more than the whole.
    fn within(&mut self, what: impl Into<String>, part: i64, whole: i64) {
        if part < 0 || part > whole {
            self.same(what, part, whole);
        }
    }
}

impl Snapshot {
    /// The sums that do not agree: none, where the report is right.
    #[must_use]
    pub fn check(&self) -> Vec<Discrepancy> {
        let mut checks = Checks::default();
        self.check_totals(&mut checks);
        self.check_turnout(&mut checks);
        self.check_guests(&mut checks);
        for category in &self.categories {
            check_category(category, &mut checks);
        }
        for (name, groups) in [("cities", &self.cities), ("employers", &self.employers)] {
            self.check_groups(name, groups, &mut checks);
        }
        checks.0
    }

    fn check_totals(&self, checks: &mut Checks) {
        let totals = &self.totals;
        let stored = totals.counted + totals.withheld;
        checks.same(
            "votes that were cast; counted and withheld ones",
            totals.votes,
            stored,
        );
        let placed = totals.listed + totals.withdrawn + totals.elsewhere;
        checks.same(
            "counted votes; those of all nominees",
            totals.counted,
            placed,
        );
        let in_categories = self.categories.iter().map(|category| category.votes).sum();
        checks.same(
            "votes in the results; those of the categories",
            totals.listed,
            in_categories,
        );
        let of_withdrawn = sum(&self.withdrawn, |nominee| nominee.votes);
        checks.same(
            "votes of withdrawn nominees; their sum",
            totals.withdrawn,
            of_withdrawn,
        );
        let withheld: i64 = self
            .categories
            .iter()
            .map(|category| category.withheld)
            .sum();
        let withheld =
            withheld + sum(&self.withdrawn, |nominee| nominee.withheld) + totals.withheld_elsewhere;
        checks.same(
            "withheld votes; those of all nominees",
            totals.withheld,
            withheld,
        );
        let nominees = self.categories.iter().map(|c| c.nominees.len()).sum();
        checks.same(
            "nominees; those of the categories",
            totals.nominees,
            length(nominees),
        );
        let views = self.stories.iter().map(|story| story.views).sum();
        checks.same("views of stories; their sum", totals.story_views, views);
        let likes = self.stories.iter().map(|story| story.likes).sum();
        checks.same("likes of stories; their sum", totals.story_likes, likes);
        // Each voter of the counted turnout has cast a vote that counts.
        if totals.voters > totals.counted || (totals.voters == 0) != (totals.counted == 0) {
            checks.same("voters; votes that count", totals.voters, totals.counted);
        }
    }

    fn check_turnout(&self, checks: &mut Checks) {
        let turnout = &self.turnout;
        checks.same(
            "votes that were cast; turnout",
            self.totals.votes,
            turnout.votes,
        );
        let clients = turnout.page + turnout.mini_program + turnout.other;
        checks.same("turnout; its clients", turnout.votes, clients);
        for (name, points) in [("days", &turnout.days), ("hours", &turnout.hours)] {
            let sum = |number: fn(&Point) -> i64| points.iter().map(number).sum::<i64>();
            checks.same(
                format!("turnout; its {name}"),
                turnout.votes,
                sum(|p| p.votes),
            );
            let clients = sum(|p| p.page + p.mini_program + p.other);
            checks.same(
                format!("turnout; the clients of its {name}"),
                turnout.votes,
                clients,
            );
        }
        let highest = turnout.hours.iter().map(|hour| hour.votes).max();
        let peak_hour = turnout.peak_hour.map_or(0, |peak| peak.votes);
        checks.same(
            "the hour with the most votes",
            peak_hour,
            highest.unwrap_or_default(),
        );
        let peak_minute = turnout.peak_minute.map_or(0, |peak| peak.votes);
        if peak_minute > peak_hour || (peak_minute == 0) != (peak_hour == 0) {
            checks.same(
                "the minute and the hour with the most votes",
                peak_minute,
                peak_hour,
            );
        }
        for nominee in self.nominees() {
            let what = format!("nominee {}: votes by turnout; by the tally", nominee.number);
            checks.same(what, nominee.cast, nominee.votes + nominee.withheld);
        }
    }

    /// Votes of guests are a part of the others, in each place the same.
    fn check_guests(&self, checks: &mut Checks) {
        let (totals, turnout) = (&self.totals, &self.turnout);
        for (name, points) in [("days", &turnout.days), ("hours", &turnout.hours)] {
            let guests = points.iter().map(|point| point.guests).sum();
            checks.same(
                format!("turnout of guests; its {name}"),
                turnout.guests,
                guests,
            );
        }
        let Some(counted) = totals.guest_votes else {
            return;
        };
        let listed: i64 = self.nominees().map(|nominee| nominee.guest_votes).sum();
        checks.within(
            "counted votes of guests; those of nominees in the campaign no more",
            counted - listed,
            totals.elsewhere,
        );
        checks.within(
            "votes of guests by turnout and not counted; withheld votes",
            turnout.guests - counted,
            totals.withheld,
        );
        for nominee in self.nominees() {
            let what = format!("nominee {}: votes of guests; all", nominee.number);
            checks.within(what, nominee.guest_votes, nominee.votes);
        }
    }

    fn check_groups(&self, name: &str, groups: &[Group], checks: &mut Checks) {
        let votes = groups.iter().map(|group| group.votes).sum();
        checks.same(
            format!("votes in the results; by {name}"),
            self.totals.listed,
            votes,
        );
        let nominees = groups.iter().map(|group| group.nominees).sum();
        checks.same(
            format!("nominees; by {name}"),
            self.totals.nominees,
            nominees,
        );
    }

    /// All nominees, in the results and withdrawn.
    fn nominees(&self) -> impl Iterator<Item = &ReportedNominee> {
        let listed = self
            .categories
            .iter()
            .flat_map(|category| &category.nominees);
        listed.chain(&self.withdrawn)
    }
}

/// Checks sum and ranks of a category, whose nominees are best first.
fn check_category(category: &CategoryResult, checks: &mut Checks) {
    let name = &category.name;
    let votes = sum(&category.nominees, |nominee| nominee.votes);
    checks.same(
        format!("votes of {name}; those of its nominees"),
        category.votes,
        votes,
    );
    let guest_votes = sum(&category.nominees, |nominee| nominee.guest_votes);
    checks.same(
        format!("votes of guests of {name}"),
        category.guest_votes,
        guest_votes,
    );
    let withheld = sum(&category.nominees, |nominee| nominee.withheld);
    checks.same(
        format!("withheld votes of {name}"),
        category.withheld,
        withheld,
    );
    let mut before: Option<&ReportedNominee> = None;
    for (position, nominee) in (1..).zip(&category.nominees) {
        let expected = match before {
            Some(before) if before.votes == nominee.votes => before.rank.unwrap_or_default(),
            _ => position,
        };
        let rank = nominee.rank.unwrap_or_default();
        checks.same(
            format!("rank of nominee {}; by votes", nominee.number),
            rank,
            expected,
        );
        if before.is_some_and(|before| before.votes < nominee.votes) {
            checks.same(
                format!("order of nominee {}", nominee.number),
                rank,
                position,
            );
        }
        before = Some(nominee);
    }
}

fn sum(nominees: &[ReportedNominee], number: fn(&ReportedNominee) -> i64) -> i64 {
    nominees.iter().map(number).sum()
}

fn length(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
