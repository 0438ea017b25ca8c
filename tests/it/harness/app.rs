//! A server in this process on a real socket, with a clock that the test moves.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use acclaim::app::desk::{Desk, StaffAccount};
use acclaim::app::sheets::Sheets;
use acclaim::app::{App, Parts};
use acclaim::auth::Viewer;
use acclaim::auth::keyed_hash::HashKey;
use acclaim::auth::platform::{Platforms, WeChat};
use acclaim::auth::token::TokenKeys;
use acclaim::clock::Clock;
use acclaim::domain::access::StaffRole;
use acclaim::domain::campaign::Campaign;
use acclaim::domain::identity::IdentityKind;
use acclaim::domain::signals::SignalOptions;
use acclaim::graphql::document::{Documents, Policy};
use acclaim::hot::{Hot, Limits, Memory, Rate, Redis};
use acclaim::http::pages::poster::Posters;
use acclaim::http::{ConnectionLimits, Server, Timeouts};
use acclaim::id::{OrganisationId, SessionId, StaffId, VoterId};
use acclaim::ledger::session::{self, NewToken, Session, SessionRole};
use acclaim::ledger::writer::WriterTask;
use acclaim::mail::Mailer;
use acclaim::media::store::MediaStore;
use acclaim::print::font::Font;
use acclaim::workers::Workers;
use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::client::{Signer, TestClient, new_voter};
use super::sample::{Sample, sample_organisation};
use super::stores::Stores;
use super::{IDENTITY_SECRET, JWT_SECRET};
use crate::log_watch::{assert_logs_are_clean, watch_logs};

/// No test meets this limit by accident.
const GENEROUS: Rate = Rate {
    per_second: 1_000_000.0,
    burst: 1_000_000,
};

/// A hash of no password that anybody knows.
const NO_PASSWORD: &str =
    "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// 25 October 2022, 12:00 in Shanghai.
pub fn noon() -> DateTime<Utc> {
    "2022-10-25T04:00:00Z".parse().expect("a time")
}

/// Limits that no test meets by accident.
pub fn generous_limits() -> Limits {
    Limits {
        cast: GENEROUS,
        like: GENEROUS,
        views: GENEROUS,
        anonymous_views: GENEROUS,
        sign_in: GENEROUS,
        new_guest: GENEROUS,
        failed_refresh: GENEROUS,
        failed_code: GENEROUS,
        phone_code: GENEROUS,
        staff_sign_in: GENEROUS,
        query: GENEROUS,
        staff: GENEROUS,
        anonymous_query: GENEROUS,
        new_voter: GENEROUS,
    }
}

/// Bounds of connections that no test meets by accident.
pub fn generous_connections() -> ConnectionLimits {
    ConnectionLimits {
        trusted_proxies: Vec::new(),
        allowed_origins: Vec::new(),
        connections_max: 5_000,
        subscribers_max: 5_000,
        subscribers_address_max: 5_000,
        subscribers_viewer_max: 5_000,
        timeouts: Timeouts::default(),
    }
}

/// Builds a server that differs from the usual one. The usual one's clock stands at noon in Shanghai on the first day
/// of the sample campaign, and the test calls the workers' ticks itself.
pub struct TestAppBuilder<'s> {
    stores: &'s Stores,
    clock: Clock,
    limits: Limits,
    platforms: Box<Platforms>,
    jwt_secrets: Vec<&'static str>,
    documents: Policy,
    connection_limits: ConnectionLimits,
    has_workers: bool,
    public_url: Option<String>,
    font: Option<Font>,
    media: Option<MediaStore>,
    mailer: Option<Mailer>,
}

