//! The rank of risk that the platform gives whoever signs in: asked for at most once a day, kept with the voter, and
//! never in anybody's way.

use std::time::{Duration, Instant};

use acclaim::domain::campaign::ChallengePolicy;
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::operation;
use crate::fake_wechat::FakeWeChat;
use crate::fake_wechat::risk_rank::RankAnswer;
use crate::harness::{Payload, Stores, TestApp, TestClient, on_both, refusal};
use crate::raw_sql::RawSql;

on_both!(
    a_rank_is_asked_for_once_a_day_and_kept_with_the_voter,
    nobody_is_asked_about_where_the_operator_does_not_want_it,
    a_platform_that_gives_no_rank_refuses_nobody,
    a_platform_that_is_silent_holds_a_sign_in_up_for_a_second,
    calls_for_ranks_are_bounded,
    whoever_has_a_rank_is_suspicious,
    linked_voters_have_the_worst_rank_until_the_next,
    whoever_is_forgotten_has_no_rank,
);

async fn server_of(stores: &Stores, platform: &FakeWeChat) -> TestApp {
    let wechat = platform.client_that_ranks(4, Duration::from_secs(10));
    let app = TestApp::builder(stores).with_wechat(wechat);
    let trust = |limits: &mut acclaim::http::ConnectionLimits| {
        limits.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    };
    app.with_connection_limits(trust).start().await
}

/// Voters with this rank.
async fn with_rank(stores: &Stores, rank: i64) -> i64 {
    let text = format!(
        "SELECT COUNT(*) FROM voter WHERE risk_rank = {rank} AND risk_ranked_at IS NOT NULL"
    );
    stores.count(text).await
}

async fn without_rank(stores: &Stores) -> i64 {
    let text = "SELECT COUNT(*) FROM voter WHERE risk_rank IS NULL AND risk_ranked_at IS NULL";
    stores.count(text).await
}

/// The ranks that were given by the metrics, and those that were not.
fn counted(app: &TestApp) -> [u64; 2] {
    [
        app.metrics.risk_ranks_given.get(),
        app.metrics.risk_ranks_missing.get(),
    ]
}

async fn session_of(app: &TestApp, code: &str) -> (TestClient, Payload) {
    let payload = app.sign_in_wechat(code).await.expect_session();
    (app.client_with(payload.access_token()), payload)
}

async fn a_rank_is_asked_for_once_a_day_and_kept_with_the_voter(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    platform.rank("lin", 4);
    let input = json!({"platform": "WECHAT", "code": "ok-lin"});
    let (query, variables) = operation("signInMiniProgram", input);
    let request = app.anonymous().request(&query, &variables);
    let request = request.header("x-forwarded-for", "203.0.113.9").send();
    let response: Value = request
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let first = Payload::of(response, "signInMiniProgram").expect_session();
    assert_eq!(with_rank(&stores, 4).await, 1);
    let asked = ("openid-of-lin".to_owned(), "203.0.113.9".to_owned());
    assert_eq!(platform.ranks_asked(), [asked]);
    // Nothing of the person is kept for it.
    let mut sql = RawSql::connect(&stores).await;
    for cell in sql.cells("voter").await {
        let text = String::from_utf8_lossy(&cell);
        assert!(
            !text.contains("openid") && !text.contains("203.0"),
            "{text}"
        );
    }
    // The token has no rank, only that there is one, and nothing in an answer tells more.
    assert!(!first["viewer"].to_string().contains("rank"), "{first}");
    platform.rank("lin", 2);
    app.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    session_of(&app, "ok-lin#2").await;
    assert_eq!(platform.ranks_asked().len(), 1);
    assert_eq!(with_rank(&stores, 4).await, 1);
    app.advance(TimeDelta::seconds(1));
    session_of(&app, "ok-lin#3").await;
    assert_eq!(platform.ranks_asked().len(), 2);
    assert_eq!(with_rank(&stores, 2).await, 1);
    // A server token that has ended is got anew.
    platform.end_tokens();
    session_of(&app, "ok-wen").await;
    assert_eq!(with_rank(&stores, 0).await, 1);
    assert_eq!(counted(&app), [3, 0]);
}

