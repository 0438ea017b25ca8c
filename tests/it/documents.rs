//! Documents: persisted, trusted, prepared once, priced; and which of their answers caches may keep.

use acclaim::clock::Clock;
use acclaim::graphql::document::{Documents, Policy};
use acclaim::graphql::node_id::GlobalId;
use acclaim::hot::Rate;
use aws_lc_rs::digest::{SHA256, digest};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::deadlines::until;
use crate::harness::{
    Program, Sample, Stores, TestApp, TestClient, assert_refuses, global, on_both, program,
};
use crate::limits::assert_is_limited;

on_both!(
    a_persisted_query_is_found_once_it_is_registered,
    only_good_documents_are_registered,
    persisted_queries_of_another_form_are_refused,
    registered_documents_lately_used_are_kept,
    a_document_is_prepared_once,
    only_the_manifest_is_executed,
    manifests_of_both_kinds_are_read_at_the_start,
    public_answers_may_be_kept,
    an_edit_leaves_the_kept_answers_of_other_campaigns,
    other_answers_may_not_be_kept,
    a_shuffle_is_kept_for_its_seed_only,
    an_operation_says_what_it_costs,
    searches_are_paid_by_the_roster,
    an_operation_is_charged_to_its_caller,
    a_page_that_a_variable_makes_too_large_is_refused,
);

/// An answer, taken apart.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str());
        value.transpose().expect("ASCII").unwrap_or_default()
    }

    fn code(&self) -> &str {
        let code = &self.body["errors"][0]["extensions"]["code"];
        code.as_str().unwrap_or_default()
    }

    /// Asserts that it is refused before anything is executed.
    fn assert_refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.body);
        assert_eq!(self.body.get("data"), None, "{}", self.body);
        assert_eq!(self.header("cache-control"), "no-store");
    }
}

fn sha256(text: &str) -> String {
    data_encoding::HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref())
}

fn persisted(hash: &str) -> Value {
    json!({"persistedQuery": {"version": 1, "sha256Hash": hash}})
}

/// Sends parameters by POST, as a client of today does.
async fn post(client: &TestClient, body: Value) -> Answer {
    send(client, Method::POST, |request| request.json(&body)).await
}

/// Sends parameters by GET.
async fn get(client: &TestClient, parameters: &[(&str, &str)]) -> Answer {
    send(client, Method::GET, |request| request.query(parameters)).await
}

async fn send(
    client: &TestClient,
    method: Method,
    with: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
) -> Answer {
    let request = client.request_of(method, "/graphql");
    let request = request.header("accept", "application/graphql-response+json");
    answer(with(request)).await
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("a text");
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer {
        status,
        headers,
        body,
    }
}

const TIME: &str = "{ serverTime }";

async fn a_persisted_query_is_found_once_it_is_registered(stores: Stores) {
    let servers = [TestApp::start(&stores).await, TestApp::start(&stores).await];
    let (hash, expected) = (
        sha256(TIME),
        json!({"serverTime": "2022-10-25T04:00:00.000Z"}),
    );
    let extensions = persisted(&hash).to_string();
    let by_hash = [("extensions", extensions.as_str())];
    let unknown = get(servers[0].anonymous(), &by_hash).await;
    unknown.assert_refused(400, "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(
        unknown.body["errors"][0]["message"],
        json!("PersistedQueryNotFound")
    );
    let old = servers[0]
        .http()
        .get(servers[0].url("/graphql"))
        .query(&by_hash);
    let old = answer(old.header("accept", "application/json")).await;
    old.assert_refused(200, "PERSISTED_QUERY_NOT_FOUND");
    let registered = post(
        servers[0].anonymous(),
        json!({"query": TIME, "extensions": persisted(&hash)}),
    );
    assert_eq!(registered.await.body, json!({"data": expected}));
    for upper in [hash.clone(), hash.to_uppercase()] {
        let found = post(
            servers[0].anonymous(),
            json!({"extensions": persisted(&upper)}),
        )
        .await;
        assert_eq!(found.body, json!({"data": expected}));
    }
    let by_id = format!("sha256:{hash}");
    let found = post(servers[0].anonymous(), json!({"documentId": by_id})).await;
    assert_eq!(found.body, json!({"data": expected}));
    let elsewhere = get(servers[1].anonymous(), &by_hash).await;
    if stores.redis_url.is_some() {
        assert_eq!(
            elsewhere.body,
            json!({"data": expected}),
            "Redis makes it known to all"
        );
    } else {
        elsewhere.assert_refused(400, "PERSISTED_QUERY_NOT_FOUND");
    }
}

