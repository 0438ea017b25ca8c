//! Degraded service: what goes on while a store is away, what is refused and how, and the way back by itself.

use std::time::Duration;

use acclaim::app::Client;
use acclaim::app::circumstances::Visit;
use acclaim::app::voting::Caster;
use acclaim::clock::Clock;
use acclaim::domain::turnout::ClientKind;
use acclaim::error::Error;
use acclaim::hot::Redis;
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _};

use crate::deadlines::{in_time, until};
use crate::faults::proxy::{Mode, Proxy};
use crate::harness::{Sample, Stores, TestApp, generous_limits, new_voter, on_both};
use crate::servers;

/// The server with its workers, on a PostgreSQL of its own that the test may stop, and one vote that is published.
async fn server_on(stores: &Stores) -> (TestApp, Sample) {
    let app = TestApp::builder(stores).with_clock(Clock::System);
    let app = app.with_workers().start().await;
    let sample = app.sample().await;
    let nominee = sample.nominee_id(0);
    app.voter().vote(&nominee).await.expect_counted();
    until("the tally", async || {
        (tally(&app, &sample.campaign.slug).await["version"] == json!(1)).then_some(())
    })
    .await;
    (app, sample)
}

async fn tally(app: &TestApp, slug: &str) -> Value {
    let url = app.url(&format!("/campaigns/{slug}/tally.json"));
    let answer = app.http().get(url).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    answer.json().await.expect("JSON")
}

async fn readiness(app: &TestApp) -> u16 {
    let answer = app.http().get(app.url("/readyz")).send().await;
    answer.expect("an answer").status().as_u16()
}

