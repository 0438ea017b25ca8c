//! QR codes as SVG.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel};

/// A QR code as one path of unit squares.
pub struct QrCode {
    pub(super) modules: usize,
    pub(super) path: String,
}

/// Modules that must stay empty around a code (ISO/IEC 18004, section 9.1).
const QUIET_ZONE: usize = 4;

impl QrCode {
    /// The code of an address; none when it is longer than a code can be, 2,331 bytes.
    #[must_use]
    pub fn new(url: &str) -> Option<Self> {
        let code = qrcode::QrCode::with_error_correction_level(url, EcLevel::M).ok()?;
        let modules = code.width();
        let mut path = String::new();
        for (at, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                _ = write!(path, "M{} {}h1v1h-1z", at % modules, at / modules);
            }
        }
        Some(Self { modules, path })
    }

    /// The code by itself, as SVG with the room around it that scanners need.
    #[must_use]
    pub fn standalone(&self) -> String {
        let side = self.modules + 2 * QUIET_ZONE;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
            <path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path transform=\"translate({QUIET_ZONE} {QUIET_ZONE})\" d=\"{}\"/></svg>",
            self.path
        )
    }
}
