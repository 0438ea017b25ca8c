//! Puts servers together for the tests: in this process with a clock that the test moves, or as the real program.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use acclaim::app::{App, Parts};
use acclaim::auth::Viewer;
use acclaim::auth::keyed_hash::HashKey;
use acclaim::auth::platform::WeChat;
use acclaim::auth::token::TokenKeys;
use acclaim::clock::Clock;
use acclaim::domain::campaign::{
    Campaign, Category, Lifecycle, QuotaPeriod, QuotaScope, TallyVisibility, TimeZone,
};
use acclaim::domain::nominee::{Nominee, NomineeStatus};
use acclaim::domain::story::Story;
use acclaim::graphql::document::{Documents, Policy};
use acclaim::graphql::node_id::GlobalId;
use acclaim::hot::{Hot, Limits, Memory, Rate, Redis};
use acclaim::http::pages::poster::Posters;
use acclaim::http::{ConnectionLimits, Server, Timeouts};
use acclaim::id::{CampaignId, CategoryId, NomineeId, StaffId, StoryId, VoterId};
use acclaim::ledger::writer::WriterTask;
use acclaim::ledger::{Database, Purpose};
use acclaim::ledger::{campaign, staff, story};
use acclaim::print::font::Font;
use acclaim::workers::Workers;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::Connection as _;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::log_watch::{RECEIVED_SECRETS, SENT_SECRETS, WATCH, assert_logs_are_clean, watch_logs};
use crate::servers;

/// Runs each test on both pairs of stores: `on_both!(name, ...)` makes a test `embedded::name` and `networked::name` of
/// `async fn name(stores: Stores)`.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::harness::Stores::embedded()).await; })*
        }
        mod networked {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::harness::Stores::networked().await).await; })*
        }
    };
}
pub(crate) use on_both;

/// Secret of the servers' access tokens.
pub const JWT_SECRET: &str = "the tests' secret of access tokens, long enough";
/// Secret of the servers' ids.
pub const IDENTITY_SECRET: &str = "the tests' secret of identities, long enough too";
/// No test meets this limit by accident.
const GENEROUS: Rate = Rate {
    per_second: 1_000_000.0,
    burst: 1_000_000,
};

/// A database and a hot store of a test's own.
pub struct Stores {
    pub database_url: String,
    pub redis_url: Option<String>,
    pub directory: TempDir,
}

impl Stores {
    /// SQLite in a temporary folder, and nothing else.
    pub fn embedded() -> Self {
        let directory = TempDir::new().expect("a temporary folder");
        let database_url = format!("sqlite:{}", directory.path().join("acclaim.db").display());
        Self {
            database_url,
            redis_url: None,
            directory,
        }
    }

    /// A new database of the shared PostgreSQL, and the shared Redis: its keys carry the database's own name.
    pub async fn networked() -> Self {
        Self {
            database_url: servers::postgres().await.create_database().await,
            redis_url: Some(servers::redis().await.url()),
            directory: TempDir::new().expect("a temporary folder"),
        }
    }

    /// The same stores, with a folder of their own.
    pub fn share(&self) -> Self {
        Self {
            database_url: self.database_url.clone(),
            redis_url: self.redis_url.clone(),
            directory: TempDir::new().expect("a temporary folder"),
        }
    }

    /// A number out of the database, by a connection and a statement of the test's own.
    pub async fn count(&self, statement: &'static str) -> i64 {
        let query = "the statement runs";
        if self.database_url.starts_with("sqlite:") {
            let mut connection = sqlx::SqliteConnection::connect(&self.database_url)
                .await
                .expect("the database opens");
            let count = sqlx::query_scalar(statement).fetch_one(&mut connection);
            count.await.expect(query)
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.database_url)
                .await
                .expect("the database opens");
            let count = sqlx::query_scalar(statement).fetch_one(&mut connection);
            count.await.expect(query)
        }
    }

    /// Opens the database, its tables made.
    pub async fn database(&self, clock: &Clock) -> Database {
        let database = Database::open(&self.database_url, 8, Purpose::Serving)
            .await
            .expect("the database opens");
        database.migrate(clock).await.expect("the tables are made");
        database
    }

    /// Changes the database behind the servers' back.
    pub async fn execute(&self, statement: &'static str) {
        if self.database_url.starts_with("sqlite:") {
            let connection = sqlx::SqliteConnection::connect(&self.database_url).await;
            let mut connection = connection.expect("the database opens");
            let result = sqlx::query(statement).execute(&mut connection).await;
            result.expect("a good statement");
            connection.close().await.expect("it closes");
        } else {
            let connection = sqlx::PgConnection::connect(&self.database_url).await;
            let mut connection = connection.expect("the database opens");
            let result = sqlx::query(statement).execute(&mut connection).await;
            result.expect("a good statement");
            connection.close().await.expect("it closes");
        }
    }
}

