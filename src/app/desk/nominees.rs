//! Nominees: made and edited one at a time, frozen, withdrawn and restored.

use uuid::Uuid;

use super::{Answer, Attempt, Desk, Edit, Event, Rejection, Subject, checked_reason, refuse};
use crate::domain::access::Action;
use crate::domain::campaign::{Campaign, Phase};
use crate::domain::change::Changes;
use crate::domain::field::{FieldFault, FieldFaultReason};
use crate::domain::nominee::{Nominee, NomineeField, NomineeFields, NomineeStatus};
use crate::error::{Error, Result};
use crate::id::{CampaignId, CategoryId, NomineeId};
use crate::ledger::audit::SubjectKind;
use crate::ledger::{campaign, nominee};

/// The reason why a nominee was not made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NomineeRefusal {
    /// A field cannot be taken as it is.
    InvalidField(NomineeField, FieldFaultReason),
    /// The number is taken in the campaign.
    NumberTaken,
    /// The category is none of the campaign's.
    CategoryNotFound,
    /// It cannot be changed any more after the nominee's first vote.
    FixedAfterFirstVote,
    /// A reason is missing, or too long: the public reads it.
    ReasonRequired,
    /// The campaign or the nominee is in a state in which this cannot be done.
    WrongState,
    /// Somebody else has changed it since.
    StaleObject,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

/// A nominee that is to be made.
#[derive(Debug, Clone)]
pub struct NewNominee {
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Its category.
    pub category_id: CategoryId,
    /// Its fields; a number of 0 stands for the next one.
    pub fields: NomineeFields,
    /// The key that makes a repetition the same.
    pub idempotency_key: Option<Uuid>,
}

/// An edit of a nominee.
#[derive(Debug, Clone)]
pub struct NomineeEdit {
    /// The revision that it rests on.
    pub expected_revision: i64,
    /// Its category from now on; none stays.
    pub category_id: Option<CategoryId>,
    /// The reason that the public reads, where one is needed.
    pub reason: Option<String>,
}

/// A step of a nominee's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NomineeStep {
    /// It is shown, and cannot be voted for.
    Freeze,
    /// It can be voted for again.
    Unfreeze,
    /// It is not shown any more. Its votes stay.
    Withdraw,
    /// It is shown again, as it was.
    Restore,
}

impl NomineeStep {
    fn name(self) -> &'static str {
        match self {
            Self::Freeze => "nominee.freeze",
            Self::Unfreeze => "nominee.unfreeze",
            Self::Withdraw => "nominee.withdraw",
            Self::Restore => "nominee.restore",
        }
    }

    /// The status after the step, where it can be made from this one.
    fn status_after(self, status: NomineeStatus) -> Option<NomineeStatus> {
        match (self, status) {
            (Self::Freeze, NomineeStatus::Active) => Some(NomineeStatus::Frozen),
            (Self::Unfreeze, NomineeStatus::Frozen) | (Self::Restore, NomineeStatus::Withdrawn) => {
                Some(NomineeStatus::Active)
            }
            (Self::Withdraw, NomineeStatus::Active | NomineeStatus::Frozen) => {
                Some(NomineeStatus::Withdrawn)
            }
            _ => None,
        }
    }
}

/// The rejections of fields that cannot be taken.
#[allow(
    clippy::unnecessary_wraps,
    reason = "it ends use cases, which fail in other ways, too"
)]
fn reject_fields<T>(faults: Vec<FieldFault<NomineeField>>) -> Result<Answer<T, NomineeRefusal>> {
    let rejections = faults.into_iter().map(|fault| Rejection {
        why: NomineeRefusal::InvalidField(fault.field, fault.reason),
        field: Some(fault.field.name()),
    });
    Ok(Err(rejections.collect()))
}

