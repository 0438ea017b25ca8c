//! Organisations: made by operators, edited by their owners.

use super::{Answer, Attempt, Desk, Event, Subject, refuse};
use crate::domain::access::Action;
use crate::domain::change::Changes;
use crate::domain::organisation::{NAME_CHARS_MAX, Organisation, is_slug};
use crate::error::Result;
use crate::id::OrganisationId;
use crate::ledger::audit::SubjectKind;
use crate::ledger::organisation;

/// The reason why an organisation was not made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrganisationRefusal {
    /// The name in addresses is none.
    InvalidSlug,
    /// The name in addresses is taken.
    SlugTaken,
    /// The name is empty or too long.
    InvalidName,
    /// Somebody else has changed it since.
    StaleObject,
}

/// An edit of an organisation: what is none stays.
#[derive(Debug, Clone, Default)]
pub struct OrganisationEdit {
    /// Its name for people.
    pub name: Option<String>,
    /// Whether its owners need a second factor.
    pub requires_second_factor: Option<bool>,
}

impl Desk<'_> {
    /// Makes an organisation; for operators.
    pub async fn create_organisation(
        &self,
        slug: &str,
        name: &str,
    ) -> Result<Answer<Organisation, OrganisationRefusal>> {
        if !is_slug(slug) {
            return refuse(OrganisationRefusal::InvalidSlug, "slug");
        }
        let Some(name) = checked_name(name) else {
            return refuse(OrganisationRefusal::InvalidName, "name");
        };
        let made = Organisation {
            id: OrganisationId::new(),
            slug: slug.to_owned(),
            name,
            requires_second_factor: false,
            edit_revision: 1,
        };
        let subject = Subject::new(SubjectKind::Organisation, made.id.0, &made.name);
        let attempt = Attempt {
            name: "organisation.create",
            right: Action::ManageOrganisation,
            subject: subject.clone(),
        };
        let mut edit = self.open(made.id, &attempt).await?;
        let now = edit.now;
        if !organisation::insert(edit.tx(), &made, now).await? {
            return refuse(OrganisationRefusal::SlugTaken, "slug");
        }
        let mut changes = Changes::default();
        changes.set("slug", &made.slug);
        changes.set("name", &made.name);
        let event = Event::new(attempt.name, subject, changes).at_revision(made.edit_revision);
        edit.commit(event).await?;
        Ok(Ok(made))
    }

    /// Changes name and settings of an organisation that stands at `expected_revision`.
    pub async fn update_organisation(
        &self,
        id: OrganisationId,
        expected_revision: i64,
        change: OrganisationEdit,
    ) -> Result<Answer<(), OrganisationRefusal>> {
        let attempt = Attempt {
            name: "organisation.update",
            right: Action::ManageOrganisation,
            subject: Subject::new(SubjectKind::Organisation, id.0, ""),
        };
        let mut edit = self.open(id, &attempt).await?;
        let before = organisation::find_locked(edit.tx(), id).await?;
        let before = before.ok_or(crate::error::Error::NotFound("organisation"))?;
        if before.edit_revision != expected_revision {
            return refuse(OrganisationRefusal::StaleObject, "expectedRevision");
        }
        let mut after = before.clone();
        if let Some(name) = change.name {
            let Some(name) = checked_name(&name) else {
                return refuse(OrganisationRefusal::InvalidName, "name");
            };
            after.name = name;
        }
        if let Some(requires) = change.requires_second_factor {
            after.requires_second_factor = requires;
        }
        if after == before {
            return Ok(Ok(()));
        }
        after.edit_revision += 1;
        organisation::update(edit.tx(), &after).await?;
        let mut changes = Changes::default();
        changes.replace("name", &before.name, &after.name);
        changes.replace(
            "requiresSecondFactor",
            before.requires_second_factor,
            after.requires_second_factor,
        );
        let subject = Subject::new(SubjectKind::Organisation, id.0, &after.name);
        let event = Event::new(attempt.name, subject, changes).at_revision(after.edit_revision);
        edit.commit(event).await?;
        Ok(Ok(()))
    }
}

fn checked_name(name: &str) -> Option<String> {
    let name = name.trim();
    let is_good = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && !name.chars().any(char::is_control);
    is_good.then(|| name.to_owned())
}
