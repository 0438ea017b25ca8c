//! The pages of campaigns below `/c/`, and the way there at `/`, for browsers: the program that `web/pages` builds, and
//! around it what must be there before it runs, or without it: the language, title and preview tags of an address, and
//! the text of a story.
//!
//! The program's files bear a hash of their contents in their names, so they are kept for ever. The heads are public,
//! the same for everybody, and as fresh as the public tally.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    REFERRER_POLICY, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::SecondsFormat;
use pulldown_cmark_escape::escape_html;

use super::client::Origin;
use super::tally::CACHED;
use super::{Server, poster};
use crate::auth::Viewer;
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::domain::story::{MediaKind, Story};
use crate::error::{Error, RETRY_AFTER as RETRY_AFTER_DEFAULT};
use crate::graphql::messages::Language;
use crate::graphql::node_id;
use crate::telemetry::RequestId;

include!("../../web/pages/dist/files.rs");

/// The licences of the packages in them.
const LICENSES: &[u8] = include_bytes!("../../web/pages/dist/LICENSES.txt");
/// The documents that the program sends, as a manifest: it works where only trusted documents are executed, too.
pub const DOCUMENTS: &[u8] = include_bytes!("../../web/pages/dist/documents.json");
/// A name stands for its contents, so what is kept never becomes old.
const KEPT: &str = "public, max-age=31536000, immutable";
/// What the page of a story costs, as an operation with a statement does.
const STORY_COST: u32 = 50;
/// Campaigns that `/` names.
const CAMPAIGNS_MAX: usize = 100;
/// Programs, styles and calls from here only; pictures and films are the organiser's own addresses.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of the program, compressed twice.
struct File {
    name: &'static str,
    content_type: &'static str,
    brotli: &'static [u8],
    gzip: &'static [u8],
}

/// The pages and their files.
pub fn router() -> Router<Server> {
    Router::new()
        .route("/", get(campaigns))
        .route("/c/{slug}", get(campaign))
        .route("/c/{slug}/qr.svg", get(poster::campaign_code))
        .route("/c/{slug}/n/{number}", get(nominee))
        .route("/c/{slug}/n/{number}/qr.svg", get(poster::nominee_code))
        .route("/c/{slug}/n/{number}/poster.png", get(poster::picture))
        .route("/c/{slug}/stories", get(campaign))
        .route("/c/{slug}/stories/{id}", get(story))
        .route("/c/{slug}/board", get(campaign))
        .route("/pages/{name}", get(file))
}

/// What an address is about: for the browser's title, and for what shows previews of links.
struct Head<'a> {
    title: String,
    summary: &'a str,
    /// Address of a picture; one that begins with a slash is here.
    picture: Option<String>,
    /// Its own path.
    path: String,
    kind: &'static str,
    /// Whether there is more to it than its text.
    has_program: bool,
}

/// The way to the public campaign, and where there are several, to each of the latest.
async fn campaigns(State(server): State<Server>, origin: Origin) -> Response {
    let catalog = server.app.campaigns.catalog();
    let listed: Vec<_> = catalog
        .visible(Viewer::Anonymous)
        .take(CAMPAIGNS_MAX)
        .collect();
    if let [only] = listed[..] {
        let way = Redirect::temporary(&campaign_path(only));
        return (headers("text/plain", CACHED), way).into_response();
    }
    let mut body = "<header class=\"top\"><h1>评选 · Campaigns</h1></header><main>".to_owned();
    if listed.is_empty() {
        body.push_str("<p>现在没有评选。There is no campaign now.</p>");
    } else {
        body.push_str("<ul class=\"feed\">");
        for roster in &listed {
            let (path, campaign) = (campaign_path(roster), roster.campaign());
            let (title, summary) = (Text(&campaign.title), Text(&campaign.summary));
            _ = write!(
                body,
                "<li class=\"card\"><a href=\"{path}\"><strong>{title}</strong><span>{summary}</span></a></li>"
            );
        }
        body.push_str("</ul>");
    }
    body.push_str("</main>");
    let head = Head {
        title: "评选 · Campaigns".to_owned(),
        summary: "",
        picture: None,
        path: "/".to_owned(),
        kind: "website",
        has_program: false,
    };
    page(&server, &origin, &head, &body)
}

