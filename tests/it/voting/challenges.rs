//! Challenges: who gets one, what a solution is good for, and that a repetition keeps its answer all the same.

use acclaim::auth::Viewer;
use acclaim::domain::campaign::ChallengePolicy;
use acclaim::domain::identity::IdentityKind;
use acclaim::hot::Rate;
use acclaim::id::VoterId;
use altcha::{SolveChallengeOptions, solve_challenge};
use chrono::TimeDelta;
use data_encoding::BASE64;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Payload, Sample, Stores, TestApp, TestClient, on_both, refusal};

on_both!(
    a_guest_is_challenged_and_its_solution_counts,
    a_solution_is_good_for_its_cast_alone,
    a_repetition_keeps_its_answer_on_any_process,
    one_challenge_is_enough_for_a_ballot,
    each_policy_has_its_voters,
    what_is_refused_all_the_same_is_refused_without_a_challenge,
    a_policy_is_changed_at_the_desk_and_takes_effect,
    a_block_with_too_many_new_guests_is_challenged_harder_and_never_refused,
    a_block_with_too_many_new_voters_is_suspicious,
);

pub(super) const CAST: &str =
    "mutation($input: CastVoteInput!) { castVote(input: $input) { vote { id }
    challenge { algorithm parameters expiresAt } userErrors { code message path } } }";
pub(super) const CAST_ALL: &str =
    "mutation($input: CastBallotInput!) { castBallot(input: $input) { votes { id }
    challenge { algorithm parameters expiresAt } userErrors { code message path } } }";
/// Numbers of a usual challenge; a harder one has twice as many.
const USUAL: u32 = 150_000;

/// Casts a vote, with a solution or without.
pub(super) async fn cast(
    voter: &TestClient,
    nominee: &str,
    key: Uuid,
    solution: Option<&str>,
) -> Payload {
    let request = voter.vote(nominee).with_key(key).asking(CAST);
    request.with_solution(solution).await
}

/// The challenge of a vote that was not taken.
#[track_caller]
fn challenge_of(payload: &Payload) -> String {
    assert_eq!(refusal(payload), Some("CHALLENGE_REQUIRED"), "{payload}");
    assert_eq!(payload["challenge"]["algorithm"], "ALTCHA_SHA_256");
    let parameters = payload["challenge"]["parameters"].as_str();
    parameters.expect("a challenge").to_owned()
}

/// ALTCHA's own library solves a challenge.
pub(super) fn solve(parameters: &str) -> altcha::Payload {
    let challenge: altcha::Challenge = serde_json::from_str(parameters).expect("ALTCHA's JSON");
    let solved = solve_challenge(SolveChallengeOptions::new(&challenge)).expect("it is solved");
    altcha::Payload {
        solution: solved.expect("in time"),
        challenge,
    }
}

pub(super) fn text_of(payload: &altcha::Payload) -> String {
    BASE64.encode(&serde_json::to_vec(payload).expect("JSON"))
}

/// Casts a vote, solves its challenge, and gives the solution unsent.
async fn solved(voter: &TestClient, nominee: &str, key: Uuid) -> altcha::Payload {
    solve(&challenge_of(&cast(voter, nominee, key, None).await))
}

/// Casts a vote that is challenged, and again with the solution.
async fn cast_solved(voter: &TestClient, nominee: &str) -> Payload {
    let key = Uuid::new_v4();
    let solution = text_of(&solved(voter, nominee, key).await);
    cast(voter, nominee, key, Some(&solution)).await
}

async fn sample_of(app: &TestApp, policy: ChallengePolicy) -> Sample {
    app.sample_with(|campaign| campaign.challenge = policy)
        .await
}

async fn a_guest_is_challenged_and_its_solution_counts(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = sample_of(&app, ChallengePolicy::Guests).await;
    let (guest, nominee, key) = (app.guest(), sample.nominee_id(0), Uuid::new_v4());
    let first = cast(&guest, &nominee, key, None).await;
    let parameters = challenge_of(&first);
    assert_eq!(first["vote"], Value::Null);
    assert_eq!(first["challenge"]["expiresAt"], "2022-10-25T04:05:00.000Z");
    // A script that goes on without a solution gets no vote, whatever it sends.
    for junk in [
        "",
        "null",
        "{}",
        "bnVsbA==",
        &parameters,
        &"A".repeat(9_000),
    ] {
        challenge_of(&cast(&guest, &nominee, key, Some(junk)).await);
    }
    // Without a key there is nothing that a solution could be for.
    let keyless = guest.vote(&nominee).without_key().once().await;
    let keyless: Value = keyless.json().await.expect("JSON");
    let error = &keyless["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{keyless}");
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|m| m.contains("idempotencyKey"))
    );
    assert_eq!(app.count_votes().await, 0);
    let solution = text_of(&solve(&parameters));
    cast(&guest, &nominee, key, Some(&solution))
        .await
        .expect_counted();
    assert_eq!(app.count_votes().await, 1);
    // A voter with an account is not asked.
    let voted = app.voter().vote(&nominee).await;
    voted.expect_counted();
}