async fn only_good_documents_are_registered(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let other = TestApp::start(&stores).await;
    let doubled = (0..30).fold(
        "{...F0} fragment F30 on Query{serverTime}".to_owned(),
        |text, n| {
            let next = n + 1;
            format!("{text} fragment F{n} on Query{{...F{next} ...F{next}}}")
        },
    );
    for (query, code) in [
        ("{ none }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        (doubled.as_str(), "QUERY_TOO_COMPLEX"),
    ] {
        let hash = sha256(query);
        for app in [&app, &other] {
            let body = json!({"query": query, "extensions": persisted(&hash)});
            post(app.anonymous(), body).await.assert_refused(400, code);
            let body = json!({"extensions": persisted(&hash)});
            let found = post(app.anonymous(), body).await;
            found.assert_refused(400, "PERSISTED_QUERY_NOT_FOUND");
        }
    }
    let wrong = json!({"query": "{ viewer { id } }", "extensions": persisted(&sha256(TIME))});
    post(app.anonymous(), wrong)
        .await
        .assert_refused(400, "BAD_USER_INPUT");
    let found = post(
        app.anonymous(),
        json!({"extensions": persisted(&sha256(TIME))}),
    )
    .await;
    found.assert_refused(400, "PERSISTED_QUERY_NOT_FOUND");
}

async fn registered_documents_lately_used_are_kept(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let kept_max = 4_096;
    if stores.redis_url.is_none() {
        app.register_document("a", "{ a }").await;
        assert_eq!(
            app.find_document("a").await,
            None,
            "the process's own are kept elsewhere"
        );
        return;
    }
    for number in 0..kept_max {
        app.register_document(&number.to_string(), TIME).await;
    }
    assert!(app.find_document("0").await.is_some());
    app.register_document("one more", TIME).await;
    for (hash, is_kept) in [("0", true), ("1", false), ("2", true), ("one more", true)] {
        assert_eq!(app.find_document(hash).await.is_some(), is_kept, "{hash}");
    }
}

async fn persisted_queries_of_another_form_are_refused(stores: Stores) {
    let app = TestApp::start(&stores).await;
    for (extension, code) in [
        (json!(5), "BAD_USER_INPUT"),
        (json!({}), "BAD_USER_INPUT"),
        (json!({"version": 1}), "BAD_USER_INPUT"),
        (json!({"version": 1, "sha256Hash": 5}), "BAD_USER_INPUT"),
        (
            json!({"version": 2, "sha256Hash": sha256(TIME)}),
            "PERSISTED_QUERY_NOT_SUPPORTED",
        ),
        (
            json!({"version": 1, "sha256Hash": "a"}),
            "PERSISTED_QUERY_NOT_FOUND",
        ),
        (
            json!({"version": 1, "sha256Hash": "../../etc"}),
            "PERSISTED_QUERY_NOT_FOUND",
        ),
    ] {
        let body = json!({"extensions": {"persistedQuery": extension}});
        post(app.anonymous(), body).await.assert_refused(400, code);
    }
    let body = json!({"query": TIME, "extensions": {"persistedQuery": null}});
    assert_eq!(post(app.anonymous(), body).await.status, 200);
    let both = json!({"documentId": "a", "extensions": persisted(&sha256(TIME))});
    post(app.anonymous(), both)
        .await
        .assert_refused(400, "BAD_USER_INPUT");
}

async fn a_document_is_prepared_once(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let query = "query A($id: ID!, $n: Int) { nominees(campaignId: $id, first: $n) { totalCount } }
        query B { serverTime }";
    let id = sample.campaign_id();
    for (name, variables) in [
        ("A", json!({"id": id, "n": 1})),
        ("A", json!({"id": id})),
        ("A", json!({"id": id, "n": null})),
        ("B", json!({})),
    ] {
        let body = json!({"query": query, "operationName": name, "variables": variables});
        let answer = post(app.anonymous(), body).await;
        assert_eq!(answer.body.get("errors"), None, "{}", answer.body);
    }
    let body = json!({"extensions": persisted(&sha256(query)), "operationName": "B"});
    assert_eq!(post(app.anonymous(), body).await.status, 200);
    assert_eq!(app.metrics.documents_prepared.get(), 1);
    post(app.anonymous(), json!({"query": "{ none }"})).await;
    post(app.anonymous(), json!({"query": "{ none }"})).await;
    assert_eq!(
        app.metrics.documents_prepared.get(),
        3,
        "what is bad is not kept"
    );
}

async fn only_the_manifest_is_executed(stores: Stores) {
    let viewer = "query Viewer { viewer { id } }";
    let manifest = [("time", TIME), ("0a1b", viewer)];
    let manifest = manifest.map(|(id, text)| (id.to_owned(), text.to_owned()));
    let app = TestApp::builder(&stores).with_documents(Policy::Trusted(manifest.into()));
    let app = app.start().await;
    for body in [
        json!({"documentId": "time"}),
        json!({"doc_id": "time"}),
        json!({"extensions": persisted("0a1b")}),
        json!({"documentId": format!("sha256:{}", sha256(TIME))}),
        json!({"query": TIME}),
        json!({"query": viewer, "operationName": "Viewer"}),
    ] {
        let answer = post(app.anonymous(), body.clone()).await;
        assert_eq!(
            (answer.status, answer.body.get("errors")),
            (200, None),
            "{body}"
        );
    }
    let parameters = [("documentId", "time")];
    assert_eq!(get(app.anonymous(), &parameters).await.status, 200);
    for body in [
        json!({"query": "{ viewer { id } }"}),
        json!({"query": "{ viewer { id } }", "extensions": persisted(&sha256("{ viewer { id } }"))}),
        json!({"query": "{"}),
    ] {
        post(app.anonymous(), body)
            .await
            .assert_refused(403, "FORBIDDEN");
    }
    let unknown = post(app.anonymous(), json!({"documentId": "other"})).await;
    unknown.assert_refused(400, "PERSISTED_QUERY_NOT_FOUND");
    let introspection = post(
        app.anonymous(),
        json!({"query": "{ __schema { types { name } } }"}),
    );
    introspection.await.assert_refused(403, "FORBIDDEN");
    let bad = vec![("bad".to_owned(), "{ none }".to_owned())];
    let app = std::sync::Arc::clone(app.inner());
    let error = Documents::new(app, Policy::Trusted(bad)).await.err();
    let error = error.expect("it is not valid").to_string();
    assert!(error.contains("bad") && error.contains("none"), "{error}");
}

async fn manifests_of_both_kinds_are_read_at_the_start(stores: Stores) {
    let database = stores.database(&Clock::System).await;
    Sample::insert(&database, Clock::System.now(), |_| ()).await;
    let write = |name: &str, text: String| {
        let path = stores.directory.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    let apollo = json!({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [
        {"id": "a1", "name": "Time", "type": "query", "body": TIME}]});
    let apollo = write("apollo.json", apollo.to_string());
    let relay = write(
        "relay.json",
        json!({"r1": "query Viewer { viewer { id } }"}).to_string(),
    );
    let bad = write("bad.json", json!({"b1": "{ none }"}).to_string());
    let both = format!("{apollo},{relay}");
    let settings = |manifests: &str| {
        [
            ("ACCLAIM_DOCUMENTS", "trusted".to_owned()),
            ("ACCLAIM_DOCUMENTS_MANIFEST", manifests.to_owned()),
        ]
    };
    let mut command = program(&stores, &["serve"]);
    command.envs(settings(&both));
    let server = Program::launch(command, stores.directory.path()).await;
    let http = server.anonymous().http();
    for (id, status) in [("a1", 200), ("r1", 200), ("b1", 400)] {
        let request = http.post(format!("http://{}/graphql", server.address));
        let request = request.header("accept", "application/graphql-response+json");
        let answer = answer(request.json(&json!({"documentId": id}))).await;
        assert_eq!(answer.status, status, "{id}: {}", answer.body);
    }
    for (documents, manifests, words) in [
        ("trusted", bad.as_str(), &["b1", "none"][..]),
        (
            "trusted",
            "no-such-file.json",
            &["ACCLAIM_DOCUMENTS_MANIFEST", "no-such-file.json"],
        ),
        (
            "trusted",
            "Cargo.toml",
            &["ACCLAIM_DOCUMENTS_MANIFEST", "Cargo.toml"],
        ),
        ("trusted", "", &["ACCLAIM_DOCUMENTS_MANIFEST"]),
        ("apq", &relay, &["ACCLAIM_DOCUMENTS_MANIFEST", "no effect"]),
    ] {
        let mut command = program(&stores, &["serve"]);
        command.env("ACCLAIM_DOCUMENTS", documents);
        if !manifests.is_empty() {
            command.env("ACCLAIM_DOCUMENTS_MANIFEST", manifests);
        }
        assert_refuses(command, words).await;
    }
}

const CAMPAIGN: &str = "query($slug: String!) { campaign(slug: $slug) { slug title } }";

/// The parameters of a GET that asks for a campaign by hash, registered at this server.
async fn register_campaign(app: &TestApp) -> [(&'static str, String); 2] {
    let sample = app.sample().await;
    let extensions = persisted(&sha256(CAMPAIGN)).to_string();
    let variables = json!({"slug": sample.campaign.slug}).to_string();
    let parameters = [
        ("query", CAMPAIGN),
        ("extensions", &extensions),
        ("variables", &variables),
    ];
    let registered = get(app.anonymous(), &parameters).await;
    assert_eq!(registered.status, 200, "{}", registered.body);
    [("extensions", extensions), ("variables", variables)]
}

async fn public_answers_may_be_kept(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let by_hash = register_campaign(&app).await;
    let ask = async |tag: &str| {
        let with = |request: reqwest::RequestBuilder| request.query(&by_hash);
        send(app.anonymous(), Method::GET, |request| {
            with(request).header("if-none-match", tag)
        })
        .await
    };
    let public = ask("").await;
    assert_eq!(
        public.header("cache-control"),
        "public, max-age=1, s-maxage=1"
    );
    let etag = public.header("etag").to_owned();
    assert!(etag.starts_with("W/\"") && etag.len() > 20, "{etag}");
    for name in ["Accept", "Accept-Encoding", "Authorization"] {
        assert!(
            public.header("vary").contains(name),
            "{}",
            public.header("vary")
        );
    }
    for (tag, status) in [(etag.as_str(), 304), ("\"other\"", 200)] {
        let kept = ask(tag).await;
        assert_eq!((kept.status, kept.header("etag")), (status, etag.as_str()));
        assert_eq!(kept.body.is_null(), status == 304);
    }
}

/// Answers that say what they were made of, each with a statement of its own.
const KEPT: [&str; 5] = [
    "query($slug: String) { campaign(slug: $slug) { nominees(first: 1) { nodes { likeCount } } } }",
    "query($nominee: ID!) { nominee(id: $nominee) { likeCount } }",
    "query($campaign: ID!) { nominees(campaignId: $campaign, first: 1) { nodes { likeCount } } }",
    "query($campaign: ID!) { stories(campaignId: $campaign) { nodes { title } } }",
    "query($story: ID!) { story(id: $story) { title } }",
];

async fn an_edit_leaves_the_kept_answers_of_other_campaigns(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (own, other) = (app.sample().await, app.sample().await);
    let now = app.clock.now();
    let story = own.insert_story(&app.database, None, "Kept", now).await;
    let all = json!({"slug": own.campaign.slug, "nominee": own.nominee_id(0), "campaign": own.campaign_id(),
        "story": global(GlobalId::Story(story))});
    let edit = async |sample: &Sample| {
        let slug = &sample.campaign.slug;
        let text = Uuid::new_v4();
        let edited = format!("UPDATE campaign SET summary = '{text}' WHERE slug = '{slug}'");
        stores.execute(edited.leak()).await;
        app.refresh().await;
    };
    for query in KEPT {
        let variables: serde_json::Map<_, _> = all
            .as_object()
            .expect("an object")
            .iter()
            .filter(|(name, _)| query.contains(&format!("${name}:")))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let extensions = persisted(&sha256(query)).to_string();
        let variables = Value::Object(variables).to_string();
        let parameters = [
            ("query", query),
            ("extensions", &extensions),
            ("variables", &variables),
        ];
        // Whether an answer that has just been made is made again after an edit.
        let is_made_again = async |edited: &Sample| {
            get(app.anonymous(), &parameters).await;
            edit(edited).await;
            let before = app.database.statements();
            let answer = get(app.anonymous(), &parameters).await;
            assert_eq!(answer.status, 200, "{query}: {}", answer.body);
            app.database.statements() > before
        };
        assert!(is_made_again(&own).await, "{query}");
        // An answer is kept for a moment only, which may end in between.
        until("an answer that is kept", async || {
            (!is_made_again(&other).await).then_some(())
        })
        .await;
    }
}

async fn a_shuffle_is_kept_for_its_seed_only(stores: Stores) {
    const SHUFFLED: &str =
        "query($slug: String!, $order: NomineeOrder!, $seed: String) { campaign(slug: $slug) {
        nominees(first: 36, orderBy: $order, seed: $seed) { nodes { number } } } }";
    let app = TestApp::builder(&stores).with_connection_limits(|limits| {
        limits.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    });
    let app = app.start().await;
    let slug = app.sample().await.campaign.slug;
    let extensions = persisted(&sha256(SHUFFLED)).to_string();
    let ask = async |order: &str, seed: Option<&str>, from: &str| {
        let variables = json!({"slug": slug, "order": order, "seed": seed}).to_string();
        let parameters = [
            ("query", SHUFFLED),
            ("extensions", &extensions),
            ("variables", &variables),
        ];
        send(app.anonymous(), Method::GET, |request| {
            request.query(&parameters).header("x-forwarded-for", from)
        })
        .await
    };
    // Two askers at different addresses: the first one's order is not given to the other.
    let orders = [
        ask("SHUFFLED", None, "198.51.100.1").await,
        ask("SHUFFLED", None, "198.51.100.2").await,
    ];
    for answer in &orders {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("etag"), "");
    }
    assert_ne!(orders[0].body, orders[1].body);
    // By its seed it is the same for all, and so are other orders.
    for (order, seed) in [("SHUFFLED", Some("device")), ("NUMBER", None)] {
        let first = ask(order, seed, "198.51.100.1").await;
        assert_eq!(
            first.header("cache-control"),
            "public, max-age=1, s-maxage=1"
        );
        assert_eq!(ask(order, seed, "198.51.100.2").await.body, first.body);
    }
}

