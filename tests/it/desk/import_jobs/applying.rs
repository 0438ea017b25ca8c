//! Applying the plan of an import: once, all of it, and as it was looked at.

use acclaim::ledger::import::job::{self as import_job, Lease};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::change;
use super::{APPLIED, APPLY, CREATE, Office, counts, id_of, look, read_next};
use crate::harness::{Stores, TestApp, on_both};

on_both!(
    applied_twice_at_the_same_moment_it_is_applied_once,
    applying_that_was_cut_off_may_be_repeated,
    a_plan_that_has_changed_is_looked_at_again,
    a_campaign_that_was_published_meanwhile_stays,
    after_the_first_vote_a_new_name_needs_a_reason,
    ten_thousand_rows_are_paged_and_applied,
);

async fn applied_twice_at_the_same_moment_it_is_applied_once(stores: Stores) {
    let office = Office::open(&stores).await;
    let second = TestApp::builder(&stores)
        .with_clock(office.app.clock.clone())
        .start()
        .await;
    let (id, _) = office.import(office.good()).await;
    let input = json!({"importId": id, "expectedRevision": 1});
    let elsewhere = office.organiser.at(&second);
    let (one, two, three) = tokio::join!(
        change(&office.organiser, APPLY, input.clone()),
        change(&elsewhere, APPLY, input.clone()),
        change(&office.organiser, APPLY, input),
    );
    for payload in [one, two, three] {
        let status = payload.expect_counted()["import"]["status"].clone();
        assert!([json!("APPLYING"), json!("APPLIED")].contains(&status));
    }
    assert_eq!(look(&office.organiser, &id).await["status"], "APPLIED");
    assert_eq!(stores.count(APPLIED).await, 1);
    assert_eq!(stores.count("SELECT COUNT(*) FROM import").await, 1);
}

async fn applying_that_was_cut_off_may_be_repeated(stores: Stores) {
    let office = Office::open(&stores).await;
    let (id, _) = office.import(office.good()).await;
    let now = office.app.clock.now();
    let lease = Lease {
        id: id_of(&id),
        owner: Uuid::new_v4(),
        until: now + TimeDelta::minutes(2),
    };
    let claimed = import_job::claim_to_apply(&office.app.database, lease, 1, now).await;
    assert!(claimed.expect("the database answers"));
    let waiting = office.apply(&id, 1, None).await.expect_counted();
    assert_eq!(waiting["import"]["status"], "APPLYING");
    office.app.advance(TimeDelta::minutes(2));
    assert_eq!(look(&office.organiser, &id).await["status"], "CHECKED");
    let applied = office.apply(&id, 1, None).await.expect_counted();
    assert_eq!(applied["import"]["status"], "APPLIED");
    let mut tx = office.app.database.begin("test").await.expect("it begins");
    let applied = import_job::set_applied(&mut tx, lease, now).await;
    assert!(!applied.expect("the database answers"), "the lease is lost");
}

async fn a_plan_that_has_changed_is_looked_at_again(stores: Stores) {
    let office = Office::open(&stores).await;
    let (id, _) = office.import(office.good()).await;
    // Somebody gives the nominee the very city meanwhile: its row changes nothing any more.
    let update = "mutation($input: UpdateNomineeInput!) { updateNominee(input: $input) {
        nominee { id } userErrors { code } } }";
    let input =
        json!({"nomineeId": office.sample.nominee_id(0), "expectedRevision": 1, "city": "苏州"});
    change(&office.organiser, update, input)
        .await
        .expect_counted();
    let refused = office
        .apply(&id, 1, None)
        .await
        .expect_refused("PLAN_CHANGED");
    assert_eq!(
        refused["import"],
        json!({"id": id, "status": "CHECKED", "editRevision": 2, "creates": 1, "updates": 0})
    );
    assert_eq!(stores.count(APPLIED).await, 0);
    assert_eq!(office.nominees(&[9_001]).await, [None]);
    let import = look(&office.organiser, &id).await;
    assert_eq!(import["rows"]["nodes"][1]["change"], "UNCHANGED");
    // Who has not seen the new one is told so.
    office
        .apply(&id, 1, None)
        .await
        .expect_refused("STALE_OBJECT");
    let applied = office.apply(&id, 2, None).await.expect_counted();
    assert_eq!(applied["import"]["status"], "APPLIED");
    // A new plan can be a faulty one.
    let key = office.key(0);
    let (id, _) = office
        .import(format!("编号,类别,姓名,单位\n9002,{key},赵六,甲\n"))
        .await;
    let rename = "UPDATE category SET key = 'renamed', name = 'Renamed' WHERE position = 0";
    stores.execute(rename).await;
    office
        .apply(&id, 1, None)
        .await
        .expect_refused("PLAN_CHANGED");
    assert_eq!(counts(&look(&office.organiser, &id).await), [0, 0, 0, 1]);
    office
        .apply(&id, 2, None)
        .await
        .expect_refused("FAULTY_ROWS");
}

