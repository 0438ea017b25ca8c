//! Organisations, and who belongs to them with which role: what rights are looked up in.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::access::{Action, StaffRole, may};
use crate::id::{OrganisationId, StaffId};

/// Characters of an organisation's name at most.
pub const NAME_CHARS_MAX: usize = 200;

/// A body that runs campaigns.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Whether its owners need a second factor.
    pub requires_second_factor: bool,
    /// Moves with every edit.
    pub edit_revision: i64,
}

/// A member of staff in an organisation.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Membership {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The member.
    pub staff_id: StaffId,
    /// Its role.
    pub role: StaffRole,
    /// The time from which it has been a member.
    pub created_at: DateTime<Utc>,
    /// The member's name for people.
    pub name: String,
    /// The member's e-mail address.
    pub email: String,
    /// Whether it has a second factor.
    pub has_second_factor: bool,
    /// Whether it is kept out.
    pub is_disabled: bool,
}

impl Membership {
    /// Whether the member may do this in its organisation, as both stand.
    #[must_use]
    pub fn may(&self, organisation: &Organisation, action: Action) -> bool {
        !self.is_disabled && !self.lacks_second_factor(organisation) && may(self.role, action)
    }

    /// Whether the member has to set up a second factor before it may do anything.
    #[must_use]
    pub fn lacks_second_factor(&self, organisation: &Organisation) -> bool {
        lacks_second_factor(
            self.role,
            organisation.requires_second_factor,
            self.has_second_factor,
        )
    }
}

/// All organisations with their members, as they stand at one revision.
#[derive(Debug, Default)]
pub struct Directory {
    revision: i64,
    /// By slug.
    organisations: Vec<Organisation>,
    /// Oldest first.
    memberships: Vec<Membership>,
    index: HashMap<OrganisationId, usize>,
    by_member: HashMap<(StaffId, OrganisationId), usize>,
}

impl Directory {
    /// Builds the indexes.
    #[must_use]
    pub fn new(
        revision: i64,
        organisations: Vec<Organisation>,
        memberships: Vec<Membership>,
    ) -> Self {
        let index = organisations.iter().enumerate();
        let index = index.map(|(index, organisation)| (organisation.id, index));
        let by_member = memberships.iter().enumerate();
        let by_member = by_member
            .map(|(index, member)| ((member.staff_id, member.organisation_id), index))
            .collect();
        Self {
            revision,
            index: index.collect(),
            by_member,
            organisations,
            memberships,
        }
    }

    /// The revision at which it stands.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// All organisations, by their slugs.
    #[must_use]
    pub fn organisations(&self) -> &[Organisation] {
        &self.organisations
    }

    /// An organisation, whoever asks.
    #[must_use]
    pub fn find(&self, id: OrganisationId) -> Option<&Organisation> {
        self.index.get(&id).map(|&index| &self.organisations[index])
    }

    /// An organisation by its slug, whoever asks.
    #[must_use]
    pub fn find_by_slug(&self, slug: &str) -> Option<&Organisation> {
        let index = self
            .organisations
            .binary_search_by(|organisation| organisation.slug.as_str().cmp(slug));
        index.ok().map(|index| &self.organisations[index])
    }

    /// All members of an organisation, oldest first.
    pub fn members(&self, id: OrganisationId) -> impl Iterator<Item = &Membership> {
        let members = self.memberships.iter();
        members.filter(move |member| member.organisation_id == id)
    }

    /// The memberships of a member of staff, by the organisations' slugs.
    pub fn memberships_of(
        &self,
        staff_id: StaffId,
    ) -> impl Iterator<Item = (&Organisation, &Membership)> {
        self.organisations.iter().filter_map(move |organisation| {
            let membership = self.find_membership(staff_id, organisation.id)?;
            Some((organisation, membership))
        })
    }

    /// The membership of a member of staff in an organisation.
    #[must_use]
    pub fn find_membership(&self, staff_id: StaffId, id: OrganisationId) -> Option<&Membership> {
        let index = self.by_member.get(&(staff_id, id))?;
        Some(&self.memberships[*index])
    }

    /// Whether a member of staff may do this in an organisation.
    #[must_use]
    pub fn may(&self, staff_id: StaffId, id: OrganisationId, action: Action) -> bool {
        let Some(organisation) = self.find(id) else {
            return false;
        };
        let membership = self.find_membership(staff_id, id);
        membership.is_some_and(|membership| membership.may(organisation, action))
    }
}

/// Whether a member has to set up a second factor before it may do anything: an owner, where the organisation asks for
/// it.
#[must_use]
pub fn lacks_second_factor(role: StaffRole, is_required: bool, has_second_factor: bool) -> bool {
    role == StaffRole::Owner && is_required && !has_second_factor
}

/// Whether a text can be a name in addresses: 2 to 64 lower-case letters of ASCII, digits and hyphens, which do not
/// stand at its ends.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (2..=64).contains(&text.len())
        && text.bytes().all(is_inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(requires_second_factor: bool, membership: Membership) -> Directory {
        let organisation = Organisation {
            id: membership.organisation_id,
            slug: "one".to_owned(),
            name: "One".to_owned(),
            requires_second_factor,
            edit_revision: 1,
        };
        Directory::new(1, vec![organisation], vec![membership])
    }

    fn membership(role: StaffRole) -> Membership {
        Membership {
            organisation_id: OrganisationId::new(),
            staff_id: StaffId::new(),
            role,
            created_at: DateTime::UNIX_EPOCH,
            name: "Ma Lan".to_owned(),
            email: "ma@lan.example".to_owned(),
            has_second_factor: false,
            is_disabled: false,
        }
    }

    #[test]
    fn rights_end_at_the_organisation() {
        let member = membership(StaffRole::Owner);
        let (id, staff_id) = (member.organisation_id, member.staff_id);
        let directory = directory(false, member);
        assert!(directory.may(staff_id, id, Action::ReadDrafts));
        assert!(!directory.may(StaffId::new(), id, Action::ReadDrafts));
        assert!(!directory.may(staff_id, OrganisationId::new(), Action::ReadDrafts));
    }

    #[test]
    fn an_owner_may_nothing_before_a_second_factor_that_is_asked_for() {
        for (role, required, has, may) in [
            (StaffRole::Owner, true, false, false),
            (StaffRole::Owner, true, true, true),
            (StaffRole::Owner, false, false, true),
            (StaffRole::Auditor, true, false, true),
        ] {
            let mut member = membership(role);
            member.has_second_factor = has;
            let (id, staff_id) = (member.organisation_id, member.staff_id);
            let directory = directory(required, member);
            assert_eq!(directory.may(staff_id, id, Action::ReadDrafts), may);
        }
    }

    #[test]
    fn who_is_kept_out_may_nothing() {
        let mut member = membership(StaffRole::Organiser);
        member.is_disabled = true;
        let (id, staff_id) = (member.organisation_id, member.staff_id);
        assert!(!directory(false, member).may(staff_id, id, Action::ReadDrafts));
    }

    #[test]
    fn names_in_addresses() {
        for good in ["ab", "a-b", "2026", "innovators-2026"] {
            assert!(is_slug(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "-a",
            "a-",
            "A1",
            "a b",
            "a/b",
            "创新",
            &"a".repeat(65),
        ] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
