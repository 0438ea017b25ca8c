//! The log on standard error.

use std::io::IsTerminal as _;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The target of the access log's lines: by it they are chosen, and found in JSON.
pub const ACCESS_LOG: &str = "acclaim::access";

/// Sets up logging to standard error: `filter` as `RUST_LOG` has it, and beside it the access log, if it is wanted; as
/// lines of JSON, or for people.
pub fn init_logs(filter: &str, json: bool, has_access_log: bool) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let filter = match access_directive(has_access_log) {
        Some(directive) => filter.add_directive(directive),
        None => filter,
    };
    let registry = tracing_subscriber::registry().with(filter);
    let has_colours = std::io::stderr().is_terminal();
    let text = tracing_subscriber::fmt::layer()
        .with_target(false)
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    // A second set-up in one process, as tests do it, keeps the first. A log that cannot be written is no reason to
    // write to it: that would panic where the disk is full.
    let _ = if json {
        registry
            .with(
                tracing_subscriber::fmt::layer()
                    .json()
                    .log_internal_errors(false)
                    .with_writer(std::io::stderr),
            )
            .try_init()
    } else {
        registry
            .with(if has_colours {
                text
            } else {
                text.with_ansi(false)
            })
            .try_init()
    };
}

/// The part of the filter that decides about the access log, whatever the rest says.
fn access_directive(has_access_log: bool) -> Option<Directive> {
    let level = if has_access_log {
        LevelFilter::INFO
    } else {
        LevelFilter::OFF
    };
    format!("{ACCESS_LOG}={level}").parse().ok()
}
