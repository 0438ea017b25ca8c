//! Plans of sheets against a small campaign.

use chrono_tz::Asia;
use uuid::Uuid;

use super::columns::HeaderError;
use super::*;
use crate::domain::campaign::{
    Campaign, Category, ChallengePolicy, Lifecycle, QuotaPeriod, QuotaScope, TallyVisibility,
    TimeZone,
};
use crate::domain::identity::IdentityKind;
use crate::domain::nominee::NomineeField::{
    self, Category as InCategory, City, Employer, Name, Number,
};
use crate::domain::nominee::{Nominee, NomineeFields, NomineeStatus};
use crate::domain::roster::Roster;
use crate::domain::sheet::Cell;
use crate::domain::story::Story;
use crate::domain::story::fields::StoryField;
use crate::domain::story::life::StoryReview;
use crate::id::{CampaignId, CategoryId, NomineeId, OrganisationId, StoryId};

const CAMPAIGN: CampaignId = CampaignId(Uuid::from_u128(1));
const WORKERS: CategoryId = CategoryId(Uuid::from_u128(2));
const TEAMS: CategoryId = CategoryId(Uuid::from_u128(3));

fn nominee_id(number: i64) -> NomineeId {
    NomineeId(Uuid::from_u128(1_000 + u128::from(number.unsigned_abs())))
}

fn nominee(number: i64, name: &str, employer: &str) -> Nominee {
    Nominee {
        id: nominee_id(number),
        campaign_id: CAMPAIGN,
        category_id: WORKERS,
        number,
        name: name.to_owned(),
        employer: employer.to_owned(),
        city: Some("南京".to_owned()),
        title: None,
        summary: "事迹".to_owned(),
        portrait_url: None,
        portrait_media: None,
        status: NomineeStatus::Active,
        edit_revision: 1,
    }
}

/// 李明 (1), 王伟 of two employers (2, 3), and two of the same name and employer (4, 5).
fn roster() -> Roster {
    let at = |text: &str| text.parse().expect("a time");
    let campaign = Campaign {
        id: CAMPAIGN,
        organisation_id: OrganisationId(Uuid::from_u128(9)),
        slug: "s".to_owned(),
        title: String::new(),
        summary: String::new(),
        cover_url: None,
        cover_media: None,
        time_zone: TimeZone(Asia::Shanghai),
        lifecycle: Lifecycle::Draft,
        voting_opens_at: at("2022-10-25T00:00:00Z"),
        voting_closes_at: at("2022-10-26T00:00:00Z"),
        quota_period: QuotaPeriod::Day,
        quota_scope: QuotaScope::Campaign,
        votes_per_period: 1,
        tally_visibility: TallyVisibility::Live,
        guests_may_vote: true,
        admits: IdentityKind::WechatMiniProgram.into(),
        challenge: ChallengePolicy::Guests,
        paused_at: None,
        edit_revision: 1,
        revision: 1,
        rules_revision: 1,
    };
    let category = |id, key: &str, name: &str| Category {
        id,
        campaign_id: CAMPAIGN,
        key: key.to_owned(),
        name: name.to_owned(),
        shortlist_size: 1,
    };
    let categories = vec![
        category(WORKERS, "workers", "电力工匠"),
        category(TEAMS, "teams", "班组"),
        category(CategoryId(Uuid::from_u128(4)), "teams-2", "同名"),
        category(CategoryId(Uuid::from_u128(5)), "teams-3", "同名"),
    ];
    let nominees = vec![
        nominee(1, "李明", "电力公司"),
        nominee(2, "王伟", "电力公司"),
        nominee(3, "王伟", "电建公司"),
        nominee(4, "张三", "电力公司"),
        nominee(5, "张三", "电力公司"),
    ];
    Roster::new(campaign, categories, nominees)
}

fn sheet(rows: &[&[&str]]) -> Vec<SheetRow> {
    let row = |(number, cells): (u32, &&[&str])| {
        let cells = cells.iter().map(|text| Cell::Text((*text).to_owned()));
        let cells = cells.collect();
        SheetRow { number, cells }
    };
    (1..).zip(rows).map(row).collect()
}

