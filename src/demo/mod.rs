//! The sample campaign, slug `demo`: a provincial selection of 100 nominees with its stories, voting open for three
//! days. Loaded once; a restart keeps everything.

use std::net::SocketAddr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use crate::app::desk::{Desk, StaffAccount};
use crate::auth::password;
use crate::auth::secret::new_random_text;
use crate::clock::Clock;
use crate::domain::access::StaffRole;
use crate::domain::campaign::{
    Campaign, Category, Lifecycle, QuotaPeriod, QuotaScope, TallyVisibility, TimeZone,
};
use crate::domain::nominee::{Nominee, NomineeStatus};
use crate::domain::story::Story;
use crate::domain::story::life::StoryReview;
use crate::error::{Error, Result};
use crate::id::{CampaignId, CategoryId, NomineeId, OrganisationId, StoryId};
use crate::ledger::{Database, Transaction, campaign, organisation, story_edit};

/// The slug of the sample campaign.
pub const SLUG: &str = "demo";
/// Its organisation.
const ORGANISATION: (&str, &str) = ("demo", "演示协会");
/// E-mail address, name and role of its members of staff; the first two are shown.
const STAFF: [(&str, &str, StaffRole); 3] = [
    ("organiser@demo.example", "演示组织者", StaffRole::Owner),
    ("auditor@demo.example", "演示监督员", StaffRole::Auditor),
    ("editor@demo.example", "演示编辑", StaffRole::Editor),
];
/// Votes a voter has a day and category.
const VOTES_PER_DAY: i64 = 10;
/// How long voting is open.
const VOTING: TimeDelta = TimeDelta::days(3);
const TITLE: &str = "创新达人评选（演示）";
const SUMMARY: &str = "全省企业创新达人公众投票演示：100位候选人分为企业家、科研能手、技能工匠三类，每类每天可投10票。\
    除三位公开报道中的真实人物外，候选人与报道均为演示数据。";
/// Key, name and shortlist size.
const CATEGORIES: [(&str, &str); 3] = [
    ("entrepreneur", "企业家"),
    ("researcher", "科研能手"),
    ("craftsperson", "技能工匠"),
];
/// The top ten of each category are the public's choice.
const SHORTLIST_SIZE: i64 = 10;

#[derive(Deserialize)]
struct NomineeData {
    number: i64,
    category: String,
    name: String,
    employer: String,
    city: String,
    title: String,
    summary: String,
}

#[derive(Deserialize)]
struct StoryData {
    nominee: Option<i64>,
    title: String,
    summary: String,
    body: String,
    publish_offset_minutes: i64,
}

/// Loads the sample campaign, unless it is there; returns the password of all its members of staff if it was just made.
///
/// # Errors
/// When the database is away.
pub async fn load(database: &Database, clock: &Clock) -> Result<Option<String>> {
    if campaign::find_by_slug(database, SLUG).await?.is_some() {
        return Ok(None);
    }
    let now = clock.now();
    // First what nobody would miss: the campaign says that all is loaded.
    let organisation_id = find_or_create_organisation(database, clock).await?;
    let password = new_random_text()?[..16].to_owned();
    let hash = password::hash(&password)?;
    let desk = Desk::of_operator(database, clock);
    for (email, name, role) in STAFF {
        let account = StaffAccount {
            email,
            name,
            password_hash: &hash,
        };
        desk.add_staff(organisation_id, account, role)
            .await?
            .map_err(|_| Error::internal("a member of the demo is refused"))?;
    }
    let mut tx = database.begin("load_demo").await?;
    insert_campaign(&mut tx, organisation_id, now).await?;
    tx.commit().await?;
    Ok(Some(password))
}

async fn find_or_create_organisation(database: &Database, clock: &Clock) -> Result<OrganisationId> {
    let (slug, name) = ORGANISATION;
    if let Some(found) = organisation::find_by_slug(database, slug).await? {
        return Ok(found.id);
    }
    let desk = Desk::of_operator(database, clock);
    let made = desk.create_organisation(slug, name).await?;
    made.map(|made| made.id)
        .map_err(|_| Error::internal("the organisation of the demo is refused"))
}

