//! Imports of spreadsheets: planned against the campaign as it stands, and applied in the same transaction, all rows or
//! none.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use tokio::runtime::{Handle, RuntimeFlavor};

use super::nominees::{changes_between, public_changes};
use super::{Answer, Attempt, Desk, Edit, Event, Subject, checked_reason, refuse};
use crate::domain::access::Action;
use crate::domain::campaign::{Campaign, Phase};
use crate::domain::change::Changes;
use crate::domain::import::nominee::{NomineeDraft, NomineePlan, plan};
use crate::domain::import::{ImportCounts, ImportError, RowChange};
use crate::domain::nominee::{Nominee, NomineeField, NomineeStatus};
use crate::domain::roster::Roster;
use crate::domain::sheet::SheetRow;
use crate::error::{Error, Result};
use crate::id::{CampaignId, ImportId, NomineeId};
use crate::ledger::audit::SubjectKind;
use crate::ledger::campaign;
use crate::ledger::import::{self, Import, ImportChange, ImportKind};

/// The reason why a sheet is not applied, beside faults of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportRefusal<F> {
    /// It cannot be planned as a whole; `F` is the kind of its fields.
    Unusable(ImportError<F>),
    /// The campaign is in a state in which its list stays as it is.
    WrongState,
    /// It changes names, numbers or employers after the first vote: a reason is missing, or too long.
    ReasonRequired,
}

/// The name of an import of nominees in the audit log.
const NOMINEES: &str = "nominee.import";

/// A sheet that was read.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// Its rows.
    pub rows: &'a [SheetRow],
    /// The hash of the file.
    pub file_sha256: [u8; 32],
}

/// Whether an import changes anything.
#[derive(Debug, Clone, Copy)]
pub enum ImportMode<'a> {
    /// It does not: the plan is looked at.
    Check,
    /// It does, when no row is faulty.
    Apply {
        /// The reason that the public reads, where one is needed.
        reason: Option<&'a str>,
    },
}

/// A campaign as a plan rests on it.
pub(super) struct Basis {
    pub(super) roster: Roster,
    /// The nominees that have votes.
    voted: HashSet<NomineeId>,
}

impl Basis {
    /// Whether the campaign's result is out, or it is kept for the record: its list stays as it is then.
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        let phase = self.roster.campaign().phase(now);
        matches!(phase, Phase::Published | Phase::Archived)
    }

    /// Plans a sheet of nominees. Ten thousand rows take a while, in which the thread does nothing else.
    pub(super) fn plan(&self, rows: &[SheetRow]) -> Result<NomineePlan, ImportError<NomineeField>> {
        off_the_runtime(|| {
            let mut plan = plan(rows, &self.roster)?;
            plan.fix_categories(|id| self.voted.contains(&id));
            Ok(plan)
        })
    }
}

/// Does some work of a processor's, while others take over what the thread would do meanwhile.
pub(super) fn off_the_runtime<T>(work: impl FnOnce() -> T) -> T {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}

pub(super) fn attempt_to_import(campaign_id: CampaignId) -> Attempt {
    Attempt {
        name: NOMINEES,
        right: Action::EditCampaigns,
        subject: Subject::new(SubjectKind::Campaign, campaign_id.0, ""),
    }
}

impl Desk<'_> {
    /// Plans a sheet of nominees and applies it, all rows or none. The plan says what was, or would be, changed; while
    /// it has faulty rows nothing is.
    pub async fn import_nominees(
        &self,
        campaign_id: CampaignId,
        sheet: Sheet<'_>,
        mode: ImportMode<'_>,
    ) -> Result<Answer<NomineePlan, ImportRefusal<NomineeField>>> {
        let attempt = attempt_to_import(campaign_id);
        let mut edit = self.open_campaign(campaign_id, &attempt).await?;
        let basis = edit.read_basis(campaign_id).await?;
        if basis.is_over(edit.now) {
            return refuse(ImportRefusal::WrongState, "campaignId");
        }
        let plan = match basis.plan(sheet.rows) {
            Ok(plan) => plan,
            Err(error) => return refuse(ImportRefusal::Unusable(error), None),
        };
        let counts = plan.counts();
        let ImportMode::Apply { reason } = mode else {
            return Ok(Ok(plan));
        };
        if counts.faulty > 0 || counts.creates + counts.updates == 0 {
            return Ok(Ok(plan));
        }
        let import = Import {
            id: ImportId::new(),
            campaign_id,
            kind: ImportKind::Nominees,
            file_sha256: sheet.file_sha256,
            applied_at: edit.now,
        };
        match edit.apply_nominees(&import, &basis, &plan, reason).await? {
            Ok(event) => edit.commit(event).await?,
            Err(rejections) => return Ok(Err(rejections)),
        }
        Ok(Ok(plan))
    }
}

impl Edit {
    /// The campaign as this transaction sees it.
    pub(super) async fn read_basis(&mut self, id: CampaignId) -> Result<Basis> {
        let found: Option<Campaign> = campaign::find_locked(self.tx(), id).await?;
        let found = found.ok_or(Error::NotFound("campaign"))?;
        let categories = campaign::list_categories(self.tx(), id).await?;
        let nominees = campaign::list_nominees(self.tx(), id).await?;
        let voted = import::list_voted(self.tx(), id).await?;
        Ok(Basis {
            roster: Roster::new(found, categories, nominees),
            voted,
        })
    }

