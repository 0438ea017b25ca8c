//! Stories and the feed.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::Nominee;
use super::scalars::{Long, Timestamp};
use crate::app::App;
use crate::auth::keyed_hash::HashKey;
use crate::domain::story as domain;
use crate::domain::story::{FeedFilter, FeedPosition};
use crate::error::Error;
use crate::graphql::connection::{PageArgs, PageInfo};
use crate::graphql::node_id::{Cursor, GlobalId};
use crate::graphql::page::StoryPage;
use crate::graphql::{Nullable, RequestContext, app};
use crate::ledger::story::{Direction, FeedPage, list_feed};

/// The format of a story's text.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum StoryFormat {
    /// Markdown (`CommonMark`), as it was written.
    Markdown,
    /// HTML without scripts, styles or foreign tags.
    Html,
}

/// What a medium is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::MediaKind")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A recording.
    Audio,
}

/// A picture, film or recording that belongs to a story.
#[derive(SimpleObject)]
pub struct Media {
    /// What it is.
    kind: MediaKind,
    /// Where it is.
    url: String,
    /// What it shows.
    title: String,
}

/// A story on the page that it is shown on.
#[derive(Clone)]
pub struct Story {
    page: Arc<StoryPage>,
    index: usize,
}

impl Story {
    /// The story at this index of the page.
    #[must_use]
    pub fn new(page: Arc<StoryPage>, index: usize) -> Self {
        Self { page, index }
    }

    /// A story shown standalone.
    #[must_use]
    pub fn standalone(ctx: &Context<'_>, story: domain::Story) -> Self {
        Self {
            page: StoryPage::new(ctx, vec![story]),
            index: 0,
        }
    }

    /// The same, without a resolver's own context.
    #[must_use]
    pub fn without_context(
        app: &Arc<App>,
        requester: &RequestContext,
        story: domain::Story,
    ) -> Self {
        Self {
            page: StoryPage::of(app, requester.viewer, vec![story]),
            index: 0,
        }
    }

    fn story(&self) -> &domain::Story {
        &self.page.stories[self.index]
    }

    fn position(&self) -> FeedPosition {
        FeedPosition {
            published_at: self.story().published_at,
            id: self.story().id,
        }
    }
}

/// An article in the feed.
#[Object]
impl Story {
    /// Its id.
    pub async fn id(&self) -> ID {
        GlobalId::Story(self.story().id).encode(&self.page.shared.app.hash_key)
    }

    /// Its headline.
    async fn title(&self) -> &str {
        &self.story().title
    }

    /// What it says, in a sentence or two.
    async fn summary(&self) -> &str {
        &self.story().summary
    }

    /// Its text.
    async fn body(
        &self,
        #[graphql(desc = "The format.", default_with = "StoryFormat::Markdown")]
        format: StoryFormat,
    ) -> String {
        match format {
            StoryFormat::Markdown => self.story().body.clone(),
            StoryFormat::Html => self.story().body_html(),
        }
    }

    /// Address of a picture.
    async fn cover_url(&self) -> Option<&str> {
        self.story().cover_url.as_deref()
    }

    /// Pictures, films and recordings.
    async fn media(&self) -> Vec<Media> {
        let media = |m: &domain::Media| Media {
            kind: m.kind.into(),
            url: m.url.clone(),
            title: m.title.clone(),
        };
        self.story().media.iter().map(media).collect()
    }

    /// The nominee it is about; null for the campaign's own stories.
    async fn nominee(&self) -> Option<Nominee> {
        let (page, index) = self.page.shared.nominee(self.story().nominee_id?)?;
        Some(Nominee::new(page, index))
    }

    /// When it came out.
    async fn published_at(&self) -> Timestamp {
        Timestamp(self.story().published_at)
    }

    /// How many voters like it.
    pub async fn like_count(&self) -> Result<Long> {
        let shared = &self.page.shared;
        Ok(Long(
            shared
                .subjects
                .counter(&shared.app, self.story().id.into())
                .await?
                .likes,
        ))
    }

    /// How often it was viewed.
    pub async fn view_count(&self) -> Result<Long> {
        let shared = &self.page.shared;
        Ok(Long(
            shared
                .subjects
                .counter(&shared.app, self.story().id.into())
                .await?
                .views,
        ))
    }

