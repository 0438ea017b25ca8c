//! The figures and rights that the desk's screens begin with, its list of stories, and a text before it is stored.

use acclaim::domain::access::StaffRole;
use acclaim::domain::nominee::NomineeStatus;
use acclaim::ledger::campaign;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ACCEPT, CONFIRM, ENROL, PASSWORD, change, invite, sign_up};
use crate::harness::{Sample, Stores, TestApp, TestClient, noon, on_both, sample_nominee};
use crate::raw_sql::RawSql;

on_both!(
    members_know_their_rights,
    an_account_knows_itself,
    a_code_image_is_the_address,
    nominees_are_counted,
    stories_and_their_views_are_counted,
    the_list_of_stories_is_bounded_and_searched,
    a_text_is_shown_before_it_is_stored,
    previews_are_charged_by_their_length,
);

const RIGHTS: &str = "{ viewer { memberships { rights lacksSecondFactor role } } }";

async fn rights(client: &TestClient) -> Vec<String> {
    let data = client.ask(RIGHTS, json!({})).await;
    let rights = &data["viewer"]["memberships"][0]["rights"];
    let rights = rights.as_array().expect("a list").iter();
    rights
        .map(|right| right.as_str().expect("a name").to_owned())
        .collect()
}

async fn members_know_their_rights(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let all = [
        "READ_DRAFTS",
        "READ_FIGURES",
        "READ_RECORDS",
        "EDIT_CAMPAIGNS",
        "WITHHOLD_VOTES",
        "WRITE_STORIES",
        "REVIEW_STORIES",
        "MANAGE_ORGANISATION",
    ];
    let owner = app.member(StaffRole::Owner).await;
    for (role, expected) in [
        (StaffRole::Owner, &all[..]),
        (StaffRole::Organiser, &all[..7]),
        (StaffRole::Editor, &[all[0], all[5], all[6]]),
        (StaffRole::Auditor, &all[..3]),
    ] {
        assert_eq!(rights(&app.member(role).await).await, expected, "{role:?}");
    }
    // A rule of the organisation takes them, and a second factor gives them back.
    let member = sign_up(&app, "sample", "ma@lan.example", "OWNER").await;
    let mut database = RawSql::connect(&stores).await;
    database
        .execute("UPDATE organisation SET requires_second_factor = TRUE")
        .await;
    app.refresh().await;
    assert!(rights(&owner).await.is_empty());
    assert!(rights(&member.client).await.is_empty());
    member.enrol(&app).await;
    app.refresh().await;
    assert_eq!(rights(&member.client).await, all);
    assert!(rights(&owner).await.is_empty(), "each needs its own");
}

async fn an_account_knows_itself(stores: Stores) {
    const VIEWER: &str = "{ viewer { name email hasSecondFactor } }";
    let app = TestApp::start(&stores).await;
    let token = invite(&app, "ma@lan.example", "EDITOR").await;
    let accept = ACCEPT.replace("accepted", "accepted email");
    let wrong = json!({"token": "none", "name": "Ma Lan", "password": PASSWORD});
    let refused = change(app.anonymous(), &accept, wrong).await;
    let refused = refused.expect_refused("INVITATION_INVALID");
    assert_eq!(refused["email"], Value::Null);
    let input = json!({"token": token, "name": "Ma Lan", "password": PASSWORD});
    let accepted = change(app.anonymous(), &accept, input).await;
    assert_eq!(accepted["email"], json!("ma@lan.example"), "{accepted}");
    let member = sign_up(&app, "sample", "lin@tao.example", "EDITOR").await;
    let viewer = async || member.client.ask(VIEWER, json!({})).await["viewer"].take();
    let expected = json!({"name": "Ma Lan", "email": "lin@tao.example", "hasSecondFactor": false});
    assert_eq!(viewer().await, expected);
    let unconfirmed = change(&member.client, ENROL, json!({"password": PASSWORD})).await;
    unconfirmed.expect_counted();
    assert_eq!(viewer().await["hasSecondFactor"], json!(false));
    member.enrol(&app).await;
    assert_eq!(viewer().await["hasSecondFactor"], json!(true));
    let voter = app.voter().ask(VIEWER, json!({})).await;
    let expected = json!({"name": null, "email": null, "hasSecondFactor": false});
    assert_eq!(voter["viewer"], expected);
}

