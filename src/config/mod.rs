//! Every setting: what it is for, its default, its check. The only reader of the environment (through `clap`).
//!
//! A setting has a safe default or none at all. What is wrong stops the start with the setting's name and what it
//! should be.

mod address;
mod captcha;
pub mod environment;
mod given;
mod identity;
mod limits;
mod mail;
mod media;
mod retention;
mod sign_in;
mod signals;
mod traces;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use axum::http::HeaderValue;
use clap::{Args, ValueEnum};
use ipnet::IpNet;

use self::address::{parse_listen, parse_network, parse_origin, parse_public_url, parse_store};
pub use self::identity::IdentitySettings;
pub use self::limits::LimitSettings;
pub use self::mail::MailSettings;
pub use self::media::MediaSettings;
pub use self::retention::RetentionSettings;
pub use self::sign_in::SignInSettings;
pub use self::signals::SignalArguments;
pub use self::traces::TraceSettings;
use crate::auth::secret::Secret;
use crate::auth::token::{SECRET_BYTES_MIN, TokenKeys};
use crate::graphql::document::Policy;
use crate::graphql::document::manifest;
use crate::http::{ConnectionLimits, Timeouts};

/// A setting that is missing or wrong.
#[derive(Debug, thiserror::Error)]
#[error("{setting} {problem}")]
pub struct ConfigError {
    setting: String,
    problem: String,
}

fn wrong(setting: &str) -> impl Fn(String) -> ConfigError {
    move |problem| ConfigError {
        setting: setting.to_owned(),
        problem,
    }
}

/// The documents that the API executes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DocumentPolicy {
    /// Anything within the limits, introspection and suggestions too: for development and the demo.
    Open,
    /// Anything within the limits.
    Apq,
    /// Those of the manifests only.
    Trusted,
}

/// A part of a process, at work or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// At work.
    On,
    /// Not at work.
    Off,
}

/// The form of the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Settings of the stores, which every subcommand has.
#[derive(Debug, Clone, Args)]
pub struct StoreSettings {
    /// `postgres://user@host/name`, or `sqlite:path`; without it, an `SQLite` file in the data directory
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_parser = parse_store)]
    pub database_url: Option<Secret>,
    /// `postgres://user@host/name` of a standby: story feeds, which may be a second old, are read there as long as it
    /// answers
    #[arg(long, env = "DATABASE_READ_URL", hide_env_values = true, value_parser = parse_store)]
    database_read_url: Option<Secret>,
    /// `redis://host:port`; a list with commas, or the scheme `redis+cluster`, for Redis Cluster; without it, limits
    /// and events stay in the process, which must then be the only one
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_parser = parse_store)]
    redis_url: Option<Secret>,
    /// Where the embedded database and the demo's secrets are kept
    #[arg(long, env = "ACCLAIM_DATA_DIR", default_value = "acclaim-data")]
    pub data_dir: PathBuf,
    /// Database connections of a process, at most
    #[arg(long, env = "ACCLAIM_DATABASE_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u32).range(4..=1000))]
    pub database_connections: u32,
    /// Log events, chosen as in `RUST_LOG`
    #[arg(long, env = "ACCLAIM_LOG", default_value = "info,sqlx=warn")]
    pub log: String,
    /// How logs are written
    #[arg(long, env = "ACCLAIM_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

impl StoreSettings {
    /// The address of the database.
    #[must_use]
    pub fn database_url(&self) -> String {
        match &self.database_url {
            Some(url) => url.reveal().to_owned(),
            None => format!("sqlite:{}", self.data_dir.join("acclaim.db").display()),
        }
    }

    /// Makes the data directory, where it is to be used and not there yet.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn make_data_dir(&self) -> Result<(), ConfigError> {
        std::fs::create_dir_all(&self.data_dir).map_err(|error| {
            let problem = format!("cannot be used ({}): {error}", self.data_dir.display());
            wrong("ACCLAIM_DATA_DIR")(problem)
        })
    }

    /// The address of a standby of the database, if there is one.
    #[must_use]
    pub fn database_read_url(&self) -> Option<&str> {
        self.database_read_url.as_ref().map(Secret::reveal)
    }

    /// The address of Redis, if there is one.
    #[must_use]
    pub fn redis_url(&self) -> Option<&str> {
        self.redis_url.as_ref().map(Secret::reveal)
    }
}