const HEADER: &[&str] = &["编号", "类别", "姓名", "单位", "城市", "职务", "简介"];

fn changes(rows: &[&[&str]]) -> Vec<RowChange<NomineeField, nominee::NomineeDraft, NomineeId>> {
    let rows = [&[HEADER][..], rows].concat();
    let plan = nominee::plan(&sheet(&rows), &roster()).expect("a plan");
    plan.rows.into_iter().map(|row| row.change).collect()
}

fn faults(row: &[&str]) -> Vec<(NomineeField, RowFaultReason)> {
    match changes(&[row]).remove(0) {
        RowChange::Faulty(faults) => faults.iter().map(|f| (f.field, f.reason)).collect(),
        other => panic!("{row:?} is taken: {other:?}"),
    }
}

#[test]
fn rows_create_update_or_change_nothing() {
    let changes = changes(&[
        &["1", "workers", "李明", "电力公司", "南京", "", "事迹"],
        &["2", "班组", "王炜", "电力公司", "", "班长", "事迹"],
        &["9", "电力工匠", "赵六", "电力公司", "", "", ""],
    ]);
    assert_eq!(changes[0], RowChange::Unchanged(nominee_id(1)));
    let RowChange::Update { id, value, changed } = &changes[1] else {
        panic!("{changes:?}");
    };
    assert_eq!(*id, nominee_id(2));
    assert_eq!(changed, &[InCategory, Name, City, NomineeField::Title]);
    assert_eq!(value.category_id, TEAMS);
    assert_eq!(value.fields.title.as_deref(), Some("班长"));
    let created = nominee::NomineeDraft {
        category_id: WORKERS,
        fields: NomineeFields {
            number: 9,
            name: "赵六".to_owned(),
            employer: "电力公司".to_owned(),
            city: None,
            title: None,
            summary: String::new(),
        },
    };
    assert_eq!(changes[2], RowChange::Create(created));
}

