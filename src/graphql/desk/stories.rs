//! Stories: written, handed in, approved, scheduled and taken back.

use std::collections::HashMap;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use uuid::Uuid;

use super::story_errors::StoryUserError;
use crate::app::desk::{Answer, NewStory, Rejection, SchedulePlan, StoryStepEdit};
use crate::domain::story::fields::StoryFields;
use crate::domain::story::life::{StoryContent, StoryRefusal, StoryStep};
use crate::domain::story::pasted::markdown_of;
use crate::domain::story::schedule::parse_time;
use crate::graphql::types::{Long, Story, Timestamp};
use crate::graphql::{app, node_id, requester};
use crate::id::StoryId;

/// The input of `createStory`.
#[derive(InputObject)]
struct CreateStoryInput {
    /// The campaign.
    campaign_id: ID,
    /// Your name for this wish, a fresh UUID: sent again with the same key it makes nothing new.
    idempotency_key: Uuid,
    /// The nominee it is about; left out for the campaign's own.
    nominee_id: Option<ID>,
    /// The headline.
    title: String,
    /// A sentence or two on its content.
    #[graphql(default)]
    summary: String,
    /// The text in Markdown: give this or `bodyHtml`.
    body: Option<String>,
    /// The text as it was pasted from a page; it is cut down to Markdown.
    body_html: Option<String>,
}

/// The input of `updateStory`: what is left out stays.
#[derive(InputObject)]
struct UpdateStoryInput {
    /// The story.
    story_id: ID,
    /// The revision that the edit rests on.
    expected_revision: Long,
    /// The nominee it is about; null for the campaign's own.
    nominee_id: MaybeUndefined<ID>,
    /// The headline.
    title: Option<String>,
    /// A sentence or two on its content.
    summary: Option<String>,
    /// The text in Markdown: give this or `bodyHtml`.
    body: Option<String>,
    /// The text as it was pasted from a page; it is cut down to Markdown.
    body_html: Option<String>,
}

/// The input of a step that rests on the text as it was read.
#[derive(InputObject)]
struct ReviewStoryInput {
    /// The story.
    story_id: ID,
    /// The revision that was read.
    expected_revision: Long,
    /// The reason: needed for a rejection, whose author reads it.
    reason: Option<String>,
}

/// The input of a step of a story's life.
#[derive(InputObject)]
struct StoryStepInput {
    /// The story.
    story_id: ID,
    /// The revision that the step rests on; null to make it whatever was changed.
    expected_revision: Option<Long>,
    /// The reason, for the audit log.
    reason: Option<String>,
}

/// The input of `scheduleStories`.
#[derive(InputObject)]
struct ScheduleStoriesInput {
    /// The campaign.
    campaign_id: ID,
    /// The stories in the order in which they are to come out: approved ones that are not out, at most 500.
    story_ids: Vec<ID>,
    /// The times of a day in the campaign's time zone, such as "09:00", at most 24: one story each.
    times: Vec<String>,
    /// The first time that may be given; now if it is left out.
    from: Option<Timestamp>,
    /// Whether the stories get these times, or the plan is only shown.
    #[graphql(default)]
    apply: bool,
}

/// The answer of a change of a story.
#[derive(SimpleObject)]
pub(super) struct StoryPayload {
    /// The story as it stands now, out or not; null where there is none.
    story: Option<Story>,
    /// The refusal; empty when there is none.
    user_errors: Vec<StoryUserError>,
}

impl StoryPayload {
    async fn new(
        ctx: &Context<'_>,
        id: Option<StoryId>,
        user_errors: Vec<StoryUserError>,
    ) -> Result<Self> {
        let (app, viewer) = (app(ctx), requester(ctx).viewer);
        Box::pin(app.refresh_campaigns()).await?;
        let found = Box::pin(app.find_stories(viewer, id.into_iter().collect())).await?;
        let found = found.into_iter().next();
        Ok(Self {
            story: found.map(|story| Story::on_own_page(ctx, story)),
            user_errors,
        })
    }

    async fn of_refusal(
        ctx: &Context<'_>,
        id: Option<StoryId>,
        refused: Rejection<StoryRefusal>,
    ) -> Result<Self> {
        let user_errors = StoryUserError::list(ctx, vec![refused]);
        Self::new(ctx, id, user_errors).await
    }

