//! The selector of a rule: the votes that it names, by what is stored beside them.

use std::fmt;

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::RuleKind;
use crate::domain::risk::RiskRank;
use crate::id::{NomineeId, VoterId};

/// Nominees, networks or models that one selector names.
pub const NAMES_MAX: usize = 1_000;
/// Voters that one selector names.
pub const VOTERS_MAX: usize = 20_000;
/// Milliseconds within which a vote is fast: nobody finds and reads a nominee in this time.
pub const FAST_MS: i64 = 3_000;

/// A keyed hash as it is stored beside a vote; 32 hexadecimal digits as a text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShortHash(pub [u8; 16]);

impl ShortHash {
    /// The hash of this text; none where it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }
}

impl fmt::Display for ShortHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for ShortHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ShortHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ShortHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("no hash of 32 digits"))
    }
}

/// A behaviour that one vote shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Behaviour {
    /// Cast without a good ticket: nobody was seen to look before.
    Unseen,
    /// Cast within [`FAST_MS`] of being shown the campaign.
    Fast,
}

impl Behaviour {
    /// Its name in the API and the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unseen => "UNSEEN",
            Self::Fast => "FAST",
        }
    }
}

/// The votes of a rule: those for which every list that is not empty has an entry, and which were cast in the window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Selector {
    /// Nominees that they are for.
    #[serde(default)]
    pub nominee_ids: Vec<NomineeId>,
    /// Networks that they came from.
    #[serde(default)]
    pub addresses: Vec<ShortHash>,
    /// Blocks of networks that they came from.
    #[serde(default)]
    pub blocks: Vec<ShortHash>,
    /// Models of phones that they came from.
    #[serde(default)]
    pub devices: Vec<ShortHash>,
    /// Voters who cast them.
    #[serde(default)]
    pub voters: Vec<VoterId>,
    /// The first moment of the window.
    #[serde(default)]
    pub from: Option<DateTime<Utc>>,
    /// The first moment after it.
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
    /// Behaviours of which each vote shows one at least.
    #[serde(default)]
    pub behaviours: Vec<Behaviour>,
    /// Whether their voters' other votes within half an hour of one are taken, too.
    #[serde(default)]
    pub whole_visit: bool,
    /// The lowest rank of risk that a platform has given their voters. Selectors without it are written as before there
    /// was one, so that an older program reads them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_rank_min: Option<RiskRank>,
}

/// The reason why a selector is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectorFault {
    /// It names neither a concentration and a behaviour, nor a nominee with a window of time and networks, models or
    /// voters: two concentrations are what a crowd makes as well as a farm. Or it names ranks of risk below the
    /// highest, which the platform itself does not advise to leave out of a count.
    TooBroad,
    /// A list is longer than it may be.
    TooMany,
    /// The window ends before it begins.
    TimesOutOfOrder,
}

impl Selector {
    /// The selectors that name the same votes, none of them with more networks or voters than it may have.
    #[must_use]
    pub fn in_bounds(self) -> Vec<Self> {
        let mut parts = Vec::new();
        for addresses in in_parts(&self.addresses, NAMES_MAX) {
            for voters in in_parts(&self.voters, VOTERS_MAX) {
                parts.push(Self {
                    addresses: addresses.to_vec(),
                    voters: voters.to_vec(),
                    ..self.clone()
                });
            }
        }
        parts
    }

    /// The kind of the rule that has this selector.
    ///
    /// # Errors
    /// The reason why there is none.
    pub fn kind(&self) -> Result<RuleKind, SelectorFault> {
        let is_long = [
            self.nominee_ids.len(),
            self.addresses.len(),
            self.blocks.len(),
            self.devices.len(),
        ]
        .into_iter()
        .any(|count| count > NAMES_MAX);
        if is_long || self.voters.len() > VOTERS_MAX || self.behaviours.len() > 2 {
            return Err(SelectorFault::TooMany);
        }
        if let (Some(from), Some(until)) = (self.from, self.until)
            && from >= until
        {
            return Err(SelectorFault::TimesOutOfOrder);
        }
        if let Some(rank) = self.risk_rank_min {
            return if rank == RiskRank::HIGHEST {
                Ok(RuleKind::PlatformRisk)
            } else {
                Err(SelectorFault::TooBroad)
            };
        }
        let has_origin = !self.addresses.is_empty()
            || !self.blocks.is_empty()
            || !self.devices.is_empty()
            || !self.voters.is_empty();
        let has_window = self.from.is_some() && self.until.is_some();
        if !self.behaviours.is_empty() && (has_origin || !self.nominee_ids.is_empty()) {
            Ok(RuleKind::Signals)
        } else if !self.nominee_ids.is_empty() && has_window && has_origin {
            Ok(RuleKind::Selected)
        } else {
            Err(SelectorFault::TooBroad)
        }
    }
}

