//! Pictures made anew: whatever was uploaded becomes two JPEG files without metadata, the right way up.
//!
//! The files are made by the crate `acclaim_pictures`, which bounds what a decoder allocates; [`PictureMaker`] decodes
//! one picture at a time, off the runtime.

use std::sync::Arc;

pub use acclaim_pictures::PictureFault;
use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::domain::media::{MediaName, PictureSize};

/// The type of the files.
pub const CONTENT_TYPE: &str = "image/jpeg";

/// A picture as it is stored.
#[derive(Debug, Clone)]
pub struct MadePicture {
    /// Its name.
    pub name: MediaName,
    /// Width and height of the large file.
    pub size: (u32, u32),
    /// The large file.
    pub large: Bytes,
    /// The small file.
    pub small: Bytes,
}

/// The turns in which pictures are decoded: one at a time.
#[derive(Debug, Clone)]
pub struct PictureMaker(Arc<Semaphore>);

impl Default for PictureMaker {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl PictureMaker {
    /// Lets so many more pictures be decoded at once, for pictures that are known to be small.
    pub fn add_turns(&self, turns: usize) {
        self.0.add_permits(turns);
    }

    /// Takes back turns that were added, when nothing is being decoded.
    pub fn remove_turns(&self, turns: usize) {
        self.0.forget_permits(turns);
    }

    /// Makes a picture of a file, when its turn comes. The turn is over when the work is, though nobody waits any more.
    ///
    /// # Errors
    /// [`PictureFault`] where the file cannot become one.
    #[allow(clippy::missing_panics_doc, reason = "the semaphore is never closed")]
    pub async fn make(&self, file: Bytes) -> Result<MadePicture, PictureFault> {
        let turn = Arc::clone(&self.0).acquire_owned().await;
        let turn = turn.expect("nobody closes the semaphore");
        let making = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            make(file)
        });
        match making.await {
            Ok(made) => made,
            Err(error) => {
                // A decoder that met what its authors did not think of.
                tracing::error!(%error, "a picture could not be decoded");
                Err(PictureFault::Damaged)
            }
        }
    }
}

/// Makes a picture of a file. The largest takes a second or two of a core.
///
/// # Errors
/// [`PictureFault`] where the file cannot become one.
pub fn make(file: Bytes) -> Result<MadePicture, PictureFault> {
    let sides = [PictureSize::Large, PictureSize::Small].map(PictureSize::side);
    let files = acclaim_pictures::make(file, sides[0], sides[1])?;
    let mut hash = Context::new(&SHA256);
    hash.update(&files.large);
    hash.update(&files.small);
    Ok(MadePicture {
        name: MediaName::new(hash.finish().as_ref()),
        size: files.size,
        large: files.large,
        small: files.small,
    })
}
