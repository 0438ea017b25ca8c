//! The mini-program's phone button, by which the platform vouches for a number.

use std::time::Duration;

use acclaim::domain::campaign::{Campaign, QuotaScope};
use acclaim::domain::identity::IdentityKind;
use acclaim::verify::verify;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::phone::{LIN, Post, WEN};
use super::{operation, server_of};
use crate::fake_wechat::FakeWeChat;
use crate::harness::{Payload, Stores, TestApp, TestClient, on_both};
use crate::limits::{THREE, assert_is_limited};

on_both!(
    a_voter_joins_its_number_and_is_admitted_by_it,
    a_number_of_another_voter_links_the_two,
    joins_of_one_number_at_one_moment_make_one_voter,
    a_guest_signs_in_with_its_number,
    each_answer_of_the_platform_has_its_code,
    a_token_that_has_ended_is_got_anew_once,
    a_platform_that_hangs_is_unavailable,
    only_voters_of_a_platform_that_is_set_up_have_it,
    a_voter_who_is_no_more_joins_nothing,
    bad_codes_are_charged_to_their_address,
);

/// The number of [`LIN`] as the platform has it.
const LIN_PURE: &str = "13957682401";

async fn press(client: &TestClient, code: &str) -> Payload {
    press_on(client, "WECHAT", code).await
}

async fn press_on(client: &TestClient, platform: &str, code: &str) -> Payload {
    let input = json!({"platform": platform, "code": code});
    let (query, variables) = operation("signInMiniProgramPhone", input);
    let response = client.send(&query, variables).await;
    Payload::of(response, "signInMiniProgramPhone")
}

impl TestApp {
    async fn wechat_client(&self, code: &str) -> TestClient {
        let payload = self.sign_in_wechat(code).await;
        self.client_with(payload.expect_session().access_token())
    }
}

/// A server with both ways to a number.
async fn both(post: &Post, platform: &FakeWeChat, stores: &Stores) -> TestApp {
    let time = Duration::from_secs(10);
    let (sms, wechat) = (post.sms.client(16, time), platform.client(16, time));
    let app = TestApp::builder(stores).with_clock(post.clock.clone());
    let app = app.with_platforms(|platforms| {
        platforms.sms = Some(sms);
        platforms.wechat = Some(wechat);
    });
    app.start().await
}

fn by_number(campaign: &mut Campaign) {
    (campaign.guests_may_vote, campaign.admits) = (false, IdentityKind::Phone.into());
}

async fn expect_verified(app: &TestApp) {
    let report = verify(&app.database, None).await.expect("it answers");
    assert!(report.is_clean(), "{report}");
}

async fn a_voter_joins_its_number_and_is_admitted_by_it(stores: Stores) {
    let (post, platform) = (Post::start().await, FakeWeChat::start().await);
    let app = both(&post, &platform, &stores).await;
    let sample = app.sample_with(by_number).await;
    let nominee = sample.nominee_id(0);
    let lin = app.wechat_client("ok-lin").await;
    let before = lin.vote(&nominee).await;
    before.expect_refused("NOT_ELIGIBLE");
    let joined = press(&lin, "ok-13957682401").await.expect_session();
    assert_eq!(joined["viewer"], lin.read_viewer().await);
    let voter = app.client_with(joined.access_token());
    voter.vote(&nominee).await.expect_counted();
    // The number alone is the same voter, and so is the session that goes on.
    let code = post.code(&app, LIN).await;
    let by_code = app.sign_in_phone(LIN, &code).await.expect_session();
    assert_eq!(by_code["viewer"], joined["viewer"]);
    let by_code = app.client_with(by_code.access_token());
    let again = by_code.vote(&nominee).without_key().await;
    again.expect_refused("ALREADY_VOTED");
    let renewed = app.refresh_session(joined.refresh_token()).await;
    let renewed = app.client_with(renewed.expect_session().access_token());
    renewed.vote(&sample.nominee_id(1)).await.expect_counted();
    // To press it once more changes nothing, whatever form the country has.
    for code in ["example-13957682401", "busyonce-13957682401"] {
        let again = press(&lin, code).await.expect_session();
        assert_eq!(again["viewer"], joined["viewer"]);
    }
    assert_eq!(stores.count("SELECT count(*) FROM voter").await, 1);
    assert_eq!(stores.count("SELECT count(*) FROM voter_link").await, 0);
    // A voter may have two numbers.
    let abroad = press(&lin, "abroad-91395768").await.expect_session();
    assert_eq!(abroad["viewer"], joined["viewer"]);
    expect_verified(&app).await;
}

