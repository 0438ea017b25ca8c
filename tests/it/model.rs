//! The whole vote service against a model that is simple enough to be believed: random sequences of casts, ballots,
//! retries, likes, passing time, changes of the rules (freezes, moves of nominees, quotas, closes) that the process may
//! not have heard of, votes withheld and let go, and restarts, on both pairs of stores. After each step both say the
//! same, at the end the database says it, too. A failure shows the shortest sequence; `PROPTEST_CASES=5000 tests/run
//! model::` tries more of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use acclaim::app::circumstances::Visit;
use acclaim::app::desk::{Desk, NamedVotes, WithholdingProposal};
use acclaim::app::voting::{CastRefusal, Caster};
use acclaim::app::{Client, likes::Likeable};
use acclaim::auth::Viewer;
use acclaim::domain::campaign::{QuotaPeriod, QuotaScope};
use acclaim::domain::identity::IdentityKind;
use acclaim::domain::turnout::ClientKind;
use acclaim::domain::withholding::{Behaviour, Selector};
use acclaim::error::Error;
use acclaim::id::{NomineeId, VoterId, WithholdingRuleId};
use acclaim::ledger::tally::list_totals;
use acclaim::ledger::withholding::list_by_ids;
use acclaim::verify::verify;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use uuid::Uuid;

use crate::harness::{NOMINEES_EACH, Sample, Stores, TestApp, new_voter, noon};
use crate::raw_sql::RawSql;

const VOTERS: usize = 3;
/// The one of them who is a guest.
const GUEST: usize = 0;
/// Two of the first category and two of the second.
const NOMINEES: usize = 4;
const CATEGORIES: usize = 2;
/// Keys that clients use again and again, so that they meet.
const KEYS: usize = 3;
/// A server is used for so many cases.
const CASES_OF_A_SERVER: u32 = 64;

#[derive(Debug, Clone)]
enum Step {
    /// One vote, or a ballot of several, in this order.
    Cast {
        voter: usize,
        nominees: Vec<usize>,
        key: Option<usize>,
    },
    /// All voters cast one vote at the same time.
    Together([usize; VOTERS]),
    Like {
        voter: usize,
        nominee: usize,
        liked: bool,
    },
    /// Some hours pass: days turn, and the vote closes.
    Wait(i64),
    /// The rules change in the database, and the process may hear of it.
    Change { change: Change, is_heard: bool },
    /// A rule withholds the votes for a nominee that have been cast so far.
    Withhold { nominee: usize },
    /// One of the rules is reverted.
    Revert(usize),
    /// Rules do their work now; else they do it at the end.
    Work,
    /// The process ends and another takes its place.
    Restart,
}

#[derive(Debug, Clone)]
enum Change {
    /// A nominee can be voted for from now on, or not.
    Freeze { nominee: usize, frozen: bool },
    /// A nominee is of another category.
    Move { nominee: usize, category: usize },
    /// The campaign has other rules.
    Amend(Rules),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0..NOMINEES, any::<bool>())
            .prop_map(|(nominee, frozen)| Change::Freeze { nominee, frozen }),
        (0..NOMINEES, 0..CATEGORIES)
            .prop_map(|(nominee, category)| Change::Move { nominee, category }),
        rules().prop_map(Change::Amend),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let nominees = proptest::sample::subsequence((0..NOMINEES).collect::<Vec<_>>(), 2..=3);
    prop_oneof![
        8 => (0..VOTERS, 0..NOMINEES, proptest::option::of(0..KEYS)).prop_map(|(voter, nominee, key)| Step::Cast {
            voter, nominees: vec![nominee], key
        }),
        3 => (0..VOTERS, nominees.prop_shuffle(), proptest::option::of(0..KEYS))
            .prop_map(|(voter, nominees, key)| Step::Cast { voter, nominees, key }),
        2 => proptest::array::uniform3(0..NOMINEES).prop_map(Step::Together),
        2 => (0..VOTERS, 0..NOMINEES, any::<bool>())
            .prop_map(|(voter, nominee, liked)| Step::Like { voter, nominee, liked }),
        2 => (1..20i64).prop_map(Step::Wait),
        3 => (change(), any::<bool>()).prop_map(|(change, is_heard)| Step::Change { change, is_heard }),
        2 => (0..NOMINEES).prop_map(|nominee| Step::Withhold { nominee }),
        1 => (0..8usize).prop_map(Step::Revert),
        1 => Just(Step::Work),
        1 => Just(Step::Restart),
    ]
}

