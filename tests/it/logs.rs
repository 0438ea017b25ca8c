//! No secret and no name of a person is ever logged: not by a success, not by a failure, not at the most talkative
//! level.
//!
//! All tests run under the watch; here it is tested itself, and every way to sign in is gone through, in this process
//! and with the real program.

mod ways;

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use acclaim::auth::password;
use acclaim::clock::Clock;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use self::ways::Sites;
use crate::fake_wechat::FakeWeChat;
use crate::harness::{
    Program, Sample, Stores, TestApp, TestClient, noon, on_both, program, refusal,
};
use crate::log_watch::{LogWatch, RECEIVED_SECRETS, WATCH, subscriber};
use crate::raw_sql::RawSql;
use crate::sign_in::operation;

on_both!(
    no_sign_in_leaves_a_trace_in_this_process,
    no_sign_in_leaves_a_trace_in_the_programs_log,
    the_harness_registers_every_token,
);

/// A token as a server makes it.
const TOKEN: &str = "Zk3vX9-qLw8TfY2_bRm5NcA7dHs1JgU4oPe6KiVtBzM";

/// Runs `log` under a watch of its own and returns whether that watch has found something.
fn is_found(log: impl FnOnce()) -> bool {
    let watch = Arc::new(LogWatch::new());
    watch.forbid(TOKEN);
    tracing::subscriber::with_default(subscriber(&watch), log);
    std::panic::catch_unwind(|| watch.assert_clean()).is_err()
}

#[test]
fn a_planted_secret_is_found_wherever_it_is() {
    let bytes = b"openid-of-lin";
    assert!(is_found(|| tracing::info!("hello ok-code-of-lin")));
    assert!(is_found(|| tracing::trace!(openid = "openid-of-lin", "hi")));
    assert!(is_found(|| tracing::debug!(input = ?Some("hunter2"), "hi")));
    assert!(is_found(
        || tracing::error!(target: "library", %TOKEN, "hi")
    ));
    assert!(is_found(|| drop(tracing::info_span!("request", TOKEN))));
    assert!(is_found(|| tracing::info!(input = ?bytes, "hi")));
    assert!(is_found(|| tracing::info!("a line\n and another {TOKEN}")));
    let span = || {
        let span = tracing::info_span!("request", code = tracing::field::Empty);
        span.record("code", "code-of-lin");
    };
    assert!(is_found(span), "recorded later, and no event in it");
}

#[test]
fn a_token_is_found_that_is_logged_before_it_is_known() {
    let watch = LogWatch::new();
    assert!(watch.check(&format!("made token={TOKEN}, good for 30 days")));
    watch.forbid("another token, one of no line so far");
    watch.assert_clean();
    watch.forbid(TOKEN);
    assert!(std::panic::catch_unwind(|| watch.assert_clean()).is_err());
}

#[test]
fn a_secret_is_found_when_it_is_cut_off_or_encoded() {
    let watch = LogWatch::new();
    watch.forbid(TOKEN);
    for text in [
        format!("token={}...", &TOKEN[..20]),
        format!("...{}", &TOKEN[15..]),
        format!("x{TOKEN}x"),
        "/sns/jscode2session?secret=app-secret%26of%3Dacclaim".to_owned(),
        "the+tests%27+secret+of+access+tokens%2C+long+enough".to_owned(),
        "the%20tests%27%20secret%20of%20identities%2C%20long%20enough%20too".to_owned(),
        data_encoding::HEXLOWER.encode(b"device-id-of-lin"),
        data_encoding::HEXUPPER.encode(b"openid-of-lin"),
        data_encoding::BASE64.encode(crate::harness::JWT_SECRET.as_bytes()),
        "Authorization: Bearer eyJ0eXAiOiJKV1Qi".to_owned(),
        "peer 203.0.113.7:4711".to_owned(),
    ] {
        assert!(watch.knows(&text), "{text}");
        assert!(!watch.check(&text), "{text}");
    }
}

