//! The time that a unit of an operation's cost takes, for every list of the API and for operations that try to be
//! dear, in campaigns of several sizes: `cargo bench --bench prices`. What a client is charged is fair where the times
//! are alike; the worst of them times an address's allowance is the part of a core that an address can take.

#![allow(clippy::print_stdout, reason = "the table is the result")]

#[path = "../tests/it/list_fields.rs"]
mod list_fields;

use std::sync::Arc;
use std::time::{Duration, Instant};

use acclaim::app::{App, Client, Parts};
use acclaim::auth::Viewer;
use acclaim::auth::keyed_hash::HashKey;
use acclaim::auth::token::TokenKeys;
use acclaim::clock::Clock;
use acclaim::domain::campaign::ChallengePolicy;
use acclaim::domain::nominee::Nominee;
use acclaim::domain::roster::Roster;
use acclaim::domain::turnout::ClientKind;
use acclaim::graphql::RequestContext;
use acclaim::graphql::document::{Documents, Params, Policy};
use acclaim::graphql::messages::Language;
use acclaim::graphql::node_id::GlobalId;
use acclaim::hot::{Hot, Limits, Memory, Rate};
use acclaim::id::NomineeId;
use acclaim::ledger::{self, Database, Purpose};
use list_fields::LIST_FIELDS;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Nominees of the campaigns.
const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// The time that an operation is repeated for.
const MEASURED: Duration = Duration::from_millis(400);
/// Measured times of which the fastest counts: what else the machine does only adds.
const ROUNDS: u32 = 5;
const SECRET: &str = "a secret of access tokens, long enough";

