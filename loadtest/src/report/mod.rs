//! The report of a replay: Markdown for people, with charts, and JSON for programs.

mod chart;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::Failure;
use crate::history::History;
use crate::machine::Machine;
use crate::measure::{Kind, Measures, Summary, float};
use crate::player::Played;
use crate::recount::{Comparison, Recount};
use crate::schedule::{Schedule, VoterKind};

/// The circumstances of a run.
#[derive(Debug, Clone, Serialize)]
pub struct Run {
    /// The subcommand.
    pub command: &'static str,
    /// The campaign's title.
    pub campaign: String,
    /// The seed of everything random.
    pub seed: u64,
    /// The part of the reference campaign.
    pub scale: f64,
    /// How long it was to take.
    #[serde(rename = "within_seconds", serialize_with = "as_seconds")]
    pub within: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Threads of the client.
    pub threads: usize,
    /// The server's clock at the start.
    pub asked_at: DateTime<Utc>,
    /// The machine before it.
    pub machine: Machine,
    /// The machine's load after it.
    pub load_after: Option<f64>,
    /// Processor time of this program, seconds.
    pub client_cpu: f64,
    /// Processor time of the server, seconds, where it was asked for.
    pub server_cpu: Option<f64>,
}

fn as_seconds<S: serde::Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(duration.as_secs_f64())
}

/// The numbers of the plan.
#[derive(Debug, Clone, Serialize)]
struct Planned {
    voters: usize,
    /// Voters who tap again.
    repeating: usize,
    /// Voters who exceed the quota.
    greedy: usize,
    scripts: usize,
    page_views: usize,
    votes: usize,
    /// Pairs of a voter and a nominee that it votes for.
    voter_nominee_pairs: usize,
    likes: usize,
    reports_of_views: usize,
    views_in_reports: usize,
}

/// Requests of one kind.
#[derive(Debug, Clone, Serialize)]
struct KindLine {
    name: &'static str,
    answered: u64,
    good: u64,
    /// From when it was to be sent.
    latency: Summary,
    /// From when it was sent.
    latency_from_sending: Summary,
}

/// Answers with one code.
#[derive(Debug, Clone, Serialize)]
struct CodeLine {
    kind: Kind,
    code: String,
    count: u64,
    /// Whether the plan provokes it.
    is_planned: bool,
}

/// A stretch of time.
#[derive(Debug, Clone, Serialize)]
pub struct Point {
    /// Its start, seconds from the start of the run.
    at_s: f64,
    /// Requests that were to be sent, a second.
    due_per_s: f64,
    /// Requests that were answered, a second.
    answered_per_s: f64,
    /// Latency of those that were to be sent then: half are faster.
    p50_ms: f64,
    /// 99 of 100 are faster.
    p99_ms: f64,
}

/// A report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    run: Run,
    planned: Planned,
    elapsed_seconds: f64,
    requests_sent: u64,
    requests_lost: u64,
    requests_unsent: u64,
    answered_per_second: f64,
    all: KindLine,
    kinds: Vec<KindLine>,
    refusals: Vec<CodeLine>,
    sent_again: Vec<CodeLine>,
    recount: Recount,
    problems: Vec<String>,
    remarks: Vec<String>,
    over_time: Vec<Point>,
}

