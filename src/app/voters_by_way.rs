//! Voters by way in, for members who may read figures. A count goes through all voters of a campaign, so it is kept for
//! a minute, one is made at a time, and votes never wait for it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use super::App;
use crate::bounded::BoundedMap;
use crate::domain::identity::IdentityKind;
use crate::error::{Error, Result};
use crate::id::CampaignId;
use crate::ledger::voter;

/// The time that a count is kept, one that failed too: a campaign is counted no more often.
const KEPT: TimeDelta = TimeDelta::minutes(1);
/// Campaigns whose counts are kept, each some hundred bytes: more than are open at desks at a time.
const CAMPAIGNS_MAX: usize = 1_024;

/// Voters by the first of their ways in; none for those whose ways in are not kept any more.
pub type VotersByWay = Arc<[(Option<IdentityKind>, i64)]>;

/// When a campaign was counted last, and the last count that could be made.
#[derive(Debug, Default)]
struct Counted {
    asked_at: Option<DateTime<Utc>>,
    voters: Option<VotersByWay>,
}

/// The counts of the last minute.
#[derive(Debug)]
pub(super) struct WayCounts {
    by_campaign: BoundedMap<CampaignId, Arc<Mutex<Counted>>>,
    /// Held while one is made.
    turn: Mutex<()>,
}

impl Default for WayCounts {
    fn default() -> Self {
        Self {
            by_campaign: BoundedMap::new(CAMPAIGNS_MAX),
            turn: Mutex::new(()),
        }
    }
}

impl App {
    /// The voters of a campaign by way in, as they stood at most a minute ago, or longer where the database is away.
    pub async fn voters_by_way(&self, id: CampaignId) -> Result<VotersByWay> {
        let counts = &self.way_counts;
        let counted = counts.by_campaign.with(&id, |counted| Arc::clone(counted));
        let mut counted = counted.lock().await;
        let now = self.clock.now();
        let is_fresh = |at| (TimeDelta::zero()..KEPT).contains(&(now - at));
        if !counted.asked_at.is_some_and(is_fresh) {
            let _turn = counts.turn.lock().await;
            let count = voter::count_by_kind(&self.database, id).await;
            counted.asked_at = Some(now);
            match count {
                Ok(voters) => counted.voters = Some(voters.into()),
                Err(error) if counted.voters.is_none() => return Err(error.into()),
                Err(error) => tracing::warn!(%error, "voters by way in cannot be counted"),
            }
        }
        counted.voters.clone().ok_or(Error::Unavailable)
    }
}
