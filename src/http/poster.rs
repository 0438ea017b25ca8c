//! Posters of nominees to share, and codes to scan: drawn as SVG, rendered to PNG, kept for a while.
//!
//! Both lead to the public address of the pages, or into the mini-program where its platform draws the code. Pictures
//! from elsewhere are not fetched: a poster shows a name and words, with a font of this machine.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use data_encoding::BASE64;
use qrcode::{Color, EcLevel, QrCode};
use quick_cache::sync::Cache;
use resvg::{tiny_skia, usvg};
use tokio::sync::Semaphore;

use super::pages::{campaign_path, find, find_nominee, nominee_path};
use super::{Server, pages};
use crate::auth::platform::code_image::{CodeImage, is_scene};
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::id::NomineeId;

/// Characters that a font must have to be good for posters: those of the words on every one.
const NEEDED: &str = "扫码投票号创新";
/// Fonts that are made for screens and have them, best first; any other that has them will do.
const PREFERRED: [&str; 6] = [
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
];
/// Width and height in pixels: a phone's screen.
const SIZE: (u32, u32) = (750, 1200);
/// Posters that are kept, of some 100 KB each.
const KEPT_MAX: usize = 200;
/// Posters drawn at once, each some 100 ms of one core, and how many may wait for it.
const DRAWN_AT_ONCE: usize = 1;
const WAITING_MAX: usize = 16;
/// How long caches keep a poster or code: a name may be put right.
const CACHED: &str = "public, max-age=300";
/// How long a poster with a stand-in for the platform's code is kept.
const STAND_IN_KEPT: Duration = Duration::from_mins(1);

/// What draws posters.
pub struct Posters {
    font: Option<Font>,
    /// The page of the mini-program that shows a nominee.
    code_page: String,
    kept: Cache<NomineeId, Kept>,
    /// Admits to waiting and drawing.
    places: Arc<Semaphore>,
    /// Admits to drawing.
    turns: Arc<Semaphore>,
}

/// A font that has Chinese characters, among those of this machine.
#[derive(Clone)]
pub struct Font {
    fonts: Arc<usvg::fontdb::Database>,
    family: String,
}

#[derive(Clone)]
struct Kept {
    revision: i64,
    /// Until when, if not for good.
    until: Option<tokio::time::Instant>,
    png: Bytes,
}

impl Font {
    /// Looks among the fonts of this machine, which takes some 50 ms; none when none has Chinese characters.
    #[must_use]
    pub fn find() -> Option<Self> {
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_system_fonts();
        let mut families: Vec<&str> = fonts
            .faces()
            .filter(|face| has_needed(&fonts, face.id))
            .filter_map(|face| Some(face.families.first()?.0.as_str()))
            .collect();
        let place = |family: &&str| PREFERRED.iter().position(|name| name == family);
        families.sort_by_key(|family| (place(family).unwrap_or(PREFERRED.len()), *family));
        let family = (*families.first()?).to_owned();
        Some(Self {
            fonts: Arc::new(fonts),
            family,
        })
    }
}

fn has_needed(fonts: &usvg::fontdb::Database, id: usvg::fontdb::ID) -> bool {
    let has = |data: &[u8], index| {
        let face = ttf_parser::Face::parse(data, index);
        face.is_ok_and(|face| NEEDED.chars().all(|c| face.glyph_index(c).is_some()))
    };
    fonts.with_face_data(id, has).unwrap_or(false)
}

impl Posters {
    /// Posters in this font; without one there are none. `code_page` is the page of the mini-program that a scanned
    /// code opens.
    #[must_use]
    pub fn new(font: Option<Font>, code_page: String) -> Self {
        Self {
            font,
            code_page,
            kept: Cache::new(KEPT_MAX),
            places: Arc::new(Semaphore::new(WAITING_MAX + DRAWN_AT_ONCE)),
            turns: Arc::new(Semaphore::new(DRAWN_AT_ONCE)),
        }
    }

    /// Whether posters can be drawn.
    #[must_use]
    pub fn can_draw(&self) -> bool {
        self.font.is_some()
    }

    fn find(&self, nominee: &Nominee, revision: i64) -> Option<Bytes> {
        let kept = self.kept.get(&nominee.id)?;
        let is_good = kept.revision == revision
            && kept
                .until
                .is_none_or(|until| tokio::time::Instant::now() < until);
        is_good.then_some(kept.png)
    }
}

