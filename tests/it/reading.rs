//! Reading: lists and their pages, the feed, tallies, nodes, what depends on the viewer, and what a page costs.

mod campaigns;
mod feed;
mod imports;
mod lists;
mod nodes;
mod nominees;
mod shape;
mod statements;
mod tallies;
mod unreadable;

use serde_json::{Value, json};

use crate::harness::TestClient;

/// A list has an end: no walk of these tests takes more pages.
const PAGES_MAX: usize = 100;

/// `variables`, with those of `more` added or replaced.
fn with(variables: &Value, more: &Value) -> Value {
    let mut all = variables.clone();
    for (name, value) in more.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    all
}

/// The values of one field of the nodes of a list.
fn column(list: &Value, field: &str) -> Vec<Value> {
    let nodes = list["nodes"].as_array().expect("a list");
    nodes.iter().map(|node| node[field].clone()).collect()
}

/// Whether there are entries before and after a page.
fn flags(list: &Value) -> (bool, bool) {
    let flag = |name: &str| list["pageInfo"][name].as_bool().expect("a flag");
    (flag("hasPreviousPage"), flag("hasNextPage"))
}

/// A page of the list that `query` names `list`.
async fn page(client: &TestClient, query: &str, variables: &Value) -> Value {
    client.ask(query, variables.clone()).await["list"].take()
}

/// One field of all nodes of the list that `query` names `list`, read in pages of `size` from its beginning to its end.
async fn walk(
    client: &TestClient,
    query: &str,
    variables: &Value,
    (size, field): (usize, &str),
) -> Vec<Value> {
    let (mut values, mut after) = (Vec::new(), Value::Null);
    for _ in 0..PAGES_MAX {
        let more = json!({"first": size, "after": after});
        let list = page(client, query, &with(variables, &more)).await;
        values.extend(column(&list, field));
        let (has_previous, has_next) = flags(&list);
        assert_eq!(has_previous, after != Value::Null, "{list}");
        if !has_next {
            return values;
        }
        assert_eq!(column(&list, field).len(), size, "{list}");
        after = list["pageInfo"]["endCursor"].clone();
    }
    panic!("the list has no end: {values:?}");
}

/// The same from the end to the beginning; returned in the order of the list.
async fn walk_back(
    client: &TestClient,
    query: &str,
    variables: &Value,
    (size, field): (usize, &str),
) -> Vec<Value> {
    let (mut values, mut before) = (Vec::new(), Value::Null);
    for _ in 0..PAGES_MAX {
        let more = json!({"last": size, "before": before});
        let list = page(client, query, &with(variables, &more)).await;
        values.splice(0..0, column(&list, field));
        let (has_previous, has_next) = flags(&list);
        assert_eq!(has_next, before != Value::Null, "{list}");
        if !has_previous {
            return values;
        }
        assert_eq!(column(&list, field).len(), size, "{list}");
        before = list["pageInfo"]["startCursor"].clone();
    }
    panic!("the list has no beginning: {values:?}");
}
