//! An .xlsx file: the first worksheet that is shown, cell by cell. `worksheet_range` is never used: it allocates the
//! whole area that the outermost cells span.

use std::io::Cursor;

use calamine::{Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};

use super::collector::RowCollector;
use super::merged::MergedCells;
use super::{archive, value};
use crate::domain::sheet::{COLUMNS_MAX, Cell, SheetError, SheetRow};

/// Reads the rows.
pub(super) fn read(file: &[u8]) -> Result<Vec<SheetRow>, SheetError> {
    archive::check(file)?;
    let mut workbook = Xlsx::new(Cursor::new(file)).map_err(|error| explain(&error))?;
    let is_shown = |sheet: &&calamine::Sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
    };
    let sheet = workbook.sheets_metadata().iter().find(is_shown);
    let sheet = sheet.ok_or(SheetError::NoVisibleSheet)?.name.clone();
    let areas = workbook.merge_cells_by_sheet_name(&sheet);
    let merged = MergedCells::new(areas.map_err(|error| explain(&error))?)?;
    read_rows(&mut workbook, &sheet, merged).map_err(|error| match error {
        Stop::Sheet(error) => error,
        Stop::Workbook(error) => explain(&error),
    })
}

enum Stop {
    Sheet(SheetError),
    Workbook(XlsxError),
}

impl From<SheetError> for Stop {
    fn from(error: SheetError) -> Self {
        Self::Sheet(error)
    }
}

impl From<XlsxError> for Stop {
    fn from(error: XlsxError) -> Self {
        Self::Workbook(error)
    }
}

/// A row that is being read.
struct OpenRow {
    index: u32,
    cells: Vec<Cell>,
}

fn read_rows(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    mut merged: MergedCells,
) -> Result<Vec<SheetRow>, Stop> {
    let mut rows = RowCollector::default();
    let mut open = OpenRow {
        index: 0,
        cells: Vec::new(),
    };
    let mut close = |mut row: OpenRow| {
        if row.cells.iter().any(|cell| !cell.is_empty()) {
            merged.fill(row.index, &mut row.cells);
        }
        rows.push(row.index.saturating_add(1), row.cells)
    };
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    while let Some(cell) = cells.next_cell_with_formula_metadata()? {
        let (row, column) = cell.pos;
        if row < open.index {
            return Err(SheetError::Damaged.into());
        }
        if row > open.index {
            let cells = Vec::new();
            close(std::mem::replace(&mut open, OpenRow { index: row, cells }))?;
        }
        let value = value::cell(&cell.value, cell.formula.is_some());
        let column = column as usize;
        if value.is_empty() {
            continue;
        }
        if column >= COLUMNS_MAX {
            return Err(SheetError::TooManyColumns.into());
        }
        if open.cells.len() <= column {
            open.cells.resize(column + 1, Cell::EMPTY);
        }
        open.cells[column] = value;
    }
    close(open)?;
    Ok(rows.finish()?)
}

/// The reason for people behind an error of the format.
fn explain(error: &XlsxError) -> SheetError {
    match error {
        XlsxError::Password => SheetError::Encrypted,
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => SheetError::NotASpreadsheet,
        XlsxError::NotAWorksheet(_) | XlsxError::WorksheetNotFound(_) => SheetError::NoVisibleSheet,
        _ => SheetError::Damaged,
    }
}
