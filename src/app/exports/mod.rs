//! Exports: a member asks for a table of a campaign as a file (`desk::exports`), a process writes it, and a link
//! fetches it.
//!
//! An export waits in the database until a process takes it ([`App::write_next_export`]). Taking is a lease: while the
//! process lives it is prolonged; when it is over another process begins anew, with a file of its own, so that two
//! never write the same one. `writing` turns rows into a file, `tables` reads the rows of each kind.
//!
//! A link is sealed for a member and good for [`LINK_LIFE`]; that member's right is looked up when it is used.

mod tables;
pub mod writing;

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use aws_lc_rs::constant_time;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use tokio::fs::File;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use self::writing::{TableRequest, WritingError, write_table};
use super::App;
use crate::auth::Viewer;
use crate::auth::keyed_hash::{HashKey, Purpose};
use crate::domain::export::{ExportFailure, ExportStatus};
use crate::error::{Error, Result};
use crate::id::{ExportFileId, ExportId, StaffId};
use crate::ledger::export::{self, Export};
use crate::media::store::{MediaStore, MediaStoreError};

/// The life of a link: for a click, and a slow start.
pub const LINK_LIFE: TimeDelta = TimeDelta::minutes(10);
/// The time that an export is kept, with its file, from when it was asked for.
pub const KEPT: TimeDelta = TimeDelta::days(7);
/// The age from which a file of no export is removed from the store: all exports of its time are gone.
const STRAY_AGE: TimeDelta = TimeDelta::days(8);
/// The time after which an export is taken from a process that does not prolong its lease.
pub const LEASE: TimeDelta = TimeDelta::seconds(60);
/// The time between two prolongations.
const PROLONG_EVERY: Duration = Duration::from_secs(15);
/// The time that a process may write: ten million votes take a few minutes.
const WRITING_TIME_MAX: Duration = Duration::from_mins(30);
/// Times that an export is taken before it is given up.
const ATTEMPTS_MAX: i64 = 3;
/// Bytes of the seal in a link.
const SEAL_BYTES: usize = 16;

/// A link to the file of an export.
#[derive(Debug, Clone)]
pub struct ExportLink {
    /// The path of the link.
    pub path: String,
    /// The end of its life.
    pub expires_at: DateTime<Utc>,
}

/// The reason why a link leads to no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportLinkRefusal {
    /// There is no such export, or its member may not fetch it.
    NotFound,
    /// The link is too old, or the file is gone.
    Expired,
}

/// The contents of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LinkTarget {
    pub(super) export_id: ExportId,
    pub(super) staff_id: StaffId,
    pub(super) expires_at: DateTime<Utc>,
}

impl LinkTarget {
    /// The token of a link, so that nobody makes one up and a forged one costs no statement.
    fn seal(self, key: &HashKey) -> String {
        let content = self.content();
        let seal: [u8; SEAL_BYTES] = key.short_hash(Purpose::ExportLink, &content);
        BASE64URL_NOPAD.encode(&[&content, &seal[..]].concat())
    }

    fn content(self) -> Vec<u8> {
        let expires_at = self.expires_at.timestamp_micros().to_be_bytes();
        let ids = [self.export_id.0.as_bytes(), self.staff_id.0.as_bytes()];
        [&ids[0][..], &ids[1][..], &expires_at].concat()
    }

    /// Reads the token of a link; none where it is not one of ours.
    pub(super) fn open(key: &HashKey, token: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let (content, found) = bytes.split_at_checked(40)?;
        let seal: [u8; SEAL_BYTES] = key.short_hash(Purpose::ExportLink, content);
        constant_time::verify_slices_are_equal(&seal, found).ok()?;
        let expires_at = i64::from_be_bytes(content[32..].try_into().ok()?);
        Some(Self {
            export_id: ExportId(Uuid::from_slice(&content[..16]).ok()?),
            staff_id: StaffId(Uuid::from_slice(&content[16..32]).ok()?),
            expires_at: DateTime::from_timestamp_micros(expires_at)?,
        })
    }
}

/// The lease of this process on an export is over: another one has it, or soon will.
#[derive(Debug)]
struct LeaseLost;

impl App {
    /// A link to the file of an export for this viewer; none where there is no file, or the viewer may not have it.
    #[must_use]
    pub fn export_link(&self, viewer: Viewer, export: &Export) -> Option<ExportLink> {
        let staff_id = viewer.staff()?;
        let may = self.may_see_export(viewer, export);
        if !may || export.status != ExportStatus::Ready || self.media.is_none() {
            return None;
        }
        let target = LinkTarget {
            export_id: export.id,
            staff_id,
            expires_at: self.clock.now() + LINK_LIFE,
        };
        Some(ExportLink {
            path: format!("/exports/{}", target.seal(&self.hash_key)),
            expires_at: target.expires_at,
        })
    }

    /// Whether a viewer may know of an export.
    #[must_use]
    pub fn may_see_export(&self, viewer: Viewer, export: &Export) -> bool {
        self.may(viewer, export.organisation_id, export.kind.right())
    }

