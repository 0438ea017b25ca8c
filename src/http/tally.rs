//! The public tally of a campaign as plain JSON, for polling through a CDN: with an `ETag` that moves with the version,
//! so that most polls end with 304 and no body.

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use serde::Serialize;

use super::Server;
use super::cache_control::SHARED;
use super::negotiate::is_known;
use crate::app::tallies::RankedTally;
use crate::auth::Viewer;
use crate::id::CategoryId;
use crate::telemetry::RequestId;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    campaign: &'a str,
    version: i64,
    as_of: String,
    raw_votes: i64,
    counted_votes: i64,
    guest_votes: i64,
    withdrawn_votes: i64,
    withheld_votes: i64,
    voters: i64,
    categories: Vec<CategoryBody<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CategoryBody<'a> {
    key: &'a str,
    name: &'a str,
    shortlist_size: i64,
    entries: Vec<EntryBody<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryBody<'a> {
    number: i64,
    name: &'a str,
    votes: i64,
    guest_votes: i64,
    rank: i32,
    share: f64,
}

/// Answers `GET /campaigns/{slug}/tally.json`; 404 while the rules hide the tally.
pub(super) async fn handle(
    State(server): State<Server>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(roster) = server
        .app
        .campaigns
        .catalog()
        .find_by_slug(&slug, Viewer::Anonymous)
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let ranked = match server.app.find_tally(&roster, Viewer::Anonymous).await {
        Ok(Some(ranked)) => ranked,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::warn!(request = RequestId::current(), %error, "a tally could not be read");
            return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "1")]).into_response();
        }
    };
    let etag = format!(
        "\"{}.{}\"",
        ranked.tally.version,
        ranked.roster.campaign().revision
    );
    let Ok(etag) = HeaderValue::try_from(etag) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let caching = [
        (CACHE_CONTROL, HeaderValue::from_static(SHARED)),
        (ETAG, etag.clone()),
    ];
    if headers
        .get(IF_NONE_MATCH)
        .is_some_and(|tags| is_known(tags, &etag))
    {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    match serde_json::to_vec(&body(&ranked)) {
        Ok(body) => (
            caching,
            [(CONTENT_TYPE, "application/json; charset=utf-8")],
            body,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(request = RequestId::current(), %error, "a tally could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn body(ranked: &RankedTally) -> Body<'_> {
    let RankedTally { roster, tally } = ranked;
    Body {
        campaign: &roster.campaign().slug,
        version: tally.version,
        as_of: tally.as_of.to_rfc3339_opts(SecondsFormat::Millis, true),
        raw_votes: tally.counted + tally.withheld,
        counted_votes: tally.counted,
        guest_votes: tally.guest_votes,
        withdrawn_votes: tally.withdrawn,
        withheld_votes: tally.withheld,
        voters: tally.voters,
        categories: roster
            .categories()
            .iter()
            .map(|c| CategoryBody {
                key: &c.key,
                name: &c.name,
                shortlist_size: c.shortlist_size,
                entries: entries(ranked, c.id),
            })
            .collect(),
    }
}

fn entries(ranked: &RankedTally, category_id: CategoryId) -> Vec<EntryBody<'_>> {
    let entries = ranked.tally.entries.iter();
    entries
        .filter(|entry| entry.category_id == category_id)
        .map(|entry| {
            let nominee = &ranked.roster.nominees()[entry.nominee];
            EntryBody {
                number: nominee.number,
                name: &nominee.name,
                votes: entry.votes,
                guest_votes: entry.guest_votes,
                rank: entry.rank,
                share: entry.share,
            }
        })
        .collect()
}
