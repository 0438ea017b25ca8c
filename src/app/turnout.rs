//! Figures of turnout: votes by minute, hour or day, for members who may read figures. Sums of a month take their time,
//! and every open desk asks for the same ones again and again: a read serves all who ask within a second.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use tokio::sync::Mutex;

use super::App;
use crate::bounded::BoundedMap;
use crate::domain::campaign::Campaign;
use crate::domain::turnout::{TurnoutPoint, TurnoutStep, minute_of, points};
use crate::error::{Error, Result};
use crate::id::CampaignId;
use crate::ledger::turnout;

/// The time that points are kept, from the moment that they were asked for: no figure is older.
const KEPT: Duration = Duration::from_secs(1);
/// Questions whose points are kept, each at most a day of minutes: 57 KiB.
const QUESTIONS_MAX: usize = 128;

/// A question that many ask.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Question {
    campaign_id: CampaignId,
    zone: Tz,
    step: TurnoutStep,
    minutes: Range<i64>,
}

/// The points of a question, with the time of the read. One reads at a time, and for all who wait.
type KeptPoints = Arc<Mutex<Option<(Instant, Arc<[TurnoutPoint]>)>>>;

/// The turnout that was read a moment ago.
#[derive(Debug)]
pub struct Turnouts(BoundedMap<Question, KeptPoints>);

impl Default for Turnouts {
    fn default() -> Self {
        Self(BoundedMap::new(QUESTIONS_MAX))
    }
}

impl App {
    /// The points of a campaign from `from` to `to`, which are taken to the minute: those that have votes, as they
    /// stood at most a second ago. Without them, the last ones that are shown at once; until the closing where voting
    /// is over.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] where it is more than is shown at once.
    pub async fn turnout(
        &self,
        campaign: &Campaign,
        step: TurnoutStep,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
    ) -> Result<Arc<[TurnoutPoint]>> {
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
        let question = Question {
            campaign_id: campaign.id,
            zone: campaign.time_zone.0,
            step,
            minutes,
        };
        self.find_points(question).await
    }

    async fn find_points(&self, question: Question) -> Result<Arc<[TurnoutPoint]>> {
        let kept = self.turnouts.0.with(&question, |kept| Arc::clone(kept));
        let mut kept = kept.lock().await;
        if let Some((_, points)) = kept.as_ref().filter(|(at, _)| at.elapsed() < KEPT) {
            return Ok(Arc::clone(points));
        }
        let asked_at = Instant::now();
        let Question {
            campaign_id,
            zone,
            step,
            minutes,
        } = question;
        let summed = step.minutes_summed();
        let sums = turnout::list_sums(&self.database, campaign_id, minutes, summed).await?;
        let points: Arc<[_]> = points(&sums, step, zone).into();
        *kept = Some((asked_at, Arc::clone(&points)));
        Ok(points)
    }
}

fn end_of(from: DateTime<Utc>, step: TurnoutStep) -> DateTime<Utc> {
    from.checked_add_signed(step.span_max()).unwrap_or(from)
}