/// Settings of a server.
#[derive(Debug, Clone, Args)]
pub struct ServerSettings {
    /// The stores.
    #[command(flatten)]
    pub store: StoreSettings,
    /// Address that the API listens on
    #[arg(long, env = "ACCLAIM_LISTEN", default_value = "127.0.0.1:8080", value_parser = parse_listen)]
    pub listen: SocketAddr,
    /// Address that the public reaches the pages at, for links in previews, posters and codes to scan:
    /// `https://vote.example.org`; without it there are none, in the demo it is the address of `ACCLAIM_LISTEN`
    #[arg(long, env = "ACCLAIM_PUBLIC_URL", value_parser = parse_public_url)]
    pub public_url: Option<String>,
    /// Address that `/metrics` listens on; without it there are none
    #[arg(long, env = "ACCLAIM_METRICS_LISTEN", value_parser = parse_listen)]
    pub metrics_listen: Option<SocketAddr>,
    /// Whether each request is a line of the log when it is over
    #[arg(long, env = "ACCLAIM_ACCESS_LOG", value_enum, default_value_t = Switch::Off)]
    pub access_log: Switch,
    /// Where traces are sent to.
    #[command(flatten)]
    pub traces: TraceSettings,
    /// Secret of access tokens, at least 32 bytes
    #[arg(long, env = "ACCLAIM_JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<Secret>,
    /// The secret before it: its tokens stay good while the new one takes over
    #[arg(long, env = "ACCLAIM_JWT_SECRET_PREVIOUS", hide_env_values = true)]
    pub jwt_secret_previous: Option<Secret>,
    /// File with Ed25519 keys of access tokens, instead of a secret: `{"keys":[{"kid","private_pem","public_pem"}]}`
    #[arg(long, env = "ACCLAIM_JWT_KEYS")]
    pub jwt_keys: Option<PathBuf>,
    /// The secret of identities.
    #[command(flatten)]
    pub identity: IdentitySettings,
    /// Which documents are executed; `apq` by default, in the demo `open`
    #[arg(long, env = "ACCLAIM_DOCUMENTS", value_enum)]
    pub documents: Option<DocumentPolicy>,
    /// Manifests of trusted documents, with commas: files of Apollo's generate-persisted-query-manifest or of Relay's
    /// compiler
    #[arg(long, env = "ACCLAIM_DOCUMENTS_MANIFEST", value_delimiter = ',')]
    pub documents_manifest: Vec<PathBuf>,
    /// The platforms that people sign in with.
    #[command(flatten)]
    pub sign_in: SignInSettings,
    /// Networks of load balancers whose `X-Forwarded-For` is believed, with commas: `10.0.0.0/8,192.0.2.7`
    #[arg(long, env = "ACCLAIM_TRUSTED_PROXIES", value_delimiter = ',', value_parser = parse_network)]
    pub trusted_proxies: Vec<IpNet>,
    /// Web sites whose pages may use the API, with commas: `https://vote.example.org`; `http://localhost:*` for all
    /// ports of a host, which is the demo's default; `*` for all
    #[arg(long, env = "ACCLAIM_ALLOWED_ORIGINS", value_delimiter = ',', value_parser = parse_origin)]
    pub allowed_origins: Vec<HeaderValue>,
    /// Connections of a process, at most; one more is refused
    #[arg(long, env = "ACCLAIM_CONNECTIONS_MAX", default_value_t = 20_000)]
    pub connections_max: u32,
    /// Sockets and event streams of a process, at most; one more is refused
    #[arg(long, env = "ACCLAIM_SUBSCRIBERS_MAX", default_value_t = 10_000)]
    pub subscribers_max: u32,
    /// Sockets and event streams of one address in a process, at most: a carrier's stands for thousands
    #[arg(long, env = "ACCLAIM_SUBSCRIBERS_ADDRESS_MAX", default_value_t = 2_000)]
    pub subscribers_address_max: u32,
    /// Sockets and event streams of one signed-in viewer in a process, at most
    #[arg(long, env = "ACCLAIM_SUBSCRIBERS_VIEWER_MAX", default_value_t = 20)]
    pub subscribers_viewer_max: u32,
    /// The store of pictures and uploads.
    #[command(flatten)]
    pub media: MediaSettings,
    /// The mail server.
    #[command(flatten)]
    pub mail: MailSettings,
    /// How long something is kept of voters.
    #[command(flatten)]
    pub retention: RetentionSettings,
    /// Whether votes are examined for what no crowd of people does
    #[arg(long, env = "ACCLAIM_SIGNALS", value_enum, default_value_t = Switch::On)]
    pub signals: Switch,
    /// The settings of signals.
    #[command(flatten)]
    pub signal: SignalArguments,
    /// Rates of limited actions.
    #[command(flatten)]
    pub limits: LimitSettings,
}

impl ServerSettings {
    /// The documents that are executed.
    ///
    /// # Errors
    /// When a manifest cannot be read, or is missing or not used.
    pub fn documents(&self) -> Result<Policy, ConfigError> {
        let wrong = wrong("ACCLAIM_DOCUMENTS_MANIFEST");
        let is_given = !self.documents_manifest.is_empty();
        match self.documents.unwrap_or(DocumentPolicy::Apq) {
            DocumentPolicy::Trusted if !is_given => Err(wrong(
                "must name a file where ACCLAIM_DOCUMENTS is trusted".into(),
            )),
            DocumentPolicy::Trusted => self.trusted_documents(),
            _ if is_given => Err(wrong(
                "has no effect unless ACCLAIM_DOCUMENTS is trusted".into(),
            )),
            DocumentPolicy::Open => Ok(Policy::Open),
            DocumentPolicy::Apq => Ok(Policy::Any),
        }
    }

