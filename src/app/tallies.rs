//! Tallies in memory. A channel for each campaign holds its latest ranked tally; subscribers are woken by each newer
//! one and nothing queues: a slow reader skips versions.
//!
//! A campaign becomes dirty by votes of this process (after their commit), announcements of others, a change of the
//! roster, and a sweep over all versions that heals whatever was lost. The publisher (`workers`) calls
//! [`App::publish_tallies`], which brings the channels of dirty campaigns up to date, and [`App::sweep_tallies`].

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use tokio::sync::watch;

use super::App;
use crate::auth::Viewer;
use crate::domain::access::Action;
use crate::domain::campaign::{Campaign, Lifecycle};
use crate::domain::roster::Roster;
use crate::domain::tally::{CampaignTotals, Tally};
use crate::error::{Error, Result};
use crate::id::CampaignId;
use crate::ledger;

/// A tally with the roster that it was ranked with.
#[derive(Debug, Clone)]
pub struct RankedTally {
    /// The roster, whose indexes the entries use.
    pub roster: Arc<Roster>,
    /// The tally.
    pub tally: Arc<Tally>,
}

/// The source of totals, which says how far they are believed.
#[derive(Clone, Copy)]
enum Source {
    /// The database, read by the publisher, one campaign after the other: whatever a channel holds, this is the truth.
    Database,
    /// Redis, or the database at the same time as others: the newer version is the better one.
    Shared,
}

/// The time after the close in which votes that were cast before it are still stored, and told of, with room.
const SETTLING: TimeDelta = TimeDelta::minutes(1);

/// Whether votes may come into a campaign now.
fn is_moving(campaign: &Campaign, now: DateTime<Utc>) -> bool {
    campaign.lifecycle == Lifecycle::Running
        && (campaign.voting_opens_at..campaign.voting_closes_at + SETTLING).contains(&now)
}

/// The channel of a campaign: empty until its tally is first asked for.
type TallyChannel = watch::Sender<Option<RankedTally>>;

/// The channels of a process.
#[derive(Debug, Default)]
pub struct Tallies {
    channels: Mutex<HashMap<CampaignId, Arc<TallyChannel>>>,
    /// Campaigns whose channels may be out of date, with the version that another process announced, or 0 to read the
    /// database.
    dirty: Mutex<HashMap<CampaignId, i64>>,
    /// When they were last compared with the database.
    swept_at: Mutex<Option<Instant>>,
}

impl Tallies {
    /// Marks a campaign whose totals or roster have changed.
    pub(super) fn mark_dirty(&self, campaign_id: CampaignId) {
        self.dirty.lock().insert(campaign_id, 0);
    }

    /// Marks a campaign of which another process has shared totals of this version.
    pub fn mark_shared(&self, campaign_id: CampaignId, version: i64) {
        let mut dirty = self.dirty.lock();
        dirty
            .entry(campaign_id)
            .and_modify(|known| *known = if *known == 0 { 0 } else { version.max(*known) })
            .or_insert(version);
    }

    fn take_dirty(&self) -> HashMap<CampaignId, i64> {
        std::mem::take(&mut *self.dirty.lock())
    }

    fn channel(&self, campaign_id: CampaignId) -> Arc<TallyChannel> {
        let mut channels = self.channels.lock();
        Arc::clone(
            channels
                .entry(campaign_id)
                .or_insert_with(|| Arc::new(watch::Sender::new(None))),
        )
    }

    fn version(&self, campaign_id: CampaignId) -> Option<i64> {
        let channels = self.channels.lock();
        let ranked = channels.get(&campaign_id)?.borrow();
        ranked.as_ref().map(|ranked| ranked.tally.version)
    }

    /// The versions of all channels that hold a tally.
    fn versions(&self) -> HashMap<CampaignId, i64> {
        let channels = self.channels.lock();
        let held = channels.iter().filter_map(|(id, channel)| {
            let version = channel.borrow().as_ref()?.tally.version;
            Some((*id, version))
        });
        held.collect()
    }

    /// Time since the tallies were last compared with the database; zero before the first time.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.swept_at
            .lock()
            .map_or(Duration::ZERO, |at| at.elapsed())
    }

    /// The sum of the versions of all channels, for the metrics.
    #[must_use]
    pub fn version_sum(&self) -> i64 {
        self.versions().values().sum()
    }
}

impl App {
    /// The tally of a campaign, if `viewer` may see it now. It is read where it is not in memory yet.
    pub async fn find_tally(&self, roster: &Roster, viewer: Viewer) -> Result<Option<RankedTally>> {
        if !self.may_see_tally(roster, viewer) {
            return Ok(None);
        }
        self.tally(roster.campaign().id).await.map(Some)
    }

    /// Whether `viewer` may see the tally of a campaign now.
    #[must_use]
    pub fn may_see_tally(&self, roster: &Roster, viewer: Viewer) -> bool {
        let campaign = roster.campaign();
        campaign.tally_is_public(self.clock.now())
            || self
                .campaigns
                .catalog()
                .may(viewer, campaign.organisation_id, Action::ReadFigures)
    }

    /// The tally of a campaign, whoever asks: for rules and workers.
    pub async fn tally(&self, campaign_id: CampaignId) -> Result<RankedTally> {
        let channel = self.tallies.channel(campaign_id);
        if let Some(ranked) = channel.borrow().clone() {
            return Ok(ranked);
        }
        // The publisher may be faster: its tally is as new.
        self.load_tally(campaign_id, Source::Shared).await?;
        let ranked = channel.borrow().clone();
        ranked.ok_or(Error::NotFound("campaign"))
    }

