//! How long anything is kept of a voter: as long as somebody who came back as a stranger could vote twice, or as a
//! dispute about the result may need it.

use chrono::{DateTime, TimeDelta, Utc};

use super::campaign::Lifecycle;

/// The time after the publication of a result in which it is disputed.
pub const OBJECTION_PERIOD: TimeDelta = TimeDelta::days(30);

/// The end of a campaign, as far as it has come.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct CampaignEnd {
    /// Where its organiser has moved it.
    pub lifecycle: Lifecycle,
    /// The end of voting.
    pub voting_closes_at: DateTime<Utc>,
    /// The publication of its result, if it was published.
    pub published_at: Option<DateTime<Utc>>,
}

impl CampaignEnd {
    /// The time from which everybody who took part is forgotten: `retention` after the end of voting.
    #[must_use]
    pub fn forgotten_by_all(&self, retention: TimeDelta) -> DateTime<Utc> {
        self.voting_closes_at + retention
    }

    /// The time from which somebody who took part is forgotten who asks for it: once the campaign is archived, or the
    /// time for objections to its result is over; with everybody at the latest.
    #[must_use]
    pub fn forgotten_on_request(&self, retention: TimeDelta) -> DateTime<Utc> {
        let by_all = self.forgotten_by_all(retention);
        match (self.lifecycle, self.published_at) {
            (Lifecycle::Archived, _) => self.voting_closes_at,
            (Lifecycle::Published, Some(at)) => by_all.min(at + OBJECTION_PERIOD),
            _ => by_all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_waits_until_nobody_disputes_the_result() {
        let closes_at = DateTime::UNIX_EPOCH;
        let retention = TimeDelta::days(180);
        let day = |days| closes_at + TimeDelta::days(days);
        for (lifecycle, published, expected) in [
            (Lifecycle::Running, None, 180),
            (Lifecycle::Published, Some(5), 35),
            (Lifecycle::Published, Some(170), 180),
            (Lifecycle::Published, None, 180),
            (Lifecycle::Archived, Some(5), 0),
            (Lifecycle::Archived, None, 0),
        ] {
            let end = CampaignEnd {
                lifecycle,
                voting_closes_at: closes_at,
                published_at: published.map(day),
            };
            assert_eq!(
                end.forgotten_on_request(retention),
                day(expected),
                "{end:?}"
            );
            assert_eq!(end.forgotten_by_all(retention), day(180), "{end:?}");
        }
    }
}
