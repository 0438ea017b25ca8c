//! The pages of campaigns below `/c/`, and the way there at `/`, for browsers: the program that `web` builds
//! (`assets`), and the HTML around it that must be there before it runs, or without it: the language, title and preview
//! tags of an address, and the text of a story (`html`), the voting page and nominees (`first_view`). `poster` has the
//! pictures to share, `media` those that were uploaded, `paths` the addresses of all. `desk` is the page that the
//! organiser's program begins with.
//!
//! The heads are public, the same for everybody, and as fresh as the public tally.

mod assets;
mod desk;
pub(super) mod first_view;
mod headers;
mod html;
mod media;
mod paths;
pub mod poster;
mod refusal;
mod unknown;

use std::fmt::Write as _;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

pub use self::assets::DOCUMENTS;
use self::headers::{headers, policy};
use self::html::{Body, PageHead, article, document, introduction};
use self::paths::{campaign_path, find, find_nominee, nominee_path, poster_path, story_path};
use self::refusal::unavailable;
pub(super) use self::unknown::{handle as unknown, nowhere};
use super::Server;
use super::cache_control::SHARED;
use super::client::ClientHeaders;
use crate::auth::Viewer;
use crate::domain::campaign::Campaign;
use crate::domain::media::{Picture, PictureSize};
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::domain::story::Story;
use crate::error::Result;
use crate::graphql::messages::Language;
use crate::graphql::node_id;
use crate::id::StoryId;
use crate::print::markup::Escaped;

/// The cost of the page of a story, as that of an operation with a statement.
const STORY_COST: u32 = 50;
/// Campaigns that `/` names.
const CAMPAIGNS_MAX: usize = 100;

/// The pages and their files.
pub(super) fn router() -> Router<Server> {
    Router::new()
        .route("/", get(campaigns))
        .route("/c/{slug}", get(voting))
        .route("/c/{slug}/qr.svg", get(poster::campaign_code))
        .route("/c/{slug}/n/{number}", get(nominee))
        .route("/c/{slug}/n/{number}/qr.svg", get(poster::nominee_code))
        .route("/c/{slug}/n/{number}/poster.png", get(poster::picture))
        .route("/c/{slug}/stories", get(campaign))
        .route("/c/{slug}/stories/{id}", get(story))
        .route("/c/{slug}/board", get(campaign))
        .route("/c/{slug}/result", get(result))
        .route("/desk", get(desk::shell))
        .route("/desk/", get(desk::shell))
        .route("/desk/{*path}", get(desk::shell))
        .route("/pages/{name}", get(assets::file))
        .route("/media/{name}", get(media::picture))
}

/// The way to the public campaign, and where there are several, to each of the latest.
async fn campaigns(State(server): State<Server>, client_headers: ClientHeaders) -> Response {
    let catalog = server.app.campaigns.catalog();
    let listed: Vec<_> = catalog
        .visible(Viewer::Anonymous)
        .take(CAMPAIGNS_MAX)
        .collect();
    if let [only] = listed[..] {
        let way = Redirect::temporary(&campaign_path(only));
        return (headers("text/plain", SHARED), way).into_response();
    }
    let mut body = "<header class=\"top\"><h1>评选 · Campaigns</h1></header><main>".to_owned();
    if listed.is_empty() {
        body.push_str("<p>现在没有评选。There is no campaign now.</p>");
    } else {
        body.push_str("<ul class=\"feed\">");
        for roster in &listed {
            let path = campaign_path(roster);
            let title = Escaped(&roster.campaign().title);
            let summary = Escaped(&roster.campaign().summary);
            _ = write!(
                body,
                "<li class=\"card\"><a href=\"{path}\"><strong>{title}</strong><span>{summary}</span></a></li>"
            );
        }
        body.push_str("</ul>");
    }
    body.push_str("</main>");
    let head = PageHead {
        title: "评选 · Campaigns".to_owned(),
        summary: "",
        picture: None,
        path: "/".to_owned(),
        kind: "website",
        has_program: false,
    };
    page(&server, &client_headers, &head, &body)
}

/// The voting page, with its first nominees where they can be had now.
async fn voting(
    State(server): State<Server>,
    Path(slug): Path<String>,
    uri: axum::http::Uri,
    request_headers: HeaderMap,
    client_headers: ClientHeaders,
) -> Response {
    let request = first_view::Request::new(&server, &client_headers, &request_headers);
    let Some(roster) = find(&server, &slug) else {
        return nowhere(&client_headers, true);
    };
    let campaign = roster.campaign();
    let path = campaign_path(&roster);
    let head = campaign_head(campaign, campaign.title.clone(), path);
    let query = uri.query().unwrap_or_default();
    if let Some(response) = first_view::voting(&request, &roster, &head, query).await {
        return response;
    }
    let body = introduction(&head.title, head.summary);
    page(&server, &client_headers, &head, &body)
}

/// A page whose head is the campaign's: all but its path.
async fn campaign(
    State(server): State<Server>,
    Path(slug): Path<String>,
    uri: axum::http::Uri,
    client_headers: ClientHeaders,
) -> Response {
    let title = |campaign: &Campaign| campaign.title.clone();
    campaign_page(&server, &slug, uri.path(), &client_headers, title)
}

