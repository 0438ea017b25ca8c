//! The life of a story: written, handed in, approved by another than its author, out at its time, retracted. People
//! move the stored state; that an approved story is scheduled or out follows from its time, by the clock.

use chrono::{DateTime, Utc};

use super::fields::{StoryField, StoryFields};
use super::{Media, Story};
use crate::domain::change::Changes;
use crate::domain::field::FieldFaultReason;
use crate::domain::media::MediaName;
use crate::id::{NomineeId, StaffId};

/// The state of a story that people move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StoryState {
    /// It is being written.
    Draft,
    /// It waits for somebody else to approve it.
    InReview,
    /// It may come out.
    Approved,
    /// It was taken back for good.
    Retracted,
}

impl StoryState {
    /// Its name in the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::InReview => "IN_REVIEW",
            Self::Approved => "APPROVED",
            Self::Retracted => "RETRACTED",
        }
    }
}

/// The state of a story at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoryStatus {
    /// It is being written.
    Draft,
    /// It waits for somebody else to approve it.
    InReview,
    /// It may come out, and has no time yet.
    Approved,
    /// It comes out at its time.
    Scheduled,
    /// It is out.
    Published,
    /// It was taken back for good.
    Retracted,
}

impl StoryStatus {
    /// Its name in the API and in statements.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::InReview => "IN_REVIEW",
            Self::Approved => "APPROVED",
            Self::Scheduled => "SCHEDULED",
            Self::Published => "PUBLISHED",
            Self::Retracted => "RETRACTED",
        }
    }
}

/// The word of a platform's content service on a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TextCheck {
    /// Nothing was found.
    Passed,
    /// Somebody should look.
    Review,
    /// It should not come out.
    Risky,
}

impl TextCheck {
    /// Its name in the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "PASSED",
            Self::Review => "REVIEW",
            Self::Risky => "RISKY",
        }
    }
}

/// The part of a story that its editors see.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StoryReview {
    /// The state that people move.
    pub state: StoryState,
    /// Whether the story's time is the one that it comes out at; otherwise it is that of its creation.
    pub is_scheduled: bool,
    /// Whether it was out before it went back to review: then it keeps its place in the feed.
    pub was_out: bool,
    /// Its author; none where a command made it.
    pub author_id: Option<StaffId>,
    /// The member who changed its text last.
    pub editor_id: Option<StaffId>,
    /// The member who approved it.
    pub approver_id: Option<StaffId>,
    /// The reason of its last rejection, until it is handed in again.
    pub rejection: Option<String>,
    /// The word of the content service on this text; none where it was not checked.
    pub text_check: Option<TextCheck>,
    /// Moves with every edit.
    pub edit_revision: i64,
}

impl StoryReview {
    /// The review of a draft.
    #[must_use]
    pub fn of_draft(author_id: Option<StaffId>) -> Self {
        Self {
            state: StoryState::Draft,
            is_scheduled: false,
            was_out: false,
            author_id,
            editor_id: author_id,
            approver_id: None,
            rejection: None,
            text_check: None,
            edit_revision: 1,
        }
    }

    /// The review of a story that a command makes: it is out by the clock.
    #[must_use]
    pub fn of_command() -> Self {
        Self {
            state: StoryState::Approved,
            is_scheduled: true,
            ..Self::of_draft(None)
        }
    }

    /// Whether the text is this member's own: its author, or the last who changed it.
    #[must_use]
    pub fn is_text_of(&self, staff_id: Option<StaffId>) -> bool {
        staff_id.is_some() && (staff_id == self.author_id || staff_id == self.editor_id)
    }
}

