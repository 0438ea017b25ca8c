//! Spreadsheets as files: read in a child process of the real program, and written.

pub mod files;
mod hostile;
mod readable;
mod reader;
mod written;

use std::io::{Seek as _, Write as _};
use std::path::Path;

use acclaim::domain::sheet::{Cell, SheetError, SheetRow};
use acclaim::sheet::reader::ReadError;

/// Reads a file as the server does.
pub async fn read(file: &[u8]) -> Result<Vec<SheetRow>, SheetError> {
    let program = Path::new(env!("CARGO_BIN_EXE_acclaim"));
    match read_with(program, file).await {
        Ok(rows) => Ok(rows),
        Err(ReadError::Sheet(error)) => Err(error),
        Err(ReadError::Reader(error)) => panic!("{error}"),
    }
}

async fn read_with(program: &Path, file: &[u8]) -> Result<Vec<SheetRow>, ReadError> {
    let mut input = tempfile::tempfile().expect("a file");
    input.write_all(file).expect("written");
    input.rewind().expect("rewound");
    acclaim::sheet::reader::read(program, input).await
}

/// The rows as texts, faults in angle brackets.
fn texts(rows: &[SheetRow]) -> Vec<(u32, Vec<String>)> {
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        Cell::Fault(fault) => format!("<{fault:?}>"),
    };
    let row = |row: &SheetRow| (row.number, row.cells.iter().map(text).collect());
    rows.iter().map(row).collect()
}

async fn texts_of(file: &[u8]) -> Vec<(u32, Vec<String>)> {
    texts(&read(file).await.expect("it is read"))
}

fn row(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
    (
        number,
        cells.iter().map(|text| (*text).to_owned()).collect(),
    )
}
