//! The lines that the child process writes and its parent reads: one JSON value each.

use serde::{Deserialize, Serialize};

use crate::domain::sheet::{CELL_BYTES_MAX, COLUMNS_MAX, SheetError, SheetRow};

/// Bytes of a line at most: JSON makes six of a character that cannot be printed.
pub(super) const LINE_BYTES_MAX: usize = COLUMNS_MAX * (CELL_BYTES_MAX * 6 + 64);
/// Bytes of all lines at most: four times the text that is taken, with commas and quotation marks for empty cells.
pub(super) const OUTPUT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Line {
    /// A row of the sheet.
    Row(SheetRow),
    /// There are no more: without this line something went wrong.
    End,
    /// The file was not read.
    Refused(SheetError),
}
