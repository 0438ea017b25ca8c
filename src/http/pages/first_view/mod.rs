//! The first view of the voting page and of a nominee's: in the HTML, before the program runs and without it, in the
//! markup that the program makes, so that it takes the elements over and draws nothing anew. The answers that it was
//! made of are in the page, too: the program begins with them instead of asking.
//!
//! Nobody's votes are in it. It is made once a moment for all who come, in one of several orders of the nominees; a
//! device that keeps an order of its own (`device`) gets that one, put together from memory. `answers` asks the API,
//! `list` has the nominees; `head`, `voting` and `profile` are the markup, `texts` and `times` the words in it.

mod answers;
mod device;
mod early_tap;
mod head;
mod list;
mod markup;
mod profile;
mod texts;
mod times;
mod voting;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, VARY,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::value::RawValue;

use self::device::Device;
use self::head::{Totals, head, head_line, strip};
use self::list::{List, Order, Wanted, category_id, list};
use self::markup::View;
use self::profile::FindNominee;
use self::texts::Texts;
use super::assets::takes;
use super::headers::{headers, policy};
use super::html::{Body as PageBody, PageHead, document};
use super::paths::campaign_path;
use crate::app::tallies::RankedTally;
use crate::auth::Viewer;
use crate::domain::roster::Roster;
use crate::graphql::messages::Language;
use crate::http::Server;
use crate::http::cache_control::SHARED;
use crate::http::client::ClientHeaders;
use crate::http::response_cache::{CachedResponse, Found, ResponseCache};
use crate::http::service::compressed;

/// Orders of the nominees that are given out in a moment to devices that keep none. With the next moment there are
/// others, so that no nominee is first more often than another.
const ORDERS: usize = 16;
/// Bytes of a page at most, compressed or not: 30 nominees with all their texts are 100 KB.
const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The cost of a page that is not at hand, as that of the operations whose answers are in it.
const PAGE_COST: u32 = 50;
/// `Cache-Control` of a page in the order of one device.
const OF_DEVICE: &str = "private, max-age=1";
/// `Vary` of the pages.
const VARIES: HeaderValue = HeaderValue::from_static("accept-encoding, accept-language, cookie");

/// The first views of a process.
pub(in crate::http) struct FirstViews {
    /// The answers and pages of this moment.
    cache: ResponseCache,
    /// The number of visits that were given one of the orders.
    turn: AtomicUsize,
    /// The policy of the pages.
    policy: HeaderValue,
}

impl FirstViews {
    /// None yet. The pages may load the script of `WeChat` where there is an official account.
    pub(in crate::http) fn new(has_wechat: bool) -> Self {
        Self {
            cache: ResponseCache::new(),
            turn: AtomicUsize::new(0),
            policy: policy(Some(&early_tap::SCRIPT_HASH), has_wechat),
        }
    }
}

/// The request for a page.
pub(super) struct Request<'a> {
    server: &'a Server,
    client_headers: &'a ClientHeaders,
    headers: &'a HeaderMap,
    /// The number of public changes before anything was read for it.
    change_count: u64,
}

/// The answers that the program reads in a page, in JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Carried<'a> {
    campaign: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<CarriedList<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nominee: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct CarriedList<'a> {
    seed: &'a str,
    category: Option<String>,
    order: Order,
    nominees: &'a List,
}

/// The voting page with its first nominees; none for what the program alone can show, or where it cannot be had now.
pub(super) async fn voting(
    request: &Request<'_>,
    roster: &Arc<Roster>,
    head: &PageHead<'_>,
    query: &str,
) -> Option<Response> {
    let server = request.server;
    let device = Device::of(request.headers);
    let ranked = server
        .app
        .find_tally(roster, Viewer::Anonymous)
        .await
        .ok()?;
    let wanted = Wanted::parse(roster, query, ranked.is_some())?;
    let page = Voting {
        server,
        roster,
        ranked: ranked.as_ref(),
        head,
        wanted,
        language: request.language(device.as_ref()),
    };
    if let Some(device) = device {
        // It is put together for this device alone: a client that hammers gets the page that costs nothing.
        let client = request.client_headers.client();
        let charged = server.app.charge(Viewer::Anonymous, client, PAGE_COST);
        charged.ok()?;
        let seed = device.seed.clone().or_else(new_seed)?;
        let html = page.write(&seed, device.has_lines).await?;
        return Some(respond(server, OF_DEVICE, None, html));
    }
    let Voting { language, .. } = page;
    let turn = match wanted.order {
        Order::Shuffled => server.first_views.turn.fetch_add(1, Ordering::Relaxed) % ORDERS,
        Order::Number | Order::Votes => 0,
    };
    let name = format!("{language:?} {wanted:?} {turn} {}", head.path);
    let make = async || page.write(&new_seed()?, false).await;
    cached(request, roster, &name, make).await
}

