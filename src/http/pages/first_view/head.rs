//! The head of the pages, as `web/pages/head.tsx` and `moment.tsx` make it: cover, title, the time that is left,
//! totals, how to vote, and what the campaign's moment means.

use chrono::{DateTime, Utc};

use super::markup::{Icon, View, html};
use super::texts::fill;
use super::times::{count, moment, moment_at, remaining, remaining_line};
use crate::domain::campaign::{Phase, QuotaScope, TallyVisibility};
use crate::domain::media::PictureSize;
use crate::domain::roster::Roster;
use crate::domain::tally::Tally;
use crate::graphql::messages::Language;
use crate::print::markup::Escaped;

/// Characters of a quotation in a title that stays on one line, as JavaScript counts them.
const PHRASE_UNITS_MAX: usize = 8;
const HOUR_MS: i64 = 3_600_000;

/// The head: large above the nominees with its totals, a band above everything else.
pub(super) fn head(
    out: &mut String,
    view: &View<'_>,
    roster: &Roster,
    origin: Option<&str>,
    now: DateTime<Utc>,
    large: Option<Totals<'_>>,
) {
    let band = if large.is_some() { "" } else { " band" };
    html!(out, "<header><div class=\"hero{band}\">");
    let cover = view.campaign.cover().address(origin, PictureSize::Large);
    if let Some(cover) = cover.filter(|cover| !cover.is_empty()) {
        let small = view.campaign.cover().address(origin, PictureSize::Small);
        let narrow = match small.filter(|small| *small != cover) {
            Some(small) => format!(
                " srcset=\"{} 400w, {} 1200w\" sizes=\"(max-width: 600px) 33vw, 100vw\"",
                Escaped(&small),
                Escaped(&cover)
            ),
            None => String::new(),
        };
        html!(
            out,
            "<img class=\"scene\" src=\"{}\"{narrow} alt=\"\" decoding=\"async\" referrerpolicy=\"no-referrer\" \
            fetchpriority=\"high\">",
            Escaped(&cover)
        );
    }
    let other = match view.language {
        Language::English => "zh",
        Language::Chinese => "en",
    };
    html!(
        out,
        "<div class=\"inner\"><div><button class=\"quiet language\" type=\"button\" lang=\"{other}\">{}</button>\
        <h1><a href=\"{}\">",
        Escaped(&view.texts.switch_language),
        view.path
    );
    phrases(out, &view.campaign.title);
    out.push_str("</a></h1></div>");
    countdown(out, view, now);
    out.push_str("</div></div>");
    let is_large = large.is_some();
    if let Some(totals) = large {
        brief(out, view, roster, totals);
    }
    sections(out, view, is_large);
    out.push_str("</header>");
}

/// A title whose short quotations and brackets stay on one line.
fn phrases(out: &mut String, title: &str) {
    let mut rest = title;
    while let Some((before, phrase, after)) = next_phrase(rest) {
        html!(
            out,
            "{}<span class=\"phrase\">{}</span>",
            Escaped(before),
            Escaped(phrase)
        );
        rest = after;
    }
    html!(out, "{}", Escaped(rest));
}

/// The first short quotation or bracket of a text, with what is before and after it.
fn next_phrase(text: &str) -> Option<(&str, &str, &str)> {
    for (start, opening) in text.char_indices() {
        let closing = match opening {
            '“' => '”',
            '《' => '》',
            '（' => '）',
            _ => continue,
        };
        let inner = &text[start + opening.len_utf8()..];
        let Some(length) = inner.find(closing) else {
            continue;
        };
        let units = inner[..length].encode_utf16().count();
        if (1..=PHRASE_UNITS_MAX).contains(&units) {
            let end = start + opening.len_utf8() + length + closing.len_utf8();
            return Some((&text[..start], &text[start..end], &text[end..]));
        }
    }
    None
}

/// The end that a campaign's time runs to; none where no time runs.
fn end(view: &View<'_>) -> Option<DateTime<Utc>> {
    match view.phase {
        Phase::Upcoming => Some(view.campaign.voting_opens_at),
        Phase::Voting => Some(view.campaign.voting_closes_at),
        _ => None,
    }
}

/// Whether the last hour of voting has begun.
fn is_last(view: &View<'_>, end: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    view.phase == Phase::Voting && (end - now).num_milliseconds() < HOUR_MS
}

