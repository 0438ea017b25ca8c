//! Uploads, links and members that lead to no import.

use acclaim::app::uploads::LINK_LIFE as UPLOAD_LIFE;
use acclaim::auth::signed_link::LINK_LIFE;
use acclaim::domain::access::StaffRole;
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::{ImportId, UploadId};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::super::{change, organisation};
use super::{APPLIED, APPLY, CREATE, Office, UPLOAD};
use crate::harness::{Stores, TestClient, global, on_both};

on_both!(
    uploads_that_cannot_be_used_are_refused,
    a_repetition_makes_nothing_new,
    others_do_not_see_it_and_those_without_the_right_change_nothing,
    links_that_are_forged_or_old_lead_nowhere,
);

async fn uploads_that_cannot_be_used_are_refused(stores: Stores) {
    let office = Office::open(&stores).await;
    let create = async |client: &TestClient, upload: &str| {
        change(client, CREATE, office.input(upload)).await
    };
    let organiser = &office.organiser;
    let (not_sent, _) = office.link(organiser, 3).await;
    let unknown = global(GlobalId::Upload(UploadId::new()));
    create(organiser, &not_sent)
        .await
        .expect_refused("UPLOAD_NOT_RECEIVED");
    create(organiser, &unknown)
        .await
        .expect_refused("UPLOAD_NOT_FOUND");
    // That of a colleague, who may do the same, is not there.
    let owner = office
        .app
        .member_of(office.organisation_id, StaffRole::Owner)
        .await;
    let upload = office.upload(organiser, "x").await;
    create(&owner, &upload)
        .await
        .expect_refused("UPLOAD_NOT_FOUND");
    create(organiser, &upload).await.expect_counted();
    create(organiser, &upload)
        .await
        .expect_refused("UPLOAD_USED");
    // Nor is a picture a sheet.
    let organisation = global(GlobalId::Organisation(office.organisation_id));
    let input = json!({"organisationId": organisation, "purpose": "PICTURE", "bytes": 3});
    let picture = change(organiser, UPLOAD, input).await.expect_counted();
    let picture = picture["upload"]["id"].as_str().expect("an id").to_owned();
    create(organiser, &picture)
        .await
        .expect_refused("UPLOAD_NOT_FOUND");
    office.app.advance(UPLOAD_LIFE);
    create(organiser, &not_sent)
        .await
        .expect_refused("UPLOAD_EXPIRED");
    assert_eq!(stores.count("SELECT COUNT(*) FROM import_job").await, 1);
}

async fn a_repetition_makes_nothing_new(stores: Stores) {
    let office = Office::open(&stores).await;
    let upload = office.upload(&office.organiser, office.good()).await;
    let input = office.input(&upload);
    let (one, two) = tokio::join!(
        change(&office.organiser, CREATE, input.clone()),
        change(&office.organiser, CREATE, input.clone()),
    );
    let ids = [one, two].map(|payload| payload.expect_counted()["import"]["id"].clone());
    assert_eq!(ids[0], ids[1]);
    assert_eq!(stores.count("SELECT COUNT(*) FROM import_job").await, 1);
    let mut other = input;
    other["uploadId"] = json!(office.upload(&office.organiser, "x").await);
    let reused = change(&office.organiser, CREATE, other).await;
    reused.expect_refused("IDEMPOTENCY_KEY_REUSED");
}

async fn others_do_not_see_it_and_those_without_the_right_change_nothing(stores: Stores) {
    let office = Office::open(&stores).await;
    let (id, _) = office.import(office.good()).await;
    let upload = office.upload(&office.organiser, office.good()).await;
    let member = async |role| office.app.member_of(office.organisation_id, role).await;
    let (editor, auditor) = (
        member(StaffRole::Editor).await,
        member(StaffRole::Auditor).await,
    );
    let other = organisation(&office.app, "other").await;
    let stranger = office.app.member_of(other, StaffRole::Owner).await;
    let voter = office.app.voter();
    let list = "query($id: ID!) { campaign(id: $id) { desk { imports { nodes { id } } } } }";
    for (client, sees) in [
        (&office.organiser, true),
        (&auditor, true),
        (&editor, false),
        (&stranger, false),
        (&voter, false),
    ] {
        let found = client
            .ask(
                "query($id: ID!) { node(id: $id) { id } }",
                json!({"id": id}),
            )
            .await;
        assert_eq!(found["node"].is_object(), sees);
        let listed = client
            .ask(list, json!({"id": office.sample.campaign_id()}))
            .await;
        let listed = &listed["campaign"]["desk"]["imports"]["nodes"];
        assert_eq!(listed.as_array().is_some_and(|list| !list.is_empty()), sees);
    }
    let create = json!({"input": office.input(&upload)});
    let apply = json!({"input": {"importId": id, "expectedRevision": 1}});
    for (client, code) in [
        (&editor, "FORBIDDEN"),
        (&auditor, "FORBIDDEN"),
        (&stranger, "NOT_FOUND"),
        (&voter, "FORBIDDEN"),
        (office.app.anonymous(), "UNAUTHENTICATED"),
    ] {
        assert_eq!(client.fail(CREATE, create.clone()).await, code);
        assert_eq!(client.fail(APPLY, apply.clone()).await, code);
    }
    assert_eq!(stores.count(APPLIED).await, 0);
    let refused = "SELECT COUNT(*) FROM audit_event WHERE action = 'access.refused'";
    assert_eq!(stores.count(refused).await, 4);
    // An organiser of elsewhere cannot aim at a campaign of here, nor is an absent import told from a foreign one.
    let absent = global(GlobalId::Import(ImportId::new()));
    let absent = json!({"input": {"importId": absent, "expectedRevision": 1}});
    let message = async |variables: &Value| {
        stranger.send(APPLY, variables.clone()).await["errors"][0]["message"].clone()
    };
    assert_eq!(message(&absent).await, message(&apply).await);
}

async fn links_that_are_forged_or_old_lead_nowhere(stores: Stores) {
    let office = Office::open(&stores).await;
    let (_, import) = office.import("编号,类别,姓名,单位\nx,x,x,x\n").await;
    let path = import["annotatedFileUrl"].as_str().expect("a link");
    let get = async |path: &str| {
        let response = office.app.http().get(office.app.url(path)).send().await;
        response.expect("an answer")
    };
    let token = path.trim_start_matches("/desk/imports/");
    assert_eq!(get(path).await.status(), StatusCode::OK);
    let statements = office.app.database.statements();
    for forged in [
        format!("{}AA", &token[..token.len() - 2]),
        format!("A{}", &token[1..]),
        token[1..].to_owned(),
        "..%2fx".to_owned(),
    ] {
        if forged == token {
            continue;
        }
        let response = get(&format!("/desk/imports/{forged}")).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{forged}");
    }
    office.app.advance(LINK_LIFE);
    let response = get(path).await;
    assert_eq!(response.status(), StatusCode::GONE);
    let body: Value = response.json().await.expect("JSON");
    assert_eq!(body["code"], "LINK_EXPIRED");
    assert_eq!(
        office.app.database.statements(),
        statements,
        "they cost no statement"
    );
}
