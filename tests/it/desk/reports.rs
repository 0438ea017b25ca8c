//! Reports: a small campaign whose figures are written out by hand, in all forms; who may have one; and that one never
//! changes.

use acclaim::app::exports::LINK_LIFE;
use acclaim::app::reports::COUNTED_WITHIN;
use acclaim::domain::access::StaffRole;
use acclaim::domain::campaign::Lifecycle;
use acclaim::graphql::node_id::GlobalId;
use calamine::{Data, Reader as _};
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::HEXLOWER;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{change, organisation};
use crate::deadlines::in_time;
use crate::harness::{
    Payload, Sample, Stores, TestApp, TestClient, ended, global, noon, on_both, program,
};
use crate::log_watch::WATCH;
use crate::media::refusal;
use crate::turnout::vote;

on_both!(
    all_forms_say_what_was_counted_by_hand,
    a_report_stays_as_it_was_made,
    a_report_is_made_when_voting_has_ended_and_figures_agree,
    a_report_is_for_members_who_may_read_records,
    links_that_are_none_lead_nowhere,
    the_command_writes_all_forms,
);

const CREATE: &str = "mutation($input: CreateReportInput!) { createReport(input: $input) {
    report { id sha256 createdAt actorName } userErrors { code message path } } }";
const FIND: &str = "query($id: ID!) { campaign(id: $id) { desk { report { id createdAt actorName sha256
    html: htmlUrl(language: ENGLISH) chinese: htmlUrl(language: CHINESE) xlsx: xlsxUrl(language: ENGLISH)
    own: htmlUrl } } } }";
const AMEND: &str = "mutation($input: AmendRulesInput!) { amendRules(input: $input) { userErrors { code message } } }";
const WITHDRAW: &str = "mutation($input: NomineeStepInput!) { withdrawNominee(input: $input) { userErrors { code message } } }";

/// The end of voting in a [`Sample`].
fn closing() -> DateTime<Utc> {
    noon() + TimeDelta::days(7)
}

async fn create(client: &TestClient, sample: &Sample) -> Payload {
    let input = json!({"campaignId": sample.campaign_id(), "idempotencyKey": Uuid::new_v4()});
    change(client, CREATE, input).await
}

/// The newest report; its links' tokens are not to be seen in a log.
async fn find(client: &TestClient, sample: &Sample) -> Value {
    let data = client.ask(FIND, json!({"id": sample.campaign_id()})).await;
    let report = data["campaign"]["desk"]["report"].clone();
    for link in ["html", "chinese", "xlsx", "own"] {
        if let Some(link) = report[link].as_str() {
            WATCH.forbid(link.trim_start_matches("/reports/"));
        }
    }
    report
}

async fn get(app: &TestApp, path: &Value) -> reqwest::Response {
    let path = path.as_str().expect("a link");
    let sent = app.http().get(app.url(path)).send();
    in_time("a report", sent).await.expect("an answer")
}

async fn get_text(app: &TestApp, path: &Value) -> String {
    let response = get(app, path).await;
    assert_eq!(response.status(), StatusCode::OK);
    response.text().await.expect("a text")
}

/// The figures within a page, as they stand there.
fn figures_of(page: &str) -> &str {
    let (_, rest) = page
        .split_once("<script type=\"application/json\" id=\"report\">")
        .expect("figures");
    rest.split_once("</script>").expect("they end").0
}

fn sha256(text: &str) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    HEXLOWER.encode(hash.as_ref())
}

/// The cells of a sheet of a workbook, as texts.
fn sheet(file: &[u8], name: &str) -> Vec<Vec<String>> {
    let mut workbook: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(file)).expect("a workbook");
    let range = workbook.worksheet_range(name).expect("a sheet");
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Float(number) => number.to_string(),
        other => panic!("neither text nor number: {other:?}"),
    };
    range
        .rows()
        .map(|row| row.iter().map(text).collect())
        .collect()
}

