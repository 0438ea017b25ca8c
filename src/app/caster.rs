//! Voters who cast.

use super::Client;
use super::circumstances::Visit;
use crate::auth::Viewer;
use crate::error::Result;
use crate::id::VoterId;

/// A voter who casts, with its client and visit. There is none for other viewers, so nothing behind it has to ask.
#[derive(Debug, Clone, Copy)]
pub struct Caster<'a> {
    pub(super) viewer: Viewer,
    pub(super) voter_id: VoterId,
    pub(super) client: &'a Client,
    pub(super) visit: Visit<'a>,
    pub(super) challenge_solution: Option<&'a str>,
}

impl<'a> Caster<'a> {
    /// The viewer as a caster.
    ///
    /// # Errors
    /// [`crate::error::Error::Unauthenticated`] or [`crate::error::Error::Forbidden`] for one who is no voter.
    pub fn new(viewer: Viewer, client: &'a Client, visit: Visit<'a>) -> Result<Self> {
        let voter_id = viewer.require_voter()?;
        Ok(Self {
            viewer,
            voter_id,
            client,
            visit,
            challenge_solution: None,
        })
    }

    /// The same caster with what it says is the solution of a challenge.
    #[must_use]
    pub fn with_solution(self, challenge_solution: Option<&'a str>) -> Self {
        Self {
            challenge_solution,
            ..self
        }
    }
}