#[test]
fn what_is_no_secret_is_not_objected_to() {
    let watch = LogWatch::new();
    watch.forbid(TOKEN);
    watch.forbid("               ");
    watch.forbid("short");
    for text in [
        "a short book-keeping task took-1 s: ok-ish",
        "SELECT 1\n            FROM voter WHERE identity_hash = $1",
        "code INVALID_CODE of the errcode -1",
        "01890a5d-ac96-774b-bcce-b302099a8057",
        &TOKEN[..11],
        &TOKEN.to_lowercase(),
    ] {
        assert!(watch.check(text), "{text}");
    }
    watch.assert_clean();
    let with_fields = json!({"input": [{"deviceId": TOKEN, "other": "abcdefghijklmnop"}]});
    let watch = LogWatch::new();
    watch.forbid_fields(&with_fields, &["deviceId"]);
    assert!(watch.knows(TOKEN) && !watch.knows("abcdefghijklmnop"));
}

async fn the_harness_registers_every_token(stores: Stores) {
    let app = TestApp::start(&stores).await;
    app.sample().await;
    let (query, variables) = operation("signInGuest", json!({"deviceId": "a-device-without-mark"}));
    let payload = &app.anonymous().ask(&query, variables).await["signInGuest"]["session"];
    for name in ["accessToken", "refreshToken"] {
        let token = payload[name].as_str().expect("a token");
        assert!(WATCH.knows(token), "{name}");
        let tail = &token[token.len() - 24..];
        assert!(WATCH.knows(tail), "the end of {name}");
    }
    assert!(WATCH.knows("a-device-without-mark"));
    assert!(WATCH.knows(&app.voter().token().expect("a token")));
}

/// The messages on the way through [`Journey::go`]: without it, a clean log proves nothing.
const LOGGED: &[&str] = &[
    "WeChat refused a login code",
    "WeChat's quota for sign-ins is spent",
    "WeChat gave no usable answer to a login code",
    "a staff sign-in failed",
    "a member of staff signed in",
    "a used refresh token came back",
    "internal error",
    "answered",
];

const EMAIL: &str = "organiser@example.org";
const PASSWORD: &str = "hunter2 has twelve characters";

/// Every way to sign in and to fail at it, at one server.
struct Journey {
    client: TestClient,
    address: SocketAddr,
    database: RawSql,
}

impl Journey {
    async fn new(stores: &Stores, address: SocketAddr) -> Self {
        Self {
            client: TestClient::anonymous(address),
            address,
            database: RawSql::connect(stores).await,
        }
    }

    /// Goes all the way. `platform` hangs for `slow-` codes, and is gone in the end.
    async fn go(mut self, platform: FakeWeChat, sites: &Sites) {
        self.voters().await;
        self.other_ways(sites).await;
        self.staff().await;
        self.sessions().await;
        self.odd_documents().await;
        self.sockets().await;
        self.broken_database().await;
        let _port = platform.stop().await;
        let payload = self.wechat("ok-code-of-nobody").await;
        assert_eq!(refusal(&payload), Some("PLATFORM_UNAVAILABLE"));
    }

    /// The payload of a mutation that signs in; null when it failed as a whole.
    async fn run(&self, mutation: &str, input: Value) -> Value {
        let (query, variables) = operation(mutation, input);
        let mut answer = self.client.send(&query, variables).await;
        answer["data"][mutation].take()
    }

    async fn wechat(&self, code: &str) -> Value {
        let input = json!({"platform": "WECHAT", "code": code});
        self.run("signInMiniProgram", input).await
    }

    async fn guest(&self, device_id: &str) -> Value {
        self.run("signInGuest", json!({"deviceId": device_id}))
            .await
    }

    async fn refresh(&self, payload: &Value) -> Value {
        let token = &payload["session"]["refreshToken"];
        let input = json!({"refreshToken": token});
        self.run("refreshSession", input).await
    }

