//! `replay`: plays the campaign, asks the server afterwards, recounts, and writes a report.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use hyper::Uri;
use hyper::header::HeaderValue;
use serde_json::json;

use super::{TargetArgs, parse_duration, parse_positive};
use crate::api::Server;
use crate::api::answer::{Answer, LikeData, PageData, Reply, ViewsData, VoteData};
use crate::api::connection::Lost;
use crate::api::document::{Document, FEED, LIKE, NOMINEE, STORY, VIEWS, VOTE};
use crate::api::request::{Ready, Sender, Template, body, query_uri};
use crate::campaign::{Campaign, Standing};
use crate::check::Check;
use crate::history::History;
use crate::machine::{Machine, cpu_seconds};
use crate::measure::Kind;
use crate::player::{Due, Load, Plan, Played, Verdict, play};
use crate::recount::Recount;
use crate::report::{Report, Run};
use crate::schedule::{Action, Page, Schedule, Size, VoterKind, voter_id};
use crate::{Failure, print};

/// How long the server's counts may take to have everything: views follow within a second.
const SETTLING: Duration = Duration::from_secs(15);
const SETTLING_EVERY: Duration = Duration::from_millis(250);
/// How long a campaign that stands still does not move: longer than the server's tallies and counters take.
const REST: Duration = Duration::from_secs(2);
/// Slots of the charts.
const SLOTS: u32 = 120;
/// The shortest slot.
const SLOT_MIN: Duration = Duration::from_millis(100);
/// Voters that are asked beforehand whether they have voted.
const FRESH_ASKED: usize = 20;
/// Time that a slow run and its recount take beyond the plan.
const SLOWNESS: u32 = 5;
const RECOUNT_TIME: Duration = Duration::from_mins(3);
/// Stories of a page of the feed.
const FEED_FIRST: u32 = 20;

/// Arguments of `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Whom the load is for.
    #[command(flatten)]
    pub target: TargetArgs,
    /// How long the 72 hours are to take
    #[arg(long, default_value = "60s", value_parser = parse_duration)]
    within: Duration,
    /// The part of the campaign that is played: 0.01 for 1,200 voters
    #[arg(long, default_value = "1", value_parser = parse_positive)]
    scale: f64,
    /// What everything random is made from: the same seed gives the same events, keys and voters
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder that the report is written into
    #[arg(long, default_value = "loadtest/reports")]
    out: PathBuf,
    /// Voters that are asked afterwards what they have; all without it
    #[arg(long)]
    check_voters: Option<usize>,
    /// How long a request is sent again and again before it is given up
    #[arg(long, default_value = "60s", value_parser = parse_duration)]
    patience: Duration,
}

/// Runs `replay`.
pub async fn run(args: &ReplayArgs) -> Result<ExitCode, Failure> {
    let server = args.target.server()?;
    let campaign = Arc::new(Campaign::find(&server, &args.target.campaign).await?);
    let size = Size::scaled(args.scale);
    let schedule = Arc::new(Schedule::plan(args.seed, size, &campaign.field));
    let authorizations = authorizations(args, &server, &campaign, &schedule).await?;
    expect_fresh(args, &server, &campaign, &schedule, &authorizations).await?;
    let before = at_rest(&server, &campaign).await?;
    let machine = Machine::now();
    let cpu = |process| cpu_seconds(process).unwrap_or_default();
    let (own_cpu, server_cpu) = (cpu(None), cpu(args.target.server_pid));
    let replay = Replay::new(args.within, &server, &campaign, &schedule, &authorizations);
    let replay = Arc::new(replay);
    let plan = Plan {
        server: server.clone(),
        connections: args.target.connections,
        ends_after: None,
        patience: args.patience,
        slot: (args.within / SLOTS).max(SLOT_MIN),
        progress: ("Replaying", Some(schedule.events.len())),
    };
    let played = play(Arc::clone(&replay), plan).await;
    let run = Run {
        command: "replay",
        campaign: campaign.title.clone(),
        seed: args.seed,
        scale: args.scale,
        within: args.within,
        connections: args.target.connections,
        threads: args.target.threads.max(1),
        asked_at: campaign.asked_at,
        machine,
        load_after: Machine::now().load,
        client_cpu: cpu(None) - own_cpu,
        server_cpu: args
            .target
            .server_pid
            .map(|process| cpu(Some(process)) - server_cpu),
    };
    let history = replay.history().clone();
    let mut recount = settle(&server, &campaign, &schedule, &history, &before).await?;
    let check = Check::new(
        &server,
        &campaign,
        &schedule,
        history.clone(),
        &authorizations,
        args.check_voters,
    );
    let check = Arc::new(check);
    play(Arc::clone(&check), Plan::of_all(&server, "Asking voters")).await;
    recount.asked = check.asked();
    recount.lost = played.lost;
    recount.unsent = played.unsent;
    report(args, run, &schedule, &history, &played, recount)
}

