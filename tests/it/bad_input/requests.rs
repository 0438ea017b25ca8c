//! Requests: bodies, headers, methods, parameters, documents.

use serde_json::json;

use super::Target;
use crate::harness::{CAST_VOTE, Stores, on_both};

on_both!(
    bodies_of_no_use_are_refused,
    requests_of_another_form_are_refused,
    parameters_of_a_get_are_checked_like_a_body,
    documents_that_nest_too_deep_are_refused,
);

async fn bodies_of_no_use_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let query = r#""query": "{ serverTime }""#;
    let bodies: Vec<Vec<u8>> = [
        String::new(), "{".into(), "nonsense".into(), "null".into(), "5".into(), "\"{ serverTime }\"".into(), "[]".into(),
        format!("[{{{query}}}]"), format!("{{{query}}} trailing"), format!("{{{query}, {query}}}"), "{}".into(),
        r#"{"query": null}"#.into(), r#"{"query": 5}"#.into(), r#"{"query": ["{ serverTime }"]}"#.into(),
        r#"{"query": {"a": 1}}"#.into(), r#"{"query": true}"#.into(), r#"{"query": ""}"#.into(),
        format!("{{{query}, \"variables\": []}}"), format!("{{{query}, \"variables\": \"a\"}}"), format!("{{{query}, \"variables\": 5}}"),
        format!("{{{query}, \"operationName\": 5}}"), format!("{{{query}, \"operationName\": {{}}}}"),
        format!("{{{query}, \"operationName\": [\"A\"]}}"), format!("{{{query}, \"extensions\": []}}"),
        format!("{{{query}, \"extensions\": \"a\"}}"), format!("{{{query}, \"extensions\": 1}}"),
        format!("{{{query}, \"variables\": {{\"a\": {deep}}}}}"),
        r#"{"query": "query($s: String) { campaign(slug: $s) { id } }", "variables": {"s": "\ud800"}}"#.into(),
        r#"{"query": "query($s: String) { campaign(slug: $s) { id } }", "variables": {"s": "\udc00\ud800"}}"#.into(),
        r#"{"query": "{ serverTime } \ud800"}"#.into(),
    ]
    .map(String::into_bytes)
    .into();
    let not_utf8 = [
        &br#"{"query": "{ serverTime }", "operationName": ""#[..],
        b"\xff\xfe\"}",
    ]
    .concat();
    for body in bodies.into_iter().chain([not_utf8]) {
        let what = String::from_utf8_lossy(&body)
            .chars()
            .take(120)
            .collect::<String>();
        let answer = target.post_bytes(body).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.text);
        answer.assert_code(&what, "BAD_USER_INPUT");
        assert!(answer.json().get("data").is_none(), "{what}");
    }
    for document in [
        r#"{ campaign(slug: "\ud800") { id } }"#,
        r#"{ campaign(slug: "\ud83d\ud83d") { id } }"#,
        r#"{ campaign(slug: "\u12") { id } }"#,
        "{ campaign(slug: \"\u{0}",
        "{",
        "}",
        "{ a(b: }",
        "\u{0}",
        "query {",
        "{ serverTime } }",
    ] {
        let answer = target
            .post_bytes(json!({"query": document}).to_string())
            .await;
        assert_eq!(answer.status, 400, "{document}: {}", answer.text);
        answer.assert_code(document, "GRAPHQL_PARSE_FAILED");
    }
    let nulls =
        format!("{{{query}, \"variables\": null, \"operationName\": null, \"extensions\": null}}");
    let answer = target.post_bytes(nulls).await;
    assert_eq!(
        answer.json(),
        json!({"data": {"serverTime": "2022-10-25T04:00:00.000Z"}})
    );
    let unknown = json!({"query": "query A { serverTime }", "operationName": "B"}).to_string();
    target
        .post_bytes(unknown)
        .await
        .assert_code("an unknown operation", "GRAPHQL_VALIDATION_FAILED");
}

async fn requests_of_another_form_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let good = json!({"query": "{ serverTime }"}).to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "application/graphql",
        "application/jsonx",
        "application/json; charset=latin1",
        "application/json; charset=utf-16",
        "",
    ] {
        let request = target
            .post()
            .header("content-type", content_type)
            .body(good.clone());
        let answer = target.request(request).await;
        assert_eq!(answer.status, 415, "{content_type}: {}", answer.text);
        answer.assert_code(content_type, "BAD_USER_INPUT");
    }
    let answer = target.request(target.post().body(good.clone())).await;
    assert_eq!(answer.status, 415, "no content type");
    for content_type in ["application/json", "APPLICATION/JSON; Charset=\"UTF-8\""] {
        let answer = target
            .request(
                target
                    .post()
                    .header("content-type", content_type)
                    .body(good.clone()),
            )
            .await;
        assert_eq!(answer.status, 200, "{content_type}: {}", answer.text);
    }
    for accept in [
        "text/html",
        "application/json;q=0",
        "image/*",
        "",
        "nonsense",
    ] {
        let request = target
            .app
            .http()
            .post(target.app.url("/graphql"))
            .header("accept", accept);
        let answer = target
            .request(
                request
                    .header("content-type", "application/json")
                    .body(good.clone()),
            )
            .await;
        assert_eq!(answer.status, 406, "{accept}: {}", answer.text);
        answer.assert_clean(accept);
    }
    let padding = "x".repeat(40 * 1024);
    let answer = target
        .post_bytes(json!({"query": "{ serverTime }", "extensions": {"a": padding}}).to_string())
        .await;
    assert_eq!(answer.status, 413, "{}", answer.text);
    answer.assert_code("a large body", "BAD_USER_INPUT");
    let document = format!("{{ serverTime }} # {}", "x".repeat(9 * 1024));
    let answer = target
        .post_bytes(json!({"query": document}).to_string())
        .await;
    assert_eq!(answer.status, 400);
    answer.assert_code("a large document", "QUERY_TOO_COMPLEX");
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        let method = method.parse().expect("a method");
        let answer = target
            .request(
                target
                    .app
                    .http()
                    .request(method, target.app.url("/graphql")),
            )
            .await;
        assert_eq!(
            (answer.status, answer.allow.as_str()),
            (405, "POST, GET"),
            "{}",
            answer.text
        );
    }
    let subscription = json!({"query": "subscription($id: ID!) { tallyChanged(campaignId: $id) { version } }",
        "variables": {"id": target.campaign()}});
    let answer = target.post_bytes(subscription.to_string()).await;
    assert_eq!(answer.status, 400);
    answer.assert_code("a subscription", "BAD_USER_INPUT");
}

