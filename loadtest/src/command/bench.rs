//! The parts that the benchmarks of single paths share: how fast, how long and how often, and the table at the end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::{TargetArgs, parse_duration, parse_positive};
use crate::api::Server;
use crate::machine::{Machine, cpu_seconds};
use crate::measure::{Kind, Summary, float};
use crate::player::{Due, PATIENCE, Plan, Played};
use crate::print;

/// How fast, how long, how often.
#[derive(Debug, Clone, Args)]
pub struct PaceArgs {
    /// How long a run takes
    #[arg(long, default_value = "10s", value_parser = parse_duration)]
    pub duration: Duration,
    /// Requests a second, sent whatever the server does (open model); without it each connection sends as soon as it
    /// has its answer (closed model), which finds the highest rate
    #[arg(long, value_parser = parse_positive)]
    pub rate: Option<f64>,
    /// Runs, of which the median, the least and the most are shown
    #[arg(long, default_value_t = 1)]
    pub runs: u32,
    /// How long requests are sent before they are measured
    #[arg(long, default_value = "2s", value_parser = parse_duration)]
    pub warm_up: Duration,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The plan of a run of `duration`.
pub fn plan(target: &TargetArgs, server: &Server, name: &'static str, duration: Duration) -> Plan {
    Plan {
        connections: target.connections,
        ends_after: Some(duration),
        patience: PATIENCE,
        ..Plan::unlimited(server, name)
    }
}

/// When the request of this number is to be sent at a rate, or without one.
pub fn due(rate: Option<f64>, index: usize) -> Due {
    match rate {
        Some(rate) => Due::At(Duration::from_secs_f64(float(index as u64) / rate)),
        None => Due::Now,
    }
}

/// How often each code was answered.
#[derive(Debug, Default)]
pub struct Codes(Mutex<BTreeMap<String, u64>>);

impl Codes {
    /// Counts one.
    pub fn count(&self, code: &str) {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *codes.entry(code.to_owned()).or_default() += 1;
    }

    /// All of them.
    pub fn all(&self) -> BTreeMap<String, u64> {
        let codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.clone()
    }
}

/// Processor time of both sides since it was started.
#[derive(Debug, Clone, Copy)]
pub struct Cpu {
    server_pid: Option<u32>,
    client: f64,
    server: f64,
}

impl Cpu {
    /// From now on.
    pub fn start(target: &TargetArgs) -> Self {
        let server_pid = target.server_pid;
        Self {
            server_pid,
            client: cpu_seconds(None).unwrap_or_default(),
            server: cpu_seconds(server_pid).unwrap_or_default(),
        }
    }

    /// Seconds of this program, and of the server where it is known.
    pub fn used(self) -> (f64, Option<f64>) {
        let client = cpu_seconds(None).unwrap_or_default() - self.client;
        let server = self.server_pid.and_then(|id| cpu_seconds(Some(id)));
        (client, server.map(|seconds| seconds - self.server))
    }
}

/// One run.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// Requests a second whose answer is what was asked for.
    good_per_second: f64,
    /// From when a request was to be sent.
    latency: Summary,
    /// From when it was sent.
    latency_from_sending: Summary,
    /// Other answers, by code.
    codes: BTreeMap<String, u64>,
    /// From when a request was sent until it was told to come again; none if none was.
    latency_of_refusals: Option<Summary>,
    requests_lost: u64,
    requests_given_up: u64,
    /// Processor time a request, microseconds.
    client_us: f64,
    server_us: Option<f64>,
}

impl Line {
    /// The line of a run.
    pub fn new(kind: Kind, played: &Played, codes: &Codes, cpu: Cpu) -> Self {
        let latencies = played.measures.latencies(kind);
        let (client, server) = cpu.used();
        let each = |seconds: f64| seconds * 1e6 / float(played.sent.max(1));
        Self {
            good_per_second: float(latencies.good) / played.elapsed.as_secs_f64(),
            latency: Summary::new(&latencies.from_due),
            latency_from_sending: Summary::new(&latencies.from_sent),
            codes: codes.all(),
            latency_of_refusals: (!latencies.refused.is_empty())
                .then(|| Summary::new(&latencies.refused)),
            requests_lost: played.lost + played.unsent,
            requests_given_up: played.given_up,
            client_us: each(client),
            server_us: server.map(each),
        }
    }

