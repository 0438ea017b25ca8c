//! The voting page, as `web/pages/nominees.tsx` and `card.tsx` make it.

use super::list::{Card, List, Order, Wanted};
use super::markup::{Icon, View, face, html, place, quota, tone, vote_button, votes};
use crate::domain::roster::Roster;
use crate::print::markup::Escaped;

/// The list that is drawn.
pub(super) struct Shown<'a> {
    pub(super) roster: &'a Roster,
    pub(super) wanted: Wanted,
    pub(super) list: &'a List,
    /// Whether everybody may see the tally.
    pub(super) has_figures: bool,
    /// Whether nominees are lines of a list.
    pub(super) has_lines: bool,
}

/// The categories, the tools and the nominees.
pub(super) fn nominees(out: &mut String, view: &View<'_>, shown: &Shown<'_>) {
    chooser(out, view, shown);
    tools(out, view, shown);
    let layout = if shown.has_lines { "list" } else { "grid" };
    html!(out, "<ul class=\"nominees {layout}\" aria-busy=\"false\">");
    for nominee in &shown.list.nodes {
        card(out, view, nominee);
    }
    out.push_str("</ul>");
    let texts = view.texts;
    if shown.list.has_more() {
        html!(
            out,
            "<div class=\"empty\" role=\"status\">{}</div>",
            Escaped(&texts.loading)
        );
    } else if shown.list.nodes.is_empty() {
        html!(
            out,
            "<div class=\"empty\"><p>{}</p><a class=\"button\" href=\"{}/stories\">{}</a></div>",
            Escaped(&texts.no_nominees),
            view.path,
            Escaped(&texts.read_stories)
        );
    }
}

fn chooser(out: &mut String, view: &View<'_>, shown: &Shown<'_>) {
    html!(
        out,
        "<nav class=\"chooser\" aria-label=\"{}\"><div class=\"chips\">",
        Escaped(&view.texts.categories)
    );
    for (i, category) in shown.roster.categories().iter().enumerate() {
        let is_chosen = shown.wanted.category == Some(i);
        let name = Escaped(&category.name);
        let count = shown.roster.shown(Some(i)).len();
        html!(
            out,
            "<button type=\"button\" aria-pressed=\"{is_chosen}\">{name} <small>{count}</small></button>"
        );
    }
    html!(
        out,
        "</div><button class=\"round\" type=\"button\" aria-label=\"{}\">{}</button></nav>",
        Escaped(&view.texts.open_search),
        Icon("i-search")
    );
}

fn tools(out: &mut String, view: &View<'_>, shown: &Shown<'_>) {
    let texts = view.texts;
    out.push_str("<div class=\"tools\">");
    let category = shown.wanted.category.map(|i| &shown.roster.categories()[i]);
    quota(out, view, category.map(|category| category.name.as_str()));
    let mut orders = vec![
        ("SHUFFLED", &texts.order_shuffled),
        ("NUMBER", &texts.order_number),
    ];
    if shown.has_figures {
        orders.push(("VOTES", &texts.order_votes));
    }
    html!(out, "<select aria-label=\"{}\">", Escaped(&texts.order));
    for (value, text) in orders {
        html!(out, "<option value=\"{value}\">{}</option>", Escaped(text));
    }
    let (other, icon) = if shown.has_lines {
        (&texts.as_grid, "i-grid")
    } else {
        (&texts.as_list, "i-list")
    };
    html!(
        out,
        "</select><button class=\"quiet\" type=\"button\" aria-label=\"{}\">{}</button></div>",
        Escaped(other),
        Icon(icon)
    );
}

fn card(out: &mut String, view: &View<'_>, card: &Card) {
    html!(
        out,
        "<li class=\"nominee\"><a href=\"{}/n/{}\"><span class=\"{}\">",
        view.path,
        card.number,
        tone(card)
    );
    face(out, view, card, card.portrait_url.as_deref(), false);
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
