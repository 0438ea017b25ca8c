//! Examinations: the passes over a campaign's votes that look for signals.

use async_graphql::{Context, Result, SimpleObject};

use super::scalars::{Long, Timestamp};
use super::signals::may_read;
use crate::domain::roster::Roster;
use crate::error::Error;
use crate::graphql::app;
use crate::ledger::signals as ledger;

/// An examination of a campaign's votes.
#[derive(SimpleObject)]
pub(super) struct SignalExamination {
    /// The end of the votes that were examined: every few minutes it moves on while the campaign votes.
    examined_to: Timestamp,
    /// Their beginning: a campaign with more votes than are examined at once has those of its last days examined.
    examined_from: Timestamp,
    /// Their number.
    votes: Long,
    /// The part of votes from clients that had not shown the campaign, of a nominee in the middle.
    usual_unseen: f64,
    /// The spread of times from page to vote: the standard deviation of the logarithm of milliseconds.
    usual_pace: f64,
    /// The chance that the phones of two voters are of one model.
    usual_equal_models: f64,
}

/// The last examination of a campaign's votes, for members who may read records.
pub(super) async fn find_examination(
    ctx: &Context<'_>,
    roster: &Roster,
) -> Result<Option<SignalExamination>> {
    if !may_read(ctx, roster) {
        return Ok(None);
    }
    let found = ledger::find_examination(&app(ctx).database, roster.campaign().id).await;
    let shown = |found: ledger::Examination| SignalExamination {
        examined_to: Timestamp(found.examined_to),
        examined_from: Timestamp(found.examined_from),
        votes: Long(found.votes),
        usual_unseen: found.usual.unseen,
        usual_pace: found.usual.pace,
        usual_equal_models: found.usual.equal_models,
    };
    Ok(found.map_err(Error::from)?.map(shown))
}
