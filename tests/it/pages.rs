//! The pages as the server gives them out: heads, stories, files, posters and codes. What the program in them does, the
//! browser tests of `tests/clients` show.

use std::sync::LazyLock;
use std::time::Duration;

use acclaim::domain::campaign::{Campaign, Lifecycle};
use acclaim::graphql::document::Policy;
use acclaim::graphql::node_id::GlobalId;
use acclaim::print::font::Font;
use chrono::TimeDelta;
use reqwest::{Response, StatusCode};

use crate::fake_wechat::FakeWeChat;
use crate::harness::{Sample, Stores, TestApp, TestAppBuilder, global, on_both};
use crate::raw_sql::RawSql;

on_both!(
    the_base_address_leads_to_the_campaigns,
    an_address_has_a_title_and_a_preview,
    a_story_is_whole_without_its_program,
    what_is_not_public_has_no_page,
    a_slash_at_the_end_leads_to_the_page,
    an_unknown_address_helps_a_browser,
    the_api_tells_a_browser_what_it_is,
    who_hammers_stories_is_told_to_wait,
    files_are_kept_for_ever_and_compressed_as_the_client_takes_them,
    without_a_public_address_there_are_no_codes_and_no_guesses,
    a_poster_is_a_picture_that_leads_to_the_nominee,
    a_poster_needs_a_font,
    the_desk_begins_with_the_same_page_at_every_path,
    the_platform_draws_the_code_where_it_is_set_up,
    a_code_that_the_platform_refuses_is_replaced_for_a_while,
);

const PUBLIC_URL: &str = "https://vote.example.org";

/// Posters are tested with the fonts of the machine, which are read once.
static FONT: LazyLock<Font> = LazyLock::new(|| {
    Font::find().expect("a font with Chinese characters, as the package fonts-wqy-zenhei")
});

/// A server that knows where its pages are.
fn public(stores: &Stores) -> TestAppBuilder<'_> {
    TestApp::builder(stores).with_public_url(PUBLIC_URL)
}

async fn get(app: &TestApp, path: &str) -> Response {
    let request = app.http().get(app.url(path));
    request.send().await.expect("an answer")
}

async fn page(app: &TestApp, path: &str) -> String {
    let response = get(app, path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let header = |name| response.headers()[name].to_str().expect("ASCII").to_owned();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert_eq!(header("cache-control"), "public, max-age=1, s-maxage=1");
    let policy = header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'; script-src 'self'"),
        "{policy}"
    );
    let html = response.text().await.expect("a page");
    // Neither scripts nor styles inside it, but the one that the policy allows: it would stop others. What the program
    // reads is no script.
    let allowed = [
        "<script>// Remembers the button",
        "<script type=\"module\" src=\"/pages/",
        "<script type=\"application/json\" id=\"first-view\">",
    ];
    let count = |text: &str| html.matches(text).count();
    assert_eq!(count("<script"), allowed.map(count).iter().sum::<usize>());
    assert!(!html.contains("style="), "{html}");
    html
}

/// A campaign at `/c/fair` with a story about nominee 1; gives the path of the story, too.
async fn told(app: &TestApp, title: &str) -> (Sample, String) {
    let title = title.to_owned();
    let sample = app
        .sample_with(|campaign| {
            "fair".clone_into(&mut campaign.slug);
            campaign.title = title;
        })
        .await;
    let now = app.clock.now();
    let story = sample
        .insert_story(&app.database, Some(0), "A <tale>", now)
        .await;
    let path = format!("/c/fair/stories/{}", global(GlobalId::Story(story)));
    (sample, path)
}