impl Report {
    /// The report of a run.
    #[must_use]
    pub fn new(
        run: Run,
        schedule: &Schedule,
        history: &History,
        played: &Played,
        recount: Recount,
    ) -> Self {
        let measures = &played.measures;
        let elapsed_seconds = played.elapsed.as_secs_f64();
        let line = |kind| {
            let latencies = measures.latencies(kind);
            KindLine {
                name: kind.name(),
                answered: latencies.from_due.len(),
                good: latencies.good,
                latency: Summary::new(&latencies.from_due),
                latency_from_sending: Summary::new(&latencies.from_sent),
            }
        };
        let kinds: Vec<KindLine> = [Kind::Vote, Kind::Like, Kind::Page, Kind::Report]
            .into_iter()
            .map(line)
            .collect();
        let all = measures.all_latencies();
        let code_line = |((kind, code), count): (&(Kind, String), &u64)| CodeLine {
            kind: *kind,
            code: code.clone(),
            count: *count,
            is_planned: *kind == Kind::Vote
                && ["ALREADY_VOTED", "QUOTA_SPENT", "RATE_LIMITED"].contains(&code.as_str()),
        };
        Self {
            planned: planned(schedule),
            elapsed_seconds,
            requests_sent: played.sent,
            requests_lost: played.lost,
            requests_unsent: played.unsent,
            answered_per_second: float(measures.done) / elapsed_seconds.max(f64::EPSILON),
            all: KindLine {
                name: "all",
                answered: all.from_due.len(),
                good: all.good,
                latency: Summary::new(&all.from_due),
                latency_from_sending: Summary::new(&all.from_sent),
            },
            kinds,
            refusals: history.refusals.iter().map(code_line).collect(),
            sent_again: history.retried.iter().map(code_line).collect(),
            problems: recount.problems(),
            remarks: recount.remarks(),
            recount,
            over_time: over_time(measures),
            run,
        }
    }

    /// Whether every vote counts exactly once and nothing else is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }

    /// The name of its folder.
    #[must_use]
    pub fn folder(&self) -> String {
        let at = self.run.asked_at.format("%Y%m%d-%H%M%S");
        format!("{}-{at}-seed{}", self.run.command, self.run.seed)
    }

