//! A campaign's life, from an empty organisation to the record.

use acclaim::domain::access::StaffRole;
use acclaim::graphql::node_id::GlobalId;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{change, organisation};
use crate::harness::{Payload, Sample, Stores, TestApp, TestClient, global, on_both};

on_both!(
    a_campaign_goes_its_whole_way,
    a_wish_that_is_repeated_makes_one_campaign,
    the_rules_are_fixed_from_the_first_vote_on,
    an_amendment_is_public_with_its_reason,
    amendments_are_seen_on_all_processes_without_a_statement,
    times_and_texts_out_of_bounds_are_refused,
    a_pause_refuses_votes_and_hides_nothing_more,
    a_copy_has_rules_categories_and_nominees,
    a_draft_is_deleted_and_nothing_else,
    categories_are_one_list,
    of_two_edits_the_second_is_shown_the_first,
    edits_on_two_processes_are_all_in_the_log,
    verification_finds_what_the_log_does_not_tell,
);

/// The fields of a campaign that the tests ask for.
const FIELDS: &str = "campaign { id slug title phase votingOpensAt votingClosesAt timeZone
    rules { votesPerPeriod tallyVisibility guestsMayVote admits } categories { id key name shortlistSize }
    amendments { subjectLabel reason changes { field before after } } desk { editRevision lifecycle hasVotes pausedAt } }
    userErrors { code path }";

/// The document of a mutation of campaigns with this name.
fn document(name: &str) -> String {
    let mut input: String = name[..1].to_uppercase();
    input.push_str(&name[1..]);
    let input = match name {
        "announceCampaign" | "pauseVoting" | "resumeVoting" | "closeVoting" | "publishResult"
        | "archiveCampaign" | "deleteCampaign" => "CampaignStepInput".to_owned(),
        _ => format!("{input}Input"),
    };
    let fields = if name == "deleteCampaign" {
        "deleted userErrors { code }"
    } else {
        FIELDS
    };
    format!("mutation($input: {input}!) {{ {name}(input: $input) {{ {fields} }} }}")
}

/// The code of a mutation that fails at the top level.
async fn fail(client: &TestClient, name: &str, input: Value) -> String {
    let document = document(name);
    client.fail(&document, json!({"input": input})).await
}

async fn run(client: &TestClient, name: &str, input: Value) -> Payload {
    change(client, &document(name), input).await
}

/// A time as the API has it.
fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// An organiser, and the organisation that it works for.
struct Office {
    app: TestApp,
    organiser: TestClient,
    organisation_id: String,
}

impl Office {
    async fn open(stores: &Stores) -> Self {
        let app = TestApp::start(stores).await;
        let id = organisation(&app, "office").await;
        let organiser = app.member_of(id, StaffRole::Organiser).await;
        Self {
            app,
            organiser,
            organisation_id: global(GlobalId::Organisation(id)),
        }
    }

    /// The input of a campaign that opens in an hour, for a day.
    fn input(&self, slug: &str) -> Value {
        let now = self.app.clock.now();
        json!({
            "organisationId": self.organisation_id,
            "idempotencyKey": Uuid::new_v4(),
            "slug": slug,
            "title": "创新达人评选",
            "votingOpensAt": time(now + TimeDelta::hours(1)),
            "votingClosesAt": time(now + TimeDelta::days(1)),
            "rules": {"period": "DAY", "scope": "CATEGORY", "votesPerPeriod": 3, "tallyVisibility": "LIVE",
                "admits": ["GUEST", "WECHAT_MINI_PROGRAM"]},
            "categories": [{"key": "one", "name": "One", "shortlistSize": 10}],
        })
    }

