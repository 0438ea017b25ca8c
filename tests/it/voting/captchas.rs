//! Captchas: who is shown one, what a solution is good for, and that nobody is stopped when their service is away.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use acclaim::auth::Viewer;
use acclaim::auth::platform::captcha::{Captcha, PAUSE};
use acclaim::domain::campaign::ChallengePolicy;
use acclaim::domain::identity::IdentityKind::{Douyin, Guest, Phone, WechatMiniProgram, WechatWeb};
use acclaim::domain::identity::{IdentityKind, IdentityKinds};
use acclaim::id::VoterId;
use acclaim::telemetry::ReasonLabels;
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use super::challenges::{CAST, CAST_ALL, cast, solve, text_of};
use crate::deadlines::in_time;
use crate::fake_platforms::captcha::FakeCaptcha;
use crate::harness::{Payload, Sample, Stores, TestApp, TestClient, on_both, refusal};

on_both!(
    a_good_solution_counts_once_asked,
    a_bad_solution_gets_a_new_challenge_and_is_asked_about_once,
    a_solution_belongs_to_the_cast_that_brought_it,
    a_solution_belongs_to_its_cast_on_any_process,
    the_same_cast_passes_again_without_a_call,
    many_at_once_ask_once,
    whoever_may_be_in_a_browser_is_not_shown_one,
    one_captcha_is_enough_for_a_ballot,
    a_repetition_keeps_its_answer_without_a_call,
    an_outage_of_the_service_stops_nobody,
    a_service_that_refuses_this_server_stops_nobody,
    a_solution_of_another_captcha_turns_it_off_for_nobody_else,
    a_storm_is_bounded,
    the_service_hears_of_the_voter_where_it_comes_from,
);

const LONG: Duration = Duration::from_mins(1);
/// A time-out to wait for, which an answer takes only on a machine that hardly moves.
const SHORT: Duration = Duration::from_secs(2);

/// A service and a server that asks it.
async fn start(stores: &Stores) -> (FakeCaptcha, TestApp) {
    start_with(stores, |service| service.client(16, LONG)).await
}

async fn start_with(
    stores: &Stores,
    client: impl FnOnce(&FakeCaptcha) -> Captcha,
) -> (FakeCaptcha, TestApp) {
    let builder = TestApp::builder(stores);
    let clock = acclaim::clock::Clock::manual(crate::harness::noon());
    let service = FakeCaptcha::start(clock.clone()).await;
    let captcha = client(&service);
    let builder = builder.with_clock(clock);
    let builder = builder.with_platforms(|platforms| platforms.captcha = Some(captcha));
    (service, builder.start().await)
}

async fn sample_of(app: &TestApp) -> Sample {
    app.sample_with(|campaign| campaign.challenge = ChallengePolicy::Always)
        .await
}

fn voter_of(app: &TestApp, kinds: &[IdentityKind]) -> TestClient {
    let kinds: IdentityKinds = kinds.iter().copied().collect();
    app.client_of(Viewer::Voter {
        id: VoterId::new(),
        kinds,
        is_suspicious: false,
    })
}

/// Asserts that a vote was not taken, and is asked for the solution of a captcha.
#[track_caller]
fn expect_captcha(payload: &Payload) {
    assert_eq!(refusal(payload), Some("CHALLENGE_REQUIRED"), "{payload}");
    let challenge = &payload["challenge"];
    assert_eq!(challenge["algorithm"], "TENCENT_CAPTCHA", "{payload}");
    let parameters = challenge["parameters"].as_str().expect("parameters");
    let parameters: Value = serde_json::from_str(parameters).expect("JSON");
    assert_eq!(parameters, json!({"captchaAppId": "199999164"}));
}

