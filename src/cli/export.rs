//! The command that writes a table of a campaign into a file, over the same code as the exports of the desk.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::campaign::find_campaign;
use super::{Failure, open_existing, print};
use crate::app::desk::Desk;
use crate::app::exports::writing::{TableRequest, WritingError, write_table};
use crate::auth::keyed_hash::HashKey;
use crate::clock::Clock;
use crate::config::{IdentitySettings, StoreSettings};
use crate::domain::export::{ExportKind, TableFormat};
use crate::error::Error;
use crate::graphql::messages::Language;
use crate::ledger::Database;

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    store: StoreSettings,
    #[command(flatten)]
    identity: IdentitySettings,
    /// Name of the campaign in addresses
    #[arg(long)]
    campaign: String,
    /// Table to write; for ballots the identity secret is needed, which makes the pseudonyms
    #[arg(long, value_enum)]
    kind: KindArgument,
    /// Where to, in the format that the name ends with: .xlsx or .csv; a file that is there is not touched
    #[arg(long, value_name = "FILE.xlsx|.csv", value_parser = parse_file)]
    out: (PathBuf, TableFormat),
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindArgument {
    /// Nominees with their votes and ranks
    Tally,
    /// Votes by minute, nominee and client
    Turnout,
    /// All votes, their voters by pseudonym
    Ballots,
    /// Stories with their likes and views
    Stories,
    /// The entries of the audit log that are about the campaign
    AuditLog,
}

impl From<KindArgument> for ExportKind {
    fn from(kind: KindArgument) -> Self {
        match kind {
            KindArgument::Tally => Self::Tally,
            KindArgument::Turnout => Self::Turnout,
            KindArgument::Ballots => Self::Ballots,
            KindArgument::Stories => Self::Stories,
            KindArgument::AuditLog => Self::AuditLog,
        }
    }
}

fn parse_file(text: &str) -> Result<(PathBuf, TableFormat), String> {
    let path = PathBuf::from(text);
    let formats = [TableFormat::Xlsx, TableFormat::Csv];
    let ending = path.extension().and_then(std::ffi::OsStr::to_str);
    let format = formats
        .into_iter()
        .find(|format| ending.is_some_and(|found| found.eq_ignore_ascii_case(format.ending())));
    let format = format.ok_or("write a name that ends with .xlsx or .csv")?;
    Ok((path, format))
}

/// Writes the table.
pub(super) async fn export(export: &Export) -> Result<ExitCode, Failure> {
    let database = open_existing(&export.store).await?;
    let kind = ExportKind::from(export.kind);
    let key = find_key(export, kind, &database).await?;
    let campaign_id = find_campaign(&database, &export.campaign).await?;
    let (path, format) = &export.out;
    let request = TableRequest {
        campaign_id,
        kind,
        format: *format,
    };
    let shown = path.display();
    let file = File::create_new(path);
    let file = file.map_err(|error| format!("{shown} cannot be made: {error}"))?;
    let desk = Desk::of_operator(&database, &Clock::System);
    let written = async {
        desk.record_export(campaign_id, kind, *format).await?;
        write_table(&database, &key, request, file).await
    };
    match written.await {
        Ok((rows, _)) => {
            print(&format!("{shown} has {rows} rows.\n"));
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            remove(path);
            Err(match error {
                WritingError::Failed(failure) => Language::English.export_failure(failure).into(),
                WritingError::Interrupted(Error::Internal(cause)) => cause,
                WritingError::Interrupted(error) => error.into(),
            })
        }
    }
}

/// The key of pseudonyms, which is that of the installation. Other tables have none in them, and need no secret.
async fn find_key(
    export: &Export,
    kind: ExportKind,
    database: &Database,
) -> Result<HashKey, Failure> {
    if kind != ExportKind::Ballots {
        return Ok(HashKey::new(&[]));
    }
    let key = export.identity.hash_key()?;
    let instance = database.instance().await?;
    database
        .check_identity(&instance, &key.fingerprint())
        .await?;
    Ok(key)
}

/// Removes half a file; where that fails, too, its owner sees it.
fn remove(path: &Path) {
    let _ = std::fs::remove_file(path);
}
