//! The pages of `docs/` against the program: settings, commands, metrics and codes of errors are all in their page, and
//! a page names none that does not exist. Links between pages lead somewhere, and the book has every page.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use acclaim::telemetry::{LedgerMetrics, Metrics, OperationLabels, ReasonLabels};
use clap::{Arg, ArgAction, Command};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The pages of `docs/`, without the summary.
fn pages() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("docs")).expect("the pages");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let is_page = |path: &PathBuf| {
        path.extension().is_some_and(|ending| ending == "md") && !path.ends_with("SUMMARY.md")
    };
    let mut pages: Vec<_> = paths.filter(is_page).collect();
    pages.sort();
    assert!(pages.len() > 15, "the pages are found");
    pages
}

/// The texts between backticks.
fn codes(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The cells of the rows of all tables of a text whose first cell is a code.
fn rows(text: &str) -> Vec<(&str, Vec<&str>)> {
    let lines = text.lines().filter(|line| line.starts_with("| `"));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            (codes(cells[0])[0], cells)
        })
        .collect()
}

/// The part of a page below a heading of the second level.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let (_, rest) = text
        .split_once(&format!("\n## {heading}\n"))
        .expect("the heading");
    rest.split("\n## ").next().unwrap_or_default()
}

/// Collects rows by their names, each of which has one.
fn by_name<'a, T>(rows: impl Iterator<Item = (&'a str, T)>) -> BTreeMap<String, T> {
    let mut all = BTreeMap::new();
    for (name, row) in rows {
        let twice = all.insert(name.to_owned(), row);
        assert!(twice.is_none(), "{name} is in the page twice");
    }
    all
}

/// Asserts that a page has what the program has, name by name.
fn assert_same<T: PartialEq + std::fmt::Debug>(
    page: &str,
    documented: &BTreeMap<String, T>,
    real: &BTreeMap<String, T>,
) {
    let names: BTreeSet<&String> = documented.keys().chain(real.keys()).collect();
    let differences =
        names
            .into_iter()
            .filter_map(|name| match (documented.get(name), real.get(name)) {
                (None, _) => Some(format!("{name} is missing")),
                (_, None) => Some(format!("{name} does not exist")),
                (Some(said), Some(is)) if said != is => {
                    Some(format!("{name} is {is:?}, not {said:?}"))
                }
                _ => None,
            });
    let differences: Vec<String> = differences.collect();
    assert!(differences.is_empty(), "docs/{page}: {differences:#?}");
}

/// A command and those below it, by the words that name them.
fn commands(command: &Command, words: &str) -> Vec<(String, Command)> {
    let mut all = vec![(words.to_owned(), command.clone())];
    for below in command.get_subcommands() {
        all.extend(commands(below, &format!("{words} {}", below.get_name())));
    }
    all
}

fn program() -> Vec<(String, Command)> {
    commands(&acclaim::cli::command(), "acclaim")
}

/// The flag and default of a setting.
pub type Setting = (String, Option<String>);

fn setting(argument: &Arg) -> Option<(String, Setting)> {
    let name = argument.get_env()?.to_str()?.to_owned();
    let flag = format!("--{}", argument.get_long()?);
    let is_switch = matches!(argument.get_action(), ArgAction::SetTrue);
    let default = argument.get_default_values().first();
    let default = default
        .filter(|_| !is_switch)
        .map(|value| value.to_string_lossy().into_owned());
    Some((name, (flag, default)))
}

/// The settings of all commands, which have the same flag and default wherever they are.
pub fn settings() -> BTreeMap<String, Setting> {
    let mut all = BTreeMap::new();
    for (words, command) in program() {
        for (name, found) in command.get_arguments().filter_map(setting) {
            let before = all.insert(name.clone(), found.clone());
            assert!(
                before.is_none_or(|before| before == found),
                "{words}: {name}"
            );
        }
    }
    assert!(all.len() > 50, "the settings are found");
    all
}