async fn authorizations(
    args: &ReplayArgs,
    server: &Server,
    campaign: &Campaign,
    schedule: &Schedule,
) -> Result<Arc<[HeaderValue]>, Failure> {
    let ids = (0u32..).zip(&schedule.voters);
    let ids = ids
        .map(|(voter, _)| voter_id(schedule.seed, voter))
        .collect();
    let needed = args.within * SLOWNESS + RECOUNT_TIME;
    let tokens = &args.target.tokens;
    let authorizations = tokens
        .authorizations(server, ids, campaign.asked_at, needed)
        .await?;
    Ok(authorizations.into())
}

/// A replay needs voters who have not voted, and the quotas of one day.
async fn expect_fresh(
    args: &ReplayArgs,
    server: &Server,
    campaign: &Campaign,
    schedule: &Schedule,
    authorizations: &[HeaderValue],
) -> Result<(), Failure> {
    let voters = schedule.wishes.iter().map(|wish| wish.voter as usize);
    let step = (schedule.wishes.len() / FRESH_ASKED).max(1);
    for voter in voters.step_by(step) {
        let (is_fresh, left) = campaign.is_fresh(server, &authorizations[voter]).await?;
        if !is_fresh {
            let seed = args.seed;
            return Err(format!(
                "voters of seed {seed} have voted here today: give another --seed, or begin with new data"
            )
            .into());
        }
        let needed = args.within * 2 + RECOUNT_TIME;
        if let Some(left) = left.filter(|left| *left < needed) {
            let (left, needed) = (left.as_secs(), needed.as_secs());
            return Err(format!(
                "quotas are granted anew in {left} s, and this may take {needed} s: what is expected would not hold. \
                 Wait for the next day"
            )
            .into());
        }
    }
    Ok(())
}

/// Asks where the campaign stands until it stands still: what was cast shortly before still moves it.
async fn at_rest(server: &Server, campaign: &Campaign) -> Result<Standing, Failure> {
    let started = tokio::time::Instant::now();
    let mut before = campaign.standing(server).await?;
    loop {
        tokio::time::sleep(REST).await;
        let now = campaign.standing(server).await?;
        if now == before {
            return Ok(now);
        }
        if started.elapsed() > SETTLING {
            return Err("somebody else is voting here: nothing could be recounted".into());
        }
        before = now;
    }
}

/// Asks where the campaign stands until everything has arrived there.
async fn settle(
    server: &Server,
    campaign: &Campaign,
    schedule: &Schedule,
    history: &History,
    before: &Standing,
) -> Result<Recount, Failure> {
    let started = tokio::time::Instant::now();
    loop {
        let after = campaign.standing(server).await?;
        let recount = Recount::of(schedule, &campaign.field, history, before, &after);
        if recount.is_settled() || started.elapsed() > SETTLING {
            return Ok(recount);
        }
        tokio::time::sleep(SETTLING_EVERY).await;
    }
}