async fn other_answers_may_not_be_kept(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let by_hash = register_campaign(&app).await;
    let [extensions, variables] = by_hash
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let time = persisted(&sha256(TIME)).to_string();
    get(app.anonymous(), &[("query", TIME), ("extensions", &time)]).await;
    let voter = app.voter();
    let bad_token =
        |request: reqwest::RequestBuilder| request.query(&by_hash).header(AUTHORIZATION, "Basic x");
    let posted = json!({"extensions": persisted(&sha256(CAMPAIGN)), "variables": {"slug": "a"}});
    for (what, answer) in [
        ("a token", get(&voter, &[extensions, variables]).await),
        (
            "a text",
            get(app.anonymous(), &[("query", CAMPAIGN), variables]).await,
        ),
        (
            "the time",
            get(app.anonymous(), &[("extensions", &time)]).await,
        ),
        (
            "an error",
            get(
                app.anonymous(),
                &[extensions, ("variables", "{\"slug\": 5}")],
            )
            .await,
        ),
        ("a POST", post(app.anonymous(), posted).await),
        (
            "a bad token",
            send(app.anonymous(), Method::GET, bad_token).await,
        ),
    ] {
        assert_eq!(answer.header("cache-control"), "no-store", "{what}");
        assert_eq!(answer.header("etag"), "", "{what}");
    }
}

