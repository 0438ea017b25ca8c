//! Documents that pass for good ones until they are validated, and then have much to be said about them: what is said
//! stays short, and so does the time it takes to find it out.

use super::Row;
use super::documents::{COMPLEX, INVALID, SYNTAX, document, each, nested};

pub fn rows() -> Vec<Row> {
    let rows = [values(), conflicts(), complaints(), introspection()];
    rows.into_iter().flatten().collect()
}

#[allow(clippy::too_many_lines, reason = "it is a table")]
fn values() -> Vec<Row> {
    let first =
        |value: &str| format!("{{ campaigns(first: {value}) {{ nodes {{ id }} }} noField }}");
    let slug = |value: &str| format!("{{ campaign(slug: {value}) {{ id }} noField }}");
    let ids = each(580, |n| format!("\"{n}\" "));
    vec![
        document("1e400", &first("1e400"), SYNTAX),
        document(
            "a number of 8,000 digits",
            &first(&"9".repeat(8_000)),
            COMPLEX,
        ),
        document(
            "a fraction of 8,000 digits",
            &first(&format!("0.{}", "9".repeat(8_000))),
            COMPLEX,
        ),
        document(
            "a number of 10,000 digits",
            &first(&"9".repeat(10_000)),
            COMPLEX,
        ),
        document(
            "an exponent of 8,000 digits",
            &first(&format!("1e{}", "9".repeat(8_000))),
            COMPLEX,
        ),
        document(
            "a negative exponent of 8,000 digits",
            &first(&format!("1e-{}", "9".repeat(8_000))),
            COMPLEX,
        ),
        document(
            "a string of 8 KB",
            &slug(&format!("\"{}\"", "x".repeat(8_000))),
            INVALID,
        ),
        document(
            "a string of 30 KB",
            &slug(&format!("\"{}\"", "x".repeat(30_000))),
            COMPLEX,
        ),
        document(
            "a string that does not end",
            &slug(&format!("\"{}", "x".repeat(8_000))),
            SYNTAX,
        ),
        document(
            "a string of escapes",
            &slug(&format!("\"{}\"", "\\u4e2d".repeat(1_300))),
            INVALID,
        ),
        document(
            "a string of half surrogates",
            &slug(&format!("\"{}\"", "\\ud800".repeat(1_300))),
            SYNTAX,
        ),
        document(
            "a block string of 8 KB",
            &slug(&format!("\"\"\"{}\"\"\"", "x\n ".repeat(2_600))),
            INVALID,
        ),
        document(
            "a block string that does not end",
            &slug(&format!("\"\"\"{}", "\\\"\"\"".repeat(2_000))),
            SYNTAX,
        ),
        document(
            "550 strings, none of which ends",
            &slug(&"\"\n".repeat(550)),
            SYNTAX,
        ),
        document(
            "580 ids",
            &format!("{{ nodes(ids: [{ids}]) {{ id }} noField }}"),
            INVALID,
        ),
        document(
            "580 ids as a default",
            &format!("query($a: [ID!]! = [{ids}]) {{ noField }}"),
            INVALID,
        ),
        document(
            "arguments of one name",
            &format!("{{ node({}) {{ id }} }}", "id: 1 ".repeat(190)),
            INVALID,
        ),
        document(
            "fields of one name in an object",
            &format!(
                "mutation {{ setLike(input: {{{}}}) {{ userErrors {{ code }} }} }}",
                "liked: true ".repeat(190)
            ),
            INVALID,
        ),
    ]
}

