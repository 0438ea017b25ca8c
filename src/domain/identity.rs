//! The ways in: how voters are known, and which of them a campaign admits.

use serde::{Deserialize, Serialize};

/// A way in by which a voter is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IdentityKind {
    /// By the `WeChat` mini-program.
    WechatMiniProgram,
    /// By a device id that the client made up.
    Guest,
}

impl IdentityKind {
    /// All of them, the best known first.
    pub const ALL: [Self; 2] = [Self::WechatMiniProgram, Self::Guest];

    fn bit(self) -> u16 {
        match self {
            Self::WechatMiniProgram => 1,
            Self::Guest => 1 << 15,
        }
    }
}

/// Some ways in. In access tokens they are the bits of a number, which keep their meaning for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdentityKinds(u16);

impl IdentityKinds {
    /// None.
    pub const NONE: Self = Self(0);

    /// Whether this is among them.
    #[must_use]
    pub fn contains(self, kind: IdentityKind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Whether the two have one in common.
    #[must_use]
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Each of them, the best known first.
    pub fn iter(self) -> impl Iterator<Item = IdentityKind> {
        IdentityKind::ALL
            .into_iter()
            .filter(move |kind| self.contains(*kind))
    }

    /// Whether they are those of a guest and no other.
    #[must_use]
    pub fn is_guest(self) -> bool {
        self == IdentityKind::Guest.into()
    }
}

impl From<IdentityKind> for IdentityKinds {
    fn from(kind: IdentityKind) -> Self {
        Self(kind.bit())
    }
}

impl FromIterator<IdentityKind> for IdentityKinds {
    fn from_iter<T: IntoIterator<Item = IdentityKind>>(kinds: T) -> Self {
        let bits = kinds.into_iter().map(IdentityKind::bit);
        Self(bits.fold(0, std::ops::BitOr::bitor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_found_in_what_it_was_put_into() {
        for kind in IdentityKind::ALL {
            let others = IdentityKind::ALL.into_iter().filter(|other| *other != kind);
            let others: IdentityKinds = others.collect();
            assert!(!others.contains(kind), "{kind:?}");
            assert!(!others.intersects(kind.into()), "{kind:?}");
            let all: IdentityKinds = others.iter().chain([kind]).collect();
            assert_eq!(all.iter().collect::<Vec<_>>(), IdentityKind::ALL);
        }
        assert!(IdentityKinds::from(IdentityKind::Guest).is_guest());
        assert!(!IdentityKinds::NONE.is_guest());
    }

    #[test]
    fn the_bits_of_tokens_that_are_out_keep_their_meaning() {
        let bits = |kind| IdentityKinds::from(kind).0;
        assert_eq!(bits(IdentityKind::WechatMiniProgram), 1);
        assert_eq!(bits(IdentityKind::Guest), 0x8000);
    }
}
