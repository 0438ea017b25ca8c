//! Requests that are wrong before they are GraphQL: types, lengths, headers, and what is hardly HTTP.

use serde_json::json;

use super::documents::{SYNTAX, each};
use super::requests::{INPUT, QUERY, body};
use super::wire::{Manner, USUAL, post, request, request_with};
use super::{Expected, Row};

pub fn rows() -> Vec<Row> {
    let rows = [
        other_types(),
        lengths(),
        chunks(),
        parts(),
        heads(),
        addresses(),
        smuggled(),
        no_http(),
        streams(),
    ];
    rows.into_iter().flatten().collect()
}

fn other_types() -> Vec<Row> {
    let of_type = |name, content_type: &str, body: &str| {
        let headers = [USUAL[0], ("content-type", content_type)];
        let sent = request_with("POST", "/graphql", &headers, body.as_bytes());
        Row::refused(name, sent, 415, INPUT)
    };
    let (form, files) = (
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
    );
    let part = "--a\r\ncontent-disposition: form-data; name=\"operations\"\r\n\r\n";
    let parameters = format!("application/json{}", "; charset=latin1".repeat(2_000));
    let accept = [("accept", "text/html;q=0.1, ".repeat(2_000) + "text/plain")];
    let accept = accept
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let unwanted = request("GET", "/graphql?query=%7BserverTime%7D", &accept);
    vec![
        of_type("a text", "text/plain", QUERY),
        of_type("a form", form, "query=%7BserverTime%7D"),
        of_type(
            "a form with files",
            files,
            &format!("{part}{QUERY}\r\n--a--"),
        ),
        of_type("a form of 500 parts", files, &part.repeat(500)),
        of_type("a type with 2,000 parameters", &parameters, QUERY),
        Row::refused("30 KB of types that nobody sends", unwanted, 406, ""),
    ]
}

/// A request whose body is announced to have this length, and does not come.
fn announced(length: &str) -> Vec<u8> {
    request(
        "POST",
        "/graphql",
        &[USUAL, &[("content-length", length)]].concat(),
    )
}

fn lengths() -> Vec<Row> {
    let typenames = json!({"query": format!("{{{}}}", "__typename ".repeat(10_000))}).to_string();
    let question = [("content-length", "1000000000"), ("expect", "100-continue")];
    let question = request("POST", "/graphql", &[USUAL, &question].concat());
    vec![
        Row::refused("10,000 __typename", post(typenames), 413, INPUT),
        Row::refused("a body of 40 KB", post(" ".repeat(40_000)), 413, INPUT),
        Row::refused("1 GB, announced", announced("1000000000"), 413, INPUT),
        Row::refused(
            "1 GB, announced, with a question first",
            question,
            413,
            INPUT,
        ),
        Row::refused(
            "2^64 bytes, announced",
            announced("18446744073709551616"),
            400,
            "",
        ),
        Row::refused("-1 bytes, announced", announced("-1"), 400, ""),
    ]
}

fn chunks() -> Vec<Row> {
    let chunked = |name, chunks: String, status| {
        let headers = [USUAL, &[("transfer-encoding", "chunked")]].concat();
        let head = request("POST", "/graphql", &headers);
        // A client that ends its body reads the answer at once.
        let sent = [head, chunks.into_bytes(), b"0\r\n\r\n".to_vec()].concat();
        Row::refused(name, sent, status, if status == 413 { INPUT } else { "" })
    };
    let chunk = |size: usize| format!("{size:x}\r\n{}\r\n", "x".repeat(size));
    let long = "x".repeat(60_000);
    vec![
        chunked("a chunk of 40 KB", chunk(40_000), 413),
        chunked("1 MB in chunks", chunk(10_000).repeat(100), 413),
        chunked("40,000 chunks of a byte", chunk(1).repeat(40_000), 413),
        chunked(
            "a chunk of 2^64 bytes",
            "10000000000000000\r\n".to_owned(),
            400,
        ),
        chunked(
            "a chunk with an extension of 60 KB",
            format!("1;{long}\r\n"),
            400,
        ),
        chunked("trailers of 60 KB", format!("0\r\na: {long}\r\n\r\n"), 400),
        chunked("a chunk without a size", "zz\r\n".to_owned(), 400),
    ]
}

fn parts() -> Vec<Row> {
    let unended = format!("{{\"query\":\"{}", "x".repeat(400));
    let long_head = request("GET", "/graphql", &[("x-a", &"x".repeat(400))]);
    let cut = |name, sent: &str| Row::new(name, sent, Expected::Cut).sent(Manner::AndHangUp);
    vec![
        body("a body byte by byte", unended, INPUT).sent(Manner::ByteByByte),
        Row::refused("a head byte by byte", long_head, 400, INPUT).sent(Manner::ByteByByte),
        Row::refused("half of a body", announced("1000"), 400, INPUT).sent(Manner::AndHangUp),
        cut("half of a head", "POST /graphql HTTP/1.1\r\nhost: "),
        cut("nothing at all", ""),
        cut("10,000 empty lines", &"\r\n".repeat(10_000)),
    ]
}

fn heads() -> Vec<Row> {
    let with = |name, value: &str| {
        let headers = [USUAL, &[(name, value)]].concat();
        request_with("POST", "/graphql", &headers, QUERY.as_bytes())
    };
    let token = |name, token: &str| {
        let sent = with("authorization", &format!("Bearer {token}"));
        Row::refused(name, sent, 401, "UNAUTHENTICATED")
    };
    let many = each(101, |n| format!("x-{n}: a\r\n"));
    let many = format!("GET /graphql HTTP/1.1\r\n{many}\r\n");
    vec![
        Row::refused(
            "a header of 200 KB",
            with("x-a", &"x".repeat(200_000)),
            431,
            "",
        ),
        Row::refused("101 headers", many, 431, ""),
        token("a token of 50 KB", &"x".repeat(50_000)),
        token("a token of 20,000 dots", &".".repeat(20_000)),
        token(
            "a token without a signature",
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
        ),
        token("a token that is no text", "\u{ff}"),
    ]
}