    async fn voters(&self) {
        assert_eq!(refusal(&self.guest("device-id-of-lin").await), None);
        self.guest("device-id-of-a space").await;
        for (code, expected) in [
            ("ok", None),
            ("ok", Some("INVALID_CODE")),
            ("busyonce", None),
            ("bad", Some("INVALID_CODE")),
            ("risk", Some("HIGH_RISK")),
            ("throttled", Some("PLATFORM_BUSY")),
            ("quota", Some("PLATFORM_BUSY")),
            ("busy", Some("PLATFORM_UNAVAILABLE")),
            ("garbage", Some("PLATFORM_UNAVAILABLE")),
            ("http500", Some("PLATFORM_UNAVAILABLE")),
            ("slow", Some("PLATFORM_UNAVAILABLE")),
        ] {
            let payload = self.wechat(&format!("{code}-code-of-lin")).await;
            assert_eq!(refusal(&payload), expected, "{code}: {payload}");
        }
        self.wechat(&"code-of-".repeat(100)).await;
    }

    async fn staff(&self) {
        let sign_in = async |email: &str, password: &str| {
            let input = json!({"email": email, "password": password});
            self.run("signInStaff", input).await
        };
        assert_eq!(refusal(&sign_in(EMAIL, PASSWORD).await), None);
        sign_in("organiser@example.org\0", PASSWORD).await;
        sign_in(EMAIL, &"hunter2 ".repeat(100)).await;
        for email in [EMAIL, "stranger@example.org"] {
            for _ in 0..5 {
                sign_in(email, "hunter2 is not it").await;
            }
            let locked = sign_in(email, PASSWORD).await;
            assert_eq!(refusal(&locked), Some("TOO_MANY_ATTEMPTS"));
        }
    }

    async fn sessions(&mut self) {
        let first = self.guest("device-id-of-wen").await;
        let second = self.refresh(&first).await;
        assert_eq!(refusal(&self.refresh(&first).await), None);
        let sql = "UPDATE refresh_token SET used_at = '2001-01-01T00:00:00+00:00' WHERE used_at IS NOT NULL";
        assert!(self.database.execute(sql).await > 0);
        for payload in [&first, &second] {
            let payload = self.refresh(payload).await;
            assert_eq!(refusal(&payload), Some("INVALID_REFRESH_TOKEN"));
        }
        let third = self.guest("device-id-of-wen").await;
        let sql = "UPDATE refresh_token SET expires_at = '2001-01-01T00:00:00+00:00'";
        self.database.execute(sql).await;
        let expired = self.refresh(&third).await;
        assert_eq!(refusal(&expired), Some("INVALID_REFRESH_TOKEN"));
        let query = "mutation($input: SignOutInput!) { signOut(input: $input) { signedOut } }";
        for token in [&third["session"]["refreshToken"], &json!("hunter2-unknown")] {
            let variables = json!({"input": {"refreshToken": token}});
            let answer = self.client.send(query, variables).await;
            assert_eq!(answer.get("errors"), None);
        }
        let token = third["session"]["accessToken"].as_str().expect("a token");
        let tampered = token.replace('.', "x.");
        for token in [token, &tampered, &token[..token.len() - 9], "hunter2"] {
            let client = self.client.with_token(token);
            client.send("{ viewer { id } }", json!({})).await;
        }
        let url = format!("http://{}/graphql?query={{viewer{{id}}}}", self.address);
        let request = self
            .client
            .http()
            .get(url)
            .query(&[("access_token", token)]);
        let request = request.header("authorization", format!("Basic {token}"));
        request.send().await.expect("an answer");
    }

