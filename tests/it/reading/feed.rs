//! Stories and the feed.

use acclaim::domain::story::life::StoryReview;
use acclaim::domain::story::{Media, MediaKind, Story};
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::StoryId;
use acclaim::ledger::{story, story_edit};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{column, flags, page, walk, walk_back, with};
use crate::harness::{Sample, Stores, TestApp, global, on_both};
use crate::raw_sql::RawSql;

on_both!(
    the_feed_is_walked_to_its_end_both_ways,
    a_story_that_comes_out_in_the_middle_disturbs_no_walk,
    the_feed_has_a_part_for_campaign_category_and_nominee,
    both_bounds_cut_a_page_of_the_feed,
    a_story_is_invisible_until_its_time,
    a_story_leads_to_those_beside_it,
    a_story_is_shown_with_all_that_it_has,
    stories_of_one_moment_are_all_walked,
    addresses_that_are_none_of_the_web_are_not_stored,
    addresses_of_before_are_linked_nowhere_and_taken_out,
);

const STORIES: &str = "query($campaign: ID, $category: ID, $first: Int, $after: String, $last: Int, $before: String) {
    list: stories(campaignId: $campaign, category: $category, first: $first, after: $after, last: $last, before: $before) {
    nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

/// Stories of a sample, three a minute, with their times, newest first; about the nominees in turn.
async fn stories(app: &TestApp, sample: &Sample, count: i32) -> Vec<(DateTime<Utc>, StoryId)> {
    let mut made = Vec::new();
    for n in 0..count {
        let at = app.clock.now() - TimeDelta::minutes(i64::from(n / 3));
        let nominee = usize::try_from(n).expect("it is small") % 36;
        let (database, title) = (&app.database, format!("Story {n}"));
        let id = sample.insert_story(database, Some(nominee), &title, at);
        made.push((at, id.await));
    }
    made.sort_unstable();
    made.reverse();
    made
}

fn story_id(id: StoryId) -> Value {
    json!(global(GlobalId::Story(id)))
}

fn ids(stories: &[(DateTime<Utc>, StoryId)]) -> Vec<Value> {
    stories.iter().map(|(_, id)| story_id(*id)).collect()
}

async fn the_feed_is_walked_to_its_end_both_ways(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let empty = page(app.anonymous(), STORIES, &json!({})).await;
    assert_eq!(
        (&empty["nodes"], flags(&empty)),
        (&json!([]), (false, false))
    );
    let made = stories(&app, &sample, 23).await;
    let expected = ids(&made);
    for size in [1, 2, 3, 4, 5, 22, 23, 24, 100] {
        let forwards = walk(app.anonymous(), STORIES, &json!({}), (size, "id")).await;
        assert_eq!(forwards, expected, "in pages of {size}");
        let backwards = walk_back(app.anonymous(), STORIES, &json!({}), (size, "id")).await;
        assert_eq!(backwards, expected, "backwards in pages of {size}");
    }
    let default = page(app.anonymous(), STORIES, &json!({})).await;
    assert_eq!(column(&default, "id").len(), 20);
}

async fn a_story_that_comes_out_in_the_middle_disturbs_no_walk(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let made = stories(&app, &sample, 12).await;
    let now = app.clock.now();
    let later = now + TimeDelta::minutes(1);
    let new = sample.insert_story(&app.database, None, "New", later).await;
    let old = ids(&made);
    let mut list = page(app.anonymous(), STORIES, &json!({"first": 5})).await;
    let mut forwards = column(&list, "id");
    let mut back = page(app.anonymous(), STORIES, &json!({"last": 5})).await;
    let mut backwards = column(&back, "id");
    app.clock.set(later);
    while flags(&list).1 {
        let more = json!({"first": 5, "after": list["pageInfo"]["endCursor"]});
        list = page(app.anonymous(), STORIES, &more).await;
        forwards.extend(column(&list, "id"));
    }
    assert_eq!(forwards, old, "older ones go on where they were");
    while flags(&back).0 {
        let more = json!({"last": 5, "before": back["pageInfo"]["startCursor"]});
        back = page(app.anonymous(), STORIES, &more).await;
        backwards.splice(0..0, column(&back, "id"));
    }
    let mut all = old.clone();
    all.insert(0, story_id(new));
    assert_eq!(backwards, all, "newer ones end with the newest");
    assert_eq!(
        walk(app.anonymous(), STORIES, &json!({}), (5, "id")).await,
        all
    );
    // What a client does that was at the top: ask for what is newer than its newest.
    let first = page(app.anonymous(), STORIES, &json!({"first": 2})).await;
    let newest_old = &first["edges"][1]["cursor"];
    let news = page(
        app.anonymous(),
        STORIES,
        &json!({"last": 10, "before": newest_old}),
    )
    .await;
    assert_eq!(column(&news, "id"), [story_id(new)]);
    assert_eq!(flags(&news), (false, true));
}

async fn the_feed_has_a_part_for_campaign_category_and_nominee(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, other) = (app.sample().await, app.sample().await);
    let draft = app
        .sample_with(|c| c.lifecycle = acclaim::domain::campaign::Lifecycle::Draft)
        .await;
    let made = stories(&app, &sample, 40).await;
    let others = stories(&app, &other, 7).await;
    stories(&app, &draft, 5).await;
    let own = sample
        .insert_story(&app.database, None, "The campaign's own", app.clock.now())
        .await;
    let mut of_campaign = made.clone();
    of_campaign.push((app.clock.now(), own));
    of_campaign.sort_unstable_by(|a, b| b.cmp(a));
    let mut all = [of_campaign.clone(), others].concat();
    all.sort_unstable_by(|a, b| b.cmp(a));
    let category = sample.category_id(1);
    let campaign = sample.campaign_id();
    let mut of_category = Vec::new();
    for (at, id) in &made {
        let read = story::list_by_ids(&app.database, vec![id.0]).await;
        let story = read.expect("read").stories.remove(0);
        if story
            .nominee_id
            .is_some_and(|id| sample.nominees[12..24].contains(&id))
        {
            of_category.push((*at, *id));
        }
    }
    assert_eq!(of_category.len(), 12);
    for (variables, expected) in [
        (json!({}), &all),
        (json!({"campaign": campaign}), &of_campaign),
        (json!({"category": category}), &of_category),
        (
            json!({"campaign": campaign, "category": category}),
            &of_category,
        ),
    ] {
        let expected = ids(expected);
        assert_eq!(
            walk(app.anonymous(), STORIES, &variables, (5, "id")).await,
            expected,
            "{variables}"
        );
        assert_eq!(
            walk_back(app.anonymous(), STORIES, &variables, (5, "id")).await,
            expected,
            "{variables}"
        );
    }
    let foreign = json!({"campaign": other.campaign_id(), "category": category});
    assert_eq!(app.anonymous().fail(STORIES, foreign).await, "NOT_FOUND");
    within_campaign_and_nominee(&app, &sample, (&of_campaign, &of_category, &made)).await;
}

