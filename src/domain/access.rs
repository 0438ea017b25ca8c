//! The table of rights: what the members of an organisation may do with what belongs to it. Everything that shows or
//! changes something asks here, whichever edge it comes from.

/// The role of a member in its organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StaffRole {
    /// Answers for the organisation: everything, its members too.
    Owner,
    /// Runs campaigns.
    Organiser,
    /// Writes stories.
    Editor,
    /// Looks at everything and changes nothing.
    Auditor,
}

impl StaffRole {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Organiser, Self::Editor, Self::Auditor];

    /// Its name in the API and in the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "OWNER",
            Self::Organiser => "ORGANISER",
            Self::Editor => "EDITOR",
            Self::Auditor => "AUDITOR",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A kind of looking or changing that a member needs a right for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Seeing what is not public yet, or no longer: drafts of campaigns, stories before their time, withdrawn nominees.
    ReadDrafts,
    /// Seeing figures that the rules hide from the public: tallies before their time, turnout.
    ReadFigures,
    /// Seeing the organisation's records: its members, invitations and audit log; exports.
    ReadRecords,
    /// Changing campaigns, their rules and nominees; imports.
    EditCampaigns,
    /// Proposing rules that withhold votes, applying those of others, reverting them.
    WithholdVotes,
    /// Writing stories and handing them in.
    WriteStories,
    /// Approving, scheduling and retracting stories that others wrote.
    ReviewStories,
    /// Changing the organisation, its members and invitations.
    ManageOrganisation,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 8] = [
        Self::ReadDrafts,
        Self::ReadFigures,
        Self::ReadRecords,
        Self::EditCampaigns,
        Self::WithholdVotes,
        Self::WriteStories,
        Self::ReviewStories,
        Self::ManageOrganisation,
    ];
}

/// Whether a member with this role may do this in its organisation.
#[must_use]
pub fn may(role: StaffRole, action: Action) -> bool {
    use StaffRole::{Auditor, Editor, Organiser, Owner};
    match action {
        Action::ReadDrafts => true,
        Action::ReadFigures | Action::ReadRecords => matches!(role, Owner | Organiser | Auditor),
        Action::EditCampaigns | Action::WithholdVotes => matches!(role, Owner | Organiser),
        Action::WriteStories | Action::ReviewStories => matches!(role, Owner | Organiser | Editor),
        Action::ManageOrganisation => role == Owner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as organisers read it: owner, organiser, editor, auditor.
    #[test]
    fn the_table_of_rights() {
        let table = Action::ALL.map(|action| {
            let row = StaffRole::ALL.map(|role| if may(role, action) { 'y' } else { '.' });
            (action, String::from_iter(row))
        });
        let expected = [
            (Action::ReadDrafts, "yyyy"),
            (Action::ReadFigures, "yy.y"),
            (Action::ReadRecords, "yy.y"),
            (Action::EditCampaigns, "yy.."),
            (Action::WithholdVotes, "yy.."),
            (Action::WriteStories, "yyy."),
            (Action::ReviewStories, "yyy."),
            (Action::ManageOrganisation, "y..."),
        ];
        assert_eq!(
            table,
            expected.map(|(action, row)| (action, row.to_owned()))
        );
    }

    #[test]
    fn roles_have_their_names() {
        for role in StaffRole::ALL {
            assert_eq!(StaffRole::from_name(role.name()), Some(role));
        }
        assert_eq!(StaffRole::from_name("owner"), None);
    }
}
