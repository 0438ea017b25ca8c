//! The database as a thief finds it.

use aws_lc_rs::digest::{SHA256, digest};

use super::{PASSWORD, server_of};
use crate::fake_wechat::FakeWeChat;
use crate::harness::{Stores, on_both};
use crate::raw_sql::RawSql;

on_both!(the_database_holds_no_identity_and_no_token,);

async fn the_database_holds_no_identity_and_no_token(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    app.sample().await;
    app.add_staff("organiser@example.org").await;
    let sessions = [
        app.sign_in_wechat("ok-code-of-lin").await,
        app.sign_in_guest("device-id-of-wen").await,
        app.sign_in_staff("organiser@example.org", PASSWORD).await,
    ];
    app.sign_in_staff("nobody@example.org", PASSWORD).await;
    let mut secrets: Vec<String> = ["code-of-", "openid-of-", "session-key-of-", "unionid-of-"]
        .map(str::to_owned)
        .to_vec();
    secrets.extend(["device-id-of-", "nobody@example.org", PASSWORD].map(str::to_owned));
    for session in &sessions {
        let successor = app.refresh_session(session.refresh_token()).await;
        for payload in [session, &successor] {
            secrets.push(payload.access_token().to_owned());
            secrets.push(payload.refresh_token().to_owned());
        }
    }
    // The plain hash of an openid is as good as the openid: whoever has a list of them can compare.
    let hash = |text: &str| digest(&SHA256, text.as_bytes()).as_ref().to_vec();
    let digests = ["openid-of-code-of-lin", "device-id-of-wen"].map(hash);
    let mut database = RawSql::connect(&stores).await;
    for (table, rows) in [
        ("voter", 2),
        ("session", 3),
        ("refresh_token", 6),
        ("sign_in_failure", 2),
        ("staff", 1),
    ] {
        let cells = database.cells(table).await;
        assert!(cells.len() >= 3 * rows, "{table} has too few values");
        for cell in cells {
            let text = String::from_utf8_lossy(&cell);
            let found = secrets.iter().find(|secret| text.contains(secret.as_str()));
            assert_eq!(found, None, "in {table}");
            assert!(!digests.contains(&cell), "an identity's plain hash");
        }
    }
    let hashes = database.cells("refresh_token").await;
    assert!(hashes.contains(&hash(sessions[0].refresh_token())));
}
