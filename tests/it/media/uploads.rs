//! Links and the files that are sent to them.

use std::convert::Infallible;
use std::time::Duration;

use acclaim::app::pictures::{PictureFault, PictureRefusal};
use acclaim::app::uploads::{LINK_LIFE, UploadRefusal};
use acclaim::domain::media::UploadPurpose;
use acclaim::id::UploadId;
use acclaim::workers::cleaner;
use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::stream;
use reqwest::{Body, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Files, link, new_staff, picture, put, refusal, refused, server, upload};
use crate::deadlines::in_time;
use crate::harness::{Stores, TestApp, on_both};
use crate::servers::S3;

on_both!(
    a_link_takes_one_whole_file,
    whoever_sends_too_much_reads_the_response,
    a_half_file_leaves_nothing_and_may_be_sent_again,
    links_that_are_none_are_refused,
    a_file_is_used_by_its_owner_alone_and_once,
    another_process_uses_the_file,
    files_that_nobody_uses_are_removed,
    staff_has_so_many_unused_uploads,
);

const PURPOSE: UploadPurpose = UploadPurpose::Picture;

/// A body without a length, in parts.
fn in_parts(file: &[u8]) -> Body {
    let parts: Vec<_> = file.chunks(7).map(Bytes::copy_from_slice).collect();
    Body::wrap_stream(stream::iter(parts.into_iter().map(Ok::<_, Infallible>)))
}

