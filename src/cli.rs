//! The command line: puts a process together and takes it apart.

mod campaign;
mod database;
mod export;
mod import;
mod organisation;
mod report;
mod signals;
mod staff;
mod stopping;
mod tree;
mod voter;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{CommandFactory as _, Parser, Subcommand};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::stopping::{end_in_time, stop_at_signal};
pub use self::tree::command;
use crate::app::{App, Parts};
use crate::auth::Viewer;
use crate::clock::Clock;
use crate::config::{
    DocumentPolicy, LogFormat, MediaSettings, ServerSettings, StoreSettings, Switch, environment,
};
use crate::domain::campaign::{ChallengePolicy, Phase};
use crate::hot::{Hot, Memory, Redis};
use crate::http::pages::poster::Posters;
use crate::http::{Server, pages, serve_metrics};
use crate::ledger::{Database, Instance, Purpose, writer::WriterTask};
use crate::print::font::Font;
use crate::telemetry::traces;
use crate::workers::Workers;
use crate::{demo, graphql, telemetry};

/// How long the writer may take to store the votes and likes that it has accepted when the process stops.
const WRITER_TIMEOUT: Duration = Duration::from_secs(8);

/// One GraphQL API for public selections: votes, likes, story feeds and live tallies.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API
    Serve {
        #[command(flatten)]
        settings: Box<ServerSettings>,
        /// Bring the database's tables up to date first
        #[arg(long)]
        migrate: bool,
    },
    /// Serve a complete sample campaign, with nothing to install or set
    Demo {
        #[command(flatten)]
        settings: Box<ServerSettings>,
        /// Challenge guests, as other campaigns do; where the sample campaign is made, and not later
        #[arg(long)]
        challenge: bool,
    },
    /// Bring the database's tables up to date
    Migrate {
        #[command(flatten)]
        store: StoreSettings,
        /// Spread the votes over so many partitions by voter: on PostgreSQL, before the first vote
        #[arg(long, value_parser = clap::value_parser!(u32).range(2..=1024))]
        vote_partitions: Option<u32>,
    },
    /// Recount the votes and compare them with tallies, turnout, quotas, likes and the copies in Redis; exit code 1 on
    /// any difference
    Verify {
        #[command(flatten)]
        store: StoreSettings,
        #[command(flatten)]
        media: Box<MediaSettings>,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Copy the embedded database to a file while it serves; PostgreSQL has `pg_dump`
    Backup {
        #[command(flatten)]
        store: StoreSettings,
        /// Where to; a file that is there is not touched
        file: PathBuf,
    },
    /// Print the GraphQL schema
    Schema,
    /// Organisations
    Organisation {
        #[command(subcommand)]
        command: organisation::OrganisationCommand,
    },
    /// Campaigns
    Campaign {
        #[command(subcommand)]
        command: campaign::CampaignCommand,
    },
    /// Import a spreadsheet, all rows or none
    Import {
        #[command(subcommand)]
        command: import::ImportCommand,
    },
    /// Write a table of a campaign into a file, as the desk's exports have it
    Export(Box<export::Export>),
    /// Make a report of a campaign whose voting has ended, as HTML, .xlsx and JSON
    Report(Box<report::Report>),
    /// Print what signals found in a campaign's votes, and compare it with the votes; exit code 1 on any difference
    Signals(Box<signals::Signals>),
    /// Members of staff
    Staff {
        #[command(subcommand)]
        command: staff::StaffCommand,
    },
    /// Voters
    Voter {
        #[command(subcommand)]
        command: voter::VoterCommand,
    },
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the program on its arguments and returns its exit code.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            return match environment::explain(&Cli::command(), &error) {
                Some(text) => fail(text.as_str().into()),
                None => error.exit(),
            };
        }
    };
    // One provider for all of TLS; a second call finds it in place.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(error.into()),
    };
    runtime.block_on(dispatch(cli.command)).unwrap_or_else(fail)
}

#[allow(clippy::needless_pass_by_value, reason = "the error ends here")]
fn fail(error: Failure) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "acclaim: {error}");
    ExitCode::FAILURE
}

/// Writes to standard output; a reader that has gone is no reason to fail.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

