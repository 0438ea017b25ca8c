//! The start: what stops it, and what it makes first.

use acclaim::clock::Clock;

use crate::harness::{Program, Stores, assert_refuses, ended, on_both, program};

on_both!(
    weak_secrets_stop_the_start,
    half_a_captcha_stops_the_start,
    a_database_without_tables_stops_the_start,
    a_newer_schema_stops_programs_that_are_too_old_for_it,
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
    assert_refuses(command, &["ACCLAIM_JWT_SECRET_PREVIOUS must", "32"]).await;
}

async fn half_a_captcha_stops_the_start(stores: Stores) {
    stores.database(&Clock::System).await;
    for (name, value, missing) in [
        ("APP_ID", "199999164", "APP_SECRET_KEY"),
        ("SECRET_KEY", "hunter2", "SECRET_ID"),
    ] {
        let (name, missing) = (
            format!("ACCLAIM_CAPTCHA_{name}"),
            format!("ACCLAIM_CAPTCHA_{missing} must be set"),
        );
        let mut command = program(&stores, &["serve"]);
        command.env(&name, value);
        assert_refuses(command, &[&missing, &name]).await;
    }
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

/// A program runs on tables that are newer by migrations which only add to them.
async fn a_newer_schema_stops_programs_that_are_too_old_for_it(stores: Stores) {
    stores.database(&Clock::System).await;
    stores
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
            SELECT 9999, 'newer', installed_on, success, checksum, execution_time FROM _sqlx_migrations LIMIT 1",
        )
        .await;
    for arguments in [&["serve"][..], &["serve", "--migrate"]] {
        Program::start(&stores, arguments).await;
    }
    for arguments in [&["verify"][..], &["migrate"]] {
        let done = ended(program(&stores, arguments), "").await;
        assert!(done.status.success(), "{done:?}");
    }
    let contracted = "UPDATE instance SET compatible_from = 9000";
    stores.execute(contracted).await;
    for arguments in [
        &["serve"][..],
        &["verify"],
        &["migrate"],
        &["serve", "--migrate"],
    ] {
        let words = ["newer version of acclaim", "9999", "9000", "update acclaim"];
        assert_refuses(program(&stores, arguments), &words).await;
    }
}

/// Serving ends a statement after five seconds; a migration of a large table takes longer.
#[tokio::test]
async fn migrations_may_take_their_time() {
    for is_served in [false, true] {
        let stores = Stores::networked().await;
        for statement in [
            "CREATE TABLE ddl_timeout (setting TEXT)",
            "CREATE FUNCTION note_timeout() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO public.ddl_timeout
                SELECT setting FROM pg_settings WHERE name = 'statement_timeout'; END $$",
            "CREATE EVENT TRIGGER note_timeout ON ddl_command_end EXECUTE FUNCTION note_timeout()",
        ] {
            stores.execute(statement).await;
        }
        if is_served {
            Program::start(&stores, &["serve", "--migrate"]).await;
        } else {
            let migrated = ended(program(&stores, &["migrate"]), "").await;
            assert!(migrated.status.success(), "{migrated:?}");
        }
        let made = "SELECT COUNT(*) FROM ddl_timeout";
        assert!(stores.count(made).await > 20);
        let hurried = "SELECT COUNT(*) FROM ddl_timeout WHERE setting <> '86400000'";
        assert_eq!(stores.count(hurried).await, 0);
    }
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
