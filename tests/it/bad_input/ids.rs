//! Ids, cursors and the bounds of lists.

use acclaim::auth::keyed_hash::HashKey;
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::{CampaignId, CategoryId, NomineeId, StaffId, StoryId, VoteId, VoterId};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::Target;
use crate::harness::{Stores, global, on_both};

on_both!(
    ids_of_no_use_are_refused,
    ids_of_another_kind_are_refused,
    lists_of_ids_have_bounds,
    cursors_of_no_use_are_refused,
    pages_have_bounds,
);

/// Operations with an id, and the kind of id that they take.
const WITH_ID: [(&str, &str); 14] = [
    ("any", "query($id: ID!) { node(id: $id) { id } }"),
    ("any", "query($id: ID!) { nodes(ids: [$id]) { id } }"),
    ("campaign", "query($id: ID!) { campaign(id: $id) { id } }"),
    (
        "campaign",
        "query($id: ID!) { nominees(campaignId: $id) { totalCount } }",
    ),
    (
        "campaign",
        "query($id: ID!) { stories(campaignId: $id) { nodes { id } } }",
    ),
    (
        "category",
        "query($id: ID!) { stories(category: $id) { nodes { id } } }",
    ),
    (
        "category",
        "query($id: ID!) { campaigns(first: 1) { nodes { tally { entries(category: $id) { rank } } } } }",
    ),
    (
        "category",
        "query($id: ID!) { campaigns(first: 1) { nodes { nominees(category: $id) { totalCount } } } }",
    ),
    ("nominee", "query($id: ID!) { nominee(id: $id) { id } }"),
    ("story", "query($id: ID!) { story(id: $id) { id } }"),
    (
        "nominee",
        "mutation($id: ID!) { castVote(input: {nomineeId: $id}) { userErrors { code } } }",
    ),
    (
        "campaign",
        "mutation($id: ID!) { castBallot(input: {campaignId: $id, nomineeIds: [$id]}) { userErrors { code } } }",
    ),
    (
        "likeable",
        "mutation($id: ID!) { setLike(input: {subjectId: $id, liked: true}) { userErrors { code } } }",
    ),
    (
        "likeable",
        "mutation($id: ID!) { recordViews(input: {subjectIds: [$id]}) { recorded } }",
    ),
];

async fn ids_of_no_use_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let good = target.nominee();
    let foreign = GlobalId::Nominee(target.sample.nominees[0])
        .encode(&HashKey::new(&[1; 32]))
        .0;
    let raw = BASE64URL_NOPAD.encode(target.sample.nominees[0].0.as_bytes());
    let mut forged = BASE64URL_NOPAD.decode(good.as_bytes()).expect("base64");
    forged[3] ^= 1;
    let forged = [
        BASE64URL_NOPAD.encode(&forged),
        good[..good.len() - 1].to_owned(),
        good[1..].to_owned(),
        format!("{good}="),
        format!("{good}A"),
        format!(" {good}"),
        good.to_lowercase(),
        foreign,
        raw,
        target.sample.nominees[0].to_string(),
        String::new(),
        "1".to_owned(),
        "\u{0}".to_owned(),
        format!("{good}\u{0}"),
        "🗳".repeat(16),
        "' OR 1=1 --".to_owned(),
        "A".repeat(5_000),
        good.repeat(150),
    ];
    for (_, query) in WITH_ID {
        for id in &forged {
            target.refuse_input(query, &json!({"id": id})).await;
        }
        target.refuse_input(query, &json!({"id": 7})).await;
    }
    target.assert_nothing_was_written().await;
}

async fn ids_of_another_kind_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let kinds = [
        ("campaign", GlobalId::Campaign(CampaignId::new())),
        ("category", GlobalId::Category(CategoryId::new())),
        ("nominee", GlobalId::Nominee(NomineeId::new())),
        ("story", GlobalId::Story(StoryId::new())),
        (
            "vote",
            GlobalId::Vote(target.sample.campaign.id, VoteId::new()),
        ),
        ("voter", GlobalId::Voter(VoterId::new())),
        ("staff", GlobalId::Staff(StaffId::new())),
    ];
    for (takes, query) in WITH_ID {
        for (kind, id) in kinds {
            let is_taken = takes == "any"
                || takes == kind
                || (takes == "likeable" && ["nominee", "story"].contains(&kind));
            if !is_taken {
                let variables = json!({"id": global(id)});
                target.refuse_input(query, &variables).await;
            }
        }
    }
    target.assert_nothing_was_written().await;
}

