//! The files of the programs of the pages and of the desk, carried in the binary. Their names have a hash of their
//! contents, so they are cached for ever.

use std::fmt::Write as _;

use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::headers::headers;
use crate::http::cache_control::IMMUTABLE;

include!("../../../web/dist/files.rs");

/// The licences of the packages in them.
const LICENSES: &[u8] = include_bytes!("../../../web/dist/LICENSES.txt");
/// The documents that the programs send, as a manifest: they work where only trusted documents are executed, too.
pub const DOCUMENTS: &[u8] = include_bytes!("../../../web/dist/documents.json");

/// The files that a page of a program begins with.
pub(super) struct Program {
    /// Name of its first script.
    pub(super) script: &'static str,
    /// Names of those that the first one imports.
    pub(super) imports: &'static [&'static str],
    /// Name of its style sheet.
    pub(super) style: &'static str,
}

impl Program {
    /// The tags of its scripts. A browser asks for all of them at once: those that are imported are not found out about
    /// when the first one is there, behind the pictures of the page.
    pub(super) fn script_tags(&self) -> String {
        let mut tags = String::new();
        for import in self.imports {
            _ = write!(
                tags,
                "<link rel=\"modulepreload\" href=\"/pages/{import}\">"
            );
        }
        let script = self.script;
        _ = write!(
            tags,
            "<script type=\"module\" src=\"/pages/{script}\"></script>"
        );
        tags
    }
}

/// A file of a program, compressed twice.
struct File {
    name: &'static str,
    content_type: &'static str,
    brotli: &'static [u8],
    gzip: &'static [u8],
}

/// A file of a program, as the client takes it; one that takes neither compression gets gzip, which all do.
pub(super) async fn file(Path(name): Path<String>, request: HeaderMap) -> Response {
    if name == "LICENSES.txt" {
        return (headers("text/plain; charset=utf-8", "no-cache"), LICENSES).into_response();
    }
    let Some(file) = FILES.iter().find(|file| file.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let takes_brotli = request
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|encodings| takes(encodings, "br"));
    let (encoding, bytes) = if takes_brotli {
        ("br", file.brotli)
    } else {
        ("gzip", file.gzip)
    };
    let mut headers = headers(file.content_type, IMMUTABLE);
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    (headers, bytes).into_response()
}

/// Whether a client takes a compression, as its `Accept-Encoding` says.
pub(super) fn takes(encodings: &str, compression: &str) -> bool {
    encodings.split(',').any(|encoding| {
        let mut parts = encoding.split(';').map(str::trim);
        parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(compression))
            && parts.all(|part| part != "q=0")
    })
}