/// The page of the nominee with this number; none where it cannot be had now.
pub(super) async fn nominee(
    request: &Request<'_>,
    roster: &Arc<Roster>,
    number: i64,
    head: &PageHead<'_>,
) -> Option<Response> {
    let server = request.server;
    let slug = &roster.campaign().slug;
    // It takes statements: a client that hammers one after the other gets the page that takes none.
    if !answers::has_nominee(server, slug, number) {
        let client = request.client_headers.client();
        server
            .app
            .charge(Viewer::Anonymous, client, PAGE_COST)
            .ok()?;
    }
    let device = Device::of(request.headers);
    let language = request.language(device.as_ref());
    let make = async || write_nominee(server, roster, number, head, language).await;
    if device.is_some() {
        return Some(respond(server, OF_DEVICE, None, make().await?));
    }
    let name = format!("{language:?} {}", head.path);
    cached(request, roster, &name, make).await
}

impl<'a> Request<'a> {
    /// A request for which nothing has been read yet.
    pub(super) fn new(
        server: &'a Server,
        client_headers: &'a ClientHeaders,
        headers: &'a HeaderMap,
    ) -> Self {
        Self {
            server,
            client_headers,
            headers,
            change_count: server.app.public_changes.count(),
        }
    }

    fn language(&self, device: Option<&Device>) -> Language {
        let chosen = device.and_then(|device| device.language);
        chosen.unwrap_or(self.client_headers.language())
    }

    /// The compression that the client takes, of those that pages are kept in.
    fn encoding(&self) -> Option<&'static str> {
        let accepted = self.headers.get(ACCEPT_ENCODING)?.to_str().ok()?;
        ["br", "gzip"]
            .into_iter()
            .find(|name| takes(accepted, name))
    }
}

/// The page of this name, made and compressed once for all who ask for it in this moment.
async fn cached(
    request: &Request<'_>,
    roster: &Roster,
    name: &str,
    make: impl AsyncFnOnce() -> Option<String>,
) -> Option<Response> {
    let server = request.server;
    let encoding = request.encoding();
    let cache = &server.first_views.cache;
    let key = cache.key(format_args!("page {encoding:?} {name}"));
    let changes = &server.app.public_changes;
    let place = match cache.find_or_reserve(&key, changes).await {
        Found::Response(cached) => {
            return Some(respond(server, SHARED, encoding, cached.body.clone()));
        }
        Found::Uncacheable => return None,
        Found::Reserved(place) => place,
    };
    let html = make().await?;
    let bytes = match encoding {
        None => html.into(),
        Some(encoding) => {
            let encodings = HeaderValue::from_static(encoding);
            let whole = compressed(encodings, Response::new(Body::from(html))).await;
            to_bytes(whole.into_body(), PAGE_BYTES_MAX).await.ok()?
        }
    };
    let campaigns = Some(vec![roster.campaign().id]);
    let made = CachedResponse::new(bytes.into(), "page", campaigns, request.change_count);
    Some(respond(
        server,
        SHARED,
        encoding,
        place.fill(made).body.clone(),
    ))
}

fn respond(
    server: &Server,
    cache_control: &'static str,
    encoding: Option<&'static str>,
    body: impl Into<Bytes>,
) -> Response {
    let mut headers = headers("text/html; charset=utf-8", cache_control);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control));
    headers.insert(VARY, VARIES);
    headers.insert(CONTENT_SECURITY_POLICY, server.first_views.policy.clone());
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    (headers, Body::from(body.into())).into_response()
}

/// A seed for a device that keeps none; none where the system has no randomness.
fn new_seed() -> Option<String> {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(data_encoding::HEXLOWER.encode(&bytes))
}

/// The voting page in one language.
struct Voting<'a> {
    server: &'a Server,
    roster: &'a Arc<Roster>,
    ranked: Option<&'a RankedTally>,
    head: &'a PageHead<'a>,
    wanted: Wanted,
    language: Language,
}

