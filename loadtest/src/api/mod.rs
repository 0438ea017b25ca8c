//! What is said to the server and what it says: documents, requests made ready beforehand, answers read into small
//! structs, and the connections that carry them.

pub mod answer;
pub mod connection;
pub mod document;
pub mod request;

use std::sync::Arc;

use http::Uri;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Failure;
use answer::Reply;
use connection::Connection;
use request::{Requests, Sender};

/// The server that is spoken to.
#[derive(Debug, Clone)]
pub struct Server {
    /// Host and port.
    pub address: Arc<str>,
    /// Requests to it.
    pub requests: Requests,
}

impl Server {
    /// The server at an address such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// When it is no such address.
    pub fn new(url: &str) -> Result<Self, Failure> {
        let wrong = || format!("{url} is not an address such as http://127.0.0.1:8080");
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        if uri.scheme_str().is_some_and(|scheme| scheme != "http") {
            return Err("only http:// is spoken: put the tool where the load balancer is".into());
        }
        let authority = uri.authority().ok_or_else(wrong)?;
        let port = authority.port_u16().unwrap_or(80);
        Ok(Self {
            address: format!("{}:{port}", authority.host()).into(),
            requests: Requests::new(authority.as_str()),
        })
    }

    /// A connection to it.
    #[must_use]
    pub fn connect(&self) -> Connection {
        Connection::new(Arc::clone(&self.address))
    }

    /// Asks something that is asked once: by its text, on a connection of its own.
    ///
    /// # Errors
    /// When there is no answer, or it has errors.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: Value,
        sender: Sender<'_>,
    ) -> Result<T, Failure> {
        let body = json!({"query": query, "variables": variables}).to_string();
        let request = self.requests.post(body, sender);
        let answer = self.connect().exchange(&request).await;
        let answer =
            answer.map_err(|lost| format!("{} does not answer ({lost:?})", self.address))?;
        let reply: Reply<Value> = Reply::read(&answer);
        if let Some(data) = reply.data
            && reply.code.is_none()
        {
            return Ok(serde_json::from_value(data)?);
        }
        let body = String::from_utf8_lossy(&answer.body);
        let start: String = body.chars().take(300).collect();
        Err(format!("{} answers {}: {start}", self.address, answer.status).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_http() {
        let address = |url| Server::new(url).map(|server| server.address.to_string());
        assert_eq!(
            address("http://127.0.0.1:8080/").expect("good"),
            "127.0.0.1:8080"
        );
        assert_eq!(
            address("http://vote.example").expect("good"),
            "vote.example:80"
        );
        assert_eq!(address("127.0.0.1:8080").expect("good"), "127.0.0.1:8080");
        for url in ["https://vote.example", "", "/graphql"] {
            assert!(address(url).is_err(), "{url}");
        }
    }
}
