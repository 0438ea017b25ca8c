//! Traces of the real program, as a collector gets them: read by the wire format itself, not by the library that wrote
//! them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use tokio::net::TcpListener;

use super::Running;
use crate::deadlines::until;
use crate::harness::{Program, Stores, on_both, program};
use crate::log_watch::WATCH;
use crate::servers;

on_both!(
    a_vote_is_one_trace_from_its_callers_span_to_the_commit,
    a_collector_that_is_away_costs_spans_and_no_vote,
);

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const OTHER_TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "00f067aa0ba902b7";

/// The attributes that a span may have.
const ATTRIBUTES: [&str; 7] = [
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "graphql.field",
    "acclaim.request",
    "acclaim.outcome",
    "acclaim.jobs",
];

/// A field of a message in protobuf.
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message by their numbers.
fn fields(mut message: &[u8]) -> Vec<(u64, Field<'_>)> {
    fn varint(message: &mut &[u8]) -> u64 {
        let mut number = 0;
        for shift in (0..).step_by(7) {
            let (byte, rest) = message.split_first().expect("a number ends");
            *message = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    }
    fn fixed(message: &mut &[u8], length: usize) -> u64 {
        let (bytes, rest) = message.split_at(length);
        *message = rest;
        let mut number = [0; 8];
        number[..length].copy_from_slice(bytes);
        u64::from_le_bytes(number)
    }
    let mut all = Vec::new();
    while !message.is_empty() {
        let key = varint(&mut message);
        let field = match key & 7 {
            0 => Field::Number(varint(&mut message)),
            1 => Field::Number(fixed(&mut message, 8)),
            5 => Field::Number(fixed(&mut message, 4)),
            2 => {
                let length = varint(&mut message).try_into().expect("a length");
                let (bytes, rest) = message.split_at(length);
                message = rest;
                Field::Bytes(bytes)
            }
            kind => panic!("no field is of kind {kind}"),
        };
        all.push((key >> 3, field));
    }
    all
}

/// The bytes of all fields of this number.
fn bytes_of(message: &[u8], number: u64) -> Vec<&[u8]> {
    let of_it = fields(message).into_iter().filter(|(at, _)| *at == number);
    of_it
        .filter_map(|(_, field)| match field {
            Field::Bytes(bytes) => Some(bytes),
            Field::Number(_) => None,
        })
        .collect()
}

/// The number in the only field of this number, 0 where there is none.
fn number_of(message: &[u8], number: u64) -> u64 {
    let mut of_it = fields(message).into_iter();
    of_it
        .find_map(|(at, field)| match field {
            Field::Number(value) if at == number => Some(value),
            _ => None,
        })
        .unwrap_or_default()
}

fn text(bytes: Option<&&[u8]>) -> String {
    String::from_utf8_lossy(bytes.copied().unwrap_or_default()).into_owned()
}

/// A span as it was sent.
#[derive(Debug, Clone)]
struct Sent {
    trace: String,
    id: String,
    parent: String,
    name: String,
    kind: u64,
    nanoseconds: (u64, u64),
    attributes: HashMap<String, String>,
}

impl Sent {
    fn read(span: &[u8]) -> Self {
        let hex = |number| {
            let bytes = bytes_of(span, number).first().copied().unwrap_or_default();
            data_encoding::HEXLOWER.encode(bytes)
        };
        let attribute = |attribute: &[u8]| {
            let value = bytes_of(attribute, 2)[0];
            let value = match bytes_of(value, 1).first() {
                Some(word) => text(Some(word)),
                None => number_of(value, 3).to_string(),
            };
            (text(bytes_of(attribute, 1).first()), value)
        };
        Self {
            trace: hex(1),
            id: hex(2),
            parent: hex(4),
            name: text(bytes_of(span, 5).first()),
            kind: number_of(span, 6),
            nanoseconds: (number_of(span, 7), number_of(span, 8)),
            attributes: bytes_of(span, 9).into_iter().map(attribute).collect(),
        }
    }
}

/// A collector, with all that it was sent.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Bytes>>>);

impl Collector {
    /// Serves at this address.
    async fn serve(&self, address: SocketAddr) {
        let sent = Arc::clone(&self.0);
        let receive = move |body: Bytes| {
            sent.lock().expect("no panic").push(body);
            std::future::ready(Bytes::new())
        };
        let router = Router::new().route("/v1/traces", post(receive));
        let listener = TcpListener::bind(address).await.expect("a free port");
        tokio::spawn(async move { axum::serve(listener, router).await });
    }

    fn sent(&self) -> Vec<Bytes> {
        self.0.lock().expect("no panic").clone()
    }

    /// The spans of a trace so far.
    fn trace(&self, trace: &str) -> Vec<Sent> {
        let mut spans = Vec::new();
        for request in self.sent() {
            for of_process in bytes_of(&request, 1) {
                for of_scope in bytes_of(of_process, 2) {
                    spans.extend(bytes_of(of_scope, 2).into_iter().map(Sent::read));
                }
            }
        }
        spans.retain(|span| span.trace == trace);
        spans
    }
}

fn free_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], servers::free_port()))
}

