//! A plan that waits: what a sheet would change, row by row, as people look at it before it is applied, or the reason
//! why there is no plan.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::columns::HeaderError;
use super::nominee::{self, NomineePlan};
use super::story::{self, StoryPlan};
use super::{ImportError, PlannedRow, RowChange, RowFault};
use crate::domain::nominee::NomineeField;
use crate::domain::roster::Roster;
use crate::domain::sheet::{SheetError, SheetRow};
use crate::domain::story::fields::StoryField;
use crate::id::StoryId;

/// Characters of a row's name at most.
const LABEL_CHARS_MAX: usize = 200;
/// Columns that are none of ours and are named, at most, and the characters of a name.
const UNKNOWN_COLUMNS_MAX: usize = 64;
const COLUMN_CHARS_MAX: usize = 100;

/// The kind of change that a row makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type, Serialize, Deserialize)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StagedChange {
    /// It is new.
    Create,
    /// It is there and is changed.
    Update,
    /// It is there as the row says.
    Unchanged,
    /// It cannot be taken.
    Faulty,
}

/// The faults of a row, by the kind of the sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowFaults {
    /// Nominees.
    Nominees(Vec<RowFault<NomineeField>>),
    /// Stories.
    Stories(Vec<RowFault<StoryField>>),
}

/// A row of data with its planned change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct StagedRow {
    /// Its number in the sheet.
    pub number: i64,
    /// The kind of its change.
    pub change: StagedChange,
    /// Its name for people; empty where it has none.
    pub label: String,
    /// The fields that differ from what there is, by their names in the API.
    #[sqlx(json)]
    pub planned: Vec<String>,
    /// The reasons why it cannot be taken.
    #[sqlx(json)]
    pub faults: RowFaults,
}

/// The reason why a sheet has no plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportFailure {
    /// The file.
    Sheet(SheetError),
    /// The header of a sheet of nominees.
    NomineeHeader(HeaderError<NomineeField>),
    /// The header of a sheet of stories.
    StoryHeader(HeaderError<StoryField>),
    /// The campaign is in a state in which its list stays as it is.
    WrongState,
    /// The file is not in the store any more.
    FileLost,
    /// The server could not read it, or was ended by it again and again.
    ReaderFailed,
}

impl From<ImportError<StoryField>> for ImportFailure {
    fn from(error: ImportError<StoryField>) -> Self {
        match error {
            ImportError::Header(error) => Self::StoryHeader(error),
            ImportError::Sheet(error) => Self::Sheet(error),
        }
    }
}

impl From<ImportError<NomineeField>> for ImportFailure {
    fn from(error: ImportError<NomineeField>) -> Self {
        match error {
            ImportError::Header(error) => Self::NomineeHeader(error),
            ImportError::Sheet(error) => Self::Sheet(error),
        }
    }
}

/// The rows of a plan of nominees as people look at them.
#[must_use]
pub fn stage_nominees(plan: &NomineePlan, rows: &[SheetRow], roster: &Roster) -> Vec<StagedRow> {
    let in_sheet = nominee::names(rows);
    let known: HashMap<_, _> = roster.nominees().iter().map(|n| (n.id, &*n.name)).collect();
    let stage = |row: &PlannedRow<_, nominee::NomineeDraft, _>| {
        let label = match &row.change {
            RowChange::Create(draft) | RowChange::Update { value: draft, .. } => {
                Some(&*draft.fields.name)
            }
            RowChange::Unchanged(id) => known.get(id).copied(),
            RowChange::Faulty(_) => in_sheet.get(&row.number).copied(),
        };
        staged(row, label, NomineeField::name, RowFaults::Nominees)
    };
    plan.rows.iter().map(stage).collect()
}

/// The rows of a plan of stories as people look at them, given the headlines of those that are there.
#[must_use]
pub fn stage_stories<'a>(
    plan: &'a StoryPlan,
    rows: &'a [SheetRow],
    title_of: impl Fn(StoryId) -> Option<&'a str>,
) -> Vec<StagedRow> {
    let in_sheet = story::titles(rows);
    let stage = |row: &'a PlannedRow<_, story::StoryDraft, StoryId>| {
        let label = match &row.change {
            RowChange::Create(draft) | RowChange::Update { value: draft, .. } => {
                Some(&*draft.fields.title)
            }
            RowChange::Unchanged(id) => title_of(*id),
            RowChange::Faulty(_) => in_sheet.get(&row.number).copied(),
        };
        staged(row, label, StoryField::name, RowFaults::Stories)
    };
    plan.rows.iter().map(stage).collect()
}

fn staged<F: Copy, T, I>(
    row: &PlannedRow<F, T, I>,
    label: Option<&str>,
    name: impl Fn(F) -> &'static str,
    faults: impl Fn(Vec<RowFault<F>>) -> RowFaults,
) -> StagedRow {
    let mut planned = Vec::new();
    let mut found = Vec::new();
    let change = match &row.change {
        RowChange::Create(_) => StagedChange::Create,
        RowChange::Update { changed, .. } => {
            planned = changed
                .iter()
                .map(|field| name(*field).to_owned())
                .collect();
            StagedChange::Update
        }
        RowChange::Unchanged(_) => StagedChange::Unchanged,
        RowChange::Faulty(faults) => {
            found.clone_from(faults);
            StagedChange::Faulty
        }
    };
    StagedRow {
        number: row.number.into(),
        change,
        label: shown(label.unwrap_or_default(), LABEL_CHARS_MAX),
        planned,
        faults: faults(found),
    }
}

/// Headers that are none of ours, as they are shown.
#[must_use]
pub fn shown_columns(unknown: &[String]) -> Vec<String> {
    let unknown = unknown.iter().take(UNKNOWN_COLUMNS_MAX);
    unknown.map(|name| shown(name, COLUMN_CHARS_MAX)).collect()
}

/// A text out of a sheet as it is shown: in one line, not too long, and such as a database keeps.
fn shown(text: &str, chars_max: usize) -> String {
    let printable = text.chars().filter(|c| !c.is_control());
    printable.take(chars_max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_sheet_are_shown_in_one_line() {
        assert_eq!(shown("a\0b\nc\u{7f}", 3), "abc");
        assert_eq!(shown("李明李明", 3), "李明李");
        let many = vec!["x".to_owned(); 99];
        assert_eq!(shown_columns(&many).len(), UNKNOWN_COLUMNS_MAX);
    }
}
