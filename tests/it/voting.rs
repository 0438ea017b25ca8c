//! Casting votes: rules, quotas, idempotency.

use std::collections::HashSet;

use acclaim::auth::Viewer;
use acclaim::domain::campaign::{QuotaPeriod, QuotaScope, TimeZone};
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::{StaffId, VoteId, VoterId};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::Connection as _;
use uuid::Uuid;

use crate::harness::{Sample, Stores, TestServer, on_both, refusal};

on_both!(
    a_vote_counts_once_per_nominee_and_day,
    the_quota_is_per_category_and_says_what_is_left,
    the_quota_can_be_for_the_whole_campaign,
    the_day_turns_at_midnight_in_the_campaigns_time_zone,
    a_day_of_25_hours_is_one_day,
    the_same_key_gets_the_same_answer,
    a_key_is_remembered_for_the_whole_campaign,
    a_retry_after_a_withdrawal_still_gets_its_answer,
    slots_are_taken_in_one_order_whatever_the_client_names_first,
    what_committed_votes_refuse_is_refused_without_the_database,
    a_key_belongs_to_one_vote,
    a_retry_after_the_close_still_gets_its_answer,
    a_retry_that_crosses_midnight_on_another_server_counts_once,
    phases_open_and_close_the_vote,
    frozen_and_withdrawn_nominees_get_no_votes,
    guests_vote_only_where_they_are_admitted,
    a_ballot_is_stored_whole_or_not_at_all,
    staff_and_strangers_do_not_vote,
);

async fn a_vote_counts_once_per_nominee_and_day(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let (voter, nominee) = (server.voter(), server.nominee_id(sample.nominees[0]));
    let first = server.cast(&voter, &nominee, None).await;
    assert_eq!(refusal(&first), None, "{first}");
    assert_eq!(first["vote"]["nominee"]["id"], json!(nominee));
    assert_eq!(first["nominee"]["viewerHasVoted"], json!(true));
    assert_eq!(first["vote"]["castAt"], json!("2022-10-25T04:00:00.000Z"));
    let second = server.cast(&voter, &nominee, None).await;
    assert_eq!(refusal(&second), Some("ALREADY_VOTED"));
    assert_eq!(second["vote"], Value::Null);
    assert_eq!(
        second["userErrors"][0]["path"],
        json!(["input", "nomineeId"])
    );
    assert_eq!(second["quota"]["used"], json!(1));
    server.clock.set(server.clock.now() + TimeDelta::days(1));
    let voter = server.token_of(viewer_of(&server, &voter));
    assert_eq!(refusal(&server.cast(&voter, &nominee, None).await), None);
}

/// The viewer of a token, whenever it expires.
fn viewer_of(server: &TestServer, token: &str) -> Viewer {
    let issued = server.clock.now() - TimeDelta::days(1);
    server
        .app
        .tokens
        .verify(token, issued)
        .expect("it was good then")
        .0
}

async fn the_quota_is_per_category_and_says_what_is_left(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let voter = server.voter();
    for (used, index) in (1..=3).zip(0..) {
        let payload = server
            .cast(&voter, &server.nominee_id(sample.nominees[index]), None)
            .await;
        let quota = &payload["quota"];
        assert_eq!(
            (quota["limit"].as_i64(), quota["used"].as_i64()),
            (Some(3), Some(used))
        );
        assert_eq!(quota["remaining"], json!(3 - used));
        assert_eq!(quota["category"]["key"], json!("entrepreneur"));
        assert_eq!(quota["resetsAt"], json!("2022-10-25T16:00:00.000Z"));
    }
    let spent = server
        .cast(&voter, &server.nominee_id(sample.nominees[3]), None)
        .await;
    assert_eq!(refusal(&spent), Some("QUOTA_SPENT"));
    assert_eq!(spent["quota"]["remaining"], json!(0));
    let other_category = server
        .cast(&voter, &server.nominee_id(sample.nominees[12]), None)
        .await;
    assert_eq!(refusal(&other_category), None);
}

