//! Bad input of every kind is refused with its documented code: never status 500, never a word about the inside, and
//! nothing is written.

use acclaim::auth::Viewer;
use acclaim::auth::keyed_hash::HashKey;
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::{CampaignId, CategoryId, NomineeId, StaffId, StoryId, VoteId, VoterId};
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::harness::{CAST_VOTE, JWT_SECRET, Sample, Stores, TestServer, on_both, refusal};

on_both!(
    ids_of_no_use_are_refused,
    cursors_of_no_use_are_refused,
    pages_have_bounds,
    texts_are_taken_or_refused_as_they_are,
    numbers_have_bounds,
    values_of_another_type_are_refused,
    tokens_of_no_use_are_refused,
    bodies_of_no_use_are_refused,
    requests_of_another_form_are_refused,
    parameters_of_a_get_are_checked_like_a_body,
    documents_that_nest_too_deep_are_refused,
);

/// Of the inside of the server: none of it may be in an answer.
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
    server: TestServer,
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
        let server = TestServer::start(&stores).await;
        let sample = server.sample().await;
        let now = server.clock.now();
        sample
            .insert_story(&server.app.database, Some(0), "A story", now)
            .await;
        let voter = server.voter();
        let rows = rows(&stores).await;
        Self {
            stores,
            server,
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
        let request = self.server.http().post(self.server.url("/graphql"));
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

    async fn assert_nothing_was_written(&self) {
        assert_eq!(rows(&self.stores).await, self.rows, "rows were written");
    }

    fn nominee(&self) -> String {
        self.server.nominee_id(self.sample.nominees[0])
    }

    fn campaign(&self) -> String {
        self.server.campaign_id(self.sample.campaign.id)
    }
}

/// Rows of what clients write.
async fn rows(stores: &Stores) -> i64 {
    stores
        .count(
            "SELECT (SELECT COUNT(*) FROM ballot) + (SELECT COUNT(*) FROM subject_like) + (SELECT COUNT(*) FROM voter)
                + (SELECT COUNT(*) FROM session) + (SELECT COUNT(*) FROM subject_counter)",
        )
        .await
}

/// Operations with an id, and the kind of id that they take.
const WITH_ID: [(&str, &str); 14] = [
    ("any", "query($id: ID!) { node(id: $id) { id } }"),
    ("any", "query($id: ID!) { nodes(ids: [$id]) { id } }"),
    ("campaign", "query($id: ID!) { campaign(id: $id) { id } }"),
    (
        "campaign",
        "query($id: ID!) { nominees(campaignId: $id) { totalCount } }",
    ),
    (
        "campaign",
        "query($id: ID!) { stories(campaignId: $id) { nodes { id } } }",
    ),
    (
        "category",
        "query($id: ID!) { stories(category: $id) { nodes { id } } }",
    ),
    (
        "category",
        "query($id: ID!) { campaigns(first: 1) { nodes { tally { entries(category: $id) { rank } } } } }",
    ),
    (
        "category",
        "query($id: ID!) { campaigns(first: 1) { nodes { nominees(category: $id) { totalCount } } } }",
    ),
    ("nominee", "query($id: ID!) { nominee(id: $id) { id } }"),
    ("story", "query($id: ID!) { story(id: $id) { id } }"),
    (
        "nominee",
        "mutation($id: ID!) { castVote(input: {nomineeId: $id}) { userErrors { code } } }",
    ),
    (
        "campaign",
        "mutation($id: ID!) { castBallot(input: {campaignId: $id, nomineeIds: [$id]}) { userErrors { code } } }",
    ),
    (
        "likeable",
        "mutation($id: ID!) { setLike(input: {subjectId: $id, liked: true}) { userErrors { code } } }",
    ),
    (
        "likeable",
        "mutation($id: ID!) { recordViews(input: {subjectIds: [$id]}) { recorded } }",
    ),
];

