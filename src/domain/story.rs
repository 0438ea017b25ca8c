//! Articles, the feed that they stand in, and the pages that are cut out of it.

mod elements;
pub mod fields;
mod html;
pub mod life;
pub mod pasted;
pub mod schedule;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::fields::checked_body;
use self::html::html;
use self::life::StoryReview;
use super::address;
use super::media::{MediaFile, MediaName, Picture};
use crate::id::{CampaignId, CategoryId, NomineeId, StoryId};

/// The kind of a medium.
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

/// Pictures, films and recordings of a story, at most.
pub const MEDIA_MAX: usize = 40;

/// A picture, film or recording that belongs to a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Its kind.
    pub kind: MediaKind,
    /// Its address; the path of a picture that is stored here.
    pub url: String,
    /// A line on what it shows.
    pub title: String,
}

impl Media {
    /// Its address for readers; none where it is neither of the web nor stored here. `origin` is the public address of
    /// this server.
    #[must_use]
    pub fn address(&self, origin: Option<&str>) -> Option<String> {
        match MediaFile::at(&self.url, None) {
            Some(file) => Some(file.address(origin)),
            None => address::web(Some(&self.url)).map(str::to_owned),
        }
    }
}

/// An article in the feed: once it is approved, from its time on.
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
    /// A sentence or two on its content.
    pub summary: String,
    /// Its text in Markdown.
    pub body: String,
    /// Address of a picture elsewhere.
    pub cover_url: Option<String>,
    /// A picture that is stored here, which goes before one elsewhere.
    pub cover_media: Option<MediaName>,
    /// Pictures, films and recordings.
    #[sqlx(json)]
    pub media: Vec<Media>,
    /// When it comes out, or came out; where there is no such time, that of its creation.
    pub published_at: DateTime<Utc>,
    /// The part that its editors see.
    #[sqlx(flatten)]
    pub review: StoryReview,
}

impl Story {
    /// Its picture.
    #[must_use]
    pub fn cover(&self) -> Picture<'_> {
        Picture::new(self.cover_media.as_ref(), self.cover_url.as_deref())
    }

    /// Its position in the feed.
    #[must_use]
    pub fn position(&self) -> FeedPosition {
        FeedPosition {
            published_at: self.published_at,
            id: self.id,
        }
    }

    /// Its text as HTML that is safe in a page: without scripts, styles, foreign tags or pictures elsewhere. `origin`
    /// is the public address of this server, for readers who are elsewhere.
    #[must_use]
    pub fn body_html(&self, origin: Option<&str>) -> String {
        html(&self.body, origin)
    }
}

/// A text before it is stored: in Markdown, and as it will be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryPreview {
    /// The text in Markdown.
    pub markdown: String,
    /// The text as HTML that is safe in a page.
    pub html: String,
}

impl StoryPreview {
    /// The preview of a text in Markdown; none where no story can have it.
    #[must_use]
    pub fn new(markdown: &str) -> Option<Self> {
        let markdown = checked_body(markdown)?;
        let html = html(&markdown, None);
        Some(Self { markdown, html })
    }
}

/// A position in the feed: between two stories, or at one. A newer one is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeedPosition {
    /// The time of publication.
    pub published_at: DateTime<Utc>,
    /// The story's id, which orders those of the same time.
    pub id: StoryId,
}

impl FeedPosition {
    /// The position before all stories of a time.
    #[must_use]
    pub fn start_of(published_at: DateTime<Utc>) -> Self {
        let id = StoryId(Uuid::nil());
        Self { published_at, id }
    }

    /// The position behind all stories of a time.
    #[must_use]
    pub fn end_of(published_at: DateTime<Utc>) -> Self {
        let id = StoryId(Uuid::max());
        Self { published_at, id }
    }
}

/// The stories that a feed holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeedFilter {
    /// All of all campaigns that the public sees.
    All,
    /// A campaign's.
    Campaign(CampaignId),
    /// Stories about the nominees of a category.
    Category(CategoryId),
}

/// The direction in which a feed is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Towards older stories: the newest first.
    Older,
    /// Towards newer stories: the oldest first.
    Newer,
}

/// The page of a feed that is asked for: at most `limit` stories between two positions, next to the one that reading
/// starts at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FeedWindow {
    /// Stories at most.
    pub limit: usize,
    /// The direction of reading.
    pub direction: Direction,
    /// Only stories older than this position: the feed shows the newest first.
    pub after: Option<FeedPosition>,
    /// Only stories newer than this position.
    pub before: Option<FeedPosition>,
}

/// The page that a [`FeedWindow`] has cut out of a feed.
#[derive(Debug)]
pub struct FeedSlice {
    /// The stories, newest first.
    pub stories: Vec<Story>,
    /// Whether there are newer ones.
    pub has_previous: bool,
    /// Whether there are older ones.
    pub has_next: bool,
}

impl From<Vec<Story>> for FeedSlice {
    /// Stories that are a whole list.
    fn from(stories: Vec<Story>) -> Self {
        Self {
            stories,
            has_previous: false,
            has_next: false,
        }
    }
}

impl FeedWindow {
    /// The bound that reading starts at; none for the end of the feed.
    #[must_use]
    pub fn start(&self) -> Option<FeedPosition> {
        match self.direction {
            Direction::Older => self.after,
            Direction::Newer => self.before,
        }
    }