async fn the_quota_can_be_for_the_whole_campaign(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server
        .sample_with(|c| {
            c.quota_scope = QuotaScope::Campaign;
            c.quota_period = QuotaPeriod::Campaign;
            c.votes_per_period = 2;
        })
        .await;
    let viewer = Viewer::Voter {
        id: VoterId::new(),
        is_guest: false,
    };
    let voter = server.token_of(viewer);
    for index in [0, 12] {
        let payload = server
            .cast(&voter, &server.nominee_id(sample.nominees[index]), None)
            .await;
        assert_eq!(refusal(&payload), None);
        assert_eq!(payload["vote"]["period"], json!(0));
        assert_eq!(payload["quota"]["resetsAt"], Value::Null);
        assert_eq!(payload["quota"]["category"], Value::Null);
    }
    server.clock.set(server.clock.now() + TimeDelta::days(3));
    let voter = server.token_of(viewer);
    for index in [0, 24] {
        let payload = server
            .cast(&voter, &server.nominee_id(sample.nominees[index]), None)
            .await;
        let expected = if index == 0 {
            "ALREADY_VOTED"
        } else {
            "QUOTA_SPENT"
        };
        assert_eq!(refusal(&payload), Some(expected));
    }
}

/// Spends a quota of one just before `midnight` and again at it.
async fn assert_the_day_turns_at(stores: Stores, zone: chrono_tz::Tz, midnight: DateTime<Utc>) {
    let server = TestServer::start(&stores).await;
    server.clock.set(midnight - TimeDelta::microseconds(1));
    let sample = server
        .sample_with(|c| {
            c.time_zone = TimeZone(zone);
            c.votes_per_period = 1;
        })
        .await;
    let voter = server.voter();
    let nominee = |index: usize| server.nominee_id(sample.nominees[index]);
    assert_eq!(refusal(&server.cast(&voter, &nominee(0), None).await), None);
    assert_eq!(
        refusal(&server.cast(&voter, &nominee(1), None).await),
        Some("QUOTA_SPENT")
    );
    server.clock.set(midnight);
    assert_eq!(refusal(&server.cast(&voter, &nominee(0), None).await), None);
    let spent = server.cast(&voter, &nominee(1), None).await;
    assert_eq!(refusal(&spent), Some("QUOTA_SPENT"));
}

async fn the_day_turns_at_midnight_in_the_campaigns_time_zone(stores: Stores) {
    let midnight = "2022-10-25T16:00:00Z".parse().expect("a time");
    assert_the_day_turns_at(stores, chrono_tz::Asia::Shanghai, midnight).await;
}

async fn a_day_of_25_hours_is_one_day(stores: Stores) {
    // New York goes back from 02:00 to 01:00 on 6 November 2022: the day ends 25 hours after it began.
    let midnight = "2022-11-07T05:00:00Z".parse().expect("a time");
    assert_the_day_turns_at(stores, chrono_tz::America::New_York, midnight).await;
}

async fn the_same_key_gets_the_same_answer(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let (voter, nominee) = (server.voter(), server.nominee_id(sample.nominees[0]));
    let key = Uuid::new_v4().to_string();
    let first = server.cast(&voter, &nominee, Some(&key)).await;
    server.clock.set(server.clock.now() + TimeDelta::seconds(7));
    for _ in 0..3 {
        assert_eq!(server.cast(&voter, &nominee, Some(&key)).await, first);
    }
    let another = server
        .cast(&voter, &nominee, Some(&Uuid::new_v4().to_string()))
        .await;
    assert_eq!(refusal(&another), Some("ALREADY_VOTED"));
    server.app.publish_tallies().await;
    let tally = server
        .app
        .tally(sample.campaign.id)
        .await
        .expect("a tally")
        .tally;
    assert_eq!((tally.counted, tally.voters), (1, 1));
}

async fn a_key_is_remembered_for_the_whole_campaign(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let viewer = Viewer::Voter {
        id: VoterId::new(),
        is_guest: false,
    };
    let (nominee, other) = (
        server.nominee_id(sample.nominees[0]),
        server.nominee_id(sample.nominees[1]),
    );
    let key = Uuid::new_v4().to_string();
    server.cast(&server.token_of(viewer), &other, None).await;
    let voter = server.token_of(viewer);
    let first = server.cast(&voter, &nominee, Some(&key)).await;
    server.clock.set(server.clock.now() + TimeDelta::days(3));
    let voter = server.token_of(viewer);
    assert_eq!(refusal(&server.cast(&voter, &nominee, None).await), None);
    let retry = server.cast(&voter, &nominee, Some(&key)).await;
    assert_eq!(retry["vote"], first["vote"]);
    assert_eq!(stores.count("SELECT COUNT(*) FROM vote").await, 3);
}