/// The rules of a case.
#[derive(Debug, Clone, Copy)]
struct Rules {
    is_daily: bool,
    is_by_category: bool,
    quota: i64,
    /// Hours for which the vote is open.
    open_hours: i64,
}

fn rules() -> impl Strategy<Value = Rules> {
    (any::<bool>(), any::<bool>(), 1..3i64, 20..90i64).prop_map(
        |(is_daily, is_by_category, quota, open_hours)| Rules {
            is_daily,
            is_by_category,
            quota,
            open_hours,
        },
    )
}

/// The part of a campaign that a quota counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Scope {
    Campaign,
    Category(usize),
}

impl Rules {
    /// Period and scope as the database names them.
    fn names(self) -> (&'static str, &'static str) {
        let period = if self.is_daily { "DAY" } else { "CAMPAIGN" };
        let scope = if self.is_by_category {
            "CATEGORY"
        } else {
            "CAMPAIGN"
        };
        (period, scope)
    }
}

/// A rule that withholds.
#[derive(Debug, Clone, Copy)]
struct WithholdingRule {
    id: WithholdingRuleId,
    nominee: usize,
    applied_at: DateTime<Utc>,
    is_reverted: bool,
}

/// A vote that is stored.
#[derive(Debug, Clone, Copy)]
struct Vote {
    cast_at: DateTime<Utc>,
    id: Uuid,
    nominee: usize,
    period: i64,
    scope: Scope,
    key: Option<usize>,
}

/// The things that decide on a vote.
#[derive(Debug, Clone)]
struct State {
    rules: Rules,
    frozen: BTreeSet<usize>,
    /// The category of each nominee.
    categories: [usize; NOMINEES],
}

/// The state as it should be.
#[derive(Debug)]
struct Model {
    started: DateTime<Utc>,
    now: DateTime<Utc>,
    state: State,
    /// The states since the process has been told of one; it may have heard of each by a cast. By any of them a cast
    /// without a key may be refused.
    heard: Vec<State>,
    votes: [Vec<Vote>; VOTERS],
    likes: BTreeSet<(usize, usize)>,
    rules: Vec<WithholdingRule>,
}

/// The period of the whole campaign.
const WHOLE: i64 = 0;

impl Model {
    /// The sample's zone is eight hours ahead of UTC and has no summer time.
    fn period(&self, state: &State) -> i64 {
        let local = self.now + TimeDelta::hours(8);
        if state.rules.is_daily {
            local.timestamp().div_euclid(86_400)
        } else {
            WHOLE
        }
    }

    fn is_open(&self, state: &State) -> bool {
        self.now < self.started + TimeDelta::hours(state.rules.open_hours)
    }

    fn change(&mut self, change: &Change) {
        let state = &mut self.state;
        match *change {
            Change::Freeze {
                nominee,
                frozen: true,
            } => _ = state.frozen.insert(nominee),
            Change::Freeze { nominee, .. } => _ = state.frozen.remove(&nominee),
            Change::Move { nominee, category } => state.categories[nominee] = category,
            Change::Amend(rules) => state.rules = rules,
        }
        self.heard.push(self.state.clone());
    }

    /// The answer that a cast should get: the ids of the votes of an earlier one, new votes (nothing), or why not.
    fn judge(
        &self,
        state: &State,
        voter: usize,
        nominees: &[usize],
        key: Option<usize>,
    ) -> Result<Option<Vec<Uuid>>, CastRefusal> {
        let votes = &self.votes[voter];
        let same_key = |vote: &&Vote| key.is_some() && vote.key == key;
        let earlier: BTreeMap<usize, Uuid> = votes
            .iter()
            .filter(same_key)
            .map(|vote| (vote.nominee, vote.id))
            .collect();
        let wanted: BTreeSet<usize> = nominees.iter().copied().collect();
        let is_repeated = !earlier.is_empty() && earlier.keys().copied().eq(wanted);
        if is_repeated {
            return Ok(Some(nominees.iter().map(|n| earlier[n]).collect()));
        }
        if !self.is_open(state) {
            return Err(CastRefusal::VotingClosed);
        }
        if nominees.iter().any(|n| state.frozen.contains(n)) {
            return Err(CastRefusal::NomineeFrozen);
        }
        if !earlier.is_empty() {
            return Err(CastRefusal::IdempotencyKeyReused);
        }
        let period = self.period(state);
        // In the whole campaign a nominee gets one vote of a voter, also where some were cast by day.
        let blocks = |vote: &Vote| period == WHOLE || vote.period == period;
        let is_voted = |n: &usize| votes.iter().any(|vote| vote.nominee == *n && blocks(vote));
        if nominees.iter().any(is_voted) {
            return Err(CastRefusal::AlreadyVoted);
        }
        let mut used: HashMap<Scope, i64> = HashMap::new();
        let this_period = votes.iter().filter(|vote| vote.period == period);
        let taken = this_period.map(|vote| vote.scope);
        for scope in taken.chain(nominees.iter().map(|n| state.scope(*n))) {
            *used.entry(scope).or_default() += 1;
        }
        if nominees
            .iter()
            .any(|n| used[&state.scope(*n)] > state.rules.quota)
        {
            return Err(CastRefusal::QuotaSpent);
        }
        Ok(None)
    }
}

