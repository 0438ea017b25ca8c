//! Imports over the API: from an upload to a plan that people look at, and from there into the campaign, once.

mod applying;
mod leases;
mod refusals;

use acclaim::domain::access::StaffRole;
use acclaim::domain::import::columns::FAULTS_TITLE;
use acclaim::domain::sheet::{Cell, SheetRow};
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::{ImportId, OrganisationId};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::change;
use crate::deadlines::until;
use crate::harness::{
    Payload, Sample, Stores, TestApp, TestClient, global, on_both, sample_organisation,
};
use crate::log_watch::WATCH;
use crate::sheets::files::{Workbook, archive};
use crate::sheets::read;

on_both!(
    a_sheet_goes_its_whole_way,
    a_faulty_sheet_goes_back_with_its_faults_and_changes_nothing,
    a_workbook_comes_back_as_a_workbook,
    files_that_are_no_sheets_fail_with_their_reason,
    a_sheet_of_stories_becomes_drafts,
);

const UPLOAD: &str = "mutation($input: CreateUploadInput!) { createUpload(input: $input) {
    upload { id url } userErrors { code } } }";
const CREATE: &str = "mutation($input: CreateImportInput!) { createImport(input: $input) {
    import { id kind status editRevision } userErrors { code message path } } }";
const APPLY: &str = "mutation($input: ApplyImportInput!) { applyImport(input: $input) {
    import { id status editRevision creates updates } userErrors { code message path } } }";
const LOOK: &str = "query($id: ID!, $faulty: Boolean! = false) { node(id: $id) { ... on Import { id kind status
    editRevision totalRows readRows creates updates unchanged faulty unknownColumns createdAt finishedAt
    failure { code message } annotatedFileUrl
    rows(onlyFaulty: $faulty) { nodes { number change label changedFields faults { field code message } }
        pageInfo { hasNextPage endCursor } } } } }";

/// A campaign with its organiser.
struct Office {
    app: TestApp,
    sample: Sample,
    organisation_id: OrganisationId,
    organiser: TestClient,
}

impl Office {
    async fn open(stores: &Stores) -> Self {
        Self::at(TestApp::start(stores).await).await
    }

    async fn at(app: TestApp) -> Self {
        let sample = app.sample().await;
        let organisation_id = sample_organisation(&app.database).await;
        let organiser = app.member_of(organisation_id, StaffRole::Organiser).await;
        Self {
            app,
            sample,
            organisation_id,
            organiser,
        }
    }

    /// The upload of a file that is still to be sent, and its address.
    async fn link(&self, client: &TestClient, bytes: usize) -> (String, String) {
        let organisation = global(GlobalId::Organisation(self.organisation_id));
        let input = json!({"organisationId": organisation, "purpose": "SHEET", "bytes": bytes});
        let made = change(client, UPLOAD, input).await.expect_counted();
        let text = |field: &str| made["upload"][field].as_str().expect("a text").to_owned();
        let url = text("url");
        WATCH.forbid(url.trim_start_matches("/uploads/"));
        (text("id"), url)
    }

    async fn upload(&self, client: &TestClient, file: impl Into<Vec<u8>>) -> String {
        let file = file.into();
        let (id, url) = self.link(client, file.len()).await;
        let sent = self.app.http().put(self.app.url(&url)).body(file).send();
        assert_eq!(
            sent.await.expect("an answer").status(),
            StatusCode::NO_CONTENT
        );
        id
    }

    fn input(&self, upload: &str) -> Value {
        json!({"campaignId": self.sample.campaign_id(), "kind": "NOMINEES", "uploadId": upload,
            "idempotencyKey": Uuid::new_v4()})
    }

    /// The id of a new import of this file, which is not read yet.
    async fn create(&self, file: impl Into<Vec<u8>>) -> String {
        let upload = self.upload(&self.organiser, file).await;
        let made = change(&self.organiser, CREATE, self.input(&upload)).await;
        let made = made.expect_counted();
        assert_eq!(made["import"]["status"], "READING");
        made["import"]["id"].as_str().expect("an id").to_owned()
    }

    /// The same, read and checked.
    async fn import(&self, file: impl Into<Vec<u8>>) -> (String, Value) {
        let id = self.create(file).await;
        assert!(read_next(&self.app, Uuid::new_v4()).await);
        let import = look(&self.organiser, &id).await;
        (id, import)
    }

