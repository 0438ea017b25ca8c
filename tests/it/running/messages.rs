//! Messages to the operator: each refused start with the setting and what to do, and a log in which a store's outage is
//! one line with its place and cause, and so is its end.

use std::process::Command;

use crate::deadlines::until;
use crate::harness::{IDENTITY_SECRET, Program, Stores, ended, on_both, program};
use crate::servers;
use crate::sign_in::operation;
use serde_json::json;
use uuid::Uuid;

use super::Running;
/// Checks that a start is refused with one line that has all of `words`.
async fn assert_one_line(command: Command, words: &[&str]) {
    let output = ended(command, "").await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in {said:?}");
    }
}

#[tokio::test]
async fn a_wrong_setting_is_named_with_what_to_do() {
    let stores = Stores::embedded();
    let file = stores.directory.path().join("a-file");
    std::fs::write(&file, "no folder").expect("a file");
    let inside = file.join("folder");
    for (name, value, words) in [
        ("REDIS_URL", "", &["leave it out"][..]),
        ("DATABASE_URL", "", &["leave it out"]),
        ("DATABASE_URL", "postgres://[", &["postgres://user"]),
        ("DATABASE_READ_URL", "mysql://127.0.0.1", &["postgres://"]),
        (
            "ACCLAIM_LISTEN",
            "localhost:8080",
            &["localhost:8080", "127.0.0.1:8080"],
        ),
        (
            "ACCLAIM_METRICS_LISTEN",
            "9100",
            &["9100", "127.0.0.1:8080"],
        ),
        ("ACCLAIM_DATABASE_CONNECTIONS", "many", &["many"]),
        ("ACCLAIM_DOCUMENTS", "all", &["apq", "trusted"]),
        ("ACCLAIM_LISTN", "127.0.0.1:8080", &["ACCLAIM_LISTEN"]),
        (
            "ACCLAIM_TRUSTED_PROXY",
            "10.0.0.1",
            &["ACCLAIM_TRUSTED_PROXIES"],
        ),
        ("ACCLAIM_ACCESS_LOG", "yes", &["on", "off"]),
        ("ACCLAIM_TRACES_RATIO", "1.5", &["0 to 1"]),
        (
            "ACCLAIM_TRACES_URL",
            "127.0.0.1:4318",
            &["http://127.0.0.1:4318/v1/traces"],
        ),
        #[cfg(not(feature = "otlp"))]
        (
            "ACCLAIM_TRACES_URL",
            "http://127.0.0.1:4318/v1/traces",
            &["--features otlp"],
        ),
    ] {
        let mut command = program(&stores, &["serve"]);
        command.env(name, value);
        if name == "ACCLAIM_LISTEN" {
            // The variable is where these programs listen.
            command.args(["--listen", value]);
        }
        let words: Vec<&str> = words.iter().copied().chain([name]).collect();
        assert_one_line(command, &words).await;
    }
    for subcommand in ["serve", "demo"] {
        let mut command = program(&stores, &[subcommand]);
        command
            .env("ACCLAIM_DATA_DIR", &inside)
            .env_remove("DATABASE_URL");
        assert_one_line(command, &["ACCLAIM_DATA_DIR", "a-file"]).await;
    }
}

#[tokio::test]
async fn a_postgres_that_lets_nobody_in_is_named_with_the_cause() {
    let stores = Stores::networked().await;
    let (server, name) = stores.database_url.rsplit_once('/').expect("a name");
    let missing = format!("{server}/no_such_database");
    let (host, _) = server.rsplit_once(':').expect("a port");
    let nowhere = format!("127.0.0.1:{}", servers::free_port());
    let user = host.split_once('@').expect("a user").0;
    for (url, words) in [
        (missing, &["no_such_database", "createdb"][..]),
        (
            format!("{user}@{nowhere}/{name}"),
            &[nowhere.as_str(), "refused"],
        ),
    ] {
        let mut command = program(&stores, &["serve"]);
        command.env("DATABASE_URL", url);
        let words: Vec<&str> = words.iter().copied().chain(["DATABASE_URL"]).collect();
        assert_one_line(command, &words).await;
    }
}

