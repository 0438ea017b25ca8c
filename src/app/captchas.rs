//! Captchas: the challenge of voters whom nothing but the mini-program of `WeChat` lets in, where the operator has one
//! (see `auth::platform::captcha`). A challenge as any other to whoever casts: `challenges` asks for it.
//!
//! A solution says nothing about a vote, and its service may take it more than once. Here it belongs to the cast whose
//! it was when it passed: the same cast is let through with it again, any other is not. That is remembered in `hot`, by
//! keyed hashes. Only good ones are, so that nobody can fill the memory, or take a solution, by sending texts.
//!
//! The service is asked once about a solution, however many bring it at once. Where it does not answer, a cast that has
//! no solution of the usual challenge is asked for one: an outage stops nobody.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::timeout;
use uuid::Uuid;

use super::App;
use super::caster::Caster;
use crate::auth::challenge::ChallengeAlgorithm;
use crate::auth::keyed_hash::Purpose;
use crate::auth::platform::captcha::{Captcha, CaptchaAnswer, CaptchaError};
use crate::bounded::BoundedMap;
use crate::domain::identity::IdentityKind;
use crate::domain::vote::VoteRequest;
use crate::hot::{BucketOwner, CastHash, SolutionHash};
use crate::telemetry::ReasonLabels;

/// Solutions whose answers are remembered, some 100 bytes each: one that is forgotten is asked about once more.
const ANSWERS_MAX: usize = 16_384;
/// The time that a cast waits for the answer about its solution, also where others wait for the same and each of them
/// is unlucky: more than a turn and a call take, and less than clients wait.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// The service's answers about solutions, while it is asked and afterwards.
#[derive(Debug)]
pub(super) struct CaptchaAnswers(BoundedMap<SolutionHash, Arc<OnceCell<CaptchaAnswer>>>);

impl Default for CaptchaAnswers {
    fn default() -> Self {
        Self(BoundedMap::new(ANSWERS_MAX))
    }
}

impl App {
    /// The challenge that a cast without a solution of the usual one is to be sent again with; none where it has solved
    /// a captcha. Only casts that would be challenged come here.
    pub(super) async fn find_missing_challenge(
        &self,
        caster: Caster<'_>,
        request: &VoteRequest,
    ) -> Option<ChallengeAlgorithm> {
        let Some(captcha) = self.captcha_for(caster) else {
            return Some(ChallengeAlgorithm::AltchaSha256);
        };
        let solution = caster.challenge_solution;
        let solution = solution.filter(|solution| Captcha::is_solution(solution));
        if let (Some(solution), Some(key)) = (solution, request.idempotency_key) {
            match self
                .is_solved(captcha, caster, request, solution, key)
                .await
            {
                Solved::Yes => return None,
                Solved::No => {}
                Solved::Unknown => return Some(ChallengeAlgorithm::AltchaSha256),
            }
        }
        Some(if captcha.is_answering(self.clock.now()) {
            ChallengeAlgorithm::TencentCaptcha
        } else {
            ChallengeAlgorithm::AltchaSha256
        })
    }

    /// The id of the captcha.
    pub(super) fn captcha_app_id(&self) -> Option<u64> {
        self.platforms.captcha.as_ref().map(Captcha::app_id)
    }

    /// The captcha of a voter who can be shown one: whoever has another way in may be in a browser, or in another
    /// platform's program. A guest's way does not count: it is another voter's session that is in a browser by it.
    fn captcha_for(&self, caster: Caster<'_>) -> Option<&Captcha> {
        let kinds = caster.viewer.kinds().accounts();
        let is_alone = kinds == IdentityKind::WechatMiniProgram.into();
        self.platforms.captcha.as_ref().filter(|_| is_alone)
    }

    /// Whether a cast has solved a captcha with this text.
    async fn is_solved(
        &self,
        captcha: &Captcha,
        caster: Caster<'_>,
        request: &VoteRequest,
        text: &str,
        key: Uuid,
    ) -> Solved {
        let solution = self.hash_solution(text);
        let cast = self.hash_cast(request, key);
        let cell = self
            .captcha_answers
            .0
            .with(&solution, |cell| Arc::clone(cell));
        // What is known to be bad does not trouble Redis.
        if cell
            .get()
            .is_none_or(|answer| *answer == CaptchaAnswer::Passed)
            && let Some(owner) = self.hot.find_solution_owner(solution).await
        {
            return Solved::when(owner == cast);
        }
        let mut is_first = false;
        let asking = cell.get_or_try_init(|| {
            is_first = true;
            self.ask_captcha(captcha, caster, text)
        });
        let answer = timeout(WAIT_MAX, asking).await;
        match answer.unwrap_or(Err(CaptchaError::Busy)) {
            Ok(CaptchaAnswer::Passed) => Solved::when(self.hot.own_solution(solution, cast).await),
            // Should our settings be wrong, then everybody gets on by the usual challenge. Should it be somebody else's
            // captcha, then that is worth one vote's, and nothing to the others.
            Ok(CaptchaAnswer::Mismatched) if is_first => Solved::Unknown,
            Ok(CaptchaAnswer::Mismatched | CaptchaAnswer::Failed) => Solved::No,
            Err(CaptchaError::Busy | CaptchaError::Unavailable) => Solved::Unknown,
        }
    }

    async fn ask_captcha(
        &self,
        captcha: &Captcha,
        caster: Caster<'_>,
        text: &str,
    ) -> Result<CaptchaAnswer, CaptchaError> {
        let address = caster.client.address;
        let owner = BucketOwner::Address(address).key();
        let answer = captcha.check(text, address, owner, self.clock.now()).await;
        let reason = match answer {
            Ok(CaptchaAnswer::Passed) => "passed",
            Ok(CaptchaAnswer::Failed) => "failed",
            Ok(CaptchaAnswer::Mismatched) => "mismatched",
            Err(CaptchaError::Busy) => "busy",
            Err(CaptchaError::Unavailable) => "unavailable",
        };
        let labels = ReasonLabels { reason };
        self.metrics.captcha_answers.get_or_create(&labels).inc();
        answer
    }

    fn hash_solution(&self, text: &str) -> SolutionHash {
        let purpose = Purpose::CaptchaSolution;
        self.hash_key.short_hash(purpose, text.as_bytes())
    }

    fn hash_cast(&self, request: &VoteRequest, key: Uuid) -> CastHash {
        let ids = [request.voter_id.0, request.campaign_id.0, key];
        let ids = ids.map(Uuid::into_bytes).concat();
        self.hash_key.short_hash(Purpose::CaptchaCast, &ids)
    }
}

/// Whether a captcha is solved.
enum Solved {
    /// By this cast.
    Yes,
    /// Not by this cast.
    No,
    /// Nobody says.
    Unknown,
}

impl Solved {
    fn when(is_solved: bool) -> Self {
        if is_solved { Self::Yes } else { Self::No }
    }
}
