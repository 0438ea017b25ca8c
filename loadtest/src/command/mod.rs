//! The command line.

mod attack;
mod bench;
mod feed;
mod replay;
mod subscribe;
mod vote;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::Failure;
use crate::api::Server;
use crate::player::CONNECTIONS;
use crate::voters::TokenArgs;

/// Plays the load of a whole campaign against a running Acclaim, and recounts.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play a campaign of three days, ask the server afterwards, and recount; exit code 1 if one vote is missing or
    /// doubled, or a quota was exceeded
    Replay(replay::ReplayArgs),
    /// Cast votes of distinct voters, as fast as they are answered or at a rate
    Vote(vote::VoteArgs),
    /// Read the feed, as fast as it is answered or at a rate
    Feed(feed::FeedArgs),
    /// Watch the live tally on many sockets while votes are cast at a rate
    Subscribe(subscribe::SubscribeArgs),
    /// Play attacks, and honest crowds that look like them, in process, and report what the signals find and what a
    /// rule would take; no server is needed
    Attack(attack::AttackArgs),
}

/// Whom the load is for, and how.
#[derive(Debug, Clone, Args)]
pub struct TargetArgs {
    /// Address of the server, or of several equal ones with commas, whom connections are shared out to
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Slug of the campaign
    #[arg(long, default_value = "demo")]
    campaign: String,
    /// Where tokens come from.
    #[command(flatten)]
    tokens: TokenArgs,
    /// Connections at once
    #[arg(long, default_value_t = CONNECTIONS)]
    connections: usize,
    /// Threads of this program: one leaves the others to a server on the same machine
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Process id of a server on this machine, whose processor time is reported
    #[arg(long)]
    server_pid: Option<u32>,
}

impl TargetArgs {
    fn server(&self) -> Result<Server, Failure> {
        Server::new(&self.url)
    }
}

/// Runs the program.
///
/// # Errors
/// When it cannot do what it is told.
pub fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    let target = match &cli.command {
        Command::Replay(args) => &args.target,
        Command::Vote(args) => &args.target,
        Command::Feed(args) => &args.target,
        Command::Subscribe(args) => &args.target,
        Command::Attack(args) => return Ok(attack::run(args)),
    };
    // Sockets are files; usual shells begin with 1,024.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = match target.threads {
        0 | 1 => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build(),
        threads => tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_all()
            .build(),
    };
    runtime?.block_on(async {
        match &cli.command {
            Command::Replay(args) => replay::run(args).await,
            Command::Vote(args) => vote::run(args).await,
            Command::Feed(args) => feed::run(args).await,
            Command::Subscribe(args) => subscribe::run(args).await,
            Command::Attack(args) => Ok(attack::run(args)),
        }
    })
}

/// Reads a duration such as `500ms`, `60s`, `5m` or `72h`.
fn parse_duration(text: &str) -> Result<Duration, String> {
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic());
    let parse = || {
        let (number, unit) = text.split_at(unit_at?);
        let unit_ms = match unit {
            "ms" => 1.0,
            "s" => 1_000.0,
            "m" => 60_000.0,
            "h" => 3_600_000.0,
            _ => return None,
        };
        let ms: f64 = number.trim().parse::<f64>().ok()? * unit_ms;
        Duration::try_from_secs_f64(ms / 1_000.0).ok()
    };
    parse()
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "write a duration such as 500ms, 60s, 5m or 72h".to_owned())
}

/// Reads a number above zero, such as a rate or a scale.
fn parse_positive(text: &str) -> Result<f64, String> {
    let number = text
        .parse::<f64>()
        .ok()
        .filter(|n| n.is_finite() && *n > 0.0);
    number.ok_or_else(|| "write a number above zero".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn durations_have_a_unit() {
        for (text, ms) in [
            ("500ms", 500),
            ("60s", 60_000),
            ("1.5m", 90_000),
            ("72h", 259_200_000),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_millis(ms)),
                "{text}"
            );
        }
        for text in ["", "60", "s", "-1s", "0s", "1d", "1 hour"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