fn countdown(out: &mut String, view: &View<'_>, now: DateTime<Utc>) {
    let texts = view.texts;
    let Some(end) = end(view) else {
        let text = if view.phase == Phase::Paused {
            &texts.paused
        } else {
            &texts.closed
        };
        html!(out, "<p class=\"countdown over\">{}</p>", Escaped(text));
        return;
    };
    let is_last = is_last(view, end, now);
    let class = if is_last {
        "countdown last"
    } else {
        "countdown"
    };
    let until = if view.phase == Phase::Upcoming {
        &texts.opens_in
    } else {
        &texts.closes_in
    };
    html!(
        out,
        "<p class=\"{class}\"><span>{}</span><span class=\"blocks\" aria-hidden=\"true\">",
        Escaped(until)
    );
    let left = remaining(end, now);
    for (i, (part, unit)) in left.iter().zip(&texts.time_units).enumerate() {
        // Days have as many digits as they need.
        let width = if i == 0 { 1 } else { 2 };
        html!(out, "<span><b>{part:0width$}</b>{}</span>", Escaped(unit));
    }
    html!(
        out,
        "</span><span class=\"unseen\">{}</span>",
        remaining_line(left, view.language)
    );
    if is_last {
        html!(out, "<strong>{}</strong>", Escaped(&texts.last_hour));
    }
    out.push_str("</p>");
}

/// The totals of a campaign; the tally is there where everybody may see it.
#[derive(Clone, Copy)]
pub(super) struct Totals<'a> {
    pub(super) tally: Option<&'a Tally>,
}

/// The totals, and how to vote in a line that opens to everything that is to say about it.
fn brief(out: &mut String, view: &View<'_>, roster: &Roster, totals: Totals<'_>) {
    let (campaign, texts) = (view.campaign, view.texts);
    let nominees = i64::try_from(roster.shown(None).len()).unwrap_or(i64::MAX);
    let mut sums = vec![(&texts.nominees, nominees)];
    if let Some(tally) = totals.tally {
        let figures = [
            (&texts.total_votes, tally.counted),
            (&texts.voters, tally.voters),
        ];
        sums.splice(0..0, figures);
    }
    out.push_str("<div class=\"brief\"><dl class=\"sums\">");
    for (name, value) in sums {
        let (name, value) = (Escaped(name), count(value));
        html!(out, "<div><dt>{name}</dt><dd><b>{value}</b></dd></div>");
    }
    out.push_str("</dl><div class=\"rules\"><details><summary>");
    if !view.is_over() {
        let rule = match campaign.quota_scope {
            QuotaScope::Category => &texts.how_to_vote.category,
            QuotaScope::Campaign => &texts.how_to_vote.campaign,
        };
        let rule = rule.with(campaign.quota_period, campaign.votes_per_period);
        html!(out, "<span>{} </span>", Escaped(&rule));
    }
    let time = |at| moment(at, campaign.time_zone.0, view.language);
    let from = fill(
        &texts.voting_time,
        "{from}",
        &time(campaign.voting_opens_at),
    );
    let times = fill(&from, "{to}", &time(campaign.voting_closes_at));
    html!(
        out,
        "<span class=\"more\">{}{}</span></summary><p>{}</p><p>{}</p></details>",
        Escaped(&texts.about_vote),
        Icon("i-next"),
        Escaped(&campaign.summary),
        Escaped(&times)
    );
    let amendments = roster.amendments().len();
    if amendments > 0 {
        // The sentences on them are the program's: nothing of them is seen before somebody opens it.
        let amended = fill(&texts.amended, "{n}", &amendments.to_string());
        html!(
            out,
            "<details class=\"amendments\"><summary>{}</summary><ul></ul></details>",
            Escaped(&amended)
        );
    }
    out.push_str("</div></div>");
}

fn sections(out: &mut String, view: &View<'_>, is_large: bool) {
    let (texts, path) = (view.texts, view.path);
    html!(
        out,
        "<nav class=\"sections\" aria-label=\"{}\">",
        Escaped(&view.campaign.title)
    );
    let here = if is_large {
        " aria-current=\"page\""
    } else {
        ""
    };
    let mut link = |path: &str, here: &str, text: &str| {
        html!(out, "<a href=\"{path}\"{here}>{}</a>", Escaped(text));
    };
    link(path, here, &texts.nominees);
    link(&format!("{path}/stories"), "", &texts.stories);
    link(&format!("{path}/board"), "", &texts.board);
    if view.is_over() {
        link(&format!("{path}/result"), "", &texts.result);
    }
    out.push_str("</nav>");
}

