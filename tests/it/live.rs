//! What clients watch: graphql-transport-ws, graphql-sse, stories as they come out, and the tally for polling.

use std::sync::Arc;
use std::time::Duration;

use acclaim::auth::Viewer;
use acclaim::clock::Clock;
use acclaim::domain::campaign::TallyVisibility;
use acclaim::domain::tally::{CampaignTotals, NomineeTotals};
use acclaim::id::VoterId;
use acclaim::ledger::staff;
use acclaim::workers::scheduler::Scheduler;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::clients::{Event, Events, Socket, in_time, until};
use crate::harness::{Options, Sample, Stores, TestServer, noon, on_both, refusal};
use crate::servers;

on_both!(
    a_tally_comes_at_once_and_then_newer_ones,
    complete_ends_an_operation_and_no_other,
    queries_and_mutations_go_over_a_socket,
    operations_that_cannot_be_executed_end_with_an_error,
    messages_out_of_place_close_the_socket,
    a_token_is_judged_at_the_hello,
    a_socket_has_at_most_eight_operations,
    a_message_above_16_kib_closes_the_socket,
    the_sub_protocol_must_be_offered,
    a_socket_ends_with_its_token,
    a_stopping_server_closes_sockets_and_leaves_streams_unfinished,
    a_stream_carries_one_operation,
    a_stream_carries_a_subscription,
    errors_of_a_stream_are_results,
    a_stream_is_kept_alive_by_comments,
    a_story_is_announced_once_by_each_server,
    a_story_is_announced_however_late_the_scheduler_looks,
    stories_of_one_moment_are_all_announced,
    a_tally_that_is_hidden_is_not_watched,
    the_public_tally_is_cached_by_its_version,
);

const TALLY: &str =
    "subscription($id: ID!) { tallyChanged(campaignId: $id) { version countedVotes voters } }";
const STORIES: &str = "subscription($id: ID!) { storyPublished(campaignId: $id) { title } }";

/// A sample campaign that is there before the server starts: its workers find nothing that has changed.
async fn start_with_workers(stores: &Stores) -> (TestServer, Sample) {
    let database = stores.database(&Clock::manual(noon())).await;
    let sample = Sample::insert(&database, noon(), |_| ()).await;
    (server_with_workers(stores).await, sample)
}

async fn server_with_workers(stores: &Stores) -> TestServer {
    let options = Options {
        with_workers: true,
        ..Options::default()
    };
    TestServer::start_with(stores, options).await
}

/// A new voter votes for the nominee at this index.
async fn vote(server: &TestServer, sample: &Sample, nominee: usize) {
    let payload = server
        .cast(
            &server.voter(),
            &server.nominee_id(sample.nominees[nominee]),
            None,
        )
        .await;
    assert_eq!(refusal(&payload), None);
}

/// Reads newer and newer tallies of operation `id` until one has so many votes.
async fn tally_of(socket: &mut Socket, id: &str, after: i64, votes: i64) -> i64 {
    let mut version = after;
    loop {
        let tally = socket.data(id).await["tallyChanged"].take();
        let next = tally["version"].as_i64().expect("a version");
        assert!(next > version, "{next} after {version}");
        version = next;
        if tally["countedVotes"] == json!(votes) {
            return version;
        }
    }
}

async fn a_tally_comes_at_once_and_then_newer_ones(stores: Stores) {
    let (server, sample) = start_with_workers(&stores).await;
    let mut socket = Socket::open(server.address, None).await;
    let variables = json!({"id": server.campaign_id(sample.campaign.id)});
    socket.subscribe("t", TALLY, variables.clone()).await;
    let empty = json!({"tallyChanged": {"version": 0, "countedVotes": 0, "voters": 0}});
    assert_eq!(socket.data("t").await, empty);
    let mut version = 0;
    for votes in 1..=4 {
        vote(&server, &sample, 0).await;
        version = tally_of(&mut socket, "t", version, votes).await;
    }
    socket.subscribe("later", TALLY, variables).await;
    let at_once = socket.data("later").await;
    assert_eq!(
        at_once["tallyChanged"],
        json!({"version": version, "countedVotes": 4, "voters": 4})
    );
}

