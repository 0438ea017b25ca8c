//! Tallies in memory. A channel a campaign holds the latest ranked tally; whoever watches it is woken by each newer one and
//! never queues: a slow reader skips versions.
//!
//! What moves a channel: votes of this process (marked after their commit), announcements of others, a change of the
//! roster, and a sweep over all versions that heals whatever was lost. The publisher (`workers`) calls
//! [`App::publish_tallies`] and [`App::sweep_tallies`].

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::watch;

use super::App;
use crate::auth::Viewer;
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

/// How far totals are believed.
#[derive(Clone, Copy)]
enum Source {
    /// Read from the database by the publisher, one after the other: whatever a channel holds, this is the truth.
    Database,
    /// From Redis, or read at the same time as others: the newer version is the better one.
    Shared,
}

type TallyChannel = watch::Sender<Option<RankedTally>>;

/// The channels of a process.
#[derive(Debug, Default)]
pub struct Tallies {
    channels: Mutex<HashMap<CampaignId, Arc<TallyChannel>>>,
    /// Campaigns to look at, with the version that another process announced, or 0 to read the database.
    dirty: Mutex<HashMap<CampaignId, i64>>,
    /// When they were last compared with the database.
    swept_at: Mutex<Option<Instant>>,
}

impl Tallies {
    /// Says that a campaign's totals or roster have dirty.
    pub fn mark_dirty(&self, campaign_id: CampaignId) {
        self.dirty.lock().insert(campaign_id, 0);
    }

    /// Says that another process has shared totals of this version.
    pub fn mark_shared(&self, campaign_id: CampaignId, version: i64) {
        let mut dirty = self.dirty.lock();
        dirty
            .entry(campaign_id)
            .and_modify(|v| *v = if *v == 0 { 0 } else { version.max(*v) })
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
        self.channel(campaign_id)
            .borrow()
            .as_ref()
            .map(|ranked| ranked.tally.version)
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
        let channels = self.channels.lock();
        channels
            .values()
            .filter_map(|channel| channel.borrow().as_ref().map(|ranked| ranked.tally.version))
            .sum()
    }
}

impl App {
    /// The tally of a campaign, if `viewer` may see it now.
    ///
    /// # Errors
    /// When it is not in memory yet and the database is away.
    pub async fn find_tally(&self, roster: &Roster, viewer: Viewer) -> Result<Option<RankedTally>> {
        if !viewer.is_staff() && !roster.campaign().tally_is_public(self.clock.now()) {
            return Ok(None);
        }
        self.tally(roster.campaign().id).await.map(Some)
    }

    /// The tally of a campaign, whoever asks: for rules and workers.
    ///
    /// # Errors
    /// When it is not in memory yet and the database is away.
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
    ///
    /// # Errors
    /// As [`App::tally`].
    pub async fn watch_tally(
        &self,
        campaign_id: CampaignId,
    ) -> Result<watch::Receiver<Option<RankedTally>>> {
        self.tally(campaign_id).await?;
        Ok(self.tallies.channel(campaign_id).subscribe())
    }

    /// Brings the channels of all dirty campaigns up to date, and shares them. What fails is tried again at the
    /// next call.
    pub async fn publish_tallies(&self) {
        for (campaign_id, shared_version) in self.tallies.take_dirty() {
            let is_held = |version: i64| {
                self.tallies
                    .version(campaign_id)
                    .is_some_and(|held| held >= version)
            };
            if shared_version > 0 {
                if is_held(shared_version) {
                    continue;
                }
                if let Some(totals) = self.hot.find_totals(campaign_id).await
                    && totals.version() >= shared_version
                {
                    self.offer(&totals, Source::Shared);
                    continue;
                }
            }
            if let Err(error) = self.load_tally(campaign_id, Source::Database).await {
                tracing::warn!(%error, %campaign_id, "a tally could not be read");
                self.tallies.mark_dirty(campaign_id);
            }
        }
    }

    /// Marks every campaign whose channel is not what the database says: behind it, or ahead of one that was restored.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn sweep_tallies(&self) -> Result<()> {
        for (campaign_id, version) in ledger::tally::list_versions(&self.database).await? {
            match self.tallies.version(campaign_id) {
                Some(held) if held == version => {}
                _ => self.tallies.mark_dirty(campaign_id),
            }
        }
        *self.tallies.swept_at.lock() = Some(Instant::now());
        Ok(())
    }

    /// Shares all channels again: what Redis has lost is there afterwards, what it has stays.
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

    /// Puts totals on their channel, unless it has them, ranked with this roster, or better ones.
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
