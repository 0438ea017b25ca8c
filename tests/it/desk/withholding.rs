//! Withholding: votes that rules hold back and let go, one person proposing and another applying, while voting goes on.

use acclaim::app::desk::{Desk, NomineeStep};
use acclaim::domain::access::StaffRole;
use acclaim::domain::campaign::{Campaign, TallyVisibility};
use acclaim::http::ConnectionLimits;
use acclaim::ledger::withholding::list_of_campaign;
use acclaim::verify::verify;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::change;
use crate::deadlines::until;
use crate::harness::{CAST_VOTE, Payload, Program, Sample, Stores, TestApp, TestClient, on_both};

on_both!(
    withheld_votes_do_not_count_and_their_voters_see_them_as_cast,
    votes_of_guests_are_told_apart_while_they_are_withheld_and_let_go,
    a_rule_is_applied_by_a_second_person_alone,
    a_selection_that_names_too_much_or_nothing_is_refused,
    much_is_withheld_with_the_number_typed_in,
    what_a_rule_would_change_is_told_before,
    a_vote_of_two_rules_counts_when_both_are_reverted,
    an_active_rule_takes_later_votes_and_voters_who_vote_on_are_back,
    a_rule_that_is_not_active_takes_what_was_cast_before_it_applied,
    linked_voters_are_one_person_in_the_counted_turnout,
    the_public_reads_the_rules_once_the_result_is_out,
    a_report_waits_for_the_rules_and_divides_counted_votes_by_counted_voters,
    a_rule_that_cannot_be_read_holds_no_other_up,
    each_way_of_naming_votes_names_those_alone,
    votes_of_accounts_that_the_platform_rates_highest_are_withheld,
    two_processes_at_one_rule_hold_each_vote_once,
    a_rule_goes_on_where_a_process_has_died,
);

const RULE: &str = "rule { id kind state reason votes proposedVotes needsNumber isActive isOwn isSettled editRevision
    createdBy approvedBy revertedBy revertReason
    selection { nominees { number } networks behaviours wholeVisit riskRankMin } }
    userErrors { code message path }";
const TALLY: &str =
    "query($id: ID!) { campaign(id: $id) { withholdings { kind reason votes } tally { rawVotes
    countedVotes guestVotes withheldVotes voters entries { votes guestVotes nominee { number } } } } }";
const GROUPS: &str =
    "query($id: ID!, $by: VoteGroupKey!) { campaign(id: $id) { desk { voteGroups(by: $by) {
    key votes voters unseen fast guests withheld } } } }";

async fn propose(client: &TestClient, input: Value) -> Payload {
    let document = format!(
        "mutation($input: ProposeWithholdingInput!) {{ proposeWithholding(input: $input) {{ {RULE} }} }}"
    );
    change(client, &document, input).await
}

async fn apply(client: &TestClient, rule: &Value) -> Payload {
    let document = format!(
        "mutation($input: ApplyWithholdingInput!) {{ applyWithholding(input: $input) {{ {RULE} }} }}"
    );
    let input = json!({
        "ruleId": rule["id"], "expectedRevision": rule["editRevision"], "typedVotes": rule["proposedVotes"],
    });
    change(client, &document, input).await
}

async fn revert(client: &TestClient, rule: &Value) -> Payload {
    let document = format!(
        "mutation($input: RevertWithholdingInput!) {{ revertWithholding(input: $input) {{ {RULE} }} }}"
    );
    let input = json!({"ruleId": rule["id"], "expectedRevision": rule["editRevision"], "reason": "申诉成立"});
    change(client, &document, input).await
}

/// A campaign with two organisers.
struct Office {
    app: TestApp,
    sample: Sample,
    proposer: TestClient,
    approver: TestClient,
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
        Self {
            app,
            sample,
            proposer,
            approver,
        }
    }

    /// A vote for a nominee without a ticket, from the address 198.51.`network`.7.
    async fn vote_unseen(&self, voter: &TestClient, nominee: usize, network: u8) {
        let input =
            json!({"nomineeId": self.sample.nominee_id(nominee), "idempotencyKey": Uuid::new_v4()});
        let request = voter.request(CAST_VOTE, &json!({"input": input}));
        let request = request.header("x-forwarded-for", format!("198.51.{network}.7"));
        let response = request.send().await.expect("an answer").json().await;
        Payload::of(response.expect("JSON"), "castVote").expect_counted();
    }

    /// A vote for a nominee after a look at the campaign.
    async fn vote_seen(&self, voter: &TestClient, nominee: usize) {
        self.vote_after(voter, nominee, TimeDelta::seconds(8)).await;
    }

    /// A vote for a nominee at once.
    async fn vote_fast(&self, voter: &TestClient, nominee: usize) {
        self.vote_after(voter, nominee, TimeDelta::zero()).await;
    }

    async fn vote_after(&self, voter: &TestClient, nominee: usize, look: TimeDelta) {
        let query = "query($id: ID!) { campaign(id: $id) { ticket } }";
        let data = voter
            .ask(query, json!({"id": self.sample.campaign_id()}))
            .await;
        let ticket = data["campaign"]["ticket"].clone();
        self.app.advance(look);
        let vote = voter.vote(&self.sample.nominee_id(nominee));
        vote.with("ticket", ticket).await.expect_counted();
    }

    /// A proposal to withhold the unseen votes for a nominee.
    fn unseen_votes_for(&self, nominee: usize) -> Value {
        json!({
            "campaignId": self.sample.campaign_id(),
            "selection": {"nomineeIds": [self.sample.nominee_id(nominee)], "behaviours": ["UNSEEN"]},
            "reason": "短时间内大量未浏览的投票",
        })
    }

    /// Proposes and applies a rule, and lets it do its work.
    async fn withhold(&self, proposal: Value) -> Value {
        let proposed = propose(&self.proposer, proposal).await.expect_counted();
        let applied = apply(&self.approver, &proposed["rule"]).await;
        let rule = applied.expect_counted()["rule"].clone();
        self.work().await;
        rule
    }

    async fn work(&self) {
        self.app.inner().run_withholding().await.expect("it works");
        let returned = self.app.inner().return_active_voters().await;
        returned.expect("it works");
        self.app.inner().publish_tallies().await;
    }

    /// Raw, counted and withheld votes, and the counted turnout.
    async fn figures(&self) -> [i64; 4] {
        let tally = self.tally().await;
        ["rawVotes", "countedVotes", "withheldVotes", "voters"]
            .map(|name| tally[name].as_i64().expect("a number"))
    }

    async fn tally(&self) -> Value {
        let viewer = self.app.anonymous();
        let data = viewer
            .ask(TALLY, json!({"id": self.sample.campaign_id()}))
            .await;
        data["campaign"]["tally"].clone()
    }

    /// The votes of a nominee.
    async fn votes_of(&self, nominee: usize) -> i64 {
        let number = json!(nominee + 1);
        let tally = self.tally().await;
        let mut entries = tally["entries"].as_array().expect("entries").iter();
        let entry = entries.find(|entry| entry["nominee"]["number"] == number);
        entry.expect("the nominee")["votes"]
            .as_i64()
            .expect("a number")
    }

    async fn expect_clean(&self) {
        let report = verify(&self.app.database, None).await.expect("a report");
        assert!(report.is_clean(), "{report}");
    }
}

