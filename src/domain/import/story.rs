//! Planning a sheet of stories: rows match by headline.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::columns::{Columns, Header};
use super::row::RowCells;
use super::{
    ImportError, ImportPlan, PlannedRow, RowChange, RowFaultReason, split, texts_of, time,
};
use crate::domain::roster::Roster;
use crate::domain::search::normalise;
use crate::domain::sheet::SheetRow;
use crate::domain::story::Story;
use crate::domain::story::fields::{StoryField, StoryFields};
use crate::id::{NomineeId, StoryId};

/// The columns, in the order of the template.
pub const HEADERS: [Header<StoryField>; 5] = [
    Header {
        field: StoryField::Title,
        names: &["标题", "Title", "Headline"],
    },
    Header {
        field: StoryField::Summary,
        names: &["摘要", "Summary", "简介"],
    },
    Header {
        field: StoryField::Body,
        names: &["正文", "Body", "内容", "Text"],
    },
    Header {
        field: StoryField::Nominee,
        names: &["候选人编号", "Nominee number", "编号", "Nominee", "Number"],
    },
    Header {
        field: StoryField::PublishAt,
        names: &["发布时间", "Publish at", "时间", "Time"],
    },
];

/// A story as a row says that it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryDraft {
    /// The nominee it is about; none for the campaign's own.
    pub nominee_id: Option<NomineeId>,
    /// Its texts.
    pub fields: StoryFields,
    /// The time that is asked for; none where it is left to the schedule.
    pub publish_at: Option<DateTime<Utc>>,
}

/// The changes of a sheet of stories.
pub type StoryPlan = ImportPlan<StoryField, StoryDraft, StoryId>;
type Change = RowChange<StoryField, StoryDraft, StoryId>;
type Cells<'a> = RowCells<'a, StoryField>;

/// Plans what the rows change, given the campaign and its stories as they stand.
///
/// # Errors
/// The header lacks a column, or there are no rows of data, or too many.
pub fn plan(
    rows: &[SheetRow],
    roster: &Roster,
    stories: &[Story],
) -> Result<StoryPlan, ImportError<StoryField>> {
    let (columns, data) = split(rows, &HEADERS, |columns| {
        columns.require(&[StoryField::Title, StoryField::Body])
    })?;
    let mut planner = Planner::new(&columns, roster, stories);
    let plan = move |row: &SheetRow| PlannedRow {
        number: row.number,
        change: planner.plan(row),
    };
    Ok(ImportPlan {
        rows: data.into_iter().map(plan).collect(),
        header_row: columns.row,
        unknown_columns: columns.unknown,
    })
}

/// The headlines in the rows of a sheet, by the numbers of the rows: of those that a plan finds faulty it has none.
#[must_use]
pub fn titles(rows: &[SheetRow]) -> HashMap<u32, &str> {
    texts_of(rows, &HEADERS, StoryField::Title)
}

struct Planner<'a> {
    columns: &'a Columns<StoryField>,
    roster: &'a Roster,
    nominees: HashMap<i64, NomineeId>,
    by_title: HashMap<String, Vec<&'a Story>>,
    /// Rows so far by their headline.
    row_of_title: HashMap<String, u32>,
}

impl<'a> Planner<'a> {
    fn new(columns: &'a Columns<StoryField>, roster: &'a Roster, stories: &'a [Story]) -> Self {
        let mut by_title: HashMap<String, Vec<&Story>> = HashMap::new();
        for story in stories {
            let title = normalise(&story.title);
            by_title.entry(title).or_default().push(story);
        }
        let nominees = roster.nominees().iter();
        Self {
            columns,
            roster,
            nominees: nominees.map(|n| (n.number, n.id)).collect(),
            by_title,
            row_of_title: HashMap::new(),
        }
    }

    fn plan(&mut self, row: &SheetRow) -> Change {
        let mut cells = RowCells::new(self.columns, row);
        let known = self.find(&mut cells, row.number);
        let nominee_id = self.nominee(&mut cells, known);
        let publish_at = self.time(&mut cells);
        let old = known.map(|story| &*story.summary);
        let text = |field| cells.text(field).unwrap_or_default().to_owned();
        let fields = StoryFields {
            title: text(StoryField::Title),
            summary: cells
                .text(StoryField::Summary)
                .or(old)
                .unwrap_or_default()
                .to_owned(),
            body: text(StoryField::Body),
        };
        match fields.checked() {
            Ok(fields) if cells.faults.is_empty() => {
                let draft = StoryDraft {
                    nominee_id,
                    fields,
                    publish_at,
                };
                change(draft, known)
            }
            Ok(_) => RowChange::Faulty(cells.faults),
            Err(faults) => {
                cells.add_fields(faults);
                RowChange::Faulty(cells.faults)
            }
        }
    }

    /// The story that the row is about, if there is one.
    fn find(&mut self, cells: &mut Cells<'_>, row: u32) -> Option<&'a Story> {
        let title = normalise(cells.text(StoryField::Title)?);
        if title.is_empty() {
            return None;
        }
        let stories = self.by_title.get(&title);
        let first = *self.row_of_title.entry(title).or_insert(row);
        if first != row {
            let reason = RowFaultReason::Duplicate { row: first };
            cells.add(StoryField::Title, reason);
            return None;
        }
        let [story] = stories?.as_slice() else {
            cells.add(StoryField::Title, RowFaultReason::AmbiguousStory);
            return None;
        };
        Some(story)
    }

    fn nominee(&self, cells: &mut Cells<'_>, known: Option<&Story>) -> Option<NomineeId> {
        if cells.text(StoryField::Nominee).is_none() {
            return known.and_then(|story| story.nominee_id);
        }
        let number = cells.number(StoryField::Nominee)?;
        let nominee = self.nominees.get(&number).copied();
        if nominee.is_none() {
            cells.add(StoryField::Nominee, RowFaultReason::UnknownNominee);
        }
        nominee
    }

    fn time(&self, cells: &mut Cells<'_>) -> Option<DateTime<Utc>> {
        let text = cells.text(StoryField::PublishAt)?;
        if text.is_empty() {
            return None;
        }
        let zone = self.roster.campaign().time_zone.0;
        let time = time::parse(text, zone);
        if let Err(reason) = time {
            cells.add(StoryField::PublishAt, reason);
        }
        time.ok()
    }
}

/// The change from the story that is there to the draft. A row without a time leaves the time as it is.
fn change(draft: StoryDraft, known: Option<&Story>) -> Change {
    let Some(story) = known else {
        return RowChange::Create(draft);
    };
    let new = &draft.fields;
    let scheduled_for = Some(story.published_at).filter(|_| story.review.is_scheduled);
    let is_moved = draft.publish_at.is_some() && draft.publish_at != scheduled_for;
    let differs = [
        (StoryField::Title, story.title != new.title),
        (StoryField::Summary, story.summary != new.summary),
        (StoryField::Body, story.body != new.body),
        (StoryField::Nominee, story.nominee_id != draft.nominee_id),
        (StoryField::PublishAt, is_moved),
    ];
    let differs = differs.into_iter().filter(|(_, differs)| *differs);
    let changed: Vec<StoryField> = differs.map(|(field, _)| field).collect();
    if changed.is_empty() {
        RowChange::Unchanged(story.id)
    } else {
        RowChange::Update {
            id: story.id,
            value: draft,
            changed,
        }
    }
}