    /// A part of the file of an export.
    pub async fn read_export(
        &self,
        file_id: ExportFileId,
        part: std::ops::Range<u64>,
    ) -> Result<Option<Bytes>> {
        let Some(store) = &self.media else {
            return Ok(None);
        };
        match store.read_export(file_id, part).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(MediaStoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes an export that waits, or that a process has left behind, and writes its file; returns whether there was
    /// one. What fails for now is tried again when the lease is over.
    pub async fn write_next_export(&self) -> Result<bool> {
        let Some(store) = &self.media else {
            return Ok(false);
        };
        let now = self.clock.now();
        if !export::is_any_to_take(&self.database, now).await? {
            return Ok(false);
        }
        let file_id = ExportFileId::new();
        let taken = export::take(&self.database, file_id, now, now + LEASE).await?;
        let Some(taken) = taken else {
            return Ok(false);
        };
        let failure = if taken.attempts > ATTEMPTS_MAX {
            Some(ExportFailure::GaveUp)
        } else {
            Box::pin(self.write_taken(store, &taken, file_id)).await?
        };
        if let Some(failure) = failure {
            tracing::warn!(export = %taken.id, ?failure, "an export has no file");
            let now = self.clock.now();
            export::fail(&self.database, taken.id, file_id, failure, now).await?;
        }
        Ok(true)
    }

    /// Writes the file of an export and notes it; returns the reason where there will be none.
    async fn write_taken(
        &self,
        store: &MediaStore,
        taken: &Export,
        file_id: ExportFileId,
    ) -> Result<Option<ExportFailure>> {
        let writing = async {
            let request = TableRequest {
                campaign_id: taken.campaign_id,
                kind: taken.kind,
                format: taken.format,
            };
            let file = tokio::task::spawn_blocking(tempfile::tempfile).await;
            let file = file.map_err(Error::internal)?.map_err(Error::internal)?;
            let made = write_table(&self.database, &self.hash_key, request, file);
            let (rows, file) = made.await?;
            let bytes = store.write_export(file_id, &mut File::from_std(file)).await;
            Ok::<_, WritingError>((rows, bytes.map_err(Error::from)?))
        };
        let writing = tokio::time::timeout(WRITING_TIME_MAX, writing);
        let written = match self.while_leased(taken.id, file_id, writing).await {
            Err(LeaseLost) => None,
            Ok(Err(_)) => return Ok(Some(ExportFailure::GaveUp)),
            Ok(Ok(Err(WritingError::Failed(failure)))) => return Ok(Some(failure)),
            Ok(Ok(Err(WritingError::Interrupted(error)))) => return Err(error),
            Ok(Ok(Ok((rows, bytes)))) => Some((rows, bytes)),
        };
        if let Some((rows, bytes)) = written {
            let sizes = (rows, i64::try_from(bytes).map_err(Error::internal)?);
            let (database, now) = (&self.database, self.clock.now());
            if export::finish(database, taken.id, file_id, sizes, now).await? {
                tracing::info!(export = %taken.id, rows, bytes, "an export is ready");
                return Ok(None);
            }
        }
        tracing::warn!(export = %taken.id, "an export was taken over by another process");
        store.delete_export(file_id).await?;
        Ok(None)
    }

    /// Does the work while the lease on an export is prolonged.
    async fn while_leased<T>(
        &self,
        id: ExportId,
        file_id: ExportFileId,
        work: impl Future<Output = T>,
    ) -> Result<T, LeaseLost> {
        let mut timer = tokio::time::interval(PROLONG_EVERY);
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut work = pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                _ = timer.tick() => {
                    let until = self.clock.now() + LEASE;
                    // Where the database is away the work ends by itself.
                    if let Ok(false) = export::extend(&self.database, id, file_id, until).await {
                        return Err(LeaseLost);
                    }
                }
            }
        }
    }

    /// Removes exports that were kept for long enough, with their files.
    pub async fn purge_exports(&self) -> Result<()> {
        let Some(store) = &self.media else {
            return Ok(());
        };
        loop {
            let than = self.clock.now() - KEPT;
            let exports = export::list_older(&self.database, than).await?;
            if exports.is_empty() {
                return Ok(());
            }
            for export in exports {
                // First the file: without its row nobody would know of it.
                if let Some(file_id) = export.file_id {
                    store.delete_export(file_id).await?;
                }
                export::delete(&self.database, export.id).await?;
            }
        }
    }

    /// Removes files of no export, which a process left behind that died while it wrote them.
    pub async fn purge_stray_exports(&self) -> Result<()> {
        let Some(store) = &self.media else {
            return Ok(());
        };
        let than = self.clock.now() - STRAY_AGE;
        for file in store.list_exports().await? {
            if let Ok(id) = file.name.parse::<Uuid>()
                && file.written_at < than
            {
                store.delete_export(ExportFileId(id)).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_cannot_be_made_up() {
        let key = HashKey::new(&[7; 32]);
        let target = LinkTarget {
            export_id: ExportId::new(),
            staff_id: StaffId::new(),
            expires_at: DateTime::from_timestamp_micros(1_666_666_666_123_456).expect("a time"),
        };
        let token = target.seal(&key);
        assert_eq!(LinkTarget::open(&key, &token), Some(target));
        assert_eq!(LinkTarget::open(&HashKey::new(&[8; 32]), &token), None);
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).expect("a text");
            assert_eq!(LinkTarget::open(&key, &forged), None, "{forged}");
        }
        for bad in [
            "",
            "AAAA",
            &token[1..],
            &format!("{token}AAAA"),
            "../x",
            "é",
        ] {
            assert_eq!(LinkTarget::open(&key, bad), None, "{bad}");
        }
    }
}
