//! Votes, quotas, and the answers to casting.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::scalars::Timestamp;
use super::{Category, Nominee};
use crate::app::App;
use crate::app::voting::{self, CastAnswer, CastRefusal, CastRejection};
use crate::domain::roster::Roster;
use crate::domain::vote as domain;
use crate::graphql::node_id::GlobalId;
use crate::graphql::page::NomineePage;
use crate::graphql::{Nullable, app, requester};
use crate::id::{ScopeId, VoteId, VoterId};

/// What `castVote` is to do.
#[derive(InputObject)]
pub struct CastVoteInput {
    /// Whom to vote for.
    pub nominee_id: ID,
    /// Your name for this vote, a fresh UUID. Sent again with the same key, the vote counts once and gets the same answer:
    /// that makes retries safe.
    pub idempotency_key: Option<Uuid>,
}

/// What `castBallot` is to do.
#[derive(InputObject)]
pub struct CastBallotInput {
    /// The campaign.
    pub campaign_id: ID,
    /// Whom to vote for, each once, at most 100.
    pub nominee_ids: Vec<ID>,
    /// Your name for this ballot, a fresh UUID, as for `castVote`.
    pub idempotency_key: Option<Uuid>,
}

/// Why a cast was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "CastRefusal")]
pub enum CastVoteErrorCode {
    /// The voter has voted for this nominee in this period.
    AlreadyVoted,
    /// The voter has too few votes left in this period.
    QuotaSpent,
    /// Voting has not opened.
    VotingNotOpen,
    /// Voting has closed.
    VotingClosed,
    /// There is no such nominee.
    NomineeNotFound,
    /// The nominee is shown, but cannot be voted for.
    NomineeFrozen,
    /// The campaign does not admit this kind of voter.
    NotEligible,
    /// The idempotency key belongs to another vote of the voter.
    IdempotencyKeyReused,
}

/// A refusal of `castVote`.
#[derive(SimpleObject, Clone)]
pub struct CastVoteUserError {
    /// Why.
    pub code: CastVoteErrorCode,
    /// For people, in the language of the request.
    pub message: String,
    /// Which part of the input it is about.
    pub path: Option<Vec<String>>,
}

/// A refusal of `castBallot`.
#[derive(SimpleObject, Clone)]
pub struct CastBallotUserError {
    /// Why.
    pub code: CastVoteErrorCode,
    /// For people, in the language of the request.
    pub message: String,
    /// Which part of the input it is about.
    pub path: Option<Vec<String>>,
}

/// A vote of the viewer.
#[derive(Clone)]
pub struct Vote {
    page: Arc<NomineePage>,
    index: usize,
    stored: domain::Vote,
}

impl Vote {
    /// The votes of one campaign; those of nominees that are no longer in its roster are left out.
    #[must_use]
    pub fn list(ctx: &Context<'_>, roster: &Arc<Roster>, votes: Vec<domain::Vote>) -> Vec<Self> {
        let indexes: Vec<usize> = votes
            .iter()
            .filter_map(|v| roster.index_of(v.nominee_id))
            .collect();
        let page = NomineePage::new(ctx, Arc::clone(roster), &indexes);
        let to_node = |vote: domain::Vote| {
            let index = roster.index_of(vote.nominee_id)?;
            Some(Self {
                page: Arc::clone(&page),
                index,
                stored: vote,
            })
        };
        votes.into_iter().filter_map(to_node).collect()
    }

    /// Its id within the program.
    #[must_use]
    pub fn vote_id(&self) -> VoteId {
        self.stored.id
    }

    /// The nominee it is for.
    #[must_use]
    pub fn nominee_node(&self) -> Nominee {
        Nominee::new(Arc::clone(&self.page), self.index)
    }
}

/// A vote, as its voter sees it.
#[Object]
impl Vote {
    /// Its id.
    pub async fn id(&self) -> ID {
        GlobalId::Vote(self.stored.campaign_id, self.stored.id).encode(&self.page.app.hash_key)
    }