/// Answers `GET /c/{slug}/n/{number}/poster.png`.
pub async fn picture(
    State(server): State<Server>,
    Path((slug, number)): Path<(String, String)>,
) -> Response {
    let roster = find(&server, &slug);
    let Some((roster, nominee)) = roster
        .as_ref()
        .and_then(|roster| Some((roster, find_nominee(roster, &number)?)))
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(public_url) = &server.public_url else {
        return no_public_url();
    };
    let revision = roster.campaign().revision;
    if let Some(png) = server.posters.find(nominee, revision) {
        return answer("image/png", png);
    }
    let Some(font) = server.posters.font.clone() else {
        let text = "This server has no font with Chinese characters: install one, as the package fonts-noto-cjk.\n";
        return (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    };
    let Ok(_place) = server.posters.places.try_acquire() else {
        return busy();
    };
    let Ok(turn) = Arc::clone(&server.posters.turns).acquire_owned().await else {
        return busy();
    };
    // Whoever waited for the same poster finds it here.
    if let Some(png) = server.posters.find(nominee, revision) {
        return answer("image/png", png);
    }
    let url = format!("{public_url}{}", nominee_path(roster, nominee));
    let (code, is_stand_in) = find_code(&server, roster, nominee, url).await;
    let svg = draw(&font.family, roster, nominee, &code);
    let rendered = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        render(&svg, &font)
    });
    let Ok(Some(png)) = rendered.await else {
        tracing::error!(number = nominee.number, "a poster could not be rendered");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let png = Bytes::from(png);
    let until = is_stand_in.then(|| tokio::time::Instant::now() + STAND_IN_KEPT);
    let kept = Kept {
        revision,
        until,
        png: png.clone(),
    };
    server.posters.kept.insert(nominee.id, kept);
    answer("image/png", png)
}

/// Answers `GET /c/{slug}/qr.svg`: a code that leads to the voting page.
pub async fn campaign_code(State(server): State<Server>, Path(slug): Path<String>) -> Response {
    let Some(roster) = find(&server, &slug) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    code_answer(&server, &campaign_path(&roster))
}

/// Answers `GET /c/{slug}/n/{number}/qr.svg`: a code that leads to the nominee's page.
pub async fn nominee_code(
    State(server): State<Server>,
    Path((slug, number)): Path<(String, String)>,
) -> Response {
    let path = find(&server, &slug).and_then(|roster| {
        let nominee = find_nominee(&roster, &number)?;
        Some(nominee_path(&roster, nominee))
    });
    path.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |path| code_answer(&server, &path),
    )
}

fn code_answer(server: &Server, path: &str) -> Response {
    let Some(public_url) = &server.public_url else {
        return no_public_url();
    };
    let Some(code) = Code::of(&format!("{public_url}{path}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    answer("image/svg+xml", Bytes::from(code.document()))
}

fn answer(content_type: &'static str, body: Bytes) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CACHE_CONTROL, HeaderValue::from_static(CACHED)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, body).into_response()
}

fn busy() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")]).into_response()
}

fn no_public_url() -> Response {
    let text = "A code needs the public address of this server: set ACCLAIM_PUBLIC_URL.\n";
    (StatusCode::NOT_FOUND, text).into_response()
}

/// What is scanned.
enum Scanned {
    /// Leads to an address.
    Code(Code),
    /// Opens the mini-program; drawn by its platform.
    Image(CodeImage),
}

/// The code of a nominee's poster, and whether it stands in for the one that the platform did not give.
async fn find_code(
    server: &Server,
    roster: &Roster,
    nominee: &Nominee,
    url: String,
) -> (Scanned, bool) {
    let mut is_stand_in = false;
    if let Some(wechat) = server.app.wechat() {
        let scene = format!("c={}&n={}", roster.campaign().slug, nominee.number);
        if is_scene(&scene) {
            let image = wechat
                .find_code_image(&server.posters.code_page, &scene)
                .await;
            if let Some(image) = image {
                return (Scanned::Image(image), false);
            }
            is_stand_in = true;
        }
    }
    let code = Code::of(&url).unwrap_or(Code {
        modules: 0,
        path: String::new(),
    });
    (Scanned::Code(code), is_stand_in)
}

/// A QR code as one path of unit squares.
struct Code {
    modules: usize,
    path: String,
}

/// Modules that must stay empty around a code (ISO/IEC 18004, section 9.1).
const QUIET_ZONE: usize = 4;

impl Code {
    /// The code of a text; none if it is too long for one.
    fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let modules = code.width();
        let mut path = String::new();
        for (at, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                _ = write!(path, "M{} {}h1v1h-1z", at % modules, at / modules);
            }
        }
        Some(Self { modules, path })
    }

    fn document(&self) -> String {
        let side = self.modules + 2 * QUIET_ZONE;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
            <path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path transform=\"translate({QUIET_ZONE} {QUIET_ZONE})\" d=\"{}\"/></svg>",
            self.path
        )
    }
}