async fn dispatch(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve { settings, migrate } => serve(&settings, migrate).await,
        Command::Demo {
            settings,
            challenge,
        } => serve_demo(*settings, challenge).await,
        Command::Migrate {
            store,
            vote_partitions,
        } => database::migrate(&store, vote_partitions).await,
        Command::Verify { store, media, json } => database::verify(&store, &media, json).await,
        Command::Backup { store, file } => database::back_up(&store, &file).await,
        Command::Schema => {
            print(&graphql::sdl());
            Ok(ExitCode::SUCCESS)
        }
        Command::Organisation { command } => organisation::manage(command).await,
        Command::Campaign { command } => campaign::manage(command).await,
        Command::Import { command } => import::import(command).await,
        Command::Export(command) => export::export(&command).await,
        Command::Report(command) => report::report(&command).await,
        Command::Signals(command) => signals::signals(&command).await,
        Command::Staff { command } => staff::manage(command).await,
        Command::Voter { command } => voter::manage(command).await,
    }
}

/// Sets up the log; what it is set up with first stays, so a server does it before it opens its database.
fn init_logs(store: &StoreSettings, access_log: Switch) {
    let is_json = store.log_format == LogFormat::Json;
    telemetry::init_logs(&store.log, is_json, access_log == Switch::On);
}

/// Opens the database for serving, with time limits on statements, or for a command that may take its time.
async fn open(store: &StoreSettings, purpose: Purpose) -> Result<Database, Failure> {
    init_logs(store, Switch::Off);
    environment::check(&Cli::command())?;
    if store.database_url.is_none() {
        store.make_data_dir()?;
    }
    let connections = store.database_connections;
    let database = Database::open(&store.database_url(), connections, purpose).await?;
    Ok(match store.database_read_url() {
        Some(url) => database.with_replica(url, connections)?,
        None => database,
    })
}

/// Opens a database that is there, for a command: a mistyped path makes no empty one.
async fn open_existing(store: &StoreSettings) -> Result<Database, Failure> {
    let url = store.database_url();
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = Path::new(path.trim_start_matches("//"));
        if !path.exists() {
            let setting = if store.database_url.is_some() {
                "DATABASE_URL"
            } else {
                "ACCLAIM_DATA_DIR"
            };
            let path = path.display();
            return Err(format!("{setting}: there is no database at {path}").into());
        }
    }
    let database = open(store, Purpose::Maintenance).await?;
    database.check_schema().await?;
    Ok(database)
}

/// Opens a database for serving, with its tables brought up to date: that takes the time that it takes.
async fn open_migrated(store: &StoreSettings) -> Result<Database, Failure> {
    let database = open(store, Purpose::Maintenance).await?;
    database.migrate().await?;
    database.close().await;
    open(store, Purpose::Serving).await
}

async fn serve(settings: &ServerSettings, migrate: bool) -> Result<ExitCode, Failure> {
    // Wrong settings stop the start before anything is opened.
    settings.token_keys()?;
    settings.identity.hash_key()?;
    settings.documents()?;
    settings.traces.target()?;
    init_logs(&settings.store, settings.access_log);
    let database = if migrate {
        open_migrated(&settings.store).await?
    } else {
        open(&settings.store, Purpose::Serving).await?
    };
    database.check_schema().await?;
    let instance = find_instance(settings, &database).await?;
    let process = Process::build(settings, database, &instance).await?;
    process.serve(settings, |_| ()).await
}

async fn serve_demo(
    mut settings: ServerSettings,
    is_challenged: bool,
) -> Result<ExitCode, Failure> {
    settings.store.make_data_dir()?;
    settings.fill_secrets()?;
    settings.fill_public_url();
    settings.fill_allowed_origins();
    settings.documents.get_or_insert(DocumentPolicy::Open);
    settings.documents()?;
    settings.traces.target()?;
    init_logs(&settings.store, settings.access_log);
    let database = open_migrated(&settings.store).await?;
    let instance = find_instance(&settings, &database).await?;
    let process = Process::build(&settings, database, &instance).await?;
    // Without challenges a guest votes from a shell, which is the first thing to try.
    let challenge = if is_challenged {
        ChallengePolicy::Guests
    } else {
        ChallengePolicy::Never
    };
    let password = demo::load(&process.app, challenge).await?;
    let catalog = process.app.campaigns.catalog();
    let phase = catalog
        .find_by_slug(demo::SLUG, Viewer::Anonymous)
        .map(|roster| roster.campaign().phase(process.app.clock.now()));
    let is_open = phase == Some(Phase::Voting);
    process
        .serve(&settings, |address| {
            print(&demo::welcome(address, password.as_deref(), is_open));
        })
        .await
}

/// The installation, with whose identity secret the settings agree.
async fn find_instance(
    settings: &ServerSettings,
    database: &Database,
) -> Result<Instance, Failure> {
    let instance = database.instance().await?;
    let fingerprint = settings.identity.hash_key()?.fingerprint();
    database.check_identity(&instance, &fingerprint).await?;
    Ok(instance)
}

