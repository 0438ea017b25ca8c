//! The real program: what it refuses to start on, what it shows, how it stops, and what `verify` finds.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use acclaim::auth::Viewer;
use acclaim::auth::keyed_hash::HashKey;
use acclaim::auth::token::TokenKeys;
use acclaim::clock::Clock;
use acclaim::graphql::document::{Documents, Policy};
use acclaim::graphql::node_id::GlobalId;
use acclaim::http::Server;
use acclaim::http::pages::poster::Posters;
use acclaim::id::VoterId;
use acclaim::ledger::recount::count_votes;
use serde_json::{Value, json};

use crate::clients::{DEADLINE, Event, Events, Socket, in_time, until};
use crate::harness::{
    CAST_VOTE, IDENTITY_SECRET, JWT_SECRET, Options, Program, Sample, Stores, TestServer,
    http_client, on_both, program, refusal, send,
};
use crate::servers;

on_both!(
    weak_secrets_stop_the_start,
    a_database_without_tables_stops_the_start,
    a_newer_schema_stops_the_start,
    serve_can_make_the_tables_first,
    metrics_have_their_own_listener,
    every_answer_carries_an_id_of_the_servers_own,
    a_fault_is_masked_and_its_cause_is_in_the_log,
    a_stop_keeps_what_was_acknowledged,
    staff_that_is_added_can_sign_in,
    verification_finds_what_was_tampered_with,
    verification_speaks_json,
);

/// Runs a command that must end by itself.
pub async fn ended(mut command: Command, input: &str) -> Output {
    let listen = format!("127.0.0.1:{}", servers::free_port());
    command
        .env("ACCLAIM_LISTEN", listen)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let started = Instant::now();
    while child.try_wait().expect("its state").is_none() {
        if started.elapsed() > DEADLINE {
            let _ = child.kill();
            let output = child.wait_with_output().expect("its output");
            panic!("it goes on and on: {output:?}");
        }
        // A pause between looks, with a deadline above; the end itself is what is waited for.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child.wait_with_output().expect("its output")
}

/// Checks that the command refuses to start, and that what it says has all of `words`.
pub async fn assert_refuses(command: Command, words: &[&str]) {
    let output = ended(command, "").await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in {said:?}");
    }
}

async fn weak_secrets_stop_the_start(stores: Stores) {
    stores.database(&Clock::System).await;
    for name in ["ACCLAIM_JWT_SECRET", "ACCLAIM_IDENTITY_SECRET"] {
        let mut command = program(&stores, &["serve"]);
        command.env_remove(name);
        assert_refuses(command, &[name, "32"]).await;
        for weak in ["", "changeme", "31 bytes are one byte too few.."] {
            let mut command = program(&stores, &["serve"]);
            command.env(name, weak);
            assert_refuses(command, &[name, "32"]).await;
        }
    }
    let mut command = program(&stores, &["serve"]);
    command.env("ACCLAIM_JWT_SECRET_PREVIOUS", "weak");
    assert_refuses(command, &["ACCLAIM_JWT_SECRET", "32"]).await;
}

async fn a_database_without_tables_stops_the_start(stores: Stores) {
    assert_refuses(program(&stores, &["serve"]), &["acclaim migrate"]).await;
    assert_refuses(program(&stores, &["verify"]), &["acclaim migrate"]).await;
    let migrated = ended(program(&stores, &["migrate"]), "").await;
    assert!(migrated.status.success(), "{migrated:?}");
    let again = ended(program(&stores, &["migrate"]), "").await;
    assert!(again.status.success(), "{again:?}");
    Program::start(&stores, &["serve"]).await;
}

async fn a_newer_schema_stops_the_start(stores: Stores) {
    stores.database(&Clock::System).await;
    stores
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
            SELECT 9999, 'newer', installed_on, success, checksum, execution_time FROM _sqlx_migrations LIMIT 1",
        )
        .await;
    assert_refuses(program(&stores, &["serve"]), &["newer version of acclaim"]).await;
    assert_refuses(program(&stores, &["verify"]), &["newer version of acclaim"]).await;
    assert_refuses(program(&stores, &["serve", "--migrate"]), &["9999"]).await;
}