async fn a_code_image_is_the_address(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let member = sign_up(&app, "sample", "ma@lan.example", "EDITOR").await;
    let enrol = ENROL.replace("uri", "uri codeImage");
    let refused = change(&member.client, &enrol, json!({"password": "wrong hunter2"})).await;
    let refused = refused.expect_refused("INVALID_CREDENTIALS");
    assert_eq!(refused["codeImage"], Value::Null);
    let enrolled = change(&member.client, &enrol, json!({"password": PASSWORD})).await;
    let enrolled = enrolled.expect_counted();
    let image = enrolled["codeImage"].as_str().expect("an image");
    let uri = enrolled["uri"].as_str().expect("an address");
    let expected = acclaim::print::code::QrCode::new(uri).expect("a code");
    assert_eq!(image, expected.standalone());
    assert!(image.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    let confirmed = change(&member.client, CONFIRM, json!({"code": "000000"})).await;
    confirmed.expect_refused("INVALID_CODE");
}

/// A field of the side of a campaign that its organisation sees.
async fn desk_of(client: &TestClient, sample: &Sample, field: &str) -> Value {
    let query = format!("query($id: ID!) {{ campaign(id: $id) {{ desk {{ {field} }} }} }}");
    let data = client
        .ask(&query, json!({"id": sample.campaign_id()}))
        .await;
    data["campaign"]["desk"].clone()
}

async fn nominees_are_counted(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let editor = app.member(StaffRole::Editor).await;
    let mut new = Vec::new();
    for (number, status, portrait) in [
        (101, NomineeStatus::Frozen, None),
        (102, NomineeStatus::Withdrawn, None),
        (
            103,
            NomineeStatus::Active,
            Some("https://pictures.example/1"),
        ),
    ] {
        let mut nominee = sample_nominee(sample.campaign.id, sample.categories[0], number);
        nominee.status = status;
        nominee.portrait_url = portrait.map(str::to_owned);
        new.push(nominee);
    }
    let mut tx = app.database.begin("test").await.expect("it begins");
    let stored = campaign::insert_nominees(&mut tx, &new).await;
    stored.expect("good nominees");
    tx.commit().await.expect("it commits");
    app.refresh().await;
    let fields = "organisation { slug } nomineeCounts { active frozen withdrawn withoutPortrait }";
    let desk = desk_of(&editor, &sample, fields).await;
    assert_eq!(desk["organisation"]["slug"], json!("sample"));
    let counts = json!({"active": 37, "frozen": 1, "withdrawn": 1, "withoutPortrait": 37});
    assert_eq!(desk["nomineeCounts"], counts);
}

async fn stories_and_their_views_are_counted(stores: Stores) {
    const COUNTS: &str =
        "storyCounts { draft inReview approved scheduled published retracted } storyViews";
    let app = TestApp::start(&stores).await;
    let (sample, other) = (app.sample().await, app.sample().await);
    let editor = app.member(StaffRole::Editor).await;
    let zero = json!({"draft": 0, "inReview": 0, "approved": 0, "scheduled": 0, "published": 0, "retracted": 0});
    let desk = desk_of(&editor, &sample, COUNTS).await;
    assert_eq!(desk, json!({"storyCounts": zero, "storyViews": 0}));
    let mut database = RawSql::connect(&stores).await;
    let now = app.clock.now();
    let states = [
        ("DRAFT", 1),
        ("IN_REVIEW", 2),
        ("APPROVED", 3),
        ("SCHEDULED", 1),
        ("PUBLISHED", 4),
        ("RETRACTED", 2),
    ];
    for (state, count) in states {
        for number in 0..count {
            let at = if state == "SCHEDULED" {
                now + TimeDelta::microseconds(1)
            } else {
                now
            };
            let title = format!("{state} {number}");
            sample.insert_story(&app.database, None, &title, at).await;
        }
    }
    for (state, title) in [
        ("DRAFT", "DRAFT"),
        ("IN_REVIEW", "IN_REVIEW"),
        ("RETRACTED", "RETRACTED"),
    ] {
        let update = format!(
            "UPDATE story SET state = '{state}', is_scheduled = FALSE WHERE title LIKE '{title} %'"
        );
        database.execute(&update).await;
    }
    let update = "UPDATE story SET is_scheduled = FALSE WHERE title LIKE 'APPROVED %'";
    database.execute(update).await;
    let elsewhere = other
        .insert_story(&app.database, None, "Elsewhere", now)
        .await;
    let out = sample
        .insert_story(&app.database, None, "Viewed", now)
        .await;
    for (id, times) in [(elsewhere, 3), (out, 2)] {
        let id = crate::harness::global(acclaim::graphql::node_id::GlobalId::Story(id));
        let view = "mutation($id: ID!) { recordViews(input: {subjectIds: [$id]}) { userErrors { code } } }";
        for _ in 0..times {
            app.voter().ask(view, json!({"id": id})).await;
        }
    }
    app.inner().flush_views().await.expect("stored");
    let desk = desk_of(&editor, &sample, COUNTS).await;
    let counts = json!({"draft": 1, "inReview": 2, "approved": 3, "scheduled": 1, "published": 5, "retracted": 2});
    assert_eq!(desk, json!({"storyCounts": counts, "storyViews": 2}));
}

async fn the_list_of_stories_is_bounded_and_searched(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, other) = (app.sample().await, app.sample().await);
    let editor = app.member(StaffRole::Editor).await;
    for (hours, title) in [
        (0, "一线故事：100% 投入"),
        (1, "A Morning in the Workshop"),
        (2, "a_b!c"),
        (3, "axb!c"),
    ] {
        let at = noon() + TimeDelta::hours(hours);
        sample.insert_story(&app.database, None, title, at).await;
    }
    let now = app.clock.now();
    other
        .insert_story(&app.database, None, "Morning", now)
        .await;
    let list = async |arguments: &str| {
        let field =
            format!("stories({arguments}) {{ nodes {{ title }} pageInfo {{ hasNextPage }} }}");
        let desk = desk_of(&editor, &sample, &field).await;
        let nodes = desk["stories"]["nodes"].as_array().expect("a list").iter();
        let titles = nodes.map(|node| node["title"].as_str().expect("a text").to_owned());
        titles.collect::<Vec<_>>()
    };
    let all = [
        "axb!c",
        "a_b!c",
        "A Morning in the Workshop",
        "一线故事：100% 投入",
    ];
    for (arguments, expected) in [
        ("first: 10", &all[..]),
        ("first: 10, from: \"2022-10-25T05:00:00Z\"", &all[..3]),
        ("first: 10, to: \"2022-10-25T05:00:00Z\"", &all[3..]),
        (
            "from: \"2022-10-25T05:00:00Z\", to: \"2022-10-25T06:00:00Z\"",
            &all[2..3],
        ),
        (
            "from: \"2022-10-25T06:00:00Z\", to: \"2022-10-25T06:00:00Z\"",
            &[],
        ),
        (
            "from: \"-9999-01-01T00:00:00Z\", to: \"+99999-01-01T00:00:00Z\"",
            &all[..],
        ),
        ("search: \"mORNING\"", &all[2..3]),
        ("search: \" workshop \"", &all[2..3]),
        ("search: \"故事\"", &all[3..]),
        ("search: \"0%\"", &all[3..]),
        ("search: \"%\"", &all[3..]),
        ("search: \"a_b\"", &all[1..2]),
        ("search: \"!\"", &all[..2]),
        ("search: \"\\\\\"", &[]),
        ("search: \"\"", &all[..]),
        ("search: \"morning\", to: \"2022-10-25T05:00:00Z\"", &[]),
        ("search: \"morning\", state: DRAFT", &[]),
        ("search: \"morning\", state: SCHEDULED", &all[2..3]),
        ("search: \"!c\", first: 1", &all[..1]),
    ] {
        assert_eq!(list(arguments).await, expected, "{arguments}");
    }
    // Pages go on within the bounds.
    let query = "query($id: ID!, $after: String) { campaign(id: $id) { desk {
        stories(first: 1, after: $after, to: \"2022-10-25T06:30:00Z\", search: \"a\") {
            nodes { title } pageInfo { endCursor hasNextPage } } } } }";
    let mut after = Value::Null;
    for (title, has_next) in [(all[1], true), (all[2], false)] {
        let variables = json!({"id": sample.campaign_id(), "after": after});
        let data = editor.ask(query, variables).await;
        let page = &data["campaign"]["desk"]["stories"];
        assert_eq!(page["nodes"], json!([{"title": title}]));
        assert_eq!(page["pageInfo"]["hasNextPage"], json!(has_next));
        after = page["pageInfo"]["endCursor"].clone();
    }
    for search in ["x".repeat(101), "a\u{0}b".to_owned()] {
        let query = "query($id: ID!, $search: String) { campaign(id: $id) { desk {
            stories(search: $search) { nodes { id } } } } }";
        let variables = json!({"id": sample.campaign_id(), "search": search});
        assert_eq!(editor.fail(query, variables).await, "BAD_USER_INPUT");
    }
}

