//! The child process: limits itself, reads a file from standard input, writes its rows to standard output.

use std::io::{BufWriter, Read as _, Write as _};
use std::process::ExitCode;

use super::format::{Format, detect};
use super::lines::Line;
use super::{text, workbook};
use crate::domain::sheet::{SheetError, SheetRow};

/// Bytes of a file at most.
pub const FILE_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// Bytes of memory for data at most: the unpacked archive in pieces, and its strings.
#[cfg(unix)]
const MEMORY_BYTES_MAX: u64 = 384 * 1024 * 1024;
/// Seconds of processor time at most.
#[cfg(unix)]
const CPU_SECONDS_MAX: u64 = 20;

/// The exit code of a child that could not limit itself.
pub(super) const NO_LIMITS: u8 = 70;

/// The hidden subcommand. It is looked for before anything else: what the program does otherwise takes memory.
pub(super) const SUBCOMMAND: &str = "read-sheet";

/// Reads the file on standard input if the program is called for that, as `reader` does.
#[must_use]
pub fn run_if_asked() -> Option<ExitCode> {
    let asked = std::env::args_os().nth(1)?;
    (asked == SUBCOMMAND).then(run)
}

fn run() -> ExitCode {
    if limit().is_err() {
        return ExitCode::from(NO_LIMITS);
    }
    match write(read_input().and_then(|file| read(&file))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Takes away what reading does not need, before the file is looked at.
#[cfg(unix)]
fn limit() -> std::io::Result<()> {
    use rlimit::Resource;
    Resource::DATA.set(MEMORY_BYTES_MAX, MEMORY_BYTES_MAX)?;
    Resource::CPU.set(CPU_SECONDS_MAX, CPU_SECONDS_MAX)?;
    // It writes no files, and no picture of its memory when it is aborted.
    Resource::FSIZE.set(0, 0)?;
    Resource::CORE.set(0, 0)
}

#[cfg(not(unix))]
fn limit() -> std::io::Result<()> {
    Ok(())
}

fn read_input() -> Result<Vec<u8>, SheetError> {
    let mut file = Vec::new();
    let mut input = std::io::stdin().lock().take(FILE_BYTES_MAX + 1);
    let read = input.read_to_end(&mut file);
    read.map_err(|_| SheetError::Damaged)?;
    if file.len() as u64 > FILE_BYTES_MAX {
        return Err(SheetError::FileTooLarge);
    }
    Ok(file)
}

fn read(file: &[u8]) -> Result<Vec<SheetRow>, SheetError> {
    match detect(file)? {
        Format::Archive => workbook::read(file),
        Format::Text => text::read(file),
    }
}

fn write(rows: Result<Vec<SheetRow>, SheetError>) -> std::io::Result<()> {
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut write = |line: &Line| {
        serde_json::to_writer(&mut output, line)?;
        output.write_all(b"\n")
    };
    match rows {
        Ok(rows) => {
            for row in rows {
                write(&Line::Row(row))?;
            }
            write(&Line::End)?;
        }
        Err(error) => write(&Line::Refused(error))?,
    }
    output.flush()
}
