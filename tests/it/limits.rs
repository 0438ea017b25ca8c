//! How often a caller may do what: by voter or address, in one process and across processes.

use std::time::{Duration, Instant};

use acclaim::error::Error;
use acclaim::hot::{Action, BucketOwner, Hot, Limits, Rate};
use serde_json::{Value, json};

use crate::harness::{CAST_VOTE, Options, Sample, Stores, TestServer, on_both, refusal};
use crate::raw_sql::RawSql;

on_both!(
    casts_are_limited_by_voter,
    a_ballot_takes_one_token_of_the_same_bucket,
    likes_are_limited_by_voter,
    views_are_limited_by_voter_or_address,
    limits_are_kept_apart_by_action,
);

/// Three at once, and one more every hundred seconds: none comes back while a test runs.
const THREE: Rate = Rate {
    per_second: 0.01,
    burst: 3,
};

async fn server_with(stores: &Stores, limit: impl FnOnce(&mut Limits)) -> TestServer {
    let mut options = Options::default();
    limit(&mut options.limits);
    TestServer::start_with(stores, options).await
}

/// Sends an operation with one variable, `input`.
pub async fn post(
    server: &TestServer,
    token: Option<&str>,
    query: &str,
    input: Value,
) -> reqwest::Response {
    let body = json!({"query": query, "variables": {"input": input}});
    let mut request = server.http().post(server.url("/graphql")).json(&body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.expect("an answer")
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

/// Casts for the first nominees until the limit, on these servers in turn, then asserts that the voter is held up on all
/// of them and that another one is not.
async fn assert_three_casts(servers: &[&TestServer], sample: &Sample) {
    let server = servers[0];
    let (voter, other) = (server.voter(), server.voter());
    let nominee = |index: usize| server.nominee_id(sample.nominees[index * 12]);
    for index in 0..3 {
        let server = servers[index % servers.len()];
        let payload = server.cast(&voter, &nominee(index), None).await;
        assert_eq!(refusal(&payload), None, "{payload}");
    }
    let input = json!({"nomineeId": server.nominee_id(sample.nominees[1])});
    for server in servers {
        let answer = post(server, Some(&voter), CAST_VOTE, input.clone()).await;
        assert_is_limited(answer, "cast").await;
        let payload = server.cast(&other, &nominee(1), None).await;
        let is_first = std::ptr::eq(*server, servers[0]);
        let expected = (!is_first).then_some("ALREADY_VOTED");
        assert_eq!(refusal(&payload), expected, "another voter goes on");
    }
    let ballots = acclaim::ledger::recount::count_votes(&server.app.database)
        .await
        .expect("a count");
    assert_eq!(ballots, 4, "what was held up is not written");
}

async fn casts_are_limited_by_voter(stores: Stores) {
    let server = server_with(&stores, |limits| limits.cast = THREE).await;
    let sample = server.sample().await;
    assert_three_casts(&[&server], &sample).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_on_one_redis_share_the_buckets() {
    let stores = Stores::networked().await;
    let first = server_with(&stores, |limits| limits.cast = THREE).await;
    let second = server_with(&stores, |limits| limits.cast = THREE).await;
    let sample = first.sample().await;
    let refreshed = second.app.refresh_campaigns().await;
    refreshed.expect("the database answers");
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
    for server in [&one, &two] {
        let sample = server.sample().await;
        for _ in 0..3 {
            let recorded = view(server, None, &sample).await;
            assert_eq!(recorded["data"]["recordViews"]["recorded"], json!(1));
        }
    }
}

async fn a_ballot_takes_one_token_of_the_same_bucket(stores: Stores) {
    const CAST_BALLOT: &str = "mutation($input: CastBallotInput!) { castBallot(input: $input) {
        votes { id } userErrors { code } } }";
    let server = server_with(&stores, |limits| limits.cast = THREE).await;
    let sample = server.sample().await;
    let (voter, campaign) = (server.voter(), server.campaign_id(sample.campaign.id));
    let ballot = |indexes: &[usize]| {
        let ids = indexes
            .iter()
            .map(|i| server.nominee_id(sample.nominees[*i]));
        json!({"campaignId": campaign, "nomineeIds": ids.collect::<Vec<_>>()})
    };
    for indexes in [[0, 12], [1, 13]] {
        let answer = post(&server, Some(&voter), CAST_BALLOT, ballot(&indexes)).await;
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(refusal(&body["data"]["castBallot"]), None, "{body}");
        assert_eq!(body.get("errors"), None);
    }
    let nominee = server.nominee_id(sample.nominees[24]);
    assert_eq!(refusal(&server.cast(&voter, &nominee, None).await), None);
    let answer = post(&server, Some(&voter), CAST_BALLOT, ballot(&[2, 14])).await;
    assert_is_limited(answer, "cast").await;
    let ballots = acclaim::ledger::recount::count_votes(&server.app.database)
        .await
        .expect("a count");
    assert_eq!(ballots, 5);
}

const SET_LIKE: &str = "mutation($input: SetLikeInput!) { setLike(input: $input) {
    subject { likeCount } userErrors { code } } }";