#[test]
fn rows_without_a_number_match_by_name_and_employer() {
    let changes = changes(&[
        &["", "workers", "李 明", "电力公司", "苏州", "", "事迹"],
        &["", "workers", "王伟", "电建公司", "南京", "", "事迹"],
        // A new number for one who is there.
        &["20", "workers", "王伟", "电力公司", "南京", "", "事迹"],
        // A namesake of the same employer has a number of its own, as has the one that is there.
        &["4", "workers", "张三", "电力公司", "南京", "", "事迹"],
        &["21", "workers", "张三", "电力公司", "南京", "", "事迹"],
    ]);
    let updated = |change: &RowChange<_, nominee::NomineeDraft, _>| match change {
        RowChange::Update { id, changed, .. } => (*id, changed.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(updated(&changes[0]), (nominee_id(1), vec![Name, City]));
    assert_eq!(changes[1], RowChange::Unchanged(nominee_id(3)));
    assert_eq!(updated(&changes[2]), (nominee_id(2), vec![Number]));
    assert_eq!(changes[3], RowChange::Unchanged(nominee_id(4)));
    assert!(matches!(&changes[4], RowChange::Create(_)), "{changes:?}");
}

#[test]
fn a_namesake_whose_own_row_is_in_the_sheet_is_another_person() {
    let changes = changes(&[
        &["30", "workers", "李明", "电力公司", "", "", ""],
        &["1", "workers", "李明", "电力公司", "南京", "", "事迹"],
    ]);
    assert!(matches!(&changes[0], RowChange::Create(_)), "{changes:?}");
    assert_eq!(changes[1], RowChange::Unchanged(nominee_id(1)));
}

#[test]
fn faults_name_their_column() {
    let missing = RowFaultReason::Field(FieldFaultReason::Missing);
    let range = RowFaultReason::Field(FieldFaultReason::OutOfRange {
        min: 1,
        max: 999_999,
    });
    #[allow(clippy::type_complexity, reason = "a table of cases")]
    let cases: &[(&[&str], &[(NomineeField, RowFaultReason)])] = &[
        (
            &["x1", "workers", "a", "b"],
            &[(Number, RowFaultReason::NotANumber)],
        ),
        (
            &["1.5", "workers", "a", "b"],
            &[(Number, RowFaultReason::NotANumber)],
        ),
        (&["0", "workers", "a", "b"], &[(Number, range)]),
        (&["1000000", "workers", "a", "b"], &[(Number, range)]),
        (
            &["99999999999999999999", "workers", "a", "b"],
            &[(Number, RowFaultReason::NotANumber)],
        ),
        (&["", "workers", "新人", "b"], &[(Number, missing)]),
        (
            &["", "workers", "张三", "电力公司"],
            &[(Number, RowFaultReason::AmbiguousNominee)],
        ),
        (
            &["9", "nobody", "a", "b"],
            &[(InCategory, RowFaultReason::UnknownCategory)],
        ),
        (
            &["9", "同名", "a", "b"],
            &[(InCategory, RowFaultReason::AmbiguousCategory)],
        ),
        (
            &["9", "", "", ""],
            &[(InCategory, missing), (Name, missing), (Employer, missing)],
        ),
        // An empty cell empties its field, and these two may not be.
        (
            &["1", "", "", "b"],
            &[(InCategory, missing), (Name, missing)],
        ),
    ];
    for (row, expected) in cases {
        assert_eq!(faults(row), *expected, "{row:?}");
    }
}

#[test]
fn duplicates_name_the_row_that_was_first() {
    let changes = changes(&[
        &["7", "workers", "a", "b"],
        &["7", "workers", "c", "d"],
        &["", "workers", "李明", "电力公司"],
        &["1", "workers", "李明", "电力公司"],
        &["007", "workers", "e", "f"],
    ]);
    let duplicate = |row, field| {
        RowChange::Faulty(vec![RowFault {
            field,
            reason: RowFaultReason::Duplicate { row },
        }])
    };
    assert!(matches!(&changes[0], RowChange::Create(_)), "{changes:?}");
    assert_eq!(changes[1], duplicate(2, Number));
    assert_eq!(changes[3], duplicate(4, Number));
    assert_eq!(changes[4], duplicate(2, Number));
}

#[test]
fn a_column_that_is_left_out_changes_nothing() {
    let rows = sheet(&[&["Number", "City"], &["1", "苏州"], &["9", "苏州"]]);
    let plan = nominee::plan(&rows, &roster()).expect("a plan");
    let RowChange::Update { value, changed, .. } = &plan.rows[0].change else {
        panic!("{plan:?}");
    };
    assert_eq!(changed, &[City]);
    assert_eq!(
        (&*value.fields.name, &*value.fields.summary),
        ("李明", "事迹")
    );
    let counts = plan.counts();
    assert_eq!((counts.updates, counts.faulty), (1, 1));
}

#[test]
fn cells_without_a_value_are_faults_of_their_column_alone() {
    let mut rows = sheet(&[HEADER, &["1", "workers", "李明", "电力公司"]]);
    rows[1].cells[0] = Cell::Fault(CellFault::FormulaWithoutValue);
    rows[1].cells[2] = Cell::Fault(CellFault::TooLong);
    let plan = nominee::plan(&rows, &roster()).expect("a plan");
    let fault = |field, fault| RowFault {
        field,
        reason: RowFaultReason::Cell(fault),
    };
    let expected = vec![
        fault(Number, CellFault::FormulaWithoutValue),
        fault(Name, CellFault::TooLong),
    ];
    assert_eq!(plan.rows[0].change, RowChange::Faulty(expected));
}

#[test]
fn examples_are_skipped_and_a_sheet_without_rows_is_refused() {
    let example = "示例 Example：李明";
    let rows = sheet(&[
        &["说明"],
        HEADER,
        &["1", "x", example],
        &["1", "workers", "李明", "电力公司"],
    ]);
    let plan = nominee::plan(&rows, &roster()).expect("a plan");
    assert_eq!(
        (plan.header_row, plan.rows.len(), plan.rows[0].number),
        (2, 1, 4)
    );
    let alone = nominee::plan(&rows[..3], &roster());
    assert_eq!(alone, Err(ImportError::Sheet(SheetError::Empty)));
    let without_header = nominee::plan(&rows[3..], &roster());
    let missing = vec![Name, Employer];
    assert_eq!(
        without_header,
        Err(ImportError::Header(HeaderError::Missing(missing)))
    );
}

#[test]
fn ten_thousand_rows_are_taken_and_one_more_is_not() {
    let mut rows = sheet(&[HEADER]);
    let row = |number: u32| SheetRow {
        number,
        cells: [&*number.to_string(), "workers", "a", "b"]
            .map(|text| Cell::Text(text.to_owned()))
            .into(),
    };
    rows.extend((2..10_002).map(row));
    let plan = nominee::plan(&rows, &roster()).expect("a plan");
    assert_eq!(plan.rows.len(), 10_000);
    rows.push(row(10_002));
    let refused = nominee::plan(&rows, &roster());
    assert_eq!(refused, Err(ImportError::Sheet(SheetError::TooManyRows)));
}

fn story(id: u128, title: &str) -> Story {
    Story {
        id: StoryId(Uuid::from_u128(id)),
        campaign_id: CAMPAIGN,
        nominee_id: Some(nominee_id(1)),
        title: title.to_owned(),
        summary: "摘要".to_owned(),
        body: "正文".to_owned(),
        cover_url: None,
        cover_media: None,
        media: Vec::new(),
        published_at: "2022-10-25T01:00:00Z".parse().expect("a time"),
        review: StoryReview::of_command(),
    }
}

#[test]
fn stories_match_by_headline() {
    let stories = [
        story(1, "标题一"),
        story(2, "标题二"),
        story(3, "重名"),
        story(4, "重名"),
    ];
    let rows = sheet(&[
        &["标题", "摘要", "正文", "候选人编号", "发布时间"],
        &["标题一", "摘要", "正文", "1", "2022-10-25 09:00"],
        &["标题二", "摘要", "新的正文", "", "2022-10-26 09:00"],
        &["标题三", "", "正文", "3", ""],
        &["重名", "", "正文"],
        &["标题三", "", "正文"],
        &["标题四", "", "", "99", "明天"],
    ]);
    let plan = story::plan(&rows, &roster(), &stories).expect("a plan");
    let changes: Vec<_> = plan.rows.iter().map(|row| &row.change).collect();
    assert_eq!(changes[0], &RowChange::Unchanged(stories[0].id));
    let RowChange::Update { id, changed, .. } = changes[1] else {
        panic!("{changes:?}");
    };
    assert_eq!(
        (*id, &**changed),
        (
            stories[1].id,
            &[StoryField::Body, StoryField::Nominee, StoryField::PublishAt][..]
        )
    );
    let RowChange::Create(draft) = changes[2] else {
        panic!("{changes:?}");
    };
    assert_eq!(
        (draft.nominee_id, draft.publish_at),
        (Some(nominee_id(3)), None)
    );
    let faults = |index: usize| match changes[index] {
        RowChange::Faulty(faults) => faults
            .iter()
            .map(|f| (f.field, f.reason))
            .collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        faults(3),
        [(StoryField::Title, RowFaultReason::AmbiguousStory)]
    );
    assert_eq!(
        faults(4),
        [(StoryField::Title, RowFaultReason::Duplicate { row: 4 })]
    );
    let missing = RowFaultReason::Field(FieldFaultReason::Missing);
    let expected = [
        (StoryField::Nominee, RowFaultReason::UnknownNominee),
        (StoryField::PublishAt, RowFaultReason::NotATime),
        (StoryField::Body, missing),
    ];
    assert_eq!(faults(5), expected);
}
