//! Spreadsheets that were uploaded: read in a child process, and given back with a column of what is wrong.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use bytes::Bytes;
use tokio::sync::{Notify, Semaphore};

use super::App;
use super::uploads::UploadRefusal;
pub use crate::domain::export::TableFormat;
use crate::domain::sheet::{SheetError, SheetRow};
use crate::error::{Error, Result};
use crate::ledger::media::Upload;
use crate::sheet::AnnotatedSheet;
use crate::sheet::reader::{self, ReadError};
pub use crate::sheet::{Template, template};
use crate::telemetry::RequestId;

/// Sheets that are read at once for people who wait for it.
const READ_AT_ONCE: usize = 1;
/// How long one waits for its turn.
const TURN_WAIT_MAX: Duration = Duration::from_secs(10);

/// The reading of sheets in a process.
#[derive(Debug)]
pub struct Sheets {
    /// The program that reads a file in a child process: this one.
    program: PathBuf,
    turns: Semaphore,
    arrivals: Notify,
}

impl Sheets {
    /// Reads by this program.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            turns: Semaphore::new(READ_AT_ONCE),
            arrivals: Notify::new(),
        }
    }

    /// Tells the worker of this process that there is an import to read.
    pub(super) fn note_arrival(&self) {
        self.arrivals.notify_one();
    }

    /// Waits for an import to read.
    pub async fn arrival(&self) {
        self.arrivals.notified().await;
    }

    /// A turn to read a sheet that somebody waits for.
    pub(super) async fn turn(&self) -> Result<impl Drop + use<'_>> {
        let turn = tokio::time::timeout(TURN_WAIT_MAX, self.turns.acquire()).await;
        turn.map_err(|_| Error::Overloaded)?
            .map_err(Error::internal)
    }
}

impl Default for Sheets {
    fn default() -> Self {
        // A program that does not know itself can do everything else.
        Self::new(std::env::current_exe().unwrap_or_default())
    }
}

/// A sheet that was read.
#[derive(Debug, Clone)]
pub(super) struct ReadSheet {
    /// Its rows.
    pub rows: Arc<Vec<SheetRow>>,
    /// The hash of the file.
    pub file_sha256: [u8; 32],
    /// The format of the file.
    pub format: TableFormat,
}

/// The reason why a file was not read.
#[derive(Debug, Clone, Copy)]
pub(super) enum SheetFault {
    /// Its contents.
    Sheet(SheetError),
    /// It is not in the store.
    Lost,
    /// The child process, which may not run.
    Reader,
}

impl App {
    /// Reads the file of an upload.
    pub(super) async fn read_sheet(
        &self,
        upload: &Upload,
    ) -> Result<Result<ReadSheet, SheetFault>> {
        let bytes = match self.read_upload(upload).await? {
            Ok(bytes) => bytes,
            Err(UploadRefusal::NoStore) => return Err(Error::Unavailable),
            Err(_) => return Ok(Err(SheetFault::Lost)),
        };
        let hash = digest::digest(&digest::SHA256, &bytes);
        let file_sha256 = hash.as_ref().try_into().map_err(Error::internal)?;
        let format = if bytes.starts_with(b"PK") {
            TableFormat::Xlsx
        } else {
            TableFormat::Csv
        };
        let file = tokio::task::spawn_blocking(move || put_aside(&bytes)).await;
        let file = file.map_err(Error::internal)?.map_err(|error| {
            let request = RequestId::current();
            tracing::error!(request, %error, "a sheet could not be put aside");
            Error::Unavailable
        })?;
        Ok(match reader::read(&self.sheets.program, file).await {
            Ok(rows) => Ok(ReadSheet {
                rows: Arc::new(rows),
                file_sha256,
                format,
            }),
            Err(ReadError::Sheet(error)) => Err(SheetFault::Sheet(error)),
            Err(ReadError::Reader(error)) => {
                let request = RequestId::current();
                tracing::error!(request, %error, "the reader of spreadsheets failed");
                Err(SheetFault::Reader)
            }
        })
    }
}

/// A temporary file without a name, which a child process can read.
fn put_aside(bytes: &Bytes) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// The sheet with a first column of notes.
pub(super) async fn annotate(
    sheet: ReadSheet,
    note: impl Fn(&SheetRow) -> String + Send + 'static,
) -> Result<Bytes> {
    let write = move || {
        let mut annotated = AnnotatedSheet::new(sheet.format)?;
        for row in sheet.rows.iter() {
            annotated.write(row, &note(row))?;
        }
        let mut file = std::io::Cursor::new(Vec::new());
        annotated.finish(&mut file)?;
        Ok::<_, crate::sheet::WriteError>(file.into_inner())
    };
    let written = tokio::task::spawn_blocking(write).await;
    let written = written.map_err(Error::internal)?;
    Ok(written.map_err(Error::internal)?.into())
}