#[test]
fn every_setting_is_in_its_page() {
    let page = read("docs/settings.md");
    let documented = rows(&page).into_iter().map(|(name, cells)| {
        let flag = codes(cells[1]).concat();
        let default = codes(cells[2]).first().map(|&value| value.to_owned());
        assert!(!cells[3].is_empty(), "{name} has a meaning");
        (name, (flag, default))
    });
    assert_same("settings.md", &by_name(documented), &settings());
}

#[test]
fn every_command_is_in_its_page() {
    let real = program()
        .into_iter()
        .filter(|(_, command)| !command.has_subcommands());
    let own = |command: &Command| {
        let arguments = command
            .get_arguments()
            .filter(|argument| argument.get_env().is_none());
        let flags = arguments.filter_map(Arg::get_long);
        flags
            .map(|flag| format!("--{flag}"))
            .collect::<BTreeSet<_>>()
    };
    let real: BTreeMap<_, _> = real
        .map(|(words, command)| (words, own(&command)))
        .collect();
    let page = read("docs/commands.md");
    let documented = rows(&page).into_iter().map(|(name, cells)| {
        let flags = codes(cells[1]).into_iter().map(str::to_owned);
        (name, flags.collect::<BTreeSet<_>>())
    });
    assert_same("commands.md", &by_name(documented), &real);
}

/// The type and labels of a metric.
pub type Shape = (String, BTreeSet<String>);

/// All metrics of a process. A family is shown with its first sample only, so each gets one.
pub fn metrics() -> BTreeMap<String, Shape> {
    let ledger = LedgerMetrics::new();
    let metrics = Metrics::new(ledger.clone());
    let labels = OperationLabels {
        field: "castVote",
        outcome: "ok",
    };
    metrics.requests.get_or_create(&labels).inc();
    metrics.request_seconds.get_or_create(&labels).observe(0.0);
    let reason = ReasonLabels {
        reason: "QUOTA_SPENT",
    };
    metrics.casts_refused.get_or_create(&reason).inc();
    metrics.captcha_answers.get_or_create(&reason).inc();
    drop(ledger.time_statement("one"));
    drop(ledger.time_transaction("one"));
    let text = metrics.encode();
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let all: BTreeMap<_, _> = types
        .map(|line| {
            let (name, kind) = line.split_once(' ').expect("a name and a type");
            let suffix = if kind == "counter" { "_total" } else { "" };
            (
                format!("{name}{suffix}"),
                (kind.to_owned(), labels_of(&text, name)),
            )
        })
        .collect();
    let source = read("src/telemetry.rs");
    let registered =
        source.matches("all.register(").count() + source.matches("    register_seconds(").count();
    assert_eq!(all.len(), registered, "every family has a sample here");
    all
}

/// The labels of a metric's samples, without those of buckets.
fn labels_of(text: &str, metric: &str) -> BTreeSet<String> {
    let of_it = text
        .lines()
        .filter_map(|line| line.strip_prefix(metric)?.split_once('{'));
    let of_it = of_it.filter(|(suffix, _)| ["", "_total", "_count", "_bucket"].contains(suffix));
    let pairs = of_it.flat_map(|(_, rest)| rest.split('}').next().unwrap_or_default().split(','));
    let names = pairs.filter_map(|pair| pair.split_once('=').map(|(name, _)| name.to_owned()));
    names.filter(|name| name != "le").collect()
}

#[test]
fn every_metric_is_in_its_page() {
    let page = read("docs/metrics.md");
    let documented = rows(&page).into_iter().map(|(name, cells)| {
        let labels = codes(cells[2]).into_iter().map(str::to_owned).collect();
        assert!(
            cells[3..5].iter().all(|cell| !cell.is_empty()),
            "{name} is explained"
        );
        (name, (cells[1].to_owned(), labels))
    });
    assert_same("metrics.md", &by_name(documented), &metrics());
}

#[test]
fn every_top_level_code_is_in_its_page() {
    let source = read("src/graphql/error.rs");
    let constants = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub const "));
    let real = constants.map(|line| (line.split('"').nth(1).expect("a text"), ()));
    let page = read("docs/errors.md");
    let documented = rows(section(&page, "Top-level codes")).into_iter();
    let documented = by_name(documented.map(|(code, _)| (code, ())));
    assert!(documented.len() > 10);
    assert_same("errors.md", &documented, &by_name(real));
}

