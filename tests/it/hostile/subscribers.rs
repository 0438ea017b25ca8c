//! Subscribers of one address, and of one viewer: each has its share, and nobody takes everybody's places.

use std::net::Ipv4Addr;

use acclaim::http::ConnectionLimits;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::clients::{Events, Socket};
use crate::deadlines::{in_time, until};
use crate::harness::{Stores, TestApp};

const WATCH: &str = "subscription($id: ID!) { storyPublished(campaignId: $id) { id } }";

async fn server_with(stores: &Stores, change: impl FnOnce(&mut ConnectionLimits)) -> TestApp {
    let builder = TestApp::builder(stores).with_connection_limits(|limits| {
        limits.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
        change(limits);
    });
    builder.start().await
}

/// The address 198.51.100.`host`.
fn address(host: u8) -> String {
    Ipv4Addr::new(198, 51, 100, host).to_string()
}

/// An event stream from an address, by a viewer with this token; none where it is refused.
async fn stream(app: &TestApp, from: &str, token: Option<&str>, body: &Value) -> Option<Events> {
    let request = app.http().post(app.url("/graphql/stream")).json(body);
    let mut request = request
        .header("accept", "text/event-stream")
        .header("x-forwarded-for", from);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = in_time("an answer", request.send()).await;
    let response = response.expect("an answer");
    if response.status() != StatusCode::SERVICE_UNAVAILABLE {
        return Some(Events::of(response));
    }
    assert_eq!(response.headers()["retry-after"], "1");
    let text = response.text().await.expect("a text");
    assert!(text.contains("You have too many subscribers"), "{text}");
    None
}

/// A socket from an address, which has said nothing yet; none where it is refused.
async fn socket(app: &TestApp, from: &str) -> Option<Socket> {
    let mut request = Socket::request(app.address, Some("graphql-transport-ws"));
    let from = HeaderValue::from_str(from).expect("a header");
    request.headers_mut().insert("x-forwarded-for", from);
    match Socket::connect_with(request).await {
        Ok(socket) => Some(socket),
        Err(Error::Http(response)) => {
            assert_eq!(response.status(), 503);
            assert_eq!(response.headers()["retry-after"], "1");
            None
        }
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_does_not_take_all_places() {
    let stores = Stores::embedded();
    let app = server_with(&stores, |limits| {
        limits.subscribers_max = 4;
        limits.subscribers_address_max = 2;
    })
    .await;
    let sample = app.sample().await;
    let body = json!({"query": WATCH, "variables": {"id": sample.campaign_id()}});
    let greedy = address(1);
    let first = stream(&app, &greedy, None, &body).await.expect("a place");
    let second = socket(&app, &greedy).await.expect("a place");
    for _ in 0..5 {
        assert!(stream(&app, &greedy, None, &body).await.is_none());
        assert!(socket(&app, &greedy).await.is_none());
    }
    // What was refused holds nothing: another address has its own.
    let other = stream(&app, &address(2), None, &body).await;
    let another = socket(&app, &address(2)).await;
    assert!(other.is_some() && another.is_some());
    drop(first);
    drop(another);
    let again = until("a place", async || stream(&app, &greedy, None, &body).await);
    drop((again.await, second));
    // Addresses of one network of IPv6 are one household's.
    let network = |host: u8| format!("2001:db8:1:2::{host}");
    let mut held = Vec::new();
    for host in 1..=2 {
        let found = until("a place", async || {
            stream(&app, &network(host), None, &body).await
        });
        held.push(found.await);
    }
    assert!(stream(&app, &network(3), None, &body).await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_does_not_take_all_places() {
    let stores = Stores::embedded();
    let app = server_with(&stores, |limits| limits.subscribers_viewer_max = 2).await;
    let sample = app.sample().await;
    let body = json!({"query": WATCH, "variables": {"id": sample.campaign_id()}});
    let token = app.voter().token().expect("a token");
    let token = Some(token.as_str());
    // From ever new addresses, as a botnet has them.
    let first = stream(&app, &address(1), token, &body).await;
    let mut second = socket(&app, &address(2)).await.expect("a place");
    second.hello(token).await;
    assert_eq!(second.next().await, json!({"type": "connection_ack"}));
    assert!(stream(&app, &address(3), token, &body).await.is_none());
    let mut refused = socket(&app, &address(4)).await.expect("a place");
    refused.hello(token).await;
    assert_eq!(refused.close_code().await, Some(1013));
    // Another voter, and those who have not signed in, have their own.
    let other = app.voter().token().expect("a token");
    let others = stream(&app, &address(1), Some(&other), &body).await;
    assert!(others.is_some());
    for _ in 0..3 {
        assert!(stream(&app, &address(1), None, &body).await.is_some());
    }
    drop(first);
    until("a place", async || {
        stream(&app, &address(5), token, &body).await
    })
    .await;
}