async fn withheld_votes_do_not_count_and_their_voters_see_them_as_cast(stores: Stores) {
    let office = Office::new(&stores).await;
    let (script, person) = (office.app.voter(), office.app.voter());
    office.vote_unseen(&script, 0, 100).await;
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    office.vote_seen(&person, 0).await;
    office.vote_seen(&person, 1).await;
    assert_eq!(office.figures().await, [4, 4, 0, 3]);
    let rule = office.withhold(office.unseen_votes_for(0)).await;
    assert_eq!(office.figures().await, [4, 2, 2, 1]);
    assert_eq!(office.votes_of(0).await, 1);
    office.expect_clean().await;
    // The script sees its vote, cannot cast it again, and has its quota used.
    let query = "query($id: ID!) { nominee(id: $id) { viewerHasVoted votes } campaign(id: $campaign) { viewerQuotas {
        used } } }"
        .replace("($id: ID!)", "($id: ID!, $campaign: ID!)");
    let variables =
        json!({"id": office.sample.nominee_id(0), "campaign": office.sample.campaign_id()});
    let data = script.ask(&query, variables).await;
    assert_eq!(data["nominee"]["viewerHasVoted"], true);
    assert_eq!(data["campaign"]["viewerQuotas"][0]["used"], 1);
    let again = script.vote(&office.sample.nominee_id(0)).await;
    again.expect_refused("ALREADY_VOTED");
    let groups = office
        .proposer
        .ask(
            GROUPS,
            json!({"id": office.sample.campaign_id(), "by": "NETWORK_BLOCK"}),
        )
        .await;
    let groups = &groups["campaign"]["desk"]["voteGroups"];
    assert_eq!(groups.as_array().expect("groups").len(), 2);
    let of_script = groups
        .as_array()
        .expect("groups")
        .iter()
        .find(|group| group["unseen"] == 2);
    let of_script = of_script.expect("the script's network");
    assert_eq!([&of_script["votes"], &of_script["withheld"]], [2, 2]);
    // Reverted, all is as it was.
    let listed = "query($id: ID!, $rule: ID!) { campaign(id: $id) { desk { withholdings { id editRevision votes }
        withholding(id: $rule) { id votes } } } }";
    let variables = json!({"id": office.sample.campaign_id(), "rule": rule["id"]});
    let desk = office.proposer.ask(listed, variables).await["campaign"]["desk"].clone();
    assert_eq!(desk["withholding"]["votes"], 2);
    let reverted = revert(&office.proposer, &desk["withholdings"][0])
        .await
        .expect_counted();
    assert_eq!(reverted["rule"]["state"], "REVERTED");
    assert_eq!(reverted["rule"]["isSettled"], false);
    office.work().await;
    assert_eq!(office.figures().await, [4, 4, 0, 3]);
    office.expect_clean().await;
    for (action, count) in [("propose", 1), ("apply", 1), ("revert", 1)] {
        let text =
            format!("SELECT COUNT(*) FROM audit_event WHERE action = 'withholding.{action}'");
        assert_eq!(stores.count(text).await, count, "{action}");
    }
}

