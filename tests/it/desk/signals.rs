//! Signals: cases that are found in the votes of a campaign, judged by people, and the rules that they offer.

use acclaim::app::signals::find_signals;
use acclaim::domain::access::StaffRole;
use acclaim::domain::campaign::{Campaign, ChallengePolicy};
use acclaim::domain::period::number;
use acclaim::domain::signals::SignalOptions;
use acclaim::domain::turnout::ClientKind;
use acclaim::domain::vote::{Circumstances, Outcome, Selection, VoteRequest};
use acclaim::http::ConnectionLimits;
use acclaim::id::{VoteId, VoterId};
use acclaim::ledger::signals::find_examination;
use acclaim::verify::verify;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use super::change;
use crate::harness::{
    CAST_VOTE, Payload, Sample, Stores, TestApp, TestClient, ended, on_both, program,
};

on_both!(
    a_script_is_found_and_an_offer_withholds_its_votes,
    a_workplace_at_lunch_is_listed_and_nothing_is_offered,
    a_dismissed_case_opens_again_with_another_signal,
    cases_are_for_those_who_read_records_and_decided_by_those_who_withhold,
    two_processes_find_a_case_once,
    voters_of_an_open_case_are_challenged_where_the_suspicious_are,
    a_case_or_campaign_that_cannot_be_read_hides_no_other,
    votes_are_examined_every_few_minutes_and_once_after_the_close,
    of_many_votes_those_of_the_last_days_are_examined,
    a_vote_that_was_cast_under_an_active_offer_is_withheld_later,
);

/// Honest voters of the crowd, each with a network of its own.
const CROWD: u32 = 600;
/// The network of those who vote for one nominee.
const NETWORK: u32 = 70_000;
/// Votes of the script.
const SCRIPT: usize = 60;
const DESK: &str = "query($id: ID!) { campaign(id: $id) { desk { openCases cases { id state }
    examination { votes examinedTo examinedFrom usualUnseen usualPace usualEqualModels }
    signals { kind caseId number } } } }";
const CASE: &str = "query($id: ID!, $case: ID!) { campaign(id: $id) { desk { case(id: $case) {
    id state isCurrent note decidedBy editRevision foundAt rules { id state votes }
    signals { kind sentence number expected votes voters caseId nominees { number } points { at votes expected }
        findings { behaviour sentence number threshold isWeak }
        offers { id selection { networks behaviours from until nominees { number } } } } } } } }";
const RULE: &str =
    "rule { id kind state votes proposedVotes editRevision isActive selection { until } }
    userErrors { code message path }";

/// A campaign with two organisers, a crowd, and one nominee of a category whom somebody lifts.
struct Office {
    app: TestApp,
    sample: Sample,
    proposer: TestClient,
    approver: TestClient,
}