impl Voting<'_> {
    /// The page in the order of a seed.
    async fn write(&self, seed: &str, has_lines: bool) -> Option<String> {
        let (server, roster, wanted) = (self.server, self.roster, self.wanted);
        let answer = answers::find_campaign(server, &roster.campaign().slug).await?;
        let nominees = list(server, roster, self.ranked, wanted, seed).await;
        let path = campaign_path(roster);
        let view = view(server, roster, &path, self.language);
        let now = server.app.clock.now();
        let mut html = String::with_capacity(48 * 1024);
        let totals = Totals {
            tally: self.ranked.map(|ranked| &*ranked.tally),
        };
        let origin = server.app.public_url.as_deref();
        head(&mut html, &view, roster, origin, now, Some(totals));
        html.push_str("<main>");
        head_line(&mut html, &view, now);
        strip(&mut html, &view, now);
        let shown = voting::Shown {
            roster,
            wanted,
            list: &nominees,
            has_figures: self.ranked.is_some(),
            has_lines,
        };
        voting::nominees(&mut html, &view, &shown);
        html.push_str("</main>");
        markup::foot(&mut html, &view, false);
        html.push_str("<div class=\"notice\" role=\"status\" aria-live=\"polite\"></div>");
        let mut without = String::new();
        voting::without_program(&mut without, &view, roster, wanted);
        let carried = Carried {
            campaign: serde_json::from_slice(&answer.body).ok()?,
            list: Some(CarriedList {
                seed,
                category: wanted.category.map(|i| category_id(server, roster, i)),
                order: wanted.order,
                nominees: &nominees,
            }),
            nominee: None,
        };
        Some(finish(
            server,
            self.language,
            self.head,
            &html,
            &without,
            &carried,
        ))
    }
}

async fn write_nominee(
    server: &Server,
    roster: &Roster,
    number: i64,
    page_head: &PageHead<'_>,
    language: Language,
) -> Option<String> {
    let slug = &roster.campaign().slug;
    let campaign = answers::find_campaign(server, slug).await?;
    let answer = answers::find_nominee(server, slug, number).await?;
    let found: FindNominee = serde_json::from_slice(&answer.body).ok()?;
    let profile = found.campaign?.nominee?;
    let nominee = &roster.nominees()[roster.shown_index_of_number(number)?];
    let category = &roster.categories()[roster.category_index(nominee.category_id)?];
    let path = campaign_path(roster);
    let view = view(server, roster, &path, language);
    let now = server.app.clock.now();
    let mut html = String::with_capacity(8 * 1024);
    let origin = server.app.public_url.as_deref();
    head(&mut html, &view, roster, origin, now, None);
    html.push_str("<main>");
    profile::profile(&mut html, &view, &profile, category);
    html.push_str("</main>");
    markup::foot(&mut html, &view, true);
    html.push_str("<div class=\"notice raised\" role=\"status\" aria-live=\"polite\"></div>");
    let carried = Carried {
        campaign: serde_json::from_slice(&campaign.body).ok()?,
        list: None,
        nominee: Some(serde_json::from_slice(&answer.body).ok()?),
    };
    Some(finish(server, language, page_head, &html, "", &carried))
}

fn view<'a>(server: &Server, roster: &'a Roster, path: &'a str, language: Language) -> View<'a> {
    let campaign = roster.campaign();
    View {
        path,
        campaign,
        phase: campaign.phase(server.app.clock.now()),
        language,
        texts: Texts::of(language),
        has_way_in: server
            .app
            .ways_in()
            .iter()
            .any(|way| way.is_for_browsers() && campaign.admitted().contains(way.kind)),
    }
}

/// The whole page: what is shown, what is shown without the program, and what the program reads.
fn finish(
    server: &Server,
    language: Language,
    head: &PageHead<'_>,
    html: &str,
    without: &str,
    carried: &Carried<'_>,
) -> String {
    server.app.metrics.first_views_made.inc();
    let needs = match language {
        Language::English => {
            "Votes are cast with JavaScript, which is off here. Nominees and stories can be read without."
        }
        Language::Chinese => "投票需要开启 JavaScript。候选人和故事不开启也可以阅读。",
    };
    let before =
        format!("<noscript><div class=\"without\"><p>{needs}</p>{without}</div></noscript>");
    let json = serde_json::to_string(carried).unwrap_or_default();
    let after = format!(
        "<script>{}</script><script type=\"application/json\" id=\"first-view\">{}</script>",
        early_tap::SCRIPT,
        within_script(&json)
    );
    let body = PageBody {
        before: &before,
        app: html,
        after: &after,
    };
    document(server.app.public_url.as_deref(), language, head, &body)
}

/// JSON as it may stand in a script of HTML, whatever its strings hold: nothing in it ends the script, opens a comment,
/// or ends a line.
fn within_script(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_does_not_end_the_script() {
        let hostile = "</script><img onerror=x><!--\u{2028}\u{2029}";
        let json = serde_json::to_string(hostile).expect("a text");
        let within = within_script(&json);
        assert!(!within.contains('<') && within.is_ascii(), "{within}");
        let read: String = serde_json::from_str(&within).expect("the text");
        assert_eq!(read, hostile);
    }
}
