//! Tables that are written row by row, in constant memory: exports. Texts stay texts: none becomes a formula, in the
//! program that opens the file or in the next one that it is saved for.

use std::fs::File;
use std::io::Write as _;

use rust_xlsxwriter::{Workbook, XlsxError};

use super::apostrophe;
use crate::domain::export::TableFormat;

/// Rows of a worksheet at most.
const WORKSHEET_ROWS_MAX: u32 = 1_048_576;
/// Worksheets of a workbook at most: ten million rows are more than any program opens in comfort.
const WORKSHEETS_MAX: usize = 10;
/// Characters of a cell at most, as spreadsheet programs take them.
const CELL_CHARS_MAX: usize = 32_767;

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
    /// More rows than ten worksheets have; CSV has no bound.
    #[error(
        "a workbook has at most {WORKSHEETS_MAX} worksheets of {WORKSHEET_ROWS_MAX} rows: write CSV"
    )]
    TooManyRows,
}

/// Writes a table. Its first row is the header; where one worksheet is full, the next one begins with it, too.
pub struct TableWriter(Inner);

enum Inner {
    Xlsx(Box<Sheets>),
    Csv(Box<csv::Writer<File>>),
}

/// The worksheets of a workbook, of which the last one is written.
struct Sheets {
    workbook: Workbook,
    file: File,
    header: Vec<String>,
    next_row: u32,
    rows_max: u32,
}

impl TableWriter {
    /// Begins a table in an empty file.
    ///
    /// # Errors
    /// The disk.
    pub fn new(format: TableFormat, mut file: File) -> Result<Self, WriteError> {
        Ok(Self(match format {
            TableFormat::Xlsx => Inner::Xlsx(Box::new(Sheets::new(file, WORKSHEET_ROWS_MAX)?)),
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
    /// The disk, or the bound of a workbook.
    pub fn write(&mut self, values: &[Value<'_>]) -> Result<(), WriteError> {
        match &mut self.0 {
            Inner::Xlsx(sheets) => sheets.write(values),
            Inner::Csv(writer) => {
                for value in values {
                    let written = match value {
                        Value::Text(text) => writer.write_field(apostrophe::add(text).as_bytes()),
                        Value::Number(number) => writer.write_field(number.to_string()),
                    };
                    written.map_err(std::io::Error::from)?;
                }
                let end = writer.write_record(None::<&[u8]>);
                Ok(end.map_err(std::io::Error::from)?)
            }
        }
    }

    /// Ends the table and writes what is left of it.
    ///
    /// # Errors
    /// The disk.
    pub fn finish(self) -> Result<(), WriteError> {
        match self.0 {
            Inner::Xlsx(mut sheets) => Ok(sheets.workbook.save_to_writer(sheets.file)?),
            Inner::Csv(mut writer) => Ok(writer.flush()?),
        }
    }
}

impl Sheets {
    fn new(file: File, rows_max: u32) -> Result<Self, WriteError> {
        let mut workbook = Workbook::new();
        workbook.add_worksheet_with_constant_memory()?;
        Ok(Self {
            workbook,
            file,
            header: Vec::new(),
            next_row: 0,
            rows_max,
        })
    }

    fn write(&mut self, values: &[Value<'_>]) -> Result<(), WriteError> {
        if self.header.is_empty() {
            let text = |value: &Value<'_>| match value {
                Value::Text(text) => (*text).to_owned(),
                Value::Number(number) => number.to_string(),
            };
            self.header = values.iter().map(text).collect();
        } else if self.next_row == self.rows_max {
            if self.workbook.worksheets().len() == WORKSHEETS_MAX {
                return Err(WriteError::TooManyRows);
            }
            self.workbook.add_worksheet_with_constant_memory()?;
            self.next_row = 0;
            let header = self.header.clone();
            let header: Vec<Value<'_>> = header.iter().map(|text| Value::Text(text)).collect();
            self.write_row(&header)?;
        }
        self.write_row(values)
    }

    fn write_row(&mut self, values: &[Value<'_>]) -> Result<(), WriteError> {
        let last = self.workbook.worksheets().len() - 1;
        let sheet = self.workbook.worksheet_from_index(last)?;
        for (column, value) in (0..).zip(values) {
            match value {
                Value::Text(text) => {
                    let text = apostrophe::add(text);
                    sheet.write_string(self.next_row, column, cut(&text))?;
                }
                Value::Number(number) => {
                    sheet.write_number(self.next_row, column, as_float(*number))?;
                }
            }
        }
        self.next_row += 1;
        Ok(())
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
pub(super) fn as_float(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_worksheet_is_followed_by_another_with_the_same_header() {
        let file = tempfile::tempfile().expect("a file");
        let mut sheets = Sheets::new(file, 3).expect("a workbook");
        sheets.write(&[Value::Text("Number")]).expect("written");
        for number in 1..=20 {
            sheets.write(&[Value::Number(number)]).expect("written");
        }
        let refused = sheets.write(&[Value::Number(21)]);
        assert!(matches!(refused, Err(WriteError::TooManyRows)));
        assert_eq!(sheets.workbook.worksheets().len(), WORKSHEETS_MAX);
        let buffer = sheets.workbook.save_to_buffer().expect("written");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(buffer)).expect("an archive");
        for index in 1..=WORKSHEETS_MAX {
            let name = format!("xl/worksheets/sheet{index}.xml");
            let entry = archive.by_name(&name).expect("a worksheet");
            let xml = std::io::read_to_string(entry).expect("text");
            let rows = xml.matches("<row ").count();
            assert_eq!((rows, xml.matches("Number").count()), (3, 1), "{xml}");
            assert!(xml.contains(&format!("<v>{}</v>", 2 * index)), "{xml}");
        }
    }
}
