//! The basis of an import and its plan, whatever the kind of its rows.

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Edit;
use super::imports::{Basis, off_the_runtime};
use super::story_imports::StoryBasis;
use crate::domain::import::nominee::NomineePlan;
use crate::domain::import::staged::{
    ImportFailure, StagedRow, shown_columns, stage_nominees, stage_stories,
};
use crate::domain::import::story::StoryPlan;
use crate::domain::import::{ImportCounts, ImportPlan};
use crate::domain::sheet::SheetRow;
use crate::error::Result;
use crate::id::CampaignId;
use crate::ledger::import::ImportKind;

/// A campaign as a plan rests on it.
pub(super) enum SheetBasis {
    Nominees(Basis),
    Stories(StoryBasis),
}

/// The changes of a sheet.
pub(super) enum SheetPlan {
    Nominees(NomineePlan),
    Stories(StoryPlan),
}

impl Edit {
    /// The campaign as this transaction sees it.
    pub(super) async fn read_sheet_basis(
        &mut self,
        kind: ImportKind,
        id: CampaignId,
    ) -> Result<SheetBasis> {
        Ok(match kind {
            ImportKind::Nominees => SheetBasis::Nominees(self.read_basis(id).await?),
            ImportKind::Stories => SheetBasis::Stories(self.read_story_basis(id).await?),
        })
    }
}

impl SheetBasis {
    /// Whether the campaign takes no such sheets any more.
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Nominees(basis) => basis.is_over(now),
            Self::Stories(basis) => basis.is_over(now),
        }
    }

    /// Plans a sheet.
    pub(super) fn plan(&self, rows: &[SheetRow]) -> Result<SheetPlan, ImportFailure> {
        Ok(match self {
            Self::Nominees(basis) => SheetPlan::Nominees(basis.plan(rows)?),
            Self::Stories(basis) => SheetPlan::Stories(basis.plan(rows)?),
        })
    }

    /// The rows of a plan of this basis, as people look at them.
    pub(super) fn stage(&self, plan: &SheetPlan, rows: &[SheetRow]) -> Vec<StagedRow> {
        off_the_runtime(|| match (self, plan) {
            (Self::Nominees(basis), SheetPlan::Nominees(plan)) => {
                stage_nominees(plan, rows, &basis.roster)
            }
            (Self::Stories(basis), SheetPlan::Stories(plan)) => {
                let titles = basis.titles();
                stage_stories(plan, rows, |id| titles.get(&id).copied())
            }
            _ => Vec::new(),
        })
    }
}

impl SheetPlan {
    pub(super) fn counts(&self) -> ImportCounts {
        match self {
            Self::Nominees(plan) => plan.counts(),
            Self::Stories(plan) => plan.counts(),
        }
    }

    pub(super) fn header_row(&self) -> u32 {
        match self {
            Self::Nominees(plan) => plan.header_row,
            Self::Stories(plan) => plan.header_row,
        }
    }

    /// Headers that are none of ours, as they are shown.
    pub(super) fn unknown_columns(&self) -> Vec<String> {
        shown_columns(match self {
            Self::Nominees(plan) => &plan.unknown_columns,
            Self::Stories(plan) => &plan.unknown_columns,
        })
    }

    /// The hash by which a plan is known: of every row with its change, value by value.
    pub(super) fn hash(&self) -> [u8; 32] {
        match self {
            Self::Nominees(plan) => hash_of(plan),
            Self::Stories(plan) => hash_of(plan),
        }
    }
}

fn hash_of<F: Serialize, T: Serialize, I: Serialize>(plan: &ImportPlan<F, T, I>) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for row in &plan.rows {
        context.update(&row.number.to_be_bytes());
        // Changes are made of texts and numbers: they can be written.
        let change = serde_json::to_vec(&row.change).unwrap_or_default();
        context.update(&change.len().to_be_bytes());
        context.update(&change);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}
