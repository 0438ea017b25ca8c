//! The commands about members of staff.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};

use super::organisation::find_organisation;
use super::{Failure, open_existing, print};
use crate::app::desk::{Desk, StaffAccount};
use crate::auth::password;
use crate::clock::Clock;
use crate::config::StoreSettings;
use crate::domain::access::StaffRole;
use crate::ledger::{Database, staff};

#[derive(Debug, Subcommand)]
pub(super) enum StaffCommand {
    /// Add a member of staff to an organisation, or give one a new name, password and role; the password is read from
    /// standard input
    Add(StaffAdd),
    /// List all members with their state and open sessions
    List {
        #[command(flatten)]
        store: StoreSettings,
    },
    /// Keep a member out, at once
    Disable(StaffMember),
    /// Let a member in again
    Enable(StaffMember),
    /// End all sessions of a member
    SignOut(StaffMember),
    /// Give a member a new password, read from standard input, and end all its sessions
    SetPassword(StaffMember),
    /// Remove the second factor of a member who has lost it
    ResetSecondFactor(StaffMember),
}

#[derive(Debug, Args)]
pub(super) struct StaffMember {
    #[command(flatten)]
    store: StoreSettings,
    /// E-mail address of the member
    #[arg(long)]
    email: String,
}

#[derive(Debug, Args)]
pub(super) struct StaffAdd {
    #[command(flatten)]
    store: StoreSettings,
    /// E-mail address to sign in with
    #[arg(long)]
    email: String,
    /// Name for people
    #[arg(long)]
    name: String,
    /// Organisation, by its name in addresses
    #[arg(long)]
    organisation: String,
    /// Role in it
    #[arg(long, value_enum)]
    role: RoleArgument,
}

/// A role, as the command line has it.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleArgument {
    /// Answers for everything, members too
    Owner,
    /// Runs campaigns
    Organiser,
    /// Writes stories
    Editor,
    /// Looks and changes nothing
    Auditor,
}

impl From<RoleArgument> for StaffRole {
    fn from(role: RoleArgument) -> Self {
        match role {
            RoleArgument::Owner => Self::Owner,
            RoleArgument::Organiser => Self::Organiser,
            RoleArgument::Editor => Self::Editor,
            RoleArgument::Auditor => Self::Auditor,
        }
    }
}

/// Does what a command says.
pub(super) async fn manage(command: StaffCommand) -> Result<ExitCode, Failure> {
    match command {
        StaffCommand::Add(add) => return add_staff(add).await,
        StaffCommand::List { store } => return list_staff(&store).await,
        StaffCommand::Disable(member) => {
            let (database, email) = open_for_member(&member).await?;
            let desk = Desk::of_operator(&database, &Clock::System);
            desk.set_staff_disabled(&email, true).await?;
            report(&email, "is disabled and signed out");
        }
        StaffCommand::Enable(member) => {
            let (database, email) = open_for_member(&member).await?;
            let desk = Desk::of_operator(&database, &Clock::System);
            desk.set_staff_disabled(&email, false).await?;
            report(&email, "can sign in");
        }
        StaffCommand::SignOut(member) => {
            let (database, email) = open_for_member(&member).await?;
            let desk = Desk::of_operator(&database, &Clock::System);
            desk.sign_out_staff(&email).await?;
            report(&email, "is signed out");
        }
        StaffCommand::SetPassword(member) => {
            let (database, email) = open_for_member(&member).await?;
            let hash = password::hash(&read_password()?)?;
            let desk = Desk::of_operator(&database, &Clock::System);
            desk.set_staff_password(&email, &hash).await?;
            report(&email, "has a new password and is signed out");
        }
        StaffCommand::ResetSecondFactor(member) => {
            let (database, email) = open_for_member(&member).await?;
            let desk = Desk::of_operator(&database, &Clock::System);
            let had_one = desk.reset_second_factor(&email).await?;
            report(
                &email,
                if had_one {
                    "has no second factor any more"
                } else {
                    "had no second factor"
                },
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The database, and the e-mail address of an account as it is stored.
async fn open_for_member(member: &StaffMember) -> Result<(Database, String), Failure> {
    let database = open_existing(&member.store).await?;
    let email = member.email.trim().to_lowercase();
    if staff::find_by_email(&database, &email).await?.is_none() {
        return Err(format!("there is no member of staff {email}").into());
    }
    Ok((database, email))
}

fn report(email: &str, what: &str) {
    print(&format!("{email} {what}.\n"));
}

async fn list_staff(store: &StoreSettings) -> Result<ExitCode, Failure> {
    let database = open_existing(store).await?;
    for member in staff::list(&database, Clock::System.now()).await? {
        let state = if member.disabled_at.is_some() {
            "disabled"
        } else {
            "active"
        };
        let (email, name, sessions) = (member.email, member.name, member.sessions);
        print(&format!("{email}\t{name}\t{state}\tsessions: {sessions}\n"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads a password from standard input.
fn read_password() -> Result<String, Failure> {
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    if !password::is_good(password) {
        let (min, max) = (password::CHARS_MIN, password::BYTES_MAX);
        return Err(format!(
            "the password must have at least {min} characters and at most {max} bytes"
        )
        .into());
    }
    Ok(password.to_owned())
}

async fn add_staff(add: StaffAdd) -> Result<ExitCode, Failure> {
    let database = open_existing(&add.store).await?;
    let password = read_password()?;
    let email = add.email.trim().to_lowercase();
    if !email.contains('@') {
        return Err("--email must be an e-mail address".into());
    }
    let organisation = find_organisation(&database, &add.organisation).await?;
    let hash = password::hash(&password)?;
    let desk = Desk::of_operator(&database, &Clock::System);
    let account = StaffAccount {
        email: &email,
        name: &add.name,
        password_hash: &hash,
    };
    let added = desk.add_staff(organisation.id, account, add.role.into());
    if added.await?.is_err() {
        return Err("--role: the organisation would have no owner: add another owner first".into());
    }
    print(&format!("{email} can sign in.\n"));
    Ok(ExitCode::SUCCESS)
}
