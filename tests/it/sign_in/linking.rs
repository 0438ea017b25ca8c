//! Voters who are known by several ways, and voters who turn out to be one person.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use acclaim::domain::campaign::{QuotaPeriod, QuotaScope};
use acclaim::ledger::recount::{self, Links};
use acclaim::verify::verify;
use chrono::TimeDelta;
use futures_util::future::join_all;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::fake_wechat::FakeWeChat;
use crate::harness::{Payload, Stores, TestApp, TestClient, on_both};

on_both!(
    a_unionid_makes_one_voter_of_two_openids,
    first_sign_ins_of_one_person_at_one_moment_make_one_voter,
    voters_who_turn_out_to_be_one_have_one_quota,
    linked_voters_who_cast_at_one_moment_have_one_quota,
    whatever_begins_after_a_link_is_decided_by_it,
    a_link_leads_to_the_voter_that_the_others_are_linked_to,
    what_two_liked_is_liked_once,
    a_guest_who_signs_in_is_the_same_voter,
    whoever_signs_in_after_somebody_else_is_somebody_else,
);

async fn server_of(stores: &Stores, platform: &FakeWeChat) -> TestApp {
    let client = platform.client(16, Duration::from_secs(10));
    TestApp::builder(stores).with_wechat(client).start().await
}

async fn expect_verified(app: &TestApp) {
    let report = verify(&app.database, None).await.expect("it answers");
    assert!(report.is_clean(), "{report}");
}

/// Votes and voters by the tallies.
async fn tally(stores: &Stores) -> (i64, i64) {
    let votes = "SELECT CAST(COALESCE(SUM(counted), 0) AS BIGINT) FROM tally";
    let voters = "SELECT CAST(COALESCE(SUM(voters), 0) AS BIGINT) FROM tally";
    (stores.count(votes).await, stores.count(voters).await)
}

impl TestApp {
    /// A session of a voter through the mini-program.
    async fn wechat_session(&self, code: &str) -> (TestClient, Payload) {
        let payload = self.sign_in_wechat(code).await;
        (self.client_with(payload.access_token()), payload)
    }
}

async fn a_unionid_makes_one_voter_of_two_openids(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let first = app.sign_in_wechat("ok-lin").await;
    let second = app.sign_in_wechat("ok-lin~other").await;
    assert_eq!(second["viewer"], first["viewer"]);
    // Its openid alone is enough from then on.
    let unbound = app.sign_in_wechat("ok-lin~other!").await;
    assert_eq!(unbound["viewer"], first["viewer"]);
    let stranger = app.sign_in_wechat("ok-wen~other").await;
    assert_ne!(stranger["viewer"]["id"], first["viewer"]["id"]);
    assert_eq!(stores.count("SELECT count(*) FROM voter").await, 2);
    assert_eq!(stores.count("SELECT count(*) FROM voter_identity").await, 5);
    assert_eq!(stores.count("SELECT count(*) FROM voter_link").await, 0);
}

