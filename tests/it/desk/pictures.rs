//! Pictures at the desk: from a link to a portrait that everybody sees, by those who may, with its entry in the log.

use acclaim::domain::access::StaffRole;
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::{OrganisationId, UploadId};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::change;
use crate::harness::{
    Payload, Sample, Stores, TestApp, TestClient, global, on_both, sample_organisation,
};
use crate::log_watch::WATCH;
use crate::raw_sql::RawSql;

on_both!(
    a_portrait_goes_its_whole_way,
    a_cover_is_shown_and_taken_away,
    what_cannot_be_a_portrait_is_refused_and_changes_nothing,
    of_two_edits_of_a_portrait_one_is_shown_the_other,
    a_text_shows_pictures_of_its_story,
    a_picture_for_what_was_approved_sends_it_back_to_review,
    pictures_that_a_story_cannot_have_are_refused,
    with_a_public_address_pictures_of_stories_have_it,
);

const CREATE: &str = "mutation($input: CreateUploadInput!) { createUpload(input: $input) {
    upload { id url expiresAt } userErrors { code message path } } }";
const PORTRAIT: &str = "mutation($input: SetNomineePortraitInput!) { setNomineePortrait(input: $input) {
    nominee { portraitUrl small: portraitUrl(size: SMALL) desk { editRevision } } userErrors { code message path } } }";
const COVER: &str = "mutation($input: SetCampaignCoverInput!) { setCampaignCover(input: $input) {
    campaign { coverUrl desk { editRevision } } userErrors { code message path } } }";

const STORY: &str =
    "story { id body(format: HTML) media { kind url title } desk { state editRevision approver { name } } }
    userErrors { code message path }";

/// A campaign with its organiser.
struct Office {
    app: TestApp,
    sample: Sample,
    organisation_id: OrganisationId,
    organiser: TestClient,
}

impl Office {
    async fn open(stores: &Stores) -> Self {
        Self::with(TestApp::start(stores).await).await
    }

    async fn with(app: TestApp) -> Self {
        let sample = app.sample().await;
        let organisation_id = sample_organisation(&app.database).await;
        let organiser = app.member_of(organisation_id, StaffRole::Organiser).await;
        Self {
            app,
            sample,
            organisation_id,
            organiser,
        }
    }

    /// The link for a file of this length.
    async fn link(&self, bytes: usize) -> (String, String) {
        let organisation = global(GlobalId::Organisation(self.organisation_id));
        let input = json!({"organisationId": organisation, "purpose": "PICTURE", "bytes": bytes});
        let made = change(&self.organiser, CREATE, input)
            .await
            .expect_counted();
        let upload = &made["upload"];
        let text = |field: &str| upload[field].as_str().expect("a text").to_owned();
        let url = text("url");
        WATCH.forbid(url.trim_start_matches("/uploads/"));
        (text("id"), url)
    }

    /// Uploads a file; returns the id of the upload.
    async fn upload(&self, file: Vec<u8>) -> String {
        let (id, url) = self.link(file.len()).await;
        let sent = self.app.http().put(self.app.url(&url)).body(file).send();
        assert_eq!(
            sent.await.expect("an answer").status(),
            StatusCode::NO_CONTENT
        );
        id
    }

    /// A draft of the organiser's.
    async fn draft(&self) -> Value {
        let input = json!({"campaignId": self.sample.campaign_id(), "idempotencyKey": uuid::Uuid::new_v4(),
            "title": "Told", "body": "正文。"});
        let made = self.story("createStory", "CreateStoryInput", input).await;
        made.expect_counted()["story"].clone()
    }

    /// Runs a mutation of stories.
    async fn story(&self, name: &str, kind: &str, input: Value) -> Payload {
        let media = if name == "addStoryPicture" {
            "media { kind url title }"
        } else {
            ""
        };
        let document =
            format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ {media} {STORY} }} }}");
        change(&self.organiser, &document, input).await
    }

    async fn add(&self, story: &Value, upload: &str, title: &str) -> Payload {
        let input = json!({"storyId": story["id"], "expectedRevision": story["desk"]["editRevision"],
            "uploadId": upload, "title": title});
        let kind = "AddStoryPictureInput";
        self.story("addStoryPicture", kind, input).await
    }

    async fn remove(&self, story: &Value, url: &Value) -> Payload {
        let input = json!({"storyId": story["id"], "expectedRevision": story["desk"]["editRevision"], "url": url});
        let kind = "RemoveStoryMediaInput";
        self.story("removeStoryMedia", kind, input).await
    }

    /// A step of a story's life by this member.
    async fn step(&self, client: &TestClient, name: &str, kind: &str, story: &Value) -> Value {
        let document =
            format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ {STORY} }} }}");
        let input =
            json!({"storyId": story["id"], "expectedRevision": story["desk"]["editRevision"]});
        change(client, &document, input).await.expect_counted()["story"].clone()
    }

    async fn portrait(&self, revision: i64, upload_id: Option<&str>) -> Payload {
        let nominee = self.sample.nominee_id(0);
        let input =
            json!({"nomineeId": nominee, "expectedRevision": revision, "uploadId": upload_id});
        change(&self.organiser, PORTRAIT, input).await
    }
}

