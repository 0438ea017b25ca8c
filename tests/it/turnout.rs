//! Turnout: votes by minute, nominee and client, summed as they are stored, whatever processes store them.

use std::collections::HashMap;

use acclaim::auth::Viewer;
use acclaim::clock::Clock;
use acclaim::domain::access::StaffRole;
use acclaim::domain::identity::{IdentityKind, IdentityKinds};
use acclaim::id::VoterId;
use acclaim::ledger::voter::{self, Identity};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::deadlines::until;
use crate::desk::organisation;
use crate::harness::{
    CAST_BALLOT, CAST_VOTE, Sample, Stores, TestApp, TestClient, noon, on_both, refusal,
};

on_both!(
    turnout_is_the_sum_of_votes_that_two_processes_store,
    steps_are_those_of_the_time_zone,
    verification_finds_turnout_that_was_changed,
    votes_of_older_programs_are_summed_as_others,
    turnout_is_for_those_who_may_read_figures,
    desks_that_ask_at_the_same_time_share_a_read,
    voters_are_counted_by_the_first_of_their_ways_in,
    voters_by_way_in_are_counted_once_a_minute,
    voters_by_way_in_are_for_those_who_may_read_figures,
);

const TURNOUT: &str = "query($id: ID!, $by: TurnoutStep!, $from: DateTime, $to: DateTime) { campaign(id: $id) { desk {
    turnout(by: $by, from: $from, to: $to) { at votes page miniProgram other guests } } } }";

/// Casts with a header that names the client, until the server has room; it must count.
async fn cast(client: &TestClient, kind: Option<&str>, document: &str, input: &Value) {
    let mut input = input.clone();
    input["idempotencyKey"] = json!(Uuid::new_v4());
    let variables = json!({"input": input});
    let answer = until("a vote that counts", async || {
        let mut request = client.request(document, &variables);
        if let Some(kind) = kind {
            request = request.header("x-acclaim-client", kind);
        }
        let answer = request.send().await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        answer.get("errors").is_none().then_some(answer)
    })
    .await;
    let payload = answer["data"]
        .as_object()
        .and_then(|data| data.values().next());
    assert_eq!(refusal(payload.expect("a payload")), None, "{answer}");
}

/// A vote by a client that names itself so; it must count.
pub async fn vote(client: &TestClient, kind: Option<&str>, sample: &Sample, nominee: usize) {
    let input = json!({"nomineeId": sample.nominee_id(nominee)});
    cast(client, kind, CAST_VOTE, &input).await;
}

async fn turnout(client: &TestClient, sample: &Sample, by: &str) -> Vec<Value> {
    let variables = json!({"id": sample.campaign_id(), "by": by});
    let data = client.ask(TURNOUT, variables).await;
    let points = data["campaign"]["desk"]["turnout"].as_array();
    points.expect("points").clone()
}

/// The lines of a verification about turnout.
async fn faults(app: &TestApp) -> Vec<String> {
    let report = acclaim::verify::verify(&app.database, None).await;
    let report = report.expect("the database answers").to_string();
    let lines = report.lines().filter(|line| line.starts_with("turnout of"));
    lines.map(str::to_owned).collect()
}

