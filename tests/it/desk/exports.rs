//! Exports: every kind in every format, who may have them, and what becomes of them.

use std::collections::BTreeSet;

use acclaim::app::exports::{KEPT, LEASE, LINK_LIFE};
use acclaim::clock::Clock;
use acclaim::domain::access::StaffRole;
use acclaim::domain::export::ExportFailure;
use acclaim::id::ExportFileId;
use acclaim::ledger::export;
use acclaim::workers::cleaner;
use calamine::{Data, Reader as _};
use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{change, organisation};
use crate::deadlines::{in_time, until};
use crate::harness::{Payload, Sample, Stores, TestApp, TestClient, ended, noon, on_both, program};
use crate::log_watch::WATCH;
use crate::media::{Files, refusal};

on_both!(
    every_kind_says_the_same_in_both_formats_as_the_api,
    guests_have_a_column_where_they_may_vote_or_have_voted,
    large_tables_are_read_batch_by_batch,
    another_process_takes_over_what_one_left_behind,
    an_export_is_for_its_organisation_and_rights_are_looked_up_again,
    links_that_are_none_lead_nowhere,
    exports_are_asked_for_once_and_not_without_end,
    what_cannot_be_written_says_so,
    exports_are_removed_after_a_week,
    the_workers_write_exports,
    the_command_writes_the_same,
    files_of_any_length_are_stored_part_by_part,
);

const CREATE: &str = "mutation($input: CreateExportInput!) { createExport(input: $input) {
    export { id kind format status url rows } userErrors { code message path } } }";
const LIST: &str = "query($id: ID!) { campaign(id: $id) { desk { exports {
    id kind format status createdAt finishedAt rows sizeBytes failure url expiresAt } } } }";
const EVENTS: &str =
    "query($id: ID!) { organisation(slug: \"sample\") { auditEvents(first: 40, campaignId: $id) {
    nodes { action subjectLabel subject { id } changes { field after } } } } }";

const KINDS: [&str; 5] = ["TALLY", "TURNOUT", "BALLOTS", "STORIES", "AUDIT_LOG"];
const FORMULA: &str = "=HYPERLINK(\"http://x\")";

async fn create(client: &TestClient, sample: &Sample, kind: &str, format: &str) -> Payload {
    let input = json!({"campaignId": sample.campaign_id(), "kind": kind, "format": format,
        "idempotencyKey": Uuid::new_v4()});
    change(client, CREATE, input).await
}

async fn list(client: &TestClient, sample: &Sample) -> Vec<Value> {
    let data = client.ask(LIST, json!({"id": sample.campaign_id()})).await;
    let exports = data["campaign"]["desk"]["exports"].as_array();
    exports.expect("a list").clone()
}

async fn write(app: &TestApp) -> bool {
    let written = in_time("an export", app.write_next_export()).await;
    written.expect("the stores answer")
}

/// The path of the link of an export that is ready; its token is not to be seen in a log.
fn link_of(export: &Value) -> String {
    assert_eq!(export["status"], json!("READY"), "{export}");
    let url = export["url"].as_str().expect("a link").to_owned();
    WATCH.forbid(url.trim_start_matches("/exports/"));
    url
}

async fn get(app: &TestApp, path: &str) -> reqwest::Response {
    let sent = app.http().get(app.url(path)).send();
    in_time("a file", sent).await.expect("an answer")
}

