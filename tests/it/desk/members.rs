//! Members, their roles and invitations, and the log of what was done.

use acclaim::domain::access::StaffRole;
use acclaim::domain::campaign::TallyVisibility;
use acclaim::graphql::node_id::GlobalId;
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{ACCEPT, INVITE, PASSWORD, change, invite, organisation, sample_id, sign_up};
use crate::deadlines::{in_time, until};
use crate::harness::{Stores, TestApp, TestClient, global, on_both};

on_both!(
    an_invitation_is_good_once_and_for_a_week,
    an_account_may_belong_to_several_organisations,
    the_last_owner_stays,
    owners_who_leave_at_once_leave_one,
    a_role_that_is_revoked_ends_subscriptions,
    the_log_tells_what_was_done_and_stays,
    of_two_edits_of_one_state_the_second_is_shown_the_first,
);

const GRANT: &str = "mutation($input: GrantRoleInput!) { grantRole(input: $input) {
    membership { role staff { id email } } userErrors { code } } }";
const REVOKE: &str = "mutation($input: RevokeRoleInput!) { revokeRole(input: $input) {
    organisation { members { role } } userErrors { code } } }";
const UPDATE: &str =
    "mutation($input: UpdateOrganisationInput!) { updateOrganisation(input: $input) {
    organisation { name editRevision requiresSecondFactor } userErrors { code path } } }";
const LOG: &str = "query($id: ID, $after: String, $action: String) { organisation(id: $id) {
    auditEvents(first: 2, after: $after, action: $action) {
        nodes { id at actorName actorRole actorKind action subjectLabel subject { id } changes { field before after } }
        pageInfo { hasNextPage endCursor } } } }";
const EMAIL: &str = "ma@lan.example";

fn staff_id(client: &TestClient) -> String {
    global(GlobalId::Staff(client.viewer().staff().expect("staff")))
}

async fn accept(app: &TestApp, token: &str, password: &str) -> Value {
    let input = json!({"token": token, "name": "Ma Lan", "password": password});
    let accepted = change(app.anonymous(), ACCEPT, input).await;
    match accepted["userErrors"][0]["code"].clone() {
        Value::Null => accepted["accepted"].clone(),
        code => code,
    }
}

async fn an_invitation_is_good_once_and_for_a_week(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let token = invite(&app, EMAIL, "ORGANISER").await;
    assert_eq!(accept(&app, &token, "too short").await, "WEAK_PASSWORD");
    let last = if token.ends_with('A') { "B" } else { "A" };
    let forged = format!("{}{last}", &token[..token.len() - 1]);
    for unknown in [forged.as_str(), "", &"A".repeat(5_000)] {
        assert_eq!(accept(&app, unknown, PASSWORD).await, "INVITATION_INVALID");
    }
    // Two taps at once make one member.
    let taps = join_all((0..2).map(|_| accept(&app, &token, PASSWORD))).await;
    assert!(taps.contains(&json!(true)), "{taps:?}");
    assert_eq!(accept(&app, &token, PASSWORD).await, "INVITATION_INVALID");
    let members = "SELECT COUNT(*) FROM membership WHERE role = 'ORGANISER'";
    assert_eq!(stores.count(members).await, 1);
    let late = invite(&app, "late@example.com", "EDITOR").await;
    app.advance(TimeDelta::days(7));
    assert_eq!(accept(&app, &late, PASSWORD).await, "INVITATION_INVALID");
    // Who is a member is not invited again.
    let owner = app.staff().await;
    let input = json!({"organisationId": sample_id(&app).await, "email": " MA@lan.example ", "role": "OWNER"});
    change(&owner, INVITE, input)
        .await
        .expect_refused("ALREADY_MEMBER");
    for junk in ["", "nobody", "a@b@c", "a b@c", "@"] {
        let input =
            json!({"organisationId": sample_id(&app).await, "email": junk, "role": "OWNER"});
        change(&owner, INVITE, input)
            .await
            .expect_refused("INVALID_EMAIL");
    }
}