impl TestAppBuilder<'_> {
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Changes the limits of actions.
    pub fn with_limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    pub fn with_wechat(self, platform: WeChat) -> Self {
        self.with_platforms(|platforms| platforms.wechat = Some(platform))
    }

    /// Changes the platforms that people sign in with; there are none.
    pub fn with_platforms(mut self, change: impl FnOnce(&mut Platforms)) -> Self {
        change(&mut self.platforms);
        self
    }

    /// Secrets of access tokens; the first one signs.
    pub fn with_jwt_secrets(mut self, secrets: Vec<&'static str>) -> Self {
        self.jwt_secrets = secrets;
        self
    }

    /// The documents that are executed.
    pub fn with_documents(mut self, policy: Policy) -> Self {
        self.documents = policy;
        self
    }

    /// Changes the bounds of connections.
    pub fn with_connection_limits(mut self, change: impl FnOnce(&mut ConnectionLimits)) -> Self {
        change(&mut self.connection_limits);
        self
    }

    /// Starts the workers.
    pub fn with_workers(mut self) -> Self {
        self.has_workers = true;
        self
    }

    /// The place of the pages, for those they are shown to.
    pub fn with_public_url(mut self, url: &str) -> Self {
        self.public_url = Some(url.to_owned());
        self
    }

    /// The font of posters.
    pub fn with_font(mut self, font: Font) -> Self {
        self.font = Some(font);
        self
    }

    /// The store of pictures and uploads.
    pub fn with_mailer(mut self, mailer: Mailer) -> Self {
        self.mailer = Some(mailer);
        self
    }

    pub fn with_media(mut self, media: Option<MediaStore>) -> Self {
        self.media = media;
        self
    }

    pub async fn start(self) -> TestApp {
        watch_logs();
        let database = self.stores.database(&self.clock).await;
        let hot = match &self.stores.redis_url {
            Some(url) => {
                let instance = database
                    .instance()
                    .await
                    .expect("the installation has an id");
                let redis = Redis::open(url, instance.id, instance.epoch, self.limits);
                Hot::Redis(redis.expect("a Redis address"))
            }
            None => Hot::Memory(Memory::new(self.limits)),
        };
        let parts = Parts {
            clock: self.clock.clone(),
            database: Arc::new(database),
            hot,
            tokens: TokenKeys::from_secrets(&self.jwt_secrets).expect("good secrets"),
            hash_key: HashKey::new(IDENTITY_SECRET.as_bytes()),
            platforms: self.platforms,
            media: self.media,
            mailer: self.mailer,
            public_url: self.public_url,
            voter_retention: TimeDelta::days(180),
            signals: SignalOptions::default(),
        };
        let (mut app, writer) = App::build(parts).await.expect("the app starts");
        app.sheets = Sheets::new(env!("CARGO_BIN_EXE_acclaim").into());
        let app = Arc::new(app);
        let workers = self.has_workers.then(|| Workers::start(&app));
        let stopping = CancellationToken::new();
        let documents = Documents::new(Arc::clone(&app), self.documents).await;
        let documents = documents.expect("good documents");
        let server = Server::new(
            Arc::clone(&app),
            documents,
            self.connection_limits,
            Posters::new(self.font, "pages/nominee/nominee".to_owned()),
            stopping.clone(),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(server.serve(listener));
        TestApp {
            app,
            address,
            clock: self.clock.clone(),
            signer: Signer::new(&self.jwt_secrets, self.clock),
            anonymous: TestClient::anonymous(address),
            stopping,
            workers,
            _writer: writer,
        }
    }
}

/// A server in this process, and the maker of its clients; what the server's own `App` does, it does as well.
pub struct TestApp {
    app: Arc<App>,
    pub address: SocketAddr,
    pub clock: Clock,
    signer: Arc<Signer>,
    anonymous: TestClient,
    stopping: CancellationToken,
    workers: Option<Workers>,
    _writer: WriterTask,
}

impl Deref for TestApp {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl TestApp {
    /// The usual server on these stores.
    pub async fn start(stores: &Stores) -> Self {
        Self::builder(stores).start().await
    }

