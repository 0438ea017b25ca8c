use std::collections::HashMap;

use chrono::TimeDelta;
use uuid::Uuid;

use super::*;
use crate::domain::campaign::{
    Campaign, Category, ChallengePolicy, Lifecycle, QuotaPeriod, QuotaScope, TallyVisibility,
    TimeZone,
};
use crate::domain::identity::IdentityKind;
use crate::domain::nominee::{Nominee, NomineeStatus};
use crate::domain::roster::Roster;
use crate::domain::tally::NomineeTotals;
use crate::domain::turnout::{ClientKind, TurnoutSum};
use crate::id::{CampaignId, CategoryId, NomineeId, OrganisationId};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn campaign() -> Campaign {
    Campaign {
        id: CampaignId(Uuid::from_u128(1)),
        organisation_id: OrganisationId(Uuid::from_u128(2)),
        slug: "sample".to_owned(),
        title: "Sample".to_owned(),
        summary: String::new(),
        cover_url: None,
        cover_media: None,
        time_zone: TimeZone(chrono_tz::Asia::Shanghai),
        lifecycle: Lifecycle::Running,
        voting_opens_at: at("2022-10-25T00:00:00Z"),
        voting_closes_at: at("2022-10-28T00:00:00Z"),
        quota_period: QuotaPeriod::Day,
        quota_scope: QuotaScope::Category,
        votes_per_period: 3,
        tally_visibility: TallyVisibility::Live,
        guests_may_vote: true,
        admits: IdentityKind::WechatMiniProgram.into(),
        challenge: ChallengePolicy::Guests,
        paused_at: None,
        edit_revision: 1,
        revision: 1,
        rules_revision: 1,
    }
}

fn nominee(number: i64, city: Option<&str>, status: NomineeStatus) -> Nominee {
    Nominee {
        id: NomineeId(Uuid::from_u128(number.unsigned_abs().into())),
        campaign_id: CampaignId(Uuid::from_u128(1)),
        category_id: CategoryId(Uuid::from_u128(9)),
        number,
        name: format!("Nominee {number}"),
        employer: format!("Company {}", number % 2),
        city: city.map(str::to_owned),
        title: None,
        summary: String::new(),
        portrait_url: None,
        portrait_media: None,
        status,
        edit_revision: 1,
    }
}

/// Nominees by their votes, those with a `w` withdrawn, in one category with two places; votes come by page, all within
/// the first minute.
fn sources(votes: &[(i64, NomineeStatus)]) -> Sources {
    let category = Category {
        id: CategoryId(Uuid::from_u128(9)),
        campaign_id: CampaignId(Uuid::from_u128(1)),
        key: "c".to_owned(),
        name: "Researchers".to_owned(),
        shortlist_size: 2,
    };
    let cities = [Some("银川"), None, Some("吴忠")];
    let nominees: Vec<Nominee> = (1..)
        .zip(votes)
        .map(|(number, (_, status))| {
            let city = cities[usize::try_from(number).expect("small") % cities.len()];
            nominee(number, city, *status)
        })
        .collect();
    let with_votes = nominees
        .iter()
        .zip(votes)
        .filter(|(_, (votes, _))| *votes > 0);
    let totals: Vec<NomineeTotals> = with_votes
        .map(|(nominee, (votes, _))| NomineeTotals {
            nominee_id: nominee.id,
            counted: *votes,
            guest_votes: votes / 5,
            withheld: 0,
            voters: 1,
            revision: 1,
        })
        .collect();
    let all: i64 = totals.iter().map(|total| total.counted).sum();
    let minute = at("2022-10-25T00:00:00Z").timestamp() / 60;
    let turnout = (all > 0).then_some(TurnoutSum {
        minute,
        client: ClientKind::Page,
        votes: all,
        guests: totals.iter().map(|total| total.guest_votes).sum(),
    });
    Sources {
        taken_at: at("2022-10-28T01:00:00Z"),
        organisation: "Association".to_owned(),
        cast: totals.iter().map(|t| (t.nominee_id, t.counted)).collect(),
        turnout: turnout.into_iter().collect(),
        peak_minute: (all > 0).then_some((minute, all)),
        reach: HashMap::from([(NomineeId(Uuid::from_u128(1)), (7, 3))]),
        totals,
        stories: vec![ReportedStory {
            title: "A story".to_owned(),
            nominee: Some("Nominee 1".to_owned()),
            published_at: at("2022-10-26T00:00:00Z"),
            views: 5,
            likes: 2,
        }],
        amendments: Vec::new(),
        roster: Roster::new(campaign(), vec![category], nominees),
    }
}

