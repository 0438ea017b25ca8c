//! The pieces that a request is made of, in process: `cargo bench`, or `cargo bench -- token` for some of them.
//!
//! PostgreSQL and Redis are started as the tests do it. What a whole request costs, `loadtest` measures; figures here
//! are for comparing one change with another on the same machine.

#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../tests/it/deadlines.rs"]
mod deadlines;
#[allow(dead_code, unused_imports, reason = "the tests need more of it")]
#[path = "../tests/it/servers/mod.rs"]
mod servers;

use std::sync::Arc;

use acclaim::app::{App, Client, Parts};
use acclaim::auth::Viewer;
use acclaim::auth::keyed_hash::HashKey;
use acclaim::auth::token::TokenKeys;
use acclaim::clock::Clock;
use acclaim::domain::campaign::ChallengePolicy;
use acclaim::domain::identity::IdentityKind;
use acclaim::domain::turnout::ClientKind;
use acclaim::graphql::RequestContext;
use acclaim::graphql::document::guard;
use acclaim::graphql::document::{Documents, Executable, Params, Policy};
use acclaim::graphql::messages::Language;
use acclaim::hot::{Action, BucketOwner, Hot, Limits, Memory, Rate, Redis};
use acclaim::id::VoterId;
use acclaim::ledger::{Database, Purpose};
use divan::{Bencher, black_box};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

fn main() {
    divan::main();
}

const VOTE: &str = "mutation Vote($input: CastVoteInput!) { castVote(input: $input) { vote { id castAt } \
    quota { used limit remaining } userErrors { code message } } }";
const PAGE: &str = r#"{ campaign(slug: "demo") { id title nominees(first: 20) { nodes { id number name employer votes rank } } } }"#;
const TALLY: &str = "subscription Tally($id: ID!) { tallyChanged(campaignId: $id) { version rawVotes asOf \
    entries { nominee { id number name } votes rank share } } }";
const SECRET: &str = "a secret of access tokens, long enough";
/// Voters or requests at the same time.
const CROWDS: [usize; 3] = [1, 64, 256];

fn limits() -> Limits {
    let generous = Rate {
        per_second: 1_000_000.0,
        burst: 1_000_000,
    };
    Limits {
        cast: generous,
        like: generous,
        views: generous,
        anonymous_views: generous,
        sign_in: generous,
        new_guest: generous,
        failed_refresh: generous,
        failed_code: generous,
        phone_code: generous,
        staff_sign_in: generous,
        query: generous,
        staff: generous,
        anonymous_query: generous,
        new_voter: generous,
    }
}

/// The stores behind the writer.
#[derive(Debug, Clone, Copy)]
enum Stores {
    Sqlite,
    Postgres,
}

/// A process on the demo's campaign while it votes.
struct Process {
    runtime: Runtime,
    documents: Documents,
    _directory: TempDir,
}

impl Process {
    fn start(stores: Stores) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let directory = tempfile::tempdir().expect("a temporary folder");
        let documents = runtime.block_on(async {
            let url = match stores {
                Stores::Sqlite => format!("sqlite:{}", directory.path().join("a.db").display()),
                Stores::Postgres => servers::postgres().await.create_database().await,
            };
            let database = Database::open(&url, 8, Purpose::Serving).await;
            let database = database.expect("it opens");
            let clock = Clock::System;
            database.migrate().await.expect("tables");
            let parts = Parts {
                clock,
                database: Arc::new(database),
                hot: Hot::Memory(Memory::new(limits())),
                tokens: TokenKeys::from_secrets(&[SECRET]).expect("good"),
                hash_key: HashKey::new(SECRET.as_bytes()),
                platforms: Box::default(),
                media: None,
                mailer: None,
                public_url: None,
                voter_retention: chrono::TimeDelta::days(180),
                signals: acclaim::domain::signals::SignalOptions::default(),
            };
            let (app, _writer) = App::build(parts).await.expect("the app starts");
            acclaim::demo::load(&app, ChallengePolicy::Never)
                .await
                .expect("demo");
            let documents = Documents::new(Arc::new(app), Policy::Open).await;
            documents.expect("documents")
        });
        Self {
            runtime,
            documents,
            _directory: directory,
        }
    }

    async fn find(&self, query: &str, variables: Value, requester: &RequestContext) -> Executable {
        let params: Params =
            serde_json::from_value(json!({"query": query, "variables": variables})).expect("good");
        let found = self.documents.find(params, requester).await;
        found.unwrap_or_else(|errors| panic!("{errors:?}"))
    }

    async fn ask(&self, query: &str, variables: Value, requester: &RequestContext) -> Value {
        let executable = self.find(query, variables, requester).await;
        let (response, code) = self.documents.execute(executable).await;
        assert_eq!(code, None, "{response:?}");
        serde_json::to_value(response.data).expect("JSON")
    }

    /// An id that a query of the demo's campaign answers.
    fn ids(&self, query: &str, pointer: &str) -> Vec<String> {
        let data = self
            .runtime
            .block_on(self.ask(query, json!({}), &requester()));
        let found = data.pointer(pointer).unwrap_or_else(|| panic!("{data}"));
        let ids = found.as_array().expect("a list").iter();
        ids.filter_map(|node| node["id"].as_str().map(str::to_owned))
            .collect()
    }
}