    /// How many stories to read: one beyond the page tells whether there are more.
    #[must_use]
    pub fn read_limit(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// Cuts the page out of the first [`read_limit`](Self::read_limit) stories from the start on, or more of them, in
    /// the direction of reading. The end that reading starts at has more stories if there is a bound: the client got it
    /// from one of them.
    #[must_use]
    pub fn cut(&self, mut read: Vec<Story>) -> FeedSlice {
        let read_count = read.len();
        read.retain(|story| self.is_within_far_bound(story.position()));
        let has_more = read.len() < read_count || read.len() > self.limit;
        read.truncate(self.limit);
        match self.direction {
            Direction::Older => FeedSlice {
                stories: read,
                has_previous: self.after.is_some(),
                has_next: has_more,
            },
            Direction::Newer => {
                read.reverse();
                FeedSlice {
                    stories: read,
                    has_previous: has_more,
                    has_next: self.before.is_some(),
                }
            }
        }
    }

    fn is_within_far_bound(&self, position: FeedPosition) -> bool {
        match self.direction {
            Direction::Older => self.before.is_none_or(|before| position > before),
            Direction::Newer => self.after.is_none_or(|after| position < after),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    /// Two stories share a time of publication: their ids order them.
    fn story(number: u8) -> Story {
        Story {
            id: StoryId(Uuid::from_u128(number.into())),
            campaign_id: CampaignId(Uuid::nil()),
            nominee_id: None,
            title: String::new(),
            summary: String::new(),
            body: String::new(),
            cover_url: None,
            cover_media: None,
            media: Vec::new(),
            published_at: DateTime::UNIX_EPOCH + TimeDelta::seconds((number / 2).into()),
            review: StoryReview::of_draft(None),
        }
    }

    fn window(
        limit: usize,
        direction: Direction,
        after: Option<u8>,
        before: Option<u8>,
    ) -> FeedWindow {
        FeedWindow {
            limit,
            direction,
            after: after.map(|number| story(number).position()),
            before: before.map(|number| story(number).position()),
        }
    }

    /// Reads a feed of the stories below `count` as the ledger does, and cuts the page out.
    fn page(window: FeedWindow, count: u8) -> (Vec<u8>, bool, bool) {
        let mut feed: Vec<Story> = (0..count).map(story).collect();
        match (window.direction, window.start()) {
            (Direction::Newer, Some(start)) => feed.retain(|story| story.position() > start),
            (Direction::Older, Some(start)) => feed.retain(|story| story.position() < start),
            (_, None) => {}
        }
        if window.direction == Direction::Older {
            feed.reverse();
        }
        feed.truncate(usize::try_from(window.read_limit()).expect("it is small"));
        let slice = window.cut(feed);
        let number = |story: &Story| u8::try_from(story.id.0.as_u128()).expect("it is small");
        let numbers = slice.stories.iter().map(number).collect();
        (numbers, slice.has_previous, slice.has_next)
    }

    #[test]
    fn pages_are_cut_from_both_ends_and_between_bounds() {
        use Direction::{Newer, Older};
        for (limit, direction, after, before, expected) in [
            (3, Older, None, None, (vec![8, 7, 6], false, true)),
            (3, Older, Some(3), None, (vec![2, 1, 0], true, false)),
            (3, Older, Some(0), None, (vec![], true, false)),
            (9, Older, None, None, ((0..9).rev().collect(), false, false)),
            (3, Older, None, Some(6), (vec![8, 7], false, true)),
            (3, Older, Some(8), Some(4), (vec![7, 6, 5], true, true)),
            (3, Newer, None, None, (vec![2, 1, 0], true, false)),
            (3, Newer, None, Some(5), (vec![8, 7, 6], false, true)),
            (3, Newer, Some(2), None, (vec![1, 0], true, false)),
            (3, Newer, Some(6), Some(2), (vec![5, 4, 3], true, true)),
        ] {
            let cut = page(window(limit, direction, after, before), 9);
            assert_eq!(cut, expected, "{limit} {direction:?} {after:?} {before:?}");
        }
    }

    proptest! {
        #[test]
        fn a_page_is_that_of_the_plain_list(
            count in 0u8..12,
            limit in 1usize..6,
            is_last: bool,
            after in prop::option::of(0u8..14),
            before in prop::option::of(0u8..14),
        ) {
            let direction = if is_last { Direction::Newer } else { Direction::Older };
            let (page, has_previous, has_next) = page(window(limit, direction, after, before), count);
            let is_older = |number: &u8| after.is_none_or(|after| *number < after);
            let is_newer = |number: &u8| before.is_none_or(|before| *number > before);
            // What lies beyond the bound that reading starts at is not looked at; what is left out elsewhere is told.
            if is_last {
                let ahead: Vec<u8> = (0..count).filter(is_newer).collect();
                let mut expected: Vec<u8> = ahead.iter().copied().filter(is_older).take(limit).collect();
                expected.reverse();
                prop_assert_eq!(has_previous, ahead.len() > expected.len());
                prop_assert_eq!(has_next, before.is_some());
                prop_assert_eq!(page, expected);
            } else {
                let ahead: Vec<u8> = (0..count).rev().filter(is_older).collect();
                let expected: Vec<u8> = ahead.iter().copied().filter(is_newer).take(limit).collect();
                prop_assert_eq!(has_previous, after.is_some());
                prop_assert_eq!(has_next, ahead.len() > expected.len());
                prop_assert_eq!(page, expected);
            }
        }
    }
}
