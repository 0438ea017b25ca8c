//! The stop: what was acknowledged stays, and whoever is connected is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use acclaim::clock::Clock;
use acclaim::graphql::document::{Documents, Policy};
use acclaim::http::Server;
use acclaim::http::pages::poster::Posters;
use acclaim::ledger::recount::count_votes;
use serde_json::json;

use super::{Running, assert_verifies};
use crate::clients::Event;
use crate::deadlines::{in_time, until};
use crate::harness::{CAST_VOTE, Stores, TestApp, TestClient, generous_connections, on_both};

on_both!(a_stop_keeps_what_was_acknowledged,);

/// A stopping server says so to those who still have a connection.
#[tokio::test]
async fn a_stopping_server_is_not_ready() {
    let stores = Stores::embedded();
    let app = TestApp::start(&stores).await;
    let stopping = tokio_util::sync::CancellationToken::new();
    let documents = Documents::new(Arc::clone(app.inner()), Policy::Any).await;
    let service = Server::new(
        Arc::clone(app.inner()),
        documents.expect("good ones"),
        generous_connections(),
        Posters::new(None, String::new()),
        stopping.clone(),
    )
    .service();
    let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 1));
    for (is_stopping, path, expected) in [
        (false, "/readyz", 200),
        (true, "/readyz", 503),
        (true, "/healthz", 200),
    ] {
        if is_stopping {
            stopping.cancel();
        }
        let request = axum::http::Request::get(path).body(axum::body::Body::empty());
        let response = service.answer(request.expect("a request"), peer).await;
        assert_eq!(response.status(), expected, "{path}");
    }
}

const TALLY: &str = "subscription($id: ID!) { tallyChanged(campaignId: $id) { version } }";

async fn a_stop_keeps_what_was_acknowledged(stores: Stores) {
    let mut running = Running::start(&stores).await;
    let variables = json!({"id": running.sample.campaign_id()});
    let mut socket = running.program.anonymous().socket().await;
    socket.subscribe("t", TALLY, variables.clone()).await;
    socket.data("t").await;
    let mut events = running.program.anonymous().events(TALLY, &variables).await;
    events.next().await.expect("a tally").result();
    // Voters who go on until nobody answers.
    let acknowledged = Arc::new(AtomicI64::new(0));
    let vote = json!({"input": {"nomineeId": running.sample.nominee_id(0)}});
    let voters: Vec<_> = (0..8)
        .map(|_| {
            let (acknowledged, vote) = (Arc::clone(&acknowledged), vote.clone());
            let clients: Vec<TestClient> = (0..500).map(|_| running.voter()).collect();
            tokio::spawn(async move {
                for client in clients {
                    let sent = client.try_send(CAST_VOTE, &vote).await;
                    let Ok(response) = sent else { return };
                    if !response["data"]["castVote"]["vote"].is_null() {
                        acknowledged.fetch_add(1, Ordering::SeqCst);
                    }
                }
            })
        })
        .collect();
    until("some votes", async || {
        (acknowledged.load(Ordering::SeqCst) >= 20).then_some(())
    })
    .await;
    let code = running.program.terminate();
    let log = running.program.log_text();
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("did not end in time"), "{log}");
    for voter in voters {
        in_time("the end of a voter", voter)
            .await
            .expect("no panic");
    }
    assert_eq!(socket.close_code().await, Some(1001));
    let mut last = None;
    while let Some(event) = events.next().await {
        last = Some(event);
    }
    let hint = Event {
        retry: Some(1_000),
        ..Event::default()
    };
    assert_eq!(last, Some(hint));
    let database = stores.database(&Clock::System).await;
    let stored = count_votes(&database).await.expect("a count");
    let acknowledged = acknowledged.load(Ordering::SeqCst);
    assert!(stored >= acknowledged, "{stored} of {acknowledged}");
    database.close().await;
    assert_verifies(&stores, stored).await;
}