async fn votes_of_guests_are_told_apart_while_they_are_withheld_and_let_go(stores: Stores) {
    let office = Office::new(&stores).await;
    let [unseen, fast, other] = [(); 3].map(|()| office.app.guest());
    office.vote_unseen(&unseen, 0, 100).await;
    office.vote_fast(&fast, 0).await;
    office.vote_seen(&other, 1).await;
    // An account's, and one of a program that did not say: it is no guest's.
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    stores
        .execute("UPDATE vote SET is_guest = NULL WHERE NOT is_guest")
        .await;
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    // Counted votes, those of guests, and both of the first nominee.
    let figures = async || {
        let tally = office.tally().await;
        let entries = tally["entries"].as_array().expect("entries");
        let first = entries.iter().find(|e| e["nominee"]["number"] == 1);
        let first = first.expect("the nominee");
        [
            &tally["countedVotes"],
            &tally["guestVotes"],
            &first["votes"],
            &first["guestVotes"],
        ]
        .map(|number| number.as_i64().expect("a number"))
    };
    office.work().await;
    assert_eq!(figures().await, [5, 3, 4, 2]);
    let mut rule = office.withhold(office.unseen_votes_for(0)).await;
    assert_eq!(figures().await, [2, 2, 1, 1]);
    office.expect_clean().await;
    // A second rule that holds the same votes, and one more.
    let mut more = office.unseen_votes_for(0);
    more["selection"]["behaviours"] = json!(["FAST", "UNSEEN"]);
    let mut second = office.withhold(more).await;
    assert_eq!(figures().await, [1, 1, 0, 0]);
    office.expect_clean().await;
    for (rule, expected) in [(&mut rule, [1, 1, 0, 0]), (&mut second, [5, 3, 4, 2])] {
        rule["editRevision"] = json!(2);
        revert(&office.approver, rule).await.expect_counted();
        office.work().await;
        assert_eq!(figures().await, expected);
        office.expect_clean().await;
    }
    // They are in no tally that is hidden.
    let hidden = office
        .app
        .sample_with(|campaign| campaign.tally_visibility = TallyVisibility::StaffOnly)
        .await;
    let guest = office.app.guest();
    guest.vote(&hidden.nominee_id(0)).await.expect_counted();
    office.app.inner().publish_tallies().await;
    for (client, expected) in [
        (office.app.anonymous().clone(), Value::Null),
        (guest, Value::Null),
        (office.approver.clone(), json!({"guestVotes": 1})),
    ] {
        let query = "query($id: ID!) { campaign(id: $id) { tally { guestVotes } } }";
        let data = client.ask(query, json!({"id": hidden.campaign_id()})).await;
        assert_eq!(data["campaign"]["tally"], expected);
    }
}

async fn a_rule_is_applied_by_a_second_person_alone(stores: Stores) {
    let office = Office::new(&stores).await;
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    office.vote_seen(&office.app.voter(), 0).await;
    let mut proposal = office.unseen_votes_for(0);
    proposal["idempotencyKey"] = json!(Uuid::new_v4());
    let proposed = propose(&office.proposer, proposal.clone())
        .await
        .expect_counted();
    let again = propose(&office.proposer, proposal).await.expect_counted();
    assert_eq!(again["rule"]["id"], proposed["rule"]["id"]);
    let rule = &proposed["rule"];
    assert_eq!([&rule["kind"], &rule["state"]], ["SIGNALS", "DRAFT"]);
    assert_eq!(rule["isOwn"], true);
    office.work().await;
    assert_eq!(office.figures().await[2], 0, "a proposal holds nothing");
    apply(&office.proposer, rule)
        .await
        .expect_refused("SAME_PERSON");
    let editor = office.app.member(StaffRole::Editor).await;
    let input = json!({"ruleId": rule["id"], "expectedRevision": 1});
    let document = "mutation($input: ApplyWithholdingInput!) { applyWithholding(input: $input) { userErrors { code } } }";
    assert_eq!(
        editor.fail(document, json!({"input": input})).await,
        "FORBIDDEN"
    );
    let mut stale = rule.clone();
    stale["editRevision"] = json!(7);
    apply(&office.approver, &stale)
        .await
        .expect_refused("STALE_OBJECT");
    let applied = apply(&office.approver, rule).await.expect_counted();
    assert_eq!(applied["rule"]["state"], "APPLIED");
    apply(&office.approver, &applied["rule"])
        .await
        .expect_refused("WRONG_STATE");
    // A proposal that is turned down is reverted, and cannot be applied any more.
    let second = propose(&office.proposer, office.unseen_votes_for(0))
        .await
        .expect_counted();
    let down = revert(&office.approver, &second["rule"])
        .await
        .expect_counted();
    assert_eq!(down["rule"]["state"], "REVERTED");
    apply(&office.approver, &down["rule"])
        .await
        .expect_refused("WRONG_STATE");
    revert(&office.approver, &down["rule"])
        .await
        .expect_refused("WRONG_STATE");
    office.work().await;
    assert_eq!(office.figures().await, [2, 1, 1, 1]);
    office.expect_clean().await;
}

async fn a_selection_that_names_too_much_or_nothing_is_refused(stores: Stores) {
    let office = Office::new(&stores).await;
    office.vote_seen(&office.app.voter(), 0).await;
    let nominee = office.sample.nominee_id(0);
    let network = "0f".repeat(16);
    for (selection, code) in [
        (json!({}), "TOO_BROAD"),
        (json!({"behaviours": ["UNSEEN"]}), "TOO_BROAD"),
        (
            json!({"nomineeIds": [nominee], "networks": [network]}),
            "TOO_BROAD",
        ),
        (
            json!({"nomineeIds": [nominee], "networks": [network], "from": "2022-10-26T00:00:00Z",
                "until": "2022-10-25T00:00:00Z"}),
            "TIMES_OUT_OF_ORDER",
        ),
        (
            json!({"networks": vec![network.clone(); 1_001], "behaviours": ["FAST"]}),
            "TOO_MANY",
        ),
        (
            json!({"networks": [network], "behaviours": ["FAST"]}),
            "NO_VOTES",
        ),
    ] {
        let mut proposal = office.unseen_votes_for(0);
        proposal["selection"] = selection;
        propose(&office.proposer, proposal)
            .await
            .expect_refused(code);
    }
    let mut nameless = office.unseen_votes_for(0);
    nameless["reason"] = json!("  ");
    propose(&office.proposer, nameless)
        .await
        .expect_refused("REASON_REQUIRED");
    let other = office
        .app
        .sample_with(|campaign| campaign.slug = "other".into())
        .await;
    let mut foreign = office.unseen_votes_for(0);
    foreign["selection"]["nomineeIds"] = json!([other.nominee_id(0)]);
    propose(&office.proposer, foreign)
        .await
        .expect_refused("NOMINEE_NOT_FOUND");
    let mut broken = office.unseen_votes_for(0);
    broken["selection"]["networks"] = json!(["198.51.100.7"]);
    let document = "mutation($input: ProposeWithholdingInput!) { proposeWithholding(input: $input) { rule { id } } }";
    let code = office
        .proposer
        .fail(document, json!({"input": broken}))
        .await;
    assert_eq!(code, "BAD_USER_INPUT");
}