    /// A campaign with a nominee, still a draft.
    async fn draft(&self, slug: &str) -> Made {
        let made = run(&self.organiser, "createCampaign", self.input(slug)).await;
        let made = made.expect_counted();
        let campaign = &made["campaign"];
        let category = campaign["categories"][0]["id"].clone();
        let input = json!({
            "campaignId": campaign["id"], "categoryId": category, "idempotencyKey": Uuid::new_v4(),
            "name": "李明", "employer": "电力公司",
        });
        let query = "mutation($input: CreateNomineeInput!) { createNominee(input: $input) {
            nominee { id number } userErrors { code path } } }";
        let nominee = change(&self.organiser, query, input).await.expect_counted();
        Made {
            id: campaign["id"].clone(),
            category,
            nominee: nominee["nominee"]["id"].as_str().expect("an id").to_owned(),
        }
    }

    /// A campaign whose voting is open.
    async fn open_campaign(&self, slug: &str) -> Made {
        let made = self.draft(slug).await;
        self.step("announceCampaign", &made).await.expect_counted();
        self.app.advance(TimeDelta::hours(2));
        made
    }

    async fn step(&self, name: &str, made: &Made) -> Payload {
        run(&self.organiser, name, json!({"campaignId": made.id})).await
    }

    /// The revision of a campaign.
    async fn revision(&self, made: &Made) -> Value {
        let query = "query($id: ID!) { campaign(id: $id) { desk { editRevision } } }";
        let data = self.organiser.ask(query, json!({"id": made.id})).await;
        data["campaign"]["desk"]["editRevision"].clone()
    }

    async fn verify(&self) {
        let report = acclaim::verify::verify(&self.app.database, None).await;
        let report = report.expect("the database answers");
        assert!(report.is_clean(), "{report}");
    }
}

/// A campaign that a test has made.
struct Made {
    id: Value,
    category: Value,
    nominee: String,
}

async fn a_campaign_goes_its_whole_way(stores: Stores) {
    let office = Office::open(&stores).await;
    let made = run(&office.organiser, "createCampaign", office.input("whole")).await;
    let made = made.expect_counted();
    assert_eq!(made["campaign"]["phase"], "DRAFT");
    assert_eq!(made["campaign"]["desk"]["editRevision"], 1);
    let early = json!({"campaignId": made["campaign"]["id"]});
    let early = run(&office.organiser, "announceCampaign", early).await;
    early.expect_refused("NOT_READY");
    let made = office.draft("second").await;
    let app = &office.app;
    let voter = app.voter();
    // Nobody else sees the draft.
    let hidden = voter.vote(&made.nominee).await;
    hidden.expect_refused("NOMINEE_NOT_FOUND");
    for (wrong, code) in [
        ("pauseVoting", "WRONG_PHASE"),
        ("resumeVoting", "WRONG_PHASE"),
        ("closeVoting", "WRONG_PHASE"),
        ("publishResult", "WRONG_PHASE"),
        ("archiveCampaign", "WRONG_PHASE"),
    ] {
        office.step(wrong, &made).await.expect_refused(code);
    }
    let announced = office
        .step("announceCampaign", &made)
        .await
        .expect_counted();
    assert_eq!(announced["campaign"]["phase"], "UPCOMING");
    voter
        .vote(&made.nominee)
        .await
        .expect_refused("VOTING_NOT_OPEN");
    app.advance(TimeDelta::hours(1));
    voter.vote(&made.nominee).await.expect_counted();
    let later = app.clock.now() + TimeDelta::days(2);
    let extend =
        json!({"campaignId": made.id, "votingClosesAt": time(later), "reason": "更多人参与"});
    // After the first vote the public is told why.
    let silent = json!({"campaignId": made.id, "votingClosesAt": time(later)});
    let silent = run(&office.organiser, "extendVoting", silent).await;
    silent.expect_refused("REASON_REQUIRED");
    let extended = run(&office.organiser, "extendVoting", extend.clone()).await;
    let extended = extended.expect_counted();
    assert_eq!(extended["campaign"]["votingClosesAt"], time(later));
    let amendment = &extended["campaign"]["amendments"][0];
    assert_eq!(amendment["reason"], "更多人参与");
    assert_eq!(amendment["changes"][0]["field"], "votingClosesAt");
    let after = amendment["changes"][0]["after"].as_str().expect("a time");
    assert_eq!(after.parse(), Ok(later));
    let earlier =
        json!({"campaignId": made.id, "votingClosesAt": time(later - TimeDelta::hours(1))});
    let earlier = run(&office.organiser, "extendVoting", earlier).await;
    earlier.expect_refused("TIMES_OUT_OF_ORDER");
    app.advance(TimeDelta::seconds(1));
    let closed = office.step("closeVoting", &made).await.expect_counted();
    assert_eq!(closed["campaign"]["phase"], "ENDED");
    app.voter()
        .vote(&made.nominee)
        .await
        .expect_refused("VOTING_CLOSED");
    // It is not opened again.
    let again = run(&office.organiser, "extendVoting", extend).await;
    again.expect_refused("WRONG_PHASE");
    office.step("publishResult", &made).await.expect_counted();
    let archived = office.step("archiveCampaign", &made).await.expect_counted();
    assert_eq!(archived["campaign"]["phase"], "ARCHIVED");
    assert_eq!(archived["campaign"]["desk"]["editRevision"], 6);
    office.verify().await;
}