const ACTIVE: NomineeStatus = NomineeStatus::Active;

#[test]
fn ties_across_the_cut_line_are_named() {
    use Place::{Below, Tied, Within};
    for (votes, places, open) in [
        // A clear line.
        (&[5, 4, 3][..], &[Within, Within, Below][..], 0),
        // Two share the first place: both are within.
        (&[5, 5, 3], &[Within, Within, Below], 0),
        // Two share the second of two places.
        (&[5, 4, 4, 1], &[Within, Tied, Tied, Below], 1),
        // Three share the first.
        (&[5, 5, 5, 1], &[Tied, Tied, Tied, Below], 2),
        // A tie below the line decides nothing.
        (&[5, 4, 3, 3], &[Within, Within, Below, Below], 0),
        // Nobody has a vote; and fewer than there are places.
        (&[0, 0, 0], &[Tied, Tied, Tied], 2),
        (&[1], &[Within], 0),
        (&[], &[], 0),
    ] {
        let votes: Vec<_> = votes.iter().map(|votes| (*votes, ACTIVE)).collect();
        let snapshot = Snapshot::new(sources(&votes));
        assert_eq!(snapshot.check(), []);
        let category = &snapshot.categories[0];
        let found: Vec<Place> = category.nominees.iter().map(|n| n.place).collect();
        assert_eq!(
            (&found[..], category.open_places),
            (places, open),
            "{votes:?}"
        );
        let tied = (1..).zip(places).filter(|(_, place)| **place == Tied);
        let tied: Vec<i64> = tied.map(|(number, _)| number).collect();
        assert_eq!(category.tied_at_cut, tied);
    }
}

#[test]
fn every_sum_is_computed() {
    let votes = [
        (10, ACTIVE),
        (20, ACTIVE),
        (6, NomineeStatus::Withdrawn),
        (3, NomineeStatus::Frozen),
    ];
    let snapshot = Snapshot::new(sources(&votes));
    assert_eq!(snapshot.check(), []);
    let totals = &snapshot.totals;
    assert_eq!((totals.votes, totals.counted, totals.withheld), (39, 39, 0));
    assert_eq!(snapshot.guest_votes(), Some(7));
    let guests = |of: &[ReportedNominee]| of.iter().map(|n| n.guest_votes).collect::<Vec<_>>();
    assert_eq!(guests(&snapshot.categories[0].nominees), [4, 2, 0]);
    assert_eq!(guests(&snapshot.withdrawn), [1]);
    assert_eq!(snapshot.categories[0].guest_votes, 6);
    assert_eq!(
        (totals.listed, totals.withdrawn, totals.elsewhere),
        (33, 6, 0)
    );
    assert_eq!((totals.voters, totals.votes_per_voter_hundredths), (4, 975));
    assert_eq!((totals.nominees, totals.withdrawn_nominees), (3, 1));
    assert_eq!((totals.nominee_views, totals.nominee_likes), (7, 3));
    assert_eq!(
        (totals.stories, totals.story_views, totals.story_likes),
        (1, 5, 2)
    );
    let category = &snapshot.categories[0];
    let rows: Vec<_> = category
        .nominees
        .iter()
        .map(|n| (n.number, n.rank, n.votes, n.share_basis_points, n.is_frozen))
        .collect();
    let expected = [
        (2, Some(1), 20, 6_061, false),
        (1, Some(2), 10, 3_030, false),
        (4, Some(3), 3, 909, true),
    ];
    assert_eq!(rows, expected);
    let group = |name: &str, nominees, votes| Group {
        name: name.to_owned(),
        nominees,
        votes,
    };
    assert_eq!(snapshot.cities, [group("吴忠", 1, 20), group("", 2, 13)]);
    assert_eq!(
        snapshot.employers,
        [group("Company 0", 2, 23), group("Company 1", 1, 10)]
    );
    let turnout = &snapshot.turnout;
    assert_eq!((turnout.votes, turnout.page, turnout.other), (39, 39, 0));
    let peak = Peak {
        at: at("2022-10-25T00:00:00Z"),
        votes: 39,
    };
    assert_eq!(
        (turnout.peak_minute, turnout.peak_hour),
        (Some(peak), Some(peak))
    );
    // A day of the campaign's zone.
    assert_eq!(turnout.days[0].at, at("2022-10-24T16:00:00Z"));
}

