//! Bytes on a socket: what clients that keep to the protocols cannot send, and whatever comes back.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::deadlines::{deadline, in_time};

/// How the bytes are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// At once; then the client waits for the end of the connection.
    AtOnce,
    /// Each byte by itself.
    ByteByByte,
    /// At once; then the client says that it sends no more.
    AndHangUp,
    /// At once; then, when the server has said this, the socket is sent what ends it.
    UntilItSays(&'static str),
}

/// The answer that came back before the server ended the connection.
#[derive(Debug)]
pub struct Answer {
    /// The statuses of all responses, in order.
    pub statuses: Vec<u16>,
    /// The close code of the socket, if the connection became one.
    pub close_code: Option<u16>,
    pub bytes: Vec<u8>,
    /// Whether the server ended the connection in time.
    pub is_ended: bool,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A status for each response, the close code, or that there was nothing.
    pub fn summary(&self) -> String {
        let numbers = self.statuses.iter().chain(&self.close_code);
        let numbers: Vec<String> = numbers.map(ToString::to_string).collect();
        match numbers.as_slice() {
            [] => "cut".to_owned(),
            [first, .., last] if numbers.len() > 3 => {
                format!("{first} .. {last} ({})", numbers.len())
            }
            _ => numbers.join(" "),
        }
    }
}

/// Sends `bytes` over a connection of their own and reads until the server has ended it.
pub async fn send(address: SocketAddr, bytes: &[u8], manner: Manner) -> Answer {
    let stream = in_time("connecting", TcpStream::connect(address)).await;
    let stream = stream.expect("it connects");
    stream.set_nodelay(true).expect("a socket");
    let (mut reader, mut writer) = stream.into_split();
    let (reply, mut replies) = mpsc::unbounded_channel::<Vec<u8>>();
    // A server that has heard enough reads no more: what is left cannot be sent.
    let writing = async {
        match manner {
            Manner::ByteByByte => {
                for byte in bytes.chunks(1) {
                    if writer.write_all(byte).await.is_err() {
                        break;
                    }
                }
            }
            _ => _ = writer.write_all(bytes).await,
        }
        if manner == Manner::AndHangUp {
            let _ = writer.shutdown().await;
        }
        while let Some(bytes) = replies.recv().await {
            let _ = writer.write_all(&bytes).await;
        }
    };
    let mut received = Vec::new();
    let reading = async {
        // Dropped at the end, so that nobody waits for more of them.
        let reply = reply;
        let mut awaited = match manner {
            Manner::UntilItSays(awaited) => Some(awaited),
            _ => None,
        };
        let mut is_closed = false;
        loop {
            match reader.read_buf(&mut received).await {
                Ok(0) => return,
                Ok(_) => {}
                // Ended with something of ours unread.
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return,
                Err(error) => panic!("{error}"),
            }
            if awaited.is_some_and(|text| String::from_utf8_lossy(&received).contains(text)) {
                awaited = None;
                let _ = reply.send(frame(TEXT, b"garbage"));
            }
            // A close is answered: the server may wait for that.
            if !is_closed && received.starts_with(b"HTTP/1.1 101") && read(&received).1.is_some() {
                is_closed = true;
                let _ = reply.send(frame(CLOSE, &1000u16.to_be_bytes()));
            }
        }
    };
    let both = async { tokio::join!(writing, reading) };
    let is_ended = tokio::time::timeout(deadline(), both).await.is_ok();
    let (statuses, close_code) = read(&received);
    Answer {
        statuses,
        close_code,
        bytes: received,
        is_ended,
    }
}

/// The statuses of responses, and the close code of what became a socket.
fn read(bytes: &[u8]) -> (Vec<u16>, Option<u16>) {
    let mut statuses = Vec::new();
    let mut rest = bytes;
    while let Some(end) = rest.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&rest[..end]).to_ascii_lowercase();
        rest = &rest[end + 4..];
        let status = head
            .strip_prefix("http/1.1 ")
            .and_then(|head| head.get(..3));
        let status = status.and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no response: {head}"));
        statuses.push(status);
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
        match (status, header("content-length: ")) {
            (101, _) => return (statuses, code_of_close(rest)),
            (100, _) => {}
            (_, Some(length)) => {
                let length: usize = length.parse().expect("a number");
                rest = rest.get(length..).unwrap_or_default();
            }
            // In chunks, to the end.
            (_, None) => break,
        }
    }
    (statuses, None)
}

/// The code of the close frame among the frames of a server.
fn code_of_close(mut frames: &[u8]) -> Option<u16> {
    loop {
        let (head, rest) = frames.split_at_checked(2)?;
        let (length, rest) = match head[1] {
            126 => (
                usize::from(u16::from_be_bytes(*rest.first_chunk()?)),
                &rest[2..],
            ),
            0x7f => panic!("no message of ours is as long"),
            length => (usize::from(length), rest),
        };
        let (payload, rest) = rest.split_at_checked(length)?;
        if head[0] == CLOSE {
            return payload.first_chunk().copied().map(u16::from_be_bytes);
        }
        frames = rest;
    }
}

/// A request without a body, the last of its connection.
pub fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    post_to(method, target, headers, None)
}

/// A request with a body, whose length is announced, the last of its connection.
pub fn request_with(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    post_to(method, target, headers, Some(body))
}

fn post_to(method: &str, target: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Vec<u8> {
    let mut head =
        format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    let length = body.map(|body| body.len().to_string());
    let length = length
        .iter()
        .map(|length| ("content-length", length.as_str()));
    for (name, value) in headers.iter().copied().chain(length) {
        head = head + name + ": " + value + "\r\n";
    }
    [head.as_bytes(), b"\r\n", body.unwrap_or_default()].concat()
}

/// The headers of a usual operation, whose status says whether it is good.
pub const USUAL: &[(&str, &str)] = &[
    ("accept", "application/graphql-response+json"),
    ("content-type", "application/json"),
];

/// A usual request with this body.
pub fn post(body: impl AsRef<[u8]>) -> Vec<u8> {
    request_with("POST", "/graphql", USUAL, body.as_ref())
}

/// The request that makes a connection a socket.
pub fn upgrade() -> Vec<u8> {
    b"GET /graphql/ws HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
        .to_vec()
}

/// A frame of a client, masked with zeros, which change nothing.
pub fn frame(first_byte: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first_byte];
    match u16::try_from(payload.len()) {
        Ok(length @ 0..0x7e) => frame.push(0x80 | length.to_be_bytes()[1]),
        Ok(length) => {
            frame.push(0x80 | 0x7e);
            frame.extend(length.to_be_bytes());
        }
        Err(_) => {
            frame.push(0x80 | 0x7f);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

pub const TEXT: u8 = 0x81;
pub const BINARY: u8 = 0x82;
pub const CLOSE: u8 = 0x88;
pub const PING: u8 = 0x89;
/// A text that goes on in the next frame.
pub const TEXT_BEGINS: u8 = 0x01;
/// A stream that goes on, and does not end here.
pub const GOES_ON: u8 = 0x00;
/// The end of what went on.
pub const ENDS: u8 = 0x80;

/// A socket on which these texts are sent one after the other, without waiting for an answer.
pub fn socket<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Vec<u8> {
    let frames = texts.into_iter();
    let frames = frames.flat_map(|text| frame(TEXT, text.as_ref().as_bytes()));
    upgrade().into_iter().chain(frames).collect()
}
