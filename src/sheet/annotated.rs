//! The sheet that goes back to people: the rows as they were read, at their places, with a first column that says what
//! is wrong with each. It can be mended and read again: that column is not read.

use std::io::Write;

use rust_xlsxwriter::Workbook;

use super::apostrophe;
use super::table::{WriteError, cut};
use crate::domain::export::TableFormat;
use crate::domain::sheet::{Cell, CellFault, SheetRow};

/// Writes an annotated sheet.
pub struct AnnotatedSheet(Inner);

enum Inner {
    Xlsx(Box<Workbook>),
    /// The text so far, and the number of its last row.
    Csv(Vec<u8>, u32),
}

impl AnnotatedSheet {
    /// Begins a sheet in this format.
    ///
    /// # Errors
    /// The disk, where the rows of a workbook wait.
    pub fn new(format: TableFormat) -> Result<Self, WriteError> {
        Ok(Self(match format {
            TableFormat::Xlsx => {
                let mut workbook = Box::new(Workbook::new());
                workbook.add_worksheet_with_constant_memory()?;
                Inner::Xlsx(workbook)
            }
            TableFormat::Csv => Inner::Csv("\u{feff}".into(), 0),
        }))
    }

    /// Writes a row, which is below those before, with its note.
    ///
    /// # Errors
    /// The disk.
    pub fn write(&mut self, row: &SheetRow, note: &str) -> Result<(), WriteError> {
        let texts = row.cells.iter().map(|cell| match cell {
            Cell::Text(text) => apostrophe::add(text),
            Cell::Fault(fault) => placeholder(*fault).into(),
        });
        match &mut self.0 {
            Inner::Xlsx(workbook) => {
                let sheet = workbook.worksheet_from_index(0)?;
                let index = row.number.saturating_sub(1);
                let texts = [note.into()].into_iter().chain(texts);
                for (column, text) in (0..).zip(texts).filter(|(_, text)| !text.is_empty()) {
                    sheet.write_string(index, column, cut(&text))?;
                }
            }
            Inner::Csv(output, last) => {
                // Blank rows were not read, and keep their places.
                for _ in *last + 1..row.number {
                    output.extend_from_slice(b"\r\n");
                }
                *last = row.number;
                let mut writer = csv::WriterBuilder::new();
                let writer = writer.terminator(csv::Terminator::CRLF);
                let mut writer = writer.from_writer(output);
                let texts = [note.into()].into_iter().chain(texts);
                let written = writer.write_record(texts.map(|text| text.into_owned().into_bytes()));
                written.map_err(std::io::Error::from)?;
                writer.flush()?;
            }
        }
        Ok(())
    }

    /// Ends the sheet.
    ///
    /// # Errors
    /// The disk.
    pub fn finish(self, mut output: impl Write + Send) -> Result<(), WriteError> {
        match self.0 {
            Inner::Xlsx(mut workbook) => Ok(workbook.save_to_writer(output)?),
            Inner::Csv(text, _) => Ok(output.write_all(&text)?),
        }
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