async fn ids_of_no_use_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let good = target.nominee();
    let foreign = GlobalId::Nominee(target.sample.nominees[0])
        .encode(&HashKey::new(&[1; 32]))
        .0;
    let raw = BASE64URL_NOPAD.encode(target.sample.nominees[0].0.as_bytes());
    let mut forged = BASE64URL_NOPAD.decode(good.as_bytes()).expect("base64");
    forged[3] ^= 1;
    let forged = [
        BASE64URL_NOPAD.encode(&forged),
        good[..good.len() - 1].to_owned(),
        good[1..].to_owned(),
        format!("{good}="),
        format!("{good}A"),
        format!(" {good}"),
        good.to_lowercase(),
        foreign,
        raw,
        target.sample.nominees[0].to_string(),
        String::new(),
        "1".to_owned(),
        "\u{0}".to_owned(),
        format!("{good}\u{0}"),
        "🗳".repeat(16),
        "' OR 1=1 --".to_owned(),
        "A".repeat(5_000),
        good.repeat(150),
    ];
    for (_, query) in WITH_ID {
        for id in &forged {
            target
                .refuse(query, &json!({"id": id}), "BAD_USER_INPUT")
                .await;
        }
        target
            .refuse(query, &json!({"id": 7}), "BAD_USER_INPUT")
            .await;
    }
    let kinds = [
        ("campaign", GlobalId::Campaign(CampaignId::new())),
        ("category", GlobalId::Category(CategoryId::new())),
        ("nominee", GlobalId::Nominee(NomineeId::new())),
        ("story", GlobalId::Story(StoryId::new())),
        (
            "vote",
            GlobalId::Vote(target.sample.campaign.id, VoteId::new()),
        ),
        ("voter", GlobalId::Voter(VoterId::new())),
        ("staff", GlobalId::Staff(StaffId::new())),
    ];
    for (takes, query) in WITH_ID {
        for (kind, id) in kinds {
            let is_taken = takes == "any"
                || takes == kind
                || (takes == "likeable" && ["nominee", "story"].contains(&kind));
            if !is_taken {
                let variables = json!({"id": target.server.global(id)});
                target.refuse(query, &variables, "BAD_USER_INPUT").await;
            }
        }
    }
    let ballot = "mutation($ids: [ID!]!, $campaign: ID!) { castBallot(input: {campaignId: $campaign, nomineeIds: $ids}) { userErrors { code } } }";
    let campaign = target.campaign();
    for ids in [
        json!([]),
        json!([good, good]),
        json!(vec![&good; 101]),
        json!([good, campaign]),
        json!([good, ""]),
    ] {
        target
            .refuse(
                ballot,
                &json!({"campaign": campaign, "ids": ids}),
                "BAD_USER_INPUT",
            )
            .await;
    }
    let other = target.server.campaign_id(CampaignId::new());
    target
        .refuse(
            ballot,
            &json!({"campaign": other, "ids": [good]}),
            "NOT_FOUND",
        )
        .await;
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    target
        .refuse(nodes, &json!({"ids": vec![&good; 101]}), "BAD_USER_INPUT")
        .await;
    target.assert_nothing_was_written().await;
}

/// Lists that take cursors.
const LISTS: [&str; 5] = [
    "query($campaign: ID!, $first: Int, $after: String, $last: Int, $before: String) {
        nominees(campaignId: $campaign, first: $first, after: $after, last: $last, before: $before) { totalCount } }",
    "query($campaign: ID!, $first: Int, $after: String, $last: Int, $before: String) {
        stories(campaignId: $campaign, first: $first, after: $after, last: $last, before: $before) { nodes { id } } }",
    "query($campaign: ID!, $first: Int, $after: String, $last: Int, $before: String) { campaign(id: $campaign) {
        nominees(first: $first, after: $after, last: $last, before: $before, orderBy: VOTES) { totalCount } } }",
    "query($campaign: ID!, $first: Int, $after: String, $last: Int, $before: String) { campaign(id: $campaign) {
        stories(first: $first, after: $after, last: $last, before: $before) { nodes { id } } } }",
    "query($campaign: ID!, $first: Int, $after: String, $last: Int, $before: String) { campaign(id: $campaign) {
        nominees(first: $first, after: $after, last: $last, before: $before, orderBy: SHUFFLED) { totalCount } } }",
];
/// Lists that go forwards only.
const FORWARD_LISTS: [&str; 2] = [
    "query($first: Int, $after: String) { campaigns(first: $first, after: $after) { totalCount } }",
    "query($nominee: ID!, $first: Int, $after: String) { nominee(id: $nominee) { stories(first: $first, after: $after) { nodes { id } } } }",
];