/// The parameters of the usual challenge of a vote that was not taken.
#[track_caller]
fn expect_usual(payload: &Payload) -> String {
    assert_eq!(refusal(payload), Some("CHALLENGE_REQUIRED"), "{payload}");
    let challenge = &payload["challenge"];
    assert_eq!(challenge["algorithm"], "ALTCHA_SHA_256", "{payload}");
    challenge["parameters"].as_str().expect("text").to_owned()
}

fn answers(app: &TestApp, reason: &'static str) -> u64 {
    let labels = ReasonLabels { reason };
    app.metrics.captcha_answers.get_or_create(&labels).get()
}

async fn a_good_solution_counts_once_asked(stores: Stores) {
    let (service, app) = start(&stores).await;
    let sample = sample_of(&app).await;
    let (voter, nominee, key) = (app.voter(), sample.nominee_id(0), Uuid::new_v4());
    let first = cast(&voter, &nominee, key, None).await;
    expect_captcha(&first);
    assert_eq!(first["vote"], Value::Null);
    assert_eq!(first["challenge"]["expiresAt"], "2022-10-25T04:05:00.000Z");
    // Without a key there is nothing that a solution could belong to.
    let keyless = voter.vote(&nominee).without_key().once().await;
    let keyless: Value = keyless.json().await.expect("JSON");
    let code = &keyless["errors"][0]["extensions"]["code"];
    assert_eq!(code, "BAD_USER_INPUT", "{keyless}");
    // What can be no solution is not sent to anybody.
    for junk in ["", "a b", "票", "trerror_1001_1", &"A".repeat(9_000)] {
        expect_captcha(&cast(&voter, &nominee, key, Some(junk)).await);
    }
    assert_eq!((service.stand.calls(), app.count_votes().await), (0, 0));
    let solved = cast(&voter, &nominee, key, Some("ok-code-of-lin")).await;
    solved.expect_counted();
    assert_eq!((service.stand.calls(), app.count_votes().await), (1, 1));
    assert_eq!(answers(&app, "passed"), 1);
}

async fn a_bad_solution_gets_a_new_challenge_and_is_asked_about_once(stores: Stores) {
    let (service, app) = start(&stores).await;
    let sample = sample_of(&app).await;
    let nominee = sample.nominee_id(0);
    let bad = ["code8", "code9", "code10", "code15", "code21"];
    for (index, behaviour) in bad.into_iter().enumerate() {
        let solution = format!("{behaviour}-code-of-lin");
        let voter = app.voter();
        for key in [Uuid::new_v4(), Uuid::new_v4()] {
            for _ in 0..2 {
                let refused = cast(&voter, &nominee, key, Some(&solution)).await;
                expect_captcha(&refused);
                // Nothing says what was wrong.
                let none = cast(&voter, &nominee, key, None).await;
                assert_eq!(refused, none);
            }
        }
        assert_eq!(service.stand.calls(), index + 1, "{behaviour}");
    }
    assert_eq!(app.count_votes().await, 0);
    assert_eq!(answers(&app, "failed"), 5);
}

async fn a_solution_belongs_to_the_cast_that_brought_it(stores: Stores) {
    let (service, app) = start(&stores).await;
    let (sample, other_sample) = (sample_of(&app).await, sample_of(&app).await);
    let (voter, other, key) = (app.voter(), app.voter(), Uuid::new_v4());
    let (nominee, elsewhere) = (sample.nominee_id(0), other_sample.nominee_id(0));
    let solution = Some("ok-code-of-lin");
    let counted = cast(&voter, &nominee, key, solution).await;
    counted.expect_counted();
    for (voter, nominee, key) in [
        (&other, &nominee, key),
        (&voter, &elsewhere, key),
        (&voter, &sample.nominee_id(1), Uuid::new_v4()),
    ] {
        expect_captcha(&cast(voter, nominee, key, solution).await);
    }
    assert_eq!((service.stand.calls(), app.count_votes().await), (1, 1));
    // Each gets on by a solution of its own.
    let own = cast(&other, &nominee, key, Some("ok-code-of-wen")).await;
    own.expect_counted();
    let own = cast(&voter, &elsewhere, key, Some("ok-code-of-lin2")).await;
    own.expect_counted();
    assert_eq!((service.stand.calls(), app.count_votes().await), (3, 3));
}