async fn a_retry_after_a_withdrawal_still_gets_its_answer(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let (voter, nominee) = (server.voter(), server.nominee_id(sample.nominees[0]));
    let key = Uuid::new_v4().to_string();
    let first = server.cast(&voter, &nominee, Some(&key)).await;
    stores
        .execute("UPDATE nominee SET status = 'WITHDRAWN' WHERE number = 1")
        .await;
    let refreshed = server.app.refresh_campaigns().await;
    refreshed.expect("the database answers");
    let retry = server.cast(&voter, &nominee, Some(&key)).await;
    assert_eq!(retry["vote"], first["vote"]);
    let fresh = server.cast(&server.voter(), &nominee, Some(&key)).await;
    assert_eq!(refusal(&fresh), Some("NOMINEE_NOT_FOUND"));
}

async fn slots_are_taken_in_one_order_whatever_the_client_names_first(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let campaign = server.campaign_id(sample.campaign.id);
    for order in [[0, 1, 2], [2, 1, 0]] {
        let ids = order.map(|index: usize| server.nominee_id(sample.nominees[index]));
        let input = json!({"campaignId": campaign, "nomineeIds": ids});
        let voter = server.voter();
        let data = server
            .ask(Some(&voter), CAST_BALLOT, json!({"input": input}))
            .await;
        let voted = data["castBallot"]["votes"]
            .as_array()
            .expect("votes")
            .iter();
        let voted: Vec<&str> = voted.filter_map(|v| v["nominee"]["id"].as_str()).collect();
        assert_eq!(voted, ids, "the answer is in the order of the input");
    }
    let disorder = "SELECT COUNT(*) FROM vote a JOIN vote b ON a.voter_id = b.voter_id
        WHERE a.nominee_id < b.nominee_id AND a.slot > b.slot";
    assert_eq!(stores.count(disorder).await, 0);
}

async fn what_committed_votes_refuse_is_refused_without_the_database(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let (voter, query) = (
        server.voter(),
        "mutation($input: CastVoteInput!) { castVote(input: $input) { userErrors { code } } }",
    );
    let cast = async |index: usize| {
        let before = server.app.database.statements();
        let input = json!({"input": {"nomineeId": server.nominee_id(sample.nominees[index])}});
        let data = server.ask(Some(&voter), query, input).await;
        let code = refusal(&data["castVote"]).map(str::to_owned);
        (code, server.app.database.statements() - before)
    };
    for index in 0..3 {
        assert_eq!(cast(index).await.0, None);
    }
    for (index, code) in [(0, "ALREADY_VOTED"), (3, "QUOTA_SPENT")] {
        // Redis is told behind the answer: until then the ledger refuses.
        let mut attempts = 0;
        while cast(index).await != (Some(code.to_owned()), 0) {
            attempts += 1;
            assert!(attempts < 10_000, "{code} always asks the database");
        }
    }
}

async fn a_key_belongs_to_one_vote(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let (voter, key) = (server.voter(), Uuid::new_v4().to_string());
    server
        .cast(&voter, &server.nominee_id(sample.nominees[0]), Some(&key))
        .await;
    for index in [1, 13] {
        let payload = server
            .cast(
                &voter,
                &server.nominee_id(sample.nominees[index]),
                Some(&key),
            )
            .await;
        assert_eq!(refusal(&payload), Some("IDEMPOTENCY_KEY_REUSED"));
    }
    let stranger = server
        .cast(
            &server.voter(),
            &server.nominee_id(sample.nominees[1]),
            Some(&key),
        )
        .await;
    assert_eq!(
        refusal(&stranger),
        None,
        "another voter's key is another key"
    );
}

async fn a_retry_after_the_close_still_gets_its_answer(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server
        .sample_with(|c| c.voting_closes_at = c.voting_opens_at + TimeDelta::hours(25))
        .await;
    let (voter, key) = (server.voter(), Uuid::new_v4().to_string());
    server
        .clock
        .set(sample.campaign.voting_closes_at - TimeDelta::microseconds(1));
    let voter = server.token_of(viewer_of(&server, &voter));
    let first = server
        .cast(&voter, &server.nominee_id(sample.nominees[0]), Some(&key))
        .await;
    assert_eq!(refusal(&first), None);
    server.clock.set(sample.campaign.voting_closes_at);
    let again = server
        .cast(&voter, &server.nominee_id(sample.nominees[0]), Some(&key))
        .await;
    assert_eq!(again["vote"], first["vote"]);
    let late = server
        .cast(&voter, &server.nominee_id(sample.nominees[1]), None)
        .await;
    assert_eq!(refusal(&late), Some("VOTING_CLOSED"));
}

