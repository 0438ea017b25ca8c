//! Subscribers: sockets that watch the live tally (graphql-transport-ws), and the tallies that they receive.
//!
//! Three latencies are measured. *After the vote*: from the acknowledgement of a vote to the first tally with it, on
//! any socket. *After reading*: from the moment at which the server read a tally to its arrival, on every socket; the
//! clocks are compared before. *Spread*: from a version's first arrival to its arrival on every other socket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::{SinkExt as _, StreamExt as _};
use hdrhistogram::Histogram;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::Failure;
use crate::api::Server;
use crate::api::document::TALLY;
use crate::api::request::Sender;
use crate::campaign::Campaign;
use crate::measure::{DIGITS, histogram, micros};

/// Sockets that connect at once.
const CONNECTING: usize = 64;
/// How long a socket may take to have its first tally.
const OPENING: Duration = Duration::from_secs(30);
/// Read buffer of a socket: the library's default of 128 KiB is too much for thousands.
const READ_BUFFER_BYTES: usize = 16 * 1024;
/// How often the clocks are compared.
const COMPARISONS: usize = 9;

/// The server's clock against this program's: off by half the time of an answer, at most.
#[derive(Debug, Clone, Copy)]
pub struct ServerClock {
    server: DateTime<Utc>,
    here: Instant,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TimeData {
    server_time: DateTime<Utc>,
}

impl ServerClock {
    /// Asks for the time, and believes the fastest answer.
    ///
    /// # Errors
    /// When there is none.
    pub async fn compare(server: &Server) -> Result<Self, Failure> {
        let mut best: Option<(Duration, Self)> = None;
        for _ in 0..COMPARISONS {
            let asked = Instant::now();
            let data: TimeData = server
                .ask("{ serverTime }", json!({}), Sender::ANONYMOUS)
                .await?;
            let took = asked.elapsed();
            if best.is_none_or(|(fastest, _)| took < fastest) {
                let clock = Self {
                    server: data.server_time,
                    here: asked + took / 2,
                };
                best = Some((took, clock));
            }
        }
        Ok(best.expect("it was asked more than once").1)
    }

    /// How long ago a moment of the server's clock was at `now`.
    fn age(&self, at: DateTime<Utc>, now: Instant) -> Duration {
        let server_now = self.server + (now - self.here);
        (server_now - at).to_std().unwrap_or_default()
    }
}

/// When votes were acknowledged, one after the other.
pub type Acknowledged = Arc<Mutex<Vec<Instant>>>;

/// The state that all sockets share.
pub struct Subscribers {
    clock: ServerClock,
    acknowledged: Acknowledged,
    received: Mutex<Received>,
}

impl Subscribers {
    /// Sockets that have received nothing yet. `acknowledged` has all votes that are cast.
    #[must_use]
    pub fn new(clock: ServerClock, acknowledged: &Acknowledged) -> Arc<Self> {
        Arc::new(Self {
            clock,
            acknowledged: Arc::clone(acknowledged),
            received: Mutex::new(Received::new()),
        })
    }

    /// The tallies that they have received.
    pub fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes notice of a tally on one of the sockets.
    fn receive(&self, text: &str) -> bool {
        let now = Instant::now();
        let Some(message) = TallyMessage::read(text) else {
            return false;
        };
        let age = self.clock.age(message.as_of, now);
        let acknowledged = self.acknowledged.lock();
        let acknowledged = acknowledged.unwrap_or_else(PoisonError::into_inner);
        self.received()
            .add(&message, text.len(), now, age, &acknowledged);
        true
    }
}

/// The tallies that all sockets have received.
pub struct Received {
    /// Tallies.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Votes of the campaign before the first of ours.
    votes_before: Option<u64>,
    /// Ours that some socket has seen.
    pub delivered: usize,
    /// When each version came first.
    pub first_seen: HashMap<u64, Instant>,
    /// From the acknowledgement of a vote to the first tally with it.
    pub after_the_vote: Histogram<u64>,
    /// From the server's reading a tally to its arrival.
    pub after_reading: Histogram<u64>,
    /// From a version's first arrival to the others.
    pub spread: Histogram<u64>,
}

impl Received {
    fn new() -> Self {
        Self {
            messages: 0,
            bytes: 0,
            votes_before: None,
            delivered: 0,
            first_seen: HashMap::new(),
            after_the_vote: histogram(DIGITS),
            after_reading: histogram(DIGITS),
            spread: histogram(DIGITS),
        }
    }

