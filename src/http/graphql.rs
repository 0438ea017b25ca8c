//! GraphQL over HTTP: one operation a request, by POST, or by GET for queries.
//!
//! A request error (bad JSON, syntax, validation) has no `data` in its answer, and status 400; under the older media type
//! `application/json` errors of the document have status 200, as its clients expect. Errors of fields have status 200.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{Request, Response as GraphqlResponse, ServerError, Value, Variables};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::{Deserialize, Serialize};

use super::Server;
use super::client::Origin;
use super::negotiate::{MediaType, accepted};
use crate::error::Error;
use crate::graphql::error::{code, document_error, finish, request_error};
use crate::graphql::guard;
use crate::graphql::variables::{add_defaults, list_absent, remove_absent};
use crate::telemetry::OperationLabels;

/// The largest body: a document of 8 KiB with its variables.
pub const BODY_BYTES_MAX: usize = 32 * 1024;
/// How long a client may take to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The parameters of a request, as GraphQL over HTTP names them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A request that was refused before it was executed.
pub struct Refused {
    status: StatusCode,
    errors: Vec<ServerError>,
}

impl Refused {
    fn new(status: StatusCode, error: ServerError) -> Self {
        Self {
            status,
            errors: vec![error],
        }
    }

    fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, document_error(code, message))
    }

    /// The errors, for transports that have no status.
    #[must_use]
    pub fn into_errors(self) -> Vec<ServerError> {
        self.errors
    }
}

/// A request that is ready to be executed.
pub struct Prepared {
    request: Request,
    kind: OperationType,
    field: &'static str,
}

impl Prepared {
    /// Whether it is a subscription.
    #[must_use]
    pub fn is_subscription(&self) -> bool {
        self.kind == OperationType::Subscription
    }

    /// Whether it is a mutation.
    #[must_use]
    pub fn is_mutation(&self) -> bool {
        self.kind == OperationType::Mutation
    }

    /// The request.
    #[must_use]
    pub fn into_request(self) -> Request {
        self.request
    }
}

/// Answers `/graphql`.
pub async fn handle(
    State(server): State<Server>,
    origin: Origin,
    method: Method,
    headers: HeaderMap,
    request: axum::extract::Request,
) -> Response {
    let started = Instant::now();
    let Some(media_type) = accepted(&headers) else {
        return (
            StatusCode::NOT_ACCEPTABLE,
            "Accept application/graphql-response+json or application/json.\n",
        )
            .into_response();
    };
    match answer(&server, &origin, &method, &headers, request).await {
        Ok((response, field)) => {
            let response = executed(&server, media_type, response, field, started);
            if method == Method::HEAD {
                (response.status(), response.headers().clone()).into_response()
            } else {
                response
            }
        }
        Err(refused) => {
            let labels = OperationLabels {
                field: "none",
                outcome: "refused",
            };
            server.app.metrics.requests.get_or_create(&labels).inc();
            refusal(media_type, &refused)
        }
    }
}

async fn answer(
    server: &Server,
    origin: &Origin,
    method: &Method,
    headers: &HeaderMap,
    request: axum::extract::Request,
) -> Result<(GraphqlResponse, &'static str), Refused> {
    let params = match *method {
        Method::GET | Method::HEAD => from_query(request.uri().query().unwrap_or_default())?,
        Method::POST => from_body(headers, request.into_body()).await?,
        _ => {
            let error = document_error(code::BAD_USER_INPUT, "Use POST, or GET for queries.");
            return Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, error));
        }
    };
    let (asker, _) = origin
        .asker(server)
        .await
        .map_err(|error| unauthenticated(&error))?;
    let prepared = prepare(params)?;
    if prepared.is_mutation() && *method != Method::POST {
        let error = document_error(code::BAD_USER_INPUT, "Send mutations by POST.");
        return Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, error));
    }
    if prepared.is_subscription() {
        let message = "Send subscriptions to /graphql/ws or /graphql/stream.";
        return Err(Refused::bad(code::BAD_USER_INPUT, message));
    }
    let field = prepared.field;
    Ok((
        server.schema.execute(prepared.request.data(asker)).await,
        field,
    ))
}