async fn complete_ends_an_operation_and_no_other(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let variables = json!({"id": server.campaign_id(sample.campaign.id)});
    let mut socket = Socket::open(server.address, None).await;
    for id in ["ends", "stays"] {
        socket.subscribe(id, TALLY, variables.clone()).await;
        socket.data(id).await;
    }
    socket.complete("ends").await;
    socket.complete("never begun").await;
    socket.send(json!({"type": "ping"})).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    for votes in 1..=2 {
        vote(&server, &sample, 0).await;
        server.app.publish_tallies().await;
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
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let voter = server.voter();
    let mut socket = Socket::connect(server.address).await;
    // Before the hello too.
    socket
        .send(json!({"type": "ping", "payload": {"at": 1}}))
        .await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    socket.hello(Some(&voter)).await;
    assert_eq!(socket.next().await, json!({"type": "connection_ack"}));
    socket.send(json!({"type": "pong"})).await;
    let nominee = server.nominee_id(sample.nominees[0]);
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
    let server = TestServer::start(&stores).await;
    let mut socket = Socket::open(server.address, None).await;
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
    let server = TestServer::start(&stores).await;
    let init = || Message::text(r#"{"type":"connection_init"}"#);
    let subscribe = |id: &str| {
        let payload =
            json!({"query": "subscription($id: ID!) { storyPublished(campaignId: $id) { id } }"});
        Message::text(json!({"type": "subscribe", "id": id, "payload": payload}).to_string())
    };
    let sample = server.sample().await;
    let watch = || {
        let payload =
            json!({"query": STORIES, "variables": {"id": server.campaign_id(sample.campaign.id)}});
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
        let mut socket = Socket::connect(server.address).await;
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
    let server = TestServer::start(&stores).await;
    for token in ["nonsense", "", "eyJhbGciOiJub25lIn0.e30."] {
        let mut socket = Socket::connect(server.address).await;
        socket.hello(Some(token)).await;
        assert_eq!(socket.close_code().await, Some(4403), "{token:?}");
    }
    // A header does as well, for clients that can send one; the hello's token counts before it.
    let who = |header: String, payload: Value| {
        let mut request = Socket::request(server.address, Some("graphql-transport-ws"));
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
    let voter = format!("Bearer {}", server.voter());
    for (header, payload) in [
        (voter.clone(), json!({})),
        (
            "Bearer nonsense".to_owned(),
            json!({"Authorization": voter}),
        ),
        (
            "Bearer nonsense".to_owned(),
            json!({"accessToken": server.voter()}),
        ),
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
    let server = TestServer::start(&stores).await;
    let mut socket = Socket::connect(server.address).await;
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
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let variables = json!({"id": server.campaign_id(sample.campaign.id)});
    let mut socket = Socket::open(server.address, None).await;
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
    let server = TestServer::start(&stores).await;
    let ping = |length: usize| {
        let frame = |padding: &str| format!(r#"{{"type":"ping","payload":"{padding}"}}"#);
        frame(&"x".repeat(length - frame("").len()))
    };
    let mut socket = Socket::open(server.address, None).await;
    socket.send_frame(Message::text(ping(16 * 1024))).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    socket.send_frame(Message::text(ping(16 * 1024 + 1))).await;
    assert_eq!(socket.close_code().await, Some(1009));
}

async fn the_sub_protocol_must_be_offered(stores: Stores) {
    let server = TestServer::start(&stores).await;
    for protocol in [None, Some("graphql-ws"), Some("soap")] {
        let request = Socket::request(server.address, protocol);
        let status = match Socket::connect_with(request).await {
            Err(Error::Http(response)) => response.status().as_u16(),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("it connected with {protocol:?}"),
        };
        assert_eq!(status, 400, "{protocol:?}");
    }
    let request = Socket::request(server.address, Some("graphql-ws, graphql-transport-ws"));
    Socket::connect_with(request).await.expect("it connects");
    let plain = server.http().get(server.url("/graphql/ws")).send().await;
    assert_eq!(plain.expect("an answer").status(), 426);
}

async fn a_socket_ends_with_its_token(stores: Stores) {
    let options = Options {
        clock: Clock::System,
        ..Options::default()
    };
    let server = TestServer::start_with(&stores, options).await;
    let sample = server.sample().await;
    let viewer = Viewer::Voter {
        id: VoterId::new(),
        is_guest: false,
    };
    let issued_at = server.clock.now() - TimeDelta::minutes(15) + TimeDelta::seconds(2);
    let (token, _) = server
        .app
        .tokens
        .issue(viewer, issued_at)
        .expect("it signs");
    let mut socket = Socket::open(server.address, Some(&token)).await;
    let variables = json!({"id": server.campaign_id(sample.campaign.id)});
    let body = json!({"query": STORIES, "variables": variables});
    let mut events = Events::post(server.http(), server.address, Some(&token), &body).await;
    socket.subscribe("s", STORIES, variables).await;
    assert_eq!(socket.close_code().await, Some(4403));
    assert_eq!(events.next().await.map(|e| e.name), Some("complete".into()));
    assert!(server.clock.now() >= issued_at + TimeDelta::minutes(15) - TimeDelta::seconds(1));
}

async fn a_stopping_server_closes_sockets_and_leaves_streams_unfinished(stores: Stores) {
    let (server, sample) = start_with_workers(&stores).await;
    let variables = json!({"id": server.campaign_id(sample.campaign.id)});
    let mut silent = Socket::connect(server.address).await;
    let mut socket = Socket::open(server.address, None).await;
    socket.subscribe("t", TALLY, variables.clone()).await;
    socket.data("t").await;
    let body = json!({"query": TALLY, "variables": variables});
    let mut events = Events::post(server.http(), server.address, None, &body).await;
    events.next().await.expect("the tally").result();
    in_time("the stop", server.stop()).await;
    assert_eq!(socket.close_code().await, Some(1001));
    assert_eq!(silent.close_code().await, Some(1001));
    let last = Event {
        retry: Some(1_000),
        ..Event::default()
    };
    assert_eq!(events.next().await, Some(last));
    assert_eq!(events.next().await, None);
}

async fn a_stream_carries_one_operation(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let voter = server.voter();
    let query = "{ viewer { role } }";
    let complete = Event {
        name: "complete".to_owned(),
        ..Event::default()
    };
    let body = json!({"query": query});
    let post = Events::post(server.http(), server.address, Some(&voter), &body).await;
    let get = server.http().get(server.url("/graphql/stream"));
    let get = get.query(&[("query", query)]).bearer_auth(&voter).send();
    for mut events in [post, Events::of(get.await.expect("an answer"))] {
        assert_eq!(
            events.next().await.expect("a result").result(),
            json!({"data": {"viewer": {"role": "VOTER"}}})
        );
        assert_eq!(events.next().await, Some(complete.clone()));
        assert_eq!(events.next().await, None);
    }
    let cast = "mutation($n: ID!) { castVote(input: {nomineeId: $n}) { userErrors { code } } }";
    let variables = json!({"n": server.nominee_id(sample.nominees[0])});
    let get = server.http().get(server.url("/graphql/stream"));
    let get = get.query(&[("query", cast), ("variables", &variables.to_string())]);
    let refused = get.bearer_auth(&voter).send().await.expect("an answer");
    assert_eq!(refused.status(), 405);
    assert_eq!(refused.headers()["allow"], "POST");
    // It was not executed: by POST it counts.
    let body = json!({"query": cast, "variables": variables});
    let mut events = Events::post(server.http(), server.address, Some(&voter), &body).await;
    assert_eq!(
        events.next().await.expect("a result").result(),
        json!({"data": {"castVote": {"userErrors": []}}})
    );
    assert_eq!(events.next().await, Some(complete));
}

async fn a_stream_carries_a_subscription(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let variables = json!({"id": server.campaign_id(sample.campaign.id)});
    let body = json!({"query": TALLY, "variables": variables});
    let post = Events::post(server.http(), server.address, None, &body).await;
    let get = server.http().get(server.url("/graphql/stream"));
    let get = get.query(&[("query", TALLY), ("variables", &variables.to_string())]);
    let get = Events::of(get.send().await.expect("an answer"));
    let mut both = [post, get];
    for votes in 0..=2 {
        if votes > 0 {
            vote(&server, &sample, 0).await;
            server.app.publish_tallies().await;
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
    let mut options = Options::default();
    options.connection_limits.timeouts.comment = Duration::from_millis(20);
    let server = TestServer::start_with(&stores, options).await;
    let sample = server.sample().await;
    let variables = json!({"id": server.campaign_id(sample.campaign.id)});
    let request = server.http().post(server.url("/graphql/stream"));
    let request = request.json(&json!({"query": STORIES, "variables": variables}));
    // No event has an id, so where the client stopped means nothing.
    let request = request.header("last-event-id", "5");
    let mut response = request.send().await.expect("an answer");
    for _ in 0..3 {
        let chunk = in_time("a comment", response.chunk()).await;
        let chunk = chunk.expect("it goes on").expect("a chunk");
        assert!(chunk.starts_with(b":"), "{chunk:?}");
    }
    let json = server.http().post(server.url("/graphql/stream"));
    let json = json.header("accept", "application/json");
    let refused = json.json(&json!({"query": "{ serverTime }"})).send().await;
    assert_eq!(refused.expect("an answer").status(), 406);
}

async fn errors_of_a_stream_are_results(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let cases = [
        (None, "{ viewer {", "GRAPHQL_PARSE_FAILED"),
        (None, "{ noSuchField }", "GRAPHQL_VALIDATION_FAILED"),
        (Some("nonsense"), "{ viewer { id } }", "UNAUTHENTICATED"),
        (
            None,
            "subscription { tallyChanged(campaignId: \"nonsense\") { version } }",
            "BAD_USER_INPUT",
        ),
    ];
    for (token, query, code) in cases {
        let body = json!({"query": query});
        let mut events = Events::post(server.http(), server.address, token, &body).await;
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

/// Opens a socket that watches the campaign's stories, and waits until it does.
async fn watch_stories(server: &TestServer, sample: &Sample) -> Socket {
    let mut socket = Socket::open(server.address, None).await;
    let watched = server.app.published_stories.receiver_count();
    let variables = json!({"id": server.campaign_id(sample.campaign.id)});
    socket.subscribe("s", STORIES, variables).await;
    until("watching", async || {
        (server.app.published_stories.receiver_count() > watched).then_some(())
    })
    .await;
    socket
}

async fn a_story_is_announced_once_by_each_server(stores: Stores) {
    let clock = Clock::manual(noon());
    let options = || Options {
        clock: clock.clone(),
        ..Options::default()
    };
    let servers = [
        TestServer::start_with(&stores, options()).await,
        TestServer::start_with(&stores, options()).await,
    ];
    let sample = servers[0].sample().await;
    let other = servers[1].sample().await;
    let database = &servers[0].app.database;
    let second = TimeDelta::seconds(1);
    sample
        .insert_story(database, Some(0), "old", noon() - second)
        .await;
    let mut schedulers = servers.each_ref().map(|s| Scheduler::new(&s.app));
    let mut sockets = Vec::new();
    for server in &servers {
        server.app.refresh_campaigns().await.expect("it reads");
        sockets.push(watch_stories(server, &sample).await);
    }
    sample
        .insert_story(database, Some(0), "ahead", noon() + second * 600)
        .await;
    other
        .insert_story(database, None, "elsewhere", noon() + second * 599)
        .await;
    let mut tick = async || {
        let mut counts = Vec::new();
        for (scheduler, server) in schedulers.iter_mut().zip(&servers) {
            counts.push(scheduler.tick(&server.app).await.expect("it reads"));
        }
        counts
    };
    assert_eq!(tick().await, [0, 0]);
    clock.set(noon() + second * 600 - TimeDelta::microseconds(1));
    assert_eq!(tick().await, [1, 1], "only the other campaign's");
    clock.set(noon() + second * 600);
    assert_eq!(tick().await, [1, 1]);
    assert_eq!(tick().await, [0, 0]);
    // Stored only now, with a time that has passed.
    clock.set(noon() + second * 605);
    sample
        .insert_story(database, None, "late", noon() + second * 602)
        .await;
    sample
        .insert_story(database, None, "later still", noon() + second * 601)
        .await;
    assert_eq!(tick().await, [2, 2]);
    for passed in [606, 661, 700, 10_000] {
        clock.set(noon() + second * passed);
        assert_eq!(tick().await, [0, 0], "{passed} s later");
    }
    sample
        .insert_story(database, None, "last", clock.now())
        .await;
    assert_eq!(tick().await, [1, 1]);
    for socket in &mut sockets {
        for title in ["ahead", "later still", "late", "last"] {
            let story = socket.data("s").await;
            assert_eq!(story, json!({"storyPublished": {"title": title}}));
        }
    }
}

async fn a_story_is_announced_however_late_the_scheduler_looks(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let mut scheduler = Scheduler::new(&server.app);
    let at = |seconds| noon() + TimeDelta::seconds(seconds);
    let database = &server.app.database;
    sample.insert_story(database, None, "first", at(30)).await;
    sample.insert_story(database, None, "second", at(200)).await;
    let mut socket = watch_stories(&server, &sample).await;
    // As when the process stood still, or the database was away, for five minutes.
    server.clock.set(at(300));
    assert_eq!(scheduler.tick(&server.app).await.expect("it reads"), 2);
    for title in ["first", "second"] {
        let story = socket.data("s").await;
        assert_eq!(story, json!({"storyPublished": {"title": title}}));
    }
    assert_eq!(scheduler.tick(&server.app).await.expect("it reads"), 0);
}

async fn stories_of_one_moment_are_all_announced(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let mut scheduler = Scheduler::new(&server.app);
    let mut announced = server.app.published_stories.subscribe();
    let moment = noon() + TimeDelta::seconds(1);
    // More than the scheduler reads in one statement.
    for number in 0..300 {
        let database = &server.app.database;
        sample
            .insert_story(database, None, &number.to_string(), moment)
            .await;
    }
    server.clock.set(moment);
    assert_eq!(scheduler.tick(&server.app).await.expect("it reads"), 300);
    let mut titles = std::collections::HashSet::new();
    while let Ok(story) = announced.try_recv() {
        titles.insert(story.title.clone());
    }
    assert_eq!(titles.len(), 300);
    assert_eq!(scheduler.tick(&server.app).await.expect("it reads"), 0);
}

async fn a_tally_that_is_hidden_is_not_watched(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let hidden = server
        .sample_with(|c| c.tally_visibility = TallyVisibility::AfterClose)
        .await;
    let shown = server.sample().await;
    let database = &server.app.database;
    staff::upsert(database, "a@b.example", "A", "x", server.clock.now())
        .await
        .expect("it is stored");
    let member = staff::find_by_email(database, "a@b.example").await;
    let member = member.expect("it reads").expect("it is there");
    let mut public = Socket::open(server.address, Some(&server.voter())).await;
    let token = server.token_of(Viewer::Staff(member.id));
    let mut organiser = Socket::open(server.address, Some(&token)).await;
    let variables = |sample: &Sample| json!({"id": server.campaign_id(sample.campaign.id)});
    public.subscribe("h", TALLY, variables(&hidden)).await;
    assert_eq!(public.failure("h").await, "FORBIDDEN");
    organiser.subscribe("h", TALLY, variables(&hidden)).await;
    organiser.data("h").await;
    for socket in [&mut public, &mut organiser] {
        socket.subscribe("s", TALLY, variables(&shown)).await;
        socket.data("s").await;
    }
    stores
        .execute("UPDATE campaign SET tally_visibility = 'STAFF_ONLY'")
        .await;
    server.app.refresh_campaigns().await.expect("it reads");
    server.app.publish_tallies().await;
    assert_eq!(public.next().await, json!({"type": "complete", "id": "s"}));
    vote(&server, &shown, 0).await;
    server.app.publish_tallies().await;
    // The organiser's goes on.
    until("the vote", async || {
        let message = organiser.next().await;
        let tally = &message["payload"]["data"]["tallyChanged"];
        (message["id"] == "s" && tally["countedVotes"] == 1).then_some(())
    })
    .await;
}

async fn the_public_tally_is_cached_by_its_version(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let url = server.url(&format!("/campaigns/{}/tally.json", sample.campaign.slug));
    let get = async |known: Option<&str>| {
        let mut request = server.http().get(&url);
        if let Some(etag) = known {
            request = request.header("if-none-match", etag);
        }
        let response = request.send().await.expect("an answer");
        let etag = response.headers()["etag"]
            .to_str()
            .expect("text")
            .to_owned();
        assert_eq!(
            response.headers()["cache-control"],
            "public, max-age=1, s-maxage=1"
        );
        let status = response.status().as_u16();
        (status, etag, response.bytes().await.expect("a body"))
    };
    let (status, before, body) = get(None).await;
    assert_eq!(status, 200);
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(body["campaign"], json!(sample.campaign.slug));
    assert_eq!(body["categories"].as_array().map(Vec::len), Some(3));
    for known in [
        &before,
        &format!("W/{before}"),
        &format!("\"x\", {before}"),
        "*",
    ] {
        let (status, etag, body) = get(Some(known)).await;
        assert_eq!((status, &etag, body.len()), (304, &before, 0), "{known}");
    }
    vote(&server, &sample, 2).await;
    server.app.publish_tallies().await;
    let (status, after, body) = get(Some(&before)).await;
    assert_eq!(status, 200);
    assert_ne!(after, before);
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(
        (
            &body["countedVotes"],
            &body["rawVotes"],
            &body["withheldVotes"],
            &body["voters"]
        ),
        (&json!(1), &json!(1), &json!(0), &json!(1))
    );
    assert_eq!(body["asOf"], json!("2022-10-25T04:00:00.000Z"));
    let category = &body["categories"][0];
    assert_eq!(category["key"], json!("entrepreneur"));
    assert_eq!(category["shortlistSize"], json!(10));
    assert_eq!(category["entries"].as_array().map(Vec::len), Some(12));
    assert_eq!(
        category["entries"][0],
        json!({"number": 3, "name": "候选人03", "votes": 1, "rank": 1, "share": 1.0})
    );
    assert_eq!(category["entries"][1]["rank"], json!(2));
    let hidden = server
        .sample_with(|c| c.tally_visibility = TallyVisibility::StaffOnly)
        .await;
    for slug in [hidden.campaign.slug.as_str(), "no-such-campaign"] {
        let url = server.url(&format!("/campaigns/{slug}/tally.json"));
        let response = server.http().get(url).send().await.expect("an answer");
        assert_eq!(response.status(), 404, "{slug}");
    }
}

/// Several processes on PostgreSQL and Redis.
mod together {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_vote_on_one_server_reaches_the_watchers_of_another() {
        let stores = Stores::networked().await;
        let (one, sample) = start_with_workers(&stores).await;
        let two = server_with_workers(&stores).await;
        assert_votes_arrive(&one, &two, &sample, async || ()).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_redis_that_loses_everything_is_made_up_for() {
        let mut redis = servers::dedicated_redis().await;
        let stores = Stores {
            redis_url: Some(redis.url()),
            ..Stores::networked().await
        };
        let (one, sample) = start_with_workers(&stores).await;
        let two = server_with_workers(&stores).await;
        assert_votes_arrive(&one, &two, &sample, async || redis.restart().await).await;
    }

    /// Votes on `one` are seen on `two`, before and after `between`, with versions that only grow.
    async fn assert_votes_arrive(
        one: &TestServer,
        two: &TestServer,
        sample: &Sample,
        mut between: impl AsyncFnMut(),
    ) {
        let mut socket = Socket::open(two.address, None).await;
        let variables = json!({"id": two.campaign_id(sample.campaign.id)});
        socket.subscribe("t", TALLY, variables).await;
        socket.data("t").await;
        let mut version = 0;
        for votes in 1..=6 {
            vote(one, sample, 0).await;
            version = tally_of(&mut socket, "t", version, votes).await;
            if votes % 2 == 0 {
                between().await;
            }
        }
        // What was lost is shared again.
        until("the shared tally", async || {
            let totals = one.app.hot.find_totals(sample.campaign.id).await?;
            (totals.version() == version).then_some(())
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_tally_that_is_shared_is_not_read_from_the_database() {
        let stores = Stores::networked().await;
        let one = TestServer::start(&stores).await;
        let two = TestServer::start(&stores).await;
        let sample = one.sample().await;
        two.app.refresh_campaigns().await.expect("it reads");
        two.app.publish_tallies().await;
        let mut announcements = two.app.hot.announcements().expect("there is Redis");
        // Listening begins by itself: announcements before it are lost.
        let (campaign, version) = until("an announcement", async || {
            vote(&one, &sample, 0).await;
            one.app.publish_tallies().await;
            let within = Duration::from_millis(200);
            tokio::time::timeout(within, announcements.recv())
                .await
                .ok()?
        })
        .await;
        let statements = two.app.database.statements();
        two.app.tallies.mark_shared(campaign, version);
        two.app.publish_tallies().await;
        assert_eq!(two.app.database.statements(), statements);
        let ranked = two.app.tally(campaign).await.expect("a tally");
        assert_eq!(
            (campaign, version),
            (sample.campaign.id, ranked.tally.version)
        );
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_newest_tally_is_the_one_that_is_shared() {
        let stores = Stores::networked().await;
        let server = TestServer::start(&stores).await;
        let sample = server.sample().await;
        let campaign_id = sample.campaign.id;
        let totals = |revision: i64, counted: i64| CampaignTotals {
            campaign_id,
            as_of: noon(),
            nominees: vec![NomineeTotals {
                nominee_id: sample.nominees[0],
                counted,
                withheld: 0,
                voters: counted,
                revision,
            }],
        };
        for (revision, counted, expected) in [
            (5, 50, 50),
            (4, 40, 50),
            (5, 51, 50),
            (10, 100, 100),
            (9, 90, 100),
        ] {
            server
                .app
                .hot
                .share_totals(&totals(revision, counted))
                .await;
            let shared = server.app.hot.find_totals(campaign_id).await;
            let shared = shared.expect("it is shared").nominees[0].counted;
            assert_eq!(shared, expected, "after {revision}");
        }
        // A board that has a newer one keeps it too.
        vote(&server, &sample, 0).await;
        server.app.publish_tallies().await;
        let board = server.app.watch_tally(campaign_id).await.expect("a tally");
        let held = Arc::clone(&board.borrow().as_ref().expect("a tally").tally);
        assert_eq!((held.version, held.counted), (1, 1));
    }
}
