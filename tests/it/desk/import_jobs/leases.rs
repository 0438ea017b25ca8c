//! Imports whose process died, of two processes, and those that are old.

use acclaim::app::desk::READ_LEASE;
use acclaim::domain::campaign::Lifecycle;
use acclaim::ledger::import::job::{self as import_job, KEPT, Lease};
use acclaim::workers::cleaner;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::change;
use super::{Office, counts, id_of, look, read_next};
use crate::harness::{Stores, TestApp, on_both};

on_both!(
    what_a_dead_process_was_reading_is_taken_over,
    of_two_processes_one_reads,
    a_sheet_that_ends_processes_is_given_up,
    what_is_old_is_removed_and_its_trace_stays,
);

/// Claims an import as a process does that dies then.
async fn die_reading(app: &TestApp, id: &str) -> Lease {
    let now = app.clock.now();
    let lease = Lease {
        id: id_of(id),
        owner: Uuid::new_v4(),
        until: now + READ_LEASE,
    };
    let claimed = import_job::claim_to_read(&app.database, lease, now).await;
    assert!(claimed.expect("the database answers"));
    lease
}

async fn what_a_dead_process_was_reading_is_taken_over(stores: Stores) {
    let office = Office::open(&stores).await;
    let second = TestApp::builder(&stores)
        .with_clock(office.app.clock.clone())
        .start()
        .await;
    let id = office.create(office.good()).await;
    let dead = die_reading(&office.app, &id).await;
    assert!(
        !read_next(&second, Uuid::new_v4()).await,
        "it is being read"
    );
    second.advance(READ_LEASE - TimeDelta::seconds(1));
    assert!(
        !read_next(&second, Uuid::new_v4()).await,
        "it may still be read"
    );
    second.advance(TimeDelta::seconds(1));
    assert!(read_next(&second, Uuid::new_v4()).await, "it is taken over");
    let import = look(&office.organiser, &id).await;
    assert_eq!(
        (&import["status"], counts(&import)),
        (&json!("CHECKED"), [1, 1, 1, 0])
    );
    // One that was only slow changes nothing any more.
    let mut tx = office.app.database.begin("test").await.expect("it begins");
    let kept = import_job::note_progress(&mut tx, dead, 7, 7).await;
    assert!(!kept.expect("the database answers"));
    drop(tx);
    assert_eq!(look(&office.organiser, &id).await["editRevision"], json!(1));
    // A process that is told to stop gives back at once.
    let id = office.create("姓名\n").await;
    let stopped = die_reading(&office.app, &id).await;
    let released = office.app.release_imports(stopped.owner).await;
    released.expect("the database answers");
    assert!(read_next(&second, Uuid::new_v4()).await);
    assert_eq!(look(&office.organiser, &id).await["status"], "FAILED");
}

async fn of_two_processes_one_reads(stores: Stores) {
    let office = Office::open(&stores).await;
    let second = TestApp::start(&stores).await;
    let id = office.create(office.good()).await;
    tokio::join!(
        read_next(&office.app, Uuid::new_v4()),
        read_next(&second, Uuid::new_v4())
    );
    let import = look(&office.organiser, &id).await;
    assert_eq!(import["status"], "CHECKED", "{import}");
    assert_eq!(
        import["editRevision"],
        json!(1),
        "one of them has made a plan"
    );
    assert_eq!(stores.count("SELECT attempts FROM import_job").await, 1);
    assert_eq!(stores.count("SELECT COUNT(*) FROM import_row").await, 3);
}

async fn a_sheet_that_ends_processes_is_given_up(stores: Stores) {
    let office = Office::open(&stores).await;
    let id = office.create(office.good()).await;
    for _ in 0..3 {
        die_reading(&office.app, &id).await;
        office.app.advance(READ_LEASE);
    }
    assert!(read_next(&office.app, Uuid::new_v4()).await);
    let import = look(&office.organiser, &id).await;
    assert_eq!(import["failure"]["code"], "READER_FAILED", "{import}");
}

async fn what_is_old_is_removed_and_its_trace_stays(stores: Stores) {
    let office = Office::open(&stores).await;
    let (applied, _) = office.import(office.good()).await;
    office.apply(&applied, 1, None).await.expect_counted();
    let (waiting, _) = office.import(office.good()).await;
    let purge = async || {
        cleaner::purge_expired(&office.app)
            .await
            .expect("the stores answer");
    };
    let files =
        || std::fs::read_dir(stores.media_folder().join("uploads")).map_or(0, Iterator::count);
    // A file is kept as long as its import, though other uploads that were used go within the hour.
    office.app.advance(TimeDelta::days(3));
    purge().await;
    assert_eq!(
        (
            files(),
            stores.count("SELECT COUNT(*) FROM import_row").await
        ),
        (2, 6)
    );
    office.app.advance(KEPT);
    purge().await;
    assert_eq!(
        (
            files(),
            stores.count("SELECT COUNT(*) FROM import_row").await
        ),
        (0, 0)
    );
    assert_eq!(stores.count("SELECT COUNT(*) FROM upload").await, 0);
    assert_eq!(look(&office.organiser, &waiting).await, Value::Null);
    let import = look(&office.organiser, &applied).await;
    assert_eq!(
        (&import["status"], counts(&import)),
        (&json!("APPLIED"), [1, 1, 1, 0])
    );
    assert_eq!(stores.count("SELECT COUNT(*) FROM import_change").await, 2);
    // So is a draft with its imports.
    let draft = office
        .app
        .sample_with(|campaign| campaign.lifecycle = Lifecycle::Draft)
        .await;
    let office = Office {
        sample: draft,
        ..office
    };
    office.import("编号,类别,姓名,单位\nx,x,x,x\n").await;
    let unread = office.create("x").await;
    let delete = "mutation($input: CampaignStepInput!) { deleteCampaign(input: $input) { userErrors { code } } }";
    let input = json!({"campaignId": office.sample.campaign_id(), "expectedRevision": 1});
    change(&office.organiser, delete, input)
        .await
        .expect_counted();
    assert_eq!(
        stores
            .count("SELECT COUNT(*) FROM import_job WHERE status <> 'APPLIED'")
            .await,
        0
    );
    assert_eq!(stores.count("SELECT COUNT(*) FROM import_row").await, 0);
    assert_eq!(look(&office.organiser, &unread).await, Value::Null);
}
