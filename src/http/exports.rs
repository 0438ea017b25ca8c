//! Exports: `GET /exports/{token}`, where the link is all that is needed. Files go out part by part, as fast as the
//! client takes them, so that a large one is in nobody's memory.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;

use super::Server;
use super::client::ClientHeaders;
use super::uploads::{respond, unavailable};
use crate::app::desk::ExportDownload;
use crate::app::exports::ExportLinkRefusal;
use crate::error::{Error, Result};

/// Exports that are sent at once, each with a part in memory.
pub(super) const SENT_AT_ONCE: usize = 16;
/// The time that a file may take in all: a gigabyte at 5 Mbit/s.
const FILE_TIME_MAX: Duration = Duration::from_mins(30);

/// A file that is being sent.
struct Sending {
    server: Server,
    download: ExportDownload,
    /// The part that was read already.
    read: Option<Bytes>,
    sent: u64,
    until: Instant,
    _place: OwnedSemaphorePermit,
}

/// Answers `GET /exports/{token}` with the file of an export.
pub(super) async fn send(
    State(server): State<Server>,
    Path(token): Path<String>,
    client_headers: ClientHeaders,
) -> Response {
    let language = client_headers.language();
    let Ok(place) = Arc::clone(&server.export_places).try_acquire_owned() else {
        return unavailable(&Error::Overloaded, language);
    };
    let opened = server.app.open_export(client_headers.client(), &token);
    match opened.await {
        Ok(Ok((download, first))) => {
            let headers = headers(&download);
            let sending = Sending {
                server,
                download,
                read: Some(first),
                sent: 0,
                until: Instant::now() + FILE_TIME_MAX,
                _place: place,
            };
            let parts = stream::try_unfold(sending, Sending::next);
            (headers, Body::from_stream(parts)).into_response()
        }
        Ok(Err(why)) => {
            let status = match why {
                ExportLinkRefusal::NotFound => StatusCode::NOT_FOUND,
                ExportLinkRefusal::Expired => StatusCode::GONE,
            };
            let (code, message) = language.export_link_refusal(why);
            respond(status, code, message)
        }
        Err(error) => unavailable(&error, language),
    }
}

fn headers(download: &ExportDownload) -> HeaderMap {
    let disposition = format!("attachment; filename=\"{}\"", download.name);
    let disposition = HeaderValue::try_from(disposition);
    let attachment = HeaderValue::from_static("attachment");
    HeaderMap::from_iter([
        (
            CONTENT_TYPE,
            HeaderValue::from_static(download.content_type),
        ),
        (CONTENT_LENGTH, HeaderValue::from(download.bytes)),
        (CONTENT_DISPOSITION, disposition.unwrap_or(attachment)),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ])
}

impl Sending {
    /// The next part, and what is to be sent after it.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>> {
        if self.sent == self.download.bytes {
            return Ok(None);
        }
        let part = match self.read.take() {
            Some(part) => part,
            None => self.read_next().await?,
        };
        self.sent += part.len() as u64;
        Ok(Some((part, self)))
    }

    async fn read_next(&self) -> Result<Bytes> {
        if Instant::now() > self.until {
            return Err(Error::Unavailable);
        }
        let part: Range<u64> = self.download.part_from(self.sent);
        let read = self.server.app.read_export(self.download.file_id, part);
        let part = read.await?.filter(|part| !part.is_empty());
        part.ok_or(Error::Unavailable)
    }
}
