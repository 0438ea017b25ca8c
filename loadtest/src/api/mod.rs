//! The API as a client uses it: documents, requests made ready beforehand, answers read into small
//! structs, and the connections that carry them.

pub mod answer;
pub mod connection;
pub mod document;
pub mod request;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Uri;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Failure;
use answer::Reply;
use connection::Connection;
use request::{Requests, Sender};

/// The server that is measured, or several equal ones.
#[derive(Debug, Clone)]
pub struct Server {
    /// Host and port of the first, which gets the requests that are sent once.
    pub address: Arc<str>,
    /// All of them, that connections go to in turn.
    addresses: Arc<[Arc<str>]>,
    connections: Arc<AtomicUsize>,
    /// Requests to it.
    pub requests: Requests,
}

impl Server {
    /// The server at an address such as `http://127.0.0.1:8080`, or several with commas: a load balancer's view.
    ///
    /// # Errors
    /// When it is no such address.
    pub fn new(urls: &str) -> Result<Self, Failure> {
        let mut addresses: Vec<Arc<str>> = Vec::new();
        let mut host = None;
        for url in urls.split(',') {
            let wrong = || format!("{url} is not an address such as http://127.0.0.1:8080");
            let uri: Uri = url.trim().parse().map_err(|_| wrong())?;
            if uri.scheme_str().is_some_and(|scheme| scheme != "http") {
                return Err(
                    "only http:// is spoken: put the tool where the load balancer is".into(),
                );
            }
            let authority = uri.authority().ok_or_else(wrong)?;
            let port = authority.port_u16().unwrap_or(80);
            addresses.push(format!("{}:{port}", authority.host()).into());
            host.get_or_insert_with(|| authority.to_string());
        }
        Ok(Self {
            address: Arc::clone(&addresses[0]),
            addresses: addresses.into(),
            connections: Arc::default(),
            requests: Requests::new(&host.unwrap_or_default()),
        })
    }

    /// A connection to it, or to the next one.
    #[must_use]
    pub fn connect(&self) -> Connection {
        let turn = self.connections.fetch_add(1, Ordering::Relaxed);
        Connection::new(Arc::clone(&self.addresses[turn % self.addresses.len()]))
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
        let mut connection = Connection::new(Arc::clone(&self.address));
        let answer = connection.exchange(&request).await;
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
        let several = Server::new("http://a:1, http://b:2").expect("good");
        assert_eq!(&*several.address, "a:1");
        assert_eq!(several.addresses.len(), 2);
        for url in ["https://vote.example", "", "/graphql", "http://a:1,"] {
            assert!(address(url).is_err(), "{url}");
        }
    }
}