on_both!(
    the_most_talkative_log_has_one_line_an_event_without_colours_and_sql,
    another_identity_secret_is_refused,
);

/// All voters would be new ones: on a second process, or after a restart.
async fn another_identity_secret_is_refused(stores: Stores) {
    let name = "ACCLAIM_IDENTITY_SECRET";
    let other = "another secret of identities, long enough";
    let mut server = Program::start(&stores, &["serve", "--migrate"]).await;
    let refused = async |arguments: &[&str], secret: &str| {
        let mut command = program(&stores, arguments);
        command.env(name, secret).env("ACCLAIM_LOG", "info");
        assert_one_line(command, &[name, "set that secret", "all processes"]).await;
    };
    for arguments in [&["serve"][..], &["serve", "--migrate"], &["demo"]] {
        refused(arguments, other).await;
    }
    // The demo has loaded nothing before.
    assert_eq!(stores.count("SELECT COUNT(*) FROM campaign").await, 0);
    assert_eq!(server.terminate(), Some(0));
    refused(&["serve"], other).await;
    Program::start(&stores, &["serve"]).await;
    // A database that was served by a program without fingerprints, or whose secret was lost for good.
    let forgotten = "UPDATE instance SET identity_fingerprint = NULL";
    stores.execute(forgotten).await;
    Program::start_with(&stores, &["serve"], &[(name, other)]).await;
    refused(&["serve"], IDENTITY_SECRET).await;
}

async fn the_most_talkative_log_has_one_line_an_event_without_colours_and_sql(stores: Stores) {
    let settings = [("ACCLAIM_LOG", "debug")];
    let server = Program::start_with(&stores, &["serve", "--migrate"], &settings).await;
    until("a statement in the log", async || {
        server
            .log_text()
            .contains("list_campaign_revisions")
            .then_some(())
    })
    .await;
    let log = server.log_text();
    assert!(!log.contains('\u{1b}'), "{log}");
    for line in log.lines() {
        assert!(
            line.starts_with("20") && line.contains("Z "),
            "{line:?} begins no event"
        );
        assert!(!line.contains("SELECT"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_a_store_is_one_line_with_place_and_cause_and_so_is_its_end() {
    let mut postgres = servers::dedicated_postgres().await;
    let mut redis = servers::dedicated_redis().await;
    let stores = Stores {
        database_url: postgres.create_database().await,
        redis_url: Some(redis.url()),
        ..Stores::networked().await
    };
    // Guests are admitted where there is a campaign.
    Running::make_sample(&stores).await;
    let redis_place = format!("127.0.0.1:{}", redis.port());
    redis.kill();
    let server = Program::start(&stores, &["serve"]).await;
    let lines = |text: &str| {
        let log = server.log_text();
        let found: Vec<String> = log
            .lines()
            .filter(|line| line.contains(text))
            .map(str::to_owned)
            .collect();
        found
    };
    // Nobody has asked for anything yet.
    let said = lines("Redis does not answer");
    assert!(
        said.len() == 1 && said[0].contains(&redis_place),
        "{said:?}"
    );
    redis.restart().await;
    until("word of Redis", async || {
        // It is asked again when somebody needs it.
        let (query, variables) = operation("signInGuest", json!({"deviceId": Uuid::new_v4()}));
        server.anonymous().ask(&query, variables).await;
        (lines("Redis answers again").len() == 1).then_some(())
    })
    .await;
    postgres.kill();
    let said = until("word of the outage", async || {
        lines("the database does not answer").pop()
    })
    .await;
    assert!(
        said.contains(&format!("127.0.0.1:{}/", postgres.port())),
        "{said}"
    );
    assert!(
        said.contains("refused") || said.contains("closed"),
        "{said}"
    );
    postgres.restart().await;
    until("word of its end", async || {
        (lines("the database answers again").len() == 1).then_some(())
    })
    .await;
    assert_eq!(lines("the database does not answer").len(), 1);
}
