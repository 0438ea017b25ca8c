//! The client's own retries, tried on a server that is busy twice before it answers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use serde_json::{Value, json};

use super::client::TestClient;

/// The variables of the requests so far.
type Received = Arc<Mutex<Vec<Value>>>;

/// Refuses two requests with this code, then counts the vote.
async fn answer(
    State((code, received)): State<(&'static str, Received)>,
    request: Bytes,
) -> String {
    let request: Value = serde_json::from_slice(&request).expect("JSON");
    let mut received = received.lock().expect("no panic");
    received.push(request["variables"].clone());
    let answer = if received.len() <= 2 {
        json!({"errors": [{"message": "", "extensions": {"code": code, "retryAfterMs": 1}}]})
    } else {
        json!({"data": {"castVote": {"vote": {"id": "1"}, "userErrors": []}}})
    };
    answer.to_string()
}

/// A server that is busy twice, and what it has received.
async fn busy_server(code: &'static str) -> (SocketAddr, Received) {
    let received = Received::default();
    let state = (code, Arc::clone(&received));
    let router = Router::new().route("/graphql", post(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router.with_state(state)).await });
    (address, received)
}

#[tokio::test]
async fn a_vote_comes_again_with_the_same_key() {
    for code in ["UNAVAILABLE", "OVERLOADED"] {
        let (address, received) = busy_server(code).await;
        let client = TestClient::anonymous(address);
        client.vote("a nominee").await.expect_counted();
        let received = received.lock().expect("no panic");
        assert_eq!(received.len(), 3, "{code}");
        assert!(received[0]["input"]["idempotencyKey"].is_string());
        assert!(received.iter().all(|sent| *sent == received[0]), "{code}");
    }
}

#[tokio::test]
async fn a_vote_without_a_key_comes_again_only_where_it_was_not_taken_in() {
    let (address, received) = busy_server("OVERLOADED").await;
    let client = TestClient::anonymous(address);
    let vote = client.vote("a nominee").without_key();
    vote.await.expect_counted();
    assert_eq!(received.lock().expect("no panic").len(), 3);
    let (address, received) = busy_server("UNAVAILABLE").await;
    let unknown = tokio::spawn(async move {
        let client = TestClient::anonymous(address);
        client.vote("a nominee").without_key().await
    });
    assert!(unknown.await.is_err(), "nobody knows what became of it");
    assert_eq!(received.lock().expect("no panic").len(), 1);
}

#[tokio::test]
async fn a_test_that_means_the_refusal_gets_it() {
    let (address, received) = busy_server("UNAVAILABLE").await;
    let client = TestClient::anonymous(address);
    client.vote("a nominee").once().await;
    client.send("{ serverTime }", json!({})).await;
    assert_eq!(received.lock().expect("no panic").len(), 2);
}
