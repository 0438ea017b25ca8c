//! Stories that cannot be read: each is left out and named, and its list is otherwise whole.

use acclaim::graphql::node_id::GlobalId;
use acclaim::id::StoryId;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{column, walk, walk_back};
use crate::harness::{Sample, Stores, TestApp, global, on_both};
use crate::raw_sql::RawSql;

on_both!(
    a_story_that_cannot_be_read_is_left_out_of_whole_lists,
    the_stories_of_a_nominee_are_whole_without_one_that_cannot_be_read,
    a_story_that_cannot_be_read_is_named_until_it_is_mended,
    times_that_no_calendar_has_are_not_stored,
);

const STORIES: &str = "query($campaign: ID, $first: Int, $after: String, $last: Int, $before: String) {
    list: stories(campaignId: $campaign, first: $first, after: $after, last: $last, before: $before) {
    nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

/// Stories about the first nominee, newest first.
async fn stories(app: &TestApp, sample: &Sample, count: i64) -> Vec<StoryId> {
    let mut made = Vec::new();
    for n in 0..count {
        let at = app.clock.now() - TimeDelta::minutes(n);
        let title = format!("Story {n}");
        let id = sample.insert_story(&app.database, Some(0), &title, at);
        made.push(id.await);
    }
    made
}

/// Makes the stories with these numbers unreadable: a medium is no number.
async fn damage(stores: &Stores, numbers: &[usize]) {
    let mut raw = RawSql::connect(stores).await;
    for number in numbers {
        let damage = format!("UPDATE story SET media = '[1]' WHERE title = 'Story {number}'");
        assert_eq!(raw.execute(&damage).await, 1);
    }
}

async fn mend(stores: &Stores) {
    let mend = "UPDATE story SET media = '[]'";
    RawSql::connect(stores).await.execute(mend).await;
}

fn story_id(id: &StoryId) -> Value {
    json!(global(GlobalId::Story(*id)))
}

async fn a_story_that_cannot_be_read_is_left_out_of_whole_lists(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let made = stories(&app, &sample, 23).await;
    let client = app.anonymous();
    let variables = [json!({}), json!({"campaign": sample.campaign_id()})];
    // First, last and in the middle of a page of four and of the feed; a page of them; all but one.
    let others: Vec<usize> = (0..23).filter(|number| *number != 11).collect();
    let damages: [&[usize]; 7] = [
        &[0],
        &[3],
        &[4],
        &[5],
        &[22],
        &[0, 3, 4, 8, 9, 10, 11, 12, 22],
        &others,
    ];
    for damaged in damages {
        damage(&stores, damaged).await;
        let is_read = |(number, _): &(usize, &StoryId)| !damaged.contains(number);
        let read = made.iter().enumerate().filter(is_read);
        let expected: Vec<Value> = read.map(|(_, id)| story_id(id)).collect();
        for variables in &variables {
            for size in [1, 3, 4, 5, 23] {
                let forwards = walk(client, STORIES, variables, (size, "id")).await;
                assert_eq!(forwards, expected, "{damaged:?} in pages of {size}");
                let backwards = walk_back(client, STORIES, variables, (size, "id")).await;
                assert_eq!(
                    backwards, expected,
                    "{damaged:?} backwards in pages of {size}"
                );
            }
        }
        mend(&stores).await;
    }
}

async fn the_stories_of_a_nominee_are_whole_without_one_that_cannot_be_read(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let made = stories(&app, &sample, 7).await;
    let query = "query($id: ID!, $after: String) { node(id: $id) { ... on Nominee {
        stories(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } } }";
    let damages: [(&[usize], &[(&[usize], bool)]); 3] = [
        (&[0, 1, 2, 4, 6], &[(&[3, 5], false)]),
        (&[1, 3], &[(&[0, 2], true), (&[4, 5], true), (&[6], false)]),
        (&[0, 1, 2, 3, 4, 5, 6], &[(&[], false)]),
    ];
    for (damaged, pages) in damages {
        damage(&stores, damaged).await;
        let mut after = Value::Null;
        for (numbers, has_next) in pages {
            let variables = json!({"id": sample.nominee_id(0), "after": after});
            let mut data = app.anonymous().ask(query, variables).await;
            let list = data["node"]["stories"].take();
            let expected: Vec<Value> = numbers.iter().map(|n| story_id(&made[*n])).collect();
            assert_eq!(column(&list, "id"), expected, "{damaged:?}");
            assert_eq!(list["pageInfo"]["hasNextPage"], json!(has_next));
            after = list["pageInfo"]["endCursor"].clone();
        }
        mend(&stores).await;
    }
}

