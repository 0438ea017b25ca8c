//! The writer's own rules, without a server around it: what a batch takes, how each job is answered, what is refused.

use uuid::Uuid;

use super::batch_decisions::BatchDecisions;
use super::*;
use crate::domain::turnout::ClientKind;
use crate::domain::vote::{Circumstances, Decision, Outcome, Refusal, Selection, Vote, decide};
use crate::id::{CampaignId, NomineeId, ScopeId, SubjectId, VoteId, VoterId};
use crate::ledger::Purpose;
use crate::ledger::vote::{Existing, StoredVotes};
use crate::telemetry::traces::Context;
use crate::telemetry::{LedgerMetrics, Metrics};

fn request_of(voter: u128, votes: usize) -> VoteRequest {
    let selection = |n: usize| Selection {
        id: VoteId::new(),
        nominee_id: NomineeId(Uuid::from_u128(n as u128 + 1)),
        scope_id: ScopeId(Uuid::from_u128(7)),
    };
    VoteRequest {
        campaign_id: CampaignId(Uuid::from_u128(1)),
        voter_id: VoterId(Uuid::from_u128(voter)),
        period: 5,
        quota: 3,
        rules_revision: 1,
        cast_at: chrono::DateTime::UNIX_EPOCH,
        idempotency_key: None,
        selections: (0..votes).map(selection).collect(),
        client: ClientKind::Other,
        circumstances: Circumstances::default(),
    }
}

fn change_of(voter: u128) -> LikeChange {
    LikeChange {
        voter_id: VoterId(Uuid::from_u128(voter)),
        subject_id: SubjectId(Uuid::from_u128(9)),
        campaign_id: CampaignId(Uuid::from_u128(1)),
        liked: true,
    }
}

type Answer<T> = oneshot::Receiver<Result<T>>;

fn pending<T, A>(request: T, attempts: u8) -> (Pending<T, A>, Answer<A>) {
    let (reply, answer) = oneshot::channel();
    let mut pending = Pending::new(request, reply, Context::current());
    pending.attempts = attempts;
    (pending, answer)
}

fn vote_job(request: VoteRequest, attempts: u8) -> (Job, Answer<Verdict>) {
    let (pending, answer) = pending(request, attempts);
    (Job::Vote(pending), answer)
}

fn like_job(change: LikeChange, attempts: u8) -> (Job, Answer<()>) {
    let (pending, answer) = pending(change, attempts);
    (Job::Like(pending), answer)
}

/// A database of its own, gone with the folder.
async fn database() -> (Arc<Database>, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("acclaim.db").display());
    let database = Database::open(&url, 4, Purpose::Serving)
        .await
        .expect("it opens");
    database.migrate().await.expect("tables");
    (Arc::new(database), folder)
}

/// A queue in which so many wait.
fn queue_with(waiting: usize) -> Arc<QueueLimit> {
    let queue_limit = QueueLimit::new();
    for _ in 0..waiting {
        assert!(queue_limit.enter(Class::Vote));
    }
    Arc::new(queue_limit)
}

/// A writer's insides that nobody runs, with jobs that wait.
async fn loop_with(jobs: Vec<Job>) -> (WriterLoop, tempfile::TempDir) {
    let (database, folder) = database().await;
    let (_, receiver) = mpsc::channel(1);
    let writer_loop = WriterLoop {
        database,
        clock: Clock::System,
        metrics: Metrics::new(LedgerMetrics::new()).writer,
        jobs: receiver,
        queue_limit: queue_with(jobs.len()),
        throughput: Throughput::default(),
        backlog: jobs.into(),
        connection: None,
        conflict_aware_batches: 0,
    };
    (writer_loop, folder)
}

/// The voters of what waits, with the number of their attempts.
fn waiting_in(writer_loop: &WriterLoop) -> Vec<(u128, u8)> {
    let job = |job: &Job| match job {
        Job::Vote(vote) => (vote.request.voter_id.0.as_u128(), vote.attempts),
        Job::Like(like) => (like.request.voter_id.0.as_u128(), like.attempts),
    };
    writer_loop.backlog.iter().map(job).collect()
}

fn counted(request: &VoteRequest) -> Verdict {
    let Decision::Store(votes) = decide(request, &[], 1) else {
        panic!("it is decided to be stored");
    };
    Verdict {
        outcome: Outcome::Counted(votes),
        used: Vec::new(),
        totals: Vec::new(),
        blocking_votes: Vec::new(),
    }
}