async fn first_sign_ins_of_one_person_at_one_moment_make_one_voter(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let servers = [
        server_of(&stores, &platform).await,
        server_of(&stores, &platform).await,
    ];
    for round in 0..8 {
        let sign_ins = (0..6).map(|n| {
            let app = &servers[n % 2];
            async move { app.sign_in_wechat(&format!("ok-lin{round}~{n}")).await }
        });
        let sign_ins = join_all(sign_ins).await;
        let ids: Vec<&Value> = sign_ins.iter().map(|p| &p["viewer"]["id"]).collect();
        assert!(ids[0].is_string());
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    assert_eq!(stores.count("SELECT count(*) FROM voter").await, 8);
}

/// Two voters of one person, of whom nobody knows it yet, with three votes each; then the platform says it.
async fn voters_who_turn_out_to_be_one_have_one_quota(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let other_process = server_of(&stores, &platform).await;
    let sample = app
        .sample_with(|campaign| {
            campaign.votes_per_period = 5;
            campaign.quota_scope = QuotaScope::Campaign;
            campaign.quota_period = QuotaPeriod::Campaign;
        })
        .await;
    other_process.refresh().await;
    let (by_program, _) = app.wechat_session("ok-lin~program!").await;
    let (by_page, page) = app.wechat_session("ok-lin~page!").await;
    for nominee in [0, 1] {
        let id = sample.nominee_id(nominee);
        by_program.vote(&id).await.expect_counted();
    }
    by_page.vote(&sample.nominee_id(1)).await.expect_counted();
    assert_eq!(tally(&stores).await, (3, 2));

    let bound = app.sign_in_wechat("ok-lin~program").await;
    let linked = other_process.sign_in_wechat("ok-lin~page").await;
    assert_eq!(linked["viewer"], bound["viewer"]);
    assert_eq!(stores.count("SELECT count(*) FROM voter_link").await, 1);
    // A link changes no tally.
    assert_eq!(tally(&stores).await, (3, 2));
    expect_verified(&app).await;

    // Old tokens go on, on every process, and stand for one person.
    for client in [&by_program, &by_page] {
        for app in [&app, &other_process] {
            let refused = client
                .at(app)
                .vote(&sample.nominee_id(0))
                .without_key()
                .await;
            refused.expect_refused("ALREADY_VOTED");
        }
    }
    let query = "query($id: ID!) { campaign(id: $id) { viewerQuotas { used remaining }
        nominees(first: 3, orderBy: NUMBER) { nodes { viewerHasVoted } } } }";
    let seen = by_page
        .ask(query, json!({"id": sample.campaign_id()}))
        .await;
    assert_eq!(
        seen["campaign"]["viewerQuotas"],
        json!([{"used": 3, "remaining": 2}])
    );
    let voted = |voted: bool| json!({"viewerHasVoted": voted});
    let expected = json!([voted(true), voted(true), voted(false)]);
    assert_eq!(seen["campaign"]["nominees"]["nodes"], expected);
    by_page.vote(&sample.nominee_id(2)).await.expect_counted();
    let program = by_program.at(&other_process);
    program.vote(&sample.nominee_id(3)).await.expect_counted();
    let spent = by_page.vote(&sample.nominee_id(4)).without_key().await;
    spent.expect_refused("QUOTA_SPENT");
    let spent = by_program.vote(&sample.nominee_id(4)).without_key().await;
    spent.expect_refused("QUOTA_SPENT");
    // A session that began before goes on as the canonical voter.
    let refreshed = app.refresh_session(page.refresh_token()).await;
    assert_eq!(refreshed["viewer"], bound["viewer"]);
    assert_eq!(tally(&stores).await, (5, 2));
    expect_verified(&app).await;
    let links = recount::count_links(&app.database).await;
    let expected = Links {
        voters: 1,
        beyond_quota: 0,
        repeated: 1,
    };
    assert_eq!(links.expect("it answers"), expected);
}

async fn linked_voters_who_cast_at_one_moment_have_one_quota(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let servers = [
        server_of(&stores, &platform).await,
        server_of(&stores, &platform).await,
    ];
    let app = &servers[0];
    let sample = app
        .sample_with(|campaign| {
            campaign.votes_per_period = 2;
            campaign.quota_scope = QuotaScope::Campaign;
        })
        .await;
    servers[1].refresh().await;
    let mut persons = Vec::new();
    for person in 0..4 {
        let (one, _) = app.wechat_session(&format!("ok-p{person}~1!")).await;
        let (other, _) = app.wechat_session(&format!("ok-p{person}~2!")).await;
        for program in [1, 2] {
            app.sign_in_wechat(&format!("ok-p{person}~{program}")).await;
        }
        persons.push([one, other]);
    }
    // Each of them casts six votes at once, by both tokens, at both processes.
    let casts = persons
        .iter()
        .flatten()
        .enumerate()
        .flat_map(|(n, client)| {
            let (servers, sample) = (&servers, &sample);
            (0..3).map(move |nominee| async move {
                let client = client.at(&servers[(n + nominee) % 2]);
                let nominee = sample.nominee_id(3 * (n % 2) + nominee);
                let payload = client.vote(&nominee).await;
                payload["userErrors"] == json!([])
            })
        });
    let counted = join_all(casts).await;
    for (person, counted) in counted.chunks(6).enumerate() {
        let counted = counted.iter().filter(|counted| **counted).count();
        assert_eq!(counted, 2, "person {person}");
    }
    assert_eq!(app.count_votes().await, 8);
    expect_verified(app).await;
}

