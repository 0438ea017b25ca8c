//! Likes: the use case of `setLike`. Idempotent: the second change of the same kind changes nothing.

use futures_util::future::try_join_all;
use uuid::Uuid;

use super::App;
use crate::auth::Viewer;
use crate::error::Result;
use crate::hot::{Action, BucketOwner};
use crate::id::{CampaignId, NomineeId, StoryId, SubjectId, VoterId};
use crate::ledger;
use crate::ledger::like::LikeChange;

/// Likes of a voter that are moved to another one at once.
const MOVED_TOGETHER: usize = 64;

/// A nominee or story: each can be liked and viewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeable {
    /// A nominee.
    Nominee(NomineeId),
    /// A story.
    Story(StoryId),
}

impl Likeable {
    /// The id that likes and views are stored under.
    #[must_use]
    pub fn subject_id(self) -> SubjectId {
        match self {
            Self::Nominee(id) => id.into(),
            Self::Story(id) => id.into(),
        }
    }
}

impl App {
    /// Makes the voter like `subject`, or not, and returns after the commit; `false` when there is no such subject.
    pub async fn set_like(&self, viewer: Viewer, subject: Likeable, liked: bool) -> Result<bool> {
        let voter_id = viewer.require_voter()?;
        self.hot
            .take(Action::Like, BucketOwner::Voter(voter_id))
            .await?;
        let Some(campaign_id) = self.find_campaign_of(viewer, subject).await? else {
            return Ok(false);
        };
        let change = LikeChange {
            voter_id,
            subject_id: subject.subject_id(),
            campaign_id,
            liked,
        };
        self.writer.like(change).await?;
        Ok(true)
    }

    /// Moves the likes of a voter who turned out to be another one: what both liked is liked once. What is not moved
    /// when it breaks off is shown as the other's all the same.
    pub(super) async fn move_likes(&self, from: VoterId, to: VoterId) -> Result<()> {
        let likes = ledger::like::list_all(&self.database, from).await?;
        let change = |voter_id, subject_id, campaign_id, liked| LikeChange {
            voter_id,
            subject_id,
            campaign_id,
            liked,
        };
        for likes in likes.chunks(MOVED_TOGETHER) {
            let moves = likes.iter().flat_map(|&(subject_id, campaign_id)| {
                let to = change(to, subject_id, campaign_id, true);
                let from = change(from, subject_id, campaign_id, false);
                [self.writer.like(to), self.writer.like(from)]
            });
            try_join_all(moves).await?;
        }
        Ok(())
    }

    /// The campaign of a subject that `viewer` may see at this moment: a story is read, since it may have been
    /// retracted or moved after it was out.
    async fn find_campaign_of(
        &self,
        viewer: Viewer,
        subject: Likeable,
    ) -> Result<Option<CampaignId>> {
        match subject {
            Likeable::Nominee(_) => Ok(self.find_campaigns_of(viewer, &[subject]).await?[0]),
            Likeable::Story(id) => {
                let stories = Box::pin(self.find_stories(viewer, vec![id])).await?;
                Ok(stories.first().map(|story| story.campaign_id))
            }
        }
    }

    /// The campaign of each subject that `viewer` may see now, in the order of `subjects`. Stories that are not
    /// remembered take one statement.
    pub(super) async fn find_campaigns_of(
        &self,
        viewer: Viewer,
        subjects: &[Likeable],
    ) -> Result<Vec<Option<CampaignId>>> {
        let catalog = self.campaigns.catalog();
        let mut unknown = Vec::new();
        for subject in subjects {
            if let Likeable::Story(id) = subject
                && self.remembered_campaign(*id).is_none()
            {
                unknown.push(id.0);
            }
        }
        if !unknown.is_empty() {
            Box::pin(self.remember_stories(unknown)).await?;
        }
        let campaigns = subjects.iter().map(|subject| match *subject {
            Likeable::Nominee(id) => {
                let found = catalog.find_by_nominee(id, viewer);
                found.map(|(roster, _)| roster.campaign().id)
            }
            Likeable::Story(id) => {
                let campaign = self.remembered_campaign(id);
                campaign.filter(|campaign| catalog.find(*campaign, viewer).is_some())
            }
        });
        Ok(campaigns.collect())
    }

    fn remembered_campaign(&self, id: StoryId) -> Option<CampaignId> {
        self.stories.peek(&id, |campaign| *campaign).flatten()
    }

    async fn remember_stories(&self, ids: Vec<Uuid>) -> Result<()> {
        let read = ledger::story::list_by_ids(&self.database, ids).await?;
        for story in self.readable_stories(read) {
            // A story that is not out may still be moved, and may not be seen. One that is taken back moves its
            // campaign, whose reload forgets all.
            if story.is_out(self.clock.now()) {
                let campaign = Some(story.campaign_id);
                self.stories.with(&story.id, |held| *held = campaign);
            }
        }
        Ok(())
    }
}
