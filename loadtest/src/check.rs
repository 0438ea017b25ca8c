//! The check: asks voters one by one for their votes, with their own tokens, and compares these with the history.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderValue;
use serde::Deserialize;
use serde_json::json;

use crate::api::Server;
use crate::api::answer::{Answer, Reply};
use crate::api::connection::Lost;
use crate::api::document::{Document, OWN};
use crate::api::request::{Ready, Sender, body};
use crate::campaign::Campaign;
use crate::history::{Fact, History, LikeHistory, VoteHistory};
use crate::measure::Kind;
use crate::player::{Due, Load, Verdict};
use crate::recount::Asked;
use crate::schedule::{Like, PlannedVote, Schedule};

/// Questions to voters.
pub struct Check {
    /// The server that is asked.
    pub server: Server,
    /// The campaign that it is asked about.
    pub campaign: Arc<Campaign>,
    /// The schedule that was played.
    pub schedule: Arc<Schedule>,
    /// The answers that it got.
    pub history: History,
    /// The tokens of all voters.
    pub authorizations: Arc<[HeaderValue]>,
    /// How many of them are asked, evenly chosen.
    pub asked_max: usize,
    /// [`OWN`].
    pub document: Document,
    /// The comparison so far.
    pub asked: Mutex<Asked>,
}

#[derive(Deserialize)]
struct OwnData {
    campaign: Option<OwnCampaign>,
    nodes: Vec<Option<OwnSubject>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OwnCampaign {
    viewer_quotas: Option<Vec<OwnQuota>>,
}

#[derive(Deserialize)]
struct OwnQuota {
    category: Option<OwnCategory>,
    used: u64,
    limit: u64,
}

#[derive(Deserialize)]
struct OwnCategory {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OwnSubject {
    viewer_has_voted: Option<bool>,
    viewer_has_liked: Option<bool>,
}

/// The plan and history of one voter.
struct Own<'a> {
    planned_votes: &'a [PlannedVote],
    known_votes: &'a [VoteHistory],
    likes: &'a [Like],
    known_likes: &'a [LikeHistory],
}

impl Check {
    /// Questions about the history of a run.
    #[must_use]
    pub fn new(
        server: &Server,
        campaign: &Arc<Campaign>,
        schedule: &Arc<Schedule>,
        history: History,
        authorizations: &Arc<[HeaderValue]>,
        asked_max: Option<usize>,
    ) -> Self {
        Self {
            server: server.clone(),
            campaign: Arc::clone(campaign),
            schedule: Arc::clone(schedule),
            history,
            authorizations: Arc::clone(authorizations),
            asked_max: asked_max.unwrap_or(usize::MAX),
            document: Document::new(OWN),
            asked: Mutex::default(),
        }
    }

    fn count(&self) -> usize {
        self.authorizations.len().min(self.asked_max)
    }

    /// The voter of the `index`-th question.
    fn voter(&self, index: usize) -> usize {
        index * self.authorizations.len() / self.count().max(1)
    }

    fn own(&self, voter: usize) -> Own<'_> {
        let is_before = |of: u32| (of as usize) < voter;
        let is_own = |of: u32| of as usize <= voter;
        let planned_votes = &self.schedule.planned_votes;
        let likes = &self.schedule.likes;
        let planned = planned_votes.partition_point(|planned| is_before(planned.voter))
            ..planned_votes.partition_point(|planned| is_own(planned.voter));
        let like = likes.partition_point(|like| is_before(like.voter))
            ..likes.partition_point(|like| is_own(like.voter));
        Own {
            planned_votes: &planned_votes[planned.clone()],
            known_votes: &self.history.planned_votes[planned],
            likes: &likes[like.clone()],
            known_likes: &self.history.likes[like],
        }
    }

