//! Text within HTML and SVG.

use pulldown_cmark_escape::escape_html;

/// A text whose characters with a meaning in HTML are escaped where it is written.
pub struct Escaped<'a>(pub &'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        escape_html(pulldown_cmark_escape::FmtWriter(f), self.0)
    }
}
