//! Admission: one script takes the tokens, and looks at the remembered votes, of all callers that ask at the same time.
//! Callers that come while Redis answers are the next batch, so that a crowd shares its round trips and nobody waits
//! for a timer.
//!
//! In a cluster each asks alone, all at once: the keys of a script live in one slot there.

use std::sync::Arc;

use futures_util::future::join_all;
use redis::{Cmd, ErrorKind, RedisResult, Script, ServerErrorKind};
use tokio::sync::{mpsc, oneshot};

use super::client::{Connection, RedisClient};
use super::keys::{Keys, VotesKey};
use crate::hot::limits::{Action, BucketOwner, Limits};
use crate::id::NomineeId;

const SCRIPT: &str = include_str!("../scripts/admit.lua");
/// Questions of a batch: Redis does nothing else meanwhile, some 500 us.
const BATCH_MAX: usize = 128;
/// Questions that wait. Beyond them limits are kept in the process.
const QUEUE_MAX: usize = 8_192;

/// The question about the vote of a request of one vote.
#[derive(Debug, Clone, Copy)]
pub(super) struct VoteQuestion {
    pub votes: VotesKey,
    pub nominee_id: NomineeId,
    pub quota: i64,
}

/// The answer of Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admitted {
    /// Not yet, only after so many microseconds.
    After(i64),
    /// Admitted; no remembered vote refuses it.
    Yes,
    /// There is a vote for this nominee in this period.
    Voted,
    /// The quota is spent.
    Spent,
}

impl From<i64> for Admitted {
    fn from(answer: i64) -> Self {
        match answer {
            wait if wait < 0 => Self::After(-wait),
            1 => Self::Voted,
            2 => Self::Spent,
            _ => Self::Yes,
        }
    }
}

/// The way into the task that asks Redis.
#[derive(Debug)]
pub(super) struct Admission(mpsc::Sender<Question>);

#[derive(Debug)]
struct Question {
    action: Action,
    owner: BucketOwner,
    vote: Option<VoteQuestion>,
    reply: oneshot::Sender<Option<Admitted>>,
}

impl Admission {
    /// Starts the task; it ends when the way is gone.
    pub(super) fn start(client: Arc<RedisClient>, keys: Keys, limits: &Limits) -> Self {
        let (sender, questions) = mpsc::channel(QUEUE_MAX);
        let rates = Action::ALL.map(|action| {
            let rate = limits.of(action);
            [rate.interval_us(), rate.burst_us()].map(|us| us.to_string())
        });
        let asking = Asking {
            client,
            keys,
            script: Script::new(SCRIPT),
            rates,
        };
        tokio::spawn(asking.run(questions));
        Self(sender)
    }

    /// Takes one token, and asks about a vote; `None` when Redis is away or too many wait.
    pub(super) async fn ask(
        &self,
        action: Action,
        owner: BucketOwner,
        vote: Option<VoteQuestion>,
    ) -> Option<Admitted> {
        let (reply, answer) = oneshot::channel();
        let question = Question {
            action,
            owner,
            vote,
            reply,
        };
        self.0.try_send(question).ok()?;
        answer.await.ok()?
    }
}

struct Asking {
    client: Arc<RedisClient>,
    keys: Keys,
    script: Script,
    /// Microseconds a token and a full bucket, of each action, as the script takes them.
    rates: [[String; 2]; Action::ALL.len()],
}

impl Asking {
    async fn run(self, mut waiting: mpsc::Receiver<Question>) {
        let mut questions = Vec::with_capacity(BATCH_MAX);
        while waiting.recv_many(&mut questions, BATCH_MAX).await > 0 {
            let answers = self.ask_all(&questions).await;
            for (question, answer) in questions.drain(..).zip(answers) {
                // The caller may have gone.
                let _ = question.reply.send(answer.map(Admitted::from));
            }
        }
    }

    async fn ask_all(&self, questions: &[Question]) -> Vec<Option<i64>> {
        if self.client.is_cluster() {
            let asked = questions.chunks(1).map(|one| self.ask(one));
            return join_all(asked).await.concat();
        }
        self.ask(questions).await
    }

    async fn ask(&self, questions: &[Question]) -> Vec<Option<i64>> {
        let answers = self
            .client
            .call(|connection| self.invoke(connection, questions));
        match answers.await {
            Some(answers) if answers.len() == questions.len() => {
                answers.into_iter().map(Some).collect()
            }
            _ => vec![None; questions.len()],
        }
    }

    async fn invoke(
        &self,
        mut connection: Connection,
        questions: &[Question],
    ) -> RedisResult<Vec<i64>> {
        let call = self.command("EVALSHA", self.script.get_hash(), questions);
        match call.query_async(&mut connection).await {
            // It was restarted: the text brings the script back.
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                let call = self.command("EVAL", SCRIPT, questions);
                call.query_async(&mut connection).await
            }
            answered => answered,
        }
    }

    /// The call of the script, written into one buffer.
    fn command(&self, verb: &str, script: &str, questions: &[Question]) -> Cmd {
        let votes = questions.iter().filter(|q| q.vote.is_some()).count();
        let mut call = redis::cmd(verb);
        call.arg(script).arg(questions.len() + votes);
        let mut key = String::new();
        for question in questions {
            key.clear();
            self.keys
                .write_bucket(&mut key, question.action, question.owner);
            call.arg(&key);
            if let Some(vote) = question.vote {
                key.clear();
                self.keys.write_votes(&mut key, vote.votes);
                call.arg(&key);
            }
        }
        for question in questions {
            for us in &self.rates[question.action as usize] {
                call.arg(us);
            }
            match question.vote {
                Some(vote) => call.arg(vote.nominee_id.0.as_bytes()).arg(vote.quota),
                None => call.arg("").arg("0"),
            };
        }
        call
    }
}