    fn compare(&self, own: &Own<'_>, data: &OwnData) -> Asked {
        let mut found = Asked {
            voters: 1,
            ..Asked::default()
        };
        // Votes and perhaps votes by scope.
        let mut scopes: HashMap<u16, (u64, u64)> = HashMap::new();
        let (voted, liked) = data
            .nodes
            .split_at(own.planned_votes.len().min(data.nodes.len()));
        for (place, (planned, known)) in own.planned_votes.iter().zip(own.known_votes).enumerate() {
            let node = voted.get(place).and_then(Option::as_ref);
            let has_voted = node.and_then(|node| node.viewer_has_voted) == Some(true);
            let scope = self.campaign.field.scopes[usize::from(planned.nominee)];
            let (votes, perhaps) = scopes.entry(scope).or_default();
            match known.fact() {
                Fact::Yes => {
                    *votes += 1;
                    found.votes_missing += u64::from(!has_voted);
                }
                Fact::Perhaps => *perhaps += 1,
                Fact::No => found.votes_doubled += u64::from(has_voted),
            }
        }
        for (place, known) in own.known_likes.iter().enumerate() {
            let node = liked.get(place).and_then(Option::as_ref);
            let has_liked = node.and_then(|node| node.viewer_has_liked) == Some(true);
            found.likes_missing += u64::from(known.is_liked && !has_liked);
        }
        let quotas = data
            .campaign
            .as_ref()
            .and_then(|c| c.viewer_quotas.as_ref());
        for quota in quotas.into_iter().flatten() {
            let id = quota.category.as_ref().map_or("", |category| &category.id);
            let scope = self
                .campaign
                .categories
                .iter()
                .position(|known| known == id);
            let scope = scope.and_then(|scope| u16::try_from(scope).ok());
            let known = scope.and_then(|scope| scopes.get(&scope));
            let (votes, perhaps) = known.copied().unwrap_or_default();
            let fits = (votes..=votes + perhaps).contains(&quota.used);
            found.quotas_wrong += u64::from(!fits);
            found.quotas_exceeded += u64::from(quota.used > quota.limit);
        }
        found.quotas_wrong += u64::from(quotas.is_none());
        found
    }