/// A hash that stands for a thing with this number.
fn hash(kind: u8, number: u32) -> [u8; 16] {
    let mut bytes = [kind; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// A number that looks like chance: the murmur hash's last step (Appleby, `fmix32`).
fn scrambled(number: u32) -> u32 {
    let mut mixed = number.wrapping_add(0x9e37_79b9);
    mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x85eb_ca6b);
    mixed = (mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae35);
    mixed ^ (mixed >> 16)
}

impl Office {
    async fn new(stores: &Stores) -> Self {
        Self::with(stores, |_| ()).await
    }

    async fn with(stores: &Stores, change: impl FnOnce(&mut Campaign)) -> Self {
        let trust = |limits: &mut ConnectionLimits| {
            limits.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
        };
        let app = TestApp::builder(stores)
            .with_connection_limits(trust)
            .start()
            .await;
        let sample = app.sample_with(change).await;
        let proposer = app.member(StaffRole::Organiser).await;
        let approver = app.member(StaffRole::Owner).await;
        let office = Self {
            app,
            sample,
            proposer,
            approver,
        };
        office.store_crowd().await;
        office
    }

    /// A vote as the server stores it.
    fn request(&self, nominee: usize, cast_at: DateTime<Utc>, from: Circumstances) -> VoteRequest {
        let campaign = &self.sample.campaign;
        VoteRequest {
            campaign_id: campaign.id,
            voter_id: VoterId::new(),
            period: number(campaign.quota_period, campaign.time_zone.0, cast_at),
            quota: 3,
            rules_revision: 1,
            cast_at,
            idempotency_key: None,
            selections: vec![Selection {
                id: VoteId::new(),
                nominee_id: self.sample.nominees[nominee],
                scope_id: campaign.scope(self.sample.categories[nominee / 12]),
            }],
            client: ClientKind::Page,
            circumstances: from,
        }
    }

    async fn store(&self, requests: impl IntoIterator<Item = VoteRequest>) {
        let writer = &self.app.inner().writer;
        let cast = requests.into_iter().map(|request| writer.cast(request));
        for verdict in join_all(cast).await {
            let outcome = verdict.expect("the database answers").outcome;
            assert!(matches!(outcome, Outcome::Counted(_)), "{outcome:?}");
        }
    }

    /// People of a morning: each with a network, phone and time to look of its own, for the nominees in turn.
    async fn store_crowd(&self) {
        let start = self.app.clock.now() - TimeDelta::hours(5);
        let person = |number: u32| {
            let from = Circumstances {
                network_hash: Some(hash(1, number)),
                network_block_hash: Some(hash(2, number)),
                device_hash: Some(hash(3, number % 97)),
                seen_ms: Some(i64::from(4_000 + scrambled(number) % 50_000)),
                ..Circumstances::default()
            };
            let at = start + TimeDelta::milliseconds(i64::from(scrambled(number + 5) % 10_000_000));
            self.request(number as usize % 12, at, from)
        };
        self.store((0..CROWD).map(person)).await;
    }

    /// So many voters of one network for a nominee in the 40 minutes from a time on, who looked at it before or not.
    async fn store_network(
        &self,
        network: u32,
        nominee: usize,
        voters: u32,
        from: DateTime<Utc>,
        is_seen: bool,
    ) {
        let voter = |number: u32| {
            let circumstances = Circumstances {
                network_hash: Some(hash(1, network)),
                network_block_hash: Some(hash(2, network)),
                device_hash: Some(hash(3, number * 5 % 97)),
                seen_ms: is_seen.then_some(i64::from(4_000 + scrambled(number + 9) % 50_000)),
                ..Circumstances::default()
            };
            let at = from + TimeDelta::milliseconds(i64::from(scrambled(number) % 2_400_000));
            self.request(nominee, at, circumstances)
        };
        self.store((0..voters).map(voter)).await;
    }

    /// A script over HTTP: it signs nobody in by hand, looks at nothing, and votes for one nominee.
    async fn play_script(&self, nominee: usize) {
        let vote = async |voter: TestClient| {
            let input = json!({"nomineeId": self.sample.nominee_id(nominee), "idempotencyKey": Uuid::new_v4()});
            let request = voter.request(CAST_VOTE, &json!({"input": input}));
            let request = request.header("x-forwarded-for", "198.51.100.7");
            let response = request.send().await.expect("an answer").json().await;
            Payload::of(response.expect("JSON"), "castVote").expect_counted();
        };
        for _ in 0..SCRIPT {
            vote(self.app.voter()).await;
        }
    }

    /// Lets the server examine what was cast until now.
    async fn examine(&self) {
        self.app.advance(TimeDelta::minutes(6));
        self.app.inner().run_signals().await.expect("it examines");
        let reloaded = self.app.inner().reload_suspicions().await;
        reloaded.expect("the database answers");
    }

    async fn desk(&self, client: &TestClient) -> Value {
        let data = client
            .ask(DESK, json!({"id": self.sample.campaign_id()}))
            .await;
        data["campaign"]["desk"].clone()
    }

    async fn cases(&self) -> Vec<Value> {
        let desk = self.desk(&self.proposer).await;
        let mut cases = Vec::new();
        for listed in desk["cases"].as_array().expect("cases") {
            cases.push(self.case(&self.proposer, listed).await);
        }
        cases
    }

    /// All of a case.
    async fn case(&self, client: &TestClient, listed: &Value) -> Value {
        let variables = json!({"id": self.sample.campaign_id(), "case": listed["id"]});
        let data = client.ask(CASE, variables).await;
        data["campaign"]["desk"]["case"].clone()
    }

    async fn propose(&self, offer: &Value, is_active: bool) -> Payload {
        let document = format!(
            "mutation($input: ProposeWithholdingInput!) {{ proposeWithholding(input: $input) {{ {RULE} }} }}"
        );
        let input = json!({
            "campaignId": self.sample.campaign_id(), "offerId": offer["id"], "reason": "未浏览页面的集中投票",
            "isActive": is_active,
        });
        change(&self.proposer, &document, input).await
    }

    /// Applies a rule, and lets it do its work.
    async fn apply(&self, rule: &Value) {
        let document = format!(
            "mutation($input: ApplyWithholdingInput!) {{ applyWithholding(input: $input) {{ {RULE} }} }}"
        );
        let input = json!({
            "ruleId": rule["id"], "expectedRevision": rule["editRevision"], "typedVotes": rule["proposedVotes"],
        });
        change(&self.approver, &document, input)
            .await
            .expect_counted();
        self.withhold().await;
    }

    async fn withhold(&self) {
        self.app.inner().run_withholding().await.expect("it works");
        self.app.inner().publish_tallies().await;
    }

    async fn withheld(&self) -> i64 {
        let query = "query($id: ID!) { campaign(id: $id) { tally { withheldVotes } } }";
        let variables = json!({"id": self.sample.campaign_id()});
        let data = self.app.anonymous().ask(query, variables).await;
        let votes = &data["campaign"]["tally"]["withheldVotes"];
        votes.as_i64().expect("a number")
    }

    async fn decide(&self, client: &TestClient, decision: &str, input: Value) -> Payload {
        let kind = if decision == "dismissCase" {
            "DismissCaseInput"
        } else {
            "ReopenCaseInput"
        };
        let document = format!(
            "mutation($input: {kind}!) {{ {decision}(input: $input) {{
                case {{ id state note decidedBy editRevision }} userErrors {{ code message path }} }} }}"
        );
        change(client, &document, input).await
    }

    /// The command that compares what is stored with the votes: its exit code and what it prints.
    async fn recompute(&self, stores: &Stores) -> (Option<i32>, String) {
        let campaign = self.sample.campaign.slug.as_str();
        let arguments = ["signals", "--campaign", campaign, "--recompute"];
        let output = ended(program(stores, &arguments), "").await;
        let text = String::from_utf8(output.stdout).expect("a text");
        (output.status.code(), text)
    }
}