/// The head in one line, which is shown once the head has been scrolled out of sight.
pub(super) fn head_line(out: &mut String, view: &View<'_>, now: DateTime<Utc>) {
    let texts = view.texts;
    out.push_str(
        "<div class=\"mark\"></div><div class=\"head-line\" aria-hidden=\"true\"><div><span>",
    );
    if let Some(end) = end(view) {
        let text = match view.phase {
            _ if is_last(view, end, now) => &texts.last_hour,
            Phase::Upcoming => &texts.opens_in,
            _ => &texts.closes_in,
        };
        let left = remaining_line(remaining(end, now), view.language);
        html!(out, "{} <b>{left}</b>", Escaped(text));
    } else {
        let text = if view.phase == Phase::Paused {
            &texts.paused_head
        } else {
            &texts.closed_short
        };
        html!(out, "{}", Escaped(text));
    }
    out.push_str("</span></div></div>");
}

/// A strip that says what the campaign's moment means for those who come; nothing while one can simply vote.
pub(super) fn strip(out: &mut String, view: &View<'_>, now: DateTime<Utc>) {
    let (campaign, texts) = (view.campaign, view.texts);
    let time = |at| moment_at(at, campaign.time_zone.0, view.language, now);
    let (class, head, text) = match view.phase {
        Phase::Upcoming => {
            let head = fill(
                &texts.upcoming_head,
                "{time}",
                &time(campaign.voting_opens_at),
            );
            ("moment", head, texts.upcoming_text.clone())
        }
        Phase::Paused => {
            let (head, text) = (texts.paused_head.clone(), texts.paused_text.clone());
            ("moment paused", head, text)
        }
        Phase::Ended => {
            let text = fill(
                &texts.closed_text,
                "{time}",
                &time(campaign.voting_closes_at),
            );
            ("moment", texts.closed_head.clone(), text)
        }
        Phase::Published | Phase::Archived => {
            let head = if view.phase == Phase::Published {
                &texts.published_head
            } else {
                &texts.archived_head
            };
            let text = texts.published_text.clone();
            ("moment won", head.clone(), text)
        }
        Phase::Draft | Phase::Voting => return,
    };
    html!(
        out,
        "<section class=\"{class}\"><h2>{}</h2><p>{}</p><div class=\"actions\">{}</div></section>",
        Escaped(&head),
        Escaped(&text),
        actions(view)
    );
}

/// The ways on from the strip.
fn actions(view: &View<'_>) -> String {
    let (texts, path) = (view.texts, view.path);
    if view.phase == Phase::Upcoming {
        return format!(
            "<button class=\"primary\" type=\"button\">{} {}</button><button type=\"button\">{} {}</button>",
            Icon("i-calendar"),
            Escaped(&texts.remind_me),
            Icon("i-share"),
            Escaped(&texts.share)
        );
    }
    let result = match view.phase {
        Phase::Published | Phase::Archived => Some(("primary button", &texts.show_result)),
        Phase::Ended if view.campaign.tally_visibility != TallyVisibility::StaffOnly => {
            Some(("button", &texts.show_figures))
        }
        _ => None,
    };
    let mut out = String::new();
    if let Some((class, words)) = result {
        html!(
            &mut out,
            "<a class=\"{class}\" href=\"{path}/result\">{}</a>",
            Escaped(words)
        );
    }
    html!(
        &mut out,
        "<a class=\"button\" href=\"{path}/stories\">{}</a>",
        Escaped(&texts.read_stories)
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_quotations_of_a_title_stay_on_one_line() {
        let written = |title| {
            let mut out = String::new();
            phrases(&mut out, title);
            out
        };
        assert_eq!(written("A <b>"), "A &lt;b&gt;");
        assert_eq!(
            written("“最美”评选《工匠》"),
            "<span class=\"phrase\">“最美”</span>评选<span class=\"phrase\">《工匠》</span>"
        );
        for long in ["“一二三四五六七八九”", "“”", "“开"] {
            assert_eq!(written(long), long);
        }
    }
}
