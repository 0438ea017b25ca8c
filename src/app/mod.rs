//! The use cases. Every write passes here, whichever edge it comes from; reads that need no rule go from the resolvers
//! to the ledger directly.
//!
//! Errors are those of [`crate::error`]: of the viewer or the input, where a use case says so, and of a store that is
//! away or has no room. Outcomes that a user can act on are values.
//!
//! [`App`] is built once a process and shared. Start reading at [`voting`].

#![allow(
    clippy::missing_errors_doc,
    reason = "every use case fails when a store is away: said once, above"
)]

pub mod ballot;
pub mod campaigns;
mod captchas;
mod caster;
mod challenges;
pub mod circumstances;
mod credentials;
pub mod desk;
mod epoch;
pub mod exports;
pub mod forgetting;
pub mod likes;
pub mod mini_program;
pub mod nominees;
pub mod operations;
pub mod phone;
pub mod pictures;
pub mod public_changes;
pub mod quotas;
pub mod reports;
pub mod sheets;
pub mod sign_in;
pub mod signals;
pub mod stories;
pub mod tallies;
pub mod turnout;
pub mod uploads;
pub mod views;
pub mod voters_by_way;
pub mod voting;
pub mod ways_in;
pub mod withholding;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::broadcast;

use crate::auth::Viewer;
use crate::auth::keyed_hash::HashKey;
use crate::auth::password::Passwords;
use crate::auth::platform::Platforms;
use crate::auth::token::TokenKeys;
use crate::bounded::BoundedMap;
use crate::clock::Clock;
use crate::domain::signals::SignalOptions;
use crate::domain::story::Story;
use crate::domain::turnout::ClientKind;
use crate::error::{Error, Result};
use crate::hot::Hot;
use crate::id::{CampaignId, SessionId, StaffId, StoryId};
use crate::ledger::writer::{Writer, WriterTask};
use crate::ledger::{Database, staff};
use crate::mail::Mailer;
use crate::media::picture::PictureMaker;
use crate::media::store::MediaStore;
use crate::telemetry::Metrics;

use self::campaigns::Campaigns;
use self::captchas::CaptchaAnswers;
use self::challenges::Crowds;
use self::public_changes::PublicChanges;
use self::sheets::Sheets;
use self::signals::Suspicions;
use self::stories::UnreadableStories;
use self::tallies::Tallies;
use self::turnout::Turnouts;
use self::uploads::UploadTurns;
use self::views::Views;
use self::voters_by_way::WayCounts;

/// Stories that are out whose campaign is remembered, 33 bytes each.
const STORIES_REMEMBERED_MAX: usize = 65_536;

/// Stories that a watcher may be behind before it is sent to the feed: more than a day's of all campaigns.
const PUBLISHED_STORIES_MAX: usize = 1_024;

/// A process: its stores, its keys and the data that it holds in memory.
#[derive(Debug)]
pub struct App {
    /// The time.
    pub clock: Clock,
    /// The truth.
    pub database: Arc<Database>,
    /// Limits, early refusal, shared tallies.
    pub hot: Hot,
    /// Campaigns and nominees in memory.
    pub campaigns: Campaigns,
    /// Tallies in memory.
    pub tallies: Tallies,
    /// Turnout that was read a moment ago.
    turnouts: Turnouts,
    /// Voters by way in that were counted in the last minute.
    way_counts: WayCounts,
    /// New voters by the block that they came from.
    crowds: Crowds,
    /// The answers of a captcha's service.
    captcha_answers: CaptchaAnswers,
    /// The open cases whose voters are challenged.
    suspicions: Suspicions,
    /// Views that wait to be stored.
    pub views: Views,
    /// The changes of what everybody may read: of campaigns and nominees, stories that come out.
    pub public_changes: PublicChanges,
    /// Stories that cannot be read.
    unreadable_stories: UnreadableStories,
    /// Stories as they come out, for subscribers.
    pub published_stories: broadcast::Sender<Arc<Story>>,
    /// The metrics of the process.
    pub metrics: Metrics,
    /// Where votes and likes are stored.
    pub writer: Writer,
    /// The keys of access tokens.
    pub tokens: TokenKeys,
    /// The key of identities, ids and cursors.
    pub hash_key: HashKey,
    /// The address that others reach this server at, without a slash at the end; paths are put behind it.
    pub public_url: Option<String>,
    /// The files of pictures and uploads; without it nothing can be uploaded.
    media: Option<MediaStore>,
    mailer: Option<Mailer>,
    /// The reading of spreadsheets.
    pub sheets: Sheets,
    pub(crate) picture_maker: PictureMaker,
    upload_turns: UploadTurns,
    passwords: Passwords,
    /// The platforms that people sign in with, as far as they are set up.
    pub platforms: Box<Platforms>,
    /// The time after a campaign's end in which something is kept of its voters.
    pub voter_retention: TimeDelta,
    /// The settings of signals.
    pub signals: SignalOptions,
    /// Campaigns of stories that are out.
    stories: BoundedMap<StoryId, Option<CampaignId>>,
}

