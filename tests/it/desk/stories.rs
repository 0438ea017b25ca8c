//! Stories from a draft to their retraction.

use acclaim::clock::Clock;
use acclaim::domain::access::StaffRole;
use acclaim::workers::scheduler::Scheduler;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

use super::{change, organisation};
use crate::fake_wechat::FakeWeChat;
use crate::harness::{Payload, Sample, Stores, TestApp, TestClient, noon, on_both};

on_both!(
    a_story_goes_from_draft_to_retraction,
    nobody_approves_a_text_of_hers,
    an_edit_of_what_is_out_takes_it_back_until_it_is_approved_again,
    a_story_that_comes_out_is_announced_once,
    a_schedule_is_shown_before_it_is_applied,
    a_retraction_reaches_every_process_and_every_kept_answer,
    the_platforms_word_is_shown_and_none_is_not_a_good_one,
    bad_input_is_told_and_changes_nothing,
    pasted_html_becomes_markdown,
    a_long_article_is_taken_of_staff_only,
    verification_knows_the_stories,
);

const FIELDS: &str = "story { id title summary body publishedAt nominee { number }
    desk { state scheduledFor isOwn check rejection editRevision author { name } editor { name } approver { name } } }
    userErrors { code message path }";

/// Runs a mutation of stories.
async fn run(client: &TestClient, name: &str, input: Value) -> Payload {
    let kind = match name {
        "createStory" => "CreateStoryInput",
        "updateStory" => "UpdateStoryInput",
        "approveStory" | "rejectStory" => "ReviewStoryInput",
        _ => "StoryStepInput",
    };
    let document = format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ {FIELDS} }} }}");
    change(client, &document, input).await
}

/// An editorial office: two editors, and the campaign that they write about.
struct Office {
    app: TestApp,
    sample: Sample,
    editor: TestClient,
    reviewer: TestClient,
}

impl Office {
    async fn open(stores: &Stores) -> Self {
        Self::with(TestApp::start(stores).await).await
    }

    async fn with(app: TestApp) -> Self {
        let sample = app.sample().await;
        let editor = app.member(StaffRole::Editor).await;
        let reviewer = app.member(StaffRole::Editor).await;
        Self {
            app,
            sample,
            editor,
            reviewer,
        }
    }

    /// A draft of the editor's with this headline.
    async fn draft(&self, title: &str) -> Value {
        let input = json!({
            "campaignId": self.sample.campaign_id(), "idempotencyKey": Uuid::new_v4(), "title": title, "body": "正文。",
        });
        let made = run(&self.editor, "createStory", input).await;
        made.expect_counted()["story"].clone()
    }

    /// A step that is made.
    async fn step(&self, client: &TestClient, name: &str, story: &Value) -> Value {
        let input =
            json!({"storyId": story["id"], "expectedRevision": story["desk"]["editRevision"]});
        run(client, name, input).await.expect_counted()["story"].clone()
    }

    /// A story that is approved, and has no time yet.
    async fn approved(&self, title: &str) -> Value {
        let draft = self.draft(title).await;
        let submitted = self.step(&self.editor, "submitStory", &draft).await;
        self.step(&self.reviewer, "approveStory", &submitted).await
    }

    /// The headlines that the public reads in the campaign's feed.
    async fn feed(&self, app: &TestApp) -> Vec<String> {
        let query = "query($id: ID!) { stories(campaignId: $id, first: 100) { nodes { title } } }";
        let data = app
            .anonymous()
            .ask(query, json!({"id": self.sample.campaign_id()}))
            .await;
        let nodes = data["stories"]["nodes"].as_array().expect("a list").iter();
        nodes
            .map(|node| node["title"].as_str().expect("text").to_owned())
            .collect()
    }

    /// Plans times for stories.
    async fn schedule(&self, stories: &[&Value], from: &str, apply: bool) -> Payload {
        let document = "mutation($input: ScheduleStoriesInput!) { scheduleStories(input: $input) {
            plan { at story { title desk { state } } } userErrors { code path } } }";
        let ids: Vec<&Value> = stories.iter().map(|story| &story["id"]).collect();
        let input = json!({"campaignId": self.sample.campaign_id(), "storyIds": ids, "times": ["15:00", "09:00"],
            "from": from, "apply": apply});
        change(&self.reviewer, document, input).await
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

