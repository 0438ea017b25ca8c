//! The files of `deploy/` against the program: the settings, metrics and alerts that they name exist, they parse, and
//! what several of them say is the same: version, ports, the time that a stop takes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::docs::{metric_of, metrics, names, read, root, settings};

/// Variables of the example of settings that are for other programs.
const OF_OTHERS: [&str; 2] = ["POSTGRES_PASSWORD", "REDIS_PASSWORD"];

/// The seconds that the server may take to stop, as `src/cli/stopping.rs` has it.
const STOP_SECONDS: u64 = 24;

/// The files of `deploy/`, by their paths from the root.
fn files() -> Vec<PathBuf> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, files);
            } else if !path.ends_with(".env") {
                files.push(path.strip_prefix(root()).expect("below it").to_owned());
            }
        }
    }
    let mut files = Vec::new();
    walk(&root().join("deploy"), &mut files);
    files.sort();
    assert!(files.len() > 15, "the files are found");
    files
}

/// The document of a YAML file, with what it merges.
fn yaml(path: impl AsRef<Path>) -> Value {
    let text = read(&path);
    let parsed = serde_saphyr::from_str(&text);
    parsed.unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

fn manifest(name: &str) -> Value {
    yaml(format!("deploy/kubernetes/{name}.yaml"))
}

fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is a text"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

#[test]
fn every_setting_that_is_named_exists() {
    let settings = settings();
    for path in files() {
        let content = read(&path);
        let strange: Vec<_> = names(&content, "ACCLAIM_")
            .into_iter()
            .filter(|&name| !settings.contains_key(name))
            .collect();
        assert!(strange.is_empty(), "{}: {strange:?}", path.display());
    }
}

#[test]
fn the_example_of_settings_is_one_and_has_no_secrets() {
    let settings = settings();
    let example = read("deploy/acclaim.env.example");
    let lines = example.lines().filter(|line| !line.starts_with("# "));
    let lines = lines.map(|line| line.trim_start_matches('#'));
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once('=').expect("a setting");
        assert!(
            settings.contains_key(name) || OF_OTHERS.contains(&name),
            "{name}"
        );
        let is_secret = name.ends_with("SECRET") || OF_OTHERS.contains(&name);
        assert!(
            !is_secret || value.is_empty(),
            "{name} is for the operator to fill in"
        );
    }
}

#[test]
fn every_metric_that_is_named_exists_and_the_board_shows_all() {
    let metrics = metrics();
    let of = |path: &Path| -> BTreeSet<String> {
        let content = read(path);
        let named = names(&content, "acclaim_").into_iter();
        let found = named.map(|name| {
            let metric = metric_of(&metrics, name);
            let metric = metric.unwrap_or_else(|| panic!("{}: {name}", path.display()));
            metric.to_owned()
        });
        found.collect()
    };
    for path in files() {
        of(&path);
    }
    let shown = of(Path::new("deploy/grafana/acclaim.json"));
    let hidden: Vec<_> = metrics
        .keys()
        .filter(|&name| !shown.contains(name))
        .collect();
    assert!(hidden.is_empty(), "the board lacks {hidden:?}");
}

/// The labels that an expression selects or sums by.
fn labels(expression: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let selected = expression.match_indices('=').map(|(at, _)| {
        let before = expression[..at].trim_end_matches(['!', '=']);
        before.rsplit(|c| !is_part(c)).next().unwrap_or_default()
    });
    let grouped = expression.split("by (").skip(1);
    let grouped = grouped.flat_map(|rest| rest.split(')').next().unwrap_or_default().split(", "));
    selected
        .chain(grouped)
        .filter(|label| !label.is_empty())
        .collect()
}

#[test]
fn labels_of_expressions_exist() {
    let metrics = metrics();
    let mut known: BTreeSet<&str> = metrics
        .values()
        .flat_map(|(_, labels)| labels.iter().map(String::as_str))
        .collect();
    // What Prometheus adds, and the node_exporter's.
    known.extend(["job", "instance", "le", "fstype"]);
    let board: Value = serde_json::from_str(&read("deploy/grafana/acclaim.json")).expect("JSON");
    let panels = list(&board["panels"]).iter();
    let targets = panels
        .filter_map(|panel| panel["targets"].as_array())
        .flatten();
    let shown = targets.map(|target| text(&target["expr"]).to_owned());
    let alerts = alerts();
    let judged = alerts.iter().map(|rule| text(&rule["expr"]).to_owned());
    let expressions: Vec<String> = shown.chain(judged).collect();
    assert!(expressions.len() > 50, "the expressions are found");
    for expression in &expressions {
        let strange: Vec<_> = labels(expression).difference(&known).copied().collect();
        assert!(strange.is_empty(), "{strange:?} in {expression}");
    }
}

/// The rules of the alerts.
fn alerts() -> Vec<Value> {
    let rules = yaml("deploy/prometheus/alerts.yaml");
    let groups = list(&rules["groups"]).iter();
    groups
        .flat_map(|group| list(&group["rules"]).to_vec())
        .collect()
}

#[test]
fn every_alert_leads_to_its_runbook_and_is_tested() {
    let tests = read("deploy/prometheus/alerts_test.yaml");
    for alert in alerts() {
        let name = text(&alert["alert"]);
        let annotations = &alert["annotations"];
        let runbook = format!("docs/runbooks.md#{}", name.to_lowercase());
        assert_eq!(text(&annotations["runbook"]), runbook, "{name}");
        assert!(!text(&annotations["summary"]).is_empty(), "{name}");
        assert!(
            ["critical", "warning"].contains(&text(&alert["labels"]["severity"])),
            "{name}"
        );
        assert!(
            tests.contains(&format!("runbook: {runbook}\n")),
            "{name} fires in no test"
        );
        let quiet = format!("{{alertname: {name}, eval_time: 100m, exp_alerts: []}}");
        assert!(tests.contains(&quiet), "{name} is quiet in no test");
    }
}

