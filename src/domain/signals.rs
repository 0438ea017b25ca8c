//! Cases: what the signals found in a campaign's votes (see the crate `acclaim_signals`), as it is stored for people to
//! judge. A case accuses nobody; some of its alarms offer rules.

use acclaim_signals::{Behaviour, Signal, SignalSettings, Usual};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::withholding::{Selector, ShortHash};
use crate::id::{CampaignId, NomineeId, OfferId, SignalCaseId, StaffId};

/// The settings of signals.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalOptions {
    /// Whether this process examines votes.
    pub is_on: bool,
    /// The thresholds.
    pub thresholds: SignalSettings,
    /// Votes that are examined at once: of a campaign with more, those of its last days.
    pub votes_max: i64,
}

impl Default for SignalOptions {
    fn default() -> Self {
        Self {
            is_on: true,
            thresholds: SignalSettings::default(),
            votes_max: 5_000_000,
        }
    }
}

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

/// The identity of an alarm from one examination to the next.
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

impl Offer {
    /// Whether both name votes in the same way, though an attack that goes on has more of them by now: whoever read
    /// the one and proposes the other is not surprised.
    fn is_of_a_kind(&self, other: &Self) -> bool {
        let (a, b) = (&self.selector, &other.selector);
        a.behaviours == b.behaviours
            && a.devices == b.devices
            && a.whole_visit == b.whole_visit
            && a.voters.is_empty() == b.voters.is_empty()
    }
}

impl Alarm {
    /// Its identity from one examination to the next.
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

/// The state of a case: whether a member of the organisation has judged it.
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
    /// Whether a member has judged it.
    pub state: CaseState,
    /// Whether the last examination found it: later votes may have explained it.
    pub is_current: bool,
    /// Its alarms, the one that it is named after first.
    #[sqlx(json)]
    pub alarms: Vec<Alarm>,
    /// The end of the examined votes when it was found first.
    pub found_at: DateTime<Utc>,
    /// When an alarm joined it last that it did not have: no decision of before is about that.
    pub grown_at: DateTime<Utc>,
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
    /// Those of them that were dismissed and are open again.
    pub reopened: Vec<SignalCaseId>,
    /// Cases that are no longer found.
    pub lost: Vec<SignalCaseId>,
}

