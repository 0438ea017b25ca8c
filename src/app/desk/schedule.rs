//! Schedules: the times at which a list of stories comes out.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, NaiveTime, Utc};

use super::{Answer, Attempt, Desk, Edit, Subject, refuse};
use crate::domain::access::Action;
use crate::domain::story::Story;
use crate::domain::story::life::StoryRefusal;
use crate::domain::story::schedule::{STORIES_MAX, TIMES_MAX, slots};
use crate::error::Result;
use crate::id::{CampaignId, StoryId};
use crate::ledger::audit::SubjectKind;
use crate::ledger::story_edit;

/// A schedule that is planned, and applied where it is wanted.
#[derive(Debug, Clone)]
pub struct SchedulePlan {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The stories in the order in which they come out.
    pub story_ids: Vec<StoryId>,
    /// The times of a day, in the campaign's zone.
    pub times: BTreeSet<NaiveTime>,
    /// The first time that may be given; now where there is none.
    pub from: Option<DateTime<Utc>>,
    /// Whether the times are given to the stories, or only shown.
    pub is_applied: bool,
}

impl Desk<'_> {
    /// Plans at which times stories come out, one after the other; gives them these times where it is wanted. Returns
    /// the plan in the order of the stories. Times at which others of the campaign come out are left to them.
    pub async fn schedule_stories(
        &self,
        plan: &SchedulePlan,
    ) -> Result<Answer<Vec<(StoryId, DateTime<Utc>)>, StoryRefusal>> {
        let attempt = Attempt {
            name: "story.schedule",
            right: Action::ReviewStories,
            subject: Subject::new(SubjectKind::Campaign, plan.campaign_id.0, ""),
        };
        let mut edit = self.open_campaign(plan.campaign_id, &attempt).await?;
        let campaign = edit.find_unarchived(plan.campaign_id).await?;
        let Some(campaign) = campaign else {
            return refuse(StoryRefusal::WrongState, "campaignId");
        };
        let distinct: HashSet<StoryId> = plan.story_ids.iter().copied().collect();
        if distinct.len() != plan.story_ids.len() || !(1..=STORIES_MAX).contains(&distinct.len()) {
            return refuse(StoryRefusal::StoryNotFound, "storyIds");
        }
        if !(1..=TIMES_MAX).contains(&plan.times.len()) {
            return refuse(StoryRefusal::InvalidSchedule, "times");
        }
        let now = edit.now;
        let from = plan.from.unwrap_or(now);
        if from < now {
            return refuse(StoryRefusal::InvalidSchedule, "from");
        }
        let scheduled = story_edit::list_scheduled_times(edit.tx(), plan.campaign_id, now).await?;
        let others = scheduled
            .into_iter()
            .filter(|(id, _)| !distinct.contains(id));
        let taken = others.map(|(_, at)| at).collect();
        let zone = campaign.time_zone.0;
        let slots = slots(&plan.times, zone, from, &taken, distinct.len());
        if slots.len() < distinct.len() {
            return refuse(StoryRefusal::InvalidSchedule, "times");
        }
        let mut moved = Vec::with_capacity(slots.len());
        for (&id, &at) in plan.story_ids.iter().zip(&slots) {
            let found = story_edit::find_locked(edit.tx(), id).await?;
            let Some(before) = found.filter(|found| found.campaign_id == plan.campaign_id) else {
                return refuse(StoryRefusal::StoryNotFound, "storyIds");
            };
            match before.scheduled(at, self.staff_id(), now) {
                Ok(after) => moved.push((before, after)),
                Err(why) => return refuse(why, "storyIds"),
            }
        }
        if plan.is_applied {
            edit.commit_schedule(attempt.name, moved).await?;
        }
        Ok(Ok(plan.story_ids.iter().copied().zip(slots).collect()))
    }
}

impl Edit {
    /// Stores stories with their times, and commits.
    async fn commit_schedule(
        mut self,
        name: &'static str,
        mut moved: Vec<(Story, Story)>,
    ) -> Result<()> {
        let Some((before, after)) = moved.pop() else {
            return Ok(());
        };
        for (before, after) in moved {
            let event = self.store_story(name, &before, after).await?;
            self.note(&event).await?;
        }
        let event = self.store_story(name, &before, after).await?;
        self.commit(event).await
    }
}
