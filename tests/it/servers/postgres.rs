//! PostgreSQL, a standby of it, and a pooler in front.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

use super::{Probe, Server, major_version, unwinding};

/// Older ones lack `CREATE DATABASE ... STRATEGY`.
const POSTGRES_OLDEST: u32 = 15;

/// Databases that are dropped together.
const DROPPED_AT_ONCE: usize = 32;

/// A start-up message (length, protocol 3.0, user and database); `R` admits, `E` says "starting up".
const POSTGRES_PROBE: Probe = Probe {
    question: b"\0\0\0\x29\0\x03\0\0user\0postgres\0database\0postgres\0\0",
    answer: b'R',
};

/// A request for TLS (length, code), which is answered before anything is known of the caller: not here.
const POOLER_PROBE: Probe = Probe {
    question: b"\0\0\0\x08\x04\xd2\x16\x2f",
    answer: b'N',
};

/// A PostgreSQL server of this process.
pub struct PostgresProcess {
    server: Server,
}

impl PostgresProcess {
    /// Creates an empty database and gives its URL.
    pub async fn create_database(&self) -> String {
        static CREATED: AtomicU32 = AtomicU32::new(0);
        let number = CREATED.fetch_add(1, Ordering::Relaxed);
        let name = format!("acclaim_test_{}_{number}", std::process::id());
        // Five times as fast as file_copy, which waits for two checkpoints of the whole server.
        self.maintain(format!(
            "CREATE DATABASE {name} TEMPLATE template0 STRATEGY wal_log"
        ))
        .await;
        self.url(&name)
    }

    /// Puts what was dumped in the place of the database of this address: its connections end.
    pub async fn replace(&self, url: &str, dump: &Path) {
        let restored = self.restore(dump).await;
        self.take_away(url).await;
        self.put_in_place(&restored, url).await;
    }

    /// Puts what was dumped into a new database, and gives its URL.
    pub async fn restore(&self, dump: &Path) -> String {
        let restored = self.create_database().await;
        run_program(
            "pg_restore",
            &["--dbname", &restored, &dump.to_string_lossy()],
        );
        restored
    }

    /// Drops the database of this address, whose connections end.
    pub async fn take_away(&self, url: &str) {
        let name = name_in(url);
        self.maintain(format!("DROP DATABASE {name} WITH (FORCE)"))
            .await;
    }

    /// Gives the first database the name of the second, which is not there.
    pub async fn put_in_place(&self, restored: &str, url: &str) {
        let (restored, name) = (name_in(restored), name_in(url));
        self.maintain(format!("ALTER DATABASE {restored} RENAME TO {name}"))
            .await;
    }

    async fn maintain(&self, statement: String) {
        let mut connection = PgConnection::connect(&self.url("postgres"))
            .await
            .expect("the test PostgreSQL takes connections");
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await
            .expect("it is done");
        connection.close().await.expect("the connection closes");
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.server.port
    }

    fn url(&self, database: &str) -> String {
        format!(
            "postgres://postgres@127.0.0.1:{}/{database}",
            self.server.port
        )
    }

    /// The database of this address, on this server.
    pub fn url_like(&self, url: &str) -> String {
        self.url(name_in(url))
    }

    /// Kills all processes of the server with SIGKILL; returns when they are gone.
    pub fn kill(&mut self) {
        self.server.order("crash");
    }

    /// Starts the server again, with its data and on its port, after killing it if it runs.
    pub async fn restart(&mut self) {
        self.kill();
        self.server.start().await;
    }

    /// Stops all processes of the server with SIGSTOP: connections stay open and nothing answers.
    pub fn pause(&mut self) {
        self.server.order("pause");
    }

    /// Lets a paused server go on.
    pub fn resume(&mut self) {
        self.server.order("resume");
    }
}

