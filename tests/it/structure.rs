//! The shape of the code and of the schema, held by tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use async_graphql::parser::types::{TypeDefinition, TypeKind, TypeSystemDefinition};
use sqlx::{Connection as _, Row as _};

use crate::harness::Stores;

/// Folders that are built or fetched, not written.
const NOT_OURS: [&str; 5] = ["target", "node_modules", "dist", "reports", ".git"];

/// The files of a folder whose names end so, with those of its folders.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    fn walk(directory: &Path, extension: &str, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(directory).expect("a folder") {
            let path = entry.expect("an entry").path();
            let is_ours = !NOT_OURS.iter().any(|name| path.ends_with(name));
            if path.is_dir() && is_ours {
                walk(&path, extension, files);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.push(path);
            }
        }
    }
    let mut found = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    walk(&folder, extension, &mut found);
    found.sort();
    found
}

/// Every file of `src` with its text, tests at the end left out.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = files("src", "rs");
    assert!(files.len() > 40, "the sources are found");
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a source");
        let name = path
            .strip_prefix(&root)
            .expect("within src")
            .display()
            .to_string();
        (
            name,
            text.split("#[cfg(test)]")
                .next()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    files.iter().map(read).collect()
}

/// Asserts that only files of `allowed` (folders or files) contain one of `words`.
fn assert_only(allowed: &[&str], words: &[&str]) {
    for (name, text) in sources() {
        if allowed.iter().any(|place| name.starts_with(place)) {
            continue;
        }
        for word in words {
            assert!(
                !text.contains(word),
                "src/{name} contains {word:?}; only {allowed:?} may"
            );
        }
    }
}

#[test]
fn sql_is_written_in_the_ledger_only() {
    assert_only(
        &["ledger/"],
        &[
            "sqlx::query",
            "SELECT ",
            "INSERT INTO",
            "UPDATE ",
            "DELETE FROM",
        ],
    );
}

#[test]
fn redis_is_spoken_to_by_the_hot_store_only() {
    assert_only(&["hot/"], &["redis::"]);
    let names_it = |text: &str| {
        text.contains("crate::hot::Redis") || text.contains("hot::{Hot, Limits, Memory, Redis}")
    };
    let users: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| names_it(text))
        .map(|(name, _)| name)
        .collect();
    assert!(
        users
            .iter()
            .all(|name| name == "cli.rs" || name == "verify.rs"),
        "{users:?}"
    );
}

#[test]
fn files_of_pictures_are_decoded_and_kept_in_one_place() {
    assert_only(
        &["media/"],
        &["object_store::", "use image::", "acclaim_pictures::"],
    );
}

#[test]
fn graphql_is_known_to_its_own_folder_and_the_http_adapter_only() {
    assert_only(&["graphql/", "http/"], &["async_graphql"]);
}

#[test]
fn the_domain_is_pure() {
    let impure = [
        "async ",
        ".await",
        "tokio",
        "Clock",
        "crate::ledger",
        "crate::hot",
        "crate::app",
        "sqlx::query",
        "Utc::now",
    ];
    for (name, text) in sources()
        .into_iter()
        .filter(|(name, _)| name.starts_with("domain/"))
    {
        for word in impure {
            assert!(!text.contains(word), "src/{name} contains {word:?}");
        }
    }
}

#[test]
fn imports_point_down_only() {
    // Each layer with the layers that it may import; those for all are left out.
    let layers: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("domain", &["domain"][..]),
        ("ledger", &["ledger", "domain"]),
        ("hot", &["hot", "domain"]),
        ("auth", &["auth", "domain"]),
        ("media", &["media", "domain"]),
        ("sheet", &["sheet", "domain"]),
        (
            "app",
            &[
                "app", "sheet", "ledger", "hot", "media", "mail", "auth", "domain",
            ],
        ),
        (
            "graphql",
            &["graphql", "print", "app", "ledger", "auth", "domain"],
        ),
        ("print", &["print", "domain"]),
        (
            "http",
            &["http", "print", "graphql", "app", "auth", "domain"],
        ),
        ("workers", &["workers", "app", "ledger", "domain"]),
        ("demo", &["demo", "app", "ledger", "auth", "domain"]),
        (
            "config",
            &["config", "http", "graphql", "hot", "media", "mail", "auth"],
        ),
    ]);
    let foundations = ["bounded", "clock", "error", "id", "telemetry"];
    for (name, text) in sources() {
        let Some((layer, _)) = name.split_once('/') else {
            continue;
        };
        let Some(allowed) = layers.get(layer) else {
            continue;
        };
        for import in text.split("crate::").skip(1) {
            let module: String = import
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            let is_fine =
                allowed.contains(&module.as_str()) || foundations.contains(&module.as_str());
            assert!(
                is_fine || module == "on_pool" || module == "in_tx",
                "src/{name} imports crate::{module}"
            );
        }
    }
}

