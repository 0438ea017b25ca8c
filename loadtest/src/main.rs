//! The load of a whole campaign, as a command: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    loadtest::run()
}