    async fn apply(&self, id: &str, revision: i64, reason: Option<&str>) -> Payload {
        let input = json!({"importId": id, "expectedRevision": revision, "reason": reason});
        change(&self.organiser, APPLY, input).await
    }

    /// The names and cities of the nominees by their numbers.
    async fn nominees(&self, numbers: &[i64]) -> Vec<Option<(String, Option<String>)>> {
        self.app.refresh().await;
        let catalog = self.app.campaigns.catalog();
        let id = self.sample.campaign.id;
        let roster = catalog.find(id, self.organiser.viewer()).expect("seen");
        let found = numbers.iter().map(|number| {
            let mut nominees = roster.nominees().iter();
            let found = nominees.find(|n| n.number == *number)?;
            Some((found.name.clone(), found.city.clone()))
        });
        found.collect()
    }

    /// The key of a category.
    fn key(&self, index: usize) -> String {
        let catalog = self.app.campaigns.catalog();
        let id = self.sample.campaign.id;
        let roster = catalog.find(id, self.organiser.viewer()).expect("seen");
        roster.categories()[index].key.clone()
    }

    /// A sheet with a new nominee, one who moves, and one who stays.
    fn good(&self) -> String {
        let key = self.key(0);
        let catalog = self.app.campaigns.catalog();
        let roster = catalog.find(self.sample.campaign.id, self.organiser.viewer());
        let roster = roster.expect("seen");
        let [first, second] = [0, 1].map(|index| &roster.nominees()[index]);
        format!(
            "编号,类别,姓名,单位,城市,备注\n9001,{key},赵六,电建公司,南京,x\n{},{key},{},{},苏州,\n{},{key},{},{},{},\n",
            first.number,
            first.name,
            first.employer,
            second.number,
            second.name,
            second.employer,
            second.city.as_deref().unwrap_or_default(),
        )
    }
}

/// Reads the next sheet as the worker of a process does.
async fn read_next(app: &TestApp, owner: Uuid) -> bool {
    let read = app.read_next_import(owner).await;
    read.expect("the stores answer")
}

async fn look(client: &TestClient, id: &str) -> Value {
    client.ask(LOOK, json!({"id": id})).await["node"].take()
}

fn id_of(id: &str) -> ImportId {
    use acclaim::auth::keyed_hash::HashKey;
    let key = HashKey::new(crate::harness::IDENTITY_SECRET.as_bytes());
    acclaim::graphql::node_id::decode(&key, &async_graphql::ID(id.to_owned())).expect("an import")
}

fn counts(import: &Value) -> [i64; 4] {
    ["creates", "updates", "unchanged", "faulty"]
        .map(|field| import[field].as_i64().expect("a number"))
}

const APPLIED: &str = "SELECT COUNT(*) FROM audit_event WHERE action = 'nominee.import'";

async fn a_sheet_goes_its_whole_way(stores: Stores) {
    let app = TestApp::builder(&stores).with_workers().start().await;
    let office = Office::at(app).await;
    let id = office.create(office.good()).await;
    let import = until("a plan", async || {
        let import = look(&office.organiser, &id).await;
        (import["status"] != "READING").then_some(import)
    })
    .await;
    assert_eq!(import["status"], "CHECKED", "{import}");
    assert_eq!(counts(&import), [1, 1, 1, 0]);
    assert_eq!(
        (&import["totalRows"], &import["readRows"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(import["unknownColumns"], json!(["备注"]));
    assert_eq!(import["annotatedFileUrl"], Value::Null);
    let rows = import["rows"]["nodes"].as_array().expect("rows");
    let shown: Vec<_> = rows
        .iter()
        .map(|row| (&row["number"], &row["change"]))
        .collect();
    let expected =
        [(2, "CREATE"), (3, "UPDATE"), (4, "UNCHANGED")].map(|(n, c)| (json!(n), json!(c)));
    assert_eq!(shown, expected.each_ref().map(|(n, c)| (n, c)));
    assert_eq!(rows[0]["label"], "赵六");
    assert_eq!(rows[1]["changedFields"], json!(["city"]));
    assert_eq!(
        office.nominees(&[9_001]).await,
        [None],
        "nothing is changed yet"
    );
    let applied = office.apply(&id, 1, None).await.expect_counted();
    assert_eq!(applied["import"]["status"], "APPLIED");
    let nominees = office.nominees(&[9_001, 1]).await;
    assert_eq!(
        nominees[0],
        Some(("赵六".to_owned(), Some("南京".to_owned())))
    );
    assert_eq!(
        nominees[1].as_ref().expect("there").1.as_deref(),
        Some("苏州")
    );
    assert_eq!(stores.count(APPLIED).await, 1);
    let made = "SELECT COUNT(*) FROM audit_event WHERE action = 'import.create'";
    assert_eq!(stores.count(made).await, 1);
    let same = "SELECT COUNT(*) FROM import_job j JOIN import i ON i.id = j.id
        JOIN audit_event e ON e.subject_id = i.id AND e.action = 'nominee.import'";
    assert_eq!(stores.count(same).await, 1, "it is one import everywhere");
    assert_eq!(stores.count("SELECT COUNT(*) FROM import_change").await, 2);
    // Once more is the same.
    let again = office.apply(&id, 1, None).await.expect_counted();
    assert_eq!(again["import"]["status"], "APPLIED");
    assert_eq!(stores.count(APPLIED).await, 1);
    let list =
        "query($id: ID!) { campaign(id: $id) { desk { imports(first: 1) { nodes { id status }
        pageInfo { hasNextPage } } } } }";
    let campaign = json!({"id": office.sample.campaign_id()});
    let data = office.organiser.ask(list, campaign).await;
    let imports = &data["campaign"]["desk"]["imports"];
    assert_eq!(imports["nodes"], json!([{"id": id, "status": "APPLIED"}]));
    assert_eq!(imports["pageInfo"]["hasNextPage"], json!(false));
    let report = acclaim::verify::verify(&office.app.database, None).await;
    let report = report.expect("the database answers");
    assert!(report.is_clean(), "{report}");
}