async fn a_story_goes_from_draft_to_retraction(stores: Stores) {
    let office = Office::open(&stores).await;
    let draft = office.draft("一线故事").await;
    let desk = &draft["desk"];
    assert_eq!(
        (&desk["state"], &desk["isOwn"]),
        (&json!("DRAFT"), &json!(true))
    );
    assert_eq!(
        (&desk["scheduledFor"], &desk["check"]),
        (&Value::Null, &json!("NOT_CHECKED"))
    );
    assert_eq!(desk["author"], desk["editor"]);
    let story = office.step(&office.editor, "submitStory", &draft).await;
    assert_eq!(story["desk"]["state"], "IN_REVIEW");
    // Back to its author with a reason, which is gone once it is handed in again.
    let input = json!({"storyId": story["id"], "expectedRevision": 2, "reason": "请补充时间。"});
    let rejected = run(&office.reviewer, "rejectStory", input)
        .await
        .expect_counted();
    let desk = &rejected["story"]["desk"];
    assert_eq!(
        (&desk["state"], &desk["rejection"]),
        (&json!("DRAFT"), &json!("请补充时间。"))
    );
    let input = json!({"storyId": story["id"], "expectedRevision": 3, "summary": "十月。"});
    let edited = run(&office.editor, "updateStory", input)
        .await
        .expect_counted();
    assert_eq!(edited["story"]["summary"], "十月。");
    let story = office
        .step(&office.editor, "submitStory", &edited["story"])
        .await;
    assert_eq!(story["desk"]["rejection"], Value::Null);
    assert!(office.feed(&office.app).await.is_empty());
    let story = office.step(&office.reviewer, "approveStory", &story).await;
    assert_eq!(story["desk"]["state"], "APPROVED");
    assert!(story["desk"]["approver"]["name"].is_string());
    assert!(
        office.feed(&office.app).await.is_empty(),
        "it has no time yet"
    );
    let published = office.step(&office.reviewer, "publishStory", &story).await;
    assert_eq!(published["desk"]["state"], "PUBLISHED");
    assert_eq!(published["publishedAt"], time(office.app.clock.now()));
    assert_eq!(office.feed(&office.app).await, ["一线故事"]);
    // The public sees the story, and nothing of its desk.
    let query = "query($id: ID!) { story(id: $id) { title desk { state } } }";
    let seen = office
        .app
        .anonymous()
        .ask(query, json!({"id": story["id"]}))
        .await;
    assert_eq!(seen["story"], json!({"title": "一线故事", "desk": null}));
    let retracted = office
        .step(&office.reviewer, "retractStory", &published)
        .await;
    assert_eq!(retracted["desk"]["state"], "RETRACTED");
    assert!(office.feed(&office.app).await.is_empty());
    let seen = office
        .app
        .anonymous()
        .ask(query, json!({"id": story["id"]}))
        .await;
    assert_eq!(seen["story"], Value::Null);
    for name in ["submitStory", "publishStory", "retractStory"] {
        let input = json!({"storyId": story["id"]});
        run(&office.reviewer, name, input)
            .await
            .expect_refused("WRONG_STATE");
    }
    // The desk's list has it at every state, by state.
    let query = "query($id: ID!) { campaign(id: $id) { desk { all: stories { nodes { title } }
        retracted: stories(state: RETRACTED) { nodes { title } } out: stories(state: PUBLISHED) { nodes { title } } } } }";
    let data = office
        .editor
        .ask(query, json!({"id": office.sample.campaign_id()}))
        .await;
    let title = json!({"nodes": [{"title": "一线故事"}]});
    let desk = json!({"all": title, "retracted": title, "out": {"nodes": []}});
    assert_eq!(data["campaign"]["desk"], desk);
}

