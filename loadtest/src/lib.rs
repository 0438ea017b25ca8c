//! Plays the load of a whole campaign against a running Acclaim, asks it afterwards, and recounts.
//!
//! Read `schedule` (what is sent, and when), `player` (how it is sent), `replay` (the one as a load of the other),
//! `history` and `recount` (what is known of it, and how that is compared), then `command`, which puts them together.

mod api;
pub mod attack;
mod campaign;
mod check;
mod command;
mod history;
mod machine;
mod measure;
mod player;
mod progress;
mod random;
mod recount;
mod replay;
mod report;
mod schedule;
mod subscribers;
mod voters;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

/// Why the program cannot do what it is told, in a sentence for people.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Does what the arguments of the command line say.
#[must_use]
pub fn run() -> ExitCode {
    match command::run(&command::Cli::parse()) {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "loadtest: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Writes to standard output; a reader that has gone is no reason to fail.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
