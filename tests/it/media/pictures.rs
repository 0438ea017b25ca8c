//! Pictures as they are served, shown and drawn.

use acclaim::domain::media::{MediaName, UploadPurpose};
use acclaim::graphql::node_id::GlobalId;
use acclaim::hot::Rate;
use acclaim::id::StaffId;
use acclaim::print::font::Font;
use acclaim::verify::verify;
use chrono::TimeDelta;
use reqwest::header::{ACCEPT, IF_NONE_MATCH};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{Files, new_staff, picture, server, upload};
use crate::deadlines::in_time;
use crate::harness::{Stores, TestApp, global, on_both};
use crate::raw_sql::RawSql;

on_both!(
    a_picture_is_shown_wherever_its_object_is,
    files_are_served_for_ever_and_nothing_else_is,
    verification_finds_missing_files,
);

/// Uploads a picture and makes it one that may be shown.
async fn stored(app: &TestApp, staff: StaffId, file: Vec<u8>) -> MediaName {
    let id = upload(app, staff, UploadPurpose::Picture, file).await;
    let stored = app
        .store_picture(staff, id)
        .await
        .expect("the stores answer");
    stored.expect("a picture").media.name
}

async fn get(app: &TestApp, path: &str) -> Response {
    let request = app.http().get(app.url(path)).header(ACCEPT, "text/html");
    in_time("an answer", request.send())
        .await
        .expect("an answer")
}

async fn a_picture_is_shown_wherever_its_object_is(stores: Stores) {
    let files = Files::of(&stores).await;
    let app = TestApp::builder(&stores)
        .with_media(Some(files.open()))
        .with_public_url("https://vote.example.org")
        .with_font(Font::find().expect("a font with Chinese characters"))
        .start()
        .await;
    let sample = app
        .sample_with(|campaign| "fair".clone_into(&mut campaign.slug))
        .await;
    let hour_ago = app.clock.now() - TimeDelta::hours(1);
    let story = sample
        .insert_story(&app.database, None, "A story", hour_ago)
        .await;
    let story = global(GlobalId::Story(story));
    let staff = new_staff(&app).await;
    let poster = async || {
        let response = get(&app, "/c/fair/n/1/poster.png").await;
        assert_eq!(response.status(), StatusCode::OK);
        response.bytes().await.expect("a picture")
    };
    let before = poster().await;
    let [portrait, cover, of_story] = [
        stored(&app, staff, picture([200, 0, 0], 900, 1_500)).await,
        stored(&app, staff, picture([0, 200, 0], 900, 1_500)).await,
        stored(&app, staff, picture([0, 0, 200], 900, 1_500)).await,
    ];
    let mut sql = RawSql::connect(&stores).await;
    for (table, column, name) in [
        ("nominee", "portrait", &portrait),
        ("campaign", "cover", &cover),
        ("story", "cover", &of_story),
    ] {
        let set = format!(
            "UPDATE {table} SET {column}_media = '{}', {column}_url = 'https://elsewhere.example/1'",
            name.as_str()
        );
        assert!(sql.execute(&set).await > 0);
    }
    app.refresh().await;
    let statements = app.database.statements();
    let shown = app
        .anonymous()
        .ask(
            "{ campaign(slug: \"fair\") { coverUrl small: coverUrl(size: SMALL)
                nominees(first: 3) { nodes { portraitUrl small: portraitUrl(size: SMALL) } } } }",
            Value::Null,
        )
        .await;
    assert_eq!(app.database.statements(), statements, "all from memory");
    let address = |name: &MediaName, side| {
        format!(
            "https://vote.example.org/media/{}-{side}.jpg",
            name.as_str()
        )
    };
    let campaign = &shown["campaign"];
    assert_eq!(campaign["coverUrl"], address(&cover, 1_200));
    assert_eq!(campaign["small"], address(&cover, 400));
    for nominee in campaign["nominees"]["nodes"].as_array().expect("nominees") {
        assert_eq!(nominee["portraitUrl"], address(&portrait, 1_200));
        assert_eq!(nominee["small"], address(&portrait, 400));
    }
    let shown = app
        .anonymous()
        .ask(
            "query($id: ID!) { story(id: $id) { coverUrl } }",
            json!({ "id": story }),
        )
        .await;
    assert_eq!(shown["story"]["coverUrl"], address(&of_story, 1_200));
    for (path, name) in [
        ("/c/fair".to_owned(), &cover),
        ("/c/fair/n/1".to_owned(), &portrait),
        (format!("/c/fair/stories/{story}"), &of_story),
    ] {
        let page = get(&app, &path).await.text().await.expect("a page");
        let tag = format!("og:image\" content=\"{}\"", address(name, 1_200));
        assert!(page.contains(&tag), "{path}: {page}");
    }
    let after = poster().await;
    assert_ne!(before, after);
    assert_eq!(color_of_the_circle(&after), [200, 0, 0]);
    assert_ne!(color_of_the_circle(&before), [200, 0, 0]);
}