async fn a_solution_is_good_for_its_cast_alone(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = sample_of(&app, ChallengePolicy::Guests).await;
    let other_sample = sample_of(&app, ChallengePolicy::Guests).await;
    let (guest, other) = (app.guest(), app.guest());
    let (nominee, key) = (sample.nominee_id(0), Uuid::new_v4());
    let good = solved(&guest, &nominee, key).await;
    let mut wrong = good.clone();
    wrong.solution.counter += 1;
    let mut easier = good.clone();
    easier.challenge.parameters.key_prefix = String::new();
    let mut later = good.clone();
    later.challenge.parameters.expires_at = Some(i64::MAX / 2);
    let mut costly = good.clone();
    costly.challenge.parameters.cost = u32::MAX;
    let mut unsigned = good.clone();
    unsigned.challenge.signature = None;
    let elsewhere = other_sample.nominee_id(0);
    let mut told = Vec::new();
    for (voter, nominee, key, solution) in [
        (&other, &nominee, key, &good),
        (&guest, &elsewhere, key, &good),
        (&guest, &nominee, Uuid::new_v4(), &good),
        (&guest, &nominee, key, &wrong),
        (&guest, &nominee, key, &easier),
        (&guest, &nominee, key, &later),
        (&guest, &nominee, key, &costly),
        (&guest, &nominee, key, &unsigned),
    ] {
        let refused = cast(voter, nominee, key, Some(&text_of(solution))).await;
        told.push(challenge_of(&refused));
        // Nothing says what was wrong.
        assert_eq!(refused["userErrors"][0]["path"], Value::Null);
        let none = cast(voter, nominee, key, None).await;
        assert_eq!(refused["userErrors"], none["userErrors"]);
    }
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 8, "each is a new one");
    app.advance(TimeDelta::minutes(5));
    let late = cast(&guest, &nominee, key, Some(&text_of(&good))).await;
    let anew = text_of(&solve(&challenge_of(&late)));
    assert_eq!(app.count_votes().await, 0);
    cast(&guest, &nominee, key, Some(&anew))
        .await
        .expect_counted();
    // It works once: for another vote it is worth nothing.
    cast(&guest, &sample.nominee_id(1), key, Some(&anew))
        .await
        .expect_refused("IDEMPOTENCY_KEY_REUSED");
    assert_eq!(app.count_votes().await, 1);
}

async fn a_repetition_keeps_its_answer_on_any_process(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = sample_of(&app, ChallengePolicy::Always).await;
    let second = TestApp::start(&stores).await;
    let (voter, nominee, key) = (app.voter(), sample.nominee_id(0), Uuid::new_v4());
    // What one process asks, another takes the solution of.
    let solution = text_of(&solved(&voter, &nominee, key).await);
    let first = cast(&voter.at(&second), &nominee, key, Some(&solution)).await;
    let first = first.expect_counted();
    for minutes in [0, 6] {
        app.advance(TimeDelta::minutes(minutes));
        second.advance(TimeDelta::minutes(minutes));
        for server in [&app, &second] {
            for sent in [Some(solution.as_str()), None, Some("junk")] {
                let again = cast(&voter.at(server), &nominee, key, sent).await;
                assert_eq!(again, first, "{sent:?}");
            }
        }
    }
    assert_eq!(app.count_votes().await, 1);
}