    /// Secrets where they do not belong: in documents, in what is not JSON, in addresses, at the wrong transport.
    async fn odd_documents(&self) {
        let url = |path: &str| format!("http://{}{path}", self.address);
        let inline = |device: &str| {
            format!(
                "mutation {{ signInGuest(input: {{deviceId: {device}}}) {{ session {{ accessToken }} }} }}"
            )
        };
        let mark = "\"device-id-of-inline\"";
        for query in [
            inline(mark),
            inline(&format!("{mark} {mark}")),
            inline(&format!("[{mark}]")),
            inline(&format!("{mark}, hunter2: {mark}")),
            format!("{} fragment", inline(mark)),
            inline("\"device-id-of-unended"),
        ] {
            let body = json!({"query": query, "operationName": Value::Null});
            for path in ["/graphql", "/graphql/stream"] {
                let answer = self.client.http().post(url(path)).json(&body).send();
                answer.await.expect("an answer");
            }
            let answer = self
                .client
                .http()
                .get(url("/graphql"))
                .query(&[("query", &query)]);
            answer.send().await.expect("an answer");
        }
        for variables in [
            json!({"input": {"deviceId": ["device-id-of-lists"]}}),
            json!({"input": {"deviceId": {"code": "code-of-objects"}}}),
            json!({"input": "device-id-of-input"}),
            json!("device-id-of-variables"),
        ] {
            let (query, _) = operation("signInGuest", json!({}));
            let answer = self.client.send(&query, variables).await;
            let code = &answer["errors"][0]["extensions"]["code"];
            let expected = [json!("BAD_USER_INPUT"), json!("GRAPHQL_VALIDATION_FAILED")];
            assert!(expected.contains(code), "{code}");
        }
        for body in [
            "{\"query\": \"device-id-of-no-json",
            "hunter2",
            "[\"hunter2\"]",
        ] {
            let request = self.client.http().post(url("/graphql")).body(body);
            let request = request.header("content-type", "application/json");
            let request = request.header("x-forwarded-for", "203.0.113.7");
            request.send().await.expect("an answer");
        }
    }

    async fn sockets(&self) {
        let session = self.guest("device-id-of-sockets").await;
        let token = session["session"]["accessToken"].as_str().expect("a token");
        let hello = |token: &str| json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {token}")}});
        let (query, variables) =
            operation("signInGuest", json!({"deviceId": "device-id-of-socket"}));
        let sign_in = json!({"type": "subscribe", "id": "1", "payload": {"query": query, "variables": variables}});
        for messages in [
            vec![hello(token), sign_in, json!({"type": "hunter2"})],
            vec![hello(&format!("{token}x"))],
            vec![json!({"type": "connection_init", "payload": {"authorization": ["hunter2"]}})],
        ] {
            let url = format!("ws://{}/graphql/ws", self.address);
            let mut request = url.into_client_request().expect("a good address");
            let protocol = "graphql-transport-ws".parse().expect("a header");
            request
                .headers_mut()
                .insert("sec-websocket-protocol", protocol);
            let connected = tokio_tungstenite::connect_async(request).await;
            let (mut socket, _) = connected.expect("it connects");
            for message in messages {
                let sent = socket.send(message.to_string().into()).await;
                sent.expect("the server listens");
            }
            // The server closes it, for what was said last.
            while let Some(Ok(message)) = socket.next().await {
                let message = serde_json::from_slice(&message.into_data()).unwrap_or_default();
                WATCH.forbid_fields(&message, RECEIVED_SECRETS);
            }
        }
    }

    /// Faults of the server, whose causes go to the log.
    async fn broken_database(&mut self) {
        let session = self.guest("device-id-of-faults").await;
        let tables = [
            "voter",
            "session",
            "refresh_token",
            "staff",
            "sign_in_failure",
            "voter_identity",
            "phone_code",
        ];
        for (n, table) in tables.into_iter().enumerate() {
            let away = format!("ALTER TABLE {table} RENAME TO {table}_away");
            self.database.execute(&away).await;
            let input = json!({"email": EMAIL.replace('o', "0"), "password": PASSWORD});
            let failed = [
                self.guest("device-id-of-faults").await,
                self.wechat(&format!("ok-code-of-fault-{n}")).await,
                self.run("signInStaff", input).await,
                self.refresh(&session).await,
                self.phone_of_faults().await,
            ];
            let count = failed.iter().filter(|payload| payload.is_null()).count();
            assert!(count > 0, "{table} is not needed?");
            let back = format!("ALTER TABLE {table}_away RENAME TO {table}");
            self.database.execute(&back).await;
        }
    }
}

