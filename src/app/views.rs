//! Page views: counters only. They are summed in the process and stored once a second under a batch's id, so that a
//! batch that is tried again adds nothing. At most the last second of views is lost when a process is killed; never a
//! vote or a like.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::likes::Likeable;
use super::{App, Client};
use crate::auth::Viewer;
use crate::error::{Error, Result};
use crate::hot::{Action, Subject};
use crate::id::{CampaignId, SubjectId};
use crate::ledger;

/// Subjects of one report.
pub const SUBJECTS_MAX: usize = 20;

type Sums = HashMap<(SubjectId, CampaignId), i64>;

/// Views that wait to be stored.
#[derive(Debug, Default)]
pub struct Views {
    sums: Mutex<Sums>,
    /// The batch that is being stored, kept until it is known to be: only the flusher takes this lock.
    batch: tokio::sync::Mutex<Option<(Uuid, Sums)>>,
}

impl App {
    /// Counts one view of each of `subjects`; returns which of them were counted.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] for too many; [`Error::RateLimited`]; [`Error::Unavailable`].
    pub async fn record_views(
        &self,
        viewer: Viewer,
        client: &Client,
        subjects: &[Likeable],
    ) -> Result<Vec<bool>> {
        if subjects.is_empty() || subjects.len() > SUBJECTS_MAX {
            return Err(Error::BadUserInput(format!(
                "subjectIds must have 1 to {SUBJECTS_MAX} entries."
            )));
        }
        let caller = viewer
            .voter()
            .map_or(Subject::Address(client.address), Subject::Voter);
        self.hot.take(Action::Views, caller).await?;
        let campaigns = self.find_campaigns_of(viewer, subjects).await?;
        let mut sums = self
            .views
            .sums
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let count = |(subject, campaign): (&Likeable, Option<CampaignId>)| {
            let Some(campaign_id) = campaign else {
                return false;
            };
            *sums.entry((subject.subject_id(), campaign_id)).or_default() += 1;
            true
        };
        Ok(subjects.iter().zip(campaigns).map(count).collect())
    }

    /// Stores the views that wait. What fails is tried again at the next call, under the same batch id.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn flush_views(&self) -> Result<()> {
        let mut batch = self.views.batch.lock().await;
        loop {
            if let Some((id, sums)) = batch.as_ref() {
                let row = |((subject, campaign), count): (&(SubjectId, CampaignId), &i64)| {
                    (*subject, *campaign, *count)
                };
                let rows: Vec<_> = sums.iter().map(row).collect();
                ledger::views::add(&self.database, *id, &rows, self.clock.now()).await?;
                *batch = None;
            }
            let mut waiting = self
                .views
                .sums
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if waiting.is_empty() {
                return Ok(());
            }
            *batch = Some((Uuid::now_v7(), std::mem::take(&mut *waiting)));
        }
    }
}
