//! A row as it is planned: its cells by field, and its faults.

use super::columns::Columns;
use super::{EXAMPLE_MARK, RowFault, RowFaultReason};
use crate::domain::field::FieldFault;
use crate::domain::search::normalise;
use crate::domain::sheet::{Cell, SheetRow};

/// Whether a row is the example of a template.
pub(super) fn is_example(row: &SheetRow) -> bool {
    let is_marked = |text: &str| normalise(text).starts_with(&normalise(EXAMPLE_MARK));
    row.cells.iter().any(|cell| match cell {
        // Few texts begin so: the others are not normalised.
        Cell::Text(text) => text.starts_with('示') && is_marked(text),
        Cell::Fault(_) => false,
    })
}

/// The cells of a row that a plan reads, with what is wrong with them.
pub(super) struct RowCells<'a, F> {
    columns: &'a Columns<F>,
    row: &'a SheetRow,
    pub faults: Vec<RowFault<F>>,
}

impl<'a, F: Copy + Eq> RowCells<'a, F> {
    /// Cells that have no value are faults from the beginning.
    pub fn new(columns: &'a Columns<F>, row: &'a SheetRow) -> Self {
        let mut cells = Self {
            columns,
            row,
            faults: Vec::new(),
        };
        for (field, index) in columns.fields() {
            if let Some(Cell::Fault(fault)) = row.cells.get(*index) {
                cells.add(*field, RowFaultReason::Cell(*fault));
            }
        }
        cells
    }

    pub fn add(&mut self, field: F, reason: RowFaultReason) {
        self.faults.push(RowFault { field, reason });
    }

    /// Adds what a check of fields has found, except where the cell has no value anyway.
    pub fn add_fields(&mut self, faults: Vec<FieldFault<F>>) {
        for FieldFault { field, reason } in faults {
            if !self.is_faulty(field) {
                self.add(field, RowFaultReason::Field(reason));
            }
        }
    }

    pub fn is_faulty(&self, field: F) -> bool {
        self.faults.iter().any(|fault| fault.field == field)
    }

    /// The text of a field: none without a column, empty for an empty cell and one without a value.
    pub fn text(&self, field: F) -> Option<&'a str> {
        match self.columns.cell(self.row, field)? {
            Cell::Text(text) => Some(text.trim()),
            Cell::Fault(_) => Some(""),
        }
    }

    /// The whole number of a field; one that is none is a fault.
    pub fn number(&mut self, field: F) -> Option<i64> {
        let text = self.text(field)?;
        if text.is_empty() {
            return None;
        }
        let number = whole_number(text);
        if number.is_none() {
            self.add(field, RowFaultReason::NotANumber);
        }
        number
    }
}

/// The number of a text of digits, also full-width ones; some programs write the fraction of whole numbers.
pub(super) fn whole_number(text: &str) -> Option<i64> {
    let text = normalise(text);
    let (digits, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_whole = is_digits(digits) && fraction.bytes().all(|b| b == b'0');
    is_whole.then(|| digits.parse().ok()).flatten()
}