/// Each figure that is changed alone is found.
#[test]
fn what_does_not_add_up_is_found() {
    let votes = [(10, ACTIVE), (20, ACTIVE), (6, NomineeStatus::Withdrawn)];
    let right = Snapshot::new(sources(&votes));
    let changes: [fn(&mut Snapshot); 26] = [
        |s| s.totals.votes += 1,
        |s| s.totals.counted += 1,
        |s| s.totals.withheld += 1,
        |s| s.totals.listed += 1,
        |s| s.totals.withdrawn += 1,
        |s| s.totals.voters = 40,
        |s| s.totals.voters = 0,
        |s| s.totals.nominees += 1,
        |s| s.totals.story_views += 1,
        |s| s.categories[0].votes += 1,
        |s| s.categories[0].nominees[0].votes += 1,
        |s| s.categories[0].nominees[1].rank = Some(1),
        |s| s.categories[0].nominees.swap(0, 1),
        |s| s.withdrawn[0].votes += 1,
        |s| s.turnout.hours[0].votes += 1,
        |s| s.turnout.days[0].page += 1,
        |s| s.turnout.peak_hour = None,
        |s| s.cities[0].votes += 1,
        |s| s.employers[0].nominees += 1,
        |s| s.totals.guest_votes = Some(8),
        |s| s.totals.guest_votes = Some(6),
        |s| s.categories[0].guest_votes += 1,
        |s| s.categories[0].nominees[0].guest_votes += 1,
        |s| s.withdrawn[0].guest_votes = 0,
        |s| s.turnout.guests -= 1,
        |s| s.turnout.hours[0].guests += 1,
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut wrong = right.clone();
        change(&mut wrong);
        assert_ne!(wrong.check(), [], "change {index}");
    }
    // Tables that disagree with each other.
    let mut torn = sources(&votes);
    torn.turnout[0].votes += 1;
    assert_ne!(Snapshot::new(torn).check(), []);
    let mut torn = sources(&votes);
    torn.cast.clear();
    let found = Snapshot::new(torn).check();
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(
        found[0].to_string(),
        "nominee 2: votes by turnout; by the tally: 0 and 20"
    );
}

#[test]
fn the_first_of_equal_hours_is_the_peak() {
    let mut sources = sources(&[(4, ACTIVE)]);
    let first = sources.turnout[0];
    sources.turnout = [0, 60]
        .map(|later| TurnoutSum {
            minute: first.minute + later,
            votes: 2,
            ..first
        })
        .to_vec();
    let snapshot = Snapshot::new(sources);
    let peak = snapshot.turnout.peak_hour.expect("a peak");
    assert_eq!((peak.at, peak.votes), (at("2022-10-25T00:00:00Z"), 2));
}

#[test]
fn the_text_is_read_back_and_harmless_in_html() {
    let mut sources = sources(&[(1, ACTIVE)]);
    sources.organisation = "</script><!-- & \"quotes\"".to_owned();
    let snapshot = Snapshot::new(sources);
    let text = snapshot.to_text().expect("JSON");
    assert!(!text.contains('<'), "{text}");
    assert_eq!(Snapshot::from_text(&text).expect("it is read"), snapshot);
}

