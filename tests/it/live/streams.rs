//! Event streams as in graphql-sse, one operation each.

use std::time::Duration;

use serde_json::{Value, json};

use super::{STORIES, TALLY, vote};
use crate::clients::{Event, Events};
use crate::deadlines::in_time;
use crate::harness::{Stores, TestApp, on_both};

on_both!(
    a_stream_carries_one_operation,
    a_stream_carries_a_subscription,
    errors_of_a_stream_are_results,
    a_stream_is_kept_alive_by_comments,
);

async fn a_stream_carries_one_operation(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let voter = app.voter();
    let token = voter.token().expect("a token");
    let query = "{ viewer { role } }";
    let complete = Event {
        name: "complete".to_owned(),
        ..Event::default()
    };
    let post = voter.events(query, &json!({})).await;
    let get = app.http().get(app.url("/graphql/stream"));
    let get = get.query(&[("query", query)]).bearer_auth(&token).send();
    for mut events in [post, Events::of(get.await.expect("an answer"))] {
        assert_eq!(
            events.next().await.expect("a result").result(),
            json!({"data": {"viewer": {"role": "VOTER"}}})
        );
        assert_eq!(events.next().await, Some(complete.clone()));
        assert_eq!(events.next().await, None);
    }
    let cast = "mutation($n: ID!) { castVote(input: {nomineeId: $n}) { userErrors { code } } }";
    let variables = json!({"n": sample.nominee_id(0)});
    let get = app.http().get(app.url("/graphql/stream"));
    let get = get.query(&[("query", cast), ("variables", &variables.to_string())]);
    let refused = get.bearer_auth(&token).send().await.expect("an answer");
    assert_eq!(refused.status(), 405);
    assert_eq!(refused.headers()["allow"], "POST");
    // It was not executed: by POST it counts.
    let mut events = voter.events(cast, &variables).await;
    assert_eq!(
        events.next().await.expect("a result").result(),
        json!({"data": {"castVote": {"userErrors": []}}})
    );
    assert_eq!(events.next().await, Some(complete));
}

async fn a_stream_carries_a_subscription(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let variables = json!({"id": sample.campaign_id()});
    let post = app.anonymous().events(TALLY, &variables).await;
    let get = app.http().get(app.url("/graphql/stream"));
    let get = get.query(&[("query", TALLY), ("variables", &variables.to_string())]);
    let get = Events::of(get.send().await.expect("an answer"));
    let mut both = [post, get];
    for votes in 0..=2 {
        if votes > 0 {
            vote(&app, &sample, 0).await;
            app.publish_tallies().await;
        }
        for events in &mut both {
            let result = events.next().await.expect("a tally").result();
            assert_eq!(
                result["data"]["tallyChanged"]["countedVotes"],
                json!(votes),
                "{result}"
            );
        }
    }
}

async fn a_stream_is_kept_alive_by_comments(stores: Stores) {
    let comment = Duration::from_millis(20);
    let app = TestApp::builder(&stores).with_admission(|connection_limits| {
        connection_limits.timeouts.comment = comment;
    });
    let app = app.start().await;
    let sample = app.sample().await;
    let variables = json!({"id": sample.campaign_id()});
    let request = app.http().post(app.url("/graphql/stream"));
    let request = request.json(&json!({"query": STORIES, "variables": variables}));
    // No event has an id, so where the client stopped means nothing.
    let request = request.header("last-event-id", "5");
    let mut response = request.send().await.expect("an answer");
    for _ in 0..3 {
        let chunk = in_time("a comment", response.chunk()).await;
        let chunk = chunk.expect("it goes on").expect("a chunk");
        assert!(chunk.starts_with(b":"), "{chunk:?}");
    }
    let json = app.http().post(app.url("/graphql/stream"));
    let json = json.header("accept", "application/json");
    let refused = json.json(&json!({"query": "{ serverTime }"})).send().await;
    assert_eq!(refused.expect("an answer").status(), 406);
}

async fn errors_of_a_stream_are_results(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (anonymous, stranger) = (app.anonymous(), app.client_with("nonsense"));
    let cases = [
        (anonymous, "{ viewer {", "GRAPHQL_PARSE_FAILED"),
        (anonymous, "{ noSuchField }", "GRAPHQL_VALIDATION_FAILED"),
        (&stranger, "{ viewer { id } }", "UNAUTHENTICATED"),
        (
            anonymous,
            "subscription { tallyChanged(campaignId: \"nonsense\") { version } }",
            "BAD_USER_INPUT",
        ),
    ];
    for (client, query, code) in cases {
        let mut events = client.events(query, &json!({})).await;
        let result = events.next().await.expect("a result").result();
        assert_eq!(
            result["errors"][0]["extensions"]["code"],
            json!(code),
            "{result}"
        );
        // What was executed has data.
        let is_executed = query.starts_with("subscription");
        assert_eq!(
            result.get("data"),
            is_executed.then_some(&Value::Null),
            "{result}"
        );
        assert_eq!(events.next().await.map(|e| e.name), Some("complete".into()));
        assert_eq!(events.next().await, None);
    }
}
