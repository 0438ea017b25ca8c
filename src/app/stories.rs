//! Stories by id, as a viewer may see them, and those that cannot be read.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use parking_lot::Mutex;
use uuid::Uuid;

use super::{App, Client};
use crate::auth::Viewer;
use crate::domain::access::Action;
use crate::domain::story::pasted::markdown_of;
use crate::domain::story::{Story, StoryPreview};
use crate::error::{Error, Result};
use crate::id::{OrganisationId, StoryId};
use crate::ledger::UnreadableRow;
use crate::ledger::story::{self, ReadStories};

/// Bytes of a text that a preview goes through for a unit of the cost of operations, 10 us of one core.
const PREVIEWED_PER_UNIT: usize = 100;

/// A text that somebody is writing.
#[derive(Debug, Clone)]
pub enum WrittenText {
    /// In Markdown.
    Markdown(String),
    /// As it was pasted from a page.
    Pasted(String),
}

/// Unreadable stories that are remembered: more tell nothing that these do not.
const UNREADABLE_MAX: usize = 1_000;

/// The stories that were met and cannot be read, by id; those whose id cannot be read either are one.
#[derive(Debug, Default)]
pub(super) struct UnreadableStories(Mutex<BTreeMap<Option<Uuid>, UnreadableRow>>);

impl UnreadableStories {
    /// Their ids, as far as these can be read.
    fn ids(&self) -> Vec<Uuid> {
        self.0.lock().keys().copied().flatten().collect()
    }

    /// Remembers rows that were left out, and names them in the log once a change.
    fn note(&self, rows: Vec<UnreadableRow>) {
        let mut held = self.0.lock();
        for row in rows {
            let has_room = held.len() < UNREADABLE_MAX;
            match held.entry(row.id) {
                Entry::Occupied(known) if *known.get() == row => continue,
                Entry::Occupied(mut known) => _ = known.insert(row.clone()),
                Entry::Vacant(new) if has_room => _ = new.insert(row.clone()),
                Entry::Vacant(_) => continue,
            }
            let cause = &row.cause;
            tracing::error!(%row, cause, "a story cannot be read and is left out until it is mended");
        }
    }

    /// Forgets those of `ids` that are not in `unreadable` any more.
    fn forget_mended(&self, ids: &[Uuid], unreadable: &[UnreadableRow]) {
        let mut held = self.0.lock();
        let is_unreadable = |id: Uuid| unreadable.iter().any(|row| row.id == Some(id));
        held.retain(|id, _| id.is_none_or(|id| !ids.contains(&id) || is_unreadable(id)));
    }
}

impl App {
    /// The stories that could be read; the others are named.
    pub fn readable_stories(&self, read: ReadStories) -> Vec<Story> {
        self.unreadable_stories.note(read.unreadable);
        read.stories
    }

    /// The number of stories that cannot be read, as far as they were met.
    #[must_use]
    pub fn unreadable_story_count(&self) -> usize {
        self.unreadable_stories.0.lock().len()
    }

    /// Their ids, as far as these can be read.
    #[must_use]
    pub fn unreadable_story_ids(&self) -> Vec<Uuid> {
        self.unreadable_stories.ids()
    }

    /// Looks again at the stories that could not be read; without any it asks for nothing.
    pub async fn review_unreadable_stories(&self) -> Result<()> {
        let ids = self.unreadable_stories.ids();
        if ids.is_empty() {
            return Ok(());
        }
        let read = story::list_by_ids(&self.database, ids.clone()).await?;
        self.unreadable_stories
            .forget_mended(&ids, &read.unreadable);
        for mended in &read.stories {
            self.public_changes.add(mended.campaign_id);
        }
        self.unreadable_stories.note(read.unreadable);
        Ok(())
    }

    /// The preview of a text to a member who may write stories in this organisation. It is charged by its length.
    pub async fn preview_story(
        &self,
        (viewer, client): (Viewer, &Client),
        organisation_id: OrganisationId,
        text: WrittenText,
    ) -> Result<StoryPreview> {
        if !self.may(viewer, organisation_id, Action::WriteStories) {
            return Err(Error::Forbidden(
                "Your role in the organisation does not allow this.",
            ));
        }
        let (WrittenText::Markdown(written) | WrittenText::Pasted(written)) = &text;
        let cost = written.len() / PREVIEWED_PER_UNIT;
        self.charge(viewer, client, u32::try_from(cost).unwrap_or(u32::MAX))?;
        // A long one takes some milliseconds, in which nothing waits.
        let making = tokio::task::spawn_blocking(move || {
            let markdown = match text {
                WrittenText::Markdown(markdown) => Some(markdown),
                WrittenText::Pasted(html) => markdown_of(&html),
            };
            StoryPreview::new(&markdown?)
        });
        let made = making.await.map_err(Error::internal)?;
        made.ok_or_else(|| {
            Error::BadUserInput(
                "A text has at most 100,000 characters, all of which can be printed, and tags have few attributes."
                    .into(),
            )
        })
    }

    /// The stories of `ids` that `viewer` may see now: those that are out, in campaigns that are shown; all for members
    /// of their organisation.
    pub async fn find_stories(&self, viewer: Viewer, ids: Vec<StoryId>) -> Result<Vec<Story>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = ids.into_iter().map(|id| id.0).collect();
        let read = story::list_by_ids(&self.database, ids).await?;
        let mut stories = self.readable_stories(read);
        let catalog = self.campaigns.catalog();
        let now = self.clock.now();
        stories.retain(|story| {
            let Some(roster) = catalog.find(story.campaign_id, viewer) else {
                return false;
            };
            let organisation_id = roster.campaign().organisation_id;
            story.is_out(now) || catalog.may(viewer, organisation_id, Action::ReadDrafts)
        });
        Ok(stories)
    }
}