async fn readiness(app: &TestApp) -> String {
    let response = app.http().get(app.url("/readyz")).send().await;
    response.expect("an answer").text().await.expect("text")
}

async fn a_story_that_cannot_be_read_is_named_until_it_is_mended(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let made = stories(&app, &sample, 3).await;
    damage(&stores, &[0, 2]).await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Story { title } } }";
    let ids: Vec<Value> = made.iter().map(story_id).collect();
    let data = app.anonymous().ask(query, json!({"ids": ids})).await;
    assert_eq!(data["nodes"], json!([null, {"title": "Story 1"}, null]));
    let mut expected =
        [made[0], made[2]].map(|id| format!("left out, unreadable: story {}\n", id.0));
    expected.sort();
    assert_eq!(
        readiness(&app).await,
        format!("ready\n{}", expected.concat())
    );
    let review = async || {
        let before = app.database.statements();
        app.review_unreadable_stories().await.expect("it reads");
        (
            app.unreadable_stories.count(),
            app.database.statements() - before,
        )
    };
    assert_eq!(review().await, (2, 1));
    let mut raw = RawSql::connect(&stores).await;
    raw.execute("DELETE FROM story WHERE title = 'Story 0'")
        .await;
    assert_eq!(review().await, (1, 1));
    mend(&stores).await;
    assert_eq!(review().await, (0, 1));
    assert_eq!(
        review().await,
        (0, 0),
        "without such stories nothing is asked"
    );
    assert_eq!(readiness(&app).await, "ready\n");
    let data = app.anonymous().ask(query, json!({"ids": ids})).await;
    assert_eq!(
        data["nodes"],
        json!([null, {"title": "Story 1"}, {"title": "Story 2"}])
    );
}

/// On SQLite alone: PostgreSQL takes no such time and id.
#[tokio::test]
async fn a_story_whose_place_cannot_be_read_hides_no_other() {
    let stores = Stores::embedded();
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let made = stories(&app, &sample, 5).await;
    let mut raw = RawSql::connect(&stores).await;
    for damage in [
        "UPDATE story SET published_at = '2022-02-30T00:00:00+00:00' WHERE title = 'Story 1'",
        "UPDATE story SET id = x'00' WHERE title = 'Story 3'",
    ] {
        assert_eq!(raw.execute(damage).await, 1);
    }
    let expected = [0, 2, 4].map(|number| story_id(&made[number]));
    for size in [1, 2, 3] {
        let client = app.anonymous();
        let forwards = walk(client, STORIES, &json!({}), (size, "id")).await;
        assert_eq!(forwards, expected);
        let backwards = walk_back(client, STORIES, &json!({}), (size, "id")).await;
        assert_eq!(backwards, expected);
    }
    let named = format!("left out, unreadable: story {}\n", made[1].0);
    assert_eq!(readiness(&app).await, format!("ready\n{named}"));
    assert_eq!(app.unreadable_stories.count(), 2);
}

async fn times_that_no_calendar_has_are_not_stored(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    stories(&app, &sample, 1).await;
    let mut raw = RawSql::connect(&stores).await;
    for time in ["infinity", "-infinity", "280000-01-01T00:00:00+00:00"] {
        for column in [
            "campaign SET voting_closes_at",
            "campaign SET voting_opens_at",
            "story SET published_at",
        ] {
            let refused = raw
                .try_execute(&format!("UPDATE {column} = '{time}'"))
                .await;
            assert!(refused.is_err(), "{column} {time}");
        }
    }
}
