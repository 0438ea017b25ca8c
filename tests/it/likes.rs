//! Likes and page views.

use acclaim::app::Client;
use acclaim::app::likes::Likeable;
use acclaim::auth::Viewer;
use acclaim::domain::campaign::Lifecycle;
use acclaim::domain::turnout::ClientKind;
use acclaim::error::Error;
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::{NomineeId, StoryId};
use acclaim::ledger::counters::{self, Batch};
use acclaim::ledger::recount;
use acclaim::workers::cleaner;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{SET_LIKE, Sample, Stores, TestApp, TestClient, global, on_both, refusal};

on_both!(
    a_like_is_counted_once_and_can_be_taken_back,
    likes_of_many_voters_at_once_all_count,
    storms_of_likes_end_as_the_rows_say,
    only_what_is_seen_can_be_liked,
    a_story_that_was_taken_back_is_not_shown_by_a_like,
    views_are_counted_when_they_are_flushed,
    views_of_unknown_subjects_are_reported,
    a_report_of_views_has_bounds,
    a_batch_of_views_is_stored_once,
    a_report_of_views_with_a_key_counts_once,
    reports_of_views_are_remembered_for_an_hour,
);

const RECORD_VIEWS: &str = "mutation($ids: [ID!]!, $key: UUID) {
    recordViews(input: {subjectIds: $ids, idempotencyKey: $key}) {
        recorded userErrors { code message path } } }";
const COUNTS: &str =
    "query($id: ID!) { node(id: $id) { ... on Nominee { likeCount viewCount viewerHasLiked }
    ... on Story { likeCount viewCount viewerHasLiked } } }";

async fn counts(client: &TestClient, id: &str) -> Value {
    client.ask(COUNTS, json!({"id": id})).await["node"].take()
}

async fn record_views(app: &TestApp, ids: &[&str]) -> Value {
    app.anonymous().ask(RECORD_VIEWS, json!({"ids": ids})).await["recordViews"].take()
}

/// A nominee and a story of a new sample, with their ids.
async fn subjects(app: &TestApp) -> (Sample, String, String) {
    let sample = app.sample().await;
    let now = app.clock.now();
    let story = sample
        .insert_story(&app.database, Some(0), "A story", now)
        .await;
    let nominee = sample.nominee_id(0);
    (sample, nominee, global(GlobalId::Story(story)))
}

async fn a_like_is_counted_once_and_can_be_taken_back(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (_, nominee, story) = subjects(&app).await;
    let (one, two) = (app.voter(), app.guest());
    for (id, kind) in [(&nominee, "Nominee"), (&story, "Story")] {
        for (voter, liked, count) in [
            (&one, false, 0),
            (&one, true, 1),
            (&one, true, 1),
            (&two, true, 2),
            (&one, false, 1),
            (&one, false, 1),
            (&one, true, 2),
            (&two, false, 1),
        ] {
            let payload = voter.set_like(id, liked).await;
            let subject =
                json!({"__typename": kind, "id": id, "likeCount": count, "viewerHasLiked": liked});
            assert_eq!(*payload, json!({"subject": subject, "userErrors": []}));
        }
        let seen = |liked: Value| json!({"likeCount": 1, "viewCount": 0, "viewerHasLiked": liked});
        assert_eq!(counts(&one, id).await, seen(json!(true)));
        assert_eq!(counts(&two, id).await, seen(json!(false)));
        assert_eq!(counts(app.anonymous(), id).await, seen(Value::Null));
    }
    assert_eq!(stores.count("SELECT COUNT(*) FROM subject_like").await, 2);
}

/// Runs `calls` at the same time and waits for all of them.
async fn all_at_once<F: Future<Output = ()> + Send + 'static>(calls: impl Iterator<Item = F>) {
    let mut running = tokio::task::JoinSet::new();
    for call in calls {
        running.spawn(call);
    }
    while let Some(result) = running.join_next().await {
        result.expect("it did not panic");
    }
}

async fn likes_of_many_voters_at_once_all_count(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (_, nominee, story) = subjects(&app).await;
    all_at_once((0..100).map(|n| {
        let voter = app.voter();
        let ids = [nominee.clone(), story.clone()];
        async move {
            // Half of them begin with the one, half with the other.
            for id in [&ids[n % 2], &ids[1 - n % 2]] {
                let payload = voter.set_like(id, true).await;
                assert_eq!(
                    payload["subject"]["viewerHasLiked"],
                    json!(true),
                    "{payload}"
                );
            }
        }
    }))
    .await;
    for id in [&nominee, &story] {
        assert_eq!(counts(app.anonymous(), id).await["likeCount"], json!(100));
    }
    assert_eq!(stores.count("SELECT COUNT(*) FROM subject_like").await, 200);
    let differences = recount::list_like_differences(&app.database).await;
    assert_eq!(differences.expect("a recount"), []);
}