async fn no_sign_in_leaves_a_trace_in_this_process(stores: Stores) {
    let all = || LOGGED.iter().chain(ways::LOGGED);
    let logged: Vec<_> = all().map(|text| WATCH.listen_for(text)).collect();
    let platform = FakeWeChat::start().await;
    let wechat = platform.client(4, Duration::from_secs(2));
    let clock = Clock::manual(noon());
    let sites = Sites::start(&clock).await;
    let app = TestApp::builder(&stores)
        .with_clock(clock)
        .with_public_url(ways::PUBLIC_URL)
        .with_platforms(|platforms| sites.set_up(platforms))
        .with_wechat(wechat)
        .start()
        .await;
    app.sample().await;
    add_staff(&app.database, &app.clock).await;
    let journey = Journey::new(&stores, app.address).await;
    journey.go(platform, &sites).await;
    for (seen, text) in logged.iter().zip(all()) {
        assert!(seen.load(Ordering::SeqCst), "not seen: {text}");
    }
    WATCH.assert_clean();
}

async fn add_staff(database: &acclaim::ledger::Database, clock: &Clock) {
    let hash = password::hash(PASSWORD).expect("randomness");
    let mut tx = database.begin("test").await.expect("it answers");
    acclaim::ledger::staff::upsert(&mut tx, EMAIL, "Ma Lan", &hash, clock.now())
        .await
        .expect("stored");
    tx.commit().await.expect("stored");
}

async fn no_sign_in_leaves_a_trace_in_the_programs_log(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let database = stores.database(&Clock::System).await;
    Sample::insert(&database, Clock::System.now(), |_| ()).await; // with its organisation
    database.close().await;
    add_staff_with_the_program(&stores);
    // Each pair of stores has one of the two formats.
    let format = if stores.redis_url.is_some() {
        "json"
    } else {
        "text"
    };
    let sites = Sites::start(&Clock::System).await;
    let others = sites.settings(stores.directory.path());
    let mut settings = vec![
        ("ACCLAIM_LOG", "trace"),
        ("ACCLAIM_LOG_FORMAT", format),
        ("ACCLAIM_TRUSTED_PROXIES", "127.0.0.1"),
        ("ACCLAIM_WECHAT_APP_ID", FakeWeChat::APP_ID),
        ("ACCLAIM_WECHAT_SECRET", FakeWeChat::SECRET),
        ("ACCLAIM_WECHAT_BASE_URL", platform.base_url.as_str()),
    ];
    settings.extend(others.iter().map(|(name, value)| (*name, value.as_str())));
    let mut program = Program::start_with(&stores, &["serve"], &settings).await;
    let journey = Journey::new(&stores, program.address).await;
    journey.go(platform, &sites).await;
    program.terminate();
    let log = program.log_text();
    assert!(log.contains("TRACE"), "the most talkative level");
    assert!(log.lines().all(|line| WATCH.check(line)));
    let messages = if format == "json" {
        messages_of(&log)
    } else {
        log
    };
    for text in LOGGED.iter().chain(ways::LOGGED) {
        assert!(messages.contains(text), "not logged: {text}");
    }
}

/// The messages of a log in JSON, without their data.
fn messages_of(log: &str) -> String {
    let messages = log.lines().map(|line| {
        let event: Value = serde_json::from_str(line).expect("one JSON object a line");
        event["fields"]["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    });
    messages.collect::<Vec<_>>().join("\n")
}

/// `acclaim staff add`, whose password comes from standard input.
fn add_staff_with_the_program(stores: &Stores) {
    let arguments = [
        "staff",
        "add",
        "--name",
        "Ma Lan",
        "--email",
        EMAIL,
        "--organisation",
        "sample",
        "--role",
        "owner",
    ];
    let mut command = program(stores, &arguments);
    command.env("ACCLAIM_LOG", "trace");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut input = child.stdin.take().expect("it is piped");
    writeln!(input, "{PASSWORD}").expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(log.contains("upsert_staff"), "{log}");
    assert!(WATCH.check(&log));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("hunter2"));
}