#[tokio::test]
async fn a_database_that_may_lose_commits_stops_the_start() {
    let stores = Stores::networked().await;
    stores.database(&Clock::System).await;
    let statement: &'static str = "DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$";
    stores.execute(statement).await;
    assert_refuses(program(&stores, &["serve"]), &["synchronous_commit"]).await;
}

#[tokio::test]
async fn a_database_of_an_unknown_kind_stops_the_start() {
    let stores = Stores {
        database_url: "mysql://127.0.0.1/acclaim".to_owned(),
        ..Stores::embedded()
    };
    assert_refuses(program(&stores, &["serve"]), &["DATABASE_URL"]).await;
}

async fn serve_can_make_the_tables_first(stores: Stores) {
    let mut server = Program::start(&stores, &["serve", "--migrate"]).await;
    let http = http_client();
    for (path, expected) in [("healthz", "ok\n"), ("readyz", "ready\n")] {
        let url = format!("http://{}/{path}", server.address);
        let response = http.get(url).send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.text().await.expect("text"), expected);
    }
    assert_eq!(server.terminate(), Some(0));
    // A second time there is nothing to make.
    Program::start(&stores, &["serve", "--migrate"]).await;
}

/// A stopping server says so to those who still have a connection.
#[tokio::test]
async fn a_stopping_server_is_not_ready() {
    let stores = Stores::embedded();
    let server = TestServer::start(&stores).await;
    let stopping = tokio_util::sync::CancellationToken::new();
    let app = Arc::clone(&server.app);
    let documents = Documents::new(Arc::clone(&app), Policy::Any).await;
    let (documents, connection_limits) = (
        documents.expect("good ones"),
        Options::default().connection_limits,
    );
    let service = Server::new(
        app,
        documents,
        connection_limits,
        None,
        Posters::new(None, String::new()),
        stopping.clone(),
    )
    .service();
    let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
    for (is_stopping, path, expected) in [
        (false, "/readyz", 200),
        (true, "/readyz", 503),
        (true, "/healthz", 200),
    ] {
        if is_stopping {
            stopping.cancel();
        }
        let request = axum::http::Request::get(path).body(axum::body::Body::empty());
        let response = service.answer(request.expect("a request"), peer).await;
        assert_eq!(response.status(), expected, "{path}");
    }
}

/// The program on a sample campaign, with what it takes to make tokens and ids for it.
struct Running {
    program: Program,
    sample: Sample,
    tokens: TokenKeys,
    hash_key: HashKey,
    http: reqwest::Client,
}

impl Running {
    async fn start(stores: &Stores) -> Self {
        let sample = Self::make_sample(stores).await;
        let program = Program::start(stores, &["serve"]).await;
        Self::with(program, sample)
    }

    async fn make_sample(stores: &Stores) -> Sample {
        let database = stores.database(&Clock::System).await;
        let sample = Sample::insert(&database, Clock::System.now(), |_| ()).await;
        database.close().await;
        sample
    }

    fn with(program: Program, sample: Sample) -> Self {
        Self {
            program,
            sample,
            tokens: TokenKeys::from_secrets(&[JWT_SECRET]).expect("a good secret"),
            hash_key: HashKey::new(IDENTITY_SECRET.as_bytes()),
            http: http_client(),
        }
    }

    fn voter(&self) -> String {
        let viewer = Viewer::Voter {
            id: VoterId::new(),
            is_guest: false,
        };
        let token = self.tokens.issue(viewer, Clock::System.now());
        token.expect("it signs").0
    }

    fn nominee(&self, index: usize) -> String {
        GlobalId::Nominee(self.sample.nominees[index])
            .encode(&self.hash_key)
            .0
    }

    fn campaign(&self) -> String {
        GlobalId::Campaign(self.sample.campaign.id)
            .encode(&self.hash_key)
            .0
    }

    /// Sends an operation; an error if the server does not answer.
    async fn send(&self, token: &str, query: &str, variables: Value) -> reqwest::Result<Value> {
        send(
            &self.http,
            self.program.address,
            Some(token),
            query,
            variables,
        )
        .await
    }

