//! A provider as its discovery document describes it ([OpenID Connect Discovery 1.0]), and its keys.
//!
//! The document decides where codes and secrets are sent, so it must be the issuer's own and name encrypted addresses
//! only, but for a provider on this machine.
//!
//! [OpenID Connect Discovery 1.0]: https://openid.net/specs/openid-connect-discovery-1_0.html

use std::time::Duration;

use reqwest::Url;
use serde::Deserialize;

use super::super::failure::Failure;
use super::super::outbound::{Outbound, read};
use super::keys::KeySet;

/// A key that the provider has withdrawn is believed for as long at most.
pub(super) const LIFETIME: Duration = Duration::from_hours(1);
/// Documents have some 5 KB.
const DOCUMENT_BYTES_MAX: usize = 64 * 1024;
/// Key sets have some 2 KB a key, with its certificates.
const KEYS_BYTES_MAX: usize = 256 * 1024;

/// A provider, as far as we need it.
#[derive(Debug)]
pub(super) struct Provider {
    /// The page that people sign in at.
    pub authorization_endpoint: Url,
    /// The place that codes are exchanged at.
    pub token_endpoint: Url,
    /// The way that we prove there who we are, where we have a secret.
    pub client_authentication: ClientAuthentication,
    /// The keys that id tokens are signed with.
    pub keys: KeySet,
}

/// The ways to send a secret that the protocol has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientAuthentication {
    /// In a header, which is the protocol's default.
    Basic,
    /// In the form.
    Post,
}

/// The fields of a discovery document that we want.
#[derive(Debug, Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl Provider {
    /// Reads the provider's document and its keys.
    pub async fn fetch(
        outbound: &Outbound,
        issuer: &str,
        has_secret: bool,
    ) -> Result<Self, Failure> {
        let endpoint = outbound.endpoint("/.well-known/openid-configuration");
        let document = read(outbound.get(endpoint), DOCUMENT_BYTES_MAX).await?;
        let document = parse_document(&document, issuer)?;
        let base = outbound.base();
        let authorization_endpoint = parse_endpoint(&document.authorization_endpoint, base)?;
        let token_endpoint = parse_endpoint(&document.token_endpoint, base)?;
        let client_authentication = if has_secret {
            choose(document.token_endpoint_auth_methods_supported.as_deref())?
        } else {
            ClientAuthentication::Post
        };
        let jwks_uri = parse_endpoint(&document.jwks_uri, base)?;
        let keys = KeySet::parse(&read(outbound.get(jwks_uri), KEYS_BYTES_MAX).await?)?;
        Ok(Self {
            authorization_endpoint,
            token_endpoint,
            client_authentication,
            keys,
        })
    }
}

/// Reads a document, which must be that of `issuer`.
fn parse_document(document: &[u8], issuer: &str) -> Result<Document, Failure> {
    let document: Document =
        serde_json::from_slice(document).map_err(|_| Failure::AnswerUnreadable)?;
    if document.issuer != issuer {
        return Err(Failure::Untrusted("the document is another issuer's"));
    }
    Ok(document)
}

/// Reads an address that codes, secrets or keys travel to or from: encrypted, or on this machine where the provider is
/// itself.
fn parse_endpoint(endpoint: &str, issuer: &Url) -> Result<Url, Failure> {
    let no_address = Failure::Untrusted("an address of the provider's is not encrypted, or none");
    let Ok(url) = Url::parse(endpoint) else {
        return Err(no_address);
    };
    let is_plain = |url: &Url| url.scheme() == "http" && is_local(url);
    let has_host = url.host_str().is_some_and(|host| !host.is_empty());
    let is_good = has_host && (url.scheme() == "https" || (is_plain(&url) && is_plain(issuer)));
    // A fragment would be sent nowhere, and what is behind it lost.
    if is_good && url.fragment().is_none() && url.username().is_empty() {
        Ok(url)
    } else {
        Err(no_address)
    }
}

