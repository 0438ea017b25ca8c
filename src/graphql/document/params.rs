//! The parameters of a request, and the hashes and ids by which it names its document.

use async_graphql::Variables;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER_PERMISSIVE;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Errors, rejected};
use crate::graphql::error::code;

/// SHA-256 of a document's text.
pub(super) type Hash = [u8; 32];

/// The parameters of a request, as GraphQL over HTTP names them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    /// The text of the document.
    pub query: Option<String>,
    /// The name of one of its operations.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: Option<Variables>,
    /// Parameters that the specification leaves to servers.
    pub extensions: Option<Extensions>,
    /// The id of a document of the manifest, or `sha256:` and the hash of a text; Relay's network layers say `doc_id`.
    #[serde(alias = "doc_id")]
    pub document_id: Option<String>,
}

/// The extensions of a request that this server knows; others are passed over.
#[derive(Debug, Default)]
pub struct Extensions {
    persisted_query: Option<Box<RawValue>>,
    cost: Option<serde_json::Value>,
}

impl<'de> Deserialize<'de> for Extensions {
    /// Reads an object: derived, it would take a list of the values, too.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "camelCase")]
        enum Key {
            PersistedQuery,
            Cost,
            #[serde(other)]
            Other,
        }

        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Extensions;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of extensions")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Extensions, A::Error> {
                let mut extensions = Extensions::default();
                while let Some(key) = map.next_key()? {
                    match key {
                        Key::PersistedQuery => extensions.persisted_query = map.next_value()?,
                        Key::Cost => extensions.cost = map.next_value()?,
                        Key::Other => _ = map.next_value::<serde_json::Value>()?,
                    }
                }
                Ok(extensions)
            }
        }

        deserializer.deserialize_map(Object)
    }
}

impl Extensions {
    /// Whether the client asks what its operation costs: `"extensions": {"cost": true}`.
    pub(super) fn wants_cost(&self) -> bool {
        self.cost == Some(serde_json::Value::Bool(true))
    }
}

/// The hash of a document's text.
pub(super) fn hash(text: &str) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    hash
}

/// The id of a document that has no other: `sha256:` and the hash of its text.
pub(super) fn hash_id(hash: &Hash) -> String {
    format!("sha256:{}", data_encoding::HEXLOWER.encode(hash))
}

/// Reads a hash of hexadecimal digits, with or without `sha256:` before it.
pub(super) fn parse_hash(id: &str) -> Result<Hash, Errors> {
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    let bytes = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(not_found)
}

/// The answer to the hash or id of an unknown document, in the words that clients of automatic persisted queries look
/// for: they send the text then.
pub(super) fn not_found() -> Errors {
    rejected(code::PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
}

/// The id of the document that a request asks for, by `documentId`, or as automatic persisted queries have it: the
/// extension `persistedQuery`, version 1.
pub(super) fn persisted_id(
    extensions: &Extensions,
    document_id: Option<String>,
) -> Result<Option<String>, Errors> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct PersistedQuery {
        version: Option<serde_json::Value>,
        sha256_hash: String,
    }

    let Some(persisted) = &extensions.persisted_query else {
        return Ok(document_id);
    };
    // A list of the values would be read, too.
    let object = Some(persisted.get()).filter(|text| text.starts_with('{'));
    let persisted = object.and_then(|text| serde_json::from_str(text).ok());
    let PersistedQuery {
        version,
        sha256_hash,
    } = persisted.ok_or_else(|| {
        rejected(
            code::BAD_USER_INPUT,
            "The extension persistedQuery must be {version: 1, sha256Hash}.",
        )
    })?;
    if version.and_then(|version| version.as_u64()) != Some(1) {
        return Err(rejected(
            code::PERSISTED_QUERY_NOT_SUPPORTED,
            "PersistedQueryNotSupported: only version 1 is.",
        ));
    }
    match document_id {
        Some(_) => Err(rejected(
            code::BAD_USER_INPUT,
            "Name the document by documentId or by persistedQuery, not by both.",
        )),
        // In a manifest of Apollo's the hash is the id.
        None => Ok(Some(sha256_hash)),
    }
}
