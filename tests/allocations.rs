//! What a vote may cost in memory, counted and not timed: allocations on the whole way of a request through the
//! process, from its head and body to its answer, without a socket; and what the largest pictures take while they are
//! made. A program of its own, since it counts for the whole program.
//!
//! Counted is the thread of the test, on which everything runs but SQLite itself, whose thread sqlx makes.

use std::net::SocketAddr;
use std::sync::Arc;

use acclaim::app::{App, Parts};
use acclaim::auth::Viewer;
use acclaim::auth::keyed_hash::HashKey;
use acclaim::auth::token::TokenKeys;
use acclaim::clock::Clock;
use acclaim::domain::campaign::ChallengePolicy;
use acclaim::domain::identity::IdentityKind;
use acclaim::graphql::document::{Documents, Policy};
use acclaim::hot::{Hot, Limits, Memory, Rate};
use acclaim::http::pages::poster::Posters;
use acclaim::http::{ConnectionLimits, Server, Service, Timeouts};
use acclaim::id::VoterId;
use acclaim::ledger::{Database, Purpose};
use acclaim::media::picture;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use uuid::Uuid;

/// Allocations of a vote on the embedded stores, where each is a batch of its own: 165 in a build for tests, and a
/// tenth more for what libraries change. The statement that sums turnout has a dozen of them, for a whole batch. Who
/// raises it says what is worth it; a failure says how many there are.
const ALLOCATIONS_MAX: u64 = 180;
/// Bytes that the largest picture takes while it is made, at most: decoded 160 MB, and what its decoder keeps.
const PICTURE_BYTES_MAX: u64 = 256 * 1024 * 1024;
const WARM_UP: usize = 50;
const VOTES: usize = 200;

const VOTE: &str = "mutation Vote($input: CastVoteInput!) { castVote(input: $input) { vote { id castAt } \
    quota { used limit remaining } userErrors { code message } } }";

#[test]
fn the_largest_pictures_take_bounded_memory() {
    // As large as is taken, of next to no bytes: each of these is a thousand times as large when it is unpacked.
    let clear = image::RgbaImage::new(8_192, 4_880);
    let clear = image::DynamicImage::ImageRgba8(clear);
    let plain = image::DynamicImage::ImageRgb8(clear.to_rgb8());
    for (picture, format) in [
        (&clear, image::ImageFormat::Png),
        (&plain, image::ImageFormat::Jpeg),
    ] {
        let mut file = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut file, format).expect("it is encoded");
        let file = file.into_inner();
        assert!(file.len() < 4 * 1024 * 1024);
        let mut size = (0, 0);
        let info = allocation_counter::measure(|| {
            size = picture::make(file.into()).expect("a picture").size;
        });
        assert_eq!(size, (1_200, 715));
        let megabytes = info.bytes_max / (1024 * 1024);
        assert!(
            info.bytes_max < PICTURE_BYTES_MAX,
            "{format:?}: {megabytes} MiB"
        );
    }
}

#[test]
fn a_vote_makes_few_allocations() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let directory = tempfile::tempdir().expect("a temporary folder");
    let (app, service) = runtime.block_on(start(directory.path()));
    let nominees = runtime.block_on(nominees(&service));
    let requests: Vec<Request<Body>> = (0..WARM_UP + VOTES)
        .map(|n| vote(&app, &nominees[n % nominees.len()]))
        .collect();
    let (mut counted, mut allocations) = (0, 0);
    for (n, request) in requests.into_iter().enumerate() {
        let mut answer = Value::Null;
        let info = allocation_counter::measure(|| {
            let response = runtime.block_on(service.answer(request, peer()));
            answer = runtime.block_on(json_of(response));
        });
        if n >= WARM_UP {
            let has_vote = answer["data"]["castVote"]["vote"]["id"].is_string();
            counted += usize::from(has_vote);
            allocations += info.count_total;
        }
    }
    // Reading the answer as JSON is the test's own.
    let own = allocation_counter::measure(|| drop(sample_answer())).count_total;
    let each = allocations / VOTES as u64 - own;
    assert_eq!(counted, VOTES);
    assert!(each <= ALLOCATIONS_MAX, "{each} allocations a vote");
}

fn peer() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 4_711))
}

