//! The cost of a page: the same few SQL statements, however long it is.

use acclaim::ledger::campaign;
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::deadlines::until;
use crate::harness::{NOMINEES_EACH, Sample, Stores, TestApp, TestClient, on_both, sample_nominee};

on_both!(
    a_field_with_a_statement_of_its_own_is_too_dear_below_a_page,
    a_page_of_100_nominees_takes_as_many_statements_as_one_of_2,
    a_feed_of_100_stories_takes_as_many_statements_as_one_of_2,
    a_tally_of_100_nominees_takes_as_many_statements_as_one_of_12,
    nodes_of_one_kind_share_their_statements,
    many_who_ask_whether_it_is_ready_cost_one_statement,
);

/// Statements that one request sends; no workers run, so nobody else sends any.
async fn cost(app: &TestApp, client: &TestClient, query: &str, variables: Value) -> (u64, Value) {
    let before = app.database.statements();
    let data = client.ask(query, variables).await;
    (app.database.statements() - before, data)
}

async fn many_who_ask_whether_it_is_ready_cost_one_statement(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let ask = async || {
        let answer = app.http().get(app.url("/readyz")).send().await;
        assert_eq!(answer.expect("an answer").status(), 200);
    };
    // An answer holds for a second, which may end in between.
    until("answers of one second", async || {
        let before = app.database.statements();
        join_all((0..20).map(|_| ask())).await;
        (app.database.statements() - before <= 1).then_some(())
    })
    .await;
}

/// A sample with 100 nominees, each with two stories, and a voter who has voted for and liked some of them.
async fn hundred(app: &TestApp) -> (Sample, TestClient) {
    let mut sample = app.sample().await;
    let mut tx = app
        .database
        .begin("test")
        .await
        .expect("the database answers");
    let mut nominees = Vec::new();
    for number in 3 * NOMINEES_EACH + 1..=100 {
        let nominee = sample_nominee(sample.campaign.id, sample.categories[2], number);
        sample.nominees.push(nominee.id);
        nominees.push(nominee);
    }
    campaign::insert_nominees(&mut tx, &nominees)
        .await
        .expect("stored");
    tx.commit().await.expect("it commits");
    app.refresh().await;
    let sample = sample;
    for n in 0..200 {
        let at = app.clock.now() - TimeDelta::seconds(n);
        let nominee = usize::try_from(n).expect("it is small") % 100;
        insert_story(app, &sample, nominee, at).await;
    }
    let voter = app.voter();
    let like = "mutation($id: ID!) { setLike(input: {subjectId: $id, liked: true}) { subject { likeCount } } }";
    for index in [0, 1, 50, 99] {
        let nominee = sample.nominee_id(index);
        voter.vote(&nominee).await;
        voter.ask(like, json!({"id": nominee})).await;
    }
    app.publish_tallies().await;
    (sample, voter)
}

/// A story about the nominee at this index, whose category the test does not need.
async fn insert_story(
    app: &TestApp,
    sample: &Sample,
    nominee: usize,
    at: chrono::DateTime<chrono::Utc>,
) {
    let made = acclaim::domain::story::Story {
        id: acclaim::id::StoryId::new(),
        campaign_id: sample.campaign.id,
        nominee_id: Some(sample.nominees[nominee]),
        title: "A story".to_owned(),
        summary: String::new(),
        body: String::new(),
        cover_url: None,
        cover_media: None,
        media: Vec::new(),
        published_at: at,
        review: acclaim::domain::story::life::StoryReview::of_command(),
    };
    let mut tx = app
        .database
        .begin("test")
        .await
        .expect("the database answers");
    acclaim::ledger::story_edit::insert(&mut tx, &made)
        .await
        .expect("stored");
    tx.commit().await.expect("it commits");
}

async fn a_field_with_a_statement_of_its_own_is_too_dear_below_a_page(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (voter, campaign) = (app.voter(), sample.campaign_id());
    for field in [
        "viewerQuotas { used }",
        "stories(first: 1) { nodes { id } }",
    ] {
        let query = format!(
            "query($campaign: ID!) {{ nominees(campaignId: $campaign, first: 100) {{
            nodes {{ campaign {{ {field} }} }} }} }}"
        );
        let code = voter.fail(&query, json!({"campaign": campaign})).await;
        assert_eq!(code, "QUERY_TOO_COMPLEX", "{field}");
    }
}

