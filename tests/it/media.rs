//! Uploads and pictures: the whole way from a link to a poster, and every way in which it may go wrong. Files are in a
//! folder beside SQLite, and on an S3-compatible store beside PostgreSQL.

mod pictures;
mod uploads;

use std::path::PathBuf;

use acclaim::app::uploads::{UploadLink, UploadRefusal};
use acclaim::domain::media::UploadPurpose;
use acclaim::id::{StaffId, UploadId};
use acclaim::ledger::staff;
use acclaim::media::store::MediaStore;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::StatusCode;
use serde_json::Value;

use crate::deadlines::in_time;
use crate::harness::{Stores, TestApp};
use crate::log_watch::WATCH;
use crate::servers::S3;

/// The store of a test's files, and a way to look at them behind its back.
pub enum Files {
    Folder(PathBuf),
    Bucket(S3),
}

impl Files {
    pub async fn of(stores: &Stores) -> Self {
        match stores.redis_url {
            None => Self::Folder(stores.media_folder()),
            Some(_) => Self::Bucket(S3::start().await),
        }
    }

    /// Opens the store as another process does.
    pub fn open(&self) -> MediaStore {
        match self {
            Self::Folder(path) => MediaStore::in_folder(path).expect("a folder"),
            Self::Bucket(s3) => s3.open(),
        }
    }

    fn folder(&self) -> PathBuf {
        match self {
            Self::Folder(path) => path.clone(),
            Self::Bucket(s3) => s3.files(),
        }
    }

    /// The files in a folder of the store; none where nothing was stored in it.
    pub fn list(&self, folder: &str) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.folder().join(folder)) else {
            return Vec::new();
        };
        let mut files: Vec<PathBuf> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        files
    }
}

/// A server with a store of files.
async fn server(stores: &Stores, files: &Files) -> TestApp {
    TestApp::builder(stores)
        .with_media(Some(files.open()))
        .with_public_url("https://vote.example.org")
        .start()
        .await
}

/// A new member of staff.
async fn new_staff(app: &TestApp) -> StaffId {
    let email = format!("{}@staff.example", StaffId::new());
    let mut tx = app.database.begin("test").await.expect("it answers");
    staff::upsert(&mut tx, &email, "Staff", "no hash", app.clock.now())
        .await
        .expect("stored");
    tx.commit().await.expect("stored");
    let found = staff::find_by_email(&app.database, &email).await;
    found.expect("read").expect("there").id
}

/// A link for a file of this length.
async fn link(app: &TestApp, staff: StaffId, purpose: UploadPurpose, bytes: usize) -> UploadLink {
    let bytes = i64::try_from(bytes).expect("a short file");
    let link = app.create_upload(staff, purpose, bytes).await;
    let link = link.expect("the stores answer").expect("a link");
    WATCH.forbid(link.path.trim_start_matches("/uploads/"));
    link
}

/// Sends a file to a link.
async fn put(
    app: &TestApp,
    link: &UploadLink,
    file: impl Into<reqwest::Body>,
) -> reqwest::Response {
    let request = app.http().put(app.url(&link.path)).body(file);
    in_time("an upload", request.send())
        .await
        .expect("an answer")
}

/// The status and the code of a refusal.
pub async fn refusal(response: reqwest::Response) -> (StatusCode, String) {
    let status = response.status();
    let body: Value = response.json().await.expect("JSON");
    assert!(!body["message"].as_str().unwrap_or_default().is_empty());
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

/// Uploads a file.
async fn upload(app: &TestApp, staff: StaffId, purpose: UploadPurpose, file: Vec<u8>) -> UploadId {
    let link = link(app, staff, purpose, file.len()).await;
    assert_eq!(put(app, &link, file).await.status(), StatusCode::NO_CONTENT);
    link.id
}

/// A picture of one color.
fn picture(color: [u8; 3], width: u32, height: u32) -> Vec<u8> {
    let pixels = RgbImage::from_pixel(width, height, Rgb(color));
    let mut file = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(pixels)
        .write_to(&mut file, ImageFormat::Png)
        .expect("it is encoded");
    file.into_inner()
}

/// The refusal of an upload that is to be used.
async fn refused(app: &TestApp, staff: StaffId, id: UploadId) -> Option<UploadRefusal> {
    let found = app.find_upload(staff, id, UploadPurpose::Picture).await;
    found.expect("the stores answer").err()
}
