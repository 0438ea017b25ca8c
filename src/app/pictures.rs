//! Pictures: made of what was uploaded, stored, and read back for pages and posters.

use bytes::Bytes;

use super::App;
use super::uploads::UploadRefusal;
use crate::domain::media::{MediaFile, PictureSize, UploadPurpose};
use crate::error::{Error, Result};
use crate::id::{StaffId, UploadId};
use crate::ledger::media::{self, Media, Upload};
use crate::media::picture::CONTENT_TYPE;
pub use crate::media::picture::PictureFault;
use crate::media::store::MediaStoreError;

/// The reason why an upload becomes no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureRefusal {
    /// The upload cannot be used.
    Upload(UploadRefusal),
    /// Its file is no good picture.
    Picture(PictureFault),
}

/// A picture that is stored, and the upload that it was made of, which is to be taken by what shows it.
#[derive(Debug, Clone)]
pub struct StoredPicture {
    /// The picture.
    pub media: Media,
    /// The upload.
    pub upload: Upload,
}

impl App {
    /// Makes a picture of what a member of staff has uploaded, and stores it. The change that shows it takes the upload
    /// in its own transaction (`App::take_upload`); a picture that nothing shows does no harm.
    pub async fn store_picture(
        &self,
        staff_id: StaffId,
        upload_id: UploadId,
    ) -> Result<Result<StoredPicture, PictureRefusal>> {
        let refused = |why| Ok(Err(PictureRefusal::Upload(why)));
        let Some(store) = &self.media else {
            return refused(UploadRefusal::NoStore);
        };
        let purpose = UploadPurpose::Picture;
        let upload = match self.find_upload(staff_id, upload_id, purpose).await? {
            Ok(upload) => upload,
            Err(why) => return refused(why),
        };
        let file = match self.read_upload(&upload).await? {
            Ok(file) => file,
            Err(why) => return refused(why),
        };
        let made = match self.picture_maker.make(file).await {
            Ok(made) => made,
            Err(fault) => return Ok(Err(PictureRefusal::Picture(fault))),
        };
        let bytes = |file: &Bytes| i64::try_from(file.len()).map_err(Error::internal);
        let media = Media {
            name: made.name,
            content_type: CONTENT_TYPE.to_owned(),
            width: made.size.0.into(),
            height: made.size.1.into(),
            large_bytes: bytes(&made.large)?,
            small_bytes: bytes(&made.small)?,
        };
        // First the files: a row says that they are there.
        for (size, file) in [
            (PictureSize::Large, made.large),
            (PictureSize::Small, made.small),
        ] {
            let name = MediaFile::new(&media.name, size);
            store.write_picture(&name, file).await?;
        }
        media::insert(&self.database, &media, self.clock.now()).await?;
        Ok(Ok(StoredPicture { media, upload }))
    }

    /// A file of a picture that is in memory already.
    #[must_use]
    pub fn find_cached_picture(&self, file: &MediaFile) -> Option<Bytes> {
        self.media.as_ref()?.find_cached(file)
    }

    /// A file of a picture, if there is such a one.
    pub async fn read_picture(&self, file: &MediaFile) -> Result<Option<Bytes>> {
        let Some(store) = &self.media else {
            return Ok(None);
        };
        match store.read_picture(file).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(MediaStoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