async fn the_base_address_leads_to_the_campaigns(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let draft = |campaign: &mut Campaign| {
        campaign.lifecycle = Lifecycle::Draft;
        "A draft".clone_into(&mut campaign.title);
    };
    app.sample_with(draft).await;
    let html = page(&app, "/").await;
    assert!(html.contains("There is no campaign now."), "{html}");
    told(&app, "First & <b>").await;
    let response = get(&app, "/").await;
    // The client has followed it.
    assert_eq!(response.url().path(), "/c/fair");
    assert_eq!(response.status(), StatusCode::OK);
    let later = |campaign: &mut Campaign| {
        campaign.voting_opens_at += TimeDelta::hours(1);
        "later".clone_into(&mut campaign.slug);
    };
    app.sample_with(later).await;
    let html = page(&app, "/").await;
    let first = "<a href=\"/c/fair\"><strong>First &amp; &lt;b&gt;</strong>";
    let places = ["<a href=\"/c/later\">", first].map(|link| html.find(link));
    assert!(
        places[0].is_some() && places[0] < places[1],
        "the latest first: {html}"
    );
    assert!(
        !html.contains("A draft") && !html.contains("<script"),
        "{html}"
    );
}

async fn an_address_has_a_title_and_a_preview(stores: Stores) {
    let app = public(&stores).start().await;
    let (_, story) = told(&app, "Fair & \"square\" <b>").await;
    let html = page(&app, "/c/fair").await;
    assert!(
        html.contains("<title>Fair &amp; &quot;square&quot; &lt;b&gt;</title>"),
        "{html}"
    );
    assert!(
        html.contains("property=\"og:title\" content=\"Fair &amp; &quot;square&quot; &lt;b&gt;\""),
        "{html}"
    );
    assert!(
        html.contains("property=\"og:url\" content=\"https://vote.example.org/c/fair\""),
        "{html}"
    );
    for path in ["/c/fair/stories", "/c/fair/board", "/c/fair/result"] {
        let url = format!("rel=\"canonical\" href=\"{PUBLIC_URL}{path}\"");
        assert!(page(&app, path).await.contains(&url), "{path}");
    }
    let html = page(&app, "/c/fair/n/1").await;
    assert!(html.contains("<title>候选人01 · Fair"), "{html}");
    let html = page(&app, &story).await;
    assert!(
        html.contains("property=\"og:type\" content=\"article\""),
        "{html}"
    );
    assert!(
        html.contains("property=\"og:description\" content=\"Summary of A &lt;tale&gt;.\""),
        "{html}"
    );
    let html = page(&app, "/c/fair/result").await;
    assert!(html.contains("<title>Result · Fair"), "{html}");
    // The language is the browser's.
    for (accepted, lang) in [("zh-CN,zh;q=0.9", "zh-CN"), ("en", "en"), ("fr", "en")] {
        let request = app.http().get(app.url("/c/fair"));
        let response = request.header("accept-language", accepted).send().await;
        let html = response.expect("an answer").text().await.expect("a page");
        assert!(
            html.starts_with(&format!("<!doctype html><html lang=\"{lang}\">")),
            "{html}"
        );
    }
}

async fn a_story_is_whole_without_its_program(stores: Stores) {
    let app = public(&stores).start().await;
    let (_, story) = told(&app, "Fair").await;
    let html = page(&app, &story).await;
    assert!(html.contains("<h2>A &lt;tale&gt;</h2>"), "{html}");
    assert!(html.contains("<p>Text.</p>"), "{html}");
    assert!(
        html.contains("<a href=\"/c/fair/n/1\">候选人01</a>"),
        "{html}"
    );
}

