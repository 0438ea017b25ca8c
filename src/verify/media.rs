//! The check of pictures: every row has its files in the store, and what neither rows nor objects name is said.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

use super::VerifyError;
use crate::domain::media::{MediaFile, PictureSize};
use crate::ledger::Database;
use crate::ledger::media::{self, Media};
use crate::media::store::MediaStore;

/// Rows that are read at once.
const ROWS_MAX: i64 = 1_000;

/// The pictures, compared with the store.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaReport {
    pictures: usize,
    /// Files that are not in the store, or are other ones.
    missing: Vec<MissingFile>,
    /// Files in the store that belong to no picture: left behind, and harmless.
    stray: Vec<String>,
    /// Pictures that nothing shows, by name: replaced ones, whose addresses may be in caches.
    unused: Vec<String>,
}

/// A file that a picture should have.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MissingFile {
    file: String,
    bytes: i64,
    /// Bytes of the file that is there, if there is one.
    bytes_in_store: Option<u64>,
}

impl MediaReport {
    /// Whether every picture has its files.
    pub(super) fn is_clean(&self) -> bool {
        self.missing.is_empty()
    }

    /// Compares rows and files. Files are written first, so the rows are read first: what is stored in between is not
    /// missing.
    pub(super) async fn new(database: &Database, store: &MediaStore) -> Result<Self, VerifyError> {
        let rows = list(database).await?;
        let files = store.list_pictures().await;
        let files = files.map_err(|error| VerifyError::Media(error.to_string()))?;
        let mut found: HashMap<String, u64> = HashMap::with_capacity(files.len());
        found.extend(files.into_iter().map(|file| (file.name, file.bytes)));
        let mut missing = Vec::new();
        for row in &rows {
            for (size, bytes) in [
                (PictureSize::Large, row.large_bytes),
                (PictureSize::Small, row.small_bytes),
            ] {
                let file = MediaFile::new(&row.name, size).as_str().to_owned();
                let bytes_in_store = found.remove(&file);
                if bytes_in_store != Some(bytes.unsigned_abs()) {
                    missing.push(MissingFile {
                        file,
                        bytes,
                        bytes_in_store,
                    });
                }
            }
        }
        let mut stray: Vec<String> = found.into_keys().collect();
        stray.sort_unstable();
        let unused = media::list_unused(database).await?;
        Ok(Self {
            pictures: rows.len(),
            missing,
            stray,
            unused: unused.into_iter().map(String::from).collect(),
        })
    }
}

async fn list(database: &Database) -> Result<Vec<Media>, VerifyError> {
    let mut rows: Vec<Media> = Vec::new();
    loop {
        let after = rows.last().map_or("", |row| row.name.as_str());
        let more = media::list_after(database, after, ROWS_MAX).await?;
        if more.is_empty() {
            return Ok(rows);
        }
        rows.extend(more);
    }
}

impl fmt::Display for MediaReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for missing in &self.missing {
            writeln!(f, "{missing}")?;
        }
        for file in &self.stray {
            writeln!(f, "file {file} belongs to no picture")?;
        }
        for name in &self.unused {
            writeln!(f, "picture {name} is shown nowhere")?;
        }
        // Where there was never a picture, nobody asks for any.
        if self.pictures == 0 {
            return Ok(());
        }
        let result = if self.is_clean() {
            "all have their files"
        } else {
            "FILES ARE MISSING, see above"
        };
        writeln!(f, "{} pictures looked for: {result}.", self.pictures)
    }
}

impl fmt::Display for MissingFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, bytes, .. } = self;
        match self.bytes_in_store {
            None => write!(f, "file {file} of {bytes} bytes is not in the store"),
            Some(found) => write!(f, "file {file} has {found} bytes in the store, not {bytes}"),
        }
    }
}
