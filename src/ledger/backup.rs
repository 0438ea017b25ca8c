//! Copying the embedded database while it serves. PostgreSQL has tools of its own.

use std::path::{Path, PathBuf};

use super::{Database, Pool, sql};

/// The reason why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database is PostgreSQL.
    #[error("this is for the embedded database: PostgreSQL is copied with pg_dump")]
    Postgres,
    /// There is a file already.
    #[error("{} is there already: name another file", .0.display())]
    Exists(PathBuf),
    /// SQLite takes names of files as text.
    #[error("the file's name must be valid UTF-8")]
    NotText,
    /// SQLite could not write it.
    #[error("the copy failed: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// The file could not be written.
    #[error("the copy could not be written: {0}")]
    Io(#[from] std::io::Error),
}

impl Database {
    /// Copies an SQLite database to `file` as it is at one moment, while others read and write it. Fails, too, where
    /// `file` is there already or cannot be written, and on PostgreSQL, whose own tools do this.
    pub async fn back_up(&self, file: &Path) -> Result<(), BackupError> {
        let run = self.read(sql!("back_up", "VACUUM INTO $1"));
        let Pool::Sqlite(pool) = run.pool else {
            return Err(BackupError::Postgres);
        };
        if file.exists() {
            return Err(BackupError::Exists(file.to_owned()));
        }
        let mut partial = file.as_os_str().to_owned();
        partial.push(".partial");
        let partial = Path::new(&partial);
        // What an earlier attempt has left would be in the way.
        let _ = std::fs::remove_file(partial);
        make_private(partial)?;
        let name = partial.to_str().ok_or(BackupError::NotText)?;
        sqlx::query(run.text).bind(name).execute(pool).await?;
        // It is whole before it has its name, and stays so when the power fails.
        std::fs::File::open(partial)?.sync_all()?;
        std::fs::rename(partial, file)?;
        let folder = file.parent().filter(|path| !path.as_os_str().is_empty());
        std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }
}

/// Makes a file that is not there yet, empty, and lets nobody but its owner read it: it has voters and sessions in it.
pub(super) fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let file = options.mode(0o600).open(path)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))
    }
    #[cfg(not(unix))]
    options.open(path).map(drop)
}