async fn turnout_is_the_sum_of_votes_that_two_processes_store(stores: Stores) {
    let clock = Clock::manual(noon());
    let start = || TestApp::builder(&stores).with_clock(clock.clone()).start();
    let (first, second) = (start().await, start().await);
    let sample = first.sample().await;
    second.refresh().await;
    // The same nominees on both, at the same time, alone and in ballots of several categories: whoever waits in a
    // circle is seen here.
    let kinds = [Some("page"), Some("mini-program"), Some("a browser"), None];
    let mut expected: HashMap<&str, i64> = HashMap::new();
    let mut guests = 0;
    for round in 0..3 {
        let mut casts = Vec::new();
        for number in 0..24 {
            let app = if number % 2 == 0 { &first } else { &second };
            let is_guest = number % 5 == 0;
            let client = if is_guest { app.guest() } else { app.voter() };
            let kind = kinds[number % kinds.len()];
            let (sample, is_ballot) = (&sample, number % 3 == 0);
            let field = match kind {
                Some("page") => "page",
                Some("mini-program") => "miniProgram",
                _ => "other",
            };
            let votes = if is_ballot { 3 } else { 1 };
            *expected.entry(field).or_default() += votes;
            guests += if is_guest { votes } else { 0 };
            casts.push(async move {
                if is_ballot {
                    // In one order and in the other.
                    let mut nominees =
                        [24, 12, 0].map(|index| sample.nominee_id(index + number % 2));
                    if number % 4 == 0 {
                        nominees.reverse();
                    }
                    let input = json!({"campaignId": sample.campaign_id(), "nomineeIds": nominees});
                    cast(&client, kind, CAST_BALLOT, &input).await;
                } else {
                    vote(&client, kind, sample, (number % 2) * 12).await;
                }
            });
        }
        join_all(casts).await;
        assert_eq!(faults(&first).await, Vec::<String>::new(), "round {round}");
        clock.set(clock.now() + TimeDelta::seconds(45));
    }
    let owner = first.staff().await;
    let minutes = turnout(&owner, &sample, "MINUTE").await;
    let starts: Vec<_> = minutes.iter().map(|point| point["at"].clone()).collect();
    // Rounds at 0, 45 and 90 seconds past noon.
    let minute = |n: i64| json!(format!("2022-10-25T04:0{n}:00.000Z"));
    assert_eq!(starts, [minute(0), minute(1)]);
    for (field, votes) in &expected {
        let sum: i64 = minutes
            .iter()
            .filter_map(|point| point[*field].as_i64())
            .sum();
        assert_eq!((*field, sum), (*field, *votes));
    }
    let all: i64 = expected.values().sum();
    let sum = |points: &[Value]| -> (i64, i64) {
        let of = |field: &str| points.iter().filter_map(|p| p[field].as_i64()).sum();
        (of("votes"), of("guests"))
    };
    let all = (all, guests);
    assert_eq!(sum(&minutes), all);
    for by in ["HOUR", "DAY"] {
        let points = turnout(&owner, &sample, by).await;
        assert_eq!((points.len(), sum(&points)), (1, all), "{by}");
    }
    assert_eq!(first.count_votes().await, all.0);
    // By nominee, as its tally has it.
    let differs =
        "SELECT COUNT(*) FROM tally y WHERE y.counted <> (SELECT SUM(t.votes) FROM turnout t
        WHERE t.campaign_id = y.campaign_id AND t.nominee_id = y.nominee_id)";
    assert_eq!(stores.count(differs).await, 0);
    let differs =
        "SELECT COUNT(*) FROM tally y WHERE y.guest_votes <> (SELECT SUM(t.guests) FROM turnout t
        WHERE t.campaign_id = y.campaign_id AND t.nominee_id = y.nominee_id)";
    assert_eq!(stores.count(differs).await, 0);
}