    /// Watches a campaign's tally: the receiver has the current one and is woken by each newer one.
    pub async fn watch_tally(
        &self,
        campaign_id: CampaignId,
    ) -> Result<watch::Receiver<Option<RankedTally>>> {
        self.tally(campaign_id).await?;
        Ok(self.tallies.channel(campaign_id).subscribe())
    }

    /// Brings the channels of all dirty campaigns up to date, and shares their totals. A campaign that fails is tried
    /// again at the next call.
    pub async fn publish_tallies(&self) {
        for (campaign_id, shared_version) in self.tallies.take_dirty() {
            if shared_version > 0 && self.take_shared(campaign_id, shared_version).await {
                continue;
            }
            if let Err(error) = self.load_tally(campaign_id, Source::Database).await {
                tracing::warn!(%error, %campaign_id, "a tally could not be read");
                self.tallies.mark_dirty(campaign_id);
            }
        }
    }

    /// Brings a channel up to the totals that another process has shared; returns whether it has this version now.
    async fn take_shared(&self, campaign_id: CampaignId, version: i64) -> bool {
        let held = self.tallies.version(campaign_id);
        if held.is_some_and(|held| held >= version) {
            return true;
        }
        match self.hot.find_totals(campaign_id).await {
            Some(totals) if totals.version() >= version => {
                self.offer(&totals, Source::Shared);
                true
            }
            _ => false,
        }
    }

    /// Marks the campaigns that votes are cast in whose channel is not at the database's version: behind it, or ahead
    /// of one that was restored, which has lost votes that the hot store may remember, too.
    pub async fn sweep_tallies(&self) -> Result<()> {
        let now = self.clock.now();
        self.sweep(|campaign| is_moving(campaign, now)).await?;
        *self.tallies.swept_at.lock() = Some(Instant::now());
        Ok(())
    }

    /// The same for all campaigns, those excepted that nothing changes in any more.
    pub async fn sweep_all_tallies(&self) -> Result<()> {
        self.sweep(|campaign| campaign.lifecycle != Lifecycle::Archived)
            .await
    }

    async fn sweep(&self, is_due: impl Fn(&Campaign) -> bool) -> Result<()> {
        let catalog = self.campaigns.catalog();
        let campaigns = catalog.all().map(|roster| roster.campaign());
        let due: Vec<CampaignId> = campaigns.filter(|c| is_due(c)).map(|c| c.id).collect();
        if due.is_empty() {
            return Ok(());
        }
        let ids = due.iter().map(|id| id.0).collect();
        let held_before = self.tallies.versions();
        let versions = ledger::tally::list_versions_of(&self.database, ids).await?;
        let versions: HashMap<CampaignId, i64> = versions.into_iter().collect();
        for campaign_id in due {
            let stored = versions.get(&campaign_id).copied();
            if held_before.get(&campaign_id) > Some(&stored.unwrap_or(0)) {
                self.hot.distrust();
            }
            let is_current = match self.tallies.version(campaign_id) {
                Some(held) => held == stored.unwrap_or(0),
                // Where there are no votes either, the first reader reads.
                None => stored.is_none(),
            };
            if !is_current {
                self.tallies.mark_dirty(campaign_id);
            }
        }
        Ok(())
    }

    /// Shares the totals of the campaigns that votes are cast in again: those that Redis has lost are there afterwards,
    /// the others stay.
    pub async fn share_tallies(&self) {
        if !self.hot.is_shared() {
            return;
        }
        let channels: Vec<Arc<TallyChannel>> = {
            let channels = self.tallies.channels.lock();
            channels.values().cloned().collect()
        };
        for channel in channels {
            let Some(ranked) = channel.borrow().clone() else {
                continue;
            };
            if !is_moving(ranked.roster.campaign(), self.clock.now()) {
                continue;
            }
            if let Ok(totals) = self.read_totals(ranked.tally.campaign_id).await {
                self.hot.share_totals(&totals).await;
            }
        }
    }

    async fn read_totals(&self, campaign_id: CampaignId) -> Result<CampaignTotals> {
        let as_of = self.clock.now();
        let nominees = ledger::tally::list_totals(&self.database, campaign_id).await?;
        Ok(CampaignTotals {
            campaign_id,
            as_of,
            nominees,
        })
    }

    async fn load_tally(&self, campaign_id: CampaignId, source: Source) -> Result<()> {
        let totals = self.read_totals(campaign_id).await?;
        self.offer(&totals, source);
        self.hot.share_totals(&totals).await;
        Ok(())
    }

    /// Offers totals to their channel, which takes them unless it has them, ranked with this roster, or better ones.
    fn offer(&self, totals: &CampaignTotals, source: Source) {
        let Some(roster) = self.campaigns.catalog().find_any(totals.campaign_id) else {
            return;
        };
        let tally = Arc::new(Tally::rank(totals, &roster));
        self.tallies
            .channel(totals.campaign_id)
            .send_if_modified(|held| {
                let is_better = held.as_ref().is_none_or(|held| {
                    let is_other = tally.version != held.tally.version;
                    let has_roster = Arc::ptr_eq(&roster, &held.roster);
                    match source {
                        Source::Database => is_other || !has_roster,
                        Source::Shared => tally.version > held.tally.version,
                    }
                });
                if is_better {
                    *held = Some(RankedTally { roster, tally });
                }
                is_better
            });
    }
}