/// The words that follow `path` in a text, each as far as it is a name; for `path{a, b::c}` those are a and b.
fn names_after<'a>(text: &'a str, path: &str) -> Vec<&'a str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut names = Vec::new();
    for (at, _) in text.match_indices(path) {
        // `async_graphql::` does not end in the module `graphql`, and `super::graphql::` is another one.
        if text[..at].ends_with(|c| is_part(c) || c == ':') {
            continue;
        }
        let rest = &text[at + path.len()..];
        let list = rest
            .strip_prefix('{')
            .map_or(rest, |list| list.split('}').next().unwrap_or_default());
        let is_list = rest.starts_with('{');
        let parts = list.split(',').take(if is_list { usize::MAX } else { 1 });
        let first = |part: &'a str| part.trim_start().split(|c| !is_part(c)).next();
        names.extend(parts.filter_map(first).filter(|name| !name.is_empty()));
    }
    names
}

#[test]
fn the_inside_of_graphql_is_closed() {
    let shown = [
        "document",
        "error",
        "messages",
        "node_id",
        "sdl",
        "RequestContext",
    ];
    for (name, text) in sources() {
        if name.starts_with("graphql/") {
            continue;
        }
        let text = text.replace("crate::graphql::", "graphql::");
        for used in names_after(&text, "graphql::") {
            assert!(shown.contains(&used), "src/{name} uses graphql::{used}");
        }
    }
}

#[test]
fn files_of_a_folder_import_each_other_in_no_circle() {
    // Each file or folder with those beside it that it imports.
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let sources = sources();
    let exists = |path: &str| {
        let file = format!("{path}.rs");
        let folder = format!("{path}/");
        sources
            .iter()
            .any(|(name, _)| *name == file || name.starts_with(&folder))
    };
    for (name, text) in &sources {
        let module = name.trim_end_matches(".rs").trim_end_matches("/mod");
        let Some((folder, _)) = module.rsplit_once('/') else {
            continue;
        };
        let absolute = format!("crate::{}::", folder.replace('/', "::"));
        let relative = names_after(text, "super::").into_iter();
        for used in relative.chain(names_after(text, &absolute)) {
            let used = format!("{folder}/{used}");
            if used != module && exists(&used) {
                imports.entry(module.to_owned()).or_default().insert(used);
            }
        }
    }
    assert!(imports.len() > 30, "imports are found");
    for module in imports.keys() {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![module];
        while let Some(next) = waiting.pop() {
            for used in imports.get(next).into_iter().flatten() {
                assert_ne!(used, module, "src/{module} is in a circle with src/{next}");
                if reached.insert(used) {
                    waiting.push(used);
                }
            }
        }
    }
}

#[test]
fn a_noun_has_one_name_in_all_layers() {
    let layers = ["domain/", "ledger/", "graphql/types/"];
    let mut names: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, _) in sources() {
        for layer in layers {
            if let Some(file) = name.strip_prefix(layer)
                && let Some(noun) = file.strip_suffix(".rs")
                && !noun.contains('/')
            {
                names.entry(layer).or_default().insert(noun.to_owned());
            }
        }
    }
    for noun in ["campaign", "story", "tally", "vote"] {
        for layer in layers {
            assert!(names[layer].contains(noun), "src/{layer}{noun}.rs");
        }
    }
    let all: BTreeSet<&String> = names.values().flatten().collect();
    for noun in &all {
        let plurals = [
            format!("{noun}s"),
            format!("{}ies", noun.trim_end_matches('y')),
        ];
        for plural in plurals {
            assert!(!all.contains(&plural), "{noun} is also called {plural}");
        }
    }
}

#[test]
fn no_file_is_long() {
    const LINES_MAX: usize = 450;
    let sources = sources();
    let lengths = sources
        .iter()
        .map(|(name, text)| (name, text.lines().count()));
    // Tests that are a file of their own are none of these.
    let is_tests = |name: &str| name.ends_with("/tests.rs");
    let long: Vec<_> = lengths
        .filter(|(name, lines)| *lines > LINES_MAX && !is_tests(name))
        .collect();
    assert!(long.is_empty(), "over {LINES_MAX} lines: {long:?}");
}

