//! Campaigns: edited and led through their life. They are made in `new_campaigns`.
//!
//! Every change locks the campaign's row, so that two of them come one after the other, and moves its edit revision.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Answer, Attempt, Desk, Edit, Event, Rejection, Subject, checked_reason, refuse};
use crate::domain::access::Action;
use crate::domain::amendment::Amendment;
use crate::domain::campaign::{Campaign, ChallengePolicy, Lifecycle, TallyVisibility};
use crate::domain::campaign_life::{
    CampaignRefusal, FieldRefusal, Step, after_step, changes_between, check_amendment, check_edit,
    checked,
};
use crate::domain::change::Changes;
use crate::error::{Error, Result};
use crate::id::CampaignId;
use crate::ledger::audit::SubjectKind;
use crate::ledger::campaign;

/// An amendment of rules: what is none stays.
#[derive(Debug, Clone, Default)]
pub struct RulesAmendment {
    /// Votes a voter has in a period and scope: more than before.
    pub votes_per_period: Option<i64>,
    /// The audience of the tally.
    pub tally_visibility: Option<TallyVisibility>,
    /// The voters who are challenged.
    pub challenge: Option<ChallengePolicy>,
    /// The first moment at which a vote counts no more.
    pub voting_closes_at: Option<DateTime<Utc>>,
}

/// The rejections of fields.
#[allow(
    clippy::unnecessary_wraps,
    reason = "it ends use cases, which fail in other ways, too"
)]
pub(super) fn reject<T>(refusals: Vec<FieldRefusal>) -> Result<Answer<T, CampaignRefusal>> {
    let rejections = refusals.into_iter().map(|(why, field)| Rejection {
        why,
        field: Some(field),
    });
    Ok(Err(rejections.collect()))
}

pub(super) fn attempt_on(name: &'static str, id: CampaignId) -> Attempt {
    Attempt {
        name,
        right: Action::EditCampaigns,
        subject: Subject::new(SubjectKind::Campaign, id.0, ""),
    }
}

pub(super) fn subject_of(campaign: &Campaign) -> Subject {
    Subject::new(SubjectKind::Campaign, campaign.id.0, &campaign.title)
}

impl Desk<'_> {
    /// Edits a campaign that stands at `expected_revision`.
    pub async fn update_campaign(
        &self,
        id: CampaignId,
        expected_revision: i64,
        change: impl FnOnce(&mut Campaign),
    ) -> Result<Answer<(), CampaignRefusal>> {
        let attempt = attempt_on("campaign.update", id);
        let mut edit = self.open_campaign(id, &attempt).await?;
        let before = match edit.find_campaign(id, Some(expected_revision)).await? {
            Ok(before) => before,
            Err(rejections) => return Ok(Err(rejections)),
        };
        let mut after = before.clone();
        change(&mut after);
        let has_votes = campaign::has_votes(edit.tx(), id).await?;
        if let Err(refusals) = check_edit(&before, &after, has_votes, edit.now) {
            return reject(refusals);
        }
        let after = match checked(after) {
            Ok(after) => after,
            Err(refusals) => return reject(refusals),
        };
        if after.slug != before.slug && campaign::slug_is_taken(edit.tx(), &after.slug).await? {
            return refuse(CampaignRefusal::SlugTaken, "slug");
        }
        edit.commit_campaign(attempt.name, &before, after, None)
            .await?;
        Ok(Ok(()))
    }

    /// Makes a step of a campaign's life.
    pub async fn step_campaign(
        &self,
        id: CampaignId,
        expected_revision: Option<i64>,
        step: Step,
        reason: Option<&str>,
    ) -> Result<Answer<(), CampaignRefusal>> {
        let name = match step {
            Step::Announce => "campaign.announce",
            Step::Pause => "campaign.pause",
            Step::Resume => "campaign.resume",
            Step::Extend(_) => "campaign.extend",
            Step::Close => "campaign.close",
            Step::Publish => "campaign.publish",
            Step::Archive => "campaign.archive",
        };
        let mut edit = self.open_campaign(id, &attempt_on(name, id)).await?;
        let before = match edit.find_campaign(id, expected_revision).await? {
            Ok(before) => before,
            Err(rejections) => return Ok(Err(rejections)),
        };
        let reason = match reason {
            None => None,
            Some(reason) => match checked_reason(reason) {
                Some(reason) => Some(reason),
                None => return refuse(CampaignRefusal::ReasonRequired, "reason"),
            },
        };
        let after = match after_step(&before, step, edit.now) {
            Ok(after) => after,
            Err(why) => {
                let field = matches!(step, Step::Extend(_)).then_some("votingClosesAt");
                return refuse(why, field);
            }
        };
        if step == Step::Announce && !edit.is_ready(id).await? {
            return refuse(CampaignRefusal::NotReady, None);
        }
        if matches!(step, Step::Extend(_)) && campaign::has_votes(edit.tx(), id).await? {
            let Some(reason) = &reason else {
                return refuse(CampaignRefusal::ReasonRequired, "reason");
            };
            let changes = changes_between(Some(&before), &after);
            edit.amend(&after.title, &changes, reason).await?;
        }
        edit.commit_campaign(name, &before, after, reason).await?;
        Ok(Ok(()))
    }

    /// Amends the rules of a campaign that people may have voted in, with a reason that the public reads.
    pub async fn amend_rules(
        &self,
        id: CampaignId,
        expected_revision: i64,
        amendment: RulesAmendment,
        reason: &str,
    ) -> Result<Answer<(), CampaignRefusal>> {
        let attempt = attempt_on("campaign.amendRules", id);
        let mut edit = self.open_campaign(id, &attempt).await?;
        let before = match edit.find_campaign(id, Some(expected_revision)).await? {
            Ok(before) => before,
            Err(rejections) => return Ok(Err(rejections)),
        };
        let Some(reason) = checked_reason(reason) else {
            return refuse(CampaignRefusal::ReasonRequired, "reason");
        };
        let mut after = before.clone();
        after.votes_per_period = amendment
            .votes_per_period
            .unwrap_or(before.votes_per_period);
        after.tally_visibility = amendment
            .tally_visibility
            .unwrap_or(before.tally_visibility);
        after.challenge = amendment.challenge.unwrap_or(before.challenge);
        after.voting_closes_at = amendment
            .voting_closes_at
            .unwrap_or(before.voting_closes_at);
        if let Err(refusals) = check_amendment(&before, &after, edit.now) {
            return reject(refusals);
        }
        let after = match checked(after) {
            Ok(after) => after,
            Err(refusals) => return reject(refusals),
        };
        let changes = changes_between(Some(&before), &after);
        edit.amend(&after.title, &changes, &reason).await?;
        edit.commit_campaign(attempt.name, &before, after, Some(reason))
            .await?;
        Ok(Ok(()))
    }

    /// Removes a draft with all that belongs to it.
    pub async fn delete_campaign(
        &self,
        id: CampaignId,
        expected_revision: Option<i64>,
    ) -> Result<Answer<(), CampaignRefusal>> {
        let attempt = attempt_on("campaign.delete", id);
        let mut edit = self.open_campaign(id, &attempt).await?;
        let before = match edit.find_campaign(id, expected_revision).await? {
            Ok(before) => before,
            Err(rejections) => return Ok(Err(rejections)),
        };
        if before.lifecycle != Lifecycle::Draft || campaign::has_votes(edit.tx(), id).await? {
            return refuse(CampaignRefusal::WrongPhase, None);
        }
        campaign::delete(edit.tx(), id).await?;
        let mut changes = Changes::default();
        changes.compare("slug", Some(before.slug.clone()), None);
        let event = Event::new(attempt.name, subject_of(&before), changes);
        edit.commit(event).await?;
        Ok(Ok(()))
    }
}

