//! Ways in that lead over another site and back, and the codes that hand a voter over to a page.

use std::time::Duration;

use acclaim::clock::Clock;
use acclaim::domain::identity::IdentityKind;
use axum::http::StatusCode;
use chrono::TimeDelta;
use futures_util::future::join;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::{Value, json};

use super::operation;
use crate::fake_platforms::official_account::FakeOfficialAccount;
use crate::fake_platforms::oidc::FakeOidc;
use crate::fake_platforms::visit;
use crate::fake_wechat::FakeWeChat;
use crate::harness::{Payload, Sample, Stores, TestApp, TestClient, noon, on_both};
use crate::raw_sql::RawSql;

on_both!(
    one_comes_back_from_another_site_and_votes,
    a_return_that_this_browser_did_not_begin_signs_nobody_in,
    a_sign_in_at_another_site_ends_in_time,
    nobody_is_led_elsewhere,
    a_refusal_is_told_to_the_page,
    a_code_hands_over_once_and_for_seconds,
    only_voters_with_an_account_are_handed_over,
    a_guest_who_signs_in_over_another_site_keeps_its_votes,
    one_person_by_mini_program_and_page_has_one_quota,
    only_pages_of_this_server_are_signed,
    a_server_without_platforms_offers_guests_alone,
);

const PUBLIC_URL: &str = "https://vote.example";
const BACK: &str = "/c/fair/n/1?order=VOTES";

/// Both sites, and a server that leads over them.
struct Sites {
    oidc: FakeOidc,
    wechat: FakeOfficialAccount,
    program: FakeWeChat,
    clock: Clock,
}

impl Sites {
    async fn start() -> Self {
        let clock = Clock::manual(noon());
        Self {
            oidc: FakeOidc::start(clock.clone()).await,
            wechat: FakeOfficialAccount::start().await,
            program: FakeWeChat::start().await,
            clock,
        }
    }

    async fn server(&self, stores: &Stores) -> TestApp {
        let (calls, time) = (4, Duration::from_secs(10));
        TestApp::builder(stores)
            .with_clock(self.clock.clone())
            .with_public_url(PUBLIC_URL)
            .with_platforms(|platforms| {
                platforms.oidc = Some(self.oidc.client(calls, time));
                platforms.official_account = Some(self.wechat.client(calls, time));
                platforms.wechat = Some(self.program.client(calls, time));
            })
            .start()
            .await
    }
}

/// A browser that has begun to sign in.
struct Begun {
    /// The address of the other site.
    address: String,
    /// The cookie that it keeps.
    cookie: String,
}

fn header(response: &reqwest::Response, name: reqwest::header::HeaderName) -> String {
    response.headers()[name].to_str().expect("ASCII").to_owned()
}

async fn get(app: &TestApp, path: &str, cookie: &str) -> reqwest::Response {
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let browser = browser.build().expect("a browser");
    let request = browser.get(app.url(path)).header(COOKIE, cookie);
    request.send().await.expect("an answer")
}

async fn begin(app: &TestApp, way: &str) -> Begun {
    let path = format!("/sign-in/{way}?back=%2Fc%2Ffair%2Fn%2F1%3Forder%3DVOTES");
    let response = get(app, &path, "").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let kept = header(&response, SET_COOKIE);
    for part in [
        "__Secure-acclaim_sign_in_",
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Max-Age=600",
    ] {
        assert!(kept.contains(part), "{kept}");
    }
    assert!(kept.contains(&format!("Path=/sign-in/{way};")), "{kept}");
    Begun {
        address: header(&response, LOCATION),
        cookie: kept.split(';').next().expect("a cookie").to_owned(),
    }
}

/// Goes on as `person` at the other site; gives the path that it leads back to.
async fn go(way: &str, begun: &Begun, person: &str) -> String {
    let back = visit(&begun.address, person).await;
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &back.code)
        .append_pair("state", &back.state)
        .finish();
    format!("/sign-in/{way}/callback?{query}")
}

