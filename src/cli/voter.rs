//! The commands about voters.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Failure, open_existing, print};
use crate::app::forgetting::Forgetter;
use crate::clock::Clock;
use crate::config::{IdentitySettings, RetentionSettings, StoreSettings};
use crate::graphql::node_id::GlobalId;

#[derive(Debug, Subcommand)]
pub(super) enum VoterCommand {
    /// Forget a voter who asks for it, as soon as nobody can vote twice by it and no result is disputed any more
    Forget(Forget),
}

#[derive(Debug, Args)]
pub(super) struct Forget {
    #[command(flatten)]
    store: StoreSettings,
    #[command(flatten)]
    identity: IdentitySettings,
    #[command(flatten)]
    retention: RetentionSettings,
    /// Id of the voter, which it finds on the page that shows what is kept of it
    id: String,
}

/// Does what a command says.
pub(super) async fn manage(command: VoterCommand) -> Result<ExitCode, Failure> {
    match command {
        VoterCommand::Forget(forget) => forget_voter(&forget).await,
    }
}

async fn forget_voter(forget: &Forget) -> Result<ExitCode, Failure> {
    let key = forget.identity.hash_key()?;
    let Ok(GlobalId::Voter(voter)) = GlobalId::decode(&key, &forget.id.as_str().into()) else {
        return Err("ID: it must be a voter's, as this server gave it out".into());
    };
    let database = open_existing(&forget.store).await?;
    let forgetter = Forgetter {
        database: &database,
        now: Clock::System.now(),
        retention: forget.retention.voter_retention(),
    };
    let Some(due) = forgetter.request(voter).await? else {
        return Err("ID: there is no such voter, or nothing is kept of it any more".into());
    };
    forgetter.forget_requests().await?;
    let due = due.format("%Y-%m-%d %H:%M");
    print(&format!(
        "The voter is signed out. A server forgets it within minutes from {due} UTC on.\n"
    ));
    Ok(ExitCode::SUCCESS)
}