/// Asks for an export, has it written, and fetches it.
async fn fetch(app: &TestApp, client: &TestClient, sample: &Sample, wanted: [&str; 2]) -> Vec<u8> {
    let [kind, format] = wanted;
    let created = create(client, sample, kind, format).await.expect_counted();
    assert_eq!(created["export"]["status"], json!("WAITING"));
    assert!(write(app).await);
    let export = list(client, sample).await.remove(0);
    assert_eq!(export["id"], created["export"]["id"]);
    let response = get(app, &link_of(&export)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let header = |name: &str| {
        let value = response.headers().get(name).expect("a header");
        value.to_str().expect("text").to_owned()
    };
    let ending = format.to_lowercase();
    assert!(header("content-disposition").contains(&format!(".{ending}\"")));
    assert!(header("cache-control").contains("no-store"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    let file = response.bytes().await.expect("a file").to_vec();
    assert_eq!(export["sizeBytes"], json!(file.len()));
    let rows = rows(&file).len() - 1;
    assert_eq!(export["rows"], json!(rows), "{kind} {format}");
    file
}

/// The rows of a file of either format, as texts.
fn rows(file: &[u8]) -> Vec<Vec<String>> {
    if let Some(csv) = file.strip_prefix("\u{feff}".as_bytes()) {
        let mut reader = csv::ReaderBuilder::new();
        let mut reader = reader.has_headers(false).from_reader(csv);
        let records = reader.records().map(|record| record.expect("a record"));
        return records
            .map(|record| record.iter().map(str::to_owned).collect())
            .collect();
    }
    let mut workbook: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(file)).expect("a workbook");
    let sheet = workbook.worksheet_range_at(0).expect("a sheet");
    let sheet = sheet.expect("it is read");
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Float(number) => number.to_string(),
        other => panic!("neither text nor number: {other:?}"),
    };
    sheet
        .rows()
        .map(|row| row.iter().map(text).collect())
        .collect()
}

/// The columns of a table with these words in their titles, without the header.
fn columns(rows: &[Vec<String>], titles: &[&str]) -> Vec<Vec<String>> {
    let at = |title: &&str| {
        let found = rows[0].iter().position(|name| name.ends_with(*title));
        found.unwrap_or_else(|| panic!("no {title} in {:?}", rows[0]))
    };
    let indexes: Vec<usize> = titles.iter().map(at).collect();
    rows[1..]
        .iter()
        .map(|row| indexes.iter().map(|index| row[*index].clone()).collect())
        .collect()
}

/// A campaign with votes, stories, and a nominee whose name looks like a formula.
async fn campaign(app: &TestApp, stores: &Stores) -> Sample {
    let sample = app.sample().await;
    stores
        .execute("UPDATE nominee SET name = '=HYPERLINK(\"http://x\")', edit_revision = 1 WHERE number = 1")
        .await;
    app.refresh().await;
    for voter in 0..4 {
        let voters = if voter == 2 { app.guest() } else { app.voter() };
        for nominee in 0..=voter.min(2) {
            voters
                .vote(&sample.nominee_id(nominee))
                .await
                .expect_counted();
        }
    }
    let now = app.clock.now();
    for title in ["一篇报道", "+1"] {
        sample
            .insert_story(&app.database, Some(0), title, now)
            .await;
    }
    app.publish_tallies().await;
    sample
}

async fn every_kind_says_the_same_in_both_formats_as_the_api(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = campaign(&app, &stores).await;
    let owner = app.staff().await;
    for kind in KINDS {
        let workbook = rows(&fetch(&app, &owner, &sample, [kind, "XLSX"]).await);
        let csv = rows(&fetch(&app, &owner, &sample, [kind, "CSV"]).await);
        if kind == "AUDIT_LOG" {
            // The first one is an entry of the second: asked for, and fetched.
            assert_eq!(csv[..workbook.len()], workbook);
            assert_eq!(csv.len(), workbook.len() + 2);
        } else {
            assert_eq!(csv, workbook, "{kind}");
        }
        for cell in csv.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }
        check(&app, &owner, &sample, kind, &csv).await;
    }
}

