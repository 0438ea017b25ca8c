//! Reading a file in a child process, from the parent's side.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use super::child::{NO_LIMITS, SUBCOMMAND};
use super::lines::{LINE_BYTES_MAX, Line, OUTPUT_BYTES_MAX};
use crate::domain::sheet::{DATA_ROWS_MAX, HEADER_ROWS_MAX, SheetError, SheetRow};

/// How long reading may take in all: a busy machine gives the child little of its processor time.
const WALL_TIME_MAX: Duration = Duration::from_mins(1);

/// The exit code of a program that panicked.
const PANICKED: i32 = 101;

/// The reason why there are no rows.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file's fault: people are told what to change.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// The server's fault: the child could not be started, limited or read from.
    #[error("the reader of spreadsheets failed: {0}")]
    Reader(#[from] std::io::Error),
}

/// Reads the rows of `file` in a child process of `program`, which is this program. One file at a time holds the
/// memory down: callers do not read two at once.
///
/// # Errors
/// A fault of the file, or of the child, which may not run.
pub async fn read(program: &Path, file: File) -> Result<Vec<SheetRow>, ReadError> {
    let mut child = Command::new(program)
        .arg(SUBCOMMAND)
        .env_clear()
        // The allocator takes a gigabyte of addresses at once otherwise, which the limit of memory would not see.
        .env("MIMALLOC_ARENA_RESERVE", "0")
        .stdin(Stdio::from(file))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    match tokio::time::timeout(WALL_TIME_MAX, finish(&mut child)).await {
        Ok(rows) => rows,
        Err(_) => Err(SheetError::TooDemanding.into()),
    }
}

async fn finish(child: &mut Child) -> Result<Vec<SheetRow>, ReadError> {
    let output = child.stdout.take().ok_or_else(no_pipe)?;
    if let Some(rows) = take_rows(output).await? {
        return Ok(rows);
    }
    let status = child.wait().await?;
    Err(match status.code() {
        // A signal ended it: that of a limit, since nobody else sends it one. Or it was not read to the end.
        None | Some(1) => SheetError::TooDemanding.into(),
        Some(PANICKED) => SheetError::Damaged.into(),
        Some(code) if code == i32::from(NO_LIMITS) => {
            std::io::Error::other("it could not limit itself").into()
        }
        Some(code) => std::io::Error::other(format!("it ended with {code}")).into(),
    })
}

fn no_pipe() -> std::io::Error {
    std::io::Error::other("its output is not piped")
}

/// The rows up to the end; none when the output has no end, or more before it than is taken.
async fn take_rows(output: ChildStdout) -> Result<Option<Vec<SheetRow>>, ReadError> {
    let mut output = BufReader::new(output.take(OUTPUT_BYTES_MAX));
    let mut rows = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut bounded = (&mut output).take(LINE_BYTES_MAX as u64);
        bounded.read_until(b'\n', &mut line).await?;
        match serde_json::from_slice(&line) {
            Ok(Line::Row(row)) if rows.len() < DATA_ROWS_MAX + HEADER_ROWS_MAX => rows.push(row),
            Ok(Line::End) => return Ok(Some(rows)),
            Ok(Line::Refused(error)) => return Err(error.into()),
            Ok(Line::Row(_)) | Err(_) => return Ok(None),
        }
    }
}