fn names(list: &Value, name: &str) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|entry| entry[name].as_str().expect("a name").to_owned())
        .collect()
}

async fn a_script_is_found_and_an_offer_withholds_its_votes(stores: Stores) {
    let office = Office::new(&stores).await;
    office.play_script(4).await;
    assert_eq!(
        office.desk(&office.proposer).await["examination"],
        Value::Null
    );
    office.examine().await;
    let desk = office.desk(&office.proposer).await;
    assert_eq!(desk["examination"]["votes"], 660);
    assert_eq!(desk["examination"]["usualUnseen"], 0.0);
    assert_eq!(desk["openCases"], 1);
    let cases = office.cases().await;
    assert_eq!(cases.len(), 1, "{cases:?}");
    let case = &cases[0];
    assert_eq!(
        [&case["state"], &case["isCurrent"]],
        [&json!("OPEN"), &json!(true)]
    );
    let kinds = names(&case["signals"], "kind");
    assert_eq!(
        kinds[0], "SELECTIVE_NETWORK",
        "it is named after the network"
    );
    assert!(kinds.contains(&"UNSEEN".to_owned()), "{kinds:?}");
    let signal = &case["signals"][0];
    assert_eq!(signal["number"], 60.0);
    assert_eq!(signal["nominees"], json!([{"number": 5}]));
    let sentence = signal["sentence"].as_str().expect("a sentence");
    assert!(
        sentence.starts_with("60 voters from one network voted for "),
        "{sentence}"
    );
    let behaviours = names(&signal["findings"], "behaviour");
    assert_eq!(behaviours, ["UNSEEN"]);
    assert_eq!(signal["findings"][0]["number"], 1.0);
    let points = signal["points"].as_array().expect("points").iter();
    let votes = points.map(|point| point["votes"].as_f64().expect("a number"));
    let votes: f64 = votes.sum();
    assert!(
        (votes - 60.0).abs() < 1e-9,
        "its chart has all of its votes: {votes}"
    );
    let offers = signal["offers"].as_array().expect("offers");
    assert_eq!(offers.len(), 1);
    assert_eq!(offers[0]["selection"]["nominees"], json!([{"number": 5}]));
    // The first organiser proposes, the second applies.
    let proposed = office.propose(&offers[0], false).await.expect_counted();
    assert_eq!(proposed["rule"]["kind"], "SIGNALS");
    assert_eq!(proposed["rule"]["proposedVotes"], 60);
    office.apply(&proposed["rule"]).await;
    assert_eq!(office.withheld().await, 60);
    let rules = &office.cases().await[0]["rules"];
    assert_eq!(
        rules,
        &json!([{"id": proposed["rule"]["id"], "state": "APPLIED", "votes": 60}])
    );
    assert_eq!(
        office.desk(&office.proposer).await["openCases"],
        0,
        "a rule is a decision"
    );
    let report = verify(&office.app.database, None).await.expect("a report");
    assert!(report.is_clean(), "{report}");
    // Votes that are withheld are examined all the same: the case stays, and its offer keeps its id.
    office.examine().await;
    let later = office.cases().await;
    assert_eq!(later.len(), 1);
    assert_eq!(later[0]["signals"][0]["offers"][0]["id"], offers[0]["id"]);
    assert_eq!(office.desk(&office.proposer).await["openCases"], 0);
    // The same script on the next day joins the case, and nobody has decided on that.
    office.app.advance(TimeDelta::days(1));
    office.play_script(4).await;
    office.examine().await;
    assert_eq!(office.cases().await.len(), 1);
    assert_eq!(office.desk(&office.proposer).await["openCases"], 1);
    let (code, text) = office.recompute(&stores).await;
    assert!(text.contains("recomputed\tequal"), "{text}");
    assert_eq!(code, Some(0));
    let stored = stores.count("SELECT COUNT(*) FROM signal_case").await;
    assert_eq!(stored, 1);
    stores.execute("UPDATE signal_case SET alarms = '[]'").await;
    let (code, text) = office.recompute(&stores).await;
    assert!(text.contains("different\tnot stored: 60 voters"), "{text}");
    assert_eq!(code, Some(1));
}

