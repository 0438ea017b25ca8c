//! The voting page, as `web/pages/nominees.tsx` and `card.tsx` make it.

use std::sync::Arc;

use super::list::{Card, List, Order, Wanted};
use super::markup::{Icon, View, face, html, place, quota, tone, vote_button, votes};
use crate::domain::roster::Roster;
use crate::print::markup::Escaped;

/// So many cards are in sight at first: their pictures do not wait.
const FIRST_CARDS: usize = 4;

/// The categories, the tools and the nominees.
pub(super) fn nominees(
    out: &mut String,
    view: &View<'_>,
    roster: &Arc<Roster>,
    wanted: Wanted,
    list: &List,
    has_figures: bool,
    has_lines: bool,
) {
    let texts = view.texts;
    html!(
        out,
        "<nav class=\"chooser\" aria-label=\"{}\"><div class=\"chips\">",
        Escaped(&texts.categories)
    );
    for (i, category) in roster.categories().iter().enumerate() {
        let is_chosen = wanted.category == Some(i);
        let (name, count) = (Escaped(&category.name), roster.shown(Some(i)).len());
        html!(
            out,
            "<button type=\"button\" aria-pressed=\"{is_chosen}\">{name} <small>{count}</small></button>"
        );
    }
    html!(
        out,
        "</div><button class=\"round\" type=\"button\" aria-label=\"{}\">{}</button></nav><div class=\"tools\">",
        Escaped(&texts.open_search),
        Icon("i-search")
    );
    let category = wanted
        .category
        .map(|i| roster.categories()[i].name.as_str());
    quota(out, view, category);
    let mut orders = vec![
        ("SHUFFLED", &texts.order_shuffled),
        ("NUMBER", &texts.order_number),
    ];
    if has_figures {
        orders.push(("VOTES", &texts.order_votes));
    }
    html!(out, "<select aria-label=\"{}\">", Escaped(&texts.order));
    for (value, text) in orders {
        html!(out, "<option value=\"{value}\">{}</option>", Escaped(text));
    }
    let (layout, other, icon) = if has_lines {
        ("list", &texts.as_grid, "i-grid")
    } else {
        ("grid", &texts.as_list, "i-list")
    };
    html!(
        out,
        "</select><button class=\"quiet\" type=\"button\" aria-label=\"{}\">{}</button></div>\
        <ul class=\"nominees {layout}\" aria-busy=\"false\">",
        Escaped(other),
        Icon(icon)
    );
    for (i, nominee) in list.nodes.iter().enumerate() {
        card(out, view, nominee, i < FIRST_CARDS);
    }
    out.push_str("</ul>");
    if list.has_more() {
        html!(
            out,
            "<div class=\"empty\" role=\"status\">{}</div>",
            Escaped(&texts.loading)
        );
    } else if list.nodes.is_empty() {
        html!(
            out,
            "<div class=\"empty\"><p>{}</p><a class=\"button\" href=\"{}/stories\">{}</a></div>",
            Escaped(&texts.no_nominees),
            view.path,
            Escaped(&texts.read_stories)
        );
    }
}

fn card(out: &mut String, view: &View<'_>, card: &Card, is_first: bool) {
    html!(
        out,
        "<li class=\"nominee\"><a href=\"{}/n/{}\"><span class=\"{}\">",
        view.path,
        card.number,
        tone(card)
    );
    face(out, view, card, card.portrait_url.as_deref(), is_first);
    html!(
        out,
        "</span><span class=\"who\"><strong>{}</strong><span class=\"employer\">{}</span></span>\
        <span class=\"standing\">",
        Escaped(&card.name),
        Escaped(&card.employer)
    );
    votes(out, view, card);
    if let Some(place) = place(view, card) {
        html!(out, "<span class=\"rank\">{}</span>", Escaped(&place));
    }
    out.push_str("</span></a>");
    vote_button(out, view, card);
    out.push_str("</li>");
}

/// The lists of the categories, for those whom no program takes there.
pub(super) fn without_program(out: &mut String, view: &View<'_>, roster: &Roster, wanted: Wanted) {
    html!(out, "<ul>");
    for (i, category) in roster.categories().iter().enumerate() {
        let key: String = form_urlencoded::byte_serialize(category.key.as_bytes()).collect();
        let here = if wanted.category == Some(i) && wanted.order == Order::Number {
            " aria-current=\"page\""
        } else {
            ""
        };
        html!(
            out,
            "<li><a href=\"{}?category={key}&amp;order=NUMBER\"{here}>{}</a></li>",
            view.path,
            Escaped(&category.name)
        );
    }
    out.push_str("</ul>");
}
