//! The settings of signals.

use std::path::PathBuf;

use acclaim_signals::SignalSettings;
use clap::Args;

use super::{ConfigError, wrong};

/// The settings of signals.
#[derive(Debug, Clone, Args)]
pub struct SignalArguments {
    /// JSON file with thresholds that differ from those of `acclaim signals --thresholds`
    #[arg(long, env = "ACCLAIM_SIGNAL_THRESHOLDS", value_name = "FILE")]
    pub signal_thresholds: Option<PathBuf>,
    /// Votes of a campaign that are examined at once, in memory: of more, those of the last days
    #[arg(
        long,
        env = "ACCLAIM_SIGNAL_VOTES_MAX",
        default_value_t = 5_000_000,
        value_parser = clap::value_parser!(u32).range(10_000..)
    )]
    pub signal_votes_max: u32,
}

impl SignalArguments {
    /// The thresholds.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn thresholds(&self) -> Result<SignalSettings, ConfigError> {
        let Some(path) = &self.signal_thresholds else {
            return Ok(SignalSettings::default());
        };
        let wrong = wrong("ACCLAIM_SIGNAL_THRESHOLDS");
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong(format!("names {shown}, which cannot be read: {error}")))?;
        serde_json::from_str(&text).map_err(|error| {
            wrong(format!(
                "names {shown}, which is not as it should be: {error}"
            ))
        })
    }
}