/// A page whose head is the campaign's: all but its path.
async fn campaign(
    State(server): State<Server>,
    Path(slug): Path<String>,
    uri: axum::http::Uri,
    origin: Origin,
) -> Response {
    let Some(roster) = find(&server, &slug) else {
        return missing(&origin);
    };
    let campaign = roster.campaign();
    let head = Head {
        title: campaign.title.clone(),
        summary: &campaign.summary,
        picture: campaign.cover_url.clone(),
        path: uri.path().to_owned(),
        kind: "website",
        has_program: true,
    };
    let body = introduction(&campaign.title, &campaign.summary);
    page(&server, &origin, &head, &body)
}

async fn nominee(
    State(server): State<Server>,
    Path((slug, number)): Path<(String, String)>,
    origin: Origin,
) -> Response {
    let Some((roster, index)) = find_nominee(&server, &slug, &number) else {
        return missing(&origin);
    };
    let nominee = &roster.nominees()[index];
    let path = nominee_path(&roster, nominee);
    let poster = poster_path(&server, &roster, nominee);
    let head = Head {
        title: format!("{} · {}", nominee.name, roster.campaign().title),
        summary: &nominee.summary,
        picture: nominee.portrait_url.clone().or(poster),
        path,
        kind: "profile",
        has_program: true,
    };
    let body = introduction(&nominee.name, &nominee.summary);
    page(&server, &origin, &head, &body)
}

async fn story(
    State(server): State<Server>,
    Path((slug, id)): Path<(String, String)>,
    origin: Origin,
) -> Response {
    let Some(roster) = find(&server, &slug) else {
        return missing(&origin);
    };
    // It takes a statement, as the API's own answer does: whoever hammers it is stopped by the same allowance.
    if let Err(error) = server
        .app
        .charge(Viewer::Anonymous, origin.client(), STORY_COST)
    {
        return refused(&error);
    }
    let found = match node_id::story(&server.app.hash_key, &id.into()) {
        Ok(id) => server.app.find_stories(Viewer::Anonymous, vec![id]).await,
        Err(_) => Ok(Vec::new()),
    };
    let story = match found {
        Ok(mut stories) => stories
            .pop()
            .filter(|story| story.campaign_id == roster.campaign().id),
        Err(error) => return refused(&error),
    };
    let Some(story) = story else {
        return missing(&origin);
    };
    let about = story
        .nominee_id
        .and_then(|id| roster.shown_index_of(id))
        .map(|index| &roster.nominees()[index]);
    let picture = story
        .cover_url
        .clone()
        .or_else(|| about.and_then(|nominee| nominee.portrait_url.clone()))
        .or_else(|| about.and_then(|nominee| poster_path(&server, &roster, nominee)))
        .or_else(|| roster.campaign().cover_url.clone());
    let head = Head {
        title: story.title.clone(),
        summary: &story.summary,
        picture,
        path: story_path(&server, &roster, &story),
        kind: "article",
        has_program: true,
    };
    page(&server, &origin, &head, &article(&roster, &story, about))
}

/// The campaign at this slug, as the public sees it.
#[must_use]
pub fn find(server: &Server, slug: &str) -> Option<Arc<Roster>> {
    let catalog = server.app.campaigns.catalog();
    catalog.find_by_slug(slug, Viewer::Anonymous)
}

/// The campaign at this slug, and where the nominee with this number stands in it, if it is shown.
#[must_use]
pub fn find_nominee(server: &Server, slug: &str, number: &str) -> Option<(Arc<Roster>, usize)> {
    let roster = find(server, slug)?;
    let index = roster.shown_index_of_number(number.parse().ok()?)?;
    Some((roster, index))
}