async fn what_is_not_public_has_no_page(stores: Stores) {
    let app = public(&stores).start().await;
    let (sample, story) = told(&app, "Fair").await;
    let later = app.clock.now() + TimeDelta::hours(1);
    let unborn = sample
        .insert_story(&app.database, None, "Later", later)
        .await;
    let unborn = global(GlobalId::Story(unborn));
    let other = app
        .sample_with(|campaign| "other".clone_into(&mut campaign.slug))
        .await;
    app.sample_with(|campaign| {
        "draft".clone_into(&mut campaign.slug);
        campaign.lifecycle = Lifecycle::Draft;
    })
    .await;
    let campaign = other.campaign_id();
    for path in [
        "/c/none",
        "/c/draft",
        "/c/draft/board",
        "/c/draft/result",
        "/c/fair/n/0",
        "/c/fair/n/9999",
        "/c/fair/n/one",
        "/c/fair/n/9999/poster.png",
        "/c/none/qr.svg",
        "/c/fair/n/0/qr.svg",
        "/c/fair/stories/none",
        &format!("/c/fair/stories/{unborn}"),
        &format!("/c/fair/stories/{campaign}"),
        &story.replace("fair", "other"),
        "/pages/none.js",
    ] {
        assert_eq!(
            get(&app, path).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

/// The answer at a path to a client that accepts this, without following it.
async fn visit(app: &TestApp, path: &str, accept: &str) -> Response {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let request = client.build().expect("a client").get(app.url(path));
    let request = request.header("accept", accept);
    request.send().await.expect("an answer")
}

/// As browsers send it.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn a_slash_at_the_end_leads_to_the_page(stores: Stores) {
    let app = public(&stores).start().await;
    let (_, story) = told(&app, "Fair").await;
    for (path, to) in [
        ("/c/fair/", "/c/fair"),
        ("/c/fair//?order=NUMBER&x=%2F", "/c/fair?order=NUMBER&x=%2F"),
        ("/c/fair/n/1/", "/c/fair/n/1"),
        ("/c/fair/board/", "/c/fair/board"),
        ("/c/fair/stories/", "/c/fair/stories"),
        (&format!("{story}/"), &story),
        ("/graphiql/", "/graphiql"),
    ] {
        for accept in [BROWSER, "*/*"] {
            let response = visit(&app, path, accept).await;
            assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT, "{path}");
            assert_eq!(response.headers()["location"], to, "{path}");
        }
        assert_eq!(get(&app, path).await.status(), StatusCode::OK, "{path}");
    }
    // Nobody is sent to another site, and what is no page is not there.
    for path in [
        "//evil.example/",
        "//c/evil.example/",
        "/graphql/",
        "/c/",
        "/healthz/",
    ] {
        let response = visit(&app, path, "*/*").await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(!response.headers().contains_key("location"), "{path}");
    }
    let post = app.http().post(app.url("/c/fair/")).send().await;
    assert_eq!(post.expect("an answer").status(), StatusCode::NOT_FOUND);
}

async fn an_unknown_address_helps_a_browser(stores: Stores) {
    let app = public(&stores).start().await;
    told(&app, "Fair").await;
    for path in [
        "/none",
        "/c",
        "/c/none",
        "/c/fair/n/9999",
        "/c/fair/what/is/this",
        "/pages/x/y",
        "/admin/",
    ] {
        let response = visit(&app, path, BROWSER).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(
            response.headers()["content-type"],
            "text/html; charset=utf-8"
        );
        let html = response.text().await.expect("a page");
        for words in [
            "这个地址没有内容",
            "There is nothing at this address",
            "<a href=\"/\">",
        ] {
            assert!(html.contains(words), "{path}: {html}");
        }
        // Nothing of the address is in it.
        assert!(!html.contains("what/is"), "{html}");
    }
    // Programs get what they got.
    for accept in ["*/*", "application/json"] {
        let response = visit(&app, "/none", accept).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.headers()["vary"], "accept");
        assert_eq!(response.text().await.expect("a text"), "");
    }
    let post = app.http().post(app.url("/none")).header("accept", BROWSER);
    let response = post.send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.text().await.expect("a text"), "");
}

async fn the_api_tells_a_browser_what_it_is(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let response = visit(&app, "/graphql", BROWSER).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let html = response.text().await.expect("a page");
    for words in ["GraphQL 接口", "the GraphQL API", "href=\"/graphiql\""] {
        assert!(html.contains(words), "{html}");
    }
    // A query is answered, whoever asks; and a program that asks for nothing is told so.
    let response = visit(&app, "/graphql?query=%7BserverTime%7D", BROWSER).await;
    assert!(response.text().await.expect("JSON").contains("\"data\""));
    let response = visit(&app, "/graphql", "application/json").await;
    assert!(response.text().await.expect("JSON").contains("\"errors\""));
    let closed = TestApp::builder(&stores).with_documents(Policy::Any);
    let closed = closed.start().await;
    let response = visit(&closed, "/graphql", BROWSER).await;
    assert!(!response.text().await.expect("a page").contains("graphiql"));
}