async fn nobody_approves_a_text_of_hers(stores: Stores) {
    let office = Office::open(&stores).await;
    let draft = office.draft("My own").await;
    let submitted = office.step(&office.editor, "submitStory", &draft).await;
    let review = |revision: i64| json!({"storyId": submitted["id"], "expectedRevision": revision});
    run(&office.editor, "approveStory", review(2))
        .await
        .expect_refused("OWN_TEXT");
    // Nor the one who changed it last.
    let input = json!({"storyId": submitted["id"], "expectedRevision": 2, "body": "Other words."});
    run(&office.reviewer, "updateStory", input)
        .await
        .expect_counted();
    run(&office.reviewer, "approveStory", review(3))
        .await
        .expect_refused("OWN_TEXT");
    let owner = office.app.staff().await;
    // Whoever has read another text than it is now approves nothing.
    let stale = run(&owner, "approveStory", review(2))
        .await
        .expect_refused("STALE_OBJECT");
    assert_eq!(stale["story"]["body"], "Other words.");
    run(&owner, "approveStory", review(3))
        .await
        .expect_counted();
    for own in [&office.editor, &office.reviewer] {
        let input = json!({"storyId": submitted["id"]});
        run(own, "publishStory", input)
            .await
            .expect_refused("OWN_TEXT");
    }
    // The tables hold it, too.
    let changed = "UPDATE story SET approver_id = author_id";
    assert!(stores.try_execute(changed).await.is_err());
    // Taking back does not wait for somebody else.
    office
        .step(
            &office.editor,
            "retractStory",
            &json!({"id": submitted["id"]}),
        )
        .await;
}

async fn an_edit_of_what_is_out_takes_it_back_until_it_is_approved_again(stores: Stores) {
    let office = Office::open(&stores).await;
    let approved = office.approved("With a tpyo").await;
    let published = office
        .step(&office.reviewer, "publishStory", &approved)
        .await;
    let out_at = published["publishedAt"].clone();
    office.app.clock.set(noon() + TimeDelta::hours(2));
    let input =
        json!({"storyId": published["id"], "expectedRevision": 4, "title": "Without a typo"});
    let edited = run(&office.editor, "updateStory", input)
        .await
        .expect_counted();
    assert_eq!(edited["story"]["desk"]["state"], "IN_REVIEW");
    assert_eq!(edited["story"]["desk"]["approver"], Value::Null);
    assert!(office.feed(&office.app).await.is_empty());
    office.app.clock.set(noon() + TimeDelta::hours(4));
    let again = office
        .step(&office.reviewer, "approveStory", &edited["story"])
        .await;
    assert_eq!(again["desk"]["state"], "PUBLISHED");
    assert_eq!(again["publishedAt"], out_at, "it keeps its place");
    assert_eq!(office.feed(&office.app).await, ["Without a typo"]);
}

async fn a_story_that_comes_out_is_announced_once(stores: Stores) {
    let clock = Clock::manual(noon());
    let start = || TestApp::builder(&stores).with_clock(clock.clone()).start();
    let office = Office::with(start().await).await;
    let other = start().await;
    let mut schedulers = [&office.app, &other].map(|app| Scheduler::new(app.inner()));
    let mut tick = async || {
        let mut counts = Vec::new();
        for (scheduler, app) in schedulers.iter_mut().zip([&office.app, &other]) {
            counts.push(scheduler.tick(app.inner()).await.expect("it reads"));
        }
        counts
    };
    let approved = office.approved("News").await;
    assert_eq!(tick().await, [0, 0], "approved is not out");
    // A review that lasts longer than until its time: it comes out when it is approved, as news.
    let planned = office
        .schedule(&[&approved], "2022-10-31T00:00:00Z", true)
        .await;
    planned.expect_counted();
    let input = json!({"storyId": approved["id"], "expectedRevision": 4, "title": "Better news"});
    let edited = run(&office.editor, "updateStory", input)
        .await
        .expect_counted();
    clock.set(noon() + TimeDelta::days(20));
    assert_eq!(tick().await, [0, 0], "in review when its time comes");
    let out = office
        .step(&office.reviewer, "approveStory", &edited["story"])
        .await;
    assert_eq!(out["publishedAt"], time(clock.now()));
    assert_eq!(tick().await, [1, 1]);
    // An edit of what is out is no news.
    let input = json!({"storyId": out["id"], "expectedRevision": out["desk"]["editRevision"], "title": "Best news"});
    let edited = run(&office.editor, "updateStory", input)
        .await
        .expect_counted();
    assert_eq!(tick().await, [0, 0]);
    office
        .step(&office.reviewer, "approveStory", &edited["story"])
        .await;
    for passed in [0, 1, 59, 61, 1_000] {
        clock.set(noon() + TimeDelta::days(20) + TimeDelta::seconds(passed));
        assert_eq!(tick().await, [0, 0], "{passed} s later");
    }
}