async fn a_wish_that_is_repeated_makes_one_campaign(stores: Stores) {
    let office = Office::open(&stores).await;
    let other = TestApp::start(&stores).await;
    let input = office.input("once");
    let elsewhere = office.organiser.at(&other);
    let (one, two) = tokio::join!(
        run(&office.organiser, "createCampaign", input.clone()),
        run(&elsewhere, "createCampaign", input.clone()),
    );
    let ids = [one, two].map(|payload| payload.expect_counted()["campaign"]["id"].clone());
    assert_eq!(ids[0], ids[1]);
    let again = run(&office.organiser, "createCampaign", input).await;
    assert_eq!(again.expect_counted()["campaign"]["id"], ids[0]);
    let another = run(&office.organiser, "createCampaign", office.input("once")).await;
    another.expect_refused("SLUG_TAKEN");
    let made = "SELECT COUNT(*) FROM audit_event WHERE action = 'campaign.create'";
    assert_eq!(stores.count(made).await, 1);
    // The key is remembered for a week, and not for ever.
    for (days, keys) in [(6, 1), (2, 0)] {
        office.app.advance(TimeDelta::days(days));
        let purged = acclaim::workers::cleaner::purge_expired(office.app.inner()).await;
        purged.expect("the database answers");
        assert_eq!(stores.count("SELECT COUNT(*) FROM creation").await, keys);
    }
}

async fn the_rules_are_fixed_from_the_first_vote_on(stores: Stores) {
    let office = Office::open(&stores).await;
    let made = office.open_campaign("fixed").await;
    let rules = json!({"period": "DAY", "scope": "CAMPAIGN", "votesPerPeriod": 2, "tallyVisibility": "LIVE",
        "admits": ["WECHAT_MINI_PROGRAM"]});
    let edit = async |field: &str, value: Value| {
        let mut input =
            json!({"campaignId": made.id, "expectedRevision": office.revision(&made).await});
        input[field] = value;
        run(&office.organiser, "updateCampaign", input).await
    };
    // Before the first vote all may change.
    let changed = edit("rules", rules.clone()).await.expect_counted();
    assert_eq!(changed["campaign"]["rules"]["votesPerPeriod"], 2);
    assert_eq!(changed["campaign"]["rules"]["guestsMayVote"], false);
    office
        .app
        .voter()
        .vote(&made.nominee)
        .await
        .expect_counted();
    let later = time(office.app.clock.now() + TimeDelta::days(3));
    for (field, value) in [
        (
            "rules",
            json!({"period": "CAMPAIGN", "scope": "CAMPAIGN", "votesPerPeriod": 2,
            "tallyVisibility": "LIVE", "admits": ["WECHAT_MINI_PROGRAM"]}),
        ),
        ("timeZone", json!("UTC")),
        ("votingClosesAt", json!(later)),
        ("votingOpensAt", json!(later)),
    ] {
        let refused = edit(field, value).await;
        assert_eq!(refused["userErrors"][0]["path"], json!(["input", field]));
        refused.expect_refused("FIXED_AFTER_FIRST_VOTE");
    }
    edit("slug", json!("other"))
        .await
        .expect_refused("FIXED_ONCE_ANNOUNCED");
    let titled = edit("title", json!("新标题")).await.expect_counted();
    assert_eq!(titled["campaign"]["title"], "新标题");
    // What stays as it is was not changed.
    edit("rules", rules).await.expect_counted();
    edit("timeZone", json!("Nowhere/Land"))
        .await
        .expect_refused("INVALID_TIME_ZONE");
    office.verify().await;
}