/// Compares a table with what the API says.
async fn check(
    app: &TestApp,
    owner: &TestClient,
    sample: &Sample,
    kind: &str,
    rows: &[Vec<String>],
) {
    let variables = json!({"id": sample.campaign_id()});
    let escaped = |text: &Value| {
        let text = text.as_str().expect("a text");
        let is_formula = text.starts_with(['=', '+']);
        format!("{}{text}", if is_formula { "'" } else { "" })
    };
    match kind {
        "TALLY" => {
            let query = "query($id: ID!) { campaign(id: $id) { tally { entries {
                rank votes guestVotes nominee { number name employer } } } } }";
            let data = owner.ask(query, variables).await;
            let entries = data["campaign"]["tally"]["entries"].as_array();
            let expected: Vec<Vec<String>> = entries
                .expect("entries")
                .iter()
                .map(|entry| {
                    let nominee = &entry["nominee"];
                    vec![
                        entry["rank"].to_string(),
                        nominee["number"].to_string(),
                        escaped(&nominee["name"]),
                        escaped(&nominee["employer"]),
                        entry["votes"].to_string(),
                        entry["guestVotes"].to_string(),
                    ]
                })
                .collect();
            let titles = ["Rank", "Number", "Name", "Employer", "/ Votes", "Of guests"];
            let found = columns(rows, &titles);
            assert_eq!(found, expected);
            assert!(found.iter().any(|row| row[2] == format!("'{FORMULA}")));
        }
        "TURNOUT" => {
            let query = "query($id: ID!) { campaign(id: $id) { desk { turnout(by: MINUTE) { votes guests } } } }";
            let data = owner.ask(query, variables).await;
            let points = &data["campaign"]["desk"]["turnout"];
            let titles = ["Number", "Votes", "Of guests", "Client", "Time", "City"];
            let found = columns(rows, &titles);
            let sum = |column: usize| -> i64 {
                let numbers = found.iter().map(|row| row[column].parse::<i64>());
                numbers.map(|number| number.expect("a number")).sum()
            };
            assert_eq!(points, &json!([{"votes": sum(1), "guests": 3}]));
            assert_eq!((sum(1), sum(2)), (app.count_votes().await, 3));
            let rest = ["other", "2022-10-25 12:00 +08:00", "银川"];
            assert_eq!(found[0][3..], rest);
        }
        "BALLOTS" => {
            let found = columns(rows, &["Voter", "Number", "Counted", "Time"]);
            let voters: BTreeSet<&String> = found.iter().map(|row| &row[0]).collect();
            assert_eq!((found.len(), voters.len()), (9, 4));
            let of_first = found.iter().filter(|row| row[1] == "1").count();
            assert_eq!(of_first, 4);
            assert_eq!(found[0][2..], ["1", "2022-10-25 12:00:00.000 +08:00"]);
            assert!(
                voters
                    .iter()
                    .all(|name| name.len() == 27 && name.starts_with('V'))
            );
        }
        "STORIES" => {
            let query = "query($id: ID!) { campaign(id: $id) { stories { nodes { title summary body } } } }";
            let data = owner.ask(query, variables).await;
            let nodes = data["campaign"]["stories"]["nodes"].as_array();
            let texts =
                |node: &Value| ["title", "summary", "body"].map(|field| escaped(&node[field]));
            let expected: BTreeSet<_> = nodes.expect("stories").iter().map(texts).collect();
            let found = columns(rows, &["/ Title", "Summary", "Body"]);
            let found: BTreeSet<_> = found
                .into_iter()
                .map(|row| [0, 1, 2].map(|i| row[i].clone()))
                .collect();
            assert_eq!((found.len(), found), (2, expected));
            let time = columns(rows, &["Publish at", "Nominee number", "State"]).remove(0);
            assert_eq!(time, ["2022-10-25 12:00:00", "1", "APPROVED"]);
        }
        _ => {
            let data = owner.ask(EVENTS, variables).await;
            let nodes = data["organisation"]["auditEvents"]["nodes"].as_array();
            let nodes = nodes.expect("entries");
            // That this one was fetched came after it.
            let expected: Vec<Value> = nodes[1..]
                .iter()
                .rev()
                .map(|node| node["action"].clone())
                .collect();
            let found = columns(rows, &["Action", "Changes"]);
            let actions: Vec<Value> = found.iter().map(|row| json!(row[0])).collect();
            assert_eq!(actions, expected);
            let last = found.last().expect("an entry");
            assert_eq!(*last, ["export.create", "kind: audit-log\nformat: csv"]);
            let subject = &nodes[0]["subject"]["id"];
            assert_eq!(*subject, list(owner, sample).await[0]["id"]);
        }
    }
}