#[tokio::test]
async fn a_batch_has_512_rows_and_the_rest_keeps_its_place() {
    let jobs = (0..600).map(|voter| vote_job(request_of(voter, 1), 0));
    let (jobs, _answers): (Vec<_>, Vec<_>) = jobs.unzip();
    let (mut writer_loop, _folder) = loop_with(jobs).await;
    assert_eq!(writer_loop.next_batch().votes.len(), 512);
    assert_eq!(waiting_in(&writer_loop).len(), 88);
    assert_eq!(waiting_in(&writer_loop)[0], (512, 0));
    assert_eq!(writer_loop.next_batch().votes.len(), 88);
    // Rows count, not jobs; likes are rows, too.
    let votes = (0..300).map(|voter| vote_job(request_of(voter, 2), 0));
    let (jobs, _answers): (Vec<_>, Vec<_>) = votes.unzip();
    let (mut writer_loop, _folder) = loop_with(jobs).await;
    assert_eq!(writer_loop.next_batch().votes.len(), 256);
    let likes = (0..600).map(|voter| like_job(change_of(voter), 0));
    let (jobs, _answers): (Vec<_>, Vec<_>) = likes.unzip();
    let (mut writer_loop, _folder) = loop_with(jobs).await;
    assert_eq!(writer_loop.next_batch().likes.len(), 512);
    assert_eq!(waiting_in(&writer_loop).len(), 88);
}

#[tokio::test]
async fn a_job_that_competes_stays_behind_in_its_order_and_batches_are_sorted() {
    let (jobs, _answers): (Vec<_>, Vec<_>) = [5, 3, 5, 4, 3]
        .map(|v| vote_job(request_of(v, 1), 0))
        .into_iter()
        .unzip();
    let (mut writer_loop, _folder) = loop_with(jobs).await;
    let voters = |batch: &Batch| {
        batch
            .votes
            .iter()
            .map(|vote| vote.request.voter_id.0.as_u128())
            .collect::<Vec<_>>()
    };
    assert_eq!(voters(&writer_loop.next_batch()), [3, 4, 5]);
    assert_eq!(waiting_in(&writer_loop), [(5, 0), (3, 0)]);
    assert_eq!(voters(&writer_loop.next_batch()), [3, 5]);
    let (jobs, _answers): (Vec<_>, Vec<_>) = [5, 3, 5]
        .map(|v| like_job(change_of(v), 0))
        .into_iter()
        .unzip();
    let (mut writer_loop, _folder) = loop_with(jobs).await;
    let batch = writer_loop.next_batch();
    let likers: Vec<_> = batch
        .likes
        .iter()
        .map(|like| like.request.voter_id.0.as_u128())
        .collect();
    assert_eq!(likers, [3, 5]);
    assert_eq!(waiting_in(&writer_loop), [(5, 0)]);
}

#[tokio::test]
async fn a_job_whose_caller_has_gone_is_not_stored_and_waits_no_longer() {
    let (first, gone) = vote_job(request_of(1, 1), 0);
    let (second, _answer) = vote_job(request_of(2, 1), 0);
    let (third, gone_too) = like_job(change_of(3), 0);
    let (mut writer_loop, _folder) = loop_with(vec![first, second, third]).await;
    drop((gone, gone_too));
    let batch = writer_loop.next_batch();
    assert_eq!((batch.votes.len(), batch.likes.len()), (1, 0));
    assert_eq!(writer_loop.queue_limit.waiting(), 1);
}

#[tokio::test]
async fn a_batch_that_failed_is_tried_again_in_its_order_and_not_for_ever() {
    let (first, mut first_answer) = vote_job(request_of(1, 1), 0);
    let (second, mut second_answer) = vote_job(request_of(2, 1), 4);
    let (third, mut third_answer) = like_job(change_of(3), 0);
    let (fourth, mut fourth_answer) = like_job(change_of(4), 4);
    let (mut writer_loop, _folder) = loop_with(vec![first, second, third, fourth]).await;
    let batch = writer_loop.next_batch();
    writer_loop.answer(batch, Err(sqlx::Error::PoolTimedOut));
    assert_eq!(waiting_in(&writer_loop), [(1, 1), (3, 1)]);
    assert!(first_answer.try_recv().is_err() && third_answer.try_recv().is_err());
    assert!(matches!(
        second_answer.try_recv(),
        Ok(Err(Error::Unavailable))
    ));
    assert!(matches!(
        fourth_answer.try_recv(),
        Ok(Err(Error::Unavailable))
    ));
    assert_eq!(writer_loop.queue_limit.waiting(), 2);
    assert_eq!(writer_loop.metrics.decided_again.get(), 2);
    assert_eq!(writer_loop.metrics.likes_stored.get(), 0);
    // What is wrong with the statement stays wrong.
    let batch = writer_loop.next_batch();
    writer_loop.answer(batch, Err(sqlx::Error::RowNotFound));
    assert_eq!(waiting_in(&writer_loop), []);
    assert!(matches!(
        first_answer.try_recv(),
        Ok(Err(Error::Unavailable))
    ));
    assert!(matches!(
        third_answer.try_recv(),
        Ok(Err(Error::Unavailable))
    ));
    assert_eq!(writer_loop.queue_limit.waiting(), 0);
}