    /// Whom it is for.
    async fn nominee(&self) -> Nominee {
        self.nominee_node()
    }

    /// When it was cast.
    async fn cast_at(&self) -> Timestamp {
        Timestamp(self.stored.cast_at)
    }

    /// The quota period it was cast in: days since the year 1 in the campaign's time zone, or 0 for the whole campaign.
    async fn period(&self) -> i32 {
        i32::try_from(self.stored.period).unwrap_or(i32::MAX)
    }
}

/// What a voter may still vote in a period and scope.
#[derive(Clone)]
pub struct Quota {
    app: Arc<App>,
    roster: Arc<Roster>,
    granted: voting::Quota,
}

impl Quota {
    /// A quota of a campaign.
    #[must_use]
    pub fn new(app: &Arc<App>, roster: &Arc<Roster>, quota: voting::Quota) -> Self {
        Self {
            app: Arc::clone(app),
            roster: Arc::clone(roster),
            granted: quota,
        }
    }
}

/// What a voter may still vote in a period and scope.
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

fn to_i32(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// What both payloads share: the answer, and the quotas, which are read only if somebody asks.
struct Answer {
    voter: Option<VoterId>,
    roster: Option<Arc<Roster>>,
    used: Vec<(ScopeId, i64)>,
    quotas: OnceCell<Vec<voting::Quota>>,
}

impl Answer {
    async fn quotas(&self, ctx: &Context<'_>, scopes: &[ScopeId]) -> Result<Vec<Quota>> {
        let (Some(roster), Some(voter)) = (&self.roster, self.voter) else {
            return Ok(Vec::new());
        };
        let app = app(ctx);
        let is_known = |scope: &ScopeId| self.used.iter().any(|(known, _)| known == scope);
        let load = || async {
            if scopes.iter().all(is_known) {
                Ok(app.quotas(roster, &self.used))
            } else {
                app.list_quotas(voter, roster).await
            }
        };
        let quotas = self.quotas.get_or_try_init(load).await?;
        let campaign = roster.campaign();
        let scope_of =
            |quota: &voting::Quota| quota.category.map_or(campaign.id.into(), ScopeId::from);
        let touched = quotas
            .iter()
            .filter(|quota| scopes.contains(&scope_of(quota)));
        Ok(touched
            .map(|quota| Quota::new(app, roster, *quota))
            .collect())
    }
}

/// The answer of `castVote`.
pub struct CastVotePayload {
    answer: Answer,
    scope: Option<ScopeId>,
    vote: Option<Vote>,
    nominee: Option<Nominee>,
    errors: Vec<CastVoteUserError>,
}

impl CastVotePayload {
    /// The answer to a cast for the nominee of this id.
    #[must_use]
    pub fn new(ctx: &Context<'_>, nominee_id: crate::id::NomineeId, answer: CastAnswer) -> Self {
        let index = answer
            .roster
            .as_ref()
            .and_then(|roster| roster.shown_index_of(nominee_id));
        let shown = answer.roster.as_ref().zip(index);
        let scope =
            shown.map(|(roster, i)| roster.campaign().scope(roster.nominees()[i].category_id));
        let (vote, errors) = match answer.result {
            Ok(votes) => {
                let votes = answer
                    .roster
                    .as_ref()
                    .map(|roster| Vote::list(ctx, roster, votes))
                    .unwrap_or_default();
                (votes.into_iter().next(), Vec::new())
            }
            Err(refused) => (None, vec![refusal(ctx, refused, false)]),
        };
        let nominee = match &vote {
            Some(vote) => Some(vote.nominee_node()),
            None => {
                shown.map(|(roster, index)| Nominee::standalone(ctx, Arc::clone(roster), index))
            }
        };
        let voter = requester(ctx).viewer.voter();
        let answer = Answer {
            voter,
            roster: answer.roster,
            used: answer.used,
            quotas: OnceCell::new(),
        };
        Self {
            answer,
            scope,
            vote,
            nominee,
            errors,
        }
    }
}

/// The answer of `castVote`. Once it is here, the vote is stored for good.
#[Object]
impl CastVotePayload {
    /// The vote that counts; null when it was refused.
    async fn vote(&self) -> Option<&Vote> {
        self.vote.as_ref()
    }

    /// The nominee; null when there is none.
    async fn nominee(&self) -> Option<&Nominee> {
        self.nominee.as_ref()
    }

    /// What the viewer may still vote in the nominee's category or campaign.
    async fn quota(&self, ctx: &Context<'_>) -> Nullable<Quota> {
        let quotas = self.answer.quotas(ctx, &[self.scope?]).await;
        quotas.map(|quotas| quotas.into_iter().next()).transpose()
    }

    /// Why it was refused; empty when it counts.
    async fn user_errors(&self) -> &[CastVoteUserError] {
        &self.errors
    }
}

/// The answer of `castBallot`.
pub struct CastBallotPayload {
    answer: Answer,
    scopes: Vec<ScopeId>,
    votes: Vec<Vote>,
    errors: Vec<CastBallotUserError>,
}

impl CastBallotPayload {
    /// The answer to a cast for the nominees of these ids.
    #[must_use]
    pub fn new(
        ctx: &Context<'_>,
        nominee_ids: &[crate::id::NomineeId],
        answer: CastAnswer,
    ) -> Self {
        let roster = answer.roster.as_ref();
        let scope = |id: &crate::id::NomineeId| {
            let roster = roster?;
            Some(
                roster
                    .campaign()
                    .scope(roster.nominees()[roster.shown_index_of(*id)?].category_id),
            )
        };
        let mut scopes: Vec<ScopeId> = nominee_ids.iter().filter_map(scope).collect();
        scopes.sort_unstable();
        scopes.dedup();
        let (votes, errors) = match answer.result {
            Ok(votes) => (
                roster
                    .map(|roster| Vote::list(ctx, roster, votes))
                    .unwrap_or_default(),
                Vec::new(),
            ),
            Err(refused) => {
                let CastVoteUserError {
                    code,
                    message,
                    path,
                } = refusal(ctx, refused, true);
                (
                    Vec::new(),
                    vec![CastBallotUserError {
                        code,
                        message,
                        path,
                    }],
                )
            }
        };
        let voter = requester(ctx).viewer.voter();
        let answer = Answer {
            voter,
            roster: answer.roster,
            used: answer.used,
            quotas: OnceCell::new(),
        };
        Self {
            answer,
            scopes,
            votes,
            errors,
        }
    }
}

/// The answer of `castBallot`. Once it is here, the votes are stored for good.
#[Object]
impl CastBallotPayload {
    /// The votes that count, in the order of the input; empty when the ballot was refused.
    async fn votes(&self) -> &[Vote] {
        &self.votes
    }

    /// What the viewer may still vote in the categories or the campaign of these nominees.
    async fn quotas(&self, ctx: &Context<'_>) -> Result<Vec<Quota>> {
        self.answer.quotas(ctx, &self.scopes).await
    }

    /// Why it was refused; empty when it counts.
    async fn user_errors(&self) -> &[CastBallotUserError] {
        &self.errors
    }
}

fn refusal(ctx: &Context<'_>, refused: CastRejection, is_list: bool) -> CastVoteUserError {
    let path = refused.position.map(|position| {
        let input = "input".to_owned();
        if is_list {
            vec![input, "nomineeIds".into(), position.to_string()]
        } else {
            vec![input, "nomineeId".into()]
        }
    });
    let message = requester(ctx).language.cast_refusal(refused.why).to_owned();
    CastVoteUserError {
        code: refused.why.into(),
        message,
        path,
    }
}
