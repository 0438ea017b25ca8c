//! The metrics on their own listener.

use acclaim::clock::Clock;
use chrono::TimeDelta;

use super::Running;
use crate::deadlines::{deadline, until};
use crate::harness::{Program, Stores, on_both, program};
use crate::raw_sql::RawSql;
use crate::servers;

on_both!(
    metrics_have_their_own_listener,
    metrics_say_what_cannot_be_read_and_how_old_the_rules_are,
);

async fn metrics_have_their_own_listener(stores: Stores) {
    let sample = Running::make_sample(&stores).await;
    let metrics = format!("127.0.0.1:{}", servers::free_port());
    let mut command = program(&stores, &["serve"]);
    command.env("ACCLAIM_METRICS_LISTEN", &metrics);
    let program = Program::launch(command, stores.directory.path()).await;
    let running = Running::with(program, sample);
    running.use_it().await;
    let http = running.program.anonymous().http();
    let public = http
        .get(running.program.url("/metrics"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(public.status(), 404);
    let url = format!("http://{metrics}/metrics");
    let text = until("the tally in the metrics", async || {
        let response = http.get(&url).send().await.expect("an answer");
        let content_type = response.headers()["content-type"].to_str();
        assert!(content_type.is_ok_and(|t| t.starts_with("application/openmetrics-text")));
        let text = response.text().await.expect("text");
        text.contains("\nacclaim_tally_version 6\n").then_some(text)
    })
    .await;
    assert_is_openmetrics(&text);
    for line in [
        "acclaim_graphql_requests_total{field=\"castVote\",outcome=\"ok\"} 9",
        "acclaim_graphql_request_seconds_count{field=\"castVote\",outcome=\"ok\"} 9",
        "acclaim_votes_counted_total 6",
        "acclaim_casts_refused_total{reason=\"ALREADY_VOTED\"} 3",
        "acclaim_likes_stored_total 3",
        "acclaim_writer_waiting 0",
        "acclaim_hot_store_healthy 1",
    ] {
        assert!(text.contains(&format!("\n{line}\n")), "{line}: {text}");
    }
    let value = |name: &str| -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let value = line.unwrap_or_else(|| panic!("{name}: {text}"));
        value.trim().parse().expect("a number")
    };
    // Nine jobs at most: what Redis or memory knows is refused before it gets there.
    assert!((9.0..=12.0).contains(&value("acclaim_writer_batch_size_sum ")));
    assert!(value("acclaim_writer_commit_seconds_count ") >= 1.0);
    assert!(value("acclaim_writer_commit_seconds_sum ") > 0.0);
    assert!(value("acclaim_pool_open_connections ") >= 1.0);
    assert!(value("acclaim_tally_age_seconds ") < deadline().as_secs_f64());
}

async fn metrics_say_what_cannot_be_read_and_how_old_the_rules_are(stores: Stores) {
    let sample = Running::make_sample(&stores).await;
    let bad = Running::make_sample(&stores).await;
    let database = stores.database(&Clock::System).await;
    for title in ["good", "bad"] {
        let at = Clock::System.now() - TimeDelta::hours(1);
        sample.insert_story(&database, None, title, at).await;
    }
    database.close().await;
    let mut raw = RawSql::connect(&stores).await;
    let slug = &bad.campaign.slug;
    raw.execute(&format!(
        "UPDATE campaign SET time_zone = 'Beijing-8' WHERE slug = '{slug}'"
    ))
    .await;
    raw.execute("UPDATE story SET media = '[1]' WHERE title = 'bad'")
        .await;
    let metrics = format!("127.0.0.1:{}", servers::free_port());
    let mut command = program(&stores, &["serve"]);
    command.env("ACCLAIM_METRICS_LISTEN", &metrics);
    let program = Program::launch(command, stores.directory.path()).await;
    let anonymous = program.anonymous();
    let query = "{ stories { nodes { title } } }";
    let stories = anonymous.ask(query, serde_json::json!({})).await;
    assert_eq!(
        stories["stories"]["nodes"],
        serde_json::json!([{"title": "good"}])
    );
    let url = format!("http://{metrics}/metrics");
    let read = async || {
        let response = anonymous.http().get(&url).send().await.expect("an answer");
        response.text().await.expect("text")
    };
    let text = read().await;
    assert_is_openmetrics(&text);
    for line in [
        "acclaim_campaigns_unreadable 1",
        "acclaim_stories_unreadable 1",
    ] {
        assert!(text.contains(&format!("\n{line}\n")), "{line}: {text}");
    }
    // The rules are looked at again and again.
    let age = |text: &str| -> f64 {
        let mut lines = text.lines();
        let age = lines.find_map(|line| line.strip_prefix("acclaim_rules_age_seconds "));
        age.expect("the age of the rules")
            .parse()
            .expect("a number")
    };
    assert!(
        (0.0..deadline().as_secs_f64()).contains(&age(&text)),
        "{text}"
    );
    let mut last = age(&text);
    until("the rules to be looked at again", async || {
        let age = age(&read().await);
        let is_younger = age < last;
        last = age;
        is_younger.then_some(())
    })
    .await;
    raw.execute("UPDATE campaign SET time_zone = 'Asia/Shanghai'")
        .await;
    raw.execute("UPDATE story SET media = '[]'").await;
    until("all to be mended", async || {
        let text = read().await;
        let is_mended = |name: &str| text.contains(&format!("\nacclaim_{name}_unreadable 0\n"));
        (is_mended("campaigns") && is_mended("stories")).then_some(())
    })
    .await;
}

/// Checks what the `OpenMetrics` text format asks for: families in one piece with their type first, names of samples
/// that fit it, histograms that add up, and `# EOF` last.
fn assert_is_openmetrics(text: &str) {
    let body = text.strip_suffix("# EOF\n").expect("EOF ends it");
    let (mut family, mut kind) = (String::new(), String::new());
    let mut seen = std::collections::HashSet::new();
    let mut bucket = 0.0;
    for line in body.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (keyword, name) = (words.next(), words.next().unwrap_or_default());
            assert!(matches!(keyword, Some("HELP" | "TYPE" | "UNIT")), "{line}");
            if name != family {
                assert!(seen.insert(name.to_owned()), "{name} comes twice");
                name.clone_into(&mut family);
            }
            match keyword {
                Some("TYPE") => words.next().unwrap_or_default().clone_into(&mut kind),
                Some("UNIT") => assert!(name.ends_with(words.next().expect("a unit")), "{line}"),
                _ => {}
            }
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').expect("a value");
        let value: f64 = value.parse().expect("a number");
        let name = sample.split('{').next().unwrap_or_default();
        let suffix = name.strip_prefix(&family).expect("its family is open");
        match (kind.as_str(), suffix) {
            ("counter", "_total") | ("gauge", "") | ("histogram", "_sum") => {}
            ("histogram", "_count") => bucket = 0.0,
            ("histogram", "_bucket") => {
                assert!(value >= bucket, "{line}");
                let is_last = sample.contains("le=\"+Inf\"");
                bucket = if is_last { 0.0 } else { value };
            }
            _ => panic!("{line} in a {kind}"),
        }
    }
    assert!(seen.len() > 10, "{text}");
}
