//! Bad input of every kind is refused with its documented code: never status 500, never a word about the inside, and
//! nothing is written.

mod ids;
mod requests;
mod tokens;
mod values;

use serde_json::{Value, json};

use crate::harness::{Sample, Stores, TestApp};

/// Words of the inside of the server: none of them may be in an answer.
const INSIDE: &[&str] = &[
    "sqlx",
    "panicked",
    "Utf8",
    "utf-8 seq",
    "byte sequence",
    ".rs",
    "src/",
    "/root",
    "serde",
    "INTERNAL",
    "Internal",
    "SELECT",
    "jsonwebtoken",
    "Base64",
    "InvalidToken",
    "RowNotFound",
];

/// A server with a sample, and how many rows there were.
struct Target {
    stores: Stores,
    app: TestApp,
    sample: Sample,
    voter: String,
    rows: i64,
}

/// An answer: status, headers and text.
struct Answer {
    status: u16,
    allow: String,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// Asserts that the answer is no failure of the server and says nothing of its inside.
    fn assert_clean(&self, what: &str) {
        assert!(self.status < 500, "{what}: {} {}", self.status, self.text);
        for word in INSIDE {
            assert!(!self.text.contains(word), "{what}: {word} in {}", self.text);
        }
    }

    /// Asserts that every error of the answer has this code.
    fn assert_code(&self, what: &str, code: &str) {
        self.assert_clean(what);
        let response = self.json();
        let errors = response["errors"].as_array();
        let errors = errors.unwrap_or_else(|| panic!("{what}: no error in {response}"));
        for error in errors {
            assert_eq!(
                error["extensions"]["code"],
                json!(code),
                "{what}: {response}"
            );
        }
    }
}

impl Target {
    async fn start(stores: Stores) -> Self {
        let app = TestApp::start(&stores).await;
        let sample = app.sample().await;
        let now = app.clock.now();
        sample
            .insert_story(&app.database, Some(0), "A story", now)
            .await;
        let voter = app.voter().token().expect("a token");
        let rows = rows(&stores).await;
        Self {
            stores,
            app,
            sample,
            voter,
            rows,
        }
    }

    async fn request(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer, whatever was sent");
        let allow = response
            .headers()
            .get("allow")
            .map(|value| value.to_str().expect("ASCII"));
        let allow = allow.unwrap_or_default().to_owned();
        let status = response.status().as_u16();
        let text = response.text().await.expect("a text");
        Answer {
            status,
            allow,
            text,
        }
    }

    fn post(&self) -> reqwest::RequestBuilder {
        let request = self.app.http().post(self.app.url("/graphql"));
        request.header("accept", "application/graphql-response+json")
    }

    async fn post_bytes(&self, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.post().header("content-type", "application/json");
        self.request(request.bearer_auth(&self.voter).body(body))
            .await
    }

    /// Sends an operation as a voter.
    async fn send(&self, query: &str, variables: &Value) -> Answer {
        self.post_bytes(json!({"query": query, "variables": variables}).to_string())
            .await
    }

    /// Asserts that an operation of a voter is refused with this code.
    async fn refuse(&self, query: &str, variables: &Value, code: &str) {
        let what = format!("{query} {variables:.200}");
        self.send(query, variables).await.assert_code(&what, code);
    }

    /// Asserts that an operation of a voter is refused as bad input.
    async fn refuse_input(&self, query: &str, variables: &Value) {
        self.refuse(query, variables, "BAD_USER_INPUT").await;
    }

    async fn assert_nothing_was_written(&self) {
        assert_eq!(rows(&self.stores).await, self.rows, "rows were written");
    }

    fn nominee(&self) -> String {
        self.sample.nominee_id(0)
    }

    fn campaign(&self) -> String {
        self.sample.campaign_id()
    }
}

/// Rows of what clients write.
async fn rows(stores: &Stores) -> i64 {
    stores
        .count(
            "SELECT (SELECT COUNT(*) FROM vote) + (SELECT COUNT(*) FROM subject_like) + (SELECT COUNT(*) FROM voter)
                + (SELECT COUNT(*) FROM session WHERE role = 'VOTER') + (SELECT COUNT(*) FROM subject_counter)",
        )
        .await
}
