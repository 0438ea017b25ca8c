//! The work of rules that withhold votes: what one would change, and the passes in which rules hold their votes and let
//! them go, chunk by chunk, while voting goes on.

use chrono::{DateTime, TimeDelta, Utc};

use super::App;
use crate::domain::tally::CampaignTotals;
use crate::domain::withholding::effect::Effect;
use crate::domain::withholding::{RuleState, Selector, WithholdingRule, Work};
use crate::error::{Error, Result};
use crate::id::{CampaignId, WithholdingRuleId};
use crate::ledger::vote::VotePosition;
use crate::ledger::withholding;
use crate::ledger::withholding::pass::{self, Progress};
use crate::ledger::withholding::selection::{self, Slice};
use crate::ledger::{Database, roster, tally};

/// Votes of one chunk: a transaction that others wait for some hundredths of a second at most.
const CHUNK: i64 = 2_000;
/// The time for which a process keeps a rule after each chunk: one that died is followed by another after it.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// The time after the close of voting for which voters come back into the counted turnout.
const RETURNS_UNTIL: TimeDelta = TimeDelta::minutes(10);
/// Voters who come back in one transaction.
const RETURNS_MAX: i64 = 500;

/// The effect that withholding the votes of `selector` would have now.
///
/// # Errors
/// When the database is away; [`Error::NotFound`] where there is no such campaign.
pub async fn find_effect(
    database: &Database,
    now: DateTime<Utc>,
    campaign_id: CampaignId,
    selector: &Selector,
) -> Result<Effect> {
    let found = roster::find_roster(database, campaign_id).await?;
    let roster = found.roster.ok_or(Error::NotFound("campaign"))?;
    let selected = selection::count(database, campaign_id, selector).await?;
    let voters = selection::count_voters(database, campaign_id, selector).await?;
    let totals = CampaignTotals {
        campaign_id,
        as_of: now,
        nominees: tally::list_totals(database, campaign_id).await?,
    };
    Ok(Effect::new(&selected, voters, &totals, &roster))
}

impl App {
    /// Does the work that rules have now, of all campaigns; those that other processes are at are left to them.
    ///
    /// # Errors
    /// When the database is away: what was done stays, and the next call goes on with it.
    pub async fn run_withholding(&self) -> Result<()> {
        let mut outcome = Ok(());
        for (id, closes_at) in withholding::list_at_work(&self.database, self.clock.now()).await? {
            // One rule that fails holds no other up.
            if let Err(error) = self.work_at_rule(id, closes_at).await {
                withholding::release(&self.database, id).await?;
                outcome = Err(error);
            }
        }
        outcome
    }

    /// Does the work that a rule has now, unless another process is at it.
    async fn work_at_rule(
        &self,
        id: WithholdingRuleId,
        voting_closes_at: DateTime<Utc>,
    ) -> Result<()> {
        let found = withholding::list_by_ids(&self.database, vec![id.0]).await?;
        let Some(rule) = found.into_iter().next() else {
            return Ok(());
        };
        let now = self.clock.now();
        let work = rule.work(voting_closes_at, now);
        if work == Work::None || !withholding::claim(&self.database, id, now, now + LEASE).await? {
            return Ok(());
        }
        match work {
            Work::Hold => self.hold_all(&rule, voting_closes_at).await,
            Work::Release => self.release_all(&rule).await,
            Work::None => Ok(()),
        }
    }