/// A server with its workers.
struct Process {
    app: Arc<App>,
    writer: WriterTask,
}

impl Process {
    async fn build(
        settings: &ServerSettings,
        database: Database,
        instance: &Instance,
    ) -> Result<Self, Failure> {
        let limits = settings.limits.limits();
        let hot = match settings.store.redis_url() {
            Some(url) => Hot::Redis(Redis::open(url, instance.id, instance.epoch, limits)?),
            None => Hot::Memory(Memory::new(limits)),
        };
        let parts = Parts {
            clock: Clock::System,
            database: Arc::new(database),
            hot,
            tokens: settings.token_keys()?,
            hash_key: settings.identity.hash_key()?,
            platforms: Box::new(settings.sign_in.platforms(settings.public_url.as_deref())?),
            media: settings.media.store(&settings.store)?,
            mailer: settings.mail.mailer(settings.public_url.as_deref())?,
            public_url: settings.public_url.clone(),
            voter_retention: settings.retention.voter_retention(),
            signals: signals::options(&settings.signal, settings.signals == Switch::On)?,
        };
        let (app, writer) = App::build(parts).await?;
        Ok(Self {
            app: Arc::new(app),
            writer,
        })
    }

    async fn serve(
        self,
        settings: &ServerSettings,
        ready: impl FnOnce(SocketAddr),
    ) -> Result<ExitCode, Failure> {
        let Self { app, writer } = self;
        allow_files();
        let listener = listen("ACCLAIM_LISTEN", settings.listen).await?;
        let stopping = CancellationToken::new();
        if let Some(address) = settings.metrics_listen {
            let metrics = listen("ACCLAIM_METRICS_LISTEN", address).await?;
            tokio::spawn(serve_metrics(Arc::clone(&app), metrics, stopping.clone()));
        }
        let traces = start_traces(settings, &app)?;
        let workers = Workers::start(&app);
        let server = build_server(settings, &app, stopping.clone()).await?;
        let address = listener.local_addr()?;
        tracing::info!(%address, database = app.database.name(), hot = app.hot.name(), "serving");
        ready(address);
        tokio::spawn(stop_at_signal(stopping.clone()));
        tokio::spawn(end_in_time(stopping));
        server.serve(listener).await;
        workers.stop().await;
        let database = Arc::clone(&app.database);
        drop(app);
        // The writer ends when nobody can give it work any more; a request that hangs could.
        if tokio::time::timeout(WRITER_TIMEOUT, writer.finished())
            .await
            .is_err()
        {
            tracing::warn!("the writer did not end in time");
        }
        database.close().await;
        if let Some(traces) = traces {
            traces.stop().await;
        }
        tracing::info!("stopped");
        Ok(ExitCode::SUCCESS)
    }
}

/// Starts to send traces, where they are wanted.
fn start_traces(settings: &ServerSettings, app: &App) -> Result<Option<traces::Sending>, Failure> {
    let Some((url, ratio)) = settings.traces.target()? else {
        return Ok(None);
    };
    let lost = app.metrics.spans_lost.clone();
    let sending = traces::Sending::start(url, ratio, lost);
    Ok(Some(sending.map_err(|error| {
        format!("ACCLAIM_TRACES_URL cannot be sent to: {error}")
    })?))
}

/// Listens on the address of a setting.
async fn listen(setting: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address).await;
    Ok(listener.map_err(|error| format!("{setting} {address} cannot be listened on: {error}"))?)
}

async fn build_server(
    settings: &ServerSettings,
    app: &Arc<App>,
    stopping: CancellationToken,
) -> Result<Server, Failure> {
    let mut documents =
        graphql::document::Documents::new(Arc::clone(app), settings.documents()?).await?;
    documents
        .add(graphql::document::manifest::parse(pages::DOCUMENTS)?)
        .await?;
    Ok(Server::new(
        Arc::clone(app),
        documents,
        settings.connection_limits(),
        Posters::new(find_font().await, settings.sign_in.wechat_code_page.clone()),
        stopping,
    ))
}

/// A font of this machine for posters.
async fn find_font() -> Option<Font> {
    let font = tokio::task::spawn_blocking(Font::find).await.ok().flatten();
    if font.is_none() {
        tracing::warn!(
            "no font of this machine has Chinese characters: there are no posters of nominees"
        );
    }
    font
}

/// Raises the limit of open files, which connections are, to what the system allows: usual shells begin with 1,024.
fn allow_files() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => tracing::debug!(files, "open files are limited"),
        Err(error) => tracing::warn!(%error, "the limit of open files could not be raised"),
    }
}