#[tokio::test]
async fn each_caller_gets_its_own_result() {
    let requests = [1, 2, 3, 4].map(|voter| request_of(voter, 1));
    let verdict = counted(&requests[0]);
    let attempts = [0, 0, 4, 4];
    let (mut jobs, mut answers) = (Vec::new(), Vec::new());
    for (request, attempts) in requests.into_iter().zip(attempts) {
        let (job, answer) = vote_job(request, attempts);
        jobs.push(job);
        answers.push(answer);
    }
    let (like, mut liked) = like_job(change_of(5), 0);
    jobs.push(like);
    let (mut writer_loop, _folder) = loop_with(jobs).await;
    let batch = writer_loop.next_batch();
    let results = vec![
        CastResult::Answered(verdict.clone()),
        CastResult::Lost,
        CastResult::Lost,
        CastResult::Later,
    ];
    writer_loop.answer(batch, Ok(results));
    assert!(matches!(answers[0].try_recv(), Ok(Ok(answer)) if answer == verdict));
    // A lost race counts as an attempt, what was rolled back for another's sake does not.
    assert_eq!(waiting_in(&writer_loop), [(2, 1), (4, 4)]);
    assert!(matches!(answers[2].try_recv(), Ok(Err(Error::Unavailable))));
    assert!(matches!(liked.try_recv(), Ok(Ok(()))));
    assert_eq!(writer_loop.metrics.likes_stored.get(), 1);
    assert_eq!(writer_loop.queue_limit.waiting(), 2);
}

