//! `replay`: plays the campaign, asks the server afterwards, recounts, and writes a report.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use http::HeaderValue;

use super::{TargetArgs, parse_duration, parse_positive};
use crate::api::Server;
use crate::campaign::{Campaign, Standing};
use crate::check::Check;
use crate::history::History;
use crate::machine::{Machine, cpu_seconds};
use crate::player::{Plan, Played, play};
use crate::recount::{Asked, Recount};
use crate::replay::Replay;
use crate::report::{Report, Run};
use crate::schedule::{Schedule, Size, voter_id};
use crate::{Failure, print};

/// How long the server's counts may take to have everything: views follow within a second.
const SETTLING: Duration = Duration::from_secs(15);
const SETTLING_EVERY: Duration = Duration::from_millis(250);
/// How long a campaign that stands still does not move: longer than the server's tallies and counters take.
const REST: Duration = Duration::from_secs(2);
/// Slots of the charts.
const SLOTS: u32 = 120;
/// The shortest slot.
const SLOT_MIN: Duration = Duration::from_millis(100);
/// Voters that are asked beforehand whether they have voted.
const FRESH_ASKED: usize = 20;
/// Time that a slow run and its recount take beyond the plan.
const SLOWNESS: u32 = 5;
const RECOUNT_TIME: Duration = Duration::from_mins(3);

/// Arguments of `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Whom the load is for.
    #[command(flatten)]
    pub target: TargetArgs,
    /// How long the 72 hours are to take
    #[arg(long, default_value = "60s", value_parser = parse_duration)]
    within: Duration,
    /// The part of the campaign that is played: 0.01 for 1,200 voters
    #[arg(long, default_value = "1", value_parser = parse_positive)]
    scale: f64,
    /// Seed of everything random: the same seed gives the same events, keys and voters
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder that the report is written into
    #[arg(long, default_value = "loadtest/reports")]
    out: PathBuf,
    /// Voters that are asked afterwards what they have; all without it
    #[arg(long)]
    check_voters: Option<usize>,
    /// How long a request is sent again and again before it is given up
    #[arg(long, default_value = "60s", value_parser = parse_duration)]
    patience: Duration,
}

/// Runs `replay`.
pub async fn run(args: &ReplayArgs) -> Result<ExitCode, Failure> {
    let server = args.target.server()?;
    let campaign = Arc::new(Campaign::find(&server, &args.target.campaign).await?);
    let size = Size::scaled(args.scale);
    let schedule = Arc::new(Schedule::plan(args.seed, size, &campaign.field));
    let authorizations = authorizations(args, &server, &campaign, &schedule).await?;
    expect_fresh(args, &server, &campaign, &schedule, &authorizations).await?;
    let before = at_rest(&server, &campaign).await?;
    let machine = Machine::now();
    let cpu = |process| cpu_seconds(process).unwrap_or_default();
    let own_cpu = cpu(None);
    let server_cpu = cpu(args.target.server_pid);
    let replay = Replay::new(args.within, &server, &campaign, &schedule, &authorizations);
    let replay = Arc::new(replay);
    let plan = Plan {
        server: server.clone(),
        connections: args.target.connections,
        ends_after: None,
        patience: args.patience,
        slot: (args.within / SLOTS).max(SLOT_MIN),
        progress: ("Replaying", Some(schedule.events.len())),
    };
    let played = play(Arc::clone(&replay), plan).await;
    let run = Run {
        command: "replay",
        campaign: campaign.title.clone(),
        seed: args.seed,
        scale: args.scale,
        within: args.within,
        connections: args.target.connections,
        threads: args.target.threads.max(1),
        asked_at: campaign.asked_at,
        machine,
        load_after: Machine::now().load,
        client_cpu: cpu(None) - own_cpu,
        server_cpu: args
            .target
            .server_pid
            .map(|process| cpu(Some(process)) - server_cpu),
    };
    let history = replay.history().clone();
    let mut recount = settle(&server, &campaign, &schedule, &history, &before).await?;
    let check = Check::new(
        &server,
        &campaign,
        &schedule,
        history.clone(),
        &authorizations,
        args.check_voters,
    );
    recount.asked = ask_voters(check, &server).await;
    recount.lost = played.lost;
    recount.unsent = played.unsent;
    report(args, run, &schedule, &history, &played, recount)
}

