//! Merged cells: a file keeps the value in the first only, people see it in all of them.

use std::cmp::Reverse;

use calamine::Dimensions;

use crate::domain::sheet::{COLUMNS_MAX, Cell, SheetError};

/// Merged areas at most: two in each row.
const AREAS_MAX: usize = 20_000;

/// The merged areas of a sheet, which is read row by row.
#[derive(Debug)]
pub(super) struct MergedCells {
    /// Areas below the row that was read last, the lowest first.
    waiting: Vec<Dimensions>,
    /// Areas that the row which was read last is part of, with their value.
    open: Vec<(Dimensions, Cell)>,
}

impl MergedCells {
    pub fn new(mut areas: Vec<Dimensions>) -> Result<Self, SheetError> {
        if areas.len() > AREAS_MAX {
            return Err(SheetError::TooDemanding);
        }
        areas.sort_by_key(|area| Reverse(area.start));
        Ok(Self {
            waiting: areas,
            open: Vec::new(),
        })
    }

    /// Puts the values of areas into the empty cells of the next row, which has a value of its own.
    pub fn fill(&mut self, row: u32, cells: &mut Vec<Cell>) {
        self.open.retain(|(area, _)| area.end.0 >= row);
        while let Some(area) = self.waiting.pop_if(|area| area.start.0 <= row) {
            let value = cells.get(area.start.1 as usize);
            let value = value.filter(|value| area.start.0 == row && !value.is_empty());
            self.open.extend(value.map(|value| (area, value.clone())));
        }
        for (area, value) in &self.open {
            let last = (area.end.1 as usize).min(COLUMNS_MAX - 1);
            for column in area.start.1 as usize..=last {
                if cells.len() <= column {
                    cells.resize(column + 1, Cell::EMPTY);
                }
                if cells[column].is_empty() {
                    cells[column] = value.clone();
                }
            }
        }
    }
}
