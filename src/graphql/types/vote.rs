//! Votes, quotas, and the answers to casting.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::challenge::Challenge;
use super::scalars::Timestamp;
use super::{Category, Nominee, to_i32};
use crate::app::App;
use crate::app::ballot::Ballot;
use crate::app::quotas;
use crate::app::voting::{CastAnswer, CastRefusal, CastRejection};
use crate::domain::roster::Roster;
use crate::domain::vote as domain;
use crate::graphql::node_id::GlobalId;
use crate::graphql::page::NomineePage;
use crate::graphql::{Nullable, app, requester};
use crate::id::{NomineeId, ScopeId};

/// The input of `castVote`.
#[derive(InputObject)]
pub(in crate::graphql) struct CastVoteInput {
    /// The nominee to vote for.
    pub(in crate::graphql) nominee_id: ID,
    /// Your name for this vote, a fresh UUID. Sent again with the same key, the vote counts once and gets the same
    /// answer: that makes retries safe. Needed where a challenge is.
    pub(in crate::graphql) idempotency_key: Option<Uuid>,
    /// The solution of the `challenge` that this vote was answered with, as ALTCHA's solvers give it: Base64. It is
    /// good for the same voter, campaign and idempotency key.
    pub(in crate::graphql) challenge_solution: Option<String>,
    /// The `ticket` of the campaign or nominee that the voter was shown: it says how long ago. A vote counts without
    /// one, too, and is then among those that nobody was seen to look before.
    pub(in crate::graphql) ticket: Option<String>,
    /// The nominee whose shared link or poster the voter first came by in this campaign. Keep it, and send it with
    /// each vote; it changes nothing for the voter.
    pub(in crate::graphql) shared_by: Option<ID>,
}

/// The input of `castBallot`.
#[derive(InputObject)]
pub(in crate::graphql) struct CastBallotInput {
    /// The campaign.
    pub(in crate::graphql) campaign_id: ID,
    /// The nominees to vote for, each once, at most 100.
    pub(in crate::graphql) nominee_ids: Vec<ID>,
    /// Your name for this ballot, a fresh UUID, as for `castVote`.
    pub(in crate::graphql) idempotency_key: Option<Uuid>,
    /// The solution of the `challenge` that this ballot was answered with, as ALTCHA's solvers give it: Base64. It is
    /// good for the same voter, campaign and idempotency key.
    pub(in crate::graphql) challenge_solution: Option<String>,
    /// The `ticket` that the voter was shown, as for `castVote`.
    pub(in crate::graphql) ticket: Option<String>,
    /// The nominee whose shared link the voter first came by, as for `castVote`.
    pub(in crate::graphql) shared_by: Option<ID>,
}

/// The reason why a vote or ballot was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "CastRefusal")]
pub(super) enum CastVoteErrorCode {
    /// The voter has voted for this nominee in this period.
    AlreadyVoted,
    /// The voter has too few votes left in this period.
    QuotaSpent,
    /// Voting has not opened.
    VotingNotOpen,
    /// Voting has closed.
    VotingClosed,
    /// Voting is paused: it goes on later.
    VotingPaused,
    /// There is no such nominee.
    NomineeNotFound,
    /// The nominee is shown, but cannot be voted for.
    NomineeFrozen,
    /// The campaign does not admit this kind of voter.
    NotEligible,
    /// The idempotency key belongs to another vote of the voter.
    IdempotencyKeyReused,
    /// The payload's `challenge` is to be solved first, and sent back with the same vote. Also where there was a
    /// solution that is not good: of another vote, too late, or wrong.
    ChallengeRequired,
}

/// A refusal of `castVote`.
#[derive(SimpleObject, Clone)]
pub(in crate::graphql) struct CastVoteUserError {
    /// The reason.
    pub(super) code: CastVoteErrorCode,
    /// A text for people, in the language of the request.
    pub(in crate::graphql) message: String,
    /// The part of the input that it is about.
    pub(in crate::graphql) path: Option<Vec<String>>,
}

impl CastVoteUserError {
    fn new(rejection: CastRejection, message: String) -> Self {
        let path = || vec!["input".to_owned(), "nomineeId".to_owned()];
        Self {
            code: rejection.why.into(),
            message,
            path: rejection.position.map(|_| path()),
        }
    }
}

/// A refusal of `castBallot`.
#[derive(SimpleObject, Clone)]
pub(in crate::graphql) struct CastBallotUserError {
    /// The reason.
    pub(super) code: CastVoteErrorCode,
    /// A text for people, in the language of the request.
    pub(in crate::graphql) message: String,
    /// The part of the input that it is about.
    pub(in crate::graphql) path: Option<Vec<String>>,
}

