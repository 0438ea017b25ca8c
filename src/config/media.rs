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

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Program {
        #[command(flatten)]
        store: StoreSettings,
        #[command(flatten)]
        media: MediaSettings,
    }

    /// Whether there is a store with these arguments, or what is wrong with them.
    fn is_there(arguments: &[&str]) -> Result<bool, String> {
        let program = Program::parse_from(["acclaim"].iter().chain(arguments));
        assert!(!format!("{program:?}").contains("hunter2"));
        let store = program.media.store(&program.store);
        store
            .map(|store| store.is_some())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_store_of_pictures_is_a_folder_a_bucket_or_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let data_dir = format!("--data-dir={}", folder.path().display());
        let pictures = folder.path().join("pictures");
        let url = format!("--media-url=file:{}", pictures.display());
        let postgres = "--database-url=postgres://acclaim@db/acclaim";
        assert_eq!(is_there(&[&data_dir]), Ok(true));
        assert!(folder.path().join("media").is_dir());
        assert_eq!(is_there(&[&data_dir, postgres]), Ok(false));
        assert_eq!(is_there(&[postgres, &url]), Ok(true));
        assert!(pictures.is_dir());
        let keys = [
            "--s3-access-key-id=key",
            "--s3-secret-access-key=hunter2",
            "--s3-endpoint=https://pictures.oss-cn-hangzhou.aliyuncs.com/",
        ];
        let bucket = [&["--media-url=s3://pictures/a/prefix"][..], &keys].concat();
        assert_eq!(is_there(&bucket), Ok(true));
    }

    #[test]
    fn what_is_wrong_with_it_is_said_with_the_name_of_the_setting() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let no_folder = format!("--media-url=file:{}", file.path().display());
        let keys = ["--s3-access-key-id=key", "--s3-secret-access-key=hunter2"];
        let with_keys = |first: &'static str| [&[first][..], &keys].concat();
        for (arguments, words) in [
            (vec!["--media-url=/srv/media"], "ACCLAIM_MEDIA_URL must be"),
            (vec!["--media-url=file:"], "ACCLAIM_MEDIA_URL must name"),
            (vec![no_folder.as_str()], "ACCLAIM_MEDIA_URL the folder"),
            (with_keys("--media-url=s3:///x"), "name a bucket"),
            (vec!["--media-url=s3://x"], "ACCLAIM_S3_ACCESS_KEY_ID"),
            (
                [
                    with_keys("--media-url=s3://x"),
                    vec!["--s3-endpoint=http://s3.example"],
                ]
                .concat(),
                "ACCLAIM_S3_ENDPOINT must start with https://",
            ),
        ] {
            let problem = is_there(&arguments).expect_err("it is refused");
            assert!(problem.contains(words), "{problem}");
        }
    }
}
