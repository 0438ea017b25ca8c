//! The client of a request: its address behind the trusted proxies, its language, its bearer token.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, HeaderName, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue};
use chrono::{DateTime, Utc};
use ipnet::IpNet;

use super::Server;
use crate::app::{App, Client};
use crate::auth::Viewer;
use crate::domain::turnout::ClientKind;
use crate::error::{Error, Result};
use crate::graphql::RequestContext;
use crate::graphql::messages::Language;

/// The header with the id that a client made up for its device.
pub(super) const DEVICE_ID: &str = "x-acclaim-device";

/// The header with the kind of client, for figures of turnout.
pub(super) const CLIENT_KIND: &str = "x-acclaim-client";

/// The headers of a request that say who asks, from where and in which language; the token is not verified yet.
#[derive(Debug, Clone)]
pub(super) struct ClientHeaders {
    client: Client,
    language: Language,
    authorization: Option<HeaderValue>,
}

impl FromRequestParts<Server> for ClientHeaders {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Server,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self::new(server, peer(&parts.extensions), &parts.headers))
    }
}

/// The address of a request's connection; that of this machine where there is no connection, as in tests.
pub(super) fn peer(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip())
}

/// The time between two looks at the session of a member of staff who is connected.
const LOOK_EVERY: Duration = Duration::from_millis(500);

fn bearer(header: &HeaderValue) -> Option<&str> {
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl ClientHeaders {
    /// The headers of a request from `peer`.
    pub fn new(server: &Server, peer: IpAddr, headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            client: Client {
                address: address(peer, headers, &server.trusted_proxies),
                user_agent: text(USER_AGENT).map(Into::into),
                device_id: text(HeaderName::from_static(DEVICE_ID)).map(Into::into),
                kind: headers
                    .get(HeaderName::from_static(CLIENT_KIND))
                    .map(|value| ClientKind::from_name(value.as_bytes()))
                    .unwrap_or_default(),
            },
            language: text(ACCEPT_LANGUAGE)
                .map(Language::accepted)
                .unwrap_or_default(),
            authorization: headers.get(AUTHORIZATION).cloned(),
        }
    }

    /// Whether there is no token at all, good or bad.
    pub(super) fn is_anonymous(&self) -> bool {
        self.authorization.is_none()
    }

    /// Whether the token is one of staff, as far as it tells by itself: its session may have ended.
    pub(super) fn has_token_of_staff(&self, server: &Server) -> bool {
        let token = self.authorization.as_ref().and_then(bearer);
        let now = server.app.clock.now();
        let access = token.and_then(|token| server.app.tokens.verify(token, now).ok());
        access.is_some_and(|access| access.viewer.staff().is_some())
    }

    /// The client, as limits know it.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The language of texts for people.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Verifies the token; without one the requester is anonymous. Returns how long the token is good, too.
    pub async fn requester(&self, server: &Server) -> Result<(RequestContext, TokenLife)> {
        let token = match &self.authorization {
            Some(header) => Some(bearer(header).ok_or(Error::NoBearer)?),
            None => None,
        };
        self.requester_with(server, token).await
    }

    /// The same with a token from elsewhere, as sockets have it.
    pub(super) async fn requester_with(
        &self,
        server: &Server,
        token: Option<&str>,
    ) -> Result<(RequestContext, TokenLife)> {
        let (viewer, expires_at) = match token {
            None => (Viewer::Anonymous, None),
            Some(token) => {
                let (viewer, expires_at) = server.app.authenticate(token).await?;
                (viewer, Some(expires_at))
            }
        };
        let life = TokenLife {
            app: Arc::clone(&server.app),
            expires_at,
            staff_token: token
                .filter(|_| viewer.staff().is_some())
                .map(str::to_owned),
        };
        Ok((
            RequestContext {
                viewer,
                client: self.client.clone(),
                language: self.language,
            },
            life,
        ))
    }
}

/// The life of the token that a connection began with.
pub(super) struct TokenLife {
    app: Arc<App>,
    expires_at: Option<DateTime<Utc>>,
    /// The token, where its session may be ended before it expires.
    staff_token: Option<String>,
}

impl TokenLife {
    /// Waits for the token's end, which may never come.
    pub(super) async fn ended(self) {
        let Some(expires_at) = self.expires_at else {
            return std::future::pending().await;
        };
        let lifetime = (expires_at - self.app.clock.now())
            .to_std()
            .unwrap_or_default();
        let revoked = async {
            let Some(token) = &self.staff_token else {
                return std::future::pending().await;
            };
            let is_over = async || {
                let viewer = self.app.authenticate(token).await;
                matches!(viewer, Err(Error::Unauthenticated))
            };
            while !is_over().await {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::select! {
            () = tokio::time::sleep(lifetime) => {}
            () = revoked => {}
        }
    }
}

/// The address of the client: the last one in `X-Forwarded-For` that is not a trusted proxy's, if the peer is one.
/// Addresses before it were written by the client and are not believed.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|network| network.contains(&ip));
    let peer = peer.to_canonical();
    if !is_trusted(peer) {
        return peer;
    }
    let values = headers.get_all("x-forwarded-for").iter().rev();
    let hops = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.rsplit(','));
    let mut nearest = peer;
    for hop in hops {
        let Some(ip) = hop_address(hop.trim()) else {
            return nearest;
        };
        nearest = ip.to_canonical();
        if !is_trusted(nearest) {
            return nearest;
        }
    }
    nearest
}

/// The address of a hop, also as some proxies write it: with a port, an IPv6 one in brackets.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let bracketed = || hop.strip_prefix('[')?.strip_suffix(']');
    hop.parse()
        .or_else(|_| hop.parse().map(|address: SocketAddr| address.ip()))
        .ok()
        .or_else(|| bracketed()?.parse().ok().map(IpAddr::V6))
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
        for (hop, address) in [
            ("198.51.100.7:51234", "198.51.100.7"),
            ("[2001:db8::1]:51234", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("198.51.100.7:51234, 10.0.0.9:80", "198.51.100.7"),
            ("198.51.100.7:999999", "10.0.0.1"),
            ("[198.51.100.7]", "10.0.0.1"),
            ("[2001:db8::1", "10.0.0.1"),
        ] {
            assert_eq!(seen("10.0.0.1", hop), address, "{hop}");
        }
        assert_eq!(seen("::ffff:192.0.2.1", ""), "192.0.2.1");
    }
}
