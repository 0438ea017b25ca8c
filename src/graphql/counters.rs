//! Counters: likes and views of the nominees or stories of one page, and which of them the viewer likes. The first
//! object that needs one loads it for all.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio::sync::OnceCell;
use uuid::Uuid;

use super::Nullable;
use crate::app::App;
use crate::auth::Viewer;
use crate::error::Result;
use crate::id::{SubjectId, VoterId};
use crate::ledger::counters;
use crate::ledger::counters::Counters;
use crate::ledger::like::list_liked;

/// The counters of the subjects of a page.
pub(super) struct PageCounters {
    app: Arc<App>,
    viewer: Viewer,
    subject_ids: Vec<Uuid>,
    totals: OnceCell<HashMap<SubjectId, Counters>>,
    liked: OnceCell<HashSet<SubjectId>>,
}

impl PageCounters {
    pub(super) fn new(app: &Arc<App>, viewer: Viewer, subject_ids: Vec<Uuid>) -> Self {
        Self {
            app: Arc::clone(app),
            viewer,
            subject_ids,
            totals: OnceCell::new(),
            liked: OnceCell::new(),
        }
    }

    /// The subjects of the page.
    pub(super) fn subject_ids(&self) -> &[Uuid] {
        &self.subject_ids
    }

    /// The number of voters who like a subject.
    pub(super) async fn likes(&self, subject: impl Into<SubjectId>) -> Result<i64> {
        Ok(self.find(subject.into()).await?.likes)
    }

    /// The number of views of a subject.
    pub(super) async fn views(&self, subject: impl Into<SubjectId>) -> Result<i64> {
        Ok(self.find(subject.into()).await?.views)
    }

    /// Whether the viewer likes a subject; null unless it is a voter.
    pub(super) async fn is_liked(&self, subject: impl Into<SubjectId>) -> Nullable<bool> {
        let voter_id = self.viewer.voter()?;
        let liked = self.liked.get_or_try_init(|| self.load_liked(voter_id));
        Some(match liked.await {
            Ok(liked) => Ok(liked.contains(&subject.into())),
            Err(error) => Err(error.into()),
        })
    }

    async fn find(&self, subject: SubjectId) -> Result<Counters> {
        let totals = self.totals.get_or_try_init(|| self.load_totals()).await?;
        Ok(totals.get(&subject).copied().unwrap_or_default())
    }

    async fn load_totals(&self) -> Result<HashMap<SubjectId, Counters>> {
        Ok(counters::list(&self.app.database, self.subject_ids.clone()).await?)
    }

    async fn load_liked(&self, voter_id: VoterId) -> Result<HashSet<SubjectId>> {
        Ok(list_liked(&self.app.database, voter_id, self.subject_ids.clone()).await?)
    }
}