/// A campaign of three days' life: five voters cast nine votes by all clients, before and after midnight of its zone;
/// two share the second of two places, one is withdrawn, the quota was raised, one of two stories is out.
///
/// | voter | noon of the 25th | 23:59 | 00:00 of the 26th |
/// | --- | --- | --- | --- |
/// | A, by page | 1, 2, 3 | | |
/// | B, by mini-program | 1 | | |
/// | C, by something else, a guest | 2 | | |
/// | D, by page, then also by mini-program | | 3 | 3; 13 |
/// | E, by something else, a guest | | | 6 |
async fn campaign(app: &TestApp, stores: &Stores) -> Sample {
    let sample = app.sample().await;
    stores
        .execute("UPDATE category SET shortlist_size = 2")
        .await;
    app.refresh().await;
    let [early, mini_user, late] = [(); 3].map(|()| app.voter());
    let [plain, other_user] = [(); 2].map(|()| app.guest());
    let (page, mini, other) = (Some("page"), Some("mini-program"), None);
    for nominee in [0, 1, 2] {
        vote(&early, page, &sample, nominee).await;
    }
    vote(&mini_user, mini, &sample, 0).await;
    vote(&plain, other, &sample, 1).await;
    let story = sample.insert_story(&app.database, Some(0), "A <story>", app.clock.now());
    let story = global(GlobalId::Story(story.await));
    let later = noon() + TimeDelta::days(30);
    sample
        .insert_story(&app.database, None, "Later", later)
        .await;
    for subject in [&story, &sample.nominee_id(2)] {
        early.set_like(subject, true).await.expect_counted();
    }
    mini_user.set_like(&story, true).await.expect_counted();
    stores
        .execute("UPDATE subject_counter SET views = likes + 40")
        .await;
    app.clock.set(noon() + TimeDelta::minutes(11 * 60 + 59));
    vote(&late, page, &sample, 2).await;
    app.clock.set(noon() + TimeDelta::hours(12));
    vote(&late, page, &sample, 2).await;
    vote(&late, mini, &sample, 12).await;
    vote(&other_user, other, &sample, 5).await;
    let owner = app.staff().await;
    let input = json!({"nomineeId": sample.nominee_id(5), "reason": "本人申请"});
    change(&owner, WITHDRAW, input).await.expect_counted();
    let query = "query($id: ID!) { campaign(id: $id) { desk { editRevision } } }";
    app.refresh().await;
    let data = owner.ask(query, json!({"id": sample.campaign_id()})).await;
    let revision = &data["campaign"]["desk"]["editRevision"];
    let input = json!({"campaignId": sample.campaign_id(), "expectedRevision": revision,
        "votesPerPeriod": 5, "reason": "Many took <part>"});
    change(&owner, AMEND, input).await.expect_counted();
    app.refresh().await;
    sample
}

/// A campaign whose voting has ended, and an owner.
async fn ended_campaign(app: &TestApp, stores: &Stores) -> (Sample, TestClient) {
    let sample = campaign(app, stores).await;
    app.clock.set(closing() + COUNTED_WITHIN);
    let owner = app.staff().await;
    (sample, owner)
}

async fn all_forms_say_what_was_counted_by_hand(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, owner) = ended_campaign(&app, &stores).await;
    assert_eq!(find(&owner, &sample).await, Value::Null);
    let created = create(&owner, &sample).await.expect_counted();
    let report = find(&owner, &sample).await;
    assert_eq!(created["report"]["id"], report["id"]);
    assert_eq!(report["actorName"], json!("Staff"));
    assert_eq!(report["createdAt"], json!("2022-11-01T04:00:10.000Z"));
    let page = get_text(&app, &report["html"]).await;
    let figures = figures_of(&page);
    assert_eq!(report["sha256"], json!(sha256(figures)));
    assert!(page.contains(report["sha256"].as_str().expect("a hash")));
    let figures: Value = serde_json::from_str(figures).expect("JSON");
    check_figures(&figures, &sample);
    check_page(&page);
    let xlsx = get(&app, &report["xlsx"]).await;
    let xlsx = xlsx.bytes().await.expect("a file").to_vec();
    check_workbook(&xlsx, &figures, &report);
    check_against_the_api(&app, &owner, &sample, &figures).await;
    let chinese = get_text(&app, &report["chinese"]).await;
    assert_eq!(figures_of(&chinese), figures_of(&page));
    assert!(chinese.contains("lang=\"zh-CN\"") && chinese.contains("评选结果"));
    let own = app
        .http()
        .get(app.url(report["own"].as_str().expect("a link")));
    let own = own.send().await.expect("an answer").text().await;
    assert!(own.expect("a text").contains("lang=\"en\""));
}

