//! Nodes of every type, and what depends on who asks and in which language.

use acclaim::auth::Viewer;
use acclaim::domain::identity::IdentityKind;
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::{CampaignId, CategoryId, NomineeId, StoryId, VoteId, VoterId};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Stores, TestApp, TestClient, global, on_both};

on_both!(
    every_object_is_found_by_its_id,
    a_vote_is_shown_to_its_voter_only,
    what_does_not_exist_is_null,
    anonymous_and_staff_have_no_votes_and_likes,
    the_viewer_is_who_the_token_says,
    the_clock_is_the_servers,
    messages_are_in_the_language_of_the_request,
    variables_that_are_left_out_are_as_if_not_written,
);

const NODES: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Campaign { slug }
    ... on Category { key } ... on Nominee { number } ... on Story { title } ... on Vote { nominee { number } period castAt } } }";
const NODE: &str = "query($id: ID!) { node(id: $id) { __typename id ... on Campaign { slug }
    ... on Category { key } ... on Nominee { number } ... on Story { title } ... on Vote { nominee { number } period castAt } } }";

async fn every_object_is_found_by_its_id(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let voter = app.voter();
    let story = sample
        .insert_story(&app.database, None, "A story", app.clock.now())
        .await;
    let cast = voter.vote(&sample.nominee_id(3)).await;
    let (campaign, nominee) = (sample.campaign_id(), sample.nominee_id(3));
    let category = sample.category_id(1);
    let story = global(GlobalId::Story(story));
    let expected = [
        json!({"__typename": "Campaign", "id": campaign, "slug": sample.campaign.slug}),
        json!({"__typename": "Category", "id": category, "key": "researcher"}),
        json!({"__typename": "Nominee", "id": nominee, "number": 4}),
        json!({"__typename": "Story", "id": story, "title": "A story"}),
        json!({"__typename": "Vote", "id": cast["vote"]["id"], "nominee": {"number": 4},
            "period": cast["vote"]["period"], "castAt": "2022-10-25T04:00:00.000Z"}),
    ];
    let mut ids: Vec<Value> = expected.iter().map(|node| node["id"].clone()).collect();
    for (id, expected) in ids.iter().zip(&expected) {
        assert_eq!(voter.ask(NODE, json!({"id": id})).await["node"], *expected);
    }
    ids.reverse();
    ids.push(ids[1].clone());
    let nodes = voter.ask(NODES, json!({"ids": ids})).await["nodes"].take();
    let found: Vec<Value> = nodes
        .as_array()
        .expect("nodes")
        .iter()
        .map(|node| node["id"].clone())
        .collect();
    assert_eq!(
        found, ids,
        "in the order of the ids, and one that is named twice, twice"
    );
    let direct = "query($n: ID!, $s: ID!) { nominee(id: $n) { number } story(id: $s) { title } }";
    let data = app
        .anonymous()
        .ask(direct, json!({"n": nominee, "s": story}))
        .await;
    assert_eq!(
        data,
        json!({"nominee": {"number": 4}, "story": {"title": "A story"}})
    );
}

async fn a_vote_is_shown_to_its_voter_only(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let voter = app.voter();
    let cast = voter.vote(&sample.nominee_id(0)).await;
    let id = &cast["vote"]["id"];
    let (other, staff) = (app.voter(), app.staff().await);
    for client in [app.anonymous(), &other, &staff] {
        assert_eq!(
            client.ask(NODE, json!({"id": id})).await["node"],
            Value::Null
        );
        assert_eq!(
            client.ask(NODES, json!({"ids": [id]})).await["nodes"],
            json!([null])
        );
    }
    assert_eq!(voter.ask(NODE, json!({"id": id})).await["node"]["id"], *id);
}