/// Since when somebody waits for a lock on PostgreSQL; null where nobody does.
async fn waiting_since(watching: &mut sqlx::PgConnection) -> Option<String> {
    let query =
        "SELECT MIN(query_start)::text FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock'";
    sqlx::query_scalar(query)
        .fetch_one(watching)
        .await
        .expect("a row")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_table_of_counters_does_not_keep_a_freeze_from_taking() {
    let stores = Stores::networked().await;
    let (app, sample) = server_on(&stores).await;
    let connect = || sqlx::PgConnection::connect(&stores.database_url);
    let mut holder = connect().await.expect("it connects");
    let mut other = connect().await.expect("it connects");
    let hold = "BEGIN; LOCK TABLE subject_counter IN ACCESS EXCLUSIVE MODE";
    holder.execute(hold).await.expect("it is held");
    let nominee = sample.nominee_id(0);
    let view = "mutation($id: ID!) { recordViews(input: {subjectIds: [$id]}) { recorded } }";
    app.voter().ask(view, json!({"id": nominee})).await;
    let status = async || {
        let query = "query($id: ID!) { node(id: $id) { ... on Nominee { status } } }";
        let mut data = app.anonymous().ask(query, json!({"id": nominee})).await;
        data["node"]["status"].take()
    };
    // PostgreSQL ends a flush that waits for 5 s, and the next one waits: the freeze is to come during one of them.
    let mut statuses = ["FROZEN", "ACTIVE"].into_iter().cycle();
    until("a status that changes while a flush waits", async || {
        let since = waiting_since(&mut other).await?;
        let next = statuses.next().expect("there is one more");
        let change = format!("UPDATE nominee SET status = '{next}' WHERE number = 1");
        let change = sqlx::query(sqlx::AssertSqlSafe(change)).execute(&mut other);
        change.await.expect("it is changed");
        until("the change", async || {
            (status().await == json!(next)).then_some(())
        })
        .await;
        (waiting_since(&mut other).await == Some(since)).then_some(())
    })
    .await;
    holder.execute("ROLLBACK").await.expect("it ends");
    until("the view", async || {
        let count =
            stores.count("SELECT CAST(COALESCE(SUM(views), 0) AS BIGINT) FROM subject_counter");
        (count.await == 1).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_postgres_what_is_kept_is_read_and_writes_say_come_back() {
    for is_killed in [true, false] {
        let mut postgres = servers::dedicated_postgres().await;
        let stores = Stores {
            database_url: postgres.create_database().await,
            ..Stores::networked().await
        };
        let (app, sample) = server_on(&stores).await;
        let slug = &sample.campaign.slug;
        let published = tally(&app, slug).await;
        assert_eq!(readiness(&app).await, 200);
        if is_killed {
            postgres.kill();
        } else {
            postgres.pause();
        }
        let nominee = sample.nominee_id(1);
        let answer = app.voter().vote(&nominee).once().await;
        assert!(answer.headers().contains_key("retry-after"));
        let answer: Value = answer.json().await.expect("JSON");
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], json!("UNAVAILABLE"), "{answer}");
        assert!(extensions["retryAfterMs"].is_u64(), "{answer}");
        // What is in memory is served, and says how old it is.
        let kept = tally(&app, slug).await;
        assert_eq!(kept, published);
        assert!(kept["asOf"].is_string(), "{kept}");
        let query =
            "query($slug: String!) { campaign(slug: $slug) { phase tally { countedVotes asOf }
            nominees(first: 3) { nodes { name votes rank } } } }";
        let answer = app.anonymous().send(query, json!({"slug": slug})).await;
        assert_eq!(
            answer["data"]["campaign"]["tally"]["countedVotes"],
            json!(1),
            "{answer}"
        );
        until("a server that is not ready", async || {
            (readiness(&app).await == 503).then_some(())
        })
        .await;
        if is_killed {
            postgres.restart().await;
        } else {
            postgres.resume();
        }
        app.voter().vote(&nominee).await.expect_counted();
        until("a server that is ready", async || {
            (readiness(&app).await == 200).then_some(())
        })
        .await;
        until("the new tally", async || {
            (tally(&app, slug).await["version"].as_i64() > Some(1)).then_some(())
        })
        .await;
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_votes_and_tallies_go_on_and_redis_has_them_afterwards() {
    let mut redis = servers::dedicated_redis().await;
    let stores = Stores {
        redis_url: Some(redis.url()),
        ..Stores::networked().await
    };
    let (app, sample) = server_on(&stores).await;
    let slug = &sample.campaign.slug;
    redis.kill();
    for _ in 0..3 {
        let nominee = sample.nominee_id(1);
        app.voter().vote(&nominee).at_first().await.expect_counted();
    }
    until("their tally", async || {
        (tally(&app, slug).await["countedVotes"] == json!(4)).then_some(())
    })
    .await;
    // It comes back empty; the totals are there again without another vote.
    redis.restart().await;
    let database = stores.database(&Clock::System).await;
    let instance = database.instance().await.expect("it has one");
    let limits = generous_limits();
    let other = Redis::open(&redis.url(), instance.id, instance.epoch, limits).expect("an address");
    let campaign = sample.campaign.id;
    let totals = until("totals in Redis", async || {
        other.find_totals(campaign).await
    })
    .await;
    assert_eq!(
        totals.version(),
        tally(&app, slug).await["version"].as_i64().expect("one")
    );
    app.stop().await;
}

/// The writer holds up; the queue fills; whoever comes then is refused at once, and the queue drains once it can.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_at_once_and_drains() {
    let mut postgres = servers::dedicated_postgres().await;
    let stores = Stores {
        database_url: postgres.create_database().await,
        redis_url: None,
        ..Stores::embedded()
    };
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let nominee = sample.nominees[0];
    postgres.pause();
    let client = Client {
        address: [192, 0, 2, 1].into(),
        user_agent: None,
        device_id: None,
        kind: ClientKind::Other,
    };
    let cast = || {
        let (app, client) = (std::sync::Arc::clone(app.inner()), client.clone());
        async move {
            let caster = Caster::new(new_voter(), &client, Visit::default()).expect("a voter");
            app.cast_vote(caster, nominee, Some(uuid::Uuid::new_v4()))
                .await
        }
    };
    let mut waiting = tokio::task::JoinSet::new();
    let liker = new_voter();
    let like = || {
        let subject = acclaim::app::likes::Likeable::Nominee(nominee);
        app.set_like(liker, subject, true)
    };
    for _ in 0..6_000 {
        waiting.spawn(cast());
    }
    until("a long queue", async || {
        (app.writer.waiting() > 5_000).then_some(())
    })
    .await;
    // Votes are the last to go. Whoever had to wait would hear of it after two seconds, and with another code.
    let refused = in_time("an answer", like()).await;
    assert!(matches!(refused, Err(Error::Overloaded)), "{refused:?}");
    for _ in 0..4_000 {
        waiting.spawn(cast());
    }
    until("a full queue", async || app.writer.is_full().then_some(())).await;
    let refused = in_time("an answer", cast()).await;
    assert!(matches!(refused, Err(Error::Overloaded)), "{refused:?}");
    postgres.resume();
    let mut counted = 0;
    while let Some(answer) = waiting.join_next().await {
        match answer.expect("no panic") {
            Ok(answer) if answer.result.is_ok() => counted += 1,
            Err(Error::Unavailable | Error::Overloaded) => {}
            other => panic!("{other:?}"),
        }
    }
    until("a vote that counts", async || {
        let answer = cast().await.ok()?;
        counted += i64::from(answer.result.is_ok());
        answer.result.is_ok().then_some(())
    })
    .await;
    // Those who were told to come back may be stored or not.
    let stored = stores.count("SELECT COUNT(*) FROM vote").await;
    assert!(stored >= counted, "{stored} of {counted}");
}

/// A database far away stores a batch in no less than 400 ms, two round trips: within a second some 1,300 votes, and no
/// more are let in, since the others would be told to come back after they had waited for nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_database_takes_in_no_more_than_it_stores_in_time() {
    let postgres = servers::postgres().await;
    let (database_url, proxy) = (
        postgres.create_database().await,
        Proxy::start(postgres.port()).await,
    );
    let stores = Stores {
        database_url: proxy.in_front_of(&database_url, postgres.port()),
        redis_url: None,
        ..Stores::embedded()
    };
    let app = TestApp::start(&stores).await;
    let nominee = app.sample().await.nominees[0];
    let client = Client {
        address: [192, 0, 2, 1].into(),
        user_agent: None,
        device_id: None,
        kind: ClientKind::Other,
    };
    let cast = || {
        let (app, client) = (std::sync::Arc::clone(app.inner()), client.clone());
        async move {
            let caster = Caster::new(new_voter(), &client, Visit::default()).expect("a voter");
            app.cast_vote(caster, nominee, None).await
        }
    };
    proxy.set(Mode::Delay(Duration::from_millis(100)));
    // One after the other, so that each is a batch: the writer learns how long they take.
    for _ in 0..8 {
        until("a stored vote", async || cast().await.ok()).await;
    }
    let mut casts = tokio::task::JoinSet::new();
    for _ in 0..4_000 {
        casts.spawn(cast());
    }
    let answers = casts.join_all().await;
    let refused = |answer: &Result<_, Error>| matches!(answer, Err(Error::Overloaded));
    let refused = answers.iter().filter(|answer| refused(answer)).count();
    assert!(refused > 1_000, "{refused} of 4,000");
    proxy.set(Mode::Pass);
    // Fast again, it is found out, and all are let in.
    until("the whole room", async || {
        cast().await.ok()?;
        let casts: tokio::task::JoinSet<_> = (0..2_000).map(|_| cast()).collect();
        let answers = casts.join_all().await;
        (!answers
            .iter()
            .any(|answer| matches!(answer, Err(Error::Overloaded))))
        .then_some(())
    })
    .await;
}

