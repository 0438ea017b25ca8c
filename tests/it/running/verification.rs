//! The findings of `verify`.

use acclaim::clock::Clock;
use serde_json::{Value, json};

use super::{Running, assert_verifies};
use crate::harness::{Stores, ended, on_both, program};

on_both!(
    verification_finds_what_was_tampered_with,
    verification_speaks_json,
);

/// Checks that `verify` finds a difference, and that one line of what it says has all of `words`.
async fn assert_finds(stores: &Stores, words: &[&str]) {
    let output = ended(program(stores, &["verify"]), "").await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let has_all = |line: &str| words.iter().all(|word| line.contains(word));
    assert!(said.lines().any(has_all), "{words:?} not in {said}");
    assert!(said.contains("DIFFERENCES"), "{said}");
}

async fn verification_finds_what_was_tampered_with(stores: Stores) {
    let mut running = Running::start(&stores).await;
    assert_verifies(&stores, 0).await;
    running.use_it().await;
    assert_verifies(&stores, 6).await;
    running.tally_reaches(6).await;
    assert_eq!(running.program.terminate(), Some(0));
    assert_verifies(&stores, 6).await;
    let nominee = running.sample.nominees[0].to_string();
    for (tamper, undo, words) in [
        (
            "UPDATE tally SET counted = counted + 7 WHERE counted = 3",
            "UPDATE tally SET counted = counted - 7 WHERE counted = 10",
            ["No. 1 ", &nominee, "counted 3 by votes, 10 by tally"],
        ),
        (
            "UPDATE tally SET guest_votes = guest_votes + 2 WHERE counted = 3",
            "UPDATE tally SET guest_votes = guest_votes - 2 WHERE counted = 3",
            [
                "No. 1 ",
                &nominee,
                "counted 3 by votes, 3 by tally; of guests 0 and 2",
            ],
        ),
        (
            "UPDATE tally SET voters = 2 WHERE voters = 3",
            "UPDATE tally SET voters = 3 WHERE voters = 2",
            ["tally of nominee", &nominee, "voters 3 and 2"],
        ),
        (
            "UPDATE vote SET withheld_by = 1",
            "UPDATE vote SET withheld_by = 0",
            ["tally of nominee", &nominee, "withheld 3 and 0"],
        ),
        (
            "UPDATE subject_counter SET likes = 5 WHERE likes = 3",
            "UPDATE subject_counter SET likes = 3 WHERE likes = 5",
            ["subject", &nominee, "has 3 likes; its counter says 5"],
        ),
        (
            "UPDATE vote SET slot = slot + 5",
            "UPDATE vote SET slot = slot - 5",
            ["has 1 votes", "the quota is 3", "in scope"],
        ),
        (
            "UPDATE vote SET rules_revision = 77",
            "UPDATE vote SET rules_revision = 1",
            ["vote", "of voter", "rules that the campaign never had"],
        ),
        (
            "UPDATE campaign_rules SET voting_closes_at = voting_opens_at",
            "UPDATE campaign_rules SET voting_closes_at = (SELECT voting_closes_at FROM campaign)",
            [
                "vote",
                "of voter",
                "was cast while its rules had voting closed",
            ],
        ),
        (
            "UPDATE campaign_rules SET quota_scope = 'CAMPAIGN'",
            "UPDATE campaign_rules SET quota_scope = 'CATEGORY'",
            [
                "vote",
                "of voter",
                "counts in a scope that its rules do not have",
            ],
        ),
        (
            "UPDATE vote SET period = period + 1",
            "UPDATE vote SET period = period - 1",
            [
                "votes of period",
                "under rules 1",
                "were cast in another period",
            ],
        ),
    ] {
        stores.execute(tamper).await;
        assert_finds(&stores, &words).await;
        stores.execute(undo).await;
        assert_verifies(&stores, 6).await;
    }
    // Whoever voted under an earlier quota, scope or period is not accused by a later one.
    let amended = "UPDATE campaign SET votes_per_period = 1, quota_scope = 'CAMPAIGN', quota_period = 'CAMPAIGN'";
    stores.execute(amended).await;
    assert_verifies(&stores, 6).await;
    // Unless it was after the amendment.
    stores
        .execute("UPDATE campaign_rules SET since = '2000-01-01T00:00:00+00:00' WHERE rules_revision = 2")
        .await;
    assert_finds(&stores, &["vote", "of voter", "rules had been replaced"]).await;
    stores
        .execute("UPDATE campaign_rules SET since = '2999-01-01T00:00:00+00:00' WHERE rules_revision = 2")
        .await;
    if let Some(url) = &stores.redis_url {
        tamper_with_redis(&stores, url).await;
    }
}