fn report(
    args: &ReplayArgs,
    run: Run,
    schedule: &Schedule,
    history: &History,
    played: &Played,
    recount: Recount,
) -> Result<ExitCode, Failure> {
    let report = Report::new(run, schedule, history, played, recount);
    let folder = args.out.join(report.folder());
    report.write(&folder)?;
    print(&report.text());
    print(&format!(
        "\nThe report is {}.\n",
        shown(&folder.join("report.md"))
    ));
    Ok(if report.is_good() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The load of a campaign.
struct Replay {
    within: Duration,
    server: Server,
    campaign: Arc<Campaign>,
    schedule: Arc<Schedule>,
    authorizations: Arc<[HeaderValue]>,
    documents: [Document; 6],
    votes: Vec<Template>,
    votes_without_key: Vec<Bytes>,
    likes: Vec<Bytes>,
    feed: Uri,
    /// By subject: nominees, then stories.
    pages: Vec<Uri>,
    history: Mutex<History>,
}

/// Places in `Replay::documents`.
const VIEWS_DOCUMENT: usize = 5;

impl Replay {
    fn new(
        within: Duration,
        server: &Server,
        campaign: &Arc<Campaign>,
        schedule: &Arc<Schedule>,
        authorizations: &Arc<[HeaderValue]>,
    ) -> Self {
        let documents = [FEED, NOMINEE, STORY, VOTE, LIKE, VIEWS].map(Document::new);
        let [feed, nominee, story, vote, like, _] = &documents;
        let (nominees, subjects) = (campaign.nominees(), &campaign.subjects);
        let input = |id: &String, key| json!({"input": {"nomineeId": id, "idempotencyKey": key}});
        let with_key = |id| Template::new(vote, &input(id, Some(Template::GAP)));
        let without_key = |id| Bytes::from(body(vote, &input(id, None)));
        let likes = |id| {
            Bytes::from(body(
                like,
                &json!({"input": {"subjectId": id, "liked": true}}),
            ))
        };
        let page = |(subject, id): (usize, &String)| {
            let document = if subject < nominees { nominee } else { story };
            query_uri(document, &json!({"id": id}))
        };
        let first = json!({"campaign": campaign.id, "first": FEED_FIRST, "after": null});
        Self {
            within,
            server: server.clone(),
            campaign: Arc::clone(campaign),
            schedule: Arc::clone(schedule),
            authorizations: Arc::clone(authorizations),
            votes: subjects[..nominees].iter().map(with_key).collect(),
            votes_without_key: subjects[..nominees].iter().map(without_key).collect(),
            likes: subjects.iter().map(likes).collect(),
            feed: query_uri(feed, &first),
            pages: subjects.iter().enumerate().map(page).collect(),
            history: Mutex::new(History::new(schedule, subjects.len())),
            documents,
        }
    }

    fn history(&self) -> std::sync::MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_script(&self, voter: u32) -> bool {
        self.schedule.voters[voter as usize].kind == VoterKind::Script
    }

    fn judge_vote(&self, voter: u32, wish: u32, answer: Result<&Answer, Lost>) -> Verdict {
        let mut history = self.history();
        let Ok(answer) = answer else {
            let lost = u16::from(answer.err() == Some(Lost::NoAnswer));
            history.wishes[wish as usize].lost += lost;
            return Verdict::again();
        };
        let reply: Reply<VoteData> = Reply::read(answer);
        let payload = reply.data.as_ref().and_then(|data| data.cast_vote.as_ref());
        if let Some(payload) = payload {
            if let Some(quota) = &payload.quota {
                let exceeded = u64::from(quota.used.saturating_sub(quota.limit));
                history.quota_exceeded = history.quota_exceeded.max(exceeded);
            }
            if let Some(vote) = &payload.vote {
                history.counted(wish, &vote.id);
                return Verdict::Done { is_good: true };
            }
            if let Some(error) = payload.user_errors.first() {
                history.refused(wish, &error.code);
                return Verdict::Done { is_good: false };
            }
        }
        let code = reply.code.as_deref().unwrap_or("neither vote nor error");
        // A script does not wait: it is refused, as it should be.
        if self.is_script(voter) && reply.is_not_executed() && !reply.misses_document() {
            history.refused(wish, code);
            return Verdict::Done { is_good: false };
        }
        history.wishes[wish as usize].lost += u16::from(!reply.is_not_executed());
        let verdict = Verdict::of_failure(&reply);
        if matches!(verdict, Verdict::Done { .. }) {
            history.refused(wish, code);
        } else {
            history.note_passing(Kind::Vote, code);
        }
        verdict
    }

    fn judge_like(&self, like: u32, answer: Result<&Answer, Lost>) -> Verdict {
        let Ok(answer) = answer else {
            return Verdict::again();
        };
        let reply: Reply<LikeData> = Reply::read(answer);
        let payload = reply.data.as_ref().and_then(|data| data.set_like.as_ref());
        if payload.is_some_and(|payload| payload.subject.is_some()) {
            self.history().likes[like as usize].is_liked = true;
            return Verdict::Done { is_good: true };
        }
        let refusal = payload.and_then(|payload| payload.user_errors.first());
        self.judge_failure(Kind::Like, &reply, refusal.map(|error| &*error.code))
    }

    fn judge_page(&self, answer: Result<&Answer, Lost>) -> Verdict {
        let Ok(answer) = answer else {
            return Verdict::again();
        };
        let reply: Reply<PageData> = Reply::read(answer);
        let is_there = reply.data.as_ref().is_some_and(PageData::is_there);
        if is_there && reply.code.is_none() {
            return Verdict::Done { is_good: true };
        }
        self.judge_failure(Kind::Page, &reply, None)
    }

    fn judge_report(&self, report: u32, answer: Result<&Answer, Lost>) -> Verdict {
        let subjects = &self.schedule.reports[report as usize];
        let unknown = || {
            let mut history = self.history();
            for subject in subjects {
                history.unknown_views[usize::from(*subject)] += 1;
            }
            Verdict::Done { is_good: false }
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(Lost::NotSent) => return Verdict::again(),
            Err(Lost::NoAnswer) => return unknown(),
        };
        let reply: Reply<ViewsData> = Reply::read(answer);
        let payload = reply
            .data
            .as_ref()
            .and_then(|data| data.record_views.as_ref());
        match payload {
            Some(payload) if payload.recorded == subjects.len() => {
                let mut history = self.history();
                for subject in subjects {
                    history.views[usize::from(*subject)] += 1;
                }
                Verdict::Done { is_good: true }
            }
            Some(_) => {
                self.history()
                    .note_refusal(Kind::Report, "not all recorded");
                unknown()
            }
            None if reply.is_passing() && !reply.is_not_executed() => {
                let code = reply.code.as_deref().unwrap_or_default();
                self.history().note_refusal(Kind::Report, code);
                unknown()
            }
            None => self.judge_failure(Kind::Report, &reply, None),
        }
    }

    fn judge_failure<'a, T: serde::Deserialize<'a>>(
        &self,
        kind: Kind,
        reply: &Reply<'a, T>,
        refusal: Option<&str>,
    ) -> Verdict {
        let verdict = match refusal {
            Some(_) => Verdict::Done { is_good: false },
            None => Verdict::of_failure(reply),
        };
        let code = refusal.or(reply.code.as_deref()).unwrap_or("no data");
        let mut history = self.history();
        if matches!(verdict, Verdict::Done { .. }) {
            history.note_refusal(kind, code);
        } else {
            history.note_passing(kind, code);
        }
        verdict
    }
}

impl Load for Replay {
    fn due(&self, index: usize) -> Due {
        self.schedule
            .due(index, self.within)
            .map_or(Due::Never, Due::At)
    }

    fn kind(&self, index: usize) -> Kind {
        match self.schedule.events[index].action {
            Action::Vote { .. } => Kind::Vote,
            Action::Like(_) => Kind::Like,
            Action::Read(_) => Kind::Page,
            Action::Report(_) => Kind::Report,
        }
    }

    fn request(&self, index: usize) -> Ready {
        let event = self.schedule.events[index];
        let requests = &self.server.requests;
        let voter = event.voter as usize;
        let sender = Sender {
            authorization: Some(&self.authorizations[voter]),
            address: Some(self.schedule.voters[voter].address),
        };
        match event.action {
            Action::Vote { wish, with_key } => {
                let nominee = usize::from(self.schedule.wishes[wish as usize].nominee);
                if with_key {
                    let body = self.votes[nominee].with_uuid(self.schedule.key(wish));
                    requests.post(body, sender)
                } else {
                    requests.post(self.votes_without_key[nominee].clone(), sender)
                }
            }
            Action::Like(like) => {
                let subject = self.schedule.likes[like as usize].subject;
                requests.post(self.likes[usize::from(subject)].clone(), sender)
            }
            Action::Report(report) => {
                let subjects = &self.schedule.reports[report as usize];
                let id = |subject: &u16| self.campaign.subjects[usize::from(*subject)].as_str();
                let ids: Vec<&str> = subjects.iter().map(id).collect();
                let variables = json!({"input": {"subjectIds": ids}});
                requests.post(body(&self.documents[VIEWS_DOCUMENT], &variables), sender)
            }
            Action::Read(page) => {
                let place = |story: u16| self.campaign.nominees() + usize::from(story);
                let uri = match page {
                    Page::Feed => &self.feed,
                    Page::Nominee(nominee) => &self.pages[usize::from(nominee)],
                    Page::Story(story) => &self.pages[place(story)],
                };
                // Pages are the same for all: asked for without a token, caches may keep them.
                let sender = Sender {
                    authorization: None,
                    ..sender
                };
                requests.get(uri, sender)
            }
        }
    }

    fn judge(&self, index: usize, answer: Result<&Answer, Lost>) -> Verdict {
        let event = self.schedule.events[index];
        match event.action {
            Action::Vote { wish, .. } => self.judge_vote(event.voter, wish, answer),
            Action::Like(like) => self.judge_like(like, answer),
            Action::Report(report) => self.judge_report(report, answer),
            Action::Read(_) => self.judge_page(answer),
        }
    }

    fn give_up(&self, index: usize) {
        let mut history = self.history();
        match self.schedule.events[index].action {
            Action::Vote { wish, .. } => history.wishes[wish as usize].given_up += 1,
            Action::Like(like) => history.likes[like as usize].is_unknown = true,
            Action::Report(_) | Action::Read(_) => {}
        }
        *history.given_up.entry(self.kind(index)).or_default() += 1;
    }

    fn documents(&self) -> Vec<&Document> {
        self.documents.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Field;

    fn replay() -> Replay {
        let field = Field {
            scopes: vec![0; 30],
            stories: 25,
            quota: 10,
        };
        let campaign = Campaign {
            id: "c".to_owned(),
            title: String::new(),
            subjects: (0..55).map(|subject| format!("s{subject}")).collect(),
            categories: vec![String::new()],
            asked_at: chrono::DateTime::UNIX_EPOCH,
            field,
        };
        let schedule = Schedule::plan(1, Size::scaled(0.01), &campaign.field);
        let authorization = HeaderValue::from_static("Bearer x");
        let authorizations: Arc<[HeaderValue]> = vec![authorization; schedule.voters.len()].into();
        Replay::new(
            Duration::from_mins(1),
            &Server::new("127.0.0.1:1").expect("an address"),
            &Arc::new(campaign),
            &Arc::new(schedule),
            &authorizations,
        )
    }

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    fn find(replay: &Replay, matches: impl Fn(&Action) -> bool) -> usize {
        let found = replay
            .schedule
            .events
            .iter()
            .position(|event| matches(&event.action));
        found.expect("there is one")
    }

    #[test]
    fn a_lost_vote_is_sent_again_as_it_was() {
        let replay = replay();
        let is_vote = |action: &Action| matches!(action, Action::Vote { with_key: true, .. });
        let index = find(&replay, is_vote);
        let text = |request: &Ready| format!("{:?} {:?}", request.headers(), request.body());
        let first = text(&replay.request(index));
        let again = replay.judge(index, Err(Lost::NoAnswer));
        assert!(matches!(again, Verdict::Again(_)));
        assert_eq!(text(&replay.request(index)), first);
        let counted = answer(
            200,
            r#"{"data":{"castVote":{"vote":{"id":"v"},"quota":{"used":11,"limit":10},"userErrors":[]}}}"#,
        );
        let done = replay.judge(index, Ok(&counted));
        assert_eq!(done, Verdict::Done { is_good: true });
        let Action::Vote { wish, .. } = replay.schedule.events[index].action else {
            unreachable!("it was found as a vote");
        };
        let history = replay.history();
        let known = &history.wishes[wish as usize];
        assert_eq!((known.lost, known.vote.as_deref()), (1, Some("v")));
        assert_eq!(history.quota_exceeded, 1);
    }

    #[test]
    fn limits_refuse_scripts_and_delay_people() {
        let replay = replay();
        let limited = answer(
            429,
            r#"{"errors":[{"message":"","extensions":{"code":"RATE_LIMITED","retryAfterMs":70}}]}"#,
        );
        let is = |with: bool| move |action: &Action| matches!(action, Action::Vote { with_key, .. } if *with_key == with);
        let person = find(&replay, is(true));
        let verdict = replay.judge(person, Ok(&limited));
        assert_eq!(verdict, Verdict::Again(Duration::from_millis(70)));
        let is_script = |event: &&crate::schedule::Event| replay.is_script(event.voter);
        let script = replay
            .schedule
            .events
            .iter()
            .find(is_script)
            .expect("scripts");
        let index = replay
            .schedule
            .events
            .iter()
            .position(|event| event == script);
        let verdict = replay.judge(index.expect("found"), Ok(&limited));
        assert_eq!(verdict, Verdict::Done { is_good: false });
    }

    #[test]
    fn a_report_without_an_answer_is_not_sent_twice() {
        let replay = replay();
        let index = find(&replay, |action| matches!(action, Action::Report(_)));
        let unsent = replay.judge(index, Err(Lost::NotSent));
        assert!(matches!(unsent, Verdict::Again(_)));
        let lost = replay.judge(index, Err(Lost::NoAnswer));
        assert_eq!(lost, Verdict::Done { is_good: false });
        assert!(replay.history().unknown_views.iter().sum::<u64>() > 0);
    }

    #[test]
    fn pages_are_asked_for_without_a_token() {
        let replay = replay();
        let index = find(&replay, |action| {
            matches!(action, Action::Read(Page::Nominee(_)))
        });
        let request = replay.request(index);
        assert!(!request.headers().contains_key("authorization"));
        assert!(
            request
                .uri()
                .query()
                .is_some_and(|query| query.contains("persistedQuery"))
        );
        let none = answer(200, r#"{"data":{"nominee":null}}"#);
        assert_eq!(
            replay.judge(index, Ok(&none)),
            Verdict::Done { is_good: false }
        );
        let forgotten = answer(
            400,
            r#"{"errors":[{"message":"","extensions":{"code":"PERSISTED_QUERY_NOT_FOUND"}}]}"#,
        );
        assert_eq!(replay.judge(index, Ok(&forgotten)), Verdict::Register);
    }
}
