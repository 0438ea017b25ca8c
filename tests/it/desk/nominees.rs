//! Nominees: made, edited, frozen, withdrawn and restored.

use acclaim::domain::access::StaffRole;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::change;
use crate::harness::{Payload, Sample, Stores, TestApp, TestClient, on_both};

on_both!(
    a_nominee_is_made_once_with_the_next_number,
    fields_out_of_bounds_are_named,
    a_freeze_holds_for_the_next_vote,
    a_withdrawn_nominee_is_off_the_list_and_keeps_its_votes,
    a_category_is_fixed_from_the_nominees_first_vote_on,
    of_two_edits_the_second_is_shown_the_first,
);

const FIELDS: &str = "nominee { id number name city status category { id } desk { editRevision } }
    userErrors { code message path }";

async fn run(client: &TestClient, name: &str, input: Value) -> Payload {
    let kind = match name {
        "createNominee" => "CreateNomineeInput",
        "updateNominee" => "UpdateNomineeInput",
        _ => "NomineeStepInput",
    };
    let document = format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ {FIELDS} }} }}");
    change(client, &document, input).await
}

async fn start(stores: &Stores) -> (TestApp, Sample, TestClient) {
    let app = TestApp::start(stores).await;
    let sample = app.sample().await;
    let organiser = app.member(StaffRole::Organiser).await;
    (app, sample, organiser)
}

fn new_nominee(sample: &Sample) -> Value {
    json!({
        "campaignId": sample.campaign_id(), "categoryId": sample.category_id(1),
        "idempotencyKey": Uuid::new_v4(), "name": "李明", "employer": "电力公司",
    })
}

async fn a_nominee_is_made_once_with_the_next_number(stores: Stores) {
    let (app, sample, organiser) = start(&stores).await;
    let input = new_nominee(&sample);
    let made = run(&organiser, "createNominee", input.clone())
        .await
        .expect_counted();
    assert_eq!(made["nominee"]["number"], json!(37));
    let again = run(&organiser, "createNominee", input)
        .await
        .expect_counted();
    assert_eq!(again["nominee"]["id"], made["nominee"]["id"]);
    let next = run(&organiser, "createNominee", new_nominee(&sample)).await;
    assert_eq!(next.expect_counted()["nominee"]["number"], json!(38));
    let mut taken = new_nominee(&sample);
    taken["number"] = json!(5);
    run(&organiser, "createNominee", taken)
        .await
        .expect_refused("NUMBER_TAKEN");
    // It can be voted for at once.
    let id = made["nominee"]["id"].as_str().expect("an id");
    app.voter().vote(id).await.expect_counted();
}

async fn fields_out_of_bounds_are_named(stores: Stores) {
    let (_app, sample, organiser) = start(&stores).await;
    let other = Sample::insert(
        &stores.database(&acclaim::clock::Clock::System).await,
        crate::harness::noon(),
        |_| (),
    )
    .await;
    for (field, value, code) in [
        ("name", json!(""), "INVALID_FIELD"),
        ("name", json!("长".repeat(201)), "INVALID_FIELD"),
        ("employer", json!(" "), "INVALID_FIELD"),
        ("summary", json!("a\u{7}"), "INVALID_FIELD"),
        ("number", json!(0), "INVALID_FIELD"),
        ("number", json!(1_000_000), "INVALID_FIELD"),
        (
            "categoryId",
            json!(other.category_id(0)),
            "CATEGORY_NOT_FOUND",
        ),
    ] {
        let mut input = new_nominee(&sample);
        input[field] = value;
        let refused = run(&organiser, "createNominee", input)
            .await
            .expect_refused(code);
        assert_eq!(refused["userErrors"][0]["path"], json!(["input", field]));
        assert_ne!(refused["userErrors"][0]["message"], "", "{refused}");
    }
    // A name of 200 characters is one.
    let mut input = new_nominee(&sample);
    input["name"] = json!("长".repeat(200));
    run(&organiser, "createNominee", input)
        .await
        .expect_counted();
}