async fn lists_of_ids_have_bounds(stores: Stores) {
    let target = Target::start(stores).await;
    let good = target.nominee();
    let ballot = "mutation($ids: [ID!]!, $campaign: ID!) { castBallot(input: {campaignId: $campaign, nomineeIds: $ids}) { userErrors { code } } }";
    let campaign = target.campaign();
    for ids in [
        json!([]),
        json!([good, good]),
        json!(vec![&good; 101]),
        json!([good, campaign]),
        json!([good, ""]),
    ] {
        target
            .refuse_input(ballot, &json!({"campaign": campaign, "ids": ids}))
            .await;
    }
    let other = global(GlobalId::Campaign(CampaignId::new()));
    target
        .refuse(
            ballot,
            &json!({"campaign": other, "ids": [good]}),
            "NOT_FOUND",
        )
        .await;
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    target
        .refuse(nodes, &json!({"ids": vec![&good; 101]}), "BAD_USER_INPUT")
        .await;
    target.assert_nothing_was_written().await;
}

/// Lists that take cursors.
const LISTS: [&str; 5] = [
    "query($campaign: ID!, $first: Int, $after: String, $last: Int, $before: String) {
        nominees(campaignId: $campaign, first: $first, after: $after, last: $last, before: $before) { totalCount } }",
    "query($campaign: ID!, $first: Int, $after: String, $last: Int, $before: String) {
        stories(campaignId: $campaign, first: $first, after: $after, last: $last, before: $before) { nodes { id } } }",
    "query($campaign: ID!, $first: Int, $after: String, $last: Int, $before: String) { campaign(id: $campaign) {
        nominees(first: $first, after: $after, last: $last, before: $before, orderBy: VOTES) { totalCount } } }",
    "query($campaign: ID!, $first: Int, $after: String, $last: Int, $before: String) { campaign(id: $campaign) {
        stories(first: $first, after: $after, last: $last, before: $before) { nodes { id } } } }",
    "query($campaign: ID!, $first: Int, $after: String, $last: Int, $before: String) { campaign(id: $campaign) {
        nominees(first: $first, after: $after, last: $last, before: $before, orderBy: SHUFFLED) { totalCount } } }",
];
/// Lists that go forwards only.
const FORWARD_LISTS: [&str; 2] = [
    "query($first: Int, $after: String) { campaigns(first: $first, after: $after) { totalCount } }",
    "query($nominee: ID!, $first: Int, $after: String) { nominee(id: $nominee) { stories(first: $first, after: $after) { nodes { id } } } }",
];

async fn cursors_of_no_use_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let query = "query($campaign: ID!) { nominees(campaignId: $campaign, first: 3) { pageInfo { endCursor } } }";
    let answer = target
        .send(query, &json!({"campaign": target.campaign()}))
        .await
        .json();
    let good = answer["data"]["nominees"]["pageInfo"]["endCursor"]
        .as_str()
        .expect("a cursor")
        .to_owned();
    let mut forged = BASE64URL_NOPAD.decode(good.as_bytes()).expect("base64");
    forged[8] ^= 1;
    let cursors = [
        BASE64URL_NOPAD.encode(&forged),
        good[..good.len() - 1].to_owned(),
        good[..4].to_owned(),
        format!("{good}A"),
        target.nominee(),
        String::new(),
        "3".to_owned(),
        "\u{0}\u{7}".to_owned(),
        "A".repeat(5_000),
        good.repeat(200),
    ];
    for cursor in &cursors {
        for query in LISTS {
            for bound in ["after", "before"] {
                let mut variables = json!({"campaign": target.campaign()});
                variables[bound] = json!(cursor);
                target.refuse_input(query, &variables).await;
            }
        }
        for query in FORWARD_LISTS {
            let variables = json!({"nominee": target.nominee(), "after": cursor});
            target.refuse_input(query, &variables).await;
        }
    }
}

async fn pages_have_bounds(stores: Stores) {
    let target = Target::start(stores).await;
    let base = json!({"campaign": target.campaign(), "nominee": target.nominee()});
    let refuse = async |query: &str, field: &str, value: Value| {
        let mut variables = base.clone();
        variables[field] = value;
        target.refuse_input(query, &variables).await;
    };
    for count in [0, -1, 101, 1_000, i64::from(i32::MAX), i64::from(i32::MIN)] {
        for query in LISTS {
            refuse(query, "first", json!(count)).await;
            refuse(query, "last", json!(count)).await;
        }
        for query in FORWARD_LISTS {
            refuse(query, "first", json!(count)).await;
        }
    }
    for query in LISTS {
        let mut variables = base.clone();
        variables["first"] = json!(5);
        variables["last"] = json!(5);
        target.refuse_input(query, &variables).await;
    }
    let campaign = "query($id: ID, $slug: String) { campaign(id: $id, slug: $slug) { id } }";
    let both = json!({"id": target.campaign(), "slug": target.sample.campaign.slug});
    for variables in [json!({}), json!({"id": null, "slug": null}), both] {
        target.refuse_input(campaign, &variables).await;
    }
}
