//! The answers to the program's own operations, as anybody would get them: executed once for all who come within a
//! moment. The first view shows and carries what these say and nothing else, so the rules on who sees what are the
//! API's.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, LazyLock};

use async_graphql::Variables;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::Client;
use crate::auth::Viewer;
use crate::domain::turnout::ClientKind;
use crate::graphql::RequestContext;
use crate::graphql::document::Audience;
use crate::graphql::messages::Language;
use crate::http::Server;
use crate::http::pages::assets::DOCUMENTS;
use crate::http::response_cache::{CachedResponse, Found};
use crate::telemetry::RequestId;

/// The texts of the program's documents, by the names of their operations.
static TEXTS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Manifest {
        operations: Vec<Operation>,
    }
    #[derive(Deserialize)]
    struct Operation {
        name: String,
        body: String,
    }
    let manifest: Manifest = serde_json::from_slice(DOCUMENTS).expect("the manifest of the build");
    let named = manifest.operations.into_iter();
    named
        .map(|operation| (operation.name, operation.body))
        .collect()
});

/// The data of a campaign, as the program reads it; JSON.
pub(super) async fn find_campaign(server: &Server, slug: &str) -> Option<Arc<CachedResponse>> {
    find(server, "FindCampaign", &json!({ "slug": slug })).await
}

/// The data of a nominee, as the program reads it; JSON.
pub(super) async fn find_nominee(
    server: &Server,
    slug: &str,
    number: i64,
) -> Option<Arc<CachedResponse>> {
    let variables = json!({ "slug": slug, "number": number });
    find(server, "FindNominee", &variables).await
}

/// Whether the data of a nominee is at hand.
pub(super) fn has_nominee(server: &Server, slug: &str, number: i64) -> bool {
    let key = key(
        server,
        "FindNominee",
        &json!({ "slug": slug, "number": number }),
    );
    let changes = &server.app.public_changes;
    server.first_views.cache.find(&key, changes).is_some()
}

fn key(server: &Server, operation: &str, variables: &Value) -> String {
    let cache = &server.first_views.cache;
    cache.key(format_args!("answer {operation} {variables}"))
}

/// The data of a query; none where it cannot be had now, or is not the same for all.
async fn find(
    server: &Server,
    operation: &'static str,
    variables: &Value,
) -> Option<Arc<CachedResponse>> {
    let key = key(server, operation, variables);
    let changes = &server.app.public_changes;
    let found = server.first_views.cache.find_or_reserve(&key, changes);
    let place = match found.await {
        Found::Response(cached) => return Some(cached),
        Found::Uncacheable => return None,
        Found::Reserved(place) => place,
    };
    let change_count = changes.count();
    let text = TEXTS.get(operation)?;
    let variables = Variables::from_json(variables.clone());
    let anybody = anybody();
    let executable = server.documents.find_own(text, variables, &anybody);
    let executable = executable.await.ok()?;
    let (response, code, audience) = server.documents.execute_public(executable).await;
    let Audience::All(campaigns) = audience else {
        place.mark_uncacheable();
        return None;
    };
    if let Some(code) = code {
        let request = RequestId::current();
        tracing::warn!(request, operation, code, "a first view could not be read");
        return None;
    }
    let data = serde_json::to_vec(&response.data).ok()?;
    Some(place.fill(CachedResponse::new(
        data,
        operation,
        campaigns,
        change_count,
    )))
}

/// A requester without a name: the answers are for all.
fn anybody() -> RequestContext {
    RequestContext {
        viewer: Viewer::Anonymous,
        client: Client {
            address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            user_agent: None,
            device_id: None,
            kind: ClientKind::default(),
        },
        language: Language::default(),
    }
}