async fn a_workplace_at_lunch_is_listed_and_nothing_is_offered(stores: Stores) {
    let office = Office::new(&stores).await;
    let lunch = office.app.clock.now() - TimeDelta::hours(2);
    office.store_network(NETWORK, 4, 60, lunch, true).await;
    office.examine().await;
    let desk = office.desk(&office.proposer).await;
    assert_eq!(desk["cases"], json!([]), "a concentration alone is no case");
    assert_eq!(desk["openCases"], 0);
    let kinds = names(&desk["signals"], "kind");
    assert_eq!(kinds, ["SELECTIVE_NETWORK"]);
    assert_eq!(desk["signals"][0]["caseId"], Value::Null);
    assert_eq!(desk["signals"][0]["number"], 60.0);
}

async fn a_dismissed_case_opens_again_with_another_signal(stores: Stores) {
    let office = Office::new(&stores).await;
    let first = office.app.clock.now() - TimeDelta::hours(3);
    office.store_network(NETWORK, 4, 60, first, false).await;
    office.examine().await;
    let case = &office.cases().await[0];
    let id = &case["id"];
    let input = json!({"caseId": id, "expectedRevision": 1, "note": "已核实：活动现场扫码"});
    let mut nameless = input.clone();
    nameless["note"] = json!(" ");
    let refused = office
        .decide(&office.proposer, "dismissCase", nameless)
        .await;
    refused.expect_refused("NOTE_REQUIRED");
    let dismissed = office
        .decide(&office.proposer, "dismissCase", input.clone())
        .await;
    let dismissed = dismissed.expect_counted()["case"].clone();
    assert_eq!(dismissed["state"], "DISMISSED");
    assert_eq!(dismissed["note"], "已核实：活动现场扫码");
    let late = office.decide(&office.approver, "dismissCase", input).await;
    assert_eq!(late["case"], dismissed, "it is shown as it stands now");
    late.expect_refused("STALE_OBJECT");
    // The same signals change nothing.
    office.examine().await;
    assert_eq!(office.cases().await[0]["state"], "DISMISSED");
    assert_eq!(office.desk(&office.proposer).await["openCases"], 0);
    // The same network on the next day does.
    office.app.advance(TimeDelta::days(1));
    let next = office.app.clock.now() - TimeDelta::hours(3);
    office.store_network(NETWORK, 4, 40, next, false).await;
    office.examine().await;
    let cases = office.cases().await;
    assert_eq!(cases.len(), 1, "{cases:?}");
    assert_eq!([&cases[0]["id"], &cases[0]["state"]], [id, &json!("OPEN")]);
    let revision = cases[0]["editRevision"].as_i64().expect("a number");
    assert_eq!(revision, 3);
    let input = json!({"caseId": id, "expectedRevision": revision});
    let open = office.decide(&office.proposer, "reopenCase", input).await;
    open.expect_refused("WRONG_STATE");
    for (action, count) in [("dismiss", 1), ("reopen", 1)] {
        let text = format!("SELECT COUNT(*) FROM audit_event WHERE action = 'case.{action}'");
        assert_eq!(stores.count(text).await, count, "{action}");
    }
    let by_the_clock =
        "SELECT COUNT(*) FROM audit_event WHERE action = 'case.reopen' AND actor_kind = 'CLOCK'";
    assert_eq!(stores.count(by_the_clock).await, 1);
}