async fn cursors_of_no_use_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let query = "query($campaign: ID!) { nominees(campaignId: $campaign, first: 3) { pageInfo { endCursor } } }";
    let answer = target
        .send(query, &json!({"campaign": target.campaign()}))
        .await
        .json();
    let good = answer["data"]["nominees"]["pageInfo"]["endCursor"]
        .as_str()
        .expect("a cursor")
        .to_owned();
    let mut forged = BASE64URL_NOPAD.decode(good.as_bytes()).expect("base64");
    forged[8] ^= 1;
    let cursors = [
        BASE64URL_NOPAD.encode(&forged),
        good[..good.len() - 1].to_owned(),
        good[..4].to_owned(),
        format!("{good}A"),
        target.nominee(),
        String::new(),
        "3".to_owned(),
        "\u{0}\u{7}".to_owned(),
        "A".repeat(5_000),
        good.repeat(200),
    ];
    for cursor in &cursors {
        for query in LISTS {
            for bound in ["after", "before"] {
                let mut variables = json!({"campaign": target.campaign()});
                variables[bound] = json!(cursor);
                target.refuse(query, &variables, "BAD_USER_INPUT").await;
            }
        }
        for query in FORWARD_LISTS {
            let variables = json!({"nominee": target.nominee(), "after": cursor});
            target.refuse(query, &variables, "BAD_USER_INPUT").await;
        }
    }
}

async fn pages_have_bounds(stores: Stores) {
    let target = Target::start(stores).await;
    let base = json!({"campaign": target.campaign(), "nominee": target.nominee()});
    let refuse = async |query: &str, field: &str, value: Value| {
        let mut variables = base.clone();
        variables[field] = value;
        target.refuse(query, &variables, "BAD_USER_INPUT").await;
    };
    for count in [0, -1, 101, 1_000, i64::from(i32::MAX), i64::from(i32::MIN)] {
        for query in LISTS {
            refuse(query, "first", json!(count)).await;
            refuse(query, "last", json!(count)).await;
        }
        for query in FORWARD_LISTS {
            refuse(query, "first", json!(count)).await;
        }
    }
    for query in LISTS {
        let mut variables = base.clone();
        variables["first"] = json!(5);
        variables["last"] = json!(5);
        target.refuse(query, &variables, "BAD_USER_INPUT").await;
    }
    let campaign = "query($id: ID, $slug: String) { campaign(id: $id, slug: $slug) { id } }";
    let both = json!({"id": target.campaign(), "slug": target.sample.campaign.slug});
    for variables in [json!({}), json!({"id": null, "slug": null}), both] {
        target.refuse(campaign, &variables, "BAD_USER_INPUT").await;
    }
}

/// Texts that no good client sends.
fn odd_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "\u{0}",
        "a\u{0}b",
        "\u{1}\u{1b}[2J\u{7f}",
        "\u{feff}\u{202e}",
        "\u{fffe}",
        "\r\n\r\n",
        "'; DROP TABLE ballot; --",
        "%_\\",
        "{{7*7}}",
        "../etc/passwd",
    ]
    .map(str::to_owned)
    .into();
    texts.push("x".repeat(5_000));
    texts.push("候".repeat(5_000));
    texts.push("\u{0}".repeat(200));
    texts
}

async fn texts_are_taken_or_refused_as_they_are(stores: Stores) {
    let target = Target::start(stores).await;
    for text in odd_texts() {
        let what = format!("{text:.20?}");
        let answer = target
            .send(
                "query($s: String) { campaign(slug: $s) { id } }",
                &json!({"s": text}),
            )
            .await;
        answer.assert_clean(&what);
        assert_eq!(answer.json(), json!({"data": {"campaign": null}}), "{what}");
        let search =
            "query($id: ID!, $s: String) { nominees(campaignId: $id, search: $s) { totalCount } }";
        let answer = target
            .send(search, &json!({"id": target.campaign(), "s": text}))
            .await;
        if text.chars().count() > 100 {
            answer.assert_code(&what, "BAD_USER_INPUT");
        } else {
            answer.assert_clean(&what);
            let expected = if text.trim().is_empty() { 36 } else { 0 };
            assert_eq!(
                answer.json()["data"]["nominees"]["totalCount"],
                json!(expected),
                "{what}"
            );
        }
        let guest =
            "mutation($s: String!) { signInGuest(input: {deviceId: $s}) { userErrors { code } } }";
        target
            .refuse(guest, &json!({"s": text}), "BAD_USER_INPUT")
            .await;
        let key = "mutation($id: ID!, $s: UUID) { castVote(input: {nomineeId: $id, idempotencyKey: $s}) { userErrors { code } } }";
        target
            .refuse(
                key,
                &json!({"id": target.nominee(), "s": text}),
                "BAD_USER_INPUT",
            )
            .await;
        for (field, code) in [
            (
                "signInMiniProgram(input: {platform: WECHAT, code: $s})",
                "PLATFORM_NOT_CONFIGURED",
            ),
            (
                "refreshSession(input: {refreshToken: $s})",
                "INVALID_REFRESH_TOKEN",
            ),
        ] {
            let query = format!(
                "mutation($s: String!) {{ payload: {field} {{ session {{ accessToken }} userErrors {{ code }} }} }}"
            );
            let answer = target.send(&query, &json!({"s": text})).await;
            answer.assert_clean(&what);
            assert_eq!(
                refusal(&answer.json()["data"]["payload"]),
                Some(code),
                "{what}"
            );
        }
        let query = "mutation($s: String!) { signOut(input: {refreshToken: $s}) { signedOut } }";
        target
            .send(query, &json!({"s": text}))
            .await
            .assert_clean(&what);
        credentials(&target, &text).await;
    }
    target.assert_nothing_was_written().await;
}

