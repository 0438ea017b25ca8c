//! Addresses in settings: read, and refused where they cannot be used.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderValue;
use ipnet::IpNet;

use super::{ConfigError, wrong};
use crate::auth::secret::Secret;

/// Reads an address to listen on. A name could stand for several, and for others tomorrow.
pub(super) fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "write an IP address and a port: 127.0.0.1:8080 for this machine, 0.0.0.0:8080 for all"
            .to_owned()
    })
}

/// Reads the address of a store, which may have a password. Whether it can be used is for the store to say.
pub(super) fn parse_store(text: &str) -> Result<Secret, String> {
    if text.is_empty() {
        return Err("write the address of a store, or leave it out".to_owned());
    }
    Ok(text.to_owned().into())
}

/// Reads an address that paths are put behind; a slash at its end is left out.
pub(super) fn parse_public_url(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).ok().filter(|url| {
        let is_plain = url.query().is_none() && url.fragment().is_none();
        matches!(url.scheme(), "http" | "https") && is_plain && url.username().is_empty()
    });
    let url = url.ok_or("must be an address as https://vote.example.org")?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Whether an address is encrypted, or of this machine.
pub(super) fn may_carry_a_secret(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| {
        let is_local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        url.scheme() == "https" || (url.scheme() == "http" && is_local)
    })
}

/// An address that codes and secrets may be sent to.
pub(super) fn check_address(setting: &str, url: &str) -> Result<String, ConfigError> {
    if !may_carry_a_secret(url) {
        return Err(wrong(setting)(
            "must start with https://: secrets and codes travel there".into(),
        ));
    }
    Ok(url.to_owned())
}

/// Reads a network, or an address, which is the network of one.
pub(super) fn parse_network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    address
        .or_else(|_| text.parse())
        .map_err(|_| "write an address or a network such as 10.0.0.0/8".to_owned())
}

/// An origin as browsers send it: scheme, host and port, nothing after them.
pub(super) fn parse_origin(text: &str) -> Result<HeaderValue, String> {
    // All ports of a host, for development.
    let host = text.strip_suffix(":*").unwrap_or(text);
    let is_origin = text == "*"
        || reqwest::Url::parse(host).is_ok_and(|url| url.origin().ascii_serialization() == host);
    let origin = HeaderValue::from_str(text).ok().filter(|_| is_origin);
    origin.ok_or_else(|| "write origins such as https://vote.example.org, or *".to_owned())
}

#[cfg(test)]
mod tests {
    use super::may_carry_a_secret;

    #[test]
    fn a_secret_is_sent_encrypted_or_to_this_machine() {
        for (url, is_good) in [
            ("https://api.weixin.qq.com", true),
            ("http://127.0.0.1:9999", true),
            ("http://localhost:9999", true),
            ("http://[::1]:9999", true),
            ("http://api.weixin.qq.com", false),
            ("http://localhost.example.com", false),
            ("http://127.0.0.1@evil.example", false),
            ("ftp://127.0.0.1", false),
            ("nonsense", false),
        ] {
            assert_eq!(may_carry_a_secret(url), is_good, "{url}");
        }
    }
}