async fn a_retry_that_crosses_midnight_on_another_server_counts_once(stores: Stores) {
    let (before, after) = (
        TestServer::start(&stores).await,
        TestServer::start(&stores).await,
    );
    let midnight: DateTime<Utc> = "2022-10-25T16:00:00Z".parse().expect("a time");
    before.clock.set(midnight - TimeDelta::milliseconds(1));
    after.clock.set(midnight + TimeDelta::milliseconds(1));
    let sample = before.sample().await;
    after
        .app
        .refresh_campaigns()
        .await
        .expect("the database answers");
    let (nominee, other) = (
        before.nominee_id(sample.nominees[0]),
        before.nominee_id(sample.nominees[1]),
    );
    let voters: Vec<String> = (0..200).map(|_| before.voter()).collect();
    // A voter's very first vote is unique by itself; the one that is raced here is the second.
    futures_util::future::join_all(voters.iter().map(|v| before.cast(v, &other, None))).await;
    let both = voters.iter().map(|voter| async {
        let key = Uuid::new_v4().to_string();
        let (one, two) = tokio::join!(
            before.cast(voter, &nominee, Some(&key)),
            after.cast(voter, &nominee, Some(&key))
        );
        assert_eq!(one["vote"], two["vote"]);
        assert_ne!(one["vote"], Value::Null);
    });
    futures_util::future::join_all(both).await;
    let ballots = acclaim::ledger::recount::count_votes(&before.app.database).await;
    assert_eq!(ballots.expect("a count"), 400);
}

async fn phases_open_and_close_the_vote(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let nominee = server.nominee_id(sample.nominees[0]);
    let (opens, closes) = (
        sample.campaign.voting_opens_at,
        sample.campaign.voting_closes_at,
    );
    let moment = TimeDelta::microseconds(1);
    for (at, expected, phase) in [
        (opens - moment, Some("VOTING_NOT_OPEN"), "UPCOMING"),
        (opens, None, "VOTING"),
        (closes - moment, None, "VOTING"),
        (closes, Some("VOTING_CLOSED"), "ENDED"),
    ] {
        server.clock.set(at);
        let payload = server.cast(&server.voter(), &nominee, None).await;
        assert_eq!(refusal(&payload), expected, "at {at}");
        let query = "query($slug: String) { campaign(slug: $slug) { phase } }";
        let data = server
            .ask(None, query, json!({"slug": sample.campaign.slug}))
            .await;
        assert_eq!(data["campaign"]["phase"], json!(phase));
    }
}

async fn frozen_and_withdrawn_nominees_get_no_votes(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let (voter, nominee) = (server.voter(), server.nominee_id(sample.nominees[0]));
    let freeze = "UPDATE nominee SET status = 'FROZEN' WHERE number = 1";
    let withdraw = "UPDATE nominee SET status = 'WITHDRAWN' WHERE number = 1";
    for (change, expected) in [(freeze, "NOMINEE_FROZEN"), (withdraw, "NOMINEE_NOT_FOUND")] {
        stores.execute(change).await;
        server
            .app
            .refresh_campaigns()
            .await
            .expect("the database answers");
        let payload = server.cast(&voter, &nominee, None).await;
        assert_eq!(refusal(&payload), Some(expected));
        let node = server
            .ask(
                None,
                "query($id: ID!) { nominee(id: $id) { status } }",
                json!({"id": nominee}),
            )
            .await;
        let expected = if change == freeze {
            json!({"status": "FROZEN"})
        } else {
            Value::Null
        };
        assert_eq!(node["nominee"], expected);
    }
}

async fn guests_vote_only_where_they_are_admitted(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let closed = server.sample_with(|c| c.guests_may_vote = false).await;
    let open = server.sample().await;
    let guest = server.guest();
    let payload = server
        .cast(&guest, &server.nominee_id(closed.nominees[0]), None)
        .await;
    assert_eq!(refusal(&payload), Some("NOT_ELIGIBLE"));
    assert_eq!(
        refusal(
            &server
                .cast(&guest, &server.nominee_id(open.nominees[0]), None)
                .await
        ),
        None
    );
}

const CAST_BALLOT: &str = "mutation($input: CastBallotInput!) { castBallot(input: $input) {
    votes { id nominee { id } } quotas { category { key } used } userErrors { code path } } }";