    /// Goes on with the pass of a rule, or begins one, to its end.
    async fn hold_all(
        &self,
        rule: &WithholdingRule,
        voting_closes_at: DateTime<Utc>,
    ) -> Result<()> {
        let is_under_way = rule.pass_started_at.is_some() && rule.pass_ended_at.is_none();
        let now = self.clock.now();
        let started_at = rule.pass_started_at.filter(|_| is_under_way).unwrap_or(now);
        let position = pass::find_position(&self.database, rule.id).await?;
        let Some(before) = rule.takes_until(voting_closes_at) else {
            return Err(Error::internal("an applied rule without a time"));
        };
        let mut slice = Slice {
            after: position.unwrap_or(VotePosition::FIRST),
            since: rule.pass_since().unwrap_or(DateTime::UNIX_EPOCH),
            // A vote of that very moment is one of those that the organiser saw.
            before: before + TimeDelta::microseconds(1),
            limit: CHUNK,
        };
        loop {
            // Read outside of the transaction that writes: on SQLite votes would wait. What a rule looks at in a vote
            // does not change; a voter's rank of risk does, and a pass takes it as it stands when it comes by.
            let keys = selection::list(&self.database, rule.campaign_id, &rule.selector, slice);
            let keys = keys.await?;
            let last = keys.last().copied();
            let is_end = keys.len() < usize::try_from(CHUNK).unwrap_or_default();
            let now = self.clock.now();
            let progress = Progress {
                started_at,
                ended_at: is_end.then_some(now),
                position: last.filter(|_| !is_end),
                leased_until: (!is_end).then_some(now + LEASE),
            };
            let is_on = self.hold_chunk(rule, &keys, progress).await?;
            match last {
                Some(last) if is_on && !is_end => slice.after = last,
                _ => return Ok(()),
            }
        }
    }

    /// Holds a chunk; returns whether the rule still applies.
    async fn hold_chunk(
        &self,
        rule: &WithholdingRule,
        keys: &[VotePosition],
        progress: Progress,
    ) -> Result<bool> {
        let mut tx = self.database.begin("hold_votes").await?;
        let found = withholding::find_locked(&mut tx, rule.campaign_id, rule.id).await?;
        if found.is_none_or(|rule| rule.state != RuleState::Applied) {
            return Ok(false);
        }
        let held = pass::hold(&mut tx, rule.campaign_id, rule.id, keys).await?;
        pass::store_progress(&mut tx, rule.id, held, progress).await?;
        tx.commit().await?;
        if held > 0 {
            self.tallies.mark_dirty(rule.campaign_id);
        }
        Ok(true)
    }

    /// Lets all votes of a rule go.
    async fn release_all(&self, rule: &WithholdingRule) -> Result<()> {
        loop {
            let mut tx = self.database.begin("release_votes").await?;
            let found = withholding::find_locked(&mut tx, rule.campaign_id, rule.id).await?;
            if found.is_none_or(|rule| rule.state != RuleState::Reverted) {
                return Ok(());
            }
            let keys = pass::list_held(&mut tx, rule.id, CHUNK).await?;
            let released = pass::release(&mut tx, rule.campaign_id, rule.id, &keys).await?;
            let is_end = keys.len() < usize::try_from(CHUNK).unwrap_or_default();
            let leased_until = (!is_end).then_some(self.clock.now() + LEASE);
            pass::store_release(&mut tx, rule.id, released, leased_until).await?;
            tx.commit().await?;
            self.tallies.mark_dirty(rule.campaign_id);
            if is_end {
                return Ok(());
            }
        }
    }

    /// Puts voters back into the counted turnout who have gone on voting since all their votes were withheld. It looks
    /// at each of those, so it is not for every second.
    ///
    /// # Errors
    /// When the database is away: the next call does it.
    pub async fn return_active_voters(&self) -> Result<()> {
        let open_at = self.clock.now() - RETURNS_UNTIL;
        let found = pass::list_active_voters(&self.database, open_at, RETURNS_MAX).await?;
        for voters in found.chunk_by(|a, b| a.0 == b.0) {
            let campaign_id = voters[0].0;
            let ids: Vec<_> = voters.iter().map(|(_, id)| *id).collect();
            let mut tx = self.database.begin("return_voters").await?;
            if pass::return_active_voters(&mut tx, campaign_id, &ids).await? {
                tx.commit().await?;
                self.tallies.mark_dirty(campaign_id);
            }
        }
        Ok(())
    }
}