async fn much_is_withheld_with_the_number_typed_in(stores: Stores) {
    let office = Office::new(&stores).await;
    for nominee in 1..6 {
        office.vote_seen(&office.app.voter(), nominee).await;
    }
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    office.vote_seen(&office.app.voter(), 0).await;
    // One of seven votes of the category, and one of two of the nominee.
    let little = propose(&office.proposer, office.unseen_votes_for(0))
        .await
        .expect_counted();
    assert_eq!(little["rule"]["needsNumber"], false);
    office.vote_unseen(&office.app.voter(), 1, 100).await;
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    let mut both = office.unseen_votes_for(0);
    both["selection"]["nomineeIds"] =
        json!([office.sample.nominee_id(0), office.sample.nominee_id(1)]);
    let much = propose(&office.proposer, both).await.expect_counted()["rule"].clone();
    assert_eq!(
        [&much["needsNumber"], &much["proposedVotes"]],
        [&json!(true), &json!(3)]
    );
    let document = format!(
        "mutation($input: ApplyWithholdingInput!) {{ applyWithholding(input: $input) {{ {RULE} }} }}"
    );
    for typed in [json!(null), json!(2)] {
        let input = json!({"ruleId": much["id"], "expectedRevision": 1, "typedVotes": typed});
        let refused = change(&office.approver, &document, input).await;
        refused.expect_refused("NUMBER_REQUIRED");
    }
    apply(&office.approver, &much).await.expect_counted();
    // All votes of a nominee.
    office.vote_unseen(&office.app.voter(), 13, 100).await;
    for nominee in 14..20 {
        office.vote_seen(&office.app.voter(), nominee).await;
    }
    let all = propose(&office.proposer, office.unseen_votes_for(13))
        .await
        .expect_counted();
    assert_eq!(all["rule"]["needsNumber"], true);
}

async fn what_a_rule_would_change_is_told_before(stores: Stores) {
    let office = Office::with(&stores, |_| ()).await;
    for _ in 0..3 {
        office.vote_seen(&office.app.voter(), 1).await;
    }
    for _ in 0..2 {
        office.vote_seen(&office.app.voter(), 0).await;
        office.vote_unseen(&office.app.voter(), 0, 100).await;
    }
    let proposed = propose(&office.proposer, office.unseen_votes_for(0))
        .await
        .expect_counted();
    let query = "query($id: ID!, $rule: ID!) { campaign(id: $id) { desk { withholding(id: $rule) { effect { votes voters
        needsNumber nominees { votes countedBefore rankBefore rankAfter crossesCut nominee { number } } } } } } }";
    let variables = json!({"id": office.sample.campaign_id(), "rule": proposed["rule"]["id"]});
    let data = office.approver.ask(query, variables.clone()).await;
    let effect = &data["campaign"]["desk"]["withholding"]["effect"];
    assert_eq!([&effect["votes"], &effect["voters"]], [2, 2]);
    let nominees = effect["nominees"].as_array().expect("nominees");
    let of = |number: i64| {
        let found = nominees.iter().find(|n| n["nominee"]["number"] == number);
        found.expect("the nominee").clone()
    };
    assert_eq!(
        of(1),
        json!({"votes": 2, "countedBefore": 4, "rankBefore": 1, "rankAfter": 2, "crossesCut": false,
            "nominee": {"number": 1}})
    );
    assert_eq!(
        [&of(2)["rankBefore"], &of(2)["rankAfter"], &of(2)["votes"]],
        [2, 1, 0]
    );
    apply(&office.approver, &proposed["rule"])
        .await
        .expect_counted();
    let data = office.approver.ask(query, variables).await;
    assert_eq!(
        data["campaign"]["desk"]["withholding"]["effect"],
        Value::Null
    );
}

async fn a_vote_of_two_rules_counts_when_both_are_reverted(stores: Stores) {
    let office = Office::new(&stores).await;
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    office.vote_unseen(&office.app.voter(), 0, 101).await;
    let first = office.withhold(office.unseen_votes_for(0)).await;
    let groups = office
        .proposer
        .ask(
            GROUPS,
            json!({"id": office.sample.campaign_id(), "by": "NETWORK"}),
        )
        .await;
    let key = groups["campaign"]["desk"]["voteGroups"][0]["key"].clone();
    let mut chosen = office.unseen_votes_for(0);
    chosen["selection"] = json!({"networks": [key], "behaviours": ["UNSEEN"]});
    // It names one that is withheld already: nothing that counts, so it stays active.
    propose(&office.proposer, chosen.clone())
        .await
        .expect_refused("NO_VOTES");
    chosen["isActive"] = json!(true);
    let second = office.withhold(chosen).await;
    assert_eq!(office.figures().await, [2, 0, 2, 0]);
    office.expect_clean().await;
    revert(&office.proposer, &first).await.expect_counted();
    office.work().await;
    assert_eq!(
        office.figures().await,
        [2, 1, 1, 1],
        "one of them is still held"
    );
    office.expect_clean().await;
    revert(&office.proposer, &second).await.expect_counted();
    office.work().await;
    assert_eq!(office.figures().await, [2, 2, 0, 2]);
    office.expect_clean().await;
}