fn is_local(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

/// Chooses a way to send the secret that the provider takes.
fn choose(methods: Option<&[String]>) -> Result<ClientAuthentication, Failure> {
    let Some(methods) = methods else {
        return Ok(ClientAuthentication::Basic);
    };
    let takes = |name: &str| methods.iter().any(|method| method == name);
    if takes("client_secret_basic") {
        Ok(ClientAuthentication::Basic)
    } else if takes("client_secret_post") {
        Ok(ClientAuthentication::Post)
    } else {
        Err(Failure::Untrusted("the provider takes no client secret"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://sso.example.org/realms/vote";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://sso.example.org/auth",
            "token_endpoint": "https://sso.example.org/token",
            "jwks_uri": "https://sso.example.org/keys",
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        })
    }

    #[test]
    fn a_document_is_the_issuers_own() {
        assert!(parse_document(document().to_string().as_bytes(), ISSUER).is_ok());
        for other in [
            "https://sso.example.org/realms/vote/",
            "https://sso.example.org/realms/Vote",
            "http://sso.example.org/realms/vote",
            "https://sso.example.org",
            "",
        ] {
            let refused = parse_document(document().to_string().as_bytes(), other);
            assert!(matches!(refused, Err(Failure::Untrusted(_))), "{other}");
        }
    }

    #[test]
    fn a_document_has_all_that_is_needed() {
        let names = [
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
        ];
        for name in names {
            for wrong in [json!(null), json!(7), json!(["https://sso.example.org"])] {
                let mut document = document();
                document[name] = wrong;
                let refused = parse_document(document.to_string().as_bytes(), ISSUER);
                assert!(matches!(refused, Err(Failure::AnswerUnreadable)), "{name}");
            }
        }
        let whole = document().to_string();
        for cut in ["", "[]", &whole[..whole.len() - 1]] {
            assert!(parse_document(cut.as_bytes(), ISSUER).is_err(), "{cut}");
        }
    }

    #[test]
    fn addresses_are_encrypted_or_of_this_machine_where_the_issuer_is() {
        let encrypted = Url::parse(ISSUER).expect("a URL");
        let local = Url::parse("http://127.0.0.1:9999").expect("a URL");
        for (endpoint, by_encrypted, by_local) in [
            ("https://sso.example.org/token", true, true),
            ("https://elsewhere.example/token?x=1", true, true),
            ("http://127.0.0.1:9999/token", false, true),
            ("http://localhost:9999/token", false, true),
            ("http://[::1]:9999/token", false, true),
            ("http://sso.example.org/token", false, false),
            ("http://127.0.0.1.example.org/token", false, false),
            ("http://127.0.0.1@sso.example.org/token", false, false),
            ("https://user@sso.example.org/token", false, false),
            ("https://sso.example.org/token#x", false, false),
            ("file:///etc/passwd", false, false),
            ("ftp://127.0.0.1/token", false, false),
            ("javascript:alert(1)", false, false),
            ("/token", false, false),
            ("", false, false),
        ] {
            assert_eq!(
                parse_endpoint(endpoint, &encrypted).is_ok(),
                by_encrypted,
                "{endpoint}"
            );
            assert_eq!(
                parse_endpoint(endpoint, &local).is_ok(),
                by_local,
                "{endpoint}"
            );
        }
    }

    #[test]
    fn a_secret_is_sent_as_the_provider_takes_it() {
        let choose = |methods: &[&str]| {
            let methods: Vec<String> = methods.iter().map(|&name| name.to_owned()).collect();
            choose(Some(&methods)).ok()
        };
        assert_eq!(super::choose(None).ok(), Some(ClientAuthentication::Basic));
        let both = ["client_secret_post", "client_secret_basic"];
        assert_eq!(choose(&both), Some(ClientAuthentication::Basic));
        assert_eq!(choose(&both[..1]), Some(ClientAuthentication::Post));
        assert_eq!(choose(&["private_key_jwt", "none"]), None);
        assert_eq!(choose(&[]), None);
    }
}
