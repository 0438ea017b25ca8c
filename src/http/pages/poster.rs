//! Posters of nominees to share, and codes to scan: drawn as SVG, rendered to PNG, cached for a while.
//!
//! Both lead to the public address of the pages, or into the mini-program where its platform draws the code. A poster
//! shows a name and words, with a font of this machine, and the portrait that is stored here; pictures from elsewhere
//! are not fetched.
//!
//! A poster is cached by what is drawn on it, so it lasts until one of its own words changes. Drawing is charged to the
//! client, one poster at a time is drawn, few wait for it, and an address has at most [`PLACES_EACH`] of their places.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use quick_cache::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::paths::{campaign_path, find, find_nominee, nominee_path};
use super::refusal::unavailable;
use crate::auth::Viewer;
use crate::auth::platform::code_image::{CodeImage, is_scene};
use crate::domain::media::{MediaFile, MediaName, PictureSize};
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::http::Server;
use crate::http::cache_control::FEW_MINUTES;
use crate::http::client::ClientHeaders;
use crate::http::places::{Full, Places};
use crate::print::code::QrCode;
use crate::print::font::Font;
use crate::print::poster::{Poster, PosterCode, render};

/// Posters that are cached, of some 100 KB each, and as many of the platform's codes.
const CACHED_MAX: usize = 200;
/// Posters drawn at once, each some 30 ms of one core, and how many may wait for it.
const DRAWN_AT_ONCE: usize = 1;
const WAITING_MAX: usize = 16;
/// Posters of one address that wait or are drawn: a page asks for one.
const PLACES_EACH: usize = 2;
/// How long one waits for its turn, which a slow platform may hold up.
const TURN_WAIT_MAX: Duration = Duration::from_secs(5);
/// How long a poster with a stand-in for the platform's code, or for the portrait, is cached.
const STAND_IN_CACHED: Duration = Duration::from_mins(1);
/// The prices of drawing, in units of the cost of operations, 10 us of one core each.
const POSTER_COST: u32 = 3_000;
const CODE_COST: u32 = 100;

/// The posters of a process, and the turns in which they are drawn.
pub struct Posters {
    font: Option<Font>,
    /// The page of the mini-program that shows a nominee.
    code_page: String,
    cached: Cache<Drawn, CachedPoster>,
    /// The platform's codes by scene: they stay good when a poster is drawn again.
    codes: Cache<String, CodeImage>,
    /// Places of those that wait or are drawn, by address.
    places: Places<IpAddr>,
    /// Turns of those that are drawn.
    turns: Arc<Semaphore>,
}

/// The hash of all that is drawn on a poster, and of where its code leads.
type Drawn = [u8; 32];

#[derive(Clone)]
struct CachedPoster {
    /// When it has to be drawn again though nothing has changed.
    expires_at: Option<tokio::time::Instant>,
    png: Bytes,
}

/// The place that a code leads to.
enum CodeTarget {
    /// An address of the pages.
    Page(String),
    /// A scene of the mini-program; the address stands in where the platform does not draw its code.
    Scene { scene: String, stand_in: String },
}

impl CodeTarget {
    fn new(server: &Server, public_url: &str, roster: &Roster, nominee: &Nominee) -> Self {
        let address = format!("{public_url}{}", nominee_path(roster, nominee));
        let scene = format!("c={}&n={}", roster.campaign().slug, nominee.number);
        if server.app.platforms.wechat.is_some() && is_scene(&scene) {
            Self::Scene {
                scene,
                stand_in: address,
            }
        } else {
            Self::Page(address)
        }
    }
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
            codes: Cache::new(CACHED_MAX),
            places: Places::new(WAITING_MAX + DRAWN_AT_ONCE, PLACES_EACH),
            turns: Arc::new(Semaphore::new(DRAWN_AT_ONCE)),
        }
    }

    /// Whether posters can be drawn.
    pub(super) fn can_draw(&self) -> bool {
        self.font.is_some()
    }

    fn find(&self, drawn: &Drawn) -> Option<Bytes> {
        let cached = self.cached.get(drawn)?;
        let is_expired = cached
            .expires_at
            .is_some_and(|expires_at| tokio::time::Instant::now() >= expires_at);
        (!is_expired).then_some(cached.png)
    }

    fn insert(&self, drawn: Drawn, is_stand_in: bool, png: Bytes) {
        let expires_at = is_stand_in.then(|| tokio::time::Instant::now() + STAND_IN_CACHED);
        self.cached.insert(drawn, CachedPoster { expires_at, png });
    }

    /// Waits for the turn of a poster.
    async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        tokio::time::timeout(TURN_WAIT_MAX, turn).await.ok()?.ok()
    }
}

fn hash(poster: &Poster, target: &CodeTarget, portrait: Option<&MediaName>) -> Drawn {
    let (kind, to) = match target {
        CodeTarget::Page(address) => ("page", address),
        CodeTarget::Scene { scene, .. } => ("scene", scene),
    };
    let mut context = Context::new(&SHA256);
    let portrait = portrait.map_or("", MediaName::as_str);
    for part in [kind, to, portrait, poster.drawn()] {
        context.update(part.as_bytes());
        // No text of SVG or of an address has a zero.
        context.update(&[0]);
    }
    let mut drawn = Drawn::default();
    drawn.copy_from_slice(context.finish().as_ref());
    drawn
}

