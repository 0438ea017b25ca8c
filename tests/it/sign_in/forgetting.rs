//! The traces that are kept of a voter: shown to it, and forgotten, on request and in time.

use std::time::Duration;

use acclaim::clock::Clock;
use acclaim::verify::verify;
use acclaim::workers::cleaner;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::fake_wechat::FakeWeChat;
use crate::harness::{Payload, Sample, Stores, TestApp, TestClient, ended, on_both, program};

on_both!(
    what_is_kept_is_shown_to_the_voter_alone,
    a_request_waits_until_the_result_is_settled,
    nothing_is_left_but_votes_and_counts_tied_to_nobody,
    whoever_signs_in_meanwhile_votes_once_all_the_same,
    a_person_is_forgotten_with_all_that_turned_out_to_be_it,
    everybody_is_forgotten_in_time,
    a_sign_in_at_that_moment_finds_a_voter_or_makes_one,
    an_operator_asks_for_somebody,
);

/// The query for the traces of oneself.
const KEPT: &str = "query($first: Int, $after: String) { voterRetentionDays viewer {
    id forgetDueAt identities { kind since }
    votes(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes { at subject campaign subjectId } }
    likes { nodes { at subject campaign subjectId } } } }";

async fn server_of(stores: &Stores, platform: &FakeWeChat) -> TestApp {
    let client = platform.client(16, Duration::from_secs(10));
    TestApp::builder(stores).with_wechat(client).start().await
}

/// The time of an answer.
fn time_of(value: &Value) -> DateTime<Utc> {
    value.as_str().expect("a time").parse().expect("a time")
}

impl TestApp {
    /// A session of a voter through the mini-program.
    async fn session_of(&self, code: &str) -> (TestClient, Payload) {
        let payload = self.sign_in_wechat(code).await;
        (self.client_with(payload.access_token()), payload)
    }

    async fn forget_requests(&self) -> usize {
        let forgotten = self.inner().forgetter().forget_requests().await;
        forgotten.expect("the database answers")
    }

    async fn forget_everybody(&self) -> usize {
        let forgotten = self.inner().forgetter().forget_everybody().await;
        forgotten.expect("the database answers")
    }
}

impl TestClient {
    /// Asks to be forgotten; the time from which it is done.
    async fn ask_to_be_forgotten(&self) -> DateTime<Utc> {
        let answer = self.ask("mutation { forgetMe { dueAt } }", json!({})).await;
        time_of(&answer["forgetMe"]["dueAt"])
    }
}

/// A campaign whose voting closes in ten minutes.
async fn soon_over(app: &TestApp) -> Sample {
    let closes_at = app.clock.now() + TimeDelta::minutes(10);
    app.sample_with(|campaign| campaign.voting_closes_at = closes_at)
        .await
}

/// Ends a campaign for good.
async fn archive(stores: &Stores) {
    stores
        .execute("UPDATE campaign SET lifecycle = 'ARCHIVED'")
        .await;
}

async fn expect_verified(app: &TestApp) {
    let report = verify(&app.database, None).await.expect("it answers");
    assert!(report.is_clean(), "{report}");
}

/// The traces of people: identities, sessions, likes, and votes with hashes.
async fn traces(stores: &Stores) -> [i64; 4] {
    [
        stores.count("SELECT count(*) FROM voter_identity").await,
        stores.count("SELECT count(*) FROM session WHERE role = 'VOTER'").await,
        stores.count("SELECT count(*) FROM subject_like").await,
        stores
            .count("SELECT count(*) FROM vote WHERE network_hash IS NOT NULL OR device_hash IS NOT NULL")
            .await,
    ]
}

/// A voter who has voted twice and likes two nominees.
async fn active_voter(app: &TestApp, sample: &Sample, code: &str) -> (TestClient, Payload) {
    let (client, payload) = app.session_of(code).await;
    for index in [0, 1] {
        client
            .vote(&sample.nominee_id(index))
            .await
            .expect_counted();
        client.set_like(&sample.nominee_id(index), true).await;
    }
    (client, payload)
}