fn picture(color: [u8; 3]) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::from_pixel(90, 150, Rgb(color)))
        .write_to(&mut file, ImageFormat::Png)
        .expect("it is encoded");
    file.into_inner()
}

async fn a_portrait_goes_its_whole_way(stores: Stores) {
    let office = Office::open(&stores).await;
    let upload = office.upload(picture([1, 2, 3])).await;
    let set = office.portrait(1, Some(&upload)).await.expect_counted();
    let nominee = &set["nominee"];
    assert_eq!(nominee["desk"]["editRevision"], json!(2));
    for field in ["portraitUrl", "small"] {
        let path = nominee[field].as_str().expect("a path");
        let response = office.app.http().get(office.app.url(path)).send().await;
        assert_eq!(response.expect("an answer").status(), StatusCode::OK);
    }
    let logged = "SELECT COUNT(*) FROM audit_event WHERE action = 'nominee.portrait' AND subject_revision = 2";
    assert_eq!(stores.count(logged).await, 1);
    let used = office.portrait(2, Some(&upload)).await;
    used.expect_refused("UPLOAD_USED");
    // Taken away again.
    let taken = office.portrait(2, None).await.expect_counted();
    assert_eq!(taken["nominee"]["portraitUrl"], Value::Null);
    assert_eq!(taken["nominee"]["desk"]["editRevision"], json!(3));
}

async fn a_cover_is_shown_and_taken_away(stores: Stores) {
    let office = Office::open(&stores).await;
    let upload = office.upload(picture([3, 2, 1])).await;
    let set = async |revision: i64, upload_id: Option<&str>| {
        let campaign = office.sample.campaign_id();
        let input =
            json!({"campaignId": campaign, "expectedRevision": revision, "uploadId": upload_id});
        change(&office.organiser, COVER, input).await
    };
    set(7, Some(&upload)).await.expect_refused("STALE_OBJECT");
    let shown = set(1, Some(&upload)).await.expect_counted();
    assert!(shown["campaign"]["coverUrl"].is_string());
    let revision = shown["campaign"]["desk"]["editRevision"].as_i64();
    let taken = set(revision.expect("a revision"), None)
        .await
        .expect_counted();
    assert_eq!(taken["campaign"]["coverUrl"], Value::Null);
    let logged = "SELECT COUNT(*) FROM audit_event WHERE action = 'campaign.cover'";
    assert_eq!(stores.count(logged).await, 2);
}

