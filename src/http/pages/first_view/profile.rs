//! The page of a nominee, as `web/pages/nominee.tsx` makes it.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::list::Card;
use super::markup::{Icon, View, face, html, place, quota, tone, vote_button, votes};
use super::times::{count, date};
use crate::domain::campaign::Category;
use crate::print::markup::Escaped;

/// The answer of the program's operation `FindNominee`, as far as the page shows it.
#[derive(Deserialize)]
pub(super) struct FindNominee {
    pub(super) campaign: Option<OfCampaign>,
}

#[derive(Deserialize)]
pub(super) struct OfCampaign {
    pub(super) nominee: Option<Profile>,
}

/// A nominee with its stories.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Profile {
    #[serde(flatten)]
    pub(super) card: Card,
    large_portrait_url: Option<String>,
    summary: String,
    like_count: i64,
    view_count: i64,
    stories: Stories,
}

#[derive(Deserialize)]
struct Stories {
    nodes: Vec<Story>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Story {
    id: String,
    title: String,
    cover_url: Option<String>,
    published_at: String,
    like_count: i64,
    media: Vec<Medium>,
}

#[derive(Deserialize)]
struct Medium {
    kind: String,
    url: String,
    title: String,
}

/// The nominee with its portrait, its bar and its stories.
pub(super) fn profile(out: &mut String, view: &View<'_>, profile: &Profile, category: &Category) {
    let (texts, card) = (view.texts, &profile.card);
    let key: String = form_urlencoded::byte_serialize(category.key.as_bytes()).collect();
    html!(
        out,
        "<div class=\"nominee-page\"><a class=\"back\" href=\"{}?category={key}\">{} {}</a><article class=\"person\">\
        <div class=\"{}\">",
        view.path,
        Icon("i-back"),
        Escaped(&texts.all_nominees),
        tone(card)
    );
    face(out, view, card, profile.large_portrait_url.as_deref(), true);
    let about = [
        card.title.as_deref(),
        Some(card.employer.as_str()),
        card.city.as_deref(),
    ];
    let about: Vec<_> = about
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    html!(
        out,
        "</div><div class=\"words\"><p class=\"category\">{}</p><h2>{}</h2><p class=\"employer\">{}</p>\
        <p class=\"facts\">",
        Escaped(&category.name),
        Escaped(&card.name),
        Escaped(&about.join(" · "))
    );
    votes(out, view, card);
    if let Some(place) = place(view, card) {
        html!(out, "<span>{}</span>", Escaped(&place));
    }
    html!(
        out,
        "<span>{}</span></p><p class=\"summary\">{}</p><div class=\"ballot\">",
        Escaped(&texts.views.with(profile.view_count)),
        Escaped(&profile.summary)
    );
    quota(out, view, Some(&category.name));
    vote_button(out, view, card);
    html!(
        out,
        "<button class=\"quiet like\" type=\"button\" aria-pressed=\"false\" aria-busy=\"false\">{}\
        <span class=\"unseen\">{}</span> {}</button>\
        <button class=\"quiet\" type=\"button\">{}<span>{}</span></button></div></div></article>",
        Icon("i-heart"),
        Escaped(&texts.like),
        count(profile.like_count),
        Icon("i-share"),
        Escaped(&texts.share)
    );
    stories(out, view, &profile.stories.nodes);
    out.push_str("</div>");
}

fn stories(out: &mut String, view: &View<'_>, stories: &[Story]) {
    let texts = view.texts;
    if stories.is_empty() {
        return;
    }
    let media = stories.iter().flat_map(|story| &story.media);
    let films: Vec<_> = media.filter(|medium| medium.kind != "IMAGE").collect();
    if !films.is_empty() {
        let head = Escaped(&texts.films);
        html!(
            out,
            "<section class=\"films\" aria-label=\"{head}\"><h3>{head}</h3><ul class=\"media\">"
        );
        for film in films {
            let (icon, how) = if film.kind == "VIDEO" {
                ("i-play", &texts.watch)
            } else {
                ("i-sound", &texts.listen)
            };
            html!(
                out,
                "<li><a class=\"button\" href=\"{}\" rel=\"noreferrer\" target=\"_blank\">{}<span>{}: {}</span></a></li>",
                Escaped(&film.url),
                Icon(icon),
                Escaped(how),
                Escaped(&film.title)
            );
        }
        out.push_str("</ul></section>");
    }
    let head = Escaped(&texts.stories);
    html!(
        out,
        "<section aria-label=\"{head}\"><h3>{head}</h3><ul class=\"of-nominee\">"
    );
    for story in stories {
        link(out, view, story);
    }
    out.push_str("</ul></section>");
}

fn link(out: &mut String, view: &View<'_>, story: &Story) {
    html!(out, "<li><a href=\"{}/stories/{}\">", view.path, story.id);
    if let Some(cover) = story.cover_url.as_deref().filter(|url| !url.is_empty()) {
        html!(
            out,
            "<img src=\"{}\" alt=\"\" width=\"160\" height=\"90\" loading=\"lazy\" decoding=\"async\" \
            referrerpolicy=\"no-referrer\">",
            Escaped(cover)
        );
    }
    let published_at = story.published_at.parse::<DateTime<Utc>>();
    let day = published_at.map(|at| date(at, view.campaign.time_zone.0, view.language));
    html!(
        out,
        "<span><strong>{}</strong><small><time datetime=\"{}\">{}</time>",
        Escaped(&story.title),
        Escaped(&story.published_at),
        day.unwrap_or_default()
    );
    if story.like_count > 0 {
        html!(out, " · ♥ {}", count(story.like_count));
    }
    out.push_str("</small></span></a></li>");
}