async fn a_faulty_sheet_goes_back_with_its_faults_and_changes_nothing(stores: Stores) {
    let office = Office::open(&stores).await;
    let key = office.key(0);
    let sheet = format!(
        "说明\n\n编号,类别,姓名,单位\n9001,{key},赵六,电建公司\n9001,nobody,孙七,电建公司\n"
    );
    let (id, import) = office.import(sheet).await;
    assert_eq!(
        (counts(&import), &import["status"]),
        ([1, 0, 0, 1], &json!("CHECKED"))
    );
    let faulty = office
        .organiser
        .ask(LOOK, json!({"id": id, "faulty": true}))
        .await;
    let rows = &faulty["node"]["rows"]["nodes"];
    assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
    assert_eq!(
        (&rows[0]["number"], &rows[0]["label"]),
        (&json!(5), &json!("孙七"))
    );
    let codes = rows[0]["faults"].as_array().expect("faults").iter();
    let codes: Vec<_> = codes.map(|f| (&f["field"], &f["code"])).collect();
    let expected = [("categoryId", "UNKNOWN_CATEGORY"), ("number", "DUPLICATE")];
    let expected = expected.map(|(field, code)| (json!(field), json!(code)));
    assert_eq!(
        codes,
        expected.each_ref().map(|(field, code)| (field, code))
    );
    office
        .apply(&id, 1, None)
        .await
        .expect_refused("FAULTY_ROWS");
    assert_eq!(stores.count(APPLIED).await, 0);
    let path = import["annotatedFileUrl"].as_str().expect("a link");
    WATCH.forbid(path.trim_start_matches("/desk/imports/"));
    let request = office.app.http().get(office.app.url(path));
    let response = request.header("accept-language", "zh-CN").send().await;
    let response = response.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"faults.csv\""
    );
    assert_eq!(header("cache-control"), "no-store");
    let file = response.bytes().await.expect("a file");
    let rows = read(&file).await.expect("a sheet");
    assert_eq!(numbers(&rows), [1, 3, 4, 5], "rows keep their places");
    let first = |row: &SheetRow| match &row.cells[0] {
        Cell::Text(text) => text.clone(),
        Cell::Fault(fault) => panic!("{fault:?}"),
    };
    assert_eq!(first(&rows[1]), FAULTS_TITLE);
    assert_eq!(first(&rows[2]), "");
    let note = first(&rows[3]);
    for words in ["类别在本活动中不存在", "编号与第4行重复"] {
        assert!(note.contains(words), "{note}");
    }
    // It is mended and sent again as it is.
    let mended = String::from_utf8(file.to_vec()).expect("text");
    let mended = mended.replace("9001,nobody", &format!("9002,{key}"));
    let (id, import) = office.import(mended).await;
    assert_eq!(counts(&import), [2, 0, 0, 0], "{import}");
    office.apply(&id, 1, None).await.expect_counted();
    assert!(office.nominees(&[9_002]).await[0].is_some());
}