fn render(svg: &str, font: &Font) -> Option<Vec<u8>> {
    let options = usvg::Options {
        font_family: font.family.clone(),
        fontdb: Arc::clone(&font.fonts),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).ok()?;
    let mut pixels = tiny_skia::Pixmap::new(SIZE.0, SIZE.1)?;
    resvg::render(&tree, tiny_skia::Transform::default(), &mut pixels.as_mut());
    pixels.encode_png().ok()
}

fn draw(family: &str, roster: &Roster, nominee: &Nominee, code: &Scanned) -> String {
    let (width, height) = SIZE;
    let category = roster.category_index(nominee.category_id);
    let category = category.map_or("", |index| roster.categories()[index].name.as_str());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
        font-family=\"{family}\"><path fill=\"#b3202a\" d=\"M0 0h{width}v{height}H0z\"/>\
        <rect x=\"40\" y=\"230\" width=\"670\" height=\"920\" rx=\"28\" fill=\"#fff\"/>",
    );
    let title = lines(&roster.campaign().title, 15.0, 2);
    let first = if title.len() > 1 { 95 } else { 130 };
    for (line, y) in title.iter().zip((first..).step_by(62)) {
        text(&mut svg, (375, y), 44, "#fff", line);
    }
    let initial: String = nominee.name.chars().take(1).collect();
    _ = write!(
        svg,
        "<circle cx=\"375\" cy=\"345\" r=\"78\" fill=\"#8c5a3c\"/>"
    );
    text(&mut svg, (375, 374), 82, "#fff", &initial);
    let number = format!("{} 号 · {category}", nominee.number);
    text(&mut svg, (375, 475), 30, "#665e58", &number);
    text(
        &mut svg,
        (375, 548),
        62,
        "#1f1a17",
        &first_line(&nominee.name, 10.0),
    );
    text(
        &mut svg,
        (375, 602),
        30,
        "#1f1a17",
        &first_line(&nominee.employer, 20.0),
    );
    for (line, y) in lines(&nominee.summary, 22.0, 4)
        .iter()
        .zip((664..).step_by(42))
    {
        text(&mut svg, (375, y), 27, "#665e58", line);
    }
    match code {
        Scanned::Code(code) => {
            let side = u32::try_from(code.modules.max(1)).unwrap_or(1);
            let scale = 250.0 / f64::from(side);
            _ = write!(
                svg,
                "<path transform=\"translate(250 838) scale({scale})\" shape-rendering=\"crispEdges\" d=\"{}\"/>",
                code.path
            );
        }
        Scanned::Image(CodeImage {
            content_type,
            bytes,
        }) => {
            _ = write!(
                svg,
                "<image x=\"245\" y=\"833\" width=\"260\" height=\"260\" href=\"data:{content_type};base64,{}\"/>",
                BASE64.encode(bytes)
            );
        }
    }
    text(
        &mut svg,
        (375, 1130),
        28,
        "#b3202a",
        "扫码投票 · Scan to vote",
    );
    svg.push_str("</svg>");
    svg
}

fn text(svg: &mut String, (x, y): (u32, u32), size: u32, color: &str, words: &str) {
    _ = write!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{color}\" text-anchor=\"middle\">{}</text>",
        pages::Text(words)
    );
}

fn first_line(text: &str, ems: f64) -> String {
    lines(text, ems, 1).pop().unwrap_or_default()
}

/// Breaks a text into at most `count` lines of at most `ems` times the size of the letters; what is left over ends in
/// an ellipsis. Chinese is broken anywhere, words of Latin letters between them where that is possible.
fn lines(text: &str, ems: f64, count: usize) -> Vec<String> {
    let width = |c: char| if c.is_ascii() { 0.55 } else { 1.0 };
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if used + width(c) > ems {
            if lines.len() + 1 == count {
                line.pop();
                line.push('…');
                break;
            }
            let word = line.rfind(' ').filter(|_| c.is_ascii_alphanumeric());
            let rest = word.map_or_else(String::new, |at| line.split_off(at));
            lines.push(std::mem::replace(&mut line, rest.trim_start().to_owned()));
            used = line.chars().map(width).sum();
        }
        if !(line.is_empty() && c == ' ') {
            line.push(c);
            used += width(c);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn a_text_is_broken_into_lines() {
        assert_eq!(lines("创新达人评选", 4.0, 3), ["创新达人", "评选"]);
        assert_eq!(lines("创新达人评选", 4.0, 1), ["创新达…"]);
        assert_eq!(lines("创新达人", 4.0, 1), ["创新达人"]);
        assert_eq!(lines("one two three", 4.0, 3), ["one two", "three"]);
        assert_eq!(lines("a\nb", 4.0, 2), ["a b"]);
        assert_eq!(lines("", 4.0, 2), [""]);
    }
}
