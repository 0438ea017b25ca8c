//! The report of a campaign: everything that it says, as a value that is made once from one moment of the database and
//! never changes. [`Snapshot::new`] computes it, [`Snapshot::check`] says which of its sums do not agree, and all forms
//! (HTML, workbook, JSON) show what is in it and compute nothing anew.
//!
//! Figures are whole numbers, so that every form has the same: shares in hundredths of a percent (basis points), votes
//! a voter in hundredths.

mod build;
mod check;
pub mod words;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

pub use self::build::Sources;
pub use self::check::Discrepancy;
use self::words::ReportLanguage;
use super::change::Change;
use super::turnout::TurnoutPoint;

/// The version of the snapshot's form.
const VERSION: i64 = 1;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The version of this form.
    pub version: i64,
    /// The moment that all figures are of.
    pub taken_at: DateTime<Utc>,
    /// The campaign.
    pub campaign: ReportedCampaign,
    /// Sums of the whole campaign.
    pub totals: Totals,
    /// Results, category by category.
    pub categories: Vec<CategoryResult>,
    /// Nominees that were withdrawn, with the votes that they had.
    pub withdrawn: Vec<ReportedNominee>,
    /// Votes over time.
    pub turnout: ReportedTurnout,
    /// Nominees in the results and their votes by city, most votes first.
    pub cities: Vec<Group>,
    /// The same by employer.
    pub employers: Vec<Group>,
    /// Stories that are out, by the time at which they came out.
    pub stories: Vec<ReportedStory>,
    /// Changes after the first vote, in the order of time.
    pub amendments: Vec<ReportedAmendment>,
}

/// A campaign as a report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedCampaign {
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// The name of the organisation that runs it.
    pub organisation: String,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// Its phase: ENDED, PUBLISHED or ARCHIVED.
    pub phase: String,
    /// The first moment at which a vote counted.
    pub voting_opens_at: DateTime<Utc>,
    /// The first moment at which a vote counted no more.
    pub voting_closes_at: DateTime<Utc>,
    /// The time that a quota lasts: DAY or CAMPAIGN.
    pub quota_period: String,
    /// The part of the campaign that a quota counts in: CAMPAIGN or CATEGORY.
    pub quota_scope: String,
    /// Votes a voter has in a period and scope.
    pub votes_per_period: i64,
    /// Whether voters without an account of a platform may vote.
    pub guests_may_vote: bool,
    /// The ways in that may vote, guests too; none in reports of before there were several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub admits: Vec<String>,
    /// The audience of the tally: LIVE, `AFTER_CLOSE` or `STAFF_ONLY`.
    pub tally_visibility: String,
}

impl ReportedCampaign {
    /// Its time zone.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }

    /// The ways in that may vote, in words. Before there were several, it was the mini-program, and guests.
    #[must_use]
    pub fn admitted(&self, language: ReportLanguage) -> String {
        let before = ["WECHAT_MINI_PROGRAM"]
            .into_iter()
            .chain(self.guests_may_vote.then_some("GUEST"));
        let names: Vec<&str> = if self.admits.is_empty() {
            before.collect()
        } else {
            self.admits.iter().map(String::as_str).collect()
        };
        language.ways_in(&names)
    }
}

/// Sums of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Votes that were cast and stored: counted and withheld ones.
    pub votes: i64,
    /// Votes that count.
    pub counted: i64,
    /// Those of them that guests cast; none in reports of before they were told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest_votes: Option<i64>,
    /// Votes that a rule holds back.
    pub withheld: i64,
    /// Counted votes of the nominees in the results.
    pub listed: i64,
    /// Counted votes of nominees that were withdrawn.
    pub withdrawn: i64,
    /// Counted votes of nominees that are in the campaign no more.
    pub elsewhere: i64,
    /// Withheld votes of these.
    pub withheld_elsewhere: i64,
    /// Distinct voters with a vote that counts.
    pub voters: i64,
    /// Counted votes a voter, in hundredths.
    pub votes_per_voter_hundredths: i64,
    /// Nominees in the results.
    pub nominees: i64,
    /// Nominees that were withdrawn.
    pub withdrawn_nominees: i64,
    /// Stories that are out.
    pub stories: i64,
    /// Views of the pages of nominees in the results.
    pub nominee_views: i64,
    /// Likes of these.
    pub nominee_likes: i64,
    /// Views of stories that are out.
    pub story_views: i64,
    /// Likes of these.
    pub story_likes: i64,
}

/// The result of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CategoryResult {
    /// Its name.
    pub name: String,
    /// Places that the selection has.
    pub shortlist_size: i64,
    /// Counted votes of its nominees.
    pub votes: i64,
    /// Counted votes of its nominees that guests cast.
    #[serde(default)]
    pub guest_votes: i64,
    /// Withheld votes of its nominees.
    pub withheld: i64,
    /// Numbers of the nominees that share the last place within the cut line, and are more than fit. Empty where the
    /// line is clear.
    pub tied_at_cut: Vec<i64>,
    /// Places for which they stand.
    pub open_places: i64,
    /// Nominees, best first, equal ones by number.
    pub nominees: Vec<ReportedNominee>,
}

/// The place of a nominee before the cut line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Place {
    /// Within.
    Within,
    /// On it, with others, who are more than fit.
    Tied,
    /// Below.
    Below,
    /// Withdrawn: has none.
    Withdrawn,
}