/// The colour of a poster where the portrait is, as far as a JPEG keeps it.
fn color_of_the_circle(poster: &[u8]) -> [u16; 3] {
    let poster = image::load_from_memory(poster)
        .expect("a picture")
        .into_rgb8();
    let pixel = poster.get_pixel(330, 350).0;
    pixel.map(|part| (u16::from(part) + 5) / 10 * 10)
}

async fn files_are_served_for_ever_and_nothing_else_is(stores: Stores) {
    let files = Files::of(&stores).await;
    let app = server(&stores, &files).await;
    let staff = new_staff(&app).await;
    let name = stored(&app, staff, picture([10, 20, 30], 800, 600)).await;
    for (side, size) in [(1_200, (800, 600)), (400, (400, 300))] {
        let path = format!("/media/{}-{side}.jpg", name.as_str());
        let response = get(&app, &path).await;
        assert_eq!(response.status(), StatusCode::OK);
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "image/jpeg");
        assert_eq!(
            headers["cache-control"],
            "public, max-age=31536000, immutable"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(
            headers["content-security-policy"]
                .to_str()
                .is_ok_and(|p| p.contains("sandbox"))
        );
        assert!(!headers.contains_key("vary") && !headers.contains_key("content-encoding"));
        let file = response.bytes().await.expect("a file");
        let decoded = image::load_from_memory(&file).expect("a picture");
        assert_eq!((decoded.width(), decoded.height()), size);
        let head = app
            .http()
            .request(Method::HEAD, app.url(&path))
            .send()
            .await;
        let head = head.expect("an answer");
        assert_eq!(head.status(), StatusCode::OK);
        assert_eq!(head.headers()["content-length"], file.len().to_string());
        let again = app
            .http()
            .get(app.url(&path))
            .header(IF_NONE_MATCH, &headers["etag"]);
        let again = again.send().await.expect("an answer");
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(again.headers()["etag"], headers["etag"]);
    }
    upload(
        &app,
        staff,
        UploadPurpose::Picture,
        picture([1, 1, 1], 5, 5),
    )
    .await;
    let waiting = files.list("uploads");
    let waiting = waiting[0]
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name");
    let other = "0".repeat(64);
    for path in [
        "/media/".to_owned(),
        "/media/nothing".to_owned(),
        format!("/media/{other}-400.jpg"),
        format!("/media/{}.jpg", name.as_str()),
        format!("/media/{}-800.jpg", name.as_str()),
        format!("/media/{waiting}"),
        format!("/media/..%2fuploads%2f{waiting}"),
        format!("/media/%2e%2e/uploads/{waiting}"),
        format!("/uploads/{waiting}"),
        "/media/..%2f..%2f..%2f..%2fetc%2fpasswd".to_owned(),
        "/media/%00".to_owned(),
    ] {
        let response = get(&app, &path).await;
        let is_absent = matches!(
            response.status(),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::BAD_REQUEST
        );
        assert!(is_absent, "{path}: {}", response.status());
    }
    let page = get(&app, &format!("/media/{other}-400.jpg")).await;
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    assert!(page.text().await.expect("a page").contains("/\">评选首页"));
}

