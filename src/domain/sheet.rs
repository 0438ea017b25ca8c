//! The rows of a spreadsheet as they were read, and the reasons why a file cannot be read. Another module reads
//! and writes files; `import` plans what rows change.

use serde::{Deserialize, Serialize};

/// Rows of data at most, as the largest selections have nominees.
pub const DATA_ROWS_MAX: usize = 10_000;
/// Rows that titles, explanations and the header take at most, above the rows of data.
pub const HEADER_ROWS_MAX: usize = 20;
/// Columns at most.
pub const COLUMNS_MAX: usize = 64;
/// Bytes of a cell's text at most.
pub const CELL_BYTES_MAX: usize = 8 * 1024;

/// A row that is not blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetRow {
    /// Its number, as spreadsheet programs show it: the first is 1.
    pub number: u32,
    /// Its cells up to the last that is not empty.
    pub cells: Vec<Cell>,
}

/// A cell of a row: its text as people see it, empty for an empty one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// A text, number, truth or time.
    Text(String),
    /// A value that cannot be taken.
    Fault(CellFault),
}

impl Cell {
    /// An empty cell.
    pub const EMPTY: Self = Self::Text(String::new());

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }
}

/// The reason why a cell's value cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CellFault {
    /// A formula whose value is not in the file: the program that wrote it did not compute it.
    FormulaWithoutValue,
    /// An error such as `#N/A`.
    ErrorValue,
    /// More than [`CELL_BYTES_MAX`].
    TooLong,
    /// A number of more than 15 digits, of which spreadsheet programs lose the last.
    NumberTooLong,
    /// A number that is formatted as a date and is none.
    NoDate,
}

/// The reason why a file is not read, with what to do about it in its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SheetError {
    /// There is nothing in it.
    #[error("there is nothing in the file")]
    Empty,
    /// The file is larger than is taken.
    #[error("the file is too large")]
    FileTooLarge,
    /// The archive that an .xlsx file is has too many entries, or they are too large.
    #[error("the archive is too large")]
    ArchiveTooLarge,
    /// The format of Excel before 2007.
    #[error("an .xls file")]
    OldFormat,
    /// The binary format of Excel.
    #[error("an .xlsb file")]
    BinaryFormat,
    /// The format of `OpenOffice` and its descendants.
    #[error("an .ods file")]
    OpenDocument,
    /// It is protected by a password.
    #[error("the file is protected by a password")]
    Encrypted,
    /// It is neither of the formats that are read.
    #[error("neither an .xlsx nor a CSV file")]
    NotASpreadsheet,
    /// It is of a known format and broken.
    #[error("the file is damaged")]
    Damaged,
    /// It has no worksheet that is shown.
    #[error("no worksheet is visible")]
    NoVisibleSheet,
    /// More than [`DATA_ROWS_MAX`] rows of data.
    #[error("too many rows")]
    TooManyRows,
    /// More than [`COLUMNS_MAX`] columns.
    #[error("too many columns")]
    TooManyColumns,
    /// All cells together have more text than is taken.
    #[error("too much text")]
    TooMuchText,
    /// A text file in neither UTF-8 nor GB18030.
    #[error("neither UTF-8 nor GB18030")]
    UnknownEncoding,
    /// Reading it takes more memory or time than it is given.
    #[error("reading the file takes too much memory or time")]
    TooDemanding,
}
