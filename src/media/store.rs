//! The store of files: a folder, or a bucket of an S3-compatible store; all processes of an installation share it.
//!
//! Files of pictures are below `media/`, named by their contents; what was uploaded waits below `uploads/`, which is
//! never served; exports are below `exports/`, each for who has a link to it. A write is whole or not there, and may be
//! repeated.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt as _, RetryConfig};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use tokio::sync::Semaphore;

use crate::domain::media::MediaFile;
use crate::error::Error;
use crate::id::{ExportFileId, UploadId};
use crate::telemetry::RequestId;

/// The place of pictures.
const PICTURES: &str = "media";
/// The place of uploads.
const UPLOADS: &str = "uploads";
/// The place of exports.
const EXPORTS: &str = "exports";
/// Bytes of an export that are sent to the store at once: S3 takes at most 10,000 parts, each of at least 5 MiB.
const EXPORT_PART_BYTES: u64 = 8 * 1024 * 1024;
/// Bytes of a picture's file, at most: noise of 1,200 by 1,200 pixels has 2 MB.
const PICTURE_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Bytes of pictures that are kept in memory: two lists of a hundred, and the large ones of what is looked at.
const CACHED_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Pictures that are kept in memory, roughly.
const CACHED_MAX: usize = 1_000;
/// Pictures that are read at once.
const READ_AT_ONCE: usize = 16;
/// The time that a call to an S3-compatible store may take, with 20 MB to send, and the time to connect.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Calls that are tried again, and for how long.
const RETRIES_MAX: usize = 2;
const RETRY_TIME: Duration = Duration::from_secs(5);

/// A failure of the store; its text names neither keys nor addresses.
#[derive(Debug, thiserror::Error)]
pub enum MediaStoreError {
    /// There is no such file.
    #[error("there is no such file")]
    NotFound,
    /// A file is larger than any that was stored.
    #[error("a file is too large: {0} bytes")]
    TooLarge(u64),
    /// The folder cannot be used.
    #[error("the folder {path} cannot be used: {cause}")]
    Folder {
        /// The folder.
        path: String,
        /// The reason.
        cause: std::io::Error,
    },
    /// It did not do what it was asked for.
    #[error("the store of pictures failed: {0}")]
    Failed(String),
}

impl From<object_store::Error> for MediaStoreError {
    fn from(error: object_store::Error) -> Self {
        use object_store::Error as E;
        match error {
            E::NotFound { .. } => Self::NotFound,
            E::PermissionDenied { .. } | E::Unauthenticated { .. } => {
                Self::Failed("access is denied: see its keys, or the rights of its folder".into())
            }
            // Answers of stores repeat what was sent; the first line says what is wrong.
            other => {
                let text = other.to_string();
                let line = text.lines().next().unwrap_or_default();
                Self::Failed(line.chars().take(200).collect())
            }
        }
    }
}

impl From<MediaStoreError> for Error {
    fn from(error: MediaStoreError) -> Self {
        let request = RequestId::current();
        tracing::warn!(request, %error, "the store of pictures could not do it now");
        Self::Unavailable
    }
}

/// An S3-compatible store.
#[derive(Clone)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// The beginning of all names in it; may be empty.
    pub prefix: String,
    /// The address of the store; none for Amazon's own. One that begins with the bucket's name is the bucket's.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// The id of the key.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({}/{})", self.name, self.prefix)
    }
}

/// A file as the store lists it.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
    /// When it was written, by the store's clock.
    pub written_at: DateTime<Utc>,
}

/// The store of an installation.
#[derive(Clone)]
pub struct MediaStore {
    objects: Arc<dyn ObjectStore>,
    cached: Arc<Cache<MediaFile, Bytes, Length>>,
    reading: Arc<Semaphore>,
}

impl fmt::Debug for MediaStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MediaStore")
    }
}

/// The weight of a file in memory: its bytes.
#[derive(Clone)]
struct Length;

impl Weighter<MediaFile, Bytes> for Length {
    fn weight(&self, _: &MediaFile, file: &Bytes) -> u64 {
        file.len() as u64
    }
}

