//! `Cache-Control` and `Vary`: how long caches may keep a response, and the request headers that it depends on.

use axum::http::HeaderValue;

/// `Cache-Control` of public data that moves: a second in shared caches is fresh enough, and one request a second a
/// cache reaches us.
pub(super) const SHARED: &str = "public, max-age=1, s-maxage=1";
/// `Cache-Control` of a poster or code: a name may be put right.
pub(super) const FEW_MINUTES: &str = "public, max-age=300";
/// `Cache-Control` of a file whose name has a hash of its contents, so that a cached copy never becomes old.
pub(super) const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// `Vary` of a response of GraphQL.
pub(super) const VARIES: HeaderValue =
    HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, Authorization");
/// `Vary` of one without errors, which alone have a language.
pub(super) const VARIES_PUBLIC: HeaderValue =
    HeaderValue::from_static("Accept, Accept-Encoding, Authorization");