/// Operations that are made to take more than they pay.
const DEAR: &[(&str, &str)] = &[
    ("the smallest", "{ serverTime }"),
    (
        "15 searches in each of 20 campaigns",
        "query($twenty: [ID!]!) { nodes(ids: $twenty) { ... on Campaign {
            a: nominees(first: 1, search: \"x\") { totalCount } b: nominees(first: 1, search: \"xx\") { totalCount }
            c: nominees(first: 1, search: \"y\") { totalCount } d: nominees(first: 1, search: \"z\") { totalCount }
            e: nominees(first: 1, search: \"q\") { totalCount } f: nominees(first: 1, search: \"qq\") { totalCount }
            g: nominees(first: 1, search: \"号\") { totalCount } h: nominees(first: 1, search: \"a\") { totalCount }
            i: nominees(first: 1, search: \"b\") { totalCount } j: nominees(first: 1, search: \"c\") { totalCount }
        } } }",
    ),
    (
        "a shuffle, searched",
        "query($campaign: ID!) { nominees(campaignId: $campaign, first: 1, orderBy: SHUFFLED, search: \"o\") { totalCount } }",
    ),
    ("introspection", "{ __schema { types { name fields { name type { name } } } } }"),
];

/// A process on a campaign of so many nominees.
struct Process {
    documents: Documents,
    variables: Value,
    requester: RequestContext,
    _directory: TempDir,
}

impl Process {
    async fn start(size: usize) -> Self {
        let directory = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", directory.path().join("a.db").display());
        let database = Database::open(&url, 8, Purpose::Serving).await;
        let database = Arc::new(database.expect("it opens"));
        let clock = Clock::System;
        database.migrate().await.expect("tables");
        let hash_key = HashKey::new(SECRET.as_bytes());
        let parts = Parts {
            clock,
            database: Arc::clone(&database),
            hot: Hot::Memory(Memory::new(generous())),
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
        grow(&app, size).await;
        let roster = demo(&app);
        let campaign = GlobalId::Campaign(roster.campaign().id).encode(&hash_key).0;
        let nominees = roster.nominees()[..100].iter();
        let nominees: Vec<String> = nominees
            .map(|n| GlobalId::Nominee(n.id).encode(&hash_key).0)
            .collect();
        let variables = json!({
            "campaign": campaign,
            "category": GlobalId::Category(roster.categories()[0].id).encode(&hash_key).0,
            "campaigns": vec![campaign.clone(); 100],
            "twenty": vec![campaign; 20],
            "nominees": nominees,
        });
        let documents = Documents::new(Arc::new(app), Policy::Open).await;
        Self {
            documents: documents.expect("documents"),
            variables,
            requester: requester(),
            _directory: directory,
        }
    }

    /// The cost of an operation and the time that one execution takes; none where it is refused as too dear.
    async fn measure(&self, query: &str) -> Option<(u64, Duration)> {
        let mut fastest = Duration::MAX;
        let cost = self.execute(query).await?;
        for _ in 0..ROUNDS {
            let started = Instant::now();
            let mut executed = 0;
            while started.elapsed() < MEASURED / ROUNDS || executed == 0 {
                self.execute(query).await?;
                executed += 1;
            }
            fastest = fastest.min(started.elapsed() / executed);
        }
        Some((cost, fastest))
    }

    /// Executes an operation as a request is; returns its cost.
    async fn execute(&self, query: &str) -> Option<u64> {
        let used = |name: &String| query.contains(&format!("${name}:"));
        let variables = self.variables.as_object().expect("an object").iter();
        let variables: serde_json::Map<_, _> = variables
            .filter(|(name, _)| used(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let params = json!({"query": query, "variables": variables, "extensions": {"cost": true}});
        let params: Params = serde_json::from_value(params).expect("good");
        let executable = self.documents.find(params, &self.requester).await.ok()?;
        let cost = executable.cost.expect("it is asked for");
        let (response, code) = self.documents.execute(executable).await;
        assert_eq!(code, None, "{query}: {response:?}");
        let body = serde_json::to_vec(&response.data).expect("JSON");
        assert!(!body.is_empty());
        Some(cost.operation())
    }
}

fn generous() -> Limits {
    let generous = Rate {
        per_second: 1e12,
        burst: u32::MAX,
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

fn requester() -> RequestContext {
    RequestContext {
        viewer: Viewer::Anonymous,
        client: Client {
            address: [192, 0, 2, 1].into(),
            user_agent: Some("a phone".into()),
            device_id: None,
            kind: ClientKind::Other,
        },
        language: Language::default(),
    }
}

/// The demo's campaign as it stands.
fn demo(app: &App) -> Arc<Roster> {
    let catalog = app.campaigns.catalog();
    let found = catalog.visible(Viewer::Anonymous).next().cloned();
    found.expect("the demo's campaign")
}

/// Adds nominees to the demo's campaign until it has so many.
async fn grow(app: &App, size: usize) {
    let roster = demo(app);
    let of_number = |number: usize| Nominee {
        id: NomineeId::new(),
        number: i64::try_from(number).expect("small") + 1_000,
        ..roster.nominees()[number % roster.nominees().len()].clone()
    };
    let new: Vec<Nominee> = (roster.nominees().len()..size).map(of_number).collect();
    let mut tx = app.database.begin("grow").await.expect("it answers");
    let stored = ledger::campaign::insert_nominees(&mut tx, &new).await;
    stored.expect("good nominees");
    tx.commit().await.expect("it commits");
    app.refresh_campaigns().await.expect("it answers");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!(
        "{:>8} {:>8} {:>10} {:>9}  list",
        "nominees", "cost", "us", "ns/unit"
    );
    let mut worst = (Duration::ZERO, String::new());
    for size in SIZES {
        let process = Process::start(size).await;
        for (name, query) in LIST_FIELDS.iter().chain(DEAR) {
            let Some((cost, time)) = process.measure(query).await else {
                println!("{size:>8} {:>8} {:>10} {:>9}  {name}", "-", "refused", "-");
                continue;
            };
            let unit = time / u32::try_from(cost.max(1)).expect("small");
            println!(
                "{size:>8} {cost:>8} {:>10} {:>9}  {name}",
                time.as_micros(),
                unit.as_nanos()
            );
            if unit > worst.0 {
                worst = (unit, format!("{name} at {size} nominees"));
            }
        }
    }
    let (unit, name) = worst;
    println!("the dearest unit: {} ns, {name}", unit.as_nanos());
    println!(
        "units a second that take a tenth of a core: {}",
        100_000_000 / unit.as_nanos().max(1)
    );
}