async fn insert_campaign(
    tx: &mut Transaction,
    organisation_id: OrganisationId,
    now: DateTime<Utc>,
) -> Result<()> {
    let selection = sample_campaign(organisation_id, now);
    campaign::insert(tx, &selection, now).await?;
    let mut categories: Vec<(&str, CategoryId)> = Vec::new();
    for (position, (key, name)) in (0i64..).zip(CATEGORIES) {
        let category = Category {
            id: CategoryId::new(),
            campaign_id: selection.id,
            key: key.to_owned(),
            name: name.to_owned(),
            shortlist_size: SHORTLIST_SIZE,
        };
        campaign::insert_category(tx, &category, position).await?;
        categories.push((key, category.id));
    }
    let mut nominees = Vec::new();
    let data: Vec<NomineeData> = read(include_str!("nominees.json"))?;
    for n in data {
        let category = categories.iter().find(|(key, _)| *key == n.category);
        let category_id = category
            .map(|(_, id)| *id)
            .ok_or_else(|| Error::internal("a nominee without category"))?;
        nominees.push(Nominee {
            id: NomineeId::new(),
            campaign_id: selection.id,
            category_id,
            number: n.number,
            name: n.name,
            employer: n.employer,
            city: Some(n.city),
            title: Some(n.title),
            summary: n.summary,
            portrait_url: None,
            portrait_media: None,
            status: NomineeStatus::Active,
            edit_revision: 1,
        });
    }
    campaign::insert_nominees(tx, &nominees).await?;
    let nominees: Vec<(i64, NomineeId, CategoryId)> = nominees
        .iter()
        .map(|nominee| (nominee.number, nominee.id, nominee.category_id))
        .collect();
    insert_stories(tx, selection.id, &nominees, now).await
}

fn sample_campaign(organisation_id: OrganisationId, now: DateTime<Utc>) -> Campaign {
    Campaign {
        id: CampaignId::new(),
        organisation_id,
        slug: SLUG.to_owned(),
        title: TITLE.to_owned(),
        summary: SUMMARY.to_owned(),
        cover_url: None,
        cover_media: None,
        time_zone: TimeZone(chrono_tz::Asia::Shanghai),
        lifecycle: Lifecycle::Running,
        voting_opens_at: now,
        voting_closes_at: now + VOTING,
        quota_period: QuotaPeriod::Day,
        quota_scope: QuotaScope::Category,
        votes_per_period: VOTES_PER_DAY,
        tally_visibility: TallyVisibility::Live,
        guests_may_vote: true,
        paused_at: None,
        edit_revision: 1,
        revision: 1,
        rules_revision: 1,
    }
}

async fn insert_stories(
    tx: &mut Transaction,
    campaign_id: CampaignId,
    nominees: &[(i64, NomineeId, CategoryId)],
    now: DateTime<Utc>,
) -> Result<()> {
    let data: Vec<StoryData> = read(include_str!("stories.json"))?;
    for s in data {
        let about = nominees
            .iter()
            .find(|(number, ..)| Some(*number) == s.nominee);
        let article = Story {
            id: StoryId::new(),
            campaign_id,
            nominee_id: about.map(|(_, id, _)| *id),
            title: s.title,
            summary: s.summary,
            body: s.body,
            cover_url: None,
            cover_media: None,
            media: Vec::new(),
            published_at: now + TimeDelta::minutes(s.publish_offset_minutes),
            review: StoryReview::of_command(),
        };
        story_edit::insert(tx, &article).await?;
    }
    Ok(())
}

fn read<T: for<'a> Deserialize<'a>>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(Error::internal)
}

/// The text that the demo prints when it is ready: addresses, sign-ins, and a command that signs in as a guest and
/// votes.
#[must_use]
pub fn welcome(address: SocketAddr, staff_password: Option<&str>, is_open: bool) -> String {
    let [(owner, ..), (auditor, ..), _] = STAFF;
    let staff = match staff_password {
        Some(password) => format!("{owner} / {password}  (shown this once)"),
        None => format!(
            "{owner} / as shown at the first start; `acclaim staff set-password` gives a new password"
        ),
    };
    let voting = if is_open {
        "voting is open"
    } else {
        "voting has closed; remove the data directory to start anew"
    };
    format!(
        r#"
Acclaim demo: campaign "{SLUG}", {voting}.

  Voting page    http://{address}/c/{SLUG}          (stories: /c/{SLUG}/stories, for a projector: /c/{SLUG}/board)
  GraphQL        http://{address}/graphql          (subscriptions: ws://{address}/graphql/ws, http://{address}/graphql/stream)
  Try the API    http://{address}/graphiql         (its description: http://{address}/schema.graphql)
  Live tally     http://{address}/campaigns/{SLUG}/tally.json
  Health         http://{address}/healthz  http://{address}/readyz
  Staff sign-in  {staff}
  Only looking   {auditor} with the same password

Sign in as a guest and vote for nominee number 1 (paste into a shell):

  api() {{ curl -s http://{address}/graphql -H 'content-type: application/json' -H "authorization: ${{TOKEN:+Bearer $TOKEN}}" -d "$1"; echo; }}
  TOKEN=$(api '{{"query":"mutation {{ signInGuest(input: {{deviceId: \"'$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')'\"}}) {{ session {{ accessToken }} }} }}"}}' | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')
  NOMINEE=$(api '{{"query":"{{ campaign(slug: \"{SLUG}\") {{ nominees(first: 1) {{ nodes {{ id }} }} }} }}"}}' | sed 's/.*"id":"\([^"]*\)".*/\1/')
  api '{{"query":"mutation {{ castVote(input: {{nomineeId: \"'$NOMINEE'\"}}) {{ vote {{ id castAt }} nominee {{ name votes }} quota {{ used remaining resetsAt }} userErrors {{ code message }} }} }}"}}'

"#
    )
}