/// A nominee with its figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedNominee {
    /// Its number on the list.
    pub number: i64,
    /// The person's name.
    pub name: String,
    /// The person's employer.
    pub employer: String,
    /// The city.
    pub city: Option<String>,
    /// Whether it was frozen.
    pub is_frozen: bool,
    /// Rank within its category, equal votes share one: 1, 2, 2, 4. None for withdrawn ones.
    pub rank: Option<i64>,
    /// Its place before the cut line.
    pub place: Place,
    /// Votes that count.
    pub votes: i64,
    /// Those of them that guests cast.
    #[serde(default)]
    pub guest_votes: i64,
    /// Votes that a rule holds back.
    pub withheld: i64,
    /// Votes that were cast, as turnout has them.
    pub cast: i64,
    /// Part of the counted votes of its category, in hundredths of a percent.
    pub share_basis_points: i64,
    /// Views of its page.
    pub views: i64,
    /// Voters who like it.
    pub likes: i64,
}

/// Votes over time; withheld ones, too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedTurnout {
    /// Votes by all clients.
    pub votes: i64,
    /// Votes by pages of this server.
    pub page: i64,
    /// Votes by mini-programs.
    pub mini_program: i64,
    /// Votes by other clients.
    pub other: i64,
    /// Votes by guests, whatever their clients.
    #[serde(default)]
    pub guests: i64,
    /// The first minute of those with the most votes; none without votes.
    pub peak_minute: Option<Peak>,
    /// The first hour of those with the most votes.
    pub peak_hour: Option<Peak>,
    /// Days of the campaign's time zone that have votes.
    pub days: Vec<Point>,
    /// Hours of it that have votes.
    pub hours: Vec<Point>,
}

/// A moment with many votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Peak {
    /// Its beginning.
    pub at: DateTime<Utc>,
    /// Its votes.
    pub votes: i64,
}

/// Votes of an hour or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// Its beginning.
    pub at: DateTime<Utc>,
    /// Votes by all clients.
    pub votes: i64,
    /// Votes by pages of this server.
    pub page: i64,
    /// Votes by mini-programs.
    pub mini_program: i64,
    /// Votes by other clients.
    pub other: i64,
    /// Votes by guests, whatever their clients.
    #[serde(default)]
    pub guests: i64,
}

impl From<TurnoutPoint> for Point {
    fn from(point: TurnoutPoint) -> Self {
        Self {
            at: point.at,
            votes: point.votes(),
            page: point.page,
            mini_program: point.mini_program,
            other: point.other,
            guests: point.guests,
        }
    }
}

/// Nominees of a city or an employer, with their counted votes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Its name; empty where none is given.
    pub name: String,
    /// Nominees in the results.
    pub nominees: i64,
    /// Their counted votes.
    pub votes: i64,
}

/// A story that is out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedStory {
    /// Its headline.
    pub title: String,
    /// The name of the nominee that it is about.
    pub nominee: Option<String>,
    /// The time at which it came out.
    pub published_at: DateTime<Utc>,
    /// Its views.
    pub views: i64,
    /// Voters who like it.
    pub likes: i64,
}

/// A change after the first vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedAmendment {
    /// The time of the change.
    pub at: DateTime<Utc>,
    /// The name of what was changed.
    pub subject: String,
    /// The fields that were changed.
    pub changes: Vec<Change>,
    /// The reason, which the public has read.
    pub reason: String,
}

impl Snapshot {
    /// The text that is stored, hashed, and put into every form as it is. No `<` is in it, so that it can stand within
    /// HTML byte by byte.
    ///
    /// # Errors
    /// None that is known: all of it can be written as JSON.
    pub fn to_text(&self) -> serde_json::Result<String> {
        // JSON has this character within texts only.
        Ok(serde_json::to_string(self)?.replace('<', "\\u003c"))
    }

    /// Counted votes that guests cast, where they are told apart: guests may vote, or have voted, and the report is not
    /// of before that was known.
    #[must_use]
    pub fn guest_votes(&self) -> Option<i64> {
        let has_guests = self.campaign.guests_may_vote || self.turnout.guests > 0;
        self.totals.guest_votes.filter(|_| has_guests)
    }

    /// The changes of an amendment in words, times by the clocks of the campaign.
    #[must_use]
    pub fn changes_in_words(
        &self,
        amendment: &ReportedAmendment,
        language: ReportLanguage,
    ) -> Vec<String> {
        let zone = self.campaign.zone();
        let value = |field: &str, value: Option<&String>| {
            let value = value.map_or("–", String::as_str);
            // A text of people's own is no time and no word of the API.
            if matches!(field, "name" | "employer" | "title") {
                return value.to_owned();
            }
            if field == "rules.admits" {
                return language.ways_in(&value.split(' ').collect::<Vec<_>>());
            }
            match value.parse::<DateTime<Utc>>() {
                Ok(at) => at
                    .with_timezone(&zone)
                    .format("%Y-%m-%d %H:%M:%S")
                    .to_string(),
                Err(_) => language.value(value).to_owned(),
            }
        };
        let line = |change: &Change| {
            let before = value(&change.field, change.before.as_ref());
            let after = value(&change.field, change.after.as_ref());
            format!("{}: {before} → {after}", language.field(&change.field))
        };
        amendment.changes.iter().map(line).collect()
    }

    /// Reads the text back.
    ///
    /// # Errors
    /// It is none of a form that this program knows.
    pub fn from_text(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }
}

#[cfg(test)]
mod tests;
