//! Imports of nominees: all rows or none, with one event.

use acclaim::app::desk::{Answer, Desk, ImportMode, ImportRefusal, Sheet};
use acclaim::domain::import::nominee::NomineePlan;
use acclaim::domain::import::{ImportCounts, RowChange, RowFaultReason};
use acclaim::domain::nominee::NomineeField;
use acclaim::domain::roster::Roster;
use acclaim::domain::sheet::{Cell, SheetRow};

use crate::harness::{Sample, Stores, TestApp, ended, on_both, program};

on_both!(
    a_sheet_is_applied_with_one_event_and_a_row_for_each_nominee,
    a_faulty_row_keeps_the_others_out,
    after_the_first_vote_names_need_a_reason_and_categories_stay,
    the_command_imports_a_file,
);

fn sheet(rows: &[&[&str]]) -> Vec<SheetRow> {
    let header = ["Number", "Category", "Name", "Employer", "City", "Summary"];
    let row = |(number, cells): (u32, &&[&str])| {
        let cells = cells.iter().map(|text| Cell::Text((*text).to_owned()));
        let cells = cells.collect();
        SheetRow { number, cells }
    };
    let rows = [&[&header[..]][..], rows].concat();
    (1..).zip(&rows).map(row).collect()
}

async fn import(
    app: &TestApp,
    sample: &Sample,
    rows: &[SheetRow],
    mode: ImportMode<'_>,
) -> Answer<NomineePlan, ImportRefusal<NomineeField>> {
    let sheet = Sheet {
        rows,
        file_sha256: [7; 32],
    };
    let desk = Desk::of_operator(&app.database, &app.clock);
    let done = desk.import_nominees(sample.campaign.id, sheet, mode).await;
    done.expect("the database answers")
}

async fn apply(app: &TestApp, sample: &Sample, rows: &[SheetRow]) -> ImportCounts {
    let plan = import(app, sample, rows, ImportMode::Apply { reason: None }).await;
    plan.expect("it is not refused").counts()
}

async fn roster(app: &TestApp, sample: &Sample) -> Roster {
    let read = acclaim::ledger::roster::find_roster(&app.database, sample.campaign.id).await;
    read.expect("the database answers")
        .roster
        .expect("a roster")
}

async fn a_sheet_is_applied_with_one_event_and_a_row_for_each_nominee(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let before = roster(&app, &sample).await;
    let first = before.nominees()[0].clone();
    let category = before.categories()[1].clone();
    let number = first.number.to_string();
    let rows = sheet(&[
        &[
            &number,
            &category.name,
            &first.name,
            &first.employer,
            "苏州",
            "新的简介",
        ],
        &["9001", &category.key, "赵六", "电建公司", "", ""],
    ]);
    let events = "SELECT COUNT(*) FROM audit_event WHERE action = 'nominee.import'";
    let changes = "SELECT COUNT(*) FROM import_change";
    let checked = import(&app, &sample, &rows, ImportMode::Check).await;
    let checked = checked.expect("it is not refused").counts();
    assert_eq!((checked.creates, checked.updates), (1, 1));
    assert_eq!(stores.count(events).await, 0);
    assert_eq!(apply(&app, &sample, &rows).await, checked);
    let after = roster(&app, &sample).await;
    let nominees = after.nominees();
    assert_eq!(nominees.len(), before.nominees().len() + 1);
    let changed = nominees
        .iter()
        .find(|n| n.id == first.id)
        .expect("it is there");
    assert_eq!(
        (changed.city.as_deref(), &*changed.summary),
        (Some("苏州"), "新的简介")
    );
    assert_eq!(
        (changed.category_id, changed.edit_revision),
        (category.id, first.edit_revision + 1)
    );
    assert_eq!(changed.title, first.title);
    let made = nominees
        .iter()
        .find(|n| n.number == 9_001)
        .expect("it is made");
    assert_eq!(
        (&*made.name, made.city.as_deref(), made.edit_revision),
        ("赵六", None, 1)
    );
    // The others are as they were.
    let others = |roster: &Roster| {
        let others = roster
            .nominees()
            .iter()
            .filter(|n| n.id != first.id && n.number != 9_001);
        others.map(|n| format!("{n:?}")).collect::<Vec<_>>()
    };
    assert_eq!(others(&after), others(&before));
    assert_eq!(
        (stores.count(events).await, stores.count(changes).await),
        (1, 2)
    );
    let log = acclaim::ledger::audit::AuditFilter::default();
    let log = acclaim::ledger::audit::list(
        &app.database,
        sample.campaign.organisation_id,
        &log,
        None,
        10,
    )
    .await;
    let event = log.expect("the database answers").remove(0);
    assert_eq!(event.action, "nominee.import");
    let told: Vec<_> = event
        .changes
        .iter()
        .map(|c| (&*c.field, c.after.as_deref()))
        .collect();
    let hash = "07".repeat(32);
    let expected = [
        ("fileSha256", Some(&*hash)),
        ("creates", Some("1")),
        ("updates", Some("1")),
        ("unchanged", Some("0")),
    ];
    assert_eq!(told, expected);
    let report = acclaim::verify::verify(&app.database, None).await;
    let report = report.expect("the database answers");
    assert!(report.is_clean(), "{report}");
    // Once more changes nothing, and nothing is told.
    let again = apply(&app, &sample, &rows).await;
    assert_eq!((again.creates, again.updates, again.unchanged), (0, 0, 2));
    assert_eq!(stores.count(events).await, 1);
    for statement in [
        "DELETE FROM import_change",
        "UPDATE import_change SET subject_revision = 9",
        "UPDATE import SET kind = 'STORIES'",
    ] {
        assert!(stores.try_execute(statement).await.is_err(), "{statement}");
    }
}

