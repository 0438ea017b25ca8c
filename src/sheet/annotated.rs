//! The sheet that goes back to people: the rows as they were read, at their places, with a first column that says what
//! is wrong with each. It can be mended and read again: that column is none of ours.

use std::io::Write;

use rust_xlsxwriter::Workbook;

use super::apostrophe;
use super::table::{WriteError, cut};
use crate::domain::sheet::{Cell, CellFault, SheetRow};

/// The header of the first column.
pub const FAULTS_TITLE: &str = "问题 / Faults";

/// Writes an annotated sheet.
pub struct AnnotatedSheet(Workbook);

impl AnnotatedSheet {
    /// Begins a sheet.
    ///
    /// # Errors
    /// The disk, where its rows wait.
    pub fn new() -> Result<Self, WriteError> {
        let mut workbook = Workbook::new();
        workbook.add_worksheet_with_constant_memory()?;
        Ok(Self(workbook))
    }

    /// Writes a row, which is below those before, with its note.
    ///
    /// # Errors
    /// The disk.
    pub fn write(&mut self, row: &SheetRow, note: &str) -> Result<(), WriteError> {
        let sheet = self.0.worksheet_from_index(0)?;
        let index = row.number.saturating_sub(1);
        if !note.is_empty() {
            sheet.write_string(index, 0, cut(note))?;
        }
        for (column, cell) in (1..).zip(&row.cells) {
            let text = match cell {
                Cell::Text(text) => apostrophe::add(text),
                Cell::Fault(fault) => placeholder(*fault).into(),
            };
            if !text.is_empty() {
                sheet.write_string(index, column, cut(&text))?;
            }
        }
        Ok(())
    }

    /// Ends the sheet.
    ///
    /// # Errors
    /// The disk.
    pub fn finish(mut self, output: impl Write + Send) -> Result<(), WriteError> {
        Ok(self.0.save_to_writer(output)?)
    }
}

/// The text in place of a value that could not be taken.
fn placeholder(fault: CellFault) -> &'static str {
    match fault {
        CellFault::ErrorValue => "#N/A",
        CellFault::NoDate => "#NUM!",
        CellFault::FormulaWithoutValue | CellFault::TooLong | CellFault::NumberTooLong => "#VALUE!",
    }
}
