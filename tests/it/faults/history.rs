//! The history of a run: requests, answers, and the comparison of both with what is stored.

use std::fmt::Write as _;

use std::collections::{HashMap, HashSet};

use acclaim::id::{NomineeId, VoterId};
use serde_json::Value;
use uuid::Uuid;

/// A vote that a client tries to cast until it knows what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wish {
    pub voter: VoterId,
    pub nominee: NomineeId,
    pub key: Uuid,
}

/// The client's knowledge in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Acknowledged: the global id of the vote.
    Counted(String),
    /// Refused for good: the code.
    Refused(String),
    /// No answer to the end: it may count or not.
    Unknown,
}

/// A vote as the database has it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// As clients see it.
    pub id: String,
    pub voter: VoterId,
    pub nominee: NomineeId,
    pub scope: Uuid,
    pub key: Option<Uuid>,
}

/// All wishes of a run with their fates, and answers that nothing excuses.
#[derive(Debug, Default)]
pub struct History {
    pub fates: HashMap<Wish, Fate>,
    /// Answers that a client must never get, whatever breaks.
    pub wrong: Vec<String>,
    /// Requests sent, repetitions included.
    pub requests: u64,
    /// Refusals that say when to come back.
    pub retryable: u64,
    /// Requests without an answer.
    pub unanswered: u64,
}

impl History {
    /// How many were acknowledged.
    pub fn acknowledged(&self) -> usize {
        let is_counted = |fate: &&Fate| matches!(fate, Fate::Counted(_));
        self.fates.values().filter(is_counted).count()
    }

    /// How many have an unknown fate.
    pub fn unknown(&self) -> usize {
        let is_unknown = |fate: &&Fate| **fate == Fate::Unknown;
        self.fates.values().filter(is_unknown).count()
    }

    /// Reads what an answer says of a wish; none where the client has to try again.
    pub fn read(&mut self, answer: &Value) -> Option<Fate> {
        let payload = &answer["data"]["castVote"];
        if let Some(id) = payload["vote"]["id"].as_str() {
            return Some(Fate::Counted(id.to_owned()));
        }
        if let Some(code) = payload["userErrors"][0]["code"].as_str() {
            return Some(Fate::Refused(code.to_owned()));
        }
        let extensions = &answer["errors"][0]["extensions"];
        let code = extensions["code"].as_str().unwrap_or_default();
        let is_retryable = matches!(code, "UNAVAILABLE" | "OVERLOADED" | "RATE_LIMITED");
        if is_retryable && extensions["retryAfterMs"].is_u64() {
            self.retryable += 1;
        } else {
            self.wrong.push(answer.to_string());
        }
        None
    }

    /// Compares with what is stored, where each voter has `quota` votes in each scope and wished more than that in one:
    /// what differs, a line each.
    pub fn compare(&self, stored: &[Stored], quota: usize) -> Vec<String> {
        let mut found = Vec::new();
        let mut say = |line: String| found.push(line);
        let by_id: HashMap<&str, &Stored> = stored.iter().map(|s| (s.id.as_str(), s)).collect();
        let mut lost = 0;
        for (wish, fate) in &self.fates {
            if let Fate::Counted(id) = fate {
                let is_there = by_id.get(id.as_str()).is_some_and(|vote| {
                    (vote.voter, vote.nominee, vote.key)
                        == (wish.voter, wish.nominee, Some(wish.key))
                });
                lost += usize::from(!is_there);
            }
        }
        if lost > 0 {
            say(format!("{lost} acknowledged votes are not stored"));
        }
        let attempted: HashSet<(VoterId, NomineeId, Option<Uuid>)> = self
            .fates
            .keys()
            .map(|wish| (wish.voter, wish.nominee, Some(wish.key)))
            .collect();
        let unexpected = stored
            .iter()
            .filter(|vote| !attempted.contains(&(vote.voter, vote.nominee, vote.key)))
            .count();
        if unexpected > 0 {
            say(format!("{unexpected} votes are stored that nobody cast"));
        }
        let pairs: HashSet<_> = stored.iter().map(|v| (v.voter, v.nominee)).collect();
        let keys: HashSet<_> = stored.iter().map(|v| v.key).collect();
        if pairs.len() != stored.len() || keys.len() != stored.len() {
            say("votes are doubled".to_owned());
        }
        let mut used: HashMap<(VoterId, Uuid), usize> = HashMap::new();
        for vote in stored {
            *used.entry((vote.voter, vote.scope)).or_default() += 1;
        }
        if used.values().any(|votes| *votes > quota) {
            say("a quota is exceeded".to_owned());
        }
        self.compare_refusals(&used, quota, &mut say);
        found
    }

    /// A refusal has to be true: the quota is spent by votes that are stored.
    fn compare_refusals(
        &self,
        used: &HashMap<(VoterId, Uuid), usize>,
        quota: usize,
        say: &mut impl FnMut(String),
    ) {
        let mut most_used: HashMap<VoterId, usize> = HashMap::new();
        for ((voter, _), votes) in used {
            let most = most_used.entry(*voter).or_default();
            *most = (*most).max(*votes);
        }
        for (wish, fate) in &self.fates {
            if let Fate::Refused(code) = fate {
                let most = most_used.get(&wish.voter).copied();
                if code != "QUOTA_SPENT" || most != Some(quota) {
                    say(format!(
                        "{wish:?} was refused with {code}, having {most:?} votes"
                    ));
                }
            }
        }
    }

    /// The figures on one line.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        let _ = write!(
            text,
            "{} wishes, {} requests, {} acknowledged, {} refused to come back, {} unanswered, {} unknown in the end",
            self.fates.len(),
            self.requests,
            self.acknowledged(),
            self.retryable,
            self.unanswered,
            self.unknown()
        );
        text
    }
}

#[test]
fn every_difference_is_found() {
    let (voter, scope) = (VoterId::new(), Uuid::new_v4());
    let wish = || Wish {
        voter,
        nominee: NomineeId::new(),
        key: Uuid::new_v4(),
    };
    let vote = |wish: Wish| Stored {
        id: wish.key.to_string(),
        voter: wish.voter,
        nominee: wish.nominee,
        scope,
        key: Some(wish.key),
    };
    let (counted, unknown, other) = (wish(), wish(), wish());
    let mut history = History::default();
    let told = Fate::Counted(counted.key.to_string());
    history.fates.insert(counted, told);
    history.fates.insert(unknown, Fate::Unknown);
    let good = [vote(counted), vote(unknown)];
    assert_eq!(history.compare(&good, 2), Vec::<String>::new());
    assert_eq!(history.compare(&good[..1], 2), Vec::<String>::new());
    assert_eq!(
        history.compare(&good[1..], 2),
        ["1 acknowledged votes are not stored"]
    );
    assert_eq!(history.compare(&good, 1), ["a quota is exceeded"]);
    let doubled = [vote(counted), vote(counted)];
    assert_eq!(history.compare(&doubled, 2), ["votes are doubled"]);
    let more = [vote(counted), vote(other)];
    assert_eq!(
        history.compare(&more, 2),
        ["1 votes are stored that nobody cast"]
    );
    history
        .fates
        .insert(other, Fate::Refused("QUOTA_SPENT".to_owned()));
    assert_eq!(history.compare(&good, 2), Vec::<String>::new());
    assert_eq!(history.compare(&good[..1], 2).len(), 1);
}