    fn trusted_documents(&self) -> Result<Policy, ConfigError> {
        let mut documents = Vec::new();
        for path in &self.documents_manifest {
            let found = std::fs::read(path)
                .map_err(|error| error.to_string())
                .and_then(|bytes| manifest::parse(&bytes))
                .map_err(|why| format!("cannot be used ({}): {why}", path.display()));
            documents.extend(found.map_err(wrong("ACCLAIM_DOCUMENTS_MANIFEST"))?);
        }
        Ok(Policy::Trusted(documents))
    }

    /// The limits of connections.
    #[must_use]
    pub fn connection_limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            trusted_proxies: self.trusted_proxies.clone(),
            allowed_origins: self.allowed_origins.clone(),
            connections_max: self.connections_max as usize,
            subscribers_max: self.subscribers_max as usize,
            subscribers_address_max: self.subscribers_address_max as usize,
            subscribers_viewer_max: self.subscribers_viewer_max as usize,
            timeouts: Timeouts::default(),
        }
    }

    /// The sites that may use the demo, where no others are set: what is being written on this machine, at any port.
    pub fn fill_allowed_origins(&mut self) {
        if self.allowed_origins.is_empty() {
            let local = ["http://localhost:*", "http://127.0.0.1:*"];
            self.allowed_origins = local.map(HeaderValue::from_static).to_vec();
        }
    }

    /// The address of the demo's pages, where no other is set: that of this machine.
    pub fn fill_public_url(&mut self) {
        let address = self.listen;
        let host = if address.ip().is_unspecified() {
            format!("localhost:{}", address.port())
        } else {
            address.to_string()
        };
        self.public_url.get_or_insert(format!("http://{host}"));
    }

    /// The keys of access tokens.
    ///
    /// # Errors
    /// When there are none, or they are too weak.
    pub fn token_keys(&self) -> Result<TokenKeys, ConfigError> {
        if let Some(path) = &self.jwt_keys {
            return TokenKeys::from_file(path).map_err(wrong("ACCLAIM_JWT_KEYS"));
        }
        let present = self.jwt_secret.as_ref().map_or("", Secret::reveal);
        let previous = self.jwt_secret_previous.as_ref().map(Secret::reveal);
        for (setting, secret) in [
            ("ACCLAIM_JWT_SECRET", Some(present)),
            ("ACCLAIM_JWT_SECRET_PREVIOUS", previous),
        ] {
            if secret.is_some_and(|secret| secret.len() < SECRET_BYTES_MIN) {
                let problem = format!("must be set to at least {SECRET_BYTES_MIN} random bytes");
                return Err(wrong(setting)(problem));
            }
        }
        let secrets: Vec<&str> = std::iter::once(present).chain(previous).collect();
        TokenKeys::from_secrets(&secrets).map_err(wrong("ACCLAIM_JWT_SECRET"))
    }

    /// Fills the secrets that are not set from the data directory, where they are made at the first start: the demo
    /// keeps its sessions over a restart and needs no setting.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub fn fill_secrets(&mut self) -> Result<(), ConfigError> {
        let data_dir = &self.store.data_dir;
        fill_secret(&mut self.jwt_secret, data_dir, "jwt-secret")?;
        fill_secret(
            &mut self.identity.identity_secret,
            data_dir,
            "identity-secret",
        )
    }
}

fn fill_secret(
    secret: &mut Option<Secret>,
    data_dir: &Path,
    name: &str,
) -> Result<(), ConfigError> {
    if secret.is_none() {
        let path = data_dir.join(name);
        let text = read_or_make_secret(&path).map_err(|error| {
            let problem = format!("cannot be used ({}): {error}", path.display());
            wrong("ACCLAIM_DATA_DIR")(problem)
        })?;
        *secret = Some(text.into());
    }
    Ok(())
}

fn read_or_make_secret(path: &Path) -> std::io::Result<String> {
    match std::fs::read_to_string(path) {
        Ok(secret) => Ok(secret),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let secret = format!(
                "{}{}",
                uuid::Uuid::new_v4().simple(),
                uuid::Uuid::new_v4().simple()
            );
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            std::io::Write::write_all(&mut options.open(path)?, secret.as_bytes())?;
            Ok(secret)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::ServerSettings;

    #[test]
    fn secrets_are_not_shown() {
        #[derive(Debug, clap::Parser)]
        struct Program {
            #[command(flatten)]
            settings: ServerSettings,
        }
        let program = Program::parse_from([
            "acclaim",
            "--database-url=postgres://acclaim:hunter2@db/acclaim",
            "--database-read-url=postgres://acclaim:hunter2@standby/acclaim",
            "--redis-url=redis://:hunter2@redis:6379",
            "--jwt-secret=hunter2",
            "--jwt-secret-previous=hunter2",
            "--identity-secret=hunter2",
            "--wechat-app-id=wx1",
            "--wechat-secret=hunter2",
            "--wechat-web-app-secret=hunter2",
            "--douyin-app-secret=hunter2",
            "--oidc-client-secret=hunter2",
            "--captcha-app-secret-key=hunter2",
            "--captcha-secret-key=hunter2",
        ]);
        assert_eq!(
            program.settings.store.redis_url(),
            Some("redis://:hunter2@redis:6379")
        );
        let shown = format!("{program:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