/// The PostgreSQL server that the tests of this process share, each with databases of its own.
pub async fn postgres() -> &'static PostgresProcess {
    static SHARED: OnceCell<PostgresProcess> = OnceCell::const_new();
    SHARED.get_or_init(dedicated_postgres).await
}

/// The name of the database of this address.
fn name_in(url: &str) -> &str {
    url.rsplit('/').next().expect("the name of a database")
}

/// A database of the shared server, dropped some time after this is: each takes 10 MB, and hundreds of tests have one.
pub struct SharedDatabase {
    pub url: String,
}

impl SharedDatabase {
    /// Creates an empty one.
    pub async fn create() -> Self {
        let url = postgres().await.create_database().await;
        Self { url }
    }
}

impl Drop for SharedDatabase {
    fn drop(&mut self) {
        static ENDED: Mutex<Vec<String>> = Mutex::new(Vec::new());
        let mut ended = ENDED.lock().unwrap_or_else(PoisonError::into_inner);
        ended.push(std::mem::take(&mut self.url));
        // The first of a round waits for what the server has to write, the others hardly.
        if ended.len() >= DROPPED_AT_ONCE {
            let urls = std::mem::take(&mut *ended);
            std::thread::spawn(move || urls.iter().for_each(|url| drop_database(url)));
        }
    }
}

/// Drops the database of this address, and who is still connected to it.
fn drop_database(url: &str) {
    let (server, name) = url.rsplit_once('/').expect("the name of a database");
    let maintenance = format!("--maintenance-db={server}/postgres");
    run_program("dropdb", &["--force", "--if-exists", &maintenance, name]);
}

/// Starts a PostgreSQL server for one test.
///
/// fsync and `synchronous_commit` stay on: the program refuses a database without them. Dynamic shared memory
/// is in files of its folder, since what is in /dev/shm would outlive a server that is killed.
pub async fn dedicated_postgres() -> PostgresProcess {
    let mut server = unwinding(|| {
        let programs = postgres_programs();
        let initdb = format!(
            "{programs}initdb --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C \
             --no-sync </dev/null >>server.log 2>&1"
        );
        let postgres = postgres_command(&programs);
        Server::prepare(ordinary_user(), &initdb, &postgres, POSTGRES_PROBE)
    })
    .await;
    server.start().await;
    PostgresProcess { server }
}

/// The command line up to the port number.
fn postgres_command(programs: &str) -> String {
    format!(
        "{programs}postgres -D data -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
         -c dynamic_shared_memory_type=mmap -c max_connections=300 -c shared_buffers=64MB -p"
    )
}

/// Starts a standby that follows this server, whose databases it has under the same names.
pub async fn standby_of(primary: &PostgresProcess) -> PostgresProcess {
    let port = primary.port();
    let mut server = unwinding(move || {
        let programs = postgres_programs();
        let copy = format!(
            "{programs}pg_basebackup --pgdata=data --write-recovery-conf --checkpoint=fast --no-sync \
             --host=127.0.0.1 --port={port} --username=postgres </dev/null >>server.log 2>&1"
        );
        let postgres = postgres_command(&programs);
        Server::prepare(ordinary_user(), &copy, &postgres, POSTGRES_PROBE)
    })
    .await;
    server.start().await;
    PostgresProcess { server }
}

/// A pooler in front of a PostgreSQL server, which gives a connection away after each transaction.
pub struct PgBouncer {
    server: Server,
}

impl PgBouncer {
    /// Starts one, with a further line of its settings.
    pub async fn start(postgres: &PostgresProcess, setting: &str) -> Self {
        let (port, setting) = (postgres.port(), setting.to_owned());
        let mut server = unwinding(move || {
            assert!(
                major_version("pgbouncer") >= Some(1),
                "the tests need PgBouncer: install the Debian package `pgbouncer`"
            );
            let settings = format!(
                "printf '[databases]\\n* = host=127.0.0.1 port={port} user=postgres\\n[pgbouncer]\\n\
                 listen_addr = 127.0.0.1\\nunix_socket_dir =\\nauth_type = any\\npool_mode = transaction\\n\
                 {setting}\\n' > settings"
            );
            let pgbouncer = "sh -c '(cat settings; echo listen_port = $0) > pgbouncer.ini; exec pgbouncer pgbouncer.ini'";
            Server::prepare(ordinary_user(), &settings, pgbouncer, POOLER_PROBE)
        })
        .await;
        server.start().await;
        Self { server }
    }

