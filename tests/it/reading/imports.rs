//! Imports: many nominees at once.

use acclaim::domain::nominee::{Nominee, NomineeStatus};
use acclaim::ledger::{campaign, roster};
use serde_json::json;

use crate::harness::{NOMINEES_EACH, Stores, TestApp, on_both, sample_nominee};

on_both!(
    nominees_are_stored_many_a_statement,
    a_nominee_is_stored_with_all_that_it_has,
);

/// How often statements of this name have run.
fn runs(app: &TestApp, statement: &str) -> u64 {
    let text = app.metrics.encode();
    let name = format!("name=\"{statement}\"");
    let is_its_count = |line: &&str| line.contains(&name) && line.contains("_count{");
    let line = text.lines().find(is_its_count);
    let value = line.and_then(|line| line.rsplit_once(' '));
    value.map_or(0, |(_, count)| count.parse().expect("a number"))
}

async fn nominees_are_stored_many_a_statement(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let first = 3 * NOMINEES_EACH + 1;
    let nominees: Vec<Nominee> = (first..first + 2_500)
        .map(|number| sample_nominee(sample.campaign.id, sample.categories[0], number))
        .collect();
    let before = runs(&app, "insert_nominees");
    let mut tx = app.database.begin("test").await.expect("it begins");
    let stored = campaign::insert_nominees(&mut tx, &nominees).await;
    stored.expect("good nominees");
    tx.commit().await.expect("it commits");
    assert_eq!(runs(&app, "insert_nominees") - before, 3);
    app.refresh().await;
    let query =
        "query($slug: String) { campaign(slug: $slug) { nominees(first: 1) { totalCount } } }";
    let variables = json!({"slug": sample.campaign.slug});
    let data = app.anonymous().ask(query, variables).await;
    assert_eq!(data["campaign"]["nominees"]["totalCount"], json!(2_536));
    // A number that is taken fails the whole statement.
    let taken = sample_nominee(sample.campaign.id, sample.categories[0], 7);
    let mut tx = app.database.begin("test").await.expect("it begins");
    assert!(campaign::insert_nominees(&mut tx, &[taken]).await.is_err());
}

async fn a_nominee_is_stored_with_all_that_it_has(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let full = Nominee {
        name: "Ångström \"'\\ 马\n\t%_é😀".to_owned(),
        employer: "[1] {\"a\": null}".to_owned(),
        title: Some("null".to_owned()),
        portrait_url: Some("https://example.com/a.png?b=%20".to_owned()),
        portrait_media: None,
        status: NomineeStatus::Frozen,
        edit_revision: 1,
        ..sample_nominee(
            sample.campaign.id,
            sample.categories[1],
            i64::from(i32::MAX),
        )
    };
    let plain = Nominee {
        city: None,
        summary: String::new(),
        status: NomineeStatus::Withdrawn,
        edit_revision: 1,
        ..sample_nominee(sample.campaign.id, sample.categories[2], 4_000_000_000)
    };
    let mut tx = app.database.begin("test").await.expect("it begins");
    let stored = campaign::insert_nominees(&mut tx, &[full.clone(), plain.clone()]).await;
    stored.expect("good nominees");
    tx.commit().await.expect("it commits");
    let read = roster::find_roster(&app.database, sample.campaign.id).await;
    let roster = read.expect("it reads").roster.expect("the campaign");
    for expected in [&full, &plain] {
        let index = roster.index_of(expected.id).expect("it is there");
        let found = &roster.nominees()[index];
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }
}