async fn guests_have_a_column_where_they_may_vote_or_have_voted(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let without = app
        .sample_with(|campaign| campaign.guests_may_vote = false)
        .await;
    let owner = app.staff().await;
    let titles = async |kind: &str| {
        let file = fetch(&app, &owner, &without, [kind, "CSV"]).await;
        rows(&file)[0].last().expect("a title").clone()
    };
    let vote = app.voter().vote(&without.nominee_id(0)).await;
    vote.expect_counted();
    assert_eq!(titles("TALLY").await, "状态 / Status");
    assert_eq!(titles("TURNOUT").await, "投票 / Votes");
    assert_eq!(titles("BALLOTS").await, "计票 / Counted");
    // They voted before the rules changed, and their votes may be withheld.
    stores.execute("UPDATE turnout SET guests = 1").await;
    for kind in ["TALLY", "TURNOUT"] {
        assert_eq!(titles(kind).await, "其中访客 / Of guests", "{kind}");
    }
    assert_eq!(titles("BALLOTS").await, "计票 / Counted");
}

async fn large_tables_are_read_batch_by_batch(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let owner = app.staff().await;
    for nominee in [0, 12] {
        app.voter()
            .vote(&sample.nominee_id(nominee))
            .await
            .expect_counted();
    }
    // The same again in each of so many minutes: several batches, that end within a minute.
    stores
        .execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1250)
            INSERT INTO turnout (campaign_id, minute, nominee_id, client, votes)
            SELECT t.campaign_id, t.minute + n.i, t.nominee_id, t.client, n.i FROM turnout t CROSS JOIN n",
        )
        .await;
    let rows = rows(&fetch(&app, &owner, &sample, ["TURNOUT", "XLSX"]).await);
    let found = columns(&rows, &["Time", "Number", "Votes"]);
    let distinct: BTreeSet<_> = found.iter().map(|row| (&row[0], &row[1])).collect();
    assert_eq!((found.len(), distinct.len()), (2_502, 2_502));
    let sum: i64 = found
        .iter()
        .map(|row| row[2].parse::<i64>().expect("a number"))
        .sum();
    assert_eq!(sum, 2 + 1_250 * 1_251);
    assert!(found.is_sorted_by_key(|row| row[0].clone()));
}

