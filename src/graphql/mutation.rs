//! The root of changing. Outcomes that a user can act on are in the payload; see [`super::error`] for the rest.
//!
//! The library makes one future that has room for any of the mutations, so the large steps of rare ones are boxed: a
//! vote would carry their room with it.

use async_graphql::{Context, ID, Object, Result};

use super::types::{
    CastBallotInput, CastBallotPayload, CastVoteInput, CastVotePayload, CreateHandOverPayload,
    ForgetMePayload, Likeable, Nominee, RecordViewsInput, RecordViewsPayload, RedeemHandOverInput,
    RefreshSessionInput, RequestPhoneCodeInput, RequestPhoneCodePayload, SetLikeInput,
    SetLikePayload, SignInGuestInput, SignInMiniProgramInput, SignInMiniProgramPhoneInput,
    SignInPayload, SignInPhoneInput, SignInStaffInput, SignOutInput, SignOutPayload, Story,
    Timestamp,
};
use super::{app, node_id, requester};
use crate::app::circumstances::Visit;
use crate::app::voting::Caster;
use crate::app::{App, likes};
use crate::error::Error;

/// The changes that voters make, and signing in.
#[derive(Default)]
pub(super) struct PublicMutation;

/// Changes to make.
#[Object]
impl PublicMutation {
    /// Signs in a voter through the platform of a mini-program. A guest who sends its access token is that voter from
    /// then on.
    async fn sign_in_mini_program(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The platform and its login code.")] input: SignInMiniProgramInput,
    ) -> Result<SignInPayload> {
        let requester = requester(ctx);
        let sign_in = app(ctx).sign_in_mini_program(
            requester.viewer,
            &requester.client,
            input.platform.into(),
            &input.code,
        );
        let answer = Box::pin(sign_in).await?;
        Ok(SignInPayload::new(ctx, Some("code"), answer))
    }

    /// Makes a code by which the viewer, a voter with an account, is the same voter in a page that it opens: a
    /// mini-program's in its web view.
    async fn create_hand_over(&self, ctx: &Context<'_>) -> Result<CreateHandOverPayload> {
        let hand_over = Box::pin(app(ctx).create_hand_over(requester(ctx).viewer)).await?;
        Ok(CreateHandOverPayload {
            code: hand_over.code,
            expires_at: Timestamp(hand_over.expires_at),
        })
    }

