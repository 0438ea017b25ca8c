//! Documents that ask for more than anyone needs: each is refused, most of them before the library sees them.

use std::fmt::Write as _;

use serde_json::json;

use super::Row;
use super::wire::post;

pub const COMPLEX: &str = "QUERY_TOO_COMPLEX";
pub const SYNTAX: &str = "GRAPHQL_PARSE_FAILED";
pub const INVALID: &str = "GRAPHQL_VALIDATION_FAILED";

/// The texts that `part` gives for each number, one after the other.
pub fn each(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

/// Something in brackets in brackets.
pub fn nested(depth: usize, open: &str, inside: &str, close: &str) -> String {
    open.repeat(depth) + inside + &close.repeat(depth)
}

/// Fragments each of which spreads the next one twice: so many levels are 2^levels fields.
pub fn doubling(levels: usize, leaf: &str) -> String {
    let mut document = "{...F0}".to_owned();
    for level in 0..levels {
        let next = level + 1;
        let _ = write!(
            document,
            "fragment F{level} on Query{{...F{next} ...F{next}}}"
        );
    }
    document + &format!("fragment F{levels} on Query{{{leaf}}}")
}

/// A document is sent alone, and refused with this code.
pub fn document(name: &'static str, text: &str, code: &'static str) -> Row {
    Row::refused(name, post(json!({"query": text}).to_string()), 400, code)
}

pub fn rows() -> Vec<Row> {
    let rows = [
        sizes(),
        brackets(),
        fragments(),
        repetitions(),
        operations(),
    ];
    rows.into_iter().flatten().collect()
}

fn sizes() -> Vec<Row> {
    vec![
        document("nothing but NUL", "\0", SYNTAX),
        document("NUL in a document", "{ serverTime \0 }", SYNTAX),
        document(
            "NUL in a string",
            "{ campaign(slug: \"\0\0\") { id } noField }",
            INVALID,
        ),
        document(
            "a byte order mark, many times",
            &("\u{feff}".repeat(2_000) + "{"),
            COMPLEX,
        ),
        document("8 KiB of comments", &("#\n".repeat(4_090) + "{"), SYNTAX),
        document("8 KiB of commas", &(",".repeat(8_191) + "{"), SYNTAX),
        document("one comment of 8 KiB", &("#".repeat(8_191) + "\n"), SYNTAX),
        document(
            "a document of 30 KB",
            &("{ serverTime } #".to_owned() + &"x".repeat(30_000)),
            COMPLEX,
        ),
        document("8 KiB of tokens", &"a ".repeat(4_096), COMPLEX),
        document(
            "a name of 8 KB",
            &format!("{{ {} }}", "a".repeat(8_000)),
            COMPLEX,
        ),
        document(
            "a name that goes on",
            &format!("query {}", "a".repeat(8_000)),
            COMPLEX,
        ),
    ]
}

fn brackets() -> Vec<Row> {
    let list = |depth, inside| format!("{{ serverTime(a: {}", nested(depth, "[", inside, "]) }"));
    let object = |depth| nested(depth, "{a:", "1", "}");
    vec![
        document(
            "fields nested 1,000 deep",
            &nested(1_000, "{a", "", "}"),
            COMPLEX,
        ),
        document("fields nested 13 deep", &nested(13, "{a", "", "}"), COMPLEX),
        document(
            "lists nested 10,000 deep",
            &format!("{{ a(b: {}", "[".repeat(10_000)),
            COMPLEX,
        ),
        document("lists nested 4,000 deep", &list(4_000, ""), COMPLEX),
        document(
            "objects nested 10,000 deep",
            &format!("{{ a(b: {}", "{a:".repeat(10_000)),
            COMPLEX,
        ),
        document(
            "objects nested 2,000 deep",
            &format!("{{ a(b: {}) }}", object(2_000)),
            COMPLEX,
        ),
        document(
            "types nested 4,000 deep",
            &format!("query($a: {}", "[".repeat(4_000)),
            COMPLEX,
        ),
        document("brackets that never close", &"{[(".repeat(2_700), COMPLEX),
        // As deep as brackets may nest, and never closed: a parser that tries again would take 2^30 times as long.
        document(
            "30 lists that never close",
            &format!("{{ a(b: {}", "[".repeat(30)),
            SYNTAX,
        ),
        document(
            "30 objects that never close",
            &format!("{{ a(b: {}", "{a:".repeat(30)),
            SYNTAX,
        ),
        document("30 selections that never close", &"{a".repeat(30), SYNTAX),
        document(
            "30 inline fragments that never close",
            &("{".to_owned() + &"...{".repeat(30)),
            SYNTAX,
        ),
        document(
            "30 types that never close",
            &format!("query($a:{}", "[".repeat(30)),
            SYNTAX,
        ),
        document(
            "30 lists as a default",
            &format!("query($a:Int={}", "[".repeat(30)),
            SYNTAX,
        ),
        document(
            "inline fragments 1,000 deep",
            &nested(1_000, "{...", "{a}", "}"),
            COMPLEX,
        ),
        document(
            "inline fragments 31 deep",
            &nested(31, "{...", "{noField}", "}"),
            INVALID,
        ),
    ]
}

fn fragments() -> Vec<Row> {
    let chain = |length: usize, leaf: &str| {
        let links = each(length, |n| {
            format!("fragment C{n} on Query{{...C{}}}", n + 1)
        });
        links + &format!("fragment C{length} on Query{{{leaf}}}")
    };
    let cycle = "{...A}fragment A on Query{...B}fragment B on Query{...A}";
    vec![
        document(
            "fragments that double 30 times",
            &doubling(30, "serverTime"),
            COMPLEX,
        ),
        document(
            "fragments that double 9 times",
            &doubling(9, "serverTime"),
            COMPLEX,
        ),
        // Within every limit: 256 fields, each at the end of 30 fragments.
        document(
            "fragments that double 8 times, then a chain",
            &(doubling(8, "...C0") + &chain(29, "noField")),
            INVALID,
        ),
        document(
            "a chain of 50 fragments",
            &("{...C0}".to_owned() + &chain(49, "noField")),
            INVALID,
        ),
        document(
            "a fragment that spreads itself",
            "{...A}fragment A on Query{...A}",
            COMPLEX,
        ),
        document("fragments that spread each other", cycle, COMPLEX),
        document(
            "a cycle that nothing spreads",
            &cycle.replace("{...A}f", "{serverTime}f"),
            COMPLEX,
        ),
        document(
            "a cycle over a field",
            "{...A}fragment A on Query{node(id:1){...B}}fragment B on Node{...on Query{...A}}",
            COMPLEX,
        ),
        document(
            "80 fragments that nothing spreads",
            &("{serverTime}".to_owned()
                + &each(80, |n| format!("fragment F{n} on Query{{viewer}}"))),
            INVALID,
        ),
        document(
            "one fragment spread 140 times",
            &format!("{{{}}}", "...A ".repeat(140)),
            INVALID,
        ),
    ]
}

fn repetitions() -> Vec<Row> {
    let many = |count: usize, text: &str| text.repeat(count);
    let aliases = |count, field: &str| each(count, |n| format!("a{n}:{field} "));
    vec![
        document(
            "1,000 aliases",
            &format!("{{{}}}", aliases(1_000, "a")),
            COMPLEX,
        ),
        document(
            "190 aliases",
            &format!("{{{}}}", aliases(190, "serverTime")),
            COMPLEX,
        ),
        document(
            "16 aliases by a fragment",
            &format!(
                "{{{}}}fragment A on Query{{a:viewer{{id}}}}",
                many(16, "...A ")
            ),
            COMPLEX,
        ),
        document(
            "2,700 __typename",
            &format!("{{{}}}", many(2_700, "__typename ")),
            COMPLEX,
        ),
        document(
            "501 __typename",
            &format!("{{{}}}", many(501, "__typename ")),
            COMPLEX,
        ),
        document(
            "10,000 directives on a field",
            &format!("{{ serverTime {} }}", many(10_000, "@a")),
            COMPLEX,
        ),
        document(
            "290 directives on a field",
            &format!("{{ serverTime {} }}", many(290, "@a")),
            COMPLEX,
        ),
        document(
            "10,000 directives on an operation",
            &format!("query {} {{a}}", many(10_000, "@a")),
            COMPLEX,
        ),
        document(
            "290 directives on an operation",
            &format!("query {} {{a}}", many(290, "@a")),
            COMPLEX,
        ),
        document(
            "290 directives on a fragment",
            &format!("{{...A}}fragment A on Query {} {{a}}", many(285, "@a")),
            COMPLEX,
        ),
        document(
            "11 times @skip",
            &format!("{{ serverTime {} }}", many(11, "@skip(if:true)")),
            COMPLEX,
        ),
    ]
}

#[allow(clippy::too_many_lines, reason = "it is a table")]
fn operations() -> Vec<Row> {
    let many = |count: usize, text: &str| text.repeat(count);
    let clock = "fragment F on Query{serverTime}";
    vec![
        document(
            "1,000 operations without a name",
            &many(1_000, "{a}"),
            COMPLEX,
        ),
        document(
            "1,000 operations",
            &each(1_000, |n| format!("query q{n}{{a}}")),
            COMPLEX,
        ),
        document(
            "100 operations, none of them asked for",
            &each(100, |n| format!("query q{n}{{serverTime}}")),
            COMPLEX,
        ),
        document(
            "100 operations of one name",
            &many(100, "query q{serverTime}"),
            SYNTAX,
        ),
        // Each of the operations is kept with all of the fragments: with its name a document is a new one.
        document(
            "37 operations with one fragment of 290 fields",
            &(clock.replace("serverTime", &many(290, "serverTime "))
                + &each(37, |n| format!("query q{n}_FRESH{{...F}}"))),
            COMPLEX,
        ),
        document(
            "5 operations with one fragment of 290 fields",
            &(clock.replace("serverTime", &many(290, "serverTime "))
                + &each(5, |n| format!("query q{n}_FRESH{{...F}}"))),
            INVALID,
        ),
        document(
            "1,000 variables",
            &format!("query({}){{a}}", each(1_000, |n| format!("$v{n}:Int "))),
            COMPLEX,
        ),
        document(
            "21 variables",
            &format!("query({}){{a}}", each(21, |n| format!("$v{n}:Int "))),
            COMPLEX,
        ),
        document(
            "101 uses of a variable",
            &format!("query($a:ID!){{nodes(ids:[{}]){{id}}}}", many(101, "$a ")),
            COMPLEX,
        ),
        document(
            "20 variables that nothing uses",
            &format!(
                "query({}){{serverTime}}",
                each(20, |n| format!("$v{n}:Int "))
            ),
            INVALID,
        ),
        document(
            "20 variables of one name",
            &format!("query({}){{serverTime}}", many(20, "$v:Int ")),
            INVALID,
        ),
        document(
            "280 directives on a variable",
            &format!(
                "query($a:Int {}){{campaigns(first:$a){{nodes{{id}}}}}}",
                many(280, "@a")
            ),
            COMPLEX,
        ),
        document(
            "10,000 directives on a variable",
            &format!("query($a:Int {}){{a}}", many(10_000, "@a")),
            COMPLEX,
        ),
    ]
}
