//! Writing a table: rows are read in batches from one snapshot of the database, and written by a thread of their own,
//! so that neither the file nor the rows are in memory and no other task waits for the disk.

use std::fs::File;
use std::io::Seek as _;

use tokio::sync::mpsc;

use super::tables::{Field, Row, Table};
use crate::auth::keyed_hash::HashKey;
use crate::domain::export::{ExportFailure, ExportKind, TableFormat};
use crate::error::Error;
use crate::id::CampaignId;
use crate::ledger::Database;
use crate::sheet::{TableWriter, Value, WriteError};

/// Batches that are read ahead of the disk.
const BATCHES_AHEAD: usize = 2;
/// Rows of a file at most, whatever the format takes: some gigabytes.
const ROWS_MAX: i64 = 50_000_000;

/// The table that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct TableRequest {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The table.
    pub kind: ExportKind,
    /// The format of the file.
    pub format: TableFormat,
}

/// The reason why a table was not written.
#[derive(Debug)]
pub enum WritingError {
    /// It cannot be.
    Failed(ExportFailure),
    /// Something went wrong: it may work another time.
    Interrupted(Error),
}

impl From<Error> for WritingError {
    fn from(error: Error) -> Self {
        Self::Interrupted(error)
    }
}

/// A message to the thread that writes. One that hears nothing more before the end has been left alone.
enum Batch {
    Rows(Vec<Row>),
    End,
}

/// Writes a table into an empty file; returns the number of its rows, without the header, and the file at its
/// beginning. The voters of ballots get their pseudonyms by `key`.
///
/// # Errors
/// [`WritingError::Failed`] where it will not work another time either.
pub async fn write_table(
    database: &Database,
    key: &HashKey,
    request: TableRequest,
    file: File,
) -> Result<(i64, File), WritingError> {
    let opened = Table::open(database, key, request.campaign_id, request.kind).await?;
    let mut table = opened.ok_or(WritingError::Failed(ExportFailure::CampaignGone))?;
    let (batches, received) = mpsc::channel(BATCHES_AHEAD);
    let writing =
        tokio::task::spawn_blocking(move || write_batches(request.format, file, received));
    let read = read_batches(&mut table, batches).await;
    let written = writing.await.map_err(Error::internal)?;
    // Where reading failed the thread knows of no end, which is not the reason.
    let rows = read?;
    match written {
        Ok(file) => Ok((rows, file)),
        Err(WriteError::TooManyRows) => Err(WritingError::Failed(ExportFailure::TooManyRows)),
        Err(error) => Err(WritingError::Interrupted(Error::internal(error))),
    }
}

/// Reads all rows and sends them; returns their number.
async fn read_batches(
    table: &mut Table<'_>,
    batches: mpsc::Sender<Batch>,
) -> Result<i64, WritingError> {
    let mut next = Batch::Rows(vec![table.header()]);
    let mut count = 0;
    loop {
        let is_end = matches!(next, Batch::End);
        // The thread that writes is gone only where it has failed, and says why itself.
        if batches.send(next).await.is_err() || is_end {
            return Ok(count);
        }
        let rows = table.next_rows().await?;
        count += i64::try_from(rows.len()).map_err(Error::internal)?;
        if count > ROWS_MAX {
            return Err(WritingError::Failed(ExportFailure::TooManyRows));
        }
        next = if rows.is_empty() {
            Batch::End
        } else {
            Batch::Rows(rows)
        };
    }
}

fn write_batches(
    format: TableFormat,
    file: File,
    mut batches: mpsc::Receiver<Batch>,
) -> Result<File, WriteError> {
    let mut finished = file.try_clone()?;
    let mut writer = TableWriter::new(format, file)?;
    loop {
        match batches.blocking_recv() {
            Some(Batch::Rows(rows)) => {
                for row in rows {
                    let values: Vec<Value<'_>> = row.iter().map(value).collect();
                    writer.write(&values)?;
                }
            }
            Some(Batch::End) => break,
            None => return Err(std::io::Error::from(std::io::ErrorKind::Interrupted).into()),
        }
    }
    writer.finish()?;
    finished.rewind()?;
    Ok(finished)
}

fn value(field: &Field) -> Value<'_> {
    match field {
        Field::Text(text) => Value::Text(text),
        Field::Number(number) => Value::Number(*number),
    }
}
