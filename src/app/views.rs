//! Page views: counters only. They are summed in the process and stored once a second under a batch's id, so that a
//! batch that is tried again adds nothing; a report with an idempotency key counts once, whichever processes hear of
//! it. When a process is killed the views of its last second are lost, or those since the database went away; never a
//! vote or a like.

use std::collections::HashSet;

use parking_lot::Mutex;
use uuid::Uuid;

use super::likes::Likeable;
use super::{App, Client};
use crate::auth::Viewer;
use crate::auth::keyed_hash::Purpose;
use crate::error::{Error, Result};
use crate::hot::{Action, BucketOwner};
use crate::ledger::counters::{self, Batch};

/// Subjects of one report.
const SUBJECTS_MAX: usize = 20;
/// Reports with keys that wait to be stored, 48 MiB of the largest, beside as many that are being stored: more than
/// come in a second, unless the database is away.
const REPORTS_MAX: usize = 65_536;

/// Views that wait to be stored.
#[derive(Debug, Default)]
pub struct Views {
    waiting: Mutex<Batch>,
    /// The batch that is being stored, held until it is known to be: only the flusher takes this lock.
    storing: tokio::sync::Mutex<Option<Batch>>,
}

impl App {
    /// Counts one view of each of `subjects`; returns which of them were counted. A report that comes again under the
    /// same `idempotency_key` adds nothing. [`Error::BadUserInput`] is for too many subjects, [`Error::Overloaded`] for
    /// too many reports that wait.
    pub async fn record_views(
        &self,
        viewer: Viewer,
        client: &Client,
        subjects: &[Likeable],
        idempotency_key: Option<Uuid>,
    ) -> Result<Vec<bool>> {
        if subjects.is_empty() || subjects.len() > SUBJECTS_MAX {
            return Err(Error::BadUserInput(format!(
                "subjectIds must have 1 to {SUBJECTS_MAX} entries."
            )));
        }
        self.admit_views(viewer, client).await?;
        let campaigns = self.find_campaigns_of(viewer, subjects).await?;
        let found = subjects.iter().zip(&campaigns);
        // A subject that is named several times was viewed once.
        let mut named = HashSet::new();
        let viewed = found
            .filter_map(|(subject, campaign)| Some((subject.subject_id(), (*campaign)?)))
            .filter(|(subject, _)| named.insert(*subject));
        let mut waiting = self.views.waiting.lock();
        match idempotency_key {
            Some(key) if waiting.reports.len() < REPORTS_MAX => {
                waiting
                    .reports
                    .entry(key)
                    .or_insert_with(|| viewed.collect());
            }
            Some(_) => return Err(Error::Overloaded),
            None => {
                for view in viewed {
                    *waiting.sums.entry(view).or_default() += 1;
                }
            }
        }
        Ok(campaigns.iter().map(Option::is_some).collect())
    }

    /// Admits a report: by its voter, or by its device and address together. An address alone is bounded generously,
    /// since a carrier's stands for thousands.
    async fn admit_views(&self, viewer: Viewer, client: &Client) -> Result<()> {
        if let Some(voter) = viewer.voter() {
            return self
                .hot
                .take(Action::Views, BucketOwner::Voter(voter))
                .await;
        }
        let address = BucketOwner::Address(client.address);
        if let Some(device_id) = &client.device_id {
            let parts = [address.key().as_bytes().as_slice(), device_id.as_bytes()].concat();
            let device = self.hash_key.short_hash(Purpose::Device, &parts);
            self.hot
                .take(Action::Views, BucketOwner::Device(device))
                .await?;
        }
        self.hot.take(Action::AnonymousViews, address).await
    }

    /// Stores the views that wait. A batch that fails is tried again at the next call, under the same id.
    pub async fn flush_views(&self) -> Result<()> {
        let mut storing = self.views.storing.lock().await;
        loop {
            if let Some(batch) = storing.as_ref() {
                counters::add(&self.database, batch, self.clock.now()).await?;
                *storing = None;
            }
            let mut waiting = self.views.waiting.lock();
            if waiting.sums.is_empty() && waiting.reports.is_empty() {
                return Ok(());
            }
            let mut batch = std::mem::take(&mut *waiting);
            batch.id = Uuid::now_v7();
            *storing = Some(batch);
        }
    }
}
