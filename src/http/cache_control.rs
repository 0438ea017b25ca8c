//! How long caches may keep an answer, and what it depends on.

use axum::http::HeaderValue;

/// `Cache-Control` of what is public and moves: a second in shared caches is fresh enough, and one request a second a
/// cache reaches us.
pub const SHARED: &str = "public, max-age=1, s-maxage=1";
/// `Cache-Control` of a poster or code: a name may be put right.
pub const FEW_MINUTES: &str = "public, max-age=300";
/// `Cache-Control` of a file whose name has a hash of its contents, so that a kept copy never becomes old.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// `Vary` of an answer of GraphQL.
pub const VARIES: HeaderValue =
    HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, Authorization");
/// `Vary` of one without errors, which alone have a language.
pub const VARIES_PUBLIC: HeaderValue =
    HeaderValue::from_static("Accept, Accept-Encoding, Authorization");