async fn a_freeze_holds_for_the_next_vote(stores: Stores) {
    let (app, sample, organiser) = start(&stores).await;
    let other = TestApp::start(&stores).await;
    let id = sample.nominee_id(0);
    let frozen = run(
        &organiser,
        "freezeNominee",
        json!({"nomineeId": id, "reason": "核查中"}),
    )
    .await;
    assert_eq!(frozen.expect_counted()["nominee"]["status"], "FROZEN");
    // A process that has not heard of it yet finds out by its own batch.
    for app in [&app, &other] {
        let voter = app.voter();
        voter.vote(&id).await.expect_refused("NOMINEE_FROZEN");
        voter
            .vote(&id)
            .without_key()
            .await
            .expect_refused("NOMINEE_FROZEN");
    }
    let twice = run(&organiser, "freezeNominee", json!({"nomineeId": id})).await;
    twice.expect_refused("WRONG_STATE");
    run(&organiser, "unfreezeNominee", json!({"nomineeId": id}))
        .await
        .expect_counted();
    app.voter().vote(&id).await.expect_counted();
    other.voter().vote(&id).await.expect_counted();
}

async fn a_withdrawn_nominee_is_off_the_list_and_keeps_its_votes(stores: Stores) {
    let (app, sample, organiser) = start(&stores).await;
    let id = sample.nominee_id(0);
    app.voter().vote(&id).await.expect_counted();
    let withdrawn = run(&organiser, "withdrawNominee", json!({"nomineeId": id})).await;
    assert_eq!(withdrawn.expect_counted()["nominee"]["status"], "WITHDRAWN");
    let query = "query($id: ID!, $nominee: ID!) { nominee(id: $nominee) { id } campaign(id: $id) {
        nominees { totalCount } tally { countedVotes withdrawnVotes }
        desk { nominees(status: WITHDRAWN) { totalCount nodes { id } } } } }";
    let variables = json!({"id": sample.campaign_id(), "nominee": id});
    app.publish_tallies().await;
    let data = app.anonymous().ask(query, variables.clone()).await;
    let expected = json!({"nominee": null, "campaign": {"nominees": {"totalCount": 35},
        "tally": {"countedVotes": 1, "withdrawnVotes": 1}, "desk": null}});
    assert_eq!(data, expected);
    let data = organiser.ask(query, variables).await;
    let expected = json!({"totalCount": 1, "nodes": [{"id": id}]});
    assert_eq!(data["campaign"]["desk"]["nominees"], expected);
    app.voter()
        .vote(&id)
        .await
        .expect_refused("NOMINEE_NOT_FOUND");
    run(&organiser, "restoreNominee", json!({"nomineeId": id}))
        .await
        .expect_counted();
    app.voter().vote(&id).await.expect_counted();
}

async fn a_category_is_fixed_from_the_nominees_first_vote_on(stores: Stores) {
    let (app, sample, organiser) = start(&stores).await;
    let later = app.clock.now() - TimeDelta::hours(1);
    sample
        .insert_story(&app.database, Some(0), "A story", later)
        .await;
    let edit = |index: usize, revision: i64| json!({"nomineeId": sample.nominee_id(index), "expectedRevision": revision, "categoryId": sample.category_id(1)});
    let moved = run(&organiser, "updateNominee", edit(0, 1))
        .await
        .expect_counted();
    assert_eq!(
        moved["nominee"]["category"]["id"],
        json!(sample.category_id(1))
    );
    // Its stories go with it.
    let query = "query($id: ID!, $category: ID!) { stories(campaignId: $id, category: $category) { nodes { title } } }";
    let variables = json!({"id": sample.campaign_id(), "category": sample.category_id(1)});
    let data = app.anonymous().ask(query, variables).await;
    assert_eq!(data["stories"]["nodes"], json!([{"title": "A story"}]));
    app.voter()
        .vote(&sample.nominee_id(1))
        .await
        .expect_counted();
    let fixed = run(&organiser, "updateNominee", edit(1, 1)).await;
    fixed.expect_refused("FIXED_AFTER_FIRST_VOTE");
}

async fn of_two_edits_the_second_is_shown_the_first(stores: Stores) {
    let (_app, sample, organiser) = start(&stores).await;
    let other = TestApp::start(&stores).await;
    let edit = |city: &str| json!({"nomineeId": sample.nominee_id(0), "expectedRevision": 1, "city": city});
    run(&organiser, "updateNominee", edit("杭州"))
        .await
        .expect_counted();
    let second = run(&organiser.at(&other), "updateNominee", edit("宁波")).await;
    let second = second.expect_refused("STALE_OBJECT");
    assert_eq!(second["nominee"]["city"], "杭州");
    assert_eq!(second["nominee"]["desk"]["editRevision"], json!(2));
    // An empty text is none.
    let input = json!({"nomineeId": sample.nominee_id(0), "expectedRevision": 2, "city": ""});
    let cleared = run(&organiser, "updateNominee", input)
        .await
        .expect_counted();
    assert_eq!(cleared["nominee"]["city"], Value::Null);
}
