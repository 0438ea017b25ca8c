//! The messages of graphql-transport-ws, as JSON.

use async_graphql::ServerError;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::http::response::ResponseBody;

/// A message of the client.
pub(super) enum ClientMessage<'a> {
    ConnectionInit { payload: Option<InitPayload> },
    Ping,
    Pong,
    Subscribe { id: String, payload: &'a RawValue },
    Complete { id: String },
}

/// The form that all messages of the client have. An enum tagged by `type` would be read through a buffer, which raw
/// JSON does not survive.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: MessageKind,
    id: Option<String>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum MessageKind {
    ConnectionInit,
    Ping,
    Pong,
    Subscribe,
    Complete,
}

impl<'a> ClientMessage<'a> {
    /// The message in this text; none if it is not one of the protocol.
    pub fn read(text: &'a str) -> Option<Self> {
        let Envelope { kind, id, payload } = serde_json::from_str(text).ok()?;
        Some(match kind {
            MessageKind::ConnectionInit => Self::ConnectionInit {
                payload: match payload {
                    Some(payload) => serde_json::from_str(payload.get()).ok()?,
                    None => None,
                },
            },
            MessageKind::Ping => Self::Ping,
            MessageKind::Pong => Self::Pong,
            MessageKind::Subscribe => Self::Subscribe {
                id: id?,
                payload: payload?,
            },
            MessageKind::Complete => Self::Complete { id: id? },
        })
    }
}

/// The payload of a client's hello: its token, since browsers cannot send headers with a socket.
#[derive(Deserialize, Default)]
pub(super) struct InitPayload {
    #[serde(alias = "Authorization", alias = "accessToken")]
    pub authorization: Option<String>,
}

/// A message of the server.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage<'a> {
    ConnectionAck,
    Ping,
    Pong,
    Next {
        id: &'a str,
        payload: ResponseBody<'a>,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}
