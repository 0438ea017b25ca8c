//! The demo's data as sheets, as an organiser has them.

use aws_lc_rs::digest;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::desk::Sheet;
use crate::domain::import::{nominee, story};
use crate::domain::sheet::{Cell, SheetRow};
use crate::error::{Error, Result};

const NOMINEES: &str = include_str!("nominees.json");
const STORIES: &str = include_str!("stories.json");

#[derive(Deserialize)]
struct NomineeData {
    number: i64,
    category: String,
    name: String,
    employer: String,
    city: String,
    title: String,
    summary: String,
}

#[derive(Deserialize)]
struct StoryData {
    nominee: Option<i64>,
    title: String,
    summary: String,
    body: String,
    publish_offset_minutes: i64,
}

/// A sheet that was put together.
pub(super) struct Written {
    rows: Vec<SheetRow>,
    file_sha256: [u8; 32],
}

impl Written {
    /// The sheet, to import it.
    pub(super) fn sheet(&self) -> Sheet<'_> {
        Sheet {
            rows: &self.rows,
            file_sha256: self.file_sha256,
        }
    }

    fn new<const N: usize>(
        source: &str,
        header: [&str; N],
        data: impl Iterator<Item = [String; N]>,
    ) -> Self {
        let header = header.map(str::to_owned);
        let rows = (1..).zip(std::iter::once(header).chain(data));
        let mut file_sha256 = [0; 32];
        let hash = digest::digest(&digest::SHA256, source.as_bytes());
        file_sha256.copy_from_slice(hash.as_ref());
        Self {
            rows: rows
                .map(|(number, cells)| SheetRow {
                    number,
                    cells: cells.map(Cell::Text).into(),
                })
                .collect(),
            file_sha256,
        }
    }
}

/// The sheet of the nominees.
pub(super) fn nominees() -> Result<Written> {
    let data: Vec<NomineeData> = read(NOMINEES)?;
    let header = nominee::HEADERS.map(|header| header.names[0]);
    let rows = data.into_iter().map(|n| {
        let number = n.number.to_string();
        [
            number, n.category, n.name, n.employer, n.city, n.title, n.summary,
        ]
    });
    Ok(Written::new(NOMINEES, header, rows))
}

/// The sheet of the stories, with their times around `now`.
pub(super) fn stories(now: DateTime<Utc>) -> Result<Written> {
    let data: Vec<StoryData> = read(STORIES)?;
    let header = story::HEADERS.map(|header| header.names[0]);
    let rows = data.into_iter().map(|s| {
        let at = now + TimeDelta::minutes(s.publish_offset_minutes);
        let number = s.nominee.map(|number| number.to_string());
        [
            s.title,
            s.summary,
            s.body,
            number.unwrap_or_default(),
            at.to_rfc3339(),
        ]
    });
    Ok(Written::new(STORIES, header, rows))
}

/// The headlines of the stories, in the order of their covers.
pub(super) fn headlines() -> Result<Vec<String>> {
    let data: Vec<StoryData> = read(STORIES)?;
    Ok(data.into_iter().map(|story| story.title).collect())
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(Error::internal)
}
