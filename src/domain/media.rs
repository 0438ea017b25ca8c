//! Pictures that were uploaded and are served from here: their names, sizes and addresses; and the purposes of uploads.
//!
//! A picture is named by the hash of its files, so that an address never shows another picture, may be cached for ever,
//! and the same picture is stored once. An object may have an address elsewhere instead; its own picture goes first.

use data_encoding::HEXLOWER;
use serde::Serialize;

use super::address;

/// The path that pictures are served below.
const PATH: &str = "/media/";
/// The ending of their files: all are JPEG.
const ENDING: &str = ".jpg";

/// The name of a picture: the SHA-256 of its files, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type, Serialize)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct MediaName(String);

impl MediaName {
    /// The name of the picture whose files have this hash.
    #[must_use]
    pub fn new(hash: &[u8]) -> Self {
        Self(HEXLOWER.encode(hash))
    }

    /// Reads a name; none where it is not the one way to write a hash.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 64 && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<MediaName> for String {
    fn from(name: MediaName) -> Self {
        name.0
    }
}

/// The size of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureSize {
    /// For lists.
    Small,
    /// For pages and previews.
    Large,
}

impl PictureSize {
    /// Both sizes, the large one first.
    pub const ALL: [Self; 2] = [Self::Large, Self::Small];

    /// Pixels of the longer side, at most.
    #[must_use]
    pub fn side(self) -> u32 {
        match self {
            Self::Small => 400,
            Self::Large => 1_200,
        }
    }
}

/// A file of a picture, by the name that it is stored and served with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MediaFile(String);

impl MediaFile {
    /// The file of a picture in this size.
    #[must_use]
    pub fn new(name: &MediaName, size: PictureSize) -> Self {
        Self(format!("{}-{}{ENDING}", name.0, size.side()))
    }

    /// Reads the name of a file; none where no file of a picture can have it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, side) = text.strip_suffix(ENDING)?.split_once('-')?;
        let size = PictureSize::ALL
            .into_iter()
            .find(|size| size.side().to_string() == side)?;
        Some(Self::new(&MediaName::parse(name)?, size))
    }

    /// The file at an address of this server: a path, which may have the server's public address before it.
    #[must_use]
    pub fn at(address: &str, origin: Option<&str>) -> Option<Self> {
        let path = origin.and_then(|origin| address.strip_prefix(origin));
        Self::parse(path.unwrap_or(address).strip_prefix(PATH)?)
    }

    /// Its address on this server: a path behind `origin`, the public address of the server, where that is known.
    #[must_use]
    pub fn address(&self, origin: Option<&str>) -> String {
        format!("{}{PATH}{}", origin.unwrap_or_default(), self.0)
    }

    /// The name of the file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The picture of an object: one that is stored here, or an address elsewhere, or none.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    media: Option<&'a MediaName>,
    url: Option<&'a str>,
}

impl<'a> Picture<'a> {
    /// The picture of an object with these.
    #[must_use]
    pub fn new(media: Option<&'a MediaName>, url: Option<&'a str>) -> Self {
        Self { media, url }
    }

    /// The one that is stored here, if it is.
    #[must_use]
    pub fn stored(self) -> Option<&'a MediaName> {
        self.media
    }

    /// Its address: on this server a path behind `origin`, the public address of the server, where that is known.
    #[must_use]
    pub fn address(self, origin: Option<&str>, size: PictureSize) -> Option<String> {
        match self.media {
            Some(name) => Some(MediaFile::new(name, size).address(origin)),
            None => address::web(self.url).map(str::to_owned),
        }
    }
}

/// The purpose of an upload, which decides how large it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UploadPurpose {
    /// A picture.
    Picture,
    /// A spreadsheet.
    Sheet,
}

impl UploadPurpose {
    /// Bytes of a file, at most: a picture of 40 megapixels as good cameras write it, or a spreadsheet of 10,000 rows.
    #[must_use]
    pub fn bytes_max(self) -> i64 {
        match self {
            Self::Picture => 20 * 1024 * 1024,
            Self::Sheet => 10 * 1024 * 1024,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_in_one_way() {
        let name = MediaName::new(&[0xab; 32]);
        for size in PictureSize::ALL {
            let file = MediaFile::new(&name, size);
            assert_eq!(MediaFile::parse(file.as_str()), Some(file.clone()));
            assert!(file.as_str().starts_with(name.as_str()));
        }
        let hash = "ab".repeat(32);
        for bad in [
            format!("{hash}.jpg"),
            format!("{hash}-401.jpg"),
            format!("{hash}-0400.jpg"),
            format!("{hash}-400.png"),
            format!("{hash}-400.jpg/"),
            format!("{}-400.jpg", hash.to_uppercase()),
            format!("{}-400.jpg", &hash[..62]),
            format!("../{}-400.jpg", &hash[3..]),
            String::new(),
        ] {
            assert_eq!(MediaFile::parse(&bad), None, "{bad}");
        }
    }

    #[test]
    fn a_stored_picture_goes_before_an_address() {
        let name = MediaName::new(&[1; 32]);
        let elsewhere = Some("https://pictures.example/1");
        let address = |media, url| {
            let picture = Picture::new(media, url);
            picture.address(Some("https://vote.example"), PictureSize::Small)
        };
        let stored = format!("https://vote.example/media/{}-400.jpg", "01".repeat(32));
        assert_eq!(address(Some(&name), elsewhere), Some(stored));
        assert_eq!(address(None, elsewhere).as_deref(), elsewhere);
        assert_eq!(address(None, Some("javascript:alert(1)")), None);
        let path = Picture::new(Some(&name), None).address(None, PictureSize::Large);
        assert!(path.is_some_and(|path| path.starts_with("/media/0101")));
    }
}
