//! The access log of the real program: a line for each request when it is over, with what it may say and no more.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::Running;
use crate::deadlines::until;
use crate::harness::{Program, Stores, on_both};

on_both!(
    each_request_is_a_line_of_what_it_may_say,
    a_stream_and_a_socket_are_lines_when_they_end,
    without_the_setting_there_is_no_line,
);

const QUERY: &str = "{ campaigns(first: 1) { nodes { id } } }";
const TALLY: &str = "subscription($id: ID!) { tallyChanged(campaignId: $id) { version } }";

/// The fields that a line may have.
const FIELDS: [&str; 10] = [
    "message",
    "request",
    "method",
    "route",
    "status",
    "ms",
    "bytes",
    "field",
    "outcome",
    "close_code",
];

/// The program with an access log, in JSON.
async fn start(stores: &Stores, access_log: &str) -> Running {
    let sample = Running::make_sample(stores).await;
    let settings = [
        ("ACCLAIM_ACCESS_LOG", access_log),
        ("ACCLAIM_LOG_FORMAT", "json"),
    ];
    let program = Program::start_with(stores, &["serve"], &settings).await;
    Running::with(program, sample)
}

impl Running {
    /// The lines of the access log so far.
    fn accesses(&self) -> Vec<Value> {
        let log = self.program.log_text();
        // The last line may not be whole yet.
        let events = log
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        events
            .filter(|event: &Value| event["target"] == json!("acclaim::access"))
            .map(|mut event| event["fields"].take())
            .collect()
    }

    /// The line of the request whose answer this is.
    async fn access_of(&self, response: &reqwest::Response) -> Value {
        let id = response.headers()["x-request-id"]
            .to_str()
            .expect("an id")
            .to_owned();
        until("the line of a request", async || {
            let lines = self.accesses();
            lines.into_iter().find(|line| line["request"] == json!(id))
        })
        .await
    }

    /// The line of the only request of this route.
    async fn access_by_route(&self, route: &str) -> Value {
        until("the line of a route", async || {
            let lines = self.accesses();
            lines.into_iter().find(|line| line["route"] == json!(route))
        })
        .await
    }
}

/// Checks a line against what is expected of it, its time apart.
fn assert_says(line: &Value, expected: &Value) {
    let mut line = line.clone();
    let fields = line.as_object_mut().expect("fields");
    let names: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
    assert!(names.is_subset(&FIELDS.into()), "{names:?}");
    let ms = fields.remove("ms").and_then(|ms| ms.as_f64());
    assert!(ms.is_some_and(|ms| ms > 0.0), "{ms:?}");
    fields.remove("request");
    assert_eq!(fields.remove("message"), Some(json!("access")));
    assert_eq!(&line, expected);
}

async fn each_request_is_a_line_of_what_it_may_say(stores: Stores) {
    let running = start(&stores, "on").await;
    let (anonymous, voter) = (running.program.anonymous(), running.voter());
    let nominee = running.sample.nominee_id(0);
    let graphql = |status: u16, bytes: Option<u64>, rest: Value| {
        let mut line = json!({"method": "POST", "route": "/graphql", "status": status});
        line["bytes"] = json!(bytes);
        let fields = line.as_object_mut().expect("an object");
        fields.extend(rest.as_object().expect("an object").clone());
        line
    };
    let vote =
        "mutation MyName($input: CastVoteInput!) { castVote(input: $input) { vote { id } } }";
    let response = voter
        .post(vote, json!({"input": {"nomineeId": nominee}}))
        .await;
    let line = running.access_of(&response).await;
    let bytes = response.content_length();
    assert!(bytes.is_some_and(|bytes| bytes > 0));
    let rest = json!({"field": "castVote", "outcome": "ok"});
    assert_says(&line, &graphql(200, bytes, rest));

    let refused = anonymous.with_token("a-token-of-nobody");
    let response = refused.post(QUERY, json!({})).await;
    let line = running.access_of(&response).await;
    let rest = json!({"outcome": "UNAUTHENTICATED"});
    assert_says(&line, &graphql(401, response.content_length(), rest));

    let response = anonymous.post("{ hunter2 }", json!({})).await;
    let line = running.access_of(&response).await;
    let rest = json!({"outcome": "GRAPHQL_VALIDATION_FAILED"});
    assert_says(&line, &graphql(200, response.content_length(), rest));

    // Pages: no slug, no number, no token, no query string.
    let slug = &running.sample.campaign.slug;
    let http = anonymous.http();
    for (path, route, status) in [
        (format!("/c/{slug}?code=hunter2"), "/c/{slug}", 200),
        ("/reports/hunter2".to_owned(), "/reports/{token}", 404),
        ("/hunter2".to_owned(), "unknown", 404),
    ] {
        let answer = http.get(running.program.url(&path)).send().await;
        let response = answer.expect("an answer");
        assert_eq!(response.status(), status, "{path}");
        let line = running.access_of(&response).await;
        let bytes = response.bytes().await.expect("a body").len();
        let expected = json!({"method": "GET", "route": route, "status": status, "bytes": bytes});
        assert_says(&line, &expected);
    }
    let method = reqwest::Method::from_bytes(b"HUNTER2").expect("a method");
    let answer = http.request(method, running.program.url("/graphql")).send();
    let response = answer.await.expect("an answer");
    let line = running.access_of(&response).await;
    assert_eq!(line["method"], json!("other"), "{line}");

    // The harness has asked for it until it was ready.
    let routes: Vec<Value> = running.accesses();
    assert!(
        routes.iter().all(|line| line["route"] != json!("/readyz")),
        "{routes:?}"
    );
    assert_eq!(routes.len(), 7, "{routes:?}");
    let said = format!("{routes:?}");
    for secret in [slug.as_str(), "hunter2", "HUNTER2", "MyName", "127.0.0.1"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}

async fn a_stream_and_a_socket_are_lines_when_they_end(stores: Stores) {
    let running = start(&stores, "on").await;
    let voter = running.voter();
    let variables = json!({"id": running.sample.campaign_id()});
    let mut events = voter.events(TALLY, &variables).await;
    let first = events.next().await.expect("a result");
    let mut socket = voter.socket().await;
    // A line of a request that came after them shows that theirs would be there, too.
    let response = voter.post(QUERY, json!({})).await;
    running.access_of(&response).await;
    assert_eq!(running.accesses().len(), 1, "{:?}", running.accesses());
    drop(events);
    let line = running.access_by_route("/graphql/stream").await;
    let bytes = line["bytes"].as_u64().expect("bytes");
    assert!(bytes > first.data.len() as u64, "{line}");
    let mut expected = json!({"method": "POST", "route": "/graphql/stream", "status": 200});
    expected["bytes"] = json!(bytes);
    expected["field"] = json!("tallyChanged");
    expected["outcome"] = json!("ok");
    assert_says(&line, &expected);
    socket.send_frame(Message::Close(None)).await;
    let line = running.access_by_route("/graphql/ws").await;
    let expected =
        json!({"method": "GET", "route": "/graphql/ws", "status": 101, "close_code": 1000});
    assert_says(&line, &expected);
}

async fn without_the_setting_there_is_no_line(stores: Stores) {
    let mut running = start(&stores, "off").await;
    let response = running.voter().post(QUERY, json!({})).await;
    assert_eq!(response.status(), 200);
    assert_eq!(running.program.terminate(), Some(0));
    // The rest of the log is there at its most talkative.
    let log = running.program.log_text();
    assert!(log.contains("\"answered\""), "{log}");
    assert!(!log.contains("acclaim::access"), "{log}");
}
