use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::KeyPair as _;

use super::*;

/// A key, which takes a while to make.
static KEY: LazyLock<KeyPair> =
    LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).expect("a key"));

fn private_der() -> Vec<u8> {
    let der: Pkcs8V1Der<'_> = KEY.as_der().expect("PKCS#8");
    der.as_ref().to_vec()
}

fn public_der() -> Vec<u8> {
    let der: PublicKeyX509Der<'_> = KEY.public_key().as_der().expect("X.509");
    der.as_ref().to_vec()
}

fn sign(text: &str) -> String {
    let mut signature = vec![0; KEY.public_modulus_len()];
    KEY.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .expect("it signs");
    BASE64.encode(&signature)
}

/// An answer that is signed.
fn signed(response: &str) -> String {
    let sign = sign(response);
    format!(r#"{{"alipay_system_oauth_token_response":{response},"sign":"{sign}"}}"#)
}

fn outcome(answer: &str) -> Result<String, CodeExchangeError> {
    match parse_answer(answer.as_bytes(), &public_der()) {
        Ok(account) => {
            assert_eq!(account.unionid, None);
            Ok(account.openid.as_str().to_owned())
        }
        Err(failure) => Err(sort(&failure)),
    }
}

#[test]
fn the_names_of_a_person_are_told_apart() {
    for (response, openid) in [
        (r#"{"user_id":"1","access_token":"t"}"#, "user_id:1"),
        (r#"{"open_id":"1","access_token":"t"}"#, "open_id:1"),
        (
            r#"{"user_id":"2","open_id":"1","code":"10000"}"#,
            "open_id:1",
        ),
        (r#"{"user_id":"2","open_id":""}"#, "user_id:2"),
        (r#"{"user_id":"2","open_id":null}"#, "user_id:2"),
        // Its very bytes are signed, with their spaces and escapes.
        (
            "{ \"user_id\" : \"1\\/2\",\n \"re_expires_in\":3600}",
            "user_id:1/2",
        ),
    ] {
        assert_eq!(
            outcome(&signed(response)),
            Ok(openid.to_owned()),
            "{response}"
        );
    }
}

#[test]
fn an_account_without_the_platforms_signature_is_none() {
    let response = r#"{"user_id":"1"}"#;
    let good = signed(response);
    assert!(outcome(&good).is_ok());
    let other = sign(r#"{"user_id":"2"}"#);
    for answer in [
        good.replace(r#""user_id":"1""#, r#""user_id":"2""#),
        good.replace(r#"{"user_id""#, r#"{ "user_id""#),
        format!(r#"{{"alipay_system_oauth_token_response":{response},"sign":"{other}"}}"#),
        format!(r#"{{"alipay_system_oauth_token_response":{response},"sign":"?"}}"#),
        format!(r#"{{"alipay_system_oauth_token_response":{response},"sign":""}}"#),
        format!(r#"{{"alipay_system_oauth_token_response":{response},"sign":null}}"#),
        format!(r#"{{"alipay_system_oauth_token_response":{response}}}"#),
    ] {
        assert_eq!(
            outcome(&answer),
            Err(CodeExchangeError::Unavailable),
            "{answer}"
        );
    }
}

#[test]
fn documented_errors_are_sorted() {
    use CodeExchangeError::{InvalidCode, Misconfigured, Unavailable};
    let refused = |errcode| Misconfigured { errcode };
    for (code, sub_code, error) in [
        ("40002", "isv.code-invalid", InvalidCode),
        ("40004", "isv.code-invalid", InvalidCode),
        ("40002", "isv.unmatched-app-id", InvalidCode),
        ("40002", "isv.grant-type-invalid", refused(40002)),
        ("40002", "isv.invalid-app-id", refused(40002)),
        ("40002", "isv.invalid-signature", refused(40002)),
        ("40002", "isv.invalid-timestamp", refused(40002)),
        ("40001", "isv.missing-signature-key", refused(40001)),
        ("40006", "isv.insufficient-isv-permissions", refused(40006)),
        ("20001", "aop.invalid-app-auth-token", refused(20001)),
        (
            "40005",
            "isv.app-call-limited",
            CodeExchangeError::MINUTE_QUOTA,
        ),
        ("20000", "isp.unknow-error", Unavailable),
        ("20000", "aop.unknow-error", Unavailable),
        ("40004", "isp.unknow-error", Unavailable),
        ("40004", "isv.of-another-year", Unavailable),
    ] {
        let error_response = format!(
            r#"{{"code":"{code}","msg":"Any Text","sub_code":"{sub_code}","sub_msg":"any text"}}"#
        );
        for answer in [
            format!(r#"{{"error_response":{error_response}}}"#),
            format!(r#"{{"error_response":{error_response},"sign":"x"}}"#),
            format!(r#"{{"alipay_system_oauth_token_response":{error_response},"sign":"x"}}"#),
        ] {
            assert_eq!(outcome(&answer), Err(error), "{answer}");
        }
    }
}

#[test]
fn an_error_counts_even_beside_an_account() {
    let sign = sign(r#"{"user_id":"1"}"#);
    let answer = format!(
        r#"{{"alipay_system_oauth_token_response":{{"user_id":"1"}},"sign":"{sign}",
        "error_response":{{"code":"40002","sub_code":"isv.code-invalid"}}}}"#
    );
    assert_eq!(outcome(&answer), Err(CodeExchangeError::InvalidCode));
    for response in [
        r#"{"user_id":"1","code":"40004"}"#,
        r#"{"user_id":"1","sub_code":"isp.unknow-error"}"#,
    ] {
        assert_eq!(
            outcome(&signed(response)),
            Err(CodeExchangeError::Unavailable),
            "{response}"
        );
    }
}

#[test]
fn answers_outside_the_documentation_are_unavailable() {
    let good = signed(r#"{"user_id":"1"}"#);
    let twice = good.replacen(
        '{',
        r#"{"alipay_system_oauth_token_response":{"user_id":"2"},"#,
        1,
    );
    for answer in [
        "",
        "{}",
        "null",
        "<html>busy</html>",
        r#"{"error_response":[]}"#,
        r#"{"error_response":{}}"#,
        r#"{"alipay_system_oauth_token_response":null}"#,
        &signed("{}"),
        &signed("[]"),
        &signed(r#"{"user_id":7}"#),
        &signed(r#"{"user_id":""}"#),
        &signed(r#"{"user_id":"1","code":10000}"#),
        &good[..good.len() - 1],
        &twice,
    ] {
        assert_eq!(
            outcome(answer),
            Err(CodeExchangeError::Unavailable),
            "{answer}"
        );
    }
}

#[test]
fn a_request_is_signed_over_its_sorted_fields_in_beijing_time() {
    let now = DateTime::from_timestamp(1_735_660_799, 0).expect("a time");
    let fields = fields("2014072300007148", "4b20&3f=e6", "2024-12-31 23:59:59");
    assert!(fields.is_sorted());
    assert_eq!(timestamp(now), "2024-12-31 23:59:59");
    let signed = signed_text(&fields);
    assert_eq!(
        signed,
        "app_id=2014072300007148&charset=utf-8&code=4b20&3f=e6&format=JSON&grant_type=authorization_code\
         &method=alipay.system.oauth.token&sign_type=RSA2&timestamp=2024-12-31 23:59:59&version=1.0"
    );
    let alipay = Alipay::new(config(&pem(&private_der()), &pem(&public_der()))).expect("a client");
    let signature = BASE64.decode(alipay.sign(&fields).expect("it signs").as_bytes());
    let public_der = public_der();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &public_der)
        .verify(signed.as_bytes(), &signature.expect("base64"))
        .expect("its signature");
}

fn pem(der: &[u8]) -> String {
    let base64 = BASE64.encode(der);
    let lines: Vec<&str> = base64
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).expect("ASCII"))
        .collect();
    format!(
        "-----BEGIN KEY-----\n{}\n-----END KEY-----\n",
        lines.join("\n")
    )
}

fn config(private_key: &str, public_key: &str) -> AlipayConfig {
    AlipayConfig {
        app_id: "2014072300007148".to_owned(),
        private_key: private_key.to_owned().into(),
        public_key: public_key.to_owned(),
        gateway_url: "http://127.0.0.1:1/gateway.do".to_owned(),
        concurrency_max: 1,
        timeout: Duration::from_secs(1),
    }
}

#[test]
fn keys_are_taken_in_pem_and_as_text_alone() {
    let (private, public) = (private_der(), public_der());
    for (private_key, public_key) in [
        (pem(&private), pem(&public)),
        (
            BASE64.encode(&private),
            format!("{}\n", BASE64.encode(&public)),
        ),
    ] {
        let config = config(&private_key, &public_key);
        let alipay = Alipay::new(config.clone()).expect("good keys");
        let shown = format!("{config:?} {alipay:?}");
        assert!(!shown.contains(&private_key[40..80]), "{shown}");
    }
    for bad in ["", "no key", &pem(b"no key")] {
        let refusal = Alipay::new(config(bad, &pem(&public)));
        assert!(
            matches!(refusal, Err(AlipayConfigError::PrivateKey)),
            "{bad}"
        );
        let refusal = Alipay::new(config(&pem(&private), bad));
        assert!(
            matches!(refusal, Err(AlipayConfigError::PublicKey)),
            "{bad}"
        );
    }
    let swapped = Alipay::new(config(&pem(&public), &pem(&private)));
    assert!(matches!(swapped, Err(AlipayConfigError::PrivateKey)));
    let mut no_url = config(&pem(&private), &pem(&public));
    no_url.gateway_url = "nowhere".to_owned();
    assert!(matches!(
        Alipay::new(no_url),
        Err(AlipayConfigError::GatewayUrl(_))
    ));
}
