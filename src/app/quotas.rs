//! Quotas: the votes that a voter has, has used and has left, for those who look at them. What a cast may use is the
//! ledger's to judge.

use chrono::{DateTime, Utc};

use super::App;
use crate::domain::campaign::QuotaScope;
use crate::domain::period;
use crate::domain::roster::Roster;
use crate::error::Result;
use crate::id::{CategoryId, ScopeId, VoterId};
use crate::ledger;

/// A voter's quota of votes in a period and scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The category it counts in; none for the whole campaign.
    pub category: Option<CategoryId>,
    /// Votes granted.
    pub limit: i64,
    /// Votes used.
    pub used: i64,
    /// When it is granted anew; none for the whole campaign.
    pub resets_at: Option<DateTime<Utc>>,
}

impl App {
    /// The number of the quota period that a campaign is in now.
    #[must_use]
    pub fn current_period(&self, roster: &Roster) -> i64 {
        let campaign = roster.campaign();
        period::number(
            campaign.quota_period,
            campaign.time_zone.0,
            self.clock.now(),
        )
    }

    /// The voter's quotas of a campaign now, in the order of its categories.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_quotas(&self, voter_id: VoterId, roster: &Roster) -> Result<Vec<Quota>> {
        let campaign = roster.campaign();
        let period = self.current_period(roster);
        let used = ledger::vote::count_used(&self.database, voter_id, campaign.id, period).await?;
        Ok(self.quotas(roster, &used))
    }

    /// The quotas of a campaign now, of which so many votes are `used` in each scope.
    #[must_use]
    pub fn quotas(&self, roster: &Roster, used: &[(ScopeId, i64)]) -> Vec<Quota> {
        let campaign = roster.campaign();
        let resets_at = period::ends_at(
            campaign.quota_period,
            campaign.time_zone.0,
            self.clock.now(),
        );
        let quota = |category: Option<CategoryId>, scope: ScopeId| Quota {
            category,
            limit: campaign.votes_per_period,
            used: used
                .iter()
                .find(|(id, _)| *id == scope)
                .map_or(0, |(_, used)| *used),
            resets_at,
        };
        match campaign.quota_scope {
            QuotaScope::Campaign => vec![quota(None, campaign.id.into())],
            QuotaScope::Category => roster
                .categories()
                .iter()
                .map(|c| quota(Some(c.id), c.id.into()))
                .collect(),
        }
    }
}