/// Signs in as staff with `text` as e-mail and as password.
async fn credentials(target: &Target, text: &str) {
    let query =
        "mutation($e: String!, $p: String!) { signInStaff(input: {email: $e, password: $p}) {
        session { accessToken } userErrors { code } } }";
    let what = format!("{text:.20?}");
    let is_text = !text.trim().chars().any(char::is_control);
    for (email, password, is_good) in [(text, "hunter2", is_text), ("a@b.example", text, true)] {
        let variables = json!({"e": email, "p": password});
        let answer = target.send(query, &variables).await;
        if text.len() > 254 || !is_good {
            answer.assert_code(&what, "BAD_USER_INPUT");
        } else {
            answer.assert_clean(&what);
            let response = answer.json();
            let code = refusal(&response["data"]["signInStaff"]);
            let refusals = [Some("INVALID_CREDENTIALS"), Some("TOO_MANY_ATTEMPTS")];
            assert!(refusals.contains(&code), "{what}: {response}");
        }
    }
}

async fn numbers_have_bounds(stores: Stores) {
    let target = Target::start(stores).await;
    let query = "query($n: Int) { campaigns(first: $n) { totalCount } }";
    for number in [
        "2147483648",
        "-2147483649",
        "9007199254740993",
        "9223372036854775808",
        "18446744073709551616",
        "99999999999999999999999999999999999999",
        "1.5",
        "1e3",
        "1e300",
        "-0.0",
    ] {
        let literal = format!("{{ campaigns(first: {number}) {{ totalCount }} }}");
        let body = json!({"query": literal}).to_string();
        assert_bad_value(&target.post_bytes(body).await, number);
        let body = format!(
            "{{\"query\": {}, \"variables\": {{\"n\": {number}}}}}",
            json!(query)
        );
        assert_bad_value(&target.post_bytes(body).await, number);
    }
    for number in ["1e999", "NaN", "Infinity", "0x10", "01", "+1", "1.", ".5"] {
        let body = format!(
            "{{\"query\": {}, \"variables\": {{\"n\": {number}}}}}",
            json!(query)
        );
        let answer = target.post_bytes(body).await;
        answer.assert_code(number, "BAD_USER_INPUT");
        assert_eq!(answer.status, 400, "{number}");
        let literal = format!("{{ campaigns(first: {number}) {{ totalCount }} }}");
        let answer = target
            .post_bytes(json!({"query": literal}).to_string())
            .await;
        answer.assert_clean(number);
        assert!(
            answer.json()["errors"].is_array(),
            "{number}: {}",
            answer.text
        );
    }
}

/// A value that does not fit is found by validation, or when the argument is read.
fn assert_bad_value(answer: &Answer, what: &str) {
    answer.assert_clean(what);
    let response = answer.json();
    let code = response["errors"][0]["extensions"]["code"].as_str();
    let codes = [Some("BAD_USER_INPUT"), Some("GRAPHQL_VALIDATION_FAILED")];
    assert!(codes.contains(&code), "{what}: {response}");
}

