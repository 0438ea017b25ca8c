//! Answers of the program: their ids, and faults that are masked.

use serde_json::json;

use super::Running;
use crate::harness::{Program, Stores, on_both};

on_both!(
    every_answer_carries_an_id_of_the_servers_own,
    a_fault_is_masked_and_its_cause_is_in_the_log,
);

async fn every_answer_carries_an_id_of_the_servers_own(stores: Stores) {
    let server = Program::start(&stores, &["serve", "--migrate"]).await;
    let http = server.anonymous().http();
    let mut ids = std::collections::HashSet::new();
    for path in [
        "/healthz",
        "/graphql?query={serverTime}",
        "/graphql",
        "/nowhere",
    ] {
        let request = http.get(server.url(path)).header("x-request-id", "forged");
        let response = request.send().await.expect("an answer");
        let id = response.headers()["x-request-id"].to_str().expect("text");
        assert!(
            id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()),
            "{id}"
        );
        ids.insert(id.to_owned());
    }
    assert_eq!(ids.len(), 4);
}

async fn a_fault_is_masked_and_its_cause_is_in_the_log(stores: Stores) {
    let running = Running::start(&stores).await;
    stores
        .execute("ALTER TABLE subject_counter RENAME TO elsewhere")
        .await;
    let query = "query($id: ID!) { nominee(id: $id) { number likeCount } }";
    let variables = json!({"id": running.sample.nominee_id(0)});
    let answer = running.voter().send(query, variables).await;
    let error = &answer["errors"][0];
    assert_eq!(error["message"], json!("Internal error."), "{answer}");
    assert_eq!(error["extensions"]["code"], json!("INTERNAL"));
    assert_eq!(error["path"], json!(["nominee", "likeCount"]));
    assert!(!answer.to_string().contains("subject_counter"), "{answer}");
    let id = error["extensions"]["id"].as_str().expect("an id");
    let log = running.program.log_text();
    let line = log.lines().find(|line| line.contains(id));
    let line = line.unwrap_or_else(|| panic!("{id} is not in the log: {log}"));
    assert!(line.contains("subject_counter"), "{line}");
}
