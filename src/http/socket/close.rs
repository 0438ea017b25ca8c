//! The end of a socket: its close codes, those of WebSocket (RFC 6455, section 7.4.1) and of graphql-transport-ws
//! (44xx).

use std::borrow::Cow;

use super::MESSAGE_BYTES_MAX;

/// The reason why a socket ends: a close code of the protocol with its text.
pub(super) struct Close {
    pub code: u16,
    pub reason: Cow<'static, str>,
}

/// The code of a socket that its client has closed.
pub(super) const NORMAL: u16 = 1000;
/// The code of a server that stops.
pub(super) const GOING_AWAY: u16 = 1001;
/// The code of a client that sends too much.
pub(super) const POLICY_VIOLATION: u16 = 1008;
/// The code of a socket that this server cannot go on with.
pub(super) const INTERNAL: u16 = 1011;
/// The code of a socket that may be opened again later.
pub(super) const TRY_AGAIN_LATER: u16 = 1013;
/// The code of a message that breaks the protocol.
pub(super) const INVALID: u16 = 4400;
/// The code of a token that is no good: clients take 4401 for final; after this one they come back, with a new token.
pub(super) const FORBIDDEN: u16 = 4403;

impl Close {
    pub fn new(code: u16, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }

    /// The end of a socket whose message could not be read; where the connection has failed nobody hears this.
    pub(super) fn unreadable(error: &axum::Error) -> Self {
        tracing::debug!(%error, "a socket could not be read");
        // The library's own type is not ours to name; its texts are held by a test.
        let text = error.to_string();
        if text.starts_with("Space limit exceeded") {
            let reason = format!("A message has at most {MESSAGE_BYTES_MAX} bytes");
            Self::new(1009, reason)
        } else if text.starts_with("UTF-8 encoding error") {
            Self::new(1007, "A text must be UTF-8")
        } else {
            Self::new(1002, "Protocol error")
        }
    }
}