async fn a_link_takes_one_whole_file(stores: Stores) {
    let files = Files::of(&stores).await;
    let app = server(&stores, &files).await;
    let staff = new_staff(&app).await;
    let file = b"a file of some bytes".to_vec();
    let link = link(&app, staff, PURPOSE, file.len()).await;
    assert_eq!(link.expires_at, app.clock.now() + LINK_LIFE);
    // Other lengths are refused, with and without a header that tells it, and the link stays good.
    for (body, status) in [
        (Body::from(file[1..].to_vec()), StatusCode::BAD_REQUEST),
        (
            Body::from([&file[..], b"!"].concat()),
            StatusCode::BAD_REQUEST,
        ),
        (Body::from(""), StatusCode::BAD_REQUEST),
        (in_parts(&file[1..]), StatusCode::BAD_REQUEST),
        (in_parts(&file.repeat(2)), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let answer = refusal(put(&app, &link, body).await).await;
        assert_eq!(answer, (status, "UPLOAD_LENGTH".to_owned()));
    }
    assert!(files.list("uploads").is_empty(), "nothing is left behind");
    let response = put(&app, &link, in_parts(&file)).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let found = app.find_upload(staff, link.id, PURPOSE).await;
    let found = found.expect("read").expect("it may be used");
    let read = app.read_upload(&found).await.expect("read").expect("there");
    assert_eq!(read, file);
    // It is used up now.
    let answer = refusal(put(&app, &link, file).await).await;
    assert_eq!(answer, (StatusCode::GONE, "UPLOAD_USED".to_owned()));
    assert_eq!(files.list("uploads").len(), 1);
    let get = app.http().get(app.url(&link.path)).send().await;
    assert_eq!(
        get.expect("an answer").status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
}

/// A connection that was closed while its client sends would be reset, and the response lost. Where the rest is read,
/// the connection is as good as before.
async fn whoever_sends_too_much_reads_the_response(stores: Stores) {
    let files = Files::of(&stores).await;
    let app = server(&stores, &files).await;
    let staff = new_staff(&app).await;
    let link = link(&app, staff, PURPOSE, 3).await;
    let mut stream = TcpStream::connect(app.address).await.expect("it connects");
    let too_much = format!(
        "PUT {} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n{}0\r\n\r\n",
        link.path,
        "7\r\nseven..\r\n".repeat(100),
    );
    let next = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let sent = [too_much.as_bytes(), next.as_bytes()].concat();
    stream.write_all(&sent).await.expect("written");
    let mut answers = String::new();
    let read = in_time("both answers", stream.read_to_string(&mut answers)).await;
    read.expect("it is closed in order");
    assert_eq!(answers.matches("HTTP/1.1 ").count(), 2, "{answers}");
    assert!(answers.starts_with("HTTP/1.1 413 "), "{answers}");
    assert!(answers.contains("HTTP/1.1 200 "), "{answers}");
}

async fn a_half_file_leaves_nothing_and_may_be_sent_again(stores: Stores) {
    let files = Files::of(&stores).await;
    let app = server(&stores, &files).await;
    let staff = new_staff(&app).await;
    let file = picture([1, 2, 3], 500, 500);
    let link = link(&app, staff, PURPOSE, file.len()).await;
    for cut in [0, 1, file.len() - 1] {
        let mut stream = TcpStream::connect(app.address).await.expect("it connects");
        let head = format!(
            "PUT {} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
            link.path,
            file.len()
        );
        stream.write_all(head.as_bytes()).await.expect("written");
        stream.write_all(&file[..cut]).await.expect("written");
        drop(stream);
    }
    // The last one may still be looked at; the whole one is not held up by it.
    assert_eq!(
        put(&app, &link, file).await.status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(files.list("uploads").len(), 1);
    assert_eq!(refused(&app, staff, link.id).await, None);
}

async fn links_that_are_none_are_refused(stores: Stores) {
    let files = Files::of(&stores).await;
    let app = server(&stores, &files).await;
    let staff = new_staff(&app).await;
    let good = link(&app, staff, PURPOSE, 3).await;
    let token = good.path.trim_start_matches("/uploads/");
    let statements = app.database.statements();
    for forged in [
        format!("{}A", &token[..token.len() - 1]),
        format!("A{}", &token[1..]),
        token[..token.len() - 2].to_owned(),
        "x".to_owned(),
        "..%2f..%2fetc%2fpasswd".to_owned(),
    ] {
        if forged == token {
            continue;
        }
        let mut link = good.clone();
        link.path = format!("/uploads/{forged}");
        let answer = refusal(put(&app, &link, "abc").await).await;
        assert_eq!(
            answer,
            (StatusCode::NOT_FOUND, "UPLOAD_NOT_FOUND".to_owned())
        );
    }
    assert_eq!(
        app.database.statements(),
        statements,
        "they cost no statement"
    );
    app.advance(LINK_LIFE);
    let answer = refusal(put(&app, &good, "abc").await).await;
    assert_eq!(answer, (StatusCode::GONE, "UPLOAD_EXPIRED".to_owned()));
    assert_eq!(
        refused(&app, staff, good.id).await,
        Some(UploadRefusal::Expired)
    );
    assert!(files.list("uploads").is_empty());
    // In the language of who asks.
    let request = app.http().put(app.url(&good.path)).body("abc");
    let response = request.header("accept-language", "zh-CN").send().await;
    let text = response.expect("an answer").text().await.expect("a text");
    assert!(text.contains("已过期"), "{text}");
    for bytes in [0, -1, PURPOSE.bytes_max() + 1] {
        let refused = app
            .create_upload(staff, PURPOSE, bytes)
            .await
            .expect("read");
        assert_eq!(refused.err(), Some(UploadRefusal::LengthOutOfRange));
    }
}

async fn a_file_is_used_by_its_owner_alone_and_once(stores: Stores) {
    let files = Files::of(&stores).await;
    let app = server(&stores, &files).await;
    let (owner, other) = (new_staff(&app).await, new_staff(&app).await);
    let file = picture([1, 2, 3], 20, 20);
    let not_yet = link(&app, owner, PURPOSE, file.len()).await;
    let early = refused(&app, owner, not_yet.id).await;
    assert_eq!(early, Some(UploadRefusal::NotReceived));
    let id = upload(&app, owner, PURPOSE, file.clone()).await;
    let foreign = app.store_picture(other, id).await.expect("read");
    assert_eq!(
        foreign.expect_err("refused"),
        PictureRefusal::Upload(UploadRefusal::NotFound)
    );
    assert_eq!(
        refused(&app, owner, UploadId::new()).await,
        Some(UploadRefusal::NotFound)
    );
    let sheet = upload(&app, owner, UploadPurpose::Sheet, file).await;
    assert_eq!(
        refused(&app, owner, sheet).await,
        Some(UploadRefusal::NotFound)
    );
    // Two changes at once: one of them takes it.
    let stored = app.store_picture(owner, id).await.expect("read");
    let upload = stored.expect("a picture").upload;
    let take = async || {
        let mut tx = app.database.begin("test").await.expect("it begins");
        let taken = app.take_upload(&mut tx, &upload).await.expect("read");
        tx.commit().await.expect("it commits");
        taken
    };
    let (first, second) = tokio::join!(take(), take());
    assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1);
    assert_eq!(refused(&app, owner, id).await, Some(UploadRefusal::Used));
    // A change that is not committed takes nothing.
    let id = super::upload(&app, owner, PURPOSE, picture([9, 9, 9], 9, 9)).await;
    let stored = app.store_picture(owner, id).await.expect("read");
    let mut tx = app.database.begin("test").await.expect("it begins");
    let taken = app
        .take_upload(&mut tx, &stored.expect("a picture").upload)
        .await;
    taken.expect("read").expect("taken");
    drop(tx);
    assert_eq!(refused(&app, owner, id).await, None);
    let no_picture = super::upload(&app, owner, PURPOSE, b"hello".to_vec()).await;
    let refused = app.store_picture(owner, no_picture).await.expect("read");
    assert_eq!(
        refused.expect_err("refused"),
        PictureRefusal::Picture(PictureFault::Unknown)
    );
}

async fn another_process_uses_the_file(stores: Stores) {
    let files = Files::of(&stores).await;
    let (first, second) = (server(&stores, &files).await, server(&stores, &files).await);
    let staff = new_staff(&first).await;
    let file = picture([7, 8, 9], 30, 20);
    // Asked for at one, sent to the other, used at the first.
    let link = link(&first, staff, PURPOSE, file.len()).await;
    assert_eq!(
        put(&second, &link, file).await.status(),
        StatusCode::NO_CONTENT
    );
    let stored = first.store_picture(staff, link.id).await.expect("read");
    let name = stored.expect("a picture").media.name;
    for app in [&first, &second] {
        let path = format!("/media/{}-400.jpg", name.as_str());
        let response = app
            .http()
            .get(app.url(&path))
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
    }
    // Both at once: one file, one winner.
    let file = picture([1, 1, 1], 30, 20);
    let link = super::link(&first, staff, PURPOSE, file.len()).await;
    let (one, two) = tokio::join!(
        put(&first, &link, file.clone()),
        put(&second, &link, file.clone())
    );
    let mut statuses = [one.status(), two.status()];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::NO_CONTENT, StatusCode::GONE]);
    assert_eq!(files.list("uploads").len(), 2);
}

