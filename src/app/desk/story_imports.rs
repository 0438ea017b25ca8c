//! Imports of stories: rows become drafts, and change what there is as an edit at the desk does.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::imports::{ImportMode, ImportRefusal, Sheet, event_of, off_the_runtime};
use super::{Answer, Attempt, Desk, Edit, Event, Subject, refuse};
use crate::domain::access::Action;
use crate::domain::campaign::Phase;
use crate::domain::import::story::{StoryDraft, StoryPlan, plan};
use crate::domain::import::{ImportError, RowChange};
use crate::domain::roster::Roster;
use crate::domain::sheet::SheetRow;
use crate::domain::story::Story;
use crate::domain::story::fields::StoryField;
use crate::domain::story::life::{StoryContent, StoryRefusal, StoryReview, StoryState};
use crate::error::{Error, Result};
use crate::id::{CampaignId, ImportId, StaffId, StoryId};
use crate::ledger::audit::SubjectKind;
use crate::ledger::import::{self, Import, ImportChange, ImportKind};
use crate::ledger::{campaign, story_edit};

/// The name of an import of stories in the audit log.
const STORIES: &str = "story.import";

/// A campaign with its stories as a plan rests on them.
pub(super) struct StoryBasis {
    roster: Roster,
    /// Those that can be changed: what was taken back is not written again.
    stories: Vec<Story>,
}

impl StoryBasis {
    /// Whether the campaign is kept for the record: nothing is written about it any more.
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.roster.campaign().phase(now) == Phase::Archived
    }

    /// Plans a sheet of stories. Ten thousand rows take a while, in which the thread does nothing else.
    pub(super) fn plan(&self, rows: &[SheetRow]) -> Result<StoryPlan, ImportError<StoryField>> {
        off_the_runtime(|| plan(rows, &self.roster, &self.stories))
    }

    /// The headlines of the stories that are there.
    pub(super) fn titles(&self) -> HashMap<StoryId, &str> {
        let stories = self.stories.iter();
        stories.map(|story| (story.id, &*story.title)).collect()
    }
}

impl Desk<'_> {
    /// Plans a sheet of stories and applies it, all rows or none. What is new is a draft, with the time that its row
    /// gives it; one that is past says that the story was out elsewhere. What was approved goes back to review.
    pub async fn import_stories(
        &self,
        campaign_id: CampaignId,
        sheet: Sheet<'_>,
        mode: ImportMode<'_>,
    ) -> Result<Answer<StoryPlan, ImportRefusal<StoryField>>> {
        let attempt = Attempt {
            name: STORIES,
            right: Action::EditCampaigns,
            subject: Subject::new(SubjectKind::Campaign, campaign_id.0, ""),
        };
        let mut edit = self.open_campaign(campaign_id, &attempt).await?;
        let basis = edit.read_story_basis(campaign_id).await?;
        if basis.is_over(edit.now) {
            return refuse(ImportRefusal::WrongState, "campaignId");
        }
        let plan = match basis.plan(sheet.rows) {
            Ok(plan) => plan,
            Err(error) => return refuse(ImportRefusal::Unusable(error), None),
        };
        let counts = plan.counts();
        let is_applied = matches!(mode, ImportMode::Apply { .. });
        if !is_applied || counts.faulty > 0 || counts.creates + counts.updates == 0 {
            return Ok(Ok(plan));
        }
        let import = Import {
            id: ImportId::new(),
            campaign_id,
            kind: ImportKind::Stories,
            file_sha256: sheet.file_sha256,
            applied_at: edit.now,
        };
        let applied = edit.apply_stories(&import, &basis, &plan, self.staff_id());
        let event = applied.await?;
        edit.commit(event).await?;
        Ok(Ok(plan))
    }
}

impl Edit {
    /// The campaign with its stories as this transaction sees them.
    pub(super) async fn read_story_basis(&mut self, id: CampaignId) -> Result<StoryBasis> {
        let found = campaign::find_locked(self.tx(), id).await?;
        let found = found.ok_or(Error::NotFound("campaign"))?;
        let categories = campaign::list_categories(self.tx(), id).await?;
        let nominees = campaign::list_nominees(self.tx(), id).await?;
        let mut stories = story_edit::list_all(self.tx(), id).await?;
        stories.retain(|story| story.review.state != StoryState::Retracted);
        Ok(StoryBasis {
            roster: Roster::new(found, categories, nominees),
            stories,
        })
    }

    /// Applies a plan without faulty rows; returns the event to commit it with.
    pub(super) async fn apply_stories(
        &mut self,
        import: &Import,
        basis: &StoryBasis,
        plan: &StoryPlan,
        author_id: Option<StaffId>,
    ) -> Result<Event> {
        let known: HashMap<StoryId, &Story> = basis.stories.iter().map(|s| (s.id, s)).collect();
        let mut changes = Vec::new();
        for row in &plan.rows {
            let (before, after) = match &row.change {
                RowChange::Create(draft) => {
                    let made = self.made_of(draft, import.campaign_id, author_id);
                    story_edit::insert(self.tx(), &made).await?;
                    (None, made)
                }
                RowChange::Update { id, value, .. } => {
                    let before = known[id];
                    let after = self.changed_by(value, before, author_id);
                    let after = after.map_err(|_| Error::internal("a plan of what is over"))?;
                    story_edit::update(self.tx(), &after).await?;
                    (Some(before), after)
                }
                RowChange::Unchanged(_) | RowChange::Faulty(_) => continue,
            };
            changes.push(ImportChange {
                subject_id: after.id.0,
                subject_revision: after.review.edit_revision,
                changes: after.changes_since(before).as_slice().to_vec(),
            });
        }
        import::insert(self.tx(), import, &changes).await?;
        Ok(event_of(STORIES, import, plan.counts()))
    }

    fn made_of(
        &self,
        draft: &StoryDraft,
        campaign_id: CampaignId,
        author_id: Option<StaffId>,
    ) -> Story {
        let fields = draft.fields.clone();
        let mut made = Story {
            id: StoryId::new(),
            campaign_id,
            nominee_id: draft.nominee_id,
            title: fields.title,
            summary: fields.summary,
            body: fields.body,
            cover_url: None,
            cover_media: None,
            media: Vec::new(),
            published_at: self.now,
            review: StoryReview::of_draft(author_id),
        };
        self.set_time(&mut made, draft);
        made
    }

    fn changed_by(
        &self,
        draft: &StoryDraft,
        before: &Story,
        editor_id: Option<StaffId>,
    ) -> Result<Story, StoryRefusal> {
        let content = StoryContent {
            nominee_id: draft.nominee_id,
            fields: draft.fields.clone(),
            ..before.content()
        };
        let mut after = before.edited(content, editor_id, self.now)?;
        self.set_time(&mut after, draft);
        after.review.edit_revision += 1;
        Ok(after)
    }

    fn set_time(&self, story: &mut Story, draft: &StoryDraft) {
        if let Some(at) = draft.publish_at {
            story.published_at = at;
            story.review.is_scheduled = true;
            story.review.was_out |= at < self.now;
        }
    }
}