type Feed = Vec<(DateTime<Utc>, StoryId)>;

/// The same lists as fields of a campaign and of a nominee.
async fn within_campaign_and_nominee(
    app: &TestApp,
    sample: &Sample,
    (of_campaign, of_category, made): (&Feed, &Feed, &Feed),
) {
    let within = "query($campaign: ID!, $category: ID) { campaign(id: $campaign) {
        stories(first: 100, category: $category) { nodes { id } } } }";
    let category = sample.category_id(1);
    for (category, expected) in [(Value::Null, of_campaign), (json!(category), of_category)] {
        let variables = json!({"campaign": sample.campaign_id(), "category": category});
        let data = app.anonymous().ask(within, variables).await;
        assert_eq!(column(&data["campaign"]["stories"], "id"), ids(expected));
    }
    // 40 stories about 36 nominees in turn: the first four have two.
    let of_nominee = "query($nominee: ID!, $after: String) { nominee(id: $nominee) {
        stories(first: 1, after: $after) { nodes { id nominee { id } } pageInfo { hasPreviousPage hasNextPage endCursor } } } }";
    let nominee = sample.nominee_id(2);
    let ask = async |after: &Value| {
        let data = app
            .anonymous()
            .ask(of_nominee, json!({"nominee": nominee, "after": after}));
        data.await["nominee"]["stories"].take()
    };
    let newer = ask(&Value::Null).await;
    assert_eq!(flags(&newer), (false, true), "{newer}");
    let older = ask(&newer["pageInfo"]["endCursor"]).await;
    assert_eq!(flags(&older), (true, false), "{older}");
    let positions = [newer, older].map(|list| {
        assert_eq!(list["nodes"][0]["nominee"]["id"], json!(nominee));
        ids(made)
            .iter()
            .position(|id| *id == list["nodes"][0]["id"])
    });
    assert!(
        positions[0] < positions[1] && positions[0].is_some(),
        "{positions:?}"
    );
}