async fn a_solution_belongs_to_its_cast_on_any_process(stores: Stores) {
    let (service, app) = start(&stores).await;
    let sample = sample_of(&app).await;
    let builder = TestApp::builder(&stores);
    let captcha = service.client(16, LONG);
    let builder = builder.with_platforms(|platforms| platforms.captcha = Some(captcha));
    let second = builder.start().await;
    let (voter, other, key) = (app.voter(), app.voter(), Uuid::new_v4());
    let nominee = sample.nominee_id(0);
    let solution = Some("ok-code-of-lin");
    let counted = cast(&voter, &nominee, key, solution).await;
    counted.expect_counted();
    if stores.is_embedded() {
        // Processes that share nothing: there is one in such an installation.
        return;
    }
    let refused = cast(&other.at(&second), &nominee, key, solution).await;
    expect_captcha(&refused);
    assert_eq!((service.stand.calls(), app.count_votes().await), (1, 1));
    // Its own vote, had it been lost, passes there as well.
    stores.execute("DELETE FROM vote").await;
    let counted = cast(&voter.at(&second), &nominee, key, solution).await;
    counted.expect_counted();
    assert_eq!((service.stand.calls(), app.count_votes().await), (1, 1));
}

/// What a process knows by itself when Redis is away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_solution_belongs_to_its_cast_while_redis_is_away() {
    let stores = Stores {
        redis_url: Some("redis://127.0.0.1:1".to_owned()),
        ..Stores::embedded()
    };
    let (service, app) = start(&stores).await;
    let sample = sample_of(&app).await;
    let (voter, nominee, key) = (app.voter(), sample.nominee_id(0), Uuid::new_v4());
    let solution = Some("ok-code-of-lin");
    let counted = cast(&voter, &nominee, key, solution).await;
    counted.expect_counted();
    expect_captcha(&cast(&app.voter(), &nominee, key, solution).await);
    assert_eq!((service.stand.calls(), app.count_votes().await), (1, 1));
}

async fn the_same_cast_passes_again_without_a_call(stores: Stores) {
    let (service, app) = start(&stores).await;
    let sample = sample_of(&app).await;
    let (voter, nominee, key) = (app.voter(), sample.nominee_id(0), Uuid::new_v4());
    let solution = Some("ok-code-of-lin");
    for _ in 0..2 {
        let counted = cast(&voter, &nominee, key, solution).await;
        counted.expect_counted();
        assert_eq!(app.count_votes().await, 1);
        // As where the database did not take the vote.
        stores.execute("DELETE FROM vote").await;
    }
    // Also while the service is away, which somebody else finds out.
    let fault = Some("http500-code-of-wen");
    expect_usual(&cast(&app.voter(), &nominee, key, fault).await);
    let counted = cast(&voter, &nominee, key, solution).await;
    counted.expect_counted();
    assert_eq!(service.stand.calls(), 2);
}

async fn many_at_once_ask_once(stores: Stores) {
    let (service, app) = start(&stores).await;
    let sample = sample_of(&app).await;
    let (voter, nominee, key) = (app.voter(), sample.nominee_id(0), Uuid::new_v4());
    let others: Vec<TestClient> = (0..4).map(|_| app.voter()).collect();
    let solution = Some("slow-code-of-lin");
    let own = (0..4).map(|_| cast(&voter, &nominee, key, solution));
    let others = others
        .iter()
        .map(|other| cast(other, &nominee, key, solution));
    let answer = async {
        service.stand.calls_reach(1).await;
        service.stand.answer_slow_calls();
    };
    let (own, others, ()) = in_time("answers", async {
        tokio::join!(join_all(own), join_all(others), answer)
    })
    .await;
    assert_eq!((service.stand.calls(), app.count_votes().await), (1, 1));
    // One voter has it, whoever was first: all of its casts, and none of another's.
    let counted = |payloads: &[Payload]| {
        let counted = payloads.iter().filter(|payload| refusal(payload).is_none());
        counted.count()
    };
    let found = [counted(&own), counted(&others)];
    assert!(found == [4, 0] || found == [0, 1], "{found:?}");
}