async fn a_campaign_that_was_published_meanwhile_stays(stores: Stores) {
    let office = Office::open(&stores).await;
    let (id, _) = office.import(office.good()).await;
    let unread = office.create(office.good()).await;
    let waiting = office.upload(&office.organiser, office.good()).await;
    stores
        .execute("UPDATE campaign SET lifecycle = 'PUBLISHED', edit_revision = edit_revision + 1")
        .await;
    office.app.refresh().await;
    let refused = office
        .apply(&id, 1, None)
        .await
        .expect_refused("WRONG_STATE");
    assert_eq!(refused["import"]["status"], "CHECKED");
    assert!(read_next(&office.app, Uuid::new_v4()).await);
    let import = look(&office.organiser, &unread).await;
    assert_eq!(import["failure"]["code"], "WRONG_STATE");
    let refused = change(&office.organiser, CREATE, office.input(&waiting)).await;
    refused.expect_refused("WRONG_STATE");
    assert_eq!(stores.count(APPLIED).await, 0);
}

async fn after_the_first_vote_a_new_name_needs_a_reason(stores: Stores) {
    let office = Office::open(&stores).await;
    office
        .app
        .voter()
        .vote(&office.sample.nominee_id(0))
        .await
        .expect_counted();
    let (id, _) = office.import("编号,姓名\n2,新名字\n").await;
    let refused = office
        .apply(&id, 1, None)
        .await
        .expect_refused("REASON_REQUIRED");
    assert_eq!(refused["userErrors"][0]["path"], json!(["input", "reason"]));
    assert_eq!(refused["import"]["status"], "CHECKED");
    let long = "x".repeat(501);
    office
        .apply(&id, 1, Some(&long))
        .await
        .expect_refused("REASON_REQUIRED");
    office
        .apply(&id, 1, Some("姓名有误"))
        .await
        .expect_counted();
    assert_eq!(
        office.nominees(&[2]).await[0].as_ref().expect("there").0,
        "新名字"
    );
    assert_eq!(stores.count("SELECT COUNT(*) FROM amendment").await, 1);
    // A sheet that changes nothing is not applied.
    let (id, _) = office.import("编号,姓名\n2,新名字\n").await;
    office
        .apply(&id, 1, None)
        .await
        .expect_refused("NOTHING_TO_APPLY");
}

async fn ten_thousand_rows_are_paged_and_applied(stores: Stores) {
    use std::fmt::Write as _;
    let office = Office::open(&stores).await;
    let key = office.key(0);
    let mut sheet = "编号,类别,姓名,单位\n".to_owned();
    for number in 1_001..=11_000 {
        let _ = writeln!(sheet, "{number},{key},候选人{number},公司");
    }
    let (id, import) = office.import(sheet).await;
    assert_eq!(counts(&import), [10_000, 0, 0, 0], "{import}");
    let page = "query($id: ID!, $after: String) { node(id: $id) { ... on Import {
        rows(first: 100, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } } } } }";
    let (mut after, mut expected) = (Value::Null, 2);
    loop {
        let data = office
            .organiser
            .ask(page, json!({"id": id, "after": after}))
            .await;
        let rows = &data["node"]["rows"];
        for row in rows["nodes"].as_array().expect("rows") {
            assert_eq!(row["number"], json!(expected));
            expected += 1;
        }
        if rows["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = rows["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(expected, 10_002);
    office.apply(&id, 1, None).await.expect_counted();
    assert_eq!(
        stores.count("SELECT COUNT(*) FROM import_change").await,
        10_000
    );
}
