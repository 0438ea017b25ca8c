//! Pictures that are stored here.

use async_graphql::Enum;

use crate::app::App;
use crate::domain::media as domain;

/// The size of a picture that is stored here, and never larger than it was sent; a picture elsewhere has only its own.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::PictureSize")]
pub(super) enum PictureSize {
    /// For lists: at most 400 pixels on the longer side.
    Small,
    /// For pages and previews: at most 1,200 pixels on the longer side.
    Large,
}

impl PictureSize {
    /// The address of a picture in this size.
    pub(super) fn address(self, app: &App, picture: domain::Picture<'_>) -> Option<String> {
        picture.address(app.public_url.as_deref(), self.into())
    }
}
