//! The commands about members of staff.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Failure, open_existing, print};
use crate::auth::password;
use crate::clock::Clock;
use crate::config::StoreSettings;
use crate::ledger::{Database, staff};

/// Characters of a staff password at least (NIST SP 800-63B asks for 8, and 15 where it stands alone).
const PASSWORD_CHARS_MIN: usize = 12;

#[derive(Debug, Subcommand)]
pub(super) enum StaffCommand {
    /// Add a member of staff, or give one a new name and password; the password is read from standard input
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
}

/// Does what a command says.
pub(super) async fn manage(command: StaffCommand) -> Result<ExitCode, Failure> {
    match command {
        StaffCommand::Add(add) => return add_staff(add).await,
        StaffCommand::List { store } => return list_staff(&store).await,
        StaffCommand::Disable(member) => {
            let (database, email) = open_for_member(&member).await?;
            let disabled_at = Some(Clock::System.now());
            let found = staff::set_disabled(&database, &email, disabled_at).await?;
            report_member(found, &email, "is disabled and signed out")?;
        }
        StaffCommand::Enable(member) => {
            let (database, email) = open_for_member(&member).await?;
            let found = staff::set_disabled(&database, &email, None).await?;
            report_member(found, &email, "can sign in")?;
        }
        StaffCommand::SignOut(member) => {
            let (database, email) = open_for_member(&member).await?;
            let found = staff::find_by_email(&database, &email).await?.is_some();
            staff::sign_out(&database, &email, Clock::System.now()).await?;
            report_member(found, &email, "is signed out")?;
        }
        StaffCommand::SetPassword(member) => {
            let (database, email) = open_for_member(&member).await?;
            let hash = password::hash(&read_password()?)?;
            let found = staff::set_password(&database, &email, &hash, Clock::System.now()).await?;
            report_member(found, &email, "has a new password and is signed out")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The database, and the e-mail address as it is stored.
async fn open_for_member(member: &StaffMember) -> Result<(Database, String), Failure> {
    let database = open_existing(&member.store).await?;
    Ok((database, member.email.trim().to_lowercase()))
}

fn report_member(found: bool, email: &str, what: &str) -> Result<(), Failure> {
    if !found {
        return Err(format!("there is no member of staff {email}").into());
    }
    print(&format!("{email} {what}.\n"));
    Ok(())
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
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(
            format!("the password must have at least {PASSWORD_CHARS_MIN} characters").into(),
        );
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
    let hash = password::hash(&password)?;
    staff::upsert(&database, &email, &add.name, &hash, Clock::System.now()).await?;
    print(&format!("{email} can sign in.\n"));
    Ok(ExitCode::SUCCESS)
}
