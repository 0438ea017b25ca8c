//! Uploads: a member of staff asks for a link, a file is sent to it once, and the desk makes of it what it was sent
//! for.
//!
//! A link is good for [`LINK_LIFE`] and for a file of exactly the length that was asked for. Until a file is whole the
//! link may be tried again; then it is used up. The file waits in the object store, since another process may be asked
//! to use it, and is used by its owner alone, once.

use std::io::SeekFrom;
use std::sync::Arc;

use aws_lc_rs::constant_time;
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::App;
use crate::auth::keyed_hash::{HashKey, Purpose};
use crate::domain::media::UploadPurpose;
use crate::error::{Error, Result};
use crate::id::{StaffId, UploadId};
use crate::ledger::Transaction;
use crate::ledger::media::{self, Upload};
use crate::media::store::{MediaStore, MediaStoreError};

/// The life of a link: a file is chosen before it is asked for, and 20 MB take minutes on a bad line.
pub const LINK_LIFE: TimeDelta = TimeDelta::minutes(15);
/// Uploads of one member of staff that are not used yet, at most: a folder of portraits that is dropped at once.
const OPEN_MAX: i64 = 200;
/// Files that are in memory on their way into the store.
const STORED_AT_ONCE: usize = 1;
/// The age from which a file of no upload is removed from the store: all uploads of its time are over.
const STRAY_AGE: TimeDelta = TimeDelta::days(3);
/// Bytes of the seal in a link.
const SEAL_BYTES: usize = 16;

/// A link that a file may be sent to.
#[derive(Debug, Clone)]
pub struct UploadLink {
    /// The id of the upload, by which it is used.
    pub id: UploadId,
    /// The path of the link.
    pub path: String,
    /// The end of its life.
    pub expires_at: DateTime<Utc>,
}

/// The reason why an upload is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadRefusal {
    /// There is no store to put it into.
    NoStore,
    /// A file for this purpose cannot have this length.
    LengthOutOfRange,
    /// Too many of its owner's wait to be used.
    TooMany,
    /// There is none, or it is somebody else's, or for another purpose.
    NotFound,
    /// The link or the file is too old.
    Expired,
    /// The link has its file, or the file was used.
    Used,
    /// The file was not sent yet.
    NotReceived,
    /// The file is longer or shorter than was said.
    OtherLength,
}

/// The turns in which files go from this process into the store.
#[derive(Debug, Clone)]
pub(super) struct UploadTurns(Arc<Semaphore>);

impl Default for UploadTurns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(STORED_AT_ONCE)))
    }
}

fn seal(key: &HashKey, id: UploadId) -> [u8; SEAL_BYTES] {
    key.short_hash(Purpose::Upload, id.0.as_bytes())
}

/// The token of a link: the id and its seal, so that nobody makes one up and a forged one costs no statement.
fn token(key: &HashKey, id: UploadId) -> String {
    BASE64URL_NOPAD.encode(&[id.0.as_bytes(), &seal(key, id)[..]].concat())
}

fn open_token(key: &HashKey, token: &str) -> Option<UploadId> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    let (id, found) = bytes.split_at_checked(16)?;
    let id = UploadId(Uuid::from_slice(id).ok()?);
    constant_time::verify_slices_are_equal(&seal(key, id), found).ok()?;
    Some(id)
}

impl App {
    /// Gives a member of staff a link for a file of `bytes` bytes.
    pub async fn create_upload(
        &self,
        staff_id: StaffId,
        purpose: UploadPurpose,
        bytes: i64,
    ) -> Result<Result<UploadLink, UploadRefusal>> {
        if self.media.is_none() {
            return Ok(Err(UploadRefusal::NoStore));
        }
        if !(1..=purpose.bytes_max()).contains(&bytes) {
            return Ok(Err(UploadRefusal::LengthOutOfRange));
        }
        let now = self.clock.now();
        let upload = Upload {
            id: UploadId::new(),
            staff_id,
            purpose,
            bytes,
            expires_at: now + LINK_LIFE,
            file_id: None,
            consumed_at: None,
        };
        if !media::insert_upload(&self.database, &upload, OPEN_MAX, now).await? {
            return Ok(Err(UploadRefusal::TooMany));
        }
        Ok(Ok(UploadLink {
            id: upload.id,
            path: format!("/uploads/{}", token(&self.hash_key, upload.id)),
            expires_at: upload.expires_at,
        }))
    }

    /// The upload of a link that waits for its file.
    pub async fn find_upload_to_receive(
        &self,
        token: &str,
    ) -> Result<Result<Upload, UploadRefusal>> {
        let Some(id) = open_token(&self.hash_key, token) else {
            return Ok(Err(UploadRefusal::NotFound));
        };
        Ok(match media::find_upload(&self.database, id).await? {
            None => Err(UploadRefusal::NotFound),
            Some(upload) if upload.file_id.is_some() => Err(UploadRefusal::Used),
            Some(upload) if upload.is_expired(self.clock.now()) => Err(UploadRefusal::Expired),
            Some(upload) => Ok(upload),
        })
    }

