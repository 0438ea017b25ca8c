//! One connection, kept alive: a request at a time, HTTP/1.1. It is made anew when it is gone.
//!
//! The client shares the machine with the server that it measures, so it does the least that can be done: one write of
//! bytes that were made ready, one read of the answer into a buffer that is kept, and httparse for the head.
//!
//! What matters is what is known when there is no answer: a request that was never sent has done nothing, one that was
//! sent may have.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use httparse::{Header, Response, Status};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::answer::Answer;
use super::request::Ready;

/// How long an answer may take. A server that is overloaded refuses long before.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Headers of an answer, with those that proxies add.
const HEADERS_MAX: usize = 64;
/// Bytes of an answer: no page of the API is nearly as large.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// It was not sent.
    NotSent,
    /// It was sent, or part of it: nobody knows what came of it.
    NoAnswer,
}

/// A connection to a server.
#[derive(Debug)]
pub struct Connection {
    address: Arc<str>,
    stream: Option<TcpStream>,
    buffer: BytesMut,
}

/// How an answer's body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    /// After so many bytes.
    Length(usize),
    /// With a chunk of no bytes.
    Chunked,
    /// With the connection.
    Close,
}

/// The head of an answer, as far as it is read.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    /// Its own bytes.
    length: usize,
    status: u16,
    body: Body,
    keeps_alive: bool,
}

impl Connection {
    /// A connection to `host:port`, which is made when it is needed.
    #[must_use]
    pub fn new(address: Arc<str>) -> Self {
        Self {
            address,
            stream: None,
            buffer: BytesMut::new(),
        }
    }