async fn an_operation_says_what_it_costs(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let query =
        "query($id: ID!, $n: Int) { nominees(campaignId: $id, first: $n) { nodes { id number } } }";
    let id = sample.campaign_id();
    for (n, cost) in [(json!(3), 20 + 1 + 3 * 3), (json!(null), 20 + 1 + 20 * 3)] {
        let mut body = json!({"query": query, "variables": {"id": id, "n": n}});
        assert_eq!(
            post(app.anonymous(), body.clone())
                .await
                .body
                .get("extensions"),
            None
        );
        body["extensions"] = json!({"cost": true});
        let shown = &post(app.anonymous(), body.clone()).await.body["extensions"];
        assert_eq!(
            *shown,
            json!({"cost": {"operation": cost, "max": 5_000 + 10 * 36}})
        );
        body["extensions"] = json!({"cost": false});
        assert_eq!(
            post(app.anonymous(), body).await.body.get("extensions"),
            None
        );
    }
}

async fn an_operation_is_charged_to_its_caller(stores: Stores) {
    // The document costs 100 once, the operation 21 each time; nothing comes back while the test runs.
    let rate = |burst| Rate {
        per_second: 0.21,
        burst,
    };
    let app = TestApp::builder(&stores).with_limits(|limits| {
        limits.query = rate(5 * 21);
        limits.staff = rate(7 * 21);
        limits.anonymous_query = rate(100 + 3 * 21);
    });
    let app = app.start().await;
    let (voter, other) = (app.voter(), app.voter());
    let ask = async |client: &TestClient| client.post(TIME, json!({})).await;
    for _ in 0..3 {
        assert_eq!(ask(app.anonymous()).await.status(), 200);
    }
    let limited = ask(app.anonymous()).await;
    assert_eq!(limited.status(), 429);
    assert_eq!(
        limited.headers()["ratelimit-policy"],
        "\"anonymous-query\";q=163;w=777"
    );
    assert_is_limited(limited, "anonymous-query").await;
    for client in [&voter, &other] {
        for _ in 0..5 {
            assert_eq!(ask(client).await.status(), 200, "each has its own");
        }
        assert_is_limited(ask(client).await, "query").await;
    }
    for member in [app.staff().await, app.staff().await] {
        for _ in 0..7 {
            assert_eq!(ask(&member).await.status(), 200, "a desk has more");
        }
        assert_is_limited(ask(&member).await, "staff").await;
    }
    // What costs more than anybody can have takes all.
    let dear = app.voter();
    let query = "{ stories(first: 100) { nodes { id } } }";
    // The first who sends a document pays for its preparation, too.
    let first = app.voter().post(query, json!({})).await;
    assert_eq!(first.status(), 429);
    let answer = dear.post(query, json!({})).await;
    assert_eq!(answer.status(), 200);
    assert_is_limited(ask(&dear).await, "query").await;
}