    /// Votes for the nominee at this index.
    async fn vote(&self, token: &str, nominee: usize) -> reqwest::Result<Value> {
        let variables = json!({"input": {"nomineeId": self.nominee(nominee)}});
        self.send(token, CAST_VOTE, variables).await
    }

    async fn like(&self, token: &str, nominee: usize) {
        let query =
            "mutation($input: SetLikeInput!) { setLike(input: $input) { userErrors { code } } }";
        let variables = json!({"input": {"subjectId": self.nominee(nominee), "liked": true}});
        let response = self.send(token, query, variables).await.expect("an answer");
        assert_eq!(response, json!({"data": {"setLike": {"userErrors": []}}}));
    }

    /// Waits until the public tally is of this version; what is published is shared before the program stops.
    async fn tally_reaches(&self, version: i64) {
        let slug = &self.sample.campaign.slug;
        let url = format!(
            "http://{}/campaigns/{slug}/tally.json",
            self.program.address
        );
        until("the tally", async || {
            let response = self.http.get(&url).send().await.expect("an answer");
            let tally: Value = response.json().await.expect("JSON");
            (tally["version"] == json!(version)).then_some(())
        })
        .await;
    }

    /// Some votes, refused ones too, and likes.
    async fn use_it(&self) {
        for _ in 0..3 {
            let voter = self.voter();
            for (nominee, expected) in [(0, None), (12, None), (0, Some("ALREADY_VOTED"))] {
                let response = self.vote(&voter, nominee).await.expect("an answer");
                assert_eq!(
                    refusal(&response["data"]["castVote"]),
                    expected,
                    "{response}"
                );
            }
            self.like(&voter, 0).await;
        }
    }
}

async fn metrics_have_their_own_listener(stores: Stores) {
    let sample = Running::make_sample(&stores).await;
    let metrics = format!("127.0.0.1:{}", servers::free_port());
    let mut command = program(&stores, &["serve"]);
    command.env("ACCLAIM_METRICS_LISTEN", &metrics);
    let program = Program::launch(command, stores.directory.path()).await;
    let running = Running::with(program, sample);
    running.use_it().await;
    let public = format!("http://{}/metrics", running.program.address);
    let public = running.http.get(public).send().await.expect("an answer");
    assert_eq!(public.status(), 404);
    let url = format!("http://{metrics}/metrics");
    let text = until("the tally in the metrics", async || {
        let response = running.http.get(&url).send().await.expect("an answer");
        let content_type = response.headers()["content-type"].to_str();
        assert!(content_type.is_ok_and(|t| t.starts_with("application/openmetrics-text")));
        let text = response.text().await.expect("text");
        text.contains("\nacclaim_tally_version 6\n").then_some(text)
    })
    .await;
    assert_is_openmetrics(&text);
    for line in [
        "acclaim_graphql_requests_total{field=\"castVote\",outcome=\"ok\"} 9",
        "acclaim_graphql_request_seconds_count{field=\"castVote\",outcome=\"ok\"} 9",
        "acclaim_votes_counted_total 6",
        "acclaim_casts_refused_total{reason=\"ALREADY_VOTED\"} 3",
        "acclaim_likes_stored_total 3",
        "acclaim_writer_waiting 0",
        "acclaim_hot_store_healthy 1",
    ] {
        assert!(text.contains(&format!("\n{line}\n")), "{line}: {text}");
    }
    let value = |name: &str| -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let value = line.unwrap_or_else(|| panic!("{name}: {text}"));
        value.trim().parse().expect("a number")
    };
    // Nine jobs at most: what Redis or memory knows is refused before it gets there.
    assert!((9.0..=12.0).contains(&value("acclaim_writer_batch_size_sum ")));
    assert!(value("acclaim_writer_commit_seconds_count ") >= 1.0);
    assert!(value("acclaim_writer_commit_seconds_sum ") > 0.0);
    assert!(value("acclaim_pool_open_connections ") >= 1.0);
    assert!(value("acclaim_tally_age_seconds ") < DEADLINE.as_secs_f64());
}