async fn a_page_of_100_nominees_takes_as_many_statements_as_one_of_2(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, voter) = hundred(&app).await;
    let query = "query($campaign: ID!, $first: Int!, $order: NomineeOrder!) {
        nominees(campaignId: $campaign, first: $first, orderBy: $order) { nodes {
        category { key } campaign { slug } votes rank viewerHasVoted viewerHasLiked likeCount viewCount
        stories(first: 3) { nodes { title likeCount viewerHasLiked nominee { name viewerHasVoted } } } } } }";
    for order in ["NUMBER", "VOTES", "SHUFFLED"] {
        for first in [2, 100] {
            let campaign = sample.campaign_id();
            let variables = json!({"campaign": campaign, "first": first, "order": order});
            let (statements, data) = cost(&app, &voter, query, variables).await;
            // The nominees' counters, the viewer's likes and votes; the stories, their counters, the viewer's likes of
            // them, and the viewer's votes again for the nominees of the stories. Rosters and tallies are in memory.
            assert_eq!(statements, 7, "{first} by {order}");
            let nodes = data["nominees"]["nodes"].as_array().expect("nodes");
            assert_eq!(nodes.len(), first);
            assert!(nodes.iter().all(|node| {
                node["stories"]["nodes"]
                    .as_array()
                    .is_some_and(|s| s.len() == 2)
            }));
            if first == 100 {
                let count = |field: &str, value: Value| {
                    nodes.iter().filter(|node| node[field] == value).count()
                };
                assert_eq!(
                    (
                        count("viewerHasVoted", json!(true)),
                        count("votes", json!(1))
                    ),
                    (4, 4)
                );
                assert_eq!(
                    (
                        count("viewerHasLiked", json!(true)),
                        count("likeCount", json!(1))
                    ),
                    (4, 4)
                );
            }
        }
    }
}

async fn a_feed_of_100_stories_takes_as_many_statements_as_one_of_2(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, voter) = hundred(&app).await;
    let query = "query($campaign: ID!, $first: Int!) { stories(campaignId: $campaign, first: $first) { nodes {
        title likeCount viewCount viewerHasLiked
        nominee { name votes rank viewerHasVoted likeCount viewCount viewerHasLiked category { key } } } } }";
    for first in [2, 100] {
        let variables = json!({"campaign": sample.campaign_id(), "first": first});
        let (statements, data) = cost(&app, &voter, query, variables).await;
        // The feed, its counters, the viewer's likes of it; the nominees' counters, the viewer's likes of them and
        // votes.
        assert_eq!(statements, 6, "{first}");
        let nodes = data["stories"]["nodes"].as_array().expect("nodes");
        assert_eq!(nodes.len(), first);
        assert!(nodes.iter().all(|node| node["nominee"]["votes"].is_i64()));
    }
}

async fn a_tally_of_100_nominees_takes_as_many_statements_as_one_of_12(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, voter) = hundred(&app).await;
    let query = "query($campaign: ID!, $category: ID) { campaign(id: $campaign) { tally { countedVotes
        entries(category: $category) { votes rank share nominee { name votes viewerHasVoted likeCount viewerHasLiked } } } } }";
    let category = sample.category_id(0);
    for (category, length) in [(json!(category), 12), (Value::Null, 100)] {
        let variables = json!({"campaign": sample.campaign_id(), "category": category});
        let (statements, data) = cost(&app, &voter, query, variables).await;
        // The nominees' counters, the viewer's likes and votes.
        assert_eq!(statements, 3, "{length}");
        let entries = data["campaign"]["tally"]["entries"]
            .as_array()
            .expect("entries");
        assert_eq!(entries.len(), length);
    }
}

async fn nodes_of_one_kind_share_their_statements(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, voter) = hundred(&app).await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Nominee { likeCount viewerHasVoted }
        ... on Story { likeCount nominee { viewerHasVoted } } ... on Vote { nominee { likeCount viewerHasVoted } } } }";
    let list = "query($id: ID!) { stories(campaignId: $id, first: 50) { nodes { id } } }";
    let data = app
        .anonymous()
        .ask(list, json!({"id": sample.campaign_id()}))
        .await;
    let in_feed = super::column(&data["stories"], "id");
    let nominees = (0..sample.nominees.len()).map(|index| json!(sample.nominee_id(index)));
    let nominees: Vec<Value> = nominees.collect();
    let mut cast = Vec::new();
    for index in [2, 12, 13, 14, 24, 25] {
        let payload = voter.vote(&sample.nominee_id(index)).await;
        cast.extend(Some(payload["vote"]["id"].clone()).filter(Value::is_string));
    }
    assert!(cast.len() > 3, "{cast:?}");
    for (kind, ids, expected) in [
        // The counters and the viewer's votes.
        ("nominees", nominees, 2),
        // The stories, their counters, the viewer's votes for their nominees.
        ("stories", in_feed, 3),
        // The votes, the counters of their nominees, the viewer's votes for them.
        ("votes", cast, 3),
    ] {
        for ids in [&ids[..2], &ids[..]] {
            let (statements, data) = cost(&app, &voter, query, json!({"ids": ids})).await;
            assert_eq!(statements, expected, "{} {kind}", ids.len());
            let nodes = data["nodes"].as_array().expect("nodes");
            assert!(nodes.iter().all(Value::is_object), "{data}");
        }
    }
}