fn check_figures(figures: &Value, sample: &Sample) {
    let totals = json!({"votes": 9, "counted": 9, "guestVotes": 2, "withheld": 0, "listed": 8, "withdrawn": 1, "elsewhere": 0,
        "withheldElsewhere": 0, "voters": 5, "votesPerVoterHundredths": 180, "nominees": 35, "withdrawnNominees": 1,
        "stories": 1, "nomineeViews": 41, "nomineeLikes": 1, "storyViews": 42, "storyLikes": 2});
    assert_eq!(figures["totals"], totals);
    let campaign = &figures["campaign"];
    assert_eq!(campaign["slug"], json!(sample.campaign.slug));
    assert_eq!(campaign["organisation"], json!("Sample"));
    assert_eq!(campaign["phase"], json!("ENDED"));
    assert_eq!(campaign["votesPerPeriod"], json!(5));
    assert_eq!(campaign["votingClosesAt"], json!("2022-11-01T04:00:00Z"));
    let first = &figures["categories"][0];
    assert_eq!(
        [&first["votes"], &first["guestVotes"], &first["openPlaces"]],
        [&json!(7), &json!(1), &json!(1)]
    );
    assert_eq!(first["tiedAtCut"], json!([1, 2]));
    let rows = first["nominees"].as_array().expect("a list");
    let row = |index: usize| {
        let n = &rows[index];
        json!([
            n["number"],
            n["rank"],
            n["votes"],
            n["guestVotes"],
            n["place"],
            n["shareBasisPoints"]
        ])
    };
    assert_eq!(row(0), json!([3, 1, 3, 0, "WITHIN", 4_286]));
    assert_eq!(row(1), json!([1, 2, 2, 0, "TIED", 2_857]));
    assert_eq!(row(2), json!([2, 2, 2, 1, "TIED", 2_857]));
    assert_eq!(row(3), json!([4, 4, 0, 0, "BELOW", 0]));
    assert_eq!(rows.len(), 11);
    let second = &figures["categories"][1];
    assert_eq!(second["nominees"][0]["number"], json!(13));
    assert_eq!(second["tiedAtCut"].as_array().expect("a list").len(), 11);
    let withdrawn = &figures["withdrawn"];
    assert_eq!(withdrawn.as_array().expect("a list").len(), 1);
    assert_eq!(
        ["number", "votes", "guestVotes"].map(|field| withdrawn[0][field].as_i64()),
        [6, 1, 1].map(Some)
    );
    let point = |at: &str, [page, mini, other, guests]: [i64; 4]| {
        json!({"at": at, "votes": page + mini + other, "page": page,
        "miniProgram": mini, "other": other, "guests": guests})
    };
    let turnout = json!({"votes": 9, "page": 5, "miniProgram": 2, "other": 2, "guests": 2,
        "peakMinute": {"at": "2022-10-25T04:00:00Z", "votes": 5},
        "peakHour": {"at": "2022-10-25T04:00:00Z", "votes": 5},
        "days": [point("2022-10-24T16:00:00Z", [4, 1, 1, 1]), point("2022-10-25T16:00:00Z", [1, 1, 1, 1])],
        "hours": [point("2022-10-25T04:00:00Z", [3, 1, 1, 1]), point("2022-10-25T15:00:00Z", [1, 0, 0, 0]),
            point("2022-10-25T16:00:00Z", [1, 1, 1, 1])]});
    assert_eq!(figures["turnout"], turnout);
    assert_eq!(
        figures["cities"],
        json!([{"name": "银川", "nominees": 35, "votes": 8}])
    );
    let employer = |number: i64, votes: i64| json!({"name": format!("Company {number} (宁夏)"), "nominees": 7, "votes": votes});
    let employers =
        [(3, 4), (1, 2), (2, 2), (0, 0), (4, 0)].map(|(number, votes)| employer(number, votes));
    assert_eq!(figures["employers"], json!(employers));
    let story = json!({"title": "A <story>", "nominee": "候选人01", "publishedAt": "2022-10-25T04:00:00Z", "views": 42,
        "likes": 2});
    assert_eq!(figures["stories"], json!([story]));
    let amendments = figures["amendments"].as_array().expect("a list");
    assert_eq!(
        amendments.last().expect("one")["reason"],
        json!("Many took <part>")
    );
}

