//! Imports of spreadsheets: their progress, their plans and what is wrong with their rows.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::import_code::{ImportFailureCode, ImportFaultCode};
use super::scalars::{Long, Timestamp};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::import::RowFaultReason;
use crate::domain::import::staged::{self, RowFaults, StagedRow};
use crate::error::Error;
use crate::graphql::connection::{Connection, PageArgs, PageInfo, PageSlice, decode_cursor};
use crate::graphql::messages::Language;
use crate::graphql::node_id::{Cursor, GlobalId};
use crate::graphql::{app, requester};
use crate::id::{CampaignId, ImportId, OrganisationId};
use crate::ledger::import::job::{self as import_job, ImportJob};
use crate::ledger::import::{self, row as import_row};

/// The kind of what a sheet has in its rows.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "import::ImportKind")]
pub(in crate::graphql) enum ImportKind {
    /// Nominees.
    Nominees,
    /// Stories.
    Stories,
}

/// The state of an import.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "import_job::ImportStatus")]
pub(super) enum ImportStatus {
    /// The sheet is read and checked.
    Reading,
    /// The plan can be looked at, and applied where no row is faulty.
    Checked,
    /// The plan is being applied.
    Applying,
    /// The campaign is as the sheet says.
    Applied,
    /// There is no plan: see `failure`.
    Failed,
}

/// The change that a row makes.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "staged::StagedChange")]
pub(super) enum ImportChange {
    /// It is new.
    Create,
    /// It is there and is changed.
    Update,
    /// It is there as the row says.
    Unchanged,
    /// It cannot be taken: nothing is applied until it is mended.
    Faulty,
}

/// The reason why a sheet has no plan.
#[derive(SimpleObject)]
pub(super) struct ImportFailure {
    /// The reason.
    code: ImportFailureCode,
    /// A text for people, in the language of the request: it says what to do.
    message: String,
}

/// A reason why a row cannot be taken.
#[derive(SimpleObject, Clone)]
pub(super) struct ImportFault {
    /// The field whose column has to be mended, by its name in the API.
    field: &'static str,
    /// The reason.
    code: ImportFaultCode,
    /// A text for people, in the language of the request.
    message: String,
}

/// A row of data of a sheet.
#[derive(SimpleObject, Clone)]
pub(super) struct ImportRow {
    /// Its number, as spreadsheet programs show it.
    number: i32,
    /// The change that it makes.
    change: ImportChange,
    /// Its name for people, as far as it has one.
    label: Option<String>,
    /// The fields that differ from what there is, by their names in the API.
    changed_fields: Vec<String>,
    /// The reasons why it cannot be taken.
    faults: Vec<ImportFault>,
}

/// A row in a list.
#[derive(SimpleObject)]
pub(super) struct ImportRowEdge {
    /// Its position in the list.
    cursor: String,
    /// The row.
    node: ImportRow,
}

/// A page of the rows of a sheet.
#[derive(SimpleObject)]
pub(super) struct ImportRowConnection {
    /// The rows with their cursors.
    edges: Vec<ImportRowEdge>,
    /// The rows.
    nodes: Vec<ImportRow>,
    /// The bounds of the page.
    page_info: PageInfo,
}

/// An import of a spreadsheet.
#[derive(Clone)]
pub(in crate::graphql) struct Import {
    app: Arc<App>,
    job: Arc<ImportJob>,
}

impl Import {
    fn new(app: &Arc<App>, job: ImportJob) -> Self {
        Self {
            app: Arc::clone(app),
            job: Arc::new(job),
        }
    }

    /// The import with this id, as it stands now, for those who have just changed it.
    pub(in crate::graphql) async fn find(ctx: &Context<'_>, id: ImportId) -> Result<Option<Self>> {
        let app = app(ctx);
        let found = import_job::find(&app.database, id).await;
        let job = found.map_err(Error::from)?;
        let job = job.filter(|job| app.may_read_import(requester(ctx).viewer, job));
        Ok(job.map(|job| Self::new(app, job)))
    }
}

