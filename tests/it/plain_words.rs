//! Errors in plain words: what is wrong, where, and what to do, and nothing of the library's or of another case.

use serde_json::{Value, json};

use crate::harness::{Stores, TestApp, TestClient, on_both};

on_both!(
    a_syntax_error_is_a_sentence_with_its_place,
    literals_are_those_of_the_specification,
    a_token_without_bearer_is_told_so,
    only_requests_with_a_key_hear_of_one,
);

/// The first error of the answer to a document.
async fn error_of(client: &TestClient, query: &str, variables: Value) -> Value {
    let mut answer = client.send(query, variables).await;
    answer["errors"][0].take()
}

async fn a_syntax_error_is_a_sentence_with_its_place(stores: Stores) {
    let app = TestApp::start(&stores).await;
    for (query, message, (line, column)) in [
        (
            "{ serverTime",
            "Syntax error in line 1, column 1: this { is not closed.",
            (1, 1),
        ),
        (
            "{\n  serverTime }\n}",
            "Syntax error in line 3, column 1: this } closes nothing.",
            (3, 1),
        ),
        (
            "{ nodes(ids: [\"a\") { id } }",
            "Syntax error in line 1, column 18: this ) comes before the [ of line 1, column 14 is closed.",
            (1, 18),
        ),
        (
            "{ serverTime ! }",
            "Syntax error in line 1, column 14: the document cannot be read from here on.",
            (1, 14),
        ),
        (
            "{ node(id: \"\\uD83D\") { id } }",
            "Syntax error in line 1, column 13: this escape is no character.",
            (1, 13),
        ),
    ] {
        let error = error_of(app.anonymous(), query, json!({})).await;
        assert_eq!(error["message"], message);
        assert_eq!(
            error["locations"],
            json!([{"line": line, "column": column}])
        );
        assert_eq!(error["extensions"]["code"], "GRAPHQL_PARSE_FAILED");
    }
}

async fn literals_are_those_of_the_specification(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app
        .sample_with(|campaign| "😀".clone_into(&mut campaign.slug))
        .await;
    for literal in [r"\uD83D\uDE00", r"\u{1F600}", r"\u{0001f600}", "😀"] {
        let query = format!("{{ campaign(slug: \"{literal}\") {{ id }} }}");
        let data = app.anonymous().ask(&query, json!({})).await;
        assert_eq!(data["campaign"]["id"], sample.campaign_id(), "{literal}");
    }
    let query = "query($id: ID!) { nominees(campaignId: $id, orderBy: \"VOTES\") { totalCount } }";
    let error = error_of(app.anonymous(), query, json!({"id": sample.campaign_id()})).await;
    assert_eq!(
        error["message"],
        "A string stands where a value of the enum NomineeOrder is expected: write it without quotes."
    );
    assert_eq!(error["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(error["locations"], json!([{"line": 1, "column": 54}]));
    // In JSON an enum's value is a string.
    let query = "query($id: ID!, $order: NomineeOrder! = VOTES) {
        nominees(campaignId: $id, orderBy: $order) { totalCount } }";
    for order in ["VOTES", "NUMBER"] {
        let variables = json!({"id": sample.campaign_id(), "order": order});
        app.anonymous().ask(query, variables).await;
    }
}

async fn a_token_without_bearer_is_told_so(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let token = app.voter().token().expect("a token");
    let ask = async |authorization: &str| {
        let request = app.http().post(app.url("/graphql"));
        let request = request.header("authorization", authorization);
        let request = request.json(&json!({"query": "{ serverTime }"}));
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let answer: Value = response.json().await.expect("JSON");
        let error = answer["errors"].get(0).cloned();
        (status, error.unwrap_or_default())
    };
    for bad in [
        token.clone(),
        format!("Token {token}"),
        "Basic YTpi".to_owned(),
    ] {
        let (status, error) = ask(&bad).await;
        assert_eq!(status, 401);
        assert_eq!(error["extensions"]["code"], "UNAUTHENTICATED");
        let message = error["message"].as_str().expect("a text");
        assert!(message.contains("Authorization: Bearer"), "{message}");
    }
    let (status, error) = ask("Bearer nonsense").await;
    assert_eq!(
        (status, &error["message"]),
        (
            401,
            &json!("Sign in first: this needs a valid access token.")
        )
    );
    assert_eq!(ask(&format!("Bearer {token}")).await.0, 200);
}

async fn only_requests_with_a_key_hear_of_one(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let voter = app.voter();
    app.database.close().await;
    let guest = "mutation { signInGuest(input: {deviceId: \"device-id-of-nobody-at-all\"}) { session { accessToken } } }";
    let vote = "mutation($id: ID!, $key: UUID) { castVote(input: {nomineeId: $id, idempotencyKey: $key}) { vote { id } } }";
    let ballot = "mutation($c: ID!, $id: ID!, $key: UUID) {
        castBallot(input: {campaignId: $c, nomineeIds: [$id], idempotencyKey: $key}) { votes { id } } }";
    let key = "6f1b3c64-29a5-4f0b-b7b0-7d1f5d3c9a10";
    let variables = |key: Option<&str>| json!({"c": sample.campaign_id(), "id": sample.nominee_id(0), "key": key});
    for (query, variables, hears_of_key) in [
        (guest, json!({}), false),
        (vote, variables(None), false),
        (vote, variables(Some(key)), true),
        (ballot, variables(None), false),
        (ballot, variables(Some(key)), true),
        ("{ stories { nodes { id } } }", json!({}), false),
    ] {
        let error = error_of(&voter, query, variables).await;
        assert_eq!(
            error["extensions"]["code"], "UNAVAILABLE",
            "{query}: {error}"
        );
        let message = error["message"].as_str().expect("a text");
        assert!(
            message.starts_with("The service is unavailable for a moment"),
            "{message}"
        );
        assert_eq!(
            message.contains("idempotency key"),
            hears_of_key,
            "{query}: {message}"
        );
    }
}