impl CastBallotUserError {
    fn new(rejection: CastRejection, message: String) -> Self {
        let path = |position: usize| {
            vec![
                "input".to_owned(),
                "nomineeIds".to_owned(),
                position.to_string(),
            ]
        };
        Self {
            code: rejection.why.into(),
            message,
            path: rejection.position.map(path),
        }
    }
}

/// A vote of the viewer, on the page that its nominee is shown on.
#[derive(Clone)]
pub(in crate::graphql) struct Vote {
    page: Arc<NomineePage>,
    index: usize,
    stored: domain::Vote,
}

impl Vote {
    /// A vote for the nominee at this index of the page's roster.
    pub(in crate::graphql) fn new(
        page: Arc<NomineePage>,
        index: usize,
        stored: domain::Vote,
    ) -> Self {
        Self {
            page,
            index,
            stored,
        }
    }

    fn to_nominee(&self) -> Nominee {
        Nominee::new(Arc::clone(&self.page), self.index)
    }
}

/// A vote, as its voter sees it.
#[Object]
impl Vote {
    /// Its id.
    pub(super) async fn id(&self) -> ID {
        GlobalId::Vote(self.stored.campaign_id, self.stored.id).encode(&self.page.app.hash_key)
    }

    /// The nominee that it is for.
    async fn nominee(&self) -> Nominee {
        self.to_nominee()
    }

    /// When it was cast.
    async fn cast_at(&self) -> Timestamp {
        Timestamp(self.stored.cast_at)
    }

    /// The quota period it was cast in: days since the year 1 in the campaign's time zone, or 0 for the whole campaign.
    async fn period(&self) -> i32 {
        to_i32(self.stored.period)
    }
}

/// A voter's quota of votes in a period and scope.
#[derive(Clone)]
pub(in crate::graphql) struct Quota {
    app: Arc<App>,
    roster: Arc<Roster>,
    granted: quotas::Quota,
}

impl Quota {
    /// A quota of a campaign.
    pub(super) fn new(app: &Arc<App>, roster: &Arc<Roster>, quota: quotas::Quota) -> Self {
        Self {
            app: Arc::clone(app),
            roster: Arc::clone(roster),
            granted: quota,
        }
    }
}

/// A voter's quota of votes in a period and scope.
#[Object]
impl Quota {
    /// The category it counts in; null for the whole campaign.
    async fn category(&self) -> Option<Category> {
        let index = self.roster.category_index(self.granted.category?)?;
        Some(Category::new(&self.app, Arc::clone(&self.roster), index))
    }

    /// Votes granted.
    async fn limit(&self) -> i32 {
        to_i32(self.granted.limit)
    }

    /// Votes used.
    async fn used(&self) -> i32 {
        to_i32(self.granted.used)
    }

    /// Votes left.
    async fn remaining(&self) -> i32 {
        to_i32((self.granted.limit - self.granted.used).max(0))
    }

    /// When it is granted anew; null if it is not.
    async fn resets_at(&self) -> Option<Timestamp> {
        self.granted.resets_at.map(Timestamp)
    }
}

/// The part that both payloads share. The quotas are read only if the client asks for them.
struct CastPayload {
    ballot: Option<Ballot>,
    /// In the order of the ballot.
    votes: Vec<Vote>,
    rejection: Option<CastRejection>,
    used: Vec<(ScopeId, i64)>,
    challenge: Option<Challenge>,
    quotas: OnceCell<Vec<quotas::Quota>>,
}

impl CastPayload {
    fn new(ctx: &Context<'_>, answer: CastAnswer) -> Self {
        let (votes, rejection) = match (&answer.ballot, answer.result) {
            (Some(ballot), Ok(votes)) => (to_votes(ctx, ballot, votes, answer.totals), None),
            (None, Ok(_)) => (Vec::new(), None),
            (_, Err(rejection)) => (Vec::new(), Some(rejection)),
        };
        Self {
            ballot: answer.ballot,
            votes,
            rejection,
            used: answer.used,
            challenge: answer.challenge.map(Into::into),
            quotas: OnceCell::new(),
        }
    }

    /// The refusal and its message.
    fn refusal(&self, ctx: &Context<'_>) -> Option<(CastRejection, String)> {
        let rejection = self.rejection?;
        let language = requester(ctx).language;
        let message = match (&self.ballot, rejection.why) {
            (Some(ballot), CastRefusal::NotEligible) => {
                language.not_eligible(ballot.roster().campaign().admitted())
            }
            (_, why) => language.cast_refusal(why).to_owned(),
        };
        Some((rejection, message))
    }

