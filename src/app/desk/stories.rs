//! Stories: written, handed in, approved by another than their author, taken back. They are scheduled in `schedule`.

use uuid::Uuid;

use super::{Answer, Attempt, Desk, Edit, Event, Rejection, Subject, checked_reason, refuse};
use crate::app::{App, Client};
use crate::auth::Viewer;
use crate::domain::access::Action;
use crate::domain::campaign::{Campaign, Phase};
use crate::domain::field::FieldFault;
use crate::domain::story::Story;
use crate::domain::story::fields::{StoryField, StoryFields};
use crate::domain::story::life::{
    StoryContent, StoryRefusal, StoryReview, StoryState, StoryStep, TextCheck,
};
use crate::error::{Error, Result};
use crate::id::{CampaignId, NomineeId, StoryId};
use crate::ledger::audit::SubjectKind;
use crate::ledger::{campaign, nominee, story_edit};

/// A story that is to be written.
#[derive(Debug, Clone)]
pub struct NewStory {
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// The nominee it is about; none for the campaign's own.
    pub nominee_id: Option<NomineeId>,
    /// Its texts.
    pub fields: StoryFields,
    /// The key that makes a repetition the same.
    pub idempotency_key: Option<Uuid>,
}

/// A step of a story's life, as somebody wants to make it.
#[derive(Debug, Clone, Copy)]
pub struct StoryStepEdit<'a> {
    /// The revision that it rests on; none to make it whatever was changed.
    pub expected_revision: Option<i64>,
    /// The step.
    pub step: StoryStep,
    /// The reason, which a rejection must have.
    pub reason: Option<&'a str>,
}

/// The word of the content service on the text that a story had at a revision.
type Checked = Option<(i64, TextCheck)>;

/// The rejections of fields that cannot be taken.
#[allow(
    clippy::unnecessary_wraps,
    reason = "it ends use cases, which fail in other ways, too"
)]
fn reject_fields<T>(faults: Vec<FieldFault<StoryField>>) -> Result<Answer<T, StoryRefusal>> {
    let rejections = faults.into_iter().map(|fault| Rejection {
        why: StoryRefusal::InvalidField(fault.field, fault.reason),
        field: Some(fault.field.name()),
    });
    Ok(Err(rejections.collect()))
}

impl StoryStep {
    fn name(self) -> &'static str {
        match self {
            Self::Submit => "story.submit",
            Self::Approve => "story.approve",
            Self::Reject => "story.reject",
            Self::Publish => "story.publish",
            Self::Retract => "story.retract",
        }
    }

    fn right(self) -> Action {
        match self {
            Self::Submit => Action::WriteStories,
            Self::Approve | Self::Reject | Self::Publish | Self::Retract => Action::ReviewStories,
        }
    }
}