async fn likes_are_limited_by_voter(stores: Stores) {
    let server = server_with(&stores, |limits| limits.like = THREE).await;
    let sample = server.sample().await;
    let (voter, other) = (server.voter(), server.voter());
    let like = |index: usize, liked: bool| json!({"subjectId": server.nominee_id(sample.nominees[index]), "liked": liked});
    for (index, liked) in [(0, true), (0, false), (1, true)] {
        let input = json!({"input": like(index, liked)});
        let data = server.ask(Some(&voter), SET_LIKE, input).await;
        assert_eq!(refusal(&data["setLike"]), None);
    }
    let answer = post(&server, Some(&voter), SET_LIKE, like(2, true)).await;
    assert_is_limited(answer, "like").await;
    let input = json!({"input": like(1, true)});
    let data = server.ask(Some(&other), SET_LIKE, input).await;
    assert_eq!(data["setLike"]["subject"]["likeCount"], json!(2));
    let mut database = RawSql::connect(&stores).await;
    let rows = database
        .execute("UPDATE subject_like SET liked_at = liked_at")
        .await;
    assert_eq!(rows, 2, "what was held up is not written");
}

const RECORD_VIEWS: &str = "mutation($input: RecordViewsInput!) { recordViews(input: $input) {
    recorded userErrors { code } } }";

async fn view(server: &TestServer, token: Option<&str>, sample: &Sample) -> Value {
    let input = json!({"subjectIds": [server.nominee_id(sample.nominees[0])]});
    server
        .send(token, RECORD_VIEWS, json!({"input": input}))
        .await
}

async fn views_are_limited_by_voter_or_address(stores: Stores) {
    let server = server_with(&stores, |limits| limits.views = THREE).await;
    let sample = server.sample().await;
    let (one, two) = (server.voter(), server.voter());
    // A voter has a bucket wherever it is; all who have not signed in share that of their address.
    for token in [Some(one.as_str()), Some(two.as_str()), None] {
        for _ in 0..3 {
            let response = view(&server, token, &sample).await;
            let recorded = &response["data"]["recordViews"]["recorded"];
            assert_eq!(*recorded, json!(1), "{response}");
        }
        let input = json!({"subjectIds": [server.nominee_id(sample.nominees[0])]});
        let answer = post(&server, token, RECORD_VIEWS, input).await;
        assert_is_limited(answer, "views").await;
    }
    server.app.flush_views().await.expect("they are stored");
    let query = "query($id: ID!) { nominee(id: $id) { viewCount } }";
    let variables = json!({"id": server.nominee_id(sample.nominees[0])});
    let data = server.ask(None, query, variables).await;
    assert_eq!(data["nominee"]["viewCount"], json!(9));
}

async fn limits_are_kept_apart_by_action(stores: Stores) {
    let server = server_with(&stores, |limits| {
        limits.cast = THREE;
        limits.like = THREE;
        limits.views = THREE;
    })
    .await;
    let sample = server.sample().await;
    let voter = server.voter();
    for index in 0..3 {
        let nominee = server.nominee_id(sample.nominees[index]);
        assert_eq!(refusal(&server.cast(&voter, &nominee, None).await), None);
        let input = json!({"input": {"subjectId": nominee, "liked": true}});
        server.ask(Some(&voter), SET_LIKE, input).await;
        let response = view(&server, Some(&voter), &sample).await;
        assert_eq!(response.get("errors"), None, "{response}");
    }
}

/// The limits as they are without settings.
fn default_limits() -> Limits {
    #[derive(clap::Parser)]
    struct Settings {
        #[command(flatten)]
        limits: acclaim::config::LimitSettings,
    }
    let settings: Settings = clap::Parser::parse_from(["acclaim"]);
    settings.limits.limits()
}

/// Three processes and a voter who asks all of them, again and again: what they admit together is the burst and what came
/// back meanwhile, give or take one.
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
    for _ in 0..10 {
        if let Some(asked) = ask_for_three_seconds(&servers).await {
            return asked.assert_is_one_bucket(default_limits().cast);
        }
    }
    panic!("Redis was late ten times");
}

/// What was admitted to a voter who asked again and again.
struct Asked {
    admitted: u32,
    /// From before the first question until after the last answer.
    longest: Duration,
    /// From after the first answer until before the last question that was refused: by then the bucket had been emptied.
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
async fn ask_for_three_seconds(servers: &[TestServer]) -> Option<Asked> {
    let subject = BucketOwner::Voter(acclaim::id::VoterId::new());
    let started = Instant::now();
    let (mut admitted, mut last_refused) = (0, started);
    let mut first_answer = None;
    while started.elapsed() < Duration::from_secs(3) {
        for server in servers {
            let asked = Instant::now();
            match server.app.hot.take(Action::Cast, subject).await {
                Ok(()) => admitted += 1,
                Err(Error::RateLimited { .. }) => last_refused = asked,
                Err(other) => panic!("{other}"),
            }
            let Hot::Redis(redis) = &server.app.hot else {
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

/// A carrier's one address stands for all of them, and none of them hammers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_voters_behind_one_address_are_not_refused() {
    let stores = Stores::networked().await;
    let server = server_with(&stores, |limits| *limits = default_limits()).await;
    let sample = server.sample().await;
    let nominee = server.nominee_id(sample.nominees[0]);
    let input = json!({"nomineeId": nominee});
    let next = std::sync::atomic::AtomicUsize::new(0);
    let vote = async || {
        while next.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 10_000 {
            let answer = post(&server, Some(&server.voter()), CAST_VOTE, input.clone()).await;
            let answer: Value = answer.json().await.expect("JSON");
            assert!(answer["data"]["castVote"]["vote"].is_object(), "{answer}");
        }
    };
    futures_util::future::join_all((0..64).map(|_| vote())).await;
    let ballots = acclaim::ledger::recount::count_votes(&server.app.database).await;
    assert_eq!(ballots.expect("a count"), 10_000);
}
