//! The side of stories that their organisation sees.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};

use super::scalars::{Long, Timestamp};
use super::staff::Staff;
use crate::app::App;
use crate::domain::story::{Story, life};
use crate::id::{OrganisationId, StaffId};

/// The state of a story.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "life::StoryStatus")]
pub(in crate::graphql) enum StoryState {
    /// It is being written.
    Draft,
    /// It waits for somebody else to approve it.
    InReview,
    /// It may come out, and has no time yet.
    Approved,
    /// It comes out at its time.
    Scheduled,
    /// It is out.
    Published,
    /// It was taken back for good.
    Retracted,
}

/// The word of a platform's content service on a text.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContentCheck {
    /// The text was not checked: no service is set up, or it gave no answer. It has not passed.
    NotChecked,
    /// Nothing was found.
    Passed,
    /// Somebody should look.
    Review,
    /// It should not come out.
    Risky,
}

impl From<Option<life::TextCheck>> for ContentCheck {
    fn from(check: Option<life::TextCheck>) -> Self {
        match check {
            None => Self::NotChecked,
            Some(life::TextCheck::Passed) => Self::Passed,
            Some(life::TextCheck::Review) => Self::Review,
            Some(life::TextCheck::Risky) => Self::Risky,
        }
    }
}

/// The side of a story that its organisation sees.
#[derive(SimpleObject)]
pub(super) struct StoryDesk {
    /// Its state.
    state: StoryState,
    /// When it comes out or came out; null where it has no such time.
    scheduled_for: Option<Timestamp>,
    /// Its author; null where a command made it, or the author is no member any more.
    author: Option<Staff>,
    /// The member who changed its text last.
    editor: Option<Staff>,
    /// The member who approved it.
    approver: Option<Staff>,
    /// Whether the viewer wrote it or changed it last: then somebody else approves and schedules it.
    is_own: bool,
    /// The word of the platform's content service on the text as it stands.
    check: ContentCheck,
    /// The reason of its last rejection, until it is handed in again.
    rejection: Option<String>,
    /// Moves with every edit: send it with the next one.
    edit_revision: Long,
}

impl StoryDesk {
    pub(super) fn new(
        app: &Arc<App>,
        organisation_id: OrganisationId,
        viewer: Option<StaffId>,
        story: &Story,
    ) -> Self {
        let catalog = app.campaigns.catalog();
        let review = &story.review;
        let member = |id: Option<StaffId>| {
            let membership = catalog
                .directory()
                .find_membership(id?, organisation_id)?
                .clone();
            Some(Staff::new(app, membership))
        };
        Self {
            state: story.status(app.clock.now()).into(),
            scheduled_for: review.is_scheduled.then_some(Timestamp(story.published_at)),
            author: member(review.author_id),
            editor: member(review.editor_id),
            approver: member(review.approver_id),
            is_own: review.is_text_of(viewer),
            check: review.text_check.into(),
            rejection: review.rejection.clone(),
            edit_revision: Long(review.edit_revision),
        }
    }
}
