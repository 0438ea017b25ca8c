//! Lists of nominees: three orders, filters, pages both ways.

use std::collections::HashSet;

use acclaim::ledger::campaign;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{column, flags, page, walk, walk_back, with};
use crate::harness::{Sample, Stores, TestApp, TestClient, on_both, sample_nominee};

on_both!(
    pages_go_forwards_and_backwards,
    a_campaign_lists_the_same_nominees,
    a_page_goes_on_where_a_nominee_was_withdrawn,
    the_order_by_votes_follows_the_tally,
    a_shuffle_is_a_viewers_own_for_a_day,
    a_shuffle_goes_on_after_midnight,
    a_shuffle_is_that_of_its_seed_whoever_asks,
    nominees_are_found_by_name_employer_and_number,
    search_takes_its_text_as_it_is,
    a_category_is_a_list_of_its_own,
    cursors_fit_their_own_order_only,
);

const NOMINEES: &str = "query($campaign: ID!, $first: Int, $after: String, $last: Int, $before: String, $category: ID,
        $search: String, $order: NomineeOrder! = NUMBER, $seed: String) {
    list: nominees(campaignId: $campaign, first: $first, after: $after, last: $last, before: $before,
        category: $category, search: $search, orderBy: $order, seed: $seed) {
    totalCount nodes { number } edges { cursor node { number } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

fn of_campaign(sample: &Sample) -> Value {
    json!({"campaign": sample.campaign_id()})
}

/// Numbers of a page.
async fn numbers(client: &TestClient, variables: &Value) -> Vec<i64> {
    as_numbers(&column(&page(client, NOMINEES, variables).await, "number"))
}

fn as_numbers(values: &[Value]) -> Vec<i64> {
    values
        .iter()
        .map(|v| v.as_i64().expect("a number"))
        .collect()
}

async fn pages_go_forwards_and_backwards(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let all = of_campaign(&sample);
    let ask = async |more: Value| page(app.anonymous(), NOMINEES, &with(&all, &more)).await;
    let cursor_of =
        async |number: usize| ask(json!({"first": 36})).await["edges"][number - 1]["cursor"].take();
    let (tenth, thirty_sixth) = (cursor_of(10).await, cursor_of(36).await);
    for (more, expected, expected_flags) in [
        (json!({}), 1..=20, (false, true)),
        (json!({"first": 36}), 1..=36, (false, false)),
        (json!({"first": 10, "after": tenth}), 11..=20, (true, true)),
        (json!({"first": 26, "after": tenth}), 11..=36, (true, false)),
        (json!({"last": 5}), 32..=36, (true, false)),
        (json!({"last": 5, "before": tenth}), 5..=9, (true, true)),
        (json!({"last": 9, "before": tenth}), 1..=9, (false, true)),
        (json!({"first": 3, "before": tenth}), 1..=3, (false, true)),
        (json!({"last": 3, "after": tenth}), 34..=36, (true, false)),
        (
            json!({"first": 99, "after": tenth, "before": thirty_sixth}),
            11..=35,
            (true, true),
        ),
    ] {
        let list = ask(more.clone()).await;
        assert_eq!(
            as_numbers(&column(&list, "number")),
            expected.collect::<Vec<i64>>(),
            "{more}"
        );
        assert_eq!(flags(&list), expected_flags, "{more}");
        assert_eq!(list["totalCount"], json!(36));
        let edges = list["edges"].as_array().expect("edges");
        assert_eq!(list["pageInfo"]["startCursor"], edges[0]["cursor"]);
        assert_eq!(
            list["pageInfo"]["endCursor"],
            edges[edges.len() - 1]["cursor"]
        );
    }
    let nothing = ask(json!({"first": 5, "after": thirty_sixth})).await;
    assert_eq!(nothing["nodes"], json!([]));
    assert_eq!(flags(&nothing), (true, false));
    assert_eq!(nothing["pageInfo"]["endCursor"], Value::Null);
    for size in [1, 5, 12, 35, 36, 100] {
        let forwards = walk(app.anonymous(), NOMINEES, &all, (size, "number")).await;
        let backwards = walk_back(app.anonymous(), NOMINEES, &all, (size, "number")).await;
        assert_eq!(as_numbers(&forwards), (1..=36).collect::<Vec<i64>>());
        assert_eq!(forwards, backwards, "in pages of {size}");
    }
}

async fn a_campaign_lists_the_same_nominees(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    app.sample().await;
    let query = "query($campaign: ID!, $order: NomineeOrder!) {
        campaign(id: $campaign) { nominees(first: 7, search: \"2\", orderBy: $order) { totalCount nodes { number } } }
        nominees(campaignId: $campaign, first: 7, search: \"2\", orderBy: $order) { totalCount nodes { number } } }";
    for order in ["NUMBER", "VOTES", "SHUFFLED"] {
        let variables = with(&of_campaign(&sample), &json!({"order": order}));
        let data = app.voter().ask(query, variables).await;
        let numbers = column(&data["nominees"], "number");
        assert_eq!(numbers.len(), 7, "{data}");
        if order != "SHUFFLED" {
            assert_eq!(data["campaign"]["nominees"], data["nominees"], "{order}");
        }
        assert_eq!(
            data["campaign"]["nominees"]["totalCount"],
            data["nominees"]["totalCount"]
        );
    }
}

async fn a_page_goes_on_where_a_nominee_was_withdrawn(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let all = of_campaign(&sample);
    let first = page(app.anonymous(), NOMINEES, &with(&all, &json!({"first": 5}))).await;
    stores
        .execute("UPDATE nominee SET status = 'WITHDRAWN' WHERE number = 5")
        .await;
    app.refresh().await;
    let more = json!({"first": 3, "after": first["pageInfo"]["endCursor"]});
    let list = page(app.anonymous(), NOMINEES, &with(&all, &more)).await;
    assert_eq!(as_numbers(&column(&list, "number")), [6, 7, 8]);
    assert_eq!(list["totalCount"], json!(35));
    assert_eq!(flags(&list), (true, true));
    let counts =
        "query($campaign: ID!) { campaign(id: $campaign) { categories { nomineeCount } } }";
    let data = app.anonymous().ask(counts, all).await;
    assert_eq!(data["campaign"]["categories"][0]["nomineeCount"], json!(11));
}

async fn the_order_by_votes_follows_the_tally(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let by_votes = with(&of_campaign(&sample), &json!({"order": "VOTES"}));
    let all: Vec<i64> = (1..=36).collect();
    let ordered = with(&by_votes, &json!({"first": 100}));
    assert_eq!(
        numbers(app.anonymous(), &ordered).await,
        all,
        "without votes, by number"
    );
    for choices in [vec![4, 7, 1, 13], vec![4, 7, 1], vec![4, 30]] {
        let voter = app.voter();
        for index in choices {
            voter.vote(&sample.nominee_id(index)).await.expect_counted();
        }
    }
    assert_eq!(
        numbers(app.anonymous(), &ordered).await,
        all,
        "until it is published"
    );
    app.publish_tallies().await;
    let mut expected = vec![5, 2, 8, 14, 31];
    expected.extend(all.iter().filter(|n| ![5, 2, 8, 14, 31].contains(*n)));
    assert_eq!(numbers(app.anonymous(), &ordered).await, expected);
    for size in [1, 2, 3, 7, 36] {
        let forwards = walk(app.anonymous(), NOMINEES, &by_votes, (size, "number")).await;
        let backwards = walk_back(app.anonymous(), NOMINEES, &by_votes, (size, "number")).await;
        assert_eq!(as_numbers(&forwards), expected, "in pages of {size}");
        assert_eq!(forwards, backwards, "in pages of {size}");
    }
}

/// The whole shuffle as this client sees it now.
async fn shuffle(client: &TestClient, sample: &Sample) -> Vec<i64> {
    let more = json!({"order": "SHUFFLED", "first": 100});
    let shuffled = numbers(client, &with(&of_campaign(sample), &more)).await;
    assert_eq!(
        shuffled.iter().collect::<HashSet<_>>().len(),
        36,
        "each once: {shuffled:?}"
    );
    shuffled
}

async fn a_shuffle_is_a_viewers_own_for_a_day(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, other) = (app.sample().await, app.sample().await);
    let voter = app.voter();
    let own = shuffle(&voter, &sample).await;
    assert_ne!(own, (1..=36).collect::<Vec<i64>>());
    let anonymous = shuffle(app.anonymous(), &sample).await;
    assert_eq!(anonymous, shuffle(app.anonymous(), &sample).await);
    for another in [
        shuffle(&app.voter(), &sample).await,
        shuffle(&voter, &other).await,
        anonymous,
    ] {
        assert_ne!(own, another);
    }
    let midnight: DateTime<Utc> = "2022-10-25T16:00:00Z".parse().expect("a time");
    app.clock.set(midnight - TimeDelta::microseconds(1));
    assert_eq!(shuffle(&voter, &sample).await, own, "all day long");
    let variables = with(&of_campaign(&sample), &json!({"order": "SHUFFLED"}));
    for size in [1, 5, 36] {
        let forwards = walk(&voter, NOMINEES, &variables, (size, "number")).await;
        let backwards = walk_back(&voter, NOMINEES, &variables, (size, "number")).await;
        assert_eq!(as_numbers(&forwards), own, "in pages of {size}");
        assert_eq!(forwards, backwards, "in pages of {size}");
    }
    app.clock.set(midnight);
    assert_ne!(shuffle(&voter, &sample).await, own, "the next day");
}

async fn a_shuffle_goes_on_after_midnight(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let voter = app.voter();
    let midnight: DateTime<Utc> = "2022-10-25T16:00:00Z".parse().expect("a time");
    app.clock.set(midnight - TimeDelta::seconds(1));
    let begun = shuffle(&voter, &sample).await;
    let variables = with(
        &of_campaign(&sample),
        &json!({"order": "SHUFFLED", "first": 10}),
    );
    let mut list = page(&voter, NOMINEES, &variables).await;
    let mut walked = as_numbers(&column(&list, "number"));
    app.clock.set(midnight + TimeDelta::seconds(1));
    while flags(&list).1 {
        let more = json!({"after": list["pageInfo"]["endCursor"]});
        list = page(&voter, NOMINEES, &with(&variables, &more)).await;
        walked.extend(as_numbers(&column(&list, "number")));
    }
    assert_eq!(walked, begun);
}

async fn a_shuffle_is_that_of_its_seed_whoever_asks(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let seeded = async |client: &TestClient, seed: &str| {
        let more = json!({"order": "SHUFFLED", "first": 100, "seed": seed});
        numbers(client, &with(&of_campaign(&sample), &more)).await
    };
    // A device sees one order before it signs in and afterwards.
    let order = seeded(app.anonymous(), "device 1").await;
    assert_ne!(order, (1..=36).collect::<Vec<i64>>());
    for client in [&app.voter(), &app.guest(), &app.staff().await] {
        assert_eq!(seeded(client, "device 1").await, order);
    }
    assert_ne!(seeded(app.anonymous(), "device 2").await, order);
    // Nobody's id or address is a seed.
    let voter = app.voter();
    let own = shuffle(&voter, &sample).await;
    assert_ne!(seeded(app.anonymous(), "").await, own);
    let anonymous = shuffle(app.anonymous(), &sample).await;
    assert_ne!(seeded(app.anonymous(), "127.0.0.1").await, anonymous);
    // The other form of the list takes it, too, and other orders do not mind it.
    let query = "query($id: ID!) { campaign(id: $id) {
        list: nominees(first: 100, orderBy: SHUFFLED, seed: \"device 1\") { nodes { number } }
        plain: nominees(first: 2, seed: \"device 1\") { nodes { number } } } }";
    let data = app
        .anonymous()
        .ask(query, json!({"id": sample.campaign_id()}));
    let data = data.await;
    assert_eq!(
        as_numbers(&column(&data["campaign"]["list"], "number")),
        order
    );
    assert_eq!(
        as_numbers(&column(&data["campaign"]["plain"], "number")),
        [1, 2]
    );
    let long = "号".repeat(64);
    assert_eq!(seeded(app.anonymous(), &long).await.len(), 36);
    let more = json!({"order": "SHUFFLED", "seed": long + "号"});
    let variables = with(&of_campaign(&sample), &more);
    assert_eq!(
        app.anonymous().fail(NOMINEES, variables).await,
        "BAD_USER_INPUT"
    );
}

async fn nominees_are_found_by_name_employer_and_number(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let all = of_campaign(&sample);
    for (search, expected) in [
        ("候选人07", vec![7]),
        ("选人3", vec![30, 31, 32, 33, 34, 35, 36]),
        ("Company 3", vec![3, 8, 13, 18, 23, 28, 33]),
        ("company 3", vec![3, 8, 13, 18, 23, 28, 33]),
        ("  COMPANY 3 (宁夏)\t", vec![3, 8, 13, 18, 23, 28, 33]),
        ("36", vec![36]),
        ("３６", vec![36]),
        ("36号", vec![36]),
        ("No. 036", vec![36]),
        ("ｃｏｍｐａｎｙ\u{200b} 3", vec![3, 8, 13, 18, 23, 28, 33]),
        ("候 选 人07", vec![7]),
        // The number 7, and the names that have a 7 in them.
        ("7", vec![7, 17, 27]),
        ("nobody", vec![]),
        ("", (1..=36).collect()),
    ] {
        let variables = with(&all, &json!({"search": search, "first": 100}));
        assert_eq!(
            numbers(app.anonymous(), &variables).await,
            expected,
            "{search:?}"
        );
        let list = page(app.anonymous(), NOMINEES, &variables).await;
        assert_eq!(list["totalCount"], json!(expected.len()), "{search:?}");
    }
    let found = with(&all, &json!({"search": "company 3"}));
    let walked = walk(app.anonymous(), NOMINEES, &found, (2, "number")).await;
    assert_eq!(as_numbers(&walked), [3, 8, 13, 18, 23, 28, 33]);
}

async fn search_takes_its_text_as_it_is(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let mut tx = app
        .database
        .begin("test")
        .await
        .expect("the database answers");
    for (number, name) in [
        (101, "Ångström 100%"),
        (102, "snake_case"),
        (103, "back\\slash 'quote'"),
    ] {
        let mut nominee = sample_nominee(sample.campaign.id, sample.categories[0], number);
        name.clone_into(&mut nominee.name);
        campaign::insert_nominees(&mut tx, &[nominee])
            .await
            .expect("stored");
    }
    tx.commit().await.expect("it commits");
    app.refresh().await;
    let all = of_campaign(&sample);
    for (search, expected) in [
        ("%", vec![101]),
        ("_", vec![102]),
        ("\\", vec![103]),
        ("'", vec![103]),
        ("ångSTRÖM", vec![101]),
        ("SNAKE_CASE", vec![102]),
        ("%候选人%", vec![]),
        ("候选人__", vec![]),
        (".*", vec![]),
    ] {
        let variables = with(&all, &json!({"search": search}));
        assert_eq!(
            numbers(app.anonymous(), &variables).await,
            expected,
            "{search:?}"
        );
    }
}

async fn a_category_is_a_list_of_its_own(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, other) = (app.sample().await, app.sample().await);
    let category = |sample: &Sample, index: usize| sample.category_id(index);
    let second = with(
        &of_campaign(&sample),
        &json!({"category": category(&sample, 1)}),
    );
    let walked = walk(app.anonymous(), NOMINEES, &second, (5, "number")).await;
    assert_eq!(as_numbers(&walked), (13..=24).collect::<Vec<i64>>());
    let list = page(
        app.anonymous(),
        NOMINEES,
        &with(&second, &json!({"search": "company 3", "last": 1})),
    )
    .await;
    assert_eq!(as_numbers(&column(&list, "number")), [23]);
    assert_eq!(list["totalCount"], json!(3));
    assert_eq!(flags(&list), (true, false));
    let foreign = with(&second, &json!({"category": category(&other, 1)}));
    assert_eq!(app.anonymous().fail(NOMINEES, foreign).await, "NOT_FOUND");
}

async fn cursors_fit_their_own_order_only(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let now = app.clock.now();
    sample
        .insert_story(&app.database, Some(0), "A story", now)
        .await;
    let all = of_campaign(&sample);
    let lists = "{ campaigns(first: 1) { pageInfo { endCursor } } stories(first: 1) { pageInfo { endCursor } } }";
    let data = app.anonymous().ask(lists, json!({})).await;
    let mut cursors = vec![
        (
            "campaigns",
            data["campaigns"]["pageInfo"]["endCursor"].clone(),
        ),
        ("stories", data["stories"]["pageInfo"]["endCursor"].clone()),
    ];
    let orders = ["NUMBER", "VOTES", "SHUFFLED"];
    for order in orders {
        let list = page(
            app.anonymous(),
            NOMINEES,
            &with(&all, &json!({"order": order, "first": 1})),
        )
        .await;
        cursors.push((order, list["pageInfo"]["endCursor"].clone()));
    }
    for (of, cursor) in &cursors {
        assert!(cursor.is_string(), "{of}");
        for order in orders.into_iter().filter(|order| order != of) {
            for more in [
                json!({"after": cursor}),
                json!({"last": 1, "before": cursor}),
            ] {
                let variables = with(&with(&all, &json!({"order": order})), &more);
                let code = app.anonymous().fail(NOMINEES, variables).await;
                assert_eq!(code, "BAD_USER_INPUT", "a cursor of {of} in {order}");
            }
        }
        for list in ["campaigns", "stories"].iter().filter(|list| *list != of) {
            let query =
                format!("query($after: String) {{ {list}(after: $after) {{ nodes {{ id }} }} }}");
            let code = app.anonymous().fail(&query, json!({"after": cursor})).await;
            assert_eq!(code, "BAD_USER_INPUT", "a cursor of {of} in {list}");
        }
    }
}
