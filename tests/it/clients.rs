//! Clients of the live transports.

use std::net::SocketAddr;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::deadlines::in_time;

/// A client of graphql-transport-ws.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects, and says nothing yet.
    pub async fn connect(address: SocketAddr) -> Self {
        Self::connect_with(Self::request(address, Some("graphql-transport-ws")))
            .await
            .expect("it connects")
    }

    /// Connects with this request.
    pub async fn connect_with(request: Request) -> Result<Self, Error> {
        let (socket, _) = in_time("connecting", connect_async(request)).await?;
        Ok(Self(socket))
    }

    /// A request that offers this sub-protocol.
    pub fn request(address: SocketAddr, protocol: Option<&str>) -> Request {
        let url = format!("ws://{address}/graphql/ws");
        let mut request = url.into_client_request().expect("an address");
        if let Some(protocol) = protocol {
            let value = HeaderValue::from_str(protocol).expect("a header");
            request
                .headers_mut()
                .insert("sec-websocket-protocol", value);
        }
        request
    }

    /// Connects, says hello with this token, and waits for the answer.
    pub async fn open(address: SocketAddr, token: Option<&str>) -> Self {
        let mut socket = Self::connect(address).await;
        socket.hello(token).await;
        assert_eq!(socket.next().await, json!({"type": "connection_ack"}));
        socket
    }

    /// Says hello with this token.
    pub async fn hello(&mut self, token: Option<&str>) {
        let payload = token.map(|token| json!({"authorization": format!("Bearer {token}")}));
        self.send(json!({"type": "connection_init", "payload": payload}))
            .await;
    }

    pub async fn send(&mut self, message: Value) {
        self.send_frame(Message::text(message.to_string())).await;
    }

    pub async fn send_frame(&mut self, message: Message) {
        in_time("sending", self.0.send(message))
            .await
            .expect("the server reads");
    }

    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({"query": query, "variables": variables});
        self.send(json!({"type": "subscribe", "id": id, "payload": payload}))
            .await;
    }

    pub async fn complete(&mut self, id: &str) {
        self.send(json!({"type": "complete", "id": id})).await;
    }

    /// The next frame; none when the connection is cut.
    pub async fn next_frame(&mut self) -> Option<Message> {
        in_time("a frame", self.0.next()).await?.ok()
    }

    /// The next message of the protocol.
    pub async fn next(&mut self) -> Value {
        let message = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => return text,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("no message but {other:?}"),
                }
            }
        };
        let text = in_time("a message", message).await;
        serde_json::from_str(&text).expect("messages are JSON")
    }

    /// The data of the next message, which must be a result of this operation without errors.
    pub async fn data(&mut self, id: &str) -> Value {
        let mut message = self.next().await;
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("next"), &json!(id)),
            "{message}"
        );
        assert_eq!(message["payload"].get("errors"), None, "{message}");
        message["payload"]["data"].take()
    }

    /// The code of the next message, which must be the error that ends this operation.
    pub async fn error(&mut self, id: &str) -> String {
        let message = self.next().await;
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("error"), &json!(id)),
            "{message}"
        );
        let code = message["payload"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("no code: {message}"))
            .to_owned()
    }

    /// The code of the next message, which must be a result without data, and the last one of this operation.
    pub async fn failure(&mut self, id: &str) -> String {
        let message = self.next().await;
        assert_eq!(
            (
                &message["type"],
                &message["id"],
                &message["payload"]["data"]
            ),
            (&json!("next"), &json!(id), &Value::Null),
            "{message}"
        );
        assert_eq!(self.next().await, json!({"type": "complete", "id": id}));
        let code = message["payload"]["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("no code: {message}"))
            .to_owned()
    }

    /// Waits until the server closes, and returns its close code; none if it cut the connection. What comes before is
    /// skipped.
    pub async fn close_code(&mut self) -> Option<u16> {
        let close = async {
            loop {
                if let Message::Close(frame) = self.0.next().await?.ok()? {
                    return frame.map(|frame| frame.code.into());
                }
            }
        };
        in_time("the close", close).await
    }
}

/// A server-sent event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    pub name: String,
    pub data: String,
    pub retry: Option<u64>,
}

impl Event {
    /// The result that a `next` event carries.
    pub fn result(&self) -> Value {
        assert_eq!(self.name, "next", "{self:?}");
        serde_json::from_str(&self.data).expect("results are JSON")
    }
}

/// A client of graphql-sse, distinct connections.
pub struct Events {
    response: reqwest::Response,
    buffer: Vec<u8>,
}

impl Events {
    /// Reads the events of this answer.
    pub fn of(response: reqwest::Response) -> Self {
        assert_eq!(response.status(), 200);
        let content_type = response.headers()["content-type"].to_str();
        assert!(content_type.is_ok_and(|t| t.starts_with("text/event-stream")));
        Self {
            response,
            buffer: Vec::new(),
        }
    }

    /// Sends an operation by POST.
    pub async fn post(
        http: &reqwest::Client,
        address: SocketAddr,
        token: Option<&str>,
        body: &Value,
    ) -> Self {
        let mut request = http
            .post(format!("http://{address}/graphql/stream"))
            .header("accept", "text/event-stream")
            .json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Self::of(
            in_time("an answer", request.send())
                .await
                .expect("an answer"),
        )
    }

    /// The next event that is not only a comment; none at the end.
    pub async fn next(&mut self) -> Option<Event> {
        // As a whole: comments keep coming, and are no event.
        in_time("an event", self.read()).await
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
                let event = parse(&String::from_utf8(block).expect("events are UTF-8"));
                if event != Event::default() {
                    return Some(event);
                }
                continue;
            }
            self.buffer.extend(self.response.chunk().await.ok()??);
        }
    }
}

fn parse(block: &str) -> Event {
    let mut event = Event::default();
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut event.name),
            "data" => event.data.push_str(value),
            "retry" => event.retry = value.parse().ok(),
            _ => {}
        }
    }
    event
}