async fn an_active_rule_takes_later_votes_and_voters_who_vote_on_are_back(stores: Stores) {
    let office = Office::new(&stores).await;
    let script = office.app.voter();
    office.vote_unseen(&script, 0, 100).await;
    let mut proposal = office.unseen_votes_for(0);
    proposal["isActive"] = json!(true);
    office.withhold(proposal).await;
    assert_eq!(office.figures().await, [1, 0, 1, 0]);
    // Votes are counted first and withheld by the next pass.
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    office.vote_seen(&script, 1).await;
    office.app.inner().publish_tallies().await;
    assert_eq!(office.figures().await[..3], [3, 2, 1]);
    office.app.advance(TimeDelta::seconds(31));
    office.work().await;
    // The script's person has a vote that counts, and is in the turnout again.
    assert_eq!(office.figures().await, [3, 1, 2, 1]);
    office.expect_clean().await;
    office.app.advance(TimeDelta::seconds(31));
    office.work().await;
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    office.app.advance(TimeDelta::seconds(31));
    office.work().await;
    assert_eq!(
        office.figures().await,
        [4, 1, 3, 1],
        "each pass takes what came since"
    );
    office.expect_clean().await;
}

async fn a_rule_that_is_not_active_takes_what_was_cast_before_it_applied(stores: Stores) {
    let office = Office::new(&stores).await;
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    office.vote_seen(&office.app.voter(), 0).await;
    let rule = office.withhold(office.unseen_votes_for(0)).await;
    office.app.advance(TimeDelta::seconds(1));
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    // It looks again after a minute, for votes that had been admitted before and were stored late.
    office.app.advance(TimeDelta::seconds(61));
    office.work().await;
    assert_eq!(office.figures().await, [3, 2, 1, 2]);
    let query = "query($id: ID!, $rule: ID!) { campaign(id: $id) { desk { withholding(id: $rule) { isSettled } } } }";
    let variables = json!({"id": office.sample.campaign_id(), "rule": rule["id"]});
    let data = office.approver.ask(query, variables).await;
    assert_eq!(data["campaign"]["desk"]["withholding"]["isSettled"], true);
    office.expect_clean().await;
}

async fn linked_voters_are_one_person_in_the_counted_turnout(stores: Stores) {
    let office = Office::new(&stores).await;
    let (one, other) = (office.app.voter(), office.app.voter());
    office.vote_unseen(&one, 0, 100).await;
    office.vote_seen(&other, 1).await;
    let [canonical, linked] =
        [other.voter_id(), one.voter_id()].map(|id| id.0.simple().to_string());
    let id = |id: &str| {
        if stores.is_embedded() {
            format!("x'{id}'")
        } else {
            format!("'{id}'::uuid")
        }
    };
    let (linked, canonical) = (id(&linked), id(&canonical));
    let time = "'2022-10-25T04:00:00+00:00'";
    for text in [
        format!("INSERT INTO voter (id, is_guest, created_at) VALUES ({linked}, FALSE, {time})"),
        format!("INSERT INTO voter (id, is_guest, created_at) VALUES ({canonical}, FALSE, {time})"),
        format!("INSERT INTO voter_link VALUES ({linked}, {canonical}, {time})"),
    ] {
        stores.execute(text.leak()).await;
    }
    office.withhold(office.unseen_votes_for(0)).await;
    // The one vote of the first is withheld, and its person has another that counts.
    assert_eq!(office.figures().await, [2, 1, 1, 2]);
    office.expect_clean().await;
}

async fn the_public_reads_the_rules_once_the_result_is_out(stores: Stores) {
    let office = Office::new(&stores).await;
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    office.vote_seen(&office.app.voter(), 0).await;
    office.withhold(office.unseen_votes_for(0)).await;
    let public = async || {
        let variables = json!({"id": office.sample.campaign_id()});
        let data = office.app.anonymous().ask(TALLY, variables).await;
        data["campaign"]["withholdings"].clone()
    };
    assert_eq!(public().await, json!([]));
    office.app.advance(TimeDelta::days(8));
    let publish = "mutation($input: CampaignStepInput!) { publishResult(input: $input) { userErrors { code } } }";
    let input = json!({"campaignId": office.sample.campaign_id()});
    change(&office.approver, publish, input)
        .await
        .expect_counted();
    assert_eq!(
        public().await,
        json!([{"kind": "SIGNALS", "reason": "短时间内大量未浏览的投票", "votes": 1}])
    );
}