/// An import of a spreadsheet, on its way or applied; kept for a week, and for ever once it is applied.
#[Object]
impl Import {
    /// Its id.
    pub(super) async fn id(&self) -> ID {
        GlobalId::Import(self.job.id).encode(&self.app.hash_key)
    }

    /// The kind of what its rows are.
    async fn kind(&self) -> ImportKind {
        self.job.kind.into()
    }

    /// Its state: ask again until it is no longer READING.
    async fn status(&self) -> ImportStatus {
        self.job.status(self.app.clock.now()).into()
    }

    /// Moves with every new plan: send it when you apply the one that you have looked at.
    async fn edit_revision(&self) -> Long {
        Long(self.job.edit_revision)
    }

    /// Rows of data in the sheet; 0 until they are known.
    async fn total_rows(&self) -> Long {
        Long(self.job.total_rows)
    }

    /// Rows that are checked.
    async fn read_rows(&self) -> Long {
        Long(self.job.read_rows)
    }

    /// Rows that create.
    async fn creates(&self) -> Long {
        Long(self.job.creates)
    }

    /// Rows that update.
    async fn updates(&self) -> Long {
        Long(self.job.updates)
    }

    /// Rows that change nothing.
    async fn unchanged(&self) -> Long {
        Long(self.job.unchanged)
    }

    /// Rows that cannot be taken: nothing is applied while there are any.
    async fn faulty(&self) -> Long {
        Long(self.job.faulty)
    }

    /// Headers that are none that are known: their columns are not imported.
    async fn unknown_columns(&self) -> &[String] {
        &self.job.unknown_columns
    }

    /// The time of its making.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.job.created_at)
    }

    /// The time at which it failed or was applied; null until then.
    async fn finished_at(&self) -> Option<Timestamp> {
        self.job.finished_at.map(Timestamp)
    }

    /// The reason why there is no plan; null unless it has failed.
    async fn failure(&self, ctx: &Context<'_>) -> Option<ImportFailure> {
        let failure = self.job.failure.as_ref()?;
        Some(ImportFailure {
            code: failure.into(),
            message: requester(ctx).language.import_failure(failure),
        })
    }

    /// The rows of data in their order, once all are checked; those of an import that was applied are kept for a week.
    async fn rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "Only those that cannot be taken.", default)] only_faulty: bool,
    ) -> Result<ImportRowConnection> {
        let args = PageArgs::new(first, after, None, None)?;
        let key = &self.app.hash_key;
        let after = decode_cursor(key, args.after.as_ref(), |cursor| match cursor {
            Cursor::ImportRow(number) => Some(number),
            _ => None,
        })?;
        let (database, id) = (&self.app.database, self.job.id);
        let place = after.unwrap_or_default();
        let status = self.job.status(self.app.clock.now());
        let rows = if matches!(
            status,
            import_job::ImportStatus::Reading | import_job::ImportStatus::Failed
        ) {
            Vec::new()
        } else {
            let rows = import_row::list(database, id, only_faulty, place, one_more(&args));
            rows.await.map_err(Error::from)?
        };
        let slice = slice_of(rows, &args, after.is_some());
        let language = requester(ctx).language;
        let to_node = |row: StagedRow| {
            let cursor = Cursor::ImportRow(row.number).encode(key);
            (cursor, ImportRow::new(row, language))
        };
        let Connection {
            edges,
            nodes,
            page_info,
        } = Connection::new(slice, to_node, |cursor, node| ImportRowEdge {
            cursor,
            node,
        });
        Ok(ImportRowConnection {
            edges,
            nodes,
            page_info,
        })
    }

    /// A link, good for ten minutes, to the sheet with a first column that says what is wrong with each row, to be
    /// mended and sent anew; null where nothing is wrong. A path of this server where its public address is not set.
    async fn annotated_file_url(&self) -> Option<String> {
        let origin = self.app.public_url.as_deref().unwrap_or_default();
        let path = self.app.annotated_path(&self.job)?;
        Some(format!("{origin}{path}"))
    }
}