async fn verification_speaks_json(stores: Stores) {
    let mut running = Running::start(&stores).await;
    running.use_it().await;
    let voter = running.voter();
    for nominee in [1, 2] {
        let payload = voter.vote(&running.sample.nominee_id(nominee)).await;
        payload.expect_counted();
    }
    running.tally_reaches(8).await;
    assert_eq!(running.program.terminate(), Some(0));
    let report = async || {
        let output = ended(program(&stores, &["verify", "--json"]), "").await;
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        (output.status.code(), report)
    };
    let (code, clean) = report().await;
    let redis_checked = stores.redis_url.is_some();
    let links = json!({"voters": 0, "beyondQuota": 0, "repeated": 0});
    let mut expected = json!({"votes": 8, "links": links, "tallies": [], "turnout": [], "overQuota": [], "repeats": [], "misplaced": [], "periods": [],
        "unlisted": [], "likes": [], "sharedTotals": [], "audit": [], "withholding": [],
        "rememberedVotes": [], "redisChecked": redis_checked});
    if !redis_checked {
        // Beside SQLite there is always a place for pictures.
        expected["media"] = json!({"pictures": 0, "missing": [], "stray": [], "unused": []});
    }
    assert_eq!((code, &clean), (Some(0), &expected));
    stores
        .execute("UPDATE vote SET slot = 9 WHERE slot = 2")
        .await;
    stores.execute("UPDATE subject_counter SET likes = 5").await;
    stores.execute("UPDATE tally SET guest_votes = 1").await;
    stores.execute("UPDATE turnout SET guests = votes").await;
    let (code, report) = report().await;
    assert_eq!(code, Some(1));
    let of_guests = |list: &str, fields: [&str; 2]| {
        let first = &report[list][0];
        fields.map(|field| first[field].as_i64())
    };
    let of_tally = of_guests("tallies", ["votesGuests", "tallyGuests"]);
    assert_eq!(of_tally, [Some(0), Some(1)]);
    let of_turnout = of_guests("turnout", ["votesGuests", "turnoutGuests"]);
    assert!(
        of_turnout[0] == Some(0) && of_turnout[1] > Some(0),
        "{report}"
    );
    let over_quota = report["overQuota"].as_array().expect("a list");
    assert_eq!(over_quota.len(), 1, "{report}");
    assert_eq!(
        (&over_quota[0]["votes"], &over_quota[0]["quota"]),
        (&json!(2), &json!(3))
    );
    let subject = running.sample.nominees[0].0;
    assert_eq!(
        report["likes"],
        json!([{"subjectId": subject, "likes": 3, "counter": 5}])
    );
}

/// Changes a shared total, then a remembered vote.
async fn tamper_with_redis(stores: &Stores, url: &str) {
    let database = stores.database(&Clock::System).await;
    let instance = database.instance().await.expect("it has one").id.simple();
    let client = redis::Client::open(url).expect("an address");
    let connection = client.get_multiplexed_async_connection().await;
    let mut redis = connection.expect("it connects");
    let keys = async |pattern: String| -> Vec<String> {
        let mut connection = redis.clone();
        let list = redis::cmd("KEYS").arg(pattern).to_owned();
        let found = list.query_async(&mut connection).await;
        found.expect("it answers")
    };
    let totals = keys(format!("acclaim:{instance}:*:totals")).await;
    let votes = keys(format!("acclaim:{instance}:*:votes:*")).await;
    // The votes that repetitions were refused for.
    assert_eq!((totals.len(), votes.len()), (1, 3));
    let get = redis::cmd("HGET").arg(&totals[0]).arg("totals").to_owned();
    let good: Vec<u8> = get.query_async(&mut redis).await.expect("it answers");
    let mut set = async |bytes: &[u8]| {
        let mut set = redis::cmd("HSET");
        set.arg(&totals[0]).arg("totals").arg(bytes);
        set.exec_async(&mut redis).await.expect("it answers");
    };
    // The first nominee's votes; then the last one's revision.
    for (at, version) in [(8 + 16 + 7, 6), (good.len() - 1, 6 + 64)] {
        let mut bad = good.clone();
        bad[at] += 64;
        set(&bad).await;
        let version = format!("Redis has totals of version {version} that differ from SQL's 6");
        assert_finds(stores, &["campaign", &version]).await;
    }
    set(&good).await;
    assert_verifies(stores, 6).await;
    stores.execute("DELETE FROM subject_like").await;
    stores.execute("UPDATE subject_counter SET likes = 0").await;
    stores.execute("DELETE FROM vote").await;
    stores.execute("DELETE FROM tally").await;
    assert_finds(stores, &["Redis remembers vote", "which is not in SQL"]).await;
}