/// Checks what the `OpenMetrics` text format asks for: families in one piece with their type first, names of samples
/// that fit it, histograms that add up, and `# EOF` last.
fn assert_is_openmetrics(text: &str) {
    let body = text.strip_suffix("# EOF\n").expect("EOF ends it");
    let (mut family, mut kind) = (String::new(), String::new());
    let mut seen = std::collections::HashSet::new();
    let mut bucket = 0.0;
    for line in body.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (keyword, name) = (words.next(), words.next().unwrap_or_default());
            assert!(matches!(keyword, Some("HELP" | "TYPE" | "UNIT")), "{line}");
            if name != family {
                assert!(seen.insert(name.to_owned()), "{name} comes twice");
                name.clone_into(&mut family);
            }
            match keyword {
                Some("TYPE") => words.next().unwrap_or_default().clone_into(&mut kind),
                Some("UNIT") => assert!(name.ends_with(words.next().expect("a unit")), "{line}"),
                _ => {}
            }
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').expect("a value");
        let value: f64 = value.parse().expect("a number");
        let name = sample.split('{').next().unwrap_or_default();
        let suffix = name.strip_prefix(&family).expect("its family is open");
        match (kind.as_str(), suffix) {
            ("counter", "_total") | ("gauge", "") | ("histogram", "_sum") => {}
            ("histogram", "_count") => bucket = 0.0,
            ("histogram", "_bucket") => {
                assert!(value >= bucket, "{line}");
                let is_last = sample.contains("le=\"+Inf\"");
                bucket = if is_last { 0.0 } else { value };
            }
            _ => panic!("{line} in a {kind}"),
        }
    }
    assert!(seen.len() > 10, "{text}");
}

async fn every_answer_carries_an_id_of_the_servers_own(stores: Stores) {
    let server = Program::start(&stores, &["serve", "--migrate"]).await;
    let http = http_client();
    let mut ids = std::collections::HashSet::new();
    for path in [
        "healthz",
        "graphql?query={serverTime}",
        "graphql",
        "nowhere",
    ] {
        let url = format!("http://{}/{path}", server.address);
        let request = http.get(url).header("x-request-id", "forged");
        let response = request.send().await.expect("an answer");
        let id = response.headers()["x-request-id"].to_str().expect("text");
        assert!(
            id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()),
            "{id}"
        );
        ids.insert(id.to_owned());
    }
    assert_eq!(ids.len(), 4);
}

const TALLY: &str = "subscription($id: ID!) { tallyChanged(campaignId: $id) { version } }";

async fn a_fault_is_masked_and_its_cause_is_in_the_log(stores: Stores) {
    let server = Running::start(&stores).await;
    stores
        .execute("ALTER TABLE subject_counter RENAME TO elsewhere")
        .await;
    let query = "query($id: ID!) { nominee(id: $id) { number likeCount } }";
    let variables = json!({"id": server.nominee(0)});
    let answer = server.send(&server.voter(), query, variables).await;
    let answer = answer.expect("an answer");
    let error = &answer["errors"][0];
    assert_eq!(error["message"], json!("Internal error."), "{answer}");
    assert_eq!(error["extensions"]["code"], json!("INTERNAL"));
    assert_eq!(error["path"], json!(["nominee", "likeCount"]));
    assert!(!answer.to_string().contains("subject_counter"), "{answer}");
    let id = error["extensions"]["id"].as_str().expect("an id");
    let log = server.program.log_text();
    let line = log.lines().find(|line| line.contains(id));
    let line = line.unwrap_or_else(|| panic!("{id} is not in the log: {log}"));
    assert!(line.contains("subject_counter"), "{line}");
}