impl State {
    fn scope(&self, nominee: usize) -> Scope {
        if self.rules.is_by_category {
            Scope::Category(self.categories[nominee])
        } else {
            Scope::Campaign
        }
    }
}

/// The real thing.
struct Service {
    app: TestApp,
    sample: Sample,
    voters: [Viewer; VOTERS],
    keys: [Uuid; KEYS],
}

impl Service {
    fn nominee(&self, index: usize) -> NomineeId {
        let each = usize::try_from(NOMINEES_EACH).expect("it is small");
        self.sample.nominees[index / 2 * each + index % 2]
    }

    async fn cast(
        &self,
        voter: usize,
        nominees: &[usize],
        key: Option<usize>,
    ) -> Result<Result<Vec<Uuid>, CastRefusal>, TestCaseError> {
        let ids: Vec<NomineeId> = nominees.iter().map(|n| self.nominee(*n)).collect();
        let key = key.map(|key| self.keys[key]);
        let (app, client) = (&self.app, client());
        let caster = Caster::new(self.voters[voter], &client, Visit::default()).expect("a voter");
        let answer = if let [one] = ids.as_slice() {
            app.cast_vote(caster, *one, key).await
        } else {
            let campaign = self.sample.campaign.id;
            app.cast_ballot(caster, campaign, &ids, key).await
        };
        assume_has_room(&answer)?;
        let answer = answer.expect("no other error");
        let ids = |votes: Vec<acclaim::domain::vote::Vote>| votes.iter().map(|v| v.id.0).collect();
        Ok(answer.result.map(ids).map_err(|refused| refused.why))
    }
}

impl Service {
    /// Withholds the votes for a nominee; none where there is no vote that counts.
    async fn withhold(&self, nominee: usize) -> Option<WithholdingRuleId> {
        let desk = Desk::of_operator(&self.app.database, &self.app.clock);
        let proposal = WithholdingProposal {
            campaign_id: self.sample.campaign.id,
            named: NamedVotes::Selector(Selector {
                nominee_ids: vec![self.nominee(nominee)],
                behaviours: vec![Behaviour::Unseen],
                ..Selector::default()
            }),
            reason: "a reason".to_owned(),
            is_active: false,
            idempotency_key: None,
        };
        let proposed = desk.propose_withholding(&proposal).await;
        let id = proposed.expect("the database answers").ok()?;
        let found = list_by_ids(&self.app.database, vec![id.0]).await;
        let votes = found.expect("the database answers")[0].proposed_votes;
        let applied = desk.apply_withholding(id, 1, Some(votes)).await;
        assert_eq!(applied.expect("the database answers"), Ok(()));
        Some(id)
    }

    /// Reverts a rule; returns whether it was not reverted before.
    async fn revert(&self, id: WithholdingRuleId, is_reverted: bool) -> bool {
        let desk = Desk::of_operator(&self.app.database, &self.app.clock);
        let revision = if is_reverted { 3 } else { 2 };
        let reverted = desk.revert_withholding(id, revision, "a reason").await;
        reverted.expect("the database answers").is_ok()
    }

    async fn work(&self) {
        self.app.run_withholding().await.expect("it works");
        self.app.return_active_voters().await.expect("it works");
    }