/// How a server of a test differs from the usual one.
pub struct Options {
    pub clock: Clock,
    pub limits: Limits,
    pub wechat: Option<WeChat>,
    /// Secrets of access tokens; the first one signs.
    pub jwt_secrets: Vec<&'static str>,
    /// Which documents are executed.
    pub documents: Policy,
    pub connection_limits: ConnectionLimits,
    /// Starts the workers; else the test calls their ticks itself.
    pub with_workers: bool,
    /// Where the pages are, for those they are shown to.
    pub public_url: Option<String>,
    /// What posters are drawn with.
    pub font: Option<Font>,
}

impl Default for Options {
    /// A clock that stands at noon in Shanghai on the first day of the sample campaign.
    fn default() -> Self {
        Self {
            clock: Clock::manual(noon()),
            limits: Limits {
                cast: GENEROUS,
                like: GENEROUS,
                views: GENEROUS,
                sign_in: GENEROUS,
                staff_sign_in: GENEROUS,
                query: GENEROUS,
                anonymous_query: GENEROUS,
            },
            wechat: None,
            jwt_secrets: vec![JWT_SECRET],
            documents: Policy::Open,
            connection_limits: ConnectionLimits {
                trusted_proxies: Vec::new(),
                allowed_origins: Vec::new(),
                connections_max: 5_000,
                subscribers_max: 5_000,
                timeouts: Timeouts::default(),
            },
            with_workers: false,
            public_url: None,
            font: None,
        }
    }
}

/// 25 October 2022, 12:00 in Shanghai.
pub fn noon() -> DateTime<Utc> {
    "2022-10-25T04:00:00Z".parse().expect("a time")
}

/// A server in this process on a real socket.
pub struct TestServer {
    pub app: Arc<App>,
    pub address: SocketAddr,
    pub clock: Clock,
    http: reqwest::Client,
    stopping: CancellationToken,
    workers: Option<Workers>,
    _writer: WriterTask,
}

impl TestServer {
    /// The usual server on these stores.
    pub async fn start(stores: &Stores) -> Self {
        Self::start_with(stores, Options::default()).await
    }