    /// Signs in the voter who is handed over: by its own program, or by a way in that led over another site. A guest
    /// who sends its access token is that voter from then on.
    async fn redeem_hand_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code.")] input: RedeemHandOverInput,
    ) -> Result<SignInPayload> {
        let requester = requester(ctx);
        let redeem = app(ctx).redeem_hand_over(requester.viewer, &requester.client, &input.code);
        let answer = Box::pin(redeem).await?;
        Ok(SignInPayload::new(ctx, Some("code"), answer))
    }

    /// Sends a code to a telephone number, for `signInPhone`; one that was sent before is good no more. A number gets
    /// one a minute and ten a day.
    async fn request_phone_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The telephone number.")] input: RequestPhoneCodeInput,
    ) -> Result<RequestPhoneCodePayload> {
        let client = &requester(ctx).client;
        let answer = Box::pin(app(ctx).request_phone_code(client, &input.phone)).await?;
        Ok(RequestPhoneCodePayload::new(ctx, answer))
    }

    /// Signs in a voter by a telephone number and the code that was sent to it. A guest who sends its access token is
    /// that voter from then on.
    async fn sign_in_phone(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number and its code.")] input: SignInPhoneInput,
    ) -> Result<SignInPayload> {
        let requester = requester(ctx);
        let (viewer, client) = (requester.viewer, &requester.client);
        let sign_in = app(ctx).sign_in_phone(viewer, client, &input.phone, &input.code);
        Ok(SignInPayload::of_phone(ctx, Box::pin(sign_in).await?))
    }

    /// Joins the viewer, a voter, with the telephone number that its mini-program's platform vouches for, and signs it
    /// in anew: from then on it is admitted by that, too. Whoever has signed in with the number is the same voter.
    async fn sign_in_mini_program_phone(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The platform and the code of its phone button.")]
        input: SignInMiniProgramPhoneInput,
    ) -> Result<SignInPayload> {
        let requester = requester(ctx);
        let sign_in = app(ctx).sign_in_mini_program_phone(
            requester.viewer,
            &requester.client,
            input.platform.into(),
            &input.code,
        );
        let answer = Box::pin(sign_in).await?;
        Ok(SignInPayload::new(ctx, Some("code"), answer))
    }

    /// Signs in a voter by a device id, where a campaign admits guests. The same device id is the same voter.
    async fn sign_in_guest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The device.")] input: SignInGuestInput,
    ) -> Result<SignInPayload> {
        let answer =
            Box::pin(app(ctx).sign_in_guest(&requester(ctx).client, &input.device_id)).await?;
        Ok(SignInPayload::new(ctx, None, answer))
    }

    /// Signs in a member of staff.
    async fn sign_in_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: SignInStaffInput,
    ) -> Result<SignInPayload> {
        let answer = Box::pin(app(ctx).sign_in_staff(
            &requester(ctx).client,
            &input.email,
            input.password,
            input.second_factor_code.as_deref(),
        ))
        .await?;
        Ok(SignInPayload::new(ctx, None, answer))
    }

    /// Exchanges a refresh token for new tokens. If the answer is lost, the same token may be sent again within two
    /// minutes and gets the same new ones; once those were exchanged, or later, a used token ends the session.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: RefreshSessionInput,
    ) -> Result<SignInPayload> {
        let answer =
            Box::pin(app(ctx).refresh_session(&requester(ctx).client, &input.refresh_token))
                .await?;
        Ok(SignInPayload::new(ctx, Some("refreshToken"), answer))
    }

    /// Ends a session. A voter's access token stays good until it expires, at most 15 minutes; that of staff ends with
    /// it.
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: SignOutInput,
    ) -> Result<SignOutPayload> {
        Box::pin(app(ctx).sign_out(&input.refresh_token)).await?;
        Ok(SignOutPayload { signed_out: true })
    }

    /// Asks that the viewer, a voter, be forgotten, and signs it out everywhere. What is kept of it goes as soon as
    /// nobody can vote twice by that and the results of its campaigns are settled; its votes stay, tied to nobody.
    async fn forget_me(&self, ctx: &Context<'_>) -> Result<ForgetMePayload> {
        let due = Box::pin(app(ctx).forget_viewer(requester(ctx).viewer)).await?;
        Ok(ForgetMePayload {
            due_at: Timestamp(due),
        })
    }

    /// Casts one vote. Needs a voter. When the answer is here, the vote is stored for good. Where it is
    /// `CHALLENGE_REQUIRED`, solve the payload's `challenge` and send the vote again with the same idempotency key.
    async fn cast_vote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominee, and a key that makes retries safe.")] input: CastVoteInput,
    ) -> Result<CastVotePayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let visit = visit(app, input.ticket.as_deref(), input.shared_by.as_ref());
        let caster = Caster::new(requester.viewer, &requester.client, visit)?
            .with_solution(input.challenge_solution.as_deref());
        let nominee_id = node_id::decode(&app.hash_key, &input.nominee_id)?;
        let answer = app
            .cast_vote(caster, nominee_id, input.idempotency_key)
            .await
            .map_err(|error| error.with_key(input.idempotency_key.is_some()))?;
        Ok(CastVotePayload::new(ctx, answer))
    }

    /// Casts votes for several nominees of one campaign: all of them, or none. Needs a voter. Where it is
    /// `CHALLENGE_REQUIRED`, one challenge is solved for all of them, as for `castVote`.
    async fn cast_ballot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominees, and a key that makes retries safe.")]
        input: CastBallotInput,
    ) -> Result<CastBallotPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let visit = visit(app, input.ticket.as_deref(), input.shared_by.as_ref());
        let caster = Caster::new(requester.viewer, &requester.client, visit)?
            .with_solution(input.challenge_solution.as_deref());
        let campaign_id = node_id::decode(&app.hash_key, &input.campaign_id)?;
        let nominee_ids = input.nominee_ids.iter();
        let nominee_ids = nominee_ids
            .map(|id| node_id::decode(&app.hash_key, id))
            .collect::<Result<Vec<_>, Error>>()?;
        let answer = app
            .cast_ballot(caster, campaign_id, &nominee_ids, input.idempotency_key)
            .await
            .map_err(|error| error.with_key(input.idempotency_key.is_some()))?;
        Ok(CastBallotPayload::new(ctx, answer))
    }

    /// Likes a nominee or story, or takes it back. Needs a voter. Repeating it changes nothing.
    async fn set_like(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominee or story, and whether it is liked.")] input: SetLikeInput,
    ) -> Result<SetLikePayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        requester.viewer.require_voter()?;
        let subject = node_id::decode(&app.hash_key, &input.subject_id)?;
        let is_found = app.set_like(requester.viewer, subject, input.liked).await?;
        let subject = if is_found {
            find_likeable(ctx, subject).await?
        } else {
            None
        };
        Ok(SetLikePayload::new(ctx, subject))
    }

    /// Counts views of nominees and stories, those that a page has shown. Needs no signing in.
    async fn record_views(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominees and stories that were viewed.")] input: RecordViewsInput,
    ) -> Result<RecordViewsPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let subject_ids = input.subject_ids.iter();
        let subjects = subject_ids
            .map(|id| node_id::decode(&app.hash_key, id))
            .collect::<Result<Vec<_>, Error>>()?;
        let counted = app
            .record_views(
                requester.viewer,
                &requester.client,
                &subjects,
                input.idempotency_key,
            )
            .await
            .map_err(|error| error.with_key(input.idempotency_key.is_some()))?;
        Ok(RecordViewsPayload::new(ctx, &counted))
    }
}

/// The visit as the input tells of it. What a client has kept for months refuses nobody's vote: an id that is none is
/// left out.
fn visit<'a>(app: &App, ticket: Option<&'a str>, shared_by: Option<&ID>) -> Visit<'a> {
    Visit {
        ticket,
        shared_by: shared_by.and_then(|id| node_id::decode(&app.hash_key, id).ok()),
    }
}

/// The nominee or story that was liked, to be shown with its new count.
async fn find_likeable(ctx: &Context<'_>, subject: likes::Likeable) -> Result<Option<Likeable>> {
    Ok(match subject {
        likes::Likeable::Nominee(id) => {
            let found = app(ctx)
                .campaigns
                .catalog()
                .find_by_nominee(id, requester(ctx).viewer);
            found
                .map(|(roster, index)| Likeable::Nominee(Nominee::on_own_page(ctx, &roster, index)))
        }
        likes::Likeable::Story(id) => {
            let viewer = requester(ctx).viewer;
            let stories = Box::pin(app(ctx).find_stories(viewer, vec![id])).await?;
            stories
                .into_iter()
                .next()
                .map(|story| Likeable::Story(Story::on_own_page(ctx, story)))
        }
    })
}
