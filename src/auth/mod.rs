//! Identity: the viewer that a request comes from, and the secrets that prove it. Tokens, passwords, keyed hashes and
//! the platforms that mini-programs sign in with. Rights are decided in `app`.

pub mod keyed_hash;
pub mod password;
pub mod platform;
pub mod refresh_token;
pub mod second_factor;
pub mod secret;
pub mod signed_link;
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

    /// The member of staff. What it may do is a matter of its memberships.
    #[must_use]
    pub fn staff(self) -> Option<StaffId> {
        match self {
            Self::Staff(id) => Some(id),
            _ => None,
        }
    }

    /// The member of staff, where one is needed.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] where nobody has signed in, [`Error::Forbidden`] for voters.
    pub fn require_staff(self) -> Result<StaffId> {
        match self {
            Self::Anonymous => Err(Error::Unauthenticated),
            Self::Voter { .. } => Err(Error::Forbidden("This is for staff: sign in as one.")),
            Self::Staff(id) => Ok(id),
        }
    }
}
