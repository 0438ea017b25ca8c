//! Who asks: the address behind the trusted proxies, the language, the bearer token.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, USER_AGENT};
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use ipnet::IpNet;

use super::Server;
use crate::app::Client;
use crate::auth::Viewer;
use crate::error::{Error, Result};
use crate::graphql::Asker;
use crate::graphql::messages::Language;

/// What the headers of a request say about who asks; the token is not verified yet.
#[derive(Debug, Clone)]
pub struct Origin {
    client: Client,
    language: Language,
    /// The bearer token; an error if the header is of another form.
    token: Result<Option<String>, ()>,
}

impl FromRequestParts<Server> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Server,
    ) -> Result<Self, Self::Rejection> {
        // Without a socket, as in tests of the router alone, it is this machine.
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let peer = peer.unwrap_or(IpAddr::from([127, 0, 0, 1]));
        let text = |name| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        Ok(Self {
            client: Client {
                address: address(peer, &parts.headers, &server.trusted_proxies),
                user_agent: text(USER_AGENT).map(str::to_owned),
            },
            language: text(ACCEPT_LANGUAGE)
                .map(Language::accepted)
                .unwrap_or_default(),
            token: match parts.headers.get(AUTHORIZATION) {
                None => Ok(None),
                Some(value) => value.to_str().ok().and_then(bearer).map(Some).ok_or(()),
            },
        })
    }
}

fn bearer(header: &str) -> Option<String> {
    let (scheme, token) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

impl Origin {
    /// Whether there is no token at all, good or bad.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.token == Ok(None)
    }

    /// Verifies the token; without one the asker is anonymous. Returns until when the token is good.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a token that is no good.
    pub async fn asker(&self, server: &Server) -> Result<(Asker, Option<DateTime<Utc>>)> {
        let token = self.token.clone().map_err(|()| Error::Unauthenticated)?;
        self.asker_with(server, token.as_deref()).await
    }

    /// The same with a token from elsewhere, as sockets have it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a token that is no good.
    pub async fn asker_with(
        &self,
        server: &Server,
        token: Option<&str>,
    ) -> Result<(Asker, Option<DateTime<Utc>>)> {
        let (viewer, expires_at) = match token {
            None => (Viewer::Anonymous, None),
            Some(token) => {
                let (viewer, expires_at) = server.app.authenticate(token).await?;
                (viewer, Some(expires_at))
            }
        };
        Ok((
            Asker {
                viewer,
                client: self.client.clone(),
                language: self.language,
            },
            expires_at,
        ))
    }
}

/// The address of the client: the last one in `X-Forwarded-For` that is not a trusted proxy's, if the peer is one.
/// What stands before it was written by the client and is not believed.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|network| network.contains(&ip));
    let peer = peer.to_canonical();
    if !is_trusted(peer) {
        return peer;
    }
    let values = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let mut nearest = peer;
    for hop in hops.into_iter().rev() {
        let Ok(ip) = hop.parse::<IpAddr>() else {
            return nearest;
        };
        nearest = ip.to_canonical();
        if !is_trusted(nearest) {
            return nearest;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().expect("a network")];
        let seen = |peer: &str, forwarded: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().expect("a header"));
            address(peer.parse().expect("an address"), &headers, &trusted).to_string()
        };
        assert_eq!(seen("192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(
            seen("10.0.0.1", "1.2.3.4, 198.51.100.7, 10.0.0.9"),
            "198.51.100.7"
        );
        assert_eq!(seen("10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(seen("::ffff:192.0.2.1", ""), "192.0.2.1");
    }
}
