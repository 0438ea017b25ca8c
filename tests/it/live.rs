//! Live transports: graphql-transport-ws, graphql-sse, stories as they come out, and the tally for polling.

mod processes;
mod sockets;
mod stories;
mod streams;
mod tallies;

use acclaim::clock::Clock;
use serde_json::json;

use crate::clients::Socket;
use crate::harness::{Sample, Stores, TestApp, noon};

const TALLY: &str =
    "subscription($id: ID!) { tallyChanged(campaignId: $id) { version countedVotes voters } }";

const STORIES: &str = "subscription($id: ID!) { storyPublished(campaignId: $id) { title } }";

/// A sample campaign that is there before the server starts: its workers find nothing that has changed.
async fn start_with_workers(stores: &Stores) -> (TestApp, Sample) {
    let database = stores.database(&Clock::manual(noon())).await;
    let sample = Sample::insert(&database, noon(), |_| ()).await;
    (server_with_workers(stores).await, sample)
}

async fn server_with_workers(stores: &Stores) -> TestApp {
    TestApp::builder(stores).with_workers().start().await
}

/// A new voter votes for the nominee at this index.
async fn vote(app: &TestApp, sample: &Sample, nominee: usize) {
    let payload = app.voter().vote(&sample.nominee_id(nominee)).await;
    payload.expect_counted();
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
