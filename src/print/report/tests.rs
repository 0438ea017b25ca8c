use chrono::TimeDelta;

use super::*;
use crate::domain::report::{
    CategoryResult, Place, Point, ReportedAmendment, ReportedCampaign, ReportedNominee,
    ReportedStory, ReportedTurnout, Totals,
};

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_666_670_400, 0).expect("a time")
}

fn nominee(number: i64, name: &str, votes: i64) -> ReportedNominee {
    ReportedNominee {
        number,
        name: name.to_owned(),
        employer: "单".repeat(200),
        city: Some("银川".to_owned()),
        is_frozen: number == 2,
        rank: Some(number),
        place: if number <= 10 {
            Place::Within
        } else {
            Place::Below
        },
        votes,
        guest_votes: 0,
        withheld: 0,
        cast: votes,
        share_basis_points: 25,
        views: 1,
        likes: 1,
    }
}

fn campaign() -> ReportedCampaign {
    ReportedCampaign {
        slug: "sample".to_owned(),
        title: "<script>alert(1)</script> & Co.".to_owned(),
        organisation: "\"Association\"".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
        phase: "ENDED".to_owned(),
        voting_opens_at: noon(),
        voting_closes_at: noon() + TimeDelta::days(31),
        quota_period: "DAY".to_owned(),
        quota_scope: "CATEGORY".to_owned(),
        votes_per_period: 3,
        guests_may_vote: true,
        admits: vec!["OIDC".to_owned(), "GUEST".to_owned()],
        tally_visibility: "LIVE".to_owned(),
    }
}

/// An hour with one vote.
fn point(hour: i64) -> Point {
    Point {
        at: noon() + TimeDelta::hours(hour),
        votes: 1,
        page: 1,
        mini_program: 0,
        other: 0,
        guests: 0,
    }
}

/// A report with so many nominees, and one vote in each of so many hours.
fn snapshot(nominees: i64, hours: i64) -> Snapshot {
    let hours: Vec<Point> = (0..hours).map(point).collect();
    let list = (1..=nominees).map(|number| nominee(number, &format!("候选人{number}"), 1));
    Snapshot {
        version: 1,
        taken_at: noon() + TimeDelta::days(40),
        campaign: campaign(),
        totals: Totals {
            votes: 1_234_567,
            ..Totals::default()
        },
        categories: vec![CategoryResult {
            name: "研究".to_owned(),
            shortlist_size: 10,
            votes: nominees,
            guest_votes: 0,
            withheld: 0,
            tied_at_cut: Vec::new(),
            open_places: 0,
            nominees: list.collect(),
        }],
        withdrawn: vec![nominee(0, "<b>", 1)],
        turnout: ReportedTurnout {
            votes: i64::try_from(hours.len()).expect("small"),
            page: i64::try_from(hours.len()).expect("small"),
            days: hours.iter().step_by(24).copied().collect(),
            hours,
            ..ReportedTurnout::default()
        },
        cities: Vec::new(),
        employers: vec![
            Group {
                name: "<img src=x onerror=alert(1)>".to_owned(),
                nominees: 1,
                votes: 1,
            };
            60
        ],
        stories: vec![
            ReportedStory {
                title: "A & B".to_owned(),
                nominee: None,
                published_at: noon(),
                views: 1,
                likes: 0,
            };
            150
        ],
        amendments: vec![ReportedAmendment {
            at: noon(),
            subject: "</table>".to_owned(),
            changes: Vec::new(),
            reason: "'x'".to_owned(),
        }],
    }
}

fn render(snapshot: &Snapshot, language: ReportLanguage) -> String {
    document(
        snapshot,
        &snapshot.to_text().expect("JSON"),
        "abc",
        language,
    )
}

#[test]
fn a_page_needs_nothing_and_runs_nothing() {
    for language in [ReportLanguage::English, ReportLanguage::Chinese] {
        let page = render(&snapshot(12, 72), language);
        for word in [
            "http",
            "url(",
            "src=\"",
            "href",
            "@import",
            "onload",
            "<b>",
            "<img",
            "</table></td>",
        ] {
            assert!(!page.contains(word), "{word}");
        }
        assert_eq!(page.matches("<script").count(), 1);
        assert!(page.contains("<script type=\"application/json\" id=\"report\">{"));
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co."));
        assert!(page.contains("1,234,567"));
        let ways_in = language.ways_in(&["OIDC", "GUEST"]);
        assert!(page.contains(&format!("<dd>{ways_in}</dd>")), "{ways_in}");
        // Each of the others' rows is summed.
        let others = language.others(50);
        assert!(page.contains(&others), "{others}");
    }
}

#[test]
fn guests_are_told_apart_unless_the_report_knows_of_none() {
    for language in [ReportLanguage::English, ReportLanguage::Chinese] {
        let words = language.words();
        let mut snapshot = snapshot(2, 24);
        let of_nominee = format!("<small>{} 1</small>", words.guests);
        let page = render(&snapshot, language);
        assert!(!page.contains(words.of_guests) && !page.contains(&of_nominee));
        snapshot.totals.guest_votes = Some(1);
        snapshot.categories[0].nominees[1].guest_votes = 1;
        let page = render(&snapshot, language);
        // By client, by day, and beside the counted votes; never by hour, where there is no room.
        assert_eq!(page.matches(words.of_guests).count(), 3);
        assert_eq!(page.matches(&of_nominee).count(), 1);
    }
}

#[test]
fn axes_and_bars_are_numbers_whatever_there_is() {
    for (nominees, hours) in [(0, 0), (1, 1), (12, 24), (30, 31 * 24), (1_000, 168)] {
        let page = render(&snapshot(nominees, hours), ReportLanguage::Chinese);
        for word in ["NaN", "inf", "=\"-", "% \"", "\"%"] {
            assert!(!page.contains(word), "{nominees} {hours}: {word}");
        }
        let rows = page.matches("<tr><td class=\"rank\">").count();
        assert_eq!(rows, usize::try_from(nominees).expect("small") + 1);
        let opened = page.matches("<table").count();
        assert_eq!(opened, page.matches("</table>").count());
        assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    }
}

#[test]
fn numbers_are_written_for_people() {
    for (number, expected) in [
        (0, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (-12_345, "-12,345"),
        (1_234_567, "1,234,567"),
    ] {
        assert_eq!(grouped(number), expected);
    }
    assert_eq!(hundredths(417), "4.17");
    assert_eq!(hundredths(100_005), "1,000.05");
}
