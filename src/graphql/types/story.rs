//! Stories and the feed.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::Nominee;
use super::media::PictureSize;
use super::scalars::{Long, Timestamp};
use super::story_desk::StoryDesk;
use crate::app::App;
use crate::auth::Viewer;
use crate::auth::keyed_hash::HashKey;
use crate::domain::access::Action;
use crate::domain::story as domain;
use crate::domain::story::{Direction, FeedFilter, FeedWindow};
use crate::error::{self, Error};
use crate::graphql::connection::{Connection, PageArgs, PageInfo, PageSlice, decode_cursor};
use crate::graphql::node_id::{Cursor, GlobalId};
use crate::graphql::page::StoryPage;
use crate::graphql::{Nullable, app};
use crate::id::StoryId;
use crate::ledger::story::{FeedPage, list_feed};

/// The format of a story's text.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoryFormat {
    /// Markdown (`CommonMark`), as it was written.
    Markdown,
    /// HTML without scripts, styles or foreign tags, and with pictures that are stored here only.
    Html,
}

/// The kind of a medium.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::MediaKind")]
pub(super) enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A recording.
    Audio,
}

/// A picture, film or recording that belongs to a story.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Media {
    /// Its kind.
    kind: MediaKind,
    /// Its address.
    url: String,
    /// A line on what it shows.
    title: String,
}

impl Media {
    /// A medium with its address; none where that is none that clients may open.
    pub(in crate::graphql) fn new(app: &App, medium: &domain::Media) -> Option<Self> {
        Some(Self {
            kind: medium.kind.into(),
            url: medium.address(app.public_url.as_deref())?,
            title: medium.title.clone(),
        })
    }
}

/// A story on the page that it is shown on.
#[derive(Clone)]
pub(in crate::graphql) struct Story {
    page: Arc<StoryPage>,
    index: usize,
}

impl Story {
    /// The story at this index of the page.
    pub(in crate::graphql) fn new(page: Arc<StoryPage>, index: usize) -> Self {
        Self { page, index }
    }

    /// A story on a page of its own.
    pub(in crate::graphql) fn on_own_page(ctx: &Context<'_>, story: domain::Story) -> Self {
        Self::new(StoryPage::new(ctx, vec![story]), 0)
    }

    /// A story on a page of its own, for a viewer who has no resolver's context.
    pub(in crate::graphql) fn for_viewer(
        app: &Arc<App>,
        viewer: Viewer,
        story: domain::Story,
    ) -> Self {
        Self::new(StoryPage::for_viewer(app, viewer, vec![story]), 0)
    }

    /// The stories of one page, by their ids.
    pub(in crate::graphql) fn on_one_page(
        ctx: &Context<'_>,
        stories: Vec<domain::Story>,
    ) -> HashMap<StoryId, Self> {
        let page = StoryPage::new(ctx, stories);
        let on_page = |(index, story): (usize, &domain::Story)| {
            (story.id, Self::new(Arc::clone(&page), index))
        };
        page.slice.stories.iter().enumerate().map(on_page).collect()
    }

    fn story(&self) -> &domain::Story {
        &self.page.slice.stories[self.index]
    }

    /// The story beside it in the feed of its campaign.
    async fn neighbour(&self, direction: Direction) -> Result<Option<Self>> {
        let shared = &self.page.shared;
        let page = FeedPage {
            filter: FeedFilter::Campaign(self.story().campaign_id),
            now: shared.app.clock.now(),
            from: Some(self.story().position()),
            direction,
            limit: 1,
        };
        let read = list_feed(&shared.app.database, page).await;
        let stories = shared.app.readable_stories(read.map_err(Error::from)?);
        let found = stories.into_iter().next();
        Ok(found.map(|story| Self::for_viewer(&shared.app, shared.viewer, story)))
    }
}

/// An article in the feed.
#[Object]
impl Story {
    /// Its id.
    pub(super) async fn id(&self) -> ID {
        GlobalId::Story(self.story().id).encode(&self.page.shared.app.hash_key)
    }

    /// Its headline.
    async fn title(&self) -> &str {
        &self.story().title
    }