async fn values_of_another_type_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    for (query, variables) in [
        (
            "query($n: Int) { campaigns(first: $n) { totalCount } }",
            json!({"n": "5"}),
        ),
        (
            "query($n: Int) { campaigns(first: $n) { totalCount } }",
            json!({"n": [5]}),
        ),
        (
            "query($n: Int) { campaigns(first: $n) { totalCount } }",
            json!({"n": true}),
        ),
        (
            "query($s: String) { campaign(slug: $s) { id } }",
            json!({"s": 5}),
        ),
        (
            "query($s: String) { campaign(slug: $s) { id } }",
            json!({"s": {"a": 1}}),
        ),
        ("query($id: ID!) { node(id: $id) { id } }", json!({})),
        (
            "query($id: ID!) { node(id: $id) { id } }",
            json!({"id": null}),
        ),
        (
            "query($id: ID!) { node(id: $id) { id } }",
            json!({"id": ["a"]}),
        ),
        (
            "query($id: ID!) { node(id: $id) { id } }",
            json!({"id": 1.5}),
        ),
        (
            "query($p: CampaignPhase) { campaigns(phase: $p) { totalCount } }",
            json!({"p": "voting"}),
        ),
        (
            "query($p: CampaignPhase) { campaigns(phase: $p) { totalCount } }",
            json!({"p": 1}),
        ),
        (CAST_VOTE, json!({})),
        (CAST_VOTE, json!({"input": null})),
        (CAST_VOTE, json!({"input": []})),
        (CAST_VOTE, json!({"input": {}})),
        (CAST_VOTE, json!({"input": {"nomineeId": null}})),
        (
            CAST_VOTE,
            json!({"input": {"nomineeId": target.nominee(), "voterId": "me"}}),
        ),
        (
            CAST_VOTE,
            json!({"input": {"nomineeId": target.nominee(), "idempotencyKey": 5}}),
        ),
        (
            CAST_VOTE,
            json!({"input": {"nomineeId": target.nominee(), "idempotencyKey": "not-a-uuid"}}),
        ),
        ("{ campaigns(first: \"5\") { totalCount } }", json!({})),
        ("{ campaigns(phase: NONE) { totalCount } }", json!({})),
    ] {
        assert_bad_value(
            &target.send(query, &variables).await,
            &format!("{query} {variables}"),
        );
    }
    for query in [
        "{ none }",
        "{ serverTime { x } }",
        "{ viewer }",
        "query($x: None) { serverTime }",
        "{ node { id } }",
        "fragment F on Query { serverTime }",
        "query A { serverTime } query B { serverTime }",
        "{ ...F }",
    ] {
        let answer = target.send(query, &json!({})).await;
        assert_eq!(answer.status, 400, "{query}");
        answer.assert_clean(query);
        assert!(
            answer.json().get("data").is_none(),
            "{query}: {}",
            answer.text
        );
    }
    target.assert_nothing_was_written().await;
}

/// The claims of a good token, with some replaced.
fn claims(server: &TestServer, replaced: &Value) -> Value {
    let now = server.clock.now().timestamp();
    let mut claims = json!({"iss": "acclaim", "aud": "acclaim", "sub": VoterId::new(), "role": "voter", "exp": now + 60, "iat": now});
    for (name, value) in replaced.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims
}

fn sign(header: &Header, claims: &Value, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(header, claims, &key).expect("it signs")
}

/// The header of the server's own tokens, for another algorithm.
fn header(server: &TestServer, algorithm: Algorithm) -> Header {
    let kid = jsonwebtoken::decode_header(server.voter())
        .expect("a token")
        .kid;
    Header {
        kid,
        ..Header::new(algorithm)
    }
}

fn bad_tokens(server: &TestServer) -> Vec<(&'static str, String)> {
    let good = header(server, Algorithm::HS256);
    let signed = |replaced: Value| sign(&good, &claims(server, &replaced), JWT_SECRET);
    let now = server.clock.now().timestamp();
    let whole = signed(json!({}));
    let mut parts: Vec<String> = whole.split('.').map(str::to_owned).collect();
    let other = signed(json!({"role": "staff"}));
    parts[1] = other.split('.').nth(1).expect("a payload").to_owned();
    let none = BASE64URL_NOPAD.encode(
        json!({"alg": "none", "typ": "JWT", "kid": good.kid})
            .to_string()
            .as_bytes(),
    );
    vec![
        ("expired", signed(json!({"exp": now}))),
        ("expired long ago", signed(json!({"exp": 0}))),
        ("expiry out of range", signed(json!({"exp": i64::MAX}))),
        ("another audience", signed(json!({"aud": "other"}))),
        ("another issuer", signed(json!({"iss": "other"}))),
        ("no subject", signed(json!({"sub": null}))),
        ("a subject that is no UUID", signed(json!({"sub": "1"}))),
        ("an unknown role", signed(json!({"role": "admin"}))),
        ("staff that is not there", signed(json!({"role": "staff"}))),
        ("the payload of another", parts.join(".")),
        (
            "tampered",
            whole.replace(&whole[whole.len() - 8..whole.len() - 4], "AAAA"),
        ),
        ("cut", whole[..whole.len() - 4].to_owned()),
        (
            "no signature",
            whole.rsplit_once('.').expect("parts").0.to_owned(),
        ),
        (
            "algorithm none",
            format!("{none}.{}.", whole.split('.').nth(1).expect("a payload")),
        ),
        (
            "another algorithm",
            sign(
                &header(server, Algorithm::HS512),
                &claims(server, &json!({})),
                JWT_SECRET,
            ),
        ),
        (
            "the wrong key",
            sign(
                &good,
                &claims(server, &json!({})),
                "another secret that is long enough for one",
            ),
        ),
        (
            "no kid",
            sign(
                &Header::new(Algorithm::HS256),
                &claims(server, &json!({})),
                JWT_SECRET,
            ),
        ),
        ("nonsense", "nonsense".to_owned()),
        ("dots", "...".to_owned()),
        ("long", "a".repeat(5_000)),
    ]
}

