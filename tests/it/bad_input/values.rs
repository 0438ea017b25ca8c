//! Texts, numbers and values of other types.

use serde_json::json;

use super::{Answer, Target};
use crate::harness::{CAST_VOTE, Stores, on_both, refusal};

on_both!(
    odd_texts_find_nobody_and_break_nothing,
    texts_open_no_door,
    numbers_have_bounds,
    values_of_another_type_are_refused,
    documents_that_do_not_fit_the_schema_are_refused,
);

/// Texts that no good client sends.
fn odd_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "\u{0}",
        "a\u{0}b",
        "\u{1}\u{1b}[2J\u{7f}",
        "\u{feff}\u{202e}",
        "\u{fffe}",
        "\r\n\r\n",
        "'; DROP TABLE vote; --",
        "%_\\",
        "{{7*7}}",
        "../etc/passwd",
    ]
    .map(str::to_owned)
    .into();
    texts.push("x".repeat(5_000));
    texts.push("候".repeat(5_000));
    texts.push("\u{0}".repeat(200));
    texts
}

async fn odd_texts_find_nobody_and_break_nothing(stores: Stores) {
    let target = Target::start(stores).await;
    for text in odd_texts() {
        let what = format!("{text:.20?}");
        let answer = target
            .send(
                "query($s: String) { campaign(slug: $s) { id } }",
                &json!({"s": text}),
            )
            .await;
        answer.assert_clean(&what);
        assert_eq!(answer.json(), json!({"data": {"campaign": null}}), "{what}");
        let search =
            "query($id: ID!, $s: String) { nominees(campaignId: $id, search: $s) { totalCount } }";
        let answer = target
            .send(search, &json!({"id": target.campaign(), "s": text}))
            .await;
        if text.chars().count() > 100 {
            answer.assert_code(&what, "BAD_USER_INPUT");
        } else {
            answer.assert_clean(&what);
            // Where nothing that can be seen is left, nobody is left out.
            let is_seen = |c: char| {
                !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{feff}' | '\u{202e}')
            };
            let expected = if text.chars().any(is_seen) { 0 } else { 36 };
            assert_eq!(
                answer.json()["data"]["nominees"]["totalCount"],
                json!(expected),
                "{what}"
            );
        }
    }
}

async fn texts_open_no_door(stores: Stores) {
    let target = Target::start(stores).await;
    for text in odd_texts() {
        let what = format!("{text:.20?}");
        let guest =
            "mutation($s: String!) { signInGuest(input: {deviceId: $s}) { userErrors { code } } }";
        target.refuse_input(guest, &json!({"s": text})).await;
        let key = "mutation($id: ID!, $s: UUID) { castVote(input: {nomineeId: $id, idempotencyKey: $s}) { userErrors { code } } }";
        target
            .refuse_input(key, &json!({"id": target.nominee(), "s": text}))
            .await;
        for (field, code) in [
            (
                "signInMiniProgram(input: {platform: WECHAT, code: $s})",
                "PLATFORM_NOT_CONFIGURED",
            ),
            (
                "refreshSession(input: {refreshToken: $s})",
                "INVALID_REFRESH_TOKEN",
            ),
        ] {
            let query = format!(
                "mutation($s: String!) {{ payload: {field} {{ session {{ accessToken }} userErrors {{ code }} }} }}"
            );
            let answer = target.send(&query, &json!({"s": text})).await;
            answer.assert_clean(&what);
            assert_eq!(
                refusal(&answer.json()["data"]["payload"]),
                Some(code),
                "{what}"
            );
        }
        let query = "mutation($s: String!) { signOut(input: {refreshToken: $s}) { signedOut } }";
        target
            .send(query, &json!({"s": text}))
            .await
            .assert_clean(&what);
        credentials(&target, &text).await;
    }
    target.assert_nothing_was_written().await;
}

/// Signs in as staff with `text` as e-mail and as password.
async fn credentials(target: &Target, text: &str) {
    let query =
        "mutation($e: String!, $p: String!) { signInStaff(input: {email: $e, password: $p}) {
        session { accessToken } userErrors { code } } }";
    let what = format!("{text:.20?}");
    let is_text = !text.trim().chars().any(char::is_control);
    for (email, password, is_good) in [(text, "hunter2", is_text), ("a@b.example", text, true)] {
        let variables = json!({"e": email, "p": password});
        let answer = target.send(query, &variables).await;
        if text.len() > 254 || !is_good {
            answer.assert_code(&what, "BAD_USER_INPUT");
        } else {
            answer.assert_clean(&what);
            let response = answer.json();
            let code = refusal(&response["data"]["signInStaff"]);
            let refusals = [Some("INVALID_CREDENTIALS"), Some("TOO_MANY_ATTEMPTS")];
            assert!(refusals.contains(&code), "{what}: {response}");
        }
    }
}

