//! Tallies, who sees them when, and what a viewer may still vote.

use acclaim::domain::campaign::TallyVisibility;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Sample, Stores, TestApp, TestClient, on_both};
use crate::raw_sql::RawSql;

on_both!(
    a_tally_ranks_within_categories_and_ties_share_a_rank,
    the_tally_as_json_says_the_same_and_is_not_sent_twice,
    the_sweep_asks_for_campaigns_that_may_move_alone,
    counted_votes_are_those_of_the_list_and_of_withdrawn_nominees,
    a_tally_after_the_close_is_hidden_before_it,
    a_tally_for_staff_is_never_public,
    quotas_are_the_viewers_own,
);

const TALLY: &str = "query($campaign: ID!, $category: ID) { campaign(id: $campaign) { tally {
    campaign { id } version asOf rawVotes countedVotes guestVotes withdrawnVotes withheldVotes
    voters
    entries(category: $category) { nominee { number votes rank } votes guestVotes rank share } } } }";

/// Casts votes by new voters for nominees by their indexes, and publishes the tally.
async fn cast_all(app: &TestApp, sample: &Sample, choices_of_voters: &[&[usize]]) {
    for choices in choices_of_voters {
        let voter = app.voter();
        for index in *choices {
            let nominee = sample.nominee_id(*index);
            voter.vote(&nominee).await.expect_counted();
        }
    }
    app.publish_tallies().await;
}

/// Status and body of the public tally.
async fn tally_json(app: &TestApp, sample: &Sample) -> reqwest::Response {
    let path = format!("/campaigns/{}/tally.json", sample.campaign.slug);
    let request = app.http().get(app.url(&path));
    request.send().await.expect("an answer")
}

async fn a_tally_ranks_within_categories_and_ties_share_a_rank(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, other) = (app.sample().await, app.sample().await);
    cast_all(&app, &sample, &[&[5, 1, 2, 13], &[5, 1, 2], &[5, 3]]).await;
    let campaign = sample.campaign_id();
    let category = |index: usize| sample.category_id(index);
    let ask = async |category: Value| {
        let data = app
            .anonymous()
            .ask(TALLY, json!({"campaign": campaign, "category": category}));
        data.await["campaign"]["tally"].take()
    };
    let tally = ask(json!(category(0))).await;
    assert_eq!(tally["campaign"]["id"], json!(campaign));
    for (field, expected) in [
        ("rawVotes", 9),
        ("countedVotes", 9),
        ("withdrawnVotes", 0),
        ("withheldVotes", 0),
        ("voters", 3),
    ] {
        assert_eq!(tally[field], json!(expected), "{field}");
    }
    assert_eq!(tally["asOf"], json!("2022-10-25T04:00:00.000Z"));
    let line = |number: i64, votes: i64, rank: i64, share: f64| json!({"nominee": {"number": number, "votes": votes, "rank": rank}, "votes": votes, "guestVotes": 0, "rank": rank, "share": share});
    let mut expected = vec![
        line(6, 3, 1, 0.375),
        line(2, 2, 2, 0.25),
        line(3, 2, 2, 0.25),
        line(4, 1, 4, 0.125),
    ];
    expected.extend([1, 5, 7, 8, 9, 10, 11, 12].map(|number| line(number, 0, 5, 0.0)));
    assert_eq!(tally["entries"], json!(expected));
    let mut second = vec![line(14, 1, 1, 1.0)];
    let rest = (13..=24).filter(|number| *number != 14);
    second.extend(rest.map(|number| line(number, 0, 2, 0.0)));
    assert_eq!(ask(json!(category(1))).await["entries"], json!(second));
    let third: Vec<Value> = (25..=36).map(|number| line(number, 0, 1, 0.0)).collect();
    assert_eq!(ask(json!(category(2))).await["entries"], json!(third));
    let all = [expected, second, third].concat();
    assert_eq!(ask(Value::Null).await["entries"], json!(all));
    let foreign = other.category_id(0);
    let variables = json!({"campaign": campaign, "category": foreign});
    assert_eq!(app.anonymous().fail(TALLY, variables).await, "NOT_FOUND");
    let version = tally["version"].as_i64();
    cast_all(&app, &sample, &[&[0]]).await;
    assert!(ask(Value::Null).await["version"].as_i64() > version);
}

