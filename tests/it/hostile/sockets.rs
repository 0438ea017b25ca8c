//! Sockets that do not keep to the protocol: each is closed with the code that says why.

use serde_json::json;

use super::documents::{doubling, each};
use super::wire::{
    BINARY, CLOSE, ENDS, GOES_ON, Manner, PING, TEXT, TEXT_BEGINS, frame, request, socket, upgrade,
};
use super::{Expected, Row};

const INIT: &str = r#"{"type":"connection_init"}"#;
const GARBAGE: &str = "garbage";
/// Why such a message closes a socket.
const BAD: &str = "Invalid message";

fn subscribe(id: &str, payload: &str) -> String {
    format!(r#"{{"type":"subscribe","id":"{id}","payload":{payload}}}"#)
}

fn closed(name: &'static str, bytes: Vec<u8>, code: u16, says: &'static str) -> Row {
    Row {
        says,
        ..Row::new(name, bytes, Expected::Close(code))
    }
}

/// Rows that watch this campaign.
pub fn rows(campaign: &str) -> Vec<Row> {
    let rows = [
        before_the_hello(),
        operations(campaign),
        messages(),
        floods(),
        frames(),
        requests(),
    ];
    rows.into_iter().flatten().collect()
}

fn nested(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

/// A socket on which these texts follow the hello.
fn after_init(texts: &[String]) -> Vec<u8> {
    socket(std::iter::once(INIT).chain(texts.iter().map(String::as_str)))
}

fn before_the_hello() -> Vec<Row> {
    let token = |token: &str| {
        let payload = json!({"authorization": token});
        socket([json!({"type": "connection_init", "payload": payload}).to_string()])
    };
    let deep = format!(
        r#"{{"type":"connection_init","payload":{}}}"#,
        nested(7_000)
    );
    let goodbye = |code: u16| [upgrade(), frame(CLOSE, &code.to_be_bytes())].concat();
    let complete = r#"{"type":"complete","id":"a"}"#;
    vec![
        closed(
            "a subscription before the hello",
            socket([subscribe("a", "{}")]),
            4401,
            "Unauthorized",
        ),
        closed(
            "an end before the hello",
            socket([complete]),
            4400,
            "connection_init first",
        ),
        closed("no JSON", socket([GARBAGE]), 4400, BAD),
        closed("two hellos", socket([INIT, INIT]), 4429, "Too many"),
        closed("a bad token", token("Bearer nonsense"), 4403, "Forbidden"),
        closed(
            "a bad token of 15 KB",
            token(&"x".repeat(15_000)),
            4403,
            "Forbidden",
        ),
        closed(
            "a hello with lists nested 7,000 deep",
            socket([deep]),
            4400,
            BAD,
        ),
        closed("a goodbye", goodbye(1_000), 1000, ""),
        closed(
            "a goodbye with a code that nobody may send",
            goodbye(1_005),
            1002,
            "",
        ),
    ]
}

fn operations(campaign: &str) -> Vec<Row> {
    let watch = |id: &str| {
        let query = "subscription($id: ID!) { storyPublished(campaignId: $id) { id } }";
        let payload = json!({"query": query, "variables": {"id": campaign}});
        subscribe(id, &payload.to_string())
    };
    let nine: Vec<String> = (0..9).map(|n| watch(&n.to_string())).collect();
    let twice = |id: &str| after_init(&[watch(id), watch(id)]);
    // What is refused as an operation leaves the socket open.
    let refused = |name, payload: &str, code| {
        let bytes = after_init(&[subscribe("a", payload)]);
        closed(name, bytes, 4400, code).sent(Manner::UntilItSays(code))
    };
    let variables = format!(r#"{{"query":"a","variables":{{"a":{}}}}}"#, nested(7_000));
    let doubled = json!({"query": doubling(30, "serverTime")}).to_string();
    vec![
        closed("an id twice", twice("a"), 4409, "for a already exists"),
        closed(
            "an id of 8 KB twice",
            twice(&"x".repeat(8_000)),
            4409,
            "for xxxxxxxxxxxxxxxx already exists",
        ),
        closed(
            "an id of nothing",
            after_init(&[watch("")]),
            4400,
            "needs an id",
        ),
        closed("nine operations", after_init(&nine), 4400, "At most 8"),
        refused(
            "a subscription of lists nested 7,000 deep",
            &nested(7_000),
            "BAD_USER_INPUT",
        ),
        refused(
            "variables nested 7,000 deep, on a socket",
            &variables,
            "BAD_USER_INPUT",
        ),
        refused(
            "fragments that double 30 times, on a socket",
            &doubled,
            "QUERY_TOO_COMPLEX",
        ),
        refused(
            "a batch as a subscription",
            r#"[{"query":"{ serverTime }"}]"#,
            "BAD_USER_INPUT",
        ),
    ]
}

fn messages() -> Vec<Row> {
    let bad = |name, text: &str| closed(name, after_init(&[text.to_owned()]), 4400, BAD);
    let long = format!("{{\"type\":\"{}\"}}", "x".repeat(16_000));
    vec![
        bad(
            "a batch of messages",
            r#"[{"type":"ping"},{"type":"ping"}]"#,
        ),
        bad("a message of no type", "{}"),
        bad(
            "a message of an unknown type",
            r#"{"type":"start","id":"a"}"#,
        ),
        bad("a message of a type of 16 KB", &long),
        bad("a message of two types", r#"{"type":"ping","type":"pong"}"#),
        bad("a message of lists nested 8,000 deep", &nested(8_000)),
        bad("a message of lists that never close", &"[".repeat(16_000)),
        bad(
            "a subscription without a document",
            r#"{"type":"subscribe","id":"a"}"#,
        ),
    ]
}

fn floods() -> Vec<Row> {
    let flood = |name, bytes| closed(name, bytes, 1008, "Too many messages");
    let times = |count: usize, texts: &[&str]| {
        let texts = texts.iter().copied().cycle().take(count * texts.len());
        socket(std::iter::once(INIT).chain(texts))
    };
    let bad = subscribe("a", r#"{"query":"{"}"#);
    let (ping, complete) = (r#"{"type":"ping"}"#, r#"{"type":"complete","id":"a"}"#);
    let frames = [upgrade(), frame(PING, b"a").repeat(300)].concat();
    vec![
        flood("300 pings", times(300, &[ping])),
        flood("300 pings before the hello", socket([ping; 300])),
        flood("300 ends", times(300, &[complete])),
        flood(
            "150 subscriptions, each of them ended",
            times(150, &[&bad, complete]),
        ),
        flood("300 pings of the socket itself", frames),
    ]
}

fn frames() -> Vec<Row> {
    let of = |frames: &[Vec<u8>]| [upgrade(), frames.concat()].concat();
    let one = |first_byte, payload: &[u8]| of(&[frame(first_byte, payload)]);
    let long = |name, bytes| closed(name, bytes, 1009, "at most 16384");
    let wrong = |name, bytes| closed(name, bytes, 1002, "");
    let part = [b' '; 10_000];
    let halves = of(&[frame(TEXT_BEGINS, &part), frame(ENDS, &part)]);
    let announced = [&[TEXT, 0xff][..], &(1u64 << 62).to_be_bytes(), &[0; 4]].concat();
    let after_hello = of(&[frame(TEXT, INIT.as_bytes()), frame(BINARY, &part)]);
    // Only whole messages are counted.
    let empty = [
        frame(TEXT_BEGINS, b""),
        frame(GOES_ON, b"").repeat(5_000),
        frame(ENDS, GARBAGE.as_bytes()),
    ];
    let half = Row::new(
        "half of a frame",
        of(&[vec![TEXT, 0xfe]]),
        Expected::Statuses(vec![101]),
    );
    vec![
        closed("bytes", one(BINARY, b"{}"), 4400, "Send text"),
        closed("bytes after the hello", after_hello, 4400, "Send text"),
        closed("an empty text", one(TEXT, b""), 4400, BAD),
        closed("5,000 empty frames of one message", of(&empty), 4400, BAD),
        long("a message of 17 KB", one(TEXT, &[b' '; 17_000])),
        long("a message of 20 KB in two frames", halves),
        long("a message of 2^62 bytes, announced", of(&[announced])),
        closed("a text that is none", one(TEXT, b"\xff\xfe"), 1007, ""),
        wrong("a frame without a mask", of(&[vec![TEXT, 2, b'{', b'}']])),
        wrong("a frame of an unknown kind", one(0x83, b"")),
        wrong("a frame with a reserved bit", one(0xc1, b"{}")),
        wrong("the end of no message", one(ENDS, b"{}")),
        wrong("a ping of 200 bytes", one(PING, &part[..200])),
        half.sent(Manner::AndHangUp),
    ]
}

fn requests() -> Vec<Row> {
    let upgrade = String::from_utf8(upgrade()).expect("text");
    // What stays a request ends its connection.
    let upgrade = upgrade.replace("connection: upgrade", "connection: upgrade, close");
    let instead = |name, line: &str, other: &str, status| {
        let (kept, dropped) = upgrade.split_once(line).expect("it is there");
        Row::refused(name, format!("{kept}{other}{dropped}"), status, "")
    };
    let protocol = "sec-websocket-protocol: graphql-transport-ws";
    let many = format!(
        "sec-websocket-protocol: {}a",
        each(2_000, |n| format!("{n}, "))
    );
    let post = request("POST", "/graphql/ws", &[]);
    vec![
        instead("a socket of no protocol", protocol, "x-a: b", 400),
        instead("a socket of 2,000 protocols", protocol, &many, 400),
        instead(
            "a socket of another version",
            "version: 13",
            "version: 12",
            426,
        ),
        instead("a socket without a key", "sec-websocket-key", "x-a", 426),
        instead(
            "a socket that is a request",
            ": upgrade, close",
            ": close",
            426,
        ),
        Row::refused("a socket by POST", post, 426, ""),
    ]
}
