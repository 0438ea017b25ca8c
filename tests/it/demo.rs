//! The demo, with nothing installed and nothing set: what it prints, what it holds, and that a restart keeps all of it.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::deadlines::until;
use crate::harness::{Payload, Program, TestClient};

/// The demo's own data, to compare what it serves with.
#[derive(Deserialize)]
struct StoryData {
    title: String,
    publish_offset_minutes: i64,
}

fn stories() -> Vec<StoryData> {
    serde_json::from_str(include_str!("../../src/demo/stories.json")).expect("good data")
}

/// A running demo.
struct Demo {
    program: Program,
}

impl Demo {
    /// Starts it on this data directory, and waits until it has printed what it has to say.
    async fn start(folder: &TempDir) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acclaim"));
        command
            .arg("demo")
            .env_clear()
            .current_dir(folder.path())
            .env("ACCLAIM_DATA_DIR", folder.path().join("data"));
        let program = Program::launch(command, folder.path()).await;
        until("the welcome", async || {
            program.output_text().contains("castVote").then_some(())
        })
        .await;
        Self { program }
    }

    fn address(&self) -> SocketAddr {
        self.program.address
    }

    /// Signs in as a guest with this device id and returns the access token.
    async fn sign_in_guest(&self, device: &str) -> String {
        let query = "mutation($d: String!) { signInGuest(input: {deviceId: $d}) {
            session { accessToken } userErrors { code } } }";
        let data = self
            .program
            .anonymous()
            .ask(query, json!({"d": device}))
            .await;
        let token = data["signInGuest"]["session"]["accessToken"].as_str();
        token.unwrap_or_else(|| panic!("{data}")).to_owned()
    }

    /// Signs in as the member of staff whom the demo has made.
    async fn sign_in_staff(&self, email: &str, password: &str) -> Value {
        let query =
            "mutation($e: String!, $p: String!) { signInStaff(input: {email: $e, password: $p}) {
            viewer { name role } userErrors { code } } }";
        let variables = json!({"e": email, "p": password});
        self.program.anonymous().ask(query, variables).await["signInStaff"].take()
    }

    /// Votes for one of [`Demo::nominees`] with this access token.
    async fn vote(&self, token: &str, nominee: &Value) -> Payload {
        let id = nominee["id"].as_str().expect("an id");
        self.client(token).vote(id).await
    }

    /// A client with this access token.
    fn client(&self, token: &str) -> TestClient {
        self.program.anonymous().with_token(token)
    }

    /// All nominees, by number.
    async fn nominees(&self) -> Vec<Value> {
        let query = "{ campaign(slug: \"demo\") { nominees(first: 100) { totalCount pageInfo { hasNextPage }
            nodes { id number name employer city summary category { key } } } } }";
        let mut list =
            self.program.anonymous().ask(query, json!({})).await["campaign"]["nominees"].take();
        assert_eq!(list["pageInfo"]["hasNextPage"], json!(false));
        assert_eq!(list["totalCount"], json!(100));
        match list["nodes"].take() {
            Value::Array(nominees) => nominees,
            other => panic!("{other}"),
        }
    }

    /// The campaign with the addresses of its pictures, as its owner sees it: with stories that are yet to come out.
    async fn pictures(&self, email: &str, password: &str) -> Value {
        let query =
            "mutation($e: String!, $p: String!) { signInStaff(input: {email: $e, password: $p}) {
            session { accessToken } } }";
        let variables = json!({"e": email, "p": password});
        let answer = self.program.anonymous().ask(query, variables).await;
        let token = answer["signInStaff"]["session"]["accessToken"].as_str();
        let query = "{ campaign(slug: \"demo\") { coverUrl
            nominees(first: 100) { nodes { name portraitUrl } }
            desk { stories(first: 100) { nodes { title coverUrl } } } } }";
        let client = self.client(token.expect("a session"));
        let campaign = client.ask(query, json!({})).await["campaign"].to_string();
        // Another start is at another address.
        let origin = format!("http://{}", self.address());
        serde_json::from_str(&campaign.replace(&origin, "")).expect("JSON")
    }

    /// Waits until the public tally says so many votes for nominee `number`.
    async fn tally_shows(&self, number: i64, votes: i64) {
        let url = format!("http://{}/campaigns/demo/tally.json", self.address());
        until("the vote in the tally", async || {
            let response = self
                .program
                .anonymous()
                .http()
                .get(&url)
                .send()
                .await
                .expect("an answer");
            let tally: Value = response.json().await.expect("JSON");
            let categories = tally["categories"].as_array().expect("categories");
            let mut lines = categories
                .iter()
                .flat_map(|category| category["entries"].as_array().expect("entries"));
            let line = lines.find(|line| line["number"] == json!(number))?;
            (line["votes"] == json!(votes)).then_some(())
        })
        .await;
    }
}

