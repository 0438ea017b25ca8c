//! Clients that take their time, or more than their share: each is cut when its time is over, and nobody else waits.

use std::net::SocketAddr;
use std::time::Duration;

use acclaim::http::{ConnectionLimits, Timeouts};
use chrono::TimeDelta;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::Bystander;
use super::wire::{self, Manner, USUAL, request, socket};
use crate::clients::{Events, Socket};
use crate::deadlines::{in_time, until};
use crate::harness::{Stores, TestApp};

/// Long enough for a client that does what it should, also where much else runs.
const SHORT: Duration = Duration::from_secs(2);
/// For what no good client takes any time for.
const VERY_SHORT: Duration = Duration::from_millis(200);
/// Sockets that are opened for nothing.
const HALF_OPEN: usize = 1_000;

const WATCH: &str = "subscription($id: ID!) { storyPublished(campaignId: $id) { id } }";

async fn server_with(stores: &Stores, change: impl FnOnce(&mut ConnectionLimits)) -> TestApp {
    TestApp::builder(stores)
        .with_admission(change)
        .start()
        .await
}

async fn patient_server(stores: &Stores, timeouts: Timeouts) -> TestApp {
    server_with(stores, |connection_limits| {
        connection_limits.timeouts = timeouts;
    })
    .await
}

/// Waits until so many sockets and streams are open.
async fn until_subscribers(app: &TestApp, count: i64) {
    until("the number of subscribers", async || {
        (app.metrics.subscribers.get() == count).then_some(())
    })
    .await;
}