on_both!(a_clock_that_steps_doubles_nothing);

/// An hour forward and a day back: what the clock says decides where a new vote belongs, and what is stored keeps its
/// answer.
async fn a_clock_that_steps_doubles_nothing(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let (voter, noon) = (app.voter(), app.clock.now());
    let nominee = sample.nominee_id(0);
    let keys = [(); 3].map(|()| uuid::Uuid::new_v4());
    let first = voter
        .vote(&nominee)
        .with_key(keys[0])
        .await
        .expect_counted();
    let mut votes = vec![first["vote"].clone()];
    for (hours, key, is_new) in [(1, 1, false), (-20, 2, true), (0, 1, false)] {
        app.clock.set(noon + chrono::TimeDelta::hours(hours));
        let repeated = voter.vote(&nominee).with_key(keys[0]).await;
        assert_eq!(repeated["vote"], votes[0], "the same key, the same answer");
        let other = voter.vote(&nominee).with_key(keys[key]).await;
        if is_new {
            votes.push(other.expect_counted()["vote"].clone());
        } else {
            other.expect_refused("ALREADY_VOTED");
        }
    }
    assert_ne!(votes[0]["period"], votes[1]["period"]);
    let report = acclaim::verify::verify(&app.database, None).await;
    let report = report.expect("the database answers");
    assert!(report.is_clean(), "{report}");
    assert_eq!(stores.count("SELECT COUNT(*) FROM vote").await, 2);
}
