//! The categories of a campaign, edited as one list: a campaign's revision covers them.

use super::campaigns::{attempt_on, reject};
use super::{Answer, Desk, Edit, Event, Subject, checked_reason, refuse};
use crate::domain::campaign::Category;
use crate::domain::campaign_life::{CampaignRefusal, FieldRefusal};
use crate::domain::change::Changes;
use crate::error::{Error, Result};
use crate::id::{CampaignId, CategoryId};
use crate::ledger::audit::SubjectKind;
use crate::ledger::campaign;

/// Categories of a campaign at most.
const CATEGORIES_MAX: usize = 100;
/// Characters of a category's key at most.
const KEY_CHARS_MAX: usize = 64;
/// Characters of a category's name at most.
const NAME_CHARS_MAX: usize = 100;
/// Nominees of a shortlist at most.
const SHORTLIST_MAX: i64 = 10_000;

/// A category as a list of them is edited.
#[derive(Debug, Clone)]
pub struct CategoryEdit {
    /// The category; none for a new one.
    pub id: Option<CategoryId>,
    /// A short name for programs.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// How many of its nominees the public's selection takes.
    pub shortlist_size: i64,
}

impl Desk<'_> {
    /// Replaces the list of categories. A category that is left out is removed. After the first vote only the sizes of
    /// shortlists may change, with a reason that the public reads.
    pub async fn set_categories(
        &self,
        id: CampaignId,
        expected_revision: i64,
        categories: Vec<CategoryEdit>,
        reason: Option<&str>,
    ) -> Result<Answer<(), CampaignRefusal>> {
        let attempt = attempt_on("campaign.setCategories", id);
        let mut edit = self.open_campaign(id, &attempt).await?;
        let before = match edit.find_campaign(id, Some(expected_revision)).await? {
            Ok(before) => before,
            Err(rejections) => return Ok(Err(rejections)),
        };
        let old = campaign::list_categories(edit.tx(), id).await?;
        let is_known = |id: &CategoryId| old.iter().any(|category| category.id == *id);
        if !categories
            .iter()
            .filter_map(|c| c.id.as_ref())
            .all(is_known)
        {
            return Err(Error::NotFound("category"));
        }
        let reason = match reason.map(checked_reason) {
            None => None,
            Some(Some(reason)) => Some(reason),
            Some(None) => return refuse(CampaignRefusal::ReasonRequired, "reason"),
        };
        let new = match checked_categories(id, categories) {
            Ok(new) => new,
            Err(refusals) => return reject(refusals),
        };
        if new == old {
            return Ok(Ok(()));
        }
        if campaign::has_votes(edit.tx(), id).await? {
            let Some(reason) = &reason else {
                return refuse(CampaignRefusal::ReasonRequired, "reason");
            };
            if !only_shortlists_differ(&old, &new) {
                return refuse(CampaignRefusal::FixedAfterFirstVote, "categories");
            }
            for (before, after) in old.iter().zip(&new) {
                let changes = category_changes(Some(before), after);
                if !changes.is_empty() {
                    edit.amend(&after.name, &changes, reason).await?;
                }
            }
        }
        if let Err(why) = edit.store_categories(&old, &new).await? {
            return refuse(why, "categories");
        }
        let after = before.clone();
        edit.commit_campaign(attempt.name, &before, after, reason)
            .await?;
        Ok(Ok(()))
    }
}

impl Edit {
    /// Stores a list of categories in the place of another one, with an event for each that differs.
    async fn store_categories(
        &mut self,
        old: &[Category],
        new: &[Category],
    ) -> Result<std::result::Result<(), CampaignRefusal>> {
        for gone in old.iter().filter(|old| !new.iter().any(|c| c.id == old.id)) {
            if !campaign::delete_category(self.tx(), gone.id).await? {
                return Ok(Err(CampaignRefusal::CategoryInUse));
            }
            let mut changes = Changes::default();
            changes.compare("key", Some(gone.key.clone()), None);
            let subject = Subject::new(SubjectKind::Category, gone.id.0, &gone.name);
            self.note(&Event::new("category.delete", subject, changes))
                .await?;
        }
        // Keys that change places would meet: those that stay step aside first.
        for (position, category) in (0i64..).zip(new) {
            let before = old.iter().find(|old| old.id == category.id);
            if before.is_some() {
                let aside = Category {
                    key: category.id.to_string(),
                    ..category.clone()
                };
                campaign::update_category(self.tx(), &aside, position).await?;
            }
        }
        for (position, category) in (0i64..).zip(new) {
            let before = old.iter().find(|old| old.id == category.id);
            let name = if before.is_some() {
                campaign::update_category(self.tx(), category, position).await?;
                "category.update"
            } else {
                campaign::insert_category(self.tx(), category, position).await?;
                "category.create"
            };
            let event = event_of_category(name, before, category);
            if !event.changes.is_empty() {
                self.note(&event).await?;
            }
        }
        Ok(Ok(()))
    }
}

/// The categories of a campaign as they are stored, when all are within their bounds.
pub(super) fn checked_categories(
    campaign_id: CampaignId,
    categories: Vec<CategoryEdit>,
) -> std::result::Result<Vec<Category>, Vec<FieldRefusal>> {
    if categories.len() > CATEGORIES_MAX {
        return Err(vec![(CampaignRefusal::TooManyCategories, "categories")]);
    }
    let mut checked: Vec<Category> = Vec::with_capacity(categories.len());
    for category in categories {
        let key = category.key.trim().to_owned();
        let name = category.name.trim().to_owned();
        let is_key = !key.is_empty()
            && key.len() <= KEY_CHARS_MAX
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        let is_repeated = checked
            .iter()
            .any(|other| other.key == key || Some(other.id) == category.id);
        let why = if !is_key || is_repeated {
            Some(CampaignRefusal::InvalidCategoryKey)
        } else if name.is_empty()
            || name.chars().count() > NAME_CHARS_MAX
            || name.chars().any(char::is_control)
        {
            Some(CampaignRefusal::InvalidCategoryName)
        } else if !(1..=SHORTLIST_MAX).contains(&category.shortlist_size) {
            Some(CampaignRefusal::InvalidShortlistSize)
        } else {
            None
        };
        if let Some(why) = why {
            return Err(vec![(why, "categories")]);
        }
        checked.push(Category {
            id: category.id.unwrap_or_default(),
            campaign_id,
            key,
            name,
            shortlist_size: category.shortlist_size,
        });
    }
    Ok(checked)
}

fn only_shortlists_differ(old: &[Category], new: &[Category]) -> bool {
    let same = |(old, new): (&Category, &Category)| {
        (old.id, &old.key, &old.name) == (new.id, &new.key, &new.name)
    };
    old.len() == new.len() && old.iter().zip(new).all(same)
}

fn category_changes(before: Option<&Category>, after: &Category) -> Changes {
    let mut changes = Changes::default();
    let old = |value: fn(&Category) -> String| before.map(value);
    changes.compare("key", old(|c| c.key.clone()), Some(after.key.clone()));
    changes.compare("name", old(|c| c.name.clone()), Some(after.name.clone()));
    changes.compare(
        "shortlistSize",
        old(|c| c.shortlist_size.to_string()),
        Some(after.shortlist_size.to_string()),
    );
    changes
}

pub(super) fn event_of_category(
    name: &'static str,
    before: Option<&Category>,
    after: &Category,
) -> Event {
    let subject = Subject::new(SubjectKind::Category, after.id.0, &after.name);
    Event::new(name, subject, category_changes(before, after))
}