/// Reads until the server has ended the connection.
async fn until_cut(mut stream: TcpStream) -> Vec<u8> {
    let mut received = Vec::new();
    // It may be reset: that is an end, too.
    let _ = in_time("the cut", stream.read_to_end(&mut received)).await;
    received
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_comes_too_slowly_is_not_waited_for() {
    let stores = Stores::embedded();
    let timeouts = Timeouts {
        body: VERY_SHORT,
        ..Timeouts::default()
    };
    let app = patient_server(&stores, timeouts).await;
    let bystander = Bystander::start(app.address);
    let head = request(
        "POST",
        "/graphql",
        &[USUAL, &[("content-length", "30000")]].concat(),
    );
    // One that stops, and one that goes on and on.
    for is_stopping in [true, false] {
        let answered = bystander.answered();
        let stream = TcpStream::connect(app.address).await.expect("it connects");
        let (mut reader, mut writer) = stream.into_split();
        writer.write_all(&head).await.expect("it is read");
        let dripping = async {
            let _ = writer.write_all(b"{").await;
            while !is_stopping && writer.write_all(b" ").await.is_ok() {
                // The pace of the client.
                tokio::time::sleep(VERY_SHORT / 20).await;
            }
            std::future::pending::<()>().await;
        };
        let mut received = Vec::new();
        let reading = in_time("an answer", reader.read_to_end(&mut received));
        tokio::select! {
            () = dripping => {}
            _ = reading => {}
        }
        let text = String::from_utf8_lossy(&received);
        assert!(text.starts_with("HTTP/1.1 408 "), "{is_stopping}: {text}");
        assert!(text.contains("BAD_USER_INPUT"), "{text}");
        bystander.is_served(answered, 2).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_open_connections_are_cut() {
    // One for the client and one for the server, which is in this process, too.
    rlimit::increase_nofile_limit(u64::MAX).expect("more files");
    let stores = Stores::embedded();
    let timeouts = Timeouts {
        head: SHORT,
        ..Timeouts::default()
    };
    let app = patient_server(&stores, timeouts).await;
    let bystander = Bystander::start(app.address);
    let mut open = Vec::new();
    for number in 0..HALF_OPEN {
        let mut stream = TcpStream::connect(app.address).await.expect("it connects");
        // Nothing, a part of a head, or a request, after which nothing comes.
        let sent = match number % 3 {
            0 => "",
            1 => "POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-never",
            _ => "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
        };
        stream.write_all(sent.as_bytes()).await.expect("it is read");
        open.push(stream);
    }
    let answered = bystander.answered();
    bystander.is_served(answered, 2).await;
    for (number, stream) in open.into_iter().enumerate() {
        let received = until_cut(stream).await;
        assert_eq!(received.is_empty(), number % 3 < 2, "{number}");
    }
    let answered = bystander.answered();
    bystander.is_served(answered, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_says_hello_in_time_whatever_else_it_says() {
    let stores = Stores::embedded();
    let timeouts = Timeouts {
        hello: VERY_SHORT,
        ..Timeouts::default()
    };
    let app = patient_server(&stores, timeouts).await;
    let mut silent = Socket::connect(app.address).await;
    let mut talking = Socket::connect(app.address).await;
    let closed = async {
        loop {
            talking.send(json!({"type": "ping"})).await;
            match talking.next_frame().await {
                Some(Message::Text(_)) => {}
                Some(Message::Close(frame)) => return frame.map(|frame| u16::from(frame.code)),
                other => panic!("{other:?}"),
            }
            // Slower than a flood.
            tokio::time::sleep(VERY_SHORT / 5).await;
        }
    };
    assert_eq!(closed.await, Some(4408));
    assert_eq!(silent.close_code().await, Some(4408));
    // Half of a frame is no word, either.
    let half = [wire::upgrade(), vec![wire::TEXT, 0xfe]].concat();
    let answer = wire::send(app.address, &half, Manner::AtOnce).await;
    assert_eq!(answer.close_code, Some(4408));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_does_not_read_is_dropped() {
    /// The length of a story: some of them are more than the buffers on the way take.
    const TEXT_BYTES: usize = 200_000;
    const STORIES: &str = "{ stories(first: 1) { nodes { title summary body } } }";
    let stores = Stores::embedded();
    let timeouts = Timeouts {
        write: VERY_SHORT,
        ..Timeouts::default()
    };
    let app = patient_server(&stores, timeouts).await;
    let sample = app.sample().await;
    let earlier = app.clock.now() - TimeDelta::hours(1);
    let text = "x".repeat(TEXT_BYTES);
    sample
        .insert_story(&app.database, None, &text, earlier)
        .await;
    let mut reading = app.anonymous().socket().await;
    let client = TcpSocket::new_v4().expect("a socket");
    client.set_recv_buffer_size(4_096).expect("a small buffer");
    let mut slow = client.connect(app.address).await.expect("it connects");
    let subscribe = |id: usize| {
        json!({"type": "subscribe", "id": id.to_string(), "payload": {"query": STORIES}})
            .to_string()
    };
    let init = json!({"type": "connection_init"}).to_string();
    let messages = std::iter::once(init).chain((0..8).map(subscribe));
    slow.write_all(&socket(messages)).await.expect("it is read");
    until_subscribers(&app, 2).await;
    // While the other one waits for its reader, this one is answered; then it is the only one.
    reading.subscribe("a", STORIES, json!({})).await;
    let data = reading.data("a").await;
    assert_eq!(data["stories"]["nodes"][0]["title"], json!(text));
    until_subscribers(&app, 1).await;
    let received = until_cut(slow).await;
    assert!(received.len() < 8 * 3 * TEXT_BYTES, "{}", received.len());
    assert_eq!(reading.next().await["type"], json!("complete"));
    reading.send(json!({"type": "ping"})).await;
    assert_eq!(reading.next().await, json!({"type": "pong"}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_answers_no_ping_is_closed() {
    let stores = Stores::embedded();
    let timeouts = Timeouts {
        ping: VERY_SHORT,
        ..Timeouts::default()
    };
    let app = patient_server(&stores, timeouts).await;
    let ping = json!({"type": "ping"});
    let mut silent = app.anonymous().socket().await;
    let mut living = app.anonymous().socket().await;
    for _ in 0..6 {
        assert_eq!(living.next().await, ping);
        living.send(json!({"type": "pong"})).await;
    }
    for _ in 0..2 {
        assert_eq!(silent.next().await, ping);
    }
    assert_eq!(silent.close_code().await, Some(1011));
    until_subscribers(&app, 1).await;
}

/// Asks whether the server lives, over a connection that stays open, and returns the start of the answer.
async fn ask_and_stay(address: SocketAddr) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).await.expect("it connects");
    let request = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    // One that is refused is not read.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut start = vec![0; "HTTP/1.1 200".len()];
    let read = in_time("an answer", stream.read_exact(&mut start)).await;
    read.expect("an answer");
    (stream, String::from_utf8(start).expect("text"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_too_many_is_refused_until_another_ends() {
    let stores = Stores::embedded();
    let app = server_with(&stores, |connection_limits| {
        connection_limits.connections_max = 3;
    })
    .await;
    let mut open = Vec::new();
    for _ in 0..3 {
        let (stream, answer) = ask_and_stay(app.address).await;
        assert_eq!(answer, "HTTP/1.1 200");
        open.push(stream);
    }
    let request = request("GET", "/healthz", &[]);
    for _ in 0..3 {
        let refused = wire::send(app.address, &request, Manner::AtOnce).await;
        assert_eq!(refused.statuses, [503]);
        assert!(refused.text().contains("retry-after: 1\r\n"));
    }
    drop(open.pop());
    let (_last, _) = until("a place", async || {
        let (stream, answer) = ask_and_stay(app.address).await;
        (answer == "HTTP/1.1 200").then_some((stream, answer))
    })
    .await;
    let refused = wire::send(app.address, &request, Manner::AtOnce).await;
    assert_eq!(refused.statuses, [503]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_subscriber_too_many_is_refused_until_another_ends() {
    let stores = Stores::embedded();
    let app = server_with(&stores, |connection_limits| {
        connection_limits.subscribers_max = 2;
    })
    .await;
    let sample = app.sample().await;
    let body = json!({"query": WATCH, "variables": {"id": sample.campaign_id()}});
    let open_stream = async || Events::post(app.http(), app.address, None, &body).await;
    let refused_stream = async || {
        let url = app.url("/graphql/stream");
        let request = app.http().post(url).header("accept", "text/event-stream");
        let response = request.json(&body).send().await.expect("an answer");
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "1");
    };
    let connect = async || {
        let request = Socket::request(app.address, Some("graphql-transport-ws"));
        match Socket::connect_with(request).await {
            Ok(socket) => Some(socket),
            Err(Error::Http(response)) => {
                assert_eq!(response.status(), 503);
                assert_eq!(response.headers()["retry-after"], "1");
                None
            }
            Err(other) => panic!("{other}"),
        }
    };
    let socket = connect().await.expect("a place");
    let stream = open_stream().await;
    assert!(connect().await.is_none());
    refused_stream().await;
    drop(stream);
    let _second = Box::pin(until("a place", connect)).await;
    refused_stream().await;
    drop(socket);
    until_subscribers(&app, 1).await;
    let _stream = open_stream().await;
    assert!(connect().await.is_none());
    // Those who do not subscribe are served all the while.
    app.anonymous().ask("{ serverTime }", json!({})).await;
}