#[tokio::test]
async fn too_many_are_refused_and_likes_first() {
    let (queue, mut jobs) = mpsc::channel(ROOM_MAX);
    let writer = |waiting| Writer {
        queue: queue.clone(),
        queue_limit: queue_with(waiting),
    };
    assert!(!writer(ROOM_MAX - 1).is_full());
    let full = writer(ROOM_MAX);
    assert!(full.is_full());
    assert!(matches!(
        full.cast(request_of(1, 1)).await,
        Err(Error::Overloaded)
    ));
    assert_eq!(full.waiting(), ROOM_MAX, "a refused job does not wait");
    let half = writer(ROOM_MAX / 2);
    assert!(matches!(
        half.like(change_of(1)).await,
        Err(Error::Overloaded)
    ));
    assert!(jobs.try_recv().is_err());
    // One less, and it is taken.
    half.queue_limit.leave();
    let (liked, ()) = tokio::join!(half.like(change_of(1)), async {
        let Some(Job::Like(like)) = jobs.recv().await else {
            panic!("a like waits");
        };
        _ = like.reply.send(Ok(()));
    });
    assert!(liked.is_ok());
    // Without a writer there is nothing to wait for.
    drop(jobs);
    let empty = writer(0);
    assert!(matches!(
        empty.cast(request_of(1, 1)).await,
        Err(Error::Unavailable)
    ));
    assert_eq!(empty.waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_waits_too_long_is_told_to_come_back() {
    let (queue, _jobs) = mpsc::channel(ROOM_MAX);
    let writer = Writer {
        queue,
        queue_limit: queue_with(0),
    };
    let started = tokio::time::Instant::now();
    assert!(matches!(
        writer.cast(request_of(1, 1)).await,
        Err(Error::Unavailable)
    ));
    assert_eq!(started.elapsed(), Duration::from_secs(2));
}

#[tokio::test]
async fn what_was_accepted_is_answered_before_the_writer_ends_and_measured_as_one_batch() {
    let (database, _folder) = database().await;
    let metrics = Metrics::new(database.metrics().clone());
    let (writer, task) =
        Writer::start(Arc::clone(&database), Clock::System, metrics.writer.clone());
    let (vote, mut verdict) = vote_job(request_of(1, 1), 4);
    let (like, mut liked) = like_job(change_of(1), 4);
    for _ in 0..2 {
        assert!(writer.queue_limit.enter(Class::Vote));
    }
    assert!(writer.queue.try_send(vote).is_ok() && writer.queue.try_send(like).is_ok());
    drop(writer);
    task.finished().await;
    // There is no such campaign, so the keys refuse both: what counts is that they are answered.
    assert!(verdict.try_recv().is_ok() && liked.try_recv().is_ok());
    let shown = metrics.encode();
    for metric in [
        "batch_size_sum 2.0",
        "batch_size_count 1",
        "acclaim_database_statement_seconds_count{name=\"list_existing_votes\"} 1",
        "acclaim_database_transaction_seconds_count{name=\"store_batch\"} 1",
    ] {
        assert!(shown.contains(metric), "{metric} in {shown}");
    }
}

#[test]
fn decisions_become_rows_and_results() {
    let (voter, other) = (request_of(1, 2), request_of(2, 1));
    let mut spent = request_of(3, 1);
    spent.quota = 0;
    let requests = [&voter, &other, &spent];
    let earlier = Vote {
        id: VoteId::new(),
        slot: 3,
        nominee_id: NomineeId(Uuid::from_u128(99)),
        ..votes_of(&other)[0].clone()
    };
    let mut existing = Existing::default();
    existing.votes.push(earlier);
    let decisions = BatchDecisions::new(&requests, existing);
    let rows = decisions.rows(&requests);
    let slots: Vec<_> = rows
        .iter()
        .map(|r| (r.vote.voter_id.0.as_u128(), r.vote.slot, r.vote.is_first))
        .collect();
    assert_eq!(slots, [(1, 1, true), (1, 2, false), (2, 1, false)]);
    let ids: Vec<VoteId> = rows.iter().map(|row| row.vote.id).collect();
    let set = |indexes: &[usize]| -> StoredVotes {
        let stored = indexes.iter().map(|&i| (ids[i], [10, 11, 12][i]));
        stored.collect()
    };
    // Partial is a request of which some votes are stored and others are not; all or none of them is well.
    for (stored, is_partial) in [
        (&[0][..], true),
        (&[1, 2], true),
        (&[0, 1, 2], false),
        (&[2], false),
        (&[], false),
    ] {
        assert_eq!(decisions.is_partial(&set(stored)), is_partial, "{stored:?}");
    }
    assert_eq!(
        kinds(decisions.results(&requests, &set(&[0, 1, 2]))),
        ["counted 2 of 2: [10, 11]", "counted 1 of 2: [12]", "spent"]
    );
    assert_eq!(
        kinds(decisions.results(&requests, &set(&[0]))),
        ["lost", "lost", "spent"]
    );
    assert_eq!(
        kinds(decisions.rolled_back(&requests, &set(&[0, 2]))),
        ["lost", "later", "spent"]
    );
}

#[test]
fn voters_who_are_one_have_one_request_of_a_batch_and_the_votes_of_both() {
    let (mut one, mut other, stranger) = (request_of(9, 1), request_of(2, 1), request_of(5, 1));
    (one.quota, other.quota) = (2, 2);
    let canonical = VoterId(Uuid::from_u128(2));
    // Both cast in the first slot, before they were linked.
    let earlier = [&one, &other].map(|request| Vote {
        id: VoteId::new(),
        nominee_id: NomineeId(Uuid::from_u128(99)),
        ..votes_of(request)[0].clone()
    });
    let requests = [&other, &stranger, &one];
    let existing = |votes: &[Vote]| Existing {
        votes: votes.to_vec(),
        links: [(one.voter_id, canonical)].into(),
        ..Existing::default()
    };
    let decisions = BatchDecisions::new(&requests, existing(&earlier));
    let stored = decisions.rows(&requests);
    let stored: StoredVotes = stored.iter().map(|row| (row.vote.id, 1)).collect();
    assert_eq!(
        kinds(decisions.results(&requests, &stored)),
        ["spent", "counted 1 of 1: [1]", "later"]
    );
    let decisions = BatchDecisions::new(&[&one], existing(&earlier[..1]));
    let rows = decisions.rows(&[&one]);
    assert_eq!((rows[0].vote.voter_id, rows[0].vote.slot), (canonical, 2));
}

/// The kinds of the results, with the votes that are counted, those used, and the totals.
fn kinds(results: CastResults) -> Vec<String> {
    let kind = |result| match result {
        CastResult::Answered(Verdict {
            outcome: Outcome::Counted(votes),
            used,
            totals,
            ..
        }) => {
            let totals: Vec<i64> = totals.iter().map(|(_, votes)| *votes).collect();
            format!("counted {} of {:?}: {totals:?}", votes.len(), used[0].1)
        }
        CastResult::Answered(Verdict {
            outcome: Outcome::Refused(Refusal::QuotaSpent(_)),
            ..
        }) => "spent".to_owned(),
        CastResult::Answered(_) => "other".to_owned(),
        CastResult::Lost => "lost".to_owned(),
        CastResult::Later => "later".to_owned(),
    };
    results.into_iter().map(kind).collect()
}

fn votes_of(request: &VoteRequest) -> Vec<Vote> {
    match decide(request, &[], 1) {
        Decision::Store(votes) => votes,
        Decision::Answer(_) => panic!("it is decided to be stored"),
    }
}
