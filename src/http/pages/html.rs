//! Pages as HTML: their head, and what stands on them before their program runs or without it.

use std::fmt::Write as _;

use chrono::SecondsFormat;

use super::assets::PAGES;
use super::paths::{campaign_path, nominee_path};
use crate::domain::address::is_web;
use crate::domain::media::PictureSize;
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::domain::story::{MediaKind, Story};
use crate::graphql::messages::Language;
use crate::print::markup::Escaped;

/// The head of a page: for the browser's title, and for programs that show previews of links.
pub(super) struct PageHead<'a> {
    pub(super) title: String,
    pub(super) summary: &'a str,
    /// Address of a picture; one that begins with a slash is on this server.
    pub(super) picture: Option<String>,
    /// Its own path.
    pub(super) path: String,
    pub(super) kind: &'static str,
    /// Whether there is more to it than its text.
    pub(super) has_program: bool,
}

/// The body of a page.
pub(super) struct Body<'a> {
    /// The part above everything, which the program leaves alone.
    pub(super) before: &'a str,
    /// The part that the program takes over.
    pub(super) app: &'a str,
    /// The part that it reads.
    pub(super) after: &'a str,
}

impl<'a> Body<'a> {
    /// A body that its program draws anew.
    pub(super) fn of(app: &'a str) -> Self {
        Self {
            before: "",
            app,
            after: "",
        }
    }
}

/// The body of a page until its program runs, and where it cannot.
pub(super) fn introduction(title: &str, summary: &str) -> String {
    format!(
        "<main><h1>{}</h1><p>{}</p><noscript><p>这个页面需要 JavaScript。This page needs JavaScript; stories are read \
        without.</p></noscript></main>",
        Escaped(title),
        Escaped(summary)
    )
}

/// The body of a story's page: the text that the program shows, too, with links instead of players.
pub(super) fn article(roster: &Roster, story: &Story, about: Option<&Nominee>) -> String {
    let campaign = campaign_path(roster);
    let published_at = story
        .published_at
        .to_rfc3339_opts(SecondsFormat::Millis, true);
    let mut html = format!(
        "<header class=\"top\"><h1><a href=\"{campaign}\">{}</a></h1></header><main><article class=\"story\">\
        <h2>{}</h2><p class=\"summary\">{}</p><p class=\"facts\"><time datetime=\"{published_at}\">{}</time>",
        Escaped(&roster.campaign().title),
        Escaped(&story.title),
        Escaped(&story.summary),
        story
            .published_at
            .with_timezone(&roster.campaign().time_zone.0)
            .format("%Y-%m-%d"),
    );
    if let Some(nominee) = about {
        let path = nominee_path(roster, nominee);
        let name = Escaped(&nominee.name);
        _ = write!(html, " <a href=\"{path}\">{name}</a>");
    }
    html.push_str("</p>");
    if let Some(cover) = story.cover().address(None, PictureSize::Large) {
        let cover = Escaped(&cover);
        _ = write!(html, "<img class=\"cover\" src=\"{cover}\" alt=\"\">");
    }
    _ = write!(html, "<div class=\"body\">{}</div>", story.body_html(None));
    if !story.media.is_empty() {
        html.push_str("<ul class=\"media\">");
        for medium in &story.media {
            let Some(address) = medium.address(None) else {
                continue;
            };
            let url = Escaped(&address);
            let title = Escaped(&medium.title);
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

/// The tag of a language.
pub(super) fn tag(language: Language) -> &'static str {
    match language {
        Language::English => "en",
        Language::Chinese => "zh-CN",
    }
}

/// A whole page.
pub(super) fn document(
    public_url: Option<&str>,
    language: Language,
    head: &PageHead<'_>,
    body: &Body<'_>,
) -> String {
    let lang = tag(language);
    let title = Escaped(&head.title);
    let summary = Escaped(head.summary);
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
        let url = Escaped(&url);
        _ = write!(
            html,
            "<meta property=\"og:url\" content=\"{url}\"><link rel=\"canonical\" href=\"{url}\">"
        );
    }
    let picture = head.picture.as_deref();
    if let Some(picture) = picture.and_then(|picture| whole_url(picture, public_url)) {
        let picture = Escaped(&picture);
        _ = write!(
            html,
            "<meta property=\"og:image\" content=\"{picture}\"><meta name=\"twitter:card\" content=\"summary_large_image\">"
        );
    }
    let style = PAGES.style;
    _ = write!(
        html,
        "<link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/pages/{style}\">"
    );
    if head.has_program {
        html.push_str(&PAGES.script_tags());
    }
    let Body { before, app, after } = body;
    _ = write!(
        html,
        "</head><body>{before}<div id=\"app\">{app}</div>{after}</body></html>"
    );
    html
}

/// The address of a picture for a preview; none for one that is no web address, or on a server without a public one.
fn whole_url(picture: &str, public_url: Option<&str>) -> Option<String> {
    match public_url {
        Some(public_url) if picture.starts_with('/') => Some(format!("{public_url}{picture}")),
        _ if is_web(picture) => Some(picture.to_owned()),
        _ => None,
    }
}
