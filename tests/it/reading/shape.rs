//! The shape of responses, to the letter: fields in the order of the request, nulls that rise to the nearest field that
//! may be null, errors with their paths.

use serde_json::json;

use crate::harness::{Stores, TestApp, on_both};

on_both!(
    fields_come_in_the_order_of_the_request,
    a_null_rises_to_the_nearest_field_that_may_be_null,
);

/// The body of an answer as it was sent, positions of errors left out.
async fn text(app: &TestApp, query: &str, variables: serde_json::Value) -> String {
    let body = json!({"query": query, "variables": variables});
    let request = app.http().post(app.url("/graphql")).json(&body);
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    let text = response.text().await.expect("a text");
    let mut parts = text.split(",\"locations\":[");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.split_once(']').expect("a list ends").1);
    }
    kept
}

async fn fields_come_in_the_order_of_the_request(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (slug, title) = (&sample.campaign.slug, &sample.campaign.title);
    let query = "query($slug: String!) { z: serverTime campaign(slug: $slug) { title slug ...F title
        categories { name key } a: slug } serverTime __typename }
        fragment F on Campaign { summary ... on Campaign { timeZone rules { votesPerPeriod period } } title }";
    let categories: Vec<String> = (0..3)
        .map(|n| {
            let category = &sample.categories[n];
            let shape = app.campaigns.catalog();
            let roster = shape
                .find(sample.campaign.id, acclaim::auth::Viewer::Anonymous)
                .expect("it is there");
            let index = roster.category_index(*category).expect("it is there");
            let found = &roster.categories()[index];
            format!(r#"{{"name":"{}","key":"{}"}}"#, found.name, found.key)
        })
        .collect();
    let expected = format!(
        r#"{{"data":{{"z":"2022-10-25T04:00:00.000Z","campaign":{{"title":"{title}","slug":"{slug}","summary":"A sample.","timeZone":"Asia/Shanghai","rules":{{"votesPerPeriod":3,"period":"DAY"}},"categories":[{}],"a":"{slug}"}},"serverTime":"2022-10-25T04:00:00.000Z","__typename":"Query"}}}}"#,
        categories.join(",")
    );
    assert_eq!(text(&app, query, json!({"slug": slug})).await, expected);
}

async fn a_null_rises_to_the_nearest_field_that_may_be_null(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let id = sample.campaign_id();
    let nominee = sample.nominee_id(0);
    let bad = r#""message":"first must be 1 to 100.""#;
    let code = r#""extensions":{"code":"BAD_USER_INPUT"}"#;
    // Campaign.nominees has no null: the campaign, which has, is null. What stands beside it stays.
    let query = "query($id: ID!) { a: serverTime campaign(id: $id) { slug nominees(first: 0) { totalCount } }
        b: campaign(id: $id) { timeZone } }";
    let expected = format!(
        r#"{{"errors":[{{{bad},"path":["campaign","nominees"],{code}}}],"data":{{"a":"2022-10-25T04:00:00.000Z","campaign":null,"b":{{"timeZone":"Asia/Shanghai"}}}}}}"#
    );
    assert_eq!(text(&app, query, json!({"id": id})).await, expected);
    // An entry of a list of nullable entries is null alone; the path names it by its index.
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Campaign { s: nominees(first: 0) { totalCount } }
        ... on Nominee { number } } }";
    let expected = format!(
        r#"{{"errors":[{{{bad},"path":["nodes",1,"s"],{code}}}],"data":{{"nodes":[{{"number":1}},null,{{"number":1}}]}}}}"#
    );
    let ids = json!({"ids": [nominee, id, nominee]});
    assert_eq!(text(&app, query, ids).await, expected);
    // Query.nominees has no null, nor has anything above it.
    let query = "query($id: ID!) { serverTime nominees(campaignId: $id, first: 0) { totalCount } }";
    let expected = format!(r#"{{"errors":[{{{bad},"path":["nominees"],{code}}}],"data":null}}"#);
    assert_eq!(text(&app, query, json!({"id": id})).await, expected);
    // A nullable field is null itself; two failures are two errors.
    let query = "query { a: node(id: \"x\") { id } b: campaign { id } serverTime }";
    let answer = text(&app, query, json!({})).await;
    assert!(
        answer.ends_with(r#""data":{"a":null,"b":null,"serverTime":"2022-10-25T04:00:00.000Z"}}"#),
        "{answer}"
    );
    for path in [r#""path":["a"]"#, r#""path":["b"]"#] {
        assert!(answer.contains(path), "{answer}");
    }
}
