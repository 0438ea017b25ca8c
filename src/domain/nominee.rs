//! Nominees: the people who stand for selection.

use serde::Serialize;

use super::media::{MediaName, Picture};
use super::search::SearchText;
use crate::id::{CampaignId, CategoryId, NomineeId};

/// Whether a nominee is shown and can be voted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NomineeStatus {
    /// Shown and votable.
    Active,
    /// Shown; votes are refused.
    Frozen,
    /// Not shown; votes are refused as if there were no such nominee.
    Withdrawn,
}

/// A person who stands for selection.
#[derive(Debug, Clone, sqlx::FromRow, Serialize)]
pub struct Nominee {
    /// Its id.
    pub id: NomineeId,
    /// The campaign it stands in.
    pub campaign_id: CampaignId,
    /// The category it is ranked in.
    pub category_id: CategoryId,
    /// Its number on the list, unique in the campaign.
    pub number: i64,
    /// The person's name.
    pub name: String,
    /// The company or body the person works for.
    pub employer: String,
    /// Where the person works.
    pub city: Option<String>,
    /// Post or rank.
    pub title: Option<String>,
    /// The reasons for the nomination, a few sentences.
    pub summary: String,
    /// Address of a picture elsewhere.
    pub portrait_url: Option<String>,
    /// A picture that is stored here, which goes before one elsewhere.
    pub portrait_media: Option<MediaName>,
    /// Whether it is shown and votable.
    pub status: NomineeStatus,
}

impl Nominee {
    /// Whether it is shown.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.status != NomineeStatus::Withdrawn
    }

    /// Its picture.
    #[must_use]
    pub fn portrait(&self) -> Picture<'_> {
        Picture::new(self.portrait_media.as_ref(), self.portrait_url.as_deref())
    }

    /// The texts that it is found by: name, employer and post.
    pub(super) fn search_text(&self) -> SearchText {
        let texts = [self.name.as_str(), &self.employer];
        SearchText::new(texts.into_iter().chain(self.title.as_deref()))
    }
}