    pub fn builder(stores: &Stores) -> TestAppBuilder<'_> {
        TestAppBuilder {
            stores,
            clock: Clock::manual(noon()),
            limits: generous_limits(),
            platforms: Box::default(),
            jwt_secrets: vec![JWT_SECRET],
            documents: Policy::Open,
            connection_limits: generous_connections(),
            has_workers: false,
            public_url: None,
            font: None,
            media: Some(stores.media()),
            mailer: None,
        }
    }

    /// The server's own `App`.
    pub fn inner(&self) -> &Arc<App> {
        &self.app
    }

    /// Makes a campaign (see [`Sample`]) and lets the server know of it.
    pub async fn sample(&self) -> Sample {
        self.sample_with(|_| ()).await
    }

    /// The same, changed before it is stored.
    pub async fn sample_with(&self, change: impl FnOnce(&mut Campaign)) -> Sample {
        let sample = Sample::insert(&self.database, self.clock.now(), change).await;
        self.refresh().await;
        sample
    }

    /// Lets the server know of what has changed in its database.
    pub async fn refresh(&self) {
        let refreshed = self.app.refresh_campaigns().await;
        refreshed.expect("the database answers");
    }

    /// Moves the clock forward.
    pub fn advance(&self, time: TimeDelta) {
        self.clock.set(self.clock.now() + time);
    }

    /// A client that has not signed in.
    pub fn anonymous(&self) -> &TestClient {
        &self.anonymous
    }

    /// A new voter of a platform.
    pub fn voter(&self) -> TestClient {
        self.client_of(new_voter())
    }

    /// A new guest.
    pub fn guest(&self) -> TestClient {
        self.client_of(Viewer::Voter {
            id: VoterId::new(),
            kinds: IdentityKind::Guest.into(),
            is_suspicious: false,
        })
    }

    /// A new owner of the organisation that the samples belong to.
    pub async fn staff(&self) -> TestClient {
        self.member(StaffRole::Owner).await
    }

    /// A new member of the organisation that the samples belong to, with this role.
    pub async fn member(&self, role: StaffRole) -> TestClient {
        let organisation_id = sample_organisation(&self.database).await;
        self.member_of(organisation_id, role).await
    }

    /// A new member of an organisation, with this role.
    pub async fn member_of(&self, organisation_id: OrganisationId, role: StaffRole) -> TestClient {
        let (database, id) = (&self.database, StaffId::new());
        let email = format!("{id}@staff.example");
        let desk = Desk::of_operator(database, &self.clock);
        let account = StaffAccount {
            email: &email,
            name: "Staff",
            password_hash: NO_PASSWORD,
        };
        let added = desk.add_staff(organisation_id, account, role).await;
        let id = added.expect("the database answers").expect("a member");
        let now = self.clock.now();
        let session = Session {
            id: SessionId(id.0),
            subject_id: id.0,
            role: SessionRole::Staff,
            is_guest: false,
            revoked_at: None,
        };
        let token = NewToken {
            hash: id.0.as_bytes(),
            expires_at: now + TimeDelta::days(30),
        };
        session::insert_session(database, &session, token, now)
            .await
            .expect("stored");
        self.refresh().await;
        self.client_of(Viewer::Staff(id))
    }

    /// A client of this viewer.
    pub fn client_of(&self, viewer: Viewer) -> TestClient {
        self.anonymous.as_viewer(viewer, &self.signer)
    }

    /// A client with this token.
    pub fn client_with(&self, token: &str) -> TestClient {
        self.anonymous.with_token(token)
    }

    /// The votes that are stored.
    pub async fn count_votes(&self) -> i64 {
        let count = acclaim::ledger::recount::count_votes(&self.database).await;
        count.expect("a count")
    }

    /// The HTTP client of the test.
    pub fn http(&self) -> &reqwest::Client {
        self.anonymous.http()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Stops the server: sockets are closed, views stored.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        if let Some(workers) = self.workers.take() {
            workers.stop().await;
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stopping.cancel();
        assert_logs_are_clean();
    }
}