    pub(super) async fn of_change(
        ctx: &Context<'_>,
        id: StoryId,
        answer: Answer<(), StoryRefusal>,
    ) -> Result<Self> {
        let user_errors = match answer {
            Ok(()) => Vec::new(),
            Err(rejections) => StoryUserError::list(ctx, rejections),
        };
        Self::new(ctx, Some(id), user_errors).await
    }
}

/// An entry of a plan: when a story comes out.
#[derive(SimpleObject)]
struct ScheduledStory {
    /// The story.
    story: Story,
    /// Its time.
    at: Timestamp,
}

/// The answer of `scheduleStories`.
#[derive(SimpleObject)]
struct SchedulePayload {
    /// The plan in the order of the stories; empty where there is a refusal.
    plan: Vec<ScheduledStory>,
    /// The refusal; empty when there is none.
    user_errors: Vec<StoryUserError>,
}

/// Changes of stories.
#[derive(Default)]
pub(super) struct StoryMutation;

#[Object]
impl StoryMutation {
    /// Writes a story, a draft as yet. Needs an owner, organiser or editor.
    async fn create_story(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The story.")] input: CreateStoryInput,
    ) -> Result<StoryPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let desk = app.desk(requester.viewer, &requester.client)?;
        let body = match body_of(input.body, input.body_html.as_deref()) {
            Ok(body) => body.unwrap_or_default(),
            Err(refused) => return StoryPayload::of_refusal(ctx, None, refused).await,
        };
        let nominee_id = input
            .nominee_id
            .map(|id| node_id::decode(&app.hash_key, &id))
            .transpose()?;
        let new = NewStory {
            campaign_id: node_id::decode(&app.hash_key, &input.campaign_id)?,
            nominee_id,
            fields: StoryFields {
                title: input.title,
                summary: input.summary,
                body,
            },
            idempotency_key: Some(input.idempotency_key),
        };
        let made = Box::pin(desk.create_story(new)).await;
        match made.map_err(|error| error.with_key(true))? {
            Ok(id) => StoryPayload::new(ctx, Some(id), Vec::new()).await,
            Err(rejections) => {
                let user_errors = StoryUserError::list(ctx, rejections);
                StoryPayload::new(ctx, None, user_errors).await
            }
        }
    }

    /// Edits a story. One that was approved goes back to review, and is not shown until somebody approves it again.
    /// Needs an owner, organiser or editor.
    async fn update_story(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The story and its changes.")] input: UpdateStoryInput,
    ) -> Result<StoryPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id = node_id::decode(&app.hash_key, &input.story_id)?;
        let body = match body_of(input.body, input.body_html.as_deref()) {
            Ok(body) => body,
            Err(refused) => return StoryPayload::of_refusal(ctx, Some(id), refused).await,
        };
        let nominee_id = match input.nominee_id {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(id) => Some(Some(node_id::decode(&app.hash_key, &id)?)),
        };
        let change = |content: &mut StoryContent| {
            let fields = &mut content.fields;
            content.nominee_id = nominee_id.unwrap_or(content.nominee_id);
            fields.title = input.title.clone().unwrap_or_else(|| fields.title.clone());
            fields.summary = input
                .summary
                .clone()
                .unwrap_or_else(|| fields.summary.clone());
            fields.body = body.clone().unwrap_or_else(|| fields.body.clone());
        };
        let by = (requester.viewer, &requester.client);
        let updating = app.update_story(by, id, input.expected_revision.0, change);
        let answer = Box::pin(updating).await?;
        StoryPayload::of_change(ctx, id, answer).await
    }

    /// Hands a draft in for review. Its text is checked by the platform's content service, where one is set up. Needs
    /// an owner, organiser or editor.
    async fn submit_story(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The story.")] input: StoryStepInput,
    ) -> Result<StoryPayload> {
        step(ctx, input, StoryStep::Submit).await
    }

    /// Approves a story that another has written: it comes out at its time, or waits for one. Needs an owner, organiser
    /// or editor.
    async fn approve_story(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The story.")] input: ReviewStoryInput,
    ) -> Result<StoryPayload> {
        step(ctx, input.into(), StoryStep::Approve).await
    }

    /// Gives a story back to its author, with a reason. Needs an owner, organiser or editor.
    async fn reject_story(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The story.")] input: ReviewStoryInput,
    ) -> Result<StoryPayload> {
        step(ctx, input.into(), StoryStep::Reject).await
    }

    /// Plans at which times a list of approved stories comes out, and gives them these times if it is to be applied.
    /// Times at which other stories of the campaign come out are left to them. Needs an owner, organiser or editor.
    async fn schedule_stories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The stories and the times.")] input: ScheduleStoriesInput,
    ) -> Result<SchedulePayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let desk = app.desk(requester.viewer, &requester.client)?;
        let story_ids = input.story_ids.iter();
        let story_ids = story_ids.map(|id| node_id::decode(&app.hash_key, id));
        let times: Option<_> = input.times.iter().map(|text| parse_time(text)).collect();
        let plan = SchedulePlan {
            campaign_id: node_id::decode(&app.hash_key, &input.campaign_id)?,
            story_ids: story_ids.collect::<std::result::Result<_, _>>()?,
            // A time that is none stands for no times: both are refused alike.
            times: times.unwrap_or_default(),
            from: input.from.map(|from| from.0),
            is_applied: input.apply,
        };
        match Box::pin(desk.schedule_stories(&plan)).await? {
            Ok(slots) => SchedulePayload::new(ctx, slots).await,
            Err(rejections) => Ok(SchedulePayload {
                plan: Vec::new(),
                user_errors: StoryUserError::list(ctx, rejections),
            }),
        }
    }

    /// Lets an approved story come out now. Needs an owner, organiser or editor.
    async fn publish_story(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The story.")] input: StoryStepInput,
    ) -> Result<StoryPayload> {
        step(ctx, input, StoryStep::Publish).await
    }

    /// Takes an approved story back for good, out or not. Needs an owner, organiser or editor.
    async fn retract_story(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The story.")] input: StoryStepInput,
    ) -> Result<StoryPayload> {
        step(ctx, input, StoryStep::Retract).await
    }
}