async fn what_does_not_exist_is_null(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let voter = VoterId::new();
    let unknown = [
        GlobalId::Campaign(CampaignId::new()),
        GlobalId::Category(CategoryId::new()),
        GlobalId::Nominee(NomineeId::new()),
        GlobalId::Story(StoryId::new()),
        GlobalId::Vote(sample.campaign.id, VoteId::new()),
        GlobalId::Vote(CampaignId::new(), VoteId::new()),
        GlobalId::Voter(voter),
    ];
    let ids = unknown.map(global);
    let token = app.client_of(Viewer::Voter {
        id: voter,
        kinds: IdentityKind::WechatMiniProgram.into(),
        is_suspicious: false,
    });
    let nodes = token.ask(NODES, json!({"ids": ids})).await;
    assert_eq!(
        nodes["nodes"],
        json!([null, null, null, null, null, null, null])
    );
    let nothing = app.anonymous().ask(NODES, json!({"ids": []})).await;
    assert_eq!(nothing["nodes"], json!([]));
    let hundred = vec![ids[2].clone(); 100];
    app.anonymous()
        .ask(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({"ids": hundred}),
        )
        .await;
}

async fn anonymous_and_staff_have_no_votes_and_likes(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    sample
        .insert_story(&app.database, Some(0), "A story", app.clock.now())
        .await;
    let query = "query($id: ID!) { campaign(id: $id) { viewerQuotas { used } nominees(first: 1) { nodes {
        viewerHasVoted viewerHasLiked } } stories { nodes { viewerHasLiked nominee { viewerHasVoted viewerHasLiked } } } } }";
    let ask = async |client: &TestClient| {
        let variables = json!({"id": sample.campaign_id()});
        client.ask(query, variables).await["campaign"].take()
    };
    let expected = |value: Value, quotas: Value| {
        let nominee = json!({"viewerHasVoted": value, "viewerHasLiked": value});
        json!({"viewerQuotas": quotas, "nominees": {"nodes": [nominee]},
            "stories": {"nodes": [{"viewerHasLiked": value, "nominee": nominee}]}})
    };
    assert_eq!(
        ask(app.anonymous()).await,
        expected(Value::Null, Value::Null)
    );
    let staff = app.staff().await;
    assert_eq!(ask(&staff).await, expected(Value::Null, Value::Null));
    let none_used = json!([{"used": 0}, {"used": 0}, {"used": 0}]);
    assert_eq!(ask(&app.voter()).await, expected(json!(false), none_used));
}

async fn the_viewer_is_who_the_token_says(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let id = VoterId::new();
    let staff = app.staff().await.viewer();
    let Viewer::Staff(staff_id) = staff else {
        panic!("not staff: {staff:?}")
    };
    let voter = |kind: IdentityKind| Viewer::Voter {
        id,
        kinds: kind.into(),
        is_suspicious: false,
    };
    let seen = |id: GlobalId, role: &str, is_guest: bool, name: Option<&str>| json!({"id": global(id), "role": role, "isGuest": is_guest, "name": name});
    for (viewer, expected) in [
        (
            voter(IdentityKind::WechatMiniProgram),
            seen(GlobalId::Voter(id), "VOTER", false, None),
        ),
        (
            voter(IdentityKind::Guest),
            seen(GlobalId::Voter(id), "VOTER", true, None),
        ),
        (
            staff,
            seen(GlobalId::Staff(staff_id), "STAFF", false, Some("Staff")),
        ),
    ] {
        let token = app.client_of(viewer);
        let data = token
            .ask("{ viewer { id role isGuest name } }", json!({}))
            .await;
        assert_eq!(data["viewer"], expected);
    }
    let data = app
        .anonymous()
        .ask("{ viewer { id role isGuest name } }", json!({}))
        .await;
    assert_eq!(data["viewer"], Value::Null);
}

async fn the_clock_is_the_servers(stores: Stores) {
    let app = TestApp::start(&stores).await;
    for (ahead, expected) in [
        (TimeDelta::zero(), "2022-10-25T04:00:00.000Z"),
        (TimeDelta::microseconds(1_999), "2022-10-25T04:00:00.001Z"),
    ] {
        app.clock.set(crate::harness::noon() + ahead);
        let data = app.anonymous().ask("{ serverTime }", json!({})).await;
        assert_eq!(data["serverTime"], json!(expected));
    }
}

