//! The commands about campaigns, for those who prefer a terminal: over the same desk as the API.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};

use super::organisation::find_organisation;
use super::{Failure, open_existing, print};
use crate::app::desk::{CategoryEdit, Desk, NewCampaign};
use crate::clock::Clock;
use crate::config::StoreSettings;
use crate::domain::campaign::{
    Campaign, ChallengePolicy, Lifecycle, QuotaPeriod, QuotaScope, TallyVisibility, TimeZone,
};
use crate::domain::campaign_life::{CampaignRefusal, Step};
use crate::domain::identity::IdentityKind;
use crate::graphql::messages::Language;
use crate::id::{CampaignId, CategoryId};
use crate::ledger::{Database, campaign, roster};

#[derive(Debug, Subcommand)]
pub(super) enum CampaignCommand {
    /// Make a draft of a campaign
    Create(Box<CampaignCreate>),
    /// List all campaigns with their phases
    List {
        #[command(flatten)]
        store: StoreSettings,
    },
    /// Show a campaign with its rules and categories
    Show(CampaignName),
    /// Make a draft public
    Announce(CampaignName),
}

#[derive(Debug, Args)]
pub(super) struct CampaignName {
    #[command(flatten)]
    store: StoreSettings,
    /// Name of the campaign in addresses
    #[arg(long)]
    campaign: String,
}

