//! Identities that a voter gets beside those that it has.

use chrono::{DateTime, Utc};

use super::{Identity, SignedIn, find_canonical, insert_identities, link, list_holders};
use crate::id::VoterId;
use crate::ledger::Database;

/// Joins identities with a voter, who proved both at one moment: those that nobody has become its own, and whoever has
/// the others is linked to it. None where there is no such voter any more.
pub async fn join(
    database: &Database,
    id: VoterId,
    identities: &[Identity<'_>],
    now: DateTime<Utc>,
) -> sqlx::Result<Option<SignedIn>> {
    let mut tx = database.begin("join_identities").await?;
    let Some(id) = find_canonical(&mut tx, id).await? else {
        return Ok(None);
    };
    insert_identities(&mut tx, id, identities, now).await?;
    let mut found = list_holders(&mut tx, identities).await?;
    found.retain(|holder| *holder != id);
    let joined = if found.is_empty() {
        let linked = Vec::new();
        SignedIn { id, linked }
    } else {
        found.push(id);
        link(&mut tx, found, now).await?
    };
    tx.commit().await?;
    Ok(Some(joined))
}
