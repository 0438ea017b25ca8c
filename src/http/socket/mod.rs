//! graphql-transport-ws: subscriptions, queries and mutations over a WebSocket, with the protocol's close codes.
//!
//! One task a socket reads, polls its operations in turn, and writes. While a write waits for the client nothing else
//! is taken from the operations, so a slow client holds one message, skips versions, and is dropped when its time is
//! over.

mod close;
mod message;
mod operation;

use std::pin::Pin;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use serde_json::value::RawValue;
use tokio::time::{Instant, Interval, timeout};
use tokio_stream::StreamMap;

use self::close::{
    Close, FORBIDDEN, GOING_AWAY, INTERNAL, INVALID, NORMAL, POLICY_VIOLATION, TRY_AGAIN_LATER,
};
use self::message::{ClientMessage, ServerMessage};
use self::operation::{Operation, OperationEvent};
use super::Server;
use super::access;
use super::client::{ClientHeaders, TokenLife};
use super::params::parse_params;
use super::places::Place;
use super::response::{ResponseBody, is_request_error, too_many_subscribers};
use super::shared_subscriptions::Update;
use crate::auth::Viewer;
use crate::error::Error;
use crate::graphql::RequestContext;

const PROTOCOL: &str = "graphql-transport-ws";
/// The largest message: a document of 8 KiB with its variables.
const MESSAGE_BYTES_MAX: usize = 16 * 1024;
/// Read buffer of a socket: small, since most sockets only listen, and the library's default is 128 KiB for each.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Operations of a socket at once.
const OPERATIONS_MAX: usize = 8;
/// How long a client may take to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Messages of a client that are read after the close, and thrown away.
const MESSAGES_SKIPPED_MAX: usize = 256;
/// Messages that a client may send at once, and how often it may send one after that.
const MESSAGES_BURST: u32 = 100;
const MESSAGE_EVERY: Duration = Duration::from_millis(50);

/// Answers `/graphql/ws`.
pub(super) async fn handle(
    State(server): State<Server>,
    client_headers: ClientHeaders,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else {
        return (
            StatusCode::UPGRADE_REQUIRED,
            [("upgrade", "websocket")],
            "This is a WebSocket.\n",
        )
            .into_response();
    };
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0);
    if upgrade.selected_protocol().is_none() {
        return (
            StatusCode::BAD_REQUEST,
            format!("Offer the sub-protocol {PROTOCOL}.\n"),
        )
            .into_response();
    }
    let place = match server.subscriber_place(client_headers.client()) {
        Ok(place) => place,
        Err(full) => return too_many_subscribers(full),
    };
    // Counted before the connection's own task ends, so that a stopping server waits for it.
    let counted = server.connections.token();
    let mut entry = access::take();
    if let Some(entry) = &mut entry {
        entry.set_upgraded();
    }
    upgrade.on_upgrade(async move |socket| {
        let code = run(server, client_headers, socket).await;
        if let Some(mut entry) = entry {
            entry.set_close_code(code);
        }
        drop((counted, place));
    })
}

/// Serves a socket until it is closed; returns the code of the close.
async fn run(server: Server, client_headers: ClientHeaders, socket: WebSocket) -> u16 {
    server.app.metrics.subscribers.inc();
    let metrics = server.app.metrics.clone();
    let write_timeout = server.timeouts.write;
    let mut session = Session {
        server,
        client_headers,
        socket,
        operations: StreamMap::new(),
        messages: Allowance::new(),
        viewer_place: None,
    };
    let Close { code, reason } = session.talk().await;
    let closing = async {
        if code != NORMAL {
            let reason = reason.as_ref().into();
            let frame = Message::Close(Some(CloseFrame { code, reason }));
            // The client may be gone already.
            let _ = session.socket.send(frame).await;
        }
        // Until the end: the library answers the client's own close on the way, and a connection that is dropped with
        // something unread in it is reset, which may take our close with it.
        for _ in 0..MESSAGES_SKIPPED_MAX {
            let Some(Ok(_)) = session.socket.recv().await else {
                return;
            };
        }
    };
    let _ = timeout(CLOSE_TIMEOUT.min(write_timeout), closing).await;
    metrics.subscribers.dec();
    code
}

/// The number of messages that a client may send now: a token bucket, so that one client's flood stays its own.
struct Allowance {
    left: u32,
    filled_at: Instant,
}

impl Allowance {
    fn new() -> Self {
        Self {
            left: MESSAGES_BURST,
            filled_at: Instant::now(),
        }
    }

