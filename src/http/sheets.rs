//! Spreadsheets that browsers fetch: templates to fill in, which everybody may have, and sheets with what is wrong with
//! their rows, where the link is all that is needed.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::Server;
use super::cache_control::FEW_MINUTES;
use super::client::ClientHeaders;
use super::uploads::respond;
use crate::app::sheets::{TableFormat, Template, template};
use crate::auth::Viewer;
use crate::auth::signed_link::LinkFault;
use crate::domain::import::staged::RowFaults;
use crate::error::{Error, RETRY_AFTER as RETRY_AFTER_DEFAULT};
use crate::telemetry::RequestId;

/// The price of a sheet that is read and written again, in units of the cost of operations: as of a poster.
const ANNOTATED_COST: u32 = 3_000;

/// The templates by their names, made once.
static TEMPLATES: LazyLock<HashMap<&str, (TableFormat, Bytes)>> = LazyLock::new(|| {
    let templates = [
        ("nominees.xlsx", Template::Nominees, TableFormat::Xlsx),
        ("nominees.csv", Template::Nominees, TableFormat::Csv),
        ("stories.xlsx", Template::Stories, TableFormat::Xlsx),
        ("stories.csv", Template::Stories, TableFormat::Csv),
    ];
    let made = templates.into_iter().filter_map(|(name, kind, format)| {
        // Nothing in them depends on anything; a test fetches each.
        let file = template(kind, format).ok()?;
        Some((name, (format, file.into())))
    });
    made.collect()
});

/// Answers `GET /desk/templates/{name}`.
pub(super) async fn template_file(
    Path(name): Path<String>,
    client_headers: ClientHeaders,
) -> Response {
    match TEMPLATES.get_key_value(name.as_str()) {
        Some((name, (format, file))) => {
            (headers(*format, name, FEW_MINUTES), file.clone()).into_response()
        }
        None => no_such_file(&client_headers),
    }
}

/// Answers `GET /desk/imports/{token}`.
pub(super) async fn annotated(
    State(server): State<Server>,
    Path(token): Path<String>,
    client_headers: ClientHeaders,
) -> Response {
    let language = client_headers.language();
    let client = client_headers.client();
    let charged = server.app.charge(Viewer::Anonymous, client, ANNOTATED_COST);
    if let Err(error) = charged {
        return unavailable(&error, &client_headers);
    }
    let text = |faults: &RowFaults| language.row_faults(faults);
    match server.app.annotate_import(&token, text).await {
        Ok(Ok(Some(file))) => {
            let name = match file.format {
                TableFormat::Xlsx => "faults.xlsx",
                TableFormat::Csv => "faults.csv",
            };
            (headers(file.format, name, "no-store"), file.bytes).into_response()
        }
        Ok(Ok(None) | Err(LinkFault::Forged)) => no_such_file(&client_headers),
        Ok(Err(LinkFault::Expired)) => {
            let (code, message) = language.link_expired();
            respond(StatusCode::GONE, code, message)
        }
        Err(error) => unavailable(&error, &client_headers),
    }
}

fn headers(format: TableFormat, name: &str, cache_control: &'static str) -> HeaderMap {
    let content_type = match format {
        TableFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        TableFormat::Csv => "text/csv; charset=utf-8",
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let disposition = HeaderValue::try_from(disposition);
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (
            CONTENT_DISPOSITION,
            disposition.unwrap_or_else(|_| HeaderValue::from_static("attachment")),
        ),
        (CACHE_CONTROL, HeaderValue::from_static(cache_control)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ])
}

fn no_such_file(client_headers: &ClientHeaders) -> Response {
    let (code, message) = client_headers.language().no_such_file();
    respond(StatusCode::NOT_FOUND, code, message)
}

fn unavailable(error: &Error, client_headers: &ClientHeaders) -> Response {
    let status = match error {
        Error::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    tracing::warn!(request = RequestId::current(), %error, "a sheet could not be given back");
    let (code, message) = client_headers.language().try_again();
    let mut response = respond(status, code, message);
    let wait = error.retry_after().unwrap_or(RETRY_AFTER_DEFAULT);
    let seconds = wait.as_secs().max(1);
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}