impl Desk<'_> {
    /// Makes a nominee; returns its id. A repetition with the same key returns the id of the first.
    pub async fn create_nominee(
        &self,
        new: NewNominee,
    ) -> Result<Answer<NomineeId, NomineeRefusal>> {
        let id = NomineeId::new();
        let attempt = Attempt {
            name: "nominee.create",
            right: Action::EditCampaigns,
            subject: Subject::new(SubjectKind::Campaign, new.campaign_id.0, ""),
        };
        let mut edit = self.open_campaign(new.campaign_id, &attempt).await?;
        let key = new.idempotency_key;
        if let Some(earlier) = self.claim_creation(&mut edit, key, id.0).await? {
            let earlier = NomineeId(earlier);
            return match nominee::find_locked(edit.tx(), earlier).await? {
                Some(found) if found.campaign_id == new.campaign_id => Ok(Ok(earlier)),
                _ => refuse(NomineeRefusal::IdempotencyKeyReused, "idempotencyKey"),
            };
        }
        let mut fields = new.fields;
        if fields.number == 0 {
            fields.number = nominee::find_last_number(edit.tx(), new.campaign_id).await? + 1;
        }
        let fields = match fields.checked() {
            Ok(fields) => fields,
            Err(faults) => return reject_fields(faults),
        };
        let made = Nominee {
            id,
            campaign_id: new.campaign_id,
            category_id: new.category_id,
            number: fields.number,
            name: fields.name,
            employer: fields.employer,
            city: fields.city,
            title: fields.title,
            summary: fields.summary,
            portrait_url: None,
            portrait_media: None,
            status: NomineeStatus::Active,
            edit_revision: 1,
        };
        if edit.is_over(new.campaign_id).await? {
            return refuse(NomineeRefusal::WrongState, "campaignId");
        }
        if let Some((why, field)) = edit.find_conflict(None, &made).await? {
            return refuse(why, field);
        }
        campaign::insert_nominees(edit.tx(), std::slice::from_ref(&made)).await?;
        let event = Event::new(
            attempt.name,
            subject_of(&made),
            changes_between(None, &made),
        );
        edit.commit(event.at_revision(made.edit_revision)).await?;
        Ok(Ok(id))
    }

    /// Edits a nominee. After the campaign's first vote its name, number and employer change only with a reason, and
    /// its category is fixed from the nominee's own first vote on.
    pub async fn update_nominee(
        &self,
        id: NomineeId,
        edit_of: NomineeEdit,
        change: impl FnOnce(&mut NomineeFields),
    ) -> Result<Answer<(), NomineeRefusal>> {
        let (mut edit, before) = self.open_nominee("nominee.update", id).await?;
        if before.edit_revision != edit_of.expected_revision {
            return refuse(NomineeRefusal::StaleObject, "expectedRevision");
        }
        let mut fields = NomineeFields {
            number: before.number,
            name: before.name.clone(),
            employer: before.employer.clone(),
            city: before.city.clone(),
            title: before.title.clone(),
            summary: before.summary.clone(),
        };
        change(&mut fields);
        let fields = match fields.checked() {
            Ok(fields) => fields,
            Err(faults) => return reject_fields(faults),
        };
        let after = Nominee {
            category_id: edit_of.category_id.unwrap_or(before.category_id),
            number: fields.number,
            name: fields.name,
            employer: fields.employer,
            city: fields.city,
            title: fields.title,
            summary: fields.summary,
            ..before.clone()
        };
        let changes = changes_between(Some(&before), &after);
        if changes.is_empty() {
            return Ok(Ok(()));
        }
        if edit.is_over(before.campaign_id).await? {
            return refuse(NomineeRefusal::WrongState, "nomineeId");
        }
        if let Some((why, field)) = edit.find_conflict(Some(&before), &after).await? {
            return refuse(why, field);
        }
        let reason = match edit_of.reason.as_deref().map(checked_reason) {
            None => None,
            Some(Some(reason)) => Some(reason),
            Some(None) => return refuse(NomineeRefusal::ReasonRequired, "reason"),
        };
        let is_identity = (before.number, &before.name, &before.employer)
            != (after.number, &after.name, &after.employer);
        if is_identity && campaign::has_votes(edit.tx(), before.campaign_id).await? {
            let Some(reason) = &reason else {
                return refuse(NomineeRefusal::ReasonRequired, "reason");
            };
            edit.amend(&after.name, &public_changes(&before, &after), reason)
                .await?;
        }
        edit.commit_nominee("nominee.update", after, changes, reason)
            .await?;
        Ok(Ok(()))
    }

    /// Makes a step of a nominee's life.
    pub async fn step_nominee(
        &self,
        id: NomineeId,
        expected_revision: Option<i64>,
        step: NomineeStep,
        reason: Option<&str>,
    ) -> Result<Answer<(), NomineeRefusal>> {
        let (mut edit, before) = self.open_nominee(step.name(), id).await?;
        if expected_revision.is_some_and(|expected| expected != before.edit_revision) {
            return refuse(NomineeRefusal::StaleObject, "expectedRevision");
        }
        let reason = match reason {
            None => None,
            Some(reason) => match checked_reason(reason) {
                Some(reason) => Some(reason),
                None => return refuse(NomineeRefusal::ReasonRequired, "reason"),
            },
        };
        let Some(status) = step.status_after(before.status) else {
            return refuse(NomineeRefusal::WrongState, "nomineeId");
        };
        if edit.is_over(before.campaign_id).await? {
            return refuse(NomineeRefusal::WrongState, "nomineeId");
        }
        let after = Nominee {
            status,
            ..before.clone()
        };
        let changes = changes_between(Some(&before), &after);
        edit.commit_nominee(step.name(), after, changes, reason)
            .await?;
        Ok(Ok(()))
    }

    /// Opens a change of a nominee, whose campaign is locked first: always in this order.
    pub(super) async fn open_nominee(
        &self,
        name: &'static str,
        id: NomineeId,
    ) -> Result<(Edit, Nominee)> {
        let attempt = Attempt {
            name,
            right: Action::EditCampaigns,
            subject: Subject::new(SubjectKind::Nominee, id.0, ""),
        };
        let campaign_id = nominee::find_campaign_of(self.database, id).await?;
        let campaign_id = campaign_id.ok_or(Error::NotFound("nominee"))?;
        let mut edit = self.open_campaign(campaign_id, &attempt).await?;
        let found = nominee::find_locked(edit.tx(), id).await?;
        let found = found.filter(|found| found.campaign_id == campaign_id);
        Ok((edit, found.ok_or(Error::NotFound("nominee"))?))
    }
}