async fn storms_of_likes_end_as_the_rows_say(stores: Stores) {
    // Two servers on one database: their batches meet in it.
    let servers = [TestApp::start(&stores).await, TestApp::start(&stores).await];
    let (_, nominee, story) = subjects(&servers[0]).await;
    servers[1].refresh().await;
    let voters = [servers[0].voter(), servers[0].voter()];
    all_at_once((0..160).map(|n: usize| {
        let voter = voters[n / 2 % 2].at(&servers[n % 2]);
        let id = if n.is_multiple_of(3) {
            story.clone()
        } else {
            nominee.clone()
        };
        async move {
            let payload = voter.set_like(&id, (n / 4).is_multiple_of(2)).await;
            assert!(payload["subject"].is_object(), "{payload}");
        }
    }))
    .await;
    let wrong = stores
        .count(
            "SELECT COUNT(*) FROM subject_counter c
            WHERE c.likes <> (SELECT COUNT(*) FROM subject_like l WHERE l.subject_id = c.subject_id)",
        )
        .await;
    assert_eq!(wrong, 0, "counters differ from the likes");
    // The last word of each voter holds, whatever came before.
    for (index, voter) in voters.iter().enumerate() {
        for id in [&nominee, &story] {
            let payload = voter.at(&servers[index]).set_like(id, index == 0).await;
            assert_eq!(payload["subject"]["viewerHasLiked"], json!(index == 0));
        }
    }
    for id in [&nominee, &story] {
        assert_eq!(
            counts(servers[0].anonymous(), id).await["likeCount"],
            json!(1)
        );
    }
    assert_eq!(stores.count("SELECT COUNT(*) FROM subject_like").await, 2);
    let total = "SELECT CAST(SUM(likes) AS BIGINT) FROM subject_counter";
    assert_eq!(stores.count(total).await, 2);
}

async fn only_what_is_seen_can_be_liked(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, nominee, _) = subjects(&app).await;
    let draft = app.sample_with(|c| c.lifecycle = Lifecycle::Draft).await;
    let (database, now) = (&app.database, app.clock.now());
    let at = now + TimeDelta::minutes(1);
    let soon = sample.insert_story(database, Some(0), "Soon", at).await;
    let of_draft = draft
        .insert_story(database, Some(0), "A draft's", now)
        .await;
    let soon = global(GlobalId::Story(soon));
    let hidden = [
        global(GlobalId::Nominee(NomineeId::new())),
        global(GlobalId::Story(StoryId::new())),
        draft.nominee_id(0),
        global(GlobalId::Story(of_draft)),
        soon.clone(),
    ];
    let voter = app.voter();
    for id in &hidden {
        for liked in [true, false] {
            let payload = voter.set_like(id, liked).await;
            assert_eq!(refusal(&payload), Some("SUBJECT_NOT_FOUND"));
            assert_eq!(
                payload["userErrors"][0]["path"],
                json!(["input", "subjectId"])
            );
            assert_eq!(payload["subject"], Value::Null);
        }
    }
    assert_eq!(stores.count("SELECT COUNT(*) FROM subject_like").await, 0);
    assert_eq!(
        stores.count("SELECT COUNT(*) FROM subject_counter").await,
        0
    );
    app.clock.set(at);
    let payload = voter.set_like(&soon, true).await;
    assert_eq!(payload["subject"]["likeCount"], json!(1), "now it is out");
    let staff = app.staff().await;
    let like = json!({"id": nominee, "liked": true});
    assert_eq!(staff.fail(SET_LIKE, like.clone()).await, "FORBIDDEN");
    assert_eq!(
        app.anonymous().fail(SET_LIKE, like).await,
        "UNAUTHENTICATED"
    );
}