fn check_page(page: &str) {
    assert!(!page.contains("http"), "an address");
    for words in [
        "A &lt;story&gt;",
        "Many took &lt;part&gt;",
        "Votes a voter has: 3 → 5",
        "2 nominees share place 2, and 1 of them can be within: 候选人01, 候选人02.",
        "<dt>Votes</dt><dd>9</dd>",
        "<dt>Voters</dt><dd>5</dd>",
        "<dt>Votes a voter</dt><dd>1.80</dd>",
        "<th class=\"n\" scope=\"col\">Of these by guests</th>",
        "<td class=\"time\">2022-10-26</td><td class=\"n\">3</td><td class=\"n\">1</td><td class=\"n\">1</td>\
        <td class=\"n\">1</td><td class=\"n\">1</td></tr>",
        "<td>Counted votes</td><td class=\"n\">9</td></tr>\
        <tr class=\"part\"><td>Of these by guests</td><td class=\"n\">2</td></tr>",
        "<td class=\"n\">2<small>Guests 1</small></td><td class=\"n\">28.57%</td>",
        "<td>Total</td><td class=\"n\">7<small>Guests 1</small></td>",
        "Votes for withdrawn nominees",
        "No vote was withheld",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

fn check_workbook(file: &[u8], figures: &Value, report: &Value) {
    let summary = sheet(file, "Summary");
    let value = |name: &str| {
        let row = summary.iter().find(|row| row[0] == name);
        row.unwrap_or_else(|| panic!("no {name}"))[1].clone()
    };
    for (name, key) in [
        ("Votes", "votes"),
        ("Counted votes", "counted"),
        ("Of these by guests", "guestVotes"),
        ("Withheld votes", "withheld"),
        ("Voters", "voters"),
        ("Nominees", "nominees"),
    ] {
        assert_eq!(value(name), figures["totals"][key].to_string(), "{name}");
    }
    assert_eq!(value("Votes a voter"), "1.8");
    assert_eq!(json!(value("SHA-256 of the figures")), report["sha256"]);
    let results = sheet(file, "Results");
    let listed = figures["categories"].as_array().expect("a list").iter();
    let listed = listed.flat_map(|category| category["nominees"].as_array().expect("a list"));
    let withdrawn = figures["withdrawn"].as_array().expect("a list");
    let expected: Vec<[String; 5]> = listed
        .chain(withdrawn)
        .map(|n| {
            let rank = n["rank"]
                .as_i64()
                .map_or_else(String::new, |rank| rank.to_string());
            let name = n["name"].as_str().expect("a name").to_owned();
            let [number, votes, guests] =
                ["number", "votes", "guestVotes"].map(|field| n[field].to_string());
            [rank, number, name, votes, guests]
        })
        .collect();
    let found: Vec<[String; 5]> = results[1..]
        .iter()
        .map(|row| [1, 2, 3, 4, 12].map(|index| row[index].clone()))
        .collect();
    assert_eq!((found.len(), found), (36, expected));
    assert_eq!(results[1][5..7], ["42.86", "within"]);
    let turnout = sheet(file, "Turnout");
    assert_eq!(
        turnout[1],
        ["2022-10-25 12:00 +08:00", "5", "3", "1", "1", "1"]
    );
    assert_eq!(
        turnout[3],
        ["2022-10-26 00:00 +08:00", "3", "1", "1", "1", "1"]
    );
    assert_eq!(turnout.len(), 4);
    assert_eq!(sheet(file, "By city")[1], ["银川", "35", "8"]);
    assert_eq!(
        sheet(file, "By employer")[1],
        ["Company 3 (宁夏)", "7", "4"]
    );
    let story = [
        "A <story>",
        "候选人01",
        "2022-10-25 12:00:00 +08:00",
        "42",
        "2",
    ];
    assert_eq!(sheet(file, "Stories")[1], story);
    let amendments = sheet(file, "Changes after the first vote");
    let last = amendments.last().expect("a row");
    assert_eq!(last[2..], ["Votes a voter has: 3 → 5", "Many took <part>"]);
    // Charts that the spreadsheet program draws: one for each category, turnout, cities and employers.
    let archive = zip::ZipArchive::new(std::io::Cursor::new(file)).expect("an archive");
    let names = archive.file_names().map(|name| name.expect("a name"));
    let charts = names.filter(|name| name.starts_with("xl/charts/chart"));
    assert_eq!(charts.count(), 6);
}

/// The tally of the API has the same places and votes, and the recount finds nothing.
async fn check_against_the_api(
    app: &TestApp,
    owner: &TestClient,
    sample: &Sample,
    figures: &Value,
) {
    app.publish_tallies().await;
    let query = "query($id: ID!) { campaign(id: $id) { tally { rawVotes countedVotes withdrawnVotes withheldVotes voters
        entries { rank votes nominee { number } } } } }";
    let data = owner.ask(query, json!({"id": sample.campaign_id()})).await;
    let tally = &data["campaign"]["tally"];
    for (field, figure) in [
        ("rawVotes", "votes"),
        ("countedVotes", "counted"),
        ("withdrawnVotes", "withdrawn"),
        ("withheldVotes", "withheld"),
        ("voters", "voters"),
    ] {
        assert_eq!(tally[field], figures["totals"][figure], "{field}");
    }
    let entries: Vec<Value> = tally["entries"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| json!([entry["nominee"]["number"], entry["rank"], entry["votes"]]))
        .collect();
    let listed = figures["categories"].as_array().expect("a list").iter();
    let listed = listed.flat_map(|category| category["nominees"].as_array().expect("a list"));
    let listed: Vec<Value> = listed
        .map(|n| json!([n["number"], n["rank"], n["votes"]]))
        .collect();
    assert_eq!(entries, listed);
    let report = acclaim::verify::verify(&app.database, None).await;
    let report = report.expect("the database answers");
    assert!(report.is_clean(), "{report}");
    assert_eq!(app.count_votes().await, 9);
}

