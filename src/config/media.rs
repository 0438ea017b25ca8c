//! The settings of the store of pictures and uploads.

use clap::Args;

use super::address::may_carry_a_secret;
use super::{ConfigError, StoreSettings, wrong};
use crate::auth::secret::Secret;
use crate::media::store::{Bucket, MediaStore};

/// Settings of the store of pictures and uploads.
#[derive(Debug, Clone, Args)]
pub struct MediaSettings {
    /// Where pictures and uploads are kept, the same for all processes: `s3://bucket/prefix`, or `file:/path` of a
    /// folder; without it, beside an `SQLite` database a folder in the data directory, and beside PostgreSQL nowhere
    #[arg(long, env = "ACCLAIM_MEDIA_URL")]
    pub media_url: Option<String>,
    /// Address of an S3-compatible store, for `s3://` in `ACCLAIM_MEDIA_URL`; where it begins with the bucket's name,
    /// as `https://bucket.oss-cn-hangzhou.aliyuncs.com`, that is the bucket's own
    #[arg(long, env = "ACCLAIM_S3_ENDPOINT")]
    s3_endpoint: Option<String>,
    /// Its region
    #[arg(long, env = "ACCLAIM_S3_REGION", default_value = "us-east-1")]
    s3_region: String,
    /// The id of its key
    #[arg(long, env = "ACCLAIM_S3_ACCESS_KEY_ID", hide_env_values = true)]
    s3_access_key_id: Option<Secret>,
    /// Its key
    #[arg(long, env = "ACCLAIM_S3_SECRET_ACCESS_KEY", hide_env_values = true)]
    s3_secret_access_key: Option<Secret>,
}

impl MediaSettings {
    /// The store of pictures and uploads, where there is one.
    ///
    /// # Errors
    /// When a setting is missing or wrong, or the folder cannot be made.
    pub fn store(&self, store: &StoreSettings) -> Result<Option<MediaStore>, ConfigError> {
        let wrong = wrong("ACCLAIM_MEDIA_URL");
        let in_folder = |path: &std::path::Path| {
            let opened = MediaStore::in_folder(path);
            opened.map(Some).map_err(|error| wrong(error.to_string()))
        };
        let Some(url) = &self.media_url else {
            // Processes on several machines would each have a folder of their own, and nobody would know.
            return if store.database_url().starts_with("sqlite:") {
                in_folder(&store.data_dir.join("media"))
            } else {
                Ok(None)
            };
        };
        if let Some(path) = url.strip_prefix("file:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(wrong("must name a folder after file:".into()));
            }
            return in_folder(path.as_ref());
        }
        let Some(place) = url.strip_prefix("s3://") else {
            return Err(wrong("must be s3://bucket/prefix or file:/path".into()));
        };
        let (name, prefix) = place.split_once('/').unwrap_or((place, ""));
        if name.is_empty() {
            return Err(wrong("must name a bucket: s3://bucket/prefix".into()));
        }
        let opened = MediaStore::in_bucket(&self.bucket(name, prefix.trim_matches('/'))?);
        opened.map(Some).map_err(|error| wrong(error.to_string()))
    }

    fn bucket(&self, name: &str, prefix: &str) -> Result<Bucket, ConfigError> {
        let (Some(access_key), Some(secret_key)) =
            (&self.s3_access_key_id, &self.s3_secret_access_key)
        else {
            return Err(wrong("ACCLAIM_S3_ACCESS_KEY_ID")(
                "and ACCLAIM_S3_SECRET_ACCESS_KEY must be set where ACCLAIM_MEDIA_URL is s3://"
                    .into(),
            ));
        };
        let endpoint = self.s3_endpoint.as_deref();
        if endpoint.is_some_and(|endpoint| !may_carry_a_secret(endpoint)) {
            return Err(wrong("ACCLAIM_S3_ENDPOINT")(
                "must start with https://, or be on this machine: what is uploaded travels to it"
                    .into(),
            ));
        }
        Ok(Bucket {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            endpoint: endpoint.map(|endpoint| endpoint.trim_end_matches('/').to_owned()),
            region: self.s3_region.clone(),
            access_key: access_key.reveal().to_owned(),
            secret_key: secret_key.reveal().to_owned(),
        })
    }
}
