//! The load of a campaign: the events of a schedule as requests, and their answers as history.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use http::Uri;
use serde_json::json;
use uuid::Uuid;

use crate::api::Server;
use crate::api::answer::{Answer, LikeData, PageData, Reply, ViewsData, VoteData};
use crate::api::connection::Lost;
use crate::api::document::{Document, LIKE, NOMINEE, STORY, VIEWS, VISIT, VOTE};
use crate::api::request::{Ready, Sender, Template, body, query_uri};
use crate::campaign::Campaign;
use crate::history::History;
use crate::measure::Kind;
use crate::player::{Due, Load, Verdict};
use crate::schedule::{Action, Page, Schedule, VoterKind};

/// Stories of a page of the feed.
const FEED_FIRST: u32 = 20;

/// The load of a campaign.
pub struct Replay {
    within: Duration,
    server: Server,
    campaign: Arc<Campaign>,
    schedule: Arc<Schedule>,
    authorizations: Arc<[HeaderValue]>,
    documents: [Document; 6],
    /// By nominee, with gaps for the key and the ticket.
    votes: Vec<Template>,
    /// The newest ticket of each voter: of the feed that its visit began with.
    tickets: Mutex<Vec<Option<Box<str>>>>,
    likes: Vec<Bytes>,
    feed: Uri,
    /// By subject: nominees, then stories.
    pages: Vec<Uri>,
    history: Mutex<History>,
}

/// Places in `Replay::documents`.
const VIEWS_DOCUMENT: usize = 5;

