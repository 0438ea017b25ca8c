//! The `acclaim` program: see [`acclaim::cli`].

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    acclaim::cli::run(acclaim::cli::Cli::parse())
}
