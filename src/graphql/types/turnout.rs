//! Turnout over time: for members who may read figures.

use async_graphql::{Enum, SimpleObject};

use super::identity::IdentityKind;
use super::scalars::{Long, Timestamp};
use crate::domain::{identity, turnout as domain};

/// The time that a point of turnout stands for.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::TurnoutStep")]
pub(super) enum TurnoutStep {
    /// A minute; at most 24 hours of them at once.
    Minute,
    /// An hour of the campaign's time zone; at most 31 days of them at once.
    Hour,
    /// A day of the campaign's time zone; at most 366 of them at once.
    Day,
}

/// Voters of a campaign that have the same first way in.
#[derive(SimpleObject)]
pub(super) struct VotersOfWay {
    /// The way in; null for voters whose ways in are not kept any more.
    kind: Option<IdentityKind>,
    /// Distinct voters.
    voters: Long,
}

impl From<&(Option<identity::IdentityKind>, i64)> for VotersOfWay {
    fn from((kind, voters): &(Option<identity::IdentityKind>, i64)) -> Self {
        Self {
            kind: kind.map(IdentityKind::from),
            voters: Long(*voters),
        }
    }
}

/// Votes that were cast in a minute, hour or day, withheld ones included.
#[derive(SimpleObject)]
pub(super) struct TurnoutPoint {
    /// Its beginning.
    at: Timestamp,
    /// Votes by all clients.
    votes: Long,
    /// Votes by pages of this server.
    page: Long,
    /// Votes by mini-programs.
    mini_program: Long,
    /// Votes by clients that do not say what they are.
    other: Long,
    /// Votes by guests, who have no account, whatever their clients.
    guests: Long,
}

impl From<&domain::TurnoutPoint> for TurnoutPoint {
    fn from(point: &domain::TurnoutPoint) -> Self {
        Self {
            at: Timestamp(point.at),
            votes: Long(point.votes()),
            page: Long(point.page),
            mini_program: Long(point.mini_program),
            other: Long(point.other),
            guests: Long(point.guests),
        }
    }
}