/// The refusal of a token, or of the look at the database that a token of staff takes.
pub fn unauthenticated(error: &Error) -> Refused {
    let status = if matches!(error, Error::Unauthenticated) {
        StatusCode::UNAUTHORIZED
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    Refused::new(status, request_error(error))
}

/// Reads the parameters of a GET.
pub fn from_query(query: &str) -> Result<Params, Refused> {
    if query.len() > BODY_BYTES_MAX {
        return Err(too_large());
    }
    let mut fields: HashMap<String, String> = HashMap::new();
    for (name, value) in reqwest::Url::parse(&format!("http://localhost/?{query}"))
        .map_err(|_| Refused::bad(code::BAD_USER_INPUT, "The query string cannot be read."))?
        .query_pairs()
    {
        if fields
            .insert(name.to_string(), value.into_owned())
            .is_some()
        {
            return Err(Refused::bad(
                code::BAD_USER_INPUT,
                format!("The parameter {name} stands twice."),
            ));
        }
    }
    let object = |name: &str| {
        let json = fields
            .get(name)
            .filter(|text| !text.is_empty())
            .map(|text| serde_json::from_str(text));
        json.transpose().map(Option::flatten).map_err(|_| {
            Refused::bad(
                code::BAD_USER_INPUT,
                format!("The parameter {name} must be a JSON object."),
            )
        })
    };
    Ok(Params {
        variables: object("variables")?,
        extensions: object("extensions")?,
        query: fields.remove("query"),
        operation_name: fields
            .remove("operationName")
            .filter(|name| !name.is_empty()),
    })
}

/// Reads the parameters of a POST.
pub async fn from_body(headers: &HeaderMap, body: Body) -> Result<Params, Refused> {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = content_type
        .split(';')
        .map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().as_deref() == Some("application/json");
    let is_utf8 = parts
        .all(|part| !part.starts_with("charset=") || part.trim_matches('"').ends_with("utf-8"));
    if !is_json || !is_utf8 {
        let error = document_error(
            code::BAD_USER_INPUT,
            "Send Content-Type: application/json in UTF-8.",
        );
        return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
    }
    let collected =
        tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, BODY_BYTES_MAX).collect()).await;
    let bytes = match collected {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(too_large()),
        Ok(Err(_)) => return Err(Refused::bad(code::BAD_USER_INPUT, "The body ended early.")),
        Err(_) => {
            let error = document_error(code::BAD_USER_INPUT, "The body came too slowly.");
            return Err(Refused::new(StatusCode::REQUEST_TIMEOUT, error));
        }
    };
    parse_params(&bytes)
}

/// Reads the parameters of a request from JSON.
pub fn parse_params(bytes: &Bytes) -> Result<Params, Refused> {
    const SHAPE: &str = "The body must be one object with query, and may have operationName, variables and extensions";
    // A list of the values in order would be read as the struct, too.
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        return Err(Refused::bad(code::BAD_USER_INPUT, format!("{SHAPE}.")));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let what = if error.is_data() {
            SHAPE
        } else {
            "The body is not JSON"
        };
        let place = format!("line {}, column {}", error.line(), error.column());
        Refused::bad(code::BAD_USER_INPUT, format!("{what} ({place})."))
    })
}

fn too_large() -> Refused {
    let message = format!("A request has at most {BODY_BYTES_MAX} bytes.");
    Refused::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        document_error(code::BAD_USER_INPUT, message),
    )
}

/// Parses the document and finds its operation.
pub fn prepare(params: Params) -> Result<Prepared, Refused> {
    if params
        .extensions
        .as_ref()
        .is_some_and(|extensions| extensions.contains_key("persistedQuery"))
    {
        let error = document_error(
            code::PERSISTED_QUERY_NOT_SUPPORTED,
            "Send the whole document.",
        );
        return Err(Refused::new(StatusCode::BAD_REQUEST, error));
    }
    let query = params.query.unwrap_or_default();
    if query.is_empty() {
        return Err(Refused::bad(code::BAD_USER_INPUT, "There is no query."));
    }
    let too_complex = |why| Refused::bad(code::QUERY_TOO_COMPLEX, why);
    guard::scan(&query).map_err(too_complex)?;
    let mut document = async_graphql::parser::parse_query(&query).map_err(|error| {
        let mut server_error = ServerError::from(error);
        server_error.extensions = document_error(code::GRAPHQL_PARSE_FAILED, "").extensions;
        Refused::new(StatusCode::BAD_REQUEST, server_error)
    })?;
    guard::check(&document).map_err(too_complex)?;
    let Some(operation) = find_operation(&document, params.operation_name.as_deref()) else {
        let message = "Name one of the operations of the document in operationName.";
        return Err(Refused::bad(code::GRAPHQL_VALIDATION_FAILED, message));
    };
    let (kind, field) = (operation.ty, root_field(operation));
    let absent = list_absent(operation, params.variables.as_ref())
        .map_err(|error| Refused::new(StatusCode::BAD_REQUEST, request_error(&error)))?;
    let variables = params
        .variables
        .map(serde_json::Value::Object)
        .unwrap_or_default();
    let mut variables = Variables::from_json(variables);
    add_defaults(operation, &mut variables);
    remove_absent(&mut document, absent);
    let mut request = Request::new(query).variables(variables);
    request.operation_name = params.operation_name;
    request.set_parsed_query(document);
    Ok(Prepared {
        request,
        kind,
        field,
    })
}

fn find_operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(&operation.node),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).map(|o| &o.node)
        }
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            operations.values().next().map(|operation| &operation.node)
        }
        (DocumentOperations::Single(_), Some(_)) | (DocumentOperations::Multiple(_), None) => None,
    }
}

/// The first root field, if it is one that the schema has: a label of metrics that clients cannot multiply.
fn root_field(operation: &OperationDefinition) -> &'static str {
    use async_graphql::parser::types::Selection;
    let first = operation
        .selection_set
        .node
        .items
        .first()
        .map(|selection| &selection.node);
    let name = match first {
        Some(Selection::Field(field)) => field.node.name.node.as_str(),
        _ => "",
    };
    ROOT_FIELDS
        .iter()
        .find(|field| **field == name)
        .copied()
        .unwrap_or("other")
}