async fn the_tally_as_json_says_the_same_and_is_not_sent_twice(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let guest = app.guest();
    for index in [5, 13] {
        guest.vote(&sample.nominee_id(index)).await.expect_counted();
    }
    cast_all(&app, &sample, &[&[5, 1, 13], &[5, 1, 2]]).await;
    let answer = tally_json(&app, &sample).await;
    assert_eq!(answer.status(), 200);
    let etag = answer.headers()["etag"].clone();
    let body: Value = answer.json().await.expect("JSON");
    let variables = json!({"campaign": sample.campaign_id()});
    let tally = app.anonymous().ask(TALLY, variables).await["campaign"]["tally"].take();
    assert_eq!(
        (&tally["countedVotes"], &tally["guestVotes"]),
        (&json!(8), &json!(2))
    );
    for field in [
        "version",
        "asOf",
        "rawVotes",
        "countedVotes",
        "guestVotes",
        "withdrawnVotes",
        "withheldVotes",
        "voters",
    ] {
        assert_eq!(body[field], tally[field], "{field}");
    }
    let of_categories = body["categories"].as_array().expect("categories");
    let entries = of_categories
        .iter()
        .flat_map(|category| category["entries"].as_array().expect("entries"));
    let line = |entry: &Value, number: &Value| {
        json!([
            number,
            entry["votes"],
            entry["guestVotes"],
            entry["rank"],
            entry["share"]
        ])
    };
    let lines: Vec<Value> = entries.map(|entry| line(entry, &entry["number"])).collect();
    let expected = tally["entries"].as_array().expect("entries");
    let expected: Vec<Value> = expected
        .iter()
        .map(|entry| line(entry, &entry["nominee"]["number"]))
        .collect();
    assert_eq!(lines, expected);
    let path = format!("/campaigns/{}/tally.json", sample.campaign.slug);
    let again = || {
        app.http()
            .get(app.url(&path))
            .header("if-none-match", &etag)
            .send()
    };
    assert_eq!(again().await.expect("an answer").status(), 304);
    cast_all(&app, &sample, &[&[7]]).await;
    assert_eq!(
        again().await.expect("an answer").status(),
        200,
        "it has moved"
    );
}

/// Asserts whether a viewer sees the tally in every place that has a part of it.
async fn assert_tally_is(sample: &Sample, client: &TestClient, is_seen: bool) {
    let campaign = sample.campaign_id();
    let query =
        "query($campaign: ID!, $nominee: ID!) { campaign(id: $campaign) { tally { countedVotes } }
        nominee(id: $nominee) { votes rank } node(id: $nominee) { ... on Nominee { votes rank } }
        nominees(campaignId: $campaign, first: 1) { nodes { votes rank } } }";
    let variables = json!({"campaign": campaign, "nominee": sample.nominee_id(0)});
    let data = client.ask(query, variables).await;
    let nominee = if is_seen {
        json!({"votes": 2, "rank": 1})
    } else {
        json!({"votes": null, "rank": null})
    };
    let tally = if is_seen {
        json!({"countedVotes": 3})
    } else {
        Value::Null
    };
    let expected = json!({"campaign": {"tally": tally}, "nominee": nominee, "node": nominee, "nominees": {"nodes": [nominee]}});
    assert_eq!(data, expected);
    for query in [
        "query($id: ID!) { list: nominees(campaignId: $id, first: 1, orderBy: VOTES) { nodes { number } } }",
        "query($id: ID!) { list: campaign(id: $id) { nominees(first: 1, orderBy: VOTES) { nodes { number } } } }",
    ] {
        if is_seen {
            client.ask(query, json!({"id": campaign})).await;
        } else {
            assert_eq!(
                client.fail(query, json!({"id": campaign})).await,
                "FORBIDDEN"
            );
        }
    }
}

async fn the_sweep_asks_for_campaigns_that_may_move_alone(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    cast_all(&app, &sample, &[&[0]]).await;
    let mut raw = RawSql::connect(&stores).await;
    let sweep = async || {
        let before = app.database.statements();
        app.sweep_tallies().await.expect("the database answers");
        app.database.statements() - before
    };
    let sweep_all = async || {
        let before = app.database.statements();
        app.sweep_all_tallies().await.expect("the database answers");
        app.database.statements() - before
    };
    let is_healed = async |version: i64| {
        app.publish_tallies().await;
        let tally = app.tally(sample.campaign.id).await.expect("a tally").tally;
        assert!(tally.version == 1 || tally.version == version, "{tally:?}");
        tally.version == version
    };
    // As if another process had counted votes, and its announcements were lost.
    let count_unheard = "UPDATE tally SET counted = counted + 1, revision = revision + 1";
    raw.execute(count_unheard).await;
    assert_eq!(sweep().await, 1);
    assert!(is_healed(2).await);
    raw.execute("UPDATE tally SET counted = 1, revision = 1")
        .await;
    assert_eq!(sweep().await, 1);
    assert!(is_healed(1).await, "the database was restored");
    // Minutes after the close votes come no more, and in an archive nothing moves.
    app.advance(TimeDelta::days(8));
    raw.execute(count_unheard).await;
    assert_eq!((sweep().await, is_healed(2).await), (0, false));
    assert_eq!((sweep_all().await, is_healed(2).await), (1, true));
    raw.execute("UPDATE campaign SET lifecycle = 'ARCHIVED'")
        .await;
    app.refresh().await;
    app.publish_tallies().await;
    assert_eq!((sweep().await, sweep_all().await), (0, 0));
}

