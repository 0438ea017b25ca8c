//! The reasons why a sheet has no plan, and why a row cannot be taken, as programs know them.

use async_graphql::Enum;

use crate::domain::field::FieldFaultReason;
use crate::domain::import::RowFaultReason;
use crate::domain::import::columns::HeaderError;
use crate::domain::import::staged::ImportFailure;
use crate::domain::sheet::{CellFault, SheetError};

/// The reason why a sheet has no plan.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImportFailureCode {
    /// There is nothing to import in it.
    Empty,
    /// It has more than 10 MiB.
    FileTooLarge,
    /// The archive that an .xlsx file is has too many entries, or they are too large.
    ArchiveTooLarge,
    /// It is an .xls file.
    OldFormat,
    /// It is an .xlsb file.
    BinaryFormat,
    /// It is an .ods file.
    OpenDocument,
    /// It is protected by a password.
    Encrypted,
    /// It is neither an .xlsx nor a CSV file.
    NotASpreadsheet,
    /// It is damaged.
    Damaged,
    /// All its worksheets are hidden.
    NoVisibleSheet,
    /// It has more than 10,000 rows.
    TooManyRows,
    /// It has more than 64 columns.
    TooManyColumns,
    /// It has more than 16 MiB of text.
    TooMuchText,
    /// It is a text in neither UTF-8 nor GB18030.
    UnknownEncoding,
    /// Reading it takes too much memory or time.
    TooDemanding,
    /// No row of the first 20 has the columns that are needed.
    HeaderMissing,
    /// Two columns are the same field.
    HeaderTwice,
    /// The result of the campaign is out: its list stays as it is.
    WrongState,
    /// The file is not there any more.
    FileLost,
    /// The server could not read it: send it again, or ask its operator.
    ReaderFailed,
}

impl From<&ImportFailure> for ImportFailureCode {
    fn from(failure: &ImportFailure) -> Self {
        match failure {
            ImportFailure::Sheet(error) => (*error).into(),
            ImportFailure::NomineeHeader(HeaderError::Missing(_))
            | ImportFailure::StoryHeader(HeaderError::Missing(_)) => Self::HeaderMissing,
            ImportFailure::NomineeHeader(HeaderError::Twice(_))
            | ImportFailure::StoryHeader(HeaderError::Twice(_)) => Self::HeaderTwice,
            ImportFailure::WrongState => Self::WrongState,
            ImportFailure::FileLost => Self::FileLost,
            ImportFailure::ReaderFailed => Self::ReaderFailed,
        }
    }
}

impl From<SheetError> for ImportFailureCode {
    fn from(error: SheetError) -> Self {
        match error {
            SheetError::Empty => Self::Empty,
            SheetError::FileTooLarge => Self::FileTooLarge,
            SheetError::ArchiveTooLarge => Self::ArchiveTooLarge,
            SheetError::OldFormat => Self::OldFormat,
            SheetError::BinaryFormat => Self::BinaryFormat,
            SheetError::OpenDocument => Self::OpenDocument,
            SheetError::Encrypted => Self::Encrypted,
            SheetError::NotASpreadsheet => Self::NotASpreadsheet,
            SheetError::Damaged => Self::Damaged,
            SheetError::NoVisibleSheet => Self::NoVisibleSheet,
            SheetError::TooManyRows => Self::TooManyRows,
            SheetError::TooManyColumns => Self::TooManyColumns,
            SheetError::TooMuchText => Self::TooMuchText,
            SheetError::UnknownEncoding => Self::UnknownEncoding,
            SheetError::TooDemanding => Self::TooDemanding,
        }
    }
}

/// The reason why a row cannot be taken.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImportFaultCode {
    /// The cell is empty and may not be.
    Missing,
    /// The text is too long.
    TooLong,
    /// The text has a character that cannot be printed, or a line break where one line is expected.
    ControlCharacter,
    /// The number is out of its bounds.
    OutOfRange,
    /// It is a formula without a result.
    FormulaWithoutValue,
    /// It is an error such as `#N/A`.
    ErrorValue,
    /// It is a number of more than 15 digits, of which Excel loses the last.
    NumberTooLong,
    /// It is formatted as a date and is none.
    NoDate,
    /// It is no whole number.
    NotANumber,
    /// No category has this key or name.
    UnknownCategory,
    /// Several categories have this name.
    AmbiguousCategory,
    /// Several nominees have this name and employer.
    AmbiguousNominee,
    /// The nominee has votes, and stays in its category.
    CategoryFixed,
    /// No nominee has this number.
    UnknownNominee,
    /// Several stories have this headline.
    AmbiguousStory,
    /// A row above is about the same one.
    Duplicate,
    /// It is no time in a form that is read.
    NotATime,
    /// The clocks of the campaign's time zone skip this time.
    SkippedTime,
}

impl From<RowFaultReason> for ImportFaultCode {
    fn from(reason: RowFaultReason) -> Self {
        match reason {
            RowFaultReason::Field(reason) => match reason {
                FieldFaultReason::Missing => Self::Missing,
                FieldFaultReason::TooLong { .. } => Self::TooLong,
                FieldFaultReason::ControlCharacter => Self::ControlCharacter,
                FieldFaultReason::OutOfRange { .. } => Self::OutOfRange,
            },
            RowFaultReason::Cell(fault) => match fault {
                CellFault::FormulaWithoutValue => Self::FormulaWithoutValue,
                CellFault::ErrorValue => Self::ErrorValue,
                CellFault::TooLong => Self::TooLong,
                CellFault::NumberTooLong => Self::NumberTooLong,
                CellFault::NoDate => Self::NoDate,
            },
            RowFaultReason::NotANumber => Self::NotANumber,
            RowFaultReason::UnknownCategory => Self::UnknownCategory,
            RowFaultReason::AmbiguousCategory => Self::AmbiguousCategory,
            RowFaultReason::AmbiguousNominee => Self::AmbiguousNominee,
            RowFaultReason::CategoryFixed => Self::CategoryFixed,
            RowFaultReason::UnknownNominee => Self::UnknownNominee,
            RowFaultReason::AmbiguousStory => Self::AmbiguousStory,
            RowFaultReason::Duplicate { .. } => Self::Duplicate,
            RowFaultReason::NotATime => Self::NotATime,
            RowFaultReason::SkippedTime => Self::SkippedTime,
        }
    }
}