async fn whoever_may_be_in_a_browser_is_not_shown_one(stores: Stores) {
    let (service, app) = start(&stores).await;
    let sample = app
        .sample_with(|campaign| {
            campaign.challenge = ChallengePolicy::Always;
            campaign.admits = IdentityKinds::ALL;
            campaign.guests_may_vote = true;
        })
        .await;
    let nominee = sample.nominee_id(0);
    for kinds in [
        &[Guest][..],
        &[Phone],
        &[Douyin],
        &[WechatMiniProgram, Phone],
        &[WechatMiniProgram, WechatWeb],
        &[WechatMiniProgram, Douyin],
    ] {
        let (voter, key) = (voter_of(&app, kinds), Uuid::new_v4());
        let first = cast(&voter, &nominee, key, None).await;
        let solution = text_of(&solve(&expect_usual(&first)));
        // A captcha's solution is none of theirs.
        let other = cast(&voter, &nominee, key, Some("ok-code-of-lin")).await;
        expect_usual(&other);
        let solved = cast(&voter, &nominee, key, Some(&solution)).await;
        solved.expect_counted();
    }
    assert_eq!(service.stand.calls(), 0);
    // Whoever was a guest first is in the mini-program now.
    for kinds in [&[WechatMiniProgram][..], &[WechatMiniProgram, Guest]] {
        let voter = voter_of(&app, kinds);
        expect_captcha(&cast(&voter, &nominee, Uuid::new_v4(), None).await);
    }
    // Nor is anybody who is not challenged.
    let unmoved = app
        .sample_with(|campaign| campaign.challenge = ChallengePolicy::Guests)
        .await;
    let request = app.voter();
    let request = request.vote(&unmoved.nominee_id(0)).asking(CAST);
    let counted = request.with_solution(Some("ok-code-of-lin")).await;
    counted.expect_counted();
    assert_eq!(service.stand.calls(), 0);
}

async fn one_captcha_is_enough_for_a_ballot(stores: Stores) {
    let (service, app) = start(&stores).await;
    let sample = sample_of(&app).await;
    let nominees = [0, 1, 12].map(|index| sample.nominee_id(index));
    let (voter, key) = (app.voter(), Uuid::new_v4());
    let send = async |solution: Option<&str>| {
        let ballot = voter.cast_ballot(&sample.campaign_id(), &nominees);
        let ballot = ballot.with_key(key).asking(CAST_ALL);
        ballot.with_solution(solution).await
    };
    expect_captcha(&send(None).await);
    let counted = send(Some("ok-code-of-lin")).await.expect_counted();
    assert_eq!(counted["votes"].as_array().map(Vec::len), Some(3));
    assert_eq!((service.stand.calls(), app.count_votes().await), (1, 3));
}

async fn a_repetition_keeps_its_answer_without_a_call(stores: Stores) {
    let (service, app) = start(&stores).await;
    let sample = sample_of(&app).await;
    let (voter, nominee, key) = (app.voter(), sample.nominee_id(0), Uuid::new_v4());
    let solution = Some("ok-code-of-lin");
    let first = cast(&voter, &nominee, key, solution).await;
    let first = first.expect_counted();
    for minutes in [0, 6] {
        app.advance(TimeDelta::minutes(minutes));
        for sent in [solution, None, Some("trerror_junk")] {
            let again = cast(&voter, &nominee, key, sent).await;
            assert_eq!(again, first, "{sent:?}");
        }
    }
    assert_eq!((service.stand.calls(), app.count_votes().await), (1, 1));
}