async fn a_number_of_another_voter_links_the_two(stores: Stores) {
    let (post, platform) = (Post::start().await, FakeWeChat::start().await);
    let app = both(&post, &platform, &stores).await;
    let sample = app
        .sample_with(|campaign| {
            campaign.admits = IdentityKind::WechatMiniProgram.into();
            campaign.admits = campaign.admits.union(IdentityKind::Phone.into());
            (campaign.guests_may_vote, campaign.votes_per_period) = (false, 3);
            campaign.quota_scope = QuotaScope::Campaign;
        })
        .await;
    let nominee = |index| sample.nominee_id(index);
    let code = post.code(&app, LIN).await;
    let by_code = app.sign_in_phone(LIN, &code).await.expect_session();
    let on_page = app.client_with(by_code.access_token());
    on_page.vote(&nominee(0)).await.expect_counted();
    let in_program = app.wechat_client("ok-lin").await;
    in_program.vote(&nominee(1)).await.expect_counted();
    let joined = press(&in_program, "ok-13957682401").await.expect_session();
    assert_eq!(
        joined["viewer"]["id"], by_code["viewer"]["id"],
        "the older one"
    );
    assert_eq!(stores.count("SELECT count(*) FROM voter_link").await, 1);
    // One person, one quota, by whatever token.
    let clients = [
        &app.client_with(joined.access_token()),
        &on_page,
        &in_program,
    ];
    for client in clients {
        for index in [0, 1] {
            let again = client.vote(&nominee(index)).without_key().await;
            again.expect_refused("ALREADY_VOTED");
        }
    }
    on_page.vote(&nominee(2)).await.expect_counted();
    for client in clients {
        let spent = client.vote(&nominee(3)).without_key().await;
        spent.expect_refused("QUOTA_SPENT");
    }
    // Both ways lead to it from now on.
    let again = app.sign_in_wechat("ok-lin#2").await.expect_session();
    assert_eq!(again["viewer"], joined["viewer"]);
    expect_verified(&app).await;
}

