//! Cases: what the signals found in a campaign's votes (see the crate `acclaim_signals`), as it is stored for people to
//! judge. A case accuses nobody; some of its alarms offer rules.

use acclaim_signals::{Behaviour, Signal, Usual};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::withholding::{Selector, ShortHash};
use crate::id::{CampaignId, NomineeId, OfferId, SignalCaseId, StaffId};

/// The place that the votes of an alarm came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// Anywhere.
    Anywhere,
    /// A network.
    Network(ShortHash),
    /// A block of networks.
    NetworkBlock(ShortHash),
    /// Many networks.
    Networks,
    /// Phones of a model.
    PhoneModel(ShortHash),
}

/// A point of an alarm's chart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// The beginning of its time.
    pub at: DateTime<Utc>,
    /// Votes.
    pub votes: f64,
    /// Expected votes.
    pub expected: f64,
}

/// A behaviour that the votes of an alarm show.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The behaviour.
    pub behaviour: Behaviour,
    /// Its number: a part of visits, voters or phones, a chance, or for the pace a ratio of spreads.
    pub number: f64,
    /// The number from which on it is a finding; for the pace, up to which.
    pub threshold: f64,
}

/// What makes two alarms of two examinations the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AlarmKey {
    signal: Signal,
    nominee_ids: Vec<NomineeId>,
    place: Place,
    from: DateTime<Utc>,
}

/// An alarm: a concentration of votes, with the behaviours that they show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alarm {
    /// The signal.
    pub signal: Signal,
    /// The nominee, or those of the ballot.
    pub nominee_ids: Vec<NomineeId>,
    /// Where the votes came from.
    pub place: Place,
    /// The first moment of the time that it is about.
    pub from: DateTime<Utc>,
    /// The first moment after it.
    pub until: DateTime<Utc>,
    /// When it could be told at the earliest; a day's concentrations are told at its end, and found before.
    pub rung_at: DateTime<Utc>,
    /// Votes, voters (networks, models, ballots) or networks (many small ones).
    pub number: f64,
    /// How many of them were expected.
    pub expected: f64,
    /// The votes that it is about.
    pub votes: i64,
    /// Their voters.
    pub voters: i64,
    /// Votes over time, at most 200 points.
    pub points: Vec<Point>,
    /// The behaviours that the votes show.
    pub findings: Vec<Finding>,
    /// The rules that it lets offer.
    pub offers: Vec<Offer>,
}

/// A rule that an alarm lets offer: its votes are a where and a how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// Its id, as long as its alarm is found.
    pub id: OfferId,
    /// The votes.
    pub selector: Selector,
}

impl Alarm {
    /// What makes it the same alarm at the next examination.
    #[must_use]
    pub fn key(&self) -> AlarmKey {
        AlarmKey {
            signal: self.signal,
            nominee_ids: self.nominee_ids.clone(),
            place: self.place,
            from: self.from,
        }
    }

    /// Whether another examination has found the same in it. Numbers are rounded where they are stored.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let is_near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(1.0);
        let findings = self.findings.iter().zip(&other.findings);
        let offers = self.offers.iter().zip(&other.offers);
        is_near(self.number, other.number)
            && is_near(self.expected, other.expected)
            && (self.votes, self.voters) == (other.votes, other.voters)
            && (self.findings.len(), self.offers.len())
                == (other.findings.len(), other.offers.len())
            && findings
                .into_iter()
                .all(|(a, b)| a.behaviour == b.behaviour && is_near(a.number, b.number))
            && offers.into_iter().all(|(a, b)| a.selector == b.selector)
    }
}

/// What a member of the organisation has made of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CaseState {
    /// Nobody has decided.
    Open,
    /// Somebody has looked at it, and found nothing that is to be withheld.
    Dismissed,
}

/// A case: alarms that are about the same.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct SignalCase {
    /// Its id.
    pub id: SignalCaseId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// What a member has made of it.
    pub state: CaseState,
    /// Whether the last examination found it: later votes may have explained it.
    pub is_current: bool,
    /// Its alarms, the one that it is named after first.
    #[sqlx(json)]
    pub alarms: Vec<Alarm>,
    /// The end of the examined votes when it was found first.
    pub found_at: DateTime<Utc>,
    /// Why it was dismissed.
    pub note: Option<String>,
    /// The member who decided; none for an operator.
    pub decided_by: Option<StaffId>,
    /// When that was.
    pub decided_at: Option<DateTime<Utc>>,
    /// Moves with decisions.
    pub edit_revision: i64,
}

