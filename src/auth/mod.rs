//! Identity: the viewer that a request comes from, and the secrets that prove it. Tokens, passwords, keyed hashes and
//! the platforms that mini-programs sign in with. Rights are decided in `app`.

pub mod keyed_hash;
pub mod password;
pub mod platform;
pub mod refresh_token;
pub mod secret;
pub mod token;

use crate::error::{Error, Result};
use crate::id::{StaffId, VoterId};

/// The viewer that a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// Nobody has signed in.
    Anonymous,
    /// A voter.
    Voter {
        /// The voter's id.
        id: VoterId,
        /// Whether the voter signed in with a device id, not through a platform.
        is_guest: bool,
    },
    /// A member of staff.
    Staff(StaffId),
}

impl Viewer {
    /// The voter.
    #[must_use]
    pub fn voter(self) -> Option<VoterId> {
        match self {
            Self::Voter { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The voter, where one is needed.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] where nobody has signed in, [`Error::Forbidden`] for staff.
    pub fn require_voter(self) -> Result<VoterId> {
        match self {
            Self::Anonymous => Err(Error::Unauthenticated),
            Self::Voter { id, .. } => Ok(id),
            Self::Staff(_) => Err(Error::Forbidden("This is for voters: sign in as one.")),
        }
    }

    /// Whether it is a member of staff.
    #[must_use]
    pub fn is_staff(self) -> bool {
        matches!(self, Self::Staff(_))
    }
}