/// The e-mail and password that the demo prints of its member of staff.
fn staff_sign_in(output: &str) -> (&str, &str) {
    let line = output.lines().find_map(|line| {
        line.trim()
            .strip_prefix("Staff sign-in")
            .and_then(|rest| rest.trim().strip_suffix("(shown this once)"))
    });
    let (email, password) = line
        .and_then(|line| line.trim().split_once(" / "))
        .expect(output);
    (email, password)
}

/// The lines that the demo tells people to paste into a shell.
fn script(output: &str) -> String {
    let (_, script) = output.split_once("(paste into a shell):\n").expect(output);
    script.to_owned()
}

/// Runs a script and returns what it printed.
fn run_script(shell: &str, script: &str) -> String {
    let output = Command::new(shell)
        .args(["-c", script])
        .env_remove("http_proxy")
        .env_remove("HTTP_PROXY")
        .env_remove("TOKEN")
        .stdin(Stdio::null())
        .output()
        .expect("the shell starts");
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_it_prints_works_as_printed() {
    let folder = TempDir::new().expect("a temporary folder");
    let demo = Demo::start(&folder).await;
    let output = demo.program.output_text();
    let address = demo.address();
    for path in [
        "graphql?query={serverTime}",
        "schema.graphql",
        "campaigns/demo/tally.json",
        "healthz",
        "readyz",
    ] {
        let url = format!("http://{address}/{path}");
        let printed = url.split('?').next().expect("it has a beginning");
        assert!(output.contains(printed), "{printed}: {output}");
        let response = demo
            .program
            .anonymous()
            .http()
            .get(&url)
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status(), 200, "{url}");
    }
    assert!(output.contains(&format!("ws://{address}/graphql/ws")));
    let (email, password) = staff_sign_in(&output);
    let signed_in = demo.sign_in_staff(email, password).await;
    assert_eq!(signed_in["viewer"]["role"], json!("STAFF"), "{signed_in}");
    for (votes, shell) in (1..).zip(["sh", "bash"]) {
        let answer = run_script(shell, &script(&output));
        let answer: Value = serde_json::from_str(&answer).expect(&answer);
        let payload = &answer["data"]["castVote"];
        assert_eq!(payload["userErrors"], json!([]), "{shell}: {answer}");
        assert!(payload["vote"]["id"].is_string(), "{shell}: {answer}");
        assert_eq!(payload["quota"]["remaining"], json!(9), "{shell}: {answer}");
        demo.tally_shows(1, votes).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_nominees_are_marked_but_for_the_three_real_ones() {
    let folder = TempDir::new().expect("a temporary folder");
    let demo = Demo::start(&folder).await;
    let nominees = demo.nominees().await;
    let text = |nominee: &Value, field: &str| nominee[field].as_str().expect(field).to_owned();
    let count_by = |of: &dyn Fn(&Value) -> String| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for nominee in &nominees {
            *counts.entry(of(nominee)).or_default() += 1;
        }
        counts
    };
    let categories = count_by(&|nominee| text(&nominee["category"], "key"));
    let expected = [
        ("entrepreneur", 39),
        ("researcher", 33),
        ("craftsperson", 28),
    ];
    assert_eq!(categories, expected.map(|(k, n)| (k.to_owned(), n)).into());
    let cities = count_by(&|nominee| text(nominee, "city"));
    let cities: HashSet<&str> = cities.keys().map(String::as_str).collect();
    assert_eq!(cities, ["银川", "石嘴山", "吴忠", "中卫", "固原"].into());
    let numbers: Vec<i64> = nominees
        .iter()
        .filter_map(|n| n["number"].as_i64())
        .collect();
    assert_eq!(numbers, (1..=100).collect::<Vec<_>>());
    let names: HashSet<String> = nominees.iter().map(|n| text(n, "name")).collect();
    assert_eq!(names.len(), 100);
    let real: HashSet<String> = ["尤俊杰", "黄维斌", "孔进"].map(str::to_owned).into();
    assert!(real.is_subset(&names));
    for nominee in &nominees {
        let is_marked = text(nominee, "summary").contains("演示");
        assert_eq!(
            is_marked,
            text(nominee, "employer").contains("演示"),
            "{nominee}"
        );
        assert_eq!(
            is_marked,
            !real.contains(&text(nominee, "name")),
            "{nominee}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_pictures_are_there_but_for_the_three_real_people_and_are_made_once() {
    let folder = TempDir::new().expect("a temporary folder");
    let mut demo = Demo::start(&folder).await;
    let output = demo.program.output_text();
    let (email, password) = staff_sign_in(&output);
    let campaign = demo.pictures(email, password).await;
    let nominees = campaign["nominees"]["nodes"].as_array().expect("nominees");
    let bare = nominees.iter().filter(|n| n["portraitUrl"].is_null());
    let bare: HashSet<&str> = bare.filter_map(|n| n["name"].as_str()).collect();
    assert_eq!(bare, ["尤俊杰", "黄维斌", "孔进"].into());
    let listed = campaign["desk"]["stories"]["nodes"].as_array();
    let listed = listed.expect("stories");
    assert_eq!(listed.len(), stories().len());
    let portraits = nominees.iter().map(|nominee| &nominee["portraitUrl"]);
    let covers = listed.iter().map(|story| &story["coverUrl"]);
    let addresses = portraits.chain(covers).chain([&campaign["coverUrl"]]);
    let addresses: Vec<&str> = addresses.filter_map(Value::as_str).collect();
    let different: HashSet<&str> = addresses.iter().copied().collect();
    let count = (nominees.len() - bare.len()) + listed.len() + 1;
    assert_eq!((addresses.len(), different.len()), (count, count));
    let files = media_files(&folder);
    assert_eq!(files.len(), 2 * count);
    for address in addresses {
        let url = format!("http://{}{address}", demo.address());
        let response = demo.program.anonymous().http().get(&url).send().await;
        assert_eq!(response.expect("an answer").status(), 200, "{url}");
    }
    assert_eq!(demo.program.terminate(), Some(0));
    demo = Demo::start(&folder).await;
    assert_eq!(demo.pictures(email, password).await, campaign);
    assert_eq!(media_files(&folder), files, "nothing was made twice");
}

/// The files of the demo's pictures.
fn media_files(folder: &TempDir) -> HashSet<OsString> {
    let entries = std::fs::read_dir(folder.path().join("data/media/media"));
    entries
        .expect("a folder of pictures")
        .map(|entry| entry.expect("an entry").file_name())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_feed_is_walked_to_its_end() {
    let folder = TempDir::new().expect("a temporary folder");
    let demo = Demo::start(&folder).await;
    let data = stories();
    let ahead = data.iter().filter(|story| story.publish_offset_minutes > 0);
    assert_eq!((data.len(), ahead.count()), (60, 8));
    let query = "query($after: String) { serverTime campaign(slug: \"demo\") { votingOpensAt
        stories(first: 7, after: $after) { nodes { id title publishedAt } pageInfo { hasNextPage endCursor } } } }";
    let (mut after, mut visible, mut seen, mut times) =
        (Value::Null, HashSet::new(), Vec::new(), Vec::new());
    loop {
        let page = demo
            .program
            .anonymous()
            .ask(query, json!({"after": after}))
            .await;
        let campaign = &page["campaign"];
        if after.is_null() {
            visible = visible_titles(&data, &campaign["votingOpensAt"], &page["serverTime"]);
        }
        let nodes = campaign["stories"]["nodes"].as_array().expect("stories");
        let field = |story: &Value, name: &str| story[name].as_str().expect(name).to_owned();
        seen.extend(nodes.iter().map(|story| field(story, "title")));
        times.extend(nodes.iter().map(|story| field(story, "publishedAt")));
        let info = &campaign["stories"]["pageInfo"];
        assert_eq!(
            nodes.len() < 7 || seen.len() == visible.len(),
            info["hasNextPage"] == json!(false)
        );
        after = info["endCursor"].clone();
        if info["hasNextPage"] == json!(false) {
            break;
        }
    }
    assert!(
        times.is_sorted_by(|newer, older| newer >= older),
        "{times:?}"
    );
    let titles: HashSet<String> = seen.iter().cloned().collect();
    assert_eq!(titles.len(), seen.len(), "no story comes twice");
    assert_eq!(titles, visible);
    assert!(visible.len() >= 52);
}

/// Titles of the stories that are out at `now`, if the demo was loaded at `loaded`.
fn visible_titles(data: &[StoryData], loaded: &Value, now: &Value) -> HashSet<String> {
    let time = |value: &Value| -> chrono::DateTime<chrono::Utc> {
        value.as_str().expect("a time").parse().expect("a time")
    };
    let minutes = (time(now) - time(loaded)).num_minutes();
    let is_out = |story: &&StoryData| story.publish_offset_minutes <= minutes;
    data.iter()
        .filter(is_out)
        .map(|story| story.title.clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_votes_and_a_restart_keeps_all_of_it() {
    let folder = TempDir::new().expect("a temporary folder");
    let mut demo = Demo::start(&folder).await;
    let (email, password) = {
        let output = demo.program.output_text();
        let (email, password) = staff_sign_in(&output);
        (email.to_owned(), password.to_owned())
    };
    let device = "device-id-of-the-demos-guest";
    let guest = demo.sign_in_guest(device).await;
    let nominees = demo.nominees().await;
    for (used, nominee) in (1..=10).zip(&nominees) {
        let payload = demo.vote(&guest, nominee).await.expect_counted();
        assert_eq!(payload["quota"]["used"], json!(used));
        if used == 1 {
            let again = demo.vote(&guest, nominee).await;
            again.expect_refused("ALREADY_VOTED");
        }
    }
    let spent = demo.vote(&guest, &nominees[10]).await;
    spent.expect_refused("QUOTA_SPENT");
    demo.tally_shows(1, 1).await;
    let viewer = demo
        .client(&guest)
        .ask("{ viewer { id isGuest } }", json!({}))
        .await;
    for is_killed in [false, true] {
        // Of a researcher: another quota.
        let index = 39 + usize::from(is_killed);
        let payload = demo.vote(&guest, &nominees[index]).await;
        payload.expect_counted();
        if is_killed {
            demo.program.kill();
        } else {
            assert_eq!(demo.program.terminate(), Some(0));
        }
        demo = Demo::start(&folder).await;
        // The old token is still good, and still the same voter's.
        let same = demo
            .client(&guest)
            .ask("{ viewer { id isGuest } }", json!({}))
            .await;
        assert_eq!(same, viewer);
        for (index, expected) in [
            (0, "ALREADY_VOTED"),
            (10, "QUOTA_SPENT"),
            (index, "ALREADY_VOTED"),
        ] {
            let payload = demo.vote(&guest, &nominees[index]).await;
            payload.expect_refused(expected);
        }
        demo.tally_shows(1, 1).await;
        demo.tally_shows(i64::try_from(index).expect("it is small") + 1, 1)
            .await;
        // So does the device, and the member of staff; the password is not shown again.
        let again = demo.sign_in_guest(device).await;
        let same = demo
            .client(&again)
            .ask("{ viewer { id isGuest } }", json!({}))
            .await;
        assert_eq!(same, viewer);
        let staff = demo.sign_in_staff(&email, &password).await;
        assert_eq!(staff["viewer"]["role"], json!("STAFF"), "{staff}");
        let output = demo.program.output_text();
        assert!(output.contains(&email) && !output.contains(&password));
        assert_eq!(demo.nominees().await, nominees, "nothing was loaded twice");
    }
}
