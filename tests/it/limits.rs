//! How often a caller may do what: by voter or address, in one process and across processes.

use std::time::{Duration, Instant};

use acclaim::app::Client;
use acclaim::app::likes::Likeable;
use acclaim::auth::Viewer;
use acclaim::domain::turnout::ClientKind;
use acclaim::error::Error;
use acclaim::hot::{Action, BucketOwner, Hot, Limits, Rate};
use serde_json::{Value, json};

use crate::deadlines::deadline;
use crate::harness::{SET_LIKE, Sample, Stores, TestApp, TestClient, on_both, refusal};
use crate::log_watch::WATCH;
use crate::raw_sql::RawSql;

on_both!(
    casts_are_limited_by_voter,
    a_ballot_takes_one_token_of_the_same_bucket,
    likes_are_limited_by_voter,
    views_are_limited_by_voter_or_address,
    views_of_a_carrier_are_limited_by_device,
    limits_are_kept_apart_by_action,
);

/// Three at once, and one more every hundred seconds: none comes back while a test runs.
pub const THREE: Rate = Rate {
    per_second: 0.01,
    burst: 3,
};

async fn server_with(stores: &Stores, limit: impl FnOnce(&mut Limits)) -> TestApp {
    TestApp::builder(stores).with_limits(limit).start().await
}

/// Asserts that an answer says `RATE_LIMITED` in all the ways there are.
pub async fn assert_is_limited(answer: reqwest::Response, policy: &str) {
    let header = |name: &str| {
        let value = answer.headers().get(name);
        let value = value.unwrap_or_else(|| panic!("no {name} header"));
        value.to_str().expect("ASCII").to_owned()
    };
    let retry_after: u64 = header("retry-after").parse().expect("seconds");
    let rate_limit = header("ratelimit");
    assert_eq!(rate_limit, format!("\"{policy}\";r=0;t={retry_after}"));
    let body: Value = answer.json().await.expect("JSON");
    let extensions = &body["errors"][0]["extensions"];
    assert_eq!(extensions["code"], json!("RATE_LIMITED"), "{body}");
    assert_eq!(extensions["policy"], json!(policy));
    let retry_after_ms = extensions["retryAfterMs"].as_u64().expect("a number");
    assert!((1..=100_000).contains(&retry_after_ms), "{retry_after_ms}");
    assert_eq!(retry_after, retry_after_ms.div_ceil(1_000));
}

/// Casts for the first nominees until the limit, on these servers in turn, then asserts that the voter is held up on
/// all of them and that another one is not.
async fn assert_three_casts(servers: &[&TestApp], sample: &Sample) {
    let app = servers[0];
    let (voter, other) = (app.voter(), app.voter());
    let nominee = |index: usize| sample.nominee_id(index * 12);
    for index in 0..3 {
        let voter = voter.at(servers[index % servers.len()]);
        voter
            .vote(&nominee(index))
            .without_key()
            .await
            .expect_counted();
    }
    for server in servers {
        let answer = voter.at(server).vote(&sample.nominee_id(1)).once().await;
        assert_is_limited(answer, "cast").await;
        let payload = other.at(server).vote(&nominee(1)).without_key().await;
        let is_first = std::ptr::eq(*server, app);
        let expected = (!is_first).then_some("ALREADY_VOTED");
        assert_eq!(refusal(&payload), expected, "another voter goes on");
    }
    assert_eq!(
        app.count_votes().await,
        4,
        "what was held up is not written"
    );
}