async fn joins_of_one_number_at_one_moment_make_one_voter(stores: Stores) {
    let (post, platform) = (Post::start().await, FakeWeChat::start().await);
    let servers = [
        both(&post, &platform, &stores).await,
        both(&post, &platform, &stores.share()).await,
    ];
    for round in 10..15 {
        let mut clients = Vec::new();
        for n in 0..4 {
            let client = servers[0].wechat_client(&format!("ok-p{round}~{n}!")).await;
            clients.push(client.at(&servers[n % 2]));
        }
        let presses = clients.iter().enumerate().map(async |(n, client)| {
            let code = format!("ok-139576824{round}#{n}");
            press(client, &code).await.expect_session()
        });
        join_all(presses).await;
        let mut ids = Vec::new();
        for n in 0..4 {
            let code = format!("ok-p{round}~{n}!#again");
            let payload = servers[n % 2].sign_in_wechat(&code).await.expect_session();
            ids.push(payload["viewer"]["id"].clone());
        }
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    let chains =
        "SELECT count(*) FROM voter_link l JOIN voter_link n ON n.voter_id = l.canonical_id";
    assert_eq!(stores.count(chains).await, 0);
}

async fn a_guest_signs_in_with_its_number(stores: Stores) {
    let (post, platform) = (Post::start().await, FakeWeChat::start().await);
    let app = both(&post, &platform, &stores).await;
    let sample = app.sample().await;
    let guest = app.sign_in_guest("device-id-of-lin").await;
    let guest = app.client_with(guest.access_token());
    guest.vote(&sample.nominee_id(0)).await.expect_counted();
    let lin = press(&guest, "ok-13957682401").await.expect_session();
    assert_eq!(lin["viewer"]["isGuest"], json!(false));
    let code = post.code(&app, LIN).await;
    let by_code = app.sign_in_phone(LIN, &code).await.expect_session();
    assert_eq!(by_code["viewer"], lin["viewer"]);
    // A device is no proof of who uses it next.
    let wen = press(&guest, "ok-13957682402").await.expect_session();
    assert_ne!(wen["viewer"]["id"], lin["viewer"]["id"]);
    let code = post.code(&app, WEN).await;
    let by_code = app.sign_in_phone(WEN, &code).await.expect_session();
    assert_eq!(by_code["viewer"], wen["viewer"]);
    assert_eq!(stores.count("SELECT count(*) FROM voter_link").await, 0);
}

async fn each_answer_of_the_platform_has_its_code(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let lin = app.wechat_client("ok-lin").await;
    press(&lin, "ok-13957682401").await.expect_session();
    for (behaviour, expected, calls) in [
        // It was used.
        ("ok", "INVALID_CODE", 1),
        ("bad", "INVALID_CODE", 1),
        ("errcode40029", "INVALID_CODE", 1),
        ("errcode45011", "PLATFORM_BUSY", 1),
        ("busy", "PLATFORM_UNAVAILABLE", 3),
        ("errcode40013", "PLATFORM_UNAVAILABLE", 1),
        // Of a new token, too.
        ("errcode40001", "PLATFORM_UNAVAILABLE", 2),
        ("errcode42001", "PLATFORM_UNAVAILABLE", 2),
        ("errcode48001", "PLATFORM_UNAVAILABLE", 1),
        ("otherapp", "PLATFORM_UNAVAILABLE", 1),
        ("missing", "PLATFORM_UNAVAILABLE", 1),
        ("wrongtype", "PLATFORM_UNAVAILABLE", 1),
        ("short", "PLATFORM_UNAVAILABLE", 1),
        ("garbage", "PLATFORM_UNAVAILABLE", 1),
        ("http500", "PLATFORM_UNAVAILABLE", 1),
    ] {
        let before = platform.calls();
        let code = format!("{behaviour}-{LIN_PURE}");
        let refused = press(&lin, &code).await;
        assert_eq!(refused["userErrors"][0]["path"], json!(["input", "code"]));
        refused.expect_no_session(expected);
        assert_eq!(platform.calls() - before, calls, "{behaviour}");
    }
    let before = platform.calls();
    for no_code in ["", "code-of- spaces", "code-of-码", &"code-of-".repeat(17)] {
        press(&lin, no_code).await.expect_no_session("INVALID_CODE");
    }
    assert_eq!(platform.calls(), before);
    // Nobody's number was taken for the voter's.
    assert_eq!(
        stores
            .count("SELECT count(*) FROM voter_identity WHERE kind = 'PHONE'")
            .await,
        1
    );
}

async fn a_token_that_has_ended_is_got_anew_once(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let lin = app.wechat_client("ok-lin").await;
    press(&lin, "ok-13957682401").await.expect_session();
    assert_eq!(platform.tokens(), 1);
    platform.end_tokens();
    press(&lin, "ok-13957682402").await.expect_session();
    assert_eq!(platform.tokens(), 2);
    press(&lin, "ok-13957682403").await.expect_session();
    assert_eq!(platform.tokens(), 2);
}

async fn a_platform_that_hangs_is_unavailable(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let wechat = platform.client(4, Duration::from_millis(500));
    let app = TestApp::builder(&stores).with_wechat(wechat).start().await;
    let client = app.client_of(crate::harness::new_voter());
    let before = platform.calls();
    let late = press(&client, "slow-13957682401").await;
    late.expect_no_session("PLATFORM_UNAVAILABLE");
    assert!(platform.calls() - before <= 1, "the code may be used");
    let _port = platform.stop().await;
    let gone = press(&client, "ok-13957682401").await;
    gone.expect_no_session("PLATFORM_UNAVAILABLE");
}

async fn only_voters_of_a_platform_that_is_set_up_have_it(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let input = json!({"platform": "WECHAT", "code": "ok-13957682401"});
    let (query, variables) = operation("signInMiniProgramPhone", input);
    for (client, code) in [
        (app.anonymous(), "UNAUTHENTICATED"),
        (&app.staff().await, "FORBIDDEN"),
    ] {
        assert_eq!(client.fail(&query, variables.clone()).await, code);
    }
    let lin = app.wechat_client("ok-lin").await;
    let before = platform.calls();
    for other in ["DOUYIN", "ALIPAY"] {
        let refused = press_on(&lin, other, "ok-13957682401").await;
        refused.expect_no_session("PLATFORM_NOT_CONFIGURED");
    }
    let without = TestApp::start(&stores.share()).await;
    let refused = press(&lin.at(&without), "ok-13957682401").await;
    refused.expect_no_session("PLATFORM_NOT_CONFIGURED");
    assert_eq!(platform.calls(), before);
}

async fn a_voter_who_is_no_more_joins_nothing(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let input = json!({"platform": "WECHAT", "code": "ok-13957682401"});
    let (query, variables) = operation("signInMiniProgramPhone", input);
    let code = app.voter().fail(&query, variables).await;
    assert_eq!(code, "UNAUTHENTICATED");
    for table in ["voter", "voter_identity", "session"] {
        let mut database = crate::raw_sql::RawSql::connect(&stores).await;
        assert!(database.cells(table).await.is_empty(), "{table}");
    }
}

async fn bad_codes_are_charged_to_their_address(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = TestApp::builder(&stores)
        .with_limits(|limits| limits.failed_code = THREE)
        .with_wechat(platform.client(4, Duration::from_secs(10)))
        .start()
        .await;
    let lin = app.wechat_client("ok-lin").await;
    for n in 0..3 {
        let refused = press(&lin, &format!("bad-13957682401#{n}")).await;
        refused.expect_no_session("INVALID_CODE");
    }
    let before = platform.calls();
    let input = json!({"platform": "WECHAT", "code": "ok-13957682401"});
    let (query, variables): (String, Value) = operation("signInMiniProgramPhone", input);
    let answer = lin.post(&query, variables).await;
    assert_is_limited(answer, "failed-code").await;
    assert_eq!(platform.calls(), before, "the platform is not asked");
}