async fn cases_are_for_those_who_read_records_and_decided_by_those_who_withhold(stores: Stores) {
    let office = Office::new(&stores).await;
    let first = office.app.clock.now() - TimeDelta::hours(3);
    office.store_network(NETWORK, 4, 60, first, false).await;
    office.examine().await;
    let auditor = office.app.member(StaffRole::Auditor).await;
    let editor = office.app.member(StaffRole::Editor).await;
    let shown = office.desk(&auditor).await;
    assert_eq!(shown["cases"].as_array().expect("cases").len(), 1);
    let hidden = office.desk(&editor).await;
    assert_eq!(
        [&hidden["cases"], &hidden["signals"]],
        [&json!([]), &json!([])]
    );
    assert_eq!(
        [&hidden["examination"], &hidden["openCases"]],
        [&json!(null), &json!(0)]
    );
    let case = &office.case(&auditor, &shown["cases"][0]).await;
    assert_eq!(office.case(&editor, case).await, Value::Null);
    let document = "mutation($input: DismissCaseInput!) { dismissCase(input: $input) { userErrors { code } } }";
    let input = json!({"caseId": case["id"], "expectedRevision": 1, "note": "x"});
    for client in [&auditor, &editor] {
        let code = client.fail(document, json!({"input": input})).await;
        assert_eq!(code, "FORBIDDEN");
    }
    // An offer is of its own campaign.
    let offer = &case["signals"][0]["offers"][0];
    let other = office.app.sample().await;
    let document =
        "mutation($input: ProposeWithholdingInput!) { proposeWithholding(input: $input) {
        userErrors { code } } }";
    let input = json!({"campaignId": other.campaign_id(), "offerId": offer["id"], "reason": "x"});
    let code = office
        .proposer
        .fail(document, json!({"input": input}))
        .await;
    assert_eq!(code, "NOT_FOUND");
    let mut both = input.clone();
    both["selection"] = json!({"behaviours": ["UNSEEN"]});
    let code = office.proposer.fail(document, json!({"input": both})).await;
    assert_eq!(code, "BAD_USER_INPUT");
}