async fn a_schedule_is_shown_before_it_is_applied(stores: Stores) {
    let office = Office::open(&stores).await;
    let mut stories = Vec::new();
    for title in ["one", "two", "three"] {
        stories.push(office.approved(title).await);
    }
    let list: Vec<&Value> = stories.iter().collect();
    // 10:00 in Shanghai, where the campaign is.
    let from = "2022-10-31T02:00:00Z";
    let times = [
        "2022-10-31T07:00:00.000Z",
        "2022-11-01T01:00:00.000Z",
        "2022-11-01T07:00:00.000Z",
    ];
    let plan = |payload: &Payload| -> Vec<(Value, Value)> {
        let entries = payload["plan"].as_array().expect("a plan").iter();
        entries
            .map(|entry| (entry["story"]["title"].clone(), entry["at"].clone()))
            .collect()
    };
    let expected = ["one", "two", "three"].into_iter().zip(times);
    let expected: Vec<_> = expected
        .map(|(title, at)| (json!(title), json!(at)))
        .collect();
    let shown = office.schedule(&list, from, false).await.expect_counted();
    assert_eq!(plan(&shown), expected);
    let state = |payload: &Payload| payload["plan"][0]["story"]["desk"]["state"].clone();
    assert_eq!(state(&shown), "APPROVED");
    let applied = office.schedule(&list, from, true).await.expect_counted();
    assert_eq!(plan(&applied), expected);
    assert_eq!(state(&applied), "SCHEDULED");
    // Times that are taken are left to those that have them; those of the list itself are free.
    let more = office.approved("more").await;
    let planned = office
        .schedule(&[&more], from, false)
        .await
        .expect_counted();
    assert_eq!(planned["plan"][0]["at"], "2022-11-02T01:00:00.000Z");
    let turned: Vec<&Value> = list.iter().rev().copied().collect();
    let planned = office.schedule(&turned, from, true).await.expect_counted();
    assert_eq!(plan(&planned)[0], (json!("three"), json!(times[0])));
    office.app.clock.set(times[0].parse().expect("a time"));
    assert_eq!(office.feed(&office.app).await, ["three"]);
    // What is out, a draft, and what stands twice have no place in a plan.
    let draft = office.draft("draft").await;
    let now = time(office.app.clock.now());
    for (list, code) in [
        (vec![&stories[2]], "WRONG_STATE"),
        (vec![&draft], "WRONG_STATE"),
        (vec![&more, &more], "STORY_NOT_FOUND"),
        (vec![], "STORY_NOT_FOUND"),
    ] {
        office
            .schedule(&list, &now, true)
            .await
            .expect_refused(code);
    }
    office
        .schedule(&[&more], from, true)
        .await
        .expect_refused("INVALID_SCHEDULE");
}

async fn a_retraction_reaches_every_process_and_every_kept_answer(stores: Stores) {
    let office = Office::open(&stores).await;
    let other = TestApp::start(&stores).await;
    let approved = office.approved("Not for long").await;
    let published = office
        .step(&office.reviewer, "publishStory", &approved)
        .await;
    other.refresh().await;
    let id = published["id"].as_str().expect("an id");
    let page = format!("/c/{}/stories/{id}", office.sample.campaign.slug);
    let query = "/graphql?query=%7Bstories%7Bnodes%7Btitle%7D%7D%7D";
    let get = async |app: &TestApp, address: &str| {
        let request = app.anonymous().request_of(reqwest::Method::GET, address);
        let response = request.send().await.expect("an answer");
        (
            response.status().as_u16(),
            response.text().await.expect("a text"),
        )
    };
    for app in [&office.app, &other] {
        // Twice, so that the answer is a kept one.
        for _ in 0..2 {
            assert!(get(app, query).await.1.contains("Not for long"));
            assert_eq!(get(app, &page).await.0, 200);
        }
    }
    office
        .step(&office.editor, "retractStory", &published)
        .await;
    other.refresh().await;
    let liked =
        "mutation($input: SetLikeInput!) { setLike(input: $input) { userErrors { code } } }";
    for app in [&office.app, &other] {
        assert!(!get(app, query).await.1.contains("Not for long"));
        let (status, text) = get(app, &page).await;
        assert_eq!(status, 404);
        assert!(!text.contains("Not for long"));
        let like = json!({"input": {"subjectId": id, "liked": true}});
        let answer = app.voter().ask(liked, like).await;
        assert_eq!(
            answer["setLike"]["userErrors"][0]["code"],
            "SUBJECT_NOT_FOUND"
        );
    }
}