    /// Whether the viewer likes it; null unless it is a voter.
    pub async fn viewer_has_liked(&self) -> Nullable<bool> {
        let (shared, id) = (&self.page.shared, self.story().id.into());
        let is_liked = shared
            .subjects
            .is_liked(&shared.app, shared.viewer, id)
            .await;
        Some(is_liked.transpose()?.map_err(Into::into))
    }
}

/// A story in a feed.
#[derive(SimpleObject)]
pub struct StoryEdge {
    /// Its place in the feed.
    cursor: String,
    /// The story.
    node: Story,
}

/// A page of stories.
#[derive(SimpleObject)]
pub struct StoryConnection {
    /// The stories with their cursors.
    edges: Vec<StoryEdge>,
    /// The stories.
    nodes: Vec<Story>,
    /// Where the page begins and ends.
    page_info: PageInfo,
}

impl StoryConnection {
    /// The first `limit` stories of a page that may have more.
    #[must_use]
    pub fn first_of(
        key: &HashKey,
        page: Option<&Arc<StoryPage>>,
        limit: usize,
        has_previous: bool,
    ) -> Self {
        let has_next = page.as_ref().is_some_and(|page| page.stories.len() > limit);
        let nodes: Vec<Story> = page
            .iter()
            .flat_map(|page| {
                (0..page.stories.len().min(limit)).map(|index| Story::new(Arc::clone(page), index))
            })
            .collect();
        Self::new(key, nodes, has_previous, has_next)
    }

    fn new(key: &HashKey, nodes: Vec<Story>, has_previous_page: bool, has_next_page: bool) -> Self {
        let edge = |node: &Story| StoryEdge {
            cursor: Cursor::Story(node.position()).encode(key),
            node: node.clone(),
        };
        let edges: Vec<StoryEdge> = nodes.iter().map(edge).collect();
        let cursors = edges.iter().map(|edge| &edge.cursor);
        let page_info = PageInfo::of(has_previous_page, has_next_page, cursors);
        Self {
            edges,
            nodes,
            page_info,
        }
    }
}

/// Reads a cursor of a feed.
///
/// # Errors
/// [`Error::BadUserInput`] for any other text.
pub fn position(key: &HashKey, text: &str) -> crate::error::Result<FeedPosition> {
    match Cursor::decode(key, text)? {
        Cursor::Story(position) => Ok(position),
        _ => Err(Error::BadUserInput(
            "This cursor belongs to another list.".into(),
        )),
    }
}

/// A page of a feed, newest first.
///
/// # Errors
/// Bad arguments, and when the database is away.
pub async fn list_stories(
    ctx: &Context<'_>,
    of: FeedFilter,
    args: PageArgs,
) -> Result<StoryConnection> {
    let app = app(ctx);
    let place = |text: &String| position(&app.hash_key, text);
    let after = args.after.as_ref().map(place).transpose()?;
    let before = args.before.as_ref().map(place).transpose()?;
    let limit = i64::try_from(args.limit + 1).unwrap_or(i64::MAX);
    let now = app.clock.now();
    // Read from the end that the page starts at; the other bound cuts what was read.
    let from = if args.is_last { before } else { after };
    let page = FeedPage {
        filter: of,
        now,
        from,
        direction: if args.is_last {
            Direction::Newer
        } else {
            Direction::Older
        },
        limit,
    };
    let mut stories = list_feed(&app.database, page).await.map_err(Error::from)?;
    let key_of = |story: &domain::Story| (story.published_at, story.id);
    let read = stories.len();
    if let Some(bound) = if args.is_last { after } else { before } {
        let bound = (bound.published_at, bound.id);
        stories.retain(|story| {
            if args.is_last {
                key_of(story) < bound
            } else {
                key_of(story) > bound
            }
        });
    }
    // Beyond the page there is what was read and cut off, by the other bound or by the limit.
    let has_more = read > stories.len() || stories.len() > args.limit;
    stories.truncate(args.limit);
    if args.is_last {
        stories.reverse();
    }
    let (has_previous, has_next) = if args.is_last {
        (has_more, before.is_some())
    } else {
        (after.is_some(), has_more)
    };
    let page = StoryPage::new(ctx, stories);
    let nodes = (0..page.stories.len())
        .map(|index| Story::new(Arc::clone(&page), index))
        .collect();
    Ok(StoryConnection::new(
        &app.hash_key,
        nodes,
        has_previous,
        has_next,
    ))
}