/// The parts that an [`App`] is built from.
#[derive(Debug)]
pub struct Parts {
    /// The time.
    pub clock: Clock,
    /// The truth, with its tables made.
    pub database: Arc<Database>,
    /// The hot store.
    pub hot: Hot,
    /// The keys of access tokens.
    pub tokens: TokenKeys,
    /// The key of identities, ids and cursors.
    pub hash_key: HashKey,
    /// The platforms that people sign in with, as far as they are set up.
    pub platforms: Box<Platforms>,
    /// The store of pictures and uploads, where there is one.
    pub media: Option<MediaStore>,
    /// The way to a mail server, where there is one; needs the public address.
    pub mailer: Option<Mailer>,
    /// The address that others reach the server at, without a slash at the end.
    pub public_url: Option<String>,
    /// The time after a campaign's end in which something is kept of its voters.
    pub voter_retention: TimeDelta,
    /// The settings of signals.
    pub signals: SignalOptions,
}

/// The client that a request comes from.
#[derive(Debug, Clone)]
pub struct Client {
    /// The address, behind the trusted proxies.
    pub address: IpAddr,
    /// The `User-Agent` header.
    pub user_agent: Option<Arc<str>>,
    /// The id that the client made up for its device and keeps: the `X-Acclaim-Device` header.
    pub device_id: Option<Arc<str>>,
    /// The kind that it says it is: the `X-Acclaim-Client` header.
    pub kind: ClientKind,
}

impl Client {
    /// The network that stands for the client where places are shared out: an IPv6 address stands for its /64, which
    /// one household can use up.
    #[must_use]
    pub fn network(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(ip) => IpAddr::V4(ip),
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
        }
    }
}

impl App {
    /// Builds a process and loads the campaigns. The [`WriterTask`] ends when the app is dropped.
    pub async fn build(parts: Parts) -> Result<(Self, WriterTask)> {
        let Parts {
            clock,
            database,
            hot,
            tokens,
            hash_key,
            platforms,
            media,
            mailer,
            public_url,
            voter_retention,
            signals,
        } = parts;
        let metrics = Metrics::new(database.metrics().clone());
        let (writer, task) =
            Writer::start(Arc::clone(&database), clock.clone(), metrics.writer.clone());
        let app = Self {
            clock,
            database,
            hot,
            campaigns: Campaigns::default(),
            tallies: Tallies::default(),
            turnouts: Turnouts::default(),
            way_counts: WayCounts::default(),
            crowds: Crowds::default(),
            captcha_answers: CaptchaAnswers::default(),
            suspicions: Suspicions::default(),
            views: Views::default(),
            public_changes: PublicChanges::default(),
            unreadable_stories: UnreadableStories::default(),
            published_stories: broadcast::Sender::new(PUBLISHED_STORIES_MAX),
            metrics,
            writer,
            tokens,
            hash_key,
            public_url,
            media,
            mailer,
            sheets: Sheets::default(),
            picture_maker: PictureMaker::default(),
            upload_turns: UploadTurns::default(),
            passwords: Passwords::new()?,
            platforms,
            voter_retention,
            signals,
            stories: BoundedMap::new(STORIES_REMEMBERED_MAX),
        };
        app.refresh_campaigns().await?;
        app.hot.distrust();
        app.check_hot().await?;
        Ok((app, task))
    }

    /// Whether a member of staff is active and its session has not been ended: rights are looked up, not carried.
    async fn is_active_staff(&self, id: StaffId, session_id: SessionId) -> Result<bool> {
        Ok(staff::is_active(&self.database, id, session_id).await?)
    }

    /// The viewer of an access token, and until when it is good; [`Error::Unauthenticated`] whatever is wrong with it.
    /// A token of staff is good only while its holder and its session are.
    pub async fn authenticate(&self, token: &str) -> Result<(Viewer, DateTime<Utc>)> {
        let access = self.tokens.verify(token, self.clock.now())?;
        if let Viewer::Staff(id) = access.viewer {
            let session_id = access.session_id.ok_or(Error::Unauthenticated)?;
            if !Box::pin(self.is_active_staff(id, session_id)).await? {
                return Err(Error::Unauthenticated);
            }
        }
        Ok((access.viewer, access.expires_at))
    }
}