/// Persons cast by two tokens at two processes while the platform says, at a moment of chance, that each is one. Casts
/// that began after that was answered find all that were answered before it; the others may be one too many.
async fn whatever_begins_after_a_link_is_decided_by_it(stores: Stores) {
    const QUOTA: usize = 3;
    const PERSONS: usize = 10;
    let platform = FakeWeChat::start().await;
    let servers = [
        server_of(&stores, &platform).await,
        server_of(&stores, &platform).await,
    ];
    let sample = servers[0]
        .sample_with(|campaign| {
            campaign.votes_per_period = 3;
            campaign.quota_scope = QuotaScope::Campaign;
        })
        .await;
    servers[1].refresh().await;
    let persons = (0..PERSONS).map(async |person| {
        let mut clients = Vec::new();
        for program in [0, 1] {
            let code = format!("ok-p{person}~{program}!");
            clients.push(servers[program].wechat_session(&code).await.0);
        }
        // The link comes after another number of casts for each of the persons.
        let casts = Mutex::new(Vec::new());
        let answered = watch::Sender::new(0);
        let linking = async {
            let mut answers = answered.subscribe();
            let enough = answers.wait_for(|count| *count >= person).await;
            drop(enough.expect("the casts outlive the wait"));
            servers[0].sign_in_wechat(&format!("ok-p{person}~0")).await;
            servers[1].sign_in_wechat(&format!("ok-p{person}~1")).await;
            Instant::now()
        };
        let casting = async {
            for nominee in 0..6 {
                let cast = async |program: usize| {
                    let began = Instant::now();
                    let nominee = sample.nominee_id(nominee + 6 * program);
                    let payload = clients[program].vote(&nominee).await;
                    let is_counted = payload["userErrors"] == json!([]);
                    casts.lock().push((began, Instant::now(), is_counted));
                    answered.send_modify(|count| *count += 1);
                };
                join_all([cast(0), cast(1)]).await;
            }
        };
        let (linked_at, ()) = tokio::join!(linking, casting);
        let casts = casts.into_inner();
        let counted = casts.iter().filter(|(.., is_counted)| *is_counted);
        let before = counted
            .clone()
            .filter(|(_, answered, _)| *answered < linked_at);
        let (before, after) = (
            before.count(),
            counted.filter(|(began, ..)| *began > linked_at).count(),
        );
        assert!(
            after == 0 || before + after <= QUOTA,
            "{person}: {before} and {after}"
        );
    });
    join_all(persons).await;
    let (votes, _) = tally(&stores).await;
    assert_eq!(votes, servers[0].count_votes().await);
    expect_verified(&servers[0]).await;
}

/// Two are linked, and then to a third who is older than both: its openid was bound to their account later.
async fn a_link_leads_to_the_voter_that_the_others_are_linked_to(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let mut sessions = Vec::new();
    for code in ["ok-oldest!", "ok-lin~1!", "ok-lin~2!"] {
        sessions.push(app.sign_in_wechat(code).await);
        app.advance(TimeDelta::seconds(1));
    }
    app.sign_in_wechat("ok-lin~1").await;
    let of_two = app.sign_in_wechat("ok-lin~2").await;
    assert_eq!(of_two["viewer"], sessions[1]["viewer"]);
    let of_three = app.sign_in_wechat("ok-oldest@lin").await;
    assert_eq!(of_three["viewer"], sessions[0]["viewer"]);
    let chains =
        "SELECT count(*) FROM voter_link l JOIN voter_link n ON n.voter_id = l.canonical_id";
    assert_eq!(stores.count(chains).await, 0);
    assert_eq!(stores.count("SELECT count(*) FROM voter_link").await, 2);
    for session in sessions {
        let refreshed = app.refresh_session(session.refresh_token()).await;
        assert_eq!(refreshed["viewer"], of_three["viewer"]);
    }
}