impl Replay {
    /// The load of a schedule, its requests made ready.
    #[must_use]
    pub fn new(
        within: Duration,
        server: &Server,
        campaign: &Arc<Campaign>,
        schedule: &Arc<Schedule>,
        authorizations: &Arc<[HeaderValue]>,
    ) -> Self {
        let documents = [VISIT, NOMINEE, STORY, VOTE, LIKE, VIEWS].map(Document::new);
        let [visit, nominee, story, vote, like, _] = &documents;
        let nominees = campaign.nominees();
        let subjects = &campaign.subjects;
        let gap = Template::GAP;
        let votes = |id| {
            let input = json!({"nomineeId": id, "idempotencyKey": gap, "ticket": gap});
            Template::new(vote, &json!({"input": input}))
        };
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
            votes: subjects[..nominees].iter().map(votes).collect(),
            tickets: Mutex::new(vec![None; schedule.voters.len()]),
            likes: subjects.iter().map(likes).collect(),
            feed: query_uri(visit, &first),
            pages: subjects.iter().enumerate().map(page).collect(),
            history: Mutex::new(History::new(schedule, subjects.len())),
            documents,
        }
    }

    /// The answers so far.
    pub fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_script(&self, voter: u32) -> bool {
        self.schedule.voters[voter as usize].kind == VoterKind::Script
    }

    fn judge_vote(&self, voter: u32, planned: u32, answer: Result<&Answer, Lost>) -> Verdict {
        let mut history = self.history();
        let Ok(answer) = answer else {
            let lost = u16::from(answer.err() == Some(Lost::NoAnswer));
            history.planned_votes[planned as usize].lost += lost;
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
                history.counted(planned, &vote.id);
                return Verdict::Done { is_good: true };
            }
            if let Some(error) = payload.user_errors.first() {
                history.refused(planned, &error.code);
                return Verdict::Done { is_good: false };
            }
        }
        let code = reply.code.as_deref().unwrap_or("neither vote nor error");
        // A script does not wait: it is refused, as it should be.
        if self.is_script(voter) && reply.is_not_executed() && !reply.misses_document() {
            history.refused(planned, code);
            return Verdict::Done { is_good: false };
        }
        history.planned_votes[planned as usize].lost += u16::from(!reply.is_not_executed());
        let verdict = Verdict::of_failure(&reply);
        if matches!(verdict, Verdict::Done { .. }) {
            history.refused(planned, code);
        } else {
            history.note_retried(Kind::Vote, code);
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

    fn tickets(&self) -> MutexGuard<'_, Vec<Option<Box<str>>>> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The body of a vote. Scripts look at no page and bring no ticket.
    fn vote(&self, voter: u32, planned: u32, with_key: bool) -> Bytes {
        let mut buffer = Uuid::encode_buffer();
        let key = self.schedule.key(planned);
        let key = with_key.then(|| &*key.as_hyphenated().encode_lower(&mut buffer));
        let nominee = usize::from(self.schedule.planned_votes[planned as usize].nominee);
        let tickets = self.tickets();
        let ticket = tickets[voter as usize].as_deref();
        self.votes[nominee].with(&[key, ticket])
    }

    fn judge_page(&self, voter: u32, answer: Result<&Answer, Lost>) -> Verdict {
        let Ok(answer) = answer else {
            return Verdict::again();
        };
        let reply: Reply<PageData> = Reply::read(answer);
        let visited = reply.data.as_ref().and_then(|data| data.campaign.as_ref());
        if let Some(visited) = visited {
            self.tickets()[voter as usize] = Some(visited.ticket.as_ref().into());
        }
        let is_there = reply.data.as_ref().is_some_and(PageData::is_there);
        if is_there && reply.code.is_none() {
            return Verdict::Done { is_good: true };
        }
        self.judge_failure(Kind::Page, &reply, None)
    }

    fn judge_report(&self, report: u32, answer: Result<&Answer, Lost>) -> Verdict {
        let Ok(answer) = answer else {
            return Verdict::again();
        };
        let reply: Reply<ViewsData> = Reply::read(answer);
        let payload = reply
            .data
            .as_ref()
            .and_then(|data| data.record_views.as_ref());
        let Some(payload) = payload else {
            return self.judge_failure(Kind::Report, &reply, None);
        };
        let subjects = &self.schedule.reports[report as usize];
        let mut history = self.history();
        let is_whole = payload.recorded == subjects.len();
        if is_whole {
            for subject in subjects {
                history.views[usize::from(*subject)] += 1;
            }
        } else {
            history.note_refusal(Kind::Report, "not all recorded");
            history.note_unknown_views(subjects);
        }
        Verdict::Done { is_good: is_whole }
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
            history.note_retried(kind, code);
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
            Action::Vote { planned, with_key } => {
                requests.post(self.vote(event.voter, planned, with_key), sender)
            }
            Action::Like(like) => {
                let subject = self.schedule.likes[like as usize].subject;
                requests.post(self.likes[usize::from(subject)].clone(), sender)
            }
            Action::Report(report) => {
                let subjects = &self.schedule.reports[report as usize];
                let id = |subject: &u16| self.campaign.subjects[usize::from(*subject)].as_str();
                let ids: Vec<&str> = subjects.iter().map(id).collect();
                let key = self.schedule.report_key(report);
                let variables = json!({"input": {"subjectIds": ids, "idempotencyKey": key}});
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
            Action::Vote { planned, .. } => self.judge_vote(event.voter, planned, answer),
            Action::Like(like) => self.judge_like(like, answer),
            Action::Report(report) => self.judge_report(report, answer),
            Action::Read(_) => self.judge_page(event.voter, answer),
        }
    }

    fn give_up(&self, index: usize) {
        let mut history = self.history();
        match self.schedule.events[index].action {
            Action::Vote { planned, .. } => history.planned_votes[planned as usize].given_up += 1,
            Action::Like(like) => history.likes[like as usize].is_unknown = true,
            Action::Report(report) => {
                history.note_unknown_views(&self.schedule.reports[report as usize]);
            }
            Action::Read(_) => {}
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
    use crate::schedule::{Field, Size};

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
        let first = replay.request(index);
        let again = replay.judge(index, Err(Lost::NoAnswer));
        assert!(matches!(again, Verdict::Again(_)));
        assert_eq!(replay.request(index), first);
        let counted = answer(
            200,
            r#"{"data":{"castVote":{"vote":{"id":"v"},"quota":{"used":11,"limit":10},"userErrors":[]}}}"#,
        );
        let done = replay.judge(index, Ok(&counted));
        assert_eq!(done, Verdict::Done { is_good: true });
        let Action::Vote { planned, .. } = replay.schedule.events[index].action else {
            unreachable!("it was found as a vote");
        };
        let history = replay.history();
        let known = &history.planned_votes[planned as usize];
        assert_eq!((known.lost, known.vote.as_deref()), (1, Some("v")));
        assert_eq!(history.quota_exceeded, 1);
    }

    #[test]
    fn people_bring_the_ticket_of_their_visit_and_scripts_none() {
        let replay = replay();
        let is_feed = |action: &Action| matches!(action, Action::Read(Page::Feed));
        let landing = find(&replay, is_feed);
        let visitor = replay.schedule.events[landing].voter;
        let shown = answer(
            200,
            r#"{"data":{"stories":{"nodes":[]},"campaign":{"ticket":"TICKET"}}}"#,
        );
        let verdict = replay.judge(landing, Ok(&shown));
        assert_eq!(verdict, Verdict::Done { is_good: true });
        let mut kinds = [0; 2];
        for (index, event) in replay.schedule.events.iter().enumerate() {
            let Action::Vote { .. } = event.action else {
                continue;
            };
            let request = replay.request(index);
            let request = str::from_utf8(&request).expect("a text");
            let has_ticket = request.contains(r#""ticket":"TICKET""#);
            assert_eq!(has_ticket, event.voter == visitor, "{request}");
            assert!(
                has_ticket || request.contains(r#""ticket":null"#),
                "{request}"
            );
            kinds[usize::from(replay.is_script(event.voter))] += 1;
        }
        assert!(kinds.iter().all(|votes| *votes > 0), "{kinds:?}");
        // Scripts begin with a vote.
        let reads = |event: &crate::schedule::Event| matches!(event.action, Action::Read(_));
        let events = replay.schedule.events.iter();
        assert!(
            !events
                .filter(|e| reads(e))
                .any(|e| replay.is_script(e.voter))
        );
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
    fn a_report_without_an_answer_is_sent_again_under_its_key() {
        let replay = replay();
        let index = find(&replay, |action| matches!(action, Action::Report(_)));
        let Action::Report(report) = replay.schedule.events[index].action else {
            panic!("a report was looked for");
        };
        for lost in [Lost::NotSent, Lost::NoAnswer] {
            let verdict = replay.judge(index, Err(lost));
            assert!(matches!(verdict, Verdict::Again(_)), "{verdict:?}");
            let request = replay.request(index);
            let request = str::from_utf8(&request).expect("a text");
            let key = replay.schedule.report_key(report).to_string();
            assert!(request.contains(&key), "{request}");
        }
        let unknown = || replay.history().unknown_views.iter().sum::<u64>();
        assert_eq!(unknown(), 0);
        replay.give_up(index);
        let subjects = replay.schedule.reports[report as usize].len();
        assert_eq!(unknown(), subjects as u64);
    }

    #[test]
    fn pages_are_asked_for_without_a_token() {
        let replay = replay();
        let index = find(&replay, |action| {
            matches!(action, Action::Read(Page::Nominee(_)))
        });
        let request = replay.request(index);
        let request = str::from_utf8(&request).expect("a text");
        assert!(!request.contains("authorization:"), "{request}");
        assert!(request.starts_with("GET /graphql?"), "{request}");
        assert!(request.contains("persistedQuery"), "{request}");
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