async fn a_faulty_row_keeps_the_others_out(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let before = roster(&app, &sample).await.nominees().len();
    let key = &roster(&app, &sample).await.categories()[0].key.clone();
    let rows = sheet(&[
        &["9001", key, "赵六", "电建公司"],
        &["9002", "nobody", "孙七", "电建公司"],
    ]);
    let counts = apply(&app, &sample, &rows).await;
    assert_eq!((counts.creates, counts.faulty), (1, 1));
    assert_eq!(roster(&app, &sample).await.nominees().len(), before);
    assert_eq!(
        stores
            .count("SELECT COUNT(*) FROM audit_event WHERE action = 'nominee.import'")
            .await,
        0
    );
}

async fn after_the_first_vote_names_need_a_reason_and_categories_stay(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let before = roster(&app, &sample).await;
    let (voted, other) = (before.nominees()[0].clone(), before.nominees()[1].clone());
    let voted_id = sample.nominee_id(0);
    app.voter().vote(&voted_id).await.expect_counted();
    let keys: Vec<String> = before.categories().iter().map(|c| c.key.clone()).collect();
    let numbers = [voted.number.to_string(), other.number.to_string()];
    let moved = sheet(&[&[
        &numbers[0],
        &keys[2],
        &voted.name,
        &voted.employer,
        "",
        &voted.summary,
    ]]);
    let plan = import(
        &app,
        &sample,
        &moved,
        ImportMode::Apply { reason: Some("x") },
    )
    .await;
    let plan = plan.expect("it is not refused");
    let RowChange::Faulty(faults) = &plan.rows[0].change else {
        panic!("{plan:?}");
    };
    assert_eq!(faults[0].reason, RowFaultReason::CategoryFixed);
    // One without votes may move; its name is public.
    let renamed = sheet(&[&[
        &numbers[1],
        &keys[2],
        "新名字",
        &other.employer,
        "",
        &other.summary,
    ]]);
    let refused = import(&app, &sample, &renamed, ImportMode::Apply { reason: None }).await;
    let why = refused.expect_err("a reason is missing").remove(0).why;
    assert_eq!(why, ImportRefusal::ReasonRequired);
    let amendments = "SELECT COUNT(*) FROM amendment";
    assert_eq!(stores.count(amendments).await, 0);
    let mode = ImportMode::Apply {
        reason: Some("姓名有误"),
    };
    let done = import(&app, &sample, &renamed, mode)
        .await
        .expect("it is not refused");
    assert_eq!(done.counts().updates, 1);
    assert_eq!(stores.count(amendments).await, 1);
}

async fn the_command_imports_a_file(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let key = roster(&app, &sample).await.categories()[0].key.clone();
    let file = stores.directory.path().join("nominees.csv");
    let name = file.to_str().expect("text").to_owned();
    let annotated = format!("{name}.xlsx");
    let slug = sample.campaign.slug.clone();
    let run = async |content: &str, more: &[&str]| {
        std::fs::write(&file, content).expect("written");
        let arguments = [
            &["import", "nominees", "--campaign", &*slug][..],
            more,
            &[&*name],
        ]
        .concat();
        let output = ended(program(&stores, &arguments), "").await;
        let mut said = String::from_utf8(output.stdout).expect("text");
        if !output.status.success() {
            said += &String::from_utf8_lossy(&output.stderr);
        }
        (output.status.code(), said)
    };
    let faulty = format!(
        "编号,类别,姓名,单位,备注\n9001,{key},赵六,电建公司,x\n9001,nobody,孙七,电建公司,\n"
    );
    let (code, said) = run(&faulty, &["--annotated", &annotated]).await;
    assert_eq!(code, Some(1), "{said}");
    for words in [
        "Row 3: The category is none of the campaign",
        "Row 3: The number is that of row 2: delete one of the two.",
        "Not imported, since no such columns are known: 备注",
        "Nothing was changed: 1 rows are faulty.",
    ] {
        assert!(said.contains(words), "{words:?} is not in {said:?}");
    }
    assert!(
        std::fs::read(&annotated)
            .expect("it is written")
            .starts_with(b"PK")
    );
    let good = format!("编号,类别,姓名,单位\n9001,{key},赵六,电建公司\n");
    let (code, said) = run(&good, &["--check"]).await;
    assert_eq!(
        (code, &*said),
        (
            Some(0),
            "1 nominees would be added, 0 changed; 0 stay as they are.\n"
        )
    );
    let (code, said) = run(&good, &[]).await;
    assert_eq!(
        (code, &*said),
        (
            Some(0),
            "1 nominees were added, 0 changed; 0 stay as they are.\n"
        )
    );
    assert!(
        roster(&app, &sample)
            .await
            .nominees()
            .iter()
            .any(|n| n.number == 9_001)
    );
    let (code, said) = run("姓名\n李明\n", &[]).await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains("no header with these columns: employer"),
        "{said}"
    );
    let empty = format!("{name}-template.xlsx");
    for (code, words) in [(0, ""), (1, "cannot be made")] {
        let output = ended(program(&stores, &["import", "template", &empty]), "").await;
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(words));
    }
    assert!(
        std::fs::read(&empty)
            .expect("it is written")
            .starts_with(b"PK")
    );
}
