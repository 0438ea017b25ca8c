//! Access tokens and the header that they come in.

use acclaim::auth::Viewer;
use acclaim::id::{StaffId, VoterId};
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::Target;
use crate::harness::{CAST_VOTE, JWT_SECRET, Stores, TestApp, on_both};

on_both!(
    tokens_of_no_use_are_refused,
    headers_of_another_form_are_refused,
    others_than_voters_are_refused,
);

/// A vote, which must not be stored.
fn cast(target: &Target) -> Value {
    json!({"query": CAST_VOTE, "variables": {"input": {"nomineeId": target.nominee()}}})
}

/// The claims of a good token, with some replaced.
fn claims(app: &TestApp, replaced: &Value) -> Value {
    let now = app.clock.now().timestamp();
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
fn header(app: &TestApp, algorithm: Algorithm) -> Header {
    let kid = jsonwebtoken::decode_header(app.voter().token().expect("a token"))
        .expect("a token")
        .kid;
    Header {
        kid,
        ..Header::new(algorithm)
    }
}

fn bad_tokens(app: &TestApp) -> Vec<(&'static str, String)> {
    let good = header(app, Algorithm::HS256);
    let signed = |replaced: Value| sign(&good, &claims(app, &replaced), JWT_SECRET);
    let now = app.clock.now().timestamp();
    let whole = signed(json!({}));
    let mut parts: Vec<String> = whole.split('.').map(str::to_owned).collect();
    let other = signed(json!({"role": "staff"}));
    let payload = other.split('.').nth(1).expect("a payload");
    payload.clone_into(&mut parts[1]);
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
                &header(app, Algorithm::HS512),
                &claims(app, &json!({})),
                JWT_SECRET,
            ),
        ),
        (
            "the wrong key",
            sign(
                &good,
                &claims(app, &json!({})),
                "another secret that is long enough for one",
            ),
        ),
        (
            "no kid",
            sign(
                &Header::new(Algorithm::HS256),
                &claims(app, &json!({})),
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
    let app = &target.app;
    let body = cast(&target);
    let control = sign(
        &header(app, Algorithm::HS256),
        &claims(app, &json!({})),
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
    for (what, token) in bad_tokens(app) {
        for body in [&body, &viewer] {
            let answer = target
                .request(target.post().bearer_auth(&token).json(body))
                .await;
            answer.assert_code(what, "UNAUTHENTICATED");
            assert_eq!(answer.status, 401, "{what}");
            assert!(answer.json().get("data").is_none(), "{what}");
        }
    }
    target.assert_nothing_was_written().await;
}

async fn headers_of_another_form_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let body = cast(&target);
    let voter = &target.voter;
    for value in [
        String::new(),
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
    target.assert_nothing_was_written().await;
}

async fn others_than_voters_are_refused(stores: Stores) {
    let target = Target::start(stores).await;
    let app = &target.app;
    let body = cast(&target);
    let like = json!({"query": "mutation($id: ID!) { setLike(input: {subjectId: $id, liked: true}) { userErrors { code } } }",
        "variables": {"id": target.nominee()}});
    let staff = app.staff().await;
    let stranger = app.client_of(Viewer::Staff(StaffId::new()));
    for body in [&body, &like] {
        target
            .request(target.post().json(body))
            .await
            .assert_code("nobody", "UNAUTHENTICATED");
        target
            .request(
                target
                    .post()
                    .bearer_auth(staff.token().expect("a token"))
                    .json(body),
            )
            .await
            .assert_code("staff", "FORBIDDEN");
        target
            .request(
                target
                    .post()
                    .bearer_auth(stranger.token().expect("a token"))
                    .json(body),
            )
            .await
            .assert_code("a stranger", "UNAUTHENTICATED");
    }
    target.assert_nothing_was_written().await;
}
