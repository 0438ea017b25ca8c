//! Identity: the viewer that a request comes from, and the secrets that prove it. Tokens, passwords, keyed hashes and
//! the platforms that mini-programs sign in with. Rights are decided in `app`.

pub mod challenge;
pub mod keyed_hash;
pub mod password;
pub mod platform;
pub mod refresh_token;
pub mod second_factor;
pub mod secret;
pub mod sign_in_attempt;
pub mod signed_link;
pub mod ticket;
pub mod token;

use crate::domain::identity::IdentityKinds;
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
        /// The ways in by which a campaign may admit it; of a session that began with a device id, that of a guest
        /// alone.
        kinds: IdentityKinds,
        /// Whether its platform has given it a rank of risk above none.
        is_suspicious: bool,
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

    /// Whether it is a voter who signed in with a device id, not through a platform.
    #[must_use]
    pub fn is_guest(self) -> bool {
        matches!(self, Self::Voter { kinds, .. } if kinds.is_guest())
    }

    /// Whether it is a voter to whom a platform has given a rank of risk above none.
    #[must_use]
    pub fn is_suspicious(self) -> bool {
        matches!(
            self,
            Self::Voter {
                is_suspicious: true,
                ..
            }
        )
    }

    /// The ways in that it signed in by or is known to have; none but for voters.
    #[must_use]
    pub fn kinds(self) -> IdentityKinds {
        match self {
            Self::Voter { kinds, .. } => kinds,
            Self::Anonymous | Self::Staff(_) => IdentityKinds::NONE,
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
