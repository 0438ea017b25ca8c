//! Figures of turnout: votes by minute, hour or day, for members who may read figures.

use chrono::{DateTime, Utc};

use super::App;
use crate::domain::campaign::Campaign;
use crate::domain::turnout::{TurnoutPoint, TurnoutStep, minute_of, points};
use crate::error::{Error, Result};
use crate::ledger::turnout;

impl App {
    /// The points of a campaign from `from` to `to`, which are taken to the minute: those that have votes. Without
    /// them, the last ones that are shown at once; until the closing where voting is over.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] where it is more than is shown at once.
    pub async fn turnout(
        &self,
        campaign: &Campaign,
        step: TurnoutStep,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
    ) -> Result<Vec<TurnoutPoint>> {
        let span_max = step.span_max();
        let now = self.clock.now();
        let (from, to) = match (from, to) {
            (Some(from), Some(to)) => (from, to),
            (Some(from), None) => (from, now.min(end_of(from, step))),
            (None, to) => {
                let to = to.unwrap_or_else(|| now.min(campaign.voting_closes_at));
                (to.checked_sub_signed(span_max).unwrap_or(to), to)
            }
        };
        if to.signed_duration_since(from) > span_max {
            return Err(Error::BadUserInput(format!(
                "from and to may be at most {} hours apart here: ask for one part after the other, or for longer \
                 steps.",
                span_max.num_hours()
            )));
        }
        // The minute that is not over is one of them.
        let minutes = minute_of(from)..minute_of(to).saturating_add(1);
        let summed = step.minutes_summed();
        let sums = turnout::list_sums(&self.database, campaign.id, minutes, summed).await?;
        Ok(points(&sums, step, campaign.time_zone.0))
    }
}

fn end_of(from: DateTime<Utc>, step: TurnoutStep) -> DateTime<Utc> {
    from.checked_add_signed(step.span_max()).unwrap_or(from)
}