fn numbers(rows: &[SheetRow]) -> Vec<u32> {
    rows.iter().map(|row| row.number).collect()
}

async fn a_workbook_comes_back_as_a_workbook(stores: Stores) {
    let office = Office::open(&stores).await;
    let cell = crate::sheets::files::text_cell;
    let header = ["Number", "Category", "Name", "Employer"];
    let header = (b'A'..)
        .zip(header)
        .map(|(c, text)| cell(&format!("{}1", c as char), text));
    let header: String = header.collect();
    let row = cell("A2", "x") + &cell("B2", "nobody") + &cell("C2", "Li") + &cell("D2", "Co");
    let rows = format!("<row r=\"1\">{header}</row><row r=\"2\">{row}</row>");
    let (_, import) = office.import(Workbook::of_rows(&rows).bytes()).await;
    assert_eq!(counts(&import), [0, 0, 0, 1], "{import}");
    let path = import["annotatedFileUrl"].as_str().expect("a link");
    let response = office.app.http().get(office.app.url(path)).send().await;
    let file = response.expect("an answer").bytes().await.expect("a file");
    assert!(file.starts_with(b"PK"), "it is a workbook");
    assert_eq!(numbers(&read(&file).await.expect("a sheet")), [1, 2]);
}

async fn files_that_are_no_sheets_fail_with_their_reason(stores: Stores) {
    let office = Office::open(&stores).await;
    let mut bomb = Workbook::of_rows("");
    let zeros = ("xl/media/image1.png".to_owned(), vec![0; 65 * 1024 * 1024]);
    bomb.others.push(zeros);
    let compound = [
        &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..],
        &[0; 600],
    ]
    .concat();
    for (file, code) in [
        (bomb.bytes(), "ARCHIVE_TOO_LARGE"),
        (compound, "OLD_FORMAT"),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
            "NOT_A_SPREADSHEET",
        ),
        (
            archive(&[("a.txt".to_owned(), b"a".to_vec())]),
            "NOT_A_SPREADSHEET",
        ),
        (b"PK\x03\x04".to_vec(), "DAMAGED"),
        (b",,\n".to_vec(), "EMPTY"),
        ("姓名\n李明\n".into(), "HEADER_MISSING"),
        ("编号,编号\n1,2\n".into(), "HEADER_TWICE"),
    ] {
        let (id, import) = office.import(file).await;
        assert_eq!(import["status"], "FAILED", "{code}: {import}");
        assert_eq!(import["failure"]["code"], code, "{import}");
        assert_ne!(import["failure"]["message"], "");
        assert_eq!(import["annotatedFileUrl"], Value::Null);
        office.apply(&id, 0, None).await.expect_refused("NO_PLAN");
    }
    assert_eq!(stores.count("SELECT COUNT(*) FROM import_row").await, 0);
}

#[tokio::test]
async fn templates_are_fetched_by_everybody() {
    let stores = Stores::embedded();
    let app = TestApp::start(&stores).await;
    for name in [
        "nominees.xlsx",
        "nominees.csv",
        "stories.xlsx",
        "stories.csv",
    ] {
        let path = format!("/desk/templates/{name}");
        let get = app.anonymous().request_of(Method::GET, &path).send().await;
        let get = get.expect("an answer");
        assert_eq!(get.status(), StatusCode::OK, "{name}");
        let header = |name: &str| get.headers()[name].to_str().expect("text").to_owned();
        let disposition = format!("attachment; filename=\"{name}\"");
        assert_eq!(header("content-disposition"), disposition);
        assert_eq!(header("cache-control"), "public, max-age=300");
        let is_csv = header("content-type").starts_with("text/csv");
        assert_eq!(is_csv, name.contains(".csv"));
        let head = app.anonymous().request_of(Method::HEAD, &path).send().await;
        let head = head.expect("an answer");
        assert_eq!(head.headers()["content-type"], header("content-type"));
        assert!(head.bytes().await.expect("no body").is_empty());
        let file = get.bytes().await.expect("a file");
        assert_eq!(read(&file).await.expect("a sheet").len(), 3);
    }
    let unknown = app
        .anonymous()
        .request_of(Method::GET, "/desk/templates/x.xlsx");
    let status = unknown.send().await.expect("an answer").status();
    assert_eq!(status, StatusCode::NOT_FOUND);
}