async fn a_report_stays_as_it_was_made(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, owner) = ended_campaign(&app, &stores).await;
    create(&owner, &sample).await.expect_counted();
    let report = find(&owner, &sample).await;
    let page = get_text(&app, &report["html"]).await;
    for statement in [
        "UPDATE nominee SET name = 'Another' WHERE number = 3",
        "UPDATE story SET title = 'Another'",
        "UPDATE category SET shortlist_size = 1",
        "UPDATE subject_counter SET views = 999",
    ] {
        stores.execute(statement).await;
    }
    app.refresh().await;
    assert_eq!(get_text(&app, &report["html"]).await, page);
    // One that is made now has what there is now; the earlier one is found by its id.
    app.advance(TimeDelta::seconds(1));
    let newer = create(&owner, &sample).await.expect_counted();
    let found = find(&owner, &sample).await;
    assert_eq!(found["id"], newer["report"]["id"]);
    assert_ne!(found["sha256"], report["sha256"]);
    assert!(get_text(&app, &found["html"]).await.contains("Another"));
    let node = "query($id: ID!) { node(id: $id) { ... on Report { sha256 } } }";
    let data = owner.ask(node, json!({"id": report["id"]})).await;
    assert_eq!(data["node"]["sha256"], report["sha256"]);
    for statement in [
        "UPDATE report SET snapshot = '{}'",
        "UPDATE report SET created_by = NULL",
        "DELETE FROM report",
    ] {
        let refused = stores.try_execute(statement).await.expect_err(statement);
        assert!(refused.to_string().contains("never changed"), "{refused}");
    }
}

async fn a_report_is_made_when_voting_has_ended_and_figures_agree(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = campaign(&app, &stores).await;
    let draft = app
        .sample_with(|campaign| campaign.lifecycle = Lifecycle::Draft)
        .await;
    let owner = app.staff().await;
    for sample in [&sample, &draft] {
        let refused = create(&owner, sample).await;
        assert_eq!(refused["report"], Value::Null);
        refused.expect_refused("WRONG_PHASE");
    }
    app.clock.set(closing());
    let refused = create(&owner, &sample).await;
    refused.expect_refused("STILL_COUNTING");
    app.clock.set(closing() + COUNTED_WITHIN);
    stores
        .execute("UPDATE tally SET counted = counted + 1 WHERE counted = 3")
        .await;
    create(&owner, &sample)
        .await
        .expect_refused("DOES_NOT_ADD_UP");
    stores
        .execute("UPDATE tally SET counted = counted - 1 WHERE counted = 4")
        .await;
    assert_eq!(stores.count("SELECT COUNT(*) FROM report").await, 0);
    let key = Uuid::new_v4();
    let input =
        |sample: &Sample| json!({"campaignId": sample.campaign_id(), "idempotencyKey": key});
    let first = change(&owner, CREATE, input(&sample))
        .await
        .expect_counted();
    let again = change(&owner, CREATE, input(&sample))
        .await
        .expect_counted();
    assert_eq!(first["report"]["id"], again["report"]["id"]);
    change(&owner, CREATE, input(&draft))
        .await
        .expect_refused("IDEMPOTENCY_KEY_REUSED");
    assert_eq!(stores.count("SELECT COUNT(*) FROM report").await, 1);
    let events = "SELECT COUNT(*) FROM audit_event WHERE action = 'report.create' AND subject_kind = 'REPORT'";
    assert_eq!(stores.count(events).await, 1);
    let query = "query($id: ID!) { organisation(slug: \"sample\") { auditEvents(first: 1, campaignId: $id) { nodes {
        action subject { id } } } } }";
    let data = owner.ask(query, json!({"id": sample.campaign_id()})).await;
    let event = &data["organisation"]["auditEvents"]["nodes"][0];
    assert_eq!(event["subject"]["id"], first["report"]["id"]);
    // Kept for ever, they are not without end.
    for _ in 1..100 {
        app.advance(TimeDelta::seconds(1));
        create(&owner, &sample).await.expect_counted();
    }
    create(&owner, &sample).await.expect_refused("TOO_MANY");
}