    fn other_answers(&self) -> String {
        let codes = self.codes.iter();
        let codes = codes.map(|(code, count)| format!("{count} {code}"));
        let lost = (self.requests_lost > 0).then(|| format!("{} lost", self.requests_lost));
        let refusals = self.latency_of_refusals.map(|of| {
            format!(
                "refused in {:.1} (p50) to {:.1} (p99)",
                of.p50_ms, of.p99_ms
            )
        });
        let all: Vec<String> = codes.chain(lost).chain(refusals).collect();
        all.join(", ")
    }
}

/// Prints the runs of a benchmark.
pub fn show(what: &str, pace: &PaceArgs, target: &TargetArgs, lines: &[Line]) {
    let machine = Machine::now();
    if pace.json {
        let report = json!({"what": what, "connections": target.connections, "rate": pace.rate,
            "machine_after": machine, "runs": lines});
        print(&format!("{report:#}\n"));
        return;
    }
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_table(&mut text, what, pace, target, lines, &machine);
    print(&text);
}

fn write_table(
    to: &mut String,
    what: &str,
    pace: &PaceArgs,
    target: &TargetArgs,
    lines: &[Line],
    machine: &Machine,
) -> std::fmt::Result {
    let connections = target.connections;
    let model = match pace.rate {
        Some(rate) => format!("open model, {rate} a second over {connections} connections"),
        None => format!("closed model, {connections} connections"),
    };
    writeln!(
        to,
        "{what}: {model}. Latency in milliseconds from when a request was to be sent. \
         {} cores, load {} afterwards.\n",
        machine.cores,
        machine
            .load
            .map_or("unknown".to_owned(), |load| format!("{load:.2}")),
    )?;
    writeln!(
        to,
        "| run | good/s | p50 | p90 | p99 | max | client us | server us | other answers |"
    )?;
    writeln!(
        to,
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
    )?;
    let server_us = |us: Option<f64>| us.map_or("-".to_owned(), |us| format!("{us:.0}"));
    for (number, line) in lines.iter().enumerate() {
        let Summary {
            p50_ms,
            p90_ms,
            p99_ms,
            max_ms,
            ..
        } = line.latency;
        writeln!(
            to,
            "| {} | {:.0} | {p50_ms:.1} | {p90_ms:.1} | {p99_ms:.1} | {max_ms:.1} | {:.0} | {} | {} |",
            number + 1,
            line.good_per_second,
            line.client_us,
            server_us(line.server_us),
            line.other_answers(),
        )?;
    }
    if lines.len() > 1 {
        type Of = fn(&Line) -> f64;
        let columns: [Of; 5] = [
            |line| line.good_per_second,
            |line| line.latency.p50_ms,
            |line| line.latency.p90_ms,
            |line| line.latency.p99_ms,
            |line| line.latency.max_ms,
        ];
        for (name, place) in [("median", 0.5), ("least", 0.0), ("most", 1.0)] {
            let [rate, p50, p90, p99, max] = columns.map(|of| at(lines.iter().map(of), place));
            writeln!(
                to,
                "| {name} | {rate:.0} | {p50:.1} | {p90:.1} | {p99:.1} | {max:.1} | | | |"
            )?;
        }
    }
    Ok(())
}

/// The number at a place of the sorted ones: 0 is the least, 0.5 the median, 1 the most.
fn at(numbers: impl Iterator<Item = f64>, place: f64) -> f64 {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a position in a short list"
    )]
    let position = (float(sorted.len().saturating_sub(1) as u64) * place) as usize;
    sorted.get(position).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_run_is_shown() {
        let numbers = || [3.0, 9.0, 1.0].into_iter();
        let shown = [0.5, 0.0, 1.0].map(|place| at(numbers(), place).to_string());
        assert_eq!(shown, ["3", "1", "9"]);
    }

    #[test]
    fn a_rate_is_a_schedule() {
        assert_eq!(
            due(Some(1_000.0), 1_500),
            Due::At(Duration::from_millis(1_500))
        );
        assert_eq!(due(None, 1_500), Due::Now);
    }
}
