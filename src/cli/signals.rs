//! The command that prints what signals have found in a campaign's votes, and compares it with the votes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use acclaim_signals::SignalSettings;
use clap::Args;
use serde::Serialize;

use super::campaign::find_campaign;
use super::{Failure, open_existing, print};
use crate::app::signals::find_signals;
use crate::config::{SignalArguments, StoreSettings};
use crate::domain::roster::Roster;
use crate::domain::signals::{Alarm, AlarmKey, SignalOptions, UsualBehaviour};
use crate::graphql::messages::Language;
use crate::ledger::signals::{self, Examination};
use crate::ledger::{Database, roster};

/// Cases that are printed.
const CASES_MAX: i64 = 1_000;

#[derive(Debug, Args)]
pub(super) struct Signals {
    #[command(flatten)]
    store: StoreSettings,
    #[command(flatten)]
    signal: SignalArguments,
    /// Name of the campaign in addresses
    #[arg(long, required_unless_present = "thresholds")]
    campaign: Option<String>,
    /// Examine the votes again, as they were examined last, and compare; exit code 1 on any difference
    #[arg(long)]
    recompute: bool,
    /// Print the thresholds that hold without a file of others, as such a file, and nothing else
    #[arg(long)]
    thresholds: bool,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

/// The report of the command.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    examined_to: String,
    votes: i64,
    usual: UsualBehaviour,
    cases: Vec<ReportedCase>,
    listed: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportedCase {
    state: &'static str,
    is_current: bool,
    found_at: String,
    signals: Vec<ReportedSignal>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportedSignal {
    sentence: String,
    findings: Vec<String>,
    offers: usize,
}

/// The options of a process that examines votes by itself, or not.
pub(super) fn options(arguments: &SignalArguments, is_on: bool) -> Result<SignalOptions, Failure> {
    Ok(SignalOptions {
        is_on,
        thresholds: arguments.thresholds()?,
        votes_max: arguments.signal_votes_max.into(),
    })
}

/// Prints the cases of a campaign, and compares them if asked to.
pub(super) async fn signals(arguments: &Signals) -> Result<ExitCode, Failure> {
    if arguments.thresholds {
        let defaults = serde_json::to_string_pretty(&SignalSettings::default())?;
        print(&format!("{defaults}\n"));
        return Ok(ExitCode::SUCCESS);
    }
    let slug = arguments.campaign.as_deref().unwrap_or_default();
    let options = options(&arguments.signal, true)?;
    let database = open_existing(&arguments.store).await?;
    let id = find_campaign(&database, slug).await?;
    let roster = roster::find_roster(&database, id).await?.roster;
    let roster = roster.ok_or("the campaign cannot be read")?;
    let Some(examination) = signals::find_examination(&database, id).await? else {
        return Err("the votes of the campaign have not been examined yet: `serve` does it".into());
    };
    let mut report = Report::read(&database, &roster, &examination).await?;
    if arguments.recompute {
        let again = find_signals(&database, id, examination.examined_to, &options).await?;
        let cases = signals::list_cases(&database, id, CASES_MAX).await?;
        let current = cases.iter().filter(|case| case.is_current);
        let alarms = current.flat_map(|case| &case.alarms);
        // What lies before the votes that are examined at once was found in earlier ones.
        let stored = alarms.filter(|alarm| alarm.until > again.examined_from);
        let found = again.cases.iter().flatten();
        let differences = compare(&roster, stored, found);
        report.differences = Some(differences);
    }
    let is_equal = report.differences.as_ref().is_none_or(Vec::is_empty);
    if arguments.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&report)?));
    } else {
        print(&report.text(&options.thresholds));
    }
    Ok(if is_equal {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The alarms that are stored and not found, found and not stored, or different, each in a sentence.
fn compare<'a>(
    roster: &Roster,
    stored: impl Iterator<Item = &'a Alarm>,
    found: impl Iterator<Item = &'a Alarm>,
) -> Vec<String> {
    let mut pairs: BTreeMap<AlarmKey, (Option<&Alarm>, Option<&Alarm>)> = BTreeMap::new();
    for alarm in stored {
        pairs.entry(alarm.key()).or_default().0 = Some(alarm);
    }
    for alarm in found {
        pairs.entry(alarm.key()).or_default().1 = Some(alarm);
    }
    let difference = |pair: (Option<&Alarm>, Option<&Alarm>)| match pair {
        (Some(stored), None) => Some(format!("not found again: {}", sentence(roster, stored))),
        (None, Some(found)) => Some(format!("not stored: {}", sentence(roster, found))),
        (Some(stored), Some(found)) if !stored.is_like(found) => Some(format!(
            "stored: {} Found: {}",
            sentence(roster, stored),
            sentence(roster, found)
        )),
        _ => None,
    };
    pairs.into_values().filter_map(difference).collect()
}

fn sentence(roster: &Roster, alarm: &Alarm) -> String {
    let nominees = alarm.nominee_ids.iter();
    let indexes = nominees.filter_map(|id| roster.index_of(*id));
    let names: Vec<&str> = indexes
        .map(|index| roster.nominees()[index].name.as_str())
        .collect();
    Language::English.signal(alarm, &names, roster.campaign().time_zone.0)
}

impl Report {
    async fn read(
        database: &Database,
        roster: &Roster,
        examination: &Examination,
    ) -> Result<Self, Failure> {
        let cases = signals::list_cases(database, roster.campaign().id, CASES_MAX).await?;
        let signal = |alarm: &Alarm| ReportedSignal {
            sentence: sentence(roster, alarm),
            findings: alarm
                .findings
                .iter()
                .map(|finding| Language::English.signal_finding(finding))
                .collect(),
            offers: alarm.offers.len(),
        };
        let cases = cases.iter().map(|case| ReportedCase {
            state: case.state.name(),
            is_current: case.is_current,
            found_at: case.found_at.to_rfc3339(),
            signals: case.alarms.iter().map(signal).collect(),
        });
        Ok(Self {
            examined_to: examination.examined_to.to_rfc3339(),
            votes: examination.votes,
            usual: examination.usual,
            cases: cases.collect(),
            listed: examination.listed.len(),
            differences: None,
        })
    }

    /// The report for people; the usual behaviour beside the constants that it is measured with.
    fn text(&self, thresholds: &SignalSettings) -> String {
        let (usual, behaviour) = (self.usual, &thresholds.behaviour);
        let percent = |part: f64| format!("{:.1}%", 100.0 * part);
        let mut text = format!(
            "examined\t{} votes, to {}\nunseen\t{} usual; a how from {} on, in a spike or wave from {}\n\
             pace\t{:.2} usual; a weak how up to {:.2}\nequal models\t{} usual; a how from {} on, and {} times the \
             cell's own\nlisted\t{}\n",
            self.votes,
            self.examined_to,
            percent(usual.unseen),
            percent(behaviour.unseen + usual.unseen),
            percent(behaviour.unseen_in_spike + 2.0 * usual.unseen),
            usual.pace,
            behaviour.pace * usual.pace,
            percent(usual.equal_models),
            percent(behaviour.phones),
            behaviour.phones_ratio,
            self.listed,
        );
        for case in &self.cases {
            let age = if case.is_current {
                ""
            } else {
                ", not found any more"
            };
            // Writing to a text does not fail.
            let _ = writeln!(text, "case\t{}, found {}{age}", case.state, case.found_at);
            for signal in &case.signals {
                let _ = writeln!(text, "\t{} ({} offers)", signal.sentence, signal.offers);
                for finding in &signal.findings {
                    let _ = writeln!(text, "\t\t{finding}");
                }
            }
        }
        match &self.differences {
            Some(found) if found.is_empty() => text.push_str("recomputed\tequal\n"),
            Some(found) => {
                for difference in found {
                    let _ = writeln!(text, "different\t{difference}");
                }
            }
            None => {}
        }
        text
    }
}
