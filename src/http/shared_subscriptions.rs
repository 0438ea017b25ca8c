//! Subscriptions that are the same for all who watch: executed and serialised once for each version, however many
//! watch.
//!
//! Requesters who ask for the same, with the same variables, share a channel that holds the latest payload. A slow one
//! skips versions. The last one to leave ends it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, Stream};
use parking_lot::Mutex;
use tokio::sync::watch;

use super::response::{is_request_error, write};
use crate::graphql::RequestContext;
use crate::graphql::document::{Documents, Errors, Executable, SharedKey};

/// The cost of joining a subscription that is there: its messages are copied.
const JOINING_COST: u32 = 10;

/// The latest state of a shared subscription, as its subscribers see it.
#[derive(Debug, Clone)]
pub(super) enum Update {
    /// There is no result so far.
    Nothing,
    /// The latest payload, in JSON.
    Payload(Bytes),
    /// The subscription is not executed. Nothing follows.
    Rejected(Arc<Errors>),
}

/// The channels that have subscribers.
type Channels = Mutex<HashMap<SharedKey, watch::Sender<Update>>>;

/// The shared subscriptions of a process: as many as there are kinds of subscribers, whose places are bounded.
#[derive(Default)]
pub(super) struct SharedSubscriptions(Arc<Channels>);

impl SharedSubscriptions {
    /// Watches the results of a subscription: the latest payload at once, then each newer one. The first subscriber
    /// pays the full cost; later ones pay [`JOINING_COST`]. Fails when the requester has asked for too much.
    pub fn watch(
        &self,
        documents: &Arc<Documents>,
        requester: &RequestContext,
        (key, cost): (SharedKey, u32),
        executable: Executable,
    ) -> Result<impl Stream<Item = Update> + Send + use<>, Errors> {
        let mut channels = self.0.lock();
        if let Some(channel) = channels.get(&key) {
            documents.charge(requester, JOINING_COST)?;
            return Ok(latest(channel.subscribe()));
        }
        documents.charge(requester, cost)?;
        let (channel, receiver) = watch::channel(Update::Nothing);
        channels.insert(key.clone(), channel.clone());
        let publishing = Publishing {
            channels: Arc::clone(&self.0),
            key,
            channel,
        };
        let documents = Arc::clone(documents);
        tokio::spawn(async move { publishing.run(&documents, executable).await });
        Ok(latest(receiver))
    }
}

/// A subscription that is being executed for all its subscribers.
struct Publishing {
    channels: Arc<Channels>,
    key: SharedKey,
    channel: watch::Sender<Update>,
}

impl Publishing {
    /// Executes the subscription and publishes its results, until it ends or nobody watches.
    async fn run(&self, documents: &Documents, executable: Executable) {
        let mut responses = documents.execute_stream(executable);
        loop {
            let response = tokio::select! {
                response = responses.next() => response,
                () = self.channel.closed() => {
                    if self.remove_unwatched() {
                        return;
                    }
                    continue;
                }
            };
            let Some(response) = response else { break };
            let update = if is_request_error(&response) {
                Update::Rejected(Arc::new(response.errors))
            } else if let Some(payload) = write(&response, None) {
                Update::Payload(payload.into())
            } else {
                break;
            };
            self.channel.send_replace(update);
        }
        self.remove();
    }

    /// Removes the channel if nobody watches it; returns whether it is gone. Under the lock, so that nobody joins a
    /// channel that ends.
    fn remove_unwatched(&self) -> bool {
        let mut channels = self.channels.lock();
        let is_unwatched = self.channel.receiver_count() == 0;
        if is_unwatched {
            channels.remove(&self.key);
        }
        is_unwatched
    }

    /// Removes the channel, unless another one has begun under its key.
    fn remove(&self) {
        let mut channels = self.channels.lock();
        let channel = channels.get(&self.key);
        if channel.is_some_and(|channel| channel.same_channel(&self.channel)) {
            channels.remove(&self.key);
        }
    }
}

/// The updates of a channel: the latest at once, then each newer one.
fn latest(mut receiver: watch::Receiver<Update>) -> impl Stream<Item = Update> + Send {
    receiver.mark_changed();
    stream::unfold(receiver, async |mut receiver| {
        loop {
            receiver.changed().await.ok()?;
            let update = receiver.borrow_and_update().clone();
            if !matches!(update, Update::Nothing) {
                return Some((update, receiver));
            }
        }
    })
}
