//! An S3-compatible store of a test's own, in the test's process: `s3s-fs` over a temporary folder.

use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;

use acclaim::media::store::{Bucket, MediaStore};

const BUCKET: &str = "pictures";
const ACCESS_KEY: &str = "the-tests-key";
const SECRET_KEY: &str = "hunter2 of the tests' store";

/// An S3-compatible store.
pub struct S3 {
    endpoint: String,
    folder: TempDir,
}

impl S3 {
    pub async fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        std::fs::create_dir(folder.path().join(BUCKET)).expect("a bucket");
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).expect("a store"));
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service.clone());
                tokio::spawn(serving);
            }
        });
        Self {
            endpoint: format!("http://{address}"),
            folder,
        }
    }

    /// Opens the store as a process does.
    pub fn open(&self) -> MediaStore {
        self.open_with(SECRET_KEY)
    }

    /// Opens it with another key.
    pub fn open_with(&self, secret_key: &str) -> MediaStore {
        let bucket = Bucket {
            name: BUCKET.to_owned(),
            prefix: "a/prefix".to_owned(),
            endpoint: Some(self.endpoint.clone()),
            region: "us-east-1".to_owned(),
            access_key: ACCESS_KEY.to_owned(),
            secret_key: secret_key.to_owned(),
        };
        assert!(!format!("{bucket:?}").contains(SECRET_KEY));
        MediaStore::in_bucket(&bucket).expect("a good address")
    }

    /// The folder that its files are in.
    pub fn files(&self) -> std::path::PathBuf {
        self.folder.path().join(BUCKET).join("a/prefix")
    }
}