    /// Opens it now. Whether that worked, the first exchange shows.
    pub async fn open(&mut self) {
        self.stream = self.stream().await.ok();
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// When there is none.
    pub async fn exchange(&mut self, request: &Ready) -> Result<Answer, Lost> {
        let mut stream = self.stream().await.map_err(|_| Lost::NotSent)?;
        let buffer = &mut self.buffer;
        buffer.clear();
        let exchange = async {
            stream.write_all(request).await?;
            read(&mut stream, buffer).await
        };
        let read = timeout(ANSWER_TIMEOUT, exchange).await;
        let (answer, keeps_alive) = read
            .map_err(|_| Lost::NoAnswer)?
            .map_err(|_| Lost::NoAnswer)?;
        // Kept only after a whole answer: a connection that was given up in between would mix up the next ones.
        self.stream = keeps_alive.then_some(stream);
        Ok(answer)
    }

    /// The connection that is there, or a new one.
    async fn stream(&mut self) -> io::Result<TcpStream> {
        if let Some(stream) = self.stream.take()
            && is_idle(&stream)
        {
            return Ok(stream);
        }
        let connecting = timeout(CONNECT_TIMEOUT, TcpStream::connect(&*self.address));
        let stream = connecting.await.map_err(|_| io::ErrorKind::TimedOut)??;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// Whether nothing has come since the last answer, neither bytes nor an end.
fn is_idle(stream: &TcpStream) -> bool {
    let read = stream.try_read(&mut [0]);
    read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Reads an answer, and whether the connection stays.
async fn read(stream: &mut TcpStream, buffer: &mut BytesMut) -> io::Result<(Answer, bool)> {
    let head = loop {
        fill(stream, buffer).await?;
        if let Some(head) = parse_head(buffer)? {
            break head;
        }
    };
    buffer.advance(head.length);
    let body = match head.body {
        Body::Length(length) => {
            while buffer.len() < length {
                fill(stream, buffer).await?;
            }
            buffer.split_to(length).freeze()
        }
        Body::Chunked => read_chunks(stream, buffer).await?,
        Body::Close => {
            while fill(stream, buffer).await.is_ok() {}
            buffer.split().freeze()
        }
    };
    let status = head.status;
    Ok((Answer { status, body }, head.keeps_alive))
}

/// Reads what has come; an end is an error.
async fn fill(stream: &mut TcpStream, buffer: &mut BytesMut) -> io::Result<()> {
    if buffer.len() > ANSWER_BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    buffer.reserve(4 * 1024);
    match stream.read_buf(buffer).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

/// The head of an answer, if all of it is there (RFC 9112, section 6.3).
fn parse_head(bytes: &[u8]) -> io::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = Response::new(&mut headers);
    let Status::Complete(length) = response.parse(bytes).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let status = response.code.unwrap_or_default();
    let value = |name: &str| {
        let is_it = |header: &&Header<'_>| header.name.eq_ignore_ascii_case(name);
        let header = response.headers.iter().find(is_it)?;
        std::str::from_utf8(header.value).ok()
    };
    let has = |name, word: &str| value(name).is_some_and(|text| text.eq_ignore_ascii_case(word));
    let body = if matches!(status, 204 | 304) {
        Body::Length(0)
    } else if has("transfer-encoding", "chunked") {
        Body::Chunked
    } else if let Some(length) = value("content-length") {
        Body::Length(length.parse().map_err(io::Error::other)?)
    } else {
        Body::Close
    };
    if matches!(body, Body::Length(length) if length > ANSWER_BYTES_MAX) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(Some(Head {
        length,
        status,
        body,
        keeps_alive: body != Body::Close && !has("connection", "close"),
    }))
}

/// A body in chunks, as proxies may send it; trailers are not asked for and not expected.
async fn read_chunks(stream: &mut TcpStream, buffer: &mut BytesMut) -> io::Result<Bytes> {
    let mut body = BytesMut::new();
    loop {
        let (line, size) = loop {
            let parsed = httparse::parse_chunk_size(buffer);
            match parsed.map_err(|_| io::ErrorKind::InvalidData)? {
                Status::Complete((line, size)) => break (line, size),
                Status::Partial => fill(stream, buffer).await?,
            }
        };
        let size = usize::try_from(size).map_err(io::Error::other)?;
        if body.len().saturating_add(size) > ANSWER_BYTES_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        // The chunk and the end of its line.
        while buffer.len() < line + size + 2 {
            fill(stream, buffer).await?;
        }
        buffer.advance(line);
        body.extend_from_slice(&buffer[..size]);
        buffer.advance(size + 2);
        if size == 0 {
            return Ok(body.freeze());
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// The result of a request whose answer is these pieces, and whether the connection is still open.
    async fn answered(pieces: &[&'static str]) -> (Result<Answer, Lost>, bool) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let pieces = pieces.to_vec();
        let answering = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut request = [0; 64];
            let _ = stream.read(&mut request).await.expect("a request");
            for piece in pieces {
                stream.write_all(piece.as_bytes()).await.expect("it reads");
                tokio::task::yield_now().await;
            }
        });
        let mut connection = Connection::new(address.into());
        let request = Ready::from_static(b"GET / HTTP/1.1\r\n\r\n");
        let answer = connection.exchange(&request).await;
        answering.await.expect("it answered");
        (answer, connection.stream.is_some())
    }

    #[tokio::test]
    async fn bodies_end_as_their_heads_say() {
        let ok = "HTTP/1.1 200 OK\r\n";
        for (pieces, status, body, is_kept) in [
            (
                &[ok, "Content-Length: 5\r\n\r\nhe", "llo"][..],
                200,
                "hello",
                true,
            ),
            (
                &[ok, "connection: close\r\ncontent-length: 2\r\n\r\nhi"],
                200,
                "hi",
                false,
            ),
            (
                &[
                    ok,
                    "transfer-encoding: chunked\r\n\r\n5\r\nhel",
                    "lo\r\n1;x\r\n!\r\n0\r\n\r\n",
                ],
                200,
                "hello!",
                true,
            ),
            (&[ok, "\r\nto the end", "."], 200, "to the end.", false),
            (&["HTTP/1.1 304 Not Modified\r\n\r\n"], 304, "", true),
        ] {
            let (answer, kept) = answered(pieces).await;
            let answer = answer.expect("an answer");
            assert_eq!((answer.status, &*answer.body), (status, body.as_bytes()));
            assert_eq!(kept, is_kept, "{pieces:?}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_is_cut_off_is_none() {
        for pieces in [
            &[][..],
            &["HTTP/1.1 200"],
            &["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe"],
            &["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhe"],
            &["HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n"],
            &["no HTTP\r\n\r\n"],
        ] {
            let (answer, is_kept) = answered(pieces).await;
            assert_eq!(answer.err(), Some(Lost::NoAnswer), "{pieces:?}");
            assert!(!is_kept);
        }
    }

    #[tokio::test]
    async fn a_connection_that_the_server_closed_is_not_used_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let mut connection = Connection::new(address.into());
        connection.open().await;
        let (first, _) = listener.accept().await.expect("a client");
        drop(first);
        let stream = connection.stream.as_ref().expect("it was opened");
        stream.readable().await.expect("the end arrives");
        let request = Ready::from_static(b"GET / HTTP/1.1\r\n\r\n");
        let (answer, ()) = tokio::join!(connection.exchange(&request), async {
            let (mut second, _) = listener.accept().await.expect("a client");
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            second.write_all(answer).await.expect("it reads");
        });
        assert_eq!(answer.expect("an answer").status, 200);
    }

    #[tokio::test]
    async fn what_cannot_be_sent_was_not_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        drop(listener);
        let mut connection = Connection::new(address.into());
        let answer = connection.exchange(&Ready::new()).await;
        assert_eq!(answer.err(), Some(Lost::NotSent));
    }
}