    pub async fn start_with(stores: &Stores, options: Options) -> Self {
        watch_logs();
        let database = stores.database(&options.clock).await;
        let hot = match &stores.redis_url {
            Some(url) => {
                let instance = database
                    .instance()
                    .await
                    .expect("the installation has an id");
                Hot::Redis(Redis::open(url, instance, options.limits).expect("a Redis address"))
            }
            None => Hot::Memory(Memory::new(options.limits)),
        };
        let parts = Parts {
            clock: options.clock.clone(),
            database: Arc::new(database),
            hot,
            tokens: TokenKeys::from_secrets(&options.jwt_secrets).expect("good secrets"),
            hash_key: HashKey::new(IDENTITY_SECRET.as_bytes()),
            wechat: options.wechat,
        };
        let (app, writer) = App::build(parts).await.expect("the app starts");
        let app = Arc::new(app);
        let workers = options.with_workers.then(|| Workers::start(&app));
        let stopping = CancellationToken::new();
        let documents = Documents::new(Arc::clone(&app), options.documents).await;
        let documents = documents.expect("good documents");
        let server = Server::new(
            Arc::clone(&app),
            documents,
            options.connection_limits,
            options.public_url,
            Posters::new(options.font, "pages/nominee/nominee".to_owned()),
            stopping.clone(),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(server.serve(listener));
        let http = http_client();
        Self {
            app,
            address,
            clock: options.clock,
            http,
            stopping,
            workers,
            _writer: writer,
        }
    }

    /// Makes a campaign (see [`Sample`]) and lets the server know of it.
    pub async fn sample(&self) -> Sample {
        self.sample_with(|_| ()).await
    }

    /// The same, changed before it is stored.
    pub async fn sample_with(&self, change: impl FnOnce(&mut Campaign)) -> Sample {
        let sample = Sample::insert(&self.app.database, self.clock.now(), change).await;
        self.app
            .refresh_campaigns()
            .await
            .expect("the database answers");
        sample
    }

    /// Sends an operation and returns the whole response.
    pub async fn send(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        send(&self.http, self.address, token, query, variables)
            .await
            .expect("an answer")
    }

    /// Sends an operation that must have no errors and returns its data.
    pub async fn ask(&self, token: Option<&str>, query: &str, variables: Value) -> Value {
        let mut response = self.send(token, query, variables).await;
        assert!(response.get("errors").is_none(), "{query}: {response}");
        response["data"].take()
    }

    /// Sends an operation that must fail at the top level and returns the first error's code.
    pub async fn fail(&self, token: Option<&str>, query: &str, variables: Value) -> String {
        let response = self.send(token, query, variables).await;
        let code = response["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_else(|| panic!("no error for {query}: {response}"))
            .to_owned()
    }

    /// Casts a vote and returns its payload.
    pub async fn cast(&self, token: &str, nominee: &str, key: Option<&str>) -> Value {
        let variables = json!({"input": {"nomineeId": nominee, "idempotencyKey": key}});
        self.ask(Some(token), CAST_VOTE, variables).await["castVote"].take()
    }

    /// A token of a voter of a platform.
    pub fn voter(&self) -> String {
        self.token_of(Viewer::Voter {
            id: VoterId::new(),
            is_guest: false,
        })
    }

    /// A token of a guest.
    pub fn guest(&self) -> String {
        self.token_of(Viewer::Voter {
            id: VoterId::new(),
            is_guest: true,
        })
    }

    /// A new member of staff.
    pub async fn staff(&self) -> Viewer {
        let (database, id) = (&self.app.database, StaffId::new());
        let email = format!("{id}@staff.example");
        staff::upsert(database, &email, "Staff", "no hash", self.clock.now())
            .await
            .expect("stored");
        let found = staff::find_by_email(database, &email).await.expect("read");
        Viewer::Staff(found.expect("there").id)
    }

    /// A token of this viewer.
    pub fn token_of(&self, viewer: Viewer) -> String {
        let (token, _) = self
            .app
            .tokens
            .issue(viewer, self.clock.now())
            .expect("it signs");
        WATCH.forbid(&token);
        token
    }

    /// An id as clients see it.
    pub fn global(&self, id: GlobalId) -> String {
        id.encode(&self.app.hash_key).0
    }

    pub fn nominee_id(&self, id: NomineeId) -> String {
        self.global(GlobalId::Nominee(id))
    }

    pub fn campaign_id(&self, id: CampaignId) -> String {
        self.global(GlobalId::Campaign(id))
    }

    /// The HTTP client of the test.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
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

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stopping.cancel();
        assert_logs_are_clean();
    }
}

/// Casts a vote and asks for everything that the payload has.
pub const CAST_VOTE: &str = "mutation($input: CastVoteInput!) { castVote(input: $input) {
    vote { id castAt period nominee { id } } nominee { id viewerHasVoted }
    quota { category { key } limit used remaining resetsAt } userErrors { code message path } } }";

/// A client that keeps to itself.
pub fn http_client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
}

/// Sends an operation to a server.
pub async fn send(
    http: &reqwest::Client,
    address: SocketAddr,
    token: Option<&str>,
    query: &str,
    variables: Value,
) -> reqwest::Result<Value> {
    WATCH.forbid_fields(&variables, SENT_SECRETS);
    let mut request = http
        .post(format!("http://{address}/graphql"))
        .header("accept", "application/graphql-response+json")
        .json(&json!({"query": query, "variables": variables}));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await?.json().await?;
    WATCH.forbid_fields(&response, RECEIVED_SECRETS);
    Ok(response)
}

/// The code of the first user error of a payload; none if there is none.
pub fn refusal(payload: &Value) -> Option<&str> {
    payload["userErrors"][0]["code"].as_str()
}

