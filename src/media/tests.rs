//! Pictures as they come: turned, animated, cut off, full of metadata, or none at all.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::picture::{MadePicture, PictureFault, make};

const RED: Rgb<u8> = Rgb([230, 20, 20]);
const BLUE: Rgb<u8> = Rgb([20, 20, 230]);

/// A picture whose left half is red, and its right half blue.
fn halves(width: u32, height: u32) -> DynamicImage {
    let color = |x, _| if x < width / 2 { RED } else { BLUE };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, color))
}

fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).expect("it is encoded");
    file.into_inner()
}

fn fault_of(file: impl Into<Bytes>) -> PictureFault {
    make(file.into()).expect_err("it becomes no picture")
}

fn read(file: &Bytes) -> RgbImage {
    let format = image::guess_format(file).expect("a format");
    assert_eq!(format, ImageFormat::Jpeg);
    let picture = image::load_from_memory(file).expect("a picture");
    picture.into_rgb8()
}

/// Whether a pixel has this color, as far as a JPEG keeps it.
fn is_at(picture: &RgbImage, (x, y): (u32, u32), color: Rgb<u8>) -> bool {
    let found = picture.get_pixel(x, y);
    found.0.iter().zip(color.0).all(|(a, b)| a.abs_diff(b) < 40)
}

/// The checksum of a chunk of PNG.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [&kind[..], data].concat();
    let length = u32::try_from(data.len()).expect("a short chunk");
    [
        &length.to_be_bytes()[..],
        &body,
        &crc(&body).to_be_bytes()[..],
    ]
    .concat()
}

/// A PNG that says that it is so large, in 8 bits of grey.
fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 0, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(chunk(*b"IHDR", &header));
    file.extend(chunk(*b"IDAT", &[]));
    file.extend(chunk(*b"IEND", &[]));
    file
}

/// A segment of JPEG behind its start.
fn with_segment(jpeg: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).expect("a short segment");
    let segment = [&[0xff, marker][..], &length.to_be_bytes(), data].concat();
    [&jpeg[..2], &segment, &jpeg[2..]].concat()
}

/// EXIF with an orientation and the place where the photograph was taken.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    // Orientation, a short; and the directory of GPS, which begins at 38.
    exif.extend([1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    exif.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);
    exif.extend([0, 0, 0, 0]);
    // GPSLatitudeRef, and a text that shows where it is left.
    exif.extend([0, 1, 0, 1, 0, 2, 0, 0, 0, 2, b'N', 0, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"HERE-IS-HOME");
    exif
}

#[test]
fn pictures_are_made_anew_in_two_sizes() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let made = make(encode(&halves(3_000, 1_500), format).into()).expect("a picture");
        assert_eq!(made.size, (1_200, 600));
        for (file, size) in [(&made.large, (1_200, 600)), (&made.small, (400, 200))] {
            let picture = read(file);
            assert_eq!(picture.dimensions(), size);
            assert!(is_at(&picture, (size.0 / 4, size.1 / 2), RED), "{format:?}");
            assert!(is_at(&picture, (size.0 * 3 / 4, size.1 / 2), BLUE));
        }
    }
}

#[test]
fn small_pictures_are_not_enlarged_and_thin_ones_keep_a_pixel() {
    let made = make(encode(&halves(60, 40), ImageFormat::Png).into()).expect("a picture");
    assert_eq!(made.size, (60, 40));
    for file in [&made.large, &made.small] {
        assert_eq!(read(file).dimensions(), (60, 40));
    }
    let made = make(encode(&halves(8_192, 1), ImageFormat::Png).into()).expect("a picture");
    assert_eq!(made.size, (1_200, 1));
    assert_eq!(read(&made.small).dimensions(), (400, 1));
}

#[test]
fn the_same_picture_has_the_same_name() {
    let make = |picture: &DynamicImage| -> MadePicture {
        make(encode(picture, ImageFormat::Png).into()).expect("a picture")
    };
    let (first, second) = (make(&halves(100, 50)), make(&halves(100, 50)));
    assert_eq!(first.name, second.name);
    assert_ne!(first.name, make(&halves(100, 52)).name);
}