async fn casts_are_limited_by_voter(stores: Stores) {
    let app = server_with(&stores, |limits| limits.cast = THREE).await;
    let sample = app.sample().await;
    assert_three_casts(&[&app], &sample).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_on_one_redis_share_the_buckets() {
    let stores = Stores::networked().await;
    let first = server_with(&stores, |limits| limits.cast = THREE).await;
    let second = server_with(&stores, |limits| limits.cast = THREE).await;
    let sample = first.sample().await;
    second.refresh().await;
    assert_three_casts(&[&first, &second], &sample).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn installations_on_one_redis_do_not_meet() {
    let (one, two) = (Stores::networked().await, Stores::networked().await);
    assert_eq!(one.redis_url, two.redis_url);
    let limit = |limits: &mut Limits| limits.views = THREE;
    let (one, two) = (
        server_with(&one, limit).await,
        server_with(&two, limit).await,
    );
    for app in [&one, &two] {
        let sample = app.sample().await;
        for _ in 0..3 {
            let recorded = view(app.anonymous(), &sample).await;
            assert_eq!(recorded["data"]["recordViews"]["recorded"], json!(1));
        }
    }
}

async fn a_ballot_takes_one_token_of_the_same_bucket(stores: Stores) {
    let app = server_with(&stores, |limits| limits.cast = THREE).await;
    let sample = app.sample().await;
    let (voter, campaign) = (app.voter(), sample.campaign_id());
    let ballot = |indexes: [usize; 2]| {
        let ids = indexes.map(|index| sample.nominee_id(index));
        voter.cast_ballot(&campaign, &ids)
    };
    for indexes in [[0, 12], [1, 13]] {
        ballot(indexes).await.expect_counted();
    }
    voter
        .vote(&sample.nominee_id(24))
        .without_key()
        .await
        .expect_counted();
    let answer = ballot([2, 14]).once().await;
    assert_is_limited(answer, "cast").await;
    assert_eq!(app.count_votes().await, 5);
}

async fn likes_are_limited_by_voter(stores: Stores) {
    let app = server_with(&stores, |limits| limits.like = THREE).await;
    let sample = app.sample().await;
    let (voter, other) = (app.voter(), app.voter());
    for (index, liked) in [(0, true), (0, false), (1, true)] {
        let payload = voter.set_like(&sample.nominee_id(index), liked).await;
        assert_eq!(refusal(&payload), None);
    }
    let like = json!({"id": sample.nominee_id(2), "liked": true});
    assert_is_limited(voter.post(SET_LIKE, like).await, "like").await;
    let payload = other.set_like(&sample.nominee_id(1), true).await;
    assert_eq!(payload["subject"]["likeCount"], json!(2));
    let mut database = RawSql::connect(&stores).await;
    let rows = database
        .execute("UPDATE subject_like SET liked_at = liked_at")
        .await;
    assert_eq!(rows, 2, "what was held up is not written");
}

const RECORD_VIEWS: &str = "mutation($input: RecordViewsInput!) { recordViews(input: $input) {
    recorded userErrors { code } } }";

async fn view(client: &TestClient, sample: &Sample) -> Value {
    let input = json!({"subjectIds": [sample.nominee_id(0)]});
    client.send(RECORD_VIEWS, json!({"input": input})).await
}

async fn views_are_limited_by_voter_or_address(stores: Stores) {
    let app = server_with(&stores, |limits| {
        limits.views = THREE;
        limits.anonymous_views = THREE;
    });
    let app = app.await;
    let sample = app.sample().await;
    let (one, two) = (app.voter(), app.voter());
    // A voter has a bucket wherever it is; all who have not signed in share that of their address.
    let callers = [
        (&one, "views"),
        (&two, "views"),
        (app.anonymous(), "anonymous-views"),
    ];
    for (client, policy) in callers {
        for _ in 0..3 {
            let response = view(client, &sample).await;
            let recorded = &response["data"]["recordViews"]["recorded"];
            assert_eq!(*recorded, json!(1), "{response}");
        }
        let input = json!({"subjectIds": [sample.nominee_id(0)]});
        let answer = client.post(RECORD_VIEWS, json!({"input": input})).await;
        assert_is_limited(answer, policy).await;
    }
    app.flush_views().await.expect("they are stored");
    let query = "query($id: ID!) { nominee(id: $id) { viewCount } }";
    let variables = json!({"id": sample.nominee_id(0)});
    let data = app.anonymous().ask(query, variables).await;
    assert_eq!(data["nominee"]["viewCount"], json!(9));
}

