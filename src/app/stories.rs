//! Stories by id, as a viewer may see them.

use super::App;
use crate::auth::Viewer;
use crate::domain::story::Story;
use crate::error::Result;
use crate::id::StoryId;
use crate::ledger;

impl App {
    /// The stories of `ids` that `viewer` may see now: those that are out, in campaigns that are shown.
    pub async fn find_stories(&self, viewer: Viewer, ids: Vec<StoryId>) -> Result<Vec<Story>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = ids.into_iter().map(|id| id.0).collect();
        let mut stories = ledger::story::list_by_ids(&self.database, ids).await?;
        let catalog = self.campaigns.catalog();
        let now = self.clock.now();
        stories.retain(|story| {
            (story.published_at <= now || viewer.is_staff())
                && catalog.find(story.campaign_id, viewer).is_some()
        });
        Ok(stories)
    }
}