#[derive(Debug, Args)]
pub(super) struct CampaignCreate {
    #[command(flatten)]
    store: StoreSettings,
    /// Organisation that runs it, by its name in addresses
    #[arg(long)]
    organisation: String,
    /// Name in addresses: lower-case letters, digits and hyphens
    #[arg(long)]
    slug: String,
    /// Title
    #[arg(long)]
    title: String,
    /// A few sentences on its subject
    #[arg(long, default_value = "")]
    summary: String,
    /// Time zone whose days the quota follows
    #[arg(long, default_value = "Asia/Shanghai", value_parser = parse_time_zone)]
    time_zone: TimeZone,
    /// First moment at which a vote counts, such as 2026-10-25T08:00:00+08:00
    #[arg(long)]
    opens: DateTime<Utc>,
    /// First moment at which a vote counts no more
    #[arg(long)]
    closes: DateTime<Utc>,
    /// Time that a quota lasts
    #[arg(long, value_enum, default_value = "day")]
    period: PeriodArgument,
    /// Part of the campaign that a quota counts in
    #[arg(long, value_enum, default_value = "category")]
    scope: ScopeArgument,
    /// Votes a voter has in each period and scope
    #[arg(long)]
    votes: u32,
    /// Audience of the tally, and from when on
    #[arg(long, value_enum, default_value = "live")]
    tally: TallyArgument,
    /// Accounts that may vote, with commas between them
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "wechat-mini-program"
    )]
    admits: Vec<AccountArgument>,
    /// Let guests vote, who have no account of a platform
    #[arg(long)]
    guests: bool,
    /// Voters who have to solve a challenge before a vote of theirs is taken
    #[arg(long, value_enum, default_value = "guests")]
    challenge: ChallengeArgument,
    /// Category, as key=name or key=name:shortlist; once for each, in their order
    #[arg(long = "category", required = true, value_parser = parse_category)]
    categories: Vec<CategoryArgument>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PeriodArgument {
    /// Granted anew at midnight
    Day,
    /// Granted once
    Campaign,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ScopeArgument {
    /// One quota for the whole campaign
    Campaign,
    /// One for each category
    Category,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TallyArgument {
    /// Everybody, at all times
    Live,
    /// Everybody, once voting has closed
    AfterClose,
    /// The organisation only
    StaffOnly,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ChallengeArgument {
    /// Nobody
    Never,
    /// Guests
    Guests,
    /// Guests, and whoever is suspicious
    Suspicious,
    /// Everybody
    Always,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum AccountArgument {
    /// By the `WeChat` mini-program
    WechatMiniProgram,
    /// On a web page in `WeChat`, by the official account
    WechatWeb,
    /// By the Douyin mini-program
    Douyin,
    /// By the Alipay mini-program
    Alipay,
    /// By a telephone number
    Phone,
    /// By an `OpenID` provider
    Oidc,
}

impl From<ChallengeArgument> for ChallengePolicy {
    fn from(argument: ChallengeArgument) -> Self {
        match argument {
            ChallengeArgument::Never => Self::Never,
            ChallengeArgument::Guests => Self::Guests,
            ChallengeArgument::Suspicious => Self::Suspicious,
            ChallengeArgument::Always => Self::Always,
        }
    }
}

impl From<AccountArgument> for IdentityKind {
    fn from(argument: AccountArgument) -> Self {
        match argument {
            AccountArgument::WechatMiniProgram => Self::WechatMiniProgram,
            AccountArgument::WechatWeb => Self::WechatWeb,
            AccountArgument::Douyin => Self::Douyin,
            AccountArgument::Alipay => Self::Alipay,
            AccountArgument::Phone => Self::Phone,
            AccountArgument::Oidc => Self::Oidc,
        }
    }
}

/// A category, as the command line has it.
#[derive(Debug, Clone)]
struct CategoryArgument {
    key: String,
    name: String,
    shortlist_size: i64,
}

/// Nominees of a shortlist where the command does not say.
const SHORTLIST_DEFAULT: i64 = 10;

fn parse_time_zone(text: &str) -> Result<TimeZone, String> {
    let unknown = || "write an IANA name such as Asia/Shanghai".to_owned();
    TimeZone::try_from(text.to_owned()).map_err(|_| unknown())
}

fn parse_category(text: &str) -> Result<CategoryArgument, String> {
    let (key, rest) = text
        .split_once('=')
        .ok_or("write key=name or key=name:shortlist")?;
    let (name, shortlist_size) = match rest.rsplit_once(':') {
        None => (rest, SHORTLIST_DEFAULT),
        Some((name, size)) => (name, size.parse().map_err(|_| "the shortlist is a number")?),
    };
    Ok(CategoryArgument {
        key: key.to_owned(),
        name: name.to_owned(),
        shortlist_size,
    })
}

/// Does what a command says.
pub(super) async fn manage(command: CampaignCommand) -> Result<ExitCode, Failure> {
    match command {
        CampaignCommand::Create(create) => create_campaign(*create).await,
        CampaignCommand::List { store } => list_campaigns(&store).await,
        CampaignCommand::Show(name) => show_campaign(&name).await,
        CampaignCommand::Announce(name) => announce_campaign(&name).await,
    }
}

/// The reasons of a refusal, as an error of the command.
fn refused(rejections: &[crate::app::desk::Rejection<CampaignRefusal>]) -> Failure {
    let texts = rejections.iter().map(|rejection| {
        let text = Language::English.campaign_refusal(rejection.why);
        match rejection.field {
            Some(field) => format!("{field}: {text}"),
            None => text.to_owned(),
        }
    });
    texts.collect::<Vec<_>>().join("\n").into()
}

async fn create_campaign(create: CampaignCreate) -> Result<ExitCode, Failure> {
    let database = open_existing(&create.store).await?;
    let organisation = find_organisation(&database, &create.organisation).await?;
    let categories = create.categories.into_iter().map(|category| CategoryEdit {
        id: None::<CategoryId>,
        key: category.key,
        name: category.name,
        shortlist_size: category.shortlist_size,
    });
    let made = Campaign {
        id: CampaignId::new(),
        organisation_id: organisation.id,
        slug: create.slug,
        title: create.title,
        summary: create.summary,
        cover_url: None,
        cover_media: None,
        time_zone: create.time_zone,
        lifecycle: Lifecycle::Draft,
        voting_opens_at: create.opens,
        voting_closes_at: create.closes,
        quota_period: match create.period {
            PeriodArgument::Day => QuotaPeriod::Day,
            PeriodArgument::Campaign => QuotaPeriod::Campaign,
        },
        quota_scope: match create.scope {
            ScopeArgument::Campaign => QuotaScope::Campaign,
            ScopeArgument::Category => QuotaScope::Category,
        },
        votes_per_period: i64::from(create.votes),
        tally_visibility: match create.tally {
            TallyArgument::Live => TallyVisibility::Live,
            TallyArgument::AfterClose => TallyVisibility::AfterClose,
            TallyArgument::StaffOnly => TallyVisibility::StaffOnly,
        },
        guests_may_vote: create.guests,
        admits: create.admits.into_iter().map(IdentityKind::from).collect(),
        challenge: create.challenge.into(),
        paused_at: None,
        edit_revision: 1,
        revision: 1,
        rules_revision: 1,
    };
    let slug = made.slug.clone();
    let new = NewCampaign {
        campaign: made,
        categories: categories.collect(),
        idempotency_key: None,
    };
    let desk = Desk::of_operator(&database, &Clock::System);
    if let Err(rejections) = desk.create_campaign(new).await? {
        return Err(refused(&rejections));
    }
    print(&format!("The campaign {slug} is there: a draft.\n"));
    Ok(ExitCode::SUCCESS)
}

async fn list_campaigns(store: &StoreSettings) -> Result<ExitCode, Failure> {
    let database = open_existing(store).await?;
    let now = Clock::System.now();
    for (campaign_id, _) in campaign::list_revisions(&database).await?.campaigns {
        let read = roster::find_roster(&database, campaign_id).await?;
        let Some(roster) = read.roster else {
            continue;
        };
        let found = roster.campaign();
        let phase = found.phase(now).name();
        let (slug, title) = (&found.slug, &found.title);
        let nominees = roster.shown(None).len();
        print(&format!("{slug}\t{title}\t{phase}\tnominees: {nominees}\n"));
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn find_campaign(database: &Database, slug: &str) -> Result<CampaignId, Failure> {
    let found = campaign::find_by_slug(database, slug).await?;
    found.ok_or_else(|| {
        format!("--campaign: there is no {slug} (see `acclaim campaign list`)").into()
    })
}

async fn show_campaign(name: &CampaignName) -> Result<ExitCode, Failure> {
    let database = open_existing(&name.store).await?;
    let id = find_campaign(&database, &name.campaign).await?;
    let read = roster::find_roster(&database, id).await?;
    let roster = read.roster.ok_or("the campaign cannot be read")?;
    let found = roster.campaign();
    let zone = found.time_zone.0;
    let time = |at: DateTime<Utc>| at.with_timezone(&zone).to_rfc3339();
    let admitted = found.admits.iter();
    let admitted: Vec<_> = admitted
        .map(|kind| kind.name().to_lowercase().replace('_', "-"))
        .collect();
    print(&format!(
        "{}\t{}\nphase\t{}\ntime zone\t{zone}\nopens\t{}\ncloses\t{}\nquota\t{} a {}, by {}\ntally\t{}\nadmits\t{}\nguests\t{}\nchallenge\t{}\n",
        found.slug,
        found.title,
        found.phase(Clock::System.now()).name(),
        time(found.voting_opens_at),
        time(found.voting_closes_at),
        found.votes_per_period,
        found.quota_period.name().to_lowercase(),
        found.quota_scope.name().to_lowercase(),
        found.tally_visibility.name().to_lowercase(),
        admitted.join(", "),
        if found.guests_may_vote {
            "may vote"
        } else {
            "may not vote"
        },
        found.challenge.name().to_lowercase(),
    ));
    for (index, category) in roster.categories().iter().enumerate() {
        let nominees = roster.shown(Some(index)).len();
        print(&format!(
            "category\t{}\t{}\tshortlist: {}\tnominees: {nominees}\n",
            category.key, category.name, category.shortlist_size
        ));
    }
    Ok(ExitCode::SUCCESS)
}

async fn announce_campaign(name: &CampaignName) -> Result<ExitCode, Failure> {
    let database = open_existing(&name.store).await?;
    let id = find_campaign(&database, &name.campaign).await?;
    let desk = Desk::of_operator(&database, &Clock::System);
    let announced = desk.step_campaign(id, None, Step::Announce, None).await?;
    if let Err(rejections) = announced {
        return Err(refused(&rejections));
    }
    print(&format!("The campaign {} is public.\n", name.campaign));
    Ok(ExitCode::SUCCESS)
}