    /// Changes the rules behind the server's back.
    async fn change(&self, stores: &Stores, change: &Change, started: DateTime<Utc>) {
        let update = match *change {
            Change::Freeze { nominee, frozen } => {
                let status = if frozen { "FROZEN" } else { "ACTIVE" };
                let id = literal(stores, self.nominee(nominee).0);
                format!("UPDATE nominee SET status = '{status}' WHERE id = {id}")
            }
            Change::Move { nominee, category } => {
                let id = literal(stores, self.nominee(nominee).0);
                let category = literal(stores, self.sample.categories[category].0);
                format!("UPDATE nominee SET category_id = {category} WHERE id = {id}")
            }
            Change::Amend(rules) => {
                let id = literal(stores, self.sample.campaign.id.0);
                let closes_at = started + TimeDelta::hours(rules.open_hours);
                let closes_at = closes_at.to_rfc3339_opts(SecondsFormat::AutoSi, false);
                let (period, scope) = rules.names();
                let quota = rules.quota;
                format!(
                    "UPDATE campaign SET quota_period = '{period}', quota_scope = '{scope}', votes_per_period = {quota},
                        voting_closes_at = '{closes_at}' WHERE id = {id}"
                )
            }
        };
        let mut sql = RawSql::connect(stores).await;
        assert_eq!(sql.execute(&update).await, 1);
    }
}

/// An id as SQL has it.
fn literal(stores: &Stores, id: Uuid) -> String {
    match stores.redis_url {
        Some(_) => format!("'{id}'"),
        None => format!("x'{}'", id.simple()),
    }
}

/// A voter; the first is a guest.
fn new_viewer(voter: usize) -> Viewer {
    if voter == GUEST {
        return Viewer::Voter {
            id: VoterId::new(),
            kinds: IdentityKind::Guest.into(),
            is_suspicious: false,
        };
    }
    new_voter()
}

/// Gives the case up where the machine is too busy: nobody knows then what is stored, and the case says nothing.
fn assume_has_room<T>(answer: &Result<T, Error>) -> Result<(), TestCaseError> {
    let is_too_busy = matches!(answer, Err(Error::Overloaded | Error::Unavailable));
    prop_assume!(!is_too_busy, "the machine is too busy");
    Ok(())
}

fn client() -> Client {
    Client {
        address: [192, 0, 2, 1].into(),
        user_agent: None,
        device_id: None,
        kind: ClientKind::Other,
    }
}

/// Runs one sequence on a campaign of its own.
async fn play(
    stores: &Stores,
    app: TestApp,
    rules: Rules,
    steps: &[Step],
) -> Result<TestApp, TestCaseError> {
    let started = app.clock.now();
    let change = |campaign: &mut acclaim::domain::campaign::Campaign| {
        campaign.quota_period = if rules.is_daily {
            QuotaPeriod::Day
        } else {
            QuotaPeriod::Campaign
        };
        campaign.quota_scope = if rules.is_by_category {
            QuotaScope::Category
        } else {
            QuotaScope::Campaign
        };
        campaign.votes_per_period = rules.quota;
        campaign.voting_closes_at = started + TimeDelta::hours(rules.open_hours);
    };
    let sample = app.sample_with(change).await;
    let mut service = Service {
        app,
        sample,
        voters: std::array::from_fn(new_viewer),
        keys: [(); KEYS].map(|()| Uuid::new_v4()),
    };
    let state = State {
        rules,
        frozen: BTreeSet::new(),
        categories: [0, 0, 1, 1],
    };
    let mut model = Model {
        started,
        now: started,
        heard: vec![state.clone()],
        state,
        votes: Default::default(),
        likes: BTreeSet::new(),
        rules: Vec::new(),
    };
    for step in steps {
        service = Box::pin(take(stores, service, &mut model, step)).await?;
    }
    compare(stores, &service, &model).await?;
    Ok(service.app)
}

