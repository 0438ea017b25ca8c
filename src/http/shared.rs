//! Subscriptions that are the same for all who watch: executed and serialised once for each version, whoever many watch.
//!
//! Those who ask for the same, with the same variables, share a channel that holds the latest payload. A slow one skips
//! versions. The last one to leave ends it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use super::graphql::{is_request_error, write};
use crate::graphql::Asker;
use crate::graphql::document::{Documents, Errors, Executable, SharedKey};

/// What it costs to come to a subscription that is there: its messages are copied.
const JOINING_COST: u32 = 10;

/// What a shared subscription says to those who watch.
#[derive(Debug, Clone)]
pub enum Shown {
    /// Nothing so far.
    Nothing,
    /// The latest payload, in JSON.
    Payload(Bytes),
    /// It is not executed. Nothing follows.
    Refused(Arc<Errors>),
}

type Channels = Mutex<HashMap<SharedKey, watch::Sender<Shown>>>;

/// The shared subscriptions of a process: as many as there are kinds of subscribers, whose places are bounded.
#[derive(Default)]
pub struct SharedSubscriptions(Arc<Channels>);

impl SharedSubscriptions {
    /// Watches what `executable` subscribes to: the latest payload at once, then each newer one. Whoever is the first is
    /// charged its price, who comes to what is there as good as nothing.
    ///
    /// # Errors
    /// When the asker has asked for too much.
    pub fn watch(
        &self,
        documents: &Arc<Documents>,
        asker: &Asker,
        (key, price): (SharedKey, u32),
        executable: Executable,
    ) -> Result<impl Stream<Item = Shown> + Send + use<>, Errors> {
        let mut channels = lock(&self.0);
        if let Some(channel) = channels.get(&key) {
            documents.charge(asker, JOINING_COST)?;
            return Ok(latest(channel.subscribe()));
        }
        documents.charge(asker, price)?;
        let (channel, receiver) = watch::channel(Shown::Nothing);
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

fn lock(channels: &Channels) -> MutexGuard<'_, HashMap<SharedKey, watch::Sender<Shown>>> {
    channels.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the channel of this key away, so that nobody comes to it any more, if it is to end; returns whether it is gone.
fn end(
    channels: &Channels,
    key: &SharedKey,
    is_to_end: impl FnOnce(&watch::Sender<Shown>) -> bool,
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
    channel: &watch::Sender<Shown>,
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
            Shown::Refused(Arc::new(response.errors))
        } else if let Some(payload) = write(&response, None) {
            Shown::Payload(payload.into())
        } else {
            return;
        };
        channel.send_replace(shown);
    }
}

/// What a channel holds, at once and whenever it is another.
fn latest(mut receiver: watch::Receiver<Shown>) -> impl Stream<Item = Shown> + Send {
    receiver.mark_changed();
    stream::unfold(receiver, async |mut receiver| {
        loop {
            receiver.changed().await.ok()?;
            let shown = receiver.borrow_and_update().clone();
            if !matches!(shown, Shown::Nothing) {
                return Some((shown, receiver));
            }
        }
    })
}