async fn both_bounds_cut_a_page_of_the_feed(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let made = stories(&app, &sample, 10).await;
    let expected = ids(&made);
    let whole = page(app.anonymous(), STORIES, &json!({})).await;
    let cursor = |index: usize| whole["edges"][index]["cursor"].clone();
    let between = json!({"after": cursor(1), "before": cursor(7)});
    for (count, range) in [
        (json!({"first": 100}), 2..7),
        (json!({"first": 3}), 2..5),
        (json!({"last": 100}), 2..7),
        (json!({"last": 3}), 4..7),
    ] {
        let list = page(app.anonymous(), STORIES, &with(&between, &count)).await;
        assert_eq!(column(&list, "id"), expected[range], "{count}");
    }
}

async fn a_story_is_invisible_until_its_time(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let at = app.clock.now() + TimeDelta::minutes(1);
    let id = sample
        .insert_story(&app.database, Some(0), "Soon", at)
        .await;
    let variables = json!({"id": story_id(id), "campaign": sample.campaign_id(),
        "nominee": sample.nominee_id(0)});
    let query = "query($id: ID!, $campaign: ID!, $nominee: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } story(id: $id) { id }
        stories { nodes { id } } campaign(id: $campaign) { stories { nodes { id } } }
        nominee(id: $nominee) { stories { nodes { id } } } }";
    let hidden = json!({"node": null, "nodes": [null], "story": null, "stories": {"nodes": []},
        "campaign": {"stories": {"nodes": []}}, "nominee": {"stories": {"nodes": []}}});
    app.clock.set(at - TimeDelta::microseconds(1));
    let voter = app.voter();
    for client in [app.anonymous(), &voter] {
        assert_eq!(client.ask(query, variables.clone()).await, hidden);
    }
    let staff = app.staff().await;
    let node = json!({"id": story_id(id)});
    let seen = staff.ask(query, variables.clone()).await;
    assert_eq!(
        (&seen["node"], &seen["story"]),
        (&node, &node),
        "staff may look"
    );
    app.clock.set(at);
    let nodes = json!({"nodes": [node]});
    let shown = json!({"node": node, "nodes": [node], "story": node, "stories": nodes, "campaign": {"stories": nodes},
        "nominee": {"stories": nodes}});
    assert_eq!(app.anonymous().ask(query, variables).await, shown);
}

async fn a_story_leads_to_those_beside_it(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    // Those of another campaign, of the same moments, are not beside it.
    stories(&app, &app.sample().await, 8).await;
    let made = stories(&app, &sample, 8).await;
    let soon = app.clock.now() + TimeDelta::minutes(1);
    sample.insert_story(&app.database, None, "Soon", soon).await;
    let expected = ids(&made);
    let query = "query($id: ID!) { story(id: $id) { newer { id } older { id } } }";
    for (place, id) in expected.iter().enumerate() {
        let story = &app.anonymous().ask(query, json!({"id": id})).await["story"];
        let beside = |place: Option<usize>| {
            let found = place.and_then(|place| expected.get(place));
            found.map_or(Value::Null, |id| json!({"id": id}))
        };
        assert_eq!(story["newer"], beside(place.checked_sub(1)), "{place}");
        assert_eq!(story["older"], beside(Some(place + 1)), "{place}");
    }
}

