//! The format of a file, told by its first bytes: names are not believed.

use crate::domain::sheet::SheetError;

/// A format that is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A ZIP archive, as .xlsx files are.
    Archive,
    /// A text, as CSV files are.
    Text,
}

/// The first bytes of an OLE compound file: Office before 2007, and encrypted files of any later one.
const COMPOUND_FILE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// The stream of a compound file that holds an encrypted one.
const ENCRYPTED_PACKAGE: &str = "EncryptedPackage";

/// Tells the format.
pub(super) fn detect(file: &[u8]) -> Result<Format, SheetError> {
    let without_bom = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let text = without_bom.trim_ascii_start();
    if text.is_empty() {
        Err(SheetError::Empty)
    } else if file.starts_with(b"PK\x03\x04") || file.starts_with(b"PK\x05\x06") {
        Ok(Format::Archive)
    } else if file.starts_with(&COMPOUND_FILE) {
        let name: Vec<u8> = ENCRYPTED_PACKAGE
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let is_encrypted = file.windows(name.len()).any(|window| window == name);
        Err(if is_encrypted {
            SheetError::Encrypted
        } else {
            SheetError::OldFormat
        })
    } else if text.starts_with(b"<") {
        // HTML or XML that is called .xls, as some programs export.
        Err(SheetError::NotASpreadsheet)
    } else {
        Ok(Format::Text)
    }
}