async fn a_sheet_of_stories_becomes_drafts(stores: Stores) {
    let office = Office::open(&stores).await;
    let import = async |sheet: String| -> Value {
        let upload = office.upload(&office.organiser, sheet).await;
        let mut input = office.input(&upload);
        input["kind"] = json!("STORIES");
        let made = change(&office.organiser, CREATE, input)
            .await
            .expect_counted();
        let id = made["import"]["id"].clone();
        assert!(read_next(&office.app, Uuid::new_v4()).await);
        look(&office.organiser, id.as_str().expect("an id")).await
    };
    let apply = async |import: &Value| {
        let input = json!({"importId": import["id"], "expectedRevision": import["editRevision"]});
        change(&office.organiser, APPLY, input)
            .await
            .expect_counted()
    };
    // A year that is past says that the story was out elsewhere; the sample's clock is in 2022.
    let header = "标题,摘要,正文,候选人编号,发布时间\n";
    let good = format!(
        "{header}旧闻,,正文一,3,2021-10-01 09:00\n新闻,摘要,正文二,,2022-12-01 09:00\n未定,,正文三,,\n"
    );
    let faulty = import(format!("{good}坏行,,,999,不是时间\n")).await;
    assert_eq!(
        (&faulty["status"], &faulty["creates"], &faulty["faulty"]),
        (&json!("CHECKED"), &json!(3), &json!(1)),
        "{faulty}"
    );
    let row = &faulty["rows"]["nodes"][3];
    assert_eq!(
        (&row["label"], &row["change"]),
        (&json!("坏行"), &json!("FAULTY"))
    );
    let fields: Vec<_> = row["faults"]
        .as_array()
        .expect("faults")
        .iter()
        .map(|fault| &fault["field"])
        .collect();
    assert_eq!(
        fields,
        [&json!("nomineeId"), &json!("publishAt"), &json!("body")]
    );
    let checked = import(good.clone()).await;
    apply(&checked).await;
    let query = "query($id: ID!) { campaign(id: $id) { desk { stories { nodes { id title publishedAt nominee { number }
        desk { state scheduledFor isOwn editRevision } } } } } }";
    let stories = async || {
        let data = office
            .organiser
            .ask(query, json!({"id": office.sample.campaign_id()}))
            .await;
        data["campaign"]["desk"]["stories"]["nodes"]
            .as_array()
            .expect("a list")
            .clone()
    };
    let list = stories().await;
    let shown: Vec<_> = list
        .iter()
        .map(|s| {
            (
                s["title"].as_str().expect("text"),
                s["desk"]["scheduledFor"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("新闻", Some("2022-12-01T01:00:00.000Z")),
            ("未定", None),
            ("旧闻", Some("2021-10-01T01:00:00.000Z"))
        ]
    );
    assert!(
        list.iter()
            .all(|s| s["desk"]["state"] == "DRAFT" && s["desk"]["isOwn"] == json!(true))
    );
    assert_eq!(list[2]["nominee"]["number"], json!(3));
    // What was out elsewhere keeps its time when it is approved here.
    let editor = office
        .app
        .member_of(office.organisation_id, StaffRole::Editor)
        .await;
    let step = async |client: &TestClient, name: &str, kind: &str, revision: i64| {
        let document = format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ story {{ publishedAt desk {{ state }} }}
            userErrors {{ code }} }} }}");
        let input = json!({"storyId": list[2]["id"], "expectedRevision": revision});
        change(client, &document, input).await.expect_counted()
    };
    step(&office.organiser, "submitStory", "StoryStepInput", 1).await;
    let approved = step(&editor, "approveStory", "ReviewStoryInput", 2).await;
    assert_eq!(approved["story"]["publishedAt"], "2021-10-01T01:00:00.000Z");
    assert_eq!(approved["story"]["desk"]["state"], "PUBLISHED");
    // The same sheet changes nothing; another text of what is out goes back to review.
    let again = import(good.clone()).await;
    assert_eq!(
        (&again["unchanged"], &again["updates"]),
        (&json!(3), &json!(0))
    );
    let changed = import(good.replace("正文一", "正文一改")).await;
    assert_eq!(
        changed["rows"]["nodes"][0]["changedFields"],
        json!(["body"])
    );
    apply(&changed).await;
    let list = stories().await;
    assert_eq!(list[2]["desk"]["state"], "IN_REVIEW");
    let report = acclaim::verify::verify(&office.app.database, None).await;
    let report = report.expect("the database answers").to_string();
    assert!(!report.contains("by the log"), "{report}");
}
