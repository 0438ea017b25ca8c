//! The sample campaign, slug `demo`: a provincial selection of 100 nominees with its stories, voting open for three
//! days. It is made once, as an organiser makes one at the desk; a restart keeps everything.

mod pictures;
mod sheets;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZero;

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::desk::{CategoryEdit, Desk, ImportMode, NewCampaign, StaffAccount, StoryStepEdit};
use crate::app::{App, Client};
use crate::auth::Viewer;
use crate::auth::password;
use crate::auth::secret::new_random_text;
use crate::domain::access::StaffRole;
use crate::domain::campaign::{
    Campaign, ChallengePolicy, Lifecycle, QuotaPeriod, QuotaScope, TallyVisibility, TimeZone,
};
use crate::domain::campaign_life::Step;
use crate::domain::identity::IdentityKind;
use crate::domain::roster::Roster;
use crate::domain::story::life::StoryStep;
use crate::domain::turnout::ClientKind;
use crate::error::{Error, Result};
use crate::id::{CampaignId, OrganisationId, StaffId};
use crate::ledger::{campaign, organisation, roster, story_edit};

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

/// Makes the sample campaign, with this policy of challenges, unless it is there; returns the password of all its
/// members of staff if it was just made.
///
/// # Errors
/// When the database is away.
pub async fn load(app: &App, challenge: ChallengePolicy) -> Result<Option<String>> {
    if let Some(id) = campaign::find_by_slug(&app.database, SLUG).await? {
        let roster = roster::find_roster(&app.database, id).await?.roster;
        let is_draft = |roster: Roster| roster.campaign().lifecycle == Lifecycle::Draft;
        if !roster.is_some_and(is_draft) {
            return Ok(None);
        }
        // It was being made when the program ended.
        let desk = Desk::of_operator(&app.database, &app.clock);
        let deleted = desk.delete_campaign(id, None).await?;
        deleted.map_err(refused("the rest of an earlier start"))?;
    }
    let organisation_id = find_or_create_organisation(app).await?;
    let password = new_random_text()?[..16].to_owned();
    let [owner, _, editor] = add_staff(app, organisation_id, &password).await?;
    Maker {
        app,
        organisation_id,
        challenge,
        owner: Viewer::Staff(owner),
        editor: Viewer::Staff(editor),
        client: Client {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            user_agent: None,
            device_id: None,
            kind: ClientKind::Other,
        },
    }
    .make()
    .await?;
    Ok(Some(password))
}

/// The failure of a step that the desk has refused, though all that is asked of it is good.
fn refused<W>(what: &'static str) -> impl FnOnce(W) -> Error {
    move |_| Error::internal(format!("the demo was refused {what}"))
}

async fn find_or_create_organisation(app: &App) -> Result<OrganisationId> {
    let (slug, name) = ORGANISATION;
    if let Some(found) = organisation::find_by_slug(&app.database, slug).await? {
        return Ok(found.id);
    }
    let desk = Desk::of_operator(&app.database, &app.clock);
    let made = desk.create_organisation(slug, name).await?;
    Ok(made.map_err(refused("its organisation"))?.id)
}

async fn add_staff(
    app: &App,
    organisation_id: OrganisationId,
    password: &str,
) -> Result<[StaffId; 3]> {
    let hash = password::hash(password)?;
    let desk = Desk::of_operator(&app.database, &app.clock);
    let mut ids = [StaffId::default(); 3];
    for (id, (email, name, role)) in ids.iter_mut().zip(STAFF) {
        let account = StaffAccount {
            email,
            name,
            password_hash: &hash,
        };
        let added = desk.add_staff(organisation_id, account, role).await?;
        *id = added.map_err(refused("a member"))?;
    }
    Ok(ids)
}

/// The members of staff as they make the campaign.
struct Maker<'a> {
    app: &'a App,
    organisation_id: OrganisationId,
    challenge: ChallengePolicy,
    owner: Viewer,
    editor: Viewer,
    client: Client,
}

impl Maker<'_> {
    /// Makes the campaign. That it is public says that all of it is there.
    async fn make(&self) -> Result<()> {
        let now = self.app.clock.now();
        let owner = self.app.desk(self.owner, &self.client)?;
        let made = owner.create_campaign(self.new_campaign(now)).await?;
        let id = made.map_err(refused("its campaign"))?;
        let nominees = sheets::nominees()?;
        let mode = ImportMode::Apply { reason: None };
        let imported = owner.import_nominees(id, nominees.sheet(), mode).await?;
        imported.map_err(refused("its nominees"))?;
        // Nobody is served yet, so that all cores may draw.
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let more_turns = cores.min(pictures::AT_ONCE) - 1;
        self.app.picture_maker.add_turns(more_turns);
        self.write_stories(id, now).await?;
        self.hang_pictures(id).await?;
        self.app.picture_maker.remove_turns(more_turns);
        let announced = owner.step_campaign(id, None, Step::Announce, None).await?;
        announced.map_err(refused("its announcement"))?;
        self.app.refresh_campaigns().await
    }

    fn new_campaign(&self, now: DateTime<Utc>) -> NewCampaign {
        let categories = CATEGORIES.map(|(key, name)| CategoryEdit {
            id: None,
            key: key.to_owned(),
            name: name.to_owned(),
            shortlist_size: SHORTLIST_SIZE,
        });
        NewCampaign {
            campaign: Campaign {
                id: CampaignId::new(),
                organisation_id: self.organisation_id,
                slug: SLUG.to_owned(),
                title: TITLE.to_owned(),
                summary: SUMMARY.to_owned(),
                cover_url: None,
                cover_media: None,
                time_zone: TimeZone(chrono_tz::Asia::Shanghai),
                lifecycle: Lifecycle::Draft,
                voting_opens_at: now,
                voting_closes_at: now + VOTING,
                quota_period: QuotaPeriod::Day,
                quota_scope: QuotaScope::Category,
                votes_per_period: VOTES_PER_DAY,
                tally_visibility: TallyVisibility::Live,
                guests_may_vote: true,
                admits: IdentityKind::WechatMiniProgram.into(),
                challenge: self.challenge,
                paused_at: None,
                edit_revision: 1,
                revision: 1,
                rules_revision: 1,
            },
            categories: categories.into(),
            idempotency_key: None,
        }
    }

    /// The owner's stories, which the editor approves.
    async fn write_stories(&self, id: CampaignId, now: DateTime<Utc>) -> Result<()> {
        let owner = self.app.desk(self.owner, &self.client)?;
        let stories = sheets::stories(now)?;
        let mode = ImportMode::Apply { reason: None };
        let imported = owner.import_stories(id, stories.sheet(), mode).await?;
        imported.map_err(refused("its stories"))?;
        let mut tx = self.app.database.begin("list_demo_stories").await?;
        let drafts = story_edit::list_all(&mut tx, id).await?;
        drop(tx);
        self.hang_covers(&drafts).await?;
        for draft in drafts {
            for (viewer, step) in [
                (self.owner, StoryStep::Submit),
                (self.editor, StoryStep::Approve),
            ] {
                let wish = StoryStepEdit {
                    expected_revision: None,
                    step,
                    reason: None,
                };
                let made = self.app.step_story((viewer, &self.client), draft.id, wish);
                made.await?.map_err(refused("a story"))?;
            }
        }
        Ok(())
    }
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
