//! New campaigns: drafts, made from nothing or as the copy of another one.

use uuid::Uuid;

use super::campaigns::{attempt_on, reject, subject_of};
use super::categories::{CategoryEdit, checked_categories, event_of_category};
use super::{Answer, Attempt, Desk, Edit, Event, Subject, refuse};
use crate::domain::campaign::{Campaign, Category};
use crate::domain::campaign_life::{CampaignRefusal, changes_between, check_new_times, checked};
use crate::domain::nominee::{Nominee, NomineeStatus};
use crate::error::{Error, Result};
use crate::id::{CampaignId, CategoryId, NomineeId};
use crate::ledger::audit::SubjectKind;
use crate::ledger::campaign;

/// A campaign that is to be made.
#[derive(Debug, Clone)]
pub struct NewCampaign {
    /// The campaign; its ids are new ones.
    pub campaign: Campaign,
    /// Its categories in their order: new ones.
    pub categories: Vec<CategoryEdit>,
    /// The key that makes a repetition the same.
    pub idempotency_key: Option<Uuid>,
}

impl Desk<'_> {
    /// Makes a campaign, a draft; returns its id. A repetition with the same key returns the id of the first.
    pub async fn create_campaign(
        &self,
        new: NewCampaign,
    ) -> Result<Answer<CampaignId, CampaignRefusal>> {
        let made = match checked(new.campaign) {
            Ok(made) => made,
            Err(refusals) => return reject(refusals),
        };
        let attempt = Attempt {
            subject: subject_of(&made),
            ..attempt_on("campaign.create", made.id)
        };
        let mut edit = self.open(made.organisation_id, &attempt).await?;
        if let Some(earlier) = self
            .claim_creation(&mut edit, new.idempotency_key, made.id.0)
            .await?
        {
            return edit.find_earlier(CampaignId(earlier)).await;
        }
        if let Err(refusals) = check_new_times(&made, edit.now) {
            return reject(refusals);
        }
        if new.categories.iter().any(|category| category.id.is_some()) {
            return Err(Error::NotFound("category"));
        }
        let categories = match checked_categories(made.id, new.categories) {
            Ok(categories) => categories,
            Err(refusals) => return reject(refusals),
        };
        if campaign::slug_is_taken(edit.tx(), &made.slug).await? {
            return refuse(CampaignRefusal::SlugTaken, "slug");
        }
        let now = edit.now;
        edit.campaign_id = Some(made.id);
        campaign::insert(edit.tx(), &made, now).await?;
        for (position, category) in (0i64..).zip(&categories) {
            campaign::insert_category(edit.tx(), category, position).await?;
            edit.note(&event_of_category("category.create", None, category))
                .await?;
        }
        let changes = changes_between(None, &made);
        let event = Event::new(attempt.name, subject_of(&made), changes);
        edit.commit(event.at_revision(made.edit_revision)).await?;
        Ok(Ok(made.id))
    }

    /// Makes a draft with the rules and categories of a campaign, and its nominees if asked for; never votes, times or
    /// people's accounts. `new` has the rest.
    pub async fn clone_campaign(
        &self,
        source: CampaignId,
        new: NewCampaign,
        with_nominees: bool,
    ) -> Result<Answer<CampaignId, CampaignRefusal>> {
        let attempt = Attempt {
            subject: Subject::new(SubjectKind::Campaign, source.0, &new.campaign.title),
            ..attempt_on("campaign.clone", source)
        };
        let mut edit = self.open_campaign(source, &attempt).await?;
        let original = campaign::find_locked(edit.tx(), source).await?;
        let original = original.ok_or(Error::NotFound("campaign"))?;
        let copy = Campaign {
            organisation_id: original.organisation_id,
            time_zone: original.time_zone,
            quota_period: original.quota_period,
            quota_scope: original.quota_scope,
            votes_per_period: original.votes_per_period,
            tally_visibility: original.tally_visibility,
            guests_may_vote: original.guests_may_vote,
            admits: original.admits,
            challenge: original.challenge,
            summary: original.summary,
            ..new.campaign
        };
        let copy = match checked(copy) {
            Ok(copy) => copy,
            Err(refusals) => return reject(refusals),
        };
        if let Some(earlier) = self
            .claim_creation(&mut edit, new.idempotency_key, copy.id.0)
            .await?
        {
            return edit.find_earlier(CampaignId(earlier)).await;
        }
        if let Err(refusals) = check_new_times(&copy, edit.now) {
            return reject(refusals);
        }
        if campaign::slug_is_taken(edit.tx(), &copy.slug).await? {
            return refuse(CampaignRefusal::SlugTaken, "slug");
        }
        edit.campaign_id = Some(copy.id);
        let copied = edit.insert_copy(source, &copy, with_nominees).await?;
        let mut changes = changes_between(None, &copy);
        changes.set("clonedFrom", &original.slug);
        changes.set("nominees", copied);
        let event = Event::new(attempt.name, subject_of(&copy), changes);
        edit.commit(event.at_revision(copy.edit_revision)).await?;
        Ok(Ok(copy.id))
    }
}

impl Edit {
    /// The campaign that an idempotency key has made before.
    async fn find_earlier(mut self, id: CampaignId) -> Result<Answer<CampaignId, CampaignRefusal>> {
        match campaign::find_locked(self.tx(), id).await? {
            Some(_) => Ok(Ok(id)),
            None => refuse(CampaignRefusal::IdempotencyKeyReused, "idempotencyKey"),
        }
    }

    /// Stores a copy with the categories of its source and, if asked for, its nominees; returns how many of these.
    async fn insert_copy(
        &mut self,
        source: CampaignId,
        copy: &Campaign,
        with_nominees: bool,
    ) -> Result<usize> {
        let now = self.now;
        campaign::insert(self.tx(), copy, now).await?;
        let mut copies = Vec::new();
        for (position, category) in
            (0i64..).zip(campaign::list_categories(self.tx(), source).await?)
        {
            let new = Category {
                id: CategoryId::new(),
                campaign_id: copy.id,
                ..category.clone()
            };
            campaign::insert_category(self.tx(), &new, position).await?;
            copies.push((category.id, new.id));
        }
        if !with_nominees {
            return Ok(0);
        }
        let mut nominees = campaign::list_nominees(self.tx(), source).await?;
        nominees.retain(Nominee::is_shown);
        for nominee in &mut nominees {
            let category = copies.iter().find(|(old, _)| *old == nominee.category_id);
            nominee.id = NomineeId::new();
            nominee.campaign_id = copy.id;
            nominee.category_id = category.ok_or(Error::NotFound("category"))?.1;
            nominee.status = NomineeStatus::Active;
            nominee.edit_revision = 1;
        }
        campaign::insert_nominees(self.tx(), &nominees).await?;
        Ok(nominees.len())
    }
}
