//! A CSV file: in the encoding that its byte order mark names, else UTF-8, else GB18030, which Excel writes in China.
//! Each is strict, so that none is guessed: a text that is not in it is refused.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030};

use super::collector::RowCollector;
use super::value;
use crate::domain::sheet::{SheetError, SheetRow};

/// Reads the rows.
pub(super) fn read(file: &[u8]) -> Result<Vec<SheetRow>, SheetError> {
    let text = decode(file)?;
    if text.contains('\0') {
        return Err(SheetError::NotASpreadsheet);
    }
    // The line after a row tells where it began, when each line ends alike.
    let text = text.replace("\r\n", "\n").replace('\r', "\n") + "\n";
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = RowCollector::default();
    let mut record = csv::StringRecord::new();
    // Line breaks within cells: a row begins in a later line than its number says.
    let mut inner_lines = 0;
    while let Ok(true) = reader.read_record(&mut record) {
        let breaks = record.iter().flat_map(str::bytes).filter(|b| *b == b'\n');
        inner_lines += breaks.count() as u64;
        let number = reader.position().line().saturating_sub(inner_lines + 1);
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        rows.push(number, record.iter().map(value::text).collect())?;
    }
    rows.finish()
}

fn decode(file: &[u8]) -> Result<Cow<'_, str>, SheetError> {
    let strict = |encoding: &'static Encoding, text| {
        encoding.decode_without_bom_handling_and_without_replacement(text)
    };
    let decoded = match Encoding::for_bom(file) {
        Some((encoding, length)) => strict(encoding, &file[length..]),
        None => match std::str::from_utf8(file) {
            Ok(text) => Some(Cow::Borrowed(text)),
            Err(_) => strict(GB18030, file),
        },
    };
    decoded.ok_or(SheetError::UnknownEncoding)
}