#[test]
fn summaries_name_their_thing() {
    let riddles = ["Of", "Who", "What", "That", "Whoever", "Whose"];
    let folders = [
        "src",
        "loadtest/src",
        "pictures/src",
        "signals/src",
        "benches",
    ];
    let mut found = Vec::new();
    for path in folders.iter().flat_map(|folder| files(folder, "rs")) {
        let text = std::fs::read_to_string(&path).expect("a source");
        let mut marker_before = "";
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            let marker = ["///", "//!"].into_iter().find(|m| line.starts_with(m));
            let marker = marker.unwrap_or_default();
            let first = line.trim_start_matches(['/', '!', ' ']);
            let first = first.split(|c: char| !c.is_alphanumeric()).next();
            let is_summary = !marker.is_empty() && marker != marker_before;
            if is_summary && first.is_some_and(|word| riddles.contains(&word)) {
                found.push(format!("{}:{}: {line}", path.display(), number + 1));
            }
            marker_before = marker;
        }
    }
    assert!(found.is_empty(), "riddles: {found:#?}");
}

/// Whether a line of Markdown may be long: tables cannot be broken, nor can an address.
fn may_be_long(line: &str) -> bool {
    line.starts_with('|') || line.contains("](http") || line.contains("://")
}

#[test]
fn tables_of_documents_are_whole() {
    let is_head = |line: &str| line.starts_with("| --") || line.starts_with("|--");
    let mut broken = Vec::new();
    for path in files(".", "md") {
        let text = std::fs::read_to_string(&path).expect("a text");
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let begins =
                line.starts_with('|') && (number == 0 || !lines[number - 1].starts_with('|'));
            let next = lines.get(number + 1).copied().unwrap_or_default();
            if begins && !is_head(next) {
                broken.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "rows without the head of a table: {broken:?}"
    );
}

#[test]
fn lines_of_comments_and_documents_are_at_most_120_characters() {
    const CHARS_MAX: usize = 120;
    let is_comment = |line: &str, markers: &[&str]| {
        let line = line.trim_start();
        markers.iter().any(|marker| line.starts_with(marker))
    };
    let mut long = Vec::new();
    let mut check = |paths: Vec<PathBuf>, markers: &[&str]| {
        for path in paths {
            let text = std::fs::read_to_string(&path).expect("a text");
            let mut is_code = false;
            for (number, line) in text.lines().enumerate() {
                is_code ^= markers.is_empty() && line.starts_with("```");
                let is_prose = markers.is_empty() && !is_code && !may_be_long(line);
                if line.chars().count() > CHARS_MAX && (is_prose || is_comment(line, markers)) {
                    long.push(format!("{}:{}", path.display(), number + 1));
                }
            }
        }
    };
    for folder in [
        "src",
        "loadtest/src",
        "loadtest/examples",
        "pictures/src",
        "signals/src",
        "benches",
        "tests",
    ] {
        check(files(folder, "rs"), &["//"]);
    }
    check(files("web", "ts"), &["//", "*", "/*"]);
    check(files("clients", "ts"), &["//", "*", "/*"]);
    check(files("migrations", "sql"), &["--"]);
    check(files(".", "md"), &[]);
    assert!(long.is_empty(), "over {CHARS_MAX} characters: {long:#?}");
}

#[test]
fn schema_graphql_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let stored = std::fs::read_to_string(path).expect("schema.graphql");
    assert_eq!(
        stored,
        acclaim::graphql::sdl(),
        "run: cargo run -- schema > schema.graphql"
    );
}

fn definitions() -> Vec<TypeDefinition> {
    let document =
        async_graphql::parser::parse_schema(acclaim::graphql::sdl()).expect("the schema is good");
    let types = document
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        });
    types.collect()
}