/// The path of a campaign's voting page.
#[must_use]
pub fn campaign_path(roster: &Roster) -> String {
    let slug: String = form_urlencoded::byte_serialize(roster.campaign().slug.as_bytes()).collect();
    format!("/c/{slug}")
}

/// The path of a nominee's page.
#[must_use]
pub fn nominee_path(roster: &Roster, nominee: &Nominee) -> String {
    format!("{}/n/{}", campaign_path(roster), nominee.number)
}

fn story_path(server: &Server, roster: &Roster, story: &Story) -> String {
    let id = node_id::GlobalId::Story(story.id).encode(&server.app.hash_key);
    format!("{}/stories/{}", campaign_path(roster), id.as_str())
}

/// Where a nominee's poster is, if there can be one.
fn poster_path(server: &Server, roster: &Roster, nominee: &Nominee) -> Option<String> {
    let path = || format!("{}/poster.png", nominee_path(roster, nominee));
    server.posters.can_draw().then(path)
}

/// What stands on a page until its program runs, and where it cannot.
fn introduction(title: &str, summary: &str) -> String {
    format!(
        "<main><h1>{}</h1><p>{}</p><noscript><p>这个页面需要 JavaScript。This page needs JavaScript; stories are read \
        without.</p></noscript></main>",
        Text(title),
        Text(summary)
    )
}

/// A story for reading: the same as the program shows, without what needs it.
fn article(roster: &Roster, story: &Story, about: Option<&Nominee>) -> String {
    let campaign = campaign_path(roster);
    let published_at = story
        .published_at
        .to_rfc3339_opts(SecondsFormat::Millis, true);
    let mut html = format!(
        "<header class=\"top\"><h1><a href=\"{campaign}\">{}</a></h1></header><main><article class=\"card story\">\
        <h2>{}</h2><p class=\"facts\"><time datetime=\"{published_at}\">{}</time>",
        Text(&roster.campaign().title),
        Text(&story.title),
        story
            .published_at
            .with_timezone(&roster.campaign().time_zone.0)
            .format("%Y-%m-%d"),
    );
    if let Some(nominee) = about {
        let (path, name) = (nominee_path(roster, nominee), Text(&nominee.name));
        _ = write!(html, " <a href=\"{path}\">{name}</a>");
    }
    _ = write!(
        html,
        "</p><p class=\"summary\">{}</p>",
        Text(&story.summary)
    );
    _ = write!(html, "<div class=\"body\">{}</div>", story.body_html());
    if !story.media.is_empty() {
        html.push_str("<ul class=\"media\">");
        for medium in story.media.iter().filter(|medium| is_web(&medium.url)) {
            let (url, title) = (Text(&medium.url), Text(&medium.title));
            _ = match medium.kind {
                MediaKind::Image => write!(html, "<li><img src=\"{url}\" alt=\"{title}\"></li>"),
                MediaKind::Video | MediaKind::Audio => {
                    write!(
                        html,
                        "<li><a href=\"{url}\" rel=\"noreferrer\">{title}</a></li>"
                    )
                }
            };
        }
        html.push_str("</ul>");
    }
    _ = write!(
        html,
        "<p><a href=\"{campaign}/stories\">更多故事 · More stories</a></p></article></main>"
    );
    html
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// A text in HTML.
pub struct Text<'a>(pub &'a str);

impl std::fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        escape_html(pulldown_cmark_escape::FmtWriter(f), self.0)
    }
}

/// A page: its head, and what stands on it before its program runs.
fn page(server: &Server, origin: &Origin, head: &Head<'_>, body: &str) -> Response {
    let html = document(server.public_url.as_deref(), origin.language(), head, body);
    (headers("text/html; charset=utf-8", CACHED), html).into_response()
}