async fn what_two_liked_is_liked_once(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let sample = app.sample().await;
    let (one, _) = app.wechat_session("ok-lin~1!").await;
    let (other, _) = app.wechat_session("ok-lin~2!").await;
    for nominee in [0, 1] {
        one.set_like(&sample.nominee_id(nominee), true).await;
    }
    for nominee in [1, 2] {
        other.set_like(&sample.nominee_id(nominee), true).await;
    }
    app.sign_in_wechat("ok-lin~1").await;
    let (linked, _) = app.wechat_session("ok-lin~2").await;
    let likes = "SELECT CAST(SUM(likes) AS BIGINT) FROM subject_counter";
    assert_eq!(stores.count(likes).await, 3);
    let query = "query($id: ID!) { node(id: $id) { ... on Nominee { likeCount viewerHasLiked } } }";
    for nominee in [0, 1, 2] {
        let id = sample.nominee_id(nominee);
        let seen = linked.ask(query, json!({"id": id})).await;
        assert_eq!(
            seen["node"],
            json!({"likeCount": 1, "viewerHasLiked": true})
        );
        linked.set_like(&id, false).await;
        let seen = linked.ask(query, json!({"id": id})).await;
        assert_eq!(
            seen["node"],
            json!({"likeCount": 0, "viewerHasLiked": false})
        );
    }
    expect_verified(&app).await;
}

async fn a_guest_who_signs_in_is_the_same_voter(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let sample = app.sample().await;
    let nominee = sample.nominee_id(0);
    let guest = app.sign_in_guest("device-id-of-lin").await;
    let guest = app.client_with(guest.access_token());
    guest.vote(&nominee).await.expect_counted();
    let signed_in = app.sign_in_wechat_as(&guest, "ok-lin").await;
    assert_eq!(signed_in["viewer"]["isGuest"], json!(false));
    let client = app.client_with(signed_in.access_token());
    let again = client.vote(&nominee).without_key().await;
    again.expect_refused("ALREADY_VOTED");
    // Somebody whom the platform knows already, on a new device.
    let other = app.sign_in_guest("another-device-of-lin").await;
    let other = app.client_with(other.access_token());
    other.vote(&sample.nominee_id(1)).await.expect_counted();
    let linked = app.sign_in_wechat_as(&other, "ok-lin#2").await;
    assert_eq!(linked["viewer"], signed_in["viewer"]);
    let again = client.vote(&sample.nominee_id(1)).without_key().await;
    again.expect_refused("ALREADY_VOTED");
    // A device id is no proof of the other way in, which it leads to.
    let device = app.sign_in_guest("device-id-of-lin").await;
    assert_eq!(device["viewer"]["id"], signed_in["viewer"]["id"]);
    assert_eq!(device["viewer"]["isGuest"], json!(true));
    let refreshed = app.refresh_session(device.refresh_token()).await;
    assert_eq!(refreshed["viewer"], device["viewer"]);
    expect_verified(&app).await;
}

async fn whoever_signs_in_after_somebody_else_is_somebody_else(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    app.sample().await;
    let guest = app.sign_in_guest("device-id-of-a-family").await;
    let guest = app.client_with(guest.access_token());
    let lin = app.sign_in_wechat_as(&guest, "ok-lin").await;
    // By the guest's token, which is still good, and by the device's next one.
    let wen = app.sign_in_wechat_as(&guest, "ok-wen").await;
    let device = app.sign_in_guest("device-id-of-a-family").await;
    let device = app.client_with(device.access_token());
    let hu = app.sign_in_wechat_as(&device, "ok-hu").await;
    // Nor does it matter who was signed in through the platform.
    let lin_client = app.client_with(lin.access_token());
    let yan = app.sign_in_wechat_as(&lin_client, "ok-yan").await;
    let ids: BTreeSet<String> = [&lin, &wen, &hu, &yan]
        .map(|payload| payload["viewer"]["id"].to_string())
        .into();
    assert_eq!(ids.len(), 4, "{ids:?}");
    assert_eq!(stores.count("SELECT count(*) FROM voter_link").await, 0);
}