async fn an_amendment_is_public_with_its_reason(stores: Stores) {
    let office = Office::open(&stores).await;
    let made = office.open_campaign("amended").await;
    office
        .app
        .voter()
        .vote(&made.nominee)
        .await
        .expect_counted();
    let amend = async |change: Value, reason: &str| {
        let mut input = change;
        input["campaignId"] = made.id.clone();
        input["expectedRevision"] = office.revision(&made).await;
        input["reason"] = json!(reason);
        run(&office.organiser, "amendRules", input).await
    };
    let more = json!({"votesPerPeriod": 5});
    for reason in ["", "  ", &"长".repeat(501)] {
        amend(more.clone(), reason)
            .await
            .expect_refused("REASON_REQUIRED");
    }
    amend(json!({"votesPerPeriod": 2}), "x")
        .await
        .expect_refused("QUOTA_LOWERED");
    amend(json!({"votesPerPeriod": 1_001}), "x")
        .await
        .expect_refused("INVALID_QUOTA");
    let past = time(office.app.clock.now() - TimeDelta::minutes(1));
    amend(json!({"votingClosesAt": past}), "x")
        .await
        .expect_refused("TIME_PAST");
    let amended = amend(more, " 参与踊跃 ").await.expect_counted();
    assert_eq!(amended["campaign"]["rules"]["votesPerPeriod"], 5);
    let query = "query($id: ID!) { campaign(id: $id) { desk { editRevision } amendments { subjectLabel reason
        changes { field before after } } } }";
    let data = office
        .app
        .anonymous()
        .ask(query, json!({"id": made.id}))
        .await;
    let expected = json!({"desk": null, "amendments": [{
        "subjectLabel": "创新达人评选", "reason": "参与踊跃",
        "changes": [{"field": "rules.votesPerPeriod", "before": "3", "after": "5"}],
    }]});
    assert_eq!(data["campaign"], expected);
    // A shortlist too; and what a nominee is known by.
    let categories =
        json!([{"id": made.category, "key": "one", "name": "One", "shortlistSize": 3}]);
    let mut input = json!({"campaignId": made.id, "expectedRevision": office.revision(&made).await, "categories": categories});
    let silent = run(&office.organiser, "setCategories", input.clone()).await;
    silent.expect_refused("REASON_REQUIRED");
    input["reason"] = json!("名额调整");
    run(&office.organiser, "setCategories", input)
        .await
        .expect_counted();
    let rename = "mutation($input: UpdateNomineeInput!) { updateNominee(input: $input) {
        nominee { name desk { editRevision } } userErrors { code path } } }";
    let mut input = json!({"nomineeId": made.nominee, "expectedRevision": 1, "name": "李敏"});
    let silent = change(&office.organiser, rename, input.clone()).await;
    silent.expect_refused("REASON_REQUIRED");
    input["reason"] = json!("姓名更正");
    let renamed = change(&office.organiser, rename, input)
        .await
        .expect_counted();
    assert_eq!(
        renamed["nominee"],
        json!({"name": "李敏", "desk": {"editRevision": 2}})
    );
    let data = office
        .app
        .anonymous()
        .ask(query, json!({"id": made.id}))
        .await;
    assert_eq!(reasons(&data), ["姓名更正", "名额调整", "参与踊跃"]);
    // The log has no name of the person in its changes.
    let query = "query($id: ID!) { organisation(id: $id) { auditEvents(action: \"nominee.update\") { nodes {
        reason changes { field before after } } } } }";
    let owner_of = office.organisation_id.clone();
    let data = office.organiser.ask(query, json!({"id": owner_of})).await;
    let expected = json!([{"reason": "姓名更正", "changes": [{"field": "name", "before": null, "after": "changed"}]}]);
    assert_eq!(data["organisation"]["auditEvents"]["nodes"], expected);
}

/// The reasons of a campaign's amendments, in their order.
fn reasons(data: &Value) -> Vec<&str> {
    let amendments = data["campaign"]["amendments"].as_array().expect("a list");
    let reasons = amendments
        .iter()
        .map(|amendment| amendment["reason"].as_str());
    reasons.map(|reason| reason.expect("a text")).collect()
}