async fn tokens_of_no_use_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let server = &target.server;
    let body = json!({"query": CAST_VOTE, "variables": {"input": {"nomineeId": target.nominee()}}});
    let control = sign(
        &header(server, Algorithm::HS256),
        &claims(server, &json!({})),
        JWT_SECRET,
    );
    let viewer = json!({"query": "{ viewer { role } }"});
    let answer = target
        .request(target.post().bearer_auth(control).json(&viewer))
        .await;
    assert_eq!(
        answer.json(),
        json!({"data": {"viewer": {"role": "VOTER"}}}),
        "signed like this it is good"
    );
    for (what, token) in bad_tokens(server) {
        for body in [&body, &viewer] {
            let answer = target
                .request(target.post().bearer_auth(&token).json(body))
                .await;
            answer.assert_code(what, "UNAUTHENTICATED");
            assert_eq!(answer.status, 401, "{what}");
            assert!(answer.json().get("data").is_none(), "{what}");
        }
    }
    let voter = &target.voter;
    for value in [
        "".to_owned(),
        "Bearer".into(),
        "Bearer ".into(),
        voter.clone(),
        format!("Basic {voter}"),
        format!("Bearer{voter}"),
        format!("Token {voter}"),
        format!("Bearer {voter} {voter}"),
        format!("Bearer \"{voter}\""),
    ] {
        let answer = target
            .request(target.post().header("authorization", &value).json(&body))
            .await;
        answer.assert_code(&value, "UNAUTHENTICATED");
        assert_eq!(answer.status, 401, "{value}");
    }
    let answer = target
        .request(
            target
                .post()
                .header("authorization", &b"Bearer \xff\xfe"[..])
                .json(&body),
        )
        .await;
    answer.assert_code("not ASCII", "UNAUTHENTICATED");
    let like = json!({"query": "mutation($id: ID!) { setLike(input: {subjectId: $id, liked: true}) { userErrors { code } } }",
        "variables": {"id": target.nominee()}});
    let staff = server.token_of(server.staff().await);
    let stranger = server.token_of(Viewer::Staff(StaffId::new()));
    for body in [&body, &like] {
        target
            .request(target.post().json(body))
            .await
            .assert_code("nobody", "UNAUTHENTICATED");
        target
            .request(target.post().bearer_auth(&staff).json(body))
            .await
            .assert_code("staff", "FORBIDDEN");
        target
            .request(target.post().bearer_auth(&stranger).json(body))
            .await
            .assert_code("a stranger", "UNAUTHENTICATED");
    }
    target.assert_nothing_was_written().await;
}