async fn what_cannot_be_a_portrait_is_refused_and_changes_nothing(stores: Stores) {
    let office = Office::open(&stores).await;
    let no_picture = office.upload(b"hello".to_vec()).await;
    let cut = office.upload(picture([1, 2, 3])[..60].to_vec()).await;
    let (not_sent, _) = office.link(3).await;
    let unknown = global(GlobalId::Upload(UploadId::new()));
    for (upload, code) in [
        (&no_picture, "NOT_A_PICTURE"),
        (&cut, "PICTURE_DAMAGED"),
        (&not_sent, "UPLOAD_NOT_RECEIVED"),
        (&unknown, "UPLOAD_NOT_FOUND"),
    ] {
        let refused = office.portrait(1, Some(upload)).await.expect_refused(code);
        assert_eq!(refused["nominee"]["portraitUrl"], Value::Null);
        assert_eq!(refused["nominee"]["desk"]["editRevision"], json!(1));
    }
    // An upload of another member is not there, whoever may edit the nominee.
    let good = office.upload(picture([1, 2, 3])).await;
    let other = office
        .app
        .member_of(office.organisation_id, StaffRole::Owner)
        .await;
    let nominee = office.sample.nominee_id(0);
    let input = json!({"nomineeId": nominee, "expectedRevision": 1, "uploadId": good});
    change(&other, PORTRAIT, input)
        .await
        .expect_refused("UPLOAD_NOT_FOUND");
    let events = "SELECT COUNT(*) FROM audit_event WHERE action = 'nominee.portrait'";
    assert_eq!(stores.count(events).await, 0);
    let organisation = global(GlobalId::Organisation(office.organisation_id));
    for (bytes, purpose) in [
        (0, "PICTURE"),
        (30_000_000, "PICTURE"),
        (11_000_000, "SHEET"),
    ] {
        let input = json!({"organisationId": organisation, "purpose": purpose, "bytes": bytes});
        let refused = change(&office.organiser, CREATE, input).await;
        let refused = refused.expect_refused("FILE_TOO_LARGE");
        assert_eq!(refused["userErrors"][0]["path"], json!(["input", "bytes"]));
    }
    // An editor may send pictures, for stories, and no sheets.
    let editor = office
        .app
        .member_of(office.organisation_id, StaffRole::Editor)
        .await;
    let input = |purpose| json!({"organisationId": organisation, "purpose": purpose, "bytes": 3});
    change(&editor, CREATE, input("PICTURE"))
        .await
        .expect_counted();
    let refused = editor.fail(CREATE, json!({"input": input("SHEET")})).await;
    assert_eq!(refused, "FORBIDDEN");
}

async fn of_two_edits_of_a_portrait_one_is_shown_the_other(stores: Stores) {
    let office = Office::open(&stores).await;
    let first = office.upload(picture([1, 2, 3])).await;
    let second = office.upload(picture([3, 2, 1])).await;
    let (one, two) = tokio::join!(
        office.portrait(1, Some(&first)),
        office.portrait(1, Some(&second)),
    );
    let codes = [&one, &two].map(|payload| payload["userErrors"][0]["code"].clone());
    assert!(
        codes.contains(&Value::Null) && codes.contains(&json!("STALE_OBJECT")),
        "{codes:?}"
    );
    let loser = if codes[0].is_null() { two } else { one };
    assert!(
        loser["nominee"]["portraitUrl"].is_string(),
        "it is shown the other"
    );
    assert_eq!(loser["nominee"]["desk"]["editRevision"], json!(2));
}

async fn a_text_shows_pictures_of_its_story(stores: Stores) {
    let office = Office::open(&stores).await;
    let draft = office.draft().await;
    let upload = office.upload(picture([1, 2, 3])).await;
    let added = office
        .add(&draft, &upload, " 在车间 ")
        .await
        .expect_counted();
    let medium = &added["media"];
    assert_eq!(medium["kind"], json!("IMAGE"));
    assert_eq!(medium["title"], json!("在车间"));
    assert_eq!(added["story"]["media"], json!([medium]));
    assert_eq!(added["story"]["desk"]["editRevision"], json!(2));
    let url = medium["url"].as_str().expect("an address");
    assert!(
        url.starts_with("/media/") && url.ends_with("-1200.jpg"),
        "{url}"
    );
    let shown = office.app.http().get(office.app.url(url)).send().await;
    assert_eq!(shown.expect("an answer").status(), StatusCode::OK);
    // Its text shows it, and nothing from elsewhere.
    let body = format!("一线。\n\n![在车间]({url})\n\n![x](https://elsewhere.example/x.png)");
    let input = json!({"storyId": draft["id"], "expectedRevision": 2, "body": body});
    let edited = office
        .story("updateStory", "UpdateStoryInput", input)
        .await
        .expect_counted();
    let html = format!(
        "<p>一线。</p>\n<figure><img src=\"{url}\" alt=\"\" loading=\"lazy\"><figcaption>在车间</figcaption></figure>\n"
    );
    assert_eq!(edited["story"]["body"], json!(html));
    assert_eq!(
        edited["story"]["media"],
        json!([medium]),
        "an edit of the text keeps it"
    );
    // The same picture again has another title, and stands once.
    let again = office.upload(picture([1, 2, 3])).await;
    let story = &edited["story"];
    let added = office.add(story, &again, "").await.expect_counted();
    let expected = json!([{"kind": "IMAGE", "url": url, "title": ""}]);
    assert_eq!(added["story"]["media"], expected);
    let logged = "SELECT COUNT(*) FROM audit_event WHERE action = 'story.update'
        AND CAST(changes AS TEXT) LIKE '%media%'";
    assert_eq!(stores.count(logged).await, 2);
    let unused = acclaim::ledger::media::list_unused(&office.app.database).await;
    assert_eq!(unused.expect("the database answers").len(), 0);
    // Taken away, it is in the text still.
    let removed = office
        .remove(&added["story"], &json!(url))
        .await
        .expect_counted();
    assert_eq!(removed["story"]["media"], json!([]));
    assert_eq!(removed["story"]["body"], json!(html));
    assert_eq!(stores.count(logged).await, 3);
    let unused = acclaim::ledger::media::list_unused(&office.app.database).await;
    assert_eq!(unused.expect("the database answers").len(), 1);
    let refused = office.remove(&removed["story"], &json!(url)).await;
    refused.expect_refused("MEDIA_NOT_FOUND");
    let stale = office.remove(&draft, &json!(url)).await;
    let stale = stale.expect_refused("STALE_OBJECT");
    assert_eq!(stale["story"]["desk"]["editRevision"], json!(5));
}

