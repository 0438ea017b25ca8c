//! The check of addresses before they are stored, in words that say which is wrong; the tables check them once more.

use crate::domain::address::is_web;
use crate::domain::media::MediaFile;
use crate::domain::story::Media;

/// Fails where an address is none of the web's.
pub(super) fn require_web<'a>(addresses: impl IntoIterator<Item = &'a String>) -> sqlx::Result<()> {
    match addresses.into_iter().find(|address| !is_web(address)) {
        None => Ok(()),
        Some(address) => {
            let shown: String = address.chars().take(40).collect();
            let text = format!("an address must begin with https:// or http://, not {shown:?}");
            Err(sqlx::Error::Encode(text.into()))
        }
    }
}

/// The same for the media of a story, which may be pictures of this server.
pub(super) fn require_web_or_stored(media: &[Media]) -> sqlx::Result<()> {
    let elsewhere = media
        .iter()
        .filter(|medium| MediaFile::at(&medium.url, None).is_none());
    require_web(elsewhere.map(|medium| &medium.url))
}
