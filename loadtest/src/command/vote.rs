//! `vote`: votes of distinct voters, each with its own idempotency key.

use std::process::ExitCode;
use std::sync::{Arc, PoisonError};

use clap::Args;
use http::HeaderValue;
use serde_json::json;
use tokio::time::Instant;

use super::TargetArgs;
use super::bench::{Codes, Cpu, Line, PaceArgs, due, plan, show};
use crate::api::Server;
use crate::api::answer::{Answer, Reply, VoteData};
use crate::api::connection::Lost;
use crate::api::document::{Document, VOTE};
use crate::api::request::{Ready, Sender, Template};
use crate::campaign::Campaign;
use crate::measure::Kind;
use crate::player::{Due, Load, Verdict, play};
use crate::random;
use crate::schedule::voter_id;
use crate::subscribers::Acknowledged;
use crate::{Failure, print};

/// The stream of randomness of the keys.
const KEYS: u64 = 11;

/// Arguments of `vote`.
#[derive(Debug, Args)]
pub struct VoteArgs {
    /// Whom the load is for.
    #[command(flatten)]
    pub target: TargetArgs,
    /// How fast, how long, how often.
    #[command(flatten)]
    pace: PaceArgs,
    /// Voters of a run. When all have voted they begin again with other nominees, as far as the quota goes
    #[arg(long, default_value_t = 100_000)]
    voters: u32,
    /// Do not send again what the server refuses for now: the load stays what it is, however much that is
    #[arg(long)]
    drop_refused: bool,
}

/// Runs `vote`.
pub async fn run(args: &VoteArgs) -> Result<ExitCode, Failure> {
    let server = args.target.server()?;
    let campaign = Campaign::find(&server, &args.target.campaign).await?;
    // Voters of this moment, so that every run has new ones.
    let seed = campaign.asked_at.timestamp_micros().unsigned_abs();
    let mut lines = Vec::new();
    for run in 0..=args.pace.runs {
        let seed = seed + u64::from(run);
        let mut load = Votes::new(&server, &campaign, &args.target, args.voters, seed).await?;
        load.rate = args.pace.rate;
        load.drops_refused = args.drop_refused;
        let load = Arc::new(load);
        // The first one warms up.
        let duration = if run == 0 {
            args.pace.warm_up
        } else {
            args.pace.duration
        };
        let plan = plan(&args.target, &server, "Voting", duration);
        let cpu = Cpu::start(&args.target);
        let played = play(Arc::clone(&load), plan).await;
        if run > 0 {
            lines.push(Line::new(Kind::Vote, &played, &load.codes, cpu));
        }
        if played.elapsed < duration.mul_f64(0.9) {
            print("All votes were cast before the time was over: give more --voters.\n");
        }
    }
    show("Votes", &args.pace, &args.target, &lines);
    Ok(ExitCode::SUCCESS)
}

/// Votes of many voters: all of them for one nominee each, then for another.
pub struct Votes {
    server: Server,
    document: Document,
    templates: Vec<Template>,
    authorizations: Vec<HeaderValue>,
    seed: u64,
    rounds: usize,
    /// Votes a second; as many as there are answers without it.
    pub rate: Option<f64>,
    /// Whether what is refused for now is not sent again.
    pub drops_refused: bool,
    /// Answers that are no votes.
    pub codes: Codes,
    /// When votes were acknowledged, where somebody wants to know.
    pub acknowledged: Option<Acknowledged>,
}

impl Votes {
    /// Votes of so many voters of a seed.
    pub async fn new(
        server: &Server,
        campaign: &Campaign,
        target: &TargetArgs,
        voters: u32,
        seed: u64,
    ) -> Result<Self, Failure> {
        let ids = (0..voters.max(1))
            .map(|voter| voter_id(seed, voter))
            .collect();
        let needed = std::time::Duration::from_mins(30);
        let authorizations = target
            .tokens
            .authorizations(server, ids, campaign.asked_at, needed)
            .await?;
        let document = Document::new(VOTE);
        let template = |id: &String| {
            let input = json!({"nomineeId": id, "idempotencyKey": Template::GAP});
            Template::new(&document, &json!({"input": input}))
        };
        let nominees = &campaign.subjects[..campaign.nominees()];
        let quota = usize::from(campaign.field.quota);
        Ok(Self {
            server: server.clone(),
            templates: nominees.iter().map(template).collect(),
            document,
            authorizations,
            seed,
            // However many of a voter's nominees share a scope, its quota holds them.
            rounds: quota.min(nominees.len()),
            rate: None,
            drops_refused: false,
            codes: Codes::default(),
            acknowledged: None,
        })
    }
}

impl Load for Votes {
    fn due(&self, index: usize) -> Due {
        if index < self.authorizations.len() * self.rounds {
            due(self.rate, index)
        } else {
            Due::Never
        }
    }

    fn kind(&self, _: usize) -> Kind {
        Kind::Vote
    }

    fn request(&self, index: usize) -> Ready {
        let voter = index % self.authorizations.len();
        let round = index / self.authorizations.len();
        // Another nominee in each round.
        let nominee = (voter + round) % self.templates.len();
        let body = self.templates[nominee].with_uuid(random::uuid(self.seed, KEYS, index as u64));
        let sender = Sender {
            authorization: Some(&self.authorizations[voter]),
            address: None,
        };
        self.server.requests.post(body, sender)
    }

    fn judge(&self, _: usize, answer: Result<&Answer, Lost>) -> Verdict {
        let Ok(answer) = answer else {
            return Verdict::again();
        };
        let reply: Reply<VoteData> = Reply::read(answer);
        let payload = reply.data.as_ref().and_then(|data| data.cast_vote.as_ref());
        if payload.is_some_and(|payload| payload.vote.is_some()) {
            if let Some(times) = &self.acknowledged {
                let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
                times.push(Instant::now());
            }
            return Verdict::Done { is_good: true };
        }
        let refusal = payload.and_then(|payload| payload.user_errors.first());
        if let Some(error) = refusal {
            self.codes.count(&error.code);
            return Verdict::Done { is_good: false };
        }
        self.codes
            .count(reply.code.as_deref().unwrap_or("neither vote nor error"));
        match Verdict::of_failure(&reply) {
            Verdict::Again(_) if self.drops_refused => Verdict::Dropped,
            verdict => verdict,
        }
    }

    fn documents(&self) -> Vec<&Document> {
        vec![&self.document]
    }
}