#[test]
fn photographs_are_turned_as_they_were_held() {
    let jpeg = encode(&halves(60, 40), ImageFormat::Jpeg);
    // Where red is in each orientation that cameras write; blue is opposite.
    for (orientation, size, red, blue) in [
        (1, (60, 40), (10, 20), (50, 20)),
        (3, (60, 40), (50, 20), (10, 20)),
        (6, (40, 60), (20, 10), (20, 50)),
        (8, (40, 60), (20, 50), (20, 10)),
    ] {
        let turned = with_segment(&jpeg, 0xe1, &exif(orientation));
        let made = make(turned.into()).expect("a picture");
        assert_eq!(made.size, size, "orientation {orientation}");
        let picture = read(&made.large);
        assert!(is_at(&picture, red, RED), "orientation {orientation}");
        assert!(is_at(&picture, blue, BLUE), "orientation {orientation}");
    }
}

#[test]
fn no_metadata_is_left() {
    let jpeg = encode(&halves(60, 40), ImageFormat::Jpeg);
    let jpeg = with_segment(&jpeg, 0xe1, &exif(6));
    let jpeg = with_segment(&jpeg, 0xfe, b"a comment: HERE-IS-HOME");
    let jpeg = with_segment(&jpeg, 0xe1, b"http://ns.adobe.com/xap/1.0/\0HERE-IS-HOME");
    assert!(find(&jpeg, b"HERE-IS-HOME") && find(&jpeg, b"Exif"));
    let made = make(jpeg.into()).expect("a picture");
    for file in [&made.large, &made.small] {
        assert!(!find(file, b"HERE-IS-HOME") && !find(file, b"Exif") && !find(file, b"adobe"));
    }
}

fn find(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}

#[test]
fn transparent_pictures_lie_on_white() {
    let clear = RgbaImage::from_pixel(20, 20, Rgba([0, 0, 0, 0]));
    let file = encode(&DynamicImage::ImageRgba8(clear), ImageFormat::Png);
    let made = make(file.into()).expect("a picture");
    assert!(is_at(&read(&made.large), (10, 10), Rgb([255; 3])));
}

#[test]
fn deep_and_grey_pictures_are_taken() {
    let picture = halves(40, 20);
    for picture in [
        DynamicImage::ImageRgb16(picture.to_rgb16()),
        DynamicImage::ImageLumaA8(picture.to_luma_alpha8()),
        DynamicImage::ImageLuma8(picture.to_luma8()),
    ] {
        make(encode(&picture, ImageFormat::Png).into()).expect("a picture");
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    for file in [
        &b""[..],
        b"hello",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a\x01\0\x01\0\0\0\0;",
        b"BM\0\0\0\0",
        b"PK\x03\x04",
    ] {
        assert_eq!(fault_of(Bytes::from_static(file)), PictureFault::Unknown);
    }
    for file in [
        &b"\xff\xd8\xff\xe0 no more"[..],
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x04\0\0\0WEBP",
    ] {
        assert_eq!(fault_of(Bytes::from_static(file)), PictureFault::Damaged);
    }
}

#[test]
fn what_is_too_large_is_refused_by_its_header() {
    for (width, height) in [(20_000, 10), (10, 20_000), (8_193, 1), (8_192, 8_192)] {
        let file = png_of(width, height);
        assert_eq!(fault_of(file), PictureFault::TooLarge, "{width}x{height}");
    }
    let mut jpeg = encode(&halves(60, 40), ImageFormat::Jpeg);
    // The frame's header: its marker, a length of two bytes, the bits, height and width.
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]);
    let frame = frame.expect("a frame");
    jpeg[frame + 7..frame + 9].copy_from_slice(&20_000_u16.to_be_bytes());
    assert_eq!(fault_of(jpeg), PictureFault::TooLarge);
    // As many pixels as are taken, but of eight bytes each.
    let mut header = [6_000_u32.to_be_bytes(), 6_000_u32.to_be_bytes()].concat();
    header.extend([16, 6, 0, 0, 0]);
    let mut deep = b"\x89PNG\r\n\x1a\n".to_vec();
    deep.extend(chunk(*b"IHDR", &header));
    deep.extend(chunk(*b"IDAT", &[]));
    assert_eq!(fault_of(deep), PictureFault::TooLarge);
}