    /// Counts a message.
    fn take(&mut self) -> Result<(), Close> {
        let elapsed = self.filled_at.elapsed().as_millis() / MESSAGE_EVERY.as_millis();
        let back = u32::try_from(elapsed).unwrap_or(u32::MAX);
        if back > 0 {
            self.left = self.left.saturating_add(back).min(MESSAGES_BURST);
            self.filled_at = Instant::now();
        }
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| Close::new(POLICY_VIOLATION, "Too many messages"))?;
        Ok(())
    }
}

struct Session {
    server: Server,
    client_headers: ClientHeaders,
    socket: WebSocket,
    operations: StreamMap<String, Operation>,
    messages: Allowance,
    /// The place among its viewer's own subscribers.
    viewer_place: Option<Place<Viewer>>,
}

/// An event that wakes a session.
enum Event {
    Received(Option<Message>),
    /// An event of the operation of this id.
    Operation(String, OperationEvent),
    PingDue,
    Closing(Close),
}

impl Session {
    async fn talk(&mut self) -> Close {
        match self.greet().await {
            Ok((requester, life)) => self.serve(requester, life).await,
            Err(end) => end,
        }
    }

    /// Waits for the client's hello and answers it.
    async fn greet(&mut self) -> Result<(RequestContext, TokenLife), Close> {
        let deadline = Instant::now() + self.server.timeouts.hello;
        loop {
            let message = tokio::select! {
                () = self.server.stopping.cancelled() => return Err(Close::new(GOING_AWAY, "Going away")),
                message = tokio::time::timeout_at(deadline, self.socket.recv()) => message,
            };
            let Ok(message) = message else {
                return Err(Close::new(4408, "Connection initialisation timeout"));
            };
            let message = message
                .transpose()
                .map_err(|error| Close::unreadable(&error))?;
            self.messages.take()?;
            let Some(text) = text_of(message)? else {
                continue;
            };
            match parse(&text)? {
                ClientMessage::ConnectionInit { payload } => {
                    let token = payload.unwrap_or_default().authorization;
                    let requester = self.identify(token).await?;
                    let place = self.server.viewer_place(requester.0.viewer);
                    self.viewer_place = place.map_err(|_| {
                        Close::new(TRY_AGAIN_LATER, "You have too many subscribers")
                    })?;
                    self.send(&ServerMessage::ConnectionAck).await?;
                    return Ok(requester);
                }
                ClientMessage::Ping => self.send(&ServerMessage::Pong).await?,
                ClientMessage::Pong => {}
                ClientMessage::Subscribe { .. } => return Err(Close::new(4401, "Unauthorized")),
                ClientMessage::Complete { .. } => {
                    return Err(Close::new(INVALID, "Say connection_init first"));
                }
            }
        }
    }

    /// The token of the hello counts before the header's.
    async fn identify(
        &mut self,
        token: Option<String>,
    ) -> Result<(RequestContext, TokenLife), Close> {
        let requester = match token {
            Some(token) => {
                let token = token
                    .strip_prefix("Bearer ")
                    .or_else(|| token.strip_prefix("bearer "))
                    .unwrap_or(&token);
                self.client_headers
                    .requester_with(&self.server, Some(token))
                    .await
            }
            None => self.client_headers.requester(&self.server).await,
        };
        requester.map_err(|error| match error {
            Error::Unauthenticated | Error::NoBearer => Close::new(FORBIDDEN, "Forbidden"),
            _ => Close::new(TRY_AGAIN_LATER, "Try again later"),
        })
    }

    async fn serve(&mut self, requester: RequestContext, life: TokenLife) -> Close {
        let mut ended = Box::pin(life.ended());
        let every = self.server.timeouts.ping;
        let mut pings = tokio::time::interval_at(Instant::now() + every, every);
        let mut silent_pings = 0u8;
        loop {
            let event = self.next_event(ended.as_mut(), &mut pings).await;
            let result = match event {
                Event::Received(message) => {
                    silent_pings = 0;
                    self.receive(message, &requester).await
                }
                Event::Operation(id, event) => self.pass_on(&id, event).await,
                Event::PingDue if silent_pings >= 2 => {
                    Err(Close::new(INTERNAL, "No answer to pings"))
                }
                Event::PingDue => {
                    silent_pings += 1;
                    self.send(&ServerMessage::Ping).await
                }
                Event::Closing(end) => Err(end),
            };
            if let Err(end) = result {
                return end;
            }
        }
    }

    async fn next_event(
        &mut self,
        ended: Pin<&mut impl Future<Output = ()>>,
        pings: &mut Interval,
    ) -> Event {
        tokio::select! {
            () = self.server.stopping.cancelled() => Event::Closing(Close::new(GOING_AWAY, "Going away")),
            () = ended => Event::Closing(Close::new(FORBIDDEN, "The token has expired")),
            message = self.socket.recv() => match message.transpose() {
                Ok(message) => Event::Received(message),
                Err(error) => Event::Closing(Close::unreadable(&error)),
            },
            Some((id, event)) = self.operations.next(), if !self.operations.is_empty() => {
                Event::Operation(id, event)
            }
            _ = pings.tick() => Event::PingDue,
        }
    }