async fn what_is_kept_is_shown_to_the_voter_alone(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let sample = app.sample().await;
    let now = app.clock.now();
    let story = sample
        .insert_story(&app.database, Some(0), "A tale", now)
        .await;
    let story = crate::harness::global(acclaim::graphql::node_id::GlobalId::Story(story));
    let (lin, _) = app.session_of("ok-lin").await;
    let mut given = Vec::new();
    for index in 0..3 {
        app.advance(TimeDelta::seconds(1));
        lin.vote(&sample.nominee_id(index)).await.expect_counted();
        given.insert(
            0,
            (
                app.clock.now(),
                sample.nominee_id(index),
                format!("Nominee {}", index + 1),
            ),
        );
    }
    lin.set_like(&sample.nominee_id(5), true).await;
    app.advance(TimeDelta::seconds(1));
    lin.set_like(&story, true).await;

    let kept = lin.ask(KEPT, json!({"first": 2})).await;
    assert_eq!(kept["voterRetentionDays"], 180);
    let viewer = &kept["viewer"];
    assert_eq!(viewer["forgetDueAt"], Value::Null);
    let kinds = viewer["identities"].as_array().expect("a list").iter();
    let mut kinds: Vec<&Value> = kinds.map(|identity| &identity["kind"]).collect();
    kinds.sort_by_key(|kind| kind.is_null());
    // Its openid, and the name that all apps of the platform share.
    assert_eq!(kinds, [&json!("WECHAT_MINI_PROGRAM"), &Value::Null]);
    let page = viewer["votes"]["pageInfo"].clone();
    assert_eq!(page["hasNextPage"], true);
    let rest = lin
        .ask(KEPT, json!({"first": 2, "after": page["endCursor"]}))
        .await;
    assert_eq!(rest["viewer"]["votes"]["pageInfo"]["hasNextPage"], false);
    let pages = [viewer, &rest["viewer"]].map(|viewer| viewer["votes"]["nodes"].as_array());
    let votes: Vec<&Value> = pages.into_iter().flatten().flatten().collect();
    assert_eq!(votes.len(), 3);
    for (vote, (at, id, name)) in votes.into_iter().zip(given) {
        assert_eq!(time_of(&vote["at"]), at);
        assert_eq!(vote["subjectId"], json!(id));
        assert!(
            vote["subject"]
                .as_str()
                .is_some_and(|subject| !subject.is_empty()),
            "{name}: {vote}"
        );
        assert_eq!(vote["campaign"], json!(sample.campaign.title));
    }
    let likes = viewer["likes"]["nodes"].as_array().expect("a list");
    assert_eq!(likes[0]["subject"], "A tale");
    assert_eq!(likes[0]["subjectId"], json!(story));
    assert_eq!(likes[1]["subjectId"], json!(sample.nominee_id(5)));
    assert_eq!(likes.len(), 2);

    // Whoever is shown no more is not named here either.
    stores
        .execute("UPDATE nominee SET status = 'WITHDRAWN'")
        .await;
    app.refresh().await;
    let kept = lin.ask(KEPT, json!({"first": 1})).await;
    let vote = &kept["viewer"]["votes"]["nodes"][0];
    assert_eq!(
        (&vote["subject"], &vote["subjectId"]),
        (&Value::Null, &Value::Null)
    );
    assert!(vote["campaign"].is_string(), "{vote}");

    let (other, _) = app.session_of("ok-wen").await;
    let nothing = other.ask(KEPT, json!({})).await;
    assert_eq!(nothing["viewer"]["votes"]["nodes"], json!([]));
    assert_eq!(nothing["viewer"]["likes"]["nodes"], json!([]));
    let staff = app.staff().await.ask(KEPT, json!({})).await;
    assert_eq!(staff["viewer"]["identities"], json!([]));
    assert_eq!(staff["viewer"]["votes"]["nodes"], json!([]));
    let nobody = app.anonymous().ask(KEPT, json!({})).await;
    assert_eq!(nobody["viewer"], Value::Null);
    let query = "mutation { forgetMe { dueAt } }";
    assert_eq!(
        app.anonymous().fail(query, json!({})).await,
        "UNAUTHENTICATED"
    );
    assert_eq!(app.staff().await.fail(query, json!({})).await, "FORBIDDEN");
}