impl Desk<'_> {
    /// Makes a draft; returns its id. A repetition with the same key returns the id of the first.
    pub async fn create_story(&self, new: NewStory) -> Result<Answer<StoryId, StoryRefusal>> {
        let id = StoryId::new();
        let attempt = Attempt {
            name: "story.create",
            right: Action::WriteStories,
            subject: Subject::new(SubjectKind::Campaign, new.campaign_id.0, ""),
        };
        let mut edit = self.open_campaign(new.campaign_id, &attempt).await?;
        let key = new.idempotency_key;
        if let Some(earlier) = self.claim_creation(&mut edit, key, id.0).await? {
            let earlier = StoryId(earlier);
            return match story_edit::find_locked(edit.tx(), earlier).await? {
                Some(found) if found.campaign_id == new.campaign_id => Ok(Ok(earlier)),
                _ => refuse(StoryRefusal::IdempotencyKeyReused, "idempotencyKey"),
            };
        }
        let fields = match new.fields.checked() {
            Ok(fields) => fields,
            Err(faults) => return reject_fields(faults),
        };
        let made = Story {
            id,
            campaign_id: new.campaign_id,
            nominee_id: new.nominee_id,
            title: fields.title,
            summary: fields.summary,
            body: fields.body,
            cover_url: None,
            cover_media: None,
            media: Vec::new(),
            published_at: edit.now,
            review: StoryReview::of_draft(self.staff_id()),
        };
        if let Some((why, field)) = edit.find_obstacle(&made).await? {
            return refuse(why, field);
        }
        story_edit::insert(edit.tx(), &made).await?;
        let event = Event::new(attempt.name, subject_of(&made), made.changes_since(None));
        edit.commit(event.at_revision(1)).await?;
        Ok(Ok(id))
    }

    /// Edits a story: what was approved goes back to review, and is not shown until somebody approves it again.
    async fn update_story(
        &self,
        id: StoryId,
        expected_revision: i64,
        checked: Checked,
        change: impl FnOnce(&mut StoryContent),
    ) -> Result<Answer<(), StoryRefusal>> {
        let (mut edit, before) = self
            .open_story("story.update", Action::WriteStories, id)
            .await?;
        if before.review.edit_revision != expected_revision {
            return refuse(StoryRefusal::StaleObject, "expectedRevision");
        }
        let mut content = before.content();
        change(&mut content);
        content.fields = match content.fields.checked() {
            Ok(fields) => fields,
            Err(faults) => return reject_fields(faults),
        };
        let mut after = match before.edited(content, self.staff_id(), edit.now) {
            Ok(after) => after,
            Err(why) => return refuse(why, "storyId"),
        };
        let is_same = (
            before.nominee_id,
            &before.title,
            &before.summary,
            &before.body,
        ) == (after.nominee_id, &after.title, &after.summary, &after.body);
        if is_same {
            return Ok(Ok(()));
        }
        after.note_check(&before, checked);
        if let Some((why, field)) = edit.find_obstacle(&after).await? {
            return refuse(why, field);
        }
        edit.commit_story("story.update", &before, after, None)
            .await?;
        Ok(Ok(()))
    }

    /// Takes a picture, film or recording away from a story. One that was approved goes back to review.
    pub async fn remove_story_media(
        &self,
        id: StoryId,
        expected_revision: i64,
        url: &str,
    ) -> Result<Answer<(), StoryRefusal>> {
        let (mut edit, before) = self
            .open_story("story.update", Action::WriteStories, id)
            .await?;
        if before.review.edit_revision != expected_revision {
            return refuse(StoryRefusal::StaleObject, "expectedRevision");
        }
        let mut content = before.content();
        content.media.retain(|medium| medium.url != url);
        if content.media.len() == before.media.len() {
            return refuse(StoryRefusal::MediaNotFound, "url");
        }
        let mut after = match before.edited(content, self.staff_id(), edit.now) {
            Ok(after) => after,
            Err(why) => return refuse(why, "storyId"),
        };
        after.review.text_check = before.review.text_check;
        if let Some((why, _)) = edit.find_obstacle(&after).await? {
            return refuse(why, "storyId");
        }
        edit.commit_story("story.update", &before, after, None)
            .await?;
        Ok(Ok(()))
    }

    /// Makes a step of a story's life.
    async fn step_story(
        &self,
        id: StoryId,
        wish: StoryStepEdit<'_>,
        checked: Checked,
    ) -> Result<Answer<(), StoryRefusal>> {
        let (name, right) = (wish.step.name(), wish.step.right());
        let (mut edit, before) = self.open_story(name, right, id).await?;
        let revision = before.review.edit_revision;
        if wish
            .expected_revision
            .is_some_and(|expected| expected != revision)
        {
            return refuse(StoryRefusal::StaleObject, "expectedRevision");
        }
        let reason = match (wish.reason, wish.step) {
            (None, StoryStep::Reject) => return refuse(StoryRefusal::ReasonRequired, "reason"),
            (None, _) => None,
            (Some(reason), _) => match checked_reason(reason) {
                Some(reason) => Some(reason),
                None => return refuse(StoryRefusal::ReasonRequired, "reason"),
            },
        };
        let (actor, now) = (self.staff_id(), edit.now);
        let mut after = match before.after_step(wish.step, actor, reason.as_deref(), now) {
            Ok(after) => after,
            Err(why) => return refuse(why, "storyId"),
        };
        if wish.step == StoryStep::Submit {
            after.note_check(&before, checked);
        }
        // What must not be read any longer is taken back from an archive, too.
        if wish.step != StoryStep::Retract
            && let Some((why, _)) = edit.find_obstacle(&after).await?
        {
            return refuse(why, "storyId");
        }
        edit.commit_story(name, &before, after, reason).await?;
        Ok(Ok(()))
    }

    /// Opens a change of a story, whose campaign is locked first: always in this order.
    pub(super) async fn open_story(
        &self,
        name: &'static str,
        right: Action,
        id: StoryId,
    ) -> Result<(Edit, Story)> {
        let attempt = Attempt {
            name,
            right,
            subject: Subject::new(SubjectKind::Story, id.0, ""),
        };
        let campaign_id = story_edit::find_campaign_of(self.database, id).await?;
        let campaign_id = campaign_id.ok_or(Error::NotFound("story"))?;
        let mut edit = self.open_campaign(campaign_id, &attempt).await?;
        let found = story_edit::find_locked(edit.tx(), id).await?;
        let found = found.filter(|found| found.campaign_id == campaign_id);
        Ok((edit, found.ok_or(Error::NotFound("story"))?))
    }
}

impl Edit {
    /// A campaign, unless it is kept for the record only.
    pub(super) async fn find_unarchived(&mut self, id: CampaignId) -> Result<Option<Campaign>> {
        let found: Option<Campaign> = campaign::find_locked(self.tx(), id).await?;
        let found = found.ok_or(Error::NotFound("campaign"))?;
        let is_archived = found.phase(self.now) == Phase::Archived;
        Ok(Some(found).filter(|_| !is_archived))
    }

