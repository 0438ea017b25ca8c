//! Signals over a campaign's votes: in the background while it votes, and once more when it has ended. A vote does not
//! wait for any of it: votes are read from the database, in their own time, and what is found is stored as cases.
//!
//! [`votes`] reads, [`found`] puts what is found into the words of the domain.

mod found;
mod votes;

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use acclaim_signals::{SignalSettings, VoteTable, examine, minute_sums};
use chrono::{DateTime, Offset as _, TimeDelta, Utc};
use parking_lot::RwLock;

use self::found::findings;
use self::votes::{Names, read_votes};
use super::App;
use crate::domain::change::Changes;
use crate::domain::period::day_start;
use crate::domain::roster::Roster;
use crate::domain::signals::{Alarm, CaseChanges, CaseState, Findings, Place, SignalOptions};
use crate::domain::vote::VoteRequest;
use crate::domain::withholding::ShortHash;
use crate::error::{Error, Result};
use crate::id::{AuditEventId, CampaignId, NomineeId};
use crate::ledger::audit::{self, ActorKind, AuditEvent, SubjectKind};
use crate::ledger::signals::{self, Examinable};
use crate::ledger::{Database, Transaction, roster, tally, turnout};

/// Votes that were cast before this time are stored: each is answered within seconds.
const STORED_AFTER: TimeDelta = TimeDelta::minutes(1);
/// The time between two examinations of a campaign, at least.
const EXAMINE_EVERY: TimeDelta = TimeDelta::minutes(5);
/// The time between two examinations, in times of what one takes: they use a fiftieth of one core at most.
const REST: i64 = 50;
/// The time for which a process keeps a campaign: one that died is followed by another after it. Where an examination
/// takes longer, another process may do the same work, and finds the same.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// The time after which a campaign that could not be examined is tried again.
const RETRY_AFTER: TimeDelta = TimeDelta::minutes(1);

/// Cases whose voters are suspicious, the newest of all campaigns.
const SUSPICIOUS_MAX: i64 = 200;
/// The name of the clock in the audit log.
const CLOCK: &str = "clock";
/// The name of a case's opening in the audit log, whoever opens it.
pub(super) const REOPEN_CASE: &str = "case.reopen";

/// The open cases of campaigns that challenge the suspicious.
#[derive(Debug, Default)]
pub(super) struct Suspicions(RwLock<HashMap<CampaignId, Suspicion>>);

/// The networks, models and nominees of a campaign's open cases. Hashes of all kinds are one set: they never meet.
#[derive(Debug, Default)]
struct Suspicion {
    origins: HashSet<ShortHash>,
    nominees: HashSet<NomineeId>,
}

impl Suspicions {
    /// Whether a cast is of an open case: by its network, the block of that, its phone's model, or a nominee.
    pub(super) fn hold(&self, request: &VoteRequest) -> bool {
        let known = self.0.read();
        let Some(open) = known.get(&request.campaign_id) else {
            return false;
        };
        let from = &request.circumstances;
        let origins = [from.network_hash, from.network_block_hash, from.device_hash];
        let mut origins = origins.into_iter().flatten();
        let mut selections = request.selections.iter();
        origins.any(|hash| open.origins.contains(&ShortHash(hash)))
            || selections.any(|selection| open.nominees.contains(&selection.nominee_id))
    }
}

/// Examines the votes of a campaign that were cast before `to`.
///
/// # Errors
/// When the database is away; [`Error::NotFound`] where there is no such campaign.
pub async fn find_signals(
    database: &Database,
    campaign_id: CampaignId,
    to: DateTime<Utc>,
    options: &SignalOptions,
) -> Result<Findings> {
    let found = roster::find_roster(database, campaign_id).await?;
    let roster = found.roster.ok_or(Error::NotFound("campaign"))?;
    let from = find_start(database, &roster, to, options.votes_max).await?;
    let read = read_votes(database, &roster, (from, to)).await?;
    let stories = signals::list_stories(database, campaign_id, to).await?;
    let offset = to
        .with_timezone(&roster.campaign().time_zone.0)
        .offset()
        .fix();
    let settings = SignalSettings {
        utc_offset_ms: i64::from(offset.local_minus_utc()) * 1_000,
        ..options.thresholds.clone()
    };
    let examining = move || {
        let (votes, names) = read;
        let stories = Names::stories(&roster, &stories);
        let table = VoteTable::new(votes, Names::categories(&roster), &settings);
        let sums = minute_sums(table.votes());
        let examination = examine(&table, &sums, &stories, &settings);
        findings(&examination, &table, &names, &roster, (from, to))
    };
    let examined = tokio::task::spawn_blocking(examining).await;
    examined.map_err(|_| Error::internal("an examination stopped"))
}

/// The time from which on votes are examined: of a campaign with more than `votes_max`, the beginning of the first day
/// from which on there are no more.
async fn find_start(
    database: &Database,
    roster: &Roster,
    to: DateTime<Utc>,
    votes_max: i64,
) -> Result<DateTime<Utc>> {
    let campaign = roster.campaign();
    let totals = tally::list_totals(database, campaign.id).await?;
    let votes: i64 = totals
        .iter()
        .map(|nominee| nominee.counted + nominee.withheld)
        .sum();
    if votes <= votes_max {
        return Ok(campaign.voting_opens_at);
    }
    let minutes = i64::MIN..to.timestamp().div_euclid(60) + 1;
    let sums = turnout::list_sums(database, campaign.id, minutes, 60).await?;
    let mut votes = 0;
    let too_many = sums.iter().rev().find(|sum| {
        votes += sum.votes;
        votes > votes_max
    });
    let Some(hour) = too_many.and_then(|sum| DateTime::from_timestamp(sum.minute * 60, 0)) else {
        return Ok(campaign.voting_opens_at);
    };
    let zone = campaign.time_zone.0;
    // The day after the one that is too many; of a day with more than all, nothing but that hour is left out.
    let next = day_start(zone, day_start(zone, hour) + TimeDelta::hours(30));
    Ok(if next < to {
        next
    } else {
        hour + TimeDelta::hours(1)
    })
}