/// Runs `promtool` in the folder of the alerts.
fn promtool(arguments: &[&str]) {
    let folder = root().join("deploy/prometheus");
    let run = Command::new("promtool")
        .args(arguments)
        .current_dir(folder)
        .output();
    let run = run.expect("promtool, of the package prometheus: tests/run installs it");
    let said = [run.stdout, run.stderr].concat();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn alerts_pass_their_own_tests() {
    promtool(&["check", "config", "prometheus.yml"]);
    promtool(&["test", "rules", "alerts_test.yaml"]);
}

#[test]
fn yaml_files_parse() {
    let is_yaml = |path: &PathBuf| {
        path.extension()
            .is_some_and(|end| end == "yaml" || end == "yml")
    };
    let parsed: Vec<_> = files().into_iter().filter(is_yaml).map(yaml).collect();
    assert!(parsed.len() > 10, "the files are found");
    assert!(parsed.iter().all(Value::is_object));
}

#[test]
fn compose_keeps_its_promises() {
    let compose = yaml("deploy/compose.yaml");
    let services = compose["services"].as_object().expect("services");
    for (name, service) in services {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"], serde_json::json!(["ALL"]), "{name}");
        // The public reaches the proxy, and nobody but this machine reaches Prometheus.
        let ports = service["ports"].as_array().into_iter().flatten().map(text);
        let is_local = |port: &str| port.starts_with("127.0.0.1:");
        assert!(name == "proxy" || ports.into_iter().all(is_local), "{name}");
    }
    let proxy = &services["proxy"]["networks"]["front"]["ipv4_address"];
    for name in ["acclaim-1", "acclaim-2"] {
        let server = &services[name];
        assert_eq!(&server["environment"]["ACCLAIM_TRUSTED_PROXIES"], proxy);
        let migrated = &server["depends_on"]["migrate"]["condition"];
        assert_eq!(migrated, "service_completed_successfully");
        let grace = text(&server["stop_grace_period"]).trim_end_matches('s');
        assert!(grace.parse::<u64>().expect("seconds") > STOP_SECONDS);
        assert!(read("deploy/Caddyfile").contains(&format!("{name}:8080")));
    }
}

#[test]
fn pods_stop_as_the_server_does() {
    let pod = &manifest("deployment")["spec"]["template"]["spec"];
    let server = &pod["containers"][0];
    let wait = text(&server["lifecycle"]["preStop"]["exec"]["command"][1]);
    let wait: u64 = wait.parse().expect("seconds");
    let grace = pod["terminationGracePeriodSeconds"].as_u64();
    assert!(grace.expect("seconds") > wait + STOP_SECONDS);
    for (probe, path) in [
        ("startupProbe", "/healthz"),
        ("livenessProbe", "/healthz"),
        ("readinessProbe", "/readyz"),
    ] {
        assert_eq!(server[probe]["httpGet"]["path"], path, "{probe}");
    }
    let update = &manifest("deployment")["spec"]["strategy"]["rollingUpdate"];
    assert_eq!(update["maxUnavailable"], 0);
    let unit = read("deploy/acclaim.service");
    let stop = unit
        .lines()
        .find_map(|line| line.strip_prefix("TimeoutStopSec="));
    assert!(stop.expect("a time").parse::<u64>().expect("seconds") > STOP_SECONDS);
}

#[test]
fn versions_are_those_of_the_program() {
    let tag = format!("acclaim:{}", env!("CARGO_PKG_VERSION"));
    let compose = yaml("deploy/compose.yaml");
    assert_eq!(compose["services"]["acclaim-1"]["image"], tag.as_str());
    for name in ["deployment", "migrate"] {
        let pod = &manifest(name)["spec"]["template"]["spec"];
        assert!(
            text(&pod["containers"][0]["image"]).ends_with(&tag),
            "{name}"
        );
    }
    let dockerfile = read("deploy/Dockerfile");
    let oldest = format!("rust:{}", env!("CARGO_PKG_RUST_VERSION"));
    assert!(
        dockerfile.contains(&oldest),
        "the image is built with the Rust that is promised"
    );
    assert!(dockerfile.contains("--locked"));
}

#[test]
fn dockerignore_lets_through_all_that_the_program_is_built_of() {
    let ignored = read(".dockerignore");
    let allowed: Vec<PathBuf> = ignored
        .lines()
        .filter_map(|line| line.strip_prefix('!'))
        .map(|path| root().join(path))
        .collect();
    for path in &allowed {
        assert!(path.exists(), "{}", path.display());
    }
    let mut folders = vec![root().join("src")];
    let mut included = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(source) = std::fs::read_to_string(&path) else {
                continue;
            };
            for marker in ["include_str!(\"", "include_bytes!(\""] {
                for rest in source.split(marker).skip(1) {
                    let name = rest.split('"').next().unwrap_or_default();
                    let file = folder.join(name).canonicalize().expect("it is there");
                    let is_allowed = allowed.iter().any(|allowed| file.starts_with(allowed));
                    assert!(is_allowed, "{} includes {name}", path.display());
                    included += 1;
                }
            }
        }
    }
    assert!(included > 10, "the files are found");
    let cargo = read("Cargo.toml");
    let members = cargo
        .split("members = [")
        .nth(1)
        .and_then(|rest| rest.split(']').next());
    let members = members.expect("members").split('"').skip(1).step_by(2);
    for member in members.filter(|&member| member != ".") {
        assert!(allowed.contains(&root().join(member)), "{member}");
    }
}
