//! Looks through logs for what must never be in them, as they are written.
//!
//! Secrets are known in two ways. What tests make up follows a pattern ([`NEVER_LOGGED`]): each code, openid, password
//! or device id has its mark in it. What servers make at random is registered: the harness does that with every token
//! that it makes, sends or receives. Either is found inside of other text, and when it is cut off or encoded. A token
//! that is logged before the test has it, while it is made, is found when it is registered.

use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, Once, RwLock};

use data_encoding::{BASE64, HEXLOWER};
use serde_json::Value;

use crate::harness::{IDENTITY_SECRET, JWT_SECRET};

/// The marks that the tests use for secrets and personal data, and what JSON Web Tokens begin with.
const NEVER_LOGGED: &[&str] = &[
    "code-of-",
    "openid-of-",
    "unionid-of-",
    "session-key-of-",
    "device-id-of-",
    "hunter2",
    "app-secret",
    "203.0.113.",
    // All telephone numbers of the tests.
    "139576824",
    // A fault of the writer, which clients that come again would hide.
    "a batch cannot be stored",
    "eyJ0eXAi",
    "eyJhbGci",
    "eyJraWQi",
    JWT_SECRET,
    IDENTITY_SECRET,
];

/// A registered secret is found by any of its pieces of this many bytes, counted from its start: 72 bits of a token.
const PIECE_BYTES: usize = 12;
/// A text of fewer different bytes is no secret: twelve spaces are in every statement.
const DIFFERENT_BYTES_MIN: usize = 8;

/// The random part of a token is at least as long; words that are kept in case one of them turns out to be a token.
const TOKEN_CHARS_MIN: usize = 40;
/// So much of a line is shown where a secret was found; statements can be long.
const SHOWN_CHARS: usize = 500;

/// Fields of an input that hold secrets or name a person.
pub const SENT_SECRETS: &[&str] = &[
    "code",
    "deviceId",
    "email",
    "password",
    "phone",
    "refreshToken",
];
/// Fields of an answer that do.
pub const RECEIVED_SECRETS: &[&str] = &["accessToken", "refreshToken"];

/// Knows secrets, and remembers where it found them.
pub struct LogWatch {
    patterns: Vec<String>,
    pieces: RwLock<HashSet<[u8; PIECE_BYTES]>>,
    /// Words of lines that were clean, long enough for a token.
    long_words: Mutex<HashMap<String, String>>,
    findings: Mutex<Vec<String>>,
    awaited: RwLock<Vec<(&'static str, Arc<AtomicBool>)>>,
}

impl LogWatch {
    pub fn new() -> Self {
        Self {
            patterns: NEVER_LOGGED.iter().flat_map(|text| forms(text)).collect(),
            pieces: RwLock::default(),
            long_words: Mutex::default(),
            findings: Mutex::default(),
            awaited: RwLock::default(),
        }
    }

    /// Registers a secret.
    pub fn forbid(&self, secret: &str) {
        let different: HashSet<u8> = secret.bytes().collect();
        if different.len() < DIFFERENT_BYTES_MIN {
            return;
        }
        let pieces = secret.as_bytes().chunks_exact(PIECE_BYTES);
        let pieces = pieces.map(|piece| <[u8; PIECE_BYTES]>::try_from(piece).expect("its length"));
        self.pieces.write().expect("no panic").extend(pieces);
        let long_words = self.long_words.lock().expect("no panic");
        for line in long_words_of(secret).filter_map(|word| long_words.get(word)) {
            self.report(secret, line);
        }
    }