/// A campaign with three categories of `NOMINEES_EACH` nominees, voting open from yesterday for a week, three votes a day
/// and category.
pub struct Sample {
    pub campaign: Campaign,
    pub categories: Vec<CategoryId>,
    /// By number, category after category.
    pub nominees: Vec<NomineeId>,
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
            slug: format!("sample-{}", id.0.simple()),
            title: "创新达人评选".to_owned(),
            summary: "A sample.".to_owned(),
            cover_url: None,
            time_zone: TimeZone(chrono_tz::Asia::Shanghai),
            lifecycle: Lifecycle::Running,
            voting_opens_at: now - TimeDelta::days(1),
            voting_closes_at: now + TimeDelta::days(7),
            quota_period: QuotaPeriod::Day,
            quota_scope: QuotaScope::Category,
            votes_per_period: 3,
            tally_visibility: TallyVisibility::Live,
            guests_may_vote: true,
            revision: 1,
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
            for n in 1..=NOMINEES_EACH {
                let nominee = sample_nominee(made.id, category.id, position * NOMINEES_EACH + n);
                campaign::insert_nominee(&mut tx, &nominee)
                    .await
                    .expect("a good nominee");
                nominees.push(nominee.id);
            }
            categories.push(category.id);
        }
        tx.commit().await.expect("it commits");
        Self {
            campaign: made,
            categories,
            nominees,
        }
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
            media: Vec::new(),
            published_at,
        };
        let nominees_each = usize::try_from(NOMINEES_EACH).expect("it is small");
        let category = nominee.map(|index| self.categories[index / nominees_each]);
        let mut tx = database.begin("test").await.expect("the database answers");
        story::insert(&mut tx, &made, category)
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
        status: NomineeStatus::Active,
    }
}

/// The real program, as its users run it; killed when dropped.
pub struct Program {
    child: Child,
    pub address: SocketAddr,
    log: PathBuf,
    output: PathBuf,
}

impl Program {
    /// Starts `acclaim {arguments}` on these stores and waits until it is ready.
    pub async fn start(stores: &Stores, arguments: &[&str]) -> Self {
        Self::start_with(stores, arguments, &[]).await
    }

    /// The same with further settings.
    pub async fn start_with(
        stores: &Stores,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Self {
        let mut command = program(stores, arguments);
        command.envs(settings.iter().copied());
        Self::launch(command, stores.directory.path()).await
    }

    /// Starts this command on a free port, its output in files of `folder`, and waits until it is ready.
    pub async fn launch(mut command: Command, folder: &Path) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], servers::free_port()));
        let log = folder.join(format!("log-{}", address.port()));
        let output = folder.join(format!("output-{}", address.port()));
        command
            .env("ACCLAIM_LISTEN", address.to_string())
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&output).expect("an output file"))
            .stderr(std::fs::File::create(&log).expect("a log file"));
        let child = command.spawn().expect("the program starts");
        let mut program = Self {
            child,
            address,
            log,
            output,
        };
        program.ready().await;
        program
    }

    async fn ready(&mut self) {
        let http = http_client();
        let started = std::time::Instant::now();
        loop {
            let answer = http
                .get(format!("http://{}/readyz", self.address))
                .send()
                .await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            let ended = self.child.try_wait().expect("its state");
            assert!(ended.is_none(), "it ended: {}", self.log_text());
            assert!(
                started.elapsed().as_secs() < 30,
                "not ready: {}",
                self.log_text()
            );
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM; returns its exit code when it is gone.
    pub fn terminate(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("kill runs");
        self.child.wait().expect("it ends").code()
    }

    /// What it has logged so far. A log that cannot be read is not a clean one.
    pub fn log_text(&self) -> String {
        let log =
            std::fs::read(&self.log).expect("the stores and their folder outlive the program");
        String::from_utf8_lossy(&log).into_owned()
    }

    /// What it has printed.
    pub fn output_text(&self) -> String {
        std::fs::read_to_string(&self.output).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
        if !std::thread::panicking() {
            for line in self.log_text().lines() {
                WATCH.check(line);
            }
        }
        assert_logs_are_clean();
    }
}

/// The program with the settings of these stores and of all tests; the rest of the environment is not passed on.
pub fn program(stores: &Stores, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acclaim"));
    command
        .args(arguments)
        .env_clear()
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    command.env("DATABASE_URL", &stores.database_url);
    command.env("ACCLAIM_DATA_DIR", stores.directory.path());
    command
        .env("ACCLAIM_JWT_SECRET", JWT_SECRET)
        .env("ACCLAIM_IDENTITY_SECRET", IDENTITY_SECRET);
    command.env("ACCLAIM_LOG", "acclaim=debug,info");
    if let Some(url) = &stores.redis_url {
        command.env("REDIS_URL", url);
    }
    for action in [
        "CAST",
        "LIKE",
        "VIEWS",
        "SIGN_IN",
        "STAFF_SIGN_IN",
        "QUERY",
        "ANONYMOUS_QUERY",
    ] {
        command.env(format!("ACCLAIM_LIMIT_{action}"), "1000000/1000000");
    }
    command
}