    async fn receive(
        &mut self,
        message: Option<Message>,
        requester: &RequestContext,
    ) -> Result<(), Close> {
        self.messages.take()?;
        let Some(text) = text_of(message)? else {
            return Ok(());
        };
        match parse(&text)? {
            ClientMessage::ConnectionInit { .. } => {
                Err(Close::new(4429, "Too many initialisation requests"))
            }
            ClientMessage::Ping => self.send(&ServerMessage::Pong).await,
            ClientMessage::Pong => Ok(()),
            ClientMessage::Complete { id } => {
                self.operations.remove(&id);
                Ok(())
            }
            ClientMessage::Subscribe { id, payload } => self.subscribe(id, payload, requester),
        }
    }

    fn subscribe(
        &mut self,
        id: String,
        payload: &RawValue,
        requester: &RequestContext,
    ) -> Result<(), Close> {
        if id.is_empty() {
            return Err(Close::new(INVALID, "An operation needs an id"));
        }
        if self.operations.contains_key(&id) {
            return Err(Close::new(
                4409,
                format!("Subscriber for {} already exists", shortened(&id)),
            ));
        }
        if self.operations.len() >= OPERATIONS_MAX {
            return Err(Close::new(
                INVALID,
                format!("At most {OPERATIONS_MAX} operations at once"),
            ));
        }
        let params = parse_params(payload.get().as_bytes());
        let operation = operation::start(self.server.clone(), requester.clone(), params);
        self.operations.insert(id, operation);
        Ok(())
    }

    /// Passes on an event of an operation. One that was not executed at all is an `error`, which ends the operation.
    async fn pass_on(&mut self, id: &str, event: OperationEvent) -> Result<(), Close> {
        let errors = match event {
            OperationEvent::Response(response, cost) if !is_request_error(&response) => {
                let payload = ResponseBody::new(&response, cost);
                return self.send(&ServerMessage::Next { id, payload }).await;
            }
            OperationEvent::Update(Update::Payload(payload)) => {
                return self.send_payload(id, &payload).await;
            }
            OperationEvent::Update(Update::Nothing) => return Ok(()),
            OperationEvent::Update(Update::Rejected(errors)) => errors.to_vec(),
            OperationEvent::Response(response, _) => response.errors,
            OperationEvent::Rejected(errors) => errors,
            OperationEvent::End => {
                self.operations.remove(id);
                return self.send(&ServerMessage::Complete { id }).await;
            }
        };
        self.operations.remove(id);
        let payload = &errors;
        self.send(&ServerMessage::Error { id, payload }).await
    }

    /// Sends a result that is JSON already.
    async fn send_payload(&mut self, id: &str, payload: &[u8]) -> Result<(), Close> {
        let payload = str::from_utf8(payload).map_err(|_| internal_error())?;
        let id = serde_json::to_string(id).map_err(|_| internal_error())?;
        let text = format!(r#"{{"type":"next","id":{id},"payload":{payload}}}"#);
        self.send_text(text).await
    }

    async fn send(&mut self, message: &ServerMessage<'_>) -> Result<(), Close> {
        let text = serde_json::to_string(message).map_err(|_| internal_error())?;
        self.send_text(text).await
    }

    async fn send_text(&mut self, text: String) -> Result<(), Close> {
        let sending = self.socket.send(Message::Text(text.into()));
        match timeout(self.server.timeouts.write, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Close::new(INTERNAL, "The client does not read")),
        }
    }
}

fn internal_error() -> Close {
    Close::new(INTERNAL, "Internal error")
}

/// The text of a message, if it is one; frames of the socket itself are answered by the library.
fn text_of(message: Option<Message>) -> Result<Option<String>, Close> {
    match message {
        Some(Message::Text(text)) => Ok(Some(text.as_str().to_owned())),
        Some(Message::Ping(_) | Message::Pong(_)) => Ok(None),
        Some(Message::Binary(_)) => Err(Close::new(INVALID, "Send text")),
        Some(Message::Close(_)) | None => Err(Close::new(NORMAL, "")),
    }
}

fn parse(text: &str) -> Result<ClientMessage<'_>, Close> {
    ClientMessage::read(text).ok_or_else(|| Close::new(INVALID, "Invalid message"))
}

/// The beginning of a client's text, short enough for a close frame (123 bytes).
fn shortened(text: &str) -> String {
    text.chars().take(16).collect()
}
