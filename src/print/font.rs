//! A font of this machine that has Chinese characters, and pages of SVG rendered with it.

use std::sync::Arc;

use resvg::{tiny_skia, usvg};

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
        families.sort_by_key(|family| (preference(family), *family));
        let family = (*families.first()?).to_owned();
        Some(Self {
            fonts: Arc::new(fonts),
            family,
        })
    }

    /// The name of its family.
    #[must_use]
    pub fn family(&self) -> &str {
        &self.family
    }

    /// A page of SVG, of this width and height in pixels, as PNG; none when it cannot be rendered.
    #[must_use]
    pub fn render(&self, svg: &str, (width, height): (u32, u32)) -> Option<Vec<u8>> {
        let options = usvg::Options {
            font_family: self.family.clone(),
            fontdb: Arc::clone(&self.fonts),
            ..usvg::Options::default()
        };
        let tree = usvg::Tree::from_str(svg, &options).ok()?;
        let mut pixels = tiny_skia::Pixmap::new(width, height)?;
        resvg::render(&tree, tiny_skia::Transform::default(), &mut pixels.as_mut());
        pixels.encode_png().ok()
    }
}

/// The place of a family among the preferred ones; all others come after these.
fn preference(family: &str) -> usize {
    let place = PREFERRED.iter().position(|name| *name == family);
    place.unwrap_or(PREFERRED.len())
}

fn has_needed(fonts: &usvg::fontdb::Database, id: usvg::fontdb::ID) -> bool {
    fonts.with_face_data(id, is_good).unwrap_or(false)
}

fn is_good(data: &[u8], index: u32) -> bool {
    let face = ttf_parser::Face::parse(data, index);
    face.is_ok_and(|face| NEEDED.chars().all(|c| face.glyph_index(c).is_some()))
}
