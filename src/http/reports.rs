//! Reports: `GET /reports/{token}`, where the link is all that is needed. A page is shown by the browser within a
//! sandbox that lets nothing in or out; a workbook is saved.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap,
    HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;

use super::Server;
use super::client::ClientHeaders;
use super::uploads::{respond, unavailable};
use crate::app::desk::OpenedReport;
use crate::app::reports::{self, ReportForm, ReportLinkRefusal};
use crate::domain::export::TableFormat;
use crate::error::{Error, Result};
use crate::print::report::document;

/// Nothing is fetched, run or sent; styles are within the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// Answers `GET /reports/{token}` with a report.
pub(super) async fn send(
    State(server): State<Server>,
    Path(token): Path<String>,
    client_headers: ClientHeaders,
) -> Response {
    let language = client_headers.language();
    // A report is in memory while it is made.
    let Ok(_place) = server.export_places.try_acquire() else {
        return unavailable(&Error::Overloaded, language);
    };
    let opened = server.app.open_report(client_headers.client(), &token);
    let opened = match opened.await {
        Ok(Ok(opened)) => opened,
        Ok(Err(why)) => {
            let status = match why {
                ReportLinkRefusal::NotFound => StatusCode::NOT_FOUND,
                ReportLinkRefusal::Expired => StatusCode::GONE,
            };
            let (code, message) = language.report_link_refusal(why);
            return respond(status, code, message);
        }
        Err(error) => return unavailable(&error, language),
    };
    match file(opened).await {
        Ok((headers, body)) => (headers, body).into_response(),
        Err(error) => unavailable(&error, language),
    }
}

/// The file of a report, with its headers.
async fn file(opened: OpenedReport) -> Result<(HeaderMap, Vec<u8>)> {
    let OpenedReport {
        snapshot,
        text,
        sha256,
        form,
        language,
    } = opened;
    let sha256 = HEXLOWER.encode(&sha256);
    let slug = snapshot.campaign.slug.clone();
    let (content_type, disposition, body) = match form {
        ReportForm::Html => {
            let render = move || document(&snapshot, &text, &sha256, language).into_bytes();
            let body = tokio::task::spawn_blocking(render).await;
            let disposition = format!("inline; filename=\"{slug}-report.html\"");
            (
                "text/html; charset=utf-8",
                disposition,
                body.map_err(Error::internal)?,
            )
        }
        ReportForm::Xlsx => {
            let body = reports::workbook(snapshot, sha256, language).await?;
            let disposition = format!("attachment; filename=\"{slug}-report.xlsx\"");
            (TableFormat::Xlsx.content_type(), disposition, body)
        }
    };
    let disposition = HeaderValue::try_from(disposition).map_err(Error::internal)?;
    let headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CONTENT_DISPOSITION, disposition),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ]);
    Ok((headers, body))
}
