//! Exports: tables of a campaign as files, their kinds, formats and states.

use super::access::Action;

/// The table that an export has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExportKind {
    /// Nominees with their votes and ranks.
    Tally,
    /// Votes by minute, nominee and client.
    Turnout,
    /// All votes, their voters by pseudonym.
    Ballots,
    /// Stories.
    Stories,
    /// The audit log of the campaign.
    AuditLog,
}

impl ExportKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Tally,
        Self::Turnout,
        Self::Ballots,
        Self::Stories,
        Self::AuditLog,
    ];

    /// Its name in files and commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tally => "tally",
            Self::Turnout => "turnout",
            Self::Ballots => "ballots",
            Self::Stories => "stories",
            Self::AuditLog => "audit-log",
        }
    }

    /// The right that it takes.
    #[must_use]
    pub fn right(self) -> Action {
        match self {
            Self::Tally | Self::Turnout => Action::ReadFigures,
            Self::Ballots | Self::Stories | Self::AuditLog => Action::ReadRecords,
        }
    }
}

/// The format of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TableFormat {
    /// A workbook; as many worksheets as the rows need.
    Xlsx,
    /// UTF-8 with a byte order mark, which Excel needs.
    Csv,
}

impl TableFormat {
    /// The end of its files' names.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }

    /// The type of its files.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// The state of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExportStatus {
    /// It waits for a process.
    Waiting,
    /// A process writes it.
    Writing,
    /// Its file is there.
    Ready,
    /// There is no file, and there will be none.
    Failed,
}

/// The reason why there is no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExportFailure {
    /// The campaign was deleted meanwhile.
    CampaignGone,
    /// It has more rows than the format takes.
    TooManyRows,
    /// It was tried again and again, or took too long.
    GaveUp,
}
