//! The ways in: how voters are known, and which of them a campaign admits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A way in by which a voter is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IdentityKind {
    /// By the `WeChat` mini-program.
    WechatMiniProgram,
    /// By `WeChat`'s official account, on a web page.
    WechatWeb,
    /// By the Douyin mini-program.
    Douyin,
    /// By the Alipay mini-program.
    Alipay,
    /// By a telephone number.
    Phone,
    /// By an `OpenID` provider.
    Oidc,
    /// By a device id that the client made up.
    Guest,
}

impl IdentityKind {
    /// All of them, the best known first.
    pub const ALL: [Self; 7] = [
        Self::WechatMiniProgram,
        Self::WechatWeb,
        Self::Douyin,
        Self::Alipay,
        Self::Phone,
        Self::Oidc,
        Self::Guest,
    ];

    /// Its name in the API and in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WechatMiniProgram => "WECHAT_MINI_PROGRAM",
            Self::WechatWeb => "WECHAT_WEB",
            Self::Douyin => "DOUYIN",
            Self::Alipay => "ALIPAY",
            Self::Phone => "PHONE",
            Self::Oidc => "OIDC",
            Self::Guest => "GUEST",
        }
    }

    fn bit(self) -> u16 {
        match self {
            Self::WechatMiniProgram => 1,
            Self::WechatWeb => 1 << 1,
            Self::Douyin => 1 << 2,
            Self::Alipay => 1 << 3,
            Self::Phone => 1 << 4,
            Self::Oidc => 1 << 5,
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
    /// All.
    pub const ALL: Self = Self(0x803F);

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

    /// Those without a guest's.
    #[must_use]
    pub fn accounts(self) -> Self {
        Self(self.0 & !IdentityKind::Guest.bit())
    }

    /// These and those.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
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

impl fmt::Display for IdentityKinds {
    /// Their names with a space between, as tables have them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, kind) in self.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{}", kind.name())?;
        }
        Ok(())
    }
}

/// A name that is no way in.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
#[error("a way in has a name that is not known")]
pub struct UnknownKind;

impl FromStr for IdentityKinds {
    type Err = UnknownKind;

    /// Reads what [`Self::fmt`] wrote.
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let kind = |name| {
            let mut all = IdentityKind::ALL.into_iter();
            all.find(|kind| kind.name() == name).ok_or(UnknownKind)
        };
        text.split_whitespace().map(kind).collect()
    }
}

impl TryFrom<String> for IdentityKinds {
    type Error = UnknownKind;

    fn try_from(text: String) -> Result<Self, UnknownKind> {
        text.parse()
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
    fn names_are_read_as_they_are_written() {
        let all = IdentityKinds::ALL;
        assert_eq!(all, IdentityKind::ALL.into_iter().collect());
        assert_eq!(all.to_string().parse(), Ok(all));
        assert_eq!("".parse(), Ok(IdentityKinds::NONE));
        assert_eq!(
            "GUEST OIDC"
                .parse::<IdentityKinds>()
                .map(|kinds| kinds.to_string()),
            Ok("OIDC GUEST".to_owned())
        );
        assert_eq!("OIDC,GUEST".parse::<IdentityKinds>(), Err(UnknownKind));
        assert!(all.accounts().contains(IdentityKind::Oidc));
        assert!(!all.accounts().contains(IdentityKind::Guest));
        assert_eq!(all.accounts().union(IdentityKind::Guest.into()), all);
    }

    #[test]
    fn the_bits_of_tokens_that_are_out_keep_their_meaning() {
        let bits = |kind| IdentityKinds::from(kind).0;
        for (index, kind) in IdentityKind::ALL.into_iter().enumerate().take(6) {
            assert_eq!(bits(kind), 1 << index, "{kind:?}");
        }
        assert_eq!(bits(IdentityKind::Guest), 0x8000);
    }
}