async fn start(stores: &Stores, collector: SocketAddr) -> (Running, String) {
    let sample = Running::make_sample(stores).await;
    let metrics = free_address().to_string();
    let mut command = program(stores, &["serve"]);
    command
        .env("ACCLAIM_METRICS_LISTEN", &metrics)
        .env("ACCLAIM_TRACES_RATIO", "1")
        .env(
            "ACCLAIM_TRACES_URL",
            format!("http://{collector}/v1/traces"),
        );
    let program = Program::launch(command, stores.directory.path()).await;
    (Running::with(program, sample), metrics)
}

async fn a_vote_is_one_trace_from_its_callers_span_to_the_commit(stores: Stores) {
    let collector = Collector::default();
    let address = free_address();
    collector.serve(address).await;
    let (running, _) = start(&stores, address).await;
    let nominee = running.sample.nominee_id(0);
    let key = uuid::Uuid::new_v4().to_string();
    let variables = serde_json::json!({"input": {"nomineeId": nominee, "idempotencyKey": key}});
    let voter = running.voter();
    let token = voter.token().expect("a token");
    // The caller of the first does not record its trace.
    for (trace, flags) in [(OTHER_TRACE, "00"), (TRACE, "01")] {
        let vote = voter
            .with_token(token.clone())
            .request(crate::harness::CAST_VOTE, &variables)
            .header("traceparent", format!("00-{trace}-{SPAN}-{flags}"));
        let response = vote.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
    }
    let request = until("the span of the request", async || {
        let spans = collector.trace(TRACE);
        spans.into_iter().find(|span| span.name == "POST /graphql")
    })
    .await;
    assert_eq!((request.parent.as_str(), request.kind), (SPAN, 2));
    assert_eq!(request.attributes["http.response.status_code"], "200");
    assert_eq!(request.attributes["graphql.field"], "castVote");
    // All others of the trace ended before it, or with the batch, which is sent with what follows.
    let spans = until("the spans below it", async || {
        let spans = collector.trace(TRACE);
        let has = |name: &str| spans.iter().any(|span| span.name == name);
        (has("writer_batch") && has("writer")).then_some(spans)
    })
    .await;
    let only = |name: &str| {
        let named: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
        assert_eq!(named.len(), 1, "{name} in {spans:#?}");
        named[0].clone()
    };
    let operation = only("castVote");
    assert_eq!(operation.parent, request.id);
    assert_eq!(operation.attributes["acclaim.outcome"], "ok");
    assert_eq!(only("hot_admit").parent, operation.id);
    let writer = only("writer");
    assert_eq!(writer.parent, operation.id);
    let batch = only("writer_batch");
    assert_eq!(batch.parent, writer.id);
    assert_eq!(batch.attributes["acclaim.jobs"], "1");
    // Statements by their names, below the batch.
    let below = spans.iter().filter(|span| span.parent == batch.id);
    let names: Vec<&str> = below.map(|span| span.name.as_str()).collect();
    assert!(!names.is_empty(), "{spans:#?}");
    for span in &spans {
        let (start, end) = span.nanoseconds;
        assert!(start > 0 && start <= end, "{span:?}");
        let is_known = |key: &String| ATTRIBUTES.contains(&key.as_str());
        assert!(span.attributes.keys().all(is_known), "{span:?}");
        let has_parent = spans.iter().any(|other| other.id == span.parent);
        assert!(has_parent || span.id == request.id, "{span:?}");
    }
    assert!(collector.trace(OTHER_TRACE).is_empty());
    for sent in collector.sent() {
        let said = String::from_utf8_lossy(&sent);
        for value in [nominee.as_str(), &key, &token, "SELECT", "INSERT"] {
            assert!(!said.contains(value), "{value:?} is in {said:?}");
        }
        assert!(!WATCH.knows(&said), "{said:?}");
    }
}

async fn a_collector_that_is_away_costs_spans_and_no_vote(stores: Stores) {
    let address = free_address();
    let (mut running, metrics) = start(&stores, address).await;
    let http = running.program.anonymous().http().clone();
    let lost = async || -> u64 {
        let answer = http.get(format!("http://{metrics}/metrics")).send().await;
        let text = answer.expect("an answer").text().await.expect("text");
        let mut lines = text.lines();
        let lost = lines.find_map(|line| line.strip_prefix("acclaim_spans_lost_total "));
        lost.expect("the metric").parse().expect("a number")
    };
    let lines = |running: &Running, words: &str| {
        let log = running.program.log_text();
        log.lines().filter(|line| line.contains(words)).count()
    };
    let vote = async |running: &Running| {
        let payload = running.voter().vote(&running.sample.nominee_id(0)).await;
        payload.expect_counted();
    };
    vote(&running).await;
    let away = "traces cannot be sent";
    until("word of the collector", async || {
        (lines(&running, away) == 1).then_some(())
    })
    .await;
    // It goes on and is said once.
    let before = lost().await;
    assert!(before > 0);
    vote(&running).await;
    until("more to be lost", async || {
        (lost().await > before).then_some(())
    })
    .await;
    assert_eq!(lines(&running, away), 1);
    let collector = Collector::default();
    collector.serve(address).await;
    until("traces to be sent again", async || {
        vote(&running).await;
        (lines(&running, "traces are sent again") == 1).then_some(())
    })
    .await;
    assert!(!collector.sent().is_empty());
    assert_eq!(running.program.terminate(), Some(0));
    assert_eq!(lines(&running, away), 1);
}