/// The reason why a story was not made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoryRefusal {
    /// A field cannot be taken as it is.
    InvalidField(StoryField, FieldFaultReason),
    /// The nominee is none of the campaign's.
    NomineeNotFound,
    /// The story has no such picture, film or recording.
    MediaNotFound,
    /// Both Markdown and HTML were given, or HTML that leaves no text.
    InvalidBody,
    /// The text is the viewer's own: somebody else approves and schedules it.
    OwnText,
    /// A reason is missing, or too long.
    ReasonRequired,
    /// The story or the campaign is in a state in which this cannot be done.
    WrongState,
    /// A time of the plan is none, there are none or too many, or it begins in the past.
    InvalidSchedule,
    /// A story is none of the campaign's, stands twice, or there are too many.
    StoryNotFound,
    /// Somebody else has changed it since.
    StaleObject,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

/// A step of a story's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoryStep {
    /// It is handed in for review.
    Submit,
    /// It may come out: another says so than the one whose text it is.
    Approve,
    /// It goes back to its author.
    Reject,
    /// It comes out now.
    Publish,
    /// It is taken back for good.
    Retract,
}

/// An edit of a story's content, with what stays filled in.
#[derive(Debug, Clone)]
pub struct StoryContent {
    /// The nominee it is about; none for the campaign's own.
    pub nominee_id: Option<NomineeId>,
    /// Its texts.
    pub fields: StoryFields,
    /// Its picture that is stored here.
    pub cover_media: Option<MediaName>,
    /// Its pictures, films and recordings.
    pub media: Vec<Media>,
}

impl Story {
    /// Its state at a moment.
    #[must_use]
    pub fn status(&self, now: DateTime<Utc>) -> StoryStatus {
        match self.review.state {
            StoryState::Draft => StoryStatus::Draft,
            StoryState::InReview => StoryStatus::InReview,
            StoryState::Retracted => StoryStatus::Retracted,
            StoryState::Approved if !self.review.is_scheduled => StoryStatus::Approved,
            StoryState::Approved if self.published_at > now => StoryStatus::Scheduled,
            StoryState::Approved => StoryStatus::Published,
        }
    }

    /// Whether the public sees it.
    #[must_use]
    pub fn is_out(&self, now: DateTime<Utc>) -> bool {
        self.status(now) == StoryStatus::Published
    }