async fn a_ballot_is_stored_whole_or_not_at_all(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let (voter, campaign) = (server.voter(), server.campaign_id(sample.campaign.id));
    let ids = |indexes: &[usize]| {
        indexes
            .iter()
            .map(|i| server.nominee_id(sample.nominees[*i]))
            .collect::<Vec<_>>()
    };
    let cast = async |indexes: &[usize], key: Option<&str>| {
        let input =
            json!({"campaignId": campaign, "nomineeIds": ids(indexes), "idempotencyKey": key});
        server
            .ask(Some(&voter), CAST_BALLOT, json!({"input": input}))
            .await["castBallot"]
            .take()
    };
    let key = Uuid::new_v4().to_string();
    let first = cast(&[0, 12, 1], Some(&key)).await;
    assert_eq!(refusal(&first), None, "{first}");
    let voted: Vec<&str> = first["votes"]
        .as_array()
        .expect("votes")
        .iter()
        .filter_map(|v| v["nominee"]["id"].as_str())
        .collect();
    assert_eq!(voted, ids(&[0, 12, 1]));
    assert_eq!(
        first["quotas"],
        json!([{"category": {"key": "entrepreneur"}, "used": 2}, {"category": {"key": "researcher"}, "used": 1}])
    );
    assert_eq!(cast(&[0, 12, 1], Some(&key)).await["votes"], first["votes"]);
    assert_eq!(
        refusal(&cast(&[0, 12], Some(&key)).await),
        Some("IDEMPOTENCY_KEY_REUSED")
    );
    let over = cast(&[13, 2, 3], None).await;
    assert_eq!(refusal(&over), Some("QUOTA_SPENT"));
    let repeated = cast(&[13, 0], None).await;
    assert_eq!(refusal(&repeated), Some("ALREADY_VOTED"));
    assert_eq!(
        repeated["userErrors"][0]["path"],
        json!(["input", "nomineeIds", "1"])
    );
    let ballots = acclaim::ledger::recount::count_votes(&server.app.database)
        .await
        .expect("a count");
    assert_eq!(ballots, 3);
    let input = json!({"campaignId": campaign, "nomineeIds": ids(&[4, 4])});
    assert_eq!(
        server
            .fail(Some(&voter), CAST_BALLOT, json!({"input": input}))
            .await,
        "BAD_USER_INPUT"
    );
    let unique: HashSet<&str> = voted.into_iter().collect();
    assert_eq!(unique.len(), 3);
}

async fn staff_and_strangers_do_not_vote(stores: Stores) {
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let input = json!({"input": {"nomineeId": server.nominee_id(sample.nominees[0])}});
    let cast = crate::harness::CAST_VOTE;
    assert_eq!(
        server.fail(None, cast, input.clone()).await,
        "UNAUTHENTICATED"
    );
    let stranger = server.token_of(Viewer::Staff(StaffId::new()));
    assert_eq!(
        server.fail(Some(&stranger), cast, input.clone()).await,
        "UNAUTHENTICATED"
    );
    let database = &server.app.database;
    acclaim::ledger::staff::upsert(database, "a@b.example", "A", "x", server.clock.now())
        .await
        .expect("stored");
    let staff = acclaim::ledger::staff::find_by_email(database, "a@b.example")
        .await
        .expect("read")
        .expect("there");
    let token = server.token_of(Viewer::Staff(staff.id));
    assert_eq!(server.fail(Some(&token), cast, input).await, "FORBIDDEN");
    let ballots = acclaim::ledger::recount::count_votes(database)
        .await
        .expect("a count");
    assert_eq!(ballots, 0);
}

/// Stores a vote in a transaction of its own, which stays open.
async fn begin_vote<'c>(
    connection: &'c mut sqlx::PgConnection,
    sample: &Sample,
    voter: VoterId,
    nominee: usize,
    (period, slot): (i64, i64),
    (id, key): (VoteId, Option<Uuid>),
) -> sqlx::Transaction<'c, sqlx::Postgres> {
    let mut attempt = connection.begin().await.expect("it begins");
    sqlx::query("INSERT INTO vote VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now(), FALSE)")
        .bind(sample.campaign.id.0)
        .bind(sample.categories[0].0)
        .bind(voter.0)
        .bind(period)
        .bind(slot)
        .bind(sample.nominees[nominee].0)
        .bind(id.0)
        .bind(key)
        .execute(&mut *attempt)
        .await
        .expect("it is stored");
    attempt
}