/// The page of a campaign's result, whatever its phase: what stands on it is for its program to say.
async fn result(
    State(server): State<Server>,
    Path(slug): Path<String>,
    uri: axum::http::Uri,
    client_headers: ClientHeaders,
) -> Response {
    let title = |campaign: &Campaign| match client_headers.language() {
        Language::English => format!("Result · {}", campaign.title),
        Language::Chinese => format!("评选结果 · {}", campaign.title),
    };
    campaign_page(&server, &slug, uri.path(), &client_headers, title)
}

/// A page of a campaign with the campaign's preview.
fn campaign_page(
    server: &Server,
    slug: &str,
    path: &str,
    client_headers: &ClientHeaders,
    title: impl FnOnce(&Campaign) -> String,
) -> Response {
    let Some(roster) = find(server, slug) else {
        return nowhere(client_headers, true);
    };
    let campaign = roster.campaign();
    let head = campaign_head(campaign, title(campaign), path.to_owned());
    let body = introduction(&head.title, head.summary);
    page(server, client_headers, &head, &body)
}

fn campaign_head(campaign: &Campaign, title: String, path: String) -> PageHead<'_> {
    PageHead {
        title,
        summary: &campaign.summary,
        picture: for_preview(campaign.cover()),
        path,
        kind: "website",
        has_program: true,
    }
}

async fn nominee(
    State(server): State<Server>,
    Path((slug, number)): Path<(String, String)>,
    request_headers: HeaderMap,
    client_headers: ClientHeaders,
) -> Response {
    let request = first_view::Request::new(&server, &client_headers, &request_headers);
    let Some((roster, index)) = find_nominee(&server, &slug, &number) else {
        return nowhere(&client_headers, true);
    };
    let nominee = &roster.nominees()[index];
    let path = nominee_path(&roster, nominee);
    let poster = poster_path(&server, &roster, nominee);
    let head = PageHead {
        title: format!("{} · {}", nominee.name, roster.campaign().title),
        summary: &nominee.summary,
        picture: for_preview(nominee.portrait()).or(poster),
        path,
        kind: "profile",
        has_program: true,
    };
    if let Some(response) = first_view::nominee(&request, &roster, nominee.number, &head).await {
        return response;
    }
    let body = introduction(&nominee.name, &nominee.summary);
    page(&server, &client_headers, &head, &body)
}

async fn story(
    State(server): State<Server>,
    Path((slug, id)): Path<(String, String)>,
    client_headers: ClientHeaders,
) -> Response {
    let Some(roster) = find(&server, &slug) else {
        return nowhere(&client_headers, true);
    };
    // It takes a statement, as in the API: a client that hammers it is stopped by the same allowance.
    if let Err(error) = server
        .app
        .charge(Viewer::Anonymous, client_headers.client(), STORY_COST)
    {
        return unavailable(&error, "a story");
    }
    let story = match find_story(&server, &roster, id).await {
        Ok(story) => story,
        Err(error) => return unavailable(&error, "a story"),
    };
    let Some(story) = story else {
        return nowhere(&client_headers, true);
    };
    let about = find_about(&roster, &story);
    let head = PageHead {
        title: story.title.clone(),
        summary: &story.summary,
        picture: story_picture(&server, &roster, &story, about),
        path: story_path(&server, &roster, &story),
        kind: "article",
        has_program: true,
    };
    page(
        &server,
        &client_headers,
        &head,
        &article(&roster, &story, about),
    )
}

/// The story of this id, if it is out and the campaign's.
async fn find_story(server: &Server, roster: &Roster, id: String) -> Result<Option<Story>> {
    let Ok(id) = node_id::decode::<StoryId>(&server.app.hash_key, &id.into()) else {
        return Ok(None);
    };
    let mut stories = server.app.find_stories(Viewer::Anonymous, vec![id]).await?;
    let story = stories.pop();
    Ok(story.filter(|story| story.campaign_id == roster.campaign().id))
}

/// The nominee that a story is about, if it is shown.
fn find_about<'a>(roster: &'a Roster, story: &Story) -> Option<&'a Nominee> {
    let index = roster.shown_index_of(story.nominee_id?)?;
    Some(&roster.nominees()[index])
}

/// The picture of an object for previews: an address, or a path of this server.
fn for_preview(picture: Picture<'_>) -> Option<String> {
    picture.address(None, PictureSize::Large)
}

/// The picture for previews of a story: its own, else its nominee's, else the campaign's.
fn story_picture(
    server: &Server,
    roster: &Roster,
    story: &Story,
    about: Option<&Nominee>,
) -> Option<String> {
    let portrait = || about.and_then(|nominee| for_preview(nominee.portrait()));
    let poster = || about.and_then(|nominee| poster_path(server, roster, nominee));
    for_preview(story.cover())
        .or_else(portrait)
        .or_else(poster)
        .or_else(|| for_preview(roster.campaign().cover()))
}

/// The response with a page: its head, and its body before its program runs.
fn page(
    server: &Server,
    client_headers: &ClientHeaders,
    head: &PageHead<'_>,
    body: &str,
) -> Response {
    let html = document(
        server.app.public_url.as_deref(),
        client_headers.language(),
        head,
        &Body::of(body),
    );
    let mut headers = headers("text/html; charset=utf-8", SHARED);
    let has_wechat = server.app.platforms.official_account.is_some();
    headers.insert(CONTENT_SECURITY_POLICY, policy(None, has_wechat));
    (headers, html).into_response()
}