async fn files_that_nobody_uses_are_removed(stores: Stores) {
    let files = Files::of(&stores).await;
    let app = server(&stores, &files).await;
    let staff = new_staff(&app).await;
    let unused = upload(&app, staff, PURPOSE, picture([1, 2, 3], 20, 20)).await;
    let never_sent = link(&app, staff, PURPOSE, 3).await;
    let taken = upload(&app, staff, PURPOSE, picture([4, 5, 6], 20, 20)).await;
    let stored = app.store_picture(staff, taken).await.expect("read");
    let mut tx = app.database.begin("test").await.expect("it begins");
    let upload = stored.expect("a picture").upload;
    app.take_upload(&mut tx, &upload)
        .await
        .expect("read")
        .expect("taken");
    tx.commit().await.expect("it commits");
    let uploads = "SELECT count(*) FROM upload";
    cleaner::purge_expired(&app)
        .await
        .expect("the stores answer");
    assert_eq!(
        (stores.count(uploads).await, files.list("uploads").len()),
        (3, 2)
    );
    // What was taken goes first, the rest a day later; until then a form may be saved.
    app.advance(TimeDelta::hours(2));
    cleaner::purge_expired(&app)
        .await
        .expect("the stores answer");
    assert_eq!(
        (stores.count(uploads).await, files.list("uploads").len()),
        (2, 1)
    );
    assert_eq!(refused(&app, staff, unused).await, None);
    assert_eq!(
        refused(&app, staff, never_sent.id).await,
        Some(UploadRefusal::Expired)
    );
    app.advance(TimeDelta::days(1));
    assert_eq!(
        refused(&app, staff, unused).await,
        Some(UploadRefusal::Expired)
    );
    cleaner::purge_expired(&app)
        .await
        .expect("the stores answer");
    assert_eq!(
        (stores.count(uploads).await, files.list("uploads").len()),
        (0, 0)
    );
    assert_eq!(files.list("media").len(), 2, "the picture stays");
    // A file whose process died before it was noted.
    let store = files.open();
    let stray = store.write_upload(UploadId::new(), Bytes::from_static(b"x"));
    stray.await.expect("written");
    app.purge_stray_files().await.expect("the stores answer");
    assert_eq!(files.list("uploads").len(), 1, "it may be on its way");
    app.clock
        .set(chrono::DateTime::<chrono::Utc>::MAX_UTC - TimeDelta::days(400));
    app.purge_stray_files().await.expect("the stores answer");
    assert_eq!(files.list("uploads").len(), 0);
}

