//! The shape of the code and of the schema, held by tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use async_graphql::parser::types::{TypeDefinition, TypeKind, TypeSystemDefinition};
use sqlx::{Connection as _, Row as _};

use crate::harness::Stores;

/// Every file of `src` with its text, tests at the end left out.
fn sources() -> Vec<(String, String)> {
    fn walk(directory: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(directory).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
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
        ("app", &["app", "ledger", "hot", "auth", "domain"]),
        ("graphql", &["graphql", "app", "ledger", "auth", "domain"]),
        ("http", &["http", "graphql", "app", "auth", "domain"]),
        ("workers", &["workers", "app", "ledger", "domain"]),
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