#[test]
fn what_moves_is_refused() {
    let png = encode(&halves(20, 20), ImageFormat::Png);
    // Behind the signature and the header: two frames, played for ever.
    let control = chunk(*b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    let animated = [&png[..33], &control, &png[33..]].concat();
    assert_eq!(fault_of(animated), PictureFault::Animated);
    assert_eq!(fault_of(animated_webp()), PictureFault::Animated);
}

/// A WebP of one moving frame of 20 by 20 pixels.
fn animated_webp() -> Vec<u8> {
    let mut still = Vec::new();
    let pixels = halves(20, 20).into_rgb8();
    let encoder = WebPEncoder::new_lossless(&mut still);
    let color = image::ExtendedColorType::Rgb8;
    encoder.encode(&pixels, 20, 20, color).expect("encoded");
    let riff = |kind: &[u8; 4], data: &[u8]| {
        let length = u32::try_from(data.len()).expect("short");
        let mut chunk = [&kind[..], &length.to_le_bytes(), data].concat();
        chunk.resize(chunk.len().next_multiple_of(2), 0);
        chunk
    };
    // Width and height less one, of three bytes each.
    let size = [19, 0, 0, 19, 0, 0];
    let header = riff(b"VP8X", &[&[2, 0, 0, 0][..], &size].concat());
    let control = riff(b"ANIM", &[0; 6]);
    let place = [&[0; 6][..], &size, &[100, 0, 0, 0]].concat();
    let frame = riff(b"ANMF", &[&place[..], &still[12..]].concat());
    let body = [b"WEBP", &header[..], &control, &frame].concat();
    riff(b"RIFF", &body)
}

#[test]
fn what_is_cut_off_is_refused() {
    let noise = RgbImage::from_fn(200, 200, |x, y| {
        Rgb([x, y, x * y].map(|part| part.to_le_bytes()[0]))
    });
    let noise = DynamicImage::ImageRgb8(noise);
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = encode(&noise, format);
        make(whole.clone().into()).expect("it is good as a whole");
        for tenths in 1..10 {
            let cut = whole[..whole.len() * tenths / 10].to_vec();
            assert_eq!(fault_of(cut), PictureFault::Damaged, "{format:?} {tenths}");
        }
    }
}

#[test]
fn a_jpeg_of_scans_without_end_is_refused() {
    let jpeg = encode(&halves(60, 40), ImageFormat::Jpeg);
    let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0];
    let (begin, end) = jpeg.split_at(jpeg.len() - 2);
    let scans = [begin, &scan.repeat(100), end].concat();
    assert_eq!(fault_of(scans), PictureFault::TooLarge);
}

#[test]
fn bytes_that_were_changed_on_the_way_never_panic() {
    let noise = RgbImage::from_fn(64, 64, |x, y| {
        Rgb([x, y, x ^ y].map(|part| part.to_le_bytes()[0]))
    });
    let picture = DynamicImage::ImageRgb8(noise);
    let mut jpeg = Vec::new();
    picture
        .write_with_encoder(JpegEncoder::new(&mut jpeg))
        .expect("encoded");
    let files = [
        jpeg,
        encode(&picture, ImageFormat::Png),
        encode(&picture, ImageFormat::WebP),
        animated_webp(),
    ];
    let mut random: u64 = 42;
    let mut next = |below: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(random >> 33).unwrap_or_default() % below
    };
    for file in files {
        for _ in 0..400 {
            let mut changed = file.clone();
            for _ in 0..=next(4) {
                let at = next(changed.len());
                changed[at] = next(256).to_le_bytes()[0];
            }
            // Whether it is still a picture is the decoder's to say.
            drop(make(changed.into()));
        }
    }
}
