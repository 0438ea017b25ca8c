//! The start: what stops it, and what it makes first.

use acclaim::clock::Clock;

use crate::harness::{Program, Stores, assert_refuses, ended, on_both, program};

on_both!(
    weak_secrets_stop_the_start,
    a_database_without_tables_stops_the_start,
    a_newer_schema_stops_the_start,
    serve_can_make_the_tables_first,
);

async fn weak_secrets_stop_the_start(stores: Stores) {
    stores.database(&Clock::System).await;
    for name in ["ACCLAIM_JWT_SECRET", "ACCLAIM_IDENTITY_SECRET"] {
        let mut command = program(&stores, &["serve"]);
        command.env_remove(name);
        assert_refuses(command, &[name, "32"]).await;
        for weak in ["", "changeme", "31 bytes are one byte too few.."] {
            let mut command = program(&stores, &["serve"]);
            command.env(name, weak);
            assert_refuses(command, &[name, "32"]).await;
        }
    }
    let mut command = program(&stores, &["serve"]);
    command.env("ACCLAIM_JWT_SECRET_PREVIOUS", "weak");
    assert_refuses(command, &["ACCLAIM_JWT_SECRET", "32"]).await;
}

async fn a_database_without_tables_stops_the_start(stores: Stores) {
    assert_refuses(program(&stores, &["serve"]), &["acclaim migrate"]).await;
    assert_refuses(program(&stores, &["verify"]), &["acclaim migrate"]).await;
    let migrated = ended(program(&stores, &["migrate"]), "").await;
    assert!(migrated.status.success(), "{migrated:?}");
    let again = ended(program(&stores, &["migrate"]), "").await;
    assert!(again.status.success(), "{again:?}");
    Program::start(&stores, &["serve"]).await;
}

async fn a_newer_schema_stops_the_start(stores: Stores) {
    stores.database(&Clock::System).await;
    stores
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
            SELECT 9999, 'newer', installed_on, success, checksum, execution_time FROM _sqlx_migrations LIMIT 1",
        )
        .await;
    assert_refuses(program(&stores, &["serve"]), &["newer version of acclaim"]).await;
    assert_refuses(program(&stores, &["verify"]), &["newer version of acclaim"]).await;
    assert_refuses(program(&stores, &["serve", "--migrate"]), &["9999"]).await;
}

#[tokio::test]
async fn a_database_that_may_lose_commits_stops_the_start() {
    let stores = Stores::networked().await;
    stores.database(&Clock::System).await;
    let statement: &'static str = "DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$";
    stores.execute(statement).await;
    assert_refuses(program(&stores, &["serve"]), &["synchronous_commit"]).await;
}

#[tokio::test]
async fn a_database_of_an_unknown_kind_stops_the_start() {
    let stores = Stores {
        database_url: "mysql://127.0.0.1/acclaim".to_owned(),
        ..Stores::embedded()
    };
    assert_refuses(program(&stores, &["serve"]), &["DATABASE_URL"]).await;
}

async fn serve_can_make_the_tables_first(stores: Stores) {
    let mut server = Program::start(&stores, &["serve", "--migrate"]).await;
    let http = server.anonymous().http().clone();
    for (path, expected) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let response = http.get(server.url(path)).send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.text().await.expect("text"), expected);
    }
    assert_eq!(server.terminate(), Some(0));
    // A second time there is nothing to make.
    Program::start(&stores, &["serve", "--migrate"]).await;
}