async fn a_story_that_was_taken_back_is_not_shown_by_a_like(stores: Stores) {
    const LIKE: &str = "mutation($id: ID!, $liked: Boolean!) {
        setLike(input: {subjectId: $id, liked: $liked}) {
            subject { ... on Story { title body } } userErrors { code message path } } }";
    let app = TestApp::start(&stores).await;
    let (_, _, story) = subjects(&app).await;
    let voter = app.voter();
    let liked = voter.ask(LIKE, json!({"id": story, "liked": true})).await;
    assert_eq!(liked["setLike"]["subject"]["title"], json!("A story"));
    stores
        .execute("UPDATE story SET published_at = '2999-01-01T00:00:00+00:00'")
        .await;
    for liked in [false, true] {
        let answer = voter.ask(LIKE, json!({"id": story, "liked": liked})).await;
        let payload = &answer["setLike"];
        assert_eq!(refusal(payload), Some("SUBJECT_NOT_FOUND"), "{answer}");
        assert_eq!(payload["subject"], Value::Null);
    }
    assert_eq!(stores.count("SELECT COUNT(*) FROM subject_like").await, 1);
}

async fn views_are_counted_when_they_are_flushed(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (_, nominee, story) = subjects(&app).await;
    let views = async |id: &str| counts(app.anonymous(), id).await["viewCount"].take();
    let recorded = record_views(&app, &[&nominee, &story, &nominee]).await;
    assert_eq!(recorded, json!({"recorded": 3, "userErrors": []}));
    assert_eq!(
        views(&nominee).await,
        json!(0),
        "not before they are stored"
    );
    app.flush_views().await.expect("stored");
    assert_eq!(
        (views(&nominee).await, views(&story).await),
        (json!(1), json!(1)),
        "named twice in one report, seen once"
    );
    for _ in 0..3 {
        app.flush_views().await.expect("nothing to store");
    }
    assert_eq!(
        views(&nominee).await,
        json!(1),
        "a flush counts what came since the last"
    );
    let voter = app.voter();
    voter.set_like(&nominee, true).await;
    let data = voter.ask(RECORD_VIEWS, json!({"ids": [nominee]})).await;
    assert_eq!(data["recordViews"]["recorded"], json!(1));
    app.flush_views().await.expect("stored");
    let seen = json!({"likeCount": 1, "viewCount": 2, "viewerHasLiked": null});
    assert_eq!(counts(app.anonymous(), &nominee).await, seen);
}

async fn views_of_unknown_subjects_are_reported(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, nominee, story) = subjects(&app).await;
    let at = app.clock.now() + TimeDelta::minutes(1);
    let soon = sample.insert_story(&app.database, None, "Soon", at).await;
    let soon = global(GlobalId::Story(soon));
    let unknown = global(GlobalId::Nominee(NomineeId::new()));
    let payload = record_views(&app, &[&unknown, &nominee, &soon, &story]).await;
    assert_eq!(payload["recorded"], json!(2));
    let errors = payload["userErrors"].as_array().expect("errors");
    let paths: Vec<Value> = errors.iter().map(|error| error["path"].clone()).collect();
    assert_eq!(
        paths,
        [
            json!(["input", "subjectIds", "0"]),
            json!(["input", "subjectIds", "2"])
        ]
    );
    assert!(
        errors
            .iter()
            .all(|error| error["code"] == "SUBJECT_NOT_FOUND"),
        "{payload}"
    );
    app.flush_views().await.expect("stored");
    for id in [&nominee, &story] {
        assert_eq!(counts(app.anonymous(), id).await["viewCount"], json!(1));
    }
    assert_eq!(
        stores.count("SELECT COUNT(*) FROM subject_counter").await,
        2
    );
}

async fn a_report_of_views_has_bounds(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (_, nominee, _) = subjects(&app).await;
    for (count, is_good) in [(0, false), (1, true), (20, true), (21, false), (200, false)] {
        let variables = json!({"ids": vec![nominee.as_str(); count]});
        if is_good {
            let data = app.anonymous().ask(RECORD_VIEWS, variables).await;
            assert_eq!(data["recordViews"]["recorded"], json!(count));
        } else {
            let code = app.anonymous().fail(RECORD_VIEWS, variables).await;
            assert_eq!(code, "BAD_USER_INPUT", "{count}");
        }
    }
    app.flush_views().await.expect("stored");
    assert_eq!(
        counts(app.anonymous(), &nominee).await["viewCount"],
        json!(2)
    );
}

