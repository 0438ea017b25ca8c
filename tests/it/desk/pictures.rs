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

on_both!(
    a_portrait_goes_its_whole_way,
    a_cover_is_shown_and_taken_away,
    what_cannot_be_a_portrait_is_refused_and_changes_nothing,
    of_two_edits_of_a_portrait_one_is_shown_the_other,
);

const CREATE: &str = "mutation($input: CreateUploadInput!) { createUpload(input: $input) {
    upload { id url expiresAt } userErrors { code message path } } }";
const PORTRAIT: &str = "mutation($input: SetNomineePortraitInput!) { setNomineePortrait(input: $input) {
    nominee { portraitUrl small: portraitUrl(size: SMALL) desk { editRevision } } userErrors { code message path } } }";
const COVER: &str = "mutation($input: SetCampaignCoverInput!) { setCampaignCover(input: $input) {
    campaign { coverUrl desk { editRevision } } userErrors { code message path } } }";

/// A campaign with its organiser.
struct Office {
    app: TestApp,
    sample: Sample,
    organisation_id: OrganisationId,
    organiser: TestClient,
}

impl Office {
    async fn open(stores: &Stores) -> Self {
        let app = TestApp::start(stores).await;
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
