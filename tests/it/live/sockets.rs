//! The sub-protocol graphql-transport-ws.

use std::time::Duration;

use acclaim::auth::Viewer;
use acclaim::clock::Clock;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{STORIES, TALLY, start_with_workers, vote};
use crate::clients::{Event, Socket};
use crate::deadlines::in_time;
use crate::harness::{Stores, TestApp, new_voter, on_both};
use crate::raw_sql::RawSql;

on_both!(
    complete_ends_an_operation_and_no_other,
    queries_and_mutations_go_over_a_socket,
    operations_that_cannot_be_executed_end_with_an_error,
    messages_out_of_place_close_the_socket,
    a_token_is_judged_at_the_hello,
    a_socket_has_at_most_eight_operations,
    a_message_above_16_kib_closes_the_socket,
    the_sub_protocol_must_be_offered,
    a_socket_ends_with_its_token,
    what_staff_watch_ends_with_their_session,
    a_stopping_server_closes_sockets_and_leaves_streams_unfinished,
);

async fn complete_ends_an_operation_and_no_other(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let variables = json!({"id": sample.campaign_id()});
    let mut socket = app.anonymous().socket().await;
    for id in ["ends", "stays"] {
        socket.subscribe(id, TALLY, variables.clone()).await;
        socket.data(id).await;
    }
    socket.complete("ends").await;
    socket.complete("never begun").await;
    socket.send(json!({"type": "ping"})).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    for votes in 1..=2 {
        vote(&app, &sample, 0).await;
        app.publish_tallies().await;
        assert_eq!(
            socket.data("stays").await["tallyChanged"]["countedVotes"],
            json!(votes)
        );
    }
    // Its id is free again.
    socket.subscribe("ends", TALLY, variables).await;
    assert_eq!(
        socket.data("ends").await["tallyChanged"]["countedVotes"],
        json!(2)
    );
}

async fn queries_and_mutations_go_over_a_socket(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let voter = app.voter();
    let mut socket = Socket::connect(app.address).await;
    // Before the hello too.
    socket
        .send(json!({"type": "ping", "payload": {"at": 1}}))
        .await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    socket.hello(voter.token().as_deref()).await;
    assert_eq!(socket.next().await, json!({"type": "connection_ack"}));
    socket.send(json!({"type": "pong"})).await;
    let nominee = sample.nominee_id(0);
    let cast = "mutation($n: ID!) { castVote(input: {nomineeId: $n}) { vote { nominee { id } } userErrors { code } } }";
    for expected in [
        json!({"vote": {"nominee": {"id": nominee}}, "userErrors": []}),
        json!({"vote": null, "userErrors": [{"code": "ALREADY_VOTED"}]}),
    ] {
        socket.subscribe("vote", cast, json!({"n": nominee})).await;
        assert_eq!(socket.data("vote").await["castVote"], expected);
        assert_eq!(
            socket.next().await,
            json!({"type": "complete", "id": "vote"})
        );
    }
    let query = "query($n: ID!) { nominee(id: $n) { viewerHasVoted } viewer { role } }";
    socket
        .subscribe("read", query, json!({"n": nominee.clone()}))
        .await;
    let expected = json!({"nominee": {"viewerHasVoted": true}, "viewer": {"role": "VOTER"}});
    assert_eq!(socket.data("read").await, expected);
    assert_eq!(
        socket.next().await,
        json!({"type": "complete", "id": "read"})
    );
}

async fn operations_that_cannot_be_executed_end_with_an_error(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let mut socket = app.anonymous().socket().await;
    for (query, code) in [
        ("{ viewer {", "GRAPHQL_PARSE_FAILED"),
        ("{ noSuchField }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { noSuchField }", "GRAPHQL_VALIDATION_FAILED"),
        ("", "BAD_USER_INPUT"),
    ] {
        socket.subscribe("bad", query, json!({})).await;
        assert_eq!(socket.error("bad").await, code, "{query}");
    }
    // What fails while it is executed is a result.
    let query = "subscription { tallyChanged(campaignId: \"nonsense\") { version } }";
    socket.subscribe("bad", query, json!({})).await;
    assert_eq!(socket.failure("bad").await, "BAD_USER_INPUT");
    // The socket lives on, and the id is free.
    socket
        .subscribe("bad", "{ viewer { id } }", json!({}))
        .await;
    assert_eq!(socket.data("bad").await, json!({"viewer": null}));
}

