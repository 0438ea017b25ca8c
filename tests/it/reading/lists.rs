//! The lists of the API in a campaign of ten thousand nominees.

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;

use acclaim::app::Client;
use acclaim::auth::Viewer;
use acclaim::domain::turnout::ClientKind;
use acclaim::graphql::RequestContext;
use acclaim::graphql::document::{Documents, Policy};
use acclaim::graphql::messages::Language;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition};
use futures_util::StreamExt as _;
use futures_util::future::join;
use serde_json::{Value, json};

use super::{flags, page};
use crate::harness::{Stores, TestApp};
use crate::list_fields::LIST_FIELDS;

const NOMINEES: i64 = 10_000;

/// The list fields of the types that are read, as `Type.field`: what payloads list was asked for in their input.
fn list_fields() -> HashSet<String> {
    let sdl = acclaim::graphql::sdl();
    let document = async_graphql::parser::parse_schema(sdl).expect("our own SDL");
    let is_list = |ty: &Type| match &ty.base {
        BaseType::List(_) => true,
        BaseType::Named(name) => name.ends_with("Connection"),
    };
    let mut fields = HashSet::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let name = definition.node.name.node;
        if ["Payload", "Connection", "Error"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            continue;
        }
        if let TypeKind::Object(object) = definition.node.kind {
            for field in object.fields {
                if is_list(&field.node.ty.node) {
                    fields.insert(format!("{name}.{}", field.node.name.node));
                }
            }
        }
    }
    fields
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_read_in_a_campaign_of_ten_thousand() {
    let known: HashSet<String> = LIST_FIELDS
        .iter()
        .map(|(path, _)| (*path).to_owned())
        .collect();
    assert_eq!(
        list_fields(),
        known,
        "each list has an operation in list_fields.rs"
    );
    let stores = Stores::embedded();
    let app = TestApp::start(&stores).await;
    let mut sample = app.sample().await;
    sample.grow(&app.database, NOMINEES).await;
    app.refresh().await;
    let nominees: Vec<String> = (0..100).map(|index| sample.nominee_id(index)).collect();
    let all = json!({"campaign": sample.campaign_id(), "category": sample.category_id(0), "nominees": nominees,
        "campaigns": vec![sample.campaign_id(); 100]});
    let (voter, owner) = (app.voter(), app.staff().await);
    for (path, query) in LIST_FIELDS {
        let used = |name: &&String| query.contains(&format!("${name}:"));
        let names = all.as_object().expect("an object").keys().filter(used);
        let variables: Value = names
            .map(|name| (name.clone(), all[name].clone()))
            .collect();
        let is_of_the_desk = query.contains("organisation") || query.contains("desk");
        let client = if is_of_the_desk { &owner } else { &voter };
        let data = client.ask(query, variables).await;
        assert!(!data.is_null(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_is_walked_to_its_end_both_ways() {
    let stores = Stores::embedded();
    let app = TestApp::start(&stores).await;
    let mut sample = app.sample().await;
    sample.grow(&app.database, 1_000).await;
    app.refresh().await;
    for index in [500, 7, 500] {
        app.voter()
            .vote(&sample.nominee_id(index))
            .await
            .expect_counted();
    }
    app.publish_tallies().await;
    let category = sample.category_id(2);
    for (order, category, search, expected) in [
        ("NUMBER", Value::Null, Value::Null, 1_000),
        ("NUMBER", json!(category), Value::Null, 976),
        ("VOTES", Value::Null, Value::Null, 1_000),
        ("VOTES", json!(category), json!("company 3"), 195),
        ("SHUFFLED", Value::Null, Value::Null, 1_000),
        ("SHUFFLED", json!(category), json!("company 3"), 195),
    ] {
        let variables = json!({"campaign": sample.campaign_id(), "category": category, "search": search,
            "order": order});
        let forwards = walk(&app, &variables, "first", "after").await;
        assert_eq!(forwards.len(), expected, "{order} {category} {search}");
        assert_eq!(
            forwards.iter().collect::<HashSet<_>>().len(),
            expected,
            "{order}: nobody twice"
        );
        let mut backwards = walk(&app, &variables, "last", "before").await;
        backwards.reverse();
        assert_eq!(forwards, backwards, "{order} {category} {search}");
        if order == "VOTES" && category.is_null() {
            assert_eq!(forwards[..3], [501, 8, 1]);
        }
    }
}

/// Whether an operation that waits for nothing lets others have a turn, by itself and as it is executed for a socket.
async fn lets_others_go_on(documents: &Documents, query: &str, variables: Value) -> bool {
    let by_itself = is_interrupted(documents, query, variables.clone(), false).await;
    let for_socket = is_interrupted(documents, query, variables, true).await;
    assert_eq!(by_itself, for_socket, "{query}");
    by_itself
}

async fn is_interrupted(
    documents: &Documents,
    query: &str,
    variables: Value,
    for_socket: bool,
) -> bool {
    let requester = RequestContext {
        viewer: Viewer::Anonymous,
        client: Client {
            address: [192, 0, 2, 1].into(),
            user_agent: None,
            device_id: None,
            kind: ClientKind::Other,
        },
        language: Language::default(),
    };
    let params = serde_json::from_value(json!({"query": query, "variables": variables}));
    let found = documents.find(params.expect("good"), &requester).await;
    let executable = found.unwrap_or_else(|errors| panic!("{errors:?}"));
    let is_done = Cell::new(false);
    let execution = async {
        let response = if for_socket {
            let mut responses = documents.execute_stream(executable);
            responses.next().await.expect("one response")
        } else {
            documents.execute(executable).await.0
        };
        assert!(response.errors.is_empty(), "{:?}", response.errors);
        is_done.set(true);
    };
    // They are polled in this order.
    let ((), was_done) = join(execution, async { is_done.get() }).await;
    !was_done
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dear_is_executed_apart() {
    let stores = Stores::embedded();
    let app = TestApp::start(&stores).await;
    let mut sample = app.sample().await;
    sample.grow(&app.database, 1_000).await;
    app.refresh().await;
    let documents = Documents::new(Arc::clone(app.inner()), Policy::Open).await;
    let documents = documents.expect("documents");
    let tally =
        "query($id: ID!) { campaign(id: $id) { tally { version entries { rank votes } } } }";
    let variables = json!({"id": sample.campaign_id()});
    // Read once, the tally is in memory.
    is_interrupted(&documents, tally, variables.clone(), false).await;
    assert!(lets_others_go_on(&documents, tally, variables.clone()).await);
    let small = "query($id: ID!) { campaign(id: $id) { tally { version } } }";
    assert!(!lets_others_go_on(&documents, small, variables.clone()).await);
    // A search is not dear, but lets others have their turn on its way.
    let search =
        "query($id: ID!) { nominees(campaignId: $id, first: 1, search: \"x\") { totalCount } }";
    assert!(lets_others_go_on(&documents, search, variables).await);
}

/// The numbers of all nominees of a list, a page after the other; those of a page backwards, if it goes backwards.
async fn walk(app: &TestApp, variables: &Value, size: &str, from: &str) -> Vec<i64> {
    let query = format!(
        "query($campaign: ID!, $category: ID, $search: String, $order: NomineeOrder!, $from: String) {{
            list: nominees(campaignId: $campaign, category: $category, search: $search, orderBy: $order, seed: \"s\",
                {size}: 70, {from}: $from) {{
                nodes {{ number }} pageInfo {{ startCursor endCursor hasPreviousPage hasNextPage }} }} }}"
    );
    let is_backwards = size == "last";
    let (mut numbers, mut variables) = (Vec::new(), variables.clone());
    loop {
        let list = page(app.anonymous(), &query, &variables).await;
        let nodes = list["nodes"].as_array().expect("a list").iter();
        let mut read: Vec<i64> = nodes
            .map(|node| node["number"].as_i64().expect("a number"))
            .collect();
        let (has_previous, has_next) = flags(&list);
        let (has_more, cursor) = if is_backwards {
            read.reverse();
            (has_previous, "startCursor")
        } else {
            (has_next, "endCursor")
        };
        numbers.extend(read);
        variables["from"] = list["pageInfo"][cursor].clone();
        if !has_more {
            return numbers;
        }
        assert!(numbers.len() <= 1_000, "a list has an end");
    }
}