/// Whatever it is that is amended moves the revision of its campaign, or the other process would not look.
async fn amendments_are_seen_on_all_processes_without_a_statement(stores: Stores) {
    let office = Office::open(&stores).await;
    let made = office.open_campaign("amended").await;
    let vote = office.app.voter();
    vote.vote(&made.nominee).await.expect_counted();
    let other = TestApp::start(&stores.share()).await;
    let shown = async || {
        other.refresh().await;
        let before = other.database.statements();
        let query = "query($id: ID!) { campaign(id: $id) { amendments { reason } } }";
        let data = other.anonymous().ask(query, json!({"id": made.id})).await;
        assert_eq!(other.database.statements(), before);
        reasons(&data)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(shown().await, [""; 0]);
    let input = json!({"campaignId": made.id, "expectedRevision": office.revision(&made).await,
        "votesPerPeriod": 5, "reason": "more votes"});
    let amended = run(&office.organiser, "amendRules", input).await;
    amended.expect_counted();
    assert_eq!(shown().await, ["more votes"]);
    let categories =
        json!([{"id": made.category, "key": "one", "name": "One", "shortlistSize": 3}]);
    let input = json!({"campaignId": made.id, "expectedRevision": office.revision(&made).await,
        "categories": categories, "reason": "fewer places"});
    let amended = run(&office.organiser, "setCategories", input).await;
    amended.expect_counted();
    assert_eq!(shown().await, ["fewer places", "more votes"]);
    let rename = "mutation($input: UpdateNomineeInput!) { updateNominee(input: $input) { userErrors { code } } }";
    let input = json!({"nomineeId": made.nominee, "expectedRevision": 1, "name": "李敏", "reason": "a new name"});
    let renamed = change(&office.organiser, rename, input).await;
    renamed.expect_counted();
    assert_eq!(shown().await, ["a new name", "fewer places", "more votes"]);
    // The newest hundred of them are shown, and none more than once.
    for number in 0..100 {
        let input = json!({"nomineeId": made.nominee, "expectedRevision": number + 2,
            "name": format!("李敏{number}"), "reason": format!("name {number}")});
        let renamed = change(&office.organiser, rename, input).await;
        renamed.expect_counted();
    }
    let newest: Vec<_> = (0..100)
        .rev()
        .map(|number| format!("name {number}"))
        .collect();
    assert_eq!(shown().await, newest);
}

async fn times_and_texts_out_of_bounds_are_refused(stores: Stores) {
    let office = Office::open(&stores).await;
    let now = office.app.clock.now();
    for (field, value, code) in [
        ("slug", json!("Not A Slug"), "INVALID_SLUG"),
        ("title", json!(""), "INVALID_TITLE"),
        ("title", json!("长".repeat(201)), "INVALID_TITLE"),
        ("title", json!("a\nb"), "INVALID_TITLE"),
        ("summary", json!("长".repeat(2_001)), "INVALID_SUMMARY"),
        ("timeZone", json!("Shanghai"), "INVALID_TIME_ZONE"),
        (
            "votingOpensAt",
            json!(time(now - TimeDelta::hours(1))),
            "TIME_PAST",
        ),
        (
            "votingOpensAt",
            json!(time(now + TimeDelta::days(2))),
            "TIMES_OUT_OF_ORDER",
        ),
        (
            "votingClosesAt",
            json!("9999-01-01T00:00:00Z"),
            "TIMES_OUT_OF_ORDER",
        ),
        (
            "categories",
            json!([{"key": "a b", "name": "x", "shortlistSize": 1}]),
            "INVALID_CATEGORY_KEY",
        ),
        (
            "categories",
            json!([{"key": "a", "name": "x", "shortlistSize": 1}, {"key": "a", "name": "y", "shortlistSize": 1}]),
            "INVALID_CATEGORY_KEY",
        ),
        (
            "categories",
            json!([{"key": "a", "name": " ", "shortlistSize": 1}]),
            "INVALID_CATEGORY_NAME",
        ),
        (
            "categories",
            json!([{"key": "a", "name": "x", "shortlistSize": 0}]),
            "INVALID_SHORTLIST_SIZE",
        ),
    ] {
        let mut input = office.input("bounds");
        input[field] = value;
        run(&office.organiser, "createCampaign", input)
            .await
            .expect_refused(code);
    }
    let mut input = office.input("bounds");
    input["rules"]["votesPerPeriod"] = json!(0);
    run(&office.organiser, "createCampaign", input.clone())
        .await
        .expect_refused("INVALID_QUOTA");
    input["rules"]["admits"] = json!(["GUEST"]);
    run(&office.organiser, "createCampaign", input)
        .await
        .expect_refused("INVALID_ADMITS");
    // None of them has used the name or left anything.
    run(&office.organiser, "createCampaign", office.input("bounds"))
        .await
        .expect_counted();
    assert_eq!(stores.count("SELECT COUNT(*) FROM campaign").await, 1);
}

async fn a_pause_refuses_votes_and_hides_nothing_more(stores: Stores) {
    let office = Office::open(&stores).await;
    let made = office.open_campaign("paused").await;
    let app = &office.app;
    let voter = app.voter();
    let key = Uuid::new_v4();
    let counted = voter
        .vote(&made.nominee)
        .with_key(key)
        .await
        .expect_counted();
    let paused = office.step("pauseVoting", &made).await.expect_counted();
    assert_eq!(paused["campaign"]["phase"], "PAUSED");
    app.advance(TimeDelta::seconds(1));
    app.voter()
        .vote(&made.nominee)
        .await
        .expect_refused("VOTING_PAUSED");
    app.voter()
        .vote(&made.nominee)
        .without_key()
        .await
        .expect_refused("VOTING_PAUSED");
    // A vote that was counted keeps its answer.
    let repeated = voter
        .vote(&made.nominee)
        .with_key(key)
        .await
        .expect_counted();
    assert_eq!(repeated["vote"], counted["vote"]);
    office
        .step("pauseVoting", &made)
        .await
        .expect_refused("WRONG_PHASE");
    office.step("resumeVoting", &made).await.expect_counted();
    app.voter().vote(&made.nominee).await.expect_counted();
    // The end of voting ends the pause, too.
    office.step("pauseVoting", &made).await.expect_counted();
    app.advance(TimeDelta::days(1));
    let query = "query($id: ID!) { campaign(id: $id) { phase } }";
    let data = app.anonymous().ask(query, json!({"id": made.id})).await;
    assert_eq!(data["campaign"]["phase"], "ENDED");
    app.voter()
        .vote(&made.nominee)
        .await
        .expect_refused("VOTING_CLOSED");
    office.verify().await;
}

async fn a_copy_has_rules_categories_and_nominees(stores: Stores) {
    let office = Office::open(&stores).await;
    let made = office.open_campaign("original").await;
    office
        .app
        .voter()
        .vote(&made.nominee)
        .await
        .expect_counted();
    let now = office.app.clock.now();
    let mut input = json!({
        "campaignId": made.id, "idempotencyKey": Uuid::new_v4(), "slug": "copy", "title": "Copy",
        "votingOpensAt": time(now + TimeDelta::days(300)), "votingClosesAt": time(now + TimeDelta::days(301)),
        "withNominees": true,
    });
    let copied = run(&office.organiser, "cloneCampaign", input.clone())
        .await
        .expect_counted();
    let copy = &copied["campaign"];
    assert_eq!(copy["phase"], "DRAFT");
    assert_eq!(copy["rules"]["votesPerPeriod"], 3);
    assert_eq!(copy["desk"]["hasVotes"], false);
    assert_eq!(copy["categories"][0]["key"], "one");
    assert_ne!(copy["categories"][0]["id"], made.category);
    let query =
        "query($id: ID!) { campaign(id: $id) { nominees { nodes { name number votes } } } }";
    let data = office.organiser.ask(query, json!({"id": copy["id"]})).await;
    let expected = json!([{"name": "李明", "number": 1, "votes": 0}]);
    assert_eq!(data["campaign"]["nominees"]["nodes"], expected);
    let again = run(&office.organiser, "cloneCampaign", input.clone()).await;
    assert_eq!(again.expect_counted()["campaign"]["id"], copy["id"]);
    input["idempotencyKey"] = json!(Uuid::new_v4());
    run(&office.organiser, "cloneCampaign", input)
        .await
        .expect_refused("SLUG_TAKEN");
}

async fn a_draft_is_deleted_and_nothing_else(stores: Stores) {
    let office = Office::open(&stores).await;
    let made = office.draft("deleted").await;
    let kept = office.open_campaign("kept").await;
    office
        .step("deleteCampaign", &kept)
        .await
        .expect_refused("WRONG_PHASE");
    let deleted = office.step("deleteCampaign", &made).await;
    assert_eq!(deleted["deleted"], json!(true), "{deleted}");
    let query = "query($id: ID!) { campaign(id: $id) { id } }";
    let data = office.organiser.ask(query, json!({"id": made.id})).await;
    assert_eq!(data["campaign"], Value::Null);
    assert_eq!(stores.count("SELECT COUNT(*) FROM nominee").await, 1);
    let id = made.id.clone();
    let gone = fail(
        &office.organiser,
        "deleteCampaign",
        json!({"campaignId": id}),
    );
    assert_eq!(gone.await, "NOT_FOUND");
    // What was done stays in the log.
    let events = "SELECT COUNT(*) FROM audit_event WHERE action = 'campaign.delete'";
    assert_eq!(stores.count(events).await, 1);
}

async fn categories_are_one_list(stores: Stores) {
    let office = Office::open(&stores).await;
    let made = office.draft("categories").await;
    let set = async |categories: Value| {
        let input = json!({"campaignId": made.id, "expectedRevision": office.revision(&made).await, "categories": categories});
        run(&office.organiser, "setCategories", input).await
    };
    let one = json!({"id": made.category, "key": "one", "name": "One", "shortlistSize": 10});
    let two = json!({"key": "two", "name": "Two", "shortlistSize": 5});
    let both = set(json!([two, one])).await.expect_counted();
    let listed = both["campaign"]["categories"].clone();
    assert_eq!(listed[0]["key"], "two");
    // They change places, and names.
    let swapped = json!([
        {"id": listed[0]["id"], "key": "one", "name": "One", "shortlistSize": 5},
        {"id": listed[1]["id"], "key": "two", "name": "Two", "shortlistSize": 10},
    ]);
    let swapped = set(swapped).await.expect_counted();
    assert_eq!(
        swapped["campaign"]["categories"][1],
        json!({"id": made.category, "key": "two", "name": "Two", "shortlistSize": 10})
    );
    // The one with a nominee cannot go, the other can.
    set(json!([swapped["campaign"]["categories"][0]]))
        .await
        .expect_refused("CATEGORY_IN_USE");
    let rest = set(json!([swapped["campaign"]["categories"][1]]))
        .await
        .expect_counted();
    assert_eq!(
        rest["campaign"]["categories"].as_array().map(Vec::len),
        Some(1)
    );
    // Nor is another campaign's taken.
    let other = office.draft("other").await;
    let input = json!({"campaignId": made.id, "expectedRevision": office.revision(&made).await,
        "categories": [{"id": other.category, "key": "x", "name": "X", "shortlistSize": 1}]});
    let stolen = fail(&office.organiser, "setCategories", input);
    assert_eq!(stolen.await, "NOT_FOUND");
}

async fn of_two_edits_the_second_is_shown_the_first(stores: Stores) {
    let office = Office::open(&stores).await;
    let other = TestApp::start(&stores).await;
    let made = office.draft("stale").await;
    let edit = |title: &str| json!({"campaignId": made.id, "expectedRevision": 1, "title": title});
    let first = run(&office.organiser, "updateCampaign", edit("First")).await;
    first.expect_counted();
    let second = run(
        &office.organiser.at(&other),
        "updateCampaign",
        edit("Second"),
    )
    .await;
    let second = second.expect_refused("STALE_OBJECT");
    assert_eq!(second["campaign"]["title"], "First");
    assert_eq!(second["campaign"]["desk"]["editRevision"], 2);
    let late = json!({"campaignId": made.id, "expectedRevision": 1});
    let late = run(&office.organiser, "announceCampaign", late).await;
    late.expect_refused("STALE_OBJECT");
}

/// Two organisers on two processes edit one campaign at the same time. What the log tells by revision is the state.
async fn edits_on_two_processes_are_all_in_the_log(stores: Stores) {
    let office = Office::open(&stores).await;
    let other = TestApp::start(&stores).await;
    let made = office.draft("parallel").await;
    let work = async |client: TestClient, name: &'static str| {
        let mut taken = 0;
        let mut revision = json!(1);
        let mut round = 0;
        // On SQLite one of the two can be refused many times in a row.
        while taken < 4 || round < 12 {
            let input = json!({
                "campaignId": made.id, "expectedRevision": revision,
                "title": format!("{name} {round}"), "summary": format!("{round} {name}"),
            });
            let answer = run(&client, "updateCampaign", input).await;
            taken += i64::from(answer["userErrors"] == json!([]));
            // As it stands now, with the edit or without.
            revision = answer["campaign"]["desk"]["editRevision"].clone();
            round += 1;
        }
        taken
    };
    let (one, two) = tokio::join!(
        work(office.organiser.clone(), "one"),
        work(office.organiser.at(&other), "two"),
    );
    let query = "query($id: ID!) { campaign(id: $id) { title summary desk { editRevision } } }";
    office.app.refresh().await;
    let data = office.organiser.ask(query, json!({"id": made.id})).await;
    let state = &data["campaign"];
    assert_eq!(state["desk"]["editRevision"], json!(1 + one + two));
    let events = acclaim::ledger::audit::list_of_subject(&office.app.database, made.uuid()).await;
    let events = events.expect("the database answers");
    let revisions: Vec<_> = events.iter().map(|event| event.subject_revision).collect();
    let expected: Vec<_> = (1..=1 + one + two).map(Some).collect();
    assert_eq!(revisions, expected);
    let mut replayed = std::collections::BTreeMap::new();
    for change in events.iter().flat_map(|event| &event.changes) {
        let known = replayed.insert(change.field.clone(), change.after.clone());
        assert_eq!(known.flatten(), change.before, "{change:?}");
    }
    for field in ["title", "summary"] {
        assert_eq!(json!(replayed[field]), state[field]);
    }
}