async fn who_hammers_stories_is_told_to_wait(stores: Stores) {
    let rate = "1/120".parse().expect("a rate");
    let app = public(&stores).with_limits(|limits| limits.anonymous_query = rate);
    let app = app.start().await;
    let (_, story) = told(&app, "Fair").await;
    for _ in 0..2 {
        assert_eq!(get(&app, &story).await.status(), StatusCode::OK);
    }
    let refused = get(&app, &story).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait = refused.headers()["retry-after"].to_str().expect("ASCII");
    // 30 of 50 tokens are missing, less what came while the others were answered.
    assert!(
        (25..=30).contains(&wait.parse().expect("seconds")),
        "{wait}"
    );
    // What costs no statement goes on.
    assert_eq!(get(&app, "/c/fair").await.status(), StatusCode::OK);
}

async fn files_are_kept_for_ever_and_compressed_as_the_client_takes_them(stores: Stores) {
    let app = public(&stores).start().await;
    told(&app, "Fair").await;
    let html = page(&app, "/c/fair").await;
    let script = html
        .split("src=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let script = script.expect("a script");
    for (accepted, encoding) in [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
    ] {
        let request = app
            .http()
            .get(app.url(script))
            .header("accept-encoding", accepted);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        let headers = response.headers();
        assert_eq!(headers["content-encoding"], encoding, "{accepted}");
        assert_eq!(
            headers["cache-control"],
            "public, max-age=31536000, immutable"
        );
        assert_eq!(headers["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }
}

async fn without_a_public_address_there_are_no_codes_and_no_guesses(stores: Stores) {
    let app = TestApp::start(&stores).await;
    told(&app, "Fair").await;
    for path in [
        "/c/fair/qr.svg",
        "/c/fair/n/1/qr.svg",
        "/c/fair/n/1/poster.png",
    ] {
        let response = get(&app, path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        let text = response.text().await.expect("a text");
        assert!(text.contains("ACCLAIM_PUBLIC_URL"), "{text}");
    }
    let request = app
        .http()
        .get(app.url("/c/fair"))
        .header("host", "evil.example");
    let html = request
        .send()
        .await
        .expect("an answer")
        .text()
        .await
        .expect("a page");
    assert!(
        !html.contains("og:url") && !html.contains("evil.example"),
        "{html}"
    );
}

/// The side of a PNG in pixels, which its first chunk has.
fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

async fn poster(app: &TestApp, number: i64) -> Vec<u8> {
    let response = get(app, &format!("/c/fair/n/{number}/poster.png")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "image/png");
    response.bytes().await.expect("a picture").to_vec()
}

async fn a_poster_is_a_picture_that_leads_to_the_nominee(stores: Stores) {
    let app = public(&stores).with_font(FONT.clone()).start().await;
    let (sample, _) = told(&app, "创新达人评选 & <b>").await;
    let first = poster(&app, 1).await;
    assert_eq!(size(&first), (750, 1200));
    assert_eq!(poster(&app, 1).await, first);
    assert_ne!(poster(&app, 2).await, first);
    assert!(page(&app, "/c/fair/n/1").await.contains(&format!(
        "property=\"og:image\" content=\"{PUBLIC_URL}/c/fair/n/1/poster.png\""
    )));
    // A name that is put right is on the next poster.
    let mut sql = RawSql::connect(&stores).await;
    sql.execute("UPDATE nominee SET name = '改名' WHERE number = 1")
        .await;
    sql.execute("UPDATE campaign SET revision = revision + 1")
        .await;
    app.refresh().await;
    assert_ne!(poster(&app, 1).await, first);
    drop(sample);
    let code = get(&app, "/c/fair/n/1/qr.svg").await;
    assert_eq!(code.headers()["content-type"], "image/svg+xml");
    assert!(code.text().await.expect("a code").starts_with("<svg "));
}

async fn a_poster_needs_a_font(stores: Stores) {
    let app = public(&stores).start().await;
    told(&app, "Fair").await;
    let response = get(&app, "/c/fair/n/1/poster.png").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(!page(&app, "/c/fair/n/1").await.contains("og:image"));
}

async fn with_platform(stores: &Stores, platform: &FakeWeChat) -> TestApp {
    let wechat = platform.client(4, Duration::from_secs(10));
    let builder = public(stores).with_font(FONT.clone());
    builder.with_wechat(wechat).start().await
}

async fn the_platform_draws_the_code_where_it_is_set_up(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = with_platform(&stores, &platform).await;
    told(&app, "Fair").await;
    let first = poster(&app, 1).await;
    assert_eq!(poster(&app, 1).await, first);
    poster(&app, 2).await;
    let drawn = |n: i64| ("pages/nominee/nominee".to_owned(), format!("c=fair&n={n}"));
    assert_eq!(platform.images(), [drawn(1), drawn(2)]);
    assert_eq!(platform.tokens(), 1, "the token is kept");
    // Another program of the same app has made itself a token.
    platform.end_tokens();
    poster(&app, 3).await;
    assert_eq!(platform.images().last(), Some(&drawn(3)));
    assert_eq!(platform.tokens(), 2);
}

async fn a_code_that_the_platform_refuses_is_replaced_for_a_while(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = with_platform(&stores, &platform).await;
    told(&app, "Fair").await;
    platform.refuse_images(45009);
    let stand_in = poster(&app, 1).await;
    assert_eq!(platform.images(), []);
    // It is kept for a minute, so that the platform is not asked for every visitor.
    platform.refuse_images(0);
    assert_eq!(poster(&app, 1).await, stand_in);
    assert_eq!(platform.images(), []);
    assert_ne!(poster(&app, 2).await, stand_in);
    assert_eq!(platform.images().len(), 1);
}

async fn the_desk_begins_with_the_same_page_at_every_path(stores: Stores) {
    let app = public(&stores).start().await;
    let ask = async |path: &str, language: &str| {
        let request = app.http().get(app.url(path));
        let request = request.header("accept-language", language);
        request.send().await.expect("an answer")
    };
    let mut pages = Vec::new();
    for path in [
        "/desk",
        "/desk/",
        "/desk/invitation",
        "/desk/c/demo/stories/1",
    ] {
        let response = ask(path, "zh-CN").await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-cache"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("vary", "accept-language"),
        ] {
            assert_eq!(response.headers()[name], value, "{path}");
        }
        let policy = response.headers()["content-security-policy"].to_str();
        let policy = policy.expect("ASCII");
        assert!(policy.contains("script-src 'self'; style-src 'self'"));
        assert!(policy.contains("frame-ancestors 'none'"));
        pages.push(response.text().await.expect("a text"));
    }
    assert!(pages.iter().all(|page| *page == pages[0]));
    let page = &pages[0];
    assert!(page.starts_with("<!doctype html><html lang=\"zh-CN\">"));
    let noscript = page.split("<noscript>").nth(1).expect("one");
    assert!(noscript.contains("需要") && noscript.contains("needs"));
    let english = ask("/desk", "en").await.text().await.expect("a text");
    assert!(english.contains("<html lang=\"en\">"));
    // Its program is there.
    let files: Vec<_> = page.split("\"/pages/").skip(1).collect();
    for tag in ["<link rel=\"stylesheet\"", "<script type=\"module\""] {
        assert_eq!(page.matches(tag).count(), 1, "{page}");
    }
    for file in files {
        let name = file.split('"').next().expect("a name");
        let response = get(&app, &format!("/pages/{name}")).await;
        assert_eq!(response.status(), StatusCode::OK, "{name}");
    }
    // What is a file or a session stays one.
    let template = get(&app, "/desk/templates/nominees.csv").await;
    assert!(
        template.headers()["content-type"]
            .to_str()
            .is_ok_and(|kind| kind.contains("csv"))
    );
    assert_eq!(get(&app, "/desk/templates/none").await.status(), 404);
    assert_eq!(get(&app, "/desk/imports/none").await.status(), 404);
    assert_eq!(get(&app, "/desk/session").await.status(), 405);
}