async fn numbers_have_bounds(stores: Stores) {
    let target = Target::start(stores).await;
    let query = "query($n: Int) { campaigns(first: $n) { totalCount } }";
    for number in [
        "2147483648",
        "-2147483649",
        "9007199254740993",
        "9223372036854775808",
        "18446744073709551616",
        "99999999999999999999999999999999999999",
        "1.5",
        "1e3",
        "1e300",
        "-0.0",
    ] {
        let literal = format!("{{ campaigns(first: {number}) {{ totalCount }} }}");
        let body = json!({"query": literal}).to_string();
        assert_bad_value(&target.post_bytes(body).await, number);
        let body = format!(
            "{{\"query\": {}, \"variables\": {{\"n\": {number}}}}}",
            json!(query)
        );
        assert_bad_value(&target.post_bytes(body).await, number);
    }
    for number in ["1e999", "NaN", "Infinity", "0x10", "01", "+1", "1.", ".5"] {
        let body = format!(
            "{{\"query\": {}, \"variables\": {{\"n\": {number}}}}}",
            json!(query)
        );
        let answer = target.post_bytes(body).await;
        answer.assert_code(number, "BAD_USER_INPUT");
        assert_eq!(answer.status, 400, "{number}");
        let literal = format!("{{ campaigns(first: {number}) {{ totalCount }} }}");
        let answer = target
            .post_bytes(json!({"query": literal}).to_string())
            .await;
        answer.assert_clean(number);
        assert!(
            answer.json()["errors"].is_array(),
            "{number}: {}",
            answer.text
        );
    }
}

/// A value that does not fit is found by validation, or when the argument is read.
fn assert_bad_value(answer: &Answer, what: &str) {
    answer.assert_clean(what);
    let response = answer.json();
    let code = response["errors"][0]["extensions"]["code"].as_str();
    let codes = [Some("BAD_USER_INPUT"), Some("GRAPHQL_VALIDATION_FAILED")];
    assert!(codes.contains(&code), "{what}: {response}");
}

async fn values_of_another_type_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let number = "query($n: Int) { campaigns(first: $n) { totalCount } }";
    let slug = "query($s: String) { campaign(slug: $s) { id } }";
    let node = "query($id: ID!) { node(id: $id) { id } }";
    let phase = "query($p: CampaignPhase) { campaigns(phase: $p) { totalCount } }";
    let nominee = target.nominee();
    for (query, variables) in [
        (number, json!({"n": "5"})),
        (number, json!({"n": [5]})),
        (number, json!({"n": true})),
        (slug, json!({"s": 5})),
        (slug, json!({"s": {"a": 1}})),
        (node, json!({"id": ["a"]})),
        (node, json!({"id": 1.5})),
        (phase, json!({"p": "voting"})),
        (phase, json!({"p": 1})),
        (CAST_VOTE, json!({"input": []})),
        (CAST_VOTE, json!({"input": {}})),
        (CAST_VOTE, json!({"input": {"nomineeId": null}})),
        (
            CAST_VOTE,
            json!({"input": {"nomineeId": nominee, "voterId": "me"}}),
        ),
        (
            CAST_VOTE,
            json!({"input": {"nomineeId": nominee, "idempotencyKey": 5}}),
        ),
        (
            CAST_VOTE,
            json!({"input": {"nomineeId": nominee, "idempotencyKey": "not-a-uuid"}}),
        ),
        ("{ campaigns(first: \"5\") { totalCount } }", json!({})),
        ("{ campaigns(phase: NONE) { totalCount } }", json!({})),
    ] {
        let answer = target.send(query, &variables).await;
        assert_bad_value(&answer, &format!("{query} {variables}"));
    }
    for (query, variables) in [
        (node, json!({})),
        (node, json!({"id": null})),
        (CAST_VOTE, json!({})),
        (CAST_VOTE, json!({"input": null})),
    ] {
        let answer = target.send(query, &variables).await;
        answer.assert_code(query, "BAD_USER_INPUT");
        assert_eq!(
            answer.status, 400,
            "a variable that must have a value: {query}"
        );
    }
    target.assert_nothing_was_written().await;
}

async fn documents_that_do_not_fit_the_schema_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    for query in [
        "{ none }",
        "{ serverTime { x } }",
        "{ viewer }",
        "query($x: None) { serverTime }",
        "{ node { id } }",
        "fragment F on Query { serverTime }",
        "query A { serverTime } query B { serverTime }",
        "{ ...F }",
    ] {
        let answer = target.send(query, &json!({})).await;
        assert_eq!(answer.status, 400, "{query}");
        answer.assert_clean(query);
        assert!(
            answer.json().get("data").is_none(),
            "{query}: {}",
            answer.text
        );
    }
}
