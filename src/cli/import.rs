//! The commands that import spreadsheets, as the desk does.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aws_lc_rs::digest;
use clap::{Args, Subcommand};

use super::{Failure, open_existing, print};
use crate::app::desk::{Desk, ImportMode, ImportRefusal, Sheet};
use crate::clock::Clock;
use crate::config::StoreSettings;
use crate::domain::import::nominee::NomineePlan;
use crate::domain::import::{PlannedRow, RowChange, RowFault};
use crate::domain::nominee::NomineeField;
use crate::domain::sheet::{SheetError, SheetRow};
use crate::graphql::messages::Language;
use crate::ledger::campaign;
use crate::sheet::child::FILE_BYTES_MAX;
use crate::sheet::reader::{self, ReadError};
use crate::sheet::{AnnotatedSheet, FAULTS_TITLE, TableFormat, Template, template};

#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Add and change the nominees of a campaign: rows match by number, else by name and employer
    Nominees(Box<ImportNominees>),
    /// Write an empty sheet of nominees to fill in; a file that is there is not touched
    Template {
        /// Where to
        #[arg(value_name = "FILE.xlsx")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct ImportNominees {
    #[command(flatten)]
    store: StoreSettings,
    /// The campaign, by its name in addresses
    #[arg(long)]
    campaign: String,
    /// Say what it would change, and change nothing
    #[arg(long)]
    check: bool,
    /// The reason that the public reads; needed for names, numbers and employers after the first vote
    #[arg(long)]
    reason: Option<String>,
    /// Where to write the sheet with a column of what is wrong with its rows; a file that is there is not touched
    #[arg(long, value_name = "FILE.xlsx")]
    annotated: Option<PathBuf>,
    /// The sheet of nominees: an .xlsx or CSV file
    file: PathBuf,
}

/// Does what a command says.
pub(super) async fn import(command: ImportCommand) -> Result<ExitCode, Failure> {
    match command {
        ImportCommand::Nominees(import) => import_nominees(&import).await,
        ImportCommand::Template { file } => {
            make(&file)?.write_all(&template(Template::Nominees, TableFormat::Xlsx)?)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Imports a sheet of nominees, all rows or none.
async fn import_nominees(import: &ImportNominees) -> Result<ExitCode, Failure> {
    let database = open_existing(&import.store).await?;
    let slug = &import.campaign;
    let found = campaign::find_by_slug(&database, slug).await?;
    let id = found.ok_or_else(|| format!("--campaign: there is no campaign {slug}"))?;
    let (rows, file_sha256) = read(&import.file).await?;
    let sheet = Sheet {
        rows: &rows,
        file_sha256,
    };
    let reason = import.reason.as_deref();
    let mode = if import.check {
        ImportMode::Check
    } else {
        ImportMode::Apply { reason }
    };
    let desk = Desk::of_operator(&database, &Clock::System);
    let plan = match desk.import_nominees(id, sheet, mode).await? {
        Ok(plan) => plan,
        Err(rejections) => return Err(explain(&rejections[0].why).into()),
    };
    if let Some(path) = &import.annotated {
        annotate(&rows, &plan, path)?;
    }
    Ok(report(&plan, import.check))
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

fn explain(refusal: &ImportRefusal<NomineeField>) -> String {
    match refusal {
        ImportRefusal::Unusable(error) => {
            Language::English.import_error(error, Language::nominee_field)
        }
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
fn faults(row: &PlannedRow<NomineeField, impl Sized, impl Sized>) -> Vec<String> {
    let RowChange::Faulty(faults) = &row.change else {
        return Vec::new();
    };
    let language = Language::English;
    let text = |fault: &RowFault<NomineeField>| {
        language.row_fault(language.nominee_field(fault.field), fault.reason)
    };
    faults.iter().map(text).collect()
}

fn annotate(rows: &[SheetRow], plan: &NomineePlan, path: &Path) -> Result<(), Failure> {
    let mut sheet = AnnotatedSheet::new(TableFormat::Xlsx)?;
    let mut planned = plan.rows.iter().peekable();
    for row in rows {
        let row_plan = planned.next_if(|planned| planned.number == row.number);
        let note = match row_plan {
            Some(planned) => faults(planned).join(" "),
            None if row.number == plan.header_row => FAULTS_TITLE.to_owned(),
            None => String::new(),
        };
        sheet.write(row, &note)?;
    }
    Ok(sheet.finish(make(path)?)?)
}

/// A new file.
fn make(path: &Path) -> Result<File, Failure> {
    let made = File::create_new(path);
    Ok(made.map_err(|error| format!("{} cannot be made: {error}", path.display()))?)
}

/// Prints what the sheet changes, or what is wrong with its rows.
fn report(plan: &NomineePlan, is_check: bool) -> ExitCode {
    for row in &plan.rows {
        for fault in faults(row) {
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
    let verb = if is_check { "would be" } else { "were" };
    print(&format!(
        "{creates} nominees {verb} added, {updates} changed; {unchanged} stay as they are.\n"
    ));
    ExitCode::SUCCESS
}
