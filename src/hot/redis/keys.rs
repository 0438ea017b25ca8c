//! The names of all keys, within the epoch of what is remembered. The keys of a voter and of a campaign carry a hash
//! tag, so that a script's keys live in one hash slot and no hash slot serves a whole event.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use data_encoding::HEXLOWER;
use uuid::Uuid;

use crate::hot::SolutionHash;
use crate::hot::limits::{Action, BucketOwner};
use crate::id::{CampaignId, ScopeId, VoterId};

/// The voter and the quota that votes belong to, and the epoch in which that was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct VotesKey {
    pub epoch: i64,
    pub voter_id: VoterId,
    pub scope_id: ScopeId,
    pub period: i64,
}

/// The names of all keys, within an installation's own prefix. Clones go over to another epoch together.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    prefix: String,
    epoch: Arc<AtomicI64>,
}

impl Keys {
    /// The keys of the installation of this id, in this epoch.
    pub(super) fn new(instance: Uuid, epoch: i64) -> Self {
        Self {
            prefix: format!("acclaim:{}", instance.simple()),
            epoch: Arc::new(AtomicI64::new(epoch)),
        }
    }

    /// The epoch in use.
    pub(super) fn epoch(&self) -> i64 {
        self.epoch.load(Ordering::Relaxed)
    }

    /// Goes over to this epoch.
    pub(super) fn set_epoch(&self, epoch: i64) {
        self.epoch.store(epoch, Ordering::Relaxed);
    }

    /// Writes the key of a bucket.
    pub(super) fn write_bucket(&self, to: &mut String, action: Action, owner: BucketOwner) {
        let kind = match owner {
            BucketOwner::Voter(_) => 'v',
            BucketOwner::Staff(_) => 's',
            BucketOwner::Device(_) => 'd',
            BucketOwner::Address(_) => 'a',
            BucketOwner::Block(_) => 'b',
        };
        let (prefix, epoch) = (&self.prefix, self.epoch());
        let owner = owner.key().simple();
        let action = action.name();
        // Writing to a string does not fail.
        let _ = write!(to, "{prefix}:{epoch}:{{{kind}:{owner}}}:bucket:{action}");
    }

    /// Writes the key of a voter's votes of a scope and period.
    pub(super) fn write_votes(&self, to: &mut String, votes: VotesKey) {
        let VotesKey {
            epoch,
            voter_id,
            scope_id,
            period,
        } = votes;
        let prefix = &self.prefix;
        let voter = voter_id.0.simple();
        let scope = scope_id.0.simple();
        let _ = write!(to, "{prefix}:{epoch}:{{v:{voter}}}:votes:{scope}:{period}");
    }

    /// The pattern that all keys of votes match, in the words of `SCAN`.
    pub(super) fn votes_pattern(&self) -> String {
        format!("{}:{}:{{v:*}}:votes:*", self.prefix, self.epoch())
    }

    /// The latest votes that are remembered.
    pub(super) fn latest_votes(&self, epoch: i64) -> String {
        format!("{}:{epoch}:{{latest}}:votes", self.prefix)
    }

    /// Registered documents by their hashes, and when each was last used.
    pub(super) fn documents(&self, epoch: i64) -> [String; 2] {
        ["texts", "used"].map(|part| format!("{}:{epoch}:{{documents}}:{part}", self.prefix))
    }

    pub(super) fn totals(&self, epoch: i64, campaign: CampaignId) -> String {
        let campaign = campaign.0.simple();
        format!("{}:{epoch}:{{c:{campaign}}}:totals", self.prefix)
    }

    /// The cast that a solution of a captcha belongs to: in no epoch, since the database knows nothing of it.
    pub(super) fn solution(&self, solution: SolutionHash) -> String {
        format!("{}:{{s:{}}}:owner", self.prefix, HEXLOWER.encode(&solution))
    }

    /// The channel of announcements: one for all epochs, since nothing of it is remembered and who hears of a version
    /// looks for it in its own epoch.
    pub(super) fn announcements(&self) -> String {
        format!("{}:announcements", self.prefix)
    }

    /// Reads back a key that [`Keys::write_votes`] wrote.
    pub(super) fn parse_votes(&self, key: &str) -> Option<VotesKey> {
        let rest = key.strip_prefix(&self.prefix)?.strip_prefix(':')?;
        let (epoch, rest) = rest.split_once(":{v:")?;
        let (voter, rest) = rest.split_once("}:votes:")?;
        let (scope, period) = rest.split_once(':')?;
        Some(VotesKey {
            epoch: epoch.parse().ok()?,
            voter_id: VoterId(voter.parse().ok()?),
            scope_id: ScopeId(scope.parse().ok()?),
            period: period.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_votes_read_back() {
        let keys = Keys::new(Uuid::from_u128(7), 5);
        let votes = VotesKey {
            epoch: 4,
            voter_id: VoterId::new(),
            scope_id: ScopeId(Uuid::new_v4()),
            period: 738_000,
        };
        let mut key = String::new();
        keys.write_votes(&mut key, votes);
        assert_eq!(keys.parse_votes(&key), Some(votes));
        key.clear();
        keys.write_bucket(&mut key, Action::Cast, BucketOwner::Voter(votes.voter_id));
        assert_eq!(keys.parse_votes(&key), None);
    }
}
