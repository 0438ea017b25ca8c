//! Whole campaigns of `loadtest attack`, stored vote by vote and judged at the desk: what the server finds in its
//! database, and what the rules that it offers withhold, is what the signals find in the same votes in memory.
//!
//! One scenario is played here, and one attack of each kind comes over HTTP (`over_http`), beside a small crowd.
//! `ACCLAIM_ATTACKS=all tests/run attacks::` plays all beside the whole one, which takes an hour in a debug build; a
//! name's beginning, such as `b `, plays those that begin so. The slow drip is found among many votes only, and comes
//! over HTTP then.

mod over_http;

use std::collections::{HashMap, HashSet};

use acclaim::app::desk::{Desk, NamedVotes, WithholdingProposal};
use acclaim::app::signals::find_signals;
use acclaim::clock::Clock;
use acclaim::domain::campaign::{Campaign, Category};
use acclaim::domain::period::number;
use acclaim::domain::signals::{Alarm, SignalOptions};
use acclaim::domain::turnout::ClientKind;
use acclaim::domain::vote::{Circumstances, Outcome, Selection, VoteRequest};
use acclaim::domain::withholding::WithholdingRefusal;
use acclaim::http::ConnectionLimits;
use acclaim::id::{CategoryId, NomineeId, VoteId, VoterId};
use acclaim::ledger::campaign;
use acclaim::ledger::signals::list_cases;
use acclaim::ledger::withholding::list_by_ids;
use acclaim::verify::verify;
use acclaim_signals::{SignalSettings, Story, Vote};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use loadtest::attack::evaluation::{Evaluation, evaluate};
use loadtest::attack::{CampaignKind, Crowd, Played, SCENARIOS, START_MS, VOTERS, categories};
use uuid::Uuid;

use crate::harness::{Sample, Stores, TestApp, sample_nominee};

/// A seed that no threshold was tuned on.
const SEED: u64 = 11;
/// Voters of the small crowd: so many that an attack is found among their votes.
const FEW_VOTERS: u32 = 6_000;
/// Votes that are cast at once.
const CHUNK: usize = 4_096;

fn time(at_ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at_ms).expect("a time")
}

/// The things that a server knows by hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Thing {
    Address(u32),
    Block(u32),
    Device(u32),
}

/// The hashes of things that came over HTTP; any other thing has one that stands for its number.
#[derive(Default)]
struct Hashes(HashMap<Thing, [u8; 16]>);

impl Hashes {
    fn of(&self, thing: Thing) -> [u8; 16] {
        let (kind, number) = match thing {
            Thing::Address(number) => (1, number),
            Thing::Block(number) => (2, number),
            Thing::Device(number) => (3, number),
        };
        let mut bytes = [kind; 16];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        self.0.get(&thing).copied().unwrap_or(bytes)
    }
}

/// The id of a voter of `loadtest attack`.
fn voter_id(vote: &Vote) -> VoterId {
    VoterId(Uuid::from_u128(u128::from(vote.voter) + 1))
}

/// A server with a campaign of the nominees of `loadtest attack`.
struct Stage {
    app: TestApp,
    sample: Sample,
    categories: Vec<CategoryId>,
}

