//! Attacks over HTTP, with their true times: the clock comes to each page that an attacker asks for and to each vote,
//! and the server sees addresses, phones and tickets as it would of anybody. The crowd is stored beside them.

use std::collections::HashMap;

use acclaim::auth::Viewer;
use acclaim::domain::identity::IdentityKind;
use acclaim::ledger::signals::list_votes;
use acclaim::ledger::vote::VotePosition;
use acclaim_signals::Vote;
use chrono::TimeDelta;
use loadtest::attack::{SCENARIOS, START_MS};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Hashes, Stage, Thing, chosen, crowd, judge, takeable, time, voter_id};
use crate::harness::{CAST_VOTE, Payload, Stores, TestClient};

const TICKET: &str = "query($id: ID!) { campaign(id: $id) { ticket } }";

/// Blocks in the order in which they come, each with its addresses.
#[derive(Default)]
struct Addresses(Vec<(u32, Vec<u32>)>);

impl Addresses {
    /// The IPv4 address of a vote; a block is a /24.
    fn of(&mut self, vote: &Vote) -> String {
        let is_block = |known: &(u32, Vec<u32>)| known.0 == vote.block;
        let block = place(&mut self.0, is_block, || (vote.block, Vec::new()));
        let is_address = |known: &u32| *known == vote.address;
        let address = place(&mut self.0[block].1, is_address, || vote.address);
        format!("20.{}.{}.{}", block / 256, block % 256, address + 1)
    }
}

/// The place of an entry, which is made where there is none.
fn place<T>(entries: &mut Vec<T>, is_it: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    entries.iter().position(is_it).unwrap_or_else(|| {
        entries.push(new());
        entries.len() - 1
    })
}

/// A step of a visit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    AskForPage,
    Vote,
}

impl Stage {
    /// Casts votes over HTTP at their times, each of them after the page that it was seen on; returns the hashes by
    /// which the server knows where they came from.
    async fn cast_over_http(&self, votes: &[Vote]) -> Hashes {
        let mut steps = Vec::new();
        for (number, vote) in votes.iter().enumerate() {
            let asked_at_ms = vote.seen_ms.map(|seen| vote.cast_at_ms - i64::from(seen));
            steps.extend(asked_at_ms.map(|at_ms| (at_ms, Step::AskForPage, number)));
            steps.push((vote.cast_at_ms, Step::Vote, number));
        }
        steps.sort_unstable();
        let mut addresses = Addresses::default();
        let mut tickets: HashMap<usize, Value> = HashMap::new();
        for (at_ms, step, number) in steps {
            self.app.clock.set(time(at_ms));
            let vote = &votes[number];
            let from = addresses.of(vote);
            match step {
                Step::AskForPage => {
                    _ = tickets.insert(number, self.ask_for_page(vote, &from).await);
                }
                Step::Vote => self.cast(vote, &from, tickets.remove(&number)).await,
            }
        }
        self.hashes(votes).await
    }

    /// The ticket of the page.
    async fn ask_for_page(&self, vote: &Vote, from: &str) -> Value {
        let variables = json!({"id": self.sample.campaign_id()});
        let request = self.client_of(vote).request(TICKET, &variables);
        let answer = send(request, from, vote).await;
        let ticket = &answer["data"]["campaign"]["ticket"];
        assert!(ticket.is_string(), "{answer}");
        ticket.clone()
    }

    async fn cast(&self, vote: &Vote, from: &str, ticket: Option<Value>) {
        let id = |nominee: u16| self.sample.nominee_id(usize::from(nominee));
        let mut input = json!({"nomineeId": id(vote.nominee), "idempotencyKey": Uuid::new_v4()});
        if let Some(ticket) = ticket {
            input["ticket"] = ticket;
        }
        if let Some(nominee) = vote.share_nominee {
            input["sharedBy"] = json!(id(nominee));
        }
        let variables = json!({"input": input});
        let request = self.client_of(vote).request(CAST_VOTE, &variables);
        let answer = send(request, from, vote).await;
        Payload::of(answer, "castVote").expect_counted();
    }

    fn client_of(&self, vote: &Vote) -> TestClient {
        self.app.client_of(Viewer::Voter {
            id: voter_id(vote),
            kinds: IdentityKind::WechatMiniProgram.into(),
            is_suspicious: false,
        })
    }

    /// The hashes that the server has stored with these votes.
    async fn hashes(&self, votes: &[Vote]) -> Hashes {
        let (database, campaign) = (&self.app.database, self.sample.campaign.id);
        let start = time(START_MS);
        let window = (start, start + TimeDelta::days(5));
        let stored = list_votes(database, campaign, window, VotePosition::FIRST, 10_000).await;
        let stored = stored.expect("the database answers");
        assert_eq!(stored.len(), votes.len());
        let voters: HashMap<_, _> = votes.iter().map(|vote| (voter_id(vote), vote)).collect();
        let mut hashes = Hashes::default();
        for stored in stored {
            let vote = voters[&stored.voter_id];
            let known = [
                Some((Thing::Address(vote.address), stored.network_hash)),
                Some((Thing::Block(vote.block), stored.network_block_hash)),
                vote.device
                    .map(|number| (Thing::Device(number), stored.device_hash)),
            ];
            for (thing, hash) in known.into_iter().flatten() {
                let hash = hash.expect("a hash").try_into().expect("16 bytes");
                let before = hashes.0.insert(thing, hash);
                let is_same = before.is_none_or(|before| before == hash);
                assert!(is_same, "{thing:?} has two hashes");
            }
        }
        hashes
    }
}

/// Sends a request as the phone and from the address of a vote.
async fn send(request: RequestBuilder, from: &str, vote: &Vote) -> Value {
    let phone = vote.device.map_or("script/1.0".to_owned(), |device| {
        format!("Mozilla/5.0 (Linux; Android 13; Model {device} Build/1) MicroMessenger/8.0.40")
    });
    let request = request.header("x-forwarded-for", from);
    let response = request.header("user-agent", phone).send().await;
    let response = response.expect("an answer").json().await;
    response.expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn attacks_over_http_show_what_their_votes_show_in_memory() {
    let crowd = crowd();
    let drip = chosen().map(|_| ("c drip", false));
    let attacks = [
        ("a own 60", true),
        ("b script 1d", true),
        ("b rack 1d", true),
        ("d own 30%", true),
    ];
    for (name, offers_rules) in attacks.into_iter().chain(drip) {
        let mut scenarios = SCENARIOS.iter();
        let known = scenarios.find(|(known, _)| *known == name);
        let (_, scenario) = known.expect("a known scenario");
        let stores = Stores::embedded();
        let stage = Stage::new(&stores).await;
        let played = takeable(&stage, crowd.play(*scenario));
        let part = |of_attack: bool| -> Vec<Vote> {
            let votes = played.votes.iter().zip(&played.is_attack);
            let of_part = votes.filter(|(_, is_attack)| **is_attack == of_attack);
            of_part.map(|(vote, _)| *vote).collect()
        };
        let hashes = stage.cast_over_http(&part(true)).await;
        stage.store(&part(false), &played.stories, &hashes).await;
        let found = Box::pin(judge(name, &stage, played)).await;
        assert_eq!(found.rules > 0, offers_rules, "{name}: {found:?}");
        assert!(found.cases > 0, "{name}: {found:?}");
    }
}