async fn a_batch_of_views_is_stored_once(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, nominee, _) = subjects(&app).await;
    let [one, two] = [0, 1].map(|n| (sample.nominees[n].into(), sample.campaign.id));
    let mut batch = Batch {
        id: Uuid::now_v7(),
        sums: [(one, 5), (two, 7)].into(),
        reports: [(Uuid::new_v4(), vec![one, two, one])].into(),
    };
    for _ in 0..3 {
        counters::add(&app.database, &batch, app.clock.now())
            .await
            .expect("stored");
    }
    assert_eq!(
        counts(app.anonymous(), &nominee).await["viewCount"],
        json!(7)
    );
    // The report has been stored, the rest is new.
    batch.id = Uuid::now_v7();
    counters::add(&app.database, &batch, app.clock.now())
        .await
        .expect("stored");
    assert_eq!(
        counts(app.anonymous(), &nominee).await["viewCount"],
        json!(12)
    );
    let total = "SELECT CAST(SUM(views) AS BIGINT) FROM subject_counter";
    assert_eq!(stores.count(total).await, 27);
}

async fn a_report_of_views_with_a_key_counts_once(stores: Stores) {
    let servers = [TestApp::start(&stores).await, TestApp::start(&stores).await];
    let (_, nominee, story) = subjects(&servers[0]).await;
    servers[1].refresh().await;
    let unknown = global(GlobalId::Nominee(NomineeId::new()));
    let keys = [(); 40].map(|()| Uuid::new_v4());
    let report = async |app: &TestApp| {
        for key in keys {
            let ids = json!({"ids": [nominee, unknown, story, nominee], "key": key});
            let data = app.anonymous().ask(RECORD_VIEWS, ids).await;
            assert_eq!(data["recordViews"]["recorded"], json!(3));
        }
    };
    for app in &servers {
        report(app).await;
        report(app).await;
    }
    // Both have all of them, and store them at the same time.
    let [one, two] = servers.each_ref().map(|app| app.flush_views());
    let (one, two) = tokio::join!(one, two);
    one.and(two).expect("stored");
    for app in servers.iter().rev() {
        report(app).await;
        app.flush_views().await.expect("stored");
    }
    let views = async |id: &str| counts(servers[0].anonymous(), id).await["viewCount"].take();
    assert_eq!(views(&nominee).await, json!(40));
    assert_eq!(views(&story).await, json!(40));
    let other = json!({"ids": [nominee], "key": Uuid::new_v4()});
    servers[0].anonymous().ask(RECORD_VIEWS, other).await;
    servers[0].flush_views().await.expect("stored");
    assert_eq!(views(&nominee).await, json!(41));
}

async fn reports_of_views_are_remembered_for_an_hour(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let (sample, nominee, _) = subjects(&app).await;
    let database = &app.database;
    let viewed = vec![(sample.nominees[0].into(), sample.campaign.id)];
    let mut batch = Batch {
        id: Uuid::now_v7(),
        sums: [].into(),
        // More than are forgotten at once.
        reports: (0..2_500)
            .map(|_| (Uuid::new_v4(), viewed.clone()))
            .collect(),
    };
    let now = app.clock.now();
    counters::add(database, &batch, now).await.expect("stored");
    let remembered = "SELECT COUNT(*) FROM counter_batch";
    for (minutes, count) in [(59, 2_501), (61, 0)] {
        app.clock.set(now + TimeDelta::minutes(minutes));
        cleaner::purge_expired(app.inner())
            .await
            .expect("forgotten");
        assert_eq!(stores.count(remembered).await, count, "{minutes} minutes");
    }
    batch.id = Uuid::now_v7();
    counters::add(database, &batch, now).await.expect("stored");
    assert_eq!(
        counts(app.anonymous(), &nominee).await["viewCount"],
        json!(5_000)
    );
}

/// While the database is away reports with keys wait, up to a bound; the sums of others do not grow.
#[tokio::test]
async fn too_many_reports_of_views_are_refused() {
    let stores = Stores::embedded();
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let subject = [Likeable::Nominee(sample.nominees[0])];
    let client = Client {
        address: [192, 0, 2, 1].into(),
        user_agent: None,
        device_id: None,
        kind: ClientKind::Other,
    };
    let report = async |key| {
        let app = app.inner();
        app.record_views(Viewer::Anonymous, &client, &subject, key)
            .await
    };
    for _ in 0..65_536 {
        report(Some(Uuid::new_v4())).await.expect("it waits");
    }
    let refused = report(Some(Uuid::new_v4())).await;
    assert!(matches!(refused, Err(Error::Overloaded)), "{refused:?}");
    report(None).await.expect("without a key it is only a sum");
    app.flush_views().await.expect("stored");
    let total = "SELECT SUM(views) FROM subject_counter";
    assert_eq!(stores.count(total).await, 65_537);
    report(Some(Uuid::new_v4())).await.expect("it waits");
}