async fn steps_are_those_of_the_time_zone(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let owner = app.staff().await;
    let at = |text: &str| -> DateTime<Utc> { text.parse().expect("a time") };
    // The last moment of a minute, an hour and a day in Shanghai, and the next one.
    for moment in [
        "2022-10-25T15:59:59.999999Z",
        "2022-10-25T16:00:00Z",
        "2022-10-25T16:14:59.999600Z",
        "2022-10-25T16:15:00Z",
    ] {
        app.clock.set(at(moment));
        vote(&app.voter(), Some("page"), &sample, 0).await;
    }
    assert_eq!(faults(&app).await, Vec::<String>::new());
    let found = async |by: &str| {
        let points = turnout(&owner, &sample, by).await.into_iter();
        let point = |point: Value| {
            let start = point["at"].as_str().expect("a time").to_owned();
            (start, point["page"].as_i64().expect("a number"))
        };
        points.map(point).collect::<Vec<_>>()
    };
    let of = |text: &str, votes| (text.to_owned(), votes);
    let minutes = [
        of("2022-10-25T15:59:00.000Z", 1),
        of("2022-10-25T16:00:00.000Z", 1),
        of("2022-10-25T16:14:00.000Z", 1),
        of("2022-10-25T16:15:00.000Z", 1),
    ];
    assert_eq!(found("MINUTE").await, minutes);
    let hours = [
        of("2022-10-25T15:00:00.000Z", 1),
        of("2022-10-25T16:00:00.000Z", 3),
    ];
    assert_eq!(found("HOUR").await, hours);
    let days = [
        of("2022-10-24T16:00:00.000Z", 1),
        of("2022-10-25T16:00:00.000Z", 3),
    ];
    assert_eq!(found("DAY").await, days);
    // A part of it, and more than is shown at once.
    let part = json!({"id": sample.campaign_id(), "by": "MINUTE", "from": "2022-10-25T16:00:30Z",
        "to": "2022-10-25T16:14:00Z"});
    let data = owner.ask(TURNOUT, part).await;
    let points = data["campaign"]["desk"]["turnout"].as_array();
    assert_eq!(points.expect("points").len(), 2, "{data}");
    for (by, from) in [
        ("MINUTE", "2022-10-24T15:59:59Z"),
        ("HOUR", "2022-09-24T00:00:00Z"),
        ("DAY", "2000-01-01T00:00:00Z"),
    ] {
        let variables = json!({"id": sample.campaign_id(), "by": by, "from": from, "to": "2022-10-25T16:00:00Z"});
        assert_eq!(owner.fail(TURNOUT, variables).await, "BAD_USER_INPUT");
    }
    // Once voting is over the last day is still shown.
    app.clock
        .set(sample.campaign.voting_closes_at + TimeDelta::days(20));
    assert_eq!(found("HOUR").await, hours);
}

async fn verification_finds_turnout_that_was_changed(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    vote(&app.voter(), Some("page"), &sample, 0).await;
    assert_eq!(faults(&app).await, Vec::<String>::new());
    for (tamper, undo, words, count) in [
        (
            "UPDATE turnout SET votes = 3",
            "UPDATE turnout SET votes = 1",
            "by client page: 1 by votes, 3 by turnout",
            1,
        ),
        (
            "UPDATE turnout SET client = 2",
            "UPDATE turnout SET client = 1",
            "by client mini-program: 0 by votes, 1 by turnout",
            2,
        ),
        (
            "UPDATE turnout SET minute = minute + 1",
            "UPDATE turnout SET minute = minute - 1",
            "in the minute of 2022-10-25 04:01:00 UTC",
            2,
        ),
        (
            "UPDATE vote SET client = 0",
            "UPDATE vote SET client = 1",
            "by client other: 1 by votes, 0 by turnout",
            2,
        ),
        (
            "UPDATE turnout SET guests = 1",
            "UPDATE turnout SET guests = 0",
            "1 by votes, 1 by turnout; of guests 0 and 1",
            1,
        ),
        (
            "UPDATE vote SET is_guest = TRUE",
            "UPDATE vote SET is_guest = NULL",
            "1 by votes, 1 by turnout; of guests 1 and 0",
            1,
        ),
    ] {
        stores.execute(tamper).await;
        let found = faults(&app).await;
        assert_eq!(found.len(), count, "{found:?}");
        assert!(found.iter().any(|line| line.contains(words)), "{found:?}");
        stores.execute(undo).await;
        assert_eq!(faults(&app).await, Vec::<String>::new());
    }
}