    /// The address of this database by way of the pooler.
    pub fn url(&self, postgres: &PostgresProcess, url: &str) -> String {
        let (own, other) = (postgres.port(), self.server.port);
        url.replace(&format!(":{own}/"), &format!(":{other}/"))
    }
}

/// Dumps the database of this address to a file.
pub fn dump(url: &str, file: &Path) {
    let file = file.to_string_lossy();
    run_program("pg_dump", &["--format=custom", "--file", &file, url]);
}

/// Restores what was dumped over the tables of the database of this address: its connections stay.
pub fn restore_over(url: &str, dump: &Path) {
    let dump = dump.to_string_lossy();
    let options = ["--clean", "--if-exists", "--single-transaction"];
    run_program(
        "pg_restore",
        &[&options[..], &["--dbname", url, &dump]].concat(),
    );
}

/// Runs one of PostgreSQL's own programs to its end.
fn run_program(name: &str, arguments: &[&str]) {
    let program = format!("{}{name}", postgres_programs());
    let output = Command::new(program).args(arguments).output();
    let output = output.expect("it runs");
    assert!(output.status.success(), "{name}: {output:?}");
}

/// The folder of PostgreSQL's programs with its slash, or nothing where they are on the PATH. Debian keeps
/// them off it, in one folder for each major version.
fn postgres_programs() -> String {
    let mut versions: Vec<u32> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    let installed = versions
        .iter()
        .map(|version| format!("/usr/lib/postgresql/{version}/bin/"));
    std::iter::once(String::new())
        .chain(installed)
        .find(|folder| {
            ["initdb", "postgres"].iter().all(|program| {
                major_version(&format!("{folder}{program}")) >= Some(POSTGRES_OLDEST)
            })
        })
        .unwrap_or_else(|| {
            panic!("the tests need PostgreSQL {POSTGRES_OLDEST} or newer: install the Debian package `postgresql`")
        })
}

/// The user and group to run PostgreSQL as where the tests run as root, which it refuses.
fn ordinary_user() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let said = Command::new("id").args(arguments).output().ok()?;
        String::from_utf8_lossy(&said.stdout).trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    let user = ["postgres", "nobody"]
        .iter()
        .find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)));
    assert!(
        user.is_some(),
        "root needs the user `postgres` or `nobody` to run PostgreSQL as"
    );
    user
}

#[tokio::test]
async fn a_killed_postgres_comes_back_with_what_was_committed() {
    let mut postgres = dedicated_postgres().await;
    let url = postgres.create_database().await;
    let mut connection = PgConnection::connect(&url).await.expect("it connects");
    sqlx::raw_sql("CREATE TABLE vote (id BIGINT); INSERT INTO vote VALUES (1)")
        .execute(&mut connection)
        .await
        .expect("the row is committed");

    postgres.kill();
    assert!(connection.ping().await.is_err());
    assert!(PgConnection::connect(&url).await.is_err());

    postgres.restart().await;
    let mut connection = PgConnection::connect(&url)
        .await
        .expect("it connects again");
    let votes: i64 = sqlx::query_scalar("SELECT count(*) FROM vote")
        .fetch_one(&mut connection)
        .await
        .expect("the table is there");
    assert_eq!(votes, 1);

    postgres.pause();
    assert!(!POSTGRES_PROBE.passes(postgres.server.port));
    postgres.resume();
    connection.ping().await.expect("the old connection goes on");
}