async fn another_process_takes_over_what_one_left_behind(stores: Stores) {
    let clock = Clock::manual(noon());
    let start = || TestApp::builder(&stores).with_clock(clock.clone()).start();
    let (first, second) = (start().await, start().await);
    let sample = first.sample().await;
    second.refresh().await;
    let owner = first.staff().await;
    second.refresh().await;
    create(&owner, &sample, "TALLY", "CSV")
        .await
        .expect_counted();
    // The first one dies while it writes.
    let (now, file_id) = (clock.now(), ExportFileId::new());
    let taken = export::take(&first.database, file_id, now, now + LEASE).await;
    let taken = taken.expect("it answers").expect("it waits");
    assert_eq!(list(&owner, &sample).await[0]["status"], json!("WRITING"));
    assert!(!write(&second).await, "somebody writes it");
    clock.set(now + LEASE + TimeDelta::seconds(1));
    assert!(write(&second).await);
    assert!(!write(&first).await, "there is no other");
    let export = list(&owner.at(&second), &sample).await.remove(0);
    let response = get(&first, &link_of(&export)).await;
    assert_eq!(response.status(), StatusCode::OK);
    // It was asleep, and cannot take back what the other one did.
    let now = clock.now();
    for kept in [
        export::extend(&first.database, taken.id, file_id, now + LEASE).await,
        export::finish(&first.database, taken.id, file_id, (1, 1), now).await,
    ] {
        assert!(!kept.expect("it answers"));
    }
    let failed = export::fail(
        &first.database,
        taken.id,
        file_id,
        ExportFailure::GaveUp,
        now,
    );
    failed.await.expect("it answers");
    assert_eq!(list(&owner, &sample).await[0]["status"], json!("READY"));
    // Of two that come at once one gets it.
    create(&owner, &sample, "TALLY", "CSV")
        .await
        .expect_counted();
    let take = |app: &TestApp| {
        let database = std::sync::Arc::clone(&app.database);
        async move { export::take(&database, ExportFileId::new(), now, now + LEASE).await }
    };
    let (one, two) = tokio::join!(take(&first), take(&second));
    let taken = [one, two].map(|taken| taken.expect("it answers").is_some());
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
    // One that nobody gets written is given up.
    for _ in 0..3 {
        clock.set(clock.now() + LEASE + TimeDelta::seconds(1));
        let (now, file_id) = (clock.now(), ExportFileId::new());
        let taken = export::take(&first.database, file_id, now, now + LEASE).await;
        if taken.expect("it answers").expect("left behind").attempts == 3 {
            break;
        }
    }
    clock.set(clock.now() + LEASE + TimeDelta::seconds(1));
    assert!(write(&second).await);
    let export = list(&owner, &sample).await.remove(0);
    assert_eq!(export["status"], json!("FAILED"), "{export}");
    assert!(
        export["failure"]
            .as_str()
            .expect("a reason")
            .contains("several attempts")
    );
}

async fn an_export_is_for_its_organisation_and_rights_are_looked_up_again(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = campaign(&app, &stores).await;
    let owner = app.staff().await;
    for kind in KINDS {
        create(&owner, &sample, kind, "CSV").await.expect_counted();
        assert!(write(&app).await);
    }
    let id = list(&owner, &sample).await[0]["id"].clone();
    let node = "query($id: ID!) { node(id: $id) { ... on Export { status url } } }";
    for role in StaffRole::ALL {
        let member = app.member(role).await;
        let listed = list(&member, &sample).await;
        let node = member.ask(node, json!({"id": id})).await;
        if role == StaffRole::Editor {
            assert_eq!((listed.len(), &node["node"]), (0, &Value::Null));
        } else {
            assert_eq!(
                (listed.len(), &node["node"]["status"]),
                (KINDS.len(), &json!("READY"))
            );
        }
    }
    let other = organisation(&app, "other").await;
    let stranger = app.member_of(other, StaffRole::Owner).await;
    for client in [&stranger, &app.voter(), app.anonymous()] {
        assert_eq!(
            client.ask(node, json!({"id": id})).await["node"],
            Value::Null
        );
    }
    // A link is the member's own: it ends with the role, though it is good for some minutes yet.
    let auditor = app.member(StaffRole::Auditor).await;
    let link = link_of(&list(&auditor, &sample).await[0]);
    assert_eq!(get(&app, &link).await.status(), StatusCode::OK);
    let downloads =
        "SELECT COUNT(*) FROM audit_event WHERE action = 'export.download' AND actor_name = 'Staff'
        AND campaign_id IS NOT NULL AND subject_label = 'audit-log'";
    assert_eq!(stores.count(downloads).await, 1);
    let refused = "SELECT COUNT(*) FROM audit_event WHERE action = 'access.refused'";
    let before = stores.count(refused).await;
    stores
        .execute("UPDATE membership SET role = 'EDITOR' WHERE role = 'AUDITOR'")
        .await;
    app.refresh().await;
    let answer = refusal(get(&app, &link).await).await;
    assert_eq!(
        answer,
        (StatusCode::NOT_FOUND, "EXPORT_NOT_FOUND".to_owned())
    );
    assert_eq!(
        stores.count(refused).await,
        before + 1,
        "an attempt on rights"
    );
    assert_eq!(list(&auditor, &sample).await, Vec::<Value>::new());
    stores
        .execute("UPDATE staff SET disabled_at = created_at")
        .await;
    let answer = refusal(get(&app, &link).await).await;
    assert_eq!(
        answer,
        (StatusCode::NOT_FOUND, "EXPORT_NOT_FOUND".to_owned())
    );
    assert_eq!(stores.count(downloads).await, 1);
}

