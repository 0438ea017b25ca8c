//! What can be changed. Outcomes that a user can act on are in the payload; see `graphql::error` for the rest.
//!
//! All mutations share one future: what is seldom asked for, and large, waits on the heap, or every vote had room for it.

use async_graphql::{Context, Object, Result};

use super::types::{
    CastBallotInput, CastBallotPayload, CastVoteInput, CastVotePayload, Likeable, Nominee,
    RecordViewsErrorCode, RecordViewsInput, RecordViewsPayload, RecordViewsUserError,
    RefreshSessionInput, SetLikeErrorCode, SetLikeInput, SetLikePayload, SetLikeUserError,
    SignInGuestInput, SignInMiniProgramInput, SignInPayload, SignInStaffInput, SignOutInput,
    SignOutPayload, Story,
};
use super::{app, node_id, requester};
use crate::app::likes;
use crate::error::Error;
use crate::ledger;

/// The root of changing.
pub struct Mutation;

/// What can be changed.
#[Object]
impl Mutation {
    /// Signs in a voter through the platform of a mini-program.
    async fn sign_in_mini_program(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The platform and its login code.")] input: SignInMiniProgramInput,
    ) -> Result<SignInPayload> {
        let answer = Box::pin(app(ctx).sign_in_wechat(&requester(ctx).client, &input.code)).await?;
        Ok(SignInPayload::new(
            app(ctx),
            requester(ctx).language,
            Some("code"),
            answer,
        ))
    }

    /// Signs in a voter by a device id, where a campaign admits guests. The same device id is the same voter.
    async fn sign_in_guest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The device.")] input: SignInGuestInput,
    ) -> Result<SignInPayload> {
        let answer =
            Box::pin(app(ctx).sign_in_guest(&requester(ctx).client, &input.device_id)).await?;
        Ok(SignInPayload::new(
            app(ctx),
            requester(ctx).language,
            None,
            answer,
        ))
    }

    /// Signs in a member of staff.
    async fn sign_in_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: SignInStaffInput,
    ) -> Result<SignInPayload> {
        let answer =
            Box::pin(app(ctx).sign_in_staff(&requester(ctx).client, &input.email, input.password))
                .await?;
        Ok(SignInPayload::new(
            app(ctx),
            requester(ctx).language,
            None,
            answer,
        ))
    }

    /// Exchanges a refresh token for new tokens. If the answer is lost, the same token may be sent again within 30
    /// seconds; later, a used token ends the session.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: RefreshSessionInput,
    ) -> Result<SignInPayload> {
        let answer =
            Box::pin(app(ctx).refresh_session(&requester(ctx).client, &input.refresh_token))
                .await?;
        Ok(SignInPayload::new(
            app(ctx),
            requester(ctx).language,
            Some("refreshToken"),
            answer,
        ))
    }

    /// Ends a session. Its access token stays good until it expires, at most 15 minutes.
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: SignOutInput,
    ) -> Result<SignOutPayload> {
        Box::pin(app(ctx).sign_out(&input.refresh_token)).await?;
        Ok(SignOutPayload { signed_out: true })
    }

    /// Casts one vote. Needs a voter. When the answer is here, the vote is stored for good.
    async fn cast_vote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominee, and a key that makes retries safe.")] input: CastVoteInput,
    ) -> Result<CastVotePayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        requester.viewer.require_voter()?;
        let nominee_id = node_id::nominee(&app.hash_key, &input.nominee_id)?;
        let answer = app
            .cast_vote(
                requester.viewer,
                &requester.client,
                nominee_id,
                input.idempotency_key,
            )
            .await?;
        Ok(CastVotePayload::new(ctx, nominee_id, answer))
    }

    /// Casts votes for several nominees of one campaign: all of them, or none. Needs a voter.
    async fn cast_ballot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominees, and a key that makes retries safe.")]
        input: CastBallotInput,
    ) -> Result<CastBallotPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        requester.viewer.require_voter()?;
        let campaign_id = node_id::campaign(&app.hash_key, &input.campaign_id)?;
        let nominee_ids = input
            .nominee_ids
            .iter()
            .map(|id| node_id::nominee(&app.hash_key, id));
        let nominee_ids = nominee_ids.collect::<Result<Vec<_>, Error>>()?;
        let answer = app
            .cast_ballot(
                requester.viewer,
                &requester.client,
                campaign_id,
                &nominee_ids,
                input.idempotency_key,
            )
            .await?;
        Ok(CastBallotPayload::new(ctx, &nominee_ids, answer))
    }

    /// Likes a nominee or story, or takes it back. Needs a voter. Repeating it changes nothing.
    async fn set_like(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is liked or not.")] input: SetLikeInput,
    ) -> Result<SetLikePayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        requester.viewer.require_voter()?;
        let subject = node_id::likeable(&app.hash_key, &input.subject_id)?;
        if app.set_like(requester.viewer, subject, input.liked).await?
            && let Some(subject) = find_likeable(ctx, subject).await?
        {
            return Ok(SetLikePayload {
                subject: Some(subject),
                user_errors: Vec::new(),
            });
        }
        let error = SetLikeUserError {
            code: SetLikeErrorCode::SubjectNotFound,
            message: requester.language.subject_not_found().to_owned(),
            path: Some(vec!["input".into(), "subjectId".into()]),
        };
        Ok(SetLikePayload {
            subject: None,
            user_errors: vec![error],
        })
    }

    /// Counts views of nominees and stories, those that a page has shown. Needs no signing in.
    async fn record_views(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was viewed.")] input: RecordViewsInput,
    ) -> Result<RecordViewsPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let subjects = input
            .subject_ids
            .iter()
            .map(|id| node_id::likeable(&app.hash_key, id));
        let subjects = subjects.collect::<Result<Vec<_>, Error>>()?;
        let counted = app
            .record_views(
                requester.viewer,
                &requester.client,
                &subjects,
                input.idempotency_key,
            )
            .await?;
        let error = |position: usize| RecordViewsUserError {
            code: RecordViewsErrorCode::SubjectNotFound,
            message: requester.language.subject_not_found().to_owned(),
            path: Some(vec![
                "input".into(),
                "subjectIds".into(),
                position.to_string(),
            ]),
        };
        let recorded = counted.iter().filter(|was_counted| **was_counted).count();
        Ok(RecordViewsPayload {
            recorded: i32::try_from(recorded).unwrap_or(i32::MAX),
            user_errors: counted
                .iter()
                .enumerate()
                .filter(|(_, c)| !**c)
                .map(|(i, _)| error(i))
                .collect(),
        })
    }
}

/// What was liked, to be shown with its new count.
async fn find_likeable(ctx: &Context<'_>, subject: likes::Likeable) -> Result<Option<Likeable>> {
    Ok(match subject {
        likes::Likeable::Nominee(id) => {
            let found = app(ctx)
                .campaigns
                .catalog()
                .find_by_nominee(id, requester(ctx).viewer);
            found.map(|(roster, index)| Likeable::Nominee(Nominee::standalone(ctx, roster, index)))
        }
        likes::Likeable::Story(id) => {
            let stories = Box::pin(ledger::story::list_by_ids(&app(ctx).database, vec![id.0]))
                .await
                .map_err(Error::from)?;
            stories
                .into_iter()
                .next()
                .map(|story| Likeable::Story(Story::standalone(ctx, story)))
        }
    })
}
