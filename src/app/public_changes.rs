//! The changes of what everybody may read, counted, so that an answer that is kept is known to be out of date: those of
//! each campaign, since one that is edited leaves what is kept of the others.

use std::collections::HashMap;

use parking_lot::RwLock;

use crate::id::CampaignId;

/// The sources of an answer.
#[derive(Debug, Clone, Copy)]
pub enum Sources<'a> {
    /// Any campaigns.
    All,
    /// These campaigns and nothing else.
    Campaigns(&'a [CampaignId]),
}

/// The changes so far.
#[derive(Debug, Default)]
pub struct PublicChanges(RwLock<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// The number of all changes.
    all: u64,
    /// The number that a campaign's last change had.
    latest: HashMap<CampaignId, u64>,
}

impl PublicChanges {
    /// Counts a change of a campaign, its nominees or its feed.
    pub fn add(&self, campaign_id: CampaignId) {
        let mut counts = self.0.write();
        counts.all += 1;
        let number = counts.all;
        counts.latest.insert(campaign_id, number);
    }

    /// The number of changes so far: to be read before what is read of the data.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.read().all
    }

    /// Whether `sources` have changed since there were `count` changes.
    #[must_use]
    pub fn has_changed(&self, sources: Sources<'_>, count: u64) -> bool {
        let counts = self.0.read();
        let is_later =
            |id: &CampaignId| counts.latest.get(id).is_some_and(|&number| number > count);
        match sources {
            Sources::All => counts.all > count,
            Sources::Campaigns(ids) => ids.iter().any(is_later),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_one_of_its_campaign_and_of_all() {
        let [edited, other] = [CampaignId::new(), CampaignId::new()];
        let changes = PublicChanges::default();
        let before = changes.count();
        changes.add(edited);
        let has_changed =
            |ids: &[CampaignId], count| changes.has_changed(Sources::Campaigns(ids), count);
        assert!(has_changed(&[other, edited], before));
        assert!(!has_changed(&[other], before));
        assert!(changes.has_changed(Sources::All, before));
        let after = changes.count();
        assert!(!has_changed(&[edited], after));
        assert!(!changes.has_changed(Sources::All, after));
    }
}