impl Stage {
    async fn new(stores: &Stores) -> Self {
        let clock = Clock::manual(time(START_MS));
        let trust = |limits: &mut ConnectionLimits| {
            limits.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
        };
        let builder = TestApp::builder(stores).with_clock(clock);
        let app = builder.with_connection_limits(trust).start().await;
        let mut sample = app
            .sample_with(|campaign: &mut Campaign| {
                campaign.voting_opens_at = time(START_MS) - TimeDelta::days(1);
                campaign.voting_closes_at = time(START_MS) + TimeDelta::days(5);
                campaign.votes_per_period = 1_000;
            })
            .await;
        let of = categories();
        let count = of.iter().max().expect("categories") + 1;
        let mut tx = app.database.begin("test").await.expect("it begins");
        let mut made = Vec::new();
        for key in 0..count {
            let category = Category {
                id: CategoryId::new(),
                campaign_id: sample.campaign.id,
                key: format!("attacked-{key}"),
                name: format!("Attacked {key}"),
                shortlist_size: 10,
            };
            let stored = campaign::insert_category(&mut tx, &category, 10 + i64::from(key)).await;
            stored.expect("a good category");
            made.push(category.id);
        }
        let nominee = |(place, category): (i64, &u16)| {
            sample_nominee(
                sample.campaign.id,
                made[usize::from(*category)],
                1_000 + place,
            )
        };
        let nominees: Vec<_> = (0i64..).zip(&of).map(nominee).collect();
        let stored = campaign::insert_nominees(&mut tx, &nominees).await;
        stored.expect("good nominees");
        tx.commit().await.expect("it commits");
        sample.nominees = nominees
            .iter()
            .map(|nominee| nominee.id)
            .collect::<Vec<NomineeId>>();
        app.refresh().await;
        let categories = of
            .iter()
            .map(|category| made[usize::from(*category)])
            .collect();
        Self {
            app,
            sample,
            categories,
        }
    }

    fn request(&self, vote: &Vote, hashes: &Hashes) -> VoteRequest {
        let (campaign, nominee) = (&self.sample.campaign, usize::from(vote.nominee));
        let cast_at = time(vote.cast_at_ms);
        VoteRequest {
            campaign_id: campaign.id,
            voter_id: voter_id(vote),
            period: number(campaign.quota_period, campaign.time_zone.0, cast_at),
            quota: campaign.votes_per_period,
            rules_revision: 1,
            cast_at,
            idempotency_key: None,
            selections: vec![Selection {
                id: VoteId::new(),
                nominee_id: self.sample.nominees[nominee],
                scope_id: campaign.scope(self.categories[nominee]),
            }],
            client: ClientKind::Page,
            circumstances: Circumstances {
                network_hash: Some(hashes.of(Thing::Address(vote.address))),
                network_block_hash: Some(hashes.of(Thing::Block(vote.block))),
                device_hash: vote.device.map(|device| hashes.of(Thing::Device(device))),
                seen_ms: vote.seen_ms.map(i64::from),
                share_nominee: vote
                    .share_nominee
                    .map(|nominee| self.sample.nominees[usize::from(nominee)]),
                is_guest: false,
            },
        }
    }

    /// Stores votes and stories.
    async fn store(&self, votes: &[Vote], stories: &[Story], hashes: &Hashes) {
        let writer = &self.app.inner().writer;
        for chunk in votes.chunks(CHUNK) {
            let cast = chunk
                .iter()
                .map(|vote| writer.cast(self.request(vote, hashes)));
            for verdict in join_all(cast).await {
                let outcome = verdict.expect("the database answers").outcome;
                assert!(matches!(outcome, Outcome::Counted(_)), "{outcome:?}");
            }
        }
        for story in stories {
            let nominee = usize::from(story.nominee);
            let at = time(story.published_at_ms);
            self.sample
                .insert_story(&self.app.database, Some(nominee), "A story", at)
                .await;
        }
    }

    /// Proposes what the cases offer, applies it and lets it do its work; returns the number of withheld votes.
    async fn withhold_offers(&self, alarms: &[Alarm]) -> i64 {
        let desk = Desk::of_operator(&self.app.database, &self.app.clock);
        let cases = list_cases(&self.app.database, self.sample.campaign.id, 100).await;
        let cases = cases.expect("the database answers");
        assert_eq!(
            cases.iter().flat_map(|case| &case.alarms).count(),
            alarms.len()
        );
        for case in &cases {
            for offer in case.alarms.iter().flat_map(|alarm| &alarm.offers) {
                let proposal = WithholdingProposal {
                    campaign_id: self.sample.campaign.id,
                    named: NamedVotes::Offer(case.id, offer.id),
                    reason: "offered".to_owned(),
                    is_active: false,
                    idempotency_key: None,
                };
                let proposed = desk.propose_withholding(&proposal).await;
                match proposed.expect("the database answers") {
                    Ok(id) => {
                        let found = list_by_ids(&self.app.database, vec![id.0]).await;
                        let votes = found.expect("the database answers")[0].proposed_votes;
                        let applied = desk.apply_withholding(id, 1, Some(votes)).await;
                        assert_eq!(applied.expect("the database answers"), Ok(()));
                        let worked = self.app.inner().run_withholding().await;
                        worked.expect("it works");
                    }
                    // All of them are held by an offer of before.
                    Err(rejections) => assert_eq!(rejections[0].why, WithholdingRefusal::NoVotes),
                }
            }
        }
        self.app.inner().publish_tallies().await;
        let report = verify(&self.app.database, None).await.expect("a report");
        assert!(report.is_clean(), "{report}");
        let ranked = self.app.inner().tally(self.sample.campaign.id).await;
        ranked.expect("the database answers").tally.withheld
    }
}