async fn a_page_that_a_variable_makes_too_large_is_refused(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let query = "query($id: ID!, $n: Int) { nominees(campaignId: $id, first: 100) { nodes { stories(first: $n) { nodes { id } } } } }";
    let id = sample.campaign_id();
    for (n, status) in [(10, 200), (100, 400)] {
        let body = json!({"query": query, "variables": {"id": id, "n": n}});
        let answer = post(app.anonymous(), body).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        if status == 400 {
            answer.assert_refused(400, "QUERY_TOO_COMPLEX");
        }
    }
}

async fn searches_are_paid_by_the_roster(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let mut sample = app.sample().await;
    let lists: Vec<String> = (0..15)
        .map(|n| format!("a{n}: nominees(first: 1, search: \"x{n}\") {{ totalCount }}"))
        .collect();
    let lists = lists.join(" ");
    let query =
        format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Campaign {{ {lists} }} }} }}");
    let variables = json!({"ids": vec![sample.campaign_id(); 100]});
    app.anonymous().ask(&query, variables.clone()).await;
    sample.grow(&app.database, 400).await;
    app.refresh().await;
    let code = app.anonymous().fail(&query, variables).await;
    assert_eq!(code, "QUERY_TOO_COMPLEX", "1,500 searches of 400 nominees");
}