async fn votes_of_older_programs_are_summed_as_others(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    vote(&app.guest(), Some("page"), &sample, 0).await;
    // A program that knows of no client, beside this one.
    let is_embedded = stores.redis_url.is_none();
    let insert = if is_embedded {
        "INSERT INTO vote (campaign_id, scope_id, voter_id, period, slot, nominee_id, id, cast_at, is_first)
        SELECT campaign_id, scope_id, randomblob(16), period, slot, nominee_id, randomblob(16), cast_at, is_first
        FROM vote LIMIT 1"
    } else {
        "INSERT INTO vote (campaign_id, scope_id, voter_id, period, slot, nominee_id, id, cast_at, is_first)
        SELECT campaign_id, scope_id, gen_random_uuid(), period, slot, nominee_id, gen_random_uuid(), cast_at, is_first
        FROM vote LIMIT 1"
    };
    stores.execute(insert).await;
    stores.execute(insert).await;
    assert_eq!(faults(&app).await, Vec::<String>::new());
    let owner = app.staff().await;
    let points = turnout(&owner, &sample, "HOUR").await;
    let figures = ["page", "other", "guests"].map(|field| points[0][field].as_i64());
    assert_eq!(figures, [Some(1), Some(2), Some(1)]);
    // A database of before, with votes in it, is brought up to date.
    for statement in [
        "DROP TABLE turnout",
        if is_embedded {
            "DROP TRIGGER vote_without_client_moves_turnout"
        } else {
            "DROP FUNCTION sum_turnout_of_vote CASCADE"
        },
        "ALTER TABLE vote DROP COLUMN client",
        "DROP TABLE export",
        "ALTER TABLE tally DROP COLUMN guest_votes",
        "DELETE FROM _sqlx_migrations WHERE version IN (14, 25)",
    ] {
        stores.execute(statement).await;
    }
    let database = stores.database(&app.clock).await;
    let report = acclaim::verify::verify(&database, None).await;
    let report = report.expect("the database answers").to_string();
    assert!(!report.contains("turnout of nominee"), "{report}");
    let others = "SELECT CAST(SUM(votes) AS BIGINT) FROM turnout WHERE client = 0";
    assert_eq!(stores.count(others).await, 3);
    let guests = "SELECT CAST(SUM(guests) AS BIGINT) FROM turnout";
    assert_eq!(stores.count(guests).await, 1);
    database.close().await;
}

async fn turnout_is_for_those_who_may_read_figures(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    vote(&app.voter(), None, &sample, 0).await;
    for role in StaffRole::ALL {
        let member = app.member(role).await;
        let expected = usize::from(role != StaffRole::Editor);
        assert_eq!(turnout(&member, &sample, "HOUR").await.len(), expected);
    }
    let other = organisation(&app, "other").await;
    let stranger = app.member_of(other, StaffRole::Owner).await;
    for client in [stranger, app.voter(), app.anonymous().clone()] {
        let variables = json!({"id": sample.campaign_id(), "by": "DAY"});
        let data = client.ask(TURNOUT, variables).await;
        assert_eq!(data["campaign"]["desk"], Value::Null);
    }
}

async fn desks_that_ask_at_the_same_time_share_a_read(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    vote(&app.voter(), Some("page"), &sample, 0).await;
    let desks = join_all((0..10).map(|_| app.staff())).await;
    let statements = async |query: &str| {
        let before = app.database.statements();
        let variables = json!({"id": sample.campaign_id()});
        let data = join_all(desks.iter().map(|desk| desk.ask(query, variables.clone()))).await;
        (app.database.statements() - before, data)
    };
    let (without, _) =
        statements("query($id: ID!) { campaign(id: $id) { desk { editRevision } } }").await;
    // What is kept holds for a second, which may end in between.
    let query = "query($id: ID!) { campaign(id: $id) { desk { turnout(by: HOUR) { votes } } } }";
    let answers = until("desks that share a read", async || {
        let (with, answers) = statements(query).await;
        (with <= without + 1).then_some(answers)
    })
    .await;
    for answer in answers {
        assert_eq!(answer["campaign"]["desk"]["turnout"], json!([{"votes": 1}]));
    }
    // And not for longer.
    vote(&app.voter(), Some("page"), &sample, 0).await;
    until("the second vote", async || {
        let (_, answers) = statements(query).await;
        let second = json!([{"votes": 2}]);
        let is_seen = |answer: &Value| answer["campaign"]["desk"]["turnout"] == second;
        answers.iter().all(is_seen).then_some(())
    })
    .await;
    // Another step is another question.
    let query = "query($id: ID!) { campaign(id: $id) { desk { turnout(by: DAY) { at votes } } } }";
    let (_, answers) = statements(query).await;
    let day = json!([{"at": "2022-10-24T16:00:00.000Z", "votes": 2}]);
    assert_eq!(answers[0]["campaign"]["desk"]["turnout"], day);
}

