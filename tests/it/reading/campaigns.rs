//! Campaigns: found by id or slug, listed by opening and phase, hidden while they are drafts.

use acclaim::domain::campaign::{Campaign, Lifecycle};
use acclaim::graphql::node_id::GlobalId;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{column, flags, page, walk, with};
use crate::harness::{NOMINEES_EACH, Sample, Stores, TestApp, global, on_both};

/// A difference from the usual campaign.
type Change = fn(&mut Campaign);

on_both!(
    a_campaign_is_found_by_id_or_by_slug,
    campaigns_are_listed_by_opening,
    campaigns_are_listed_by_phase,
    drafts_are_seen_by_staff_only,
    a_campaign_that_cannot_be_read_hides_no_other,
    many_campaigns_are_read_by_few_statements,
);

const CAMPAIGN: &str = "query($id: ID, $slug: String) { campaign(id: $id, slug: $slug) {
    id slug title summary coverUrl timeZone phase votingOpensAt votingClosesAt
    rules { period scope votesPerPeriod tallyVisibility guestsMayVote }
    categories { id key name shortlistSize nomineeCount } } }";

const CAMPAIGNS: &str =
    "query($first: Int, $after: String, $phase: CampaignPhase) { list: campaigns(first: $first, after: $after, phase: $phase) {
    nodes { slug } edges { cursor node { slug } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

async fn a_campaign_is_found_by_id_or_by_slug(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app
        .sample_with(|c| c.cover_url = Some("https://pictures.example/1".into()))
        .await;
    app.sample().await;
    let id = sample.campaign_id();
    let by_id = app.anonymous().ask(CAMPAIGN, json!({"id": id})).await;
    let by_slug = app
        .anonymous()
        .ask(CAMPAIGN, json!({"slug": sample.campaign.slug}))
        .await;
    assert_eq!(by_id, by_slug);
    let category = |index: usize, key: &str| {
        json!({"id": sample.category_id(index), "key": key,
            "name": key.to_uppercase(), "shortlistSize": 10, "nomineeCount": 12})
    };
    let expected = json!({
        "id": id, "slug": sample.campaign.slug, "title": "创新达人评选", "summary": "A sample.",
        "coverUrl": "https://pictures.example/1", "timeZone": "Asia/Shanghai", "phase": "VOTING",
        "votingOpensAt": "2022-10-24T04:00:00.000Z", "votingClosesAt": "2022-11-01T04:00:00.000Z",
        "rules": {"period": "DAY", "scope": "CATEGORY", "votesPerPeriod": 3, "tallyVisibility": "LIVE",
            "guestsMayVote": true},
        "categories": [category(0, "entrepreneur"), category(1, "researcher"), category(2, "craftsperson")],
    });
    assert_eq!(by_id["campaign"], expected);
    let unknown = app.anonymous().ask(CAMPAIGN, json!({"slug": "none"})).await;
    assert_eq!(unknown["campaign"], Value::Null);
    for wrong in [json!({}), json!({"id": id, "slug": sample.campaign.slug})] {
        assert_eq!(
            app.anonymous().fail(CAMPAIGN, wrong).await,
            "BAD_USER_INPUT"
        );
    }
}

/// Campaigns of every phase, as (phase, slug), and a draft's slug.
async fn campaigns_of_all_phases(app: &TestApp) -> (Vec<(&'static str, String)>, String) {
    let hours = TimeDelta::hours;
    let changes: [(&str, Change); 6] = [
        ("VOTING", |_| ()),
        ("VOTING", |c| c.voting_closes_at += TimeDelta::days(1)),
        ("UPCOMING", |c| c.voting_opens_at += TimeDelta::days(2)),
        ("ENDED", |c| {
            c.voting_opens_at -= TimeDelta::days(20);
            c.voting_closes_at -= TimeDelta::days(10);
        }),
        ("PUBLISHED", |c| c.lifecycle = Lifecycle::Published),
        ("ARCHIVED", |c| c.lifecycle = Lifecycle::Archived),
    ];
    let mut made = Vec::new();
    for (phase, change) in changes {
        let sample = app.sample_with(change).await;
        let opens_at = sample.campaign.voting_opens_at;
        made.push((opens_at, sample.campaign.id, phase, sample.campaign.slug));
    }
    let draft = app
        .sample_with(|c| {
            c.lifecycle = Lifecycle::Draft;
            c.voting_opens_at += hours(1);
        })
        .await;
    made.sort_by_key(|(opens_at, id, ..)| std::cmp::Reverse((*opens_at, *id)));
    let listed = made.into_iter().map(|(_, _, phase, slug)| (phase, slug));
    (listed.collect(), draft.campaign.slug)
}

async fn campaigns_are_listed_by_opening(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (listed, draft) = campaigns_of_all_phases(&app).await;
    let slugs: Vec<Value> = listed.iter().map(|(_, slug)| json!(slug)).collect();
    for size in [1, 2, 4, 5, 6, 100] {
        let walked = walk(app.anonymous(), CAMPAIGNS, &json!({}), (size, "slug")).await;
        assert_eq!(walked, slugs, "in pages of {size}");
    }
    let whole = page(app.anonymous(), CAMPAIGNS, &json!({})).await;
    assert_eq!(whole["totalCount"], json!(6));
    assert_eq!(flags(&whole), (false, false));
    let staff = app.staff().await;
    let seen = page(&staff, CAMPAIGNS, &json!({})).await;
    assert_eq!(seen["totalCount"], json!(7));
    assert!(column(&seen, "slug").contains(&json!(draft)));
}

async fn campaigns_are_listed_by_phase(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (listed, draft) = campaigns_of_all_phases(&app).await;
    for phase in ["UPCOMING", "VOTING", "ENDED", "PUBLISHED", "ARCHIVED"] {
        let of_phase = listed.iter().filter(|(of, _)| *of == phase);
        let slugs: Vec<Value> = of_phase.map(|(_, slug)| json!(slug)).collect();
        let variables = json!({"phase": phase});
        let walked = walk(app.anonymous(), CAMPAIGNS, &variables, (1, "slug")).await;
        assert_eq!(walked, slugs, "{phase}");
        let count = page(app.anonymous(), CAMPAIGNS, &variables).await["totalCount"].take();
        assert_eq!(count, json!(slugs.len()), "{phase}");
    }
    let drafts = json!({"phase": "DRAFT"});
    let voter = app.voter();
    for client in [app.anonymous(), &voter] {
        let seen = page(client, CAMPAIGNS, &drafts).await;
        assert_eq!(column(&seen, "slug"), Vec::<Value>::new());
    }
    let staff = app.staff().await;
    let seen = page(&staff, CAMPAIGNS, &drafts).await;
    assert_eq!(column(&seen, "slug"), [json!(draft)]);
}

async fn drafts_are_seen_by_staff_only(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample_with(|c| c.lifecycle = Lifecycle::Draft).await;
    let (database, now) = (&app.database, app.clock.now());
    let story = sample.insert_story(database, Some(0), "Early", now).await;
    let variables = json!({"slug": sample.campaign.slug, "campaign": sample.campaign_id(),
        "category": sample.category_id(0),
        "nominee": sample.nominee_id(0), "story": global(GlobalId::Story(story))});
    let found = "query($slug: String!, $campaign: ID!, $category: ID!, $nominee: ID!, $story: ID!) {
        a: campaign(slug: $slug) { id } b: campaign(id: $campaign) { id } c: node(id: $campaign) { id }
        d: node(id: $category) { id } e: nominee(id: $nominee) { id } f: node(id: $nominee) { id }
        g: story(id: $story) { id } h: nodes(ids: [$story]) { id } }";
    let lists = [
        (
            "query($campaign: ID!) { nominees(campaignId: $campaign) { totalCount } }",
            "nominees",
        ),
        (
            "query($campaign: ID!) { stories(campaignId: $campaign) { nodes { id } } }",
            "stories",
        ),
        (
            "query($category: ID!) { stories(category: $category) { nodes { id } } }",
            "stories",
        ),
    ];
    let voter = app.voter();
    for client in [app.anonymous(), &voter] {
        let data = client.ask(found, variables.clone()).await;
        let nothing = json!({"a": null, "b": null, "c": null, "d": null, "e": null, "f": null, "g": null, "h": [null]});
        assert_eq!(data, nothing);
        for (query, _) in lists {
            let code = client.fail(query, variables.clone()).await;
            assert_eq!(code, "NOT_FOUND", "{query}");
        }
    }
    let cast = voter
        .vote(&sample.nominee_id(0))
        .await
        .expect_refused("NOMINEE_NOT_FOUND");
    assert_eq!(cast["nominee"], Value::Null);
    let path = format!("/campaigns/{}/tally.json", sample.campaign.slug);
    let answer = app.http().get(app.url(&path)).send().await;
    assert_eq!(answer.expect("an answer").status(), 404);
    let staff = app.staff().await;
    let data = staff.ask(found, with(&variables, &json!({}))).await;
    let seen = data.as_object().expect("data").values();
    assert!(
        seen.clone()
            .all(|value| !value.is_null() && value != &json!([null])),
        "{data}"
    );
    for (query, field) in lists {
        let data = staff.ask(query, variables.clone()).await;
        assert!(data[field].is_object(), "{data}");
    }
}

async fn readiness(app: &TestApp) -> String {
    let response = app.http().get(app.url("/readyz")).send().await;
    let response = response.expect("an answer");
    assert_eq!(response.status(), 200);
    response.text().await.expect("text")
}

async fn phase(app: &TestApp, slug: &str) -> Value {
    let query = "query($slug: String) { campaign(slug: $slug) { phase } }";
    let mut answer = app.anonymous().ask(query, json!({"slug": slug})).await;
    answer["campaign"]["phase"].take()
}

async fn a_campaign_that_cannot_be_read_hides_no_other(stores: Stores) {
    let app = TestApp::start(&stores).await;
    app.sample_with(|c| "good".clone_into(&mut c.slug)).await;
    let bad = app.sample_with(|c| "bad".clone_into(&mut c.slug)).await;
    // A zone by rules of its own, which PostgreSQL takes, too.
    stores
        .execute("UPDATE campaign SET time_zone = 'Beijing-8' WHERE slug = 'bad'")
        .await;
    stores
        .execute("UPDATE campaign SET lifecycle = 'PUBLISHED' WHERE slug = 'good'")
        .await;
    app.refresh().await;
    let started = TestApp::start(&stores.share()).await;
    for app in [&app, &started] {
        assert_eq!(phase(app, "good").await, json!("PUBLISHED"));
        assert_eq!(phase(app, "bad").await, Value::Null);
        let named = format!(
            "left out, unreadable: 1 of campaign {}\n",
            bad.campaign.id.0
        );
        assert_eq!(readiness(app).await, format!("ready\n{named}"));
        assert_eq!(app.inner().campaigns.catalog().damaged_count(), 1);
    }
    stores
        .execute("UPDATE campaign SET time_zone = 'Asia/Shanghai' WHERE slug = 'bad'")
        .await;
    app.refresh().await;
    assert_eq!(phase(&app, "bad").await, json!("VOTING"));
    assert_eq!(readiness(&app).await, "ready\n");
}

/// A start reads many at once; what is unreadable among them is left out of its own campaign alone.
async fn many_campaigns_are_read_by_few_statements(stores: Stores) {
    let app = TestApp::start(&stores).await;
    for number in 0..45 {
        let slug = format!("campaign-{number}");
        Sample::insert(&app.database, app.clock.now(), |c| c.slug = slug).await;
    }
    stores
        .execute("UPDATE campaign SET time_zone = 'Beijing-8' WHERE slug IN ('campaign-7', 'campaign-44')")
        .await;
    let before = app.database.statements();
    app.refresh().await;
    let statements = app.database.statements() - before;
    assert!(statements <= 20, "{statements} statements");
    let query =
        "query($slug: String) { campaign(slug: $slug) { slug categories { nomineeCount } } }";
    for number in 0..45 {
        let slug = format!("campaign-{number}");
        let data = app.anonymous().ask(query, json!({"slug": slug})).await;
        let categories = vec![json!({"nomineeCount": NOMINEES_EACH}); 3];
        let whole = json!({"slug": slug, "categories": categories});
        let is_read = ![7, 44].contains(&number);
        assert_eq!(data["campaign"], if is_read { whole } else { Value::Null });
    }
    assert_eq!(app.inner().campaigns.catalog().damaged_count(), 2);
}

/// On SQLite alone: PostgreSQL takes no text that is not UTF-8.
#[tokio::test]
async fn a_nominee_that_cannot_be_read_hides_no_other() {
    let stores = Stores::embedded();
    let app = TestApp::start(&stores).await;
    let sample = app.sample_with(|c| c.slug = "sample".to_owned()).await;
    stores
        .execute("UPDATE nominee SET name = CAST(x'ff' AS TEXT) WHERE number = 2")
        .await;
    app.refresh().await;
    let query =
        "{ campaign(slug: \"sample\") { nominees(first: 3) { nodes { number } totalCount } } }";
    let mut answer = app.anonymous().ask(query, json!({})).await;
    let list = answer["campaign"]["nominees"].take();
    assert_eq!(column(&list, "number"), [json!(1), json!(3), json!(4)]);
    // The public hears neither of nominees nor of columns.
    let named = format!(
        "left out, unreadable: 1 of campaign {}\n",
        sample.campaign.id.0
    );
    assert_eq!(readiness(&app).await, format!("ready\n{named}"));
}