impl ImportRow {
    fn new(row: StagedRow, language: Language) -> Self {
        Self {
            number: super::to_i32(row.number),
            change: row.change.into(),
            label: Some(row.label).filter(|label| !label.is_empty()),
            changed_fields: row.planned,
            faults: faults_of(&row.faults, language),
        }
    }
}

fn faults_of(faults: &RowFaults, language: Language) -> Vec<ImportFault> {
    let fault = |field, reason: RowFaultReason, name| ImportFault {
        field,
        code: reason.into(),
        message: language.row_fault(name, reason),
    };
    match faults {
        RowFaults::Nominees(faults) => faults
            .iter()
            .map(|f| fault(f.field.name(), f.reason, language.nominee_field(f.field)))
            .collect(),
        RowFaults::Stories(faults) => faults
            .iter()
            .map(|f| fault(f.field.name(), f.reason, language.story_field(f.field)))
            .collect(),
    }
}

/// An import in a list.
#[derive(SimpleObject)]
pub(super) struct ImportEdge {
    /// Its position in the list.
    cursor: String,
    /// The import.
    node: Import,
}

/// A page of imports.
#[derive(SimpleObject)]
pub(super) struct ImportConnection {
    /// The imports with their cursors.
    edges: Vec<ImportEdge>,
    /// The imports.
    nodes: Vec<Import>,
    /// The bounds of the page.
    page_info: PageInfo,
}

/// The imports of a campaign, newest first; none for viewers who may not see records.
pub(super) async fn list_imports(
    ctx: &Context<'_>,
    organisation_id: OrganisationId,
    campaign_id: CampaignId,
    args: &PageArgs,
) -> Result<ImportConnection> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    let key = &app.hash_key;
    let after = decode_cursor(key, args.after.as_ref(), |cursor| match cursor {
        Cursor::Import(id) => Some(id),
        _ => None,
    })?;
    let jobs = if app.may(viewer, organisation_id, Action::ReadRecords) {
        let jobs = import_job::list(&app.database, campaign_id, after, one_more(args));
        jobs.await.map_err(Error::from)?
    } else {
        Vec::new()
    };
    let to_node = |job: ImportJob| (Cursor::Import(job.id).encode(key), Import::new(app, job));
    let slice = slice_of(jobs, args, after.is_some());
    let Connection {
        edges,
        nodes,
        page_info,
    } = Connection::new(slice, to_node, |cursor, node| ImportEdge { cursor, node });
    Ok(ImportConnection {
        edges,
        nodes,
        page_info,
    })
}

/// The imports of `ids` that the requester may see.
pub(super) async fn find_imports(
    ctx: &Context<'_>,
    ids: Vec<ImportId>,
) -> Result<HashMap<ImportId, Import>> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    if ids.is_empty() || viewer.staff().is_none() {
        return Ok(HashMap::new());
    }
    let ids = ids.into_iter().map(|id| id.0).collect();
    let jobs = import_job::list_by_ids(&app.database, ids).await;
    let jobs = jobs.map_err(Error::from)?.into_iter();
    Ok(jobs
        .filter(|job| app.may_read_import(viewer, job))
        .map(|job| (job.id, Import::new(app, job)))
        .collect())
}

/// One entry beyond the page tells whether there are more.
fn one_more(args: &PageArgs) -> i64 {
    i64::try_from(args.limit).unwrap_or(i64::MAX - 1) + 1
}

fn slice_of<T>(mut entries: Vec<T>, args: &PageArgs, has_previous: bool) -> PageSlice<T> {
    let has_next = entries.len() > args.limit;
    entries.truncate(args.limit);
    PageSlice {
        entries,
        has_previous,
        has_next,
    }
}
