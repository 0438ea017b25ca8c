//! Browsers' demands on the server: pages of other sites, compression, and the page for exploring.

use acclaim::graphql::document::Policy;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Stores, TestApp, on_both};

on_both!(
    only_pages_of_known_sites_may_use_the_api,
    without_a_list_no_other_site_is_admitted,
    a_host_may_be_admitted_at_all_ports,
    answers_are_compressed_for_who_takes_it,
    the_page_for_exploring_is_there_where_the_schema_is_open,
);

async fn with_origins(stores: &Stores, origins: &[&'static str]) -> TestApp {
    let origins = origins.iter().copied();
    let headers = origins.map(axum::http::HeaderValue::from_static);
    let builder = TestApp::builder(stores).with_connection_limits(|connection_limits| {
        connection_limits.allowed_origins = headers.collect();
    });
    builder.start().await
}

async fn a_host_may_be_admitted_at_all_ports(stores: Stores) {
    let app = with_origins(&stores, &["http://localhost:*", "http://127.0.0.1:*"]).await;
    for (origin, is_admitted) in [
        ("http://localhost:5173", true),
        ("http://localhost", true),
        ("http://127.0.0.1:3000", true),
        ("https://localhost:5173", false),
        ("http://localhost.evil.example", false),
        ("http://localhost:5173.evil.example", false),
        ("http://localhost:99999", false),
        ("http://localhost:*", true),
        ("null", false),
    ] {
        // No browser sends the star: whoever does has no page to be protected from.
        let (_, headers) = preflight(&app, origin).await;
        let admitted = headers.get("access-control-allow-origin");
        assert_eq!(admitted.is_some(), is_admitted, "{origin}");
        assert!(admitted.is_none_or(|admitted| admitted == origin));
    }
}

/// Asks as a browser does before it sends a POST with JSON from a page of this site.
async fn preflight(app: &TestApp, origin: &str) -> (StatusCode, HeaderMap) {
    let request = app.http().request(Method::OPTIONS, app.url("/graphql"));
    let request = request
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "content-type,authorization",
        );
    let response = request.send().await.expect("an answer");
    (response.status(), response.headers().clone())
}

async fn only_pages_of_known_sites_may_use_the_api(stores: Stores) {
    let site = "https://vote.example.org";
    let app = with_origins(&stores, &[site, "https://other.example.org"]).await;
    let (status, headers) = preflight(&app, site).await;
    assert_eq!(status, 200);
    assert_eq!(headers["access-control-allow-origin"], site);
    let methods = headers["access-control-allow-methods"]
        .to_str()
        .expect("ASCII");
    assert!(
        methods.contains("POST") && !methods.contains("DELETE"),
        "{methods}"
    );
    let allowed = headers["access-control-allow-headers"]
        .to_str()
        .expect("ASCII");
    assert!(
        allowed.contains("authorization") && allowed.contains("content-type"),
        "{allowed}"
    );
    assert_eq!(headers.get("access-control-allow-credentials"), None);
    for stranger in [
        "https://evil.example",
        "https://vote.example.org.evil.example",
        "null",
    ] {
        let (_, headers) = preflight(&app, stranger).await;
        assert_eq!(
            headers.get("access-control-allow-origin"),
            None,
            "{stranger}"
        );
    }
    let request = app.http().post(app.url("/graphql")).header("origin", site);
    let response = request
        .json(&json!({"query": "{ serverTime }"}))
        .send()
        .await;
    let response = response.expect("an answer");
    assert_eq!(response.headers()["access-control-allow-origin"], site);
    let exposed = response.headers()["access-control-expose-headers"]
        .to_str()
        .expect("ASCII");
    assert!(
        exposed.contains("retry-after") && exposed.contains("etag"),
        "{exposed}"
    );
    let varies: Vec<_> = response.headers().get_all("vary").iter().collect();
    let varies = format!("{varies:?}").to_lowercase();
    assert!(
        varies.contains("origin") && varies.contains("authorization"),
        "{varies}"
    );
    // Nor may a cache give a page of that site what it has of somebody else, without the header that admits it.
    let query = [("query", "{ serverTime }")];
    let own = app
        .http()
        .get(app.url("/graphql"))
        .query(&query)
        .send()
        .await;
    let varies: Vec<_> = own
        .expect("an answer")
        .headers()
        .get_all("vary")
        .iter()
        .cloned()
        .collect();
    assert!(format!("{varies:?}").contains("origin"), "{varies:?}");
    let all = with_origins(&stores, &["*"]).await;
    let (_, headers) = preflight(&all, "https://anyone.example").await;
    assert_eq!(headers["access-control-allow-origin"], "*");
}

