//! Requests, as far as they can be made ready before they are sent: an id or a key is put in between two finished texts.

use std::net::Ipv4Addr;

use bytes::{BufMut as _, Bytes, BytesMut};
use http_body_util::Full;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use hyper::{Method, Request, Uri};
use serde_json::{Value, json};
use uuid::Uuid;

use super::document::Document;

/// A request with a finished body.
pub type Ready = Request<Full<Bytes>>;

/// The media type of GraphQL over HTTP.
const GRAPHQL_RESPONSE: HeaderValue = HeaderValue::from_static("application/graphql-response+json");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Who is believed to have sent it, where the server trusts the sender as a proxy.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who sends.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// The `Authorization` header; none for nobody.
    pub authorization: Option<&'a HeaderValue>,
    /// The address that a load balancer would have seen.
    pub address: Option<[u8; 4]>,
}

impl Sender<'_> {
    /// Who has not signed in.
    pub const NOBODY: Sender<'static> = Sender {
        authorization: None,
        address: None,
    };
}

/// Makes requests to one server.
#[derive(Debug, Clone)]
pub struct Requests {
    host: HeaderValue,
    endpoint: Uri,
}

impl Requests {
    /// Requests to the server of this `Host`.
    ///
    /// # Errors
    /// When it cannot be written in a header.
    pub fn new(host: &str) -> Result<Self, hyper::header::InvalidHeaderValue> {
        Ok(Self {
            host: HeaderValue::from_str(host)?,
            endpoint: Uri::from_static("/graphql"),
        })
    }

    /// A GET.
    #[must_use]
    pub fn get(&self, uri: &Uri, sender: Sender<'_>) -> Ready {
        self.request(Method::GET, uri.clone(), sender, Bytes::new())
    }

    /// A POST to the GraphQL endpoint.
    #[must_use]
    pub fn post(&self, body: impl Into<Bytes>, sender: Sender<'_>) -> Ready {
        let mut request = self.request(Method::POST, self.endpoint.clone(), sender, body.into());
        request.headers_mut().insert(CONTENT_TYPE, JSON);
        request
    }

    fn request(&self, method: Method, uri: Uri, sender: Sender<'_>, body: Bytes) -> Ready {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(HOST, self.host.clone());
        headers.insert(ACCEPT, GRAPHQL_RESPONSE);
        if let Some(authorization) = sender.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        if let Some(address) = sender.address {
            let text = Ipv4Addr::from(address).to_string();
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(FORWARDED_FOR, value);
            }
        }
        request
    }
}

/// The address of a query by its hash, as a GET.
#[must_use]
pub fn query_uri(document: &Document, variables: &Value) -> Uri {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("extensions", &document.extensions().to_string())
        .append_pair("variables", &variables.to_string())
        .finish();
    let uri = format!("/graphql?{query}");
    uri.parse().expect("an encoded query is part of an address")
}

/// The body of an operation by its hash.
#[must_use]
pub fn body(document: &Document, variables: &Value) -> String {
    json!({"extensions": document.extensions(), "variables": variables}).to_string()
}

/// Bodies that differ in one text only.
#[derive(Debug, Clone)]
pub struct Template {
    head: Bytes,
    tail: Bytes,
}

impl Template {
    /// The bodies of an operation where `variables` has [`Template::GAP`] in one place.
    #[must_use]
    pub fn new(document: &Document, variables: &Value) -> Self {
        let body = body(document, variables);
        let (head, tail) = body
            .split_once(Self::GAP)
            .expect("the variables of a template have a gap");
        Self {
            head: Bytes::copy_from_slice(head.as_bytes()),
            tail: Bytes::copy_from_slice(tail.as_bytes()),
        }
    }

    /// What stands where the text will be.
    pub const GAP: &str = "\u{1f573}";

    /// The body with this text, which needs no escapes.
    #[must_use]
    pub fn with(&self, text: &str) -> Bytes {
        let mut body = BytesMut::with_capacity(self.head.len() + text.len() + self.tail.len());
        body.put_slice(&self.head);
        body.put_slice(text.as_bytes());
        body.put_slice(&self.tail);
        body.freeze()
    }

    /// The body with this UUID.
    #[must_use]
    pub fn with_uuid(&self, uuid: Uuid) -> Bytes {
        let mut buffer = Uuid::encode_buffer();
        self.with(uuid.as_hyphenated().encode_lower(&mut buffer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled() {
        let document = Document::new("{ serverTime }");
        let variables = |key: &str| json!({"input": {"idempotencyKey": key, "nomineeId": "n"}});
        let template = Template::new(&document, &variables(Template::GAP));
        let key = Uuid::from_u128(7);
        let expected = body(&document, &variables(&key.to_string()));
        assert_eq!(template.with_uuid(key), expected.as_bytes());
    }

    #[test]
    fn a_query_is_an_address() {
        let document = Document::new("{ serverTime }");
        let uri = query_uri(&document, &json!({"after": "a+b"}));
        let query = uri.query().expect("a query").as_bytes();
        let fields: Vec<_> = form_urlencoded::parse(query).collect();
        assert_eq!(fields[0].1, document.extensions().to_string());
        assert_eq!(fields[1], ("variables".into(), r#"{"after":"a+b"}"#.into()));
    }
}