async fn a_report_is_for_members_who_may_read_records(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, owner) = ended_campaign(&app, &stores).await;
    create(&owner, &sample).await.expect_counted();
    let id = find(&owner, &sample).await["id"].clone();
    let node = "query($id: ID!) { node(id: $id) { ... on Report { sha256 htmlUrl } } }";
    let input =
        || json!({"input": {"campaignId": sample.campaign_id(), "idempotencyKey": Uuid::new_v4()}});
    for role in StaffRole::ALL {
        let member = app.member(role).await;
        let data = member.ask(node, json!({"id": id})).await;
        let found = find(&member, &sample).await;
        if role == StaffRole::Editor {
            assert_eq!((&data["node"], &found), (&Value::Null, &Value::Null));
            assert_eq!(member.fail(CREATE, input()).await, "FORBIDDEN");
        } else {
            assert!(data["node"]["sha256"].is_string() && found["html"].is_string());
            create(&member, &sample).await.expect_counted();
        }
    }
    let other = organisation(&app, "other").await;
    let stranger = app.member_of(other, StaffRole::Owner).await;
    for (client, code) in [
        (&stranger, "NOT_FOUND"),
        (&app.voter(), "FORBIDDEN"),
        (app.anonymous(), "UNAUTHENTICATED"),
    ] {
        let data = client.ask(node, json!({"id": id})).await;
        assert_eq!(data["node"], Value::Null);
        assert_eq!(client.fail(CREATE, input()).await, code);
    }
    // A link ends with the right of its member.
    let auditor = app.member(StaffRole::Auditor).await;
    let link = find(&auditor, &sample).await["html"].clone();
    assert_eq!(get(&app, &link).await.status(), StatusCode::OK);
    stores
        .execute("UPDATE membership SET role = 'EDITOR' WHERE role = 'AUDITOR'")
        .await;
    app.refresh().await;
    let answer = refusal(get(&app, &link).await).await;
    assert_eq!(
        answer,
        (StatusCode::NOT_FOUND, "REPORT_NOT_FOUND".to_owned())
    );
    // Nor are its figures looked at before: these are none.
    stores
        .execute(if stores.redis_url.is_some() {
            "INSERT INTO report SELECT gen_random_uuid(), campaign_id, created_at + INTERVAL '1 day', created_by, '{}',
                sha256 FROM report LIMIT 1"
        } else {
            "INSERT INTO report SELECT randomblob(16), campaign_id, '2099' || substr(created_at, 5), created_by, '{}',
                sha256 FROM report LIMIT 1"
        })
        .await;
    let broken = find(&owner, &sample).await["html"].clone();
    let answer = get(&app, &broken).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    stores
        .execute("UPDATE membership SET role = 'EDITOR' WHERE role = 'OWNER'")
        .await;
    app.refresh().await;
    let answer = refusal(get(&app, &broken).await).await;
    assert_eq!(answer.0, StatusCode::NOT_FOUND);
    let downloads = "SELECT COUNT(*) FROM audit_event WHERE action = 'report.download' AND campaign_id IS NOT NULL";
    assert_eq!(stores.count(downloads).await, 1);
}

