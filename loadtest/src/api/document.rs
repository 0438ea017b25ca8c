//! The GraphQL documents, sent by their hash (automatic persisted queries): those that a mini-program would send.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};

/// A document with its hash.
#[derive(Debug, Clone)]
pub struct Document {
    text: &'static str,
    hash: String,
}

/// The newest stories.
pub const FEED: &str = "query Feed($campaign: ID, $first: Int, $after: String) { \
    stories(campaignId: $campaign, first: $first, after: $after) { pageInfo { hasNextPage endCursor } \
    nodes { id title summary coverUrl publishedAt nominee { id number name } likeCount viewCount } } }";
/// The same where a visit begins: with a ticket for its votes.
pub const VISIT: &str = "query Visit($campaign: ID!, $first: Int, $after: String) { \
    stories(campaignId: $campaign, first: $first, after: $after) { pageInfo { hasNextPage endCursor } \
    nodes { id title summary coverUrl publishedAt nominee { id number name } likeCount viewCount } } \
    campaign(id: $campaign) { ticket } }";
/// The newest stories for somebody who has signed in, whose answer is nobody else's.
pub const OWN_FEED: &str = "query OwnFeed($campaign: ID, $first: Int, $after: String) { \
    stories(campaignId: $campaign, first: $first, after: $after) { pageInfo { hasNextPage endCursor } \
    nodes { id title summary coverUrl publishedAt nominee { id number name } likeCount viewCount viewerHasLiked } } }";
/// A nominee's page.
pub const NOMINEE: &str = "query Nominee($id: ID!) { nominee(id: $id) { id number name employer city title summary \
    portraitUrl status votes rank likeCount viewCount category { name } } }";
/// A story's page.
pub const STORY: &str = "query Story($id: ID!) { story(id: $id) { id title summary body(format: HTML) coverUrl \
    publishedAt nominee { id number name } likeCount viewCount } }";
/// A vote.
pub const VOTE: &str = "mutation Vote($input: CastVoteInput!) { castVote(input: $input) { vote { id castAt } \
    quota { used limit remaining } userErrors { code message } } }";
/// A like.
pub const LIKE: &str = "mutation Like($input: SetLikeInput!) { setLike(input: $input) { \
    subject { id likeCount } userErrors { code message } } }";
/// A report of views.
pub const VIEWS: &str = "mutation Views($input: RecordViewsInput!) { recordViews(input: $input) { \
    recorded userErrors { code message } } }";
/// The votes and likes of a voter, for the recount.
pub const OWN: &str = "query Own($campaign: ID!, $ids: [ID!]!) { \
    campaign(id: $campaign) { viewerQuotas { category { id } used limit } } \
    nodes(ids: $ids) { ... on Nominee { viewerHasVoted viewerHasLiked } ... on Story { viewerHasLiked } } }";
/// The live tally; `version` and `rawVotes` stand first, where they are found without reading all.
pub const TALLY: &str = "subscription Tally($campaign: ID!) { tallyChanged(campaignId: $campaign) { \
    version rawVotes asOf countedVotes withheldVotes voters entries { nominee { id } votes rank } } }";

impl Document {
    /// A document of this text.
    #[must_use]
    pub fn new(text: &'static str) -> Self {
        let hash = HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref());
        Self { text, hash }
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// The `extensions` that name it.
    #[must_use]
    pub fn extensions(&self) -> Value {
        json!({"persistedQuery": {"version": 1, "sha256Hash": self.hash}})
    }

    /// The body of a request that makes it known. It has no variables, so that nothing is changed where it needs some:
    /// the server knows the document all the same.
    #[must_use]
    pub fn registration(&self) -> String {
        json!({"query": self.text, "extensions": self.extensions()}).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_named_by_its_hash() {
        let document = Document::new("{ serverTime }");
        let extensions = document.extensions();
        let hash = extensions["persistedQuery"]["sha256Hash"].as_str();
        assert_eq!(
            hash,
            Some("2c75d364a9467ad4c5eb7843bc312f213c97322ac8be34a2c8e3ceb1361000b9")
        );
        let body: Value = serde_json::from_str(&document.registration()).expect("JSON");
        assert_eq!(body["query"], "{ serverTime }");
        assert_eq!(body["extensions"], document.extensions());
    }
}