async fn one_challenge_is_enough_for_a_ballot(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = sample_of(&app, ChallengePolicy::Guests).await;
    let nominees = [0, 1, 12].map(|index| sample.nominee_id(index));
    let (guest, key) = (app.guest(), Uuid::new_v4());
    let send = async |solution: Option<&str>| {
        let ballot = guest.cast_ballot(&sample.campaign_id(), &nominees);
        let ballot = ballot.with_key(key).asking(CAST_ALL);
        ballot.with_solution(solution).await
    };
    let solution = text_of(&solve(&challenge_of(&send(None).await)));
    let counted = send(Some(&solution)).await.expect_counted();
    assert_eq!(counted["votes"].as_array().map(Vec::len), Some(3));
    assert_eq!(send(None).await, counted);
    assert_eq!(app.count_votes().await, 3);
}

async fn each_policy_has_its_voters(stores: Stores) {
    let app = TestApp::start(&stores).await;
    for (policy, guest, account) in [
        (ChallengePolicy::Never, false, false),
        (ChallengePolicy::Guests, true, false),
        (ChallengePolicy::Suspicious, true, false),
        (ChallengePolicy::Always, true, true),
    ] {
        let sample = sample_of(&app, policy).await;
        for (voter, is_challenged) in [(app.guest(), guest), (app.voter(), account)] {
            let payload = cast(&voter, &sample.nominee_id(0), Uuid::new_v4(), None).await;
            let expected = is_challenged.then_some("CHALLENGE_REQUIRED");
            assert_eq!(refusal(&payload), expected, "{policy:?}");
            assert_eq!(payload["challenge"].is_null(), !is_challenged, "{policy:?}");
        }
        let query = "query($slug: String!) { campaign(slug: $slug) { rules { challenge } } }";
        let slug = json!({"slug": sample.campaign.slug});
        let read = app.anonymous().ask(query, slug).await;
        assert_eq!(read["campaign"]["rules"]["challenge"], policy.name());
    }
}

async fn what_is_refused_all_the_same_is_refused_without_a_challenge(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = sample_of(&app, ChallengePolicy::Always).await;
    let (voter, nominee) = (app.voter(), sample.nominee_id(0));
    let cast_anew = async |nominee: &str| {
        let payload = cast(&voter, nominee, Uuid::new_v4(), None).await;
        assert_eq!(payload["challenge"], Value::Null, "{payload}");
        refusal(&payload).map(str::to_owned)
    };
    for index in 0..3 {
        let counted = cast_solved(&voter, &sample.nominee_id(index)).await;
        counted.expect_counted();
    }
    assert_eq!(cast_anew(&nominee).await.as_deref(), Some("ALREADY_VOTED"));
    let fourth = sample.nominee_id(3);
    assert_eq!(cast_anew(&fourth).await.as_deref(), Some("QUOTA_SPENT"));
    let guests = app
        .sample_with(|campaign| {
            campaign.challenge = ChallengePolicy::Guests;
            campaign.guests_may_vote = false;
        })
        .await;
    let barred = cast(&app.guest(), &guests.nominee_id(0), Uuid::new_v4(), None).await;
    barred.expect_refused("NOT_ELIGIBLE");
    app.advance(TimeDelta::days(7));
    let closed = cast_anew(&sample.nominee_id(13)).await;
    assert_eq!(closed.as_deref(), Some("VOTING_CLOSED"));
}

async fn a_policy_is_changed_at_the_desk_and_takes_effect(stores: Stores) {
    const AMEND: &str = "mutation($input: AmendRulesInput!) { amendRules(input: $input) {
        campaign { rules { challenge } amendments { changes { field before after } } desk { editRevision } }
        userErrors { code path } } }";
    let app = TestApp::start(&stores).await;
    let sample = sample_of(&app, ChallengePolicy::Guests).await;
    let organiser = app.staff().await;
    app.voter()
        .vote(&sample.nominee_id(0))
        .await
        .expect_counted();
    let input = json!({"campaignId": sample.campaign_id(), "expectedRevision": 1,
        "challenge": "ALWAYS", "reason": "Votes by scripts."});
    let amended = organiser.ask(AMEND, json!({"input": input})).await;
    let campaign = &amended["amendRules"]["campaign"];
    assert_eq!(campaign["rules"]["challenge"], "ALWAYS", "{amended}");
    let changes = json!([{"field": "rules.challenge", "before": null, "after": "ALWAYS"}]);
    assert_eq!(campaign["amendments"][0]["changes"], changes);
    let payload = cast(&app.voter(), &sample.nominee_id(0), Uuid::new_v4(), None).await;
    challenge_of(&payload);
    // An edit of an older revision is refused, and the audit log has the change.
    let stale = organiser.ask(AMEND, json!({"input": input})).await;
    assert_eq!(refusal(&stale["amendRules"]), Some("STALE_OBJECT"));
    let logged = "SELECT COUNT(*) FROM audit_event WHERE action = 'campaign.amendRules'
        AND CAST(changes AS TEXT) LIKE '%rules.challenge%'";
    assert_eq!(stores.count(logged).await, 1);
    // A copy has it, too.
    let clone = "mutation($input: CloneCampaignInput!) { cloneCampaign(input: $input) {
        campaign { rules { challenge } } userErrors { code } } }";
    let opens = app.clock.now() + TimeDelta::days(1);
    let input = json!({"campaignId": sample.campaign_id(), "idempotencyKey": Uuid::new_v4(),
        "slug": "copy-of-it", "title": "Copy", "votingOpensAt": opens,
        "votingClosesAt": opens + TimeDelta::days(1)});
    let copied = organiser.ask(clone, json!({"input": input})).await;
    let copy = &copied["cloneCampaign"]["campaign"];
    assert_eq!(copy["rules"]["challenge"], "ALWAYS", "{copied}");
}

