//! Nominees: the people who stand for selection.

use serde::{Deserialize, Serialize};

use super::field::{FieldFault, FieldFaultReason, TextBounds, check_text};
use super::media::{MediaName, Picture};
use super::search::SearchText;
use crate::id::{CampaignId, CategoryId, NomineeId};

/// Whether a nominee is shown and can be voted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NomineeStatus {
    /// Shown and votable.
    Active,
    /// Shown; votes are refused.
    Frozen,
    /// Not shown; votes are refused as if there were no such nominee.
    Withdrawn,
}

/// A person who stands for selection.
#[derive(Debug, Clone, sqlx::FromRow, Serialize)]
pub struct Nominee {
    /// Its id.
    pub id: NomineeId,
    /// The campaign it stands in.
    pub campaign_id: CampaignId,
    /// The category it is ranked in.
    pub category_id: CategoryId,
    /// Its number on the list, unique in the campaign.
    pub number: i64,
    /// The person's name.
    pub name: String,
    /// The company or body the person works for.
    pub employer: String,
    /// Where the person works.
    pub city: Option<String>,
    /// Post or rank.
    pub title: Option<String>,
    /// The reasons for the nomination, a few sentences.
    pub summary: String,
    /// Address of a picture elsewhere.
    pub portrait_url: Option<String>,
    /// A picture that is stored here, which goes before one elsewhere.
    pub portrait_media: Option<MediaName>,
    /// Whether it is shown and votable.
    pub status: NomineeStatus,
    /// Moves with every edit.
    pub edit_revision: i64,
}

impl NomineeStatus {
    /// Its name in the API and in the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Frozen => "FROZEN",
            Self::Withdrawn => "WITHDRAWN",
        }
    }
}

impl Nominee {
    /// Whether it is shown.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.status != NomineeStatus::Withdrawn
    }

    /// Its picture.
    #[must_use]
    pub fn portrait(&self) -> Picture<'_> {
        Picture::new(self.portrait_media.as_ref(), self.portrait_url.as_deref())
    }

    /// The texts that it is found by: name, employer and post.
    pub(super) fn search_text(&self) -> SearchText {
        let others = std::iter::once(self.employer.as_str()).chain(self.title.as_deref());
        SearchText::new(&self.name, others)
    }
}

/// The largest number of a nominee.
pub const NUMBER_MAX: i64 = 999_999;
/// Characters of a name at most: those of people and of teams.
pub const NAME_CHARS_MAX: usize = 200;
/// Characters of an employer's name at most.
pub const EMPLOYER_CHARS_MAX: usize = 200;
/// Characters of a city's name at most.
pub const CITY_CHARS_MAX: usize = 100;
/// Characters of a post at most.
pub const TITLE_CHARS_MAX: usize = 200;
/// Characters of the reasons for a nomination at most: they fit into a cell of a spreadsheet in any script.
pub const SUMMARY_CHARS_MAX: usize = 2_000;

/// A field of a nominee that people fill in. The category is one too; it is found by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NomineeField {
    /// Its number on the list.
    Number,
    /// The person's name.
    Name,
    /// The company or body the person works for.
    Employer,
    /// Where the person works.
    City,
    /// Post or rank.
    Title,
    /// The reasons for the nomination.
    Summary,
    /// The category it is ranked in.
    Category,
}

impl NomineeField {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Name => "name",
            Self::Employer => "employer",
            Self::City => "city",
            Self::Title => "title",
            Self::Summary => "summary",
            Self::Category => "categoryId",
        }
    }
}

/// The fields of a nominee as people fill them in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NomineeFields {
    /// Its number on the list.
    pub number: i64,
    /// The person's name.
    pub name: String,
    /// The company or body the person works for.
    pub employer: String,
    /// Where the person works.
    pub city: Option<String>,
    /// Post or rank.
    pub title: Option<String>,
    /// The reasons for the nomination, a few sentences.
    pub summary: String,
}