impl From<ReviewStoryInput> for StoryStepInput {
    fn from(input: ReviewStoryInput) -> Self {
        Self {
            story_id: input.story_id,
            expected_revision: Some(input.expected_revision),
            reason: input.reason,
        }
    }
}

async fn step(ctx: &Context<'_>, input: StoryStepInput, step: StoryStep) -> Result<StoryPayload> {
    let (app, requester) = (app(ctx), requester(ctx));
    let id = node_id::decode(&app.hash_key, &input.story_id)?;
    let wish = StoryStepEdit {
        expected_revision: input.expected_revision.map(|revision| revision.0),
        step,
        reason: input.reason.as_deref(),
    };
    let by = (requester.viewer, &requester.client);
    let answer = Box::pin(app.step_story(by, id, wish)).await?;
    StoryPayload::of_change(ctx, id, answer).await
}

impl SchedulePayload {
    async fn new(
        ctx: &Context<'_>,
        slots: Vec<(StoryId, chrono::DateTime<chrono::Utc>)>,
    ) -> Result<Self> {
        let (app, viewer) = (app(ctx), requester(ctx).viewer);
        let ids = slots.iter().map(|(id, _)| *id).collect();
        let stories = Box::pin(app.find_stories(viewer, ids)).await?;
        let mut by_id: HashMap<StoryId, Story> = Story::on_one_page(ctx, stories);
        let entry = |(id, at)| {
            let story = by_id.remove(&id)?;
            let at = Timestamp(at);
            Some(ScheduledStory { story, at })
        };
        Ok(Self {
            plan: slots.into_iter().filter_map(entry).collect(),
            user_errors: Vec::new(),
        })
    }
}

/// The text of an edit in Markdown; none where there is none. Refused is one that was given in two forms, or as HTML
/// without text.
fn body_of(
    body: Option<String>,
    body_html: Option<&str>,
) -> std::result::Result<Option<String>, Rejection<StoryRefusal>> {
    let refused = Rejection {
        why: StoryRefusal::InvalidBody,
        field: Some("bodyHtml"),
    };
    match (body, body_html) {
        (Some(_), Some(_)) => Err(refused),
        (None, Some(html)) => {
            let markdown = markdown_of(html).filter(|markdown| !markdown.is_empty());
            markdown.map(Some).ok_or(refused)
        }
        (body, None) => Ok(body),
    }
}
