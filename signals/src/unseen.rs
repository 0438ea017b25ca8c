//! Unseen votes of a nominee: a day's votes without a ticket exceed what is usual in the category.

use crate::settings::UnseenSettings;
use crate::statistics::median;
use crate::sums::MinuteSum;

/// A nominee with many unseen votes on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnseenExcess {
    /// The nominee.
    pub nominee: u16,
    /// Its unseen votes.
    pub number: f64,
    /// Expected ones: its votes times the median rate of the category's nominees.
    pub expected: f64,
}

/// Finds the nominees with too many unseen votes in the sums of one day.
#[must_use]
pub fn unseen_excesses(
    sums: &[MinuteSum],
    categories: &[u16],
    settings: &UnseenSettings,
) -> Vec<UnseenExcess> {
    let mut counts = vec![(0u32, 0u32); categories.len()];
    for sum in sums {
        if let Some((votes, unseen)) = counts.get_mut(usize::from(sum.nominee)) {
            *votes += sum.votes;
            *unseen += sum.unseen;
        }
    }
    let rate = |category: u16| {
        let members = counts.iter().zip(categories);
        let known =
            members.filter(|((votes, _), of)| **of == category && *votes >= settings.votes_min);
        let mut rates: Vec<f64> = known
            .map(|((votes, unseen), _)| f64::from(*unseen) / f64::from(*votes))
            .collect();
        median(&mut rates)
    };
    let last = categories.iter().max().copied().unwrap_or_default();
    let rates: Vec<f64> = (0..=last).map(rate).collect();
    let excess = |(nominee, (votes, unseen)): (u16, &(u32, u32))| {
        let category = categories[usize::from(nominee)];
        let expected = f64::from(*votes) * rates[usize::from(category)];
        let number = f64::from(*unseen);
        let rings = number - expected >= settings.excess && number >= settings.ratio * expected;
        rings.then_some(UnseenExcess {
            nominee,
            number,
            expected,
        })
    };
    (0u16..).zip(&counts).filter_map(excess).collect()
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "values that are exact")]
mod tests {
    use super::*;

    fn sums(unseen: u32) -> Vec<MinuteSum> {
        let sum = |nominee: u16| MinuteSum {
            minute: 0,
            nominee,
            votes: 1_000,
            without_own_share: 0,
            unseen: if nominee == 4 {
                unseen
            } else {
                20 + u32::from(nominee)
            },
        };
        (0..9).map(sum).collect()
    }

    #[test]
    fn an_excess_is_threefold_and_fifty() {
        // The median of the others with nominee 4 above all of them is 25.
        let found = |unseen| unseen_excesses(&sums(unseen), &[0; 9], &UnseenSettings::default());
        assert_eq!(found(74).len(), 0);
        assert_eq!(found(75).len(), 1);
        assert_eq!(found(75)[0].nominee, 4);
        assert_eq!(found(75)[0].expected, 25.0);
        let more = |more| {
            let add = |sum: MinuteSum| MinuteSum {
                unseen: sum.unseen + more,
                ..sum
            };
            let sums: Vec<MinuteSum> = sums(200).into_iter().map(add).collect();
            unseen_excesses(&sums, &[0; 9], &UnseenSettings::default()).len()
        };
        assert_eq!(more(50), 1);
        assert_eq!(more(80), 0, "280 are less than three times 105");
        let two_categories = [0, 0, 0, 0, 1, 0, 0, 0, 0];
        let alone = unseen_excesses(&sums(200), &two_categories, &UnseenSettings::default());
        assert_eq!(alone.len(), 0, "its category's median is its own rate");
    }
}