const VOTERS_BY_WAY: &str =
    "query($id: ID!) { campaign(id: $id) { desk { votersByWay { kind voters } } } }";

/// Ways in with the voters that have them first.
async fn voters_by_way(client: &TestClient, sample: &Sample) -> Vec<(Option<String>, i64)> {
    let variables = json!({"id": sample.campaign_id()});
    let data = client.ask(VOTERS_BY_WAY, variables).await;
    let ways = data["campaign"]["desk"]["votersByWay"].as_array();
    let way = |way: &Value| {
        let kind = way["kind"].as_str().map(str::to_owned);
        (kind, way["voters"].as_i64().expect("a number"))
    };
    ways.expect("a list").iter().map(way).collect()
}

/// A voter who signs in by these ways, each with a hash of this number; a guest who does so is the same.
async fn known_voter(
    app: &TestApp,
    ways: &[(IdentityKind, u8)],
    guest: Option<VoterId>,
) -> VoterId {
    let hashes: Vec<_> = ways.iter().map(|(_, number)| [*number; 32]).collect();
    let identity = |((kind, _), hash): (&(IdentityKind, u8), _)| Identity {
        hash,
        kind: Some(*kind),
    };
    let hashes = hashes.iter().map(<[u8; 32]>::as_slice);
    let identities: Vec<_> = ways.iter().zip(hashes).map(identity).collect();
    let now = app.clock.now();
    let signed_in = voter::sign_in(&app.database, &identities, guest, now).await;
    signed_in.expect("the database answers").id
}

async fn vote_as(app: &TestApp, id: VoterId, sample: &Sample, nominee: usize) {
    let kinds = IdentityKinds::ALL;
    let client = app.client_of(Viewer::Voter {
        id,
        kinds,
        is_suspicious: false,
    });
    vote(&client, None, sample, nominee).await;
}