fn document(public_url: Option<&str>, language: Language, head: &Head<'_>, body: &str) -> String {
    let lang = match language {
        Language::English => "en",
        Language::Chinese => "zh-CN",
    };
    let (title, summary) = (Text(&head.title), Text(head.summary));
    let mut html = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
        <meta name=\"description\" content=\"{summary}\">\
        <meta property=\"og:title\" content=\"{title}\"><meta property=\"og:description\" content=\"{summary}\">\
        <meta property=\"og:type\" content=\"{}\">",
        head.kind,
    );
    // Previews need whole addresses. The request's own `Host` is the client's choice, so it is not used.
    if let Some(public_url) = public_url {
        let url = format!("{public_url}{}", head.path);
        let url = Text(&url);
        _ = write!(
            html,
            "<meta property=\"og:url\" content=\"{url}\"><link rel=\"canonical\" href=\"{url}\">"
        );
    }
    let picture = match (&head.picture, public_url) {
        (Some(path), Some(public_url)) if path.starts_with('/') => {
            Some(format!("{public_url}{path}"))
        }
        (Some(url), _) if is_web(url) => Some(url.clone()),
        _ => None,
    };
    if let Some(picture) = picture {
        let picture = Text(&picture);
        _ = write!(
            html,
            "<meta property=\"og:image\" content=\"{picture}\"><meta name=\"twitter:card\" content=\"summary_large_image\">"
        );
    }
    _ = write!(
        html,
        "<link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/pages/{STYLE}\">"
    );
    if head.has_program {
        _ = write!(
            html,
            "<script type=\"module\" src=\"/pages/{SCRIPT}\"></script>"
        );
    }
    _ = write!(
        html,
        "</head><body><div id=\"app\">{body}</div></body></html>"
    );
    html
}

fn missing(origin: &Origin) -> Response {
    let head = Head {
        title: "404".to_owned(),
        summary: "",
        picture: None,
        path: String::new(),
        kind: "website",
        has_program: true,
    };
    let body = "<main><p>这个地址没有内容。There is nothing at this address.</p></main>";
    // Not canonical anywhere: an address that leads nowhere has no other.
    let html = document(None, origin.language(), &head, body);
    (
        StatusCode::NOT_FOUND,
        headers("text/html; charset=utf-8", CACHED),
        html,
    )
        .into_response()
}

/// Why a story cannot be read now.
fn refused(error: &Error) -> Response {
    let status = if matches!(error, Error::RateLimited { .. }) {
        StatusCode::TOO_MANY_REQUESTS
    } else {
        tracing::warn!(request = RequestId::current(), %error, "a story could not be read");
        StatusCode::SERVICE_UNAVAILABLE
    };
    let wait = error.retry_after().unwrap_or(RETRY_AFTER_DEFAULT);
    let seconds = wait.as_millis().div_ceil(1_000).max(1).to_string();
    (status, [(RETRY_AFTER, seconds)]).into_response()
}

fn headers(content_type: &'static str, cached: &'static str) -> HeaderMap {
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CACHE_CONTROL, HeaderValue::from_static(cached)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            REFERRER_POLICY,
            HeaderValue::from_static("strict-origin-when-cross-origin"),
        ),
        (VARY, HeaderValue::from_static("accept-language")),
    ])
}

/// A file of the program, as the client takes it; one that takes neither compression gets gzip, which all do.
async fn file(Path(name): Path<String>, request: HeaderMap) -> Response {
    if name == "LICENSES.txt" {
        return (headers("text/plain; charset=utf-8", "no-cache"), LICENSES).into_response();
    }
    let Some(file) = FILES.iter().find(|file| file.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let takes_brotli = request
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(takes_brotli);
    let (encoding, bytes) = if takes_brotli {
        ("br", file.brotli)
    } else {
        ("gzip", file.gzip)
    };
    let mut headers = headers(file.content_type, KEPT);
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    (headers, bytes).into_response()
}

fn takes_brotli(encodings: &str) -> bool {
    encodings.split(',').any(|encoding| {
        let mut parts = encoding.split(';').map(str::trim);
        parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("br"))
            && parts.all(|part| part != "q=0")
    })
}