/// So few new voters of a block are usual here, and no more come back while a test runs.
const FEW: Rate = Rate {
    per_second: 1.0 / 86_400.0,
    burst: 3,
};

async fn start_with_few(stores: &Stores) -> TestApp {
    let builder = TestApp::builder(stores);
    builder
        .with_limits(|limits| limits.new_voter = FEW)
        .start()
        .await
}

async fn a_block_with_too_many_new_guests_is_challenged_harder_and_never_refused(stores: Stores) {
    let app = start_with_few(&stores).await;
    let sample = sample_of(&app, ChallengePolicy::Guests).await;
    let nominee = sample.nominee_id(0);
    let guests: Vec<TestClient> = (0..6).map(|_| app.guest()).collect();
    let number = async |guest: &TestClient| {
        let solved = solved(guest, &nominee, Uuid::new_v4()).await;
        solved.solution.counter
    };
    for guest in &guests {
        number(guest).await;
    }
    // The first three stay what they are; of the others one challenge in two is beyond what the usual ones have.
    for guest in &guests[..3] {
        for _ in 0..7 {
            assert!(number(guest).await < USUAL);
        }
    }
    for guest in &guests[3..] {
        let mut is_harder = false;
        for _ in 0..40 {
            is_harder = is_harder || number(guest).await >= USUAL;
            if is_harder {
                break;
            }
        }
        assert!(is_harder, "none of forty is beyond");
    }
    for guest in &guests {
        cast_solved(guest, &nominee).await.expect_counted();
    }
    assert_eq!(app.count_votes().await, 6);
}

async fn a_block_with_too_many_new_voters_is_suspicious(stores: Stores) {
    let app = start_with_few(&stores).await;
    let sample = sample_of(&app, ChallengePolicy::Suspicious).await;
    let unmoved = sample_of(&app, ChallengePolicy::Guests).await;
    let nominee = sample.nominee_id(0);
    // Where nobody looks for the suspicious, voters with an account are not counted.
    for _ in 0..5 {
        let counted = app.voter().vote(&unmoved.nominee_id(0)).await;
        counted.expect_counted();
    }
    let voters: Vec<TestClient> = (0..5).map(|_| app.voter()).collect();
    for voter in &voters[..3] {
        voter.vote(&nominee).await.expect_counted();
    }
    for voter in &voters[3..] {
        cast_solved(voter, &nominee).await.expect_counted();
    }
    // Those of before are not asked now, nor is one who came another day.
    for voter in &voters[..3] {
        let counted = voter.vote(&sample.nominee_id(1)).await;
        counted.expect_counted();
    }
    app.advance(-TimeDelta::hours(1));
    let noon = u64::try_from(app.clock.now().timestamp()).expect("after 1970");
    let of_before = |hours: u64| {
        let at = uuid::Timestamp::from_unix(uuid::NoContext, noon - hours * 3_600, 0);
        app.client_of(Viewer::Voter {
            id: VoterId(Uuid::new_v7(at)),
            kinds: IdentityKind::WechatMiniProgram.into(),
            is_suspicious: false,
        })
    };
    let known = of_before(25).vote(&nominee).await;
    known.expect_counted();
    let new = cast(&of_before(23), &nominee, Uuid::new_v4(), None).await;
    challenge_of(&new);
}