impl Edit {
    /// Whether a campaign's result is out, or it is kept for the record: its list stays as it is then.
    pub(super) async fn is_over(&mut self, id: CampaignId) -> Result<bool> {
        let found: Option<Campaign> = campaign::find_locked(self.tx(), id).await?;
        let phase = found.ok_or(Error::NotFound("campaign"))?.phase(self.now);
        Ok(matches!(phase, Phase::Published | Phase::Archived))
    }

    /// The reason why a nominee cannot be stored beside the others, with its field.
    async fn find_conflict(
        &mut self,
        before: Option<&Nominee>,
        after: &Nominee,
    ) -> Result<Option<(NomineeRefusal, &'static str)>> {
        let campaign_id = after.campaign_id;
        if before.is_none_or(|before| before.number != after.number)
            && nominee::find_by_number(self.tx(), campaign_id, after.number)
                .await?
                .is_some()
        {
            return Ok(Some((NomineeRefusal::NumberTaken, "number")));
        }
        if before.is_none_or(|before| before.category_id != after.category_id) {
            if !nominee::category_is_of(self.tx(), campaign_id, after.category_id).await? {
                return Ok(Some((NomineeRefusal::CategoryNotFound, "categoryId")));
            }
            if nominee::has_votes(self.tx(), campaign_id, after.id).await? {
                return Ok(Some((NomineeRefusal::FixedAfterFirstVote, "categoryId")));
            }
        }
        Ok(None)
    }

    /// Stores a nominee with another portrait, and commits.
    pub(super) async fn commit_portrait(
        self,
        name: &'static str,
        before: &Nominee,
        after: Nominee,
    ) -> Result<()> {
        let changes = changes_between(Some(before), &after);
        self.commit_nominee(name, after, changes, None).await
    }

    /// Stores a nominee at its next edit revision, and commits.
    async fn commit_nominee(
        mut self,
        name: &'static str,
        mut after: Nominee,
        changes: Changes,
        reason: Option<String>,
    ) -> Result<()> {
        after.edit_revision += 1;
        nominee::update(self.tx(), &after).await?;
        let event = Event {
            reason,
            ..Event::new(name, subject_of(&after), changes)
        };
        self.commit(event.at_revision(after.edit_revision)).await
    }
}

fn subject_of(nominee: &Nominee) -> Subject {
    Subject::new(SubjectKind::Nominee, nominee.id.0, &nominee.name)
}

/// The fields of a nominee that differ, as the audit log keeps them: without what is personal.
pub(super) fn changes_between(before: Option<&Nominee>, after: &Nominee) -> Changes {
    let mut changes = Changes::default();
    let old = |value: fn(&Nominee) -> String| before.map(value);
    changes.compare(
        "number",
        old(|n| n.number.to_string()),
        Some(after.number.to_string()),
    );
    changes.compare(
        "categoryId",
        old(|n| n.category_id.to_string()),
        Some(after.category_id.to_string()),
    );
    changes.compare(
        "status",
        old(|n| n.status.name().to_owned()),
        Some(after.status.name().to_owned()),
    );
    changes.compare_personal("name", before.map(|n| &n.name), Some(&after.name));
    changes.compare_personal(
        "employer",
        before.map(|n| &n.employer),
        Some(&after.employer),
    );
    changes.compare_personal(
        "city",
        before.and_then(|n| n.city.as_ref()),
        after.city.as_ref(),
    );
    changes.compare_personal(
        "title",
        before.and_then(|n| n.title.as_ref()),
        after.title.as_ref(),
    );
    changes.compare(
        "portraitMedia",
        before
            .and_then(|n| n.portrait_media.clone())
            .map(String::from),
        after.portrait_media.clone().map(String::from),
    );
    changes.compare_personal("summary", before.map(|n| &n.summary), Some(&after.summary));
    changes
}

/// The changes that the public reads: of what tells a nominee from another.
pub(super) fn public_changes(before: &Nominee, after: &Nominee) -> Changes {
    let mut changes = Changes::default();
    changes.replace("number", before.number, after.number);
    changes.replace("name", &before.name, &after.name);
    changes.replace("employer", &before.employer, &after.employer);
    changes
}
