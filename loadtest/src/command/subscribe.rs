//! `subscribe`: many sockets watch the live tally while votes are cast at a rate. `subscribers` says what is measured.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::sync::watch;

use super::bench::{Cpu, plan};
use super::vote::Votes;
use super::{TargetArgs, parse_duration};
use crate::api::Server;
use crate::campaign::Campaign;
use crate::machine::Machine;
use crate::measure::{Summary, float};
use crate::player::play;
use crate::subscribers::{Acknowledged, ServerClock, Subscribers, open};
use crate::{Failure, print};

/// How long the last tallies may take to arrive.
const TRAILING: Duration = Duration::from_secs(2);

/// Arguments of `subscribe`.
#[derive(Debug, Args)]
pub struct SubscribeArgs {
    /// Whom the load is for.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Sockets that watch
    #[arg(long, default_value_t = 1_000)]
    sockets: usize,
    /// How long they watch
    #[arg(long, default_value = "20s", value_parser = parse_duration)]
    duration: Duration,
    /// Votes a second that are cast meanwhile; 0 for none
    #[arg(long, default_value_t = 200.0)]
    vote_rate: f64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The result of a run.
#[derive(Debug, Serialize)]
struct Watched {
    sockets: usize,
    sockets_lost: usize,
    messages: u64,
    messages_per_second: f64,
    bytes_per_message: f64,
    versions: usize,
    votes: usize,
    after_the_vote: Summary,
    after_reading: Summary,
    spread: Summary,
    client_cpu_seconds: f64,
    server_cpu_seconds: Option<f64>,
    machine_after: Machine,
}

/// Runs `subscribe`.
pub async fn run(args: &SubscribeArgs) -> Result<ExitCode, Failure> {
    let server = args.target.server()?;
    let campaign = Campaign::find(&server, &args.target.campaign).await?;
    let clock = ServerClock::compare(&server).await?;
    let acknowledged = Acknowledged::default();
    let votes = votes(args, &server, &campaign, &acknowledged).await?;
    let subscribers = Subscribers::new(clock, &acknowledged);
    let (stop, stopping) = watch::channel(false);
    let mut sockets = open(args.sockets, &server, &campaign, &subscribers, &stopping).await?;
    subscribers.received().begin();
    let cpu = Cpu::start(&args.target);
    if let Some(votes) = &votes {
        let plan = plan(&args.target, &server, "Voting", args.duration);
        play(Arc::clone(votes), plan).await;
    } else {
        tokio::time::sleep(args.duration).await;
    }
    let watched = args.duration;
    tokio::time::sleep(TRAILING).await;
    let (client_cpu_seconds, server_cpu_seconds) = cpu.used();
    let _ = stop.send(true);
    let mut lost = 0;
    while let Some(socket) = sockets.join_next().await {
        lost += usize::from(!socket.unwrap_or(false));
    }
    let received = subscribers.received();
    let watched = Watched {
        sockets: args.sockets,
        sockets_lost: lost,
        messages: received.messages,
        messages_per_second: float(received.messages) / watched.as_secs_f64(),
        bytes_per_message: float(received.bytes) / float(received.messages.max(1)),
        versions: received.first_seen.len(),
        votes: received.delivered,
        after_the_vote: Summary::new(&received.after_the_vote),
        after_reading: Summary::new(&received.after_reading),
        spread: Summary::new(&received.spread),
        client_cpu_seconds,
        server_cpu_seconds,
        machine_after: Machine::now(),
    };
    show(args, &watched)?;
    Ok(if lost == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Votes at the rate that is asked for; none where that is zero.
async fn votes(
    args: &SubscribeArgs,
    server: &Server,
    campaign: &Campaign,
    acknowledged: &Acknowledged,
) -> Result<Option<Arc<Votes>>, Failure> {
    if args.vote_rate <= 0.0 {
        return Ok(None);
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive number of voters"
    )]
    let voters = (args.vote_rate * args.duration.as_secs_f64()).ceil() as u32;
    let seed = campaign.asked_at.timestamp_micros().unsigned_abs();
    let mut votes = Votes::new(server, campaign, &args.target, voters, seed).await?;
    votes.rate = Some(args.vote_rate);
    votes.acknowledged = Some(Arc::clone(acknowledged));
    Ok(Some(Arc::new(votes)))
}

fn show(args: &SubscribeArgs, watched: &Watched) -> Result<(), Failure> {
    if args.json {
        print(&format!("{}\n", serde_json::to_string_pretty(watched)?));
        return Ok(());
    }
    let mut text = format!(
        "{} sockets, {} lost; {} messages, {:.0} a second of {:.0} bytes; {} versions, {} votes. Client {:.1} s of \
         processor time{}; {} cores, load {} afterwards.\n\n",
        watched.sockets,
        watched.sockets_lost,
        watched.messages,
        watched.messages_per_second,
        watched.bytes_per_message,
        watched.versions,
        watched.votes,
        watched.client_cpu_seconds,
        watched
            .server_cpu_seconds
            .map_or_else(String::new, |cpu| format!(", server {cpu:.1} s")),
        watched.machine_after.cores,
        watched
            .machine_after
            .load
            .map_or("unknown".to_owned(), |load| format!("{load:.2}")),
    );
    text.push_str(
        "| milliseconds | p50 | p90 | p99 | max |\n| --- | ---: | ---: | ---: | ---: |\n",
    );
    for (name, summary) in [
        ("after the vote", watched.after_the_vote),
        ("after reading", watched.after_reading),
        ("spread", watched.spread),
    ] {
        let (p50, p90, p99) = (summary.p50_ms, summary.p90_ms, summary.p99_ms);
        let max = summary.max_ms;
        writeln!(
            text,
            "| {name} | {p50:.1} | {p90:.1} | {p99:.1} | {max:.1} |"
        )?;
    }
    print(&text);
    Ok(())
}