async fn a_request_waits_until_the_result_is_settled(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let sample = app.sample().await;
    let (lin, session) = active_voter(&app, &sample, "ok-lin").await;
    let due = lin.ask_to_be_forgotten().await;
    assert_eq!(due, sample.campaign.voting_closes_at + TimeDelta::days(180));
    // It is signed out everywhere, and asking again changes nothing.
    let refreshed = app.refresh_session(session.refresh_token()).await;
    assert_eq!(refreshed["userErrors"][0]["code"], "INVALID_REFRESH_TOKEN");
    app.advance(TimeDelta::minutes(1));
    assert_eq!(lin.ask_to_be_forgotten().await, due);
    let kept = lin.ask(KEPT, json!({})).await;
    assert_eq!(time_of(&kept["viewer"]["forgetDueAt"]), due);

    app.advance(TimeDelta::days(30));
    assert_eq!(app.forget_requests().await, 0, "the vote is still disputed");
    // Published: objections have thirty days.
    let published = app.clock.now();
    stores
        .execute("UPDATE campaign SET lifecycle = 'PUBLISHED'")
        .await;
    let mut event = published_event(&app, &sample);
    event.at = published;
    let mut tx = app.database.begin("test").await.expect("it answers");
    let stored = acclaim::ledger::audit::insert(&mut tx, &event, None).await;
    stored.expect("stored");
    tx.commit().await.expect("stored");
    app.advance(TimeDelta::days(30) - TimeDelta::seconds(1));
    assert_eq!(app.forget_requests().await, 0);
    app.advance(TimeDelta::seconds(1));
    assert_eq!(app.forget_requests().await, 1);
    assert_eq!(app.forget_requests().await, 0, "once");
    expect_verified(&app).await;
}

/// The event of a publication.
fn published_event(app: &TestApp, sample: &Sample) -> acclaim::ledger::audit::AuditEvent {
    use acclaim::ledger::audit::{ActorKind, AuditEvent, SubjectKind};
    AuditEvent {
        id: acclaim::id::AuditEventId::new(),
        at: app.clock.now(),
        organisation_id: sample.campaign.organisation_id,
        campaign_id: Some(sample.campaign.id),
        actor_kind: ActorKind::Operator,
        actor_id: None,
        actor_name: "operator".to_owned(),
        actor_role: None,
        action: "campaign.publish".to_owned(),
        subject_kind: SubjectKind::Campaign,
        subject_id: sample.campaign.id.0,
        subject_label: sample.campaign.title.clone(),
        subject_revision: None,
        changes: Vec::new(),
        reason: None,
        request_id: None,
        network_hash: None,
    }
}

async fn nothing_is_left_but_votes_and_counts_tied_to_nobody(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let sample = soon_over(&app).await;
    let (lin, session) = active_voter(&app, &sample, "ok-lin").await;
    active_voter(&app, &sample, "ok-wen").await;
    let query = "query($id: ID!) { campaign(id: $id) { nominees(first: 3) { nodes { votes likeCount } } } }";
    let variables = json!({"id": sample.campaign_id()});
    app.inner().publish_tallies().await;
    let before = app.anonymous().ask(query, variables.clone()).await;
    assert_eq!(before["campaign"]["nominees"]["nodes"][0]["likeCount"], 2);
    assert_eq!(traces(&stores).await, [4, 2, 4, 4]);

    archive(&stores).await;
    app.refresh().await;
    lin.ask_to_be_forgotten().await;
    app.advance(TimeDelta::minutes(16));
    assert_eq!(app.forget_requests().await, 1);
    assert_eq!(traces(&stores).await, [2, 1, 2, 2], "the other one's");
    assert_eq!(app.count_votes().await, 4);
    assert_eq!(stores.count("SELECT count(*) FROM forget_request").await, 0);
    app.inner().publish_tallies().await;
    assert_eq!(app.anonymous().ask(query, variables.clone()).await, before);
    expect_verified(&app).await;
    // A like that is given or taken afterwards is counted beside those that are nobody's.
    let (wen, _) = app.session_of("ok-wen#again").await;
    wen.set_like(&sample.nominee_id(0), false).await;
    wen.set_like(&sample.nominee_id(2), true).await;
    expect_verified(&app).await;

    // The same person comes back as a stranger.
    let (again, new_session) = app.session_of("ok-lin#again").await;
    let kept = again.ask(KEPT, json!({})).await;
    assert_eq!(kept["viewer"]["votes"]["nodes"], json!([]));
    assert_ne!(new_session["viewer"], session["viewer"]);
}

