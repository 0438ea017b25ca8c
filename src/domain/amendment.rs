//! Amendments: changes after the first vote, which the public reads.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::change::Change;
use crate::id::CampaignId;

/// Amendments that a campaign shows at most.
pub const AMENDMENTS_MAX: i64 = 100;

/// A change after the first vote, with the reason that the public reads.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Amendment {
    /// Its id.
    pub id: Uuid,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The time of the change.
    pub at: DateTime<Utc>,
    /// The name of what was changed: the campaign's title, a category's or a nominee's name.
    pub subject_label: String,
    /// The fields that were changed.
    #[sqlx(json)]
    pub changes: Vec<Change>,
    /// The reason.
    pub reason: String,
}
