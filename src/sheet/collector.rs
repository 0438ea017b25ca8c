//! The rows of a sheet as they are read, within the bounds of all of them together.

use crate::domain::sheet::{
    COLUMNS_MAX, Cell, DATA_ROWS_MAX, HEADER_ROWS_MAX, SheetError, SheetRow,
};

/// Bytes of the text of all cells together at most: the process that plans the import holds them.
pub(super) const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Collects rows that are not blank.
#[derive(Debug, Default)]
pub(super) struct RowCollector {
    rows: Vec<SheetRow>,
    text_bytes: usize,
}

impl RowCollector {
    /// Adds a row, unless it is blank.
    pub fn push(&mut self, number: u32, mut cells: Vec<Cell>) -> Result<(), SheetError> {
        let filled = cells.iter().rposition(|cell| !cell.is_empty());
        let Some(last) = filled else {
            return Ok(());
        };
        if last >= COLUMNS_MAX {
            return Err(SheetError::TooManyColumns);
        }
        if self.rows.len() == DATA_ROWS_MAX + HEADER_ROWS_MAX {
            return Err(SheetError::TooManyRows);
        }
        cells.truncate(last + 1);
        cells.shrink_to_fit();
        self.text_bytes += cells.iter().map(text_bytes).sum::<usize>();
        if self.text_bytes > TEXT_BYTES_MAX {
            return Err(SheetError::TooMuchText);
        }
        self.rows.push(SheetRow { number, cells });
        Ok(())
    }

    /// The rows; a sheet without any is refused.
    pub fn finish(self) -> Result<Vec<SheetRow>, SheetError> {
        if self.rows.is_empty() {
            return Err(SheetError::Empty);
        }
        Ok(self.rows)
    }
}

fn text_bytes(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.len(),
        Cell::Fault(_) => 0,
    }
}