async fn links_that_are_none_lead_nowhere(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = campaign(&app, &stores).await;
    let owner = app.staff().await;
    create(&owner, &sample, "TALLY", "CSV")
        .await
        .expect_counted();
    let waiting = list(&owner, &sample).await.remove(0);
    assert_eq!(
        (&waiting["url"], &waiting["expiresAt"]),
        (&Value::Null, &Value::Null)
    );
    assert!(write(&app).await);
    let export = list(&owner, &sample).await.remove(0);
    let link = link_of(&export);
    let end = (app.clock.now() + LINK_LIFE).to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    assert_eq!(export["expiresAt"], json!(end));
    let statements = app.database.statements();
    for forged in [
        format!("{}B", &link[..link.len() - 1]),
        format!("{}A", &link[..link.len() - 1]),
        link[..link.len() - 2].to_owned(),
        "/exports/x".to_owned(),
        "/exports/..%2f..%2fetc%2fpasswd".to_owned(),
        format!("/exports/{}", export["id"].as_str().expect("an id")),
    ] {
        if forged == link {
            continue;
        }
        let answer = refusal(get(&app, &forged).await).await;
        assert_eq!(
            answer,
            (StatusCode::NOT_FOUND, "EXPORT_NOT_FOUND".to_owned())
        );
    }
    assert_eq!(
        app.database.statements(),
        statements,
        "they cost no statement"
    );
    let put = app.http().put(app.url(&link)).body("x").send().await;
    assert_eq!(
        put.expect("an answer").status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
    app.advance(LINK_LIFE);
    let answer = refusal(get(&app, &link).await).await;
    assert_eq!(answer, (StatusCode::GONE, "EXPORT_EXPIRED".to_owned()));
    let request = app
        .http()
        .get(app.url(&link))
        .header("accept-language", "zh-CN");
    let text = request.send().await.expect("an answer").text().await;
    assert!(text.expect("a text").contains("已过期"));
    // A file that was lost with its store.
    let link = link_of(&list(&owner, &sample).await[0]);
    std::fs::remove_dir_all(stores.media_folder().join("exports")).expect("removed");
    let answer = refusal(get(&app, &link).await).await;
    assert_eq!(answer, (StatusCode::GONE, "EXPORT_EXPIRED".to_owned()));
    let downloads = "SELECT COUNT(*) FROM audit_event WHERE action = 'export.download'";
    assert_eq!(stores.count(downloads).await, 0);
}

async fn exports_are_asked_for_once_and_not_without_end(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let owner = app.staff().await;
    let input = |kind: &str, key: Uuid| json!({"campaignId": sample.campaign_id(), "kind": kind, "format": "CSV", "idempotencyKey": key});
    let key = Uuid::new_v4();
    let first = change(&owner, CREATE, input("TALLY", key))
        .await
        .expect_counted();
    let again = change(&owner, CREATE, input("TALLY", key))
        .await
        .expect_counted();
    assert_eq!(first["export"]["id"], again["export"]["id"]);
    let other = change(&owner, CREATE, input("STORIES", key)).await;
    other.expect_refused("IDEMPOTENCY_KEY_REUSED");
    for _ in 1..10 {
        create(&owner, &sample, "STORIES", "XLSX")
            .await
            .expect_counted();
    }
    let refused = create(&owner, &sample, "STORIES", "XLSX").await;
    assert_eq!(refused["export"], Value::Null);
    refused.expect_refused("TOO_MANY_EXPORTS");
    assert_eq!(list(&owner, &sample).await.len(), 10);
    assert!(write(&app).await);
    create(&owner, &sample, "STORIES", "XLSX")
        .await
        .expect_counted();
    let events = "SELECT COUNT(*) FROM audit_event WHERE action = 'export.create'";
    assert_eq!(stores.count(events).await, 11);
    // Where there is no place for files, nobody waits for one.
    let app = TestApp::builder(&stores).with_media(None).start().await;
    let refused = create(&owner.at(&app), &sample, "TALLY", "CSV").await;
    refused.expect_refused("EXPORTS_NOT_CONFIGURED");
    assert!(!write(&app).await);
}

async fn what_cannot_be_written_says_so(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app
        .sample_with(|campaign| campaign.lifecycle = acclaim::domain::campaign::Lifecycle::Draft)
        .await;
    let owner = app.staff().await;
    let id = create(&owner, &sample, "TALLY", "CSV")
        .await
        .expect_counted()["export"]["id"]
        .clone();
    let delete = "mutation($input: CampaignStepInput!) { deleteCampaign(input: $input) { deleted userErrors { code } } }";
    let deleted = change(&owner, delete, json!({"campaignId": sample.campaign_id()})).await;
    deleted.expect_counted();
    assert!(write(&app).await);
    let node = "query($id: ID!) { node(id: $id) { ... on Export { status failure rows } } }";
    let export = owner.ask(node, json!({"id": id})).await["node"].clone();
    let expected =
        json!({"status": "FAILED", "failure": "The campaign was deleted.", "rows": null});
    assert_eq!(export, expected);
    assert!(!write(&app).await);
}

async fn exports_are_removed_after_a_week(stores: Stores) {
    let files = Files::of(&stores).await;
    let app = TestApp::builder(&stores)
        .with_media(Some(files.open()))
        .start()
        .await;
    let sample = app.sample().await;
    let owner = app.staff().await;
    for format in ["XLSX", "CSV"] {
        create(&owner, &sample, "TALLY", format)
            .await
            .expect_counted();
        assert!(write(&app).await);
    }
    assert_eq!(files.list("exports").len(), 2);
    let purge = async || cleaner::purge_expired(&app).await.expect("purged");
    app.advance(KEPT);
    purge().await;
    assert_eq!(
        (
            files.list("exports").len(),
            list(&owner, &sample).await.len()
        ),
        (2, 2)
    );
    app.advance(TimeDelta::seconds(1));
    purge().await;
    assert_eq!(
        (
            files.list("exports").len(),
            list(&owner, &sample).await.len()
        ),
        (0, 0)
    );
    // A file that a process left behind is written by the clock of the store.
    let stray = tempfile::tempfile().expect("a file");
    let mut stray = tokio::fs::File::from_std(stray);
    let written = files
        .open()
        .write_export(ExportFileId::new(), &mut stray)
        .await;
    assert_eq!(written.expect("stored"), 0);
    app.clock.set(Clock::System.now());
    app.purge_stray_exports().await.expect("purged");
    assert_eq!(files.list("exports").len(), 1);
    app.advance(KEPT + TimeDelta::days(1) + TimeDelta::minutes(1));
    app.purge_stray_exports().await.expect("purged");
    assert_eq!(files.list("exports").len(), 0);
}

async fn the_workers_write_exports(stores: Stores) {
    let app = TestApp::builder(&stores).with_workers().start().await;
    let sample = app.sample().await;
    let owner = app.staff().await;
    create(&owner, &sample, "BALLOTS", "XLSX")
        .await
        .expect_counted();
    let export = until("an export that is ready", async || {
        let export = list(&owner, &sample).await.remove(0);
        (export["status"] == json!("READY")).then_some(export)
    })
    .await;
    assert_eq!(export["rows"], json!(0));
    app.stop().await;
}

async fn the_command_writes_the_same(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = campaign(&app, &stores).await;
    let owner = app.staff().await;
    let run = async |kind: &str, file: &str| {
        let slug = &sample.campaign.slug;
        let arguments = ["export", "--campaign", slug, "--kind", kind, "--out", file];
        let output = ended(program(&stores, &arguments), "").await;
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).expect("text"))
    };
    for kind in KINDS {
        for format in ["XLSX", "CSV"] {
            let name = kind.to_lowercase().replace('_', "-");
            let file = stores
                .directory
                .path()
                .join(format!("{name}.{}", format.to_lowercase()));
            let file = file.to_str().expect("text");
            let (code, said) = run(&name, file).await;
            assert_eq!(code, Some(0), "{said}");
            let written = rows(&std::fs::read(file).expect("it is written"));
            assert!(
                said.contains(&format!("has {} rows.", written.len() - 1)),
                "{said}"
            );
            let fetched = rows(&fetch(&app, &owner, &sample, [kind, format]).await);
            if kind == "AUDIT_LOG" {
                let actions = columns(&written, &["Action", "Actor"]);
                assert_eq!(
                    *actions.last().expect("itself"),
                    ["export.create", "operator"]
                );
            } else {
                assert_eq!(fetched, written, "{kind} {format}");
            }
            let (code, said) = run(&name, file).await;
            assert_eq!(code, Some(1), "{said}");
            assert!(said.contains("cannot be made"), "{said}");
        }
    }
    for (kind, file, words) in [
        ("tally", "result.ods", ".xlsx or .csv"),
        (
            "votes",
            "result.csv",
            "tally, turnout, ballots, stories, audit-log",
        ),
    ] {
        let (code, said) = run(kind, file).await;
        assert!(code != Some(0) && said.contains(words), "{said}");
    }
    let help = ended(program(&stores, &["export", "--help"]), "").await;
    let help = String::from_utf8(help.stdout).expect("text");
    assert!(help.contains("ACCLAIM_IDENTITY_SECRET") && help.contains("DATABASE_URL"));
    for other in ["ACCLAIM_LISTEN", "ACCLAIM_JWT_SECRET", "ACCLAIM_LIMIT_CAST"] {
        assert!(!help.contains(other), "{other}");
    }
    let mut command = program(
        &stores,
        &[
            "export",
            "--campaign",
            &sample.campaign.slug,
            "--kind",
            "ballots",
        ],
    );
    let file = stores.directory.path().join("other.csv");
    command.arg("--out").arg(&file);
    command.env(
        "ACCLAIM_IDENTITY_SECRET",
        "another secret, as long as it must be",
    );
    let output = ended(command, "").await;
    assert_eq!(output.status.code(), Some(1));
    assert!(!file.exists(), "pseudonyms of another secret are none");
}

