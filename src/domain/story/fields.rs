//! The fields of a story as people fill them in, with their bounds.

use serde::{Deserialize, Serialize};

use crate::domain::field::{FieldFault, TextBounds, check_text};

/// Characters of a headline at most.
pub const TITLE_CHARS_MAX: usize = 200;
/// Characters of a summary at most.
pub const SUMMARY_CHARS_MAX: usize = 500;
/// Characters of a text at most: a long article. A cell of a spreadsheet takes fewer.
pub const BODY_CHARS_MAX: usize = 100_000;

/// A field of a story that people fill in. Nominee and time are two; they are found by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StoryField {
    /// Its headline.
    Title,
    /// A sentence or two on its content.
    Summary,
    /// Its text in Markdown.
    Body,
    /// The number of the nominee it is about.
    Nominee,
    /// When it becomes visible.
    PublishAt,
}

impl StoryField {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Summary => "summary",
            Self::Body => "body",
            Self::Nominee => "nomineeId",
            Self::PublishAt => "publishAt",
        }
    }
}

/// A text without white space around it, which may be empty; none where it is too long or cannot be printed.
pub(super) fn checked_body(body: &str) -> Option<String> {
    let mut faults = Vec::new();
    let bounds = TextBounds::optional(BODY_CHARS_MAX).with_lines();
    let body = check_text(StoryField::Body, body, bounds, &mut faults);
    faults.is_empty().then_some(body)
}

/// The line on what a picture shows, without white space around it, which may be empty; none where it is too long or
/// cannot be printed.
#[must_use]
pub fn checked_title(title: &str) -> Option<String> {
    let mut faults = Vec::new();
    let bounds = TextBounds::optional(TITLE_CHARS_MAX);
    let title = check_text(StoryField::Title, title, bounds, &mut faults);
    faults.is_empty().then_some(title)
}

/// The fields of a story as people fill them in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryFields {
    /// Its headline.
    pub title: String,
    /// A sentence or two on its content.
    pub summary: String,
    /// Its text in Markdown.
    pub body: String,
}

impl StoryFields {
    /// The fields without white space around them, when all are within their bounds.
    ///
    /// # Errors
    /// Every field that is not, with the reason.
    pub fn checked(self) -> Result<Self, Vec<FieldFault<StoryField>>> {
        let mut faults = Vec::new();
        let mut text = |field, text: &str, bounds| check_text(field, text, bounds, &mut faults);
        let title = TextBounds::required(TITLE_CHARS_MAX);
        let summary = TextBounds::optional(SUMMARY_CHARS_MAX).with_lines();
        let body = TextBounds::required(BODY_CHARS_MAX).with_lines();
        let fields = Self {
            title: text(StoryField::Title, &self.title, title),
            summary: text(StoryField::Summary, &self.summary, summary),
            body: text(StoryField::Body, &self.body, body),
        };
        if faults.is_empty() {
            Ok(fields)
        } else {
            Err(faults)
        }
    }
}