async fn a_picture_for_what_was_approved_sends_it_back_to_review(stores: Stores) {
    let office = Office::open(&stores).await;
    let reviewer = office.app.member(StaffRole::Editor).await;
    let mut story = office.draft().await;
    let approve = async |story: &Value| {
        office
            .step(&reviewer, "approveStory", "ReviewStoryInput", story)
            .await
    };
    story = office
        .step(&office.organiser, "submitStory", "StoryStepInput", &story)
        .await;
    story = approve(&story).await;
    story = office
        .step(&reviewer, "publishStory", "StoryStepInput", &story)
        .await;
    assert_eq!(story["desk"]["state"], json!("PUBLISHED"));
    let read = async || {
        let query = "query($id: ID!) { story(id: $id) { media { title } } }";
        office
            .app
            .anonymous()
            .ask(query, json!({"id": story["id"]}))
            .await["story"]
            .take()
    };
    assert_eq!(read().await, json!({"media": []}));
    let upload = office.upload(picture([1, 2, 3])).await;
    let added = office.add(&story, &upload, "One").await.expect_counted();
    let desk = &added["story"]["desk"];
    assert_eq!(desk["state"], json!("IN_REVIEW"));
    assert_eq!(desk["approver"], Value::Null);
    assert_eq!(read().await, Value::Null, "it is not shown meanwhile");
    let approved = approve(&added["story"]).await;
    assert_eq!(read().await, json!({"media": [{"title": "One"}]}));
    let url = &approved["media"][0]["url"];
    let removed = office.remove(&approved, url).await.expect_counted();
    assert_eq!(removed["story"]["desk"]["state"], json!("IN_REVIEW"));
}

async fn pictures_that_a_story_cannot_have_are_refused(stores: Stores) {
    let office = Office::open(&stores).await;
    let draft = office.draft().await;
    let upload = office.upload(picture([1, 2, 3])).await;
    let no_picture = office.upload(b"hello".to_vec()).await;
    for (upload, title, code) in [
        (&upload, "字".repeat(201), "INVALID_TITLE"),
        (&upload, "a\nb".to_owned(), "INVALID_TITLE"),
        (&no_picture, String::new(), "NOT_A_PICTURE"),
    ] {
        let refused = office
            .add(&draft, upload, &title)
            .await
            .expect_refused(code);
        assert_eq!(refused["media"], Value::Null);
        assert_eq!(refused["story"]["media"], json!([]));
    }
    let old = json!({"id": draft["id"], "desk": {"editRevision": 7}});
    let refused = office.add(&old, &upload, "").await;
    refused.expect_refused("STALE_OBJECT");
    // Forty, and no more; the upload is not used up by the refusal.
    let mut sql = RawSql::connect(&stores).await;
    let media = |count: usize| {
        let medium =
            |n| json!({"kind": "VIDEO", "url": format!("https://films.example/{n}"), "title": ""});
        json!((0..count).map(medium).collect::<Vec<_>>())
    };
    sql.execute(&format!("UPDATE story SET media = '{}'", media(40)))
        .await;
    let refused = office.add(&draft, &upload, "").await;
    refused.expect_refused("TOO_MANY_MEDIA");
    sql.execute(&format!("UPDATE story SET media = '{}'", media(39)))
        .await;
    let added = office.add(&draft, &upload, "").await.expect_counted();
    assert_eq!(added["story"]["media"].as_array().map(Vec::len), Some(40));
    let film = json!("https://films.example/3");
    let removed = office.remove(&added["story"], &film).await.expect_counted();
    assert_eq!(removed["story"]["media"].as_array().map(Vec::len), Some(39));
    sql.execute("UPDATE story SET state = 'RETRACTED'").await;
    let film = json!("https://films.example/4");
    let refused = office.remove(&removed["story"], &film).await;
    refused.expect_refused("WRONG_STATE");
    // The tables take no other path for a picture.
    let digits = "ab".repeat(32);
    for (url, is_good) in [
        (format!("/media/{digits}-1200.jpg"), true),
        (format!("/media/{digits}-400.jpg"), false),
        (format!("/media/{}-1200.jpg", "AB".repeat(32)), false),
        (format!("/media/{digits}-1200.jpg?x"), false),
        (format!("/media/../{}-1200.jpg", &digits[3..]), false),
        (format!("x/media/{digits}-1200.jpg"), false),
        ("/media/x".to_owned(), false),
        ("javascript:alert(1)".to_owned(), false),
    ] {
        let media = json!([{"kind": "IMAGE", "url": url, "title": ""}]);
        let update = format!("UPDATE story SET media = '{media}'");
        assert_eq!(sql.try_execute(&update).await.is_ok(), is_good, "{url}");
    }
}