fn conflicts() -> Vec<Row> {
    let same = |count, field: &str| field.repeat(count);
    vec![
        document(
            "498 fields of one key",
            &format!("{{{} noField}}", same(498, "serverTime ")),
            INVALID,
        ),
        document(
            "60 fields of one key with other arguments",
            &format!("{{{}}}", each(60, |n| format!("node(id:{n}){{id}}"))),
            INVALID,
        ),
        document(
            "15 aliases of one key",
            &format!("{{{}}}", each(15, |n| format!("a:node(id:{n}){{id}}"))),
            INVALID,
        ),
        document(
            "480 fields against one alias",
            &format!("{{serverTime:viewer{{id}} {}}}", same(480, "serverTime ")),
            INVALID,
        ),
        // The library says of every pair of fields, and every argument, that they conflict; ...
        document(
            "90 arguments against 300 fields without",
            &format!(
                "{{serverTime({}) {}}}",
                each(90, |n| format!("a{n}:1 ")),
                same(300, "serverTime ")
            ),
            INVALID,
        ),
        document(
            "one argument of a long name against 490 fields without",
            &format!(
                "{{serverTime({}:1) {}}}",
                "a".repeat(100),
                same(490, "serverTime ")
            ),
            INVALID,
        ),
        // ... and once for each of the inline fragments around them.
        document(
            "440 fields against one alias, 30 fragments deep",
            &nested(
                30,
                "{...",
                &format!("{{serverTime:viewer{{id}} {}}}", same(440, "serverTime ")),
                "}",
            ),
            COMPLEX,
        ),
        document(
            "440 fields of one key, 30 fragments deep",
            &nested(
                30,
                "{...",
                &format!("{{{}}}", same(440, "serverTime ")),
                "}",
            ),
            COMPLEX,
        ),
    ]
}

fn complaints() -> Vec<Row> {
    let same = |count, field: &str| field.repeat(count);
    let nodes = |ids: String| format!("nodes(ids:[{ids}]){{id}}");
    let undefined = |count: usize| nodes(each(count, |n| format!("$v{n} ")));
    vec![
        // Each with the name of the operation.
        document(
            "90 undefined variables",
            &format!("query {}{{{}}}", "q".repeat(128), undefined(90)),
            INVALID,
        ),
        document(
            "an operation of a long name",
            &format!("query {}{{{}}}", "q".repeat(5_000), undefined(90)),
            COMPLEX,
        ),
        document(
            "90 undefined variables in 5 operations",
            &(each(5, |n| format!("query q{n}{}{{...F}}", "q".repeat(120)))
                + &format!("fragment F on Query{{{}}}", undefined(90))),
            INVALID,
        ),
        document(
            "90 wrong places of a variable in 5 operations",
            &(each(5, |n| {
                format!("query q{n}{}($v:Int){{...F}}", "q".repeat(120))
            }) + &format!("fragment F on Query{{{}}}", nodes(same(90, "$v ")))),
            INVALID,
        ),
        document(
            "40 operations without their 100 variables",
            &(each(40, |n| format!("query q{n}{{...F}}"))
                + &format!("fragment F on Query{{{}}}", undefined(100))),
            COMPLEX,
        ),
        document(
            "an undefined variable, 100 times",
            &format!("{{{}}}", nodes(same(100, "$a "))),
            INVALID,
        ),
        document(
            "500 unknown fields",
            &format!("{{{}}}", same(500, "a ")),
            INVALID,
        ),
        document(
            "80 unknown fields with long names",
            &format!("{{{}}}", each(80, |n| format!("{}{n} ", "a".repeat(90)))),
            INVALID,
        ),
        document(
            "unknown arguments with long names",
            &format!(
                "{{serverTime({})}}",
                each(70, |n| format!("{}{n}:1 ", "a".repeat(90)))
            ),
            INVALID,
        ),
        document(
            "an unknown type with a long name",
            &format!("query($a:{}){{serverTime}}", "T".repeat(8_000)),
            COMPLEX,
        ),
        document(
            "an unknown fragment with a long name",
            &format!("{{...{}}}", "f".repeat(8_000)),
            COMPLEX,
        ),
        document("a field that is nearly known", "{ serverTme }", INVALID),
    ]
}

fn introspection() -> Vec<Row> {
    let of_type = nested(9, "{type", "{ofType{ofType{name}}}", "}");
    let schema =
        "{__schema{types{fields{type{ofType{ofType{ofType{ofType{ofType{ofType{name}}}}}}}}}}}";
    let fields = &schema[1..schema.len() - 1];
    vec![
        document("the schema", schema, INVALID),
        document(
            "15 times the schema",
            &format!("{{{}}}", each(15, |n| format!("a{n}:{fields}"))),
            INVALID,
        ),
        document(
            "a type",
            "{__type(name:\"Query\"){fields{type{fields{type{fields{type{name}}}}}}}}",
            INVALID,
        ),
        document(
            "what no type has",
            &format!("{{__type(name:\"Query\"){{fields{of_type}}}}}"),
            INVALID,
        ),
        document(
            "the schema in a fragment",
            &format!("{{...A}}fragment A on Query{schema}"),
            INVALID,
        ),
        document("a document of a schema", "type Query { a: Int }", SYNTAX),
    ]
}