async fn counted_votes_are_those_of_the_list_and_of_withdrawn_nominees(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    app.sample().await;
    cast_all(&app, &sample, &[&[0, 1, 13], &[0, 2, 14], &[0, 3]]).await;
    let variables = json!({"campaign": sample.campaign_id()});
    let numbered = "WHERE campaign_id = (SELECT id FROM campaign ORDER BY id LIMIT 1) AND number =";
    for (change, withdrawn) in [
        (String::new(), 0),
        (format!("UPDATE nominee SET status = 'WITHDRAWN' {numbered} 1"), 3),
        (format!("UPDATE nominee SET status = 'FROZEN' {numbered} 2"), 3),
        (format!("DELETE FROM nominee {numbered} 3"), 4),
        (
            format!(
                "UPDATE nominee SET number = 99, category_id = (SELECT id FROM category ORDER BY id DESC LIMIT 1),
                campaign_id = (SELECT id FROM campaign ORDER BY id DESC LIMIT 1) {numbered} 14"
            ),
            5,
        ),
        (format!("UPDATE nominee SET status = 'ACTIVE' {numbered} 1"), 2),
    ] {
        if !change.is_empty() {
            RawSql::connect(&stores).await.execute(&change).await;
        }
        app.refresh().await;
        app.publish_tallies().await;
        let mut data = app.anonymous().ask(TALLY, variables.clone()).await;
        let tally = data["campaign"]["tally"].take();
        let body: Value = tally_json(&app, &sample).await.json().await.expect("JSON");
        let lines = body["categories"].as_array().expect("categories").iter();
        let lines: Vec<&Value> = lines
            .flat_map(|category| category["entries"].as_array().expect("entries"))
            .collect();
        let lists = [tally["entries"].as_array().expect("entries").iter().collect(), lines];
        for (answer, list) in [&tally, &body].into_iter().zip(lists) {
            let sum: i64 = list.iter().filter_map(|entry| entry["votes"].as_i64()).sum();
            assert_eq!(answer["countedVotes"], json!(8), "{change}");
            assert_eq!(answer["withdrawnVotes"], json!(withdrawn), "{change}");
            assert_eq!(sum + withdrawn, 8, "{change}");
        }
    }
}

async fn a_tally_after_the_close_is_hidden_before_it(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app
        .sample_with(|c| c.tally_visibility = TallyVisibility::AfterClose)
        .await;
    cast_all(&app, &sample, &[&[0, 1], &[0]]).await;
    let staff = app.staff().await;
    let closes_at = sample.campaign.voting_closes_at;
    for (at, is_public) in [
        (app.clock.now(), false),
        (closes_at - TimeDelta::microseconds(1), false),
        (closes_at, true),
    ] {
        app.clock.set(at);
        assert_tally_is(&sample, app.anonymous(), is_public).await;
        assert_tally_is(&sample, &app.voter(), is_public).await;
        assert_tally_is(&sample, &staff, true).await;
        let status = if is_public { 200 } else { 404 };
        assert_eq!(tally_json(&app, &sample).await.status(), status, "at {at}");
    }
}

async fn a_tally_for_staff_is_never_public(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app
        .sample_with(|c| c.tally_visibility = TallyVisibility::StaffOnly)
        .await;
    cast_all(&app, &sample, &[&[0, 1], &[0]]).await;
    let staff = app.staff().await;
    for at in [app.clock.now(), sample.campaign.voting_closes_at] {
        app.clock.set(at);
        assert_tally_is(&sample, app.anonymous(), false).await;
        assert_tally_is(&sample, &app.voter(), false).await;
        assert_tally_is(&sample, &staff, true).await;
        assert_eq!(tally_json(&app, &sample).await.status(), 404);
    }
}

async fn quotas_are_the_viewers_own(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let voter = app.voter();
    for index in [0, 1, 12] {
        voter.vote(&sample.nominee_id(index)).await;
    }
    let query = "query($id: ID!) { campaign(id: $id) { viewerQuotas { category { key } limit used remaining resetsAt } } }";
    let ask = async |client: &TestClient| {
        let variables = json!({"id": sample.campaign_id()});
        client.ask(query, variables).await["campaign"]["viewerQuotas"].take()
    };
    let quotas = |used: [i64; 3]| {
        let keys = ["entrepreneur", "researcher", "craftsperson"];
        let quota = |(key, used): (&str, i64)| {
            json!({"category": {"key": key}, "limit": 3, "used": used, "remaining": 3 - used,
                "resetsAt": "2022-10-25T16:00:00.000Z"})
        };
        json!(keys.into_iter().zip(used).map(quota).collect::<Vec<_>>())
    };
    assert_eq!(ask(&voter).await, quotas([2, 1, 0]));
    assert_eq!(ask(&app.voter()).await, quotas([0, 0, 0]));
    assert_eq!(ask(app.anonymous()).await, Value::Null);
    let staff = app.staff().await;
    assert_eq!(ask(&staff).await, Value::Null, "staff has no votes");
}