    /// The reason why a story cannot be stored, with its field: its campaign is kept for the record, or its nominee is
    /// none of the campaign's.
    pub(super) async fn find_obstacle(
        &mut self,
        story: &Story,
    ) -> Result<Option<(StoryRefusal, &'static str)>> {
        if self.find_unarchived(story.campaign_id).await?.is_none() {
            return Ok(Some((StoryRefusal::WrongState, "campaignId")));
        }
        if let Some(nominee_id) = story.nominee_id {
            let found = nominee::find_locked(self.tx(), nominee_id).await?;
            if found.is_none_or(|found| found.campaign_id != story.campaign_id) {
                return Ok(Some((StoryRefusal::NomineeNotFound, "nomineeId")));
            }
        }
        Ok(None)
    }

    /// Stores a story at its next edit revision, and commits.
    pub(super) async fn commit_story(
        mut self,
        name: &'static str,
        before: &Story,
        after: Story,
        reason: Option<String>,
    ) -> Result<()> {
        let event = self.store_story(name, before, after).await?;
        self.commit(Event { reason, ..event }).await
    }

    pub(super) async fn store_story(
        &mut self,
        name: &'static str,
        before: &Story,
        mut after: Story,
    ) -> Result<Event> {
        after.review.edit_revision += 1;
        story_edit::update(self.tx(), &after).await?;
        let changes = after.changes_since(Some(before));
        let event = Event::new(name, subject_of(&after), changes);
        Ok(event.at_revision(after.review.edit_revision))
    }
}

impl Story {
    /// Notes the word of the content service, if it is on the text that was there `before` this change.
    fn note_check(&mut self, before: &Self, checked: Checked) {
        let is_of_this = |(revision, _): &(i64, _)| *revision == before.review.edit_revision;
        self.review.text_check = checked.filter(is_of_this).map(|(_, check)| check);
    }
}

impl App {
    /// Edits a story. A text that waits for review, or goes back to it, is checked by the platform's content service.
    pub async fn update_story(
        &self,
        (viewer, client): (Viewer, &Client),
        id: StoryId,
        expected_revision: i64,
        change: impl Fn(&mut StoryContent),
    ) -> Result<Answer<(), StoryRefusal>> {
        let desk = self.desk(viewer, client)?;
        let needs_check = |story: &Story| {
            story.review.edit_revision == expected_revision
                && matches!(
                    story.review.state,
                    StoryState::InReview | StoryState::Approved
                )
        };
        let checked = self.check(viewer, id, needs_check, &change).await?;
        desk.update_story(id, expected_revision, checked, change)
            .await
    }

    /// Makes a step of a story's life. A text that is handed in is checked by the platform's content service.
    pub async fn step_story(
        &self,
        (viewer, client): (Viewer, &Client),
        id: StoryId,
        wish: StoryStepEdit<'_>,
    ) -> Result<Answer<(), StoryRefusal>> {
        let desk = self.desk(viewer, client)?;
        let checked = if wish.step == StoryStep::Submit {
            let needs_check = |story: &Story| story.review.state == StoryState::Draft;
            self.check(viewer, id, needs_check, |_| {}).await?
        } else {
            None
        };
        desk.step_story(id, wish, checked).await
    }

    /// The word of the content service on a text that this member may write, before anything is locked: the service
    /// takes its time.
    async fn check(
        &self,
        viewer: Viewer,
        id: StoryId,
        needs_check: impl Fn(&Story) -> bool,
        change: impl Fn(&mut StoryContent),
    ) -> Result<Checked> {
        let Some(wechat) = &self.platforms.wechat else {
            return Ok(None);
        };
        let seen = Box::pin(self.find_stories(viewer, vec![id])).await?.pop();
        let Some(seen) = seen.filter(needs_check) else {
            return Ok(None);
        };
        let catalog = self.campaigns.catalog();
        let roster = catalog.find(seen.campaign_id, viewer);
        let may_write = roster.is_some_and(|roster| {
            catalog.may(
                viewer,
                roster.campaign().organisation_id,
                Action::WriteStories,
            )
        });
        if !may_write {
            return Ok(None);
        }
        let mut content = seen.content();
        change(&mut content);
        let Ok(StoryFields {
            title,
            summary,
            body,
        }) = content.fields.checked()
        else {
            return Ok(None);
        };
        let check = wechat
            .check_text(&format!("{title}\n{summary}\n{body}"))
            .await;
        Ok(check.map(|check| (seen.review.edit_revision, check)))
    }
}

fn subject_of(story: &Story) -> Subject {
    Subject::new(SubjectKind::Story, story.id.0, &story.title)
}
