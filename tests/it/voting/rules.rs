//! Rules that change while processes hold the old ones: no worker runs here, so nothing is reloaded but by a vote.

use acclaim::ledger::recount;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use crate::harness::{Sample, Stores, TestApp, on_both, refusal};

on_both!(
    a_change_of_the_rules_holds_for_the_next_vote_on_every_process,
    ways_in_that_are_admitted_no_more_hold_for_the_next_vote,
    a_moved_close_decides_by_the_moment_of_the_cast,
    a_nominee_that_moved_away_gets_no_votes_where_it_was,
    a_vote_keeps_its_answer_and_its_rules_whatever_they_become,
    a_nominee_gets_one_vote_a_campaign_also_after_votes_by_day,
    rules_that_stay_cost_no_statement,
);

/// Two processes that hold the sample as it was.
async fn two_processes(stores: &Stores) -> ([TestApp; 2], Sample) {
    let first = TestApp::start(stores).await;
    let sample = first.sample().await;
    let second = TestApp::start(&stores.share()).await;
    ([first, second], sample)
}

/// A moment as SQLite's texts have it, which PostgreSQL reads as well.
fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

async fn change(stores: &Stores, statement: String) {
    stores.execute(String::leak(statement)).await;
}

async fn a_change_of_the_rules_holds_for_the_next_vote_on_every_process(stores: Stores) {
    let (apps, sample) = two_processes(&stores).await;
    for app in &apps {
        app.voter()
            .vote(&sample.nominee_id(0))
            .await
            .expect_counted();
    }
    for (changed, back, refused) in [
        (
            "UPDATE nominee SET status = 'FROZEN' WHERE number = 1",
            "UPDATE nominee SET status = 'ACTIVE' WHERE number = 1",
            "NOMINEE_FROZEN",
        ),
        (
            "UPDATE nominee SET status = 'WITHDRAWN' WHERE number = 1",
            "UPDATE nominee SET status = 'ACTIVE' WHERE number = 1",
            "NOMINEE_NOT_FOUND",
        ),
        (
            "UPDATE campaign SET lifecycle = 'PUBLISHED'",
            "UPDATE campaign SET lifecycle = 'RUNNING'",
            "VOTING_CLOSED",
        ),
        (
            "UPDATE campaign SET guests_may_vote = FALSE",
            "UPDATE campaign SET guests_may_vote = TRUE",
            "NOT_ELIGIBLE",
        ),
    ] {
        stores.execute(changed).await;
        for app in &apps {
            let vote = app.guest().vote(&sample.nominee_id(0)).await;
            vote.expect_refused(refused);
        }
        stores.execute(back).await;
        for app in &apps {
            app.guest()
                .vote(&sample.nominee_id(0))
                .await
                .expect_counted();
        }
    }
}

async fn ways_in_that_are_admitted_no_more_hold_for_the_next_vote(stores: Stores) {
    let (apps, sample) = two_processes(&stores).await;
    for (change, refused) in [
        ("UPDATE campaign SET admits = 'OIDC'", Some("NOT_ELIGIBLE")),
        (
            "UPDATE campaign SET admits = 'OIDC WECHAT_MINI_PROGRAM'",
            None,
        ),
    ] {
        stores.execute(change).await;
        for app in &apps {
            let vote = app.voter().vote(&sample.nominee_id(0)).await;
            assert_eq!(refusal(&vote), refused, "{change}");
        }
    }
}

async fn a_moved_close_decides_by_the_moment_of_the_cast(stores: Stores) {
    let (apps, sample) = two_processes(&stores).await;
    for (app, number) in apps.iter().zip([0, 1]) {
        let now = app.clock.now();
        let after = now + chrono::TimeDelta::microseconds(1);
        for (closes, refused) in [(after, None), (now, Some("VOTING_CLOSED"))] {
            let closes = moment(closes);
            let statement = format!("UPDATE campaign SET voting_closes_at = '{closes}'");
            change(&stores, statement).await;
            let vote = app.voter().vote(&sample.nominee_id(number)).await;
            assert_eq!(refusal(&vote), refused);
        }
    }
}

async fn a_nominee_that_moved_away_gets_no_votes_where_it_was(stores: Stores) {
    let (apps, sample) = two_processes(&stores).await;
    let other = apps[0].sample().await;
    let id = |id: uuid::Uuid| match stores.redis_url {
        Some(_) => format!("'{id}'"),
        None => format!("x'{}'", id.simple()),
    };
    let (campaign, category) = (id(other.campaign.id.0), id(other.categories[0].0));
    let moved = id(sample.nominees[0].0);
    let statement = format!(
        "UPDATE nominee SET campaign_id = {campaign}, category_id = {category}, number = 999 WHERE id = {moved}"
    );
    change(&stores, statement).await;
    // The second process has never heard of the other campaign.
    for app in &apps {
        let vote = app.voter().vote(&sample.nominee_id(0)).await;
        vote.expect_refused("NOMINEE_NOT_FOUND");
    }
}

