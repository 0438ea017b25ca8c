//! Posters under load: few are drawn or wait, an address has its share of the places, drawing is charged, and a poster
//! lasts until one of its own words changes.

use std::net::Ipv4Addr;
use std::sync::LazyLock;
use std::time::Duration;

use acclaim::print::font::Font;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use reqwest::{Response, StatusCode};

use crate::deadlines::in_time;
use crate::fake_wechat::FakeWeChat;
use crate::harness::{Stores, TestApp, on_both};
use crate::raw_sql::RawSql;

on_both!(a_poster_lasts_until_its_own_words_change);

/// Places of posters that wait or are drawn, of all and of one address.
const PLACES: usize = 17;
const PLACES_EACH: usize = 2;

static FONT: LazyLock<Font> = LazyLock::new(|| {
    Font::find().expect("a font with Chinese characters, as the package fonts-wqy-zenhei")
});

/// A server behind a load balancer, whose platform draws codes.
async fn server(stores: &Stores, platform: &FakeWeChat) -> TestApp {
    let app = TestApp::builder(stores)
        .with_public_url("https://vote.example.org")
        .with_font(FONT.clone())
        .with_wechat(platform.client(4, Duration::from_mins(1)))
        .with_connection_limits(|limits| {
            limits.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
        })
        .start()
        .await;
    app.sample_with(|campaign| "fair".clone_into(&mut campaign.slug))
        .await;
    app
}

/// The poster of a nominee, asked for from the address 198.51.100.`host`.
async fn poster(app: &TestApp, host: u8, number: usize) -> Response {
    let path = format!("/c/fair/n/{number}/poster.png");
    let address = Ipv4Addr::new(198, 51, 100, host).to_string();
    let request = app.http().get(app.url(&path));
    let request = request.header("x-forwarded-for", address).send();
    in_time("a poster", request).await.expect("an answer")
}

async fn refusal(response: Response) -> String {
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["retry-after"], "1");
    response.text().await.expect("a text")
}

/// Asks from these addresses at once while the platform holds its codes back, and expects that the first `refused`
/// answers are refusals in these words; then lets the platform answer, and reads the others.
async fn expect_refused(
    app: &TestApp,
    platform: &FakeWeChat,
    hosts: impl Iterator<Item = u8>,
    refused: usize,
    words: &str,
) {
    platform.hold_images();
    let numbered = hosts.enumerate();
    let mut asked: FuturesUnordered<_> = numbered
        .map(|(index, host)| poster(app, host, index % 4 + 1))
        .collect();
    for _ in 0..refused {
        let response = asked.next().await.expect("an answer");
        let text = refusal(response).await;
        assert!(text.contains(words), "{text}");
    }
    platform.answer_slow_calls();
    while asked.next().await.is_some() {}
    assert_eq!(platform.concurrent_max(), 1, "one at a time is drawn");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_wait_and_one_at_a_time_is_drawn() {
    let stores = Stores::embedded();
    let platform = FakeWeChat::start().await;
    let app = server(&stores, &platform).await;
    let hosts = (1..).take(PLACES + 5);
    expect_refused(&app, &platform, hosts, 5, "Many posters").await;
    assert_eq!(poster(&app, 1, 1).await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_has_its_share_of_the_places() {
    let stores = Stores::embedded();
    let platform = FakeWeChat::start().await;
    let app = server(&stores, &platform).await;
    // Twenty of one address: the places of all are not touched, so another one finds its own.
    let hosts = std::iter::repeat_n(1, 20);
    expect_refused(&app, &platform, hosts, 20 - PLACES_EACH, "your address").await;
    assert_eq!(poster(&app, 2, 1).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn drawing_is_charged_and_what_is_drawn_is_not() {
    let stores = Stores::embedded();
    let rate = "1/4000".parse().expect("a rate");
    let app = TestApp::builder(&stores)
        .with_public_url("https://vote.example.org")
        .with_font(FONT.clone())
        .with_limits(|limits| limits.anonymous_query = rate)
        .start()
        .await;
    app.sample_with(|campaign| "fair".clone_into(&mut campaign.slug))
        .await;
    assert_eq!(poster(&app, 1, 1).await.status(), StatusCode::OK);
    let refused = poster(&app, 1, 2).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
    for _ in 0..5 {
        assert_eq!(poster(&app, 1, 1).await.status(), StatusCode::OK);
    }
    // Codes are cheaper, and charged as well: 1,000 tokens are left, of 100 each.
    let code = async || {
        let request = app.http().get(app.url("/c/fair/n/1/qr.svg"));
        request.send().await.expect("an answer").status()
    };
    for _ in 0..10 {
        assert_eq!(code().await, StatusCode::OK);
    }
    assert_eq!(code().await, StatusCode::TOO_MANY_REQUESTS);
}

async fn a_poster_lasts_until_its_own_words_change(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server(&stores, &platform).await;
    let png = async |number| {
        let response = poster(&app, 1, number).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.bytes().await.expect("a picture")
    };
    let (first, second) = (png(1).await, png(2).await);
    assert_eq!(app.metrics.posters_drawn.get(), 2);
    // Another nominee's name, and the campaign's revision with it.
    let mut sql = RawSql::connect(&stores).await;
    sql.execute("UPDATE nominee SET name = '改名' WHERE number = 2")
        .await;
    app.refresh().await;
    assert_eq!(png(1).await, first);
    assert_eq!(app.metrics.posters_drawn.get(), 2, "it is still good");
    assert_ne!(png(2).await, second);
    assert_eq!(app.metrics.posters_drawn.get(), 3);
    // Its code is the same as before: the platform is not asked again.
    assert_eq!(platform.images().len(), 2);
}