/// The outcome that the page reads in its address, of a return with this cookie.
async fn outcome(app: &TestApp, path: &str, cookie: &str) -> (String, String) {
    let response = get(app, path, cookie).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        header(&response, "referrer-policy".parse().expect("a name")),
        "no-referrer"
    );
    assert!(
        header(&response, SET_COOKIE).contains("Max-Age=0"),
        "the cookie goes"
    );
    let location = header(&response, LOCATION);
    let (page, outcome) = location.split_once('#').expect("an outcome");
    (page.to_owned(), outcome.to_owned())
}

/// The code that hands `person` over, who comes back to the page it left.
async fn hand_over(app: &TestApp, way: &str, person: &str) -> String {
    let begun = begin(app, way).await;
    let (page, outcome) = outcome(app, &go(way, &begun, person).await, &begun.cookie).await;
    assert_eq!(page, BACK);
    let code = outcome.strip_prefix("hand-over=");
    code.unwrap_or_else(|| panic!("a code, not {outcome}"))
        .to_owned()
}

async fn redeem_as(client: &TestClient, code: &str) -> Payload {
    let (query, variables) = operation("redeemHandOver", json!({"code": code}));
    Payload::of(client.send(&query, variables).await, "redeemHandOver")
}

async fn redeem(app: &TestApp, code: &str) -> Payload {
    redeem_as(app.anonymous(), code).await
}

/// The voter who comes over another site.
async fn voter(app: &TestApp, way: &str, person: &str) -> TestClient {
    let payload = redeem(app, &hand_over(app, way, person).await).await;
    app.client_with(payload.expect_session().access_token())
}

/// A campaign that admits these alone.
async fn sample_of(app: &TestApp, kinds: &[IdentityKind]) -> Sample {
    let admits = kinds.iter().copied().collect();
    app.sample_with(|c| (c.guests_may_vote, c.admits) = (false, admits))
        .await
}

async fn one_comes_back_from_another_site_and_votes(stores: Stores) {
    let sites = Sites::start().await;
    let app = sites.server(&stores).await;
    for (way, kind) in [
        ("oidc", IdentityKind::Oidc),
        ("wechat", IdentityKind::WechatWeb),
    ] {
        let sample = sample_of(&app, &[kind]).await;
        let nominee = sample.nominee_id(0);
        voter(&app, way, "lin")
            .await
            .vote(&nominee)
            .await
            .expect_counted();
        // The same person in another browser is the same voter, another one is not.
        let again = voter(&app, way, "lin").await.vote(&nominee).await;
        again.expect_refused("ALREADY_VOTED");
        voter(&app, way, "wen")
            .await
            .vote(&nominee)
            .await
            .expect_counted();
    }
}

async fn a_return_that_this_browser_did_not_begin_signs_nobody_in(stores: Stores) {
    let sites = Sites::start().await;
    let app = sites.server(&stores).await;
    for (way, other) in [("oidc", "wechat"), ("wechat", "oidc")] {
        let (begun, elsewhere) = (begin(&app, way).await, begin(&app, way).await);
        let path = go(way, &begun, "lin").await;
        let junk = begun.cookie.replace('.', "x");
        for cookie in [
            "",
            &elsewhere.cookie,
            &begin(&app, other).await.cookie,
            &junk,
        ] {
            let (_, outcome) = outcome(&app, &path, cookie).await;
            assert_eq!(outcome, "sign-in=SIGN_IN_EXPIRED", "{way} {cookie}");
        }
        // Nobody has spent the code meanwhile: the browser that began comes in, once.
        let (_, first) = outcome(&app, &path, &begun.cookie).await;
        assert!(first.starts_with("hand-over="), "{first}");
        let (_, second) = outcome(&app, &path, &begun.cookie).await;
        assert_eq!(second, "sign-in=INVALID_CODE", "{way}");
    }
}

async fn a_sign_in_at_another_site_ends_in_time(stores: Stores) {
    let sites = Sites::start().await;
    let app = sites.server(&stores).await;
    let begun = begin(&app, "oidc").await;
    let path = go("oidc", &begun, "lin").await;
    app.advance(TimeDelta::minutes(10));
    let (page, outcome) = outcome(&app, &path, &begun.cookie).await;
    assert_eq!(
        (page.as_str(), outcome.as_str()),
        (BACK, "sign-in=SIGN_IN_EXPIRED")
    );
}

