//! Pictures made anew: whatever is uploaded becomes two JPEG files without metadata, the right way up.
//!
//! JPEG, since every web view shows it: those of old `WeChat` clients know no WebP, and of what this program could
//! write (WebP without loss, PNG) a photograph is five times as large. What is transparent becomes white.
//!
//! Decoding is the costly part: a header is checked first, and a decoder has a bound on what it allocates.
//!
//! A crate of its own, since decoders and encoders are generic over what they read and write: they are compiled where
//! they are used, and a debug build is twenty times as slow unless that is a package that the profile optimises.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits, RgbImage};

/// Pixels of a side, at most: cameras of today stay below.
const SIDE_MAX: u32 = 8_192;
/// Pixels in all, at most.
const PIXELS_MAX: u64 = 40_000_000;
/// Bytes that a decoder may unpack beside the pixels: colour profiles and texts.
const METADATA_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Bytes of a decoded picture, at most: 40 megapixels of four bytes; twice as deep ones may have half as many.
const DECODED_BYTES_MAX: u64 = 4 * PIXELS_MAX;
/// Scans of a JPEG, at most: cameras write 1, careful programs a dozen, and each takes the time of a whole picture.
const SCANS_MAX: usize = 64;
/// The quality of the files: no difference is seen on a phone, and a portrait has some 150 KB.
const QUALITY: u8 = 84;
/// The quality of small ones, which lists have by the dozen: twice as many pixels as a list shows forgive more.
const SMALL_QUALITY: u8 = 74;

/// The reason why a file becomes no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    /// It is none, or of a format that is not taken.
    #[error("it is not a JPEG, PNG or WebP picture")]
    Unknown,
    /// It has too many pixels, or too deep ones.
    #[error("it has more than {SIDE_MAX} pixels a side, or more than 40 megapixels")]
    TooLarge,
    /// It moves.
    #[error("it is animated")]
    Animated,
    /// It is damaged, or its end is missing.
    #[error("it is damaged or not complete")]
    Damaged,
}

/// The two files of a picture.
#[derive(Debug, Clone)]
pub struct Files {
    /// Width and height of the large file.
    pub size: (u32, u32),
    /// The large file.
    pub large: Bytes,
    /// The small file.
    pub small: Bytes,
}

/// Makes the files of a picture with at most so many pixels on their longer sides. The largest takes a second or two
/// of a core.
///
/// # Errors
/// [`PictureFault`] where the file cannot become one.
pub fn make(file: Bytes, large_side: u32, small_side: u32) -> Result<Files, PictureFault> {
    let (picture, orientation) = decode(file)?;
    let mut picture = flatten(shrink(picture, large_side));
    picture.apply_orientation(orientation);
    let size = (picture.width(), picture.height());
    let large = encode(&picture, QUALITY)?;
    let small = encode(&shrink(picture, small_side), SMALL_QUALITY)?;
    Ok(Files { size, large, small })
}

/// Decodes a file whose header is good.
fn decode(file: Bytes) -> Result<(DynamicImage, Orientation), PictureFault> {
    let format = image::guess_format(&file).map_err(|_| PictureFault::Unknown)?;
    match format {
        ImageFormat::Jpeg => {
            check_scans(&file)?;
            read(JpegDecoder::new(Cursor::new(file)).map_err(fault)?)
        }
        ImageFormat::Png => {
            let decoder = PngDecoder::with_limits(Cursor::new(file), limits()).map_err(fault)?;
            if decoder.is_apng().map_err(fault)? {
                return Err(PictureFault::Animated);
            }
            read(decoder)
        }
        ImageFormat::WebP => {
            let decoder = WebPDecoder::new(Cursor::new(file)).map_err(fault)?;
            if decoder.has_animation() {
                return Err(PictureFault::Animated);
            }
            read(decoder)
        }
        _ => Err(PictureFault::Unknown),
    }
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(METADATA_BYTES_MAX);
    limits
}

fn read(mut decoder: impl ImageDecoder) -> Result<(DynamicImage, Orientation), PictureFault> {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let is_too_large = width.max(height) > SIDE_MAX || pixels > PIXELS_MAX;
    if is_too_large || decoder.total_bytes() > DECODED_BYTES_MAX {
        return Err(PictureFault::TooLarge);
    }
    decoder.set_limits(limits()).map_err(fault)?;
    // A picture whose metadata cannot be read is shown as it lies.
    let orientation = decoder.orientation();
    let picture = DynamicImage::from_decoder(decoder).map_err(fault)?;
    Ok((picture, orientation.unwrap_or(Orientation::NoTransforms)))
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn fault(error: ImageError) -> PictureFault {
    match error {
        ImageError::Limits(_) => PictureFault::TooLarge,
        ImageError::Unsupported(_) => PictureFault::Unknown,
        _ => PictureFault::Damaged,
    }
}

/// Checks that a JPEG ends, which its decoder does not ask for, and that it is not made of scans without end. No byte
/// of a scan looks like a marker; those of a preview within the metadata come before the picture's own.
fn check_scans(file: &[u8]) -> Result<(), PictureFault> {
    let markers = |marker: u8| {
        let pairs = file.windows(2).enumerate();
        pairs.filter_map(move |(at, pair)| (pair == [0xff, marker]).then_some(at))
    };
    let last_scan = markers(0xda).next_back().ok_or(PictureFault::Damaged)?;
    if markers(0xda).nth(SCANS_MAX).is_some() {
        return Err(PictureFault::TooLarge);
    }
    let has_end = markers(0xd9).any(|end| end > last_scan);
    has_end.then_some(()).ok_or(PictureFault::Damaged)
}

/// The picture with at most so many pixels on its longer side; a smaller one stays as it is.
fn shrink(picture: DynamicImage, side: u32) -> DynamicImage {
    let longer = picture.width().max(picture.height());
    if longer <= side {
        return picture;
    }
    // Averaging first, which takes no memory beside the result, brings it near; the good filter does the rest.
    let picture = if longer > 2 * side {
        picture.thumbnail(2 * side, 2 * side)
    } else {
        picture
    };
    picture.resize(side, side, FilterType::CatmullRom)
}

/// The picture in three bytes a pixel, on white.
fn flatten(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.into_rgb8());
    }
    let from = picture.into_rgba8();
    let mut to = RgbImage::new(from.width(), from.height());
    for (to, from) in to.pixels_mut().zip(from.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        let over_white = |color: u32| {
            let mixed = (color * alpha + 255 * (255 - alpha) + 127) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        to.0 = [red, green, blue].map(over_white);
    }
    DynamicImage::ImageRgb8(to)
}

fn encode(picture: &DynamicImage, quality: u8) -> Result<Bytes, PictureFault> {
    let mut file = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut file, quality);
    // A picture of no pixels is the only one that it does not take.
    picture.write_with_encoder(encoder).map_err(fault)?;
    Ok(file.into())
}