async fn an_account_may_belong_to_several_organisations(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let member = sign_up(&app, "sample", EMAIL, "EDITOR").await;
    let other = organisation(&app, "other").await;
    let owner = app.member_of(other, StaffRole::Owner).await;
    let input = json!({"organisationId": global(GlobalId::Organisation(other)), "email": EMAIL, "role": "AUDITOR"});
    let invited = change(&owner, INVITE, input).await.expect_counted();
    let token = invited["token"].as_str().expect("a secret");
    app.advance(TimeDelta::seconds(1));
    // The invitation alone gives nobody the account.
    assert_eq!(
        accept(&app, token, "not her hunter2 one").await,
        "INVALID_CREDENTIALS"
    );
    assert_eq!(accept(&app, token, PASSWORD).await, json!(true));
    app.refresh().await;
    let query = "{ viewer { memberships { role organisation { slug } } } organisations { slug members { role } } }";
    let data = member.client.ask(query, json!({})).await;
    let expected = json!([
        {"role": "AUDITOR", "organisation": {"slug": "other"}},
        {"role": "EDITOR", "organisation": {"slug": "sample"}},
    ]);
    assert_eq!(data["viewer"]["memberships"], expected);
    // An auditor sees all members, an editor itself.
    let expected = json!([
        {"slug": "other", "members": [{"role": "OWNER"}, {"role": "AUDITOR"}]},
        {"slug": "sample", "members": [{"role": "EDITOR"}]},
    ]);
    assert_eq!(data["organisations"], expected);
}

async fn the_last_owner_stays(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let id = organisation(&app, "one").await;
    let organisation_id = global(GlobalId::Organisation(id));
    let owner = app.member_of(id, StaffRole::Owner).await;
    let own = json!({"organisationId": organisation_id, "staffId": staff_id(&owner)});
    change(&owner, REVOKE, own.clone())
        .await
        .expect_refused("LAST_OWNER");
    let mut lower = own.clone();
    lower["role"] = json!("AUDITOR");
    change(&owner, GRANT, lower.clone())
        .await
        .expect_refused("LAST_OWNER");
    let second = app.member_of(id, StaffRole::Organiser).await;
    let input =
        json!({"organisationId": organisation_id, "staffId": staff_id(&second), "role": "OWNER"});
    let raised = change(&owner, GRANT, input).await.expect_counted();
    assert_eq!(raised["membership"]["role"], "OWNER");
    change(&owner, REVOKE, own).await.expect_counted();
    // Out at once, for the process that was asked.
    assert_eq!(
        owner.fail(GRANT, json!({"input": lower})).await,
        "NOT_FOUND"
    );
}

/// Two owners who leave at the same moment on two processes: one stays.
async fn owners_who_leave_at_once_leave_one(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let other = TestApp::start(&stores).await;
    for round in 0..5 {
        let id = organisation(&app, &format!("round-{round}")).await;
        let organisation_id = global(GlobalId::Organisation(id));
        let owners = [
            app.member_of(id, StaffRole::Owner).await,
            app.member_of(id, StaffRole::Owner).await,
        ];
        let leave = async |client: &TestClient, app: &TestApp| {
            let input = json!({"organisationId": organisation_id, "staffId": staff_id(client)});
            let payload = change(&client.at(app), REVOKE, input).await;
            payload["userErrors"][0]["code"].clone()
        };
        let (one, two) = tokio::join!(leave(&owners[0], &app), leave(&owners[1], &other));
        let refused = [&one, &two]
            .iter()
            .filter(|code| ***code == "LAST_OWNER")
            .count();
        assert_eq!(refused, 1, "{one} {two}");
    }
}