impl NomineeFields {
    /// The fields without white space around them, empty ones absent, when all are within their bounds.
    ///
    /// # Errors
    /// Every field that is not, with the reason.
    pub fn checked(self) -> Result<Self, Vec<FieldFault<NomineeField>>> {
        let mut faults = Vec::new();
        if !(1..=NUMBER_MAX).contains(&self.number) {
            faults.push(FieldFault {
                field: NomineeField::Number,
                reason: FieldFaultReason::OutOfRange {
                    min: 1,
                    max: NUMBER_MAX,
                },
            });
        }
        let mut text = |field, text: &str, bounds| check_text(field, text, bounds, &mut faults);
        let name = TextBounds::required(NAME_CHARS_MAX);
        let employer = TextBounds::required(EMPLOYER_CHARS_MAX);
        let city = TextBounds::optional(CITY_CHARS_MAX);
        let title = TextBounds::optional(TITLE_CHARS_MAX);
        let summary = TextBounds::optional(SUMMARY_CHARS_MAX).with_lines();
        let filled = |text: String| (!text.is_empty()).then_some(text);
        let fields = Self {
            number: self.number,
            name: text(NomineeField::Name, &self.name, name),
            employer: text(NomineeField::Employer, &self.employer, employer),
            city: filled(text(
                NomineeField::City,
                &self.city.unwrap_or_default(),
                city,
            )),
            title: filled(text(
                NomineeField::Title,
                &self.title.unwrap_or_default(),
                title,
            )),
            summary: text(NomineeField::Summary, &self.summary, summary),
        };
        if faults.is_empty() {
            Ok(fields)
        } else {
            Err(faults)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> NomineeFields {
        NomineeFields {
            number: 1,
            name: "李明".to_owned(),
            employer: "电力公司".to_owned(),
            city: None,
            title: None,
            summary: String::new(),
        }
    }

    #[test]
    fn fields_are_trimmed_and_empty_ones_are_absent() {
        let filled = NomineeFields {
            name: " \u{3000}李明\t".to_owned(),
            city: Some(" ".to_owned()),
            title: Some("总工程师\n".to_owned()),
            summary: "第一行\r\n第二行\n".to_owned(),
            ..fields()
        };
        let expected = NomineeFields {
            title: Some("总工程师".to_owned()),
            summary: "第一行\n第二行".to_owned(),
            ..fields()
        };
        assert_eq!(filled.checked(), Ok(expected));
    }

    #[test]
    fn bounds_are_characters_and_hold_at_their_edge() {
        let widest = NomineeFields {
            number: NUMBER_MAX,
            name: "李".repeat(NAME_CHARS_MAX),
            employer: "电".repeat(EMPLOYER_CHARS_MAX),
            city: Some("城".repeat(CITY_CHARS_MAX)),
            title: Some("总".repeat(TITLE_CHARS_MAX)),
            summary: "字".repeat(SUMMARY_CHARS_MAX),
        };
        assert_eq!(widest.clone().checked(), Ok(widest.clone()));
        let wider = NomineeFields {
            number: NUMBER_MAX + 1,
            name: widest.name + "李",
            employer: widest.employer + "电",
            city: widest.city.map(|city| city + "城"),
            title: widest.title.map(|title| title + "总"),
            summary: widest.summary + "字",
        };
        let faults = wider.checked().expect_err("all are too much");
        let reasons: Vec<_> = faults.iter().map(|f| (f.field, f.reason)).collect();
        let too_long = |chars_max| FieldFaultReason::TooLong { chars_max };
        let expected = [
            (
                NomineeField::Number,
                FieldFaultReason::OutOfRange {
                    min: 1,
                    max: 999_999,
                },
            ),
            (NomineeField::Name, too_long(200)),
            (NomineeField::Employer, too_long(200)),
            (NomineeField::City, too_long(100)),
            (NomineeField::Title, too_long(200)),
            (NomineeField::Summary, too_long(2_000)),
        ];
        assert_eq!(reasons, expected);
    }

    #[test]
    fn what_must_be_there_and_what_cannot_be_printed_are_faults() {
        let bad = NomineeFields {
            number: 0,
            name: " ".to_owned(),
            employer: "电力\n公司".to_owned(),
            summary: "a\u{0}b".to_owned(),
            ..fields()
        };
        let faults = bad.checked().expect_err("it is bad");
        let reasons: Vec<_> = faults.iter().map(|f| (f.field, f.reason)).collect();
        let expected = [
            (
                NomineeField::Number,
                FieldFaultReason::OutOfRange {
                    min: 1,
                    max: 999_999,
                },
            ),
            (NomineeField::Name, FieldFaultReason::Missing),
            (NomineeField::Employer, FieldFaultReason::ControlCharacter),
            (NomineeField::Summary, FieldFaultReason::ControlCharacter),
        ];
        assert_eq!(reasons, expected);
    }
}