async fn json_of(response: axum::response::Response) -> Value {
    let bytes = response.into_body().collect().await.expect("a body");
    serde_json::from_slice(&bytes.to_bytes()).expect("JSON")
}

/// An answer like those that are counted.
fn sample_answer() -> Value {
    let text = r#"{"data":{"castVote":{"vote":{"id":"dg","castAt":"2022-10-25T04:00:00.000Z"},
        "quota":{"used":1,"limit":3,"remaining":2},"userErrors":[]}}}"#;
    serde_json::from_str(text).expect("JSON")
}

/// Limits that nothing here reaches.
fn generous_limits() -> Limits {
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

async fn start(directory: &std::path::Path) -> (Arc<App>, Service) {
    let url = format!("sqlite:{}", directory.join("acclaim.db").display());
    let database = Database::open(&url, 4, Purpose::Serving).await;
    let database = database.expect("it opens");
    let noon = "2022-10-25T04:00:00Z".parse().expect("a time");
    let clock = Clock::manual(noon);
    database.migrate().await.expect("the tables are made");
    let parts = Parts {
        clock,
        database: Arc::new(database),
        hot: Hot::Memory(Memory::new(generous_limits())),
        tokens: TokenKeys::from_secrets(&["a secret of access tokens, long enough"]).expect("good"),
        hash_key: HashKey::new(b"a secret of identities, long enough too"),
        platforms: Box::default(),
        media: None,
        mailer: None,
        public_url: None,
        voter_retention: chrono::TimeDelta::days(180),
        signals: acclaim::domain::signals::SignalOptions::default(),
    };
    let (app, _writer) = App::build(parts).await.expect("the app starts");
    let loaded = acclaim::demo::load(&app, ChallengePolicy::Never).await;
    loaded.expect("the demo is loaded");
    let app = Arc::new(app);
    let documents = Documents::new(Arc::clone(&app), Policy::Any).await;
    let connection_limits = ConnectionLimits {
        trusted_proxies: Vec::new(),
        allowed_origins: Vec::new(),
        connections_max: 16,
        subscribers_max: 16,
        subscribers_address_max: 16,
        subscribers_viewer_max: 16,
        timeouts: Timeouts::default(),
    };
    let stopping = tokio_util::sync::CancellationToken::new();
    let documents = documents.expect("good documents");
    let server = Server::new(
        Arc::clone(&app),
        documents,
        connection_limits,
        Posters::new(None, String::new()),
        stopping,
    );
    (app, server.service())
}

fn post(token: Option<&str>, body: &Value) -> Request<Body> {
    let mut request = Request::post("/graphql")
        .header("host", "vote.example")
        .header("accept", "application/graphql-response+json")
        .header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::from(body.to_string()));
    request.expect("a request")
}

fn extensions() -> Value {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VOTE.as_bytes());
    json!({"persistedQuery": {"version": 1, "sha256Hash": data_encoding::HEXLOWER.encode(hash.as_ref())}})
}

/// The ids of the nominees; and the document of a vote is made known.
async fn nominees(service: &Service) -> Vec<String> {
    let body = json!({"query": VOTE, "extensions": extensions(), "variables": {"input": {"nomineeId": ""}}});
    service.answer(post(None, &body), peer()).await;
    let query = r#"{ campaign(slug: "demo") { nominees(first: 100) { nodes { id } } } }"#;
    let asked = service.answer(post(None, &json!({"query": query})), peer());
    let answer = json_of(asked.await).await;
    let nodes = answer["data"]["campaign"]["nominees"]["nodes"].as_array();
    let nodes = nodes.unwrap_or_else(|| panic!("no nominees: {answer}"));
    let ids = nodes.iter().filter_map(|node| node["id"].as_str());
    ids.map(str::to_owned).collect()
}

/// The request of a voter of its own.
fn vote(app: &App, nominee: &str) -> Request<Body> {
    let viewer = Viewer::Voter {
        id: VoterId::new(),
        kinds: IdentityKind::Guest.into(),
        is_suspicious: false,
    };
    let (token, _) = app
        .tokens
        .issue(viewer, None, app.clock.now())
        .expect("it signs");
    let input = json!({"nomineeId": nominee, "idempotencyKey": Uuid::new_v4()});
    let body = json!({"extensions": extensions(), "variables": {"input": input}});
    post(Some(&token), &body)
}