/// A voter of its own.
fn requester() -> RequestContext {
    RequestContext {
        viewer: Viewer::Voter {
            id: VoterId::new(),
            kinds: IdentityKind::Guest.into(),
            is_suspicious: false,
        },
        client: Client {
            address: [192, 0, 2, 1].into(),
            user_agent: Some("a phone".into()),
            device_id: None,
            kind: ClientKind::Other,
        },
        language: Language::default(),
    }
}

#[divan::bench(args = [false, true])]
fn guarding(bencher: Bencher, is_largest: bool) {
    let text = if is_largest {
        // As many fields as are allowed, by a fragment that is spread.
        let fields = "id slug title summary coverUrl timeZone phase votingOpensAt votingClosesAt";
        let spread = |n| format!("a{n}: campaigns {{ nodes {{ ...F }} }}");
        let spreads = (0..15).map(spread).collect::<Vec<_>>().join(" ");
        format!("query {{ {spreads} }} fragment F on Campaign {{ {fields} }}")
    } else {
        VOTE.to_owned()
    };
    bencher.bench(|| {
        guard::scan(black_box(&text)).expect("within the limits");
        let parsed = async_graphql::parser::parse_query(&text).expect("good");
        guard::check(&parsed).expect("within the limits")
    });
}

#[divan::bench(args = ["{ serverTime }", PAGE])]
fn executing(bencher: Bencher, query: &str) {
    let process = Process::start(Stores::Sqlite);
    let requester = requester();
    bencher.bench(|| {
        let asked = process.ask(query, json!({}), &requester);
        process.runtime.block_on(asked)
    });
}

/// Votes of distinct voters at the same time, through document, rules, limits and the writer, to their commits.
#[divan::bench(args = [(Stores::Sqlite, 1), (Stores::Sqlite, 64), (Stores::Sqlite, 256),
    (Stores::Postgres, 1), (Stores::Postgres, 64), (Stores::Postgres, 256)], sample_count = 30)]
fn voting(bencher: Bencher, (stores, crowd): (Stores, usize)) {
    let process = Process::start(stores);
    let list = r#"{ campaign(slug: "demo") { nominees(first: 100) { nodes { id } } } }"#;
    let nominees = process.ids(list, "/campaign/nominees/nodes");
    let vote = async |n: usize| {
        let nominee = &nominees[n % nominees.len()];
        let input = json!({"nomineeId": nominee, "idempotencyKey": Uuid::new_v4()});
        let data = process
            .ask(VOTE, json!({"input": input}), &requester())
            .await;
        assert!(data["castVote"]["vote"]["id"].is_string(), "{data}");
    };
    bencher
        .counter(divan::counter::ItemsCount::new(crowd))
        .bench(|| {
            let votes = join_all((0..crowd).map(vote));
            process.runtime.block_on(votes)
        });
}

#[divan::bench(args = [true, false])]
fn verifying_a_token(bencher: Bencher, is_cached: bool) {
    let keys = TokenKeys::from_secrets(&[SECRET]).expect("good");
    let now = Clock::System.now();
    let viewer = requester().viewer;
    let (cached, _) = keys.issue(viewer, None, now).expect("it signs");
    bencher
        .with_inputs(|| {
            if is_cached {
                cached.clone()
            } else {
                keys.issue(requester().viewer, None, now)
                    .expect("it signs")
                    .0
            }
        })
        .bench_refs(|token| keys.verify(token, now).expect("ours"));
}

/// Tokens of buckets, one for each of those who ask at the same time.
#[divan::bench(args = CROWDS)]
fn admitting_by_redis(bencher: Bencher, crowd: usize) {
    let runtime = Runtime::new().expect("a runtime");
    let hot = runtime.block_on(async {
        let url = servers::redis().await.url();
        Hot::Redis(Redis::open(&url, Uuid::new_v4(), 0, limits()).expect("an address"))
    });
    admit(bencher, &runtime, &hot, crowd);
}

#[divan::bench(args = CROWDS)]
fn admitting_in_process(bencher: Bencher, crowd: usize) {
    let runtime = Runtime::new().expect("a runtime");
    admit(
        bencher,
        &runtime,
        &Hot::Memory(Memory::new(limits())),
        crowd,
    );
}

fn admit(bencher: Bencher, runtime: &Runtime, hot: &Hot, crowd: usize) {
    let take = async || {
        let voter = BucketOwner::Voter(VoterId::new());
        hot.take(Action::Cast, voter).await.expect("admitted");
    };
    bencher
        .counter(divan::counter::ItemsCount::new(crowd))
        .bench(|| runtime.block_on(join_all((0..crowd).map(|_| take()))));
}

/// The work of one version, however many watch: the tally of 100 nominees executed and written.
#[divan::bench]
fn writing_a_tally(bencher: Bencher) {
    let process = Process::start(Stores::Sqlite);
    let campaigns = process.ids(
        "{ campaigns(first: 1) { nodes { id } } }",
        "/campaigns/nodes",
    );
    let variables = json!({"id": campaigns[0]});
    let requester = requester();
    bencher.bench(|| {
        process.runtime.block_on(async {
            let executable = process.find(TALLY, variables.clone(), &requester).await;
            let mut tallies = process.documents.execute_stream(executable);
            let tally = tallies.next().await.expect("the current one");
            assert!(tally.errors.is_empty(), "{:?}", tally.errors);
            serde_json::to_vec(&tally.data).expect("JSON")
        })
    });
}