    /// Forgets the tallies that came while the sockets were opened, but for the votes so far.
    pub fn begin(&mut self) {
        let votes_before = self.votes_before;
        *self = Self {
            votes_before,
            ..Self::new()
        };
    }

    fn add(
        &mut self,
        message: &TallyMessage,
        bytes: usize,
        now: Instant,
        age: Duration,
        acknowledged: &[Instant],
    ) {
        self.messages += 1;
        self.bytes += bytes as u64;
        self.after_reading.saturating_record(micros(age).max(1));
        let before = *self.votes_before.get_or_insert(message.raw_votes);
        if let Some(first) = self.first_seen.get(&message.version) {
            self.spread.saturating_record(micros(now - *first).max(1));
            return;
        }
        self.first_seen.insert(message.version, now);
        let ours = usize::try_from(message.raw_votes.saturating_sub(before)).unwrap_or(usize::MAX);
        for vote in self.delivered..ours {
            // A tally may be faster than the acknowledgement.
            let age = acknowledged
                .get(vote)
                .map_or(Duration::ZERO, |at| now - *at);
            self.after_the_vote.saturating_record(micros(age).max(1));
        }
        self.delivered = self.delivered.max(ours);
    }
}

/// The fields of a tally that are read.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TallyMessage {
    version: u64,
    raw_votes: u64,
    as_of: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    payload: Option<Payload>,
}

#[derive(Deserialize)]
struct Payload {
    data: Option<TallyData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TallyData {
    tally_changed: TallyMessage,
}

impl TallyMessage {
    /// How a message begins, as it is asked for: fields come in the order of the document.
    const START: &str = r#"{"type":"next","id":"1","payload":{"data":{"tallyChanged":{"version":"#;

    /// Reads a message: its beginning, or all of it where that is another.
    fn read(text: &str) -> Option<Self> {
        Self::read_start(text).or_else(|| {
            let envelope: Envelope = serde_json::from_str(text).ok()?;
            if envelope.kind != "next" {
                return None;
            }
            Some(envelope.payload?.data?.tally_changed)
        })
    }

