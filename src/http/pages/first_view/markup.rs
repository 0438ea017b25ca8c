//! The markup that several parts of the first view use, as `web/pages/parts.tsx` makes it.

use std::fmt::{self, Display};

use super::list::Card;
use super::texts::{Texts, fill};
use super::times::count;
use crate::domain::campaign::{Campaign, Phase};
use crate::graphql::messages::Language;
use crate::print::markup::Escaped;

/// Writes HTML into a string, which never fails.
macro_rules! html {
    ($out:expr, $($part:tt)*) => {
        _ = ::std::fmt::Write::write_fmt($out, ::std::format_args!($($part)*))
    };
}
pub(super) use html;

/// The subject of every part of a first view.
pub(super) struct View<'a> {
    /// The path of the campaign.
    pub(super) path: &'a str,
    pub(super) campaign: &'a Campaign,
    pub(super) phase: Phase,
    pub(super) language: Language,
    pub(super) texts: &'static Texts,
    /// Whether the campaign admits a way in that a browser has here.
    pub(super) has_way_in: bool,
}

impl View<'_> {
    /// Whether voting has closed, from when on there is a result.
    pub(super) fn is_over(&self) -> bool {
        matches!(
            self.phase,
            Phase::Ended | Phase::Published | Phase::Archived
        )
    }
}

/// A drawn sign.
pub(super) struct Icon(pub(super) &'static str);

impl Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<i class=\"icon {}\" aria-hidden=\"true\"></i>", self.0)
    }
}

/// A picture of a nominee with its number and medal, or the first character of the name where there is none.
pub(super) fn face(
    out: &mut String,
    view: &View<'_>,
    card: &Card,
    url: Option<&str>,
    is_first: bool,
) {
    if let Some(url) = url.filter(|url| !url.is_empty()) {
        let loading = if is_first { "eager" } else { "lazy" };
        html!(
            out,
            "<img class=\"portrait\" src=\"{}\" alt=\"\" width=\"300\" height=\"400\" loading=\"{loading}\" \
            decoding=\"async\" referrerpolicy=\"no-referrer\">",
            Escaped(url)
        );
    } else {
        let initial: String = card.name.chars().take(1).collect();
        html!(
            out,
            "<span class=\"initial\" aria-hidden=\"true\">{}</span>",
            Escaped(&initial)
        );
    }
    let number = fill(&view.texts.number, "{n}", &card.number.to_string());
    html!(out, "<span class=\"number\">{}</span>", Escaped(&number));
    if let Some(rank) = card.place().filter(|rank| *rank <= 3) {
        html!(
            out,
            "<span class=\"medal place-{rank}\" aria-hidden=\"true\">{rank}</span>"
        );
    }
}

/// The class of the tone behind a portrait.
pub(super) fn tone(card: &Card) -> String {
    format!("face tone-{}", card.number % 5 + 1)
}

/// The votes of a nominee; nothing while they are hidden.
pub(super) fn votes(out: &mut String, view: &View<'_>, card: &Card) {
    if let Some(votes) = card.votes {
        html!(
            out,
            "<span class=\"votes\"><b>{}</b> {}</span>",
            count(votes),
            Escaped(&view.texts.votes_unit.with(votes))
        );
    }
}

/// The place of a nominee in words; none while it is hidden.
pub(super) fn place(view: &View<'_>, card: &Card) -> Option<String> {
    let place = card.place()?;
    Some(fill(&view.texts.rank, "{n}", &place.to_string()))
}

/// The button of a vote of somebody who has cast none, or the way to a phone that can vote.
pub(super) fn vote_button(out: &mut String, view: &View<'_>, card: &Card) {
    let texts = view.texts;
    let (state, icon, word) = match view.phase {
        Phase::Draft | Phase::Upcoming => ("upcoming", Some("i-clock"), &texts.not_yet),
        Phase::Ended | Phase::Published | Phase::Archived => {
            ("closed", Some("i-flag"), &texts.closed_short)
        }
        _ if card.status != "ACTIVE" => ("frozen", Some("i-lock"), &texts.frozen),
        Phase::Paused => ("paused", Some("i-pause"), &texts.paused_short),
        Phase::Voting if !view.has_way_in => ("elsewhere", Some("i-code"), &texts.scan),
        Phase::Voting => ("open", None, &texts.vote),
    };
    let mut contents = String::new();
    if let Some(icon) = icon {
        html!(&mut contents, "{}", Icon(icon));
    }
    html!(&mut contents, "<span>{}</span>", Escaped(word));
    if state == "elsewhere" {
        let (path, number) = (view.path, card.number);
        html!(
            out,
            "<a class=\"act elsewhere\" href=\"{path}/n/{number}/poster.png\" target=\"_blank\">{contents}</a>"
        );
        return;
    }
    let (label, disabled) = if state == "open" {
        (fill(&texts.vote_for, "{name}", &card.name), "")
    } else {
        (format!("{}: {word}", card.name), " disabled")
    };
    html!(
        out,
        "<button class=\"act {state}\" type=\"button\"{disabled} aria-disabled=\"false\" aria-label=\"{}\">\
        {contents}</button>",
        Escaped(&label)
    );
}

/// The whole quota of a voter who is not known, in a category or in the campaign.
pub(super) fn quota(out: &mut String, view: &View<'_>, category: Option<&str>) {
    /// More votes than these are a bar, not dots.
    const DOTS_MAX: i64 = 12;

    let (campaign, texts) = (view.campaign, view.texts);
    if view.phase != Phase::Voting {
        return;
    }
    if !view.has_way_in {
        html!(
            out,
            "<p class=\"quota elsewhere\">{}</p>",
            Escaped(&texts.vote_in_mini_program)
        );
        return;
    }
    let limit = campaign.votes_per_period;
    out.push_str("<p class=\"quota\" role=\"status\">");
    if limit > DOTS_MAX {
        html!(
            out,
            "<progress max=\"{limit}\" value=\"{limit}\" aria-hidden=\"true\"></progress>"
        );
    } else {
        out.push_str("<span class=\"dots\" aria-hidden=\"true\">");
        (0..limit).for_each(|_| out.push_str("<i class=\"full\"></i>"));
        out.push_str("</span>");
    }
    out.push_str("<span>");
    if campaign.quota_scope == crate::domain::campaign::QuotaScope::Category {
        let name = category.unwrap_or(&texts.per_category);
        html!(out, "{} ", Escaped(&fill(&texts.quota_of, "{name}", name)));
    }
    let rule = texts.quota_rule.with(campaign.quota_period, limit);
    html!(out, "<b>{}</b></span></p>", Escaped(&rule));
}

/// The foot of all views, above the bar of a nominee's where there is one.
pub(super) fn foot(out: &mut String, view: &View<'_>, is_raised: bool) {
    let raised = if is_raised { " raised" } else { "" };
    html!(
        out,
        "<footer class=\"foot{raised}\"><button class=\"quiet\" type=\"button\">{}</button></footer>",
        Escaped(&view.texts.kept)
    );
}
