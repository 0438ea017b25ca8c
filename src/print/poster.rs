//! A nominee's poster: a page of SVG in a font of this machine, with a code to scan.

use std::fmt::Write as _;

use data_encoding::BASE64;

use super::code::QrCode;
use super::font::Font;
use super::markup::Escaped;
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;

/// The code on a poster.
pub enum PosterCode {
    /// A QR code that leads to an address.
    Qr(QrCode),
    /// A picture that opens the mini-program; drawn by its platform.
    MiniProgram {
        /// `image/png` or `image/jpeg`.
        content_type: &'static str,
        /// The file.
        bytes: Vec<u8>,
    },
}

/// Width and height in pixels: a phone's screen.
const SIZE: (u32, u32) = (750, 1200);

/// A poster as PNG; none when it cannot be rendered.
#[must_use]
pub fn render(svg: &str, font: &Font) -> Option<Vec<u8>> {
    font.render(svg, SIZE)
}

/// A nominee's poster as SVG, to which its portrait and its code come last.
pub struct Poster {
    svg: String,
    /// The first letter of the name, which stands in for a portrait.
    initial: String,
}

impl Poster {
    /// Draws the poster without its portrait and its code.
    #[must_use]
    pub fn new(font: &Font, roster: &Roster, nominee: &Nominee) -> Self {
        let (width, height) = SIZE;
        let family = Escaped(font.family());
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
            {height}\" font-family=\"{family}\"><path fill=\"#b3202a\" d=\"M0 0h{width}v{height}H0z\"/>\
            <rect x=\"40\" y=\"200\" width=\"670\" height=\"950\" rx=\"28\" fill=\"#fff\"/>",
        );
        let title = lines(&roster.campaign().title, 15.0, 2);
        let first = if title.len() > 1 { 85 } else { 120 };
        for (line, y) in title.iter().zip((first..).step_by(62)) {
            text(&mut svg, y, 44, "#fff", line);
        }
        draw_person(&mut svg, roster, nominee);
        text(&mut svg, 1128, 28, "#b3202a", "扫码投票 · Scan to vote");
        let initial = nominee.name.chars().take(1).collect();
        Self { svg, initial }
    }

    /// All that is drawn on it so far.
    #[must_use]
    pub fn drawn(&self) -> &str {
        &self.svg
    }

    /// The whole poster, with the portrait, a JPEG file, where there is one.
    #[must_use]
    pub fn finish(self, portrait: Option<&[u8]>, code: &PosterCode) -> String {
        let mut svg = self.svg;
        match portrait {
            Some(file) => draw_portrait(&mut svg, file),
            None => text(&mut svg, 350, 84, "#fff", &self.initial),
        }
        draw_code(&mut svg, code);
        svg.push_str("</svg>");
        svg
    }
}

fn draw_person(svg: &mut String, roster: &Roster, nominee: &Nominee) {
    let category = roster.category_index(nominee.category_id);
    let category = category.map_or("", |index| roster.categories()[index].name.as_str());
    svg.push_str("<circle cx=\"375\" cy=\"320\" r=\"82\" fill=\"#8c5a3c\"/>");
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

/// A portrait that fills the circle; of a tall one the upper part, where faces are.
fn draw_portrait(svg: &mut String, file: &[u8]) {
    _ = write!(
        svg,
        "<clipPath id=\"portrait\"><circle cx=\"375\" cy=\"320\" r=\"82\"/></clipPath>\
        <image clip-path=\"url(#portrait)\" x=\"293\" y=\"238\" width=\"164\" height=\"164\" \
        preserveAspectRatio=\"xMidYMin slice\" href=\"data:image/jpeg;base64,{}\"/>",
        BASE64.encode(file)
    );
}

fn draw_code(svg: &mut String, code: &PosterCode) {
    _ = match code {
        PosterCode::Qr(QrCode { modules, path }) => {
            let scale = 250.0 / f64::from(u32::try_from(*modules).unwrap_or(u32::MAX));
            write!(
                svg,
                "<path transform=\"translate(250 835) scale({scale})\" shape-rendering=\"crispEdges\" d=\"{path}\"/>"
            )
        }
        PosterCode::MiniProgram {
            content_type,
            bytes,
        } => write!(
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
        Escaped(words)
    );
}

fn first_line(text: &str, ems: f64) -> String {
    lines(text, ems, 1).pop().unwrap_or_default()
}

/// Breaks a text into at most `count` lines of at most `ems` times the size of the letters; a longer one ends in an
/// ellipsis. Chinese is broken anywhere, words of Latin letters between them where that is possible.
fn lines(text: &str, ems: f64, count: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0.0;
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

/// The width of a character, in times the size of the letters.
fn width(c: char) -> f64 {
    if c.is_ascii() { 0.55 } else { 1.0 }
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