async fn a_report_waits_for_the_rules_and_divides_counted_votes_by_counted_voters(stores: Stores) {
    let office = Office::new(&stores).await;
    for _ in 0..3 {
        office.vote_unseen(&office.app.voter(), 0, 100).await;
    }
    let person = office.app.voter();
    for nominee in [0, 1] {
        office.vote_seen(&person, nominee).await;
    }
    let proposed = propose(&office.proposer, office.unseen_votes_for(0)).await;
    let proposed = proposed.expect_counted();
    office.app.advance(TimeDelta::days(8));
    apply(&office.approver, &proposed["rule"])
        .await
        .expect_counted();
    let report = async || {
        let document = "mutation($input: CreateReportInput!) { createReport(input: $input) { report { htmlUrl(language:
            ENGLISH) } userErrors { code } } }";
        let input =
            json!({"campaignId": office.sample.campaign_id(), "idempotencyKey": Uuid::new_v4()});
        change(&office.approver, document, input).await
    };
    report().await.expect_refused("STILL_COUNTING");
    office.work().await;
    report().await.expect_refused("STILL_COUNTING");
    office.app.advance(TimeDelta::seconds(61));
    office.work().await;
    let made = report().await.expect_counted();
    let path = made["report"]["htmlUrl"].as_str().expect("a path");
    let page = office.app.http().get(office.app.url(path)).send().await;
    let page = page.expect("an answer").text().await.expect("a page");
    // Two votes that count, of one voter; five were cast.
    assert!(page.contains("2.00"), "{page}");
    let stored = stores.count(
        "SELECT COUNT(*) FROM report WHERE snapshot LIKE '%\"votesPerVoterHundredths\":200%'",
    );
    assert_eq!(stored.await, 1);
}

async fn a_rule_that_cannot_be_read_holds_no_other_up(stores: Stores) {
    let office = Office::new(&stores).await;
    office.vote_unseen(&office.app.voter(), 0, 100).await;
    office.vote_unseen(&office.app.voter(), 1, 100).await;
    let proposed = propose(&office.proposer, office.unseen_votes_for(1)).await;
    apply(&office.approver, &proposed.expect_counted()["rule"])
        .await
        .expect_counted();
    // As of a newer program.
    stores
        .execute("UPDATE withholding_rule SET selector = '{\"phases\": [1]}'")
        .await;
    office.withhold(office.unseen_votes_for(0)).await;
    assert_eq!(office.figures().await, [2, 1, 1, 1]);
    let query = "query($id: ID!) { campaign(id: $id) { desk { withholdings { reason } } } }";
    let data = office
        .approver
        .ask(query, json!({"id": office.sample.campaign_id()}))
        .await;
    let listed = data["campaign"]["desk"]["withholdings"]
        .as_array()
        .map(Vec::len);
    assert_eq!(listed, Some(1));
    office.expect_clean().await;
}

async fn each_way_of_naming_votes_names_those_alone(stores: Stores) {
    let office = Office::new(&stores).await;
    let (script, other) = (office.app.voter(), office.app.voter());
    let first_at = office.app.clock.now();
    office.vote_unseen(&script, 0, 100).await;
    office.app.advance(TimeDelta::minutes(29));
    office.vote_seen(&script, 1).await;
    office.app.advance(TimeDelta::minutes(2));
    office.vote_seen(&script, 2).await;
    office.vote_unseen(&other, 0, 101).await;
    // Within a second of a look.
    let query = "query($id: ID!) { campaign(id: $id) { ticket } }";
    let data = other
        .ask(query, json!({"id": office.sample.campaign_id()}))
        .await;
    let fast = other.vote(&office.sample.nominee_id(3));
    fast.with("ticket", data["campaign"]["ticket"].clone())
        .await
        .expect_counted();
    let groups = async |by: &str| {
        let variables = json!({"id": office.sample.campaign_id(), "by": by});
        let data = office.proposer.ask(GROUPS, variables).await;
        data["campaign"]["desk"]["voteGroups"]
            .as_array()
            .expect("groups")
            .clone()
    };
    let networks = groups("NETWORK").await;
    // Two networks of a script's votes each, and the one that all others came from.
    assert_eq!(
        networks.iter().map(|g| g["votes"].as_i64()).max(),
        Some(Some(3))
    );
    let of_script = |group: &&Value| group["unseen"] == 1;
    let keys: Vec<&Value> = networks
        .iter()
        .filter(of_script)
        .map(|g| &g["key"])
        .collect();
    assert_eq!(keys.len(), 2);
    assert!(
        groups("PHONE_MODEL").await.is_empty(),
        "no client names a phone"
    );
    let nominee = |index: usize| office.sample.nominee_id(index);
    let (from, until) = (first_at, first_at + TimeDelta::minutes(1));
    let window = |from: DateTime<Utc>, until: DateTime<Utc>| json!({"nomineeIds": [nominee(0)], "networks": keys, "from": from.to_rfc3339(), "until": until.to_rfc3339()});
    for (selection, kind, votes) in [
        (
            json!({"networks": keys, "behaviours": ["UNSEEN"]}),
            "SIGNALS",
            2,
        ),
        (
            json!({"networks": [keys[0]], "behaviours": ["UNSEEN"]}),
            "SIGNALS",
            1,
        ),
        (
            json!({"nomineeIds": [nominee(0), nominee(3)], "behaviours": ["FAST"]}),
            "SIGNALS",
            1,
        ),
        (
            json!({"nomineeIds": [nominee(0), nominee(3)], "behaviours": ["FAST", "UNSEEN"]}),
            "SIGNALS",
            3,
        ),
        (window(from, until), "SELECTED", 1),
        (window(from, from + TimeDelta::hours(1)), "SELECTED", 2),
        // The script's second vote came within half an hour of its first, the third later; the other's fast one at
        // once.
        (
            json!({"nomineeIds": [nominee(0)], "behaviours": ["UNSEEN"], "wholeVisit": true}),
            "SIGNALS",
            4,
        ),
    ] {
        let mut proposal = office.unseen_votes_for(0);
        proposal["selection"] = selection.clone();
        let proposed = propose(&office.proposer, proposal).await.expect_counted();
        let rule = &proposed["rule"];
        assert_eq!(
            [&rule["kind"], &rule["proposedVotes"]],
            [&json!(kind), &json!(votes)],
            "{selection}"
        );
        // The votes that it holds are those that it told of.
        apply(&office.approver, rule).await.expect_counted();
        office.work().await;
        assert_eq!(office.figures().await[2], votes, "{selection}");
        let mut applied = rule.clone();
        applied["editRevision"] = json!(2);
        revert(&office.approver, &applied).await.expect_counted();
        office.work().await;
        assert_eq!(office.figures().await[2], 0);
        office.expect_clean().await;
    }
}