async fn a_stop_keeps_what_was_acknowledged(stores: Stores) {
    let mut running = Running::start(&stores).await;
    let address = running.program.address;
    let variables = json!({"id": running.campaign()});
    let mut socket = Socket::open(address, None).await;
    socket.subscribe("t", TALLY, variables.clone()).await;
    socket.data("t").await;
    let body = json!({"query": TALLY, "variables": variables});
    let mut events = Events::post(&running.http, address, None, &body).await;
    events.next().await.expect("a tally").result();
    // Voters who go on until nobody answers.
    let acknowledged = Arc::new(AtomicI64::new(0));
    let nominee = running.nominee(0);
    let voters: Vec<_> = (0..8)
        .map(|_| {
            let (http, acknowledged) = (running.http.clone(), Arc::clone(&acknowledged));
            let tokens: Vec<String> = (0..500).map(|_| running.voter()).collect();
            let variables = json!({"input": {"nomineeId": nominee}});
            tokio::spawn(async move {
                for token in tokens {
                    let sent = send(&http, address, Some(&token), CAST_VOTE, variables.clone());
                    let Ok(response) = sent.await else { return };
                    if !response["data"]["castVote"]["vote"].is_null() {
                        acknowledged.fetch_add(1, Ordering::SeqCst);
                    }
                }
            })
        })
        .collect();
    until("some votes", async || {
        (acknowledged.load(Ordering::SeqCst) >= 20).then_some(())
    })
    .await;
    let started = Instant::now();
    let code = running.program.terminate();
    assert_eq!(code, Some(0), "{}", running.program.log_text());
    assert!(started.elapsed() < Duration::from_secs(12));
    for voter in voters {
        in_time("the end of a voter", voter)
            .await
            .expect("no panic");
    }
    assert_eq!(socket.close_code().await, Some(1001));
    let mut last = None;
    while let Some(event) = events.next().await {
        last = Some(event);
    }
    let hint = Event {
        retry: Some(1_000),
        ..Event::default()
    };
    assert_eq!(last, Some(hint));
    let database = stores.database(&Clock::System).await;
    let ballots = count_votes(&database).await.expect("a count");
    let acknowledged = acknowledged.load(Ordering::SeqCst);
    assert!(ballots >= acknowledged, "{ballots} of {acknowledged}");
    database.close().await;
    assert_verifies(&stores, ballots).await;
}

#[tokio::test]
async fn the_schema_is_printed_as_it_is_checked_in() {
    let stores = Stores::embedded();
    let output = ended(program(&stores, &["schema"]), "").await;
    assert!(output.status.success());
    let checked_in = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let checked_in = std::fs::read_to_string(checked_in).expect("it is there");
    assert_eq!(String::from_utf8(output.stdout).expect("text"), checked_in);
}

async fn staff_that_is_added_can_sign_in(stores: Stores) {
    let server = Program::start(&stores, &["serve", "--migrate"]).await;
    let http = http_client();
    let add = |email: &str| {
        program(
            &stores,
            &["staff", "add", "--email", email, "--name", "组织者"],
        )
    };
    let sign_in = async |password: &str| {
        let query = "mutation($input: SignInStaffInput!) { signInStaff(input: $input) {
            session { accessToken } viewer { name role } userErrors { code } } }";
        let input = json!({"email": "Boss@Example.com", "password": password});
        let variables = json!({"input": input});
        let response = send(&http, server.address, None, query, variables).await;
        response.expect("an answer")["data"]["signInStaff"].take()
    };
    for (email, password) in [
        ("boss@example.com", "too short"),
        ("nobody", "long enough hunter2"),
    ] {
        let refused = ended(add(email), &format!("{password}\n")).await;
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    }
    for password in ["a long hunter2 password", "another hunter2 password"] {
        let before = sign_in(password).await;
        assert_eq!(refusal(&before), Some("INVALID_CREDENTIALS"));
        let added = ended(add("Boss@example.com"), &format!("{password}\n")).await;
        assert!(added.status.success(), "{added:?}");
        assert_eq!(added.stdout, b"boss@example.com can sign in.\n");
        let mut payload = sign_in(password).await;
        assert_eq!(
            payload["viewer"],
            json!({"name": "组织者", "role": "STAFF"})
        );
        let token = payload["session"]["accessToken"].take();
        let viewer = send(
            &http,
            server.address,
            token.as_str(),
            "{ viewer { role } }",
            json!({}),
        );
        assert_eq!(
            viewer.await.expect("an answer"),
            json!({"data": {"viewer": {"role": "STAFF"}}})
        );
    }
    // The new password took the old one's place.
    let old = sign_in("a long hunter2 password").await;
    assert_eq!(refusal(&old), Some("INVALID_CREDENTIALS"));
}