/// Answers `GET /c/{slug}/n/{number}/poster.png`.
pub(super) async fn picture(
    State(server): State<Server>,
    Path((slug, number)): Path<(String, String)>,
    client_headers: ClientHeaders,
) -> Response {
    let Some((roster, index)) = find_nominee(&server, &slug, &number) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let nominee = &roster.nominees()[index];
    let Some(public_url) = &server.app.public_url else {
        return no_public_url();
    };
    let Some(font) = server.posters.font.clone() else {
        return no_font();
    };
    let poster = Poster::new(&font, &roster, nominee);
    let target = CodeTarget::new(&server, public_url, &roster, nominee);
    let stored = nominee.portrait().stored();
    let drawn = hash(&poster, &target, stored);
    if let Some(png) = server.posters.find(&drawn) {
        return respond("image/png", png);
    }
    let client = client_headers.client();
    let _place = match server.posters.places.take(client.network()) {
        Ok(place) => place,
        Err(Full::All) => return busy("Many posters are being drawn"),
        Err(Full::Owner) => return busy("Posters for your address are being drawn"),
    };
    let charged = server.app.charge(Viewer::Anonymous, client, POSTER_COST);
    if let Err(error) = charged {
        return unavailable(&error, "a poster");
    }
    let Some(turn) = server.posters.turn().await else {
        return busy("The poster's turn did not come");
    };
    // Another request may have drawn it while this one waited.
    if let Some(png) = server.posters.find(&drawn) {
        return respond("image/png", png);
    }
    let Some((code, is_stand_in)) = find_code(&server, target).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let portrait = find_portrait(&server, stored).await;
    let is_stand_in = is_stand_in || (stored.is_some() && portrait.is_none());
    let svg = poster.finish(portrait.as_deref(), &code);
    let rendered = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        render(&svg, &font)
    });
    let Ok(Some(png)) = rendered.await else {
        tracing::error!(number = nominee.number, "a poster could not be rendered");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let png = Bytes::from(png);
    server.app.metrics.posters_drawn.inc();
    server.posters.insert(drawn, is_stand_in, png.clone());
    respond("image/png", png)
}

/// Answers `GET /c/{slug}/qr.svg`: a code that leads to the voting page.
pub(super) async fn campaign_code(
    State(server): State<Server>,
    Path(slug): Path<String>,
    client_headers: ClientHeaders,
) -> Response {
    let Some(roster) = find(&server, &slug) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    respond_code(&server, &client_headers, &campaign_path(&roster))
}

/// Answers `GET /c/{slug}/n/{number}/qr.svg`: a code that leads to the nominee's page.
pub(super) async fn nominee_code(
    State(server): State<Server>,
    Path((slug, number)): Path<(String, String)>,
    client_headers: ClientHeaders,
) -> Response {
    let found = find_nominee(&server, &slug, &number);
    let path = found.map(|(roster, index)| nominee_path(&roster, &roster.nominees()[index]));
    path.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |path| respond_code(&server, &client_headers, &path),
    )
}

fn respond_code(server: &Server, client_headers: &ClientHeaders, path: &str) -> Response {
    let Some(public_url) = &server.app.public_url else {
        return no_public_url();
    };
    let client = client_headers.client();
    if let Err(error) = server.app.charge(Viewer::Anonymous, client, CODE_COST) {
        return unavailable(&error, "a code");
    }
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

fn busy(why: &str) -> Response {
    let text = format!("{why}: try again shortly.\n");
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")], text).into_response()
}

fn no_public_url() -> Response {
    let text = "A code needs the public address of this server: set ACCLAIM_PUBLIC_URL.\n";
    (StatusCode::NOT_FOUND, text).into_response()
}

/// The portrait of a poster; none where the store does not give it now.
async fn find_portrait(server: &Server, stored: Option<&MediaName>) -> Option<Bytes> {
    let file = MediaFile::new(stored?, PictureSize::Small);
    server.app.read_picture(&file).await.ok().flatten()
}

/// The code of a poster, and whether it stands in for the one that the platform did not give.
async fn find_code(server: &Server, target: CodeTarget) -> Option<(PosterCode, bool)> {
    let (scene, stand_in) = match target {
        CodeTarget::Page(address) => return Some((PosterCode::Qr(QrCode::new(&address)?), false)),
        CodeTarget::Scene { scene, stand_in } => (scene, stand_in),
    };
    let posters = &server.posters;
    let mut image = posters.codes.get(&scene);
    if image.is_none() {
        image = server
            .app
            .platforms
            .wechat
            .as_ref()?
            .find_code_image(&posters.code_page, &scene)
            .await;
        if let Some(image) = &image {
            posters.codes.insert(scene, image.clone());
        }
    }
    let Some(image) = image else {
        return Some((PosterCode::Qr(QrCode::new(&stand_in)?), true));
    };
    let code = PosterCode::MiniProgram {
        content_type: image.content_type,
        bytes: image.bytes,
    };
    Some((code, false))
}