async fn nobody_is_asked_about_where_the_operator_does_not_want_it(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = super::server_of(&stores, &platform).await;
    platform.rank("lin", 4);
    let (_, session) = session_of(&app, "ok-lin").await;
    assert!(platform.ranks_asked().is_empty());
    assert_eq!(without_rank(&stores).await, 1);
    assert_eq!(platform.calls(), 1);
    // A rank from before it was turned off means nothing.
    let sample = suspicious_sample(&app).await;
    stores
        .execute("UPDATE voter SET risk_rank = 4, risk_ranked_at = created_at")
        .await;
    let renewed = app.refresh_session(session.refresh_token()).await;
    let renewed = app.client_with(renewed.expect_session().access_token());
    renewed.vote(&sample.nominee_id(0)).await.expect_counted();
}

async fn a_platform_that_gives_no_rank_refuses_nobody(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    for (n, answer) in [
        RankAnswer::Errcode(48001),
        RankAnswer::Errcode(61010),
        RankAnswer::Errcode(-1),
        RankAnswer::Garbage,
    ]
    .into_iter()
    .enumerate()
    {
        platform.answer_ranks_with(answer);
        session_of(&app, &format!("ok-lin{n}")).await;
    }
    platform.answer_ranks_with(RankAnswer::Ranks);
    platform.rank("odd", 5);
    session_of(&app, "ok-odd").await;
    assert_eq!(without_rank(&stores).await, 5);
    assert_eq!(counted(&app), [0, 5]);
    // It is asked again at the next sign-in, and what was known before stays where it has no answer.
    session_of(&app, "ok-lin0#2").await;
    assert_eq!(with_rank(&stores, 0).await, 1);
    app.advance(TimeDelta::days(2));
    platform.answer_ranks_with(RankAnswer::Errcode(48001));
    session_of(&app, "ok-lin0#3").await;
    assert_eq!(with_rank(&stores, 0).await, 1);
}

async fn a_platform_that_is_silent_holds_a_sign_in_up_for_a_second(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    platform.answer_ranks_with(RankAnswer::Silence);
    let began = Instant::now();
    session_of(&app, "ok-lin").await;
    // Calls to the platform have ten seconds here.
    assert!(began.elapsed() < Duration::from_secs(8));
    assert_eq!(platform.ranks_asked().len(), 1);
    assert_eq!(counted(&app), [0, 1]);
    assert_eq!(without_rank(&stores).await, 1);
}

async fn calls_for_ranks_are_bounded(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    platform.answer_ranks_with(RankAnswer::Silence);
    let sign_ins = (0..15).map(|n| {
        let app = &app;
        async move {
            // Codes are exchanged a few at a time as well, and what is refused there is none of ours.
            let payload = app.sign_in_wechat(&format!("ok-lin{n}")).await;
            refusal(&payload).is_none()
        }
    });
    let signed_in = join_all(sign_ins).await;
    let signed_in = signed_in.into_iter().filter(|is_in| *is_in).count();
    assert!(signed_in > 4, "{signed_in}");
    // Four at a time, and those before them, whom the platform may not know yet to have given up.
    assert!(platform.ranks_under_way_max() <= 8);
    let missing = u64::try_from(signed_in).expect("few");
    assert_eq!(counted(&app), [0, missing]);
}

async fn suspicious_sample(app: &TestApp) -> crate::harness::Sample {
    app.sample_with(|campaign| campaign.challenge = ChallengePolicy::Suspicious)
        .await
}

