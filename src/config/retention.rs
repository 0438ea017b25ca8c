//! The setting of how long something is kept of voters.

use chrono::TimeDelta;
use clap::Args;

/// The setting of how long something is kept of voters.
#[derive(Debug, Clone, Copy, Args)]
pub struct RetentionSettings {
    /// Days after the end of the last campaign that a voter took part in, after which nothing is kept of it but its
    /// votes, tied to nobody
    #[arg(
        long,
        env = "ACCLAIM_VOTER_RETENTION_DAYS",
        default_value_t = 180,
        value_parser = clap::value_parser!(u16).range(30..=3_650)
    )]
    pub voter_retention_days: u16,
}

impl RetentionSettings {
    /// The time.
    #[must_use]
    pub fn voter_retention(self) -> TimeDelta {
        TimeDelta::days(self.voter_retention_days.into())
    }
}