impl App {
    /// Examines the campaigns whose time it is; those that other processes are at are left to them.
    ///
    /// # Errors
    /// When a campaign could not be examined: the others were, and the next call tries again.
    pub async fn run_signals(&self) -> Result<()> {
        let mut outcome = Ok(());
        let now = self.clock.now();
        for campaign in signals::list_examinable(&self.database, now).await? {
            let Some(to) = examine_to(&campaign, now) else {
                continue;
            };
            // One campaign that cannot be examined holds no other up.
            if let Err(error) = self.run_signals_of(&campaign, to).await {
                outcome = Err(error);
            }
        }
        outcome
    }

    async fn run_signals_of(&self, campaign: &Examinable, to: DateTime<Utc>) -> Result<()> {
        let (id, now) = (campaign.campaign_id, self.clock.now());
        let known = campaign.examined_to;
        if !signals::claim(&self.database, id, known, now, now + LEASE).await? {
            return Ok(());
        }
        let begun = Instant::now();
        let examined = async {
            let findings = find_signals(&self.database, id, to, &self.signals).await?;
            let took = begun.elapsed();
            self.metrics.examination_seconds.observe(took.as_secs_f64());
            self.store_findings(id, &findings, took).await
        };
        let outcome = examined.await;
        if outcome.is_err() {
            let again = self.clock.now() + RETRY_AFTER;
            signals::put_off(&self.database, id, again).await?;
        }
        outcome
    }

    async fn store_findings(
        &self,
        campaign_id: CampaignId,
        findings: &Findings,
        took: Duration,
    ) -> Result<()> {
        let mut tx = self.database.begin("store_findings").await?;
        signals::lock(&mut tx, campaign_id).await?;
        let stored = signals::list_cases_in(&mut tx, campaign_id).await?;
        let changes = CaseChanges::new(campaign_id, stored, findings, self.clock.now());
        signals::store_changes(&mut tx, &changes).await?;
        self.note_reopened(&mut tx, campaign_id, &changes).await?;
        let took_ms = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
        signals::store_examination(&mut tx, campaign_id, findings, took_ms).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Notes in the audit log that the clock has opened cases again, whatever a member made of them.
    async fn note_reopened(
        &self,
        tx: &mut Transaction,
        campaign_id: CampaignId,
        changes: &CaseChanges,
    ) -> Result<()> {
        if changes.reopened.is_empty() {
            return Ok(());
        }
        let found = roster::find_roster(&self.database, campaign_id).await?;
        let roster = found.roster.ok_or(Error::NotFound("campaign"))?;
        let reopened = changes.found.iter();
        for case in reopened.filter(|case| changes.reopened.contains(&case.id)) {
            let mut state = Changes::default();
            let (before, after) = (CaseState::Dismissed, CaseState::Open);
            state.replace("state", before.name(), after.name());
            let event = AuditEvent {
                id: AuditEventId::new(),
                at: self.clock.now(),
                organisation_id: roster.campaign().organisation_id,
                campaign_id: Some(campaign_id),
                actor_kind: ActorKind::Clock,
                actor_id: None,
                actor_name: CLOCK.to_owned(),
                actor_role: None,
                action: REOPEN_CASE.to_owned(),
                subject_kind: SubjectKind::SignalCase,
                subject_id: case.id.0,
                subject_label: roster.campaign().title.clone(),
                subject_revision: Some(case.edit_revision),
                changes: state.as_slice().to_vec(),
                reason: None,
                request_id: None,
                network_hash: None,
            };
            audit::insert(tx, &event, None).await?;
        }
        Ok(())
    }

    /// Reads the open cases of the campaigns that challenge the suspicious.
    ///
    /// # Errors
    /// When the database is away: what was known stays.
    pub async fn reload_suspicions(&self) -> Result<()> {
        let mut fresh: HashMap<CampaignId, Suspicion> = HashMap::new();
        let cases = signals::list_suspicious(&self.database, self.clock.now(), SUSPICIOUS_MAX);
        let cases = cases.await?;
        for case in &cases {
            let open = fresh.entry(case.campaign_id).or_default();
            for alarm in &case.alarms {
                open.add(alarm);
            }
        }
        *self.suspicions.0.write() = fresh;
        Ok(())
    }
}

impl Suspicion {
    /// Adds the network or model of an alarm; where there is none, its nominees.
    fn add(&mut self, alarm: &Alarm) {
        match alarm.place {
            Place::Network(hash) | Place::NetworkBlock(hash) | Place::PhoneModel(hash) => {
                self.origins.insert(hash);
            }
            Place::Anywhere | Place::Networks => self.nominees.extend(&alarm.nominee_ids),
        }
    }
}

/// The end of the votes that are examined now, if it is time: what has been cast until then is stored.
fn examine_to(campaign: &Examinable, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let rest = TimeDelta::milliseconds(campaign.took_ms.saturating_mul(REST));
    let every = EXAMINE_EVERY.max(rest);
    let to = now - STORED_AFTER;
    let is_over = campaign.voting_closes_at < to;
    let is_due = campaign
        .examined_to
        .is_none_or(|examined_to| is_over || examined_to + every <= to);
    is_due.then_some(to)
}