    /// A sentence or two on its content.
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
            StoryFormat::Html => {
                let origin = self.page.shared.app.public_url.as_deref();
                self.story().body_html(origin)
            }
        }
    }

    /// Address of a picture; one that is stored here has a path of this server where the server's public address is
    /// not set.
    async fn cover_url(
        &self,
        #[graphql(
            desc = "The size of a picture that is stored here.",
            default_with = "PictureSize::Large"
        )]
        size: PictureSize,
    ) -> Option<String> {
        size.address(&self.page.shared.app, self.story().cover())
    }

    /// Pictures, films and recordings.
    async fn media(&self) -> Vec<Media> {
        let app = &self.page.shared.app;
        let media = self.story().media.iter();
        media.filter_map(|medium| Media::new(app, medium)).collect()
    }

    /// The nominee it is about; null for the campaign's own stories.
    async fn nominee(&self) -> Option<Nominee> {
        let (page, index) = self.page.shared.nominee(self.story().nominee_id?)?;
        Some(Nominee::new(page, index))
    }

    /// The side that its organisation sees; null for others.
    async fn desk(&self) -> Option<StoryDesk> {
        let shared = &self.page.shared;
        let story = self.story();
        let catalog = shared.app.campaigns.catalog();
        let roster = catalog.find(story.campaign_id, shared.viewer)?;
        let organisation_id = roster.campaign().organisation_id;
        catalog
            .may(shared.viewer, organisation_id, Action::ReadDrafts)
            .then(|| StoryDesk::new(&shared.app, organisation_id, shared.viewer.staff(), story))
    }

    /// When it came out. For its organisation, which sees it before: when it will, else when it was made.
    async fn published_at(&self) -> Timestamp {
        Timestamp(self.story().published_at)
    }

    /// The story that came out next in its campaign; null for the newest.
    async fn newer(&self) -> Result<Option<Self>> {
        self.neighbour(Direction::Newer).await
    }

    /// The story that came out before it in its campaign; null for the oldest.
    async fn older(&self) -> Result<Option<Self>> {
        self.neighbour(Direction::Older).await
    }

    /// The number of voters who like it.
    pub(super) async fn like_count(&self) -> Result<Long> {
        let likes = self.page.shared.counters.likes(self.story().id).await?;
        Ok(Long(likes))
    }

    /// The number of its views.
    pub(super) async fn view_count(&self) -> Result<Long> {
        let views = self.page.shared.counters.views(self.story().id).await?;
        Ok(Long(views))
    }

    /// Whether the viewer likes it; null unless it is a voter.
    pub(super) async fn viewer_has_liked(&self) -> Nullable<bool> {
        self.page.shared.counters.is_liked(self.story().id).await
    }
}

/// A story in a feed.
#[derive(SimpleObject)]
pub(super) struct StoryEdge {
    /// Its position in the feed.
    cursor: String,
    /// The story.
    node: Story,
}

/// A page of stories.
#[derive(SimpleObject)]
pub(in crate::graphql) struct StoryConnection {
    /// The stories with their cursors.
    edges: Vec<StoryEdge>,
    /// The stories.
    nodes: Vec<Story>,
    /// The bounds of the page.
    page_info: PageInfo,
}

impl StoryConnection {
    /// The stories of a page.
    pub(super) fn new(key: &HashKey, page: &Arc<StoryPage>) -> Self {
        let slice = PageSlice {
            entries: (0..page.slice.stories.len()).collect(),
            has_previous: page.slice.has_previous,
            has_next: page.slice.has_next,
        };
        let to_node = |index| {
            let node = Story::new(Arc::clone(page), index);
            (Cursor::Story(node.story().position()).encode(key), node)
        };
        let Connection {
            edges,
            nodes,
            page_info,
        } = Connection::new(slice, to_node, |cursor, node| StoryEdge { cursor, node });
        Self {
            edges,
            nodes,
            page_info,
        }
    }
}

/// The window of a feed that a client asks for.
pub(super) fn feed_window(key: &HashKey, args: &PageArgs) -> error::Result<FeedWindow> {
    let position = |cursor| match cursor {
        Cursor::Story(position) => Some(position),
        _ => None,
    };
    Ok(FeedWindow {
        limit: args.limit,
        direction: if args.is_last {
            Direction::Newer
        } else {
            Direction::Older
        },
        after: decode_cursor(key, args.after.as_ref(), position)?,
        before: decode_cursor(key, args.before.as_ref(), position)?,
    })
}

/// A page of a feed, newest first.
pub(in crate::graphql) async fn list_stories(
    ctx: &Context<'_>,
    filter: FeedFilter,
    args: PageArgs,
) -> Result<StoryConnection> {
    let app = app(ctx);
    let window = feed_window(&app.hash_key, &args)?;
    let page = FeedPage {
        filter,
        now: app.clock.now(),
        from: window.start(),
        direction: window.direction,
        limit: window.read_limit(),
    };
    let read = list_feed(&app.database, page).await.map_err(Error::from)?;
    let page = StoryPage::new(ctx, window.cut(app.readable_stories(read)));
    Ok(StoryConnection::new(&app.hash_key, &page))
}