async fn a_role_that_is_revoked_ends_subscriptions(stores: Stores) {
    let app = TestApp::builder(&stores).with_workers().start().await;
    let sample = app
        .sample_with(|campaign| campaign.tally_visibility = TallyVisibility::StaffOnly)
        .await;
    let auditor = app.member(StaffRole::Auditor).await;
    let owner = app.staff().await;
    let mut socket = auditor.socket().await;
    let query = "subscription($id: ID!) { tallyChanged(campaignId: $id) { version } }";
    socket
        .subscribe("1", query, json!({"id": sample.campaign_id()}))
        .await;
    socket.data("1").await;
    // Nobody votes: it ends all the same.
    let input = json!({"organisationId": sample_id(&app).await, "staffId": staff_id(&auditor)});
    change(&owner, REVOKE, input).await.expect_counted();
    let ended = in_time("the end of the subscription", socket.next()).await;
    assert_eq!(ended["type"], "complete", "{ended}");
    let query = "query($id: ID!) { campaign(id: $id) { tally { version } } }";
    until("the tally is hidden", async || {
        let data = auditor
            .ask(query, json!({"id": sample.campaign_id()}))
            .await;
        data["campaign"]["tally"].is_null().then_some(())
    })
    .await;
    app.stop().await;
}

async fn the_log_tells_what_was_done_and_stays(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let owner = app.staff().await;
    let member = sign_up(&app, "sample", EMAIL, "EDITOR").await;
    let id = sample_id(&app).await;
    let data = member.client.ask("{ viewer { id } }", json!({})).await;
    let input = json!({"organisationId": id, "staffId": data["viewer"]["id"], "role": "AUDITOR"});
    change(&owner, GRANT, input).await.expect_counted();
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = owner.ask(LOG, json!({"id": id, "after": after})).await;
        let page = &data["organisation"]["auditEvents"];
        seen.extend(page["nodes"].as_array().expect("a page").clone());
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let newest = &seen[0];
    assert_eq!(newest["action"], "member.grantRole");
    assert_eq!(newest["subjectLabel"], "Ma Lan");
    assert_eq!(newest["actorRole"], "OWNER");
    let expected = json!([{"field": "role", "before": "EDITOR", "after": "AUDITOR"}]);
    assert_eq!(newest["changes"], expected);
    let actions: Vec<_> = seen
        .iter()
        .filter_map(|event| event["action"].as_str())
        .collect();
    assert_eq!(
        actions[1..3],
        ["invitation.accept", "invitation.create"],
        "{actions:?}"
    );
    assert_eq!(actions.last(), Some(&"organisation.create"), "{actions:?}");
    let first = seen.last().expect("an event");
    assert_eq!(first["actorKind"], "OPERATOR");
    assert_eq!(first["subject"]["id"], json!(id));
    let data = owner
        .ask(LOG, json!({"id": id, "action": "invitation.accept"}))
        .await;
    let found = data["organisation"]["auditEvents"]["nodes"].as_array();
    assert_eq!(found.map(Vec::len), Some(1));
    for statement in [
        "UPDATE audit_event SET action = 'nothing'",
        "DELETE FROM audit_event",
        "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event",
        "TRUNCATE audit_event",
    ] {
        assert!(stores.try_execute(statement).await.is_err(), "{statement}");
    }
    let events = i64::try_from(seen.len()).expect("few");
    assert_eq!(
        stores.count("SELECT COUNT(*) FROM audit_event").await,
        events
    );
}

async fn of_two_edits_of_one_state_the_second_is_shown_the_first(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let other = TestApp::start(&stores).await;
    let owner = app.staff().await;
    let id = sample_id(&app).await;
    let edit = async |app: &TestApp, name: &str, revision: i64| {
        let input = json!({"organisationId": id, "expectedRevision": revision, "name": name});
        change(&owner.at(app), UPDATE, input).await
    };
    let first = edit(&app, " 省科协 ", 1).await.expect_counted();
    let expected = json!({"name": "省科协", "editRevision": 2, "requiresSecondFactor": false});
    assert_eq!(first["organisation"], expected);
    let second = edit(&other, "Another", 1)
        .await
        .expect_refused("STALE_OBJECT");
    assert_eq!(second["organisation"], expected);
    // What changes nothing is no edit.
    let same = edit(&other, "省科协", 2).await.expect_counted();
    assert_eq!(same["organisation"], expected);
    for junk in ["", " ", "a\u{7}", &"长".repeat(201)] {
        edit(&app, junk, 2).await.expect_refused("INVALID_NAME");
    }
}
