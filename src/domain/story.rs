//! An article in the feed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{CampaignId, NomineeId, StoryId};

/// What a medium is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A recording.
    Audio,
}

/// A picture, film or recording that belongs to a story.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Media {
    /// What it is.
    pub kind: MediaKind,
    /// Where it is.
    pub url: String,
    /// What it shows.
    pub title: String,
}

/// An article in the feed, visible from `published_at` on.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Story {
    /// Its id.
    pub id: StoryId,
    /// The campaign it belongs to.
    pub campaign_id: CampaignId,
    /// The nominee it is about; none for the campaign's own.
    pub nominee_id: Option<NomineeId>,
    /// Its headline.
    pub title: String,
    /// What it says, in a sentence or two.
    pub summary: String,
    /// Its text in Markdown.
    pub body: String,
    /// Address of a picture.
    pub cover_url: Option<String>,
    /// Pictures, films and recordings.
    #[sqlx(json)]
    pub media: Vec<Media>,
    /// When it becomes visible.
    pub published_at: DateTime<Utc>,
}
