//! Imports: what the rows of a spreadsheet change. A plan is pure: rows and the campaign as it stands go in, and each
//! row comes out as one to create, to update, unchanged, or faulty. Whether the campaign allows a change now is asked
//! when the plan is applied.
//!
//! [`columns`] finds the header; [`nominee`] and [`story`] plan their rows with [`row`]; [`staged`] is a plan that
//! waits to be looked at and applied.

pub mod columns;
pub mod nominee;
mod row;
pub mod staged;
pub mod story;
mod time;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::field::FieldFaultReason;
use super::sheet::{Cell, CellFault, DATA_ROWS_MAX, SheetError, SheetRow};
use columns::{Columns, Header, HeaderError};

/// The words that a template's example row begins with, in any cell: such a row is skipped.
pub const EXAMPLE_MARK: &str = "示例 Example";

/// The reason why a sheet as a whole cannot be planned; `F` is the kind of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportError<F> {
    /// Its header.
    Header(HeaderError<F>),
    /// Its rows: none, or too many.
    Sheet(SheetError),
}

/// The changes that a sheet makes; `T` is what a row fills in, `I` the id of what there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPlan<F, T, I> {
    /// The number of the header's row.
    pub header_row: u32,
    /// Headers that are none of ours; their columns are not read.
    pub unknown_columns: Vec<String>,
    /// The rows of data in their order, without example rows.
    pub rows: Vec<PlannedRow<F, T, I>>,
}

/// A row with what it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedRow<F, T, I> {
    /// Its number in the sheet.
    pub number: u32,
    /// The change that it makes.
    pub change: RowChange<F, T, I>,
}

/// The change that a row makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowChange<F, T, I> {
    /// It is new.
    Create(T),
    /// It is there and becomes this.
    Update {
        /// The one that is there.
        id: I,
        /// All its fields as they become: those without a column stay as they are.
        value: T,
        /// The fields that differ.
        changed: Vec<F>,
    },
    /// It is there as the row says.
    Unchanged(I),
    /// It cannot be taken.
    Faulty(Vec<RowFault<F>>),
}

/// A reason why a row cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFault<F> {
    /// The column that has to be mended.
    pub field: F,
    /// The reason.
    pub reason: RowFaultReason,
}

/// The reason why a cell of a row cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowFaultReason {
    /// The field is out of its bounds.
    Field(FieldFaultReason),
    /// The cell has no value.
    Cell(CellFault),
    /// It is no whole number.
    NotANumber,
    /// No category has this key or name.
    UnknownCategory,
    /// Several categories have this name.
    AmbiguousCategory,
    /// Several nominees have this name and employer: a number tells them apart.
    AmbiguousNominee,
    /// The nominee has votes, and stays in its category.
    CategoryFixed,
    /// No nominee has this number.
    UnknownNominee,
    /// Several stories have this headline.
    AmbiguousStory,
    /// A row above is about the same one.
    Duplicate {
        /// The number of that row.
        row: u32,
    },
    /// It is no time in a form that is read.
    NotATime,
    /// The clocks of the campaign's time zone skip this time.
    SkippedTime,
}

/// How many rows make which change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Rows that create.
    pub creates: u32,
    /// Rows that update.
    pub updates: u32,
    /// Rows that change nothing.
    pub unchanged: u32,
    /// Rows that cannot be taken.
    pub faulty: u32,
}

impl<F, T, I> ImportPlan<F, T, I> {
    /// Counts the rows by their change.
    #[must_use]
    pub fn counts(&self) -> ImportCounts {
        let mut counts = ImportCounts::default();
        for row in &self.rows {
            match row.change {
                RowChange::Create(_) => counts.creates += 1,
                RowChange::Update { .. } => counts.updates += 1,
                RowChange::Unchanged(_) => counts.unchanged += 1,
                RowChange::Faulty(_) => counts.faulty += 1,
            }
        }
        counts
    }
}

/// The texts of a column, by the numbers of their rows.
fn texts_of<'a, F: Copy + Eq>(
    rows: &'a [SheetRow],
    headers: &[Header<F>],
    field: F,
) -> HashMap<u32, &'a str> {
    let Ok(columns) = Columns::find(rows, headers) else {
        return HashMap::new();
    };
    let text = |row: &'a SheetRow| match columns.cell(row, field)? {
        Cell::Text(text) => Some((row.number, text.trim())),
        Cell::Fault(_) => None,
    };
    rows.iter().filter_map(text).collect()
}

/// The header of a sheet, which passes `check`, and its rows of data, example rows left out.
fn split<'a, F: Copy + Eq>(
    rows: &'a [SheetRow],
    headers: &[Header<F>],
    check: impl Fn(&Columns<F>) -> Result<(), HeaderError<F>>,
) -> Result<(Columns<F>, Vec<&'a SheetRow>), ImportError<F>> {
    let columns = Columns::find(rows, headers).map_err(ImportError::Header)?;
    check(&columns).map_err(ImportError::Header)?;
    let below = rows.iter().filter(|row| row.number > columns.row);
    let data: Vec<&SheetRow> = below.filter(|row| !row::is_example(row)).collect();
    if data.is_empty() {
        return Err(ImportError::Sheet(SheetError::Empty));
    }
    if data.len() > DATA_ROWS_MAX {
        return Err(ImportError::Sheet(SheetError::TooManyRows));
    }
    Ok((columns, data))
}

#[cfg(test)]
mod tests;