async fn take(
    stores: &Stores,
    mut service: Service,
    model: &mut Model,
    step: &Step,
) -> Result<Service, TestCaseError> {
    match step {
        Step::Cast {
            voter,
            nominees,
            key,
        } => {
            let answer = service.cast(*voter, nominees, *key).await?;
            conclude(model, *voter, nominees, *key, answer)?;
        }
        Step::Together(nominees) => {
            let casts =
                (0..VOTERS).map(|voter| service.cast(voter, &nominees[voter..=voter], None));
            let answers = futures_util::future::join_all(casts).await;
            for (voter, answer) in answers.into_iter().enumerate() {
                conclude(model, voter, &nominees[voter..=voter], None, answer?)?;
            }
        }
        Step::Like {
            voter,
            nominee,
            liked,
        } => {
            let subject = Likeable::Nominee(service.nominee(*nominee));
            let done = service
                .app
                .set_like(service.voters[*voter], subject, *liked)
                .await;
            assume_has_room(&done)?;
            prop_assert!(done.expect("no other error"));
            if *liked {
                model.likes.insert((*voter, *nominee));
            } else {
                model.likes.remove(&(*voter, *nominee));
            }
        }
        Step::Wait(hours) => {
            model.now += TimeDelta::hours(*hours);
            service.app.clock.set(model.now);
        }
        Step::Change { change, is_heard } => {
            service.change(stores, change, model.started).await;
            model.change(change);
            if *is_heard {
                service.app.refresh().await;
                model.heard = vec![model.state.clone()];
            }
        }
        Step::Withhold { nominee } => {
            let id = service.withhold(*nominee).await;
            let votes = model.votes.iter().flatten();
            prop_assert!(id.is_none() || votes.clone().any(|vote| vote.nominee == *nominee));
            model.rules.extend(id.map(|id| WithholdingRule {
                id,
                nominee: *nominee,
                applied_at: model.now,
                is_reverted: false,
            }));
        }
        Step::Revert(index) => {
            if let Some(rule) = model.rules.get_mut(*index) {
                let is_reverted = service.revert(rule.id, rule.is_reverted).await;
                prop_assert_eq!(is_reverted, !rule.is_reverted);
                rule.is_reverted = true;
            }
        }
        Step::Work => service.work().await,
        Step::Restart => {
            service.app.stop().await;
            service.app = server_at(stores, model.now).await;
            model.heard = vec![model.state.clone()];
        }
    }
    Ok(service)
}

/// Compares the answer with what the model says, and tells the model of new votes.
fn conclude(
    model: &mut Model,
    voter: usize,
    nominees: &[usize],
    key: Option<usize>,
    answer: Result<Vec<Uuid>, CastRefusal>,
) -> Result<(), TestCaseError> {
    let expected = model.judge(&model.state, voter, nominees, key);
    match (answer, expected) {
        (Ok(ids), Ok(Some(earlier))) => prop_assert_eq!(ids, earlier),
        (Ok(ids), Ok(None)) => {
            prop_assert_eq!(ids.len(), nominees.len());
            let period = model.period(&model.state);
            let votes = ids.into_iter().zip(nominees).map(|(id, nominee)| Vote {
                cast_at: model.now,
                id,
                nominee: *nominee,
                period,
                scope: model.state.scope(*nominee),
                key,
            });
            model.votes[voter].extend(votes);
        }
        // Refused early, by the votes of their period alone.
        (Err(CastRefusal::QuotaSpent), Err(CastRefusal::AlreadyVoted)) if key.is_none() => {}
        // By the rules that the process has heard of: another reason, or a cast that no key tells from a repetition.
        (Err(refused), expected)
            if expected != Err(refused) && (key.is_none() || expected.is_err()) =>
        {
            let refuses = |state: &State| match model.judge(state, voter, nominees, key) {
                // Early, by the votes of the scope alone.
                Err(CastRefusal::AlreadyVoted) if refused == CastRefusal::QuotaSpent => true,
                judged => judged == Err(refused),
            };
            let is_heard = model.heard.iter().any(refuses);
            prop_assert!(is_heard, "{:?}, now it is {:?}", refused, expected);
        }
        (answer, expected) => prop_assert_eq!(answer.map(Some), expected),
    }
    Ok(())
}

/// Each vote is counted or withheld, as the rules that apply say once they have done their work.
async fn compare_tallies(service: &Service, model: &Model) -> Result<(), TestCaseError> {
    // The last pass comes a minute after a rule was applied.
    for minutes in [1, 2] {
        service
            .app
            .clock
            .set(model.now + TimeDelta::minutes(minutes));
        service.work().await;
    }
    let totals = list_totals(&service.app.database, service.sample.campaign.id).await;
    let totals = totals.expect("the database answers");
    for nominee in 0..NOMINEES {
        let votes = model.votes.iter().enumerate();
        let votes = votes.flat_map(|(voter, votes)| votes.iter().map(move |vote| (voter, vote)));
        let votes: Vec<(usize, &Vote)> =
            votes.filter(|(_, vote)| vote.nominee == nominee).collect();
        let holds = |rule: &WithholdingRule, vote: &Vote| {
            !rule.is_reverted && rule.nominee == nominee && vote.cast_at <= rule.applied_at
        };
        let is_withheld = |vote: &Vote| model.rules.iter().any(|rule| holds(rule, vote));
        let counted = votes.iter().filter(|(_, vote)| !is_withheld(vote));
        let guests = counted.clone().filter(|(voter, _)| *voter == GUEST).count();
        let counted = counted.count();
        let id = service.nominee(nominee);
        let found = totals.iter().find(|total| total.nominee_id == id);
        let found = found.map_or((0, 0, 0), |total| {
            (total.counted, total.guest_votes, total.withheld)
        });
        let number = |count: usize| i64::try_from(count).expect("it is small");
        let withheld = votes.len() - counted;
        let expected = (number(counted), number(guests), number(withheld));
        prop_assert_eq!(found, expected, "nominee {}", nominee);
    }
    Ok(())
}