async fn a_vote_keeps_its_answer_and_its_rules_whatever_they_become(stores: Stores) {
    let (apps, sample) = two_processes(&stores).await;
    let voter = apps[0].voter();
    let key = uuid::Uuid::new_v4();
    let nominee = sample.nominee_id(0);
    voter.vote(&nominee).with_key(key).await.expect_counted();
    // A lower quota counts what was cast before; a higher one gives what it adds.
    change(
        &stores,
        "UPDATE campaign SET votes_per_period = 1".to_owned(),
    )
    .await;
    voter.vote(&nominee).with_key(key).await.expect_counted();
    let second = voter.vote(&sample.nominee_id(1)).await;
    second.expect_refused("QUOTA_SPENT");
    change(
        &stores,
        "UPDATE campaign SET votes_per_period = 2".to_owned(),
    )
    .await;
    voter.vote(&sample.nominee_id(1)).await.expect_counted();
    let statement =
        "SELECT COUNT(*) FROM vote v JOIN campaign_rules r ON r.campaign_id = v.campaign_id
        AND r.rules_revision = v.rules_revision WHERE r.votes_per_period = 3 AND v.slot = 1
            OR r.votes_per_period = 2 AND v.slot = 2";
    assert_eq!(stores.count(statement).await, 2);
    // In another category the quota is another one: the scope is the new category's.
    let category = sample.categories[1].0;
    let id = match stores.redis_url {
        Some(_) => format!("'{category}'"),
        None => format!("x'{}'", category.simple()),
    };
    change(
        &stores,
        format!("UPDATE nominee SET category_id = {id} WHERE number = 3"),
    )
    .await;
    voter.vote(&sample.nominee_id(2)).await.expect_counted();
    let scopes = "SELECT COUNT(DISTINCT scope_id) FROM vote";
    assert_eq!(stores.count(scopes).await, 2);
}

async fn a_nominee_gets_one_vote_a_campaign_also_after_votes_by_day(stores: Stores) {
    let (apps, sample) = two_processes(&stores).await;
    let voter = apps[0].voter();
    voter.vote(&sample.nominee_id(0)).await.expect_counted();
    change(
        &stores,
        "UPDATE campaign SET quota_period = 'CAMPAIGN'".to_owned(),
    )
    .await;
    let again = voter.vote(&sample.nominee_id(0)).await;
    again.expect_refused("ALREADY_VOTED");
    voter.vote(&sample.nominee_id(1)).await.expect_counted();
    // The list says what the vote will.
    apps[0].refresh().await;
    let query = "query($id: ID!) { nominee(id: $id) { viewerHasVoted } }";
    for (nominee, has_voted) in [(0, true), (1, true), (2, false)] {
        let data = voter
            .ask(query, json!({"id": sample.nominee_id(nominee)}))
            .await;
        assert_eq!(
            data["nominee"]["viewerHasVoted"],
            json!(has_voted),
            "{nominee}"
        );
    }
    assert_eq!(
        recount::list_repeats(&apps[0].database)
            .await
            .expect("a list"),
        []
    );
    // The keys take it, since the period is another; the recount does not.
    let doubled = "UPDATE vote SET nominee_id = (SELECT nominee_id FROM vote WHERE period > 0) WHERE period = 0";
    stores.execute(doubled).await;
    let repeats = recount::list_repeats(&apps[0].database).await;
    assert_eq!(repeats.expect("a list").len(), 1);
}

async fn rules_that_stay_cost_no_statement(stores: Stores) {
    let (apps, sample) = two_processes(&stores).await;
    let cost = async |app: &TestApp| {
        let voter = app.voter();
        let before = app.database.statements();
        voter.vote(&sample.nominee_id(0)).await.expect_counted();
        app.database.statements() - before
    };
    let usual = cost(&apps[0]).await;
    assert!(
        usual <= 3,
        "{usual} statements: read, store, and what the answer asks for"
    );
    assert_eq!(cost(&apps[1]).await, usual);
    change(
        &stores,
        "UPDATE campaign SET votes_per_period = 4".to_owned(),
    )
    .await;
    assert!(cost(&apps[0]).await > usual, "the new rules are read");
    assert_eq!(cost(&apps[0]).await, usual);
    change(&stores, "UPDATE campaign SET title = 'Another'".to_owned()).await;
    assert_eq!(cost(&apps[0]).await, usual, "a text is no rule");
}