impl Office {
    /// A voter of this rank of risk, as a sign-in leaves it behind.
    async fn rated_voter(&self, stores: &Stores, rank: Option<i64>) -> TestClient {
        let voter = self.app.voter();
        let id = voter.voter_id().0.simple().to_string();
        let id = if stores.is_embedded() {
            format!("x'{id}'")
        } else {
            format!("'{id}'")
        };
        let at = "'2022-10-25T04:00:00+00:00'";
        let (rank, ranked_at) = match rank {
            Some(rank) => (rank.to_string(), at),
            None => ("NULL".to_owned(), "NULL"),
        };
        let text = format!(
            "INSERT INTO voter (id, is_guest, created_at, risk_rank, risk_ranked_at)
            VALUES ({id}, FALSE, {at}, {rank}, {ranked_at})"
        );
        stores.execute(text.leak()).await;
        voter
    }
}

async fn votes_of_accounts_that_the_platform_rates_highest_are_withheld(stores: Stores) {
    let office = Office::new(&stores).await;
    for rank in [None, Some(0), Some(1), Some(2), Some(3)] {
        let voter = office.rated_voter(&stores, rank).await;
        office.vote_seen(&voter, 0).await;
    }
    let rated = office.rated_voter(&stores, Some(4)).await;
    office.vote_seen(&rated, 0).await;
    office.vote_unseen(&rated, 1, 100).await;
    // One of whom nothing is stored at all.
    office.vote_unseen(&office.app.voter(), 1, 100).await;
    let proposal = |selection: Value| json!({"campaignId": office.sample.campaign_id(), "selection": selection, "reason": "平台评级"});
    let nominee = |index: usize| office.sample.nominee_id(index);
    for rank in 0..4 {
        let low =
            json!({"riskRankMin": rank, "nomineeIds": [nominee(1)], "behaviours": ["UNSEEN"]});
        let refused = propose(&office.proposer, proposal(low)).await;
        refused.expect_refused("TOO_BROAD");
    }
    let document = "mutation($input: ProposeWithholdingInput!) { proposeWithholding(input: $input) { rule { id } } }";
    for rank in [-1, 5] {
        let none = json!({"input": proposal(json!({"riskRankMin": rank}))});
        let code = office.proposer.fail(document, none).await;
        assert_eq!(code, "BAD_USER_INPUT");
    }
    for (selection, votes) in [
        (json!({"riskRankMin": 4}), 2),
        (json!({"riskRankMin": 4, "nomineeIds": [nominee(0)]}), 1),
        (json!({"riskRankMin": 4, "behaviours": ["UNSEEN"]}), 1),
        (
            json!({"riskRankMin": 4, "nomineeIds": [nominee(1)], "behaviours": ["UNSEEN"], "wholeVisit": true}),
            2,
        ),
    ] {
        let proposed = propose(&office.proposer, proposal(selection.clone())).await;
        let rule = &proposed.expect_counted()["rule"];
        assert_eq!(rule["kind"], "PLATFORM_RISK", "{selection}");
        assert_eq!(rule["selection"]["riskRankMin"], 4);
        assert_eq!(rule["proposedVotes"], votes, "{selection}");
    }
    let applied = office.withhold(proposal(json!({"riskRankMin": 4}))).await;
    assert_eq!(office.figures().await, [8, 6, 2, 6]);
    assert_eq!([office.votes_of(0).await, office.votes_of(1).await], [5, 1]);
    office.expect_clean().await;
    let logged = "SELECT COUNT(*) FROM audit_event WHERE action = 'withholding.propose'
        AND CAST(changes AS TEXT) LIKE '%riskRankMin%'";
    assert_eq!(stores.count(logged).await, 5);
    // What is held stays held, though its voter is rated better, or forgotten, before the next pass.
    stores
        .execute("UPDATE voter SET risk_rank = NULL, risk_ranked_at = NULL")
        .await;
    office.app.advance(TimeDelta::minutes(2));
    office.work().await;
    assert_eq!(office.figures().await[2], 2);
    office.expect_clean().await;
    revert(&office.proposer, &applied).await.expect_counted();
    office.work().await;
    assert_eq!(office.figures().await, [8, 8, 0, 7]);
    office.expect_clean().await;
}