    /// The quotas that the nominees of the ballot count in.
    async fn quotas(&self, ctx: &Context<'_>) -> Result<Vec<Quota>> {
        let (Some(ballot), Some(voter_id)) = (&self.ballot, requester(ctx).viewer.voter()) else {
            return Ok(Vec::new());
        };
        let (app, roster) = (app(ctx), ballot.roster());
        let is_known = |scope: ScopeId| self.used.iter().any(|(known, _)| *known == scope);
        let load = || async {
            if ballot.scopes().all(is_known) {
                Ok(app.quotas(roster, &self.used))
            } else {
                app.list_quotas(voter_id, roster).await
            }
        };
        let quotas = self.quotas.get_or_try_init(load).await?;
        let is_touched = |quota: &&quotas::Quota| {
            let campaign = ScopeId::from(roster.campaign().id);
            let quota_scope = quota.category.map_or(campaign, ScopeId::from);
            ballot.scopes().any(|scope| scope == quota_scope)
        };
        let touched = quotas.iter().filter(is_touched);
        Ok(touched
            .map(|quota| Quota::new(app, roster, *quota))
            .collect())
    }
}

/// The stored votes of a ballot, on the page of its nominees, which have these votes in their totals.
fn to_votes(
    ctx: &Context<'_>,
    ballot: &Ballot,
    votes: Vec<domain::Vote>,
    totals: Vec<(NomineeId, i64)>,
) -> Vec<Vote> {
    let indexes = ballot.indexes().iter().copied();
    let page = NomineePage::after_cast(ctx, ballot.roster(), indexes.clone(), totals);
    indexes
        .zip(votes)
        .map(|(index, vote)| Vote::new(Arc::clone(&page), index, vote))
        .collect()
}

/// The answer of `castVote`.
pub(in crate::graphql) struct CastVotePayload {
    cast: CastPayload,
    nominee: Option<Nominee>,
}

impl CastVotePayload {
    /// The payload of an answer.
    pub(in crate::graphql) fn new(ctx: &Context<'_>, answer: CastAnswer) -> Self {
        let cast = CastPayload::new(ctx, answer);
        let shown = || {
            let ballot = cast.ballot.as_ref()?;
            let index = ballot.shown_indexes().next()?;
            Some(Nominee::on_own_page(ctx, ballot.roster(), index))
        };
        let nominee = cast.votes.first().map(Vote::to_nominee).or_else(shown);
        Self { cast, nominee }
    }
}

/// The answer of `castVote`. Once it is here, the vote is stored for good.
#[Object]
impl CastVotePayload {
    /// The vote that counts; null when it was refused.
    async fn vote(&self) -> Option<&Vote> {
        self.cast.votes.first()
    }

    /// The nominee; null when there is none.
    async fn nominee(&self) -> Option<&Nominee> {
        self.nominee.as_ref()
    }

    /// The viewer's quota in the nominee's category or campaign.
    async fn quota(&self, ctx: &Context<'_>) -> Nullable<Quota> {
        let quotas = self.cast.quotas(ctx).await;
        quotas.map(|quotas| quotas.into_iter().next()).transpose()
    }

    /// The challenge to solve before the vote is sent again, with `CHALLENGE_REQUIRED`; null otherwise.
    async fn challenge(&self) -> Option<&Challenge> {
        self.cast.challenge.as_ref()
    }

    /// The refusal; empty when the vote counts.
    async fn user_errors(&self, ctx: &Context<'_>) -> Vec<CastVoteUserError> {
        let error = |(rejection, message)| CastVoteUserError::new(rejection, message);
        self.cast.refusal(ctx).map(error).into_iter().collect()
    }
}

/// The answer of `castBallot`.
pub(in crate::graphql) struct CastBallotPayload(CastPayload);

impl CastBallotPayload {
    /// The payload of an answer.
    pub(in crate::graphql) fn new(ctx: &Context<'_>, answer: CastAnswer) -> Self {
        Self(CastPayload::new(ctx, answer))
    }
}

/// The answer of `castBallot`. Once it is here, the votes are stored for good.
#[Object]
impl CastBallotPayload {
    /// The votes that count, in the order of the input; empty when the ballot was refused.
    async fn votes(&self) -> &[Vote] {
        &self.0.votes
    }

    /// The viewer's quotas in the categories or the campaign of these nominees.
    async fn quotas(&self, ctx: &Context<'_>) -> Result<Vec<Quota>> {
        self.0.quotas(ctx).await
    }

    /// The challenge to solve before the ballot is sent again, with `CHALLENGE_REQUIRED`; null otherwise.
    async fn challenge(&self) -> Option<&Challenge> {
        self.0.challenge.as_ref()
    }

    /// The refusal; empty when the votes count.
    async fn user_errors(&self, ctx: &Context<'_>) -> Vec<CastBallotUserError> {
        let error = |(rejection, message)| CastBallotUserError::new(rejection, message);
        self.0.refusal(ctx).map(error).into_iter().collect()
    }
}