async fn messages_out_of_place_close_the_socket(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let init = || Message::text(r#"{"type":"connection_init"}"#);
    let subscribe = |id: &str| {
        let payload =
            json!({"query": "subscription($id: ID!) { storyPublished(campaignId: $id) { id } }"});
        Message::text(json!({"type": "subscribe", "id": id, "payload": payload}).to_string())
    };
    let sample = app.sample().await;
    let watch = || {
        let payload = json!({"query": STORIES, "variables": {"id": sample.campaign_id()}});
        Message::text(json!({"type": "subscribe", "id": "s", "payload": payload}).to_string())
    };
    for (messages, expected) in [
        (vec![Message::text("garbage")], 4400),
        (vec![Message::text("[]")], 4400),
        (vec![Message::text(r#"{"type":"start"}"#)], 4400),
        (vec![Message::binary(b"{}".as_slice())], 4400),
        (vec![init(), Message::text(r#"{"no":"type"}"#)], 4400),
        (vec![init(), Message::text(r#"{"type":"nonsense"}"#)], 4400),
        (vec![init(), Message::text(r#"{"type":"subscribe"}"#)], 4400),
        (vec![init(), subscribe("")], 4400),
        (vec![init(), Message::binary(b"{}".as_slice())], 4400),
        (vec![subscribe("s")], 4401),
        (vec![init(), watch(), watch()], 4409),
        (vec![init(), init()], 4429),
    ] {
        let mut socket = Socket::connect(app.address).await;
        for message in messages.clone() {
            socket.send_frame(message).await;
        }
        assert_eq!(
            socket.close_code().await,
            Some(expected),
            "after {messages:?}"
        );
    }
}

async fn a_token_is_judged_at_the_hello(stores: Stores) {
    let app = TestApp::start(&stores).await;
    for token in ["nonsense", "", "eyJhbGciOiJub25lIn0.e30."] {
        let mut socket = Socket::connect(app.address).await;
        socket.hello(Some(token)).await;
        assert_eq!(socket.close_code().await, Some(4403), "{token:?}");
    }
    // A header does as well, for clients that can send one; the hello's token counts before it.
    let who = |header: String, payload: Value| {
        let mut request = Socket::request(app.address, Some("graphql-transport-ws"));
        let value = header.parse().expect("a header");
        request.headers_mut().insert("authorization", value);
        async move {
            let mut socket = Socket::connect_with(request).await.expect("it connects");
            let hello = json!({"type": "connection_init", "payload": payload});
            socket.send(hello).await;
            socket
        }
    };
    let mut refused = who("Bearer nonsense".to_owned(), Value::Null).await;
    assert_eq!(refused.close_code().await, Some(4403));
    let token = app.voter().token().expect("a token");
    let voter = format!("Bearer {token}");
    for (header, payload) in [
        (voter.clone(), json!({})),
        (
            "Bearer nonsense".to_owned(),
            json!({"Authorization": voter}),
        ),
        ("Bearer nonsense".to_owned(), json!({"accessToken": token})),
    ] {
        let mut socket = who(header, payload).await;
        assert_eq!(socket.next().await, json!({"type": "connection_ack"}));
        socket
            .subscribe("v", "{ viewer { role } }", json!({}))
            .await;
        assert_eq!(socket.data("v").await, json!({"viewer": {"role": "VOTER"}}));
    }
}

/// In one thread, so that its clock can be moved.
#[tokio::test]
async fn a_client_that_says_no_hello_is_closed() {
    let stores = Stores::embedded();
    let app = TestApp::start(&stores).await;
    let mut socket = Socket::connect(app.address).await;
    socket
        .send_frame(Message::Ping(b"are you there".as_slice().into()))
        .await;
    // It reads, so its time runs.
    assert!(matches!(socket.next_frame().await, Some(Message::Pong(_))));
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(9)).await;
    tokio::time::resume();
    socket.send(json!({"type": "ping"})).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(2)).await;
    tokio::time::resume();
    assert_eq!(socket.close_code().await, Some(4408));
}

async fn a_socket_has_at_most_eight_operations(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let variables = json!({"id": sample.campaign_id()});
    let mut socket = app.anonymous().socket().await;
    for id in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        socket.subscribe(id, TALLY, variables.clone()).await;
        socket.data(id).await;
    }
    socket.complete("3").await;
    socket.subscribe("again", TALLY, variables.clone()).await;
    socket.data("again").await;
    socket.subscribe("ninth", TALLY, variables).await;
    assert_eq!(socket.close_code().await, Some(4400));
}

async fn a_message_above_16_kib_closes_the_socket(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let ping = |length: usize| {
        let frame = |padding: &str| format!(r#"{{"type":"ping","payload":"{padding}"}}"#);
        frame(&"x".repeat(length - frame("").len()))
    };
    let mut socket = app.anonymous().socket().await;
    socket.send_frame(Message::text(ping(16 * 1024))).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    socket.send_frame(Message::text(ping(16 * 1024 + 1))).await;
    assert_eq!(socket.close_code().await, Some(1009));
}

async fn the_sub_protocol_must_be_offered(stores: Stores) {
    let app = TestApp::start(&stores).await;
    for protocol in [None, Some("graphql-ws"), Some("soap")] {
        let request = Socket::request(app.address, protocol);
        let status = match Socket::connect_with(request).await {
            Err(Error::Http(response)) => response.status().as_u16(),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("it connected with {protocol:?}"),
        };
        assert_eq!(status, 400, "{protocol:?}");
    }
    let request = Socket::request(app.address, Some("graphql-ws, graphql-transport-ws"));
    Socket::connect_with(request).await.expect("it connects");
    let plain = app.http().get(app.url("/graphql/ws")).send().await;
    assert_eq!(plain.expect("an answer").status(), 426);
}

async fn a_socket_ends_with_its_token(stores: Stores) {
    let app = TestApp::builder(&stores).with_clock(Clock::System);
    let app = app.start().await;
    let sample = app.sample().await;
    // Enough for a busy machine to open both.
    let issued_at = app.clock.now() - TimeDelta::minutes(15) + TimeDelta::seconds(5);
    let issued = app.tokens.issue(new_voter(), None, issued_at);
    let voter = app.client_with(&issued.expect("it signs").0);
    let mut socket = voter.socket().await;
    let variables = json!({"id": sample.campaign_id()});
    let mut events = voter.events(STORIES, &variables).await;
    socket.subscribe("s", STORIES, variables).await;
    assert_eq!(socket.close_code().await, Some(4403));
    assert_eq!(events.next().await.map(|e| e.name), Some("complete".into()));
    assert!(app.clock.now() >= issued_at + TimeDelta::minutes(15) - TimeDelta::seconds(1));
}

async fn what_staff_watch_ends_with_their_session(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (staff, other) = (app.staff().await, app.staff().await);
    let variables = json!({"id": sample.campaign_id()});
    let mut socket = staff.socket().await;
    socket.subscribe("s", STORIES, variables.clone()).await;
    let mut events = staff.events(STORIES, &variables).await;
    let mut stays = other.socket().await;
    let Viewer::Staff(id) = staff.viewer() else {
        panic!("a member of staff")
    };
    let id = match stores.redis_url {
        Some(_) => format!("'{}'", id.0),
        None => format!("x'{}'", id.0.simple()),
    };
    let sql = format!("UPDATE session SET revoked_at = created_at WHERE subject_id = {id}");
    assert_eq!(RawSql::connect(&stores).await.execute(&sql).await, 1);
    assert_eq!(socket.close_code().await, Some(4403));
    assert_eq!(events.next().await.map(|e| e.name), Some("complete".into()));
    // Nobody else's does.
    stays.subscribe("t", TALLY, variables).await;
    stays.data("t").await;
}

async fn a_stopping_server_closes_sockets_and_leaves_streams_unfinished(stores: Stores) {
    let (app, sample) = start_with_workers(&stores).await;
    let variables = json!({"id": sample.campaign_id()});
    let mut silent = Socket::connect(app.address).await;
    let mut socket = app.anonymous().socket().await;
    socket.subscribe("t", TALLY, variables.clone()).await;
    socket.data("t").await;
    let mut events = app.anonymous().events(TALLY, &variables).await;
    events.next().await.expect("the tally").result();
    in_time("the stop", app.stop()).await;
    assert_eq!(socket.close_code().await, Some(1001));
    assert_eq!(silent.close_code().await, Some(1001));
    let last = Event {
        retry: Some(1_000),
        ..Event::default()
    };
    assert_eq!(events.next().await, Some(last));
    assert_eq!(events.next().await, None);
}
