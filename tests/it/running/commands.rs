//! The commands beside `serve`: schema, staff, backup.

use acclaim::clock::Clock;
use serde_json::json;

use super::{Running, assert_verifies};
use crate::harness::{Payload, Program, Stores, assert_refuses, ended, on_both, program};

on_both!(
    staff_that_is_added_can_sign_in,
    staff_are_listed_disabled_and_signed_out,
);

#[tokio::test]
async fn the_schema_is_printed_as_it_is_checked_in() {
    let stores = Stores::embedded();
    let output = ended(program(&stores, &["schema"]), "").await;
    assert!(output.status.success());
    let checked_in = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let checked_in = std::fs::read_to_string(checked_in).expect("it is there");
    assert_eq!(String::from_utf8(output.stdout).expect("text"), checked_in);
}

async fn staff_that_is_added_can_sign_in(stores: Stores) {
    let server = Program::start(&stores, &["serve", "--migrate"]).await;
    let organisation = [
        "organisation",
        "add",
        "--slug",
        "sample",
        "--name",
        "Sample",
    ];
    let made = ended(program(&stores, &organisation), "").await;
    assert!(made.status.success(), "{made:?}");
    let again = ended(program(&stores, &organisation), "").await;
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    let add = |email: &str| {
        program(
            &stores,
            &[
                "staff",
                "add",
                "--email",
                email,
                "--name",
                "组织者",
                "--organisation",
                "sample",
                "--role",
                "owner",
            ],
        )
    };
    let sign_in = async |password: &str| {
        let query = "mutation($input: SignInStaffInput!) { signInStaff(input: $input) {
            session { accessToken } viewer { name role } userErrors { code } } }";
        let input = json!({"email": "Boss@Example.com", "password": password});
        let variables = json!({"input": input});
        let response = server.anonymous().send(query, variables).await;
        Payload::of(response, "signInStaff")
    };
    for (email, password) in [
        ("boss@example.com", "too short"),
        ("nobody", "long enough hunter2"),
    ] {
        let refused = ended(add(email), &format!("{password}\n")).await;
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    }
    for password in ["a long hunter2 password", "another hunter2 password"] {
        let before = sign_in(password).await;
        before.expect_refused("INVALID_CREDENTIALS");
        let added = ended(add("Boss@example.com"), &format!("{password}\n")).await;
        assert!(added.status.success(), "{added:?}");
        assert_eq!(added.stdout, b"boss@example.com can sign in.\n");
        let payload = sign_in(password).await;
        assert_eq!(
            payload["viewer"],
            json!({"name": "组织者", "role": "STAFF"})
        );
        let token = payload["session"]["accessToken"].as_str();
        let client = server.anonymous().with_token(token.expect("a token"));
        let data = client.ask("{ viewer { role } }", json!({})).await;
        assert_eq!(data, json!({"viewer": {"role": "STAFF"}}));
    }
    // The new password took the old one's place.
    let old = sign_in("a long hunter2 password").await;
    old.expect_refused("INVALID_CREDENTIALS");
}

/// A copy that is made while votes are cast has all that was acknowledged before it began, and is whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_whole_while_votes_go_on() {
    let stores = Stores::embedded();
    let running = Running::start(&stores).await;
    running.use_it().await;
    let file = stores.directory.path().join("copy.db");
    let name = file.to_str().expect("text").to_owned();
    let copying = ended(program(&stores, &["backup", &name]), "");
    let voting = async {
        for _ in 0..20 {
            let nominee = running.sample.nominee_id(1);
            running.voter().vote(&nominee).await.expect_counted();
        }
    };
    let (copied, ()) = tokio::join!(copying, voting);
    assert_eq!(copied.status.code(), Some(0), "{copied:?}");
    let copy = Stores {
        database_url: format!("sqlite:{name}"),
        ..Stores::embedded()
    };
    let votes = copy.count("SELECT COUNT(*) FROM vote").await;
    assert!((6..=26).contains(&votes), "{votes}");
    assert_verifies(&copy, votes).await;
    assert_verifies(&stores, 26).await;
    assert_refuses(
        program(&stores, &["backup", &name]),
        &[&name, "is there already"],
    )
    .await;
    // It can be served from.
    Program::start(&copy, &["serve"]).await;
}