async fn bodies_of_no_use_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let query = r#""query": "{ serverTime }""#;
    let bodies: Vec<Vec<u8>> = [
        String::new(), "{".into(), "nonsense".into(), "null".into(), "5".into(), "\"{ serverTime }\"".into(), "[]".into(),
        format!("[{{{query}}}]"), format!("{{{query}}} trailing"), format!("{{{query}, {query}}}"), "{}".into(),
        r#"{"query": null}"#.into(), r#"{"query": 5}"#.into(), r#"{"query": ["{ serverTime }"]}"#.into(),
        r#"{"query": {"a": 1}}"#.into(), r#"{"query": true}"#.into(), r#"{"query": ""}"#.into(),
        format!("{{{query}, \"variables\": []}}"), format!("{{{query}, \"variables\": \"a\"}}"), format!("{{{query}, \"variables\": 5}}"),
        format!("{{{query}, \"operationName\": 5}}"), format!("{{{query}, \"operationName\": {{}}}}"),
        format!("{{{query}, \"operationName\": [\"A\"]}}"), format!("{{{query}, \"extensions\": []}}"),
        format!("{{{query}, \"extensions\": \"a\"}}"), format!("{{{query}, \"extensions\": 1}}"),
        format!("{{{query}, \"variables\": {{\"a\": {deep}}}}}"),
        r#"{"query": "query($s: String) { campaign(slug: $s) { id } }", "variables": {"s": "\ud800"}}"#.into(),
        r#"{"query": "query($s: String) { campaign(slug: $s) { id } }", "variables": {"s": "\udc00\ud800"}}"#.into(),
        r#"{"query": "{ serverTime } \ud800"}"#.into(),
    ]
    .map(String::into_bytes)
    .into();
    let not_utf8 = [
        &br#"{"query": "{ serverTime }", "operationName": ""#[..],
        b"\xff\xfe\"}",
    ]
    .concat();
    for body in bodies.into_iter().chain([not_utf8]) {
        let what = String::from_utf8_lossy(&body)
            .chars()
            .take(120)
            .collect::<String>();
        let answer = target.post_bytes(body).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.text);
        answer.assert_code(&what, "BAD_USER_INPUT");
        assert!(answer.json().get("data").is_none(), "{what}");
    }
    for document in [
        r#"{ campaign(slug: "\ud800") { id } }"#,
        r#"{ campaign(slug: "\ud83d\ude00") { id } }"#,
        r#"{ campaign(slug: "\u12") { id } }"#,
        "{ campaign(slug: \"\u{0}",
        "{",
        "}",
        "{ a(b: }",
        "\u{0}",
        "query {",
        "{ serverTime } }",
    ] {
        let answer = target
            .post_bytes(json!({"query": document}).to_string())
            .await;
        assert_eq!(answer.status, 400, "{document}: {}", answer.text);
        answer.assert_code(document, "GRAPHQL_PARSE_FAILED");
    }
    let nulls =
        format!("{{{query}, \"variables\": null, \"operationName\": null, \"extensions\": null}}");
    let answer = target.post_bytes(nulls).await;
    assert_eq!(
        answer.json(),
        json!({"data": {"serverTime": "2022-10-25T04:00:00.000Z"}})
    );
    let unknown = json!({"query": "query A { serverTime }", "operationName": "B"}).to_string();
    target
        .post_bytes(unknown)
        .await
        .assert_code("an unknown operation", "GRAPHQL_VALIDATION_FAILED");
}

async fn requests_of_another_form_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let good = json!({"query": "{ serverTime }"}).to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "application/graphql",
        "application/jsonx",
        "application/json; charset=latin1",
        "application/json; charset=utf-16",
        "",
    ] {
        let request = target
            .post()
            .header("content-type", content_type)
            .body(good.clone());
        let answer = target.request(request).await;
        assert_eq!(answer.status, 415, "{content_type}: {}", answer.text);
        answer.assert_code(content_type, "BAD_USER_INPUT");
    }
    let answer = target.request(target.post().body(good.clone())).await;
    assert_eq!(answer.status, 415, "no content type");
    for content_type in ["application/json", "APPLICATION/JSON; Charset=\"UTF-8\""] {
        let answer = target
            .request(
                target
                    .post()
                    .header("content-type", content_type)
                    .body(good.clone()),
            )
            .await;
        assert_eq!(answer.status, 200, "{content_type}: {}", answer.text);
    }
    for accept in [
        "text/html",
        "application/json;q=0",
        "image/*",
        "",
        "nonsense",
    ] {
        let request = target
            .server
            .http()
            .post(target.server.url("/graphql"))
            .header("accept", accept);
        let answer = target
            .request(
                request
                    .header("content-type", "application/json")
                    .body(good.clone()),
            )
            .await;
        assert_eq!(answer.status, 406, "{accept}: {}", answer.text);
        answer.assert_clean(accept);
    }
    let padding = "x".repeat(40 * 1024);
    let answer = target
        .post_bytes(json!({"query": "{ serverTime }", "extensions": {"a": padding}}).to_string())
        .await;
    assert_eq!(answer.status, 413, "{}", answer.text);
    answer.assert_code("a large body", "BAD_USER_INPUT");
    let document = format!("{{ serverTime }} # {}", "x".repeat(9 * 1024));
    let answer = target
        .post_bytes(json!({"query": document}).to_string())
        .await;
    assert_eq!(answer.status, 400);
    answer.assert_code("a large document", "QUERY_TOO_COMPLEX");
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        let method = method.parse().expect("a method");
        let answer = target
            .request(
                target
                    .server
                    .http()
                    .request(method, target.server.url("/graphql")),
            )
            .await;
        assert_eq!(
            (answer.status, answer.allow.as_str()),
            (405, "POST, GET"),
            "{}",
            answer.text
        );
    }
    let subscription = json!({"query": "subscription($id: ID!) { tallyChanged(campaignId: $id) { version } }",
        "variables": {"id": target.campaign()}});
    let answer = target.post_bytes(subscription.to_string()).await;
    assert_eq!(answer.status, 400);
    answer.assert_code("a subscription", "BAD_USER_INPUT");
}