#[test]
fn guests_are_told_apart_where_there_may_be_some() {
    let votes = [(10, ACTIVE), (1, ACTIVE)];
    let snapshot = Snapshot::new(sources(&votes));
    assert_eq!(snapshot.guest_votes(), Some(2));
    // A report of before: it has none of the figures, and nothing is made up.
    let mut value = serde_json::to_value(&snapshot).expect("JSON");
    remove_guests(&mut value);
    let text = value.to_string();
    assert!(
        !text.contains("guestVotes") && !text.contains("guests\""),
        "{text}"
    );
    let old = Snapshot::from_text(&text).expect("it is read");
    assert_eq!((old.guest_votes(), old.totals.counted), (None, 11));
    assert_eq!(old.check(), []);
    let mut without = snapshot.clone();
    without.campaign.guests_may_vote = false;
    // They may vote no more, and have voted.
    assert_eq!(without.guest_votes(), Some(2));
    without.turnout.guests = 0;
    assert_eq!(without.guest_votes(), None);
}

fn remove_guests(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.remove("guestVotes");
            fields.remove("guests");
            fields.values_mut().for_each(remove_guests);
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(remove_guests),
        _ => {}
    }
}

#[test]
fn the_ways_in_are_named_in_reports_of_before_too() {
    let snapshot = Snapshot::new(sources(&[(1, ACTIVE)]));
    let english = |snapshot: &Snapshot| snapshot.campaign.admitted(ReportLanguage::English);
    let both = "WeChat mini-program; guests, without signing in";
    assert_eq!(english(&snapshot), both);
    let text = snapshot.to_text().expect("JSON");
    let member = r#","admits":["WECHAT_MINI_PROGRAM","GUEST"]"#;
    assert!(text.contains(member), "{text}");
    // Without it, a report is what it was when it was made, to the letter.
    let before = text.replace(member, "");
    let old = Snapshot::from_text(&before).expect("it is read");
    assert_eq!(english(&old), both);
    assert_eq!(old.to_text().expect("JSON"), before);
    let mut other = sources(&[(1, ACTIVE)]);
    let campaign = Campaign {
        guests_may_vote: false,
        admits: [IdentityKind::Oidc, IdentityKind::WechatWeb]
            .into_iter()
            .collect(),
        ..campaign()
    };
    other.roster = Roster::new(campaign, other.roster.categories().to_vec(), Vec::new());
    other.totals.clear();
    let chinese = Snapshot::new(other)
        .campaign
        .admitted(ReportLanguage::Chinese);
    assert_eq!(chinese, "微信网页；统一身份认证");
}

#[test]
fn amendments_are_told_in_words() {
    let snapshot = Snapshot::new(sources(&[(1, ACTIVE)]));
    let change = |field: &str, before: &str, after: Option<&str>| Change {
        field: field.to_owned(),
        before: Some(before.to_owned()),
        after: after.map(str::to_owned),
    };
    let amendment = ReportedAmendment {
        at: snapshot.taken_at - TimeDelta::days(1),
        subject: "Sample".to_owned(),
        changes: vec![
            change("votingClosesAt", "2022-10-28T00:00:00Z", None),
            change("status", "ACTIVE", Some("FROZEN")),
            change("name", "ACTIVE", Some("2022-10-28T00:00:00Z")),
        ],
        reason: "x".to_owned(),
    };
    assert_eq!(
        snapshot.changes_in_words(&amendment, ReportLanguage::English),
        [
            "Closing: 2022-10-28 08:00:00 → –",
            "Status: active → frozen",
            "Name: ACTIVE → 2022-10-28T00:00:00Z",
        ]
    );
    assert_eq!(
        snapshot.changes_in_words(&amendment, ReportLanguage::Chinese)[1],
        "状态: 正常 → 已冻结"
    );
}