const PREVIEW: &str =
    "query($id: ID!, $body: String, $bodyHtml: String) { campaign(id: $id) { desk {
    preview(body: $body, bodyHtml: $bodyHtml) { markdown html } } } }";

async fn a_text_is_shown_before_it_is_stored(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let editor = app.member(StaffRole::Editor).await;
    let preview = async |body: Value, html: Value| {
        let variables = json!({"id": sample.campaign_id(), "body": body, "bodyHtml": html});
        editor.send_patiently(PREVIEW, &variables).await
    };
    for (body, html, markdown, shown) in [
        (
            json!(" ## 标题\n\n**好** <script>x</script> "),
            Value::Null,
            "## 标题\n\n**好** <script>x</script>",
            "<h2>标题</h2>\n<p><strong>好</strong> &lt;script&gt;x&lt;/script&gt;</p>\n",
        ),
        (
            Value::Null,
            json!("<h1 onclick=x>标题</h1><script>x</script><p>一<b>线</b></p>"),
            "## 标题\n\n一**线**",
            "<h2>标题</h2>\n<p>一<strong>线</strong></p>\n",
        ),
        (json!(""), Value::Null, "", ""),
    ] {
        let response = preview(body, html).await;
        let expected = json!({"markdown": markdown, "html": shown});
        assert_eq!(
            response["data"]["campaign"]["desk"]["preview"], expected,
            "{response}"
        );
    }
    let attributes = format!("<p {}>x</p>", "a ".repeat(7_000));
    for (body, html) in [
        (Value::Null, Value::Null),
        (json!("x"), json!("x")),
        (json!("字".repeat(100_001)), Value::Null),
        (json!("a\u{0}b"), Value::Null),
        (
            Value::Null,
            json!(format!("<p>{}</p>", "字".repeat(100_001))),
        ),
        (Value::Null, json!(attributes)),
    ] {
        let response = preview(body, html).await;
        let code = &response["errors"][0]["extensions"]["code"];
        assert_eq!(*code, json!("BAD_USER_INPUT"), "{response}");
    }
    // Nothing of it is stored, and nobody else may ask.
    assert_eq!(stores.count("SELECT COUNT(*) FROM story").await, 0);
    let auditor = app.member(StaffRole::Auditor).await;
    let variables = json!({"id": sample.campaign_id(), "body": "x"});
    assert_eq!(auditor.fail(PREVIEW, variables).await, "FORBIDDEN");
}

async fn previews_are_charged_by_their_length(stores: Stores) {
    let builder = TestApp::builder(&stores).with_limits(|limits| {
        limits.staff = acclaim::hot::Rate {
            per_second: 1.0,
            burst: 2_000,
        };
    });
    let app = builder.start().await;
    let sample = app.sample().await;
    let editor = app.member(StaffRole::Editor).await;
    let preview = async |chars: usize| {
        let variables = json!({"id": sample.campaign_id(), "body": "x".repeat(chars)});
        let response = editor.send(PREVIEW, variables).await;
        response["errors"][0]["extensions"]["code"].clone()
    };
    for _ in 0..3 {
        assert_eq!(preview(10).await, Value::Null);
    }
    assert_eq!(preview(100_000).await, Value::Null);
    // A thousand units have gone: as much again is more than there is.
    assert_eq!(preview(100_000).await, json!("RATE_LIMITED"));
}