async fn a_story_is_shown_with_all_that_it_has(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let media = |kind, n: u8| Media {
        kind,
        url: format!("https://media.example/{n}"),
        title: format!("Medium {n}"),
    };
    let made = Story {
        id: StoryId::new(),
        campaign_id: sample.campaign.id,
        nominee_id: Some(sample.nominees[3]),
        title: "标题".to_owned(),
        summary: "In short.".to_owned(),
        body: "## 标题\n\n*Good* <script>alert(1)</script> [x](javascript:alert)".to_owned(),
        cover_url: Some("https://media.example/cover".to_owned()),
        cover_media: None,
        media: vec![
            media(MediaKind::Image, 1),
            media(MediaKind::Video, 2),
            media(MediaKind::Audio, 3),
        ],
        published_at: app.clock.now(),
        review: StoryReview::of_command(),
    };
    let mut tx = app
        .database
        .begin("test")
        .await
        .expect("the database answers");
    story_edit::insert(&mut tx, &made).await.expect("stored");
    tx.commit().await.expect("it commits");
    let query = "query($id: ID!) { story(id: $id) { id title summary coverUrl publishedAt media { kind url title }
        nominee { number } likeCount viewCount viewerHasLiked body markdown: body(format: MARKDOWN) html: body(format: HTML) } }";
    let mut story = app
        .anonymous()
        .ask(query, json!({"id": story_id(made.id)}))
        .await["story"]
        .take();
    let html = story["html"].take();
    let html = html.as_str().expect("a text");
    assert!(
        html.starts_with("<h2>标题</h2>\n<p><em>Good</em> &lt;script&gt;"),
        "{html}"
    );
    assert!(!html.contains("javascript:"), "{html}");
    let medium = |kind: &str, n: u8| json!({"kind": kind, "url": format!("https://media.example/{n}"), "title": format!("Medium {n}")});
    let expected = json!({
        "id": story_id(made.id), "title": "标题", "summary": "In short.",
        "coverUrl": "https://media.example/cover", "publishedAt": "2022-10-25T04:00:00.000Z",
        "media": [medium("IMAGE", 1), medium("VIDEO", 2), medium("AUDIO", 3)], "nominee": {"number": 4},
        "likeCount": 0, "viewCount": 0, "viewerHasLiked": null, "body": made.body, "markdown": made.body, "html": null,
    });
    assert_eq!(story, expected);
}