async fn parameters_of_a_get_are_checked_like_a_body(stores: Stores) {
    let target = Target::start(stores).await;
    let get = async |parameters: &[(&str, &str)]| {
        let request = target
            .app
            .http()
            .get(target.app.url("/graphql"))
            .query(parameters);
        let request = request.header("accept", "application/graphql-response+json");
        target.request(request.bearer_auth(&target.voter)).await
    };
    let nominee = target.nominee();
    let variables = json!({"input": {"nomineeId": nominee}}).to_string();
    let answer = get(&[("query", CAST_VOTE), ("variables", &variables)]).await;
    assert_eq!(answer.status, 405, "{}", answer.text);
    assert!(answer.allow.contains("POST"), "{}", answer.allow);
    answer.assert_code("a mutation", "BAD_USER_INPUT");
    for parameters in [
        &[][..],
        &[("query", "")],
        &[("query", "{ serverTime }"), ("query", "{ serverTime }")],
        &[("query", "{ serverTime }"), ("variables", "[]")],
        &[("query", "{ serverTime }"), ("variables", "nonsense")],
        &[("query", "{ serverTime }"), ("variables", "\"a\"")],
        &[("query", "{ serverTime }"), ("extensions", "5")],
        &[
            ("query", "{ serverTime }"),
            ("extensions", "{\"a\": \"\\ud800\"}"),
        ],
    ] {
        let answer = get(parameters).await;
        assert_eq!(answer.status, 400, "{parameters:?}: {}", answer.text);
        answer.assert_code(&format!("{parameters:?}"), "BAD_USER_INPUT");
    }
    for parameters in [
        &[("query", "{ serverTime }")][..],
        &[
            ("query", "{ serverTime }"),
            ("variables", "null"),
            ("extensions", "null"),
        ],
        &[
            ("query", "{ serverTime }"),
            ("variables", ""),
            ("operationName", ""),
        ],
    ] {
        assert_eq!(get(parameters).await.status, 200, "{parameters:?}");
    }
    let raw = target.app.url("/graphql?query=%FF%FE%00{&variables=%ZZ");
    let answer = target.request(target.app.http().get(raw)).await;
    answer.assert_clean("bytes that are no text");
    assert_eq!(answer.status, 400, "{}", answer.text);
    for path in [
        "/campaigns/%00/tally.json",
        "/campaigns/%FF/tally.json",
        "/campaigns/none/tally.json",
    ] {
        let answer = target
            .request(target.app.http().get(target.app.url(path)))
            .await;
        answer.assert_clean(path);
        assert!(
            [400, 404].contains(&answer.status),
            "{path}: {}",
            answer.status
        );
    }
    target.assert_nothing_was_written().await;
}

async fn documents_that_nest_too_deep_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let nested = |levels: usize| {
        let (open, close) = ("campaign { nominees(first: 1) { nodes { ", "} } } ");
        format!(
            "{{ nominee(id: \"{}\") {{ {} id {} }} }}",
            target.nominee(),
            open.repeat(levels),
            close.repeat(levels)
        )
    };
    let answer = target
        .post_bytes(json!({"query": nested(3)}).to_string())
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    for document in [
        nested(4),
        nested(40),
        nested(150),
        format!(
            "{{ serverTime(a: {}{}) }}",
            "[".repeat(100),
            "]".repeat(100)
        ),
        format!(
            "query($a: {}Int{}) {{ serverTime }}",
            "[".repeat(1_000),
            "]".repeat(1_000)
        ),
        "{".repeat(8_000),
    ] {
        let answer = target
            .post_bytes(json!({"query": document}).to_string())
            .await;
        assert_eq!(answer.status, 400, "{document:.60}: {}", answer.text);
        answer.assert_code(&document[..20], "QUERY_TOO_COMPLEX");
    }
    for document in [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { serverTime ...A }",
    ] {
        let answer = target
            .post_bytes(json!({"query": document}).to_string())
            .await;
        assert_eq!(answer.status, 400, "{document}: {}", answer.text);
        answer.assert_clean(document);
    }
    let list = "stories(first: 100) { nodes { nominee { ";
    let costly = format!(
        "nominees(campaignId: \"{}\", first: 100) {{ nodes {{ ",
        target.campaign()
    );
    let costly = format!(
        "{{ {costly} {} id {} }} }} }}",
        list.repeat(3),
        "} } } ".repeat(3)
    );
    let answer = target
        .post_bytes(json!({"query": costly}).to_string())
        .await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    answer.assert_code("a costly document", "QUERY_TOO_COMPLEX");
}
