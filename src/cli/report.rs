//! The command that makes a report of a campaign and writes it in all its forms.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use data_encoding::HEXLOWER;

use super::campaign::find_campaign;
use super::{Failure, open_existing, print};
use crate::app::desk::Desk;
use crate::app::reports::{TakenReport, workbook};
use crate::clock::Clock;
use crate::config::StoreSettings;
use crate::domain::report::words::ReportLanguage;
use crate::error::Error;
use crate::graphql::messages::Language;
use crate::print::report::document;

#[derive(Debug, Args)]
pub(super) struct Report {
    #[command(flatten)]
    store: StoreSettings,
    /// Name of the campaign in addresses
    #[arg(long)]
    campaign: String,
    /// Folder to write report.html, report.xlsx and report.json into; files that are there are not touched
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Language of the texts
    #[arg(long, value_enum, default_value = "zh")]
    language: LanguageArgument,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LanguageArgument {
    /// Chinese
    Zh,
    /// English
    En,
}

impl From<LanguageArgument> for ReportLanguage {
    fn from(language: LanguageArgument) -> Self {
        match language {
            LanguageArgument::Zh => Self::Chinese,
            LanguageArgument::En => Self::English,
        }
    }
}

/// Makes the report and writes the files.
pub(super) async fn report(report: &Report) -> Result<ExitCode, Failure> {
    let database = open_existing(&report.store).await?;
    let campaign_id = find_campaign(&database, &report.campaign).await?;
    let shown = report.out.display();
    std::fs::create_dir_all(&report.out)
        .map_err(|error| format!("{shown} cannot be made: {error}"))?;
    // A report is kept for ever: none is made that cannot be written.
    let paths = ["html", "xlsx", "json"].map(|ending| report.out.join(format!("report.{ending}")));
    for path in &paths {
        if path.exists() {
            return Err(format!("{} is there already", path.display()).into());
        }
    }
    let desk = Desk::of_operator(&database, &Clock::System);
    let created = match desk.create_report(campaign_id, None).await {
        Ok(created) => created,
        Err(Error::Internal(cause)) => return Err(cause),
        Err(error) => return Err(error.into()),
    };
    let taken = match created {
        Ok((_, Some(taken))) => taken,
        Ok((_, None)) => return Err("the report was made before".into()),
        Err(rejections) => {
            let texts = rejections.iter();
            let texts: Vec<&str> = texts
                .map(|rejection| Language::English.report_refusal(rejection.why))
                .collect();
            return Err(texts.join(" ").into());
        }
    };
    write(&paths, taken, report.language.into()).await?;
    print(&format!(
        "{shown} has report.html, report.xlsx and report.json.\n"
    ));
    Ok(ExitCode::SUCCESS)
}

async fn write(
    [html, xlsx, json]: &[PathBuf; 3],
    taken: TakenReport,
    language: ReportLanguage,
) -> Result<(), Failure> {
    let sha256 = HEXLOWER.encode(&taken.sha256);
    let page = document(&taken.snapshot, &taken.text, &sha256, language);
    write_new(html, page.as_bytes())?;
    // The very bytes that were hashed: `sha256sum report.json` says so.
    write_new(json, taken.text.as_bytes())?;
    write_new(xlsx, &workbook(taken.snapshot, sha256, language).await?)
}

fn write_new(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let written = File::create_new(path).and_then(|mut file| file.write_all(content));
    Ok(written.map_err(|error| format!("{} cannot be written: {error}", path.display()))?)
}
