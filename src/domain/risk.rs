//! The rank of risk that a platform gives the account of a voter.

use serde::{Deserialize, Serialize};

/// A rank of risk, from 0, which is none, to 4. `WeChat` advises a challenge at 1 and 2, less weight at 3, and not to
/// count at 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct RiskRank(u8);

impl RiskRank {
    /// The highest, at which the platform itself advises not to count.
    pub const HIGHEST: Self = Self(4);

    /// The rank as a number.
    #[must_use]
    pub fn number(self) -> i16 {
        self.0.into()
    }

    /// Whether the platform finds anything at all.
    #[must_use]
    pub fn is_suspicious(self) -> bool {
        self.0 > 0
    }
}

/// A number that is no rank.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
#[error("a rank of risk is 0 to 4")]
pub struct NoRiskRank;

impl TryFrom<i64> for RiskRank {
    type Error = NoRiskRank;

    fn try_from(number: i64) -> Result<Self, NoRiskRank> {
        let rank = u8::try_from(number).map(Self).map_err(|_| NoRiskRank)?;
        if rank <= Self::HIGHEST {
            Ok(rank)
        } else {
            Err(NoRiskRank)
        }
    }
}

impl From<RiskRank> for i64 {
    fn from(rank: RiskRank) -> Self {
        rank.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_five_ranks() {
        for number in 0..=4 {
            let rank = RiskRank::try_from(number).expect("a rank");
            assert_eq!(i64::from(rank.number()), number);
            assert_eq!(rank.is_suspicious(), number > 0);
        }
        for number in [-1, 5, 256, i64::MAX] {
            assert_eq!(RiskRank::try_from(number), Err(NoRiskRank), "{number}");
        }
    }
}