async fn voters_are_counted_by_the_first_of_their_ways_in(stores: Stores) {
    let clock = Clock::manual(noon());
    let app = TestApp::builder(&stores)
        .with_clock(clock.clone())
        .start()
        .await;
    let sample = app.sample().await;
    let owner = app.staff().await;
    assert_eq!(voters_by_way(&owner, &sample).await, []);
    for (number, kind) in (1..).zip(IdentityKind::ALL) {
        let id = known_voter(&app, &[(kind, number)], None).await;
        vote_as(&app, id, &sample, 0).await;
        // Further votes make no further voters.
        vote_as(&app, id, &sample, 12).await;
    }
    // By two ways it is one of the first.
    let both = [(IdentityKind::Oidc, 20), (IdentityKind::WechatWeb, 21)];
    let both = known_voter(&app, &both, None).await;
    vote_as(&app, both, &sample, 0).await;
    // Two that voted and turned out to be one: a guest with an account.
    let account = known_voter(&app, &[(IdentityKind::Alipay, 30)], None).await;
    let guest = known_voter(&app, &[(IdentityKind::Guest, 31)], None).await;
    vote_as(&app, account, &sample, 0).await;
    vote_as(&app, guest, &sample, 0).await;
    known_voter(&app, &[(IdentityKind::Alipay, 30)], Some(guest)).await;
    // A guest that voted, and is linked to an account that did not.
    let guest = known_voter(&app, &[(IdentityKind::Guest, 41)], None).await;
    vote_as(&app, guest, &sample, 0).await;
    known_voter(&app, &[(IdentityKind::Douyin, 40)], None).await;
    known_voter(&app, &[(IdentityKind::Douyin, 40)], Some(guest)).await;
    // One who has not voted, one without a way in, and one in another campaign.
    known_voter(&app, &[(IdentityKind::Phone, 50)], None).await;
    vote_as(&app, VoterId::new(), &sample, 0).await;
    let other = app.sample().await;
    let elsewhere = known_voter(&app, &[(IdentityKind::Oidc, 60)], None).await;
    vote_as(&app, elsewhere, &other, 0).await;
    clock.set(clock.now() + TimeDelta::minutes(1));
    let expected = [
        (Some("WECHAT_MINI_PROGRAM"), 1),
        (Some("WECHAT_WEB"), 2),
        (Some("DOUYIN"), 2),
        (Some("ALIPAY"), 2),
        (Some("PHONE"), 1),
        (Some("OIDC"), 1),
        (Some("GUEST"), 1),
        (None, 1),
    ];
    let expected = expected.map(|(kind, voters)| (kind.map(str::to_owned), voters));
    assert_eq!(voters_by_way(&owner, &sample).await, expected);
    let elsewhere = [(Some("OIDC".to_owned()), 1)];
    assert_eq!(voters_by_way(&owner, &other).await, elsewhere);
}

async fn voters_by_way_in_are_counted_once_a_minute(stores: Stores) {
    let clock = Clock::manual(noon());
    let app = TestApp::builder(&stores)
        .with_clock(clock.clone())
        .start()
        .await;
    let sample = app.sample().await;
    vote(&app.voter(), None, &sample, 0).await;
    let desks = join_all((0..10).map(|_| app.staff())).await;
    let statements = async |query: &str| {
        let before = app.database.statements();
        let variables = json!({"id": sample.campaign_id()});
        let data = join_all(desks.iter().map(|desk| desk.ask(query, variables.clone()))).await;
        (app.database.statements() - before, data)
    };
    let (without, _) =
        statements("query($id: ID!) { campaign(id: $id) { desk { editRevision } } }").await;
    let one = json!([{"kind": null, "voters": 1}]);
    let (with, answers) = statements(VOTERS_BY_WAY).await;
    assert_eq!(with, without + 1);
    for answer in answers {
        assert_eq!(answer["campaign"]["desk"]["votersByWay"], one);
    }
    vote(&app.voter(), None, &sample, 0).await;
    clock.set(clock.now() + TimeDelta::seconds(59));
    assert_eq!(statements(VOTERS_BY_WAY).await.0, without);
    assert_eq!(voters_by_way(&desks[0], &sample).await, [(None, 1)]);
    clock.set(clock.now() + TimeDelta::seconds(1));
    assert_eq!(voters_by_way(&desks[0], &sample).await, [(None, 2)]);
}

async fn voters_by_way_in_are_for_those_who_may_read_figures(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    vote(&app.voter(), None, &sample, 0).await;
    for role in StaffRole::ALL {
        let member = app.member(role).await;
        let expected = usize::from(role != StaffRole::Editor);
        assert_eq!(voters_by_way(&member, &sample).await.len(), expected);
    }
    let other = organisation(&app, "other").await;
    let stranger = app.member_of(other, StaffRole::Owner).await;
    for client in [stranger, app.voter(), app.anonymous().clone()] {
        let data = client
            .ask(VOTERS_BY_WAY, json!({"id": sample.campaign_id()}))
            .await;
        assert_eq!(data["campaign"]["desk"], Value::Null);
    }
}