async fn without_a_list_no_other_site_is_admitted(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (status, headers) = preflight(&app, "https://vote.example.org").await;
    assert_eq!(status, 405);
    assert_eq!(headers.get("access-control-allow-origin"), None);
}

async fn answers_are_compressed_for_who_takes_it(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let large = json!({
        "query": "query($id: ID!) { nominees(campaignId: $id, first: 36) { nodes { id name number } } }",
        "variables": {"id": sample.campaign_id()},
    });
    let small = json!({"query": "{ serverTime }"});
    let ask = async |body: &Value, accepted: &str| {
        let request = app.http().post(app.url("/graphql"));
        let request = request.header("accept-encoding", accepted).json(body);
        let response = request.send().await.expect("an answer");
        let encoding = response.headers().get("content-encoding").cloned();
        let encoding = encoding.map(|value| value.to_str().expect("ASCII").to_owned());
        (encoding, response.bytes().await.expect("a body").len())
    };
    let (none, plain) = ask(&large, "identity").await;
    assert_eq!(none, None);
    for (accepted, encoding) in [("gzip", "gzip"), ("br", "br"), ("gzip;q=0.5, br", "br")] {
        let (found, length) = ask(&large, accepted).await;
        assert_eq!(found.as_deref(), Some(encoding), "{accepted}");
        assert!(length < plain, "{accepted}: {length} of {plain}");
    }
    assert_eq!(ask(&large, "zstd").await, (None, plain));
    assert_eq!(
        ask(&small, "gzip").await.0,
        None,
        "it fits into a packet as it is"
    );
}

async fn the_page_for_exploring_is_there_where_the_schema_is_open(stores: Stores) {
    let open = TestApp::start(&stores).await;
    let closed = TestApp::builder(&stores).with_documents(Policy::Any);
    let closed = closed.start().await;
    for (path, content_type) in [
        ("/graphiql", "text/html"),
        ("/graphiql/graphiql.js", "text/javascript"),
        ("/graphiql/graphiql.css", "text/css"),
        ("/schema.graphql", "text/plain"),
    ] {
        let get = async |app: &TestApp| {
            let request = app.http().get(app.url(path));
            request.send().await.expect("an answer")
        };
        let shown = get(&open).await;
        assert_eq!(shown.status(), 200, "{path}");
        let found = shown.headers()["content-type"].to_str().expect("ASCII");
        assert!(found.starts_with(content_type), "{path}: {found}");
        if path.starts_with("/graphiql") {
            let policy = shown.headers()["content-security-policy"]
                .to_str()
                .expect("ASCII");
            assert!(policy.contains("default-src 'none'"), "{policy}");
            assert!(policy.contains("script-src 'self';"), "{policy}");
        }
        assert_eq!(get(&closed).await.status(), 404, "{path}");
    }
    let introspection = "{ __schema { queryType { name } } }";
    let asked = open.anonymous().ask(introspection, json!({})).await;
    assert_eq!(asked["__schema"]["queryType"]["name"], json!("Query"));
    let refused = closed.anonymous().fail(introspection, json!({})).await;
    assert_eq!(refused, "GRAPHQL_VALIDATION_FAILED");
    let (open, closed) = (
        open.anonymous().send("{ serverTim }", json!({})).await,
        closed.anonymous().send("{ serverTim }", json!({})).await,
    );
    assert!(open.to_string().contains("serverTime"), "{open}");
    assert!(!closed.to_string().contains("serverTime"), "{closed}");
}