async fn whoever_has_a_rank_is_suspicious(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let sample = suspicious_sample(&app).await;
    let indifferent = app
        .sample_with(|campaign| campaign.challenge = ChallengePolicy::Guests)
        .await;
    let is_challenged = async |client: &TestClient, nominee: String| {
        let payload = client.vote(&nominee).await;
        let code = refusal(&payload).map(str::to_owned);
        assert!(
            code.as_deref()
                .is_none_or(|code| code == "CHALLENGE_REQUIRED"),
            "{payload}"
        );
        code.is_some()
    };
    for rank in 0..=4 {
        let name = format!("lin{rank}");
        platform.rank(&name, rank);
        let (client, session) = session_of(&app, &format!("ok-{name}")).await;
        let expected = rank > 0;
        let first = sample.nominee_id(0);
        assert_eq!(is_challenged(&client, first).await, expected, "{rank}");
        let elsewhere = indifferent.nominee_id(0);
        assert!(!is_challenged(&client, elsewhere).await, "{rank}");
        // So is the session that goes on.
        let renewed = app.refresh_session(session.refresh_token()).await;
        let renewed = app.client_with(renewed.expect_session().access_token());
        let second = sample.nominee_id(1);
        assert_eq!(is_challenged(&renewed, second).await, expected, "{rank}");
    }
    // The guest who turns out to be one of them is one of them.
    let guest = app.sign_in_guest("device-id-of-lin").await;
    let guest = app.client_with(guest.access_token());
    let signed_in = app.sign_in_wechat_as(&guest, "ok-lin4#2").await;
    let client = app.client_with(signed_in.expect_session().access_token());
    assert!(is_challenged(&client, sample.nominee_id(2)).await);
}

async fn linked_voters_have_the_worst_rank_until_the_next(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    let sample = suspicious_sample(&app).await;
    platform.rank("lin~1", 1);
    platform.rank("lin~2", 4);
    let (_, first) = session_of(&app, "ok-lin~1!").await;
    app.advance(TimeDelta::hours(1));
    session_of(&app, "ok-lin~2!").await;
    // A third of whom nothing is known.
    platform.answer_ranks_with(RankAnswer::Errcode(48001));
    session_of(&app, "ok-lin~3!").await;
    platform.answer_ranks_with(RankAnswer::Ranks);
    assert_eq!(
        [with_rank(&stores, 1).await, with_rank(&stores, 4).await],
        [1, 1]
    );
    for program in 1..=3 {
        session_of(&app, &format!("ok-lin~{program}#bound")).await;
    }
    assert_eq!(stores.count("SELECT count(*) FROM voter_link").await, 2);
    assert_eq!(with_rank(&stores, 4).await, 3);
    // Whoever is one of them by then has a rank of today.
    assert_eq!(platform.ranks_asked().len(), 3);
    let renewed = app.refresh_session(first.refresh_token()).await;
    let renewed = app.client_with(renewed.expect_session().access_token());
    let challenged = renewed.vote(&sample.nominee_id(0)).await;
    challenged.expect_refused("CHALLENGE_REQUIRED");
    // A day after the oldest of the ranks there is another, which is that of all.
    app.advance(TimeDelta::hours(23));
    platform.rank("lin~1", 0);
    let (client, _) = session_of(&app, "ok-lin~1#later").await;
    assert_eq!(with_rank(&stores, 0).await, 3);
    client.vote(&sample.nominee_id(0)).await.expect_counted();
}

async fn whoever_is_forgotten_has_no_rank(stores: Stores) {
    let platform = FakeWeChat::start().await;
    let app = server_of(&stores, &platform).await;
    platform.rank("lin", 4);
    let (lin, _) = session_of(&app, "ok-lin").await;
    lin.ask("mutation { forgetMe { dueAt } }", json!({})).await;
    app.advance(TimeDelta::minutes(17));
    let forgotten = app.inner().forgetter().forget_requests().await;
    assert_eq!(forgotten.expect("the database answers"), 1);
    assert_eq!(without_rank(&stores).await, 1);
}