/// Checks that `verify` finds nothing, after so many ballots.
async fn assert_verifies(stores: &Stores, ballots: i64) {
    let output = ended(program(stores, &["verify"]), "").await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let redis = if stores.redis_url.is_some() {
        "SQL and Redis"
    } else {
        "SQL"
    };
    let expected =
        format!("{ballots} ballots recounted: tallies, quotas and likes agree ({redis}).\n");
    assert_eq!(said, expected);
}

/// Checks that `verify` finds a difference, and that one line of what it says has all of `words`.
async fn assert_finds(stores: &Stores, words: &[&str]) {
    let output = ended(program(stores, &["verify"]), "").await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let has_all = |line: &str| words.iter().all(|word| line.contains(word));
    assert!(said.lines().any(has_all), "{words:?} not in {said}");
    assert!(said.contains("DIFFERENCES"), "{said}");
}

async fn verification_finds_what_was_tampered_with(stores: Stores) {
    let mut running = Running::start(&stores).await;
    assert_verifies(&stores, 0).await;
    running.use_it().await;
    assert_verifies(&stores, 6).await;
    running.tally_reaches(6).await;
    assert_eq!(running.program.terminate(), Some(0));
    assert_verifies(&stores, 6).await;
    let nominee = running.sample.nominees[0].to_string();
    for (tamper, undo, words) in [
        (
            "UPDATE tally SET counted = counted + 7 WHERE counted = 3",
            "UPDATE tally SET counted = counted - 7 WHERE counted = 10",
            [
                "tally of nominee",
                &nominee,
                "counted 3 by ballots, 10 by tally",
            ],
        ),
        (
            "UPDATE tally SET voters = 2 WHERE voters = 3",
            "UPDATE tally SET voters = 3 WHERE voters = 2",
            ["tally of nominee", &nominee, "voters 3 and 2"],
        ),
        (
            "UPDATE vote SET withheld_by = 1",
            "UPDATE vote SET withheld_by = 0",
            ["tally of nominee", &nominee, "withheld 3 and 0"],
        ),
        (
            "UPDATE subject_counter SET likes = 5 WHERE likes = 3",
            "UPDATE subject_counter SET likes = 3 WHERE likes = 5",
            ["subject", &nominee, "has 3 likes; its counter says 5"],
        ),
        (
            "UPDATE campaign SET votes_per_period = 1, quota_scope = 'CAMPAIGN'",
            "UPDATE campaign SET votes_per_period = 3, quota_scope = 'CATEGORY'",
            ["", "", ""],
        ),
    ] {
        stores.execute(tamper).await;
        if words[0].is_empty() {
            // One vote a category is still within it.
            assert_verifies(&stores, 6).await;
        } else {
            assert_finds(&stores, &words).await;
        }
        stores.execute(undo).await;
        assert_verifies(&stores, 6).await;
    }
    if let Some(url) = &stores.redis_url {
        tamper_with_redis(&stores, url).await;
    }
}

async fn verification_speaks_json(stores: Stores) {
    let mut running = Running::start(&stores).await;
    running.use_it().await;
    let voter = running.voter();
    for nominee in [1, 2] {
        running.vote(&voter, nominee).await.expect("an answer");
    }
    running.tally_reaches(8).await;
    assert_eq!(running.program.terminate(), Some(0));
    let report = async || {
        let output = ended(program(&stores, &["verify", "--json"]), "").await;
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        (output.status.code(), report)
    };
    let (code, clean) = report().await;
    let redis_checked = stores.redis_url.is_some();
    let expected = json!({"ballots": 8, "tallies": [], "overQuota": [], "repeats": [], "likes": [], "sharedTotals": [],
        "rememberedVotes": [], "redisChecked": redis_checked});
    assert_eq!((code, &clean), (Some(0), &expected));
    stores
        .execute("UPDATE campaign SET votes_per_period = 1")
        .await;
    stores.execute("UPDATE subject_counter SET likes = 5").await;
    let (code, report) = report().await;
    assert_eq!(code, Some(1));
    let over_quota = report["overQuota"].as_array().expect("a list");
    assert_eq!(over_quota.len(), 1, "{report}");
    assert_eq!(
        (&over_quota[0]["votes"], &over_quota[0]["quota"]),
        (&json!(2), &json!(1))
    );
    let subject = running.sample.nominees[0].0;
    assert_eq!(
        report["likes"],
        json!([{"subjectId": subject, "likes": 3, "counter": 5}])
    );
}

