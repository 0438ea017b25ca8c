//! The commands about organisations.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Failure, open_existing, print};
use crate::app::desk::{Desk, OrganisationRefusal};
use crate::clock::Clock;
use crate::config::StoreSettings;
use crate::domain::organisation::Organisation;
use crate::ledger::{Database, organisation};

#[derive(Debug, Subcommand)]
pub(super) enum OrganisationCommand {
    /// Add an organisation
    Add(OrganisationAdd),
    /// List all organisations with their members
    List {
        #[command(flatten)]
        store: StoreSettings,
    },
}

#[derive(Debug, Args)]
pub(super) struct OrganisationAdd {
    #[command(flatten)]
    store: StoreSettings,
    /// Name in addresses: lower-case letters, digits and hyphens
    #[arg(long)]
    slug: String,
    /// Name for people
    #[arg(long)]
    name: String,
}

/// Does what a command says.
pub(super) async fn manage(command: OrganisationCommand) -> Result<ExitCode, Failure> {
    match command {
        OrganisationCommand::Add(add) => add_organisation(&add).await,
        OrganisationCommand::List { store } => list_organisations(&store).await,
    }
}

async fn add_organisation(add: &OrganisationAdd) -> Result<ExitCode, Failure> {
    let database = open_existing(&add.store).await?;
    let desk = Desk::of_operator(&database, &Clock::System);
    let made = desk.create_organisation(&add.slug, &add.name).await?;
    if let Err(rejections) = made {
        let why = match rejections[0].why {
            OrganisationRefusal::InvalidSlug => {
                "--slug must have 2 to 64 lower-case letters, digits and hyphens"
            }
            OrganisationRefusal::SlugTaken => "--slug is taken: there is such an organisation",
            OrganisationRefusal::InvalidName | OrganisationRefusal::StaleObject => {
                "--name must have 1 to 200 characters"
            }
        };
        return Err(why.into());
    }
    print(&format!("The organisation {} is there.\n", add.slug));
    Ok(ExitCode::SUCCESS)
}

async fn list_organisations(store: &StoreSettings) -> Result<ExitCode, Failure> {
    let database = open_existing(store).await?;
    let directory = organisation::read_directory(&database, 0).await?;
    for organisation in directory.organisations() {
        print(&format!("{}\t{}\n", organisation.slug, organisation.name));
        for member in directory.members(organisation.id) {
            let role = member.role.name().to_lowercase();
            print(&format!("\t{}\t{}\t{role}\n", member.email, member.name));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The organisation of a command.
pub(super) async fn find_organisation(
    database: &Database,
    slug: &str,
) -> Result<Organisation, Failure> {
    let found = organisation::find_by_slug(database, slug).await?;
    found.ok_or_else(|| {
        format!("--organisation: there is no {slug} (see `acclaim organisation list`)").into()
    })
}