    /// The story after a step by `actor`, an operator where there is none; `reason` is that of a rejection.
    ///
    /// # Errors
    /// The state does not allow it, or the text is the actor's own.
    pub fn after_step(
        &self,
        step: StoryStep,
        actor: Option<StaffId>,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Self, StoryRefusal> {
        let mut after = self.clone();
        let review = &mut after.review;
        match (step, self.status(now)) {
            (StoryStep::Submit, StoryStatus::Draft) => {
                review.state = StoryState::InReview;
                review.rejection = None;
            }
            (StoryStep::Approve, StoryStatus::InReview) => {
                self.require_other(actor)?;
                review.state = StoryState::Approved;
                review.approver_id = actor;
                // A time that passed during the review would put it among those that are old news.
                if review.is_scheduled && !review.was_out {
                    after.published_at = after.published_at.max(now);
                }
            }
            (StoryStep::Reject, StoryStatus::InReview) => {
                review.state = StoryState::Draft;
                review.rejection = reason.map(str::to_owned);
            }
            (StoryStep::Publish, StoryStatus::Approved | StoryStatus::Scheduled) => {
                self.require_other(actor)?;
                review.is_scheduled = true;
                after.published_at = now;
            }
            (
                StoryStep::Retract,
                status @ (StoryStatus::Approved | StoryStatus::Scheduled | StoryStatus::Published),
            ) => {
                review.was_out |= status == StoryStatus::Published;
                review.state = StoryState::Retracted;
            }
            _ => return Err(StoryRefusal::WrongState),
        }
        Ok(after)
    }

    /// The story with another time by `actor`.
    ///
    /// # Errors
    /// It is not approved, is out, or its text is the actor's own.
    pub fn scheduled(
        &self,
        at: DateTime<Utc>,
        actor: Option<StaffId>,
        now: DateTime<Utc>,
    ) -> Result<Self, StoryRefusal> {
        if !matches!(
            self.status(now),
            StoryStatus::Approved | StoryStatus::Scheduled
        ) {
            return Err(StoryRefusal::WrongState);
        }
        self.require_other(actor)?;
        let mut after = self.clone();
        after.review.is_scheduled = true;
        after.published_at = at;
        Ok(after)
    }

    /// The story with other content by `actor`: what was approved goes back to review.
    ///
    /// # Errors
    /// It was retracted.
    pub fn edited(
        &self,
        content: StoryContent,
        actor: Option<StaffId>,
        now: DateTime<Utc>,
    ) -> Result<Self, StoryRefusal> {
        let mut after = self.clone();
        match self.review.state {
            StoryState::Draft | StoryState::InReview => {}
            StoryState::Approved => {
                after.review.state = StoryState::InReview;
                after.review.was_out |= self.is_out(now);
                after.review.approver_id = None;
            }
            StoryState::Retracted => return Err(StoryRefusal::WrongState),
        }
        after.review.editor_id = actor;
        after.review.text_check = None;
        after.nominee_id = content.nominee_id;
        after.title = content.fields.title;
        after.summary = content.fields.summary;
        after.body = content.fields.body;
        after.media = content.media;
        if content.cover_media != after.cover_media {
            after.cover_url = None;
            after.cover_media = content.cover_media;
        }
        Ok(after)
    }

    fn require_other(&self, actor: Option<StaffId>) -> Result<(), StoryRefusal> {
        if self.review.is_text_of(actor) {
            return Err(StoryRefusal::OwnText);
        }
        Ok(())
    }

    /// Its content as it stands.
    #[must_use]
    pub fn content(&self) -> StoryContent {
        StoryContent {
            nominee_id: self.nominee_id,
            fields: StoryFields {
                title: self.title.clone(),
                summary: self.summary.clone(),
                body: self.body.clone(),
            },
            cover_media: self.cover_media.clone(),
            media: self.media.clone(),
        }
    }

    /// The values that the audit log keeps, by the names of their fields; those of texts are left out, which are about
    /// people.
    #[must_use]
    pub fn values(&self) -> [(&'static str, Option<String>); 7] {
        let review = &self.review;
        let scheduled_for = review.is_scheduled.then_some(self.published_at);
        [
            ("state", Some(review.state.name().to_owned())),
            ("scheduledFor", scheduled_for.map(|at| at.to_rfc3339())),
            ("nomineeId", self.nominee_id.map(|id| id.to_string())),
            ("authorId", review.author_id.map(|id| id.to_string())),
            ("approverId", review.approver_id.map(|id| id.to_string())),
            (
                "check",
                review.text_check.map(|check| check.name().to_owned()),
            ),
            ("coverMedia", self.cover_media.clone().map(String::from)),
        ]
    }

    /// The fields that differ from the story before, as the audit log keeps them.
    #[must_use]
    pub fn changes_since(&self, before: Option<&Self>) -> Changes {
        let mut changes = Changes::default();
        let old = before.map(Self::values);
        for (index, (field, value)) in self.values().into_iter().enumerate() {
            let old = old.as_ref().and_then(|old| old[index].1.clone());
            changes.compare(field, old, value);
        }
        changes.compare_personal("title", before.map(|s| &s.title), Some(&self.title));
        changes.compare_personal("summary", before.map(|s| &s.summary), Some(&self.summary));
        changes.compare_personal("body", before.map(|s| &s.body), Some(&self.body));
        let media = before.map_or(&[][..], |before| before.media.as_slice());
        changes.compare_personal("media", media, self.media.as_slice());
        changes
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;
    use crate::id::{CampaignId, StoryId};

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn draft(author_id: StaffId) -> Story {
        Story {
            id: StoryId(Uuid::nil()),
            campaign_id: CampaignId(Uuid::nil()),
            nominee_id: None,
            title: "Title".to_owned(),
            summary: String::new(),
            body: "Text".to_owned(),
            cover_url: None,
            cover_media: None,
            media: Vec::new(),
            published_at: NOW,
            review: StoryReview::of_draft(Some(author_id)),
        }
    }

    fn step(story: &Story, step: StoryStep, actor: StaffId) -> Result<Story, StoryRefusal> {
        story.after_step(step, Some(actor), None, NOW)
    }

    fn approved(author: StaffId, other: StaffId) -> Story {
        let submitted = step(&draft(author), StoryStep::Submit, author).expect("a draft");
        step(&submitted, StoryStep::Approve, other).expect("another's")
    }

    #[test]
    fn steps_are_made_from_their_states_only() {
        let [author, other] = [StaffId::new(), StaffId::new()];
        let in_review = step(&draft(author), StoryStep::Submit, author).expect("a draft");
        let approved = approved(author, other);
        let scheduled = approved.scheduled(NOW + TimeDelta::hours(1), Some(other), NOW);
        let scheduled = scheduled.expect("approved");
        let published = step(&scheduled, StoryStep::Publish, other).expect("approved");
        let retracted = step(&published, StoryStep::Retract, other).expect("out");
        let steps = [
            StoryStep::Submit,
            StoryStep::Approve,
            StoryStep::Reject,
            StoryStep::Publish,
            StoryStep::Retract,
        ];
        for (story, allowed) in [
            (draft(author), "y...."),
            (in_review, ".yy.."),
            (approved, "...yy"),
            (scheduled, "...yy"),
            (published, "....y"),
            (retracted, "....."),
        ] {
            let answers = steps.map(|kind| {
                if step(&story, kind, other).is_ok() {
                    'y'
                } else {
                    '.'
                }
            });
            assert_eq!(
                String::from_iter(answers),
                allowed,
                "{:?}",
                story.status(NOW)
            );
        }
    }

    #[test]
    fn nobody_approves_or_schedules_a_text_of_hers() {
        let [author, editor, other] = [StaffId::new(), StaffId::new(), StaffId::new()];
        let edited = draft(author).edited(draft(author).content(), Some(editor), NOW);
        let in_review = step(&edited.expect("a draft"), StoryStep::Submit, author);
        let in_review = in_review.expect("a draft");
        for own in [author, editor] {
            let refused = step(&in_review, StoryStep::Approve, own);
            assert_eq!(refused.err(), Some(StoryRefusal::OwnText));
        }
        let approved = step(&in_review, StoryStep::Approve, other).expect("another's");
        for own in [author, editor] {
            let refused = approved.scheduled(NOW, Some(own), NOW);
            assert_eq!(refused.err(), Some(StoryRefusal::OwnText));
            let refused = step(&approved, StoryStep::Publish, own);
            assert_eq!(refused.err(), Some(StoryRefusal::OwnText));
        }
    }

    #[test]
    fn an_edit_of_what_was_approved_needs_another_approval_and_keeps_the_place_of_what_was_out() {
        let [author, other] = [StaffId::new(), StaffId::new()];
        let hour = TimeDelta::hours(1);
        let scheduled = approved(author, other).scheduled(NOW + hour, Some(other), NOW);
        let scheduled = scheduled.expect("approved");
        for (edited_at, published_at) in [
            // Not out yet: the time that passed in the review is made up for.
            (NOW, NOW + hour * 3),
            (NOW + hour * 2, NOW + hour),
        ] {
            let edited = scheduled.edited(scheduled.content(), Some(author), edited_at);
            let edited = edited.expect("approved");
            assert_eq!(edited.status(edited_at), StoryStatus::InReview);
            let again = edited.after_step(StoryStep::Approve, Some(other), None, NOW + hour * 3);
            assert_eq!(again.expect("in review").published_at, published_at);
        }
    }
}
