//! The numbers of what a campaign has, for its organisation.

use async_graphql::SimpleObject;

use super::to_i32;
use crate::domain::media::{Picture, PictureSize};
use crate::domain::nominee::NomineeStatus as Status;
use crate::domain::roster::Roster;
use crate::domain::story::life::StoryStatus;

/// The numbers of a campaign's nominees.
#[derive(SimpleObject)]
pub(super) struct NomineeCounts {
    /// Shown and votable.
    active: i32,
    /// Shown; votes are refused.
    frozen: i32,
    /// Not shown any more.
    withdrawn: i32,
    /// Shown without a portrait.
    without_portrait: i32,
}

impl NomineeCounts {
    pub(super) fn new(roster: &Roster) -> Self {
        let nominees = roster.nominees();
        let count = |status| nominees.iter().filter(|n| n.status == status).count();
        let has_none = |picture: Picture<'_>| picture.address(None, PictureSize::Small).is_none();
        let without_portrait = nominees
            .iter()
            .filter(|n| n.is_shown() && has_none(n.portrait()));
        Self {
            active: to_i32(count(Status::Active)),
            frozen: to_i32(count(Status::Frozen)),
            withdrawn: to_i32(count(Status::Withdrawn)),
            without_portrait: to_i32(without_portrait.count()),
        }
    }
}

/// The numbers of a campaign's stories, by their state now.
#[derive(SimpleObject)]
pub(super) struct StoryCounts {
    /// Being written.
    draft: i32,
    /// Waiting for somebody else to approve them.
    in_review: i32,
    /// Approved, without a time.
    approved: i32,
    /// Coming out at their time.
    scheduled: i32,
    /// Out.
    published: i32,
    /// Taken back for good.
    retracted: i32,
}

impl StoryCounts {
    pub(super) fn new(counts: &[(String, i64)]) -> Self {
        let count = |status: StoryStatus| {
            let found = counts.iter().find(|(name, _)| name == status.name());
            found.map_or(0, |(_, count)| to_i32(*count))
        };
        Self {
            draft: count(StoryStatus::Draft),
            in_review: count(StoryStatus::InReview),
            approved: count(StoryStatus::Approved),
            scheduled: count(StoryStatus::Scheduled),
            published: count(StoryStatus::Published),
            retracted: count(StoryStatus::Retracted),
        }
    }
}
