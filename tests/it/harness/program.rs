//! The real program: as a server, and as commands that end by themselves.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::client::TestClient;
use super::stores::Stores;
use super::{IDENTITY_SECRET, JWT_SECRET};
use crate::deadlines::deadline;
use crate::log_watch::{WATCH, assert_logs_are_clean};
use crate::servers;

/// The real program, as its users run it; killed when dropped.
pub struct Program {
    child: Child,
    pub address: SocketAddr,
    anonymous: TestClient,
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
            anonymous: TestClient::anonymous(address),
            log,
            output,
        };
        program.ready().await;
        program
    }

    async fn ready(&mut self) {
        let url = format!("http://{}/readyz", self.address);
        let http = self.anonymous.http().clone();
        let deadline = Instant::now() + deadline();
        loop {
            let answer = http.get(&url).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            let ended = self.child.try_wait().expect("its state");
            assert!(ended.is_none(), "it ended: {}", self.log_text());
            let is_in_time = Instant::now() < deadline;
            assert!(is_in_time, "not ready: {}", self.log_text());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A client that has not signed in.
    pub fn anonymous(&self) -> &TestClient {
        &self.anonymous
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

    /// The log so far. A log that cannot be read is not a clean one.
    pub fn log_text(&self) -> String {
        let log =
            std::fs::read(&self.log).expect("the stores and their folder outlive the program");
        String::from_utf8_lossy(&log).into_owned()
    }

    /// The standard output so far.
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
        "ANONYMOUS_VIEWS",
        "SIGN_IN",
        "NEW_GUEST",
        "FAILED_REFRESH",
        "FAILED_CODE",
        "PHONE_CODE",
        "STAFF_SIGN_IN",
        "QUERY",
        "ANONYMOUS_QUERY",
    ] {
        command.env(format!("ACCLAIM_LIMIT_{action}"), "1000000/1000000");
    }
    command
}

/// Runs a command that must end by itself.
pub async fn ended(mut command: Command, input: &str) -> Output {
    let listen = format!("127.0.0.1:{}", servers::free_port());
    command
        .env("ACCLAIM_LISTEN", listen)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    // A pipe holds 64 KiB: a program that says more waits for its reader.
    let stdout = drained(child.stdout.take().expect("it is piped"));
    let stderr = drained(child.stderr.take().expect("it is piped"));
    let deadline = Instant::now() + deadline();
    let is_over = loop {
        if child.try_wait().expect("its state").is_some() {
            break true;
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            break false;
        }
        // A pause between looks, with a deadline above; the end itself is what is waited for.
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let output = Output {
        status: child.wait().expect("its end"),
        stdout: stdout.join().expect("its output"),
        stderr: stderr.join().expect("its output"),
    };
    assert!(is_over, "it goes on and on: {output:?}");
    output
}

/// Reads all that a program says, beside it.
fn drained(mut pipe: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut said = Vec::new();
        pipe.read_to_end(&mut said).expect("it is read");
        said
    })
}

/// Checks that the command refuses to start, and that what it says has all of `words`.
pub async fn assert_refuses(command: Command, words: &[&str]) {
    let output = ended(command, "").await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in {said:?}");
    }
}