async fn two_processes_find_a_case_once(stores: Stores) {
    let office = Office::new(&stores).await;
    let first = office.app.clock.now() - TimeDelta::hours(3);
    office.store_network(NETWORK, 4, 60, first, false).await;
    let other = TestApp::builder(&stores)
        .with_clock(office.app.clock.clone())
        .start()
        .await;
    for _ in 0..3 {
        office.app.advance(TimeDelta::minutes(6));
        let (one, two) = tokio::join!(
            office.app.inner().run_signals(),
            other.inner().run_signals()
        );
        one.and(two).expect("they examine");
    }
    assert_eq!(stores.count("SELECT COUNT(*) FROM signal_case").await, 1);
    // One that died holds the campaign until its lease ends.
    stores
        .execute("UPDATE signal_examination SET leased_until = '2022-10-25T05:00:00Z', examined_to = NULL")
        .await;
    office.app.advance(TimeDelta::minutes(6));
    office.app.inner().run_signals().await.expect("it examines");
    let query = "SELECT COUNT(*) FROM signal_examination WHERE examined_to IS NOT NULL";
    assert_eq!(stores.count(query).await, 0);
    office.app.advance(TimeDelta::hours(1));
    office.app.inner().run_signals().await.expect("it examines");
    assert_eq!(stores.count(query).await, 1);
}

async fn voters_of_an_open_case_are_challenged_where_the_suspicious_are(stores: Stores) {
    let office = Office::with(&stores, |campaign| {
        campaign.challenge = ChallengePolicy::Suspicious;
    })
    .await;
    office.play_script(4).await;
    let cast = async |address: &str, nominee: usize| {
        let input = json!({"nomineeId": office.sample.nominee_id(nominee), "idempotencyKey": Uuid::new_v4()});
        let voter = office.app.voter();
        let request = voter.request(CAST_VOTE, &json!({"input": input}));
        let answer = request.header("x-forwarded-for", address).send().await;
        let answer = answer.expect("an answer").json().await.expect("JSON");
        Payload::of(answer, "castVote")
    };
    cast("198.51.100.7", 0).await.expect_counted();
    office.examine().await;
    let challenged = cast("198.51.100.7", 0).await;
    challenged.expect_refused("CHALLENGE_REQUIRED");
    cast("203.0.113.9", 0).await.expect_counted();
    let lifted = cast("203.0.113.9", 4).await;
    lifted.expect_refused("CHALLENGE_REQUIRED");
    // Nobody is, once somebody has looked at the case.
    let case = &office.cases().await[0];
    let input = json!({"caseId": case["id"], "expectedRevision": 1, "note": "x"});
    let dismissed = office.decide(&office.proposer, "dismissCase", input).await;
    dismissed.expect_counted();
    let reloaded = office.app.inner().reload_suspicions().await;
    reloaded.expect("the database answers");
    cast("198.51.100.7", 0).await.expect_counted();
}

async fn a_case_or_campaign_that_cannot_be_read_hides_no_other(stores: Stores) {
    let office = Office::new(&stores).await;
    let first = office.app.clock.now() - TimeDelta::hours(3);
    office.store_network(NETWORK, 4, 60, first, false).await;
    office.examine().await;
    stores
        .execute("UPDATE signal_case SET alarms = '[{\"signal\": \"TELEPATHY\"}]'")
        .await;
    let later = office.app.clock.now() - TimeDelta::minutes(40);
    office.store_network(NETWORK + 1, 5, 40, later, false).await;
    let broken = office.app.sample().await;
    let slug = &broken.campaign.slug;
    let text = format!("UPDATE campaign SET time_zone = 'Beijing-8' WHERE slug = '{slug}'");
    stores.execute(text.leak()).await;
    office.app.advance(TimeDelta::minutes(46));
    let examined = office.app.inner().run_signals().await;
    assert!(examined.is_err(), "the one that cannot be read is told");
    let cases = office.cases().await;
    let mut lifted: Vec<&Value> = cases
        .iter()
        .map(|case| &case["signals"][0]["nominees"][0]["number"])
        .collect();
    lifted.sort_by_key(|number| number.as_i64());
    assert_eq!(lifted, [&json!(5), &json!(6)]);
}