async fn nobody_is_led_elsewhere(stores: Stores) {
    let sites = Sites::start().await;
    let app = sites.server(&stores).await;
    for path in [
        "/sign-in/oidc",
        "/sign-in/oidc?back=",
        "/sign-in/oidc?back=https%3A%2F%2Fevil.example%2Fc%2F",
        "/sign-in/oidc?back=%2F%2Fevil.example",
        "/sign-in/oidc?back=%2Fdesk",
        "/sign-in/oidc?back=%2Fc%2F%5C%5Cevil.example",
        "/sign-in/oidc?back=%2Fc%2Fa%23hand-over%3Dx",
        "/sign-in/oidc?back=%2Fc%2Fa%0D%0ALocation:%20x",
        "/sign-in/oidc?back=%2Fc%2Fa&back=%2Fc%2Fb",
        "/sign-in/nothing?back=%2Fc%2Fa",
        "/sign-in/nothing/callback",
    ] {
        let response = get(&app, path, "").await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(response.headers().get(LOCATION).is_none(), "{path}");
    }
}

async fn a_refusal_is_told_to_the_page(stores: Stores) {
    let sites = Sites::start().await;
    let app = sites.server(&stores).await;
    for (way, code, expected) in [
        ("wechat", "snapshot-lin", "SNAPSHOT_USER"),
        ("wechat", "err40029-x", "INVALID_CODE"),
        ("wechat", "err45011-x", "PLATFORM_BUSY"),
        ("wechat", "http500-x", "PLATFORM_UNAVAILABLE"),
        ("oidc", "garbage-x", "PLATFORM_UNAVAILABLE"),
        ("wechat", "", "DECLINED"),
        ("oidc", "", "DECLINED"),
        ("oidc", "&error=access_denied", "DECLINED"),
        ("oidc", "&error=server_error", "PLATFORM_UNAVAILABLE"),
    ] {
        let begun = begin(&app, way).await;
        let back = visit(&begun.address, "lin").await;
        let path = format!("/sign-in/{way}/callback?state={}&code={code}", back.state);
        let (page, told) = outcome(&app, &path, &begun.cookie).await;
        assert_eq!(
            (page.as_str(), told.as_str()),
            (BACK, format!("sign-in={expected}").as_str()),
            "{code}"
        );
    }
    let voters = RawSql::connect(&stores).await.cells("voter").await;
    assert!(voters.is_empty(), "nobody was made up");
}

async fn a_code_hands_over_once_and_for_seconds(stores: Stores) {
    let sites = Sites::start().await;
    let app = sites.server(&stores).await;
    let code = hand_over(&app, "oidc", "lin").await;
    let (first, second) = join(redeem(&app, &code), redeem(&app, &code)).await;
    let won = [&first, &second].map(|payload| payload["session"].is_object());
    assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    redeem(&app, &code).await.expect_no_session("INVALID_CODE");
    let late = hand_over(&app, "oidc", "lin").await;
    app.advance(TimeDelta::seconds(30));
    redeem(&app, &late).await.expect_no_session("INVALID_CODE");
    redeem(&app, "junk").await.expect_no_session("INVALID_CODE");
}

async fn only_voters_with_an_account_are_handed_over(stores: Stores) {
    let sites = Sites::start().await;
    let app = sites.server(&stores).await;
    let sample = app.sample().await;
    let create = "mutation { createHandOver { code expiresAt } }";
    let payload = app.sign_in_wechat("ok-lin").await;
    let program = app.client_with(payload.expect_session().access_token());
    program.vote(&sample.nominee_id(0)).await.expect_counted();
    let made = program.ask(create, Value::Null).await;
    let code = made["createHandOver"]["code"].as_str().expect("a code");
    let page = redeem(&app, code).await;
    let page = app.client_with(page.expect_session().access_token());
    page.vote(&sample.nominee_id(0))
        .await
        .expect_refused("ALREADY_VOTED");
    for (client, code) in [
        (app.anonymous(), "UNAUTHENTICATED"),
        (&app.guest(), "FORBIDDEN"),
        (&app.staff().await, "FORBIDDEN"),
    ] {
        assert_eq!(client.fail(create, Value::Null).await, code);
    }
}

