//! The commands that import spreadsheets, as the desk does.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aws_lc_rs::digest;
use clap::{Args, Subcommand, ValueEnum};

use super::{Failure, open_existing, print};
use crate::app::desk::{Answer, Desk, ImportMode, ImportRefusal, Sheet};
use crate::clock::Clock;
use crate::config::StoreSettings;
use crate::domain::export::TableFormat;
use crate::domain::import::columns::FAULTS_TITLE;
use crate::domain::import::{ImportPlan, PlannedRow, RowChange, RowFault};
use crate::domain::sheet::{SheetError, SheetRow};
use crate::graphql::messages::Language;
use crate::id::CampaignId;
use crate::ledger::{Database, campaign};
use crate::sheet::child::FILE_BYTES_MAX;
use crate::sheet::reader::{self, ReadError};
use crate::sheet::{AnnotatedSheet, Template, template};

#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Add and change the nominees of a campaign: rows match by number, else by name and employer
    Nominees(Box<ImportNominees>),
    /// Add and change the stories of a campaign: rows match by headline; new ones are drafts
    Stories(Box<ImportSheet>),
    /// Write an empty sheet to fill in; a file that is there is not touched
    Template {
        /// The kind of its rows
        #[arg(long, value_enum, default_value_t = Kind::Nominees)]
        kind: Kind,
        /// Where to
        #[arg(value_name = "FILE.xlsx")]
        file: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Kind {
    Nominees,
    Stories,
}

#[derive(Debug, Args)]
pub(super) struct ImportNominees {
    #[command(flatten)]
    sheet: ImportSheet,
    /// The reason that the public reads; needed for names, numbers and employers after the first vote
    #[arg(long)]
    reason: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ImportSheet {
    #[command(flatten)]
    store: StoreSettings,
    /// The campaign, by its name in addresses
    #[arg(long)]
    campaign: String,
    /// Say what it would change, and change nothing
    #[arg(long)]
    check: bool,
    /// Where to write the sheet with a column of what is wrong with its rows; a file that is there is not touched
    #[arg(long, value_name = "FILE.xlsx")]
    annotated: Option<PathBuf>,
    /// The sheet: an .xlsx or CSV file
    file: PathBuf,
}

/// Does what a command says.
pub(super) async fn import(command: ImportCommand) -> Result<ExitCode, Failure> {
    match command {
        ImportCommand::Nominees(import) => import_nominees(&import).await,
        ImportCommand::Stories(import) => import_stories(&import).await,
        ImportCommand::Template { kind, file } => {
            let kind = match kind {
                Kind::Nominees => Template::Nominees,
                Kind::Stories => Template::Stories,
            };
            make(&file)?.write_all(&template(kind, TableFormat::Xlsx)?)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Imports a sheet of nominees, all rows or none.
async fn import_nominees(import: &ImportNominees) -> Result<ExitCode, Failure> {
    let ready = Ready::new(&import.sheet).await?;
    let mode = import.sheet.mode(import.reason.as_deref());
    let desk = Desk::of_operator(&ready.database, &Clock::System);
    let imported = desk.import_nominees(ready.campaign_id, ready.sheet(), mode);
    let words = Words {
        noun: "nominees",
        field: Language::nominee_field,
    };
    words.finish(
        import.sheet.annotated.as_deref(),
        &ready,
        imported.await?,
        mode,
    )
}

/// Imports a sheet of stories, all rows or none.
async fn import_stories(import: &ImportSheet) -> Result<ExitCode, Failure> {
    let ready = Ready::new(import).await?;
    let mode = import.mode(None);
    let desk = Desk::of_operator(&ready.database, &Clock::System);
    let imported = desk.import_stories(ready.campaign_id, ready.sheet(), mode);
    let words = Words {
        noun: "stories",
        field: Language::story_field,
    };
    words.finish(import.annotated.as_deref(), &ready, imported.await?, mode)
}

impl ImportSheet {
    fn mode<'a>(&self, reason: Option<&'a str>) -> ImportMode<'a> {
        if self.check {
            ImportMode::Check
        } else {
            ImportMode::Apply { reason }
        }
    }
}

/// A sheet that was read, and the campaign that it is for.
struct Ready {
    database: Database,
    campaign_id: CampaignId,
    rows: Vec<SheetRow>,
    file_sha256: [u8; 32],
}

impl Ready {
    async fn new(import: &ImportSheet) -> Result<Self, Failure> {
        let database = open_existing(&import.store).await?;
        let slug = &import.campaign;
        let found = campaign::find_by_slug(&database, slug).await?;
        let campaign_id =
            found.ok_or_else(|| format!("--campaign: there is no campaign {slug}"))?;
        let (rows, file_sha256) = read(&import.file).await?;
        Ok(Self {
            database,
            campaign_id,
            rows,
            file_sha256,
        })
    }

    fn sheet(&self) -> Sheet<'_> {
        Sheet {
            rows: &self.rows,
            file_sha256: self.file_sha256,
        }
    }
}

/// The rows of a file, and its hash.
async fn read(path: &Path) -> Result<(Vec<SheetRow>, [u8; 32]), Failure> {
    let shown = path.display();
    let open = || File::open(path).map_err(|error| format!("{shown} cannot be read: {error}"));
    let mut bytes = Vec::new();
    open()?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    let hash = digest::digest(&digest::SHA256, &bytes);
    let program = std::env::current_exe()?;
    let rows = reader::read(&program, open()?)
        .await
        .map_err(|error| match error {
            ReadError::Sheet(error) => sheet_error(error).into(),
            ReadError::Reader(_) => Failure::from(error),
        })?;
    Ok((rows, hash.as_ref().try_into()?))
}

fn sheet_error(error: SheetError) -> &'static str {
    Language::English.sheet_error(error)
}

/// The words for a kind of sheet.
struct Words<F> {
    noun: &'static str,
    /// The name of a field.
    field: fn(Language, F) -> &'static str,
}

impl<F: Copy> Words<F> {
    /// Writes the annotated sheet, where it is wanted, and prints what came of it.
    fn finish<T, I>(
        &self,
        annotated: Option<&Path>,
        ready: &Ready,
        answer: Answer<ImportPlan<F, T, I>, ImportRefusal<F>>,
        mode: ImportMode<'_>,
    ) -> Result<ExitCode, Failure> {
        let plan = match answer {
            Ok(plan) => plan,
            Err(rejections) => return Err(self.explain(&rejections[0].why).into()),
        };
        if let Some(path) = annotated {
            self.annotate(&ready.rows, &plan, path)?;
        }
        Ok(self.report(&plan, matches!(mode, ImportMode::Check)))
    }

    fn explain(&self, refusal: &ImportRefusal<F>) -> String {
        match refusal {
            ImportRefusal::Unusable(error) => Language::English.import_error(error, self.field),
            ImportRefusal::WrongState => {
                "The result of the campaign is out: its list stays as it is.".to_owned()
            }
            ImportRefusal::ReasonRequired => {
                "--reason is needed, with at most 500 characters: votes are cast, and names, \
                numbers or employers would change."
                    .to_owned()
            }
        }
    }

    /// The faults of a row, as sentences.
    fn faults<T, I>(&self, row: &PlannedRow<F, T, I>) -> Vec<String> {
        let RowChange::Faulty(faults) = &row.change else {
            return Vec::new();
        };
        let language = Language::English;
        let text = |fault: &RowFault<F>| {
            language.row_fault((self.field)(language, fault.field), fault.reason)
        };
        faults.iter().map(text).collect()
    }

    fn annotate<T, I>(
        &self,
        rows: &[SheetRow],
        plan: &ImportPlan<F, T, I>,
        path: &Path,
    ) -> Result<(), Failure> {
        let mut sheet = AnnotatedSheet::new(TableFormat::Xlsx)?;
        let mut planned = plan.rows.iter().peekable();
        for row in rows {
            let row_plan = planned.next_if(|planned| planned.number == row.number);
            let note = match row_plan {
                Some(planned) => self.faults(planned).join(" "),
                None if row.number == plan.header_row => FAULTS_TITLE.to_owned(),
                None => String::new(),
            };
            sheet.write(row, &note)?;
        }
        Ok(sheet.finish(make(path)?)?)
    }

    /// Prints what the sheet changes, or what is wrong with its rows.
    fn report<T, I>(&self, plan: &ImportPlan<F, T, I>, is_check: bool) -> ExitCode {
        for row in &plan.rows {
            for fault in self.faults(row) {
                print(&format!("Row {}: {fault}\n", row.number));
            }
        }
        if !plan.unknown_columns.is_empty() {
            let columns = plan.unknown_columns.join(", ");
            print(&format!(
                "Not imported, since no such columns are known: {columns}\n"
            ));
        }
        let counts = plan.counts();
        let (creates, updates, unchanged) = (counts.creates, counts.updates, counts.unchanged);
        if counts.faulty > 0 {
            let faulty = counts.faulty;
            print(&format!("Nothing was changed: {faulty} rows are faulty.\n"));
            return ExitCode::FAILURE;
        }
        let (noun, verb) = (self.noun, if is_check { "would be" } else { "were" });
        print(&format!(
            "{creates} {noun} {verb} added, {updates} changed; {unchanged} stay as they are.\n"
        ));
        ExitCode::SUCCESS
    }
}

/// A new file.
fn make(path: &Path) -> Result<File, Failure> {
    let made = File::create_new(path);
    Ok(made.map_err(|error| format!("{} cannot be made: {error}", path.display()))?)
}