async fn parameters_of_a_get_are_checked_like_a_body(stores: Stores) {
    let target = Target::start(stores).await;
    let get = async |parameters: &[(&str, &str)]| {
        let request = target
            .server
            .http()
            .get(target.server.url("/graphql"))
            .query(parameters);
        let request = request.header("accept", "application/graphql-response+json");
        target.request(request.bearer_auth(&target.voter)).await
    };
    let nominee = target.nominee();
    let variables = json!({"input": {"nomineeId": nominee}}).to_string();
    let answer = get(&[("query", CAST_VOTE), ("variables", &variables)]).await;
    assert_eq!(answer.status, 405, "{}", answer.text);
    assert!(answer.allow.contains("POST"), "{}", answer.allow);
    answer.assert_code("a mutation", "BAD_USER_INPUT");
    for parameters in [
        &[][..],
        &[("query", "")],
        &[("query", "{ serverTime }"), ("query", "{ serverTime }")],
        &[("query", "{ serverTime }"), ("variables", "[]")],
        &[("query", "{ serverTime }"), ("variables", "nonsense")],
        &[("query", "{ serverTime }"), ("variables", "\"a\"")],
        &[("query", "{ serverTime }"), ("extensions", "5")],
        &[
            ("query", "{ serverTime }"),
            ("extensions", "{\"a\": \"\\ud800\"}"),
        ],
    ] {
        let answer = get(parameters).await;
        assert_eq!(answer.status, 400, "{parameters:?}: {}", answer.text);
        answer.assert_code(&format!("{parameters:?}"), "BAD_USER_INPUT");
    }
    for parameters in [
        &[("query", "{ serverTime }")][..],
        &[
            ("query", "{ serverTime }"),
            ("variables", "null"),
            ("extensions", "null"),
        ],
        &[
            ("query", "{ serverTime }"),
            ("variables", ""),
            ("operationName", ""),
        ],
    ] {
        assert_eq!(get(parameters).await.status, 200, "{parameters:?}");
    }
    let raw = target.server.url("/graphql?query=%FF%FE%00{&variables=%ZZ");
    let answer = target.request(target.server.http().get(raw)).await;
    answer.assert_clean("bytes that are no text");
    assert_eq!(answer.status, 400, "{}", answer.text);
    for path in [
        "/campaigns/%00/tally.json",
        "/campaigns/%FF/tally.json",
        "/campaigns/none/tally.json",
    ] {
        let answer = target
            .request(target.server.http().get(target.server.url(path)))
            .await;
        answer.assert_clean(path);
        assert!(
            [400, 404].contains(&answer.status),
            "{path}: {}",
            answer.status
        );
    }
    target.assert_nothing_was_written().await;
}

async fn documents_that_nest_too_deep_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let nested = |levels: usize| {
        let (open, close) = ("campaign { nominees(first: 1) { nodes { ", "} } } ");
        format!(
            "{{ nominee(id: \"{}\") {{ {} id {} }} }}",
            target.nominee(),
            open.repeat(levels),
            close.repeat(levels)
        )
    };
    let answer = target
        .post_bytes(json!({"query": nested(3)}).to_string())
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    for document in [
        nested(4),
        nested(40),
        nested(150),
        format!(
            "{{ serverTime(a: {}{}) }}",
            "[".repeat(100),
            "]".repeat(100)
        ),
        format!(
            "query($a: {}Int{}) {{ serverTime }}",
            "[".repeat(1_000),
            "]".repeat(1_000)
        ),
        "{".repeat(8_000),
    ] {
        let answer = target
            .post_bytes(json!({"query": document}).to_string())
            .await;
        assert_eq!(answer.status, 400, "{document:.60}: {}", answer.text);
        answer.assert_code(&document[..20], "QUERY_TOO_COMPLEX");
    }
    for document in [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { serverTime ...A }",
    ] {
        let answer = target
            .post_bytes(json!({"query": document}).to_string())
            .await;
        assert_eq!(answer.status, 400, "{document}: {}", answer.text);
        answer.assert_clean(document);
    }
    let wide = format!(
        "{{ {} }}",
        (0..60)
            .map(|n| format!("a{n}: campaigns(first: 100) {{ nodes {{ id }} }} "))
            .collect::<String>()
    );
    let answer = target.post_bytes(json!({"query": wide}).to_string()).await;
    answer.assert_clean("a wide document");
}