    /// Applies a plan without faulty rows; returns the event to commit it with.
    pub(super) async fn apply_nominees(
        &mut self,
        import: &Import,
        basis: &Basis,
        plan: &NomineePlan,
        reason: Option<&str>,
    ) -> Result<Answer<Event, ImportRefusal<NomineeField>>> {
        let given = reason.is_some();
        let reason = reason.and_then(checked_reason);
        let is_amendment = plan.renames() && !basis.voted.is_empty();
        if (is_amendment || given) && reason.is_none() {
            return refuse(ImportRefusal::ReasonRequired, "reason");
        }
        let mut changed = Changed::new(plan, &basis.roster);
        if let Some(reason) = reason.as_deref().filter(|_| is_amendment) {
            for (before, after) in changed.renamed() {
                self.amend(&after.name, &public_changes(before, after), reason)
                    .await?;
            }
        }
        self.store_nominees(import, &mut changed).await?;
        Ok(Ok(Event {
            reason,
            ..event_of(NOMINEES, import, plan.counts())
        }))
    }

    async fn store_nominees(&mut self, import: &Import, changed: &mut Changed<'_>) -> Result<()> {
        campaign::insert_nominees(self.tx(), &changed.created).await?;
        let updated: Vec<Nominee> = changed
            .updated
            .iter()
            .map(|(_, after)| after.clone())
            .collect();
        import::update_nominees(self.tx(), import.campaign_id, &updated).await?;
        let created = changed.created.iter().map(|after| change_of(None, after));
        let updated = changed.updated.iter();
        let updated = updated.map(|(before, after)| change_of(Some(before), after));
        let changes: Vec<ImportChange> = created.chain(updated).collect();
        Ok(import::insert(self.tx(), import, &changes).await?)
    }
}

/// The nominees that a plan without faulty rows makes and changes.
struct Changed<'a> {
    created: Vec<Nominee>,
    updated: Vec<(&'a Nominee, Nominee)>,
}

impl<'a> Changed<'a> {
    fn new(plan: &NomineePlan, roster: &'a Roster) -> Self {
        let known: HashMap<NomineeId, &Nominee> =
            roster.nominees().iter().map(|n| (n.id, n)).collect();
        let mut changed = Self {
            created: Vec::new(),
            updated: Vec::new(),
        };
        for row in &plan.rows {
            match &row.change {
                RowChange::Create(draft) => {
                    let new = Nominee {
                        id: NomineeId::new(),
                        campaign_id: roster.campaign().id,
                        category_id: draft.category_id,
                        number: 0,
                        name: String::new(),
                        employer: String::new(),
                        city: None,
                        title: None,
                        summary: String::new(),
                        portrait_url: None,
                        portrait_media: None,
                        status: NomineeStatus::Active,
                        edit_revision: 1,
                    };
                    changed.created.push(filled(new, draft));
                }
                RowChange::Update { id, value, .. } => {
                    let before = known[id];
                    let mut after = filled(before.clone(), value);
                    after.edit_revision += 1;
                    changed.updated.push((before, after));
                }
                RowChange::Unchanged(_) | RowChange::Faulty(_) => {}
            }
        }
        changed
    }

    /// The nominees that are told from others in another way than before.
    fn renamed(&self) -> impl Iterator<Item = (&Nominee, &Nominee)> {
        let updated = self.updated.iter().map(|(before, after)| (*before, after));
        updated.filter(|(before, after)| {
            (before.number, &before.name, &before.employer)
                != (after.number, &after.name, &after.employer)
        })
    }
}

fn filled(nominee: Nominee, draft: &NomineeDraft) -> Nominee {
    let fields = draft.fields.clone();
    Nominee {
        category_id: draft.category_id,
        number: fields.number,
        name: fields.name,
        employer: fields.employer,
        city: fields.city,
        title: fields.title,
        summary: fields.summary,
        ..nominee
    }
}

fn change_of(before: Option<&Nominee>, after: &Nominee) -> ImportChange {
    ImportChange {
        subject_id: after.id.0,
        subject_revision: after.edit_revision,
        changes: changes_between(before, after).as_slice().to_vec(),
    }
}

/// The event of an import, with its counts and the hash of its file.
pub(super) fn event_of(name: &'static str, import: &Import, counts: ImportCounts) -> Event {
    let mut changes = Changes::default();
    let mut hash = String::with_capacity(64);
    for byte in import.file_sha256 {
        // Writing to a text does not fail.
        let _ = write!(hash, "{byte:02x}");
    }
    changes.set("fileSha256", hash);
    changes.set("creates", counts.creates);
    changes.set("updates", counts.updates);
    changes.set("unchanged", counts.unchanged);
    let subject = Subject::new(SubjectKind::Import, import.id.0, import.kind.name());
    Event::new(name, subject, changes)
}
