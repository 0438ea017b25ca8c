//! The tree of commands, for those who compare something with it, as the tests compare the documents.

use clap::{Command, CommandFactory as _};

use super::Cli;

/// All commands with their options.
#[must_use]
pub fn command() -> Command {
    Cli::command()
}