async fn files_of_any_length_are_stored_part_by_part(stores: Stores) {
    const PART: usize = 8 * 1024 * 1024;
    let files = Files::of(&stores).await;
    let store = files.open();
    for length in [0, 1, PART - 1, PART, PART + 1, 2 * PART + 5] {
        let content: Vec<u8> = (0..length)
            .map(|at| u8::try_from(at % 251).expect("small"))
            .collect();
        let mut file = tokio::fs::File::from_std(tempfile::tempfile().expect("a file"));
        tokio::io::AsyncWriteExt::write_all(&mut file, &content)
            .await
            .expect("written");
        tokio::io::AsyncSeekExt::rewind(&mut file)
            .await
            .expect("rewound");
        let id = ExportFileId::new();
        let stored = store.write_export(id, &mut file).await.expect("stored");
        assert_eq!(stored, length as u64);
        let mut read = Vec::new();
        while read.len() < length {
            let start = read.len() as u64;
            let end = (start + 3 * 1024 * 1024).min(length as u64);
            let part = store.read_export(id, start..end).await.expect("a part");
            read.extend_from_slice(&part);
        }
        assert!(read == content, "{length}");
        store.delete_export(id).await.expect("deleted");
        store.delete_export(id).await.expect("it is gone");
    }
    assert!(files.list("exports").is_empty());
}