/// The names in a text that begin so.
pub fn names<'a>(text: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c: char| !is_part(c));
    words
        .filter(|word| word.len() > prefix.len() && word.starts_with(prefix))
        .collect()
}

/// The metric that a name is of, itself or a histogram's part.
pub fn metric_of<'a>(metrics: &BTreeMap<String, Shape>, name: &'a str) -> Option<&'a str> {
    let parts = ["_bucket", "_sum", "_count"].iter();
    let parts = parts.filter_map(|end| name.strip_suffix(end));
    let mut candidates = std::iter::once(name).chain(parts);
    candidates.find(|&candidate| metrics.contains_key(candidate))
}

/// Variables of the tests, which pages name where they say how their figures were made.
const OF_TESTS: [&str; 1] = ["ACCLAIM_ATTACKS"];

#[test]
fn pages_name_no_setting_or_metric_that_does_not_exist() {
    let (settings, metrics) = (settings(), metrics());
    for path in pages().into_iter().chain([root().join("README.md")]) {
        let text = read(&path);
        let strange = names(&text, "ACCLAIM_")
            .into_iter()
            .filter(|&name| !settings.contains_key(name) && !OF_TESTS.contains(&name));
        // A beginning that stands for several ends in an underscore.
        let strange: Vec<_> = strange.filter(|name| !name.ends_with('_')).collect();
        assert!(strange.is_empty(), "{}: {strange:?}", path.display());
        let strange: Vec<_> = names(&text, "acclaim_")
            .into_iter()
            .filter(|&name| metric_of(&metrics, name).is_none())
            .collect();
        assert!(strange.is_empty(), "{}: {strange:?}", path.display());
    }
}

#[test]
fn every_alert_is_in_its_page() {
    let rules = read("deploy/prometheus/alerts.yaml");
    let alerts = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    let page = read("docs/runbooks.md");
    let headings = page.lines().filter_map(|line| line.strip_prefix("## "));
    let headings = headings.filter(|heading| heading.starts_with("Acclaim"));
    let documented = by_name(headings.map(|heading| (heading, ())));
    assert_same(
        "runbooks.md",
        &documented,
        &by_name(alerts.map(|alert| (alert, ()))),
    );
}

/// The links of a page, and the anchors of its headings, as GitHub and mdBook make them.
fn links_and_anchors(text: &str) -> (Vec<String>, BTreeSet<String>) {
    let (mut links, mut anchors, mut heading) = (Vec::new(), BTreeSet::new(), None);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => links.push(dest_url.into_string()),
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                anchors.extend(heading.take().map(|heading| anchor(&heading)));
            }
            _ => {}
        }
    }
    (links, anchors)
}

fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || ['-', '_', ' '].contains(c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn links_of_pages_lead_somewhere() {
    let mut broken = Vec::new();
    let others = ["README.md", "deploy/README.md", "docs/SUMMARY.md"].map(|path| root().join(path));
    for page in pages().into_iter().chain(others) {
        let (links, _) = links_and_anchors(&read(&page));
        for link in links.iter().filter(|link| !link.contains("://")) {
            let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
            let folder = page.parent().expect("a folder");
            let target = if path.is_empty() {
                page.clone()
            } else {
                folder.join(path)
            };
            let has_anchor = || {
                let (_, anchors) = links_and_anchors(&read(&target));
                fragment.is_empty() || anchors.contains(fragment)
            };
            let is_page = target.extension().is_some_and(|ending| ending == "md");
            if !target.exists() || (is_page && !has_anchor()) {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_book_has_every_page() {
    let (links, _) = links_and_anchors(&read("docs/SUMMARY.md"));
    let pages = pages();
    let names = pages.iter().filter_map(|path| path.file_name()?.to_str());
    let listed = by_name(links.iter().map(|link| (link.as_str(), ())));
    assert_same(
        "SUMMARY.md",
        &listed,
        &by_name(names.map(|name| (name, ()))),
    );
}
