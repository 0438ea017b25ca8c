//! One connection, kept alive: a request at a time, HTTP/1.1. It is made anew when it is gone.
//!
//! What matters is what is known when there is no answer: a request that was never sent has done nothing, one that was
//! sent may have.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::answer::Answer;
use super::request::Ready;

/// How long an answer may take. A server that is overloaded refuses long before.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

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
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Connection {
    /// A connection to `host:port`, which is made when it is needed.
    #[must_use]
    pub fn new(address: Arc<str>) -> Self {
        Self {
            address,
            sender: None,
        }
    }

    /// Opens it now. Whether that worked, the first exchange shows.
    pub async fn open(&mut self) {
        self.sender = self.sender().await.ok();
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// When there is none.
    pub async fn exchange(&mut self, request: Ready) -> Result<Answer, Lost> {
        let mut sender = self.sender().await.map_err(|_| Lost::NotSent)?;
        let exchange = async {
            let response =
                sender
                    .try_send_request(request)
                    .await
                    .map_err(|mut error| match error.take_message() {
                        Some(_) => Lost::NotSent,
                        None => Lost::NoAnswer,
                    })?;
            let status = response.status().as_u16();
            let body = response.into_body().collect().await;
            let body = body.map_err(|_| Lost::NoAnswer)?.to_bytes();
            Ok(Answer { status, body })
        };
        let answer = timeout(ANSWER_TIMEOUT, exchange).await;
        let answer = answer.unwrap_or(Err(Lost::NoAnswer))?;
        // Kept only after a whole answer: a connection that was given up in between would mix up the next ones.
        self.sender = Some(sender);
        Ok(answer)
    }

    /// The connection that is there, or a new one.
    async fn sender(&mut self) -> io::Result<SendRequest<Full<Bytes>>> {
        if let Some(mut sender) = self.sender.take()
            && sender.ready().await.is_ok()
        {
            return Ok(sender);
        }
        let connecting = timeout(CONNECT_TIMEOUT, TcpStream::connect(&*self.address));
        let stream = connecting.await.map_err(|_| io::ErrorKind::TimedOut)??;
        stream.set_nodelay(true)?;
        let handshake = http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = handshake.map_err(io::Error::other)?;
        // It ends when the sender is dropped; whether the exchange worked, the sender says.
        tokio::spawn(async move { drop(connection.await) });
        Ok(sender)
    }
}