    /// Registers what `value` has under `names`, however deep.
    pub fn forbid_fields(&self, value: &Value, names: &[&str]) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    match field {
                        Value::String(secret) if names.contains(&name.as_str()) => {
                            self.forbid(secret);
                        }
                        _ => self.forbid_fields(field, names),
                    }
                }
            }
            Value::Array(entries) => {
                for entry in entries {
                    self.forbid_fields(entry, names);
                }
            }
            _ => {}
        }
    }

    /// Becomes true when `text` is logged: that a watch finds nothing means something only if it sees what is there.
    pub fn listen_for(&self, text: &'static str) -> Arc<AtomicBool> {
        let seen = Arc::new(AtomicBool::new(false));
        let mut awaited = self.awaited.write().expect("no panic");
        awaited.push((text, Arc::clone(&seen)));
        seen
    }

    /// Looks through a piece of log; returns whether it is clean.
    pub fn check(&self, log: &str) -> bool {
        for (text, seen) in self.awaited.read().expect("no panic").iter() {
            if log.contains(text) {
                seen.store(true, Ordering::SeqCst);
            }
        }
        if let Some(secret) = self.find_secret(log) {
            self.report(&secret, log);
            return false;
        }
        let mut long_words = self.long_words.lock().expect("no panic");
        for word in long_words_of(log) {
            long_words.insert(word.to_owned(), log.to_owned());
        }
        true
    }

    fn report(&self, secret: &str, log: &str) {
        let shown: String = log.chars().take(SHOWN_CHARS).collect();
        let finding = format!("{secret:?} is in the log: {shown}");
        self.findings.lock().expect("no panic").push(finding);
    }

    fn find_secret(&self, log: &str) -> Option<String> {
        let mark = self.patterns.iter().find(|p| log.contains(p.as_str()));
        if let Some(mark) = mark {
            return Some(mark.clone());
        }
        let pieces = self.pieces.read().expect("no panic");
        let mut windows = log.as_bytes().windows(PIECE_BYTES);
        let found = windows.find(|window| pieces.contains(*window))?;
        Some(String::from_utf8_lossy(found).into_owned())
    }

    /// Whether it would object to `text`.
    pub fn knows(&self, text: &str) -> bool {
        self.find_secret(text).is_some()
    }

    /// Fails if anything was found so far. A panic under way is left alone: a second one would end the process.
    pub fn assert_clean(&self) {
        let findings = self.findings.lock().expect("no panic").clone();
        if findings.is_empty() {
            return;
        }
        let complaint = format!("secrets are in the logs: {findings:#?}");
        assert!(std::thread::panicking(), "{complaint}");
        let _ = writeln!(std::io::stderr(), "{complaint}");
    }
}

fn long_words_of(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    words.filter(|word| word.len() >= TOKEN_CHARS_MIN)
}

/// `text` as it is, and as what encodes or prints bytes would write it.
fn forms(text: &str) -> HashSet<String> {
    let bytes = text.as_bytes();
    let numbers = format!("{bytes:?}");
    let numbers = numbers.trim_matches(['[', ']']).to_owned();
    let escape = |space: &str| -> String {
        let escaped = bytes.iter().map(|byte| match byte {
            b' ' => space.to_owned(),
            byte if byte.is_ascii_alphanumeric() || b"-_.~".contains(byte) => {
                char::from(*byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        });
        escaped.collect()
    };
    // The last characters of base64 depend on what follows.
    let base64 = BASE64.encode(&bytes[..bytes.len() / 3 * 3]);
    let forms = [text.to_owned(), numbers, escape("+"), escape("%20"), base64];
    let hex = HEXLOWER.encode(bytes);
    forms.into_iter().chain([hex.to_uppercase(), hex]).collect()
}

impl std::io::Write for &LogWatch {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.check(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The watch over everything that the tests of this process cause.
pub static WATCH: LazyLock<Arc<LogWatch>> = LazyLock::new(|| Arc::new(LogWatch::new()));

/// Everything there is to see, down to the libraries' traces, and the fields of spans that no event is in.
pub fn subscriber(watch: &Arc<LogWatch>) -> impl tracing::Subscriber + Send + Sync + use<> {
    use tracing_subscriber::fmt::format::FmtSpan;
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(Arc::clone(watch))
        .finish()
}

/// From now on all logs of this process are looked through.
pub fn watch_logs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(subscriber(&WATCH))
            .expect("nothing else takes the logs of the tests");
    });
}

/// Fails if a secret has been in a log of this process so far.
pub fn assert_logs_are_clean() {
    WATCH.assert_clean();
}