    fn read_start(text: &str) -> Option<Self> {
        let (version, rest) = text
            .strip_prefix(Self::START)?
            .split_once(",\"rawVotes\":")?;
        let (raw_votes, rest) = rest.split_once(",\"asOf\":\"")?;
        let (as_of, _) = rest.split_once('"')?;
        Some(Self {
            version: version.parse().ok()?,
            raw_votes: raw_votes.parse().ok()?,
            as_of: as_of.parse().ok()?,
        })
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens so many sockets and waits until each has its first tally. Each is a task that tells whether it was ours to the
/// end.
///
/// # Errors
/// When one cannot be opened.
pub async fn open(
    sockets: usize,
    server: &Server,
    campaign: &Campaign,
    subscribers: &Arc<Subscribers>,
    stopping: &watch::Receiver<bool>,
) -> Result<JoinSet<bool>, Failure> {
    let places = Arc::new(Semaphore::new(CONNECTING));
    let payload = json!({"query": TALLY, "variables": {"campaign": campaign.id}});
    let subscribe = json!({"type": "subscribe", "id": "1", "payload": payload}).to_string();
    let mut opening = JoinSet::new();
    for _ in 0..sockets {
        let places = Arc::clone(&places);
        let subscribers = Arc::clone(subscribers);
        let server = server.clone();
        let subscribe = subscribe.clone();
        opening.spawn(async move {
            let _place = places.acquire_owned().await;
            let socket = timeout(OPENING, watch_tally(&server, subscribe, &subscribers)).await;
            socket.map_err(|_| Failure::from("a socket has no tally in time"))?
        });
    }
    let mut watching = JoinSet::new();
    while let Some(socket) = opening.join_next().await {
        watching.spawn(listen(socket??, Arc::clone(subscribers), stopping.clone()));
    }
    Ok(watching)
}

/// Connects, says hello, subscribes, and reads the first tally.
async fn watch_tally(
    server: &Server,
    subscribe: String,
    subscribers: &Subscribers,
) -> Result<Socket, Failure> {
    let url = format!("ws://{}/graphql/ws", server.address);
    let mut request = url.into_client_request()?;
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    request
        .headers_mut()
        .insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0);
    let (mut socket, _) = connect_async_with_config(request, Some(config), true).await?;
    let hello = json!({"type": "connection_init"}).to_string();
    socket.send(Message::text(hello)).await?;
    socket.send(Message::text(subscribe)).await?;
    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message? {
            if subscribers.receive(&text) {
                return Ok(socket);
            }
            if text.contains("\"type\":\"error\"") {
                return Err(format!("the server does not let us watch: {text}").into());
            }
        }
    }
    Err("the server closed a socket".into())
}

/// Listens to the end; returns whether it was ours.
async fn listen(
    mut socket: Socket,
    subscribers: Arc<Subscribers>,
    mut stopping: watch::Receiver<bool>,
) -> bool {
    loop {
        let message = tokio::select! {
            _ = stopping.changed() => {
                let _ = socket.close(None).await;
                return true;
            }
            message = socket.next() => message,
        };
        match message {
            Some(Ok(Message::Text(text))) if subscribers.receive(&text) => {}
            Some(Ok(Message::Text(text))) => {
                if answer(&mut socket, &text).await.is_err() {
                    return false;
                }
            }
            // The library answers pings.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            _ => return false,
        }
    }
}

/// Answers what is no tally: a ping of the protocol. An error or the end of the subscription is a loss.
async fn answer(socket: &mut Socket, text: &str) -> Result<(), Error> {
    let kind = serde_json::from_str::<Envelope>(text).map(|envelope| envelope.kind);
    match kind.as_deref() {
        Ok("ping") => socket.send(Message::text(r#"{"type":"pong"}"#)).await,
        Ok("pong") => Ok(()),
        _ => Err(Error::ConnectionClosed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Summary;

    fn tally(version: u64, raw_votes: u64) -> TallyMessage {
        TallyMessage {
            version,
            raw_votes,
            as_of: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_tally_is_read_from_its_start_or_as_a_whole() {
        let fields = r#""version":7,"rawVotes":9,"asOf":"1970-01-01T00:00:00.000Z","voters":3"#;
        let message =
            |head: &str| format!("{head}{{\"data\":{{\"tallyChanged\":{{{fields}}}}}}}}}");
        let ours = message(r#"{"type":"next","id":"1","payload":"#);
        assert_eq!(TallyMessage::read_start(&ours), Some(tally(7, 9)));
        let other = message(r#"{"id":"1","type":"next","payload":"#);
        assert_eq!(TallyMessage::read_start(&other), None);
        assert_eq!(TallyMessage::read(&other), Some(tally(7, 9)));
        assert_eq!(TallyMessage::read(r#"{"type":"connection_ack"}"#), None);
        assert_eq!(
            TallyMessage::read(r#"{"type":"error","id":"1","payload":[]}"#),
            None
        );
    }

    #[test]
    fn votes_are_found_in_the_first_tally_that_has_them() {
        let start = Instant::now();
        let ms = Duration::from_millis;
        let acknowledged = [start, start + ms(10), start + ms(20)];
        let mut received = Received::new();
        received.add(&tally(1, 100), 10, start, ms(1), &[]);
        received.begin();
        received.add(&tally(2, 102), 10, start + ms(30), ms(5), &acknowledged);
        received.add(&tally(2, 102), 10, start + ms(40), ms(15), &acknowledged);
        received.add(&tally(3, 103), 10, start + ms(50), ms(5), &acknowledged);
        assert_eq!((received.messages, received.delivered), (3, 3));
        assert_eq!(received.first_seen.len(), 2);
        let after = Summary::new(&received.after_the_vote);
        assert!((29.9..30.1).contains(&after.max_ms) && (29.9..30.1).contains(&after.p50_ms));
        assert_eq!(received.spread.len(), 1);
    }
}