    /// Writes it into a folder.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Failure> {
        std::fs::create_dir_all(folder)?;
        let charts = "\n## Over time\n\n![Rate and latency over time](chart.svg)\n";
        std::fs::write(folder.join("report.md"), format!("{}{charts}", self.text()))?;
        std::fs::write(folder.join("report.json"), serde_json::to_vec_pretty(self)?)?;
        let chart = chart::draw(&self.over_time, self.run.within.as_secs_f64());
        std::fs::write(folder.join("chart.svg"), chart)?;
        Ok(())
    }

    /// The report as Markdown, without the charts.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write_run(&mut text);
        let _ = self.write_recount(&mut text);
        let _ = self.write_latencies(&mut text);
        let _ = self.write_answers(&mut text);
        text
    }

    fn write_run(&self, to: &mut String) -> std::fmt::Result {
        let run = &self.run;
        let planned = &self.planned;
        let verdict = if self.is_good() {
            "every vote counts once"
        } else {
            "FAILED"
        };
        writeln!(to, "# Replay of a campaign: {verdict}\n")?;
        for problem in &self.problems {
            writeln!(to, "- **{problem}**")?;
        }
        for remark in &self.remarks {
            writeln!(to, "- {remark}")?;
        }
        if !self.problems.is_empty() || !self.remarks.is_empty() {
            writeln!(to)?;
        }
        writeln!(
            to,
            "{} voters of \"{}\" (seed {}): {} page views, {} votes, {} likes and {} reports of views within {} s, \
             planned for 72 hours. Among the voters {} tap again, {} try more votes than they have, {} are scripts.\n",
            planned.voters,
            run.campaign,
            run.seed,
            planned.page_views,
            planned.votes,
            planned.likes,
            planned.reports_of_views,
            run.within.as_secs_f64(),
            planned.repeating,
            planned.greedy,
            planned.scripts,
        )?;
        writeln!(
            to,
            "It took {:.1} s: {:.0} answers a second over {} connections, {} requests sent.\n",
            self.elapsed_seconds, self.answered_per_second, run.connections, self.requests_sent,
        )?;
        self.write_machine(to)
    }

    fn write_machine(&self, to: &mut String) -> std::fmt::Result {
        let run = &self.run;
        let known =
            |load: Option<f64>| load.map_or("unknown".to_owned(), |load| format!("{load:.2}"));
        let requests = float(self.requests_sent.max(1));
        let each = |seconds: f64| seconds * 1e6 / requests;
        write!(
            to,
            "Machine: {} cores, {}; load {} before and {} after; client {:.1} s of processor time on {} thread(s), \
             {:.0} us a request",
            run.machine.cores,
            run.machine
                .processor
                .as_deref()
                .unwrap_or("unknown processor"),
            known(run.machine.load),
            known(run.load_after),
            run.client_cpu,
            run.threads,
            each(run.client_cpu),
        )?;
        match run.server_cpu {
            Some(cpu) => writeln!(to, "; server {cpu:.1} s, {:.0} us a request.\n", each(cpu)),
            None => writeln!(to, ".\n"),
        }
    }

    fn write_recount(&self, to: &mut String) -> std::fmt::Result {
        let recount = &self.recount;
        writeln!(to, "## Recount\n")?;
        writeln!(
            to,
            "| | acknowledged | counted | missing | doubled | unknown |"
        )?;
        writeln!(to, "| --- | ---: | ---: | ---: | ---: | ---: |")?;
        let mut line = |name: &str, of: &Comparison| {
            writeln!(
                to,
                "| {name} | {} | {} | {} | {} | {} |",
                of.acknowledged, of.counted, of.missing, of.doubled, of.unknown
            )
        };
        line("votes, by nominee", &recount.votes)?;
        line("votes, in all", &recount.raw_votes)?;
        line("voters", &recount.voters)?;
        line("likes, by subject", &recount.likes)?;
        line("views, by subject", &recount.views)?;
        let asked = &recount.asked;
        writeln!(
            to,
            "\n{} votes were acknowledged again to the same key, {} refused as planned, {} refused wrongly; {} votes are \
             beyond a quota. {} voters were asked what they have: {} votes and {} likes missing, {} votes too many, {} \
             quotas exceeded, {} quotas that do not fit.\n",
            recount.same_again,
            recount.refused_rightly,
            recount.refused_wrongly,
            recount.quotas_exceeded,
            asked.voters,
            asked.votes_missing,
            asked.likes_missing,
            asked.votes_doubled,
            asked.quotas_exceeded,
            asked.quotas_wrong,
        )
    }

    fn write_latencies(&self, to: &mut String) -> std::fmt::Result {
        writeln!(to, "## Latency, milliseconds\n")?;
        writeln!(
            to,
            "From when a request was to be sent; in brackets from when it was sent.\n"
        )?;
        writeln!(to, "| | answered | p50 | p90 | p99 | p99.9 | max |")?;
        writeln!(to, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
        for line in self.kinds.iter().chain(std::iter::once(&self.all)) {
            let name = line.name;
            let due = &line.latency;
            let sent = &line.latency_from_sending;
            writeln!(
                to,
                "| {name} | {} | {:.1} ({:.1}) | {:.1} ({:.1}) | {:.1} ({:.1}) | {:.1} ({:.1}) | {:.1} ({:.1}) |",
                line.answered,
                due.p50_ms,
                sent.p50_ms,
                due.p90_ms,
                sent.p90_ms,
                due.p99_ms,
                sent.p99_ms,
                due.p999_ms,
                sent.p999_ms,
                due.max_ms,
                sent.max_ms,
            )?;
        }
        writeln!(to)
    }

    fn write_answers(&self, to: &mut String) -> std::fmt::Result {
        writeln!(to, "## Refusals\n")?;
        writeln!(to, "| request | code | answers | |")?;
        writeln!(to, "| --- | --- | ---: | --- |")?;
        for line in &self.refusals {
            let planned = if line.is_planned {
                "planned"
            } else {
                "not planned"
            };
            let CodeLine { code, count, .. } = line;
            let name = line.kind.name();
            writeln!(to, "| {name} | {code} | {count} | {planned} |")?;
        }
        for line in &self.sent_again {
            let CodeLine { code, count, .. } = line;
            let name = line.kind.name();
            writeln!(to, "| {name} | {code} | {count} | sent again |")?;
        }
        Ok(())
    }
}