impl CaseChanges {
    /// Compares what was found with the cases that are stored, in the order in which they were found. A case that
    /// shares an alarm with a stored one is that; of several, the first one. One that was dismissed is open again with
    /// an alarm that nobody has judged. `now` is when that is done.
    #[must_use]
    pub fn new(
        campaign_id: CampaignId,
        stored: Vec<SignalCase>,
        findings: &Findings,
        now: DateTime<Utc>,
    ) -> Self {
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
                    grown_at: now,
                    note: None,
                    decided_by: None,
                    decided_at: None,
                    edit_revision: 1,
                });
                continue;
            };
            let before = keys(&known.alarms);
            let has_grown = !found.iter().all(|key| before.contains(key));
            let is_reopened = known.state == CaseState::Dismissed && has_grown;
            let state = if is_reopened {
                changes.reopened.push(known.id);
                CaseState::Open
            } else {
                known.state
            };
            changes.found.push(SignalCase {
                state,
                is_current: true,
                alarms: continued(alarms, &known.alarms, findings.examined_from),
                grown_at: if has_grown { now } else { known.grown_at },
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
        let mut before: Vec<&Offer> = before.iter().flat_map(|before| &before.offers).collect();
        for offer in &mut alarm.offers {
            if let Some(same) = before.iter().position(|before| before.is_of_a_kind(offer)) {
                offer.id = before.remove(same).id;
            }
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour)
    }

    /// An alarm of a day about a nominee, with one offer.
    fn alarm(nominee: u128, day: i64) -> Alarm {
        Alarm {
            signal: Signal::SelectiveNetwork,
            nominee_ids: vec![NomineeId(Uuid::from_u128(nominee))],
            place: Place::Network(ShortHash([7; 16])),
            from: at(24 * day),
            until: at(24 * day + 24),
            rung_at: at(24 * day + 24),
            number: 60.0,
            expected: 4.5,
            votes: 61,
            voters: 60,
            points: Vec::new(),
            findings: Vec::new(),
            offers: vec![Offer {
                id: OfferId::new(),
                selector: Selector::default(),
            }],
        }
    }

    fn findings(cases: Vec<Vec<Alarm>>, examined_from: DateTime<Utc>) -> Findings {
        Findings {
            examined_to: at(100),
            examined_from,
            votes: 1,
            usual: UsualBehaviour {
                unseen: 0.0,
                pace: 1.0,
                equal_models: 0.01,
            },
            cases,
            listed: Vec::new(),
        }
    }

    fn changes(stored: Vec<SignalCase>, cases: Vec<Vec<Alarm>>) -> CaseChanges {
        CaseChanges::new(CampaignId::new(), stored, &findings(cases, at(0)), at(9))
    }

    /// A case that was found with these alarms.
    fn stored(alarms: Vec<Alarm>, state: CaseState) -> SignalCase {
        let case = changes(Vec::new(), vec![alarms]).new.remove(0);
        SignalCase {
            state,
            grown_at: at(1),
            ..case
        }
    }

    #[test]
    fn a_case_that_shares_an_alarm_with_a_stored_one_is_that() {
        let known = stored(vec![alarm(1, 0)], CaseState::Open);
        let (id, offer) = (known.id, known.alarms[0].offers[0].id);
        let found = changes(
            vec![known],
            vec![vec![alarm(2, 0)], vec![alarm(1, 1), alarm(1, 0)]],
        );
        assert_eq!(found.new.len(), 1);
        assert_eq!(found.new[0].alarms[0].nominee_ids, alarm(2, 0).nominee_ids);
        assert_eq!(found.found.len(), 1);
        assert_eq!(found.found[0].id, id);
        assert_eq!(
            found.found[0].alarms[1].offers[0].id, offer,
            "it can still be proposed"
        );
        assert_ne!(found.found[0].alarms[0].offers[0].id, offer);
        assert!(found.lost.is_empty());
    }

    #[test]
    fn an_offer_keeps_its_id_while_it_names_votes_in_the_same_way() {
        let known = stored(vec![alarm(1, 0)], CaseState::Open);
        let id = known.alarms[0].offers[0].id;
        let mut later = alarm(1, 0);
        later.offers[0].selector.addresses = vec![ShortHash([1; 16])];
        let mut unseen = later.offers[0].clone();
        unseen.id = OfferId::new();
        unseen.selector.behaviours = vec![crate::domain::withholding::Behaviour::Unseen];
        let other = unseen.id;
        later.offers.insert(0, unseen);
        let found = changes(vec![known], vec![vec![later]]);
        let ids: Vec<OfferId> = found.found[0].alarms[0]
            .offers
            .iter()
            .map(|offer| offer.id)
            .collect();
        assert_eq!(ids, [other, id]);
    }

    #[test]
    fn of_two_cases_that_became_one_the_first_goes_on() {
        let first = stored(vec![alarm(1, 0)], CaseState::Open);
        let second = stored(vec![alarm(1, 2)], CaseState::Open);
        let ids = (first.id, second.id);
        let found = changes(vec![first, second], vec![vec![alarm(1, 2), alarm(1, 0)]]);
        assert!(found.new.is_empty());
        assert_eq!((found.found[0].id, found.lost[0]), ids);
    }

    #[test]
    fn a_dismissed_case_opens_again_with_an_alarm_that_nobody_has_judged() {
        let known = stored(vec![alarm(1, 0), alarm(1, 1)], CaseState::Dismissed);
        let same = changes(vec![known.clone()], vec![vec![alarm(1, 1)]]);
        assert_eq!(same.found[0].state, CaseState::Dismissed);
        assert_eq!(same.found[0].edit_revision, 1);
        assert_eq!(same.found[0].grown_at, known.grown_at);
        let id = known.id;
        let more = changes(vec![known], vec![vec![alarm(1, 2), alarm(1, 1)]]);
        assert_eq!((same.reopened, more.reopened), (vec![], vec![id]));
        assert_eq!(more.found[0].state, CaseState::Open);
        assert_eq!(more.found[0].edit_revision, 2);
        assert_eq!(more.found[0].grown_at, at(9));
    }

    #[test]
    fn what_lies_before_the_examined_votes_stays_as_it_was() {
        let old = stored(vec![alarm(1, 0)], CaseState::Open);
        let both = stored(vec![alarm(2, 1), alarm(2, 0)], CaseState::Open);
        let gone = stored(vec![alarm(3, 1)], CaseState::Open);
        let id = gone.id;
        let fresh = findings(vec![vec![alarm(2, 1)]], at(24));
        let found = CaseChanges::new(CampaignId::new(), vec![old, both, gone], &fresh, at(9));
        assert_eq!(found.lost, [id], "later votes have explained it");
        let days: Vec<_> = found.found[0]
            .alarms
            .iter()
            .map(|alarm| alarm.from)
            .collect();
        assert_eq!(days, [at(24), at(0)]);
    }

    #[test]
    fn an_alarm_is_the_same_after_it_was_stored() {
        let stored = serde_json::to_string(&alarm(1, 0)).expect("a text");
        assert!(stored.contains(r#""place":{"network":"0707"#), "{stored}");
        let read: Alarm = serde_json::from_str(&stored).expect("an alarm");
        assert!(read.is_like(&alarm(1, 0)));
        let mut other = alarm(1, 0);
        other.expected = 4.6;
        assert!(!read.is_like(&other));
        other = alarm(1, 0);
        other.offers[0].selector.whole_visit = true;
        assert!(!read.is_like(&other));
    }
}
