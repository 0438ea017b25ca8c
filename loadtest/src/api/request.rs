//! Requests, as far as they can be made ready before they are sent: ids and keys are put in between finished texts.

use std::net::Ipv4Addr;

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderValue, Uri};
use serde_json::{Value, json};
use uuid::Uuid;

use super::document::Document;

/// A whole request, as it is sent.
pub type Ready = Bytes;

/// The sender of a request.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// The `Authorization` header; none where nobody has signed in.
    pub authorization: Option<&'a HeaderValue>,
    /// The address that a load balancer would have seen.
    pub address: Option<[u8; 4]>,
}

impl Sender<'_> {
    /// A sender who has not signed in.
    pub const ANONYMOUS: Sender<'static> = Sender {
        authorization: None,
        address: None,
    };
}

/// Makes requests to one server.
#[derive(Debug, Clone)]
pub struct Requests {
    /// The lines that every head has.
    common: Bytes,
}

impl Requests {
    /// Requests to the server of this `Host`.
    #[must_use]
    pub fn new(host: &str) -> Self {
        let common =
            format!(" HTTP/1.1\r\nhost: {host}\r\naccept: application/graphql-response+json\r\n");
        Self {
            common: common.into(),
        }
    }

    /// A GET.
    #[must_use]
    pub fn get(&self, uri: &Uri, sender: Sender<'_>) -> Ready {
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let mut request = self.head("GET ", target, sender, 0);
        request.put_slice(b"\r\n");
        request.freeze()
    }

    /// A POST to the GraphQL endpoint.
    #[must_use]
    pub fn post(&self, body: impl AsRef<[u8]>, sender: Sender<'_>) -> Ready {
        let body = body.as_ref();
        let mut request = self.head("POST ", "/graphql", sender, body.len());
        request.put_slice(b"content-type: application/json\r\ncontent-length: ");
        put_number(&mut request, body.len());
        request.put_slice(b"\r\n\r\n");
        request.put_slice(body);
        request.freeze()
    }

    fn head(&self, method: &str, target: &str, sender: Sender<'_>, body_bytes: usize) -> BytesMut {
        const OWN_HEADERS_BYTES: usize = 160;
        let authorization = sender.authorization.map_or(0, HeaderValue::len);
        let bytes = target.len() + self.common.len() + authorization + OWN_HEADERS_BYTES;
        let mut head = BytesMut::with_capacity(bytes + body_bytes);
        head.put_slice(method.as_bytes());
        head.put_slice(target.as_bytes());
        head.put_slice(&self.common);
        if let Some(authorization) = sender.authorization {
            head.put_slice(b"authorization: ");
            head.put_slice(authorization.as_bytes());
            head.put_slice(b"\r\n");
        }
        if let Some(address) = sender.address {
            // The server trusts the sender as a proxy.
            head.put_slice(b"x-forwarded-for: ");
            head.put_slice(Ipv4Addr::from(address).to_string().as_bytes());
            head.put_slice(b"\r\n");
        }
        head
    }
}

fn put_number(to: &mut BytesMut, number: usize) {
    to.put_slice(number.to_string().as_bytes());
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

/// Bodies that differ in a few texts only.
#[derive(Debug, Clone)]
pub struct Template {
    /// Finished parts, with a gap between each two.
    parts: Vec<Bytes>,
}

impl Template {
    /// The bodies of an operation where `variables` has [`Template::GAP`] in the place of texts.
    #[must_use]
    pub fn new(document: &Document, variables: &Value) -> Self {
        let body = body(document, variables);
        let gap = Value::from(Self::GAP).to_string();
        let parts = body.split(&gap);
        Self {
            parts: parts
                .map(|part| Bytes::copy_from_slice(part.as_bytes()))
                .collect(),
        }
    }

    /// The placeholder for a text.
    pub const GAP: &str = "\u{1f573}";

    /// The body with these texts, which need no escapes, in the order of the gaps; null where there is none.
    #[must_use]
    pub fn with(&self, texts: &[Option<&str>]) -> Bytes {
        const QUOTED_BYTES: usize = 40;
        let bytes: usize = self.parts.iter().map(Bytes::len).sum();
        let mut body = BytesMut::with_capacity(bytes + texts.len() * QUOTED_BYTES);
        let (last, parts) = self.parts.split_last().expect("a body has a part");
        for (part, text) in parts.iter().zip(texts) {
            body.put_slice(part);
            match text {
                Some(text) => {
                    body.put_u8(b'"');
                    body.put_slice(text.as_bytes());
                    body.put_u8(b'"');
                }
                None => body.put_slice(b"null"),
            }
        }
        body.put_slice(last);
        body.freeze()
    }

    /// The body with this UUID in its one gap.
    #[must_use]
    pub fn with_uuid(&self, uuid: Uuid) -> Bytes {
        let mut buffer = Uuid::encode_buffer();
        self.with(&[Some(uuid.as_hyphenated().encode_lower(&mut buffer))])
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
        let two =
            |key: Option<&str>, ticket: Option<&str>| json!({"key": key, "n": 1, "ticket": ticket});
        let template = Template::new(&document, &two(Some(Template::GAP), Some(Template::GAP)));
        for texts in [
            [Some("k"), Some("t")],
            [None, Some("t")],
            [Some("k"), None],
            [None, None],
        ] {
            let [key, ticket] = texts;
            let expected = body(&document, &two(key, ticket));
            assert_eq!(template.with(&texts), expected.as_bytes());
        }
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
