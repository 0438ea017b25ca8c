//! Tables that are written row by row, in constant memory: exports. Texts stay texts: none becomes a formula, in the
//! program that opens the file or in the next one that it is saved for.

use std::fs::File;
use std::io::Write as _;

use rust_xlsxwriter::{Workbook, XlsxError};

use super::apostrophe;

/// Rows of a worksheet at most.
const WORKSHEET_ROWS_MAX: u32 = 1_048_576;
/// Characters of a cell at most, as spreadsheet programs take them.
const CELL_CHARS_MAX: usize = 32_767;

/// The format of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// A workbook with one worksheet.
    Xlsx,
    /// UTF-8 with a byte order mark, which Excel needs.
    Csv,
}

/// The value of a cell.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// A text, shown as it is. In a workbook it is cut where no cell takes more.
    Text(&'a str),
    /// A count.
    Number(i64),
}

/// The reason why a file is not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The disk.
    #[error("the file could not be written: {0}")]
    Io(#[from] std::io::Error),
    /// The library.
    #[error("the workbook could not be written: {0}")]
    Workbook(#[from] XlsxError),
    /// More rows than a worksheet has; CSV has no bound.
    #[error("a worksheet has at most {WORKSHEET_ROWS_MAX} rows: write CSV")]
    TooManyRows,
}

/// Writes a table.
pub struct TableWriter(Inner);

enum Inner {
    Xlsx {
        workbook: Box<Workbook>,
        next_row: u32,
        file: File,
    },
    Csv(Box<csv::Writer<File>>),
}

impl TableWriter {
    /// Begins a table in an empty file.
    ///
    /// # Errors
    /// The disk.
    pub fn new(format: TableFormat, mut file: File) -> Result<Self, WriteError> {
        Ok(Self(match format {
            TableFormat::Xlsx => {
                let mut workbook = Box::new(Workbook::new());
                workbook.add_worksheet_with_constant_memory()?;
                let next_row = 0;
                Inner::Xlsx {
                    workbook,
                    next_row,
                    file,
                }
            }
            TableFormat::Csv => {
                file.write_all("\u{feff}".as_bytes())?;
                let mut writer = csv::WriterBuilder::new();
                let writer = writer.terminator(csv::Terminator::CRLF).flexible(true);
                Inner::Csv(Box::new(writer.from_writer(file)))
            }
        }))
    }

    /// Writes the next row.
    ///
    /// # Errors
    /// The disk, or the bound of a worksheet.
    pub fn write(&mut self, values: &[Value<'_>]) -> Result<(), WriteError> {
        match &mut self.0 {
            Inner::Xlsx {
                workbook, next_row, ..
            } => {
                if *next_row == WORKSHEET_ROWS_MAX {
                    return Err(WriteError::TooManyRows);
                }
                let sheet = workbook.worksheet_from_index(0)?;
                for (column, value) in (0..).zip(values) {
                    match value {
                        Value::Text(text) => {
                            let text = apostrophe::add(text);
                            sheet.write_string(*next_row, column, cut(&text))?;
                        }
                        Value::Number(number) => {
                            sheet.write_number(*next_row, column, as_float(*number))?;
                        }
                    }
                }
                *next_row += 1;
            }
            Inner::Csv(writer) => {
                for value in values {
                    let written = match value {
                        Value::Text(text) => writer.write_field(apostrophe::add(text).as_bytes()),
                        Value::Number(number) => writer.write_field(number.to_string()),
                    };
                    written.map_err(std::io::Error::from)?;
                }
                let end = writer.write_record(None::<&[u8]>);
                end.map_err(std::io::Error::from)?;
            }
        }
        Ok(())
    }

    /// Ends the table and writes what is left of it.
    ///
    /// # Errors
    /// The disk.
    pub fn finish(self) -> Result<(), WriteError> {
        match self.0 {
            Inner::Xlsx {
                mut workbook, file, ..
            } => Ok(workbook.save_to_writer(file)?),
            Inner::Csv(mut writer) => Ok(writer.flush()?),
        }
    }
}

/// The text as far as a cell takes it, which counts in UTF-16.
pub(super) fn cut(text: &str) -> &str {
    let mut units = 0;
    for (index, character) in text.char_indices() {
        units += character.len_utf16();
        if units > CELL_CHARS_MAX {
            return &text[..index];
        }
    }
    text
}

#[allow(
    clippy::cast_precision_loss,
    reason = "spreadsheet programs have no other numbers; counts are far below 2^53"
)]
fn as_float(number: i64) -> f64 {
    number as f64
}