/// Its token outlives the request, and a sign-in comes after it: whatever it casts meanwhile, nobody votes twice.
async fn whoever_signs_in_meanwhile_votes_once_all_the_same(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let (lin, session) = app.session_of("ok-lin").await;
    let due = lin.ask_to_be_forgotten().await;
    assert_eq!(due, app.clock.now() + TimeDelta::minutes(16));
    let sample = app
        .sample_with(|campaign| campaign.votes_per_period = 1)
        .await;
    app.advance(TimeDelta::minutes(14));
    assert_eq!(
        app.forget_requests().await,
        0,
        "its access token is good yet"
    );
    let (again, new_session) = app.session_of("ok-lin#again").await;
    assert_eq!(new_session["viewer"], session["viewer"]);
    app.advance(TimeDelta::minutes(2));
    // Due by now, but for the one who signed in: it is signed out, and has 15 minutes.
    assert_eq!(app.forget_requests().await, 0);
    assert_eq!(
        stores
            .count("SELECT count(*) FROM session WHERE revoked_at IS NULL")
            .await,
        0
    );
    app.advance(TimeDelta::minutes(12));
    again.vote(&sample.nominee_id(0)).await.expect_counted();
    app.advance(TimeDelta::minutes(4));
    assert_eq!(
        app.forget_requests().await,
        0,
        "it has voted, and waits for the result"
    );
    let (third, _) = app.session_of("ok-lin#third").await;
    third
        .vote(&sample.nominee_id(1))
        .await
        .expect_refused("QUOTA_SPENT");
    assert_eq!(app.count_votes().await, 1);
}

async fn a_person_is_forgotten_with_all_that_turned_out_to_be_it(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let sample = soon_over(&app).await;
    let (_, session) = active_voter(&app, &sample, "ok-lin~program!").await;
    app.advance(TimeDelta::seconds(1));
    let (page, _) = app.session_of("ok-lin~page!").await;
    page.vote(&sample.nominee_id(2)).await.expect_counted();
    // Asked before it was known that the two are one.
    page.ask_to_be_forgotten().await;
    app.sign_in_wechat("ok-lin~program").await;
    app.sign_in_wechat("ok-lin~page").await;
    assert_eq!(stores.count("SELECT count(*) FROM voter_link").await, 1);
    archive(&stores).await;
    app.advance(TimeDelta::minutes(16));
    assert_eq!(app.forget_requests().await, 0, "it signed in");
    app.advance(TimeDelta::minutes(16));
    assert_eq!(app.forget_requests().await, 1);
    assert_eq!(traces(&stores).await, [0, 0, 0, 0]);
    let forgotten = "SELECT count(*) FROM voter WHERE forgotten_at IS NOT NULL";
    assert_eq!(stores.count(forgotten).await, 2);
    assert_eq!(app.count_votes().await, 3);
    expect_verified(&app).await;
    let (_, new_session) = app.session_of("ok-lin~program#again").await;
    assert_ne!(new_session["viewer"], session["viewer"]);
}