/// Asks the voters one by one.
async fn ask_voters(check: Check, server: &Server) -> Asked {
    let check = Arc::new(check);
    let plan = Plan::unlimited(server, "Asking voters");
    play(Arc::clone(&check), plan).await;
    check.asked()
}

async fn authorizations(
    args: &ReplayArgs,
    server: &Server,
    campaign: &Campaign,
    schedule: &Schedule,
) -> Result<Arc<[HeaderValue]>, Failure> {
    let ids = (0u32..).zip(&schedule.voters);
    let ids = ids
        .map(|(voter, _)| voter_id(schedule.seed, voter))
        .collect();
    let needed = args.within * SLOWNESS + RECOUNT_TIME;
    let tokens = &args.target.tokens;
    let authorizations = tokens
        .authorizations(server, ids, campaign.asked_at, needed)
        .await?;
    Ok(authorizations.into())
}

/// A replay needs voters who have not voted, and the quotas of one day.
async fn expect_fresh(
    args: &ReplayArgs,
    server: &Server,
    campaign: &Campaign,
    schedule: &Schedule,
    authorizations: &[HeaderValue],
) -> Result<(), Failure> {
    let voters = schedule
        .planned_votes
        .iter()
        .map(|planned| planned.voter as usize);
    let step = (schedule.planned_votes.len() / FRESH_ASKED).max(1);
    for voter in voters.step_by(step) {
        let (is_fresh, left) = campaign.is_fresh(server, &authorizations[voter]).await?;
        if !is_fresh {
            let seed = args.seed;
            return Err(format!(
                "voters of seed {seed} have voted here today: give another --seed, or begin with new data"
            )
            .into());
        }
        let needed = args.within * 2 + RECOUNT_TIME;
        if let Some(left) = left.filter(|left| *left < needed) {
            let left = left.as_secs();
            let needed = needed.as_secs();
            return Err(format!(
                "quotas are granted anew in {left} s, and this may take {needed} s: what is expected would not hold. \
                 Wait for the next day"
            )
            .into());
        }
    }
    Ok(())
}

/// Asks where the campaign stands until it stands still: what was cast shortly before still moves it.
async fn at_rest(server: &Server, campaign: &Campaign) -> Result<Standing, Failure> {
    let started = tokio::time::Instant::now();
    let mut before = campaign.standing(server).await?;
    loop {
        tokio::time::sleep(REST).await;
        let now = campaign.standing(server).await?;
        if now == before {
            return Ok(now);
        }
        if started.elapsed() > SETTLING {
            return Err("somebody else is voting here: nothing could be recounted".into());
        }
        before = now;
    }
}

/// Asks where the campaign stands until everything has arrived there.
async fn settle(
    server: &Server,
    campaign: &Campaign,
    schedule: &Schedule,
    history: &History,
    before: &Standing,
) -> Result<Recount, Failure> {
    let started = tokio::time::Instant::now();
    loop {
        let after = campaign.standing(server).await?;
        let recount = Recount::new(schedule, &campaign.field, history, before, &after);
        if recount.is_settled() || started.elapsed() > SETTLING {
            return Ok(recount);
        }
        tokio::time::sleep(SETTLING_EVERY).await;
    }
}

fn report(
    args: &ReplayArgs,
    run: Run,
    schedule: &Schedule,
    history: &History,
    played: &Played,
    recount: Recount,
) -> Result<ExitCode, Failure> {
    let report = Report::new(run, schedule, history, played, recount);
    let folder = args.out.join(report.folder());
    report.write(&folder)?;
    print(&report.text());
    print(&format!(
        "\nThe report is {}.\n",
        shown(&folder.join("report.md"))
    ));
    Ok(if report.is_good() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