impl MediaStore {
    fn new(objects: impl ObjectStore) -> Self {
        Self {
            objects: Arc::new(objects),
            cached: Arc::new(Cache::with_weighter(CACHED_MAX, CACHED_BYTES_MAX, Length)),
            reading: Arc::new(Semaphore::new(READ_AT_ONCE)),
        }
    }

    /// The store in a folder, which is made where there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn in_folder(path: &Path) -> Result<Self, MediaStoreError> {
        let mut folder = std::fs::DirBuilder::new();
        folder.recursive(true);
        // Spreadsheets have people's data in them.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder
            .create(path)
            .map_err(|cause| MediaStoreError::Folder {
                path: path.display().to_string(),
                cause,
            })?;
        // Written to the disk before the database says that it is there.
        Ok(Self::new(
            LocalFileSystem::new_with_prefix(path)?.with_fsync(true),
        ))
    }

    /// The store in a bucket. Whether it answers shows with the first file.
    ///
    /// # Errors
    /// When its address cannot be one.
    pub fn in_bucket(bucket: &Bucket) -> Result<Self, MediaStoreError> {
        let is_plain = |endpoint: &str| endpoint.starts_with("http://");
        let options = ClientOptions::new()
            .with_timeout(CALL_TIMEOUT)
            .with_connect_timeout(CONNECT_TIMEOUT)
            .with_allow_http(bucket.endpoint.as_deref().is_some_and(is_plain));
        let retry = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: RETRIES_MAX,
            retry_timeout: RETRY_TIME,
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&bucket.name)
            .with_region(&bucket.region)
            .with_access_key_id(&bucket.access_key)
            .with_secret_access_key(&bucket.secret_key)
            // One by one: some compatible stores want other headers for many at once.
            .with_disable_bulk_delete(true)
            .with_client_options(options)
            .with_retry(retry);
        if let Some(endpoint) = &bucket.endpoint {
            let host = endpoint.split("://").nth(1).unwrap_or_default();
            let is_the_buckets = host.starts_with(&format!("{}.", bucket.name));
            builder = builder
                .with_endpoint(endpoint)
                .with_virtual_hosted_style_request(is_the_buckets);
        }
        let objects = builder.build()?;
        Ok(if bucket.prefix.is_empty() {
            Self::new(objects)
        } else {
            Self::new(PrefixStore::new(objects, bucket.prefix.as_str()))
        })
    }

    /// A file of a picture that is kept in memory.
    #[must_use]
    pub fn find_cached(&self, file: &MediaFile) -> Option<Bytes> {
        self.cached.get(file)
    }

    /// A file of a picture; read once for all who ask at this moment.
    ///
    /// # Errors
    /// [`MediaStoreError::NotFound`], or what the store says.
    #[allow(clippy::missing_panics_doc, reason = "the semaphore is never closed")]
    pub async fn read_picture(&self, file: &MediaFile) -> Result<Bytes, MediaStoreError> {
        let read = async {
            let turn = self.reading.acquire().await;
            let _turn = turn.expect("nobody closes the semaphore");
            self.read(&picture_place(file), PICTURE_BYTES_MAX).await
        };
        self.cached.get_or_insert_async(file, read).await
    }

    /// Stores a file of a picture.
    ///
    /// # Errors
    /// The error of the store.
    pub async fn write_picture(
        &self,
        file: &MediaFile,
        bytes: Bytes,
    ) -> Result<(), MediaStoreError> {
        self.write(&picture_place(file), bytes).await
    }

    /// Stores an uploaded file.
    ///
    /// # Errors
    /// The error of the store.
    pub async fn write_upload(&self, id: UploadId, bytes: Bytes) -> Result<(), MediaStoreError> {
        self.write(&upload_place(id), bytes).await
    }

    /// An uploaded file, whose length is known.
    ///
    /// # Errors
    /// [`MediaStoreError::NotFound`], or what the store says.
    pub async fn read_upload(&self, id: UploadId, bytes: u64) -> Result<Bytes, MediaStoreError> {
        self.read(&upload_place(id), bytes).await
    }

    /// Removes an uploaded file, if it is there.
    ///
    /// # Errors
    /// The error of the store.
    pub async fn delete_upload(&self, id: UploadId) -> Result<(), MediaStoreError> {
        self.delete(&upload_place(id)).await
    }

    /// Stores the file of an export, part by part, so that its length does not matter; returns it.
    ///
    /// # Errors
    /// The error of the store, or of the file.
    pub async fn write_export(
        &self,
        id: ExportFileId,
        file: &mut File,
    ) -> Result<u64, MediaStoreError> {
        let place = export_place(id);
        let first = read_part(file).await?;
        let mut bytes = first.len() as u64;
        if bytes < EXPORT_PART_BYTES {
            self.write(&place, first).await?;
            return Ok(bytes);
        }
        let mut upload = self.objects.put_multipart(&place).await?;
        let sent = async {
            let mut part = first;
            while !part.is_empty() {
                upload.put_part(part.into()).await?;
                part = read_part(file).await?;
                bytes += part.len() as u64;
            }
            upload.complete().await?;
            Ok(bytes)
        };
        let sent = sent.await;
        if sent.is_err() {
            // What was sent of it is of no use; where that fails, too, the store has it for itself.
            let _ = upload.abort().await;
        }
        sent
    }

    /// A part of the file of an export.
    ///
    /// # Errors
    /// [`MediaStoreError::NotFound`], or what the store says.
    pub async fn read_export(
        &self,
        id: ExportFileId,
        part: Range<u64>,
    ) -> Result<Bytes, MediaStoreError> {
        Ok(self.objects.get_range(&export_place(id), part).await?)
    }

    /// Removes the file of an export, if it is there.
    ///
    /// # Errors
    /// The error of the store.
    pub async fn delete_export(&self, id: ExportFileId) -> Result<(), MediaStoreError> {
        self.delete(&export_place(id)).await
    }

    /// All files of exports.
    ///
    /// # Errors
    /// The error of the store.
    pub async fn list_exports(&self) -> Result<Vec<StoredFile>, MediaStoreError> {
        self.list(EXPORTS).await
    }

    /// All files of pictures.
    ///
    /// # Errors
    /// The error of the store.
    pub async fn list_pictures(&self) -> Result<Vec<StoredFile>, MediaStoreError> {
        self.list(PICTURES).await
    }

    /// All files that were uploaded and wait.
    ///
    /// # Errors
    /// The error of the store.
    pub async fn list_uploads(&self) -> Result<Vec<StoredFile>, MediaStoreError> {
        self.list(UPLOADS).await
    }

    async fn delete(&self, place: &object_store::path::Path) -> Result<(), MediaStoreError> {
        match self.objects.delete(place).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn list(&self, place: &str) -> Result<Vec<StoredFile>, MediaStoreError> {
        let place = object_store::path::Path::from(place);
        let files = self.objects.list(Some(&place)).map_ok(|file| StoredFile {
            name: file.location.filename().unwrap_or_default().to_owned(),
            bytes: file.size,
            written_at: file.last_modified,
        });
        Ok(files.try_collect().await?)
    }

    async fn write(
        &self,
        place: &object_store::path::Path,
        bytes: Bytes,
    ) -> Result<(), MediaStoreError> {
        self.objects.put(place, bytes.into()).await?;
        Ok(())
    }

    async fn read(
        &self,
        place: &object_store::path::Path,
        bytes_max: u64,
    ) -> Result<Bytes, MediaStoreError> {
        let found = self.objects.get(place).await?;
        if found.meta.size > bytes_max {
            return Err(MediaStoreError::TooLarge(found.meta.size));
        }
        Ok(found.bytes().await?)
    }
}

fn picture_place(file: &MediaFile) -> object_store::path::Path {
    object_store::path::Path::from_iter([PICTURES, file.as_str()])
}

fn upload_place(id: UploadId) -> object_store::path::Path {
    object_store::path::Path::from_iter([UPLOADS.to_owned(), id.to_string()])
}

/// The next part of a file, empty at its end.
async fn read_part(file: &mut File) -> Result<Bytes, MediaStoreError> {
    let mut part = Vec::new();
    let read = file.take(EXPORT_PART_BYTES).read_to_end(&mut part).await;
    read.map_err(|error| MediaStoreError::Failed(error.to_string()))?;
    Ok(part.into())
}

fn export_place(id: ExportFileId) -> object_store::path::Path {
    object_store::path::Path::from_iter([EXPORTS.to_owned(), id.to_string()])
}