/// The database has in the end what the model has.
async fn compare(stores: &Stores, service: &Service, model: &Model) -> Result<(), TestCaseError> {
    compare_tallies(service, model).await?;
    let mut sql = RawSql::connect(stores).await;
    let campaign = literal(stores, service.sample.campaign.id.0);
    let hex = |column: &str| match stores.redis_url {
        Some(_) => format!("upper(replace({column}::text, '-', ''))"),
        None => format!("hex({column})"),
    };
    let vote = ["id", "voter_id", "nominee_id"].map(hex).join(" || ");
    let table =
        format!("(SELECT {vote} AS vote FROM vote WHERE campaign_id = {campaign}) AS stored");
    let stored = sql.cells(&table).await;
    let stored: BTreeSet<Vec<u8>> = stored.into_iter().collect();
    let mut expected = BTreeSet::new();
    for (voter, votes) in model.votes.iter().enumerate() {
        for vote in votes {
            let VoterId(voter) = service.voters[voter].voter().expect("a voter");
            let ids = [vote.id, voter, service.nominee(vote.nominee).0];
            let text: String = ids
                .iter()
                .map(|id| id.simple().to_string().to_uppercase())
                .collect();
            expected.insert(text.into_bytes());
        }
    }
    prop_assert_eq!(stored, expected);
    let database = &service.app.database;
    let likes = acclaim::ledger::counters::list(
        database,
        (0..NOMINEES).map(|n| service.nominee(n).0).collect(),
    )
    .await;
    let likes = likes.expect("the database answers");
    for nominee in 0..NOMINEES {
        let liked = model.likes.iter().filter(|(_, n)| *n == nominee).count();
        let counter = likes
            .get(&service.nominee(nominee).into())
            .map_or(0, |c| c.likes);
        prop_assert_eq!(counter, i64::try_from(liked).expect("it is small"));
    }
    let report = verify(database, None).await.expect("the database answers");
    prop_assert!(report.is_clean(), "{}", report);
    Ok(())
}

async fn server_at(stores: &Stores, now: DateTime<Utc>) -> TestApp {
    let clock = acclaim::clock::Clock::manual(now);
    TestApp::builder(stores).with_clock(clock).start().await
}

#[test]
fn the_vote_service_does_what_the_model_does() {
    let stores = async || Stores::embedded();
    compare_with_model(stores, Config::default().cases);
}

#[test]
fn the_vote_service_does_it_on_postgres_and_redis() {
    // A sequence takes longer there.
    compare_with_model(Stores::networked, Config::default().cases / 4);
}

fn compare_with_model(make_stores: impl AsyncFn() -> Stores, cases: u32) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut runner = TestRunner::new(Config {
        cases,
        // A campaign stays in the database: the shortest sequence is found on new ones.
        failure_persistence: None,
        ..Config::default()
    });
    let state = std::cell::RefCell::new(None);
    let case = (rules(), proptest::collection::vec(step(), 1..40));
    let result = runner.run(&case, |(rules, steps)| {
        runtime.block_on(async {
            let (stores, app, cases) = if let Some(state) = state.take() {
                state
            } else {
                let stores = Arc::new(make_stores().await);
                let app = server_at(&stores, noon()).await;
                (stores, app, 0)
            };
            let app = Box::pin(play(&stores, app, rules, &steps)).await?;
            if cases < CASES_OF_A_SERVER {
                state.replace(Some((stores, app, cases + 1)));
            }
            Ok(())
        })
    });
    if let Err(failure) = result {
        panic!("{failure}\n{runner}");
    }
}
