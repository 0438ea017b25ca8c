//! How a poster looks: a page of SVG in a font of this machine, and the code that is scanned.

use std::fmt::Write as _;
use std::sync::Arc;

use data_encoding::BASE64;
use qrcode::{Color, EcLevel, QrCode};
use resvg::{tiny_skia, usvg};

use crate::auth::platform::code_image::CodeImage;
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::http::pages::Text;

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
/// A font that has Chinese characters, among those of this machine.
#[derive(Clone)]
pub struct Font {
    fonts: Arc<usvg::fontdb::Database>,
    family: String,
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

/// What is scanned.
pub enum Scanned {
    /// Leads to an address.
    Code(Code),
    /// Opens the mini-program; drawn by its platform.
    Image(CodeImage),
}

/// A QR code as one path of unit squares.
pub struct Code {
    modules: usize,
    path: String,
}

/// Modules that must stay empty around a code (ISO/IEC 18004, section 9.1).
const QUIET_ZONE: usize = 4;

impl Code {
    /// The code of an address; none when it is longer than a code can be, 2,331 bytes.
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(url, EcLevel::M).ok()?;
        let modules = code.width();
        let mut path = String::new();
        for (at, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                _ = write!(path, "M{} {}h1v1h-1z", at % modules, at / modules);
            }
        }
        Some(Self { modules, path })
    }

    /// The code alone, as SVG with the room around it that scanners need.
    #[must_use]
    pub fn document(&self) -> String {
        let side = self.modules + 2 * QUIET_ZONE;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
            <path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path transform=\"translate({QUIET_ZONE} {QUIET_ZONE})\" d=\"{}\"/></svg>",
            self.path
        )
    }
}

/// A page of SVG as PNG; none when it cannot be rendered.
#[must_use]
pub fn render(svg: &str, font: &Font) -> Option<Vec<u8>> {
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

/// A nominee's poster as SVG.
#[must_use]
pub fn draw(font: &Font, roster: &Roster, nominee: &Nominee, code: &Scanned) -> String {
    let (width, height) = SIZE;
    let family = Text(&font.family);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
        font-family=\"{family}\"><path fill=\"#b3202a\" d=\"M0 0h{width}v{height}H0z\"/>\
        <rect x=\"40\" y=\"200\" width=\"670\" height=\"950\" rx=\"28\" fill=\"#fff\"/>",
    );
    let title = lines(&roster.campaign().title, 15.0, 2);
    let first = if title.len() > 1 { 85 } else { 120 };
    for (line, y) in title.iter().zip((first..).step_by(62)) {
        text(&mut svg, y, 44, "#fff", line);
    }
    draw_person(&mut svg, roster, nominee);
    draw_code(&mut svg, code);
    text(&mut svg, 1128, 28, "#b3202a", "扫码投票 · Scan to vote");
    svg.push_str("</svg>");
    svg
}

fn draw_person(svg: &mut String, roster: &Roster, nominee: &Nominee) {
    let category = roster.category_index(nominee.category_id);
    let category = category.map_or("", |index| roster.categories()[index].name.as_str());
    let initial: String = nominee.name.chars().take(1).collect();
    svg.push_str("<circle cx=\"375\" cy=\"320\" r=\"82\" fill=\"#8c5a3c\"/>");
    text(svg, 350, 84, "#fff", &initial);
    let number = format!("{} 号 · {category}", nominee.number);
    text(svg, 455, 30, "#665e58", &number);
    text(svg, 530, 64, "#1f1a17", &first_line(&nominee.name, 10.0));
    text(
        svg,
        586,
        30,
        "#1f1a17",
        &first_line(&nominee.employer, 20.0),
    );
    let summary = lines(&nominee.summary, 22.0, 4);
    for (line, y) in summary.iter().zip((650..).step_by(42)) {
        text(svg, y, 27, "#665e58", line);
    }
}

fn draw_code(svg: &mut String, code: &Scanned) {
    _ = match code {
        Scanned::Code(Code { modules, path }) => {
            let scale = 250.0 / f64::from(u32::try_from(*modules).unwrap_or(u32::MAX));
            write!(
                svg,
                "<path transform=\"translate(250 835) scale({scale})\" shape-rendering=\"crispEdges\" d=\"{path}\"/>"
            )
        }
        Scanned::Image(CodeImage {
            content_type,
            bytes,
        }) => write!(
            svg,
            "<image x=\"245\" y=\"830\" width=\"260\" height=\"260\" href=\"data:{content_type};base64,{}\"/>",
            BASE64.encode(bytes)
        ),
    };
}

/// Words in the middle of the page.
fn text(svg: &mut String, y: u32, size: u32, color: &str, words: &str) {
    _ = write!(
        svg,
        "<text x=\"375\" y=\"{y}\" font-size=\"{size}\" fill=\"{color}\" text-anchor=\"middle\">{}</text>",
        Text(words)
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