async fn verification_finds_missing_files(stores: Stores) {
    let files = Files::of(&stores).await;
    let app = server(&stores, &files).await;
    app.sample().await;
    let staff = new_staff(&app).await;
    let shown = stored(&app, staff, picture([10, 20, 30], 800, 600)).await;
    let replaced = stored(&app, staff, picture([30, 20, 10], 800, 600)).await;
    let mut sql = RawSql::connect(&stores).await;
    let set = format!("UPDATE nominee SET portrait_media = '{}'", shown.as_str());
    sql.execute(&set).await;
    let report = async || {
        let report = verify(&app.database, None).await.expect("it reads");
        let report = report.with_media(&app.database, &files.open()).await;
        let report = report.expect("it reads");
        (report.is_clean(), report.to_string())
    };
    let (is_clean, text) = report().await;
    assert!(is_clean, "{text}");
    assert!(
        text.contains("2 pictures looked for: all have their files"),
        "{text}"
    );
    assert!(text.contains(&format!("picture {} is shown nowhere", replaced.as_str())));
    assert!(!text.contains(shown.as_str()), "{text}");
    let folder = files.folder().join("media");
    let file = |side| folder.join(format!("{}-{side}.jpg", shown.as_str()));
    std::fs::write(folder.join(format!("{}-400.jpg", "0".repeat(64))), "x").expect("written");
    let (is_clean, text) = report().await;
    assert!(
        is_clean && text.contains("-400.jpg belongs to no picture"),
        "{text}"
    );
    std::fs::remove_file(file(1_200)).expect("it was there");
    std::fs::write(file(400), "another length").expect("written");
    let (is_clean, text) = report().await;
    assert!(!is_clean, "{text}");
    assert!(
        text.contains("-1200.jpg of ") && text.contains("is not in the store"),
        "{text}"
    );
    assert!(text.contains("has 14 bytes in the store"), "{text}");
    // Nothing is wrong with votes and tallies.
    assert!(
        text.contains("the audit log agree (SQL)") && !text.contains("DIFFERENCES"),
        "{text}"
    );
}

#[tokio::test]
async fn reading_is_charged_and_what_is_in_memory_is_not() {
    let stores = Stores::embedded();
    let app = TestApp::start(&stores).await;
    let staff = new_staff(&app).await;
    let mut names = Vec::new();
    for color in 0..3 {
        names.push(stored(&app, staff, picture([80 * color, 0, 0], 20, 20)).await);
    }
    // Another process, whose memory is empty, with two readings' worth of tokens.
    let rate: Rate = "1/100".parse().expect("a rate");
    let poor = TestApp::builder(&stores)
        .with_limits(|limits| limits.anonymous_query = rate)
        .start()
        .await;
    let status = async |name: &MediaName| {
        let path = format!("/media/{}-400.jpg", name.as_str());
        get(&poor, &path).await.status()
    };
    for _ in 0..5 {
        assert_eq!(status(&names[0]).await, StatusCode::OK);
        assert_eq!(status(&names[1]).await, StatusCode::OK);
    }
    assert_eq!(status(&names[2]).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(status(&names[0]).await, StatusCode::OK);
}

#[tokio::test]
async fn without_a_public_address_pictures_have_paths() {
    let stores = Stores::embedded();
    let app = TestApp::start(&stores).await;
    app.sample_with(|campaign| "fair".clone_into(&mut campaign.slug))
        .await;
    let staff = new_staff(&app).await;
    let name = stored(&app, staff, picture([1, 2, 3], 20, 20)).await;
    let mut sql = RawSql::connect(&stores).await;
    let set = format!("UPDATE campaign SET cover_media = '{}'", name.as_str());
    sql.execute(&set).await;
    app.refresh().await;
    let shown = app
        .anonymous()
        .ask("{ campaign(slug: \"fair\") { coverUrl } }", Value::Null)
        .await;
    let path = format!("/media/{}-1200.jpg", name.as_str());
    assert_eq!(shown["campaign"]["coverUrl"], path);
}
