//! The addresses of the pages, and the campaign or nominee at each.

use std::sync::Arc;

use crate::auth::Viewer;
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::domain::story::Story;
use crate::graphql::node_id;
use crate::http::Server;

/// The campaign at this slug, as the public sees it.
pub(super) fn find(server: &Server, slug: &str) -> Option<Arc<Roster>> {
    let catalog = server.app.campaigns.catalog();
    catalog.find_by_slug(slug, Viewer::Anonymous)
}

/// The campaign at this slug, and where the nominee with this number stands in it, if it is shown.
pub(super) fn find_nominee(
    server: &Server,
    slug: &str,
    number: &str,
) -> Option<(Arc<Roster>, usize)> {
    let roster = find(server, slug)?;
    let index = roster.shown_index_of_number(number.parse().ok()?)?;
    Some((roster, index))
}

/// The path of a campaign's voting page.
pub(super) fn campaign_path(roster: &Roster) -> String {
    let slug: String = form_urlencoded::byte_serialize(roster.campaign().slug.as_bytes()).collect();
    format!("/c/{slug}")
}

/// The path of a nominee's page.
pub(super) fn nominee_path(roster: &Roster, nominee: &Nominee) -> String {
    format!("{}/n/{}", campaign_path(roster), nominee.number)
}

pub(super) fn story_path(server: &Server, roster: &Roster, story: &Story) -> String {
    let id = node_id::GlobalId::Story(story.id).encode(&server.app.hash_key);
    format!("{}/stories/{}", campaign_path(roster), id.as_str())
}

/// Where a nominee's poster is, if there can be one.
pub(super) fn poster_path(server: &Server, roster: &Roster, nominee: &Nominee) -> Option<String> {
    if !server.posters.can_draw() {
        return None;
    }
    Some(format!("{}/poster.png", nominee_path(roster, nominee)))
}
