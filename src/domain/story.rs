//! An article in the feed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{CampaignId, CategoryId, NomineeId, StoryId};

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

impl Story {
    /// Its text as HTML that is safe in a page: without scripts, styles or foreign tags.
    #[must_use]
    pub fn body_html(&self) -> String {
        html(&self.body)
    }
}

/// Renders Markdown to HTML. HTML inside it is shown as text, and links and pictures lead to web addresses only, so that
/// the result is safe in a page.
fn html(markdown: &str) -> String {
    use pulldown_cmark::{CowStr, Event, Parser, Tag};
    let is_safe = |url: &str| {
        ["https://", "http://", "mailto:", "/", "#"]
            .iter()
            .any(|start| url.starts_with(start))
    };
    let safe = |url: CowStr<'_>| {
        if is_safe(&url) {
            url.into_string().into()
        } else {
            CowStr::Borrowed("#")
        }
    };
    let events = Parser::new(markdown).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: safe(dest_url),
            title,
            id,
        }),
        Event::Start(Tag::Image {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Image {
            link_type,
            dest_url: safe(dest_url),
            title,
            id,
        }),
        event => event,
    });
    let mut html = String::with_capacity(markdown.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

/// A place in the feed: between two stories, or at one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedPosition {
    /// Its time of publication.
    pub published_at: DateTime<Utc>,
    /// The story's id, for those of the same time.
    pub id: StoryId,
}

impl FeedPosition {
    /// The place behind all stories of a time.
    #[must_use]
    pub fn end_of(published_at: DateTime<Utc>) -> Self {
        let id = StoryId(Uuid::max());
        Self { published_at, id }
    }
}

/// Which stories a feed holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeedFilter {
    /// Those of all campaigns that the public sees.
    All,
    /// A campaign's.
    Campaign(CampaignId),
    /// Those about the nominees of a category.
    Category(CategoryId),
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn markdown_becomes_html_without_anything_active() {
        assert_eq!(
            html("## 标题\n\n*好* [a](https://x.example)"),
            "<h2>标题</h2>\n<p><em>好</em> <a href=\"https://x.example\">a</a></p>\n"
        );
        let hostile = html(
            "<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![y](data:text/html,z) <b onclick=1>b</b>",
        );
        for active in ["<script", "javascript:", "data:", "<b"] {
            assert!(!hostile.contains(active), "{active} in {hostile}");
        }
    }
}