async fn links_that_are_none_lead_nowhere(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, owner) = ended_campaign(&app, &stores).await;
    create(&owner, &sample).await.expect_counted();
    let report = find(&owner, &sample).await;
    for (link, content_type, disposition) in [
        ("html", "text/html; charset=utf-8", "inline; filename=\""),
        (
            "xlsx",
            "application/vnd.openxmlformats",
            "attachment; filename=\"",
        ),
    ] {
        let response = get(&app, &report[link]).await;
        let header = |name: &str| {
            let value = response.headers().get(name).expect("a header");
            value.to_str().expect("text").to_owned()
        };
        assert!(header("content-type").starts_with(content_type));
        assert!(header("content-disposition").starts_with(disposition));
        assert_eq!(
            header("content-security-policy"),
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
        );
        assert!(header("cache-control").contains("no-store"));
        assert_eq!(header("x-content-type-options"), "nosniff");
    }
    let link = report["html"].as_str().expect("a link").to_owned();
    let statements = app.database.statements();
    for forged in [
        format!("{}B", &link[..link.len() - 1]),
        format!("{}A", &link[..link.len() - 1]),
        link[..link.len() - 2].to_owned(),
        "/reports/x".to_owned(),
        format!("/reports/{}", report["id"].as_str().expect("an id")),
    ] {
        if forged != link {
            let answer = refusal(get(&app, &json!(forged)).await).await;
            let absent = (StatusCode::NOT_FOUND, "REPORT_NOT_FOUND".to_owned());
            assert_eq!(answer, absent, "{forged}");
        }
    }
    assert_eq!(
        app.database.statements(),
        statements,
        "they cost no statement"
    );
    app.advance(LINK_LIFE);
    let answer = refusal(get(&app, &report["html"]).await).await;
    assert_eq!(answer, (StatusCode::GONE, "REPORT_EXPIRED".to_owned()));
}

async fn the_command_writes_all_forms(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, owner) = ended_campaign(&app, &stores).await;
    create(&owner, &sample).await.expect_counted();
    let made = find(&owner, &sample).await;
    let made: Value =
        serde_json::from_str(figures_of(&get_text(&app, &made["html"]).await)).expect("JSON");
    let folder = stores.directory.path().join("out");
    let run = async |slug: &str, language: &str| {
        let folder = folder.to_str().expect("text");
        let arguments = [
            "report",
            "--campaign",
            slug,
            "--out",
            folder,
            "--language",
            language,
        ];
        let output = ended(program(&stores, &arguments), "").await;
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).expect("text"))
    };
    let slug = sample.campaign.slug.as_str();
    let (code, said) = run(slug, "en").await;
    assert_eq!(code, Some(0), "{said}");
    let read = |name: &str| std::fs::read(folder.join(name)).expect("it is written");
    let text = |name: &str| String::from_utf8(read(name)).expect("text");
    let (page, figures) = (text("report.html"), text("report.json"));
    assert_eq!(figures_of(&page), figures);
    assert!(page.contains(&sha256(&figures)) && page.contains("lang=\"en\""));
    let mut written: Value = serde_json::from_str(&figures).expect("JSON");
    let sha256 = json!({"sha256": sha256(&figures)});
    check_workbook(&read("report.xlsx"), &written, &sha256);
    // The same figures, by the clock of the machine. The later story is out by now.
    assert_ne!(written["takenAt"], made["takenAt"]);
    assert_eq!(written["totals"]["stories"], json!(2));
    for field in ["takenAt", "stories", "totals"] {
        written[field] = made[field].clone();
    }
    assert_eq!(written, made);
    let by_operator = "SELECT COUNT(*) FROM audit_event WHERE action = 'report.create' AND actor_kind = 'OPERATOR'";
    assert_eq!(stores.count(by_operator).await, 1);
    let found = find(&owner, &sample).await;
    assert_eq!(
        (&found["actorName"], &found["sha256"]),
        (&Value::Null, &sha256["sha256"])
    );
    // Nothing is overwritten, and no report made for nothing.
    let (code, said) = run(slug, "zh").await;
    assert!(
        code == Some(1) && said.contains("is there already"),
        "{said}"
    );
    assert_eq!(stores.count(by_operator).await, 1);
    let draft = app
        .sample_with(|campaign| campaign.lifecycle = Lifecycle::Draft)
        .await;
    std::fs::remove_dir_all(&folder).expect("removed");
    let (code, said) = run(&draft.campaign.slug, "zh").await;
    assert!(
        code == Some(1) && said.contains("when voting has ended"),
        "{said}"
    );
}
