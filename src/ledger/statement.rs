//! Statements by name. Each text begins with its name as a comment, so that the database's own logs say which statement
//! is slow, and each run is counted and timed under the same name.
//!
//! There is one way to run one: [`sql!`] makes it, `Database::read`, `Database::write` or `Transaction::run` takes it,
//! and [`on_pool!`] or `in_tx!` hands its text to the body.

use super::Pool;
use super::writable::Doubt;
use crate::telemetry::Timer;

/// A statement of one database; both have most of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    /// Its name, which no other statement has.
    pub name: &'static str,
    /// Its text, which begins with the name.
    pub text: &'static str,
}

impl Statement {
    /// A statement whose text is put together when it is first used, and stays.
    pub(crate) fn build(name: &'static str, text: &str) -> Self {
        let text = Box::leak(format!("-- {name}\n{text}").into_boxed_str());
        Self { name, text }
    }
}

/// A statement of both databases.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialects {
    pub postgres: Statement,
    pub sqlite: Statement,
}

impl Dialects {
    /// Both texts by one name: see [`Statement::build`].
    pub(crate) fn build(name: &'static str, postgres: &str, sqlite: &str) -> Self {
        Self {
            postgres: Statement::build(name, postgres),
            sqlite: Statement::build(name, sqlite),
        }
    }
}

impl From<Statement> for Dialects {
    fn from(statement: Statement) -> Self {
        Self {
            postgres: statement,
            sqlite: statement,
        }
    }
}

/// A statement by name and text: `sql!("find_staff", "SELECT ...")`; or by the texts of PostgreSQL and of SQLite, where
/// they differ.
macro_rules! sql {
    ($name:literal, postgres: $postgres:expr, sqlite: $sqlite:expr $(,)?) => {
        $crate::ledger::statement::Dialects {
            postgres: $crate::ledger::statement::sql!($name, $postgres),
            sqlite: $crate::ledger::statement::sql!($name, $sqlite),
        }
    };
    ($name:literal, $text:expr $(,)?) => {
        $crate::ledger::statement::Statement {
            name: $name,
            text: concat!("-- ", $name, "\n", $text),
        }
    };
}
pub(crate) use sql;

/// A statement with one list of ids, bound as [`super::rows::Ids`] to `$1`: `{head} IN (the list) {tail}`.
macro_rules! with_ids {
    ($name:literal, $head:expr, $tail:expr $(,)?) => {
        $crate::ledger::statement::sql!(
            $name,
            postgres: concat!($head, " = ANY($1) ", $tail),
            sqlite: concat!($head, " IN (SELECT unhex(value) FROM json_each($1)) ", $tail),
        )
    };
}
pub(crate) use with_ids;

/// A statement on its way to a pool, timed until it is dropped. For [`on_pool!`].
#[derive(Debug)]
pub(crate) struct OnPool<'a> {
    pub pool: &'a Pool,
    pub text: &'static str,
    pub doubt: &'a Doubt,
    _timer: Timer,
}

impl<'a> OnPool<'a> {
    /// The statement for the database that `pool` leads to; `time` starts its timer.
    pub(super) fn new(
        pool: &'a Pool,
        statement: Dialects,
        doubt: &'a Doubt,
        time: impl FnOnce(&'static str) -> Timer,
    ) -> Self {
        let Statement { name, text } = match pool {
            Pool::Postgres(_) => statement.postgres,
            Pool::Sqlite(_) => statement.sqlite,
        };
        Self {
            pool,
            text,
            doubt,
            _timer: time(name),
        }
    }
}

/// Runs the same body on whichever database it is: `on_pool!(database.read(statement), (p, text) =>
/// sqlx::query(text).execute(p).await)`. The arguments that the body binds are expanded twice, so it borrows or clones.
macro_rules! on_pool {
    ($run:expr, ($p:ident, $text:ident) => $body:expr) => {{
        let run = $run;
        let $text = run.text;
        let outcome = match run.pool {
            $crate::ledger::Pool::Postgres($p) => $body,
            $crate::ledger::Pool::Sqlite($p) => $body,
        };
        run.doubt.note(&outcome);
        outcome
    }};
}
pub(crate) use on_pool;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    /// The sources of the ledger by their paths, without their tests and this file.
    fn sources() -> Vec<(PathBuf, String)> {
        fn collect(folder: &Path, sources: &mut Vec<(PathBuf, String)>) {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    collect(&path, sources);
                } else if !path.ends_with("tests.rs") && !path.ends_with("statement.rs") {
                    let text = std::fs::read_to_string(&path).expect("a source");
                    let code = text.split("#[cfg(test)]\nmod tests {").next();
                    sources.push((path, code.unwrap_or_default().to_owned()));
                }
            }
        }
        let mut sources = Vec::new();
        let ledger = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ledger");
        collect(&ledger, &mut sources);
        sources
    }

    /// The texts that follow `word` in the code, comments left out.
    fn after<'a>(source: &'a str, word: &str) -> Vec<&'a str> {
        let is_code = |at: usize| {
            let line = source[..at].rsplit('\n').next().unwrap_or_default();
            !line.trim_start().starts_with("//")
        };
        source
            .match_indices(word)
            .filter(|(at, _)| is_code(*at))
            .map(|(at, _)| source[at + word.len()..].trim_start())
            .collect()
    }

    #[test]
    fn every_statement_and_transaction_has_a_name_of_its_own() {
        let mut names = BTreeSet::new();
        for (path, source) in sources() {
            for word in [
                "sql!(",
                "with_ids!(",
                "with_voter!(",
                "feed!(",
                "groups!(",
                "with_keys(",
                "over_named(",
                "build(",
                ".begin(",
            ] {
                for rest in after(&source, word) {
                    // A macro or function passes on the name that it was given.
                    let Some(rest) = rest.strip_prefix('"') else {
                        let is_passed_on = rest.starts_with(['$', ')']) || rest.starts_with("name");
                        assert!(is_passed_on, "{}: {word} without a name", path.display());
                        continue;
                    };
                    let (name, _) = rest.split_once('"').expect("the name ends");
                    let is_good = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                    assert!(is_good && !name.is_empty(), "{}: {name:?}", path.display());
                    assert!(names.insert(name.to_owned()), "{name:?} stands twice");
                }
            }
        }
        assert!(names.len() > 40, "the statements are found: {names:?}");
    }

    #[test]
    fn nothing_is_run_but_the_text_of_a_statement() {
        for (path, source) in sources() {
            for word in ["query(", "query_as(", "query_scalar(", "raw_sql("] {
                for rest in after(&source, &format!("sqlx::{word}")) {
                    let (argument, _) = rest.split_once(')').expect("the call ends");
                    let is_named = argument == "text" || argument.strip_suffix(".text").is_some();
                    assert!(is_named, "{}: {word}{argument}", path.display());
                }
            }
        }
    }
}