async fn votes_are_examined_every_few_minutes_and_once_after_the_close(stores: Stores) {
    let office = Office::with(&stores, |campaign| {
        campaign.voting_closes_at = campaign.voting_opens_at + TimeDelta::hours(25);
    })
    .await;
    let examined_to = async || {
        office.app.inner().run_signals().await.expect("it examines");
        let id = office.sample.campaign.id;
        let found = find_examination(&office.app.database, id).await;
        let found = found
            .expect("the database answers")
            .expect("it was examined");
        found.examined_to
    };
    let first = examined_to().await;
    let minute = TimeDelta::minutes(1);
    assert_eq!(
        first,
        office.app.clock.now() - minute,
        "what came last is not stored yet"
    );
    office.app.advance(minute * 4);
    assert_eq!(examined_to().await, first);
    office.app.advance(minute);
    let second = examined_to().await;
    assert_eq!(second, first + minute * 5);
    // The close is at one o'clock.
    office.app.advance(minute * 55);
    assert_eq!(examined_to().await, first + minute * 60);
    office.app.advance(minute);
    assert_eq!(
        examined_to().await,
        first + minute * 60,
        "not before all is stored"
    );
    office.app.advance(minute);
    let last = examined_to().await;
    assert_eq!(last, first + minute * 62);
    office.app.advance(minute * 600);
    assert_eq!(examined_to().await, last);
}

async fn of_many_votes_those_of_the_last_days_are_examined(stores: Stores) {
    let office = Office::new(&stores).await;
    // Midnight in Shanghai is eight hours before noon and four: the crowd is of today, these of yesterday.
    let yesterday = office.app.clock.now() - TimeDelta::hours(20);
    office.store_network(NETWORK, 4, 60, yesterday, false).await;
    let (id, to) = (office.sample.campaign.id, office.app.clock.now());
    let examined = async |votes_max| {
        let options = SignalOptions {
            votes_max,
            ..SignalOptions::default()
        };
        let found = find_signals(&office.app.database, id, to, &options).await;
        let found = found.expect("the database answers");
        (found.votes, found.examined_from)
    };
    let opens_at = office.sample.campaign.voting_opens_at;
    assert_eq!(examined(660).await, (660, opens_at));
    let midnight = "2022-10-24T16:00:00Z".parse().expect("a time");
    assert_eq!(examined(659).await, (600, midnight));
    assert_eq!(examined(600).await, (600, midnight));
    let (votes, from) = examined(599).await;
    assert!(
        votes < 600 && from > midnight,
        "of a day with more, its last hours: {votes}"
    );
}

async fn a_vote_that_was_cast_under_an_active_offer_is_withheld_later(stores: Stores) {
    let office = Office::new(&stores).await;
    let morning = office.app.clock.now() - TimeDelta::hours(3);
    office.store_network(NETWORK, 4, 60, morning, false).await;
    // A carrier's network: others vote from it for others.
    for nominee in 0..4 {
        office
            .store_network(NETWORK, nominee, 10, morning, true)
            .await;
    }
    office.examine().await;
    let case = &office.cases().await[0];
    let offer = &case["signals"][0]["offers"][0];
    assert_eq!(offer["selection"]["behaviours"], json!(["UNSEEN"]));
    assert_ne!(offer["selection"]["until"], Value::Null);
    let proposed = office.propose(offer, true).await.expect_counted();
    assert_eq!(
        proposed["rule"]["selection"]["until"],
        Value::Null,
        "the script may go on tomorrow"
    );
    office.apply(&proposed["rule"]).await;
    assert_eq!(office.withheld().await, 60);
    office.app.advance(TimeDelta::days(1));
    let next = office.app.clock.now() - TimeDelta::hours(3);
    office.store_network(NETWORK, 4, 40, next, false).await;
    office.store_network(NETWORK, 5, 10, next, true).await;
    office.app.advance(TimeDelta::minutes(1));
    office.withhold().await;
    assert_eq!(office.withheld().await, 100);
}