/// The votes that a server takes: one a voter, nominee and day. A few people of the crowd choose somebody twice.
fn takeable(stage: &Stage, played: Played) -> Played {
    let campaign = &stage.sample.campaign;
    let mut known = HashSet::new();
    let is_new = |(vote, _): &(Vote, bool)| {
        let day = number(
            campaign.quota_period,
            campaign.time_zone.0,
            time(vote.cast_at_ms),
        );
        known.insert((vote.voter, vote.nominee, day))
    };
    let votes = played.votes.into_iter().zip(played.is_attack);
    let (votes, is_attack) = votes.filter(is_new).unzip();
    Played {
        votes,
        is_attack,
        stories: played.stories,
    }
}

/// Examines a stored campaign, and withholds what its cases offer: it is what the signals find in memory, which is
/// returned.
async fn judge(name: &str, stage: &Stage, played: Played) -> Evaluation {
    let end = played.votes.last().expect("votes").cast_at_ms;
    stage.app.clock.set(time(end) + TimeDelta::minutes(6));
    stage.app.inner().run_signals().await.expect("it examines");
    let (id, to) = (stage.sample.campaign.id, time(end) + TimeDelta::minutes(5));
    let options = SignalOptions::default();
    let found = find_signals(&stage.app.database, id, to, &options).await;
    let found = found.expect("the database answers");
    let expected = evaluate(played, SignalSettings::default());
    assert_eq!(found.cases.len(), expected.cases, "{name}");
    let offers = |case: &&Vec<Alarm>| case.iter().any(|alarm| !alarm.offers.is_empty());
    let offered = found.cases.iter().filter(offers).count();
    assert_eq!(offered, expected.rules, "{name}");
    let withheld = stage.withhold_offers(&found.cases.concat()).await;
    let taken = expected.attack.1 + expected.honest.1;
    let taken = i64::try_from(taken).expect("it is small");
    assert_eq!(withheld, taken, "{name}");
    expected
}

/// The beginning of the names of the scenarios that are played beside the whole crowd; none for a few beside a small
/// one.
#[allow(
    clippy::disallowed_methods,
    reason = "how much to play is no setting of the program"
)]
fn chosen() -> Option<String> {
    std::env::var("ACCLAIM_ATTACKS").ok()
}

fn crowd() -> Crowd {
    let voters = chosen().map_or(FEW_VOTERS, |_| VOTERS);
    Crowd::new(SEED, CampaignKind::A, voters)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_is_stored_shows_what_its_votes_show_in_memory() {
    let chosen = chosen().unwrap_or_else(|| "a own 60".to_owned());
    let is_chosen = |name: &str| chosen == "all" || name.starts_with(&chosen);
    let scenarios: Vec<_> = SCENARIOS
        .iter()
        .filter(|(name, _)| is_chosen(name))
        .collect();
    assert!(!scenarios.is_empty(), "no scenario begins with {chosen:?}");
    let crowd = crowd();
    for (name, scenario) in scenarios {
        let stores = Stores::embedded();
        let stage = Stage::new(&stores).await;
        let played = takeable(&stage, crowd.play(*scenario));
        let (votes, stories) = (&played.votes, &played.stories);
        stage.store(votes, stories, &Hashes::default()).await;
        Box::pin(judge(name, &stage, played)).await;
    }
}
