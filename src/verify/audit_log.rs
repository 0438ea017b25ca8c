//! The audit log against the objects that it tells of: every revision of a campaign, nominee or story has its event,
//! and the last value that was written down for a field is the one that is there. Objects that were not made at the
//! desk have no events until they are edited there.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use serde::Serialize;
use uuid::Uuid;

use crate::domain::campaign_life;
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::id::CampaignId;
use crate::ledger::audit::{self, AuditEvent};
use crate::ledger::import::{self, ImportChange};
use crate::ledger::{Database, campaign, roster, story_edit};

/// An object that is not as the audit log tells.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuditDifference {
    campaign_id: CampaignId,
    subject_id: Uuid,
    fault: String,
}

impl fmt::Display for AuditDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            campaign_id,
            subject_id,
            fault,
        } = self;
        write!(f, "{subject_id} (campaign {campaign_id}): {fault}")
    }
}

/// Compares all campaigns, one after the other.
pub(super) async fn compare(database: &Database) -> sqlx::Result<Vec<AuditDifference>> {
    let mut differences = Vec::new();
    for (id, _) in campaign::list_revisions(database).await?.campaigns {
        // The events before the objects: what is edited in between is newer than its events, and looked at again.
        let mut found = compare_campaign(database, id).await?;
        if !found.is_empty() {
            found = compare_campaign(database, id).await?;
        }
        differences.extend(found);
    }
    Ok(differences)
}

async fn compare_campaign(
    database: &Database,
    id: CampaignId,
) -> sqlx::Result<Vec<AuditDifference>> {
    let events = audit::list_of_campaign(database, id).await?;
    let imported = import::list_changes(database, id).await?;
    let Some(roster) = roster::find_roster(database, id).await?.roster else {
        return Ok(Vec::new());
    };
    let stories = story_edit::list_edited(database, id).await?.stories;
    let stories = stories.into_iter().map(|story| {
        let values = story.values().into();
        (story.id.0, story.review.edit_revision, values)
    });
    let mut by_subject: HashMap<Uuid, Vec<ImportChange>> = HashMap::new();
    let told = events.into_iter().filter_map(told_by);
    for change in told.chain(imported) {
        let changes = by_subject.entry(change.subject_id).or_default();
        changes.push(change);
    }
    let mut differences = Vec::new();
    for (subject_id, revision, values) in objects(&roster).into_iter().chain(stories) {
        let mut changes = by_subject.remove(&subject_id).unwrap_or_default();
        changes.sort_by_key(|change| change.subject_revision);
        let faults = faults(&changes, revision, &values).into_iter();
        differences.extend(faults.map(|fault| AuditDifference {
            campaign_id: id,
            subject_id,
            fault,
        }));
    }
    Ok(differences)
}

/// The change of one object that an event tells of, as imports keep theirs beside their one event.
fn told_by(event: AuditEvent) -> Option<ImportChange> {
    Some(ImportChange {
        subject_id: event.subject_id,
        subject_revision: event.subject_revision?,
        changes: event.changes,
    })
}

/// Values by the names of their fields.
type Values = Vec<(&'static str, Option<String>)>;

/// The objects of a roster with their revisions and the values that the log keeps.
fn objects(roster: &Roster) -> Vec<(Uuid, i64, Values)> {
    let campaign = roster.campaign();
    let values = campaign_life::values(campaign).into();
    let mut objects = vec![(campaign.id.0, campaign.edit_revision, values)];
    for nominee in roster.nominees() {
        let Nominee {
            id,
            number,
            category_id,
            status,
            edit_revision,
            portrait_media,
            ..
        } = nominee;
        let values = vec![
            ("number", Some(number.to_string())),
            ("categoryId", Some(category_id.to_string())),
            ("status", Some(status.name().to_owned())),
            ("portraitMedia", portrait_media.clone().map(String::from)),
        ];
        objects.push((id.0, *edit_revision, values));
    }
    objects
}

/// The faults of an object at this revision, with these values, by its events in the order of their revisions.
fn faults(events: &[ImportChange], revision: i64, values: &Values) -> Vec<String> {
    let mut faults = Vec::new();
    // By the events and not by the revisions, of which a number that was changed by hand has any number.
    let told: BTreeSet<i64> = events.iter().map(|event| event.subject_revision).collect();
    let within = i64::try_from(told.range(2..=revision.max(2)).count()).unwrap_or(i64::MAX);
    if within < revision - 1
        && let Some(first) = (2..=revision).find(|revision| !told.contains(revision))
    {
        faults.push(format!(
            "{} of its revisions have no event, {first} first",
            revision - 1 - within
        ));
    }
    if told.len() < events.len() {
        faults.push("a revision has several events".to_owned());
    }
    if let Some(last) = events.iter().map(|event| event.subject_revision).max()
        && last > revision
    {
        faults.push(format!(
            "the log knows revision {last}, the object is at {revision}"
        ));
    }
    for (field, value) in values {
        let mut changes = events.iter().rev().flat_map(|event| &event.changes);
        if let Some(last) = changes.find(|change| change.field == *field)
            && last.after != *value
        {
            let logged = last.after.as_deref().unwrap_or("nothing");
            let there = value.as_deref().unwrap_or("nothing");
            faults.push(format!("{field} is {there}, and {logged} by the log"));
        }
    }
    faults
}