async fn a_guest_who_signs_in_over_another_site_keeps_its_votes(stores: Stores) {
    let sites = Sites::start().await;
    let app = sites.server(&stores).await;
    let sample = app
        .sample_with(|c| c.admits = IdentityKind::Oidc.into())
        .await;
    let guest = app.sign_in_guest("device-id-of-anybody").await;
    let guest = app.client_with(guest.expect_session().access_token());
    guest.vote(&sample.nominee_id(0)).await.expect_counted();
    let code = hand_over(&app, "oidc", "lin").await;
    let payload = redeem_as(&guest, &code).await;
    let voter = app.client_with(payload.expect_session().access_token());
    voter
        .vote(&sample.nominee_id(0))
        .await
        .expect_refused("ALREADY_VOTED");
    // Whoever comes with the guest's token later is somebody else.
    let other = redeem_as(&guest, &hand_over(&app, "oidc", "wen").await).await;
    let other = app.client_with(other.expect_session().access_token());
    other.vote(&sample.nominee_id(0)).await.expect_counted();
}

async fn one_person_by_mini_program_and_page_has_one_quota(stores: Stores) {
    let sites = Sites::start().await;
    let page_server = sites.server(&stores).await;
    let program_server = sites.server(&stores.share()).await;
    let kinds = [IdentityKind::WechatMiniProgram, IdentityKind::WechatWeb];
    let sample = sample_of(&page_server, &kinds).await;
    program_server.refresh().await;
    for person in ["lin", "wen", "mo"] {
        // Both first sign-ins at the same moment, on two processes.
        let code = format!("ok-code-of-{person}");
        let (page, program) = join(
            voter(&page_server, "wechat", person),
            program_server.sign_in_wechat(&code),
        )
        .await;
        let program = program_server.client_with(program.expect_session().access_token());
        let mut counted = 0;
        for number in 0..3 {
            for client in [&page, &program] {
                let vote = client.vote(&sample.nominee_id(number)).await;
                counted += usize::from(vote["vote"].is_object());
            }
        }
        assert_eq!(counted, 3, "{person} has three votes, by whatever way");
    }
}

async fn only_pages_of_this_server_are_signed(stores: Stores) {
    let sites = Sites::start().await;
    let app = sites.server(&stores).await;
    let query =
        "query($url: String!) { shareSignature(url: $url) { appId nonce timestamp signature } }";
    let url = format!("{PUBLIC_URL}/c/fair?from=timeline");
    let data = app.anonymous().ask(query, json!({"url": url})).await;
    assert_eq!(data["shareSignature"]["appId"], FakeOfficialAccount::APP_ID);
    for url in [
        "https://evil.example/c/fair",
        "https://vote.example.evil.example/c/fair",
        "https://vote.example/desk",
        "",
    ] {
        let refused = app.anonymous().fail(query, json!({"url": url})).await;
        assert_eq!(refused, "BAD_USER_INPUT", "{url}");
    }
    sites.wechat.refuse_tickets(45009);
    let other = sites.server(&stores.share()).await;
    let data = other.anonymous().ask(query, json!({"url": url})).await;
    assert_eq!(data["shareSignature"], Value::Null);
}

async fn a_server_without_platforms_offers_guests_alone(stores: Stores) {
    let query = "{ signInWays { kind name path } }";
    let app = TestApp::start(&stores).await;
    let guest = json!({"kind": "GUEST", "name": null, "path": null});
    let data = app.anonymous().ask(query, Value::Null).await;
    assert_eq!(data["signInWays"], json!([guest]));
    let sites = Sites::start().await;
    let app = sites.server(&stores.share()).await;
    let data = app.anonymous().ask(query, Value::Null).await;
    let kinds = data["signInWays"].as_array().expect("a list").iter();
    let ways: Vec<_> = kinds
        .map(|way| (way["kind"].as_str(), way["path"].as_str()))
        .collect();
    let expected = [
        (Some("WECHAT_MINI_PROGRAM"), None),
        (Some("WECHAT_WEB"), Some("/sign-in/wechat")),
        (Some("OIDC"), Some("/sign-in/oidc")),
        (Some("GUEST"), None),
    ];
    assert_eq!(ways, expected);
}