async fn the_platforms_word_is_shown_and_none_is_not_a_good_one(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let client = platform.client(4, Duration::from_secs(5));
    let app = TestApp::builder(&stores).with_wechat(client).start().await;
    let office = Office::with(app).await;
    let submit = async |title: &str, body: String| {
        let draft = office.draft(title).await;
        let input = json!({"storyId": draft["id"], "expectedRevision": 1, "body": body});
        let draft = run(&office.editor, "updateStory", input)
            .await
            .expect_counted();
        assert_eq!(
            draft["story"]["desk"]["check"], "NOT_CHECKED",
            "drafts are not"
        );
        office
            .step(&office.editor, "submitStory", &draft["story"])
            .await
    };
    // Longer than one call takes; what is wrong stands in the last of its pieces.
    let long = "很长的正文。".repeat(1_000);
    let passed = submit("Good", long.clone()).await;
    assert_eq!(passed["desk"]["check"], "PASSED");
    let checks = submit("Long", format!("{long} doubtful")).await;
    assert_eq!(checks["desk"]["check"], "REVIEW");
    let risky = submit("Both", format!("doubtful {long} risky")).await;
    assert_eq!(risky["desk"]["check"], "RISKY");
    // A reviewer may still decide; the text that is edited is looked at again.
    let input = json!({"storyId": risky["id"], "expectedRevision": 3, "body": "Harmless."});
    let edited = run(&office.editor, "updateStory", input)
        .await
        .expect_counted();
    assert_eq!(edited["story"]["desk"]["check"], "PASSED");
    // Another program of the app has ended the token: it is got anew.
    platform.end_tokens();
    assert_eq!(
        submit("Token", "x".to_owned()).await["desk"]["check"],
        "PASSED"
    );
    for errcode in [-1, 40003, 43104, 44991, 45009, 61010] {
        platform.refuse_texts(errcode);
        let story = submit("Refused", "x".to_owned()).await;
        assert_eq!(story["desk"]["check"], "NOT_CHECKED", "{errcode}");
    }
}

async fn bad_input_is_told_and_changes_nothing(stores: Stores) {
    let office = Office::open(&stores).await;
    let elsewhere = Sample::insert(&office.app.database, noon(), |_| ()).await;
    let good = json!({"campaignId": office.sample.campaign_id(), "idempotencyKey": Uuid::new_v4(),
        "title": "Title", "body": "Text"});
    for (field, value, code) in [
        ("title", json!(""), "INVALID_FIELD"),
        ("title", json!("长".repeat(201)), "INVALID_FIELD"),
        ("body", json!(" \n"), "INVALID_FIELD"),
        ("body", json!("a\u{7}"), "INVALID_FIELD"),
        ("summary", json!("长".repeat(501)), "INVALID_FIELD"),
        ("bodyHtml", json!("<p>x</p>"), "INVALID_BODY"),
        (
            "nomineeId",
            json!(elsewhere.nominee_id(0)),
            "NOMINEE_NOT_FOUND",
        ),
    ] {
        let mut input = good.clone();
        input[field] = value;
        let refused = run(&office.editor, "createStory", input)
            .await
            .expect_refused(code);
        assert_eq!(refused["userErrors"][0]["path"], json!(["input", field]));
        assert_ne!(refused["userErrors"][0]["message"], "");
    }
    assert_eq!(stores.count("SELECT COUNT(*) FROM story").await, 0);
    let made = run(&office.editor, "createStory", good.clone())
        .await
        .expect_counted();
    let again = run(&office.editor, "createStory", good)
        .await
        .expect_counted();
    assert_eq!(again["story"]["id"], made["story"]["id"]);
    // Another organisation's editor, with a valid id.
    let id = organisation(&office.app, "others").await;
    let stranger = office.app.member_of(id, StaffRole::Owner).await;
    let document =
        "mutation($input: StoryStepInput!) { submitStory(input: $input) { userErrors { code } } }";
    let input = json!({"input": {"storyId": made["story"]["id"]}});
    assert_eq!(stranger.fail(document, input.clone()).await, "NOT_FOUND");
    let auditor = office.app.member(StaffRole::Auditor).await;
    assert_eq!(auditor.fail(document, input).await, "FORBIDDEN");
    let input = json!({"storyId": made["story"]["id"], "expectedRevision": 1});
    run(&office.reviewer, "rejectStory", input)
        .await
        .expect_refused("REASON_REQUIRED");
    // In an archive nothing is written any more.
    stores
        .execute("UPDATE campaign SET lifecycle = 'ARCHIVED'")
        .await;
    office.app.refresh().await;
    let input = json!({"storyId": made["story"]["id"], "expectedRevision": 1});
    run(&office.editor, "submitStory", input)
        .await
        .expect_refused("WRONG_STATE");
}