async fn with_a_public_address_pictures_of_stories_have_it(stores: Stores) {
    const PUBLIC_URL: &str = "https://vote.example.org";
    let app = TestApp::builder(&stores).with_public_url(PUBLIC_URL);
    let office = Office::with(app.start().await).await;
    let draft = office.draft().await;
    let organisation = global(GlobalId::Organisation(office.organisation_id));
    let file = picture([1, 2, 3]);
    let input = json!({"organisationId": organisation, "purpose": "PICTURE", "bytes": file.len()});
    let made = change(&office.organiser, CREATE, input)
        .await
        .expect_counted();
    let url = made["upload"]["url"].as_str().expect("an address");
    let path = url.strip_prefix(PUBLIC_URL).expect("its own");
    WATCH.forbid(path.trim_start_matches("/uploads/"));
    let sent = office
        .app
        .http()
        .put(office.app.url(path))
        .body(file)
        .send();
    assert_eq!(
        sent.await.expect("an answer").status(),
        StatusCode::NO_CONTENT
    );
    let upload = made["upload"]["id"].as_str().expect("an id");
    let added = office.add(&draft, upload, "One").await.expect_counted();
    let url = added["media"]["url"].as_str().expect("an address");
    assert!(url.starts_with("https://vote.example.org/media/"), "{url}");
    let path = url.strip_prefix(PUBLIC_URL).expect("its own");
    let figure = |address: &str| {
        format!(
            "<figure><img src=\"{address}\" alt=\"\" loading=\"lazy\"><figcaption>a</figcaption></figure>"
        )
    };
    // However the text writes it, readers who are elsewhere find it; the page has it from here.
    for written in [url, path] {
        let story = &added["story"];
        let query = "query($id: ID!) { story(id: $id) { desk { editRevision } } }";
        let data = office
            .organiser
            .ask(query, json!({"id": story["id"]}))
            .await;
        let revision = &data["story"]["desk"]["editRevision"];
        let input = json!({"storyId": story["id"], "expectedRevision": revision, "body": format!("![a]({written})")});
        let edited = office
            .story("updateStory", "UpdateStoryInput", input)
            .await
            .expect_counted();
        let html = figure(url) + "\n";
        assert_eq!(edited["story"]["body"], json!(html));
    }
    stores
        .execute("UPDATE story SET state = 'APPROVED', is_scheduled = TRUE")
        .await;
    let id = draft["id"].as_str().expect("an id");
    let page = format!("/c/{}/stories/{id}", office.sample.campaign.slug);
    let page = office.app.http().get(office.app.url(&page)).send().await;
    let page = page.expect("an answer").text().await.expect("a text");
    assert!(page.contains(&figure(path)), "{page}");
    assert!(page.contains(&format!("<li><img src=\"{path}\" alt=\"One\"></li>")));
    // Either address takes it away.
    let query = "query($id: ID!) { story(id: $id) { id desk { editRevision } } }";
    let data = office.organiser.ask(query, json!({"id": id})).await;
    let removed = office
        .remove(&data["story"], &json!(url))
        .await
        .expect_counted();
    assert_eq!(removed["story"]["media"], json!([]));
}