/// A list in parts of at most so many entries; an empty one is one part.
fn in_parts<T>(list: &[T], length_max: usize) -> impl Iterator<Item = &[T]> {
    let count = list.len().div_ceil(length_max).max(1);
    (0..count).map(move |part| {
        let end = list.len().min((part + 1) * length_max);
        &list[part * length_max..end]
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn hash(byte: u8) -> Vec<ShortHash> {
        vec![ShortHash([byte; 16])]
    }

    fn at(seconds: i64) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(seconds, 0)
    }

    #[test]
    fn a_rule_takes_a_where_and_a_how_or_a_committees_own_choice() {
        let nominee_ids = vec![NomineeId(Uuid::from_u128(1))];
        let cell = Selector {
            blocks: hash(1),
            behaviours: vec![Behaviour::Unseen],
            ..Selector::default()
        };
        assert_eq!(cell.kind(), Ok(RuleKind::Signals));
        let chosen = Selector {
            nominee_ids: nominee_ids.clone(),
            addresses: hash(1),
            from: at(0),
            until: at(60),
            ..Selector::default()
        };
        assert_eq!(chosen.kind(), Ok(RuleKind::Selected));
        for broad in [
            Selector::default(),
            Selector {
                behaviours: vec![Behaviour::Fast],
                ..Selector::default()
            },
            // A workplace at lunch: one network, one nominee.
            Selector {
                until: None,
                ..chosen.clone()
            },
            Selector {
                nominee_ids: Vec::new(),
                ..chosen.clone()
            },
            Selector {
                addresses: Vec::new(),
                ..chosen.clone()
            },
        ] {
            assert_eq!(broad.kind(), Err(SelectorFault::TooBroad), "{broad:?}");
        }
        let backwards = Selector {
            until: at(0),
            ..chosen.clone()
        };
        assert_eq!(backwards.kind(), Err(SelectorFault::TimesOutOfOrder));
        let long = Selector {
            addresses: vec![ShortHash([0; 16]); NAMES_MAX + 1],
            ..chosen
        };
        assert_eq!(long.kind(), Err(SelectorFault::TooMany));
    }

    #[test]
    fn a_rule_takes_the_highest_rank_of_risk_alone_or_with_anything() {
        let of_rank = |rank: i64| Selector {
            risk_rank_min: Some(RiskRank::try_from(rank).expect("a rank")),
            ..Selector::default()
        };
        assert_eq!(of_rank(4).kind(), Ok(RuleKind::PlatformRisk));
        let narrow = Selector {
            addresses: hash(1),
            behaviours: vec![Behaviour::Fast],
            from: at(0),
            ..of_rank(4)
        };
        assert_eq!(narrow.kind(), Ok(RuleKind::PlatformRisk));
        let backwards = Selector {
            until: at(0),
            ..narrow.clone()
        };
        assert_eq!(backwards.kind(), Err(SelectorFault::TimesOutOfOrder));
        for rank in 0..4 {
            let low = Selector {
                risk_rank_min: of_rank(rank).risk_rank_min,
                ..narrow.clone()
            };
            assert_eq!(of_rank(rank).kind(), Err(SelectorFault::TooBroad));
            assert_eq!(low.kind(), Err(SelectorFault::TooBroad), "{rank}");
        }
    }

    #[test]
    fn a_selector_is_the_same_after_it_was_stored() {
        let selector = Selector {
            nominee_ids: vec![NomineeId(Uuid::from_u128(7))],
            addresses: hash(0xab),
            devices: hash(3),
            from: at(0),
            until: DateTime::from_timestamp_millis(1_500),
            behaviours: vec![Behaviour::Unseen, Behaviour::Fast],
            whole_visit: true,
            ..Selector::default()
        };
        let text = serde_json::to_string(&selector).expect("a text");
        assert!(text.contains("\"addresses\":[\"abababab"), "{text}");
        let read: Selector = serde_json::from_str(&text).expect("a selector");
        assert_eq!(read, selector);
        // A program from before there were ranks reads it, too.
        assert!(!text.contains("riskRankMin"), "{text}");
        let ranked = Selector {
            risk_rank_min: Some(RiskRank::HIGHEST),
            ..selector
        };
        let text = serde_json::to_string(&ranked).expect("a text");
        assert!(text.contains("\"riskRankMin\":4"), "{text}");
        assert_eq!(serde_json::from_str::<Selector>(&text).ok(), Some(ranked));
        assert!(serde_json::from_str::<Selector>("{\"riskRankMin\":5}").is_err());
        assert!(serde_json::from_str::<Selector>("{\"adresses\":[]}").is_err());
    }

    #[test]
    fn a_selector_of_too_many_is_several() {
        let count = u32::try_from(NAMES_MAX).expect("it is small") * 2 + 1;
        let network = |number: u32| {
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&number.to_be_bytes());
            ShortHash(bytes)
        };
        let networks: Vec<ShortHash> = (0..count).map(network).collect();
        let selector = Selector {
            addresses: networks.clone(),
            behaviours: vec![Behaviour::Unseen],
            ..Selector::default()
        };
        let parts = selector.clone().in_bounds();
        assert_eq!(parts.len(), 3);
        assert!(
            parts
                .iter()
                .all(|part| part.kind() == Ok(RuleKind::Signals))
        );
        let named: Vec<ShortHash> = parts.into_iter().flat_map(|part| part.addresses).collect();
        assert_eq!(named, networks);
        let small = Selector {
            addresses: Vec::new(),
            ..selector
        };
        assert_eq!(small.clone().in_bounds(), [small]);
    }

    #[test]
    fn a_hash_is_thirty_two_digits() {
        let hash = ShortHash([0x0f; 16]);
        assert_eq!(ShortHash::parse(&hash.to_string()), Some(hash));
        for text in ["", "0f", "zz0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", "票"] {
            assert_eq!(ShortHash::parse(text), None, "{text}");
        }
    }
}