async fn everybody_is_forgotten_in_time(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let sample = app.sample().await;
    let later = app
        .sample_with(|campaign| campaign.voting_closes_at += TimeDelta::days(60))
        .await;
    let (_, lin) = active_voter(&app, &sample, "ok-lin").await;
    let (wen, session_of_wen) = active_voter(&app, &sample, "ok-wen").await;
    wen.set_like(&later.nominee_id(0), true).await;
    app.session_of("ok-idle").await;
    let closes_at = sample.campaign.voting_closes_at;
    app.clock
        .set(closes_at + TimeDelta::days(180) - TimeDelta::seconds(1));
    cleaner::purge_expired(app.inner())
        .await
        .expect("it answers");
    let remembered = async || {
        let voters = "SELECT count(*) FROM voter WHERE forgotten_at IS NULL";
        stores.count(voters).await
    };
    // One who took part in nothing needs no campaign to end.
    assert_eq!(app.forget_everybody().await, 1);
    assert_eq!(remembered().await, 2);
    app.advance(TimeDelta::seconds(1));
    let (_, signed_in) = app.session_of("ok-wen#again").await;
    assert_eq!(
        app.forget_everybody().await,
        1,
        "whoever was in one campaign only"
    );
    assert_eq!(remembered().await, 1);
    let (_, lin_again) = app.session_of("ok-lin#again").await;
    assert_ne!(lin_again["viewer"], lin["viewer"]);
    app.advance(TimeDelta::days(60));
    assert_eq!(app.forget_everybody().await, 0, "one is signed in");
    app.advance(TimeDelta::days(31));
    cleaner::purge_expired(app.inner())
        .await
        .expect("it answers");
    assert_eq!(app.forget_everybody().await, 1);
    assert_eq!(signed_in["viewer"], session_of_wen["viewer"]);
    expect_verified(&app).await;
    assert_eq!(app.count_votes().await, 4);
}

/// A voter is forgotten while it signs in, at another process: it has a session and is known by it, or is a new voter.
async fn a_sign_in_at_that_moment_finds_a_voter_or_makes_one(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let other_process = server_of(&stores, &platform).await;
    for round in 0..20 {
        let code = format!("ok-p{round}");
        let (client, _) = app.session_of(&code).await;
        client.ask_to_be_forgotten().await;
        app.advance(TimeDelta::minutes(16));
        other_process.clock.set(app.clock.now());
        let query = "mutation($input: SignInMiniProgramInput!) {
            signInMiniProgram(input: $input) { session { accessToken } } }";
        let input = json!({"input": {"platform": "WECHAT", "code": format!("{code}#again")}});
        let (_, answer) = tokio::join!(
            app.forget_requests(),
            other_process.anonymous().send(query, input)
        );
        let token = &answer["data"]["signInMiniProgram"]["session"]["accessToken"];
        assert!(
            token.is_string() || answer["errors"][0]["extensions"]["code"].is_string(),
            "{answer}"
        );
    }
    let strangers = "SELECT count(*) FROM session s WHERE s.role = 'VOTER' AND NOT EXISTS (
        SELECT 1 FROM voter_identity i WHERE i.voter_id = s.subject_id)";
    assert_eq!(stores.count(strangers).await, 0);
}

async fn an_operator_asks_for_somebody(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let (client, session) = app.session_of("ok-lin").await;
    let kept = client.ask(KEPT, json!({})).await;
    let id = kept["viewer"]["id"].as_str().expect("an id");
    for (id, why) in [
        ("nobody", "must be a voter's"),
        (&app.sample().await.campaign_id(), "must be a voter's"),
    ] {
        let output = ended(program(&stores, &["voter", "forget", id]), "").await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(why), "{said}");
    }
    let output = ended(program(&stores, &["voter", "forget", id]), "").await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.contains("signed out"),
        "{said}"
    );
    let refreshed = app.refresh_session(session.refresh_token()).await;
    assert_eq!(refreshed["userErrors"][0]["code"], "INVALID_REFRESH_TOKEN");
    // The command runs by the machine's clock.
    app.clock.set(Clock::System.now() + TimeDelta::minutes(16));
    assert_eq!(app.forget_requests().await, 1);
    let output = ended(program(&stores, &["voter", "forget", id]), "").await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("no such voter"),
        "{said}"
    );
}
