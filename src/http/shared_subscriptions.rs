//! Subscriptions that are the same for all who watch: executed and serialised once for each version, whoever many watch.
//!
//! Those who ask for the same, with the same variables, share a channel that holds the latest payload. A slow one skips
//! versions. The last one to leave ends it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, Stream};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;

use super::response::{is_request_error, write};
use crate::graphql::RequestContext;
use crate::graphql::document::{Documents, Errors, Executable, SharedKey};

/// What it costs to come to a subscription that is there: its messages are copied.
const JOINING_COST: u32 = 10;

/// What a shared subscription says to those who watch.
#[derive(Debug, Clone)]
pub enum Update {
    /// Nothing so far.
    Nothing,
    /// The latest payload, in JSON.
    Payload(Bytes),
    /// It is not executed. Nothing follows.
    Rejected(Arc<Errors>),
}

type Channels = Mutex<HashMap<SharedKey, watch::Sender<Update>>>;

/// The shared subscriptions of a process: as many as there are kinds of subscribers, whose places are bounded.
#[derive(Default)]
pub struct SharedSubscriptions(Arc<Channels>);

impl SharedSubscriptions {
    /// Watches what `executable` subscribes to: the latest payload at once, then each newer one. Whoever is the first is
    /// charged its price, who comes to what is there as good as nothing.
    ///
    /// # Errors
    /// When the requester has asked for too much.
    pub fn watch(
        &self,
        documents: &Arc<Documents>,
        requester: &RequestContext,
        (key, price): (SharedKey, u32),
        executable: Executable,
    ) -> Result<impl Stream<Item = Update> + Send + use<>, Errors> {
        let mut channels = lock(&self.0);
        if let Some(channel) = channels.get(&key) {
            documents.charge(requester, JOINING_COST)?;
            return Ok(latest(channel.subscribe()));
        }
        documents.charge(requester, price)?;
        let (channel, receiver) = watch::channel(Update::Nothing);
        channels.insert(key.clone(), channel.clone());
        let (documents, channels) = (Arc::clone(documents), Arc::clone(&self.0));
        tokio::spawn(async move {
            let ending = || end(&channels, &key, |mine| mine.receiver_count() == 0);
            show(&documents, executable, &channel, ending).await;
            // Another one may have begun under this key.
            end(&channels, &key, |there| there.same_channel(&channel));
        });
        Ok(latest(receiver))
    }
}

fn lock(channels: &Channels) -> MutexGuard<'_, HashMap<SharedKey, watch::Sender<Update>>> {
    channels.lock()
}

/// Takes the channel of this key away, so that nobody comes to it any more, if it is to end; returns whether it is gone.
fn end(
    channels: &Channels,
    key: &SharedKey,
    is_to_end: impl FnOnce(&watch::Sender<Update>) -> bool,
) -> bool {
    let mut channels = lock(channels);
    let is_gone = channels.get(key).is_none_or(is_to_end);
    if is_gone {
        channels.remove(key);
    }
    is_gone
}

/// Executes a subscription and shows its results, until it ends or nobody watches.
async fn show(
    documents: &Documents,
    executable: Executable,
    channel: &watch::Sender<Update>,
    end_if_unwatched: impl Fn() -> bool,
) {
    let mut responses = documents.execute_stream(executable);
    loop {
        let response = tokio::select! {
            response = responses.next() => response,
            () = channel.closed() => {
                if end_if_unwatched() {
                    return;
                }
                continue;
            }
        };
        let Some(response) = response else { return };
        let shown = if is_request_error(&response) {
            Update::Rejected(Arc::new(response.errors))
        } else if let Some(payload) = write(&response, None) {
            Update::Payload(payload.into())
        } else {
            return;
        };
        channel.send_replace(shown);
    }
}

/// What a channel holds, at once and whenever it is another.
fn latest(mut receiver: watch::Receiver<Update>) -> impl Stream<Item = Update> + Send {
    receiver.mark_changed();
    stream::unfold(receiver, async |mut receiver| {
        loop {
            receiver.changed().await.ok()?;
            let shown = receiver.borrow_and_update().clone();
            if !matches!(shown, Update::Nothing) {
                return Some((shown, receiver));
            }
        }
    })
}
