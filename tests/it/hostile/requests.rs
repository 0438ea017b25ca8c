//! Requests that are HTTP, and whose bodies no client of GraphQL sends.

use serde_json::json;

use super::documents::each;
use super::wire::{USUAL, post, request_with};
use super::{Expected, Row};

pub const QUERY: &str = r#"{"query":"{ serverTime }"}"#;
pub const INPUT: &str = "BAD_USER_INPUT";
const INVALID: &str = "GRAPHQL_VALIDATION_FAILED";
const NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";

pub fn rows() -> Vec<Row> {
    let rows = [bodies(), variables(), persisted()];
    rows.into_iter().flatten().collect()
}

/// A usual request with this body is refused.
pub fn body(name: &'static str, body: impl AsRef<[u8]>, code: &'static str) -> Row {
    Row::refused(name, post(body), 400, code)
}

#[allow(clippy::too_many_lines, reason = "it is a table")]
fn bodies() -> Vec<Row> {
    let batch = |count| format!("[{}]", vec![QUERY; count].join(","));
    let extension =
        |value: &str| format!(r#"{{"query":"{{ serverTime }}","extensions":{{"a":{value}}}}}"#);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    vec![
        body("a body of nothing", "", INPUT),
        body("a body of NUL", b"\0\0\0\0", INPUT),
        body(
            "bytes that are no text",
            [&br#"{"query":""#[..], b"\xff\xfe\xc0\x80\"}"].concat(),
            INPUT,
        ),
        body(
            "half of a character",
            [&br#"{"query":""#[..], b"\xe4\xb8\"}"].concat(),
            INPUT,
        ),
        body(
            "the same key twice",
            r#"{"query":"{ serverTime }","query":"{ viewer { id } }"}"#,
            INPUT,
        ),
        body(
            "the same key 2,000 times",
            format!("{{{}}}", vec![r#""query":"a""#; 2_000].join(",")),
            INPUT,
        ),
        body("a batch of one", batch(1), INPUT),
        body("a batch of 1,000", batch(1_000), INPUT),
        body("a body of lists nested 10,000 deep", &deep, INPUT),
        body("a document of nothing", r#"{"query":""}"#, INPUT),
        body(
            "lists nested 10,000 deep in the extensions",
            extension(&deep),
            INPUT,
        ),
        body(
            "objects nested 5,000 deep in the extensions",
            extension(&nested_objects(5_000)),
            INPUT,
        ),
        body("1e400 in the extensions", extension("1e400"), INPUT),
        body("lists that never close", "[".repeat(30_000), INPUT),
        body("objects that never close", r#"{"a":"#.repeat(6_000), INPUT),
        body(
            "a body of a string that does not end",
            format!("{{\"query\":\"{}", "\\u0041".repeat(5_000)),
            INPUT,
        ),
        body("30 KB of spaces", " ".repeat(30_000), INPUT),
        body(
            "3,000 unknown members",
            format!("{{{}}}", each(3_000, |n| format!("\"a{n}\":0,"))),
            INPUT,
        ),
        body(
            "an operation of another name",
            format!(
                r#"{{"query":"query a{{serverTime}}","operationName":"{}"}}"#,
                "b".repeat(30_000)
            ),
            INVALID,
        ),
        Row::refused(
            "something compressed",
            request_with(
                "POST",
                "/graphql",
                &[USUAL, &[("content-encoding", "gzip")]].concat(),
                b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
            ),
            400,
            INPUT,
        ),
    ]
}

fn nested_objects(depth: usize) -> String {
    format!("{}1{}", r#"{"":"#.repeat(depth), "}".repeat(depth))
}

fn variables() -> Vec<Row> {
    let nodes = |name: &'static str, value: String, code| {
        let query = "query($v: [ID!]!) { nodes(ids: $v) { id } }";
        body(
            name,
            format!(r#"{{"query":"{query}","variables":{{"v":{value}}}}}"#),
            code,
        )
    };
    let first = |name: &'static str, value: &str| {
        let query = "query($v: Int) { campaigns(first: $v) { nodes { id } } }";
        body(
            name,
            format!(r#"{{"query":"{query}","variables":{{"v":{value}}}}}"#),
            INPUT,
        )
    };
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let fields = each(2_000, |n| format!("\"{n}\":0,"));
    vec![
        nodes("lists nested 10,000 deep in the variables", deep, INPUT),
        nodes(
            "objects nested 5,000 deep in the variables",
            nested_objects(5_000),
            INPUT,
        ),
        nodes(
            "lists nested 120 deep in the variables",
            format!("{}{}", "[".repeat(120), "]".repeat(120)),
            INPUT,
        ),
        nodes(
            "7,000 ids",
            format!("[{}\"a\"]", "\"a\",".repeat(7_000)),
            "QUERY_TOO_COMPLEX",
        ),
        nodes(
            "7,000 ids of another type",
            format!("[{}{{}}]", "\"a\",".repeat(7_000)),
            INPUT,
        ),
        nodes(
            "an object of 2,000 fields",
            format!("{{{fields}\"a\":0}}"),
            INPUT,
        ),
        first("1e400 in the variables", "1e400"),
        first("-1e400 in the variables", "-1e400"),
        first(
            "a number of 10,000 digits in the variables",
            &"9".repeat(10_000),
        ),
        first(
            "a fraction of 10,000 digits in the variables",
            &format!("0.{}", "1".repeat(10_000)),
        ),
        first("a number of 2^31 in the variables", "2147483648"),
        first(
            "a string of 30 KB for a number",
            &format!("\"{}\"", "x".repeat(30_000)),
        ),
        first("half of a character in the variables", "\"\\ud800\""),
    ]
}

fn persisted() -> Vec<Row> {
    let by_hash = |hash: &str, query: Option<&str>| {
        let persisted = json!({"version": 1, "sha256Hash": hash});
        json!({"query": query, "extensions": {"persistedQuery": persisted}}).to_string()
    };
    let unknown = each(100, |n| {
        let body = by_hash(&format!("{n:064x}"), None);
        let length = body.len();
        // The last one ends the connection.
        let connection = if n == 99 { "close" } else { "keep-alive" };
        format!(
            "POST /graphql HTTP/1.1\r\nhost: a\r\naccept: application/graphql-response+json\r\n\
            content-type: application/json\r\nconnection: {connection}\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    });
    vec![
        body(
            "the hash of another document",
            by_hash(&"0".repeat(64), Some("{ serverTime }")),
            INPUT,
        ),
        body(
            "a hash that nobody knows",
            by_hash(&"0".repeat(64), None),
            NOT_FOUND,
        ),
        body(
            "a hash of 10,000 digits",
            by_hash(&"0".repeat(10_000), None),
            NOT_FOUND,
        ),
        body(
            "a hash that is no text",
            r#"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":[[[0]]]}}}"#,
            INPUT,
        ),
        body(
            "a version of 1e300",
            r#"{"extensions":{"persistedQuery":{"version":1e300,"sha256Hash":"a"}}}"#,
            "PERSISTED_QUERY_NOT_SUPPORTED",
        ),
        body(
            "an id of 30 KB",
            json!({"documentId": "x".repeat(30_000)}).to_string(),
            NOT_FOUND,
        ),
        Row::new(
            "100 hashes that nobody knows",
            unknown,
            Expected::Statuses(vec![400; 100]),
        ),
    ]
}