/// Waits until somebody waits for a lock, or for a second: what does not wait then is found out by its answer.
async fn until_somebody_waits(watching: &mut sqlx::PgConnection) {
    let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock'";
    for _ in 0..1_000 {
        let count: i64 = sqlx::query_scalar(waits)
            .fetch_one(&mut *watching)
            .await
            .expect("a count");
        if count > 0 {
            return;
        }
        // A pause between looks; there is nothing to be told of a lock.
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

/// A ballot that loses one of its votes to another process is taken back; a like of the same batch is stored all the
/// same, since it is acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn likes_beside_a_ballot_that_is_taken_back_are_stored() {
    let stores = Stores::networked().await;
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let (first, second) = (VoterId::new(), VoterId::new());
    let token = |id| {
        server.token_of(Viewer::Voter {
            id,
            is_guest: false,
        })
    };
    let mut period = 0;
    for id in [first, second] {
        let vote = server
            .cast(&token(id), &server.nominee_id(sample.nominees[3]), None)
            .await;
        period = vote["vote"]["period"].as_i64().expect("a period");
    }
    let connect = || async {
        let connection = sqlx::PgConnection::connect(&stores.database_url).await;
        connection.expect("connects")
    };
    let (mut one, mut two, mut watching) = (connect().await, connect().await, connect().await);
    let vote = || (VoteId::new(), None);
    // The first one holds the writer up until ballot and like wait for the next batch together; the second one takes
    // one vote of the ballot, in a slot that the ballot does not need.
    let holding = begin_vote(&mut one, &sample, first, 0, (period, 2), vote()).await;
    let taking = begin_vote(&mut two, &sample, second, 1, (period, 9), vote()).await;
    let (first_token, second_token) = (token(first), token(second));
    let nominees = [0, 1].map(|index: usize| server.nominee_id(sample.nominees[index]));
    let held = server.cast(&first_token, &nominees[0], None);
    let input =
        json!({"campaignId": server.campaign_id(sample.campaign.id), "nomineeIds": nominees});
    let ballot = server.ask(Some(&second_token), CAST_BALLOT, json!({"input": input}));
    let like = "mutation($id: ID!) { setLike(input: {subjectId: $id, liked: true}) { userErrors { code } } }";
    let liked = server.ask(Some(&second_token), like, json!({"id": nominees[0]}));
    let release = async {
        until_somebody_waits(&mut watching).await;
        while server.app.writer.waiting() < 3 {
            tokio::task::yield_now().await;
        }
        holding.commit().await.expect("it commits");
        until_somebody_waits(&mut watching).await;
        taking.commit().await.expect("it commits");
    };
    let (_, ballot, liked, ()) = tokio::join!(held, ballot, liked, release);
    assert_eq!(refusal(&ballot["castBallot"]), Some("ALREADY_VOTED"));
    assert_eq!(refusal(&liked["setLike"]), None);
    assert_eq!(stores.count("SELECT COUNT(*) FROM subject_like").await, 1);
    assert_eq!(stores.count("SELECT COUNT(*) FROM vote").await, 4);
}

/// A first attempt is being stored on another server, a day earlier by its clock, when its retry comes: the retry must
/// wait for it and get its answer. Only the key of the idempotency key can see that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_waits_for_its_first_attempt_that_is_still_being_stored() {
    let stores = Stores::networked().await;
    let server = TestServer::start(&stores).await;
    let sample = server.sample().await;
    let (id, key, first) = (VoterId::new(), Uuid::new_v4(), VoteId::new());
    let voter = server.token_of(Viewer::Voter {
        id,
        is_guest: false,
    });
    let before = server
        .cast(&voter, &server.nominee_id(sample.nominees[1]), None)
        .await;
    let period = before["vote"]["period"].as_i64().expect("a period");
    let connect = || sqlx::PgConnection::connect(&stores.database_url);
    let mut storing = connect().await.expect("connects");
    let mut watching = connect().await.expect("connects");
    let vote = (first, Some(key));
    let attempt = begin_vote(&mut storing, &sample, id, 0, (period - 1, 1), vote).await;
    let (nominee, key) = (server.nominee_id(sample.nominees[0]), key.to_string());
    let retry = server.cast(&voter, &nominee, Some(&key));
    let commit = async {
        until_somebody_waits(&mut watching).await;
        attempt.commit().await.expect("it commits");
    };
    let (retry, ()) = tokio::join!(retry, commit);
    let expected = server.global(GlobalId::Vote(sample.campaign.id, first));
    assert_eq!(retry["vote"]["id"], json!(expected), "{retry}");
}