fn planned(schedule: &Schedule) -> Planned {
    let kind = |kind| schedule.voters.iter().filter(|v| v.kind == kind).count();
    let views = schedule.reports.iter().map(Vec::len).sum();
    let votes = schedule
        .planned_votes
        .iter()
        .map(|planned| usize::from(planned.taps))
        .sum();
    let others = votes + schedule.likes.len() + schedule.reports.len();
    Planned {
        voters: schedule.voters.len(),
        repeating: kind(VoterKind::Repeating),
        greedy: kind(VoterKind::Greedy),
        scripts: kind(VoterKind::Script),
        page_views: schedule.events.len() - others,
        votes,
        voter_nominee_pairs: schedule.planned_votes.len(),
        likes: schedule.likes.len(),
        reports_of_views: schedule.reports.len(),
        views_in_reports: views,
    }
}

fn over_time(measures: &Measures) -> Vec<Point> {
    let seconds = measures.slot.as_secs_f64();
    let mut at_s = 0.0;
    let point = |slot: &crate::measure::Slot| {
        let latency = Summary::new(&slot.latency);
        let point = Point {
            at_s,
            due_per_s: float(slot.due) / seconds,
            answered_per_s: float(slot.answered) / seconds,
            p50_ms: latency.p50_ms,
            p99_ms: latency.p99_ms,
        };
        at_s += seconds;
        point
    };
    measures.slots.iter().map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Times;
    use crate::schedule::{Field, Size};

    fn report() -> Report {
        let field = Field {
            scopes: vec![0; 30],
            stories: 3,
            quota: 10,
        };
        let schedule = Schedule::plan(1, Size::scaled(0.01), &field);
        let mut history = History::new(&schedule, 33);
        history.note_refusal(Kind::Vote, "QUOTA_SPENT");
        history.note_retried(Kind::Like, "OVERLOADED");
        let mut measures = Measures::new(Duration::from_millis(500));
        for n in 1..100 {
            let due = Duration::from_millis(10 * n);
            let done = due + Duration::from_millis(n);
            let times = Times {
                due,
                sent: due,
                done,
            };
            measures.record(Kind::Vote, true, times);
        }
        let played = Played {
            measures,
            elapsed: Duration::from_secs(1),
            sent: 99,
            lost: 0,
            unsent: 0,
            given_up: 0,
        };
        let run = Run {
            command: "replay",
            campaign: "A & B".to_owned(),
            seed: 1,
            scale: 0.01,
            within: Duration::from_secs(1),
            connections: 4,
            threads: 1,
            asked_at: DateTime::UNIX_EPOCH,
            machine: Machine::now(),
            load_after: Some(1.0),
            client_cpu: 0.1,
            server_cpu: None,
        };
        Report::new(run, &schedule, &history, &played, Recount::default())
    }

    #[test]
    fn a_report_is_written_for_people_and_programs() {
        let report = report();
        assert!(report.is_good());
        assert_eq!(report.folder(), "replay-19700101-000000-seed1");
        let text = report.text();
        for part in [
            "every vote counts once",
            "1200 voters",
            "3300 page views",
            "| vote | QUOTA_SPENT | 1 | planned |",
            "| like | OVERLOADED | 1 | sent again |",
            "| vote | 99 | 50.",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        let json = serde_json::to_value(&report).expect("JSON");
        assert_eq!(json["planned"]["page_views"], 3_300);
        assert_eq!(json["over_time"][0]["due_per_s"], 98.0);
        let chart = chart::draw(&report.over_time, 1.0);
        assert!(chart.starts_with("<svg") && chart.ends_with("</svg>\n"));
        assert!(!chart.contains("NaN"));
    }
}