/// A campaign's usual behaviour, which hows are measured against.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsualBehaviour {
    /// The median over nominees of the part of votes that are unseen.
    pub unseen: f64,
    /// The standard deviation of ln(milliseconds from page to vote) over visits.
    pub pace: f64,
    /// The chance that the phones of two voters are of one model.
    pub equal_models: f64,
}

impl From<Usual> for UsualBehaviour {
    fn from(usual: Usual) -> Self {
        Self {
            unseen: usual.unseen,
            pace: usual.pace,
            equal_models: usual.equal_models,
        }
    }
}

/// The outcome of an examination.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// The end of the examined votes.
    pub examined_to: DateTime<Utc>,
    /// Their beginning: the first vote, unless the campaign has more than are examined at once.
    pub examined_from: DateTime<Utc>,
    /// Their number.
    pub votes: i64,
    /// The usual behaviour.
    pub usual: UsualBehaviour,
    /// The alarms of each case, the one that it is named after first.
    pub cases: Vec<Vec<Alarm>>,
    /// Concentrations without a how, the strongest first.
    pub listed: Vec<Alarm>,
}

/// The changes of stored cases by an examination.
#[derive(Debug, Default, PartialEq)]
pub struct CaseChanges {
    /// Cases to insert.
    pub new: Vec<SignalCase>,
    /// Cases that were found again, as they are now.
    pub found: Vec<SignalCase>,
    /// Cases that are no longer found.
    pub lost: Vec<SignalCaseId>,
}

impl CaseChanges {
    /// Compares what was found with the cases that are stored, in the order in which they were found. A case that
    /// shares an alarm with a stored one is that; of several, the first one. One that was dismissed is open again with
    /// an alarm that nobody has judged.
    #[must_use]
    pub fn new(campaign_id: CampaignId, stored: Vec<SignalCase>, findings: &Findings) -> Self {
        let mut changes = Self::default();
        let mut stored: Vec<Option<SignalCase>> = stored.into_iter().map(Some).collect();
        let keys = |alarms: &[Alarm]| -> Vec<AlarmKey> { alarms.iter().map(Alarm::key).collect() };
        for alarms in &findings.cases {
            let found = keys(alarms);
            let known = stored.iter_mut().find_map(|case| {
                let shares = |case: &mut SignalCase| {
                    let known = keys(&case.alarms);
                    found.iter().any(|key| known.contains(key))
                };
                case.take_if(shares)
            });
            let Some(known) = known else {
                changes.new.push(SignalCase {
                    id: SignalCaseId::new(),
                    campaign_id,
                    state: CaseState::Open,
                    is_current: true,
                    alarms: alarms.clone(),
                    found_at: findings.examined_to,
                    note: None,
                    decided_by: None,
                    decided_at: None,
                    edit_revision: 1,
                });
                continue;
            };
            let judged = keys(&known.alarms);
            let is_judged = found.iter().all(|key| judged.contains(key));
            let is_reopened = known.state == CaseState::Dismissed && !is_judged;
            let state = if is_reopened {
                CaseState::Open
            } else {
                known.state
            };
            changes.found.push(SignalCase {
                state,
                is_current: true,
                alarms: continued(alarms, &known.alarms, findings.examined_from),
                edit_revision: known.edit_revision + i64::from(is_reopened),
                ..known
            });
        }
        // What lies before the examined votes stays as it was found.
        let is_examined = |case: &SignalCase| {
            let mut ends = case.alarms.iter().map(|alarm| alarm.until);
            ends.any(|until| until > findings.examined_from)
        };
        let lost = stored.into_iter().flatten();
        let lost = lost.filter(|case| case.is_current && is_examined(case));
        changes.lost = lost.map(|case| case.id).collect();
        changes
    }
}

/// The alarms of a case that was found again: what lies before the examined votes stays, and offers keep their ids.
fn continued(fresh: &[Alarm], known: &[Alarm], examined_from: DateTime<Utc>) -> Vec<Alarm> {
    let continue_one = |alarm: &Alarm| {
        let mut alarm = alarm.clone();
        let before = known.iter().find(|before| before.key() == alarm.key());
        let before = before.into_iter().flat_map(|before| &before.offers);
        for (offer, before) in alarm.offers.iter_mut().zip(before) {
            offer.id = before.id;
        }
        alarm
    };
    let older = known.iter().filter(|alarm| alarm.until <= examined_from);
    fresh
        .iter()
        .map(continue_one)
        .chain(older.cloned())
        .collect()
}

impl CaseState {
    /// Its name in the API and the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Dismissed => "DISMISSED",
        }
    }
}

/// The reason why a case is not decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseRefusal {
    /// A note is missing, or too long.
    NoteRequired,
    /// The case is in another state.
    WrongState,
    /// The case has changed since it was read.
    StaleObject,
}
