//! The sample campaign that most tests are about.

use acclaim::app::desk::Desk;
use acclaim::auth::keyed_hash::HashKey;
use acclaim::clock::Clock;
use acclaim::domain::campaign::{
    Campaign, Category, ChallengePolicy, Lifecycle, QuotaPeriod, QuotaScope, TallyVisibility,
    TimeZone,
};
use acclaim::domain::identity::IdentityKind;
use acclaim::domain::nominee::{Nominee, NomineeStatus};
use acclaim::domain::story::Story;
use acclaim::domain::story::life::StoryReview;
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::{CampaignId, CategoryId, NomineeId, OrganisationId, StoryId};
use acclaim::ledger::{Database, campaign, organisation, story_edit};
use chrono::{DateTime, TimeDelta, Utc};

use super::IDENTITY_SECRET;

/// An id as clients see it: all servers of the tests have one secret of ids.
pub fn global(id: GlobalId) -> String {
    id.encode(&HashKey::new(IDENTITY_SECRET.as_bytes())).0
}

/// A campaign with three categories of `NOMINEES_EACH` nominees, voting open from yesterday for a week, three votes a
/// day and category.
pub struct Sample {
    pub campaign: Campaign,
    pub categories: Vec<CategoryId>,
    /// By number, category after category.
    pub nominees: Vec<NomineeId>,
}

/// The organisation that the campaigns of the tests belong to, which is made where it is not there.
pub async fn sample_organisation(database: &Database) -> OrganisationId {
    let slug = "sample";
    loop {
        let found = organisation::find_by_slug(database, slug).await;
        if let Some(found) = found.expect("the database answers") {
            return found.id;
        }
        // Before everything that a test does.
        let clock = Clock::manual(DateTime::UNIX_EPOCH);
        let desk = Desk::of_operator(database, &clock);
        let made = desk.create_organisation(slug, "Sample").await;
        // Another test of the same database may be faster.
        let _ = made.expect("the database answers");
    }
}

/// Nominees of each category of a [`Sample`].
pub const NOMINEES_EACH: i64 = 12;

impl Sample {
    pub async fn insert(
        database: &Database,
        now: DateTime<Utc>,
        change: impl FnOnce(&mut Campaign),
    ) -> Self {
        let id = CampaignId::new();
        let mut made = Campaign {
            id,
            organisation_id: sample_organisation(database).await,
            slug: format!("sample-{}", id.0.simple()),
            title: "创新达人评选".to_owned(),
            summary: "A sample.".to_owned(),
            cover_url: None,
            cover_media: None,
            time_zone: TimeZone(chrono_tz::Asia::Shanghai),
            lifecycle: Lifecycle::Running,
            voting_opens_at: now - TimeDelta::days(1),
            voting_closes_at: now + TimeDelta::days(7),
            quota_period: QuotaPeriod::Day,
            quota_scope: QuotaScope::Category,
            votes_per_period: 3,
            tally_visibility: TallyVisibility::Live,
            guests_may_vote: true,
            admits: IdentityKind::WechatMiniProgram.into(),
            challenge: ChallengePolicy::Never,
            paused_at: None,
            edit_revision: 1,
            revision: 1,
            rules_revision: 1,
        };
        change(&mut made);
        let mut tx = database.begin("test").await.expect("the database answers");
        campaign::insert(&mut tx, &made, now)
            .await
            .expect("a good campaign");
        let (mut categories, mut nominees) = (Vec::new(), Vec::new());
        for (position, key) in (0i64..).zip(["entrepreneur", "researcher", "craftsperson"]) {
            let category = Category {
                id: CategoryId::new(),
                campaign_id: made.id,
                key: key.to_owned(),
                name: key.to_uppercase(),
                shortlist_size: 10,
            };
            campaign::insert_category(&mut tx, &category, position)
                .await
                .expect("a good category");
            let new: Vec<Nominee> = (1..=NOMINEES_EACH)
                .map(|n| sample_nominee(made.id, category.id, position * NOMINEES_EACH + n))
                .collect();
            campaign::insert_nominees(&mut tx, &new)
                .await
                .expect("good nominees");
            nominees.extend(new.iter().map(|nominee| nominee.id));
            categories.push(category.id);
        }
        tx.commit().await.expect("it commits");
        Self {
            campaign: made,
            categories,
            nominees,
        }
    }

    /// Adds nominees to the last category until the campaign has `total`.
    pub async fn grow(&mut self, database: &Database, total: i64) {
        let first = i64::try_from(self.nominees.len()).expect("it is small") + 1;
        let category = self.categories[self.categories.len() - 1];
        let new: Vec<Nominee> = (first..=total)
            .map(|number| sample_nominee(self.campaign.id, category, number))
            .collect();
        let mut tx = database.begin("test").await.expect("the database answers");
        let stored = campaign::insert_nominees(&mut tx, &new).await;
        stored.expect("good nominees");
        tx.commit().await.expect("it commits");
        self.nominees.extend(new.iter().map(|nominee| nominee.id));
    }

    /// The campaign's id as clients see it.
    pub fn campaign_id(&self) -> String {
        global(GlobalId::Campaign(self.campaign.id))
    }

    /// The id of the category at this index, as clients see it.
    pub fn category_id(&self, index: usize) -> String {
        global(GlobalId::Category(self.categories[index]))
    }

    /// The id of the nominee at this index, as clients see it.
    pub fn nominee_id(&self, index: usize) -> String {
        global(GlobalId::Nominee(self.nominees[index]))
    }

    /// Stores a story about the nominee at this index.
    pub async fn insert_story(
        &self,
        database: &Database,
        nominee: Option<usize>,
        title: &str,
        published_at: DateTime<Utc>,
    ) -> StoryId {
        let made = Story {
            id: StoryId::new(),
            campaign_id: self.campaign.id,
            nominee_id: nominee.map(|index| self.nominees[index]),
            title: title.to_owned(),
            summary: format!("Summary of {title}."),
            body: format!("# {title}\n\nText."),
            cover_url: None,
            cover_media: None,
            media: Vec::new(),
            published_at,
            review: StoryReview::of_command(),
        };
        let mut tx = database.begin("test").await.expect("the database answers");
        story_edit::insert(&mut tx, &made)
            .await
            .expect("a good story");
        tx.commit().await.expect("it commits");
        made.id
    }
}

/// The nominee of this number.
pub fn sample_nominee(campaign_id: CampaignId, category_id: CategoryId, number: i64) -> Nominee {
    Nominee {
        id: NomineeId::new(),
        campaign_id,
        category_id,
        number,
        name: format!("候选人{number:02}"),
        employer: format!("Company {} (宁夏)", number % 5),
        city: Some("银川".to_owned()),
        title: None,
        summary: "Made up.".to_owned(),
        portrait_url: None,
        portrait_media: None,
        status: NomineeStatus::Active,
        edit_revision: 1,
    }
}