async fn messages_are_in_the_language_of_the_request(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (voter, nominee) = (app.voter(), sample.nominee_id(0));
    voter.vote(&nominee).await;
    let unknown = global(GlobalId::Nominee(NomineeId::new()));
    let query = "mutation($id: ID!, $unknown: ID!) { castVote(input: {nomineeId: $id}) { userErrors { message } }
        setLike(input: {subjectId: $unknown, liked: true}) { userErrors { message } }
        signInMiniProgram(input: {platform: WECHAT, code: \"1\"}) { userErrors { message } } }";
    let english = [
        "You have already voted for this nominee.",
        "There is no such nominee or story.",
        "This server is not set up for this platform.",
    ];
    let chinese = [
        "您已经为该候选人投过票了。",
        "没有这位候选人或这篇报道。",
        "本服务尚未接入该平台。",
    ];
    for (language, expected) in [
        ("zh", chinese),
        ("zh-CN,zh;q=0.9,en;q=0.8", chinese),
        ("fr-CH, zh-Hans;q=0.5", chinese),
        ("en-GB,zh;q=0.5", english),
        ("fr", english),
        ("", english),
    ] {
        let request = voter.request(query, &json!({"id": nominee, "unknown": unknown}));
        let answer = request.header("accept-language", language).send().await;
        let response: Value = answer.expect("an answer").json().await.expect("JSON");
        let messages = ["castVote", "setLike", "signInMiniProgram"]
            .map(|field| response["data"][field]["userErrors"][0]["message"].clone());
        assert_eq!(
            messages,
            expected.map(|message| json!(message)),
            "{language}: {response}"
        );
    }
}

async fn variables_that_are_left_out_are_as_if_not_written(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let now = app.clock.now();
    sample
        .insert_story(&app.database, Some(0), "A story", now)
        .await;
    let query = "query($id: ID!, $first: Int, $order: NomineeOrder, $format: StoryFormat, $search: String = \"07\", $all: Boolean! = true) {
        campaign(id: $id) { nominees(first: $first, orderBy: $order, search: $search) { nodes { number } } ...Feed @include(if: $all) } }
        fragment Feed on Campaign { stories(first: $first) { nodes { body(format: $format) } } }";
    let ask = async |more: Value| {
        let mut variables = json!({"id": sample.campaign_id()});
        for (name, value) in more.as_object().into_iter().flatten() {
            variables[name] = value.clone();
        }
        app.anonymous().ask(query, variables).await["campaign"].take()
    };
    let left_out = ask(json!({})).await;
    assert_eq!(left_out["nominees"], json!({"nodes": [{"number": 7}]}));
    assert_eq!(
        left_out["stories"],
        json!({"nodes": [{"body": "# A story\n\nText."}]})
    );
    let given =
        ask(json!({"first": 1, "order": "NUMBER", "format": "HTML", "search": "2", "all": false}))
            .await;
    assert_eq!(given, json!({"nominees": {"nodes": [{"number": 2}]}}));
    let null = ask(json!({"first": null, "search": null})).await;
    assert_eq!(null["nominees"]["nodes"].as_array().map(Vec::len), Some(20));
    let cast = "mutation($id: ID!, $key: UUID) { castVote(input: {nomineeId: $id, idempotencyKey: $key}) { userErrors { code } } }";
    let variables = json!({"id": sample.nominee_id(0)});
    let data = app.voter().ask(cast, variables).await;
    assert_eq!(data["castVote"]["userErrors"], json!([]));
    for unused in [
        "query($x: Int) { serverTime }",
        "query { campaigns(first: $x) { totalCount } }",
    ] {
        assert_eq!(
            app.anonymous().fail(unused, json!({})).await,
            "GRAPHQL_VALIDATION_FAILED"
        );
    }
}
