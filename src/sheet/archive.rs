//! The look at an archive before anything believes it: few entries, and little when they are unpacked, which is found
//! out by unpacking them rather than by what the archive says of itself.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::domain::sheet::SheetError;

/// Entries at most: a workbook of 20 sheets with drawings has fewer than a hundred.
const ENTRIES_MAX: usize = 200;
/// Bytes of all entries together at most, unpacked: ten times a sheet of 10,000 rows of long texts.
const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Checks an archive within these bounds.
pub(super) fn check(file: &[u8]) -> Result<(), SheetError> {
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(|_| SheetError::Damaged)?;
    if archive.len() > ENTRIES_MAX {
        return Err(SheetError::ArchiveTooLarge);
    }
    check_kind(&mut archive)?;
    let mut bytes_left = UNPACKED_BYTES_MAX;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => SheetError::Encrypted,
            _ => SheetError::Damaged,
        })?;
        let mut entry = entry.take(bytes_left + 1);
        let unpacked = std::io::copy(&mut entry, &mut std::io::sink());
        let unpacked = unpacked.map_err(|_| SheetError::Damaged)?;
        bytes_left = bytes_left
            .checked_sub(unpacked)
            .ok_or(SheetError::ArchiveTooLarge)?;
    }
    Ok(())
}

/// Refuses archives of other kinds, by the entries that only they have.
fn check_kind(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), SheetError> {
    if let Ok(entry) = archive.by_name("mimetype") {
        let mut kind = Vec::new();
        let read = entry.take(64).read_to_end(&mut kind);
        if read.is_ok() && kind.starts_with(b"application/vnd.oasis.opendocument") {
            return Err(SheetError::OpenDocument);
        }
    }
    if archive.index_for_name("xl/workbook.bin").is_some() {
        return Err(SheetError::BinaryFormat);
    }
    if archive.index_for_name("[Content_Types].xml").is_none() {
        return Err(SheetError::NotASpreadsheet);
    }
    Ok(())
}