async fn stories_of_one_moment_are_all_walked(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    // Moments of each precision that is written differently.
    for micros in [0, 500_000, 250_300, 1] {
        let at = app.clock.now() - TimeDelta::minutes(5) + TimeDelta::microseconds(micros);
        for n in 0..5 {
            let title = format!("Story {n}");
            sample.insert_story(&app.database, None, &title, at).await;
        }
    }
    for size in [1, 2, 3, 5, 7, 20] {
        let forwards = walk(app.anonymous(), STORIES, &json!({}), (size, "id")).await;
        let backwards = walk_back(app.anonymous(), STORIES, &json!({}), (size, "id")).await;
        let different: std::collections::HashSet<_> =
            forwards.iter().map(ToString::to_string).collect();
        assert_eq!((forwards.len(), different.len()), (20, 20), "{size}");
        assert_eq!(forwards, backwards, "in pages of {size}");
    }
    // SQLite compares texts: another spelling of a moment would be another place in the feed.
    let mut sql = RawSql::connect(&stores).await;
    if matches!(sql, RawSql::Postgres(_)) {
        return;
    }
    for (column, table) in [
        ("published_at", "story"),
        ("voting_opens_at", "campaign"),
        ("voting_closes_at", "campaign"),
    ] {
        let mut set = async |spelling: &str| {
            sql.try_execute(&format!("UPDATE {table} SET {column} = '{spelling}'"))
                .await
        };
        for spelling in [
            "2022-10-25T04:00:00Z",
            "2022-10-25 04:00:00",
            "2022-10-25 04:00:00+00:00",
            "2022-10-25T04:00:00.000+00:00",
            "2022-10-25T04:00:00.000000+00:00",
            "2022-10-25T04:00:00.5+00:00",
            "2022-10-25T04:00:00.500000+00:00",
            "2022-10-25T12:00:00+08:00",
            "2022-10-25T04:00:00-00:00",
            "2022-10-25t04:00:00+00:00",
            "2022-10-25T04:00+00:00",
            "2022-10-25",
            "1666670400",
            "",
        ] {
            let refused = set(spelling).await.expect_err(spelling);
            assert!(refused.to_string().contains("CHECK"), "{refused}");
        }
    }
}

async fn addresses_that_are_none_of_the_web_are_not_stored(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let id = sample
        .insert_story(&app.database, Some(0), "Told", app.clock.now())
        .await;
    let mut sql = RawSql::connect(&stores).await;
    let medium = |url: &str| {
        json!([{"kind": "IMAGE", "url": "https://media.example/1", "title": "Good"},
            {"kind": "VIDEO", "url": url, "title": "A film"}])
    };
    let good = ["https://media.example/2", "http://media.example/2"];
    let bad = [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "//x.example",
        "/x",
        "ftp://x",
        "",
    ];
    for url in good.iter().chain(&bad) {
        let is_good = good.contains(url);
        for (table, column) in [
            ("campaign", "cover_url"),
            ("nominee", "portrait_url"),
            ("story", "cover_url"),
        ] {
            let statement = format!("UPDATE {table} SET {column} = '{url}'");
            let stored = sql.try_execute(&statement).await;
            assert_eq!(stored.is_ok(), is_good, "{statement}: {stored:?}");
        }
        let statement = format!("UPDATE story SET media = '{}'", medium(url));
        let stored = sql.try_execute(&statement).await;
        assert_eq!(stored.is_ok(), is_good, "{statement}: {stored:?}");
    }
    // New rows are looked at, too, and what stores them says what is wrong.
    for url in bad {
        let story = Story {
            id: StoryId::new(),
            campaign_id: sample.campaign.id,
            nominee_id: None,
            title: "Bad".to_owned(),
            summary: String::new(),
            body: String::new(),
            cover_url: None,
            cover_media: None,
            media: vec![Media {
                kind: MediaKind::Audio,
                url: url.to_owned(),
                title: String::new(),
            }],
            published_at: app.clock.now(),
            review: StoryReview::of_command(),
        };
        let mut tx = app.database.begin("test").await.expect("it answers");
        let refused = story_edit::insert(&mut tx, &story).await;
        let refused = refused.expect_err(url).to_string();
        assert!(refused.contains("must begin with https://"), "{refused}");
        drop(tx);
        let insert = format!(
            "INSERT INTO story (id, campaign_id, title, summary, body, cover_url, media, published_at)
            SELECT {}, campaign_id, title, summary, body, '{url}', media, published_at FROM story",
            if matches!(sql, RawSql::Postgres(_)) { "gen_random_uuid()" } else { "randomblob(16)" },
        );
        assert!(sql.try_execute(&insert).await.is_err(), "{insert}");
    }
    let query = "query($id: ID!) { story(id: $id) { coverUrl media { url } } }";
    let data = app
        .anonymous()
        .ask(query, json!({"id": story_id(id)}))
        .await;
    assert_eq!(
        data["story"],
        json!({"coverUrl": good[1], "media": [{"url": "https://media.example/1"}, {"url": good[1]}]})
    );
}

