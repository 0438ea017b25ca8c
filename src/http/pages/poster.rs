//! Posters of nominees to share, and codes to scan: drawn as SVG, rendered to PNG, cached for a while.
//!
//! Both lead to the public address of the pages, or into the mini-program where its platform draws the code. Pictures
//! from elsewhere are not fetched: a poster shows a name and words, with a font of this machine.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

use super::paths::{campaign_path, find, find_nominee, nominee_path};
use crate::auth::platform::code_image::is_scene;
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::http::Server;
use crate::http::cache_control::FEW_MINUTES;
use crate::id::NomineeId;
use crate::print::code::QrCode;
use crate::print::font::Font;
use crate::print::poster::{PosterCode, draw, render};

/// Posters that are cached, of some 100 KB each.
const CACHED_MAX: usize = 200;
/// Posters drawn at once, each some 30 ms of one core, and how many may wait for it.
const DRAWN_AT_ONCE: usize = 1;
const WAITING_MAX: usize = 16;
/// How long one waits for its turn, which a slow platform may hold up.
const TURN_WAIT_MAX: Duration = Duration::from_secs(5);
/// How long a poster with a stand-in for the platform's code is cached.
const STAND_IN_CACHED: Duration = Duration::from_mins(1);

/// The posters of a process, and the turns in which they are drawn.
pub struct Posters {
    font: Option<Font>,
    /// The page of the mini-program that shows a nominee.
    code_page: String,
    cached: Cache<NomineeId, CachedPoster>,
    /// Places of those that wait or are drawn.
    places: Arc<Semaphore>,
    /// Turns of those that are drawn.
    turns: Arc<Semaphore>,
}

#[derive(Clone)]
struct CachedPoster {
    /// The campaign's revision that it was drawn at.
    revision: i64,
    /// When it has to be drawn again though nothing has changed.
    expires_at: Option<tokio::time::Instant>,
    png: Bytes,
}

impl Posters {
    /// The posters in this font; without one there are none. `code_page` is the page of the mini-program that a scanned
    /// code opens.
    #[must_use]
    pub fn new(font: Option<Font>, code_page: String) -> Self {
        Self {
            font,
            code_page,
            cached: Cache::new(CACHED_MAX),
            places: Arc::new(Semaphore::new(WAITING_MAX + DRAWN_AT_ONCE)),
            turns: Arc::new(Semaphore::new(DRAWN_AT_ONCE)),
        }
    }

    /// Whether posters can be drawn.
    pub(super) fn can_draw(&self) -> bool {
        self.font.is_some()
    }

    fn find(&self, roster: &Roster, nominee: &Nominee) -> Option<Bytes> {
        let cached = self.cached.get(&nominee.id)?;
        let is_expired = cached
            .expires_at
            .is_some_and(|expires_at| tokio::time::Instant::now() >= expires_at);
        let is_good = cached.revision == roster.campaign().revision && !is_expired;
        is_good.then_some(cached.png)
    }

    fn insert(&self, roster: &Roster, nominee: &Nominee, is_stand_in: bool, png: Bytes) {
        let poster = CachedPoster {
            revision: roster.campaign().revision,
            expires_at: is_stand_in.then(|| tokio::time::Instant::now() + STAND_IN_CACHED),
            png,
        };
        self.cached.insert(nominee.id, poster);
    }
}

/// Answers `GET /c/{slug}/n/{number}/poster.png`.
pub(super) async fn picture(
    State(server): State<Server>,
    Path((slug, number)): Path<(String, String)>,
) -> Response {
    let Some((roster, index)) = find_nominee(&server, &slug, &number) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let nominee = &roster.nominees()[index];
    let Some(public_url) = &server.public_url else {
        return no_public_url();
    };
    if let Some(png) = server.posters.find(&roster, nominee) {
        return respond("image/png", png);
    }
    let Some(font) = server.posters.font.clone() else {
        return no_font();
    };
    let Ok(_place) = server.posters.places.try_acquire() else {
        return busy();
    };
    let turn = Arc::clone(&server.posters.turns).acquire_owned();
    let Ok(Ok(turn)) = tokio::time::timeout(TURN_WAIT_MAX, turn).await else {
        return busy();
    };
    // Another request may have drawn it while this one waited.
    if let Some(png) = server.posters.find(&roster, nominee) {
        return respond("image/png", png);
    }
    let url = format!("{public_url}{}", nominee_path(&roster, nominee));
    let Some((code, is_stand_in)) = find_code(&server, &roster, nominee, url).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let svg = draw(&font, &roster, nominee, &code);
    let rendered = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        render(&svg, &font)
    });
    let Ok(Some(png)) = rendered.await else {
        tracing::error!(number = nominee.number, "a poster could not be rendered");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let png = Bytes::from(png);
    server
        .posters
        .insert(&roster, nominee, is_stand_in, png.clone());
    respond("image/png", png)
}

/// Answers `GET /c/{slug}/qr.svg`: a code that leads to the voting page.
pub(super) async fn campaign_code(
    State(server): State<Server>,
    Path(slug): Path<String>,
) -> Response {
    let Some(roster) = find(&server, &slug) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    respond_code(&server, &campaign_path(&roster))
}

/// Answers `GET /c/{slug}/n/{number}/qr.svg`: a code that leads to the nominee's page.
pub(super) async fn nominee_code(
    State(server): State<Server>,
    Path((slug, number)): Path<(String, String)>,
) -> Response {
    let found = find_nominee(&server, &slug, &number);
    let path = found.map(|(roster, index)| nominee_path(&roster, &roster.nominees()[index]));
    path.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |path| respond_code(&server, &path),
    )
}

fn respond_code(server: &Server, path: &str) -> Response {
    let Some(public_url) = &server.public_url else {
        return no_public_url();
    };
    let Some(code) = QrCode::new(&format!("{public_url}{path}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    respond("image/svg+xml", Bytes::from(code.standalone()))
}

fn respond(content_type: &'static str, body: Bytes) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CACHE_CONTROL, HeaderValue::from_static(FEW_MINUTES)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, body).into_response()
}

fn no_font() -> Response {
    let text = "This server has no font with Chinese characters: install one, as the package fonts-noto-cjk.\n";
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

fn busy() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")]).into_response()
}

fn no_public_url() -> Response {
    let text = "A code needs the public address of this server: set ACCLAIM_PUBLIC_URL.\n";
    (StatusCode::NOT_FOUND, text).into_response()
}

/// The code of a nominee's poster, and whether it stands in for the one that the platform did not give.
async fn find_code(
    server: &Server,
    roster: &Roster,
    nominee: &Nominee,
    url: String,
) -> Option<(PosterCode, bool)> {
    let scene = format!("c={}&n={}", roster.campaign().slug, nominee.number);
    let wechat = server.app.wechat().filter(|_| is_scene(&scene));
    let Some(wechat) = wechat else {
        return Some((PosterCode::Qr(QrCode::new(&url)?), false));
    };
    let page = &server.posters.code_page;
    match wechat.find_code_image(page, &scene).await {
        Some(image) => {
            let code = PosterCode::MiniProgram {
                content_type: image.content_type,
                bytes: image.bytes,
            };
            Some((code, false))
        }
        None => Some((PosterCode::Qr(QrCode::new(&url)?), true)),
    }
}