/// A change by hand, in the tables, is not in the log.
async fn verification_finds_what_the_log_does_not_tell(stores: Stores) {
    let office = Office::open(&stores).await;
    office.open_campaign("by-hand").await;
    office.verify().await;
    let report = async || {
        let report = acclaim::verify::verify(&office.app.database, None).await;
        report.expect("the database answers").to_string()
    };
    for (statement, told) in [
        (
            "UPDATE campaign SET votes_per_period = 9",
            "rules.votesPerPeriod is 9, and 3 by the log",
        ),
        (
            "UPDATE nominee SET status = 'FROZEN'",
            "status is FROZEN, and ACTIVE by the log",
        ),
        (
            "UPDATE campaign SET edit_revision = edit_revision + 1",
            "1 of its revisions have no event, 3 first",
        ),
        (
            "UPDATE campaign SET edit_revision = 9000000000000000",
            "8999999999999998 of its revisions have no event, 3 first",
        ),
        (
            "UPDATE campaign SET edit_revision = 1",
            "the log knows revision 2, the object is at 1",
        ),
    ] {
        stores.execute(statement).await;
        let told_of = report().await;
        assert!(told_of.contains(told), "{statement}: {told_of}");
    }
}

impl Made {
    /// The campaign's id as the database has it.
    fn uuid(&self) -> Uuid {
        let key =
            acclaim::auth::keyed_hash::HashKey::new(crate::harness::IDENTITY_SECRET.as_bytes());
        let id = async_graphql::ID(self.id.as_str().expect("text").to_owned());
        match GlobalId::decode(&key, &id).expect("ours") {
            GlobalId::Campaign(id) => id.0,
            other => panic!("{other:?}"),
        }
    }
}

/// Of another organisation everything looks absent, whatever its id.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_belongs_to_another_organisation_is_absent() {
    let stores = Stores::embedded();
    let office = Office::open(&stores).await;
    let sample = Sample::insert(&office.app.database, office.app.clock.now(), |_| ()).await;
    office.app.refresh().await;
    let input = json!({"campaignId": sample.campaign_id()});
    for name in ["pauseVoting", "closeVoting", "deleteCampaign"] {
        let refused = fail(&office.organiser, name, input.clone());
        assert_eq!(refused.await, "NOT_FOUND", "{name}");
    }
    let events = "SELECT COUNT(*) FROM audit_event WHERE action = 'access.refused'";
    assert_eq!(stores.count(events).await, 0);
}