/// The migration that made the checks of addresses.
fn migration(sql: &RawSql) -> &'static str {
    match sql {
        RawSql::Postgres(_) => include_str!("../../../migrations/postgres/0004_addresses.sql"),
        RawSql::Sqlite(_) => include_str!("../../../migrations/sqlite/0004_addresses.sql"),
    }
}

/// Takes the checks of addresses away, as if they had not been made yet.
async fn drop_checks(sql: &mut RawSql) {
    for line in migration(sql).lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["ALTER", "TABLE", table, "ADD", "CONSTRAINT", name, ..] => {
                let statement = format!("ALTER TABLE {table} DROP CONSTRAINT {name}");
                sql.execute(&statement).await;
            }
            ["CREATE", "TRIGGER", name, ..] => {
                sql.execute(&format!("DROP TRIGGER {name}")).await;
            }
            _ => {}
        }
    }
}

/// Cleans what was stored before, as the migration does.
async fn clean(sql: &mut RawSql) {
    let statements = migration(sql).split(";\n");
    let updates = statements.filter_map(|text| text.find("UPDATE ").map(|at| &text[at..]));
    // Triggers come behind these.
    for update in updates.take(4) {
        sql.execute(update).await;
    }
}

async fn addresses_of_before_are_linked_nowhere_and_taken_out(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let id = sample
        .insert_story(&app.database, Some(0), "Told", app.clock.now())
        .await;
    let mut sql = RawSql::connect(&stores).await;
    drop_checks(&mut sql).await;
    let bad = "javascript:alert(1)";
    let media = json!([{"kind": "IMAGE", "url": bad, "title": "Bad"},
        {"kind": "IMAGE", "url": "https://media.example/1", "title": "Good"}]);
    for statement in [
        format!("UPDATE campaign SET cover_url = '{bad}'"),
        format!("UPDATE nominee SET portrait_url = '{bad}'"),
        format!("UPDATE story SET cover_url = '{bad}', media = '{media}'"),
    ] {
        sql.execute(&statement).await;
    }
    let shown = async || {
        app.refresh().await;
        let query = "query($id: ID!, $slug: String!) { story(id: $id) { coverUrl media { title } nominee { portraitUrl } }
            campaign(slug: $slug) { coverUrl } }";
        let variables = json!({"id": story_id(id), "slug": sample.campaign.slug});
        let data = app.anonymous().ask(query, variables).await;
        assert_eq!(
            data,
            json!({"story": {"coverUrl": null, "media": [{"title": "Good"}], "nominee": {"portraitUrl": null}},
                "campaign": {"coverUrl": null}})
        );
        let path = format!(
            "/c/{}/stories/{}",
            sample.campaign.slug,
            global(GlobalId::Story(id))
        );
        for path in [path.as_str(), &format!("/c/{}/n/1", sample.campaign.slug)] {
            let page = app.http().get(app.url(path)).send().await;
            let html = page.expect("an answer").text().await.expect("a page");
            assert!(
                html.contains("og:title") && !html.contains("javascript:"),
                "{html}"
            );
        }
    };
    shown().await;
    clean(&mut sql).await;
    shown().await;
    let left = [
        "SELECT COUNT(*) FROM campaign WHERE cover_url IS NOT NULL",
        "SELECT COUNT(*) FROM nominee WHERE portrait_url IS NOT NULL",
        "SELECT COUNT(*) FROM story WHERE cover_url IS NOT NULL",
    ];
    for left in left {
        assert_eq!(stores.count(left).await, 0, "{left}");
    }
    let left =
        stores.count("SELECT COUNT(*) FROM story WHERE CAST(media AS TEXT) LIKE '%javascript%'");
    assert_eq!(left.await, 0);
    let kept =
        stores.count("SELECT COUNT(*) FROM story WHERE CAST(media AS TEXT) LIKE '%media.example%'");
    assert_eq!(kept.await, 1);
}