/// Asserts that a solution that the service has no answer to leads to the usual challenge, for everybody and for
/// [`PAUSE`], without another call; and that a vote goes through by it.
async fn assert_stops_nobody(app: &TestApp, service: &FakeCaptcha, sample: &Sample, fault: &str) {
    let (nominee, key) = (sample.nominee_id(0), Uuid::new_v4());
    let (votes, calls) = (app.count_votes().await, service.stand.calls());
    let voter = app.voter();
    expect_captcha(&cast(&voter, &nominee, key, None).await);
    let began = Instant::now();
    let usual = expect_usual(&cast(&voter, &nominee, key, Some(fault)).await);
    assert!(began.elapsed() < Duration::from_secs(20), "{fault}");
    assert!(service.stand.calls() <= calls + 1, "{fault}");
    let calls = service.stand.calls();
    // Whoever comes with a solution or without one is not made to wait.
    let other = app.voter();
    for solution in [None, Some("ok-code-of-wen"), Some("slow-code-of-wen")] {
        expect_usual(&cast(&other, &nominee, key, solution).await);
    }
    let solution = text_of(&solve(&usual));
    let counted = cast(&voter, &nominee, key, Some(&solution)).await;
    counted.expect_counted();
    assert_eq!(service.stand.calls(), calls, "{fault}");
    app.advance(PAUSE - TimeDelta::milliseconds(1));
    expect_usual(&cast(&other, &nominee, key, None).await);
    app.advance(TimeDelta::milliseconds(1));
    expect_captcha(&cast(&other, &nominee, key, None).await);
    assert_eq!(app.count_votes().await, votes + 1, "{fault}");
}

async fn an_outage_of_the_service_stops_nobody(stores: Stores) {
    let (mut service, app) = start_with(&stores, |service| service.client(4, SHORT)).await;
    let sample = sample_of(&app).await;
    for behaviour in ["slow", "http500", "garbage", "cut", "error", "code26"] {
        let fault = format!("{behaviour}-code-of-{behaviour}");
        assert_stops_nobody(&app, &service, &sample, &fault).await;
    }
    let (voter, nominee, key) = (app.voter(), sample.nominee_id(0), Uuid::new_v4());
    let counted = cast(&voter, &nominee, key, Some("ok-code-of-lin")).await;
    counted.expect_counted();
    service.stand.stop().await;
    assert_stops_nobody(&app, &service, &sample, "ok-code-of-nobody").await;
    assert_eq!(answers(&app, "passed"), 1);
    assert!(answers(&app, "unavailable") >= 7);
}

async fn a_service_that_refuses_this_server_stops_nobody(stores: Stores) {
    type Change = fn(&mut acclaim::auth::platform::captcha::CaptchaConfig);
    let changes: [Change; 2] = [
        |config| config.secret_key = "app-secret of yesterday".to_owned().into(),
        |config| "AKID-of-yesterday".clone_into(&mut config.secret_id),
    ];
    for change in changes {
        let (service, app) = start_with(&stores, |service| service.client_with(change)).await;
        let sample = sample_of(&app).await;
        assert_stops_nobody(&app, &service, &sample, "ok-code-of-lin").await;
        assert_eq!(service.asked(), []);
    }
}