#[test]
fn everything_in_the_schema_has_a_description() {
    let mut bare = Vec::new();
    for definition in definitions() {
        let name = definition.name.node.to_string();
        if definition.description.is_none() {
            bare.push(name.clone());
        }
        let fields = match &definition.kind {
            TypeKind::Object(object) => &object.fields[..],
            TypeKind::Interface(interface) => &interface.fields[..],
            _ => &[],
        };
        for field in fields.iter().map(|field| &field.node) {
            if field.description.is_none() {
                bare.push(format!("{name}.{}", field.name.node));
            }
            let arguments = field
                .arguments
                .iter()
                .filter(|argument| argument.node.description.is_none());
            bare.extend(arguments.map(|argument| {
                format!("{name}.{}({})", field.name.node, argument.node.name.node)
            }));
        }
        match &definition.kind {
            TypeKind::Enum(values) => {
                let bare_values = values
                    .values
                    .iter()
                    .filter(|value| value.node.description.is_none());
                bare.extend(bare_values.map(|value| format!("{name}.{}", value.node.value.node)));
            }
            TypeKind::InputObject(input) => {
                let bare_fields = input
                    .fields
                    .iter()
                    .filter(|field| field.node.description.is_none());
                bare.extend(bare_fields.map(|field| format!("{name}.{}", field.node.name.node)));
            }
            _ => {}
        }
    }
    assert!(bare.is_empty(), "without a description: {bare:?}");
}

/// The core of the contract: what must be in the schema, type by type, with its exact type.
const CORE: &str = include_str!("core.graphql");

#[test]
fn the_schema_contains_the_core_of_the_contract() {
    let core = async_graphql::parser::parse_schema(CORE).expect("the core is good");
    let ours: BTreeMap<String, TypeDefinition> = definitions()
        .into_iter()
        .map(|definition| (definition.name.node.to_string(), definition))
        .collect();
    let mut missing = Vec::new();
    for definition in core.definitions {
        let TypeSystemDefinition::Type(wanted) = definition else {
            continue;
        };
        let name = wanted.node.name.node.to_string();
        match ours.get(&name) {
            None => missing.push(name),
            Some(found) => missing.extend(
                members(&wanted.node)
                    .difference(&members(found))
                    .map(|m| format!("{name}: {m}")),
            ),
        }
    }
    assert!(missing.is_empty(), "not in the schema: {missing:#?}");
}

/// Fields with arguments and types, enum values, interfaces.
fn members(definition: &TypeDefinition) -> BTreeSet<String> {
    let field = |f: &async_graphql::parser::types::FieldDefinition| {
        let argument = |a: &async_graphql::parser::types::InputValueDefinition| {
            let default = a
                .default_value
                .as_ref()
                .map(|value| format!(" = {}", value.node))
                .unwrap_or_default();
            format!("{}: {}{default}", a.name.node, a.ty.node)
        };
        let arguments: Vec<String> = f.arguments.iter().map(|a| argument(&a.node)).collect();
        format!("{}({}): {}", f.name.node, arguments.join(", "), f.ty.node)
    };
    match &definition.kind {
        TypeKind::Object(object) => {
            let interfaces = object
                .implements
                .iter()
                .map(|name| format!("implements {}", name.node));
            object
                .fields
                .iter()
                .map(|f| field(&f.node))
                .chain(interfaces)
                .collect()
        }
        TypeKind::Interface(interface) => interface.fields.iter().map(|f| field(&f.node)).collect(),
        TypeKind::Enum(values) => values
            .values
            .iter()
            .map(|value| value.node.value.node.to_string())
            .collect(),
        TypeKind::InputObject(input) => input
            .fields
            .iter()
            .map(|f| format!("{}: {}", f.node.name.node, f.node.ty.node))
            .collect(),
        _ => BTreeSet::new(),
    }
}

/// Tables with their columns and whether these may be null.
type Columns = BTreeSet<(String, String, bool)>;

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let clock = acclaim::clock::Clock::System;
    let (embedded, networked) = (Stores::embedded(), Stores::networked().await);
    embedded.database(&clock).await.close().await;
    networked.database(&clock).await.close().await;
    let mut connection = sqlx::SqliteConnection::connect(&embedded.database_url)
        .await
        .expect("connects");
    let rows = sqlx::query(
        "SELECT t.name, c.name, c.\"notnull\" OR c.pk > 0 FROM sqlite_schema t, pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\\_%' ESCAPE '\\'",
    )
    .fetch_all(&mut connection)
    .await
    .expect("columns");
    let sqlite: Columns = rows
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get::<bool, _>(2)))
        .collect();
    let mut connection = sqlx::PgConnection::connect(&networked.database_url)
        .await
        .expect("connects");
    let rows = sqlx::query(
        "SELECT table_name::text, column_name::text, is_nullable = 'NO' FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'",
    )
    .fetch_all(&mut connection)
    .await
    .expect("columns");
    let postgres: Columns = rows
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect();
    assert!(postgres.len() > 80);
    assert_eq!(sqlite, postgres);
    let names = |folder: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(folder);
        let entries = std::fs::read_dir(path).expect("the migrations");
        entries
            .map(|entry| entry.expect("an entry").file_name())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}