/// The root fields of the schema.
pub const ROOT_FIELDS: &[&str] = &[
    "node",
    "nodes",
    "campaign",
    "campaigns",
    "nominees",
    "stories",
    "nominee",
    "story",
    "viewer",
    "serverTime",
    "signInMiniProgram",
    "signInGuest",
    "signInStaff",
    "refreshSession",
    "signOut",
    "castVote",
    "castBallot",
    "setLike",
    "recordViews",
    "tallyChanged",
    "storyPublished",
];

/// The body of a response: errors first, so that a client that reads no further has seen them.
#[derive(Serialize)]
pub struct ResponseBody<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    /// Absent on a request error.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
}

impl<'a> ResponseBody<'a> {
    /// The body of a response whose errors have their codes.
    #[must_use]
    pub fn new(response: &'a GraphqlResponse) -> Self {
        Self {
            errors: &response.errors,
            data: (!is_request_error(response)).then_some(&response.data),
        }
    }
}

/// Whether nothing was executed: an error of a field has a path.
#[must_use]
pub fn is_request_error(response: &GraphqlResponse) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

fn executed(
    server: &Server,
    media_type: MediaType,
    mut response: GraphqlResponse,
    field: &'static str,
    started: Instant,
) -> Response {
    let outcome = finish(&mut response).unwrap_or("ok");
    let labels = OperationLabels { field, outcome };
    server.app.metrics.requests.get_or_create(&labels).inc();
    let seconds = started.elapsed().as_secs_f64();
    server
        .app
        .metrics
        .request_seconds
        .get_or_create(&labels)
        .observe(seconds);
    tracing::debug!(field, outcome, seconds, "answered");
    let is_bad = is_request_error(&response) && media_type == MediaType::GraphqlResponse;
    let status = if is_bad {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let mut headers = HeaderMap::new();
    for error in &response.errors {
        add_retry_headers(&mut headers, error);
    }
    respond(status, media_type, headers, &ResponseBody::new(&response))
}

/// Says when to come back, and which limit it was (draft-ietf-httpapi-ratelimit-headers).
fn add_retry_headers(headers: &mut HeaderMap, error: &ServerError) {
    let extension = |name| {
        error
            .extensions
            .as_ref()
            .and_then(|extensions| extensions.get(name))
    };
    let Some(Value::Number(ms)) = extension("retryAfterMs") else {
        return;
    };
    let seconds = ms.as_u64().unwrap_or(1_000).div_ceil(1_000);
    headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    if let Some(Value::String(policy)) = extension("policy")
        && let Ok(value) = HeaderValue::from_str(&format!("\"{policy}\";r=0;t={seconds}"))
    {
        headers.insert(HeaderName::from_static("ratelimit"), value);
    }
}

fn refusal(media_type: MediaType, refused: &Refused) -> Response {
    let is_document = |error: &ServerError| {
        let code = error
            .extensions
            .as_ref()
            .and_then(|extensions| extensions.get("code"));
        [code::GRAPHQL_PARSE_FAILED, code::GRAPHQL_VALIDATION_FAILED]
            .iter()
            .any(|document| code == Some(&Value::from(*document)))
    };
    let is_old_document_error =
        media_type == MediaType::Json && refused.errors.iter().all(is_document);
    let status = if is_old_document_error {
        StatusCode::OK
    } else {
        refused.status
    };
    let mut headers = HeaderMap::new();
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("POST, GET"));
    }
    for error in &refused.errors {
        add_retry_headers(&mut headers, error);
    }
    respond(
        status,
        media_type,
        headers,
        &ResponseBody {
            errors: &refused.errors,
            data: None,
        },
    )
}

fn respond(
    status: StatusCode,
    media_type: MediaType,
    mut headers: HeaderMap,
    body: &ResponseBody<'_>,
) -> Response {
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static(media_type.content_type()),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        VARY,
        HeaderValue::from_static("Accept, Authorization, Accept-Language"),
    );
    match serde_json::to_vec(body) {
        Ok(bytes) => (status, headers, bytes).into_response(),
        Err(error) => {
            tracing::error!(%error, "a response could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_fields_are_those_of_the_schema() {
        use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
        let document =
            async_graphql::parser::parse_schema(crate::graphql::sdl()).expect("the SDL is good");
        let mut fields: Vec<String> = Vec::new();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            if let TypeKind::Object(object) = definition.node.kind
                && ["Query", "Mutation", "Subscription"]
                    .contains(&definition.node.name.node.as_str())
            {
                fields.extend(
                    object
                        .fields
                        .iter()
                        .map(|field| field.node.name.node.to_string()),
                );
            }
        }
        let (mut known, mut found) = (
            ROOT_FIELDS.to_vec(),
            fields.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        known.sort_unstable();
        found.sort_unstable();
        assert_eq!(known, found);
    }
}