/// A copy that is made while votes are cast has all that was acknowledged before it began, and is whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_whole_while_votes_go_on() {
    let stores = Stores::embedded();
    let running = Running::start(&stores).await;
    running.use_it().await;
    let file = stores.directory.path().join("copy.db");
    let name = file.to_str().expect("text").to_owned();
    let copying = ended(program(&stores, &["backup", &name]), "");
    let voting = async {
        for _ in 0..20 {
            running.vote(&running.voter(), 1).await.expect("an answer");
        }
    };
    let (copied, ()) = tokio::join!(copying, voting);
    assert_eq!(copied.status.code(), Some(0), "{copied:?}");
    let copy = Stores {
        database_url: format!("sqlite:{name}"),
        ..Stores::embedded()
    };
    let ballots = copy.count("SELECT COUNT(*) FROM vote").await;
    assert!((6..=26).contains(&ballots), "{ballots}");
    assert_verifies(&copy, ballots).await;
    assert_verifies(&stores, 26).await;
    assert_refuses(
        program(&stores, &["backup", &name]),
        &[&name, "is there already"],
    )
    .await;
    // It can be served from.
    Program::start(&copy, &["serve"]).await;
}

#[tokio::test]
async fn postgres_has_a_backup_of_its_own() {
    let stores = Stores::networked().await;
    stores.database(&Clock::System).await;
    assert_refuses(program(&stores, &["backup", "copy.db"]), &["pg_dump"]).await;
}

/// Changes a shared total, then a remembered vote.
async fn tamper_with_redis(stores: &Stores, url: &str) {
    let database = stores.database(&Clock::System).await;
    let instance = database.instance().await.expect("it has one").simple();
    let client = redis::Client::open(url).expect("an address");
    let connection = client.get_multiplexed_async_connection().await;
    let mut redis = connection.expect("it connects");
    let keys = async |pattern: String| -> Vec<String> {
        let mut connection = redis.clone();
        let list = redis::cmd("KEYS").arg(pattern).to_owned();
        let found = list.query_async(&mut connection).await;
        found.expect("it answers")
    };
    let totals = keys(format!("acclaim:{instance}:*:totals")).await;
    let votes = keys(format!("acclaim:{instance}:*:votes:*")).await;
    // The votes that repetitions were refused for.
    assert_eq!((totals.len(), votes.len()), (1, 3));
    let get = redis::cmd("HGET").arg(&totals[0]).arg("totals").to_owned();
    let good: Vec<u8> = get.query_async(&mut redis).await.expect("it answers");
    let mut set = async |bytes: &[u8]| {
        let mut set = redis::cmd("HSET");
        set.arg(&totals[0]).arg("totals").arg(bytes);
        set.exec_async(&mut redis).await.expect("it answers");
    };
    // The first nominee's votes; then the last one's revision.
    for (at, version) in [(8 + 16 + 7, 6), (good.len() - 1, 6 + 64)] {
        let mut bad = good.clone();
        bad[at] += 64;
        set(&bad).await;
        let version = format!("Redis has totals of version {version} that differ from SQL's 6");
        assert_finds(stores, &["campaign", &version]).await;
    }
    set(&good).await;
    assert_verifies(stores, 6).await;
    stores.execute("DELETE FROM subject_like").await;
    stores.execute("UPDATE subject_counter SET likes = 0").await;
    stores.execute("DELETE FROM vote").await;
    stores.execute("DELETE FROM tally").await;
    assert_finds(stores, &["Redis remembers vote", "which is not in SQL"]).await;
}