fn addresses() -> Vec<Row> {
    let get = |name, address: &str, status, says| {
        Row::refused(name, request("GET", address, &[USUAL[0]]), status, says)
    };
    let by = |name, method, address, status| {
        Row::refused(name, request(method, address, &[USUAL[0]]), status, "")
    };
    let long = "a".repeat(100_000);
    let parameters = each(5_000, |n| format!("{n}&"));
    let deep = "[".repeat(10_000);
    let vote =
        "/graphql?query=mutation%7BsignOut(input:%7BrefreshToken:%22a%22%7D)%7B__typename%7D%7D";
    let slug = "%2e%2e%2f".repeat(2_000);
    vec![
        get("an address of 100 KB", &format!("/{long}"), 414, ""),
        get(
            "an address of 40 KB",
            &format!("/graphql?query={}", &long[..40_000]),
            413,
            INPUT,
        ),
        get(
            "5,000 parameters",
            &format!("/graphql?{parameters}"),
            400,
            INPUT,
        ),
        get(
            "a parameter 2 times",
            "/graphql?query=a&query=b",
            400,
            INPUT,
        ),
        get(
            "a parameter nested 10,000 deep",
            &format!("/graphql?query=a&variables={deep}"),
            400,
            INPUT,
        ),
        get(
            "a parameter that is no text",
            "/graphql?query=%ff%fe%00",
            400,
            SYNTAX,
        ),
        get("a mutation by GET", vote, 405, INPUT),
        get("a way out of the folder", "/../../../etc/passwd", 404, ""),
        get(
            "another server's address",
            "http://169.254.169.254/latest/meta-data",
            404,
            "",
        ),
        get(
            "a tally of another address",
            &format!("/campaigns/{slug}/tally.json"),
            404,
            "",
        ),
        by("an unknown method", "BREW", "/graphql", 405),
        by("TRACE", "TRACE", "/graphql", 405),
        by("CONNECT", "CONNECT", "localhost:25", 404),
    ]
}

/// Heads that a proxy may read in another way than the server, and what it would take for the next request.
fn smuggled() -> Vec<Row> {
    let next = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let of = |version: &str, headers: &str, body: &str| {
        format!(
            "POST /graphql HTTP/{version}\r\nhost: a\r\ncontent-type: application/json\r\n{headers}\r\n\r\n{body}{next}"
        )
    };
    let bad = |name, headers: &str| Row::refused(name, of("1.1", headers, ""), 400, "");
    // The chunks count, and then the connection ends.
    let both =
        |name, headers: &str| Row::refused(name, of("1.1", headers, "0\r\n\r\n"), 400, INPUT);
    let old = of("1.0", "transfer-encoding: chunked", "0\r\n\r\n");
    vec![
        both(
            "a length and chunks",
            "content-length: 5\r\ntransfer-encoding: chunked",
        ),
        both(
            "chunks and a length",
            "transfer-encoding: chunked\r\ncontent-length: 5",
        ),
        bad("two lengths", "content-length: 5\r\ncontent-length: 6"),
        bad("a list of lengths", "content-length: 5, 6"),
        bad("chunks of another coding", "transfer-encoding: xchunked"),
        bad(
            "chunks that are not last",
            "transfer-encoding: chunked, identity",
        ),
        bad("a space before the colon", "content-length : 5"),
        bad("a header on two lines", "x-a: b\r\n c"),
        bad("NUL in a header", "x-a: \0"),
        bad("a carriage return in a header", "x-a: b\rc: d"),
        Row::refused("chunks in HTTP/1.0", old, 400, ""),
    ]
}

fn no_http() -> Vec<Row> {
    let pipelined = |name, requests: usize, last: &str, status| {
        let sent = "GET /graphql HTTP/1.1\r\nhost: a\r\n\r\n".repeat(requests) + last;
        let statuses = std::iter::repeat_n(400, requests).chain([status]);
        Row::new(name, sent, Expected::Statuses(statuses.collect()))
    };
    let nowhere = "GET /nowhere HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    // How a hello of TLS begins.
    let hello =
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x8f\x00\x20\x00\x3e\x13\x02\x13\x03\x13\x01";
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    vec![
        pipelined("100 requests at once", 100, nowhere, 404),
        pipelined("10 requests, then nonsense", 10, "nonsense\r\n\r\n", 400),
        Row::new("the preface of HTTP/2", preface, Expected::Cut),
        Row::refused("HTTP/3.0", "GET / HTTP/3.0\r\n\r\n", 400, ""),
        Row::refused("a hello of TLS", hello, 400, ""),
        Row::refused("a hello of SSH", "SSH-2.0-OpenSSH_9.6\r\n", 400, ""),
        Row::refused("70 KB that are no HTTP", "A".repeat(70_000), 431, ""),
    ]
}

fn streams() -> Vec<Row> {
    let accept = [("accept", "text/event-stream")];
    let vote = "/graphql/stream?query=mutation%7BsignOut(input:%7BrefreshToken:%22a%22%7D)%7B__typename%7D%7D";
    let vote = request("GET", vote, &accept);
    let unwanted = request_with("POST", "/graphql/stream", USUAL, QUERY.as_bytes());
    let put = request("PUT", "/graphql/stream", &accept);
    vec![
        Row::refused("a mutation by GET, as events", vote, 405, ""),
        Row::refused("events for who takes none", unwanted, 406, ""),
        Row::refused("events by PUT", put, 405, ""),
    ]
}
