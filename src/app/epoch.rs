//! The epoch of what the hot store remembers: a database that was restored has lost some of it, and nobody is to be
//! refused for a vote that is not there any more.
//!
//! The memory is distrusted at the start, after a lost connection to the database, when another process has
//! begun an epoch, and when a tally goes back. It is not used then until [`App::check_hot`] has compared it.

use std::collections::HashMap;

use super::App;
use crate::error::Result;
use crate::hot::Known;
use crate::ledger::{campaign, recount, tally};

impl App {
    /// Where what the hot store remembers is distrusted: compares it with the database, which begins a new epoch if it
    /// does not have all of it, and uses it again. When Redis is away it stays distrusted.
    pub async fn check_hot(&self) -> Result<()> {
        if self.hot.epoch().is_some() {
            return Ok(());
        }
        let losses = self.database.losses();
        let revisions = campaign::list_revisions(&self.database).await?;
        let epoch = revisions.epoch;
        let campaigns: Vec<_> = revisions.campaigns.iter().map(|(id, _)| *id).collect();
        // Before the database, which may be ahead.
        let Some(known) = self.hot.find_known(epoch, &campaigns).await else {
            return Ok(());
        };
        let is_behind = self.is_behind(&known).await?;
        if is_behind && self.database.leave_epoch(epoch).await? {
            tracing::warn!(
                "the database lacks votes that Redis remembers, as after a restore: Redis begins anew"
            );
            self.hot.remove_documents(epoch).await;
        }
        let current = self.database.instance().await?.epoch;
        // An epoch that another process has begun meanwhile is looked at the next time, as is a database that was lost.
        let is_compared = is_behind || current == epoch;
        if is_compared && !losses.has_changed().unwrap_or(false) {
            self.hot.trust(current);
        }
        Ok(())
    }

    /// Whether the database lacks something of what is known.
    async fn is_behind(&self, known: &Known) -> Result<bool> {
        let versions = tally::list_versions(&self.database).await?;
        let versions: HashMap<_, _> = versions.into_iter().collect();
        let is_newer = |(id, version): &(_, i64)| version > versions.get(id).unwrap_or(&0);
        if known.versions.iter().any(is_newer) {
            return Ok(true);
        }
        for vote in &known.latest {
            let (voter, scope, period) = (vote.voter_id, vote.scope_id, vote.period);
            let ids = recount::list_ids_of_voter(&self.database, voter, scope, period).await?;
            if !ids.contains(&vote.id.0) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
