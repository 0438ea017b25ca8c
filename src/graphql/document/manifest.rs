//! Manifests of trusted documents: files in which a client's build tool lists the documents that the client sends.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The form that Apollo's `generate-persisted-query-manifest` writes.
#[derive(Deserialize)]
struct Apollo {
    format: String,
    version: u64,
    operations: Vec<ApolloOperation>,
}

#[derive(Deserialize)]
struct ApolloOperation {
    id: String,
    body: String,
}

/// Reads the documents of a manifest, ids with texts. It is an object with `format`, `version` and `operations` as
/// Apollo writes it, or one of texts by their ids as Relay's compiler does.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn parse(bytes: &[u8]) -> Result<Vec<(String, String)>, String> {
    if let Ok(Apollo {
        format,
        version,
        operations,
    }) = serde_json::from_slice(bytes)
    {
        if (format.as_str(), version) != ("apollo-persisted-query-manifest", 1) {
            return Err(format!(
                "the format {format}, version {version}, is not known"
            ));
        }
        let documents = operations
            .into_iter()
            .map(|operation| (operation.id, operation.body));
        return Ok(documents.collect());
    }
    serde_json::from_slice::<BTreeMap<String, String>>(bytes)
        .map(|documents| documents.into_iter().collect())
        .map_err(|error| format!("it is no manifest of Apollo's or Relay's: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_and_nothing_else() {
        let expected = Ok(vec![("a1".to_owned(), "{ a }".to_owned())]);
        let apollo = br#"{"format": "apollo-persisted-query-manifest", "version": 1,
            "operations": [{"id": "a1", "name": "A", "type": "query", "body": "{ a }"}]}"#;
        assert_eq!(parse(apollo), expected);
        assert_eq!(parse(br#"{"a1": "{ a }"}"#), expected);
        for bad in [
            &br#"{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}"#[..],
            br#"{"format": "other", "version": 1, "operations": []}"#,
            br#"["{ a }"]"#,
            br#"{"a1": 5}"#,
            b"{",
            b"",
        ] {
            assert!(parse(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
    }
}
