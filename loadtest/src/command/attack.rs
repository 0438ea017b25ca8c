//! `attack`: what the signals find in attacks and in honest crowds, and what a rule would take.

use std::fmt::Write as _;
use std::process::ExitCode;

use acclaim_signals::SignalSettings;
use clap::Args;

use crate::attack::evaluation::{Evaluation, evaluate};
use crate::attack::{CampaignKind, Crowd, SCENARIOS, VOTERS};
use crate::print;

/// Arguments of `attack`.
#[derive(Debug, Args)]
pub struct AttackArgs {
    /// The first seed: thresholds are tuned on 101 to 110 only, so that 1 to 10 show what they are worth
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seeds, from the first on
    #[arg(long, default_value_t = 10)]
    seeds: u64,
    /// Only scenarios whose names begin so: `a`, `b patient`, `e2`
    #[arg(long, default_value = "")]
    scenario: String,
    /// Honest voters of the campaign, besides those of the scenario
    #[arg(long, default_value_t = VOTERS)]
    voters: u32,
    /// Print each campaign, and not only the tables at the end
    #[arg(long)]
    each: bool,
}

/// Plays the scenarios.
pub fn run(args: &AttackArgs) -> ExitCode {
    let chosen = SCENARIOS
        .iter()
        .filter(|(name, _)| name.starts_with(&args.scenario));
    let chosen: Vec<_> = chosen.collect();
    for kind in CampaignKind::ALL {
        let mut rows: Vec<Vec<Evaluation>> = vec![Vec::new(); chosen.len()];
        for seed in args.seed..args.seed + args.seeds {
            let crowd = Crowd::new(seed, kind, args.voters);
            for ((name, scenario), row) in chosen.iter().zip(&mut rows) {
                let found = evaluate(crowd.play(*scenario), SignalSettings::default());
                if args.each {
                    print(&format!("{kind:?} {seed} {name}: {}\n", line(&found)));
                }
                row.push(found);
            }
        }
        print(&table(
            kind,
            &chosen.iter().map(|(name, _)| *name).zip(rows),
        ));
    }
    ExitCode::SUCCESS
}

/// A campaign in a line.
fn line(found: &Evaluation) -> String {
    let rang = found.rang.iter();
    let rang =
        rang.map(|(signal, (hour, count))| format!("{} x{count} {hour:.1} h", signal.name()));
    let hows = found.hows.iter().map(|how| how.name());
    format!(
        "rang [{}], hows [{}], listed {}, cases {}, rules {}, taken {}/{} of the attack, {}/{} honest; {:?}",
        join(rang),
        join(hows),
        found.listed,
        found.cases,
        found.rules,
        found.attack.1,
        found.attack.0,
        found.honest.1,
        found.honest.0,
        found.usual,
    )
}

/// A table in Markdown, a row for each scenario.
fn table<'a>(
    kind: CampaignKind,
    rows: &(impl Iterator<Item = (&'a str, Vec<Evaluation>)> + Clone),
) -> String {
    let mut text = format!(
        "\nCampaign {kind:?}\n\n| | signals, in how many of the seeds, first hour | hows | cases | rule offered \
        | of the attack's votes taken, median (least) | honest votes taken, most |\n\
        | --- | --- | --- | --- | --- | --- | --- |\n"
    );
    for (name, found) in rows.clone() {
        let _ = writeln!(text, "{}", row(name, &found));
    }
    text
}

fn row(name: &str, found: &[Evaluation]) -> String {
    let mut signals: Vec<_> = found.iter().flat_map(|one| one.rang.keys()).collect();
    signals.sort_unstable();
    signals.dedup();
    let signals = signals.into_iter().map(|signal| {
        let own: Vec<f64> = found
            .iter()
            .filter_map(|one| one.rang.get(signal).map(|(hour, _)| *hour))
            .collect();
        let first = own.iter().copied().fold(f64::INFINITY, f64::min);
        format!("{} {} ({first:.1} h)", signal.name(), own.len())
    });
    let mut hows: Vec<_> = found.iter().flat_map(|one| &one.hows).collect();
    hows.sort_unstable();
    hows.dedup();
    let mut cases: Vec<usize> = found.iter().map(|one| one.cases).collect();
    cases.sort_unstable();
    let offered = found.iter().filter(|one| one.rules > 0).count();
    let mut parts: Vec<f64> = found.iter().map(|one| part(one.attack)).collect();
    parts.sort_unstable_by(f64::total_cmp);
    let attack = if found.iter().all(|one| one.attack.0 == 0) {
        "none to take".to_owned()
    } else {
        format!("{} ({})", percent(middle(&parts)), percent(parts[0]))
    };
    let most = found.iter().max_by_key(|one| one.honest.1);
    let honest = most.map_or_else(String::new, |one| {
        format!("{} ({:.3}%)", one.honest.1, 100.0 * part(one.honest))
    });
    format!(
        "| {name} | {} | {} | {} to {} | {offered} of {} | {attack} | {honest} |",
        join(signals),
        join(hows.into_iter().map(|how| how.name())),
        cases[0],
        cases[cases.len() - 1],
        found.len(),
    )
}

/// The lower median of a sorted list.
fn middle(sorted: &[f64]) -> f64 {
    sorted[(sorted.len() - 1) / 2]
}

fn percent(part: f64) -> String {
    format!("{:.1}%", 100.0 * part)
}

#[allow(clippy::cast_precision_loss, reason = "votes of one campaign")]
fn part((all, taken): (usize, usize)) -> f64 {
    taken as f64 / all.max(1) as f64
}

fn join(parts: impl Iterator<Item = impl AsRef<str>>) -> String {
    let parts: Vec<_> = parts.collect();
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    parts.join(", ")
}