async fn a_solution_of_another_captcha_turns_it_off_for_nobody_else(stores: Stores) {
    let (service, app) = start(&stores).await;
    let sample = sample_of(&app).await;
    let nominee = sample.nominee_id(0);
    for (index, behaviour) in ["code7", "code16", "code100"].into_iter().enumerate() {
        let solution = format!("{behaviour}-code-of-lin");
        let (voter, key) = (app.voter(), Uuid::new_v4());
        let usual = cast(&voter, &nominee, key, Some(&solution)).await;
        let usual = text_of(&solve(&expect_usual(&usual)));
        // It is worth nothing to others, and they are shown the captcha as before.
        for other in [Some(solution.as_str()), None] {
            expect_captcha(&cast(&app.voter(), &nominee, key, other).await);
        }
        let counted = cast(&voter, &nominee, key, Some(&usual)).await;
        counted.expect_counted();
        assert_eq!(service.stand.calls(), index + 1);
    }
    // Where the settings are wrong, everybody gets on.
    let wrong = |service: &FakeCaptcha| service.client_with(|config| config.app_id = 7);
    let (_service, app) = start_with(&stores, wrong).await;
    let sample = sample_of(&app).await;
    for name in ["lin", "wen"] {
        let (voter, key) = (app.voter(), Uuid::new_v4());
        let nominee = sample.nominee_id(0);
        let solution = format!("ok-code-of-{name}");
        let usual = cast(&voter, &nominee, key, Some(&solution)).await;
        let usual = text_of(&solve(&expect_usual(&usual)));
        let counted = cast(&voter, &nominee, key, Some(&usual)).await;
        counted.expect_counted();
    }
}

async fn a_storm_is_bounded(stores: Stores) {
    // Of 20 places an address has five.
    const PLACES: usize = 5;
    let (service, app) = start_with(&stores, |service| service.client(4, LONG)).await;
    let sample = sample_of(&app).await;
    let nominee = sample.nominee_id(0);
    let voters: Vec<TestClient> = (0..30).map(|_| app.voter()).collect();
    let casts = voters.iter().enumerate().map(|(n, voter)| {
        let nominee = &nominee;
        async move {
            let solution = format!("slow-code-of-{n}");
            let payload = cast(voter, nominee, Uuid::new_v4(), Some(&solution)).await;
            if refusal(&payload).is_some() {
                // There is no place: the others are not kept waiting for the service.
                expect_usual(&payload);
                return 0;
            }
            1
        }
    });
    let release = async {
        service.stand.calls_reach(4).await;
        // Those without a place are answered meanwhile.
        while answers(&app, "busy") < (30 - PLACES) as u64 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        service.stand.answer_slow_calls();
    };
    let storm = async { tokio::join!(join_all(casts), release) };
    let (counted, ()) = in_time("answers", storm).await;
    assert_eq!(counted.iter().sum::<usize>(), PLACES);
    assert_eq!(service.stand.concurrent_max(), 4);
    assert_eq!(service.stand.calls(), PLACES);
    // It is no outage.
    expect_captcha(&cast(&app.voter(), &nominee, Uuid::new_v4(), None).await);
}

async fn the_service_hears_of_the_voter_where_it_comes_from(stores: Stores) {
    let clock = acclaim::clock::Clock::manual(crate::harness::noon());
    let service = FakeCaptcha::start(clock.clone()).await;
    let captcha = service.client(16, LONG);
    let builder = TestApp::builder(&stores).with_clock(clock);
    let builder = builder.with_platforms(|platforms| platforms.captcha = Some(captcha));
    let builder = builder.with_connection_limits(|limits| {
        limits.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    });
    let app = builder.start().await;
    let sample = sample_of(&app).await;
    let mut expected = Vec::new();
    for (sent, heard) in [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.10", "203.0.113.10"),
        ("2001:db8::7", "2001:db8::7"),
    ] {
        let solution = format!("ok-code-of-{heard}");
        let input = json!({"nomineeId": sample.nominee_id(0), "idempotencyKey": Uuid::new_v4(),
            "challengeSolution": solution});
        let request = app.voter();
        let request = request.request(CAST, &json!({"input": input}));
        let response = request.header("x-forwarded-for", sent).send().await;
        let response: Value = response.expect("an answer").json().await.expect("JSON");
        Payload::of(response, "castVote").expect_counted();
        expected.push((solution, heard.parse::<IpAddr>().expect("an address")));
    }
    assert_eq!(service.asked(), expected);
}
