//! The `acclaim` program: see [`acclaim::cli`]; or its child that reads a spreadsheet: see [`acclaim::sheet`].

use std::process::ExitCode;

/// A vote makes a hundred small allocations, many freed by another thread: a tenth more votes than with glibc's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    acclaim::sheet::child::run_if_asked().unwrap_or_else(acclaim::cli::run)
}