async fn views_of_a_carrier_are_limited_by_device(stores: Stores) {
    let app = server_with(&stores, |limits| limits.views = THREE).await;
    let sample = app.sample().await;
    let report = async |host: u8, device: Option<&str>| {
        let client = Client {
            address: [203, 0, 113, host].into(),
            user_agent: None,
            device_id: device.map(Into::into),
            kind: ClientKind::Other,
        };
        // Named twenty times, viewed once.
        let subjects = [Likeable::Nominee(sample.nominees[0]); 20];
        app.inner()
            .record_views(Viewer::Anonymous, &client, &subjects, None)
            .await
            .is_ok()
    };
    for _ in 0..3 {
        assert!(report(1, Some("one")).await);
    }
    assert!(!report(1, Some("one")).await, "its own limit");
    // Neither others behind the address, nor the same id elsewhere, nor programs without one.
    assert!(report(1, Some("two")).await);
    assert!(report(2, Some("one")).await);
    assert!(report(1, None).await);
    // The header says which device it is; it is not logged.
    let device = "device-of-somebody-behind-a-carrier";
    WATCH.forbid(device);
    let variables = json!({"input": {"subjectIds": [sample.nominee_id(0)]}});
    let send = async || {
        let request = app.anonymous().request(RECORD_VIEWS, &variables);
        let sent = request.header("x-acclaim-device", device).send().await;
        sent.expect("an answer")
    };
    for _ in 0..3 {
        assert!(send().await.status().is_success());
    }
    assert_is_limited(send().await, "views").await;
    app.flush_views().await.expect("they are stored");
    let query = "query($id: ID!) { nominee(id: $id) { viewCount } }";
    let data = app
        .anonymous()
        .ask(query, json!({"id": sample.nominee_id(0)}))
        .await;
    assert_eq!(data["nominee"]["viewCount"], json!(9));
}

async fn limits_are_kept_apart_by_action(stores: Stores) {
    let app = server_with(&stores, |limits| {
        limits.cast = THREE;
        limits.like = THREE;
        limits.views = THREE;
    })
    .await;
    let sample = app.sample().await;
    let voter = app.voter();
    for index in 0..3 {
        let nominee = sample.nominee_id(index);
        voter.vote(&nominee).without_key().await.expect_counted();
        voter.set_like(&nominee, true).await;
        let response = view(&voter, &sample).await;
        assert_eq!(response.get("errors"), None, "{response}");
    }
}

/// The limits as they are without settings.
pub fn default_limits() -> Limits {
    #[derive(clap::Parser)]
    struct Settings {
        #[command(flatten)]
        limits: acclaim::config::LimitSettings,
    }
    let settings: Settings = clap::Parser::parse_from(["acclaim"]);
    settings.limits.limits()
}

/// Three processes and a voter who asks all of them, again and again: what they admit together is the burst and what
/// came back meanwhile, give or take one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_admit_what_one_bucket_gives() {
    let stores = Stores::networked().await;
    let limit = |limits: &mut Limits| limits.cast = default_limits().cast;
    let servers = [
        server_with(&stores, limit).await,
        server_with(&stores, limit).await,
        server_with(&stores, limit).await,
    ];
    // A process to which Redis is late, on a busy machine, goes by a bucket of its own: that time is no example.
    let end = Instant::now() + deadline();
    while Instant::now() < end {
        if let Some(asked) = ask_for_three_seconds(&servers).await {
            return asked.assert_is_one_bucket(default_limits().cast);
        }
    }
    panic!("Redis was late all the time");
}

/// The tokens that were admitted to a voter who asked again and again.
struct Asked {
    admitted: u32,
    /// From before the first question until after the last answer.
    longest: Duration,
    /// From after the first answer until before the last question that was refused: by then the bucket had been
    /// emptied.
    shortest: Duration,
}

impl Asked {
    fn assert_is_one_bucket(&self, rate: Rate) {
        let tokens = |time: Duration| f64::from(rate.burst) + rate.per_second * time.as_secs_f64();
        let (admitted, most) = (f64::from(self.admitted), tokens(self.longest) + 1.0);
        assert!(admitted <= most, "{admitted}, more than {most}");
        let least = tokens(self.shortest) - 1.0;
        assert!(admitted >= least, "{admitted}, not {least}");
    }
}

/// Asks on behalf of a new voter; `None` when Redis did not answer each time.
async fn ask_for_three_seconds(servers: &[TestApp]) -> Option<Asked> {
    let subject = BucketOwner::Voter(acclaim::id::VoterId::new());
    let started = Instant::now();
    let (mut admitted, mut last_refused) = (0, started);
    let mut first_answer = None;
    while started.elapsed() < Duration::from_secs(3) {
        for app in servers {
            let asked = Instant::now();
            match app.hot.take(Action::Cast, subject).await {
                Ok(()) => admitted += 1,
                Err(Error::RateLimited { .. }) => last_refused = asked,
                Err(other) => panic!("{other}"),
            }
            let Hot::Redis(redis) = &app.hot else {
                panic!("not Redis");
            };
            if !redis.is_healthy() {
                return None;
            }
            first_answer.get_or_insert_with(Instant::now);
        }
    }
    Some(Asked {
        admitted,
        longest: started.elapsed(),
        shortest: last_refused.saturating_duration_since(first_answer?),
    })
}