    fn add(&self, found: Asked) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.voters += found.voters;
        asked.votes_missing += found.votes_missing;
        asked.votes_doubled += found.votes_doubled;
        asked.likes_missing += found.likes_missing;
        asked.quotas_exceeded += found.quotas_exceeded;
        asked.quotas_wrong += found.quotas_wrong;
        asked.unanswered += found.unanswered;
    }

    fn unanswered(&self) -> Verdict {
        self.add(Asked {
            unanswered: 1,
            ..Asked::default()
        });
        Verdict::Done { is_good: false }
    }

    /// The comparison with the answers of all voters.
    #[must_use]
    pub fn asked(&self) -> Asked {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Load for Check {
    fn due(&self, index: usize) -> Due {
        if index < self.count() {
            Due::Now
        } else {
            Due::Never
        }
    }

    fn kind(&self, _: usize) -> Kind {
        Kind::Check
    }

    fn request(&self, index: usize) -> Ready {
        let voter = self.voter(index);
        let own = self.own(voter);
        let nominees = own.planned_votes.iter().map(|planned| planned.nominee);
        let subjects = nominees.chain(own.likes.iter().map(|like| like.subject));
        let ids: Vec<&str> = subjects
            .map(|subject| self.campaign.subjects[usize::from(subject)].as_str())
            .collect();
        let variables = json!({"campaign": self.campaign.id, "ids": ids});
        let sender = Sender {
            authorization: Some(&self.authorizations[voter]),
            address: None,
        };
        let body = body(&self.document, &variables);
        self.server.requests.post(body, sender)
    }

    fn judge(&self, index: usize, answer: Result<&Answer, Lost>) -> Verdict {
        let Ok(answer) = answer else {
            return Verdict::again();
        };
        let reply: Reply<OwnData> = Reply::read(answer);
        match &reply.data {
            Some(data) if reply.code.is_none() => {
                self.add(self.compare(&self.own(self.voter(index)), data));
                Verdict::Done { is_good: true }
            }
            _ => match Verdict::of_failure(&reply) {
                Verdict::Done { .. } => self.unanswered(),
                verdict => verdict,
            },
        }
    }

    fn give_up(&self, _: usize) {
        self.unanswered();
    }

    fn documents(&self) -> Vec<&Document> {
        vec![&self.document]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Field, Size};

    fn check() -> Check {
        let field = Field {
            scopes: (0..30).map(|nominee| nominee % 2).collect(),
            stories: 4,
            quota: 10,
        };
        let schedule = Schedule::plan(3, Size::scaled(0.01), &field);
        let mut history = History::new(&schedule, 34);
        for planned in 0..schedule.planned_votes.len() {
            history.counted(u32::try_from(planned).expect("few"), "a vote");
        }
        for like in &mut history.likes {
            like.is_liked = true;
        }
        let campaign = Campaign {
            id: "c".to_owned(),
            title: String::new(),
            subjects: (0..34).map(|subject| format!("s{subject}")).collect(),
            categories: vec!["even".to_owned(), "odd".to_owned()],
            field,
            asked_at: chrono::DateTime::UNIX_EPOCH,
        };
        let authorization = HeaderValue::from_static("Bearer x");
        let authorizations: Arc<[HeaderValue]> = vec![authorization; schedule.voters.len()].into();
        let server = Server::new("127.0.0.1:1").expect("an address");
        Check::new(
            &server,
            &Arc::new(campaign),
            &Arc::new(schedule),
            history,
            &authorizations,
            None,
        )
    }

    /// The answer of a perfect server about a voter.
    fn data(check: &Check, own: &Own<'_>) -> OwnData {
        let used = |scope: u16| {
            let is_in = |planned: &&PlannedVote| {
                check.campaign.field.scopes[usize::from(planned.nominee)] == scope
            };
            own.planned_votes.iter().filter(is_in).count() as u64
        };
        let quota = |(scope, id): (u16, &String)| OwnQuota {
            category: Some(OwnCategory { id: id.clone() }),
            used: used(scope),
            limit: 10,
        };
        let subject = || {
            Some(OwnSubject {
                viewer_has_voted: Some(true),
                viewer_has_liked: Some(true),
            })
        };
        let nodes = own.planned_votes.len() + own.likes.len();
        OwnData {
            campaign: Some(OwnCampaign {
                viewer_quotas: Some((0..).zip(&check.campaign.categories).map(quota).collect()),
            }),
            nodes: (0..nodes).map(|_| subject()).collect(),
        }
    }

    #[test]
    fn differences_of_a_voter_are_found() {
        let check = check();
        let has_both = |voter: &usize| {
            let own = check.own(*voter);
            let planned_votes = own.planned_votes.len();
            !own.likes.is_empty() && (1..=10).contains(&planned_votes)
        };
        let voter = (0..1_200).find(has_both).expect("many vote and like");
        let own = check.own(voter);
        assert!(
            own.planned_votes
                .iter()
                .all(|planned| planned.voter as usize == voter)
        );
        let clean = Asked {
            voters: 1,
            ..Asked::default()
        };
        let perfect = || data(&check, &own);
        assert_eq!(check.compare(&own, &perfect()), clean);
        let mut without = perfect();
        without.nodes[0] = None;
        assert_eq!(check.compare(&own, &without).votes_missing, 1);
        let mut without = perfect();
        *without.nodes.last_mut().expect("a like") = None;
        assert_eq!(check.compare(&own, &without).likes_missing, 1);
        let mut over = perfect();
        let quotas = over
            .campaign
            .as_mut()
            .and_then(|c| c.viewer_quotas.as_mut());
        quotas.expect("quotas")[0].used = 11;
        let found = check.compare(&own, &over);
        assert_eq!((found.quotas_exceeded, found.quotas_wrong), (1, 1));
    }
}