async fn staff_has_so_many_unused_uploads(stores: Stores) {
    let files = Files::of(&stores).await;
    let app = server(&stores, &files).await;
    let (staff, other) = (new_staff(&app).await, new_staff(&app).await);
    for _ in 0..200 {
        link(&app, staff, PURPOSE, 3).await;
    }
    let refused = app.create_upload(staff, PURPOSE, 3).await.expect("read");
    assert_eq!(refused.err(), Some(UploadRefusal::TooMany));
    link(&app, other, PURPOSE, 3).await;
    // Links that were never used do no harm for long.
    app.advance(LINK_LIFE);
    link(&app, staff, PURPOSE, 3).await;
}

#[tokio::test]
async fn a_slow_file_is_given_up() {
    let stores = Stores::embedded();
    let app = TestApp::builder(&stores)
        .with_connection_limits(|limits| limits.timeouts.body = Duration::from_millis(50))
        .start()
        .await;
    let staff = new_staff(&app).await;
    let link = link(&app, staff, PURPOSE, 3).await;
    let stalled = Body::wrap_stream(stream::pending::<Result<Bytes, Infallible>>());
    let answer = refusal(put(&app, &link, stalled).await).await;
    assert_eq!(answer.0, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(
        put(&app, &link, "abc").await.status(),
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn a_server_without_a_store_says_so() {
    let stores = Stores::embedded();
    let app = TestApp::builder(&stores).with_media(None).start().await;
    let staff = new_staff(&app).await;
    let refused = app.create_upload(staff, PURPOSE, 3).await.expect("read");
    assert_eq!(refused.err(), Some(UploadRefusal::NoStore));
}

#[tokio::test]
async fn a_store_that_is_away_or_lets_nobody_in_loses_nothing() {
    let stores = Stores::embedded();
    let s3 = S3::start().await;
    let app = TestApp::builder(&stores)
        .with_media(Some(s3.open_with("another key")))
        .start()
        .await;
    let staff = new_staff(&app).await;
    let link = link(&app, staff, PURPOSE, 3).await;
    let response = put(&app, &link, "abc").await;
    assert!(response.headers().contains_key("retry-after"));
    let answer = refusal(response).await;
    assert_eq!(
        answer,
        (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE".to_owned())
    );
    // The link is not used up: once the store is there, the same file is taken.
    let mended = TestApp::builder(&stores)
        .with_media(Some(s3.open()))
        .start()
        .await;
    assert_eq!(
        put(&mended, &link, "abc").await.status(),
        StatusCode::NO_CONTENT
    );
}