    /// Puts the file of an upload into the store, where it is as long as was said. Of two that come at once the first
    /// is taken.
    #[allow(clippy::missing_panics_doc, reason = "the semaphore is never closed")]
    pub async fn receive_upload(
        &self,
        upload: &Upload,
        file: &mut File,
    ) -> Result<Result<(), UploadRefusal>> {
        let Some(store) = &self.media else {
            return Ok(Err(UploadRefusal::NoStore));
        };
        let length = file.metadata().await.map_err(Error::internal)?.len();
        if i64::try_from(length) != Ok(upload.bytes) {
            return Ok(Err(UploadRefusal::OtherLength));
        }
        let turn = self.upload_turns.0.acquire().await;
        let _turn = turn.expect("nobody closes the semaphore");
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        file.seek(SeekFrom::Start(0))
            .await
            .map_err(Error::internal)?;
        file.read_to_end(&mut bytes)
            .await
            .map_err(Error::internal)?;
        let file_id = UploadId::new();
        store.write_upload(file_id, bytes.into()).await?;
        let now = self.clock.now();
        if media::receive_upload(&self.database, upload.id, file_id, now).await? {
            return Ok(Ok(()));
        }
        store.delete_upload(file_id).await?;
        Ok(Err(UploadRefusal::Used))
    }

    /// The upload of this id that its owner may use for this purpose.
    pub async fn find_upload(
        &self,
        staff_id: StaffId,
        id: UploadId,
        purpose: UploadPurpose,
    ) -> Result<Result<Upload, UploadRefusal>> {
        let found = media::find_upload(&self.database, id).await?;
        let own = found.filter(|upload| upload.staff_id == staff_id && upload.purpose == purpose);
        let now = self.clock.now();
        Ok(match own {
            None => Err(UploadRefusal::NotFound),
            Some(upload) if upload.consumed_at.is_some() => Err(UploadRefusal::Used),
            Some(upload) if upload.is_over(now) => Err(UploadRefusal::Expired),
            Some(upload) if upload.file_id.is_some() => Ok(upload),
            Some(upload) if upload.is_expired(now) => Err(UploadRefusal::Expired),
            Some(_) => Err(UploadRefusal::NotReceived),
        })
    }

    /// The file of an upload.
    pub async fn read_upload(
        &self,
        upload: &Upload,
    ) -> Result<Result<bytes::Bytes, UploadRefusal>> {
        let Some(store) = &self.media else {
            return Ok(Err(UploadRefusal::NoStore));
        };
        let Some(file_id) = upload.file_id else {
            return Ok(Err(UploadRefusal::NotReceived));
        };
        match store
            .read_upload(file_id, upload.bytes.unsigned_abs())
            .await
        {
            Ok(file) => Ok(Ok(file)),
            Err(MediaStoreError::NotFound) => Ok(Err(UploadRefusal::Expired)),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes an upload, in the transaction of the change that it was sent for: it is used once.
    pub async fn take_upload(
        &self,
        tx: &mut Transaction,
        upload: &Upload,
    ) -> Result<Result<(), UploadRefusal>> {
        let now = self.clock.now();
        let is_taken = media::take_upload(tx, upload.id, upload.staff_id, now).await?;
        Ok(is_taken.then_some(()).ok_or(UploadRefusal::Used))
    }

    /// Removes uploads that are of no use any more, with their files.
    pub async fn purge_uploads(&self) -> Result<()> {
        let Some(store) = &self.media else {
            return Ok(());
        };
        loop {
            let now = self.clock.now();
            let uploads = media::list_expired_uploads(&self.database, now).await?;
            if uploads.is_empty() {
                return Ok(());
            }
            for upload in uploads {
                // First the file: without its row nobody would know of it.
                if let Some(file_id) = upload.file_id {
                    store.delete_upload(file_id).await?;
                }
                media::delete_upload(&self.database, upload.id).await?;
            }
        }
    }

    /// Removes files of no upload, which a process left behind that died while it received them.
    pub async fn purge_stray_files(&self) -> Result<()> {
        let Some(store) = &self.media else {
            return Ok(());
        };
        remove_older(store, self.clock.now() - STRAY_AGE).await?;
        Ok(())
    }
}

async fn remove_older(store: &MediaStore, than: DateTime<Utc>) -> Result<(), MediaStoreError> {
    for file in store.list_uploads().await? {
        if let Ok(id) = file.name.parse::<Uuid>()
            && file.written_at < than
        {
            store.delete_upload(UploadId(id)).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_cannot_be_made_up() {
        let key = HashKey::new(&[7; 32]);
        let id = UploadId::new();
        let token = token(&key, id);
        assert_eq!(open_token(&key, &token), Some(id));
        assert_eq!(open_token(&HashKey::new(&[8; 32]), &token), None);
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).expect("a text");
            assert_eq!(open_token(&key, &forged), None, "{forged}");
        }
        for bad in [
            "",
            "AAAA",
            &token[1..],
            &format!("{token}AAAA"),
            "../x",
            "é",
        ] {
            assert_eq!(open_token(&key, bad), None, "{bad}");
        }
    }
}