impl Edit {
    /// The campaign of the change, if it stands at the revision that the change rests on.
    pub(super) async fn find_campaign(
        &mut self,
        id: CampaignId,
        expected_revision: Option<i64>,
    ) -> Result<Answer<Campaign, CampaignRefusal>> {
        let found = campaign::find_locked(self.tx(), id).await?;
        let found = found.ok_or(Error::NotFound("campaign"))?;
        if expected_revision.is_some_and(|expected| expected != found.edit_revision) {
            return refuse(CampaignRefusal::StaleObject, "expectedRevision");
        }
        Ok(Ok(found))
    }

    /// Whether every category has a nominee who can be voted for, and there is one.
    async fn is_ready(&mut self, id: CampaignId) -> Result<bool> {
        let categories = campaign::list_categories(self.tx(), id).await?.len();
        let ready = campaign::count_ready_categories(self.tx(), id).await?;
        Ok(categories > 0 && i64::try_from(categories) == Ok(ready))
    }

    /// Stores a campaign at its next edit revision, and commits.
    pub(super) async fn commit_campaign(
        mut self,
        name: &'static str,
        before: &Campaign,
        mut after: Campaign,
        reason: Option<String>,
    ) -> Result<()> {
        let changes = changes_between(Some(before), &after);
        if changes.is_empty() && name == "campaign.update" {
            return Ok(());
        }
        after.edit_revision += 1;
        campaign::update(self.tx(), &after).await?;
        let event = Event {
            reason,
            ..Event::new(name, subject_of(&after), changes)
        };
        self.commit(event.at_revision(after.edit_revision)).await
    }

    /// Stores a change after the first vote for the public to read.
    pub(super) async fn amend(
        &mut self,
        subject_label: &str,
        changes: &Changes,
        reason: &str,
    ) -> Result<()> {
        let campaign_id = self.campaign_id.ok_or(Error::NotFound("campaign"))?;
        let amendment = Amendment {
            id: Uuid::now_v7(),
            campaign_id,
            at: self.now,
            subject_label: subject_label.to_owned(),
            changes: changes.as_slice().to_vec(),
            reason: reason.to_owned(),
        };
        Ok(campaign::insert_amendment(self.tx(), &amendment).await?)
    }
}
