//! The evaluation of one campaign: what the signals find in its votes, and what a rule would take, against the truth.

use std::collections::BTreeMap;

use acclaim_signals::{
    Behaviour, Selection, Signal, SignalSettings, Usual, VoteTable, examine, minute_sums,
    selections, taken,
};

use super::{HOUR_MS, Played, START_MS, categories};

/// China's time ahead of UTC.
const UTC_OFFSET_MS: i64 = 8 * HOUR_MS;

/// A campaign's evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Signals that rang, with the hour of the campaign at which each did first and how often.
    pub rang: BTreeMap<Signal, (f64, usize)>,
    /// Behaviours of the alarms.
    pub hows: Vec<Behaviour>,
    /// Selective networks and models at the desk's list.
    pub listed: usize,
    /// Cases.
    pub cases: usize,
    /// Cases that a rule is offered for: a where and a how that names votes.
    pub rules: usize,
    /// Votes of the attack, and how many of them the rules take.
    pub attack: (usize, usize),
    /// Honest votes, and how many of them the rules take.
    pub honest: (usize, usize),
    /// The campaign's usual behaviour.
    pub usual: Usual,
}

/// Evaluates a campaign.
#[must_use]
pub fn evaluate(played: Played, settings: SignalSettings) -> Evaluation {
    let settings = SignalSettings {
        utc_offset_ms: UTC_OFFSET_MS,
        ..settings
    };
    let Played {
        votes,
        is_attack,
        stories,
    } = played;
    let table = VoteTable::new(votes, categories(), &settings);
    let sums = minute_sums(table.votes());
    let found = examine(&table, &sums, &stories, &settings);
    let mut rang: BTreeMap<Signal, (f64, usize)> = BTreeMap::new();
    let mut hows = Vec::new();
    for alarm in &found.alarms {
        let hour = hours(alarm.rung_at_ms - START_MS);
        rang.entry(alarm.signal).or_insert((hour, 0)).1 += 1;
        hows.extend(alarm.findings.iter().map(|finding| finding.behaviour));
    }
    hows.sort_unstable();
    hows.dedup();
    let mut rule: Vec<Selection> = Vec::new();
    let mut rules = 0;
    for case in &found.cases {
        let alarms = case.alarms.iter().map(|place| &found.alarms[*place]);
        let offered: Vec<Selection> = alarms.flat_map(|alarm| selections(alarm, &table)).collect();
        rules += usize::from(!offered.is_empty());
        rule.extend(offered);
    }
    let (mut attack, mut honest) = ((0, 0), (0, 0));
    let is_taken = taken(&table, &rule, settings.behaviour.fast_ms);
    for (is_attack, is_taken) in is_attack.into_iter().zip(is_taken) {
        let (all, taken) = if is_attack { &mut attack } else { &mut honest };
        *all += 1;
        *taken += usize::from(is_taken);
    }
    Evaluation {
        rang,
        hows,
        listed: found.listed.len(),
        cases: found.cases.len(),
        rules,
        attack,
        honest,
        usual: table.usual(),
    }
}

#[allow(clippy::cast_precision_loss, reason = "hours of three days")]
fn hours(span_ms: i64) -> f64 {
    span_ms as f64 / HOUR_MS as f64
}