/// Stores votes of so many voters for the first nominee, unseen, and sums them up.
async fn fill(office: &Office, stores: &Stores, voters: i64) {
    let sample = &office.sample;
    let [campaign, scope, nominee] = [
        sample.campaign.id.0,
        sample.categories[0].0,
        sample.nominees[0].0,
    ]
    .map(|id| id.simple().to_string());
    let rules_revision = sample.campaign.rules_revision;
    let text = if stores.is_embedded() {
        format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {voters})
            INSERT INTO vote (campaign_id, scope_id, voter_id, period, slot, nominee_id, id, cast_at, is_first,
                network_block_hash, rules_revision, client)
            SELECT x'{campaign}', x'{scope}', randomblob(16), 738453, 1, x'{nominee}', randomblob(16),
                '2022-10-25T04:00:00+00:00', TRUE, x'00', {rules_revision}, 0 FROM n;
            INSERT INTO tally (campaign_id, nominee_id, counted, voters, revision)
            VALUES (x'{campaign}', x'{nominee}', {voters}, {voters}, 1);
            INSERT INTO turnout (campaign_id, minute, nominee_id, client, votes)
            VALUES (x'{campaign}', unixepoch('2022-10-25T04:00:00') / 60, x'{nominee}', 0, {voters})"
        )
    } else {
        format!(
            "INSERT INTO vote (campaign_id, scope_id, voter_id, period, slot, nominee_id, id, cast_at, is_first,
                network_block_hash, rules_revision, client)
            SELECT '{campaign}', '{scope}', gen_random_uuid(), 738453, 1, '{nominee}', gen_random_uuid(),
                '2022-10-25T04:00:00Z', TRUE, '\\x00', {rules_revision}, 0 FROM generate_series(1, {voters});
            INSERT INTO tally (campaign_id, nominee_id, counted, voters, revision)
            VALUES ('{campaign}', '{nominee}', {voters}, {voters}, 1);
            INSERT INTO turnout (campaign_id, minute, nominee_id, client, votes)
            VALUES ('{campaign}', extract(epoch from timestamptz '2022-10-25T04:00:00Z')::bigint / 60,
                '{nominee}', 0, {voters})"
        )
    };
    for statement in text.leak().split(';') {
        stores.execute(statement).await;
    }
}

async fn two_processes_at_one_rule_hold_each_vote_once(stores: Stores) {
    let office = Office::new(&stores).await;
    let other = TestApp::start(&stores).await;
    fill(&office, &stores, 5_000).await;
    let proposed = propose(&office.proposer, office.unseen_votes_for(0))
        .await
        .expect_counted();
    apply(&office.approver, &proposed["rule"])
        .await
        .expect_counted();
    // Neither keeps to the lease of the other, as after a pause that outlasts it.
    let forget_lease = "UPDATE withholding_rule SET leased_until = NULL";
    let (first, second, ()) = tokio::join!(
        office.app.inner().run_withholding(),
        async {
            stores.execute(forget_lease).await;
            other.inner().run_withholding().await
        },
        async {
            for nominee in 1..6 {
                office.vote_seen(&office.app.voter(), nominee).await;
            }
        }
    );
    // One that waited too long for the other tries again later.
    drop((first, second));
    stores.execute(forget_lease).await;
    office.work().await;
    assert_eq!(office.figures().await, [5_005, 5, 5_000, 5]);
    office.expect_clean().await;
}

/// Starts a program, kills it while it is at the rules, and starts another, until the rule holds `expected` votes; what
/// is stored agrees after each. `meanwhile` happens while the first is at them.
async fn kill_until(
    office: &Office,
    stores: &Stores,
    expected: i64,
    meanwhile: impl Future<Output = ()>,
) {
    let held = async || stores.count("SELECT votes FROM withholding_rule").await;
    let mut before = held().await;
    let mut meanwhile = Some(meanwhile);
    for _ in 0..30 {
        // The next does not wait for the end of the lease.
        stores
            .execute("UPDATE withholding_rule SET leased_until = NULL")
            .await;
        let mut program = Program::start(stores, &["serve"]).await;
        until("some votes are held or let go", async || {
            (held().await != before).then_some(())
        })
        .await;
        if let Some(meanwhile) = meanwhile.take() {
            meanwhile.await;
        }
        program.kill();
        office.expect_clean().await;
        before = held().await;
        if before == expected {
            return;
        }
    }
    panic!("the rule holds {before} votes, not {expected}");
}

async fn a_rule_goes_on_where_a_process_has_died(stores: Stores) {
    let office = Office::new(&stores).await;
    fill(&office, &stores, 20_000).await;
    let rule = propose(&office.proposer, office.unseen_votes_for(0))
        .await
        .expect_counted();
    apply(&office.approver, &rule["rule"])
        .await
        .expect_counted();
    let desk = Desk::of_operator(&office.app.database, &office.app.clock);
    let vote_and_freeze = async {
        office.vote_seen(&office.app.voter(), 0).await;
        office.vote_seen(&office.app.voter(), 1).await;
        let frozen = desk.step_nominee(office.sample.nominees[0], None, NomineeStep::Freeze, None);
        frozen.await.expect("the database answers").expect("frozen");
    };
    Box::pin(kill_until(&office, &stores, 20_000, vote_and_freeze)).await;
    office
        .app
        .inner()
        .sweep_all_tallies()
        .await
        .expect("it looks");
    office.app.inner().publish_tallies().await;
    assert_eq!(office.figures().await, [20_002, 2, 20_000, 2]);
    // The program, whose clock is another, has ended the organisers' sessions.
    let rules = list_of_campaign(&office.app.database, office.sample.campaign.id, 1).await;
    let rule = rules.expect("rules").remove(0);
    let reverted = desk
        .revert_withholding(rule.id, rule.edit_revision, "申诉成立")
        .await;
    assert_eq!(reverted.expect("the database answers"), Ok(()));
    let vote_and_close = async {
        office.vote_seen(&office.app.voter(), 1).await;
        office.app.advance(TimeDelta::days(8));
        let late = office.app.voter().vote(&office.sample.nominee_id(1)).await;
        late.expect_refused("VOTING_CLOSED");
    };
    Box::pin(kill_until(&office, &stores, 0, vote_and_close)).await;
    office
        .app
        .inner()
        .sweep_all_tallies()
        .await
        .expect("it looks");
    office.app.inner().publish_tallies().await;
    assert_eq!(office.figures().await, [20_003, 20_003, 0, 20_003]);
    office.expect_clean().await;
}