async fn pasted_html_becomes_markdown(stores: Stores) {
    let office = Office::open(&stores).await;
    let html = "<script>alert(1)</script><h1>标题</h1><p onclick=x>一<b>线</b></p>\
        <a href='javascript:x'>y</a><table><tr><td>1</td><td>2</td></tr></table>";
    let input = json!({"campaignId": office.sample.campaign_id(), "idempotencyKey": Uuid::new_v4(),
        "nomineeId": office.sample.nominee_id(3), "title": "Pasted", "bodyHtml": html});
    let made = run(&office.editor, "createStory", input)
        .await
        .expect_counted();
    assert_eq!(made["story"]["body"], "## 标题\n\n一**线**\n\ny\n\n1 | 2");
    assert_eq!(made["story"]["nominee"]["number"], json!(4));
    // Null takes the nominee away, and what is left out stays.
    let input = json!({"storyId": made["story"]["id"], "expectedRevision": 1, "title": "Other"});
    let edited = run(&office.editor, "updateStory", input)
        .await
        .expect_counted();
    assert_eq!(edited["story"]["nominee"]["number"], json!(4));
    let input = json!({"storyId": made["story"]["id"], "expectedRevision": 2, "nomineeId": null});
    let edited = run(&office.editor, "updateStory", input)
        .await
        .expect_counted();
    assert_eq!(edited["story"]["nominee"], Value::Null);
}

async fn a_long_article_is_taken_of_staff_only(stores: Stores) {
    let office = Office::open(&stores).await;
    let body = "字".repeat(100_000);
    let input = json!({"campaignId": office.sample.campaign_id(), "idempotencyKey": Uuid::new_v4(),
        "title": "Long", "body": body});
    let made = run(&office.editor, "createStory", input.clone())
        .await
        .expect_counted();
    assert_eq!(
        made["story"]["body"]
            .as_str()
            .map(|text| text.chars().count()),
        Some(100_000)
    );
    let document = "mutation($input: CreateStoryInput!) { createStory(input: $input) { userErrors { code } } }";
    for client in [office.app.voter(), office.app.anonymous().clone()] {
        let body = json!({"query": document, "variables": {"input": input}});
        let request = client
            .request_of(reqwest::Method::POST, "/graphql")
            .json(&body);
        let status = request.send().await.expect("an answer").status();
        assert_eq!(status.as_u16(), 413);
    }
}

async fn verification_knows_the_stories(stores: Stores) {
    let office = Office::open(&stores).await;
    let approved = office.approved("Told").await;
    office
        .step(&office.reviewer, "publishStory", &approved)
        .await;
    let report = async || {
        let report = acclaim::verify::verify(&office.app.database, None).await;
        report.expect("the database answers").to_string()
    };
    let before = report().await;
    assert!(!before.contains("by the log"), "{before}");
    for (statement, told) in [
        (
            "UPDATE story SET state = 'RETRACTED'",
            "state is RETRACTED, and APPROVED by the log",
        ),
        (
            "UPDATE story SET edit_revision = 9",
            "5 of its revisions have no event, 5 first",
        ),
    ] {
        stores.execute(statement).await;
        let told_of = report().await;
        assert!(told_of.contains(told), "{statement}: {told_of}");
    }
}