#[tokio::test]
async fn postgres_has_a_backup_of_its_own() {
    let stores = Stores::networked().await;
    stores.database(&Clock::System).await;
    assert_refuses(program(&stores, &["backup", "copy.db"]), &["pg_dump"]).await;
}

async fn staff_are_listed_disabled_and_signed_out(stores: Stores) {
    stores.database(&Clock::System).await;
    let run = async |arguments: &[&str], input: &str| {
        let arguments = [&["staff"], arguments].concat();
        let output = ended(program(&stores, &arguments), input).await;
        let text = String::from_utf8(output.stdout).expect("text");
        (output.status.success(), text)
    };
    let email = ["--email", "Boss@example.com"];
    let of = |command| [command, email[0], email[1]];
    let organisation = [
        "organisation",
        "add",
        "--slug",
        "sample",
        "--name",
        "Sample",
    ];
    let made = ended(program(&stores, &organisation), "").await;
    assert!(made.status.success(), "{made:?}");
    let add = ["add", "--email", email[1], "--name", "Boss"];
    let unknown = ["--organisation", "nowhere", "--role", "owner"];
    let password = "a long hunter2 password\n";
    assert!(!run(&[&add[..], &unknown].concat(), password).await.0);
    let known = ["--organisation", "sample", "--role", "auditor"];
    assert!(run(&[&add[..], &known].concat(), password).await.0);
    let listed = ended(program(&stores, &["organisation", "list"]), "").await;
    assert_eq!(
        String::from_utf8(listed.stdout).expect("text"),
        "sample\tSample\n\tboss@example.com\tBoss\tauditor\n"
    );
    for (command, input, said, listed) in [
        ("disable", "", "is disabled and signed out", "disabled"),
        ("enable", "", "can sign in", "active"),
        ("sign-out", "", "is signed out", "active"),
        (
            "set-password",
            "another hunter2 password\n",
            "has a new password and is signed out",
            "active",
        ),
        ("reset-second-factor", "", "had no second factor", "active"),
    ] {
        let (is_done, text) = run(&of(command), input).await;
        assert!(is_done, "{command}");
        assert_eq!(text, format!("boss@example.com {said}.\n"));
        let (_, list) = run(&["list"], "").await;
        assert_eq!(
            list,
            format!("boss@example.com\tBoss\t{listed}\tsessions: 0\n")
        );
        let nobody = [command, "--email", "nobody@example.com"];
        assert!(!run(&nobody, input).await.0, "{command} of nobody");
    }
}

#[tokio::test]
async fn commands_make_no_database() {
    let stores = Stores::embedded();
    for arguments in [
        vec!["verify"],
        vec!["backup", "/nowhere/copy.db"],
        vec!["staff", "list"],
        vec!["organisation", "list"],
    ] {
        let refused = ended(program(&stores, &arguments), "").await;
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        let text = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(text.contains("there is no database at"), "{text}");
        let path = stores.database_url.trim_start_matches("sqlite:");
        assert!(!std::path::Path::new(path).exists(), "{arguments:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_reads_the_database_or_its_copy() {
    use std::os::unix::fs::PermissionsExt as _;
    let stores = Stores::embedded();
    let path = stores.database_url.trim_start_matches("sqlite:").to_owned();
    // As an earlier build has left it.
    std::fs::write(&path, "").expect("written");
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(&path, open).expect("set");
    let database = stores.database(&Clock::System).await;
    let copy = format!("{path}.copy");
    database.back_up(copy.as_ref()).await.expect("copied");
    for file in [&path, &copy, &format!("{path}-wal"), &format!("{path}-shm")] {
        let mode = std::fs::metadata(file).expect(file).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
